from pathlib import Path

import pytest

from rasim.formats import read_policy_files
from rasim.policy import NAMED, Firewall, Policy, policy_to_entries, reach, read_policy
from rasim.policy.firewall_entries import firewall_to_entries
from rasim.policy.registry import Action, Registry, RegistryEntry, RegType
from rasim.policy.settings import FIREWALL, FIREWALL_LOCAL_KEY, FIREWALL_RULES

XP = "windows-xp-sp2"
PROGRAMS = [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
ALL = Firewall.of(ports=[NAMED["135 tcp"]], programs=PROGRAMS)
OFFER = policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"]))
LOCAL_LIST = FIREWALL["domain"].local_program_list.key


def verdict(firewall: Firewall, system: str = XP, address: str | None = None) -> tuple[str, str]:
    found = reach(firewall, system, address=address)
    return found.offer, found.port_3389


def text(key: str, words: str, name: str | None = None) -> RegistryEntry:
    return RegistryEntry(key, words if name is None else name, RegType.SZ, f"{words}\0".encode("utf-16-le"))


def number(key: str, name: str, value: int) -> RegistryEntry:
    return RegistryEntry(key, name, RegType.DWORD, value.to_bytes(4, "little"))


def read(*entries: RegistryEntry) -> Policy:
    return read_policy(Registry.of(entries))


@pytest.mark.parametrize(
    ("system", "offer", "port", "rule"),
    [
        ("windows-xp", "not governed", "cannot tell", "R30"),
        ("windows-95", "cannot tell", "cannot tell", "R42"),
        ("windows-xp-sp3", "gets through", "while in use", "A13"),
        ("windows-server-2022", "cannot tell", "cannot tell", "A14"),
    ],
)
def test_a_system_the_document_does_not_name_says_so(system: str, offer: str, port: str, rule: str) -> None:
    """A system that is not managed, not known, or not named by the document is answered with the rule that says so."""
    found = reach(ALL, system)

    assert (offer, port, True) == (found.offer, found.port_3389, rule in {reason.rule for reason in found.because})


def test_no_system_is_no_answer() -> None:
    """Without an operating system nobody can tell."""
    assert ("cannot tell", "cannot tell") == (reach(ALL, None).offer, reach(ALL, None).port_3389)


def test_what_stands_above_all_exceptions() -> None:
    """A firewall that is off holds nothing back, and one without exceptions lets nothing in."""
    assert ("gets through", "always open") == verdict(Firewall.of(protection="disabled", no_exceptions="enabled"))
    assert ("blocked", "closed") == verdict(
        Firewall.of(ports=[NAMED["135 tcp"]], programs=PROGRAMS, remote_desktop="enabled", no_exceptions="enabled")
    )
    assert ("cannot tell", "cannot tell") == verdict(Firewall.of(ports=[NAMED["135 tcp"]], protection="unknown"))
    assert ("gets through", "always open") == verdict(Firewall.of(protection="disabled", no_exceptions="unknown"))


def test_scopes_add_up_and_disabled_overrides() -> None:
    """Scopes of several entries add up, and one disabled entry overrides them all."""
    narrow = [f"135:TCP:{scope}:enabled:x" for scope in ("10.0.0.0/8", "11.0.0.0/8")]

    assert "gets through" == verdict(Firewall.of(ports=narrow, programs=PROGRAMS), address="11.1.1.1")[0]
    assert "blocked" == verdict(Firewall.of(ports=narrow, programs=PROGRAMS), address="12.1.1.1")[0]
    assert "cannot tell" == verdict(Firewall.of(ports=narrow, programs=PROGRAMS))[0]
    disabled = [*narrow, NAMED["135 tcp"], "135:TCP:*:Disabled:x"]
    assert "blocked" == verdict(Firewall.of(ports=disabled, programs=PROGRAMS), address="11.1.1.1")[0]


def test_a_folder_by_letter_is_unclear() -> None:
    """A path that begins with a drive letter may be that of Windows, and nobody can tell; SystemRoot surely is."""
    by_letter = [each.replace("%WINDIR%", "C:\\Windows") for each in PROGRAMS]
    by_root = [each.replace("%WINDIR%", "%systemroot%") for each in PROGRAMS]

    assert ("cannot tell", "cannot tell") == verdict(Firewall.of(ports=[NAMED["135 tcp"]], programs=by_letter))
    assert ("gets through", "while in use") == verdict(Firewall.of(ports=[NAMED["135 tcp"]], programs=by_root))
    elsewhere = "D:\\Old\\System32\\Sessmgr.exe:*:Disabled:x"
    assert ("cannot tell", "cannot tell") == verdict(
        Firewall.of(ports=[NAMED["135 tcp"]], programs=[*PROGRAMS, elsewhere])
    )


def test_a_port_entry_for_3389_is_open_always() -> None:
    """An entry for port 3389 keeps it open; that it is a way for offers the document does not say."""
    found = reach(Firewall.of(ports=[NAMED["135 tcp"], "3389:TCP:*:Enabled:x"], programs=PROGRAMS[:2]), XP)

    assert ("cannot tell", "always open", ("sessmgr or remote desktop",)) == (
        found.offer,
        found.port_3389,
        found.missing,
    )


def test_a_string_that_cannot_be_read_is_no_comfort() -> None:
    """A string about port 135 that is no exception leaves the offer open to doubt, not blocked."""
    assert "cannot tell" == verdict(Firewall.of(ports=["135:TCP:*:Enabled"], programs=PROGRAMS))[0]


def test_what_is_not_needed_is_superfluous() -> None:
    """Beside Sessmgr the Remote Desktop exception is superfluous on Windows XP, and Sessmgr is on Server 2003."""
    both = Firewall.of(ports=[NAMED["135 tcp"]], programs=PROGRAMS, remote_desktop="enabled")

    assert ("always open", ("remote desktop",)) == (reach(both, XP).port_3389, reach(both, XP).superfluous)
    assert ("sessmgr",) == reach(both, "windows-server-2003-sp1").superfluous


def test_exceptions_of_later_systems_suffice_without_rules() -> None:
    """On Windows Vista and later the old exceptions suffice if no rules of the new kind are in the files."""
    stated = Firewall.of(ports=[NAMED["135 tcp"]], programs=[NAMED["msra"], NAMED["raserver"]])
    entries = firewall_to_entries(stated)
    with_rules = read(*entries, text(FIREWALL_RULES.key, "v2.10|Action=Block|", "x")).firewall

    assert ("gets through", "cannot tell") == (verdict(stated, "windows-7")[0], verdict(with_rules, "windows-7")[0])


def test_a_disabled_list_does_not_count() -> None:
    """Where policy disables a list, what stands in it does not count."""
    entries = [*firewall_to_entries(ALL), number(FIREWALL["domain"].ports.key, "Enabled", 0)]

    assert ("135 tcp",) == reach(read(*entries).firewall, XP).missing


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ((), True),
        ((number(FIREWALL["domain"].programs.key, "Enabled", 1),), False),
        ((number(FIREWALL["domain"].programs.key, "Enabled", 0),), False),
        ((number(FIREWALL["domain"].programs.key, "AllowUserPrefMerge", 0),), False),
        (
            (
                number(FIREWALL["domain"].programs.key, "Enabled", 1),
                number(FIREWALL["domain"].programs.key, "AllowUserPrefMerge", 1),
            ),
            True,
        ),
    ],
)
def test_local_exceptions_count_where_policy_leaves_them(more: tuple[RegistryEntry, ...], counts: bool) -> None:
    """The computer's own list counts while policy states none, or allows local exceptions explicitly."""
    local = text(LOCAL_LIST.replace("CurrentControlSet", "ControlSet001"), PROGRAMS[2], "sessmgr")
    found = read(local, *more).firewall.programs

    assert ([True] if counts else []) == [each.local for each in found]


