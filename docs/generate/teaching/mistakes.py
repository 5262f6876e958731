"""The mistakes of real products, to be found in the page: what each changes in the tables, and which steps break which promise.

Each is explored whole with everything that an observer remembers, as `rasim check` does it. A step breaks a promise in some states; which
facts of these it depends on is found as in `tables.py`, and only those stand there. Where it depends on what went before, and not on the
state alone, the page cannot tell, and says *may break*.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from docs.generate.teaching.tables import Machine, Places, by_answer, mistaken_model, name_of
from rasim.engines.provers.certificate import table_digest
from rasim.protocol.computer import ComputerState
from rasim.protocol.rules import table
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES, Named
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.evidence import Evidence
from rasim.verify.promises.kinds import Always, Within
from rasim.verify.promises.monitor import Listener
from rasim.verify.states.explore import explore
from rasim.verify.states.model import Model, Step
from rasim.verify.states.search import Search
from rasim.verify.states.surroundings import Surroundings

SHOWN: Final[Mapping[str, Named]] = {name: named for name, named in PRODUCT_MISTAKES.items() if not named.capability}
ASKED: Final = tuple(p for p in CHECKED if isinstance(p, Always))

# What a step does to promises: those it breaks whatever went before, and those it may break.
Breach = tuple[frozenset[str], frozenset[str]]
_Node = tuple[ComputerState, Evidence]


def breaking(machine: Machine, model: Model) -> tuple[list[dict[str, Any]], dict[str, tuple[Step, ...]]]:
    """Return what breaks promises in a model, explored whole, and the shortest way to each: after a break nothing more, for that is no news."""
    surroundings, listener = Surroundings(model), Listener(ASKED)
    found: dict[tuple[tuple[str, ...], Places], set[frozenset[str]]] = defaultdict(set)
    first = (surroundings.first, listener.hear(Evidence(), surroundings.opening)[0])
    search: Search[_Node, Step] = Search(first)
    shortest: dict[str, tuple[Step, ...]] = {}
    for at, (state, seen) in enumerate(search.nodes):
        facts = [machine.key(surroundings.computer.situation(state, pair)) for pair in surroundings.computer.pairs]
        for edge in surroundings.edges(state):
            after, broke = listener.hear(seen, edge.lines)
            names = frozenset(name for name, _ in broke)
            own = edge.step.expert  # the facts as they are for whom the step is aimed at, then for the other
            found[names_of(edge.step), (*facts[own], *facts[1 - own])].add(names)
            for name in names - shortest.keys():
                shortest[name] = (*search.path(at), edge.step)
            if not broke:
                search.add((edge.target, after), at, edge.step)
    return list(_in_words(machine, found)), shortest


def names_of(step: Step) -> tuple[str, ...]:
    """Return what the events of a step are called: one, or one for each expert."""
    return tuple(name_of(event) for _, event in step.events)


def _in_words(
    machine: Machine, found: Mapping[tuple[tuple[str, ...], Places], set[frozenset[str]]]
) -> Iterator[dict[str, Any]]:
    """Yield, for each step that breaks something, the facts it depends on, and by these what it breaks."""
    by_step: dict[tuple[str, ...], dict[Places, Breach]] = defaultdict(dict)
    for (step, key), every in found.items():
        surely = frozenset[str].intersection(*every)
        by_step[step][key] = (surely, frozenset[str].union(*every) - surely)
    for step, rows in sorted(by_step.items()):
        on, answers = by_answer(rows)
        by = [
            {"when": machine.values(on, keys), "surely": sorted(surely), "perhaps": sorted(perhaps)}
            for (surely, perhaps), keys in answers
            if surely or perhaps
        ]
        if by:
            yield {"step": list(step), "on": machine.names(on), "by": by}


def mistake_of(name: str, right: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mistake: its events as far as they differ from the right ones of its model, what it breaks and the shortest ways to that."""
    named = SHOWN[name]
    model = mistaken_model(named.change(table()))
    machine = Machine(model)
    events = machine.events()
    breaks, shortest = breaking(machine, model)
    late = [p for p in CHECKED if p.name in named.by and isinstance(p, Within)]  # what is never over: no step shows it
    found = explore(model, late, (), digest=False).broken if late else {}
    shortest |= {promise: finding.steps for promise, finding in found.items()}
    ways = {
        promise: [[step.expert, *names_of(step)] for step in steps]
        for promise, steps in sorted(shortest.items())
        if promise in named.by or not set(named.by) & shortest.keys()
    }
    return {
        "table": table_digest(model.table),
        "cases": named.cases.split(),
        "by": list(named.by),
        "without": [event for event in right if event not in events],
        "events": {event: does for event, does in events.items() if right.get(event) != does},
        "breaks": breaks,
        "ways": ways,
    }
