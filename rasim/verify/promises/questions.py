"""The questions behind the promises: does this line, after what was seen, break one? The answer is why, or None.

Each function is one reading of consent in a few lines, over `Evidence` and never over the table. `catalogue.py` gives them their
names and sentences. A question of one argument is about what lasts: it is asked before every line by which nothing ends. An answer
that is `Unsure` says why it may be broken, and what would have to be told to know.
"""

import re
from collections.abc import Iterator, Mapping

from attrs import frozen

from rasim.policy import fold
from rasim.protocol.lines import LINES, Line
from rasim.protocol.step import Outcome
from rasim.protocol.terms import Value
from rasim.protocol.vocabulary import ASKED, FURTHER, HELD, RESTING
from rasim.verify.promises.evidence import PERHAPS_BLOCKED, Evidence, Prompt, View, capability_of, settled


@frozen
class Unsure:
    """A line breaks a promise unless something that was never told makes it good: `needs` says what, `groups` which entries."""

    because: str
    needs: str
    groups: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.because


Objection = str | Unsure | None

# ---- groups of lines -----------------------------------------------------------------------------------------


def events_in(*names: str) -> frozenset[str]:
    """Write a set of events as words."""
    return frozenset(word for name in names for word in name.split())


GRANTS = ("control_granted", "capability_granted")
USES = ("input_applied", "capability_used")
QUESTIONS = ("control_prompt_shown", "capability_prompt_shown")
REFUSALS = ("ticket_refused", "contact_refused", "offer_refused")
REACHES = ("ticket_issued", "prompt_shown", "connection_opened", "frame_shown")
# Lines by which something ends or is turned away or recorded; they may follow a loss before it counts as ignored.
CLOSES = events_in(
    "prompt_hidden control_prompt_hidden capability_prompt_hidden ended indicator_off control_stopped control_released",
    "capability_revoked control_refused capability_refused offer_refused offer_cancelled offer_expired ticket_expired",
    "input_dropped frame_withheld prompt_covered prompt_changed control_withdrawn capability_withdrawn audited",
)
OPEN = frozenset(LINES) - CLOSES  # every line by which nothing ends: what is over must be gone before it


# Lines by which somebody is given something or uses it, and those by which what was in the way is so no more. Of another computer's
# trace it is asked before these what lasts: between a cause and the end it calls for other people's lines may stand.
GIVES = events_in(
    *REACHES, *GRANTS, *USES, *QUESTIONS, "sessions_disclosed accepted contact reconnect_attempted recording_ended resumed",
    "control_requested capability_requested policy_applied helper_added member_added firewall_changed",
)  # fmt: skip
NOES = ("denied", "control_refused", "capability_refused")
FRONT = frozenset(["unlocked", "secure_desktop_off", "switched_to", "logged_on"])


def gives(seen: Evidence, line: Line) -> bool:
    """Return whether a line gives or uses something, answers, or takes away what was in the way of something that goes on."""
    if line.event in FRONT:
        return line["session"] in seen.sessions()
    if line.event in NOES:  # who says no, or lets the time pass, has the question before the eyes
        return line["origin"] in ("local", "timer")
    return line.event in GIVES and ends_nothing(line)


def ends_nothing(line: Line) -> bool:
    """Return whether a line is one by which nothing ends: what is over must be gone before it."""
    return line.event in OPEN and not (line.event == "firewall_changed" and line["state"] == "closed")


NEEDS_A_VIEW = events_in("frame_shown paused resumed", *USES, *GRANTS, *QUESTIONS)


def _expert(seen: Evidence, line: Line) -> str:
    """Return whose assistance a line is about."""
    if line["connection"] is not None:
        view = seen.view(line["connection"])
        if view is not None and view.expert:
            return view.expert
    if line["offer"] is not None:
        offer = seen.offer(line["offer"])
        if offer is not None and offer.expert:
            return offer.expert
    return line["expert"] or ""


def session_of(seen: Evidence, line: Line) -> str:
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


# ---- the questions about a line ------------------------------------------------------------------------------


