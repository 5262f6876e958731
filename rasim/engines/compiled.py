"""What `arrays.expand` and `arrays.returns` do, as loops that numba compiles: the same places, several times as fast.

Compiled once and kept (`cache=True`); the first call on a machine takes some seconds. The loops let go of Python's lock, so threads help.
"""

from typing import Final

import numba

from rasim.engines.arrays import SHIFT, UNSEEN, Arrays
from rasim.engines.vectors import Numbers, np

_MOST: Final = 4  # sessions
_compiled = numba.njit(nogil=True, cache=True)


@_compiled
def _bounds(a: Arrays, piece: int) -> tuple[int, int, int]:
    world = a.world[piece]
    low = (piece - a.piece[world]) << SHIFT
    return world, low, min(low + (1 << SHIFT), a.base[world + 1] - a.base[world])


@_compiled
def _take_apart(a: Arrays, world: int, place: int, nodes: Numbers) -> None:
    size = a.first[world + 1] - a.first[world]
    for j in range(a.sessions - 1, -1, -1):
        nodes[j] = a.first[world] + place % size
        place //= size


@_compiled
def _moved(a: Arrays, k: int, world: int, nodes: Numbers) -> int:
    there, origin = 0, a.at[k] - a.first[world]
    for j in range(a.sessions):
        there += a.image[origin + nodes[j]] * a.strides[a.lead[k], j]
    return there


@_compiled
def expand(a: Arrays, piece: int, depth: int, depths: Numbers, active: Numbers) -> tuple[int, int]:
    """Take a piece one step further."""
    world, low, high = _bounds(a, piece)
    nodes, origin = np.zeros(_MOST, np.int64), a.base[world]
    states = transitions = 0
    for place in range(low, high):
        if depths[origin + place] != depth:
            continue
        states += 1
        _take_apart(a, world, place, nodes)
        for j in range(a.sessions):
            node, stride = nodes[j], a.strides[world, j]
            transitions += a.counts[node]
            for z in range(a.start[node], a.start[node + 1]):
                there = place + a.delta[z] * stride
                if depths[origin + there] == UNSEEN:
                    depths[origin + there] = depth + 1
                    active[a.piece[world] + (there >> SHIFT)] = 1
        for k in range(a.outer[world], a.outer[world + 1]):
            to = a.lead[k]
            there = _moved(a, k, world, nodes)
            if depths[a.base[to] + there] == UNSEEN:
                depths[a.base[to] + there] = depth + 1
                active[a.piece[to] + (there >> SHIFT)] = 1
    return states, transitions + states * a.moved


@_compiled
def returns(a: Arrays, piece: int, depths: Numbers, back: Numbers) -> int:
    """Note which places of a piece lead to one that is known to lead back; return how many are new."""
    world, low, high = _bounds(a, piece)
    nodes, origin = np.zeros(_MOST, np.int64), a.base[world]
    new = 0
    for place in range(low, high):
        if depths[origin + place] != UNSEEN and not back[origin + place] and _leads_back(a, world, place, nodes, back):
            back[origin + place] = 1
            new += 1
    return new


@_compiled
def _leads_back(a: Arrays, world: int, place: int, nodes: Numbers, back: Numbers) -> bool:
    _take_apart(a, world, place, nodes)
    for k in range(a.outer[world], a.outer[world + 1]):
        if back[a.base[a.lead[k]] + _moved(a, k, world, nodes)]:
            return True
    for j in range(a.sessions):
        for z in range(a.start[nodes[j]], a.start[nodes[j] + 1]):
            if back[a.base[world] + place + a.delta[z] * a.strides[world, j]]:
                return True
    return False
