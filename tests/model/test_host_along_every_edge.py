r"""What is proved is what runs: `Host`, driven along every edge of the standard models, does and writes what the edge says.

The model has no policy files, and writes symbols (`offer CORP\anna s1`) where the host counts (`offer-7`). So every state has a
host that was brought there by acts alone, and each symbol stands for the id it was introduced with, which must be a new one.
What else may differ between a line of the host and one of the model stands in `MAY_DIFFER`, each with its reason.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache

import pytest
from attrs import frozen

from rasim.policy import NAMED, Firewall, Policy
from rasim.protocol import CONTROL, Act, Capability, Host, Line, further
from rasim.protocol.computer import INTRODUCES, id_key
from rasim.protocol.lines import FieldValue
from rasim.protocol.vocabulary import TICKET
from rasim.verify.states.model import (
    EXPERTS,
    OWNERS,
    SESSIONS,
    SYSTEM,
    Edge,
    Model,
    Step,
    Surroundings,
    pair_model,
    ports_model,
    two_experts_model,
    two_sessions_model,
)

NO_TICKET = {"foreign": "ticket-0", "malformed": "no ticket at all"}  # by an expert who has no ticket of that kind
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


def fork(host: Host) -> Host:
    """Return a host that goes on from here by itself."""
    other = copy(host)
    for name, value in vars(host).items():
        if isinstance(value, dict):
            setattr(
                other, name, {key: each.copy() if isinstance(each, dict | set) else each for key, each in value.items()}
            )
        elif isinstance(value, list):
            setattr(other, name, value[:])
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
                ids = host.ids(expert, session)
                act = Act(
                    kind, expert, session, ticket=brought(ids.get("ticket")), prompt=brought(ids.get("prompt view"))
                )
                assert host.receive(act).outcome.verdict == "done"
            symbols |= {
                f"{what} {expert} {session}": str(host.ids(expert, session)[what]) for what in ("ticket", "connection")
            }
            host.receive(Act("user ends", expert, session))
        host.receive(Act("logs off", session=session))
    host.receive(Act("policy is applied", policy=Policy()))
    host.receive(Act("refresh task runs"))
    return Brought(host, symbols)


def brought(an_id: FieldValue | None) -> str | None:
    """Return an id as an act brings it."""
    return None if an_id is None else str(an_id)


@cache
def policy(offers: str, helpers: tuple[str, ...], *, control: bool = False, port: str = "closed") -> Policy:
    """Return a policy that comes to these facts."""
    return Policy.of(offer=offers, mode="control" if control else "view", helpers=helpers, firewall=FIREWALLS[port])


def act_of(step: Step, host: Host) -> Act:
    """Return a step of the model as an act that reaches a host, with ids for what it carries."""
    expert, session, carries = EXPERTS[step.expert], SESSIONS[step.session], step.carries
    kind = host.rules.table.kind(step.kind)
    if step.kind == "policy is applied":
        listed = [pair[0] for pair, event in step.events if dict(event.carries)["new listed"]]
        helpers = tuple(EXPERTS[each] for each in dict.fromkeys(listed))
        control, port = bool(carries["new control"]), str(carries["new port 3389"])
        return Act(step.kind, policy=policy(str(carries["new offers"]), helpers, control=control, port=port))
    if kind.scope != "assistance":
        return Act(step.kind, expert if kind.scope == "expert" else None, session if kind.scope == "session" else None)
    ids, origin, ticket = host.ids(expert, session), carries.get("origin", "local"), str(carries.get("ticket", "own"))
    own = brought(ids.get("ticket")) if ticket == "own" else host.old_ticket(expert, session, ticket)
    on_show = brought(ids.get(id_key("prompt", host.capability_of(step.kind))))
    by = {"expert": expert, "user": OWNERS[step.session] if origin == "local" else expert}.get(kind.owner)
    prompt = {"on show": on_show, "another": "another prompt"}.get(str(carries.get("prompt")))
    return Act(step.kind, expert, session, by, origin, prompt, NO_TICKET.get(ticket, own))  # type: ignore[arg-type]


def driven(edge: Edge, here: Brought) -> tuple[Brought, list[str]]:
    """Return a host taken along an edge, and what it did that the edge does not say."""
    host = fork(here.host) if edge.rows else here.host  # what is no edge must leave it as it was
    act = act_of(edge.step, host)
    record = host.receive(act)
    events, said = [h.outcome.event for h in record.outcomes], [recorded.line for recorded in record.lines]
    rows = tuple(dict.fromkeys("-" if h.outcome.row is None else h.outcome.row.id for h in record.outcomes))
    wrong = []
    if host._state != edge.target:
        wrong.append("it leads elsewhere")
    if edge.rows not in ((), rows) and not edge.step.kind.startswith(
        "helper"
    ):  # an entry may change nothing, see `Host`
        wrong.append(f"{rows} took it, not {edge.rows}")
    if edge.step.kind == "policy is applied" and events != [event for _, event in edge.step.events]:
        wrong.append(f"the policy comes to {events[0]}")
    if [line.event for line in said] != [line.event for line in edge.lines]:
        return Brought(host, here.ids), [*wrong, f"it leaves {[line.event for line in said]}"]
    ids = dict(here.ids)
    claims = {f"{each} ticket": act.ticket for each in TICKET.values}
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "capabilities"),
    [
        (pair_model(), (CONTROL, further("chat"))),
        (two_experts_model(), (CONTROL,)),
        (two_sessions_model(), (CONTROL,)),
        (ports_model(), (CONTROL,)),
    ],
    ids=lambda value: value.name if isinstance(value, Model) else "",
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
