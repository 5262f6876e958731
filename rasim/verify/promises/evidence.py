"""What somebody knows who has seen a trace's lines so far, and nothing else: the memory that all promises share.

This is a second reading of consent, made from observable lines only; it never looks at a phase or at the table, so
it can disagree with them. It forgets a thing when its end is seen: its size is that of what goes on now, and
exploring machine and memory together multiplies nothing (docs/decisions/0003-promises.md).

The lines may be anybody's. What a recorder may leave out is not held against it: a question is over with its answer, whether or not
`prompt_hidden` follows, and an optional field that is missing contradicts nothing.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from attrs import evolve, frozen

from rasim.policy import flaw_of, fold
from rasim.policy.systems import SYSTEMS, Blocks
from rasim.protocol.lines import AUDIT_IDS, AUDITED, EVERYTHING, Line, audit_kind


@frozen
class Ticket:
    """A live ticket."""

    ticket: str
    expert: str
    session: str


@frozen
class OpenOffer:
    """An offer received and not over; `fair` if it brought a live ticket issued to its expert for this session.

    An `expert` or `ticket` that was not recorded is empty. `asked`: the user was, whether or not the question is still on show.
    `named`: what the question said of an expert who was not recorded. `doubtful`, here and below: a line without an id, when
    there were several things that it could be about, may have ended this one.
    """

    offer: str
    session: str
    expert: str
    ticket: str
    fair: bool
    asked: bool = False
    named: str = ""
    doubtful: bool = False


@frozen
class Prompt:
    """A question on show: `of` says whether it is about an offer or a request, for these are two kinds of ids."""

    of: Literal["offer", "request"]
    about: str
    session: str
    prompt: str | None
    capability: str
    doubtful: bool = False


@frozen
class View:
    """An open connection, by the offer it came of; `agreed` if policy let helpers control when that was accepted (None: untold)."""

    connection: str
    session: str
    expert: str
    offer: str
    agreed: bool | None
    paused: bool = False
    doubtful: bool = False


@frozen
class Request:
    """A request for a capability that has had no answer."""

    request: str
    connection: str
    capability: str


@frozen(str=False)
class Due:
    """A line that has to be on record and is not yet: as what, and the ids it speaks of.

    Some may be, and need not (`required`): that a view was opened, and that an offer is refused which was answered before. They
    are on record before the next thing that has to be, or not at all.
    """

    kind: str
    ids: frozenset[tuple[str, str]]
    required: bool = True
    again: int = 0  # 1 for a second one of the same kind and ids that is not on record either

    def __str__(self) -> str:
        return f"{self.kind} of {', '.join(f'{name} {value}' for name, value in sorted(self.ids))}"


class Evidence(NamedTuple):
    """Everything seen that still matters. Before the first line: nothing configured, nobody logged on.

    A named tuple and no attrs class: it is made, hashed and compared at every line of every edge, which is a third faster so.
    """

    records: frozenset[str] = EVERYTHING  # what is recorded of what there is to record
    offers: str = "not configured"
    mode: str = "view"  # empty where a policy came without it: then nobody knows
    helpers: frozenset[str] = frozenset()
    list_told: bool = True  # an enabled policy may come without its list: then nobody knows who is on it
    members: frozenset[tuple[str, str]] = frozenset()
    told: frozenset[str | tuple[str, str]] = frozenset()  # groups whose members were told, and who left which
    perhaps: frozenset[str] = frozenset()  # names as they were listed that are written as those of groups are
    blocked: bool = False
    stated_port: str | None = "never"  # when port 3389 is to be open by what is stated; None: that was not told
    port_open: bool = False
    owners: frozenset[tuple[str, str]] = frozenset()
    hidden: frozenset[tuple[str, str]] = frozenset()
    contacts: frozenset[tuple[str, str | None]] = frozenset()
    tickets: frozenset[Ticket] = frozenset()
    received: frozenset[OpenOffer] = frozenset()
    prompts: frozenset[Prompt] = frozenset()
    accepted: frozenset[tuple[str, bool | None]] = frozenset()  # offers, with whether policy let helpers control then
    views: frozenset[View] = frozenset()
    lit: frozenset[tuple[str, str]] = frozenset()  # connections whose indicator is on, and in which session
    requests: frozenset[Request] = frozenset()
    held: frozenset[tuple[str, str]] = frozenset()
    cooling: frozenset[tuple[str, str, str]] = frozenset()  # refused a moment ago: expert, session, capability
    due: frozenset[Due] = frozenset()
    on_record: frozenset[tuple[str, str, str]] = frozenset()  # yeses with an audit record: kind, whose, of what

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

    def untold(self, expert: str = "") -> frozenset[str]:
        """Return what is on the list, directly or in a group, and may be a group that has the expert: its members were never told."""
        if not self.perhaps:
            return frozenset()
        found: set[str] = set()
        waiting = list(self.helpers)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [account for group, account in self.members if group == name]
        known = {fold(name) for name in self.perhaps} & found
        known = {name for name in known if name not in self.told and (name, fold(expert)) not in self.told}
        return frozenset(name for name in self.perhaps if fold(name) in known)

    def owner(self, session: str) -> str | None:
        """Return who is logged on in the session, None if nobody is."""
        return next((by for s, by in self.owners if s == session), None)

    def owned(self, session: str, by: str | None) -> bool:
        """Return whether somebody is the owner of a session; who or what was not recorded is not contradicted."""
        if "sessions" not in self.records:
            return True
        owner = self.owner(session)
        return owner is not None and (by is None or fold(by) == fold(owner))

    def is_hidden(self, session: str) -> bool:
        """Return whether the session is locked, switched away from or covered by the secure desktop."""
        return any(s == session for s, _ in self.hidden)

    def offer(self, offer: str) -> OpenOffer | None:
        """Return the offer with this id, if it was received and is not over."""
        return next((o for o in self.received if o.offer == offer), None)

    def was_accepted(self, offer: str) -> bool:
        """Return whether an offer was accepted as it should be, and is neither connected nor over."""
        return any(accepted == offer for accepted, _ in self.accepted)

    def agreeing(self) -> list[OpenOffer]:
        """Return the offers that were accepted and wait for their connection: a yes needs its grounds until then."""
        return [o for o in sorted(self.received, key=str) if self.was_accepted(o.offer)] if self.accepted else []

    def sessions(self) -> set[str]:
        """Return the sessions in which a ticket, a question, a yes or a view goes on."""
        going_on: tuple[Ticket | Prompt | View | OpenOffer, ...] = (
            *self.tickets, *self.prompts, *self.views, *self.agreeing()
        )  # fmt: skip
        return {each.session for each in going_on if each.session}

    def request(self, request: str | None) -> Request | None:
        """Return the request with this id, if it has had no answer."""
        return next((r for r in self.requests if r.request == request), None)

    def answered(self, line: Line) -> Request | None:
        """Return the request that a grant or refusal answers: the one it names, or by its prompt, or the only one there is."""
        if line["request"] is not None:
            return self.request(line["request"])
        asked = [r for r in self.requests if (r.connection, r.capability) == (line["connection"], capability_of(line))]
        answered = line["prompt"]
        about = {p.about for p in self.prompts if p.of == "request" and answered is not None and p.prompt == answered}
        named = [r for r in asked if r.request in about]
        return named[0] if named else asked[0] if len(asked) == 1 else None

    def prompt(self, of: str, about: str | None, named: str | None = None) -> Prompt | None:
        """Return the question on show about an offer or request; if there are several, the one that is named."""
        found = [p for p in self.prompts if p.about == about and p.of == of]
        return min(found, key=lambda p: (p.prompt != named, str(p))) if len(found) > 1 else next(iter(found), None)

    def asked(self, line: Line) -> Prompt | None:
        """Return the question on show that a line is about, by its offer or else by its request."""
        of = "request" if line["offer"] is None else "offer"
        return self.prompt(of, line[of], line["prompt"])

    def view(self, connection: str) -> View | None:
        """Return the open connection with this id."""
        return next((v for v in self.views if v.connection == connection), None)

    def expert_asked_about(self, prompt: Prompt) -> str | None:
        """Return the expert whom a question on show is about."""
        if prompt.of == "offer":
            offer = self.offer(prompt.about)
            return offer.expert if offer else None
        request = self.request(prompt.about)
        view = self.view(request.connection) if request else None
        return view.expert if view else None

    def is_busy(self, session: str) -> bool:
        """Return whether somebody is asked about or served in a session."""
        asked = {p.about for p in self.prompts if p.of == "offer"} | {offer for offer, _ in self.accepted}
        return any(v.session == session for v in self.views) or any(
            o.session == session and o.offer in asked for o in self.received
        )


# ---- what each line teaches ----------------------------------------------------------------------------------

Learn = Callable[[Evidence, Line], Evidence]
HIDES: Mapping[str, str] = {"locked": "locked", "switched_away": "away", "secure_desktop_on": "secure desktop"}
SHOWS: Mapping[str, str] = {"unlocked": "locked", "secure_desktop_off": "secure desktop"}


def capability_of(line: Line) -> str:
    """Return the capability that a line speaks of; the lines of control do not name it."""
    return line["capability"] or "control"


def _recorder(seen: Evidence, line: Line) -> Evidence:
    return seen._replace(records=frozenset(line["records"]))


def _policy(seen: Evidence, line: Line) -> Evidence:
    listed, perhaps = _entries(line["helpers"] or ())
    told = line["members"]
    accounts = tuple(account for _, members in told or () for account in members)
    perhaps |= seen.perhaps | _entries(accounts)[1]
    return seen._replace(
        offers=_offers(line),
        mode=line["mode"] or ("" if line["offers"] == "enabled" else "view"),
        helpers=listed,
        list_told=line["helpers"] is not None,
        members=seen.members if told is None else frozenset((fold(g), fold(a)) for g, each in told for a in each),
        told=seen.told | {fold(group) for group, _ in told or ()},
        perhaps=frozenset() if told == () else perhaps,  # told that there are no groups
        stated_port=stated_port(line["os"], line["exceptions"]),
    )


def _offers(line: Line) -> str:
    """Return what policy says of offers, with R9: before the fix of XP SP2 disabled invitations block them too.

    Of later service packs of the same age nobody says, and nobody knows what a system is that rasim does not know.
    """
    blocks = {Blocks.YES: BLOCKED, Blocks.UNCLEAR: PERHAPS_BLOCKED, Blocks.NO: "enabled"}
    if (line["offers"], line["solicited"]) != ("enabled", "disabled") or line["os"] is None:
        return str(line["offers"])
    system = SYSTEMS.get(line["os"])
    return blocks[Blocks.UNCLEAR if system is None else system.solicited_blocks_offers]


BLOCKED, PERHAPS_BLOCKED = "blocked, as invitations are disabled", "perhaps blocked"


@lru_cache(maxsize=1024)
def _entries(names: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that can match somebody (others match nobody, R26), and which of them may be groups.

    A name is taken for a person's if it is written as logon names are, without capitals and blanks: nothing else tells a group
    from a person in a trace that names no members.
    """
    usable = [(name, name.rpartition("\\")[2]) for name in names if flaw_of(name) is None]
    groups = (name for name, last in usable if last != last.lower() or " " in last)
    return frozenset(fold(name) for name, _ in usable), frozenset(groups)