def unannounced(seen: Evidence, line: Line) -> Objection:
    if line.event == "prompt_shown" and seen.offer(line["offer"]) is None:
        return "a question is shown about an offer that is not open"
    if line.event == "accepted" and seen.asked(line) is None and not seen.was_accepted(line["offer"]):
        return "an offer is accepted that is not on show"
    if line.event == "connection_opened":
        offer = seen.offer(line["offer"])
        if offer is None:  # it is over, or there never was one: which, only who forgets nothing could tell
            return "the expert connects by an offer that is not open"
        if seen.asked(line) is None and not seen.was_accepted(line["offer"]):
            return f"the expert connects, and the user {'has not said yes' if offer.asked else 'was never asked'}"
        if line["expert"] is not None and offer.expert and fold(line["expert"]) != fold(offer.expert):
            return "another expert connects than the one whom the user was asked about"
    if line.event != "prompt_shown":
        offer, prompt = seen.offer(line["offer"]), seen.asked(line)
        if (offer is not None and offer.doubtful) or (prompt is not None and prompt.doubtful):
            return Unsure(f"{line.event}, and the offer or the question may be over", WHICH)
    return None


def before_acceptance(seen: Evidence, line: Line) -> Objection:
    if line.event == "prompt_shown":
        offer = seen.offer(line["offer"])
        return "the user of another session is asked" if offer and offer.session != line["session"] else None
    if line.event == "connection_opened" and not seen.was_accepted(line["offer"]):
        known = seen.offer(line["offer"]) is not None
        return f"the expert is connected, and {'the user has not accepted this offer' if known else 'no such offer is open'}"
    if line.event == "frame_shown" or (line.event == "capability_used" and capability_of(line) == "view"):
        view = _view_of(seen, line)
        if view is None:
            return "the expert sees a screen, and no connection to it is open"
        if line["session"] not in (None, view.session):
            return "the expert sees a screen that nobody accepted to show"
    return None


def only_a_view(seen: Evidence, line: Line) -> Objection:
    capability = capability_of(line)
    if capability == "view" or (capability != "control" and "capabilities" not in seen.records):
        return None
    if (line["connection"], capability) not in seen.held:
        return f"the expert uses {capability} and does not hold it"
    view = _view_of(seen, line)
    if line["session"] is not None and view is not None and view.session != line["session"]:
        return f"the expert uses {capability} in a session that nobody let it into"
    return None


def own_click(seen: Evidence, line: Line) -> Objection:
    view = _view_of(seen, line)
    if view is None:
        return f"{capability_of(line)} is granted by a connection that is not open"
    if view.session != line["session"]:
        return f"{capability_of(line)} is granted in a session that the expert does not view"
    request = seen.answered(line)
    if line["request"] is None and request is None:
        return f"{capability_of(line)} is granted, and no request for it is open"
    if request is not None and request.connection != line["connection"]:
        return f"{capability_of(line)} is granted to another connection than the one that asked"
    prompt = seen.prompt("request", line["request"] if request is None else request.request, line["prompt"])
    if prompt is not None and prompt.doubtful:
        return Unsure(f"{line.event}, and the question may be over", WHICH)
    if prompt is None or prompt.session != line["session"] or not _to(prompt, line):
        return f"{capability_of(line)} is granted, and the question about it is not on show"
    if prompt.capability != capability_of(line):
        return f"{capability_of(line)} is granted by an answer about {prompt.capability}"
    return None


def _to(prompt: Prompt, line: Line) -> bool:
    """Return whether an answer can be one to this question; an id that was left out contradicts nothing."""
    return line["prompt"] is None or prompt.prompt is None or line["prompt"] == prompt.prompt


def asked_unasked(seen: Evidence, line: Line) -> Objection:
    request = seen.request(line["request"])
    if request is None:
        return "the user is asked for something, and no request for it is open"
    if request.capability != capability_of(line):
        return f"the user is asked for {capability_of(line)}, and the expert asked for {request.capability}"
    view = seen.view(request.connection)
    if view is not None and line["session"] not in (None, view.session):
        return f"the user of another session is asked for {request.capability}"
    return None


