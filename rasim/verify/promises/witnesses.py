"""The witnesses: good things that must be possible, each as trace lines in their order. They keep the promises from being empty.

Others may stand between the lines, those of `never` may not. A value in a pattern has `_` for a blank.
"""

from collections.abc import Mapping

from rasim.verify.promises.kinds import Pattern, Sometimes


def _path(text: str) -> tuple[Pattern, ...]:
    """Read `event field=value, event` as patterns."""
    patterns = []
    for part in text.split(","):
        event, *fields = part.split()
        pairs = tuple((name, value.replace("_", " ")) for name, _, value in (f.partition("=") for f in fields))
        patterns.append(Pattern(event, pairs))
    return tuple(patterns)


def _sometimes(
    name: str, says: str, path: str, never: str = "", presumes: Mapping[str, str] | None = None
) -> Sometimes:
    return Sometimes(name, says, _path(path), _path(never) if never else (), presumes or {})


RESTED = "cooldown_over, logged_off, restarted"  # by these a rest would be over: without them there was none
MAY_RETURN = {"withdrawn question": "may return"}

SOMETIMES: tuple[Sometimes, ...] = (
    _sometimes("an_offer_can_be_made", "an offer reaches the user",
        "contact, sessions_disclosed, ticket_issued, offer_received, prompt_shown"),
    _sometimes("an_offer_can_follow_enabling", "after policy enables offers one reaches the user",
        "policy_applied offers=disabled, policy_applied offers=enabled, prompt_shown", "helper_added"),
    _sometimes("the_refresh_task_runs_for_nobody", "the refresh task runs though the expert is not on the list",
        "helper_removed, membership_checked", "helper_added, policy_applied"),
    _sometimes("an_added_helper_can_offer", "an expert who was added to the list reaches the user once the task ran",
        "helper_removed, helper_added, membership_checked, prompt_shown", "policy_applied"),
    _sometimes("a_stranger_can_be_refused", "an expert who is not on the list is refused at the door",
        "contact, ticket_refused reason=not_in_list"),
    _sometimes("a_user_can_let_an_expert_view", "the user accepts and the expert sees the screen",
        "prompt_shown, accepted origin=local, connection_opened, frame_shown"),
    _sometimes("control_can_be_used", "the user grants control by a second click and input arrives",
        "accepted, control_requested, control_prompt_shown, control_granted origin=local, input_applied", "ended"),
    _sometimes("control_can_be_stopped", "the user takes control back and the view goes on",
        "control_granted, control_stopped, frame_shown", "ended"),
    _sometimes("control_can_be_given_back", "the expert gives control back and may be granted it again",
        "control_granted, control_released, control_granted", "ended, cooldown_over"),
    _sometimes("control_can_be_refused", "the user refuses control and the view goes on",
        "control_refused origin=local, frame_shown", "ended"),
    _sometimes("silence_about_control_refuses", "the user says nothing about control, and that is a no",
        "control_prompt_shown, control_refused origin=timer, frame_shown", "ended"),
    _sometimes("a_request_can_be_taken_back", "the expert takes the request back and may ask again",
        "control_prompt_shown, control_withdrawn, control_prompt_hidden, control_prompt_shown", "ended, cooldown_over", MAY_RETURN),
    _sometimes("a_lost_control_question_is_over", "a covered question about control is over, and may be asked again",
        "control_prompt_shown, prompt_covered, control_prompt_hidden, control_prompt_shown", "ended, cooldown_over"),
    _sometimes("refused_control_may_be_asked_again", "after the cool-down control may be asked for again",
        "control_refused, cooldown_over capability=control, control_prompt_shown", "ended"),
    _sometimes("the_computer_can_say_forbidden", "a request for control is answered *forbidden* without asking the user",
        "control_requested, control_refused reply=forbidden"),
    _sometimes("a_refused_expert_may_ask_again", "after a denial and the cool-down the expert may ask again",
        "denied, cooldown_over capability=-, prompt_shown", "logged_off, restarted"),
    _sometimes("a_new_user_is_not_bound_by_a_refusal", "a new logon starts afresh after a denial",
        "denied, logged_off, logged_on, prompt_shown", "cooldown_over"),
    _sometimes("silence_can_refuse", "an unanswered question is over, and after the cool-down may come again",
        "prompt_shown, offer_expired, prompt_hidden, cooldown_over capability=-, prompt_shown", "logged_off, restarted"),
    _sometimes("an_offer_can_be_withdrawn", "the expert withdraws and may offer again",
        "prompt_shown, offer_cancelled, prompt_hidden, prompt_shown", RESTED, MAY_RETURN),
    _sometimes("a_question_can_be_covered", "a covered question is over, and the user may be asked again",
        "prompt_shown, prompt_covered, offer_refused reason=no_prompt, prompt_shown", f"accepted, {RESTED}"),
    _sometimes("a_question_can_change", "a question whose words change is over",
        "prompt_shown, prompt_changed, offer_refused reason=no_prompt"),
    _sometimes("a_question_can_fail", "a question that cannot be shown is over",
        "prompt_hidden reason=no_prompt"),
    _sometimes("a_ticket_can_expire", "a ticket that is not used expires, and another may be had",
        "ticket_issued, ticket_expired reason=expired, ticket_issued", RESTED),
    _sometimes("a_busy_user_is_not_asked", "a second expert is told that the user is busy, and may try again",
        r"connection_opened expert=CORP\anna, offer_refused reason=busy, ticket_issued expert=CORP\carol", f"ended, {RESTED}"),
    _sometimes("busy_spends_the_ticket", "an expert who was told *busy* cannot wait at the door with the same ticket",
        "offer_refused reason=busy, ticket_expired", "contact"),
    _sometimes("a_pause_can_end", "the user pauses and resumes",
        "paused, frame_withheld, resumed, frame_shown", "ended"),
    _sometimes("a_view_survives_a_lock", "frames stop while the session is locked and go on after",
        "frame_shown, locked, frame_withheld, unlocked, frame_shown", "ended, switched_to"),
    _sometimes("a_view_survives_a_switch", "frames stop while the session is switched away and go on after",
        "frame_shown, switched_away, frame_withheld, switched_to, frame_shown", "ended"),
    _sometimes("a_view_survives_the_secure_desktop", "frames stop under the secure desktop and go on after",
        "frame_shown, secure_desktop_on, frame_withheld, secure_desktop_off, frame_shown", "ended, switched_to"),
    _sometimes("switching_to_a_locked_session_unlocks_it", "a session that is switched to is in front of its owner",
        "locked, frame_withheld, switched_to, frame_shown", "ended, unlocked, logged_off, restarted"),
    _sometimes("switching_to_a_covered_session_uncovers_it", "a session that is switched to is in front of its owner",
        "secure_desktop_on, frame_withheld, switched_to, frame_shown", "ended, secure_desktop_off, logged_off, restarted"),
    _sometimes("a_lock_ends_with_the_logon", "a new logon is in front of its owner, whatever was locked before",
        "locked, logged_off, logged_on, prompt_shown", "unlocked, switched_to"),
    _sometimes("an_absence_ends_with_the_logon", "a new logon is in front of its owner, wherever one was switched to",
        "switched_away, logged_off, logged_on, prompt_shown", "switched_to"),
    _sometimes("a_cover_ends_with_the_logon", "a new logon is in front of its owner, whatever covered it before",
        "secure_desktop_on, logged_off, logged_on, prompt_shown", "secure_desktop_off, switched_to"),
    _sometimes("a_new_view_is_not_paused", "a pause ends with its view",
        "paused, ended, connection_opened, frame_shown", "resumed"),
    _sometimes("a_user_can_end", "the user ends the assistance",
        "frame_shown, ended reason=user"),
    _sometimes("an_expert_can_end", "the expert ends the assistance",
        "frame_shown, ended reason=expert"),
    _sometimes("a_link_can_be_lost", "a lost link ends the assistance, and a new offer is needed",
        "frame_shown, link_lost, ended reason=transport, prompt_shown", RESTED),
    _sometimes("time_can_end", "the maximum time ends the assistance",
        "frame_shown, ended reason=limit"),
    _sometimes("a_tighter_policy_can_end_a_view", "disabling offers ends a running view",
        "frame_shown, policy_applied offers=disabled, ended reason=policy_changed", presumes={"running view": "ends with its grounds"}),
    _sometimes("an_opened_firewall_lets_offers_in", "after the firewall opens an offer reaches the user",
        "firewall_changed port=135 state=closed, firewall_changed port=135 state=open, prompt_shown"),
    _sometimes("port_3389_can_open_and_close", "port 3389 opens with an assistance and closes after it",
        "connection_opened, firewall_changed port=3389 state=open, ended, firewall_changed port=3389 state=closed", "policy_applied"),
    _sometimes("port_3389_can_be_always_open", "port 3389 is open though nobody has been asked about anything since the computer started",
        "restarted, policy_applied, firewall_changed port=3389 state=open, ticket_issued",
        "prompt_shown, firewall_changed port=3389 state=closed"),
    _sometimes("port_3389_can_be_shut", "a port that was always open closes when the exception is withdrawn",
        "firewall_changed port=3389 state=open, policy_applied, firewall_changed port=3389 state=closed", "connection_opened, ended"),
    _sometimes("port_3389_stays_for_another_session", "port 3389 stays open while another session is still viewed",
        "connection_opened, firewall_changed port=3389 state=open, connection_opened, ended, frame_shown",
        "policy_applied, firewall_changed port=3389 state=closed"),
    _sometimes("a_new_logon_can_be_helped", "after a logoff and a new logon an offer reaches the user",
        "logged_off, logged_on, prompt_shown"),
    _sometimes("a_restart_ends_everything", "a restart ends a view, and after a new logon an offer reaches the user",
        "frame_shown, restarted, ended reason=no_user, logged_on, prompt_shown"),
    _sometimes("a_view_can_be_rebuilt_from_the_record",
        "the record tells of the offer, the answer and the view, of control, and of the end of both",
        "audited kind=offer, audited kind=answer, audited kind=grant, audited kind=grant, audited kind=revocation, audited kind=end"),
    _sometimes("a_refusal_is_on_record", "the record tells of what was refused at the door",
        "ticket_refused, audited kind=refusal"),
    _sometimes("a_question_goes_away", "an answered question leaves the screen",
        "prompt_shown, accepted, prompt_hidden, control_prompt_shown, control_granted, control_prompt_hidden", "ended"),
    _sometimes("a_denial_is_told", "the expert is told that the user denied",
        "denied, offer_refused reason=denied"),
    _sometimes("silence_is_told", "the expert is told that nobody answered",
        "offer_expired, offer_refused reason=timeout"),
    _sometimes("input_without_control_is_dropped", "input of an expert who may only look does nothing",
        "connection_opened, input_dropped", "ended"),
    _sometimes("an_old_connection_is_no_way_back", "who comes back to a connection that is over is turned away",
        "ended, reconnect_attempted, reconnect_refused", "connection_opened"),
)  # fmt: skip
