"""A document on a terminal and in a pipe."""

import pytest
from rich.cells import cell_len

from rasim.document.blocks import (
    Block,
    Card,
    Code,
    Details,
    Document,
    Items,
    Pairs,
    Para,
    Part,
    Section,
    Table,
    code,
    place,
)
from rasim.document.terminal import render
from rasim.words import printable

LONG = r"\\corp.example\SysVol\corp.example\Policies\{31B2F340-016D-11D2-945F-00C04FB984F9}\Machine\Registry.pol"
PROSE = "offers are enabled, and helpers may control once the user grants it by a click of its own " * 3
HOSTILE = (
    "[bold]not bold[/bold]",
    "[link=file:///x]x[/link]",
    ":smile:",
    "\x1b[31mred",
    "a\nb",
    "\u202eolleh",
    "\ud800",
)


def of(*blocks: Block) -> Document:
    return Document("rasim x", "the verdict", "bad", "the summary", (Section("A section", blocks, "a"),))


EVERY = (
    Para((PROSE, place(LONG))),
    Items((PROSE, (code(LONG), " and more"))),
    Table("a table", ("first", "second", "third"), ((code("R1"), PROSE, code(LONG)), ("x", "", "y"))),
    Pairs((("key", PROSE, place(LONG)), ("key", "again"))),
    Part("a part", (Para((PROSE, place(LONG))),)),
    Card((code("RA001"), " title"), (Para((PROSE, place(LONG))),), "bad", "high"),
    Code(f"- {PROSE}\n  {LONG}"),
)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("block", EVERY, ids=lambda block: type(block).__name__)
def test_nothing_is_cut_off(block: Block, width: int) -> None:
    """Whatever the width, every word is there whole: none is broken, and nothing is elided."""
    said = render(of(block), width=width)

    for word in (*PROSE.split(), LONG):
        assert word in said
    assert "…" not in said


@pytest.mark.parametrize(
    "block", [Para(PROSE), Items((PROSE,)), Pairs((("key", PROSE),)), Card("x", (Para(PROSE),))], ids=repr
)
def test_words_stay_within_the_width(block: Block) -> None:
    """Where no word is longer than there is room for, no line is."""
    assert max(map(cell_len, render(of(block), width=40).split("\n"))) <= 40


def test_a_scenario_can_be_copied() -> None:
    """Lines of code stand as they are, moved in as a whole, however long they are."""
    text = "steps:\n- anna: offers help to bob\n  # " + PROSE

    assert ["  " + line.rstrip() for line in text.split("\n")] == render(of(Code(text)), width=40).split("\n")[4:]


def test_no_line_ends_in_blanks() -> None:
    """What goes into a pipe has no blanks at the ends of its lines."""
    assert [] == [line for line in render(of(*EVERY)).split("\n") if line != line.rstrip()]


@pytest.mark.parametrize("said", HOSTILE)
def test_no_text_is_markup(said: str) -> None:
    """Brackets of a name do nothing, and what cannot be seen is shown by its number."""
    text = render(of(Para(said), Items((said,)), Pairs(((said, said),)), Code(said)), width=200, colour=True)

    assert "not bold" not in text or "[bold]not bold[/bold]" in text
    assert "\x1b[31mred" not in text
    assert "\u202e" not in text
    assert "😄" not in text


def test_colour_is_for_terminals() -> None:
    """With colour the verdict of a bad answer is red; without there is no code of a terminal at all."""
    assert "\x1b[1;31mthe verdict" in render(of(Para("x")), colour=True)
    assert "\x1b" not in render(of(Para("x")))


def test_a_table_without_room_is_told_row_by_row() -> None:
    """A row comes with its first two cells, and below them the others by their names; where there is room it is a table."""
    table = Table("", ("rule", "says", "where"), ((code("R3"), "the mode is view only", code(LONG)),))
    short = Table("", table.head, ((code("R3"), "the mode is view only", code("a.pol: offset 182")),))

    assert f"  R3  the mode is view only\n    where:\n    {LONG}" in render(of(table))
    assert "  rule  says                   where\n  R3    the mode is view only  a.pol: offset 182" in render(of(short))


