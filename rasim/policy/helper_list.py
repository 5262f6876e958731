r"""Is an account on the helper list: as itself, or through which groups (R4, R5).

`HelperList` is a policy's list beside who is in which group, made ready to be asked about many accounts: most of them are
told from all entries by a look into a dictionary, and only what could hold them is gone through.

An entry of wrong form matches nobody (R26). One that names neither the account nor a group whose members were told may be a user or a
group with the account in it: that is a question. Refusals are unclear there, and where an entry holds everybody, names the same
account in another form, or has a name unlike its data.
"""

from collections.abc import Hashable, Iterator, Mapping

from rasim.policy.accounts import Account, Flaw, might_mean, names_everybody, names_in, parse_account, plainly
from rasim.policy.answer import Decision, Reason
from rasim.policy.groups import Membership
from rasim.policy.names import fold
from rasim.policy.offer import Policy
from rasim.policy.settings import OFFER_HELPERS
from rasim.policy.stated import Helper
from rasim.policy.unclear import Unclear
from rasim.words import printable

_SETTING = str(OFFER_HELPERS)
_MANY = 5  # groups that a question names


class HelperList:
    """The list of a policy, with who is in which group."""

    def __init__(self, policy: Policy, membership: Membership | None = None) -> None:
        self.helpers, self.stated = policy.offer.helpers, policy.offer.helpers_stated
        self.membership = membership or Membership()
        listed = (doubt for doubt in policy.unclear if OFFER_HELPERS.field in doubt.parts)
        self.untold = tuple(doubt for doubt in listed if doubt.topic == "untold")
        self._named: dict[Account, list[int]] = {}
        self._doubtful: list[int] = []  # entries of which more is to be asked than who is in which group
        self._open: dict[Account, int] = {}  # groups whose members were not told, each with the first entry it is in
        self._alike: dict[str, list[int]] = {}  # entries in which an account of this name may be, whatever its domain
        for at, helper in enumerate(self.helpers):
            self._note(at, helper)

    def _note(self, at: int, helper: Helper) -> None:
        doubtful, names = helper.flaw is not None, {fold(helper.text.rpartition("\\")[2].partition("@")[0].strip())}
        if helper.flaw is None:
            group = parse_account(helper.text)
            self._named.setdefault(self.membership.same(group), []).append(at)
            names |= {fold(each.name) for each in self.membership.below(group)}
            open_ones = self.membership.untold_in(group)
            self._open |= {each: at for each in open_ones if each not in self._open and not names_everybody(str(each))}
            doubtful = any(names_everybody(str(each)) for each in open_ones)
        if doubtful:
            self._doubtful.append(at)
        else:
            for name in names:
                self._alike.setdefault(name, []).append(at)

    def ways(self, account: Account) -> tuple[tuple[Helper, tuple[Account, ...]], ...]:
        """Return each entry that has the account, with the chain of groups up to it, in the order of the list."""
        own = {self.membership.same(account), *self.membership.above(account)}
        found = sorted(at for each in own for at in self._named.get(each, ()))
        chains = (
            (self.helpers[at], self.membership.path(account, parse_account(self.helpers[at].text))) for at in found
        )
        return tuple((helper, chain) for helper, chain in chains if chain is not None)

    def has(self, account: Account) -> Decision:
        """Decide whether an account is on the list; each entry that has it is a reason of its own."""
        ways = self.ways(account)
        if ways:
            return Decision(True, tuple(_through(account, helper, chain) for helper, chain in ways))
        if not self.helpers:
            reason = Reason("R5", "the helper list is empty: nobody may offer", _SETTING, self.stated.where)
            return Decision(False, (reason,), self.untold)
        reason = Reason("R4", f"{account} is not on the helper list", _SETTING, self.stated.where)
        asked = self.asked(account)
        doubts = (*(doubt for _, doubt in self.perhaps(account)), *((_question(account, asked),) if asked else ()))
        return Decision(False, (reason,), (*doubts, *self.untold))

    def asked(self, account: Account) -> dict[Account, Helper]:
        """Return the groups of which it has to be known whether the account is in them, each with its entry on the list."""
        known, name = self.membership, fold(account.name)
        inside = [(group, at) for group, at in self._open.items() if not known.is_outside(account, group)]
        other = {group for group, _ in inside if fold(group.name) == name and _twins(group, (account,), known)}
        return {group: self.helpers[at] for group, at in inside if group not in other}

    def perhaps(self, account: Account) -> Iterator[tuple[Helper, Unclear]]:
        """Yield entries that may mean the account, or a group that it is in, in another form; members not told are `asked` about."""
        own = (self.membership.same(account), *self.membership.above(account))
        named = (at for each in own for at in self._alike.get(fold(each.name), ()))
        candidates = [self.helpers[at] for at in sorted({*self._doubtful, *named})]
        for each in candidates:
            about = _perhaps(each, (account, *own[1:]), self.membership)
            if about:
                yield each, _doubt(each, account, about)
        for each in candidates:
            doubt = _namesake(each, account, self.membership)
            if doubt is not None:
                yield each, doubt


