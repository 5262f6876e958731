"""Nasty traces beside their good twins: what differs is one line, one field or one id, and the verdict turns on it.

A trace is written as lines after one another: `frame` is that line with ordinary fields, `frame session=2` with another one,
and `policy mode=-` leaves a field out. `@65` before a line is its time in seconds.
"""

import json
from typing import Any

import pytest

from rasim.protocol.trace_text import read_trace
from rasim.verify.promises.judge import Judge, JudgedTrace

ANNA, BOB, CARL, DORA, EVE = (rf"CORP\{name}" for name in ("anna", "bob", "carl", "dora", "eve"))
DESK, TIER = r"CORP\Helpdesk", r"CORP\Tier2"
ACT = {"connection": 1, "session": 1}
YES = {**ACT, "origin": "local", "by": BOB}
ORDINARY: dict[str, dict[str, Any]] = {
    "policy": {
        "event": "policy_applied",
        "version": 1,
        "offers": "enabled",
        "mode": "control",
        "helpers": [ANNA, CARL],
    },
    "logon": {"event": "logged_on", "session": 1, "by": BOB},
    "offer": {"event": "offer_received", "offer": 1, "session": 1, "expert": ANNA},
    "shown": {"event": "prompt_shown", "offer": 1, "session": 1},
    "accepted": {"offer": 1, "session": 1, "origin": "local", "by": BOB},
    "denied": {"offer": 1, "session": 1, "origin": "local", "by": BOB},
    "opened": {"event": "connection_opened", "connection": 1, "offer": 1},
    "frame": {"event": "frame_shown", **ACT},
    "input": {"event": "input_applied", **ACT},
    "asks": {"event": "control_requested", "request": 1, "connection": 1},
    "question": {"event": "control_prompt_shown", "request": 1, "session": 1},
    "granted": {"event": "control_granted", "request": 1, **YES},
    "refused": {"event": "control_refused", "request": 1, **YES},
    "stopped": {"event": "control_stopped", "connection": 1, "by": BOB},
    "asks_for": {"event": "capability_requested", "request": 1, "connection": 1, "capability": "control"},
    "question_of": {"event": "capability_prompt_shown", "request": 1, "connection": 1, "capability": "control"},
    "granted_of": {"event": "capability_granted", "request": 1, "capability": "control", **YES},
    "used": {"event": "capability_used", "connection": 1, "capability": "control"},
    "revoked": {"event": "capability_revoked", "connection": 1, "capability": "control"},
    "rested": {"event": "cooldown_over", "expert": ANNA, "session": 1},
    "ended": {"connection": 1, "reason": "user"},
    "end_asked": {"connection": 1},
    "stop_asked": {"connection": 1},
    "end_withheld": ACT,
    "end_offered": ACT,
    "screen_blanked": ACT,
    "input_blocked": ACT,
    "over": {"event": "recording_ended"},
    "records": {"event": "recorder", "records": ["prompts", "answers", "frames", "input", "sessions", "policy"]},
    "ticket_issued": {"ticket": 1, "expert": ANNA, "session": 1},
    "contact": {"expert": ANNA, "session": 1},
    "left": {"event": "member_removed", "group": DESK, "account": ANNA},
    "firewall_changed": {"port": 135, "state": "closed"},
    "restarted": {"side": "expert"},
    "locked": {"session": 1},
    "unlocked": {"session": 1},
    "offer_refused": {"offer": 1, "reason": "timeout"},
    "offer_expired": {"offer": 1},
    "link_lost": {},
    "prompt_covered": {},
    "helper_removed": {"expert": ANNA},
    "helper_added": {"expert": ANNA},
}
MEMBERS = {"one": {DESK: [ANNA]}, "two": {DESK: [ANNA, CARL]}, "twice": {DESK: [ANNA], TIER: [ANNA]}}


