"""The manual page: that `man` reads it without a complaint, and that it names every command and option."""

import subprocess
from pathlib import Path

import click
import pytest

from rasim.cli.main import rasim
from rasim.cli.menu import COMMANDS


def test_it_names_every_option_of_every_command(top: Path) -> None:
    """The page has a section for each command, and each option that its help shows."""
    page = (top / "docs" / "reference" / "rasim.1").read_text(encoding="utf-8").replace(r"\-", "-")
    context = click.Context(rasim)

    for name in COMMANDS:
        section = page.partition(f'\n.SH "RASIM {name.upper()}"\n')[2].partition("\n.SH ")[0]
        command = rasim.get_command(context, name)
        assert command is not None
        shown = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
        assert [] == [opt for each in shown for opt in each.opts if opt not in section], name


@pytest.mark.exhaustive
def test_mandoc_has_nothing_to_say_of_it(top: Path, mandoc: str) -> None:
    """The checker of manual pages finds nothing, not even in style."""
    command = [mandoc, "-Tlint", "docs/reference/rasim.1"]
    done = subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)  # noqa: S603

    assert (0, "") == (done.returncode, done.stdout + done.stderr)
