"""Writing files, for every option that names one: whole where there is a regular file or none, into what is a device or a pipe.

Who looks at a file meanwhile sees the old one or the new one, never half of one. Links are followed, and stay links.
"""

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EISDIR, ENXIO
from pathlib import Path
from secrets import token_hex

from rasim.errors import UsageError
from rasim.words import printable


def make_folder(path: str | Path) -> None:
    """Make a folder, and those above it, where there is none.

    Raises:
        UsageError: it cannot be made.

    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        from rasim.inputs import reason

        raise UsageError(f"{printable(str(path))}: no folder can be made there: {reason(error)}") from None


def must_be_writable(path: str) -> None:
    """Try whether a file could be written, before somebody works for it; what is there stays as it is.

    Raises:
        UsageError: it cannot be written.

    """
    with _named(path):
        target = _regular(path)
        if target is not None:
            beside = _beside(target)
            beside.touch(exist_ok=False)
            beside.unlink()


class _NotMadeError(Exception):
    """What failed is not the file, but what makes its text."""


def write_whole(path: str, data: bytes | Iterable[bytes]) -> None:
    """Write beside the file and put it in its place, with the permissions it had; a device or a pipe is written into and stays.

    What is given in pieces is never held as a whole.

    Raises:
        UsageError: it cannot be written; nothing is left of it then.

    """
    pieces = _made((data,) if isinstance(data, bytes) else data)
    try:
        _write(path, pieces)
    except _NotMadeError as fault:
        raise fault.args[0] from None


def _made(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces; what goes wrong in making one is nobody's fault who named the file."""
    try:
        yield from pieces
    except Exception as fault:
        raise _NotMadeError(fault) from fault


def _write(path: str, pieces: Iterable[bytes]) -> None:
    with _named(path):
        target = _regular(path)
        if target is None:
            _write_into(path, pieces)
            return
        beside = _beside(target)
        try:
            with beside.open("wb") as stream:
                stream.writelines(pieces)
            if target.exists():
                shutil.copymode(target, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _regular(path: str) -> Path | None:
    """Return the file that is to be replaced or made, behind all links; None for what has to stay and is written into.

    Raises:
        OSError: it is a folder, or a file that may not be written.

    """
    target = Path(path)
    try:
        found = target.stat()
    except FileNotFoundError:
        return target.resolve()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    if not stat.S_ISREG(found.st_mode) or _stream_of(found) is not None:
        return None
    target.open("ab").close()  # a file that may not be written is not replaced either
    return target.resolve()


def _stream_of(found: os.stat_result) -> int | None:
    """Return which of this program's own streams leads into a file: what stands there already stays before what is written."""
    for number in (1, 2):
        try:
            if os.path.samestat(found, os.fstat(number)):
                return number
        except OSError:
            pass
    return None


def _write_into(path: str, pieces: Iterable[bytes]) -> None:
    found = Path(path).stat()
    own = _stream_of(found)
    if own is None and not (stat.S_ISCHR(found.st_mode) or stat.S_ISFIFO(found.st_mode)):
        raise OSError(ENXIO, "neither a file nor a pipe nor a device that takes text")
    if own is not None:
        sys.stdout.flush()
        sys.stderr.flush()
    try:
        number = os.dup(own) if own is not None else os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise OSError(error.errno, "nobody reads from this pipe" if error.errno == ENXIO else error.strerror) from None
    with os.fdopen(number, "wb") as stream:
        if own is None and hasattr(os, "O_NONBLOCK"):
            os.set_blocking(number, True)  # only to open it could wait for ever
        stream.writelines(pieces)


def _beside(target: Path) -> Path:
    return target.with_name(f".rasim-{token_hex(8)}")


@contextmanager
def _named(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # of a loop of links Python 3.12 makes a RuntimeError
        from rasim.inputs import reason

        raise UsageError(f"{printable(path)}: cannot be written: {reason(error)}") from None


def told_already(path: str, form: str) -> bool:
    """Return whether a path where nothing is stands on the same screen already: in a text that goes to the terminal where errors go."""
    from rasim.inputs import not_there

    return form == "text" and sys.stdout.isatty() and sys.stderr.isatty() and bool(not_there(path))
