"""A difference between two policies as a scenario: the shortest way in which what is possible on one side comes about.

The policy stands in it in words, reduced to what decides, so that it plays by itself; `rasim run --policy FILE` plays it with
a real policy instead, and then it passes on the side that allows and fails on the other.
"""

from itertools import pairwise
from typing import Final

from attrs import frozen

from rasim.analysis.counterexample import FIREWALLS, Cast, act, policy_text
from rasim.policy import SYSTEMS, HelperList, Membership, Mode, fold, parse_account, reach
from rasim.policy.reach import is_stated, seen_from
from rasim.protocol.vocabulary import IN_USE as AT_USE
from rasim.protocol.world import PolicyFacts
from rasim.scenario.grammar import hear
from rasim.scenario.model import Do, Expect, Expectation, FirewallText, Person, PolicyText, Scenario, ScenarioStep
from rasim.verify.policies.compare import Compared, Difference
from rasim.verify.policies.facts import EXPOSED_135, EXPOSED_ALWAYS, EXPOSED_IN_USE
from rasim.verify.policies.reachable import powers

# What a scenario does by itself: users are logged on, the refresh task has run, a ticket is asked for with the offer.
_IMPLIED: Final = frozenset({"logs on", "refresh task runs", "asks for a ticket"})
_ENDS: Final = {
    "offer": Expectation("user", ("asked about expert",)),
    "view": Expectation("expert", ("view only",)),
    "control": Expectation("expert", ("control",)),
}
_FIREWALL: Final = {
    EXPOSED_135: {"135 tcp": "open"},
    EXPOSED_ALWAYS: {"3389 tcp": "open"},
    EXPOSED_IN_USE: FIREWALLS[AT_USE],
}
ANYBODY: Final = "CORP\\anna"


@frozen
class Sides:
    """What both policies are called: the files they were read from."""

    before: str
    after: str


class Scenarios:
    """The scenarios of a comparison's differences."""

    def __init__(self, compared: Compared, sides: Sides) -> None:
        self.compared, self.sides = compared, sides
        policies = {True: compared.after, False: compared.before}  # by whether it is newly possible
        self._policies = policies
        self._lists = {newly: HelperList(policy, compared.membership) for newly, policy in policies.items()}
        self._offers: dict[tuple[bool, str, str | None], str | None] = {}

    def of(self, difference: Difference, *, newly: bool) -> Scenario | None:
        """Return the scenario that shows a difference, None where no scenario can.

        None is for another road than offers, and for port 3389 in use where no offer gets through, so that only an invitation could use it.
        """
        if difference.road != "offer":
            return None
        if difference.expert is None:
            return self._of_port(difference, newly=newly)
        account = difference.expert if difference.named else ANYBODY
        control = self._policies[newly].offer.mode is Mode.CONTROL or difference.capability == "control"
        entry, groups = self._listed(account, newly=newly)
        if not groups.groups:  # as the entry spells it: a scenario knows no two names of a domain
            account = entry
        return Scenario(
            f"{account} can {_CAN[difference.capability]}",
            policy_text("enabled", [entry], control=control),
            people(account),
            (*_way(difference.capability, account), Expect((_ENDS[difference.capability],))),
            membership=groups,
            os=difference.systems[0],
            address=difference.address,
            firewall=self._own_firewall(difference, newly=newly),
            remark=self._heading(difference, newly=newly),
        )

    def _listed(self, account: str, *, newly: bool) -> tuple[str, Membership]:
        """Return the entry that has the account, and the groups between them; itself where only another reading has it."""
        ways = self._lists[newly].ways(parse_account(account))
        if not ways:
            return account, Membership()
        helper, chain = ways[0]
        names = [account, *map(str, chain[1:-1]), helper.text] if len(chain) > 1 else []
        return helper.text, Membership.of({group: [member] for member, group in pairwise(names)})

    def _offer(self, difference: Difference, *, newly: bool) -> str | None:
        """Return whether offers get through on the side that allows, None where nothing is stated."""
        name, address, firewall = difference.systems[0], difference.address, self._policies[newly].firewall
        key = (newly, name, address)
        if key not in self._offers:
            found = reach(seen_from(firewall, address), name, address=address)
            self._offers[key] = found.offer if is_stated(firewall, name) else None
        return self._offers[key]

    def _own_firewall(self, difference: Difference, *, newly: bool) -> FirewallText | None:
        """Return what the computer itself has to let in where the policy's firewall does not say whether offers get through."""
        if self._offer(difference, newly=newly) != "cannot tell":
            return None
        needs = (group[0] for group in SYSTEMS[difference.systems[0]].needs)
        words = {"135 tcp": "open", "remote desktop": "enabled"}
        return FirewallText({need: words.get(need, "allowed") for need in needs}, remark="the computer's own")

    def _of_port(self, difference: Difference, *, newly: bool) -> Scenario | None:
        name = difference.capability
        steps: list[ScenarioStep] = []
        if name == EXPOSED_IN_USE:
            if self._offer(difference, newly=newly) != "gets through":
                return None
            applied = Do("administrator", None, policy=policy_text("enabled", [ANYBODY], control=False))
            steps = [applied, Do("computer", hear("computer", "runs the refresh task")), *_way("view", ANYBODY)]
        port = "port 135" if name == EXPOSED_135 else "port 3389"
        return Scenario(
            f"{port} is open{' while an assistance uses it' if name == EXPOSED_IN_USE else ''}",
            PolicyText({"offer": "not configured"}),
            people(ANYBODY),
            (*steps, Expect((Expectation(port, ("open",)),))),
            os=difference.systems[0],
            address=difference.address,
            firewall=FirewallText(_FIREWALL[name]),
            remark=self._heading(difference, newly=newly),
        )

    def _heading(self, difference: Difference, *, newly: bool) -> str:
        one, other = (self.sides.after, self.sides.before) if newly else (self.sides.before, self.sides.after)
        sure = "" if difference.certain else ", in a reading that rasim does not take"
        return f"possible under {one}, not under {other}{sure}"


_CAN: Final = {"offer": "offer help", "view": "see the screen", "control": "control"}


def _way(capability: str, account: str) -> list[Do]:
    """Return the shortest way to a capability as steps, without those that a scenario takes by itself."""
    cast = Cast(("expert",), (account,), ("user",))
    way = powers(PolicyFacts("enabled", capability == "control", (True,), through=True))[capability]
    return [act(step, cast=cast) for step in way.steps if step.kind not in _IMPLIED]


def people(account: str) -> tuple[Person, Person]:
    """Return the people of a scenario about one expert: the expert, and a user who is somebody else."""
    owner = "CORP\\user" if fold(account) != fold("CORP\\user") else "CORP\\owner"
    return Person("expert", account), Person("user", owner, "s1")
