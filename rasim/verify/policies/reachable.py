"""What a policy makes reachable while it stays as it is, found by exploring every state under it: the exploration is the proof.

Three questions are asked of it. `powers`: what one expert can come to have under one policy, each with the shortest way; a test
shows that these powers stand for whole traces. `axis`: which settings make what reachable, over all policies. `breaks`: whether
a narrower policy ever allows more. That one compares policies, so no single trace can show it.

How files come to say what a policy says is the readers' matter; local administrators, and who was put into the group by hand, are
in none of them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Final

from attrs import evolve, frozen

from rasim.protocol.rules import RULES
from rasim.protocol.terms import Table
from rasim.protocol.vocabulary import SHOWN_BY
from rasim.protocol.world import PolicyFacts
from rasim.verify.promises.catalogue import NARROWER
from rasim.verify.promises.kinds import Pattern, Sometimes
from rasim.verify.states.explore import Discovery, explore, uninterrupted
from rasim.verify.states.model import SIZED_VALUES, Model, pair_model

PARTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "offers": ("offers are enabled", "offers are not enabled", "fAllowUnsolicited"),
    "listed": ("the expert is a helper", "the expert is no helper", "RAUnsolicit"),
    "control": ("the mode is control", "the mode is view", "fAllowUnsolicitedFullControl"),
    "through": ("the firewall lets offers through", "the firewall blocks offers", "Windows Firewall"),
}
"""Each part of a policy: how it is said, how it is denied, and the setting behind it."""

POWERS: Final = (
    "ticket_issued",
    "prompt_shown",
    "connection_opened",
    "frame_shown",
    "control_prompt_shown",
    "control_granted",
    "input_applied",
)
"""The lines by which an expert comes to have more, from the least to the most."""


def every_policy(through: Sequence[bool | None] = (False, True)) -> tuple[PolicyFacts, ...]:
    """Return every policy for one expert, the narrowest first; the pair model shows that not configured allows what disabled allows."""
    offers, values = ("disabled", "enabled"), (False, True)
    return tuple(PolicyFacts(o, c, (on,), t) for o, on, c, t in product(offers, values, values, through))


def parts(policy: PolicyFacts) -> dict[str, bool]:
    """Return what a policy says of each of `PARTS`; a firewall that may open at any moment counts as one that is open."""
    values = (policy.offers == "enabled", all(policy.listed), policy.control, policy.through is not False)
    return dict(zip(PARTS, values, strict=True))


def model_of(policy: PolicyFacts, rules: Table = RULES) -> Model:
    """Return the model of one expert under a policy that stays as it is."""
    return evolve(pair_model(rules), policy=policy, values=SIZED_VALUES)


def ways(model: Model, shown: Mapping[str, str]) -> Mapping[str, Discovery]:
    """Return the shortest way to each line that some trace of a model has, by the names given to the lines."""
    wanted = [Sometimes(name, "", (Pattern(line),)) for name, line in shown.items()]
    return uninterrupted(explore(model, (), wanted, digest=False)).witnessed


@lru_cache(maxsize=16)  # as many as there are policies
def powers(policy: PolicyFacts) -> Mapping[str, Discovery]:
    """Return the capabilities that an expert can come to have under a policy, each with the shortest way to it."""
    return ways(model_of(policy), SHOWN_BY)


# ---- which settings make what reachable ----------------------------------------------------------------------

Prerequisite = tuple[tuple[str, bool], ...]  # parts that have to be so; all others do not matter


@frozen
class Axis:
    """For each capability the policies under which it is reachable, each with the shortest way, and the same in the fewest words.

    `conditions`: a capability is reachable exactly where one of them holds, and none of them can be shortened.
    """

    ways: Mapping[str, Mapping[PolicyFacts, Discovery]]
    conditions: Mapping[str, tuple[Prerequisite, ...]]


def axis(progress: Callable[[int, int], object] | None = None) -> Axis:
    """Explore every policy, and group what each makes reachable."""
    found: dict[PolicyFacts, Mapping[str, Discovery]] = {}
    for policy in (all_ := tuple(every_policy())):
        if progress is not None:
            progress(len(found), len(all_))
        found[policy] = powers(policy)
    grouped = {c: {policy: got[c] for policy, got in found.items() if c in got} for c in SHOWN_BY}
    return Axis(grouped, {c: shortest(frozenset(where)) for c, where in grouped.items()})


def shortest(where: frozenset[PolicyFacts]) -> tuple[Prerequisite, ...]:
    """Return the conditions that hold in these policies and in no others, of which no part can be left out."""
    all_ = [
        tuple((part, value) for part, value in zip(PARTS, values, strict=True) if value is not None)
        for values in product((None, False, True), repeat=len(PARTS))
    ]
    good = [c for c in all_ if all(policy in where for policy in every_policy() if holds(c, policy))]
    return tuple(c for c in good if not any(set(other) < set(c) for other in good))


def holds(condition: Prerequisite, policy: PolicyFacts) -> bool:
    """Tell whether a condition holds of a policy."""
    return set(condition) <= parts(policy).items()


# ---- a narrower policy never allows more ---------------------------------------------------------------------


def wider(policy: PolicyFacts, than: PolicyFacts) -> bool:
    """Return whether a policy is at least as wide as another in each of its parts."""
    return all(narrow <= wide for narrow, wide in zip(parts(than).values(), parts(policy).values(), strict=True))


def allowed(policy: PolicyFacts, rules: Table) -> Mapping[str, Discovery]:
    """Return the powers that an expert can have under a policy and a table, each with the shortest way to it."""
    return ways(model_of(policy, rules), {power: power for power in POWERS})


def breaks(rules: Table) -> tuple[Discovery, Model] | None:
    """Return how a narrower policy allows more than a wider one, None if none does."""
    found = {policy: allowed(policy, rules) for policy in every_policy(through=(None,))}
    for narrow, wide in product(found, repeat=2):
        more = set(found[narrow]) - set(found[wide])
        if wider(wide, narrow) and more:
            power = min(more, key=POWERS.index)
            because = f"{_said(narrow)} allows {power}, and {_said(wide)} does not"
            return evolve(found[narrow][power], promise=NARROWER.name, because=because), model_of(narrow, rules)
    return None


def _said(policy: PolicyFacts) -> str:
    mode = "control" if policy.control else "view"
    return f"offers {policy.offers}, mode {mode}, expert {'listed' if all(policy.listed) else 'not listed'}"
