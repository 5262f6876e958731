"""Pages whose steps build on each other, done as they say: files are saved and commands run, in their order, in an empty folder."""

import re
import subprocess
import sys
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


OWN = DOCS / "tutorial" / "test-your-own-product.md"


def own_product(folder: Path, *, fixed: bool) -> None:
    """Save the files of the tutorial about one's own product, as they are after the fix or before it."""
    page = OWN.read_text("utf-8")
    for name, text in (step for step in done(page) if not isinstance(step, shown.Shown)):
        (folder / name).write_text(text, "utf-8")
    if fixed:
        (right,) = (each.text for each in shown.blocks(page, "python") if each.text.startswith("    def denies"))
        wrong = right.removesuffix("            self.offer = None\n")
        product = (folder / "product.py").read_text("utf-8")
        assert wrong in product
        (folder / "product.py").write_text(product.replace(wrong, right), "utf-8")


@pytest.mark.exhaustive
def test_ones_own_product_goes_as_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries the product of the tutorial sees what it shows, before the fix and after it."""
    first, *others = shown.commands(OWN.read_text("utf-8"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    for command in (first, *others):
        own_product(tmp_path, fixed=command is not first)
        for name in ("adapter", "product"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        shown.hold(command, tmp_path)
    for name in ("adapter", "product"):
        monkeypatch.delitem(sys.modules, name)

    assert 3 == len((first, *others))


@pytest.mark.exhaustive
@pytest.mark.parametrize("fixed", [True, False])
def test_the_tests_of_ones_own_product(tmp_path: Path, fixed: bool) -> None:
    """The tests of the tutorial pass or fail as it says; each that fails shows a story of four steps."""
    own_product(tmp_path, fixed=fixed)
    arguments = ["-q", "-p", "no:cacheprovider", "--tb", "short", "-p", "no:xdist", "-p", "no:randomly"]
    done_ = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "-m", "pytest", *arguments, "test_three_lines.py", "test_product.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ("1 failed, 3 passed" if fixed else "3 failed, 1 passed") in done_.stdout
    assert fixed is ("tries to accept" not in done_.stdout)


def test_what_the_tutorial_lets_its_reader_try_is_so(tmp_path: Path) -> None:
    """The reader who writes the switch as a text gets the exit code 3, as the tutorial says."""
    texts = dict(step for step in done(PAGE.read_text("utf-8")) if not isinstance(step, shown.Shown))
    written = texts["helpdesk.reg"].replace("dword:00000001", '"1"', 1)
    (tmp_path / "helpdesk.reg").write_text(written, "utf-8")

    code, printed = shown.run("rasim audit helpdesk.reg", tmp_path)

    assert 3 == code
    assert any("UNCLEAR" in line for line in printed)
