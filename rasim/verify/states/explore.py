"""Every reachable state of a model, with the shortest way to each: machine and memory explored together.

Plain breadth-first search over readable states; this is the reference that faster engines are compared with. It counts
*states* (of the machine), *memories* (pairs of state and evidence), *transitions* (distinct state, event, row with an
effect or a change), and makes a *digest* of all labelled edges: equal counts are not equal behaviour, equal digests are.
"""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from typing import TypeVar

from attrs import evolve, field, frozen

from rasim.protocol.computer import State
from rasim.protocol.lines import LINES, Line
from rasim.protocol.step import Refused
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.evidence import Evidence, learn
from rasim.verify.promises.kinds import Always, EveryStep, Kept, Reachable, Sometimes, Within
from rasim.verify.promises.questions import ends_nothing
from rasim.verify.promises.witnesses import SOMETIMES
from rasim.verify.states.model import Edge, Model, Step, Surroundings

T = TypeVar("T")


@frozen
class Finding:
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
    broken: dict[str, Finding]
    witnessed: dict[str, Finding]
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

    def __init__(self, model: Model) -> None:
        self.surroundings = Surroundings(model)
        self.numbers: dict[State, int] = {self.surroundings.first: 0}
        self.states: list[State] = [self.surroundings.first]
        self.edges: list[list[tuple[Edge, int, int]] | None] = [None]
        self.sayings: dict[tuple[Line, ...], int] = {(): 0}
        self.said: list[tuple[Line, ...]] = [()]
        self._saying_of: dict[int, int] = {}
        self._leads: dict[int, list[tuple[Edge, int, int]]] = {}
        self.opening = self._saying(self.surroundings.opening)

    def out(self, number: int) -> list[tuple[Edge, int, int]]:
        """Return the edges of a state: each with the number of its target and of its lines."""
        known = self.edges[number]
        if known is None:
            known = self.edges[number] = [
                (edge, self._number(edge.target), self._saying(edge.lines))
                for edge in self.surroundings.edges(self.states[number])
            ]
        return known

    def leads(self, number: int) -> list[tuple[Edge, int, int]]:
        """Return of a state's edges the first to each target with the same lines: enough to look for a way."""
        known = self._leads.get(number)
        if known is None:
            first: dict[tuple[int, int], tuple[Edge, int, int]] = {}
            for each in self.out(number):
                first.setdefault(each[1:], each)
            known = self._leads[number] = list(first.values())
        return known

    def _number(self, state: State) -> int:
        number = self.numbers.get(state)
        if number is None:
            number = self.numbers[state] = len(self.states)
            self.states.append(state)
            self.edges.append(None)
        return number

    def _saying(self, lines: tuple[Line, ...]) -> int:
        number = self._saying_of.get(id(lines))  # `Surroundings.lines` keeps each of them alive
        if number is None:
            number = self.sayings.setdefault(lines, len(self.said))
            if number == len(self.said):
                self.said.append(lines)
            self._saying_of[id(lines)] = number
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
    graph = _Graph(model)
    search = _Search(graph, [a for a in kept if isinstance(a, Always)])
    search.run(enough, progress, stop_at_first=stop_at_first)
    broken, complete = search.broken, search.complete
    _every_step([a for a in kept if isinstance(a, EveryStep)], graph, broken)
    if complete and not broken:  # of a machine that breaks promises not every state was looked at
        for each in kept:
            if isinstance(each, Within | Reachable):
                _never_ending(each, search)
    witnessed: dict[str, Finding] = {}
    for one in () if (stop_at_first and broken) or search.interrupted else sometimes:
        finding = _witness(one, graph, complete=complete)
        if finding is not None:
            witnessed[one.name] = finding
        elif stop_at_missing:
            break
    opening = graph.said[graph.opening]
    broken = {name: evolve(finding, opening=opening) for name, finding in broken.items()}
    witnessed = {name: evolve(finding, opening=opening) for name, finding in witnessed.items()}
    outcomes = graph.surroundings.outcomes.values()
    refused = (o.refusal for o in outcomes if isinstance(o.refusal, Refused))
    short = (stop_at_first and bool(broken)) or (stop_at_missing and len(witnessed) < len(sometimes))
    return Exploration(
        model,
        complete,
        states=len(graph.states),
        memories=len(search.nodes),
        transitions=0 if short else _transitions(graph),
        depth=search.depths[-1],
        digest=_digest(graph) if digest and not short else "",
        broken=broken,
        witnessed=witnessed,
        rows=frozenset(o.row.id for o in outcomes if o.row),
        refusals=frozenset((refusal.row, refusal.condition.name) for refusal in refused),
        ambiguous=_ambiguous(graph),
        worlds=_worlds(graph.states) if model.sessions == 1 else (),
        interrupted=search.interrupted,
    )


