"""A model in Promela, printed from the rows of its table: what Spin needs to disagree with rasim's own engines.

How to read what is printed. Each fact of the computer, of each session (`s1_`), expert (`e1_`) and assistance (`a11_`: expert, session)
is a variable of as few bits as it needs. Each option of the one loop is a step of the model as one row takes it: its guard says that
the row admits the event (while, provided, and the needs of what would begin, as they would be on arrival; and no row before it does),
its body makes the row's changes and then lets rule G end what lost a need. `busy` is read off the other experts' phases.

An event of the whole computer is put through the table for each assistance, from the state before it. Here the facts that they
share are set once, and then rule G runs in each assistance. That is the same, because the rows of such events ask and set
shared facts only (else `promela` refuses), and what G makes of a shared fact hangs on shared facts.

With `asserted` what an observer has seen is kept in further bits, from the effects alone, and each claim is an assertion that ends in
the name of its promise. `spin.py` runs it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, assert_never

from rasim.engines.provers.claims import APART, alike, promised, seen
from rasim.engines.provers.expressions import FALSE, TRUE, fixed_facts, simplified
from rasim.errors import UsageError
from rasim.protocol.choices import Choices
from rasim.protocol.computer import Pair
from rasim.protocol.rules import CONTROL
from rasim.protocol.step import Event
from rasim.protocol.terms import (
    And,
    Condition,
    Copy,
    Effect,
    Expression,
    Fact,
    In,
    Is,
    Kind,
    Not,
    Or,
    Row,
    Set,
    Table,
    Thing,
    Value,
    facts_of,
)
from rasim.protocol.vocabulary import BUSY_PHASES, Capability, further
from rasim.verify.states.model import Model, Step
from rasim.verify.states.surroundings import Surroundings

Names = Mapping[str, str]
SHARED: Final = ("computer", "session", "expert")


# ---- expressions ---------------------------------------------------------------------------------------------


def printed(expression: Expression, names: Names) -> str:
    """Return an expression in Promela."""  # brackets around every part: Promela takes no two operators in a row
    match expression:
        case Is(fact, value):
            if isinstance(value, bool):
                return names[fact] if value else f"!{names[fact]}"
            return f"({names[fact]} == {constant(fact, value)})"
        case In(fact, values):
            return printed(Or(tuple(Is(fact, value) for value in values)), names)
        case Not(part):
            return f"!({printed(part, names)})"
        case And(parts):
            return f"({' && '.join(printed(part, names) for part in parts)})" if parts else "true"
        case Or(parts):
            return f"({' || '.join(printed(part, names) for part in parts)})" if parts else "false"
        case _:
            assert_never(expression)


def constant(fact: str, value: Value) -> str:
    """Return the name or number of a value of a fact."""
    return str(int(value)) if isinstance(value, bool) else word(f"{fact} is {value}")


def word(name: str) -> str:
    """Return a name of rasim's as a name of Promela's."""
    return re.sub(r"\W", "_", name)


# ---- the model -----------------------------------------------------------------------------------------------


def promela(model: Model, *, asserted: Choices | None = None) -> str:
    """Print a model; with `asserted` what is claimed by the safety promises that are promised under these choices.

    Raises UsageError if an event of a computer, session or expert asks or sets what belongs to an assistance.
    """
    return "\n".join((*_Printer(model, asserted=asserted).lines(), ""))


class _Printer:
    """A model and the names of its variables."""

    def __init__(self, model: Model, *, asserted: Choices | None) -> None:
        self.model, self.table, self.asserted = model, model.table, asserted is not None
        self.surroundings = Surroundings(model)
        self.pairs = self.surroundings.computer.pairs
        self.facts = {fact.name: fact for fact in self.table.facts}
        self.names = {pair: self._names(pair) for pair in self.pairs}
        self.seen = seen(_capabilities(self.table)) if asserted is not None else ()
        self.asked, self.apart = ((), False) if asserted is None else promised(asserted, _capabilities(self.table))
        self.watched = [t for t in self.table.things if t.begins or t.ends or t.lost] if self.asserted else []

    def _variable(self, fact: Fact, pair: Pair) -> str:
        expert, session = pair[0] + 1, pair[1] + 1
        where = {"computer": "", "session": f"s{session}_", "expert": f"e{expert}_"}.get(
            fact.scope, f"a{expert}{session}_"
        )
        return f"{where}{word(fact.name)}"

    def _names(self, pair: Pair) -> dict[str, str]:
        names = {fact.name: self._variable(fact, pair) for fact in self.table.facts}
        phase = self.facts["phase"]
        others = [self._variable(phase, other) for other in self.pairs if other[1] == pair[1] and other != pair]
        busy = [f"{other} == {constant('phase', phase_)}" for other in others for phase_ in BUSY_PHASES]
        return names | {"busy": f"({' || '.join(busy)})" if busy else "false"}

    # ---- declarations ----------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        yield f"/* {self.model.name}: printed from the rows of rasim's table; see rasim/engines/provers/promela.py */"
        for fact in self.table.facts:
            if isinstance(fact.values[0], str):
                yield from (f"#define {constant(fact.name, value)} {at}" for at, value in enumerate(fact.values))
        yield from self._variables()
        yield "active proctype anything_at_any_moment() {"
        yield "  do"
        for step in self.surroundings.steps:
            yield from self._options(step)
        yield "  od"
        yield "}"

    def _variables(self) -> Iterator[str]:
        done = set()
        for pair in self.pairs:
            situation = self.surroundings.computer.situation(self.surroundings.first, pair)
            for fact in self.table.facts:
                name = self._variable(fact, pair)
                if fact.scope == "derived" or name in done:
                    continue
                done.add(name)
                value = situation[fact.name]
                most = len(fact.values) - 1
                kind, width = ("bit", "") if most == 1 else ("unsigned", f" : {most.bit_length()}")
                yield f"{kind} {name}{width} = {constant(fact.name, value)};"
        for pair in self.pairs:
            yield from (f"bit {self._seen(each.name, pair)};" for each in self.seen)
            yield from (f"bit {self._was(t, pair)}; bit {self._lost(t, pair)};" for t in self.watched)
        names = {claim.promise for claim in self.asked} | {APART[0]} if self.asserted else ()
        yield from (f"bit {word(name)}; /* never set: the name of an assertion */" for name in sorted(names))

    def _seen(self, name: str, pair: Pair) -> str:
        return f"a{pair[0] + 1}{pair[1] + 1}_{word(name)}"

    def _was(self, thing: Thing, pair: Pair) -> str:
        return f"was_{word(thing.name)}_{pair[0] + 1}{pair[1] + 1}"

    def _lost(self, thing: Thing, pair: Pair) -> str:
        return f"lost_{word(thing.name)}_{pair[0] + 1}{pair[1] + 1}"

    # ---- rule G ----------------------------------------------------------------------------------------------

    def _settle(self, row: Row, pair: Pair, carried: Mapping[str, Value]) -> Iterator[str]:
        """Print rule G for what a row's changes can make lose a need: until nothing does, whatever lacks one is over."""
        arrival: dict[str, Value | Copy] = {} if row.phase is None else {"phase": row.phase}
        arrival |= {s.fact: _resolved(s.to, carried) for s in row.then}
        known = {fact: to for fact, to in arrival.items() if not isinstance(to, Copy)}
        for thing in self.table.things:  # what begins has its needs: the guard asked for them
            if {s.fact for s in row.then} & facts_of(thing.lasts) and simplified(thing.lasts, known) == TRUE:
                known |= dict(fixed_facts(And(tuple(need.holds for need in thing.needs))))
        changed, lacking = {s.fact for s in row.then}, dict[Thing, Expression]()
        grown = True
        while grown:
            grown = False
            for thing in self.table.things:
                needs = And(tuple(need.holds for need in thing.needs))
                lacks = simplified(And((thing.lasts, Not(needs))), known)
                if changed & (facts_of(thing.lasts) | facts_of(needs)) and lacks not in (FALSE, lacking.get(thing)):
                    ended = {s.fact for s in thing.over}
                    grown, changed, lacking[thing] = True, changed | ended, lacks
                    known = {fact: value for fact, value in known.items() if fact not in ended}
        if lacking:
            names = self.names[pair]
            options = []
            for thing in self.table.things:
                if thing in lacking:
                    over = [f"{names[s.fact]} = {_to(s, names)}" for s in thing.over]
                    over += [f"{self._lost(thing, pair)} = 1"] if thing in self.watched else []
                    options.append(f":: {printed(lacking[thing], names)} -> {'; '.join(over)}")
            yield f"do {' '.join(options)} :: else -> break od"
            if self.asserted:
                yield "skip"  # Spin wants something behind a loop, in the same step, that is not an assertion

    # ---- steps -----------------------------------------------------------------------------------------------

    def _options(self, step: Step) -> Iterator[str]:
        """Print a step: one option for each row that can take it."""
        kind = self.table.kind(step.kind)
        before: list[Expression] = []
        for row in self.table.rows:
            if step.kind not in row.when:
                continue
            carried = self._carried(kind, step.events[0][1])
            admits = self._admits(row, carried)
            guard = simplified(And((admits, *(Not(other) for other in before))), {})
            before.append(admits)
            if guard == FALSE:
                continue
            if kind.scope != "assistance":
                self._shared_only(row)
            said = ", ".join(f"{name}: {value}" for name, value in step.carries.items())
            yield f"  /* {row.id}: {kind.says}{f' ({said})' if said else ''} */"
            body = [*self._body(step, kind, row)]
            yield f"  :: d_step {{ {printed(guard, self.names[step.events[0][0]])} -> {'; '.join(body) or 'skip'} }}"

    def _carried(self, kind: Kind, event: Event) -> dict[str, Value]:
        return {fact.name: fact.values[0] for fact in kind.carries} | dict(event.carries)

    def _admits(self, row: Row, carried: Mapping[str, Value]) -> Expression:
        """Return when a row takes an event: its conditions before, and on arrival the needs of what would begin."""
        parts: list[Expression] = [] if row.phase is None else [Is("phase", row.phase)]
        parts += [condition.holds for condition in row.provided]
        known = {**({} if row.phase is None else {"phase": row.phase}), **carried}
        arrival = {**known, **{s.fact: _resolved(s.to, carried) for s in row.then}}
        touched = {s.fact for s in row.then}
        for thing in self.table.things:
            if thing.needs and touched & facts_of(thing.lasts):
                begins = simplified(And((simplified(thing.lasts, arrival), Not(simplified(thing.lasts, known)))), {})
                needs = And(tuple(simplified(need.holds, arrival) for need in thing.needs))
                parts.append(simplified(Or((Not(begins), needs)), {}))
        return simplified(And(tuple(parts)), carried)

    def _shared_only(self, row: Row) -> None:
        asked = {fact for condition in row.provided for fact in _facts(condition)} | {s.fact for s in row.then}
        own = [fact for fact in asked if fact in self.facts and self.facts[fact].scope not in SHARED]
        if own or row.phase is not None:
            raise UsageError(f"{row.id} is about a whole computer and asks what is one assistance's: {', '.join(own)}")

    def _body(self, step: Step, kind: Kind, row: Row) -> Iterator[str]:
        pairs = [pair for pair, _ in step.events]
        for pair in pairs:
            for thing in self.watched:
                yield f"{self._was(thing, pair)} = {printed(thing.lasts, self.names[pair])}"
        done = set()
        for pair, event in step.events:
            carried = self._carried(kind, event)
            for s in row.then:
                name = self.names[pair][s.fact]
                if name not in done:
                    done.add(name)
                    yield f"{name} = {_to(Set(s.fact, _resolved(s.to, carried)), self.names[pair])}"
        for pair, event in step.events:
            yield from self._settle(row, pair, self._carried(kind, event))
        if self.asserted:
            for pair, event in step.events:
                yield from self._observed(pair, kind, row, {**self._carried(kind, event), "event": kind.name})
            yield from self._stand(pairs)
            for pair in pairs:  # what was is no part of a state (and what is hidden cannot be searched in breadth)
                yield from (f"{self._was(thing, pair)} = 0; {self._lost(thing, pair)} = 0" for thing in self.watched)

    # ---- claims ----------------------------------------------------------------------------------------------

    def _observed(self, pair: Pair, kind: Kind, row: Row, carried: Mapping[str, Value]) -> Iterator[str]:
        """Print what is claimed at the effects of an option, and then what is seen by them, in the order of the effects."""
        names = self.names[pair] | {each.name: self._seen(each.name, pair) for each in self.seen}
        ordinary: dict[str, Value] = {"origin": "local", "prompt": "on show", "ticket": "own"}
        effects = list(self._effects(pair, kind, row))
        for claim in self.asked:
            for effect, fires in effects:
                if any(alike(effect, one) for one in claim.at):
                    so = simplified(claim.so, {**ordinary, **carried})
                    yield f"assert({_or(f'!{fires}' if fires else '', printed(so, names))} || {word(claim.promise)})"
        for effect, fires in effects:
            for each in self.seen:
                over = any(alike(effect, one) for one in each.until)
                if over or any(alike(effect, one) for one in each.since):
                    to = "0" if over else "1" if each.provided is None else printed(each.provided, names)
                    name = self._seen(each.name, pair)
                    yield f"{name} = ({fires} -> {to} : {name})" if fires else f"{name} = {to}"

    def _effects(self, pair: Pair, kind: Kind, row: Row) -> Iterator[tuple[Effect, str]]:
        """Yield the effects that an option can have and when it has each: always if that is empty."""
        yield from ((effect, "") for effect in (kind.arrives, kind.taken, *row.tells) if effect is not None)
        if not row.then:
            return
        for thing in reversed(self.watched):
            was, lost = self._was(thing, pair), self._lost(thing, pair)
            now = printed(thing.lasts, self.names[pair])
            yield from ((effect, f"({was} && !{now} && {lost})") for effect in thing.lost)
            yield from ((effect, f"({was} && !{now})") for effect in thing.ends)
        for thing in self.watched:
            now = printed(thing.lasts, self.names[pair])
            yield from ((effect, f"(!{self._was(thing, pair)} && {now})") for effect in thing.begins)

    def _stand(self, pairs: Sequence[Pair]) -> Iterator[str]:
        """Print what is claimed at every moment, of the assistances that an event was about."""
        for pair in pairs:
            names = self.names[pair] | {each.name: self._seen(each.name, pair) for each in self.seen}
            for claim in self.asked:
                if not claim.at:
                    yield f"assert({printed(claim.so, names)} || {word(claim.promise)})"
        for one, other in combinations(self.pairs, 2) if self.apart else ():
            if one[1] == other[1] and (one in pairs or other in pairs):
                both = [printed(APART[2], {e.name: self._seen(e.name, p) for e in self.seen}) for p in (one, other)]
                yield f"assert(!({' && '.join(both)}) || {word(APART[0])})"


def _to(s: Set, names: Names) -> str:
    return names[s.to.fact] if isinstance(s.to, Copy) else constant(s.fact, s.to)


def _or(*parts: str) -> str:
    return f"({' || '.join(part for part in parts if part)})"


def _resolved(to: Value | Copy, carried: Mapping[str, Value]) -> Value | Copy:
    return carried[to.fact] if isinstance(to, Copy) and to.fact in carried else to


def _facts(condition: Condition) -> frozenset[str]:
    return facts_of(condition.holds)


def _capabilities(table: Table) -> tuple[Capability, ...]:
    """Return the capabilities of a table, of which only names and lines matter here."""
    names = [fact.name for fact in table.facts if fact.scope == "assistance" and "asked" in fact.values]
    return tuple(CONTROL if name == CONTROL.name else further(name) for name in names)
