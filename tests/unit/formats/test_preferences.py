"""Group Policy Preferences: which values and members an item stands for, and on what condition."""

import pytest
from evidence import KEY, OFFERS, group, groups_xml, registry_xml, targeted, value

from rasim.errors import PolicyFileError
from rasim.formats import read
from rasim.formats.preferences import parse
from rasim.formats.reader_remarks import Remarks
from rasim.policy import Action, Policy, RegistryEntry, RegType, State, read_policy
from rasim.policy.beside import ADMINISTRATORS, OFFER_GROUP, group_of


def entries(data: bytes) -> list[RegistryEntry]:
    return list(parse(data, "Registry.xml", Remarks()))


def policy(*items: str) -> Policy:
    return read_policy(read(registry_xml(*items), "Registry.xml").registry)


def members(*items: str) -> list[tuple[str, str]]:
    read_as = read_policy(read(groups_xml(*items), "Groups.xml").registry)
    return [(helper.group.split()[0], helper.text) for helper in read_as.offer.helpers]


@pytest.mark.parametrize(
    ("item", "state"),
    [
        (value(), State.ENABLED),
        (value(said="0x1"), State.ENABLED),
        (value(said="00000000"), State.DISABLED),
        (value(said="00000001", hive=""), State.ENABLED),
        (value(action=""), State.ENABLED),
        (value(action="R"), State.ENABLED),
        (value(action="D"), State.NOT_CONFIGURED),
        (value(action="C"), State.UNKNOWN),
        (value(said="1", type="REG_SZ"), State.UNKNOWN),
        (value(said="xyz"), State.UNKNOWN),
        (value(said="100000000"), State.UNKNOWN),
        (value(said="1", type="REG_STRANGE"), State.UNKNOWN),
        (value(bitfield="1"), State.UNKNOWN),
        (value(inside='<SubProp id="a"/>'), State.UNKNOWN),
        (value(hive="HKEY_STRANGE"), State.UNKNOWN),
        (value(userContext="1"), State.UNKNOWN),
        (value(key=f"HKEY_LOCAL_MACHINE\\{KEY}"), State.UNKNOWN),
        (value(hive="HKEY_CURRENT_USER", userContext="1"), State.NOT_CONFIGURED),
        (value(name="", default="1"), State.NOT_CONFIGURED),
        (value(name="x", default="1"), State.NOT_CONFIGURED),
        (value(outside='disabled="1"'), State.NOT_CONFIGURED),
        (value(outside='removePolicy="1"'), State.ENABLED),
        (targeted(value()), State.UNKNOWN),
        (targeted(value(), "<Filters/>"), State.ENABLED),
        (f"<Collection>{value()}</Collection>", State.ENABLED),
        (targeted(f"<Collection>{value()}</Collection>"), State.UNKNOWN),
        (f'<Collection disabled="1">{value()}</Collection>', State.NOT_CONFIGURED),
    ],
)
def test_what_one_preference_makes_of_offers(item: str, state: State) -> None:
    """A preference sets its value; where it counts only perhaps, or its form is not known, nobody can tell."""
    assert state is policy(item).offer.state


@pytest.mark.parametrize(
    ("items", "state"),
    [
        ((value(), value(said="00000000")), State.DISABLED),
        ((value(), value(action="D")), State.NOT_CONFIGURED),
        ((value(), value(action="C", said="00000000")), State.ENABLED),
        ((value(), value(name="", said="", action="U")), State.ENABLED),
        ((value(), value(name="", said="", action="R")), State.NOT_CONFIGURED),
        ((value(), value(name="", said="", action="D", key=r"SOFTWARE\Policies")), State.NOT_CONFIGURED),
        ((value(), targeted(value())), State.ENABLED),
        ((value(said="00000000"), targeted(value())), State.UNKNOWN),
        ((value(), targeted(value(action="D"))), State.UNKNOWN),
        ((targeted(value(action="D")),), State.NOT_CONFIGURED),
    ],
)
def test_preferences_apply_in_their_order(items: tuple[str, ...], state: State) -> None:
    """Preferences are applied one after the other; a condition that changes nothing leaves no doubt."""
    assert state is policy(*items).offer.state


@pytest.mark.parametrize(
    ("given", "kind", "data"),
    [
        ({"type": "REG_SZ", "said": "a"}, RegType.SZ, "a\0".encode("utf-16-le")),
        ({"type": "", "said": "a"}, RegType.SZ, "a\0".encode("utf-16-le")),
        ({"type": "REG_QWORD", "said": "0000000000000010"}, RegType.QWORD, bytes([16]) + bytes(7)),
        ({"type": "REG_BINARY", "said": "0aff"}, RegType.BINARY, b"\x0a\xff"),
        ({"type": "REG_MULTI_SZ", "said": "a"}, RegType.MULTI_SZ, "a\0\0".encode("utf-16-le")),
        (
            {"type": "REG_MULTI_SZ", "said": "a b", "inside": "<Values><Value>a</Value><Value>b</Value></Values>"},
            RegType.MULTI_SZ,
            "a\0b\0\0".encode("utf-16-le"),
        ),
    ],
)
def test_types_of_values(given: dict[str, str], kind: RegType, data: bytes) -> None:
    """Numbers are hexadecimal digits, whatever the editor shows; a list stands in elements of its own."""
    [entry] = entries(registry_xml(value("v", **given)))

    assert (kind, data, Action.SET) == (entry.kind, entry.data, entry.action)


