"""Keys that are almost those of a policy: neither obeyed nor passed over."""

import pytest

from rasim.analysis.audit import audit
from rasim.formats import Remarks, lgpo_text, read, reg_text, registry_pol
from rasim.formats.doubtful_keys import doubted
from rasim.policy import Action, Policy, Registry, RegistryEntry, RegType, State, read_policy
from rasim.policy.registry import USER
from rasim.policy.roads import SHADOW_OF_USER
from rasim.policy.settings import HELPERS_KEY, POLICY_KEY

ONE, ZERO = (1).to_bytes(4, "little"), bytes(4)
SHARED = POLICY_KEY.replace("Software", r"Software\WOW6432Node")
DRIVE = f"HKLM:\\{POLICY_KEY}"


def entry(
    key: str, name: str = "fAllowUnsolicited", data: bytes = ONE, action: Action = Action.SET, hive: str = ""
) -> RegistryEntry:
    made = RegistryEntry(key, name, RegType.DWORD, data, action=action)
    return made if not hive else RegistryEntry(key, name, RegType.DWORD, data, action=action, hive=hive)


def policy(*entries: RegistryEntry, remarks: Remarks | None = None) -> Policy:
    return read_policy(Registry.of(doubted(entries, Remarks() if remarks is None else remarks)))


@pytest.mark.parametrize(
    "key",
    [
        DRIVE,
        DRIVE.lower(),
        f"HKLM:{POLICY_KEY}",
        f"HKLM\\{POLICY_KEY}",
        f"HKEY_LOCAL_MACHINE\\{POLICY_KEY}\\",
        f"Computer\\HKEY_LOCAL_MACHINE\\{POLICY_KEY}",
        f"MACHINE\\{POLICY_KEY}",
        f"\\Registry\\Machine\\{POLICY_KEY}",
        f"Registry::HKEY_LOCAL_MACHINE\\{POLICY_KEY}",
        f"Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\{POLICY_KEY}",
        f"C:\\{POLICY_KEY}",
        f"\\{POLICY_KEY}",
        POLICY_KEY.replace("\\", "\\\\"),
        POLICY_KEY.replace("\\", "\\" * 400),
        SHARED,
        SHARED.upper(),
        f"HKLM:\\\\{SHARED}",
    ],
)
@pytest.mark.parametrize("data", [ONE, ZERO])
def test_what_stands_at_a_doubtful_key_cannot_be_told(key: str, data: bytes) -> None:
    """A hive or drive before a key, doubled backslashes and the 32-bit half make what stands there unknown, never absent."""
    found = policy(entry(key, data=data))

    assert (State.UNKNOWN, "untold") == (found.offer.state, found.unclear[0].topic)
    assert f"REG_DWORD {data[0]} counts only if Windows takes" in found.offer.stated.says


@pytest.mark.parametrize(
    "key",
    [
        f"{POLICY_KEY} ",
        f"\t{POLICY_KEY}",
        POLICY_KEY.replace("NT", "NT "),
        POLICY_KEY.replace("\\", "/"),
        f"HKLM:/{POLICY_KEY}",
        f"HKCU:\\{POLICY_KEY}",
        f"HKEY_CURRENT_USER\\{POLICY_KEY}",
        f"HKEY_USERS\\.DEFAULT\\{POLICY_KEY}",
        f"HKU\\S-1-5-18\\{POLICY_KEY}",
    ],
)
def test_what_stands_at_another_key_does_nothing(key: str) -> None:
    """A blank at an edge, slashes, and a user's hive make another key: it does nothing, and a remark says so."""
    remarks = Remarks()
    found = policy(entry(POLICY_KEY, data=ZERO), entry(key), remarks=remarks)

    assert (State.DISABLED, ()) == (found.offer.state, found.unclear)
    assert ["is another key than the policy's"] == [each.message.partition('" ')[2][:32] for each in remarks]


@pytest.mark.parametrize("key", [POLICY_KEY, f"{POLICY_KEY}\\", f"{POLICY_KEY}\\\\", POLICY_KEY.upper()])
def test_a_plain_key_is_obeyed(key: str) -> None:
    """Letters' case and backslashes at the end make no other key."""
    assert State.DISABLED is policy(entry(key, data=ZERO)).offer.state


@pytest.mark.parametrize("key", [r"HKLM:\Software\Other", "K " * 200, r"Software\WOW6432Node\Other", "C:", ""])
def test_a_key_that_means_nothing_stays_so(key: str) -> None:
    """A key that is no policy's however it is written changes nothing and is no remark."""
    remarks = Remarks()

    assert Policy() == policy(entry(key), remarks=remarks)
    assert [] == list(remarks)


