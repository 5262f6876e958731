"""A difference between two policies as a scenario: the shortest way in which what is possible on one side comes about.

The policy stands in it in words, reduced to what decides, so that it plays by itself; `rasim run --policy FILE` plays it with
a real policy instead, and then it passes on the side that allows and fails on the other.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rasim.policy import SYSTEMS, HelperList, Mode, Policy, fold, parse_account, printable, reach
from rasim.policy.reach import is_stated, seen_from
from rasim.report.steps import Cast, written
from rasim.verify.compare import ALWAYS, IN_USE, PORT_135, Compared, Difference
from rasim.verify.powers import Facts, powers

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


def scenario_of(difference: Difference, compared: Compared, *, newly: bool, sides: tuple[str, str]) -> str | None:
    """Return the scenario file that shows a difference, None where no scenario can; `sides` are the names of both policies.

    None is for port 3389 while in use where no offer gets through, so that only an invitation could use it.
    """
    policy = compared.after if newly else compared.before
    if difference.expert is None:
        return _of_port(difference, policy, newly=newly, sides=sides)
    account = difference.expert if difference.named else ANYBODY
    cast = Cast(("expert",), (account,), ("user",))
    control = difference.capability == "control"
    way = powers(Facts(offers=True, listed=True, control=control, through=True))[difference.capability]
    steps = [written(step, cast=cast) for step in way.steps if step.kind not in _IMPLIED]
    mode = "control" if policy.offer.mode is Mode.CONTROL or control else "view"
    entry, groups = _listed(policy, account, compared)
    claim = f"{account} can {_CAN[difference.capability]}"
    return _file(
        claim,
        _heading(difference, newly=newly, sides=sides),
        f"{{offer: enabled, mode: {mode}, helpers: [{quoted(entry)}]}}",
        [*([f"groups: {{{groups}}}"] if groups else []), *_own_firewall(difference, policy)],
        account,
        difference,
        [*steps, f"expect: {_ENDS[difference.capability]}"],
    )


def _own_firewall(difference: Difference, policy: Policy) -> Iterator[str]:
    """Yield what the computer itself has to let in where the policy's firewall does not say whether offers get through."""
    name = difference.systems[0]
    if not is_stated(policy.firewall, name):
        return
    found = reach(seen_from(policy.firewall, difference.address), name, address=difference.address)
    if found.offer == "cannot tell":
        needs = (group[0] for group in SYSTEMS[name].needs)
        words = {"135 tcp": "open", "remote desktop": "enabled"}
        stated = ", ".join(f"{need}: {words.get(need, 'allowed')}" for need in needs)
        yield f"firewall: {{{stated}}}  # the computer's own"


_CAN: Final = {"offer": "offer help", "view": "see the screen", "control": "control"}


def _listed(policy: Policy, account: str, compared: Compared) -> tuple[str, str]:
    """Return the entry that has the account, and the groups between them; itself where only another reading has it."""
    ways = HelperList(policy, compared.membership).ways(parse_account(account))
    if not ways:
        return account, ""
    helper, chain = ways[0]
    if len(chain) == 1:
        return helper.text, ""
    names = [account, *map(str, chain[1:-1]), helper.text]
    return helper.text, ", ".join(f"{quoted(group)}: [{quoted(member)}]" for member, group in pairwise(names))


def _of_port(difference: Difference, policy: Policy, *, newly: bool, sides: tuple[str, str]) -> str | None:
    name = difference.capability
    steps = [f"expect: {{{'port 135' if name == PORT_135 else 'port 3389'}: open}}"]
    if name == IN_USE:
        through = reach(
            seen_from(policy.firewall, difference.address), difference.systems[0], address=difference.address
        )
        if through.offer != "gets through":
            return None
        way = powers(Facts(offers=True, listed=True, control=False, through=True))["view"]
        cast = Cast(("expert",), (ANYBODY,), ("user",))
        applied = f"{{offer: enabled, mode: view, helpers: [{quoted(ANYBODY)}]}}"
        on = [f"administrator: {{applies policy: {applied}}}", "computer: runs the refresh task"]
        steps = [*on, *(written(step, cast=cast) for step in way.steps if step.kind not in _IMPLIED), *steps]
    return _file(
        f"port {'135' if name == PORT_135 else '3389'} is open{' while an assistance uses it' if name == IN_USE else ''}",
        _heading(difference, newly=newly, sides=sides),
        "{offer: not configured}",
        [f"firewall: {{{_FIREWALL[name]}}}"],
        ANYBODY,
        difference,
        steps,
    )


def _heading(difference: Difference, *, newly: bool, sides: tuple[str, str]) -> Iterator[str]:
    one, other = (sides[1], sides[0]) if newly else sides
    sure = "" if difference.certain else ", in a reading that rasim does not take"
    yield f"# possible under {printable(one)}, not under {printable(other)}{sure}"


def _file(
    claim: str,
    heading: Iterator[str],
    policy: str,
    more: list[str],
    account: str,
    difference: Difference,
    steps: list[str],
) -> str:
    whence = f", offers from: {difference.address}" if difference.address else ""
    return "\n".join(
        (
            *heading,
            "rasim: 1",
            f"scenario: {quoted(claim)}",
            f"policy: {policy}",
            "people:",
            f"  expert: {{account: {quoted(account)}}}",
            "  user: {account: 'CORP\\user', uses: s1}"
            if fold(account) != fold("CORP\\user")
            else "  user: {account: 'CORP\\owner', uses: s1}",
            f"computer: {{os: {difference.systems[0]}{whence}}}",
            *more,
            "steps:",
            *(f"- {step}" for step in steps),
            "",
        )
    )


def quoted(text: str) -> str:
    """Return text as YAML of one line."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
