"""A routine share of the attack on drawn firewalls; `python tests/fuzz/firewalls.py 2000` prints how many pairs there were of each kind."""

from random import Random

import pytest
from drawn import examples
from firewalls import contradictions, seeded, wrong
from hypothesis import given, settings
from hypothesis import strategies as st

drawn = st.randoms(use_true_random=False)


@given(drawn)
@settings(max_examples=examples(16))
def test_what_only_adds_is_never_stricter_and_what_only_blocks_never_looser(random: Random) -> None:
    """One exception or rule more takes nothing from anybody, one that keeps out gives nothing to anybody, whatever stands there."""
    assert [] == wrong(random)


@given(drawn)
@settings(max_examples=examples(12))
def test_audit_explain_and_diff_never_contradict_each_other(random: Random) -> None:
    """Of the same firewall audit and explain say the same on every system, and diff what follows from what is said of both sides."""
    assert [] == contradictions(random)


@pytest.mark.exhaustive
@pytest.mark.parametrize("share", range(4))
def test_neither_over_two_thousand_pairs(share: int) -> None:
    """Two thousand pairs of which one has an entry more never come out in the wrong direction, and two hundred contradict nothing."""
    numbers = range(share * 250, share * 250 + 250)

    assert [] == [each for number in numbers for each in wrong(seeded(number))]
    assert [] == [each for number in numbers[:50] for each in contradictions(seeded(number))]
