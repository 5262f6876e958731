"""Pairs of policies that look alike in words and are not: compared they are never *equal* for certain."""

import pytest

from rasim.analysis.difference_scenarios import Scenarios, Sides
from rasim.formats import read_policy_files
from rasim.policy import Membership, Policy, may_offer, what_if
from rasim.scenario import play
from rasim.testing import assert_may_not_offer
from rasim.verify import compare

TOP = "Windows Registry Editor Version 5.00\n\n"
OFFER = (
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services]\n"
    '"fAllowUnsolicited"=dword:00000001\n"fAllowUnsolicitedFullControl"=dword:00000000\n\n'
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\RAUnsolicit]\n"
)
WALL = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile\\GloballyOpenPorts"
RULES = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules]\n"


def reg(*parts: str) -> Policy:
    return read_policy_files([("x.reg", "".join((TOP, OFFER, *parts)).encode("utf-8"))])


def multi(text: str, kind: int = 7) -> str:
    """Return a text as the bytes of a .reg, with the type given."""
    return f"hex({kind}):" + ",".join(f"{byte:02x}" for byte in f"{text}\0\0".encode("utf-16-le"))


BOB = '"CORP\\\\bob"='
PORT = '"135:TCP:*:Enabled:x"='


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'{BOB}"CORP\\\\bob"\n', f"{BOB}{multi('CORP' + chr(92) + 'anna')}\n"),
        (f'{BOB}"CORP\\\\bob"\n', f"{BOB}{multi('CORP' + chr(92) + 'anna', 3)}\n"),
        (f'{BOB}"CORP\\\\bob"\n', f'{BOB}"CORP\\\\bob"\n"CORP\\\\anna "="CORP\\\\anna "\n'),
        (f'{BOB}"CORP\\\\bob"\n', f'{BOB}"CORP\\\\bob"\n" CORP\\\\anna"=" CORP\\\\anna"\n'),
        (f'{BOB}"CORP\\\\bob"\n', f'{BOB}"CORP\\\\bob"\n"CORP\\\\\\\\anna"="CORP\\\\\\\\anna"\n'),
        (f'{RULES}"r"={multi("v2.30|Action=Block|LPort=135|")}\n', f'{RULES}"r"={multi("v2.30|Action=Allow|LPort=135|")}\n'),
        (f"{WALL}\\List]\n{PORT}{multi('135:TCP:*:Disabled:x')}\n", f"{WALL}\\List]\n{PORT}{multi('135:TCP:*:Enabled:x')}\n"),
        (
            f'{WALL}]\n"AllowUserPrefMerge"=dword:00000000\n\n{WALL}\\List]\n{PORT}"135:TCP:*:Enabled:x"\n',
            f'{WALL}]\n"AllowUserPrefMerge"=dword:00000001\n\n{WALL}\\List]\n{PORT}"135:TCP:*:Enabled:x"\n',
        ),
    ],
)  # fmt: skip
def test_what_is_stored_decides_and_not_its_words(before: str, after: str) -> None:
    """Values that are no text, entries that are an account but for blanks, own lists that count: something may be possible."""
    compared = compare(reg(before), reg(after))

    assert (True, False) == (bool(compared.newly_possible), compared.certain)
    assert "equal" == compare(reg(after), reg(after)).verdict


def test_an_entry_with_a_blank_refuses_nobody_for_certain() -> None:
    """An expert whom an entry names but for a blank is refused, and that is not clear."""
    with pytest.raises(AssertionError, match="unclear"):
        assert_may_not_offer(Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna "]), "CORP\\anna")


def test_a_firewall_that_shuts_is_not_taken_as_open() -> None:
    """Where the firewall keeps offers out for certain a helper more is no difference, whatever in it cannot be read."""
    wall = f'{WALL}\\List]\n{PORT}"135:TCP::Enabled:x"\n'
    compared = compare(reg(wall), what_if(reg(wall), add_helpers=["CORP\\new"]), systems=["windows-xp-sp2"])

    assert all(not each.certain for each in compared.newly_possible)


def test_a_domain_of_two_names_is_played_as_the_entry_spells_it() -> None:
    """The scenario of an entry in the other form of its domain plays by itself and with the policy."""
    after = Policy.of(offer="enabled", mode="view", helpers=["corp.example\\anna"])
    compared = compare(Policy(), after, membership=Membership.of({}, {"CORP": "corp.example"}))
    scenario = Scenarios(compared, Sides("before", "after")).of(compared.newly_possible[0], newly=True)

    assert scenario is not None
    assert ("passed", "passed") == (play(scenario).verdict, play(scenario, policy=after).verdict)


def test_what_is_not_configured_changes_nothing() -> None:
    """Setting to *not configured* what nobody stated is no change at all."""
    policy = reg(f'{BOB}"CORP\\\\bob"\n')

    for name in ("sessmgr", "135 tcp", "remote desktop"):
        assert policy == what_if(policy, {name: "not configured"})
    assert may_offer(policy, "CORP\\bob").allowed
