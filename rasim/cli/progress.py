"""How far a command is, on a terminal: one line on standard error, once it takes longer than anybody likes to wait; nothing in a pipe.

All that takes long is told to one `Watch`: so many parts are done, of how many if that is known, or so many states were explored. The
line is cut at the terminal's width, and taken away before anything else is printed and at the end, so that nothing of it stays.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from rasim.words import plural

if TYPE_CHECKING:
    from rasim.engines.results import PartsDone, Watch
    from rasim.verify.states.explore import Sofar

SILENT_FOR: Final = 1.5  # seconds in which nothing is shown
BEAT: Final = 0.5  # seconds after which the line is drawn again though nothing was told
OFTEN: Final = 0.1  # seconds from one look to the next: who works is not to wait for the screen
_BAR: Final = 12  # columns; without room for them there is no bar
_ECHO: Final = 8
"""Columns left free: a terminal writes ^C wherever its cursor is, if need be into the middle of an order to clear the line, which
is then text in it; a line that is full would go on in the next, where nobody clears it."""


@contextmanager
def shown() -> "Iterator[Watch | None]":
    """Give what shows progress, None where nobody would see it."""
    if not sys.stderr.isatty() or os.environ.get("TERM") in ("dumb", "unknown"):
        yield None
        return
    before = sys.stdout, sys.stderr
    line = _StatusLine(sys.stderr)
    sys.stdout, sys.stderr = (_Aside(each, line) if each.isatty() else each for each in before)
    try:
        with _beating(line.beat):
            yield line.watch
    finally:
        sys.stdout, sys.stderr = before
        line.hide()


@contextmanager
def _beating(beat: Callable[[], None]) -> Iterator[None]:
    """Call this now and then, so that it is seen that something goes on; no thread does it, for beside one no process can be forked."""
    ours = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return

    def heard(*_: object) -> None:
        beat()

    signal.signal(signal.SIGALRM, heard)
    signal.setitimer(signal.ITIMER_REAL, SILENT_FOR, BEAT)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGALRM) is heard:  # else somebody else has taken it meanwhile
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)


@contextmanager
def counting_up(what: str, many: int | None) -> "Iterator[Callable[[int], None]]":
    """Give what takes in how many more of `what` are done, of how many if that is known."""
    with shown() as watch:
        yield told_each(watch, what, many)


def told_each(watch: "Watch | None", what: str, many: int | None) -> Callable[[int], None]:
    """Return what takes in how many more of `what` are done."""
    from rasim.engines.results import PartsDone

    done = 0

    def more(number: int) -> None:
        nonlocal done
        done += number
        if watch is not None:
            watch(what, PartsDone(done, many))

    more(0)
    return more


@define
class _StatusLine:
    """The line: what is told is drawn now and then, and what is a new part at once."""

    stream: Any
    begun: float = field(factory=monotonic)
    part: str = ""
    sofar: "Sofar | PartsDone | None" = None
    since: float = 0.0
    first: int = 0
    looked: float = 0.0
    console: Any = None  # rich's, while the line is there
    busy: bool = False  # something is printed, which a beat must not break into

    def watch(self, part: str, sofar: "Sofar | PartsDone") -> None:
        """Take in how far a part is."""
        now = monotonic()
        self.sofar = sofar
        if new := part != self.part:
            self.part, self.since, self.first = part, now, _many(sofar)
        if now - self.begun >= SILENT_FOR and (new or now - self.looked >= OFTEN):
            self._show(now)

    def beat(self) -> None:
        """Show what was told last, and how long ago it began."""
        if self.sofar is not None and not self.busy:
            self._show(monotonic())

    def hide(self) -> None:
        """Take the line away."""
        if self.console is not None:
            console, self.console = self.console, None
            with self.printing():
                console.control(_cleared())

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Let nothing break in."""
        before, self.busy = self.busy, True
        try:
            yield
        finally:
            self.busy = before

    def _show(self, now: float) -> None:
        if self.sofar is not None:
            self.looked = now
            with self.printing():
                self._draw(*_said(self.part, self.sofar, _many(self.sofar) - self.first, now - self.since))

    def _draw(self, says: str, share: float | None) -> None:
        from rich.console import Console
        from rich.progress_bar import ProgressBar
        from rich.segment import Segment, Segments
        from rich.text import Text

        # Neither rich's Live, which counts on lines being where it left them, nor its Progress, whose thread forbids to fork.
        self.console = console = self.console or Console(file=self.stream, force_terminal=True)
        width = max(_columns(console) - _ECHO, 1)
        text = Text(says, no_wrap=True, overflow="ellipsis", end="")
        text.truncate(width, overflow="ellipsis")
        line = list(console.render(text))
        if share is not None and len(says) + 1 + _BAR <= width:
            line += [Segment(" "), *console.render(ProgressBar(1.0, share, width=_BAR))]
        with console:  # what clears the line and what is in it are written as one
            console.control(_cleared())
            console.print(Segments(line), end="")


def _columns(console: Any) -> int:
    """Return how wide the terminal is now: COLUMNS, which rich believes, is what somebody said once."""
    said = int(console.width)
    try:
        return min(said, os.get_terminal_size(console.file.fileno()).columns or said)
    except (OSError, ValueError):
        return said


def _cleared() -> Any:
    """Return what takes away the line in which the cursor is."""
    from rich.control import Control
    from rich.segment import ControlType

    return Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))


class _Aside:
    """A stream that ends at the terminal where the line is, which makes room for what is printed."""

    def __init__(self, stream: Any, line: _StatusLine) -> None:
        self._stream, self._line = stream, line

    def write(self, text: str) -> int:
        """Take the line away, and write."""
        self._line.hide()
        with self._line.printing():
            return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _many(sofar: "Sofar | PartsDone") -> int:
    from rasim.engines.results import PartsDone

    return sofar.done if isinstance(sofar, PartsDone) else sofar.states


def _said(part: str, sofar: "Sofar | PartsDone", more: int, seconds: float) -> tuple[str, float | None]:
    """Return the line, what matters most first, and which share is done; a time that is left only where it is known how much is."""
    from rasim.engines.results import PartsDone

    rate = more / seconds if more > 0 and seconds > 0 else 0.0
    each = (
        f", {rate:,.0f}/s"
        if rate >= 10
        else f", {rate:.1f}/s"
        if rate
        else f", for {_duration(seconds)}"
        if seconds >= 1
        else ""
    )
    if not isinstance(sofar, PartsDone):
        return f"{part}: {plural(sofar.states, 'state')}{each}, depth {sofar.depth}, {sofar.left}", None
    if sofar.many is None:
        return f"{sofar.done:,} {part}{each}", None
    left = f", {_duration((sofar.many - sofar.done) / rate)} left" if rate else ""
    return f"{sofar.done:,} of {sofar.many:,} {part}{each}{left}", sofar.done / max(sofar.many, 1)


def _duration(seconds: float) -> str:
    """Return a time in two numbers at most."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
