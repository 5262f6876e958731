"""What a change of policy makes possible, and what it takes away: over all experts, systems and traces.

Read `compare` from the bottom of the page upwards, or in words: of each side, for each expert whom either can tell apart, on
each system, from each stretch of addresses, five facts are asked for (`_Side`). A fact that can be read otherwise has further
values; readings that are the same on both sides go together. Under each reading the model has been explored (`powers.py`),
so what becomes possible is a difference of two sets. docs/decisions/0011-meaning.md says why it is done so.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, Literal, TypeVar

from attrs import evolve, field, frozen

from rasim.errors import UsageError
from rasim.policy import (
    SYSTEMS,
    Account,
    Change,
    Decision,
    Flaw,
    HelperList,
    Membership,
    Policy,
    Reach,
    Reason,
    State,
    System,
    Unclear,
    changes,
    fold,
    names_everybody,
    parse_account,
    permits_control,
    permits_offers,
    printable,
    reach,
)
from rasim.policy.decision import missing
from rasim.policy.exceptions import parse_address
from rasim.policy.offer import firewall_doubts
from rasim.policy.reach import SETTING as FIREWALL
from rasim.policy.reach import seen_from, stretches
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

Value = bool | int


@frozen
class _Fact:
    """A fact of one side: its value as rasim reads it, the values of other readings, and what the doubt is about."""

    value: Value
    reasons: tuple[Reason, ...] = field(eq=False, hash=False)
    or_else: tuple[Value, ...] = ()
    doubt: Hashable = None
    unclear: tuple[Unclear, ...] = field(default=(), eq=False, hash=False)


def _fact(decision: Decision, missed: tuple[Unclear, ...]) -> _Fact:
    unclear = tuple(dict.fromkeys((*decision.unclear, *missed)))
    if not unclear:
        return _Fact(decision.allowed, decision.because)
    # What is missing could say anything; a doubt about what is there has two readings, and rasim takes the strict one.
    others = (True, False) if missed else (not decision.allowed,)
    return _Fact(decision.allowed, decision.because, others, _named(unclear), unclear)


def _named(unclear: Iterable[Unclear]) -> Hashable:
    return tuple((doubt.setting, doubt.says, doubt.readings) for doubt in unclear)


class _Side:
    """One policy, ready to be asked for its facts."""

    def __init__(self, policy: Policy, membership: Membership) -> None:
        self.policy, self.list = policy, HelperList(policy, membership)
        self.missed = missing(policy)
        self.mode = _fact(permits_control(policy), self.missed)
        self.doubts = tuple(firewall_doubts(policy.firewall))
        self._reached: dict[tuple[str, str | None], Reach] = {}

    def offers(self, system: System) -> _Fact:
        return _fact(permits_offers(self.policy, system.name), self.missed)

    def listed(self, account: Account) -> _Fact:
        return _fact(self.list.has(account), self.missed)

    def reached(self, system: System, address: str | None) -> Reach:
        key = (system.name, address)
        if key not in self._reached:
            self._reached[key] = reach(seen_from(self.policy.firewall, address), system.name, address=address)
        return self._reached[key]

    def through(self, system: System, address: str | None) -> _Fact:
        found = self.reached(system, address)
        value = found.offer in {"gets through", "not governed"}
        return self._of_firewall(system, found, "offer", value, told=found.offer != "cannot tell", more=found.missing)

    def exposed(self, system: System, address: str | None, name: str) -> _Fact:
        """Return whether a port is exposed, as one of `EXPOSURES`."""
        found = self.reached(system, address)
        if name == PORT_135:
            told = found.port_135 != "unclear"
            return self._of_firewall(system, found, name, found.port_135 == "open", told=told)
        enough = {"always open"} if name == ALWAYS else {"while in use", "always open"}
        told = found.port_3389 != "cannot tell"
        return self._of_firewall(system, found, "port 3389", found.port_3389 in enough, told=told)

    def _of_firewall(
        self, system: System, found: Reach, question: str, value: bool, *, told: bool, more: tuple[str, ...] = ()
    ) -> _Fact:
        """Return an answer of the firewall; it is doubtful where it cannot tell, and where something in it was not read."""
        why = found.why(question)
        doubts = [each for each in self.doubts if system.by_rules or each.setting not in _OF_RULES]
        unclear = [*doubts, *self.missed] if system.managed_firewall else []
        if not told:
            says = "; ".join(dict.fromkeys(reason.says for reason in why))
            where = why[-1].where if why else None
            unclear = [Unclear(FIREWALL, says, ("it lets nothing in", "it lets it in"), where), *unclear]
        if not unclear:
            return _Fact(value, why)
        firewall = self.policy.firewall
        unread = (firewall.unreadable, firewall.broken_rules) if system.managed_firewall else ()
        # What does nothing for an offer (R38) is no part of the doubt about it.
        said = tuple(reason.says for reason in why if reason.rule != "R38")
        key = (question, told, more, said, _named(unclear[not told :]), unread)
        return _Fact(value, why, (not value,), key, tuple(dict.fromkeys(unclear)))


_OF_RULES: Final = frozenset({"DefaultInboundAction", "AllowLocalPolicyMerge", "a rule of the firewall"})

Signed = tuple[bool, bool]  # newly possible, no longer possible
T = TypeVar("T")


def _readings(before: Sequence[_Fact], after: Sequence[_Fact]) -> Iterator[tuple[list[Value], list[Value]]]:
    """Yield the values of both sides' facts in every reading; a doubt that both sides have is read alike on both."""
    doubts = list(
        dict.fromkeys((fact.doubt, len(fact.or_else)) for fact in (*before, *after) if fact.doubt is not None)
    )
    for chosen in product(*(range(count + 1) for _, count in doubts)):
        at = dict(zip((doubt for doubt, _ in doubts), chosen, strict=True))

        def value(fact: _Fact, at: Mapping[Hashable, int] = at) -> Value:
            return (fact.value, *fact.or_else)[0 if fact.doubt is None else at[fact.doubt]]

        yield [value(fact) for fact in before], [value(fact) for fact in after]


