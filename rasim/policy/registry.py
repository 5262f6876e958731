"""Registry entries, and the registry that results from applying them one after the other.

`RegistryEntry` is the currency of every reader: one record of a Registry.pol, one value line of a .reg. `Registry` is
what is left when entries of one or many files were applied in order; deletions act when they are applied, so a value
written after a deletion survives and a value deleted by a later file is gone (R28, R29). It keeps only what the table
of settings asks for, with the entry that set or deleted it, and counts the rest: memory does not grow with a file's size.
"""

from collections.abc import Iterable, Iterator
from enum import Enum, IntEnum
from typing import Final, Self, assert_never

from attrs import Factory, define, evolve, field, frozen

from rasim.errors import Where
from rasim.policy.mdm import MDM_WINS
from rasim.policy.names import fold
from rasim.policy.roads import USER_HALF
from rasim.policy.settings import OFFER_MODE, OFFER_STATE, Setting, fold_key, same_key
from rasim.policy.wanted import ANCESTORS, WANTED
from rasim.words import plural, printable

MACHINE: Final = "HKEY_LOCAL_MACHINE"
"""The hive of every Remote Assistance policy (class=Machine); in a user's hive only what `roads.py` names decides anything."""

USER: Final = "HKEY_CURRENT_USER"
"""The hive of the user's half of a policy."""


class RegType(IntEnum):
    """The registry's own numbers for the type of a value."""

    NONE = 0
    SZ = 1
    EXPAND_SZ = 2
    BINARY = 3
    DWORD = 4
    DWORD_BIG_ENDIAN = 5
    LINK = 6
    MULTI_SZ = 7
    RESOURCE_LIST = 8
    FULL_RESOURCE_DESCRIPTOR = 9
    RESOURCE_REQUIREMENTS_LIST = 10
    QWORD = 11


_KIND_NAMES: Final = {int(kind): f"REG_{kind.name}" for kind in RegType}


class Action(Enum):
    """What an entry does when it is applied (Registry.pol says it with value names that begin with two asterisks)."""

    SET = "set"
    SET_IF_ABSENT = "set if absent"
    DELETE_VALUE = "delete value"
    DELETE_VALUES_NAMED = "delete values named"
    DELETE_ALL_VALUES = "delete all values"
    DELETE_KEY = "delete key"
    DELETE_SUBKEYS_NAMED = "delete subkeys named"
    CREATE_KEY = "create key"
    UNTOLD = "cannot be told"  # the file says that it cannot say: a report in unknown words, or made without the right
    IGNORED = "ignored"  # known to change no value: a comment, an access list
    UNKNOWN = "unknown"  # an instruction nobody documented: kept as a diagnostic, never as a value


@frozen
class RegistryEntry:
    """One instruction of a policy file: do `action` to the value `name` of `key`.

    `kind` is a `RegType` or a number nobody named; `data` is stored bytes, little endian, text as UTF-16 with its
    terminator. `spelling` is the name as the file writes it where that is not the usual spelling of the action, so
    that a file can be written back byte for byte. `gpo` names the group policy that the entry is from, where that is known.
    Two entries that say the same are equal wherever they stand.

    An entry that is *cannot be told* is a value like others, with the reason as its text: it takes the place of what lower
    policies say, and no one can read it as a number.

    What is not in a Registry.pol is applied by another part of Windows, `late` ones after those of all policies: 1 for security
    templates, 2 and 3 for preferences; a script (`SCRIPT`) before or after. It may count on a condition (`only_if`). What device
    management says is `mdm`: whatever its order, it meets what group policies come to.
    """

    key: str
    name: str
    kind: int
    data: bytes
    where: Where = field(factory=Where, eq=False)
    action: Action = Action.SET
    hive: str = MACHINE
    spelling: str = ""
    gpo: str = field(default="", eq=False)
    late: int = 0
    only_if: str = ""
    mdm: bool = False


DELETION_DATA: Final = " \0".encode("utf-16-le")  # what the policy editor stores for a deletion; it means nothing


