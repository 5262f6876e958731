"""Every real policy file is read as its collectors say it must be; the files themselves are not in the repository."""

import re
from collections import Counter
from pathlib import Path

import pytest
from attrs import frozen

from rasim.errors import PolicyFileError
from rasim.formats import Remarks, lgpo_text, read, read_adml, recognise, registry_pol
from rasim.policy import Action, Kind, Preference, RegistryEntry, State, describe, read_policy
from rasim.policy.registry import sz
from rasim.policy.settings import HELPERS_KEY, LOCAL_KEY, POLICY_KEY, fold_key, same_key

SOLICITED_OFF = (
    "fAllowToGetHelp = REG_DWORD 0",
    "**del.fAllowFullControl",
    "**del.MaxTicketExpiry",
    "**del.MaxTicketExpiryUnits",
    "**del.fUseMailto",
)
OFFER_OFF = ("fAllowUnsolicited = REG_DWORD 0", "**del.fAllowUnsolicitedFullControl")
LIST_WIPED = r"RAUnsolicit\**delvals."
WARNING = "You are about to allow othe..."
NOT, OFF, ON = State.NOT_CONFIGURED, State.DISABLED, State.ENABLED


@frozen
class Pol:
    """What a real Registry.pol holds: entries by type, instructions, Remote Assistance records in order, and states."""

    entries: int
    kinds: dict[str, int]
    instructions: int = 0
    records: tuple[str, ...] = ()
    states: tuple[State, State, State] = (NOT, NOT, NOT)  # offer, solicited, logging


POLS = {
    "altlinux-gpt-test.pol": Pol(4, {"SZ": 4}),
    "fdcc-xp-firewall-machine.pol": Pol(52, {"DWORD": 35, "NONE": 9, "SZ": 8}, 6),
    "header-only.pol": Pol(0, {}),
    "libedit-sample-001.pol": Pol(7, {"DWORD": 4, "SZ": 3}, 3),
    "libedit-sample-002.pol": Pol(2, {"DWORD": 1, "NONE": 1}),
    "shb-certificates-computer.pol": Pol(65, {"BINARY": 37, "NONE": 28}),
    "shb-firewall-computer.pol": Pol(24, {"DWORD": 24}),
    "shb-win10-computer.pol": Pol(87, {"DWORD": 78, "SZ": 9}, 5, SOLICITED_OFF, (NOT, OFF, NOT)),
    "sos-telemetry-machine.pol": Pol(
        316,
        {"DWORD": 238, "MULTI_SZ": 63, "SZ": 15},
        6,
        ("LoggingEnabled = REG_DWORD 1", *SOLICITED_OFF, *OFFER_OFF, LIST_WIPED),
        (OFF, OFF, ON),
    ),
    "stig-win8-machine.pol": Pol(
        221,
        {"DWORD": 146, "EXPAND_SZ": 1, "SZ": 74},
        11,
        (
            *SOLICITED_OFF,
            *OFFER_OFF,
            "LoggingEnabled = REG_DWORD 1",
            "UseCustomMessages = REG_DWORD 1",
            f"ShareControlMessage = {WARNING}",
            f"ViewMessage = {WARNING}",
            LIST_WIPED,
        ),
        (OFF, OFF, ON),
    ),
    "win10-baseline-machine.pol": Pol(
        375,
        {"DWORD": 278, "MULTI_SZ": 57, "SZ": 40},
        24,
        (
            "**del.fAllowFullControl",
            "fAllowToGetHelp = REG_DWORD 0",
            *OFFER_OFF,
            "**del.fUseMailto",
            "**del.MaxTicketExpiry",
            "**del.MaxTicketExpiryUnits",
            LIST_WIPED,
        ),
        (OFF, OFF, NOT),
    ),
    "win10-baseline-user.pol": Pol(47, {"DWORD": 35, "NONE": 7, "SZ": 5}),
}


@frozen
class Reg:
    """What a real .reg holds: values set, values deleted, keys deleted, distinct values, the local switch, remarks."""

    values: int
    deleted: int = 0
    keys_deleted: int = 0
    distinct: int = 0
    local: Preference = Preference.ABSENT
    local_records: tuple[str, ...] = ()
    misplaced: int = 0
    remarks: int = 0


