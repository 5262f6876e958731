"""May this account offer help, may it control: the decisions, each with the rules and settings that made it.

Read `may_offer` from the top: the questions come in a fixed order, and none asks who is logged on, so that an account
which is not on the list gets the same answer whoever uses the computer (R6). Whatever is unclear is not allowed.
"""

from typing import assert_never

from attrs import field, frozen

from rasim.errors import UsageError, Where
from rasim.policy.accounts import Account, Flaw, might_mean, names_everybody, parse_account
from rasim.policy.groups import Membership
from rasim.policy.names import fold, printable
from rasim.policy.offer import Helper, Mode, Policy, State, Unclear
from rasim.policy.settings import OFFER_HELPERS, OFFER_MODE, OFFER_STATE, SOLICITED_STATE
from rasim.policy.systems import SYSTEMS, Blocks


@frozen
class Reason:
    """One step of a decision: the rule (R1 ...), what it says here, the setting behind it, and where that stands."""

    rule: str
    says: str
    setting: str
    where: Where | None = field(default=None, eq=False)


@frozen
class Decision:
    """An answer: allowed or not, the reasons in the order they were asked, and what could be read otherwise.

    An answer with `unclear` is never allowed because of the doubtful part; it says that Windows may see it otherwise.
    """

    allowed: bool
    because: tuple[Reason, ...]
    unclear: tuple[Unclear, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


def may_offer(
    policy: Policy, account: Account | str, membership: Membership | None = None, *, os: str | None = None
) -> Decision:
    r"""Decide whether `account` may offer help: offers enabled (R1), no old block (R9), on the helper list (R4, R5).

    Solicited settings do not matter (R2) except on the systems of R9; a system that is None adds no block.

    Raises:
        UsageError: `account` is a text that is not of the form DOMAIN\name, or no system has the name `os` (R42).

    """
    if os is not None and os not in SYSTEMS:
        raise UsageError(f"no operating system is called {printable(os)!r}; known: {', '.join(SYSTEMS)}")
    account = parse_account(account) if isinstance(account, str) else account
    enabled = _enabled(policy)
    asked = (
        (enabled, _not_blocked(policy, os), is_helper(policy, account, membership)) if enabled.allowed else (enabled,)
    )
    decision = _all(*asked)
    # What is missing from a merge could turn an allowance as well as a refusal.
    missing = tuple(doubt for doubt in policy.unclear if doubt.topic == "missing")
    return Decision(decision.allowed, decision.because, (*decision.unclear, *missing))


def may_control(
    policy: Policy, account: Account | str, membership: Membership | None = None, *, os: str | None = None
) -> Decision:
    """Decide whether `account`, once the user accepted, may be granted control: `may_offer`, and the mode (R3).

    Raises:
        UsageError: as `may_offer`.

    """
    offer = may_offer(policy, account, membership, os=os)
    return _all(offer, permits_control(policy)) if offer.allowed else offer


def permits_control(policy: Policy) -> Decision:
    """Decide whether the mode permits control, whoever asks (R3); an absent mode is view only, and unclear."""
    says, where = policy.offer.mode_stated.says, policy.offer.mode_stated.where
    unclear = tuple(doubt for doubt in policy.unclear if doubt.setting == str(OFFER_MODE))
    match policy.offer.mode:
        case Mode.CONTROL:
            return Decision(True, (Reason("R3", f"the mode permits control ({says})", str(OFFER_MODE), where),))
        case Mode.VIEW:
            return Decision(False, (Reason("R3", f"the mode is view only ({says})", str(OFFER_MODE), where),))
        case None:
            reason = Reason("R3", f"no valid mode is stated ({says}): view only", str(OFFER_MODE), where)
            return Decision(False, (reason,), unclear)
        case _:
            assert_never(policy.offer.mode)


def is_helper(policy: Policy, account: Account | str, membership: Membership | None = None) -> Decision:
    r"""Decide whether `account` is on the helper list, as itself or through groups (R4).

    Whether offers are enabled is not asked here.

    An entry of wrong form matches nobody (R26). An entry that names neither the account nor a group whose members
    were told may be a user or a group: it does not match, and that alone is not unclear. Unclear are refusals where an
    entry holds everybody, names the same account in another form, or has a name unlike its data.

    Raises:
        UsageError: `account` is a text that is not of the form DOMAIN\name.

    """
    account = parse_account(account) if isinstance(account, str) else account
    membership = membership or Membership()
    setting = str(OFFER_HELPERS)
    for helper in policy.offer.helpers:
        chain = membership.path(account, parse_account(helper.text)) if helper.flaw is None else None
        if chain is not None:
            via = "" if len(chain) == 1 else f" as a member of {', in '.join(map(str, chain[1:]))}"
            return Decision(True, (Reason("R4", f"{account} is a helper{via}", setting, helper.where),))
    where = policy.offer.helpers_stated.where
    if not policy.offer.helpers:
        return Decision(False, (Reason("R5", "the helper list is empty: nobody may offer", setting, where),))
    doubts = tuple(_doubt(helper, account) for helper in policy.offer.helpers if _doubtful(helper, account, membership))
    reason = Reason("R4", f"{account} is not on the helper list", setting, where)
    untold = tuple(doubt for helper in policy.offer.helpers if (doubt := _untold(helper, account, membership)))
    return Decision(False, (reason,), (*doubts, *untold))


def _enabled(policy: Policy) -> Decision:
    offer = policy.offer
    says = {
        State.NOT_CONFIGURED: "offers are not configured",
        State.DISABLED: "offers are disabled",
        State.ENABLED: "offers are enabled",
        State.UNKNOWN: "whether offers are enabled cannot be read",
    }[offer.state]
    reason = Reason("R1", f"{says} ({offer.stated.says})", str(OFFER_STATE), offer.stated.where)
    unclear = tuple(doubt for doubt in policy.unclear if doubt.setting == str(OFFER_STATE))
    return Decision(offer.state is State.ENABLED, (reason,), unclear)


def _not_blocked(policy: Policy, os: str | None) -> Decision:
    """Decide R9: on systems before XP SP2, and on Server 2003, solicited disabled blocks offers too."""
    system = SYSTEMS.get(os or "")
    solicited = policy.solicited
    if system is None or system.solicited_blocks_offers is Blocks.NO:
        return Decision(True, ())
    if solicited.state not in {State.DISABLED, State.UNKNOWN}:
        return Decision(True, ())
    setting = str(SOLICITED_STATE)
    sure = system.solicited_blocks_offers is Blocks.YES and solicited.state is State.DISABLED
    says = f"on {system.name}, solicited {solicited.state.value} {'blocks' if sure else 'may block'} offers too"
    reason = Reason("R9", says, setting, solicited.stated.where)
    unclear = tuple(doubt for doubt in policy.unclear if doubt.setting == setting)
    if system.solicited_blocks_offers is Blocks.UNCLEAR:
        readings = (f"offers are blocked on {system.name} too (R9)", f"{system.name} has the fix of XP SP2")
        unclear = (*unclear, Unclear(setting, solicited.stated.says, readings, solicited.stated.where))
    return Decision(False, (reason,), unclear)


def _all(*decisions: Decision) -> Decision:
    """Join decisions that must all allow: a refusal shows the reasons of the refusals, an allowance all reasons."""
    allowed = all(decision.allowed for decision in decisions)
    kept = [decision for decision in decisions if allowed or not decision.allowed]
    return Decision(
        allowed,
        tuple(reason for decision in kept for reason in decision.because),
        tuple(doubt for decision in kept for doubt in decision.unclear),
    )


def _doubtful(helper: Helper, account: Account, membership: Membership) -> bool:
    if helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
        return True
    if helper.flaw is None and (
        membership.knows(parse_account(helper.text)) or _two_domains(helper, account, membership)
    ):
        return False
    return names_everybody(helper.text) or might_mean(helper.text, account)


def _two_domains(helper: Helper, account: Account, membership: Membership) -> bool:
    """Tell whether an entry is of another domain for certain: of one of the two both names are known."""
    return _are_two(parse_account(helper.text), account, membership)


def _are_two(one: Account, other: Account, membership: Membership) -> bool:
    known = membership.knows_domain(one.domain) or membership.knows_domain(other.domain)
    return known and fold(membership.same(one).domain) != fold(membership.same(other).domain)


def _untold(helper: Helper, account: Account, membership: Membership) -> Unclear | None:
    """Return the doubt about a group on the list: members that were not told, or told in another form of the domain."""
    if helper.flaw is not None:
        return None
    group = parse_account(helper.text)
    groups = membership.untold_in(group)
    if groups:
        says = f'of the entry "{printable(helper.text)}" the members of {", ".join(map(str, groups))} were not told'
    else:
        alike = (each for each in membership.below(group) if might_mean(str(each), account))
        other = min((each for each in alike if not _are_two(each, account, membership)), key=str, default=None)
        if other is None:
            return None
        says = f'{other} is in the entry "{printable(helper.text)}", and whether that is the same domain was not told'
    readings = (f"{account} is not on the helper list", f"{account} is among them")
    return Unclear(str(OFFER_HELPERS), says, readings, helper.where)


def _doubt(helper: Helper, account: Account) -> Unclear:
    why = (
        "names a group that holds everybody"
        if names_everybody(helper.text)
        else helper.flaw.value
        if helper.flaw
        else "has another form of the domain"
    )
    says = f'the entry "{printable(helper.text)}" {why}'
    readings = (f"{account} is not on the helper list", f"Windows, which knows the directory, may find {account} in it")
    return Unclear(str(OFFER_HELPERS), says, readings, helper.where)
