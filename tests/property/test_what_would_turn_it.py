"""What would turn an answer: for whatever policy can be drawn, each change that is named turns it, and nothing smaller does."""

from itertools import chain, combinations

from drawn import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from rasim.analysis.explain import Asked, Change, Explained, explain
from rasim.policy import Membership, Policy, may_control, may_offer, what_if
from rasim.testing import accounts, memberships, policies

CAPABILITIES: tuple[Asked, ...] = ("offer", "control")
SYSTEMS = (None, "windows-xp-sp1", "windows-10")
Options = tuple[tuple[str, str], ...]


def options_of(change: Change) -> Options:
    return tuple(zip(change.options[::2], change.options[1::2], strict=True))


def changed(policy: Policy, options: Options) -> Policy:
    """Return the policy with the options of the command line that a change names."""
    return what_if(
        policy,
        dict(value.split("=", 1) for name, value in options if name == "--set"),
        add_helpers=[value for name, value in options if name == "--add-helper"],
        remove_helpers=dict.fromkeys(value for name, value in options if name == "--remove-helper"),
    )


def answer(found: Explained, policy: Policy, membership: Membership, os: str | None) -> str:
    decision = (may_control if found.capability == "control" else may_offer)(policy, found.expert, membership, os=os)
    return "unclear" if decision.unclear else "allow" if decision.allowed else "deny"


@settings(max_examples=examples(150))
@given(policies(), accounts(), memberships(), st.sampled_from(CAPABILITIES), st.sampled_from(SYSTEMS))
def test_changes_turn_it_and_are_the_smallest(
    policy: Policy, expert: str, membership: Membership, capability: Asked, os: str | None
) -> None:
    """Each change turns the answer to the other one, for certain; no part of it does, and none is named twice."""
    found = explain(policy, expert, capability, membership, os=os)
    wanted = "deny" if found.decision.allowed else "allow"
    named = [options_of(change) for change in found.would_change]

    assert len(named) == len({frozenset(options) for options in named})
    for options in named:
        assert wanted == answer(found, changed(policy, options), membership, os)
        for part in chain.from_iterable(combinations(options, size) for size in range(1, len(options))):
            assert wanted != answer(found, changed(policy, part), membership, os)


@settings(max_examples=examples(150))
@given(policies(), accounts(), memberships(), st.sampled_from(CAPABILITIES), st.sampled_from(SYSTEMS))
def test_a_refusal_can_be_turned(
    policy: Policy, expert: str, membership: Membership, capability: Asked, os: str | None
) -> None:
    """Every answer can be turned by settings, unless something is missing that could say anything."""
    found = explain(policy, expert, capability, membership, os=os)

    assert found.would_change or any(each.topic in {"missing", "instruction"} for each in policy.unclear)
