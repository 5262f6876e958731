"""Work in several processes: whether that is worth while, a `map` over them, and how far it is."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_start_method
from typing import Any, TypeVar

from rasim.engines.results import PartsDone, Watch

_T = TypeVar("_T")


def forks() -> bool:
    """Tell whether a process begins with what this one has: only then does it cost nothing to start one."""
    return get_start_method() == "fork"


def processors() -> int:
    """Return how many processors there are, one where nobody can tell."""
    return os.cpu_count() or 1


@contextmanager
def processes(jobs: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """Give a `map` over so many processes; what they have not begun is left when somebody interrupts."""
    if jobs == 1:
        yield map
        return
    pool = ProcessPoolExecutor(jobs)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def counting(
    what: str,
    many: int,
    progress: Watch | None,
    mapped: Callable[..., Iterator[_T]],
    work: Callable[[Any], _T],
    on: Iterable[Any],
) -> Iterator[_T]:
    """Map, and tell after each how many are done."""
    for done, each in enumerate(mapped(work, on), 1):
        yield each
        if progress is not None:
            progress(what, PartsDone(done, many))
