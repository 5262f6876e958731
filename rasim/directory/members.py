r"""Who is in which group, read from what people export: told by content, never looked up.

- `group: [member, …]` in YAML or JSON, with accounts as `DOMAIN\name`;
- what `Get-ADGroupMember` gives, as CSV (`Export-Csv`) or JSON (`ConvertTo-Json`): objects with distinguishedName,
  SamAccountName and objectClass. They do not say of which group they are: the caller does, or a column Group;
- LDIF as ldifde and ldapsearch write it: groups with `member`, accounts with `memberOf` and `primaryGroupID`, and the
  domains' two names from `crossRef` entries or `msDS-PrincipalName`.

The domain of an account is that of its distinguished name, in DNS form. A member that is a group of its own is *untold* until
another file tells its members; so is a member that cannot be named from the file: anybody may be behind it. Nothing is
fetched, and what cannot be read refuses the file with its place.
"""

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import Factory, define

from rasim.errors import InputError, UsageError, Where
from rasim.inputs import Reading, text_of
from rasim.policy import Account, Membership, parse_account
from rasim.policy.accounts import names_everybody
from rasim.policy.names import fold
from rasim.words import printable

_LARGEST: Final = 64 << 20
"""Bytes of the largest file of members: some hundred thousand accounts."""

_GROUP_COLUMNS: Final = ("group", "groupname", "memberof")
_GROUP_CLASS: Final = "group"
_PRIMARY: Final = re.compile(r"S-1-5-21-.*-(51[3-6]|521)")  # given by Windows as primary groups
_FOREIGN: Final = "foreignsecurityprincipal"


def read_members(data: bytes, file: str = "", group: str | None = None) -> Membership:
    r"""Return who is in which group as a file tells it; `group` is the group of an export that does not name it.

    Raises:
        InputError: none of these forms, or a line that cannot be read; with line and column.
        UsageError: a name is not of the form `DOMAIN\name`.

    """
    if len(data) > _LARGEST:
        raise _wrong(file, 1, f"larger than {_LARGEST >> 20} MiB")
    text = text_of(data, file)
    begin = next((line for line in text.split("\n", 50) if line.strip() and not line.startswith("#")), "").strip()
    if re.match(r"(?:version|dn):", begin, re.IGNORECASE):
        return _ldif(text, file)
    if begin.startswith(("[", "{")) and (rows := _json_rows(text, file)) is not None:
        return _rows(rows, file, group)
    if "samaccountname" in begin.lower() and ("," in begin or ";" in begin or begin.startswith('"')):
        return _rows(_csv_rows(text, file), file, group)
    return _groups(text, file)


def _wrong(file: str, line: int, message: str) -> InputError:
    return InputError.at(message, Where(file, line=line, column=1))


# ---- group: [member, …] --------------------------------------------------------------------------------------


def _groups(text: str, file: str) -> Membership:
    """Return groups with their members as a file tells them; all mistakes of shape at once, with line and column."""
    reader = Reading(text, file, "file of groups")
    root = reader.root()
    groups = {} if root is None else reader.mapping(root, "a file of groups (`DOMAIN\\group: [DOMAIN\\member, …]`)")
    told = {group: reader.words(node, f"the members of {group}") for group, (_, node) in groups.items()}
    reader.finish()
    return Membership.of({group: [member.text for member in members] for group, members in told.items()})


# ---- what Get-ADGroupMember gives ----------------------------------------------------------------------------

_Row = tuple[int, Mapping[str, str]]
"""A line number, and what stands there by the folded names of columns."""


