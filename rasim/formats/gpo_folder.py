r"""The folder of a group policy: a backup as GPMC makes it, the folder in SYSVOL, the local policy of one computer.

    {backup id}/Backup.xml, bkupInfo.xml, gpreport.xml, DomainSysvol/GPO/Machine/registry.pol     a backup
    {GPO id}/GPT.INI, Machine/Registry.pol                                                        SYSVOL, GroupPolicy

`is_gpo` tells whether the files of a folder are one, `read_gpo` reads it: the machine's Registry.pol says what the policy
is, the user's what that half decides of other roads to the screen, a security template and preferences what is set beside it,
the notes whose it is and which halves are on, the report where it is linked. A folder without the machine's configures nothing,
unless a note lists the file: then it is missing. A report that disagrees is noticed, and what is not read is listed. Names are
compared without case: GPMC writes `registry.pol` and `Registry.pol`. A backup's folder is named by the id of the backup, not of
the policy.

Whether a group policy is filtered (security, WMI) or a half of it switched off stands in the directory; a folder in SYSVOL
does not say it. Sources: real backups (domain 3.5); GPT.INI is remembered.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from attrs import evolve, frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats import gpo_report, preferences, registry_pol, security_template
from rasim.formats.doubtful_keys import doubted
from rasim.formats.policy_manager import managed
from rasim.formats.reader_remarks import Parse, Remark, Remarks
from rasim.formats.report_words import IN_ENGLISH, Words
from rasim.formats.unread import FILTERED, READ_PARTS, unread_file, unread_part
from rasim.formats.xml_text import elements
from rasim.policy.beside import UNREAD
from rasim.policy.names import fold
from rasim.policy.offer import Policy, read_policy
from rasim.policy.precedence import Gpo
from rasim.policy.registry import USER, Action, Registry, RegistryEntry
from rasim.policy.stated import State
from rasim.words import printable

_Bytes = bytes | PolicyFileError | None
"""The bytes of a file, or why it could not be opened; None where it is not read."""

_BACKUP: Final = "DOMAINSYSVOL/GPO/"
_MACHINE: Final = "MACHINE/REGISTRY.POL"
_READ: Final[Mapping[str, Parse]] = {  # by path below the folder, or below the copy of it in a backup
    _MACHINE: registry_pol.parse,
    "USER/REGISTRY.POL": lambda data, file, _: (evolve(e, hive=USER) for e in registry_pol.parse(data, file)),
    f"MACHINE/{security_template.FILE}": security_template.parse,
    **{f"MACHINE/{path}": preferences.parse for path in preferences.PATHS},
    **{f"USER/{path}": partial(preferences.parse, late=preferences.OF_USER) for path in preferences.PATHS},
}
"""What says something of the policy itself, in the order in which it is read."""

NOTE, SCHEME, REPORT, GPT = "BKUPINFO.XML", "BACKUP.XML", "GPREPORT.XML", "GPT.INI"
FILES: Final = frozenset({*_READ, *(f"{_BACKUP}{path}" for path in _READ), NOTE, SCHEME, REPORT, GPT})
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
    gpo, user, filters, report = _whose(folder, by_path, words)
    noted = Remarks()
    read = {path: list(_entries(path, by_path, noted)) for path in _READ if path in by_path}
    if not gpo.computer:
        noted.add(gpo_report.HALF_OFF, Where(folder), "half disabled")
    off = tuple(half for half, counts in (("MACHINE/", gpo.computer), ("USER/", user)) if not counts)
    entries = [entry for path, said in read.items() if not path.startswith(off) for entry in said]
    if report is not None and gpo.computer and (differs := _differs(read_policy(Registry.of(entries)), report)):
        message = f"the report beside it says otherwise about {', '.join(differs)}; what the folder holds counts"
        noted.add(message, Where(by_path[REPORT][0], line=1), "disagree")
    left = [path for path in files if fold(path) not in FILES and not _below(path).startswith(off)]
    entries += [*filters, *(unread_file(path, files[path][0]) for path in left)]
    after = (Registry() if onto is None else onto.copy()).apply(entries, gpo.name or folder)
    return GpoRead(folder, gpo, sum(map(len, read.values())), after, tuple(noted))


def _below(path: str) -> str:
    """Return a path below the folder as SYSVOL has it, folded."""
    return fold(path).removeprefix(_BACKUP)


def _by_path(files: Mapping[str, tuple[str, _Bytes]]) -> dict[str, tuple[str, _Bytes]]:
    """Return the files that are read, by `_below`; two of one path refuse the folder, and so does one that cannot be opened."""
    found: dict[str, tuple[str, _Bytes]] = {}
    for path, file in files.items():
        if isinstance(file[1], PolicyFileError):
            raise file[1]
        if fold(path) not in FILES:
            continue
        if (other := found.get(_below(path))) is not None:
            why = f"two files of one group policy where Windows has one: the other is {printable(other[0])}"
            raise PolicyFileError(why, Where(file[0]))
        found[_below(path)] = file
    for path in _scheme(found[SCHEME]).listed if SCHEME in found else ():
        if path in _READ and path not in found:
            raise PolicyFileError(f"the backup lists {path.capitalize()}, and it is not there", Where(found[SCHEME][0]))
    return found


def _entries(path: str, files: Mapping[str, tuple[str, _Bytes]], noted: Remarks) -> Iterator[RegistryEntry]:
    """Yield what one of the files says; an empty one is what a full disk leaves."""
    name = files[path][0]
    if not (data := _bytes(files[path])):
        raise PolicyFileError("the file is empty, which is not an empty policy", Where(name, 0))
    yield from doubted(managed(_READ[path](data, name, noted)), noted)


_CORE: Final = "GroupPolicyCoreSettings"
_PART: Final = re.compile(r"\[(\{[^}]*\})")  # the first of each bracket; the others are what edits it
_USER_OFF, _COMPUTER_OFF = 1, 2  # bits of Options, as reports beside such backups say


class _Scheme(NamedTuple):
    """What Backup.xml says: whose policy it is, which files are in the backup, whether the user's half is off, what is not read."""

    gpo: Gpo
    listed: tuple[str, ...]
    user_off: bool
    parts: list[RegistryEntry]


