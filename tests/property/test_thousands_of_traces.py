"""Thousands of traces of the correct machine, with everything recorded and everything asked: not one false alarm.

No proof (the model tests exhaust the table): this attacks the judge, in which ids, hands and clocks are real. The routine makes
the first quarter of a thousand, which ask every promise; the exhaustive run makes all ten thousand.
"""

from collections.abc import Callable

import pytest
from drawn import examples
from walks import OWNERS, walk

from rasim.verify import KEPT
from rasim.verify.promises.audit_trail import covering, intervals
from rasim.verify.promises.judge import Judge
from rasim.verify.promises.kinds import Always, Traced, Within

ACTS = 24


@pytest.mark.parametrize("walks", [250, pytest.param(10_000, marks=pytest.mark.exhaustive)])
def test_no_trace_of_the_correct_machine_is_broken(walks: int, record_property: Callable[[str, object], None]) -> None:
    """Of thousands of drawn walks none breaks a promise, though every promise that can be judged under strict choices is asked."""
    events: set[str] = set()
    asked: set[str] = set()
    lines = 0
    for seed in range(walks):
        judge = Judge()
        for recorded in walk(seed, ACTS):
            judge.take(recorded)
            events.add(recorded.line.event)
        found = judge.close()
        lines += found.lines
        asked |= {*found.kept, *(untold.promise for untold in found.cannot_tell)}

        assert (seed, ()) == (seed, found.broken)

    untold = {p.name for p in KEPT if isinstance(p, Traced) and p.told_by}  # no line of the machine tells of these
    judged = {p.name for p in KEPT if isinstance(p, Always | Within | Traced)} - {"a_withdrawn_question_rests", *untold}
    record_property("reach", f"judge: {walks:,} traces, {lines:,} lines, {len(events)} kinds of lines")
    assert judged == asked
    assert {"input_applied", "capability_used", "reconnect_refused", "frame_withheld", "cooldown_over"} <= events


@pytest.mark.hypothesis
def test_every_frame_and_input_is_in_the_record() -> None:
    """In each of many walks the record alone tells, of every frame and input, an interval and its user's own yes."""
    seen = 0
    for seed in range(examples(1_000)):
        trace = list(walk(seed, ACTS))
        told = intervals(trace)
        for recorded in trace:
            event = recorded.line.event
            if event in ("frame_shown", "input_applied", "capability_used"):
                held = [
                    each.by for each in covering(told, recorded) if (each.request is None) == (event == "frame_shown")
                ]
                owner = OWNERS[next(each.session for each in told if each.connection == recorded.line["connection"])]
                seen += 1

                assert (seed, recorded.seq, {owner}) == (seed, recorded.seq, set(held))
    assert seen > 2 * examples(1_000)
