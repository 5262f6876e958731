"""What of a policy is a fact of the table, read by one hand: for the computer that runs, and for those that are explored."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from rasim.policy import Mode, Policy, State, permits_offers
from rasim.protocol.computer import Pair
from rasim.protocol.lines import FieldValue
from rasim.protocol.step import Event
from rasim.protocol.terms import Value
from rasim.protocol.vocabulary import CLOSED


@frozen
class PolicyFacts:
    """What counts of a policy: what it says of offers, whether its mode is control, and which experts are on its list.

    `port_3389` is when its firewall has that port open. `through` is whether its firewall lets offers through for as long as it
    stays; None where that is not the policy's to say, so that it may change at any moment.
    """

    offers: str
    control: bool
    listed: tuple[bool, ...]
    through: bool | None = None
    port_3389: str = CLOSED

    @classmethod
    def of(
        cls, policy: Policy, listed: Iterable[bool] | None = None, os: str | None = None, port_3389: str = CLOSED
    ) -> "PolicyFacts":
        """Return what a policy comes to; `listed` left out, for one expert who is on the list if anybody is.

        What cannot be read is as good as disabled, and a port that cannot be told closed. An entry of the list that rasim matches
        with nobody counts as somebody: Windows may.

        Raises:
            UsageError: no system has the name `os` (R42).

        """
        state = policy.offer.state
        blocked = state is State.ENABLED and not permits_offers(policy, os).allowed
        offers = "blocked" if blocked else State.DISABLED.value if state is State.UNKNOWN else state.value
        port = CLOSED if port_3389 == "cannot tell" else port_3389
        on_list = (bool(policy.offer.helpers),) if listed is None else tuple(listed)
        return cls(offers, policy.offer.mode is Mode.CONTROL, on_list, port_3389=port)

    def events(self, pairs: Iterable[Pair]) -> dict[Pair, Event]:
        """Return the event by which each assistance hears of the policy."""
        common: dict[str, Value] = {
            "new offers": self.offers,
            "new control": self.control,
            "new port 3389": self.port_3389,
        }
        return {
            pair: Event("policy is applied", tuple(sorted((common | {"new listed": self.listed[pair[0]]}).items())))
            for pair in pairs
        }


def said_of(carries: Mapping[str, Value]) -> dict[str, FieldValue | None]:
    """Return what the line of a policy says of these facts: to a trace blocked offers are disabled."""
    offers = "disabled" if carries["new offers"] == "blocked" else str(carries["new offers"])
    return {"offers": offers, "mode": "control" if carries["new control"] else "view"}
