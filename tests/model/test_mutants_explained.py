"""Every mistake in the table or its interpreter: some trace of it is one that the table does not explain, or each of its traces is one.

The shortest course that the table cannot have left is looked for over all states; as a trace it has to be refused. Where there is none,
all was explored: the mistake leaves things undone or unsaid, and nobody could tell from a trace that it is there.
"""

import os

import pytest
from inclusion import as_trace, shortest

from rasim.verify.behaviours.explained import explained
from rasim.verify.mutants.mutants import Mutant, mutants

ROUTINE = {"T1 sets phase to viewing"}
EVERY = 1 if os.environ.get("RASIM_EVERY_MUTANT") else 45
"""Ten seconds each, so the long run asks of every forty-fifth; with RASIM_EVERY_MUTANT=1 of all, which takes more than an hour."""
ASKED = [each for number, each in enumerate(mutants()) if number % EVERY == 0 or each.name in ROUTINE]


@pytest.mark.parametrize(
    "mutant",
    [pytest.param(each, id=each.name, marks=() if each.name in ROUTINE else pytest.mark.exhaustive) for each in ASKED],
)
def test_a_mistake_is_refused_or_leaves_only_what_the_table_may(mutant: Mutant) -> None:
    """The trace of a mistake's shortest strange course is refused; a mistake without one leaves nothing that the table may not."""
    course = shortest(mutant)
    refused = course is not None and explained(as_trace(course, mutant), whole=True).explained is False

    assert (course is not None) == refused
