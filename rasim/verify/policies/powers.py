"""What an expert can get under a policy that stays as it is, found by exploring every state; each with the shortest way.

The exploration is the proof: `powers` of five facts is the set of lines that some trace under them has. A test shows that one
set of facts gives an expert no more than another, trace by trace, exactly where its powers are no more.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from attrs import frozen

from rasim.protocol.rules import RULES
from rasim.protocol.world import PolicyFacts
from rasim.verify.policies.narrower import under, ways
from rasim.verify.states.explore import Finding
from rasim.verify.states.model import Model

SHOWS: Final[Mapping[str, str]] = {"offer": "prompt_shown", "view": "connection_opened", "control": "input_applied"}
"""Each capability and the line that shows that an expert has it."""


@frozen
class Facts:
    """What decides what one expert can get on one system: as one policy says it, or one reading of it."""

    offers: bool
    listed: bool
    control: bool
    through: bool


def model_of(facts: Facts) -> Model:
    """Return the model of one expert under these facts, which stay."""
    offers = "enabled" if facts.offers else "disabled"
    policy = PolicyFacts(offers, facts.control, (facts.listed,), facts.through)
    return under(policy, RULES)


@lru_cache(maxsize=16)  # as many as there are facts
def powers(facts: Facts) -> Mapping[str, Finding]:
    """Return the capabilities that an expert can come to have under these facts, each with the shortest way to it."""
    return ways(model_of(facts), SHOWS)
