"""The table itself behind an adapter: a product that does just what the rules say, to try the trying with.

    rasim conform rasim.testing.table_adapter:TheTable

It has every act of control; time passes for it by the acts that say so, and nobody measures it.
"""

from collections.abc import Callable, Sequence
from typing import Final

from rasim.protocol.acts import Act
from rasim.protocol.host import Host
from rasim.protocol.lines import RECORD_KINDS, Line, Recorded
from rasim.protocol.rules import CONTROL, RULES
from rasim.protocol.vocabulary import Capability
from rasim.testing.adapter import METHODS, Adapter, Scene


class TheTable(Adapter):
    """A computer with the table of rules, attacked in every way that there is."""

    origins = ("local", "injected", "policy", "timer")
    prompts = ("on show", "another")
    tickets = ("own", "used", "expired", "foreign", "malformed")
    capabilities: Sequence[Capability] = (CONTROL,)

    def start(self, scene: Scene) -> None:
        """Begin with the policy applied, the helpers admitted and everybody logged on."""
        self.host = Host(scene.experts, scene.sessions, membership=scene.membership, capabilities=self.capabilities)
        for act in (Act("policy is applied", policy=scene.policy), Act("refresh task runs")):
            self.host.receive(act)
        for session in scene.sessions:
            self.host.receive(Act("logs on", session=session))

    def trace(self) -> list[Recorded]:
        """Return the lines of the computer: all of them, but for the time."""
        lines = self.host.trace
        records = tuple(kind for kind in RECORD_KINDS if kind != "time")
        first, last = Line("recorder", (("records", records),)), Line("recording_ended")
        return [Recorded(0, first), *lines, Recorded(len(lines) + 1, last)]


def _does(self: TheTable, act: Act) -> None:
    self.host.receive(act)


_KINDS: Final = {kind.name for kind in RULES.kinds}
_DOES: Final[Callable[[TheTable, Act], None]] = _does
for _method, _kind in METHODS.items():
    if _kind in _KINDS:
        setattr(TheTable, _method, _DOES)
