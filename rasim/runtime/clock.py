"""Simulated time for asyncio: an event loop whose clock stands still while anything can run, and then jumps.

Time is counted in whole microseconds. What is due at one instant runs in a defined order: first set, first run; with a
seed, in an order drawn from the seed, so that every order of a tie can be played and repeated. When nothing can run and
nothing is due, the tasks that wait wait for ever: that is `Deadlock`, with their names.

    simulate(main(), seed=7)

It is an ordinary selector loop otherwise, and serves pytest-asyncio through its hook `pytest_asyncio_loop_factories`.
"""

import asyncio
import contextvars
import heapq
import random
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from itertools import count
from typing import Any, TypeVar, TypeVarTuple, Unpack

_T = TypeVar("_T")
Ts = TypeVarTuple("Ts")
MICROSECOND = 1_000_000


class Deadlock(RuntimeError):  # noqa: N818  (the word the field has for it)
    """Nothing can run, nothing is due, and tasks still wait; the message names them."""


class _Timer(asyncio.TimerHandle):
    """A timer that knows its rank among those due at the same microsecond."""

    __slots__ = ("due", "rank")

    def __init__(
        self,
        due: int,
        rank: float,
        callback: Callable[..., Any],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: contextvars.Context | None,
    ) -> None:
        super().__init__(due / MICROSECOND, callback, args, loop, context)
        self.due, self.rank = due, rank

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _Timer):
            return NotImplemented
        return (self.due, self.rank) < (other.due, other.rank)


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
    """An event loop on simulated time; `seed` draws the order of what is due at one instant, None keeps first set first."""

    def __init__(self, seed: int | None = None) -> None:
        self.now = 0
        numbers = count()
        chance = random.Random(seed)  # noqa: S311  (an order of events is no secret)
        self._rank: Callable[[], float] = (lambda: next(numbers)) if seed is None else chance.random
        self._calm: list[asyncio.Future[None]] = []
        self._scheduled: list[_Timer]
        patience = _Patience()
        super().__init__(patience)
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
        timer = _Timer(max(due, self.now), self._rank(), callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]  # noqa: SLF001  (as the base class keeps its count)
        return timer

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


def simulate(main: Coroutine[Any, Any, _T], *, seed: int | None = None) -> _T:
    """Run a coroutine to its end on simulated time; raises what it raises, or Deadlock."""
    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(seed)) as runner:
        return runner.run(main)


def simulated_loop() -> SimulatedLoop:
    """Return the running loop, which must be a simulated one; RuntimeError if it is not."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, SimulatedLoop):
        raise TypeError("this needs simulated time: run it with rasim.runtime.simulate")
    return loop
