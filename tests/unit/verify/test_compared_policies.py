"""Two policies compared: whom and what is asked about, and what of the answer is certain."""

from collections.abc import Callable

import pytest
from attrs import evolve

from rasim.errors import UsageError
from rasim.policy import NAMED, Firewall, Membership, Policy, Unclear
from rasim.verify import Compared, compare
from rasim.verify.policies.compare import experts_of

ANNA, HELPDESK = r"CORP\anna", r"CORP\Helpdesk"
XP = ["windows-xp-sp2"]
VIEW = Policy.of(offer="enabled", mode="view", helpers=[ANNA])
PROGRAMS = [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
TWO_NETWORKS = evolve(VIEW, firewall=Firewall.of(ports=["135:TCP:10.0.0.0/8,11.0.0.0/8:Enabled:x"], programs=PROGRAMS))
SHUT = evolve(VIEW, firewall=Firewall.of(no_exceptions="enabled"))
MISSING = evolve(
    VIEW, unclear=(Unclear("", "a file is missing", ("it says nothing", "it says more"), topic="missing"),)
)


def differences(compared: Compared) -> list[tuple[str, str | None, bool]]:
    """Return what is newly possible: what, from which address, and whether that is certain."""
    return [(each.capability, each.address, each.certain) for each in compared.newly_possible]


@pytest.mark.parametrize(
    ("after", "meets"),
    [(VIEW, (True, True)), (Policy(), (True, False)), (MISSING, (None, None))],
    ids=["equal", "stricter", "perhaps looser"],
)
def test_whether_it_is_as_expected(after: Policy, meets: tuple[bool | None, bool | None]) -> None:
    """Stricter is met where nothing is newly possible, equal where nothing differs; where readings differ nobody can tell."""
    compared = compare(VIEW, after, systems=XP)

    assert meets == (compared.meets("stricter"), compared.meets("equal"))


def test_looser_meets_neither() -> None:
    """What is newly possible for certain is neither stricter nor equal."""
    compared = compare(Policy(), VIEW, systems=XP)

    assert (False, False, True) == (compared.meets("stricter"), compared.meets("equal"), compared.clear)


def test_what_is_missing_may_be_anything() -> None:
    """Where a file is missing from one side everything may be possible there and nothing, in readings that differ."""
    compared = compare(VIEW, MISSING, systems=XP)

    assert ("incomparable", False, False) == (compared.verdict, compared.certain, compared.clear)
    assert {False} == {each.certain for each in (*compared.newly_possible, *compared.no_longer_possible)}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: compare(VIEW, VIEW).meets("looser"), "'looser' cannot be expected; stricter or equal can"),
        (lambda: compare(VIEW, VIEW, systems=["windows-95"]), "windows-95"),
        (lambda: compare(VIEW, VIEW, systems=[]), "no system is given; known: "),
        (lambda: compare(VIEW, VIEW, address="nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_asked_is_refused(wrong: Callable[[], object], says: str) -> None:
    """An expectation, a system and an address that there are not are refused and named, and so is no system at all."""
    with pytest.raises(UsageError, match=says):
        wrong()


@pytest.mark.parametrize(
    ("entry", "asked"),
    [
        (ANNA, [ANNA]),
        (HELPDESK, [ANNA, r"CORP\Tier1", r"CORP\zoe"]),
        (r"CORP\Others", [r"CORP\Others"]),
        (r"CORP\ anna", [ANNA]),
        ("anna", [r"DOMAIN\anna", r"domain.example\anna"]),
        ("Everyone", []),
        ("@", []),
    ],
)
def test_for_whom_an_entry_stands(entry: str, asked: list[str]) -> None:
    """An entry stands for itself, a group for who is in it, one of wrong form for whom it might mean: by blanks, in some domain."""
    policy = Policy.of(offer="enabled", mode="view", helpers=[entry])
    members = Membership.of({HELPDESK: [r"CORP\zoe", ANNA, r"CORP\Tier1"]})

    assert asked == [str(account) for account in experts_of(Policy(), policy, members)]


def test_one_address_stands_for_all_from_which_the_same_is_so() -> None:
    """Of two networks from which an offer gets through, and two stretches from which none does, one of each is told."""
    assert [
        ("offer", "10.0.0.1", True),
        ("view", "10.0.0.1", True),
        ("port 3389 while in use", "0.0.0.1", True),
        ("port 135", "10.0.0.1", True),
    ] == differences(compare(SHUT, TWO_NETWORKS, systems=XP))


@pytest.mark.parametrize(
    ("address", "told"),
    [("11.2.3.4", ["offer", "view", "port 135", "port 3389 while in use"]), ("12.2.3.4", ["port 3389 while in use"])],
)
def test_an_address_that_is_given_is_the_one_asked_about(address: str, told: list[str]) -> None:
    """With an address only what differs from there is told, and it is named."""
    assert [(each, address, True) for each in told] == differences(
        compare(SHUT, TWO_NETWORKS, systems=XP, address=address)
    )


def test_where_no_scope_tells_addresses_apart_none_is_named() -> None:
    """An address that is given makes no difference, and is not told, where nothing stated depends on addresses."""
    compared = compare(Policy(), VIEW, systems=XP, address="11.2.3.4")

    assert [("offer", None, True), ("view", None, True)] == differences(compared)


def walled(*rules: tuple[str, str]) -> Policy:
    return evolve(VIEW, firewall=Firewall.of(protection="enabled", rules=rules))


@pytest.mark.parametrize("about", ["LPort=135", "LPort=135|RA4=LocalSubnet"])
def test_a_rule_is_known_by_its_name_in_any_letters(about: str) -> None:
    """Rules that differ in the letters of their names alone are the same, also where they leave the answer open."""
    text = f"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|{about}|"
    compared = compare(walled(("offers", text)), walled(("OFFERS", text)), systems=["windows-10"])

    assert ("equal", True) == (compared.verdict, compared.certain)


def test_rules_in_another_order_are_the_same() -> None:
    """Rules have no order, also where what they let in cannot be told."""
    text = "v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=135|"
    rules = [("one", f"{text}RA4=LocalSubnet|"), ("other", f"{text}If=x|")]
    compared = compare(walled(*rules), walled(*reversed(rules)), systems=["windows-10"])

    assert ("equal", True) == (compared.verdict, compared.certain)


def test_how_far_a_comparison_is_can_be_heard() -> None:
    """Before each expert whoever listens is told how many there were, and of how many."""
    told: list[tuple[int, int]] = []
    compare(VIEW, VIEW, systems=XP, progress=lambda done, many: told.append((done, many)))

    assert told == [(at, len(told)) for at in range(len(told))]
    assert len(told) > 1
