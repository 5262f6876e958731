"""May this account offer help, may it control: the decisions, each with the rules and settings that made it.

Read `may_offer` from the top: the questions come in a fixed order, and none asks who is logged on, so that an account
which is not on the list gets the same answer whoever uses the computer (R6). Whatever is unclear is not allowed.
"""

from typing import assert_never

from attrs import evolve

from rasim.errors import UsageError
from rasim.policy.accounts import Account, parse_account
from rasim.policy.answer import Decision, Reason
from rasim.policy.groups import Membership
from rasim.policy.helper_list import is_helper
from rasim.policy.offer import Policy
from rasim.policy.settings import OFFER_MODE, OFFER_STATE, SOLICITED_STATE
from rasim.policy.stated import Mode, State
from rasim.policy.systems import SYSTEMS, Blocks, unknown_system
from rasim.policy.unclear import OF_ANYTHING, Unclear


def may_offer(
    policy: Policy, account: Account | str, membership: Membership | None = None, *, os: str | None = None
) -> Decision:
    r"""Decide whether `account` may offer help: offers enabled (R1), no old block (R9), on the helper list (R4, R5).

    Solicited settings do not matter (R2) except on the systems of R9; a system that is None adds no block.

    Raises:
        UsageError: `account` is a text that is not of the form DOMAIN\name, or no system has the name `os` (R42).

    """
    account = parse_account(account) if isinstance(account, str) else account
    enabled = permits_offers(policy, os)
    # Where offers are not enabled nothing hangs on the list.
    decision = _all(enabled, is_helper(policy, account, membership)) if is_enabled(policy).allowed else enabled
    return Decision(decision.allowed, decision.because, (*decision.unclear, *missing(policy)))


def permits_offers(policy: Policy, os: str | None = None) -> Decision:
    """Decide whether policy enables offers (R1) and nothing blocks them (R9), whoever asks.

    Raises:
        UsageError: no system has the name `os` (R42).

    """
    if os is not None and os not in SYSTEMS:
        raise UsageError(unknown_system(os))
    return _all(is_enabled(policy), not_blocked(policy, os))


def missing(policy: Policy) -> tuple[Unclear, ...]:
    """Return the doubts that could turn anything: what is missing from a merge, not read, or an instruction that nobody can carry out."""
    return tuple(doubt for doubt in policy.unclear if doubt.topic in OF_ANYTHING)


def may_control(
    policy: Policy, account: Account | str, membership: Membership | None = None, *, os: str | None = None
) -> Decision:
    """Decide whether `account`, once the user accepted, may be granted control: `may_offer`, and the mode (R3). What is missing may permit more.

    Raises:
        UsageError: as `may_offer`.

    """
    offer = may_offer(policy, account, membership, os=os)
    mode = permits_control(policy)
    mode = evolve(mode, unclear=(*mode.unclear, *missing(policy)))
    return _all(offer, mode) if offer.allowed or offer.unclear else offer


def permits_control(policy: Policy) -> Decision:
    """Decide whether the mode permits control, whoever asks (R3); an absent mode is view only, and unclear."""
    says, where = policy.offer.mode_stated.says, policy.offer.mode_stated.where
    unclear = tuple(doubt for doubt in policy.unclear if OFFER_MODE.field in doubt.parts)
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


def is_enabled(policy: Policy) -> Decision:
    """Decide whether offers are enabled (R1), on a system where nothing else blocks them."""
    offer = policy.offer
    says = {
        State.NOT_CONFIGURED: "offers are not configured",
        State.DISABLED: "offers are disabled",
        State.ENABLED: "offers are enabled",
        State.UNKNOWN: "whether offers are enabled cannot be read",
    }[offer.state]
    reason = Reason("R1", f"{says} ({offer.stated.says})", str(OFFER_STATE), offer.stated.where)
    unclear = tuple(doubt for doubt in policy.unclear if OFFER_STATE.field in doubt.parts)
    return Decision(offer.state is State.ENABLED, (reason,), unclear)


def not_blocked(policy: Policy, os: str | None) -> Decision:
    """Decide R9: on systems before XP SP2, and on Server 2003, solicited disabled blocks offers too."""
    system = SYSTEMS.get(os or "")
    solicited = policy.solicited
    if system is None or system.solicited_blocks_offers is Blocks.NO:
        return Decision(True, ())
    if solicited.state not in {State.DISABLED, State.UNKNOWN}:
        return Decision(True, ())
    sure = system.solicited_blocks_offers is Blocks.YES and solicited.state is State.DISABLED
    what = f"solicited {solicited.state.value} ({solicited.stated.says})"
    says = f"on {system.name}, {what} {'blocks' if sure else 'may block'} offers too"
    reason = Reason("R9", says, str(SOLICITED_STATE), solicited.stated.where)
    unclear = tuple(doubt for doubt in policy.unclear if SOLICITED_STATE.field in doubt.parts)
    if system.solicited_blocks_offers is Blocks.UNCLEAR:
        readings = (f"offers are blocked on {system.name} too (R9)", f"{system.name} has the fix of XP SP2")
        about = (("blocks", system.name),)
        doubt = Unclear(str(SOLICITED_STATE), solicited.stated.says, readings, solicited.stated.where, about=about)
        unclear = (*unclear, doubt)
    return Decision(False, (reason,), unclear)


def _all(*decisions: Decision) -> Decision:
    """Join decisions that must all allow: an allowance shows all reasons, a refusal those of the refusals.

    One refusal that is certain settles it: what others could be read as does not matter then.
    """
    refusals = [decision for decision in decisions if not decision.allowed]
    certain = [refusal for refusal in refusals if not refusal.unclear]
    kept = certain or refusals or decisions
    return Decision(
        not refusals,
        tuple(reason for decision in kept for reason in decision.because),
        tuple(dict.fromkeys(doubt for decision in kept for doubt in decision.unclear)),
    )