def test_local_exceptions_are_not_written_as_policy() -> None:
    """What the computer itself excepts is no policy, and writing the policy leaves it out."""
    assert () == firewall_to_entries(read(text(LOCAL_LIST, PROGRAMS[2], "sessmgr")).firewall)
    assert FIREWALL_LOCAL_KEY in LOCAL_LIST


def test_a_blank_scope_is_unclear_while_offers_matter() -> None:
    """A Remote Desktop exception with a blank scope is *cannot tell*, and unclear only where offers are enabled."""
    desktop = FIREWALL["domain"].remote_desktop.key
    entries = (number(desktop, "Enabled", 1), text(desktop, " ", "RemoteAddresses"))

    assert "cannot tell" == verdict(read(*entries).firewall)[1]
    assert ((), 1) == (read(*entries).unclear, len(read(*OFFER, *entries).unclear))


def test_a_switch_that_is_no_dword_is_unclear() -> None:
    """A switch of the firewall that is neither 0 nor 1 makes the answer *cannot tell* and the policy unclear."""
    policy = read(*OFFER, number(FIREWALL["domain"].protection.key, "EnableFirewall", 2))

    assert (("cannot tell", "cannot tell"), ["EnableFirewall"]) == (
        verdict(policy.firewall),
        [doubt.setting for doubt in policy.unclear],
    )


def test_deletions_reach_the_firewall() -> None:
    """A higher policy that empties the list of ports takes the port away again."""
    ports = FIREWALL["domain"].port_list.key
    empty = RegistryEntry(ports, "", RegType.SZ, b"", action=Action.DELETE_ALL_VALUES)

    assert () == read(*firewall_to_entries(ALL), empty).firewall.ports


@pytest.mark.parametrize(
    ("name", "system", "expected"),
    [
        ("fdcc-xp-firewall-machine.pol", XP, ("blocked", "cannot tell")),
        ("firewall-domain-standard-policy.reg", XP, ("blocked", "closed")),
        ("shb-firewall-computer.pol", "windows-10", ("cannot tell", "cannot tell")),
        ("header-only.pol", XP, ("cannot tell", "cannot tell")),
    ],
)
def test_real_files_mean_what_they_mean(corpus: Path, name: str, system: str, expected: tuple[str, str]) -> None:
    """Real policy files are judged as a correct reading of them judges."""
    assert expected == verdict(read_policy_files([(name, (corpus / name).read_bytes())]).firewall, system)


def test_a_real_computers_own_exception_is_read(corpus: Path) -> None:
    """The hive of a real Windows XP excepts Sessmgr in lower case on its own account, and nothing else that matters."""
    name = "DERIVED-xp-hive-authorized-applications.reg"
    firewall = read_policy_files([(name, (corpus / name).read_bytes())]).firewall

    assert [("xpnetdiag.exe", True), ("sessmgr.exe", True)] == sorted(
        ((each.path.rpartition("\\")[2], each.local) for each in firewall.programs), reverse=True
    )
    assert "while in use" == reach(firewall, XP).port_3389
