"""Policies of the Policy CSP that bear on what is asked here, and what the value that MDM gives one of them writes: a table, and its reader.

Read a row as: "AREA/POLICY stands for the group policy whose state is a value of KEY; each `<data id=…>` of its value is an ELEMENT".
A value of such an *ADMX-backed* policy is XML: `<enabled/>` with its data, or `<disabled/>`; a list is names and values in turn, parted by
U+F000 (verified: Microsoft's *Understanding ADMX policies*, which leaves it to the server what the names are). It becomes the entries that
the policy editor writes, so that MDM and group policy mean the same. A value of another form cannot be told; nothing of it is guessed.

The areas RemoteAssistance, RemoteDesktopServices and ControlPolicyConflict are verified (their pages, real exports), the ids of data are
those of RemoteAssistance.admx; that of TS_RemoteControl is from lists made of TerminalServer.admx. The rest is remembered.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from attrs import frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import utf16
from rasim.formats.unread import unread
from rasim.formats.xml_text import XmlNode, elements
from rasim.policy import roads, settings
from rasim.policy.mdm import MDM_WINS
from rasim.policy.names import fold
from rasim.policy.registry import DELETION_DATA, MACHINE, USER, Action, RegistryEntry, RegType
from rasim.policy.roads import USER_HALF
from rasim.policy.settings import Setting
from rasim.words import printable

CspScope = Literal["device", "user"]
PART: Final = "\uf000"  # between the names and values of a list


@frozen
class Element:
    """What a `<data>` of a policy writes: its id in the ADMX, a value of a key, and of which kind; a list fills the key."""

    id: str
    key: str
    value: str = ""
    kind: Literal["number", "text", "list"] = "number"


@frozen
class CspPolicy:
    """A row: the value that its state stands in, what enabled and disabled write there (None: its element alone), its elements.

    A `plain` one is a number of its own, without XML.
    """

    area: str
    name: str
    key: str
    value: str
    writes: tuple[int | None, int | None] = (1, 0)
    elements: tuple[Element, ...] = ()
    plain: bool = False
    scope: CspScope = "device"

    def __str__(self) -> str:
        return f"{self.area}/{self.name}"


_RA: Final = settings.POLICY_KEY
_UAC: Final = "UserAccountControl_"


def _of(setting: Setting, area: str, name: str, **more: object) -> CspPolicy:
    return CspPolicy(area, name, setting.key.removeprefix(f"{USER_HALF}\\"), setting.value, **more)  # type: ignore[arg-type]


def _road(road: str, value: str) -> Setting:
    return next(each for row in roads.ROADS if row.name == road for each in row.settings if each.value == value)


_ASSISTANCE, _DESKTOP, _SHADOWING = "RemoteAssistance", "RemoteDesktopServices", "ADMX_TerminalServer"
_LEVELS: Final = (Element("TS_RemoteControl_Levels", _RA, "Shadow"),)
CSP_POLICIES: Final = (
    CspPolicy(_ASSISTANCE, "UnsolicitedRemoteAssistance", _RA, "fAllowUnsolicited", elements=(
        Element("RA_Unsolicit_Control_List", _RA, "fAllowUnsolicitedFullControl"),
        Element("RA_Unsolicit_DACL_Edit", settings.HELPERS_KEY, kind="list"),
    )),
    CspPolicy(_ASSISTANCE, "SolicitedRemoteAssistance", _RA, "fAllowToGetHelp", elements=(
        Element("RA_Solicit_Control_List", _RA, "fAllowFullControl"),
        Element("RA_Solicit_ExpireValue_Edt", _RA, "MaxTicketExpiry"),
        Element("RA_Solicit_ExpireUnits_List", _RA, "MaxTicketExpiryUnits"),
        Element("RA_Solicit_Mailto_List", _RA, "fUseMailto"),
    )),
    CspPolicy(_ASSISTANCE, "CustomizeWarningMessages", _RA, "UseCustomMessages", elements=(
        Element("RA_Options_Share_Control_Message", _RA, "ShareControlMessage", "text"),
        Element("RA_Options_Connect_Message", _RA, "ViewMessage", "text"),
    )),
    CspPolicy(_ASSISTANCE, "SessionLogging", _RA, "LoggingEnabled"),
    CspPolicy("ADMX_RemoteAssistance", "RA_EncryptedTicketOnly", _RA, "CreateEncryptedOnlyTickets"),
    CspPolicy("ADMX_RemoteAssistance", "RA_Optimize_Bandwidth", _RA, "UseBandwidthOptimization", elements=(
        Element("RA_Optimize_Bandwidth_List", _RA, "OptimizeBandwidth"),
    )),
    _of(roads.DENY_REMOTE_DESKTOP, _DESKTOP, "AllowUsersToConnectRemotely", writes=(0, 1)),
    # Disabled is control with the user's permission, by the policy's own text.
    _of(roads.SHADOW, _SHADOWING, "TS_RemoteControl_2", writes=(None, 1), elements=_LEVELS),
    _of(roads.SHADOW_OF_USER, _SHADOWING, "TS_RemoteControl_1", writes=(None, 1), elements=_LEVELS, scope="user"),
    *(_of(_road(roads.QUESTIONS_FOR_ELEVATION, value), "LocalPoliciesSecurityOptions", _UAC + name, plain=True) for value, name in (
        ("PromptOnSecureDesktop", "SwitchToTheSecureDesktopWhenPromptingForElevation"),
        ("EnableUIADesktopToggle", "AllowUIAccessApplicationsToPromptForElevation"),
    )),
    _of(MDM_WINS, "ControlPolicyConflict", MDM_WINS.value, plain=True),
)  # fmt: skip
"""Every policy that is read. Of what ADMX files are ingested for Chrome, `csp_policy` knows the names by the table of roads."""

_BY_NAME: Final = {(fold(each.area), fold(each.name)): each for each in CSP_POLICIES}
_CHROME: Final = {
    fold(setting.value): setting
    for road in roads.ROADS
    for setting in road.settings
    if setting.key.endswith(r"Google\Chrome")
}
# Areas of which a policy that is not known may be one that is asked about, and those whose policies fill groups or open ways.
_DOUBTFUL: Final = re.compile(
    r"(ADMX_)?REMOTEASSISTANCE|LOCALUSERSANDGROUPS|RESTRICTEDGROUPS|.*VNC.*|.*CHROME.*REMOTEACCESS.*"
)
_OF_DESKTOP: Final = re.compile(
    """CLIENTCONNECTIONENCRYPTIONLEVEL|DISCONNECTONLOCK\\w*|DONOTALLOW\\w*|LIMIT\\w*|PROMPTFORPASSWORDUPONCONNECTION
    |REQUIRESECURERPCCOMMUNICATION|TS_SERVER_\\w*|ENABLESCREENCAPTUREPROTECTION|\\w*REDIRECTION\\w*""",
    re.VERBOSE,
)
_HARMLESS_CSPS: Final = frozenset(
    re.split(
        r"\s+",
        """APPLICATIONCONTROL APPLOCKER ASSIGNEDACCESS BITLOCKER CERTIFICATESTORE CLIENTCERTIFICATEINSTALL CLOUDDESKTOP DEFENDER DEVDETAIL
