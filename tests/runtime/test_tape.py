"""One tape for all choices of a run: what is ready at one instant goes on in any order, and the same tape repeats it."""

import asyncio
from itertools import permutations

import pytest

from rasim.errors import UsageError
from rasim.runtime import Tape, simulate


async def order_of_tasks(count: int) -> tuple[int, ...]:
    """Let tasks be ready at once and return the order in which they went on."""
    ran: list[int] = []

    async def one(number: int) -> None:
        await asyncio.sleep(0)
        ran.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(number))
    return tuple(ran)


def test_every_order_of_ready_tasks_is_drawn() -> None:
    """Over the seeds each of the six orders of three tasks that are ready at once is played."""
    assert {*permutations(range(3))} == {simulate(order_of_tasks(3), seed=seed) for seed in range(60)}


def test_first_ready_first_run_without_a_tape() -> None:
    """Without a seed or a tape tasks go on in the order in which they became ready."""
    assert tuple(range(9)) == simulate(order_of_tasks(9))


def test_an_empty_tape_is_the_defined_order() -> None:
    """A tape that was given nothing takes the first each time, which is what happens without a tape."""
    assert tuple(range(9)) == simulate(order_of_tasks(9), tape=Tape())


def test_what_was_taken_repeats_the_run() -> None:
    """The text of a drawn tape, read again, gives the same run and the same text."""
    for seed in range(20):
        drawn = Tape.drawn(seed)
        ran = simulate(order_of_tasks(4), tape=drawn)
        again = Tape.read(drawn.text)

        assert (ran, drawn.text) == (simulate(order_of_tasks(4), tape=again), again.text)


@pytest.mark.parametrize("text", ["1", "1:", ":1", "1:x", "-1:2", "1:-2", "2:1 1:1", "1:1 1:2", "1:\u0661"])
def test_what_is_no_tape_is_refused(text: str) -> None:
    """A text that no tape wrote is refused."""
    with pytest.raises(UsageError, match="tape"):
        Tape.read(text)


def test_another_runs_tape_is_refused() -> None:
    """A tape that takes what is not there is another run's, and says at which point."""
    with pytest.raises(UsageError, match="at point 0 it takes 7 of"):
        simulate(order_of_tasks(2), tape=Tape([7]))
