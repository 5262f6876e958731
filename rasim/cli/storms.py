"""`rasim run --faults`: a storm for each seed over each scenario; the first that fails is shrunk, saved, and repeated by one line."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from rasim.cli.progress import told_each
from rasim.cli.saved_failures import save_shrunk
from rasim.errors import InputError
from rasim.words import plural

if TYPE_CHECKING:
    from rasim.engines.results import Watch
    from rasim.scenario.play import Played
    from rasim.scenario.storms import Stormy

    Answer = Played | tuple["Stormy", Played] | None

SHARE: Final = 20  # seeds that a process takes at once
_Share = tuple[Path, range, bool]


@frozen
class Weathered:
    """How a scenario came through its storms: as it is told, how many there were, and how many faults they had."""

    played: "Played"
    storms: int = 0
    faults: int = 0

    @property
    def told(self) -> str:
        """Return how many storms and faults, for people."""
        return f"{plural(self.storms, 'storm')}, {plural(self.faults, 'fault')}"


def weathered(
    files: Iterable[Path], named: set[Path], seeds: range, jobs: int, save: str, watch: "Watch | None" = None
) -> Iterator[Weathered]:
    """Play storms over each of the files, until one of a file fails; yield how each went, nothing for one that is no scenario."""
    files = list(files)
    shares = [
        (file, range(start, min(start + SHARE, seeds.stop)), file in named)
        for file in files
        for start in range(seeds.start, seeds.stop, SHARE)
    ]
    answers = _answers(shares, jobs)
    done = told_each(watch, "storms", len(files) * len(seeds))
    for file in files:
        sofar: Weathered | None = None
        for _, those, _ in (share for share in shares if share[0] == file):
            answer = next(answers)
            done(len(those))
            if answer is None or (sofar is not None and sofar.played.verdict != "passed"):
                continue
            sofar = _with(sofar, answer, save)
        if sofar is not None:
            yield sofar


def _with(sofar: Weathered | None, answer: "Answer", save: str) -> Weathered:
    """Return how a scenario came through, with what another share of its storms did; what failed is saved."""
    storms, faults = (0, 0) if sofar is None else (sofar.storms, sofar.faults)
    if not isinstance(answer, tuple):
        assert answer is not None  # noqa: S101  (who calls has seen to it)
        return Weathered(answer, storms, faults)
    stormy, calm = answer
    played = calm if stormy.failed is None else stormy.failed
    if played.verdict == "failed":
        played = save_shrunk(played, stormy.tape, save)
    return Weathered(played, storms + stormy.storms, faults + stormy.faults)


def _answers(shares: list[_Share], jobs: int) -> "Iterator[Answer]":
    """Play all shares, in several processes if asked to; the answers come in their order, nothing for a file of which one has failed."""
    failed: set[Path] = set()
    if min(jobs, len(shares)) <= 1:
        for share in shares:
            yield _noted(None if share[0] in failed else _share(share), share[0], failed)
        return
    from concurrent.futures import Future

    from rasim.engines.processes import at_work, pool_of

    ahead: deque[tuple[Path, Future[Answer] | None]] = deque()
    left = iter(shares)
    with pool_of(min(jobs, len(shares))) as pool:
        for _ in shares:
            for share in islice(left, 2 * jobs - len(ahead)):
                ahead.append((share[0], None if share[0] in failed else pool.submit(at_work, _share, share)))
            file, played = ahead.popleft()
            wanted = None if file in failed else played
            yield _noted(None if wanted is None else wanted.result(), file, failed)


def _noted(answer: "Answer", file: Path, failed: set[Path]) -> "Answer":
    if answer is not None and (not isinstance(answer, tuple) or answer[0].failed is not None):
        failed.add(file)
    return answer


def _share(share: _Share) -> "Answer":
    """Play some storms over one file; a file that cannot be read is an error, one that is no scenario is nothing."""
    from rasim.scenario.load import load, load_found
    from rasim.scenario.play import Played
    from rasim.scenario.storms import storms_over

    path, seeds, named = share
    try:
        scenario = load(path) if named else load_found(path)
    except InputError as error:
        return Played.unread(path, error, seeds.start)
    if scenario is None:
        return None
    stormy = storms_over(scenario, seeds)
    calm = Played(
        scenario.name, scenario.file, "passed", seeds.start, 1, scenario=scenario, unfollowed=stormy.unfollowed
    )
    return stormy, calm
