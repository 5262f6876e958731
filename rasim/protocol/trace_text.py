"""A trace from its text: one JSON object a line, as trace-lines.md has it. Whatever is not understood is an error with its line.

`read_trace(lines) -> (number, Recorded)...` reads lazily, so that a trace may be longer than memory. Nothing is evaluated, no
name is guessed. An id that nothing introduced is no error: it is evidence, and the promises speak of it.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from rasim.errors import TraceError, Where
from rasim.protocol.lines import AUDIT_KINDS, LINES, RECORD_KINDS, VALUES, FieldValue, Line, Recorded
from rasim.words import did_you_mean

LONGEST: Final = 1 << 20  # characters in a line; the longest that rasim writes has a few hundred
_TEXTS: Final = ("helpers", "exceptions", "sessions", "records")
_SECONDS: Final = 10**12  # more than thirty thousand years
_BY_HAND: Final = frozenset({"local", "injected"})


_CONTRACTS: Final = {
    name: ((*each.required, *each.optional), each.required, {*each.required, *each.optional, "seq", "event", "t"})
    for name, each in LINES.items()
}  # of each event its fields in their order, those that it must have, and what else may stand there


class _Wrong(Exception):  # noqa: N818  (becomes a TraceError with its place)
    """What is wrong with a line."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Wrong("a field stands there twice")
    return found


