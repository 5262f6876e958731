"""The audit record read alone: who saw what and who held what, from when to when, and by whose yes."""

import pytest

from rasim.protocol import Line, Recorded
from rasim.verify.promises.audit_trail import Interval, covering, intervals

ANNA, BOB = r"CORP\anna", r"CORP\bob"
OWN = {"offer": "o1", "connection": "c1", "session": "s1", "expert": ANNA, "by": BOB, "request": "r1"}
SHORT = {"o": "offer", "c": "connection", "r": "request"}


def trace(text: str) -> list[Recorded]:
    """Return audit records: `grant oc` is one of kind grant that names the offer and the connection, `grant cr2` the request r2."""
    lines = []
    for seq, part in enumerate(text.split(", "), 1):
        kind, *named = part.split()
        ids = {SHORT[letter]: OWN[SHORT[letter]] for letter in "".join(named) if letter in SHORT}
        ids |= {"request": "r2"} if "r2" in named else {}
        fields = {"kind": kind, "session": "s1", "expert": ANNA, "by": BOB, **ids}
        lines.append(Recorded(seq, Line("audited", tuple(fields.items()))))
    return lines


def told(text: str) -> list[tuple[str | None, str | None, int, int | None]]:
    """Return what records tell: of each interval the request and who said yes, and from which line to which."""
    return [(each.request, each.by, each.since, each.until) for each in intervals(trace(text))]


def test_a_view_is_by_the_yes_to_its_offer() -> None:
    """A view is from the record of its opening to the record of its end, and by who answered its offer."""
    assert (Interval("c1", "s1", ANNA, "o1", None, BOB, since=2, until=3),) == intervals(
        trace("answer o, grant oc, end c")
    )


def test_what_is_held_is_by_the_yes_to_its_request() -> None:
    """Something held is from the record of its grant to the record that it was taken back, and the view goes on."""
    assert [(None, BOB, 2, None), ("r1", BOB, 3, 4)] == told("answer o, grant oc, grant cr, revocation cr")


@pytest.mark.parametrize(
    ("over", "first", "second"),
    [("revocation c r2", None, 5), ("revocation c", 5, 5), ("end c", 5, 5), ("revocation r", None, None)],
)
def test_how_much_a_record_ends(over: str, first: int | None, second: int | None) -> None:
    """A record that names a request ends what is held by it, one that names none all of its connection, without one nothing."""
    held = told(f"answer o, grant oc, grant cr, grant c r2, {over}")

    assert [("r1", first), ("r2", second)] == [(request, until) for request, _, _, until in held if request is not None]


def test_what_is_over_is_in_the_order_of_its_beginnings() -> None:
    """Intervals stand in the order in which they began, whichever is over first."""
    assert [2, 3, 4] == [since for _, _, since, _ in told("answer o, grant oc, grant cr, grant c r2, revocation cr")]


@pytest.mark.parametrize("before", ["refusal o", "answer o, refusal o", "answer", "answer o, grant oc, end c"])
def test_a_view_without_its_answer_is_by_nobody(before: str) -> None:
    """A view whose offer has no answer on record is by nobody: a refusal takes the answer back, and a view uses it up."""
    assert None is told(f"{before}, grant oc")[-1][1]


@pytest.mark.parametrize("record", ["offer o", "answer", "refusal", "grant o", "revocation o", "end o", "end c"])
def test_a_record_that_names_nothing_tells_nothing(record: str) -> None:
    """A record of an offer, one without the id of what it speaks of, and the end of what never began tell no interval."""
    assert [] == told(record)


def test_only_the_record_is_read() -> None:
    """A line that is not an audit record tells nothing, whatever it says."""
    opened = Line("connection_opened", (("connection", "c1"), ("offer", "o1"), ("expert", ANNA)))

    assert () == intervals([Recorded(1, opened)])


@pytest.mark.parametrize(
    ("connection", "seq", "lies"),
    [("c1", 2, []), ("c1", 3, ["c1"]), ("c1", 4, []), ("c2", 5, []), ("c2", 6, ["c2"]), ("c3", 3, [])],
)
def test_where_a_frame_lies(connection: str, seq: int, lies: list[str]) -> None:
    """A frame lies in the intervals of its own connection that began before it and are not over."""
    known = (
        Interval("c1", "s1", ANNA, "o1", None, BOB, since=2, until=4),
        Interval("c2", "s1", ANNA, "o2", None, BOB, since=5, until=None),
    )
    frame = Recorded(seq, Line("frame_shown", (("connection", connection), ("session", "s1"))))

    assert lies == [each.connection for each in covering(known, frame)]
