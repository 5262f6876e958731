"""How fast is a step beside transitions, automat and python-statemachine? `python tests/bench/step_speed.py [EVENTS]`.

A script, not a test. The same seeded stream of events goes through each implementation of a part of consent that all of
them can express (`machines/subset.py` says what it is and what it leaves out). All answers and states have to be equal
before anything is timed. Rounds are interleaved and the best of each counts, in seconds of this process, so that other work
on the computer disturbs little and all alike.

rasim runs with the whole of its table, and every step gives the whole outcome: row, refusal with condition and setting,
effects, things begun and ended. The others answer yes or no. What flatters rasim is said too: it remembers outcomes, and a
long stream repeats a few hundred of them. So the last line is the speed of outcomes that were never seen before.

The peers are the dependency group `bench`; one that is not installed is left out.
"""

import gc
import importlib
import sys
import time
from collections.abc import Callable
from hashlib import blake2b

from machines import with_rasim
from machines.subset import ByHand, Machine, Stream, stream

from rasim.protocol import RULES, Event, Outcome, Situation
from rasim.protocol.step import Rules

ROUNDS = 7
PEERS = {"automat": "with_automat", "transitions": "with_transitions", "python-statemachine": "with_statemachine"}
YARDSTICK = "automat"


def present(peers: dict[str, str]) -> dict[str, Callable[[], Machine]]:
    """Return the peers that are installed; say of each other one how to get it."""
    found: dict[str, Callable[[], Machine]] = {}
    for name, module in peers.items():
        try:
            found[name] = importlib.import_module(f"machines.{module}").Machine
        except ModuleNotFoundError:
            say(f"{name} is left out, it is not installed: pip install {name}")
    return found


def say(line: str) -> None:
    """Print a line at once: a run takes a while."""
    print(line, flush=True)  # noqa: T201 - a script's answer


def answers(machine: Machine, events: Stream) -> str:
    """Return a digest of all answers and states."""
    digest = blake2b(digest_size=8)
    for name, bits in events:
        digest.update(f"{machine.send(name, bits)} {machine.state};".encode())
    return digest.hexdigest()


def clocked(work: Callable[[], object]) -> float:
    """Return the seconds of this process that some work takes."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def through(make: Callable[[], Machine], events: Stream) -> float:
    """Return the seconds that a new machine takes for all events."""
    send = make().send

    def work() -> None:
        for name, bits in events:
            send(name, bits)

    return clocked(work)


def alone(course: list[Outcome]) -> float:
    """Return the seconds that the steps of a course take with nothing around them."""
    rules = Rules(RULES)
    happenings = [outcome.event for outcome in course]

    def work() -> Situation:
        now = course[0].before
        for happening in happenings:
            now = rules.step(now, happening).after
        return now

    if work() != course[-1].after:  # also fills the memory
        raise AssertionError("the same steps led elsewhere")
    return clocked(work)


def new_each(pairs: list[tuple[Situation, Event]], times: int) -> float:
    """Return the seconds per step when no outcome is remembered: each pair once, by rules that were never asked."""
    fresh = [Rules(RULES) for _ in range(times)]

    def work() -> None:
        for rules in fresh:
            for situation, happening in pairs:
                rules.step(situation, happening)

    return clocked(work) / times / len(pairs)


def main() -> None:
    """Compare answers, then times."""
    length = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    events = stream(length, seed=7)
    machines: dict[str, Callable[[], Machine]] = {
        "by hand, no records": ByHand,
        **present(PEERS),
        "rasim, events made each time": with_rasim.Machine,
        "rasim, events made once": with_rasim.Prepared,
    }
    digests = {name: answers(make(), events) for name, make in machines.items()}
    if len(set(digests.values())) != 1:
        sys.exit(f"the answers differ: {digests}")

    course = with_rasim.Remembering()
    taken = sum([course.send(name, bits) for name, bits in events])
    steps = len(course.outcomes)
    pairs = list({(o.before.values, o.event): (o.before, o.event) for o in course.outcomes}.values())
    say(
        f"{length} events, {taken * 100 // length} % taken; all {len(machines)} answer alike, digest {digests.popitem()[1]}"
    )
    say(f"rasim takes {steps} steps for them; {len(pairs)} of their outcomes are different\n")

    runs: dict[str, Callable[[], float]] = {
        **{name: lambda make=make: through(make, events) for name, make in machines.items()},
        "rasim, Rules.step alone": lambda: alone(course.outcomes),
        "rasim, every outcome new": lambda: new_each(pairs, 10) * steps,
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            best[name] = min(best[name], run())

    say(f"{'':30}{'events/s':>12}{'us an event':>13}" + (f"  times {YARDSTICK}" if YARDSTICK in best else ""))
    for name, seconds in best.items():
        ratio = f"{best[YARDSTICK] / seconds:>{8 + len(YARDSTICK)}.2f}" if YARDSTICK in best else ""
        say(f"{name:30}{length / seconds:>12,.0f}{seconds / length * 1e6:>13.2f}{ratio}")
    say(
        f"\nEvery outcome new: {best['rasim, every outcome new'] / steps * 1e6:.1f} us a step, against "
        f"{best['rasim, Rules.step alone'] / steps * 1e6:.2f} us remembered. A first answer is worked out, a later one looked up."
    )


if __name__ == "__main__":
    main()
