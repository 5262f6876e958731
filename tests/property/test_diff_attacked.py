"""What changes of a policy can never do, whatever the policy: drawn policies, groups and firewalls against `compare`."""

import sys
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from attrs import evolve
from drawn import examples
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rasim.policy import (
    NAMED,
    SYSTEMS,
    Firewall,
    Membership,
    Policy,
    Registry,
    fold,
    may_control,
    may_offer,
    parse_account,
    policy_to_entries,
    reach,
    read_policy,
)
from rasim.testing import accounts, memberships, policies
from rasim.testing.strategies import FLAWED
from rasim.verify import compare
from rasim.verify.policies.compare import Compared, Difference

sys.path.append(str(Path(__file__).parents[1] / "model"))
import naive_firewall

FEW = ("windows-xp-sp2", "windows-10", "windows-xp-sp1")
TURNED = {"stricter": "looser", "looser": "stricter", "equal": "equal", "incomparable": "incomparable"}
NO_LOOSER, NO_STRICTER = {"equal", "stricter"}, {"equal", "looser"}

attack = settings(max_examples=examples(60), suppress_health_check=[HealthCheck.filter_too_much])

# ---- what is drawn -------------------------------------------------------------------------------------------

SCOPES = ("*", "10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/16", "10.1.0.0/16,192.168.0.0/16", "localsubnet")
RULES = tuple(
    f"v2.30|Action={action}|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|{about}|"
    for action in ("Allow", "Block")
    for about in (
        r"LPort=135|App=%SystemRoot%\system32\svchost.exe|Svc=rpcss",
        r"App=%SystemRoot%\system32\raserver.exe",
        r"App=%SystemRoot%\system32\msra.exe",
        r"LPort=3389|RA4=10.0.0.0/8",
    )
)
scopes = st.sampled_from(SCOPES)
statuses = st.sampled_from(["Enabled", "Enabled", "Enabled", "Disabled"])
switches = st.sampled_from(["not configured", "enabled", "disabled"])
programs = st.builds(
    lambda name, scope, status: NAMED[name].replace(":*:Enabled:", f":{scope}:{status}:"),
    st.sampled_from([name for name in NAMED if name != "135 tcp"]),
    scopes,
    statuses,
)
ports = st.builds("{}:TCP:{}:{}:x".format, st.sampled_from([135, 135, 3389]), scopes, statuses)


