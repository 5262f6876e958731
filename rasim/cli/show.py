"""`rasim show WHAT`: the readings of the table, as text, Markdown, JSON, and as diagrams."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from rasim.errors import UsageError
from rasim.words import not_called

if TYPE_CHECKING:
    from rasim.report.show import Grid

WHAT: Final = ("rules", "rule", "matrix", "diagram", "promises", "choices", "profiles", "steps", "schema")
_SCHEMAS: Final = ("scenario", "trace", "mapping")
_FORMATS: Final = {
    "diagram": ("mermaid", "dot", "svg"),
    "sequence": ("mermaid", "plantuml", "svg"),
    "schema": ("json",),
    "words": ("text", "markdown", "json"),
}


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.argument("name", required=False)
@click.option(
    "--of",
    "subject",
    metavar="SCENARIO",
    type=click.Path(),
    help="diagram: the sequence of a scenario, played. schema: `scenario`, `trace` or `mapping`.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "mermaid", "dot", "plantuml", "svg"]))
def show(what: str, name: str | None, subject: str | None, form: str | None) -> None:
    """Show the table and what surrounds it.

    rules, matrix, promises, choices, profiles and steps as text, markdown or json; `rule ID` is one row or thing; diagram as mermaid, dot
    or svg, the sequence of a scenario (--of) as mermaid, plantuml or svg; schema is the JSON Schema of scenario files, or with
    `--of trace` of trace lines, `--of mapping` of the mapping of a log. The first format named is the one without --format.
    """
    if (name is None) is (what == "rule"):
        raise UsageError(
            "say which: rasim show rule O3" if what == "rule" else f"{what} is not divided: {name!r} too many"
        )
    if subject is not None and what not in ("diagram", "schema"):
        raise UsageError("--of goes with diagram and schema")
    if what == "schema" and subject not in (None, *_SCHEMAS):
        raise UsageError(not_called("no schema", subject, _SCHEMAS))
    kind = "sequence" if subject and what == "diagram" else what if what in _FORMATS else "words"
    form = form or _FORMATS[kind][0]
    if form not in _FORMATS[kind]:
        raise UsageError(f"{what} has no format {form}; it has {', '.join(_FORMATS[kind])}")
    click.echo(_shown(what, name, subject, form))


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
