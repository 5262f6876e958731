"""Refusals have two halves: it is refused, with row, failed condition or need, thing, setting and reason; nothing changes."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from rasim.protocol import RULES, Event, Refused, Situation, event, start, step
from rasim.protocol.step import Undelivered
from rasim.protocol.terms import Kind

READY = start(offers="enabled", control_permitted=True, logged_on=True, listed=True, admitted=True)
TICKETED = READY.so(phase="ticketed")
OFFERED = READY.so(phase="offered")
VIEWING = READY.so(phase="viewing", agreed=True)
ASKED = VIEWING.so(control="asked")
HELD = VIEWING.so(control="held")
RESTING = VIEWING.so(control="cooling")
COOLING = READY.so(phase="cooling")


class Case(NamedTuple):
    """One refusal: of which row, by which condition or need of which thing, with which setting and reason, seen how."""

    row: str
    condition: str
    thing: str | None
    setting: str | None
    reason: str
    before: Situation
    event: Event
    seen: str = ""


OFFERS, HELPERS, FULL = "fAllowUnsolicited", "RAUnsolicit", "fAllowUnsolicitedFullControl"
NO_TICKET = "contact ticket_refused"
NO_OFFER = "offer_received offer_refused"
NOT_ASKED = "control_requested control_refused"
ANOTHER = {"prompt": "another"}
CASES = (
    # A ticket needs, in this order, the firewall, the policy, the list, the user; who is not on the list never learns more.
    Case("T1", "firewall", "ticket", "Windows Firewall", "firewall", start(reachable=False), event("asks for a ticket"), NO_TICKET),
    Case("T1", "offers", "ticket", OFFERS, "not configured", start(), event("asks for a ticket"), NO_TICKET),
    Case("T1", "offers", "ticket", OFFERS, "disabled", READY.so(offers="disabled"), event("asks for a ticket"), NO_TICKET),
    Case("T1", "offers", "ticket", "fAllowToGetHelp", "disabled", READY.so(offers="blocked"), event("asks for a ticket"), NO_TICKET),
    Case("T1", "helper", "ticket", HELPERS, "not in list", READY.so(admitted=False), event("asks for a ticket"), NO_TICKET),
    Case("T1", "helper", "ticket", HELPERS, "not in list", READY.so(admitted=False, logged_on=False),
         event("asks for a ticket"), NO_TICKET),
    Case("T1", "logged on", "ticket", None, "no user", READY.so(logged_on=False), event("asks for a ticket"), NO_TICKET),
    Case("O1", "ticket", None, None, "duplicate", TICKETED, event("offers help", ticket="used"), NO_OFFER),
    Case("O1", "ticket", None, None, "expired", TICKETED, event("offers help", ticket="expired"), NO_OFFER),
    Case("O1", "ticket", None, None, "malformed", TICKETED, event("offers help", ticket="foreign"), NO_OFFER),
    Case("O1", "ticket", None, None, "malformed", TICKETED, event("offers help", ticket="malformed"), NO_OFFER),
    Case("O1", "ticket", None, None, "malformed", TICKETED.so(busy=True), event("offers help", ticket="foreign"), NO_OFFER),
    Case("O1", "unlocked", "question", None, "locked", TICKETED.so(locked=True), event("offers help"), NO_OFFER),
    Case("O1", "present", "question", None, "no prompt", TICKETED.so(away=True), event("offers help"), NO_OFFER),
    Case("O1", "uncovered", "question", None, "no prompt", TICKETED.so(secure_desktop=True), event("offers help"), NO_OFFER),
    *(Case("O3", "local", None, None, "other", OFFERED, event("accepts", origin=origin))
      for origin in ("injected", "policy", "timer")),
    Case("O3", "on show", None, None, "other", OFFERED, event("accepts", **ANOTHER)),
    Case("O4", "local", None, None, "other", OFFERED, event("denies", origin="injected")),
    Case("O4", "on show", None, None, "other", OFFERED, event("denies", **ANOTHER)),
    Case("V1", "not paused", None, None, "other", VIEWING.so(paused=True), event("a frame is due"), "frame_withheld"),
    Case("V1", "unlocked", None, None, "locked", VIEWING.so(locked=True), event("a frame is due"), "frame_withheld"),
    Case("V1", "present", None, None, "no prompt", VIEWING.so(away=True), event("a frame is due"), "frame_withheld"),
    Case("V1", "uncovered", None, None, "no prompt", VIEWING.so(secure_desktop=True), event("a frame is due"), "frame_withheld"),
    Case("V2", "local", None, None, "other", VIEWING, event("pauses", origin="injected")),
    Case("V3", "local", None, None, "other", VIEWING.so(paused=True), event("resumes", origin="injected")),
    Case("C1", "control free", None, None, "other", ASKED, event("asks for control"), NOT_ASKED),
    Case("C1", "control free", None, None, "other", RESTING, event("asks for control"), NOT_ASKED),
    Case("C1", "not paused", "control asked", None, "other", VIEWING.so(paused=True), event("asks for control"), NOT_ASKED),
    Case("C1", "unlocked", "control asked", None, "locked", VIEWING.so(locked=True), event("asks for control"), NOT_ASKED),
    Case("C1", "present", "control asked", None, "no prompt", VIEWING.so(away=True), event("asks for control"), NOT_ASKED),
    Case("C1", "uncovered", "control asked", None, "no prompt", VIEWING.so(secure_desktop=True),
         event("asks for control"), NOT_ASKED),
    Case("C3", "control asked", None, None, "other", VIEWING, event("grants control")),
    Case("C3", "control asked", None, None, "other", RESTING, event("grants control")),
    Case("C3", "local", None, None, "other", ASKED, event("grants control", origin="timer")),
    Case("C3", "local", None, None, "other", ASKED, event("grants control", origin="injected", **ANOTHER)),
    Case("C3", "on show", None, None, "other", ASKED, event("grants control", **ANOTHER)),
    Case("C3", "control permitted", "control held", FULL, "forbidden", ASKED.so(control_permitted=False), event("grants control")),
    Case("C3", "agreed", "control held", FULL, "forbidden", ASKED.so(agreed=False), event("grants control")),
    Case("C3", "unlocked", "control held", None, "locked", ASKED.so(locked=True), event("grants control")),
    Case("C4", "control asked", None, None, "other", VIEWING, event("refuses control")),
    Case("C4", "local", None, None, "other", ASKED, event("refuses control", origin="policy")),
    Case("C4", "on show", None, None, "other", ASKED, event("refuses control", **ANOTHER)),
    Case("C5", "control asked", None, None, "other", VIEWING, event("control time passes")),
    Case("C6", "control asked", None, None, "other", VIEWING, event("takes back control")),
    Case("C7", "control asked", None, None, "other", VIEWING, event("control prompt is lost")),
    Case("C8", "control", None, None, "other", ASKED, event("uses control"), "input_dropped"),
    Case("C8", "control", None, None, "other", VIEWING, event("uses control"), "input_dropped"),
    Case("C9", "control", None, None, "other", VIEWING, event("stops control")),
    Case("C9", "control", None, None, "other", ASKED, event("gives back control")),
    Case("C10", "control cooling", None, None, "other", VIEWING, event("control cool-down passes")),
    Case("W7", "logged off", None, None, "other", READY, event("logs on")),
    Case("W9", "logged on", "lock", None, "no user", start(), event("is locked")),
    Case("W11", "logged on", "absence", None, "no user", start(), event("is switched away")),
    Case("W13", "logged on", "cover", None, "no user", start(), event("is covered")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row} without {case.condition}, {case.event.kind}")
def test_a_refusal_is_typed_and_changes_nothing(case: Case) -> None:
    """A refusal names its row, failed condition or need, the thing, the setting behind it and the reason; nothing changes."""
    outcome = step(case.before, case.event)
    refusal = outcome.refusal

    assert isinstance(refusal, Refused)
    assert case[:5] == (
        refusal.row,
        refusal.condition.name,
        refusal.thing,
        refusal.setting,
        refusal.reason,
    )
    assert tuple(word for word in (case.condition, case.setting) if word) == refusal.because
    assert (None, (), (), (), case.before.values) == (
        outcome.row,
        outcome.began,
        outcome.ended,
        outcome.lost,
        outcome.after.values,
    )
    assert case.seen.split() == [effect.name for effect in outcome.effects]


@pytest.mark.parametrize("case", [c for c in CASES if c.thing or c.setting], ids=lambda c: f"{c.row} {c.condition}")
def test_a_refusal_reads_as_a_sentence(case: Case) -> None:
    """The text of a refusal has the row, the thing that needs something, what it needs, and the setting."""
    refusal = step(case.before, case.event).refusal

    assert isinstance(refusal, Refused)
    needs = f"{case.thing} needs: " if case.thing else ""
    setting = f" [{case.setting}]" if case.setting else ""
    assert f"row {case.row}: {needs}{refusal.condition.says}{setting}, and that is not so" == str(refusal)


@pytest.mark.parametrize("case", [c for c in CASES if "refused" in c.seen], ids=lambda c: f"{c.row} {c.reason}")
def test_who_asked_is_told_the_reason(case: Case) -> None:
    """The answer that goes back after a refusal carries the reason of the refusal."""
    answer = step(case.before, case.event).effects[-1]

    assert case.reason == dict(answer.fields)["reason"]


def every_event(kind: Kind) -> Iterator[Event]:
    """Yield the kind with everything it may carry."""
    for values in product(*(fact.values for fact in kind.carries)):
        yield Event(kind.name, tuple(sorted(zip((fact.name for fact in kind.carries), values, strict=True))))


@pytest.mark.parametrize(
    "before",
    [start(), READY, TICKETED, TICKETED.so(busy=True), OFFERED, COOLING, VIEWING, ASKED, HELD, RESTING,
     VIEWING.so(paused=True), VIEWING.so(locked=True), VIEWING.so(control_permitted=False)],
    ids=lambda s: " ".join(f"{k}={v}" for k, v in s.as_dict().items() if v not in (False, True, "free")),
)  # fmt: skip
def test_only_what_is_done_changes_anything(before: Situation) -> None:
    """Over every event there is: what no row takes leaves the situation as it was, and what a row takes names the row."""
    for kind in RULES.kinds:
        for happening in every_event(kind):
            outcome = step(before, happening)
            assert (outcome.verdict == "done") == (outcome.row is not None)
            assert (outcome.verdict == "done") == (outcome.refusal is None)
            assert outcome.verdict == "done" or before.values == outcome.after.values


def test_an_unknown_kind_of_event_is_an_error() -> None:
    """An event that the table does not have is a KeyError, not a refusal."""
    with pytest.raises(KeyError, match="dances"):
        step(READY, event("dances"))


def test_an_event_carries_only_its_own_facts() -> None:
    """An event with a fact that its kind does not carry is a KeyError, not a refusal."""
    with pytest.raises(KeyError, match="withdraws carries no origin"):
        step(OFFERED, event("withdraws", origin="local"))


def test_a_situation_has_only_its_own_facts() -> None:
    """A situation with a fact that the table does not have is a KeyError."""
    with pytest.raises(KeyError, match="moon is full"):
        start(moon_is_full=True)


@pytest.mark.parametrize("verdict", ["lost", "under way"])
def test_what_did_not_arrive_was_refused_by_nobody(verdict: Any) -> None:
    """What has not reached the computer has no reason: neither a row nor a need turned it away, and its words do not say how it fared."""
    undelivered = Undelivered(verdict)

    assert ((), "it has not reached the computer") == (undelivered.because, str(undelivered))
