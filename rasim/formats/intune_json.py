"""Profiles of Intune in JSON, as Graph has them and the usual tools export them: `parse`.

    {"name": …, "settings": [{"settingInstance": {"settingDefinitionId": …, "choiceSettingValue": {"value": …, "children": […]}}}]}
    {"displayName": …, "omaSettings": [{"omaUri": "./Device/Vendor/MSFT/Policy/Config/…", "value": "<enabled/>"}]}
    {"displayName": …, "definitionValues": [{"enabled": true, "definition": {…}, "presentationValues": […]}]}

The settings catalog, custom settings (OMA-URI) and administrative templates. Wherever these stand in a file they are read: in a profile, in
a list of profiles, in what Graph answers (`value`), or in a text inside that is JSON, as templates of CIPP have it. So the folders of IntuneCD,
IntuneManagement and IntuneBackupAndRestore need no reader of their own. Each setting that is known becomes what the policy editor writes
(`csp_policies.py`), with its JSON pointer; one that is not known and may matter is listed as unread, and all others are counted.

What a profile does not say: to which devices it is assigned, by which groups and filters. What cannot be told: a value that the server keeps
secret, and a policy that only an id of the server names. Verified on published exports, whose offers are all disabled: the ids of the
children of enabled offers are from a published script, and that each helper is one text is inferred.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import Factory, define, evolve

from rasim.errors import PolicyFileError, Where
from rasim.formats.csp_policies import (
    CSP_POLICIES,
    CspData,
    CspPolicy,
    counted_settings,
    csp_policy,
    entries_of_state,
    entries_of_value,
    firewall_untold,
    named_by,
    named_in_catalog,
    unread_of_mdm,
    untold_policy,
)
from rasim.formats.decoding import decode
from rasim.formats.json_text import JsonNode, nodes_of
from rasim.formats.reader_remarks import Remarks
from rasim.formats.report_words import IN_ENGLISH
from rasim.policy.names import fold
from rasim.policy.registry import RegistryEntry
from rasim.words import printable

KNOWN_BY: Final = re.compile(
    r'(?:settingInstance|settingDefinitionId|omaUri|omaSettings|definitionValues|definition@odata\.bind|settingsDelta)\\*"\s*:'
    r"|#microsoft\.graph\.\w"
)
"""By what a JSON text is known to be one of these, near its beginning."""

_NAMES: Final = ("name", "displayName", "Displayname")
_KINDS_OF_NO_MATTER: Final = re.compile(
    r"(?i)ios.*|macos.*|android.*|aosp.*|.*compliance.*|.*notification.*|.*conditionalaccess.*|.*wifi.*|.*vpn.*|.*certificate.*|.*windowsupdate.*|.*updateProfile"
    r"|role.*|deviceCategory|.*filter.*|.*enrollment.*|.*autopilot.*|.*identityProtection.*|.*healthMonitoring.*|.*ManagedAppProtection.*"
)
"""Kinds of things in exports that set nothing of what is asked here on a Windows computer (remembered)."""
_TEXTS_INSIDE: Final = 2  # a template inside an export inside a file; nothing goes deeper
_HIDDEN: Final = re.compile(r"\*+|")


@define
class _Profiles:
    """What was found on the way through one file."""

    file: str
    remarks: Remarks
    settings: int = 0
    others: dict[str, tuple[int, Where]] = Factory(dict)
    entries: list[RegistryEntry] = Factory(list)
    met: dict[tuple[str, str], Where] = Factory(dict)

    def walk(self, node: JsonNode, profile: str = "", texts: int = 0) -> None:
        """Look for settings in a value and all that is inside it; `profile` is the name of the nearest thing that has one."""
        todo = [(node, profile)]
        while todo:
            here, name = todo.pop()
            if not self._setting(here, name):
                name = next(filter(None, map(here.says, _NAMES)), name)
                if _elsewhere(here):
                    self._count(here.where, "a profile for another system")
                    continue
                self._note_kind(here)
                below = [each for _, each in here.members()] + list(here.items())
                for each in below:
                    if (
                        texts < _TEXTS_INSIDE
                        and (each.said or "").lstrip()[:1] in {"{", "["}
                        and KNOWN_BY.search(each.said or "")
                    ):
                        self._inside(each, name, texts + 1)
                todo += ((each, name) for each in reversed(below))

    def _note_kind(self, here: JsonNode) -> None:
        """List a thing of Intune of a kind that is not read: what Graph calls a profile, a script or an app."""
        kind = here.says("@odata.type").removeprefix("#microsoft.graph.")
        read = (here.get("settings"), here.get("omaSettings"), here.get("definitionValues"), here.get("settingsDelta"))
        if here.says("@odata.type") != kind and here.says("displayName") and not any(read):
            if _KINDS_OF_NO_MATTER.fullmatch(kind):
                self._count(here.where, "things of Intune of other kinds")
            else:
                self.others.setdefault(f"a {printable(kind[:80])} that is not read", (0, here.where))

    def _inside(self, node: JsonNode, name: str, texts: int) -> None:
        """Look into a text that holds JSON: its places are that of the text, and their own in it."""
        place, before = node.where, len(self.entries)
        try:
            self.walk(nodes_of(node.said or "", self.file), name, texts)
        except PolicyFileError:
            self.entries[before:] = [
                unread_of_mdm(f"{self.file}: a text in {node.pointer} that is no whole JSON", place)
            ]
        self.entries[before:] = [
            evolve(each, where=evolve(place, pointer=f"{place.pointer}#{each.where.pointer}"))
            for each in self.entries[before:]
        ]

    def _setting(self, here: JsonNode, profile: str) -> bool:
        """Take what is a setting of one of the three kinds; tell whether it was one."""
        if (instance := here.get("settingInstance")) is not None:
            self._take(profile, here.where, self._catalog(instance, profile))
        elif here.get("omaUri") is not None:
            self._take(profile, here.where, self._custom(here, profile))
        elif here.get("enabled") is not None and _definition(here) is not None:
            self._take(profile, here.where, self._template(here, profile))
        elif here.get("definitionId") is not None:
            self._take(profile, here.where, self._baseline(here, profile))
        else:
            return False
        return True

    def _take(self, profile: str, where: Where, entries: Iterator[RegistryEntry] | None) -> None:
        self.settings += 1
        if entries is None:
            self._count(where, "settings of other areas")
        else:
            self.entries += [evolve(each, gpo=profile) for each in entries]

    def _count(self, where: Where, what: str) -> None:
        count, first = self.others.get(what, (0, where))
        self.others[what] = (count + 1, first)

    def _once(
        self, policy: CspPolicy, profile: str, node: JsonNode, entries: Iterator[RegistryEntry]
    ) -> Iterator[RegistryEntry]:
        """Return the entries of a policy; of one that stands twice in a profile nobody can say which counts."""
        slot = (profile, str(policy))
        if slot in self.met:
            why = f"it stands twice in the profile, first in line {self.met[slot].line}"
            return untold_policy(policy, why, node.where)
        self.met[slot] = node.where
        return entries

    # -- the settings catalog

    def _catalog(self, node: JsonNode, profile: str) -> Iterator[RegistryEntry] | None:
        id_ = node.says("settingDefinitionId")
        names = named_in_catalog(id_)
        if names.policy is not None:
            return self._once(names.policy, profile, node, _of_catalog(names.policy, id_, node))
        if names.firewall:
            return iter((firewall_untold(printable(id_[:120]), node.where),))
        if names.of_no_matter:
            return None
        return iter((unread_of_mdm(f"{self.file}: {printable(id_[:120]) or 'a setting without an id'}", node.where),))

    # -- custom settings

    def _custom(self, node: JsonNode, profile: str) -> Iterator[RegistryEntry] | None:
        uri = node.says("omaUri")
        names = named_by(uri)
        if names.policy is not None:
            return self._once(names.policy, profile, node, _of_custom(names.policy, node))
        if names.firewall:
            return iter((firewall_untold(printable(uri[:120]), node.where),))
        if names.of_no_matter:
            return None
        return iter((unread_of_mdm(f"{self.file}: {printable(uri[:120]) or 'a setting without a URI'}", node.where),))

    # -- security baselines as they were before the settings catalog

    def _baseline(self, node: JsonNode, profile: str) -> Iterator[RegistryEntry] | None:
        id_, how = node.says("definitionId"), node.says("implementationId")
        folded = fold(id_)
        if "REMOTEASSISTANCE" in folded:
            if not how and node.says("valueJson") in {"", "null"}:
                return iter(())
            policy = csp_policy("RemoteAssistance", "SolicitedRemoteAssistance")
            if (
                policy is not None
                and folded.endswith("_REMOTEASSISTANCESOLICITEDSETTING")
                and fold(how).endswith("SETTINGDISABLED")
            ):
                return self._once(
                    policy, profile, node, entries_of_state(policy, enabled=False, given={}, where=node.where)
                )
        elif "FIREWALL" in folded:
            return iter((firewall_untold(printable(id_[:120]), node.where),))
        elif not re.search("LOCALUSER|LOCALADMIN|LOCALGROUP|RESTRICTEDGROUP", folded):
            return None
        return iter((unread_of_mdm(f"{self.file}: {printable(id_[:120])}", node.where),))

    # -- administrative templates

    def _template(self, node: JsonNode, profile: str) -> Iterator[RegistryEntry] | None:
        name, path, user = _definition(node) or ("", "", False)
        policy = _by_words(name, user=user)
        if policy is not None:
            return self._once(policy, profile, node, _of_template(policy, node))
        if name and fold(path).startswith(_PATHS):
            return None
        what = f'"{printable(name[:80])}"' if name else "a policy that only an id of the server names"
        return iter((unread_of_mdm(f"{self.file}: {what}", node.where),))


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield what the profiles of a file set, in its order, and what of them is not read.

    Raises:
        PolicyFileError: no JSON, a name that stands twice in an object, or no setting of Intune in it.

    """
    remarks = Remarks() if remarks is None else remarks
    found = _Profiles(file, remarks)
    root = nodes_of(decode(data, file, remarks), file)
    found.walk(root)
    if not found.settings and not found.others:
        raise PolicyFileError("a JSON text without a setting of Intune that is read", root.where)
    remarks.records = found.settings
    yield from found.entries
    for what, (count, where) in found.others.items():
        yield counted_settings(f"{file}: {count} {what}", where) if count else unread_of_mdm(f"{file}: {what}", where)


