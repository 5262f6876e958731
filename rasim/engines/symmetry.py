"""States that are alike explored once: experts and sessions may change places, and nothing else changes.

Of all states that differ only in who is who, the one with the smallest number stands for the rest. What was found is kept as
sorted numbers, eight bytes for each that stands for others. How many states and transitions there are in all is counted by how many
each stands for, so a full run has to find the same numbers; tests compare them.
"""

from collections.abc import Callable, Iterator
from itertools import permutations
from math import factorial
from time import monotonic

from rasim.engines.arrays import Arrays, arrays_of, digits, targets
from rasim.engines.results import Alike, Budget
from rasim.engines.tables import Tables, exchanges
from rasim.engines.vectors import Numbers, np
from rasim.verify.states.explore import Sofar

CHUNK = 1 << 16


def reach_alike(
    tables: Tables, *, budget: Budget | None = None, progress: Callable[[Sofar], None] | None = None
) -> Alike:
    """Reach every state of a model, of those that are alike one. Raises NotTabulableError if the experts are not alike."""
    budget, begun = budget or Budget(), monotonic()
    group = _Group(tables)
    found = frontier = group.smallest(np.array([tables.place([tables.begins] * tables.sessions)]))
    states = transitions = 0
    depth, why = -1, ""
    while len(frontier) and not why:
        depth += 1
        new = []
        for begin in range(0, len(frontier), CHUNK):
            some = frontier[begin : begin + CHUNK]
            many, moved, there = group.out(some)
            states, transitions = states + many, transitions + moved
            new.append(_without(_distinct(there), found))
            why = budget.over(states, monotonic() - begun, len(found) * 8)
            if progress is not None:
                left = (len(frontier) - begin - len(some)) // CHUNK
                progress(Sofar(depth, states, transitions, f"{left:,} pieces of this depth left"))
            if why:
                break
        frontier = _distinct(np.concatenate(new))
        found = np.sort(np.concatenate([found, frontier]), kind="stable")
    return Alike(tables.model, not why, why, len(found), states, transitions, depth, monotonic() - begun)


def _distinct(numbers: Numbers) -> Numbers:
    """Return the numbers sorted, each once; several times as fast as numpy's own."""
    numbers = np.sort(numbers)
    first: Numbers = np.concatenate([[True], numbers[1:] != numbers[:-1]]) if len(numbers) else np.zeros(0, bool)
    return numbers[first]


def _without(numbers: Numbers, known: Numbers) -> Numbers:
    at = np.searchsorted(known, numbers)
    at[at == len(known)] = 0
    new: Numbers = numbers[known[at] != numbers]
    return new


class _Group:
    """All ways in which experts and sessions of a model may change places, as they act on numbers of states."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.arrays = tables, arrays_of(tables)
        self.nodes = exchanges(tables)
        of = np.repeat(np.arange(tables.worlds), np.diff(tables.first))
        self.worlds = of[self.nodes[:, tables.first[:-1]]]
        self.places = list(permutations(range(tables.sessions)))
        self.size = len(self.nodes) * factorial(tables.sessions)

    def _by_world(self, numbers: Numbers) -> Iterator[tuple[int, Numbers, Numbers]]:
        """Yield for each world the places in it, and where they stand among the numbers."""
        of = np.searchsorted(self.tables.base, numbers, side="right") - 1
        for world in _distinct(of):
            which = np.flatnonzero(of == world)
            yield int(world), numbers[which] - self.tables.base[world], which

    def smallest(self, numbers: Numbers) -> Numbers:
        """Return for each number the smallest one of a state that is alike."""
        least: Numbers = numbers.copy()
        for world, places, which in self._by_world(numbers):
            xs = digits(self.arrays, world, places)
            for to, images in self._images(self.arrays, world, xs):
                ordered = np.sort(np.stack(images), axis=0)
                number = self.tables.base[to] + sum(
                    x * stride for x, stride in zip(ordered, self.arrays.strides[to], strict=True)
                )
                least[which] = np.minimum(least[which], number)
        return least

    def _images(self, arrays: Arrays, world: int, xs: list[Numbers]) -> Iterator[tuple[int, list[Numbers]]]:
        """Yield for each order of the experts the world, and what each session becomes in it."""
        for nodes, worlds in zip(self.nodes, self.worlds, strict=True):
            to = int(worlds[world])
            yield to, [nodes[arrays.first[world] + x] - arrays.first[to] for x in xs]

    def out(self, numbers: Numbers) -> tuple[int, int, Numbers]:
        """Return how many states these stand for, how many transitions those have, and what stands for where they lead."""
        states = transitions = 0
        there = []
        for world, places, _ in self._by_world(numbers):
            xs = digits(self.arrays, world, places)
            fixed = np.zeros(len(places), np.int64)
            for to, images in self._images(self.arrays, world, xs):
                if to == world:
                    for order in self.places:
                        fixed += np.logical_and.reduce([images[order[j]] == x for j, x in enumerate(xs)])
            many = self.size // fixed
            counts = sum(self.arrays.counts[self.arrays.first[world] + x] for x in xs) + self.arrays.moved
            states += int(many.sum())
            transitions += int((many * counts).sum())
            there += [self.tables.base[to] + at for to, at, _ in targets(self.arrays, world, places)]
        return states, transitions, self.smallest(_distinct(np.concatenate(there)))
