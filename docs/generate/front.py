"""The picture on the front pages: a scenario as a staircase, what the expert has after each step, and whose act it was.

It is drawn from a scenario that expects something of the expert after every step, and `rasim run scenarios` holds that to be so. Its
words stand on narrow lines, so that it is no wider than a phone can show at nearly their own size.
"""

from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import Final

from docs.generate.rooms import TOP
from rasim.errors import UsageError
from rasim.scenario import load
from rasim.scenario.model import Do, Expect

SHOWN: Final = TOP / "scenarios" / "the-second-click" / "two-clicks-and-a-key.yaml"
TITLE: Final = "Nothing before the first click, control only after the second"
LEVELS: Final = {"nothing": 0, "asked": 0, "view only": 1, "control asked": 1, "control": 2}
HAS: Final = ("anna sees nothing", "anna sees the screen", "anna moves the mouse")
STEP, RISE, LEFT, FLOOR, LINE, SHORT = 68, 84, 64, 250, 20, 10  # pixels, and characters of a line
STYLE: Final = (
    ".bg{fill:#fff}text{font:17px sans-serif;fill:#1c2733}.has{fill:#4a5866}.user{font-weight:bold;fill:#0b5a2a}"
    ".area{fill:#dce8f6}.edge{fill:none;stroke:#33557f;stroke-width:2.5}.line{stroke:#b9c4d0;stroke-dasharray:3 4}"
    "@media (prefers-color-scheme:dark){.bg{fill:#14191f}text{fill:#e8edf3}.has{fill:#b4c0cc}.user{fill:#7fd6a0}"
    ".area{fill:#22344d}.edge{stroke:#9fc0ee}.line{stroke:#4a5866}}"
)


def two_clicks() -> str:
    """Return the picture as SVG."""
    return "\n".join(_drawn(list(_steps())))


def _steps() -> Iterator[tuple[str, bool, int]]:
    """Yield the acts: what is done, whether the user does it, and how much the expert has after it."""
    scenario = load(SHOWN)
    expert, *_ = scenario.experts
    acts = scenario.steps[::2]
    for act, then in zip(acts, scenario.steps[1::2], strict=True):
        if not (isinstance(act, Do) and isinstance(then, Expect) and [each.subject for each in then.items] == [expert]):
            raise UsageError(f"{SHOWN.name}: every step needs an expectation of {expert} after it")
        (item,) = then.items
        yield f"{act.actor}\n{act.text}", act.actor in scenario.users, LEVELS[item.words[0]]


def _drawn(steps: Sequence[tuple[str, bool, int]]) -> Iterator[str]:
    width, height = LEFT + STEP * len(steps) + 40, FLOOR + 12
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{TITLE}">'
    yield f"<title>{TITLE}</title><style>{STYLE}</style>"
    yield f'<rect class="bg" width="{width}" height="{height}"/>'
    edge, level, said = [f"M{LEFT + STEP // 2} {FLOOR}"], 0, list[str]()
    for at, (says, by_user, after) in enumerate(steps, 1):
        x, before, level = LEFT + STEP * at, level, after
        edge.append(f"H{x}V{FLOOR - RISE * level}")
        kind = f'class="{"user" if by_user else "expert"}" text-anchor="middle"'
        said += _words(says, x, FLOOR - RISE * max(before, level), kind)
    edge.append(f"H{width - 8}")
    yield f'<path class="area" d="{"".join(edge)}V{FLOOR}Z"/>'
    for number, has in enumerate(HAS):
        y = FLOOR - RISE * number
        yield f'<path class="line" d="M8 {y}H{width - 8}"/>'
        yield from _words(has, 8, y, 'class="has"')
    yield f'<path class="edge" d="{"".join(edge)}"/>'
    yield from said
    yield "</svg>\n"


def _words(text: str, x: int, y: int, kind: str) -> Iterator[str]:
    """Yield short lines of text, the last of them right above a height."""
    lines = [short for line in text.split("\n") for short in wrap(line, SHORT)]
    for above, line in enumerate(reversed(lines)):
        yield f'<text {kind} x="{x}" y="{y - 9 - LINE * above}">{escape(line)}</text>'
