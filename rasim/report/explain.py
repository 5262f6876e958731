"""Why an expert may or may not: the reasons down to the value in the file, and the smallest changes that would turn the answer.

`explain` decides with the policy package and adds nothing of its own; changes are found by trying: each is made to the policy
and decided again, one at a time first, then several together, so that every change that is named is known to suffice. The
firewall's verdict is apart (R30).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, Final, Literal

from attrs import evolve, frozen

from rasim.errors import Exit, Where
from rasim.policy import Decision, Membership, Mode, Policy, Reach, State, may_control, may_offer, printable, reach
from rasim.policy.offer import Helper
from rasim.policy.settings import OFFER_HELPERS, OFFER_MODE, OFFER_STATE, SOLICITED_STATE

Capability = Literal["offer", "view", "control"]
Answer = Literal["allow", "deny", "unclear"]

CLICKS: Final = {
    "offer": "the user is asked about each offer, and may deny it or say nothing",
    "view": "the expert sees nothing before the user accepts, and acceptance gives the view only",
    "control": "after accepting, the user has to grant control by a click of its own, each time it is asked for",
}
LIMITS: Final = (
    (
        "local Administrators, direct members of the local group Offer Remote Assistance Helpers, preferences and"
        " restricted groups are outside a policy file and are not seen here"
    ),
    "who belongs to a group is taken from what was told, never looked up",
)


@frozen
class Change:
    """Settings that would turn the answer if they were so, together."""

    settings: tuple[str, ...]
    says: str


@frozen
class Explained:
    """The answer for one capability, with its reasons, the firewall's verdict if a system was named, and what would turn it."""

    expert: str
    capability: Capability
    decision: Decision
    would_change: tuple[Change, ...]
    firewall: Reach | None = None

    @property
    def answer(self) -> Answer:
        """Return *allow*, *deny*, or *unclear* where it can be read otherwise: a refusal, or all with a policy missing."""
        if self.decision.unclear:
            return "unclear"
        return "allow" if self.decision.allowed else "deny"

    def exit_code(self, expected: str | None) -> Exit:
        """Return 3 for what is unclear, 1 for another answer than expected, else 0."""
        if self.answer == "unclear":
            return Exit.INCONCLUSIVE
        return Exit.FAILED if expected not in (None, self.answer) else Exit.OK


def explain(
    policy: Policy,
    expert: str,
    capability: Capability = "offer",
    membership: Membership | None = None,
    *,
    os: str | None = None,
    address: str | None = None,
) -> Explained:
    r"""Say why an expert may offer help, view or control under a policy.

    Whether an expert may ever view is decided by what decides the offer: the rest is the user's.

    Raises:
        UsageError: `expert` is not of the form DOMAIN\name, no system has the name `os`, or `address` is no IPv4 address.

    """
    members = membership or Membership()

    def decide(changed: Policy) -> Decision:
        return (may_control if capability == "control" else may_offer)(changed, expert, members, os=os)

    decision = decide(policy)
    firewall = None if os is None else reach(policy.firewall, os, address=address)
    changes = tuple(_turning(policy, expert, capability, decide))
    return Explained(expert, capability, decision, changes, firewall)


Edit = tuple[str, str, Callable[[Policy], Policy]]


def _edits(expert: str, capability: Capability, *, allowed: bool) -> Iterator[Edit]:
    """Yield the single changes that can turn an answer: setting, sentence, and the change itself."""

    def offer(**parts: Any) -> Callable[[Policy], Policy]:
        return lambda policy: evolve(policy, offer=evolve(policy.offer, **parts), unclear=())

    if allowed:
        yield str(OFFER_STATE), "disable offers", offer(state=State.DISABLED)
        yield str(OFFER_HELPERS), "empty the helper list", offer(helpers=())
        if capability == "control":
            yield str(OFFER_MODE), "let helpers only view", offer(mode=Mode.VIEW)
        return
    yield str(OFFER_STATE), "enable offers", offer(state=State.ENABLED)
    yield (
        str(OFFER_HELPERS),
        f"list {expert}, or a group that holds it",
        lambda policy: evolve(
            policy, offer=evolve(policy.offer, helpers=(*policy.offer.helpers, Helper(expert))), unclear=()
        ),
    )
    yield (
        str(SOLICITED_STATE),
        "leave solicited help not configured, or enable it",
        lambda policy: evolve(policy, solicited=evolve(policy.solicited, state=State.NOT_CONFIGURED)),
    )
    if capability == "control":
        yield str(OFFER_MODE), "let helpers control", offer(mode=Mode.CONTROL)


