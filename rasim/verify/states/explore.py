"""Every reachable state of a model, with the shortest way to each: machine and memory explored together.

Plain breadth-first search over readable states; this is the reference that faster engines are compared with. It counts
*states* (of the machine), *memories* (pairs of state and evidence), *transitions* (distinct state, event, row with an
effect or a change), and makes a *digest* of all labelled edges: equal counts are not equal behaviour, equal digests are.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from rasim.protocol.computer import ComputerState
from rasim.protocol.lines import Line
from rasim.protocol.step import Refused
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.evidence import Evidence
from rasim.verify.promises.kinds import Always, EveryStep, Kept, Reachable, Sometimes, Within
from rasim.verify.promises.monitor import Heard, listener_of
from rasim.verify.promises.witnesses import SOMETIMES
from rasim.verify.states.model import Model, Step
from rasim.verify.states.search import Search, closed
from rasim.verify.states.surroundings import Done, Edge, Parts, Surroundings

T = TypeVar("T")


@frozen
class Discovery:
    """How a promise is broken, or a witness shown: the steps from the start, their lines, and why."""

    promise: str
    because: str
    steps: tuple[Step, ...]
    lines: tuple[tuple[Line, ...], ...] = field(repr=False)
    taken: tuple[tuple[str, ...], ...] = ()
    opening: tuple[Line, ...] = field(default=(), repr=False)  # what was said before the first step: a frozen policy

    @property
    def rows(self) -> frozenset[str]:
        """Return the rows that took the steps."""
        return frozenset(row for rows in self.taken for row in rows)


@frozen
class Sofar:
    """How far a search has come: at which depth it is, what it found, and in words what it has not looked at yet."""

    depth: int
    states: int
    transitions: int
    left: str


@frozen
class Exploration:
    """What was found in a model; `complete` says that no state was left out."""

    model: Model
    complete: bool
    states: int
    memories: int
    transitions: int
    depth: int
    digest: str
    broken: dict[str, Discovery]
    witnessed: dict[str, Discovery]
    rows: frozenset[str]
    refusals: frozenset[tuple[str, str]]
    ambiguous: frozenset[tuple[str, ...]]
    interrupted: bool = False
    worlds: tuple[int, ...] = ()  # with one session: in how many states it can be in each state of the world around it

    def lifted(self, sessions: int) -> int:
        """Return how many states the same has with several sessions (docs/explanation/what-is-proved.md).

        What happens in a session depends on the world around it and on itself alone, and events of the world come to all of
        them: in each state of the world each session can be in any of its states, whatever the others are in. ValueError
        for an exploration that is not complete, or not of one session.
        """
        if not self.complete or not self.worlds:
            raise ValueError("only a complete exploration of one session can be lifted")
        return sum(states**sessions for states in self.worlds)


class _Graph:
    """The machine's states and edges, numbered as they are found."""

    def __init__(self, model: Model, promises: Sequence[EveryStep]) -> None:
        self.surroundings = Surroundings(model, promises)
        first = self.surroundings.numbered(self.surroundings.first)
        self.numbers: dict[Parts, int] = {first: 0}
        self.states: list[Parts] = [first]
        self.edges: list[list[tuple[Done, int, int]] | None] = [None]
        self.sayings: dict[tuple[Line, ...], int] = {(): 0}
        self.said: list[tuple[Line, ...]] = [()]
        self._saying_of: dict[Done, int] = {}
        self._leads: dict[int, list[tuple[Done, int, int]]] = {}
        self.opening = self._saying(self.surroundings.opening)

    def out(self, number: int) -> list[tuple[Done, int, int]]:
        """Return the edges of a state: each with the number of its target and of its lines."""
        known = self.edges[number]
        if known is None:
            known = self.edges[number] = []
            numbers, saying_of = self.numbers, self._saying_of
            for done, state in self.surroundings.leads(self.states[number]):
                target = numbers.get(state)
                if target is None:
                    target = numbers[state] = len(self.states)
                    self.states.append(state)
                    self.edges.append(None)
                saying = saying_of.get(done)
                if saying is None:
                    saying = saying_of[done] = self._saying(done.lines)
                known.append((done, target, saying))
        return known

    def leads(self, number: int) -> list[tuple[Done, int, int]]:
        """Return of a state's edges the first to each target with the same lines: enough to look for a way."""
        known = self._leads.get(number)
        if known is None:
            first: dict[tuple[int, int], tuple[Done, int, int]] = {}
            for each in self.out(number):
                first.setdefault(each[1:], each)
            known = self._leads[number] = list(first.values())
        return known

    def _saying(self, lines: tuple[Line, ...]) -> int:
        number = self.sayings.setdefault(lines, len(self.said))
        if number == len(self.said):
            self.said.append(lines)
        return number


