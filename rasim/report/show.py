"""The table and what surrounds it as tables of words: what `rasim show` prints.

Each reading is one or more `Grid`s made from the data; three printers serve all of them. As text a line of a grid stands as
a paragraph (its name, then what each column says), because sentences do not fit in columns.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from attrs import fields, frozen

from rasim.errors import UsageError
from rasim.policy.firewall import FIREWALL_WORDS
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.lines import RECORD_KINDS
from rasim.protocol.terms import Condition, Is, Row, Table
from rasim.report.table_words import effects_in_words, endings_in_words, event_in_words, then_in_words
from rasim.scenario.grammar import (
    EXPERT_WORDS,
    FAULT_SAYS,
    FAULTS,
    LAST_WORDS,
    PHRASES,
    PORT_WORDS,
    REASONS,
    USER_WORDS,
)
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.promises.catalogue import ALWAYS, LEFT_OUT, NARROWER, TRACED, WITHIN
from rasim.verify.promises.kinds import AnyKept, Within
from rasim.verify.promises.witnesses import SOMETIMES


@frozen
class Grid:
    """A table of words: a title, the names of the columns, and the rows; the first column names the row."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


# ---- the readings --------------------------------------------------------------------------------------------


def rules(table: Table) -> tuple[Grid, ...]:
    """Return things with needs, and rows."""
    things = tuple(
        (
            thing.name,
            thing.says,
            "; ".join(need.says for need in thing.needs) or "nothing",
            effects_in_words(thing.begins),
            endings_in_words(thing),
        )
        for thing in table.things
    )
    head = ("id", "while", "when", "provided", "then", "the computer tells", "ground")
    return (
        Grid("things with needs", ("thing", "says", "needs", "begins", "ends"), things),
        Grid("rows", head, tuple(_row(table, row) for row in table.rows)),
    )


def _row(table: Table, row: Row) -> tuple[str, ...]:
    facts = {fact.name: fact for fact in table.facts}
    return (
        row.id,
        row.phase or "any",
        "; ".join(event_in_words(table, kind).replace("**", "") for kind in row.when),
        "; ".join(condition.says for condition in row.provided),
        "; ".join(then_in_words(facts, change).replace("*", "") for change in row.then) or "nothing changes",
        effects_in_words(row.tells).replace("`", ""),
        row.ground,
    )


def rule(table: Table, name: str) -> tuple[Grid, ...]:
    """Return one row or thing with its conditions or needs, what they answer, and the setting behind each.

    Raises:
        UsageError: the table has no row and no thing of this name.

    """
    row = next((row for row in table.rows if row.id.upper() == name.upper()), None)
    thing = next((thing for thing in table.things if thing.name == name.lower()), None)
    if row is None and thing is None:
        known = ", ".join([*(row.id for row in table.rows), *(thing.name for thing in table.things)])
        raise UsageError(f"no rule and no thing is called {name!r}; known: {known}")
    whole = rules(table)[1 if row else 0]
    conditions = row.provided if row else thing.needs if thing else ()
    found = tuple(each for each in whole.rows if each[0] == (row.id if row else name.lower()))
    grids = [Grid("row" if row else "thing", whole.head, found)]
    if conditions:
        grids.append(_conditions("provided" if row else "needs", conditions))
    if row:
        changed = {change.fact: change.to for change in row.then}
        begun = [
            t
            for t in table.things
            if isinstance(t.lasts, Is) and changed.get(t.lasts.fact) == t.lasts.value and t.needs
        ]
        grids += [_conditions(f"needs of the {t.name}, which it begins", t.needs) for t in begun]
    return tuple(grids)


def _conditions(title: str, conditions: Iterable[Condition]) -> Grid:
    rows = tuple(
        (
            c.name,
            c.says,
            c.refused if isinstance(c.refused, str) else ", ".join(f"{k}: {v}" for k, v in c.refused.items()),
            c.lost,
            ", ".join(c.settings),
        )
        for c in conditions
    )
    return Grid(title, ("name", "says", "refused as", "lost as", "setting"), rows)


def matrix(table: Table) -> tuple[Grid, ...]:
    """Return for each kind of event and each phase the rows that speak of it; nothing: it is ignored there."""
    phases = tuple(str(phase) for phase in next(fact for fact in table.facts if fact.name == "phase").values)
    rows = []
    for kind in table.kinds:
        cells = (
            " ".join(row.id for row in table.rows if kind.name in row.when and row.phase in (None, phase))
            for phase in phases
        )
        rows.append((kind.name, kind.owner, *cells))
    return (Grid("which rows speak of an event", ("event", "owner", *phases), tuple(rows)),)