def untold(setting: Setting, why: str, where: Where) -> RegistryEntry:
    """Return the entry by which a reader says that what a setting is cannot be told from its file, and why."""
    data = f"{why}\0".encode("utf-16-le")
    return RegistryEntry(setting.key, setting.value, RegType.SZ, data, where, Action.UNTOLD)


ONLY_IF: Final = "counts only if"
SCRIPT: Final = 4  # how late a script is: when it is run nobody knows
AFTERWARDS: Final = "it is applied after the policy and stays so; the policy says"
WHENEVER: Final = "the script is run last; what stands there says"


def perhaps(entry: RegistryEntry, condition: str) -> RegistryEntry:
    """Return that an entry may count or not, on a condition that no file decides."""
    what = "a deletion" if entry.action is Action.DELETE_VALUE else describe(entry)
    data = f"{what} {ONLY_IF} {condition}\0".encode("utf-16-le")
    return evolve(entry, kind=RegType.SZ, data=data, action=Action.UNTOLD)


def dword(entry: RegistryEntry) -> int | None:
    """Return the number of a DWORD of exactly 4 bytes, None for everything else (A16)."""
    if entry.kind != RegType.DWORD or len(entry.data) != 4:
        return None
    return int.from_bytes(entry.data, "little")


def sz(entry: RegistryEntry) -> str | None:
    """Return the text of a value of a text type without its terminator, None if the type or the bytes are not text."""
    if entry.kind not in {RegType.SZ, RegType.EXPAND_SZ}:
        return None
    return utf16_text(entry.data)


def utf16_text(data: bytes) -> str | None:
    """Return UTF-16 data as text without the terminator, None if it has an odd length or a NUL inside."""
    if len(data) % 2:
        return None
    decoded = data.decode("utf-16-le", "surrogatepass").removesuffix("\0")
    return None if "\0" in decoded else decoded


def describe(entry: RegistryEntry) -> str:
    """Return the stored value as a person would say it: `REG_DWORD 1`, `REG_SZ "1"`, `REG_BINARY of 3 bytes`."""
    if entry.action is Action.UNTOLD:
        return f"cannot be told: {sz(entry) or ''}"
    kind = _KIND_NAMES.get(entry.kind, f"type {entry.kind}")
    if (number := dword(entry)) is not None:
        return f"{kind} {number}"
    words = sz(entry)
    if words is None:
        return f"{kind} of {plural(len(entry.data), 'byte')}"
    longest = 80  # characters; a name that fills a screen hides the sentence around it
    return f'{kind} "{printable(words[:longest])}{"..." if len(words) > longest else ""}"'


def stored(entry: RegistryEntry) -> tuple[int, bytes]:
    """Return what is stored, whatever a person would say of it: kind and data. Two values are the same if this is."""
    return int(entry.kind), entry.data


def source_of(entry: RegistryEntry) -> tuple[str, str]:
    """Return what an entry is from: its group policy if that is known, and its file."""
    return entry.gpo, entry.where.file


@define
class _Key:
    """What is known of one wanted key: live values, and the entries that deleted others; names folded.

    `beaten` holds, for each name, what entries of other sources said before: who won is who stands last.
    """

    values: dict[str, RegistryEntry] = Factory(dict)
    deleted: dict[str, RegistryEntry] = Factory(dict)
    emptied: RegistryEntry | None = None
    beaten: dict[str, tuple[RegistryEntry, ...]] = Factory(dict)

    def copy(self) -> Self:
        return type(self)(dict(self.values), dict(self.deleted), self.emptied, dict(self.beaten))

    def set(self, name: str, entry: RegistryEntry) -> None:
        self._beat(name, entry)
        self.values[name] = entry

    def clear(self, by: RegistryEntry) -> None:
        for name in self.values:
            self._beat(name, by)
        self.values.clear()
        self.deleted.clear()
        self.emptied = by

    def delete(self, name: str, by: RegistryEntry) -> None:
        self._beat(name, by)
        self.values.pop(name, None)
        self.deleted[name] = by

    def _beat(self, name: str, by: RegistryEntry) -> None:
        before = self.values.get(name) or self.deleted.get(name)
        if before is not None and source_of(before) != source_of(by):
            self.beaten[name] = (*self.beaten.get(name, ()), before)


