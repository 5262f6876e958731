"""Mistakes made on purpose: each is another table or interpreter, does what it says, and is noticed by the first that can."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from attrs import evolve

from rasim.protocol import CONTROL, RULES, Event, Outcome, Situation, event, further, start, step, table
from rasim.protocol.step import Rules, rules_of
from rasim.verify import SOMETIMES, Exploration, Finding, Model
from rasim.verify.mutants import mutants, table_edits
from rasim.verify.mutants.faulty_interpreters import MISTAKES, OnArrival
from rasim.verify.mutants.mutants import Killed, Mutant, baselines, kill, model_for
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.states.model import SIZED_VALUES, pair_model

READY = start(offers="enabled", control_permitted=True, logged_on=True, listed=True, admitted=True)
TICKETED = READY.so(phase="ticketed")
OFFERED = READY.so(phase="offered")
VIEWING = READY.so(phase="viewing", agreed=True)
HELD = VIEWING.so(control="held")
DISABLED = event("policy is applied", new_offers="disabled", new_control=True, new_listed=True)


@cache
def made() -> tuple[Mutant, ...]:
    """Return every mistake."""
    return tuple(mutants.mutants())


def test_each_mistake_has_a_name_of_its_own() -> None:
    """No two mistakes have one name: what notices one is told of that one."""
    assert [] == [name for name, count in Counter(mutant.name for mutant in made()).items() if count > 1]


def test_each_mistake_is_in_the_table_or_in_the_interpreter() -> None:
    """A mistake of the table has the right interpreter, one of the interpreter the right table: each is one mistake."""
    right = {table(), table(capabilities=(CONTROL, further("chat")))}

    assert [] == [mutant.name for mutant in made() if (mutant.table in right) is (mutant.interpreter is Rules)]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: table_edits.thing(RULES, "tea"),
        lambda: table_edits.thing_without(RULES, "tea", "helper"),
        lambda: table_edits.thing_without(RULES, "view", "tea"),
        lambda: table_edits.row_without(RULES, "O3", "local", "tea"),
    ],
)
def test_what_is_not_in_the_table_cannot_be_left_out(wrong: Callable[[], object]) -> None:
    """A thing, a need and a condition that the table does not have are an error: a mistake that changes nothing is none."""
    with pytest.raises(KeyError, match="tea"):
        wrong()


# ---- interpreters with a mistake -----------------------------------------------------------------------------

# Each with a situation, an event, and where the expert is then: by its mistake, and by the right interpreter.
FAULTY: list[tuple[str, Situation, Event, tuple[str, str, str], tuple[str, str, str]]] = [
    ("needs are tested on arrival only", HELD, DISABLED, ("done", "viewing", "held"), ("done", "idle", "free")),
    ("needs are tested on arrival only", READY.so(admitted=False), event("asks for a ticket"),
     ("refused", "idle", "free"), ("refused", "idle", "free")),
    ("needs are not tested on arrival", READY.so(admitted=False), event("asks for a ticket"),
     ("done", "idle", "free"), ("refused", "idle", "free")),
    ("conditions of a row are read as or", OFFERED, event("accepts", origin="injected"),
     ("done", "viewing", "free"), ("refused", "offered", "free")),
    ("conditions of a row are read as or", OFFERED, event("accepts", origin="injected", prompt="another"),
     ("refused", "offered", "free"), ("refused", "offered", "free")),
    ("needs of a thing are read as or", HELD, DISABLED, ("done", "viewing", "held"), ("done", "idle", "free")),
    ("what is inside a lost thing stays", HELD, DISABLED, ("done", "idle", "held"), ("done", "idle", "free")),
    ("what is inside a lost thing stays", VIEWING, event("asks for control"),
     ("done", "viewing", "asked"), ("done", "viewing", "asked")),
    ("a refusal changes what the row would have changed", OFFERED, event("accepts", origin="injected"),
     ("refused", "viewing", "free"), ("refused", "offered", "free")),
    ("a refusal changes what the row would have changed", OFFERED, event("accepts"),
     ("done", "viewing", "free"), ("done", "viewing", "free")),
    ("a row is for any phase", READY, event("accepts"), ("done", "viewing", "free"), ("ignored", "idle", "free")),
]  # fmt: skip


def ends(outcome: Outcome) -> tuple[Any, ...]:
    """Return the verdict, how far the assistance is then, and the state of control."""
    return outcome.verdict, outcome.after["phase"], outcome.after["control"]


@pytest.mark.parametrize(("mistake", "before", "happening", "faulty", "right"), FAULTY)
def test_an_interpreter_errs_as_it_says(
    mistake: str, before: Situation, happening: Event, faulty: tuple[str, ...], right: tuple[str, ...]
) -> None:
    """Each faulty interpreter does what its mistake says where it shows, and what the right one does where it does not."""
    assert (faulty, right) == tuple(
        ends(rules_of(RULES, interpreter).step(before, happening)) for interpreter in (MISTAKES[mistake], Rules)
    )


def test_every_faulty_interpreter_is_shown() -> None:
    """Of each mistake of the interpreter there is an event above at which it does something else."""
    assert set(MISTAKES) == {mistake for mistake, _, _, faulty, right in FAULTY if faulty != right}


@pytest.mark.parametrize(("need", "phase"), [("offers", "viewing"), ("helper", "idle")])
def test_one_need_of_one_thing_can_be_tested_on_arrival_only(need: str, phase: str) -> None:
    """A view that tests one of its needs on arrival only outlives the loss of that one, and of no other."""
    assert phase == OnArrival(RULES, "view", need).step(VIEWING, DISABLED).after["phase"]


# ---- other products ------------------------------------------------------------------------------------------

# Each with a situation, an event, and how far the expert is then: the phase, or the state of control.
PRODUCTS: dict[str, tuple[Situation, Event, str]] = {
    "silence accepts": (OFFERED, event("consent time passes"), "viewing"),
    "nobody there": (TICKETED.so(logged_on=False), event("offers help"), "viewing"),
    "standing consent": (TICKETED, event("offers help"), "viewing"),
    "policy answers": (TICKETED, event("offers help"), "viewing"),
    "one click for both": (OFFERED, event("accepts"), "held"),
    "control on request": (VIEWING, event("asks for control"), "held"),
    "administrators": (TICKETED, event("offers help", administrator=True), "viewing"),
}


@pytest.mark.parametrize("name", PROFILES)
def test_another_product_gives_what_rasim_asks_about(name: str) -> None:
    """Each profile gives at its event a view or control that the user of rasim would be asked about, or has not answered."""
    before, happening, given = PRODUCTS[name]
    after = step(before, happening, PROFILES[name].change(RULES)).after
    ours = step(before, Event(happening.kind, ()), RULES).after

    assert (True, False) == tuple(given in (each["phase"], each["control"]) for each in (after, ours))


# ---- what notices a mistake ----------------------------------------------------------------------------------

FIRST, SECOND, *_ = SOMETIMES
WAY = Finding(FIRST.name, "", (), (), (("T1",),))


def explored(**found: Any) -> Exploration:
    """Return what an exploration found: both witnesses and the edges of the table, but for what is given."""
    usual: dict[str, Any] = {"broken": {}, "witnessed": {FIRST.name: WAY, SECOND.name: evolve(WAY, taken=(("O1",),))}}
    usual |= {"rows": frozenset(), "refusals": frozenset(), "ambiguous": frozenset(), "digest": "the table's"}
    return Exploration(pair_model(RULES), True, 1, 1, 1, 1, **{**usual, **found})


PAIRS = frozenset({("O3", "X1"), ("O4", "X2")})


@pytest.mark.parametrize(
    ("found", "by", "how"),
    [
        ({"broken": {"b": WAY, "a": WAY}, "ambiguous": PAIRS, "witnessed": {}}, "a", "promise"),
        ({"ambiguous": PAIRS, "witnessed": {}}, "O3 and X1", "overlap"),
        ({"witnessed": {FIRST.name: WAY}, "digest": "another"}, SECOND.name, "witness"),
        ({"digest": "another"}, None, "edges only"),
        ({}, None, "equivalent"),
    ],
)
def test_what_notices_a_mistake(
    found: Mapping[str, Any], by: str | None, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake is noticed by a promise before an overlap, by that before a witness; where none does, by its edges or not at all."""
    monkeypatch.setattr(mutants, "explore", lambda *_, **__: explored(**found))
    mutant = Mutant("a mistake", RULES)

    assert ("a mistake", by, how) == ((killed := kill(mutant, explored())).name, killed.by, killed.how)
    assert isinstance(killed, Killed)


