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

from rasim.protocol.lines import LINES, Line
from rasim.protocol.step import Outcome
from rasim.protocol.terms import Value
from rasim.verify.evidence import Evidence, View, capability_of

Breaks = Callable[[Evidence, Line], str | None]


@frozen
class Always:
    """A promise that no line may break: `breaks(seen, line)` returns why a line breaks it, or None.

    `reads` are the events of the lines it has to be asked about.
    """

    name: str
    says: str
    covers: tuple[str, ...]
    source: Literal["stated", "added"]
    witnesses: tuple[str, ...]
    breaks: Breaks = field(repr=False)
    reads: frozenset[str]
    presumes: Mapping[str, str] = field(factory=dict, hash=False)
    kind: Literal["always"] = "always"


@frozen
class EveryStep:
    """A promise about each application of a row, which no trace can show: checked, not judged."""

    name: str
    says: str
    covers: tuple[str, ...]
    source: Literal["stated", "added"]
    witnesses: tuple[str, ...]
    breaks: Callable[[Outcome], str | None] = field(repr=False)
    presumes: Mapping[str, str] = field(factory=dict, hash=False)
    kind: Literal["always"] = "always"


@frozen
class Pattern:
    """A line of this event with these fields; the value `-` stands for a field that is absent."""

    event: str
    fields: tuple[tuple[str, str], ...] = ()

    def fits(self, line: Line) -> bool:
        """Return whether a line is such a line."""
        return line.event == self.event and all((line[name] or "-") == value for name, value in self.fields)


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


Promise = Always | EveryStep | Sometimes

# ---- groups of lines -----------------------------------------------------------------------------------------

GRANTS = ("control_granted", "capability_granted")
USES = ("input_applied", "capability_used")
QUESTIONS = ("control_prompt_shown", "capability_prompt_shown")
REACHES = ("ticket_issued", "prompt_shown", "connection_opened", "frame_shown")
CLOSES = frozenset(
    "prompt_hidden control_prompt_hidden capability_prompt_hidden ended indicator_off control_stopped control_released "
    "capability_revoked control_refused capability_refused offer_refused offer_cancelled offer_expired ticket_expired "
    "input_dropped frame_withheld prompt_covered prompt_changed control_withdrawn capability_withdrawn".split()
)  # lines by which something ends or is turned away; they may follow a loss before it counts as ignored
OPEN = frozenset(LINES) - CLOSES  # every line by which nothing ends: what is over must be gone before it


def lines(*names: str) -> frozenset[str]:
    """Write a set of events as words."""
    return frozenset(word for name in names for word in name.split())


NEEDS_A_VIEW = lines("frame_shown paused resumed indicator_on", *USES, *GRANTS, *QUESTIONS)


def _expert(seen: Evidence, line: Line) -> str:
    """Return whose assistance a line is about."""
    if line["connection"] is not None:
        view = seen.view(line["connection"])
        if view is not None:
            return view.expert
    if line["offer"] is not None:
        offer = seen.offer(line["offer"])
        if offer is not None:
            return offer.expert
    return line["expert"] or ""


def _session(seen: Evidence, line: Line) -> str:
    """Return which logon session a line is about."""
    if line["session"] is not None:
        return str(line["session"])
    if line["offer"] is not None:
        offer = seen.offer(line["offer"])
        if offer is not None:
            return offer.session
    view = seen.view(line["connection"]) if line["connection"] is not None else None
    return view.session if view else ""


def _view_of(seen: Evidence, line: Line) -> View | None:
    return seen.view(line["connection"]) if line["connection"] is not None else None


# ---- the questions -------------------------------------------------------------------------------------------


def _unannounced(seen: Evidence, line: Line) -> str | None:
    if line.event == "prompt_shown" and seen.offer(line["offer"]) is None:
        return "a question is shown about an offer that was never received"
    if line.event == "accepted" and seen.prompt(line["offer"]) is None:
        return "an offer is accepted that is not on show"
    if line.event == "connection_opened":
        offer = seen.offer(line["offer"])
        prompt = seen.prompt(line["offer"])
        if offer is None or (prompt is None and line["offer"] not in seen.accepted):
            return "the expert connects, and the user was never asked"
    return None


