"""The tables that the firewall is read by, and the weights of what is said: a second reading of each, which notices every mistake."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import pytest
from attrs import evolve

from rasim.policy import NAMED, Firewall, Registry, RegistryEntry, RegType, reach
from rasim.policy import firewall_entries as reading
from rasim.policy.answer import Reason
from rasim.policy.pleas import Plea, standing
from rasim.policy.reach import let_in
from rasim.policy.registry import Action
from rasim.policy.settings import (
    DCOM_LIMITS,
    FIREWALL,
    FIREWALL_RULES,
    IPSEC_BYPASS,
    LOCAL_RULES,
    FirewallSettings,
    Setting,
)
from rasim.policy.systems import SYSTEMS

OF, OWN = FIREWALL["domain"], FIREWALL["domain"].own
XP, TEN = "windows-xp-sp2", "windows-10"
FAR = "192.0.2.1"
Said = tuple[str, str, str]  # the offer, port 3389, port 135


def number(setting: Setting, value: int) -> RegistryEntry:
    return RegistryEntry(setting.key, setting.value, RegType.DWORD, value.to_bytes(4, "little"))


def text(setting: Setting, words: str, name: str = "") -> RegistryEntry:
    return RegistryEntry(setting.key, name or setting.value or words, RegType.SZ, f"{words}\0".encode("utf-16-le"))


ON = number(OF.protection, 1)
PORTS = (number(OF.ports, 1), text(OF.port_list, NAMED["135 tcp"]))
PROGRAMS = (number(OF.programs, 1), *(text(OF.program_list, NAMED[name]) for name in ("helpsvc", "helpctr", "sessmgr")))
HELP = PROGRAMS[:3]  # without the last, which opens port 3389
WHOLE = (ON, *PORTS, *PROGRAMS)
ALLOWED = [
    f"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|{about}|"
    for about in ("LPort=135", r"App=%SystemRoot%\system32\msra.exe", r"App=%SystemRoot%\system32\raserver.exe")
]
NEAR = "10.0.0.0/8"

# What is stated, on which system, from where, and what a person says of it.
READ: tuple[tuple[tuple[RegistryEntry, ...], str, str | None, Said], ...] = (
    (WHOLE, XP, None, ("gets through", "while in use", "open")),
    ((number(OF.protection, 0), *PORTS), XP, None, ("gets through", "always open", "open")),
    ((*WHOLE, number(OF.no_exceptions, 1)), XP, None, ("blocked", "closed", "closed")),
    ((*WHOLE, number(OF.ports, 0)), XP, None, ("blocked", "while in use", "closed")),
    ((*WHOLE, number(OF.programs, 0)), XP, None, ("blocked", "closed", "open")),
    ((ON, PORTS[1], *PROGRAMS), XP, None, ("cannot tell", "while in use", "unclear")),
    ((ON, *PORTS, *PROGRAMS[1:]), XP, None, ("cannot tell", "cannot tell", "open")),
    ((ON, *PORTS, *HELP, number(OF.remote_desktop, 1)), XP, None, ("gets through", "always open", "open")),
    (
        (ON, *PORTS, *HELP, number(OF.remote_desktop, 1), text(OF.remote_desktop_scope, NEAR)),
        XP,
        FAR,
        ("blocked", "always open", "open"),
    ),
    ((ON, *PROGRAMS, number(OF.remote_admin, 1)), XP, None, ("gets through", "cannot tell", "open")),
    (
        (ON, *PROGRAMS, number(OF.remote_admin, 1), text(OF.remote_admin_scope, NEAR)),
        XP,
        FAR,
        ("blocked", "while in use", "closed"),
    ),
    ((ON, PORTS[0], *PROGRAMS, number(OF.ports_merge, 1)), XP, None, ("cannot tell", "cannot tell", "unclear")),
    (
        (ON, PORTS[0], *PROGRAMS, number(OF.ports_merge, 1), text(OF.local_port_list, NAMED["135 tcp"])),
        XP,
        None,
        ("gets through", "cannot tell", "open"),
    ),
    ((ON, *PORTS, *HELP, number(OF.programs_merge, 1)), XP, None, ("cannot tell", "cannot tell", "open")),
    ((ON, *PORTS, text(OF.local_program_list, NAMED["sessmgr"])), XP, None, ("blocked", "while in use", "open")),
    ((ON, number(OF.default_inbound, 0)), TEN, None, ("gets through", "always open", "open")),
    ((ON, number(OF.rules_merge, 0)), TEN, None, ("blocked", "closed", "closed")),
    ((ON, *(text(FIREWALL_RULES, each, each) for each in ALLOWED)), TEN, None, ("gets through", "cannot tell", "open")),
    ((ON, *(text(LOCAL_RULES, each, each) for each in ALLOWED)), TEN, None, ("gets through", "cannot tell", "open")),
    # The computer's own, where policy is silent.
    ((number(OWN["protection"], 0), *PORTS), XP, None, ("gets through", "always open", "open")),
    ((number(OWN["protection"], 0), ON, *PORTS), XP, None, ("blocked", "closed", "open")),
    ((*WHOLE, number(OWN["no_exceptions"], 1)), XP, None, ("blocked", "closed", "closed")),
    ((ON, number(OWN["default_inbound"], 0)), TEN, None, ("gets through", "always open", "open")),
    ((ON, *PORTS, *HELP, number(OWN["remote_desktop"], 1)), XP, None, ("gets through", "always open", "open")),
    (
        (ON, *PORTS, *HELP, number(OWN["remote_desktop"], 1), text(OWN["remote_desktop_scope"], NEAR)),
        XP,
        FAR,
        ("blocked", "always open", "open"),
    ),
    ((ON, *PROGRAMS, number(OWN["remote_admin"], 1)), XP, None, ("gets through", "cannot tell", "open")),
    (
        (ON, *PROGRAMS, number(OWN["remote_admin"], 1), text(OWN["remote_admin_scope"], NEAR)),
        XP,
        FAR,
        ("blocked", "while in use", "closed"),
    ),
    # Beside the firewall.
    ((ON, *PORTS, text(IPSEC_BYPASS, "O:BAG:BA")), XP, None, ("cannot tell", "cannot tell", "open")),
    ((ON, *PORTS, text(IPSEC_BYPASS, " ")), XP, None, ("blocked", "closed", "open")),
    *(((*WHOLE, text(limit, "N")), XP, None, ("cannot tell", "while in use", "open")) for limit in DCOM_LIMITS),
    *(
        ((*WHOLE, text(limit, words)), XP, None, ("gets through", "while in use", "open"))
        for limit, words in ((DCOM_LIMITS[0], " "), (DCOM_LIMITS[-1], "y"))
    ),
)


def said(entries: Sequence[RegistryEntry], system: str, address: str | None) -> Said:
    found = reach(reading.read_firewall(Registry.of(entries)), system, address=address)
    return found.offer, found.port_3389, found.port_135


def differing() -> Iterator[int]:
    """Yield the rows that are answered otherwise."""
    return (at for at, (entries, os, address, expected) in enumerate(READ) if expected != said(entries, os, address))


def test_a_second_reading_of_every_row_agrees() -> None:
    """Each setting of the firewall, policy's or the computer's own, says of ports and offers what a person says of it."""
    assert [] == list(differing())


def gone(setting: Setting) -> Setting:
    """Return a row that no file fills."""
    return evolve(setting, key=f"{setting.key}\\Gone", value="Gone")


def mistaken() -> Iterator[tuple[str, str, object]]:
    """Yield every table with one row left out, as (which, the name it has where firewalls are read, the table)."""
    for name in (each.name for each in FirewallSettings.__attrs_attrs__ if each.name != "own"):
        yield name, "FIREWALL", {"domain": evolve(OF, **{name: gone(getattr(OF, name))})}
    for name in OWN:
        yield f"own {name}", "FIREWALL", {"domain": evolve(OF, own={**OWN, name: gone(OWN[name])})}
    for at, limit in enumerate(DCOM_LIMITS):
        yield f"{limit.key}, {limit.value}", "DCOM_LIMITS", (*DCOM_LIMITS[:at], *DCOM_LIMITS[at + 1 :])
    for name, setting in (
        ("FIREWALL_RULES", FIREWALL_RULES),
        ("LOCAL_RULES", LOCAL_RULES),
        ("IPSEC_BYPASS", IPSEC_BYPASS),
    ):
        yield name, name, gone(setting)


def test_every_row_that_is_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with one row left out says something else than a person, wherever that row is."""
    unnoticed, many = [], 0
    for which, name, table in mistaken():
        many += 1
        with monkeypatch.context() as patched:
            patched.setattr(reading, name, table)
            unnoticed += [which] if next(differing(), None) is None else []

    assert ([], True) == (unnoticed, many > 30)


