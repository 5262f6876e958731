"""Acts: what somebody does, as it reaches a computer, and what it claims of itself, true or not."""

from typing import Literal

from attrs import field, frozen

from rasim.policy import Policy
from rasim.protocol.terms import Value

Origin = Literal["local", "injected", "policy", "timer"]


@frozen
class Act:
    """Something done by somebody, as it reaches the computer; `kind` is a kind of event of the table.

    `by` is the account that does it, `expert` and `session` say which assistance it is aimed at. A prompt, ticket or connection
    that is named may be any: forged, used, somebody else's. Where none is named, `carries` may say of which kind it is, in the
    words of the table (`("ticket", "used")`), and the computer finds one. `alarm` marks an act of time itself.
    """

    kind: str
    expert: str | None = None
    session: str | None = None
    by: str | None = None
    origin: Origin = "local"
    prompt: str | None = None
    ticket: str | None = None
    connection: str | None = None
    policy: Policy | None = field(default=None, repr=False)
    entry: str | None = None
    group: str | None = None
    alarm: int | None = None
    carries: tuple[tuple[str, Value], ...] = ()
