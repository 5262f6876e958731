"""`rasim judge TRACE...`: traces that anybody recorded, against the promises."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click
from attrs import evolve, frozen

from rasim.cli import progress
from rasim.cli.advised import AdvisedCommand
from rasim.cli.complaints import Complaints
from rasim.cli.files import told_already
from rasim.cli.kinds import SQLITE
from rasim.cli.options import choice_values, judged_promises, report_files
from rasim.errors import TraceError, UsageError, Where

if TYPE_CHECKING:
    from rasim.analysis.judged_files import JudgedFile
    from rasim.engines.results import Watch
    from rasim.interop.logs import LatestLine
    from rasim.interop.mapping import LogMapping
    from rasim.protocol.choices import Choices
    from rasim.protocol.lines import Recorded
    from rasim.verify.promises.judge import Judge
    from rasim.verify.promises.selection import Selection

ENDINGS: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".sqlite")
STDIN: Final = "-"
_OFTEN: Final = 256  # lines after which it is told how far it is


@click.command(cls=AdvisedCommand)
@click.argument("traces", nargs=-1, required=True, metavar="TRACE...", type=click.Path(readable=False, allow_dash=True))
@choice_values.option
@judged_promises.options
@click.option(
    "--mapping",
    "mapping_file",
    metavar="FILE",
    type=click.Path(),
    help="Read logs of another product, JSON lines, CSV or text, by a mapping file (YAML).",
)
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes to judge in; as many as there are processors.")
@click.option(
    "--verbose", is_flag=True, help="Of each trace also say which promises were asked, and which were not and why."
)
@click.option(
    "--record",
    is_flag=True,
    help="Of each trace also tell who saw and held what by whose yes, from its audit record alone.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Of each trace also ask whether the table could have done it, and show the first line that it could not have left.",
)
@report_files.formats("junit")
@click.pass_context
def judge(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    traces: tuple[str, ...],
    choices: tuple[str, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    mapping_file: str | None,
    jobs: int | None,
    verbose: bool,
    record: bool,
    explain: bool,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Judge traces of any product: JSON lines (docs/reference/trace-lines.md), plain or gzip, files or folders, or - .

    In a folder every .jsonl, .ndjson, their .gz and .sqlite is a trace; a record of rasim in SQLite has one of each computer.
    Exit code: 0 all kept, 1 one is broken (with --explain: or not explained), 2 one cannot be read, 3 of one the verdict cannot
    be told, 4 there is none.
    """
    from rasim.analysis.judged_files import exit_code
    from rasim.report.judge import as_json, document, line_of_trace, mistakes_of
    from rasim.report.outputs import Answer
    from rasim.verify.promises.selection import choose

    inputs = (*traces, *filter(None, (mapping_file,)))
    wanted = report_files.reports_of(reports, form, inputs, ("junit", *report_files.FORMATS))
    under = choice_values.choices_of(choices)
    chosen = choose(only, judged_promises.reasons_of(without))
    mapping = None if mapping_file is None else _mapping(mapping_file)
    if explain and mapping is not None and mapping.decides is not None:
        raise UsageError(
            "--explain asks for all that happened, and this log does not tell it (`decides` in its mapping)"
        )
    files, missing = _collect(traces, folders=mapping is None)
    brief = form == "text" and not verbose  # without the lines around what broke; a file that is written has them
    shown = not brief or bool({"text", "markdown", "html"} & {each.kind for each in wanted})
    whole |= verbose
    streamed = form == "text" and whole and len(files) + len(missing) > 1
    judged: list[JudgedFile] = []
    one = Work("", under, chosen, record, shown, explain, mapping)
    work = [each for file in files for each in _each(evolve(one, file=file), missing)]
    complaints = Complaints()
    with progress.shown() as watch:
        for each in chain(missing, _all(work, jobs or os.cpu_count() or 1, watch)):
            judged.append(each)
            if streamed:
                click.echo(line_of_trace(each))
            for mistake in () if each in missing and told_already(each.file, form) else mistakes_of(each):
                complaints.add(mistake)
    complaints.end()
    if streamed:
        click.echo()
    if not judged:
        click.echo(f"rasim: no trace found; in a folder a trace is a file that ends in {', '.join(ENDINGS)}", err=True)
    verbose |= len(judged) == 1  # of one trace all of the text has the promises by name
    answer = Answer(
        partial(document, judged, verbose=verbose), partial(as_json, judged), {"junit": partial(_as_junit, judged)}
    )
    here = [evolve(each, excerpt=None) for each in judged] if brief else judged
    rest = evolve(answer, document=partial(document, here, verbose=verbose, listed=not streamed))
    report_files.show_answer(answer, form, wanted, [each.file for each in judged], rest, whole=whole)
    ctx.exit(int(exit_code(judged)))


