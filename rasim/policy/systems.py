"""The operating systems rasim knows, as data.

A system that is not in the table is never called fine: questions about it go unanswered (R42).
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import groupby
from types import MappingProxyType
from typing import Final

from attrs import frozen

from rasim.words import not_called


class Blocks(Enum):
    """Whether *Solicited* disabled also blocks offers on a system (R9)."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


Needs = tuple[tuple[str, ...], ...]


@frozen
class System:
    """An operating system: its name in scenarios and options, whether policy governs its firewall, and R9.

    `needs` are the exceptions without which no offer gets through: one of each group (R31 to R34, R41). With
    `sessmgr_opens_3389` the program opens port 3389 while it is used (R37, R38). `inherits` says from what a system that
    the source document does not name has its needs (A13, A14). `by_rules` is whether it has the firewall of Windows Vista
    and later, with its rules (R41).
    """

    name: str
    managed_firewall: bool
    solicited_blocks_offers: Blocks
    source: str
    needs: Needs = ()
    sessmgr_opens_3389: bool = False
    inherits: str = ""
    by_rules: bool = False


_OLD = "KB301527, KB306496: solicited disabled blocks offers too"
_FIXED = "title of KB826088: fixed in XP SP2"
_SILENT = "KB826088 names a fix for XP SP2 only; 5.2 kernels are Server 2003's (A5)"
_LATER = "later than XP SP2 (KB826088)"

_XP: Final[Needs] = (("135 tcp",), ("helpsvc",), ("helpctr",), ("sessmgr", "remote desktop"))
_2003: Final[Needs] = (("135 tcp",), ("helpsvc",), ("helpctr",), ("remote desktop",))
_VISTA: Final[Needs] = (("135 tcp",), ("msra",), ("raserver",))  # RemoteAssistance.adml, domain 4.3
_BY_ADML: Final = "the help text of later editions, not by the document"

_ROWS: Final = (
    System("windows-xp", False, Blocks.YES, _OLD),
    System("windows-xp-sp1", False, Blocks.YES, _OLD),
    System("windows-xp-sp2", True, Blocks.NO, _FIXED, _XP, True),
    System("windows-xp-sp3", True, Blocks.NO, _FIXED, _XP, True, "windows-xp-sp2"),
    System("windows-xp-x64-sp1", True, Blocks.UNCLEAR, _SILENT, _XP, True),
    System("windows-server-2003", False, Blocks.YES, _OLD),
    System("windows-server-2003-sp1", True, Blocks.UNCLEAR, _SILENT, _2003),
    System("windows-server-2003-sp2", True, Blocks.UNCLEAR, _SILENT, _2003, False, "windows-server-2003-sp1"),
    *(
        System(name, True, Blocks.NO, _LATER, _VISTA, False, _BY_ADML, True)
        for name in (
            "windows-vista",
            "windows-7",
            "windows-8.1",
            "windows-10",
            "windows-11",
            "windows-server-2008",
            "windows-server-2008-r2",
            "windows-server-2012",
            "windows-server-2012-r2",
            "windows-server-2016",
            "windows-server-2019",
            "windows-server-2022",
        )
    ),
)

_NAMES: Final = {
    "windows-xp": "every XP",
    "windows-server-2003": "every Server 2003",
}  # where all of a family are meant
_WORDS: Final = {**{word: word.upper() for word in ("xp", "sp1", "sp2", "sp3", "r2")}, "x64": "x64"}
_FAMILIES: Final = tuple(
    tuple(row.name for row in _ROWS if row.by_rules is by_rules and row.name.startswith("windows-server") is server)
    for by_rules in (False, True)
    for server in (False, True)
)

SYSTEMS: Final[Mapping[str, System]] = MappingProxyType({row.name: row for row in _ROWS})


def system_called(name: str) -> str | None:
    """Return the system that a person means: `xp-sp2`, "Windows 11" and "server 2003 SP1" as well as the whole name; None if none."""
    parts = name.casefold().replace("_", " ").replace("-", " ").split()
    short = "-".join(parts[1:] if parts[:1] == ["windows"] else parts)
    return next((each for each in SYSTEMS if each == f"windows-{short}"), None)


def unknown_system(name: str) -> str:
    """Return what to say of a name that is no system's: the nearest one, or all."""
    return not_called("no operating system", name, SYSTEMS)


def in_ranges(systems: Sequence[str]) -> str:
    """Return systems as a reader knows them, those that follow one another by the first and the last: `XP SP2, Vista to 11`."""
    if set(SYSTEMS) <= set(systems):
        return "every system"
    said = []
    for family in _FAMILIES:
        at = [number for number, os in enumerate(family) if os in systems]
        if len(at) == len(family) and family[0] in _NAMES:
            said.append(_NAMES[family[0]])
            continue
        for _, run in groupby(at, lambda number, at=at: number - at.index(number)):  # type: ignore[misc]
            names = [_as_known(family[number]) for number in run]
            said += [f"{names[0]} to {names[-1].removeprefix('Server ')}"] if len(names) > 2 else names
    return ", ".join(said)


def _as_known(os: str) -> str:
    parts = os.removeprefix("windows-").split("-")
    return " ".join(_WORDS.get(part, part.capitalize()) for part in parts)


def in_short(systems: Sequence[str]) -> str:
    """Return systems by name, those of one kind of firewall in a word."""
    later = [os for os in SYSTEMS if SYSTEMS[os].by_rules]
    rest = [os for os in systems if os not in later] if set(later) <= set(systems) else systems
    names = [os.removeprefix("windows-") for os in rest]
    return ", ".join([*names, "vista and later"] if len(rest) < len(systems) else names)
