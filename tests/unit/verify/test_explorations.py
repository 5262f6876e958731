"""What an exploration says of a small model: all of it, part of it, and what it looks for no further."""

from collections.abc import Callable

import pytest
from attrs import evolve

from rasim.errors import UsageError
from rasim.protocol import RULES
from rasim.protocol.terms import Table
from rasim.protocol.world import PolicyFacts
from rasim.verify import SOMETIMES, Exploration, check, explore, promise
from rasim.verify.promises import ongoing
from rasim.verify.promises.kinds import EveryStep, Sometimes, Within
from rasim.verify.states.explore import Sofar, uninterrupted
from rasim.verify.states.model import SIZED_VALUES, SIZED_WITHOUT, Model, pair_model, ports_model, wide_model
from rasim.verify.states.surroundings import Surroundings

VIEW_ONLY = PolicyFacts("enabled", control=False, listed=(True,))
VIEWED = next(one for one in SOMETIMES if one.name == "a_user_can_let_an_expert_view")
CONTROLLED = next(one for one in SOMETIMES if one.name == "control_can_be_used")


def small(rules: Table = RULES) -> Model:
    """Return one expert under a policy that stays, who may only view: 23 states."""
    return evolve(pair_model(rules), policy=VIEW_ONLY, values=SIZED_VALUES, without=SIZED_WITHOUT)


def views_end(bound: str) -> Exploration:
    """Explore the small model with the promise that views are over in a time."""
    ends = Within("views_end", "", (), "added", (), ongoing.views, bound)
    return explore(small(), (ends,), ())


def test_a_finding_knows_the_rows_of_its_way() -> None:
    """What was found tells which rows took the steps that lead to it."""
    found = explore(small(), (), (VIEWED,)).witnessed[VIEWED.name]

    assert {"W7", "W4", "T1", "O1", "O3", "V1"} == found.rows
    assert [step.kind for step in found.steps][-2:] == ["accepts", "a frame is due"]


@pytest.mark.parametrize("sessions", [1, 2])
def test_one_session_stands_for_several(sessions: int) -> None:
    """A whole exploration of one session counts the states that a model with several sessions has."""
    one = evolve(ports_model(), sessions=1, policy=VIEW_ONLY)

    assert explore(evolve(one, sessions=sessions), (), ()).states == explore(one, (), ()).lifted(sessions)


@pytest.mark.parametrize(("sessions", "enough"), [(1, lambda _: True), (2, None)], ids=["a part", "two sessions"])
def test_what_is_not_whole_or_not_of_one_session_is_not_lifted(
    sessions: int, enough: Callable[[int], bool] | None
) -> None:
    """A part of a model, and a model of two sessions, say nothing about several sessions."""
    explored = explore(evolve(ports_model(), sessions=sessions, policy=VIEW_ONLY), (), (), enough=enough)
    with pytest.raises(ValueError, match="only a complete exploration of one session"):
        explored.lifted(2)


def test_a_broken_step_is_found_without_a_way() -> None:
    """A promise about every application of a row is broken by one that was worked out, whatever led there."""
    pause = next(thing for thing in RULES.things if thing.name == "pause")
    bad = evolve(RULES, things=tuple(evolve(t, needs=()) if t is pause else t for t in RULES.things))
    outlives = promise("nothing_outlives_its_view")
    assert isinstance(outlives, EveryStep)

    found = explore(small(bad), (outlives,), ()).broken[outlives.name]
    assert ("paused outlives the view it was in", ()) == (found.because, found.steps)
    assert {} == explore(small(), (outlives,), ()).broken


@pytest.mark.parametrize(
    ("bound", "because"),
    [
        ("at once", "connection CORP\\anna s1 goes on after the event is over"),
        ("ticket time", "connection CORP\\anna s1 does not end when its time has passed"),
        ("maximum time", None),
    ],
)
def test_what_does_not_end_in_its_time_is_found(bound: str, because: str | None) -> None:
    """A view breaks the promise that it is over at once, or when another time has passed, and not that of its own time."""
    found = views_end(bound).broken.get("views_end")

    assert because == (found and found.because)
    assert found is None or "accepts" == found.steps[-1].kind