def _worlds(states: Iterable[State]) -> tuple[int, ...]:
    return tuple(sorted(Counter((computer, experts) for computer, _, experts, _ in states).values()))


class _Search:
    """Breadth-first search over pairs of state and memory; the shortest way to whatever breaks a promise."""

    def __init__(self, graph: _Graph, promises: Sequence[Always]) -> None:
        self.graph, self.folder = graph, _Folder(promises, graph.said)
        first = (0, self.folder.fold(0, graph.opening)[0])
        self.nodes: list[tuple[int, int]] = [first]
        self.depths = [0]
        self.parents: list[tuple[int, Edge] | None] = [None]
        self.found: dict[tuple[int, int], int] = {first: 0}
        self.out: list[
            list[tuple[str, int]]
        ] = []  # of each node that was expanded: by which kind of event to which node
        self.broken: dict[str, Finding] = {}
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
        at = 0
        while at < len(self.nodes):
            if at % 64 == 0:
                if progress is not None:
                    left = f"{len(self.nodes) - at:,} left to look at"
                    progress(Sofar(self.depths[at], len(self.graph.states), self.edges, left))
                if enough is not None and enough(len(self.graph.states)):
                    self.complete = False
                    return
            self._expand(at)
            if stop_at_first and self.broken:
                self.complete = False
                return
            at += 1

    def way_to(self, at: int) -> list[Edge]:
        """Return the shortest way to a node."""
        edges: list[Edge] = []
        parent = self.parents[at]
        while parent is not None:
            edges.append(parent[1])
            parent = self.parents[parent[0]]
        edges.reverse()
        return edges

    def moves(self, at: int, wanted: Callable[[str], bool]) -> Iterator[int]:
        """Yield the nodes that events of the wanted kinds lead to."""
        return (target for kind, target in self.out[at] if wanted(kind))

    def _expand(self, at: int) -> None:
        state, memory = self.nodes[at]
        out: list[tuple[str, int]] = []
        leads = self.graph.out(state)
        self.edges += len(leads)
        for edge, target, saying in leads:
            after, broke = self.folder.fold(memory, saying)
            for name, because in broke:
                if name not in self.broken:
                    self.broken[name] = found_on([*self.way_to(at), edge], name, because)
            if broke:
                continue  # what comes after a break is no news, and what somebody knows then can be anything
            node = (target, after)
            number = self.found.get(node)
            if number is None:
                number = self.found[node] = len(self.nodes)
                self.nodes.append(node)
                self.parents.append((at, edge))
                self.depths.append(self.depths[at] + 1)
            if number != at:
                out.append((edge.step.kind, number))
        self.out.append(out)


