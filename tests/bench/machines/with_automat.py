"""The subset in automat: a typed machine, its inputs a Protocol.

automat has no guards, so what policy decides is decided before the machine is asked, and a policy comes in as one of three
inputs. Inputs return the name of the state they led to, which is the cheapest way to know it.
"""

from typing import Protocol

from automat import NoTransition, TypeMachineBuilder
from machines.subset import ASKED, CONTROL, GROUNDS, HELD, IDLE, MOVES, RESTING, STATES, VIEWING


class Inputs(Protocol):
    """What can happen."""

    def offer(self) -> str: ...  # noqa: D102 - inputs are names
    def accept(self) -> str: ...  # noqa: D102
    def deny(self) -> str: ...  # noqa: D102
    def rest(self) -> str: ...  # noqa: D102
    def ask(self) -> str: ...  # noqa: D102
    def grant(self) -> str: ...  # noqa: D102
    def revoke(self) -> str: ...  # noqa: D102
    def end(self) -> str: ...  # noqa: D102
    def keeps(self) -> str: ...  # noqa: D102
    def ends_all(self) -> str: ...  # noqa: D102
    def ends_control(self) -> str: ...  # noqa: D102


class Core:
    """The machine needs an object to act on; this one has nothing to do."""


_builder = TypeMachineBuilder(Inputs, Core)
_nodes = {state: _builder.state(state) for state in STATES}
for (_source, _name), _target in MOVES.items():
    _nodes[_source].upon(getattr(Inputs, _name)).to(_nodes[_target]).returns(_target)
for _state, _node in _nodes.items():
    _all = RESTING if _state == RESTING else IDLE
    _control = VIEWING if _state in (ASKED, HELD) else _state
    _node.upon(Inputs.keeps).to(_node).returns(_state)
    _node.upon(Inputs.ends_all).to(_nodes[_all]).returns(_all)
    _node.upon(Inputs.ends_control).to(_nodes[_control]).returns(_control)
_make = _builder.build()


class Machine:
    """One assistance."""

    def __init__(self) -> None:
        self.state = IDLE
        self._machine = _make(Core())
        self._bits = 0
        self._agreed = False

    def send(self, name: str, bits: int) -> bool:
        """Take an event or refuse it."""
        if name == "policy":
            self._bits = bits
            if bits & GROUNDS != GROUNDS:
                self.state = self._machine.ends_all()
            elif not bits & CONTROL:
                self.state = self._machine.ends_control()
            else:
                self.state = self._machine.keeps()
            return True
        if name == "offer" and self._bits & GROUNDS != GROUNDS:
            return False
        if name == "ask" and not (self._bits & CONTROL and self._agreed):
            return False
        try:
            self.state = getattr(self._machine, name)()
        except NoTransition:
            return False
        if name == "accept":
            self._agreed = bool(self._bits & CONTROL)
        return True
