r"""Who is in which group, as told: the directory is an input, never looked up (A11).

What was not told is not known. An account that no told group contains is in none, and an entry of the helper list
that no told group has the name of is taken for a user: from its text the two cannot be told apart.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Self

from attrs import frozen

from rasim.policy.accounts import Account, parse_account


@frozen
class Membership:
    """Groups with their direct members, users or groups; a group may contain itself through others."""

    groups: tuple[tuple[Account, frozenset[Account]], ...] = ()

    @classmethod
    def of(cls, groups: Mapping[str, Iterable[str]]) -> Self:
        r"""Return the membership that `{'CORP\Helpdesk': ['CORP\anna', ...]}` tells; one group told twice is merged.

        Raises:
            UsageError: a name is not of the form `DOMAIN\name`.

        """
        merged: dict[Account, set[Account]] = {}
        for group, members in groups.items():
            merged.setdefault(parse_account(group), set()).update(parse_account(member) for member in members)
        return cls(tuple((group, frozenset(members)) for group, members in merged.items()))

    @cached_property
    def _members(self) -> Mapping[Account, frozenset[Account]]:
        return dict(self.groups)

    def knows(self, group: Account) -> bool:
        """Tell whether the members of `group` were told, be it none."""
        return group in self._members

    def path(self, account: Account, group: Account) -> tuple[Account, ...] | None:
        """Return the shortest chain from `account` through groups up to `group`, both included; None if there is none.

        An account is on the path to itself. Of equally short chains the one that sorts first is taken, so that the
        answer does not depend on hashes.
        """
        queue: deque[tuple[Account, ...]] = deque([(group,)])
        seen = {group}
        while queue:
            chain = queue.popleft()
            if chain[0] == account:
                return chain
            for member in sorted(self._members.get(chain[0], frozenset()) - seen, key=_by_name):
                seen.add(member)
                queue.append((member, *chain))
        return None


def _by_name(account: Account) -> str:
    return str(account).upper()
