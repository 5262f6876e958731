"""The firewall is read from the registry as it stands there, written back as it was read, and judged by what outranks what."""

from typing import Any

import pytest

from rasim.errors import UsageError, Where
from rasim.formats import read_policy_files, reg_text, registry_pol
from rasim.policy import NAMED, Firewall, Policy, Scope, policy_to_entries, reach, read_firewall, read_policy
from rasim.policy.firewall_entries import firewall_to_entries
from rasim.policy.firewall_rules import same_program
from rasim.policy.reach import stated_exceptions
from rasim.policy.registry import Registry, RegistryEntry, RegType, untold
from rasim.policy.settings import FIREWALL, FIREWALL_RULES, Setting

XP, XP64, SERVER = "windows-xp-sp2", "windows-xp-x64-sp1", "windows-server-2003-sp1"
PROGRAMS = [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
DOMAIN = FIREWALL["domain"]
OFFER = policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"]))


def text(key: str, name: str, words: str) -> RegistryEntry:
    return RegistryEntry(key, name, RegType.SZ, f"{words}\0".encode("utf-16-le"))


def number(key: str, name: str, value: int) -> RegistryEntry:
    return RegistryEntry(key, name, RegType.DWORD, value.to_bytes(4, "little"))


def whole(**more: Any) -> Firewall:
    """Return the firewall with all that Windows XP SP2 needs, and more."""
    return Firewall.of(**{"ports": [NAMED["135 tcp"]], "programs": PROGRAMS, **more})


EVERYTHING = Firewall.of(
    ports=["135:TCP:10.0.0.0/8,localsubnet:Enabled: Offer Remote Assistance", "3389:UDP:*:Disabled:x: y"],
    programs=[*PROGRAMS, r"C:\a b\c.exe:10.1.1.1/255.255.0.0:disabled:x"],
    remote_desktop="enabled",
    remote_desktop_scope="10.0.0.0/8,localsubnet",
    protection="enabled",
    no_exceptions="disabled",
)


@pytest.mark.parametrize(("name", "write"), [("a.pol", registry_pol.render), ("a.reg", reg_text.render)])
def test_a_firewall_comes_back(name: str, write: Any) -> None:
    """A policy with every part of the firewall in both profiles is equal after it was written and read."""
    standard = Firewall.of(profile="standard", protection="disabled", remote_desktop="disabled")
    stated = Policy(firewall=EVERYTHING, standard=standard)

    assert stated == read_policy_files([(name, write(policy_to_entries(stated)))])


def test_blanks_are_not_written() -> None:
    """An exception that was read with blanks is told as loose, and what is written of it has none."""
    written = Firewall.of(programs=[r"%WINDIR%\SYSTEM32\Sessmgr.exe:*: Enabled: Remote Assistance"])
    names = [entry.name for entry in firewall_to_entries(written)]

    assert (1, ["Enabled", NAMED["sessmgr"]]) == (len(written.loose), names)
    assert () == read_firewall(Registry.of(firewall_to_entries(written))).loose


def test_strictly_a_blank_leaves_doubt() -> None:
    """Read strictly, the line that the document prints with blanks is no exception, and the answer is *cannot tell*."""
    loose = text(DOMAIN.program_list.key, "sessmgr", r"%WINDIR%\SYSTEM32\Sessmgr.exe:*: Enabled: Remote Assistance")
    entries = (*firewall_to_entries(whole(programs=PROGRAMS[:2])), loose)
    offers = [reach(read_policy(Registry.of(entries), strict=strict).firewall, XP).offer for strict in (False, True)]

    assert ["gets through", "cannot tell"] == offers


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ((text(DOMAIN.port_list.key, "135", "135:TCP:*:on:x"),), "was not read"),
        ((number(DOMAIN.protection.key, "EnableFirewall", 7),), "unknown"),
        (
            (number(DOMAIN.remote_desktop.key, "Enabled", 1), text(DOMAIN.remote_desktop.key, "RemoteAddresses", "")),
            "scope",
        ),
    ],
)
def test_what_was_not_understood_is_not_written(entries: tuple[RegistryEntry, ...], match: str) -> None:
    """A part of the firewall that could not be read is an error when it is to be written."""
    with pytest.raises(UsageError, match=match):
        firewall_to_entries(read_firewall(Registry.of(entries)))


def test_a_scope_that_is_none_cannot_be_stated() -> None:
    """A scope of the Remote Desktop exception that is none is an error where it is stated in words."""
    with pytest.raises(UsageError, match="scope"):
        Firewall.of(remote_desktop="enabled", remote_desktop_scope="anna")


