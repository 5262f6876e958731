"""Simulated clocks for asyncio side by side: what works on each, and how fast they are. `python tests/bench/clocks.py [features] [speed]`.

A script, not a test. Each probe of `features` runs in a process of its own, on each clock that is installed: *yes*, *refused* with the
sentence that says so, or what went wrong. `speed` measures the same work on each in turn, interleaved, and counts the best of each.

Peers: `pip install looptime async-solipsism aiotools`, and from Python 3.12 on `simloop simloom`. One that is missing is left out.
simloop and simloom draw an order at every turn and write it down; `rasim, a seed` does the same, `rasim` keeps the defined order.
"""

import asyncio
import contextlib
import gc
import importlib.util
import os
import random
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from attrs import frozen

Run = Callable[[Coroutine[Any, Any, Any]], Any]
KINDS = {
    "rasim": "rasim",
    "rasim, a seed": "rasim",
    "looptime": "looptime",
    "looptime, noop_cycles=0": "looptime",
    "async-solipsism": "async_solipsism",
    "aiotools": "aiotools",
    "simloop": "simloop",
    "simloom": "simloom",
}
CLOCK = "rasim"
PATIENT = 20  # seconds after which a probe hangs


def loop_of(kind: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the loop of a kind."""
    match kind:
        case "rasim" | "rasim, a seed":
            from rasim.runtime import SimulatedLoop

            return lambda: SimulatedLoop(7 if "seed" in kind else None)
        case "looptime":
            import looptime

            return lambda: looptime.new_event_loop(start=0)
        case "looptime, noop_cycles=0":
            import looptime

            return lambda: looptime.new_event_loop(start=0, noop_cycles=0)
        case "async-solipsism":
            import async_solipsism

            return async_solipsism.EventLoop
        case "simloop":
            import simloop

            return lambda: simloop.SimLoop(7)
        case _:
            return asyncio.new_event_loop


@contextlib.contextmanager
def runner(kind: str) -> Iterator[Run]:
    """Give what runs a coroutine on a clock of this kind."""
    if kind == "simloom":
        import simloom

        def on_simloom(coroutine: Coroutine[Any, Any, Any]) -> Any:
            return simloom.run(lambda: coroutine, seed=7).value

        yield on_simloom
        return
    if kind == "simloop":  # its executor must not be shut down, so it has no place in a Runner
        loop = loop_of(kind)()
        yield loop.run_until_complete
        loop.close()
        return
    with asyncio.Runner(loop_factory=loop_of(kind)) as on:
        if kind != "aiotools":
            yield on.run
            return
        from aiotools import VirtualClock

        async def patched(coroutine: Coroutine[Any, Any, Any]) -> Any:
            with VirtualClock().patch_loop():
                return await coroutine

        yield lambda coroutine: on.run(patched(coroutine))


# ---- probes: each is its name, and raises where it does not hold -----------------------------------------------------


class Wrong(AssertionError):  # noqa: N818  (what it says)
    """What a probe asks does not hold."""


def must(holds: bool, otherwise: str = "") -> None:
    """Raise `Wrong` unless something holds."""
    if not holds:
        raise Wrong(otherwise)


async def an_hour_of_sleep() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await asyncio.sleep(3600)
    must(abs(loop.time() - started - 3600) < 1e-3)


async def a_thousand_tenths_are_a_hundred() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    for _ in range(1000):
        await asyncio.sleep(0.1)
    must(abs(loop.time() - started - 100) < 1e-9, f"drift {loop.time() - started - 100:.3g}")


async def a_timeout() -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(30):
            await asyncio.sleep(60)
        raise Wrong("no timeout")


async def a_sleep_a_millisecond_shorter_than_its_timeout() -> None:
    async with asyncio.timeout(30):
        await asyncio.sleep(29.999)


async def a_hundred_tasks_deep_before_the_sleep() -> None:
    async def deep(left: int) -> None:
        await (asyncio.create_task(deep(left - 1)) if left else asyncio.sleep(1))

    async with asyncio.timeout(30):
        await deep(100)


async def wait_for() -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 30)
        raise Wrong("no timeout")


async def a_task_group() -> None:
    got: list[int] = []

    async def one(number: int) -> None:
        await asyncio.sleep(100 - number)
        got.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(one(number))
    must(got == [*range(49, -1, -1)])


async def a_failing_sibling() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()

    async def bad() -> None:
        await asyncio.sleep(5)
        raise KeyError

    with contextlib.suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(1e6))
            group.create_task(bad())
        raise Wrong("nothing failed")
    must(loop.time() - started < 10)


async def equal_deadlines_first_set_first_run() -> None:
    got: list[int] = []

    async def one(number: int) -> None:
        await asyncio.sleep(1)
        got.append(number)

    await asyncio.gather(*(one(number) for number in range(200)))
    must(got == [*range(200)], "in another order")


async def a_queue() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue(1)

    async def fill() -> None:
        for number in range(50):
            await asyncio.sleep(60)
            await queue.put(number)

    filling = asyncio.create_task(fill())
    must([await queue.get() for _ in range(50)] == [*range(50)])
    await filling


async def streams_over_tcp(host: str = "127.0.0.1") -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(5):
            line = await reader.readline()
            await asyncio.sleep(30)
            writer.write(line)
            await writer.drain()
        writer.close()

    port = 1234 if "solipsism" in CLOCK else 0
    server = await asyncio.start_server(serve, host, port)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(host, port)
    for _ in range(5):
        writer.write(b"hi\n")
        async with asyncio.timeout(30.001):
            must(await reader.readline() == b"hi\n")
    writer.close()
    server.close()


async def a_megabyte_over_tcp() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(20)
        writer.write(await reader.readexactly(1 << 20))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 1234 if "solipsism" in CLOCK else 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    async with asyncio.timeout(21):
        writer.write(b"x" * (1 << 20))
        await writer.drain()
        must(len(await reader.read(-1)) == 1 << 20)
    writer.close()
    server.close()


async def names_are_looked_up() -> None:
    must(bool(await asyncio.get_running_loop().getaddrinfo("localhost", 80)))


async def streams_over_tcp_by_name() -> None:
    await streams_over_tcp("localhost")


async def streams_over_a_pair() -> None:
    if "solipsism" in CLOCK:
        import async_solipsism

        (_, here), (there, also) = await async_solipsism.stream_pairs()
    else:
        one, other = socket.socketpair()
        _, here = await asyncio.open_connection(sock=one)
        there, also = await asyncio.open_connection(sock=other)
    for _ in range(20):
        await asyncio.sleep(10)
        here.write(b"x\n")
        async with asyncio.timeout(5):
            must(await there.readline() == b"x\n")
    here.close()
    also.close()


async def a_pair_while_a_timer_is_due_soon() -> None:
    tick = asyncio.create_task(asyncio.sleep(1))
    await streams_over_a_pair()
    await tick


async def a_thread() -> None:
    must(await asyncio.to_thread(lambda: time.sleep(0.01) or 7) == 7)


async def a_thread_within_a_timeout() -> None:
    async with asyncio.timeout(5):  # 10 ms of work, 5 s of time for it
        await asyncio.to_thread(time.sleep, 0.01)


async def two_threads_first_begun_first_done() -> None:
    got: list[int] = []

    async def one(number: int) -> None:
        await asyncio.to_thread(time.sleep, 0.05 * (2 - number))
        got.append(number)

    await asyncio.gather(one(0), one(1))
    must(got == [0, 1], "by how long they really took")


async def a_thread_that_asks_the_loop() -> None:
    loop = asyncio.get_running_loop()

    async def answer() -> int:
        await asyncio.sleep(0)
        return 7

    must(await asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(answer(), loop).result(5)) == 7)


async def a_subprocess() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(7)", stdout=subprocess.PIPE)
    must((await process.communicate())[0].strip() == b"7")


async def a_subprocess_in_a_thread() -> None:
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", "print(7)"], capture_output=True)
    must(done.stdout.strip() == b"7")


async def a_signal() -> None:
    came = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, came.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    async with asyncio.timeout(5):
        await came.wait()


async def nothing_left_to_wait_for_is_told() -> None:
    await asyncio.Event().wait()


PROBES: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = (
    an_hour_of_sleep,
    a_thousand_tenths_are_a_hundred,
    a_timeout,
    a_sleep_a_millisecond_shorter_than_its_timeout,
    a_hundred_tasks_deep_before_the_sleep,
    wait_for,
    a_task_group,
    a_failing_sibling,
    equal_deadlines_first_set_first_run,
    a_queue,
    streams_over_tcp,
    a_megabyte_over_tcp,
    names_are_looked_up,
    streams_over_tcp_by_name,
    streams_over_a_pair,
    a_pair_while_a_timer_is_due_soon,
    a_thread,
    a_thread_within_a_timeout,
    two_threads_first_begun_first_done,
    a_thread_that_asks_the_loop,
    a_subprocess,
    a_subprocess_in_a_thread,
    a_signal,
    nothing_left_to_wait_for_is_told,
)

# What a seed draws.
ORDERED = (equal_deadlines_first_set_first_run, two_threads_first_begun_first_done)


def probed(kind: str, name: str) -> str:
    """Return what a probe says on a clock of this kind: *yes*, *refused* and how, or what went wrong."""
    probe = next(each for each in PROBES if each.__name__ == name)
    global CLOCK  # noqa: PLW0603  (one probe, one clock)
    CLOCK = kind
    warnings.simplefilter("ignore")
    try:
        with runner(kind) as run:
            run(probe())
    except (Wrong, TimeoutError) as error:
        return f"NO: {type(error).__name__} {error}"
    except Exception as error:  # noqa: BLE001 - whatever a clock does
        if probe is nothing_left_to_wait_for_is_told:
            return f"yes ({type(error).__name__})"
        refused = (
            isinstance(error, NotImplementedError) or "not supported" in str(error) or "Fence" in type(error).__name__
        )
        return f"{'refused' if refused else 'NO'}: {type(error).__name__} {str(error)[:160]}"
    return "NO: it came back" if probe is nothing_left_to_wait_for_is_told else "yes"


def say(line: str) -> None:
    """Print a line at once: a run takes a while."""
    print(line, flush=True)  # noqa: T201 - a script's answer


def features(kinds: list[str]) -> None:
    """Say what each probe does on each clock."""
    for probe in PROBES:
        say(probe.__name__.replace("_", " "))
        for kind in kinds:
            if kind == "rasim, a seed" and probe in ORDERED:
                continue
            command = [sys.executable, __file__, "--probe", kind, probe.__name__]
            try:
                asked = subprocess.run(command, capture_output=True, text=True, timeout=PATIENT, check=False)  # noqa: S603
                answer = asked.stdout.strip() or f"NO: it crashed: {asked.stderr.strip()[-100:]}"
            except subprocess.TimeoutExpired:
                answer = "NO: it hangs"
            say(f"    {kind:24} {answer}")


# ---- speed -----------------------------------------------------------------------------------------------------------


async def timers(tasks: int, each: int) -> None:
    """Sleep, in many tasks."""

    async def one(number: int) -> None:
        for at in range(each):
            await asyncio.sleep(0.5 + (number * 7919 + at) % 97 / 10)

    await asyncio.gather(*(one(number) for number in range(tasks)))


@frozen
class Session:
    """How far a session is, in a table so small that the loop is what is measured."""

    state: str = "idle"


MOVES = {
    ("idle", "offer"): ("offered", 3),
    ("offered", "accept"): ("viewing", 3),
    ("offered", "deny"): ("ended", 0),
    ("offered", "expire"): ("ended", 0),
    ("viewing", "request_control"): ("control_requested", 4),
    ("viewing", "disconnect"): ("ended", 0),
    ("control_requested", "grant"): ("controlling", 4),
    ("control_requested", "refuse"): ("viewing", 0),
    ("control_requested", "disconnect"): ("ended", 0),
    ("controlling", "disconnect"): ("ended", 0),
}


async def consent(drawn: random.Random) -> None:  # noqa: C901  (a story told in one piece)
    """One session: an expert and a user are two tasks, joined by two queues, with a timeout on the answer."""
    to_user: asyncio.Queue[str] = asyncio.Queue()
    to_expert: asyncio.Queue[str] = asyncio.Queue()
    session = Session()

    def fire(event: str, policy: int = 7) -> bool:
        nonlocal session
        move = MOVES.get((session.state, event))
        if move is None or policy & move[1] != move[1]:
            return False
        session = Session(move[0])
        return True

    async def expert() -> None:
        fire("offer")
        await to_user.put("offer")
        try:
            async with asyncio.timeout(30):
                if await to_expert.get() != "accept":
                    return
        except TimeoutError:
            fire("expire")
            return
        await asyncio.sleep(drawn.expovariate(1 / 60))
        if fire("request_control", 7 if drawn.random() < 0.7 else 3):
            await to_user.put("ask")
            await to_expert.get()
            await asyncio.sleep(drawn.expovariate(1 / 120))
        fire("disconnect")
        await to_user.put("end")

    async def user() -> None:
        await to_user.get()
        await asyncio.sleep(drawn.expovariate(1 / 15))
        if session.state != "offered":
            return
        if drawn.random() < 0.2:
            fire("deny")
            await to_expert.put("deny")
            return
        fire("accept")
        await to_expert.put("accept")
        while await to_user.get() == "ask":
            await asyncio.sleep(drawn.expovariate(1 / 10))
            fire("grant" if drawn.random() < 0.5 else "refuse")
            await to_expert.put("ok")

    async with asyncio.TaskGroup() as group:
        group.create_task(expert())
        group.create_task(user())
    must(session.state == "ended", session.state)


async def sessions(count: int, together: int) -> None:
    """Play sessions, so many at a time."""
    drawn = random.Random(1)  # noqa: S311 - times in a bench are no secret
    for _ in range(0, count, together):
        await asyncio.gather(*(consent(drawn) for _ in range(together)))


WORK: dict[str, tuple[int, Callable[[], Coroutine[Any, Any, None]]]] = {
    "sessions/s, 100 together": (4000, lambda: sessions(4000, 100)),
    "sessions/s, one by one": (1000, lambda: sessions(1000, 1)),
    "timers/s, 1000 tasks": (40_000, lambda: timers(1000, 40)),
    "timers/s, 1 task": (5000, lambda: timers(1, 5000)),
}


def clocked(kind: str, work: Callable[[], Coroutine[Any, Any, None]]) -> float:
    """Return the seconds of this process that some work takes on a clock of this kind."""
    with runner(kind) as run:
        gc.collect()
        started = time.process_time()
        run(work())
        return time.process_time() - started


def speed(kinds: list[str], rounds: int = 5) -> None:
    """Measure the same work on each clock, in turn; the best of each counts."""
    for name, (count, work) in WORK.items():
        best = dict.fromkeys(kinds, float("inf"))
        for _ in range(rounds):
            for kind in kinds:
                best[kind] = min(best[kind], clocked(kind, work))
        say(f"\n{name:30}{'':>10}  times rasim")
        for kind, seconds in best.items():
            say(f"{kind:30}{count / seconds:>10,.0f}{best['rasim'] / seconds:>10.2f}")


def main() -> None:
    """Ask what was asked for."""
    if sys.argv[1:2] == ["--probe"]:
        say(probed(*sys.argv[2:4]))
        os._exit(0)  # a thread that a clock left behind must not hold this up
    kinds = [kind for kind, module in KINDS.items() if importlib.util.find_spec(module) is not None]
    say(f"Python {sys.version.split()[0]}; not installed: {', '.join(sorted(set(KINDS) - set(kinds))) or 'none'}")
    asked = sys.argv[1:] or ["features", "speed"]
    if "features" in asked:
        features(kinds)
    if "speed" in asked:
        speed(kinds)


if __name__ == "__main__":
    main()
