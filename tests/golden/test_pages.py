"""The pages that are made from the table, the promises, the words and the commands."""

import pytest

from docs.generate.__main__ import PAGES, REFERENCE
from docs.generate.words import FIELDS, SAYS
from rasim.cli.menu import COMMANDS
from rasim.protocol.lines import LINES
from rasim.scenario.grammar import EVERY_PHRASE


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_fresh(name: str) -> None:
    """A page in the docs is what the code makes of it now."""
    assert PAGES[name]() == (REFERENCE / name).read_text(encoding="utf-8")


def test_the_rules_page_counts_what_gives() -> None:
    """The page names the only two rows that give something to an expert."""
    assert "**O3 and C3**" in PAGES["rules.md"]()


def test_every_trace_line_is_explained() -> None:
    """The page of trace lines says what each event and each field means, and speaks of no other."""
    assert set(LINES) == set(SAYS)
    assert {name for line in LINES.values() for name in (*line.required, *line.optional)} == set(FIELDS)


def test_every_phrase_is_shown() -> None:
    """The page of scenario words shows each phrase, on another prompt or not."""
    page = PAGES["scenario-words.md"]()

    assert [] == [phrase.text for phrase in EVERY_PHRASE if phrase.text.removesuffix(" on another prompt") not in page]


def test_every_command_has_its_place() -> None:
    """The page of commands has a heading for each command of rasim."""
    page = PAGES["commands.md"]()

    assert [] == [name for name in COMMANDS if f"\n## rasim {name}\n" not in page]
