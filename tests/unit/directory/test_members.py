r"""Who is in which group, as people export it: CSV, JSON, LDIF, YAML, with the pitfalls of each."""

import base64
import json

import pytest

from rasim.directory.members import read_members
from rasim.errors import InputError, RasimError
from rasim.policy import Account, Membership, Policy, is_helper, parse_account

HELPDESK = r"CORP\Helpdesk"
HEAD = '"distinguishedName","name","objectClass","objectGUID","SamAccountName","SID"'
ANNA = '"CN=Anna,OU=IT,DC=corp,DC=example","Anna","user","1","anna","S-1-5-21-1-2-3-1104"'
TIER = '"CN=Tier 2,DC=corp,DC=example","Tier 2","group","2","Tier2","S-1-5-21-1-2-3-1105"'


def account(text: str) -> Account:
    return parse_account(text)


def members(text: str | bytes, group: str | None = HELPDESK) -> Membership:
    return read_members(text.encode() if isinstance(text, str) else text, "m", group)


def inside(membership: Membership, group: str = HELPDESK) -> set[str]:
    return {str(each) for each in membership.below(account(group))}


def refused(text: str | bytes, group: str | None = HELPDESK) -> str:
    with pytest.raises(RasimError) as caught:
        members(text, group)
    return str(caught.value)


# ---- CSV and JSON --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\r\n{ANNA}\r\n",
        f"#TYPE Microsoft.ActiveDirectory.Management.ADPrincipal\r\n{HEAD}\r\n{ANNA}\r\n",
        f"{HEAD}\n{ANNA}\n".replace('","', '";"'),
        'SamAccountName,DistinguishedName\nanna,"CN=Anna,DC=corp,DC=example"\n',
        f"{HEAD}\r\n{ANNA}\r\n\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv(text: str, encoding: str) -> None:
    """A CSV of members is read with either divider, in any order of columns, with or without its first line."""
    assert {r"corp.example\anna"} == inside(members(text.encode(encoding)))


def test_csv_with_a_column_for_the_group() -> None:
    """A column Group says of which group a row is."""
    text = f'"Group",{HEAD}\n"{HELPDESK}",{ANNA}\n"CORP\\Other",{TIER}\n'
    found = members(text, None)

    assert ({r"corp.example\anna"}, {r"corp.example\Tier2"}) == (inside(found), inside(found, r"CORP\Other"))


def test_an_empty_export_is_an_empty_group() -> None:
    """The export of a group without members tells that it has none, which is not: not told."""
    found = members(f"{HEAD}\n")

    assert (True, set()) == (found.knows(account(HELPDESK)), inside(found))


def test_a_group_in_it_is_untold_until_told() -> None:
    """A member that is a group is untold until another file tells its members."""
    one = members(f"{HEAD}\n{TIER}\n")
    both = one | members(f"{HEAD}\n{ANNA}\n", r"corp.example\Tier2")

    assert [r"corp.example\Tier2"] == [str(each) for each in one.untold_in(account(HELPDESK))]
    assert ((), {account(r"corp.example\anna")}) == (
        both.untold_in(account(HELPDESK)),
        both.people_in(account(HELPDESK)),
    )


def test_a_foreign_member_may_be_anybody() -> None:
    """A foreign security principal is somebody that cannot be named: untold."""
    row = '"CN=S-1-5-21-9-9-9-500,CN=ForeignSecurityPrincipals,DC=corp,DC=example","x","foreignSecurityPrincipal","","",""'

    assert 1 == len(members(f"{HEAD}\n{row}\n").untold_in(account(HELPDESK)))


@pytest.mark.parametrize("shape", ["list", "one", "capitals"])
def test_json_of_powershell(shape: str) -> None:
    """What ConvertTo-Json gives is read: several objects, a single one, objectClass as a list."""
    row = {"distinguishedName": "CN=A,DC=corp,DC=example", "SamAccountName": "anna", "objectClass": ["top", "user"]}
    data: object = {"list": [row], "one": row, "capitals": [{key.upper(): value for key, value in row.items()}]}[shape]

    assert {r"corp.example\anna"} == inside(members(json.dumps(data)))