def test_a_scope_that_is_absent_is_everybody() -> None:
    """A Remote Desktop exception without a value for its scope lets in everybody."""
    entries = [number(DOMAIN.remote_desktop.key, "Enabled", 1)]

    assert Scope(("*",)) == read_firewall(Registry.of(entries)).remote_desktop_scope


def test_profiles_are_apart() -> None:
    """What is stated for the standard profile is no statement about the profile of the domain."""
    entries = firewall_to_entries(Firewall.of(profile="standard", ports=[NAMED["135 tcp"]]))
    policy = read_policy(Registry.of(entries))

    assert (False, True) == (policy.firewall.speaks, policy.standard.speaks)


def test_numbered_control_sets_are_the_same_list() -> None:
    """The computer's own exceptions are found in numbered control sets, and a disabled entry in any of them overrides."""
    key = DOMAIN.local_port_list.key
    first, second = (key.replace("CurrentControlSet", f"ControlSet00{n}") for n in (1, 2))
    disabled = NAMED["135 tcp"].replace("Enabled", "Disabled")
    entries = [text(first, "135:TCP", NAMED["135 tcp"]), text(second, "135:TCP", disabled)]
    firewall = read_firewall(Registry.of([*firewall_to_entries(Firewall.of(programs=PROGRAMS)), *entries]))

    assert ([True, False], ("135 tcp",)) == (
        [each.enabled for each in firewall.entries_for("135 tcp")],
        reach(firewall, XP).missing,
    )


@pytest.mark.parametrize(
    ("entry", "setting"),
    [
        (text(DOMAIN.port_list.key, "a", "135:TCP:*:on:x"), "an exception of the firewall"),
        (text(DOMAIN.program_list.key, "a", "helpsvc.exe"), "an exception of the firewall"),
        (number(DOMAIN.no_exceptions.key, "DoNotAllowExceptions", 2), "DoNotAllowExceptions"),
        (number(DOMAIN.ports.key, "Enabled", 2), "GloballyOpenPorts, Enabled"),
        (text(DOMAIN.programs.key, "Enabled", "1"), "AuthorizedApplications, Enabled"),
        (number(DOMAIN.remote_desktop.key, "Enabled", 9), "RemoteDesktop, Enabled"),
        (number(DOMAIN.default_inbound.key, "DefaultInboundAction", 7), "DefaultInboundAction"),
        (number(FIREWALL_RULES.key, "mine", 1), "a rule of the firewall"),
    ],
)
def test_doubts_are_told_while_offers_matter(entry: RegistryEntry, setting: str) -> None:
    """What of the firewall has two readings is unclear where offers are enabled, and nothing to speak of where they are not."""
    assert ([setting], "firewall") == (
        [doubt.setting for doubt in read_policy(Registry.of([*OFFER, entry])).unclear],
        read_policy(Registry.of([*OFFER, entry])).unclear[0].topic,
    )
    assert () == read_policy(Registry.of([entry])).unclear


@pytest.mark.parametrize("setting", [DOMAIN.protection, DOMAIN.default_inbound, DOMAIN.rules_merge])
def test_a_switch_that_a_file_cannot_tell(setting: Setting) -> None:
    """A switch of which a file says that it cannot say what it is, is a doubt of that kind, each of them."""
    doubts = read_policy(Registry.of([*OFFER, untold(setting, "nobody knows", Where("x"))])).unclear

    assert [("untold", "cannot be told: nobody knows")] == [(doubt.topic, doubt.says) for doubt in doubts]


def test_only_tcp_is_a_need() -> None:
    """An exception for UDP lets in no offer, whatever its port."""
    udp = Firewall.of(ports=[NAMED["135 tcp"].replace("TCP", "UDP")])

    assert ((), "135 tcp") == (udp.entries_for("135 tcp"), reach(udp, XP).missing[0])


def test_a_broken_exception_of_something_else_is_no_doubt() -> None:
    """A string that cannot be read and has nothing to do with offers is kept and makes nothing unclear."""
    policy = read_policy(Registry.of([*OFFER, text(DOMAIN.program_list.key, "a", "solitaire")]))

    assert (1, ()) == (len(policy.firewall.unreadable), policy.unclear)


def test_a_disabled_desktop_does_not_stop_the_program() -> None:
    """With the Remote Desktop exception disabled Sessmgr.exe still opens port 3389 while it is used, and that is said."""
    found = reach(whole(remote_desktop="disabled"), XP)

    assert ("gets through", "while in use", True) == (
        found.offer,
        found.port_3389,
        "A22" in {reason.rule for reason in found.because},
    )


