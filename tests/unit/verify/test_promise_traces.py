"""Every promise has a short trace that breaks it, with all it breaks, and a good twin that breaks nothing.

A trace is written as lines after one another: `accepted origin=timer` is that line with that field and with the
ordinary value of every other field it has; `prompt=-` leaves a field out.
"""

from typing import NamedTuple

import pytest
from attrs import evolve

from rasim.protocol import RULES, Line, event, start, step
from rasim.protocol.lines import FieldValue, line
from rasim.protocol.terms import Set
from rasim.verify import ALWAYS, promise
from rasim.verify.evidence import Evidence, learn
from rasim.verify.promises import Always, EveryStep

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
}
OWN_FIELDS: dict[str, dict[str, FieldValue | None]] = {
    "control_prompt_shown": {"prompt": "p2"},
    "control_prompt_hidden": {"prompt": "p2"},
    "control_granted": {"prompt": "p2"},
    "control_refused": {"prompt": "p2"},
    "capability_prompt_shown": {"prompt": "p3"},
}


def trace(text: str) -> list[Line]:
    """Read lines written one after the other, separated by commas."""
    lines = []
    for part in text.split(","):
        event_name, *pairs = part.split()
        given = dict(pair.split("=") for pair in pairs)
        fields = {name: None if value == "-" else value.replace("_", " ") for name, value in given.items()}
        lists = {name: tuple(str(fields[name]).split("+")) for name in ("helpers", "exceptions") if fields.get(name)}
        lines.append(line(event_name, {**ORDINARY, **OWN_FIELDS.get(event_name, {}), **fields, **lists}))
    return lines


