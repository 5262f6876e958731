"""Assertions about policies: each explores every reachable state of that policy, or decides, and shows why it fails.

A policy is a `Policy`, or the path of a policy file, or several paths (lowest precedence first). What is unclear fails. What they
do not cover is what no policy file shows: local administrators, and direct members of *Offer Remote Assistance Helpers*.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypedDict, Unpack

from rasim.analysis.counterexample import scenario_of
from rasim.analysis.difference_scenarios import Sides
from rasim.errors import PolicyFileError, UsageError
from rasim.formats import read_policy_files
from rasim.inputs import read_file
from rasim.policy import Decision, Membership, Policy, may_offer, parse_account, roads_of
from rasim.protocol.world import PolicyFacts
from rasim.report.diff import document
from rasim.report.outputs import render
from rasim.scenario import write_scenario
from rasim.verify import Checked, Compared, Judged, check, compare, policy_models

AnyPolicy = Policy | str | Path | Iterable[str | Path]
Groups = Mapping[str, Iterable[str]]


class About(TypedDict, total=False):
    """Who is in which group, on which system; `member_of` and `not_member_of` are groups of the account asked about."""

    groups: Groups | None
    os: str | None
    member_of: Iterable[str]
    not_member_of: Iterable[str]


UNANNOUNCED = (
    "never_connected_unannounced",
    "nothing_shown_before_acceptance",
    "only_the_sessions_own_user_consents",
    "silence_refuses",
)
VIEW_ONLY = ("acceptance_gives_view_only", "view_only_policy_never_yields_control", "control_needs_its_own_click")


def policy_from(policy: AnyPolicy) -> Policy:
    """Return the policy, reading it from its files if paths are given. Raises PolicyFileError for one that cannot be read."""
    if isinstance(policy, Policy):
        return policy
    paths = [policy] if isinstance(policy, str | Path) else list(policy)
    if not paths:
        raise UsageError("no policy file is given: nothing was asserted")
    return read_policy_files([(str(path), read_file(path, PolicyFileError)) for path in paths])


@lru_cache(maxsize=32)
def _checked(facts: PolicyFacts) -> Checked:
    return check(policy_models(facts.offers, control=facts.control, anybody_listed=any(facts.listed)))


def checked(policy: Policy) -> dict[str, Judged]:
    """Return every promise with its verdict for this policy, which stays as it is; by name."""
    found = _checked(PolicyFacts.of(policy))
    return {judged.promise.name: judged for judged in found.judged}


def assert_never_connected_unannounced(policy: AnyPolicy) -> None:
    """Assert that under this policy nobody is connected, or sees anything, without a yes of the session's own user.

    Whoever the expert is, whatever the expert sends, in every reachable state, and by no other road that the policy states (session
    shadowing, Remote Desktop, ...; `rasim.policy.roads_of`). A policy that forbids offers and states no road passes.
    Raises AssertionError with the shortest scenario that shows the contrary, or with the road that asks nobody, or may.
    """
    __tracebackhide__ = True
    read = policy_from(policy)
    _promised(checked(read), UNANNOUNCED)
    for road in roads_of(read):
        if road.unasked or road.perhaps_unasked:
            how = "asks nobody" if road.unasked else "may ask nobody"
            why = "; ".join(f"{reason.says}{f' ({reason.where})' if reason.where else ''}" for reason in road.because)
            raise AssertionError(f"{road.road} {how} and gives {road.given}, to {', '.join(road.who)}: {why}")


def assert_view_only(policy: AnyPolicy) -> None:
    """Assert that under this policy no expert can ever get more than a view.

    Raises AssertionError with the shortest scenario that gives control, or with both readings of what is unclear.
    """
    __tracebackhide__ = True
    read = policy_from(policy)
    if read.unclear:
        said = "; ".join(f"{u.setting}: {u.says} ({' / '.join(u.readings)})" for u in read.unclear)
        raise AssertionError(f"whether helpers may only view is unclear: {said}")
    verdicts = checked(read)
    _promised(verdicts, VIEW_ONLY)
    control = verdicts["control_can_be_used"]
    if control.verdict != "unreachable":
        stated = read.offer.mode_stated
        where = f" ({stated.where})" if stated.where and stated.where.known else ""
        raise AssertionError(f"control is possible: {stated.setting} is {stated.says}{where}\n{_shown(control)}")


def assert_may_offer(policy: AnyPolicy, account: str, **about: Unpack[About]) -> Decision:
    r"""Assert that an account (`DOMAIN\name`) may offer help; return the decision with its reasons.

    Raises AssertionError with the reasons, or the question that `groups` or `member_of` would answer; UsageError for another form.
    """
    __tracebackhide__ = True
    return _decided(True, policy, account, **about)


def assert_may_not_offer(policy: AnyPolicy, account: str, **about: Unpack[About]) -> Decision:
    r"""Assert that an account may not offer help, and that this is clear; return the decision with its reasons.

    Raises AssertionError if it may, if Windows might read the policy otherwise, or if it may be in a group whose members were not told.
    """
    __tracebackhide__ = True
    return _decided(False, policy, account, **about)


def _decided(wanted: bool, policy: AnyPolicy, account: str, **about: Unpack[About]) -> Decision:
    __tracebackhide__ = True
    members = Membership.of(about.get("groups") or {})
    members = members.about(parse_account(account), about.get("member_of", ()), about.get("not_member_of", ()))
    decision = may_offer(policy_from(policy), account, members, os=about.get("os"))
    if decision.unclear and not decision.allowed:
        said = "; ".join(f"{u.says} ({' / '.join(u.readings)})" for u in decision.unclear)
        raise AssertionError(f"whether {account} may offer help is unclear: {said}")
    if decision.allowed is not wanted:
        raise AssertionError(f"{account} may {'not ' if wanted else ''}offer help: {_reasons(decision)}")
    return decision


def assert_no_looser_than(
    baseline: AnyPolicy,
    policy: AnyPolicy,
    *,
    groups: Groups | None = None,
    systems: Iterable[str] | None = None,
) -> Compared:
    """Assert that nothing is possible under a policy that is not under the baseline; return the comparison.

    Over every expert whom either can tell apart, the systems given (else all), and all traces (`rasim.verify.policies.compare`).
    Raises AssertionError with what is newly possible, why, and the shortest scenario; where only some reading of what is
    unclear makes it possible, with both readings. Raises UsageError for a system of another name.
    """
    __tracebackhide__ = True
    before, after = policy_from(baseline), policy_from(policy)
    compared = compare(before, after, membership=Membership.of(groups or {}), systems=systems)
    if compared.newly_possible:
        sides = Sides(_name(baseline, "the baseline"), _name(policy, "the policy"))
        raise AssertionError(render(document(compared, sides), "text"))
    return compared


def _name(policy: AnyPolicy, otherwise: str) -> str:
    """Return what to call a policy: its files, if it came from files."""
    if isinstance(policy, Policy):
        return otherwise
    return str(policy) if isinstance(policy, str | Path) else " + ".join(map(str, policy)) or otherwise


def _promised(verdicts: Mapping[str, Judged], names: Iterable[str]) -> None:
    __tracebackhide__ = True
    for name in names:
        judged = verdicts[name]
        if judged.verdict not in ("holds", "vacuous"):  # vacuous: this policy does not even let it come to that
            raise AssertionError(f"{name}: {judged.verdict}\n{_shown(judged)}")


def _shown(judged: Judged) -> str:
    return write_scenario(scenario_of(judged.finding, judged.model)) if judged.finding and judged.model else ""


def _reasons(decision: Decision) -> str:
    return "; ".join(
        f"{r.rule}: {r.says}{f' [{r.where}]' if r.where and r.where.known else ''}" for r in decision.because
    )
