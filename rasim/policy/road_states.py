"""What policy files make of each road: open or not, whether the user is asked first, what it gives, whose it is, and why.

`read_roads` asks a registry for the rows of `roads.py`; `roads_of` puts offers and invitations before them. What cannot be read is
*cannot tell*, and so is all that would be comfort where a part of the policy is missing: a road is *no* only where a file says so.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

from attrs import evolve, field, frozen

from rasim.policy import settings
from rasim.policy.answer import Reason
from rasim.policy.registry import Action, Registry, RegistryEntry, RegType, describe, dword, stored, sz
from rasim.policy.roads import ROADS, Road, RoadSwitch, Says
from rasim.policy.stated import Mode, Preference, State, Stated
from rasim.policy.unclear import OF_ANYTHING, Unclear
from rasim.words import printable

if TYPE_CHECKING:
    from rasim.policy.offer import Policy

Opens = Literal["yes", "no", "not stated", "cannot tell"]
Asks = Literal["yes", "no", "cannot tell"]
Gives = Literal["nothing", "view", "control", "cannot tell"]


@frozen
class RoadState:
    """A road as the files have it: `asks` is None where nobody comes in, so that there is nothing to be asked."""

    road: str
    open: Opens = "not stated"
    asks: Asks | None = None
    gives: Gives = "cannot tell"
    who: tuple[str, ...] = ()
    because: tuple[Reason, ...] = field(default=(), eq=False)
    unclear: tuple[Unclear, ...] = field(default=(), eq=False)

    @property
    def given(self) -> str:
        """What it gives, as a sentence has it."""
        return "what cannot be told" if self.gives == "cannot tell" else self.gives

    @property
    def unasked(self) -> bool:
        """Whether somebody may come in without the user's yes: certainly, or because the file says that nobody is asked."""
        return self.open in {"yes", "cannot tell"} and self.asks == "no"

    @property
    def perhaps_unasked(self) -> bool:
        """Whether it cannot be told that somebody has to ask first."""
        return self.open in {"yes", "cannot tell"} and self.asks == "cannot tell"


@frozen
class _Read:
    """A switch as it stands there: what it says, None where that cannot be read, and the entry."""

    switch: RoadSwitch
    entry: RegistryEntry
    says: Says | None


def read_roads(registry: Registry) -> tuple[RoadState, ...]:
    """Return what a registry says of each road of the table. Never fails."""
    return tuple(_state(road, registry) for road in ROADS)


def _state(road: Road, registry: Registry) -> RoadState:
    read = [found for switch in road.switches if (found := _read(switch, registry)) is not None]
    if not read:
        return RoadState(road.name)
    because = tuple(_reason(road, each) for each in read)
    unclear = tuple(_doubt(each) for each in read if each.says is None)
    opened = _opens(road, read)
    if opened == "no":
        return RoadState(road.name, "no", None, "nothing", (), because, unclear)
    asks = [None if each.says is None else each.says.asks for each in read if _decides(each.switch, "asks")]
    if opened == "not stated" and not any(ask is not None for ask in asks) and not unclear:
        return RoadState(road.name, because=because)
    asked = asks[0] if asks else road.asks
    return RoadState(
        road.name,
        "yes" if opened == "yes" else "cannot tell",
        "cannot tell" if asked is None else "yes" if asked else "no",
        _given(road, read),
        _who(road, registry),
        because,
        unclear,
    )


def _decides(switch: RoadSwitch, what: str) -> bool:
    return any(getattr(says, what) is not None for says in switch.says.values())


def _given(road: Road, read: list[_Read]) -> Gives:
    """Return what a road gives: control where one switch gives it, the view alone where all that decide it say so."""
    deciding = [switch for switch in road.switches if _decides(switch, "gives")]
    gives = [None if each.says is None else each.says.gives for each in read if each.switch in deciding]
    if not deciding:
        return road.gives or "cannot tell"
    return "control" if "control" in gives else "view" if gives == ["view"] * len(deciding) else "cannot tell"


def _opens(road: Road, read: list[_Read]) -> Opens:
    """Return whether a road is open: one switch that closes it closes it where it needs `every` one, and all where it needs any."""
    deciding = [switch for switch in road.switches if _decides(switch, "open")]
    said = {id(each.switch): None if each.says is None else each.says.open for each in read if each.switch in deciding}
    closed = [value for value in said.values() if value is False]
    if closed and (road.every or len(closed) == len(deciding)):
        return "no"
    if any(said.values()):
        return "yes"
    return "cannot tell" if None in said.values() else "not stated"


def _read(switch: RoadSwitch, registry: Registry) -> _Read | None:
    """Return what the strongest of the settings that are stated says; what stands only where it may not count is not read."""
    for setting in (*switch.settings, *switch.perhaps):
        for entry in registry.find(setting)[:1]:
            return _Read(switch, entry, None if setting in switch.perhaps else _says(switch, entry))
    return None


def _says(switch: RoadSwitch, entry: RegistryEntry) -> Says | None:
    number = dword(entry)
    if number is None and switch.texts:
        number = {"1": 1, "true": 1, "yes": 1, "0": 0, "false": 0, "no": 0}.get((sz(entry) or "").strip().lower())
    return None if number is None else switch.says.get(number)


