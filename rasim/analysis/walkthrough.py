"""How far an expert gets under a policy, as a diagram: offer, yes, request for control, yes, and where policy says no.

The scenario is played under the real policy, every step as a try, so the picture shows what the table does with each.
"""

from collections.abc import Sequence

from attrs import evolve

from rasim.analysis.difference_scenarios import people
from rasim.document import diagrams
from rasim.document.blocks import SequenceDiagram
from rasim.policy import Membership, Policy
from rasim.protocol.lines import Recorded
from rasim.scenario import Scenario, play
from rasim.scenario.grammar import Actor, hear
from rasim.scenario.model import Do, PolicyText

STEPS: tuple[tuple[Actor, str], ...] = (
    ("expert", "tries to offer help to user"),
    ("user", "tries to accept expert"),
    ("expert", "tries to move the mouse of user"),
    ("expert", "tries to ask for control of user"),
    ("user", "tries to grant control to expert"),
    ("expert", "tries to move the mouse of user"),
)


def sequence_of(scenario: Scenario, trace: Sequence[Recorded]) -> tuple[list[str], tuple[diagrams.Message, ...]]:
    """Return the parties of a scenario, the computer between experts and users, and what went between them."""
    names = {p.account if p.uses is None else p.uses: p.name for p in scenario.people}
    experts = [person.name for person in scenario.people if person.uses is None]
    users = [person.name for person in scenario.people if person.uses is not None]
    return [*experts, "computer", *users], diagrams.messages_of(trace, names)


def played(scenario: Scenario, policy: Policy | None = None) -> tuple[list[str], tuple[diagrams.Message, ...]]:
    """Play a scenario, under another policy than its own if one is given, and return its parties and what went between them."""
    return sequence_of(scenario, play(scenario, policy=policy).trace)


def course(policy: Policy, expert: str, membership: Membership, os: str | None) -> SequenceDiagram:
    """Return how far an expert gets under a policy; without a system the firewall is not asked."""
    asked = policy if os else evolve(policy, firewall=Policy().firewall)
    scenario = Scenario(
        f"how far {expert} gets",
        PolicyText({"offer": "not configured"}),
        people(expert),
        tuple(Do(actor, hear(actor, text)) for actor, text in STEPS),
        membership=membership,
        os=os,
    )
    return SequenceDiagram(f"How far {expert} gets", *played(scenario, asked), head=scenario.name)