def test_what_is_of_no_setting_or_a_user_is_passed_on() -> None:
    """Another value at such a key, one of a user's hive, and an empty key change nothing."""
    remarks = Remarks()
    found = policy(
        entry(DRIVE, "other"),
        entry(DRIVE, hive=USER),
        entry(DRIVE, "", action=Action.CREATE_KEY),
        entry(f"{POLICY_KEY} ", "other"),
        remarks=remarks,
    )

    assert (Policy(), []) == (found, list(remarks))


def test_the_same_at_both_keys_leaves_no_doubt() -> None:
    """A machine's export shows one policy at two keys: the second says nothing new."""
    both = entry(POLICY_KEY, data=ZERO), entry(SHARED, data=ZERO)

    assert (State.DISABLED, ()) == (policy(*both).offer.state, policy(*both).unclear)
    assert State.UNKNOWN is policy(both[0], entry(SHARED)).offer.state
    gone = entry(POLICY_KEY, action=Action.DELETE_VALUE)
    assert State.UNKNOWN is policy(both[0], gone, both[1]).offer.state


@pytest.mark.parametrize(
    ("key", "name", "action"),
    [
        (DRIVE, "", Action.DELETE_ALL_VALUES),
        (DRIVE, "", Action.DELETE_VALUES_NAMED),
        (DRIVE, "", Action.DELETE_KEY),
        (r"HKLM:\Software", "", Action.DELETE_SUBKEYS_NAMED),
        (r"\Software\Policies", "", Action.DELETE_KEY),
        (DRIVE, "", Action.UNKNOWN),
    ],
)
def test_an_instruction_at_a_doubtful_key_is_not_carried_out(key: str, name: str, action: Action) -> None:
    """Whether an instruction at such a key empties the policy's is unclear; the value before it stays."""
    found = policy(entry(POLICY_KEY, data=ZERO), entry(key, name, "a\0".encode("utf-16-le"), action))

    assert (State.DISABLED, ["instruction"]) == (found.offer.state, [doubt.topic for doubt in found.unclear])
    assert key in found.unclear[0].setting


def test_a_deletion_at_a_doubtful_key() -> None:
    """Whether a deletion at such a key deletes the policy's value cannot be told."""
    found = policy(entry(POLICY_KEY), entry(DRIVE, action=Action.DELETE_VALUE))

    assert (State.UNKNOWN, True) == (found.offer.state, "a deletion counts only if" in found.offer.stated.says)


def test_every_format_says_the_same() -> None:
    """A doubtful key is one in every format, and what is written anew keeps it."""
    entries = [entry(DRIVE), entry(f"HKLM:\\{HELPERS_KEY}", "CORP\\a", "CORP\\a\0".encode("utf-16-le"))]
    entries[1] = RegistryEntry(entries[1].key, "CORP\\a", RegType.SZ, entries[1].data)
    rules = "".join(
        f"<ComputerConfig><Key>{each.key}</Key><Value>{each.name}</Value><RegType>{kind}</RegType><RegData>{data}</RegData>"
        "</ComputerConfig>"
        for each, kind, data in zip(entries, ("REG_DWORD", "REG_SZ"), ("1", "CORP\\a"), strict=True)
    )
    files = [render(entries) for render in (registry_pol.render, reg_text.render, lgpo_text.render)]
    files.append(f"<PolicyRules>{rules}</PolicyRules>".encode())
    policies = [read_policy(read(data, "x").registry) for data in files]

    assert [State.UNKNOWN] * 4 == [each.offer.state for each in policies]
    assert all(each == policies[0] for each in policies)


def test_the_finding() -> None:
    """Values and helpers at a doubtful key are one kind of finding, and the exit code says that it is unclear."""
    entries = [
        entry(DRIVE),
        RegistryEntry(f"HKLM:\\{HELPERS_KEY}", "CORP\\a", RegType.SZ, "CORP\\a\0".encode("utf-16-le")),
    ]
    found = audit([("x.pol", registry_pol.render(entries))])

    assert ["RA070", "RA070"] == [finding.kind.id for finding in found.findings]
    assert "RAUnsolicit" in {doubt.setting for doubt in found.unclear}


@pytest.mark.parametrize("key", [DRIVE, f"HKCU:\\{POLICY_KEY}", f"HKEY_CURRENT_USER\\{POLICY_KEY}", f"\\{POLICY_KEY}"])
def test_a_doubtful_key_of_a_user(key: str) -> None:
    """What a user's half says of shadowing at a doubtful key cannot be told either."""
    shadow = entry(key, "Shadow", (2).to_bytes(4, "little"), hive=USER)
    found = Registry.of(doubted([shadow], Remarks())).find(SHADOW_OF_USER)

    assert [Action.UNTOLD] == [each.action for each in found]


def test_a_key_of_a_named_user_stays() -> None:
    """A key under the name of one user is that user's, as a .reg writes it."""
    shadow = entry(rf"S-1-5-21-1-2-3-4\{POLICY_KEY}", "Shadow", (2).to_bytes(4, "little"), hive="HKEY_USERS")

    assert [shadow] == list(doubted([shadow], Remarks()))
