"""What `compare` says of a change of policy is what a person says who reads the rules, for a table of pairs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from policy_pairs import PAIRS, THEMES, Pair

from rasim.analysis.difference_scenarios import Scenarios, Sides
from rasim.formats import read_policy_files
from rasim.policy import Membership, Policy, fold, parse_account
from rasim.scenario import play, write_scenario
from rasim.verify import compare
from rasim.verify.policies.compare import Compared, Difference

EVERY = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
TURNED = {"stricter": "looser", "looser": "stricter", "equal": "equal", "incomparable": "incomparable"}


def policy(said: Mapping[str, Any] | str) -> Policy:
    """Return the policy of keywords, or of the text of a .reg."""
    if isinstance(said, str):
        return read_policy_files([("pair.reg", f"Windows Registry Editor Version 5.00\r\n\r\n{said}\r\n".encode())])
    return Policy.of(**said)


def membership(pair: Pair) -> Membership:
    """Return who is in which group as a pair tells it; the people of the table are known to be no groups."""
    people = Membership.told((), accounts=map(parse_account, pair.people), domains=pair.domains)
    groups = Membership.of(pair.groups or {}, pair.domains)
    return groups | people | Membership.told((), untold=map(parse_account, pair.untold), domains=pair.domains)


ONCE: dict[tuple[str, bool], Compared] = {}


def compared(pair: Pair, *, turned: bool = False) -> Compared:
    """Return the comparison of a pair, which several tests ask for and none changes."""
    if (pair.name, turned) not in ONCE:
        ONCE[pair.name, turned] = _compared(pair, turned=turned)
    return ONCE[pair.name, turned]


def _compared(pair: Pair, *, turned: bool) -> Compared:
    sides = (policy(pair.before), policy(pair.after))
    before, after = reversed(sides) if turned else sides
    return compare(before, after, membership=membership(pair), systems=pair.systems, address=pair.address)


def test_the_table_shows_every_kind_of_answer() -> None:
    """The table has at least 60 pairs of different names, with every verdict, certain and not, but no unclear *equal*."""
    answers = Counter((pair.verdict, pair.certain) for pair in PAIRS)

    assert len(PAIRS) >= 60
    assert len(PAIRS) == len({pair.name for pair in PAIRS})
    assert {(verdict, certain) for verdict in TURNED for certain in (True, False)} - {("equal", False)} == set(answers)
    assert all(THEMES.values())


@EVERY
def test_a_pair_is_judged_as_reasoned(pair: Pair) -> None:
    """A change is judged as a person judged it, and certain where no reading gives another verdict."""
    found = compared(pair)

    assert (pair.verdict, pair.certain) == (found.verdict, found.certain), pair.why


@EVERY
def test_a_pair_turned_round(pair: Pair) -> None:
    """A change undone is judged the other way round, as certain, and what comes and goes has changed sides."""
    there, back = compared(pair), compared(pair, turned=True)

    def what(differences: Iterable[Difference]) -> set[tuple[object, ...]]:
        return {
            (each.capability, fold(each.expert or ""), each.systems, each.address, each.certain) for each in differences
        }

    assert (TURNED[pair.verdict], pair.certain) == (back.verdict, back.certain), pair.why
    assert what(there.newly_possible) == what(back.no_longer_possible)
    assert what(there.no_longer_possible) == what(back.newly_possible)


@EVERY
def test_a_pair_names_what_its_verdict_rests_on(pair: Pair) -> None:
    """A verdict has the differences that it needs and no other, and a certain one has a certain one of each kind."""
    found = compared(pair)
    comes, goes = found.newly_possible, found.no_longer_possible

    assert (found.verdict in {"looser", "incomparable"}, found.verdict in {"stricter", "incomparable"}) == (
        bool(comes),
        bool(goes),
    )
    assert not found.certain or not comes or any(each.certain for each in comes)
    assert not found.certain or not goes or any(each.certain for each in goes)


@EVERY
def test_every_looser_has_its_scenario(pair: Pair) -> None:
    """Whatever is newly possible has a scenario that can be played; without one is only a port that offers cannot use."""
    found = compared(pair)
    scenarios = Scenarios(found, Sides("before", "after"))
    for each in found.newly_possible:
        scenario = scenarios.of(each, newly=True)
        assert scenario is not None or each.capability == "port 3389 while in use"
        assert scenario is None or play(scenario).verdict == "passed", write_scenario(scenario)
