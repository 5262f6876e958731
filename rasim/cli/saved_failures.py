"""Failures save themselves: a scenario that failed, with how it was played; `rasim replay` plays it again.

A saved failure is a scenario file with one more key, `replay`. Where it cannot be written, that is said and nothing else happens.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve

from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.scenario import Played
    from rasim.verify import Judged

FOLDER: Final = ".rasim/failed"


option = click.option(
    "--save",
    metavar="FOLDER",
    default=FOLDER,
    show_default=True,
    help="Where failures are saved as scenarios; an empty name saves none.",
)


def save_played(played: "Played", folder: str) -> None:
    """Save a scenario that failed. One that was saved before is left as it is."""
    if not folder or played.scenario is None or played.scenario.replay is not None:
        return
    from rasim.scenario.model import Replay
    from rasim.scenario.writer import write_replay

    source, text = Path(played.file), "\n".join(played.scenario.lines)
    beside = Path(os.path.relpath(source.parent, folder)).as_posix()
    replay = Replay(
        source.as_posix(), beside, played.seed, played.problems[0].message, played.order, every_order=played.tape
    )
    how = f"seed-{played.seed}" if played.tape is None else "every-order"
    _write(Path(folder, f"{_stem(source)}-{how}.yaml"), f"{text.rstrip()}\n{write_replay(replay)}")


def save_shrunk(played: "Played", tape: str, folder: str) -> "Played":
    """Save a storm that failed, as the scenario that it was shrunk to; return it as it fails when that file is played."""
    from rasim.runtime.tape import Tape
    from rasim.scenario.model import Replay
    from rasim.scenario.reader import read_scenario
    from rasim.scenario.storms import blown
    from rasim.scenario.writer import write_scenario

    if played.scenario is None or not folder:
        return played
    source = Path(played.file)
    beside = Path(os.path.relpath(source.parent, folder)).as_posix()
    replay = Replay(source.as_posix(), beside, 0, played.problems[0].message, tape=tape)
    path = Path(folder, f"{_stem(source)}-storm-{played.seed}.yaml")
    text = write_scenario(evolve(played.scenario, replay=replay))
    _write(path, text)
    again = blown(read_scenario(text, str(path)), Tape.read(tape) if tape else None)
    return evolve(again, seed=played.seed, file=played.file)


def _stem(source: Path) -> str:
    """Return a file's path as a name, so that files of one name in several folders stay apart."""
    near = source.resolve().relative_to(Path.cwd()) if source.resolve().is_relative_to(Path.cwd()) else source.resolve()
    return "-".join(part for part in near.with_suffix("").parts if part != near.anchor)


def write_trace(played: "Played", folder: str) -> None:
    """Write the trace of a scenario as a file that `rasim judge` reads. UsageError if it cannot be written."""
    from rasim.scenario.judged import whole

    source, lines = Path(played.file), () if played.scenario is None else whole(played.scenario, played.trace)
    text = "".join(f"{json.dumps(recorded.as_json())}\n" for recorded in lines)
    seed = f"-seed-{played.seed}" if played.seed else ""
    _write_below(folder, f"{_stem(source)}{seed}.jsonl", text)


def write_itf(judged: "Iterable[Judged]", folder: str) -> None:
    """Write every way that was found, for viewers of ITF. UsageError if that cannot be done."""
    from rasim.interop.exports import as_itf

    for each in judged:
        if each.finding is not None and each.finding.steps and each.model is not None:
            text = json.dumps(as_itf(each.finding, each.model), indent=1)
            _write_below(folder, f"{each.promise.name}.itf.json", f"{text}\n")


def _write_below(folder: str, name: str, text: str) -> None:
    from rasim.cli.files import make_folder, write_whole

    make_folder(folder)
    write_whole(str(Path(folder, name)), text.encode())


def save_broken(judged: "Judged", folder: str) -> None:
    """Save the shortest way in which a promise is broken, as steps that may be turned away: by a table that is mended they are.

    Beside the scenario: a sequence diagram, a test for pytest, and the trace as viewers of ITF open it.
    """
    from rasim.analysis.counterexample import scenario_of
    from rasim.interop import exports
    from rasim.scenario.model import Replay
    from rasim.scenario.writer import write_scenario

    if folder and judged.finding is not None and judged.finding.steps and judged.model is not None:
        replay = Replay(f"rasim check, {judged.model.name}", failed=judged.finding.because)
        name, of = judged.promise.name, (judged.finding, judged.model)
        if _write(Path(folder, f"{name}.yaml"), write_scenario(evolve(scenario_of(*of, tries=True), replay=replay))):
            beside = {
                f"{name}.mmd": exports.as_mermaid(*of),
                f"test_{name}.py": exports.as_pytest(*of),
                f"{name}.itf.json": f"{json.dumps(exports.as_itf(*of), indent=1)}\n",
            }
            for file, text in beside.items():
                _put(Path(folder, file), text)
            click.echo(f"rasim: beside it: {', '.join(beside)}", err=True)


def _write(path: Path, text: str) -> bool:
    """Write a scenario with how it came about; say so, and return whether it was possible."""
    from rasim.policy import printable

    written = _put(path, text)
    if written:
        click.echo(f"rasim: saved; again with: rasim replay {printable(str(path))}", err=True)
    return written


def _put(path: Path, text: str) -> bool:
    from rasim.policy import printable

    try:
        _write_below(str(path.parent), path.name, text)
    except UsageError as error:
        click.echo(f"rasim: {printable(str(path))}: the failure is not saved: {error}", err=True)
        return False
    return True
