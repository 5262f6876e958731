"""The table as what leaves lines: a computer that grows with the names of a trace, and what each event leaves in each of its states."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from attrs import evolve, frozen

from rasim.policy import fold
from rasim.protocol.acts import Act
from rasim.protocol.choices import Choices, microseconds
from rasim.protocol.computer import Computer, ComputerState, Happening, Pair
from rasim.protocol.lines import AUDIT_IDS, FieldValue, Line, audit_kind, line_from
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Event, Outcome, Refused, Rules, Situation, Values, rules_of
from rasim.protocol.terms import Effect, Kind, Value
from rasim.protocol.trace_writer import ALL_IDS, INTRODUCES, Symbols, nameable, told, with_ids, written
from rasim.protocol.vocabulary import FURTHER, further
from rasim.verify.behaviours.events import events_of_kind, leavers, unseen_policies
from rasim.verify.behaviours.owed import ANY_HAND, Bound, Owed, Reader

KNOWN: Final = 50_000  # answers that are remembered
MOST_UNSEEN: Final = 300  # states that events unseen lead to from one
GAINS: Final = frozenset(
    {"ticket_issued", "prompt_shown", "connection_opened", "control_prompt_shown", "capability_prompt_shown"}
)
REPLIES: Final = frozenset({"ticket_refused", "offer_refused", "control_refused", "capability_refused"})
# Any product may write these at any time: nobody is given anything by them.
FREELY: Final = frozenset({"contact", "local_input", "frame_withheld", "input_dropped"})
EVIDENCE: Final = frozenset({"audited", "indicator_on", "indicator_off"})  # the same, where they are not recorded
_Asked = tuple[ComputerState, tuple[Pair, ...], frozenset[tuple[Pair, str]]]
Clock = tuple[Pair, str, int]  # since when an assistance, or one of its capabilities, rests


class Course(NamedTuple):
    """What may be so: a state, what is owed to the trace, the ids it has for what goes on, and since when refusals rest."""

    core: ComputerState
    owed: tuple[Owed, ...] = ()
    bound: Bound = frozenset()
    clocks: frozenset[Clock] = frozenset()


@frozen(eq=False)
class Leaves:
    """What an event does in a state: where it leads, whom it concerns, what it leaves to be shown; a `lead` is shown first.

    `gone` are the symbols that name nothing after it, `fresh` those that name something new. `done` unless it was turned away.
    `kind` is the kind of event that it was.
    """

    core: ComputerState
    pairs: tuple[Pair, ...]
    owed: tuple[Owed, ...]
    lead: Owed | None = None
    gone: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
    done: bool = True
    kind: str = ""


class Memory:
    """What was worked out before, for all traces that name the same experts and sessions in the same order."""

    def __init__(self) -> None:
        self.left: dict[tuple[ComputerState, str, tuple[tuple[Pair, Event], ...]], Leaves] = {}
        self.unseen: dict[_Asked, tuple[ComputerState, ...] | None] = {}
        self.alone: dict[tuple[Pair, Event, Values, tuple[str, ...]], _Alone] = {}


@lru_cache(maxsize=16)
def _memory(
    _rules: Rules, _whole: bool, _records: frozenset[str], _experts: tuple[str, ...], _sessions: tuple[str, ...]
) -> Memory:
    return Memory()


class Machine:
    """The table under some choices, for the experts and sessions that were named so far; a place that nobody has stays idle."""

    def __init__(self, choices: Choices, reader: Reader) -> None:
        self.choices, self.reader = choices, reader
        self.experts: list[str] = []
        self.sessions: list[str] = []
        self.whole_table = False
        self._make()

    def _make(self) -> None:
        """Read the table: which events may leave a line, and which need leave none."""
        self.capabilities = ("control", *FURTHER) if self.whole_table else ("control",)
        self.rules = self._read()
        kinds = self.rules.table.kinds
        self._kinds = {kind.name: kind for kind in kinds}
        self._leavers = leavers(self.rules.table, self.reader.whole)
        self._quiet = [
            (
                kind,
                list(
                    unseen_policies() if kind.name == "policy is applied" else events_of_kind(kind, self.reader.whole)
                ),
            )
            for kind in kinds
            if not (self._shows(kind.arrives) or self._shows(kind.taken))
        ]
        self.world = {
            (kind.taken.name, *(str(value) for _, value in kind.taken.fields)): kind
            for kind in kinds
            if kind.taken is not None and kind.scope != "assistance"
        }
        self.timers = {
            timer.kind: (thing.name, microseconds(getattr(self.choices, timer.choice.replace(" ", "_"))))
            for thing in self.rules.table.things
            for timer in thing.timers
        }
        self._resize()

    def _read(self) -> Rules:
        return rules_of(table(self.choices, (CONTROL, *(further(name) for name in self.capabilities[1:]))))

    def _resize(self) -> None:
        self.computer = Computer(self.rules, max(len(self.experts), 1), max(len(self.sessions), 1))
        self._symbols = Symbols(self.experts, self.sessions)
        reader = self.reader
        names = (tuple(self.experts), tuple(self.sessions))
        self._memory = _memory(self.rules, reader.whole, reader.records, *names)

    def _shows(self, effect: Effect | None) -> bool:
        return effect is not None and self.reader.shows(effect.name)

    # ---- names ----------------------------------------------------------------------------------------------------

    def start(self) -> ComputerState:
        """Return the state in which nothing is configured and nobody is there."""
        return self.computer.start(self.rules.start())

    def expert(self, name: str) -> int | None:
        """Return the number of an expert, None if the trace did not name it."""
        wanted = fold(name)
        return next((at for at, each in enumerate(self.experts) if fold(each) == wanted), None)

    def more_capabilities(self, cores: Iterable[ComputerState]) -> list[ComputerState]:
        """Let the table have all capabilities, which nobody has or asks for yet."""
        free, self.whole_table = ("free",) * len(FURTHER), True
        self._make()
        return [(*core[:3], tuple(tuple(own + free for own in each) for each in core[3])) for core in cores]

    def more_sessions(self, name: str, cores: Iterable[ComputerState]) -> list[ComputerState]:
        """Add a session in which nobody is."""
        first = not self.sessions
        self.sessions.append(name)
        _, (new, *_), _, ((course, *_), *_) = self.start()
        self._resize()
        if first:
            return list(cores)
        return [(c, (*s, new), e, tuple((*each, course) for each in own)) for c, s, e, own in cores]

    def more_experts(
        self, name: str, facts: Sequence[Mapping[str, Value]], cores: Iterable[ComputerState]
    ) -> list[ComputerState]:
        """Add an expert, of whom any of these facts may be so."""
        first = not self.experts
        self.experts.append(name)
        self._resize()
        _, _, (plain, *_), (idle, *_) = self.start()
        order = [fact.name for fact in self.rules.facts if fact.scope == "expert"]
        new = [tuple(each.get(fact, before) for fact, before in zip(order, plain, strict=True)) for each in facts]
        if first:
            return [(c, s, (own,), courses) for c, s, _, courses in cores for own in new]
        return [(c, s, (*e, own), (*courses, idle)) for c, s, e, courses in cores for own in new]

    def pairs(self, expert: str | None, session: str | None) -> tuple[Pair, ...]:
        """Return the assistances of an expert and a session, of all where one is not named."""
        if not self.experts or not self.sessions:
            return ()
        who = range(len(self.experts)) if expert is None else [self.expert(expert)]
        where = (
            range(len(self.sessions))
            if session is None
            else [self.sessions.index(session)]
            if session in self.sessions
            else []
        )
        nameless = self.expert("")
        found = [nameless] if nameless is not None and expert is not None else []
        return tuple((e, s) for e in dict.fromkeys([*who, *found]) if e is not None for s in where)

    @property
    def everything(self) -> frozenset[str]:
        """Return every line that an event in an assistance may leave."""
        return frozenset(line for line, _ in self._leavers)

    # ---- what an event leaves --------------------------------------------------------------------------------------

    def that_leave(self, line: str, core: ComputerState, pairs: Iterable[Pair]) -> Iterator[Leaves]:
        """Yield what is left by the events in these assistances that may leave such a line."""
        for pair in pairs:
            for event in self._leavers.get((line, self.situation(core, pair)["phase"]), ()):
                yield self.happens(core, event, pair)

    def situation(self, core: ComputerState, pair: Pair) -> Situation:
        """Return what an assistance sees."""
        return self.computer.situation(core, pair)

    def unseen_around(self, line: str, core: ComputerState) -> Iterator[Leaves]:
        """Yield what is left by things that happen around the assistances, are not seen themselves, and leave such a line."""
        for kind, events in self._quiet:
            for pair in self._aims(kind, self.computer.pairs) if kind.scope != "assistance" else ():
                for event in events:
                    left = self.happens(core, event, pair)
                    if any(o.line.event == line for o in left.owed):
                        yield left

    def happens(self, core: ComputerState, event: Event, pair: Pair) -> Leaves:
        """Let an event happen to whom it concerns."""
        pairs = self.computer.concerned(event.kind, pair)
        return self.happen(core, event.kind, tuple((each, event) for each in pairs))

    def happen(self, core: ComputerState, kind: str, events: tuple[tuple[Pair, Event], ...]) -> Leaves:
        """Let an event happen to these assistances, and remember what it left."""
        key = (core, kind, events)
        known = self._memory.left.get(key)
        if known is None:
            if len(self._memory.left) >= KNOWN:
                self._memory.left.clear()
            known = self._memory.left[key] = self._left(core, self._kinds[kind], dict(events))
        return known

    def _left(self, core: ComputerState, kind: Kind, events: Mapping[Pair, Event]) -> Leaves:
        on = self._logged_on(core) if kind.name == "asks for a ticket" else ()
        each = [self._alone(kind, pair, event, self.situation(core, pair), on) for pair, event in events.items()]
        happenings = tuple(one.happening for one in each)
        after = self.computer.put(core, happenings)
        owed = tuple(o for one in each for o in one.owed)
        if any(self.computer.shared_by(h.outcome) for h in happenings):
            shared = [*told(self.computer.shared_effects(core, after, happenings))]
            owed += tuple(self._owed(kind, happenings[0], None, line) for line in shared if self._kept(line.event))
        lead = owed[0] if self.reader.whole and owed else each[0].lead
        gone, fresh = (frozenset().union(*(getattr(one, name) for one in each)) for name in ("gone", "fresh"))
        return Leaves(after, tuple(events), owed, lead, gone, fresh, happenings[0].outcome.verdict == "done", kind.name)

    def _alone(self, kind: Kind, pair: Pair, event: Event, now: Situation, on: tuple[str, ...]) -> "_Alone":
        """Return what an event does to one assistance and leaves about it, which follows from what that sees."""
        key = (pair, event, now.values, on)
        known = self._memory.alone.get(key)
        if known is None:
            known = self._memory.alone[key] = self._told(kind, pair, event, now, on)
        return known

    def _told(self, kind: Kind, pair: Pair, event: Event, now: Situation, on: tuple[str, ...]) -> "_Alone":
        happening = Happening(*pair, self.rules.step(now, event))
        if not self.experts or not self.sessions:
            return _Alone(happening)
        expert, session = self.experts[pair[0]], self.sessions[pair[1]]
        ids = _Ids(self._symbols, {pair: self._there(now)})
        by = ANY_HAND if dict(event.carries).get("origin", "local") != "local" else None
        act = with_ids(Act(kind.name, expert, session, by, carries=event.carries), kind, pair, ids)
        names: dict[str, FieldValue | None] = {"expert": expert, "session": session, "sessions": on}
        lines = [line for _, line in written(act, kind, (happening,), ids, lambda _: names, self.computer.told_once)]
        owed = [self._owed(kind, happening, pair, line) for line in lines]
        of = {id(o.line): before.line for before, o in pairwise(owed) if o.line.event == "audited"}
        kept = tuple(evolve(o, of=of.get(id(o.line))) for o in owed if self._kept(o.line.event))
        acts = {e.name for e in (kind.arrives, kind.taken) if e is not None and kind.owner in ("expert", "user")}
        over = ALL_IDS - nameable(happening.outcome.after)
        new = (line[INTRODUCES[line.event]] for line in lines if line.event in INTRODUCES)
        return _Alone(
            happening,
            kept,
            next((o for o in kept if o.line.event in acts and o.needed), None),
            frozenset(
                {*(self.symbol(pair, key) for key in over), *(self.symbol(pair, key, stray=True) for key in ALL_IDS)}
            ),
            frozenset(symbol for symbol in new if symbol is not None),
        )

    def _there(self, now: Situation) -> frozenset[str]:
        return nameable(now)

    def _logged_on(self, core: ComputerState) -> tuple[str, ...]:
        return tuple(s for n, s in enumerate(self.sessions) if self.situation(core, (0, n))["logged on"])

    def _kept(self, event: str) -> bool:
        """Tell whether a line is looked for in the trace."""
        shows = self.reader.shows(event)
        return shows if self.reader.whole else event not in FREELY and (shows or event not in EVIDENCE)

    def _owed(self, kind: Kind, happening: Happening, pair: Pair | None, line: Line) -> Owed:
        shows = self.reader.shows(line.event)
        needed = shows and (self.reader.whole or self._has_to_come(kind, happening, line))
        plain = Line(line.event, tuple((name, value) for name, value in line.fields if not name.startswith("x_")))
        if pair is None:
            return Owed(plain, None, shows and line.event != "audited", needed)
        expert, session = pair
        return Owed(
            plain, pair, shows and line.event != "audited", needed, self.experts[expert], self.sessions[session]
        )

    def _has_to_come(self, kind: Kind, happening: Happening, line: Line) -> bool:
        acts = {e.name for e in (kind.arrives, kind.taken) if e is not None}
        if kind.owner in ("expert", "user") and line.event in acts:
            return True
        row = happening.outcome.row
        no = kind.owner == "expert" and (row is None or row.answers_no)
        return line.event in GAINS or (no and line.event in REPLIES)

    def running(self, core: ComputerState, pair: Pair) -> tuple[str, ...]:
        """Return the timers that run in an assistance, by the events that they bring."""
        things = {thing.name for thing in self.rules.things(self.situation(core, pair))}
        return tuple(kind for kind, (thing, _) in self.timers.items() if thing in things)

    def symbol(self, pair: Pair, key: str, *, stray: bool = False) -> str:
        """Return the symbol for what goes on in an assistance, or for what was turned away there."""
        return self._symbols.fresh(pair, key, stray=stray)

    def reason(self, core: ComputerState, pair: Pair, event: Event) -> str | None:
        """Return why the table turns an event away, None if it takes it; *busy* is such a reason too."""
        outcome = self.rules.step(self.situation(core, pair), event)
        if isinstance(outcome.refusal, Refused):
            return outcome.refusal.reason
        return "busy" if outcome.row is not None and outcome.row.answers_no else None

    def stray(self, core: ComputerState, pair: Pair, asked: Line, no: Line) -> Leaves:
        """Return what is left by somebody who asks and is told no, whatever the table leaves of it."""
        expert, session = self.experts[pair[0]], self.sessions[pair[1]]
        owed = [Owed(each, pair, True, True, expert, session) for each in (asked, no)]
        for each in (asked, no) if self.reader.shows("audited") else ():
            if (kept_as := audit_kind(each)) is not None:
                said = {name: each[name] for name in AUDIT_IDS}
                record = line_from(
                    "audited",
                    {"expert": expert, "session": session, **{n: v for n, v in said.items() if v}, "kind": kept_as},
                )
                owed.append(Owed(record, pair, False, False, expert, session, of=each))
        fresh = frozenset(str(value) for name, value in asked.fields if str(value).startswith("stray "))
        return Leaves(core, (pair,), tuple(owed), owed[0], frozenset(), fresh)

    # ---- what happens unseen ---------------------------------------------------------------------------------------

    def unseen(
        self, core: ComputerState, pairs: tuple[Pair, ...], rested: frozenset[tuple[Pair, str]]
    ) -> tuple[ComputerState, ...] | None:
        """Return the states that events which need not be seen lead to, this one first; None if they are too many.

        `rested` are the refusals whose time has passed, whether or not a line told it.
        """
        key = (core, pairs, rested)
        known = self._memory.unseen
        if key not in known:
            if len(known) >= KNOWN:
                known.clear()
            known[key] = self._reach(core, pairs, rested)
        return known[key]

    def _reach(
        self, core: ComputerState, pairs: tuple[Pair, ...], rested: frozenset[tuple[Pair, str]]
    ) -> tuple[ComputerState, ...] | None:
        found = {core: None}
        waiting = [core]
        passed = {
            (pair, Event("cool-down passes" if fact == "phase" else f"{fact} cool-down passes"))
            for pair, fact in rested
        }
        while waiting:
            here = waiting.pop()
            phases = {pair: self.situation(here, pair)["phase"] for pair in pairs}
            for pair, event in (*self._quiet_events(phases), *passed):
                left = self.happens(here, event, pair)
                unseen = (pair, event) in passed or not any(o.shown or o.needed for o in left.owed)
                if unseen and left.core not in found:
                    found[left.core] = None
                    waiting.append(left.core)
            if len(found) > MOST_UNSEEN:
                return None
        return tuple(found)

    def _quiet_events(self, phases: Mapping[Pair, Value]) -> Iterator[tuple[Pair, Event]]:
        for kind, events in self._quiet:
            for pair in self._aims(kind, tuple(phases)):
                if kind.scope != "assistance" or self.rules.speaks(kind.name, phases[pair]):
                    yield from ((pair, event) for event in events)

    def _aims(self, kind: Kind, pairs: tuple[Pair, ...]) -> Iterator[Pair]:
        match kind.scope:
            case "assistance":
                yield from pairs
            case "session":
                yield from {session: (0, session) for _, session in pairs}.values()
            case "expert":
                yield from {expert: (expert, 0) for expert, _ in pairs}.values()
            case _:
                yield from pairs[:1]


@frozen
class _Ids:
    """Symbols as ids: for what is there, and for what comes."""

    symbols: Symbols
    there: Mapping[Pair, frozenset[str]]

    def known(self, pair: Pair) -> dict[str, FieldValue | None]:
        return {key: self.symbols.fresh(pair, key, stray=False) for key in self.there[pair]}

    def fresh(self, pair: Pair, key: str, *, stray: bool) -> str:
        return self.symbols.fresh(pair, key, stray=stray)

    def brought(self, pair: Pair, key: str, kind: Value) -> str | None:
        return self.symbols.brought(pair, key, kind)

    def keep(self, pair: Pair, outcome: Outcome, known: dict[str, FieldValue | None]) -> None:
        """Keep nothing: what is known follows from the state."""


@frozen(eq=False)
class _Alone:
    """What an event does to one assistance, and what it leaves about it."""

    happening: Happening
    owed: tuple[Owed, ...] = ()
    lead: Owed | None = None
    gone: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
