"""The tabulated engines find what the readable one finds: states, transitions, depths, and every labelled edge."""

import importlib
from itertools import pairwise

import pytest
from attrs import evolve
from edge_digest import ALL, digest, edge_number, step_number

from rasim.engines.state_space import Budget, explore_numbers
from rasim.engines.symmetry import reach_alike
from rasim.engines.tables import INNER, NotTabulableError, Tables, tabulate
from rasim.errors import UsageError
from rasim.protocol.rules import RULES
from rasim.protocol.terms import Row, Set
from rasim.protocol.world import PolicyFacts
from rasim.verify import explore
from rasim.verify.states.explore import Sofar
from rasim.verify.states.model import (
    Model,
    pair_model,
    ports_model,
    sized_model,
    two_experts_model,
    two_sessions_model,
    wide_model,
)
from rasim.verify.states.surroundings import Surroundings

pytest.importorskip("numba", reason="the compiled engine needs numba")

FROZEN = evolve(two_sessions_model(), policy=PolicyFacts("enabled", control=True, listed=(True,)))
BIG = evolve(sized_model(2, 1), without=frozenset({"comes back"}), name="two experts, all session facts")
SIZES = (pair_model(), two_experts_model(), two_sessions_model(), ports_model(), FROZEN)


def readable_digest(tables: Tables, model: Model) -> tuple[int, str]:
    """Return how many transitions the readable machine has, and their digest by the numbers of the tables."""
    surroundings = Surroundings(model)
    scope = {kind.name: kind.scope for kind in model.table.kinds}
    known, waiting, total, transitions = {surroundings.first}, [surroundings.first], 0, 0
    while waiting:
        state = waiting.pop()
        number = tables.number(state)
        for edge in surroundings.edges(state):
            if edge.target == state and edge.rows == ("-",):
                continue
            session = edge.step.session if scope[edge.step.kind] in INNER else ALL
            step = step_number(edge.step, session, edge.rows)
            total += edge_number(number, step, tables.number(edge.target))
            transitions += 1
            if edge.target not in known:
                known.add(edge.target)
                waiting.append(edge.target)
    return transitions, f"{total & (1 << 64) - 1:016x}"


@pytest.mark.parametrize("model", SIZES, ids=lambda model: model.name)
def test_counts_are_those_of_the_readable_engine(model: Model) -> None:
    """States, transitions and depth of both tabulated engines are those of the readable one."""
    tables, read = tabulate(model), explore(model, (), (), digest=False)

    for engine in ("numpy", "numba"):
        fast = explore_numbers(tables, engine)
        assert (read.states, read.transitions, read.depth, True) == (
            fast.states,
            fast.transitions,
            fast.depth,
            fast.complete,
        )


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "model", [pair_model(), two_experts_model(), two_sessions_model(), ports_model(), BIG], ids=lambda m: m.name
)
def test_every_labelled_edge_is_the_same(model: Model) -> None:
    """The digest of all labelled edges is that of the readable machine, at five sizes."""
    tables = tabulate(model)
    fast = explore_numbers(tables, "numba")

    assert readable_digest(tables, model) == (fast.transitions, digest(tables, fast.depths))


LARGE = pytest.param(sized_model(2, 3), marks=pytest.mark.exhaustive, id="two experts, three sessions")


@pytest.mark.parametrize("model", [sized_model(2, 2), LARGE], ids=lambda model: model.name)
def test_both_engines_reach_every_state_at_the_same_depth(model: Model) -> None:
    """Numpy alone and numba, with one thread and with two, agree on the depth of every single state."""
    tables = tabulate(model)
    one, *others = (
        explore_numbers(tables, "numpy"),
        explore_numbers(tables, "numba"),
        explore_numbers(tables, "numba", threads=2),
    )

    for other in others:
        assert (one.depths == other.depths).all()
        assert (one.states, one.transitions, one.levels) == (other.states, other.transitions, other.levels)


def test_three_sessions_are_the_product() -> None:
    """Two experts and three sessions have as many states as the product of one session's says, found one by one."""
    lifted = explore(two_experts_model(), (), (), digest=False).lifted(3)

    assert (2_808_690, 2_808_690) == (lifted, explore_numbers(tabulate(sized_model(2, 3)), "numba").states)


@pytest.mark.parametrize(
    "model", [two_experts_model(), two_sessions_model(), sized_model(2, 2), LARGE], ids=lambda m: m.name
)
def test_symmetry_stands_for_all(model: Model) -> None:
    """With experts and sessions that may change places, what is kept stands for exactly the states and transitions of a full run."""
    tables = tabulate(model)
    full, alike = explore_numbers(tables, "numba"), reach_alike(tables)

    assert (full.states, full.transitions, full.depth, True) == (
        alike.states,
        alike.transitions,
        alike.depth,
        alike.complete,
    )
    assert alike.kept < full.states


def test_symmetry_presumes_that_experts_are_alike() -> None:
    """A frozen policy that lists one expert and not the other is not explored by symmetry."""
    model = evolve(two_experts_model(), policy=PolicyFacts("enabled", control=True, listed=(True, False)))

    with pytest.raises(NotTabulableError, match="not alike"):
        reach_alike(tabulate(model))


