r"""The one table of settings: registry key and value <-> what it decides <-> the words of the policy editor <-> source.

Read a row as: "the value VALUE of KEY decides FIELD; the editor calls it WORDS; a DWORD of 4 bytes means what MEANINGS
says; anything else can be read in the two ways of READINGS". Readers, writers, reports and decisions use these rows and
hold no key of their own. Keys and value names compare without case; their spelling is that of RemoteAssistance.admx.
"""

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from rasim.policy.names import fold

POLICY_KEY: Final = r"Software\policies\Microsoft\Windows NT\Terminal Services"
HELPERS_KEY: Final = POLICY_KEY + r"\RAUnsolicit"
LOCAL_KEY: Final = r"SYSTEM\CurrentControlSet\Control\Remote Assistance"
TERMINAL_SERVER_KEY: Final = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
MISPRINTED_KEY: Final = r"Software\policies\Microsoft\WindowsNT\Terminal Services"  # so in the Windows 7 Resource Kit

STATES: Final[Mapping[int, str]] = {0: "disabled", 1: "enabled"}
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
    meanings=STATES,
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
    meanings=STATES,
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
    meanings=STATES,
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


def _names_by_key() -> dict[str, frozenset[str] | None]:
    pairs = [(setting.key, setting.value) for setting in SETTINGS if setting.value] + list(MISPLACED)
    wanted: dict[str, frozenset[str] | None] = {
        fold_key(key): frozenset(fold(name) for other, name in pairs if other == key) for key, _ in pairs
    }
    return wanted | {fold_key(HELPERS_KEY): None}


WANTED: Final[Mapping[str, frozenset[str] | None]] = _names_by_key()
"""Folded key -> folded names of the values that mean something to rasim; None: every value does."""

ANCESTORS: Final = frozenset(
    "\\".join(parts[:length]) for parts in (key.split("\\") for key in WANTED) for length in range(1, len(parts) + 1)
)
"""Folded keys whose deletion takes a wanted key with it, the wanted keys included."""
