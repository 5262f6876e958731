"""Trace lines from outcomes, by one hand: a computer that runs and one that is explored write the same.

`lines_of` writes what an outcome leaves about its assistance, `written` all that an event leaves. The ids in the lines come
from whoever keeps them, an `Ids`: a computer that runs counts (`CountedIds`); where every state is explored none has a history, and
things are called by whose they are (`Symbols`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Protocol

from attrs import evolve

from rasim.protocol.acts import Act
from rasim.protocol.computer import Happening, Pair
from rasim.protocol.lines import AUDIT_IDS, FieldValue, Line, audit_kind, line_from
from rasim.protocol.step import Outcome, Situation
from rasim.protocol.terms import Effect, Kind, Value
from rasim.protocol.vocabulary import ASKED, CAPABILITIES, HELD, OFFERED, TICKETED, VIEWING

_Known = dict[str, FieldValue | None]

INTRODUCES: Mapping[str, str] = {
    "ticket_issued": "ticket",
    "ticket_refused": "ticket",
    "offer_received": "offer",
    "prompt_shown": "prompt",
    "control_prompt_shown": "prompt",
    "capability_prompt_shown": "prompt",
    "connection_opened": "connection",
    "control_requested": "request",
    "capability_requested": "request",
}
"""Lines that introduce a new id, and of what."""

IN_PHASE: Mapping[Value, tuple[str, ...]] = {
    TICKETED: ("ticket",),
    OFFERED: ("offer", "prompt view"),
    VIEWING: ("offer", "connection"),
}
IN_STATE: Mapping[Value, tuple[str, ...]] = {ASKED: ("prompt", "request"), HELD: ("request",)}
"""What there is to be named, by how far the assistance is, and by the state of a capability."""


def id_key(what: str, capability: str) -> str:
    """Return under which name an id is known: questions and requests are told apart by their capability."""
    return f"{what} {capability}" if what in ("prompt", "request") else what


ALL_IDS = frozenset(id_key(what, name) for what in INTRODUCES.values() for name in ("view", *CAPABILITIES))


@lru_cache(maxsize=1024)
def capability_named(kind: str) -> str:
    """Return the capability that a kind of event is about, `view` for those about the offer itself."""
    return next((name for name in CAPABILITIES if kind.endswith(f" {name}")), "view")


def nameable(now: Situation) -> frozenset[str]:
    """Return the keys of the ids that there are in a situation: of what goes on, not of what is over."""
    held = (id_key(what, name) for name in CAPABILITIES if name in now.places for what in IN_STATE.get(now[name], ()))
    return frozenset((*IN_PHASE.get(now["phase"], ()), *held))


# ---- who keeps the ids ---------------------------------------------------------------------------------------


class Ids(Protocol):
    """Who keeps the ids of each assistance."""

    def known(self, pair: Pair) -> _Known:
        """Return the ids that lines about an assistance may name, by their keys."""

    def fresh(self, pair: Pair, key: str, *, stray: bool) -> str:
        """Return a new id; `stray` if what it names is turned away."""

    def brought(self, pair: Pair, key: str, kind: Value) -> str | None:
        """Return an id of this kind, in the words of the table: `own`, `used`, `another`."""

    def keep(self, pair: Pair, outcome: Outcome, known: _Known) -> None:
        """Keep what is known after an event that some row took."""


class CountedIds:
    """Ids by counting, for a computer that runs. What is over is forgotten, but for tickets and connections: they may come again."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._known: dict[Pair, _Known] = {}
        self._tickets: dict[Pair, dict[str, str]] = {}  # every ticket that was issued: what it is when it comes again
        self._connections: dict[Pair, str] = {}

    def known(self, pair: Pair) -> _Known:
        """Return the ids of what goes on."""
        return dict(self._known.get(pair, {}))

    def fresh(self, pair: Pair, key: str, *, stray: bool) -> str:  # noqa: ARG002  (whatever it is, it is counted)
        """Return the next number."""
        what = key.split(maxsplit=1)[0]
        self._counts[what] += 1
        return f"{what}-{self._counts[what]}"

    def brought(self, pair: Pair, key: str, kind: Value) -> str | None:
        """Return an id that there is or was, or one that never was where none is of this kind."""
        if key == "connection":
            return self._connections.get(pair, "no such connection")
        own = self._known.get(pair, {}).get(key)
        tickets = self._tickets.get(pair, {}) if key == "ticket" else {}
        if kind in ("own", "on show"):
            return next(reversed(tickets), None) if own is None else str(own)
        old = [ticket for ticket, was in tickets.items() if was == kind and ticket != own]
        return old[-1] if old else NEVER_GIVEN.get(kind, "ticket-0")

    def ticket(self, pair: Pair, ticket: str | None) -> str:
        """Return what a ticket is to an assistance: its own, a used or expired one of its own, another's, or none at all."""
        if ticket is not None and ticket == self._known.get(pair, {}).get("ticket"):
            return "own"
        foreign = "foreign" if ticket is not None and re.fullmatch(r"ticket-\d+", ticket) else "malformed"
        return self._tickets.get(pair, {}).get(ticket or "", foreign)

    def keep(self, pair: Pair, outcome: Outcome, known: _Known) -> None:
        """Forget the ids of what is over, so that no later line can name them; remember which may be brought again."""
        self._known[pair] = {key: known[key] for key in nameable(outcome.after) if key in known}
        if (ticket := known.get("ticket")) is not None:
            self._tickets.setdefault(pair, {})[str(ticket)] = "expired" if outcome.kind.reason == "expired" else "used"
        if (connection := known.get("connection")) is not None:
            self._connections[pair] = str(connection)


