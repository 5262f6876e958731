"""What is kept of a trace to be shown: all of a short one, of a long one the lines around what broke."""

from rasim.document.excerpt import AROUND, LINES_LEFT_OUT, WHOLE, Excerpt, Keeper
from rasim.protocol.lines import Line, Recorded

OFFER = Line("offer_received", (("offer", "o1"), ("session", "s1"), ("expert", "CORP\\anna")))
OPENED = Line("connection_opened", (("connection", "c1"), ("offer", "o1")))
FRAME = Line("frame_shown", (("connection", "c1"), ("session", "s1")))


def seen(length: int, *matter: int, broken: tuple[int, ...] | None = None) -> Excerpt:
    keeper = Keeper()
    for number in range(1, length + 1):
        line = {1: OFFER, 2: OPENED}.get(number, FRAME)
        keeper.take(number, Recorded(number, line), matters=number in matter)
    return keeper.excerpt(matter if broken is None else broken)


def numbers(excerpt: Excerpt) -> list[int]:
    return [each.number for each in excerpt.lines]


def test_a_short_trace_is_kept_whole() -> None:
    """A trace as long as is shown whole is kept whole, and a longer one is not."""
    assert [(True, WHOLE), (False, 0)] == [(each.whole, len(each.lines)) for each in (seen(WHOLE), seen(WHOLE + 1))]


def test_of_a_long_trace_the_lines_around_are_kept() -> None:
    """Of a long trace the lines around what broke are kept, as many before as after, and none around what was in doubt only."""
    excerpt = seen(1000, 300, 500, broken=(500,))

    assert list(range(500 - AROUND, 500 + AROUND + 1)) == numbers(excerpt)
    assert len(excerpt.lines) == len(excerpt.around(500))
    assert () == excerpt.around(900)


def test_what_breaks_at_the_end_has_its_lines() -> None:
    """What nobody could know before the last line, a deadline that is still open, has the lines before the end."""
    assert list(range(1000 - AROUND, 1001)) == numbers(seen(1000, broken=(1000,)))


def test_what_is_left_out_is_said() -> None:
    """Where lines are left out before, between and after those that are kept, a message says so."""
    messages = seen(1000, 500, 700).messages
    around = 2 * AROUND + 1

    assert [0, around + 1, 2 * around + 2] == [at for at, message in enumerate(messages) if message is LINES_LEFT_OUT]
    assert LINES_LEFT_OUT not in seen(20).messages


def test_a_line_far_down_knows_who_it_is_about() -> None:
    """A line whose connection was introduced among lines that are not kept is still told of its expert."""
    message = seen(1000, 900).lines[AROUND].message

    assert message is not None
    assert ("computer", "CORP\\anna") == (message.source, message.target)
