"""What a change of policy makes possible, and what it takes away: over all experts, systems and traces.

Read `compare` from the bottom of the page upwards, or in words: of each side, for each expert whom either can tell apart, on
each system, from each stretch of addresses, five facts are asked for (`_Side`). A fact that can be read otherwise has further
values; readings that are the same on both sides go together. Under each reading the model has been explored (`powers.py`),
so what becomes possible is a difference of two sets. docs/decisions/0011-meaning.md says why it is done so.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, Literal

from attrs import evolve, field, frozen

from rasim.errors import UsageError
from rasim.policy import (
    SYSTEMS,
    Account,
    Blocks,
    Change,
    Decision,
    HelperList,
    Membership,
    Policy,
    Reach,
    Reason,
    State,
    System,
    Unclear,
    changes,
    flaw_of,
    fold,
    names_everybody,
    parse_account,
    permits_control,
    printable,
    reach,
)
from rasim.policy.accounts import might_mean
from rasim.policy.decision import is_enabled, missing
from rasim.policy.exceptions import parse_address
from rasim.policy.firewall_rules import OFFER_NEEDS, match
from rasim.policy.offer import firewall_doubts
from rasim.policy.reach import SETTING as FIREWALL
from rasim.policy.reach import bears_on, seen_from, stretches
from rasim.verify.powers import Facts, powers

Verdict = Literal["stricter", "looser", "equal", "incomparable"]
VERDICTS: Final[Mapping[tuple[bool, bool], Verdict]] = {  # something newly possible, something no longer possible
    (False, False): "equal",
    (False, True): "stricter",
    (True, False): "looser",
    (True, True): "incomparable",
}
CAPABILITIES: Final = ("offer", "view", "control")
EXPOSURES: Final = ("port 135", "port 3389 always", "port 3389 while in use")
PORT_135, ALWAYS, IN_USE = EXPOSURES
NOBODY: Final = "somebody whom neither names"


@frozen
class Difference:
    """Something that is possible on one side and not on the other: what, for whom, on which systems, and why.

    `expert` is None for a port, which is open to everybody; `named` is false for the one whom neither side names. `address`
    is an example where scopes matter. `certain` is false where some reading does not have the difference; `unclear` then has
    both readings. `before` and `after` are the reasons of both sides, for what forbids it on one of them.
    """

    capability: str
    expert: str | None
    systems: tuple[str, ...]
    certain: bool = True
    address: str | None = None
    before: tuple[Reason, ...] = ()
    after: tuple[Reason, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    named: bool = True


@frozen
class Compared:
    """Both policies, whom and what was asked about, the differences, and the verdict that follows from them."""

    before: Policy
    after: Policy
    experts: tuple[str, ...]
    systems: tuple[str, ...]
    newly_possible: tuple[Difference, ...]
    no_longer_possible: tuple[Difference, ...]
    changes: tuple[Change, ...] = field(repr=False)
    membership: Membership = field(factory=Membership, repr=False)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict in which whatever is possible in some reading counts."""
        return VERDICTS[bool(self.newly_possible), bool(self.no_longer_possible)]

    @property
    def or_else(self) -> tuple[Verdict, ...]:
        """Return the verdicts that other readings give."""
        both = (self.newly_possible, self.no_longer_possible)
        sides = [{bool(side), any(each.certain for each in side)} for side in both]
        return tuple(
            v for key, v in VERDICTS.items() if key[0] in sides[0] and key[1] in sides[1] and v != self.verdict
        )

    @property
    def certain(self) -> bool:
        """Return whether no reading gives another verdict."""
        return not self.or_else

    @property
    def clear(self) -> bool:
        """Return whether every reading has every difference."""
        return all(each.certain for each in (*self.newly_possible, *self.no_longer_possible))

    def meets(self, expected: str) -> bool | None:
        """Return whether it is as expected: `stricter` (nothing newly possible) or `equal`; None if readings differ."""
        unwanted = (*self.newly_possible, *(self.no_longer_possible if expected == "equal" else ()))
        return False if any(each.certain for each in unwanted) else None if unwanted else True


# ---- facts, and what else they could be ----------------------------------------------------------------------


@frozen
class _Fact:
    """A fact of one side: its value as rasim reads it, and what is not known about it.

    Read the other way each of `doubts` turns the value; what is `missed` may set it to anything.
    """

    value: bool
    reasons: tuple[Reason, ...] = field(eq=False, hash=False)
    doubts: frozenset[Hashable] = frozenset()
    missed: frozenset[Hashable] = frozenset()
    unclear: tuple[Unclear, ...] = field(default=(), eq=False, hash=False)