def test_variables_stand_for_what_no_file_says() -> None:
    """A helper written with variables may be anybody, and a key with some may be any key."""
    listed = value(r"%LogonDomain%\Help", r"%LogonDomain%\Help", key=KEY + r"\RAUnsolicit", type="REG_SZ")
    anywhere = policy(value(key=r"SOFTWARE\%WHERE%"))

    assert [None] == [helper.data for helper in policy(listed).offer.helpers]
    assert [(False, "which key that is no file says")] == [(each.harmless, each.why) for each in anywhere.unread]


@pytest.mark.parametrize(
    "item",
    ["<Registry/>", "<Group/>", '<Registry><Properties action="X"/></Registry>'],
)
def test_an_item_of_another_form_is_refused(item: str) -> None:
    """A preference without properties, or with an action that there is not, refuses the file (R27)."""
    with pytest.raises(PolicyFileError, match="without properties, or with an unknown action"):
        entries(registry_xml(item))


def test_an_item_of_another_kind_is_listed() -> None:
    """What stands among preferences and is none that is known is listed as not read."""
    assert ["Registry.xml: Service"] == [each.what for each in policy("<Service/>").unread]


@pytest.mark.parametrize("data", [b"<Registry", b"<!DOCTYPE a><RegistrySettings/>", b"<ScheduledTasks/>", b""])
def test_no_preferences(data: bytes) -> None:
    """What is no well-formed XML, names a document type, or is of another kind, is refused."""
    with pytest.raises(PolicyFileError):
        entries(data)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (group(r"CORP\a", r"CORP\b"), [("Offer", r"CORP\a"), ("Offer", r"CORP\b")]),
        (group(r"CORP\a", name="Administrators (built-in)"), [("Administrators", r"CORP\a")]),
        (group(r"CORP\a", name="x", groupSid="S-1-5-32-544"), [("Administrators", r"CORP\a")]),
        (group(r"CORP\a", name="Administratoren (integriert)"), [("Administrators", r"CORP\a")]),
        (group(r"CORP\a", name="Power Users", newName="Administrators"), [("Administrators", r"CORP\a")]),
        (group(r"CORP\a", name="Remote Desktop Users (built-in)", groupSid="S-1-5-32-555"), []),
        (group(r"CORP\a", r"-CORP\A"), []),
        (group(r"CORP\a", action="D"), []),
        (group(userAction="ADD"), [("Offer", r"%LogonDomain%\%LogonUser%")]),
        (group(r"CORP\a") + group(deleteAllUsers="1", deleteAllGroups="1"), []),
        (group(r"CORP\a") + group(deleteAllUsers="1"), [("Offer", r"CORP\a")]),
        (group(r"CORP\a") + targeted(group(r"-CORP\a")), [("Offer", r"CORP\a")]),
        ('<User><Properties action="U"/></User>', []),
        ('<Group><Properties action="U" groupName="Administrators"/></Group>', []),
    ],
)
def test_members_of_local_groups(item: str, expected: list[tuple[str, str]]) -> None:
    """Members of the two groups that matter are helpers, by whatever name or SID the group goes; nobody is forgotten."""
    assert expected == members(item)


def test_a_member_is_whom_the_sid_names_if_that_is_everybody() -> None:
    """A member whose SID stands for everybody is told by it: its name may be in any language."""
    item = group("-x").replace('name="x" action="REMOVE" sid=""', 'name="Igedereen" action="ADD" sid="S-1-1-0"')

    assert [("Offer", "S-1-1-0")] == members(item)


def test_a_group_of_an_unknown_name_is_listed() -> None:
    """Members of a group whose name is not known are listed: in another language it may be one that matters."""
    read_as = read_policy(read(groups_xml(group(r"CORP\a", name="Fernhelfer")), "Groups.xml").registry)

    assert [('Groups.xml: members of "Fernhelfer"', False)] == [(each.what, each.harmless) for each in read_as.unread]


def test_without_names_no_group_is_known() -> None:
    """A group of no name is none of those that are known."""
    assert ("unknown", "unknown") == (group_of(), group_of("", " "))
    assert ("another", OFFER_GROUP) == (group_of("*S-1-5-32-555", "x"), group_of(f"BUILTIN\\{OFFER_GROUP.words}"))
    assert ADMINISTRATORS is group_of("*S-1-5-32-544")


def test_the_root_of_a_report_counts_as_one() -> None:
    """Groups stand in another element in a report, and in a file of that root they are the same."""
    data = (
        groups_xml(group(r"CORP\a"))
        .replace(b"Groups clsid", b"LocalUsersAndGroups clsid")
        .replace(b"</Groups>", b"</LocalUsersAndGroups>")
    )

    assert [OFFERS in entry.name or entry.name for entry in entries(data)] == [r"CORP\a"]
