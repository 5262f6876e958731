"""How long the explorer takes to open in Chromium, beside an empty page in the same browser; and the picture of it in the README.

    python tests/bench/page_opens.py [--rounds N] [--picture FILE]

It is ready when both desktops are drawn and buttons answer. What the figure does not cover: other browsers, phones, a disk that is slow.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from playwright.sync_api import sync_playwright

from rasim import __version__
from rasim.web.page import page

READY = "document.documentElement.dataset.ready === 'yes'"


def main() -> None:
    """Open both pages in turn, and say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    text = page({"version": __version__})
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        whole, empty = Path(folder, "explorer.html"), Path(folder, "empty.html")
        whole.write_text(text, encoding="utf-8")
        empty.write_text("<!doctype html><html data-ready=yes><title>empty</title></html>", encoding="utf-8")
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        times: dict[Path, list[float]] = {whole: [], empty: []}
        for _ in range(given.rounds):
            for path, taken in times.items():
                tab = browser.new_page()
                begun = perf_counter()
                tab.goto(path.as_uri())
                tab.wait_for_function(READY)
                taken.append(perf_counter() - begun)
                tab.close()
        of_page, of_empty = (median(times[path]) for path in (whole, empty))
        size = len(text.encode()) / 1000
        beside = f"an empty page in {of_empty:.2f} s; {of_page / of_empty:.1f} times"
        sys.stdout.write(f"explorer: {size:.0f} kB, ready in {of_page:.2f} s; {beside}\n")
        if given.picture:
            tab = browser.new_page(
                viewport={"width": 1240, "height": 860}, color_scheme="light", locale="en-US", reduced_motion="reduce"
            )
            tab.goto(f"{whole.as_uri()}#g=control")
            tab.wait_for_function(READY)
            tab.click('#experts button:has-text("Request control")')
            tab.screenshot(path=given.picture)
        browser.close()


if __name__ == "__main__":
    main()
