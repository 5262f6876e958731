"""Trace lines: what people and wires could observe, one line after another. The contract of everything that is judged.

`LINES` is the whole vocabulary: each event with the fields it must and may have. A `Line` is one of them; its fields stand
in that order. Ids are strings chosen by the recorder and never used again. Other fields are errors, but for `x_...`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

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
        ("indicator_on indicator_off", "connection session"),
        ("ended", "connection reason by? origin?"),
        ("link_lost", "connection? offer? expert?"),
        ("reconnect_attempted reconnect_refused", "connection ticket? expert?"),
        ("restarted", "side"),
        ("cooldown_over", "expert session capability?"),
        ("audited", "kind offer? request? connection? session? expert? ticket? by?"),
    )
    for name in names.split()
}


@frozen
class Line:
    """One observed thing: an event of `LINES` with its fields; read a field with `line["offer"]`, None if absent."""

    event: str
    fields: tuple[tuple[str, FieldValue], ...] = ()

    def __getitem__(self, name: str) -> Any:
        for key, value in self.fields:
            if key == name:
                return value
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the line as a JSON object, without its place in a trace."""
        return {"event": self.event, **{name: _plain(name, value) for name, value in self.fields}}


def _plain(name: str, value: FieldValue) -> Any:
    if not isinstance(value, tuple):
        return value
    return {each[0]: list(each[1]) for each in value} if name == "members" else list(value)


def line(name: str, known: Mapping[str, FieldValue | None], extra: Iterable[tuple[str, FieldValue]] = ()) -> Line:
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