def test_a_disabled_desktop_leaves_a_port_entry_in_doubt() -> None:
    """With the Remote Desktop exception disabled nobody can tell whether an entry for port 3389 keeps it open."""
    found = reach(whole(ports=[NAMED["135 tcp"], "3389:TCP:*:Enabled:x"], remote_desktop="disabled"), XP)

    assert "cannot tell" == found.port_3389


@pytest.mark.parametrize(("system", "offer"), [(XP, "gets through"), (XP64, "gets through"), (SERVER, "blocked")])
def test_sessmgr_alone_does_not_serve_on_server_2003(system: str, offer: str) -> None:
    """With Sessmgr.exe instead of Remote Desktop offers arrive on Windows XP; on Server 2003 they do not, and why is said."""
    found = reach(whole(), system)

    assert (offer, system == SERVER) == (found.offer, "R38" in {reason.rule for reason in found.because})


@pytest.mark.parametrize(
    ("scope", "address", "offer"),
    [
        ("10.0.0.0/8", "10.1.1.1", "gets through"),
        ("10.0.0.0/8", "11.1.1.1", "blocked"),
        ("10.0.0.0/8", None, "cannot tell"),
        ("localsubnet", "10.1.1.1", "cannot tell"),
    ],
)
def test_the_scope_of_remote_desktop_counts(scope: str, address: str | None, offer: str) -> None:
    """On Server 2003 an offer arrives if the expert's address is in the scope of the Remote Desktop exception."""
    firewall = whole(remote_desktop="enabled", remote_desktop_scope=scope)
    found = reach(firewall, SERVER, address=address)

    assert (offer, "always open") == (found.offer, found.port_3389)


def test_an_address_that_is_none_is_an_error() -> None:
    """An expert's address that is no IPv4 address is an error where some exception asks for it."""
    with pytest.raises(UsageError, match="no IPv4 address"):
        reach(whole(ports=["135:TCP:10.0.0.0/8:Enabled:x"]), XP, address="anna")


@pytest.mark.parametrize(
    ("firewall", "stated"),
    [
        (Firewall(), None),
        (Firewall.of(protection="enabled"), ()),
        (Firewall.of(protection="disabled"), ("everything",)),
        (whole(no_exceptions="enabled", remote_desktop="enabled"), ()),
        (whole(remote_desktop="enabled"), ("135 tcp", "helpsvc", "helpctr", "sessmgr", "remote desktop")),
        (Firewall.of(ports=[NAMED["135 tcp"], "135:TCP:*:Disabled:x", "3389:TCP:*:Enabled:x"]), ("3389 tcp",)),
    ],
)
def test_what_is_stated_has_names(firewall: Firewall, stated: tuple[str, ...] | None) -> None:
    """What a firewall lets in is told by the names of the exceptions, and nothing is told where nothing is stated."""
    assert stated == stated_exceptions(firewall)


@pytest.mark.parametrize(
    ("path", "how"),
    [
        (r"%windir%\System32/sessmgr.exe", "surely"),
        (r"%SystemRoot%\system32\Sessmgr.exe", "surely"),
        (r"C:\WINDOWS\system32\sessmgr.exe", "perhaps"),
        (r"%SystemDrive%\WINDOWS\System32\sessmgr.exe", "perhaps"),
        (r"%windir%\..\WINNT\system32\sessmgr.exe", "perhaps"),
        (r"%windir%\Sysnative\sessmgr.exe", "perhaps"),
        (r"\\?\C:\WINDOWS\system32\sessmgr.exe", "perhaps"),
        (r"C:\WINDOWS\SYSTEM~1\sessmgr.exe", "perhaps"),
        (r"C:\WINDOWS\system32\.\sessmgr.exe", "perhaps"),
        (r"C:\WINDOWS\\system32\sessmgr.exe", "perhaps"),
        (r"%windir%\system32\sessmgr.exe.", "perhaps"),
        ("sessmgr.exe", "perhaps"),
        (r"%windir%system32\sessmgr.exe", "perhaps"),
        (r"%windir%\sessmgr.exe", "no"),
        (r"C:\Tools\sessmgr.exe", "no"),
        (r"%windir%\SysWOW64\sessmgr.exe", "no"),
        (r"%windir%\system32\other.exe", "no"),
    ],
)
def test_a_path_is_a_programs_surely_perhaps_or_not(path: str, how: str) -> None:
    """A path by the variable of Windows is the same on every computer; another way to write it may be, by default."""
    assert how == same_program(path, r"\SYSTEM32\SESSMGR.EXE")
