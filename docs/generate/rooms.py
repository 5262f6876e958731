"""The rooms of the code, for docs/explanation/architecture.md: their floors, a sentence each, and how large each may be.

The floors are those of the layers contract in pyproject.toml, which import-linter holds the code to; the sentence is the
first of the room's own docstring. `BUDGET` is the one list kept here, and a test of the house holds the code to it.
"""

import ast
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parents[2]
PAGE: Final = TOP / "docs" / "explanation" / "architecture.md"
BEGIN: Final = "<!-- Made by `python -m docs.generate` from here -->"
END: Final = "<!-- to here -->"

# Lines of Python in each room, all of them counted. A room may only grow with a decision that says what was bought.
BUDGET: Final = {
    "cli": 4_924,
    "web": 1_112,
    "terminals": 1_334,
    "review": 1_329,
    "teach": 507,
    "testing": 1_864,
    "report": 5_279,
    "interop": 1_370,
    "analysis": 2_494,
    "engines": 3_558,
    "scenario": 2_438,
    "document": 1_433,
    "verify": 7_085,
    "runtime": 3_738,
    "directory": 858,
    "protocol": 3_064,
    "formats": 5_048,
    "policy": 5_189,
    "inputs": 409,
    "words": 90,
    "doors": 138,
    "errors": 147,
}

WIDTH, HEIGHT, GAP, MARGIN = 132, 34, 12, 16  # pixels
STYLE: Final = (
    "rect{fill:#eef3fb;stroke:#33557f;stroke-width:1.5}text{font:14px sans-serif;fill:#111;text-anchor:middle}"
    "@media (prefers-color-scheme:dark){rect{fill:#22304a;stroke:#9fc0ee}text{fill:#eee}}"
)


def floors() -> list[list[str]]:
    """Return the rooms of each floor, the highest first, as the layers contract has them."""
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each.get("containers") == ["rasim"])
    rooms = ([name.strip() for name in layer.split("|")] for layer in layers)
    return [floor for floor in rooms if floor != ["__main__"]]


def files_of(room: str) -> list[Path]:
    """Return the Python files of a room, its own docstring in the first; what `rasim new` and `rasim teach` write out is nobody's room."""
    found = (TOP / "rasim" / room).rglob("*.py") if (TOP / "rasim" / room).is_dir() else [TOP / "rasim" / f"{room}.py"]
    return sorted(
        (path for path in found if not {"template", "course"} & set(path.parts)),
        key=lambda path: (len(path.parts), path),
    )


def lines_of(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def floors_svg() -> str:
    """Return the floors as SVG: a room imports from the floors below its own, and from no other."""
    return "\n".join(_drawn(floors()))


def _drawn(rooms: list[list[str]]) -> Iterator[str]:
    most = max(map(len, rooms))
    width, height = most * (WIDTH + GAP) - GAP + 2 * MARGIN, len(rooms) * (HEIGHT + GAP) - GAP + 2 * MARGIN
    title = "The rooms of rasim on their floors; imports go down"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{title}">'
    yield f"<title>{title}</title><style>{STYLE}</style>"
    for level, floor in enumerate(rooms):
        y = MARGIN + level * (HEIGHT + GAP)
        left = (width - len(floor) * (WIDTH + GAP) + GAP) / 2
        for at, room in enumerate(floor):
            x = left + at * (WIDTH + GAP)
            yield f'<rect x="{x:g}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
            yield f'<text x="{x + WIDTH / 2:g}" y="{y + 22}">{escape(room)}</text>'
    yield "</svg>\n"


def architecture_page() -> str:
    """Return the page as it stands, with its table made anew."""
    return made_anew(PAGE, _rooms())


def made_anew(page: Path, lines: Iterator[str]) -> str:
    """Return a page as it stands, with these lines between its two marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    return "\n".join((f"{before}{BEGIN}", *lines, f"{END}{rest.partition(END)[2]}"))


def _rooms() -> Iterator[str]:
    yield "| floor | room | what is in it | lines at most |"
    yield "|---|---|---|---|"
    for number, floor in zip(range(len(floors()), 0, -1), floors(), strict=True):
        for room in floor:
            yield f"| {number} | `{room}` | {_sentence(room)} | {BUDGET[room]:,} |"


def _sentence(room: str) -> str:
    """Return what a room's own docstring says in its first line."""
    said = ast.get_docstring(ast.parse(files_of(room)[0].read_text(encoding="utf-8"))) or ""
    return said.split("\n", 1)[0].rstrip(".:").replace("|", "\\|")
