"""Writing a file whole: who looks meanwhile sees the old one or the new one, never half of one."""

import os
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


def write_whole(path: str, data: bytes) -> None:
    """Write beside the file and put it in place; a device or a pipe is written into, since it has to stay what it is.

    Raises:
        UsageError: it cannot be written.

    """
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            beside.write_bytes(data)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        from rasim.inputs import reason

        raise UsageError(f"{printable(path)}: cannot be written: {reason(error)}") from None