def _helper(seen: Evidence, line: Line) -> Evidence:
    name = frozenset({fold(line["expert"])})
    if line.event == "helper_removed":
        return seen._replace(helpers=seen.helpers - name)
    listed, perhaps = _entries((line["expert"],))
    return seen._replace(helpers=seen.helpers | listed, perhaps=seen.perhaps | perhaps)


def _member(seen: Evidence, line: Line) -> Evidence:
    group, account = line["group"], line["account"]
    if (
        group is None or account is None
    ):  # both are optional; half of it teaches what somebody may have lost, and no more
        lost = {m for m in seen.members if fold(group or m[0]) == m[0] and fold(account or m[1]) == m[1]}
        if line.event == "member_added" or not lost:
            return seen
        groups = frozenset(group for group, _ in lost) if len(lost) > 1 else frozenset[str]()
        return seen._replace(members=seen.members - lost, told=seen.told - groups, perhaps=seen.perhaps | groups)
    pair = frozenset({(fold(group), fold(account))})
    if line.event == "member_removed":  # this tells of one account, and not who else is in the group
        return seen._replace(members=seen.members - pair, told=seen.told | pair)
    seen = seen._replace(told=(seen.told - pair) | {fold(line["group"])})
    return seen._replace(members=seen.members | pair, perhaps=seen.perhaps | _entries((line["account"],))[1])


