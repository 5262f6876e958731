r"""Keys that are almost those of a policy, so that what stands there is neither obeyed nor passed over. `doubted`.

A file names keys below its hive, `Software\policies\…`. What stands at `HKLM:\Software\…` (group policy can fail on it),
`Computer\HKEY_LOCAL_MACHINE\…`, with doubled backslashes (one to the kernel) or at the 32-bit `Software\WOW6432Node\…`
(newer systems share it) cannot be told. A blank at an edge, or / for \, makes another key, and a remark says so. A backslash
at the end is none of these (tests of regedit).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from attrs import evolve

from rasim.formats.reader_remarks import Remarks
from rasim.policy.names import fold
from rasim.policy.registry import MACHINE, USER, Action, RegistryEntry, might_matter, perhaps, stored
from rasim.policy.settings import fold_key, same_key
from rasim.policy.wanted import WANTED
from rasim.words import printable

_How = Literal["plain", "doubtful", "another"]
_USERS: Final = r"(?:USER|HKCU|HKU|HKEY_CURRENT_USER|HKEY_USERS|\.DEFAULT|S-1-[\d-]+)\b"
_ABOVE: Final = rf"COMPUTER|REGISTRY|MACHINE|HKLM|HKEY_LOCAL_MACHINE|MICROSOFT\.POWERSHELL\.CORE|{_USERS}"
_LEAD: Final = re.compile(rf"(?:[^\\/:]*:+[\\/]*|(?:{_ABOVE})?[\\/]+)*")  # drives and hives
_LONGEST: Final = 300  # characters beside backslashes; no spelling of a key that matters has more
_OF_VALUES: Final = frozenset({Action.SET, Action.SET_IF_ABSENT, Action.DELETE_VALUE, Action.UNTOLD})


def doubted(entries: Iterable[RegistryEntry], remarks: Remarks) -> Iterator[RegistryEntry]:
    """Yield entries as they are to be applied: those at a doubtful key say of the key that is meant that it cannot be told.

    What says the same as the file says at the plain key before leaves no doubt.
    """
    previous, plain, how, names = "", "", "plain", WANTED.get("", frozenset())
    said: dict[tuple[str, str, str], tuple[int, bytes]] = {}
    for entry in entries:
        if entry.key != previous:
            previous, (plain, how) = entry.key, _meant(entry.key)
            names = WANTED.get(same_key(plain), frozenset())
        name, sets = "" if names == frozenset() else fold(entry.name), entry.action is Action.SET
        if entry.hive not in {MACHINE, USER}:
            yield entry
        elif how == "doubtful" or (how == "another" and entry.hive == USER):
            yield entry if sets and said.get((entry.hive, plain, name)) == stored(entry) else _in_doubt(entry, plain)
        else:
            if not sets:
                said.clear()
            elif names is not None and name not in names:
                pass
            elif how == "another":
                remarks.add(f'"{printable(previous)}" is another key than the policy\'s: it does nothing', entry.where)
            else:
                said[entry.hive, plain, name] = stored(entry)
            yield entry


def _in_doubt(entry: RegistryEntry, plain: str) -> RegistryEntry:
    if entry.action in _OF_VALUES:
        return perhaps(evolve(entry, key=plain), f'Windows takes "{printable(entry.key)}" for the policy\'s key')
    if entry.action in {Action.CREATE_KEY, Action.IGNORED}:
        return entry
    return evolve(
        entry, key=plain, action=Action.UNKNOWN, spelling=f"{entry.spelling or entry.action.value} at {entry.key}"
    )


def _meant(key: str) -> tuple[str, _How]:
    """Return the key that a spelling means, folded, and how it is written: plainly, or so that Windows surely takes another."""
    if len(key) - key.count("\\") > _LONGEST or (might_matter(key) and not key.startswith("\\")):
        return fold_key(key[:_LONGEST]), "plain"
    below = _LEAD.sub("", folded := fold(key).rstrip("\\"), count=1)
    parts = re.split(r"[\\/]+", below)
    names = [part.strip() for part in parts]
    another = "/" in key or names != parts or re.search(_USERS, folded.removesuffix(below)) is not None
    plain = "\\".join(name for name in names if name != "WOW6432NODE")
    return (plain, "another" if another else "doubtful") if might_matter(plain) else (plain, "plain")
