r"""The one table of settings: registry key and value <-> what it decides <-> the words of the policy editor <-> source.

Read a row as: "the value VALUE of KEY decides FIELD; the editor calls it WORDS; a DWORD of 4 bytes means what MEANINGS
says; anything else can be read in the two ways of READINGS". Readers, writers, reports and decisions use these rows and
hold no key of their own. Keys and value names compare without case; their spelling is that of RemoteAssistance.admx.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import fields, frozen

from rasim.policy.names import fold

POLICY_KEY: Final = r"Software\policies\Microsoft\Windows NT\Terminal Services"
HELPERS_KEY: Final = POLICY_KEY + r"\RAUnsolicit"
LOCAL_KEY: Final = r"SYSTEM\CurrentControlSet\Control\Remote Assistance"
TERMINAL_SERVER_KEY: Final = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
MISPRINTED_KEY: Final = r"Software\policies\Microsoft\WindowsNT\Terminal Services"  # so in the Windows 7 Resource Kit

_STATES: Final[Mapping[int, str]] = {0: "disabled", 1: "enabled"}
MODES: Final[Mapping[int, str]] = {0: "view", 1: "control"}
SWITCH: Final[Mapping[int, str]] = {0: "off", 1: "on"}


@frozen(eq=False)
class Setting:
    """A row of the table; `value` is empty where every value of the key counts (the helper list).

    `readings` are the two ways to read what is neither absent nor a known number; the strict one, which rasim takes,
    stands first.
    """

    field: str
    key: str
    value: str
    words: str
    meanings: Mapping[int, str]
    readings: tuple[str, str]
    source: str

    def __str__(self) -> str:
        return self.value or self.key.rpartition("\\")[2]


_NOT_ENABLED = "not enabled: only a DWORD of 1 enables it (A16)"

OFFER_STATE: Final = Setting(
    field="offer.state",
    key=POLICY_KEY,
    value="fAllowUnsolicited",
    words="Configure Offer Remote Assistance",
    meanings=_STATES,
    readings=(_NOT_ENABLED, "enabled, if Windows reads this as 1 nevertheless"),
    source="RemoteAssistance.admx RA_Unsolicit; R1",
)
OFFER_MODE: Final = Setting(
    field="offer.mode",
    key=POLICY_KEY,
    value="fAllowUnsolicitedFullControl",
    words="Permit remote control of this computer (offers)",
    meanings=MODES,
    readings=(
        "view only: only a DWORD of 1 permits control (R3)",
        "control, if Windows reads this as 1 nevertheless",
    ),
    source="RemoteAssistance.admx RA_Unsolicit; R3",
)
OFFER_HELPERS: Final = Setting(
    field="offer.helpers",
    key=HELPERS_KEY,
    value="",
    words="Helpers",
    meanings={},
    readings=("this entry matches nobody", "this entry names a helper"),
    source="RemoteAssistance.admx RA_Unsolicit list; R4, R25, R26",
)
SOLICITED_STATE: Final = Setting(
    field="solicited.state",
    key=POLICY_KEY,
    value="fAllowToGetHelp",
    words="Configure Solicited Remote Assistance",
    meanings=_STATES,
    readings=(_NOT_ENABLED, "enabled, if Windows reads this as 1 nevertheless"),
    source="RemoteAssistance.admx RA_Solicit",
)
SOLICITED_MODE: Final = Setting(
    field="solicited.mode",
    key=POLICY_KEY,
    value="fAllowFullControl",
    words="Permit remote control of this computer (invitations)",
    meanings=MODES,
    readings=(
        "view only: only a DWORD of 1 permits control",
        "control, if Windows reads this as 1 nevertheless",
    ),
    source="RemoteAssistance.admx RA_Solicit",
)
LOGGING: Final = Setting(
    field="logging",
    key=POLICY_KEY,
    value="LoggingEnabled",
    words="Turn on session logging",
    meanings=_STATES,
    readings=("no log is required", "a log is required, if Windows reads this as 1 nevertheless"),
    source="RemoteAssistance.admx RA_Logging",
)
LOCAL_SOLICITED: Final = Setting(
    field="local.solicited",
    key=LOCAL_KEY,
    value="fAllowToGetHelp",
    words="the computer's own choice in System Properties, Remote (a preference, no policy)",
    meanings=SWITCH,
    readings=("off", "on, if Windows reads this as 1 nevertheless"),
    source="registry dumps, unattend component Microsoft-Windows-RemoteAssistance-Exe",
)

SETTINGS: Final = (
    OFFER_STATE,
    OFFER_MODE,
    OFFER_HELPERS,
    SOLICITED_STATE,
    SOLICITED_MODE,
    LOGGING,
    LOCAL_SOLICITED,
)

# ---- the Windows Firewall of Windows XP SP2 and later, as policy sets it (WindowsFirewall.admx; domain 4.1) ----

FIREWALL_KEY: Final = r"SOFTWARE\Policies\Microsoft\WindowsFirewall"
FIREWALL_LOCAL_KEY: Final = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
_PROFILES: Final[Mapping[str, str]] = {"domain": "DomainProfile", "standard": "StandardProfile"}
_FIREWALL_READINGS: Final = ("as if it were not set, and nothing relies on it", "as Windows may read it")
_EITHER_WAY: Final = ("it does not count", "it counts, if Windows reads it nevertheless")


@frozen(eq=False)
class FirewallSettings:
    """The settings of one profile: lists of exceptions by policy and on the computer itself, and what stands above them."""

    protection: Setting
    no_exceptions: Setting
    remote_desktop: Setting
    remote_desktop_scope: Setting
    ports: Setting
    ports_merge: Setting
    port_list: Setting
    local_port_list: Setting
    programs: Setting
    programs_merge: Setting
    program_list: Setting
    local_program_list: Setting
    default_inbound: Setting
    rules_merge: Setting
    remote_admin: Setting
    remote_admin_scope: Setting
    own: Mapping[str, Setting]
    """What the computer itself has for a field that policy does not state (a preference, no policy)."""

    def all(self) -> tuple[Setting, ...]:
        """Return the settings in the order of the class."""
        return (*(getattr(self, name.name) for name in fields(type(self)) if name.name != "own"), *self.own.values())


def _firewall(profile: str) -> FirewallSettings:
    key, local = f"{FIREWALL_KEY}\\{_PROFILES[profile]}", f"{FIREWALL_LOCAL_KEY}\\{_PROFILES[profile]}"

    def one(below: str, value: str, words: str, at: str = key) -> Setting:
        where = at + (f"\\{below}" if below else "")
        name = f"firewall.{profile}.{below or value}"
        return Setting(name, where, value, words, _STATES, _FIREWALL_READINGS, "WindowsFirewall.admx; domain 4.1")

    def twin(field: str, below: str, value: str, words: str) -> tuple[str, Setting]:
        return field, one(below, value, f"the computer's own: {words} (a preference, no policy)", local)

    def each(key: str, below: str, words: str) -> Setting:
        source = "WindowsFirewall.admx; domain 4.1, 4.2"
        return Setting(f"firewall.{profile}", f"{key}\\{below}\\List", "", words, {}, _EITHER_WAY, source)

    ports, programs = "GloballyOpenPorts", "AuthorizedApplications"
    desktop, admin = r"Services\RemoteDesktop", "RemoteAdminSettings"
    return FirewallSettings(
        one("", "EnableFirewall", "Protect all network connections"),
        one("", "DoNotAllowExceptions", "Do not allow exceptions"),
        one(desktop, "Enabled", "Allow Remote Desktop exception"),
        one(desktop, "RemoteAddresses", "Allow Remote Desktop exception: from these addresses"),
        one(ports, "Enabled", "Define port exceptions"),
        one(ports, "AllowUserPrefMerge", "Allow local port exceptions"),
        each(key, ports, "Define port exceptions: the list"),
        each(local, ports, "the computer's own port exceptions (a preference, no policy)"),
        one(programs, "Enabled", "Define program exceptions"),
        one(programs, "AllowUserPrefMerge", "Allow local program exceptions"),
        each(key, programs, "Define program exceptions: the list"),
        each(local, programs, "the computer's own program exceptions (a preference, no policy)"),
        one("", "DefaultInboundAction", "Inbound connections that match no rule (0 allow, 1 block)"),
        one("", "AllowLocalPolicyMerge", "Apply local firewall rules"),
        one(admin, "Enabled", "Allow remote administration exception"),
        one(admin, "RemoteAddresses", "Allow remote administration exception: from these addresses"),
        MappingProxyType(
            dict(
                (
                    twin("protection", "", "EnableFirewall", "whether it is on"),
                    twin("no_exceptions", "", "DoNotAllowExceptions", "whether no exception counts"),
                    twin("default_inbound", "", "DefaultInboundAction", "inbound connections that match no rule"),
                    twin("remote_desktop", desktop, "Enabled", "Remote Desktop exception"),
                    twin("remote_desktop_scope", desktop, "RemoteAddresses", "Remote Desktop exception, from"),
                    twin("remote_admin", admin, "Enabled", "remote administration exception"),
                    twin("remote_admin_scope", admin, "RemoteAddresses", "remote administration exception, from"),
                )
            )
        ),
    )


FIREWALL: Final[Mapping[str, FirewallSettings]] = {profile: _firewall(profile) for profile in _PROFILES}
LOCAL_SETTINGS: Final = frozenset(
    {
        LOCAL_SOLICITED,
        *(one for of in FIREWALL.values() for one in (of.local_port_list, of.local_program_list, *of.own.values())),
    }
)
"""What is the computer's own choice and no policy; the computer's own rules stand outside this table of settings."""

# The rules of Windows Vista and later: policy's, and the computer's own.
FIREWALL_RULES: Final = Setting(
    field="firewall.rules",
    key=FIREWALL_KEY + r"\FirewallRules",
    value="",
    words="Windows Firewall with Advanced Security: rules",
    meanings={},
    readings=_EITHER_WAY,
    source="MS-GPFAS 4.2; domain 4.4",
)
LOCAL_RULES: Final = Setting(
    field="firewall.rules",
    key=FIREWALL_LOCAL_KEY + r"\FirewallRules",
    value="",
    words="the computer's own rules (a preference, no policy)",
    meanings={},
    readings=_EITHER_WAY,
    source="registry dumps; domain 4.4",
)

# What stands beside the firewall: who may pass it by proving who they are, and who may reach and start DCOM at all.
_BESIDE: Final = ("it changes nothing for an offer", "it does, for some or for all")
IPSEC_BYPASS: Final = Setting(
    field="firewall.bypass",
    key=r"SOFTWARE\Policies\Microsoft\Windows\IPSec\ICFv4",
    value="BypassFirewall",
    words="Allow authenticated IPSec bypass",
    meanings={},
    readings=_BESIDE,
    source="WindowsFirewall.admx; domain 4.1",
)
DCOM_LIMITS: Final = tuple(
    Setting("dcom", key, value, words, {}, _BESIDE, source)
    for key, source in (
        (r"SOFTWARE\Policies\Microsoft\Windows NT\DCOM", "KB884910, verified"),
        (r"SOFTWARE\Microsoft\Ole", "KB884910, verified that the limits exist; the key and EnableDCOM remembered"),
    )
    for value, words in (
        ("MachineAccessRestriction", "DCOM: Machine Access Restrictions"),
        ("MachineLaunchRestriction", "DCOM: Machine Launch Restrictions"),
        *((("EnableDCOM", "DCOM on this computer"),) if key.endswith("Ole") else ()),
    )
)

# Places where such values are found and decide nothing about offers: offers exist through policy alone, without a
# twin in the control panel (windowsitpro 39531). Reported, never obeyed.
MISPLACED: Final = (
    (LOCAL_KEY, "fAllowUnsolicited"),
    (LOCAL_KEY, "fAllowUnsolicitedFullControl"),
    (TERMINAL_SERVER_KEY, "fAllowToGetHelp"),
    (TERMINAL_SERVER_KEY, "fAllowUnsolicited"),
    (TERMINAL_SERVER_KEY, "fAllowUnsolicitedFullControl"),
    (MISPRINTED_KEY, "fAllowToGetHelp"),
    (MISPRINTED_KEY, "fAllowUnsolicited"),
    (MISPRINTED_KEY, "fAllowUnsolicitedFullControl"),
)

_CONTROL_SET = re.compile(r"^SYSTEM\\CONTROLSET\d{3}(?=\\|$)")


def fold_key(key: str) -> str:
    """Return the form in which keys compare: no case, no backslash at the ends."""
    return fold(key).strip("\\")


def same_key(folded: str) -> str:
    """Return the folded key that rasim asks for: a numbered control set stands for the current one.

    Hives and scripts say `ControlSet001` where the running system says `CurrentControlSet`.
    """
    return _CONTROL_SET.sub(r"SYSTEM\\CURRENTCONTROLSET", folded)