def firewalls(*, broken: bool = True) -> st.SearchStrategy[Firewall]:
    """Draw firewalls: switches, exceptions with scopes, rules, and (if `broken`) strings that nobody can read."""
    unreadable = [st.sampled_from(["135:TCP:*:Enable:x", "3389:TCP:nowhere:Enabled:x"])] if broken else []
    unreadable_rule = [st.just("v2.30|nonsense|")] if broken else []
    # The whole set of Windows XP SP2 is too rare a thing to wait for.
    complete = st.just(tuple(NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")))
    return st.builds(
        Firewall.of,
        protection=st.sampled_from(["enabled", "enabled", "not configured", "disabled"]),
        no_exceptions=st.sampled_from(["not configured", "not configured", "disabled", "enabled"]),
        remote_desktop=switches,
        remote_desktop_scope=scopes,
        ports=st.lists(st.one_of(ports, *unreadable), max_size=3),
        programs=st.lists(programs, max_size=4) | complete,
        rules=st.lists(st.one_of(st.sampled_from(RULES), *unreadable_rule), max_size=4).map(
            lambda texts: [(f"rule {number}", text) for number, text in enumerate(texts)]
        ),
        rules_merge=switches,
        default_inbound=st.sampled_from(["not configured", "enabled", "disabled"]),
    )


def walled(*, flawed: bool = True, broken: bool = True) -> st.SearchStrategy[Policy]:
    """Draw policies, half of them with a firewall."""
    plain = policies(flawed=flawed)
    return plain | st.builds(
        lambda policy, firewall: evolve(policy, firewall=firewall), plain, firewalls(broken=broken)
    )


entries = accounts() | st.sampled_from(FLAWED)
anything = walled()


def said(policy: Policy, **otherwise: Any) -> Policy:
    """Return a policy of the same words, some of them said otherwise."""
    words = {
        "offer": policy.offer.state,
        "mode": policy.offer.mode,
        "helpers": [helper.text for helper in policy.offer.helpers],
        "solicited": policy.solicited.state,
        "firewall": policy.firewall,
    }
    return Policy.of(**{**words, **otherwise})


def compared(before: Policy, after: Policy, membership: Membership | None = None) -> Compared:
    return compare(before, after, membership=membership, systems=FEW)


def without_reasons(differences: tuple[Difference, ...]) -> set[tuple[object, ...]]:
    """Return what differs, for whom (in any letter case), where, and how certain, without the reasons of both sides."""
    return {(d.capability, fold(d.expert or ""), d.systems, d.address, d.certain) for d in differences}


# ---- a comparison by itself ----------------------------------------------------------------------------------


@given(anything, memberships())
@attack
def test_a_policy_is_equal_to_itself(policy: Policy, membership: Membership) -> None:
    """A policy compared with itself is equal for certain, however unclear it is."""
    found = compared(policy, policy, membership)

    assert ("equal", True) == (found.verdict, found.certain)
    assert ((), ()) == (found.newly_possible, found.no_longer_possible)


@given(anything, anything, memberships())
@attack
def test_turning_a_change_round_turns_what_it_does(one: Policy, other: Policy, membership: Membership) -> None:
    """A change undone takes away what it made possible and makes possible what it took away, as certain as before."""
    there, back = compared(one, other, membership), compared(other, one, membership)

    assert (TURNED[there.verdict], there.certain) == (back.verdict, back.certain)
    assert without_reasons(there.newly_possible) == without_reasons(back.no_longer_possible)
    assert without_reasons(there.no_longer_possible) == without_reasons(back.newly_possible)


@given(anything, anything, memberships())
@attack
def test_a_verdict_is_what_its_differences_say(one: Policy, other: Policy, membership: Membership) -> None:
    """A verdict follows from whether something is newly and something no longer possible, on the systems that were asked."""
    found = compared(one, other, membership)
    comes, goes = found.newly_possible, found.no_longer_possible
    expected = {(0, 0): "equal", (1, 0): "looser", (0, 1): "stricter", (1, 1): "incomparable"}[bool(comes), bool(goes)]

    assert expected == found.verdict
    assert found.certain == all(not side or any(each.certain for each in side) for side in (comes, goes))
    assert all(each.systems and set(each.systems) <= set(FEW) for each in (*comes, *goes))


# ---- changes whose direction is known ------------------------------------------------------------------------


@given(anything, entries, memberships())
@attack
def test_a_helper_more_is_never_stricter(policy: Policy, entry: str, membership: Membership) -> None:
    """Adding an entry to the list takes nothing from anybody, and removing it gives nothing to anybody."""
    more = said(policy, helpers=[*(helper.text for helper in policy.offer.helpers), entry])
    fewer = said(policy)

    assert compared(fewer, more, membership).verdict in NO_STRICTER
    assert compared(more, fewer, membership).verdict in NO_LOOSER


@given(anything, memberships())
@attack
def test_control_instead_of_view_is_never_stricter(policy: Policy, membership: Membership) -> None:
    """Letting helpers control takes nothing from anybody, whatever the mode was before."""
    view, control = (said(policy, mode=mode) for mode in ("view", "control"))

    assert compared(view, control, membership).verdict in NO_STRICTER
    assert compared(said(policy), control, membership).verdict in NO_STRICTER
    assert compared(said(policy), view, membership).verdict in NO_LOOSER


@given(anything, memberships(), st.sampled_from(["disabled", "not configured"]))
@attack
def test_disabling_offers_is_never_looser(policy: Policy, membership: Membership, state: str) -> None:
    """Without offers nobody gets anything that was not possible before, whatever else stands there."""
    assert compared(said(policy), said(policy, offer=state), membership).verdict in NO_LOOSER


@given(anything, memberships())
@attack
def test_disabling_solicited_is_never_looser(policy: Policy, membership: Membership) -> None:
    """That invitations are disabled gives nobody an offer on any system (R9)."""
    assert (
        compared(said(policy, solicited="enabled"), said(policy, solicited="disabled"), membership).verdict in NO_LOOSER
    )


@given(anything, memberships())
@attack
def test_a_firewall_that_is_off_is_never_stricter(policy: Policy, membership: Membership) -> None:
    """Switching the firewall off closes nothing, and leaves no doubt about what was in its lists."""
    after = evolve(policy, firewall=evolve(policy.firewall, protection=Firewall.of(protection="disabled").protection))

    assert compared(policy, after, membership).verdict in NO_STRICTER


@given(anything, memberships())
@attack
def test_no_exceptions_is_never_looser(policy: Policy, membership: Membership) -> None:
    """A firewall that is on and allows no exception lets in nothing that any other lets in (R40)."""
    shut = Firewall.of(protection="enabled", no_exceptions="enabled")
    switched = evolve(policy.firewall, protection=shut.protection, no_exceptions=shut.no_exceptions)

    assert compared(policy, evolve(policy, firewall=switched), membership).verdict in NO_LOOSER


@given(policies(), firewalls(broken=False), st.one_of(ports, programs))
@attack
def test_an_enabled_exception_is_never_stricter(policy: Policy, firewall: Firewall, exception: str) -> None:
    """On systems with exceptions only, an exception more that is enabled closes nothing."""
    # That one is told of in the table of pairs: beside a Remote Desktop that is disabled nobody can tell what a port does.
    assume("Enabled" in exception and (firewall.remote_desktop.state != "disabled" or not exception.startswith("3389")))
    added = Firewall.of(**{"ports" if exception[0].isdigit() else "programs": [exception]})
    more = evolve(
        firewall,
        ports=(*firewall.ports, *added.ports),
        programs=(*firewall.programs, *added.programs),
        # Something is stated on both sides: else it is the computer's own firewall before.
        protection=Firewall.of(protection="enabled").protection,
    )
    before = evolve(policy, firewall=evolve(firewall, protection=more.protection))
    systems = ("windows-xp-sp2", "windows-server-2003-sp1", "windows-xp-sp1")

    assert compare(before, evolve(policy, firewall=more), systems=systems).verdict in NO_STRICTER


# ---- where it is asked ---------------------------------------------------------------------------------------


def by_system(found: Compared) -> set[tuple[object, ...]]:
    """Return every difference on each of its systems, without addresses and reasons."""
    both = ((True, found.newly_possible), (False, found.no_longer_possible))
    return {(came, d.capability, d.expert, d.certain, name) for came, side in both for d in side for name in d.systems}


@given(anything, anything, memberships())
@settings(attack, max_examples=examples(30))
def test_asking_of_all_systems_is_asking_of_each(one: Policy, other: Policy, membership: Membership) -> None:
    """What differs on all systems is what differs on each of them, asked one after the other."""
    together = compare(one, other, membership=membership)
    single = (compare(one, other, membership=membership, systems=[name]) for name in SYSTEMS)

    assert by_system(together) == set().union(*map(by_system, single))


octets = st.sampled_from([0, 1, 9, 10, 11, 127, 128, 168, 192, 255])
addresses = st.builds("{}.{}.{}.{}".format, octets, octets, octets, octets)


@given(policies(), firewalls(), firewalls(), addresses)
@attack
def test_no_address_is_forgotten(policy: Policy, was: Firewall, now: Firewall, address: str) -> None:
    """What differs for an expert at one address differs when it is asked of all of them."""
    before, after = evolve(policy, firewall=was), evolve(policy, firewall=now)
    everywhere = {each[:3] + each[4:] for each in by_system(compared(before, after))}
    there = {each[:3] + each[4:] for each in by_system(compare(before, after, systems=FEW, address=address))}

    assert there <= everywhere


@given(firewalls(broken=False), firewalls(broken=False), addresses)
@attack
def test_what_is_said_of_one_address_is_what_the_firewall_does(was: Firewall, now: Firewall, address: str) -> None:
    """Where the firewall's verdict on an address is told for both sides, what comes and goes is the difference of the two."""
    expert = Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"])
    sides = [evolve(expert, firewall=firewall) for firewall in (was, now)]
    for system in FEW:
        found = compare(*sides, systems=[system], address=address)
        before, after = (reach(firewall, system, address=address) for firewall in (was, now))
        for capability, whom, told in (
            (
                "offer",
                "CORP\\anna",
                [{"gets through": True, "blocked": False}.get(each.offer) for each in (before, after)],
            ),
            ("port 135", None, [{"open": True, "closed": False}.get(each.port_135) for each in (before, after)]),
        ):
            if None not in told:
                expected = (told == [False, True], told == [True, False])

                assert expected == possible(found, capability, whom, system)


@st.composite
def exceptions(draw: st.DrawFn) -> frozenset[str]:
    """Draw a set of the exceptions of the document, the whole of it more often than by chance."""
    return draw(
        st.just(frozenset(naive_firewall.EXCEPTIONS)) | st.frozensets(st.sampled_from(naive_firewall.EXCEPTIONS))
    )


def walled_by(policy: Policy, stated: frozenset[str]) -> Policy:
    """Return a policy behind a firewall that is on and has these exceptions."""
    programs = [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr") if name in stated]
    firewall = Firewall.of(
        protection="enabled",
        ports=[NAMED["135 tcp"]] if "135 tcp" in stated else [],
        programs=programs,
        remote_desktop="enabled" if "remote desktop" in stated else "not configured",
    )
    return evolve(policy, firewall=firewall)


@given(policies(flawed=False), policies(flawed=False), exceptions(), exceptions())
@attack
def test_a_plain_reading_of_the_firewall_agrees(
    one: Policy, other: Policy, had: frozenset[str], has: frozenset[str]
) -> None:
    """On the systems of the document a port comes or goes, and an offer arrives or not, as a plain reading of it says."""
    found = compare(walled_by(one, had), walled_by(other, has), systems=naive_firewall.NAMED_SYSTEMS)
    for system in naive_firewall.NAMED_SYSTEMS:
        was, now = (naive_firewall.read(system, stated) for stated in (had, has))
        exposed = {
            "port 135": ("135 tcp" in had, "135 tcp" in has),
            "port 3389 always": (was[2] == "always open", now[2] == "always open"),
            "port 3389 while in use": (was[2] != "closed", now[2] != "closed"),
        }
        for capability, (open_before, open_after) in exposed.items():
            # Who has it open always has it open while in use: that is not said twice.
            twice = capability == "port 3389 while in use" and possible(found, "port 3389 always", None, system)
            came, went = possible(found, capability, None, system)

            assert (open_after and not open_before, open_before and not open_after) == (
                came or (bool(twice) and twice[0] and open_after and not open_before),
                went or (bool(twice) and twice[1] and open_before and not open_after),
            )
        if was[0] != "gets through":
            assert not any(system in each.systems and each.expert for each in found.no_longer_possible)
        if now[0] != "gets through":
            assert not any(system in each.systems and each.expert for each in found.newly_possible)


# ---- who is in which group -----------------------------------------------------------------------------------


@given(policies(), policies(), memberships(), memberships())
@attack
def test_a_verdict_is_right_for_what_was_not_told(
    one: Policy, other: Policy, told: Membership, rest: Membership
) -> None:
    """What comes once more groups are told came before they were: an entry stands for whoever is in it."""
    more = Membership.told((*told.groups, *(group for group in rest.groups if not told.knows(group[0]))))
    before, after = compared(one, other, told), compared(one, other, more)

    assert bool(after.newly_possible) <= bool(before.newly_possible)
    assert bool(after.no_longer_possible) <= bool(before.no_longer_possible)


# ---- merging -------------------------------------------------------------------------------------------------


@st.composite
def overlays(draw: st.DrawFn) -> Policy:
    """Draw a policy that states everything that decides: offers, solicited, and the mode unless disabling deletes it.

    A list it states always: the editor empties what was there before (R29). It has no firewall, whose lists would add up.
    """
    mode = draw(st.sampled_from(["view", "control"]))
    drawn = draw(policies())
    offer = drawn.offer.state if drawn.offer.state.value != "not configured" else "disabled"
    solicited = draw(st.sampled_from(["enabled", "disabled"]))
    return said(
        drawn, offer=offer, solicited=solicited, mode=draw(st.none() | st.just(mode)) if offer == "disabled" else mode
    )


@given(policies(), overlays(), memberships())
@attack
def test_a_policy_that_states_everything_wins_entirely(base: Policy, overlay: Policy, membership: Membership) -> None:
    """A policy applied last that states everything is all that counts: if it is stricter than what was there, so is the result."""
    merged = read_policy(Registry.of((*policy_to_entries(base), *policy_to_entries(overlay))))
    alone, both = compared(base, overlay, membership), compared(base, merged, membership)

    assert ("equal", True) == ((found := compared(overlay, merged, membership)).verdict, found.certain)
    assert (alone.verdict, alone.certain) == (both.verdict, both.certain)


# ---- two changes after each other ----------------------------------------------------------------------------


@st.composite
def steps(draw: st.DrawFn) -> list[Policy]:
    """Draw a policy and two changes of it, small ones and whole others."""
    found = [draw(anything)]
    for _ in range(2):
        last = found[-1]
        texts = [helper.text for helper in last.offer.helpers]
        found.append(
            draw(
                st.one_of(
                    st.just(said(last, helpers=list(reversed(texts)))),
                    st.just(said(last, helpers=texts[1:])),
                    st.just(said(last, mode="view")),
                    st.just(said(last, offer="disabled")),
                    st.just(said(last, solicited="disabled")),
                    st.builds(lambda firewall, last=last: said(last, firewall=firewall), firewalls()),
                    anything,
                )
            )
        )
    return found


@given(steps(), memberships())
@settings(attack, max_examples=examples(100))
def test_two_changes_that_allow_nothing_more_allow_nothing_more_together(
    three: list[Policy], membership: Membership
) -> None:
    """After two changes that make nothing possible nothing is possible that was not, and after two equal ones all is equal."""
    verdicts = [compared(one, other, membership).verdict for one, other in pairwise(three)]
    together = compared(three[0], three[2], membership).verdict

    assert together in NO_LOOSER or not set(verdicts) <= NO_LOOSER
    assert together in NO_STRICTER or not set(verdicts) <= NO_STRICTER
    assert together == "equal" or set(verdicts) != {"equal"}


# ---- spelling ------------------------------------------------------------------------------------------------


@given(anything, st.randoms(use_true_random=False), memberships())
@attack
def test_order_and_letter_case_are_nothing(policy: Policy, chance: Any, membership: Membership) -> None:
    """A list in another order and in other letters is the same list."""
    texts = [chance.choice([str, str.upper, str.lower])(helper.text) for helper in policy.offer.helpers]
    chance.shuffle(texts)
    found = compared(said(policy), said(policy, helpers=texts), membership)

    assert ("equal", True) == (found.verdict, found.certain)


# ---- one expert ----------------------------------------------------------------------------------------------


def possible(found: Compared, capability: str, expert: str | None, system: str) -> tuple[bool, bool]:
    """Return whether something came, and whether it went, for one expert on one system."""
    sides = (found.newly_possible, found.no_longer_possible)
    came, went = (
        any((capability, expert) == (d.capability, d.expert) and system in d.systems and d.certain for d in side)
        for side in sides
    )
    return came, went


@given(policies(), policies(), memberships())
@attack
def test_what_is_said_of_one_expert_is_what_is_decided(one: Policy, other: Policy, membership: Membership) -> None:
    """For an expert of whom nothing is unclear what comes and goes is what is decided of that expert before and after."""
    found = compared(one, other, membership)
    for expert in found.experts[:-1]:  # the last is the one whom neither names
        for system in FEW:
            for capability, ask in (("offer", may_offer), ("view", may_offer), ("control", may_control)):
                was, now = (ask(policy, expert, membership, os=system) for policy in (one, other))
                if not was.unclear and not now.unclear:
                    expected = (not was.allowed and now.allowed, was.allowed and not now.allowed)

                    assert expected == possible(found, capability, expert, system)


@given(policies(), policies(), memberships())
@attack
def test_nobody_is_forgotten(one: Policy, other: Policy, membership: Membership) -> None:
    """Where anybody at all who was told of is allowed what was refused for certain, something is newly possible for certain."""
    texts = [helper.text for policy in (one, other) for helper in policy.offer.helpers if helper.flaw is None]
    told = {*map(parse_account, texts), *(member for _, members in membership.groups for member in members)}
    found = compared(one, other, membership)
    for expert in told:
        if membership.knows(expert):
            continue  # a group does not offer help itself
        for system, ask in product(FEW, (may_offer, may_control)):
            was, now = (ask(policy, expert, membership, os=system) for policy in (one, other))
            if now.allowed and not was.allowed and not was.unclear:
                assert any(each.certain for each in found.newly_possible), (expert, system)
