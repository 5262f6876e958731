"""What the six files about mutants share: each takes every sixth mistake, so that two processes can do the work."""

from functools import cache

import pytest

from rasim.verify import Exploration
from rasim.verify.mutants.mutants import Mutant, baselines, kill, mutants

PARTS = 6
# Mistakes that change nothing: the question has the same needs and is over before control is held without them; *view* and
# *agreed* do not change while the view lasts, and with it control ends anyway. Their edges are those of the table (one digest).
EQUIVALENT = {
    "control asked does not need `view`",
    "control asked needs `view` on arrival only",
    "control asked needs `agreed` on arrival only",
    "control held does not need `view`",
    "control held needs `view` on arrival only",
    "control held does not need `agreed`",
    "control held needs `agreed` on arrival only",
}


@cache
def _baselines() -> dict[str, Exploration]:
    return baselines()


def part(number: int) -> pytest.MarkDecorator:
    """Return the mark that gives a test each of the mutants of one part."""
    mine = list(mutants())[number::PARTS]
    return pytest.mark.parametrize("mutant", mine, ids=lambda mutant: mutant.name)


def verdict(mutant: Mutant) -> tuple[str, str]:
    """Return how a mutant should end and how it does: noticed, equivalent, or what else."""
    killed = kill(mutant, _baselines()[mutant.size])
    actual = "noticed" if killed.by is not None else killed.how
    return "equivalent" if mutant.name in EQUIVALENT else "noticed", actual
