"""What a machine with a mistake leaves, beside what the table may leave: the shortest course that no behaviour of the table explains.

Every event of the mistaken machine is tried in every state that it reaches with one expert and one session (two experts where the
mistake needs them), with the states of the table that may have left the same lines. Ids are symbols, times are left out. If
the table's states run out, the lines so far are a trace that the table cannot have left; if all is explored, each trace of the machine
is one of the table, and nobody could tell from traces that there is a mistake.
"""

from collections import deque
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from rasim.protocol import Line, Recorded
from rasim.protocol.choices import STRICT
from rasim.protocol.computer import ComputerState, Pair
from rasim.protocol.lines import EVERYTHING, LINES
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Event, Rules, Situation, rules_of
from rasim.protocol.terms import Kind
from rasim.protocol.trace_writer import ALL_IDS, INTRODUCES
from rasim.protocol.vocabulary import further
from rasim.protocol.world import PolicyFacts, said_of
from rasim.verify.behaviours.machine import Leaves, Machine
from rasim.verify.behaviours.owed import Reader
from rasim.verify.mutants.mutants import Mutant

EXPERTS, OWNERS = (r"CORP\anna", r"CORP\carol"), {"s1": r"CORP\bob", "s2": r"CORP\erin"}
OPENED_BY = {"closed": (), "while in use": ("sessmgr",), "always open": ("remote desktop",)}
RECORDS = EVERYTHING - {"time"}
MOST = 30_000  # pairs of a state and what the table may be in


class Given(Machine):
    """A machine with these rules, whatever table they come from."""

    def __init__(self, rules: Rules, experts: int, sessions: int) -> None:
        self._given, self._all = rules, False
        super().__init__(STRICT, Reader(True, RECORDS, {}))
        cores = [self.start()]
        for session in list(OWNERS)[:sessions]:
            cores = self.more_sessions(session, cores)
        for expert in EXPERTS[:experts]:
            cores = self.more_experts(expert, [{}], cores)
        (self.first,) = cores

    def _read(self) -> Rules:
        return self._given

    def _told(self, *whom: Any) -> Any:
        """Let a machine with a mistake name what is not there, where it could not write its line otherwise."""
        try:
            return super()._told(*whom)
        except ValueError:
            self._all = True
            return super()._told(*whom)
        finally:
            self._all = False

    def _there(self, now: Situation) -> frozenset[str]:
        return ALL_IDS if self._all else super()._there(now)


class Told(NamedTuple):
    """What an event leaves to be seen: what happened around (its kind, the assistance aimed at, the policy), and lines with symbols."""

    around: tuple[str, Pair, PolicyFacts | None] | None
    lines: tuple[Line, ...]


def _aims(machine: Machine, kind: Kind) -> Iterator[Pair]:
    pairs = machine.computer.pairs
    match kind.scope:
        case "assistance":
            yield from pairs
        case "session":
            yield from ((0, session) for session in range(len(machine.sessions)))
        case "expert":
            yield from ((expert, 0) for expert in range(len(machine.experts)))
        case _:
            yield pairs[0]


def _events(machine: Machine, ports: tuple[str, ...]) -> Iterator[tuple[Kind, Pair, Event | PolicyFacts]]:
    for kind in machine.rules.table.kinds:
        if kind.name == "policy is applied":
            for offers, control, port in product(("disabled", "enabled"), (False, True), ports):
                for listed in product((False, True), repeat=len(machine.experts)):
                    yield kind, (0, 0), PolicyFacts(offers, control, listed, port_3389=port)
            continue
        names = [fact.name for fact in kind.carries]
        for values in product(*(fact.values for fact in kind.carries)):
            for aim in _aims(machine, kind):
                yield kind, aim, Event(kind.name, tuple(sorted(zip(names, values, strict=True))))


def _happens(machine: Machine, core: ComputerState, kind: str, aim: Pair, event: Event | PolicyFacts) -> Leaves:
    if isinstance(event, PolicyFacts):
        return machine.happen(core, kind, tuple(event.events(machine.computer.pairs).items()))
    return machine.happens(core, event, aim)


def _lines(left: Leaves) -> tuple[Line, ...]:
    return tuple(owed.line for owed in left.owed)


def _may_have(machine: Machine, core: ComputerState, told: Told) -> Iterator[ComputerState]:
    """Yield where the table may be after it left these lines."""
    if told.around is not None:
        kind, aim, facts = told.around
        left = _happens(machine, core, kind, aim, facts or Event(kind))
        if left.done and _lines(left) == told.lines:
            yield left.core
        return
    for left in machine.that_leave(told.lines[0].event, core, machine.computer.pairs):
        if _lines(left) == told.lines:
            yield left.core