class Listener:
    """The promises, asked at every line."""

    def __init__(self, promises: Sequence[Always]) -> None:
        self._asked = {
            event: [(p.name, p.breaks) for p in promises if p.breaks is not None and event in p.reads]
            for event in LINES
        }
        self._standing = [(p.name, p.fails) for p in promises if p.fails is not None]
        self._failing: dict[Evidence, list[tuple[str, str]]] = {}

    def hear(self, seen: Evidence, lines: Iterable[Line]) -> tuple[Evidence, list[tuple[str, str]]]:
        """Return what is known after some lines, and the promises that they break, each with why."""
        broke: list[tuple[str, str]] = []
        for line in lines:
            if ends_nothing(line):
                broke += self._lasting(seen)
            for name, breaks in self._asked[line.event]:
                because = breaks(seen, line)
                if because is not None:
                    broke.append((name, str(because)))
            seen = learn(seen, line)
        return seen, broke

    def _lasting(self, seen: Evidence) -> list[tuple[str, str]]:
        """Return the promises that what lasts now breaks; a memory is asked once."""
        known = self._failing.get(seen)
        if known is None:
            answers = ((name, fails(seen)) for name, fails in self._standing)
            known = self._failing[seen] = [(name, str(because)) for name, because in answers if because is not None]
        return known


class _Folder:
    """The promises' shared memory, folded over numbered sayings; each pair of memory and line is folded once."""

    def __init__(self, promises: Sequence[Always], said: list[tuple[Line, ...]]) -> None:
        self._said, self._listener = said, Listener(promises)
        first = Evidence()
        self._memories: list[Evidence] = [first]
        self._numbers: dict[Evidence, int] = {first: 0}
        self._lines: dict[Line, Line] = {}
        self._spelt: dict[int, tuple[Line, ...]] = {}
        self._heard: dict[tuple[int, int], tuple[int, list[tuple[str, str]]]] = {}

    def fold(self, memory: int, saying: int) -> tuple[int, list[tuple[str, str]]]:
        """Return the number of the memory after a saying, and the promises that the saying breaks."""
        lines = self._spelt.get(saying)
        if lines is None:  # one object for lines that are equal, so that its identity stands for it
            lines = self._spelt[saying] = tuple(self._lines.setdefault(line, line) for line in self._said[saying])
        broke: list[tuple[str, str]] = []
        for line in lines:
            key = (memory, id(line))
            known = self._heard.get(key)
            if known is None:
                seen, broken = self._listener.hear(self._memories[memory], (line,))
                number = self._numbers.setdefault(seen, len(self._memories))
                if number == len(self._memories):
                    self._memories.append(seen)
                known = self._heard[key] = (number, broken)
            memory, broken = known
            if broken:
                broke += broken
        return memory, broke

    def memory(self, number: int) -> Evidence:
        """Return a memory by its number."""
        return self._memories[number]


def _never_ending(promise: Within | Reachable, search: _Search) -> None:
    """Find a node where what goes on does not end as promised; the search is complete."""
    found = _late(promise, search) if isinstance(promise, Within) else _cut_off(promise, search)
    if found is not None:
        at, because = found
        search.broken[promise.name] = found_on(search.way_to(at), promise.name, because)


def _late(promise: Within, search: _Search) -> tuple[int, str] | None:
    """Return the first node where something goes on that its timer does not end; *at once* nothing may go on between events."""
    table = search.graph.surroundings.model.table
    timers = {timer.kind for thing in table.things for timer in thing.timers if timer.choice == promise.bound}
    opens = _remembered(promise.open, search)
    for at, (_, memory) in enumerate(search.nodes):
        lasting = opens(memory)
        if lasting and promise.bound == "at once":
            return at, f"{_keys(lasting)} goes on after the event is over"
        for target in search.moves(at, timers.__contains__) if lasting else ():
            lasting &= opens(search.nodes[target][1])
        if lasting:
            return at, f"{_keys(lasting)} does not end when its time has passed"
    return None


def _remembered(ask: Callable[[Evidence], T], search: _Search) -> Callable[[int], T]:
    """Return the question asked of memories by their numbers, each once."""
    return cache(lambda memory: ask(search.folder.memory(memory)))


