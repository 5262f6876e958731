"""One computer with several experts and several logon sessions: the table applied to each assistance that an event concerns.

The table speaks of one assistance and the facts it can see. Here those views are cut out of the state of the whole
computer and put back. The only thing assistances see of each other is the derived fact *busy*. What they share (a port
that is open while any of them uses it) begins with the first and ends with the last. Nothing here decides.
"""

from collections.abc import Iterable, Mapping

from attrs import frozen

from rasim.protocol.step import SCOPES, Event, Outcome, Rules, Situation, Values
from rasim.protocol.terms import Effect, Thing
from rasim.protocol.vocabulary import BUSY_PHASES

# The facts of the computer, of each session, of each expert, and of each expert's assistance with each session.
State = tuple[Values, tuple[Values, ...], tuple[Values, ...], tuple[tuple[Values, ...], ...]]
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
        facts = [[f.name for f in rules.facts if f.scope == scope] for scope in SCOPES]
        ends = [sum(map(len, facts[: n + 1])) for n in range(len(SCOPES))]
        self._computer, self._session, self._expert, self._course = (
            slice(start, end) for start, end in zip([0, *ends], ends[:4], strict=False)
        )
        self._phase = facts[3].index("phase")
        self._shared = tuple(thing for thing in rules.table.things if thing.shared)
        self._shared_names = frozenset(thing.name for thing in self._shared)
        self.told_once = frozenset(effect for thing in self._shared for effect in (*thing.begins, *thing.ends))
        self.pairs: tuple[Pair, ...] = tuple((e, s) for e in range(experts) for s in range(sessions))

    def start(self, situation: Situation) -> State:
        """Return the state in which every assistance sees this situation."""
        values = situation.values
        return (
            values[self._computer],
            (values[self._session],) * self.sessions,
            (values[self._expert],) * self.experts,
            ((values[self._course],) * self.sessions,) * self.experts,
        )

    def situation(self, state: State, pair: Pair) -> Situation:
        """Return what one assistance can see."""
        computer, sessions, experts, courses = state
        expert, session = pair
        busy = any(
            course[session][self._phase] in BUSY_PHASES for other, course in enumerate(courses) if other != expert
        )
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

    def happen(self, state: State, events: Mapping[Pair, Event]) -> tuple[State, tuple[Happening, ...]]:
        """Let an event happen to the assistances it concerns (each may carry its own facts); return the state after."""
        happenings = tuple(
            Happening(*pair, self.rules.step(self.situation(state, pair), happening))
            for pair, happening in events.items()
        )
        return self.put(state, happenings), happenings

    def shared_effects(self, before: State, after: State, happenings: Iterable[Happening]) -> tuple[Effect, ...]:
        """Return what the computer does because the first assistance has something that is shared, or the last has lost it."""
        touched = {name for h in happenings for name in h.outcome.began + h.outcome.ended if name in self._shared_names}
        if not touched:
            return ()
        effects: list[Effect] = []
        for thing in self._shared:
            if thing.name in touched:
                was, now = (any(thing in self._things(state, pair) for pair in self.pairs) for state in (before, after))
                effects += [] if was == now else thing.begins if now else thing.ends
        return tuple(effects)

    def _things(self, state: State, pair: Pair) -> tuple[Thing, ...]:
        return self.rules.things(self.situation(state, pair))

    def put(self, state: State, happenings: tuple[Happening, ...]) -> State:
        """Return the state with what happened to some assistances put back into it."""
        if not any([h.outcome.changed for h in happenings]):  # noqa: C419  (a list is faster for one or two)
            return state
        computer, sessions, experts, courses = state[0], list(state[1]), list(state[2]), [list(c) for c in state[3]]
        for h in happenings:
            after = h.outcome.after.values
            computer = after[self._computer]
            sessions[h.session] = after[self._session]
            experts[h.expert] = after[self._expert]
            courses[h.expert][h.session] = after[self._course]
        return (computer, tuple(sessions), tuple(experts), tuple(map(tuple, courses)))
