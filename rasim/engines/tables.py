"""One session tabulated, and several sessions as numbers: what the fast engines explore.

What happens in a session depends on the world around it (the facts of the computer and of the experts) and on itself alone, and what
happens to the world happens to all sessions. So the readable machine is asked once, about every state of *one* session with
its experts, here called a *node*; a state of several sessions is one node for each, all of them in the same world. No rule is
written here: `tabulate` calls the machine that `explore` calls, and refuses a table of which the first sentence is not true.

Nodes are numbered world by world. If a world has n nodes, k sessions can be in n to the power of k states while it is so;
states are numbered the same way, so that a state is a place in an array and nothing has to be looked up:

    number = base of the world + x1 * n^(k-1) + ... + xk        x: the node's number within its world

An *inner* step is aimed at an assistance or a session and leaves the world as it is; an *outer* step changes the world, and
moves the nodes of all sessions at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Final

from attrs import evolve, field, frozen

from rasim.engines.vectors import Numbers, np
from rasim.errors import UsageError
from rasim.protocol.computer import ComputerState
from rasim.verify.states.model import Model, Step
from rasim.verify.states.search import closed
from rasim.verify.states.surroundings import Edge, Surroundings

INNER: Final = ("assistance", "session")
World = tuple[object, object]


class NotTabulableError(UsageError):
    """The table is not one of which a session can be tabulated alone; the readable engine explores any table."""


@frozen(eq=False)
class Inner:
    """What can happen within a node: where it leads, by which step, and as which transitions it counts.

    `start[n]:start[n + 1]` are the places of node n in `target`, each target once and none of them n itself. `count[n]` is the
    number of transitions, those that lead to one place apart, and those that change nothing included.
    """

    start: Numbers
    target: Numbers
    count: Numbers


@frozen(eq=False)
class Tables:
    """A model of several sessions, tabulated; see the module's own words.

    `first[w]:first[w + 1]` are the nodes of world w. `edges[n]` are all inner
    transitions of node n, as the readable machine has them. `moves[o][n]` is the node that outer step o makes of node n, and `leads[o][w]`
    the world that it makes of world w.
    """

    model: Model
    surroundings: Surroundings = field(repr=False)
    nodes: Sequence[ComputerState] = field(repr=False)
    numbers: Mapping[ComputerState, int] = field(repr=False)
    first: Numbers = field(repr=False)
    inner: Inner = field(repr=False)
    outer: Sequence[Step] = field(repr=False)
    moves: Numbers = field(repr=False)
    leads: Numbers = field(repr=False)
    edges: Sequence[Sequence[tuple[Edge, int]]] = field(repr=False)
    base: Numbers = field(repr=False)
    begins: int

    @property
    def sessions(self) -> int:
        """Return the number of sessions."""
        return self.model.sessions

    @property
    def worlds(self) -> int:
        """Return the number of worlds."""
        return len(self.first) - 1

    @property
    def places(self) -> int:
        """Return how many states there can be at most: each session any node, all in one world."""
        return int(self.base[-1])

    def number(self, state: ComputerState) -> int:
        """Return the number of a state. KeyError for one that no session can be in."""
        return self.place([self.numbers[part] for part in _parts(state)])

    def place(self, nodes: Sequence[int]) -> int:
        """Return the number of the state in which the sessions are in these nodes, which are of one world."""
        world = self.world_of(nodes[0])
        low, size, at = int(self.first[world]), int(self.first[world + 1] - self.first[world]), 0
        for node in nodes:
            at = at * size + node - low
        return int(self.base[world]) + at

    def at(self, number: int) -> tuple[int, ...]:
        """Return the nodes that the sessions are in."""
        world = int(np.searchsorted(self.base, number, side="right")) - 1
        rest, size = number - int(self.base[world]), int(self.first[world + 1] - self.first[world])
        nodes = []
        for _ in range(self.sessions):
            rest, x = divmod(rest, size)
            nodes.append(int(self.first[world]) + x)
        return tuple(reversed(nodes))

    def state(self, number: int) -> ComputerState:
        """Return the readable state of a number."""
        return _whole([self.nodes[node] for node in self.at(number)])

    def world_of(self, node: int) -> int:
        """Return the world of a node."""
        return int(np.searchsorted(self.first, node, side="right")) - 1


def tabulate(model: Model) -> Tables:
    """Ask the readable machine about every state of one session, and return the tables of all sessions of the model.

    Raises UsageError without numpy, and NotTabulableError if a step at one session could touch the world, or the world depended on a session.
    """
    surroundings = Surroundings(evolve(model, sessions=1))
    outs = _explored(surroundings)
    scope = {kind.name: kind.scope for kind in model.table.kinds}
    worlds: dict[World, list[ComputerState]] = {}
    for state in outs:
        worlds.setdefault(_world(state), []).append(state)
    nodes = [state for states in worlds.values() for state in states]
    numbers = {state: number for number, state in enumerate(nodes)}
    first = np.cumsum([0, *map(len, worlds.values())])

    outer = tuple(step for step in surroundings.steps if scope[step.kind] not in INNER)
    place = {id(step): o for o, step in enumerate(outer)}
    moves = np.full((len(outer), len(nodes)), -1, np.int64)
    inner: list[list[tuple[Edge, int]]] = []
    for number, state in enumerate(nodes):
        inner.append([])
        for edge in outs[state]:
            target = numbers[edge.target]
            if scope[edge.step.kind] not in INNER:
                moves[place[id(edge.step)]][number] = target
                counted(edge, state)
            elif _world(edge.target) != _world(state):
                raise NotTabulableError(f"{edge.step.kind} is aimed at one session and changes what all of them see")
            elif edge.target != state or edge.rows != ("-",):
                inner[-1].append((edge, target))
    taken = [o for o in range(len(outer)) if (moves[o] >= 0).any()]
    outer, moves = tuple(outer[o] for o in taken), moves[taken]
    if (moves < 0).any():
        raise NotTabulableError("an event of the whole computer is taken in some states and not in others")
    of = np.repeat(np.arange(len(worlds)), np.diff(first))
    leads = of[moves]
    if outer and (leads != leads[:, first[:-1]][:, of]).any():
        raise NotTabulableError("what becomes of the world depends on a session")
    return Tables(
        model, surroundings, nodes, numbers, first, _inner(inner), outer, moves,
        leads[:, first[:-1]], inner,
        np.cumsum([0, *(int(n) ** model.sessions for n in np.diff(first))]), numbers[surroundings.first],
    )  # fmt: skip


def counted(edge: Edge, state: ComputerState) -> None:
    """Raise NotTabulableError for an event of the whole computer that is turned away: whether it counts would be up to all sessions."""
    if edge.target == state and edge.rows == ("-",):
        raise NotTabulableError(f"{edge.step.kind} concerns all sessions and is turned away by one")


def _explored(surroundings: Surroundings) -> dict[ComputerState, list[Edge]]:
    """Return every reachable state of one session with its edges, in the order they are found."""
    outs: dict[ComputerState, list[Edge]] = {}

    def targets(state: ComputerState) -> list[ComputerState]:
        outs[state] = list(surroundings.edges(state))
        return [edge.target for edge in outs[state]]

    closed([surroundings.first], targets)
    return outs


def _world(state: ComputerState) -> World:
    return state[0], state[2]


def _parts(state: ComputerState) -> Iterator[ComputerState]:
    """Yield a state of several sessions as one of each."""
    computer, sessions, experts, courses = state
    for at, session in enumerate(sessions):
        yield computer, (session,), experts, tuple((course[at],) for course in courses)


def _whole(parts: Sequence[ComputerState]) -> ComputerState:
    """Return the state of several sessions that are each in one of these, in one world."""
    computer, _, experts, courses = parts[0]
    sessions = tuple(part[1][0] for part in parts)
    return computer, sessions, experts, tuple(tuple(part[3][e][0] for part in parts) for e in range(len(courses)))


def _inner(edges: Sequence[Sequence[tuple[Edge, int]]]) -> Inner:
    once = [sorted({target for _, target in each} - {number}) for number, each in enumerate(edges)]
    start = np.cumsum([0, *map(len, once)])
    return Inner(
        start, np.array([t for each in once for t in each], np.int64), np.array([len(each) for each in edges], np.int64)
    )


def exchanges(tables: Tables) -> Numbers:
    """Return for every order of the experts the node that each node becomes when they change places.

    Raises NotTabulableError if the experts are not alike in this model (a frozen policy may list one and not another).
    """

    def changed(state: ComputerState, order: Sequence[int]) -> ComputerState:
        computer, sessions, experts, courses = state
        return computer, sessions, tuple(experts[e] for e in order), tuple(courses[e] for e in order)

    orders = list(permutations(range(tables.model.experts)))
    try:
        return np.array(
            [[tables.numbers[changed(state, order)] for state in tables.nodes] for order in orders], np.int64
        )
    except KeyError:
        raise NotTabulableError("the experts of this model are not alike, so none stands for another") from None