def _keys(keys: Iterable[Hashable]) -> str:
    return ", ".join(sorted(map(str, keys)))


def _cut_off(promise: Reachable, search: _Search) -> tuple[int, str] | None:
    """Return the first node from which what is promised cannot be reached; None if it can nowhere: then it has no witness."""
    until = _remembered(promise.until, search)
    good = [at for at, (_, memory) in enumerate(search.nodes) if until(memory)]
    if not good:
        return None
    kinds = (kind.name for kind in search.graph.surroundings.model.table.kinds)
    by = {kind for kind in kinds if not promise.by or any(word in kind for word in promise.by)}
    before: list[list[int]] = [[] for _ in search.nodes]
    for at in range(len(search.nodes)):
        for target in search.moves(at, by.__contains__):
            before[target].append(at)
    reached = set(good)
    while good:
        for at in before[good.pop()]:
            if at not in reached:
                reached.add(at)
                good.append(at)
    stuck = next((at for at in range(len(search.nodes)) if at not in reached), None)
    return None if stuck is None else (stuck, "from here it cannot be reached")


def found_on(way: Sequence[Edge], name: str, because: str = "") -> Finding:
    """Return what was found at the end of a way."""
    return Finding(name, because, tuple(e.step for e in way), tuple(e.lines for e in way), tuple(e.rows for e in way))


def _every_step(promises: Sequence[EveryStep], graph: _Graph, broken: dict[str, Finding]) -> None:
    changes = [outcome for outcome in graph.surroundings.outcomes.values() if outcome.changed]
    for promise in promises:
        for outcome in changes:
            because = promise.breaks(outcome)
            if because is not None and promise.name not in broken:
                broken[promise.name] = Finding(promise.name, because, (), ())


def _witness(sometimes: Sometimes, graph: _Graph, *, complete: bool) -> Finding | None:
    """Search the shortest way on which the lines of a witness occur in their order, among the states found so far."""
    wanted = len(sometimes.path)
    moves: list[dict[int, int]] = [{} for _ in range(wanted + 1)]
    got = 0
    for line in graph.said[graph.opening]:
        got = sometimes.next(got, line)
    first = (0, got)
    parents: dict[tuple[int, int], tuple[tuple[int, int], Edge] | None] = {first: None}
    queue = deque([first])
    while queue:
        here = queue.popleft()
        state, got = here
        known = moves[got]
        for edge, target, saying in graph.leads(state) if complete else graph.edges[state] or ():
            now = known.get(saying)
            if now is None:
                now = got
                for line in graph.said[saying]:
                    now = sometimes.next(now, line)
                known[saying] = now
            there = (target, now)
            if there not in parents:
                parents[there] = (here, edge)
                if now == wanted:
                    return _way(sometimes.name, parents, there)
                queue.append(there)
            elif now == wanted:
                return _way(sometimes.name, {**parents, (-1, now): (here, edge)}, (-1, now))
    return None


def _way(
    name: str, parents: dict[tuple[int, int], tuple[tuple[int, int], Edge] | None], at: tuple[int, int]
) -> Finding:
    edges = []
    step = parents[at]
    while step is not None:
        edges.append(step[1])
        step = parents[step[0]]
    edges.reverse()
    return found_on(edges, name)


def _label(edge: Edge, number: int, target: int) -> str | None:
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
    names = [blake2b(repr(state).encode(), digest_size=16).digest() for state in graph.states]
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


def _ambiguous(graph: _Graph) -> frozenset[tuple[str, ...]]:
    """Return the sets of rows that would take one and the same event: a mistake in the table."""
    rules = graph.surroundings.rules
    outcomes = graph.surroundings.outcomes.values()
    contested = (o for o in outcomes if o.row is not None and rules.speaks(o.event.kind, o.before["phase"]) > 1)
    taken = (rules.admitted(o.before, o.event) for o in contested)
    return frozenset(rows for rows in taken if len(rows) > 1)
