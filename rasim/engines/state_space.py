"""All reachable states of a tabulated model, level by level, within a budget: `reach(tables)`.

What comes back never says more than was done: a search that stops early is not complete, and says why and what it covers. The
promises are not asked here. Each is about what goes on in one session (or is asked in a model that is there for it), and every
state found here is, seen from each of its sessions, a state in which the readable engine asked them all.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic
from typing import Final

from rasim.engines import arrays as plain
from rasim.engines.arrays import DEEPEST, UNSEEN, Arrays, arrays_of
from rasim.engines.results import Budget, Engine, Reached
from rasim.engines.tables import Tables
from rasim.engines.vectors import np
from rasim.inputs import lacks
from rasim.verify.states.explore import Sofar

ROOTS: Final = 4  # states tried as one that every way can end in
TOGETHER: Final = 64  # pieces between two looks at the clock


def explore_numbers(
    tables: Tables,
    engine: Engine = "numpy",
    *,
    budget: Budget | None = None,
    traps: bool = False,
    threads: int = 1,
    progress: Callable[[Sofar], None] | None = None,
) -> Reached:
    """Reach every state of a model that can be reached, or as many as the budget allows.

    KeyboardInterrupt ends it like a budget. Raises UsageError if the engine is not installed.
    """
    budget, begun = budget or Budget(), monotonic()
    expand, returns = loops_of(engine)
    arrays = arrays_of(tables)
    needs = tables.places * (2 if traps else 1)
    if budget.memory is not None and needs > budget.memory:
        why = f"it needs {needs:,} bytes, one for each state there can be{', twice for the way back' if traps else ''}"
        return Reached(
            tables.model, engine, False, why, 0, 0, 0, (), 0.0, tables.places, None, None, np.zeros(0, np.uint8)
        )
    search = _Search(arrays, expand, tables, begun, budget, progress)
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(threads)) if threads > 1 else None
        mapped = map if pool is None else pool.map
        why = search.run(mapped)
        trapped = root = None
        if traps and not why:
            try:
                trapped, root = search.trapped(returns, mapped)
            except KeyboardInterrupt:
                why = "interrupted"
    seen = search.states if not why else int(np.count_nonzero(search.depths != UNSEEN))
    return Reached(
        tables.model, engine, not why, why, search.states, seen, search.transitions, tuple(search.levels),
        monotonic() - begun, tables.places, trapped, root, search.depths,
    )  # fmt: skip


def loops_of(name: Engine) -> tuple[Callable[..., tuple[int, int]], Callable[..., int]]:
    """Return what takes a piece one step further, and what goes back. UsageError if the engine is not installed."""
    if name == "numpy":
        return plain.expand, plain.returns
    try:
        from rasim.engines import compiled  # noqa: PLC0415  (an extra)
    except ImportError:
        raise lacks("jit", "this engine needs numba") from None
    return compiled.expand, compiled.returns


class _Search:
    """A search at work: one byte for each place, and what was counted so far."""

    def __init__(
        self,
        arrays: Arrays,
        expand: Callable[..., tuple[int, int]],
        tables: Tables,
        begun: float,
        budget: Budget,
        progress: Callable[[Sofar], None] | None,
    ) -> None:
        self.arrays, self.expand, self.begun, self.budget, self.progress = arrays, expand, begun, budget, progress
        self.depths = np.full(tables.places, UNSEEN, np.uint8)
        self.first = tables.place([tables.begins] * tables.sessions)
        self.depths[self.first] = 0
        # Nothing may lead back to the very first state (that nothing is configured); the one after it is as good a place to begin with.
        self.beyond = (
            tables.place([int(tables.moves[0][tables.begins])] * tables.sessions) if tables.outer else self.first
        )
        self.active = np.zeros(len(arrays.world), np.uint8)
        world = tables.world_of(tables.begins)
        self.active[int(arrays.piece[world]) + ((self.first - int(arrays.base[world])) >> plain.SHIFT)] = 1
        self.states, self.transitions = 0, 0
        self.levels: list[int] = []

    def run(self, mapped: Callable[..., Iterator[tuple[int, int]]]) -> str:
        """Search to the end; return why not, if not."""
        try:
            while self.active.any():
                if len(self.levels) > DEEPEST:
                    return f"deeper than {DEEPEST}"
                pieces = np.flatnonzero(self.active)
                self.active[:] = 0
                self.levels.append(0)
                why = self._level(pieces.tolist(), mapped)
                if why:
                    return why
        except KeyboardInterrupt:
            return "interrupted"
        return ""

    def _level(self, pieces: Sequence[int], mapped: Callable[..., Iterator[tuple[int, int]]]) -> str:
        depth = len(self.levels) - 1
        for begin in range(0, len(pieces), TOGETHER):
            work = pieces[begin : begin + TOGETHER]
            many = len(work)
            for states, transitions in mapped(
                self.expand, [self.arrays] * many, work, [depth] * many, [self.depths] * many, [self.active] * many
            ):
                self.states += states
                self.transitions += transitions
                self.levels[-1] += states
            if self.progress is not None:
                left = f"{len(pieces) - begin - many:,} pieces of this depth left"
                self.progress(Sofar(depth, self.states, self.transitions, left))
            why = self.budget.over(self.states, monotonic() - self.begun)
            if why:
                return why
        return ""

    def trapped(self, returns: Callable[..., int], mapped: Callable[..., Iterator[int]]) -> tuple[int, int]:
        """Return how many states have no way to some one state, and which one that is.

        If none is left, that state is in a strongly connected component that every way can end in, and there is no other: no part
        of the graph is a trap. Where to look for it: what cannot lead back is further on.
        """
        best, root = (self.states, self.first), self.beyond
        for _ in range(ROOTS):
            back = np.zeros(len(self.depths), np.uint8)
            back[root] = 1
            led, many, new = 1, len(self.arrays.world), -1
            while new:
                new = sum(mapped(returns, [self.arrays] * many, range(many), [self.depths] * many, [back] * many))
                led += new
            best = min(best, (self.states - led, root))
            if led == self.states:
                break
            root = int(np.argmax((self.depths != UNSEEN) & (back == 0)))
        return best
