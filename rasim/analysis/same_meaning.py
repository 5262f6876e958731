"""Files that mean the same, whatever their format, their bytes and their names: those of one content first, then contents that come to one.

Equal is what was decided: offers, mode and helpers, the other roads, what the firewall lets through, what was found, and what is unclear
or not read. Where something stands is no part of it. What could not be read means nothing, and is in no group.
"""

from collections.abc import Hashable, Iterable

from attrs import frozen

from rasim.analysis.file_audit import FileAudit
from rasim.analysis.many_files import SameContent
from rasim.policy import Policy, fold


@frozen
class SameMeaning:
    """Files that mean the same: what the first of them means, and the contents."""

    first: FileAudit
    policy: Policy
    contents: tuple[SameContent, ...]

    @property
    def many(self) -> int:
        """Return how many files there are."""
        return sum(len(each.paths) for each in self.contents)


def same_meaning(contents: Iterable[SameContent]) -> tuple[SameMeaning, ...]:
    """Return the contents that were read by what they mean, in the order in which each meaning was met first."""
    groups: dict[Hashable, list[tuple[SameContent, Policy]]] = {}
    for each in contents:
        if (policy := each.first.policy) is not None:
            groups.setdefault(_meaning(each.first, policy), []).append((each, policy))
    return tuple(
        SameMeaning(those[0][0].first, those[0][1], tuple(each for each, _ in those)) for those in groups.values()
    )


def _meaning(audit: FileAudit, policy: Policy) -> Hashable:
    offer = policy.offer
    return (
        offer.state,
        offer.mode,
        frozenset(
            (fold(helper.text), helper.flaw, fold(helper.stored), fold(helper.group)) for helper in offer.helpers
        ),
        (policy.solicited.state, policy.solicited.mode, policy.logging.state, policy.local.solicited),
        tuple((road.road, road.open, road.asks, road.gives, road.who) for road in policy.roads),
        tuple(
            (each.system, each.offer, each.port_3389, each.port_135, each.missing, each.superfluous)
            for each in audit.reach
        ),
        frozenset((finding.kind.id, finding.message) for finding in audit.findings),
        frozenset((doubt.setting, doubt.says, doubt.readings) for doubt in policy.unclear),
        frozenset((each.what, each.why) for each in policy.unread),
        frozenset((each.setting, each.says) for each in policy.misplaced),
    )
