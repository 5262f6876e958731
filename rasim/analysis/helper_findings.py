"""Who the helpers are, where members of groups were told: a group of so many, an account, or nobody that was told of."""

from collections.abc import Iterator
from typing import Literal

from attrs import frozen

from rasim.analysis.findings import CYCLE, EVERYBODY, NOBODY, NOT_TOLD, TWICE, Finding
from rasim.policy import Account, Helper, Membership, Policy, State, names_everybody, parse_account
from rasim.policy.names import fold
from rasim.words import plural

What = Literal["group", "account", "not told", "nobody", "no account"]


@frozen
class Who:
    """One entry of the list: what it is, how many people are in it, and the groups in it whose members were not told."""

    helper: Helper
    what: What
    people: int | None = None
    untold: tuple[Account, ...] = ()

    def __str__(self) -> str:
        if self.what == "group":
            more = f", and those in {', '.join(map(str, self.untold))}, who were not told" if self.untold else ""
            return f"a group of {plural(self.people or 0, 'person', 'people')}{more}"
        return {
            "account": "an account",
            "not told": "a group whose members were not told",
            "nobody": "neither a group nor an account in what was told",
            "no account": "no account",
        }[self.what]


def who(policy: Policy, membership: Membership) -> tuple[Who, ...]:
    """Return what each entry of the helper list is, in its order."""
    return tuple(_who(helper, membership) for helper in policy.offer.helpers)


def _who(helper: Helper, membership: Membership) -> Who:
    if helper.flaw is not None:
        return Who(helper, "no account")
    account = parse_account(helper.text)
    untold = membership.untold_in(account)
    if membership.knows(account):
        return Who(helper, "group", len(membership.people_in(account)), untold)
    if untold and (membership.mentions(account) or names_everybody(helper.text)):
        return Who(helper, "not told", None, untold)
    return Who(helper, "account" if membership.mentions(account) else "nobody")


def findings_about(policy: Policy, membership: Membership) -> Iterator[Finding]:
    """Yield what is to be looked at in who the helpers are."""
    met: dict[Account, Helper] = {}
    cyclic = set(membership.cycles())
    for each in who(policy, membership):
        helper = each.helper
        if each.what == "nobody":
            yield NOBODY.at(helper.where, helper=helper, what=each)
        if each.untold:
            yield NOT_TOLD.at(helper.where, helper=helper, groups=", ".join(map(str, each.untold)))
        off = policy.offer.state in {State.DISABLED, State.NOT_CONFIGURED} or names_everybody(helper.text)
        for group in () if off else (one for one in each.untold if names_everybody(str(one))):
            yield EVERYBODY.at(helper.where, helper=f'{helper}" with "{group}')
        if helper.flaw is not None:
            continue
        account = membership.same(parse_account(helper.text))
        if account in met and fold(met[account].text) != fold(helper.text):
            yield TWICE.at(helper.where, one=met[account], other=helper)
        met.setdefault(account, helper)
        inside = sorted(map(str, (membership.below(account) | {account}) & cyclic))
        if inside:
            yield CYCLE.at(helper.where, helper=helper, groups=", ".join(inside))
