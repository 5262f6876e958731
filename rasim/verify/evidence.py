"""What somebody knows who has seen a trace's lines so far, and nothing else: the memory that all promises share.

This is a second reading of consent, made from observable lines only; it never looks at a phase or at the table, so
it can disagree with them. It forgets a thing when its end is seen: its size is that of what goes on now, and
exploring machine and memory together multiplies nothing (docs/decisions/0003-promises.md).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from attrs import evolve, frozen

from rasim.policy import fold
from rasim.protocol.lines import Line


@frozen
class Ticket:
    """A live ticket."""

    ticket: str
    expert: str
    session: str


@frozen
class Offer:
    """An offer received and not over; `fair` if it brought a live ticket issued to its expert for this session."""

    offer: str
    session: str
    expert: str
    ticket: str
    fair: bool


@frozen
class Prompt:
    """A question on show: about an offer (capability `view`) or about a capability."""

    about: str
    session: str
    prompt: str | None
    capability: str


@frozen
class View:
    """An open connection; `agreed` if policy let helpers control when it was opened, `lit` while the indicator is on."""

    connection: str
    session: str
    expert: str
    agreed: bool
    paused: bool = False
    lit: bool = False
    lost: bool = False  # its link was lost, and it has not ended yet


@frozen
class Request:
    """A request for a capability that has had no answer."""

    request: str
    connection: str
    capability: str


class Evidence(NamedTuple):
    """Everything seen that still matters. Before the first line: nothing configured, nobody logged on.

    A named tuple and no attrs class: it is made, hashed and compared at every line of every edge, which is a third faster so.
    """

    offers: str = "not configured"
    mode: str = "view"  # a mode that is not stated permits no control (R3)
    helpers: frozenset[str] = frozenset()
    members: frozenset[tuple[str, str]] = frozenset()
    blocked: bool = False
    stated_port: str | None = "never"  # when port 3389 is to be open by what is stated; None: that was not told
    port_open: bool = False
    owners: frozenset[tuple[str, str]] = frozenset()
    hidden: frozenset[tuple[str, str]] = frozenset()
    contacts: frozenset[tuple[str, str | None]] = frozenset()
    tickets: frozenset[Ticket] = frozenset()
    received: frozenset[Offer] = frozenset()
    prompts: frozenset[Prompt] = frozenset()
    accepted: frozenset[str] = frozenset()
    views: frozenset[View] = frozenset()
    requests: frozenset[Request] = frozenset()
    held: frozenset[tuple[str, str]] = frozenset()
    cooling: frozenset[tuple[str, str, str]] = frozenset()

    # -- questions the promises ask ---------------------------------------------------------------------------

    def listed(self, expert: str) -> bool:
        """Return whether the expert is on the helper list as seen, directly or through groups (R4)."""
        seen: set[str] = set()
        waiting = [fold(expert)]
        while waiting:
            name = waiting.pop()
            if name in self.helpers:
                return True
            if name not in seen:
                seen.add(name)
                waiting += [group for group, account in self.members if account == name]
        return False

    def owner(self, session: str) -> str | None:
        """Return who is logged on in the session, None if nobody is."""
        return next((by for s, by in self.owners if s == session), None)

    def is_hidden(self, session: str) -> bool:
        """Return whether the session is locked, switched away from or covered by the secure desktop."""
        return any(s == session for s, _ in self.hidden)

    def offer(self, offer: str) -> Offer | None:
        """Return the offer with this id, if it was received and is not over."""
        return next((o for o in self.received if o.offer == offer), None)

    def prompt(self, about: str) -> Prompt | None:
        """Return the question on show about an offer or request."""
        return next((p for p in self.prompts if p.about == about), None)

    def view(self, connection: str) -> View | None:
        """Return the open connection with this id."""
        return next((v for v in self.views if v.connection == connection), None)

    def expert_asked_about(self, prompt: Prompt) -> str | None:
        """Return the expert whom a question on show is about."""
        if prompt.capability == "view":
            offer = self.offer(prompt.about)
            return offer.expert if offer else None
        request = next((r for r in self.requests if r.request == prompt.about), None)
        view = self.view(request.connection) if request else None
        return view.expert if view else None


# ---- what each line teaches ----------------------------------------------------------------------------------

Learn = Callable[[Evidence, Line], Evidence]
HIDES: Mapping[str, str] = {"locked": "locked", "switched_away": "away", "secure_desktop_on": "secure desktop"}
SHOWS: Mapping[str, str] = {"unlocked": "locked", "secure_desktop_off": "secure desktop"}


def capability_of(line: Line) -> str:
    """Return the capability that a line speaks of; the lines of control do not name it."""
    return line["capability"] or "control"


def _policy(seen: Evidence, line: Line) -> Evidence:
    members = frozenset(
        (fold(group), fold(account)) for group, accounts in line["members"] or () for account in accounts
    )
    return seen._replace(
        offers=line["offers"],
        mode=line["mode"] or "view",
        helpers=frozenset(map(fold, line["helpers"] or ())),
        members=members or seen.members,
        stated_port=stated_port(line["os"], line["exceptions"]),
    )


def _helper(seen: Evidence, line: Line) -> Evidence:
    name = frozenset({fold(line["expert"])})
    return seen._replace(helpers=seen.helpers | name if line.event == "helper_added" else seen.helpers - name)


def _member(seen: Evidence, line: Line) -> Evidence:
    if line["group"] is None or line["account"] is None:
        return seen  # both are optional; half of it teaches nothing
    pair = frozenset({(fold(line["group"]), fold(line["account"]))})
    return seen._replace(members=seen.members | pair if line.event == "member_added" else seen.members - pair)


def stated_port(os: str | None, exceptions: tuple[str, ...] | None) -> str | None:
    """Return when port 3389 is to be open, read plainly from what the document says of these exceptions (R36 to R39)."""
    if exceptions is None:
        return None
    if {"remote desktop", "3389 tcp", "everything"} & set(exceptions):
        return "always"
    return "in use" if "sessmgr" in exceptions and os in SESSMGR_SYSTEMS else "never"


SESSMGR_SYSTEMS = ("windows-xp-sp2", "windows-xp-sp3", "windows-xp-x64-sp1")


def _firewall(seen: Evidence, line: Line) -> Evidence:
    if str(line["port"]) == "3389":
        return seen._replace(port_open=line["state"] == "open")
    return seen._replace(blocked=line["state"] == "closed") if str(line["port"]) == "135" else seen


def _front(seen: Evidence, session: str) -> Evidence:
    return seen._replace(hidden=frozenset(h for h in seen.hidden if h[0] != session))


def _logged_on(seen: Evidence, line: Line) -> Evidence:
    return _gone(seen, line["session"])._replace(owners=seen.owners | {(line["session"], line["by"])})


def _gone(seen: Evidence, session: str | None) -> Evidence:
    """Nobody is logged on in the session (None: in any); a refusal binds only while its owner stays."""
    return seen._replace(
        owners=frozenset(o for o in seen.owners if session not in (None, o[0])),
        hidden=frozenset(h for h in seen.hidden if session not in (None, h[0])),
        cooling=frozenset(c for c in seen.cooling if session not in (None, c[1])),
    )


def _ticket(seen: Evidence, line: Line) -> Evidence:
    contacts = seen.contacts - {(line["expert"], line["session"]), (line["expert"], None)}
    if line.event == "ticket_issued":
        ticket = Ticket(line["ticket"], line["expert"], line["session"] or "")
        return seen._replace(contacts=contacts, tickets=seen.tickets | {ticket})
    return seen._replace(contacts=contacts, tickets=frozenset(t for t in seen.tickets if t.ticket != line["ticket"]))


def _received(seen: Evidence, line: Line) -> Evidence:
    ticket = Ticket(line["ticket"] or "", line["expert"] or "", line["session"])
    offer = Offer(line["offer"], line["session"], line["expert"] or "", ticket.ticket, ticket in seen.tickets)
    return seen._replace(received=seen.received | {offer})


def _over(seen: Evidence, offer: str) -> Evidence:
    return seen._replace(
        received=frozenset(o for o in seen.received if o.offer != offer),
        accepted=seen.accepted - {offer},
    )


def _offer_refused(seen: Evidence, line: Line) -> Evidence:
    """End an offer; *busy* spends its ticket, so that nobody waits for the user to be free by asking again."""
    offer = seen.offer(line["offer"])
    spent = offer.ticket if offer is not None and line["reason"] == "busy" else None
    return _over(seen, line["offer"])._replace(tickets=frozenset(t for t in seen.tickets if t.ticket != spent))


def _refused_by_user(seen: Evidence, line: Line) -> Evidence:
    offer = seen.offer(line["offer"])
    if offer is None:
        return seen
    return _over(seen, offer.offer)._replace(cooling=seen.cooling | {(offer.expert, offer.session, "view")})


def _offer_shown(seen: Evidence, line: Line) -> Evidence:
    offer = seen.offer(line["offer"])
    return seen._replace(
        prompts=seen.prompts | {Prompt(line["offer"], line["session"], line["prompt"], "view")},
        tickets=frozenset(
            t for t in seen.tickets if offer is None or t.ticket != offer.ticket
        ),  # a ticket opens one question
    )


def _question_shown(seen: Evidence, line: Line) -> Evidence:
    session = line["session"] or next((v.session for v in seen.views if v.connection == line["connection"]), "")
    return seen._replace(prompts=seen.prompts | {Prompt(line["request"], session, line["prompt"], capability_of(line))})


def _hidden(seen: Evidence, line: Line) -> Evidence:
    about = line["offer"] or line["request"]
    if about is not None:
        return seen._replace(prompts=frozenset(p for p in seen.prompts if p.about != about))
    if line["prompt"] is not None:  # all three are optional; a prompt or a session says which as well
        return seen._replace(prompts=frozenset(p for p in seen.prompts if p.prompt != line["prompt"]))
    return seen._replace(prompts=frozenset(p for p in seen.prompts if p.session != line["session"]))


def _accepted(seen: Evidence, line: Line) -> Evidence:
    prompt = seen.prompt(line["offer"])
    good = (
        line["origin"] == "local"
        and line["by"] == seen.owner(line["session"])
        and prompt is not None
        and prompt.session == line["session"]
        and line["prompt"] in (None, prompt.prompt)
    )
    return seen._replace(accepted=seen.accepted | {line["offer"]}) if good else seen


def _opened(seen: Evidence, line: Line) -> Evidence:
    offer = seen.offer(line["offer"])
    view = View(
        line["connection"],
        offer.session if offer else "",
        offer.expert if offer else line["expert"] or "",
        seen.mode == "control",
    )
    return _over(seen, line["offer"])._replace(views=seen.views | {view})


def _view(seen: Evidence, connection: str, change: Callable[[View], View]) -> Evidence:
    return seen._replace(views=frozenset(change(v) if v.connection == connection else v for v in seen.views))


def _ended(seen: Evidence, line: Line) -> Evidence:
    gone = line["connection"]
    view = seen.view(gone)
    return seen._replace(
        views=frozenset(v for v in seen.views if v.connection != gone),
        requests=frozenset(r for r in seen.requests if r.connection != gone),
        held=frozenset(h for h in seen.held if h[0] != gone),
        cooling=frozenset(
            c for c in seen.cooling if view is None or c[2] == "view" or c[:2] != (view.expert, view.session)
        ),
    )


def _requested(seen: Evidence, line: Line) -> Evidence:
    return seen._replace(requests=seen.requests | {Request(line["request"], line["connection"], capability_of(line))})


def _answered(seen: Evidence, line: Line) -> Evidence:
    return seen._replace(requests=frozenset(r for r in seen.requests if r.request != line["request"]))


def _granted(seen: Evidence, line: Line) -> Evidence:
    return _answered(seen, line)._replace(held=seen.held | {(line["connection"], capability_of(line))})


def _refused(seen: Evidence, line: Line) -> Evidence:
    view = seen.view(line["connection"])
    seen = _answered(seen, line)
    if view is None or line["origin"] not in ("local", "timer"):
        return seen
    return seen._replace(cooling=seen.cooling | {(view.expert, view.session, capability_of(line))})


def _dropped(seen: Evidence, line: Line) -> Evidence:
    return seen._replace(held=seen.held - {(line["connection"], capability_of(line))})


def _rested(seen: Evidence, line: Line) -> Evidence:
    return seen._replace(cooling=seen.cooling - {(line["expert"], line["session"], line["capability"] or "view")})


def _link(seen: Evidence, line: Line) -> Evidence:
    seen = seen._replace(contacts=frozenset(c for c in seen.contacts if c[0] != line["expert"]))
    return seen if line["connection"] is None else _view(seen, line["connection"], lambda v: evolve(v, lost=True))


LEARN: Mapping[str, Learn] = {
    "policy_applied": _policy,
    "helper_added": _helper,
    "helper_removed": _helper,
    "member_added": _member,
    "member_removed": _member,
    "firewall_changed": _firewall,
    "logged_on": _logged_on,
    "logged_off": lambda seen, line: _gone(seen, line["session"]),
    "restarted": lambda seen, line: _gone(seen, None) if line["side"] == "computer" else seen,
    **dict.fromkeys(
        HIDES, lambda seen, line: seen._replace(hidden=seen.hidden | {(line["session"], HIDES[line.event])})
    ),
    **dict.fromkeys(
        SHOWS, lambda seen, line: seen._replace(hidden=seen.hidden - {(line["session"], SHOWS[line.event])})
    ),
    "switched_to": lambda seen, line: _front(seen, line["session"]),
    "contact": lambda seen, line: seen._replace(contacts=seen.contacts | {(line["expert"] or "", line["session"])}),
    "contact_refused": lambda seen, line: seen._replace(
        contacts=seen.contacts - {(line["expert"] or "", line["session"])}
    ),
    "ticket_issued": _ticket,
    "ticket_refused": _ticket,
    "ticket_expired": _ticket,
    "link_lost": _link,
    "offer_received": _received,
    "offer_refused": _offer_refused,
    "offer_cancelled": lambda seen, line: _over(seen, line["offer"]),
    "offer_expired": _refused_by_user,
    "denied": lambda seen, line: _refused_by_user(seen, line) if line["origin"] == "local" else seen,
    "accepted": _accepted,
    "prompt_shown": _offer_shown,
    **dict.fromkeys(("control_prompt_shown", "capability_prompt_shown"), _question_shown),
    **dict.fromkeys(("prompt_hidden", "control_prompt_hidden", "capability_prompt_hidden"), _hidden),
    **dict.fromkeys(("prompt_covered", "prompt_changed"), _hidden),
    "connection_opened": _opened,
    "paused": lambda seen, line: _view(seen, line["connection"], lambda v: evolve(v, paused=True)),
    "resumed": lambda seen, line: _view(seen, line["connection"], lambda v: evolve(v, paused=False)),
    "indicator_on": lambda seen, line: _view(seen, line["connection"], lambda v: evolve(v, lit=True)),
    "indicator_off": lambda seen, line: _view(seen, line["connection"], lambda v: evolve(v, lit=False)),
    "ended": _ended,
    **dict.fromkeys(("control_requested", "capability_requested"), _requested),
    **dict.fromkeys(("control_withdrawn", "capability_withdrawn"), _answered),
    **dict.fromkeys(("control_granted", "capability_granted"), _granted),
    **dict.fromkeys(("control_refused", "capability_refused"), _refused),
    **dict.fromkeys(("control_stopped", "control_released", "capability_revoked"), _dropped),
    "cooldown_over": _rested,
}


def learn(seen: Evidence, line: Line) -> Evidence:
    """Return what is known after one more line."""
    how = LEARN.get(line.event)
    return seen if how is None else how(seen, line)
