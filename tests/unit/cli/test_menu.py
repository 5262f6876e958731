"""The commands by what a person wants, with an example of each."""

import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim, run_line
from rasim.cli.menu import EXAMPLES, MENU
from rasim.errors import Exit

TOP = Path(__file__).parents[3]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_can_be_typed(name: str) -> None:
    """An example is a call that the command takes, and stands at the end of its help."""
    first, called, *args = shlex.split(EXAMPLES[name])
    command = rasim.get_command(click.Context(rasim), name)

    assert command is not None
    assert ("rasim", name) == (first, called)
    assert isinstance(command, click.Group) or command.make_context(name, list(args)).params
    assert f"Example: {EXAMPLES[name]}\n" in CliRunner().invoke(rasim, [name, "--help"]).stdout


FILES = {
    "Registry.pol": "scenarios/who-may-offer/helpdesk.pol",
    "before.pol": "scenarios/who-may-offer/branch.pol",
    "after.pol": "scenarios/who-may-offer/branch.pol",
    "scenario.yaml": "scenarios/the-second-click/two-clicks-and-a-key.yaml",
    "trace.jsonl": "tests/data/cases/case-03-buttons-vanish-and-access-is-there.good.jsonl",
}
# What takes long, waits for somebody, or needs a product is tried by the tests of its own command.
RUN = [name for name in EXAMPLES if name not in {"check", "review", "replay", "conform", "learn", "host", "expert"}]


@pytest.mark.parametrize("name", RUN)
def test_an_example_does_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the files are that it names an example works: it ends with 0, or with 1 or 3 for what it finds."""
    for made, kept in FILES.items():
        (tmp_path / made).write_bytes((TOP / kept).read_bytes())
    monkeypatch.chdir(tmp_path)
    first, *args = shlex.split(EXAMPLES[name])

    assert (first, True) == ("rasim", run_line(args) in {Exit.OK, Exit.FAILED, Exit.INCONCLUSIVE})


def test_help_is_in_groups_and_fits() -> None:
    """Help shows the commands by what a person wants, within 80 columns; without a command it is shown with exit code 2."""
    shown, bare = CliRunner().invoke(rasim, ["--help"]), CliRunner().invoke(rasim, [])

    assert all(f"{title}:" in shown.stdout for title in MENU)
    assert 80 >= max(map(len, shown.stdout.splitlines()))
    assert (2, True) == (bare.exit_code, all(f"{title}:" in bare.output for title in MENU))
