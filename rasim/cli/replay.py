"""`rasim replay FILE...`: failures that were saved, played again: FIXED or FAILED."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.progress import counting_up
from rasim.cli.run import collect
from rasim.cli.saved_failures import FOLDER
from rasim.errors import Exit, worst
from rasim.words import printable

if TYPE_CHECKING:
    from rasim.scenario import Played

CODES = {"passed": Exit.OK, "failed": Exit.FAILED, "error": Exit.USAGE}
_WORDS = {"passed": "FIXED", "failed": "FAILED", "error": "error"}


@click.command(cls=AdvisedCommand)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(readable=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def replay(ctx: click.Context, files: tuple[str, ...], form: str) -> None:
    """Play saved failures again, as they were played: with the same seed and the same order of what is together, or by the same tape.

    Of folders (.rasim/failed unless said) what was saved; a scenario that is named is played in any case. FIXED: it goes as it says,
    and its trace breaks no promise. FAILED: it does not. Exit code: 0 all fixed, 1 one failed, 2 one cannot be read or played, 4
    there is none.
    """
    found, missing = collect(files or (FOLDER,) if files or Path(FOLDER).exists() else ())
    named = {Path(file) for file in files}
    played: list[Played] = []
    with counting_up("failures", len(found)) as done:
        for path in found:
            if (one := _again(path, named=path in named)) is not None:
                played.append(one)
            done(1)
    for one in played if form == "text" else ():
        click.echo(printable(f"{_WORDS[one.verdict]:<7} {one.file}"))
        for problem in one.problems:
            click.echo("".join(f"        {printable(line)}\n" for line in str(problem).split("\n")), nl=False)
    for problem in missing:
        click.echo(f"rasim: {printable(str(problem))}", err=True)
    if form == "json":
        said = [
            {"file": one.file, "verdict": _WORDS[one.verdict].lower(), "because": [str(p) for p in one.problems]}
            for one in played
        ]
        click.echo(json.dumps({"replays": said}, indent=2))
    if not played and not missing:
        click.echo(f"rasim: nothing was saved in {', '.join(files) or FOLDER}", err=True)
    codes = [CODES[one.verdict] for one in played] or [Exit.NOTHING]
    ctx.exit(int(worst(*codes, *([Exit.USAGE] if missing else []))))


def _again(path: Path, *, named: bool) -> "Played | None":
    """Play a file as it was played; None for one in a folder that is no saved failure."""
    from rasim.errors import InputError
    from rasim.runtime import Tape
    from rasim.scenario import Played, broken_promise, load, play
    from rasim.scenario.every_order import play_tape
    from rasim.scenario.model import Replay

    try:
        scenario = load(path)
    except InputError as error:
        return Played.unread(path, error)
    if scenario.replay is None and not named:
        return None
    how = scenario.replay or Replay()
    if how.every_order is not None:
        return play_tape(scenario, Tape.read(how.every_order))
    tape = Tape.read(how.tape) if how.tape else None
    return play(scenario, how.seed, look=broken_promise(scenario), only=how.order, tape=tape)
