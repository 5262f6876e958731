"""Trace lines: what people and wires could observe, one line after another. The contract of everything that is judged.

`LINES` is the whole vocabulary: each event with the fields it must and may have; `VALUES` has the words of fields that have
but a few. A `Line` is one of them; its fields stand in that order. Ids are strings chosen by the recorder and never used
again. Other fields are errors, but for `x_...`. `RECORD_KINDS` says what a recorder may or may not have recorded, `AUDITED`
which lines an audit record speaks of. `trace_text.py` reads a trace from text.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from rasim.protocol.vocabulary import CAPABILITIES

FieldValue = str | int | tuple[str, ...] | tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class Fields:
    """The fields of a kind of line: required and optional, in the order they are written."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


def _fields(text: str) -> Fields:
    words = text.split()
    return Fields(
        tuple(w for w in words if not w.endswith("?")),
        tuple(w.removesuffix("?") for w in words if w.endswith("?")),
    )


LINES: Mapping[str, Fields] = {
    name: _fields(text)
    for names, text in (
        ("recorder", "records"),
        ("recording_ended", ""),
        ("policy_applied", "version offers mode? helpers? members? solicited? os? exceptions?"),
        ("helper_added helper_removed", "expert version?"),
        ("member_added member_removed membership_checked", "group? account?"),
        ("firewall_changed", "port state because?"),
        ("logged_on", "session by"),
        ("logged_off locked unlocked switched_away switched_to secure_desktop_on secure_desktop_off", "session"),
        ("local_input", "session"),
        ("contact contact_refused", "expert? session? reason?"),
        ("sessions_disclosed", "expert sessions"),
        ("ticket_issued ticket_refused ticket_expired", "ticket expert session? reason?"),
        ("offer_received", "offer session expert? ticket?"),
        ("offer_refused", "offer reason"),
        ("prompt_shown", "offer session prompt? names?"),
        ("prompt_hidden prompt_covered prompt_changed", "offer? request? session? prompt? reason?"),
        ("offer_cancelled offer_expired", "offer by?"),
        ("accepted denied", "offer session origin by? prompt? reply?"),
        ("connection_opened", "connection offer expert?"),
        ("frame_shown frame_withheld", "connection session"),
        ("paused resumed", "connection by origin?"),
        ("control_requested control_withdrawn", "request connection"),
        ("control_prompt_shown control_prompt_hidden", "request session prompt?"),
        ("control_granted control_refused", "connection session origin request? by? prompt? reply?"),
        ("control_stopped control_released", "connection by origin?"),
        ("input_applied input_dropped", "connection session kind?"),
        (
            "capability_requested capability_withdrawn capability_prompt_shown capability_prompt_hidden",
            "request connection capability session? prompt?",
        ),
        ("capability_granted capability_refused", "connection capability session origin request? by?"),
        ("capability_used capability_revoked", "connection capability by?"),
        ("indicator_on indicator_off end_offered end_withheld", "connection session"),
        ("end_asked stop_asked", "connection session? by? origin?"),
        ("screen_blanked screen_unblanked input_blocked input_unblocked", "connection session by?"),
        ("ended", "connection reason by? origin?"),
        ("link_lost", "connection? offer? expert?"),
        ("reconnect_attempted reconnect_refused", "connection ticket? expert?"),
        ("restarted", "side"),
        ("cooldown_over", "expert session capability?"),
        ("audited", "kind offer? request? connection? session? expert? ticket? by?"),
    )
    for name in names.split()
}


_OFFERS = ("enabled", "disabled", "not configured")
_REASONS = (
    "not configured", "disabled", "not in list", "no user", "no prompt", "locked", "denied", "timeout", "cancelled", "expired",
    "policy changed", "helper removed", "firewall", "transport", "duplicate", "malformed", "busy", "rate limited", "forbidden",
    "user", "expert", "limit", "other",
)  # fmt: skip
VALUES: Mapping[str, tuple[str, ...]] = {
    "capability": ("view", *CAPABILITIES),
    "origin": ("local", "injected", "policy", "timer", "unknown"),
    "reply": ("refused", "forbidden"),
    "reason": _REASONS,
    "offers": _OFFERS,
    "mode": ("view", "control"),
    "solicited": _OFFERS,
    "state": ("open", "closed"),
    "side": ("computer", "expert"),
}


@frozen
class Kinds:
    """A kind of lines that a recorder may leave out: whether it is taken as recorded where no recorder line says, and its events."""

    presumed: bool
    says: str
    events: frozenset[str] = frozenset()


def _kinds(presumed: str, says: str, events: str = "") -> Kinds:
    return Kinds(presumed == "yes", says, frozenset(events.split()))


