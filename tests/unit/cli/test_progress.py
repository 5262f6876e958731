"""How far a command is: a line on a terminal, within its width, that leaves nothing behind."""

import io
import os
import re
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Event
from typing import Any

import click
import pytest
from attrs import evolve

from rasim.cli import progress
from rasim.cli.progress import counting_up
from rasim.engines.processes import at_work, pool_of, processes
from rasim.engines.results import PartsDone
from rasim.verify.states.explore import Sofar

TOP = Path(__file__).parents[3]
STATES = Sofar(depth=3, states=1_200, transitions=100, left="7 left to look at")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True

    @property
    def lines(self) -> list[str]:
        """Return what was drawn or printed, line by line, without the codes of terminals."""
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.getvalue())
        return [line.rstrip() for line in re.split(r"[\r\n]+", plain)]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Give a terminal, for standard error: pytest puts its own there after this."""
    monkeypatch.setattr(progress, "SILENT_FOR", 0.0)
    monkeypatch.setattr(progress, "OFTEN", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def test_nothing_is_shown_but_on_a_terminal(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    """Where standard error is a pipe or a dumb terminal nobody is told, and the streams stay what they are."""
    monkeypatch.setattr(sys, "stderr", terminal)
    streams = sys.stdout, sys.stderr
    monkeypatch.setenv("TERM", "dumb")
    with progress.shown() as watch:
        assert (None, streams) == (watch, (sys.stdout, sys.stderr))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with counting_up("files", 40) as more:
        more(20)

    assert ("", "") == (terminal.getvalue(), sys.stderr.getvalue())


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    """In the first second and a half nothing is drawn, and rich is not asked."""
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "SILENT_FOR", 10_000.0)
    with counting_up("files", 40) as more:
        more(20)

    assert "" == terminal.getvalue()


@pytest.mark.parametrize("columns", [40, 80])
def test_the_line_stays_within_the_terminal(monkeypatch: pytest.MonkeyPatch, terminal: Terminal, columns: int) -> None:
    """Parts, states and what nobody can count before the end are one line, cut at the terminal's width, with what matters most first."""
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    with progress.shown() as watch:
        assert watch is not None
        watch("a model of two experts", evolve(STATES, states=1))
        watch("a model of two experts", STATES)
        watch("mutants", PartsDone(2, 214))
        watch("stories", PartsDone(1_234, None))

    assert columns - 8 >= max(map(len, terminal.lines))
    shown = [line for line in terminal.lines if line]
    assert shown[0].startswith("a model of two experts: 1 state, depth 3"[: columns - 9])
    assert any(line.startswith("a model of two experts: 1,200 states, "[: columns - 9]) for line in shown)
    assert any(line.startswith("2 of 214 mutants ━") for line in shown)
    assert "1,234 stories" in shown


@pytest.mark.parametrize(
    ("done", "more", "seconds", "says"),
    [
        (PartsDone(1_200, 5_000), 1_200, 6, "1,200 of 5,000 files, 200/s, 19 s left"),
        (PartsDone(1, 5_000), 1, 4, "1 of 5,000 files, 0.2/s, 5 h 33 min left"),
        (PartsDone(0, 5_000), 0, 75, "0 of 5,000 files, for 1 min"),
        (PartsDone(0, 0), 0, 0, "0 of 0 files"),
        (PartsDone(1_200, None), 1_200, 6, "1,200 files, 200/s"),
        (STATES, 600, 3, "files: 1,200 states, 200/s, depth 3, 7 left to look at"),
    ],
)
def test_a_time_that_is_left_is_not_made_up(done: Any, more: int, seconds: float, says: str) -> None:
    """How long it still takes is said where it is known how much is left, and a rate where something was done."""
    assert says == progress._said("files", done, more, seconds)[0]