def _elsewhere(node: JsonNode) -> bool:
    """Tell whether a profile is for other systems than Windows."""
    platforms = fold(node.says("platforms"))
    return bool(platforms) and "WINDOWS" not in platforms and platforms not in {"NONE", "ALL"}


# ---- the settings catalog ------------------------------------------------------------------------------------


def _of_catalog(policy: CspPolicy, id_: str, node: JsonNode) -> Iterator[RegistryEntry]:
    choice = node.get("choiceSettingValue")
    if policy.plain:
        said = _said(node)
        return (
            entries_of_value(policy, said.text, node.where)
            if not said.why
            else untold_policy(policy, said.why, node.where)
        )
    number = None if choice is None else _option(choice, id_)
    if choice is None or number not in {"0", "1"}:
        return untold_policy(policy, "its state is in a form that is not known", node.where)
    given: dict[str, CspData] = {}
    for child in _children(choice):
        name = child.says("settingDefinitionId").lower()
        element = fold(name.removeprefix(f"{id_.lower()}_"))
        given[element] = CspData(why="two values of it are given") if element in given else _said(child)
    return entries_of_state(policy, enabled=number == "1", given=given, where=node.where)


def _children(node: JsonNode) -> Iterator[JsonNode]:
    children = node.get("children")
    return iter(()) if children is None else children.items()