def _constant(word: str) -> Any:
    raise _Wrong(f"{word} is no number of JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=Decimal, parse_constant=_constant)


def read_trace(lines: Iterable[str], file: str = "") -> Iterator[tuple[int, Recorded]]:
    """Yield each line of a trace with its number in the file; blank lines are skipped.

    Raises:
        TraceError: a line is no trace line, is out of order, or there is none at all.

    """
    number, last = 0, _Last()
    for number, text in enumerate(lines, 1):
        try:
            if text.isspace() or not text:
                last.blank_follows(len(text))
                continue
            recorded = _recorded(_object(text))
            last.follows(recorded)
        except _Wrong as wrong:
            raise TraceError(str(wrong), Where(file, line=number)) from None
        yield number, recorded
    if last.seq is None:
        raise TraceError("there is no line of a trace in it", Where(file, line=max(number, 1)))


class _Last:
    """What the lines before leave open: their numbers grow, a recorder comes first, an ending last."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.ended = self.timed = False
        self.blanks = 0

    def blank_follows(self, long: int) -> None:
        self.blanks += long or 1
        if self.blanks > LONGEST:
            raise _Wrong(f"more than {LONGEST} blanks and blank lines one after the other")

    def follows(self, recorded: Recorded) -> None:
        event = recorded.line.event
        if self.ended:
            raise _Wrong("a line after `recording_ended`, which is the last")
        if self.seq is not None and recorded.seq <= self.seq:
            raise _Wrong(f"seq {recorded.seq} after seq {self.seq}: the numbers must grow")
        if event == "recorder":
            if self.seq is not None:
                raise _Wrong("`recorder` can only be the first line")
            self.timed = "time" in recorded.line["records"]
        if self.timed and recorded.at is None:
            raise _Wrong("`t` is missing, and the recorder says that every line has it")
        self.blanks = 0
        self.seq, self.ended = recorded.seq, event == "recording_ended"


def _object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise _Wrong(f"longer than {LONGEST} characters")
    try:
        found = _DECODER.decode(text.strip())
    except json.JSONDecodeError as error:
        raise _Wrong(f"not JSON: {error.msg.lower()} (character {error.pos + 1})") from None
    except (RecursionError, ValueError, ArithmeticError):  # a number or an exponent of thousands of digits
        raise _Wrong("not JSON that a trace line could be") from None
    if not isinstance(found, dict):
        raise _Wrong("a trace line is a JSON object")
    return found


def _recorded(found: dict[str, Any]) -> Recorded:
    seq, event = found.get("seq"), found.get("event")
    if type(seq) is not int:  # a bool is an int, and no number of a line
        raise _Wrong("`seq` is missing" if seq is None else f"`seq` is no whole number: {_shown(seq)}")
    if not isinstance(event, str):
        raise _Wrong("`event` is missing" if event is None else f"`event` is no text: {_shown(event)}")
    if event not in LINES:
        raise _Wrong(f"no event is called {_shown(event)}{_like(event, LINES)}")
    line = Line(event, tuple(_fields(event, found)))
    if event in ("accepted", "denied") and found["origin"] in _BY_HAND and found.get("by") is None:
        raise _Wrong(f"{event} of origin {found['origin']} needs `by`")
    at = found.get("t")
    return Recorded(seq, line, None if at is None else _microseconds(at))


def _fields(event: str, found: dict[str, Any]) -> Iterator[tuple[str, FieldValue]]:
    """Yield the fields of a line in the order of the contract; a field that is null is absent."""
    order, required, known = _CONTRACTS[event]
    for name in order:
        value = found.get(name)
        if value is not None:
            yield name, value if value and type(value) is str and name not in _CHECKED else _value(event, name, value)
        elif name in required:
            raise _Wrong(f"{event} needs `{name}`")
    for name in found.keys() - known:
        if not name.startswith("x_"):
            raise _Wrong(f"{event} has no field {_shown(name)}{_like(name, order)}")


_IDS: Final = frozenset({"offer", "request", "connection", "session", "ticket", "prompt", "version"})
_CHECKED: Final = frozenset({*VALUES, *_TEXTS, "kind", "port", "members"})


def _value(event: str, name: str, value: Any) -> FieldValue:
    if name == "port":
        return _port(value)
    if name == "members":
        return _members(value)
    if name in _IDS:
        return _id(name, value)
    if name in _TEXTS:
        ids = name == "sessions" and isinstance(value, list)
        texts = _texts(name, [str(each) if type(each) is int else each for each in value] if ids else value)
        unknown = [text for text in texts if text not in RECORD_KINDS] if name == "records" else []
        if unknown:
            raise _Wrong(
                f"nothing that can be recorded is called {_shown(unknown[0])}{_like(unknown[0], RECORD_KINDS)}"
            )
        return texts
    if not isinstance(value, str):
        raise _Wrong(f"`{name}` is no text: {_shown(value)}")
    known = AUDIT_KINDS if (event, name) == ("audited", "kind") else VALUES.get(name, ())
    if known and value not in known:
        raise _Wrong(f"`{name}` is never {_shown(value)}{_like(value, known)}")
    return value


def _id(name: str, value: Any) -> str:
    if value == "" or type(value) not in (int, str):
        raise _Wrong(f"`{name}` is empty" if value == "" else f"`{name}` is no text: {_shown(value)}")
    return str(value)  # a whole number is read as its digits


def _port(value: Any) -> int:
    if type(value) is not int or not 0 < value < 65_536:
        raise _Wrong(f"`port` is no number of a port: {_shown(value)}")
    return int(value)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _Wrong(f"`{name}` is no list of texts: {_shown(value)}")
    return tuple(value)


def _members(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise _Wrong(f"`members` is no object of groups: {_shown(value)}")
    return tuple((group, _texts("members", accounts)) for group, accounts in value.items())


def _microseconds(value: Any) -> int:
    try:
        seconds = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
        if seconds is not None and abs(seconds) <= _SECONDS:
            if seconds != round(seconds, 6):
                raise _Wrong(f"`t` has more than six decimals, round it: {value}")
            return int(round(seconds, 6).scaleb(6))
    except ArithmeticError:  # an exponent that no clock has
        pass
    raise _Wrong(f"`t` is no number of seconds: {_shown(value)}")


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, default=str)
    return text if len(text) < 80 else f"{text[:80]}…"


def _like(word: str, known: Iterable[str]) -> str:
    meant = did_you_mean(word, known)
    return meant and f"; {meant}"