def stated_port(os: str | None, exceptions: tuple[str, ...] | None) -> str | None:
    """Return when port 3389 is to be open, read plainly from what the document says of these exceptions (R36 to R39)."""
    if exceptions is None:
        return None
    if {"remote desktop", "3389 tcp", "everything"} & set(exceptions):
        return "always"
    if "sessmgr" in exceptions and os is None:
        return None
    return "in use" if "sessmgr" in exceptions and os in SESSMGR_SYSTEMS else "never"


SESSMGR_SYSTEMS = ("windows-xp-sp2", "windows-xp-sp3", "windows-xp-x64-sp1")


def _firewall(seen: Evidence, line: Line) -> Evidence:
    if line["port"] == 3389:
        return seen._replace(port_open=line["state"] == "open")
    return seen._replace(blocked=line["state"] == "closed") if line["port"] == 135 else seen


def _front(seen: Evidence, session: str) -> Evidence:
    return seen._replace(hidden=frozenset(h for h in seen.hidden if h[0] != session))


def _logged_on(seen: Evidence, line: Line) -> Evidence:
    """Let somebody be there; what went on with whoever was there before is nobody's any more (S15)."""
    session, by = line["session"], line["by"]
    owner = seen.owner(session)
    if owner is not None and fold(owner) == fold(by):
        return _front(seen, session)
    for offer in [offer for offer in seen.received if offer.session == session]:
        seen = _over(seen, offer.offer)
    for view in [view for view in seen.views if view.session == session]:
        seen = _closed(seen, view.connection)
    seen = _gone(seen, session)
    return seen._replace(owners=seen.owners | {(session, by)})


