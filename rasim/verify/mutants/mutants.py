"""The table and its interpreter with one mistake in it, again and again, and what notices it.

A promise is worth what it catches. Every row is deleted, every condition dropped, turned round, read as *or*, every change
made another one, every need dropped or tested on arrival only, every line left unsaid; the interpreter errs; and the
named mistakes of real products (`product_mistakes.py`) are made. Each is explored in the smallest model that contains it, until
something notices: a promise that breaks, a witness that can no longer be shown, or two rows that take one event. If nothing
does but the edges differ, a promise is missing; if not even the edges differ, the mistake is none.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

from attrs import evolve, frozen

from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Interpreter, Rules
from rasim.protocol.terms import And, Copy, Expression, Kind, Or, Row, Set, Table, Thing, spoken
from rasim.protocol.vocabulary import further
from rasim.verify.mutants import table_edits
from rasim.verify.mutants.faulty_interpreters import MISTAKES, OnArrival
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES
from rasim.verify.promises.witnesses import SOMETIMES
from rasim.verify.states.explore import Exploration, explore, uninterrupted
from rasim.verify.states.model import SIZED_VALUES, Model, pair_model, ports_model, two_experts_model

_SMALL, _CHAT, _WHOLE, _TWO, _PORTS = "control only", "with chat", "every value", "two experts", "ports"


@frozen
class Mutant:
    """A table or an interpreter with one mistake, by the name of the mistake.

    `row` is the row it is in, `size` the model it shows in.
    """

    name: str
    table: Table
    size: str = _SMALL
    row: str = ""
    interpreter: Interpreter = Rules


@frozen
class Killed:
    """What noticed a mutant; `by` is None if nothing did, `how` then says whether the edges differ at all."""

    name: str
    by: str | None
    how: Literal["promise", "witness", "overlap", "edges only", "equivalent"]


def mutants() -> Iterator[Mutant]:
    """Yield every mutant: of rows, needs, lines and the interpreter in the order of the table, then the named ones.

    The rows of every capability are the same rows; control stands for all. Its needs include those of all others, so that
    some of the common ones cannot show there: the needs are mutated in the further capability too.
    """
    rules, wide = table(), table(capabilities=(CONTROL, further("chat")))
    for row in rules.rows:
        yield from _of_row(rules, wide, row)
    for from_table, size in ((rules, _SMALL), (wide, _CHAT)):
        for thing in from_table.things:
            if size == _SMALL or thing.name.startswith("chat"):
                yield from _of_needs(from_table, thing, size)
    for thing in rules.things:
        yield from _of_shared(rules, thing) if thing.shared else _of_lines(rules, thing)
    for kind in rules.kinds:
        yield from _of_kind(rules, kind)
    for says, interpreter in MISTAKES.items():
        yield Mutant(f"the interpreter: {says}", wide, _CHAT, interpreter=interpreter)
    for name, mistake in PRODUCT_MISTAKES.items():
        capability = further(mistake.capability) if mistake.capability else None
        rules = table(capabilities=(CONTROL,) if capability is None else (CONTROL, capability))
        yield Mutant(f"{name}: {mistake.says}", mistake.change(rules), _WHOLE)


def _of_row(rules: Table, wide: Table, row: Row) -> Iterator[Mutant]:
    """Yield the mistakes a row can have: it or a condition is not there, is another, a change is another, a line is not said."""
    size = _TWO if {"busy", "alone"} & {c.name for c in row.provided} else _SMALL
    yield Mutant(f"{row.id} deleted", table_edits.row_changed(rules, row), size, row.id)
    for condition in row.provided:
        # For this one there must be two things to ask for.
        of, in_ = (wide, _CHAT) if condition.name == "no question" else (rules, size)
        name = f"{row.id} without `{condition.name}`"
        yield Mutant(name, table_edits.row_without(of, row.id, condition.name), in_, row.id)
        turned = tuple(table_edits.negated(c) if c.name == condition.name else c for c in of.row(row.id).provided)
        name = f"{row.id} with `{condition.name}` turned round"
        yield Mutant(name, table_edits.row_with(of, row.id, provided=turned), in_, row.id)
    if len(row.provided) > 1:
        either = (table_edits.either(row.provided),)
        yield Mutant(
            f"{row.id} with its conditions read as or",
            table_edits.row_with(rules, row.id, provided=either),
            size,
            row.id,
        )
    for at, change in enumerate(row.then):
        for other in _others(rules, change):
            then = (*row.then[:at], *other, *row.then[at + 1 :])
            shown_in = _PORTS if change.fact == "port 3389" else size
            name = f"{row.id} sets {change.fact} to {_said(other)}"
            yield Mutant(name, table_edits.row_with(rules, row.id, then=then), shown_in, row.id)
    for effect in row.tells:
        tells = tuple(each for each in row.tells if each is not effect)
        yield Mutant(
            f"{row.id} does not say {effect.name}", table_edits.row_with(rules, row.id, tells=tells), size, row.id
        )


def _of_needs(rules: Table, thing: Thing, size: str) -> Iterator[Mutant]:
    for need in thing.needs:
        less = table_edits.thing_without(rules, thing.name, need.name)
        yield Mutant(f"{thing.name} does not need `{need.name}`", less, size)
        late = partial(OnArrival, thing=thing.name, need=need.name)
        yield Mutant(f"{thing.name} needs `{need.name}` on arrival only", rules, size, interpreter=late)
    if len(thing.needs) > 1:
        either = table_edits.thing_changed(rules, thing, evolve(thing, needs=(table_edits.either(thing.needs),)))
        yield Mutant(f"{thing.name} with its needs read as or", either, size)


def _of_lines(rules: Table, thing: Thing) -> Iterator[Mutant]:
    """Yield the mistakes of what a thing makes the computer do: each line left unsaid."""
    for moment in ("begins", "ends", "lost"):
        effects = getattr(thing, moment)
        for effect in effects:
            changes: dict[str, Any] = {moment: tuple(each for each in effects if each is not effect)}
            less = evolve(thing, **changes)
            name = f"{thing.name} {'is lost' if moment == 'lost' else moment} without {effect.name}"
            yield Mutant(name, table_edits.thing_changed(rules, thing, less))


def _of_kind(rules: Table, kind: Kind) -> Iterator[Mutant]:
    """Yield the mistakes of what an event leaves: each line left unsaid."""
    for moment in ("arrives", "taken", "refused"):
        effect = getattr(kind, moment)
        if effect is not None:
            changes: dict[str, Any] = {moment: None}
            changed = table_edits.kind_changed(rules, kind, evolve(kind, **changes))
            yield Mutant(f"`{kind.name}` leaves no {effect.name}", changed)


def _of_shared(rules: Table, thing: Thing) -> Iterator[Mutant]:
    """Yield the mistakes that a shared thing, which has no needs, can have: when it lasts, what it tells, for whom."""
    for lasts in _parts_left_out(thing.lasts):
        name = f"{thing.name} lasts while {spoken(lasts)}"
        yield Mutant(name, table_edits.thing_changed(rules, thing, evolve(thing, lasts=lasts)), _PORTS)
    yield Mutant(
        f"{thing.name} begins untold", table_edits.thing_changed(rules, thing, evolve(thing, begins=())), _PORTS
    )
    yield Mutant(f"{thing.name} ends untold", table_edits.thing_changed(rules, thing, evolve(thing, ends=())), _PORTS)
    yield Mutant(
        f"{thing.name} is not shared", table_edits.thing_changed(rules, thing, evolve(thing, shared=False)), _PORTS
    )


def _parts_left_out(expression: Expression) -> Iterator[Expression]:
    """Yield the expression with each part of an *and* or an *or* left out, at any depth."""
    if not isinstance(expression, And | Or):
        return
    for at, part in enumerate(expression.parts):
        rest = (*expression.parts[:at], *expression.parts[at + 1 :])
        yield rest[0] if len(rest) == 1 else type(expression)(rest)
        for less in _parts_left_out(part):
            yield type(expression)((*expression.parts[:at], less, *expression.parts[at + 1 :]))


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
    models = {_TWO: two_experts_model, _PORTS: ports_model}
    model = models.get(mutant.size, pair_model)(mutant.table)
    values = model.values if mutant.size in (_WHOLE, _PORTS) else SIZED_VALUES
    return evolve(model, name=f"{model.name}, {mutant.name}", values=values, interpreter=mutant.interpreter)


def baselines() -> dict[str, Exploration]:
    """Explore the table without a mistake in each size of model: what mutants are compared with."""
    chat = table(capabilities=(CONTROL, further("chat")))
    tables = {_SMALL: table(), _CHAT: chat, _WHOLE: table(), _TWO: table(), _PORTS: table()}
    return {
        size: uninterrupted(explore(model_for(Mutant("no mistake", rules, size)))) for size, rules in tables.items()
    }


def kill(mutant: Mutant, baseline: Exploration) -> Killed:
    """Explore a mutant until something notices; `baseline` is the exploration of the table without the mistake."""
    # A witness whose shortest way goes through the mutated row is the likeliest to be lost: ask those first.
    wanted = sorted(
        (s for s in SOMETIMES if s.name in baseline.witnessed),
        key=lambda s: mutant.row not in baseline.witnessed[s.name].rows,
    )
    asked = explore(model_for(mutant), sometimes=wanted, stop_at_first=True, stop_at_missing=True)
    found = uninterrupted(asked)
    if found.broken:
        return Killed(mutant.name, min(found.broken), "promise")
    if found.ambiguous:
        return Killed(mutant.name, " and ".join(min(found.ambiguous)), "overlap")
    missing = next((s.name for s in wanted if s.name not in found.witnessed), None)
    if missing is not None:
        return Killed(mutant.name, missing, "witness")
    return Killed(mutant.name, None, "equivalent" if found.digest == baseline.digest else "edges only")
