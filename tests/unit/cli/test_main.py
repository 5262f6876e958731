"""The command line itself: exit codes that nothing moves, results on stdout only, and no stack trace for a person."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import rasim.cli.run
from rasim import __version__
from rasim.cli import main as command_line
from rasim.errors import Exit, UsageError, worst

PASSES = """rasim: 1
scenario: the user lets the expert look
policy: {offer: enabled, mode: view, helpers: ['CORP\\anna']}
people:
  anna: {account: 'CORP\\anna'}
  bob: {account: 'CORP\\bob', uses: s1}
steps:
- anna: offers help to bob
- bob: accepts
- expect: {anna: view only}
"""
FAILS = PASSES.replace("view only}", "control}")

TOP = Path(__file__).parents[3]


def leaving(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    """Call the command in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["rasim", *args])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    return int(left.value.code or 0)


def process(*args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own."""
    return subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-m", "rasim", *args], env={**os.environ, **env}, capture_output=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a scenario that passes, one that fails, one that cannot be read, and an empty folder."""
    (tmp_path / "passes.yaml").write_text(PASSES)
    (tmp_path / "fails.yaml").write_text(FAILS)
    (tmp_path / "error.yaml").write_text(PASSES.replace("bob: accepts", "bob: acepts"))
    (tmp_path / "nothing").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["run", "passes.yaml"], 0),
        (["run", "fails.yaml"], 1),
        (["run", "error.yaml"], 2),
        (["run", "missing.yaml"], 2),
        (["run"], 2),
        (["run", "--no-such-option", "passes.yaml"], 2),
        (["no-such-command"], 2),
        (["check", "--max-states", "10"], 3),
        (["run", "nothing"], 4),
        (["run", "passes.yaml", "fails.yaml", "error.yaml", "nothing"], 2),
        (["run", "passes.yaml", "fails.yaml", "nothing"], 1),
        (["--version"], 0),
        (["-V"], 0),
        (["--help"], 0),
        (["check", "--help"], 0),
    ],
)
def test_exit_codes(folder: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: int) -> None:
    """Each answer has its exit code, and of several the worst one wins."""
    monkeypatch.chdir(folder)

    assert code == leaving(monkeypatch, *args)


@pytest.mark.parametrize(
    ("raised", "code", "says"),
    [
        (ZeroDivisionError("by chance"), 70, "rasim: this is a bug in rasim: ZeroDivisionError: by chance"),
        (KeyError("offers"), 70, "this is a bug in rasim: KeyError: 'offers'"),
        (KeyboardInterrupt(), 130, "rasim: interrupted"),
        (click.Abort(), 130, "rasim: interrupted"),
        (UsageError("no such thing"), 2, "rasim: no such thing"),
        (click.UsageError("not like this"), 2, "Error: not like this"),
    ],
)
def test_what_a_command_raises(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: BaseException, code: int, says: str
) -> None:
    """A bug is exit 70 and says so, an interruption 130, a mistake of the user 2; stdout stays empty, no stack trace is shown."""

    @click.command()
    def run() -> None:
        raise raised

    monkeypatch.delenv("RASIM_DEBUG", raising=False)
    monkeypatch.setattr(rasim.cli.run, "run", run)

    assert code == leaving(monkeypatch, "run")
    captured = capsys.readouterr()
    assert ("", True, False) == (captured.out, says in captured.err, "Traceback" in captured.err)


