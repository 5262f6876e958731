"""Every promise has a short trace that breaks it, with all it breaks, and a good twin that breaks nothing.

A trace is written as lines after one another: `accepted origin=timer` is that line with that field and with the
ordinary value of every other field it has; `prompt=-` leaves a field out. `+61` lets so many seconds pass before the next line.
Recorded is everything but audit records, presence and times; `recording time` at its beginning says that a trace has times
too. `choosing withdrawn_question=rests` judges it under another choice.
"""

from typing import NamedTuple

import pytest
from attrs import evolve

from rasim.protocol import RULES, STRICT, Line, Recorded, event, start, step
from rasim.protocol.lines import EVERYTHING, FieldValue, line_from
from rasim.protocol.terms import Set
from rasim.verify import ALWAYS, KEPT, promise
from rasim.verify.promises.judge import Judge, JudgedTrace
from rasim.verify.promises.kinds import Always, EveryStep, Traced, Within

ANNA, CAROL, BOB = r"CORP\anna", r"CORP\carol", r"CORP\bob"
ORDINARY: dict[str, FieldValue | None] = {
    "version": "1",
    "offers": "enabled",
    "mode": "control",
    "helpers": (ANNA, CAROL),
    "expert": ANNA,
    "session": "s1",
    "sessions": ("s1",),
    "by": BOB,
    "origin": "local",
    "ticket": "t1",
    "offer": "o1",
    "prompt": "p1",
    "connection": "c1",
    "request": "r1",
    "reason": "other",
    "port": 135,
    "state": "closed",
    "side": "computer",
    "kind": "offer",
}
OWN_FIELDS: dict[str, dict[str, FieldValue | None]] = {
    "control_prompt_shown": {"prompt": "p2"},
    "control_prompt_hidden": {"prompt": "p2"},
    "control_granted": {"prompt": "p2"},
    "control_refused": {"prompt": "p2"},
    "capability_prompt_shown": {"prompt": "p3"},
}


RECORDED = EVERYTHING - {"audit", "presence", "time"}


def written(word: str, pairs: list[str]) -> Line:
    """Return the line that a part of a trace stands for."""
    given = dict(pair.split("=") for pair in pairs)
    fields: dict[str, FieldValue | None] = {
        name: None if value == "-" else value.replace("_", " ") for name, value in given.items()
    }
    fields |= {name: tuple(str(fields[name]).split("+")) for name in ("helpers", "exceptions") if fields.get(name)}
    fields |= {"port": int(given["port"])} if "port" in given else {}
    return line_from(word, {**ORDINARY, **OWN_FIELDS.get(word, {}), **fields})


def judged(text: str) -> JudgedTrace:
    """Judge lines written one after the other, separated by commas."""
    records, choices, now, lines = RECORDED, STRICT, 0, []
    for part in text.split(","):
        word, *pairs = part.split()
        if word == "recording":
            records = RECORDED | set(pairs)
        elif word == "choosing":
            choices = evolve(choices, **dict(pair.split("=") for pair in pairs))
        elif word.startswith("+"):
            now += int(word) * 1_000_000
        else:
            lines.append(Recorded(len(lines) + 1, written(word, pairs), now))
    judge = Judge(choices)
    for recorded in (Recorded(0, Line("recorder", (("records", tuple(sorted(records))),)), 0), *lines):
        judge.take(recorded)
    return judge.close()


def broken(text: str) -> set[str]:
    """Return the promises that a trace breaks."""
    return {each.promise for each in judged(text).broken}


READY = "policy_applied, logged_on"
TICKET = f"{READY}, contact, sessions_disclosed, ticket_issued"
ASKED = f"{TICKET}, offer_received, prompt_shown"
OPEN = f"{ASKED}, accepted, prompt_hidden, connection_opened"
VIEW = f"{OPEN}, indicator_on"
REQUEST = f"{VIEW}, control_requested"
QUESTION = f"{REQUEST}, control_prompt_shown"
HELD = f"{QUESTION}, control_granted, control_prompt_hidden"
VIEW_ONLY = VIEW.replace("policy_applied", "policy_applied mode=view")
CAROLS = "contact expert=CORP\\carol, ticket_issued ticket=t2 expert=CORP\\carol, offer_received offer=o2 ticket=t2 expert=CORP\\carol"

