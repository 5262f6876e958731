"""The contract of simulated time: every row of its page, asked by the probes of the bench; and what is a choice under a tape."""

import asyncio
import importlib.util
import math
import re
import threading
import time
from collections.abc import Callable, Coroutine
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from rasim.errors import UsageError
from rasim.runtime import SimulatedLoop, Tape, simulate

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "reference" / "simulated-time.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([a-z ]+) \| ((?:yes|refused).*) \|$", PAGE.partition("## What is a choice")[0], re.MULTILINE)

spec = importlib.util.spec_from_file_location("clocks", TOP / "tests" / "bench" / "clocks.py")
assert spec is not None
assert spec.loader is not None
clocks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(clocks)
DRAWN = [probe.__name__ for probe in clocks.PROBES if probe not in clocks.ORDERED]


@pytest.mark.parametrize(("what", "answer"), ROWS, ids=lambda each: each[:40])
def test_a_row_of_the_page_is_so(what: str, answer: str) -> None:
    """What the page says of a probe is what the probe says on the simulated loop."""
    said = clocks.probed("rasim", what.replace(" ", "_"))

    assert answer.partition(":")[0] == said.partition(":")[0].partition(" ")[0]
    assert answer.partition(": ")[2] in said.replace("(Deadlock)", "`Deadlock`, with the names of the tasks that wait")


def test_the_page_has_every_probe() -> None:
    """The page has a row for each probe of the bench, in the same order."""
    assert [probe.__name__.replace("_", " ") for probe in clocks.PROBES] == [what for what, _ in ROWS]


@pytest.mark.parametrize("name", DRAWN)
def test_a_probe_holds_in_a_drawn_order(name: str) -> None:
    """What is no order of what goes on at one instant holds with a seed too."""
    assert clocks.probed("rasim", name) == clocks.probed("rasim, a seed", name)


# ---- what comes from outside -----------------------------------------------------------------------------------------


def test_what_a_thread_raises_is_raised() -> None:
    """The error of a function in a thread reaches whoever waits for it."""

    def fails() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        simulate(asyncio.to_thread(fails))


def test_who_gives_up_on_a_thread_does_not_wait_for_it() -> None:
    """A thread whose waiter is cancelled holds up nobody, and is over when the loop is."""
    go = threading.Event()

    async def main() -> str:
        waiting = asyncio.create_task(asyncio.to_thread(go.wait, 60))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(5)
        go.set()
        return "went on"

    assert "went on" == simulate(main())


def test_two_threads_of_which_the_first_needs_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that waits for what the loop does after a later thread is waited for, and the later one goes first."""
    monkeypatch.setattr("rasim.runtime.clock.THREAD_PATIENCE", 0.001)
    go = threading.Event()

    async def main() -> tuple[bool, float]:
        first = asyncio.create_task(asyncio.to_thread(go.wait, 60))
        await asyncio.to_thread(time.sleep, 0)
        go.set()
        return await first, asyncio.get_running_loop().time()

    assert (True, 0) == simulate(main())


def test_an_executor_of_ones_own() -> None:
    """An executor that is given is used, and what was not begun is given up with its waiter."""
    from concurrent.futures import ThreadPoolExecutor

    async def main(pool: ThreadPoolExecutor) -> int:
        return await asyncio.get_running_loop().run_in_executor(pool, abs, -7)

    with ThreadPoolExecutor(1) as pool:
        assert 7 == simulate(main(pool))


@pytest.mark.asyncio
async def test_an_endless_sleep_is_never_over() -> None:
    """What is set for an endless time is never due, and can be cancelled."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.sleep(math.inf), 5)


@pytest.mark.asyncio
async def test_a_thousand_cancelled_timers_are_forgotten() -> None:
    """Timers that are cancelled long before they are due do not pile up."""
    loop = asyncio.get_running_loop()
    for _ in range(1000):
        loop.call_later(3600, print).cancel()
        await asyncio.sleep(1)

    assert len(loop._scheduled) < 250  # type: ignore[attr-defined]


