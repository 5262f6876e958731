"""Every order of what can go on at one instant: all are played, the first failure is the shortest, and nothing that matters is left out."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from itertools import permutations
from typing import Any

import pytest
from planted_races import RACES, Broken, Product

from rasim.runtime import SimulatedLoop, Tape, every_order, simulate
from rasim.runtime.moment import Moments
from rasim.runtime.orders import Orders

EACH_RACE = pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)


class Noting(Tape):
    """A tape that keeps of how many each choice was."""

    def __init__(self, given: tuple[int, ...]) -> None:
        super().__init__(given)
        self.met: list[int] = []

    def choose(self, alternatives: int) -> int:
        """Note it, and choose."""
        self.met += [alternatives] * (alternatives > 1)
        return super().choose(alternatives)


def failing(main: Callable[[], Coroutine[Any, Any, Any]]) -> list[int]:
    """Return of every order that fails how many choices in it are not the first, by playing each alone."""
    lengths, left = [], [()]
    while left:
        given = left.pop()
        tape = Noting(given)
        try:
            simulate(main(), tape=tape)
        except* Broken:
            lengths.append(sum(map(bool, tape.taken)))
        for point in range(len(given), len(tape.taken)):
            left += [(*tape.taken[:point], other) for other in range(1, tape.met[point])]
    return lengths


def raised(found: Orders) -> BaseException | None:
    """Return what a run raised, out of the group of its tasks."""
    return found.failure.exceptions[0] if isinstance(found.failure, ExceptionGroup) else found.failure


@pytest.mark.parametrize("tasks", range(1, 5))
def test_every_order_of_some_tasks_is_played(tasks: int) -> None:
    """Tasks that are ready at once are played in every order."""
    ran: list[tuple[int, ...]] = []

    async def main() -> None:
        order: list[int] = []

        async def one(number: int) -> None:
            order.append(number)

        await asyncio.gather(*(one(number) for number in range(tasks)))
        ran.append(tuple(order))

    found = every_order(main)

    assert (True, {*permutations(range(tasks))}, len(ran)) == (found.complete, {*ran}, found.runs)


def test_the_defined_order_is_played_first_and_few_deviations_before_many() -> None:
    """Orders come with those that differ less from the defined one first."""
    lengths: list[int] = []

    async def main() -> None:
        await asyncio.gather(*(asyncio.sleep(0) for _ in range(3)))
        tape = asyncio.get_running_loop().tape  # type: ignore[attr-defined]
        lengths.append(sum(map(bool, tape.taken)))

    every_order(main)

    assert 0 == lengths[0]
    assert sorted(lengths) == lengths


def test_a_bound_is_told() -> None:
    """Where there are more orders than may be played, it says so, and how many were."""

    async def main() -> None:
        await asyncio.gather(*(asyncio.sleep(0) for _ in range(9)))

    assert Orders(False, 50, 0) == every_order(main, most=50)


def test_timers_of_one_instant_are_ties() -> None:
    """What is due at one instant is played in every order, and what is due at different ones in none but its own."""
    rang: set[str] = set()

    async def main() -> None:
        order: list[str] = []
        for name, after in (("a", 1), ("b", 1), ("c", 2)):
            asyncio.get_running_loop().call_later(after, order.append, name)
        await asyncio.sleep(3)
        rang.add("".join(order))

    assert every_order(main).complete
    assert {"abc", "bac"} == rang


@EACH_RACE
def test_a_race_is_found_by_its_shortest_schedule(race: Callable[[Product], Coroutine[Any, Any, None]]) -> None:
    """The mistake is found, no order with fewer deviations shows it, and its tape shows it again."""

    def main() -> Coroutine[Any, Any, None]:
        return race(Product(mended=False))

    found = every_order(main)
    assert isinstance(raised(found), Broken)
    assert found.tape
    again = Tape.read(found.tape)
    with pytest.raises(ExceptionGroup):
        simulate(main(), tape=again)

    assert (len(found.tape.split()), found.tape) == (min(failing(main)), again.text)


@EACH_RACE
def test_without_its_mistake_a_product_fails_in_no_order(race: Callable[[Product], Coroutine[Any, Any, None]]) -> None:
    """The same product without the mistake is played in every order, and nothing fails."""
    found = every_order(lambda: race(Product(mended=True)))

    assert (True, None) == (found.complete, found.failure)


# ---- what may be left out --------------------------------------------------------------------------------------------


class Counter:
    """A program that counts in two tasks, and tells its state."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done, self.ends = steps, [0, 0], set[tuple[int, ...]]()

    async def main(self) -> None:
        """Count in both."""
        self.done = [0, 0]

        async def counts(which: int) -> None:
            for _ in range(self.steps):
                self.done[which] += 1
                await asyncio.sleep(0)

        await asyncio.gather(counts(0), counts(1))
        self.ends.add(tuple(self.done))

    def state(self, loop: SimulatedLoop) -> Hashable:
        """Return how far each is, and which of them is the first that is ready."""
        first = loop.to_do()[0][0]
        return (*self.done, first._callback.__self__.get_coro().cr_frame.f_locals.get("which"))


def test_a_state_that_was_there_before_ends_the_run() -> None:
    """With states told far fewer runs are needed, and the same ends are reached."""
    naive, told = Counter(4), Counter(4)
    one, other = every_order(naive.main), every_order(told.main, state=told.state)

    assert (True, True, naive.ends) == (one.complete, other.complete, told.ends)
    assert other.runs * 3 < one.runs
    assert other.states > 4


def test_what_is_apart_is_no_choice() -> None:
    """A task that has nothing to do with any other goes on when it is its turn."""

    async def main() -> None:
        tasks = [asyncio.create_task(asyncio.sleep(0), name=name) for name in ("apart", "one", "other")]
        await asyncio.gather(*tasks)

    def apart(handle: asyncio.Handle) -> bool:
        return handle._callback.__self__.get_name() == "apart"  # type: ignore[attr-defined]

    assert every_order(main, apart=apart).runs < every_order(main).runs


def test_a_moment_of_anybodys_own_code_is_not_told() -> None:
    """What stands in a frame that is not rasim's has no picture: its globals may matter."""
    moments, seen = Moments({}, ()), []

    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(0))
        seen.append(moments.picture(asyncio.get_running_loop(), task))  # type: ignore[arg-type]
        seen.append(moments.picture(asyncio.get_running_loop(), asyncio.current_task()))  # type: ignore[arg-type]
        await task

    simulate(main())

    assert (True, False) == (seen[0] is not None, seen[1] is not None)
