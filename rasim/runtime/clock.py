"""Simulated time for asyncio: an event loop whose clock stands still while anything can run, and then jumps.

Time is counted in whole microseconds. What can go on at one instant does so in a defined order: first ready, first run. With a
seed or a tape each turn is a choice among all that is ready: tasks, and timers that are due; what the loop does for itself (the
callbacks of futures and transports) keeps its order, which asyncio promises. When nothing can run and nothing is due, the tasks that
wait wait for ever: that is `Deadlock`, with their names.

    simulate(main(), seed=7)

It is an ordinary selector loop otherwise, and serves pytest-asyncio through its hook `pytest_asyncio_loop_factories`.
"""

import asyncio
import contextvars
import heapq
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from itertools import count
from typing import Any, TypeVar, TypeVarTuple, Unpack

from rasim.runtime.tape import Tape

_T = TypeVar("_T")
Ts = TypeVarTuple("Ts")
MICROSECOND = 1_000_000


class Deadlock(RuntimeError):  # noqa: N818  (the word the field has for it)
    """Nothing can run, nothing is due, and tasks still wait; the message names them."""


class _Timer(asyncio.TimerHandle):
    """A timer that knows its microsecond, and its number among those that are due then."""

    __slots__ = ("due", "number")

    def __init__(
        self,
        due: int,
        number: int,
        callback: Callable[..., Any],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: contextvars.Context | None,
    ) -> None:
        super().__init__(due / MICROSECOND, callback, args, loop, context)
        self.due, self.number = due, number

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _Timer):
            return NotImplemented
        return (self.due, self.number) < (other.due, other.number)


class _Ready(deque[asyncio.Handle]):
    """What is ready to run, from which the next is chosen; `BaseEventLoop` takes it from the left."""

    def __init__(self, choose: Callable[[Sequence[asyncio.Handle]], int]) -> None:
        super().__init__()
        self._choose = choose

    def popleft(self) -> asyncio.Handle:
        """Take out the one that is chosen: of tasks and timers any, of the loop's own callbacks the first."""
        if len(self) == 1:
            return super().popleft()
        places: list[int] = []
        owned = False
        for place, handle in enumerate(self):
            if handle.cancelled():
                continue
            if not isinstance(handle, asyncio.TimerHandle) and task_of(handle) is None:
                if owned:
                    continue
                owned = True
            places.append(place)
        if not places:
            return super().popleft()
        place = places[self._choose([self[each] for each in places]) if len(places) > 1 else 0]
        chosen = self[place]
        del self[place]
        return chosen


def task_of(handle: asyncio.Handle) -> "asyncio.Task[Any] | None":
    """Return the task that goes on by this handle; None if it is a timer or a callback."""
    owner = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]  # noqa: SLF001  (as asyncio's own `format_helpers`)
    return owner if isinstance(owner, asyncio.Task) else None


class _Patience(selectors.DefaultSelector):
    """A selector that asks the loop what to do instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.nothing_ready: Callable[[bool], None] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if not ready and timeout != 0 and self.nothing_ready is not None:
            self.nothing_ready(timeout is None)
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop on simulated time; what goes on at one instant is chosen by `tape`, or drawn by `seed`; without, first ready first."""

    def __init__(self, seed: int | None = None, *, tape: Tape | None = None) -> None:
        self.now = 0
        self.tape = Tape.drawn(seed) if tape is None and seed is not None else tape
        self._numbers = count()
        self._calm: list[asyncio.Future[None]] = []
        self._scheduled: list[_Timer]
        patience = _Patience()
        super().__init__(patience)
        if self.tape is not None:
            self._ready = _Ready(self.choose)
        self._clock_resolution = 0.1 / MICROSECOND  # what is due now is due, what is due a microsecond later is not
        patience.nothing_ready = self._nothing_ready

    def time(self) -> float:
        """Return the simulated time in seconds, a whole number of microseconds."""
        return self.now / MICROSECOND

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Schedule a callback at a time, to the microsecond."""
        return self.call_at_microsecond(round(when * MICROSECOND), callback, *args, context=context)

    def call_at_microsecond(
        self, due: int, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Schedule a callback at a microsecond of simulated time."""
        timer = _Timer(max(due, self.now), next(self._numbers), callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]  # noqa: SLF001  (as the base class keeps its count)
        return timer

    def choose(self, ready: Sequence[asyncio.Handle]) -> int:
        """Return which of what is ready goes on; a subclass may look at them."""
        if self.tape is None:
            return 0
        tape, self.tape = self.tape, None  # where it ends the run, what is left to clean up goes on without it
        which = tape.choose(len(ready))
        self.tape = tape
        return which

    async def calm(self) -> None:
        """Wait until nothing more can happen at this instant, without time passing."""
        waiting: asyncio.Future[None] = self.create_future()
        self._calm.append(waiting)
        await waiting

    def _nothing_ready(self, nothing_due: bool) -> None:
        if self._calm:
            waiting = self._calm.pop(0)
            if not waiting.done():
                waiting.set_result(None)
            return
        if nothing_due:
            names = sorted(task.get_name() for task in asyncio.all_tasks(self))
            raise Deadlock(f"at {self.time():.6f} s nothing can run and nothing is due; waiting: {', '.join(names)}")
        self.now = max(self.now, self._scheduled[0].due)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], _T], *args: *Ts
    ) -> "asyncio.Future[_T]":
        """Refuse: a thread's work takes real time, and simulated time would not wait for it."""
        raise NotImplementedError("no threads in simulated time")

    async def subprocess_exec(self, *_args: Any, **_kwargs: Any) -> Any:
        """Refuse: another process lives in real time."""
        raise NotImplementedError("no subprocess in simulated time")

    subprocess_shell = subprocess_exec

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  (as the base class)
        """There is none."""


def simulate(main: Coroutine[Any, Any, _T], *, seed: int | None = None, tape: Tape | None = None) -> _T:
    """Run a coroutine to its end on simulated time, its choices by a tape or a seed; raises what it raises, or Deadlock."""
    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(seed, tape=tape)) as runner:
        return runner.run(main)


def simulated_loop() -> SimulatedLoop:
    """Return the running loop, which must be a simulated one; RuntimeError if it is not."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, SimulatedLoop):
        raise TypeError("this needs simulated time: run it with rasim.runtime.simulate")
    return loop