def _option(choice: JsonNode, id_: str) -> str | None:
    """Return the number at the end of an option's id."""
    said = choice.says("value").lower()
    begin = f"{id_.strip().lower()}_"
    return said.removeprefix(begin) if said.startswith(begin) else None


def _said(node: JsonNode) -> CspData:
    """Return what one setting says, by the forms of the catalog: a choice, one value, several, or several of names and values."""
    where = node.where
    if (choice := node.get("choiceSettingValue")) is not None:
        number = _option(choice, node.says("settingDefinitionId"))
        return CspData(number or "", where=where, why="" if number is not None else "its choice is not one of its own")
    if (simple := node.get("simpleSettingValue")) is not None:
        return _simple(simple, where)
    if (several := node.get("simpleSettingCollectionValue")) is not None:
        told = [_simple(each, where) for each in several.items()]
        why = next((each.why for each in told if each.why), "")
        return CspData(pairs=tuple((each.text, each.text) for each in told), where=where, why=why)
    if (groups := node.get("groupSettingCollectionValue")) is not None:
        return _named(groups, where)
    return CspData(where=where, why="its value is in a form that is not known")


def _simple(node: JsonNode, where: Where) -> CspData:
    value = node.get("value")
    if "secret" in node.says("@odata.type").lower() or value is None or value.said is None:
        return CspData(where=where, why="the export does not show its value")
    return CspData(value.said, where=where)