@define
class Registry:
    """The state that results from entries applied in the order they are given.

    `applied` counts all of them. `unknown` holds the first hundred instructions on keys that
    matter which nobody documented or which cannot be carried out, `elsewhere` the first hundred values that would
    matter and stand in a user's hive, where they decide nothing. `repeated` are the first hundred entries of a list
    whose name the same source had written before in other letters. `late` are entries that Windows applies after all policies,
    whatever their order, and `mdm` those of device management: `settled` is the state with them.
    """

    applied: int = 0
    unknown: list[RegistryEntry] = Factory(list)
    elsewhere: list[RegistryEntry] = Factory(list)
    repeated: list[RegistryEntry] = Factory(list)
    late: list[RegistryEntry] = Factory(list)
    mdm: list[RegistryEntry] = Factory(list)
    _keys: dict[str, _Key] = Factory(dict)

    @classmethod
    def of(cls, entries: Iterable[RegistryEntry]) -> Self:
        """Return the registry that results from `entries` alone."""
        return cls().apply(entries)

    def apply(self, entries: Iterable[RegistryEntry], gpo: str = "") -> Self:
        """Apply `entries` in order on top of what is there, and return this registry.

        `gpo` is the name of the group policy that they are from, where they do not say it themselves.
        An error of the reader passes through and leaves the registry half applied: throw it away (R27).
        """
        previous, wanted = "", False
        for entry in entries:
            self.applied += not entry.mdm  # what a file tells of MDM stands for a record that was counted
            # Files keep the values of a key together, so most keys are judged once.
            if entry.key != previous:
                previous, wanted = entry.key, might_matter(entry.key)
            mine = entry if entry.hive == MACHINE else _of_a_user(entry)
            if mine is not None and (wanted or mine is not entry):
                mine = evolve(mine, gpo=gpo) if gpo and not mine.gpo else mine
                if mine.mdm:
                    self.mdm.append(mine)
                elif mine.late:
                    self.late.append(mine)
                else:
                    self._apply(mine)
            elif wanted and entry.action is Action.SET and len(self.elsewhere) < _ENOUGH:
                names = WANTED.get(fold_key(entry.key), frozenset())
                self.elsewhere += [entry] if names is None or fold(entry.name) in names else []
        return self

    def copy(self) -> Self:
        """Return a registry with the same state that can be changed without changing this one."""
        keys = {key: known.copy() for key, known in self._keys.items()}
        lists = (list(self.unknown), list(self.elsewhere), list(self.repeated), list(self.late), list(self.mdm))
        return type(self)(self.applied, *lists, keys)

    def settled(self) -> Self:
        """Return the state after what MDM says and all that is applied late, by this registry's copy.

        Where such an entry says otherwise than a policy did it is applied last (docs/reference/policy-files.md has the source),
        and yet the policy may be applied again alone: it cannot be told which one stands there, unless it lets more people in.
        """
        return self.copy().settle() if self.late or self.mdm else self

    def settle(self) -> Self:
        """Apply what MDM says and what is applied late, once and for all, and return this registry."""
        for each in list(self._of_mdm()):
            self._apply(each)
        self.mdm = []
        late, self.late = sorted(self.late, key=lambda entry: entry.late), []
        for entry in late:
            for each in list(self._one_by_one(entry)):
                self._apply(each)
        return self

    def _one_by_one(self, entry: RegistryEntry) -> Iterator[RegistryEntry]:
        """Yield what a late entry comes to where it meets what stands there; a deletion of many one by one."""
        folded, deep = fold_key(entry.key), entry.action is Action.DELETE_KEY
        if not deep and entry.action is not Action.DELETE_ALL_VALUES:
            known = self._keys.get(folded, _Key())
            gone = fold(entry.name) in known.deleted or known.emptied is not None
            yield from _met(entry, known.values.get(fold(entry.name)), gone=gone)
            return
        for key, known in self._keys.items():
            for before in known.values.values() if key == folded or (deep and key.startswith(f"{folded}\\")) else ():
                deletion = evolve(entry, key=key, name=before.name, action=Action.DELETE_VALUE)
                yield from _met(deletion, before, gone=False)

    def _of_mdm(self) -> Iterator[RegistryEntry]:
        """Yield what MDM comes to where it meets what group policies left: one word for each value that it speaks of.

        Several profiles that disagree, and MDM against group policy where nobody says which wins, make a value that cannot be told.
        """
        sources: dict[tuple[str, str], list[RegistryEntry]] = {}
        for entry in self.mdm:
            sources.setdefault(source_of(entry), []).append(entry)
        words = [_mdm_words(source) for source in sources.values()]
        slots = dict.fromkeys(slot for each in words for slot in each)
        agreed = {slot: _agreed(slot, words) for slot in slots}
        says = agreed.get((fold_key(MDM_WINS.key), fold(MDM_WINS.value)))
        wins = says is not None and dword(says) == 1
        for (key, name), word in agreed.items():
            known = self._keys.get(key, _Key())
            if name == EVERY_OTHER:
                others = [each for each in known.values if (key, each) not in agreed]
                yield from (
                    _against(evolve(word, name=each, action=Action.DELETE_VALUE), known, wins=wins) for each in others
                )
                yield from () if known.values else (word,)
            else:
                yield _against(evolve(word, key=key), known, wins=wins)

    def find(self, setting: Setting) -> tuple[RegistryEntry, ...]:
        """Return the live values of a setting: at most one for a policy, one for each control set for a preference.

        The current control set comes first, then the numbered ones in the order they were met.
        """
        return self.find_value(setting.key, setting.value)

    def find_value(self, key: str, name: str) -> tuple[RegistryEntry, ...]:
        """Return the live values `name` under `key` and, for a key of the control set, under its numbered twins."""
        return tuple(entry for known in self._twins(key) if (entry := known.values.get(fold(name))))

    def find_all(self, setting: Setting) -> tuple[RegistryEntry, ...]:
        """Return all live values of the setting's key, in the order they were first set, then those of its numbered twins."""
        return tuple(entry for known in self._twins(setting.key) for entry in known.values.values())

    def _twins(self, key: str) -> list[_Key]:
        """Return what is known of a key, then of its twins in numbered control sets as they were met."""
        folded = fold_key(key)
        found = [(twin, known) for twin, known in self._keys.items() if same_key(twin) == folded]
        return [known for _, known in sorted(found, key=lambda each: each[0] != folded)]

    def find_deletion(self, setting: Setting) -> RegistryEntry | None:
        """Return the entry that last deleted this setting (for a list: its last value), if it is gone for that."""
        known = self._keys.get(fold_key(setting.key))
        if known is None or (known.values if not setting.value else fold(setting.value) in known.values):
            return None
        if setting.value:
            return known.deleted.get(fold(setting.value)) or known.emptied
        return next(reversed(known.deleted.values()), None) or known.emptied

    def find_emptied(self, setting: Setting) -> RegistryEntry | None:
        """Return the entry that last deleted all values of the setting's key, None if none did."""
        return next((known.emptied for known in self._twins(setting.key) if known.emptied), None)

    def last_words(self) -> dict[tuple[str, str], RegistryEntry]:
        """Return what set or deleted each value last, by folded key and name; `EVERY_OTHER` for all others of a list that was emptied."""
        said: dict[tuple[str, str], RegistryEntry] = {}
        for key, known in self._keys.items():
            if known.emptied:
                said |= {(key, name): known.emptied for name in WANTED[same_key(key)] or (EVERY_OTHER,)}
            said |= {(key, name): entry for name, entry in (known.deleted | known.values).items()}
        return said

    def find_beaten(self, setting: Setting, name: str = "") -> tuple[RegistryEntry, ...]:
        """Return what other sources said about a setting before the one that won, in the order they were applied.

        For a list `name` is one of its values; without it all that is no longer in the list is returned.
        """
        known = self._keys.get(fold_key(setting.key))
        if known is None:
            return ()
        if setting.value or name:
            return known.beaten.get(fold(setting.value or name), ())
        gone = (entry for folded, beaten in known.beaten.items() if folded not in known.values for entry in beaten)
        return tuple(entry for entry in gone if entry.action is Action.SET)

    def _apply(self, entry: RegistryEntry) -> None:
        if entry.action is Action.UNKNOWN or (entry.action in _NAMING and utf16_text(entry.data) is None):
            self.unknown += [entry] if len(self.unknown) < _ENOUGH else []
            return
        match entry.action:
            case Action.DELETE_KEY:
                self._delete_keys(fold_key(entry.key), entry)
            case Action.DELETE_SUBKEYS_NAMED:
                for name in _names(entry):
                    self._delete_keys(f"{fold_key(entry.key)}\\{name}".strip("\\"), entry)
            case Action.CREATE_KEY | Action.IGNORED:
                pass
            case (
                Action.SET
                | Action.SET_IF_ABSENT
                | Action.DELETE_VALUE
                | Action.DELETE_VALUES_NAMED
                | Action.DELETE_ALL_VALUES
                | Action.UNTOLD
            ):
                self._apply_value(entry, fold_key(entry.key))
            case _:
                assert_never(entry.action)

    def _apply_value(self, entry: RegistryEntry, folded: str) -> None:
        if same_key(folded) not in WANTED:
            return
        names = WANTED[same_key(folded)]
        known = self._keys.setdefault(folded, _Key())
        name = fold(entry.name)
        wanted = names is None or name in names
        match entry.action:
            case Action.SET | Action.UNTOLD if wanted:
                self._note_repeated(known.values.get(name), entry)
                known.set(name, entry)
            case Action.SET_IF_ABSENT if wanted and name not in known.values:
                gone = name in known.deleted or known.emptied is not None
                known.set(name, entry if gone else perhaps(entry, "nothing stands there yet (**soft.)"))
            case Action.DELETE_VALUE if wanted:
                known.delete(name, entry)
            case Action.DELETE_VALUES_NAMED:
                for each in _names(entry):
                    if names is None or each in names:
                        known.delete(each, entry)
            case Action.DELETE_ALL_VALUES:
                known.clear(entry)
            case _:
                pass

    def _note_repeated(self, before: RegistryEntry | None, entry: RegistryEntry) -> None:
        same = before is not None and before.name != entry.name and source_of(before) == source_of(entry)
        if same and WANTED.get(fold_key(entry.key), ()) is None and len(self.repeated) < _ENOUGH:
            self.repeated.append(entry)

    def _delete_keys(self, target: str, by: RegistryEntry) -> None:
        same = same_key(target)
        if same not in ANCESTORS:
            return
        for wanted in WANTED:
            if wanted == same or wanted.startswith(same + "\\"):
                self._keys.setdefault(target + wanted[len(same) :], _Key())
        for folded, known in self._keys.items():
            if folded == target or folded.startswith(target + "\\"):
                known.clear(by)


