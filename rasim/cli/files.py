"""Writing a file whole: who looks meanwhile sees the old one or the new one, never half of one."""

import os
from pathlib import Path

from rasim.errors import UsageError


def write_whole(path: str, data: bytes) -> None:
    """Write beside the file and put it in place.

    Raises:
        UsageError: it cannot be written.

    """
    from rasim.policy import printable

    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        try:
            beside.write_bytes(data)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise UsageError(f"{printable(path)}: cannot be written: {reason.lower()}") from None