def _as_junit(judged: "Sequence[JudgedFile]") -> str:
    from rasim.interop.junit import of_traces

    return of_traces(judged)


def _mapping(file: str) -> "LogMapping":
    from rasim.interop.mapping import load_mapping

    return load_mapping(file)


def _collect(names: Sequence[str], *, folders: bool) -> "tuple[list[str], list[JudgedFile]]":
    """Return the traces under the names, in order and each once, and an error for each name that is not there, or may be no folder."""
    from rasim.analysis.judged_files import JudgedFile
    from rasim.inputs import files_below, is_folder, not_there

    found: dict[str, str] = {}  # by what it leads to
    missing: list[JudgedFile] = []

    def failed(error: TraceError) -> None:
        missing.append(JudgedFile(error.where.file, error=error))

    for name in names:
        if name == STDIN:
            found.setdefault(name, name)
        elif is_folder(name) and not folders:
            failed(TraceError("a folder: with --mapping name the logs themselves", Where(name)))
        elif is_folder(name):
            for path in files_below(name, ENDINGS, failed, TraceError):
                found.setdefault(os.path.realpath(path), str(path))
        elif why := not_there(name):
            failed(TraceError(why, Where(name)))
        elif Path(name).is_file():
            found.setdefault(os.path.realpath(name), name)
        else:
            failed(TraceError("is not a regular file; a pipe is read from -", Where(name)))
    return list(found.values()), missing


@frozen
class Work:
    """A trace, or a log with its mapping, to be judged: which promises, what is wanted besides, whether lines are shown."""

    file: str
    choices: "Choices"
    chosen: "Selection"
    record: bool
    shown: bool
    explain: bool
    mapping: "LogMapping | None" = None
    computer: str | None = None  # of a record with several

    @property
    def name(self) -> str:
        """Return what the trace is called."""
        return self.file if self.computer is None else f"{self.file}#{self.computer}"


def _each(work: Work, missing: "list[JudgedFile]") -> list[Work]:
    """Return the traces of a file: one, or that of each computer if it is a record of rasim; what cannot be read is missing."""
    from rasim.analysis.judged_files import JudgedFile
    from rasim.inputs import open_file

    try:
        if work.file == STDIN or work.mapping is not None:
            return [work]
        with open_file(work.file, TraceError) as opened:
            if opened.read(len(SQLITE)) != SQLITE:
                return [work]
        try:
            from rasim.runtime.wire.record import computers_of
        except ImportError as error:  # a Python that was built without it
            raise TraceError(f"a record in SQLite, which this Python cannot read: {error}", Where(work.file)) from None

        return [evolve(work, computer=name) for name in computers_of(work.file)]
    except TraceError as error:
        missing.append(JudgedFile(work.file, error=error))
        return []


