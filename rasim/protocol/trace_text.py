"""A trace from its text: one JSON object a line, as trace-lines.md has it. Whatever is not understood is an error with its line.

`read_trace(lines) -> (number, Recorded)...` reads lazily, so that a trace may be longer than memory. A line is text, or the object that
the text would be. Nothing is evaluated, no name is guessed. An id that nothing introduced is no error: it is evidence, and the
promises speak of it. All mistakes are told at once: those of a line, and those of the lines after it, twenty lines at most.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from attrs import evolve

from rasim.errors import TraceError, Where
from rasim.protocol.lines import AUDIT_KINDS, LINES, RECORD_KINDS, VALUES, FieldValue, Line, Recorded
from rasim.words import did_you_mean

LONGEST: Final = 1 << 20  # characters in a line; the longest that rasim writes has a few hundred
WRONG_LINES: Final = 20  # lines with mistakes: what has more is another kind of file
LISTS: Final = ("helpers", "exceptions", "sessions", "records")
SECONDS: Final = 10**12  # more than thirty thousand years
BY_A_HAND: Final = frozenset({"local", "injected"})


_CONTRACTS: Final = {
    name: ((*each.required, *each.optional), each.required, {*each.required, *each.optional, "seq", "event", "t"})
    for name, each in LINES.items()
}  # of each event its fields in their order, those that it must have, and what else may stand there


class WrongLine(Exception):  # noqa: N818  (becomes a TraceError with its place)
    """What is wrong with a line, each mistake for itself."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__(*mistakes)
        self.mistakes = mistakes


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WrongLine("a field stands there twice")
    return found


