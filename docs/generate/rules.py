"""The table and the choices as pages: what a reviewer reads and a diff shows."""

from collections.abc import Iterator

from docs.generate import MADE
from rasim.document import diagrams
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.terms import Row, Table
from rasim.report import show
from rasim.report.table_words import effects_in_words, endings_in_words, event_in_words, then_in_words


def rules_page() -> str:
    """Return the table of rules as Markdown: things with needs, rows, what each capability adds."""
    return "\n".join((*_rules(table(capabilities=(CONTROL,))), ""))


def _rules(rules: Table) -> Iterator[str]:
    yield "# The rules"
    yield MADE
    yield ""
    yield "*Rule G: whatever loses a need is over, at once, and with it all inside it.* Needs are tested on arrival too. What no"
    yield "row admits, or whose condition or need fails, changes nothing. The person who acts is printed in bold."
    gives = [row.id for row in rules.rows if _gives(rules, row)]
    yield ""
    yield f"Rows that give something to an expert: **{' and '.join(gives)}**."
    yield ""
    yield "## Things with needs"
    yield ""
    yield "| thing | needs | begins | ends, and if a need is lost |"
    yield "|---|---|---|---|"
    for thing in rules.things:
        needs = "; ".join(need.says for need in thing.needs) or "nothing"
        yield f"| **{thing.name}**: {thing.says} | {needs} | {effects_in_words(thing.begins)} | {endings_in_words(thing)} |"
    yield ""
    yield "## Rows"
    yield ""
    yield "| id | while | when | provided | then | the computer tells | ground |"
    yield "|---|---|---|---|---|---|---|"
    facts = {fact.name: fact for fact in rules.facts}
    for row in rules.rows:
        when = "; ".join(event_in_words(rules, kind) for kind in row.when)
        provided = "; ".join(condition.says for condition in row.provided)
        then = "; ".join(then_in_words(facts, change) for change in row.then)
        cells = (row.phase or "any", when, provided, then, effects_in_words(row.tells), row.ground)
        yield f"| {row.id} | {' | '.join(cells)} |"


def _gives(rules: Table, row: Row) -> bool:
    held = {f"{fact.name}": "held" for fact in rules.facts if "held" in fact.values}
    return any((c.fact, c.to) == ("phase", "viewing") or held.get(c.fact) == c.to for c in row.then)


def matrix_page() -> str:
    """Return which rows speak of which event in which phase, with the diagram, as Markdown."""
    return "\n".join(
        (
            "# The matrix and the diagram",
            MADE,
            "",
            "Where a cell is empty the event is ignored: it changes nothing, whoever sends it. A row that speaks of an event may still turn",
            "it away, by one of its conditions or a need of what it would begin.",
            "",
            "![The phases of an assistance, and control inside a view](diagram.svg)",
            "",
            show.as_markdown(show.matrix(table(capabilities=(CONTROL,)))),
            "",
        )
    )


def choices_page() -> str:
    """Return the choices as Markdown."""
    return "\n".join(
        (
            "# The choices",
            MADE,
            "",
            "What no public source settles is a choice with a name. The default is the strict value, but of *withdrawn question*; a promise",
            "that presumes another one is *not promised* where it is not chosen. Source of all of them: none;",
            "[decision 4](../decisions/0004-choices.md) has the anchors.",
            "",
            show.as_markdown(show.choices()),
            "",
            "Behaviour that is known from other products and is no choice here is kept as *consent models of other products*;",
            "their violations are expected: `rasim check --profile NAME`. The cases are those of [the sources](sources.md).",
            "",
            show.as_markdown(show.profiles()),
            "",
        )
    )


def diagram() -> str:
    """Return the state diagram as SVG."""
    phases, inner = diagrams.of_table(table(capabilities=(CONTROL,)))
    return diagrams.states_svg("An assistance between one expert and one logon session", [phases, inner])
