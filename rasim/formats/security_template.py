r"""Security templates (GptTmpl.inf): `[Registry Values]` and `[Group Membership]`. `parse`.

    MACHINE\Software\Policies\...\fAllowUnsolicited=4,1       a value: its type and its data
    *S-1-5-32-544__Members = *S-1-5-21-...,CORP\anna          restricted groups: exactly these
    CORP\Helpdesk__Memberof = Offer Remote Assistance Helpers and who is in one

Windows applies them after all policies and before preferences (`RegistryEntry.late`). The form is verified on real files.
"""

import re
from collections.abc import Iterator
from typing import Final

from attrs import evolve

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import decode, text_lines, utf16
from rasim.formats.preferences import Member, membership
from rasim.formats.reader_remarks import Remarks
from rasim.formats.typed_values import data_of
from rasim.formats.unread import SECTIONS, unread
from rasim.formats.xml_text import XmlNode
from rasim.policy.names import fold
from rasim.policy.registry import MACHINE, USER, Action, RegistryEntry, RegType
from rasim.policy.settings import HELPERS_KEY
from rasim.words import printable

FILE: Final = "MICROSOFT/WINDOWS NT/SECEDIT/GPTTMPL.INF"
LATE: Final = 1

ALL_SECTIONS: Final = frozenset({*SECTIONS, "REGISTRY VALUES", "GROUP MEMBERSHIP"})

_SECTION: Final = re.compile(r"\[([^\[\]]+)\]")
_VALUE: Final = re.compile(r'"?([^"=]+?)"?\s*=\s*(\d{1,2})\s*,(.*)')
_GROUP: Final = re.compile(r'"?([^"=]+?)"?__(Members|Memberof)\s*=(.*)', re.IGNORECASE)
_HIVES: Final = {"MACHINE": MACHINE, "CURRENT_USER": USER, "USERS": "HKEY_USERS", "CLASSES_ROOT": "HKEY_CLASSES_ROOT"}


def parse(data: bytes, file: str, remarks: Remarks) -> Iterator[RegistryEntry]:
    """Yield the values and members that a security template sets.

    Raises:
        PolicyFileError: bytes that are no text, or a line of another form; with its place.

    """
    entries = [entry for section, line, where in _lines(data, file, remarks) for entry in said_by(section, line, where)]
    # Who is a member by another line stays one, whichever line stands first.
    yield from sorted(entries, key=lambda entry: entry.action is not Action.DELETE_ALL_VALUES)


def _lines(data: bytes, file: str, remarks: Remarks) -> Iterator[tuple[str, str, Where]]:
    """Yield lines with their section, its own line first."""
    section = ""
    for number, line in text_lines(decode(data, file, remarks)):
        where, said = Where(file, line=number), line.strip()
        if "\0" in said:
            raise PolicyFileError("a NUL, which no security template has", where)
        if match := _SECTION.fullmatch(said):
            section = fold(match[1].strip())
        elif said and not section and not said.startswith(";"):
            raise PolicyFileError("a line before the first section", where)
        if said and not said.startswith(";"):
            yield section, said, where


def said_by(section: str, said: str, where: Where) -> Iterator[RegistryEntry]:
    """Yield what a line says in its section, whose own line says whether it is known."""
    if section in SECTIONS or (section in {"REGISTRY VALUES", "GROUP MEMBERSHIP"} and _SECTION.fullmatch(said)):
        return
    if section == "REGISTRY VALUES":
        if (match := _VALUE.fullmatch(said)) is None:
            raise PolicyFileError(f'no registry value: "{printable(said[:60])}"', where)
        yield from registry_value(match[1], int(match[2]), match[3].strip(), where)
    elif section == "GROUP MEMBERSHIP":
        if (match := _GROUP.fullmatch(said)) is None:
            raise PolicyFileError(f'no membership of a group: "{printable(said[:60])}"', where)
        names = [name for each in match[3].split(",") if (name := each.strip().strip('"'))]
        if fold(match[2]) == "MEMBERS":
            yield from membership((match[1],), [Member(name, where) for name in names], where, LATE, clear=True)
        for name in names if fold(match[2]) == "MEMBEROF" else ():
            yield from membership((name,), [Member(match[1], where)], where, LATE)
    elif _SECTION.fullmatch(said):
        yield unread(f"{where.file}: {printable(said[:40])}", where)


def registry_value(path: str, kind: int, words: str, where: Where) -> Iterator[RegistryEntry]:
    """Yield a value by its whole path, hive and name included, with its data in words."""
    first, _, rest = path.partition("\\")
    hive, (key, _, name) = _HIVES.get(fold(first), ""), rest.rpartition("\\")
    only_if = "" if hive else f'Windows takes "{printable(first[:40])}" for a hive'
    # The name of a helper holds a backslash: whether Windows divides it there is not known.
    if fold(rest).startswith(f"{fold(HELPERS_KEY)}\\") and fold(key) != fold(HELPERS_KEY):
        key, name, only_if = rest[: len(HELPERS_KEY)], rest[len(HELPERS_KEY) + 1 :], "its name begins behind the key"
    data = _data(kind, words)
    action, stored = (Action.SET, data) if isinstance(data, bytes) else (Action.UNTOLD, utf16(f"{data}\0"))
    type_ = kind if action is Action.SET else RegType.SZ
    yield RegistryEntry(key, name, type_, stored, where, action, hive or MACHINE, late=LATE, only_if=only_if)


def _data(kind: int, words: str) -> bytes | str:
    if kind == RegType.MULTI_SZ:
        return utf16("".join(f"{each.strip().strip(chr(34))}\0" for each in words.split(",")) + "\0")
    if kind == RegType.BINARY:
        words = words.replace(",", " ")
    return data_of(kind, re.sub(r'^"(.*)"$', r"\1", words))


def told_by(node: XmlNode) -> Iterator[RegistryEntry]:
    """Yield what a report tells of a template: a security option, or a restricted group; not whether one is to have no member."""
    if path := node.said("KeyName"):
        number, words = node.one("SettingNumber"), node.one("SettingString")
        texts = ",".join(each.text for several in node.all("SettingStrings") for each in several.children)
        kind = RegType.DWORD if number else RegType.SZ if words else RegType.MULTI_SZ
        yield from registry_value(path, kind, (number or words or evolve(node, text=texts)).text.strip(), node.where)
    for group in node.all("GroupName"):
        members = [Member(_names(each)[1], node.where, each.said("SID")) for each in node.all("Member")]
        yield from membership(_names(group), members, node.where, LATE, clear=bool(members))
        for other in node.all("Memberof"):
            yield from membership(
                _names(other), [Member(group.said("Name"), node.where, group.said("SID"))], node.where, LATE
            )


def _names(node: XmlNode) -> tuple[str, str]:
    return node.said("SID"), node.said("Name") or node.text.strip()
