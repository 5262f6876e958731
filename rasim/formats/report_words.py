"""The words in which a report tells the settings rasim reads: data, no code that decides.

A report of a group policy names settings by their texts in the policy editor, in the language of whoever made it, and holds
neither keys nor numbers. `TOLD` says which settings a policy of the editor stands for, by the id of its display name in the
policy templates; `ENGLISH` has the English texts of those ids. Other languages come from ADML files that the caller gives;
nothing is guessed. Sources: RemoteAssistance.admx and .adml, WindowsFirewall.admx, real reports; the texts of the firewall
lists are those of the help text. "Windows Defender Firewall" of later editions, and the display names of Windows XP, are
remembered.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import Factory, frozen

from rasim.formats.adml import Adml
from rasim.policy import roads, settings
from rasim.policy.names import fold


@frozen
class Told:
    """A policy of the editor: the setting its state stands for, and those its controls stand for.

    `writes` are what disabled and enabled write there: None where enabled writes its choice alone.

    `choices` maps the id of each text of the drop-down list to its number. `under` is the id of the category where the
    same name occurs in several. A list that is not `additive` replaces the list of policies before it.
    """

    id: str
    state: settings.Setting
    choice: settings.Setting | None = None
    choices: Mapping[str, int] = Factory(dict)
    listed: settings.Setting | None = None
    additive: bool = False
    text: settings.Setting | None = None
    under: str = ""
    writes: tuple[int, int | None] = (0, 1)


_MODES: Final = {"Control_Ctrl": 1, "Control_View": 0}


def _modes(policy: str) -> Mapping[str, int]:
    return {f"{policy}_{name}": number for name, number in _MODES.items()}


def _firewall(profile: str, category: str) -> tuple[Told, ...]:
    of = settings.FIREWALL[profile]
    return (
        Told("WF_EnableFirewall_Name", of.protection, under=category),
        Told("WF_EnableShield_Name", of.no_exceptions, under=category),
        Told("WF_RemoteDesktop_Name", of.remote_desktop, text=of.remote_desktop_scope, under=category),
        Told("WF_RemoteAdmin_Name", of.remote_admin, text=of.remote_admin_scope, under=category),
        Told("WF_OpenPorts_Name", of.ports, listed=of.port_list, additive=True, under=category),
        Told("WF_OpenPortsLocal_Name", of.ports_merge, under=category),
        Told("WF_AllowedPrograms_Name", of.programs, listed=of.program_list, additive=True, under=category),
        Told("WF_AllowedProgramsLocal_Name", of.programs_merge, under=category),
    )


ASSISTANCE: Final = (
    Told("RA_Unsolicit", settings.OFFER_STATE, settings.OFFER_MODE, _modes("RA_Unsolicit"), settings.OFFER_HELPERS),
    Told("RA_Solicit", settings.SOLICITED_STATE, settings.SOLICITED_MODE, _modes("RA_Solicit")),
    Told("RA_Logging", settings.LOGGING),
)
FIREWALL_POLICIES: Final = (*_firewall("domain", "WF_Profile_Domain"), *_firewall("standard", "WF_Profile_Standard"))
_SHADOWING: Final = {f"TS_RemoteControl_{number}": number for number in range(5)}
ROAD_POLICIES: Final = (
    # Disabled is control with the user's permission, by the policy's own text.
    Told("TS_RemoteControl", roads.SHADOW, roads.SHADOW, _SHADOWING, writes=(1, None)),
    Told("TS_DISABLE_CONNECTIONS", roads.DENY_REMOTE_DESKTOP, writes=(1, 0)),
)
"""Other roads to the screen. No template was read for them, so that only the ids of the second are its own, and English is known."""

TOLD: Final = (*ASSISTANCE, *FIREWALL_POLICIES, *ROAD_POLICIES)


def _both(name: str, *others: str) -> tuple[str, ...]:
    return tuple(
        f"{firewall}: {each}"
        for firewall in ("Windows Firewall", "Windows Defender Firewall")
        for each in (name, *others)
    )


_CONTROL: Final = ("Allow helpers to remotely control the computer",)
_VIEW: Final = ("Allow helpers to only view the computer",)
ENGLISH: Final[Mapping[str, tuple[str, ...]]] = {
    "RA_Unsolicit": ("Configure Offer Remote Assistance", "Offer Remote Assistance"),
    "RA_Unsolicit_Control_Ctrl": _CONTROL,
    "RA_Unsolicit_Control_View": _VIEW,
    "RA_Solicit": ("Configure Solicited Remote Assistance", "Solicited Remote Assistance"),
    "RA_Solicit_Control_Ctrl": _CONTROL,
    "RA_Solicit_Control_View": _VIEW,
    "RA_Logging": ("Turn on session logging",),
    "WF_EnableFirewall_Name": _both("Protect all network connections"),
    "WF_EnableShield_Name": _both("Do not allow exceptions"),
    "WF_RemoteDesktop_Name": _both("Allow inbound Remote Desktop exceptions", "Allow Remote Desktop exception"),
    "WF_RemoteAdmin_Name": _both(
        "Allow inbound remote administration exception", "Allow remote administration exception"
    ),
    "WF_OpenPorts_Name": _both("Define inbound port exceptions", "Define port exceptions"),
    "WF_OpenPortsLocal_Name": _both("Allow local port exceptions"),
    "WF_AllowedPrograms_Name": _both("Define inbound program exceptions", "Define program exceptions"),
    "WF_AllowedProgramsLocal_Name": _both("Allow local program exceptions"),
    "WF_Profile_Domain": ("Domain Profile",),
    "WF_Profile_Standard": ("Standard Profile",),
    "TS_RemoteControl": tuple(
        f"{begin} rules for remote control of {what} user sessions"
        for begin in ("Set", "Sets")
        for what in ("Remote Desktop Services", "Terminal Services")
    ),
    "TS_RemoteControl_0": ("No remote control allowed",),
    "TS_RemoteControl_1": ("Full Control with user's permission",),
    "TS_RemoteControl_2": ("Full Control without user's permission",),
    "TS_RemoteControl_3": ("View Session with user's permission",),
    "TS_RemoteControl_4": ("View Session without user's permission",),
    "TS_DISABLE_CONNECTIONS": tuple(
        f"Allow users to connect remotely {by} {what}"
        for by in ("by using", "using")
        for what in ("Remote Desktop Services", "Terminal Services")
    ),
}


@frozen
class Words:
    """The texts in which reports may be written: English, and those of the ADML files given."""

    _english: Mapping[str, frozenset[str]]
    _given: Mapping[str, frozenset[str]]

    def means(self, id_: str, text: str) -> bool:
        """Tell whether a text is one of those for an id."""
        folded = fold(text.strip())
        return folded in self._english.get(id_, ()) or folded in self._given.get(id_, ())

    def in_english(self, id_: str, text: str) -> bool:
        """Tell whether it is one of the English texts for an id."""
        return fold(text.strip()) in self._english.get(id_, ())

    def covers(self, policies: Iterable[Told]) -> bool:
        """Tell whether the ADML files given have the display names of all these policies."""
        return all(each.id in self._given for each in policies)


def words_in(adml: Iterable[Adml] = ()) -> Words:
    """Return the words of English and of these ADML files."""
    given: dict[str, frozenset[str]] = {}
    for each in adml:
        for id_, text in each.strings.items():
            if id_ in ENGLISH:
                given[id_] = given.get(id_, frozenset()) | {fold(text.strip())}
    return Words({id_: frozenset(map(fold, texts)) for id_, texts in ENGLISH.items()}, given)


IN_ENGLISH: Final = words_in()
