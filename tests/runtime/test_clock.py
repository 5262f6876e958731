"""Simulated time: whole microseconds, defined order at one instant, every order by seed, and nobody ever waits."""

import asyncio
import subprocess
import sys
from itertools import permutations

import pytest

from rasim.runtime import Deadlock, SimulatedLoop, simulate, simulated_loop

HOUR = 3600


async def order_of(*delays: float) -> list[int]:
    """Let some callbacks be due and return the order in which they ran."""
    ran: list[int] = []
    loop = asyncio.get_running_loop()
    for number, delay in enumerate(delays):
        loop.call_later(delay, ran.append, number)
    await asyncio.sleep(max(delays) + 1)
    return ran


@pytest.mark.asyncio
async def test_an_hour_is_over_at_once() -> None:
    """An hour of simulated time passes exactly, whatever the time of the machine."""
    await asyncio.sleep(HOUR)

    assert HOUR * 1_000_000 == simulated_loop().now


@pytest.mark.asyncio
async def test_a_thousand_tenths_are_a_hundred() -> None:
    """A thousand sleeps of a tenth of a second land on a hundred seconds, to the microsecond."""
    for _ in range(1000):
        await asyncio.sleep(0.1)

    assert (100_000_000, 100.0) == (simulated_loop().now, asyncio.get_running_loop().time())


@pytest.mark.asyncio
async def test_first_set_first_run() -> None:
    """What is due at one instant runs in the order in which it was set."""
    assert list(range(20)) == await order_of(*[30.0] * 20)


@pytest.mark.asyncio
async def test_a_microsecond_is_a_difference() -> None:
    """What is due a microsecond earlier runs before, whatever was set first; less than that is no difference."""
    assert [1, 0] == await order_of(1.000001, 1.0)
    assert [0, 1] == await order_of(1.0000001, 1.0)


def test_every_order_of_a_tie_is_drawn_by_some_seed() -> None:
    """Over the seeds each of the six orders of three things that are due at once is played."""
    orders = {tuple(simulate(order_of(1, 1, 1), seed=seed)) for seed in range(60)}

    assert set(permutations(range(3))) == orders


def test_a_seed_repeats_its_order() -> None:
    """The same seed gives the same order."""
    assert simulate(order_of(*[1] * 30), seed=5) == simulate(order_of(*[1] * 30), seed=5)


def test_a_seed_draws_only_ties() -> None:
    """A seed does not change the order of what is due at different instants."""
    assert {(2, 1, 0)} == {tuple(simulate(order_of(3, 2, 1), seed=seed)) for seed in range(20)}


@pytest.mark.asyncio
async def test_a_timeout_and_a_sleep_a_millisecond_shorter() -> None:
    """A timeout that is a millisecond later does not hit, and one that is a millisecond earlier does, at its instant."""
    async with asyncio.timeout(1.001):
        await asyncio.sleep(1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.sleep(1), 0.999)

    assert 1_999_000 == simulated_loop().now


