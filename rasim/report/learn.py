"""What was learned of a product, as a document, as JSON and as a diagram: its machine, and the shortest word on which the table differs."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from rasim.analysis.learned import Learned, Lines, lines_in_words
from rasim.analysis.limits import NO_PROMISE, of_learn
from rasim.document import blocks as doc
from rasim.document import diagrams
from rasim.report.outputs import Answer, limits_section, not_said
from rasim.scenario import write_scenario
from rasim.words import plural

_VERDICTS: Final[dict[str, tuple[str, doc.Tone]]] = {
    "equivalent": ("{}: no difference from the table was found, as far as it was asked", "good"),
    "differs": ("DIFFERS from the table: {}", "unclear"),
    "not deterministic": ("NOT DETERMINISTIC: {}", "unclear"),
    "adapter failed": ("ADAPTER FAILED: {}", "unclear"),
    "not complete": ("NOT COMPLETE: {}", "unclear"),
}


def answer(found: Learned, *, verbose: bool = False) -> Answer:
    """Return what was learned as what the command shows."""
    others = {form: partial(_drawn, found, form) for form in ("mermaid", "dot", "svg")}
    return Answer(lambda: document(found, verbose=verbose), lambda: as_json(found), others)


def _drawn(found: Learned, form: str) -> str:
    """Return the machine as a diagram; where there is none, the verdict where a diagram has its remarks."""
    states = None if found.machine is None else _states(found)
    if form == "svg":
        return diagrams.states_svg(_verdict(found), [] if states is None else [states]).rstrip("\n")
    if states is None:
        return f"{'%%' if form == 'mermaid' else '//'} {_verdict(found)}"
    return diagrams.states_mermaid(states) if form == "mermaid" else diagrams.states_dot(states)


def document(found: Learned, *, verbose: bool = False) -> doc.Document:
    """Return the document."""
    states = "no machine" if found.machine is None else plural(len(found.machine.rows), "state")
    whose = f"the table's has {len(found.table.rows)}; " if found.table.rows else ""
    asked = f"{plural(found.queries, 'story', 'stories')} of {plural(found.acts, 'act')} told"
    summary = f"In the scene {found.scene}: {states}; {whose}{asked}."
    tone = _VERDICTS[found.verdict][1]
    first = (
        ("scene", found.scene),
        ("machine", f"{states}{f'; the table has {len(found.table.rows)}' if found.table.rows else ''}"),
        ("asked", asked),
        *(
            [("no promise", "a difference from the table breaks none: `rasim conform` judges")]
            if found.difference
            else []
        ),
        not_said(limits(found), "learn"),
    )
    return doc.Document("rasim learn", _verdict(found), tone, summary, _sections(found, verbose=verbose), first)


def _verdict(found: Learned) -> str:
    return _VERDICTS[found.verdict][0].format(found.adapter)


def _sections(found: Learned, *, verbose: bool) -> Iterator[doc.Section]:
    if found.why:
        yield doc.Section("Why there is no machine", _why(found), "why", always=True)
    if found.difference is not None:
        yield doc.Section("The shortest word on which they differ", _difference(found), "difference", always=True)
    if found.machine is not None:
        yield doc.Section("The machine", _machine(found, verbose=verbose), "machine", more="the states of the machine")
    yield limits_section("What this does not say", doc.Items(limits(found)))


def _why(found: Learned) -> Iterator[doc.Block]:
    yield doc.Para(found.why)
    if found.unsteady is not None:
        rows = [("once", lines_in_words(found.unsteady.once)), ("another time", lines_in_words(found.unsteady.again))]
        yield doc.Table(f"After {', '.join(found.unsteady.word)}", ("", "the last act left"), rows)


def _difference(found: Learned) -> Iterator[doc.Block]:
    differs = found.difference
    assert differs is not None  # noqa: S101  (asked before)
    rows = zip(differs.word, map(lines_in_words, differs.product), map(lines_in_words, differs.table), strict=True)
    yield doc.Table("", ("act", "the product left", "the table leaves"), rows)
    yield doc.Para(NO_PROMISE)
    yield doc.Code(write_scenario(differs.scenario))


def _machine(found: Learned, *, verbose: bool) -> Iterator[doc.Block]:
    machine = found.machine
    assert machine is not None  # noqa: S101  (asked before)
    ways = enumerate(machine.ways(), 1)
    yield doc.Table("", ("state", "reached by"), ((f"{at}", ", ".join(way) or "the start") for at, way in ways))
    rows = [
        (f"{each['from']}", each["act"], f"{each['to']}", lines_in_words(lines))
        for each, lines in _transitions(found)
        if lines or each["from"] != each["to"]
    ]
    table = doc.Table("", ("from", "act", "to", "leaves"), rows)
    yield doc.Details(
        f"{plural(len(rows), 'transition')} that change something or leave a line", (table,), verbose=verbose
    )


def _transitions(found: Learned) -> Iterator[tuple[dict[str, Any], Lines]]:
    for at, row in enumerate(() if found.machine is None else found.machine.rows, 1):
        for act, (to, lines) in zip(found.table.acts, row, strict=True):
            yield {"from": at, "act": act, "to": to + 1}, lines


def _states(found: Learned) -> diagrams.States:
    """Return the machine to be drawn, without what changes nothing and leaves no line."""
    labels: dict[tuple[str, str], list[str]] = {}
    for each, lines in _transitions(found):
        if lines or each["from"] != each["to"]:
            label = f"{each['act']} / {lines_in_words(lines)}"
            labels.setdefault((f"s{each['from']}", f"s{each['to']}"), []).append(label)
    arrows = tuple(diagrams.Arrow(*ends, tuple(lines)) for ends, lines in labels.items())
    names = tuple(f"s{at + 1}" for at in range(len(found.machine.rows if found.machine else ())))
    return diagrams.States(found.scene, names, arrows)


def limits(found: Learned) -> list[str]:
    """Return in sentences what the answer does not cover."""
    more = f" and up to {plural(found.extra_states, 'state')} more" if found.extra_states else ""
    walks = f"{plural(found.walks, 'walk')} (seed {found.seed})"
    counted = "all that the product records" if found.events is None else ", ".join(found.events)
    return [*of_learn(walks, counted, more)]


def as_json(found: Learned) -> dict[str, Any]:
    """Return the JSON object of the command line contract."""
    differs, unsteady = found.difference, found.unsteady
    same = {"equivalent": True, "differs": False}
    return {
        "adapter": found.adapter,
        "scene": found.scene,
        "verdict": found.verdict,
        "complete": found.machine is not None,
        "states": None if found.machine is None else len(found.machine.rows),
        "transitions": [{**each, "lines": _lines(lines)} for each, lines in _transitions(found)],
        "table_states": len(found.table.rows) or None,
        "equivalent": same.get(found.verdict),
        "word": None if differs is None else list(differs.word),
        "product": None if differs is None else [_lines(each) for each in differs.product],
        "table": None if differs is None else [_lines(each) for each in differs.table],
        "scenario": None if differs is None else write_scenario(differs.scenario),
        "why": found.why or None,
        "unsteady": None
        if unsteady is None
        else {"word": list(unsteady.word), "once": _lines(unsteady.once), "again": _lines(unsteady.again)},
        "queries": found.queries,
        "acts": found.acts,
        "limits": limits(found),
    }


def _lines(lines: Lines) -> list[dict[str, Any]]:
    return [each.as_json() for each in lines]