def _json_rows(text: str, file: str) -> list[_Row] | None:
    """Return the objects of an export; None for another shape of JSON, and for what is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(each, dict) for each in listed):
        return None
    rows = [{key.lower(): _word(value) for key, value in each.items()} for each in listed]
    if rows and not any("samaccountname" in row for row in rows):
        return None
    for number, row in enumerate(rows, 1):
        if "samaccountname" not in row:
            raise _wrong(file, 1, f"object {number} has no SamAccountName")
    return [(1, row) for row in rows]


def _word(value: object) -> str:
    """Return a value as a word; of a list, as objectClass can be one, the last."""
    if isinstance(value, list):
        return _word(value[-1]) if value else ""
    return "" if value is None else str(value)


def _csv_rows(text: str, file: str) -> Iterator[_Row]:
    lines = text.split("\n")
    skipped = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
    head = lines[skipped]
    reader = csv.reader(
        io.StringIO("\n".join(lines[skipped:])), delimiter=";" if head.count(";") > head.count(",") else ","
    )
    try:
        names = [name.strip().lower() for name in next(reader)]
        if "samaccountname" not in names:
            raise _wrong(file, skipped + 1, "no column is called SamAccountName")
        for cells in reader:
            line = skipped + reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise _wrong(file, line, f"{len(cells)} cells, where the head of the table has {len(names)}")
            yield line, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise _wrong(file, skipped + reader.line_num, f"not CSV: {error}") from None


def _rows(rows: Iterable[_Row], file: str, group: str | None) -> Membership:
    told: dict[Account, set[Account]] = {}
    if group is not None:
        told[parse_account(group)] = set()  # a group whose export is empty has no members
    untold: set[Account] = set()
    for line, row in rows:
        account = _account(row, file, line)
        kind = row.get("objectclass", "").lower()
        if kind in {_GROUP_CLASS, _FOREIGN}:
            untold.add(account)
        told.setdefault(_group_of(row, file, line, group), set()).add(account)
    return Membership.told(told.items(), untold=untold)


def _group_of(row: Mapping[str, str], file: str, line: int, group: str | None) -> Account:
    named = next((row[column] for column in _GROUP_COLUMNS if row.get(column, "").strip()), group)
    if named is None:
        raise _wrong(file, line, 'the export does not say of which group: give it as --groups "DOMAIN\\group=FILE"')
    try:
        return parse_account(named.strip())
    except UsageError as error:
        raise _wrong(file, line, str(error)) from None


def _account(row: Mapping[str, str], file: str, line: int) -> Account:
    domain, name = _domain_of(row.get("distinguishedname", "")), row["samaccountname"].strip()
    if not domain:
        raise _wrong(
            file, line, "no distinguishedName with DC parts, so the domain of this member is not told; export it too"
        )
    if row.get("objectclass", "").lower() == _FOREIGN or not name:
        name = _first_part(row.get("distinguishedname", "")) or name
    if not name:
        raise _wrong(file, line, "neither a SamAccountName nor a name in the distinguishedName")
    return Account(domain, name)


# ---- distinguished names -------------------------------------------------------------------------------------

_PART: Final = re.compile(r"(?P<key>[A-Za-z][\w-]*)\s*=\s*(?P<value>(?:\\.|[^,\\])*)(?:,|$)")
_ESCAPE: Final = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)")


def _parts(dn: str) -> list[tuple[str, str]]:
    """Return the parts of a distinguished name (RFC 4514), keys folded."""
    return [(match["key"].upper(), _unescaped(match["value"])) for match in _PART.finditer(dn)]


def _unescaped(value: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1]:
            return bytes.fromhex(match[1].replace("\\", "")).decode("utf-8", "replace")
        return match[2]

    return _ESCAPE.sub(character, value).strip()


def _domain_of(dn: str) -> str:
    return ".".join(value for key, value in _parts(dn) if key == "DC")


def _first_part(dn: str) -> str:
    return next((value for _, value in _parts(dn)), "")


def _folded(dn: str) -> str:
    return ",".join(f"{key}={fold(value)}" for key, value in _parts(dn))


# ---- LDIF ----------------------------------------------------------------------------------------------------


@define
class _Entry:
    """One entry: its line, its distinguished name, its attributes by folded name."""

    line: int
    dn: str
    attributes: dict[str, list[bytes]] = Factory(dict)
    ranges: set[tuple[str, str]] = Factory(set)  # of `member`: a server tells a long list in parts

    @property
    def in_part(self) -> bool:
        """Tell whether only a part of the members is there."""
        last = {end for _, end in self.ranges}
        following = {str(int(end) + 1) for end in last if end.isdecimal() and len(end) < 10}
        return bool(self.ranges) and ({"0", *following} != {start for start, _ in self.ranges} or "*" not in last)

    def one(self, name: str) -> str:
        """Return the first value of an attribute as text, empty if there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Return the values of an attribute as texts."""
        return [value.decode("utf-8", "replace") for value in self.attributes.get(name.upper(), ())]

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the entry, in small letters."""
        return frozenset(each.lower() for each in self.all("objectClass"))


def _ldif(text: str, file: str) -> Membership:
    entries = list(_entries(text, file))
    accounts = {_folded(entry.dn): _named(entry) for entry in entries if entry.one("sAMAccountName")}
    told: dict[Account, set[Account]] = {}
    untold, primary, counted = set[Account](), set[Account](), set[Account]()
    by_sid = {sid: accounts[_folded(e.dn)] for e in entries if (sid := _sid(e)) and _folded(e.dn) in accounts}

    def account_of(dn: str) -> Account:
        known = accounts.get(_folded(dn))
        if known is None:  # the file does not say what account is behind this name
            known = Account(_domain_of(dn) or "?", _first_part(dn) or "?")
            untold.add(known)
        return known

    for entry in entries:
        account = accounts.get(_folded(entry.dn))
        if account is None:
            continue
        if _is_group(entry, file):
            told.setdefault(account, set()).update(map(account_of, entry.all("member")))
            untold |= {account} if entry.in_part else set()
            # Whoever has it as primary group stands in no `member`.
            primary |= {account} if _PRIMARY.fullmatch(_sid(entry)) or names_everybody(str(account)) else set()
        elif not entry.classes and not entry.one("primaryGroupID"):  # a user, or a group
            untold.add(account)
        for parent in entry.all("memberOf"):
            group = account_of(parent)
            told.setdefault(group, set()).add(account)
            if _folded(parent) not in accounts:
                untold.add(group)  # one of its members is told, the others may be anybody
        if (its_primary := _primary(entry, by_sid)) is not None:
            told.setdefault(its_primary, set()).add(account)
            counted.add(its_primary)
    untold |= primary - counted
    groups_untold = untold & told.keys()
    membership = Membership.told(told.items(), domains=_domains(entries), untold=untold, accounts=accounts.values())
    return _keep_untold(membership, groups_untold)


