"""The mistakes of real products, to be found in the page: what each changes in the tables, and which steps break which promise.

Each is explored whole with everything that an observer remembers, as `rasim check` does it. A step breaks a promise in some states; which
facts of these it depends on is found as in `tables.py`, and only those stand there. Where it depends on what went before, and not on the
state alone, the page cannot tell, and says *may break*.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from rasim.protocol.computer import Pair
from rasim.protocol.rules import table
from rasim.protocol.terms import Table
from rasim.verify.evidence import Evidence
from rasim.verify.explore import Finding, Listener, explore
from rasim.verify.kinds import Always, Within
from rasim.verify.model import Model, Step, Surroundings
from rasim.verify.named import NAMED, Named
from rasim.verify.promises import CHECKED
from rasim.web.tables import Key, Machine, mistaken_model, relevant

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


def breaking(machine: Machine, model: Model) -> Iterator[Breaks]:
    """Yield what breaks promises in a model, explored whole: after a break nothing more, for that is no news."""
    surroundings, listener = Surroundings(model), Listener(ALWAYS)
    numbers = {(each["kind"], tuple(sorted(each["carries"].items()))): at for at, each in enumerate(machine.events())}
    found: dict[tuple[Key, Key], set[frozenset[str]]] = defaultdict(set)
    first = (surroundings.first, listener.hear(Evidence(), surroundings.opening)[0])
    known, waiting = {first}, deque([first])
    while waiting:
        state, seen = waiting.popleft()
        for edge in surroundings.edges(state):
            after, broke = listener.hear(seen, edge.lines)
            events = tuple(numbers[event.kind, event.carries] for _, event in edge.step.events)
            found[events, _seen_from(edge.step, machine, surroundings, state)].add(frozenset(name for name, _ in broke))
            node = (edge.target, after)
            if not broke and node not in known:
                known.add(node)
                waiting.append(node)
    by_events: dict[Key, dict[Key, Broken]] = defaultdict(dict)
    for (events, key), every in found.items():
        surely = frozenset[str].intersection(*every)
        by_events[events][key] = (surely, frozenset[str].union(*every) - surely)
    for events, rows in sorted(by_events.items()):
        if any(map(any, rows.values())):
            answers = list(dict.fromkeys(rows.values()))
            on, by = relevant({key: answers.index(answer) for key, answer in rows.items()}, len(next(iter(rows))))
            yield Breaks(events, on, tuple((key, answers[to]) for key, to in sorted(by.items()) if any(answers[to])))


def _seen_from(step: Step, machine: Machine, surroundings: Surroundings, state: Any) -> Key:
    """Return the facts as they are for the expert whom a step is aimed at, then for the other."""
    pairs: list[Pair] = sorted(surroundings.computer.pairs, key=lambda pair: pair[0] != step.expert)
    return tuple(at for pair in pairs for at in machine.key(surroundings.computer.situation(state, pair)))


def ways(model: Model, named: Named) -> dict[str, Finding]:
    """Return the shortest way to each promise that a mistake is there to break, as far as there is one."""
    kept = [p for p in CHECKED if p.name in named.by and isinstance(p, Always | Within)]
    return explore(model, kept, (), digest=False).broken


def mistake_json(name: str, named: Named, machine: Machine, base: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a mistake as JSON: its events as far as they differ from those of the right machine, its breaks and the shortest ways."""
    rules: Table = named.change(table())
    model = mistaken_model(rules)
    events = machine.events()
    places = {(each["kind"], tuple(sorted(each["carries"].items()))): at for at, each in enumerate(events)}
    return {
        "name": name,
        "says": named.says,
        "cases": named.cases.split(),
        "by": list(named.by),
        "events": [base.index(event) if event in base else event for event in events],
        "breaks": [_breaks_json(each) for each in breaking(machine, model)],
        "ways": {
            promise: [_step_json(step, places) for step in finding.steps]
            for promise, finding in sorted(ways(model, named).items())
        },
    }


def _step_json(step: Step, places: Mapping[Any, int]) -> list[int]:
    """Return a step as the expert it is aimed at, and its events."""
    return [step.expert, *(places[event.kind, event.carries] for _, event in step.events)]


def _breaks_json(breaks: Breaks) -> dict[str, Any]:
    rows = [[list(key), sorted(surely), sorted(perhaps)] for key, (surely, perhaps) in breaks.by]
    return {"events": list(breaks.events), "on": list(breaks.on), "by": rows}