def test_the_likeliest_witness_is_asked_for_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what the table shows those witnesses are asked for first whose way goes through the row of the mistake."""
    asked: list[list[str]] = []

    def explore(*_: object, sometimes: Any, **__: object) -> Exploration:
        asked.append([one.name for one in sometimes])
        return explored()

    monkeypatch.setattr(mutants, "explore", explore)
    for row in ("T1", "O1", ""):
        kill(Mutant("a mistake", RULES, row=row), explored())

    assert [[FIRST.name, SECOND.name], [SECOND.name, FIRST.name], [FIRST.name, SECOND.name]] == asked


def test_a_mistake_is_compared_with_the_table_in_its_own_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each size of model that a mistake shows in is explored once without any mistake, by the right interpreter."""
    monkeypatch.setattr(mutants, "explore", lambda model: model)
    monkeypatch.setattr(mutants, "uninterrupted", lambda model: model)
    right: dict[str, Any] = dict(baselines())

    assert {mutant.size for mutant in made()} == set(right)
    for mutant in made():
        model, same = model_for(mutant), right[mutant.size]
        assert isinstance(same, Model)
        assert (Rules, same.experts, same.sessions, same.values) == (
            same.interpreter, model.experts, model.sessions, model.values
        )  # fmt: skip


def test_a_value_that_stands_for_others_does_so_where_it_can() -> None:
    """A model for a mistake has fewer values than the pair model, but for named mistakes, and for ports, which need them all."""
    sizes = {mutant.size: model_for(mutant).values == SIZED_VALUES for mutant in made()}

    assert {"control only": True, "with chat": True, "every value": False, "two experts": True, "ports": False} == sizes
