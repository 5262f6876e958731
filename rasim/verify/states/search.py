"""A search over states, written once: what was found, in the order it was found, each with the shortest path to it.

Whoever searches goes through the nodes of a `Search` while they grow, and adds what the edges of each lead to: breadth-first, for
the first edge to a node that is found is the last of a shortest path.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

_Node = TypeVar("_Node", bound=Hashable)
_Edge = TypeVar("_Edge")

Path = list[_Edge]
"""The edges from where a search began to a node."""


class Search(Generic[_Node, _Edge]):
    """The nodes that were found, by their numbers, and by which edge each was found first."""

    def __init__(self, first: _Node) -> None:
        self.nodes = [first]
        self.numbers = {first: 0}
        self.depths = [0]
        self._found_by: list[tuple[int, _Edge] | None] = [None]

    def add(self, node: _Node, before: int, edge: _Edge) -> int:
        """Return the number of a node to which an edge leads from one that was found before."""
        number = self.numbers.get(node)
        if number is None:
            number = self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
            self.depths.append(self.depths[before] + 1)
            self._found_by.append((before, edge))
        return number

    def path(self, number: int) -> Path[_Edge]:
        """Return the edges of a shortest path to a node."""
        path: Path[_Edge] = []
        found_by = self._found_by[number]
        while found_by is not None:
            before, edge = found_by
            path.append(edge)
            found_by = self._found_by[before]
        path.reverse()
        return path


def closed(first: Iterable[_Node], targets: Callable[[_Node], Iterable[_Node]]) -> dict[_Node, None]:
    """Return the smallest set that has these nodes and all that theirs lead to, in the order in which they are found."""
    found = dict.fromkeys(first)
    waiting = list(found)
    for node in waiting:
        for target in targets(node):
            if target not in found:
                found[target] = None
                waiting.append(target)
    return found
