"""`--report KIND=FILE,…`: several reports of one answer, beside what goes to standard output.

`github` has no file: GitHub reads annotations from the step's own output, so they follow the text there; beside a format for
machines they would spoil it. Files are put in place whole. Nothing here moves an exit code, but for a file that cannot be
written: that is an error of usage.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import frozen

from rasim.cli.options.completed import a_report
from rasim.cli.options.groups import Command, together
from rasim.errors import UsageError
from rasim.words import not_called, printable

if TYPE_CHECKING:
    from rasim.report.outputs import Answer

FORMATS: Final = ("text", "json", "markdown", "html")
_NOT_SO: Final = frozenset((None, "", "0", "false"))  # of a variable that forces


@frozen
class Report:
    """A report that was asked for: its kind, and its file; None for standard output."""

    kind: str
    file: str | None


def formats(*more: str) -> Callable[[Command], Command]:
    """Return what adds `--format`, `--all` and `--report` to a command; `more` is what it has beside what all have."""
    kinds = (*FORMATS, *more)
    files = ", ".join(f"{kind}=F" for kind in kinds if kind != "github")
    github = "; github goes to standard output" if "github" in kinds else ""
    says = f"Write further reports: {files}{github}."
    return together(
        click.option(
            "--format", "form", type=click.Choice(kinds), default="text", show_default=True, help="How to answer."
        ),
        click.option(
            "--all", "whole", is_flag=True, help="Show all of the text; other formats and reports always have it."
        ),
        click.option(
            "--report", "reports", multiple=True, metavar="KIND=FILE,…", help=says, shell_complete=a_report(kinds)
        ),
    )


def show_answer(
    answer: "Answer",
    form: str,
    reports: "Iterable[Report]",
    read: Iterable[str] = (),
    rest: "Answer | None" = None,
    *,
    whole: bool = False,
) -> None:
    """Print an answer in a format, then what goes to standard output beside it, and write the reports that have a file.

    Where a part of it was printed while it was made, only the `rest` is. Text is the first screen unless the `whole` is asked for; a
    file that is written always has all.

    Raises:
        UsageError: as `write_all`.

    """
    reports = tuple(reports)
    for kind in (form, *(report.kind for report in reports if report.file is None)):
        _echo((rest or answer).pieces(kind, brief=not whole, **_terminal()))
    write_all(reports, {report.kind: partial(answer.pieces, report.kind) for report in reports}, read)


def _echo(pieces: Iterable[str]) -> None:
    """Print pieces as they come, and a line's end after them if they say anything."""
    said = False
    for piece in pieces:
        sys.stdout.write(piece)
        said = said or bool(piece)
    if said:
        click.echo()


def _terminal() -> dict[str, Any]:
    """Return how wide the terminal is, nothing where the output goes elsewhere; and whether colours are shown."""
    width = {"width": shutil.get_terminal_size().columns} if sys.stdout.isatty() else {}
    return {**width, "colour": _coloured()}


def _coloured() -> bool:
    """Tell whether an answer has colours, by no-color.org, force-color.org and bixense.com/clicolors: first of all who wants none has none."""
    told = os.environ.get
    if told("NO_COLOR"):
        return False
    if not {told("FORCE_COLOR"), told("CLICOLOR_FORCE")} <= _NOT_SO:
        return True
    if "0" in (told("FORCE_COLOR"), told("CLICOLOR")):
        return False
    return sys.stdout.isatty() and told("TERM") not in ("dumb", "unknown")


def reports_of(
    asked: Iterable[str], form: str, inputs: Iterable[str], kinds: tuple[str, ...] = FORMATS
) -> tuple[Report, ...]:
    """Return the reports that the option asks for.

    Raises:
        UsageError: an unknown kind, a file that is missing or is one of the inputs, annotations beside a format for machines.

    """
    from rasim.cli.files import must_be_writable

    reports = tuple(_report(part, kinds) for each in asked for part in each.split(",") if part.strip())
    taken = {_same(path) for path in inputs}
    for report in reports:
        if report.kind == "github" and report.file is None and form != "text":
            raise UsageError(
                f"annotations for github go to standard output and would spoil --format {form}; give github=FILE"
            )
        if report.file is not None and _same(report.file) in taken:
            raise UsageError(f"{printable(report.file)}: a report would overwrite a file that is read or written here")
        if report.file is not None:
            must_be_writable(report.file)
            taken.add(_same(report.file))
    return reports


def _same(path: str) -> str:
    try:
        return str(Path(path).resolve())
    except (OSError, RuntimeError, ValueError):
        return path


def _report(asked: str, kinds: tuple[str, ...]) -> Report:
    kind, equals, file = asked.strip().partition("=")
    if kind not in kinds:
        raise UsageError(not_called("no report", kind, kinds))
    if equals and not file:
        raise UsageError(f"--report {kind}= names no file")
    if not equals and kind != "github":
        raise UsageError(f"a report of kind {kind} needs a file: --report {kind}=FILE")
    return Report(kind, file or None)


def write_all(
    reports: Iterable[Report], made: Mapping[str, Callable[[], Iterable[str]]], read: Iterable[str] = ()
) -> None:
    """Write the reports that have a file; `made` gives each kind's text in pieces, `read` are the files that were met and read.

    Raises:
        UsageError: one cannot be written, or would overwrite what was read or a part of a folder that was.

    """
    from rasim.cli.files import write_whole

    reports = tuple(reports)
    taken = {Path(_same(path)) for path in read} if any(report.file is not None for report in reports) else set()
    for report in reports:
        if report.file is not None and not taken.isdisjoint((target := Path(_same(report.file)), *target.parents)):
            raise UsageError(f"{printable(report.file)}: a report would overwrite a file that was read")
    for report in reports:
        if report.file is not None:
            write_whole(report.file, _as_bytes(made[report.kind]()))


def _as_bytes(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield a text as its file has it: with an end to its last line."""
    end = ""
    for piece in pieces:
        end = piece[-1:] or end
        yield piece.encode("utf-8", "backslashreplace")
    if end != "\n":
        yield b"\n"
