"""One event through the table: `step(situation, event) -> Outcome`.

A *situation* is a value for every fact that one assistance can see; an *event* is a kind with what it carries. The
outcome says which row took it, what changed and what the computer did, or why nothing happened: *ignored* (no row speaks
of this event in this phase) or *refused* (a condition of the row, or a need of what would begin, does not hold).
Either way a refusal changes nothing.

This module is the only interpreter of the table. It compiles the rows once per table and remembers outcomes, which are
immutable values and may be shared; the situations of a table are finite, so the memory is bounded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from attrs import field, frozen

from rasim.errors import UsageError
from rasim.protocol.memo import Changes, put
from rasim.protocol.rules import RULES
from rasim.protocol.terms import (
    Condition,
    Copy,
    Effect,
    Fact,
    Kind,
    Read,
    Row,
    Set,
    Table,
    Thing,
    Value,
    compiled,
    facts_of,
)

Values = tuple[Value, ...]
FACT_SCOPES = ("computer", "session", "expert", "assistance", "derived")


def in_order(table: Table) -> tuple[Fact, ...]:
    """Return the facts of a table in the order in which situations hold them: by scope, then as the table has them."""
    return tuple(sorted(table.facts, key=lambda fact: FACT_SCOPES.index(fact.scope)))


@frozen
class Situation:
    """A value for every fact that one assistance can see; read by name: `situation["phase"]`."""

    values: Values
    places: Mapping[str, int] = field(eq=False, repr=False)

    def __getitem__(self, fact: str) -> Value:
        return self.values[self.places[fact]]

    def so(self, **facts: Value) -> "Situation":
        """Return the situation with some facts changed; underscores in names stand for blanks. KeyError if unknown."""
        values = list(self.values)
        for name, value in facts.items():
            values[self.places[name.replace("_", " ")]] = value
        return Situation(tuple(values), self.places)

    def as_dict(self) -> dict[str, Value]:
        """Return the facts by name."""
        return {name: self.values[at] for name, at in self.places.items()}


@frozen(cache_hash=True)
class Event:
    """Something that happens: a kind, and what it carries where that is not the ordinary."""

    kind: str
    carries: tuple[tuple[str, Value], ...] = ()


def event(kind: str, **carries: Value) -> Event:
    """Make an event; underscores in names stand for blanks: `event("accepts", origin="injected")`."""
    return _event(kind, **carries)


# Typed, because True and 1 are equal but only one of them is a value that a fact can have.
@lru_cache(maxsize=4096, typed=True)
def _event(kind: str, **carries: Value) -> Event:
    return Event(kind, tuple(sorted((name.replace("_", " "), value) for name, value in carries.items())))


@frozen
class Ignored:
    """No row speaks of this event in this phase."""

    phase: str
    verdict: Literal["ignored"] = "ignored"

    @property
    def because(self) -> tuple[str, ...]:
        """Return the names a scenario may give for this refusal."""
        return ("no row",)

    def __str__(self) -> str:
        return f"no rule speaks of this while {self.phase}"


@frozen
class Refused:
    """A row speaks of it, but a condition of the row, or a need of the thing that would begin, does not hold."""

    row: str
    condition: Condition
    thing: str | None
    reason: str
    setting: str | None
    verdict: Literal["refused"] = "refused"

    @property
    def because(self) -> tuple[str, ...]:
        """Return the names a scenario may give for this refusal: the condition or need, and the setting behind it."""
        return (self.condition.name,) if self.setting is None else (self.condition.name, self.setting)

    def __str__(self) -> str:
        need = f"{self.thing} needs: " if self.thing else ""
        setting = f" [{self.setting}]" if self.setting else ""
        return f"row {self.row}: {need}{self.condition.says}{setting}, and that is not so"


@frozen
class Undelivered:
    """It did not reach the computer, for good or until now. Who watches both sides can tell; who did it cannot."""

    verdict: Literal["lost", "under way"]

    @property
    def because(self) -> tuple[str, ...]:
        """Return nothing: nobody refused it."""
        return ()

    def __str__(self) -> str:
        return "it has not reached the computer"


Refusal = Ignored | Refused | Undelivered


@frozen
class Lost:
    """Rule G at work: this thing lost this need and is over."""

    thing: str
    need: Condition


@frozen
class Outcome:
    """What one event did: the row that took it, or the refusal; the situation after; effects in order.

    `effects` are trace lines to be: each with the fields known here (reasons, replies). `began` and `ended` are the
    things that began and ended, which start and stop timers. `changes` are new values by their places in the situation; one that
    was written and is as before may be among them.
    """

    before: Situation
    event: Event
    kind: Kind
    after: Situation
    row: Row | None
    refusal: Refusal | None
    effects: tuple[Effect, ...]
    lost: tuple[Lost, ...] = ()
    began: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    changes: Changes = field(default=(), eq=False, repr=False)

    @property
    def verdict(self) -> Literal["done", "refused", "ignored", "lost", "under way"]:
        """Return *done* if a row took the event, else how it was turned away, or that it did not arrive."""
        return self.refusal.verdict if self.refusal is not None else "done"

    @property
    def changed(self) -> bool:
        """Return whether any fact is different now."""
        return self.after is not self.before


@frozen
class _Assign:
    place: int
    value: Value
    source: int | None

    def change(self, seen: Values) -> tuple[int, Value]:
        """Return the place and its new value, where these facts are seen."""
        return self.place, self.value if self.source is None else seen[self.source]


@frozen
class Test:
    """A condition made ready to be tested."""

    condition: Condition
    holds: Read
    place: int | None

    def refusal(self, row: str, thing: str | None, seen: Values) -> "Refused":
        """Return the refusal, its reason and setting chosen by the value of the fact that the condition speaks of."""
        reason, setting = self.condition.refused, self.condition.setting
        value = None if self.place is None else seen[self.place]
        return Refused(
            row,
            self.condition,
            thing,
            reason if isinstance(reason, str) else reason.get(value or False, "other"),
            setting if isinstance(setting, str | None) else setting.get(value or False),
        )


@frozen
class _Row:
    row: Row
    tests: tuple[Test, ...]
    then: tuple[_Assign, ...]
    may_begin: tuple["_Thing", ...]


@frozen(eq=False)
class _Thing:
    thing: Thing
    lasts: Read
    first: tuple[Test, ...]  # what is tested when it would begin
    needs: tuple[Test, ...]  # and at every moment after: the same
    over: tuple[_Assign, ...]
    marks: frozenset[int]  # the places of the facts that say whether it lasts
    rests_on: frozenset[int]  # these, and those of the facts that its needs speak of


class Rules:
    """A table made ready to be stepped through. Make one per table with `rules_of`; it is immutable to its users."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.facts = in_order(table)
        self.places: Mapping[str, int] = {fact.name: at for at, fact in enumerate(self.facts)}
        carried = {fact.name: fact for kind in table.kinds for fact in kind.carries}
        self._carried = tuple(carried.values())
        everything = {name: at for at, name in enumerate([*self.places, *carried])}
        self._kinds = {kind.name: kind for kind in table.kinds}
        self._phase = self.places["phase"]

        self._everything = everything

        def assigns(sets: Iterable[Set]) -> tuple[_Assign, ...]:
            return tuple(
                _Assign(self.places[s.fact], "", everything[s.to.fact])
                if isinstance(s.to, Copy)
                else _Assign(self.places[s.fact], s.to, None)
                for s in sets
            )

        def ready(thing: Thing) -> _Thing:
            needs = self._tests(thing.needs)
            marks = frozenset(self.places[fact] for fact in facts_of(thing.lasts))
            rests_on = marks.union(self.places[fact] for need in thing.needs for fact in facts_of(need.holds))
            return _Thing(thing, compiled(thing.lasts, everything), needs, needs, assigns(thing.over), marks, rests_on)

        self._things = tuple(map(ready, table.things))
        self.timers = {thing.name: thing.timers for thing in table.things}
        self._rows: dict[str, list[_Row]] = {}
        for row in table.rows:
            touched = {s.fact for s in row.then}
            may_begin = tuple(t for t in self._things if touched & facts_of(t.thing.lasts))
            ready_row = _Row(row, self._tests(row.provided), assigns(row.then), may_begin)
            for kind in row.when:
                self._rows.setdefault(kind, []).append(ready_row)
        self._shared: dict[tuple[Effect, ...], tuple[Effect, ...]] = {}
        self._settled = lru_cache(maxsize=None)(self._is_settled)  # the situations of a table are finite
        self._outcomes: dict[tuple[Values, Event], Outcome] = {}
        self._carry = lru_cache(maxsize=4096)(self._carries)

    def _tests(self, conditions: Iterable[Condition]) -> tuple[Test, ...]:
        everything = self._everything
        return tuple(
            Test(
                condition,
                compiled(condition.holds, everything),
                None if isinstance(condition.refused, str) else everything[min(facts_of(condition.holds))],
            )
            for condition in conditions
        )

    def start(self, **facts: Value) -> Situation:
        """Return the situation in which everything is as it starts, but for the facts given.

        Raises KeyError for an unknown fact, UsageError for a value that a fact cannot have.
        """
        values = {fact.name: fact.values for fact in self.facts}
        for name, value in facts.items():
            _possible(name.replace("_", " "), value, values[name.replace("_", " ")])
        return Situation(tuple(fact.values[0] for fact in self.facts), self.places).so(**facts)

    def speaks(self, kind: str, phase: Value) -> int:
        """Return how many rows speak of this kind of event in this phase; where none does it is ignored."""
        return sum([ready.row.phase in (None, phase) for ready in self._rows.get(kind, ())])

    def things(self, situation: Situation) -> tuple[Thing, ...]:
        """Return the things that last in a situation."""
        return tuple(t.thing for t in self._things if t.lasts(situation.values))

    def carried(self, happening: Event) -> dict[str, Value]:
        """Return all that an event carries, the ordinary included.

        Raises KeyError for an unknown kind or fact, UsageError for a value that a fact cannot have.
        """
        kind = self._kinds[happening.kind]
        facts = {fact.name: fact for fact in kind.carries}
        values = {name: fact.values[0] for name, fact in facts.items()}
        for name, value in happening.carries:
            if name not in values:
                raise KeyError(f"{happening.kind} carries no {name}")
            _possible(name, value, facts[name].values)
            values[name] = value
        return values

    def step(self, situation: Situation, happening: Event) -> Outcome:
        """Put one event through the table. KeyError for an event kind that the table does not have."""
        key = (situation.values, happening)
        known = self._outcomes.get(key)
        if known is None:
            settled = self.settled(situation)
            known = self._outcomes[key] = self.worked_out(situation, happening, settled=settled)
        return known

    def settled(self, situation: Situation) -> bool:
        """Tell whether everything that lasts in a situation has its needs: rule G leaves no other."""
        return self._settled(situation.values)

    def _is_settled(self, values: Values) -> bool:
        return all(need.holds(values) for t in self._things if t.lasts(values) for need in t.needs)

    def admitted(self, situation: Situation, happening: Event) -> tuple[str, ...]:
        """Return the ids of all rows that would take the event; more than one is a mistake in the table."""
        seen = situation.values + self._carry(happening)
        return tuple(
            ready.row.id
            for ready in self._rows.get(happening.kind, ())
            if ready.row.phase in (None, situation["phase"]) and not isinstance(self._try(ready, seen), Refused)
        )

    def _carries(self, happening: Event) -> Values:
        carried = self.carried(happening)
        return tuple(carried.get(fact.name, fact.values[0]) for fact in self._carried)

    def _try(self, ready: _Row, seen: Values) -> Changes | Refused:
        """Return the row's own changes, or why the row does not take the event."""
        for test in ready.tests:
            if not test.holds(seen):
                return test.refusal(ready.row.id, None, seen)
        changes = [assign.change(seen) for assign in ready.then]
        arrived = put(seen, changes)
        for thing in ready.may_begin:
            if thing.lasts(arrived) and not thing.lasts(seen):
                for need in thing.first:
                    if not need.holds(arrived):
                        return need.refusal(ready.row.id, thing.thing.name, arrived)
        return changes

    def worked_out(self, situation: Situation, happening: Event, *, settled: bool) -> Outcome:
        """Put one event through the table, whether or not that was done before.

        In a situation that is `settled` only what changes can end anything.
        """
        kind = self._kinds[happening.kind]
        seen = situation.values + self._carry(happening)
        refusal: Refused | None = None
        for ready in self._rows.get(happening.kind, ()):
            if ready.row.phase is not None and ready.row.phase != seen[self._phase]:
                continue
            changes = self._try(ready, seen)
            if isinstance(changes, Refused):
                refusal = refusal or changes
                continue
            return self._done(situation, happening, kind, ready.row, changes, settled=settled)
        if refusal is None:
            ignored = Ignored(str(seen[self._phase]))
            return Outcome(situation, happening, kind, situation, None, ignored, ())
        reply = () if kind.refused is None else (_with(kind.refused, reason=refusal.reason),)
        arrives = () if kind.arrives is None else (kind.arrives,)
        return Outcome(situation, happening, kind, situation, None, refusal, self._share(arrives + reply))

    def _done(
        self, situation: Situation, happening: Event, kind: Kind, row: Row, changes: Changes, *, settled: bool
    ) -> Outcome:
        before = situation.values
        if all(before[at] == value for at, value in changes):
            told = (_with(effect, reason=kind.reason) for effect in row.tells)
            acts = (e for e in (kind.arrives, kind.taken) if e is not None)
            return Outcome(situation, happening, kind, situation, row, None, self._share((*acts, *told)))
        touched = {at for at, _ in changes} if settled else set(range(len(before)))
        now, lost = self._rule_g(put(before, changes), touched)
        things = [t for t in self._things if not touched.isdisjoint(t.marks)]
        was, is_now = ([t for t in things if t.lasts(values)] for values in (before, now))
        began, ended = [t for t in is_now if t not in was], [t for t in reversed(was) if t not in is_now]
        effects = self._tell(kind, row, lost, began, ended)
        return Outcome(
            *(situation, happening, kind, Situation(now, self.places), row, None, effects, lost),
            began=tuple(t.thing.name for t in began),
            ended=tuple(t.thing.name for t in ended),
            changes=tuple((at, now[at]) for at in sorted(touched)),
        )

    def _tell(
        self, kind: Kind, row: Row, lost: tuple[Lost, ...], began: Sequence[_Thing], ended: Sequence[_Thing]
    ) -> tuple[Effect, ...]:
        """Return what the computer does when a row took an event, and these things began and ended."""
        effects: list[Effect] = [e for e in (kind.arrives, kind.taken) if e is not None]
        effects += [_with(effect, reason=kind.reason) for effect in row.tells]
        reasons = {entry.thing: entry.need.lost for entry in lost}
        # What is inside ends before what it is in; what is outside begins first.
        for t in ended:
            if t.thing.shared:
                effects += t.thing.ends
                continue
            reason = reasons.get(t.thing.name)
            ends = t.thing.ends if reason is None else t.thing.lost + t.thing.ends
            effects += [_with(effect, reason=reason or kind.reason) for effect in ends]
        for t in began:
            effects += t.thing.begins
        return self._share(tuple(effects))

    def _share(self, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        """Return the one tuple that stands for all equal ones, so that readers can tell them apart by identity."""
        return self._shared.setdefault(effects, effects)

    def _rule_g(self, values: Values, touched: set[int]) -> tuple[Values, tuple[Lost, ...]]:
        """End every thing that lost a need, until none is left that did; what is `touched` grows with what changes."""
        lost: list[Lost] = []
        settled = False
        while not settled:
            settled = True
            for t in self._things:
                if touched.isdisjoint(t.rests_on) or not t.lasts(values):
                    continue
                need = next((need for need in t.needs if not need.holds(values)), None)
                if need is not None:
                    changes = [assign.change(values) for assign in t.over]
                    values = put(values, changes)
                    touched.update(at for at, _ in changes)
                    lost.append(Lost(t.thing.name, need.condition))
                    settled = False
        return values, tuple(lost)


def _possible(fact: str, value: Value, values: tuple[Value, ...]) -> None:
    if value not in values or isinstance(value, bool) != isinstance(values[0], bool):
        raise UsageError(f"{fact} is never {value!r}; it is one of {', '.join(map(str, values))}")


def _with(effect: Effect, **fields: str) -> Effect:
    """Return the effect with further fields where it does not fix them itself."""
    return Effect(effect.name, tuple(sorted({**fields, **dict(effect.fields)}.items())))


Interpreter = Callable[[Table], Rules]


@lru_cache(maxsize=512)
def rules_of(table: Table, interpreter: Interpreter = Rules) -> Rules:
    """Return the table made ready to be stepped through; one per table. Another interpreter is one with a mistake (mutants)."""
    return interpreter(table)


def step(situation: Situation, happening: Event, table: Table = RULES) -> Outcome:
    """Put one event through a table: `step(start(), event("asks for a ticket"))`."""
    return rules_of(table).step(situation, happening)


def start(table: Table = RULES, **facts: Value) -> Situation:
    """Return the situation in which nothing is configured and nobody is logged on, but for the facts given."""
    return rules_of(table).start(**facts)
