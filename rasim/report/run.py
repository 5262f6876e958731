"""Scenarios that were played as a document and as JSON: what did not pass with how it went, then what did.

A scenario that did not pass stands open: the message, its steps, who told whom what, and the trace. That scenarios pass says how
these went, and nothing of what nobody wrote a scenario for; the document says so too.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import field, frozen

from rasim.analysis.coverage import Coverage, Refusals, as_lines, coverage_of
from rasim.analysis.coverage import as_json as coverage_json
from rasim.analysis.limits import OF_RUN
from rasim.analysis.walkthrough import sequence_of
from rasim.document import blocks as doc
from rasim.document.excerpt import lines_table
from rasim.errors import Problem
from rasim.interop import junit
from rasim.report.outputs import Answer
from rasim.runtime.orders import Orders
from rasim.scenario import Played, Scenario
from rasim.words import by_verdict, plural, printable

DRAWN: Final = 40  # scenarios that are drawn, those that did not pass first
_TONES: Final[dict[str, doc.Tone]] = {"passed": "good", "failed": "bad", "error": "bad"}
_WORDS: Final = {"passed": "passed", "failed": "FAILED", "error": "CANNOT BE PLAYED"}


@frozen
class Run:
    """All that was played, paths that are not there, under which policy if not their own, and what was reached of the table.

    `possible` are all refusals there can be, where they were asked for; `told` is whether people are told what was reached.
    """

    played: Sequence[Played]
    missing: Sequence[Problem] = ()
    policy: str = ""
    reached: Coverage = field(factory=lambda: coverage_of(()))
    possible: Refusals | None = None
    told: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """Return how many came out how."""
        return {verdict: sum(each.verdict == verdict for each in self.played) for verdict in _TONES}

    @property
    def used(self) -> tuple[str, ...]:
        """Return what was reached of the table, in lines; nothing where people are not told."""
        return tuple(as_lines(self.reached, self.possible)) if self.told else ()


def answer(run: Run) -> Answer:
    """Return a run as what the command shows."""
    return Answer(lambda: document(run), lambda: as_json(run), {"junit": lambda: junit.of_scenarios(run.played)})


def document(run: Run) -> doc.Document:
    """Return the document of a run; it is good only if everything passed and there was something to play."""
    bad, passed = _blamed(run), f"{run.counts['passed']} passed"
    verdict = by_verdict(bad, passed if bad else f"all {passed}" if run.played else "nothing was played")
    tone: doc.Tone = "bad" if bad else "good" if run.played else "unclear"
    under = f"Played under another policy than their own: {run.policy}. " if run.policy else ""
    files = len({played.file for played in run.played})
    what = f"{plural(files, 'file')}, played {plural(len(run.played), 'time')}."
    return doc.Document("rasim run", verdict, tone, f"{under}{what}", _sections(run))


def _blamed(run: Run) -> dict[str, list[str]]:
    """Return what did not pass, with the place of what failed first, and what is not there."""
    told: dict[str, list[str]] = {}
    for each in run.played:
        if each.verdict != "passed":
            where = each.problems[0].where if each.problems else None
            line = f" (line {where.line})" if where is not None and where.line else ""
            told.setdefault(_WORDS[each.verdict], []).append(f"{printable(each.file)}{line}")
    if run.missing:
        told["NOT READ"] = [printable(str(each.where)) for each in run.missing]
    return told


def of_one(played: Played) -> doc.Document:
    """Return the document of one scenario alone."""
    tone, verdict = _TONES[played.verdict], f"{_WORDS[played.verdict]}: {played.name}"
    return doc.Document(
        "scenario", verdict, tone, played.file, (doc.Section("How it went", _evidence(played, drawn=True), "course"),)
    )


def line_of_scenario(played: Played, *, seeded: bool) -> str:
    """Return one scenario as lines of a list: its verdict, its file, and below it what did not go as it says."""
    orders = f"  ({played.orders} orders)" if played.orders > 1 else ""
    if played.every is not None:
        orders = f"  ({of_every_order(played)})"
    seed = f"  (seed {played.seed})" if seeded else ""
    below = (f"        {each}" for problem in played.problems for each in str(problem).split("\n"))
    unasked = [f"        not followed: {played.unfollowed}"] if played.unfollowed else []
    return "\n".join(map(printable, (f"{played.verdict:<7} {played.file}{orders}{seed}", *below, *unasked)))


def of_every_order(played: Played) -> str:
    """Return what playing in every order came to, in words."""
    every = played.every
    if every is None:
        return ""
    word = "complete" if every.complete else "bounded" if played.verdict == "passed" else "the first that fails"
    met = plural(every.states, "distinct state") if every.states else "nothing to choose"
    return f"{word}: {plural(every.runs, 'run')}, {met}"


def last_lines(run: Run) -> str:
    """Return what stands below a list of scenarios: what was reached, and how many came out how."""
    counts = ", ".join(f"{n} {verdict}" for verdict, n in run.counts.items() if n or verdict == "passed")
    return "\n".join((*run.used, by_verdict(_blamed(run), counts))) if run.played else ""


def _sections(run: Run) -> Iterator[doc.Section]:
    wrong = [each for each in run.played if each.verdict != "passed"]
    right = [each for each in run.played if each.verdict == "passed"]
    if run.missing:
        items = doc.Items((problem.message, doc.place(str(problem.where))) for problem in run.missing)
        yield doc.Section("Not found", (items,), "not-found")
    if wrong:
        yield doc.Section("Not passed", (_card(each, drawn=at < DRAWN) for at, each in enumerate(wrong)), "not-passed")
    if right:
        folded = (_folded(each, drawn=at < DRAWN - len(wrong)) for at, each in enumerate(right))
        yield doc.Section("Passed", folded, "passed")
    if run.used:
        yield doc.Section("What was used of the table", (doc.Code("\n".join(run.used)),), "coverage", "used")
    yield doc.Section("What this does not say", (doc.Items(OF_RUN),), "limits", "limits")


def _card(played: Played, *, drawn: bool) -> doc.Card:
    return doc.Card(played.name, _evidence(played, drawn=drawn), _TONES[played.verdict], _WORDS[played.verdict])


def _folded(played: Played, *, drawn: bool) -> doc.Details:
    title = doc.join(doc.badge("passed", "good"), " ", played.name, doc.place(played.file))
    return doc.Details(title, _evidence(played, drawn=drawn))


def _evidence(played: Played, *, drawn: bool) -> Iterator[doc.Block]:
    """Yield how it was played, what did not go as it says, the steps, the diagram and the trace; nothing of what was never played."""
    yield doc.Pairs(_how(played))
    for problem in played.problems:
        yield doc.Para((problem.message, doc.place(str(problem.where))))
        if pointed := problem.pointed():
            yield doc.Code("\n".join(pointed))
        if problem.hint:
            yield doc.Para(f"help: {problem.hint}", soft=True)
    if played.scenario is None:
        return
    yield doc.Table("Steps", ("step", "what it says", "how it went"), _steps(played.scenario, played))
    if played.trace:
        yield doc.SequenceDiagram(played.name, *sequence_of(played.scenario, played.trace), drawn=drawn)
        lines = lines_table("The trace", played.trace)
        yield lines if played.verdict != "passed" else doc.Details("the trace, line by line", (lines,))


def _how(played: Played) -> Iterator[tuple[doc.Wording, ...]]:
    yield "file", doc.code(played.file)
    yield "seed", str(played.seed)
    if played.every is not None:
        yield "every order", of_every_order(played)
    if played.tape is not None:
        yield "tape", doc.code(played.tape or "the defined order")
    if played.unfollowed:
        yield "not followed", played.unfollowed
    if played.orders > 1:
        which = f"number {played.order} failed" if played.order else "the course below is the first"
        yield "orders", f"{played.orders} of what is together; {which}"


def _steps(scenario: Scenario, played: Played) -> Iterator[tuple[doc.Wording, ...]]:
    """Yield each step as the file has it, and which of them is the one that failed."""
    begins = [step.where.line or 0 for step in scenario.steps]
    failed = [problem.where.line or 0 for problem in played.problems]
    for at, (begin, end) in enumerate(zip(begins, [*begins[1:], len(scenario.lines) + 1], strict=True), 1):
        written = (line for line in scenario.lines[begin - 1 : end - 1] if line.strip() and line.strip()[0] != "#")
        said = doc.join(*(part for line in written for part in (" ", doc.code(line.removeprefix("- ").rstrip()))))[1:]
        here = any(begin <= line < end for line in failed)
        yield str(at), said, doc.badge("failed here", "bad") if here else ""


# ---- JSON ----------------------------------------------------------------------------------------------------


def as_json(run: Run) -> dict[str, Any]:
    """Return the JSON object of the command line contract."""
    coverage = coverage_json(run.reached, run.possible)
    return {"scenarios": [_json(each) for each in run.played], "summary": run.counts, "coverage": coverage}


def _json(played: Played) -> dict[str, Any]:
    return {
        "name": played.name,
        "file": played.file,
        "verdict": played.verdict,
        "seed": played.seed,
        "orders": played.orders,
        "problems": [{"message": p.message, "line": p.where.line, "column": p.where.column} for p in played.problems],
        "trace": [recorded.as_json() for recorded in played.trace],
        **({} if (every := played.every) is None else {"every_order": _every_json(every)}),
        **({} if played.tape is None else {"tape": played.tape}),
        **({"unfollowed": played.unfollowed} if played.unfollowed else {}),
    }


def _every_json(every: Orders) -> dict[str, Any]:
    return {"complete": every.complete, "runs": every.runs, "states": every.states}
