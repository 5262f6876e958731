"""Offer and consent: the table of rules, and the one interpreter that puts events through it."""

from rasim.doors import doors
from rasim.protocol.acts import Act
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.host import Host, Record
from rasim.protocol.lines import LINES, Line, Recorded
from rasim.protocol.rules import CONTROL, RULES, table
from rasim.protocol.step import Event, Ignored, Outcome, Refused, Situation, event, start, step
from rasim.protocol.vocabulary import Capability, further

__all__ = [
    "CONTROL",
    "LINES",
    "RULES",
    "STRICT",
    "Act",
    "Capability",
    "Choices",
    "Event",
    "Host",
    "Ignored",
    "Line",
    "Outcome",
    "Record",
    "Recorded",
    "Refused",
    "Situation",
    "event",
    "further",
    "start",
    "step",
    "table",
]

doors(globals())
