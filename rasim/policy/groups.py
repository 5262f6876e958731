r"""Who is in which group, as told: the directory is an input, never looked up (A11).

What was not told is not known. A name of which nothing was told may be a user or a group: from its text the two cannot be told
apart, so anybody may be in it. So it is with a group that is known to be one whose members were not told (`untold`), and with one
that holds everybody. A member that has no members of its own is a user. Who was said not to be in a group is `outside` it.

A domain has a short and a DNS name, and nobody can see from the text that `CORP` is `corp.example`. Where it was told
(`domains`) the two are one domain here; accounts are then kept and shown in the short form.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Self

from attrs import evolve, field, frozen

from rasim.doors import door
from rasim.errors import UsageError
from rasim.policy.accounts import Account, names_everybody, parse_account
from rasim.policy.names import fold


@frozen
class Membership:
    """Groups with their direct members, users or groups; a group may contain itself through others.

    `domains` maps DNS names of domains to their short ones, both folded to capitals. `accounts` are those that were told of
    at all, groups and members apart. `outside` has accounts, each with a group that it is not in.
    """

    groups: tuple[tuple[Account, frozenset[Account]], ...] = ()
    domains: Mapping[str, str] = field(factory=dict, hash=False)
    untold: frozenset[Account] = frozenset()
    accounts: frozenset[Account] = frozenset()
    outside: frozenset[tuple[Account, Account]] = frozenset()

    @classmethod
    def of(cls, groups: Mapping[str, Iterable[str]], domains: Mapping[str, str] | None = None) -> Self:
        r"""Return the membership that `{'CORP\Helpdesk': ['CORP\anna', ...]}` tells; one group told twice is merged.

        `domains` maps short names to DNS names, as `{'CORP': 'corp.example'}`.

        Raises:
            UsageError: a name is not of the form `DOMAIN\name`.

        """
        told = [(parse_account(group), frozenset(map(parse_account, members))) for group, members in groups.items()]
        return cls.told(told, domains=domains or {})

    @classmethod
    def told(
        cls,
        groups: Iterable[tuple[Account, Iterable[Account]]],
        *,
        domains: Mapping[str, str] | None = None,
        untold: Iterable[Account] = (),
        accounts: Iterable[Account] = (),
        outside: Iterable[tuple[Account, Account]] = (),
    ) -> Self:
        """Return the membership of these groups; a group told twice is merged, one that is told is not untold."""
        short = {fold(dns): fold(name) for name, dns in (domains or {}).items()}
        merged: dict[Account, set[Account]] = {}
        for group, members in groups:
            merged.setdefault(_short(group, short), set()).update(_short(member, short) for member in members)
        return cls(
            tuple((group, frozenset(members)) for group, members in merged.items()),
            short,
            frozenset(_short(each, short) for each in untold).difference(merged),
            frozenset(_short(each, short) for each in accounts),
            frozenset((_short(each, short), _short(group, short)) for each, group in outside),
        )

    def __or__(self, other: "Membership") -> "Membership":
        """Return what both tell together."""
        both = {short: dns for domains in (self.domains, other.domains) for dns, short in domains.items()}
        return Membership.told(
            (*self.groups, *other.groups),
            domains=both,
            untold=self.untold | other.untold,
            accounts=self.accounts | other.accounts,
            outside=self.outside | other.outside,
        )

    @cached_property
    def _members(self) -> Mapping[Account, frozenset[Account]]:
        return dict(self.groups)

    def same(self, account: Account) -> Account:
        """Return the account in the form in which accounts are kept here: with the short name of its domain, if known."""
        return _short(account, self.domains)

    def knows_domain(self, domain: str) -> bool:
        """Tell whether both names of a domain were told, of which this is one."""
        return fold(domain) in self.domains or fold(domain) in self.domains.values()

    def knows(self, group: Account) -> bool:
        """Tell whether the members of `group` were told, be it none."""
        return self.same(group) in self._members

    def mentions(self, account: Account) -> bool:
        """Tell whether an account was told of at all: as a group, a member, or an entry of its own."""
        account = self.same(account)
        return account in self._members or account in self.untold or account in self._mentioned

    @cached_property
    def _mentioned(self) -> frozenset[Account]:
        return self.accounts.union(*(members for _, members in self.groups))

    def path(self, account: Account, group: Account) -> tuple[Account, ...] | None:
        """Return the shortest chain from `account` through groups up to `group`, both included; None if there is none.

        An account is on the path to itself. Of equally short chains the one that sorts first is taken, so that the
        answer does not depend on hashes.
        """
        account, group = self.same(account), self.same(group)
        queue: deque[tuple[Account, ...]] = deque([(group,)])
        seen = {group}
        while queue:
            chain = queue.popleft()
            if chain[0] == account:
                return chain
            members = self._members.get(chain[0], frozenset()) - seen
            if account in members:
                return (account, *chain)
            # Only who has members of its own can lead further down.
            for member in sorted((each for each in members if each in self._members), key=_by_name):
                seen.add(member)
                queue.append((member, *chain))
        return None

    def below(self, group: Account) -> frozenset[Account]:
        """Return everybody and every group that is in a group, directly or through others; not itself."""
        return _reached(self.same(group), lambda each: self._members.get(each, ()))

    def above(self, account: Account) -> frozenset[Account]:
        """Return every group that an account is in, directly or through others."""
        return _reached(self.same(account), lambda each: self._groups_of.get(each, ()))

    @cached_property
    def _groups_of(self) -> Mapping[Account, tuple[Account, ...]]:
        found: dict[Account, list[Account]] = {}
        for group, members in self.groups:
            for member in members:
                found.setdefault(member, []).append(group)
        return {member: tuple(groups) for member, groups in found.items()}

    def people_in(self, group: Account) -> frozenset[Account]:
        """Return who is in a group, directly or through others, groups that are known to be such left out."""
        return frozenset(each for each in self.below(group) if each not in self._members and not self._is_open(each))

    def untold_in(self, group: Account) -> tuple[Account, ...]:
        """Return the groups at or below a group whose members were not told, by name; itself too where it may be one."""
        return tuple(sorted(filter(self._is_open, self.below(group) | {self.same(group)}), key=_by_name))

    def _is_open(self, account: Account) -> bool:
        """Tell whether anybody may be in an account: a group without members told, or what may be one."""
        if account in self._members:
            return names_everybody(str(account), world=True)
        return account in self.untold or account not in self._mentioned or names_everybody(str(account))

    def is_outside(self, account: Account, group: Account) -> bool:
        """Tell whether an account was said not to be in a group; of what holds everybody that cannot be said."""
        return (self.same(account), self.same(group)) in self.outside and not names_everybody(str(group), world=True)

    def cycles(self) -> tuple[Account, ...]:
        """Return the groups that are in themselves, directly or through others, by name."""
        return tuple(sorted((group for group in self._members if group in self.below(group)), key=_by_name))

    @door
    def about(self, account: Account, member_of: Iterable[str] = (), not_member_of: Iterable[str] = ()) -> "Membership":
        r"""Return the same with an account in these groups, and not in those, each as `DOMAIN\name`; UsageError for another form."""
        more = Membership.told((parse_account(group), (account,)) for group in member_of)
        found = self | evolve(more, domains=self.domains) if more.groups else self
        return found.without_member(account, map(parse_account, not_member_of))

    def without_member(self, account: Account, groups: Iterable[Account]) -> "Membership":
        """Return the same with an account outside of groups, and so of whatever is in them; UsageError if it was told to be in one."""
        out = {each for group in groups for each in (self.same(group), *self.below(group))}
        if inside := sorted(map(str, out & {self.same(account), *self.above(account)})):
            raise UsageError(f"{account} was told to be in {inside[0]}, and cannot be outside of it")
        return evolve(self, outside=self.outside | {(self.same(account), each) for each in out})


def _reached(start: Account, following: Callable[[Account], Iterable[Account]]) -> frozenset[Account]:
    """Return whatever follows from a start, directly or through others."""
    found: set[Account] = set()
    waiting = [start]
    while waiting:
        new = set(following(waiting.pop())) - found
        found |= new
        waiting += new
    return frozenset(found)


def _short(account: Account, short: Mapping[str, str]) -> Account:
    name = short.get(fold(account.domain))
    return account if name is None else Account(name, account.name)


def _by_name(account: Account) -> str:
    return str(account).upper()