def test_who_prints_has_the_line_for_himself(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    """What is printed to the terminal stands alone; what goes elsewhere goes there whole, and nothing of it to the terminal."""
    monkeypatch.setattr(sys, "stderr", terminal)
    elsewhere = io.StringIO()
    monkeypatch.setattr(sys, "stdout", elsewhere)
    with counting_up("files", 40) as more:
        more(20)
        click.echo("an answer " * 20)
        click.echo("a warning", err=True)
        more(1)

    assert f"{'an answer ' * 20}\n" == elsewhere.getvalue()
    assert "a warning" in terminal.lines
    assert "answer" not in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")
    assert (elsewhere, terminal) == (sys.stdout, sys.stderr)


def test_a_beat_draws_what_was_told_last(terminal: Terminal) -> None:
    """While one part takes long the line is drawn again, but never into something that is being printed."""
    line = progress._StatusLine(terminal)
    line.beat()
    assert "" == terminal.getvalue()
    line.watch("searches", PartsDone(0, 12))
    drawn = terminal.getvalue()
    with line.printing():
        line.beat()
    assert drawn == terminal.getvalue()
    line.beat()
    assert 2 == terminal.getvalue().count("0 of 12 searches")


def test_an_echo_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    """Wherever a terminal writes its ^C into what is drawn, the line stays one, and is gone once it is taken away."""
    pytest.importorskip("pyte", reason="the terminal's screen needs pyte")
    from rasim.terminals.screen import TerminalScreen

    monkeypatch.setenv("COLUMNS", "40")
    line = progress._StatusLine(terminal)
    for done in (11, 12):
        line.watch("runs of scenarios in files", PartsDone(done, 450_000))
    drawn = terminal.getvalue()
    line.hide()
    taken_away = terminal.getvalue().removeprefix(drawn)

    for at in range(len(drawn) + 1):
        screen = TerminalScreen(40, 3, lambda _: None)
        screen.feed(f"{drawn[:at]}^C{drawn[at:]}{taken_away}".encode())
        assert ["", "", ""] == [each.rstrip() for each in screen.lines]


def test_an_interruption_ends_other_processes_at_once() -> None:
    """Work that would never end is ended when this process is interrupted, and what is waiting is never begun."""
    works: list[Any] = []

    def interrupted() -> None:
        with pool_of(1) as pool:
            assert 0 == pool.submit(int).result()
            works.extend(pool.submit(at_work, _never) for _ in range(3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert all(isinstance(each.exception(), BrokenProcessPool) for each in works)
    assert [1, 2, 3] == list(processes(2)(abs, [-1, 2, -3]))


def _never() -> None:
    Event().wait()


@pytest.mark.exhaustive
@pytest.mark.parametrize("columns", [40, 80])
def test_an_interrupted_command_leaves_one_line(columns: int, tmp_path: Path) -> None:
    """Interrupted while several processes play, the line is gone, even where COLUMNS is wrong, and one sentence is what is left."""
    pytest.importorskip("ptyprocess", reason="there are no pseudo-terminals here")
    pytest.importorskip("pyte", reason="the terminal's screen needs pyte")
    from tests.terminals.eyes import Eyes

    code = (
        "import sys; from rasim.cli import progress; progress.SILENT_FOR = 0.01; progress.BEAT = 0.05\n"
        f"sys.argv[1:] = ['run', {str(TOP / 'scenarios' / 'time')!r}, '--seeds', '90000', '--jobs', '2', '--format', 'json']\n"
        "from rasim.cli.main import main; main()"
    )
    eyes = Eyes([sys.executable, "-c", code], columns, 12, PYTHONPATH=str(TOP), HOME=str(tmp_path), COLUMNS="80")
    try:
        eyes.sees("of 450,000 runs", "/s")
        assert columns >= max(map(len, eyes.screen.lines))
        eyes.types("\x03")
        assert 130 == eyes.ends()
        left = [line for line in eyes.text.splitlines() if line.strip(" ^C")]
    finally:
        eyes.stop()

    assert ["rasim: interrupted"] == [line.rstrip() for line in left]


def test_the_help_asks_for_no_bar() -> None:
    """Neither the line nor what draws it is imported before something takes long."""
    code = "import sys, rasim.cli.progress; print(sorted(name for name in sys.modules if name.startswith('rich')))"
    done = subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )

    assert "[]" == done.stdout.strip()
