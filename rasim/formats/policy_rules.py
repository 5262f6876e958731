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
from rasim.formats.security_template import said_by
from rasim.formats.typed_values import data_of
from rasim.formats.xml_text import XmlNode, elements
from rasim.policy.names import fold
from rasim.policy.registry import (
    EVERY_OTHER,
    MACHINE,
    Action,
    Registry,
    RegistryEntry,
    RegType,
    might_matter,
    perhaps,
    stored,
)
from rasim.words import printable

_HIVES: Final = {"ComputerConfig": MACHINE, "UserConfig": "HKEY_CURRENT_USER"}
_OTHERS: Final = frozenset({"SecurityTemplate", "AuditSubcategory", "CSE-Machine", "CSE-User"})
_KEPT: Final = frozenset({Action.SET, Action.SET_IF_ABSENT, Action.UNTOLD})
_KINDS: Final = {f"REG_{kind.name}": kind for kind in RegType}


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield the registry values of a PolicyRules file in its order, each with the line where its rule begins.

    Raises:
        PolicyFileError: no well-formed XML, no such file, or a rule that cannot be read; with its place.

    """
    matter: list[RegistryEntry] = []
    known, records = False, 0
    for path, node in elements(data, file, lambda path: len(path) == 2):
        if path[0] != "PolicyRules":
            raise PolicyFileError("not a PolicyRules file", Where(file, line=1))
        name = node.name if len(path) == 2 else ""
        known = known or name in _HIVES or name in _OTHERS
        if name in _HIVES:
            rule, records = _rule(node), records + 1
            yield rule
            matter += [rule] if might_matter(rule.key) else []
        rules = [rule for rule in _of_template(node) if might_matter(rule.key)] if name == "SecurityTemplate" else []
        yield from rules
        matter += rules
    yield from _without_order(matter)
    if remarks is not None:
        remarks.records = records
    if not known:
        raise PolicyFileError("a PolicyRules file without rules of Policy Analyzer", Where(file, line=1))


def _rule(node: XmlNode) -> RegistryEntry:
    for name in ("Key", "Value", "RegType", "RegData"):
        if len(node.all(name)) != 1:
            raise PolicyFileError(f"a rule has one {name}, and this one has {len(node.all(name))}", node.where)
    key, name, type_, words = (node.raw(each) for each in ("Key", "Value", "RegType", "RegData"))
    kind = _KINDS.get(type_.strip().upper())
    if kind is None:
        raise PolicyFileError(f'"{printable(type_[:40])}" is no type of a registry value', node.where)
    stored = data_of(kind, words)
    if isinstance(stored, str):
        raise PolicyFileError(stored, node.where)
    entry = entry_of(key, name, kind, stored, node.where, _HIVES[node.name])
    return evolve(entry, gpo=node.said("PolicyName"))


def _of_template(node: XmlNode) -> Iterator[RegistryEntry]:
    """Yield what a line of a security template says; nobody is taken out of a group, for the policies have no order."""
    section = fold(node.attribute("Section"))
    for line in (f"[{section}]", *(each.text.strip() for each in node.all("LineItem"))):
        said = (each for each in said_by(section, line, node.where) if each.action is not Action.DELETE_ALL_VALUES)
        for each in said:
            yield evolve(perhaps(each, each.only_if) if each.only_if else each, late=0, gpo=node.said("PolicyName"))


def _without_order(rules: list[RegistryEntry]) -> Iterator[RegistryEntry]:
    """Yield for each value about which the policies of a file disagree that it cannot be told.

    They agree if all that speak of it leave the same there; one may speak of it by deleting all values, or the key.
    """
    alone: dict[str, Registry] = {}
    for rule in rules:
        alone.setdefault(rule.gpo, Registry()).apply((rule,))
    words: dict[tuple[str, str], list[RegistryEntry]] = {}
    for slot, word in (each for registry in alone.values() for each in registry.last_words().items()):
        words.setdefault(slot, []).append(word)
    for (key, _), said in words.items():
        kept, named = [word for word in said if word.action in _KEPT], {word.gpo for word in said}
        emptied = next((word for word in words.get((key, EVERY_OTHER), ()) if word.gpo not in named), None)
        others = (
            each
            for each in (*said, emptied)
            if each and kept and (each not in kept or stored(each) != stored(kept[-1]))
        )
        if (other := next(others, None)) is not None:
            why = (
                f'"{other.gpo}" (line {other.where.line}) says otherwise, and the file does not say which of them wins'
            )
            yield evolve(kept[-1], kind=RegType.SZ, data=utf16(f"{why}\0"), action=Action.UNTOLD, spelling="")
