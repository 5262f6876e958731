"""Two voices: a reading of the rules by hand and the table agree in every state there is, about every event."""

from collections.abc import Iterator

import naive
import pytest
from attrs import evolve

from rasim.protocol import RULES, Event, Situation
from rasim.verify.states.model import Model, pair_model, ports_model, two_experts_model
from rasim.verify.states.surroundings import Surroundings


def heard(model: Model) -> Iterator[tuple[Situation, Event]]:
    """Yield every situation that an assistance can be in, with every event that the model has for it."""
    surroundings = Surroundings(model)
    found = {surroundings.first: None}
    waiting = [surroundings.first]
    while waiting:
        for edge in surroundings.edges(waiting.pop()):
            if edge.target not in found:
                found[edge.target] = None
                waiting.append(edge.target)
    pairs = surroundings.computer.pairs
    situations = {surroundings.computer.situation(state, pair): None for state in found for pair in pairs}
    events = {event: None for each in surroundings.steps for _, event in each.events}
    for situation in situations:
        for event in events:
            yield situation, event


def differences(model: Model) -> tuple[int, list[tuple[Event, str, str]]]:
    """Return how many answers were compared, and those in which the two voices differ."""
    rules = Surroundings(model).rules
    count = 0
    differ: list[tuple[Event, str, str]] = []
    for situation, happening in heard(model):
        count += 1
        outcome = rules.step(situation, happening)
        expected = naive.answer(situation.as_dict(), happening.kind, rules.carried(happening))
        is_open = any(thing.name == "open port" for thing in rules.things(outcome.after))
        if (*expected, naive.has_port_open(expected[1])) != (outcome.verdict, outcome.after.as_dict(), is_open):
            differ.append((happening, expected[0], outcome.verdict))
    return count, differ


@pytest.mark.parametrize(
    ("model", "count"),
    [(pair_model(RULES), 72_072), (two_experts_model(), 12_672), (ports_model(), 2_760)],
    ids=["pair", "two experts", "ports"],
)
def test_two_voices_agree(model: Model, count: int) -> None:
    """For every reachable situation and event the hand-written rules give the verdict and the facts that the table gives."""
    assert (count, []) == differences(model)


@pytest.mark.parametrize(
    ("row_id", "dropped", "kind"),
    [
        ("W7", "logged off", "logs on"),
        pytest.param("O3", "local", "accepts", marks=pytest.mark.exhaustive),
        pytest.param("C3", "on show", "grants control", marks=pytest.mark.exhaustive),
    ],
)
def test_a_mistake_makes_them_differ(row_id: str, dropped: str, kind: str) -> None:
    """With one condition dropped from the table the voices differ about that event, and about no other."""
    row = RULES.row(row_id)
    wrong = evolve(row, provided=tuple(c for c in row.provided if c.name != dropped))
    _, differ = differences(pair_model(evolve(RULES, rows=tuple(wrong if r is row else r for r in RULES.rows))))

    assert {(kind, "refused", "done")} == {(happening.kind, expected, got) for happening, expected, got in differ}


def test_a_port_that_policy_leaves_alone_makes_them_differ() -> None:
    """With the port dropped from what a policy changes the voices differ about policies, and about no other event."""
    row = RULES.row("W1")
    wrong = evolve(row, then=tuple(change for change in row.then if change.fact != "port 3389"))
    _, differ = differences(ports_model(evolve(RULES, rows=tuple(wrong if r is row else r for r in RULES.rows))))

    assert {("policy is applied", "done", "done")} == {(given.kind, expected, got) for given, expected, got in differ}


def test_the_second_voice_is_its_own() -> None:
    """The hand-written rules import nothing: what they say they say by themselves."""
    assert [] == [
        name for name, value in vars(naive).items() if getattr(value, "__module__", "naive").startswith("rasim")
    ]
