"""PolicyRules: what Policy Analyzer keeps of one or several group policies, in XML. `parse`.

    <PolicyRules>
      <ComputerConfig><Key>…</Key><Value>…</Value><RegType>REG_DWORD</RegType><RegData>1</RegData>
        <SourceFile>…</SourceFile><PolicyName>…</PolicyName></ComputerConfig>

ComputerConfig and UserConfig are registry values; security templates, audit settings and the rest say nothing about Remote
Assistance. Deletions keep their names with two asterisks. Verified on a real file; other roots of this name exist (device
control), so one without such children is refused. A file can hold several policies and tells no order among them: where two
disagree about a value that matters, what it is cannot be told.
"""

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import utf16
from rasim.formats.instructions import entry_of
from rasim.formats.reader_remarks import Remarks
from rasim.formats.typed_values import data_of
from rasim.formats.xml_text import XmlNode, elements
from rasim.policy.names import fold
from rasim.policy.registry import MACHINE, Action, RegistryEntry, RegType
from rasim.policy.settings import HELPERS_KEY, fold_key, same_key
from rasim.policy.wanted import WANTED
from rasim.words import printable

_HIVES: Final = {"ComputerConfig": MACHINE, "UserConfig": "HKEY_CURRENT_USER"}
_OTHERS: Final = frozenset({"SecurityTemplate", "AuditSubcategory", "CSE-Machine", "CSE-User"})
_HELPERS: Final = fold_key(HELPERS_KEY)
_KINDS: Final = {f"REG_{kind.name}": kind for kind in RegType}


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield the registry values of a PolicyRules file in its order, each with the line where its rule begins.

    Raises:
        PolicyFileError: no well-formed XML, no such file, or a rule that cannot be read; with its place.

    """
    del remarks  # what it has to say stands in the entries
    said: dict[tuple[str, str], RegistryEntry] = {}
    known = False
    for path, node in elements(data, file, lambda path: len(path) == 2):
        if path[0] != "PolicyRules":
            raise PolicyFileError("not a PolicyRules file", Where(file, line=1))
        if len(path) != 2:
            continue
        known = known or node.name in _HIVES or node.name in _OTHERS
        if node.name in _HIVES:
            yield _without_order(_rule(node), said)
    if not known:
        raise PolicyFileError("a PolicyRules file without rules of Policy Analyzer", Where(file, line=1))


def _rule(node: XmlNode) -> RegistryEntry:
    for name in ("Key", "Value", "RegType", "RegData"):
        if len(node.all(name)) != 1:
            raise PolicyFileError(f"a rule has one {name}, and this one has {len(node.all(name))}", node.where)
    key, name, type_, words = (_text(node, each) for each in ("Key", "Value", "RegType", "RegData"))
    kind = _KINDS.get(type_.strip().upper())
    if kind is None:
        raise PolicyFileError(f'"{printable(type_[:40])}" is no type of a registry value', node.where)
    stored = data_of(kind, words)
    if isinstance(stored, str):
        raise PolicyFileError(stored, node.where)
    entry = entry_of(key, name, kind, stored, node.where, _HIVES[node.name])
    return evolve(entry, gpo=_text(node, "PolicyName").strip())


def _text(node: XmlNode, name: str) -> str:
    child = node.one(name)
    return "" if child is None else child.text


def _without_order(entry: RegistryEntry, said: dict[tuple[str, str], RegistryEntry]) -> RegistryEntry:
    """Return the entry, or that it cannot be told where another policy of the file says otherwise."""
    key, name = fold_key(entry.key), fold(entry.name)
    names = WANTED.get(same_key(key), frozenset())
    if entry.hive != MACHINE or (names is not None and name not in names):
        return entry
    first = said.setdefault((key, "*" if key == _HELPERS else name), entry)
    several = key == _HELPERS and said.setdefault((key, "+"), entry).gpo != first.gpo
    if entry.gpo != first.gpo and key == _HELPERS:
        said[key, "+"], several = entry, True
    if entry.action is Action.SET and key == _HELPERS:
        said[key, "="] = entry
    if several and entry.action is Action.DELETE_ALL_VALUES and (key, "=") in said:
        # Whether it empties the other's list depends on the order: it is carried out in neither reading, and told.
        return evolve(entry, action=Action.UNKNOWN, spelling="**delvals.")
    same = said.setdefault((key, name), entry)
    if entry.gpo == first.gpo or (same is not entry and same == entry):
        return entry
    why = f'"{first.gpo}" (line {first.where.line}) says otherwise, and the file does not say which of them wins'
    return evolve(entry, kind=RegType.SZ, data=utf16(f"{why}\0"), action=Action.UNTOLD, spelling="")
