"""The table with one mistake in it, again and again, and what notices it.

A promise is worth what it catches. Every row is deleted, every condition dropped, every change made another one, every
need dropped; each such table is explored in the smallest model that contains its row, until something notices: a
promise that breaks, a witness that can no longer be shown, or two rows that take one event. If nothing does but the
edges differ, a promise is missing; if not even the edges differ, the mistake is none.
"""

from collections.abc import Iterator
from typing import Literal

from attrs import evolve, frozen

from rasim.protocol.rules import CONTROL, table
from rasim.protocol.terms import And, Copy, Expression, Or, Row, Set, Table, Thing, spoken
from rasim.protocol.vocabulary import further
from rasim.verify.explore import Exploration, explore
from rasim.verify.model import SIZED_VALUES, Model, pair_model, ports_model, two_experts_model
from rasim.verify.promises import SOMETIMES

SMALL, CHAT, TWO, PORTS = "control only", "with chat", "two experts", "ports"


@frozen
class Mutant:
    """A table with one mistake, by the name of the mistake; `row` is the row it is in, `size` the model it shows in."""

    name: str
    table: Table
    size: str = SMALL
    row: str = ""


@frozen
class Killed:
    """What noticed a mutant; `by` is None if nothing did, `how` then says whether the edges differ at all."""

    name: str
    by: str | None
    how: Literal["promise", "witness", "overlap", "edges only", "equivalent"]


def mutants() -> Iterator[Mutant]:
    """Yield every mutant of rows and needs, in the order of the table.

    The rows of every capability are the same rows; control stands for all. Its needs include those of all others, so that
    some of the common ones cannot show there: the needs are mutated in the further capability too.
    """
    rules, wide = table(), table(capabilities=(CONTROL, further("chat")))
    for row in rules.rows:
        yield from _of_row(rules, wide, row)
    for from_table, size in ((rules, SMALL), (wide, CHAT)):
        for thing in from_table.things:
            if size == SMALL or thing.name.startswith("chat"):
                yield from _of_needs(from_table, thing, size)
    for thing in rules.things:
        if thing.shared:
            yield from _of_shared(rules, thing)


def _of_row(rules: Table, wide: Table, row: Row) -> Iterator[Mutant]:
    """Yield the mistakes a row can have: it is not there, a condition is not, a change is another one."""
    size = TWO if {"busy", "alone"} & {c.name for c in row.provided} else SMALL
    yield Mutant(f"{row.id} deleted", evolve(rules, rows=tuple(r for r in rules.rows if r is not row)), size, row.id)
    for condition in row.provided:
        name = f"{row.id} without `{condition.name}`"
        if condition.name == "no question":  # there must be two things to ask for
            yield Mutant(name, _dropped(wide, wide.row(row.id), condition.name), CHAT, row.id)
        else:
            yield Mutant(name, _dropped(rules, row, condition.name), size, row.id)
    for at, change in enumerate(row.then):
        for other in _others(rules, change):
            then = (*row.then[:at], *other, *row.then[at + 1 :])
            shown_in = PORTS if change.fact == "port 3389" else size
            name = f"{row.id} sets {change.fact} to {_said(other)}"
            yield Mutant(name, _with(rules, row, evolve(row, then=then)), shown_in, row.id)


def _of_needs(rules: Table, thing: Thing, size: str) -> Iterator[Mutant]:
    for need in thing.needs:
        less = evolve(thing, needs=tuple(n for n in thing.needs if n is not need))
        yield Mutant(f"{thing.name} does not need `{need.name}`", _without(rules, thing, less), size)


def _of_shared(rules: Table, thing: Thing) -> Iterator[Mutant]:
    """Yield the mistakes that a shared thing, which has no needs, can have: when it lasts, what it tells, for whom."""
    for lasts in _parts_left_out(thing.lasts):
        name = f"{thing.name} lasts while {spoken(lasts)}"
        yield Mutant(name, _without(rules, thing, evolve(thing, lasts=lasts)), PORTS)
    yield Mutant(f"{thing.name} begins untold", _without(rules, thing, evolve(thing, begins=())), PORTS)
    yield Mutant(f"{thing.name} ends untold", _without(rules, thing, evolve(thing, ends=())), PORTS)
    yield Mutant(f"{thing.name} is not shared", _without(rules, thing, evolve(thing, shared=False)), PORTS)


def _parts_left_out(expression: Expression) -> Iterator[Expression]:
    """Yield the expression with each part of an *and* or an *or* left out, at any depth."""
    if not isinstance(expression, And | Or):
        return
    for at, part in enumerate(expression.parts):
        rest = (*expression.parts[:at], *expression.parts[at + 1 :])
        yield rest[0] if len(rest) == 1 else type(expression)(rest)
        for less in _parts_left_out(part):
            yield type(expression)((*expression.parts[:at], less, *expression.parts[at + 1 :]))


def _dropped(rules: Table, row: Row, condition: str) -> Table:
    return _with(rules, row, evolve(row, provided=tuple(c for c in row.provided if c.name != condition)))


def _with(rules: Table, old: Row, new: Row) -> Table:
    return evolve(rules, rows=tuple(new if r is old else r for r in rules.rows))


def _without(rules: Table, old: Thing, new: Thing) -> Table:
    return evolve(rules, things=tuple(new if t is old else t for t in rules.things))


def _others(rules: Table, change: Set) -> Iterator[tuple[Set, ...]]:
    """Yield every other thing a change could do: not at all, or to any other value of the fact."""
    yield ()
    fact = next(f for f in rules.facts if f.name == change.fact)
    for value in fact.values:
        if isinstance(change.to, Copy) or value != change.to:
            yield (Set(change.fact, value),)


def _said(other: tuple[Set, ...]) -> str:
    return "nothing else" if not other else str(other[0].to).lower()


def model_for(mutant: Mutant) -> Model:
    """Return the smallest model that contains the mutant's row; one value stands for another wherever one can."""
    if mutant.size == PORTS:
        model = ports_model(mutant.table)
        return evolve(model, name=f"{model.name}, {mutant.name}")
    model = two_experts_model(mutant.table) if mutant.size == TWO else pair_model(mutant.table)
    return evolve(model, name=f"{model.name}, {mutant.name}", values=SIZED_VALUES)


def baselines() -> dict[str, Exploration]:
    """Explore the table without a mistake in each size of model: what mutants are compared with."""
    tables = {SMALL: table(), CHAT: table(capabilities=(CONTROL, further("chat"))), TWO: table(), PORTS: table()}
    return {size: explore(model_for(Mutant("no mistake", rules, size))) for size, rules in tables.items()}


def kill(mutant: Mutant, baseline: Exploration) -> Killed:
    """Explore a mutant until something notices; `baseline` is the exploration of the table without the mistake."""
    # A witness whose shortest way goes through the mutated row is the likeliest to be lost: ask those first.
    wanted = sorted(
        (s for s in SOMETIMES if s.name in baseline.witnessed),
        key=lambda s: mutant.row not in baseline.witnessed[s.name].rows,
    )
    found = explore(model_for(mutant), sometimes=wanted, stop_at_first=True, stop_at_missing=True)
    if found.broken:
        return Killed(mutant.name, min(found.broken), "promise")
    if found.ambiguous:
        return Killed(mutant.name, " and ".join(min(found.ambiguous)), "overlap")
    missing = next((s.name for s in wanted if s.name not in found.witnessed), None)
    if missing is not None:
        return Killed(mutant.name, missing, "witness")
    return Killed(mutant.name, None, "equivalent" if found.digest == baseline.digest else "edges only")
