"""Files with traces that were judged: each with what its trace shows, or why it cannot be read."""

from collections.abc import Sequence
from typing import Final, Literal

from attrs import frozen

from rasim.document.excerpt import Excerpt
from rasim.errors import Exit, TraceError, worst
from rasim.verify.behaviours.explained import ExplainedTrace
from rasim.verify.promises.audit_trail import Interval
from rasim.verify.promises.judge import JudgedTrace

_CODES: Final = {"kept": Exit.OK, "broken": Exit.FAILED, "cannot tell": Exit.INCONCLUSIVE, "not read": Exit.USAGE}


@frozen
class JudgedFile:
    """A file with what its trace shows, or why it cannot be read; `excerpt` where lines of it are to be shown.

    `explained` is whether the table could have done it, where that was asked.
    """

    file: str
    trace: JudgedTrace | None = None
    error: TraceError | None = None
    record: tuple[Interval, ...] | None = None
    excerpt: Excerpt | None = None
    explained: ExplainedTrace | None = None

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