def view_only_policy(seen: Evidence, line: Line) -> Objection:
    if capability_of(line) != "control" or seen.mode == "control":
        return None
    because = f"{line.event}, and policy lets helpers only view"
    return because if seen.mode else Unsure(because, MODE)


MODE = "the mode of the policy (`mode`)"


def unlisted(seen: Evidence, line: Line) -> Objection:
    expert = _expert(seen, line)
    return (
        None if seen.listed(expert) else off_the_list(seen, expert, f"{expert or 'somebody'} is not on the helper list")
    )


def off_the_list(seen: Evidence, expert: str, because: str) -> Objection:
    """Return why somebody who is not listed is in the wrong, or what would have to be told to know it."""
    if not seen.list_told:
        return Unsure(because, "the helper list")
    if not expert:
        return Unsure(because, "which expert it was")
    untold = seen.untold(expert)
    needs = f"the members of {', '.join(sorted(untold))}, which may be a group's name (`members`)"
    return Unsure(because, needs, frozenset(map(fold, untold))) if untold else because


def no_policy(seen: Evidence, line: Line) -> Objection:
    return _disabled(seen, f"policy does not enable offers ({seen.offers})")


def _disabled(seen: Evidence, because: str) -> Objection:
    if seen.offers == PERHAPS_BLOCKED:
        return Unsure(because, "whether disabled invitations block offers on this system (R9)")
    return None if seen.offers == "enabled" else because


def nobody(seen: Evidence, line: Line) -> Objection:
    session = session_of(seen, line)
    if session == "":  # a ticket for whichever session, or a connection by an offer that is not open
        return None if seen.owners else "nobody is logged on"
    return "nobody is logged on in this session" if seen.owner(session) is None else None


def silence(seen: Evidence, line: Line) -> Objection:
    return "time passing is taken for a yes" if line["origin"] == "timer" else None


def own_user(seen: Evidence, line: Line) -> Objection:
    if line.event in NOES:
        # A no may come from policy or the clock too: nobody is the worse for it.
        return "the no comes through an assistance" if line["origin"] == "injected" else None
    if line["origin"] != "local":
        return f"the yes does not come from the user's own hand ({line['origin']})"
    if not seen.owned(line["session"], line["by"]):
        return f"{line['by'] or 'whoever said yes'} does not own this session"
    return None


def once(seen: Evidence, line: Line) -> Objection:
    if line.event in ("offer_received", "connection_opened", "control_requested", "capability_requested"):
        return _same_id(seen, line)
    if line.event == "prompt_shown":
        offer = seen.offer(line["offer"])
        live = offer is not None and offer.fair and any(t.ticket == offer.ticket for t in seen.tickets)
        if offer is None or live or "tickets" not in seen.records:
            return None
        return "the user is asked about an offer without a live ticket of this expert for this session"
    if line.event == "accepted" and seen.was_accepted(line["offer"]):
        return "an offer is accepted that was accepted already"
    if line.event == "accepted" and seen.offer(line["offer"]) is None:
        return "an offer is accepted that is not open"
    prompt = seen.asked(line)
    if line["origin"] == "local" and prompt is not None and not _to(prompt, line):
        return "an answer to another question is taken for this one"
    return None


def _same_id(seen: Evidence, line: Line) -> Objection:
    """Return what is wrong with an id that something new comes with: it must not be that of something that goes on."""
    if line.event == "offer_received":
        return "an offer has the id of one that is not over" if seen.offer(line["offer"]) else None
    if line.event == "connection_opened":
        return "a connection has the id of one that is open" if seen.view(line["connection"]) else None
    return "a request has the id of one that has had no answer" if seen.request(line["request"]) else None


def told_busy(seen: Evidence, line: Line) -> Objection:
    offer = seen.offer(line["offer"])
    if line["reason"] == "busy" and offer is not None and not offer.fair:
        return "an expert without a live ticket learns that the user is busy"
    return None