@pytest.mark.parametrize(
    ("text", "group", "words"),
    [
        (f"{HEAD}\n{ANNA}\n", None, "m:2:1: the export does not say of which group"),
        (f"{HEAD}\n{ANNA},x\n", HELPDESK, "m:2:1: 7 cells, where the head of the table has 6"),
        ("name,SamAccountName\nAnna,anna\n", HELPDESK, "m:2:1: no distinguishedName with DC parts"),
        (f"{HEAD}\n{ANNA}\n", "Helpdesk", "is no account"),
        (f'"Group",{HEAD}\n"Helpdesk",{ANNA}\n', None, "m:2:1: 'Helpdesk' is no account"),
        ('[{"SamAccountName": "a"}, {"x": 1}]', HELPDESK, "object 2 has no SamAccountName"),
        (b"\xff", HELPDESK, "m: offset 0: these bytes are no UTF-8 text"),
        ("xSamAccountName,a\nb,c\n", HELPDESK, "m:1:1: no column is called SamAccountName"),
        ("just words", HELPDESK, "a file of groups (`DOMAIN\\group: [DOMAIN\\member, …]`) must be a mapping"),
    ],
)
def test_what_is_no_export(text: str | bytes, group: str | None, words: str) -> None:
    """What cannot be read is refused with its place, and with what helps."""
    assert words in refused(text, group)


def test_the_old_form_is_read() -> None:
    """Groups with their members in YAML or JSON are read as ever."""
    for text in (f"{HELPDESK}: [CORP\\anna]", json.dumps({HELPDESK: ["CORP\\anna"]})):
        assert {r"CORP\anna"} == inside(members(text, None))


# ---- LDIF ----------------------------------------------------------------------------------------------------

LDIF = """\
version: 1

# the group
dn: CN=Helpdesk,OU=Gr\\C3\\BCn\\, und mehr,DC=corp,DC=example
objectClass: top
objectClass: group
sAMAccountName: Helpdesk
objectSid: S-1-5-21-1-2-3-1000
member: CN=Anna,OU=IT,DC=corp,
 DC=example
member: CN=Nobody,DC=corp,DC=example

dn:: {bob}
objectClass: user
sAMAccountName: bob
primaryGroupID: 1000
objectSid:: {sid}

dn: CN=Anna,OU=IT,DC=CORP,DC=example
objectClass: user
sAMAccountName: anna

dn: CN=CORP,CN=Partitions,CN=Configuration,DC=corp,DC=example
objectClass: crossRef
nETBIOSName: CORP
dnsRoot: corp.example
"""


def sid_bytes(*parts: int) -> bytes:
    return bytes([1, len(parts), 0, 0, 0, 0, 0, 5, *b"".join(part.to_bytes(4, "little") for part in parts)])


TEXT = LDIF.format(
    bob=base64.b64encode("CN=Bob Ü,DC=corp,DC=example".encode()).decode(),
    sid=base64.b64encode(sid_bytes(21, 1, 2, 3, 1104)).decode(),
)


def test_ldif() -> None:
    """LDIF tells members by their distinguished names, folded lines and base64 read, both names of the domain known."""
    found = members(TEXT, None)
    everybody = inside(found)

    assert {r"CORP\anna", r"CORP\bob", r"CORP\Nobody"} == everybody
    assert found.path(account(r"corp.example\anna"), account(r"CORP\Helpdesk")) is not None


def test_the_primary_group_is_in_no_member() -> None:
    """Who has the group as primary group is in it, although its `member` does not say so."""
    without = TEXT.replace("primaryGroupID: 1000", "primaryGroupID: 513")

    assert (True, False) == (r"CORP\bob" in inside(members(TEXT, None)), r"CORP\bob" in inside(members(without, None)))


def test_a_member_that_the_file_does_not_name() -> None:
    """A member whose entry is not in the file may be anybody: it is untold, not a person of that name."""
    assert [r"CORP\Nobody"] == [str(each) for each in members(TEXT, None).untold_in(account(HELPDESK))]


def test_member_of_alone() -> None:
    """From `memberOf` one member of a group is known; that there are no others is not."""
    text = "dn: CN=A,DC=x,DC=y\nsAMAccountName: a\nobjectClass: user\nmemberOf: CN=G,DC=x,DC=y\n"
    found = members(text, None)

    assert r"x.y\a" in inside(found, r"x.y\G")
    assert 1 == len(found.untold_in(account(r"x.y\G")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dn: CN=A\nmember:< file:///etc/passwd\n", "m:2:1: a value that stands in another file or on the network"),
        ("dn: CN=A\nchangetype: delete\n", "m:2:1: a file of changes"),
        ("dn: CN=A\nmember:: ***\n", "m:2:1: these are no base64 digits"),
        ("dn: CN=A\nnonsense\n", 'm:2:1: "nonsense" is no attribute'),
        ("version: 1\nmember: x\n", "m:2:1: an entry begins with dn:"),
    ],
)
def test_what_is_no_ldif(text: str, words: str) -> None:
    """A line of another form refuses the file; nothing is ever fetched."""
    assert words in refused(text, None)


# ---- what follows from it ------------------------------------------------------------------------------------

POLICY = Policy.of(offer="enabled", mode="view", helpers=[HELPDESK])


