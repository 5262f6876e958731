"""The pinned verdicts themselves: each has its product's test file and page."""

from pathlib import Path

import pytest
from stage import PINNED, TOP, excerpts, tried


def test_every_product_has_its_file_and_its_page() -> None:
    """What is pinned of a product has a test file that holds it and a page that tells it."""
    here = Path(__file__).parent
    files = {here / f"test_{product}.py" for product in PINNED}
    pages = {TOP / "docs" / "products" / f"{product}.md" for product in PINNED}

    assert files == {*here.glob("test_*.py")} - {Path(__file__)}
    assert pages == {*(TOP / "docs" / "products").glob("*.md")} - {TOP / "docs" / "products" / "index.md"}


@pytest.mark.parametrize("product", list(PINNED))
def test_lines_are_shown_of_what_was_tried(product: str) -> None:
    """The lines that a page shows stand under the name of something that was tried, so that a test holds them."""
    assert set() == {heading for heading, _ in excerpts(f"{product}.md")} - set(tried(product))
