"""Other roads to the screen, compared: each is a set of ways, from asked viewing to control that asks nobody."""

import pytest

from rasim.policy import Policy, Registry, RegistryEntry, RegType, read_policy
from rasim.policy.settings import POLICY_KEY
from rasim.verify import compare


def shadow(number: int | None) -> Policy:
    """Return a policy that states a rule for shadowing and nothing else, or nothing at all."""
    data = b"" if number is None else number.to_bytes(4, "little")
    return read_policy(Registry.of([RegistryEntry(POLICY_KEY, "Shadow", RegType.DWORD, data)] if data else []))


@pytest.mark.parametrize(
    ("before", "after", "verdict", "ways"),
    [
        (None, 2, "looser", ["control without asking"]),
        (0, 3, "looser", ["view"]),
        (0, 4, "looser", ["view without asking"]),
        (2, 0, "stricter", ["control without asking"]),
        (4, 1, "incomparable", ["control", "view without asking"]),
        (7, 1, "incomparable", ["control", "control without asking"]),
        (1, 7, "incomparable", ["control without asking", "control"]),
        (0, None, "equal", []),
        (2, 2, "equal", []),
    ],
)
def test_what_a_road_newly_gives_is_looser(
    before: int | None, after: int | None, verdict: str, ways: list[str]
) -> None:
    """The most that a road newly gives, and the most that it no longer gives, decide how two policies compare."""
    compared = compare(shadow(before), shadow(after), systems=["windows-10"])
    found = (*compared.newly_possible, *compared.no_longer_possible)

    assert (verdict, ways) == (compared.verdict, [each.capability for each in found])
    assert {("session shadowing", None)} >= {(each.road, each.expert) for each in found}


@pytest.mark.parametrize(("before", "after", "certain"), [(0, 2, True), (2, None, False), (7, 1, False), (2, 1, True)])
def test_what_is_not_stated_is_not_closed(before: int | None, after: int | None, certain: bool) -> None:
    """A difference is certain only where both sides say so: a road that is no longer stated may stay open."""
    compared = compare(shadow(before), shadow(after), systems=["windows-10"])

    assert {certain} == {each.certain for each in (*compared.newly_possible, *compared.no_longer_possible)}
