"""A difference between two policies as a scenario: the shortest way in which what is possible on one side comes about.

The policy stands in it in words, reduced to what decides, so that it plays by itself; `rasim run --policy FILE` plays it with
a real policy instead, and then it passes on the side that allows and fails on the other.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from attrs import frozen

from rasim.analysis.counterexample import Cast, written
from rasim.policy import SYSTEMS, HelperList, Mode, fold, parse_account, printable, reach
from rasim.policy.reach import is_stated, seen_from
from rasim.protocol.world import PolicyFacts
from rasim.verify.policies.compare import Compared, Difference
from rasim.verify.policies.facts import ALWAYS, IN_USE, PORT_135
from rasim.verify.policies.reachable import powers

# What a scenario does by itself: users are logged on, the refresh task has run, a ticket is asked for with the offer.
_IMPLIED: Final = frozenset({"logs on", "refresh task runs", "asks for a ticket"})
_ENDS: Final = {
    "offer": "{user: asked about expert}",
    "view": "{expert: view only}",
    "control": "{expert: control}",
}
_NEEDED: Final = "135 tcp: open, helpsvc: allowed, helpctr: allowed, sessmgr: allowed"
_FIREWALL: Final = {PORT_135: "135 tcp: open", ALWAYS: "3389 tcp: open", IN_USE: _NEEDED}
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

    def of(self, difference: Difference, *, newly: bool) -> str | None:
        """Return the scenario file that shows a difference, None where no scenario can.

        None is for port 3389 while in use where no offer gets through, so that only an invitation could use it.
        """
        if difference.expert is None:
            return self._of_port(difference, newly=newly)
        account = difference.expert if difference.named else ANYBODY
        control = difference.capability == "control"
        mode = "control" if self._policies[newly].offer.mode is Mode.CONTROL or control else "view"
        entry, groups = self._listed(account, newly=newly)
        if not groups:  # as the entry spells it: a scenario knows no two names of a domain
            account = entry
        return _file(
            f"{account} can {_CAN[difference.capability]}",
            self._heading(difference, newly=newly),
            f"{{offer: enabled, mode: {mode}, helpers: [{quoted(entry)}]}}",
            [*([f"groups: {{{groups}}}"] if groups else []), *self._own_firewall(difference, newly=newly)],
            account,
            difference,
            [*_way(difference.capability, account), f"expect: {_ENDS[difference.capability]}"],
        )

    def _listed(self, account: str, *, newly: bool) -> tuple[str, str]:
        """Return the entry that has the account, and the groups between them; itself where only another reading has it."""
        ways = self._lists[newly].ways(parse_account(account))
        if not ways:
            return account, ""
        helper, chain = ways[0]
        if len(chain) == 1:
            return helper.text, ""
        names = [account, *map(str, chain[1:-1]), helper.text]
        return helper.text, ", ".join(f"{quoted(group)}: [{quoted(member)}]" for member, group in pairwise(names))

    def _offer(self, difference: Difference, *, newly: bool) -> str | None:
        """Return whether offers get through on the side that allows, None where nothing is stated."""
        name, address, firewall = difference.systems[0], difference.address, self._policies[newly].firewall
        key = (newly, name, address)
        if key not in self._offers:
            found = reach(seen_from(firewall, address), name, address=address)
            self._offers[key] = found.offer if is_stated(firewall, name) else None
        return self._offers[key]

    def _own_firewall(self, difference: Difference, *, newly: bool) -> Iterator[str]:
        """Yield what the computer itself has to let in where the policy's firewall does not say whether offers get through."""
        if self._offer(difference, newly=newly) == "cannot tell":
            needs = (group[0] for group in SYSTEMS[difference.systems[0]].needs)
            words = {"135 tcp": "open", "remote desktop": "enabled"}
            stated = ", ".join(f"{need}: {words.get(need, 'allowed')}" for need in needs)
            yield f"firewall: {{{stated}}}  # the computer's own"

    def _of_port(self, difference: Difference, *, newly: bool) -> str | None:
        name = difference.capability
        steps = [f"expect: {{{'port 135' if name == PORT_135 else 'port 3389'}: open}}"]
        if name == IN_USE:
            if self._offer(difference, newly=newly) != "gets through":
                return None
            applied = f"{{offer: enabled, mode: view, helpers: [{quoted(ANYBODY)}]}}"
            on = [f"administrator: {{applies policy: {applied}}}", "computer: runs the refresh task"]
            steps = [*on, *_way("view", ANYBODY), *steps]
        return _file(
            f"port {'135' if name == PORT_135 else '3389'} is open{' while an assistance uses it' if name == IN_USE else ''}",
            self._heading(difference, newly=newly),
            "{offer: not configured}",
            [f"firewall: {{{_FIREWALL[name]}}}"],
            ANYBODY,
            difference,
            steps,
        )

    def _heading(self, difference: Difference, *, newly: bool) -> str:
        both = (self.sides.after, self.sides.before) if newly else (self.sides.before, self.sides.after)
        one, other = map(printable, both)
        sure = "" if difference.certain else ", in a reading that rasim does not take"
        return f"# possible under {one}, not under {other}{sure}"


_CAN: Final = {"offer": "offer help", "view": "see the screen", "control": "control"}


def _way(capability: str, account: str) -> list[str]:
    """Return the shortest way to a capability as steps, without those that a scenario takes by itself."""
    cast = Cast(("expert",), (account,), ("user",))
    way = powers(PolicyFacts("enabled", capability == "control", (True,), through=True))[capability]
    return [written(step, cast=cast) for step in way.steps if step.kind not in _IMPLIED]


def _file(
    claim: str,
    heading: str,
    policy: str,
    more: list[str],
    account: str,
    difference: Difference,
    steps: list[str],
) -> str:
    whence = f", offers from: {difference.address}" if difference.address else ""
    return "\n".join(
        (
            heading,
            "rasim: 1",
            f"scenario: {quoted(claim)}",
            f"policy: {policy}",
            *people(account),
            f"computer: {{os: {difference.systems[0]}{whence}}}",
            *more,
            "steps:",
            *(f"- {step}" for step in steps),
            "",
        )
    )


def people(account: str) -> tuple[str, ...]:
    """Return the people of a scenario about one expert: the expert, and a user who is somebody else."""
    owner = "CORP\\user" if fold(account) != fold("CORP\\user") else "CORP\\owner"
    expert = f"  expert: {{account: {quoted(account)}}}"
    return "people:", expert, f"  user: {{account: {quoted(owner)}, uses: s1}}"


def quoted(text: str) -> str:
    """Return text as YAML of one line."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