def _gone(seen: Evidence, session: str | None) -> Evidence:
    """Nobody is logged on in the session (None: in any); a refusal binds only while its owner stays."""
    return seen._replace(
        owners=frozenset(o for o in seen.owners if session not in (None, o[0])),
        hidden=frozenset(h for h in seen.hidden if session not in (None, h[0])),
        cooling=frozenset(c for c in seen.cooling if session not in (None, c[1])),
    )


def _caller(line: Line) -> tuple[str, str | None]:
    return fold(line["expert"] or ""), line["session"]


def _ticket(seen: Evidence, line: Line) -> Evidence:
    experts, sessions = (fold(line["expert"]), ""), (line["session"], None)
    contacts = seen.contacts - {(who, where) for who in experts for where in sessions}
    if line.event == "ticket_issued":
        ticket = Ticket(line["ticket"], line["expert"], line["session"] or "")
        return seen._replace(contacts=contacts, tickets=_spent(seen, line["ticket"]).tickets | {ticket})
    return _spent(seen, line["ticket"])._replace(contacts=contacts)


def _spent(seen: Evidence, ticket: str) -> Evidence:
    return seen._replace(tickets=frozenset(t for t in seen.tickets if t.ticket != ticket))


def _received(seen: Evidence, line: Line) -> Evidence:
    session, named = line["session"], line["ticket"]
    expert = (
        line["expert"]
        or next((t.expert for t in seen.tickets if t.ticket == named), None)
        or _only_caller(seen, session)
    )
    mine = [t for t in seen.tickets if fold(t.expert) == fold(expert) and t.session in ("", session)]
    # An offer that names no ticket brings the one that its expert has.
    ticket = next((t for t in sorted(mine, key=str) if named in (None, t.ticket)), None)
    offer = OpenOffer(line["offer"], session, expert, named or (ticket.ticket if ticket else ""), ticket is not None)
    seen = _over(seen, line["offer"])
    called = frozenset(c for c in seen.contacts if c[0] != fold(expert))
    return seen._replace(received=seen.received | {offer}, contacts=called)