Cell = tuple[_Fact, ...]  # the facts of one side, in this order:
ENABLED, SOLICITED, OLD, LISTED, MODE, THROUGH = range(6)
Signed = tuple[bool, bool]  # newly possible, no longer possible


def _fact(value: bool, reasons: tuple[Reason, ...], unclear: tuple[Unclear, ...], missed: tuple[Unclear, ...]) -> _Fact:
    doubts = frozenset(key for doubt in unclear for key in doubt.keys)
    gone = frozenset(key for doubt in missed for key in doubt.keys)
    return _Fact(value, reasons, doubts, gone, tuple(dict.fromkeys((*unclear, *missed))))


class _Side:
    """One policy, ready to be asked for its facts."""

    def __init__(self, policy: Policy, membership: Membership) -> None:
        self.policy, self.list = policy, HelperList(policy, membership)
        self.missed = missing(policy)
        self.mode = self._decided(permits_control(policy))
        self.enabled = self._decided(is_enabled(policy))
        self.solicited = self._solicited()
        self.doubts = tuple(firewall_doubts(policy.firewall))
        self._reached: dict[tuple[str, str | None], Reach] = {}

    def _decided(self, decision: Decision) -> _Fact:
        return _fact(decision.allowed, decision.because, decision.unclear, self.missed)

    def _solicited(self) -> _Fact:
        """Return whether invitations are disabled, which blocks offers on old systems (R9)."""
        state, stated = self.policy.solicited.state, self.policy.solicited.stated
        reason = Reason("R9", f"solicited {state.value} ({stated.says})", stated.setting, stated.where)
        unread = state is State.UNKNOWN
        doubts = tuple(doubt for doubt in self.policy.unclear if unread and doubt.setting == stated.setting)
        # As everything that cannot be read it is taken in the strict way: as disabled.
        return _fact(state in {State.DISABLED, State.UNKNOWN}, (reason,), doubts, self.missed)

    def offers(self, system: System) -> tuple[_Fact, _Fact, _Fact]:
        """Return whether offers are enabled, whether invitations are disabled, and whether that blocks offers here."""
        blocks = system.solicited_blocks_offers
        doubts: tuple[Unclear, ...] = ()
        if blocks is Blocks.UNCLEAR:
            readings = (f"disabled invitations block offers on {system.name}", f"{system.name} has the fix of XP SP2")
            says = f"whether disabled invitations block offers on {system.name} is not known"
            doubts = (Unclear(self.policy.solicited.stated.setting, says, readings, about=(("blocks", system.name),)),)
        return self.enabled, self.solicited, _fact(blocks is not Blocks.NO, (), doubts, ())

    def listed(self, account: Account) -> _Fact:
        return self._decided(self.list.has(account))

    def reached(self, system: System, address: str | None) -> Reach:
        key = (system.name, address)
        if key not in self._reached:
            self._reached[key] = reach(seen_from(self.policy.firewall, address), system.name, address=address)
        return self._reached[key]

    def through(self, system: System, address: str | None) -> _Fact:
        """Return whether the firewall lets offers through."""
        found = self.reached(system, address)
        value = found.offer in {"gets through", "not governed"}
        return self._of_firewall(system, found, "offer", value, told=found.offer != "cannot tell")

    def exposed(self, system: System, address: str | None, name: str) -> _Fact:
        """Return whether a port is exposed, as one of `EXPOSURES`."""
        found = self.reached(system, address)
        if name == PORT_135:
            return self._of_firewall(system, found, name, found.port_135 == "open", told=found.port_135 != "unclear")
        enough = {"always open"} if name == ALWAYS else {"while in use", "always open"}
        # Sessmgr opens it while in use (R37), whatever cannot be told of what opens it always.
        if name == IN_USE and any(reason.rule == "R37" for reason in found.why("port 3389")):
            enough.add("cannot tell")
        told = found.port_3389 != "cannot tell" or "cannot tell" in enough
        return self._of_firewall(system, found, "port 3389", found.port_3389 in enough, told=told)

    def _of_firewall(self, system: System, found: Reach, question: str, value: bool, *, told: bool) -> _Fact:
        """Return an answer of the firewall; doubtful where it cannot tell, or where something that bears on it was not read."""
        why, firewall = found.why(question), self.policy.firewall
        missed = self.missed if system.managed_firewall else ()
        unclear = tuple(doubt for doubt in self.doubts if bears_on(doubt, question, firewall, system))
        if told:
            return _fact(value, why, unclear, missed)
        # What does nothing for an offer (R38), or opens a port only while in use (R37), is no part of the doubt.
        said = tuple(reason.says for reason in why if reason.rule not in {"R37", "R38"})
        needs = {PORT_135: ("135 tcp",), "port 3389": ("3389 tcp",)}.get(question, OFFER_NEEDS)
        perhaps = (rule for rule in firewall.rules if any(match(rule, need) == "perhaps" for need in needs))
        rules = tuple(rule.text for rule in perhaps) if system.by_rules else ()
        unread = tuple(key for doubt in unclear for key in doubt.keys)
        about = (question, found.missing if question == "offer" else (), said, rules, unread)
        says = "; ".join(dict.fromkeys(reason.says for reason in why))
        readings = ("it lets nothing in", "it lets it in")
        doubt = Unclear(FIREWALL, says, readings, why[-1].where if why else None, about=(about,))
        return _fact(value, why, (doubt,), missed)


