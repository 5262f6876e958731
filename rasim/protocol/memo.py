"""Answers remembered by what they rest on.

Most of what is so does not matter to an answer. While one is worked out, it is noted which places of a row of values are read for it;
wherever the same values stand at these places, the answer is the same. Nothing of this is declared, so nothing can be forgotten.
What has to be so for it: an answer follows from the row alone, and reads it by place, by name or as a whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

_Row = TypeVar("_Row", bound=tuple[Any, ...])
_Answer = TypeVar("_Answer")
Changes = Sequence[tuple[int, Any]]  # new values by their places


class Noting(tuple[Any, ...]):  # noqa: SLOT001  (what is read has to be noted somewhere)
    """A row of values that notes which of its places are read before anything new is put there."""

    read: dict[int, None]
    new: frozenset[int]

    @classmethod
    def of(cls, values: Iterable[Any], read: dict[int, None], new: frozenset[int] = frozenset()) -> "Noting":
        """Return a row that notes in `read` what is read; what stands at the places `new` was put there."""
        made = tuple.__new__(cls, values)
        made.read, made.new = read, new
        return made

    def __getitem__(self, at: Any) -> Any:
        if at not in self.new:
            self.read[at] = None
        return tuple.__getitem__(self, at)

    def __add__(self, more: Any) -> Any:
        places = range(len(self), len(self) + len(more))
        return self.of([*tuple.__iter__(self), *more], self.read, self.new.union(places))

    # Whoever takes the whole of it reads every place.

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))

    def __contains__(self, value: object) -> bool:
        return value in tuple(self)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == other

    def __ne__(self, other: object) -> bool:
        return tuple(self) != other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def put(row: _Row, changes: Changes) -> _Row:
    """Return a row with new values at some places; one that notes what is read goes on noting."""
    values = list(row) if type(row) is tuple else list(tuple.__iter__(row))
    for at, value in changes:
        values[at] = value
    if isinstance(row, Noting):
        return cast("_Row", row.of(values, row.read, row.new.union([at for at, _ in changes])))
    return cast("_Row", tuple(values))


def changes_of(row: tuple[Any, ...]) -> Changes:
    """Return what was put into a row that notes what is read; of any other, everything."""
    values = list(tuple.__iter__(row))
    return [(at, values[at]) for at in (sorted(row.new) if isinstance(row, Noting) else range(len(values)))]


class Remembered(Generic[_Answer]):
    """A question about a row of values: worked out once for all rows that agree in what the answer rests on.

    What was answered is kept as a tree: at each fork stands the place that is read next, and where each value there leads.
    """

    def __init__(self, kind: type[Noting], ask: Callable[[Any], _Answer]) -> None:
        self._kind, self._ask = kind, ask
        self._known: Any = None

    def __call__(self, row: Sequence[Any]) -> _Answer:
        """Return the answer."""
        while True:
            at = self._known
            while type(at) is _Fork:
                at = at.ways.get(row[at.place])
            if at is not None:
                return cast("_Answer", at[0])
            self._work_out(row)

    def _work_out(self, row: Sequence[Any]) -> None:
        row = tuple(tuple.__iter__(row)) if isinstance(row, Noting) else row  # nothing is read for whoever asks yet
        read: dict[int, None] = {}
        leaf = (self._ask(self._kind.of(row, read)),)
        if not read:
            self._known = leaf
            return
        places = list(read)
        if self._known is None:
            self._known = _Fork(places[0])
        fork = self._known
        for place in places[1:]:
            value = row[fork.place]
            following = fork.ways.get(value)
            if following is None:
                following = fork.ways[value] = _Fork(place)
            fork = following
        fork.ways[row[fork.place]] = leaf


class _Fork:
    __slots__ = ("place", "ways")

    def __init__(self, place: int) -> None:
        self.place = place
        self.ways: dict[Any, Any] = {}
