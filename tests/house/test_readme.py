"""The README tells the truth: its examples run, and what it shows is what the commands print."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rasim.scenario import play, read_scenario

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHOWN = [block for kind, block in BLOCKS if kind == "console" and block.startswith("$ rasim")]


def blocks(kind: str) -> list[str]:
    """Return the README's blocks of one kind."""
    return [block for each, block in BLOCKS if each == kind]


def test_the_python_example_passes() -> None:
    """The example for one's own tests runs and its test passes."""
    (example,) = blocks("python")
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)  # noqa: S102  (our own example is what is tested)
    tests = [value for name, value in names.items() if name.startswith("test_")]

    assert len(tests) == 1
    for test in tests:
        assert callable(test)
        test()


def test_the_scenario_plays() -> None:
    """The scenario in the README passes."""
    (example,) = blocks("yaml")

    assert play(read_scenario(example)).verdict == "passed"


@pytest.mark.parametrize("block", SHOWN, ids=[block.split("\n", 1)[0][2:] for block in SHOWN])
def test_shown_output_is_real(block: str) -> None:
    """Every line that the README shows of a command is a line that the command prints, but for the seconds."""
    command, *lines = block.splitlines()
    ran = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "rasim", *command.split()[2:]], cwd=TOP, capture_output=True, text=True, check=False
    )
    printed = [re.sub(r"\d+\.\d s$", "", line) for line in ran.stdout.splitlines()]

    for line in lines:
        begin, cut, _ = re.sub(r"\d+\.\d s$", "", line).rstrip().partition("…")
        found = any(p.startswith(begin.rstrip()) if cut else p.rstrip() == begin for p in printed)
        assert found, line
