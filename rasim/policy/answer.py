"""An answer and its reasons, as every decision and verdict about a policy gives them."""

from attrs import field, frozen

from rasim.errors import Where
from rasim.policy.unclear import Unclear


@frozen
class Reason:
    """One step of a decision: the rule (R1 ...), what it says here, the setting behind it, and where that stands."""

    rule: str
    says: str
    setting: str
    where: Where | None = field(default=None, eq=False)


@frozen
class Decision:
    """An answer: allowed or not, the reasons in the order they were asked, and what could be read otherwise.

    An answer with `unclear` is never allowed because of the doubtful part; it says that Windows may see it otherwise.
    """

    allowed: bool
    because: tuple[Reason, ...]
    unclear: tuple[Unclear, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed
