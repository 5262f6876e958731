"""What can go wrong, said in the field's words, each with the place it went wrong at.

Every error that a person can cause is a `RasimError`. Its class carries the exit code that the
command line answers with, so no flag and no wrapper can move a number (docs/reference/exit-codes.md).
Anything else that escapes is a bug in rasim and ends with `Exit.BUG`.
"""

from enum import IntEnum
from typing import ClassVar, Final, Self

from attrs import field, frozen


class Exit(IntEnum):
    """The exit codes of every command; when several apply the first of 130, 70, 2, 1, 3, 4, 0 wins."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INCONCLUSIVE = 3
    NOTHING = 4
    BUG = 70
    INTERRUPTED = 130


_PRECEDENCE = (Exit.INTERRUPTED, Exit.BUG, Exit.USAGE, Exit.FAILED, Exit.INCONCLUSIVE, Exit.NOTHING, Exit.OK)


def worst(*codes: Exit) -> Exit:
    """Return the code that decides when several answers are given at once."""
    return min(codes, key=_PRECEDENCE.index, default=Exit.OK)


@frozen
class Where:
    """A place in a file: a byte offset in a binary file, a line (and column) in a text; both count from the start.

    Offsets start at 0, lines and columns at 1. `file` is empty for bytes that came from no file. `pointer` is the same place in a
    JSON text, as a JSON pointer (RFC 6901).
    """

    file: str = ""
    offset: int | None = None
    line: int | None = None
    column: int | None = None
    pointer: str = ""

    @property
    def known(self) -> bool:
        """Return whether it says anything: a value given in words comes from nowhere."""
        return bool(self.file) or self.offset is not None or self.line is not None

    def __str__(self) -> str:
        if self.offset is not None:
            return f"{self.file or '<bytes>'}: offset {self.offset}"
        if self.line is None:
            return self.file or "<nowhere>"
        column = "" if self.column is None else f":{self.column}"
        return f"{self.file or '<text>'}:{self.line}{column}"


class RasimError(Exception):
    """Root of everything rasim raises on purpose; never raised itself."""

    exit_code: ClassVar[Exit] = Exit.USAGE


@frozen(str=False)
class _FileError(RasimError):
    """A file that cannot be read: what is wrong, and where."""

    message: str
    where: Where = field(factory=Where)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class PolicyFileError(_FileError):
    """A policy file that cannot be read: what is wrong, and where. Nothing of such a file is used (R27, R51)."""


class UsageError(RasimError):
    """A command or a call that makes no sense: an unknown name, a path that is not there."""


_AROUND: Final = 100  # letters of a line that are shown on either side of a mistake


@frozen
class Problem:
    """One mistake in a text: where it is, what is wrong, the line itself, and what may have been meant."""

    where: Where
    message: str
    excerpt: str = ""
    hint: str = ""

    def __str__(self) -> str:
        shown = f"{self.where}: {self.message}"
        shown += "".join(f"\n    {line}" for line in self.pointed())
        return shown + (f"\n    help: {self.hint}" if self.hint else "")

    def pointed(self) -> tuple[str, ...]:
        """Return the line with a mark below the place: of a long one what is around that, of one that is no text nothing."""
        if not self.excerpt or any(letter < " " and letter != "\t" for letter in self.excerpt):
            return ()
        at = (self.where.column or 1) - 1
        begin = max(0, at - _AROUND) if len(self.excerpt) > 2 * _AROUND else 0
        part = self.excerpt[begin : begin + 2 * _AROUND]
        before, after = "…" if begin else "", "…" if begin + len(part) < len(self.excerpt) else ""
        return f"{before}{part}{after}", f"{' ' * (at - begin + len(before))}^"


@frozen(str=False)
class TraceError(_FileError):
    """A trace that cannot be read: what is wrong, and in which line; `more` are its further mistakes. Nothing of it is judged."""

    more: tuple["TraceError", ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return all its mistakes in the order of the file."""
        return tuple(Problem(each.where, each.message) for each in (self, *self.more))

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@frozen(str=False)
class InputError(RasimError):
    """A file that cannot be opened or is not understood: all its mistakes at once, in the order of the file."""

    problems: tuple[Problem, ...]

    @classmethod
    def at(cls, message: str, where: Where) -> Self:
        """Return the error of one mistake."""
        return cls((Problem(where, message),))

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@frozen(str=False)
class ScenarioError(InputError):
    """A scenario that is not understood."""
