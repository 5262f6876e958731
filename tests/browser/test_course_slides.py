"""The slides of the course in a browser: turned by keys and by buttons, fitting, printed, and readable by everybody."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pages import Opened

from rasim.teach.lessons import COURSE_LESSONS, course_lesson
from rasim.web.slides import slides_page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
WIDE = {"width": 1280, "height": 720}
OVERFULL = """() => {
  const end = document.querySelector(".foot").getBoundingClientRect().top, bad = [];
  for (const each of document.querySelectorAll(".slide.here, .slide.here *")) {
    if (each.closest(".notes") || (each.closest("svg") && each.tagName !== "svg") || each.matches(".slide")) continue;
    const box = each.getBoundingClientRect();
    if (box.height && (box.bottom > end || box.right > innerWidth)) bad.push(each.tagName);
    if (each.matches("pre, .scroll") && (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight)) bad.push("scrolls");
  }
  return bad;
}"""

LESSONS = [pytest.param(name, id=name) for name in COURSE_LESSONS]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the lessons into a folder; in another thread, for in this one the browser's driver keeps a loop running."""
    folder = tmp_path_factory.mktemp("course")
    with ThreadPoolExecutor(1) as pool:
        for name in COURSE_LESSONS:
            text = pool.submit(slides_page, course_lesson(name)).result()
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def shows(desk: Opened, course: Path) -> Iterator[Any]:
    """Open a lesson at 1280 by 720, or as large as one says; it complains about nothing, and asks for nothing but itself."""

    def show(name: str, size: dict[str, int] | None = None, scheme: str = "light") -> Any:
        desk.open((course / f"{name}.html").as_uri())
        desk.tab.set_viewport_size(size or WIDE)
        desk.tab.emulate_media(color_scheme=scheme)
        return desk.tab

    yield show
    desk.check()


def test_keys_turn_the_slides(shows: Any) -> None:
    """Arrows, Home and End turn the slides as far as there are any, n shows the notes, o the overview, t starts the clock."""
    tab, last = shows(COURSE_LESSONS[0]), len(course_lesson(COURSE_LESSONS[0]).slides)

    def place() -> str:
        shown = tab.locator(".slide:visible")
        assert 1 == shown.count()
        return str(tab.inner_text("#place"))

    assert f"1 of {last}" == place()
    for key, at in (
        ("ArrowRight", 2),
        ("End", last),
        ("ArrowRight", last),
        ("ArrowLeft", last - 1),
        ("Home", 1),
        (" ", 2),
    ):
        tab.keyboard.press(key)
        assert f"{at} of {last}" == place()
    assert tab.url.endswith("#2")
    tab.keyboard.press("Home")
    assert 0 == tab.locator(".notes:visible").count()
    tab.keyboard.press("n")
    assert 1 == tab.locator(".notes:visible").count()
    tab.keyboard.press("t")
    assert "Stop" == tab.inner_text("#start")
    tab.keyboard.press("o")
    tab.click("#overview a >> nth=4")
    assert f"5 of {last}" == place()


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", LESSONS)
def test_every_slide_fits(shows: Any, name: str) -> None:
    """At 1280 by 720 every slide stands above its foot, and nothing in it scrolls; on a phone nothing is wider than the screen."""
    tab, overfull = shows(name), {}
    for at in range(1, len(course_lesson(name).slides) + 1):
        tab.evaluate("at => Slides.go(at - 1)", at)
        if bad := tab.evaluate(OVERFULL):
            overfull[at] = bad
    assert {} == overfull
    tab.set_viewport_size({"width": 390, "height": 800})
    wide = {}
    for at in range(1, len(course_lesson(name).slides) + 1):
        tab.evaluate("at => Slides.go(at - 1)", at)
        if (is_wide := tab.evaluate("document.documentElement.scrollWidth")) > 390:
            wide[at] = is_wide
    assert {} == wide


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", LESSONS)
def test_a_slide_is_a_page(shows: Any, name: str) -> None:
    """Printed, each slide is a page of its own, and there is no other."""
    tab = shows(name)
    tab.emulate_media(media="print")
    pages = len(re.findall(rb"/Type\s*/Page\b", tab.pdf(prefer_css_page_size=True)))

    assert len(course_lesson(name).slides) == pages


@pytest.mark.exhaustive
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LESSONS)
def test_axe_finds_nothing(shows: Any, name: str, scheme: str) -> None:
    """An automatic checker of accessibility finds no fault in a lesson, on any slide and in its notes, in light and in dark."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm is missing")
    tab = shows(name, scheme=scheme)
    tab.evaluate("document.documentElement.classList.replace('js', 'with-notes')")  # all of them, and their notes
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate(
        "axe.run().then(result => result.violations.map(v => [v.impact, v.id, v.nodes[0].html, v.nodes[0].failureSummary]))"
    )

    assert [] == found
