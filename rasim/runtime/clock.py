"""Simulated time for asyncio: an event loop whose clock stands still while anything can run, and then jumps.

Time is counted in whole microseconds. What can go on at one instant does so in a defined order: first ready, first run. With a
seed or a tape each turn is a choice among all that is ready: tasks, and timers that are due; what the loop does for itself (the
callbacks of futures and transports) keeps its order, which asyncio promises. When nothing can run and nothing is due, the tasks that
wait wait for ever: that is `Deadlock`, with their names.

    simulate(main(), seed=7)

It is an ordinary selector loop otherwise, and serves pytest-asyncio through its hook `pytest_asyncio_loop_factories`. What works on it,
what is refused and what is a choice stands in `docs/reference/simulated-time.md`.

Its turn (`_run_once`) is its own: the base class asks the selector at every turn and compares timers in Python, which is most of what a
session costs.
"""

import asyncio
import contextvars
import heapq
import math
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from concurrent.futures import Future as Work
from itertools import count
from typing import Any, NoReturn, TypeVar, TypeVarTuple, Unpack

from rasim.runtime.tape import Tape

_T = TypeVar("_T")
Ts = TypeVarTuple("Ts")
MICROSECOND = 1_000_000

# All in real time. On loopback the kernel hands bytes on before `send` returns, unless it is very busy; so this is rarely waited for
# without need, and only where a socket is open.
UNDER_WAY = 0.002  # how long the clock stands for bytes that may be under way
THREAD_PATIENCE = 1.0  # how long the oldest thread is waited for before another that is done goes first
TURNS = 64  # after so many turns without looking for signals it looks
MOST_CANCELLED = 100


class Deadlock(RuntimeError):  # noqa: N818  (the word the field has for it)
    """Nothing can run, nothing is due, and tasks still wait; the message names them."""


def task_of(handle: Any) -> "asyncio.Task[Any] | None":
    """Return the task that goes on by this handle; None if it is a timer or a callback."""
    owner = getattr(handle._callback, "__self__", None)  # as asyncio's own `format_helpers`
    return owner if isinstance(owner, asyncio.Task) else None


def _is_free(handle: asyncio.Handle) -> bool:
    """Tell whether this is a task that goes on or a timer that is due, and no callback of the loop's own."""
    return task_of(handle) is not None or isinstance(handle, asyncio.TimerHandle)


