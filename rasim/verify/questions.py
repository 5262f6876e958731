"""The questions behind the promises: does this line, after what was seen, break one? The answer is why, or None.

Each function is one reading of consent in a few lines, over `Evidence` and never over the table. `promises.py` gives them their
names and sentences.
"""

from collections.abc import Mapping

from rasim.policy import fold
from rasim.protocol.lines import LINES, Line
from rasim.protocol.step import Outcome
from rasim.protocol.terms import Value
from rasim.verify.evidence import Evidence, View, capability_of

# ---- groups of lines -----------------------------------------------------------------------------------------

GRANTS = ("control_granted", "capability_granted")
USES = ("input_applied", "capability_used")
QUESTIONS = ("control_prompt_shown", "capability_prompt_shown")
REACHES = ("ticket_issued", "prompt_shown", "connection_opened", "frame_shown")
CLOSES = frozenset(
    [
        "prompt_hidden",
        "control_prompt_hidden",
        "capability_prompt_hidden",
        "ended",
        "indicator_off",
        "control_stopped",
        "control_released",
        "capability_revoked",
        "control_refused",
        "capability_refused",
        "offer_refused",
        "offer_cancelled",
        "offer_expired",
        "ticket_expired",
        "input_dropped",
        "frame_withheld",
        "prompt_covered",
        "prompt_changed",
        "control_withdrawn",
        "capability_withdrawn",
    ]
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


def unannounced(seen: Evidence, line: Line) -> str | None:
    if line.event == "prompt_shown" and seen.offer(line["offer"]) is None:
        return "a question is shown about an offer that was never received"
    if line.event == "accepted" and seen.prompt(line["offer"]) is None:
        return "an offer is accepted that is not on show"
    if line.event == "connection_opened":
        offer = seen.offer(line["offer"])
        prompt = seen.prompt(line["offer"])
        if offer is None or (prompt is None and line["offer"] not in seen.accepted):
            return "the expert connects, and the user was never asked"
        if line["expert"] is not None and fold(line["expert"]) != fold(offer.expert):
            return "another expert connects than the one whom the user was asked about"
    return None


def before_acceptance(seen: Evidence, line: Line) -> str | None:
    if line.event == "prompt_shown":
        offer = seen.offer(line["offer"])
        return "the user of another session is asked" if offer and offer.session != line["session"] else None
    if line.event == "connection_opened" and line["offer"] not in seen.accepted:
        return "the expert is connected, and the user has not accepted this offer"
    if line.event == "frame_shown":
        view = _view_of(seen, line)
        if view is None or view.session != line["session"]:
            return "the expert sees a screen that nobody accepted to show"
    return None


def only_a_view(seen: Evidence, line: Line) -> str | None:
    if (line["connection"], capability_of(line)) not in seen.held:
        return f"the expert uses {capability_of(line)} that nobody granted"
    view = _view_of(seen, line)
    if line["session"] is not None and view is not None and view.session != line["session"]:
        return f"the expert uses {capability_of(line)} in a session that nobody let it into"
    return None


def own_click(seen: Evidence, line: Line) -> str | None:
    view = _view_of(seen, line)
    if view is None:
        return f"{capability_of(line)} is granted, and the expert does not view"
    if view.session != line["session"]:
        return f"{capability_of(line)} is granted in a session that the expert does not view"
    if line["request"] is None:
        return f"{capability_of(line)} is granted that nobody asked for"
    if any(r.request == line["request"] and r.connection != line["connection"] for r in seen.requests):
        return f"{capability_of(line)} is granted to another connection than the one that asked"
    prompt = seen.prompt(line["request"])
    if prompt is None or prompt.session != line["session"] or line["prompt"] not in (None, prompt.prompt):
        return f"{capability_of(line)} is granted, and the question about it is not on show"
    if prompt.capability != capability_of(line):
        return f"{capability_of(line)} is granted by an answer about {prompt.capability}"
    return None


def asked_unasked(seen: Evidence, line: Line) -> str | None:
    if not any(r.request == line["request"] for r in seen.requests):
        return "the user is asked for something that the expert did not ask for"
    return None


def view_only_policy(seen: Evidence, line: Line) -> str | None:
    return f"{line.event}, and policy lets helpers only view" if seen.mode != "control" else None


def unlisted(seen: Evidence, line: Line) -> str | None:
    expert = _expert(seen, line)
    return None if seen.listed(expert) else f"{expert} is not on the helper list"


def no_policy(seen: Evidence, line: Line) -> str | None:
    return None if seen.offers == "enabled" else f"policy does not enable offers ({seen.offers})"


def nobody(seen: Evidence, line: Line) -> str | None:
    return "nobody is logged on in this session" if seen.owner(_session(seen, line)) is None else None


def silence(seen: Evidence, line: Line) -> str | None:
    return "time passing is taken for a yes" if line["origin"] == "timer" else None


def own_user(seen: Evidence, line: Line) -> str | None:
    if line["origin"] != "local":
        return f"the yes does not come from the user's own hand ({line['origin']})"
    if line["by"] != seen.owner(line["session"]):
        return f"{line['by']} does not own this session"
    return None


def once(seen: Evidence, line: Line) -> str | None:
    if line.event in ("offer_received", "connection_opened", "control_requested", "capability_requested"):
        return _same_id(seen, line)
    if line.event == "prompt_shown":
        offer = seen.offer(line["offer"])
        unfair = offer is not None and not offer.fair
        return (
            "the user is asked about an offer without a live ticket of this expert for this session" if unfair else None
        )
    if line.event == "accepted" and line["offer"] in seen.accepted:
        return "an offer is accepted that was accepted already"
    if line.event == "accepted" and seen.offer(line["offer"]) is None:
        return "an offer is accepted that is over"
    prompt = seen.prompt(line["offer"] or line["request"] or "")
    if line["origin"] == "local" and prompt is not None and line["prompt"] not in (None, prompt.prompt):
        return "an answer to another question is taken for this one"
    return None


def _same_id(seen: Evidence, line: Line) -> str | None:
    """Return what is wrong with an id that something new comes with: it must not be that of something that goes on."""
    if line.event == "offer_received":
        return "an offer has the id of one that is not over" if seen.offer(line["offer"]) else None
    if line.event == "connection_opened":
        return "a connection has the id of one that is open" if seen.view(line["connection"]) else None
    again = any(r.request == line["request"] for r in seen.requests)
    return "a request has the id of one that has had no answer" if again else None


def told_busy(seen: Evidence, line: Line) -> str | None:
    offer = seen.offer(line["offer"])
    if line["reason"] == "busy" and offer is not None and not offer.fair:
        return "an expert without a live ticket learns that the user is busy"
    return None


def ticket_asked(seen: Evidence, line: Line) -> str | None:
    asked = {(line["expert"], line["session"]), (line["expert"], None)}
    if line["session"] is None:
        asked |= {c for c in seen.contacts if c[0] == line["expert"]}
    return None if asked & seen.contacts else "nobody asked for it"


def after_end(seen: Evidence, line: Line) -> str | None:
    connection = line["connection"]
    if connection is None:
        connection = next((r.connection for r in seen.requests if r.request == line["request"]), "")
    view = seen.view(connection)
    if view is None:
        return f"{line.event} of a connection that is not open"
    return f"{line.event} of a connection whose link was lost" if view.lost else None


def taken_back(seen: Evidence, line: Line) -> str | None:
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


def tighter(seen: Evidence, line: Line) -> str | None:
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


def gone_session(seen: Evidence, line: Line) -> str | None:
    if not (seen.tickets or seen.views or seen.prompts):
        return None
    sessions = [
        *(ticket.session for ticket in seen.tickets),
        *(view.session for view in seen.views),
        *(prompt.session for prompt in seen.prompts),
    ]
    if any(seen.owner(session) is None for session in sessions):
        return "something outlives its user's logon"
    return None


def firewall(seen: Evidence, line: Line) -> str | None:
    if seen.blocked and line.event in REACHES:
        return "the firewall blocks offers"
    if seen.blocked and (seen.tickets or seen.views or seen.prompts):
        return "the firewall blocks offers, and one goes on"
    return None


def as_stated(seen: Evidence, line: Line) -> str | None:
    opens = line.event == "firewall_changed" and str(line["port"]) == "3389"
    if not (line["state"] == "open" if opens else seen.port_open):
        return None
    if seen.stated_port == "never":
        return "port 3389 is open, and nothing that is stated opens it"
    if seen.stated_port == "in use" and not seen.views:
        return "port 3389 is open, and no assistance uses it"
    return None


def looser(seen: Evidence, line: Line) -> str | None:
    connection = line["connection"] or next((r.connection for r in seen.requests if r.request == line["request"]), "")
    view = seen.view(connection)
    if view is not None and not view.agreed:
        return "this view was accepted while helpers might only view"
    return None


def one_at_a_time(seen: Evidence, line: Line) -> str | None:
    if line.event in (*GRANTS, *USES):
        return _two_hold(seen, line)
    if line.event == "connection_opened":
        offer = seen.offer(line["offer"])
        viewed = offer is not None and any(v.session == offer.session for v in seen.views)
        return "two experts view one session" if viewed else None
    session = line["session"]
    if line.event in QUESTIONS:
        view = next((seen.view(r.connection) for r in seen.requests if r.request == line["request"]), None)
        session = view.session if view else None
    if any(p.session == session for p in seen.prompts):
        return "two questions are on show in one session"
    if line.event == "prompt_shown" and any(v.session == session for v in seen.views):
        return "the user is asked about another expert while one views"
    return None


def _two_hold(seen: Evidence, line: Line) -> str | None:
    view = _view_of(seen, line)
    for connection, capability in seen.held:
        other = seen.view(connection)
        if view and other and capability == capability_of(line) and other.session == view.session and other != view:
            return f"two experts hold {capability} in one session"
    return None


def rests(seen: Evidence, line: Line) -> str | None:
    if line.event == "prompt_shown" and (_expert(seen, line), line["session"], "view") in seen.cooling:
        return "the user refused a moment ago and is asked again"
    if line.event in QUESTIONS:
        view = next((seen.view(r.connection) for r in seen.requests if r.request == line["request"]), None)
        if view and (view.expert, view.session, capability_of(line)) in seen.cooling:
            return "the user refused a moment ago and is asked again"
    over = (line["expert"], line["session"], line["capability"] or "view")
    if line.event == "cooldown_over" and over not in seen.cooling:
        return "a cool-down is over that no refusal began"
    return None


def in_sight(seen: Evidence, line: Line) -> str | None:
    acts = ("accepted", "denied", "prompt_shown", "frame_shown", *GRANTS, *USES, *QUESTIONS)
    if line.event in acts and seen.is_hidden(_session(seen, line)):
        return f"{line.event} in a session that is not in front of its user"
    if line.event in OPEN and any(seen.is_hidden(p.session) for p in seen.prompts):
        return "a question stays on show in a session that is not in front of its user"
    return None


def pause(seen: Evidence, line: Line) -> str | None:
    view = _view_of(seen, line)
    if line.event in ("frame_shown", *USES, *GRANTS) and view is not None and view.paused:
        return "the user paused the view"
    by_user = view is not None and line["origin"] in (None, "local") and line["by"] == seen.owner(view.session)
    if line.event in ("paused", "resumed") and view is not None and not by_user:
        return "only the user pauses and resumes"
    return None


def indicator(seen: Evidence, line: Line) -> str | None:
    view = _view_of(seen, line)
    if view is not None and not view.lit:
        return "the user's indicator is off"
    return None


def answer(seen: Evidence, line: Line) -> str | None:
    if line["request"] is None:
        return None
    if not any(r.request == line["request"] for r in seen.requests):
        return "a request is answered that is not open"
    if line.event == "control_refused" and line["reply"] == "forbidden":
        view = _view_of(seen, line)
        if seen.mode == "control" and view is not None and view.agreed:
            return "the expert is told that policy forbids control, and it does not"
    return None


def words(outcome: Outcome) -> str | None:
    if outcome.kind.owner not in ("expert", "link"):
        return None
    world = [f for f in outcome.before.places if f in WORLD_FACTS and outcome.before[f] != outcome.after[f]]
    return f"{outcome.kind.says} and that changes whether {world[0]}" if world else None


def outlives(outcome: Outcome) -> str | None:
    after = outcome.after
    left = [
        name for name, at in after.places.items() if name != "phase" and after.values[at] in SOMETHING.get(name, GIVEN)
    ]
    return f"{left[0]} outlives the view it was in" if left and outcome.after["phase"] != "viewing" else None


# What exists only inside a view: every state of a capability but *free*, a pause, an agreement.
GIVEN: tuple[Value, ...] = ("asked", "held", "cooling")
SOMETHING: Mapping[str, tuple[Value, ...]] = {"paused": (True,), "agreed": (True,)}
WORLD_FACTS = frozenset(
    ["offers", "control permitted", "reachable", "logged on", "locked", "away", "secure desktop", "listed", "admitted"]
)