# ---- what is said for and against ----------------------------------------------------------------------------

WEIGHTS = ("off", "bypass", "shut", "block", "against", "aside", "listed", "allow", "inbound", "own")


def plainly(said: set[str], beside: bool) -> bool:
    """Say in ifs whether something gets in where these are said for sure."""
    if "off" in said or "bypass" in said:
        return True
    if "shut" in said or "block" in said:
        return False
    if "aside" in said:
        return True
    if "against" in said:
        return "allow" in said and beside
    return not said.isdisjoint({"listed", "inbound", "own", "allow"})


def plea(role: str, *, sure: bool = True, key: str = "") -> Plea:
    return Plea(role, sure, Reason("R30", role, "x"), None if sure else (role, key))  # type: ignore[arg-type]


def in_plain_words(pleas: Sequence[Plea]) -> set[tuple[bool, ...]]:
    """Return what gets in over every reading of what is not sure."""
    unsure = [each.role for each in pleas if not each.sure]
    sure = {each.role for each in pleas if each.sure}
    readings = product((False, True), repeat=len(unsure) + 1)
    return {(plainly(sure | {r for r, so in zip(unsure, told, strict=False) if so}, told[-1]),) for told in readings}


SETS = [
    tuple(plea(role, sure=so) for role, so in zip(roles, sure, strict=True))
    for size in range(4)
    for roles in combinations(WEIGHTS, size)
    for sure in product((True, False), repeat=size)
]