def test_a_bug_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """With RASIM_DEBUG a bug is raised as it is."""

    @click.command()
    def run() -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("RASIM_DEBUG", "1")
    monkeypatch.setattr(rasim.cli.run, "run", run)
    monkeypatch.setattr(sys, "argv", ["rasim", "run"])

    with pytest.raises(ZeroDivisionError):
        command_line.main()


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ((), 0),
        ((0, 4), 4),
        ((4, 3), 3),
        ((3, 1), 1),
        ((1, 2), 2),
        ((2, 70), 70),
    ],
)
def test_the_worst_code_wins(codes: tuple[int, ...], code: int) -> None:
    """The precedence is 70, 2, 1, 3, 4, 0."""
    assert code == worst(*map(Exit, codes))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["chekc"], "no command is called 'chekc'; did you mean `check`?"),
        (["aduit"], "did you mean `audit`?"),
        (["xyz"], "no command is called 'xyz'; known: audit, explain, diff"),
        (["run", "--sede", "1", "x"], "--seed"),
        (["check", "--max-states", "0"], "--max-states"),
        (["check", "--max-states", "many"], "'many'"),
        (["run", "--format", "xml", "x"], "xml"),
    ],
)
def test_a_mistake_is_answered_with_what_was_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: list[str], says: str
) -> None:
    """A misspelt command or option is exit 2, on stderr, with the nearest or the known words."""
    assert 2 == leaving(monkeypatch, *args)
    captured = capsys.readouterr()
    assert ("", True) == (captured.out, says in captured.err)


def test_the_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The version is one line on stdout."""
    leaving(monkeypatch, "--version")

    assert f"rasim {__version__}\n" == capsys.readouterr().out


def test_every_command_is_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The help lists each command with its sentence, and each command has help of its own."""
    leaving(monkeypatch, "--help")
    words = capsys.readouterr().out

    assert all(name in words and says in words for name, says in command_line.COMMANDS.items())
    assert [0] * len(command_line.COMMANDS) == [leaving(monkeypatch, name, "--help") for name in command_line.COMMANDS]


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
def test_a_narrow_console_crashes_nothing(folder: Path, encoding: str) -> None:
    """Names that a console has no letters for are shown by their numbers, and the exit code is that of the answer."""
    path = folder / "\u4eba.yaml"
    path.write_text(
        FAILS.replace("the user lets", "Пользователь 用户 lets").replace(r"CORP\anna", "CORP\\Анна"), encoding="utf-8"
    )
    answer = process("run", "--save", "", str(path), PYTHONIOENCODING=encoding, PYTHONUTF8="0")

    assert (1, b"", True) == (answer.returncode, answer.stderr, rb"\u4eba.yaml" in answer.stdout)


def test_ascii_is_taken_for_a_missing_locale(folder: Path) -> None:
    """Where Python takes the output for ASCII names are written in UTF-8, nothing crashes, and the exit code is that of the answer."""
    path = folder / "\u4eba.yaml"
    path.write_text(FAILS.replace(r"CORP\anna", "CORP\\Анна"), encoding="utf-8")
    answer = process("run", "--save", "", str(path), PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert (1, b"", True) == (answer.returncode, answer.stderr, "\u4eba.yaml".encode() in answer.stdout)


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_nobody_gets_colours_who_wants_none(no_color: str, coloured: bool) -> None:
    """On a terminal an answer has colours, and none where NO_COLOR is set to anything but nothing."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(  # noqa: S603  (our own words)
            [sys.executable, "-m", "rasim", "audit", str(TOP / "scenarios" / "who-may-offer" / "branch.pol")],
            env={**os.environ, "NO_COLOR": no_color, "TERM": "xterm"},
            stdout=theirs,
            stderr=subprocess.PIPE,
            check=False,
        )
        said = os.read(ours, 65536)
    finally:
        os.close(ours)
        os.close(theirs)

    assert (0, b"", coloured) == (done.returncode, done.stderr, b"\x1b[" in said)
    assert b"offers are enabled for" in said


def test_a_reader_who_leaves_is_no_fault(folder: Path) -> None:
    """Where nobody reads the output any more the command ends quietly, with the code of its answer and no message."""
    there, here = os.pipe()
    os.close(there)
    try:
        gone = subprocess.run(  # noqa: S603  (our own words)
            [sys.executable, "-m", "rasim", "run", str(folder / "passes.yaml")],
            stdout=here,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(here)

    assert (0, b"") == (gone.returncode, gone.stderr)


def test_the_module_is_the_command(folder: Path) -> None:
    """`python -m rasim` is the command."""
    assert (0, 2) == (process("run", str(folder / "passes.yaml")).returncode, process("chekc").returncode)
