from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.errors import UsageError


def test_a_starter_teaches_by_a_good_and_a_bad_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new folder has a scenario that passes, and its twin that fails and says what it expected and what is."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(rasim, ["new", "demo"])
    played = CliRunner().invoke(rasim, ["run", "demo"])

    assert (0, 1) == (made.exit_code, played.exit_code)
    assert "1 passed, 1 failed" in played.stdout
    assert "expected anna: view only; it is: nothing" in played.stdout


@pytest.mark.parametrize(
    "command",
    [
        ["audit", "demo/policy.reg"],
        ["check", "demo/policy.reg"],
        ["explain", "demo/policy.reg", "--expert", "CORP\\anna", "--member-of", "CORP\\Helpdesk"],
    ],
    ids=lambda command: command[0],
)
def test_what_the_starter_proposes_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    """Each command that the starter's page proposes answers."""
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(rasim, ["new", "demo"])

    assert 0 == CliRunner().invoke(rasim, command).exit_code
    assert command[1] in (tmp_path / "demo" / "README.md").read_text("utf-8")


def test_nothing_that_exists_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or file of that name is left as it is, and that is said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").write_text("mine", "utf-8")
    result = CliRunner().invoke(rasim, ["new", "demo"])

    assert isinstance(result.exception, UsageError)
    assert "exists already" in str(result.exception)
    assert "mine" == (tmp_path / "demo").read_text("utf-8")


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "C:x", "a\nb"])
def test_a_name_that_is_no_folders_is_refused(name: str) -> None:
    """A name that leads elsewhere or cannot be a folder's is a usage error."""
    result = CliRunner().invoke(rasim, ["new", "--", name])

    assert isinstance(result.exception, UsageError)