def _reason(road: Road, read: _Read) -> Reason:
    value = read.entry.name or read.switch.settings[0].value
    says = f"{value} is {describe(read.entry)}: {_in_words(read.says)}"
    return Reason(road.id, says, value, read.entry.where)


def _in_words(says: Says | None) -> str:
    if says is None:
        return "what it says cannot be told"
    words = (
        {True: "open", False: "closed", None: ""}[says.open],
        {True: "the user is asked first", False: "the user is not asked", None: ""}[says.asks],
        says.gives or "",
    )
    return ", ".join(filter(None, words)) or "nothing of it alone"


def _doubt(read: _Read) -> Unclear:
    setting, says = read.switch.settings[0], describe(read.entry)
    about, parts = ((str(setting), says, stored(read.entry)),), frozenset({setting.field})
    topic: Literal["untold", "value"] = "untold" if read.entry.action is Action.UNTOLD else "value"
    return Unclear(str(setting), says, setting.readings, read.entry.where, topic, about, parts)


def _who(road: Road, registry: Registry) -> tuple[str, ...]:
    for entry in () if road.listed is None else registry.find(road.listed)[:1]:
        several = entry.kind == RegType.MULTI_SZ
        names = entry.data.decode("utf-16-le", "replace").split("\0") if several else [sz(entry) or ""]
        return tuple(printable(name) for name in names if name)
    return (road.who,)


# ---- offers and invitations, which have settings of their own ------------------------------------------------


def roads_of(policy: "Policy") -> tuple[RoadState, ...]:
    """Return every road under a policy, offers and invitations first.

    Where something is missing from a policy, or an instruction could not be carried out, nothing is closed for certain.
    """
    found = (_offer(policy), _invitation(policy), *policy.roads)
    if any(doubt.topic in OF_ANYTHING for doubt in policy.unclear):
        asking = {"offer", "invitation", *(road.name for road in ROADS if road.asks)}
        return tuple(_uncertain(each, asks="yes" if each.road in asking else "cannot tell") for each in found)
    return found


def _uncertain(state: RoadState, asks: Asks) -> RoadState:
    if state.open == "yes":
        return state
    return evolve(state, open="cannot tell", asks=state.asks or asks, gives="cannot tell")


_MODES: Final[dict[Mode | None, Gives]] = {Mode.VIEW: "view", Mode.CONTROL: "control", None: "cannot tell"}


def _offer(policy: "Policy") -> RoadState:
    offer = policy.offer
    opened, helpers = _BY_STATE[offer.state], offer.helpers
    because = [
        _because("R1", f"offers are {offer.state.value} ({offer.stated.says})", settings.OFFER_STATE, offer.stated)
    ]
    if offer.state is State.ENABLED and all(helper.flaw for helper in helpers):
        opened = "cannot tell" if helpers else "no"
        says = "no entry of the list is an account in its right form" if helpers else "the list of helpers is empty"
        because.append(_because("R4", says, settings.OFFER_HELPERS, offer.helpers_stated))
    elif opened in {"yes", "cannot tell"}:
        because.append(_because("R3", f"the mode is {offer.mode_stated.says}", settings.OFFER_MODE, offer.mode_stated))
    return _asking("offer", opened, _MODES[offer.mode], tuple(map(str, helpers)), because)


def _invitation(policy: "Policy") -> RoadState:
    solicited, local = policy.solicited, policy.local
    opened, setting = _BY_STATE[solicited.state], settings.SOLICITED_STATE
    says = f"invitations are {solicited.state.value} ({solicited.stated.says})"
    because = [_because("R2", says, setting, solicited.stated)]
    if solicited.state is State.NOT_CONFIGURED and local.solicited is not Preference.ABSENT:
        opened = _BY_PREFERENCE[local.solicited]
        because.append(_because("R2", f"the computer's own switch is {local.solicited.value}", setting, local.stated))
    return _asking("invitation", opened, _MODES[solicited.mode], ("whoever has the user's invitation",), because)


_BY_PREFERENCE: Final[dict[Preference, Opens]] = {
    Preference.ON: "yes",
    Preference.OFF: "no",
    Preference.UNKNOWN: "cannot tell",
}
_BY_STATE: Final[dict[State, Opens]] = {
    State.NOT_CONFIGURED: "not stated",
    State.DISABLED: "no",
    State.ENABLED: "yes",
    State.UNKNOWN: "cannot tell",
}


def _because(rule: str, says: str, setting: settings.Setting, stated: Stated) -> Reason:
    return Reason(rule, says, str(setting), stated.where)


def _asking(name: str, opened: Opens, gives: Gives, who: tuple[str, ...], because: Iterable[Reason]) -> RoadState:
    """Return a road that asks the user whatever else is so: that is what the table of rules is about."""
    if opened == "no":
        return RoadState(name, "no", None, "nothing", (), tuple(because))
    if opened == "not stated":
        return RoadState(name, because=tuple(because))
    return RoadState(name, opened, "yes", gives, who, tuple(because))
