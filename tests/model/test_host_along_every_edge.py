r"""What is proved is what runs: `Host`, driven along every edge of the standard models, does and writes what the edge says.

The model has no policy files, and writes symbols (`offer CORP\anna s1`) where the host counts (`offer-7`). So every state has a
host that was brought there by acts alone, and each symbol stands for the id it was introduced with, which must be a new one.
What else may differ between a line of the host and one of the model stands in `MAY_DIFFER`, each with its reason.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache
from typing import Any

import pytest
from attrs import frozen

from rasim.policy import NAMED, Firewall, Policy
from rasim.protocol import CONTROL, Act, Capability, Host, Line, further, table
from rasim.protocol.trace_writer import INTRODUCES, CountedIds
from rasim.protocol.vocabulary import TICKET
from rasim.verify.states.model import (
    EXPERTS,
    OWNERS,
    SESSIONS,
    SYSTEM,
    Model,
    Step,
    pair_model,
    ports_model,
    sized_model,
    two_experts_model,
    two_sessions_model,
)
from rasim.verify.states.surroundings import Edge, Surroundings, act_of

OWN = (("ticket", "own"), ("prompt", "on show"))
IDS = frozenset({"ticket", "offer", "prompt", "connection", "request"})
MAY_DIFFER = {
    "solicited": "the policies of the model say nothing of invitations",
    "version": "the model calls every policy `v`",
    "sessions": "the model tells of the session at hand, the host of all in which somebody is logged on",
    "exceptions": "the model names what port 3389 needs, the host what offers need too, or nothing where nothing is stated",
}
# What the model names before it is there, or where it never will be, and the host does not.
NAMED_TOO_EARLY = {
    ("link_lost", "connection"),
    ("link_lost", "offer"),
    ("link_lost", "expert"),
    ("capability_requested", "prompt"),
    ("control_refused", "prompt"),
}
PROGRAMS = [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
FIREWALLS = {  # by when port 3389 is open: what a policy states of the firewall; offers get through under all of them
    "closed": Firewall(),
    "while in use": Firewall.of(ports=[NAMED["135 tcp"]], programs=PROGRAMS),
    "always open": Firewall.of(ports=[NAMED["135 tcp"]], programs=PROGRAMS, remote_desktop="enabled"),
}


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
    """Return a host in the first state; every assistance already had an expired ticket, a used one, and a connection."""
    sessions = dict(zip(SESSIONS[: model.sessions], OWNERS, strict=False))
    host = Host(EXPERTS[: model.experts], sessions, os=SYSTEM, capabilities=capabilities)
    host.receive(Act("policy is applied", policy=policy("enabled", EXPERTS[: model.experts])))
    host.receive(Act("refresh task runs"))
    symbols: dict[str, str] = {}
    for session in host.sessions:
        host.receive(Act("logs on", session=session))
        for expert in host.experts:
            for kind in ("asks for a ticket", "ticket time passes", "asks for a ticket", "offers help", "accepts"):
                assert host.receive(Act(kind, expert, session, carries=OWN)).outcome.verdict == "done"
                symbols |= {
                    f"{what} {expert} {session}": str(an_id) for what, an_id in host.ids(expert, session).items()
                }
            host.receive(Act("user ends", expert, session))
        host.receive(Act("logs off", session=session))
    host.receive(Act("policy is applied", policy=Policy()))
    host.receive(Act("refresh task runs"))
    return Brought(host, symbols)


@cache
def policy(offers: str, helpers: tuple[str, ...], *, control: bool = False, port: str = "closed") -> Policy:
    """Return a policy that comes to these facts."""
    return Policy.of(offer=offers, mode="control" if control else "view", helpers=helpers, firewall=FIREWALLS[port])


def act(step: Step, host: Host) -> Act:
    """Return a step of the model as an act that reaches a host; what comes with facts there comes with a policy here."""
    carries = step.carries
    if step.kind != "policy is applied":
        return act_of(step, host.rules.table.kind(step.kind))
    listed = [pair[0] for pair, event in step.events if dict(event.carries)["new listed"]]
    helpers = tuple(EXPERTS[each] for each in dict.fromkeys(listed))
    control, port = bool(carries["new control"]), str(carries["new port 3389"])
    return Act(step.kind, policy=policy(str(carries["new offers"]), helpers, control=control, port=port))


def driven(edge: Edge, here: Brought) -> tuple[Brought, list[str]]:
    """Return a host taken along an edge, and what it did that the edge does not say."""
    host = fork(here.host) if edge.rows else here.host  # what is no edge must leave it as it was
    record = host.receive(act(edge.step, host))
    events, said = [h.outcome.event for h in record.outcomes], [recorded.line for recorded in record.lines]
    rows = tuple(dict.fromkeys("-" if h.outcome.row is None else h.outcome.row.id for h in record.outcomes))
    wrong = []
    if host._state != edge.target:
        wrong.append("it leads elsewhere")
    # An entry of the list that changes nothing for anybody is no event of the table, and takes a row that changes nothing.
    if edge.rows not in ((), rows) and not edge.step.kind.startswith("helper"):
        wrong.append(f"{rows} took it, not {edge.rows}")
    if edge.step.kind == "policy is applied" and events != [event for _, event in edge.step.events]:
        wrong.append(f"the policy comes to {events[0]}")
    if [line.event for line in said] != [line.event for line in edge.lines]:
        return Brought(host, here.ids), [*wrong, f"it leaves {[line.event for line in said]}"]
    ids = dict(here.ids)
    claims = {"another prompt": record.act.prompt} | {f"{each} ticket": record.act.ticket for each in TICKET.values}
    for told, line in zip(edge.lines, said, strict=True):
        wrong += differences(told, line, ids, claims)
    return Brought(host, ids), wrong


def differences(told: Line, said: Line, ids: dict[str, str], claims: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the fields in which a line of the model and one of the host differ, and learn the ids that they introduce."""
    for name in sorted({name for name, _ in (*told.fields, *said.fields)} - MAY_DIFFER.keys()):
        symbol, value = told[name], said[name]
        if name in IDS and INTRODUCES.get(told.event) == name and value not in ids.values():
            ids[symbol] = value
        stands_for = claims.get(symbol) or ids.get(symbol, symbol) if name in IDS else symbol
        if stands_for != value and not (value is None and (told.event, name) in NAMED_TOO_EARLY):
            yield f"{told.event}: {name} is {value}, not {stands_for}"


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