def busy_for_nothing(seen: Evidence, line: Line) -> Objection:
    if line["reason"] != "busy":
        return None
    offer = seen.offer(line["offer"]) if line["offer"] is not None else None
    session = line["session"] or (offer.session if offer else None)
    if session is None or seen.is_busy(session):
        return None
    return "busy is said, and nobody is asked about or served in this session"


def ticket_asked(seen: Evidence, line: Line) -> Objection:
    sessions = (line["session"], None)
    asked = any(
        who in (fold(line["expert"]), "") and (line["session"] is None or where in sessions)
        for who, where in seen.contacts
    )
    return None if asked else "nobody asked for it"


def reached(seen: Evidence, line: Line) -> Objection:
    return "the firewall blocks offers" if seen.blocked else None


def port_opens(seen: Evidence, line: Line) -> Objection:
    opens = line["port"] == 3389 and line["state"] == "open"
    return as_stated(seen._replace(port_open=True)) if opens else None


def after_end(seen: Evidence, line: Line) -> Objection:
    connection = line["connection"]
    if connection is None:
        request = seen.request(line["request"])
        connection = request.connection if request else ""
    view = seen.view(connection)
    if view is not None and view.doubtful:
        return Unsure(f"{line.event} of a connection that may be over", WHICH)
    return f"{line.event} of a connection that is not open" if view is None else None


WHICH = "which of several things a line without an id was about"


def looser(seen: Evidence, line: Line) -> Objection:
    request = seen.request(line["request"])
    view = seen.view(line["connection"] or (request.connection if request else ""))
    if capability_of(line) != "control" or view is None or view.agreed:
        return None
    because = "this view was accepted while helpers might only view"
    return Unsure(because, MODE) if view.agreed is None else because


def one_at_a_time(seen: Evidence, line: Line) -> Objection:
    if line.event in (*GRANTS, *USES):
        return _two_hold(seen, line)
    if line.event == "connection_opened":
        offer = seen.offer(line["offer"])
        viewed = offer is not None and any(v.session == offer.session for v in seen.views)
        return "two connections view one session" if viewed else None
    session = line["session"]
    if line.event in QUESTIONS:
        request = seen.request(line["request"])
        view = seen.view(request.connection) if request else None
        session = view.session if view else None
    if any(p.session == session for p in seen.prompts):
        return "two questions are on show in one session"
    if line.event == "prompt_shown" and any(v.session == session for v in seen.views):
        return "the user is asked about another offer while an expert views"
    return None


def _two_hold(seen: Evidence, line: Line) -> Objection:
    view = _view_of(seen, line)
    for connection, capability in seen.held:
        other = seen.view(connection)
        if view and other and capability == capability_of(line) and other.session == view.session and other != view:
            return f"two {'connections' if fold(view.expert) == fold(other.expert) else 'experts'} hold {capability} in one session"
    return None


def rests(seen: Evidence, line: Line) -> Objection:
    return "the user refused a moment ago and is asked again" if asks(seen, line) in seen.cooling else None


def asks(seen: Evidence, line: Line) -> tuple[str, str, str]:
    """Return of which expert, in which session and about what a line asks the user; nothing of these if that is not known."""
    if line.event == "prompt_shown":
        return fold(_expert(seen, line)), line["session"], "view"
    request = seen.request(line["request"])
    view = seen.view(request.connection) if request else None
    return (fold(view.expert), view.session, capability_of(line)) if view else ("", "", "")


def out_of_sight(seen: Evidence, line: Line) -> Objection:
    if seen.is_hidden(session_of(seen, line)):
        return f"{line.event} in a session that is not in front of its user"
    return None


def pause(seen: Evidence, line: Line) -> Objection:
    view = _view_of(seen, line)
    if line.event in ("frame_shown", *USES, *GRANTS) and view is not None and view.paused:
        return "the user paused the view"
    by_user = view is not None and line["origin"] in (None, "local") and seen.owned(view.session, line["by"])
    if line.event in ("paused", "resumed") and view is not None and not by_user:
        return "only the user pauses and resumes"
    return None