def _mdm_words(profile: Iterable[RegistryEntry]) -> dict[tuple[str, str], RegistryEntry]:
    """Return what one profile says last of each value."""
    alone = Registry()
    for entry in profile:
        alone._apply(entry)  # noqa: SLF001  (it was in a registry before, with its key as that keeps it)
    return alone.last_words()


def _agreed(slot: tuple[str, str], words: list[dict[tuple[str, str], RegistryEntry]]) -> RegistryEntry:
    """Return what all profiles say of a value that speak of it, or of the list that it would stand in."""
    key, name = slot
    said = [word for each in words if (word := each.get(slot) or each.get((key, EVERY_OTHER)))]
    kept = next((word for word in said if word.action in _KEPT), said[0])
    if name == EVERY_OTHER or all(_same(kept, word) for word in said):
        return kept
    other = next(word for word in said if not _same(kept, word))
    return _either(kept, f"another profile says otherwise ({other.where}), and which of them counts is not documented")


def _against(word: RegistryEntry, known: _Key, *, wins: bool) -> RegistryEntry:
    """Return what MDM's word on a value comes to where group policy may speak of it too."""
    name = fold(word.name)
    before = known.values.get(name) or known.deleted.get(name) or known.emptied
    if before is None or _same(word, before) or (wins and before.where.file != word.where.file):
        return word
    ours, theirs = (describe(each) if each.action in _KEPT else "nothing" for each in (word, before))
    why = f"{ours} by MDM, {theirs} by group policy ({before.where}), and which of them wins is documented for MDMWinsOverGP 1 alone"
    return _either(word if word.action in _KEPT else evolve(before, where=word.where, gpo=word.gpo, mdm=True), why)


