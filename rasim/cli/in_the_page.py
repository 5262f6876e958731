"""What the page asks of rasim, in the page: a command line over what was dropped, run as the command runs it.

`asked` is called by `worker.js`. The answer has what the command printed, byte for byte, and its exit code; of a report for people it
has what stands in it and how it looks apart, since the page allows no style that it did not bring.
"""

import asyncio
import os
import re
import socket
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Final

from rasim.cli.kinds import ADML, LINKS, MEMBERS, PACKED, RECORD, SCENARIO, TRACE, FileKind, kind_of
from rasim.cli.main import run_line
from rasim.document.fragment import NAME, scoped

_ROLES: Final = {
    TRACE: "trace",
    PACKED: "trace",
    RECORD: "trace",
    SCENARIO: "scenario",
    MEMBERS: "groups",
    ADML: "texts",
    LINKS: "links",
}
_PARTS: Final = re.compile(r"<style>(?P<style>.*?)</style>.*?<body>\n?(?P<body>.*)</body>", re.DOTALL)


class _End:
    """An end of a pipe, as a loop of asyncio wants the two sockets by which threads and signals wake it; a browser has no sockets."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        return self._number

    def setblocking(self, _flag: bool) -> None:
        """Do nothing: nothing is ever sent through it."""

    def close(self) -> None:
        os.close(self._number)


def _ends() -> tuple[_End, _End]:
    reads, writes = os.pipe()
    return _End(reads), _End(writes)


def let_loops_begin() -> None:
    """Let simulated time run where a browser's loop runs already and has no sockets: scenarios are played for an explanation too."""
    asyncio._set_running_loop(None)  # noqa: SLF001  (nothing here waits for the browser's)
    socket.socketpair = _ends  # type: ignore[assignment]


def dropped_kinds(paths: Sequence[str]) -> list[dict[str, str]]:
    """Return what each is by its content, and what it is to a command; everything that is nothing else is meant as a policy."""
    return [_kind(path) for path in paths]


def _kind(path: str) -> dict[str, str]:
    found = kind_of(path) if Path(path).is_file() else ""
    if isinstance(found, FileKind):
        return {"says": found.said, "role": _ROLES.get(found, "policy")}
    return {"says": found, "role": "policy"}


def asked(arguments: Sequence[str], written: str) -> dict[str, Any]:
    """Run a command line; `written` is the file that it was told to write, and is read and removed."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_line(list(arguments))
    text = ""
    if written and Path(written).is_file():
        text = Path(written).read_text(encoding="utf-8")
        Path(written).unlink()
    return {"code": int(code), "out": out.getvalue(), "err": err.getvalue(), "written": text, **_apart(text)}


def _apart(report: str) -> dict[str, str]:
    """Return what is in a report and its style, each rule of which is about what is inside the element that holds it."""
    found = _PARTS.search(report) if report.startswith("<!DOCTYPE html>") else None
    if found is None:
        return {"body": "", "style": ""}
    body = re.sub(r"<(/?)(?:main|header)\b", r"<\1div", found["body"])  # the page around has its own
    return {"body": f'<div class="{NAME}">{body}</div>', "style": scoped(found["style"])}
