"""Who won: which group policy or file decides each setting of a merged registry, and what it overrode.

Merging itself is applying one after the other, lowest precedence first (`Registry.apply`); deletions act when they are
applied. The helper list of a policy replaces those before it, since the editor empties the list first; lists of firewall
exceptions add up, since it does not (R28, R29).
"""

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from rasim.errors import Where
from rasim.policy.beside import LOCAL_GROUPS
from rasim.policy.mdm import MDM_WINS
from rasim.policy.registry import Action, Registry, RegistryEntry, describe
from rasim.policy.settings import FIREWALL, LOCAL_SETTINGS, SETTINGS, Setting
from rasim.words import printable


@frozen
class Said:
    """What one source says about a setting: its group policy if that is known, its words, and the place."""

    says: str
    gpo: str = ""
    where: Where | None = field(default=None, eq=False)
    beside: str = ""

    @property
    def source(self) -> str:
        """The name of the group policy or file that says it, and of what stands beside the policy's own values in it."""
        name = self.gpo or (self.where.file if self.where else "") or "an unnamed source"
        return printable(f"{name}, {self.beside}" if self.beside else name)


@frozen
class Won:
    """A setting, or one entry of a list, with what decides it and what that overrode, lowest precedence first."""

    setting: str
    by: Said
    overrode: tuple[Said, ...] = ()


_BESIDE: Final = (
    "",
    "security template",
    "preference",
    "preference of the user",
    "script",
)  # by how late it is applied


def won(registry: Registry) -> tuple[Won, ...]:
    """Return for each policy setting that is stated who won it; the computer's own preferences are no policy."""
    registry = registry.settled()
    profiles = (setting for profile in FIREWALL.values() for setting in profile.all())
    policies = (setting for setting in (*SETTINGS, MDM_WINS, *LOCAL_GROUPS, *profiles) if setting not in LOCAL_SETTINGS)
    return tuple(each for setting in policies for each in _won(registry, setting))


def _won(registry: Registry, setting: Setting) -> Iterator[Won]:
    if setting.value:
        last = next(iter(registry.find(setting)), None) or registry.find_deletion(setting)
        if last is not None:
            yield Won(_name(setting), _said(last), tuple(map(_said, registry.find_beaten(setting))))
        return
    for entry in registry.find_all(setting):
        name = f"{_name(setting)}, {printable(entry.name)}"
        yield Won(name, _said(entry), tuple(map(_said, registry.find_beaten(setting, entry.name))))
    emptied = registry.find_emptied(setting)
    beaten = registry.find_beaten(setting)
    if emptied is not None and beaten:
        yield Won(_name(setting), _said(emptied), tuple(map(_said, beaten)))


def _name(setting: Setting) -> str:
    """Return a setting's name; that of a firewall setting says its profile and list too."""
    below = setting.key.split("\\")
    if "WindowsFirewall" not in below:
        return str(setting)
    path = "\\".join(below[below.index("WindowsFirewall") + 1 :])
    return f"{path}, {setting.value}" if setting.value else path


def _said(entry: RegistryEntry) -> Said:
    if entry.action in {Action.SET, Action.SET_IF_ABSENT, Action.UNTOLD}:
        return Said(describe(entry), entry.gpo, entry.where, _beside(entry))
    with_key = entry.action in {Action.DELETE_KEY, Action.DELETE_SUBKEYS_NAMED}
    says = "emptied" if entry.action is Action.DELETE_ALL_VALUES else "deleted with its key" if with_key else "deleted"
    return Said(says, entry.gpo, entry.where, _beside(entry))


def _beside(entry: RegistryEntry) -> str:
    return "MDM" if entry.mdm else _BESIDE[entry.late]
