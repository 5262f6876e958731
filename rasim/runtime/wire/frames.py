"""What goes over the wire between an expert and a computer: frames, each a length and one message in JSON (docs/reference/wire.md).

    data = framed(Deed(1, "offers help", "s1", ticket="ticket-1"))
    messages = list(Frames(FROM_EXPERT).take(data))

Sans-IO, and closed: a frame is one of the messages below, whole and with nothing else in it, or the connection is over (`WireError`).
Who somebody is stands in no message: that is what the certificate says (`identity`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, ClassVar, Final, Generic, TypeVar

import attrs
from attrs import field, frozen

from rasim.errors import RasimError
from rasim.protocol.lines import Line
from rasim.protocol.terms import Value
from rasim.protocol.trace_text import WrongLine, read_object, recorded_from
from rasim.words import printable

WIRE: Final = 1
"""The version of what stands here; a side that speaks another one is turned away."""

LONGEST_FRAME: Final = 64 << 10
_HEAD: Final = 4
LONGEST_NAME: Final = 256
LONGEST_KEYS: Final = 1024
_Message = TypeVar("_Message")


class Ending(Enum):
    """Why a connection is over; the value is what a farewell says, and what the record of refusals counts."""

    TOO_LONG = "a frame longer than the limit"
    TRUNCATED = "a frame that is cut off"
    NO_MESSAGE = "a frame that is no message"
    SAYS_WHO = "a message that says who it is from"
    NOT_ITS_WORD = "an act that no expert can do"
    HANDSHAKE = "no handshake"
    HANDSHAKE_TIME = "the handshake took too long"
    NO_CERTIFICATE = "no certificate"
    EXPIRED = "the certificate is not valid at this time"
    OTHER_AUTHORITY = "the certificate is of another authority"
    NO_ACCOUNT = "the certificate names no account"
    NOBODY_KNOWS = "an account that may not come to this computer"
    NO_SUCH_COMPUTER = "no computer of this name"
    MANY = "too many connections"
    FLOOD = "too many acts"
    SLOW_READER = "what is sent is not read"
    SLOW_SENDER = "a frame that does not end"
    IDLE = "nothing was heard for too long"
    CAME_AGAIN = "the same account came again"
    GOES_DOWN = "the computer goes down"
    GONE = "the other side is gone"


class WireError(RasimError):
    """A connection that is over: the reason, and what it was about."""

    def __init__(self, reason: Ending, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        # The other side may have written the detail, and this is what a terminal is told.
        return f"{self.reason.value}: {printable(self.detail)}" if self.detail else self.reason.value


# ---- messages ------------------------------------------------------------------------------------------------

_Check = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _wrong(what: "attrs.Attribute[Any]", says: str) -> WireError:
    return WireError(Ending.NO_MESSAGE, f"`{what.name}` {says}")


def _text(most: int = LONGEST_NAME, *, absent: bool = False) -> _Check:
    def check(_: object, what: "attrs.Attribute[Any]", value: object) -> None:
        if value is None and absent:
            return
        if type(value) is not str:
            raise _wrong(what, "is no text")
        if len(value) > most:
            raise _wrong(what, f"is longer than {most} characters")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise _wrong(what, "holds half a character")

    return check


def _number(_: object, what: "attrs.Attribute[Any]", value: object) -> None:
    if type(value) is not int or not 0 <= value < 1 << 53:  # a bool is an int, and no number here
        raise _wrong(what, "is no whole number")


def _texts(_: object, what: "attrs.Attribute[Any]", value: object) -> None:
    if type(value) is not tuple:
        raise _wrong(what, "is no list")
    for each in value:
        _text()(_, what, each)


_CARRIED: Final = ("origin", "prompt", "ticket")


def _carried(_: object, what: "attrs.Attribute[Any]", value: object) -> None:
    """Take only the words for what an act brings; of origins only the one that everything has that comes by a wire."""
    if type(value) is not tuple or len(value) > len(_CARRIED):
        raise _wrong(what, "is no list of what an act brings")
    for pair in value:
        if type(pair) is not tuple or [type(each) for each in pair] != [str, str] or pair[0] not in _CARRIED:
            raise _wrong(what, f"holds something else than {', '.join(_CARRIED)} with a word")
        if pair[0] == "origin" and pair[1] != "injected":
            raise WireError(Ending.SAYS_WHO, "what an expert sends is injected, whatever it says")
        _text()(_, what, pair[1])


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@frozen
class Call:
    """An expert calls a computer by its name: the first message of a connection."""

    word: ClassVar = "call"
    computer: str = field(validator=_text())
    wire: int = field(default=WIRE, validator=_number)


@frozen
class Deed:
    """An expert does something, in the words of the table; `number` is for the reply. What it is to be: see `Act`.

    `keys` is what is typed, for `uses control`: it reaches the session if the table applies the input.
    """

    word: ClassVar = "act"
    number: int = field(validator=_number)
    kind: str = field(validator=_text())
    session: str = field(validator=_text())
    prompt: str | None = field(default=None, validator=_text(absent=True))
    ticket: str | None = field(default=None, validator=_text(absent=True))
    connection: str | None = field(default=None, validator=_text(absent=True))
    carries: tuple[tuple[str, Value], ...] = field(default=(), validator=_carried, converter=_tuples)
    keys: str | None = field(default=None, validator=_text(LONGEST_KEYS, absent=True))


@frozen
class StillHere:
    """An expert says nothing, and is there."""

    word: ClassVar = "here"


@frozen
class Admission:
    """The computer takes an expert for this account; after `idle` milliseconds without a message it takes it for gone (0: never).

    `consent` and `control` are how many milliseconds its user is asked about an offer, and for control (0: it does not say).
    """

    word: ClassVar = "admitted"
    computer: str = field(validator=_text())
    account: str = field(validator=_text())
    idle: int = field(default=0, validator=_number)
    consent: int = field(default=0, validator=_number)
    control: int = field(default=0, validator=_number)


@frozen
class Reply:
    """What the computer made of an act: `done`, `refused` with the conditions or needs that failed, `ignored`, `no such name`."""

    word: ClassVar = "reply"
    number: int = field(validator=_number)
    verdict: str = field(validator=_text())
    because: tuple[str, ...] = field(default=(), validator=_texts, converter=_tuples)


def _is_line(_: object, what: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, Line):
        raise _wrong(what, "is no trace line")


def _line(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    try:
        return recorded_from({"seq": 0, **value}).line
    except WrongLine as wrong:
        raise WireError(Ending.NO_MESSAGE, "; ".join(wrong.mistakes)) from None


@frozen
class Observed:
    """Something that the expert may observe, as a trace line without its place."""

    word: ClassVar = "line"
    line: Line = field(validator=_is_line, converter=_line)


@frozen
class Picture:
    """The screen of a session, as text, after the table has shown the frame."""

    word: ClassVar = "picture"
    session: str = field(validator=_text())
    text: str = field(validator=_text(LONGEST_FRAME))


def _reason(value: object) -> object:
    return next((reason for reason in Ending if reason.value == value), value)


def _is_reason(_: object, what: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, Ending):
        raise _wrong(what, "is none of the reasons")


@frozen
class Farewell:
    """The computer ends the connection, and why."""

    word: ClassVar = "bye"
    reason: Ending = field(validator=_is_reason, converter=_reason)
    detail: str = field(default="", validator=_text(LONGEST_KEYS))


FromExpert = Call | Deed | StillHere
FromComputer = Admission | Reply | Observed | Picture | Farewell
FROM_EXPERT: Final[Mapping[str, type[FromExpert]]] = {each.word: each for each in (Call, Deed, StillHere)}
FROM_COMPUTER: Final[Mapping[str, type[FromComputer]]] = {
    each.word: each for each in (Admission, Reply, Observed, Picture, Farewell)
}
_WHO: Final = ("account", "by", "expert", "from", "origin", "user")


# ---- frames --------------------------------------------------------------------------------------------------


def framed(message: FromExpert | FromComputer) -> bytes:
    """Return a message as a frame. WireError if it is too long for one."""
    said = {name: _plain(value) for name, value in attrs.asdict(message, recurse=False).items() if value is not None}
    data = json.dumps({"is": message.word, **said}, ensure_ascii=False, separators=(",", ":")).encode()
    if len(data) > LONGEST_FRAME:
        raise WireError(Ending.TOO_LONG, f"{len(data)} bytes")
    return len(data).to_bytes(_HEAD, "big") + data


def _plain(value: object) -> object:
    if isinstance(value, Line):
        return value.as_json()
    return value.value if isinstance(value, Ending) else value


class Frames(Generic[_Message]):
    """What arrives of a stream, as messages of one side. It never holds more than a frame and what came with its end."""

    def __init__(self, messages: Mapping[str, type[_Message]]) -> None:
        self._messages = messages
        self._held = bytearray()

    @property
    def partial(self) -> bool:
        """Return whether a frame has begun and not ended."""
        return bool(self._held)

    def take(self, data: bytes) -> Iterator[_Message]:
        """Yield the messages that are whole now. WireError for what is none, after those before it; nothing that follows is used."""
        self._held += data
        while len(self._held) >= _HEAD:
            length = int.from_bytes(self._held[:_HEAD], "big")
            if length > LONGEST_FRAME:
                raise WireError(Ending.TOO_LONG, f"{length} bytes")
            if len(self._held) < _HEAD + length:
                return
            body = bytes(self._held[_HEAD : _HEAD + length])
            del self._held[: _HEAD + length]
            yield _message(body, self._messages)

    def end(self) -> None:
        """Say that nothing more comes. WireError if a frame is cut off."""
        if self._held:
            raise WireError(Ending.TRUNCATED, f"{len(self._held)} bytes of it")


def _message(body: bytes, messages: Mapping[str, type[_Message]]) -> _Message:
    try:
        found = read_object(body.decode(), "a message")
    except UnicodeDecodeError:
        raise WireError(Ending.NO_MESSAGE, "not UTF-8") from None
    except WrongLine as wrong:
        raise WireError(Ending.NO_MESSAGE, "; ".join(wrong.mistakes)) from None
    word = found.pop("is", None)
    kind = messages.get(word) if isinstance(word, str) else None
    if kind is None:
        raise WireError(Ending.NO_MESSAGE, "`is` names none of the messages of this side")
    fields = {each.name: each for each in attrs.fields(kind)}  # type: ignore[arg-type]
    for name in found:
        if name not in fields:
            reason = Ending.SAYS_WHO if name in _WHO else Ending.NO_MESSAGE
            raise WireError(reason, f"`{word}` has no field {name[:LONGEST_NAME]!r}")
    missing = [name for name, each in fields.items() if each.default is attrs.NOTHING and name not in found]
    if missing:
        raise WireError(Ending.NO_MESSAGE, f"`{word}` lacks {', '.join(missing)}")
    try:
        return kind(**found)
    except RecursionError:  # lists in lists, of which a reader of JSON that is written in C takes more than Python does
        raise WireError(Ending.NO_MESSAGE, f"`{word}` is too deep") from None
