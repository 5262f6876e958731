"""`rasim show WHAT`: the readings of the table, as text, Markdown, JSON, and as diagrams; and whatever has a name, by it.

A word of `WHAT` is a reading of the whole table. Everything else is looked up (`rasim.report.lookup`), which is imported only then.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.options import completed
from rasim.errors import UsageError
from rasim.words import not_called, printable

if TYPE_CHECKING:
    from rasim.report.show import Grid

WHAT: Final = ("rules", "rule", "matrix", "diagram", "promises", "choices", "profiles", "steps", "schema")
_KINDS_TOO: Final = ("promises", "choices", "profiles", "steps")  # with a name behind them they are kinds
_SCHEMAS: Final = ("scenario", "trace", "mapping")
_FORMATS: Final = {
    "diagram": ("mermaid", "dot", "svg"),
    "sequence": ("mermaid", "plantuml", "svg"),
    "schema": ("json",),
    "words": ("text", "markdown", "json"),
}


@click.command(cls=AdvisedCommand)
@click.argument("words", nargs=-1, metavar="[WHAT|KIND|NAME]...", shell_complete=completed.a_name)
@click.option(
    "--of",
    "subject",
    metavar="SCENARIO",
    type=click.Path(),
    help="diagram: the sequence of a scenario, played. schema: `scenario`, `trace` or `mapping`.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "mermaid", "dot", "plantuml", "svg"]))
def show(words: tuple[str, ...], subject: str | None, form: str | None) -> None:
    """Look up what an answer prints, or show the table.

    NAME is any id or name (R3, RA001, case-18, silence_refuses, xp-sp2, "exit 3"), KIND a kind of them (findings, settings, limits); a
    KIND before a NAME says which is meant. Without a word: the kinds.

    WHAT is the table and what surrounds it: rules, matrix, promises, choices, profiles and steps as text, markdown or json; `rule ID` is one
    row or thing; diagram as mermaid, dot or svg, the sequence of a scenario (--of) as mermaid, plantuml or svg; schema is the JSON Schema of
    scenario files, or with `--of trace` of trace lines, `--of mapping` of the mapping of a log. The first format named is the one without
    --format.
    """
    what, name = _what(words)
    if not what:
        if subject is not None:
            raise UsageError("--of goes with diagram and schema")
        click.echo(_looked_up(words, form or "text"))
        return
    if (name is None) is (what == "rule"):
        raise UsageError(
            "say which: rasim show rule O3" if what == "rule" else f"{what} is not divided: {name!r} too many"
        )
    if subject is not None and what not in ("diagram", "schema"):
        raise UsageError("--of goes with diagram and schema")
    if what == "schema" and subject not in (None, *_SCHEMAS):
        raise UsageError(not_called("no schema", subject or "", _SCHEMAS))
    kind = "sequence" if subject and what == "diagram" else what if what in _FORMATS else "words"
    form = form or _FORMATS[kind][0]
    if form not in _FORMATS[kind]:
        raise UsageError(f"{what} has no format {form}; it has {', '.join(_FORMATS[kind])}")
    click.echo(_shown(what, name, subject, form))


def _what(words: tuple[str, ...]) -> tuple[str, str | None]:
    """Return a reading of the table and what follows it; nothing where something is to be looked up."""
    if not words or words[0] not in WHAT:
        return "", None
    name = " ".join(words[1:]) or None
    return ("", None) if name is not None and words[0] in _KINDS_TOO else (words[0], name)


def _looked_up(words: tuple[str, ...], form: str) -> str:
    from rasim.report.lookup import all_names, find, kind_called, of_kind, screens

    if form not in _FORMATS["words"]:
        raise UsageError(f"a name has no format {form}; it has {', '.join(_FORMATS['words'])}")
    if not words:
        return screens.kinds_as(form)
    kind = kind_called(" ".join(words))
    found = find(words)
    if kind is not None and (not found or " ".join(words).casefold() == kind.plural):
        return screens.names_as(form, kind)
    if not found:
        of = next((of for at in range(len(words) - 1, 0, -1) if (of := kind_called(" ".join(words[:at])))), None)
        name = " ".join(words[len(of.one.split()) :] if of else words)
        near = screens.nearest(name, [each.name for each in of_kind(of)] if of else all_names())
        meant = f"; did you mean {_either(near)}?" if near else "; `rasim show` lists the kinds of names"
        raise UsageError(f"no {of.one if of else 'name'} is called {printable(name)!r}{meant}")
    if form == "json":
        return json.dumps(screens.entries_as_json(found), indent=2, ensure_ascii=False)
    return (screens.entries_as_text if form == "text" else screens.entries_as_markdown)(found)


def _either(names: list[str]) -> str:
    return " or ".join(f"`{each}`" for each in names)


def _shown(what: str, name: str | None, subject: str | None, form: str) -> str:
    if what == "schema":
        return json.dumps(_schema(subject or "scenario"), indent=2, ensure_ascii=False)
    if subject is not None:
        return _sequence(subject, form)
    if what == "diagram":
        return _diagram(form)
    from rasim.report.show import as_json, as_markdown, as_text

    grids = _grids(what, name)
    if form == "json":
        return json.dumps(as_json(grids), indent=2, ensure_ascii=False)
    return (as_text if form == "text" else as_markdown)(grids)


def _schema(subject: str) -> dict[str, Any]:
    from rasim.interop.mapping_schema import mapping_schema
    from rasim.protocol.trace_schema import trace_schema
    from rasim.scenario.schema import schema

    return {"scenario": schema, "trace": trace_schema, "mapping": mapping_schema}[subject]()


def _grids(what: str, name: str | None) -> "tuple[Grid, ...]":
    from rasim.protocol.rules import RULES
    from rasim.report import show as readings

    readers: dict[str, Callable[[], tuple[Grid, ...]]] = {
        "rules": lambda: readings.rules(RULES),
        "rule": lambda: readings.rule(RULES, name or ""),
        "matrix": lambda: readings.matrix(RULES),
        "promises": readings.promises,
        "choices": readings.choices,
        "profiles": readings.profiles,
        "steps": lambda: readings.steps(RULES),
    }
    return readers[what]()


def _diagram(form: str) -> str:
    from rasim.document import diagrams
    from rasim.protocol.rules import RULES

    phases, inner = diagrams.of_table(RULES)
    if form == "svg":
        title = "An assistance between one expert and one logon session"
        return diagrams.states_svg(title, [phases, inner]).rstrip("\n")
    return (diagrams.states_mermaid if form == "mermaid" else diagrams.states_dot)(phases, inner)


def _sequence(path: str, form: str) -> str:
    from rasim.analysis.walkthrough import sequence_of
    from rasim.document import diagrams
    from rasim.scenario import load, play

    scenario = load(path)
    played = play(scenario)
    if not played.trace:
        raise UsageError(f"{path} cannot be played: {'; '.join(str(p) for p in played.problems)}")
    parties, messages = sequence_of(scenario, played.trace)
    if form == "svg":
        return diagrams.sequence_svg(scenario.name, parties, messages).rstrip("\n")
    return (diagrams.sequence_mermaid if form == "mermaid" else diagrams.sequence_plantuml)(parties, messages)
