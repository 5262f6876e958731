"""What every answer puts into words in the same way."""

import pytest

from rasim.errors import Where
from rasim.words import did_you_mean, hint, not_called, place_in_file, placed, plural, some


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1200, "1,200 files"), (10**6, "1,000,000 files")],
)
def test_a_count_has_its_noun_in_the_plural_but_for_one(count: int, words: str) -> None:
    """Only one thing is in the singular, and thousands are set off."""
    assert words == plural(count, "file")


def test_a_plural_of_its_own_is_said() -> None:
    """A noun whose plural has no mere s comes with it."""
    assert ("1 entry", "2 entries") == (plural(1, "entry", "entries"), plural(2, "entry", "entries"))


@pytest.mark.parametrize(
    ("word", "like"),
    [
        ("acepts", "did you mean `accepts`?"),
        ("ACCEPTS", "did you mean `accepts`?"),
        ("denys", "did you mean `denies`?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_word(word: str, like: str) -> None:
    """The nearest known word is found whatever the case, and none where nothing is near."""
    assert like == did_you_mean(word, ("accepts", "denies", "ends"))


def test_words_that_differ_in_case_alone_are_told_apart_by_their_order() -> None:
    """Of two known words that differ in case alone the first is the nearest."""
    assert "did you mean `Ann`?" == did_you_mean("ann", ("Ann", "ANN"))


@pytest.mark.parametrize(("word", "says"), [("acept", "did you mean `accept`?"), ("xyz", "known: accept, deny")])
def test_an_unknown_word_is_answered_with_what_may_be_meant(word: str, says: str) -> None:
    """The hint is the nearest known word, and all known words where none is near."""
    assert says == hint(word, ("accept", "deny"))


def test_an_unknown_name_is_shown_whole() -> None:
    """A name with a mark that turns text is shown by the mark's number, never raw."""
    assert "no choice is called 'a<U+202E>'; known: accept" == not_called("no choice", "a\u202e", ("accept",))


@pytest.mark.parametrize(
    ("where", "whole", "inside"),
    [
        (None, "", ""),
        (Where(), "", ""),
        (Where("a.pol"), "a.pol", ""),
        (Where("a.pol", offset=8), "a.pol: offset 8", "offset 8"),
        (Where("a.reg", line=3), "a.reg:3", "line 3"),
        (Where("a.reg", line=3, column=5), "a.reg:3:5", "line 3"),
        (Where("a\n.reg", line=3), "a<U+000A>.reg:3", "line 3"),
    ],
)
def test_a_place_in_words(where: Where | None, whole: str, inside: str) -> None:
    """A place is an offset or a line, with its file where that is not clear, and nothing where none is known."""
    assert (whole, inside) == (placed(where), place_in_file(where))


@pytest.mark.parametrize(
    ("names", "many", "says"),
    [
        ("abc", None, "a, b, c"),
        ("abcde", None, "a, b, c and 2 more"),
        ("abc", 5, "a, b, c and 2 more"),
        ("a", 3334, "a and 3,333 more"),
        ("", None, ""),
    ],
)
def test_how_many_more_there_are_counts_from_what_is_named(names: str, many: int | None, says: str) -> None:
    """The first three are named, and how many more there are is what is left of all, also where one alone was made."""
    assert says == some(names, many=many)