REGS = {
    "DERIVED-win7era-hive-remote-assistance.reg": Reg(
        20,
        distinct=20,
        local=Preference.ON,
        local_records=(
            "CreateEncryptedOnlyTickets = REG_DWORD 0",
            "MaxTicketExpiry = REG_DWORD 6",
            "MaxTicketExpiryUnits = REG_DWORD 1",
            "fAllowFullControl = REG_DWORD 1",
            "fAllowToGetHelp = REG_DWORD 1",
        ),
    ),
    "DERIVED-xp-hive-authorized-applications.reg": Reg(4, distinct=4),
    "comment-before-header.reg": Reg(11, distinct=11, remarks=1),
    "firewall-core-only.reg": Reg(48, keys_deleted=1, distinct=48),
    "firewall-domain-standard-policy.reg": Reg(40, distinct=40),
    "gamedvr-utf8-bom.reg": Reg(3, distinct=3),
    "optimized-dedup.reg": Reg(
        360, 5, distinct=364, local=Preference.OFF, local_records=("fAllowToGetHelp = REG_DWORD 0",)
    ),
    "regedit4-getToHelp-wrong-key.reg": Reg(1, distinct=1, misplaced=1),
    "xp-tweaks-utf16.reg": Reg(
        22, 7, distinct=29, local=Preference.OFF, local_records=("fAllowToGetHelp = REG_DWORD 0",)
    ),
}

NOT_POLICY = "lfs-pointer-not-a-pol.pol"

# The values of the policy key that belong to Remote Assistance; the key holds those of Remote Desktop too.
NAMES = frozenset(
    {
        "fAllowUnsolicited",
        "fAllowUnsolicitedFullControl",
        "fAllowToGetHelp",
        "fAllowFullControl",
        "MaxTicketExpiry",
        "MaxTicketExpiryUnits",
        "fUseMailto",
        "UseCustomMessages",
        "ShareControlMessage",
        "ViewMessage",
        "LoggingEnabled",
        "CreateEncryptedOnlyTickets",
        "UseBandwidthOptimization",
        "OptimizeBandwidth",
    }
)


def said(entry: RegistryEntry) -> str | None:
    """Return a Remote Assistance record as the collectors write it, None for every other record."""
    if fold_key(entry.key) == fold_key(HELPERS_KEY):
        return rf"RAUnsolicit\{entry.name or '**delvals.'}"
    if fold_key(entry.key) != fold_key(POLICY_KEY) or entry.name not in NAMES:
        return None
    if entry.action is Action.DELETE_VALUE:
        return f"**del.{entry.name}"
    words = sz(entry)
    return f"{entry.name} = {describe(entry) if words is None else f'{words[:27]}...'}"


def test_no_file_is_left_out(corpus: Path) -> None:
    """The tables name every Registry.pol and .reg of the corpus, and no other."""
    there = {path.name for path in corpus.iterdir() if path.suffix.lower() in {".pol", ".reg"}}

    assert {*POLS, *REGS, NOT_POLICY} == there


@pytest.mark.parametrize("name", POLS)
def test_registry_pol(corpus: Path, name: str) -> None:
    """A real Registry.pol has the entries, types, instructions and Remote Assistance records its collectors counted."""
    entries = list(registry_pol.parse((corpus / name).read_bytes(), name))
    found = Pol(
        len(entries),
        dict(Counter(Kind(entry.kind).name for entry in entries)),
        sum(entry.action not in {Action.SET, Action.CREATE_KEY} for entry in entries),
        tuple(record for entry in entries if (record := said(entry))),
        POLS[name].states,
    )

    assert POLS[name] == found


@pytest.mark.parametrize("name", POLS)
def test_policy_of_registry_pol(corpus: Path, name: str) -> None:
    """A real Registry.pol means the states its collectors read, with no helper and nothing unclear."""
    done = read((corpus / name).read_bytes(), name)
    policy = read_policy(done.registry)

    assert (POLS[name].entries, POLS[name].states) == (
        done.entries,
        (policy.offer.state, policy.solicited.state, policy.logging.state),
    )
    assert ((), None, (), (), Preference.ABSENT) == (
        policy.offer.helpers,
        policy.offer.mode,
        policy.unclear,
        policy.misplaced,
        policy.local.solicited,
    )


