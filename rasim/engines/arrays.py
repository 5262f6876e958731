"""The tables as flat arrays, and how a level of states is taken to the next: with numpy alone, or compiled by numba.

A search keeps one byte for each place: at which depth it was reached, or UNSEEN. The places of a world are cut into *pieces*; a
level goes through the pieces in which the level before it left something. Two threads may find the same place at once; both
write the same depth, and nothing is counted before the next level, so nothing is lost or counted twice.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from rasim.engines.tables import Tables
from rasim.engines.vectors import Numbers, np

UNSEEN: Final = 255
DEEPEST: Final = 253  # a depth is one byte
SHIFT: Final = (
    16  # a piece has two to this power of places: small enough to stay in a cache, large enough to be worth a call
)

Expand = Callable[["Arrays", int, int, Numbers, Numbers], tuple[int, int]]
"""Take the states of one piece at one depth one step further: how many they were, and how many transitions they have."""


class Arrays(NamedTuple):
    """The tables once more, flat: for each world its nodes and strides, the inner steps as differences, the outer ones as images.

    World w has the outer steps `outer[w]:outer[w + 1]`, each different one once and none that changes nothing: step k leads to
    world `lead[k]`, and node x of w to node `image[at[k] + x]` of that. `moved` is how many transitions all outer steps are.
    Its pieces are `piece[w]:piece[w + 1]`, and `world` names the world of each piece. (A named tuple, because numba takes those.)
    """

    sessions: int
    moved: int
    first: Numbers
    base: Numbers
    strides: Numbers
    start: Numbers
    delta: Numbers
    counts: Numbers
    outer: Numbers
    lead: Numbers
    at: Numbers
    image: Numbers
    piece: Numbers
    world: Numbers


def arrays_of(tables: Tables) -> Arrays:
    """Return the tables as arrays."""
    first, sizes = tables.first, np.diff(tables.first)
    powers = np.arange(tables.sessions - 1, -1, -1)
    nodes = np.repeat(np.arange(len(tables.nodes)), np.diff(tables.inner.start))
    outer, lead, at, image, filled = [0], [], [], [], 0
    for w in range(tables.worlds):
        known = {(w, np.arange(sizes[w]).tobytes())}
        for o in range(len(tables.outer)):
            to = int(tables.leads[o][w])
            moved = tables.moves[o][first[w] : first[w + 1]] - first[to]
            if (to, moved.tobytes()) not in known:
                known.add((to, moved.tobytes()))
                lead.append(to)
                at.append(filled)
                image.append(moved)
                filled += len(moved)
        outer.append(len(lead))
    cut = -(-np.diff(tables.base) // (1 << SHIFT))
    return Arrays(
        sessions=tables.sessions,
        moved=len(tables.outer),
        first=first,
        base=tables.base,
        strides=sizes[:, None] ** powers,
        start=tables.inner.start,
        delta=tables.inner.target - nodes,
        counts=tables.inner.count,
        outer=np.array(outer),
        lead=np.array(lead, np.int64),
        at=np.array(at, np.int64),
        image=np.concatenate([*image, np.zeros(0, np.int64)]),
        piece=np.cumsum([0, *cut]),
        world=np.repeat(np.arange(tables.worlds), cut),
    )


def bounds(arrays: Arrays, piece: int) -> tuple[int, int, int]:
    """Return the world of a piece, and from where to where it goes within it."""
    world = int(arrays.world[piece])
    low = (piece - int(arrays.piece[world])) << SHIFT
    return world, low, min(low + (1 << SHIFT), int(arrays.base[world + 1] - arrays.base[world]))


def digits(arrays: Arrays, world: int, places: Numbers) -> list[Numbers]:
    """Return for each session the nodes' numbers within their world."""
    size = int(arrays.first[world + 1] - arrays.first[world])
    return [places // stride % size for stride in arrays.strides[world]]


def targets(arrays: Arrays, world: int, places: Numbers) -> Sequence[tuple[int, Numbers, Numbers | None]]:
    """Return where the places of a world lead: for each step a world, the places in it, and of which of the given places each is."""
    found: list[tuple[int, Numbers, Numbers | None]] = []
    xs, low = digits(arrays, world, places), int(arrays.first[world])
    for x, stride in zip(xs, arrays.strides[world], strict=True):
        begin = arrays.start[low + x]
        many = arrays.start[low + x + 1] - begin
        of = np.repeat(np.arange(len(places)), many)
        which = np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many) + begin[of]
        found.append((world, places[of] + arrays.delta[which] * stride, of))
    for k in range(int(arrays.outer[world]), int(arrays.outer[world + 1])):
        to, at = int(arrays.lead[k]), int(arrays.at[k])
        moved = sum(arrays.image[at + x] * stride for x, stride in zip(xs, arrays.strides[to], strict=True))
        found.append((to, moved, None))
    return found


def expand(arrays: Arrays, piece: int, depth: int, depths: Numbers, active: Numbers) -> tuple[int, int]:
    """Take a piece one step further, with numpy alone."""
    world, low, high = bounds(arrays, piece)
    here = depths[int(arrays.base[world]) :]
    places = np.flatnonzero(here[low:high] == depth) + low
    if not len(places):
        return 0, 0
    nodes = int(arrays.first[world])
    transitions = sum(int(arrays.counts[nodes + x].sum()) for x in digits(arrays, world, places))
    for to, there, _ in targets(arrays, world, places):
        block = depths[int(arrays.base[to]) : int(arrays.base[to + 1])]
        new = there[block[there] == UNSEEN]
        if len(new):
            block[new] = depth + 1
            active[int(arrays.piece[to]) + (new >> SHIFT)] = 1
    return len(places), transitions + len(places) * arrays.moved


def returns(arrays: Arrays, piece: int, depths: Numbers, back: Numbers) -> int:
    """Note which places of a piece lead to one that is known to lead back; return how many are new."""
    world, low, high = bounds(arrays, piece)
    base = int(arrays.base[world])
    here = slice(base + low, base + high)
    places = np.flatnonzero((depths[here] != UNSEEN) & (back[here] == 0)) + low
    if not len(places):
        return 0
    leads = np.zeros(len(places), bool)
    for to, there, of in targets(arrays, world, places):
        good = back[int(arrays.base[to]) + there] != 0
        if of is None:
            leads |= good
        else:
            leads[of[good]] = True
    back[base + places[leads]] = 1
    return int(leads.sum())