ANNAS_2 = "contact, ticket_issued ticket=t2, offer_received offer=o2 ticket=t2, prompt_shown offer=o2 prompt=p9"
QUESTION_2 = "control_requested request=r2, control_prompt_shown request=r2 prompt=p4"
ON_RECORD = (
    f"recording audit, {TICKET}, offer_received, audited, prompt_shown, accepted, audited kind=answer, prompt_hidden, "
    "connection_opened, audited kind=grant, indicator_on"
)
GRANTED = f"{ON_RECORD}, control_requested, control_prompt_shown, control_granted"
RESTS = "choosing withdrawn_question=rests"


class Twins(NamedTuple):
    """A promise, what a bad trace does, the trace, what else it breaks, and the good twin."""

    name: str
    does: str
    bad: str
    also: str
    good: str


PORT = "firewall_changed port=3389 state=open"
TWINS = (
    Twins("never_connected_unannounced", "a question about an offer that nobody made",
          f"{TICKET}, prompt_shown", "", ASKED),
    Twins("never_connected_unannounced", "an acceptance of an offer that is not on show",
          f"{TICKET}, offer_received, accepted", "", f"{ASKED}, accepted"),
    Twins("never_connected_unannounced", "a connection without any question",
          f"{TICKET}, offer_received, connection_opened", "nothing_shown_before_acceptance", OPEN),
    Twins("nothing_shown_before_acceptance", "a connection while the user is still asked",
          f"{ASKED}, connection_opened", "", OPEN),
    Twins("nothing_shown_before_acceptance", "a connection on the answer of somebody else",
          f"{ASKED}, accepted by=CORP\\erin, prompt_hidden, connection_opened",
          "never_connected_unannounced only_the_sessions_own_user_consents", OPEN),
    Twins("nothing_shown_before_acceptance", "a frame of another session",
          f"{VIEW}, logged_on session=s2 by=CORP\\erin, frame_shown session=s2", "",
          f"{VIEW}, logged_on session=s2 by=CORP\\erin, frame_shown"),
    Twins("acceptance_gives_view_only", "input right after the acceptance",
          f"{VIEW}, input_applied", "", f"{HELD}, input_applied"),
    Twins("acceptance_gives_view_only", "input after control was taken back",
          f"{HELD}, control_stopped, input_applied", "", f"{HELD}, input_applied, control_stopped"),
    Twins("acceptance_gives_view_only", "chat that was not granted, while control is held",
          f"{HELD}, capability_used capability=chat", "",
          f"{VIEW}, capability_requested capability=chat, capability_prompt_shown capability=chat, "
          "capability_granted capability=chat, capability_used capability=chat"),
    Twins("control_needs_its_own_click", "control granted before its question is shown",
          f"{REQUEST}, control_granted", "", HELD),
    Twins("control_needs_its_own_click", "control granted that nobody asked for",
          f"{VIEW}, control_granted request=- prompt=-", "", HELD),
    Twins("control_needs_its_own_click", "control granted by an answer about chat",
          f"{VIEW}, capability_requested capability=chat, capability_prompt_shown capability=chat, control_granted prompt=p3", "",
          HELD),
    Twins("nobody_is_asked_unasked", "a question about control that the expert did not ask for",
          f"{VIEW}, control_prompt_shown", "ended_means_ended", QUESTION),
    Twins("view_only_policy_never_yields_control", "a question about control under a view-only policy",
          f"{VIEW_ONLY}, control_requested, control_prompt_shown", "a_looser_policy_gives_nothing_to_the_running",
          f"{VIEW_ONLY}, control_requested, control_refused reply=forbidden origin=policy prompt=-"),
    Twins("unlisted_expert_never_reaches_the_user", "a ticket for an expert who is on no list",
          TICKET.replace("policy_applied", "policy_applied helpers=CORP\\Helpdesk, member_added group=CORP\\Helpdesk account=CORP\\carol"),
          "",
          TICKET.replace("policy_applied", "policy_applied helpers=CORP\\Helpdesk, member_added group=CORP\\Tier1 account=CORP\\anna, "
                         "member_added group=CORP\\Helpdesk account=CORP\\Tier1")),
    Twins("unlisted_expert_never_reaches_the_user", "the list of sessions for an expert who was removed",
          f"{READY}, contact, helper_removed, sessions_disclosed", "",
          f"{READY}, contact, helper_removed, helper_added, sessions_disclosed"),
    Twins("no_policy_no_offer", "the list of sessions while nothing is configured",
          "helper_added, logged_on, contact, sessions_disclosed", "", f"{READY}, contact, sessions_disclosed"),
    Twins("no_policy_no_offer", "a ticket while offers are disabled",
          f"{READY}, contact, policy_applied offers=disabled, ticket_issued", "",
          f"{READY}, contact, policy_applied offers=disabled, ticket_refused"),
    Twins("nobody_logged_on_nobody_connected", "a ticket while nobody is logged on",
          "policy_applied, contact, ticket_issued", "", f"{READY}, contact, ticket_issued"),
    Twins("nobody_logged_on_nobody_connected", "a frame after a restart",
          f"{VIEW}, restarted, frame_shown", "nothing_shown_before_acceptance ended_means_ended",
          f"{VIEW}, frame_shown, restarted, ended, indicator_off"),
    Twins("silence_refuses", "an acceptance by the clock",
          f"{ASKED}, accepted origin=timer by=-", "only_the_sessions_own_user_consents", f"{ASKED}, offer_expired, prompt_hidden"),
    Twins("only_the_sessions_own_user_consents", "an acceptance by input that the expert injected",
          f"{ASKED}, accepted origin=injected by=CORP\\anna", "", f"{ASKED}, accepted"),
    Twins("only_the_sessions_own_user_consents", "control granted by the user of another session",
          f"{QUESTION}, control_granted by=CORP\\erin", "", HELD),
    Twins("consent_is_used_once", "one ticket opens two questions",
          f"{ASKED}, offer_cancelled, prompt_hidden, offer_received offer=o2, prompt_shown offer=o2 prompt=p9", "",
          f"{ASKED}, offer_cancelled, prompt_hidden, {ANNAS_2}"),
    Twins("consent_is_used_once", "a ticket of another expert opens a question",
          f"{TICKET}, offer_received expert=CORP\\carol, prompt_shown", "", ASKED),
    Twins("consent_is_used_once", "an answer to another prompt counts",
          f"{ASKED}, accepted prompt=p0", "", f"{ASKED}, accepted"),
    Twins("busy_is_told_to_tickets_only", "an expert without a ticket is told busy",
          f"{ASKED}, offer_received offer=o2 ticket=- expert=CORP\\carol, offer_refused offer=o2 reason=busy", "",
          f"{ASKED}, {CAROLS}, offer_refused offer=o2 reason=busy"),
    Twins("a_ticket_is_issued_only_when_asked_for", "a ticket that nobody asked for",
          f"{READY}, ticket_issued", "", f"{READY}, contact, ticket_issued"),
    Twins("a_ticket_is_issued_only_when_asked_for", "the list of sessions without a contact",
          f"{READY}, sessions_disclosed", "", f"{READY}, contact, sessions_disclosed"),
    Twins("ended_means_ended", "control granted after the end",
          f"{QUESTION}, ended, control_granted", "control_needs_its_own_click",
          f"{QUESTION}, control_prompt_hidden, ended"),
    Twins("ended_means_ended", "a pause of a connection that never was",
          f"{READY}, paused", "", f"{VIEW}, paused"),
    Twins("control_is_taken_back_at_once", "control that outlives a pause",
          f"{HELD}, paused, contact", "", f"{HELD}, paused, control_stopped, contact"),
    Twins("control_is_taken_back_at_once", "control that outlives a lock",
          f"{HELD}, locked, contact", "", f"{HELD}, locked, control_stopped, contact"),
    Twins("control_is_taken_back_at_once", "a question about control that outlives a pause",
          f"{QUESTION}, paused, contact", "", f"{QUESTION}, paused, control_refused origin=policy, control_prompt_hidden, contact"),
    Twins("a_tighter_policy_bites_at_once", "a question that outlives its policy",
          f"{ASKED}, policy_applied offers=disabled, contact", "",
          f"{ASKED}, policy_applied offers=disabled, offer_refused, prompt_hidden, contact"),
    Twins("a_tighter_policy_bites_at_once", "a ticket that outlives the list",
          f"{TICKET}, helper_removed, contact", "", f"{TICKET}, helper_removed, ticket_expired, contact"),
    Twins("a_tighter_policy_bites_at_once", "control that outlives a view-only policy",
          f"{HELD}, policy_applied mode=view, contact", "",
          f"{HELD}, policy_applied mode=view, control_stopped, contact"),
    Twins("a_logoff_ends_everything", "a ticket that outlives the logoff",
          f"{TICKET}, logged_off, logged_on", "", f"{TICKET}, logged_off, ticket_expired, logged_on"),
    Twins("a_closed_firewall_ends_what_it_carried", "a view that goes on behind a closed firewall",
          f"{VIEW}, firewall_changed, contact", "", f"{VIEW}, firewall_changed, ended, indicator_off, contact"),
    Twins("a_closed_firewall_ends_what_it_carried", "a ticket through a closed firewall",
          f"{READY}, firewall_changed, contact, ticket_issued", "",
          f"{READY}, firewall_changed, firewall_changed port=3389, firewall_changed state=open, contact, ticket_issued"),
    Twins("a_looser_policy_gives_nothing_to_the_running", "control in a view that was accepted as view only",
          f"{VIEW_ONLY}, policy_applied, control_requested, control_prompt_shown", "",
          f"{VIEW_ONLY}, policy_applied, control_requested, control_refused reply=forbidden origin=policy prompt=-"),
    Twins("one_expert_at_a_time", "two questions in one session",
          f"{ASKED}, {CAROLS}, prompt_shown offer=o2 prompt=p9", "",
          f"{ASKED}, denied, offer_refused, prompt_hidden, {CAROLS}, prompt_shown offer=o2 prompt=p9"),
    Twins("one_expert_at_a_time", "a question about another expert while one views",
          f"{VIEW}, {CAROLS}, prompt_shown offer=o2 prompt=p9", "",
          f"{VIEW}, ended, indicator_off, {CAROLS}, prompt_shown offer=o2 prompt=p9"),
    Twins("one_expert_at_a_time", "two questions of one expert",
          f"{QUESTION}, capability_requested capability=chat request=r2, capability_prompt_shown capability=chat request=r2", "",
          f"{HELD}, capability_requested capability=chat request=r2, capability_prompt_shown capability=chat request=r2"),
    Twins("a_refusal_rests", "the same expert asks again right after a denial",
          f"{ASKED}, denied, offer_refused, prompt_hidden, {ANNAS_2}", "",
          f"{ASKED}, denied, offer_refused, prompt_hidden, cooldown_over, {ANNAS_2}"),
    Twins("a_refusal_rests", "control is asked for again right after silence",
          f"{QUESTION}, control_refused origin=timer reply=refused, control_prompt_hidden, {QUESTION_2}", "",
          f"{QUESTION}, control_withdrawn, control_prompt_hidden, {QUESTION_2}"),
    Twins("a_refusal_rests", "the cool-down of another expert lets the one who was refused ask again",
          f"{ASKED}, denied, cooldown_over expert=CORP\\carol, {ANNAS_2}", "",
          f"{ASKED}, denied, cooldown_over expert=corp\\ANNA, {ANNAS_2}"),
    Twins("a_refusal_rests", "the question returns a second too early",
          f"recording time, {ASKED}, denied, +59, {ANNAS_2}", "", f"recording time, {ASKED}, denied, +60, {ANNAS_2}"),
    Twins("a_session_out_of_sight_answers_nothing", "a frame of a locked session",
          f"{VIEW}, locked, frame_shown", "", f"{VIEW}, locked, frame_withheld, unlocked, frame_shown"),
    Twins("a_session_out_of_sight_answers_nothing", "a question under the secure desktop",
          f"{TICKET}, secure_desktop_on, offer_received, prompt_shown", "",
          f"{TICKET}, secure_desktop_on, secure_desktop_off, offer_received, prompt_shown"),
    Twins("a_session_out_of_sight_answers_nothing", "a question that stays while the user is switched away",
          f"{ASKED}, switched_away, contact", "", f"{ASKED}, switched_away, offer_refused, prompt_hidden, contact"),
    Twins("a_session_out_of_sight_answers_nothing", "an acceptance that stays locked although the desktop came back",
          f"{ASKED}, locked, secure_desktop_on, secure_desktop_off, accepted", "", f"{ASKED}, accepted, locked"),
    Twins("a_pause_hides_everything", "a frame while the user pauses",
          f"{VIEW}, paused, frame_shown", "", f"{VIEW}, paused, frame_withheld, resumed, frame_shown"),
    Twins("a_pause_hides_everything", "the expert resumes",
          f"{VIEW}, paused, resumed by=CORP\\anna origin=injected", "", f"{VIEW}, paused, resumed"),
    Twins("a_view_is_never_without_its_indicator", "a frame before the indicator",
          f"{OPEN}, frame_shown", "", f"{VIEW}, frame_shown"),
    Twins("a_view_is_never_without_its_indicator", "a frame after the indicator",
          f"{VIEW}, indicator_off, frame_shown", "", f"{VIEW}, frame_shown, ended, indicator_off"),
    Twins("a_request_has_one_answer", "a request that is granted and then refused",
          f"{QUESTION}, control_granted, control_refused", "",
          f"{QUESTION}, control_granted, control_prompt_hidden"),
    Twins("a_request_has_one_answer", "forbidden, and policy does not forbid it",
          f"{REQUEST}, control_refused reply=forbidden origin=policy prompt=-", "",
          f"{QUESTION}, control_refused reply=refused, control_prompt_hidden"),
    Twins("port_3389_is_open_only_as_stated", "the port opens, and nothing that is stated opens it",
          f"policy_applied os=windows-xp-sp2 exceptions=135_tcp, {PORT}", "",
          f"policy_applied os=windows-xp-sp2 exceptions=135_tcp+remote_desktop, {PORT}"),
    Twins("port_3389_is_open_only_as_stated", "Sessmgr opens the port before anybody views",
          f"policy_applied os=windows-xp-sp2 exceptions=sessmgr, {PORT}", "",
          f"policy_applied os=windows-xp-sp2 exceptions=sessmgr, logged_on, membership_checked, contact, ticket_issued, "
          f"offer_received, prompt_shown, accepted, connection_opened, {PORT}"),
    Twins("port_3389_is_open_only_as_stated", "Sessmgr opens the port on a system where it does not",
          f"policy_applied os=windows-server-2003-sp1 exceptions=sessmgr, logged_on, membership_checked, contact, ticket_issued, "
          f"offer_received, prompt_shown, accepted, connection_opened, {PORT}", "",
          f"policy_applied os=windows-server-2003-sp1 exceptions=remote_desktop, {PORT}"),
    Twins("port_3389_is_open_only_as_stated", "the port outlives the view that opened it",
          f"{VIEW}, policy_applied os=windows-xp-sp3 exceptions=sessmgr, {PORT}, ended, indicator_off, contact", "",
          f"{VIEW}, policy_applied os=windows-xp-sp3 exceptions=sessmgr, {PORT}, ended, indicator_off, "
          "firewall_changed port=3389 state=closed, contact"),
    Twins("port_3389_is_open_only_as_stated", "the port stays open although its exception is withdrawn",
          f"policy_applied os=windows-xp-sp2 exceptions=remote_desktop, {PORT}, policy_applied exceptions=135_tcp, contact", "",
          f"policy_applied os=windows-xp-sp2 exceptions=remote_desktop, {PORT}, policy_applied, contact"),
    Twins("nobody_is_busy_for_nothing", "busy is said, and nobody is asked or served",
          f"{TICKET}, offer_received, offer_refused reason=busy", "", f"{ASKED}, {CAROLS}, offer_refused offer=o2 reason=busy"),
    Twins("nobody_is_busy_for_nothing", "busy is said after the other expert is gone",
          f"{VIEW}, ended, indicator_off, {CAROLS}, offer_refused offer=o2 reason=busy", "",
          f"{VIEW}, {CAROLS}, offer_refused offer=o2 reason=busy"),
    Twins("the_question_names_the_expert", "the question speaks of somebody else",
          f"{TICKET}, offer_received, prompt_shown names=Microsoft_Support", "",
          f"{TICKET}, offer_received, prompt_shown names=Support:_corp\\Anna"),
    Twins("a_refusal_says_why", "disabled is said while policy enables offers",
          f"{READY}, contact, ticket_refused reason=disabled", "",
          f"{READY}, contact, policy_applied offers=disabled, ticket_refused reason=disabled"),
    Twins("a_refusal_says_why", "no user is said, and the user is logged on",
          f"{READY}, contact, ticket_refused reason=no_user", "", "policy_applied, contact, ticket_refused reason=no_user"),
    Twins("a_refusal_says_why", "a lock is said of a session in front of its user",
          f"{TICKET}, offer_received, offer_refused reason=locked", "",
          f"{TICKET}, locked, offer_received, offer_refused reason=locked"),
    Twins("a_refusal_says_why", "a denial is said that nobody made",
          f"{ASKED}, offer_refused reason=denied", "", f"{ASKED}, denied, offer_refused reason=denied"),
    Twins("a_stranger_learns_nothing", "an expert who is on no list learns that nobody is logged on",
          "policy_applied helpers=CORP\\carol, contact, ticket_refused reason=no_user", "",
          "policy_applied helpers=CORP\\carol, contact, ticket_refused reason=not_in_list"),
    Twins("every_view_is_on_record", "a frame, and no audit record tells who allowed it",
          f"recording audit, {VIEW}, frame_shown", "", f"{ON_RECORD}, frame_shown"),
    Twins("every_view_is_on_record", "input, and only the view is on record",
          f"{GRANTED}, control_prompt_hidden, input_applied", "", f"{GRANTED}, audited kind=grant, control_prompt_hidden, input_applied"),
    Twins("the_record_tells_what_happened", "a record of a grant that nobody gave",
          f"{ON_RECORD}, control_requested, audited kind=grant", "", f"{GRANTED}, audited kind=grant"),
    Twins("the_record_tells_what_happened", "a record that stands twice",
          f"{ON_RECORD}, audited kind=grant", "", ON_RECORD),
    Twins("the_record_tells_what_happened", "a record of another offer than the one that was received",
          f"recording audit, {TICKET}, offer_received, audited offer=o2", "", f"recording audit, {TICKET}, offer_received, audited"),

    # What begins is over in time; without times, before the recording ends.
    Twins("every_offer_is_asked_about_or_answered", "an offer that nobody is asked about and nobody answers",
          f"{TICKET}, offer_received, recording_ended", "", f"{TICKET}, offer_received, offer_refused, recording_ended"),
    Twins("every_offer_is_asked_about_or_answered", "a question that comes late",
          f"recording time, {TICKET}, offer_received, +6, prompt_shown", "",
          f"recording time, {TICKET}, offer_received, +5, prompt_shown"),
    Twins("every_answer_takes_effect", "a yes by which nobody connects",
          f"{ASKED}, accepted, prompt_hidden, recording_ended", "", f"{VIEW}, recording_ended"),
    Twins("every_answer_takes_effect", "a view that opens late",
          f"recording time, {ASKED}, accepted, +6, connection_opened", "", f"recording time, {ASKED}, accepted, +5, connection_opened"),
    Twins("every_request_is_answered", "a request that nobody answers",
          f"{REQUEST}, recording_ended", "", f"{REQUEST}, control_refused origin=policy prompt=- reply=refused, recording_ended"),
    Twins("every_request_is_answered", "a question about control that comes late",
          f"recording time, {REQUEST}, +6, control_prompt_shown", "", f"recording time, {REQUEST}, +5, control_prompt_shown"),
    Twins("every_question_ends", "a question that is on show for longer than the consent time",
          f"recording time, {ASKED}, +66, local_input", "", f"recording time, {ASKED}, +60, offer_expired, +1, local_input"),
    Twins("every_question_about_control_ends", "a question about control that is on show for longer than the control time",
          f"recording time, {QUESTION}, +36, local_input", "",
          f"recording time, {QUESTION}, +30, control_refused origin=timer, +1, local_input"),
    Twins("every_view_ends", "a view that lasts for longer than the maximum time",
          f"recording time, {VIEW}, +3606, local_input", "", f"recording time, {VIEW}, +3600, ended, indicator_off, +1, local_input"),
    Twins("every_ticket_ends", "a ticket that lives for longer than the ticket time",
          f"recording time, {TICKET}, +66, local_input", "", f"recording time, {TICKET}, +60, ticket_expired, +1, local_input"),
    Twins("every_indicator_goes_off", "an indicator that stays on after its view",
          f"{VIEW}, ended, recording_ended", "", f"{VIEW}, ended, indicator_off, recording_ended"),
    Twins("every_indicator_goes_off", "an indicator that goes off late",
          f"recording time, {VIEW}, ended, +6, indicator_off", "", f"recording time, {VIEW}, ended, +5, indicator_off"),
    Twins("every_event_is_on_record", "an offer that is not on record",
          f"recording audit, {TICKET}, offer_received, prompt_shown, recording_ended", "",
          f"recording audit, {TICKET}, offer_received, audited, prompt_shown, recording_ended"),
    Twins("every_event_is_on_record", "an end whose record comes late",
          f"{ON_RECORD}, ended, indicator_off, +6, audited kind=end".replace("audit,", "audit time,"), "",
          f"{ON_RECORD}, ended, indicator_off, +5, audited kind=end".replace("audit,", "audit time,")),

    # What only a trace can show: hands, ids and clocks.
    Twins("a_yes_is_made_by_hand", "an acceptance without input at the session",
          f"recording presence, {ASKED}, accepted", "", f"recording presence, {ASKED}, local_input, accepted"),
    Twins("a_yes_is_made_by_hand", "an acceptance after input from before its question",
          f"recording presence, {TICKET}, offer_received, local_input, prompt_shown, accepted", "",
          f"recording presence, {TICKET}, offer_received, prompt_shown, local_input, accepted"),
    Twins("a_yes_is_made_by_hand", "control granted after input at another session",
          f"recording presence, {ASKED}, local_input, accepted, connection_opened, control_requested, control_prompt_shown, "
          "local_input session=s2, control_granted", "",
          f"recording presence, {ASKED}, local_input, accepted, connection_opened, control_requested, control_prompt_shown, "
          "local_input, control_granted"),
    Twins("ids_are_never_used_again", "a question has the id of an earlier one",
          f"{ASKED}, offer_cancelled, {ANNAS_2}".replace("prompt=p9", "prompt=p1"), "", f"{ASKED}, offer_cancelled, {ANNAS_2}"),
    Twins("ids_are_never_used_again", "a request has the id of an earlier one",
          f"{QUESTION}, control_withdrawn, {QUESTION_2}".replace("r2", "r1"), "", f"{QUESTION}, control_withdrawn, {QUESTION_2}"),
    Twins("a_withdrawn_question_rests", "an offer that was taken back comes again",
          f"{RESTS}, {ASKED}, offer_cancelled, {ANNAS_2}", "", f"{RESTS}, {ASKED}, offer_cancelled, cooldown_over, {ANNAS_2}"),
    Twins("a_withdrawn_question_rests", "a request that was taken back comes again too early",
          f"{RESTS}, recording time, {QUESTION}, control_withdrawn, +59, {QUESTION_2}", "",
          f"{RESTS}, recording time, {QUESTION}, control_withdrawn, +60, {QUESTION_2}"),
    Twins("no_rest_is_shortened", "a cool-down that is over a second too early",
          f"recording time, {ASKED}, denied, +59, cooldown_over", "", f"recording time, {ASKED}, denied, +60, cooldown_over"),
    Twins("what_the_user_ends_is_over", "a picture after the user ended the connection",
          f"{VIEW}, end_asked, frame_shown", "", f"{VIEW}, end_asked, ended"),
    Twins("what_the_user_ends_is_over", "input after the user took control back",
          f"{HELD}, stop_asked, input_applied", "", f"{HELD}, stop_asked, control_stopped, frame_shown"),
    Twins("the_users_screen_and_input_stay_the_users", "the expert's side blanks the user's screen",
          f"{HELD}, screen_blanked by=-", "", f"{HELD}, screen_blanked"),
    Twins("a_view_is_never_without_a_way_out", "a picture while the user is offered no way to end",
          f"{VIEW}, end_withheld, frame_shown", "", f"{VIEW}, end_withheld, end_offered, frame_shown"),
)  # fmt: skip


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: f"{twins.name}: {twins.does}")
def test_a_bad_trace_is_noticed(twins: Twins) -> None:
    """The bad trace breaks the promise it is written for and those named beside it, and no other."""
    assert {twins.name, *twins.also.split()} == broken(twins.bad)


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: f"{twins.name}: {twins.does}")
def test_its_good_twin_breaks_nothing(twins: Twins) -> None:
    """The good twin of a bad trace, as near to it as can be, breaks no promise, and is known to keep its own."""
    shown = judged(twins.good)

    assert ((), True) == (shown.broken, twins.name in shown.kept)


