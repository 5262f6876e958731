r"""Is an account on the helper list: as itself, or through which groups (R4, R5).

`HelperList` is a policy's list beside who is in which group, made ready to be asked about many accounts: most of them are
told from all entries by a look into a dictionary, and only what could hold them is gone through.

An entry of wrong form matches nobody (R26). An entry that names neither the account nor a group whose members were told
may be a user or a group: it does not match, and that alone is not unclear. Unclear are refusals where an entry holds
everybody, names the same account in another form, or has a name unlike its data.
"""

from collections.abc import Hashable, Iterator

from rasim.policy.accounts import Account, Flaw, flaw_of, might_mean, names_everybody, parse_account, plainly
from rasim.policy.answer import Decision, Reason
from rasim.policy.groups import Membership
from rasim.policy.names import fold
from rasim.policy.offer import Policy
from rasim.policy.settings import OFFER_HELPERS
from rasim.policy.stated import Helper
from rasim.policy.unclear import Unclear
from rasim.words import printable

_SETTING = str(OFFER_HELPERS)


class HelperList:
    """The list of a policy, with who is in which group."""

    def __init__(self, policy: Policy, membership: Membership | None = None) -> None:
        self.helpers, self.stated = policy.offer.helpers, policy.offer.helpers_stated
        self.membership = membership or Membership()
        listed = (doubt for doubt in policy.unclear if OFFER_HELPERS.field in doubt.parts)
        self.untold = tuple(doubt for doubt in listed if doubt.topic == "untold")
        self._named: dict[Account, list[int]] = {}
        self._doubtful: list[int] = []  # entries in which anybody may be
        self._alike: dict[str, list[int]] = {}  # entries in which an account of this name may be, whatever its domain
        for at, helper in enumerate(self.helpers):
            self._note(at, helper)

    def _note(self, at: int, helper: Helper) -> None:
        names = {fold(helper.text.rpartition("\\")[2].partition("@")[0].strip())}
        anybody = helper.flaw is not None or names_everybody(helper.text)
        if helper.flaw is None:
            group = parse_account(helper.text)
            self._named.setdefault(self.membership.same(group), []).append(at)
            names |= {fold(each.name) for each in self.membership.below(group)}
            anybody = anybody or bool(self.membership.untold_in(group))
        if anybody:
            self._doubtful.append(at)
        else:
            for name in names:
                self._alike.setdefault(name, []).append(at)

    def ways(self, account: Account) -> tuple[tuple[Helper, tuple[Account, ...]], ...]:
        """Return each entry that has the account, with the chain of groups up to it, in the order of the list."""
        own = {self.membership.same(account), *self.membership.above(account)}
        found = sorted(at for each in own for at in self._named.get(each, ()))
        chains = ((self.helpers[at], self.membership.path(account, self._account(at))) for at in found)
        return tuple((helper, chain) for helper, chain in chains if chain is not None)

    def _account(self, at: int) -> Account:
        return parse_account(self.helpers[at].text)

    def has(self, account: Account) -> Decision:
        """Decide whether an account is on the list; each entry that has it is a reason of its own."""
        ways = self.ways(account)
        if ways:
            return Decision(True, tuple(_through(account, helper, chain) for helper, chain in ways))
        if not self.helpers:
            reason = Reason("R5", "the helper list is empty: nobody may offer", _SETTING, self.stated.where)
            return Decision(False, (reason,), self.untold)
        reason = Reason("R4", f"{account} is not on the helper list", _SETTING, self.stated.where)
        return Decision(False, (reason,), (*self._doubts(account), *self.untold))

    def _doubts(self, account: Account) -> Iterator[Unclear]:
        return (doubt for _, doubt in self.perhaps(account))

    def perhaps(self, account: Account) -> Iterator[tuple[Helper, Unclear]]:
        """Yield what could put the account on the list after all: entries that may mean it, or a group that it is in."""
        own = (self.membership.same(account), *self.membership.above(account))
        named = (at for each in own for at in self._alike.get(fold(each.name), ()))
        candidates = [self.helpers[at] for at in sorted({*self._doubtful, *named})]
        for each in candidates:
            about = _perhaps(each, (account, *own[1:]), self.membership)
            if about:
                yield each, _doubt(each, account, about)
        for each in candidates:
            doubt = _untold(each, account, self.membership)
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
    return Reason("R4", f"{account} is a helper{via}", _SETTING, helper.where)


