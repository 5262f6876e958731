"""Work in several processes: whether that is worth while, a `map` over them, and how far it is."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import active_children, get_start_method
from typing import TYPE_CHECKING, Any, TypeVar

from rasim.engines.results import PartsDone, Watch

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_T = TypeVar("_T")


def forks() -> bool:
    """Tell whether a process begins with what this one has: only then does it cost nothing to start one."""
    return get_start_method() == "fork"


def processors() -> int:
    """Return how many processors there are, one where nobody can tell."""
    return os.cpu_count() or 1


@contextmanager
def pool_of(jobs: int) -> Iterator["ProcessPoolExecutor"]:
    """Give so many processes, for what is done `at_work`; whoever interrupts, or wants no more, ends them at once.

    No work that was given to them is to be cancelled: where they end meanwhile the library has an error to tell of it.
    """
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  (a browser's Python has no processes)

    others = set(active_children())
    with ProcessPoolExecutor(jobs, initializer=_hears) as pool:
        try:
            with _waiting_for_interrupts():
                pool.submit(int)  # with the first work all processes are forked
            yield pool
        except BaseException:
            for each in set(active_children()) - others:
                if os.name == "posix" and each.pid is not None:
                    os.kill(each.pid, signal.SIGINT)  # a terminal has told them too, a program has not
                else:
                    each.terminate()
            raise


@contextmanager
def _waiting_for_interrupts() -> Iterator[None]:
    """Let an interruption come afterwards: one that comes while a process is forked is lost, or told by that process too."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_working = _over = False  # of the process that works for another


def _hears() -> None:
    """Let an interruption end this process, of which the one that it works for tells; but not while the two talk, or that one waits for ever."""

    def heard(*_: object) -> None:
        global _over  # noqa: PLW0603  (a signal knows no other place)
        _over = True
        if _working:
            os._exit(1)

    signal.signal(signal.SIGINT, heard)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def at_work(work: Callable[..., _T], *given: Any) -> _T:
    """Do work for another process, until it is interrupted."""
    global _working  # noqa: PLW0603  (as above)
    _working = True
    try:
        if _over:
            os._exit(1)
        return work(*given)
    finally:
        _working = False


def processes(jobs: int) -> Callable[..., Iterator[Any]]:
    """Return a `map` over so many processes, which begin with it and end when it is over; here if it is one."""
    return map if jobs == 1 else partial(_mapped, jobs)


def _mapped(jobs: int, work: Callable[[Any], _T], on: Iterable[Any], chunksize: int = 1) -> Iterator[_T]:
    each = iter(on)
    with pool_of(jobs) as pool:
        parts = iter(lambda: list(islice(each, chunksize)), [])
        given = deque(pool.submit(at_work, _all_of, work, part) for part in parts)
        while given:
            yield from given.popleft().result()


def _all_of(work: Callable[[Any], _T], part: list[Any]) -> list[_T]:
    return [work(each) for each in part]


def counting(
    what: str,
    many: int,
    progress: Watch | None,
    mapped: Callable[..., Iterator[_T]],
    work: Callable[[Any], _T],
    on: Iterable[Any],
) -> Iterator[_T]:
    """Map, and tell before and after each how many are done."""
    if progress is not None:
        progress(what, PartsDone(0, many))
    for done, each in enumerate(mapped(work, on), 1):
        yield each
        if progress is not None:
            progress(what, PartsDone(done, many))
