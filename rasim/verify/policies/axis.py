"""Policies as an axis: which settings make what reachable. Every policy that stays as it is, explored whole, the answers grouped.

A policy is four facts here (`powers.Facts`): offers enabled and not blocked, the expert listed, mode control, offers let through by the
firewall. How files come to say so is the readers' matter; local administrators, and who was put into the group by hand, are in none of them.
"""

from collections.abc import Mapping
from itertools import product
from typing import Final

from attrs import frozen

from rasim.verify.policies.powers import SHOWS, Facts, powers
from rasim.verify.states.explore import Finding

SETTINGS: Final[Mapping[str, tuple[str, str, str]]] = {
    "offers": ("offers are enabled", "offers are not enabled", "fAllowUnsolicited"),
    "listed": ("the expert is a helper", "the expert is no helper", "RAUnsolicit"),
    "control": ("the mode is control", "the mode is view", "fAllowUnsolicitedFullControl"),
    "through": ("the firewall lets offers through", "the firewall blocks offers", "Windows Firewall"),
}
"""Each fact: how it is said, how it is denied, and the setting behind it."""

Condition = tuple[tuple[str, bool], ...]  # facts that have to be so; all others do not matter


@frozen
class Axis:
    """For each capability the policies under which it is reachable, each with the shortest way, and the same in the fewest words.

    `conditions`: a capability is reachable exactly where one of them holds, and none of them can be shortened.
    """

    ways: Mapping[str, Mapping[Facts, Finding]]
    conditions: Mapping[str, tuple[Condition, ...]]


def policies() -> tuple[Facts, ...]:
    """Return every policy."""
    return tuple(Facts(*values) for values in product((False, True), repeat=len(SETTINGS)))


def axis() -> Axis:
    """Explore every policy, and group what each makes reachable."""
    found = {facts: powers(facts) for facts in policies()}
    ways = {c: {facts: got[c] for facts, got in found.items() if c in got} for c in SHOWS}
    return Axis(ways, {c: shortest(frozenset(where)) for c, where in ways.items()})


def shortest(where: frozenset[Facts]) -> tuple[Condition, ...]:
    """Return the conditions that hold in these policies and in no others, of which no fact can be left out."""
    all_ = [
        tuple((fact, value) for fact, value in zip(SETTINGS, values, strict=True) if value is not None)
        for values in product((None, False, True), repeat=len(SETTINGS))
    ]
    good = [c for c in all_ if all(facts in where for facts in policies() if holds(c, facts))]
    return tuple(c for c in good if not any(set(other) < set(c) for other in good))


def holds(condition: Condition, facts: Facts) -> bool:
    """Tell whether a condition holds of a policy."""
    return all(getattr(facts, fact) is value for fact, value in condition)
