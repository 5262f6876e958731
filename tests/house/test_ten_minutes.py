"""The first ten minutes of four people, and the README: what they show is what is printed, typed in order in a copy of what they name."""

import shutil
from pathlib import Path

import pytest
import shown
from test_first_five_minutes import done

TOP = Path(__file__).parents[2]
PAGES = sorted((TOP / "docs" / "tutorial" / "ten-minutes").glob("*.md"))


def stage(folder: Path) -> None:
    """Put what the pages name into a folder, as it lies in a clone."""
    for each in ("scenarios", "docs/examples", "tests/data/cases"):
        shutil.copytree(TOP / each, folder / each)


@pytest.mark.usefixtures("explored_once")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_ten_minutes_go_as_told(tmp_path: Path, page: Path) -> None:
    """Whoever types what the page shows, in its order, sees what it shows."""
    stage(tmp_path)
    for step in done(page.read_text("utf-8")):
        if isinstance(step, shown.Shown):
            shown.hold(step, tmp_path)
        else:
            (tmp_path / step[0]).write_text(step[1], "utf-8")


def test_each_of_the_four_has_a_page() -> None:
    """An administrator, an engineer, a reviewer and a teacher each have ten minutes of their own."""
    assert ["administrator", "engineer", "reviewer", "teacher"] == [page.stem for page in PAGES]
