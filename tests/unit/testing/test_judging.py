"""A trace that a test holds in its hands is judged as `rasim judge` judges a file, and a wrong call says what is wrong."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rasim.errors import TraceError, UsageError
from rasim.policy import Policy
from rasim.runtime import Meeting, simulate
from rasim.testing import Recorder, assert_kept, judge
from rasim.verify.promises.judge import JudgedTrace

CASES = Path(__file__).parents[2] / "data" / "cases"
GOOD = CASES / "case-18-the-helper-clicks-for-the-user.good.jsonl"
BAD = CASES / "case-18-the-helper-clicks-for-the-user.bad.jsonl"
ANNA, BOB = r"CORP\anna", r"CORP\bob"


def helped(*, asks: bool = True, again: bool = False) -> Recorder:
    """Return the trace of a product that gives help: it may leave out the question, and may ask again after a no."""
    with Recorder() as recorder:
        recorder.policy_applied(version=1, offers="enabled", mode="view", helpers=[ANNA])
        recorder.logged_on(session=1, by=BOB)
        if again:
            recorder.offer_received(offer=7, session=1, expert=ANNA)
            recorder.prompt_shown(offer=7, session=1)
            recorder.denied(offer=7, session=1, origin="local", by=BOB)
            recorder.offer_refused(offer=7, reason="denied")
        recorder.offer_received(offer=1, session=1, expert=ANNA)
        if asks:
            recorder.prompt_shown(offer=1, session=1)
            recorder.accepted(offer=1, session=1, origin="local", by=BOB)
        recorder.connection_opened(connection=1, offer=1)
        recorder.frame_shown(connection=1, session=1)
        recorder.ended(connection=1, reason="user")
    return recorder


def test_who_asks_first_keeps_all() -> None:
    """A trace that breaks nothing passes, and what was judged is returned."""
    assert len(assert_kept(helped()).kept) > 25


def test_who_does_not_ask_is_found_out() -> None:
    """A trace that breaks a promise fails with the promise, the reason and the lines around."""
    with pytest.raises(AssertionError) as failed:
        assert_kept(helped(asks=False))

    assert "BROKEN never_connected_unannounced" in str(failed.value)
    assert "connection_opened broken" in " ".join(str(failed.value).split())


def test_what_cannot_be_told_is_no_pass() -> None:
    """A trace of which the verdict cannot be told fails with what it needs."""
    with pytest.raises(AssertionError, match="a line that it is about"):
        assert_kept(Recorder())


def forms() -> list[Any]:
    """Return one trace in every form that a test may hold it in."""
    text = GOOD.read_text(encoding="utf-8")
    objects = [json.loads(line) for line in text.splitlines()]
    return [text.splitlines(), text.splitlines(keepends=True), text.encode().splitlines(), objects, iter(objects)]


@pytest.mark.parametrize("at", range(5))
def test_every_form_of_a_trace_is_judged_alike(at: int) -> None:
    """Lines of text or of bytes, objects, and what yields them say the same as the open file."""
    with GOOD.open(encoding="utf-8") as file:
        assert judge(file) == judge(forms()[at])


def test_a_file_is_judged_by_its_path(tmp_path: Path) -> None:
    """A path says what its open file does, packed too; what broke there is shown, and what cannot be read is no trace."""
    packed = tmp_path / "trace.jsonl.gz"
    packed.write_bytes(gzip.compress(BAD.read_bytes()))
    with BAD.open(encoding="utf-8") as file:
        assert judge(file) == judge(BAD) == judge(packed)
    with pytest.raises(AssertionError, match="BROKEN"):
        assert_kept(packed)
    with pytest.raises(TraceError, match="there is no such file"):
        judge(tmp_path / "none.jsonl")


def test_the_trace_of_a_meeting_is_a_trace() -> None:
    """The lines that a meeting leaves are judged as they are."""

    async def main() -> JudgedTrace:
        async with Meeting([ANNA], {"s1": BOB}) as meeting:
            await meeting.applies(Policy.of(offer="enabled", mode="view", helpers=[ANNA]))
            await meeting.happens("refresh task runs")
            await meeting.user("s1").does("logs on")
            await meeting.expert(ANNA).offers_help("s1")
            await meeting.user("s1").does("accepts")
            return judge(meeting.trace)

    assert ((), "never_connected_unannounced") == ((judged := simulate(main())).broken, judged.kept[0])


def test_a_promise_may_be_left_out_with_its_reason() -> None:
    """What is left out is not asked, and the reason stands where it was not asked."""
    assert "broken" == judge(helped(again=True)).verdict
    judged = assert_kept(helped(again=True), without={"a_refusal_rests": "we ask again at once"})

    assert {"a_refusal_rests": "left out: we ask again at once"} == {
        each.promise: each.needs for each in judged.not_asked if each.needs.startswith("left out")
    }


def test_only_what_is_chosen_is_asked() -> None:
    """Of promises chosen by name or group no other is asked, whatever it would say."""
    assert ("silence_refuses",) == assert_kept(helped(asks=False), only=["silence_refuses"]).kept
    assert "broken" == judge(helped(asks=False), only=["stated"], without={"added": "not ours"}).verdict


def test_what_was_chosen_by_name_has_to_be_answered() -> None:
    """A promise that was chosen by its name, and needs what was not recorded, cannot be told; nor can a group of which none is asked."""
    for chosen in (["busy_is_told_to_tickets_only", "silence_refuses"], ["tickets"]):
        judged = judge(helped(), only=chosen)

        assert "cannot tell" == judged.verdict
        assert "tickets not recorded" in {each.needs for each in judged.cannot_tell}


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        (lambda: judge("trace.jsonl"), UsageError, "not str 'trace.jsonl'"),
        (lambda: judge(iter([7])), UsageError, "a line of a trace is a text or an object, not int"),
        (lambda: judge([]), TraceError, "there is no line of a trace in it"),
        (lambda: judge([b"\xff"]), TraceError, "the trace:1: these bytes are no text in UTF-8"),
        (lambda: judge(helped(), only=["silence_refuse"]), UsageError, "did you mean `silence_refuses`?"),
        (lambda: judge(helped(), without={"stated": " "}), UsageError, "say why"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(wrong: Any, error: type[Exception], says: str) -> None:
    """What is no trace, and a promise that is none or has no reason, is refused with a sentence."""
    with pytest.raises(error) as refused:
        wrong()

    assert says in str(refused.value)


def test_all_mistakes_of_a_trace_are_told_at_once() -> None:
    """Each mistake has its line, those of one line stand together, and a line that is wrong names the fields it may have."""
    lines = [{"seq": 1, "event": "locked"}, {"seq": 2, "event": "lokced"}, {"seq": 3, "event": "locked", "session": 1}]
    with pytest.raises(TraceError) as refused:
        judge([*lines, {"seq": 3, "event": "ended", "conection": 1, "reason": "bored"}])

    assert [1, 2, 4, 4, 4] == [each.where.line for each in refused.value.problems]
    assert "locked needs `session` (locked has session)" == refused.value.message
    assert "(ended has connection, reason; it may have by, origin)" in str(refused.value)


def test_no_more_than_twenty_wrong_lines_are_told() -> None:
    """What has more mistakes than that is another kind of file, and is read no further."""
    lines = iter([{"event": "locked", "session": 1}] * 30)
    with pytest.raises(TraceError) as refused:
        judge(lines)

    assert (20, 10) == (len(refused.value.problems), len(list(lines)))
