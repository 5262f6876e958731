"""`rasim new NAME`: a folder to begin with, or with `--repo` a repository that guards a policy; its files stand in `template/`."""

import os
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.files import make_folder, write_whole
from rasim.cli.origin import requirement
from rasim.errors import UsageError


def files_of(kind: str, name: str) -> dict[str, str]:
    """Return the texts of a template by their paths, in the order of these; with them the schema that the scenarios name.

    In them `{name}` is the name given, and `{rasim}` what installs this rasim again.
    """
    found = _below(files("rasim.cli") / "template" / kind)
    made = {path: text.replace("{name}", name).replace("{rasim}", requirement("testing")) for path, text in found}
    schema = files("rasim.scenario") / "scenario.schema.json"
    return dict(sorted({**made, schema.name: schema.read_text("utf-8")}.items()))


def _below(folder: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    for each in folder.iterdir():
        path = f"{above}{each.name}"
        if each.is_file():
            yield path, each.read_text("utf-8")
        elif each.name != "__pycache__":  # what installers compile
            yield from _below(each, f"{path}/")


@click.command(cls=AdvisedCommand)
@click.argument("name", metavar="NAME", required=False)
@click.option("--repo", is_flag=True, help="Make a repository that lets no change of a policy make more possible.")
def new(name: str | None, *, repo: bool) -> None:
    """Make a folder NAME with a policy, a scenario that passes and its twin that fails.

    With --repo, a repository instead (NAME is remote-help unless said): a policy with its baseline, scenarios and tests of it,
    and what a pull request has to pass. Nothing that exists is touched. Exit code: 0 made, 2 the name cannot be a folder's or is
    taken.
    """
    if name is None:
        if not repo:
            raise UsageError("a folder to begin with needs a name: rasim new NAME")
        name = "remote-help"
    if not re.fullmatch(r"[^\W_][\w.-]{0,63}", name):
        raise UsageError(f"{name!r} is no name for a folder: letters, digits, dots and - only")
    folder = Path(name)
    if os.path.lexists(folder):
        raise UsageError(f"{name} exists already: nothing was changed")
    for path, text in files_of("repository" if repo else "starter", name).items():
        make_folder((folder / path).parent)
        write_whole(str(folder / path), text.encode())
        click.echo(f"made  {name}/{path}")
    click.echo(f"next: rasim run {name}")
