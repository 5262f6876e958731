r"""LGPO text: blocks of four lines, and what is none."""

import pytest

from rasim.errors import PolicyFileError, UsageError, Where
from rasim.formats import Remarks, lgpo_text, read, registry_pol
from rasim.policy import MACHINE, Action, Kind, Policy, RegistryEntry, policy_to_entries, read_policy
from rasim.policy.registry import untold
from rasim.policy.settings import OFFER_STATE, POLICY_KEY

KEY = r"Software\K"


def one(name: str, action: str, side: str = "Computer") -> RegistryEntry:
    (entry,) = lgpo_text.parse(f"{side}\r\n{KEY}\r\n{name}\r\n{action}\r\n".encode(), "x")
    return entry


def stored(text: str) -> bytes:
    return text.encode("utf-16-le")


@pytest.mark.parametrize(
    ("action", "kind", "data"),
    [
        ("DWORD:1", Kind.DWORD, b"\1\0\0\0"),
        ("dword:0x1F", Kind.DWORD, b"\x1f\0\0\0"),
        ("QWORD:1", Kind.QWORD, b"\1" + bytes(7)),
        ("SZ:a b ", Kind.SZ, stored("a b \0")),
        ("SZ:", Kind.SZ, stored("\0")),
        (r"SZ:C:\\Windows\\a.jpg", Kind.SZ, stored("C:\\Windows\\a.jpg\0")),
        (r"EXSZ:%windir%\\x", Kind.EXPAND_SZ, stored("%windir%\\x\0")),
        (r"MULTISZ:\0", Kind.MULTI_SZ, stored("\0")),
        (r"MULTISZ:a\0b", Kind.MULTI_SZ, stored("a\0b\0\0")),
        (r"MULTISZ:a\0b\0\0", Kind.MULTI_SZ, stored("a\0b\0\0")),
        ("BINARY:00ff 1A", Kind.BINARY, b"\0\xff\x1a"),
    ],
)
def test_values(action: str, kind: Kind, data: bytes) -> None:
    r"""A type with data is a value; backslashes of texts are doubled, and \0 stands for a NUL."""
    assert RegistryEntry(KEY, "v", kind, data) == one("v", action)


@pytest.mark.parametrize(
    ("name", "action", "expected", "left"),
    [
        ("v", "DELETE", Action.DELETE_VALUE, "v"),
        ("*", "DELETEALLVALUES", Action.DELETE_ALL_VALUES, ""),
        ("*", "CREATEKEY", Action.CREATE_KEY, ""),
        ("*", "DELETEKEYS:a;b", Action.DELETE_SUBKEYS_NAMED, ""),
        ("**del.v", "SZ: ", Action.DELETE_VALUE, "v"),
        ("**soft.v", "DWORD:1", Action.SET_IF_ABSENT, "v"),
        ("**odd", "DWORD:1", Action.UNKNOWN, ""),
    ],
)
def test_orders(name: str, action: str, expected: Action, left: str) -> None:
    """An order deletes or creates; names with two asterisks order what they order in a Registry.pol."""
    entry = one(name, action)

    assert (expected, left) == (entry.action, entry.name)


def test_the_user_half_is_kept_apart() -> None:
    """Blocks of the user's half, also of one named user, stand in the user's hive."""
    assert ["HKEY_CURRENT_USER"] * 2 == [one("v", "DWORD:1", side).hive for side in ("User", "User:Administrators")]


def test_the_place_is_the_line_of_the_name() -> None:
    """An entry's place is the line of its value name, wherever comments and empty lines stand."""
    data = b"; c\r\n\r\n\r\nComputer\r\nK\r\nv\r\nDWORD:1\r\n"

    assert [Where("x", line=6)] == [entry.where for entry in lgpo_text.parse(data, "x")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_text_of_powershell(encoding: str) -> None:
    """LGPO text is read in UTF-8 and in UTF-16 as PowerShell writes it."""
    data = "Computer\r\nK\r\nvé\r\nDWORD:1\r\n".encode(encoding)

    assert ["vé"] == [entry.name for entry in lgpo_text.parse(data)]


def test_a_lone_backslash_is_remarked_on() -> None:
    """A backslash that LGPO would have doubled is read as it stands, with a remark."""
    remarks = Remarks()
    (entry,) = lgpo_text.parse(b"Computer\nK\nv\nSZ:A\\b\n", "x", remarks)

    assert stored("A\\b\0") == entry.data
    assert [Where("x", line=4, column=1)] == [remark.where for remark in remarks]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Computer\nK\nv\n", 3, "the file ends before what is done"),
        ("; PARSING Computer POLICY\n\nComputer\nK\nv\nDWORD:1\n\n", 7, "it was cut short"),
        ("; Registry policy as LGPO text\n", 1, "it was cut short"),
        ("Computer\n", 1, "the file ends before the key"),
        ("Komputer\nK\nv\nDWORD:1\n", 1, "begins with Computer or User"),
        ("Computer\n\nv\nDWORD:1\n", 2, "the key should stand here"),
        ("Computer\nK\nv\n\n", 4, "what is done should stand here"),
        ("Computer\nK\nv \nDWORD:1\n", 3, "begins or ends with a blank"),
        ("Computer\nK\n; v\nDWORD:1\n", 3, "not a comment"),
        ("Computer\nK\nv\nDWORD:one\n", 4, "is no number"),
        ("Computer\nK\nv\nDWORD:4294967296\n", 4, "does not fit"),
        ("Computer\nK\nv\nBINARY:0\n", 4, "pairs of hexadecimal digits"),
        ("Computer\nK\nv\nREMOVE\n", 4, "is none of DWORD:"),
        ("Computer\nK\nv\nDELETEALLVALUES\n", 4, "is none of"),
        ("Computer\nK\nv\nDELETE:x\n", 4, "is none of"),
        ("Computer\nK\nv\0\nDWORD:1\n", 3, "a NUL character"),
    ],
)
def test_what_is_no_block(text: str, line: int, words: str) -> None:
    """A block that is not four lines of these forms refuses the file, with the line (R27)."""
    with pytest.raises(PolicyFileError) as caught:
        list(lgpo_text.parse(text.encode(), "x"))

    assert words in caught.value.message
    assert line == caught.value.where.line


