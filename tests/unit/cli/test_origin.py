"""Where rasim was installed from, as what installs it again elsewhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rasim.cli.origin import UNKNOWN, requirement

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def line(**record: object) -> str:
    """Return the line that installs, of a record of the installer."""
    said = requirement("testing", json.dumps(record))
    *comments, last = said.splitlines()
    assert comments
    assert all(each.startswith("# ") for each in comments)
    return last


def test_a_checkout_is_installed_from_its_path(tmp_path: Path) -> None:
    """What was installed from a folder, editable or not, is installed from that folder again, and is told to be of this computer alone."""
    record = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}

    assert f"rasim[testing] @ {tmp_path.as_uri()}" == line(**record)
    assert "on this computer" in requirement("testing", json.dumps(record))


def test_a_commit_is_installed_from_its_commit() -> None:
    """What was installed from a repository is installed from the same commit of it, and from the same folder below its top."""
    at = {"url": "https://git.example/corp/rasim", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}

    assert f"rasim[testing] @ git+https://git.example/corp/rasim@{COMMIT}" == line(**at)
    assert line(**at, subdirectory="tools/rasim").endswith(f"@{COMMIT}#subdirectory=tools/rasim")


def test_an_archive_is_installed_with_its_digest() -> None:
    """What was installed from an archive is installed from it only while its bytes are the same."""
    archive = {"url": "https://corp.example/rasim.whl", "archive_info": {"hashes": {"md5": "1", "sha256": "ab"}}}

    assert "rasim[testing] @ https://corp.example/rasim.whl#sha256=ab" == line(**archive)


@pytest.mark.parametrize(
    "recorded",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"url": 1}',
        '{"url": "https://x.example/r", "vcs_info": {}}',
        '{"url": "file:///no/such/rasim"}',
    ],
)
def test_what_is_not_known_is_not_guessed(recorded: str) -> None:
    """Without a record that can be followed the line stops the installer, and a comment says what to write."""
    said = requirement("testing", recorded)

    assert f"rasim[testing] @ {UNKNOWN}" == said.splitlines()[-1]
    assert "Write where yours comes from" in said


def test_a_name_alone_is_never_written(tmp_path: Path) -> None:
    """No line installs rasim by its name: it is not published, and the name could be somebody else's."""
    for recorded in ("", json.dumps({"url": tmp_path.as_uri(), "dir_info": {}})):
        assert " @ " in requirement("testing", recorded).splitlines()[-1]


@pytest.mark.exhaustive
def test_the_installer_stops_at_what_is_not_known(tmp_path: Path) -> None:
    """Pip installs nothing from the line that stands for the unknown, and its message names the file to be changed."""
    required = tmp_path / "requirements.txt"
    required.write_text(requirement("testing", ""), "utf-8")
    done = subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-m", "pip", "install", "--no-index", "--dry-run", "-r", str(required)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 != done.returncode
    assert "REQUIREMENTS-TXT" in done.stderr
