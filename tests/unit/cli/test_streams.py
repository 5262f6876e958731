"""Where answers and files go: a disk that is full, an output that is closed, devices, pipes, links, folders."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rasim.cli import main as command_line
from rasim.cli.files import must_be_writable, write_whole
from rasim.errors import UsageError

FULL = Path("/dev/full")
POLICY = str(Path(__file__).parents[3] / "scenarios" / "who-may-offer" / "helpdesk.pol")

needs_devices = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def leaving(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    """Call the command in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["rasim", *args])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    return int(left.value.code or 0)


@pytest.fixture
def full() -> Iterator[Any]:
    """Return a stream to a disk that is full."""
    stream = FULL.open("w", encoding="utf-8")
    yield stream
    stream.close()


ASKED = [
    ("--help",),
    ("show", "rules"),
    ("audit", POLICY),
    ("explain", POLICY, "--expert", "CORP\\anna"),
    ("explore", "-o", "-"),
    ("run", "--save", "", str(Path(POLICY).parent / "a-group-in-a-group-makes-a-helper.yaml")),
]


@needs_devices
@pytest.mark.parametrize("args", ASKED, ids=lambda args: args[0])
def test_a_full_disk_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], full: Any, args: tuple[str, ...]
) -> None:
    """An answer that a full disk does not take is exit 2 and one sentence."""
    monkeypatch.setattr(sys, "stdout", full)

    assert 2 == leaving(monkeypatch, *args)
    assert capsys.readouterr().err.endswith("rasim: standard output cannot be written: no space left on device\n")


@pytest.mark.parametrize("args", ASKED[:3], ids=lambda args: args[0])
def test_a_closed_output_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: tuple[str, ...]
) -> None:
    """Without a standard output an answer is exit 2 and one sentence."""
    monkeypatch.setattr(sys, "stdout", None)

    assert 2 == leaving(monkeypatch, *args)
    assert capsys.readouterr().err.endswith("rasim: standard output cannot be written: it is closed\n")


@needs_devices
def test_reports_outlive_a_full_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, full: Any) -> None:
    """What has a file of its own is written though standard output takes nothing."""
    monkeypatch.setattr(sys, "stdout", full)
    report = tmp_path / "report.json"

    assert (2, True) == (leaving(monkeypatch, "audit", POLICY, "--report", f"json={report}"), report.exists())


@needs_devices
@pytest.mark.parametrize("stream", [None, FULL])
def test_errors_that_nobody_can_be_told(monkeypatch: pytest.MonkeyPatch, stream: Path | None) -> None:
    """Where standard error takes nothing the exit code still stands."""
    monkeypatch.setattr(sys, "stderr", stream and stream.open("w", encoding="utf-8"))

    assert 2 == leaving(monkeypatch, "audit", "no such file")


@pytest.mark.skipif(os.name != "posix", reason="a shell's way to close a stream")
def test_nothing_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """With all three streams closed a file that is written holds what it should and nothing that was printed."""
    out = tmp_path / "page.html"
    asked = f"{sys.executable} -m rasim explore -o {out} <&- >&- 2>&-"

    assert 0 == subprocess.run(["/bin/sh", "-c", asked], check=False).returncode  # noqa: S603  (our own words)
    assert out.read_text("utf-8").startswith("<!doctype html>")


def test_a_trace_from_an_input_that_is_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A trace from a standard input that is closed is not read."""
    monkeypatch.setattr(sys, "stdin", None)

    assert 2 == leaving(monkeypatch, "judge", "-")
    assert "standard input is closed" in capsys.readouterr().err


# ---- files ---------------------------------------------------------------------------------------------------


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What a link leads to is written, whether it is there or not yet, and the link stays."""
    (tmp_path / "old").write_text("old")
    for name in ("old", "new"):
        (tmp_path / f"to-{name}").symlink_to(name)
        write_whole(str(tmp_path / f"to-{name}"), b"answer")

    assert [True, True] == [(tmp_path / f"to-{name}").is_symlink() for name in ("old", "new")]
    assert ["answer", "answer"] == [(tmp_path / name).read_text() for name in ("old", "new")]
    assert ["new", "old", "to-new", "to-old"] == sorted(each.name for each in tmp_path.iterdir())


def test_permissions_stay(tmp_path: Path) -> None:
    """A file that is replaced keeps its permissions."""
    path = tmp_path / "mine"
    path.write_text("old")
    path.chmod(0o600)
    write_whole(str(path), b"new")

    assert (0o600, "new") == (stat.S_IMODE(path.stat().st_mode), path.read_text())


@pytest.mark.parametrize("write", [must_be_writable, lambda path: write_whole(path, b"answer")])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("folder", "is a directory"),
        ("loop", "too many levels of symbolic links"),
        ("to-folder", "is a directory"),
        ("none/file", "no such file or directory"),
        ("file/file", "not a directory"),
        ("a" * 300, "file name too long"),
        ("to-none", "no such file or directory"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, write: Any, name: str, says: str) -> None:
    """A folder, a loop of links, a missing folder is refused in one sentence, and nothing is left of it."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for link, target in {"loop": "loop", "to-folder": "folder", "to-none": "none/file"}.items():
        (tmp_path / link).symlink_to(target)
    before = sorted(each.name for each in tmp_path.iterdir())

    with pytest.raises(UsageError, match=f"cannot be written: {says}"):
        write(str(tmp_path / name))
    assert before == sorted(each.name for each in tmp_path.iterdir())


@needs_devices
def test_a_device_stays_a_device(tmp_path: Path) -> None:
    """A device and a pipe are written into, by a link too; what they do not take is a sentence."""
    pipe, link = tmp_path / "pipe", tmp_path / "null"
    os.mkfifo(pipe)
    link.symlink_to(os.devnull)
    write_whole(str(link), b"answer")
    with pytest.raises(UsageError, match="no space left on device"):
        write_whole(str(FULL), b"answer")
    with pytest.raises(UsageError, match="nobody reads from this pipe"):
        write_whole(str(pipe), b"answer")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(str(pipe), b"answer")

    assert b"answer" == os.read(reader, 10)
    os.close(reader)
    assert [True] * 3 == [stat.S_ISCHR(Path(path).stat().st_mode) for path in (FULL, os.devnull, link)]


def test_what_is_written_to_standard_output_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that is this program's own output is written into, so that what was printed before stays."""
    path = tmp_path / "both"
    with path.open("w", encoding="utf-8") as own:
        own.write("printed\n")
        own.flush()
        found = os.fstat(own.fileno())
        real = os.fstat
        monkeypatch.setattr(os, "fstat", lambda number: found if number == 1 else real(number))
        monkeypatch.setattr(os, "dup", lambda _number, dup=os.dup: dup(own.fileno()))
        write_whole(str(path), b"answer")

    assert "printed\nanswer" == path.read_text()


def test_what_fails_while_a_text_is_made_is_not_the_files_fault(tmp_path: Path) -> None:
    """A fault in making a piece is told as it is, and the file stays what it was."""
    path = tmp_path / "report"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise ValueError("a fault of its own")

    with pytest.raises(ValueError, match="a fault of its own"):
        write_whole(str(path), pieces())
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("report", b"old")]
