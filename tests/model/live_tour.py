"""Every transition of a model, in live meetings: asyncio, queues, timers and people, on simulated time.

A tour goes through the graph of the model: to the nearest state with a transition that was not taken yet, and along it. What is done
on the way reaches the meeting as acts of its people (`edges_as_acts`); what a timer of the table brings comes by the clock where it
can. For that, each time of the table has a meeting of its own in which it is a second and all others are most of a year: time stands still
while acts are done, and whoever wants that timer waits. In which order two of them ring follows from how they were wound, so what is
left then comes as an act. After each event the computer has to be in the state that the model says, by the same rows, with the same lines.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from datetime import timedelta

from attrs import define, evolve, field
from edges_as_acts import act, opening, unlike

from rasim.protocol import CONTROL, STRICT, Act, Choices, Line, Record, further, table
from rasim.protocol.computer import ComputerState, Pair
from rasim.runtime import Meeting, simulate
from rasim.verify.states.model import EXPERTS, OWNERS, SESSIONS, SYSTEM, Model
from rasim.verify.states.surroundings import Edge, Parts, Surroundings

LONG = timedelta(days=300)
TIMES = {
    timer.kind: timer.choice.replace(" ", "_")
    for thing in table(capabilities=(CONTROL, further("chat"))).things
    for timer in thing.timers
}
"""The times of the table by the kinds of events that they bring."""
STILL = evolve(STRICT, **dict.fromkeys(TIMES.values(), LONG))


@define(eq=False)
class Way:
    """An edge of the model on a tour: from which state to which, by their numbers, and how often it was taken, and by the clock."""

    edge: Edge
    source: int
    target: int
    taken: int = 0
    by_clock: int = 0

    @property
    def counts(self) -> bool:
        """Tell whether it is one of the transitions that `rasim check` counts."""
        return self.target != self.source or self.edge.rows != ("-",)


@define
class Tour:
    """What was found on a tour: its ways, how many events it took, in how many meetings, and what differed."""

    ways: list[list[Way]]
    events: int = 0
    meetings: int = 0
    wrong: Counter[str] = field(factory=Counter)

    @property
    def transitions(self) -> int:
        """Return how many transitions the model has."""
        return sum(way.counts for ways in self.ways for way in ways)

    @property
    def taken(self) -> int:
        """Return how many of them were taken in a live meeting."""
        return sum(way.counts and way.taken > 0 for ways in self.ways for way in ways)

    def by_clock(self) -> tuple[int, int]:
        """Return how many transitions that a timer brings there are, and how many of them the clock brought."""
        timed = [way for ways in self.ways for way in ways if way.counts and way.edge.step.kind in TIMES]
        return len(timed), sum(way.by_clock > 0 for way in timed)


def graph(model: Model) -> list[list[Way]]:
    """Return the edges of all states of a model, by the numbers of the states."""
    surroundings = Surroundings(model)
    first = surroundings.numbered(surroundings.first)
    numbers: dict[Parts, int] = {first: 0}
    waiting, ways = [first], list[list[Way]]()
    for number, parts in enumerate(waiting):
        ways.append([])
        for done, target in surroundings.leads(parts):
            if target not in numbers:
                numbers[target] = len(waiting)
                waiting.append(target)
            edge = Edge(done.step, surroundings.state(target), done.rows, done.lines)
            ways[-1].append(Way(edge, number, numbers[target]))
    return ways


def toured(model: Model) -> Tour:
    """Return what came of taking every edge of a model in live meetings."""
    tour = Tour(graph(model))
    kinds = {way.edge.step.kind: None for ways in tour.ways for way in ways}
    for choice in (*dict.fromkeys(TIMES[kind] for kind in kinds if kind in TIMES), None):
        times = STILL if choice is None else evolve(STILL, **{choice: timedelta(seconds=1)})
        left, guide = -1, _Guide(tour, model, times, choice)
        while guide.much and left != guide.much:  # what cannot be gone back to needs a meeting of its own
            left = guide.much
            simulate(guide.goes())
            guide = _Guide(tour, model, times, choice)
    return tour


class _Guide:
    """Who leads one live meeting along the ways that are left: those that a time brings, by the clock, or all others."""

    def __init__(self, tour: Tour, model: Model, choices: Choices, choice: str | None) -> None:
        self.tour, self.choice = tour, choice
        capabilities = (CONTROL, further("chat")) if "chat" in {f.name for f in model.table.facts} else (CONTROL,)
        sessions = dict(zip(SESSIONS[: model.sessions], OWNERS, strict=False))
        experts = EXPERTS[: model.experts]
        self.meeting = Meeting(
            experts, sessions, os=SYSTEM, choices=choices, capabilities=capabilities, watch=self._sees
        )
        self.after: list[tuple[Record, ComputerState]] = []  # what came of the last acts
        self.ids: dict[str, str] = {}
        self.here = 0
        self.given_up: set[int] = set()  # states in which the timers that are left ring in another order
        # What leads on without a timer, once for each target; and what waits in each state.
        self.onward = [self._onward(ways) for ways in tour.ways]
        self.left = [[way for way in ways if self._wanted(way)] for ways in tour.ways]

    @property
    def much(self) -> int:
        """Return how many ways are left."""
        return sum(map(len, self.left))

    def _onward(self, ways: Iterable[Way]) -> dict[int, list[Way]]:
        found: dict[int, list[Way]] = {}
        for way in ways:
            if way.target != way.source and (self.choice is None or way.edge.step.kind not in TIMES):
                found.setdefault(way.target, []).append(way)
        return found

    def _wanted(self, way: Way) -> bool:
        kind = way.edge.step.kind
        return way.taken == 0 if self.choice is None else TIMES.get(kind) == self.choice and way.by_clock == 0

    async def goes(self) -> None:
        """Lead the meeting until nothing is left that can be reached."""
        async with self.meeting:
            for each in opening(self.meeting.host, self.ids):
                await self.meeting.send(each)
            self.tour.meetings += 1
            while (path := self._nearest()) is not None:
                for target in path:
                    ways = self.onward[self.here][target]
                    await self._takes(next((way for way in ways if way.taken == 0), ways[0]))
                    if self.here != target:
                        break  # a timer rang: on from there
                else:
                    await self._here()
            await self.meeting.settled()
        self._told()

    def _nearest(self) -> list[int] | None:
        """Return the targets on a shortest path to a state where something is left; none if there is no such state."""
        found_by = {self.here: -1}
        waiting = deque(found_by)
        while waiting:
            state = waiting.popleft()
            if any(map(self._wanted, self.left[state])) and state not in self.given_up:
                path = []
                while state != self.here:
                    path.append(state)
                    state = found_by[state]
                return path[::-1]
            for target in self.onward[state]:
                if target not in found_by:
                    found_by[target] = state
                    waiting.append(target)
        return None

    async def _here(self) -> None:
        """Take what is left in a state."""
        self.left[self.here] = list(filter(self._wanted, self.left[self.here]))
        if self.choice is None:
            # What stays there first, then what leads to where most is left.
            here, ways = self.here, self.left[self.here]
            ways.sort(key=lambda way: (way.target != way.source, -len(self.left[way.target])))
            for way in ways:
                if self.here != here:
                    return
                await self._takes(way)
            return
        alarms = self.meeting._alarms
        handle = min(alarms.values(), key=lambda each: each.when(), default=None)
        kinds = {(way.edge.step.kind, way.edge.step.pairs[0]) for way in self.left[self.here]}
        rings = None if handle is None else handle._args[0].act  # type: ignore[attr-defined]
        if handle is None or rings is None or (rings.kind, self._pair(rings)) not in kinds:
            self.given_up.add(self.here)
            return
        self.after.clear()
        loop = asyncio.get_running_loop()
        until = loop.create_future()
        loop.call_at(handle.when(), until.set_result, None)
        await until
        await self.meeting.settled()
        for record, state in self.after:
            self._happened(record, state, self._rang(record))

    def _sees(self, _: Act, record: Record) -> None:
        self.after.append((record, self.meeting.host._state))

    def _pair(self, each: Act) -> Pair:
        host = self.meeting.host
        return host.experts.index(str(each.expert)), host.sessions.index(str(each.session))

    def _rang(self, record: Record) -> Way:
        """Return the way that a timer took."""
        rang = (record.act.kind, self._pair(record.act))
        return next(w for w in self.tour.ways[self.here] if (w.edge.step.kind, w.edge.step.pairs[0]) == rang)

    async def _takes(self, way: Way) -> None:
        each = act(way.edge.step, self.meeting.host)
        by_an_expert = self.meeting.host.rules.table.kind(each.kind).owner == "expert"
        self.after.clear()
        await (self.meeting.way.up(each) if by_an_expert else self.meeting.send(each))
        ((record, state),) = self.after
        self._happened(record, state, way)

    def _happened(self, record: Record, state: ComputerState, way: Way) -> None:
        for differs in unlike(way.edge, record, state, self.ids):
            self.tour.wrong[f"{way.edge.step.kind}: {differs}"] += 1
        way.taken += 1
        way.by_clock += record.act.alarm is not None
        self.tour.events += 1
        self.here = way.target

    def _told(self) -> None:
        """See that everybody was told what concerns them, in its order, and nothing else."""
        meeting = self.meeting
        told: dict[str, list[Line]] = {each: [] for each in (*meeting.experts, *meeting.users)}
        for record in meeting.records:
            for pair, recorded in zip(record.about, record.lines, strict=True):
                concerned = [pair] if pair is not None else [(h.expert, h.session) for h in record.outcomes]
                for name in {n for e, s in concerned for n in (meeting.host.experts[e], meeting.host.sessions[s])}:
                    told[name].append(recorded.line)
        for name, party in (*meeting.experts.items(), *meeting.users.items()):
            if party.seen != told[name]:
                self.tour.wrong[f"{name} was told something else"] += 1
