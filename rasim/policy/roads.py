"""The one table of roads: every way in which somebody can see or control a user's screen, as policy files decide it.

Read a row as: "ROAD lets WHO see or control; it is open, asks the user and gives what its switches say". A switch is a setting, with
those that decide it where it is not stated, and what each of its numbers says: whether the road is open, whether the user is asked
first, what it gives; None says nothing of it. A road with `every` switch open is closed by one of them; with any it is closed by all.
What no file states is *not stated*, never *closed*. `road_states.py` reads the rows; docs/reference/sources.md has the sources,
and says which were verified and which are remembered.
"""

from collections.abc import Mapping
from typing import Final, Literal

from attrs import frozen

from rasim.policy.settings import POLICY_KEY, SWITCH, TERMINAL_SERVER_KEY, Setting

USER_HALF: Final = "the user's half"
"""Stands before the keys of the user's hive, so that one registry holds both halves."""


@frozen
class Says:
    """What a number of a setting says of a road; None where it says nothing of it."""

    open: bool | None = None
    asks: bool | None = None
    gives: Literal["view", "control"] | None = None


@frozen(eq=False)
class RoadSwitch:
    """A setting and those that decide it where it is not stated, the strongest first, with what their numbers say.

    What `perhaps` states counts where none of them is stated and something that no file shows agrees: it makes the road unclear.
    With `texts` its values may be written as texts, 1 or yes or true.
    """

    settings: tuple[Setting, ...]
    says: Mapping[int, Says]
    perhaps: tuple[Setting, ...] = ()
    texts: bool = False


