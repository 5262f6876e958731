"""A witness is a few lines in their order: others may stand between them, forbidden ones may not."""

import pytest

from rasim.protocol import Line
from rasim.verify.promises.kinds import Pattern, Sometimes


def line(event: str, **fields: str) -> Line:
    """Write a line, whatever the contract says."""
    return Line(event, tuple(fields.items()))


def after(witness: Sometimes, *lines: Line) -> int:
    """Return how many lines of the witness were seen."""
    got = 0
    for each in lines:
        got = witness.next(got, each)
    return got


ONE_TWO = Sometimes("one_two", "", (Pattern("denied"), Pattern("prompt_shown")), (Pattern("logged_off"),))


@pytest.mark.parametrize(
    ("events", "got"),
    [
        ("denied prompt_shown", 2),
        ("denied locked unlocked prompt_shown", 2),
        ("prompt_shown denied", 1),
        ("prompt_shown", 0),
        ("denied logged_off prompt_shown", 0),
        ("denied logged_off denied prompt_shown", 2),
        ("logged_off denied prompt_shown", 2),
        ("denied prompt_shown logged_off", 2),
        ("denied denied prompt_shown", 2),
    ],
)
def test_lines_count_in_their_order(events: str, got: int) -> None:
    """Lines count in their order with others between; a forbidden one in between starts afresh; what is done stays done."""
    assert got == after(ONE_TWO, *(line(event) for event in events.split()))


@pytest.mark.parametrize(
    ("fields", "fits"),
    [({}, True), ({"capability": "control"}, False), ({"expert": "x"}, True)],
)
def test_a_dash_stands_for_an_absent_field(fields: dict[str, str], fits: bool) -> None:
    """A pattern with a dash fits a line that does not have the field."""
    assert fits is Pattern("cooldown_over", (("capability", "-"),)).fits(line("cooldown_over", **fields))


@pytest.mark.parametrize(
    ("event", "fields", "fits"),
    [
        ("ended", {"reason": "user"}, True),
        ("ended", {"reason": "user", "by": "x"}, True),
        ("ended", {"reason": "expert"}, False),
        ("ended", {}, False),
        ("denied", {"reason": "user"}, False),
    ],
)
def test_a_pattern_fits_by_event_and_fields(event: str, fields: dict[str, str], fits: bool) -> None:
    """A pattern fits a line of its event that has its fields, whatever else the line has."""
    assert fits is Pattern("ended", (("reason", "user"),)).fits(line(event, **fields))


def test_a_line_that_goes_on_is_not_forbidden() -> None:
    """A line that is both the next one and a forbidden one counts as the next one."""
    witness = Sometimes("w", "", (Pattern("denied"), Pattern("denied")), (Pattern("denied"),))

    assert 2 == after(witness, line("denied"), line("denied"))
