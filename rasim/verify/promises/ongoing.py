"""What goes on and must be over in time, and what only a trace can show: ids, hands and clocks.

The first part answers, of what was seen, what goes on now, each with a key of its own; `catalogue.py` says how long it may
(`Within`), the explorer and the judge hold it to that. The second part are folds with a small memory of their own: a model has one
name for each id and no clock, so nothing of this could be seen there.
"""

from collections.abc import Callable, Hashable
from typing import Final

from rasim.policy import fold
from rasim.protocol.choices import Choices, microseconds
from rasim.protocol.lines import Recorded
from rasim.verify.promises.evidence import Evidence, capability_of
from rasim.verify.promises.questions import GRANTS, NEEDS_A_VIEW, QUESTIONS, USES, Objection, asks, session_of

Key = Hashable
Open = Callable[[Evidence], frozenset[Key]]
Fold = Callable[[Evidence, Recorded], Objection]

# ---- what goes on --------------------------------------------------------------------------------------------


def unasked_offers(seen: Evidence) -> frozenset[Key]:
    """Return the offers that the user is not asked about, and that have had no answer."""
    if not seen.received:
        return frozenset()
    shown = {prompt.about for prompt in seen.prompts if prompt.of == "offer"} | {offer for offer, _ in seen.accepted}
    return frozenset(offer.offer for offer in seen.received if offer.offer not in shown)


def unused_answers(seen: Evidence) -> frozenset[Key]:
    """Return the offers that were accepted and neither connected nor ended."""
    return frozenset(offer for offer, _ in seen.accepted)


def offer_questions(seen: Evidence) -> frozenset[Key]:
    """Return the questions about offers that are on show."""
    return frozenset(prompt.about for prompt in seen.prompts if prompt.of == "offer")


def capability_questions(seen: Evidence) -> frozenset[Key]:
    """Return the questions about capabilities that are on show."""
    return frozenset(prompt.about for prompt in seen.prompts if prompt.of == "request")


def unasked_requests(seen: Evidence) -> frozenset[Key]:
    """Return the requests that the user is not asked about, and that have had no answer."""
    if not seen.requests:
        return frozenset()
    shown = {prompt.about for prompt in seen.prompts if prompt.of == "request"}
    return frozenset(request.request for request in seen.requests if request.request not in shown)


def views(seen: Evidence) -> frozenset[Key]:
    """Return the open connections."""
    return frozenset(view.connection for view in seen.views)


def tickets(seen: Evidence) -> frozenset[Key]:
    """Return the live tickets."""
    return frozenset(ticket.ticket for ticket in seen.tickets)


def orphaned_indicators(seen: Evidence) -> frozenset[Key]:
    """Return the connections that are over and whose indicator is on."""
    return frozenset(c for c, _ in seen.lit) - {view.connection for view in seen.views} if seen.lit else frozenset()


def unrecorded(seen: Evidence) -> frozenset[Key]:
    """Return what has to be on record and is not yet."""
    return frozenset(due for due in seen.due if due.required)


def nothing_goes_on(seen: Evidence) -> bool:
    """Tell whether there is no ticket, offer, question, view or refusal that rests."""
    return not (seen.tickets or seen.received or seen.prompts or seen.views or seen.requests or seen.cooling)


# ---- what only a trace can show ------------------------------------------------------------------------------


def by_hand(_: Choices) -> Fold:
    """Every yes of the user's own hand comes after input at that session, since its question was shown (S4)."""
    touched: set[str] = set()

    def judge(seen: Evidence, recorded: Recorded) -> Objection:
        line = recorded.line
        if line.event == "local_input":
            touched.add(line["session"])
        elif line.event == "prompt_shown" or line.event in QUESTIONS:
            touched.discard(session_of(seen, line))
        elif line.event in ("accepted", *GRANTS) and line["origin"] == "local" and line["session"] not in touched:
            return "a yes that nobody's hand gave: no input at the session since the question was shown"
        elif line.event in ("logged_off", "logged_on"):
            touched.discard(line["session"])
        return None

    return judge


INTRODUCED: Final = {
    "offer_received": "offer",
    "ticket_issued": "ticket",
    "control_requested": "request",
    "capability_requested": "request",
    "connection_opened": "connection",
    "prompt_shown": "prompt",
    **dict.fromkeys(QUESTIONS, "prompt"),
}
REMEMBERED: Final = 10_000  # ids of a kind: a pool that ids are taken from again is smaller, and memory stays bounded


def fresh_ids(_: Choices) -> Fold:
    """No id is introduced twice, as far as the last ten thousand of its kind show (S14)."""
    known: dict[str, dict[str, None]] = {name: {} for name in INTRODUCED.values()}

    def judge(_seen: Evidence, recorded: Recorded) -> Objection:
        name = INTRODUCED.get(recorded.line.event)
        given = recorded.line[name] if name is not None else None
        if name is None or given is None:
            return None
        before = known[name]
        if given in before:
            return f"the {name} id {given} was used before"
        before[given] = None
        if len(before) > REMEMBERED:
            del before[next(iter(before))]
        return None

    return judge


