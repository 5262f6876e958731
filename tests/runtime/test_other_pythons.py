"""A tape is the same run everywhere: in another process, with another hash seed, on other Pythons."""

import os
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

TOP = Path(__file__).parents[2]
TOLD = """
import asyncio, hashlib, json, sys
from pathlib import Path
from rasim.runtime import Tape, every_order, simulate
from rasim.scenario import load
from rasim.scenario.every_order import play_every_order, play_tape
sys.path.insert(0, "tests/runtime")
from planted_races import RACES, Product

for name in ("the-first-click/a-yes-and-a-withdrawal-in-one-moment", "time/a-lost-link-ends-the-view-for-good"):
    scenario = load(Path("scenarios", name + ".yaml"))
    for seed in range(5):
        tape = Tape.drawn(seed)
        played = play_tape(scenario, tape)
        told = json.dumps([recorded.as_json() for recorded in played.trace])
        print(name, seed, played.verdict, tape.text, hashlib.sha256(told.encode()).hexdigest())
    every = play_every_order(scenario).every
    print(name, every.complete, every.runs, every.states)
for race in RACES:
    found = every_order(lambda: race(Product(mended=False)))
    print(race.__name__, found.runs, found.tape)


async def drawn():
    order = []
    async def one(name, after):
        await asyncio.sleep(after)
        order.append(name)
        order.append(await asyncio.to_thread(str.upper, name))
    async with asyncio.TaskGroup() as group:
        for name in "abcdef":
            group.create_task(one(name, 1))
    return order


for seed in range(5):
    print(seed, simulate(drawn(), seed=seed))
"""


def told_by(python: str, hash_seed: str) -> list[str]:
    """Return what the runs come to on a Python; what rasim needs here is pure Python, and comes from this environment."""
    packages = os.pathsep.join((str(TOP), str(Path(attrs.__file__).parents[1])))
    environment = {**os.environ, "PYTHONPATH": packages, "PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, "-c", TOLD]
    done = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()


@pytest.mark.exhaustive
def test_a_tape_is_the_same_run_with_another_hash_seed() -> None:
    """Two processes with different hash seeds draw the same tapes, and leave the same traces and the same counts."""
    assert told_by(sys.executable, "1") == told_by(sys.executable, "4242")


@pytest.mark.exhaustive
def test_a_tape_is_the_same_run_on_other_pythons(other_pythons: tuple[str, ...]) -> None:
    """The other Pythons of this machine draw the same tapes, and leave the same traces and the same counts."""
    here = told_by(sys.executable, "1")

    assert dict.fromkeys(other_pythons, here) == {python: told_by(python, "7") for python in other_pythons}
