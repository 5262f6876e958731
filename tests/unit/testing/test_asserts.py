"""The assertions of `rasim.testing`, passing and failing."""

from pathlib import Path

import pytest

from rasim.errors import PolicyFileError, UsageError
from rasim.formats import registry_pol
from rasim.policy import Policy, policy_to_entries
from rasim.testing import (
    assert_may_not_offer,
    assert_may_offer,
    assert_never_connected_unannounced,
    assert_no_looser_than,
    assert_view_only,
)

HELPDESK, ANNA = r"CORP\Helpdesk", r"CORP\anna"
GROUPS = {HELPDESK: [ANNA]}


def policy(offer: str = "enabled", mode: str | None = "view") -> Policy:
    """Return a policy whose only helper is the helpdesk."""
    return Policy.of(offer=offer, mode=mode, helpers=[HELPDESK])


@pytest.mark.parametrize("mode", ["view", "control"])
@pytest.mark.parametrize("offer", ["not configured", "disabled", "enabled", "unknown"])
def test_nobody_is_connected_unannounced(offer: str, mode: str) -> None:
    """Under every policy nobody is connected unannounced."""
    assert_never_connected_unannounced(policy(offer, mode))


def test_view_only_holds_where_the_mode_says_so() -> None:
    """A policy with the mode view can never give control."""
    assert_view_only(policy())


def test_view_only_fails_with_a_scenario_and_the_setting() -> None:
    """A policy with the mode control fails, and the message holds the setting and a scenario that grants control."""
    with pytest.raises(AssertionError) as failure:
        assert_view_only(policy(mode="control"))

    assert "fAllowUnsolicitedFullControl is REG_DWORD 1" in str(failure.value)
    assert "- bob: grants control to anna" in str(failure.value)


def test_view_only_fails_where_it_is_unclear() -> None:
    """A policy without a mode fails with both readings, though the machine takes the strict one."""
    with pytest.raises(AssertionError, match=r"unclear.*view only.*control"):
        assert_view_only(policy(mode=None))


def test_a_policy_that_forbids_offers_is_view_only_at_most() -> None:
    """Where nobody may offer, nobody gets control either."""
    assert_view_only(policy("disabled", "control"))


def test_a_member_of_a_listed_group_may_offer() -> None:
    """The assertion returns the decision with its reasons."""
    decision = assert_may_offer(policy(), ANNA, groups=GROUPS)

    assert ["R1", "R4"] == [reason.rule for reason in decision.because]


def test_an_unlisted_account_may_not_offer() -> None:
    """The assertion fails with the rule that refuses."""
    with pytest.raises(AssertionError, match=r"CORP\\carol may not offer help: R4"):
        assert_may_offer(policy(), r"CORP\carol", groups=GROUPS)


def test_may_not_offer_holds_where_it_is_clear() -> None:
    """The opposite assertion holds for an account that is clearly not on the list."""
    assert not assert_may_not_offer(policy(), r"CORP\carol", groups=GROUPS)


def test_may_not_offer_fails_where_windows_might_see_it_otherwise() -> None:
    """An entry that may hold everybody makes a refusal unclear, and the opposite assertion fails."""
    everybody = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\Domain Users"])

    with pytest.raises(AssertionError, match="unclear"):
        assert_may_not_offer(everybody, ANNA)


def test_a_name_of_another_form_is_a_usage_error() -> None:
    """An account without a domain is refused."""
    with pytest.raises(UsageError):
        assert_may_offer(policy(), "anna")


def test_a_policy_may_be_a_path_or_several(tmp_path: Path) -> None:
    """Files are merged, lowest precedence first."""
    low, high = tmp_path / "low.pol", tmp_path / "high.pol"
    low.write_bytes(registry_pol.render(policy_to_entries(policy(mode="control"))))
    high.write_bytes(registry_pol.render(policy_to_entries(policy(mode="view"))))

    assert_view_only(high)
    assert_view_only([low, high])
    with pytest.raises(AssertionError):
        assert_view_only([high, low])


def test_a_missing_file_is_no_empty_policy(tmp_path: Path) -> None:
    """A policy file that is not there is an error with its path."""
    with pytest.raises(PolicyFileError, match=r"gone\.pol"):
        assert_view_only(tmp_path / "gone.pol")


def test_everyone_is_not_nobody() -> None:
    """An entry that may hold everybody does not make a policy harmless."""
    with pytest.raises(AssertionError, match="control is possible"):
        assert_view_only(Policy.of(offer="enabled", mode="control", helpers=["Everyone"]))


def test_no_policy_at_all_proves_nothing() -> None:
    """An empty list of files is an error, as a pattern that matched nothing would give."""
    with pytest.raises(UsageError):
        assert_view_only([])


def test_a_policy_that_is_no_looser_passes() -> None:
    """A policy under which nothing is newly possible passes, and the comparison is given back."""
    compared = assert_no_looser_than(policy(mode="control"), policy())

    assert ("stricter", True) == (compared.verdict, compared.certain)
    assert "equal" == assert_no_looser_than(policy(), policy()).verdict


def test_a_looser_policy_fails_with_what_is_possible() -> None:
    """A looser policy fails, and the message says who can do what, why, and by which steps."""
    with pytest.raises(AssertionError) as failure:
        assert_no_looser_than(policy(), policy(mode="control"), groups=GROUPS, systems=["windows-10"])

    for said in (
        "control for CORP\\anna",
        "on      windows-10",
        "R3 the mode is view only",
        "expect: {expert: control}",
    ):
        assert said in str(failure.value)


def test_a_policy_that_is_perhaps_looser_fails() -> None:
    """Where only another reading makes more possible the assertion fails with both readings."""
    with pytest.raises(AssertionError, match="UNCLEAR, looser in the worst reading, or else equal"):
        assert_no_looser_than(Policy(), policy("unknown"))


def test_files_are_compared_by_their_names(tmp_path: Path) -> None:
    """Policies can be files; the message names them."""
    paths = [tmp_path / f"{mode}.pol" for mode in ("view", "control")]
    for path in paths:
        path.write_bytes(registry_pol.render(policy_to_entries(policy(mode=path.stem))))

    assert "stricter" == assert_no_looser_than(paths[1], [paths[0]]).verdict
    with pytest.raises(AssertionError, match=r"Before:\s+\S*view\.pol"):
        assert_no_looser_than(*paths)
