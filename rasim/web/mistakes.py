"""The mistakes of real products, to be found in the page: what each changes in the tables, and which steps break which promise.

Each is explored whole with everything that an observer remembers, as `rasim check` does it. A step breaks a promise in some states; which
facts of these it depends on is found as in `tables.py`, and only those stand there. Where it depends on what went before, and not on the
state alone, the page cannot tell, and says *may break*.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from rasim.engines.provers.certificate import table_digest
from rasim.protocol.computer import State
from rasim.protocol.terms import Value
from rasim.verify.mutants.product_mistakes import NAMED, Named
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.evidence import Evidence
from rasim.verify.promises.kinds import Always, Within
from rasim.verify.states.explore import Listener, explore
from rasim.verify.states.model import Model, Step, Surroundings
from rasim.web.tables import Key, Machine, relevant

MISTAKES: Final[Mapping[str, Named]] = {name: named for name, named in NAMED.items() if not named.capability}
ALWAYS: Final = tuple(p for p in CHECKED if isinstance(p, Always))

# What a step does to promises: those it breaks whatever went before, and those it may break.
Broken = tuple[frozenset[str], frozenset[str]]


@frozen
class Breaks:
    """Which steps break what: by the numbers of a step's events, the facts it depends on and by these what is broken.

    The facts are those of the expert it is aimed at, then those of the other one.
    """

    events: Key
    on: Key
    by: tuple[tuple[Key, Broken], ...]


Places = Mapping[tuple[str, tuple[tuple[str, Value], ...]], int]
Node = tuple[State, Evidence]


def places_of(events: Sequence[Mapping[str, Any]]) -> Places:
    """Return the number of each event."""
    return {(each["kind"], tuple(sorted(each["carries"].items()))): at for at, each in enumerate(events)}


def breaking(machine: Machine, model: Model, places: Places) -> tuple[list[Breaks], dict[str, tuple[Step, ...]]]:
    """Return what breaks promises in a model, explored whole, and the shortest way to each: after a break nothing more, for that is no news."""
    surroundings, listener = Surroundings(model), Listener(ALWAYS)
    found: dict[tuple[Key, Key], set[frozenset[str]]] = defaultdict(set)
    first = (surroundings.first, listener.hear(Evidence(), surroundings.opening)[0])
    parents: dict[Node, tuple[Node, Step] | None] = {first: None}
    shortest: dict[str, tuple[Step, ...]] = {}
    waiting = deque([first])
    while waiting:
        node = waiting.popleft()
        state, seen = node
        facts = [machine.key(surroundings.computer.situation(state, pair)) for pair in surroundings.computer.pairs]
        for edge in surroundings.edges(state):
            after, broke = listener.hear(seen, edge.lines)
            names = frozenset(name for name, _ in broke)
            own = edge.step.expert  # the facts as they are for whom the step is aimed at, then for the other
            key = (*facts[own], *facts[1 - own])
            found[tuple(places[event.kind, event.carries] for _, event in edge.step.events), key].add(names)
            for name in names - shortest.keys():
                shortest[name] = (*_way(parents, node), edge.step)
            target = (edge.target, after)
            if not broke and target not in parents:
                parents[target] = (node, edge.step)
                waiting.append(target)
    return list(_as_tables(found)), shortest


def _way(parents: Mapping[Node, tuple[Node, Step] | None], node: Node) -> tuple[Step, ...]:
    steps: list[Step] = []
    while (parent := parents[node]) is not None:
        node, step = parent
        steps.append(step)
    return tuple(reversed(steps))


def _as_tables(found: Mapping[tuple[Key, Key], set[frozenset[str]]]) -> Iterator[Breaks]:
    by_events: dict[Key, dict[Key, Broken]] = defaultdict(dict)
    for (events, key), every in found.items():
        surely = frozenset[str].intersection(*every)
        by_events[events][key] = (surely, frozenset[str].union(*every) - surely)
    for events, rows in sorted(by_events.items()):
        if any(map(any, rows.values())):
            answers = list(dict.fromkeys(rows.values()))
            on, by = relevant({key: answers.index(answer) for key, answer in rows.items()}, len(next(iter(rows))))
            yield Breaks(events, on, tuple((key, answers[to]) for key, to in sorted(by.items()) if any(answers[to])))


def mistake_json(name: str, machine: Machine, model: Model, right: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a mistake as JSON: its events as far as they differ from those of the right machine, its breaks and the shortest ways."""
    named, events = MISTAKES[name], machine.events()
    places = places_of(events)
    breaks, shortest = breaking(machine, model, places)
    late = [
        p for p in CHECKED if p.name in named.by and isinstance(p, Within)
    ]  # what is never over: no single step shows it
    shortest |= {
        promise: finding.steps
        for promise, finding in (explore(model, late, (), digest=False).broken if late else {}).items()
    }
    return {
        "name": name,
        "table": table_digest(model.table),
        "says": named.says,
        "cases": named.cases.split(),
        "by": list(named.by),
        "events": [right.index(event) if event in right else event for event in events],
        "breaks": [_breaks_json(each) for each in breaks],
        "ways": {
            promise: [[step.expert, *(places[event.kind, event.carries] for _, event in step.events)] for step in steps]
            for promise, steps in sorted(shortest.items())
            if promise in named.by or not set(named.by) & shortest.keys()
        },
    }


def _breaks_json(breaks: Breaks) -> dict[str, Any]:
    rows = [[list(key), sorted(surely), sorted(perhaps)] for key, (surely, perhaps) in breaks.by]
    return {"events": list(breaks.events), "on": list(breaks.on), "by": rows}