def _only_caller(seen: Evidence, session: str) -> str:
    """Return who called and is the only one who did; nobody if that cannot be told."""
    callers = {expert for expert, where in seen.contacts if where in (None, session)}
    return callers.pop() if len(callers) == 1 else ""


def _over(seen: Evidence, offer: str) -> Evidence:
    """End an offer, and the question about it: nobody can answer what is over."""
    return seen._replace(
        received=frozenset(o for o in seen.received if o.offer != offer),
        prompts=frozenset(p for p in seen.prompts if p.about != offer or p.of != "offer"),
        accepted=frozenset(a for a in seen.accepted if a[0] != offer),
        on_record=seen.on_record - {("answer", offer, "view")},
    )


def _offer_refused(seen: Evidence, line: Line) -> Evidence:
    """End an offer; *busy* spends its ticket, so that nobody waits for the user to be free by asking again."""
    if line["reason"] in REFUSING:
        return _refused_by_user(seen, line)
    offer = seen.offer(line["offer"])
    seen = _over(seen, line["offer"])
    return seen if offer is None or line["reason"] != "busy" else _spent(seen, offer.ticket)


def _refused_by_user(seen: Evidence, line: Line) -> Evidence:
    offer = seen.offer(line["offer"])
    if offer is None:
        return seen
    seen = _over(seen, offer.offer)
    if line.event != "denied" and "prompts" in seen.records and not offer.asked:
        return seen  # it ran out before anybody was asked
    return _rest(seen, offer.expert, offer.session, "view")


OWN_NO = ("local", "timer", "unknown")  # a no that nobody says was another's is the user's


def _rest(seen: Evidence, expert: str, session: str, capability: str) -> Evidence:
    return seen._replace(cooling=seen.cooling | {(fold(expert), session, capability)})


def _offer_shown(seen: Evidence, line: Line) -> Evidence:
    offer = seen.offer(line["offer"])
    seen = _shown(seen, Prompt("offer", line["offer"], line["session"], line["prompt"], "view"))
    if offer is None:
        return seen
    said = "" if offer.expert else line["names"] or ""
    seen = seen._replace(received=(seen.received - {offer}) | {evolve(offer, asked=True, named=said)})
    return _spent(seen, offer.ticket)  # a ticket opens one question


def _question_shown(seen: Evidence, line: Line) -> Evidence:
    session = line["session"] or next((v.session for v in seen.views if v.connection == line["connection"]), "")
    return _shown(seen, Prompt("request", line["request"], session, line["prompt"], capability_of(line)))


def _shown(seen: Evidence, new: Prompt) -> Evidence:
    """Let a question be on show, in place of the same one; one with another id about the same thing stays beside it."""
    same = (p for p in seen.prompts if (p.of, p.about) == (new.of, new.about))
    again = frozenset(p for p in same if None in (p.prompt, new.prompt) or p.prompt == new.prompt)
    return seen._replace(prompts=(seen.prompts - again) | {new})


def _hidden(seen: Evidence, line: Line) -> Evidence:
    """Take away the questions that a line is about, by what it names; what it does not name, if it is the only one there is.

    A question that is gone because nobody answered, or by a no, is refused, whatever other line says so or does not.
    """
    gone, of = seen.prompts, "request" if line["offer"] is None else "offer"
    if line[of] is not None:
        gone = frozenset(p for p in gone if p.about == line[of] and p.of == of)
    elif line["session"] is not None:
        gone = frozenset(p for p in gone if p.session == line["session"])
    named = frozenset(p for p in gone if p.prompt is not None and p.prompt == line["prompt"])
    if line["prompt"] is not None:
        gone = named or frozenset(p for p in gone if p.prompt is None)
    if len(gone) > 1 and not named and line[of] is None and line["session"] is None:
        return seen._replace(prompts=(seen.prompts - gone) | {evolve(p, doubtful=True) for p in gone})
    for prompt in gone if line["reason"] in REFUSING else ():
        seen = _rest(seen, seen.expert_asked_about(prompt) or "", prompt.session, prompt.capability)
    return seen._replace(prompts=seen.prompts - gone)


