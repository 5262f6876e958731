"""The promise that compares policies."""

from attrs import evolve

from rasim.protocol import RULES
from rasim.protocol.terms import Not, Table
from rasim.protocol.world import PolicyFacts
from rasim.verify import check, policy_models, standard_models
from rasim.verify.policies.reachable import POWERS, allowed, breaks, every_policy, wider
from rasim.verify.promises.catalogue import NARROWER
from rasim.verify.states.model import pair_model


def upside_down() -> Table:
    """Return a table in which control needs a policy that does not permit it."""
    things = []
    for thing in RULES.things:
        needs = [evolve(n, holds=Not(n.holds)) if n.name in ("control permitted", "agreed") else n for n in thing.needs]
        things.append(evolve(thing, needs=tuple(needs)))
    return evolve(RULES, things=tuple(things))


def test_a_narrower_policy_never_allows_more() -> None:
    """No policy allows an expert what a wider one does not."""
    assert breaks(RULES) is None


def test_the_widest_policy_allows_everything() -> None:
    """The comparison is not empty: the widest policy reaches every power, the narrowest none."""
    narrowest, *_, widest = every_policy(through=(None,))

    assert (set(), set(POWERS)) == (set(allowed(narrowest, RULES)), set(allowed(widest, RULES)))


def test_policies_are_ordered_by_their_parts() -> None:
    """A policy is wider if no part of it is narrower; policies that differ both ways are not ordered."""
    view, control = PolicyFacts("enabled", False, (True,)), PolicyFacts("enabled", True, (True,))
    off = PolicyFacts("disabled", True, (True,))

    assert [True, False, False, False] == [
        wider(control, view),
        wider(view, control),
        wider(view, off),
        wider(off, view),
    ]


def test_an_upside_down_table_is_noticed() -> None:
    """Where control needs a policy that forbids it, a narrower policy allows more, and the way is shown."""
    found = breaks(upside_down())

    assert found is not None
    assert "mode view, expert listed allows control_prompt_shown" in found[0].because
    assert "asks for control" == found[0].steps[-1].kind


def test_check_says_it_over_all_policies() -> None:
    """Over all policies the promise holds; with one policy given there is nothing to compare."""
    over_all = {j.promise.name: j.verdict for j in check(standard_models()).judged}
    over_one = check(policy_models("enabled", control=True, anybody_listed=True)).judged

    assert "holds" == over_all[NARROWER.name]
    assert ["not checked"] == [j.verdict for j in over_one if j.promise is NARROWER]


def test_check_asks_it_of_the_table_that_was_explored() -> None:
    """A check of another table says what is so of that table, and not of rasim's own."""
    verdicts = {j.promise.name: j.verdict for j in check([evolve(pair_model(), table=upside_down())]).judged}

    assert "broken" == verdicts[NARROWER.name]