@pytest.mark.parametrize(
    "entry",
    [
        RegistryEntry(KEY, "a\nb", Kind.DWORD, bytes(4)),
        RegistryEntry(KEY, "v", Kind.SZ, stored("a\nb\0")),
        RegistryEntry(KEY, "v", Kind.SZ, b"\0"),
        RegistryEntry(KEY, " v", Kind.DWORD, bytes(4)),
        RegistryEntry(KEY, ";v", Kind.DWORD, bytes(4)),
        RegistryEntry("", "v", Kind.DWORD, bytes(4)),
        RegistryEntry(KEY, "v", Kind.DWORD, bytes(3)),
        RegistryEntry(KEY, "v", Kind.LINK, b""),
        RegistryEntry(KEY, "v", Kind.MULTI_SZ, stored("a\\0\0\0")[:-1]),
        RegistryEntry(KEY, "v", Kind.SZ, stored("\ud800".encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")) + b"\0\xd8\0\0"),
        RegistryEntry("a;b", "", 0, b"", action=Action.DELETE_KEY),
        RegistryEntry(KEY, "", Kind.SZ, b"odd", action=Action.DELETE_SUBKEYS_NAMED),
        RegistryEntry(KEY, "v", Kind.DWORD, bytes(4), hive="HKEY_USERS"),
        untold(OFFER_STATE, "nobody knows", Where("y", line=3)),
    ],
)  # fmt: skip
def test_what_four_lines_cannot_say(entry: RegistryEntry) -> None:
    """An entry that cannot be said in four lines is refused, never left out or changed."""
    with pytest.raises(UsageError, match="cannot be written"):
        lgpo_text.render([entry])


@pytest.mark.parametrize(
    ("entry", "name", "said"),
    [
        (RegistryEntry(KEY, "v", Kind.BINARY, b"\0\xff"), "v", "BINARY:00ff"),
        (RegistryEntry(KEY, "", Kind.SZ, stored("a;b\0"), action=Action.DELETE_SUBKEYS_NAMED), "*", "DELETEKEYS:a;b"),
        (RegistryEntry(rf"{KEY}\a", "", 0, b"", action=Action.DELETE_KEY), "*", "DELETEKEYS:a"),
        (
            RegistryEntry(KEY, "", Kind.SZ, stored("a;b\0"), action=Action.DELETE_VALUES_NAMED),
            "**DeleteValues",
            "SZ:a;b",
        ),
    ],
)
def test_what_four_lines_say(entry: RegistryEntry, name: str, said: str) -> None:
    """Bytes are hexadecimal digits; keys are deleted as subkeys of the key above; values by a name with two asterisks."""
    lines = lgpo_text.render([entry]).decode().split("\r\n")

    assert ["Computer", KEY, name, said] == lines[2:6]


def test_a_policy_goes_there_and_back() -> None:
    """A policy written as LGPO text and read back is the same policy."""
    policy = Policy.of(
        offer="enabled", mode="control", helpers=[r"CORP\anna", r"dns.corp\Tier 1"], solicited="disabled"
    )
    written = lgpo_text.render(policy_to_entries(policy))

    assert policy == read_policy(read(written, "x").registry)
    assert registry_pol.render(policy_to_entries(policy)) == registry_pol.render(lgpo_text.parse(written))


def test_the_helper_list_as_lgpo_writes_it() -> None:
    r"""A helper's name has one backslash and its data two, as LGPO writes them; both say the same."""
    data = (
        f"Computer\r\n{POLICY_KEY}\\RAUnsolicit\r\nCONTOSO\\Helpdesk\r\nSZ:CONTOSO\\\\Helpdesk\r\n\r\n"
        f"Computer\r\n{POLICY_KEY}\r\nfAllowUnsolicited\r\nDWORD:1\r\n\r\n"
        f"Computer\r\n{POLICY_KEY}\r\nfAllowUnsolicitedFullControl\r\nDWORD:0\r\n"
    )
    policy = read_policy(read(data.encode(), "x").registry)

    assert [(r"CONTOSO\Helpdesk", None)] == [(helper.text, helper.flaw) for helper in policy.offer.helpers]
    assert () == policy.unclear
    assert MACHINE == next(iter(lgpo_text.parse(data.encode()))).hive
