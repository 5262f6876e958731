"""A trace that your own test holds in its hands, against the promises: what `rasim judge` says of a file, without a file.

    assert_kept(recorder, without={"a_refusal_rests": "we ask again at once, on purpose"})

A trace is a `Recorder`, the trace of a `Meeting`, the path of a file, or an open file, lines of text or objects. *Cannot tell* is no pass.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rasim.analysis.judged_files import JudgedFile, judge_lines, opened_trace
from rasim.document.excerpt import Excerpt, Keeper
from rasim.errors import TraceError, UsageError, Where
from rasim.inputs import open_file
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.lines import Line, Recorded
from rasim.protocol.trace_text import read_trace
from rasim.report.judge import document
from rasim.report.outputs import render
from rasim.testing.recorder import Recorder
from rasim.verify.promises.judge import Judge, JudgedTrace
from rasim.verify.promises.selection import Selection, choose

_END = Line("recording_ended")
Trace = Recorder | Path | Iterable[str | bytes | Mapping[str, Any] | Recorded]


def judge(
    trace: Trace, *, choices: Choices = STRICT, only: Iterable[str] = (), without: Mapping[str, str] | None = None
) -> JudgedTrace:
    """Judge a trace: which promises it breaks, which it leaves open, which it keeps, and which were not asked.

    `only` are promises by name or by group, `without` those that are not asked, each with the reason; a group is `stated`, `added`, or
    a kind of lines (`prompts`, `input`, ...: the promises that need them). `choices` are your product's times; one of 0 promises
    nothing.

    Raises:
        TraceError: a line is no trace line; `problems` are all mistakes. Or the file cannot be read. Nothing is judged.
        UsageError: no promise is called so, or none is left; this is no trace.

    """
    return judged_with_lines(trace, choices, choose(only, without))[0]


def assert_kept(
    trace: Trace, *, choices: Choices = STRICT, only: Iterable[str] = (), without: Mapping[str, str] | None = None
) -> JudgedTrace:
    """Assert that a trace keeps every promise that it was asked; return what was judged. The arguments are those of `judge`.

    Raises AssertionError with each promise that is broken, why, and the lines around it; or with what cannot be told, and what it
    needs. TraceError and UsageError as `judge`.
    """
    __tracebackhide__ = True
    judged, excerpt, _ = judged_with_lines(trace, choices, choose(only, without))
    return kept_or_shown(judged, excerpt)


def kept_or_shown(judged: JudgedTrace, excerpt: Excerpt) -> JudgedTrace:
    """Return what was judged if it is kept; raises AssertionError with what is not."""
    __tracebackhide__ = True
    if judged.verdict != "kept":
        raise AssertionError(render(document([JudgedFile("the trace", judged, excerpt=excerpt)]), "text"))
    return judged


def judged_with_lines(
    trace: Trace, choices: Choices, selection: Selection, *, whole: bool = False
) -> tuple[JudgedTrace, Excerpt, frozenset[str]]:
    """Return what a trace shows, its lines around what broke, and which events it tells of; a `whole` one need not say that it is."""
    judge_, keeper = Judge(choices, selection), Keeper()
    judge_lines(_read(trace, whole=whole), judge_, keeper)
    closed = judge_.close()
    return closed, keeper.excerpt([broken.number for broken in closed.broken]), judge_.events


def recorded_of(trace: Trace) -> list[Recorded]:
    """Return the lines of a trace; those that a recorder wrote were looked at there.

    Raises:
        TraceError: a line is no trace line.
        UsageError: this is no trace.

    """
    lines = trace if isinstance(trace, Path) else list(trace)
    looked_at = [] if isinstance(lines, Path) else [each for each in lines if isinstance(each, Recorded)]
    return looked_at if looked_at == lines else [recorded for _, recorded in _read(lines)]


def _read(trace: Trace, *, whole: bool = False) -> Iterator[tuple[int, Recorded]]:
    if isinstance(trace, Path):
        with opened_trace(open_file(trace, TraceError), str(trace)) as lines:
            yield from read_trace(lines, str(trace))
        return
    number, recorded = 0, Recorded(0, _END)
    for number, recorded in read_trace(_lines(trace), "the trace"):
        yield number, recorded
    if whole and recorded.line.event != _END.event:
        yield number + 1, Recorded(recorded.seq + 1, _END, recorded.at)


def _lines(trace: Iterable[Any]) -> Iterator[str | Mapping[str, Any]]:
    for number, line in enumerate(trace, 1):
        match line:
            case str() | Mapping():
                yield line
            case bytes():
                try:
                    yield line.decode()
                except UnicodeDecodeError:
                    raise TraceError("these bytes are no text in UTF-8", Where("the trace", line=number)) from None
            case Recorded():
                yield line.as_json()
            case _:
                raise UsageError(f"a line of a trace is a text or an object, not {type(line).__name__}")