@frozen(eq=False)
class Road:
    """A row of the table; `asks`, `gives` and `who` are what it does where no switch says it, None where that cannot be told."""

    id: str
    name: str
    says: str
    switches: tuple[RoadSwitch, ...]
    every: bool = True
    asks: bool | None = None
    gives: Literal["view", "control"] | None = None
    who: str = ""
    listed: Setting | None = None

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All settings that decide it."""
        decide = tuple(setting for switch in self.switches for setting in (*switch.settings, *switch.perhaps))
        return decide if self.listed is None else (*decide, self.listed)


def _setting(key: str, value: str, words: str, source: str) -> Setting:
    readings = ("nothing is said of this road", "what this value means to whoever reads it")
    return Setting(f"roads.{source}", key, value, words, SWITCH, readings, source)


_OPENS: Final = {0: Says(open=False), 1: Says(open=True)}
_CLOSES: Final = {0: Says(open=True), 1: Says(open=False)}
_ASKS: Final = {0: Says(asks=False), 1: Says(asks=True)}

_SHADOWING: Final = "Set rules for remote control of Remote Desktop Services user sessions"
SHADOW: Final = _setting(POLICY_KEY, "Shadow", _SHADOWING, "road-3")
SHADOW_OF_USER: Final = _setting(rf"{USER_HALF}\{POLICY_KEY}", "Shadow", f"{_SHADOWING} (user's half)", "road-3")
DENY_REMOTE_DESKTOP: Final = _setting(
    POLICY_KEY, "fDenyTSConnections", "Allow users to connect remotely by using Remote Desktop Services", "road-4"
)
NO_DESKTOP_SHARING: Final = _setting(
    r"Software\Policies\Microsoft\Conferencing", "NoRDS", "Disable remote Desktop Sharing", "road-5"
)
_LISTENER: Final = _setting(
    TERMINAL_SERVER_KEY + r"\WinStations\RDP-Tcp",
    "Shadow",
    "remote control as the listener has it (no policy)",
    "road-3",
)
_LOCAL_DENY: Final = _setting(
    TERMINAL_SERVER_KEY,
    "fDenyTSConnections",
    "the computer's own switch in System Properties, Remote (no policy)",
    "road-4",
)
_SMS: Final = r"SOFTWARE\Microsoft\SMS\Client\Client Components\Remote Control"
_CHROME: Final = r"Software\Policies\Google\Chrome"
_VNC: Final = r"Software\Policies\RealVNC\vncserver"
_UAC: Final = r"Software\Microsoft\Windows\CurrentVersion\Policies\System"


def _one(key: str, value: str, words: str, source: str, says: Mapping[int, Says]) -> RoadSwitch:
    return RoadSwitch((_setting(key, value, words, source),), says, texts=key == _VNC)


QUESTIONS_FOR_ELEVATION: Final = "questions for elevation"
ROADS: Final = (
    Road("road-3", "session shadowing", "looks into the session of whoever is logged on, or works in it", (
        RoadSwitch((SHADOW, SHADOW_OF_USER), {
            0: Says(open=False),
            1: Says(open=True, asks=True, gives="control"), 2: Says(open=True, asks=False, gives="control"),
            3: Says(open=True, asks=True, gives="view"), 4: Says(open=True, asks=False, gives="view"),
        }, perhaps=(_LISTENER,)),
    ), who="the computer's administrators"),
    Road("road-4", "remote desktop", "logs on: with the user's own account the session is taken over unasked, with another the user is asked", (
        RoadSwitch((DENY_REMOTE_DESKTOP, _LOCAL_DENY), _CLOSES),
    ), gives="control", who="the computer's administrators and Remote Desktop Users"),
    Road("road-5", "NetMeeting desktop sharing", "works at the shared desktop, where the user set sharing up", (
        RoadSwitch((NO_DESKTOP_SHARING,), _CLOSES),
    ), asks=False, gives="control", who="whoever has the computer's password"),
    Road("road-6", "Configuration Manager remote control", "views the screen or works at it", (
        _one(_SMS, "Enabled", "Enable Remote Control on clients", "road-6", _OPENS),
        _one(_SMS, "Access Level", "Access level allowed", "road-6",
             {0: Says(open=False), 1: Says(open=True, gives="view"), 2: Says(open=True, gives="control")}),
        _one(_SMS, "Permission Required", "Prompt user for Remote Control permission", "road-6", _ASKS),
    ), who="its permitted viewers", listed=_setting(_SMS, "PermittedViewers", "Permitted viewers", "road-6")),
    Road("road-7", "Chrome remote support", "works at the desktop with a code that the user gives away", (
        _one(_CHROME, "RemoteAccessHostAllowRemoteSupportConnections", "Allow remote support connections", "road-7", _OPENS),
    ), asks=True, gives="control", who="whoever has the user's code"),
    Road("road-8", "Chrome remote access", "works at the desktop, where the user set this computer up for it", (
        _one(_CHROME, "RemoteAccessHostAllowRemoteAccessConnections", "Allow remote access connections", "road-8", _OPENS),
    ), asks=False, gives="control", who="whoever has the account and PIN it was set up with"),
    Road("road-9", "RealVNC Server", "views the screen or works at it", (
        _one(_VNC, "AllowIpListenRfb", "Allow direct connections", "road-9", _OPENS),
        _one(_VNC, "AllowCloudRfb", "Allow cloud connections", "road-9", _OPENS),
        _one(_VNC, "QueryConnect", "Prompt the user to accept connections", "road-9", _ASKS),
        _one(_VNC, "QueryOnlyIfLoggedOn", "Prompt only while somebody is logged on", "road-9", {0: Says(), 1: Says()}),
        _one(_VNC, "AcceptPointerEvents", "Accept the mouse of viewers", "road-9",
             {0: Says(gives="view"), 1: Says(gives="control")}),
        _one(_VNC, "AcceptKeyEvents", "Accept the keys of viewers", "road-9",
             {0: Says(gives="view"), 1: Says(gives="control")}),
    ), every=False, who="whoever can log on to it"),
    Road("road-10", QUESTIONS_FOR_ELEVATION, "sees and answers the question for elevation, within a road that is open", (
        _one(_UAC, "EnableUIADesktopToggle", "Allow UIAccess applications to prompt for elevation without the secure desktop",
             "road-10", _OPENS),
        _one(_UAC, "PromptOnSecureDesktop", "Switch to the secure desktop when prompting for elevation", "road-10", _CLOSES),
    ), every=False, asks=True, gives="control", who="whoever is let in by another road"),
)  # fmt: skip
"""In the order in which they are reported; offers and invitations, which stand before them, have settings of their own."""