def _turning(
    policy: Policy, expert: str, capability: Capability, decide: Callable[[Policy], Decision]
) -> Iterator[Change]:
    """Yield every smallest set of changes after which the decision is the other one; each was tried."""
    allowed = decide(policy).allowed
    edits = list(_edits(expert, capability, allowed=allowed))
    found: list[frozenset[int]] = []
    for size in range(1, len(edits) + 1):
        for chosen in combinations(range(len(edits)), size):
            if any(known <= frozenset(chosen) for known in found):
                continue
            changed = policy
            for at in chosen:
                changed = edits[at][2](changed)
            if decide(changed).allowed is not allowed:
                found.append(frozenset(chosen))
                yield Change(tuple(edits[at][0] for at in chosen), " and ".join(edits[at][1] for at in chosen))


# ---- for programs --------------------------------------------------------------------------------------------


def as_json(explained: Explained) -> dict[str, Any]:
    """Return the answer as the JSON object of the command line contract."""
    firewall = explained.firewall
    return {
        "expert": printable(explained.expert),
        "decision": explained.answer,
        "capability": explained.capability,
        "because": [_reason(r.rule, r.setting, r.says, r.where) for r in explained.decision.because],
        "unclear": [
            {**_reason("", u.setting, u.says, u.where), "readings": list(u.readings)}
            for u in explained.decision.unclear
        ],
        "would_change": [{"settings": list(c.settings), "says": c.says} for c in explained.would_change],
        "user": CLICKS[explained.capability],
        "firewall": None
        if firewall is None
        else {
            "system": firewall.system,
            "offer": firewall.offer,
            "port 3389": firewall.port_3389,
            "missing": list(firewall.missing),
            "superfluous": list(firewall.superfluous),
            "because": [_reason(r.rule, r.setting, r.says, r.where) for r in firewall.because],
        },
        "limits": list(LIMITS),
    }


def _reason(rule: str, setting: str, says: str, where: Where | None) -> dict[str, Any]:
    known = where if where is not None and where.known else None
    return {
        "rule": rule,
        "setting": setting,
        "file": known.file if known else None,
        "where": _place(known),
        "says": says,
    }


def _place(where: Where | None) -> str | None:
    if where is None:
        return None
    return (
        f"offset {where.offset}" if where.offset is not None else None if where.line is None else f"line {where.line}"
    )


# ---- for people ----------------------------------------------------------------------------------------------

_VERBS: Final = {
    "offer": "offer help",
    "view": "view, once the user accepts",
    "control": "control, once the user grants it",
}


def as_text(answers: Sequence[Explained]) -> str:
    """Return the answers for people: what, why, what would turn it; then the firewall, which is one for all, and the limits."""
    return "\n".join(_lines(answers))


def _lines(answers: Sequence[Explained]) -> Iterator[str]:
    for explained in answers:
        yield from _answer(explained)
        yield ""
    found = answers[0].firewall
    if found is not None:
        yield f"the firewall on {found.system}: offer {found.offer}; port 3389 {found.port_3389}"
        yield from (f"  {reason.rule:<4} {reason.says}{_at(reason.where)}" for reason in found.because)
        yield ""
    yield "limits"
    yield from (f"  - {limit}" for limit in LIMITS)


def _answer(explained: Explained) -> Iterator[str]:
    reading = " as rasim reads it," if explained.answer == "unclear" else ""
    words = f"may{'' if explained.decision.allowed else ' not'}{',' if reading else ''}{reading}"
    yield f"{printable(explained.expert)} {words} {_VERBS[explained.capability]}"
    for reason in explained.decision.because:
        yield f"  {reason.rule:<4} {reason.says}{_at(reason.where)}"
    for doubt in explained.decision.unclear:
        yield f"  UNCLEAR  {doubt.setting}: {doubt.says}{_at(doubt.where)}"
        yield f"           rasim:   {doubt.readings[0]}"
        yield f"           or else: {doubt.readings[1]}"
    if explained.decision.allowed:
        yield f"  but  {CLICKS[explained.capability]}"
    yield "  what would turn it:" if explained.would_change else "  nothing in the offer policy would turn it"
    for change in explained.would_change:
        yield f"  - {printable(change.says)} [{', '.join(change.settings)}]"


def _at(where: Where | None) -> str:
    return f" ({printable(str(where))})" if where is not None and where.known else ""
