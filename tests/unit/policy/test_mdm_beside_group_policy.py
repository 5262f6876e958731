"""Group policy and MDM together: who won, by MDMWinsOverGP, and both readings where that is not documented."""

from collections.abc import Iterable

import pytest
from attrs import evolve

from rasim.errors import Where
from rasim.formats.csp_policies import CSP_POLICIES, entries_of_value
from rasim.policy import Mode, Policy, Registry, RegistryEntry, State, policy_to_entries, read_policy
from rasim.policy.mdm import MDM_WINS
from rasim.policy.who_won import won

HELPDESK = r"CORP\Helpdesk"
VALUES = {
    State.DISABLED: "<disabled/>",
    State.ENABLED: '<enabled/><data id="RA_Unsolicit_Control_List" value="1"/>'
    rf'<data id="RA_Unsolicit_DACL_Edit" value="{HELPDESK}&#xF000;{HELPDESK}"/>',
}


def by_group_policy(file: str = "gp.pol", **words: object) -> list[RegistryEntry]:
    policy = Policy.of(**words)  # type: ignore[arg-type]
    return [evolve(each, where=Where(file, 8)) for each in policy_to_entries(policy)]


def by_mdm(value: str, file: str = "mdm.json", name: str = "UnsolicitedRemoteAssistance") -> Iterable[RegistryEntry]:
    row = next(each for each in CSP_POLICIES if each.name == name)
    return entries_of_value(row, value, Where(file, line=3, pointer="/settings/0"))


def wins(number: int | None) -> Iterable[RegistryEntry]:
    return () if number is None else by_mdm(str(number), name=MDM_WINS.value)


def both(gp: Iterable[RegistryEntry], mdm: Iterable[RegistryEntry], number: int | None = None) -> Registry:
    return Registry().apply(gp).apply(mdm).apply(wins(number))


@pytest.mark.parametrize("number", [None, 0, 1, 2])
@pytest.mark.parametrize("gp", [State.DISABLED, State.ENABLED])
@pytest.mark.parametrize("mdm", [State.DISABLED, State.ENABLED])
def test_who_won_is_told_for_one_alone(gp: State, mdm: State, number: int | None) -> None:
    """With MDMWinsOverGP 1 MDM wins; else offers cannot be told where the two disagree, and are clear where they agree."""
    registry = both(
        by_group_policy(offer=gp, mode="control" if gp is State.ENABLED else None), by_mdm(VALUES[mdm]), number
    )
    found = read_policy(registry).offer

    assert (mdm if gp is mdm or number == 1 else State.UNKNOWN) is found.state


@pytest.mark.parametrize("first", ["gp", "mdm"])
def test_the_order_of_the_files_does_not_matter(first: str) -> None:
    """Whichever is given first, MDM meets what group policies come to."""
    gp, mdm = by_group_policy(offer="enabled"), list(by_mdm(VALUES[State.DISABLED]))
    several = (gp, mdm, list(wins(1))) if first == "gp" else (mdm, list(wins(1)), gp)
    registry = Registry()
    for each in several:
        registry.apply(each)

    assert State.DISABLED is read_policy(registry).offer.state


def test_a_policy_wins_as_a_whole() -> None:
    """Of a policy that MDM sets nothing of the group policy's twin is left: neither its mode nor its list."""
    gp = by_group_policy(offer="enabled", mode="control", helpers=[r"CORP\old"])
    found = read_policy(both(gp, by_mdm("<enabled/>"), 1)).offer

    assert (State.ENABLED, None, ()) == (found.state, found.mode, found.helpers)


def test_both_readings_are_told() -> None:
    """Where nobody says who wins, the doubt names what each says, with the place of either."""
    registry = both(by_group_policy(offer="enabled"), by_mdm(VALUES[State.DISABLED]))
    says = read_policy(registry).offer.stated.says

    assert "REG_DWORD 0 by MDM, REG_DWORD 1 by group policy (gp.pol: offset 8)" in says


def test_helpers_of_one_side_alone_are_perhaps_helpers() -> None:
    """A helper whom only one of them lists can be read in two ways."""
    gp = by_group_policy(offer="enabled", mode="control", helpers=[r"CORP\old"])
    found = read_policy(both(gp, by_mdm(VALUES[State.ENABLED])))

    assert {r"CORP\old", HELPDESK} == {each.text for each in found.offer.helpers if each.flaw}
    assert Mode.CONTROL is found.offer.mode


def test_what_only_one_of_them_sets_counts() -> None:
    """Invitations by group policy and offers by MDM are both clear."""
    found = read_policy(both(by_group_policy(solicited="disabled"), by_mdm(VALUES[State.ENABLED])))

    assert (State.DISABLED, State.ENABLED, ()) == (found.solicited.state, found.offer.state, found.unclear)


def test_an_export_that_contradicts_itself_is_unclear() -> None:
    """Where one file shows the value that Windows reads, and MDM's other word, no setting says which is newer."""
    registry = both(by_group_policy("mdm.json", offer="enabled"), by_mdm(VALUES[State.DISABLED]), 1)

    assert State.UNKNOWN is read_policy(registry).offer.state


@pytest.mark.parametrize(("other", "state"), [(State.DISABLED, State.UNKNOWN), (State.ENABLED, State.ENABLED)])
def test_profiles_that_disagree_are_unclear(other: State, state: State) -> None:
    """Which of two profiles counts is not documented; two that agree are clear."""
    found = read_policy(both(by_mdm(VALUES[State.ENABLED], "a.json"), by_mdm(VALUES[other], "b.json")))

    assert state is found.offer.state
    assert [HELPDESK] == [each.text for each in found.offer.helpers]
    assert (other is State.DISABLED) == bool(found.offer.helpers[0].flaw)


def test_profiles_that_disagree_about_who_wins_do_not_say_it() -> None:
    """Two profiles with another MDMWinsOverGP each leave it open."""
    two = [evolve(each, where=Where("b.json", line=1)) for each in wins(0)]
    registry = both(by_group_policy(offer="enabled"), by_mdm(VALUES[State.DISABLED]), 1).apply(two)

    assert State.UNKNOWN is read_policy(registry).offer.state


def test_who_won_names_mdm() -> None:
    """*Who wins* says that MDM decides, where it says so, and what that overrode."""
    found = won(both(by_group_policy(offer="enabled"), by_mdm(VALUES[State.DISABLED]), 1))
    decided = {each.setting: each for each in found}

    assert "mdm.json, MDM" == decided["fAllowUnsolicited"].by.source
    assert ["gp.pol"] == [each.source for each in decided["fAllowUnsolicited"].overrode]
    assert "/settings/0" == getattr(decided["fAllowUnsolicited"].by.where, "pointer", "")
    assert "REG_DWORD 1" == decided["MDMWinsOverGP"].by.says


def test_a_registry_that_is_asked_stays_as_it_is() -> None:
    """Settling is of a copy: what MDM says meets what is applied later too."""
    registry = Registry().apply(by_mdm(VALUES[State.DISABLED]))
    read_policy(registry)
    registry.apply(by_group_policy(offer="enabled"))

    assert State.UNKNOWN is read_policy(registry.copy()).offer.state
    assert [] == registry.settled().mdm


def test_a_helper_may_be_called_like_a_wildcard() -> None:
    """An entry `*` of MDM's list is an entry, and stands for no other."""
    value = '<enabled/><data id="RA_Unsolicit_Control_List" value="0"/><data id="RA_Unsolicit_DACL_Edit" value="*&#xF000;*"/>'
    found = read_policy(Registry().apply(by_mdm(value))).offer

    assert ["*"] == [each.text for each in found.helpers]
