"""The option --explain of the command that judges traces: what it says besides, in every form, and with which exit code."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml

from rasim.cli import main as command_line

FOLDER = Path(__file__).parents[2] / "data" / "cases"
NAME = "case-36-a-lost-caller-keeps-the-place"
GOOD, BAD = (str(FOLDER / f"{NAME}.{twin}.jsonl") for twin in ("good", "bad"))


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command as a function of its arguments: its exit code and what it printed."""

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["rasim", "judge", *arguments])
        with pytest.raises(SystemExit) as left:
            command_line.main()
        return int(left.value.code or 0), capsys.readouterr().out

    return call


@pytest.fixture
def unusual(tmp_path: Path) -> str:
    """Return a trace that keeps every promise that is asked, and that the table never leaves: an offer on show is refused as a duplicate."""
    lines = Path(GOOD).read_text(encoding="utf-8").splitlines()[:14]
    asked = {"seq": 15, "event": "offer_refused", "offer": "o-be", "reason": "duplicate"}
    path = tmp_path / "unusual.jsonl"
    path.write_text("\n".join([*lines, json.dumps(asked)]), encoding="utf-8")
    return str(path)


@pytest.fixture
def crowded(tmp_path: Path) -> str:
    """Return a trace with more experts and sessions than are followed."""
    lines: list[dict[str, Any]] = [{"event": "logged_on", "session": f"s{n}", "by": f"CORP\\u{n}"} for n in range(5)]
    lines += [{"event": "contact", "expert": f"CORP\\e{n}"} for n in range(5)]
    path = tmp_path / "crowded.jsonl"
    path.write_text("\n".join(json.dumps({"seq": n, **each}) for n, each in enumerate(lines)), encoding="utf-8")
    return str(path)


def test_nothing_is_said_of_the_table_unless_asked(run: Run) -> None:
    """Without the option no answer speaks of the table, and JSON has no `explained`."""
    _, text = run(GOOD, "--format", "json")

    assert "explained" not in text


def test_an_explained_trace_is_said_to_be(run: Run) -> None:
    """A trace that the table explains is kept as before, exit code 0, and the answer says that the table explains it."""
    code, text = run(GOOD, "--explain")

    assert 0 == code
    assert "by the table: one of its behaviours leaves exactly these lines" in " ".join(text.split())


def test_a_refused_line_is_shown(run: Run) -> None:
    """A trace that is not explained is exit code 1, with the line and what could have stood there."""
    code, text = run(BAD, "--explain")

    assert 1 == code
    assert f"NOT EXPLAINED: {BAD}" in text.replace("\n", " ")
    assert "What could have stood there" in text
    assert "prompt_shown (offer o-be)" in text


def test_a_kept_trace_may_be_unexplained(run: Run, unusual: str) -> None:
    """A trace whose promises are kept and that the table never leaves is exit code 1, not calm, and its verdict is *kept*."""
    code, text = run(unusual, "--explain", "--format", "json")
    traces = json.loads(text)["traces"]

    assert (1, "kept", False, 15) == (
        code,
        traces[0]["verdict"],
        traces[0]["explained"]["explained"],
        traces[0]["explained"]["line"],
    )
    assert 0 == run(unusual)[0]


def test_what_cannot_be_told_is_said(run: Run, crowded: str) -> None:
    """A trace of which it cannot be told whether the table explains it is exit code 3, and never called explained."""
    code, text = run(crowded, GOOD, "--explain")

    assert 3 == code
    assert "CANNOT TELL IF EXPLAINED" in text
    assert "more than 24 experts times sessions" in text.replace("\n", " ").replace("    ", " ").replace("  ", " ")


def test_json_has_what_is_explained(run: Run) -> None:
    """JSON says of each trace whether it is explained, where not from which line on, why, and what was possible."""
    _, text = run(GOOD, BAD, "--explain", "--format", "json")
    answers = {Path(one["file"]).name.split(".")[1]: one["explained"] for one in json.loads(text)["traces"]}

    assert {"explained": True, "at": None, "line": None, "because": None, "possible": []} == answers["good"]
    assert (False, 14, 14) == (answers["bad"]["explained"], answers["bad"]["at"], answers["bad"]["line"])
    assert "reason" in answers["bad"]["because"]
    assert "prompt_shown (offer o-be)" in answers["bad"]["possible"]


def test_junit_has_a_case_for_the_table(run: Run, tmp_path: Path, crowded: str) -> None:
    """In JUnit the table is a case of its own: a failure where it does not explain a trace, an error where that cannot be told."""
    report = tmp_path / "report.xml"
    run(GOOD, BAD, crowded, "--explain", "--report", f"junit={report}")
    cases = {
        str(suite.name): [
            type(each).__name__ for case in suite if case.name == "the table explains it" for each in case.result
        ]
        for suite in JUnitXml.fromfile(str(report))
    }

    assert {GOOD: [], BAD: ["Failure"], crowded: ["Error"]} == cases


def test_a_view_that_is_called_a_capability_is_followed(run: Run) -> None:
    """To whoever writes a trace a view may be a capability; in the table it is a phase, and to take it back so is none of its behaviours."""
    code, said = run("--explain", str(FOLDER.parent / "judged" / "view-revoked-view-went-on.jsonl"))

    assert 1 == code
    assert "nothing that the table does leaves capability_revoked here (line 9" in said