def _before_acceptance(seen: Evidence, line: Line) -> str | None:
    if line.event == "connection_opened" and line["offer"] not in seen.accepted:
        return "the expert is connected, and the user has not accepted this offer"
    if line.event == "frame_shown":
        view = _view_of(seen, line)
        if view is None or view.session != line["session"]:
            return "the expert sees a screen that nobody accepted to show"
    return None


def _only_a_view(seen: Evidence, line: Line) -> str | None:
    if (line["connection"], capability_of(line)) not in seen.held:
        return f"the expert uses {capability_of(line)} that nobody granted"
    return None


def _own_click(seen: Evidence, line: Line) -> str | None:
    view = _view_of(seen, line)
    if view is None:
        return f"{capability_of(line)} is granted, and the expert does not view"
    if line["request"] is None:
        return f"{capability_of(line)} is granted that nobody asked for"
    prompt = seen.prompt(line["request"])
    if prompt is None or prompt.session != line["session"] or line["prompt"] not in (None, prompt.prompt):
        return f"{capability_of(line)} is granted, and the question about it is not on show"
    if prompt.capability != capability_of(line):
        return f"{capability_of(line)} is granted by an answer about {prompt.capability}"
    return None


def _asked_unasked(seen: Evidence, line: Line) -> str | None:
    if not any(r.request == line["request"] for r in seen.requests):
        return "the user is asked for something that the expert did not ask for"
    return None


def _view_only_policy(seen: Evidence, line: Line) -> str | None:
    return f"{line.event}, and policy lets helpers only view" if seen.mode != "control" else None


def _unlisted(seen: Evidence, line: Line) -> str | None:
    expert = _expert(seen, line)
    return None if seen.listed(expert) else f"{expert} is not on the helper list"


def _no_policy(seen: Evidence, line: Line) -> str | None:
    return None if seen.offers == "enabled" else f"policy does not enable offers ({seen.offers})"


def _nobody(seen: Evidence, line: Line) -> str | None:
    return "nobody is logged on in this session" if seen.owner(_session(seen, line)) is None else None


def _silence(seen: Evidence, line: Line) -> str | None:
    return "time passing is taken for a yes" if line["origin"] == "timer" else None


def _own_user(seen: Evidence, line: Line) -> str | None:
    if line["origin"] != "local":
        return f"the yes does not come from the user's own hand ({line['origin']})"
    if line["by"] != seen.owner(line["session"]):
        return f"{line['by']} does not own this session"
    return None


def _once(seen: Evidence, line: Line) -> str | None:
    if line.event == "prompt_shown":
        offer = seen.offer(line["offer"])
        if offer is not None and not offer.fair:
            return "the user is asked about an offer without a live ticket of this expert for this session"
        return None
    prompt = seen.prompt(line["offer"] or line["request"] or "")
    if line["origin"] == "local" and prompt is not None and line["prompt"] not in (None, prompt.prompt):
        return "an answer to another question is taken for this one"
    return None


def _told_busy(seen: Evidence, line: Line) -> str | None:
    offer = seen.offer(line["offer"])
    if line["reason"] == "busy" and offer is not None and not offer.fair:
        return "an expert without a live ticket learns that the user is busy"
    return None


def _ticket_asked(seen: Evidence, line: Line) -> str | None:
    asked = {(line["expert"], line["session"]), (line["expert"], None)}
    if line["session"] is None:
        asked |= {c for c in seen.contacts if c[0] == line["expert"]}
    return None if asked & seen.contacts else "nobody asked for it"


def _after_end(seen: Evidence, line: Line) -> str | None:
    connection = line["connection"]
    if connection is None:
        connection = next((r.connection for r in seen.requests if r.request == line["request"]), "")
    return f"{line.event} of a connection that is not open" if seen.view(connection) is None else None


def _taken_back(seen: Evidence, line: Line) -> str | None:
    for connection, capability in seen.held:
        view = seen.view(connection)
        if view is not None and (view.paused or seen.is_hidden(view.session)):
            return f"{capability} outlives a paused or hidden session"
    for prompt in seen.prompts:
        request = next((r for r in seen.requests if r.request == prompt.about), None)
        view = seen.view(request.connection) if request else None
        if view is not None and view.paused:
            return f"the user is still asked for {prompt.capability} while the view is paused"
    return None


