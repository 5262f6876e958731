"""Thousands of walks of the table, asked whether the table could have done them: not one is refused.

No proof: this attacks the reading, in which ids, clocks and several assistances at once are real. Each walk is read as a whole trace, in
which every line, its order and every timer counts, and some as any product's, with everything recorded and with kinds left out.
"""

from collections.abc import Callable, Iterable, Iterator

import pytest
from attrs import evolve
from walks import walk

from rasim.protocol import Line, Recorded
from rasim.protocol.lines import PRESUMED, RECORD_KINDS
from rasim.verify.behaviours.explained import explained

ACTS = 24
FEW = 6  # acts of a walk, where thousands are read
HIDDEN = {event for name, kind in RECORD_KINDS.items() if name not in PRESUMED for event in kind.events}


def presumed(trace: Iterable[Recorded]) -> Iterator[Recorded]:
    """Yield what a usual recorder would have left of a trace: the kinds that are presumed, and no clock."""
    for recorded in trace:
        if recorded.line.event == "recorder":
            yield evolve(recorded, line=Line("recorder", (("records", tuple(sorted(PRESUMED))),)), at=None)
        elif recorded.line.event not in HIDDEN:
            yield evolve(recorded, at=None)


@pytest.mark.parametrize(
    ("walks", "acts"),
    [(8, ACTS), *(pytest.param(*each, marks=pytest.mark.exhaustive) for each in ((10_000, FEW), (500, ACTS)))],
)
def test_every_walk_of_the_table_is_explained(
    walks: int, acts: int, record_property: Callable[[str, object], None]
) -> None:
    """Each of thousands of drawn walks of the table is a behaviour of the table, line for line and timer for timer."""
    lines, readings = 0, 0
    for seed in range(walks):
        found = explained(walk(seed, acts), whole=True)
        lines, readings = lines + found.lines, max(readings, found.readings)

        assert (seed, True, "") == (seed, found.explained, found.because)

    record_property("reach", f"explained: {walks:,} walks, {lines:,} lines, at most {readings} readings")


@pytest.mark.parametrize("walks", [1, pytest.param(10, marks=pytest.mark.exhaustive)])
def test_every_walk_is_explained_as_any_products(walks: int) -> None:
    """As any product's trace each walk is explained too, with everything recorded and with what is presumed."""
    for seed in range(walks):
        trace = list(walk(seed, ACTS))
        both = [explained(trace), explained(presumed(trace))]

        assert (seed, [(True, "")] * 2) == (seed, [(found.explained, found.because) for found in both])
