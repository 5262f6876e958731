"""A trace as the page follows it: judged as `rasim judge` judges it, and nothing is made up of what was not recorded."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rasim.cli.judge import judge
from rasim.errors import UsageError
from rasim.protocol.lines import Line, Recorded
from rasim.protocol.trace_text import read_trace
from rasim.web.followed import LONGEST_FOLLOWED, followed

CASES = Path(__file__).parents[2] / "data" / "cases"
FILES = sorted(CASES.glob("*.jsonl"))


def trace_of(path: Path) -> dict[str, Any]:
    """Return the trace of a file as a page has it."""
    return followed(read_trace(path.read_text(encoding="utf-8").splitlines(), path.name), path.name)


def test_the_verdicts_are_those_of_rasim_judge() -> None:
    """For every trace of a public case the page has the verdict, the broken promises and what cannot be told that `rasim judge` prints."""
    done = CliRunner().invoke(judge, ["--format", "json", *map(str, FILES)])
    told = json.loads(done.stdout)["traces"]

    assert len(told) == len(FILES) == 106
    for path, answer in zip(FILES, told, strict=True):
        judged = trace_of(path)["judged"]
        assert judged["verdict"] == answer["verdict"]
        assert [each["promise"] for each in judged["broken"]] == [each["promise"] for each in answer["broken"]]
        assert judged["cannot_tell"] == answer["cannot_tell"]


def seen(path: Path) -> list[dict[str, Any]]:
    """Return what goes on after each line."""
    now: dict[str, Any] = {}
    found = []
    for line in trace_of(path)["lines"]:
        now = {**now, **line}
        found.append({"event": line["line"]["event"], "going on": now["assistances"]})
    return found


def test_each_line_says_what_each_side_sees() -> None:
    """In the case of the vanished buttons the user is asked, the question goes away, and the expert looks on all the same."""
    (path,) = CASES.glob("case-03-*.bad.jsonl")
    told = {each["event"]: each["going on"] for each in reversed(seen(path))}

    assert told["prompt_shown"][0]["phase"] == "offered"
    assert told["offer_received"][0]["phase"] == "offering"
    assert told["prompt_hidden"][0]["phase"] == "gone"
    assert (told["connection_opened"][0]["phase"], told["connection_opened"][0]["picture"]) == ("viewing", False)
    assert told["frame_shown"][0]["picture"] is True
    assert told["ended"] == []


def test_what_has_not_changed_is_not_said_again() -> None:
    """A line that changes nothing of what somebody sees carries nothing but itself."""
    (path,) = CASES.glob("case-03-*.bad.jsonl")
    audited = [line for line in trace_of(path)["lines"] if line["line"]["event"] == "audited"]

    assert all({"sessions", "assistances"}.isdisjoint(line) for line in audited)


def test_a_trace_may_be_too_long_for_a_page() -> None:
    """More lines than a page holds are refused with the command that takes them, and so is a trace without a line."""
    line = Recorded(1, Line("restarted"))
    with pytest.raises(UsageError, match="5,000 lines of a trace at most; rasim judge takes any"):
        followed(((at, line) for at in range(1, LONGEST_FOLLOWED + 2)), "long.jsonl")
    with pytest.raises(UsageError, match="no line"):
        followed((), "empty.jsonl")