def _tighter(seen: Evidence, line: Line) -> str | None:
    for prompt in seen.prompts:
        expert = seen.expert_asked_about(prompt)
        if expert is not None and not (seen.offers == "enabled" and seen.listed(expert)):
            return f"the user is still asked about {expert}, whom policy no longer lets offer"
    for ticket in seen.tickets:
        if not (seen.offers == "enabled" and seen.listed(ticket.expert)):
            return f"{ticket.expert} still holds a ticket, and policy no longer allows it"
    for view in seen.views:
        if not (seen.offers == "enabled" and seen.listed(view.expert)):
            return f"{view.expert} still views, and policy no longer allows it"
    if seen.mode != "control" and any(capability == "control" for _, capability in seen.held):
        return "an expert still controls, and policy lets helpers only view"
    return None


def _gone_session(seen: Evidence, line: Line) -> str | None:
    if any(seen.owner(thing.session) is None for thing in (*seen.tickets, *seen.views, *seen.prompts)):
        return "something outlives its user's logon"
    return None


def _firewall(seen: Evidence, line: Line) -> str | None:
    if seen.blocked and line.event in REACHES:
        return "the firewall blocks offers"
    if seen.blocked and (seen.tickets or seen.views or seen.prompts):
        return "the firewall blocks offers, and one goes on"
    return None


def _looser(seen: Evidence, line: Line) -> str | None:
    connection = line["connection"] or next((r.connection for r in seen.requests if r.request == line["request"]), "")
    view = seen.view(connection)
    if view is not None and not view.agreed:
        return "this view was accepted while helpers might only view"
    return None


def _one_at_a_time(seen: Evidence, line: Line) -> str | None:
    if line.event in (*GRANTS, *USES):
        view = _view_of(seen, line)
        for connection, capability in seen.held:
            other = seen.view(connection)
            if view and other and capability == capability_of(line) and other.session == view.session and other != view:
                return f"two experts hold {capability} in one session"
    if line.event == "prompt_shown":
        if any(p.session == line["session"] for p in seen.prompts):
            return "two questions are on show in one session"
        if any(v.session == line["session"] for v in seen.views):
            return "the user is asked about another expert while one views"
    if line.event in QUESTIONS:
        view = next((seen.view(r.connection) for r in seen.requests if r.request == line["request"]), None)
        if view and any(p.session == view.session for p in seen.prompts):
            return "two questions are on show in one session"
    return None


def _rests(seen: Evidence, line: Line) -> str | None:
    if line.event == "prompt_shown" and (_expert(seen, line), line["session"], "view") in seen.cooling:
        return "the user refused a moment ago and is asked again"
    if line.event in QUESTIONS:
        view = next((seen.view(r.connection) for r in seen.requests if r.request == line["request"]), None)
        if view and (view.expert, view.session, capability_of(line)) in seen.cooling:
            return "the user refused a moment ago and is asked again"
    if line.event == "cooldown_over":
        if (line["expert"], line["session"], line["capability"] or "view") not in seen.cooling:
            return "a cool-down is over that no refusal began"
    return None


def _in_sight(seen: Evidence, line: Line) -> str | None:
    acts = ("accepted", "denied", "prompt_shown", "frame_shown", *GRANTS, *USES, *QUESTIONS)
    if line.event in acts and seen.is_hidden(_session(seen, line)):
        return f"{line.event} in a session that is not in front of its user"
    if line.event in OPEN and any(seen.is_hidden(p.session) for p in seen.prompts):
        return "a question stays on show in a session that is not in front of its user"
    return None


def _pause(seen: Evidence, line: Line) -> str | None:
    view = _view_of(seen, line)
    if line.event in ("frame_shown", *USES, *GRANTS) and view is not None and view.paused:
        return "the user paused the view"
    if line.event in ("paused", "resumed") and view is not None:
        if line["origin"] not in (None, "local") or line["by"] != seen.owner(view.session):
            return "only the user pauses and resumes"
    return None


