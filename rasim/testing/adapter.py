r"""What somebody writes to try a product: an adapter, with a method for each act of the table that the product can be made to do.

    class MyProduct(Adapter):
        records = ("prompts", "answers", "frames", "input", "sessions", "policy")

        def start(self, scene):
            self.recorder = Recorder(self.records)
            scene.introduce(self.recorder)
            self.server = Server(self.recorder, helpers=scene.helpers)

        def offers_help(self, act):
            self.server.offer(act.expert, act.session)

        def accepts(self, act):
            self.server.answer(act.session, True)

        def trace(self):
            return self.recorder

A method is called as the act is (`rasim show rules`): *offers help* is `offers_help`, *a frame is due* is `a_frame_is_due`, *asks for
file out* is `asks_for_file_out`. Any of them may be a coroutine. What is not there is never tried, and is said.
"""

import inspect
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Final, Literal

from attrs import field, frozen

from rasim.errors import UsageError
from rasim.policy import Membership, Mode, Policy, State
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.vocabulary import FURTHER, further
from rasim.testing.recorder import Recorder

WHOLE_TABLE: Final = table(capabilities=(CONTROL, *map(further, FURTHER)))
METHODS: Final[Mapping[str, str]] = {
    kind.name.replace(" ", "_").replace("-", "_"): kind.name for kind in WHOLE_TABLE.kinds
}
"""The methods that an adapter may have, each with the kind of event that it does."""


class CannotDo(Exception):  # noqa: N818  (an answer, not an error)
    """Raised by an adapter for a scene or an act that its product does not have: neither kept nor broken, and no failure."""


@frozen
class Scene:
    """Where a story begins: who may come, who is logged on where, and the policy in force.

    `experts` are accounts, `sessions` maps logon sessions to the accounts of their owners, who are all logged on.
    """

    name: str
    policy: Policy
    experts: tuple[str, ...]
    sessions: Mapping[str, str]
    membership: Membership = field(factory=Membership)

    @property
    def offers(self) -> Literal["enabled", "disabled", "not configured"]:
        """Return what the policy says of offers."""
        state = self.policy.offer.state
        return "enabled" if state is State.ENABLED else "disabled" if state is State.DISABLED else "not configured"

    @property
    def mode(self) -> Literal["view", "control"]:
        """Return what helpers may do."""
        return "control" if self.policy.offer.mode is Mode.CONTROL else "view"

    @property
    def helpers(self) -> list[str]:
        """Return the accounts on the helper list."""
        return [helper.text for helper in self.policy.offer.helpers]

    def introduce(self, recorder: Recorder) -> None:
        """Write the lines of what is so at the beginning: the policy, and who is logged on."""
        members = {str(group): sorted(map(str, those)) for group, those in self.membership.groups}
        recorder.policy_applied(
            version=self.name, offers=self.offers, mode=self.mode, helpers=self.helpers, members=members
        )
        for session, owner in self.sessions.items():
            recorder.logged_on(session=session, by=owner)


class Adapter:
    """A product that can be tried; each story has one of its own. See the module's own words.

    `clock` is *simulated* where all that the product waits for is asyncio's, so that an hour takes no time. `origins`, `prompts` and
    `tickets` are whose hands an answer may come from, which question it may name, and which ticket an offer may bring: a product that
    can be attacked in these ways names more than the ordinary one.
    """

    clock: ClassVar[Literal["real", "simulated"]] = "real"
    origins: ClassVar[tuple[str, ...]] = ("local",)
    prompts: ClassVar[tuple[str, ...]] = ("on show",)
    tickets: ClassVar[tuple[str, ...]] = ("own",)

    def start(self, scene: Scene) -> Any:
        """Start the product afresh, and record what is so (`scene.introduce`). CannotDo for a scene that it cannot have."""
        raise NotImplementedError(f"{type(self).__name__} has no `start`")

    def trace(self) -> Recorder | Iterable[Any]:
        """Return what was recorded so far: whatever `judge` takes."""
        raise NotImplementedError(f"{type(self).__name__} has no `trace`")

    def stop(self) -> Any:
        """Stop the product; called whatever happened."""


_OWN: Final = ("start", "trace", "stop")


def kinds_of(adapter: type[Adapter]) -> dict[str, str]:
    """Return the kinds of events that an adapter can do, each with the name of its method.

    Raises:
        UsageError: it has no act at all, or a public method that is no act: whoever misspelt one would believe that it is tried.

    """
    found = {name for name, _ in inspect.getmembers(adapter, callable) if not name.startswith("_") and name not in _OWN}
    for name in sorted(found - METHODS.keys()):
        near = get_close_matches(name, METHODS, n=1)
        meant = f"; did you mean `{near[0]}`?" if near else "; what is yours alone begins with _"
        raise UsageError(f"{adapter.__name__}.{name}: no act is called so{meant}")
    if not found:
        raise UsageError(f"{adapter.__name__} has no act: a method for each thing that the product can be made to do")
    return {kind: method for method, kind in METHODS.items() if method in found}
