"""The page of benchmarks and its plots, from figures that somebody measured and wrote into measured.json, with date and command.

Nothing is measured here: a page must not depend on how busy a machine is. Every figure is a ratio to a peer of the same run, for
seconds of one machine say nothing on another. Who measures again writes the answer into the file, and `python -m docs.generate` draws it.
"""

import json
from collections.abc import Iterator
from html import escape
from math import log10
from pathlib import Path
from typing import Any, Final

from docs.generate import MADE

MEASURED: Final[list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("measured.json").read_text(encoding="utf-8")
)
WIDTH, ROW, LEFT, TOP = 376, 38, 8, 12  # pixels: a phone shows it as it is
STYLE: Final = (
    ".bg{fill:#fff}text{font:13px sans-serif;fill:#111}.bar{fill:#7f9cc4}.ours{fill:#33557f}.one{stroke:#8a4b08;stroke-dasharray:4 3}"
    "@media (prefers-color-scheme:dark){.bg{fill:#16181d}text{fill:#eee}.bar{fill:#51688c}.ours{fill:#9fc0ee}.one{stroke:#f0b36b}}"
)


def plot(measured: dict[str, Any]) -> str:
    """Return the bars as SVG: how long they are grows with the logarithm, and the dashed line is the peer they are measured by."""
    return "\n".join(_drawn(measured))


def _drawn(measured: dict[str, Any]) -> Iterator[str]:
    bars: list[tuple[str, float]] = [(name, ratio) for name, ratio in measured["bars"]]
    logs = [log10(ratio) for _, ratio in bars]
    low, high = min(*logs, 0) - 0.25, max(*logs, 0)
    scale = (WIDTH - LEFT - 70) / (high - low)
    height = 2 * TOP + ROW * len(bars)
    title = f"{measured['title']}: {measured['unit']}"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img" aria-label="{escape(title)}">'
    yield f"<title>{escape(title)}</title><style>{STYLE}</style>"
    yield f'<rect class="bg" width="{WIDTH}" height="{height}"/>'
    one = LEFT + scale * -low
    yield f'<path class="one" d="M{one:.1f} {TOP}V{height - TOP}"/>'
    for at, (name, ratio) in enumerate(bars):
        y, long = TOP + ROW * at, scale * (log10(ratio) - low)
        kind = "ours" if name.startswith(("rasim", "num")) else "bar"
        yield f'<text x="{LEFT}" y="{y + 12}">{escape(name)}</text>'
        yield f'<rect class="{kind}" x="{LEFT}" y="{y + 17}" width="{long:.1f}" height="13" rx="2"/>'
        yield f'<text x="{LEFT + long + 6:.1f}" y="{y + 28}">{ratio:g}</text>'
    yield "</svg>\n"


def benchmarks_page() -> str:
    """Return the page of benchmarks as Markdown."""
    return "\n".join((*_page(), ""))


def _page() -> Iterator[str]:
    yield "# Benchmarks"
    yield MADE
    yield ""
    yield "Every figure is a ratio to a peer in the same run, for the machine was never alone and seconds of one say nothing on another."
    yield "Ratios under 1.5 mean nothing. Bars grow with the logarithm, so that small ones can be seen: read the number. The dashed line"
    yield "is the peer that the others are measured by; rasim's bars stand out."
    yield ""
    yield "Run any of them yourself: the scripts are in `tests/bench`, and `pip install --group bench` installs the peers. They pass and fail"
    yield "nothing. What each leaves out stands in their own README; what to use instead of rasim, [here](comparison.md)."
    for each in MEASURED:
        yield from ("", f"## {each['title']}", "")
        yield f"*{each['unit'][0].upper()}{each['unit'][1:]}.*"
        yield from ("", f"![{each['title']}: {_said(each)}](../pictures/benchmarks/{each['name']}.svg)", "")
        yield each["says"]
        yield ""
        yield f"Measured {each['date']} by `{each['command']}`: {each['machine']}; {each['versions']}."


def _said(measured: dict[str, Any]) -> str:
    return ", ".join(f"{name} {ratio:g}" for name, ratio in measured["bars"])