def _indicator(seen: Evidence, line: Line) -> str | None:
    view = _view_of(seen, line)
    if view is not None and not view.lit:
        return "the user's indicator is off"
    return None


def _answer(seen: Evidence, line: Line) -> str | None:
    if line["request"] is None:
        return None
    if not any(r.request == line["request"] for r in seen.requests):
        return "a request is answered that is not open"
    if line.event == "control_refused" and line["reply"] == "forbidden":
        view = _view_of(seen, line)
        if seen.mode == "control" and view is not None and view.agreed:
            return "the expert is told that policy forbids control, and it does not"
    return None


def _words(outcome: Outcome) -> str | None:
    if outcome.kind.owner not in ("expert", "link"):
        return None
    world = [f for f in outcome.before.places if f in WORLD_FACTS and outcome.before[f] != outcome.after[f]]
    return f"{outcome.kind.says} and that changes whether {world[0]}" if world else None


def _outlives(outcome: Outcome) -> str | None:
    left = [name for name, nothing in INSIDE if outcome.after.values[outcome.after.places[name]] != nothing]
    return f"{left[0]} outlives the view it was in" if left and outcome.after["phase"] != "viewing" else None


# The facts that exist only inside a view, each with its value for *nothing*.
INSIDE: tuple[tuple[str, Value], ...] = (("paused", False), ("agreed", False), ("control", "free"))
WORLD_FACTS = frozenset(
    "offers|control permitted|reachable|logged on|locked|away|secure desktop|listed|admitted".split("|")
)

ENDS_WITH_GROUNDS = {"running view": "ends with its grounds"}
AT_ONCE = {"running view": "ends with its grounds", "removal bites": "at once", "hidden question": "is withdrawn"}