REFUSING = frozenset(
    {"timeout", "denied", "expired", "user"}
)  # reasons by which a question that was on show was refused


def _accepted(seen: Evidence, line: Line) -> Evidence:
    prompt = seen.asked(line)
    good = (
        line["origin"] == "local"
        and seen.owned(line["session"], line["by"])
        and ("prompts" not in seen.records or (prompt is not None and _answers(line, prompt)))
    )
    seen = seen._replace(prompts=seen.prompts - {prompt})  # what was answered asks no more
    return seen._replace(accepted=seen.accepted | {(line["offer"], _agreed(seen))}) if good else seen


def _agreed(seen: Evidence) -> bool | None:
    """Return whether policy lets helpers control; None where it came without its mode, so that nobody knows."""
    return seen.mode == "control" if seen.mode else None


def _answers(line: Line, prompt: Prompt) -> bool:
    return prompt.session == line["session"] and (line["prompt"] is None or prompt.prompt in (None, line["prompt"]))


def _opened(seen: Evidence, line: Line) -> Evidence:
    offer = seen.offer(line["offer"])
    view = View(
        line["connection"],
        offer.session if offer else "",
        (offer and offer.expert) or line["expert"] or "",
        line["offer"],
        next((agreed for accepted, agreed in seen.accepted if accepted == line["offer"]), _agreed(seen)),
    )
    views = frozenset(v for v in seen.views if v.connection != view.connection)
    return _over(seen, line["offer"])._replace(views=views | {view}, on_record=seen.on_record)


def _paused(seen: Evidence, line: Line) -> Evidence:
    paused = line.event == "paused"
    return seen._replace(
        views=frozenset(evolve(v, paused=paused) if v.connection == line["connection"] else v for v in seen.views)
    )


def _closed(seen: Evidence, gone: str) -> Evidence:
    """End a connection, and all inside it."""
    view = seen.view(gone)
    requests = {r.request for r in seen.requests if r.connection == gone}
    return seen._replace(
        views=frozenset(v for v in seen.views if v.connection != gone),
        requests=frozenset(r for r in seen.requests if r.connection != gone),
        prompts=frozenset(p for p in seen.prompts if p.of == "offer" or p.about not in requests),
        held=frozenset(h for h in seen.held if h[0] != gone),
        cooling=frozenset(
            c for c in seen.cooling if view is None or c[2] == "view" or c[:2] != (fold(view.expert), view.session)
        ),
        on_record=frozenset(
            r for r in seen.on_record if r[:2] not in (("grant", gone), ("answer", view and view.offer))
        ),
    )


def _requested(seen: Evidence, line: Line) -> Evidence:
    request = Request(line["request"], line["connection"], capability_of(line))
    others = frozenset(r for r in seen.requests if r.request != request.request)
    return seen._replace(requests=others | {request})


def _answered(seen: Evidence, line: Line) -> Evidence:
    """End a request and the question about it."""
    request = seen.answered(line)
    if request is None:
        return seen
    return seen._replace(
        requests=seen.requests - {request},
        prompts=frozenset(p for p in seen.prompts if p.about != request.request or p.of == "offer"),
    )


def _granted(seen: Evidence, line: Line) -> Evidence:
    given = frozenset({(line["connection"], capability_of(line))} if capability_of(line) != "view" else ())
    return _answered(seen, line)._replace(held=seen.held | given)


def _refused(seen: Evidence, line: Line) -> Evidence:
    view = seen.view(line["connection"])
    seen = _answered(seen, line)
    if view is None or line["origin"] not in OWN_NO or line["reply"] == "forbidden":
        return seen
    return _rest(seen, view.expert, view.session, capability_of(line))


def _dropped(seen: Evidence, line: Line) -> Evidence:
    held = (line["connection"], capability_of(line))
    if held[1] == "view":
        return _closed(seen, held[0])
    return seen._replace(held=seen.held - {held}, on_record=seen.on_record - {("grant", *held)})


def _rested(seen: Evidence, line: Line) -> Evidence:
    return seen._replace(cooling=seen.cooling - {(fold(line["expert"]), line["session"], line["capability"] or "view")})


