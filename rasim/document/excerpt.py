"""The lines of a trace that a report shows, for a trace may be longer than memory: all of a short one, else those around what broke.

A `Keeper` sees every line once and keeps few. It knows by then whose the offers and connections are that a later line names, so
that of a line far down in a trace it can still be told who said it to whom.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from rasim.document.diagrams import Message, Teller
from rasim.protocol.lines import Recorded
from rasim.verify.promises.judge import JudgedTrace

WHOLE: Final = 120  # lines up to which a trace is shown whole
AROUND: Final = 6  # lines before and after one that broke something
LEFT_OUT: Final = Message("computer", "computer", "here lines of the trace are left out")


@frozen
class Kept:
    """A line with its place in the file, and what of it went from whom to whom."""

    number: int
    recorded: Recorded
    message: Message | None


@frozen
class Excerpt:
    """Lines of a trace in their order, and the place of its last line; `whole` if they are all of it."""

    lines: tuple[Kept, ...]
    whole: bool
    end: int

    def around(self, number: int) -> tuple[Recorded, ...]:
        """Return the lines around a place in the file."""
        return tuple(each.recorded for each in self.lines if abs(each.number - number) <= AROUND)

    @property
    def messages(self) -> tuple[Message, ...]:
        """Return what went from whom to whom, and where lines were left out between."""
        return tuple(self._told())

    def _told(self) -> Iterator[Message]:
        last = 0
        for each in self.lines:
            if not self.whole and each.number > last + 1:
                yield LEFT_OUT
            last = each.number
            if each.message is not None:
                yield each.message
        if not self.whole and last < self.end:
            yield LEFT_OUT


class Keeper:
    """Sees the lines of a trace and keeps those of `numbers`; without them the first, as many as are shown whole."""

    def __init__(self, numbers: frozenset[int] | None = None) -> None:
        self._numbers = numbers
        self._teller = Teller()
        self._kept: list[Kept] = []
        self._seen = self._end = 0

    def take(self, number: int, recorded: Recorded) -> None:
        """See the next line."""
        self._seen, self._end = self._seen + 1, number
        message = self._teller.tell(recorded.line)
        if self._seen <= WHOLE if self._numbers is None else number in self._numbers:
            self._kept.append(Kept(number, recorded, message))

    @property
    def excerpt(self) -> Excerpt:
        """Return what was kept."""
        return Excerpt(tuple(self._kept), whole=len(self._kept) == self._seen, end=self._end)


def wanted(trace: JudgedTrace) -> frozenset[int]:
    """Return the places of the lines around everything that a trace breaks."""
    return frozenset(_around(each.number for each in trace.broken))


def _around(numbers: Iterable[int]) -> Iterator[int]:
    for number in numbers:
        yield from range(number - AROUND, number + AROUND + 1)
