import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve

from rasim.analysis.coverage import coverage_of, reachable_refusals
from rasim.formats import lgpo_text, registry_pol
from rasim.policy import NAMED, Firewall, Policy, policy_to_entries
from rasim.protocol.lines import Recorded
from rasim.scenario import Scenario, read_scenario
from rasim.scenario.judged import whole
from rasim.scenario.play import Played, orders_of, play
from rasim.verify import ALWAYS
from rasim.verify.promises.judge import Judge
from rasim.verify.promises.kinds import EveryStep

TOP = Path(__file__).parents[2]
FILES = [path.relative_to(TOP).as_posix() for path in sorted((TOP / "scenarios").rglob("*.yaml"))]
EVERY_FILE = pytest.mark.parametrize("name", FILES)

# The policy files beside the scenarios, each with the policy that it states.
POLICY_FILES = {
    "scenarios/who-may-offer/helpdesk.pol": Policy.of(offer="enabled", mode="control", helpers=["CORP\\Helpdesk"]),
    "scenarios/who-may-offer/helpdesk.lgpo.txt": Policy.of(offer="enabled", mode="control", helpers=["CORP\\Helpdesk"]),
    "scenarios/who-may-offer/branch.pol": Policy.of(offer="enabled", mode="view", helpers=["CORP\\carol"]),
    "scenarios/the-firewall/helpdesk-xp.pol": Policy.of(
        offer="enabled",
        mode="control",
        helpers=["CORP\\Helpdesk"],
        firewall=Firewall.of(
            ports=[NAMED["135 tcp"]], programs=[NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
        ),
    ),
}

ALL_TRACES = """
import sys
from test_scenarios import FILES, trace_bytes
for name in FILES:
    sys.stdout.buffer.write(trace_bytes(name, 3) + b"\\n")
"""


@cache
def scenario_of(name: str) -> Scenario:
    path = TOP / name
    return read_scenario(path.read_text("utf-8"), str(path))


@cache
def played(name: str, seed: int = 0) -> Played:
    return play(scenario_of(name), seed)


def trace_bytes(name: str, seed: int) -> bytes:
    return json.dumps([recorded.as_json() for recorded in play(scenario_of(name), seed).trace]).encode()


def each_order(scenario: Scenario) -> Iterator[Played]:
    """Play every order of what is together as a scenario of its own, so that each leaves its whole trace."""
    for steps in orders_of(scenario.steps):
        yield play(evolve(scenario, steps=steps))


def broken_by(trace: tuple[Recorded, ...], scenario: Scenario) -> list[str]:
    """Judge a trace as a whole recording; say which line breaks which promise."""
    judge = Judge(scenario.choices)
    for recorded in whole(scenario, trace):
        judge.take(recorded)
    return [f"line {each.at}: {each.promise}: {each.because}" for each in judge.close().broken]


# ---- every file ----------------------------------------------------------------------------------------------


@EVERY_FILE
@pytest.mark.parametrize("seed", [0, 1, 2, 20260101])
def test_a_scenario_ends_as_it_says(name: str, seed: int) -> None:
    """A scenario of the repository passes, in whatever order equal deadlines are drawn."""
    result = played(name, seed)

    assert ("passed", ()) == (result.verdict, result.problems)


@EVERY_FILE
def test_a_scenario_breaks_no_promise(name: str) -> None:
    """The trace of every order of a scenario breaks no promise."""
    scenario = scenario_of(name)

    assert [] == [broken for result in each_order(scenario) for broken in broken_by(result.trace, scenario)]


@EVERY_FILE
def test_no_step_of_a_scenario_breaks_a_promise(name: str) -> None:
    """No row that a scenario uses breaks what is promised of every step."""
    promises = [promise for promise in ALWAYS if isinstance(promise, EveryStep)]
    outcomes = played(name).outcomes

    assert [] == [(p.name, p.breaks(o)) for p in promises for o in outcomes if p.breaks(o) is not None]


@EVERY_FILE
def test_a_scenario_opens_with_what_it_is(name: str) -> None:
    """A scenario file opens with the line that tells editors its schema and at least one that says what it teaches."""
    first, second = (TOP / name).read_text("utf-8").splitlines()[:2]
    words, _, schema = first.partition("$schema=")

    assert ("# yaml-language-server: ", "# ") == (words, second[:2])
    assert TOP / "rasim" / "scenario" / "scenario.schema.json" == (TOP / name).parent.joinpath(schema).resolve()


@pytest.mark.parametrize("lesson", sorted({str(Path(name).parent) for name in FILES}))
def test_a_lesson_says_what_it_teaches(lesson: str) -> None:
    """Each folder of scenarios has a page that says what it teaches and what to try."""
    page = (TOP / lesson / "README.md").read_text("utf-8")

    assert (True, True) == (page.startswith("# "), "Try " in page)


# ---- the same again ------------------------------------------------------------------------------------------


@EVERY_FILE
def test_the_same_seed_gives_the_same_trace(name: str) -> None:
    """Played twice with one seed, a scenario leaves the same trace byte for byte."""
    assert trace_bytes(name, 7) == trace_bytes(name, 7)


@pytest.mark.parametrize("hash_seed", ["1", pytest.param("4242", marks=pytest.mark.exhaustive)])
def test_the_hash_seed_changes_no_trace(hash_seed: str) -> None:
    """Another process with another hash seed leaves the same traces byte for byte."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", ALL_TRACES]
    other = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603

    assert [trace_bytes(name, 3) for name in FILES] == other.stdout.splitlines()


# ---- policy files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POLICY_FILES)
def test_a_policy_file_is_what_rasim_writes(name: str) -> None:
    """A policy file beside a scenario is, byte for byte, what rasim writes for the policy it states."""
    write = lgpo_text.render if name.endswith(".txt") else registry_pol.render

    assert write(policy_to_entries(POLICY_FILES[name])) == (TOP / name).read_bytes()


def test_every_policy_file_is_accounted_for() -> None:
    """There is no policy file beside the scenarios that rasim did not write, and none that no scenario reads."""
    found = (path for ending in ("*.pol", "*.txt") for path in (TOP / "scenarios").rglob(ending))
    there = {path.relative_to(TOP).as_posix() for path in found}
    read = {(Path(name).parent / file).as_posix() for name in FILES for file in scenario_of(name).policy.files}

    assert (set(POLICY_FILES), set(POLICY_FILES)) == (there, read)


def test_two_scenarios_read_policy_files() -> None:
    """At least two scenarios read their policy from files, and one of them from several."""
    counts = [len(scenario_of(name).policy.files) for name in FILES if scenario_of(name).policy.files]

    assert (True, True) == (len(counts) >= 2, max(counts) >= 2)


# ---- what they reach -----------------------------------------------------------------------------------------


def test_the_scenarios_use_every_row_and_show_every_refusal() -> None:
    """Every row is used by some scenario, and all that can turn an event away does so in some scenario."""
    reached = coverage_of(outcome for name in FILES for outcome in played(name).outcomes)

    assert ((), reachable_refusals()) == (reached.unused, reached.refusals)