@pytest.mark.asyncio
async def test_wait_for_a_queue() -> None:
    """A queue that nobody fills times out, and one that is filled in time gives what came."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    simulated_loop().call_later(2, queue.put_nowait, "late")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.get(), 1)

    assert ("late", 2_000_000) == (await asyncio.wait_for(queue.get(), 5), simulated_loop().now)


@pytest.mark.asyncio
async def test_a_failing_sibling_cancels_the_group() -> None:
    """In a task group the failure of one ends the others at the same instant."""
    ended: list[str] = []

    async def patient() -> None:
        try:
            await asyncio.sleep(HOUR)
        except asyncio.CancelledError:
            ended.append("patient")
            raise

    async def hasty() -> None:
        await asyncio.sleep(1)
        raise LookupError

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(patient())
            group.create_task(hasty())

    with pytest.raises(ExceptionGroup) as raised:
        await both()

    assert (["patient"], 1_000_000, [LookupError]) == (
        ended,
        simulated_loop().now,
        [*map(type, raised.value.exceptions)],
    )


@pytest.mark.asyncio
async def test_deeply_nested_tasks_take_no_time() -> None:
    """A hundred tasks, each waiting for the next, are done at the instant at which they began."""

    async def nested(depth: int) -> int:
        return 0 if depth == 0 else 1 + await asyncio.create_task(nested(depth - 1))

    assert (100, 0) == (await nested(100), simulated_loop().now)


@pytest.mark.asyncio
async def test_a_cancelled_timer_moves_no_clock() -> None:
    """Time does not go where nothing is due any more."""
    simulated_loop().call_later(HOUR, print).cancel()
    await asyncio.sleep(1)

    assert 1_000_000 == simulated_loop().now


@pytest.mark.asyncio
async def test_what_is_due_in_the_past_is_due_now() -> None:
    """A callback for a moment that is over runs now, and time does not go back."""
    await asyncio.sleep(10)
    ran: list[int] = []
    simulated_loop().call_at(3, ran.append, 1)
    await asyncio.sleep(0.000001)

    assert ([1], 10_000_001) == (ran, simulated_loop().now)


# ---- calm ------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_calm_waits_for_everybody_and_takes_no_time() -> None:
    """Calm is when nothing more can happen at this instant: all that was possible has happened, and no time has passed."""
    done: list[int] = []

    async def chatter(left: int) -> None:
        done.append(left)
        await asyncio.sleep(0)
        if left:
            await asyncio.create_task(chatter(left - 1))

    chatting = asyncio.create_task(chatter(20))
    sleeping = asyncio.create_task(asyncio.sleep(1))
    await simulated_loop().calm()

    assert (list(range(20, -1, -1)), True, False, 0) == (done, chatting.done(), sleeping.done(), simulated_loop().now)
    await sleeping


@pytest.mark.asyncio
async def test_two_who_wait_for_calm_both_get_it() -> None:
    """Everybody who waits for calm gets it, one after the other, before time passes."""
    loop = simulated_loop()
    await asyncio.gather(loop.calm(), loop.calm(), loop.calm())

    assert 0 == loop.now


def test_calm_with_nothing_due_is_no_deadlock() -> None:
    """Calm comes also where nothing will ever be due."""

    async def main() -> str:
        await simulated_loop().calm()
        return "calm"

    assert "calm" == simulate(main())


# ---- what cannot go on -----------------------------------------------------------------------------------------


def test_a_deadlock_names_the_tasks_that_wait() -> None:
    """When nothing can run and nothing is due, the error says when and which tasks wait."""

    async def main() -> None:
        await asyncio.sleep(2.5)
        await asyncio.create_task(asyncio.Event().wait(), name="anna waits for bob")

    with pytest.raises(Deadlock, match=r"at 2\.500000 s nothing can run .* waiting: .*anna waits for bob"):
        simulate(main())


@pytest.mark.parametrize("start", ["exec", "shell"])
@pytest.mark.asyncio
async def test_no_subprocess_lives_in_simulated_time(start: str) -> None:
    """Another process is refused, because it lives in real time."""
    with pytest.raises(NotImplementedError, match="no subprocess in simulated time"):
        await (asyncio.create_subprocess_exec("true") if start == "exec" else asyncio.create_subprocess_shell("true"))


def test_another_loop_has_no_simulated_time() -> None:
    """What needs simulated time says so on any other loop."""

    async def main() -> SimulatedLoop:
        return simulated_loop()

    with (
        asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner,
        pytest.raises(TypeError, match="needs simulated time"),
    ):
        runner.run(main())


def test_what_main_raises_is_raised() -> None:
    """The error of a coroutine reaches whoever simulates it, and its value is returned."""

    async def fails() -> None:
        await asyncio.sleep(1)
        raise LookupError("gone")

    async def works() -> int:
        await asyncio.sleep(1)
        return 7

    with pytest.raises(LookupError, match="gone"):
        simulate(fails())
    assert 7 == simulate(works())


def test_the_hash_seed_changes_nothing() -> None:
    """Processes with different hash seeds play the same, also with a drawn order."""
    code = (
        "import asyncio\n"
        "from rasim.runtime import simulate\n"
        "async def one(name, out):\n"
        "    await asyncio.sleep(1)\n"
        "    out.append(name)\n"
        "async def main():\n"
        "    out = []\n"
        "    await asyncio.gather(*(one(n, out) for n in 'abcdefgh'))\n"
        "    return out\n"
        "print(simulate(main(), seed=3))\n"
    )
    answers = {
        subprocess.run(  # noqa: S603  (our own words)
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }

    assert 1 == len(answers)