def _settled(before: _Fact, after: _Fact) -> tuple[_Fact, _Fact]:
    """Return both facts; where the same firewall leaves it open on both sides, as on a computer that lets it through."""
    if not before.doubts or before != after or before.missed:
        return before, after
    return _Fact(True, before.reasons), _Fact(True, after.reasons)


def _readings(before: Cell, after: Cell) -> Iterator[tuple[list[bool], list[bool]]]:
    """Yield the values of both sides' facts in every reading; what is not known on both sides is read alike on both.

    Doubts about the same facts come to the same, so one stands for all of them.
    """
    both = (*before, *after)
    doubts = _in_common([fact.doubts for fact in both])
    missed = _in_common([fact.missed for fact in both])
    for turned in product(*(((), places) for places in doubts)):
        flipped = {at for places in turned for at in places}
        for told in product(*((None, False, True) for _ in missed)):
            values = [fact.value is not (at in flipped) for at, fact in enumerate(both)]
            for places, value in zip(missed, told, strict=True):
                for at in places if value is not None else ():
                    values[at] = bool(value)
            yield values[: len(before)], values[len(before) :]


def _in_common(keys: Sequence[frozenset[Hashable]]) -> list[tuple[int, ...]]:
    """Return for each key the places that have it, equal ones once."""
    everything = frozenset().union(*keys)
    return sorted({tuple(at for at, each in enumerate(keys) if key in each) for key in everything})


# ---- one expert, one system, one address ---------------------------------------------------------------------

Differs = Mapping[str, tuple[Signed, Signed]]  # capability -> (in some reading, in every reading)


def _differs(before: Cell, after: Cell, memory: dict[Hashable, Differs]) -> Differs:
    """Return what differs between the facts of both sides, in some and in every reading."""
    key = (before, after)
    if key not in memory:
        worlds = []
        for was, now in _readings(before, after):
            had, has = set(powers(_facts(was))), set(powers(_facts(now)))
            worlds.append({c: (c in has - had, c in had - has) for c in CAPABILITIES})
        memory[key] = {c: _summed([world[c] for world in worlds]) for c in CAPABILITIES}
    return memory[key]


def _facts(values: Sequence[bool]) -> Facts:
    enabled, solicited, old, listed, mode, through = values
    return Facts(offers=enabled and not (solicited and old), listed=listed, control=mode, through=through)


def _summed(worlds: Sequence[Signed]) -> tuple[Signed, Signed]:
    some = (any(w[0] for w in worlds), any(w[1] for w in worlds))
    return some, (all(w[0] for w in worlds), all(w[1] for w in worlds))


# ---- whom and what to ask about ------------------------------------------------------------------------------


def experts_of(before: Policy, after: Policy, membership: Membership) -> tuple[Account, ...]:
    """Return everybody whom either list can tell apart, by the lists' order.

    An entry stands for itself, a group whose members were told for the people in it, one whose members were not told for
    whoever is in it. An entry without a domain stands for an account of that name in some domain.
    """
    found: dict[Account, None] = {}
    for helper in (*before.offer.helpers, *after.offer.helpers):
        for text in (helper.text, helper.data):  # data unlike the name may name somebody too (A12)
            found |= dict.fromkeys(_accounts_in(text, membership))
    return tuple(found)


def _accounts_in(text: str, membership: Membership) -> Iterator[Account]:
    if flaw_of(text) is not None:
        yield from _might_be(text)
        return
    account = membership.same(parse_account(text))
    if membership.knows(account):
        inside = (*membership.people_in(account), *membership.untold_in(account))
        yield from sorted(inside, key=lambda each: str(each).upper())
    else:
        yield account


