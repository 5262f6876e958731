"""A browser, and the explorer open in it. Where there is none, or no driver for it, the tests of the page do not run, and say so."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pages import Opened

from rasim import __version__
from rasim.web.page import page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start a browser that asks nobody for anything.

    Its driver keeps a loop running in this thread, in which no other test could run one of its own: so it ends with each module.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="the page is tested through playwright")
    if CHROMIUM is None:
        pytest.skip("the page is tested in chromium, which is not installed")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Write a page that opens with what is given, and return its address."""
    folder = tmp_path_factory.mktemp("pages")
    made: dict[str, str] = {}

    def write(**given: Any) -> str:
        text = page({"version": __version__, **given})
        if text not in made:
            path = folder / f"page-{len(made)}.html"
            path.write_text(text, encoding="utf-8")
            made[text] = path.as_uri()
        return made[text]

    return write


@pytest.fixture(scope="module")
def desk(browser: Any) -> Iterator[Opened]:
    """Open one tab for all pages of a module that need nothing special: a new one costs a second of work."""
    tab = Opened(browser)
    yield tab
    tab.tab.close()


@pytest.fixture
def opened(browser: Any, desk: Opened, written: Callable[..., str]) -> Iterator[Callable[..., Opened]]:
    """Open pages, one after the other; none of them may complain, or ask for anything but itself. Special ones have a tab of their own."""
    tabs: list[Opened] = [desk]

    def open_page(fragment: str = "", *, options: dict[str, Any] | None = None, **given: Any) -> Opened:
        if options:
            tabs.append(Opened(browser, **options))
        tab = tabs[-1] if options else desk
        tab.open(written(**given) + fragment)
        return tab

    yield open_page
    for tab in tabs:
        tab.check()
    for tab in tabs[1:]:
        tab.tab.close()