def _same(one: RegistryEntry, other: RegistryEntry) -> bool:
    """Tell whether two words on a value leave the same there."""
    both = (one.action in _KEPT, other.action in _KEPT)
    return both == (False, False) or (
        both == (True, True) and one.action == other.action and stored(one) == stored(other)
    )


def _either(entry: RegistryEntry, why: str) -> RegistryEntry:
    return evolve(entry, kind=RegType.SZ, data=f"{why}\0".encode("utf-16-le", "surrogatepass"), action=Action.UNTOLD)


EVERY_OTHER: Final = "\0every other"
"""Stands for the values of a list that nobody names: no value of a file is called so, and one may be called `*`."""

_KEPT: Final = frozenset({Action.SET, Action.SET_IF_ABSENT, Action.UNTOLD})
_LOUD: Final = {(fold_key(setting.key), fold(setting.value)) for setting in (OFFER_STATE, OFFER_MODE)}


def _met(entry: RegistryEntry, before: RegistryEntry | None, *, gone: bool) -> Iterator[RegistryEntry]:
    """Yield what a late entry comes to where `before` stands, or nothing does: it may be `gone`, for certain."""
    if before is None and entry.action is Action.SET_IF_ABSENT:
        only_if = entry.only_if or "nothing stands there yet"
        yield evolve(entry, action=Action.SET) if gone and not entry.only_if else perhaps(entry, only_if)
    if entry.action is Action.SET_IF_ABSENT or (entry.action is Action.DELETE_VALUE and before is None):
        return
    if before is not None and entry.action is Action.SET and stored(before) == stored(entry):
        return  # nothing changes, whatever the condition
    loud = dword(entry) == 1 and (fold_key(entry.key), fold(entry.name)) in _LOUD
    contradicts = before is not None and before.late < entry.late and not loud
    told = (
        f"{WHENEVER if entry.late == SCRIPT else AFTERWARDS} {describe(before)}"
        if before is not None and contradicts
        else ""
    )
    yield perhaps(entry, entry.only_if or told) if entry.only_if or told else entry