@pytest.mark.parametrize("debug", [False, True])
def test_a_callback_that_fails_is_told_and_ends_nothing(*, debug: bool) -> None:
    """What a callback raises goes to the exception handler, in debug mode too, and the loop goes on."""
    told: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(str(context["exception"])))
        loop.call_soon([].pop)
        loop.call_later(1, [].pop)
        await asyncio.sleep(2)

    with asyncio.Runner(loop_factory=SimulatedLoop, debug=debug) as runner:
        runner.run(main())

    assert ["pop from empty list"] * 2 == told


def test_a_loop_that_is_closed_takes_nothing() -> None:
    """On a closed loop nothing can be set any more."""
    loop = SimulatedLoop()
    loop.close()
    for setting in (lambda: loop.call_soon(print), lambda: loop.call_later(1, print)):
        with pytest.raises(RuntimeError, match="closed"):
            setting()


# ---- what is a choice ------------------------------------------------------------------------------------------------


def orders(main: Callable[[list[str]], Coroutine[Any, Any, None]]) -> set[str]:
    """Return the orders in which something goes on, over many seeds."""
    found = set()
    for seed in range(60):
        ran: list[str] = []
        simulate(main(ran), seed=seed)
        found.add("".join(ran))
    return found


async def says(ran: list[str], word: str) -> None:
    """Say a word when it is one's turn."""
    ran.append(word)


def test_what_becomes_ready_after_a_callback_does_not_overtake_it() -> None:
    """A callback may overtake tasks that were ready before it; those that became so after it wait for it, and callbacks keep their order."""

    async def main(ran: list[str]) -> None:
        loop = asyncio.get_running_loop()
        before = asyncio.create_task(says(ran, "a"))
        loop.call_soon(ran.append, "1")
        loop.call_soon(ran.append, "2")
        after = asyncio.create_task(says(ran, "b"))
        await before
        await after

    possible = {
        "".join(order) for order in permutations("a12b") if order.index("1") < order.index("2") < order.index("b")
    }

    assert possible == orders(main)


def test_a_timer_that_is_cancelled_at_its_instant_is_no_alternative() -> None:
    """Of two timers at one instant that cancel each other one rings, and there is one choice."""
    texts = set()
    for choice in (0, 1):
        rang: list[int] = []

        async def main(rang: list[int] = rang) -> None:
            loop = asyncio.get_running_loop()
            timers: list[asyncio.TimerHandle] = []

            def rings(number: int) -> None:
                rang.append(number)
                timers[1 - number].cancel()

            timers += [loop.call_later(1, rings, number) for number in (0, 1)]
            await asyncio.sleep(2)

        tape = Tape([choice])
        simulate(main(), tape=tape)
        texts.add((tuple(rang), tape.text, len(tape.taken)))

    assert {((0,), "", 1), ((1,), "0:1", 1)} == texts


def test_a_failing_sibling_ends_the_group_in_every_order() -> None:
    """In whatever order tasks go on, the failure of one cancels those of the group that still wait."""

    async def main(ran: list[str]) -> None:
        async def fails() -> None:
            await asyncio.sleep(1)
            raise LookupError

        async def waits(word: str) -> None:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                ran.append(word.upper())
                raise
            ran.append(word)

        try:
            async with asyncio.TaskGroup() as group:
                for each in (waits("a"), fails(), waits("b")):
                    group.create_task(each)
        except* LookupError:
            ran.append("!")

    found = orders(main)

    assert {"A!", "a!"} <= {each.replace("b", "").replace("B", "") for each in found}
    assert all(each.endswith("!") and 3 == len(each) for each in found)


def test_a_wrong_tape_ends_the_run_and_what_is_left_is_cleaned_up() -> None:
    """A tape of another run is refused where it does not fit, and the tasks of the run are cancelled."""
    ended: list[str] = []

    async def patient() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("patient")

    async def main() -> None:
        tasks = [asyncio.create_task(patient()) for _ in range(3)]
        await asyncio.gather(*tasks)

    with pytest.raises(UsageError, match="another run's: at point 2 it takes 5 of 3"):
        simulate(main(), tape=Tape([0, 0, 5]))  # at the instant at which all three are due

    assert ["patient"] * 3 == ended
