r"""The folder of a group policy: a backup as GPMC makes it, the folder in SYSVOL, the local policy of one computer.

    {backup id}/Backup.xml, bkupInfo.xml, gpreport.xml, DomainSysvol/GPO/Machine/registry.pol     a backup
    {GPO id}/GPT.INI, Machine/Registry.pol                                                        SYSVOL, GroupPolicy

`is_gpo` tells whether the files of a folder are one, `read_gpo` reads it: the machine's Registry.pol says what the policy
is, the user's what that half decides of other roads to the screen, the notes beside them whose it is and which halves are
on, the report where it is linked. A folder without the machine's configures nothing, unless a note lists the file: then it
is missing. A report that disagrees with it is noticed. Names are compared without case: GPMC writes `registry.pol` and
`Registry.pol`. A backup's folder is named by the id of the backup, not of the policy.

Whether a group policy is filtered (security, WMI) or a half of it switched off stands in the directory; a folder in SYSVOL
does not say it. Sources: real backups (domain 3.5); GPT.INI is remembered.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from attrs import evolve, frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats import gpo_report, registry_pol
from rasim.formats.doubtful_keys import doubted
from rasim.formats.reader_remarks import Remark, Remarks
from rasim.formats.report_words import IN_ENGLISH, Words
from rasim.formats.xml_text import elements
from rasim.policy.names import fold
from rasim.policy.offer import Policy, read_policy
from rasim.policy.precedence import Gpo
from rasim.policy.registry import USER, Registry, RegistryEntry
from rasim.policy.stated import State
from rasim.words import printable

_Bytes = bytes | PolicyFileError
"""The bytes of a file, or why it could not be opened."""

_MACHINE: Final = ("DOMAINSYSVOL/GPO/MACHINE/REGISTRY.POL", "MACHINE/REGISTRY.POL")
_USER: Final = ("DOMAINSYSVOL/GPO/USER/REGISTRY.POL", "USER/REGISTRY.POL")
NOTE, SCHEME, REPORT, GPT = "BKUPINFO.XML", "BACKUP.XML", "GPREPORT.XML", "GPT.INI"
FILES: Final = frozenset({*_MACHINE, *_USER, NOTE, SCHEME, REPORT, GPT})
"""The files of such a folder that are read, by their paths below it, folded; no other is opened."""

_MARKS: Final = FILES - {REPORT}
_GUID: Final = re.compile(r"\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}", re.IGNORECASE)


@frozen
class GpoRead:
    """A folder that was read: whose policy it is, its records, what they make of a registry, and remarks."""

    folder: str
    gpo: Gpo
    entries: int
    registry: Registry
    remarks: tuple[Remark, ...] = ()


def is_gpo(paths: Iterable[str]) -> bool:
    """Tell whether a folder with these files (paths below it, divided by /) is that of one group policy."""
    return not _MARKS.isdisjoint(map(fold, paths))


def read_gpo(
    folder: str, files: Mapping[str, tuple[str, _Bytes]], onto: Registry | None = None, *, words: Words = IN_ENGLISH
) -> GpoRead:
    """Read the folder of a group policy, given as path below it -> (name for messages, bytes), and apply it to `onto`.

    `onto` itself stays as it is. A computer half that is switched off applies nothing, and a remark says so.

    Raises:
        PolicyFileError: a file of it cannot be read, or one that it lists is missing; there is no partial result (R27).

    """
    by_path = _by_path(files)
    gpo, report = _whose(folder, by_path, words)
    name, data = _machine(folder, by_path)
    before = Registry() if onto is None else onto
    noted = Remarks()
    entries = [] if data is None else list(doubted(registry_pol.parse(data, name), noted))
    of_user = list(doubted(_of_user(by_path), noted))
    if not gpo.computer:
        noted.add(gpo_report.HALF_OFF, Where(folder), "half disabled")
    alone = read_policy(Registry.of(entries))
    if report is not None and gpo.computer and (differs := _differs(alone, report)):
        message = f"the report beside it says otherwise about {', '.join(differs)}; the Registry.pol counts"
        noted.add(message, Where(by_path[REPORT][0], line=1), "disagree")
    after = before.copy().apply((*(entries if gpo.computer else ()), *of_user), gpo.name or folder)
    return GpoRead(folder, gpo, len(entries) + len(of_user), after, tuple(noted))


def _by_path(files: Mapping[str, tuple[str, _Bytes]]) -> dict[str, tuple[str, _Bytes]]:
    """Return the files by their folded paths; two of one path, or two Registry.pol for one half, refuse the folder."""
    found: dict[str, tuple[str, _Bytes]] = {}
    for path, file in files.items():
        same = next((half for half in (_MACHINE, _USER) if fold(path) in half), (fold(path),))
        if (other := next((found[each] for each in same if each in found), None)) is not None:
            why = f"two files of one group policy where Windows has one: the other is {printable(other[0])}"
            raise PolicyFileError(why, Where(file[0]))
        found[fold(path)] = file
    return found


def _machine(folder: str, files: Mapping[str, tuple[str, _Bytes]]) -> tuple[str, bytes | None]:
    """Return name and bytes of the machine's Registry.pol; None where the policy has none, which is no empty file."""
    found = next((files[path] for path in _MACHINE if path in files), None)
    if found is not None:
        return found[0], _bytes(found)
    if SCHEME in files and _scheme(files[SCHEME]).lists_machine:
        raise PolicyFileError("the backup lists Machine\\registry.pol, and it is not there", Where(files[SCHEME][0]))
    return folder, None


