"""The data file of `rasim show ID`: what the pages of sources and words say, row by row, so that the package has it too.

The pages stay the one place where people write; nothing of them is written twice. Emphasis and links are left away.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PAGES: Final = {
    Path(__file__).parents[1] / "reference" / "sources.md": {
        "R: rules about Windows": "R",
        "A as privacy": "A privacy",
        "A as a reading": "A reading",
        "S: what must never happen": "S",
        "L: what must happen, or stay possible": "L",
        "F: faults and changes": "F",
        "Public cases": "case",
        "M: mistakes that are made on purpose": "M",
        "Roads to the screen": "road",
        "Groups of facts": "facts",
    },
    Path(__file__).parents[1] / "glossary.md": {
        "People and machines": "words",
        "What happens": "words",
        "Policy": "words",
        "Rules and proofs": "words",
        "What answers print": "words",
    },
    Path(__file__).parents[1] / "reference" / "exit-codes.md": {"Exit codes": "codes"},
    Path(__file__).parents[1] / "reference" / "policy-files.md": {
        "Policy files": "formats",
        "Names with two asterisks": "instructions",
    },
    Path(__file__).parents[1] / "reference" / "looking-up.md": {"Words of answers": "verdicts"},
}
"""Of each page the sections that are taken, and what each is called in the file."""

_ROW: Final = re.compile(r"^\| (?P<cells>.*) \|$")
_STRESS: Final = re.compile(r"(?<![*`])\*{1,2}([^*`]+)\*{1,2}(?!\*)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def sources_data() -> str:
    """Return the rows of the pages as JSON: for each list its rows, each a list of texts whose first is the id or name."""
    lists: dict[str, list[list[str]]] = {}
    for page, sections in PAGES.items():
        for title, cells in _rows(page.read_text(encoding="utf-8")):
            if title in sections:
                lists.setdefault(sections[title], []).append(cells)
    shown = (
        f"  {json.dumps(name)}: [\n"
        + ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
        + "\n  ]"
        for name, rows in lists.items()
    )
    return "{\n" + ",\n".join(shown) + "\n}\n"


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    title, body = "", False
    for line in text.splitlines():
        if line.startswith("#"):
            title, body = line.lstrip("# "), False
        row = _ROW.match(line)
        if row is None:
            body = body and line.startswith("|")
        elif not body:
            body = True  # the head of a table
        elif not row["cells"].startswith("---"):
            yield title, [_plain(cell) for cell in row["cells"].split(" | ")]


def _plain(cell: str) -> str:
    """Return a cell without links and emphasis; what is a name alone loses its quotes too."""
    plain = _STRESS.sub(r"\1", _LINK.sub(r"\1", cell)).replace("\\|", "|").strip()
    return plain.strip("`") if plain.count("`") == 2 and plain[0] == plain[-1] == "`" else plain
