"""Consent failures of real products, retold as traces: each bad one is broken, and its good twin is kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from rasim.protocol.trace_text import read_trace
from rasim.verify import KEPT
from rasim.verify.promises.judge import Judge, JudgedTrace
from rasim.verify.promises.kinds import Always, Traced, Within

FOLDER = Path(__file__).parents[2] / "data" / "cases"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))


def judged(name: str) -> JudgedTrace:
    one = Judge()
    with (FOLDER / name).open(encoding="utf-8") as lines:
        for number, recorded in read_trace(lines, name):
            one.take(recorded, number)
    return one.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_bad_trace_is_broken(case: dict[str, Any]) -> None:
    """The trace of a failure breaks at least the promises that its index names."""
    shown = judged(f"{case['name']}.bad.jsonl")

    assert "broken" == shown.verdict
    assert set(case["broken"]) <= {each.promise for each in shown.broken}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_good_twin_is_kept(case: dict[str, Any]) -> None:
    """The twin of a failure, in which consent is as it should be, is kept."""
    shown = judged(f"{case['name']}.good.jsonl")

    assert ("kept", (), ()) == (shown.verdict, shown.broken, shown.cannot_tell)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_index_names_judged_promises(case: dict[str, Any]) -> None:
    """The index names at least one promise for each case, and only such that a trace can show."""
    judged_ones = {promise.name for promise in KEPT if isinstance(promise, Always | Within | Traced)}

    assert case["broken"]
    assert set() == set(case["broken"]) - judged_ones


def test_the_index_is_complete() -> None:
    """Every file of the folder belongs to a case of the index, there are forty or more, and no two have one name."""
    files = {path.name for path in FOLDER.iterdir()} - {"cases.json"}
    expected = [f"{case['name']}.{twin}.jsonl" for case in CASES for twin in ("bad", "good")]

    assert sorted(files) == sorted(expected)
    assert len(CASES) >= 40
