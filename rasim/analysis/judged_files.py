"""Traces on their way to a verdict, and files with traces that were judged: each with what it shows, or why it cannot be read.

`opened_trace` opens a file, `judge_lines` lets all who judge a trace take one line after another; neither holds the whole of it.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import IO, Any, BinaryIO, Final, Literal

from attrs import field, frozen

from rasim.document.excerpt import Excerpt, Keeper
from rasim.errors import Exit, TraceError, Where, worst
from rasim.inputs import reason
from rasim.protocol.lines import Recorded
from rasim.protocol.trace_text import LONGEST
from rasim.verify.behaviours.explained import Behaviours, ExplainedTrace
from rasim.verify.promises.audit_trail import AuditTrail, Interval
from rasim.verify.promises.judge import Judge, JudgedTrace

_NO_LETTER: Final = "\udcff"  # in place of bytes that are no text: a reader looks ahead, so it cannot say in which line
codecs.register_error("rasim.judge", lambda error: (_NO_LETTER, error.end))  # type: ignore[attr-defined]
_READ_AT_ONCE: Final = LONGEST + 2  # one more than a line with its end may have, so that a longer one is seen to be
_CODES: Final = {"kept": Exit.OK, "broken": Exit.FAILED, "cannot tell": Exit.INCONCLUSIVE, "not read": Exit.USAGE}


@frozen
class ReadLog:
    """A log of another product that was read as a trace: how many lines it has, and what its mapping says of it.

    `decides` are the promises that such a log can settle, None where the mapping does not say; `spoken` are the lines at which a
    promise may break: by number their text, and what the mapping says that they tell.
    """

    lines: int
    decides: frozenset[str] | None = None
    does_not_tell: tuple[str, ...] = ()
    spoken: Mapping[int, tuple[str, str]] = field(factory=dict)


@frozen
class JudgedFile:
    """A file with what its trace shows, or why it cannot be read; `excerpt` where lines of it are to be shown.

    `explained` is whether the table could have done it, where that was asked; `log` what it was read from, if it is no trace itself.
    """

    file: str
    trace: JudgedTrace | None = None
    error: TraceError | None = None
    record: tuple[Interval, ...] | None = None
    excerpt: Excerpt | None = None
    explained: ExplainedTrace | None = None
    log: ReadLog | None = None

    @property
    def verdict(self) -> Literal["kept", "broken", "cannot tell", "not read"]:
        """Return the verdict on the trace, or that there is none."""
        return "not read" if self.trace is None else self.trace.verdict

    @property
    def unexplained(self) -> Literal["", "not explained", "cannot tell if explained"]:
        """Return how it was asked in vain whether the table explains the trace; nothing where it does, or nobody asked."""
        if self.explained is None or self.explained.explained:
            return ""
        return "cannot tell if explained" if self.explained.explained is None else "not explained"


_UNEXPLAINED: Final = {
    "": Exit.OK,
    "not explained": Exit.FAILED,
    "cannot tell if explained": Exit.INCONCLUSIVE,
}


def exit_code(judged: Sequence[JudgedFile]) -> Exit:
    """Return the exit code: unreadable 2, broken or not explained 1, cannot tell 3, no trace at all 4."""
    codes = (code for one in judged for code in (_CODES[one.verdict], _UNEXPLAINED[one.unexplained]))
    return worst(*codes) if judged else Exit.NOTHING


# ---- on the way ------------------------------------------------------------------------------------------------


def judge_lines(
    lines: Iterable[tuple[int, Recorded]],
    judge: Judge,
    keeper: Keeper | None = None,
    table: Behaviours | None = None,
    record: AuditTrail | None = None,
) -> None:
    """Let all who judge a trace take its lines; the keeper keeps those around what the judge notes and what the table does not leave."""
    for number, recorded in lines:
        before = judge.noted, table is not None and table.decided
        judge.take(recorded, number)
        if table is not None:
            table.take(recorded, number)
        if record is not None:
            record.take(recorded)
        if keeper is not None:
            keeper.take(number, recorded, matters=(judge.noted, table is not None and table.decided) != before)


@contextmanager
def opened_trace(raw: BinaryIO, file: str) -> Iterator[Iterator[str]]:
    """Give the lines of a trace, and close it: gzip and UTF-16 (as PowerShell's > writes it) are told by their first bytes."""
    try:
        with raw:
            packed: Any = raw if hasattr(raw, "peek") else io.BufferedReader(raw)
            plain: Any = packed
            if packed.peek(2)[:2] == b"\x1f\x8b":
                plain = io.BufferedReader(gzip.GzipFile(fileobj=packed))
            begins = plain.peek(2)[:2]
            encoding = "utf-16" if begins in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            text = io.TextIOWrapper(plain, encoding=encoding, errors="rasim.judge", newline="\n")
            yield _lines(text, file)
    except (OSError, EOFError, zlib.error) as error:
        raise TraceError(reason(error), Where(file)) from None


def _lines(text: IO[str], file: str) -> Iterator[str]:
    """Yield the lines of a trace, none longer than is looked at; what are no letters is an error of its line."""
    number = 0
    try:
        for number, line in enumerate(iter(partial(text.readline, _READ_AT_ONCE), ""), 1):
            if _NO_LETTER in line:
                raise TraceError("these bytes are no text in UTF-8", Where(file, line=number))
            yield line
    except (OSError, EOFError, zlib.error) as error:  # a file that cannot be read, a gzip that is cut off or is none
        raise TraceError(reason(error), Where(file, line=number + 1)) from None