def test_where_a_groups_members_were_never_told_nobody_can_tell() -> None:
    """A ticket for an expert who may be in a listed group, of which nobody told the members, is neither kept nor broken."""
    shown = judged(TICKET.replace("policy_applied", "policy_applied helpers=CORP\\Helpdesk"))

    assert ("cannot tell", ()) == (shown.verdict, shown.broken)
    assert "unlisted_expert_never_reaches_the_user" in {each.promise for each in shown.cannot_tell}


@pytest.mark.parametrize(
    "good", [f"policy_applied, {PORT}, logged_on", f"{VIEW}, {PORT}, ended, indicator_off, local_input"]
)
def test_where_no_exceptions_are_told_nothing_is_asked_of_the_port(good: str) -> None:
    """A trace whose policy says nothing about exceptions breaks no promise, whenever port 3389 is open."""
    assert set() == broken(good)


@pytest.mark.parametrize("stated", ["remote_desktop", "3389_tcp", "everything", "sessmgr+remote_desktop"])
@pytest.mark.parametrize("os", ["windows-xp-sp2", "windows-server-2003-sp1"])
def test_a_port_that_is_always_open_outlives_views(os: str, stated: str) -> None:
    """Where something stated keeps port 3389 open all the time, it may be open before a view and after it."""
    policy = f"policy_applied os={os} exceptions={stated}, {PORT}"

    assert set() == broken(f"{VIEW.replace('policy_applied', policy)}, ended, indicator_off, local_input")


