"""The subset in transitions: one Machine with one model, guards as conditions, no automatic transitions."""

from machines.subset import ASKED, CONTROL, GROUNDS, HELD, IDLE, MOVES, OFFERED, STATES, VIEWING
from transitions import Machine as Core
from transitions import MachineError


class Model:
    """What the machine moves, and what its conditions ask."""

    state: str
    bits = 0
    agreed = False

    def has_grounds(self) -> bool:
        """Return whether policy lets experts offer."""
        return self.bits & GROUNDS == GROUNDS

    def may_control(self) -> bool:
        """Return whether policy permits control."""
        return bool(self.bits & CONTROL)

    def agreed_too(self) -> bool:
        """Return whether control is permitted, and was at acceptance."""
        return self.may_control() and self.agreed

    def agree(self) -> None:
        """Note whether control is permitted as the user accepts."""
        self.agreed = self.may_control()


_CONDITIONS = {"offer": "has_grounds", "ask": "agreed_too"}
_TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": name,
        "source": source,
        "dest": to,
        "conditions": _CONDITIONS.get(name),
        "after": "agree" if name == "accept" else None,
    }
    for (source, name), to in MOVES.items()
]
_TRANSITIONS += [
    {"trigger": "policy", "source": [OFFERED, VIEWING, ASKED, HELD], "dest": IDLE, "unless": "has_grounds"},
    {"trigger": "policy", "source": [ASKED, HELD], "dest": VIEWING, "unless": "may_control"},
    {"trigger": "policy", "source": "*", "dest": None},
]


class Machine:
    """One assistance."""

    def __init__(self) -> None:
        self._model = Model()
        Core(self._model, states=list(STATES), transitions=_TRANSITIONS, initial=IDLE, auto_transitions=False)

    @property
    def state(self) -> str:
        """Return the state."""
        return self._model.state

    def send(self, name: str, bits: int) -> bool:
        """Take an event or refuse it."""
        if name == "policy":
            self._model.bits = bits
        try:
            return bool(getattr(self._model, name)())
        except MachineError:
            return False