def test_a_column_without_words_is_not_shown() -> None:
    """A column in which nothing stands is left out, but for the first."""
    table = Table("", ("rule", "says", "where"), ((code("R3"), "x", place("")),))

    assert "where" not in render(of(table))


def test_the_verdict_comes_first() -> None:
    """The verdict is the first line, the line about it the second."""
    assert ["the verdict", "the summary", "", "A section"] == render(of(Para("x"))).split("\n")[:4]


def test_what_is_folded_is_named() -> None:
    """What a page folds is only named on a terminal, with where to read it."""
    said = render(of(Details("because", (Para("of this"),))))

    assert "because: see --format markdown or html" in said
    assert "of this" not in said


def test_a_section_that_shows_nothing_has_no_title() -> None:
    """A section of which a terminal shows nothing is not there."""
    document = Document(
        "rasim x", "the verdict", "good", "", (Section("Empty", (), "e"), Section("Full", (Para("x"),), "f"))
    )

    assert ["the verdict", "", "Full", "  x"] == render(document).split("\n")


def answer(*sections: Section) -> Document:
    """Return a document with a first screen."""
    first = (("asked", "67 promises"), ("how far", ("177 states: ", code("complete"))))
    return Document("rasim x", "nothing is broken", "good", "the summary", sections, first)


BROKEN = Section("Broken", (Para("here it breaks"),), "broken", always=True)
MODELS = Section("What was explored", (Para("three of them"),), "models", more="3 models")
LIMITS = Section("What this does not say", (Items(("much",)),), "limits")


def test_the_first_screen() -> None:
    """The first screen is the verdict, the lines under it, what no option hides, and a line that names the rest."""
    assert render(answer(BROKEN, MODELS, LIMITS), brief=True).split("\n") == [
        "nothing is broken",
        "  asked    67 promises",
        "  how far  177 states: complete",
        "",
        "Broken",
        "  here it breaks",
        "",
        "more: --all shows 3 models and What this does not say",
    ]


def test_a_first_screen_of_a_good_answer_has_no_blank_line() -> None:
    """Where nothing is broken the line that names the rest follows the others."""
    assert render(answer(MODELS), brief=True).split("\n")[3:] == ["more: --all shows 3 models"]


def test_nothing_more_is_named_where_all_is_shown() -> None:
    """A document of which all stands on the first screen names no option."""
    assert "more:" not in render(answer(BROKEN), brief=True)


def test_all_of_a_document() -> None:
    """Unless the first screen is asked for a document is shown whole, its summary in the place of the lines."""
    said = render(answer(BROKEN, MODELS))

    assert "the summary" in said
    assert "three of them" in said
    assert "67 promises" not in said


def test_a_document_without_first_lines_is_shown_whole() -> None:
    """Who made no first screen hides nothing."""
    document = of(Para("said"))

    assert render(document, brief=True) == render(document)


def test_a_section_in_brief_is_named_as_more() -> None:
    """What stands shorter on the first screen is among what the last line names."""
    section = Section("Broken", (Para("one"), Para("two")), "broken", briefly=(Para("one"),), more="2 of them")
    said = render(answer(section), brief=True)

    assert "  one\n" in said
    assert "two" not in said
    assert said.endswith("more: --all shows 2 of them")


def test_a_first_screen_has_at_most_six_lines() -> None:
    """A document with more lines under its verdict is refused."""
    with pytest.raises(ValueError, match="7 lines"):
        Document("rasim x", "v", "good", "s", (), [("key", "words")] * 7)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_first_screen_cuts_nothing_off(width: int) -> None:
    """Whatever the width, every word of the first screen is there whole."""
    said = render(
        Document("rasim x", PROSE, "bad", "", (), [(code("key"), (PROSE, place(LONG)))]), width=width, brief=True
    )

    for word in (*PROSE.split(), LONG):
        assert word in said


@pytest.mark.parametrize("said", HOSTILE)
def test_names_in_a_first_screen_are_no_markup(said: str) -> None:
    """What comes from outside is shown as it is, what cannot be seen with its number."""
    section = Section(said, (Para("x"),), "a", more=said)
    shown = render(Document("rasim x", said, "bad", "", (section,), [(said, said)]), brief=True)

    assert shown.count(printable(said)) == 4