def _is_group(entry: _Entry, file: str) -> bool:
    """Tell whether an entry is a group; one that has members and does not say what it is refuses the file."""
    if not entry.classes and entry.all("member"):
        raise _wrong(file, entry.line, "an entry with members and without objectClass: export that too")
    return _GROUP_CLASS in entry.classes


def _keep_untold(membership: Membership, groups: Iterable[Account]) -> Membership:
    """Return the same with groups untold of which only some members were told: a member that is anybody stands in them."""
    anybody = [(group, (Account(group.domain, f"{group.name} (other members)"),)) for group in groups]
    more = Membership.told(anybody, untold=[member for _, (member,) in anybody])
    return membership | more


def _named(entry: _Entry) -> Account:
    return Account(_domain_of(entry.dn) or "?", entry.one("sAMAccountName"))


def _domains(entries: Iterable[_Entry]) -> dict[str, str]:
    """Return short -> DNS names of domains."""
    domains: dict[str, str] = {}
    for entry in entries:
        if entry.one("nETBIOSName") and entry.one("dnsRoot"):
            domains[entry.one("nETBIOSName")] = entry.one("dnsRoot")
        short, backslash, _ = entry.one("msDS-PrincipalName").partition("\\")
        if backslash and short and (dns := _domain_of(entry.dn)):
            domains[short] = dns
    return domains


def _sid(entry: _Entry) -> str:
    """Return the security identifier of an entry as text; ldifde writes its bytes, other tools the text."""
    raw = next(iter(entry.attributes.get("OBJECTSID", ())), b"")
    if raw.upper().startswith(b"S-1-"):
        return raw.decode("ascii", "replace").upper()
    if len(raw) < 8 or raw[0] != 1 or len(raw) != 8 + 4 * raw[1]:
        return ""
    parts = [int.from_bytes(raw[at : at + 4], "little") for at in range(8, len(raw), 4)]
    return "-".join(("S-1", str(int.from_bytes(raw[2:8], "big")), *map(str, parts)))


def _primary(entry: _Entry, by_sid: Mapping[str, Account]) -> Account | None:
    """Return the primary group of an account, which stands in no `member`: its number below the account's own domain."""
    number, sid = entry.one("primaryGroupID"), _sid(entry)
    if not number.isdecimal() or not sid:
        return None
    return by_sid.get(f"{sid.rpartition('-')[0]}-{number}")


def _entries(text: str, file: str) -> Iterator[_Entry]:
    entry: _Entry | None = None
    for number, line in _unfolded(text):
        if not line.strip():
            if entry is not None:
                yield entry
            entry = None
            continue
        name, value = _attribute(line, file, number)
        if name == "VERSION" and entry is None:
            continue
        if entry is None:
            if name != "DN":
                raise _wrong(file, number, "an entry begins with dn:")
            entry = _Entry(number, value.decode("utf-8", "replace"))
            continue
        if name == "CHANGETYPE" and value.strip().lower() != b"add":
            raise _wrong(file, number, "a file of changes, not of entries")
        name, _, option = name.partition(";")
        if name == "MEMBER" and option.startswith("RANGE="):
            start, _, end = option.removeprefix("RANGE=").partition("-")
            entry.ranges.add((start, end))
        entry.attributes.setdefault(name, []).append(value)
    if entry is not None:
        yield entry


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield logical lines with their numbers: a line that begins with a blank continues the one before."""
    number, parts = 1, list[str]()
    for at, raw in enumerate(text.split("\n"), 1):
        line = raw.removesuffix("\r")
        if line.startswith(" ") and parts:
            parts.append(line[1:])
            continue
        if parts and not parts[0].startswith("#"):
            yield number, "".join(parts)
        number, parts = at, [line]
    if parts and not parts[0].startswith("#"):
        yield number, "".join(parts)


def _attribute(line: str, file: str, number: int) -> tuple[str, bytes]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise _wrong(file, number, f'"{printable(line[:40])}" is no attribute: value')
    name = name.strip().upper()
    if value.startswith("<"):
        raise _wrong(file, number, "a value that stands in another file or on the network is never fetched")
    if value.startswith(":"):
        try:
            return name, base64.b64decode(value[1:].strip(), validate=True)
        except (binascii.Error, ValueError):
            raise _wrong(file, number, "these are no base64 digits") from None
    return name, value.strip().encode("utf-8", "surrogatepass")
