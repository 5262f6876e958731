"""A trace that anybody recorded, against the promises: kept, broken, or cannot tell. The same folds that the explorer uses.

`Judge` takes one line after another and remembers what goes on, not what was: a trace may be longer than memory. What was not
recorded is not held against anybody: a promise that needs lines of a kind that is always taken as recorded, and was left
out, *cannot be told*; one that needs more than that is not asked, and `JudgedTrace.not_asked` says so. A helper that may be a
group whose members nobody told makes *cannot tell* too, unless it turns out to be a person; so does a deadline that is open
when a trace stops in the middle.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import evolve, frozen

from rasim.policy import fold
from rasim.protocol.choices import STRICT, Choices, microseconds
from rasim.protocol.lines import LINES, PRESUMED, RECORD_KINDS, Line, Recorded
from rasim.verify.promises.catalogue import KEPT
from rasim.verify.promises.deadlines import Deadlines
from rasim.verify.promises.evidence import Evidence, learn
from rasim.verify.promises.kinds import Always, AnyKept, Breaks, Traced, Within
from rasim.verify.promises.ongoing import Fold
from rasim.verify.promises.questions import QUESTIONS, Objection, Unsure, gives
from rasim.verify.promises.selection import ALL, Selection

NO_END = "neither times nor the end of the recording"
LONGER = "a longer recording"


@frozen
class Broken:
    """A promise that a trace breaks: at which line first, by its `seq` and its place in the file, and why.

    `again` are the (place in the file, `seq`) of lines after it that break it too; None where it is judged to its first break.
    """

    promise: str
    at: int
    because: str
    number: int
    line: Line
    again: tuple[tuple[int, int], ...] | None = ()


@frozen
class Untold:
    """A promise that a trace leaves open, and what would have to be recorded or told to know."""

    promise: str
    needs: str


@frozen
class JudgedTrace:
    """What a trace shows: *broken* before *cannot tell* before *kept*; `kept` are the promises that were asked and held.

    `recorder` says whether a line told what was recorded, else it was presumed; `ended` whether one told that the recording is whole.
    """

    lines: int
    recorder: bool
    broken: tuple[Broken, ...]
    cannot_tell: tuple[Untold, ...]
    kept: tuple[str, ...]
    not_asked: tuple[Untold, ...]
    ended: bool = True

    @property
    def unended(self) -> tuple[int, int]:
        """Return how many promises were not asked, and how many cannot be told, because the recording has no end."""
        asked_not = sum(each.needs == NO_END for each in self.not_asked)
        return asked_not, sum(each.needs.startswith(LONGER) for each in self.cannot_tell)

    @property
    def verdict(self) -> Literal["kept", "broken", "cannot tell"]:
        """Return the verdict of the whole trace."""
        return "broken" if self.broken else "cannot tell" if self.cannot_tell else "kept"


class Judge:
    """One trace on its way through the promises, or through those that are chosen: `take` each line, then `close`."""

    def __init__(self, choices: Choices = STRICT, chosen: Selection = ALL) -> None:
        self.choices, self.chosen = choices, chosen
        self.lines = 0
        self._seen = Evidence()
        self._broken: dict[str, Broken] = {}
        self._again: dict[str, list[tuple[int, int]]] = {}
        self._unsure: dict[tuple[str, frozenset[str]], tuple[Broken, Unsure]] = {}
        self._untold: dict[str, str] = {}
        self._not_asked: dict[str, str] = {}
        self._people: set[str] = set()
        self._events: set[str] = set()
        self._turned_back = False
        self._last = (Recorded(0, Line("recorder")), 0)
        self._asked_of: Evidence | None = None

    @property
    def noted(self) -> int:
        """Return how many breaks were noted so far, for certain or in doubt: a line that adds one is worth to be shown."""
        return len(self._broken) + len(self._unsure)

    @property
    def events(self) -> frozenset[str]:
        """Return which events the lines so far tell of."""
        return frozenset(self._events)

    # ---- one line after another ---------------------------------------------------------------------------------

    def take(self, recorded: Recorded, number: int = 0) -> None:
        """Take the next line; `number` is its place in the file."""
        line, at = recorded.line, recorded.at
        if not self.lines:
            self._begin(line)
        self.lines += 1
        if self._timed and at is not None:
            self._clock(line, at, recorded, number)
        seen = self._seen
        if seen is not self._asked_of and gives(seen, line):
            self._asked_of = seen
            for name, fails in self._standing:
                self._note(name, fails(seen), recorded, number)
        self._events.add(line.event)
        for name, breaks in self._asked[line.event]:
            answer = breaks(seen, line)
            if answer is not None and name in self._broken and not isinstance(answer, Unsure):
                places = self._again.setdefault(name, [])
                places += [(number, recorded.seq)] * (len(places) < MOST_DOUBTS)
            self._note(name, answer, recorded, number)
        for name, fold_in in self._folds:
            self._note(name, fold_in(seen, recorded), recorded, number)
        if line.event in WHO:
            self._people.update(fold(who) for who in (line["expert"], line["by"]) if who is not None)
        self._seen = after = learn(seen, line)
        if after is not seen:
            self._deadlines.look(after, at)
        self._last = recorded, number

    def _begin(self, line: Line) -> None:
        """Decide, by the first line, which promises can be asked."""
        self._recorder = line.event == "recorder"
        records = frozenset(line["records"]) if self._recorder else PRESUMED
        self._seen = Evidence(records=records)
        self._timed = "time" in records
        self._rests: dict[tuple[str, str, str], int] = {}
        values = self.choices.values()
        asked = [promise for promise in KEPT if self._can_ask(promise, records, values)]
        self._names = [promise.name for promise in asked]
        always = [promise for promise in asked if isinstance(promise, Always)]
        self._standing = [(p.name, p.fails) for p in always if p.fails is not None]
        self._asked: dict[str, list[tuple[str, Breaks]]] = {event: [] for event in LINES}
        for each in always:
            if (breaks := each.breaks) is not None:
                for event in each.reads:
                    self._asked[event].append((each.name, breaks))
        self._folds: list[tuple[str, Fold]] = [(p.name, p.judge(self.choices)) for p in asked if isinstance(p, Traced)]
        within = [p for p in asked if isinstance(p, Within)]
        self._deadlines = Deadlines.of(within, self.choices, timed=self._timed)

    def _clock(self, line: Line, at: int, recorded: Recorded, number: int) -> None:
        """Let the time pass that the line tells: deadlines, and refusals that have rested long enough."""
        before = self._last[0].at
        if before is not None and at < before:
            self._untimed(number)
            return
        for name, because in self._deadlines.late(at):
            self._note(name, because, recorded, number)
        cooling = self._seen.cooling
        self._rests = {key: self._rests.get(key, at if before is None else before) for key in cooling}
        if cooling and line.event in ("prompt_shown", *QUESTIONS):
            long = microseconds(self.choices.cool_down)
            rested = frozenset(key for key, since in self._rests.items() if at - since >= long)
            self._seen = self._seen._replace(cooling=cooling - rested)

    def _untimed(self, number: int) -> None:
        """Ask nothing more about times: by a clock that went back nobody can tell how long anything took."""
        timed = {promise.name for promise in KEPT if "time" in promise.needs or isinstance(promise, Within)}
        for name in timed & set(self._names):
            self._untold.setdefault(name, f"a clock that does not go back, as it does at line {number}")
        self._timed, self._turned_back = False, True
        self._deadlines = Deadlines.of((), self.choices, timed=False)
        self._folds = [(name, fold_in) for name, fold_in in self._folds if name not in timed]

    def _can_ask(self, promise: AnyKept, records: frozenset[str], values: Mapping[str, object]) -> bool:
        """Tell whether a promise can be asked of what was recorded; if not, note whether that leaves it open."""
        if not isinstance(promise, Always | Within | Traced):
            return False  # not about traces: checked, not judged
        other = next((f"{name}: {value}" for name, value in promise.presumes.items() if values[name] != value), None)
        lasts = promise.bound if isinstance(promise, Within) else LASTS.get(promise.name, "at once")
        why = self.chosen.left_out.get(promise.name) or (other and f"it presumes {other}")
        if why is None and lasts != "at once" and not values[lasts]:
            why = f"{lasts}: 0 s promises nothing"
        if why is not None:
            self._not_asked[promise.name] = why
            return False
        left_out = [name for name in RECORD_KINDS if name in promise.needs - records]
        if not left_out:
            return True
        beyond = [name for name in left_out if name not in PRESUMED]
        if beyond:
            self._not_asked[promise.name] = f"{' and '.join(beyond)} not recorded"
        else:
            self._untold[promise.name] = f"{' and '.join(left_out)} to be recorded"
        return False

    def _note(self, name: str, answer: Objection, recorded: Recorded, number: int) -> None:
        if answer is None or name in self._broken:
            return
        if self._turned_back and name in RESTS:  # nobody knows how long it rested
            answer = Unsure(str(answer), "a clock that does not go back")
        broken = Broken(name, recorded.seq, str(answer), number, recorded.line)
        if not isinstance(answer, Unsure):
            self._broken[name] = broken
        elif len(self._unsure) < MOST_DOUBTS:
            self._unsure.setdefault((name, answer.groups), (broken, answer))

    # ---- the end ------------------------------------------------------------------------------------------------

    def close(self) -> JudgedTrace:
        """Return what the trace shows. ValueError if there was no line."""
        if not self.lines:
            raise ValueError("a trace without lines shows nothing")
        recorded, number = self._last
        ended = recorded.line.event == "recording_ended"
        for name, because in self._left(recorded, ended=ended):
            if ended:
                self._note(name, because, recorded, number)
            else:
                self._untold.setdefault(name, f"{LONGER}: {because}")
        for (name, groups), (broken, doubt) in self._unsure.items():
            if groups and groups <= self._people:  # they are persons, so nobody is in them
                self._broken.setdefault(name, broken)
            else:
                self._untold.setdefault(name, doubt.needs)
        for promise in KEPT:
            self._leave(promise, ended=ended)
        untold = {name: needs for name, needs in self._untold.items() if name not in self._broken}
        untold |= self._unanswered(untold)
        return JudgedTrace(
            self.lines,
            self._recorder,
            tuple(sorted(map(self._with_places, self._broken.values()), key=lambda each: each.at)),
            tuple(Untold(name, needs) for name, needs in untold.items()),
            tuple(
                name
                for name in self._names
                if name not in self._broken and name not in untold and name not in self._not_asked
            ),
            tuple(Untold(name, needs) for name, needs in self._not_asked.items() if name not in untold),
            ended,
        )

    def _with_places(self, broken: Broken) -> Broken:
        """Return what is broken with the further lines that break it, where that is asked of each line."""
        by_line = any(name == broken.promise for each in self._asked.values() for name, _ in each)
        return evolve(broken, again=tuple(self._again.get(broken.promise, ())) if by_line else None)

    def _unanswered(self, untold: dict[str, str]) -> dict[str, str]:
        """Return what was not asked and has to be answered: what was chosen by name, and where nothing was asked at all, all of it."""
        open_ = {name: why for name, why in self._not_asked.items() if name not in self.chosen.left_out}
        answered = self._broken or untold or any(name not in self._not_asked for name in self._names)
        return {name: why for name, why in open_.items() if name in self.chosen.named or not answered}

    def _leave(self, promise: AnyKept, *, ended: bool) -> None:
        """Note whether a promise cannot be told, or was not asked, because the trace does not tell of what it is about."""
        name = promise.name
        if name not in self._names or name in self._untold:
            return
        if isinstance(promise, Traced) and promise.told_by and not promise.told_by & self._events:
            self._not_asked[name] = "no line tells of it"
        elif self._events <= SURROUNDINGS and "firewall" not in promise.needs:
            self._untold[name] = "a line that it is about"  # what tells nothing keeps nothing
        elif isinstance(promise, Within) and not self._timed and not ended:
            self._not_asked[name] = NO_END

    def _left(self, recorded: Recorded, *, ended: bool) -> Iterator[tuple[str, Objection]]:
        """Yield what is open at the end; of a recording that was cut off also what would then be wrong at its end."""
        yield from self._deadlines.left(ended=ended)
        last = Recorded(recorded.seq, Line("recording_ended"), recorded.at)
        for name, fold_in in () if ended else self._folds:
            if (because := fold_in(self._seen, last)) is not None:
                yield name, because


# What goes on around an assistance, or speaks of one that the trace does not show: a trace of nothing else tells of none.
SURROUNDINGS = {"recorder", "recording_ended", "restarted", "link_lost", "cooldown_over"}.union(
    *(RECORD_KINDS[kind].events for kind in ("policy", "sessions", "presence", "firewall", "audit"))
)
RESTS = frozenset({"a_refusal_rests", "a_withdrawn_question_rests"})  # what time alone may end
LASTS = dict.fromkeys((*RESTS, "no_rest_is_shortened"), "cool down")  # promises about a time that is no deadline
MOST_DOUBTS = 1000  # each promise with each list it was in doubt about; one is enough for the verdict

# Lines whose `expert` or `by` is a person who did something.
WHO = frozenset(
    event
    for event, fields in LINES.items()
    if {"expert", "by"} & {*fields.required, *fields.optional} and not event.startswith(("helper_", "audited"))
)