def _link(seen: Evidence, line: Line) -> Evidence:
    """End what the link carried: coming back is a new offer (S29). A line that names an expert alone is about all of its links.

    One that names nothing is about the only link there is, an expert's to a session, and leaves all in doubt if there are several:
    what was lost may be that of a ticket. So does an expert's restart, which loses its links.
    """
    connection, offer, expert = line["connection"], line["offer"], line["expert"]
    alone = connection is None and offer is None
    if alone and expert is None:
        things: tuple[View | OpenOffer | Ticket, ...] = (*seen.views, *seen.received, *seen.tickets)
        going = {(fold(each.expert), each.session) for each in things}
        going |= {(who, "") for who, _ in seen.contacts if who not in {known for known, _ in going}}
        if len(going) > 1 or (len(seen.views) + len(seen.received) > 1 and ("" in {who for who, _ in going})):
            return seen._replace(
                views=frozenset(evolve(v, doubtful=True) for v in seen.views),
                received=frozenset(evolve(o, doubtful=True) for o in seen.received),
            )
        expert = "".join(who for who, _ in going)
    gone = fold(expert or "")

    def carried(of: str, its: str) -> bool:
        return (connection is None and offer == of) or (alone and fold(its) == gone)

    seen = seen._replace(
        contacts=frozenset(c for c in seen.contacts if c[0] != gone),
        tickets=frozenset(t for t in seen.tickets if not alone or fold(t.expert) != gone),
    )
    for each in [o.offer for o in seen.received if o.offer == offer or carried(o.offer, o.expert)]:
        seen = _over(seen, each)
    for each in [v.connection for v in seen.views if v.connection == connection or carried(v.offer, v.expert)]:
        seen = _closed(seen, each)
    return seen


def _restarted(seen: Evidence, line: Line) -> Evidence:
    """Forget all that was going on: nothing outlives a restart of the computer, and nobody is logged on after it (S15)."""
    if line["side"] != "computer":
        return _link(seen, line)
    return Evidence(**{name: getattr(seen, name) for name in STAYS})


STAYS = (
    "records", "offers", "mode", "helpers", "list_told", "members", "told", "perhaps", "blocked", "stated_port", "port_open", "due",
)  # fmt: skip


def _audited(seen: Evidence, line: Line) -> Evidence:
    due = settled(seen, line)
    if due is None:
        return seen
    ids = dict(due.ids)
    connection, offer, capability = ids.get("connection", ""), ids.get("offer", ""), ids.get("capability", "view")
    view = seen.view(connection)
    added: set[tuple[str, str, str]] = set()
    if due.kind == "answer" and (seen.was_accepted(offer) or any(v.offer == offer for v in seen.views)):
        added = {("answer", offer, "view")}
    elif due.kind == "grant" and view is not None and (capability == "view" or (connection, capability) in seen.held):
        added = {("grant", connection, capability)}
    return seen._replace(due=seen.due - {due}, on_record=seen.on_record | added)


THINGS = frozenset({"offer", "request", "connection", "ticket"})  # ids that tell one thing from another


def settled(seen: Evidence, line: Line) -> Due | None:
    """Return what an audit record speaks of: something due of its kind of which no id is contradicted; the one it shares most with."""
    return _spoken_of(seen.due, line)


@lru_cache(maxsize=4096)
def _spoken_of(all_: frozenset[Due], line: Line) -> Due | None:
    said = {name: fold(value) for name in AUDIT_IDS if (value := line[name]) is not None}

    def fits(due: Due) -> bool:
        its = dict(due.ids)
        alike = all(said.get(name, fold(value)) == fold(value) for name, value in due.ids)
        named, shared = THINGS & said.keys(), THINGS & said.keys() & its.keys()
        return due.kind in (line["kind"], "any") and alike and bool(shared or not named or not THINGS & its.keys())

    return max(
        sorted(filter(fits, all_), key=str), key=lambda due: sum(name in said for name, _ in due.ids), default=None
    )


