"""What a page shows of the command line, and whether the command line really says it.

A fenced block of kind `console` shows commands, each after `$ `, and what they print. Of these blocks the ones whose first
line begins with `$ rasim` are run:

    $ rasim audit FILE               lines that follow must be printed, in this order
    $ rasim audit FILE; echo $?  # 3: why    the exit code must be 3
    …                                any lines, or none; at the end of a line: its end is cut

What is shown leaves lines out only where `…` says so, and seconds may differ. A command that shows nothing has to succeed.
"""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from attrs import frozen

from rasim.cli.main import main

BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<kind>[\w{}:-]*)[^\n]*\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
WITH_CODE = re.compile(r"(?P<command>.*); echo \$\?\s+# (?P<code>\d+)\b")
SECONDS = re.compile(r"\d+\.\d s$")
CUT = "…"


@frozen
class Block:
    """A fenced block of a page: its kind, its text, the line it begins at, and what the page says right before it."""

    kind: str
    text: str
    line: int
    before: str


@frozen
class Shown:
    """One command of a page with what the page shows of its answer."""

    command: str
    lines: tuple[str, ...]
    code: int | None
    line: int

    def __str__(self) -> str:
        return f"{self.line}-{self.command}"


def blocks(page: str, kind: str | None = None) -> list[Block]:
    """Return the fenced blocks of a page, all or those of one kind."""
    found = (
        Block(match["kind"], match["text"], page.count("\n", 0, match.start()) + 1, _before(page[: match.start()]))
        for match in BLOCK.finditer(page)
    )
    return [block for block in found if kind in (None, block.kind)]


def _before(text: str) -> str:
    """Return the paragraph that a text ends with, on one line."""
    return " ".join(text.rstrip().rsplit("\n\n", 1)[-1].split())


def commands(page: str) -> list[Shown]:
    """Return the commands that a page shows, of the blocks that begin with one of rasim's."""
    return [shown for block in blocks(page, "console") if block.text.startswith("$ rasim") for shown in of_block(block)]


def of_block(block: Block) -> Iterator[Shown]:
    lines = block.text.splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith("$ ")]
    for at, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        typed = lines[at][2:]
        coded = WITH_CODE.match(typed)
        command = coded["command"] if coded else typed.partition("  #")[0].rstrip()
        yield Shown(command, tuple(lines[at + 1 : end]), int(coded["code"]) if coded else None, block.line + 1 + at)


def run(command: str, folder: Path, *, noise: bool = True) -> tuple[int, list[str]]:
    """Run a command of rasim in a folder; return its exit code and what a terminal shows of it, line by line.

    Without `noise` only what goes to standard output. It runs in this process, which has imported already what a command needs:
    that a process of its own answers the same is for `tests/unit/cli/test_main.py` and `test_pipes.py`.
    """
    name, *arguments = shlex.split(command)
    assert name == "rasim", f"only rasim is run: {command}"
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.chdir(folder), pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", [name, *arguments])
        patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", out if noise else io.TextIOWrapper(io.BytesIO()))
        with pytest.raises(SystemExit) as left:
            main()
    return int(left.value.code or 0), out.buffer.getvalue().decode().splitlines()  # type: ignore[attr-defined]


def hold(shown: Shown, folder: Path, *, gaps: bool = False) -> None:
    """Run a shown command and assert that it answers as the page says; with `gaps` it may leave lines out unsaid."""
    code, printed = run(shown.command, folder)
    said = "\n".join(printed)

    if shown.code is not None:
        assert shown.code == code, said
    elif not shown.lines:
        assert 0 == code, said
    lines = [each for line in shown.lines for each in (CUT, line, CUT)] if gaps else shown.lines
    wrong = first_untrue(lines, printed)
    assert wrong is None, f"not printed there: {wrong}\n{said}"


def first_untrue(lines: Sequence[str], printed: Sequence[str]) -> str | None:
    """Return the first shown line that is not where it should be in what was printed, None if all are.

    Lines that are shown one below the other are printed so; after a `…` of its own a line may stand further down.
    """
    if not lines:
        return None
    # Every place where the lines so far may have ended: of two that look alike the first need not be the one meant.
    places, skip = {0}, False
    for line in lines:
        if line.strip() == CUT:
            skip = True
            continue
        fits = {at + 1 for at, each in enumerate(printed) if _same(line, each)}
        places = {at for at in fits if (skip and at - 1 >= min(places)) or at - 1 in places}
        if not places:
            return line
        skip = False
    return None if skip or len(printed) in places else f"(the end, after: {lines[-1]})"


def _same(line: str, printed: str) -> bool:
    begin, cut, _ = SECONDS.sub("", line).rstrip().partition(CUT)
    whole = SECONDS.sub("", printed).rstrip()
    return whole.startswith(begin.rstrip()) if cut else whole == begin.rstrip()


def git(folder: Path, *words: str) -> None:
    """Run git as somebody, whatever the machine's own settings are."""
    name = ["-c", "user.name=anna", "-c", "user.email=anna@corp.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True)  # noqa: S603, S607  (our own words)
