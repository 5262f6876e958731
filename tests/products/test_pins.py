"""The pinned verdicts themselves: each has its product's test file and page."""

from pathlib import Path

from stage import PINNED, TOP


def test_every_product_has_its_file_and_its_page() -> None:
    """What is pinned of a product has a test file that holds it and a page that tells it."""
    here = Path(__file__).parent
    files = {here / f"test_{product}.py" for product in PINNED}
    pages = {TOP / "docs" / "products" / f"{product}.md" for product in PINNED}

    assert files == {*here.glob("test_*.py")} - {Path(__file__)}
    assert pages == {*(TOP / "docs" / "products").glob("*.md")} - {TOP / "docs" / "products" / "index.md"}
