r"""What is proved is what runs: `Host`, driven along every edge of the standard models, does and writes what the edge says.

Every state has a host that was brought there by acts alone (`edges_as_acts`).
"""

from collections import Counter
from collections.abc import Mapping
from copy import copy
from typing import Any

import pytest
from attrs import frozen
from edges_as_acts import act, opening, unlike

from rasim.protocol import CONTROL, Capability, Host, further, table
from rasim.protocol.trace_writer import CountedIds
from rasim.verify.states.model import (
    EXPERTS,
    OWNERS,
    SESSIONS,
    SYSTEM,
    Model,
    pair_model,
    ports_model,
    sized_model,
    two_experts_model,
    two_sessions_model,
)
from rasim.verify.states.surroundings import Edge, Surroundings


@frozen
class Brought:
    """A host in a state of the model, and the ids that the symbols of the model stand for there."""

    host: Host
    ids: Mapping[str, str]


def fork(host: Any) -> Any:
    """Return a host, or what keeps its ids, that goes on from here by itself."""
    other = copy(host)
    for name, value in vars(host).items():
        if isinstance(value, CountedIds):
            setattr(other, name, fork(value))
        elif isinstance(value, dict | list):
            setattr(other, name, own := value.copy())
            if isinstance(own, dict):
                own.update((key, each.copy()) for key, each in value.items() if isinstance(each, dict))
    return other


def at_the_start(model: Model, capabilities: tuple[Capability, ...]) -> Brought:
    """Return a host in the first state."""
    sessions = dict(zip(SESSIONS[: model.sessions], OWNERS, strict=False))
    host = Host(EXPERTS[: model.experts], sessions, os=SYSTEM, capabilities=capabilities)
    ids: dict[str, str] = {}
    for each in opening(host, ids):
        assert host.receive(each).outcome.verdict == "done"
    return Brought(host, ids)


def driven(edge: Edge, here: Brought) -> tuple[Brought, list[str]]:
    """Return a host taken along an edge, and what it did that the edge does not say."""
    host = fork(here.host) if edge.rows else here.host  # what is no edge must leave it as it was
    ids = dict(here.ids)
    record = host.receive(act(edge.step, host))
    wrong = unlike(edge, record, host._state, ids)
    return Brought(host, ids), wrong


BOTH = (CONTROL, further("chat"))


@pytest.mark.parametrize(
    ("model", "capabilities"),
    [
        pytest.param(sized_model(1, 1, table(capabilities=BOTH)), BOTH, id="small"),
        pytest.param(pair_model(), BOTH, id="pair", marks=pytest.mark.exhaustive),
        pytest.param(two_experts_model(), (CONTROL,), id="two experts", marks=pytest.mark.exhaustive),
        pytest.param(two_sessions_model(), (CONTROL,), id="two sessions", marks=pytest.mark.exhaustive),
        pytest.param(ports_model(), (CONTROL,), id="ports", marks=pytest.mark.exhaustive),
    ],
)
def test_the_host_does_what_the_edge_says(model: Model, capabilities: tuple[Capability, ...]) -> None:
    """Each edge leads the host to the same state, by the same rows, with the same lines; what is no edge does nothing."""
    surroundings = Surroundings(model)
    states = {surroundings.first: at_the_start(model, capabilities)}
    waiting, ignored, wrong = [surroundings.first], set[object](), Counter[str]()
    for state in waiting:
        here, edges = states[state], {id(edge.step): edge for edge in surroundings.edges(state)}
        for step in surroundings.steps:
            edge = edges.get(id(step))
            if edge is None:
                situation = surroundings.computer.situation(state, (step.expert, step.session))
                if (id(step), situation.values) in ignored:
                    continue
                ignored.add((id(step), situation.values))
                edge = Edge(step, state, (), ())
            there, differs = driven(edge, here)
            wrong.update(f"{step.kind}: {each}" for each in differs)
            if edge.target not in states:
                states[edge.target] = there
                waiting.append(edge.target)

    assert {} == wrong