def explore(  # noqa: PLR0913  (what is asked, and how far: each has a name where it is given)
    model: Model,
    kept: Sequence[Kept] = CHECKED,
    sometimes: Sequence[Sometimes] = SOMETIMES,
    *,
    enough: Callable[[int], bool] | None = None,
    progress: Callable[[Sofar], None] | None = None,
    stop_at_first: bool = False,
    stop_at_missing: bool = False,
    digest: bool = True,
) -> Exploration:
    """Explore a model, until `enough(states)` says so if it is given, or until KeyboardInterrupt; that is then not complete.

    Without `digest` that field stays empty; it costs a tenth of the time.

    Mutants need less: `stop_at_first` ends at the first broken promise, `stop_at_missing` at the first missing witness.
    """
    graph = _Graph(model, [a for a in kept if isinstance(a, EveryStep)])
    # Where nothing is promised nobody has to remember anything.
    search = _Search(graph, [a for a in kept if isinstance(a, Always)], remembers=bool(kept))
    search.run(enough, progress, stop_at_first=stop_at_first)
    broken, complete = search.broken, search.complete
    answers = [answer for each in graph.surroundings.answers.values() for answer in each]
    for name, because in (one for answer in answers for one in answer.broken):
        broken.setdefault(name, Discovery(name, because, (), ()))
    if complete and not broken:  # of a machine that breaks promises not every state was looked at
        for each in kept:
            if isinstance(each, Within | Reachable):
                _never_ending(each, search)
    witnessed: dict[str, Discovery] = {}
    for one in () if (stop_at_first and broken) or search.interrupted else sometimes:
        finding = _witness(one, graph, complete=complete)
        if finding is not None:
            witnessed[one.name] = finding
        elif stop_at_missing:
            break
    opening = graph.said[graph.opening]
    broken = {name: evolve(finding, opening=opening) for name, finding in broken.items()}
    witnessed = {name: evolve(finding, opening=opening) for name, finding in witnessed.items()}
    refused = (a.outcome.refusal for a in answers if isinstance(a.outcome.refusal, Refused))
    short = (stop_at_first and bool(broken)) or (stop_at_missing and len(witnessed) < len(sometimes))
    return Exploration(
        model,
        complete,
        states=len(graph.states),
        memories=len(search.found.nodes),
        transitions=0 if short else _transitions(graph),
        depth=search.found.depths[-1],
        digest=_digest(graph) if digest and not short else "",
        broken=broken,
        witnessed=witnessed,
        rows=frozenset(answer.outcome.row.id for answer in answers if answer.outcome.row),
        refusals=frozenset((refusal.row, refusal.condition.name) for refusal in refused),
        ambiguous=frozenset(answer.contested for answer in answers if len(answer.contested) > 1),
        worlds=_worlds(map(graph.surroundings.state, graph.states)) if model.sessions == 1 else (),
        interrupted=search.interrupted,
    )


def uninterrupted(found: Exploration) -> Exploration:
    """Return an exploration that nobody interrupted, for who takes what was not found for what there is not.

    Raises:
        KeyboardInterrupt: again, if somebody did.

    """
    if found.interrupted:
        raise KeyboardInterrupt
    return found


def _worlds(states: Iterable[ComputerState]) -> tuple[int, ...]:
    return tuple(sorted(Counter((computer, experts) for computer, _, experts, _ in states).values()))


