r"""The registry's own copy of what MDM said, `HKLM\SOFTWARE\Microsoft\PolicyManager`, where a file shows it: `managed`.

    …\current\device\AREA             POLICY_ProviderSet, POLICY_WinningProvider; POLICY itself where it is not ADMX-backed
    …\providers\{id}\default\Device\AREA      POLICY = <enabled/>…  or a number

Nothing reads such keys but Windows, and they say what the policy keys say in other words: a .reg with nothing else in it would look as if
nothing were configured. So each policy that is known becomes entries (`csp_policies.py`). One that is set by somebody, where the file does
not hold the provider's key, cannot be told; neither can one on which providers disagree. Seen in published exports and scripts.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import Factory, define

from rasim.formats.csp_policies import csp_policy, entries_of_value, of_no_matter, unread_of_mdm, untold_policy
from rasim.policy.mdm import POLICY_MANAGER
from rasim.policy.names import fold
from rasim.policy.registry import MACHINE, Action, RegistryEntry, dword, sz
from rasim.policy.settings import fold_key

_HERE: Final = fold_key(POLICY_MANAGER)
_KEY: Final = re.compile(
    re.escape(_HERE) + r"\\(?:CURRENT|PROVIDERS\\(?P<provider>[^\\]+)\\DEFAULT)\\(?P<scope>[^\\]+)\\(?P<area>[^\\]+)"
)
_NOTES: Final = re.compile(r"(?P<name>.+)_(?P<note>PROVIDERSET|WINNINGPROVIDER|LASTWRITE|ADMXINSTANCEDATA)")
_Policy = tuple[str, str, str]
"""CspScope, area and name, folded."""


@define
class _Said:
    """What the file says of a policy: its value by whoever set it ("" is the current one), whether it is set, and who won."""

    values: dict[str, RegistryEntry] = Factory(dict)
    notes: dict[str, RegistryEntry] = Factory(dict)

    @property
    def first(self) -> RegistryEntry:
        return next(iter((*self.values.values(), *self.notes.values())))


def managed(entries: Iterable[RegistryEntry]) -> Iterator[RegistryEntry]:
    """Yield all entries as they are, and at the end what those of PolicyManager say of policies."""
    previous, match, below = "", None, False
    said: dict[_Policy, _Said] = {}
    for entry in entries:
        yield entry
        if entry.key != previous:
            previous = entry.key
            key = fold_key(entry.key) if len(entry.key) < 1000 else ""
            match, below = _KEY.fullmatch(key), key.startswith(_HERE) or _HERE.startswith(f"{key}\\")
        if below and entry.hive == MACHINE and not entry.mdm:
            if match is not None and entry.action in {Action.SET, Action.SET_IF_ABSENT, Action.UNTOLD}:
                _note(said, match, entry)
            elif entry.action not in {Action.CREATE_KEY, Action.IGNORED}:
                _forget(said, fold_key(entry.key), entry)
    for (scope, area, name), told in said.items():
        yield from _policy(scope, area, name, told)


def _note(said: dict[_Policy, _Said], match: re.Match[str], entry: RegistryEntry) -> None:
    folded = fold(entry.name)
    about = _NOTES.fullmatch(folded)
    area, name = match["area"], about["name"] if about else folded
    if (about and about["note"] == "LASTWRITE") or (csp_policy(area, name) is None and of_no_matter(area, name)):
        return
    told = said.setdefault((match["scope"], area, name), _Said())
    if about:
        told.notes[about["note"]] = entry
    else:
        told.values[match["provider"] or ""] = entry


def _forget(said: dict[_Policy, _Said], key: str, entry: RegistryEntry) -> None:
    """Take out what a deletion takes: a value of a key, or all of it and below it."""
    name = fold(entry.name) if entry.action is Action.DELETE_VALUE else ""
    for policy, told in list(said.items()):
        for kept in (told.values, told.notes):
            for who, each in list(kept.items()):
                here = f"{fold_key(each.key)}\\".startswith(f"{key}\\" if key else "")
                if here and (not name or fold(each.name) == name):
                    del kept[who]
        if not told.values and not told.notes:
            del said[policy]


def _policy(scope: str, area: str, name: str, said: _Said) -> Iterator[RegistryEntry]:
    policy, where = csp_policy(area, name), said.first.where
    if policy is None or (policy.scope == "device") != (scope == "DEVICE"):
        yield unread_of_mdm(f"{where.file}: PolicyManager, {area}/{name} of {scope}", where)
        return
    value, why = _value(said)
    if value is not None:
        number = dword(value)
        yield from entries_of_value(policy, str(number) if number is not None else sz(value) or "", value.where)
    elif why:
        yield from untold_policy(policy, why, where)


def _value(said: _Said) -> tuple[RegistryEntry | None, str]:
    """Return the value that counts, or why it cannot be told; neither where nothing is set."""
    given = list(said.values.values())
    by, winner = said.notes.get("WINNINGPROVIDER"), None
    if by is not None:
        winner = said.values.get(fold((sz(by) or "").strip()))
    if winner is not None:
        given = [winner, *([said.values[""]] if "" in said.values else [])]
    if any(each.action is not Action.SET for each in given):
        return None, "the file says of its value that it may not be so"
    if len({(each.kind, each.data) for each in given}) > 1:
        return None, "its providers disagree, and the file does not say which of them won"
    if given:
        return given[0], ""
    set_ = said.notes.get("PROVIDERSET")
    if set_ is not None and dword(set_) == 0:
        return None, ""
    return None, "it is set, and the provider's key that says how is not in this file"
