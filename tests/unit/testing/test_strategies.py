"""The Hypothesis strategies that `rasim.testing` offers."""

import subprocess
import sys

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from rasim.errors import UsageError
from rasim.policy import Membership, Policy, State, is_helper
from rasim.testing import memberships, policies, stories
from rasim.testing.steering import Story, steering_of
from rasim.testing.strategies import accounts
from tests.conformance.small_product import Small

# What is found need not be the smallest there is.
ANY = settings(max_examples=2000, phases=[Phase.generate])


@given(policies(flawed=False))
def test_sound_policies_have_no_flawed_helper(policy: Policy) -> None:
    """With `flawed=False` every helper has the right form and every state is known."""
    assert all(helper.flaw is None for helper in policy.offer.helpers)
    assert policy.offer.state is not State.UNKNOWN


def test_every_state_is_drawn() -> None:
    """The strategy reaches every state of the offer setting."""
    for state in State:
        assert state is find(policies(), lambda p, state=state: p.offer.state is state, settings=ANY).offer.state


def test_somebody_is_a_helper_through_a_group() -> None:
    """Lists, groups and accounts are drawn so that they meet."""

    def meets(drawn: tuple[Policy, Membership, str]) -> bool:
        policy, membership, account = drawn
        decision = is_helper(policy, account, membership)
        return decision.allowed and "as a member of" in decision.because[-1].says

    assert find(st.tuples(policies(), memberships(), accounts()), meets, settings=ANY)


def test_without_hypothesis_one_sentence_names_the_extra() -> None:
    """Where Hypothesis is missing, asking for a strategy says what to install."""
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import rasim.testing\n"
        "try: rasim.testing.policies\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    says = "UsageError policies needs Hypothesis (the extra `testing`): python -m pip install "
    assert ran.stdout.startswith(f'{says}"hypothesis')
    assert "rasim[" not in ran.stdout  # it is on no index


def test_drawn_stories_lead_to_control() -> None:
    """The stories that are drawn for a product reach a situation in which the expert holds control."""
    steering = steering_of(Small, "helpers may control")

    def held(story: Story) -> bool:
        state, seen = steering.start, []
        for step in story.steps:
            state, _ = steering.after(state, step)
            seen.append(steering.situation(state))
        return "viewing, control held" in seen

    assert len(find(stories(Small), held, settings=ANY).steps) >= 5


def test_a_scene_that_is_none_is_refused() -> None:
    """A scene by another name is refused with the nearest."""
    with pytest.raises(UsageError, match="did you mean `two experts`"):
        stories(Small, scene="two expert")
