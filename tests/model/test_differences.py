"""Each difference between policies is a scenario that passes on the side that allows and fails on the other."""

from collections.abc import Iterator
from itertools import product

import pytest

from rasim.analysis.difference_scenarios import Scenarios, Sides
from rasim.policy import NAMED, Firewall, Membership, Policy
from rasim.scenario import play, read_scenario, write_scenario
from rasim.verify import compare
from rasim.verify.policies.compare import Compared, Difference

SIDES = Sides("before", "after")
TELLS = Membership.of({"CORP\\Helpdesk": ["CORP\\Tier1"], "CORP\\Tier1": ["CORP\\dora"]})
PROGRAMS = [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
FIREWALLS = {
    "nothing stated": Firewall(),
    "for offers": Firewall.of(ports=[NAMED["135 tcp"]], programs=PROGRAMS),
    "remote desktop": Firewall.of(ports=[NAMED["135 tcp"]], programs=PROGRAMS[:2], remote_desktop="enabled"),
    "from one network": Firewall.of(ports=["135:TCP:10.0.0.0/8:Enabled:x"], programs=PROGRAMS),
    "shut": Firewall.of(no_exceptions="enabled"),
    "only sessmgr": Firewall.of(programs=PROGRAMS[2:]),
}
OFFERS = {
    "none": {},
    "disabled": {"offer": "disabled", "mode": "control", "helpers": ["CORP\\carol"]},
    "carol views": {"offer": "enabled", "mode": "view", "helpers": ["CORP\\carol"]},
    "helpdesk controls": {"offer": "enabled", "mode": "control", "helpers": ["corp\\HELPDESK", "CORP\\carol"]},
    "blocked on old systems": {"offer": "enabled", "mode": "view", "helpers": ["CORP\\dora"], "solicited": "disabled"},
}


def policies() -> list[Policy]:
    return [Policy.of(**offers, firewall=firewall) for offers in OFFERS.values() for firewall in FIREWALLS.values()]


def differences(before: Policy, after: Policy) -> Iterator[tuple[Compared, Difference, bool]]:
    compared = compare(before, after, membership=TELLS)
    yield from ((compared, each, True) for each in compared.newly_possible)
    yield from ((compared, each, False) for each in compared.no_longer_possible)


# The routine asks from one policy of each offer, with another firewall each time; the exhaustive run from all.
BEFORE = [
    pytest.param(before, marks=[] if before % 7 == 0 else pytest.mark.exhaustive)
    for before in range(len(OFFERS) * len(FIREWALLS))
]


@pytest.mark.parametrize("before", BEFORE)
def test_a_difference_is_a_scenario(before: int) -> None:
    """The scenario of a certain difference passes by itself and under the side that allows, and fails under the other."""
    everything = policies()
    for after in everything[before % 2 :: 2]:
        for compared, difference, newly in differences(everything[before], after):
            scenario = Scenarios(compared, SIDES).of(difference, newly=newly)
            if scenario is None or not difference.certain:
                continue
            assert scenario == read_scenario(write_scenario(scenario))
            allowing, other = (after, everything[before]) if newly else (everything[before], after)
            verdicts = (play(scenario).verdict, *(play(scenario, policy=p).verdict for p in (allowing, other)))
            assert ("passed", "passed", "failed") == verdicts, write_scenario(scenario)


def test_only_invitations_have_no_scenario() -> None:
    """What has no scenario is port 3389 while in use on a side where no offer gets through the firewall."""
    silent = {
        (difference.capability, difference.certain)
        for before, after in product(policies()[:6], repeat=2)
        for compared, difference, newly in differences(before, after)
        if Scenarios(compared, SIDES).of(difference, newly=newly) is None
    }

    assert {("port 3389 while in use", True), ("port 3389 while in use", False)} >= silent
    assert silent


def test_a_doubt_is_shown_as_it_would_be() -> None:
    """A difference of another reading has a scenario too, which says that rasim does not read it so."""
    compared = compare(Policy(), Policy.of(offer="unknown", mode="view", helpers=["CORP\\carol"]))
    scenario = Scenarios(compared, SIDES).of(compared.newly_possible[0], newly=True)

    assert scenario is not None
    assert "possible under after, not under before, in a reading that rasim does not take" == scenario.remark
    assert "passed" == play(scenario).verdict