class _Search:
    """Breadth-first search over pairs of state and memory; the shortest way to whatever breaks a promise."""

    def __init__(self, graph: _Graph, promises: Sequence[Always], *, remembers: bool = True) -> None:
        self.graph = graph
        self._listener = listener_of(tuple(promises))
        self._remembers = remembers
        self._heard: list[Heard] = []  # by the numbers of sayings
        self.memories: list[Evidence] = []
        self._numbers: dict[tuple[Any, ...], int] = {}
        opening = self._number(Evidence())
        if remembers:
            opening = self._number(self._listener.hear(Evidence(), graph.said[graph.opening])[0])
        self.found: Search[tuple[int, int], Done] = Search((0, opening))
        # Of each node that was expanded: by which kind of event to which node.
        self.out: list[list[tuple[str, int]]] = []
        self.broken: dict[str, Discovery] = {}
        self.complete, self.interrupted = True, False
        self.edges = 0

    def run(
        self,
        enough: Callable[[int], bool] | None,
        progress: Callable[[Sofar], None] | None = None,
        *,
        stop_at_first: bool,
    ) -> None:
        """Search to the end, or until it is enough, or until somebody interrupts."""
        try:
            self._run(enough, progress, stop_at_first=stop_at_first)
        except KeyboardInterrupt:
            self.complete, self.interrupted = False, True

    def _run(
        self, enough: Callable[[int], bool] | None, progress: Callable[[Sofar], None] | None, *, stop_at_first: bool
    ) -> None:
        for at, (state, memory) in enumerate(self.found.nodes):
            if at % 64 == 0:
                if progress is not None:
                    left = f"{len(self.found.nodes) - at:,} left to look at"
                    progress(Sofar(self.found.depths[at], len(self.graph.states), self.edges, left))
                if enough is not None and enough(len(self.graph.states)):
                    self.complete = False
                    return
            self._expand(at, state, memory)
            if stop_at_first and self.broken:
                self.complete = False
                return

    def moves(self, at: int, wanted: Callable[[str], bool]) -> Iterator[int]:
        """Yield the nodes that events of the wanted kinds lead to."""
        return (target for kind, target in self.out[at] if wanted(kind))

    def _expand(self, at: int, state: int, memory: int) -> None:
        out: list[tuple[str, int]] = []
        leads = self.graph.out(state)
        self.edges += len(leads)
        seen, numbers = self.memories[memory], self.found.numbers
        heard = self._ready()
        after: dict[int, int] = {0: memory}  # by the number of a saying
        unknown = None if self._remembers else memory
        for done, target, saying in leads:
            then = after.get(saying, unknown)
            if then is None:
                known, broke = self._listener.follow(seen, heard[saying])
                for name, because in broke:
                    if name not in self.broken:
                        self.broken[name] = found_on([*self.found.path(at), done], name, because)
                # What comes after a break is no news, and what somebody knows then can be anything.
                then = after[saying] = -1 if broke else self._number(known)
            if then < 0:
                continue
            node = (target, then)
            number = numbers.get(node)
            if number is None:
                number = self.found.add(node, at, done)
            if number != at:
                out.append((done.step.kind, number))
        self.out.append(out)

    def _ready(self) -> list[Heard]:
        """Return all sayings that there are so far, ready to be heard."""
        self._heard += [self._listener.ready(lines) for lines in self.graph.said[len(self._heard) :]]
        return self._heard

    def _number(self, memory: tuple[Any, ...]) -> int:
        number = self._numbers.setdefault(memory, len(self.memories))
        if number == len(self.memories):
            self.memories.append(Evidence._make(memory))
        return number


def _never_ending(promise: Within | Reachable, search: _Search) -> None:
    """Find a node where what goes on does not end as promised; the search is complete."""
    found = _late(promise, search) if isinstance(promise, Within) else _cut_off(promise, search)
    if found is not None:
        at, because = found
        search.broken[promise.name] = found_on(search.found.path(at), promise.name, because)


def _late(promise: Within, search: _Search) -> tuple[int, str] | None:
    """Return the first node where something goes on that its timer does not end; *at once* nothing may go on between events."""
    table = search.graph.surroundings.model.table
    timers = {timer.kind for thing in table.things for timer in thing.timers if timer.choice == promise.bound}
    opens = _remembered(promise.open, search)
    for at, (_, memory) in enumerate(search.found.nodes):
        lasting = opens(memory)
        if lasting and promise.bound == "at once":
            return at, f"{_keys(lasting)} goes on after the event is over"
        for target in search.moves(at, timers.__contains__) if lasting else ():
            lasting &= opens(search.found.nodes[target][1])
        if lasting:
            return at, f"{_keys(lasting)} does not end when its time has passed"
    return None