@pytest.mark.parametrize(("os", "broken_too"), [("-", False), ("windows-7", True)])
def test_where_the_system_is_not_told_the_exception_of_the_session_manager_settles_nothing(
    os: str, broken_too: bool
) -> None:
    """The exception sessmgr opens port 3389 on some systems only, so that nothing is asked of the port where none is told."""
    policy = f"policy_applied os={os} exceptions=sessmgr, {PORT}"

    assert broken_too is ("port_3389_is_open_only_as_stated" in broken(f"{policy}, logged_on"))


def test_every_promise_over_lines_has_its_twins() -> None:
    """Each promise that is asked of traces has a bad one above, and none above is unknown."""
    over_lines = {p.name for p in KEPT if isinstance(p, Always | Within | Traced)}

    assert over_lines == {twins.name for twins in TWINS}


def test_an_expert_who_changes_a_fact_is_noticed() -> None:
    """A table in which an expert's own word puts the expert on the list breaks words_of_the_expert_change_no_need."""
    row = evolve(RULES.row("T1"), then=(Set("admitted", True), Set("phase", "ticketed")))
    bad = evolve(RULES, rows=(row, *(r for r in RULES.rows if r.id != "T1")))
    before = start(bad, offers="enabled", logged_on=True, listed=True)
    words = promise("words_of_the_expert_change_no_need")
    good = step(before.so(admitted=True), event("asks for a ticket"))

    assert isinstance(words, EveryStep)
    assert "the expert asks for a ticket and that changes whether admitted" == words.breaks(
        step(before, event("asks for a ticket"), bad)
    )
    assert ("done", None) == (good.verdict, words.breaks(good))


def test_what_outlives_a_view_is_noticed() -> None:
    """A table in which a pause does not need the view breaks nothing_outlives_its_view."""
    pause = next(thing for thing in RULES.things if thing.name == "pause")
    bad = evolve(RULES, things=tuple(evolve(t, needs=()) if t is pause else t for t in RULES.things))
    paused = start(offers="enabled", logged_on=True, listed=True, admitted=True, phase="viewing", paused=True)
    outlives = promise("nothing_outlives_its_view")

    assert isinstance(outlives, EveryStep)
    assert "paused outlives the view it was in" == outlives.breaks(step(paused, event("user ends"), bad))
    assert None is outlives.breaks(step(paused, event("user ends")))


def test_promises_over_steps_are_the_two_above() -> None:
    """Two promises speak of every application of a row instead of lines."""
    assert ["words_of_the_expert_change_no_need", "nothing_outlives_its_view"] == [
        p.name for p in ALWAYS if isinstance(p, EveryStep)
    ]
