"""A model at work: its first state, and what every step does in any state.

What an event does to an assistance is worked out once for all situations that agree in what it rests on (`rasim.protocol.memo`),
and for all models that have the same table. Here a state is a row of numbers of its parts: whoever explores millions of steps
hashes these and not what they stand for.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby, product

from attrs import evolve, field, frozen

from rasim.protocol.acts import Act
from rasim.protocol.computer import Computer, ComputerState, Happening, Pair
from rasim.protocol.lines import FieldValue, Line
from rasim.protocol.memo import Noting, Remembered, put
from rasim.protocol.step import Event, Outcome, Rules, Situation, Values, rules_of
from rasim.protocol.terms import Effect, Kind, Value
from rasim.protocol.trace_writer import Symbols, given_unasked, told, with_ids, world_line, written
from rasim.protocol.world import PolicyFacts, said_of
from rasim.verify.promises.kinds import EveryStep
from rasim.verify.states.model import (
    EXPERTS,
    FIREWALL_KINDS,
    OPENED_BY,
    OWNERS,
    POLICY_KINDS,
    SESSIONS,
    SYSTEM,
    Model,
    Step,
)

Parts = tuple[int, ...]
"""A state: the numbers of its parts, in the order of `Computer.parts`."""


@frozen
class Edge:
    """One step from one state: where it leads, which rows took it, which lines it leaves."""

    step: Step
    target: ComputerState
    rows: tuple[str, ...]
    lines: tuple[Line, ...]


@frozen(eq=False)
class Done:
    """What a step does wherever it does the same: which rows took it, which lines it leaves, which parts of the state it changes."""

    step: Step
    rows: tuple[str, ...]
    lines: tuple[Line, ...]
    happenings: tuple[Happening, ...] = field(repr=False)
    moves: tuple[tuple[int, "_Move"], ...] = field(repr=False)
    shares: bool = field(repr=False)  # something that is shared may begin or end, and lines follow


@frozen(eq=False)
class _Move:
    """New facts of a part, and what they make of parts, by their numbers."""

    facts: tuple[tuple[int, Value], ...]
    known: dict[int, int] = field(factory=dict)


@frozen(eq=False)
class Consequence:
    """What an event does to an assistance, and what is noticed of it: broken promises each with why, rows that contest the event."""

    outcome: Outcome
    unasked: bool
    broken: tuple[tuple[str, str], ...]
    contested: tuple[str, ...]


Answers = tuple[Consequence, ...]


class _Answering:
    """What events do, by a table and an interpreter, and what promises say of it."""

    def __init__(self, rules: Rules, promises: tuple[EveryStep, ...]) -> None:
        self._rules, self._promises = rules, promises
        self._asked: dict[tuple[tuple[Event, ...], Value, bool], Remembered[Answers]] = {}

    def to(self, events: tuple[Event, ...], phase: Value, *, settled: bool) -> Remembered[Answers]:
        """Return the question what each of some events does in a phase, where all has its needs or not."""
        key = (events, phase, settled)
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = Remembered(Noting, partial(self._answers, events, settled))
        return known

    def _answers(self, events: tuple[Event, ...], settled: bool, values: Noting) -> Answers:
        situation = Situation(values, self._rules.places)
        return tuple(self._answer(situation, event, settled=settled) for event in events)

    def _answer(self, situation: Situation, event: Event, *, settled: bool) -> Consequence:
        outcome = self._rules.worked_out(situation, event, settled=settled)
        broken = ((p.name, p.breaks(outcome)) for p in self._promises) if outcome.changed else ()
        contested = outcome.row is not None and self._rules.speaks(event.kind, situation["phase"]) > 1
        return Consequence(
            outcome,
            any(given_unasked(outcome, effect) for effect in outcome.effects),
            tuple((name, because) for name, because in broken if because is not None),
            self._rules.admitted(situation, event) if contested else (),
        )


@lru_cache(maxsize=4)
def _answering(rules: Rules, promises: tuple[EveryStep, ...]) -> _Answering:
    return _Answering(rules, promises)


@frozen(eq=False)
class _Happened:
    """What an event did to one assistance: the lines about it, what is new where in the parts of the state, whether it shares."""

    happening: Happening
    lines: tuple[Line, ...]
    writes: Mapping[int, Mapping[int, Value]]
    shares: bool


@frozen(eq=False)
class _Heard:
    """What the steps of one kind do to one assistance, each in its place; None for a step that does not concern it."""

    steps: tuple[Step, ...]
    each: tuple["_Happened | None", ...]
    alone: tuple[Done, ...] | None  # of steps that are aimed at one assistance: what each that does something does


_View = tuple[tuple[Done, ...], tuple[_Heard, ...]]


class Surroundings:
    """A model at work; see the module's own words. `answers` are all that events were found to do so far."""

    def __init__(self, model: Model, promises: Sequence[EveryStep] = ()) -> None:
        self.model = model
        self.rules = rules_of(model.table, model.interpreter)
        self.computer = Computer(self.rules, model.experts, model.sessions)
        self.answers: dict[int, Answers] = {}
        self._answering = _answering(self.rules, tuple(promises))
        self._ids = Symbols(EXPERTS, SESSIONS)
        steps = tuple(self._steps())
        self.steps = tuple(s for s in steps if s.kind not in _staying(model.policy))
        self._acts = {id(step): self._act(step) for step in steps}
        self._every = steps  # kept, for they are known by their identity
        self._kinds = [
            (self._scope(kind), tuple(of_kind)) for kind, of_kind in groupby(self.steps, lambda step: step.kind)
        ]
        self._pairs = [(pair, *self.computer.seen_by(pair), self._others(pair)) for pair in self.computer.pairs]
        self._parts: list[Values] = []
        self._numbers: dict[Values, int] = {}
        self._moves: dict[tuple[tuple[int, Value], ...], _Move] = {}
        self._views: dict[tuple[int, ...], _View] = {}
        self._asked: dict[tuple[Pair, Value, bool], list[tuple[tuple[Step, ...], Remembered[Answers]]]] = {}
        self._heard: dict[tuple[Pair, int], _Heard] = {}
        self._together: dict[tuple[_Heard, ...], tuple[Done, ...]] = {}
        self._sharing: dict[tuple[Done, tuple[Effect, ...]], Done] = {}
        self._said: dict[tuple[object, ...], tuple[Line, ...]] = {}
        self.first, self.opening = self._first(steps)

    def _scope(self, kind: str) -> str:
        return self.rules.table.kind(kind).scope

    def _others(self, pair: Pair) -> tuple[int, ...]:
        """Return where other experts' assistances with the same session are among the parts of a state."""
        return tuple(
            self.computer.seen_by(other)[3] for other in self.computer.pairs if other[1] == pair[1] and other != pair
        )

    def _first(self, steps: tuple[Step, ...]) -> tuple[ComputerState, tuple[Line, ...]]:
        """Return the state everything starts from, and the lines that led there: none, or those of the frozen policy."""
        state, policy = self.computer.start(self.rules.start()), self.model.policy
        if policy is None:
            return state, ()
        if policy.through is False:
            closing = next(step for step in steps if step.kind == "firewall closes")
            state, _ = self.computer.happen(state, dict(closing.events))
        for step in steps:
            if dict(step.events) == policy.events(self.computer.pairs):
                state, happenings = self.computer.happen(state, dict(step.events))
                return state, self.lines(step, happenings)
        raise ValueError(f"the model {self.model.name} has no such policy")

    def _carries(self, kind: Kind) -> Iterator[tuple[tuple[str, Value], ...]]:
        chosen = dict(self.model.values)
        facts = [(fact.name, chosen.get(fact.name, fact.values)) for fact in kind.carries]
        for values in product(*(values for _, values in facts)):
            yield tuple(sorted(zip((name for name, _ in facts), values, strict=True)))

    def _steps(self) -> Iterator[Step]:
        computer = self.computer
        for kind in self.model.table.kinds:
            if kind.name in self.model.without:
                continue
            if kind.name == "policy is applied":
                yield from self._policies(kind)
                continue
            for target in dict.fromkeys(computer.concerned(kind.name, pair) for pair in computer.pairs):
                for carries in self._carries(kind):
                    happening = Event(kind.name, carries)
                    yield Step(kind.name, *target[0], tuple((pair, happening) for pair in target))

    def _policies(self, kind: Kind) -> Iterator[Step]:
        """Every policy: each expert may or may not be on its list."""
        for carries in self._carries(kind):
            said = dict(carries)
            if said["new listed"]:  # the lists are drawn below, for each expert
                continue
            for listed in product((False, True), repeat=self.model.experts):
                facts = PolicyFacts(
                    str(said["new offers"]), bool(said["new control"]), listed, port_3389=str(said["new port 3389"])
                )
                yield Step(kind.name, 0, 0, tuple(facts.events(self.computer.pairs).items()))

    # ---- states as numbers ----

    def numbered(self, state: ComputerState) -> Parts:
        """Return a state as the numbers of its parts."""
        return tuple(map(self._number, self.computer.parts(state)))

    def state(self, parts: Parts) -> ComputerState:
        """Return the state that numbers stand for."""
        return self.computer.whole([self._parts[number] for number in parts])

    def _number(self, part: Values) -> int:
        number = self._numbers.setdefault(part, len(self._parts))
        if number == len(self._parts):
            self._parts.append(part)
        return number

    # ---- what every step does ----

    def edges(self, state: ComputerState) -> Iterator[Edge]:
        """Yield every step that changes something or leaves a line."""
        for done, target in self.leads(self.numbered(state)):
            yield Edge(done.step, self.state(target), done.rows, done.lines)

    def edge(self, state: ComputerState, step: Step) -> Edge | None:
        """Return what one step does, None if it changes nothing and leaves no line: the same as among all `edges`."""
        leads = self.leads(self.numbered(state))
        found = next(((done, target) for done, target in leads if done.step is step), None)
        return None if found is None else Edge(step, self.state(found[1]), found[0].rows, found[0].lines)

    def leads(self, state: Parts) -> Iterator[tuple[Done, Parts]]:
        """Yield what each step does that changes something or leaves a line, with the state that it leads to."""
        world: list[tuple[_Heard, ...]] = []
        views, together = self._views, self._together
        for at, (_, computer, session, expert, own, others) in enumerate(self._pairs):
            occupied = any(self.computer.is_busy(self._parts[state[other]]) for other in others)
            key = (at, state[computer], state[session], state[expert], state[own], occupied)
            view = views.get(key)
            if view is None:
                view = views[key] = self._view(*key)
            for done in view[0]:
                yield self._led(state, done) if done.moves else (done, state)
            world.append(view[1])
        for heard in zip(*world, strict=True):
            all_done = together.get(heard)
            if all_done is None:
                all_done = together[heard] = tuple(self._put_together(heard))
            for done in all_done:
                yield self._led(state, done) if done.moves else (done, state)

    def _led(self, state: Parts, done: Done) -> tuple[Done, Parts]:
        parts = list(state)
        for at, move in done.moves:
            old = parts[at]
            new = move.known.get(old)
            if new is None:
                new = move.known[old] = self._number(put(self._parts[old], move.facts))
            parts[at] = new
        target = tuple(parts)
        return (self._share(state, target, done) if done.shares else done), target

    def _share(self, state: Parts, target: Parts, done: Done) -> Done:
        effects = self.computer.shared_effects(self.state(state), self.state(target), done.happenings)
        known = self._sharing.get((done, effects))
        if known is None:
            known = self._sharing[done, effects] = evolve(done, lines=(*done.lines, *told(effects)))
        return known

    def _view(self, at: int, computer: int, session: int, expert: int, own: int, occupied: bool) -> _View:
        """Return what each step does to an assistance that sees these facts: the steps aimed at it, and those of the world."""
        pair, parts = self._pairs[at][0], self._parts
        values = (*parts[computer], *parts[session], *parts[expert], *parts[own], occupied)
        situation = Situation(values, self.rules.places)
        alone: list[Done] = []
        world: list[_Heard] = []
        for steps, ask in self._asking(pair, situation["phase"], settled=self.rules.settled(situation)):
            answers = ask(values)
            self.answers[id(answers)] = answers
            key = (pair, id(answers))
            heard = self._heard.get(key)
            if heard is None:
                heard = self._heard[key] = self._hear(pair, steps, answers)
            if heard.alone is None:
                world.append(heard)
            else:
                alone += heard.alone
        return tuple(alone), tuple(world)

    def _asking(self, pair: Pair, phase: Value, *, settled: bool) -> list[tuple[tuple[Step, ...], Remembered[Answers]]]:
        """Return what to ask about an assistance, kind by kind, where some row speaks of it in this phase."""
        asked = self._asked.get((pair, phase, settled))
        if asked is None:
            asked = self._asked[pair, phase, settled] = []
            for scope, of_kind in self._kinds:
                if scope == "assistance" and not self.rules.speaks(of_kind[0].kind, phase):
                    continue
                steps = of_kind if scope != "assistance" else tuple(step for step in of_kind if step.pairs == (pair,))
                events = tuple(event for step in steps for aimed, event in step.events if aimed == pair)
                asked.append((steps, self._answering.to(events, phase, settled=settled)))
        return asked

    def _hear(self, pair: Pair, steps: tuple[Step, ...], answers: Answers) -> _Heard:
        waiting = iter(answers)
        each = [self._happens(step, pair, next(waiting)) if pair in step.pairs else None for step in steps]
        alone = None
        if self._scope(steps[0].kind) == "assistance":
            done = (
                self._done(step, (one,), one.lines) for step, one in zip(steps, each, strict=True) if one is not None
            )
            alone = tuple(one for one in done if one.moves or one.lines)
        return _Heard(steps, tuple(each), alone)

    def _happens(self, step: Step, pair: Pair, answer: Consequence) -> _Happened:
        happening, outcome = Happening(*pair, answer.outcome), answer.outcome
        # Effects are shared tuples and rows are the table's own, so identity tells them apart; what is refused without an effect is
        # heard all the same, and what is ignored is not.
        key = (id(step), pair, id(outcome.effects), id(outcome.row), outcome.verdict, answer.unasked)
        lines = self._said.get(key)
        if lines is None:
            lines = self._said[key] = tuple(self._about(step, (happening,)))
        return _Happened(happening, lines, self.computer.writes((happening,)), bool(self.computer.shared_by(outcome)))

    def _put_together(self, heard: tuple[_Heard, ...]) -> Iterator[Done]:
        for step, *each in zip(heard[0].steps, *[one.each for one in heard], strict=True):
            concerned = tuple([one for one in each if one is not None])
            lines = self._of_the_world(step, concerned[0].happening.outcome)
            for one in concerned:
                lines += one.lines
            done = self._done(step, concerned, lines)
            if done.moves or lines:
                yield done

    def _done(self, step: Step, happened: tuple[_Happened, ...], lines: tuple[Line, ...]) -> Done:
        writes: dict[int, dict[int, Value]] = {}
        for one in happened:
            for at, facts in one.writes.items():
                writes.setdefault(at, {}).update(facts)
        moves = []
        for at, new in writes.items():
            move = tuple(new.items())
            moves.append((at, self._moves.get(move) or self._moves.setdefault(move, _Move(move))))
        happenings = tuple([one.happening for one in happened])
        return Done(step, _rows(happenings), lines, happenings, tuple(moves), any(one.shares for one in happened))

    # ---- the lines that it leaves ----

    def lines(self, step: Step, happenings: tuple[Happening, ...]) -> tuple[Line, ...]:
        """Return the lines that a step leaves, with ids that depend on nothing but what goes on."""
        return (*self._of_the_world(step, happenings[0].outcome), *self._about(step, happenings))

    def _of_the_world(self, step: Step, outcome: Outcome) -> tuple[Line, ...]:
        key = (id(step), outcome.verdict)
        known = self._said.get(key)
        if known is None:
            known = self._said[key] = tuple(world_line(outcome, _said(step)))
        return known

    def _about(self, step: Step, happenings: tuple[Happening, ...]) -> Iterator[Line]:
        act, kind = self._acts[id(step)]
        return (each for _, each in written(act, kind, happenings, self._ids, _names, self.computer.told_once))

    def _act(self, step: Step) -> tuple[Act, Kind]:
        kind = self.rules.table.kind(step.kind)
        return with_ids(act_of(step, kind), kind, (step.expert, step.session), self._ids), kind


