"""The README tells the truth: its examples run, and what it shows is what the commands print."""

from pathlib import Path

import pytest
import shown

from rasim.scenario import play, read_scenario

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
COMMANDS = shown.commands(README)


def test_the_python_example_passes() -> None:
    """The example for one's own tests runs and its test passes."""
    (example,) = shown.blocks(README, "python")
    names: dict[str, object] = {}
    exec(compile(example.text, "README.md", "exec"), names)  # noqa: S102  (our own example is what is tested)
    tests = [value for name, value in names.items() if name.startswith("test_")]

    assert len(tests) == 1
    for test in tests:
        assert callable(test)
        test()


def test_the_scenario_plays() -> None:
    """The scenario in the README passes."""
    (example,) = shown.blocks(README, "yaml")

    assert play(read_scenario(example.text)).verdict == "passed"


@pytest.mark.usefixtures("explored_once")
@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_shown_output_is_real(command: shown.Shown) -> None:
    """Every line that the README shows of a command is a line that the command prints, but for the seconds."""
    shown.hold(command, TOP, gaps=True)
