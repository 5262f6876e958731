"""A moment of a run as a value: all that what is to come depends on, so that two equal ones have equal futures.

The picture is taken by structure. What begins are the objects that the caller names, and what the loop has to do: what is ready, in
its order, what is due when, who waits for calm. From there everything that can be reached belongs to it: attributes, containers,
futures with what they hold and whom they wake, tasks with the frames of their coroutines (where each stands, and its locals), what a callback is
bound to or closes over. Which object is the same as which is kept: each has the number at which it was met first, and where it is met
again the number alone.

So nothing is forgotten because nobody thought of it; what is left out is left out by name:

- what is only written, and never read by what goes on (`left_out`): the trace, which the judge has folded into what it remembers; the records;
- what is the same in every run of one program (`same`): the rules, the scenario;
- modules, classes and the globals of functions: nothing in rasim changes those.

It fails closed. What cannot be pictured makes the whole moment None: an object or a frame of anybody else's code (its globals may matter),
a file. A loop over things that are alike (`for _ in range(3): await …`) keeps its place where no picture shows it; in
rasim and in asyncio's queues there is none that waits.
"""

import asyncio
import enum
import types
from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from random import Random
from typing import Any, Final

import attrs

from rasim.runtime.clock import SimulatedLoop

_PLAIN: Final = frozenset({str, int, bytes, type(None)})
_OWN: Final = ("rasim", "asyncio")
_SAID: Final = "said before"


class _NoPicture(Exception):  # noqa: N818  (it ends the picture, and is no error)
    """Something that cannot be pictured was met."""


class Moments:
    """Takes pictures of moments. `left_out` are attributes by class, `same` the classes of what is the same in every run."""

    def __init__(self, left_out: Mapping[type, AbstractSet[str]], same: Iterable[type]) -> None:
        self._left_out, self._same = left_out, tuple(same)

    def picture(self, loop: SimulatedLoop, *roots: object) -> Hashable | None:
        """Return the moment as a value; None if it cannot be told."""
        if loop.listens:  # what is under way in the kernel cannot be told
            return None
        met = _Met(self._left_out, self._same)
        try:
            return (loop.now, met.all(roots), *map(met.of, loop.to_do()))
        except _NoPicture:
            return None


class _Met:
    """One picture on its way: what was met so far, and at which number."""

    def __init__(self, left_out: Mapping[type, AbstractSet[str]], same: tuple[type, ...]) -> None:
        self._left_out, self._same = left_out, same
        self._numbers: dict[int, int] = {}
        self._kept: list[object] = []  # an object that is gone would leave its identity to another

    def all(self, those: Iterable[object]) -> tuple[Hashable, ...]:
        return tuple(map(self.of, those))

    def of(self, one: Any) -> Any:
        kind = type(one)
        if kind in _PLAIN:
            return one
        if isinstance(one, bool | float | enum.Enum):
            return kind, one
        if isinstance(one, self._same):
            return kind.__qualname__
        if isinstance(one, tuple):
            return kind, self.all(one)
        if isinstance(one, type | types.ModuleType | SimulatedLoop):
            return kind.__name__
        if _is_value(kind):
            try:
                hash(one)
            except TypeError:
                pass
            else:
                return one
        if id(one) in self._numbers:
            return _SAID, self._numbers[id(one)]
        self._numbers[id(one)] = len(self._kept)
        self._kept.append(one)
        return kind, self._inside(one, kind)

    def _inside(self, one: Any, kind: type) -> Any:  # noqa: C901, PLR0911, PLR0912  (one case a kind of thing)
        match one:
            case list() | deque():
                return self.all(one)
            case dict():
                return tuple((self.of(key), self.of(value)) for key, value in one.items())
            case set() | frozenset():
                if not all(type(each) in _PLAIN or isinstance(each, tuple) or _is_value(type(each)) for each in one):
                    raise _NoPicture  # in which order would they be met?
                return frozenset(map(self.of, one))
            case asyncio.Task():
                waits: Any = getattr(one, "_fut_waiter", None)
                return self._future(one), one.cancelling(), self.of(one.get_coro()), self.of(waits)
            case asyncio.Future():
                return self._future(one)
            case types.CoroutineType():
                return self._frame(one.cr_frame), self.of(one.cr_await)
            case types.GeneratorType():
                return self._frame(one.gi_frame), self.of(one.gi_yieldfrom)
            case types.FunctionType():
                cells = [cell.cell_contents for cell in one.__closure__ or ()]
                return self._own(one.__module__), one.__qualname__, self.all(cells), self.of(one.__defaults__)
            case types.MethodType():
                return one.__func__.__qualname__, self.of(one.__self__)
            case types.BuiltinMethodType() | types.MethodWrapperType():
                return one.__qualname__, self.of(one.__self__)
            case partial():
                return self.of(one.func), self.all(one.args), self.of(one.keywords)
            case asyncio.Handle():
                return self._handle(one)
            case BaseException():
                return self.all(one.args)
            case Random():
                return one.getstate()
            case types.CellType() | types.AsyncGeneratorType():
                raise _NoPicture
            case _:
                return self._attributes(one, kind)

    def _attributes(self, one: Any, kind: type) -> Any:
        if kind.__name__ in ("FutureIter", "TaskStepMethWrapper"):  # asyncio's own, in C
            return self.of(getattr(one, "__self__", None))  # the task that goes on; what is waited for its task tells
        self._own(kind.__module__)
        left_out = {name for each in kind.__mro__ for name in self._left_out.get(each, ())}
        names = [*getattr(one, "__dict__", ()), *_slots(kind)]
        return tuple((name, self.of(getattr(one, name, None))) for name in names if name not in left_out)

    def _handle(self, one: Any) -> Hashable:
        return one.cancelled(), self.of(one._callback), self.all(one._args or ())

    def _future(self, one: Any) -> Hashable:
        wakes = tuple(self.of(callback) for callback, _ in one._callbacks or ())
        if not one.done():
            return "waits", wakes
        if one.cancelled():
            return "cancelled", wakes
        return "done", wakes, self.of(one.exception() or one.result())

    def _frame(self, frame: types.FrameType | None) -> Hashable:
        if frame is None:
            return None
        self._own(frame.f_globals["__name__"])
        there = tuple((name, self.of(value)) for name, value in frame.f_locals.items())
        return frame.f_code.co_qualname, frame.f_lasti, there

    @staticmethod
    def _own(module: str | None) -> None:
        if (module or "").partition(".")[0] not in _OWN and module != "_asyncio":
            raise _NoPicture


def _is_value(kind: type) -> bool:
    """Tell whether things of this kind are compared by what they say, and say always the same."""
    return (
        attrs.has(kind)
        and getattr(kind, "__hash__", None) is not None
        and kind.__setattr__ is not object.__setattr__
        and kind.__eq__ is not object.__eq__
    )


def _slots(kind: type) -> list[str]:
    return [
        name
        for each in kind.__mro__
        for name in getattr(each, "__slots__", ())
        if isinstance(name, str) and not name.startswith("__weakref")
    ]
