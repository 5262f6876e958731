"""The promises, asked at every line of a trace; what was answered once is not worked out again (`rasim.protocol.memo`)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

from rasim.protocol.lines import LINES, Line
from rasim.protocol.memo import Changes, Noting, Remembered, changes_of, put
from rasim.verify.promises.evidence import Evidence, learn
from rasim.verify.promises.kinds import Always
from rasim.verify.promises.questions import ends_nothing

WhyBroken = tuple[tuple[str, str], ...]
"""The names of promises, each with why it is broken."""


class _Noting(Noting, Evidence):
    """Evidence that notes which of its fields are read."""

    def _replace(self, **fields: Any) -> "_Noting":
        return put(self, [(self._fields.index(name), value) for name, value in fields.items()])


def _reading(at: int) -> property:
    return property(lambda evidence: Noting.__getitem__(evidence, at))


for _at, _name in enumerate(Evidence._fields):
    setattr(_Noting, _name, _reading(_at))

Heard = tuple[tuple[bool, Remembered[tuple[Changes, WhyBroken]]], ...]
"""Lines made ready to be heard: of each whether nothing ends by it, and what it teaches and breaks."""


class Listener:
    """The promises, asked at every line."""

    def __init__(self, promises: Sequence[Always]) -> None:
        self._asked = {
            event: [(p.name, p.breaks) for p in promises if p.breaks is not None and event in p.reads]
            for event in LINES
        }
        self._standing = [(p.name, p.fails) for p in promises if p.fails is not None]
        self._ongoing: Remembered[WhyBroken] = Remembered(_Noting, self._fails)
        self._lines: dict[Line, tuple[bool, Remembered[tuple[Changes, WhyBroken]]]] = {}

    def hear(self, seen: Evidence, lines: Iterable[Line]) -> tuple[Evidence, WhyBroken]:
        """Return what is known after some lines, and the promises that they break, each with why."""
        known, broken = self.follow(seen, self.ready(lines))
        return Evidence._make(known), broken

    def ready(self, lines: Iterable[Line]) -> Heard:
        """Return lines made ready, for whoever hears the same ones often."""
        return tuple([self._lines.get(line) or self._lines.setdefault(line, self._make(line)) for line in lines])

    def _make(self, line: Line) -> tuple[bool, Remembered[tuple[Changes, WhyBroken]]]:
        return ends_nothing(line), Remembered(_Noting, partial(self._hear, line))

    def follow(self, seen: Evidence, heard: Heard) -> tuple[tuple[Any, ...], WhyBroken]:
        """Return the fields of what is known after lines that are ready, and the promises that they break, each with why."""
        known = list(seen)
        broken: WhyBroken = ()
        new = True
        for nothing_ends, teach in heard:
            if nothing_ends and new:
                broken += self._ongoing(known)
                new = False
            changes, broke = teach(known)
            for at, value in changes:
                known[at] = value
                new = True
            if broke:
                broken += broke
        return tuple(known), broken

    def _hear(self, line: Line, seen: Evidence) -> tuple[Changes, WhyBroken]:
        answers = ((name, breaks(seen, line)) for name, breaks in self._asked[line.event])
        return changes_of(learn(seen, line)), _broken(answers)

    def _fails(self, seen: Evidence) -> WhyBroken:
        """Return the promises that what lasts breaks, if something comes by which nothing ends."""
        return _broken((name, fails(seen)) for name, fails in self._standing)


def _broken(answers: Iterable[tuple[str, object]]) -> WhyBroken:
    return tuple([(name, str(because)) for name, because in answers if because is not None])


@lru_cache(maxsize=4)
def listener_of(promises: tuple[Always, ...]) -> Listener:
    """Return what asks these promises: the same whenever they are the same, so that models share what was answered."""
    return Listener(promises)
