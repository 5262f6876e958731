"""A page printed by Chromium, the same bytes each time: what Chromium writes of the day and the file is set to what never changes.

Only what is written outside of the page's own streams is touched, and nothing moves: what is put in has the length of what was there.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_DAY: Final = re.compile(rb"/(?:CreationDate|ModDate) ?\(D:([^)]*)\)")
_ID: Final = re.compile(rb"/ID ?\[ ?<([0-9A-Fa-f]*)> ?<([0-9A-Fa-f]*)> ?\]")


def browser_found() -> str | None:
    """Return the browser that can print; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def print_page(page: Path, browser: str) -> bytes:
    """Return a page as PDF.

    Raises:
        OSError: the browser does not print it.

    """
    with TemporaryDirectory(prefix="rasim-review-") as folder:
        target = Path(folder, "page.pdf")
        root = ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()  # for root it has none
        quiet = ("--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--no-pdf-header-footer")
        where = (f"--user-data-dir={Path(folder, 'profile')}", f"--print-to-pdf={target}", page.resolve().as_uri())
        done = subprocess.run([browser, *root, *quiet, *where], capture_output=True, check=False)  # noqa: S603
        if not target.is_file():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise OSError(f"{browser} printed nothing (exit {done.returncode}){': ' + said[-1] if said else ''}")
        return timeless(target.read_bytes())


def timeless(data: bytes) -> bytes:
    """Return a PDF without its day and its id."""
    data = _DAY.sub(lambda found: _zeros(found, b"19700101000000+00'00'"), data)
    return _ID.sub(lambda found: _zeros(found, b""), data)


def _zeros(found: re.Match[bytes], value: bytes) -> bytes:
    """Return what was found with another value of the same length in each group."""
    whole = found[0]
    for group in found.groups():
        whole = whole.replace(group, value[: len(group)].ljust(len(group), b"0")) if group else whole
    return whole