_NAMING: Final = frozenset({Action.DELETE_VALUES_NAMED, Action.DELETE_SUBKEYS_NAMED})
_USERS: Final = fold(USER_HALF)  # no key of a file: it stands before those of a user's hive
_ENOUGH: Final = 100  # one unknown instruction makes a policy unclear; a million of them say no more
_LONGEST: Final = max(map(len, WANTED)) + 16  # backslashes at the ends are read over


def might_matter(key: str) -> bool:
    """Tell whether a key is one that rasim asks for, or above one."""
    if len(key) > _LONGEST:
        return False
    folded = same_key(fold_key(key))
    return not folded or (folded in ANCESTORS and not folded.startswith(_USERS))


def _of_a_user(entry: RegistryEntry) -> RegistryEntry | None:
    """Return an entry of a user's hive with its key as it stands among those that are kept; None where it means nothing there.

    Of `HKEY_USERS` the part that names the user is left out: each of them is *the* user.
    """
    key = entry.key.partition("\\")[2] if entry.hive == "HKEY_USERS" else entry.key
    folded = fold_key(rf"{USER_HALF}\{key}")
    if entry.hive not in {"HKEY_USERS", USER} or len(folded) > _LONGEST or folded not in ANCESTORS:
        return None
    named = entry.action is not Action.SET or fold(entry.name) in (WANTED.get(folded) or ())
    return evolve(entry, key=rf"{USER_HALF}\{key}") if named else None


def _names(entry: RegistryEntry) -> list[str]:
    """Return the folded names that the data of `**DeleteValues` or `**DeleteKeys` lists, divided by semicolons."""
    return [fold(name.strip()).strip("\\") for name in (utf16_text(entry.data) or "").split(";") if name.strip()]
