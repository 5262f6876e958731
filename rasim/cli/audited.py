"""What stands at paths, opened and judged: each content once, in several processes where there are many.

This process opens files, one after the other, and sorts them by content; what each content means is found out by the others
meanwhile, of which so much waits for them at most as keeps them busy. What is merged is judged here: a policy is applied onto the one before.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from attrs import define, field

from rasim.analysis.audit import Audit, How, audit, judge_once
from rasim.analysis.many_files import Answered, Sorted, Stencil, digest_of
from rasim.cli.options.policy_files import opened, places
from rasim.cli.progress import counting_up
from rasim.directory.merging import Given, passes_over
from rasim.engines.processes import forks, processors

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_BEFORE: Final = 24 if forks() else 200
"""Contents that are judged here before it is worth while to begin processes, which elsewhere have to import everything anew."""

_AHEAD: Final = 8  # contents that wait for a process, for each
_LARGE: Final = 1 << 20  # bytes of a content that is not sent to another process


def audited(paths: tuple[str, ...], how: How, jobs: int | None = None) -> Audit:
    """Open and judge what stands at these paths; with several processes the answer is the same.

    Raises:
        UsageError: as `audit`.

    """
    met = list(places(paths))
    skips = _Skips()
    with counting_up("files", len(met)) as more:

        def given() -> Iterator[Given]:
            for place in met:
                yield opened(place, skips)
                more(1)

        if how.merges:
            return audit(given(), how)
        passed: list[tuple[str, str]] = []
        with _judging(how, jobs or processors()) as judged:
            files = Sorted(judged)
            for each in given():
                why = skips(each)
                if why is None:
                    files.add(each)
                else:
                    passed.append((each.path, why))
            return Audit(files.files(), how.address, tuple(passed), how.membership)


@define
class _Skips:
    """Which files are passed over, told once for each content; those whose names claim to be policy files never are."""

    _known: dict[str, str | None] = field(factory=dict)

    def __call__(self, given: Given) -> str | None:
        if given.unopened or not given.found or not isinstance(given.data, bytes) or given.claims:
            return passes_over(given)
        digest = digest_of(given.data)
        if digest not in self._known:
            self._known[digest] = passes_over(given)
        return self._known[digest]


@contextmanager
def _judging(how: How, jobs: int) -> Iterator[Callable[[Given, str], Answered]]:
    """Give what judges one content after another: at first here, then in other processes."""
    with ExitStack() as left:
        pool: ProcessPoolExecutor | None = None
        begun, ahead = 0, deque["Future[Stencil]"]()

        def judged(given: Given, stand_in: str) -> Answered:
            nonlocal pool, begun
            begun += 1
            if jobs == 1 or begun <= _BEFORE or not _light(given):
                stencil = judge_once(given, stand_in, how)
                return lambda: stencil
            if pool is None:
                from concurrent.futures import ProcessPoolExecutor  # which a browser's Python has not

                pool = ProcessPoolExecutor(jobs, initializer=_begin, initargs=(how,))
                left.callback(pool.shutdown, cancel_futures=True)
            while len(ahead) >= jobs * _AHEAD:
                ahead.popleft().result()
            ahead.append(pool.submit(_judge_there, given, stand_in))
            return ahead[-1].result

        yield judged


def _light(given: Given) -> bool:
    """Tell whether something can be sent to another process; the files of a group policy's folder together."""
    if isinstance(given.data, bytes):
        return len(given.data) < _LARGE
    if isinstance(given.data, Exception):
        return False
    return sum(len(data) for _, data in given.data.values() if isinstance(data, bytes)) < _LARGE


_how = How()  # of the process that judges for another


def _begin(how: How) -> None:
    """Begin to judge for another process, which alone hears of an interruption and ends this one."""
    global _how  # noqa: PLW0603  (what every order needs is sent once)
    _how = how
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _judge_there(given: Given, stand_in: str) -> Stencil:
    return judge_once(given, stand_in, _how)
