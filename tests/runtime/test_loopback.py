"""Scenarios over real sockets: the same verdict and the same trace as in memory."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli.run import run
from rasim.runtime.wire.loopback import Loopback
from rasim.scenario import load, play

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ALL = sorted(SCENARIOS.rglob("*.yaml"))
FEW = ("a-late-or-misplaced-answer-counts-for-nothing", "a-cut-that-lasts-ends-the-view")


def same(file: Path, seed: int = 0) -> bool:
    """Return whether a scenario passes by TCP, with the trace that it has in memory."""
    scenario = load(file)
    near, far = play(scenario, seed), play(scenario, seed, way=Loopback)
    return far.verdict == near.verdict == "passed" and (seed != 0 or far.trace == near.trace)


@pytest.mark.parametrize("name", FEW)
def test_a_scenario_is_the_same_over_sockets(name: str) -> None:
    """Over TCP and TLS a scenario passes with the same trace; with a drawn order of what is ready it passes too."""
    (file,) = SCENARIOS.rglob(f"{name}.yaml")

    assert same(file)
    assert same(file, seed=1)


@pytest.mark.exhaustive
def test_every_scenario_is_the_same_over_sockets() -> None:
    """Over TCP and TLS every scenario passes with the same trace."""
    assert [] == [file for file in ALL if not same(file)]


def test_the_command_plays_over_sockets(tmp_path: Path) -> None:
    """`rasim run --transport tcp` writes the traces that `--transport memory` does."""
    (file,) = SCENARIOS.rglob(f"{FEW[0]}.yaml")
    for transport in ("memory", "tcp"):
        done = CliRunner().invoke(run, [str(file), "--transport", transport, "--traces", str(tmp_path / transport)])
        assert 0 == done.exit_code, done.output

    (near,), (far,) = (list((tmp_path / transport).iterdir()) for transport in ("memory", "tcp"))
    assert near.read_bytes() == far.read_bytes()


def test_what_is_missing_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra one sentence names it."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    done = CliRunner().invoke(run, [str(SCENARIOS), "--transport", "tcp"], standalone_mode=False)

    assert 1 == f"{done.output}{done.exception}".count('(the extra `tcp`): python -m pip install "cryptography')
