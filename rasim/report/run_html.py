"""Scenarios that were played as one HTML file: the verdict, what did not pass with how it went, then what did, folded.

Read `report` first. A scenario that did not pass stands open: the message, its steps, who told whom what, and the trace. That
scenarios pass says how these went, and nothing of what nobody wrote a scenario for; the page says so too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import field, frozen

from rasim.analysis.walkthrough import sequence_of
from rasim.document import html, sequence_html
from rasim.document.blocks import Tone
from rasim.document.diagrams import messages_of
from rasim.document.html import Html, Report, Section
from rasim.errors import Problem
from rasim.scenario import Played, Scenario
from rasim.words import plural

DRAWN: Final = 40  # scenarios drawn on a page, those that did not pass first
LIMITS: Final = (
    "a scenario that passes is one course of events that went as it says; what can never happen, `rasim check` tells",
    "every trace was judged by the promises as well, as far as they can be asked of a trace",
    "what happens at one moment was played in the order of the seed; `--seeds` plays more orders",
    "it is rasim's table that was played, not Windows: docs/explanation/what-differs-from-windows.md says what differs",
)
_TONES: Final[dict[str, Tone]] = {"passed": "good", "failed": "bad", "error": "bad"}
_WORDS: Final = {"passed": "passed", "failed": "FAILED", "error": "CANNOT BE PLAYED"}


@frozen
class Run:
    """All that was played: each with its scenario where that can be read, paths that are not there, and under which policy."""

    played: Sequence[tuple[Played, Scenario | None]]
    missing: Sequence[Problem] = ()
    policy: str = ""
    coverage: Sequence[str] = field(default=())


def render(run: Run) -> str:
    """Return the page."""
    return html.page_of(report(run))


def report(run: Run) -> Report:
    """Return the report; it is good only if everything passed and there was something to play."""
    counts: Counter[str] = Counter(played.verdict for played, _ in run.played)
    bad = [f"{counts[v]} {words}" for v, words in (("failed", "failed"), ("error", "cannot be played")) if counts[v]]
    bad += [f"{plural(len(run.missing), 'path')} not found"] if run.missing else []
    passed = f"{counts['passed']} passed"
    verdict = ", ".join([*bad, passed]) if bad else f"all {passed}" if run.played else "nothing was played"
    tone: Tone = "bad" if bad else "good" if run.played else "unclear"
    under = f"Played under another policy than their own: {run.policy}. " if run.policy else ""
    files = len({played.file for played, _ in run.played})
    what = f"{plural(files, 'file')}, played {plural(len(run.played), 'time')}."
    return Report("rasim run", verdict, tone, f"{under}{what}", tuple(_sections(run)))


def _sections(run: Run) -> Iterator[Section]:
    wrong = [each for each in run.played if each[0].verdict != "passed"]
    right = [each for each in run.played if each[0].verdict == "passed"]
    if run.missing:
        rows = html.reasons((problem.message, str(problem.where)) for problem in run.missing)
        yield Section("Not found", (rows,), "not-found")
    if wrong:
        cards = (_card(*each, draws=at < DRAWN) for at, each in enumerate(wrong))
        yield Section("Not passed", tuple(cards), "not-passed")
    if right:
        folded = (_folded(*each, draws=at < DRAWN - len(wrong)) for at, each in enumerate(right))
        yield Section("Passed", tuple(folded), "passed")
    if run.coverage:
        yield Section("What was used of the table", (html.pre("\n".join(run.coverage)),), "coverage", "used")
    yield Section("What this does not say", (html.items(LIMITS),), "limits", "limits")


def one(played: Played) -> Report:
    """Return the report of one scenario alone, people called as its trace calls them."""
    blocks = (html.pairs(_how(played)), *_problems(played), *_went(played, None, draws=True))
    tone = _TONES[played.verdict]
    return Report("scenario", f"{_WORDS[played.verdict]}: {played.name}", tone, played.file, (_course(blocks),))


def _course(blocks: tuple[Html, ...]) -> Section:
    return Section("How it went", blocks, "course")


def _card(played: Played, scenario: Scenario | None, *, draws: bool) -> Html:
    mark = html.badge(_WORDS[played.verdict], _TONES[played.verdict])
    blocks = (html.pairs(_how(played)), *_problems(played), *_went(played, scenario, draws=draws))
    return html.card(played.name, *blocks, tone=_TONES[played.verdict], mark=mark)


def _folded(played: Played, scenario: Scenario | None, *, draws: bool) -> Html:
    title = html.join(html.badge("passed", "good"), " ", played.name, " ", html.place(played.file))
    return html.details(title, html.pairs(_how(played)), *_went(played, scenario, draws=draws))


def _how(played: Played) -> Iterator[tuple[str, ...]]:
    yield "file", html.code(played.file)
    yield "seed", str(played.seed)
    if played.orders > 1:
        which = f"number {played.order} failed" if played.order else "the course below is the first"
        yield "orders", f"{played.orders} of what is together; {which}"


def _problems(played: Played) -> Iterator[Html]:
    for problem in played.problems:
        yield html.para(problem.message, " ", html.place(str(problem.where)))
        if problem.excerpt:
            yield html.pre(f"{problem.excerpt}\n{' ' * ((problem.where.column or 1) - 1)}^")
        if problem.hint:
            yield html.soft("help: ", problem.hint)


def _went(played: Played, scenario: Scenario | None, *, draws: bool) -> Iterator[Html]:
    """Yield the steps, the diagram and the trace; nothing of what was never played."""
    if scenario is not None:
        yield html.table("Steps", ("step", "what it says", "how it went"), _steps(scenario, played))
    if not played.trace:
        return
    if scenario is None:
        yield from sequence_html.of_trace(played.name, messages_of(played.trace), draws=draws)
    else:
        yield from sequence_html.diagram(played.name, *sequence_of(scenario, played.trace), draws=draws)
    lines = sequence_html.lines("The trace", played.trace)
    yield lines if played.verdict != "passed" else html.details("the trace, line by line", lines)


def _steps(scenario: Scenario, played: Played) -> Iterator[tuple[str, ...]]:
    """Yield each step as the file has it, and which of them is the one that failed."""
    begins = [step.where.line or 0 for step in scenario.steps]
    failed = [problem.where.line or 0 for problem in played.problems]
    for at, (begin, end) in enumerate(zip(begins, [*begins[1:], len(scenario.lines) + 1], strict=True), 1):
        written = (line for line in scenario.lines[begin - 1 : end - 1] if line.strip() and line.strip()[0] != "#")
        said = Html("\n").join(html.code(line.removeprefix("- ").rstrip()) for line in written)
        here = any(begin <= line < end for line in failed)
        yield str(at), Html(said), html.badge("failed here", "bad") if here else ""