def shortest(mutant: Mutant) -> list[Told] | None:
    """Return the shortest course of a mutant that the table does not explain; None if there is none.

    Raises:
        OverflowError: there are too many states to tell.

    """
    size = {"two experts": (2, 1), "ports": (1, 2)}.get(mutant.size, (1, 1))
    ports = tuple(OPENED_BY) if mutant.size == "ports" else ("closed",)
    names = [fact.name for fact in mutant.table.facts if fact.name in _FURTHER]
    right = Given(rules_of(table(capabilities=(CONTROL, *map(further, names)))), *size)
    wrong = Given(rules_of(mutant.table, mutant.interpreter), *size)
    events = list(_events(wrong, ports))
    begin = (wrong.first, frozenset({right.first}))
    came: dict[Any, tuple[Any, Told | None]] = {begin: (None, None)}
    waiting = deque([begin])
    followed: dict[tuple[ComputerState, Told], tuple[ComputerState, ...]] = {}
    while waiting:
        here = waiting.popleft()
        core, may = here
        for kind, aim, event in events:
            left = _happens(wrong, core, kind.name, aim, event)
            seen = kind.taken is not None and kind.scope != "assistance" and left.done
            facts = event if isinstance(event, PolicyFacts) else None
            told = Told((kind.name, aim, facts) if seen else None, _lines(left))
            if told.around is None and not told.lines:
                after = may
            else:
                for each in may:
                    if (each, told) not in followed:
                        followed[each, told] = tuple(_may_have(right, each, told))
                after = frozenset(core for each in may for core in followed[each, told])
            there = (left.core, after)
            if there not in came:
                came[there] = (here, told)
                if not after:
                    return _course(came, there)
                waiting.append(there)
        if len(came) > MOST:
            raise OverflowError(f"{mutant.name}: more than {MOST} states")
    return None


_FURTHER = ("chat", "elevation")


def _course(came: dict[Any, tuple[Any, Told | None]], last: Any) -> list[Told]:
    found = []
    while came[last][1] is not None:
        last, told = came[last]
        found.append(told)
    return found[::-1]


# ---- as a trace ------------------------------------------------------------------------------------------------------

_IDS = ("offer", "connection", "request", "ticket", "prompt")


def as_trace(course: list[Told], mutant: Mutant) -> list[Recorded]:
    """Return a course as the trace that a recorder would have left, with ids that count."""
    kinds = {kind.name: kind for kind in mutant.table.kinds}
    lines = [Line("recorder", (("records", tuple(sorted(RECORDS))),))]
    ids: dict[str, str] = {}
    for told in course:
        if told.around is not None:
            lines.append(_around(told.around, kinds, len(lines)))
        for line in told.lines:
            new = line[INTRODUCES[line.event]] if line.event in INTRODUCES else None
            if new is not None:
                ids[new] = f"{len(lines)}-{new.split()[0]}"
            lines.append(
                Line(
                    line.event,
                    tuple((n, ids.get(str(v), f"no {v}") if n in _IDS else _hand(n, v)) for n, v in line.fields),
                )
            )
    return [Recorded(number, line) for number, line in enumerate((*lines, Line("recording_ended")), 1)]


def _hand(name: str, value: Any) -> Any:
    return {"user": OWNERS["s1"]}.get(value, value) if name == "by" else value


def _around(around: tuple[str, Pair, PolicyFacts | None], kinds: dict[str, Kind], number: int) -> Line:
    kind, (expert, session), facts = around
    said: dict[str, Any] = {"session": list(OWNERS)[session], "expert": EXPERTS[expert], "account": None}
    said["by"] = OWNERS[said["session"]]
    if facts is not None:
        said |= said_of(dict(facts.events([(0, 0)])[0, 0].carries)) | {"version": f"v{number}", "members": ()}
        said |= {"helpers": tuple(e for e, on in zip(EXPERTS, facts.listed, strict=False) if on)}
        said |= {"os": "windows-xp-sp2", "exceptions": OPENED_BY[facts.port_3389]}
    taken = kinds[kind].taken
    assert taken is not None
    said |= dict(taken.fields)
    order = (*LINES[taken.name].required, *LINES[taken.name].optional)
    return Line(taken.name, tuple((name, said[name]) for name in order if said.get(name) is not None))
