"""Models too large to be explored whole: many bounded searches, each from a seed of its own, and what they covered said in numbers.

A search takes one state after the other and lets every event happen in it, as a complete search does. But it takes that one next whose
assistances are in situations it met least, and of what it finds keeps the few rarest and no more: so it comes deep into what goes on
instead of staying where it began, and its memory is bounded by its length, whatever the size of the model. Chance decides where
two are as rare, and there seeds differ. A swarm finds breaks; it never shows that there are none.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from heapq import heappop, heappush, nsmallest
from operator import itemgetter
from random import Random
from typing import Any, Final

from attrs import evolve, field, frozen

from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.computer import ComputerState
from rasim.protocol.step import Situation, Values
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.evidence import Evidence
from rasim.verify.promises.kinds import Always, presumes_another
from rasim.verify.promises.monitor import Listener
from rasim.verify.states.explore import Discovery, found_on
from rasim.verify.states.model import Model
from rasim.verify.states.search import closed
from rasim.verify.states.surroundings import Edge, Surroundings

_Way = tuple[Any, Edge] | None  # a way there, last step first
LENGTH: Final = 1_000  # states that one search takes a step further
_KEPT: Final = 4  # of the states found from one state, how many may be taken next


@frozen
class Searched:
    """What one search of a swarm found. `states` are numbers of states, each once."""

    seed: int
    taken: int
    tried: int
    depth: int
    states: "array[int]" = field(repr=False)
    situations: frozenset[Situation] = field(repr=False)
    rows: frozenset[str]
    broken: dict[str, Discovery]
    interrupted: bool = False


@frozen
class Swarm:
    """What a swarm found and what it covered.

    In `taken` states every event was tried, `tried` of them did something; `states` distinct states were seen, and `once` of these by one
    search only: the more, the more there is that no search has seen. One assistance was met in `situations` of the `possible`
    that there are for it at most. `asked` are the promises that were asked at every line.
    """

    model: Model = field(repr=False)
    seed: int
    searches: int
    wanted: int
    taken: int
    tried: int
    depth: int
    states: int
    once: int
    situations: int
    possible: int
    rows: frozenset[str]
    asked: tuple[str, ...]
    broken: dict[str, Discovery]
    interrupted: bool = False

    @property
    def unused_rows(self) -> tuple[str, ...]:
        """Return the rows that no step used."""
        return tuple(row.id for row in self.model.table.rows if row.id not in self.rows)

    @property
    def why(self) -> str:
        """Return why it is not complete: a swarm never is."""
        if self.interrupted:
            return "interrupted"
        if self.searches < self.wanted:
            return f"{self.searches} of {self.wanted} searches in this time"
        return "a swarm search, which is no proof"


_Together = Callable[[Callable[[int], Searched], Iterable[int]], Iterable[Searched]]


def swarm(
    model: Model,
    searches: int,
    *,
    seed: int = 0,
    length: int = LENGTH,
    enough: Callable[[], bool] | None = None,
    choices: Choices = STRICT,
    together: _Together = map,
) -> Swarm:
    """Search a model `searches` times, with seeds counted from `seed`, until it is `enough`.

    The same seed finds the same, however many processes `together` (a `map`) uses, unless `enough` or somebody ends it.
    """
    asked = tuple(p for p in CHECKED if isinstance(p, Always) and not presumes_another(p, choices))
    one = partial(search, model, promises=asked, length=length, enough=enough)
    found: list[Searched] = []
    interrupted = False
    try:
        for each in together(one, range(seed, seed + searches)):
            found.append(each)  # noqa: PERF402  (what was found stays when somebody interrupts the rest)
    except KeyboardInterrupt:
        interrupted = True
    once: dict[int, bool] = {}
    broken: dict[str, Discovery] = {}
    for each in found:
        for state in each.states:
            once[state] = state not in once
        for name, finding in each.broken.items():
            if name not in broken or len(finding.steps) < len(broken[name].steps):
                broken[name] = finding
    return Swarm(
        model,
        seed,
        sum(each.taken > 0 for each in found),
        searches,
        sum(each.taken for each in found),
        sum(each.tried for each in found),
        max((each.depth for each in found), default=0),
        len(once),
        sum(once.values()),
        len(frozenset().union(*(each.situations for each in found))),
        len(possible(model)),
        frozenset().union(*(each.rows for each in found)),
        tuple(p.name for p in asked),
        broken,
        interrupted or any(each.interrupted for each in found),
    )


def search(
    model: Model,
    seed: int,
    *,
    promises: Sequence[Always],
    length: int = LENGTH,
    enough: Callable[[], bool] | None = None,
) -> Searched:
    """Make one search of a swarm: so many states long, or until nothing is left, or it is `enough`."""
    made = _Search(model, seed, promises)
    interrupted = False
    try:
        while made.waiting and made.taken < length and not (enough is not None and enough()):
            made.take_next()
    except KeyboardInterrupt:
        interrupted = True
    return made.found(interrupted=interrupted)


class _Search:
    def __init__(self, model: Model, seed: int, promises: Sequence[Always]) -> None:
        self._seed, self._random = seed, Random(seed)  # noqa: S311  (a search has to be the same again)
        self._surroundings, self._listener = Surroundings(model), Listener(promises)
        self._met: Counter[Situation] = Counter()
        self._parts: dict[Values, int] = {}
        self._rows: set[str] = set()
        self._broken: dict[str, Discovery] = {}
        self.taken = self._tried = self._depth = 0
        first = self._surroundings.first
        seen, _ = self._listener.hear(Evidence(), self._surroundings.opening)
        self._states = {self._number(first): None}
        # What may be taken next, the rarest first: state, memory, and the way there, last step first.
        self.waiting: list[tuple[tuple[int, float], ComputerState, Evidence, _Way]] = [((0, 0.0), first, seen, None)]

    def take_next(self) -> None:
        """Let every event happen in the state whose assistances are in situations that were met least."""
        _, state, seen, way = heappop(self.waiting)
        self.taken += 1
        new: list[tuple[tuple[int, float], ComputerState, Evidence, _Way]] = []
        for edge in self._surroundings.edges(state):
            self._tried += 1
            self._rows.update(edge.rows)
            after, broke = self._listener.hear(seen, edge.lines)
            for name, because in broke:
                if name not in self._broken:
                    self._broken[name] = self._shortened([*_edges(way), edge], name, because)
            if broke:
                continue  # what comes after a break is no news
            number = self._number(edge.target)
            if number not in self._states:
                self._states[number] = None
                new.append((self._rarity(edge.target), edge.target, after, (way, edge)))
        for each in nsmallest(_KEPT, new, key=itemgetter(0)):
            heappush(self.waiting, each)
            self._depth = max(self._depth, len(_edges(each[3])))

    def _rarity(self, state: ComputerState) -> tuple[int, float]:
        """Return how often the rarest situation in a state was met before; chance tells apart what is as rare."""
        rarest = None
        for pair in self._surroundings.computer.pairs:
            situation = self._surroundings.computer.situation(state, pair)
            met = self._met[situation]
            self._met[situation] = met + 1
            rarest = met if rarest is None else min(rarest, met)
        return rarest or 0, self._random.random()

    def _number(self, state: ComputerState) -> int:
        """Return a number of 64 bits for a state, the same in every process: `hash` is that for numbers, and not for words."""
        computer, sessions, experts, courses = state
        parts = (computer, *sessions, *experts, *(course for each in courses for course in each))
        return hash(tuple([self._part(part) for part in parts])) % (1 << 64)

    def _part(self, values: Values) -> int:
        number = self._parts.get(values)
        if number is None:
            digest = blake2b(repr(values).encode(), digest_size=7).digest()
            number = self._parts[values] = int.from_bytes(digest, "big")
        return number

    def _shortened(self, way: Sequence[Edge], name: str, because: str) -> Discovery:
        """Leave out of a way to a broken promise whatever is not needed: of what is returned no single step can be left out."""
        at, size, fewer = 0, max(len(way) // 2, 1), False
        while size:
            shorter = self._replayed([*way[:at], *way[at + size :]], name)
            if shorter is None:
                at += size
            else:
                (way, because), fewer = shorter, True
            if at >= len(way):
                # Round by round with smaller pieces; with single ones until none can be left out any more.
                at, size, fewer = 0, size if size == 1 and fewer else size // 2, False
        return evolve(found_on(way, name, because), opening=self._surroundings.opening)

    def _replayed(self, way: Sequence[Edge], name: str) -> tuple[list[Edge], str] | None:
        """Take the steps of a way again, as far as they do anything, to where a promise is broken; None if it is not."""
        state, again = self._surroundings.first, list[Edge]()
        seen, _ = self._listener.hear(Evidence(), self._surroundings.opening)
        for each in way:
            edge = self._surroundings.edge(state, each.step)
            if edge is None:
                continue
            again.append(edge)
            state = edge.target
            seen, broke = self._listener.hear(seen, edge.lines)
            if broke:
                return next(((again, because) for broken, because in broke if broken == name), None)
        return None

    def found(self, *, interrupted: bool) -> Searched:
        """Return what was found."""
        return Searched(
            self._seed,
            self.taken,
            self._tried,
            self._depth,
            array("Q", self._states),
            frozenset(self._met),
            frozenset(self._rows - {"-"}),
            self._broken,
            interrupted,
        )


def _edges(way: "_Way") -> list[Edge]:
    edges = []
    while way is not None:
        way, edge = way
        edges.append(edge)
    edges.reverse()
    return edges


def possible(model: Model) -> frozenset[Situation]:
    """Return the situations that one assistance of a model can be in at most: somebody else being busy or not, at any moment."""
    policy = None if model.policy is None else evolve(model.policy, listed=model.policy.listed[:1])
    surroundings = Surroundings(evolve(model, experts=1, sessions=1, policy=policy))
    rules, first = surroundings.rules, surroundings.computer.situation(surroundings.first, (0, 0))

    def leads(situation: Situation) -> Iterator[Situation]:
        for step in surroundings.steps:
            after = rules.step(situation, step.events[0][1]).after
            if after is not situation:
                yield from (after.so(busy=busy) for busy in (False, True))

    return frozenset(closed((first.so(busy=False), first.so(busy=True)), leads))
