"""Could the table have done this at all? All behaviours of the table that leave the lines of a trace, followed at once.

What may be so after some lines is a set of *readings*: each is a state of a computer with as many experts and sessions as the trace
named, what its last events still owe to the trace, and which ids the trace has for what goes on. A line takes every reading to those
in which an event of the table leaves it, or in which it was owed. Events that leave only lines of kinds that were not recorded may have
happened before it, unseen. Where no reading is left, no behaviour of the table explains the trace.

docs/decisions/0017-explained.md says what counts as explained where a product leaves out what the table writes, or says more.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve, frozen

from rasim.protocol.choices import STRICT, Choices, microseconds
from rasim.protocol.computer import ComputerState, Pair
from rasim.protocol.lines import PRESUMED, Line, Recorded
from rasim.protocol.step import Event
from rasim.protocol.terms import Value
from rasim.protocol.vocabulary import IDLE, RESTING
from rasim.verify.behaviours.around import OF_THE_LIST, happens_around, listed_as
from rasim.verify.behaviours.machine import Clock, Course, Leaves, Machine
from rasim.verify.behaviours.owed import ID_FIELDS, Bound, Owed, Reader, with_its_ids
from rasim.verify.behaviours.sloppy import BESIDE, harmless, turned_away
from rasim.verify.behaviours.words import choice_of, how_said, resolved, short, text
from rasim.verify.promises import ongoing, questions
from rasim.verify.promises.evidence import Evidence, learn

MOST_READINGS: Final = 2_000  # readings that are followed at once
PAIRS: Final = 24  # experts times sessions
POSSIBLE: Final = 24  # lines that are named as possible
_LOOKED_AT: Final = 40  # readings that are asked what would have been possible
_FEW: Final = 8  # readings among which none is looked for that another leads to
_RECORDS: Final = 8  # audit records that may come late


@frozen
class ExplainedTrace:
    """Whether some behaviour of the table leaves exactly these lines; None if that cannot be told, and `because` says why.

    If none does, `at` and `number` are the `seq` and the place in the file of the first line that none explains, and `possible` what
    could have stood there. `readings` is how many had to be followed at once.
    """

    explained: bool | None
    lines: int
    readings: int
    at: int | None = None
    number: int | None = None
    because: str = ""
    possible: tuple[str, ...] = ()


def explained(lines: Iterable[Recorded], choices: Choices = STRICT, *, whole: bool = False) -> ExplainedTrace:
    """Return whether the table explains a trace; `whole` if every line that the table writes is in it, as it writes it.

    Raises:
        ValueError: there is no line.

    """
    behaviours = Behaviours(choices, whole=whole)
    for number, recorded in enumerate(lines, 1):
        behaviours.take(recorded, number)
    return behaviours.close()


class Behaviours:
    """A trace on its way past the behaviours of the table: `take` each line, then `close`."""

    def __init__(self, choices: Choices = STRICT, *, whole: bool = False) -> None:
        self._choices, self._whole = choices, whole
        self._reaction, self._rest = microseconds(choices.reaction_time), microseconds(choices.cool_down)
        self._lines, self._most = 0, 1
        self._also = False
        self._hasty: set[str] = set()
        self._found: ExplainedTrace | None = None
        self._cut = ""
        self._misses: list[tuple[Owed, tuple[str, ...], Bound]] | None = None
        self._checked: list[Evidence] = []  # what was seen at the last check of the list, and after each change since
        self._seen = Evidence()

    @property
    def decided(self) -> bool:
        """Return whether further lines change nothing any more."""
        return self._found is not None

    def take(self, recorded: Recorded, number: int = 0, *, also: bool = False) -> None:
        """Take the next line; `number` is its place in the file. It is `also` left by the event that left the one before."""
        if not self._lines:
            self._begin(recorded.line)
        self._lines += 1
        if self._found is not None:
            return
        line = recorded.line
        self._learn_names(line)
        if len(self._machine.experts) * len(self._machine.sessions) > PAIRS:
            self._stop(recorded, number, f"more than {PAIRS} experts times sessions")
            return
        seen, self._seen = self._seen, learn(self._seen, line)
        objection = self._guarded(seen, recorded)
        self._also = also
        following = {} if objection else self._following(recorded, seen)
        if not following:
            self._refuse(recorded, number, seen, objection)
            return
        self._most = max(self._most, len(following))
        if len(following) > MOST_READINGS:
            self._stop(recorded, number, f"more than {MOST_READINGS} readings at once")
            return
        if line.event == "logged_on":
            self._owners[line["session"]] = line["by"]
        if self._whole and line.event == "membership_checked":
            self._checked = [self._seen]
        elif self._checked and (seen.helpers, seen.members) != (self._seen.helpers, self._seen.members):
            self._checked.append(self._seen)
        self._readings = list(following)

    def rest(self, recorded: Recorded, number: int = 0) -> None:
        """Take in that with this line the event that left it has left all its lines."""
        if self._found is None:
            fewest = min((reading.owed for reading in self._readings), key=len)
            missing = [owed.line.event for owed in fewest]
            self._readings = [reading for reading in self._readings if not reading.owed]
            if not self._readings:
                because = f"the table leaves {choice_of(missing)} after it"
                self._found = ExplainedTrace(False, 0, 0, recorded.seq, number or None, because)

    def close(self) -> ExplainedTrace:
        """Return what was found. ValueError if there was no line."""
        if not self._lines:
            raise ValueError("a trace without lines shows nothing")
        return evolve(self._found or ExplainedTrace(True, 0, 0), lines=self._lines, readings=self._most)

    # ---- names and guards -------------------------------------------------------------------------------------------

    def _begin(self, line: Line) -> None:
        records = frozenset(line["records"]) if line.event == "recorder" else PRESUMED
        self._owners: dict[str, str] = {}
        self._timed = "time" in records
        self._machine = Machine(self._choices, Reader(self._whole, records, self._owners))
        self._readings = [Course(self._machine.start())]
        self._seen = Evidence(records=records)
        folds = (ongoing.fresh_ids, ongoing.takes_effect, ongoing.privacy, ongoing.way_out)
        hand = (ongoing.by_hand,) if "presence" in records else ()
        self._folds = [fold_(self._choices) for fold_ in (*folds, *hand)]

    def _guarded(self, seen: Evidence, recorded: Recorded) -> str:
        """Return what the table never does and has no state for: ids used again, a yes without a hand, another's name."""
        found = [fold_in(seen, recorded) for fold_in in self._folds]
        if recorded.line.event in ("prompt_shown", "connection_opened"):
            found.append(questions.named(seen, recorded.line))
        return next((str(each) for each in found if each is not None), "")

    def _learn_names(self, line: Line) -> None:
        machine = self._machine
        told = "capabilities" in machine.reader.records and line["capability"] not in (None, "view", "control")
        if told and not machine.whole_table:
            self._grow(machine.more_capabilities(r.core for r in self._readings))
        sessions = line["sessions"] if line.event == "sessions_disclosed" else (line["session"],)
        for session in sessions or ():
            if session is not None and session not in machine.sessions:
                self._grow(machine.more_sessions(session, [r.core for r in self._readings]))
        expert = line["expert"]
        if expert is None and line.event == "offer_received" and not machine.experts:
            expert = ""
        if expert is not None and not line.event.startswith("helper_") and machine.expert(expert) is None:
            facts = list(self._facts_of(expert))
            cores = machine.more_experts(expert, facts, [r.core for r in self._readings])
            readings = [r for r in self._readings for _ in facts]
            self._readings = [r._replace(core=core) for r, core in zip(readings, cores, strict=True)]

    def _grow(self, cores: list[ComputerState]) -> None:
        self._readings = [r._replace(core=core) for r, core in zip(self._readings, cores, strict=True)]

    def _facts_of(self, expert: str) -> Iterator[dict[str, Value]]:
        """Yield what may be so of an expert who was not named before."""
        checked = self._checked
        for listed in listed_as(self._seen, expert):
            admitted = self._whole and bool(checked) and checked[0].listed(expert)
            if self._choices.removal_bites == "at once":
                admitted = admitted and all(each.listed(expert) for each in checked)
            yield {"listed": listed, "admitted": admitted}

    # ---- what a line leads to ---------------------------------------------------------------------------------------

    def _following(self, recorded: Recorded, seen: Evidence) -> dict[Course, None]:
        line, at = recorded.line, recorded.at if self._timed else None
        found = {after: None for reading in self._readings for after in self._after(reading, line, at, seen)}
        return found if self._whole or len(found) < _FEW else self._fewer(found)

    def _fewer(self, found: Iterable[Course]) -> dict[Course, None]:
        """Return the readings without those that others lead to unseen: what these explain, the others do too."""
        alike: dict[tuple[object, ...], list[Course]] = {}
        for reading in found:
            kept = alike.setdefault(reading[1:], [])
            if not any(reading.core in self._near(other) for other in kept):
                near = self._near(reading)
                kept[:] = [*(other for other in kept if other.core not in near), reading]
        return {reading: None for kept in alike.values() for reading in kept}

    def _near(self, reading: Course) -> set[object]:
        unseen = (self._machine.unseen(reading.core, (pair,), frozenset()) for pair in self._machine.computer.pairs)
        return {core for cores in unseen for core in cores or ()}

    def _after(self, reading: Course, line: Line, at: int | None, seen: Evidence) -> Iterator[Course]:
        if at is not None and (self._late(reading, at) or (self._whole and self._overdue(reading, at))):
            return
        if line.event == "recorder" or (self._whole and line.event == "recording_ended"):
            if not reading.owed:
                yield reading
            return
        yield from self._owed(reading, line)
        if self._also or (self._whole and reading.owed):
            return
        if not self._whole:
            yield from self._never_opened(reading, line)
            if harmless(self._machine, reading, line, self._seen):
                yield reading
        yield from self._world(reading, line, at, seen)
        for core in self._unseen(reading, line, at):
            for left in self._leaving(core, reading, line):
                yield from self._begun(reading, left, line, at)

    def _late(self, reading: Course, at: int) -> frozenset[str]:
        """Return what should have been shown by now: what follows at once takes no longer than the reaction time."""
        return frozenset(
            o.line.event for o in reading.owed if o.needed and o.since is not None and at - o.since > self._reaction
        )

    def _overdue(self, reading: Course, at: int) -> frozenset[str]:
        """Return the timers of the table that should have rung by now."""
        timers = self._machine.timers
        return frozenset(what for _, what, since in reading.clocks if at - since > timers[what][1])

    def _owed(self, reading: Course, line: Line) -> Iterator[Course]:
        for n, owed in self._next(reading.owed):
            if owed.of is not None and any(other.line is owed.of and other.shown for other in reading.owed):
                continue
            bound = self._fits(owed, line, reading.bound)
            if bound is not None:
                yield reading._replace(owed=reading.owed[:n] + reading.owed[n + 1 :], bound=bound)

    def _next(self, owed: tuple[Owed, ...]) -> Iterator[tuple[int, Owed]]:
        """Yield what may be shown next, with its place: in a whole trace the first of each assistance, and what all share last."""
        pairs: set[Pair | None] = set()
        for n, each in enumerate(owed):
            if not self._whole or (each.pair not in pairs and (each.pair is not None or n == 0)):
                pairs.add(each.pair)
                yield n, each

    def _never_opened(self, reading: Course, line: Line) -> Iterator[Course]:
        """Yield the loss of a view that was accepted and has not begun: a product says that its offer is over."""
        for owed in reading.owed if line.event in ("offer_refused", "offer_cancelled") else ():
            if (
                owed.line.event == "connection_opened"
                and owed.pair
                and line["offer"] == dict(reading.bound).get(owed.line["offer"])
            ):
                left = self._machine.happens(reading.core, Event("link is lost"), owed.pair)
                rest = tuple(o for o in reading.owed if o.pair != owed.pair)
                yield self._rid(reading._replace(owed=rest), left, (), reading.bound, None)

    def _fits(self, owed: Owed, line: Line, bound: Bound) -> Bound | None:
        if owed.line.event != line.event:
            return None
        wrong, after = self._machine.reader.compared(owed, line, bound)
        if wrong and self._misses is not None:
            self._misses.append((owed, wrong, bound))
        return None if wrong else after

    def _pairs_of(self, line: Line) -> tuple[Pair, ...]:
        named = line["expert"] if line.event != "link_lost" else None
        return self._machine.pairs(named, line["session"])

    def _unseen(self, reading: Course, line: Line, at: int | None) -> tuple[ComputerState, ...]:
        rested = frozenset(
            (pair, fact)
            for pair, fact, since in reading.clocks
            if not self._whole and at is not None and at - since >= self._rest
        )
        cores = self._machine.unseen(reading.core, self._pairs_of(line), rested)
        if cores is None:
            self._cut = "what was not recorded leaves too much open"
        return cores or (reading.core,)

    def _leaving(self, core: ComputerState, reading: Course, line: Line) -> Iterator[Leaves]:
        machine = self._machine
        yield from machine.that_leave(line.event, core, self._pairs_of(line))
        if not self._whole:
            yield from machine.unseen_around(line.event, core)
            yield from turned_away(machine, reading._replace(core=core), line)
            if line.event == "link_lost" and line["connection"] is None and line["offer"] is None:
                yield from self._all_links(core, line)

    def _all_links(self, core: ComputerState, line: Line) -> Iterator[Leaves]:
        """Yield the loss of all links of an expert, of everybody if none is named."""
        owed: tuple[Owed, ...] = ()
        first, pairs, gone = None, [], frozenset[str]()
        for pair in self._machine.pairs(line["expert"], None):
            if self._machine.situation(core, pair)["phase"] != IDLE:
                left = self._machine.happens(core, Event("link is lost"), pair)
                links = [o for o in left.owed if o.line.event == "link_lost"]
                first = first or evolve(links[0], line=Line("link_lost", ())) if links else first
                core, owed, gone = left.core, owed + tuple(o for o in left.owed if o not in links), gone | left.gone
                pairs.append(pair)
        if first is not None and len(pairs) > 1:
            yield Leaves(core, tuple(pairs), (first, *owed), first, gone)

    def _begun(self, reading: Course, left: Leaves, line: Line, at: int | None) -> Iterator[Course]:
        """Yield what follows if this line is the first that is shown of what an event left."""
        if self._blocked(reading, left) or (self._whole and at is not None and self._early(reading, left, at)):
            return
        bound = frozenset(b for b in reading.bound if b[0] not in left.fresh) if left.fresh else reading.bound
        for n, owed in enumerate(left.owed):
            if left.lead is not None and owed is not left.lead:
                continue
            if owed.of is not None and any(other.line is owed.of and other.shown for other in left.owed):
                continue
            after = self._fits(owed, line, bound)
            if after is not None:
                yield self._rid(reading, left, left.owed[:n] + left.owed[n + 1 :], after, at)

    def _early(self, reading: Course, left: Leaves, at: int) -> bool:
        """Tell whether this would be a time of the table that has not passed yet; a frame may be shown at any moment."""
        runs = [since for pair, what, since in reading.clocks if pair in left.pairs and what == left.kind]
        if not left.kind.endswith("passes") or not any(
            at - since < self._machine.timers[left.kind][1] for since in runs
        ):
            return False
        self._hasty.add(left.kind)
        return True

    def _blocked(self, reading: Course, left: Leaves) -> bool:
        return any(o.needed and (o.pair is None or o.pair in left.pairs) for o in reading.owed)

    def _rid(self, reading: Course, left: Leaves, owed: tuple[Owed, ...], bound: Bound, at: int | None) -> Course:
        """Return the reading after an event, rid of what is over: late lines of the same assistances, and ids that name nothing."""
        known = dict(reading.bound)
        late = [o for o in reading.owed if o.pair not in left.pairs]
        records = [with_its_ids(o, known) for o in reading.owed if o.pair in left.pairs and o.of is not None][
            -_RECORDS:
        ]
        since = at if self._timed else None
        new = tuple(evolve(o, since=since) if o.needed and since is not None else o for o in owed)
        waiting = (*late, *records, *new)
        spoken = (
            {str(value) for o in waiting for name, value in o.line.fields if name in ID_FIELDS} if left.gone else set()
        )
        bound = frozenset(b for b in bound if b[0] not in left.gone or b[0] in spoken)
        return Course(left.core, waiting, bound, self._clocks(reading, left, at))

    def _clocks(self, reading: Course, left: Leaves, at: int | None) -> frozenset[Clock]:
        """Return since when refusals rest; of a whole trace since when every timer runs."""
        if at is None:
            return reading.clocks
        known = {(pair, what): since for pair, what, since in reading.clocks}
        for pair in left.pairs:
            if self._whole:
                runs = {*self._machine.running(left.core, pair)}
                known.pop((pair, left.kind), None)
            else:
                now = self._machine.situation(left.core, pair)
                runs = {fact for fact in ("phase", *self._machine.capabilities) if now[fact] == RESTING}
            known = {key: since for key, since in known.items() if key[0] != pair or key[1] in runs}
            known = {(pair, what): at for what in runs} | known
        return frozenset((pair, what, since) for (pair, what), since in known.items())

    # ---- what happens around the assistances ------------------------------------------------------------------------

    def _world(self, reading: Course, line: Line, at: int | None, seen: Evidence) -> Iterator[Course]:
        for core in self._around(reading, line, at):
            for left in happens_around(self._machine, core, line, seen, self._seen):
                if self._blocked(reading, left):
                    continue
                if left.done:
                    yield self._rid(reading, left, left.owed, reading.bound, at)
                elif not self._whole:
                    yield reading._replace(core=core)

    def _around(self, reading: Course, line: Line, at: int | None) -> tuple[ComputerState, ...]:
        """Return the states in which what happens around may find a reading: a check of the list may have come just before."""
        at_refresh = self._choices.removal_bites == "at refresh" and line.event in {*OF_THE_LIST, "policy_applied"}
        return self._unseen(reading, Line("contact"), at) if at_refresh else (reading.core,)

    # ---- what is said -----------------------------------------------------------------------------------------------

    def _stop(self, recorded: Recorded, number: int, why: str) -> None:
        self._found = ExplainedTrace(None, 0, 0, recorded.seq, number or None, f"cannot tell: {why}")

    def _refuse(self, recorded: Recorded, number: int, seen: Evidence, objection: str) -> None:
        if self._cut:
            self._stop(recorded, number, self._cut)
            return
        line = recorded.line
        possible, because = self._possible(), objection
        if not because:
            self._misses, self._hasty = [], set()
            for reading in self._readings[:_LOOKED_AT]:
                list(self._after(reading, line, recorded.at, seen))
            because = self._why(line, recorded.at if self._timed else None)
        self._found = ExplainedTrace(False, 0, 0, recorded.seq, number or None, because, possible)

    def _why(self, line: Line, at: int | None) -> str:
        readings = self._readings[:_LOOKED_AT]
        late = {event for reading in readings if at is not None for event in self._late(reading, at)}
        if late:
            return f"{' or '.join(sorted(late))} had to come before, within the reaction time"
        over = {what for reading in readings if self._whole and at is not None for what in self._overdue(reading, at)}
        if over:
            return f"a time of the table has passed, and nothing tells it: {', '.join(sorted(over))}"
        if self._misses:
            fewest = min((wrong for _, wrong, _ in self._misses), key=lambda wrong: (len(wrong), wrong))
            could = [resolved(owed, dict(bound)) for owed, wrong, bound in self._misses if wrong == fewest]
            said = (f"{n} {choice_of(each.get(n, 'new') for each in could)}, and not {text(line[n])}" for n in fewest)
            return f"the table leaves {line.event} here with {'; '.join(said)}"
        if self._hasty:
            return f"the time has not passed yet: {', '.join(sorted(self._hasty))}"
        needed = {o.line.event for reading in readings for o in reading.owed if o.needed}
        if needed:
            return f"the table leaves {' or '.join(sorted(needed))} first"
        return f"nothing that the table does leaves {line.event} here"

    def _possible(self) -> tuple[str, ...]:
        """Return what could have stood in place of a line, in short: what is owed, and what some event leaves first."""
        found: dict[tuple[str, str], set[str]] = {}
        machine = self._machine

        def note(owed: Iterable[Owed], known: dict[str, str]) -> None:
            for each in owed:
                if each.of is None and each.line.event not in BESIDE:
                    event, which, how = short(each, known)
                    found.setdefault((event, which), set()).update(how)

        for reading in self._readings[:_LOOKED_AT]:
            known = dict(reading.bound)
            note((owed for _, owed in self._next(reading.owed)), known)
            if self._whole and reading.owed:
                continue
            for pair in machine.pairs(None, None):
                for core in machine.unseen(reading.core, (pair,), frozenset()) or (reading.core,):
                    for left in (
                        each for line in machine.everything for each in machine.that_leave(line, core, (pair,))
                    ):
                        if not self._blocked(reading, left):
                            first = (left.lead,) if left.lead is not None else left.owed
                            note(first, {symbol: known[symbol] for symbol in known.keys() - left.fresh})
        ordered = [f"{event} ({which}{how_said(how)})" for (event, which), how in sorted(found.items())]
        return (*ordered[:POSSIBLE], *(["…"] if len(ordered) > POSSIBLE else ()))