RECORD_KINDS: Mapping[str, Kinds] = {
    "prompts": _kinds("yes", "questions shown, hidden, covered, changed, about offers and capabilities",
        "prompt_shown prompt_hidden prompt_covered prompt_changed control_prompt_shown control_prompt_hidden "
        "capability_prompt_shown capability_prompt_hidden"),
    "answers": _kinds("yes", "acceptances, denials, grants, refusals",
        "accepted denied control_granted control_refused capability_granted capability_refused"),
    "frames": _kinds("yes", "pictures shown and withheld", "frame_shown frame_withheld"),
    "input": _kinds("yes", "input applied and dropped", "input_applied input_dropped"),
    "sessions": _kinds("yes", "logons, logoffs, locks, switches, the secure desktop",
        "logged_on logged_off locked unlocked switched_away switched_to secure_desktop_on secure_desktop_off"),
    "policy": _kinds("yes", "policy, helpers, members",
        "policy_applied helper_added helper_removed member_added member_removed membership_checked"),
    "presence": _kinds("no", "`local_input`", "local_input"),
    "firewall": _kinds("no", "ports", "firewall_changed"),
    "tickets": _kinds("no", "tickets issued, refused, expired", "ticket_issued ticket_refused ticket_expired"),
    "capabilities": _kinds("no", "capabilities beyond view and control",
        "capability_requested capability_withdrawn capability_prompt_shown capability_prompt_hidden capability_granted "
        "capability_refused capability_used capability_revoked"),
    "indicators": _kinds("no", "the sign that somebody looks on", "indicator_on indicator_off"),
    "audit": _kinds("no", "audit records", "audited"),
    "time": _kinds("no", "every line has `t`"),
}  # fmt: skip
EVERYTHING = frozenset(RECORD_KINDS)
PRESUMED = frozenset(name for name, kind in RECORD_KINDS.items() if kind.presumed)

# Which lines have to be on record, as what (A2). By origin: a no of the user's own hand is an answer, any other a refusal.
AUDITED: Mapping[str, str] = {
    "offer_received": "offer",
    **dict.fromkeys(
        ("contact_refused", "ticket_refused", "offer_refused", "reconnect_refused", "offer_expired"), "refusal"
    ),
    **dict.fromkeys(("control_refused", "capability_refused"), "refusal"),
    **dict.fromkeys(("accepted", "denied"), "answer"),
    **dict.fromkeys(("connection_opened", "control_granted", "capability_granted"), "grant"),
    **dict.fromkeys(("control_stopped", "control_released", "capability_revoked"), "revocation"),
    **dict.fromkeys(("offer_cancelled", "ended"), "end"),
}
AUDIT_KINDS = ("offer", "refusal", "answer", "grant", "revocation", "end")
AUDIT_IDS = ("offer", "request", "connection", "session", "expert", "ticket", "by")


@frozen(cache_hash=True)
class Line:
    """One observed thing: an event of `LINES` with its fields; read a field with `line["offer"]`, None if absent."""

    event: str
    fields: tuple[tuple[str, FieldValue], ...] = ()
    _named: Mapping[str, FieldValue] = field(init=False, eq=False, repr=False)  # the same by name: lines are read often

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_named", dict(self.fields))

    def __getitem__(self, name: str) -> Any:
        return self._named.get(name)

    def as_json(self) -> dict[str, Any]:
        """Return the line as a JSON object, without its place in a trace."""
        return {"event": self.event, **{name: _plain(name, value) for name, value in self.fields}}


def _plain(name: str, value: FieldValue) -> Any:
    if not isinstance(value, tuple):
        return value
    return {each[0]: list(each[1]) for each in value} if name == "members" else list(value)


def audit_kind(spoken: Line) -> str | None:
    """Return as what a line has to be on record, None if it need not be."""
    if spoken.event in ("control_refused", "capability_refused") and spoken["origin"] == "local":
        return "answer"
    return AUDITED.get(spoken.event)


def line_from(name: str, known: Mapping[str, FieldValue | None], extra: Iterable[tuple[str, FieldValue]] = ()) -> Line:
    """Write a line from what is known: every field that the contract lists and that has a value.

    `extra` are fields whose names start with `x_`. KeyError for an unknown event, ValueError if a required field is not known.
    """
    contract = LINES[name]
    missing = [f for f in contract.required if known.get(f) is None]
    if missing:
        raise ValueError(f"{name} needs {', '.join(missing)}")
    written = ((f, known.get(f)) for f in (*contract.required, *contract.optional))
    return Line(name, (*((f, value) for f, value in written if value is not None), *extra))


@frozen
class Recorded:
    """A line in its place: `seq` orders the trace, `at` is the host's clock in microseconds, if it has one."""

    seq: int
    line: Line
    at: int | None = field(default=None)

    def as_json(self) -> dict[str, Any]:
        """Return the line as the JSON object of trace-lines.md."""
        when: dict[str, Any] = {} if self.at is None else {"t": self.at / 1_000_000}
        return {"seq": self.seq, **when, **self.line.as_json()}