def _remembered(ask: Callable[[Evidence], T], search: _Search) -> Callable[[int], T]:
    """Return the question asked of memories by their numbers, each once."""
    return cache(lambda memory: ask(search.memories[memory]))


def _keys(keys: Iterable[Hashable]) -> str:
    return ", ".join(sorted(map(str, keys)))


def _cut_off(promise: Reachable, search: _Search) -> tuple[int, str] | None:
    """Return the first node from which what is promised cannot be reached; None if it can nowhere: then it has no witness."""
    until = _remembered(promise.until, search)
    good = [at for at, (_, memory) in enumerate(search.found.nodes) if until(memory)]
    if not good:
        return None
    kinds = (kind.name for kind in search.graph.surroundings.model.table.kinds)
    by = {kind for kind in kinds if not promise.by or any(word in kind for word in promise.by)}
    before: list[list[int]] = [[] for _ in search.found.nodes]
    for at in range(len(search.found.nodes)):
        for target in search.moves(at, by.__contains__):
            before[target].append(at)
    reached = closed(good, before.__getitem__)
    stuck = next((at for at in range(len(search.found.nodes)) if at not in reached), None)
    return None if stuck is None else (stuck, "from here it cannot be reached")


def found_on(way: Sequence[Done | Edge], name: str, because: str = "") -> Discovery:
    """Return what was found at the end of a way."""
    return Discovery(name, because, tuple(e.step for e in way), tuple(e.lines for e in way), tuple(e.rows for e in way))


def _witness(sometimes: Sometimes, graph: _Graph, *, complete: bool) -> Discovery | None:
    """Search the shortest way on which the lines of a witness occur in their order, among the states found so far."""
    wanted = len(sometimes.path)
    nexts: list[dict[int, int]] = [{} for _ in range(wanted)]  # by how far it is, and by the number of a saying
    first = (0, _further(sometimes, 0, graph.said[graph.opening]))
    search: Search[tuple[int, int], Done] = Search(first)
    numbers, add = search.numbers, search.add
    for at, (state, got) in enumerate(search.nodes):
        known = nexts[got]
        for done, target, saying in graph.leads(state) if complete else graph.edges[state] or ():
            now = known.get(saying)
            if now is None:
                now = known[saying] = _further(sometimes, got, graph.said[saying])
            if now == wanted:
                return found_on([*search.path(at), done], sometimes.name)
            if (target, now) not in numbers:
                add((target, now), at, done)
    return None


def _further(sometimes: Sometimes, got: int, lines: Iterable[Line]) -> int:
    for line in lines:
        got = sometimes.next(got, line)
    return got


def _label(edge: Done, number: int, target: int) -> str | None:
    """Return the rows that an edge is a transition by; None for what was turned away and changed nothing."""
    return None if target == number and edge.rows == ("-",) else ",".join(edge.rows)


def _transitions(graph: _Graph) -> int:
    return sum(
        _label(edge, number, target) is not None
        for number, edges in enumerate(graph.edges)
        for edge, target, _ in edges or ()
    )


def _digest(graph: _Graph) -> str:
    """Return the digest of all edges, whatever the order they were found in."""
    total = 0
    names = [
        blake2b(repr(state).encode(), digest_size=16).digest() for state in map(graph.surroundings.state, graph.states)
    ]
    steps: dict[int, bytes] = {}
    says = [blake2b(repr(lines).encode(), digest_size=16).digest() for lines in graph.said]
    for number, edges in enumerate(graph.edges):
        for edge, target, saying in edges or ():
            label = (_label(edge, number, target) or "refused").encode()
            step = steps.get(id(edge.step)) or steps.setdefault(id(edge.step), _spelt(edge.step))
            whole = b"|".join((names[number], step, label, names[target], says[saying]))
            total += int.from_bytes(blake2b(whole, digest_size=16).digest(), "big")
    return f"{total % (1 << 128):032x}"


def _spelt(step: Step) -> bytes:
    return repr((step.kind, step.expert, step.session, step.events)).encode()