NEVER_GIVEN: Mapping[Value, str] = {"another": "no such prompt", "malformed": "no ticket at all"}


class Symbols:
    """Ids that depend on nothing but what they are of, for an exploration: no state has a history there."""

    def __init__(self, experts: Sequence[str], sessions: Sequence[str]) -> None:
        self._experts, self._sessions = experts, sessions
        self._known: dict[Pair, _Known] = {}

    def known(self, pair: Pair) -> _Known:
        """Return a symbol for everything."""
        if pair not in self._known:
            self._known[pair] = {key: self.fresh(pair, key, stray=False) for key in ALL_IDS}
        return self._known[pair].copy()

    def fresh(self, pair: Pair, key: str, *, stray: bool) -> str:
        """Return one symbol for what goes on, another for what is turned away."""
        return f"{'stray ' if stray else ''}{key} {self._experts[pair[0]]} {self._sessions[pair[1]]}"

    def brought(self, pair: Pair, key: str, kind: Value) -> str | None:
        """Return the symbol of what goes on, or of another thing of this kind."""
        return (
            self.fresh(pair, key, stray=False) if kind in ("own", "on show") else f"{kind} {key.split(maxsplit=1)[0]}"
        )

    def keep(self, pair: Pair, outcome: Outcome, known: _Known) -> None:
        """Keep nothing."""


# ---- what an act says, true or not ---------------------------------------------------------------------------


def with_ids(act: Act, kind: Kind, pair: Pair, ids: Ids) -> Act:
    """Return an act with ids in place of what it carries in the words of the table."""
    keys = {"prompt": id_key("prompt", capability_named(kind.name)), "ticket": "ticket"}
    given: dict[str, Any] = {
        what: ids.brought(pair, keys[what], value) if what in keys else value
        for what, value in act.carries
        if what in (*keys, "origin")
    }
    if kind.name == "comes back" and act.connection is None:
        given["connection"] = ids.brought(pair, "connection", "own")
    return evolve(act, carries=(), **given) if given else act


def claims_of(act: Act, kind: Kind) -> _Known:
    """Return what an act with ids says of itself: who, by which origin, on which prompt, with which ticket and connection."""
    claims: _Known = {"by": act.by or kind.owner}
    if kind.owner == "user":
        claims["origin"] = act.origin
    if act.prompt is not None:
        claims["prompt"] = act.prompt
    if any(fact.name == "ticket" for fact in kind.carries):
        claims["ticket"] = act.ticket
    if kind.name == "comes back":
        claims |= {"ticket": act.ticket, "connection": act.connection}
    return claims


# ---- the lines -----------------------------------------------------------------------------------------------


