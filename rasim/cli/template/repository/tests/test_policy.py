"""What the policy must keep: asked of every state that it leads to, and of everybody whom it tells apart."""

from pathlib import Path

import pytest
import yaml

from rasim.testing import (
    assert_may_not_offer,
    assert_may_offer,
    assert_never_connected_unannounced,
    assert_no_looser_than,
    assert_view_only,
)

TOP = Path(__file__).parents[1]
POLICY = TOP / "policies" / "helpdesk.reg"
BASELINE = TOP / "policies" / "baseline.reg"
GROUPS = yaml.safe_load((TOP / "groups.yaml").read_text("utf-8"))


def test_nobody_is_connected_without_a_yes() -> None:
    """Nobody is connected or sees anything without a yes of the session's own user."""
    assert_never_connected_unannounced(POLICY)


def test_helpers_only_view() -> None:
    """No helper can get more than a view."""
    assert_view_only(POLICY)


@pytest.mark.parametrize("account", [r"CORP\anna", r"CORP\dora"])
def test_the_helpdesk_may_offer(account: str) -> None:
    """Who is in the helpdesk, or in a group of it, may offer help."""
    assert_may_offer(POLICY, account, groups=GROUPS)


@pytest.mark.parametrize("account", [r"CORP\mallory", r"OTHER\anna"])
def test_nobody_else_may_offer(account: str) -> None:
    """A stranger may not offer help, nor does a name that only looks like a helper's."""
    assert_may_not_offer(POLICY, account, groups=GROUPS)


def test_nothing_is_possible_that_was_not_approved() -> None:
    """The policy makes nothing possible, for anybody, that the baseline does not."""
    assert_no_looser_than(BASELINE, POLICY, groups=GROUPS)
