"""Swarms: searches of models too large to be explored whole, what they find, and what they say they covered."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import pytest
from attrs import evolve
from mistaken import changed, unneeded

from rasim.document.terminal import render
from rasim.engines.plan import CheckAnswer, Plan
from rasim.engines.swarm import Swarm, possible, search, swarm
from rasim.errors import Exit
from rasim.protocol.terms import Table
from rasim.protocol.world import PolicyFacts
from rasim.report import second_opinions
from rasim.report.check import document
from rasim.verify import Checked, explore
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.evidence import Evidence
from rasim.verify.promises.kinds import Always
from rasim.verify.promises.monitor import Listener
from rasim.verify.states.model import Model, Step, sized_model, wide_model
from rasim.verify.states.surroundings import Edge, Surroundings

ASKED = [promise for promise in CHECKED if isinstance(promise, Always)]
MISTAKES = [
    changed("O3", drop="local"),
    unneeded("view", "logged on"),
    changed("C3", drop="on show"),
]


@cache
def found() -> Swarm:
    """Search a model of three experts and two sessions, once for all tests."""
    return swarm(wide_model(3, 2), 2, length=150)


def answer(made: Swarm) -> CheckAnswer:
    return CheckAnswer(Plan(), Checked((), ()), swarm=made)


def test_one_step_is_the_edge_among_all_edges() -> None:
    """Asked for one step, the surroundings give the very edge that is among all edges of the state, or none where there is none."""
    surroundings = Surroundings(sized_model(2, 2))
    state = surroundings.first
    for _ in range(12):
        every = {id(edge.step): edge for edge in surroundings.edges(state)}
        one = {id(step): surroundings.edge(state, step) for step in surroundings.steps}
        assert {key: edge for key, edge in one.items() if edge is not None} == every
        state = list(every.values())[-1 if len(every) % 2 else 0].target


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(MISTAKES[0], id="any hand accepts"),
        pytest.param(MISTAKES[1], id="nobody there", marks=pytest.mark.exhaustive),
        pytest.param(MISTAKES[2], id="any prompt", marks=pytest.mark.exhaustive),
    ],
)
def test_a_swarm_finds_what_a_mistaken_table_breaks(table: Table) -> None:
    """A mistake that a complete search of a small model finds is found by a swarm in a large one, and nothing else is."""
    small = explore(sized_model(2, 1, table), digest=False)
    made = swarm(sized_model(3, 3, table), 2, length=300)

    assert set(small.broken) & set(made.broken)
    assert answer(made).exit_code is Exit.FAILED


def test_of_a_way_that_is_shown_no_step_can_be_left_out() -> None:
    """The way to what is broken breaks it when it is taken again, and with any one step less it does not."""
    table = MISTAKES[0]
    model = sized_model(3, 3, table)
    made = swarm(model, 1, length=200)
    name, finding = next(iter(sorted(made.broken.items())))

    def breaks(without: int) -> bool:
        surroundings, seen, listener = Surroundings(model), Evidence(), Listener(ASKED)
        state, by_name = surroundings.first, {_spelt(step): step for step in surroundings.steps}
        for step in (step for at, step in enumerate(finding.steps) if at != without):
            edge = surroundings.edge(state, by_name[_spelt(step)])
            if edge is not None:
                state = edge.target
                seen, broke = listener.hear(seen, edge.lines)
                if broke:
                    return name in dict(broke)
        return False

    assert breaks(-1)
    assert not any(breaks(at) for at in range(len(finding.steps)))


def _spelt(step: Step) -> tuple[object, ...]:
    return step.kind, step.expert, step.session, step.events


def test_the_same_seed_finds_the_same_in_any_number_of_processes() -> None:
    """Two searches by one process and by two find the same states, and other seeds find others."""
    model = sized_model(2, 2)
    alone = swarm(model, 2, length=60)
    with ProcessPoolExecutor(2) as pool:
        together = swarm(model, 2, length=60, together=pool.map)

    assert alone == together
    assert set(search(model, 7, promises=(), length=60).states) != set(search(model, 8, promises=(), length=60).states)


def test_the_real_table_breaks_nothing_on_the_way() -> None:
    """In three experts and two sessions nothing is broken as far as a swarm comes, and it never says that it is complete."""
    made = found()

    assert not made.broken
    assert answer(made).exit_code is Exit.INCONCLUSIVE
    assert made.why == "a swarm search, which is no proof"


def test_what_is_covered_is_counted_against_what_there_is() -> None:
    """No more states are seen than there are, and no situation of an assistance that there is not."""
    model = sized_model(2, 1)
    whole = explore(model, (), (), digest=False)
    made = swarm(model, 3, length=400)

    assert made.states <= whole.states
    assert made.once <= made.states
    assert made.situations <= made.possible == len(possible(model))
    assert made.unused_rows == tuple(row.id for row in model.table.rows if row.id not in made.rows)


def test_rare_situations_are_reached_early() -> None:
    """Three hundred states taken further meet a third of all situations there can be at most, and half of the rows."""
    made = found()

    assert 2 * len(made.rows) >= len(made.model.table.rows)
    assert 3 * made.situations >= made.possible


def test_the_clock_ends_it_and_that_is_said() -> None:
    """A swarm whose time is over has made no search and says so."""
    made = swarm(sized_model(2, 2), 3, enough=lambda: True)

    assert (made.searches, made.taken, made.states) == (0, 0, 1)
    assert made.why == "0 of 3 searches in this time"


def test_an_interrupt_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who interrupts gets the part that was found by then, and it says that it is a part."""
    edges, calls = Surroundings.edges, []

    def interrupted(self: Surroundings, state: object) -> Iterator[Edge]:
        calls.append(state)
        if len(calls) > 20:
            raise KeyboardInterrupt
        return edges(self, state)  # type: ignore[arg-type]

    monkeypatch.setattr(Surroundings, "edges", interrupted)
    made = swarm(sized_model(2, 2), 2, length=60)

    assert made.interrupted
    assert made.states > 20
    assert made.why == "interrupted"


def test_a_frozen_policy_stays_in_every_search() -> None:
    """Under a policy that disables offers no search sees an expert connected."""
    model: Model = evolve(sized_model(2, 2), policy=PolicyFacts("disabled", control=False, listed=(True, True)))
    made = swarm(model, 2, length=200)

    assert "V1" not in made.rows
    assert made.possible < len(possible(sized_model(2, 2)))


def test_a_swarm_is_told_with_what_it_covered() -> None:
    """In words and as JSON a swarm says its seed, what it tried, the share that one search alone saw, and that it is not complete."""
    made = found()
    text, told = render(document(answer(made)), width=200), second_opinions.as_json(answer(made))["swarm"]

    assert "three experts, two sessions, all facts, by a swarm of 2 searches from seed 0" in text
    assert "NOT COMPLETE: a swarm search, which is no proof" in text
    assert f"{made.states:,} states seen" in text
    assert (told["taken"], told["seen_once"], told["broken"]) == (made.taken, made.once, [])


def test_what_a_swarm_finds_broken_is_shown_as_a_scenario() -> None:
    """What is broken is told with the way there as a scenario, and what each of its steps changed."""
    made = swarm(sized_model(3, 3, MISTAKES[0]), 1, length=200)
    text = render(document(answer(made)), width=200)

    assert "BROKEN only_the_sessions_own_user_consents" in text
    assert "of which none can be left out" in text
    assert "What each step changed" in text
    assert second_opinions.as_json(answer(made))["swarm"]["broken"][0]["trace"]