@pytest.mark.parametrize("name", POLS)
def test_registry_pol_is_written_back(corpus: Path, name: str) -> None:
    """A real Registry.pol that was read is written back byte for byte."""
    data = (corpus / name).read_bytes()

    assert data == registry_pol.render(registry_pol.parse(data))


@pytest.mark.parametrize("name", REGS)
def test_reg(corpus: Path, name: str) -> None:
    """A real .reg has the values, deletions, local preference and remarks its collectors counted."""
    data = (corpus / name).read_bytes()
    done = read(data, name)
    policy = read_policy(done.registry)
    entries = list(done.format.parse(data, name, Remarks()))
    actions = Counter(entry.action for entry in entries)
    values = [entry for entry in entries if entry.action is not Action.DELETE_KEY]
    found = Reg(
        actions[Action.SET],
        actions[Action.DELETE_VALUE],
        actions[Action.DELETE_KEY],
        len({(entry.hive, fold_key(entry.key), entry.name.upper()) for entry in values}),
        policy.local.solicited,
        tuple(
            sorted(
                f"{entry.name} = {describe(entry)}"
                for entry in entries
                if same_key(fold_key(entry.key)) == fold_key(LOCAL_KEY) and entry.name in NAMES
            )
        ),
        len(policy.misplaced),
        len(done.remarks),
    )

    assert REGS[name] == found


@pytest.mark.parametrize("name", REGS)
def test_no_reg_holds_a_policy(corpus: Path, name: str) -> None:
    """No real .reg configures a Remote Assistance policy: a local preference is none."""
    done = read((corpus / name).read_bytes(), name)
    policy = read_policy(done.registry)

    assert (NOT, NOT, NOT, ()) == (
        policy.offer.state,
        policy.solicited.state,
        policy.logging.state,
        policy.unclear,
    )


def test_a_pointer_is_no_policy(corpus: Path) -> None:
    """The file that only has the name of a Registry.pol is refused as what it is."""
    with pytest.raises(PolicyFileError, match="a Git LFS pointer, not a policy file"):
        read((corpus / NOT_POLICY).read_bytes(), NOT_POLICY)


@pytest.mark.parametrize("name", [name for name, pol in POLS.items() if pol.entries <= 24])
def test_cut_at_every_byte(corpus: Path, name: str) -> None:
    """A small real file, cut by us at every byte, is refused anywhere but between two records (R27)."""
    data = (corpus / name).read_bytes()
    whole = {8, len(data), *(entry.where.offset for entry in registry_pol.parse(data))}

    assert whole == {cut for cut in range(len(data) + 1) if _reads(data[:cut])}


