"""Reports in XML: what GPMC writes of one group policy (gpreport.xml), and `gpresult /x` of one computer. `parse`.

A report tells policies of the editor, in its language: a name, a state, the texts of its controls. `report_words.py` says
which settings they stand for; each becomes the entries that the editor writes for it, so that a report and the Registry.pol
of one policy mean the same. Beside them a report tells single registry values ("extra registry settings"), which need no
words, the switches of the firewall's domain profile with its inbound rules, preferences, security options and restricted
groups. What cannot be told becomes an entry that says so, and never silence; what is in no such part is listed as unread:

- the words are neither English nor those of the ADML files given, so that a policy that is not found may be there;
- a state, a choice or a value of another form than rasim knows;
- a report without the computer's half; `gpresult` leaves it out when it is run without elevation;
- a part of Windows that did not come to its end, by the status in a resulting set.

GPMC's form is verified on real files, and so is that of a resulting set, in which each element has its group policy and its
precedence; one with Remote Assistance in it was not to be had. Elements are told by their names, whatever prefix
their namespaces have in a file.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import Factory, define, evolve, frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats import preferences
from rasim.formats.decoding import utf16
from rasim.formats.instructions import entry_of
from rasim.formats.reader_remarks import Remarks
from rasim.formats.report_words import ASSISTANCE, FIREWALL_POLICIES, IN_ENGLISH, ROAD_POLICIES, TOLD, Told, Words
from rasim.formats.security_template import told_by
from rasim.formats.typed_values import data_of
from rasim.formats.unread import FILTERED, unread, unread_part
from rasim.formats.xml_text import XmlNode, XmlPath, elements
from rasim.policy.precedence import Gpo, LinkTo
from rasim.policy.registry import DELETION_DATA, USER, Action, RegistryEntry, RegType, untold
from rasim.policy.settings import FIREWALL, FIREWALL_RULES, FirewallSettings, Setting
from rasim.words import printable

SETTINGS_NAMESPACE: Final = "http://www.microsoft.com/GroupPolicy/Settings"
RESULTS_NAMESPACE: Final = "http://www.microsoft.com/GroupPolicy/Rsop"
HALF_OFF: Final = "the computer's half of this group policy is switched off: nothing of it applies"

_ROOTS: Final = {"GPO": ("GPO", "Computer"), "Rsop": ("Rsop", "ComputerResults")}
_USERS: Final = {"GPO": ("GPO", "User"), "Rsop": ("Rsop", "UserResults")}
_PROFILES: Final = {"DomainProfile": FIREWALL["domain"]}
_RULES: Final = "InboundFirewallRules"
_ITEMS: Final = frozenset({"Policy", "RegistrySetting", "SecurityOptions", "RestrictedGroups", _RULES})
_WHOLE: Final = frozenset({*_ITEMS, *preferences.CONTAINERS, "LinksTo", "ExtensionStatus", *_PROFILES})
_BY_REGISTRY: Final = frozenset({"Policy", "RegistrySetting", _RULES, *_PROFILES})
_READ_PARTS: Final = frozenset({"RegistrySettings", "SecuritySettings", "WindowsFirewallSettings"})
_REGISTRY_PARTS: Final = frozenset({f"{{{0:08}-0000-0000-0000-{0:012}}}", "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"})
_STATES: Final = {"Enabled": 1, "Disabled": 0}
_EXPLAINED_IN_ENGLISH: Final = re.compile(r"\b(the|this|you|if|to)\b", re.IGNORECASE)
_OTHER_LETTER: Final = re.compile(r"[^\W\d_A-Za-z]")
_TELLING: Final = 20  # words; without those above a longer explanation is not English, and a shorter one tells nothing
_ELEVATION: Final = (
    "the report has no results for the computer; gpresult leaves them out when it is run without elevation"
)
_MOST: Final = 100_000  # policies and values that are kept; a real report has hundreds


@frozen
class _Item:
    """A policy or a value: which group policy it is from, its rank there (1 wins), and on what condition it counts."""

    node: XmlNode
    rank: int
    gpo: str
    only_if: str = ""


@define
class _Report:
    """What was found on the way through one file."""

    root: str = ""
    name: str = ""
    ids: dict[str, str] = Factory(dict)
    computer: bool | None = None
    policies: int = 0
    foreign: Where | None = None
    english: int = 0  # explanations that are surely English, less those that are surely not
    extensions: int = 0
    named_registry: bool = False
    items: list[_Item] = Factory(list)
    user: bool = True
    set_of_user: bool = False
    of_user: list[_Item] = Factory(list)
    links: list[LinkTo] = Factory(list)
    names: dict[str, str] = Factory(dict)
    read_here: bool = False
    unread: list[tuple[bool, RegistryEntry]] = Factory(list)
    failed: Where | None = None
    applied: bool = False  # what sets the registry says that it came to its end, or shows what it set
    plan: str = ""


def parse(
    data: bytes, file: str = "", remarks: Remarks | None = None, words: Words = IN_ENGLISH
) -> Iterator[RegistryEntry]:
    """Yield the entries that the computer's half of a report stands for, lowest precedence first.

    `remarks` learns how many policies the file tells, and of GPMC's reports which group policy it is.

    Raises:
        PolicyFileError: no well-formed XML, no such report, a document type, or more than the limits; with its place.

    """
    remarks = Remarks() if remarks is None else remarks
    report = _collect(data, file)
    remarks.records = report.policies
    if report.root == "GPO":
        id_, domain = report.ids.get("Identifier", ""), report.ids.get("Domain", "")
        remarks.gpo = Gpo(report.name, id_, domain, report.computer is not False, tuple(report.links))
    start = Where(file, line=1)
    if report.plan:
        remarks.add(
            f"this set is a plan ({printable(report.plan[:40])}): what would be applied, not what was", start, "planned"
        )
    yield from _of_user(report, words)
    yield from (
        entry for computer, entry in report.unread if (report.computer is not False if computer else report.user)
    )
    if report.computer is None or (report.root == "Rsop" and not report.extensions):
        why = _ELEVATION if report.root == "Rsop" else "the report has no half for the computer"
        yield from _all_untold((*ASSISTANCE, *FIREWALL_POLICIES[:1], *ROAD_POLICIES), why, start)
        return
    if report.computer is False:
        remarks.add(HALF_OFF, start, "half disabled")
        return
    yield from _entries(report, words, start)
    if report.failed is not None or (report.root == "Rsop" and not (report.applied or report.named_registry)):
        why = "the part of Windows that sets it failed, or did not come to its end"
        yield from _all_untold((*ASSISTANCE, *FIREWALL_POLICIES[:1], *ROAD_POLICIES), why, report.failed or start)


def _collect(data: bytes, file: str) -> _Report:
    report = _Report()
    for path, node in elements(data, file, lambda path: path[-1] in _WHOLE or path == (*_ROOTS["Rsop"], "GPO")):
        if not report.root:
            report.root = path[0]
            if path[0] not in _ROOTS:
                raise PolicyFileError("neither the report of a group policy nor a resulting set", Where(file, line=1))
        _take(report, path, node)
        if len(report.items) + len(report.of_user) > _MOST:
            raise PolicyFileError(f"more than {_MOST} policies", node.where)
    if report.root == "Rsop" and not report.set_of_user:
        what = f"{file}: the user's results"
        report.unread.append((True, unread(what, Where(file, line=1), "they are not in this set", harmless=True)))
    if node.space != (SETTINGS_NAMESPACE if report.root == "GPO" else RESULTS_NAMESPACE):  # the root ends last
        raise PolicyFileError(f'"{printable(node.name)}" is not in the namespace of such a report', Where(file, line=1))
    return report


def _take(report: _Report, path: XmlPath, node: XmlNode) -> None:
    """Note one element of the report."""
    match path:
        case ("GPO", "Name"):
            report.name = node.text.strip()
        case ("GPO", "Identifier", name):
            report.ids[name] = node.text.strip()
        case ("GPO", "LinksTo"):
            report.links.append(_link(node))
        case ("GPO", "Computer", "Enabled"):
            report.computer = node.text.strip().lower() != "false"
        case ("GPO", "User", "Enabled"):
            report.user = node.text.strip().lower() != "false"
        case ("Rsop", "ComputerResults"):
            report.computer = True
        case ("Rsop", "ComputerResults", "GPO"):
            report.names[_identifier(node)] = node.said("Name")
        case ("Rsop" | "GPO", "UserResults" | "DataType" | "FilterName"):
            _take_frame(report, node)
        case _:
            report.policies += path[-1] == "Policy"
            _take_setting(report, path, node)


def _take_frame(report: _Report, node: XmlNode) -> None:
    """Note what bears on all of it: a half that is there, a plan, a filter."""
    report.set_of_user = report.set_of_user or node.name == "UserResults"
    said = node.text.strip()
    if node.name == "DataType" and said != "LoggedData":
        report.plan = said or "of no kind"
    elif node.name == "FilterName" and said:
        report.unread.append((True, unread_part(f'WMI filter "{printable(said[:80])}"', node.where, why=FILTERED)))


def _take_setting(report: _Report, path: XmlPath, node: XmlNode) -> None:
    """Note what stands in a half: policies, values, and the parts that they stand in."""
    computer = path[:2] == _ROOTS[report.root]
    if not computer and path[:2] != _USERS[report.root]:
        return
    kept = report.items if computer else report.of_user
    if node.name in preferences.CONTAINERS:
        kept += [_item(*each) for each in preferences.items(node)]
    elif node.name in _PROFILES:  # each of its switches may be of another group policy
        kept += [evolve(_item(child), node=evolve(node, children=(child,))) for child in node.children]
    elif node.name in _ITEMS:
        _note_language(report, node)
        kept.append(_item(node))
    else:
        _note_part(report, path, node, computer=computer)
        return
    report.read_here = True
    report.applied = report.applied or (computer and node.name in _BY_REGISTRY)


def _note_language(report: _Report, node: XmlNode) -> None:
    explained = node.said("Explain")
    if _EXPLAINED_IN_ENGLISH.search(explained):
        report.english += 1
    elif _OTHER_LETTER.search(explained) or len(explained.split()) > _TELLING:
        report.english -= 1
        report.foreign = report.foreign or node.where


def _note_part(report: _Report, path: XmlPath, node: XmlNode, *, computer: bool) -> None:
    """Note the parts of a half: their names, those that are not read, and those that failed."""
    kind = why = ""
    match path[2:]:
        case ("ExtensionData",):
            report.extensions += computer
        case ("ExtensionData", "Name") if node.text.strip() == "Registry":
            report.named_registry = report.named_registry or computer
        case ("ExtensionData", "Extension"):
            kind = node.attribute("type").rpartition(":")[2] or "a part without a type"
            kind = "" if kind in _READ_PARTS or report.read_here else kind
            report.read_here = False
        case ("ExtensionData", "Error"):
            kind, why = "a part of it", "the report could not collect it"
        case ("SlowLink",) if node.text.strip().lower() == "true":
            kind, why = "a slow link", "parts of Windows were left out, and what they set before stays"
        case ("ExtensionStatus",):
            kind, said = node.said("Identifier").upper(), f"{node.said('LoggingStatus')} {node.said('Error')}"
            if said in {"Complete 0", "Complete "}:
                report.applied = report.applied or (computer and kind in _REGISTRY_PARTS)
                return
            if computer and (kind in _REGISTRY_PARTS or not kind):
                report.failed = report.failed or node.where
            why = f"it failed, or did not come to its end ({printable(said.strip()) or 'no status'})"
    if kind or why:
        what = printable(node.said("Name") or kind or "a part without a name")
        report.unread.append((computer, unread_part(what, node.where, kind, why)))


def _identifier(node: XmlNode) -> str:
    return (node.said("Path", "Identifier") or node.said("Identifier")).upper()


def _item(node: XmlNode, only_if: str = "") -> _Item:
    rank = node.said("Precedence") or "1"
    if not rank.isdecimal() or len(rank) > 9:
        raise PolicyFileError(f'"{printable(rank[:40])}" is no precedence', _where(node, "Precedence"))
    return _Item(node, int(rank), node.said("GPO", "Identifier").upper(), only_if)


def _link(node: XmlNode) -> LinkTo:
    return LinkTo(
        node.said("SOMPath") or node.said("SOMName"),
        node.said("Enabled").lower() != "false",
        node.said("NoOverride").lower() == "true",
        node.where,
    )


# ---- from the words to entries -------------------------------------------------------------------------------


def _entries(report: _Report, words: Words, start: Where) -> Iterator[RegistryEntry]:
    """Yield what the report tells, and for what it may tell in words unknown here that it cannot be told."""
    ranked = sorted(report.items, key=lambda item: -item.rank)
    told = [(item, _told(item.node, words)) for item in ranked if item.node.name == "Policy"]
    for policies in (ASSISTANCE, FIREWALL_POLICIES, ROAD_POLICIES):
        if not _language_known(report, told, words, policies):
            why = "its words are neither English nor those of the ADML files given"
            several = policies[:1] if policies is FIREWALL_POLICIES else policies
            yield from _all_untold(several, why, report.foreign or start)
    meanings = {id(item): policy for item, policy in told}
    for item in ranked:
        gpo = report.names.get(item.gpo, item.gpo)
        yield from (
            evolve(entry, gpo=gpo) for entry in _told_by(item, meanings.get(id(item)), words, preferences.COMPUTER)
        )


def _of_user(report: _Report, words: Words) -> Iterator[RegistryEntry]:
    """Yield what the user's half states of other roads to the screen, in the user's hive."""
    for item in sorted(report.of_user if report.user else (), key=lambda item: -item.rank):
        policy = _told(item.node, words) if item.node.name == "Policy" else None
        entries = _told_by(item, policy if policy in ROAD_POLICIES[:1] else None, words, preferences.OF_USER)
        gpo = report.names.get(item.gpo, item.gpo)
        yield from (evolve(entry, gpo=gpo, hive=entry.hive if entry.late else USER) for entry in entries)


def _told_by(item: _Item, policy: Told | None, words: Words, late: int) -> Iterable[RegistryEntry]:
    node = item.node
    if node.name in {"SecurityOptions", "RestrictedGroups"}:
        return told_by(node)
    if node.name == "RegistrySetting":
        return _registry_setting(node)
    if node.name == _RULES:
        return _rule(node)
    if node.name in _PROFILES:
        return _profile(node, _PROFILES[node.name])
    if node.name != "Policy":
        return preferences.entries_of(node, item.only_if, late)
    return () if policy is None else _policy(node, policy, words)


def _told(node: XmlNode, words: Words) -> Told | None:
    name, category = node.said("Name"), node.said("Category").rpartition("/")[2]
    for policy in TOLD:
        if words.means(policy.id, name) and (not policy.under or words.means(policy.under, category)):
            return policy
    return None


def _language_known(
    report: _Report, told: Iterable[tuple[_Item, Told | None]], words: Words, policies: tuple[Told, ...]
) -> bool:
    """Tell whether one of these policies would have been found if it were in the report."""
    if not any(item.node.name == "Policy" for item in report.items):
        return True  # there are no words in it
    found = [(item.node.said("Name"), policy) for item, policy in told if policy]
    named = [(name, policy) for name, policy in found if words.in_english(policy.id, name)]
    if report.english < 0:  # its explanations are foreign: what has an English name says nothing of the others
        found, named = [each for each in found if each not in named], []
    if named or (report.named_registry and report.english > 0):
        return True
    return any(policy in policies for _, policy in found) or (bool(found) and words.covers(policies))


def _all_untold(policies: Iterable[Told], why: str, where: Where) -> Iterator[RegistryEntry]:
    return (untold(policy.state, why, where) for policy in policies)


def _policy(node: XmlNode, policy: Told, words: Words) -> Iterator[RegistryEntry]:
    """Yield the entries that the policy editor writes for a policy in this state (domain 2.3)."""
    state = _STATES.get(node.said("State"))
    if state is None:
        yield untold(policy.state, f'its state is "{printable(node.said("State"))}"', _where(node, "State"))
        return
    if (number := policy.writes[state]) is not None:
        yield _number(policy.state, number, _where(node, "State"))
    if policy.choice is not None and (state or policy.choice is not policy.state):
        yield from _choice(node, policy, policy.choice, state, words)
    if policy.listed is not None:
        yield from _list(node, policy, policy.listed, state)
    if policy.text is not None and state:
        for box in node.all("EditText"):
            if box.said("State") == "Enabled":
                yield _text(policy.text.key, policy.text.value, box.said("Value"), _where(box, "Value"))


def _choice(node: XmlNode, policy: Told, setting: Setting, state: int, words: Words) -> Iterator[RegistryEntry]:
    """Yield the number of the chosen text; a disabled policy deletes it, an enabled one without it says nothing."""
    if not state:
        yield RegistryEntry(setting.key, setting.value, RegType.SZ, DELETION_DATA, node.where, Action.DELETE_VALUE)
        return
    boxes = [box for box in node.all("DropDownList") if box.said("State") == "Enabled"]
    for box in boxes:
        chosen = box.said("Value", "Name")
        for id_, number in policy.choices.items():
            if words.means(id_, chosen):
                yield _number(setting, number, _where(box, "Value"))
                return
    if boxes:
        chosen = printable(boxes[0].said("Value", "Name")[:60])
        yield untold(setting, f'its choice is "{chosen}", in words that are not known', _where(boxes[0], "Value"))


def _list(node: XmlNode, policy: Told, setting: Setting, state: int) -> Iterator[RegistryEntry]:
    boxes = [box for box in node.all("ListBox") if box.said("State") == "Enabled"] if state else []
    if not policy.additive and not any(box.said("Additive").lower() == "true" for box in boxes):
        yield RegistryEntry(setting.key, "", RegType.SZ, DELETION_DATA, node.where, Action.DELETE_ALL_VALUES)
    for box in boxes:
        prefix = box.said("ValuePrefix")
        if prefix:
            yield untold(policy.state, "its list numbers its values, which no list of this policy does", box.where)
        for element in (each for value in box.all("Value") for each in value.all("Element")):
            # What was typed may have blanks at its edges, and then it is another name.
            data = element.raw("Data")
            name = element.raw("Name") if box.said("ExplicitValue").lower() == "true" else data
            yield _text(setting.key, name, data, element.where)


def _registry_setting(node: XmlNode) -> Iterator[RegistryEntry]:
    """Yield the values of one key, told without the words of any policy."""
    key = node.raw("KeyPath").strip("\r\n\t")
    for value in node.all("Value"):
        name, number, words = value.raw("Name"), value.one("Number"), value.one("String")
        kind = RegType.SZ if number is None else RegType.DWORD
        stored = data_of(kind, number.text) if number else utf16(f"{words.text}\0") if words else ""
        if isinstance(stored, bytes):
            yield entry_of(key, name, kind, stored, value.where)
        else:
            why = utf16("the report tells this value in a form that is not known\0")
            yield RegistryEntry(key, name, RegType.SZ, why, value.where, Action.UNTOLD)


def _profile(node: XmlNode, settings: FirewallSettings) -> Iterator[RegistryEntry]:
    """Yield the switches of a firewall profile as the part for Windows Vista and later tells them, without words."""
    switches = (settings.protection, settings.no_exceptions, settings.default_inbound, settings.rules_merge)
    for setting in switches:
        child = node.one(setting.value)
        if child is None:
            continue
        said = child.said("Value").lower()
        number = {"true": 1, "1": 1, "false": 0, "0": 0}.get(said)
        if number is None:
            yield untold(setting, f'the report says "{printable(said[:40])}" of it', child.where)
        else:
            yield _number(setting, number, child.where)


def _rule(node: XmlNode) -> Iterator[RegistryEntry]:
    """Yield the string that a rule of the firewall is; its parts have the names of the fields (remembered)."""
    version = node.said("Version") or "2.0"
    beside = {"Version", "GPO", "Precedence", "GPOSettingOrder"}
    fields = (f"{child.name}={_field(child)}" for child in node.children if child.name not in beside)
    text = "|".join((f"v{version.removeprefix('v')}", *fields, ""))
    name = node.said("RuleId") or node.said("Name") or f"line {node.where.line}"
    yield _text(FIREWALL_RULES.key, name, text, node.where)


def _field(node: XmlNode) -> str:
    said = node.text.strip().replace("|", "/")
    return said.upper() if node.name == "Active" else said


def _number(setting: Setting, number: int, where: Where) -> RegistryEntry:
    return RegistryEntry(setting.key, setting.value, RegType.DWORD, number.to_bytes(4, "little"), where)


def _text(key: str, name: str, words: str, where: Where) -> RegistryEntry:
    return RegistryEntry(key, name, RegType.SZ, utf16(f"{words}\0"), where)


def _where(node: XmlNode, name: str) -> Where:
    child = node.one(name)
    return node.where if child is None else child.where