def act_of(step: Step, kind: Kind) -> Act:
    """Return a step as the act that it stands for; a policy comes with no act, but with its facts."""
    carries, expert = step.carries, EXPERTS[step.expert]
    own_hand = kind.owner == "user" and carries.get("origin", "local") == "local"
    by = OWNERS[step.session] if own_hand else expert if kind.owner in ("expert", "user") else None
    brings = (("ticket", "own"),) if step.kind == "comes back" else tuple(carries.items())
    return Act(step.kind, expert, SESSIONS[step.session], by, carries=brings)


def _names(pair: Pair) -> dict[str, FieldValue | None]:
    expert, session = pair
    return {"expert": EXPERTS[expert], "session": SESSIONS[session], "sessions": (SESSIONS[session],)}


def _said(step: Step) -> Mapping[str, FieldValue | None]:
    """Return what the line of a world event says."""
    if step.kind != "policy is applied":
        return {"session": SESSIONS[step.session], "by": OWNERS[step.session], "expert": EXPERTS[step.expert]}
    carries = step.carries
    listed = {pair[0] for pair, happening in step.events if dict(happening.carries)["new listed"]}
    return {
        **said_of(carries),
        "version": "v",
        "helpers": tuple(EXPERTS[e] for e in sorted(listed)),
        "members": (),
        "os": SYSTEM,
        "exceptions": OPENED_BY[str(carries["new port 3389"])],
    }


def _staying(policy: PolicyFacts | None) -> frozenset[str]:
    """Return the kinds of events that cannot happen because a policy stays as it is."""
    if policy is None:
        return frozenset()
    return POLICY_KINDS if policy.through is None else POLICY_KINDS | FIREWALL_KINDS


def _rows(happenings: tuple[Happening, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(["-" if h.outcome.row is None else h.outcome.row.id for h in happenings]))