Keys = tuple[Hashable, ...]


def _perhaps(helper: Helper, own: tuple[Account, ...], membership: Membership) -> Keys:
    """Return what is not known of whether an entry means an account or one of the groups that it is in (`own`); empty if it does not.

    One whose name and data differ might by either (A12).
    """
    entry: Keys = (("entry", fold(helper.text), helper.raw),)
    plain = plainly(helper.text) if helper.flaw not in {None, Flaw.UNLIKE_DATA, Flaw.NOT_TEXT} else None
    if plain is not None:
        same = membership.same(plain) in map(membership.same, own)
        return entry if same or names_everybody(helper.text) else _twins(plain, own, membership)
    if helper.flaw not in {None, Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
        meant = names_everybody(helper.text) or any(might_mean(helper.text, each) for each in own)
        return entry if meant else ()
    if helper.flaw is not None:
        if helper.data is None:
            return entry
        texts = (helper.text, helper.data)
        if any(_is(text, own, membership) for text in texts):
            return entry
        return tuple(
            key for text in texts if flaw_of(text) is None for key in _twins(parse_account(text), own, membership)
        )
    account = parse_account(helper.text)
    if membership.knows(account):
        return ()
    everybody = names_everybody(helper.text) and not _are_two(account, own[0], membership)
    return (*(entry if everybody else ()), *_twins(account, own, membership))


def _is(text: str, own: tuple[Account, ...], membership: Membership) -> bool:
    """Tell whether a text, if it counts, is one of these accounts or may hold them, in the same form of the domain."""
    if flaw_of(text) is not None:
        return names_everybody(text) or any(might_mean(text, each) for each in own)
    entry = membership.same(parse_account(text))
    return entry in map(membership.same, own) or bool(membership.untold_in(entry)) or names_everybody(text)


def _twins(entry: Account, own: tuple[Account, ...], membership: Membership) -> Keys:
    """Return for each of these accounts that the entry may name in the other form of its domain what is not known."""
    twins = (each for each in own if might_mean(f"{entry.domain}\\{entry.name}", each))
    return tuple(("one account", entry, each) for each in twins if not _are_two(entry, each, membership))


def _are_two(one: Account, other: Account, membership: Membership) -> bool:
    known = membership.knows_domain(one.domain) or membership.knows_domain(other.domain)
    return known and fold(membership.same(one).domain) != fold(membership.same(other).domain)


def _untold(helper: Helper, account: Account, membership: Membership) -> Unclear | None:
    """Return the doubt about a group on the list: members that were not told, or told in another form of the domain."""
    if helper.flaw is not None:
        return None
    group = parse_account(helper.text)
    groups = membership.untold_in(group)
    about: tuple[Hashable, ...] = tuple(("untold", group) for group in groups)
    if groups:
        says = f'of the entry "{printable(helper.text)}" the members of {", ".join(map(str, groups))} were not told'
    else:
        alike = (each for each in membership.below(group) if might_mean(str(each), account))
        other = min((each for each in alike if not _are_two(each, account, membership)), key=str, default=None)
        if other is None:
            return None
        about = (("one account", other, account),)
        says = f'{other} is in the entry "{printable(helper.text)}", and whether that is the same domain was not told'
    readings = (f"{account} is not on the helper list", f"{account} is among them")
    return Unclear(_SETTING, says, readings, helper.where, about=about)


def _doubt(helper: Helper, account: Account, about: Keys) -> Unclear:
    why = (
        "names a group that holds everybody"
        if names_everybody(helper.text)
        else helper.flaw.value
        if helper.flaw
        else "has another form of the domain"
    )
    says = f'the entry "{printable(helper.text)}" {why}'
    readings = (f"{account} is not on the helper list", f"Windows, which knows the directory, may find {account} in it")
    return Unclear(_SETTING, says, readings, helper.where, about=about)