def test_what_is_broken_first_ends_the_search() -> None:
    """Who asks for the first broken promise gets a part of the model, no witness and no count of its edges."""
    wrong = evolve(RULES, rows=tuple(evolve(r, phase=None) if r.id == "O3" else r for r in RULES.rows))
    wrong = evolve(wrong, things=tuple(evolve(t, needs=()) if t.name == "view" else t for t in wrong.things))
    connected = promise("never_connected_unannounced")
    first, whole = (
        explore(small(wrong), (connected,), (VIEWED,), stop_at_first=at_first)  # type: ignore[arg-type]
        for at_first in (True, False)
    )

    assert {connected.name} == set(first.broken) == set(whole.broken)
    assert (False, 0, "", {}) == (first.complete, first.transitions, first.digest, first.witnessed)
    assert (True, True) == (first.states < whole.states, whole.transitions > 0)
    assert {VIEWED.name} == set(whole.witnessed)


@pytest.mark.parametrize(
    ("asked", "shown"), [((CONTROLLED, VIEWED), set()), ((VIEWED, CONTROLLED), {VIEWED.name})], ids=["first", "last"]
)
def test_what_is_missing_first_ends_the_search(asked: tuple[Sometimes, ...], shown: set[str]) -> None:
    """Who asks for the first missing witness gets those before it, and no count of the edges."""
    found = explore(small(), (), asked, stop_at_missing=True)

    assert (shown, 0, True) == (set(found.witnessed), found.transitions, found.complete)
    assert {VIEWED.name} == set(explore(small(), (), asked).witnessed)


def test_how_far_it_is_is_told_on_the_way() -> None:
    """Who asks for progress is told now and then how deep the search is, what it found, and what is left."""
    told: list[Sofar] = []
    explored = explore(evolve(ports_model(), sessions=1), (), (), progress=told.append)

    assert Sofar(0, 1, 0, "1 left to look at") == told[0]
    assert [(explored.depth, 69, "5 left to look at")] == [(each.depth, each.states, each.left) for each in told[1:]]
    assert 0 < told[1].transitions


def test_what_was_interrupted_tells_nothing_of_what_there_is_not() -> None:
    """Whoever takes what an exploration did not find for what there is not is interrupted with it; a whole one is given back."""
    whole = explore(pair_model(RULES), (), ())

    assert uninterrupted(whole) is whole
    with pytest.raises(KeyboardInterrupt):
        uninterrupted(evolve(whole, interrupted=True))


def test_an_interrupt_leaves_what_was_found() -> None:
    """After an interrupt an exploration is not complete, nothing is looked for in it, and no further model is explored."""
    asked: list[str] = []

    def interrupted(name: str, sofar: Sofar) -> None:
        asked.append(name)
        if sofar.states > 1:
            raise KeyboardInterrupt

    checked = check([pair_model(RULES), ports_model()], progress=interrupted)
    [explored] = checked.explorations

    assert (["pair", "pair"], True, False) == (asked, checked.interrupted, checked.complete)
    assert (True, {}) == (explored.states > 1, explored.witnessed)
    assert {"holds to bound", "not checked", "not promised"} == {judged.verdict for judged in checked.judged}


def test_without_a_model_there_is_no_verdict() -> None:
    """A check of no model is an error, and no promise holds by it."""
    with pytest.raises(UsageError, match="no model, no verdict"):
        check([])


def test_a_wide_model_has_all_facts_of_the_pair() -> None:
    """A model with more experts and sessions can be had with nothing left out but what the pair model leaves out."""
    wide, pair = wide_model(2, 3), pair_model()

    assert ("two experts, three sessions, all facts", 2, 3) == (wide.name, wide.experts, wide.sessions)
    assert (pair.without, pair.values, pair.table) == (wide.without, wide.values, wide.table)


def test_one_step_does_what_it_does_among_all() -> None:
    """What one step does in a state is its edge among all of that state; a step that has none there does nothing."""
    surroundings = Surroundings(small())
    every = {id(edge.step): edge for edge in surroundings.edges(surroundings.first)}

    assert 0 < len(every) < len(surroundings.steps)
    for step in surroundings.steps:
        assert every.get(id(step)) == surroundings.edge(surroundings.first, step)
