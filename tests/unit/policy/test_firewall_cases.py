"""Files that say of the firewall what was not read once: each with what a correct reading of it says."""

from pathlib import Path

import pytest

from rasim.formats import read_policy_files
from rasim.policy import Policy, reach
from rasim.verify import compare

FILES = Path(__file__).parents[2] / "data" / "firewall"
XP, SERVER, TEN = "windows-xp-sp2", "windows-server-2003-sp1", "windows-10"


def policy(name: str) -> Policy:
    return read_policy_files([(name, (FILES / name).read_bytes())])


@pytest.mark.parametrize(
    ("name", "system", "offer", "port"),
    [
        # It opens ports 135 and 445, and lets svchost.exe open what it listens on.
        ("remoteadmin-base.pol", XP, "blocked", "while in use"),
        ("remoteadmin.pol", XP, "gets through", "cannot tell"),
        ("remoteadmin.pol", SERVER, "cannot tell", "cannot tell"),
        ("remote-admin-exception.pol", XP, "gets through", "cannot tell"),
        # The computer's own switches count where policy is silent.
        ("lf-off-block.reg", TEN, "gets through", "always open"),
        ("lf-off-block.reg", XP, "gets through", "always open"),
        ("local-firewall-off.pol", XP, "gets through", "always open"),
        # Policy lets its own exceptions count, and no file holds them.
        ("usermerge.pol", XP, "cannot tell", "cannot tell"),
        ("usermerge.pol", SERVER, "cannot tell", "cannot tell"),
        # What keeps calls for DCOM out keeps offers out, and no port.
        ("q-kb884910-dcom.reg", XP, "cannot tell", "while in use"),
        ("q-kb884910-dcom.reg", SERVER, "blocked", "closed"),
        ("svchost-exc-base.pol", XP, "blocked", "closed"),
        ("svchost-exc.pol", XP, "cannot tell", "cannot tell"),
        # Who proves who they are passes by what blocks.
        ("bypass-over-block.pol", TEN, "cannot tell", "closed"),
        # Ranges hold what is inside; lists of old have none, and Windows may read them.
        ("range.pol", XP, "blocked", "cannot tell"),
        ("fw-range-allows.reg", TEN, "gets through", "closed"),
        # Another way to write the path of the program.
        ("sysdrive.pol", XP, "cannot tell", "cannot tell"),
        ("sessmgr-by-systemdrive.pol", XP, "cannot tell", "cannot tell"),
        # A switch that cannot be read, and one that is not stated.
        ("default-inbound-as-text.pol", TEN, "cannot tell", "cannot tell"),
        ("lists-without-enabled.pol", XP, "cannot tell", "cannot tell"),
        ("lists-without-enabled.pol", TEN, "cannot tell", "cannot tell"),
    ],
)
def test_a_file_means_what_it_says(name: str, system: str, offer: str, port: str) -> None:
    """Of a file that once was read too surely it is said what gets through, or that nobody can tell."""
    found = reach(policy(name).firewall, system)

    assert (offer, port) == (found.offer, found.port_3389)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("remoteadmin-base.pol", "remoteadmin.pol", ("looser", True)),
        ("svchost-exc-base.pol", "svchost-exc.pol", ("looser", False)),
        ("only-on.pol", "s-msra.pol", ("looser", False)),
        ("default-in-allow.pol", "s-135-din0.pol", ("looser", True)),
    ],
)
def test_what_only_adds_is_never_stricter(before: str, after: str, expected: tuple[str, bool]) -> None:
    """A file with one exception or rule more makes nothing stricter, and is certain where the files leave nothing open."""
    found = compare(policy(before), policy(after))

    assert expected == (found.verdict, found.certain)
    assert () == found.no_longer_possible


@pytest.mark.parametrize("name", ["default-in-allow.pol", "s-135-din0.pol"])
def test_an_exception_for_some_addresses_forbids_nothing_to_others(name: str) -> None:
    """What is let in by default is so from every address, whatever exceptions for other addresses stand beside it."""
    found = reach(policy(name).firewall, TEN, address="192.168.1.1")

    assert ("gets through", "open") == (found.offer, found.port_135)


def test_that_forbids_nothing_says_diff_too() -> None:
    """From an address that the exception is not for, a file with it and one without it are equal."""
    found = compare(policy("default-in-allow.pol"), policy("s-135-din0.pol"), address="192.168.1.1")

    assert ("equal", True) == (found.verdict, found.certain)
