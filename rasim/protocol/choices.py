"""What no public source settles, as named choices. The strict value is the default of every one, but for one.

A choice is a time, or it edits a need or a row of the table (`rules.py` says where). Source of all of them: none;
the anchors for the times are in docs/decisions/0004-choices.md. A promise that presumes a choice names it, and is
*not promised* under another value. The one is *withdrawn question*: docs/decisions/0010-faults-and-traces.md says why.
"""

import re
from datetime import timedelta
from typing import Literal, get_args, get_type_hints

from attrs import Attribute, field, fields, frozen

from rasim.errors import UsageError


def _a_time(_: object, attribute: "Attribute[timedelta]", value: object) -> None:
    if not isinstance(value, timedelta) or value < timedelta(0):
        raise UsageError(f"{attribute.name.replace('_', ' ')} is a timedelta that is not negative, not {value!r}")


def _one_of(_: object, attribute: "Attribute[str]", value: object) -> None:
    if value not in (known := get_args(attribute.type)):
        raise UsageError(f"{attribute.name.replace('_', ' ')} is one of {', '.join(known)}, not {value!r}")


def _time(says: str, **amount: float) -> timedelta:
    return field(default=timedelta(**amount), validator=_a_time, metadata={"says": says})


@frozen
class Choices:
    """One value for each choice; times are `datetime.timedelta`."""

    ticket_time: timedelta = _time("how long a ticket may wait for its offer", seconds=60)
    consent_time: timedelta = _time("how long the user is asked about an offer; silence refuses", seconds=60)
    control_time: timedelta = _time("how long the user is asked for a capability; silence refuses", seconds=30)
    cool_down: timedelta = _time("how long the same question may not be asked again after a refusal", seconds=60)
    maximum_time: timedelta = _time("how long one assistance may last", minutes=60)
    reaction_time: timedelta = _time(
        "how long another computer may take for what follows at once (rasim takes no time for it)", seconds=5
    )
    frame_time: timedelta = _time("how often the computer would show a frame", seconds=10)
    removal_bites: Literal["at once", "at refresh"] = field(
        default="at once",
        validator=_one_of,
        metadata={
            "says": "whether a helper taken off the list is out at once or when the refresh task next runs (F10)"
        },
    )
    running_view: Literal["ends with its grounds", "outlives the policy"] = field(
        default="ends with its grounds",
        validator=_one_of,
        metadata={"says": "whether a view ends when policy, list or firewall no longer allow the offer (A8, S17, F9)"},
    )
    hidden_question: Literal["is withdrawn", "waits"] = field(
        default="is withdrawn",
        validator=_one_of,
        metadata={"says": "what happens to a question when its session is no longer in front (A10, F13, F14)"},
    )
    withdrawn_question: Literal["may return", "rests"] = field(
        default="may return",
        validator=_one_of,
        metadata={
            "says": "whether a question that the expert took back may return at once, as often as the expert likes, or rests (S31)"
        },
    )
    unasked_control: Literal["not possible", "possible"] = field(
        default="not possible",
        validator=_one_of,
        metadata={"says": "whether the user may give control that nobody asked for (trace-lines: control_granted)"},
    )

    def values(self) -> dict[str, object]:
        """Return every choice by its name in words ("consent time") with its value."""
        return {a.name.replace("_", " "): getattr(self, a.name) for a in fields(type(self))}


_UNITS = {"us": 1, "ms": 1000, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}


_LONGEST = timedelta(days=366)


def parse_time(text: str) -> timedelta:
    """Return the time that `60 s`, `1.5 min` or `250 ms` tells.

    Raises:
        UsageError: it tells none, one that is no whole number of microseconds, or one longer than a year.

    """
    match = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,6}))?\s*(us|ms|s|min|h)", text.strip())
    if match is None:
        raise UsageError(f"`{text}` is no time")
    whole, part, unit = match.groups()
    parts = int((part or "0").ljust(6, "0")) * _UNITS[unit]
    if parts % 1_000_000:
        raise UsageError(f"`{text}` is no whole number of microseconds")
    time = timedelta(microseconds=int(whole) * _UNITS[unit] + parts // 1_000_000)
    if time > _LONGEST:
        raise UsageError(f"`{text}` is longer than a year")
    return time


def values_of(name: str) -> tuple[str, ...]:
    """Return the values a choice can have, by its name in words; none for a time, which can be any. KeyError if unknown."""
    return get_args(get_type_hints(Choices)[NAMES[name]])


def microseconds(time: timedelta) -> int:
    """Return a time as the whole number that clocks and traces count in."""
    return (time.days * 86_400 + time.seconds) * 1_000_000 + time.microseconds


NAMES = {a.name.replace("_", " "): a.name for a in fields(Choices)}
STRICT = Choices()