def _call_for(before: Evidence, seen: Evidence, line: Line) -> Evidence:
    """Add what a line calls for to what is not yet on record."""
    kind = audit_kind(line)
    if kind is None or "audit" not in seen.records:
        return seen
    ids = {(name, value) for name in AUDIT_IDS if isinstance(value := line[name], str)}
    if kind in ("grant", "revocation") and line.event != "connection_opened":
        ids |= {("capability", capability_of(line))}
    view = before.view(line["connection"]) if kind == "end" else None
    if view is not None:  # the record of an end may name it by whatever it was
        ids |= {("offer", view.offer), ("session", view.session), ("expert", view.expert)}
    answered = line.event == "offer_refused" and before.offer(line["offer"]) is None
    required = not answered and line.event != "connection_opened"
    # As what these are on record differs from product to product.
    loose = line.event in ("offer_cancelled", "offer_expired", "contact_refused")
    due = Due("any" if loose else kind, frozenset(ids), required and not loose)
    if due in seen.due:
        due = evolve(due, again=1)  # a second one stands for all further ones: memory stays bounded
    return seen._replace(due=seen.due | {due})


LEARN: Mapping[str, Learn] = {
    "recorder": _recorder,
    "policy_applied": _policy,
    "helper_added": _helper,
    "helper_removed": _helper,
    "member_added": _member,
    "member_removed": _member,
    "firewall_changed": _firewall,
    "logged_on": _logged_on,
    "logged_off": lambda seen, line: _gone(seen, line["session"]),
    "restarted": _restarted,
    **dict.fromkeys(
        HIDES, lambda seen, line: seen._replace(hidden=seen.hidden | {(line["session"], HIDES[line.event])})
    ),
    **dict.fromkeys(
        SHOWS, lambda seen, line: seen._replace(hidden=seen.hidden - {(line["session"], SHOWS[line.event])})
    ),
    "switched_to": lambda seen, line: _front(seen, line["session"]),
    "contact": lambda seen, line: seen._replace(contacts=seen.contacts | {_caller(line)}),
    "contact_refused": lambda seen, line: seen._replace(contacts=seen.contacts - {_caller(line)}),
    "ticket_issued": _ticket,
    "ticket_refused": _ticket,
    "ticket_expired": _ticket,
    "link_lost": _link,
    "offer_received": _received,
    "offer_refused": _offer_refused,
    "offer_cancelled": lambda seen, line: _over(seen, line["offer"]),
    "offer_expired": _refused_by_user,
    "denied": lambda seen, line: (
        _refused_by_user(seen, line) if line["origin"] in OWN_NO else _over(seen, line["offer"])
    ),
    "accepted": _accepted,
    "prompt_shown": _offer_shown,
    **dict.fromkeys(("control_prompt_shown", "capability_prompt_shown"), _question_shown),
    **dict.fromkeys(("prompt_hidden", "control_prompt_hidden", "capability_prompt_hidden"), _hidden),
    **dict.fromkeys(("prompt_covered", "prompt_changed"), _hidden),
    "connection_opened": _opened,
    **dict.fromkeys(("paused", "resumed"), _paused),
    "indicator_on": lambda seen, line: seen._replace(lit=seen.lit | {(line["connection"], line["session"])}),
    "indicator_off": lambda seen, line: seen._replace(lit=seen.lit - {(line["connection"], line["session"])}),
    "ended": lambda seen, line: _closed(seen, line["connection"]),
    **dict.fromkeys(("control_requested", "capability_requested"), _requested),
    **dict.fromkeys(("control_withdrawn", "capability_withdrawn"), _answered),
    **dict.fromkeys(("control_granted", "capability_granted"), _granted),
    **dict.fromkeys(("control_refused", "capability_refused"), _refused),
    **dict.fromkeys(("control_stopped", "control_released", "capability_revoked"), _dropped),
    "cooldown_over": _rested,
    "audited": _audited,
}


def learn(seen: Evidence, line: Line) -> Evidence:
    """Return what is known after one more line."""
    how = LEARN.get(line.event)
    after = seen if how is None else how(seen, line)
    if after.due and line.event in AUDITED:
        after = after._replace(due=frozenset(due for due in after.due if due.required))
    return _call_for(seen, after, line) if line.event in AUDITED else after
