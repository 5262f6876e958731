"""The tables of real products, for docs/products/index.md: from the verdicts that `tests/run --products` holds to.

What two products or more were tried on stands side by side; what was tried on one alone, under its name.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import yaml

from docs.generate.rooms import TOP, made_anew

INDEX: Final = TOP / "docs" / "products" / "index.md"
PRODUCTS: Final[dict[str, dict[str, Any]]] = yaml.safe_load(
    (TOP / "tests" / "products" / "verdicts.yaml").read_text(encoding="utf-8")
)


def products_page() -> str:
    """Return the page of all products with its tables."""
    return made_anew(INDEX, chain(_findings(), _side_by_side(), _alone()))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _head(*cells: str) -> Iterator[str]:
    yield from ("", _row(*cells), f"{'|---' * len(cells)}|")


def _cell(verdict: str) -> str:
    """Return a verdict as a table shows it, with the names of promises as code."""
    said, _, what = verdict.partition(": ")
    if said in {"broken", "cannot tell"}:
        return f"**{said}** " + ", ".join(f"`{name}`" for name in what.split(", "))
    return verdict or "–"


def _findings() -> Iterator[str]:
    yield from _head("product", "version", "kept", "broken", "what was found")
    for key, each in PRODUCTS.items():
        count = Counter(verdict.partition(":")[0] for verdict in each["tried"].values())
        link = f"[{each['name']}]({key}.md)"
        yield _row(link, each["version"], str(count["kept"]), str(count["broken"]), each["found"])


def _shared() -> Counter[str]:
    return Counter(what for each in PRODUCTS.values() for what in each["tried"])


def _side_by_side() -> Iterator[str]:
    yield from _head("what was tried", *(each["name"] for each in PRODUCTS.values()))
    for what, products in _shared().items():
        if products > 1:
            yield _row(what, *(_cell(each["tried"].get(what, "")) for each in PRODUCTS.values()))


def _alone() -> Iterator[str]:
    shared = _shared()
    yield from _head("product", "what was tried with it alone", "verdict")
    for each in PRODUCTS.values():
        yield from (_row(each["name"], what, _cell(how)) for what, how in each["tried"].items() if shared[what] == 1)
