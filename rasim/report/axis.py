"""Which settings make what reachable, in words and as JSON."""

from collections.abc import Iterator
from typing import Any, Final

from rasim.verify.policies.axis import SETTINGS, Axis, Condition, policies

LIMITS: Final = (
    "a policy is four facts here; which files and groups make them so, `rasim explain` and `rasim audit` say",
    "local Administrators and direct members of the group Offer Remote Assistance Helpers are outside a policy and not seen here",
)


def as_text(axis: Axis) -> list[str]:
    """Return for each capability when it is reachable, and by which settings."""
    lines = [f"which settings make what reachable: {len(policies())} policies, each explored whole"]
    for capability, conditions in axis.conditions.items():
        many = f"{len(axis.ways[capability])} of {len(policies())} policies"
        lines.append(f"  {capability:<8} {many}; exactly where {'; or '.join(map(_said, conditions)) or 'never'}")
        lines += [f"           {fact}" for fact in _settings(conditions)]
    return [*lines, *(f"  {limit}" for limit in LIMITS), ""]


def _said(condition: Condition) -> str:
    return ", ".join(SETTINGS[fact][0 if value else 1] for fact, value in condition) or "always"


def _settings(conditions: tuple[Condition, ...]) -> Iterator[str]:
    for condition in conditions:
        for fact, value in condition:
            yield f"{SETTINGS[fact][2]}: {SETTINGS[fact][0 if value else 1]}"


def as_json(axis: Axis) -> list[dict[str, Any]]:
    """Return for each capability the conditions under which it is reachable, and how many policies that are."""
    return [
        {
            "capability": capability,
            "policies": len(axis.ways[capability]),
            "conditions": [
                [{"setting": SETTINGS[fact][2], "says": SETTINGS[fact][0 if value else 1]} for fact, value in each]
                for each in conditions
            ],
        }
        for capability, conditions in axis.conditions.items()
    ]
