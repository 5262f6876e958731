r"""What stands beside a policy's own values: local groups whose members may offer too, and what was found and not read.

Both are kept in a registry, at keys that no file has, so that a merge treats them like everything else. That DCOM admits the
members of *Offer Remote Assistance Helpers* is verified (domain 2.5); that local administrators may offer is taken to be so (A6).
Names of the first in other languages are not known; those of Administrators are remembered.
"""

import re
from typing import Final, Literal

from rasim.policy.names import fold
from rasim.policy.settings import Setting

_READINGS: Final = ("it fills no group that matters here", "its members may offer")
OFFER_GROUP, ADMINISTRATORS = (
    Setting(f"groups.{name}", f"\0local groups\\{name}", "", name, {}, _READINGS, source)
    for name, source in (("Offer Remote Assistance Helpers", "MS-RAI appendix C; domain 2.5"), ("Administrators", "A6"))
)
LOCAL_GROUPS: Final = (OFFER_GROUP, ADMINISTRATORS)
UNREAD: Final = Setting("unread", "\0what was not read", "", "what was found and not read", {}, _READINGS, "R27")
"""Everything that was found beside a policy and is not read: the name of a value is what it is, its text says why."""

_ADMINISTRATORS: Final = """Administrators|Administratoren|Administrateurs|Administradores|Amministratori|Administrators|Beheerders
Administratörer|Administratorer|Järjestelmänvalvojat|Administratorzy|Администраторы|Rendszergazdák|Administrátoři|Správcovia
Yöneticiler|Διαχειριστές|Administratori|Administratorji|管理员|系統管理員|관리자"""
_OTHERS: Final = """Users|Guests|Power Users|Remote Desktop Users|Backup Operators|Network Configuration Operators|Event Log Readers
Performance Log Users|Performance Monitor Users|Print Operators|Account Operators|Server Operators|Replicator|Remote Management Users
Cryptographic Operators|Distributed COM Users|IIS_IUSRS|Hyper-V Administrators|Access Control Assistance Operators|HelpServicesGroup
System Managed Accounts Group|Device Owners|OpenSSH Users|WinRMRemoteWMIUsers__"""
_ADMINISTRATOR_NAMES, _OTHER_NAMES = (frozenset(map(fold, re.split(r"[|\n]", n))) for n in (_ADMINISTRATORS, _OTHERS))
_BUILT_IN: Final = re.compile(r"\*?S-1-5-32-(\d+)", re.IGNORECASE)


def group_of(*names: str) -> Setting | Literal["another", "unknown"]:
    """Return the group that a SID and names, in any order, mean: one that matters, another of Windows' own, or one not known."""
    said = [re.sub(r"^[^\\]*\\|\s*\([^()]*\)\s*$", "", name.strip()) for name in names if name.strip()]
    sids = [match[1] for name in said if (match := _BUILT_IN.fullmatch(name))]
    folded = {fold(name) for name in said}
    if fold(OFFER_GROUP.words) in folded:
        return OFFER_GROUP
    if "544" in sids or folded & _ADMINISTRATOR_NAMES:
        return ADMINISTRATORS
    return "another" if said and (sids or folded <= _OTHER_NAMES) else "unknown"