def line(text: str) -> dict[str, Any]:
    name, *pairs = text.split()
    at = {"t": float(name[1:])} if name.startswith("@") else {}
    if at:
        name, *pairs = pairs
    found = {"event": name, **ORDINARY[name], **at}
    for key, value in (pair.split("=") for pair in pairs):
        found[key] = value.replace("_", " ")
        if key in ("helpers", "records"):
            found[key] = [each.replace("_", " ") for each in value.split("+") if each]
        if key == "records":
            found[key] += ORDINARY["records"]["records"]
        if key == "members":
            found[key] = MEMBERS[value]
        if value == "-":
            del found[key]
    return found


def judged(text: str) -> JudgedTrace:
    texts = [json.dumps({"seq": seq, **line(part)}) for seq, part in enumerate(text.split(","), 1)]
    judge = Judge()
    for number, recorded in read_trace(texts):
        judge.take(recorded, number)
    return judge.close()


ASKED = "policy, logon, offer, shown"
VIEW = f"{ASKED}, accepted, opened, frame"
HELD = f"{VIEW}, asks, question, granted, input"
END = "ended, over"
OTHER = rf"logon session=2 by={DORA}, offer offer=2 session=2 expert={CARL}, shown offer=2 session=2"
OTHERS = rf"{OTHER}, accepted offer=2 session=2 by={DORA}, opened connection=2 offer=2, frame connection=2 session=2"
OFFER_2 = "offer offer=2, shown offer=2, denied offer=2, over"
REFUSED = f"{VIEW}, asks, question, refused"
AGAIN = f"asks request=2, question request=2, refused request=2, {END}"
GROUP = rf"policy helpers={DESK}"
CHAT = "asks_for capability=chat, question_of capability=chat, granted_of capability=chat"
XP = "policy solicited=disabled os=windows-xp"
NO_MODE = "policy mode=-"
NAMELESS = "policy, logon, offer expert=-"
TIMED = "@0 records records=time, @1 policy, @2 logon, @3 offer, @4 shown, @5 denied"

