"""One number for all labelled edges of what an engine reached: equal counts are not equal behaviour, equal digests are.

An edge is a number of 64 bits made of the state, the target (as the tables number them) and the step: its kind, whose it is, what it
carries, and, if it is aimed at one session, the rows that took it. The digest is the sum of them all, so the order does not matter.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from rasim.engines.arrays import UNSEEN, arrays_of, digits
from rasim.engines.tables import Tables
from rasim.engines.vectors import Numbers, np
from rasim.verify.states.model import Step

M64: Final = (1 << 64) - 1
ALL: Final = -1  # the session of a step that is aimed at all of them
# Odd numbers with well mixed bits, and the last steps of splitmix64, which is a bijection.
OF_STEP, OF_TARGET = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
MIX: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))


def step_number(step: Step, session: int, rows: Sequence[str] = ()) -> int:
    """Return a step as a number of 64 bits; `rows` took it where it is aimed at one session."""
    carried = [(pair[0], event.carries) for pair, event in step.events if session != ALL or pair[1] == 0]
    said = repr((step.kind, session, carried, tuple(rows) if session != ALL else ()))
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big")


def edge_number(state: int, step: int, target: int) -> int:
    """Return an edge as a number of 64 bits."""
    x = (state + step * OF_STEP + target * OF_TARGET) & M64
    for shift, times in MIX:
        x = ((x ^ (x >> shift)) * times) & M64
    return x


def digest(tables: Tables, depths: Numbers) -> str:
    """Return the digest of all transitions of the states that were reached."""
    arrays, total = arrays_of(tables), 0
    inner = [
        (np.array([len(edges) for edges in tables.edges]), _flat(tables, session)) for session in range(tables.sessions)
    ]
    outer = [step_number(step, ALL) for step in tables.outer]
    for world in range(tables.worlds):
        base, first = int(tables.base[world]), int(tables.first[world])
        places = np.flatnonzero(depths[base : int(tables.base[world + 1])] != UNSEEN)
        xs = digits(arrays, world, places)
        for x, stride, (many, (start, steps, targets)) in zip(xs, arrays.strides[world], inner, strict=True):
            node, often = first + x, many[first + x]
            of = np.repeat(np.arange(len(places)), often)
            which = np.arange(len(of)) - np.repeat(np.cumsum(often) - often, often) + start[node][of]
            there = places[of] + (targets[which] - node[of]) * stride
            total += _sum(base + places[of], steps[which], base + there)
        for o, step in enumerate(outer):
            to = int(tables.leads[o][world])
            moved = (tables.moves[o][first + x] - tables.first[to] for x in xs)
            there = sum(x * stride for x, stride in zip(moved, arrays.strides[to], strict=True)) + tables.base[to]
            total += _sum(base + places, np.full(len(places), step, np.uint64), there)
    return f"{total & M64:016x}"


def _flat(tables: Tables, session: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return where the edges of each node begin, their steps as numbers, and their targets."""
    start = np.cumsum([0, *map(len, tables.edges)])
    steps = [step_number(edge.step, session, edge.rows) for edges in tables.edges for edge, _ in edges]
    return (
        start,
        np.array(steps, np.uint64),
        np.array([target for edges in tables.edges for _, target in edges], np.int64),
    )


def _sum(states: Numbers, steps: Numbers, targets: Numbers) -> int:
    u = np.uint64
    x = states.astype(u) + steps * u(OF_STEP) + targets.astype(u) * u(OF_TARGET)
    for shift, times in MIX:
        x = (x ^ (x >> u(shift))) * u(times)
    return int(x.sum(dtype=u))
