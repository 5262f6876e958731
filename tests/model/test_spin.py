"""Spin explores what is printed from the rows, and finds what rasim finds: as many states, as many steps, as deep."""

import shutil

import pytest
from attrs import asdict, evolve
from mistaken import changed, unneeded

from rasim.engines.provers import spin
from rasim.engines.provers.spin import ask, differences
from rasim.errors import UsageError
from rasim.protocol.choices import Choices
from rasim.protocol.rules import RULES, table
from rasim.protocol.terms import Set, Table
from rasim.protocol.world import PolicyFacts
from rasim.verify import explore, standard_models
from rasim.verify.states.model import Model, sized_model, two_experts_model

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(
        shutil.which("spin") is None or shutil.which("cc") is None, reason="Spin or a C compiler is not installed"
    ),
]
LISTED_ONE = evolve(
    two_experts_model(), name="one listed", policy=PolicyFacts("enabled", control=True, listed=(True, False))
)


@pytest.mark.parametrize("model", [*standard_models(), LISTED_ONE], ids=lambda model: model.name)
def test_spin_finds_what_rasim_finds(model: Model) -> None:
    """Searched in breadth Spin has the same states, transitions and depth; and what promises claim fails nowhere and adds no state."""
    read = explore(model, sometimes=(), digest=False)
    counts = (read.states, read.transitions, read.depth)
    plain, asserted = ask(model, asserted=None), ask(model)

    assert [] == [*differences(plain, *counts), *differences(asserted, *counts)]
    assert counts == (asserted.states, asserted.transitions, asserted.depth)


def test_a_search_in_depth_says_the_same() -> None:
    """Searched in depth Spin finds the 1,146 states and 35,630 transitions of two experts as well."""
    opinion = ask(two_experts_model(), "depth", asserted=None)

    assert (True, 1_146, 35_630) == (opinion.complete, opinion.states, opinion.transitions)


@pytest.mark.parametrize(
    ("mistaken", "promise"),
    [
        (changed("O3", drop="local"), "nothing_shown_before_acceptance"),
        (changed("C3", drop="control asked"), "control_needs_its_own_click"),
        (changed("V1", drop="not paused"), "a_pause_hides_everything"),
        (unneeded("view", "offers"), "a_tighter_policy_bites_at_once"),
        (unneeded("control held", "unlocked"), "control_is_taken_back_at_once"),
        (unneeded("ticket", "helper"), "unlisted_expert_never_reaches_the_user"),
    ],
)
def test_spin_finds_the_mistake(mistaken: Table, promise: str) -> None:
    """Of each of six mistakes in the table Spin says that the promise is broken which rasim says is."""
    model = sized_model(1, 1, mistaken)
    read, opinion = explore(model, sometimes=(), digest=False), ask(model)

    assert promise in read.broken
    assert opinion.broken
    assert [] == list(differences(opinion, read.states, read.transitions, read.depth, tuple(read.broken)))


def test_spin_finds_two_served_at_once() -> None:
    """Where nobody looks whether the user is busy Spin finds two experts in one session."""
    opinion = ask(sized_model(2, 1, changed("O1", drop="alone")))

    assert ("one_expert_at_a_time",) == opinion.broken


def test_a_search_that_is_cut_short_is_not_complete() -> None:
    """A depth that was reached, or too little memory, is never a complete search, and differs from anything rasim says."""
    shallow = ask(two_experts_model(), "depth", asserted=None, depths=(100,))
    poor = ask(sized_model(2, 2), "breadth", asserted=None, memory=1)

    assert (False, "the search was deeper than it may be") == (shallow.complete, shallow.why)
    assert not poor.complete
    assert poor.why
    for opinion in (shallow, poor):
        assert ["Spin cannot tell"] == [words.split(":")[0] for words in differences(opinion, 1_146, 35_630, 15)]


def test_a_depth_that_was_too_small_is_tried_again() -> None:
    """After a search that was cut short by its depth comes one with the next larger depth."""
    opinion = ask(two_experts_model(), "depth", asserted=None, depths=(100, 10_000))

    assert (True, 1_146) == (opinion.complete, opinion.states)


def test_without_spin_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Spin is not installed that is one sentence."""
    monkeypatch.setattr(spin.shutil, "which", lambda _: None)

    with pytest.raises(UsageError, match=r"Spin .* is not installed"):
        ask(two_experts_model())


def test_what_spin_said_is_read_whole() -> None:
    """A summary that lacks anything, an error, or a code is not complete."""
    good = """State-vector 20 byte, depth reached 5, errors: 0
        7 states, stored
       11 transitions (= stored+matched)
    1.5\ttotal actual memory usage
"""
    read = spin._read(good, 0)

    assert ("", 7, 10, 5) == (read.why, read.states, read.transitions, read.depth)
    for said, code in (
        ("", 0),
        (good, 1),
        (good.replace("errors: 0", "errors: 1"), 0),
        (good.replace("7 states", ""), 0),
    ):
        assert spin._read(said, code).why


def test_an_event_of_the_computer_that_asks_an_assistance_is_refused() -> None:
    """A table in which a restart changes what one assistance holds is not printed."""
    rows = tuple(evolve(row, then=(*row.then, Set("paused", to=True))) if row.id == "W8" else row for row in RULES.rows)

    with pytest.raises(UsageError, match="W8 is about a whole computer"):
        spin.promela(sized_model(1, 1, evolve(RULES, rows=rows)))


def as_opinion(figures: spin.Figures) -> spin.Opinion:
    """Return figures as the opinion of a search in depth."""
    return spin.Opinion(
        **asdict(figures), model="large", order="depth", asserted=False, version="Spin", generated=0, compiled=0, ran=0
    )


def test_a_claim_that_only_spin_finds_broken_is_a_difference() -> None:
    """Where Spin says that a promise is broken and rasim does not, or the other way round, that is the difference."""
    figures = spin.Figures(False, "a claim failed: silence_refuses", 10, 20, 3, 20, 1.0, ("silence_refuses",))
    broken, whole = as_opinion(figures), as_opinion(evolve(figures, complete=True, why="", broken=()))

    assert ["Spin says that silence_refuses is broken, rasim nothing"] == list(differences(broken, 10, 20, 3))
    assert ["Spin says that nothing is broken, rasim silence_refuses"] == list(
        differences(whole, 10, 20, 3, ("silence_refuses",))
    )


def test_what_is_not_promised_is_not_asserted() -> None:
    """Under choices by which a view outlives its policy Spin, too, finds nothing broken, and without assertions as many states."""
    choices = Choices(running_view="outlives the policy", withdrawn_question="rests")
    model = sized_model(1, 1, table(choices))
    read = explore(model, (), (), digest=False)

    for asserted in (choices, None):
        assert [] == list(differences(ask(model, asserted=asserted), read.states, read.transitions, read.depth))
    assert ("a_tighter_policy_bites_at_once",) == ask(model).broken


def test_spin_rounds_large_numbers() -> None:
    """From a hundred million on Spin prints eight digits, and that alone is no difference; one state more of a few is."""
    said = """State-vector 20 byte, depth reached 7, errors: 0
1.3258991e+08 states, stored
9.2441766e+09 transitions (= stored+matched)
17242.335\ttotal actual memory usage
"""
    opinion = as_opinion(spin._read(said, 0))

    assert [] == list(differences(opinion, 132_589_914, 9_244_176_606, 43))
    small = evolve(opinion, states=1_147, transitions=35_630)
    assert ["Spin has 1,147 states, rasim 1,146"] == list(differences(small, 1_146, 35_630, 15))
