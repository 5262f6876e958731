"""Interpreters with a mistake: what the one of `step.py` could have got wrong. Made to be noticed, for nothing else."""

from collections.abc import Mapping

from attrs import evolve

from rasim.protocol.memo import put
from rasim.protocol.step import Event, Interpreter, Lost, Outcome, Refused, Rules, Situation, Test, Values
from rasim.protocol.terms import Table


class OnArrival(Rules):
    """Tests a need when the thing begins and never again: one need of one thing, or all of all."""

    def __init__(self, table: Table, thing: str | None = None, need: str | None = None) -> None:
        super().__init__(table)
        self._things = tuple(
            evolve(t, needs=tuple(n for n in t.needs if need not in (None, n.condition.name)))
            if thing in (None, t.thing.name)
            else t
            for t in self._things
        )


class NotOnArrival(Rules):
    """Tests no need when a thing begins: what cannot be begins all the same, and rule G ends it."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._rows = {kind: [evolve(row, may_begin=()) for row in rows] for kind, rows in self._rows.items()}


class AnyCondition(Rules):
    """Takes an event if any condition of a row holds: *and* read as *or*."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._rows = {kind: [evolve(row, tests=_any(row.tests)) for row in rows] for kind, rows in self._rows.items()}


class AnyNeed(Rules):
    """Lets a thing last while any of its needs holds: *and* read as *or*."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._things = tuple(evolve(t, needs=_any(t.needs)) for t in self._things)


def _any(tests: tuple[Test, ...]) -> tuple[Test, ...]:
    return (evolve(tests[0], holds=lambda seen: any(test.holds(seen) for test in tests)),) if tests else ()


class OneThing(Rules):
    """Ends the first thing that lost a need, and nothing inside it."""

    def _rule_g(self, values: Values, touched: set[int]) -> tuple[Values, tuple[Lost, ...]]:
        for t in self._things:
            need = next((n for n in t.needs if not n.holds(values)), None) if t.lasts(values) else None
            if need is not None:
                touched.update(assign.place for assign in t.over)
                return put(values, [assign.change(values) for assign in t.over]), (Lost(t.thing.name, need.condition),)
        return values, ()


class NoMatter(Rules):
    """Refuses, and makes the changes of the row all the same."""

    def worked_out(self, situation: Situation, happening: Event, *, settled: bool) -> Outcome:
        """Put one event through the table, and change what was refused."""
        outcome = super().worked_out(situation, happening, settled=settled)
        if not isinstance(outcome.refusal, Refused):
            return outcome
        seen = situation.values + self._carry(happening)
        row = next(each for each in self._rows[happening.kind] if each.row.id == outcome.refusal.row)
        changes = tuple(assign.change(seen) for assign in row.then)
        return evolve(outcome, after=Situation(put(situation.values, changes), self.places), changes=changes)


class AnyPhase(Rules):
    """Takes an event in whatever phase it comes."""

    def __init__(self, table: Table) -> None:
        super().__init__(evolve(table, rows=tuple(evolve(row, phase=None) for row in table.rows)))


MISTAKES: Mapping[str, Interpreter] = {
    "needs are tested on arrival only": OnArrival,
    "needs are not tested on arrival": NotOnArrival,
    "conditions of a row are read as or": AnyCondition,
    "needs of a thing are read as or": AnyNeed,
    "what is inside a lost thing stays": OneThing,
    "a refusal changes what the row would have changed": NoMatter,
    "a row is for any phase": AnyPhase,
}