def broken(text: str) -> set[str]:
    """Return the promises that a trace breaks."""
    seen, names = Evidence(), set()
    for each in trace(text):
        names |= {p.name for p in ALWAYS if isinstance(p, Always) and each.event in p.reads and p.breaks(seen, each)}
        seen = learn(seen, each)
    return names


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
          f"{TICKET}, prompt_shown", "unlisted_expert_never_reaches_the_user", ASKED),
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
          TICKET.replace("policy_applied", "policy_applied helpers=CORP\\Helpdesk"), "",
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
          f"{VIEW}, restarted, frame_shown", "a_logoff_ends_everything", f"{VIEW}, frame_shown, restarted, ended, indicator_off"),
    Twins("silence_refuses", "an acceptance by the clock",
          f"{ASKED}, accepted origin=timer by=-", "only_the_sessions_own_user_consents", f"{ASKED}, offer_expired, prompt_hidden"),
    Twins("only_the_sessions_own_user_consents", "an acceptance by input that the expert injected",
          f"{ASKED}, accepted origin=injected by=CORP\\anna", "", f"{ASKED}, accepted"),
    Twins("only_the_sessions_own_user_consents", "control granted by the user of another session",
          f"{QUESTION}, control_granted by=CORP\\erin", "", HELD),
    Twins("consent_is_used_once", "one ticket opens two questions",
          f"{ASKED}, offer_cancelled, prompt_hidden, offer_received offer=o2, prompt_shown offer=o2 prompt=p9", "",
          f"{ASKED}, offer_cancelled, prompt_hidden, contact, ticket_issued ticket=t2, offer_received offer=o2 ticket=t2, "
          "prompt_shown offer=o2 prompt=p9"),
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
          f"{QUESTION}, ended, control_granted", "control_needs_its_own_click a_request_has_one_answer",
          f"{QUESTION}, control_prompt_hidden, ended"),
    Twins("ended_means_ended", "a pause of a connection that never was",
          f"{READY}, paused", "", f"{VIEW}, paused"),
    Twins("control_is_taken_back_at_once", "control that outlives a pause",
          f"{HELD}, paused, local_input", "", f"{HELD}, paused, control_stopped, local_input"),
    Twins("control_is_taken_back_at_once", "control that outlives a lock",
          f"{HELD}, locked, local_input", "", f"{HELD}, locked, control_stopped, local_input"),
    Twins("control_is_taken_back_at_once", "a question about control that outlives a pause",
          f"{QUESTION}, paused, local_input", "", f"{QUESTION}, paused, control_refused origin=policy, control_prompt_hidden, local_input"),
    Twins("a_tighter_policy_bites_at_once", "a question that outlives its policy",
          f"{ASKED}, policy_applied offers=disabled, local_input", "",
          f"{ASKED}, policy_applied offers=disabled, offer_refused, prompt_hidden, local_input"),
    Twins("a_tighter_policy_bites_at_once", "a ticket that outlives the list",
          f"{TICKET}, helper_removed, local_input", "", f"{TICKET}, helper_removed, ticket_expired, local_input"),
    Twins("a_tighter_policy_bites_at_once", "control that outlives a view-only policy",
          f"{HELD}, policy_applied mode=view, local_input", "",
          f"{HELD}, policy_applied mode=view, control_stopped, local_input"),
    Twins("a_logoff_ends_everything", "a ticket that outlives the logoff",
          f"{TICKET}, logged_off, logged_on", "", f"{TICKET}, logged_off, ticket_expired, logged_on"),
    Twins("a_closed_firewall_ends_what_it_carried", "a view that goes on behind a closed firewall",
          f"{VIEW}, firewall_changed, local_input", "", f"{VIEW}, firewall_changed, ended, indicator_off, local_input"),
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
          f"{ASKED}, denied, offer_refused, prompt_hidden, contact, ticket_issued ticket=t2, offer_received offer=o2 ticket=t2, "
          "prompt_shown offer=o2 prompt=p9", "",
          f"{ASKED}, denied, offer_refused, prompt_hidden, cooldown_over, contact, ticket_issued ticket=t2, "
          "offer_received offer=o2 ticket=t2, prompt_shown offer=o2 prompt=p9"),
    Twins("a_refusal_rests", "control is asked for again right after silence",
          f"{QUESTION}, control_refused origin=timer reply=refused, control_prompt_hidden, control_requested request=r2, "
          "control_prompt_shown request=r2", "",
          f"{QUESTION}, control_withdrawn, control_prompt_hidden, control_requested request=r2, control_prompt_shown request=r2"),
    Twins("a_refusal_rests", "a cool-down that no refusal began",
          f"{READY}, cooldown_over", "", f"{ASKED}, offer_expired, prompt_hidden, cooldown_over"),
    Twins("a_session_out_of_sight_answers_nothing", "a frame of a locked session",
          f"{VIEW}, locked, frame_shown", "", f"{VIEW}, locked, frame_withheld, unlocked, frame_shown"),
    Twins("a_session_out_of_sight_answers_nothing", "a question under the secure desktop",
          f"{TICKET}, secure_desktop_on, offer_received, prompt_shown", "",
          f"{TICKET}, secure_desktop_on, secure_desktop_off, offer_received, prompt_shown"),
    Twins("a_session_out_of_sight_answers_nothing", "a question that stays while the user is switched away",
          f"{ASKED}, switched_away, local_input", "", f"{ASKED}, switched_away, offer_refused, prompt_hidden, local_input"),
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
          f"{VIEW}, policy_applied os=windows-xp-sp3 exceptions=sessmgr, {PORT}, ended, indicator_off, local_input", "",
          f"{VIEW}, policy_applied os=windows-xp-sp3 exceptions=sessmgr, {PORT}, ended, indicator_off, "
          "firewall_changed port=3389 state=closed, local_input"),
    Twins("port_3389_is_open_only_as_stated", "the port stays open although its exception is withdrawn",
          f"policy_applied os=windows-xp-sp2 exceptions=remote_desktop, {PORT}, policy_applied exceptions=135_tcp, logged_on", "",
          f"policy_applied os=windows-xp-sp2 exceptions=remote_desktop, {PORT}, policy_applied, logged_on"),
)  # fmt: skip


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: f"{twins.name}: {twins.does}")
def test_a_bad_trace_is_noticed(twins: Twins) -> None:
    """The bad trace breaks the promise it is written for and those named beside it, and no other."""
    assert {twins.name, *twins.also.split()} == broken(twins.bad)


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: f"{twins.name}: {twins.does}")
def test_its_good_twin_breaks_nothing(twins: Twins) -> None:
    """The good twin of a bad trace, as near to it as can be, breaks no promise."""
    assert set() == broken(twins.good)


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


def test_every_promise_over_lines_has_its_twins() -> None:
    """Each promise that judges lines has a bad trace above, and none above is unknown."""
    assert {p.name for p in ALWAYS if isinstance(p, Always)} == {twins.name for twins in TWINS}


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
