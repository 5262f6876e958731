"""What an expert gets under facts that stay: powers stand for whole traces, and a test of all pairs of facts says so."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

import pytest

from rasim.protocol.vocabulary import SHOWN_BY
from rasim.protocol.world import PolicyFacts
from rasim.verify.policies.reachable import POWERS, every_policy, model_of, parts, powers
from rasim.verify.states.surroundings import Surroundings

# Everything by which an expert comes to know, see or do something.
GETS = frozenset({*POWERS, "sessions_disclosed"})
ALL = every_policy()
Label = tuple[str, ...]
Graph = Mapping[int, frozenset[tuple[Label, int]]]


@cache
def graph(facts: PolicyFacts) -> Graph:
    """Return every reachable state with its steps, each with what the expert gets by it."""
    surroundings = Surroundings(model_of(facts))
    numbers = {surroundings.first: 0}
    waiting, found = [surroundings.first], {}
    while waiting:
        state = waiting.pop()
        steps = set()
        for edge in surroundings.edges(state):
            if edge.target not in numbers:
                numbers[edge.target] = len(numbers)
                waiting.append(edge.target)
            steps.add((tuple(line.event for line in edge.lines if line.event in GETS), numbers[edge.target]))
        found[numbers[state]] = frozenset(steps)
    return found


@cache
def silently(facts: PolicyFacts, states: frozenset[int]) -> frozenset[int]:
    """Return the states that can be reached without the expert getting anything."""
    reached, waiting = set(states), list(states)
    while waiting:
        for label, target in graph(facts)[waiting.pop()]:
            if not label and target not in reached:
                reached.add(target)
                waiting.append(target)
    return frozenset(reached)


@cache
def after(facts: PolicyFacts, states: frozenset[int], label: Label) -> frozenset[int]:
    """Return the states in which a course can be once the expert got this."""
    steps = (step for state in states for step in graph(facts)[state])
    return silently(facts, frozenset(target for said, target in steps if said == label))


def every_trace_of(one: PolicyFacts, other: PolicyFacts) -> bool:
    """Tell whether whatever an expert can get under one, in whatever order, it can get under the other."""
    first = (0, silently(other, frozenset({0})))
    seen, waiting = {first}, [first]
    while waiting:
        state, others = waiting.pop()
        for label, target in graph(one)[state]:
            there = (target, after(other, others, label) if label else others)
            if not there[1]:
                return False
            if there not in seen:
                seen.add(there)
                waiting.append(there)
    return True


def pairs() -> Iterator[tuple[PolicyFacts, PolicyFacts]]:
    yield from product(ALL, repeat=2)


def test_powers_stand_for_traces() -> None:
    """Under one set of facts an expert gets, trace by trace, what it gets under another exactly where its powers are no more."""
    wrong = [
        (one, other) for one, other in pairs() if every_trace_of(one, other) != (set(powers(one)) <= set(powers(other)))
    ]

    assert [] == wrong


def test_powers_are_what_the_rules_say() -> None:
    """An expert can offer and view where offers are enabled, it is listed and the firewall lets it through, control by mode."""
    for facts in ALL:
        said = parts(facts)
        may = said["offers"] and said["listed"] and said["through"]
        assert ({"offer", "view"} if may else set()) | ({"control"} if may and facts.control else set()) == set(
            powers(facts)
        )


@pytest.mark.parametrize("capability", SHOWN_BY)
def test_the_way_ends_with_what_it_shows(capability: str) -> None:
    """The shortest way to a capability ends with the line that shows it, and has it nowhere before."""
    way = powers(ALL[-1])[capability]
    said = [line.event for lines in way.lines for line in lines]

    assert SHOWN_BY[capability] in [line.event for line in way.lines[-1]]
    assert 1 == said.count(SHOWN_BY[capability])


def test_a_firewall_that_stays_shut_lets_nothing_happen() -> None:
    """Where the firewall stays shut no state has an assistance in it."""
    assert all(not label for facts in ALL if not facts.through for steps in graph(facts).values() for label, _ in steps)