class _Watched(selectors.DefaultSelector):
    """A selector that knows whether anything is watched besides what the loop is woken by."""

    sockets = -1

    def register(self, *args: Any, **kwargs: Any) -> selectors.SelectorKey:
        key = super().register(*args, **kwargs)
        self.sockets += 1
        return key

    def unregister(self, *args: Any, **kwargs: Any) -> selectors.SelectorKey:
        key = super().unregister(*args, **kwargs)
        self.sockets -= 1
        return key


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop on simulated time; what goes on at one instant is chosen by `tape`, or drawn by `seed`; without, first ready first."""

    # What the base class has, and typeshed does not tell.
    _ready: deque[Any]
    _selector: _Watched
    _closed: bool
    _debug: bool
    _stopping: bool
    _timer_cancelled_count: int
    _default_executor: Executor | None
    _executor_shutdown_called: bool
    _check_closed: Callable[[], None]
    _check_default_executor: Callable[[], None]
    _process_events: Callable[[list[tuple[selectors.SelectorKey, int]]], None]
    _write_to_self: Callable[[], None]
    _read_from_self: Callable[[], None]

    def __init__(self, seed: int | None = None, *, tape: Tape | None = None) -> None:
        self.now = 0
        self.tape = Tape.drawn(seed) if tape is None and seed is not None else tape
        self._numbers = count()
        self._calm: list[asyncio.Future[None]] = []
        self._threads: list[tuple[Work[Any], asyncio.Future[Any]]] = []
        self._unwatched = 0
        self._free = 0  # so many that are ready, from the first, are known to be tasks or timers
        self._scheduled: list[
            tuple[int, int, asyncio.TimerHandle]
        ]  # when, the how manieth; so no two are compared further
        super().__init__(_Watched())

    def time(self) -> float:
        """Return the simulated time in seconds, a whole number of microseconds."""
        return self.now / MICROSECOND

    # ---- setting ----------------------------------------------------------------------------------------------------

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Let a callback run at this instant, after what is ready already."""
        if self._debug or self._closed:
            return super().call_soon(callback, *args, context=context)
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Schedule a callback after so many seconds."""
        return self.call_at(self.now / MICROSECOND + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Schedule a callback at a time, to the microsecond."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        if when != math.inf:  # else never
            self._set(round(when * MICROSECOND), timer)
        return timer

    def call_at_microsecond(
        self, due: int, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Schedule a callback at a microsecond of simulated time."""
        timer = asyncio.TimerHandle(due / MICROSECOND, callback, args, self, context)
        self._set(due, timer)
        return timer

    def _set(self, due: int, timer: Any) -> None:
        if self._closed:
            self._check_closed()
        heapq.heappush(self._scheduled, (due, next(self._numbers), timer))
        timer._scheduled = True  # as the base class keeps its count

    async def calm(self) -> None:
        """Wait until nothing more can happen at this instant, without time passing."""
        waiting: asyncio.Future[None] = self.create_future()
        self._calm.append(waiting)
        await waiting

    def to_do(self) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
        """Return what is ready, what is due when, who waits for calm, and which threads work."""
        timers = sorted(each for each in self._scheduled if not each[2].cancelled())
        return [*self._ready], [(due, timer) for due, _, timer in timers], self._calm, self._threads

    @property
    def listens(self) -> bool:
        """Return whether any socket is open."""
        return self._selector.sockets > 0

    # ---- turns ------------------------------------------------------------------------------------------------------

    def choose(self, ready: Sequence[asyncio.Handle], alternatives: int) -> int:  # noqa: ARG002  (a subclass looks at them)
        """Return which of the first so many that are ready goes on; a subclass may look at them."""
        if self.tape is None:
            return 0
        tape, self.tape = self.tape, None  # where it ends the run, what is left to clean up goes on without it
        which = tape.choose(alternatives)
        self.tape = tape
        return which

    def _run_once(self) -> None:
        """Run what is ready; where nothing is, let something come: from outside, from who waits for calm, or from the time that passes."""
        ready, timers, now = self._ready, self._scheduled, self.now
        self._unwatched += 1
        if not ready and not self._stopping:
            self._idle()
            now = self.now
        elif self._unwatched > TURNS or self._selector.sockets:
            self._look(0)
        while timers and timers[0][0] <= now:
            timer: Any = heapq.heappop(timers)[2]
            if timer._cancelled:
                self._timer_cancelled_count -= 1
            else:
                timer._scheduled = False
                ready.append(timer)
        if self.tape is not None:
            if ready:
                handle = self._chosen()
                if not handle._cancelled:
                    handle._run()
            return
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _chosen(self) -> asyncio.Handle:
        """Take out of what is ready what is chosen among tasks and timers, up to the first of the loop's own callbacks.

        asyncio promises that callbacks run in the order in which they were set, and its own parts rely on it: what became ready
        after a callback does not overtake it. The callback itself may overtake tasks: what it brings comes sooner then.
        """
        ready, first = self._ready, self._free
        while first < len(ready) and _is_free(ready[first]):
            first += 1
        alternatives = first + (first < len(ready))
        place = self.choose(ready, alternatives) if alternatives > 1 else 0
        self._free = first - (place < first)
        handle: asyncio.Handle = ready[place]
        del ready[place]
        return handle

    def _timer_handle_cancelled(self, handle: Any) -> None:
        """Take out a timer that is cancelled at the instant at which it is due: it is no alternative any more."""
        if handle._scheduled:
            self._timer_cancelled_count += 1
        elif self.tape is not None:
            kept = [each for each in self._ready if each is not handle]
            self._ready.clear()
            self._ready.extend(kept)
            self._free = 0

    def _idle(self) -> None:
        """Nothing is ready: look whether something comes from outside; then calm, then time."""
        sockets = self._selector.sockets
        if sockets or self._unwatched > TURNS or getattr(self, "_signal_handlers", None):
            self._look(UNDER_WAY if sockets else 0)
        if self._threads and not self._ready:
            self._wait_for_threads()
        if self._ready:
            return
        if self._calm:
            waiting = self._calm.pop(0)
            if not waiting.done():
                waiting.set_result(None)
            return
        self._forget_cancelled()
        if not self._scheduled:
            self._look(0)
            if not self._ready:
                self._stuck()
            return
        self.now = self._scheduled[0][0]

    def _look(self, seconds: float) -> None:
        """Take in what sockets and signals have, waiting for it so long in real time."""
        self._unwatched = 0
        self._process_events(self._selector.select(seconds))

    def _add_callback(self, handle: Any) -> None:
        """Let what a socket has for somebody be ready, once: it may be told of again before it is its turn.

        That the loop was woken is nobody's turn: when a thread or a signal does so depends on the machine.
        """
        if handle._callback == self._read_from_self:
            handle._run()
        elif handle not in self._ready:
            super()._add_callback(handle)  # type: ignore[misc]  # typeshed does not tell of it

    def _forget_cancelled(self) -> None:
        """Drop timers that were cancelled: those that are next, and all where they are many."""
        timers = self._scheduled
        if self._timer_cancelled_count > max(MOST_CANCELLED, len(timers) // 2):
            timers[:] = [each for each in timers if not each[2].cancelled()]
            heapq.heapify(timers)
            self._timer_cancelled_count = 0
        while timers and timers[0][2].cancelled():
            heapq.heappop(timers)
            self._timer_cancelled_count -= 1

    def _stuck(self) -> NoReturn:
        names = sorted(task.get_name() for task in asyncio.all_tasks(self))
        raise Deadlock(f"at {self.time():.6f} s nothing can run and nothing is due; waiting: {', '.join(names)}")

    # ---- outside ----------------------------------------------------------------------------------------------------

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], _T], *args: *Ts
    ) -> "asyncio.Future[_T]":
        """Let a thread work, for which simulated time stands still: what it gives is there when nothing else can run, first begun first."""
        self._check_closed()
        if executor is None:
            self._check_default_executor()
            if self._default_executor is None:
                self._default_executor = ThreadPoolExecutor(thread_name_prefix="asyncio")
            executor = self._default_executor
        work = executor.submit(func, *args)
        future: asyncio.Future[_T] = self.create_future()
        self._threads.append((work, future))
        work.add_done_callback(lambda _: self._write_to_self())
        return future

    def _wait_for_threads(self) -> None:
        """Wait in real time for the thread that was begun first, or for what one of them wants of the loop."""
        while self._threads and not self._ready:
            for place, (work, future) in enumerate(self._threads):
                if future.cancelled():
                    work.cancel()
                    del self._threads[place]
                    break
            else:
                work, future = self._threads[0]
                if not work.done():
                    events = self._selector.select(THREAD_PATIENCE)
                    self._process_events(events)
                    if events:
                        continue
                    late = [each for each in self._threads if each[0].done()]
                    if not late:
                        continue
                    work, future = late[0]
                self._threads.remove((work, future))
                if (error := work.exception()) is not None:
                    future.set_exception(error)
                else:
                    future.set_result(work.result())

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  (as the base class)
        """Wait in real time until no thread works any more."""
        self._executor_shutdown_called = True
        if self._default_executor is not None:
            self._default_executor.shutdown(wait=True)

    async def subprocess_exec(self, *_args: Any, **_kwargs: Any) -> Any:
        """Refuse: another process lives in real time."""
        raise NotImplementedError(
            "no subprocess in simulated time: wait for it in a thread, as in asyncio.to_thread(subprocess.run, …): the clock stands still"
        )

    subprocess_shell = subprocess_exec


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
