"""Group Policy Preferences: registry values (Registry.xml) and local groups (Groups.xml), as files and in reports. `parse`.

Windows applies preferences after all policies (`RegistryEntry.late`). `items` finds the items of a file or of a report's part; those
that are disabled do nothing, and targeting makes an item, or all of a collection, count only perhaps. `entries_of` makes the entries
of an item: a value of the registry, or members of a local group (`beside.py`).

The form of both files is verified on published ones; that numbers are hexadecimal, and what each attribute does, is remembered.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import utf16
from rasim.formats.reader_remarks import Remarks
from rasim.formats.unread import unread
from rasim.formats.xml_text import XmlNode, elements
from rasim.policy.accounts import names_everybody
from rasim.policy.beside import group_of
from rasim.policy.names import fold
from rasim.policy.registry import MACHINE, USER, Action, RegistryEntry, RegType
from rasim.policy.settings import Setting
from rasim.words import printable

PATHS: Final = ("PREFERENCES/REGISTRY/REGISTRY.XML", "PREFERENCES/GROUPS/GROUPS.XML")
CONTAINERS: Final = ("RegistrySettings", "Groups", "LocalUsersAndGroups")
COMPUTER, OF_USER = 2, 3  # how late

_HIVES: Final = (MACHINE, USER, "HKEY_USERS", "HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG")
_BESIDE: Final = frozenset(
    {"User", "Filters", "GPO", "Precedence", "GPOSettingOrder", "Properties"}
)  # no items, or local users
_VARIABLE: Final = re.compile(r"%[^%\\]+%")
_KINDS: Final = {f"REG_{kind.name}": kind for kind in RegType}
_HEX: Final = re.compile(r"(?:0x)?([0-9a-f]{1,16})", re.IGNORECASE)
_SIZES: Final = {RegType.DWORD: 4, RegType.QWORD: 8}


def parse(data: bytes, file: str, remarks: Remarks, late: int = COMPUTER) -> Iterator[RegistryEntry]:
    """Yield the entries of a file of preferences, of the computer's half or of the user's.

    Raises:
        PolicyFileError: no well-formed XML, a document type, more than the limits, or an item of another form; with its place.

    """
    del remarks
    for path, node in elements(data, file, lambda path: len(path) == 1):
        if path[0] not in CONTAINERS:
            raise PolicyFileError("no preferences for registry values or local groups", node.where)
        for item, only_if in items(node):
            yield from entries_of(item, only_if, late)


def items(node: XmlNode, only_if: str = "") -> Iterator[tuple[XmlNode, str]]:
    """Yield what is in a file, or in a collection, and not disabled, in its order, with the condition on which it counts, if any."""
    if node.attribute("disabled") in {"1", "true"}:
        return
    targets = [target.name for kind in node.all("Filters") for target in kind.children]
    if targets:
        only_if = f"its item-level targeting holds ({printable(', '.join(dict.fromkeys(targets)))[:80]})"
    if node.name not in {*CONTAINERS, "Collection"}:
        yield node, only_if
        return
    for child in node.children:
        if child.name not in _BESIDE:
            yield from items(child, only_if)


def entries_of(node: XmlNode, only_if: str, late: int) -> Iterator[RegistryEntry]:
    """Yield the entries that an item stands for; raise PolicyFileError where it has no properties, or no known action."""
    given = node.one("Properties")
    if node.name not in {"Registry", "Group"}:
        yield unread(f"{node.where.file}: {printable(node.name)}", node.where)
        return
    action = fold(given.attribute("action") or "U") if given else ""
    if given is None or action not in {"C", "R", "U", "D"}:
        raise PolicyFileError("a preference without properties, or with an unknown action", node.where)
    made = _value if node.name == "Registry" else _members
    yield from made(given, action, only_if, late, node.where)


# ---- registry values -----------------------------------------------------------------------------------------


def _value(given: XmlNode, action: str, only_if: str, late: int, where: Where) -> Iterator[RegistryEntry]:
    said, key = given.attribute, given.attribute("key").strip()
    hive = fold(said("hive").strip()) or MACHINE
    if hive not in _HIVES:
        hive, only_if = MACHINE, f'Windows takes "{printable(hive[:40])}" for its hive'
    elif said("userContext") == "1" and hive == MACHINE:
        only_if = only_if or "the user may write there"
    if _VARIABLE.search(key):
        yield unread(f'{where.file}: a preference at "{printable(key[:80])}"', where, "which key that is no file says")
        return
    name, whole = said("name"), said("default") != "1"
    kind, data = (RegType.NONE, b"") if action == "D" else _data(given)
    if whole and not name:  # the key itself
        how = Action.CREATE_KEY if action in {"C", "U"} else Action.DELETE_KEY
    elif action == "D":
        how = Action.DELETE_VALUE
    elif kind is None:
        how, words = Action.UNTOLD, f"{said('type')[:20]} {said('value')[:40]}"
        kind, data = RegType.SZ, utf16(f"a preference of a form that is not known: {printable(words)}\0")
    else:
        how = Action.SET_IF_ABSENT if action == "C" else Action.SET
        if _VARIABLE.search(f"{name}{said('value')}"):
            only_if = only_if or "its variables stand for this"
    name = name if whole else ""
    yield RegistryEntry(key, name, kind or RegType.NONE, data, where, how, hive, late=late, only_if=only_if)


def _data(given: XmlNode) -> tuple[RegType | None, bytes]:
    """Return type and data of a value; no type where its form is not known. Numbers are hexadecimal digits."""
    kind, words = _KINDS.get(fold(given.attribute("type") or "REG_SZ")), given.attribute("value")
    if given.attribute("bitfield") == "1" or given.one("SubProp") is not None:
        return None, b""  # some bits of it, and what the others are no file says
    if kind in {RegType.SZ, RegType.EXPAND_SZ}:
        return kind, utf16(f"{words}\0")
    if kind is RegType.MULTI_SZ:
        listed = given.one("Values")
        texts = [words] if listed is None else [each.text for each in listed.all("Value")]
        return kind, utf16("".join(f"{text}\0" for text in texts) + "\0")
    digits = _HEX.fullmatch(words.strip())
    if kind in _SIZES and digits and int(digits[1], 16) < 1 << 8 * _SIZES[kind]:
        return kind, int(digits[1], 16).to_bytes(_SIZES[kind], "little")
    if kind is RegType.BINARY and re.fullmatch(r"(?:[0-9a-fA-F]{2})*", words):
        return kind, bytes.fromhex(words)
    return None, b""


# ---- members of local groups ---------------------------------------------------------------------------------


@frozen
class Member:
    """Somebody who comes into a local group, or goes `out` of it: a name, a SID, or both."""

    name: str
    where: Where
    sid: str = ""
    out: bool = False


def membership(
    group: tuple[str, ...],
    members: Sequence[Member],
    where: Where,
    late: int,
    only_if: str = "",
    *,
    clear: bool = False,
) -> Iterator[RegistryEntry]:
    """Yield who comes into a local group, of names and perhaps a SID, and goes out of it; `clear` empties it before."""
    meant = group_of(*group)
    if meant == "unknown" and members:
        why = "a group of a name that is not known here: in another language it may be one whose members may offer"
        yield unread(f'{where.file}: members of "{printable("".join(group)[:80])}"', where, why)
    if not isinstance(meant, Setting):
        return
    if clear:
        action = Action.DELETE_ALL_VALUES
        yield RegistryEntry(meant.key, "", RegType.NONE, b"", where, action, late=late, only_if=only_if)
    for each in members:
        name = (each.sid if names_everybody(each.sid) else each.name or each.sid).strip().removeprefix("*")
        action = Action.DELETE_VALUE if each.out else Action.SET
        if_ = only_if or ("its variables stand for this" if _VARIABLE.search(name) else "")
        yield RegistryEntry(meant.key, name, RegType.SZ, utf16(f"{name}\0"), each.where, action, late=late, only_if=if_)


def _members(given: XmlNode, action: str, only_if: str, late: int, where: Where) -> Iterator[RegistryEntry]:
    """Yield the members that a group gets and loses; that it is deleted is not sure, so that nobody is forgotten."""
    said, inside = given.attribute, given.one("Members")
    members = [
        Member(each.attribute("name"), each.where, each.attribute("sid"), fold(each.attribute("action")) == "REMOVE")
        for each in (() if inside is None or action == "D" else inside.all("Member"))
    ]
    if said("userAction") == "ADD":
        members.append(Member(r"%LogonDomain%\%LogonUser%", where))
    clear = said("deleteAllUsers") == said("deleteAllGroups") == "1"
    names = (said("groupSid"), said("groupName"), said("newName"))
    yield from membership(names, members, where, late, only_if, clear=clear)
