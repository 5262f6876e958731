"""The subset in python-statemachine: its flat StateMachine, guards as conditions."""

from machines.subset import CONTROL, GROUNDS
from statemachine import State, StateMachine
from statemachine.exceptions import TransitionNotAllowed


class Consent(StateMachine):
    """The machine as its users write it."""

    idle = State(initial=True)
    offered = State()
    viewing = State()
    asked = State()
    held = State()
    resting = State()

    offer = idle.to(offered, cond="has_grounds")
    accept = offered.to(viewing, on="agree")
    deny = offered.to(resting)
    rest = resting.to(idle)
    ask = viewing.to(asked, cond="agreed_too")
    grant = asked.to(held)
    revoke = held.to(viewing)
    end = viewing.to(idle) | asked.to(idle) | held.to(idle)
    policy = (
        offered.to(idle, unless="has_grounds")
        | viewing.to(idle, unless="has_grounds")
        | asked.to(idle, unless="has_grounds")
        | held.to(idle, unless="has_grounds")
        | asked.to(viewing, unless="may_control")
        | held.to(viewing, unless="may_control")
        | idle.to.itself(internal=True)
        | offered.to.itself(internal=True)
        | viewing.to.itself(internal=True)
        | asked.to.itself(internal=True)
        | held.to.itself(internal=True)
        | resting.to.itself(internal=True)
    )

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


class Machine:
    """One assistance."""

    def __init__(self) -> None:
        self._machine = Consent()

    @property
    def state(self) -> str:
        """Return the state."""
        return next(iter(self._machine.configuration)).id

    def send(self, name: str, bits: int) -> bool:
        """Take an event or refuse it."""
        if name == "policy":
            self._machine.bits = bits
        try:
            self._machine.send(name)
        except TransitionNotAllowed:
            return False
        return True