def written(
    act: Act,
    kind: Kind,
    happenings: Iterable[Happening],
    ids: Ids,
    names: Callable[[Pair], _Known],
    told_once: frozenset[Effect],
) -> Iterator[tuple[Pair, Line]]:
    """Yield the lines that an act leaves about each assistance it concerns; `names` says who they are."""
    claims = claims_of(act, kind)
    for h in happenings:
        pair, done = (h.expert, h.session), h.outcome.verdict == "done"
        known = ids.known(pair) | names(pair)
        for each in lines_of(h.outcome, known, partial(ids.fresh, pair, stray=not done), claims, told_once):
            yield pair, each
        if done:
            ids.keep(pair, h.outcome, known)


def lines_of(
    outcome: Outcome,
    known: _Known,
    fresh: Callable[[str], str],
    claims: Mapping[str, FieldValue | None],
    told_once: frozenset[Effect],
) -> Iterator[Line]:
    """Yield the lines that an outcome leaves about its assistance; `known` learns the ids that they introduce.

    `known` holds the ids and accounts of the assistance, `fresh` makes new ids, `claims` is what the event itself says
    (who, by which origin, on which prompt, with which ticket), true or not. World lines are told once, by `world_line`, and so
    are the effects `told_once`, by `shared_effects`.
    """
    kind = outcome.kind
    x_row: tuple[tuple[str, FieldValue], ...] = () if outcome.row is None else (("x_row", outcome.row.id),)
    if outcome.verdict == "ignored":
        return
    if kind.owner == "user" and kind.scope == "assistance" and claims.get("origin") == "local":
        yield line_from("local_input", known)
    for effect in outcome.effects:
        act = effect is kind.arrives or effect is kind.taken
        if (act and kind.scope != "assistance") or effect in told_once:
            continue
        fixed = dict(effect.fields)
        capability = str(fixed.get("capability", "view"))
        if effect.name in INTRODUCES:
            key = id_key(INTRODUCES[effect.name], capability)
            known[key] = fresh(key)
        said = {
            **known,
            "prompt": known.get(id_key("prompt", capability)),
            "request": None,
            "names": known.get("expert"),
        }
        if capability != "view":
            said |= {"request": known.get(id_key("request", capability)), "offer": None}
        if given_unasked(outcome, effect):
            said |= {"request": None, "prompt": None}  # what is given unasked answers no request, not even an old one
        if effect.name == "link_lost" and not known.get("offer") and not known.get("connection"):
            said["expert"] = None  # a line that names nothing else would be about all links of the expert
        said |= {name: value for name, value in claims.items() if act or name in ("by", "connection", "ticket")}
        spoken = line_from(effect.name, {**said, **fixed}, x_row)
        yield spoken
        if (kept_as := audit_kind(spoken)) is not None:
            yield line_from("audited", _on_record(spoken, known, kept_as, capability))


def given_unasked(outcome: Outcome, effect: Effect) -> bool:
    """Tell whether an effect gives a capability that nobody asked for."""
    return effect.name.endswith("_granted") and outcome.before[str(dict(effect.fields)["capability"])] != ASKED


def _on_record(
    spoken: Line, known: Mapping[str, FieldValue | None], kept_as: str, capability: str
) -> Mapping[str, FieldValue | None]:
    """Return what the audit record of a line says: its ids, whose assistance it is, and which request is taken back (A2)."""
    ids = {name: spoken[name] for name in AUDIT_IDS}
    request = known.get(id_key("request", capability)) if kept_as == "revocation" else ids["request"]
    return {**ids, "kind": kept_as, "request": request, "expert": known.get("expert"), "session": known.get("session")}


def told(effects: Iterable[Effect]) -> Iterator[Line]:
    """Yield the lines of effects that are no assistance's own."""
    yield from (line_from(effect.name, dict(effect.fields)) for effect in effects)


def world_line(outcome: Outcome, said: Mapping[str, FieldValue | None]) -> Iterator[Line]:
    """Yield the line of a world event, if it was taken: told once, however many assistances it concerns."""
    taken = outcome.kind.taken
    if outcome.kind.scope != "assistance" and taken is not None and outcome.verdict == "done":
        yield line_from(taken.name, {**said, **dict(taken.fields)})