def _might_be(text: str) -> Iterator[Account]:
    """Yield accounts that an entry of wrong form might mean: of that name, in domains written in either form.

    What holds everybody holds the one whom neither names.
    """
    name = text.rpartition("\\")[2].partition("@")[0].strip()
    if name and not names_everybody(name) and flaw_of(f"DOMAIN\\{name}") is None:
        accounts = (Account(domain, name) for domain in ("DOMAIN", "domain.example"))
        yield from (account for account in accounts if might_mean(text, account))


def _stranger(before: Policy, after: Policy) -> Account:
    """Return an account that no entry can be about by its name."""
    text = " ".join(fold(helper.text) for helper in (*before.offer.helpers, *after.offer.helpers))
    name = next(
        f"somebody{count or ''}" for count in range(len(text) + 1) if fold(f"somebody{count or ''}") not in text
    )
    return Account("ELSEWHERE", name)


def _kinds(systems: Iterable[str], before: Policy, after: Policy) -> dict[System, tuple[str, ...]]:
    """Return the systems that neither policy can tell apart together, each by the first of them."""
    together: dict[Hashable, list[System]] = {}
    blocked = {before.solicited.state, after.solicited.state} - {State.NOT_CONFIGURED, State.ENABLED}
    for name in systems:
        system = SYSTEMS[name]
        old = system.solicited_blocks_offers if blocked else None
        key = (system.managed_firewall, system.needs, system.sessmgr_opens_3389, system.by_rules, old)
        together.setdefault(key, []).append(system)
    return {kind[0]: tuple(system.name for system in kind) for kind in together.values()}


# ---- all of it -----------------------------------------------------------------------------------------------


def compare(
    before: Policy,
    after: Policy,
    *,
    membership: Membership | None = None,
    systems: Iterable[str] | None = None,
    address: str | None = None,
) -> Compared:
    """Return what becomes possible and what becomes impossible when `after` takes the place of `before`.

    Over every expert whom either can tell apart and one whom neither names; over the systems given, else all; from the
    address given, else from one of each stretch that scopes tell apart; in all traces.

    Raises:
        UsageError: no system has such a name (R42), no system is given, or `address` is no IPv4 address.

    """
    members = membership or Membership()
    asked = _asked(systems)
    known = experts_of(before, after, members)
    stranger = _stranger(before, after)
    sides = (_Side(before, members), _Side(after, members))
    addresses = stretches(before.firewall, after.firewall)
    if address is not None:
        fixed = str(parse_address(address))
        addresses = addresses if addresses == (None,) else (fixed,)
    found: dict[tuple[object, ...], Difference] = {}
    for sign, difference in _differences(sides, (*known, stranger), _kinds(asked, before, after), addresses):
        shown = _of_nobody(difference, str(stranger)) if difference.expert == str(stranger) else difference
        key = (sign, shown.capability, shown.expert, shown.certain, _says(shown.before), _says(shown.after))
        old = found.get(key)
        systems_of = (*old.systems, *(s for s in shown.systems if s not in old.systems)) if old else shown.systems
        found[key] = evolve(old or shown, systems=tuple(name for name in asked if name in systems_of))
    newly, no_longer = (tuple(d for (sign, *_), d in found.items() if sign == wanted) for wanted in (0, 1))
    experts = (*map(str, known), NOBODY)
    return Compared(before, after, experts, asked, newly, no_longer, changes(before, after), members)


