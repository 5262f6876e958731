r"""Edges of a model as acts of a computer that runs, and what it did beside what the edge says.

The model has no policy files, and writes symbols (`offer CORP\anna s1`) where the host counts (`offer-7`): each symbol stands for the id it
was introduced with, which must be a new one. What else may differ between a line of the host and one of the model stands in `MAY_DIFFER`,
each with its reason.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from rasim.policy import NAMED, Firewall, Policy
from rasim.protocol import Act, Host, Line, Record
from rasim.protocol.computer import ComputerState
from rasim.protocol.trace_writer import INTRODUCES
from rasim.protocol.vocabulary import TICKET
from rasim.verify.states.model import EXPERTS, Step
from rasim.verify.states.surroundings import Edge, act_of

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


def opening(host: Host, ids: dict[str, str]) -> Iterator[Act]:
    """Yield what leads a new host to the first state; every assistance then had an expired ticket, a used one, and a connection.

    `ids` learns what the symbols of the model stand for there.
    """
    yield Act("policy is applied", policy=policy("enabled", tuple(host.experts)))
    yield Act("refresh task runs")
    for session in host.sessions:
        yield Act("logs on", session=session)
        for expert in host.experts:
            for kind in ("asks for a ticket", "ticket time passes", "asks for a ticket", "offers help", "accepts"):
                yield Act(kind, expert, session, carries=OWN)
                ids |= {f"{what} {expert} {session}": str(an_id) for what, an_id in host.ids(expert, session).items()}
            yield Act("user ends", expert, session)
        yield Act("logs off", session=session)
    yield Act("policy is applied", policy=Policy())
    yield Act("refresh task runs")


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


def unlike(edge: Edge, record: Record, state: ComputerState, ids: dict[str, str]) -> list[str]:
    """Return what a host did that the edge does not say, and in which state it is then; `ids` learns what it introduced."""
    events, said = [h.outcome.event for h in record.outcomes], [recorded.line for recorded in record.lines]
    rows = tuple(dict.fromkeys("-" if h.outcome.row is None else h.outcome.row.id for h in record.outcomes))
    wrong = []
    if state != edge.target:
        wrong.append("it leads elsewhere")
    # An entry of the list that changes nothing for anybody is no event of the table, and takes a row that changes nothing.
    if edge.rows not in ((), rows) and not edge.step.kind.startswith("helper"):
        wrong.append(f"{rows} took it, not {edge.rows}")
    if edge.step.kind == "policy is applied" and events != [event for _, event in edge.step.events]:
        wrong.append(f"the policy comes to {events[0]}")
    if [line.event for line in said] != [line.event for line in edge.lines]:
        return [*wrong, f"it leaves {[line.event for line in said]}"]
    claims = {"another prompt": record.act.prompt} | {f"{each} ticket": record.act.ticket for each in TICKET.values}
    for told, line in zip(edge.lines, said, strict=True):
        wrong += differences(told, line, ids, claims)
    return wrong


def differences(told: Line, said: Line, ids: dict[str, str], claims: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the fields in which a line of the model and one of the host differ, and learn the ids that they introduce."""
    for name in sorted({name for name, _ in (*told.fields, *said.fields)} - MAY_DIFFER.keys()):
        symbol, value = told[name], said[name]
        if name in IDS and INTRODUCES.get(told.event) == name and value not in ids.values():
            ids[symbol] = value
        stands_for = claims.get(symbol) or ids.get(symbol, symbol) if name in IDS else symbol
        if stands_for != value and not (value is None and (told.event, name) in NAMED_TOO_EARLY):
            yield f"{told.event}: {name} is {value}, not {stands_for}"