def swapped(pleas: Sequence[Plea], one: str, other: str) -> list[Plea]:
    turned = {one: other, other: one}
    return [plea(turned.get(each.role, each.role), sure=each.sure) for each in pleas]


def test_a_second_reading_of_the_weights_agrees() -> None:
    """Whatever up to three are said, surely or not, they come to what plain ifs say in every reading."""
    assert [] == [pleas for pleas in SETS if in_plain_words(pleas) != standing([pleas])]


def test_no_two_weights_can_change_places() -> None:
    """A weight taken for another one is noticed, but for those that weigh the same."""
    alike = [{"off", "bypass"}, {"shut", "block"}, {"listed", "inbound"}, {"listed", "own"}, {"inbound", "own"}]
    unnoticed = [
        {one, other}
        for one, other in combinations(WEIGHTS, 2)
        if all(in_plain_words(pleas) == standing([swapped(pleas, one, other)]) for pleas in SETS)
    ]

    assert alike == unnoticed


@pytest.mark.parametrize("role", WEIGHTS)
def test_one_plea_more_turns_in_its_direction_alone(role: str) -> None:
    """On two firewalls of which one has a plea more, it lets in or keeps out more, and never the other way, in no reading."""
    keeps = role in {"shut", "block", "against"}
    for pleas, sure in product(SETS, (True, False)):
        worlds = standing([pleas, [*pleas, plea(role, sure=sure, key="more")]])

        assert ((True, False) in worlds) <= keeps
        assert ((False, True) in worlds) <= (not keeps)


@pytest.mark.parametrize(
    "setting", [number(OWN["protection"], 1), number(OWN["remote_desktop"], 0), number(OWN["no_exceptions"], 0)]
)
def test_a_switch_of_the_computers_own_says_nothing_of_what_else_it_has(setting: RegistryEntry) -> None:
    """Where a file holds one switch of the computer's own and policy nothing, the rest of its own settings decides still."""
    assert ("cannot tell", "cannot tell", "unclear") == said([setting], XP, None)