def _settled(before: _Fact, after: _Fact) -> tuple[_Fact, _Fact]:
    """Return both facts; where the same firewall leaves it open on both sides, as on a computer that lets it through."""
    if before.doubt is None or before != after:
        return before, after
    let_in = evolve(before, value=True, or_else=(), doubt=None, unclear=())
    return let_in, evolve(let_in, reasons=after.reasons)


# ---- one expert, one system, one address ---------------------------------------------------------------------

Cell = Mapping[str, tuple[Signed, Signed]]  # capability -> (in some reading, in every reading)


def _cell(before: tuple[_Fact, ...], after: tuple[_Fact, ...], memory: dict[Hashable, Cell]) -> Cell:
    """Return what differs between facts (offers, listed, control, through) of both sides, in some and in every reading."""
    key = (before, after)
    if key not in memory:
        worlds = []
        for was, now in _readings(before, after):
            had, has = (set(powers(Facts(*map(bool, values)))) for values in (was, now))
            worlds.append({c: (c in has - had, c in had - has) for c in CAPABILITIES})
        memory[key] = {c: _summed([world[c] for world in worlds]) for c in CAPABILITIES}
    return memory[key]


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
        if helper.flaw in {Flaw.BARE, Flaw.UPN}:
            name = helper.text.partition("@")[0].strip()
            # What holds everybody holds the one whom neither names.
            found |= {Account("DOMAIN", name): None} if name and not names_everybody(name) else {}
        if helper.flaw is not None:
            continue
        account = membership.same(parse_account(helper.text))
        if membership.knows(account):
            inside = (*membership.people_in(account), *membership.untold_in(account))
            found |= dict.fromkeys(sorted(inside, key=lambda each: str(each).upper()))
        else:
            found[account] = None
    return tuple(found)


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
    memory: dict[Hashable, Cell] = {}
    common = tuple(_places(sides, kinds, addresses))
    for account in experts:
        listed = tuple(side.listed(account) for side in sides)
        for systems, address, offers, through in common:
            facts = tuple((offers[at], listed[at], sides[at].mode, through[at]) for at in (0, 1))
            cell = _cell(facts[0], facts[1], memory)
            for capability, sign in product(CAPABILITIES, (0, 1)):
                some, every = cell[capability]
                if some[sign]:
                    yield sign, _difference(capability, str(account), systems, every[sign], address, facts, sign)
    yield from _ports(sides, kinds, addresses)


Pair = tuple[_Fact, _Fact]


def _places(
    sides: tuple[_Side, _Side], kinds: Mapping[System, tuple[str, ...]], addresses: tuple[str | None, ...]
) -> Iterator[tuple[tuple[str, ...], str | None, Pair, Pair]]:
    """Yield systems with an address from which the facts that no expert changes are alike, and these facts of both sides."""
    for system, names in kinds.items():
        offers = (sides[0].offers(system), sides[1].offers(system))
        met: set[Hashable] = set()
        for address in addresses:
            through = _settled(sides[0].through(system, address), sides[1].through(system, address))
            # Another doubt of the same kind leads to the same differences.
            alike = (*((fact.value, fact.or_else) for fact in through), through[0].doubt == through[1].doubt)
            if alike not in met:
                met.add(alike)
                yield names, address, offers, through


def _ports(
    sides: tuple[_Side, _Side], kinds: Mapping[System, tuple[str, ...]], addresses: tuple[str | None, ...]
) -> Iterator[tuple[int, Difference]]:
    met: set[Hashable] = set()
    for system, address in product(kinds, addresses):
        exposed = [
            (sides[0].exposed(system, address, name), sides[1].exposed(system, address, name)) for name in EXPOSURES
        ]
        alike = tuple((b.value, b.or_else, a.value, a.or_else, b.doubt == a.doubt) for b, a in exposed)
        if (system, alike) in met:
            continue  # another address of which the same is so
        met.add((system, alike))
        told: set[tuple[int, bool]] = set()
        for name, (before, after) in zip(EXPOSURES, exposed, strict=True):
            readings = _readings([before], [after])
            some, every = _summed([(bool(now[0] and not was[0]), bool(was[0] and not now[0])) for was, now in readings])
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
    facts: tuple[tuple[_Fact, ...], ...],
    sign: int,
) -> Difference:
    """Return a difference, with the reasons of both sides about the facts that forbid it on the side where it is not possible."""
    forbidding = facts[sign]
    relevant = [at for at, _ in enumerate(forbidding) if at != _MODE or capability == "control"]
    at_fault = [at for at in relevant if not forbidding[at].value] or relevant
    before, after = (tuple(r for at in at_fault for r in side[at].reasons) for side in facts)
    doubts = (doubt for at in relevant for side in facts for doubt in side[at].unclear)
    unclear = () if certain else tuple(dict.fromkeys(doubts))
    return Difference(capability, expert, systems, certain, address, *_unlike(before, after), unclear)


def _unlike(before: tuple[Reason, ...], after: tuple[Reason, ...]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons that the other side does not have; all of them where that leaves none."""
    unlike = tuple(r for r in before if r not in after), tuple(r for r in after if r not in before)
    return unlike if any(unlike) else (before, after)


_MODE = 2  # the place of the mode among the facts
