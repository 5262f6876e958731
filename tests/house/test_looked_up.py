"""What answers print can be looked up: their ids and names are collected from the answers themselves."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.report.lookup import find

ID: Final = re.compile(r"\b(?:RA\d{3}|[RASLFM]\d{1,2}b?|case-\d\d|road-\d+|[TOVEW]\d{1,2}|C\d{1,2})\b(?!:)")
NAME: Final = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
NAMED: Final = (
    *(
        "event",
        "reason",
        "capability",
        "offers",
        "mode",
        "solicited",
        "state",
        "reply",
        "origin",
        "rules",
        "verdict",
        "decision",
    ),
    *("os", "road", "thing", "need", "covers", "witnesses", "promise", "owner", "profile", "engine"),
)
"""Keys whose values are names."""
CASES: Final = Path(__file__).parents[1] / "data" / "cases"
ASKED: Final = (
    ("audit", "scenarios/who-may-offer/helpdesk.pol", "scenarios/who-may-offer/branch.pol"),
    ("audit", "docs/examples/corp"),
    ("audit", "tests/data/policies"),
    ("explain", "scenarios/who-may-offer/helpdesk.pol", "--expert", r"CORP\anna"),
    ("explain", "scenarios/who-may-offer/helpdesk.pol", "--expert", r"CORP\anna", "--capability", "control"),
    ("diff", "scenarios/who-may-offer/helpdesk.pol", "scenarios/who-may-offer/branch.pol"),
    ("run", "scenarios/who-may-offer"),
    ("judge", *sorted(f"tests/data/cases/{path.name}" for path in CASES.glob("case-1*")), "--explain"),
    ("check", "--max-states", "50"),
)


def _values(answer: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield from _values(value, name)
    elif isinstance(answer, list):
        for value in answer:
            yield from _values(value, key)
    elif isinstance(answer, str):
        yield key, answer


def _printed(*arguments: str) -> str:
    return CliRunner().invoke(rasim, list(arguments)).stdout


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
def test_what_an_answer_prints_can_be_looked_up(
    asked: tuple[str, ...], top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every id and name in an answer, as text and as JSON, is one that `rasim show` finds."""
    monkeypatch.chdir(top)
    save = ("--save", "") if asked[0] in ("run", "check") else ()
    text, written = (_printed(*asked, "--all", *save, "--format", form) for form in ("text", "json"))
    answer = json.loads(written)
    keys = _keys(answer)
    names = {name for name in (*ID.findall(text), *NAME.findall(text)) if name not in keys}
    for key, value in _values(answer):
        names |= set(ID.findall(value)) if key not in ("file", "path", "expert", "account", "helpers") else set()
        if key in NAMED:
            names.add(value)

    assert len(names) > 3
    assert [] == sorted(name for name in names if not find([name]))


def _keys(answer: Any) -> set[str]:
    if isinstance(answer, dict):
        return set(answer) | set().union(*map(_keys, answer.values()), set())
    return set().union(*map(_keys, answer), set()) if isinstance(answer, list) else set()