def takes_effect(_: Choices) -> Fold:
    """Nothing of a connection comes after the user's own end, no use of what was held after the user's own stop (S16, L2)."""
    ended: set[str] = set()
    stopped: dict[str, set[str]] = {}  # connections, with what was granted anew since

    def judge(seen: Evidence, recorded: Recorded) -> Objection:
        line = recorded.line
        for over in (ended | stopped.keys()) - {view.connection for view in seen.views}:
            ended.discard(over)
            stopped.pop(over, None)
        request = seen.request(line["request"])
        connection = line["connection"] or (request.connection if request else "")
        view, capability = seen.view(connection), capability_of(line)
        if line.event in ("end_asked", "stop_asked") and view is not None:
            here = line["session"] in (None, view.session) and seen.owned(view.session, line["by"])
            if here and line["origin"] in (
                None,
                "local",
                "unknown",
            ):  # what nobody says was another's act is the user's
                ended.update({connection} if line.event == "end_asked" else ())
                stopped[connection] = set()
        elif connection in ended and line.event in NEEDS_A_VIEW:
            return f"the user ended this connection, and {line.event} comes after it"
        elif line.event in GRANTS:
            stopped.get(connection, set()).add(capability)
        elif line.event in USES and capability != "view" and capability not in stopped.get(connection, {capability}):
            return f"the user stopped it, and {capability} is used after it"
        elif line.event == "recording_ended":
            held = {its for its, what in seen.held if what not in stopped.get(its, {what})}
            lasts = sorted(ended | held)
            return f"what the user ended or stopped in connection {lasts[0]} goes on" if lasts else None
        return None

    return judge


def privacy(_: Choices) -> Fold:
    """Nobody but the user takes the user's own screen or input away (A5)."""

    def judge(seen: Evidence, recorded: Recorded) -> Objection:
        line = recorded.line
        does = {"screen_blanked": "screen is blanked", "input_blocked": "input is blocked"}.get(line.event)
        if does is None or (line["by"] is not None and seen.owned(line["session"], line["by"])):
            return None
        return f"the user's own {does}"

    return judge


def way_out(_: Choices) -> Fold:
    """While a view goes on the user is offered a way to end it, as far as the lines tell (L7, A5)."""
    without: set[str] = set()

    def judge(seen: Evidence, recorded: Recorded) -> Objection:
        line = recorded.line
        without.intersection_update({view.connection for view in seen.views})
        if line.event == "end_withheld" and seen.view(line["connection"]) is not None:
            without.add(line["connection"])
        elif line.event == "end_offered":
            without.discard(line["connection"])
        elif line.event in ("frame_shown", *USES) and line["connection"] in without:
            return f"{line.event}, and the user has no way to end the connection"
        return None

    return judge


def withdrawn_rests(choices: Choices) -> Fold:
    """Questions that were taken back rest, until `cooldown_over` or as long as the times of the lines say (S31)."""
    long = microseconds(choices.cool_down)
    resting: dict[tuple[str, str, str], int | None] = {}

    def judge(seen: Evidence, recorded: Recorded) -> Objection:
        line, at = recorded.line, recorded.at
        if line.event in ("offer_cancelled", "control_withdrawn", "capability_withdrawn"):
            prompt = seen.asked(line)
            expert = seen.expert_asked_about(prompt) if prompt is not None else None
            if prompt is not None and expert is not None:
                resting[fold(expert), prompt.session, prompt.capability] = at
        elif line.event == "cooldown_over":
            resting.pop((fold(line["expert"]), line["session"], line["capability"] or "view"), None)
        elif line.event in ("logged_off", "restarted"):
            for key in [key for key in resting if line["session"] in (None, key[1])]:
                del resting[key]
        elif line.event == "prompt_shown" or line.event in QUESTIONS:
            key = asks(seen, line)
            since = resting.pop(key, -1)
            if since != -1 and (since is None or at is None or at - since < long):
                return "the expert took this question back a moment ago, and the user is asked again"
        return None

    return judge


def whole_rests(choices: Choices) -> Fold:
    """No clock shortens a cool-down: `cooldown_over` comes when its time has passed, by the times of the lines (S32)."""
    least = microseconds(choices.cool_down)
    began: dict[tuple[str, str, str], int] = {}
    before: list[int] = []  # the time of the line before, at which what rests now was refused

    def judge(seen: Evidence, recorded: Recorded) -> Objection:
        line, at = recorded.line, recorded.at
        if at is None:
            return None
        for key in seen.cooling - began.keys():
            began[key] = before[0] if before else at
        for key in began.keys() - seen.cooling:
            del began[key]
        before[:] = [at]
        if line.event != "cooldown_over":
            return None
        since = began.get((fold(line["expert"]), line["session"], line["capability"] or "view"))
        early = since is not None and at - since < least
        return "a cool-down is over before its time" if early else None

    return judge