def _all(work: list[Work], jobs: int, watch: "Watch | None") -> "Iterator[JudgedFile]":
    from rasim.engines.processes import processes

    if len(work) == 1:
        yield _judge(work[0], watch)
        return
    done = progress.told_each(watch, "traces", len(work))
    # Only this process has the standard input.
    if min(jobs, len(work)) <= 1 or any(each.file == STDIN for each in work):
        come: Iterator[JudgedFile] = map(_judge, work)
    else:
        come = processes(min(jobs, len(work)))(_judge, work, chunksize=max(1, len(work) // (4 * jobs)))
    for each in come:
        done(1)
        yield each


def _judge(work: Work, watch: "Watch | None" = None) -> "JudgedFile":
    from rasim.analysis.judged_files import JudgedFile, ReadLog, judge_lines
    from rasim.document.excerpt import Keeper
    from rasim.verify.behaviours.explained import Behaviours
    from rasim.verify.promises.audit_trail import AuditTrail
    from rasim.verify.promises.judge import Judge

    judge_, record = Judge(work.choices, work.chosen), AuditTrail() if work.record else None
    table = Behaviours(work.choices) if work.explain else None
    keeper = Keeper() if work.shown else None
    mapping, latest = work.mapping, _latest(work)
    spoken: dict[int, tuple[str, str]] = {}
    try:
        with _lines_of(work, watch) as lines:
            read = _read(lines, work, latest)
            judge_lines(
                read if latest is None else _spoken(read, judge_, latest, spoken), judge_, keeper, table, record
            )
        trace = judge_.close() if mapping is None else mapping.settled(judge_.close())
    except TraceError as error:
        return JudgedFile(work.name, error=error, log=None if latest is None else ReadLog(latest.number))
    log = None
    if mapping is not None and latest is not None:
        log = ReadLog(latest.number, mapping.decides, mapping.does_not_tell, spoken)
    explained = None if table is None else table.close()
    marked = [broken.number for broken in trace.broken] + [n for n in (explained and explained.number,) if n]
    excerpt = None if keeper is None else keeper.excerpt(marked)
    told = None if record is None else record.intervals
    return JudgedFile(work.name, trace, record=told, excerpt=excerpt, explained=explained, log=log)


@contextmanager
def _lines_of(work: Work, watch: "Watch | None") -> Iterator[Iterator[str]]:
    from rasim.analysis.judged_files import opened_trace

    if work.computer is not None:
        from rasim.runtime.wire.record import lines_of_computer

        with closing(lines_of_computer(work.file, work.computer)) as lines:
            yield _told(lines, None, watch)
        return
    raw = _raw(work.file)
    with opened_trace(raw, work.file) as lines:
        yield _told(lines, None if work.file == STDIN else raw, watch)


def _told(lines: Iterator[str], file: BinaryIO | None, watch: "Watch | None") -> Iterator[str]:
    """Yield lines, and tell how much of the file was read, or how many they are where nobody knows how many there will be."""
    if watch is None:
        return lines
    from rasim.engines.results import PartsDone

    mib = 0 if file is None else os.fstat(file.fileno()).st_size >> 20

    def all_of_them() -> Iterator[str]:
        for number, line in enumerate(lines):
            if number % _OFTEN == 0 and mib and file is not None:
                watch("MiB", PartsDone(file.tell() >> 20, mib))
            elif number % _OFTEN == 0:
                watch("lines", PartsDone(number, None))
            yield line

    return all_of_them()


def _raw(file: str) -> BinaryIO:
    from rasim.inputs import open_file

    if file != STDIN:
        return open_file(file, TraceError)
    if sys.stdin is None:
        raise TraceError("standard input is closed", Where(file))
    return sys.stdin.buffer


def _latest(work: Work) -> "LatestLine | None":
    if work.mapping is None:
        return None
    from rasim.interop.logs import LatestLine

    return LatestLine()


def _spoken(
    read: "Iterator[tuple[int, Recorded]]", judge_: "Judge", latest: "LatestLine", spoken: dict[int, tuple[str, str]]
) -> "Iterator[tuple[int, Recorded]]":
    """Yield what was read, and keep those lines of a log at which the judge notes something."""
    noted = judge_.noted
    for number, recorded in read:
        yield number, recorded
        if judge_.noted != noted:
            noted = judge_.noted
            spoken[number] = latest.text, latest.says


def _read(lines: Iterator[str], work: Work, latest: "LatestLine | None") -> "Iterator[tuple[int, Recorded]]":
    from rasim.protocol.trace_text import read_trace

    if work.mapping is None:
        return read_trace(lines, work.name)
    from rasim.interop.logs import read_log

    return read_log(lines, work.mapping, work.file, latest)