@pytest.mark.parametrize("name", [name for name, pol in POLS.items() if pol.entries > 24])
def test_cut_in_places(corpus: Path, name: str) -> None:
    """A large real file, cut by us at 200 places, is refused anywhere but between two records (R27)."""
    data = (corpus / name).read_bytes()
    whole = {8, len(data), *(entry.where.offset for entry in registry_pol.parse(data))}
    cuts = range(0, len(data), len(data) // 200)

    assert [cut in whole for cut in cuts] == [_reads(data[:cut]) for cut in cuts]


def _reads(data: bytes) -> bool:
    try:
        for _ in registry_pol.parse(data):
            pass
    except PolicyFileError:
        return False
    return True


# ---- forms beside .pol and .reg ------------------------------------------------------------------------------

OTHERS = {  # format, entries, states of offer, solicited and logging, the name of the group policy
    "win10-baseline-machine.lgpo.txt": ("LGPO text", 375, (OFF, OFF, NOT), None),
    "win11-secure-baseline.PolicyRules": ("PolicyRules", 251, (OFF, OFF, NOT), None),
    "stig-win8-gpreport.xml": ("GPO report", 139, (OFF, OFF, ON), "DoD - Windows 8 - Computer"),
    "shb-win10-gpreport.xml": ("GPO report", 73, (NOT, OFF, NOT), "DoD Windows 10 STIG - Computer (SHB v10.1.0)"),
    "shb-firewall-gpreport.xml": ("GPO report", 3, (NOT, NOT, NOT), "DoD Windows 10 STIG - Firewall (SHB v10.1.0)"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_forms(corpus: Path, name: str) -> None:
    """A real report, LGPO text or PolicyRules is told by its content and means what its collectors read."""
    done = read((corpus / name).read_bytes(), name)
    policy = read_policy(done.registry)
    states = (policy.offer.state, policy.solicited.state, policy.logging.state)

    assert OTHERS[name] == (done.format.name, done.entries, states, done.gpo.name if done.gpo else None)
    assert ((), (), ()) == (policy.unclear, policy.offer.helpers, done.remarks)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("win10-baseline-machine.pol", "win10-baseline-machine.lgpo.txt"),
        ("stig-win8-machine.pol", "stig-win8-gpreport.xml"),
        ("shb-win10-computer.pol", "shb-win10-gpreport.xml"),
    ],
)
def test_two_forms_of_one_policy_agree(corpus: Path, one: str, other: str) -> None:
    """The same policy as Registry.pol and in another form says the same about Remote Assistance."""
    first, second = (read_policy(read((corpus / name).read_bytes(), name).registry) for name in (one, other))

    assert (first.offer, first.solicited, first.logging, first.unclear) == (
        second.offer,
        second.solicited,
        second.logging,
        second.unclear,
    )


def test_the_firewall_of_two_forms_agrees(corpus: Path) -> None:
    """The switches of the domain profile are the same in a real Registry.pol and in the report beside it."""
    names = ("shb-firewall-computer.pol", "shb-firewall-gpreport.xml")
    one, other = (read_policy(read((corpus / name).read_bytes(), name).registry).firewall for name in names)

    assert one == other
    assert ("enabled", "enabled") == (one.protection.state, one.default_inbound.state)


def test_lgpo_text_holds_all_of_its_registry_pol(corpus: Path) -> None:
    """The LGPO text of a real policy holds the same 375 settings as its Registry.pol, type and data included."""

    def settings(name: str) -> set[tuple[str, str, int, bytes, Action]]:
        data = (corpus / name).read_bytes()
        found = recognise(data).parse(data, name, Remarks())
        return {(fold_key(e.key), e.name, int(e.kind), e.data, e.action) for e in found}

    both = [settings(f"win10-baseline-machine.{ending}") for ending in ("pol", "lgpo.txt")]

    assert both[0] == both[1]
    assert 375 == len(both[0])


@pytest.mark.parametrize("name", POLS)
def test_registry_pol_as_lgpo_text(corpus: Path, name: str) -> None:
    """Every real Registry.pol can be written as LGPO text and read back as the same entries."""
    entries = list(registry_pol.parse((corpus / name).read_bytes()))

    assert entries == list(lgpo_text.parse(lgpo_text.render(entries)))


@pytest.mark.parametrize("language", ["de-DE", "en-US"])
def test_adml(corpus: Path, language: str) -> None:
    """A real ADML file has 26 strings and 4 presentations; those that a report needs are among them."""
    adml = read_adml((corpus / f"RemoteAssistance.{language}.adml").read_bytes(), language)

    assert (26, 4) == (len(adml.strings), len(adml.presentations))
    assert {"RA_Unsolicit", "RA_Solicit", "RA_Logging", "RA_Unsolicit_Control_Ctrl"} <= set(adml.strings)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("hardeningkitty-msft-win11-24h2.csv", "a table (CSV)"),
        ("RemoteAssistance.admx", "policy templates (ADMX)"),
        ("RemoteAssistance.de-DE.adml", "the texts of policy templates (ADML)"),
    ],
)
def test_what_is_no_policy_is_named(corpus: Path, name: str, what: str) -> None:
    """What lies beside policies and is none is refused by the name of what it is."""
    with pytest.raises(PolicyFileError, match=re.escape(what)):
        read((corpus / name).read_bytes(), name)


@pytest.mark.parametrize("name", [name for name in OTHERS if name.endswith((".xml", ".PolicyRules"))])
def test_cut_xml_is_refused(corpus: Path, name: str) -> None:
    """A real XML file, cut by us at 50 places, is refused at each (R27)."""
    data = (corpus / name).read_bytes().rstrip(b"\r\n\0")

    for cut in range(0, len(data), len(data) // 50):
        with pytest.raises(PolicyFileError):
            read(data[:cut], name)
