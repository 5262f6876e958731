"""The lines of a trace that an answer shows, for a trace may be longer than memory: all of a short one, else those around what broke.

A `Keeper` sees every line once and keeps few. It knows by then whose the offers and connections are that a later line names, so
that of a line far down in a trace it can still be told who said it to whom.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from attrs import frozen

from rasim.document.blocks import Table, badge, code
from rasim.document.diagrams import Message, Teller
from rasim.protocol.lines import Line, Recorded

WHOLE: Final = 120  # lines up to which a trace is shown whole
AROUND: Final = 6  # lines before and after one that broke something
_NAMED: Final = 12  # entries of a list that are named in a cell
LINES_LEFT_OUT: Final = Message("computer", "computer", "here lines of the trace are left out")


@frozen
class _Kept:
    """A line with its place among the lines and in the file, and what of it went from whom to whom."""

    at: int
    number: int
    recorded: Recorded
    message: Message | None


@frozen
class Excerpt:
    """Lines of a trace in their order, and how many there were; `whole` if they are all of it."""

    lines: tuple[_Kept, ...]
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
            if not self.whole and each.at > last + 1:
                yield LINES_LEFT_OUT
            last = each.at
            if each.message is not None:
                yield each.message
        if not self.whole and last < self.end:
            yield LINES_LEFT_OUT


class Keeper:
    """Sees the lines of a trace, each once, and keeps those of a short one, and those around every line that matters."""

    def __init__(self) -> None:
        self._teller = Teller()
        self._first: list[_Kept] = []
        self._around: dict[int, _Kept] = {}
        self._last: deque[_Kept] = deque(maxlen=AROUND + 1)
        self._after = 0  # lines that are still to be kept after one that matters
        self._seen = 0

    def take(self, number: int, recorded: Recorded, *, matters: bool = False) -> None:
        """See the next line; it matters if it may turn out to have broken something."""
        self._seen += 1
        kept = _Kept(self._seen, number, recorded, self._teller.tell(recorded.line))
        if self._seen <= WHOLE:
            self._first.append(kept)
        self._last.append(kept)
        if matters:
            self._around.update((each.at, each) for each in self._last)
            self._after = AROUND
        elif self._after:
            self._around[kept.at] = kept
            self._after -= 1

    def excerpt(self, broken: Collection[int] = ()) -> Excerpt:
        """Return a short trace whole, else the lines around those places in the file that broke something."""
        if self._seen <= WHOLE:
            return Excerpt(tuple(self._first), whole=True, end=self._seen)
        kept = self._around | {each.at: each for each in self._last}  # the end too can break something
        marked = [at for at, each in kept.items() if each.number in broken]
        near = sorted(at for at in kept if any(abs(at - other) <= AROUND for other in marked))
        return Excerpt(tuple(kept[at] for at in near), whole=False, end=self._seen)


def lines_table(
    caption: str, trace: Iterable[Recorded], marked: Collection[int] = (), why: str = "", *, numbered: bool = True
) -> Table:
    """Return lines of a trace; those whose `seq` is marked have a badge that says why. Not `numbered`, their `seq` is in no file."""
    rows = (
        (
            str(each.seq),
            "" if each.at is None else f"{each.at / 1_000_000:g}",
            (code(each.line.event), " ", badge(why, "bad")) if each.seq in marked else code(each.line.event),
            fields(each.line),
        )
        for each in trace
    )
    head = ("seq", "seconds", "event", "what it says")
    return Table(caption, head, rows) if numbered else Table(caption, head[2:], (row[2:] for row in rows))


def fields(line: Line) -> str:
    """Return what a line says beside its event, in words."""
    said = line.as_json()
    return ", ".join(f"{name}: {_value(value)}" for name, value in said.items() if name != "event")


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_value(each)}" for name, each in value.items()) or "nobody"
    if not isinstance(value, list):
        return str(value)
    more = f" and {len(value) - _NAMED} more" if len(value) > _NAMED else ""
    return f"{' + '.join(map(str, value[:_NAMED])) or 'nobody'}{more}"