def _scheme(file: tuple[str, _Bytes]) -> _Scheme:
    said: dict[str, str] = {}
    listed: list[str] = []
    for path, node in elements(_bytes(file), file[0], lambda _: False):
        if path[-2:-1] == (_CORE,):
            said[path[-1]] = node.text.strip()
        if path[-1] == "FSObjectFile":
            listed.append(_below(node.attribute("Location").replace("\\", "/")))
    options = said.get("Options", "")
    off = int(options) if options.isdecimal() and len(options) < 4 else 0
    gpo = Gpo(said.get("DisplayName", ""), said.get("ID", ""), said.get("Domain", ""), not off & _COMPUTER_OFF)
    kinds = [guid for guid in _PART.findall("".join(said.values()).upper()) if not READ_PARTS.fullmatch(guid)]
    parts = [unread_part(guid, Where(file[0], line=1), guid) for guid in dict.fromkeys(kinds)]
    if name := said.get("WMIFilter", ""):
        parts.append(unread_part(f'WMI filter "{printable(name[:80])}"', Where(file[0], line=1), why=FILTERED))
    return _Scheme(gpo, tuple(listed), bool(off & _USER_OFF), parts)


def _bytes(file: tuple[str, _Bytes]) -> bytes:
    return file[1] if isinstance(file[1], bytes) else b""  # an error was raised before


def _whose(
    folder: str, files: Mapping[str, tuple[str, _Bytes]], words: Words
) -> tuple[Gpo, bool, list[RegistryEntry], Policy | None]:
    """Return the group policy by its notes, whether its user's half is on, what filters it, and what its report says if it has one."""
    guids = _GUID.findall(folder)
    gpo, user, filters = Gpo("", guids[-1] if guids and GPT in files else ""), True, list[RegistryEntry]()
    if NOTE in files:
        gpo = _both(gpo, _noted(*files[NOTE]))
    if SCHEME in files:
        scheme = _scheme(files[SCHEME])
        gpo, user = _both(gpo, scheme.gpo), not scheme.user_off
        filters += scheme.parts
    if REPORT not in files:
        return gpo, user, filters, None
    remarks = Remarks()
    entries = list(gpo_report.parse(_bytes(files[REPORT]), files[REPORT][0], remarks, words))
    filters += [entry for entry in entries if entry.key == UNREAD.key and entry.action is Action.UNTOLD]
    return _both(gpo, remarks.gpo or Gpo("")), user, filters, read_policy(Registry.of(entries))


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
    return frozenset(fold(helper.text) for helper in policy.offer.listed)
