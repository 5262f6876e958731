"""The relational promise: a narrower policy never allows more. It compares policies, so no single trace can show it.

Every policy is explored as one that stays as it is; what it allows is which powers an expert can ever have under it. Policies
are ordered by their three parts: offers, mode, list. For each ordered pair the powers must be ordered alike.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from attrs import evolve, frozen

from rasim.protocol.terms import Table
from rasim.protocol.world import PolicyFacts
from rasim.verify.promises.catalogue import NARROWER
from rasim.verify.promises.kinds import Pattern, Sometimes
from rasim.verify.states.explore import Finding, explore
from rasim.verify.states.model import SIZED_VALUES, Model, pair_model

POWERS = (
    "ticket_issued",
    "prompt_shown",
    "connection_opened",
    "frame_shown",
    "control_prompt_shown",
    "control_granted",
    "input_applied",
)

OFFERS = ("disabled", "enabled")  # the pair model shows that not configured allows what disabled allows


@frozen
class Allowed:
    """What one policy allows: each power with the shortest way to it."""

    model: Model
    powers: Mapping[str, Finding]


def allowed(policy: PolicyFacts, rules: Table) -> Allowed:
    """Return the powers that an expert can have under a policy that stays as it is."""
    model = under(policy, rules)
    return Allowed(model, ways(model, {power: power for power in POWERS}))


def under(policy: PolicyFacts, rules: Table) -> Model:
    """Return the model of one expert under a policy that stays as it is."""
    return evolve(pair_model(rules), policy=policy, values=SIZED_VALUES)


def ways(model: Model, shown: Mapping[str, str]) -> Mapping[str, Finding]:
    """Return the shortest way to each line that some trace of a model has, by the names given to the lines."""
    wanted = [Sometimes(name, "", (Pattern(line),)) for name, line in shown.items()]
    return explore(model, (), wanted, digest=False).witnessed


def wider(policy: PolicyFacts, than: PolicyFacts) -> bool:
    """Return whether a policy is at least as wide as another in each of its parts."""
    parts = ((p.offers == "enabled", p.control, all(p.listed)) for p in (than, policy))
    return all(narrow <= wide for narrow, wide in zip(*parts, strict=True))


def policies() -> Sequence[PolicyFacts]:
    """Return every policy for one expert."""
    return [PolicyFacts(o, c, (listed,)) for o, c, listed in product(OFFERS, (False, True), (False, True))]


def breaks(rules: Table) -> tuple[Finding, Model] | None:
    """Return how a narrower policy allows more than a wider one, None if none does."""
    found = {policy: allowed(policy, rules) for policy in policies()}
    for narrow, wide in product(found, repeat=2):
        more = set(found[narrow].powers) - set(found[wide].powers)
        if wider(wide, narrow) and more:
            power = min(more, key=POWERS.index)
            because = f"{_said(narrow)} allows {power}, and {_said(wide)} does not"
            finding = evolve(found[narrow].powers[power], promise=NARROWER.name, because=because)
            return finding, found[narrow].model
    return None


def _said(policy: PolicyFacts) -> str:
    mode = "control" if policy.control else "view"
    return f"offers {policy.offers}, mode {mode}, expert {'listed' if all(policy.listed) else 'not listed'}"
