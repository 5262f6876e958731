"""Writing a file whole: who looks meanwhile sees the old one or the new one, never half of one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path

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
    target = Path(path)
    with _named(path):
        if target.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if target.is_file() or not target.exists():
            _beside(target).touch()
            _beside(target).unlink()


def write_whole(path: str, data: bytes) -> None:
    """Write beside the file and put it in place; a device or a pipe is written into, since it has to stay what it is.

    Raises:
        UsageError: it cannot be written.

    """
    target = Path(path)
    with _named(path):
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        beside = _beside(target)
        try:
            beside.write_bytes(data)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}")


@contextmanager
def _named(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        from rasim.inputs import reason

        raise UsageError(f"{printable(path)}: cannot be written: {reason(error)}") from None
