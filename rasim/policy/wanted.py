"""Which values of a registry mean anything to rasim: what a registry keeps, and everything else is counted and forgotten."""

from collections.abc import Mapping
from typing import Final

from rasim.policy import settings
from rasim.policy.beside import LOCAL_GROUPS, UNREAD
from rasim.policy.mdm import MDM_WINS
from rasim.policy.names import fold
from rasim.policy.roads import ROADS
from rasim.policy.settings import DCOM_LIMITS, FIREWALL, FIREWALL_RULES, IPSEC_BYPASS, LOCAL_RULES, MISPLACED, SETTINGS


def _names_by_key() -> dict[str, frozenset[str] | None]:
    everything: tuple[settings.Setting, ...] = (
        *SETTINGS,
        *(setting for profile in FIREWALL.values() for setting in profile.all()),
        FIREWALL_RULES,
        LOCAL_RULES,
        *LOCAL_GROUPS,
        UNREAD,
        MDM_WINS,
        IPSEC_BYPASS,
        *DCOM_LIMITS,
        *(setting for road in ROADS for setting in road.settings),
    )
    names: dict[str, frozenset[str] | None] = {}
    for key, name in (*((each.key, each.value) for each in everything), *MISPLACED):
        known = names.get(settings.fold_key(key), frozenset())
        names[settings.fold_key(key)] = None if not name or known is None else known | {fold(name)}
    return names


WANTED: Final[Mapping[str, frozenset[str] | None]] = _names_by_key()
"""Folded key -> folded names of the values that mean something to rasim; None: every value does."""

ANCESTORS: Final = frozenset(
    "\\".join(parts[:length]) for parts in (key.split("\\") for key in WANTED) for length in range(1, len(parts) + 1)
)
"""Folded keys whose deletion takes a wanted key with it, the wanted keys included."""