def indicator(seen: Evidence, line: Line) -> Objection:
    view = _view_of(seen, line)
    if view is not None and (view.connection, view.session) not in seen.lit:
        return "the user's indicator is off"
    return None


def answer(seen: Evidence, line: Line) -> Objection:
    if line["request"] is not None and seen.request(line["request"]) is None and _view_of(seen, line) is not None:
        return "a request is answered that is not open"
    if line.event == "control_refused" and line["reply"] == "forbidden":
        view, because = _view_of(seen, line), "the expert is told that policy forbids control, and it does not"
        if seen.mode == "control" and view is not None and view.agreed:
            return because
        if not seen.mode or (view is not None and view.agreed is None and seen.mode == "control"):
            return Unsure(because, MODE)
    return None


def named(seen: Evidence, line: Line) -> Objection:
    offer = seen.offer(line["offer"])
    if offer is None:
        return None
    names, expert, does = line["names"], offer.expert, "offers"
    if line.event == "connection_opened":  # who did not say who it is when it offered
        names, expert, does = offer.named or None, line["expert"], "connects"
    if names is None or not expert:
        return None
    if re.search(rf"(?<![^{_BEFORE}]){re.escape(fold(expert))}(?={_AFTER})", fold(names)):
        return None
    return f"the question speaks of {names!r}, and {expert} {does}"


# What may stand beside an account in a text: anything else could be a part of a longer name, or of another kind of name.
_BEFORE = r"\s\"'(\[<{,;:|‘’“”«»„"
_AFTER = r"""\s|[",;|<>]|[).:!?'\]’“”«»}…]+(?:[\s",;]|$)|['’][sS]\b|$"""


def says_why(seen: Evidence, line: Line) -> Objection:
    """Return how the reason of a refusal contradicts what was seen; what it does not speak of it cannot contradict."""
    reason, session = line["reason"], session_of(seen, line)
    if reason in ("not configured", "disabled") and seen.offers == "enabled":
        return f"the reason is {reason}, and policy enables offers"
    if reason == "no user" and session and seen.owner(session) is not None:
        return f"the reason is that nobody is there, and {seen.owner(session)} is logged on"
    if reason == "locked" and session and not seen.is_hidden(session):
        return "the reason is a lock, and the session is in front of its user"
    offer = seen.offer(line["offer"] or "")
    if reason == "timeout" and offer is not None and not offer.asked and "prompts" in seen.records:
        return "the reason is that nobody answered in time, and nobody was asked"
    if reason == "denied" and offer is not None:
        return "the reason is that the user denied, and nobody did"
    return None


TELLS_OF_THE_USER = frozenset({"no user", "locked", "no prompt", "busy", "denied", "timeout"})


def learns(seen: Evidence, line: Line) -> Objection:
    expert = _expert(seen, line)
    if line["reason"] not in TELLS_OF_THE_USER or not expert or seen.listed(expert):
        return None
    return off_the_list(seen, expert, f"{expert} is not on the helper list and learns of the user: {line['reason']}")


def covered_by_the_record(seen: Evidence, line: Line) -> Objection:
    view = _view_of(seen, line)
    if view is None:
        return f"{line.event} of a connection that no audit record tells of"
    if line.event == "frame_shown":
        known = {("answer", view.offer, "view"), ("grant", view.connection, "view")} & seen.on_record
    else:
        known = {("grant", view.connection, capability_of(line))} & seen.on_record
    return None if known else f"{line.event}, and no audit record tells who allowed it"


def on_record_twice(seen: Evidence, line: Line) -> Objection:
    return None if settled(seen, line) else f"an audit record of {line['kind']} that nothing calls for, or a second one"


# ---- the questions about what lasts --------------------------------------------------------------------------


