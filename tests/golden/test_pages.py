"""The pages that are made from the table and the promises."""

from pathlib import Path

import pytest

from rasim.report.pages import PAGES

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_fresh(name: str) -> None:
    """A page in the docs is what the table and the promises make of it now."""
    assert PAGES[name]() == (REFERENCE / name).read_text(encoding="utf-8")


def test_the_rules_page_counts_what_gives() -> None:
    """The page names the only two rows that give something to an expert."""
    assert "**O3 and C3**" in PAGES["rules.md"]()
