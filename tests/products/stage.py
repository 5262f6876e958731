"""What the tests of real products share: programs that may be missing, processes, waiting, and the verdicts that are pinned.

A product runs in real time: nothing here simulates its clock. So a test waits until something can be seen, never for a while,
and only a product's own silence costs the time that it takes. What goes wrong in here is an `UnfitStage`: the test says nothing about
the product then, and fails as an error of its own, whatever the product was about to do.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

TOP = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds; a guard against what hangs, and never what a verdict rests on
T = TypeVar("T")

PINNED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("verdicts.yaml").read_text("utf-8")) or {}


class UnfitStage(Exception):  # noqa: N818  (no error of the product, nor of rasim)
    """The environment or our own hand failed: no word about the product."""


def need(*programs: str) -> None:
    """Skip what follows where a program is missing, and say which; with CI set that is a failure, as everywhere."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)} (bash tests/run --products installs what it may)")


def need_version(product: str, found: str) -> None:
    """Skip what follows where the product is another version than the one whose verdicts are pinned."""
    if (pinned := PINNED[product]["version"]) != found:
        pytest.skip(f"the verdicts are those of {product} {pinned}, and here is {found}: look anew, then pin")


def free_port() -> int:
    """Return a TCP port of the loopback that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def running(
    *command: str | Path, log: Path, env: Mapping[str, str] | None = None, pass_fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with its children in a group of its own, and end the whole group afterwards; what it says goes to `log`."""
    with log.open("ab") as said:
        process = subprocess.Popen(  # noqa: S603  (programs that are named in the tests)
            [str(each) for each in command],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    try:
        yield process
    finally:
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, how)
                process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        process.wait(5)


async def ran(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Run a tool of ours to its end and return what it printed; a tool that fails is no verdict."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        env={**os.environ, **(env or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        process.kill()
        raise UnfitStage(f"{command[0]} hangs: {command}") from None
    if process.returncode:
        raise UnfitStage(
            f"{command}: {process.returncode}: {err.decode(errors='replace')}{out.decode(errors='replace')}"
        )
    return out.decode()


async def until(
    seen: Callable[[], T | None] | Callable[[], Awaitable[T | None]], what: str, *, log: Path | None = None
) -> T:
    """Wait until something is there to be seen, and return it; what never comes is no verdict."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                found: Any = seen()
                if isinstance(found, Awaitable):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.02)  # between two looks; nothing is concluded from how long it took
    except TimeoutError:
        raise UnfitStage(f"not seen: {what}\n{_end_of(log)}") from None


def _end_of(log: Path | None) -> str:
    return log.read_text("utf-8", "replace")[-3000:] if log and log.exists() else ""


def told(judged: Any) -> str:
    """Return a verdict as it is pinned: `kept`, or `broken: ` and the promises by name."""
    if judged.verdict == "kept":
        return "kept"
    names = judged.broken if judged.verdict == "broken" else judged.cannot_tell
    return f"{judged.verdict}: {', '.join(sorted(each.promise for each in names))}"


def tried(product: str) -> list[str]:
    """Return what was tried with a product; the rest of its column says why it was not."""
    return [what for what, verdict in PINNED[product]["tried"].items() if not verdict.startswith("not tried")]


def excerpts(page: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the traces that a page of docs/products shows, each with the heading that it stands under."""
    heading = ""
    text = (TOP / "docs" / "products" / page).read_text("utf-8")
    for part in re.finditer(r"^## (?P<heading>.+)$|^```json\n(?P<lines>.*?)^```$", text, re.MULTILINE | re.DOTALL):
        heading = part["heading"] or heading
        if part["lines"]:
            yield heading, [json.loads(line) for line in part["lines"].splitlines() if line != "…"]


def shows(shown: Sequence[Mapping[str, Any]], recorded: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether all lines that are shown were recorded, in this order, with these fields."""
    lines = iter(recorded)
    return all(any(each.items() <= line.items() for line in lines) for each in shown)