# ---- single facts --------------------------------------------------------------------------------------------


def test_an_own_list_that_is_emptied_first_is_known() -> None:
    """Where the files empty the computer's own list before they fill it, policy may let it count, and nothing is in doubt."""
    emptied = RegistryEntry(OF.local_port_list.key, "", RegType.SZ, b"", action=Action.DELETE_ALL_VALUES)
    entries = (ON, *PROGRAMS, PORTS[0], number(OF.ports_merge, 1), emptied)

    assert ("blocked", "while in use", "closed") == said(entries, XP, None)


def test_own_switches_of_two_control_sets_that_differ_are_unclear() -> None:
    """The computer's own switch is unknown where its control sets say different things, and is never written as policy."""
    numbered = OWN["protection"].key.replace("CurrentControlSet", "ControlSet001")
    other = evolve(number(OWN["protection"], 0), key=numbered)
    firewall = reading.read_firewall(Registry.of([number(OWN["protection"], 1), other]))

    assert ("unknown", "cannot tell") == (firewall.protection.state, reach(firewall, XP).offer)
    assert () == reading.firewall_to_entries(firewall)


def test_a_scope_of_remote_administration_that_is_blank_is_unclear() -> None:
    """Whom a remote administration exception with a blank scope lets in cannot be told, nor can it be written."""
    firewall = reading.read_firewall(
        Registry.of([ON, *PROGRAMS, number(OF.remote_admin, 1), text(OF.remote_admin_scope, " ")])
    )

    assert ("cannot tell", None) == (reach(firewall, XP).offer, firewall.remote_admin_scope)
    with pytest.raises(reading.UsageError, match="remote administration"):
        reading.firewall_to_entries(firewall)


@pytest.mark.parametrize(
    ("text", "kept_out"),
    [("135:TCP:*:Enable:x", True), ("135:TCP:nowhere:Enabled:x", False), ("135:TCP:nowhere:Disabled:x", True)],
)
def test_what_cannot_be_read_may_keep_out_too(text: str, kept_out: bool) -> None:
    """A string that nobody can read may override an exception, unless a word in it says that it is enabled."""
    firewall = Firewall.of(ports=[NAMED["135 tcp"], text])

    assert ("unclear" if kept_out else "open") == reach(firewall, XP).port_135


def test_a_rule_beside_a_disabled_entry_cannot_be_told() -> None:
    """On systems of rules, what a rule lets in and an old entry disables is *cannot tell*, and the reason says so."""
    rules = [(each, each) for each in ALLOWED]
    found = reach(Firewall.of(rules=rules, ports=["135:TCP:*:Disabled:x"], protection="enabled"), TEN)

    assert ("cannot tell", "unclear") == (found.offer, found.port_135)
    assert found.why("port 135")[0].says.endswith(
        ("a disabled entry overrides", "beside an exception that says otherwise")
    )


def test_a_svchost_that_is_disabled_opens_and_closes_nothing() -> None:
    """A disabled exception ignores what its own program asks for, and no port that another one opens."""
    firewall = Firewall.of(ports=[NAMED["135 tcp"]], programs=[r"%SystemRoot%\system32\svchost.exe:*:Disabled:x"])

    assert ("open", "closed") == (reach(firewall, XP).port_135, reach(firewall, XP).port_3389)


def test_two_switches_that_cannot_be_read_are_both_said() -> None:
    """Nobody can tell what gets in where it is not known whether exceptions count, and IPsec may pass by either way."""
    firewall = Firewall.of(no_exceptions="unknown", ports=[NAMED["135 tcp"]])

    assert ("cannot tell", "cannot tell") == (reach(firewall, XP).offer, reach(firewall, XP).port_3389)


def test_a_system_without_a_managed_firewall_lets_in_what_its_own_does() -> None:
    """Of a system whose firewall no policy governs offers count as through, and of its ports nothing is known on both sides."""
    heard = reach(Firewall(), XP).heard
    system = SYSTEMS["windows-xp"]

    assert ({(True, True)}, {(False, False), (True, True)}) == (
        let_in(system, "offer", heard, heard),
        let_in(system, "port 135", heard, heard),
    )