def taken_back(seen: Evidence) -> Objection:
    for connection, capability in sorted(seen.held):
        view = seen.view(connection)
        if view is not None and (view.paused or seen.is_hidden(view.session)):
            return f"{capability} outlives a paused or hidden session"
    for prompt in seen.prompts:
        request = seen.request(prompt.about) if prompt.of == "request" else None
        view = seen.view(request.connection) if request else None
        if view is not None and view.paused:
            return f"the user is still asked for {prompt.capability} while the view is paused"
    return None


def tighter(seen: Evidence) -> Objection:
    """Return what policy no longer allows and lasts: what is certain before what is not."""
    unsure = None
    for answer_ in _no_longer_allowed(seen):
        if isinstance(answer_, str):
            return answer_
        unsure = unsure or answer_
    return unsure


def _no_longer_allowed(seen: Evidence) -> Iterator[Objection]:
    for expert, does in _lasting(seen):
        because = f"{expert or 'somebody'} still {does}, and policy no longer allows it"
        if seen.offers != "enabled":
            yield _disabled(seen, because)
        if not seen.listed(expert):
            yield off_the_list(seen, expert, because)
    holds = any(capability == "control" for _, capability in seen.held)
    if seen.mode != "control" and (holds or any(prompt.capability == "control" for prompt in seen.prompts)):
        does = "an expert still controls" if holds else "the user is still asked for control"
        because = f"{does}, and policy lets helpers only view"
        yield because if seen.mode else Unsure(because, MODE)


def _lasting(seen: Evidence) -> Iterator[tuple[str, str]]:
    """Yield whose question, yes, ticket or view lasts."""
    for prompt in sorted(seen.prompts, key=str):
        expert = seen.expert_asked_about(prompt)
        if expert is not None:
            yield expert, "asks"
    for offer in seen.agreeing():
        yield offer.expert, "has a yes"
    for ticket in sorted(seen.tickets, key=str):
        yield ticket.expert, "holds a ticket"
    for view in sorted(seen.views, key=str):
        yield view.expert, "views"


def gone_session(seen: Evidence) -> Objection:
    if any(seen.owner(session) is None for session in seen.sessions()):
        return "something outlives its user's logon"
    return None


def firewall(seen: Evidence) -> Objection:
    if seen.blocked and (seen.tickets or seen.views or seen.prompts or seen.agreeing()):
        return "the firewall blocks offers, and one goes on"
    return None


def as_stated(seen: Evidence) -> Objection:
    if not seen.port_open:
        return None
    if seen.stated_port == "never":
        return "port 3389 is open, and nothing that is stated opens it"
    if seen.stated_port == "in use" and not (seen.views or seen.received):
        return "port 3389 is open, and no assistance uses it"
    return None


def in_sight(seen: Evidence) -> Objection:
    if any(seen.is_hidden(prompt.session) for prompt in seen.prompts):
        return "a question stays on show in a session that is not in front of its user"
    return None


# ---- the questions about a row -------------------------------------------------------------------------------


def words(outcome: Outcome) -> str | None:
    if outcome.kind.owner not in ("expert", "link"):
        return None
    before, after, written = outcome.before, outcome.after, {at for at, _ in outcome.changes}
    world = [f for f, at in before.places.items() if f in WORLD_FACTS and at in written and before[f] != after[f]]
    return f"{outcome.kind.says} and that changes whether {world[0]}" if world else None


def outlives(outcome: Outcome) -> str | None:
    after = outcome.after
    if after["phase"] == "viewing":
        return None
    left = [fact for fact in after.places if fact in OF_A_VIEW and after[fact] in OF_A_VIEW[fact]]
    return f"{left[0]} outlives the view it was in" if left else None


# What exists only inside a view: a pause, an agreement, every state of a capability but *free*.
OF_A_VIEW: Mapping[str, tuple[Value, ...]] = {
    "paused": (True,),
    "agreed": (True,),
    **dict.fromkeys(("control", *FURTHER), (ASKED, HELD, RESTING)),
}
WORLD_FACTS = frozenset(
    ["offers", "control permitted", "reachable", "logged on", "locked", "away", "secure desktop", "listed", "admitted"]
)