# fmt: off
ALWAYS: tuple[Always | EveryStep, ...] = (
    Always("never_connected_unannounced",
           "the expert is never connected without the user having been asked about this very offer",
           ("S1", "S20", "R10"), "stated", ("a_user_can_let_an_expert_view",), _unannounced, lines("prompt_shown accepted connection_opened")),
    Always("nothing_shown_before_acceptance",
           "the expert sees nothing before the session's own user has accepted, and then only that session",
           ("S1", "S3", "R10"), "stated", ("a_user_can_let_an_expert_view",), _before_acceptance, lines("connection_opened frame_shown")),
    Always("acceptance_gives_view_only",
           "accepting an offer gives the view and nothing else",
           ("S11", "S13", "R11"), "stated", ("a_user_can_let_an_expert_view", "control_can_be_used"), _only_a_view, lines(*USES)),
    Always("control_needs_its_own_click",
           "control is granted only by an answer to its own question, on show while the expert views",
           ("S11", "S20", "R14"), "stated", ("control_can_be_used",), _own_click, lines(*GRANTS),
           {"unasked control": "not possible"}),
    Always("nobody_is_asked_unasked",
           "the user is asked for a capability only after the expert asked for it",
           ("S20", "L6"), "added", ("control_can_be_used",), _asked_unasked, lines(*QUESTIONS)),
    Always("view_only_policy_never_yields_control",
           "while policy lets helpers only view, nobody is asked for control, given it, or uses it",
           ("S27", "R16"), "stated", ("control_can_be_used", "the_computer_can_say_forbidden"), _view_only_policy, lines("control_prompt_shown control_granted input_applied")),
    Always("unlisted_expert_never_reaches_the_user",
           "an expert who is not on the helper list gets no ticket, no list of sessions, no question and no view",
           ("S2", "S10", "R4", "R6"), "stated", ("an_added_helper_can_offer",), _unlisted, lines(*REACHES, "sessions_disclosed"),
           {"removal bites": "at once", "running view": "ends with its grounds"}),
    Always("no_policy_no_offer",
           "while policy does not enable offers, there is no ticket, no question and no view",
           ("S2", "S18", "R1"), "stated", ("an_offer_can_follow_enabling",), _no_policy, lines(*REACHES, "sessions_disclosed"), ENDS_WITH_GROUNDS),
    Always("nobody_logged_on_nobody_connected",
           "in a session without its user there is no ticket, no question and no view",
           ("S6", "R7"), "stated", ("a_new_logon_can_be_helped",), _nobody, lines(*REACHES)),
    Always("silence_refuses",
           "time passing is never a yes",
           ("S4",), "added", ("silence_can_refuse",), _silence, lines("accepted", *GRANTS)),
    Always("only_the_sessions_own_user_consents",
           "a yes comes from the owner of the session, by the owner's own hand at that session",
           ("S1", "S7", "S8", "R15"), "stated", ("a_user_can_let_an_expert_view", "control_can_be_used"), _own_user, lines("accepted", *GRANTS)),
    Always("consent_is_used_once",
           "each ticket opens one question of its own expert, each answer counts for the question it was given to",
           ("S14", "S25", "S33", "R13"), "added", ("a_user_can_let_an_expert_view",), _once,
           lines("prompt_shown accepted denied control_granted control_refused")),
    Always("busy_is_told_to_tickets_only",
           "only an expert who holds a live ticket learns that the user is busy",
           ("A6", "A7"), "added", ("a_busy_user_is_not_asked",), _told_busy, lines("offer_refused")),
    Always("a_ticket_is_issued_only_when_asked_for",
           "no ticket and no list of sessions is handed out unasked",
           ("S20",), "added", ("an_offer_can_be_made",), _ticket_asked, lines("ticket_issued sessions_disclosed")),
    Always("ended_means_ended",
           "after the end of a connection nothing of it is shown, asked, granted or used",
           ("S16", "R20"), "added", ("a_user_can_end", "an_expert_can_end", "a_link_can_be_lost", "time_can_end"), _after_end, NEEDS_A_VIEW),
    Always("control_is_taken_back_at_once",
           "what the expert holds is gone the moment the user pauses or the session leaves the user's sight",
           ("S11", "S12", "S16", "R18", "R23"), "added", ("control_can_be_stopped", "control_can_be_given_back"), _taken_back, OPEN),
    Always("a_tighter_policy_bites_at_once",
           "what policy no longer allows is over before anything else happens",
           ("S2b", "S17", "R22"), "added", ("a_tighter_policy_can_end_a_view",), _tighter, OPEN, AT_ONCE),
    Always("a_logoff_ends_everything",
           "with its user's logoff all tickets, questions and views of a session are over",
           ("S15", "R12"), "added", ("a_new_logon_can_be_helped",), _gone_session, OPEN),
    Always("a_closed_firewall_ends_what_it_carried",
           "while the firewall blocks offers there is none, and a running one ends",
           ("S36", "R30"), "added", ("an_opened_firewall_lets_offers_in",), _firewall, OPEN, ENDS_WITH_GROUNDS),
    Always("a_looser_policy_gives_nothing_to_the_running",
           "a view accepted while helpers might only view never grows into control",
           ("S2b",), "added", ("the_computer_can_say_forbidden",), _looser, lines("control_granted input_applied control_prompt_shown")),
    Always("one_expert_at_a_time",
           "in one session there is one question at a time, one view at a time, one controller at a time",
           ("S26", "S28", "S31", "R24"), "added", ("a_busy_user_is_not_asked",), _one_at_a_time, lines("prompt_shown", *GRANTS, *USES, *QUESTIONS)),
    Always("a_refusal_rests",
           "after a refusal the same question is not asked again before the cool-down is over",
           ("S31", "L5"), "added", ("a_refused_expert_may_ask_again", "refused_control_may_be_asked_again"), _rests, lines("prompt_shown cooldown_over", *QUESTIONS)),
    Always("a_session_out_of_sight_answers_nothing",
           "a session that is locked, switched away or covered shows no question, gives no answer, no frame, no input",
           ("S5", "S9", "S12", "S35"), "added",
           ("a_view_survives_a_lock", "a_view_survives_a_switch", "a_view_survives_the_secure_desktop"), _in_sight, OPEN | {"denied"}),
    Always("a_pause_hides_everything",
           "while the user pauses nothing is shown or used, and only the user resumes",
           ("S34", "R23"), "added", ("a_pause_can_end",), _pause, lines("frame_shown paused resumed", *USES, *GRANTS)),
    Always("a_view_is_never_without_its_indicator",
           "the indicator is on before the first frame and until after the last",
           ("A1", "A5"), "added", ("a_user_can_let_an_expert_view",), _indicator, lines("frame_shown", *USES)),
    Always("a_request_has_one_answer",
           "each request for control has one answer, and *forbidden* is said only when policy forbids",
           ("R16", "R17"), "added", ("the_computer_can_say_forbidden", "control_can_be_refused"), _answer, lines("control_refused capability_refused", *GRANTS)),
    EveryStep("words_of_the_expert_change_no_need",
              "nothing that comes from the expert or the link changes a fact that consent rests on",
              ("S19", "S21"), "added", ("an_offer_can_be_made",), _words),
    EveryStep("nothing_outlives_its_view",
              "outside a view there is no pause, no agreement and no capability",
              ("S13", "S15"), "added", ("a_new_view_is_not_paused",), _outlives),
)
# fmt: on


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


