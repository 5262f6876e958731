"""Times as they are typed, and expressions as they are read."""

from datetime import timedelta
from itertools import product

import pytest

from rasim.errors import UsageError
from rasim.protocol.choices import parse_time, values_of
from rasim.protocol.terms import And, In, Is, Not, Or, compiled, spoken

VIEWING, LOCKED = Is("phase", "viewing"), Is("locked", value=True)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("60 s", timedelta(minutes=1)),
        ("1.5min", timedelta(seconds=90)),
        (" 250 ms ", timedelta(milliseconds=250)),
        ("0.25 h", timedelta(minutes=15)),
        ("7 us", timedelta(microseconds=7)),
        ("8784 h", timedelta(days=366)),
    ],
)
def test_a_time_is_its_number_in_its_unit(text: str, time: timedelta) -> None:
    """A number with a unit is that time, to the microsecond and up to a leap year."""
    assert time == parse_time(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("soon", "is no time"),
        ("5", "is no time"),
        ("-5 s", "is no time"),
        ("0.5 us", "is no whole number of microseconds"),
        ("8785 h", "is longer than a year"),
    ],
)
def test_what_is_no_time_says_why(text: str, why: str) -> None:
    """Without a unit, below nothing, finer than a microsecond or longer than a year nothing is taken for a time."""
    with pytest.raises(UsageError, match=f"`{text}` {why}"):
        parse_time(text)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (VIEWING, "phase is viewing"),
        (LOCKED, "locked"),
        (Is("locked", value=False), "not locked"),
        (In("phase", ("offered", "viewing")), "phase is one of offered, viewing"),
        (Not(VIEWING), "not (phase is viewing)"),
        (And((VIEWING, LOCKED)), "phase is viewing and locked"),
        (Or((VIEWING, LOCKED)), "phase is viewing or locked"),
        (Or((And((VIEWING, LOCKED)), LOCKED)), "(phase is viewing and locked) or locked"),
    ],
)
def test_an_expression_is_read_in_words(expression: Is | In | Not | And | Or, words: str) -> None:
    """Each kind of expression has its words, with brackets where *and* stands in *or*."""
    assert words == spoken(expression)


@pytest.mark.parametrize(
    ("expression", "so"),
    [
        (VIEWING, {("viewing", True), ("viewing", False)}),
        (In("phase", ("idle", "viewing")), {("idle", True), ("idle", False), ("viewing", True), ("viewing", False)}),
        (Not(LOCKED), {("idle", False), ("viewing", False), ("offered", False)}),
        (And((VIEWING, LOCKED)), {("viewing", True)}),
        (Or((VIEWING, LOCKED)), {("viewing", True), ("viewing", False), ("idle", True), ("offered", True)}),
    ],
)
def test_an_expression_holds_where_it_says(expression: Is | In | Not | And | Or, so: set[tuple[str, bool]]) -> None:
    """Each kind of expression is a test that holds of the values it speaks of, and of no others."""
    test = compiled(expression, {"phase": 0, "locked": 1})

    assert so == {values for values in product(("idle", "offered", "viewing"), (False, True)) if test(values)}


def test_an_expression_about_nothing_is_an_error() -> None:
    """An expression that names a fact which does not exist is a KeyError when it is made a test, and not when it is asked."""
    with pytest.raises(KeyError, match="mood"):
        compiled(And((VIEWING, In("mood", ("good",)))), {"phase": 0, "locked": 1})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("removal bites", ("at once", "at refresh")),
        ("hidden question", ("is withdrawn", "waits")),
        ("consent time", ()),
    ],
)
def test_the_values_of_a_choice(name: str, values: tuple[str, ...]) -> None:
    """A choice in words has its values, the strict one first; a time can be any and has none."""
    assert values == values_of(name)
