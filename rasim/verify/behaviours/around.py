"""What happens around the assistances: policy, list and groups, sessions, firewall, restarts. What a trace leaves open goes both ways."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from attrs import evolve

from rasim.policy import fold
from rasim.protocol.computer import ComputerState, Pair
from rasim.protocol.lines import Line
from rasim.protocol.step import Event
from rasim.protocol.vocabulary import CLOSED, CONSTANT, IN_USE, PORT_3389
from rasim.protocol.world import PolicyFacts
from rasim.verify.behaviours.machine import Leaves, Machine
from rasim.verify.promises.evidence import BLOCKED, PERHAPS_BLOCKED, Evidence

OF_THE_LIST: Final = frozenset({"helper_added", "helper_removed", "member_added", "member_removed"})
_OFFERS: Final[Mapping[str, tuple[str, ...]]] = {BLOCKED: ("blocked",), PERHAPS_BLOCKED: ("enabled", "blocked")}
_PORT: Final[Mapping[str | None, tuple[str, ...]]] = {
    None: PORT_3389,
    "never": (CLOSED,),
    "in use": (IN_USE,),
    "always": (CONSTANT,),
}


def listed_as(seen: Evidence, expert: str) -> tuple[bool, ...]:
    """Return whether an expert is on the list, in every way in which it may be so."""
    if seen.listed(expert):
        return (True,)
    untold = not expert or not seen.list_told or seen.untold(expert) or "policy" not in seen.records
    return (False, True) if untold else (False,)


def happens_around(
    machine: Machine, core: ComputerState, line: Line, before: Evidence, seen: Evidence
) -> Iterator[Leaves]:
    """Yield what a line that tells of what is around does; `seen` is what is known with it."""
    event = line.event
    if event == "policy_applied":
        yield from _policies(machine, core, seen)
    elif event in OF_THE_LIST:
        yield from _list_changes(machine, core, seen)
    else:
        fixed = (str(line[name]) for name in ("port", "side", "state") if line[name] is not None)
        kind = machine.world.get((event, *fixed))
        if kind is None:
            return
        place = (0, machine.sessions.index(line["session"]) if line["session"] is not None else 0)
        owner = before.owner(line["session"]) if event == "logged_on" else None
        if owner is not None and machine.situation(core, place)["logged on"] and not machine.reader.whole:
            again = fold(owner) == fold(line["by"])
            first = machine.happens(core, Event("is switched to" if again else "logs off"), place)
            then = first if again else machine.happens(first.core, Event(kind.name), place)
            yield evolve(then, owed=first.owed if again else first.owed + then.owed)
        else:
            yield machine.happens(core, Event(kind.name), place)


def _policies(machine: Machine, core: ComputerState, seen: Evidence) -> Iterator[Leaves]:
    control = (seen.mode == "control",) if seen.mode else (False, True)
    # Closed too where it is stated to be open: no line tells that an exception is for another network, or that its system heeds none.
    port = dict.fromkeys((*_PORT[seen.stated_port], CLOSED)) if "firewall" in seen.records else (CLOSED,)
    listed = [listed_as(seen, each) for each in machine.experts] or [(False,)]
    for offers in _OFFERS.get(seen.offers, (seen.offers,)):
        for may, when, on_list in product(control, port, product(*listed)):
            facts = PolicyFacts(offers, may, on_list, port_3389=when)
            yield machine.happen(core, "policy is applied", tuple(facts.events(machine.computer.pairs).items()))


def _list_changes(machine: Machine, core: ComputerState, seen: Evidence) -> Iterator[Leaves]:
    """Yield what a change of the list or of a group does to those who are on it now, or off it."""
    for listed in product(*(listed_as(seen, each) for each in machine.experts)):
        events: dict[Pair, Event] = {}
        for expert, on_list in enumerate(listed):
            if machine.situation(core, (expert, 0))["listed"] != on_list:
                event = Event("helper is added" if on_list else "helper is removed")
                events |= {pair: event for pair in machine.computer.pairs if pair[0] == expert}
        if events:
            yield machine.happen(core, next(iter(events.values())).kind, tuple(events.items()))
        else:
            yield Leaves(core, (), ())