def _named(groups: JsonNode, where: Where) -> CspData:
    """Return a list of names and values: each group has one child for either, which end so."""
    pairs: list[tuple[str, str]] = []
    for group in groups.items():
        said = {each.says("settingDefinitionId").lower().rpartition("_")[2]: _said(each) for each in _children(group)}
        name, value = said.get("key") or said.get("name"), said.get("value")
        if name is None or name.why or (value is not None and value.why) or name.pairs is not None:
            return CspData(where=where, why="its list is in a form that is not known")
        pairs.append((name.text, name.text if value is None else value.text))
    return CspData(pairs=tuple(pairs), where=where)


# ---- custom settings -----------------------------------------------------------------------------------------


def _of_custom(policy: CspPolicy, node: JsonNode) -> Iterator[RegistryEntry]:
    value, kind = node.get("value"), node.says("@odata.type")
    said = "" if value is None else value.said or ""
    if value is None or _HIDDEN.fullmatch(said):
        return untold_policy(policy, "the export does not show its value, which the server keeps secret", node.where)
    if kind.endswith(("StringXml", "Base64")) and not said.lstrip().startswith("<"):
        try:
            said = base64.b64decode(said, validate=True).decode()
        except (binascii.Error, ValueError):
            return untold_policy(policy, "its value is no base64", node.where)
    return entries_of_value(policy, said, node.where)


# ---- administrative templates --------------------------------------------------------------------------------

