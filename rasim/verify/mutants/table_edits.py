"""A table with one thing changed: what mutants and other products are made of. Everything here returns a new table."""

from typing import Any

from attrs import evolve

from rasim.protocol.terms import And, Condition, Kind, Not, Or, Row, Set, Table, Thing


def row_changed(rules: Table, old: Row, *new: Row) -> Table:
    """Return the table with a row replaced by others; by none: deleted."""
    rows = tuple(each for row in rules.rows for each in (new if row is old else (row,)))
    return evolve(rules, rows=rows)


def thing_changed(rules: Table, old: Thing, new: Thing) -> Table:
    """Return the table with a thing replaced."""
    return evolve(rules, things=tuple(new if thing is old else thing for thing in rules.things))


def kind_changed(rules: Table, old: Kind, new: Kind) -> Table:
    """Return the table with a kind of event replaced."""
    return evolve(rules, kinds=tuple(new if kind is old else kind for kind in rules.kinds))


def thing(rules: Table, name: str) -> Thing:
    """Return the thing with this name; KeyError if there is none."""
    for each in rules.things:
        if each.name == name:
            return each
    raise KeyError(name)


def row_with(rules: Table, row_id: str, **changes: Any) -> Table:
    """Return the table with fields of a row changed."""
    row = rules.row(row_id)
    return row_changed(rules, row, evolve(row, **changes))


def row_without(rules: Table, row_id: str, *conditions: str) -> Table:
    """Return the table with conditions of a row dropped. KeyError if one is not there."""
    row = rules.row(row_id)
    if missing := set(conditions) - {c.name for c in row.provided}:
        raise KeyError(missing.pop())
    return row_with(rules, row_id, provided=tuple(c for c in row.provided if c.name not in conditions))


def row_leading(rules: Table, row_id: str, *changes: Set) -> Table:
    """Return the table with a row that makes these changes instead of its own."""
    return row_with(rules, row_id, then=changes)


def more_rows(rules: Table, *rows: Row) -> Table:
    """Return the table with further rows before all others."""
    return evolve(rules, rows=(*rows, *rules.rows))


def thing_without(rules: Table, name: str, *needs: str) -> Table:
    """Return the table with needs of a thing dropped. KeyError if one is not there."""
    old = thing(rules, name)
    if missing := set(needs) - {n.name for n in old.needs}:
        raise KeyError(missing.pop())
    return thing_changed(rules, old, evolve(old, needs=tuple(n for n in old.needs if n.name not in needs)))


def needless(rules: Table, need: str) -> Table:
    """Return the table in which nothing has this need."""
    for each in rules.things:
        if any(n.name == need for n in each.needs):
            rules = thing_without(rules, each.name, need)
    return rules


def negated(condition: Condition) -> Condition:
    """Return a condition turned round."""
    return evolve(condition, holds=Not(condition.holds))


def either(conditions: tuple[Condition, ...]) -> Condition:
    """Return several conditions read as one that any of them meets."""
    holds = Or(tuple(And((c.holds,)) for c in conditions))
    return evolve(conditions[0], name="either", says="one of them holds", holds=holds, refused="other", setting=None)
