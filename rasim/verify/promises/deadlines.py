"""What must be over in time, on its way through a trace: each from the line where it was first seen to the line where it is not.

Without times only what is due *at once* is watched, and only the end of the trace can tell that it never came.
"""

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush

from attrs import define, field

from rasim.protocol.choices import Choices, microseconds
from rasim.verify.promises.evidence import Evidence
from rasim.verify.promises.kinds import Within
from rasim.verify.promises.ongoing import Key

_Entry = tuple[int, int, str, Key]  # when it is late, a number that breaks ties, the promise, what must be over


@define
class _Watched:
    promise: Within
    called: str
    bound: int
    late: int
    keys: frozenset[Key] = frozenset()


@define
class Deadlines:
    """The deadlines of a trace. `look` after each line, `late` before it, `left` at the end."""

    timed: bool
    _watched: list[_Watched]
    _numbers: dict[tuple[str, Key], int] = field(factory=dict)
    _due: list[_Entry] = field(factory=list)
    _count: int = 0

    @classmethod
    def of(cls, promises: Iterable[Within], choices: Choices, *, timed: bool) -> "Deadlines":
        """Return the deadlines that these promises set under these choices: what is not due at once needs times, or is not asked."""
        watched = []
        for promise in promises:
            at_once = promise.bound == "at once"
            name = "reaction time" if at_once else promise.bound
            bound = microseconds(getattr(choices, name.replace(" ", "_")))
            late = 0 if at_once else microseconds(choices.reaction_time)  # no timer of a real computer rings on time
            watched.append(_Watched(promise, name, bound, late))
        return cls(timed, watched)

    def look(self, seen: Evidence, at: int | None) -> None:
        """Note what goes on since this line, and what is over."""
        for watched in self._watched:
            keys = watched.promise.open(seen)
            if keys == watched.keys:
                continue
            name, known = watched.promise.name, watched.keys
            watched.keys = keys
            for key in known - keys:
                del self._numbers[name, key]
            for key in keys - known:
                self._count += 1
                self._numbers[name, key] = self._count
                if at is not None:
                    heappush(self._due, (at + watched.bound + watched.late, self._count, name, key))
        if len(self._due) > 1000 + 2 * len(self._numbers):  # most are over long before they are late
            self._due = [entry for entry in self._due if self._lasts(entry)]
            heapify(self._due)

    def _lasts(self, entry: _Entry) -> bool:
        _, number, name, key = entry
        return self._numbers.get((name, key)) == number

    def late(self, at: int) -> Iterator[tuple[str, str]]:
        """Yield what should have been over before this time: the promise, and what."""
        while self._due and self._due[0][0] < at:
            entry = heappop(self._due)
            if self._lasts(entry):
                bound = next(w for w in self._watched if w.promise.name == entry[2])
                late = f"{(at - entry[0] + bound.late) / 1_000_000:g} s after the {bound.called} of {bound.bound / 1_000_000:g} s"
                yield entry[2], f"{entry[3]} is not over {late}"

    def left(self, *, ended: bool) -> Iterator[tuple[str, str]]:
        """Yield what is open at the end and counts: without times what was due at once, if the recording is whole.

        With times what is open counts if the recording stops in the middle: it may have been over in time.
        """
        if self.timed is ended:
            return
        for name, key in self._numbers:
            yield name, f"{key} is not over when the recording ends" if ended else f"{key} is still open"
