"""One computer with several experts and several logon sessions: the table applied to each assistance that an event concerns.

The table speaks of one assistance and the facts it can see. Here those views are cut out of the state of the whole
computer and put back. The only thing assistances see of each other is the derived fact *busy*. What they share (a port
that is open while any of them uses it) begins with the first and ends with the last. Nothing here decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from attrs import frozen

from rasim.protocol.memo import put
from rasim.protocol.step import FACT_SCOPES, Event, Outcome, Rules, Situation, Values
from rasim.protocol.terms import Effect, Thing, Value
from rasim.protocol.vocabulary import BUSY_PHASES

# The facts of the computer, of each session, of each expert, and of each expert's assistance with each session.
ComputerState = tuple[Values, tuple[Values, ...], tuple[Values, ...], tuple[tuple[Values, ...], ...]]
Pair = tuple[int, int]  # expert, session


@frozen
class Happening:
    """What an event did to one assistance."""

    expert: int
    session: int
    outcome: Outcome


class Computer:
    """The shape of a computer: how many experts may come, how many logon sessions there are."""

    def __init__(self, rules: Rules, experts: int, sessions: int) -> None:
        self.rules, self.experts, self.sessions = rules, experts, sessions
        facts = [[f.name for f in rules.facts if f.scope == scope] for scope in FACT_SCOPES]
        ends = [sum(map(len, facts[: n + 1])) for n in range(len(FACT_SCOPES))]
        slices = [slice(start, end) for start, end in zip([0, *ends], ends[:4], strict=False)]
        self._computer, self._session, self._expert, self._course = slices
        # Of each fact whose it is, and the how manieth of theirs.
        self._where = [(kind, at) for kind, of_kind in enumerate(facts[:4]) for at in range(len(of_kind))]
        self._phase = facts[3].index("phase")
        self._shared = tuple(thing for thing in rules.table.things if thing.shared)
        self._shared_names = frozenset(thing.name for thing in self._shared)
        self.told_once = frozenset(effect for thing in self._shared for effect in (*thing.begins, *thing.ends))
        self.pairs: tuple[Pair, ...] = tuple((e, s) for e in range(experts) for s in range(sessions))

    def start(self, situation: Situation) -> ComputerState:
        """Return the state in which every assistance sees this situation."""
        values = situation.values
        return (
            values[self._computer],
            (values[self._session],) * self.sessions,
            (values[self._expert],) * self.experts,
            ((values[self._course],) * self.sessions,) * self.experts,
        )

    def situation(self, state: ComputerState, pair: Pair) -> Situation:
        """Return what one assistance can see."""
        computer, sessions, experts, courses = state
        expert, session = pair
        busy = any(self.is_busy(course[session]) for other, course in enumerate(courses) if other != expert)
        values = computer + sessions[session] + experts[expert] + courses[expert][session] + (busy,)
        return Situation(values, self.rules.places)

    def concerned(self, kind: str, pair: Pair) -> tuple[Pair, ...]:
        """Return the assistances that an event of this kind concerns, when it is aimed at this pair."""
        expert, session = pair
        match self.rules.table.kind(kind).scope:
            case "assistance":
                return (pair,)
            case "session":
                return tuple((e, session) for e in range(self.experts))
            case "expert":
                return tuple((expert, s) for s in range(self.sessions))
            case _:
                return self.pairs

    def happen(self, state: ComputerState, events: Mapping[Pair, Event]) -> tuple[ComputerState, tuple[Happening, ...]]:
        """Let an event happen to the assistances it concerns (each may carry its own facts); return the state after."""
        happenings = tuple(
            Happening(*pair, self.rules.step(self.situation(state, pair), happening))
            for pair, happening in events.items()
        )
        return self.put(state, happenings), happenings

    def shared_effects(
        self, before: ComputerState, after: ComputerState, happenings: Iterable[Happening]
    ) -> tuple[Effect, ...]:
        """Return what the computer does because the first assistance has something that is shared, or the last has lost it."""
        touched = {name for h in happenings for name in self.shared_by(h.outcome)}
        if not touched:
            return ()
        effects: list[Effect] = []
        for thing in self._shared:
            if thing.name in touched:
                was, now = (any(thing in self._things(state, pair) for pair in self.pairs) for state in (before, after))
                effects += [] if was == now else thing.begins if now else thing.ends
        return tuple(effects)

    def shared_by(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the things that are shared and begin or end for an assistance."""
        return tuple(name for name in outcome.began + outcome.ended if name in self._shared_names)

    def _things(self, state: ComputerState, pair: Pair) -> tuple[Thing, ...]:
        return self.rules.things(self.situation(state, pair))

    def put(self, state: ComputerState, happenings: Sequence[Happening]) -> ComputerState:
        """Return the state with what happened to some assistances put back into it; the same object if nothing changed."""
        writes = self.writes(happenings)
        if not writes:
            return state
        parts = self.parts(state)
        for at, facts in writes.items():
            parts[at] = put(parts[at], tuple(facts.items()))
        return self.whole(parts)

    def writes(self, happenings: Iterable[Happening]) -> dict[int, dict[int, Value]]:
        """Return what happened to some assistances, one after the other, as new facts of the parts of the state."""
        writes: dict[int, dict[int, Value]] = {}
        for h in happenings:
            at = self.seen_by((h.expert, h.session))
            for place, value in h.outcome.changes if h.outcome.changed else ():
                if place < len(self._where):  # what is derived is in no part
                    kind, fact = self._where[place]
                    writes.setdefault(at[kind], {})[fact] = value
        return writes

    def seen_by(self, pair: Pair) -> tuple[int, int, int, int]:
        """Return which parts of the state an assistance sees: of the computer, of its session, of its expert, its own."""
        expert, session = pair
        own = 1 + self.sessions + self.experts + expert * self.sessions + session
        return 0, 1 + session, 1 + self.sessions + expert, own

    def parts(self, state: ComputerState) -> list[Values]:
        """Return the parts of a state in a row."""
        computer, sessions, experts, courses = state
        return [computer, *sessions, *experts, *chain.from_iterable(courses)]

    def whole(self, parts: Sequence[Values]) -> ComputerState:
        """Return the state with these parts."""
        experts = 1 + self.sessions
        courses = experts + self.experts
        own = (tuple(parts[at : at + self.sessions]) for at in range(courses, len(parts), self.sessions))
        return parts[0], tuple(parts[1:experts]), tuple(parts[experts:courses]), tuple(own)

    def is_busy(self, course: Values) -> bool:
        """Tell whether somebody is asked about or served in an assistance with these facts of its own."""
        return course[self._phase] in BUSY_PHASES