def is_helper(policy: Policy, account: Account | str, membership: Membership | None = None) -> Decision:
    r"""Decide whether `account` is on the helper list, as itself or through groups (R4).

    Whether offers are enabled is not asked here.

    Raises:
        UsageError: `account` is a text that is not of the form DOMAIN\name.

    """
    account = parse_account(account) if isinstance(account, str) else account
    return HelperList(policy, membership).has(account)


def _through(account: Account, helper: Helper, chain: tuple[Account, ...]) -> Reason:
    via = "" if len(chain) == 1 else f" as a member of {', in '.join(map(str, chain[1:]))}"
    how = f"may offer as one of the local group {helper.group}" if helper.group else "is a helper"
    return Reason("R4", f"{account} {how}{via}", _SETTING, helper.where)


Keys = tuple[tuple[Hashable, ...], ...]


def _perhaps(helper: Helper, own: tuple[Account, ...], membership: Membership) -> Keys:
    """Return what is not known of whether an entry means an account or one of the groups that it is in (`own`); empty if it does not.

    One whose name and data differ might by either (A12).
    """
    if helper.flaw is None:
        group = parse_account(helper.text)
        keys = tuple(("untold", each) for each in _holding_all(group, own[0], membership))
        return keys or (() if membership.knows(group) else _twins(group, own, membership))
    written = [
        helper.text,
        *([helper.data] if helper.data and helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT} else []),
    ]
    texts = [name for text in written for name in names_in(text)]
    if helper.data is None or any(_may_be(text, own, membership) for text in texts):
        return (("entry", fold(helper.text), helper.raw),)
    accounts = (plain for text in texts if (plain := plainly(text)) is not None)
    return tuple(key for each in accounts for key in _twins(each, own, membership))


def _holding_all(group: Account, account: Account, membership: Membership) -> list[Account]:
    """Return the groups at or below a group that hold everybody, and so perhaps an account; not those of another domain."""
    found = (each for each in membership.untold_in(group) if names_everybody(str(each)))
    inside = (each for each in found if not membership.is_outside(account, each))
    return [
        each for each in inside if names_everybody(str(each), world=True) or not _are_two(each, account, membership)
    ]


def _may_be(text: str, own: tuple[Account, ...], membership: Membership) -> bool:
    """Tell whether a text, if it counts, is one of these accounts or may hold them, in the same form of the domain."""
    plain = plainly(text)
    if plain is None or names_everybody(text):
        return names_everybody(text) or any(might_mean(text, each) for each in own)
    inside = membership.untold_in(plain)
    return membership.same(plain) in own or not all(membership.is_outside(own[0], each) for each in inside)


def _twins(entry: Account, own: tuple[Account, ...], membership: Membership) -> Keys:
    """Return for each of these accounts that the entry may name in the other form of its domain what is not known."""
    twins = (each for each in own if might_mean(f"{entry.domain}\\{entry.name}", each))
    return tuple(("one account", entry, each) for each in twins if not _are_two(entry, each, membership))


def _are_two(one: Account, other: Account, membership: Membership) -> bool:
    known = membership.knows_domain(one.domain) or membership.knows_domain(other.domain)
    return known and fold(membership.same(one).domain) != fold(membership.same(other).domain)


def _question(account: Account, asked: Mapping[Account, Helper]) -> Unclear:
    """Return the doubt about groups on the list whose members were not told, as the question that settles it."""
    *names, last = map(str, asked)
    groups = (
        f"{', '.join(names)} or {last}"
        if len(names) < _MANY
        else f"{', '.join(names[:_MANY])} or {len(asked) - _MANY} more"
    )
    says = f"is {account} in {groups if names else last}? Nobody has told who is"
    readings = (f"no: {account} is not on the helper list", f"yes: {account} is among the helpers")
    where = next(iter(asked.values())).where
    return Unclear(_SETTING, says, readings, where, about=tuple(("untold", group) for group in asked))


def _namesake(helper: Helper, account: Account, membership: Membership) -> Unclear | None:
    """Return the doubt about an account of the same name that was told to be in an entry, in the other form of its domain."""
    if helper.flaw is not None:
        return None
    alike = (each for each in membership.below(parse_account(helper.text)) if might_mean(str(each), account))
    other = min((each for each in alike if not _are_two(each, account, membership)), key=str, default=None)
    if other is None:
        return None
    says = f'{other} is in the entry "{printable(helper.text)}", and whether that is the same domain was not told'
    readings = (f"{account} is not on the helper list", f"{account} is among them")
    return Unclear(_SETTING, says, readings, helper.where, about=(("one account", other, account),))


def _doubt(helper: Helper, account: Account, about: Keys) -> Unclear:
    why = "has another form of the domain"
    if names_everybody(helper.text):
        why = "names a group that holds everybody"
    elif helper.flaw:
        why = helper.flaw.value
    elif about[0][0] == "untold":
        why = f"holds everybody: {about[0][1]} is in it"
    says = f'the entry "{printable(helper.text)}" {why}'
    readings = (f"{account} is not on the helper list", f"Windows, which knows the directory, may find {account} in it")
    return Unclear(_SETTING, says, readings, helper.where, about=about)
