"""The firewall as one address sees it: which addresses differ, what is left of a scope, and which doubts can turn an answer."""

import pytest

from rasim.policy import NAMED, SYSTEMS, Firewall, Unclear, reach
from rasim.policy.reach import bears_on, is_about_offers, is_stated, seen_from, stretches
from rasim.policy.unclear import firewall_doubts

XP, SERVER, LATER = "windows-xp-sp2", "windows-server-2003-sp1", "windows-10"
NEAR, FAR = "10.1.1.1", "192.0.2.1"
DCOM = ("dcom", "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=135|RA4=10.2.0.0/255.255.0.0|")
OUTWARD = ("web", "v2.10|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|LPort=80|RA4=10.3.0.0/255.255.0.0|")


def test_a_scope_tells_addresses_apart() -> None:
    """One address stands for each range that the scopes of exceptions, Remote Desktop and rules about offers tell apart."""
    firewall = Firewall.of(
        ports=["135:TCP:10.0.0.0/8:Enabled:x", "445:TCP:172.16.0.0/12:Enabled:x"],
        remote_desktop="enabled",
        remote_desktop_scope="10.0.0.4/32",
        rules=[DCOM, OUTWARD],
    )

    assert ("0.0.0.1", "10.0.0.1", "10.0.0.4", "10.0.0.6", "10.2.0.1", "10.3.0.1", "11.0.0.1") == stretches(firewall)


def test_without_scopes_all_addresses_are_one() -> None:
    """Where everything is for everybody, or for the local subnet that only the computer knows, no address differs."""
    assert (None,) == stretches(
        Firewall.of(ports=["135:TCP:*:Enabled:x"], programs=[NAMED["sessmgr"].replace("*", "localsubnet")])
    )


def test_a_rule_is_about_offers_from_any_address() -> None:
    """A rule is about offers by what it lets in, whatever the address."""
    assert [True, False] == [is_about_offers(rule) for rule in Firewall.of(rules=[DCOM, OUTWARD]).rules]


def test_no_address_sees_the_firewall_as_it_is() -> None:
    """Without an address nothing is left out."""
    firewall = Firewall.of(ports=["135:TCP:10.0.0.0/8,localsubnet:Enabled:x"])

    assert firewall == seen_from(firewall, None)


@pytest.mark.parametrize(("address", "scope"), [(NEAR, "10.0.0.0/8,localsubnet"), (FAR, "localsubnet")])
def test_of_a_doubtful_scope_the_doubt_stays(address: str, scope: str) -> None:
    """Of a scope with the local subnet, an address that is not surely in it sees the local subnet alone."""
    firewall = Firewall.of(ports=["135:TCP:10.0.0.0/8,localsubnet:Enabled:x"], programs=[NAMED["sessmgr"]])
    seen = seen_from(firewall, address)

    assert (scope, firewall.programs) == (str(seen.ports[0].scope), seen.programs)


def test_the_desktop_exception_of_others_is_not_there() -> None:
    """A Remote Desktop exception for other addresses is as good as none, and the firewall is stated still."""
    firewall = Firewall.of(remote_desktop="enabled", remote_desktop_scope="10.0.0.0/8")
    near, far = seen_from(firewall, NEAR), seen_from(firewall, FAR)
    listed = seen_from(
        Firewall.of(ports=[NAMED["135 tcp"]], remote_desktop="enabled", remote_desktop_scope="10.0.0.0/8"), FAR
    )

    assert (firewall, "not configured", True) == (near, far.remote_desktop.state, far.speaks)
    assert ("always open", "closed", "closed") == tuple(reach(each, XP).port_3389 for each in (near, far, listed))


def test_an_answer_has_its_own_reasons() -> None:
    """Each question has its own reasons; where one thing decides all of them, that is the reason of each."""
    found, off = reach(Firewall.of(ports=[NAMED["135 tcp"]]), XP), reach(Firewall.of(protection="disabled"), XP)

    assert [["R37"], ["R31"]] == [[reason.rule for reason in found.why(each)] for each in ("port 3389", "port 135")]
    assert [off.because] * 2 == [off.why(each) for each in ("offer", "port 135")]


def test_what_is_not_governed_counts_as_getting_through() -> None:
    """An offer counts as getting through where it does, and where no policy governs the firewall (R30); in doubt it does not."""
    stated = Firewall.of(ports=[NAMED["135 tcp"]])

    assert [True, True, False, False] == [
        reach(Firewall.of(protection="disabled"), XP).through,
        reach(stated, "windows-xp").through,
        reach(stated, LATER).through,
        reach(stated, XP).through,
    ]


def test_two_doubts_about_one_thing_are_one() -> None:
    """A doubt is known by what was not read, whatever the words; one that names nothing by its words."""
    named = Unclear("a", "b", ("no", "yes"), about=(("x", 1),))

    assert [(("x", 1),), (("a", "b", ("no", "yes")),)] == [named.keys, Unclear("a", "b", ("no", "yes")).keys]


def test_rules_are_stated_where_they_are_listened_to() -> None:
    """A firewall that is stated in rules alone is stated on systems of rules, and on no other."""
    rules = Firewall.of(rules=[DCOM])

    assert [True, False, False, False] == [
        is_stated(rules, LATER),
        is_stated(rules, XP),
        is_stated(rules, None),
        is_stated(Firewall(), LATER),
    ]


@pytest.mark.parametrize(
    ("unknown", "system", "turned"),
    [
        ({"protection": "unknown"}, XP, {"offer", "port 135", "port 3389"}),
        ({"remote_desktop": "unknown"}, XP, {"offer", "port 3389"}),
        ({"remote_desktop": "unknown"}, LATER, {"port 3389"}),
        ({"ports": ["135:TCP:*:on:x"]}, XP, {"offer", "port 135"}),
        ({"ports": ["3389:TCP:*:on:x"]}, XP, {"port 3389"}),
        ({"programs": [r"%windir%\system32\sessmgr.exe"]}, XP, {"offer", "port 3389"}),
        ({"programs": [r"%windir%\system32\sessmgr.exe"]}, SERVER, set()),
        ({"default_inbound": "unknown"}, LATER, {"offer", "port 135", "port 3389"}),
        ({"default_inbound": "unknown"}, XP, set()),
        ({"rules": [("broken", "v9|")]}, LATER, {"offer", "port 135", "port 3389"}),
        ({"rules": [("broken", "v9|")]}, "windows-xp", set()),
        ({"ports": ["135:TCP:*:on:x"], "protection": "disabled"}, XP, set()),
        ({"ports": ["135:TCP:*:on:x"], "no_exceptions": "enabled"}, XP, set()),
    ],
)
def test_which_doubts_can_turn_an_answer(unknown: dict[str, object], system: str, turned: set[str]) -> None:
    """A doubt bears on the answers that hang on what was not read, on this system, and on none where nothing gets in or all does."""
    firewall = Firewall.of(**unknown)  # type: ignore[arg-type]
    (doubt,) = firewall_doubts(firewall)

    assert turned == {
        question
        for question in ("offer", "port 135", "port 3389")
        if bears_on(doubt, question, firewall, SYSTEMS[system])
    }
