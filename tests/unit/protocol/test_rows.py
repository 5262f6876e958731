"""The table, row by row, as docs and design state it: from which phase, by which event, to where, and what one sees."""

from typing import NamedTuple

import pytest

from rasim.protocol import RULES, Event, Situation, event, start, step
from rasim.protocol.terms import Value

READY = start(offers="enabled", control_permitted=True, logged_on=True, listed=True, admitted=True)
TICKETED = READY.so(phase="ticketed")
OFFERED = READY.so(phase="offered")
VIEWING = READY.so(phase="viewing", agreed=True)
COOLING = READY.so(phase="cooling")
ASKED = VIEWING.so(control="asked")
HELD = VIEWING.so(control="held")
RESTING = VIEWING.so(control="cooling")


class Case(NamedTuple):
    """One sentence about one row."""

    row: str
    says: str
    before: Situation
    event: Event
    then: dict[str, Value]
    seen: str


IDLE_AGAIN: dict[str, Value] = {"phase": "idle", "agreed": False}
CASES = (
    Case("T1", "an idle expert who asks for a ticket is ticketed", READY, event("asks for a ticket"),
         {"phase": "ticketed"}, "contact sessions_disclosed ticket_issued"),
    Case("T2", "a ticket that is not used in time is over", TICKETED, event("ticket time passes"),
         {"phase": "idle"}, "ticket_expired"),
    Case("T2", "a ticket is over when its expert leaves", TICKETED, event("expert ends"),
         {"phase": "idle"}, "ticket_expired"),
    Case("T2", "a ticket is over when the link is lost", TICKETED, event("link is lost"),
         {"phase": "idle"}, "link_lost ticket_expired"),
    Case("O1", "an offer with the expert's own ticket asks the user", TICKETED, event("offers help"),
         {"phase": "offered"}, "offer_received prompt_shown"),
    Case("O2", "an offer to a busy user is answered busy and spends its ticket", TICKETED.so(busy=True),
         event("offers help"), {"phase": "idle"}, "offer_received offer_refused ticket_expired"),
    Case("O3", "the user accepts and the expert views", OFFERED, event("accepts"),
         {"phase": "viewing", "agreed": True}, "accepted prompt_hidden connection_opened indicator_on"),
    Case("O3", "an acceptance under a view-only policy is no agreement to control", OFFERED.so(control_permitted=False),
         event("accepts"), {"phase": "viewing"}, "accepted prompt_hidden connection_opened indicator_on"),
    Case("O4", "the user denies and the expert must wait", OFFERED, event("denies"),
         {"phase": "cooling"}, "denied offer_refused prompt_hidden"),
    Case("O5", "silence refuses", OFFERED, event("consent time passes"),
         {"phase": "cooling"}, "offer_expired offer_refused prompt_hidden"),
    Case("O6", "the expert withdraws the offer", OFFERED, event("withdraws"),
         {"phase": "idle"}, "offer_cancelled prompt_hidden"),
    Case("O6", "the expert leaves while the user is asked", OFFERED, event("expert ends"),
         {"phase": "idle"}, "offer_cancelled prompt_hidden"),
    Case("O6", "the link is lost while the user is asked", OFFERED, event("link is lost"),
         {"phase": "idle"}, "link_lost offer_cancelled prompt_hidden"),
    Case("O7", "a covered question is over", OFFERED, event("prompt is covered"),
         {"phase": "idle"}, "prompt_covered offer_refused prompt_hidden"),
    Case("O7", "a question whose words change is over", OFFERED, event("prompt changes"),
         {"phase": "idle"}, "prompt_changed offer_refused prompt_hidden"),
    Case("O7", "a question that cannot be shown is over", OFFERED, event("prompt fails"),
         {"phase": "idle"}, "offer_refused prompt_hidden"),
    Case("O8", "after the cool-down the expert may come again", COOLING, event("cool-down passes"),
         {"phase": "idle"}, "cooldown_over"),
    Case("V1", "a frame is shown and changes nothing", VIEWING, event("a frame is due"), {}, "frame_shown"),
    Case("V2", "the user pauses the view", VIEWING, event("pauses"), {"paused": True}, "paused"),
    Case("V2", "a pause takes held control back", HELD, event("pauses"),
         {"paused": True, "control": "free"}, "paused control_stopped"),
    Case("V2", "a pause withdraws the question about control", ASKED, event("pauses"),
         {"paused": True, "control": "free"}, "paused control_refused control_prompt_hidden"),
    Case("V3", "the user resumes the view, and nothing comes back with it", VIEWING.so(paused=True), event("resumes"),
         {"paused": False}, "resumed"),
    Case("C1", "the expert asks for control and the user is asked", VIEWING, event("asks for control"),
         {"control": "asked"}, "control_requested control_prompt_shown"),
    Case("C2", "a request that policy forbids is answered without asking", VIEWING.so(control_permitted=False),
         event("asks for control"), {}, "control_requested control_refused"),
    Case("C2", "a request that policy forbade at acceptance is answered without asking", VIEWING.so(agreed=False),
         event("asks for control"), {}, "control_requested control_refused"),
    Case("C3", "the user grants control", ASKED, event("grants control"),
         {"control": "held"}, "control_granted control_prompt_hidden"),
    Case("C4", "the user refuses control and the expert must wait", ASKED, event("refuses control"),
         {"control": "cooling"}, "control_refused control_prompt_hidden"),
    Case("C5", "silence about control refuses", ASKED, event("control time passes"),
         {"control": "cooling"}, "control_refused control_prompt_hidden"),
    Case("C6", "the expert takes the request back", ASKED, event("takes back control"),
         {"control": "free"}, "control_withdrawn control_prompt_hidden"),
    Case("C7", "a lost question about control is over", ASKED, event("control prompt is lost"),
         {"control": "free"}, "prompt_covered control_refused control_prompt_hidden"),
    Case("C8", "input of an expert who holds control is applied and changes nothing", HELD, event("uses control"),
         {}, "input_applied"),
    Case("C9", "the user takes control back", HELD, event("stops control"), {"control": "free"}, "control_stopped"),
    Case("C9", "the expert gives control back", HELD, event("gives back control"),
         {"control": "free"}, "control_released"),
    Case("C10", "after the cool-down control may be asked for again", RESTING, event("control cool-down passes"),
         {"control": "free"}, "cooldown_over"),
    Case("E1", "the user ends", VIEWING, event("user ends"), IDLE_AGAIN, "ended indicator_off"),
    Case("E1", "the expert ends, and control ends inside the view", HELD, event("expert ends"),
         {**IDLE_AGAIN, "control": "free"}, "control_stopped ended indicator_off"),
    Case("E1", "a lost link ends the view", VIEWING, event("link is lost"), IDLE_AGAIN, "link_lost ended indicator_off"),
    Case("E1", "the maximum time ends the view, the question about control first", ASKED, event("maximum time passes"),
         {**IDLE_AGAIN, "control": "free"}, "control_refused control_prompt_hidden ended indicator_off"),
    Case("E2", "who comes back to a connection that is over is turned away", READY, event("comes back"),
         {}, "reconnect_attempted reconnect_refused"),
    Case("E2", "who comes back while viewing is turned away, and the view goes on", VIEWING, event("comes back"),
         {}, "reconnect_attempted reconnect_refused"),
    Case("W1", "a policy is applied", start(), event("policy is applied", new_offers="enabled", new_control=True, new_listed=True),
         {"offers": "enabled", "control_permitted": True, "listed": True}, "policy_applied"),
    Case("W2", "a helper is added", start(), event("helper is added"), {"listed": True}, "helper_added"),
    Case("W3", "a removed helper is out at once", READY, event("helper is removed"),
         {"listed": False, "admitted": False}, "helper_removed"),
    Case("W4", "the refresh task admits who is listed", READY.so(admitted=False), event("refresh task runs"),
         {"admitted": True}, "membership_checked"),
    Case("W5", "the firewall opens", READY.so(reachable=False), event("firewall opens"),
         {"reachable": True}, "firewall_changed"),
    Case("W6", "the firewall closes, and a view ends", VIEWING, event("firewall closes"),
         {**IDLE_AGAIN, "reachable": False}, "firewall_changed ended indicator_off"),
    Case("W7", "the owner logs on", start(), event("logs on"), {"logged_on": True}, "logged_on"),
    Case("W8", "a logoff ends a ticket", TICKETED, event("logs off"),
         {"logged_on": False, "phase": "idle"}, "logged_off ticket_expired"),
    Case("W8", "a restart is a logoff of everybody", COOLING, event("computer restarts"),
         {"logged_on": False, "phase": "idle"}, "restarted"),
    Case("W9", "a lock withdraws the question", OFFERED, event("is locked"),
         {"locked": True, "phase": "idle"}, "locked offer_refused prompt_hidden"),
    Case("W10", "an unlocked session gets no control back", VIEWING.so(locked=True), event("is unlocked"),
         {"locked": False}, "unlocked"),
    Case("W11", "switching away takes control back", HELD, event("is switched away"),
         {"away": True, "control": "free"}, "switched_away control_stopped"),
    Case("W12", "a session that is switched to is in front of its owner", READY.so(away=True, locked=True, secure_desktop=True),
         event("is switched to"), {"away": False, "locked": False, "secure_desktop": False}, "switched_to"),
    Case("W13", "the secure desktop takes control back", HELD, event("is covered"),
         {"secure_desktop": True, "control": "free"}, "secure_desktop_on control_stopped"),
    Case("W14", "the secure desktop goes", READY.so(secure_desktop=True), event("is uncovered"),
         {"secure_desktop": False}, "secure_desktop_off"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}: {case.says}")
def test_a_row_does_what_it_says(case: Case) -> None:
    """Each row takes its event, changes what its sentence says and nothing else, and is seen by these lines in this order."""
    outcome = step(case.before, case.event)

    assert (case.row, "done") == (outcome.row and outcome.row.id, outcome.verdict)
    assert case.before.so(**case.then).as_dict() == outcome.after.as_dict()
    assert case.seen.split() == [effect.name for effect in outcome.effects]


def test_every_row_and_event_is_stated_here() -> None:
    """Each event of each row of the table has its sentence above, and nothing above is not in the table."""
    assert {(row.id, kind) for row in RULES.rows for kind in row.when} == {(c.row, c.event.kind) for c in CASES}


IN_A_PHASE = [case for case in CASES if RULES.row(case.row).phase is not None]


@pytest.mark.parametrize("case", IN_A_PHASE, ids=lambda case: f"{case.row}: {case.says}")
def test_a_row_speaks_only_of_its_phase(case: Case) -> None:
    """In every phase that no row for the event names, the event is ignored, changes nothing and leaves no line."""
    speaking = {row.phase for row in RULES.rows if case.event.kind in row.when}
    others = {"idle", "ticketed", "offered", "viewing", "cooling"} - speaking

    assert others
    for phase in sorted(others):
        outcome = step(READY.so(phase=phase), case.event)
        assert ("ignored", False, ()) == (outcome.verdict, outcome.changed, outcome.effects)
        assert ("no row",) == (outcome.refusal and outcome.refusal.because)
        assert f"no rule speaks of this while {phase}" == str(outcome.refusal)


@pytest.mark.parametrize(
    ("before", "kind", "reasons"),
    [
        (OFFERED, "denies", {"offer_refused": "denied", "prompt_hidden": "denied"}),
        (OFFERED, "consent time passes", {"offer_refused": "timeout", "prompt_hidden": "timeout"}),
        (OFFERED, "prompt is covered", {"offer_refused": "no prompt", "prompt_hidden": "no prompt"}),
        (OFFERED, "withdraws", {"prompt_hidden": "cancelled"}),
        (TICKETED, "ticket time passes", {"ticket_expired": "expired"}),
        (TICKETED.so(busy=True), "offers help", {"offer_refused": "busy"}),
        (VIEWING, "user ends", {"ended": "user"}),
        (VIEWING, "expert ends", {"ended": "expert"}),
        (VIEWING, "link is lost", {"ended": "transport"}),
        (VIEWING, "maximum time passes", {"ended": "limit"}),
        (VIEWING, "helper is removed", {"ended": "helper removed"}),
        (VIEWING, "firewall closes", {"ended": "firewall"}),
        (VIEWING, "logs off", {"ended": "no user"}),
        (OFFERED, "is locked", {"offer_refused": "locked", "prompt_hidden": "locked"}),
        (OFFERED, "policy is applied", {"offer_refused": "policy changed", "prompt_hidden": "policy changed"}),
    ],
)
def test_an_end_says_why(before: Situation, kind: str, reasons: dict[str, str]) -> None:
    """Whatever ends is told with the reason of what ended it, in the words of the trace lines."""
    told = {effect.name: dict(effect.fields)["reason"] for effect in step(before, event(kind)).effects
            if effect.name in reasons}  # fmt: skip

    assert reasons == told