DEVINFO DEVICEHEALTH DEVICELOCK DEVICESTATUS DMACC DMCLIENT ENROLLMENTSTATUSTRACKING EUICCS HEALTHATTESTATION
LANGUAGEPACKMANAGEMENT LAPS NETWORKPROXY NETWORKQOSPOLICY NODECACHE OFFICE PASSPORTFORWORK PDE PERSONALIZATION PRINTERPROVISIONING
REBOOT REMOTEFIND REMOTEWIPE ROOTCATRUSTEDCERTIFICATES SECUREASSESSMENT SHAREDPC STORAGE SUPL SURFACEHUB TENANTLOCKDOWN TPMPOLICY
UEFI UNIFIEDWRITEFILTER UPDATE VPNV2 W4 W7 WIFI WINDOWSBACKUPANDRESTORE WINDOWSADVANCEDTHREATPROTECTION WINDOWSAUTOPILOT
WINDOWSDEFENDERAPPLICATIONGUARD WINDOWSHELLO WINDOWSLICENSING WIREDNETWORK
WIN32COMPATIBILITYAPPRAISER""",
    )
)
_ONLY: Final = "each sets nothing but its own policy, which is none that is asked about here"
_MAY: Final = "it may set what is asked here, or fill groups"


def csp_policy(area: str, name: str) -> CspPolicy | None:
    """Return the row of a policy by its names, in any letter case; None of one that is not read."""
    folded = fold(name)
    if "GOOGLECHROME" in fold(area) and folded in _CHROME:
        return _of(_CHROME[folded], area, name)
    return _BY_NAME.get((fold(area), folded))


def of_no_matter(area: str, name: str) -> bool:
    """Tell whether a policy of the Policy CSP that is not read can set nothing that is asked here."""
    folded = fold(area)
    if folded == fold(_DESKTOP):
        return _OF_DESKTOP.fullmatch(fold(name)) is not None
    return not _DOUBTFUL.fullmatch(folded) and not (folded == fold(_SHADOWING) and "REMOTECONTROL" in fold(name))


def csp_of_no_matter(name: str) -> bool:
    """Tell whether a configuration service provider other than the Policy CSP can set nothing that is asked here (remembered)."""
    return fold(name) in _HARMLESS_CSPS


def unread_of_mdm(what: str, where: Where) -> RegistryEntry:
    """Return the entry that lists something of MDM which is not read, and may set what is asked here."""
    return unread(what, where, _MAY)


def counted_settings(what: str, where: Where) -> RegistryEntry:
    """Return the entry that lists settings which are not read, and set nothing that is asked here."""
    return unread(what, where, _ONLY, harmless=True)


# ---- what a value writes -------------------------------------------------------------------------------------


@frozen
class CspData:
    """What a `<data>`, or a child of a setting, gives: a text, or names and values of a list; or `why` that cannot be told."""

    text: str = ""
    pairs: tuple[tuple[str, str], ...] | None = None
    where: Where | None = None
    why: str = ""


def entries_of_value(policy: CspPolicy, text: str, where: Where) -> Iterator[RegistryEntry]:
    """Yield what the value of a policy, as MDM sends it, writes; where it has another form, that it cannot be told."""
    if policy.plain:
        yield from _plain(policy, text, where)
        return
    try:
        found = elements(f"<v>{text}</v>".encode(), "", lambda path: len(path) == 2)
        nodes = tuple(node for path, node in found if len(path) == 2)
    except (PolicyFileError, UnicodeEncodeError):
        yield from untold_policy(policy, f'its value is no XML: "{printable(text[:60])}"', where)
        return
    states = [node for node in nodes if fold(node.name) in {"ENABLED", "DISABLED"}]
    data = [node for node in nodes if fold(node.name) == "DATA"]
    if len(states) != 1 or len(states) + len(data) != len(nodes) or _between(text):
        yield from untold_policy(policy, f'its value is neither enabled nor disabled: "{printable(text[:60])}"', where)
        return
    given: dict[str, CspData] = {}
    for node in data:
        id_ = fold(node.attribute("id"))
        given[id_] = CspData(why="two values of it are given", where=where) if id_ in given else _given(node, where)
    yield from entries_of_state(policy, enabled=fold(states[0].name) == "ENABLED", given=given, where=where)


def _between(text: str) -> bool:
    return re.sub(r"<[^>]*>", "", text).strip() != ""


def _given(node: XmlNode, where: Where) -> CspData:
    return CspData(node.attribute("value"), where=where)


def entries_of_state(
    policy: CspPolicy, *, enabled: bool, given: Mapping[str, CspData], where: Where
) -> Iterator[RegistryEntry]:
    """Yield the entries that the policy editor writes for a policy in this state, with what is given by folded id of an element."""
    number = policy.writes[0 if enabled else 1]
    if number is not None:
        yield _number(policy, policy.key, policy.value, number, where)
    for element in policy.elements:
        told = given.get(fold(element.id)) if enabled else None
        if number is None or (element.key, element.value) != (policy.key, policy.value):
            yield from _element(policy, element, told, where)
    strange = [id_ for id_ in given if enabled and id_ not in {fold(each.id) for each in policy.elements}]
    if strange:
        yield unread_of_mdm(f"{where.file}: {policy}, {printable(strange[0][:60])}", where)


def untold_policy(policy: CspPolicy, why: str, where: Where) -> Iterator[RegistryEntry]:
    """Yield that nothing of a policy can be told."""
    yield _untold(policy, policy.key, policy.value, why, where)
    for element in policy.elements:
        if element.kind == "number" and (element.key, element.value) != (policy.key, policy.value):
            yield _untold(policy, element.key, element.value, why, where)


def _element(policy: CspPolicy, element: Element, given: CspData | None, where: Where) -> Iterator[RegistryEntry]:
    place = where if given is None or given.where is None else given.where
    if element.kind == "list":
        yield _entry(policy, element.key, "", RegType.SZ, DELETION_DATA, place, Action.DELETE_ALL_VALUES)
        pairs = () if given is None else _pairs(given)
        if isinstance(pairs, str):
            yield _untold(policy, element.key, "the list of helpers", pairs, place)
        else:
            yield from (
                _entry(policy, element.key, name, RegType.SZ, utf16(f"{value}\0"), place) for name, value in pairs
            )
    elif given is None:
        yield _entry(policy, element.key, element.value, RegType.SZ, DELETION_DATA, place, Action.DELETE_VALUE)
    elif given.why or given.pairs is not None or (element.kind == "number" and not _is_number(given.text)):
        why = given.why or f'its value is no number: "{printable(given.text[:60])}"'
        yield _untold(policy, element.key, element.value, why, place)
    elif element.kind == "text":
        yield _entry(policy, element.key, element.value, RegType.SZ, utf16(f"{given.text}\0"), place)
    else:
        yield _number(policy, element.key, element.value, int(given.text), place)


def _pairs(given: CspData) -> Sequence[tuple[str, str]] | str:
    """Return names and values of a list, or why they cannot be told."""
    if given.why:
        return given.why
    if given.pairs is not None:
        return given.pairs
    parts = given.text.split(PART) if given.text else []
    if len(parts) % 2 or any(not name for name in parts[::2]):
        return "its list is not names and values in turn, parted by U+F000"
    return tuple(zip(parts[::2], parts[1::2], strict=True))


def _plain(policy: CspPolicy, text: str, where: Where) -> Iterator[RegistryEntry]:
    said = text.strip()
    if _is_number(said):
        yield _number(policy, policy.key, policy.value, int(said), where)
    else:
        yield _untold(policy, policy.key, policy.value, f'its value is no number: "{printable(said[:60])}"', where)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,10}", text) is not None and int(text) < 1 << 32


def _number(policy: CspPolicy, key: str, name: str, number: int, where: Where) -> RegistryEntry:
    return _entry(policy, key, name, RegType.DWORD, number.to_bytes(4, "little"), where)


def _untold(policy: CspPolicy, key: str, name: str, why: str, where: Where) -> RegistryEntry:
    return _entry(policy, key, name, RegType.SZ, utf16(f"{policy}: {why}\0"), where, Action.UNTOLD)


def _entry(
    policy: CspPolicy, key: str, name: str, kind: RegType, data: bytes, where: Where, action: Action = Action.SET
) -> RegistryEntry:
    hive = USER if policy.scope == "user" else MACHINE
    return RegistryEntry(key, name, kind, data, where, action, hive, mdm=True)


# ---- policies as URIs name them ------------------------------------------------------------------------------

_URI: Final = re.compile(r"(?:\./)?(?:(?P<scope>device|user)/)?vendor/msft/(?P<below>.+)", re.IGNORECASE)
_CONFIG: Final = re.compile(r"policy/config/(?P<area>[^/]+)/(?P<name>[^/]+)", re.IGNORECASE)


@frozen
class UriNames:
    """What a URI names: a policy that is read, with its scope; else whether it is `of_no_matter`, or of the firewall."""

    policy: CspPolicy | None = None
    of_no_matter: bool = False
    firewall: bool = False


def named_by(uri: str) -> UriNames:
    """Return what a URI of MDM (`./Device/Vendor/MSFT/Policy/Config/AREA/POLICY`) names."""
    match = _URI.fullmatch(uri.strip())
    if match is None:
        return UriNames()
    scope = (match["scope"] or "device").lower()
    config = _CONFIG.fullmatch(match["below"])
    if config is None:
        csp = match["below"].partition("/")[0]
        # Policy/ConfigOperations brings templates, and Policy/Result is read.
        return UriNames(of_no_matter=csp_of_no_matter(csp) or fold(csp) == "POLICY", firewall=fold(csp) == "FIREWALL")
    policy = csp_policy(config["area"], config["name"])
    if policy is not None and policy.scope == scope:
        return UriNames(policy)
    # A policy of the device in a user's scope sets nothing (remembered), but nobody tried it.
    return UriNames(of_no_matter=policy is None and of_no_matter(config["area"], config["name"]))


def firewall_untold(what: str, where: Where) -> RegistryEntry:
    """Return that what the Firewall CSP sets is not read: what the firewall lets in cannot be told."""
    data = utf16("set by MDM's Firewall CSP, which is not read\0")
    return RegistryEntry(settings.FIREWALL_RULES.key, what, RegType.SZ, data, where, Action.UNTOLD)


# ---- policies as the settings catalog names them -------------------------------------------------------------

_ID: Final = re.compile(r"(?:(?P<scope>device|user)_)?vendor_msft_(?P<below>.+)")
_CHROMES: Final = re.compile(r"policy_config_(?P<area>[^_]*googlechrome[^_]*)_(?P<name>[^_]+)")


def _id(policy: CspPolicy) -> str:
    return f"policy_config_{policy.area}_{policy.name}".lower()


_BY_ID: Final = {_id(each): each for each in CSP_POLICIES}


def named_in_catalog(id_: str) -> UriNames:
    """Return what a setting of the catalog names: `device_vendor_msft_policy_config_AREA_POLICY`."""
    match = _ID.fullmatch(id_.strip().lower())
    if match is None:
        return UriNames()
    scope, below = match["scope"] or "device", match["below"]
    if not below.startswith("policy_config_"):
        csp = below.partition("_")[0]
        return UriNames(of_no_matter=csp_of_no_matter(csp), firewall=csp == "firewall")
    chrome = _CHROMES.fullmatch(below)
    policy = csp_policy(chrome["area"], chrome["name"]) if chrome else _BY_ID.get(below)
    if policy is not None:
        return UriNames(policy) if policy.scope == scope else UriNames()
    rest = below.removeprefix("policy_config_")
    # An area may have a line below in its name; any way of parting it says what it may be.
    ways = [(rest[:at], rest[at + 1 :]) for at, letter in enumerate(rest[:100]) if letter == "_"]
    return UriNames(of_no_matter=bool(ways) and all(of_no_matter(*way) for way in ways))
