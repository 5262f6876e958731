"""The subset in rasim: its whole table, and the whole record of every step.

An honest expert's offer is two events, the ticket and, if that was given, the offer. A policy is two as well, because the
refresh task has to admit a helper who is newly listed. So rasim takes more steps than the others take events.
"""

from machines.subset import ASKED, CONTROL, HELD, LISTED, OFFERS, RESTING, STATES

from rasim.protocol import Event, Outcome, event, start, step

_OWN_WORDS = {"free": "viewing", "asked": ASKED, "held": HELD}  # what `control` says while viewing
_WORDS = {
    "offer": ("asks for a ticket", "offers help"),
    "accept": ("accepts",),
    "deny": ("denies",),
    "rest": ("cool-down passes",),
    "ask": ("asks for control",),
    "grant": ("grants control",),
    "revoke": ("stops control",),
    "end": ("user ends",),
}


def _policy(bits: int) -> Event:
    return event(
        "policy is applied",
        new_offers="enabled" if bits & OFFERS else "disabled",
        new_control=bool(bits & CONTROL),
        new_listed=bool(bits & LISTED),
    )


class Machine:
    """One assistance, its events made anew each time."""

    def __init__(self) -> None:
        self.now = start(logged_on=True)

    @property
    def state(self) -> str:
        """Return the state in the words of the subset."""
        phase = self.now["phase"]
        if phase == "viewing":
            return _OWN_WORDS[str(self.now["control"])]
        state = RESTING if phase == "cooling" else str(phase)
        if state not in STATES:
            raise AssertionError(f"the subset has no {state}")
        return state

    def send(self, name: str, bits: int) -> bool:
        """Take an event or refuse it. C2 takes a request for control in order to say no: that is a refusal too."""
        if name == "policy":
            self._step(_policy(bits))
            return self._step(event("refresh task runs")).verdict == "done"
        for words in _WORDS[name]:
            outcome = self._step(event(words))
            if outcome.row is None or outcome.row.answers_no:
                return False
        return True

    def _step(self, happening: Event) -> Outcome:
        outcome = step(self.now, happening)
        self.now = outcome.after
        return outcome


_EVENTS = {name: tuple(event(words) for words in several) for name, several in _WORDS.items()}
_POLICIES = [(_policy(bits), event("refresh task runs")) for bits in range(8)]


class Prepared(Machine):
    """One assistance whose events were made once, as events are values."""

    def send(self, name: str, bits: int) -> bool:
        """Take an event or refuse it."""
        now = self.now
        taken = True
        for happening in _POLICIES[bits] if name == "policy" else _EVENTS[name]:
            outcome = step(now, happening)
            now = outcome.after
            if outcome.row is None or outcome.row.answers_no:
                taken = False
                break
        self.now = now
        return taken


class Remembering(Machine):
    """Not for timing: keeps every outcome of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: list[Outcome] = []

    def _step(self, happening: Event) -> Outcome:
        self.outcomes.append(super()._step(happening))
        return self.outcomes[-1]
