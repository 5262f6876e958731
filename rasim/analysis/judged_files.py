"""Files with traces that were judged: each with what its trace shows, or why it cannot be read."""

from collections.abc import Sequence
from typing import Final, Literal

from attrs import frozen

from rasim.document.excerpt import Excerpt
from rasim.errors import Exit, TraceError, worst
from rasim.verify.promises.audit_trail import Interval
from rasim.verify.promises.judge import JudgedTrace

_CODES: Final = {"kept": Exit.OK, "broken": Exit.FAILED, "cannot tell": Exit.INCONCLUSIVE, "not read": Exit.USAGE}


@frozen
class JudgedFile:
    """A file with what its trace shows, or why it cannot be read; `excerpt` where lines of it are to be shown."""

    file: str
    trace: JudgedTrace | None = None
    error: TraceError | None = None
    record: tuple[Interval, ...] | None = None
    excerpt: Excerpt | None = None

    @property
    def verdict(self) -> Literal["kept", "broken", "cannot tell", "not read"]:
        """Return the verdict on the trace, or that there is none."""
        return "not read" if self.trace is None else self.trace.verdict


def exit_code(judged: Sequence[JudgedFile]) -> Exit:
    """Return the exit code: unreadable 2, broken 1, cannot tell 3, no trace at all 4."""
    return worst(*(_CODES[one.verdict] for one in judged)) if judged else Exit.NOTHING