def _constant(word: str) -> Any:
    raise WrongLine(f"{word} is no number of JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=Decimal, parse_constant=_constant)


def read_trace(lines: Iterable[str | Mapping[str, Any]], file: str = "") -> Iterator[tuple[int, Recorded]]:
    """Yield each line of a trace with its number in the file; blank lines are skipped. After a mistake no line is handed out.

    Raises:
        TraceError: a line is no trace line, is out of order, or there is none at all; its `more` are the mistakes after the first.

    """
    return read_numbered(enumerate(lines, 1), file)


def read_numbered(
    lines: Iterable[tuple[int, str | Mapping[str, Any] | WrongLine]], file: str = ""
) -> Iterator[tuple[int, Recorded]]:
    """Yield each line of a trace, where the lines have their numbers already, and some may be known to be wrong. Raises as `read_trace`."""
    number, last = 0, _Last()
    mistakes: list[TraceError] = []
    wrong_lines = 0
    for number, line in lines:
        try:
            if isinstance(line, WrongLine):
                raise line
            if isinstance(line, str) and (line.isspace() or not line):
                last.blank_follows(len(line))
                continue
            recorded = recorded_from(read_object(line) if isinstance(line, str) else line)
            last.follows(recorded)
        except WrongLine as wrong:
            mistakes += (TraceError(each, Where(file, line=number)) for each in wrong.mistakes)
            wrong_lines += 1
            if wrong_lines == WRONG_LINES or last.blanks > LONGEST:
                break
            continue
        if not mistakes:
            yield number, recorded
    if not mistakes and last.seq is None:
        mistakes.append(TraceError("there is no line of a trace in it", Where(file, line=max(number, 1))))
    if mistakes:
        raise evolve(mistakes[0], more=tuple(mistakes[1:]))


class _Last:
    """What the lines before leave open: their numbers grow, a recorder comes first, an ending last."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.ended = self.timed = False
        self.blanks = 0

    def blank_follows(self, long: int) -> None:
        self.blanks += long or 1
        if self.blanks > LONGEST:
            raise WrongLine(f"more than {LONGEST} blanks and blank lines one after the other")

    def follows(self, recorded: Recorded) -> None:
        event = recorded.line.event
        if self.ended:
            raise WrongLine("a line after `recording_ended`, which is the last")
        if self.seq is not None and recorded.seq <= self.seq:
            raise WrongLine(f"seq {recorded.seq} after seq {self.seq}: the numbers must grow")
        if event == "recorder":
            if self.seq is not None:
                raise WrongLine("`recorder` can only be the first line")
            self.timed = "time" in recorded.line["records"]
        if self.timed and recorded.at is None:
            raise WrongLine("`t` is missing, and the recorder says that every line has it")
        self.blanks = 0
        self.seq, self.ended = recorded.seq, event == "recording_ended"


def read_object(text: str, what: str = "a trace line") -> dict[str, Any]:
    """Return the JSON object of a line. Raises WrongLine if it is none, or nothing that such a line could be."""
    if len(text) > LONGEST:
        raise WrongLine(f"longer than {LONGEST} characters")
    try:
        found = _DECODER.decode(text.strip())
    except json.JSONDecodeError as error:
        raise WrongLine(f"not JSON: {error.msg.lower()} (character {error.pos + 1})") from None
    except (RecursionError, ValueError, ArithmeticError):  # a number or an exponent of thousands of digits
        raise WrongLine(f"not JSON that {what} could be") from None
    if not isinstance(found, dict):
        raise WrongLine(f"{what} is a JSON object")
    return found


def recorded_from(found: Mapping[str, Any]) -> Recorded:
    """Return the line that an object is. Raises WrongLine with all that is wrong with it."""
    wrong: list[str] = []
    seq, event = found.get("seq"), found.get("event")
    if type(seq) is not int:  # a bool is an int, and no number of a line
        wrong.append("`seq` is missing" if seq is None else f"`seq` is no whole number: {_shown(seq)}")
        seq = 0
    fields: tuple[tuple[str, FieldValue], ...] = ()
    if not isinstance(event, str):
        wrong.append("`event` is missing" if event is None else f"`event` is no text: {_shown(event)}")
    elif event not in LINES:
        wrong.append(f"no event is called {_shown(event)}{_like(event, LINES)}")
    else:
        fields = tuple(_fields(event, found, wrong))
    at = None
    try:
        at = None if found.get("t") is None else _microseconds(found["t"])
    except WrongLine as mistake:
        wrong += mistake.mistakes
    if wrong:
        raise WrongLine(*wrong)
    return Recorded(seq, Line(str(event), fields), at)


def _fields(event: str, found: Mapping[str, Any], wrong: list[str]) -> Iterator[tuple[str, FieldValue]]:
    """Yield the fields of a line in the order of the contract; a field that is null is absent. What is wrong goes into `wrong`."""
    order, required, known = _CONTRACTS[event]
    names: list[str] = []  # what is wrong with which fields there are
    for name in order:
        value = found.get(name)
        if value is not None:
            try:
                plain = value and type(value) is str and name not in _CHECKED
                yield name, value if plain else _value(event, name, value)
            except WrongLine as mistake:
                wrong += mistake.mistakes
        elif name in required:
            names.append(f"{event} needs `{name}`")
    strange = sorted(name for name in map(str, found.keys() - known) if not name.startswith("x_"))
    names += (f"{event} has no field {_shown(name)}{_like(name, order)}" for name in strange)
    if event in ("accepted", "denied") and found.get("by") is None and str(found.get("origin")) in BY_A_HAND:
        names.append(f"{event} of origin {found['origin']} needs `by`")
    if names:
        names[-1] += f" ({_contract(event)})"
        wrong += names


def _contract(event: str) -> str:
    """Return which fields a line of an event has and may have, in words."""
    has, may = LINES[event].required, LINES[event].optional
    said = f"{event} has {', '.join(has) if has else 'no field of its own'}"
    return f"{said}; it may have {', '.join(may)}" if may else said


IDS: Final = frozenset({"offer", "request", "connection", "session", "ticket", "prompt", "version"})
_CHECKED: Final = frozenset({*VALUES, *LISTS, "kind", "port", "members"})


def _value(event: str, name: str, value: Any) -> FieldValue:
    if name == "port":
        return _port(value)
    if name == "members":
        return _members(value)
    if name in IDS:
        return _id(name, value)
    if name in LISTS:
        ids = name == "sessions" and isinstance(value, list | tuple)
        texts = _texts(name, [str(each) if type(each) is int else each for each in value] if ids else value)
        unknown = [text for text in texts if text not in RECORD_KINDS] if name == "records" else []
        if unknown:
            raise WrongLine(
                f"nothing that can be recorded is called {_shown(unknown[0])}{_like(unknown[0], RECORD_KINDS)}"
            )
        return texts
    if not isinstance(value, str):
        raise WrongLine(f"`{name}` is no text: {_shown(value)}")
    known = AUDIT_KINDS if (event, name) == ("audited", "kind") else VALUES.get(name, ())
    if known and value not in known:
        raise WrongLine(f"`{name}` is never {_shown(value)}{_like(value, known)}")
    return value


def _id(name: str, value: Any) -> str:
    if value == "" or type(value) not in (int, str):
        raise WrongLine(f"`{name}` is empty" if value == "" else f"`{name}` is no text: {_shown(value)}")
    return str(value)  # a whole number is read as its digits


def _port(value: Any) -> int:
    if type(value) is not int or not 0 < value < 65_536:
        raise WrongLine(f"`port` is no number of a port: {_shown(value)}")
    return int(value)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise WrongLine(f"`{name}` is no list of texts: {_shown(value)}")
    return tuple(value)


def _members(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, Mapping) or not all(isinstance(group, str) for group in value):
        raise WrongLine(f"`members` is no object of groups: {_shown(value)}")
    return tuple((group, _texts("members", accounts)) for group, accounts in value.items())


def _microseconds(value: Any) -> int:
    try:
        value = Decimal(repr(value)) if isinstance(value, float) else value  # the digits that JSON would have
        seconds = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
        if seconds is not None and abs(seconds) <= SECONDS:
            if seconds != round(seconds, 6):
                raise WrongLine(f"`t` has more than six decimals, round it: {value}")
            return int(round(seconds, 6).scaleb(6))
    except ArithmeticError:  # an exponent that no clock has
        pass
    raise WrongLine(f"`t` is no number of seconds: {_shown(value)}")


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, default=str)
    return text if len(text) < 80 else f"{text[:80]}…"


def _like(word: str, known: Iterable[str]) -> str:
    meant = did_you_mean(word, known)
    return meant and f"; {meant}"
