"""The commands by what a person wants, with an example of each."""

import shlex

import click
import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.cli.menu import EXAMPLES, MENU


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_can_be_typed(name: str) -> None:
    """An example is a call that the command takes, and stands at the end of its help."""
    first, called, *args = shlex.split(EXAMPLES[name])
    command = rasim.get_command(click.Context(rasim), name)

    assert command is not None
    assert ("rasim", name) == (first, called)
    assert command.make_context(name, list(args)).params
    assert f"Example: {EXAMPLES[name]}\n" in CliRunner().invoke(rasim, [name, "--help"]).stdout


def test_help_is_in_groups_and_fits() -> None:
    """Help shows the commands by what a person wants, within 80 columns; without a command it is shown with exit code 2."""
    shown, bare = CliRunner().invoke(rasim, ["--help"]), CliRunner().invoke(rasim, [])

    assert all(f"{title}:" in shown.stdout for title in MENU)
    assert 80 >= max(map(len, shown.stdout.splitlines()))
    assert (2, True) == (bare.exit_code, all(f"{title}:" in bare.output for title in MENU))
