"""The promises: sentences with a name about what people and wires can observe. Each is a fold over trace lines.

`always`: no line ever breaks it; it is broken by the line before which everything still was as promised. All of them share
one memory (`evidence.py`), so each promise is just the question whether a line, after what was seen, breaks it.
`sometimes`: a witness, the good thing that must be possible, written as lines in their order; it keeps the
*always* that names it from being empty. `step`: a promise about every application of a row, checked and not judged.

`covers` lists the ids of the consent and domain cases a promise answers for (docs/reference/promises.md), `presumes` the choices
without which it is *not promised*, `source` says whether the source document states it or rasim adds it.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from attrs import field, frozen

from rasim.protocol.lines import Line
from rasim.protocol.step import Outcome
from rasim.verify import questions as ask
from rasim.verify.evidence import Evidence
from rasim.verify.questions import GRANTS, NEEDS_A_VIEW, OPEN, QUESTIONS, REACHES, USES, lines

Breaks = Callable[[Evidence, Line], str | None]


@frozen
class Kept:
    """What every promise to be kept has: name, sentence, the cases it covers, its source, and its witnesses."""

    name: str
    says: str
    covers: tuple[str, ...]
    source: Literal["stated", "added"]
    witnesses: tuple[str, ...]
    presumes: Mapping[str, str] = field(factory=dict, hash=False, kw_only=True)
    kind: Literal["always"] = field(default="always", init=False)


@frozen
class Always(Kept):
    """A promise that no line may break: `breaks(seen, line)` returns why a line breaks it, or None.

    `reads` are the events of the lines it has to be asked about.
    """

    breaks: Breaks = field(repr=False)
    reads: frozenset[str]


@frozen
class EveryStep(Kept):
    """A promise about each application of a row, which no trace can show: checked, not judged."""

    breaks: Callable[[Outcome], str | None] = field(repr=False)


@frozen
class Relation(Kept):
    """A promise that compares policies, which no trace of one can show: checked, not judged (`narrower.py`)."""


@frozen
class Pattern:
    """A line of this event with these fields; the value `-` stands for a field that is absent."""

    event: str
    fields: tuple[tuple[str, str], ...] = ()

    def fits(self, line: Line) -> bool:
        """Return whether a line is such a line."""
        return line.event == self.event and all(str(line[name] or "-") == value for name, value in self.fields)


@frozen
class Sometimes:
    """A witness: lines that can occur in this order (others between them), without any of `never` in between."""

    name: str
    says: str
    path: tuple[Pattern, ...]
    never: tuple[Pattern, ...] = ()
    kind: Literal["sometimes"] = "sometimes"

    def next(self, got: int, line: Line) -> int:
        """Return how many of the lines have been seen after this one."""
        if got < len(self.path) and self.path[got].fits(line):
            return got + 1
        if 0 < got < len(self.path) and any(pattern.fits(line) for pattern in self.never):
            return 0
        return got


Promise = Always | EveryStep | Relation | Sometimes

ENDS_WITH_GROUNDS = {"running view": "ends with its grounds"}
AT_ONCE = {"running view": "ends with its grounds", "removal bites": "at once", "hidden question": "is withdrawn"}

ALWAYS: tuple[Always | EveryStep, ...] = (
    Always(
        "never_connected_unannounced",
        "the expert is never connected without the user having been asked about this very offer",
        ("S1", "S20", "R10"),
        "stated",
        ("a_user_can_let_an_expert_view",),
        ask.unannounced,
        lines("prompt_shown accepted connection_opened"),
    ),
    Always(
        "nothing_shown_before_acceptance",
        "the expert sees nothing before the session's own user has accepted, and then only that session",
        ("S1", "S3", "R10"),
        "stated",
        ("a_user_can_let_an_expert_view",),
        ask.before_acceptance,
        lines("prompt_shown connection_opened frame_shown"),
    ),
    Always(
        "acceptance_gives_view_only",
        "accepting an offer gives the view and nothing else",
        ("S11", "S13", "R11"),
        "stated",
        ("a_user_can_let_an_expert_view", "control_can_be_used"),
        ask.only_a_view,
        lines(*USES),
    ),
    Always(
        "control_needs_its_own_click",
        "control is granted only by an answer to its own question, on show while the expert views",
        ("S11", "S20", "R14"),
        "stated",
        ("control_can_be_used",),
        ask.own_click,
        lines(*GRANTS),
        presumes={"unasked control": "not possible"},
    ),
    Always(
        "nobody_is_asked_unasked",
        "the user is asked for a capability only after the expert asked for it",
        ("S20", "L6"),
        "added",
        ("control_can_be_used",),
        ask.asked_unasked,
        lines(*QUESTIONS),
    ),
    Always(
        "view_only_policy_never_yields_control",
        "while policy lets helpers only view, nobody is asked for control, given it, or uses it",
        ("S27", "R16"),
        "stated",
        ("control_can_be_used", "the_computer_can_say_forbidden"),
        ask.view_only_policy,
        lines("control_prompt_shown control_granted input_applied"),
    ),
    Always(
        "unlisted_expert_never_reaches_the_user",
        "an expert who is not on the helper list gets no ticket, no list of sessions, no question and no view",
        ("S2", "S10", "R4", "R6"),
        "stated",
        ("an_added_helper_can_offer", "a_stranger_can_be_refused"),
        ask.unlisted,
        lines(*REACHES, "sessions_disclosed"),
        presumes={"removal bites": "at once", "running view": "ends with its grounds"},
    ),
    Always(
        "no_policy_no_offer",
        "while policy does not enable offers, there is no ticket, no question and no view",
        ("S2", "S18", "R1"),
        "stated",
        ("an_offer_can_follow_enabling",),
        ask.no_policy,
        lines(*REACHES, "sessions_disclosed"),
        presumes=ENDS_WITH_GROUNDS,
    ),
    Always(
        "nobody_logged_on_nobody_connected",
        "in a session without its user there is no ticket, no question and no view",
        ("S6", "R7"),
        "stated",
        ("a_new_logon_can_be_helped",),
        ask.nobody,
        lines(*REACHES),
    ),
    Always(
        "silence_refuses",
        "time passing is never a yes",
        ("S4",),
        "added",
        ("silence_can_refuse",),
        ask.silence,
        lines("accepted", *GRANTS),
    ),
    Always(
        "only_the_sessions_own_user_consents",
        "a yes comes from the owner of the session, by the owner's own hand at that session",
        ("S1", "S7", "S8", "R15"),
        "stated",
        ("a_user_can_let_an_expert_view", "control_can_be_used"),
        ask.own_user,
        lines("accepted", *GRANTS),
    ),
    Always(
        "consent_is_used_once",
        "each ticket opens one question of its own expert, each answer counts for the question it was given to",
        ("S14", "S25", "S33", "R13"),
        "added",
        ("a_user_can_let_an_expert_view",),
        ask.once,
        lines(
            "offer_received connection_opened control_requested capability_requested",
            "prompt_shown accepted denied control_granted control_refused",
        ),
    ),
    Always(
        "busy_is_told_to_tickets_only",
        "only an expert who holds a live ticket learns that the user is busy",
        ("R24",),
        "added",
        ("a_busy_user_is_not_asked",),
        ask.told_busy,
        lines("offer_refused"),
    ),
    Always(
        "a_ticket_is_issued_only_when_asked_for",
        "no ticket and no list of sessions is handed out unasked",
        ("S20",),
        "added",
        ("an_offer_can_be_made",),
        ask.ticket_asked,
        lines("ticket_issued sessions_disclosed"),
    ),
    Always(
        "ended_means_ended",
        "after the end of a connection nothing of it is shown, asked, granted or used",
        ("S16", "R20"),
        "added",
        ("a_user_can_end", "an_expert_can_end", "a_link_can_be_lost", "time_can_end"),
        ask.after_end,
        NEEDS_A_VIEW,
    ),
    Always(
        "control_is_taken_back_at_once",
        "what the expert holds is gone the moment the user pauses or the session leaves the user's sight",
        ("S11", "S12", "S16", "R18", "R23"),
        "added",
        ("control_can_be_stopped", "control_can_be_given_back"),
        ask.taken_back,
        OPEN,
    ),
    Always(
        "a_tighter_policy_bites_at_once",
        "what policy no longer allows is over before anything else happens",
        ("S2b", "S17", "R22"),
        "added",
        ("a_tighter_policy_can_end_a_view",),
        ask.tighter,
        OPEN,
        presumes=AT_ONCE,
    ),
    Always(
        "a_logoff_ends_everything",
        "with its user's logoff all tickets, questions and views of a session are over",
        ("S15", "R12"),
        "added",
        ("a_new_logon_can_be_helped",),
        ask.gone_session,
        OPEN,
    ),
    Always(
        "a_closed_firewall_ends_what_it_carried",
        "while the firewall blocks offers there is none, and a running one ends",
        ("S36", "R30"),
        "added",
        ("an_opened_firewall_lets_offers_in",),
        ask.firewall,
        OPEN,
        presumes=ENDS_WITH_GROUNDS,
    ),
    Always(
        "port_3389_is_open_only_as_stated",
        "port 3389 is open always where an exception keeps it so, while an assistance uses it where Sessmgr opens it, else never",
        ("S36", "R36", "R37", "R39"),
        "stated",
        ("port_3389_can_open_and_close", "port_3389_can_be_always_open"),
        ask.as_stated,
        OPEN,
    ),
    Always(
        "a_looser_policy_gives_nothing_to_the_running",
        "a view accepted while helpers might only view never grows into control",
        ("S2b",),
        "added",
        ("the_computer_can_say_forbidden",),
        ask.looser,
        lines("control_granted input_applied control_prompt_shown"),
    ),
    Always(
        "one_expert_at_a_time",
        "in one session there is one question at a time, one view at a time, one controller at a time",
        ("S26", "S28", "S31", "R24"),
        "added",
        ("a_busy_user_is_not_asked",),
        ask.one_at_a_time,
        lines("prompt_shown connection_opened", *GRANTS, *USES, *QUESTIONS),
    ),
    Always(
        "a_refusal_rests",
        "after a refusal the same question is not asked again before the cool-down is over",
        ("S31", "L5"),
        "added",
        ("a_refused_expert_may_ask_again", "refused_control_may_be_asked_again"),
        ask.rests,
        lines("prompt_shown cooldown_over", *QUESTIONS),
    ),
    Always(
        "a_session_out_of_sight_answers_nothing",
        "a session that is locked, switched away or covered shows no question, gives no answer, no frame, no input",
        ("S5", "S9", "S12", "S35"),
        "added",
        ("a_view_survives_a_lock", "a_view_survives_a_switch", "a_view_survives_the_secure_desktop"),
        ask.in_sight,
        OPEN | {"denied"},
        presumes={"hidden question": "is withdrawn"},
    ),
    Always(
        "a_pause_hides_everything",
        "while the user pauses nothing is shown or used, and only the user resumes",
        ("S34", "R23"),
        "added",
        ("a_pause_can_end",),
        ask.pause,
        lines("frame_shown paused resumed", *USES, *GRANTS),
    ),
    Always(
        "a_view_is_never_without_its_indicator",
        "the indicator is on before the first frame and until after the last",
        ("A1", "A5"),
        "added",
        ("a_user_can_let_an_expert_view",),
        ask.indicator,
        lines("frame_shown", *USES),
    ),
    Always(
        "a_request_has_one_answer",
        "each request for control has one answer, and *forbidden* is said only when policy forbids",
        ("R16", "R17"),
        "added",
        ("the_computer_can_say_forbidden", "control_can_be_refused"),
        ask.answer,
        lines("control_refused capability_refused", *GRANTS),
    ),
    EveryStep(
        "words_of_the_expert_change_no_need",
        "nothing that comes from the expert or the link changes a fact that consent rests on",
        ("S19", "S21"),
        "added",
        ("an_offer_can_be_made",),
        ask.words,
    ),
    EveryStep(
        "nothing_outlives_its_view",
        "outside a view there is no pause, no agreement and no capability",
        ("S13", "S15"),
        "added",
        ("a_new_view_is_not_paused",),
        ask.outlives,
    ),
)


def _path(text: str) -> tuple[Pattern, ...]:
    """Read `event field=value, event` as patterns."""
    patterns = []
    for part in text.split(","):
        event, *fields = part.split()
        pairs = tuple((name, value.replace("_", " ")) for name, _, value in (f.partition("=") for f in fields))
        patterns.append(Pattern(event, pairs))
    return tuple(patterns)


def _sometimes(name: str, says: str, path: str, never: str = "") -> Sometimes:
    return Sometimes(name, says, _path(path), _path(never) if never else ())


SOMETIMES: tuple[Sometimes, ...] = (
    _sometimes(
        "an_offer_can_be_made", "an offer reaches the user", "contact, ticket_issued, offer_received, prompt_shown"
    ),
    _sometimes(
        "an_offer_can_follow_enabling",
        "after policy enables offers one reaches the user",
        "policy_applied offers=disabled, policy_applied offers=enabled, prompt_shown",
        "helper_added",
    ),
    _sometimes(
        "the_refresh_task_runs_for_nobody",
        "the refresh task runs though the expert is not on the list",
        "helper_removed, membership_checked",
        "helper_added, policy_applied",
    ),
    _sometimes(
        "an_added_helper_can_offer",
        "an expert who was added to the list reaches the user once the task ran",
        "helper_removed, helper_added, membership_checked, prompt_shown",
        "policy_applied",
    ),
    _sometimes(
        "a_stranger_can_be_refused",
        "an expert who is not on the list is refused at the door",
        "contact, ticket_refused reason=not_in_list",
    ),
    _sometimes(
        "a_user_can_let_an_expert_view",
        "the user accepts and the expert sees the screen",
        "prompt_shown, accepted origin=local, connection_opened, frame_shown",
    ),
    _sometimes(
        "control_can_be_used",
        "the user grants control by a second click and input arrives",
        "accepted, control_requested, control_prompt_shown, control_granted origin=local, input_applied",
        "ended",
    ),
    _sometimes(
        "control_can_be_stopped",
        "the user takes control back and the view goes on",
        "control_granted, control_stopped, frame_shown",
        "ended",
    ),
    _sometimes(
        "control_can_be_given_back",
        "the expert gives control back and may be granted it again",
        "control_granted, control_released, control_granted",
        "ended",
    ),
    _sometimes(
        "control_can_be_refused",
        "the user refuses control and the view goes on",
        "control_refused origin=local, frame_shown",
        "ended",
    ),
    _sometimes(
        "silence_about_control_refuses",
        "the user says nothing about control, and that is a no",
        "control_prompt_shown, control_refused origin=timer, frame_shown",
        "ended",
    ),
    _sometimes(
        "a_request_can_be_taken_back",
        "the expert takes the request back and may ask again",
        "control_prompt_shown, control_withdrawn, control_prompt_hidden, control_prompt_shown",
        "ended",
    ),
    _sometimes(
        "a_lost_control_question_is_over",
        "a covered question about control is over, and may be asked again",
        "control_prompt_shown, prompt_covered, control_prompt_hidden, control_prompt_shown",
        "ended",
    ),
    _sometimes(
        "refused_control_may_be_asked_again",
        "after the cool-down control may be asked for again",
        "control_refused, cooldown_over capability=control, control_prompt_shown",
        "ended",
    ),
    _sometimes(
        "the_computer_can_say_forbidden",
        "a request for control is answered *forbidden* without asking the user",
        "control_requested, control_refused reply=forbidden",
    ),
    _sometimes(
        "a_refused_expert_may_ask_again",
        "after a denial and the cool-down the expert may ask again",
        "denied, cooldown_over capability=-, prompt_shown",
        "logged_off, restarted",
    ),
    _sometimes(
        "a_new_user_is_not_bound_by_a_refusal",
        "a new logon starts afresh after a denial",
        "denied, logged_off, logged_on, prompt_shown",
        "cooldown_over",
    ),
    _sometimes(
        "silence_can_refuse",
        "an unanswered question is over, and after the cool-down may come again",
        "prompt_shown, offer_expired, prompt_hidden, cooldown_over capability=-, prompt_shown",
        "logged_off, restarted",
    ),
    _sometimes(
        "an_offer_can_be_withdrawn",
        "the expert withdraws and may offer again",
        "prompt_shown, offer_cancelled, prompt_hidden, prompt_shown",
    ),
    _sometimes(
        "a_question_can_be_covered",
        "a covered question is over",
        "prompt_shown, prompt_covered, offer_refused reason=no_prompt",
    ),
    _sometimes(
        "a_question_can_change",
        "a question whose words change is over",
        "prompt_shown, prompt_changed, offer_refused reason=no_prompt",
    ),
    _sometimes("a_question_can_fail", "a question that cannot be shown is over", "prompt_hidden reason=no_prompt"),
    _sometimes(
        "a_ticket_can_expire",
        "a ticket that is not used expires, and another may be had",
        "ticket_issued, ticket_expired reason=expired, ticket_issued",
    ),
    _sometimes(
        "a_busy_user_is_not_asked",
        "a second expert is told that the user is busy, and may try again",
        "offer_refused reason=busy, ticket_issued",
    ),
    _sometimes(
        "a_pause_can_end", "the user pauses and resumes", "paused, frame_withheld, resumed, frame_shown", "ended"
    ),
    _sometimes(
        "a_view_survives_a_lock",
        "frames stop while the session is locked and go on after",
        "frame_shown, locked, frame_withheld, unlocked, frame_shown",
        "ended, switched_to",
    ),
    _sometimes(
        "a_view_survives_a_switch",
        "frames stop while the session is switched away and go on after",
        "frame_shown, switched_away, frame_withheld, switched_to, frame_shown",
        "ended",
    ),
    _sometimes(
        "a_view_survives_the_secure_desktop",
        "frames stop under the secure desktop and go on after",
        "frame_shown, secure_desktop_on, frame_withheld, secure_desktop_off, frame_shown",
        "ended, switched_to",
    ),
    _sometimes(
        "switching_to_a_locked_session_unlocks_it",
        "a session that is switched to is in front of its owner",
        "locked, frame_withheld, switched_to, frame_shown",
        "ended, unlocked, logged_off, restarted",
    ),
    _sometimes(
        "switching_to_a_covered_session_uncovers_it",
        "a session that is switched to is in front of its owner",
        "secure_desktop_on, frame_withheld, switched_to, frame_shown",
        "ended, secure_desktop_off, logged_off, restarted",
    ),
    _sometimes(
        "a_lock_ends_with_the_logon",
        "a new logon is in front of its owner, whatever was locked before",
        "locked, logged_off, logged_on, prompt_shown",
        "unlocked, switched_to",
    ),
    _sometimes(
        "an_absence_ends_with_the_logon",
        "a new logon is in front of its owner, wherever one was switched to",
        "switched_away, logged_off, logged_on, prompt_shown",
        "switched_to",
    ),
    _sometimes(
        "a_cover_ends_with_the_logon",
        "a new logon is in front of its owner, whatever covered it before",
        "secure_desktop_on, logged_off, logged_on, prompt_shown",
        "secure_desktop_off, switched_to",
    ),
    _sometimes(
        "a_new_view_is_not_paused",
        "a pause ends with its view",
        "paused, ended, connection_opened, frame_shown",
        "resumed",
    ),
    _sometimes("a_user_can_end", "the user ends the assistance", "frame_shown, ended reason=user"),
    _sometimes("an_expert_can_end", "the expert ends the assistance", "frame_shown, ended reason=expert"),
    _sometimes(
        "a_link_can_be_lost",
        "a lost link ends the assistance, and a new offer is needed",
        "frame_shown, link_lost, ended reason=transport, prompt_shown",
    ),
    _sometimes("time_can_end", "the maximum time ends the assistance", "frame_shown, ended reason=limit"),
    _sometimes(
        "a_tighter_policy_can_end_a_view",
        "disabling offers ends a running view",
        "frame_shown, policy_applied offers=disabled, ended reason=policy_changed",
    ),
    _sometimes(
        "an_opened_firewall_lets_offers_in",
        "after the firewall opens an offer reaches the user",
        "firewall_changed port=135 state=closed, firewall_changed port=135 state=open, prompt_shown",
    ),
    _sometimes(
        "port_3389_can_open_and_close",
        "port 3389 opens with an assistance and closes after it",
        "connection_opened, firewall_changed port=3389 state=open, ended, firewall_changed port=3389 state=closed",
        "policy_applied",
    ),
    _sometimes(
        "port_3389_can_be_always_open",
        "port 3389 is open though nobody has been asked about anything since the computer started",
        "restarted, policy_applied, firewall_changed port=3389 state=open, ticket_issued",
        "prompt_shown, firewall_changed port=3389 state=closed",
    ),
    _sometimes(
        "port_3389_can_be_shut",
        "a port that was always open closes when the exception is withdrawn",
        "firewall_changed port=3389 state=open, policy_applied, firewall_changed port=3389 state=closed",
        "connection_opened, ended",
    ),
    _sometimes(
        "port_3389_stays_for_another_session",
        "port 3389 stays open while another session is still viewed",
        "connection_opened, firewall_changed port=3389 state=open, connection_opened, ended, frame_shown",
        "policy_applied, firewall_changed port=3389 state=closed",
    ),
    _sometimes(
        "a_new_logon_can_be_helped",
        "after a logoff and a new logon an offer reaches the user",
        "logged_off, logged_on, prompt_shown",
    ),
    _sometimes(
        "a_restart_ends_everything",
        "a restart ends a view, and after a new logon an offer reaches the user",
        "frame_shown, restarted, ended reason=no_user, logged_on, prompt_shown",
    ),
)

NARROWER = Relation(
    "narrower_policy_never_allows_more",
    "what an expert can reach under a policy can be reached under every policy that is wider in state, mode and list",
    ("S18", "L13"),
    "added",
    ("a_user_can_let_an_expert_view", "control_can_be_used"),
)

PROMISES: tuple[Promise, ...] = (*ALWAYS, NARROWER, *SOMETIMES)


def promise(name: str) -> Promise:
    """Return the promise with this name; KeyError if there is none."""
    for one in PROMISES:
        if one.name == name:
            return one
    raise KeyError(name)
