"""What may lie beside a policy and is not read: a table of what can set nothing that is asked here. All else is not certain.

A file of a group policy's folder, a part of a report, a section of a security template that no reader takes may set registry
values or fill groups, for all that rasim knows: `unread` makes the entry that says so, and the policy is unclear. A row of these
tables says why one cannot, and it is listed without more. The rows are remembered.
"""

import re
from collections.abc import Mapping
from typing import Final

from rasim.errors import Where
from rasim.formats.decoding import utf16
from rasim.policy.beside import UNREAD
from rasim.policy.names import fold
from rasim.policy.registry import Action, RegistryEntry, RegType

_ANYTHING: Final = "it may set registry values, or fill groups"
_SETS_ONLY: Final = "it sets nothing but"
FILTERED: Final = "it decides on which computers the group policy applies"  # a WMI filter

# What a file can set, by its path below one half of the policy, or below the folder, without case.
_FILES: Final = (
    (r"(MACHINE|USER)/COMMENT\.CMTX|GPO\.CMT|STARTERGPO\.\w+|GPREPORT\.HTML?", "it holds what people wrote or read"),
    (r"ADM/.*|POLICYDEFINITIONS/.*", "templates of the policy editor state nothing"),
    (r"(MACHINE|USER)/MICROSOFT/WINDOWS NT/AUDIT/.*", f"{_SETS_ONLY} what is audited"),
    (r"USER/DOCUMENTS & SETTINGS/.*", f"{_SETS_ONLY} where folders of users lie"),
    (r"USER/MICROSOFT/(IEAK|REMOTEINSTALL)/.*", f"{_SETS_ONLY} Internet Explorer and remote installation"),
    (r"(MACHINE|USER)/PREFERENCES/(DRIVES|PRINTERS|POWEROPTIONS|NETWORKSHARES|DEVICES)/\w+\.XML", f"{_SETS_ONLY} devices and shares"),
    (r"USER/PREFERENCES/(INTERNETSETTINGS|REGIONALOPTIONS|STARTMENUTASKBAR)/\w+\.XML", f"{_SETS_ONLY} the user's own view"),
    (r"(?!(MACHINE|USER|DOMAINSYSVOL)/).*", "it stands in neither half, where nothing applies it"),
)  # fmt: skip
_PARTS: Final[Mapping[str, str]] = {  # of reports, by the type of the extension, or its identifier
    kind: f"{_SETS_ONLY} {what}"
    for what, kinds in (
        ("what is audited", "AUDITSETTINGS {F3CCC681-B74C-4060-9F26-CD84525DCA2A}"),
        ("where folders of users lie", "FOLDERREDIRECTIONSETTINGS {25537BA6-77A8-11D2-9B6C-0000F8080861}"),
        ("which traffic goes first", "QOSSETTINGS {426031C0-0B47-4852-B0CA-AC3D37BFCB39}"),
        ("Internet Explorer", "INTERNETEXPLORERSETTINGS {A2E30F80-D7DE-11D2-BBDE-00C04F86AE3B}"),
        ("certificates and encryption", "PUBLICKEYSETTINGS {B1BE8D72-6EAC-11D2-A4EA-00C04F79F83A}"),
        ("networks", "WLANSVCSETTINGS DOT3SVCSETTING {0ACDD40C-75AC-47AB-BAA0-BF6DE7E7FE63}"),
        ("which programs may run", "SOFTWARERESTRICTIONSETTINGS APPLOCKERSETTINGS"),
        ("how names are looked up", "NAMERESOLUTIONPOLICYSETTINGS"),
        ("devices and shares", "DRIVEMAPSETTINGS PRINTERSSETTINGS POWEROPTIONSSETTINGS"),
    )
    for kind in kinds.split()
}

READ_PARTS: Final = re.compile(r"\{(00000000|35378EAC|827D319E|17D89FEC|B087BE9D)(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
"""What is read: the core, registry values, security templates, preferences for groups and for registry values."""
SECTIONS: Final = frozenset(
    """UNICODE|VERSION|SYSTEM ACCESS|EVENT AUDIT|KERBEROS POLICY|SYSTEM LOG|SECURITY LOG|APPLICATION LOG|AUDIT LOG|PRIVILEGE RIGHTS
SERVICE GENERAL SETTING|REGISTRY KEYS|FILE SECURITY|PROFILE DESCRIPTION|DS SECURITY""".replace("\n", "|").split("|")
)
"""Sections of a security template that set other things than values and groups, by what Windows calls them."""


def unread(what: str, where: Where, why: str = _ANYTHING, *, harmless: bool = False) -> RegistryEntry:
    """Return the entry by which a reader says that it found something and does not read it."""
    action = Action.SET if harmless else Action.UNTOLD
    return RegistryEntry(UNREAD.key, what, RegType.SZ, utf16(f"{why}\0"), where, action)


def unread_file(below: str, name: str) -> RegistryEntry:
    """Return the same of a file of a group policy's folder, by its path below it."""
    folded = fold(below).removeprefix("DOMAINSYSVOL/GPO/")
    why = next((why for pattern, why in _FILES if re.fullmatch(pattern, folded)), None)
    return unread(name, Where(name), why or _ANYTHING, harmless=why is not None)


def unread_part(what: str, where: Where, kind: str = "", why: str = "") -> RegistryEntry:
    """Return the same of a part of a report, by its kind: the type of the extension, or its identifier."""
    known = _PARTS.get(fold(kind))
    return unread(f"{where.file}: {what}", where, known or why or _ANYTHING, harmless=known is not None)
