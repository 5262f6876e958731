"""Value names that begin with two asterisks: what they order, and how an order is written as a name.

Registry.pol says deletions with them; LGPO text and PolicyRules take over the names that they have no word for. Case does
not matter in them. `entry_of` reads a value name, `written_name` writes one. Sources: "Registry Policy File Format" of the
Windows SDK, and real files.
"""

from typing import Final

from rasim.errors import Where
from rasim.formats.reader_remarks import cannot
from rasim.policy.names import fold
from rasim.policy.registry import MACHINE, Action, RegistryEntry, RegType, sz

# Names that take an argument: what follows the prefix is the value acted on.
_PREFIXES: Final = (("**DEL.", Action.DELETE_VALUE), ("**SOFT.", Action.SET_IF_ABSENT), ("**COMMENT:", Action.IGNORED))
# Names that stand alone. Every real file writes `**delvals.`; the SDK's page has no dot.
_INSTRUCTIONS: Final = {
    "**DELVALS.": Action.DELETE_ALL_VALUES,
    "**DELVALS": Action.DELETE_ALL_VALUES,
    "**DELETEVALUES": Action.DELETE_VALUES_NAMED,
    "**DELETEKEYS": Action.DELETE_SUBKEYS_NAMED,
    "**SECUREKEY": Action.IGNORED,
}
# How rasim writes an action; `parse` notes a name only where a file spells it otherwise.
_SPELLINGS: Final = {
    Action.DELETE_VALUE: "**del.",
    Action.SET_IF_ABSENT: "**soft.",
    Action.DELETE_ALL_VALUES: "**delvals.",
    Action.DELETE_VALUES_NAMED: "**DeleteValues",
    Action.DELETE_SUBKEYS_NAMED: "**DeleteKeys",
}

DELETE_SUBKEYS: Final = _SPELLINGS[Action.DELETE_SUBKEYS_NAMED]


def entry_of(key: str, written: str, kind: int, data: bytes, where: Where, hive: str = MACHINE) -> RegistryEntry:
    """Return the entry that a record with this value name is."""
    if written.startswith("**"):
        action, name, spelling = _instruction(written)
        return RegistryEntry(key, name, kind, data, where, action, hive, spelling)
    if not written and kind == RegType.NONE and not data:
        return RegistryEntry(key, "", kind, data, where, Action.CREATE_KEY, hive)
    return RegistryEntry(key, written, kind, data, where, Action.SET, hive)


def written_name(entry: RegistryEntry) -> str:
    """Return the value name that stands for an entry.

    Raises:
        UsageError: a real value whose name would be read as an instruction, or as the creation of its key; a value
            that could not be told.

    """
    if entry.action is Action.UNTOLD:
        cannot(entry, sz(entry) or "")
    if entry.action in {Action.IGNORED, Action.UNKNOWN} and (
        not entry.spelling.startswith("**") or _instruction(entry.spelling)[0] is Action.DELETE_ALL_VALUES
    ):
        cannot(entry, "no name with two asterisks says just this")
    if entry.spelling:
        return entry.spelling
    if entry.action in {Action.DELETE_VALUE, Action.SET_IF_ABSENT}:
        return _SPELLINGS[entry.action] + entry.name
    if entry.action in _SPELLINGS:
        return _SPELLINGS[entry.action]
    if entry.action is Action.SET and entry.name.startswith("**"):
        cannot(entry, "its name would be read as an instruction")
    if entry.action is Action.SET and not entry.name and entry.kind == RegType.NONE and not entry.data:
        cannot(entry, "a default value without type and data would be read as the creation of its key")
    return entry.name


def subkey_of(entry: RegistryEntry) -> tuple[str, str]:
    """Return the key above and the name by which the deletion of a key is written there, as that of a subkey.

    Raises:
        UsageError: such lists are divided by semicolons, and blanks around names do not count.

    """
    above, _, subkey = entry.key.strip("\\").rpartition("\\")
    if not subkey or ";" in subkey or subkey != subkey.strip():
        cannot(entry, "its name would be read as other names, or as none")
    return above, subkey


def _instruction(written: str) -> tuple[Action, str, str]:
    """Return what a name with two asterisks orders: action, value acted on, and the spelling if it is unusual."""
    upper = fold(written)
    for prefix, action in _PREFIXES:
        if upper.startswith(prefix):
            name = written[len(prefix) :]
            return action, name, "" if _SPELLINGS.get(action, "*") + name == written else written
    action = _INSTRUCTIONS.get(upper, Action.UNKNOWN)
    return action, "", "" if _SPELLINGS.get(action) == written else written