def _of_user(files: Mapping[str, tuple[str, _Bytes]]) -> Iterator[RegistryEntry]:
    """Yield what the user's Registry.pol states, in the user's hive: a road to the screen may be decided there."""
    found = next((files[path] for path in _USER if path in files), None)
    if found is not None and not (SCHEME in files and _scheme(files[SCHEME]).user_off):
        yield from (evolve(entry, hive=USER) for entry in registry_pol.parse(_bytes(found), found[0]))


_CORE: Final = "GroupPolicyCoreSettings"
_USER_OFF, _COMPUTER_OFF = 1, 2  # bits of Options, as reports beside such backups say


class _Scheme(NamedTuple):
    """What Backup.xml says: whose policy it is, whether the machine's Registry.pol is in the backup, and the user's half off."""

    gpo: Gpo
    lists_machine: bool
    user_off: bool


def _scheme(file: tuple[str, _Bytes]) -> _Scheme:
    said: dict[str, str] = {}
    listed = False
    for path, node in elements(_bytes(file), file[0], lambda _: False):
        if path[-2:-1] == (_CORE,):
            said[path[-1]] = node.text.strip()
        location = fold(node.attribute("Location").replace("\\", "/"))
        listed = listed or (path[-1] == "FSObjectFile" and location in _MACHINE)
    options = said.get("Options", "")
    off = int(options) if options.isdecimal() and len(options) < 4 else 0
    gpo = Gpo(said.get("DisplayName", ""), said.get("ID", ""), said.get("Domain", ""), not off & _COMPUTER_OFF)
    return _Scheme(gpo, listed, bool(off & _USER_OFF))


def _bytes(file: tuple[str, _Bytes]) -> bytes:
    if isinstance(file[1], PolicyFileError):
        raise file[1]
    return file[1]


def _whose(folder: str, files: Mapping[str, tuple[str, _Bytes]], words: Words) -> tuple[Gpo, Policy | None]:
    """Return the group policy by its notes, and what its report says if it has one."""
    guids = _GUID.findall(folder)
    gpo = Gpo("", guids[-1] if guids and GPT in files else "")
    if NOTE in files:
        gpo = _both(gpo, _noted(*files[NOTE]))
    if SCHEME in files:
        gpo = _both(gpo, _scheme(files[SCHEME]).gpo)
    if REPORT not in files:
        return gpo, None
    name, data = files[REPORT][0], _bytes(files[REPORT])
    remarks = Remarks()
    policy = read_policy(Registry.of(gpo_report.parse(data, name, remarks, words)))
    return _both(gpo, remarks.gpo or Gpo("")), policy


def _both(one: Gpo, other: Gpo) -> Gpo:
    """Return what two notes say together; a half that one of them calls off is off."""
    on = one.computer and other.computer
    return Gpo(one.name or other.name, one.id or other.id, one.domain or other.domain, on, one.links or other.links)


def _noted(name: str, data: _Bytes) -> Gpo:
    """Return what bkupInfo.xml says: name, id and domain of the policy that was backed up."""
    said: dict[str, str] = {}
    for path, node in elements(_bytes((name, data)), name, lambda _: False):
        said[path[-1]] = node.text.strip()
    return Gpo(said.get("GPODisplayName", ""), said.get("GPOGuid", ""), said.get("GPODomain", ""))


def _differs(one: Policy, other: Policy) -> list[str]:
    """Return what a report says otherwise than the Registry.pol; what it cannot tell it does not say."""
    if any(doubt.topic == "untold" for doubt in other.unclear):
        return []
    enabled = State.ENABLED in {one.offer.state, other.offer.state}
    both = (
        ("offers", one.offer.state, other.offer.state),
        ("the mode of offers", enabled and one.offer.mode, enabled and other.offer.mode),
        ("the helpers", enabled and _names(one), enabled and _names(other)),
        ("invitations", one.solicited.state, other.solicited.state),
        ("the session log", one.logging.state, other.logging.state),
    )
    return [what for what, first, second in both if first != second]


def _names(policy: Policy) -> frozenset[str]:
    return frozenset(fold(helper.text) for helper in policy.offer.helpers)
