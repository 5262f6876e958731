"""Standard output whose reader leaves."""

import subprocess
import sys
from pathlib import Path

POLICY = Path(__file__).parents[3] / "scenarios" / "who-may-offer" / "branch.pol"


def code_when_unread(*arguments: str) -> int:
    """Return the exit code of a command whose output nobody reads."""
    process = subprocess.Popen(  # noqa: S603  (our own command)
        [sys.executable, "-m", "rasim", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    code = process.wait()

    assert b"" == complaint
    return code


def test_an_answer_nobody_reads_keeps_its_code() -> None:
    """A check of a policy that holds ends with 0 though the reader of its output has left."""
    assert 0 == code_when_unread("check", str(POLICY), "--format", "json")


def test_an_error_nobody_reads_keeps_its_code(tmp_path: Path) -> None:
    """A run that found a bad scenario ends with 2 though the reader of its output has left."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("rasim: 1\n", encoding="utf-8")

    assert 2 == code_when_unread("run", str(bad), "--format", "json")
