"""The rooms of the code: how large each may be, and that the map of them is complete."""

import re

import pytest

from docs.generate.rooms import BUDGET, PAGE, TOP, files_of, floors, lines_of

MOST = 450  # lines of a file that is read as a whole
WHOLE = 53_408  # lines of Python in all rooms; decisions 0012 and 0015 say what they bought, and why not 28,500
NAMED = re.compile(r"`([a-z_]+(?:/[a-z_]+)+)`")
LONG = re.compile(r"^\| `(rasim/\S+)` \| \S", re.MULTILINE)


def test_every_room_has_a_budget() -> None:
    """The budget names the rooms of the layers contract and no other."""
    assert {room for floor in floors() for room in floor} == set(BUDGET)


def test_the_budgets_come_to_no_more_than_the_whole() -> None:
    """What all rooms may have together is what the house may have."""
    assert sum(BUDGET.values()) <= WHOLE


@pytest.mark.parametrize("room", BUDGET)
def test_no_room_outgrows_its_budget(room: str) -> None:
    """A room has no more lines than its budget, unless a decision raises it."""
    assert sum(map(lines_of, files_of(room))) <= BUDGET[room]


def test_long_files_have_a_reason() -> None:
    """A file of more than 450 lines stands in the map with its reason, and none stands there that is shorter."""
    code = [path for kind in ("*.py", "*.js", "*.css") for path in (TOP / "rasim").rglob(kind)]
    long = {str(path.relative_to(TOP)) for path in code if lines_of(path) > MOST}

    assert long == set(LONG.findall(PAGE.read_text(encoding="utf-8")))


def test_the_map_names_what_there_is() -> None:
    """Every module and folder that the map names by its path is there."""
    ways = PAGE.read_text(encoding="utf-8").partition("## Five ways of data")[2]
    named = set(NAMED.findall(ways))
    there = {
        name
        for name in named
        for top in (TOP, TOP / "rasim")
        if (top / name).is_dir() or (top / f"{name}.py").is_file()
    }

    assert named
    assert set() == named - there
