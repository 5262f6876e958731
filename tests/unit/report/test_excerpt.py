"""What is kept of a trace to be shown: all of a short one, of a long one the lines around what broke."""

from rasim.document.excerpt import AROUND, LEFT_OUT, WHOLE, Excerpt, Keeper, wanted
from rasim.protocol.lines import Line, Recorded
from rasim.verify.promises.judge import Broken, JudgedTrace

OFFER = Line("offer_received", (("offer", "o1"), ("session", "s1"), ("expert", "CORP\\anna")))
OPENED = Line("connection_opened", (("connection", "c1"), ("offer", "o1")))
FRAME = Line("frame_shown", (("connection", "c1"), ("session", "s1")))


def seen(length: int, numbers: frozenset[int] | None = None) -> Excerpt:
    keeper = Keeper(numbers)
    for number in range(1, length + 1):
        keeper.take(number, Recorded(number, {1: OFFER, 2: OPENED}.get(number, FRAME)))
    return keeper.excerpt


def test_a_short_trace_is_kept_whole() -> None:
    """A trace as long as is shown whole is kept whole, and a longer one is not."""
    assert [(True, WHOLE), (False, WHOLE)] == [(each.whole, len(each.lines)) for each in (seen(WHOLE), seen(WHOLE + 1))]


def test_of_a_long_trace_the_lines_around_are_kept() -> None:
    """Of a long trace the lines around what broke are kept, as many before as after."""
    broken = Broken("p", 500, "because", 500, FRAME)
    numbers = wanted(JudgedTrace(1000, False, (broken,), (), (), ()))
    excerpt = seen(1000, numbers)

    assert list(range(500 - AROUND, 500 + AROUND + 1)) == [each.number for each in excerpt.lines]
    assert len(excerpt.lines) == len(excerpt.around(500))
    assert () == excerpt.around(900)


def test_what_is_left_out_is_said() -> None:
    """Where lines are left out before, between and after those that are kept, a message says so."""
    messages = seen(1000, frozenset({500, 501, 700})).messages

    assert [0, 3, 5] == [at for at, message in enumerate(messages) if message is LEFT_OUT]
    assert LEFT_OUT not in seen(20).messages


def test_a_line_far_down_knows_who_it_is_about() -> None:
    """A line whose connection was introduced among lines that are not kept is still told of its expert."""
    (kept,) = seen(1000, frozenset({900})).lines

    assert kept.message is not None
    assert ("computer", "CORP\\anna") == (kept.message.source, kept.message.target)
