"""The part of consent that every machine of the comparison can express, a stream of events through it, and a plain answer.

One expert, one session whose owner is logged on and in front of it. The course: offered, then viewing or resting (the user
denied), from viewing to control asked and control held. Policy is an event with three bits: offers enabled, helper listed,
control permitted. What is on when policy no longer allows it is over at once: all without grounds, control without its
permission. Control also needs the permission to have been there when the user accepted.

Left out, because the peers would have to be given whole modules for it: tickets as an event of their own, the clock,
locked, switched or covered sessions, the firewall, pauses, frames, a second expert, answers from elsewhere than the
session, refused control, and all capabilities beyond control. rasim carries all of that in every step.
"""

import random
from typing import Protocol

IDLE, OFFERED, VIEWING, ASKED, HELD, RESTING = STATES = ("idle", "offered", "viewing", "asked", "held", "resting")
OFFERS, LISTED, CONTROL = 1, 2, 4
GROUNDS = OFFERS | LISTED

# What leads from where to where as long as policy does not object. An event in another state is refused.
MOVES = {
    (IDLE, "offer"): OFFERED,
    (OFFERED, "accept"): VIEWING,
    (OFFERED, "deny"): RESTING,
    (RESTING, "rest"): IDLE,
    (VIEWING, "ask"): ASKED,
    (ASKED, "grant"): HELD,
    (HELD, "revoke"): VIEWING,
    (VIEWING, "end"): IDLE,
    (ASKED, "end"): IDLE,
    (HELD, "end"): IDLE,
}
NAMES = tuple(dict.fromkeys(name for _, name in MOVES))

# A name, and for "policy" the bits that now hold.
Stream = list[tuple[str, int]]


class Machine(Protocol):
    """What every implementation offers: an event in, whether it was taken out; a refused one changes nothing."""

    @property
    def state(self) -> str:
        """Return the state, one of STATES."""

    def send(self, name: str, bits: int) -> bool:
        """Take an event or refuse it; `bits` are for "policy"."""


class ByHand:
    """The least that answers right: a dictionary and two ifs, no records. A ceiling, and the walker of the stream."""

    def __init__(self) -> None:
        self.state = IDLE
        self._bits = 0
        self._agreed = False

    def send(self, name: str, bits: int) -> bool:
        """Take an event or refuse it."""
        if name == "policy":
            self._bits = bits
            if bits & GROUNDS != GROUNDS and self.state != RESTING:
                self.state = IDLE
            elif not bits & CONTROL and self.state in (ASKED, HELD):
                self.state = VIEWING
            return True
        to = MOVES.get((self.state, name))
        if to is None or (name == "offer" and self._bits & GROUNDS != GROUNDS):
            return False
        if name == "ask" and not (self._bits & CONTROL and self._agreed):
            return False
        if name == "accept":
            self._agreed = bool(self._bits & CONTROL)
        self.state = to
        return True


def stream(length: int, seed: int) -> Stream:
    """Return events, the first a generous policy; then every tenth is a policy, and half of the others fit the state."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable stream, not a secret
    walker = ByHand()
    events: Stream = [("policy", GROUNDS | CONTROL)]
    while len(events) < length:
        walker.send(*events[-1])
        if chance.random() < 0.1:
            bits = sum(bit for bit, often in ((OFFERS, 0.9), (LISTED, 0.9), (CONTROL, 0.7)) if chance.random() < often)
            events.append(("policy", bits))
        else:
            fitting = [name for state, name in MOVES if state == walker.state]
            events.append((chance.choice(fitting if chance.random() < 0.5 else NAMES), 0))
    return events