NASTY = (
    # A yes, a question and a view need their grounds.
    ("broken", f"{ASKED}, accepted, helper_removed, helper_added, opened, {END}"),
    ("kept", f"{ASKED}, accepted, policy version=2, opened, {END}"),
    ("broken", f"records records=firewall, {ASKED}, accepted, firewall_changed, firewall_changed state=open, opened, {END}"),
    ("kept", f"records records=firewall, firewall_changed state=open, {ASKED}, accepted, firewall_changed state=open, opened, {END}"),
    ("broken", f"{ASKED}, accepted, {XP}, policy, opened, {END}"),
    ("broken", f"{ASKED}, accepted, logon by={CARL}, opened, {END}"),
    ("broken", f"{ASKED}, policy offers=disabled, denied, over"),
    ("kept", f"{ASKED}, policy offers=disabled, offer_refused reason=policy_changed, over"),
    ("broken", f"{VIEW}, asks_for, question_of, policy mode=view, frame, {END}"),
    ("kept", (f"records records=capabilities, {VIEW}, asks_for capability=chat, question_of capability=chat, policy mode=view, "
             f"granted_of capability=chat, {END}")),
    # A refusal, however it is written, rests until its own end.
    ("broken", f"{ASKED}, offer_refused reason=user, {OFFER_2}"),
    ("kept", f"policy, logon, offer, offer_expired, {OFFER_2}"),
    ("broken", f"{ASKED}, denied, rested expert={CARL}, {OFFER_2}"),
    ("broken", f"{ASKED}, denied, rested session=2, {OFFER_2}"),
    ("broken", f"{ASKED}, denied, rested capability=control, {OFFER_2}"),
    ("kept", f"{ASKED}, denied, rested capability=view, {OFFER_2}"),
    ("kept", f"{ASKED}, denied, rested expert=corp\\ANNA, {OFFER_2}"),
    ("broken", f"{REFUSED}, rested, {AGAIN}"),
    ("kept", f"{REFUSED}, rested capability=control, {AGAIN}"),
    ("kept", f"{TIMED}, @66 offer offer=2, @67 shown offer=2, @68 denied offer=2, @69 over"),
    ("broken", f"{TIMED}, @35 offer offer=2, @36 shown offer=2, @37 denied offer=2, @38 over"),
    ("cannot tell", f"{TIMED}, @4 offer offer=2, @5 shown offer=2, @6 denied offer=2, @7 over"),
    # Capabilities by whatever name.
    ("broken", f"records records=capabilities, {HELD}, revoked capability=view, input, over"),
    ("kept", f"records records=capabilities, {HELD}, revoked, frame, {END}"),
    ("broken", f"{HELD}, revoked, used, {END}"),
    ("kept", f"{HELD}, used, {END}"),
    ("broken", f"records records=capabilities, {VIEW}, {CHAT}, revoked capability=chat, used capability=chat, {END}"),
    ("broken", f"{ASKED}, used capability=view, over"),
    ("kept", f"{VIEW}, used capability=view, {END}"),
    ("broken", f"{VIEW}, locked, used capability=view, {END}"),
    # A line without an id is about the only one there is; of several nobody knows about which.
    ("broken", f"{VIEW}, link_lost offer=1, frame, {END}"),
    ("broken", f"{NAMELESS}, shown, accepted, opened, link_lost, frame, {END}"),
    ("cannot tell", f"{VIEW}, {OTHERS}, link_lost, frame, {END}"),
    ("cannot tell", f"{HELD}, {OTHERS}, restarted, input, {END}"),
    ("kept", f"{VIEW}, {OTHERS}, link_lost, ended, ended connection=2, over"),
    ("kept", f"{VIEW}, link_lost expert={CARL}, frame, {END}"),
    ("cannot tell", f"{VIEW}, logon session=2 by={DORA}, ticket_issued ticket=2 session=2, link_lost, frame, {END}"),
    ("kept", f"{VIEW}, logon session=2 by={DORA}, ticket_issued ticket=2 session=2, link_lost, ended, over"),
    ("broken", "records records=tickets, policy, logon, contact, ticket_issued, link_lost, offer ticket=1, shown, denied, over"),
    ("broken", f"{ASKED}, prompt_covered, accepted, opened, {END}"),
    ("cannot tell", f"{ASKED}, {OTHER}, prompt_covered, accepted, opened, ended, denied offer=2 session=2 by={DORA}, over"),
    ("kept", f"{ASKED}, {OTHER}, prompt_covered session=2, accepted, opened, ended, offer_refused offer=2 reason=no_prompt, over"),
    ("broken", f"{VIEW}, asks, question, prompt_covered, granted, {END}"),
    ("cannot tell", (f"{VIEW}, {OTHERS}, asks, question, asks request=2 connection=2, question request=2 session=2, prompt_covered, "
                     f"granted, refused request=2 connection=2 session=2 by={DORA}, ended connection=2, {END}")),
    # The same id for an offer and for a request: two things.
    ("kept", (f"{VIEW}, {OTHER}, asks request=2, question request=2, refused request=2, accepted offer=2 session=2 by={DORA}, "
             f"opened connection=2 offer=2, ended connection=2, {END}")),
    ("broken", (f"{VIEW}, {OTHER}, asks request=2, question request=2, prompt_covered offer=2, accepted offer=2 session=2 by={DORA}, "
               f"opened connection=2 offer=2, {END}")),
    ("kept", (f"{VIEW}, {OTHER}, asks request=2, question request=2, prompt_covered offer=2, offer_refused offer=2 reason=no_prompt, "
             f"granted request=2, input, {END}")),
    # Who it was.
    ("broken", f"{NAMELESS}, shown names={ANNA}, accepted, opened expert={CARL}, {END}"),
    ("broken", f"{NAMELESS}, shown, accepted, opened expert={EVE}, {END}"),
    ("cannot tell", f"{NAMELESS}, shown names={ANNA}, accepted, opened expert={ANNA}, {END}"),
    ("broken", f"{GROUP} members=one, logon, offer, shown, left group=-, accepted, opened, {END}"),
    ("broken", f"{GROUP} members=one, logon, offer, shown, left account=-, accepted, opened, {END}"),
    ("cannot tell", f"{GROUP} members=two, logon, offer, shown, left account=-, accepted, opened, {END}"),
    ("cannot tell", f"{GROUP} members=twice, logon, offer, shown, left group=-, accepted, opened, {END}"),
    ("kept", rf"{GROUP} members=two, logon, offer, shown, left group=- account={CARL}, accepted, opened, {END}"),
    ("cannot tell", rf"{GROUP}, left account={CARL}, logon, offer, shown, accepted, opened, {END}"),
    # What policy is, where half of it was told.
    ("cannot tell", f"policy solicited=disabled os=windows-99, logon, offer, shown, accepted, opened, {END}"),
    ("kept", f"policy solicited=disabled os=windows-11, logon, offer, shown, accepted, opened, {END}"),
    ("kept", f"policy solicited=enabled os=windows-xp, logon, offer, shown, accepted, opened, {END}"),
    ("broken", rf"policy helpers={CARL} solicited=disabled os=windows-server-2003-sp1, logon, offer, shown, accepted, opened, {END}"),
    ("kept", f"{NO_MODE}, logon, offer, shown, accepted, opened, frame, {END}"),
    ("cannot tell", f"{NO_MODE}, logon, offer, shown, accepted, opened, frame, policy, asks, question, granted, {END}"),
    ("broken", f"{NO_MODE}, logon, offer, shown, accepted, opened, input, {END}"),
    # What tells nothing keeps nothing.
    ("cannot tell", "records records=firewall, policy, firewall_changed, over"),
    ("cannot tell", "policy, logon, link_lost, over"),
    ("kept", rf"policy, logon, offer expert={EVE}, offer_refused reason=not_in_list, over"),
    # The user's own end and stop, and what is the user's own.
    ("broken", f"{HELD}, end_asked origin=unknown, frame, {END}"),
    ("kept", rf"{HELD}, end_asked by={ANNA}, frame, {END}"),
    ("kept", f"{HELD}, end_asked session=2, frame, {END}"),
    ("broken", f"{HELD}, end_asked, over"),
    ("cannot tell", f"{HELD}, end_asked"),
    ("kept", f"{HELD}, end_asked, ended"),
    ("broken", f"{VIEW}, end_asked, asks, question, {END}"),
    ("cannot tell", f"{HELD}, stop_asked"),
    ("broken", f"records records=capabilities, {VIEW}, {CHAT}, stop_asked, used capability=chat, {END}"),
    ("kept", f"{HELD}, stop_asked, stopped, used capability=view, asks request=2, question request=2, granted request=2, input, {END}"),
    ("broken", rf"{HELD}, {OTHER}, input_blocked by={DORA}, {END}"),
    ("kept", rf"{HELD}, screen_blanked by=corp\BOB, {END}"),
    ("broken", f"{VIEW}, end_withheld, used capability=view, {END}"),
    ("kept", f"{VIEW}, end_withheld, end_offered, used capability=view, {END}"),
)  # fmt: skip


@pytest.mark.parametrize(("verdict", "text"), NASTY, ids=[text for _, text in NASTY])
def test_the_verdict_turns_on_it(verdict: str, text: str) -> None:
    """A trace has the verdict that its one line, field or id makes."""
    shown = judged(text)

    assert (verdict, []) == (shown.verdict, [] if verdict == "broken" else [each.because for each in shown.broken])


def test_what_no_line_tells_of_is_not_asked() -> None:
    """Of a trace without a line of the user's end, of privacy or of a way out, the promises about them are not asked."""
    asked = {
        "what_the_user_ends_is_over",
        "the_users_screen_and_input_stay_the_users",
        "a_view_is_never_without_a_way_out",
    }

    assert asked <= {each.promise for each in judged(f"{HELD}, {END}").not_asked}
    assert asked <= set(judged(rf"{HELD}, screen_blanked by={BOB}, end_offered, end_asked, {END}").kept)
