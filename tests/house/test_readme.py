"""The README tells the truth: every command of it runs, what it shows is what is printed, and it is short."""

import re
from pathlib import Path

import pytest
import shown
from test_ten_minutes import stage

from rasim.cli.menu import COMMANDS

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
TYPED = shown.commands(README)
INLINE = re.findall(r"`((?:rasim|python|bash) [^`]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))


@pytest.mark.usefixtures("explored_once")
def test_what_it_shows_is_what_is_printed(tmp_path: Path) -> None:
    """Every line that the README shows of a command is a line that the command prints, in a copy of what it names."""
    stage(tmp_path)
    for command in TYPED:
        shown.hold(command, tmp_path)

    assert 13 == len(TYPED)


def test_each_door_has_three_commands() -> None:
    """Behind the block of one audit there are four doors, and each shows three commands."""
    assert [1, 3, 3, 3, 3] == [
        len(list(shown.of_block(block))) for block in shown.blocks(README, "console") if "$ rasim" in block.text
    ]


def test_a_command_that_is_only_named_exists() -> None:
    """What stands in a sentence of the README can be typed too: a command of rasim, or a script of this repository."""
    for command in INLINE:
        program, what, *_ = command.split()
        assert what in COMMANDS if program == "rasim" else (TOP / what).is_file(), command


def test_two_commands_set_it_up() -> None:
    """The two commands of set-up are those that continuous integration runs, or begins with."""
    (block,) = (each.text for each in shown.blocks(README, "console") if each.text.startswith("$ bash"))
    first, second = (line.partition("  #")[0].removeprefix("$ ").strip() for line in block.splitlines())

    assert "bash tests/venv && .venv/bin/rasim run scenarios" == first
    assert f"{second} || failed=1" in (TOP / ".ci" / "run").read_text("utf-8").splitlines()


def test_it_is_read_in_a_minute() -> None:
    """The README has at most 120 lines, and its picture stands among the first ten."""
    lines = README.splitlines()

    assert len(lines) <= 120
    assert any(line.startswith("![") for line in lines[:10])