def test_nothing_is_a_trap() -> None:
    """From every state of two by two there is a way to the state in which nothing goes on, so no part of the graph is a trap."""
    tables = tabulate(sized_model(2, 2))

    for engine in ("numpy", "numba"):
        found = explore_numbers(tables, engine, traps=True)
        assert found.root is not None
        assert (0, True) == (
            found.trapped,
            all(course == (("idle", False, False, "free"),) * 2 for course in tables.state(found.root)[3]),
        )


def test_a_trap_is_found() -> None:
    """Where a logoff cannot happen and no ticket ever ends, states without a way back are counted by both engines alike."""
    rows = tuple(row for row in RULES.rows if row.id not in {"T2", "O1", "O2", "W3", "W6", "W8"})
    stuck = evolve(FROZEN, table=evolve(RULES, rows=rows))
    numpy, numba = (explore_numbers(tabulate(stuck), engine, traps=True) for engine in ("numpy", "numba"))

    assert numpy.trapped is not None
    assert numpy.trapped == numba.trapped
    assert numpy.trapped > 0


def test_a_step_at_one_session_that_changes_the_world_is_refused() -> None:
    """A table in which a pause switches offers off cannot be taken apart, and says so."""
    rows = tuple(
        evolve(row, then=(*row.then, Set("offers", "disabled"))) if row.id == "V2" else row for row in RULES.rows
    )

    with pytest.raises(NotTabulableError, match="pauses is aimed at one session"):
        tabulate(sized_model(1, 2, evolve(RULES, rows=rows)))


def test_a_world_event_that_asks_a_session_is_refused() -> None:
    """A table in which policy is applied only while nobody is logged on cannot be taken apart, and says so."""

    def only(row: Row) -> Row:
        logged_off = next(r for r in RULES.rows if r.id == "W7").provided
        return evolve(row, provided=logged_off) if row.id == "W1" else row

    with pytest.raises(NotTabulableError):
        tabulate(sized_model(1, 2, evolve(RULES, rows=tuple(map(only, RULES.rows)))))


@pytest.mark.parametrize(
    ("budget", "why"),
    [
        (Budget(states=1_000), "more than 1,000 states"),
        (Budget(seconds=0), "more than 0 s"),
        (Budget(memory=10_000), "it needs 39,954 bytes"),
    ],
)
def test_a_budget_ends_a_search(budget: Budget, why: str) -> None:
    """A search that a budget ends is not complete and says what ended it."""
    found = explore_numbers(tabulate(sized_model(2, 2)), "numpy", budget=budget)

    assert not found.complete
    assert found.depth >= 0
    assert why in found.why
    assert found.states < 39_954


@pytest.mark.parametrize("budget", [Budget(states=1_000), Budget(seconds=0), Budget(memory=1_000)])
def test_a_budget_ends_symmetry(budget: Budget) -> None:
    """A search by symmetry that a budget ends is not complete."""
    found = reach_alike(tabulate(sized_model(2, 2)), budget=budget)

    assert (False, True) == (found.complete, found.states < 39_954)


def test_an_interrupt_leaves_a_part() -> None:
    """Interrupted in the middle, a search returns what it found so far and says that it was interrupted."""

    def interrupt(progress: Sofar) -> None:
        if progress.states > 1_000:
            raise KeyboardInterrupt

    found = explore_numbers(tabulate(sized_model(2, 2)), "numpy", progress=interrupt)

    assert (False, "interrupted", True) == (found.complete, found.why, 1_000 < found.states < 39_954)


def test_progress_is_told() -> None:
    """While a search runs it says how deep it is, what is left of the level, and counts that only grow."""
    told: list[Sofar] = []
    found = explore_numbers(tabulate(sized_model(2, 2)), "numpy", progress=told.append)

    assert found.depth == told[-1].depth
    assert (found.states, found.transitions, "0 pieces of this depth left") == (
        told[-1].states,
        told[-1].transitions,
        told[-1].left,
    )
    assert all(a.states <= b.states and a.depth <= b.depth for a, b in pairwise(told))


def test_a_number_is_a_state() -> None:
    """Each number of a state leads to the state, and the state to its number."""
    tables = tabulate(wide_model(1, 2))

    for number in range(0, tables.places, 997):
        assert number == tables.number(tables.state(number))


def test_an_engine_that_is_not_installed_costs_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without numpy or numba the engines say which extra to install."""
    import sys

    from rasim import engines

    tables = tabulate(sized_model(1, 1))
    monkeypatch.delattr(engines, "compiled", raising=False)
    monkeypatch.setitem(sys.modules, "rasim.engines.compiled", None)
    with pytest.raises(UsageError, match=r"\(the extra `jit`\): python -m pip install \"numba"):
        explore_numbers(tables, "numba")
    monkeypatch.setitem(sys.modules, "numpy", None)
    for name in [name for name in sys.modules if name.startswith("rasim.engines.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(UsageError, match=r"\(the extra `fast`\): python -m pip install \"numpy"):
        importlib.import_module("rasim.engines.tables")
