"""Pages whose steps build on each other, done as they say: files are saved and commands run, in their order, in an empty folder."""

import re
from pathlib import Path

import pytest
import shown

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "tutorial" / "first-five-minutes.md"
GUARD = DOCS / "how-to" / "guard-policies-in-pull-requests.md"
SAVE = re.compile(r"Save this as `(?P<name>[\w./-]+)`:$")


Saved = tuple[str, str]
"""A name and the text under it."""


def done(page: str) -> list[Saved | shown.Shown]:
    """Return what the page lets its reader do, in order: save a text under a name, or run a command."""
    steps: dict[int, Saved | shown.Shown] = {command.line: command for command in shown.commands(page)}
    for block in shown.blocks(page):
        if name := SAVE.search(block.before):
            steps[block.line] = (name["name"], block.text)
    return [steps[line] for line in sorted(steps)]


@pytest.mark.usefixtures("explored_once")
@pytest.mark.parametrize(
    ("page", "commands"),
    [(PAGE, {"run", "check", "audit"}), (GUARD, {"new", "run", "diff"})],
    ids=["tutorial", "guard"],
)
def test_a_page_goes_as_told(tmp_path: Path, page: Path, commands: set[str]) -> None:
    """Whoever follows the page step by step sees what it shows."""
    steps = done(page.read_text("utf-8"))
    for step in steps:
        if isinstance(step, shown.Shown):
            shown.hold(step, tmp_path)
        else:
            (tmp_path / step[0]).write_text(step[1], "utf-8")

    assert commands <= {step.command.split()[1] for step in steps if isinstance(step, shown.Shown)}


def test_what_the_tutorial_lets_its_reader_try_is_so(tmp_path: Path) -> None:
    """The reader who writes the switch as a text gets the exit code 3, as the tutorial says."""
    texts = dict(step for step in done(PAGE.read_text("utf-8")) if not isinstance(step, shown.Shown))
    written = texts["helpdesk.reg"].replace("dword:00000001", '"1"', 1)
    (tmp_path / "helpdesk.reg").write_text(written, "utf-8")

    code, printed = shown.run("rasim audit helpdesk.reg", tmp_path)

    assert 3 == code
    assert any("UNCLEAR" in line for line in printed)