def promises() -> tuple[Grid, ...]:
    """Return the promises by their kinds, their witnesses, and the ids that none answers for."""
    kinds = (
        ("safety properties", ALWAYS),
        ("deadlines and liveness", WITHIN),
        ("properties of traces alone", TRACED),
        ("a property of pairs of policies", (NARROWER,)),
    )
    shown = tuple(
        (w.name, w.says, ", then ".join(" ".join((p.event, *(f"{n} {v}" for n, v in p.fields))) for p in w.path))
        for w in SOMETIMES
    )
    head = ("promise", "says", "within", "covers", "source", "presumes", "needs", "witnesses")
    return (
        *(Grid(title, head, tuple(map(_promise, those))) for title, those in kinds),
        Grid("reachability witnesses", ("witness", "says", "lines"), shown),
        Grid("ids that no promise answers for", ("id", "reason"), tuple(LEFT_OUT.items())),
    )


def _promise(one: AnyKept) -> tuple[str, ...]:
    return (
        one.name,
        one.says,
        one.bound if isinstance(one, Within) else "",
        " ".join(one.covers),
        one.source,
        "; ".join(f"{name}: {value}" for name, value in one.presumes.items()),
        " ".join(name for name in RECORD_KINDS if name in one.needs),
        ", ".join(one.witnesses),
    )


def profiles() -> tuple[Grid, ...]:
    """Return the consent models of other products, with the promises that show them broken."""
    rows = tuple((name, each.says, each.cases, ", ".join(each.by)) for name, each in PROFILES.items())
    return (Grid("consent models of other products", ("profile", "says", "cases", "broken"), rows),)


def choices() -> tuple[Grid, ...]:
    """Return the choices with their sentences, values and defaults; no public source settles any of them."""
    rows = []
    for attribute in fields(Choices):
        default = getattr(STRICT, attribute.name)
        known = get_args(attribute.type)
        value = default if known else f"{default.total_seconds():g} s"
        rows.append(
            (attribute.name.replace("_", " "), attribute.metadata["says"], str(value), ", ".join(known) or "a time")
        )
    return (Grid("choices", ("choice", "says", "default", "values"), tuple(rows)),)


def steps(table: Table) -> tuple[Grid, ...]:
    """Return every step and every expectation that a scenario can have."""
    spoken = []
    for phrase in PHRASES:
        kind = table.kind(phrase.kind.replace("{capability}", "control"))
        carries = ", ".join(f"{name} {value}" for name, value in phrase.carries)
        spoken.append((f"{phrase.actor}: {phrase.text}", kind.says, carries))
    spoken += ((f"{phrase.actor}: {phrase.text}", FAULT_SAYS[phrase.kind], "") for phrase in FAULTS)
    spoken.append(
        ("administrator: {applies policy: {...}, applies firewall: {...}}", "policy is applied", "either alone too")
    )
    spoken.append(("wait: 30 s", "time passes; units are us, ms, s, min, h", ""))
    spoken.append(
        ("together: [{...}, {...}]", "the steps happen at one moment: every order of them is played", "at most five")
    )
    spoken.append(("expect: {...}", "what must be so now", ""))
    said = (
        ("an expert", ", ".join(EXPERT_WORDS)),
        ("a user", ", ".join(word.replace("{expert}", "ANNA") for word in USER_WORDS)),
        ("last", ", ".join(LAST_WORDS)),
        ("because", ", ".join(REASONS)),
        ("port N", ", ".join(PORT_WORDS)),
    )
    firewall = tuple(
        (name if name != "port" else "135 tcp", ", ".join(words)) for name, words in FIREWALL_WORDS.items()
    )
    return (
        Grid("steps", ("step", "says", "carries"), tuple(spoken)),
        Grid("expectations", ("of", "words"), said),
        Grid("firewall", ("of", "words"), firewall),
    )


# ---- the printers --------------------------------------------------------------------------------------------


def as_text(grids: Sequence[Grid]) -> str:
    """Return grids for people: narrow ones in columns, others a paragraph for each row."""
    return "\n".join(line.replace("`", "") for grid in grids for line in (*_text(grid), "")).rstrip("\n")


def _text(grid: Grid) -> Iterator[str]:
    yield grid.title
    widths = [max(map(len, column)) for column in zip(grid.head, *grid.rows, strict=True)]
    if sum(widths) + 2 * len(widths) <= 120:
        for row in (grid.head, *grid.rows):
            yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        return
    label = max(map(len, grid.head[1:]))
    for row in grid.rows:
        yield f"  {row[0]}"
        yield from (f"      {name:<{label}}  {cell}" for name, cell in zip(grid.head[1:], row[1:], strict=True) if cell)


def as_markdown(grids: Sequence[Grid]) -> str:
    """Return grids as Markdown tables."""
    return "\n".join(line for grid in grids for line in (*_markdown(grid), "")).rstrip("\n")


def _markdown(grid: Grid) -> Iterator[str]:
    yield f"## {grid.title[0].upper()}{grid.title[1:]}"
    yield ""
    yield f"| {' | '.join(grid.head)} |"
    yield "|" + "---|" * len(grid.head)
    yield from (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in grid.rows)


def as_json(grids: Sequence[Grid]) -> dict[str, Any]:
    """Return grids as JSON: for each title a list of rows by column."""
    return {grid.title: [dict(zip(grid.head, row, strict=True)) for row in grid.rows] for grid in grids}