def decided(membership: Membership, who: str = r"CORP\anna") -> str:
    decision = is_helper(POLICY, who, membership)
    return "yes" if decision.allowed else "unclear" if decision.unclear else "no"


def test_two_names_of_one_domain() -> None:
    """An expert in the other form of a domain is a helper if the two names were told, else it is unclear."""
    told = members(f"{HEAD}\n{ANNA}\n")
    domain = Membership.of({}, {"CORP": "corp.example"})

    assert ("unclear", "yes") == (decided(told), decided(told | domain))
    assert ("no", "no") == (decided(told | domain, r"CORP\bob"), decided(told | domain, r"other.example\anna"))


def test_members_that_were_not_told() -> None:
    """Where a group in the list has members that were not told nobody is certainly out."""
    domain = Membership.of({}, {"CORP": "corp.example"})

    assert "unclear" == decided(members(f"{HEAD}\n{TIER}\n") | domain, r"CORP\bob")


def test_cycles_are_named_and_harmless() -> None:
    """Groups in each other are named, and change no answer."""
    found = Membership.of({HELPDESK: [r"CORP\B"], r"CORP\B": [HELPDESK, r"CORP\anna"], r"CORP\C": [r"CORP\C"]})

    assert [r"CORP\B", r"CORP\C", HELPDESK] == [str(each) for each in found.cycles()]
    assert ("yes", "no") == (decided(found), decided(found, r"CORP\bob"))


@pytest.mark.parametrize(
    "entry", ["", " ", "*", r"CORP\*", r"CORP\?nna", "anna@corp.example", "S-1-5-21-1", r" CORP\anna", r"CORP\a\b"]
)
def test_entries_of_another_form_match_nobody(entry: str) -> None:
    r"""Whatever members are told, an entry of another form than DOMAIN\name makes nobody a helper (R26, S10)."""
    told = Membership.of({r"CORP\G": [r"CORP\anna"]}, {"CORP": "corp.example"})
    policy = Policy.of(offer="enabled", mode="view", helpers=[entry])

    assert not is_helper(policy, r"CORP\anna", told).allowed


PEOPLE = "".join(f"dn: CN={n},DC=x,DC=y\nobjectClass: user\nsAMAccountName: {n}\n\n" for n in ("anna", "bob"))
GROUP = "dn: CN=G,DC=x,DC=y\nobjectClass: group\nsAMAccountName: G\n"


def open_groups(ldif: str) -> list[str]:
    """Return which groups anybody may be in at or below the group G."""
    return [str(each) for each in members(ldif, None).untold_in(account(r"x.y\G"))]


@pytest.mark.parametrize(
    ("ranges", "whole"),
    [(["0-*"], True), (["0-0", "1-*"], True), (["0-1"], False), (["1-*"], False), (["0-0", "2-*"], False)],
)
def test_a_range_of_members_is_a_part(ranges: list[str], whole: bool) -> None:
    """Members in ranges are all of them only where the ranges follow each other from 0 to the end; else anybody may be in it."""
    lines = "".join(
        f"member;range={each}: CN={n},DC=x,DC=y\n" for each, n in zip(ranges, ("anna", "bob"), strict=False)
    )

    assert ([] if whole else [r"x.y\G (other members)"]) == open_groups(f"{PEOPLE}{GROUP}{lines}")


def test_members_without_a_class_refuse_the_file() -> None:
    """An entry with members that does not say that it is a group is refused; one without members may be a group."""
    bare = GROUP.replace("objectClass: group\n", "")

    with pytest.raises(InputError, match="without objectClass"):
        members(f"{PEOPLE}{bare}member: CN=anna,DC=x,DC=y\n", None)
    assert [r"x.y\G"] == open_groups(f"{PEOPLE}{bare}")


@pytest.mark.parametrize("name", ["Domain Users", "Anything"])
def test_primary_groups_are_untold(name: str) -> None:
    """Who is in a group that Windows gives as a primary group is told only where accounts name it as theirs."""
    group = "dn: CN=G,DC=x,DC=y\nobjectClass: group\nsAMAccountName: G\nobjectSid: S-1-5-21-1-2-3-513\n\n"
    by_name = f"dn: CN=U,DC=x,DC=y\nobjectClass: group\nsAMAccountName: {name}\n\n"
    user = "dn: CN=anna,DC=x,DC=y\nsAMAccountName: anna\nobjectSid: S-1-5-21-1-2-3-1104\nprimaryGroupID: 513\n"
    inside = members(f"{PEOPLE}{by_name}", None).untold_in(account(rf"x.y\{name}"))

    assert [r"x.y\G (other members)"] == open_groups(group)
    assert [] == open_groups(f"{group}{user}")
    assert ([rf"x.y\{name} (other members)"] if name == "Domain Users" else []) == [str(each) for each in inside]
