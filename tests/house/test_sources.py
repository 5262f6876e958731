"""The page of sources says what every id in the code stands for."""

import re
from pathlib import Path

import pytest

from rasim.protocol.choices import Choices
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.vocabulary import further
from rasim.verify import KEPT

ID = re.compile(r"\b(?:[RASLF]\d{1,2}b?|case-\d\d|road-\d+)\b")
KEY = re.compile(r'\("F\d+", "')  # a key of a keyboard, with what it does
ROW = re.compile(r"\| (?P<id>[RASLF]\d{1,2}b?|case-\d\d|road-\d+|\d\.\d|choice) \|(?P<cells>.*)\|$", re.MULTILINE)
MARKS = ("*verified*", "*remembered*", "*inferred*", "*rasim's choice*")


@pytest.fixture(scope="module")
def page(top: Path) -> str:
    return (top / "docs" / "reference" / "sources.md").read_text("utf-8")


@pytest.fixture(scope="module")
def told(page: str) -> dict[str, list[str]]:
    """Return the cells of each id: what it says, its mark, where it is from. An id of two lists has twice as many."""
    told: dict[str, list[str]] = {}
    for row in ROW.finditer(page):
        told.setdefault(row["id"], []).extend(cell.strip() for cell in row["cells"].split(" | "))
    return told


def test_every_ground_of_a_row_has_a_source(told: dict[str, list[str]]) -> None:
    """Each id that a row of the table rests on is told on the page of sources."""
    tables = (
        table(choices, (CONTROL, further("chat"))) for choices in (Choices(), Choices(unasked_control="possible"))
    )
    grounds = {ground for rules in tables for row in rules.rows for ground in row.ground.split()}

    assert set() == grounds - set(told)


def test_every_case_a_promise_covers_has_a_source(told: dict[str, list[str]]) -> None:
    """Each id that a promise covers is told on the page of sources."""
    covered = {case for promise in KEPT for case in promise.covers}

    assert set() == covered - set(told)


def test_every_id_in_the_text_of_rasim_has_a_source(top: Path, told: dict[str, list[str]]) -> None:
    """Each id that a comment, docstring or message of rasim names is told on the page of sources."""
    files = sorted((top / "rasim").rglob("*.py"))
    missing = [
        f"{file.relative_to(top)}: {cited}"
        for file in files
        for cited in sorted(set(ID.findall(KEY.sub("", file.read_text("utf-8")))) - set(told))
    ]

    assert [] == missing, "\n".join(missing)


def test_every_id_the_page_names_is_told_there(page: str, told: dict[str, list[str]]) -> None:
    """The page of sources names no id that it does not explain."""
    named = set(ID.findall(page))

    assert set() == named - set(told)


def test_every_source_is_told_in_full(told: dict[str, list[str]]) -> None:
    """Each id says something, has a mark, and names where it is from."""
    wanting = {
        name: cells
        for name, cells in told.items()
        if len(cells) % 3 or not all(cells) or not all(any(m in mark for m in MARKS) for mark in cells[1::3])
    }

    assert {} == wanting
