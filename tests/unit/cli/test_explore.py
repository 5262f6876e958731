"""`rasim explore`: what a page opens with, and what is said to whoever types it wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rasim.cli.explore import explore
from rasim.errors import RasimError, UsageError
from rasim.policy import Policy
from rasim.web.page_input import of_policy

ROOT = Path(__file__).parent.parent.parent.parent
POLICY = ROOT / "scenarios" / "who-may-offer" / "branch.pol"
TRACE = '{"seq": 1, "event": "logged_on", "session": "s1", "by": "CORP\\\\bob"}\n'


def given(*arguments: str) -> Any:
    """Return what the page that a command writes opens with."""
    result = CliRunner().invoke(explore, [*arguments, "-o", "-"], catch_exceptions=False)
    found = re.search(r'id="given">(.*?)</script>', result.stdout)
    assert result.exit_code == 0
    assert found is not None
    return json.loads(found[1])


def test_alone_it_opens_with_nothing() -> None:
    """Without a file the page opens with its version and the digest of its tables."""
    assert given().keys() == {"digest", "version"}


def test_a_policy_says_where_its_settings_stand() -> None:
    """With a policy file the page knows its offers, its mode, whether anybody is listed, and the byte of each setting."""
    policy = given(str(POLICY))["policy"]

    assert policy["carries"] == {"new offers": "enabled", "new control": False, "new port 3389": "closed"}
    assert policy["listed"] is True
    assert policy["places"]["fAllowUnsolicitedFullControl"] == "= REG_DWORD 0, branch.pol: offset 182"


def test_a_block_of_some_systems_is_said() -> None:
    """Where disabled invitations block offers on some systems the page says on which, for it knows of no system; else it says nothing."""
    open_, blocked = (
        of_policy(Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"], solicited=word), "p")
        for word in ("enabled", "disabled")
    )

    assert open_["policy"]["unclear"] == []
    assert "block offers on windows-xp" in blocked["policy"]["unclear"][0]


@pytest.mark.parametrize("kind", ["trace", "scenario"])
def test_a_trace_or_a_scenario_is_given_as_lines(tmp_path: Path, kind: str) -> None:
    """A trace is told by its lines, a scenario by its first key, whatever the files are called."""
    file = tmp_path / "something"
    scenario = next((ROOT / "scenarios").rglob("*.yaml")).read_text(encoding="utf-8")
    file.write_text(TRACE if kind == "trace" else scenario, encoding="utf-8")
    found = given(str(file))

    assert found["trace"]["name"] == "something"
    assert found["trace"]["lines"][0]["line"]["event"] == ("logged_on" if kind == "trace" else "policy_applied")
    assert len(found["trace"]["lines"]) == 1 if kind == "trace" else len(found["trace"]["lines"]) > 1


def test_the_page_is_written(tmp_path: Path) -> None:
    """With -o the page stands in a file, and is the same bytes each time."""
    pages = [tmp_path / "a.html", tmp_path / "b.html"]
    for page in pages:
        assert CliRunner().invoke(explore, ["-o", str(page)], catch_exceptions=False).exit_code == 0

    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert pages[0].read_bytes().startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "say where the page is to be written"),
        (("-o", "x.html", "--serve"), "not both"),
        (("-o", "x.html", "--port", "80"), "--port is the port of --serve"),
        (("-o", "none/there/x.html"), "none/there/x.html"),
        (("-o", "-", "nowhere.pol"), "nowhere.pol"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], why: str) -> None:
    """Whatever is typed wrong is one sentence, with what to write instead or the file that is not there."""
    with pytest.raises((UsageError, RasimError), match=re.escape(why)):
        CliRunner().invoke(explore, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rasim: 1\nscenario: x\n", "steps"),
        ('{"seq": 1, "event": "nothing"}\n', "no event is called"),
        ("[Startup]", "wrong"),
    ],
)
def test_a_file_that_cannot_be_read_is_no_page(tmp_path: Path, text: str, why: str) -> None:
    """A scenario, trace or policy with a mistake gives no page, but the mistake with its place."""
    file = tmp_path / "wrong"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RasimError, match=why):
        CliRunner().invoke(explore, ["-o", "-", str(file)], catch_exceptions=False)


def test_where_it_cannot_be_written_is_said_before_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page for a folder that is not there is refused before it is made."""
    monkeypatch.setattr("rasim.web.page.page", lambda *_, **__: pytest.fail("it was made first"))
    with pytest.raises(UsageError, match="cannot be written: no such file or directory"):
        CliRunner().invoke(explore, ["-o", str(tmp_path / "none" / "page.html")], catch_exceptions=False)
