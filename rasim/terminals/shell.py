"""The program in the terminal that is shared: in a pseudo-terminal of its own, read as it prints."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from rasim.errors import UsageError
from rasim.inputs import lacks

_CHUNK: Final = 1024  # so that keys are looked at between two of them, whatever is printed
_MOST_UNREAD: Final = 64 << 10  # of keys that the program does not read
_KIND: Final = "linux"  # the terminal that pyte is most like


def started(command: Sequence[str], columns: int, rows: int) -> Any:
    """Return a program that runs in a pseudo-terminal. UsageError where there is none, or no such program."""
    try:
        from ptyprocess import PtyProcess  # type: ignore[import-untyped]  # noqa: PLC0415  (it is for POSIX systems alone)
    except ImportError:
        raise UsageError(
            "rasim host shares a pseudo-terminal, and here is none: it needs a POSIX system (on Windows: WSL)"
            if os.name == "nt"
            else missing_extra()
        ) from None
    environment = {**os.environ, "TERM": _KIND}
    try:
        return PtyProcess.spawn(list(command), env=environment, dimensions=(rows, columns))
    except (OSError, ValueError) as error:
        raise UsageError(f"{command[0]}: cannot be run: {str(error).lower()}") from None


def missing_extra() -> str:
    """Return the sentence for who has not installed what these programs need."""
    return str(lacks("terminal", "two terminals need prompt_toolkit, pyte and ptyprocess"))


def why(error: OSError) -> str:
    """Return what the system says of a place that cannot be listened at or called; asyncio puts words of its own around it."""
    return os.strerror(error.errno).lower() if error.errno else str(error)


class Shell:
    """A program, read by the loop: `prints` is given what it prints, `over` is set when it has ended."""

    def __init__(self, process: Any, prints: Callable[[bytes], None]) -> None:
        self._process, self._prints = process, prints
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self.over = asyncio.Event()
        os.set_blocking(process.fd, False)
        self._loop.add_reader(process.fd, self._reads)

    def _reads(self) -> None:
        try:
            data = os.read(self._process.fd, _CHUNK)
        except BlockingIOError:
            return
        except OSError:  # how a pseudo-terminal says that nobody is there any more
            data = b""
        if data:
            self._prints(data)
        else:
            self._lets_go()

    def types(self, keys: str) -> None:
        """Put keys in front of the program; what it does not read in time is not kept without end."""
        data = keys.encode(errors="ignore")
        if self.over.is_set() or len(self._waiting) + len(data) > _MOST_UNREAD:
            return
        self._waiting += data
        self._writes()

    def forgets(self) -> None:
        """Forget the keys that the program has not read."""
        self._waiting.clear()
        self._loop.remove_writer(self._process.fd)

    def _writes(self) -> None:
        try:
            written = os.write(self._process.fd, self._waiting)
        except BlockingIOError:
            written = 0
        except OSError:
            self._waiting.clear()
            written = 0
        del self._waiting[:written]
        if self._waiting:
            self._loop.add_writer(self._process.fd, self._writes)
        else:
            self._loop.remove_writer(self._process.fd)

    def resize(self, columns: int, rows: int) -> None:
        """Tell the program the size of its terminal."""
        with suppress(OSError):
            self._process.setwinsize(rows, columns)

    def _lets_go(self) -> None:
        self._loop.remove_reader(self._process.fd)
        self._loop.remove_writer(self._process.fd)
        self.over.set()

    def ends(self) -> None:
        """End the program, and whatever it has begun in its terminal."""
        if not self.over.is_set():
            self._lets_go()
        with suppress(OSError):
            self._process.close(force=True)
