"""`rasim run --faults`: what it says of storms, and the one line that repeats the first that failed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rasim.cli.replay import replay
from rasim.cli.run import run
from rasim.scenario import load

GOOD = """rasim: 1
scenario: 'anna sees, and no more'
policy: {offer: enabled, mode: control, helpers: ['CORP\\anna']}
people:
  anna: {account: 'CORP\\anna'}
  bob: {account: 'CORP\\bob', uses: s1}
steps:
- anna: offers help to bob
- bob: accepts
- expect: {anna: view only}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in a folder of one's own, with a scenario in it."""
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD)


def ran(*args: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(run, ["--faults", *args], catch_exceptions=False)


def test_storms_are_told_in_a_line() -> None:
    """A scenario that came through its storms has a line with how many there were and how many faults."""
    found = ran("good.yaml", "--seeds", "25")

    assert (0, "passed  good.yaml  (25 storms, ") == (found.exit_code, found.stdout[:31])
    assert not Path(".rasim").exists()


def test_more_processes_find_the_same() -> None:
    """Storms in two processes are told as in one, in the order of the files."""
    Path("other.yaml").write_text(GOOD)

    assert ran(".", "--seeds", "21").stdout == ran(".", "--seeds", "21", "--jobs", "2").stdout


def test_a_scenario_that_failed_is_left_alone() -> None:
    """Of a scenario of which a storm has failed no further storm is played, in one process or in several; the others go on."""
    Path("wrong.yaml").write_text(GOOD.replace("view only", "control"))
    one, two = (ran(".", "--save", "", "--seeds", "60", "--jobs", jobs) for jobs in ("1", "2"))

    assert (1, one.stdout) == (two.exit_code, two.stdout)
    assert ["passed  good.yaml  (60 storms", "failed  wrong.yaml  (seed 0)  (0 storms"] == [
        line.partition(",")[0] for line in one.stdout.splitlines() if "storms" in line
    ]


def test_what_cannot_be_played_is_said_once() -> None:
    """A file that is no scenario is an error, and one that is missing too; a folder without any has nothing to play."""
    Path("bad.yaml").write_text("rasim: 1\n")
    Path("empty").mkdir()
    bad, none = ran("bad.yaml", "gone.yaml", "--seeds", "50"), ran("empty")

    assert (2, 1, 4) == (bad.exit_code, bad.stdout.count("bad.yaml  ("), none.exit_code)


@pytest.mark.parametrize(
    "more", ["--traces=there", "--policy=a.pol", "--coverage", "--transport=tcp", "--every-order", "--tape=1:1"]
)
def test_storms_have_the_scenarios_own_policy(more: str) -> None:
    """What would play something else, or elsewhere, or asks for rows and traces, is refused and not passed over."""
    answer = ran("good.yaml", more)

    assert (2, "", True) == (answer.exit_code, answer.stdout, "does not go with" in answer.stderr)


def test_a_failure_is_saved_and_repeated_by_one_line(tmp_path: Path) -> None:
    """A storm that fails is saved as a scenario of few steps with its tape; replayed in another process it leaves the same trace."""
    Path("wrong.yaml").write_text(GOOD.replace("view only", "control"))
    found = ran("wrong.yaml", "--seeds", "200", "--format", "json")
    (line,) = (line for line in found.stderr.splitlines() if "rasim replay" in line)
    path = line.rpartition("rasim replay ")[2]
    again = CliRunner().invoke(replay, [path], catch_exceptions=False)
    traces = [
        subprocess.run(  # noqa: S603  (our own Python)
            [sys.executable, "-m", "rasim", "run", path, "--format", "json"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            check=False,
            cwd=tmp_path,
        ).stdout
        for seed in ("0", "77")
    ]

    assert (1, 1) == (found.exit_code, again.exit_code)
    assert "FAILED" in again.stdout
    assert len(load(path).steps) <= 20
    assert traces[0] == traces[1]
    assert json.loads(found.stdout)["scenarios"][0]["trace"] == json.loads(traces[0])["scenarios"][0]["trace"]
