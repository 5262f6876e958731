"""The table with one mistake in it, part 3 of 6: every mistake is noticed, or is none."""

import pytest
from mutant_parts import part, verdict

from rasim.verify.mutants.mutants import Mutant


@pytest.mark.exhaustive
@part(2)
def test_a_mistake_is_noticed_3(mutant: Mutant) -> None:
    """A promise, a witness or an overlap notices the mistake; where nothing does, all edges are those of the table."""
    expected, actual = verdict(mutant)

    assert expected == actual
