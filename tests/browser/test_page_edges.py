"""The page's own steps, asked in a browser and compared with `step`.

A share of the states, spread over all distances; with --exhaustive every edge of the smaller model, many of the larger one and of each mistake.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from docs.generate.teaching.mistakes import SHOWN
from docs.generate.teaching.tables import mistaken_model, teaching_model
from rasim.protocol.computer import ComputerState
from rasim.protocol.lines import Line
from rasim.protocol.rules import table
from rasim.verify.states.model import Model, Step
from rasim.verify.states.surroundings import Surroundings

TAKE = """([name, states]) => rasim.then((x) => {
  const machine = name === "" ? new Tables.Machine(x.packed.right) : name === "right" ? new Tables.Machine(x.packed.small)
    : new Tables.Machine(x.packed.small, x.packed.mistakes.find((each) => each.name === name));
  const steps = machine.steps();
  const named = steps.map((step) => [step.expert, step.events.map((at) => [machine.events[at].kind, machine.events[at].carries])]);
  const told = new Map();  // each tale once: most steps tell the same as others
  const tale = (lines) => {
    const text = JSON.stringify(lines.map(({ line }) => line));
    return told.get(text) ?? told.set(text, told.size).get(text);
  };
  const found = states.map((state) => steps.map((step, at) => {
    const taken = machine.take(state, step);
    const heard = taken.changed || taken.lines.length;
    return heard ? [at, taken.changed ? taken.after.join(";") : "", tale(taken.lines)] : null;
  }).filter(Boolean));
  return [named, [...told.keys()], found];
})"""


class Numbers:
    """States of a model as the page has them: the places of values, for each expert."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self._known: dict[ComputerState, str] = {}
        self._places = [{value: at for at, value in enumerate(fact.values)} for fact in surroundings.rules.facts]

    def text(self, state: ComputerState) -> str:
        """Return a state as the page joins it."""
        if state not in self._known:
            self._known[state] = ";".join(",".join(map(str, places)) for places in self.of(state))
        return self._known[state]

    def of(self, state: ComputerState) -> list[list[int]]:
        """Return a state as numbers."""
        situations = (self.surroundings.computer.situation(state, pair) for pair in self.surroundings.computer.pairs)
        return [[places[value] for places, value in zip(self._places, s.values, strict=True)] for s in situations]


def states_of(surroundings: Surroundings, most: int) -> Iterator[ComputerState]:
    """Yield the states of a model in the order of their distance, as many as wanted."""
    found = {surroundings.first: None}
    waiting = [surroundings.first]
    for state in waiting:
        yield state
        if len(found) < most:
            for target in (edge.target for edge in surroundings.edges(state)):
                if target not in found:
                    found[target] = None
                    waiting.append(target)


def asked(step: Step) -> tuple[Any, ...]:
    """Return a step as it can be told from all others."""
    aimed = step.expert if len(step.events) == 1 else 0
    events = [(event.kind, tuple(sorted(event.carries))) for _, event in step.events]
    return aimed, tuple(events if step.kind == "policy is applied" else events[:1])


def model_of(name: str) -> Model:
    """Return the model of the page, the smaller one by the right rules, or that of a mistake."""
    return teaching_model() if name == "" else mistaken_model(SHOWN[name].change(table()) if name in SHOWN else table())


@pytest.mark.parametrize(
    ("name", "most", "apart"),
    [
        *(("", 300, 10), ("right", 10_000, 20), ("M14", 120, 6)),
        *(
            pytest.param(name, most, 1, marks=pytest.mark.exhaustive)
            for name, most in (("", 300), ("right", 10_000), *((mistake, 120) for mistake in SHOWN))
        ),
    ],
)
def test_every_edge_is_one_of_step(opened: Callable[..., Any], name: str, most: int, apart: int) -> None:
    """In states near and far each step leads in the page to where `step` leads, and leaves the same lines; all others do nothing in both."""
    surroundings = Surroundings(model_of(name))
    numbers, tab = Numbers(surroundings), opened().tab
    states = list(states_of(surroundings, most))[::apart]
    for at in range(0, len(states), 200):
        some = states[at : at + 200]
        named, tales, answers = tab.evaluate(TAKE, [name, [numbers.of(state) for state in some]])
        lines = [tuple(tuple(sorted(line.items())) for line in frozen(json.loads(tale))) for tale in tales]
        steps = [
            (expert, tuple((kind, tuple(sorted(carries.items()))) for kind, carries in events))
            for expert, events in named
        ]
        assert set(steps) == {asked(step) for step in surroundings.steps}
        for state, answer in zip(some, answers, strict=True):
            told = {steps[which]: (after, lines[tale]) for which, after, tale in answer}
            assert told == {
                asked(edge.step): ("" if edge.target == state else numbers.text(edge.target), said(edge.lines))
                for edge in surroundings.edges(state)
            }


def frozen(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return lines with lists as tuples, so that they can be compared with those of a model."""
    return [
        {name: tuple(value) if isinstance(value, list) else value for name, value in line.items()} for line in lines
    ]


@cache
def said(lines: tuple[Line, ...]) -> tuple[tuple[tuple[str, Any], ...], ...]:
    """Return the lines of an edge as they are compared."""
    return tuple(tuple(sorted(line.items())) for line in frozen([line.as_json() for line in lines]))