_SYSTEM: Final = """Audit Process Creation|Credentials Delegation|Ctrl+Alt+Del Options|Device Guard|Device Installation|Driver Installation
Early Launch Antimalware|Enhanced Storage Access|Filesystem|Folder Redirection|Group Policy|Internet Communication Management|Kerberos
Kernel DMA Protection|Locale Services|Logon|Mitigation Options|Net Logon|OS Policies|Power Management|Remote Procedure Call|Shutdown
Removable Storage Access|Storage Sense|System Restore|Troubleshooting and Diagnostics|Trusted Platform Module Services|User Profiles
Windows Time Service"""  # below System, which is called so in other languages too
_ROOTS: Final = """Windows Components|Network|Control Panel|Start Menu and Taskbar|Desktop|Printers|Server|Shared Folders|Microsoft |OneDrive
MS Security Guide|MSS (Legacy)|LAPS"""
_PATHS: Final = (
    *(f"\\{fold(root)}" for root in re.split(r"[|\n]", _ROOTS)),
    *(f"\\SYSTEM\\{fold(below)}" for below in re.split(r"[|\n]", _SYSTEM)),
)
"""How the paths of templates in English begin that hold nothing else which is asked here."""
_POLICIES: Final[Mapping[tuple[str, bool], str]] = {
    ("RA_Unsolicit", False): "UnsolicitedRemoteAssistance",
    ("RA_Solicit", False): "SolicitedRemoteAssistance",
    ("RA_Logging", False): "SessionLogging",
    ("TS_DISABLE_CONNECTIONS", False): "AllowUsersToConnectRemotely",
    ("TS_RemoteControl", False): "TS_RemoteControl_2",
    ("TS_RemoteControl", True): "TS_RemoteControl_1",
}
_LABELS: Final = {
    fold(label): fold(id_)
    for label, id_ in (
        ("Permit remote control of this computer", "Control_List"),
        ("Helpers", "DACL_Edit"),
        ("Maximum ticket time (value)", "ExpireValue_Edt"),
        ("Maximum ticket time (units)", "ExpireUnits_List"),
        ("Method for sending email invitations", "Mailto_List"),
        ("Options", "Levels"),
    )
}


def _definition(node: JsonNode) -> tuple[str, str, bool] | None:
    """Return the display name of a definition, the path of its category, and whether it is a user's; None where there is none."""
    inner = node.get("definition")
    if inner is not None:
        name, path, class_ = (inner.says(each) for each in ("displayName", "categoryPath", "classType"))
    else:
        name, path, class_ = (node.says(f"#Definition_{each}") for each in ("displayName", "categoryPath", "classType"))
    if inner is None and not name and not node.says("definition@odata.bind"):
        return None
    return name, path, fold(class_) == "USER"


def _by_words(name: str, *, user: bool) -> CspPolicy | None:
    for (id_, of_user), policy in _POLICIES.items():
        if of_user is user and IN_ENGLISH.means(id_, name):
            return next(each for each in CSP_POLICIES if each.name == policy)
    return None


def _of_template(policy: CspPolicy, node: JsonNode) -> Iterator[RegistryEntry]:
    enabled = node.says("enabled")
    if enabled not in {"true", "false"}:
        return untold_policy(policy, "its state is in a form that is not known", node.where)
    given: dict[str, CspData] = {}
    values = node.get("presentationValues")
    for value in () if values is None else values.items():
        id_ = _presented(policy, value)
        given[id_] = CspData(why="two values of it are given") if id_ in given else _shown(value)
    return entries_of_state(policy, enabled=enabled == "true", given=given, where=node.where)


def _presented(policy: CspPolicy, value: JsonNode) -> str:
    """Return the folded id of the element that a control stands for: by its label, else by its kind where the policy has one of it."""
    inner = value.get("presentation")
    label = value.says("#Presentation_Label") if inner is None else inner.says("label")
    begin = policy.elements[0].id.rpartition("_")[0].rpartition("_")[0] if policy.elements else ""
    if label:
        end = _LABELS.get(fold(label.strip().rstrip(":").strip()), fold(label))
        return next((fold(each.id) for each in policy.elements if fold(each.id).endswith(f"_{end}")), end)
    listed = value.says("@odata.type").endswith("List")
    fit = [each for each in policy.elements if (each.kind == "list") == listed]
    return fold(fit[0].id) if len(fit) == 1 else f"{fold(begin)} a control without a label"


def _shown(value: JsonNode) -> CspData:
    where = value.where
    if (listed := value.get("values")) is not None:
        said = [
            (each.said or each.says("name"), each.said or each.says("value") or each.says("name"))
            for each in listed.items()
        ]
        why = "its list is in a form that is not known" if any(not name for name, _ in said) else ""
        return CspData(pairs=tuple(said), where=where, why=why)
    one = value.get("value")
    if one is None or one.said is None:
        return CspData(where=where, why="its value is in a form that is not known")
    return CspData(one.said, where=where)
