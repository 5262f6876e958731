"""Tables with one mistake, for tests that ask who notices it."""

from attrs import evolve

from rasim.protocol.rules import RULES
from rasim.protocol.terms import Row, Set, Table


def changed(row_id: str, *, drop: str = "", then: tuple[Set, ...] | None = None) -> Table:
    """Return the table with a condition of a row dropped, or with other changes."""

    def other(row: Row) -> Row:
        provided = tuple(condition for condition in row.provided if condition.name != drop)
        return evolve(row, provided=provided, then=row.then if then is None else then) if row.id == row_id else row

    made = evolve(RULES, rows=tuple(map(other, RULES.rows)))
    assert made != RULES, f"{row_id} is as it was"
    return made


def unneeded(thing: str, need: str) -> Table:
    """Return the table with a need of a thing dropped."""
    things = tuple(
        evolve(each, needs=tuple(n for n in each.needs if n.name != need)) if each.name == thing else each
        for each in RULES.things
    )
    made = evolve(RULES, things=things)
    assert made != RULES, f"{thing} is as it was"
    return made