def _of_nobody(difference: Difference, name: str) -> Difference:
    """Return a difference in which the name of the one whom neither names is not shown: it is made up."""

    def said(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        return tuple(evolve(reason, says=reason.says.replace(name, NOBODY)) for reason in reasons)

    unclear = tuple(
        evolve(doubt, readings=(doubt.readings[0].replace(name, NOBODY), doubt.readings[1].replace(name, NOBODY)))
        for doubt in difference.unclear
    )
    before, after = said(difference.before), said(difference.after)
    return evolve(difference, expert=NOBODY, named=False, before=before, after=after, unclear=unclear)


def _asked(systems: Iterable[str] | None) -> tuple[str, ...]:
    asked = tuple(SYSTEMS if systems is None else dict.fromkeys(systems))
    unknown = next((name for name in asked if name not in SYSTEMS), None)
    if unknown is not None or not asked:
        what = "no system is given" if unknown is None else f"no operating system is called {printable(unknown)!r}"
        raise UsageError(f"{what}; known: {', '.join(SYSTEMS)}")
    return asked


def _says(reasons: Iterable[Reason]) -> tuple[tuple[str, str], ...]:
    """Return reasons without the name of a system: systems that differ in nothing else come together."""
    return tuple((reason.rule, reason.setting) for reason in reasons)


def _differences(
    sides: tuple[_Side, _Side],
    experts: Iterable[Account],
    kinds: Mapping[System, tuple[str, ...]],
    addresses: tuple[str | None, ...],
) -> Iterator[tuple[int, Difference]]:
    """Yield each difference with its sign (0 newly possible, 1 no longer), experts first, then ports."""
    memory: dict[Hashable, Differs] = {}
    common = tuple(_places(sides, kinds, addresses))
    for account in experts:
        listed = tuple(side.listed(account) for side in sides)
        for systems, address, offers, through in common:
            cells = tuple((*offers[at], listed[at], sides[at].mode, through[at]) for at in (0, 1))
            found = _differs(cells[0], cells[1], memory)
            for capability, sign in product(CAPABILITIES, (0, 1)):
                some, every = found[capability]
                if some[sign]:
                    yield sign, _difference(capability, str(account), systems, every[sign], address, cells, sign)
    yield from _ports(sides, kinds, addresses)


Offers = tuple[_Fact, _Fact, _Fact]


def _places(
    sides: tuple[_Side, _Side], kinds: Mapping[System, tuple[str, ...]], addresses: tuple[str | None, ...]
) -> Iterator[tuple[tuple[str, ...], str | None, tuple[Offers, Offers], tuple[_Fact, _Fact]]]:
    """Yield systems with an address from which the facts that no expert changes are alike, and these facts of both sides."""
    for system, names in kinds.items():
        offers = (sides[0].offers(system), sides[1].offers(system))
        met: set[Hashable] = set()
        for address in addresses:
            through = _settled(sides[0].through(system, address), sides[1].through(system, address))
            alike = _alike(*through)
            if alike not in met:
                met.add(alike)
                yield names, address, offers, through


def _alike(before: _Fact, after: _Fact) -> Hashable:
    """Return what these facts have in common with others that lead to the same differences: doubts are told apart by their kind."""
    shared = before.doubts & after.doubts
    doubts = (bool(before.doubts - shared), bool(after.doubts - shared), bool(shared))
    return before.value, after.value, doubts, before.missed, after.missed


def _ports(
    sides: tuple[_Side, _Side], kinds: Mapping[System, tuple[str, ...]], addresses: tuple[str | None, ...]
) -> Iterator[tuple[int, Difference]]:
    met: set[Hashable] = set()
    for system, address in product(kinds, addresses):
        exposed = [
            (sides[0].exposed(system, address, name), sides[1].exposed(system, address, name)) for name in EXPOSURES
        ]
        alike = (system, *(_alike(*facts) for facts in exposed))
        if alike in met:
            continue  # another address of which the same is so
        met.add(alike)
        told: set[tuple[int, bool]] = set()
        for name, (before, after) in zip(EXPOSURES, exposed, strict=True):
            readings = _readings((before,), (after,))
            some, every = _summed([(now[0] and not was[0], was[0] and not now[0]) for was, now in readings])
            for sign in (0, 1):
                # Who has it open always has it open while in use: that is not said twice.
                if not some[sign] or (name == IN_USE and (sign, every[sign]) in told):
                    continue
                told |= {(sign, every[sign])} if name == ALWAYS else set()
                unclear = () if every[sign] else tuple(dict.fromkeys((*before.unclear, *after.unclear)))
                reasons = _unlike(before.reasons, after.reasons)
                yield sign, Difference(name, None, kinds[system], every[sign], address, *reasons, unclear)


def _difference(
    capability: str,
    expert: str,
    systems: tuple[str, ...],
    certain: bool,
    address: str | None,
    cells: tuple[Cell, ...],
    sign: int,
) -> Difference:
    """Return a difference, with the reasons of both sides about the facts that forbid it on the side where it is not possible."""
    forbidding = cells[sign]
    relevant = [ENABLED, SOLICITED, LISTED, THROUGH, *([MODE] if capability == "control" else [])]
    at_fault = [at for at in relevant if _forbids(forbidding, at)] or relevant
    before, after = (tuple(r for at in at_fault for r in side[at].reasons) for side in cells)
    doubts = (doubt for at in (*relevant, OLD) for side in cells for doubt in side[at].unclear)
    unclear = () if certain else tuple(dict.fromkeys(doubts))
    return Difference(capability, expert, systems, certain, address, *_unlike(before, after), unclear)


def _forbids(cell: Cell, at: int) -> bool:
    return cell[SOLICITED].value and cell[OLD].value if at == SOLICITED else not cell[at].value


def _unlike(before: tuple[Reason, ...], after: tuple[Reason, ...]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons that the other side does not have; all of them where that leaves none."""
    unlike = tuple(r for r in before if r not in after), tuple(r for r in after if r not in before)
    return unlike if any(unlike) else (before, after)