# fmt: off
SOMETIMES: tuple[Sometimes, ...] = (
    _sometimes("an_offer_can_be_made", "an offer reaches the user", "contact, ticket_issued, offer_received, prompt_shown"),
    _sometimes("an_offer_can_follow_enabling", "after policy enables offers one reaches the user",
               "policy_applied offers=disabled, policy_applied offers=enabled, prompt_shown", "helper_added"),
    _sometimes("the_refresh_task_runs_for_nobody", "the refresh task runs though the expert is not on the list",
               "helper_removed, membership_checked", "helper_added, policy_applied"),
    _sometimes("an_added_helper_can_offer", "an expert who was added to the list reaches the user once the task ran",
               "helper_removed, helper_added, membership_checked, prompt_shown", "policy_applied"),
    _sometimes("a_user_can_let_an_expert_view", "the user accepts and the expert sees the screen",
               "prompt_shown, accepted origin=local, connection_opened, frame_shown"),
    _sometimes("control_can_be_used", "the user grants control by a second click and input arrives",
               "accepted, control_requested, control_prompt_shown, control_granted origin=local, input_applied", "ended"),
    _sometimes("control_can_be_stopped", "the user takes control back and the view goes on",
               "control_granted, control_stopped, frame_shown", "ended"),
    _sometimes("control_can_be_given_back", "the expert gives control back and may be granted it again",
               "control_granted, control_released, control_granted", "ended"),
    _sometimes("control_can_be_refused", "the user refuses control and the view goes on",
               "control_refused origin=local, frame_shown", "ended"),
    _sometimes("silence_about_control_refuses", "the user says nothing about control, and that is a no",
               "control_prompt_shown, control_refused origin=timer, frame_shown", "ended"),
    _sometimes("a_request_can_be_taken_back", "the expert takes the request back and may ask again",
               "control_prompt_shown, control_withdrawn, control_prompt_hidden, control_prompt_shown", "ended"),
    _sometimes("a_lost_control_question_is_over", "a covered question about control is over, and may be asked again",
               "control_prompt_shown, prompt_covered, control_prompt_hidden, control_prompt_shown", "ended"),
    _sometimes("refused_control_may_be_asked_again", "after the cool-down control may be asked for again",
               "control_refused, cooldown_over capability=control, control_prompt_shown", "ended"),
    _sometimes("the_computer_can_say_forbidden", "a request for control is answered *forbidden* without asking the user",
               "control_requested, control_refused reply=forbidden"),
    _sometimes("a_refused_expert_may_ask_again", "after a denial and the cool-down the expert may ask again",
               "denied, cooldown_over capability=-, prompt_shown", "logged_off, restarted"),
    _sometimes("a_new_user_is_not_bound_by_a_refusal", "a new logon starts afresh after a denial",
               "denied, logged_off, logged_on, prompt_shown", "cooldown_over"),
    _sometimes("silence_can_refuse", "an unanswered question is over, and after the cool-down may come again",
               "prompt_shown, offer_expired, prompt_hidden, cooldown_over capability=-, prompt_shown",
               "logged_off, restarted"),
    _sometimes("an_offer_can_be_withdrawn", "the expert withdraws and may offer again",
               "prompt_shown, offer_cancelled, prompt_hidden, prompt_shown"),
    _sometimes("a_question_can_be_covered", "a covered question is over", "prompt_shown, prompt_covered, offer_refused reason=no_prompt"),
    _sometimes("a_question_can_change", "a question whose words change is over",
               "prompt_shown, prompt_changed, offer_refused reason=no_prompt"),
    _sometimes("a_question_can_fail", "a question that cannot be shown is over", "prompt_hidden reason=no_prompt"),
    _sometimes("a_ticket_can_expire", "a ticket that is not used expires, and another may be had",
               "ticket_issued, ticket_expired reason=expired, ticket_issued"),
    _sometimes("a_busy_user_is_not_asked", "a second expert is told that the user is busy, and may try again",
               "offer_refused reason=busy, ticket_issued"),
    _sometimes("a_pause_can_end", "the user pauses and resumes", "paused, frame_withheld, resumed, frame_shown", "ended"),
    _sometimes("a_view_survives_a_lock", "frames stop while the session is locked and go on after",
               "frame_shown, locked, frame_withheld, unlocked, frame_shown", "ended, switched_to"),
    _sometimes("a_view_survives_a_switch", "frames stop while the session is switched away and go on after",
               "frame_shown, switched_away, frame_withheld, switched_to, frame_shown", "ended"),
    _sometimes("a_view_survives_the_secure_desktop", "frames stop under the secure desktop and go on after",
               "frame_shown, secure_desktop_on, frame_withheld, secure_desktop_off, frame_shown", "ended, switched_to"),
    _sometimes("switching_to_a_locked_session_unlocks_it", "a session that is switched to is in front of its owner",
               "locked, frame_withheld, switched_to, frame_shown", "ended, unlocked, logged_off, restarted"),
    _sometimes("switching_to_a_covered_session_uncovers_it", "a session that is switched to is in front of its owner",
               "secure_desktop_on, frame_withheld, switched_to, frame_shown",
               "ended, secure_desktop_off, logged_off, restarted"),
    _sometimes("a_lock_ends_with_the_logon", "a new logon is in front of its owner, whatever was locked before",
               "locked, logged_off, logged_on, prompt_shown", "unlocked, switched_to"),
    _sometimes("an_absence_ends_with_the_logon", "a new logon is in front of its owner, wherever one was switched to",
               "switched_away, logged_off, logged_on, prompt_shown", "switched_to"),
    _sometimes("a_cover_ends_with_the_logon", "a new logon is in front of its owner, whatever covered it before",
               "secure_desktop_on, logged_off, logged_on, prompt_shown", "secure_desktop_off, switched_to"),
    _sometimes("a_new_view_is_not_paused", "a pause ends with its view",
               "paused, ended, connection_opened, frame_shown", "resumed"),
    _sometimes("a_user_can_end", "the user ends the assistance", "frame_shown, ended reason=user"),
    _sometimes("an_expert_can_end", "the expert ends the assistance", "frame_shown, ended reason=expert"),
    _sometimes("a_link_can_be_lost", "a lost link ends the assistance, and a new offer is needed",
               "frame_shown, link_lost, ended reason=transport, prompt_shown"),
    _sometimes("time_can_end", "the maximum time ends the assistance", "frame_shown, ended reason=limit"),
    _sometimes("a_tighter_policy_can_end_a_view", "disabling offers ends a running view",
               "frame_shown, policy_applied offers=disabled, ended reason=policy_changed"),
    _sometimes("an_opened_firewall_lets_offers_in", "after the firewall opens an offer reaches the user",
               "firewall_changed state=closed, firewall_changed state=open, prompt_shown"),
    _sometimes("a_new_logon_can_be_helped", "after a logoff and a new logon an offer reaches the user",
               "logged_off, logged_on, prompt_shown"),
    _sometimes("a_restart_ends_everything", "a restart ends a view, and after a new logon an offer reaches the user",
               "frame_shown, restarted, ended reason=no_user, logged_on, prompt_shown"),
)
# fmt: on

PROMISES: tuple[Promise, ...] = ALWAYS + SOMETIMES


def promise(name: str) -> Promise:
    """Return the promise with this name; KeyError if there is none."""
    for one in PROMISES:
        if one.name == name:
            return one
    raise KeyError(name)
