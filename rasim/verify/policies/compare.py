"""What a change of policy makes possible, and what it takes away: over all experts, systems, addresses and traces.

Read `compare` first, at the end. For each expert whom either policy can tell apart, on each kind of system, from each stretch of
addresses, both sides are asked for the facts that decide (`facts.py`). In every reading of what is not known two sets of facts
are left; what an expert can get under each has been explored (`reachable.py`), and the difference is the answer.
docs/decisions/0011-meaning.md says why it is done so.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, Literal

from attrs import evolve, field, frozen

from rasim.errors import UsageError
from rasim.policy import (
    SYSTEMS,
    Account,
    Membership,
    Policy,
    Reason,
    RoadState,
    State,
    StatedChange,
    System,
    Unclear,
    changes,
    flaw_of,
    fold,
    names_everybody,
    parse_account,
    printable,
    roads_of,
)
from rasim.policy.accounts import might_mean, names_in, plainly
from rasim.policy.exceptions import parse_address
from rasim.policy.pleas import Worlds
from rasim.policy.reach import stretches
from rasim.policy.systems import unknown_system
from rasim.protocol.vocabulary import SHOWN_BY
from rasim.protocol.world import PolicyFacts
from rasim.verify.policies.facts import (
    EXPOSED_ALWAYS,
    EXPOSED_IN_USE,
    EXPOSURES,
    Cell,
    Datum,
    Side,
    in_common,
    readings,
)
from rasim.verify.policies.reachable import powers

_Verdict = Literal["stricter", "looser", "equal", "incomparable"]
VERDICTS: Final[Mapping[tuple[bool, bool], _Verdict]] = {  # something newly possible, something no longer possible
    (False, False): "equal",
    (False, True): "stricter",
    (True, False): "looser",
    (True, True): "incomparable",
}
NOBODY: Final = "somebody whom neither names"


@frozen
class Difference:
    """Something that is possible on one side and not on the other: what, for whom, on which systems, and why.

    `road` is how: by an offer, or by another road (`road_states`), whose `who` are let in and for which `expert` is None too.
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
    road: str = "offer"
    who: tuple[str, ...] = ()


@frozen
class Compared:
    """Both policies, whom and what was asked about, the differences, and the verdict that follows from them."""

    before: Policy
    after: Policy
    experts: tuple[str, ...]
    systems: tuple[str, ...]
    newly_possible: tuple[Difference, ...]
    no_longer_possible: tuple[Difference, ...]
    changes: tuple[StatedChange, ...] = field(repr=False)
    membership: Membership = field(factory=Membership, repr=False)

    @property
    def verdict(self) -> _Verdict:
        """Return the verdict in which whatever is possible in some reading counts."""
        return VERDICTS[bool(self.newly_possible), bool(self.no_longer_possible)]

    @property
    def or_else(self) -> tuple[_Verdict, ...]:
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
        if expected not in {"stricter", "equal"}:
            raise UsageError(f"{printable(expected)!r} cannot be expected; stricter or equal can")
        unwanted = (*self.newly_possible, *(self.no_longer_possible if expected == "equal" else ()))
        return False if any(each.certain for each in unwanted) else None if unwanted else True


# ---- one expert, one system, one address ---------------------------------------------------------------------

Signed = tuple[bool, bool]  # newly possible, no longer possible
Differs = Mapping[str, tuple[Signed, Signed]]  # capability -> (in some reading, in every reading)


def _differs(before: Cell, after: Cell, through: Worlds, memory: dict[Hashable, Differs]) -> Differs:
    """Return what differs between the facts of both sides, in some and in every reading."""
    key = (before[:-1], after[:-1], through)
    if key not in memory:
        worlds = []
        for (was, now), (let, lets) in product(readings(before[:-1], after[:-1]), through):
            had, has = set(powers(_facts(was, through=let))), set(powers(_facts(now, through=lets)))
            worlds.append({c: (c in has - had, c in had - has) for c in SHOWN_BY})
        memory[key] = {c: _summed([world[c] for world in worlds]) for c in SHOWN_BY}
    return memory[key]


def _facts(values: Sequence[bool], *, through: bool) -> PolicyFacts:
    enabled, solicited, old, listed, mode = values
    return PolicyFacts("enabled" if enabled and not (solicited and old) else "disabled", mode, (listed,), through)


def _summed(worlds: Sequence[Signed]) -> tuple[Signed, Signed]:
    some = (any(w[0] for w in worlds), any(w[1] for w in worlds))
    return some, (all(w[0] for w in worlds), all(w[1] for w in worlds))


# ---- whom and what to ask about ------------------------------------------------------------------------------


def experts_of(before: Policy, after: Policy, membership: Membership) -> tuple[Account, ...]:
    """Return everybody whom either list can tell apart, by the lists' order.

    An entry stands for itself, a group whose members were told for the people in it, one whose members were not told for
    whoever is in it. An entry without a domain stands for an account of that name in some domain.
    """
    # Data unlike the name may name somebody too (A12).
    texts = (
        text for helper in (*before.offer.helpers, *after.offer.helpers) for text in (helper.text, helper.data or "")
    )
    found = dict.fromkeys(each for text in texts for name in names_in(text) for each in _accounts_in(name, membership))
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
    plain = plainly(text)
    if plain is not None:
        yield plain
        return
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
    progress: Callable[[int, int], object] | None = None,
) -> Compared:
    """Return what becomes possible and what becomes impossible when `after` takes the place of `before`.

    Over every expert whom either can tell apart and one whom neither names; over the systems given, else all; from the
    address given, else from one of each stretch that scopes tell apart; in all traces. Before each expert `progress` is told how many
    there were, and of how many.

    Raises:
        UsageError: no system has such a name (R42), no system is given, or `address` is no IPv4 address.

    """
    members = membership or Membership()
    asked = _asked(systems)
    known = experts_of(before, after, members)
    stranger = _stranger(before, after)
    # Whoever is in a group on the list is spoken for by its entry: the one whom neither names is in none.
    groups = (plainly(helper.text) for policy in (before, after) for helper in policy.offer.helpers)
    told = members.without_member(stranger, filter(None, groups))
    sides = (Side(before, told), Side(after, told))
    addresses = stretches(before.firewall, after.firewall)
    if address is not None:
        fixed = str(parse_address(address))
        addresses = addresses if addresses == (None,) else (fixed,)
    found: dict[tuple[object, ...], Difference] = {}
    roads = ((sign, evolve(each, systems=asked)) for sign, each in _roads(before, after))
    of_offers = _differences(sides, _told((*known, stranger), progress), _kinds(asked, before, after), addresses)
    for sign, difference in (*of_offers, *roads):
        shown = _of_nobody(difference, str(stranger)) if difference.expert == str(stranger) else difference
        key = (sign, shown.road, shown.capability, shown.expert, shown.certain, _says(shown.before), _says(shown.after))
        old = found.get(key)
        systems_of = (*old.systems, *(s for s in shown.systems if s not in old.systems)) if old else shown.systems
        found[key] = evolve(old or shown, systems=tuple(name for name in asked if name in systems_of))
    newly, no_longer = (tuple(d for (sign, *_), d in found.items() if sign == wanted) for wanted in (0, 1))
    experts = (*map(str, known), NOBODY)
    return Compared(before, after, experts, asked, newly, no_longer, changes(before, after), members)


def _told(experts: Sequence[Account], progress: Callable[[int, int], object] | None) -> Iterator[Account]:
    for done, each in enumerate(experts):
        if progress is not None:
            progress(done, len(experts))
        yield each


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
    if unknown is not None:
        raise UsageError(unknown_system(unknown))
    if not asked:
        raise UsageError(f"no system is given; known: {', '.join(SYSTEMS)}")
    return asked


def _says(reasons: Iterable[Reason]) -> tuple[tuple[str, str], ...]:
    """Return reasons without the name of a system: systems that differ in nothing else come together."""
    return tuple((reason.rule, reason.setting) for reason in reasons)


def _differences(
    sides: tuple[Side, Side],
    experts: Iterable[Account],
    kinds: Mapping[System, tuple[str, ...]],
    addresses: tuple[str | None, ...],
) -> Iterator[tuple[int, Difference]]:
    """Yield each difference with its sign (0 newly possible, 1 no longer), experts first, then ports."""
    memory: dict[Hashable, Differs] = {}
    common = tuple(_places(sides, kinds, addresses))
    for account in experts:
        listed = tuple(side.listed(account) for side in sides)
        for systems, address, offers, through, worlds in common:
            cells = tuple(Cell(*offers[at], listed[at], sides[at].mode, through[at]) for at in (0, 1))
            found = _differs(cells[0], cells[1], worlds, memory)
            for capability, sign in product(SHOWN_BY, (0, 1)):
                some, every = found[capability]
                if some[sign]:
                    yield sign, _difference(capability, str(account), systems, every[sign], address, cells, sign)
    yield from _ports(sides, kinds, addresses)


Offers = tuple[Datum, Datum, Datum]
Place = tuple[tuple[str, ...], str | None, tuple[Offers, Offers], tuple[Datum, Datum], Worlds]


def _places(
    sides: tuple[Side, Side], kinds: Mapping[System, tuple[str, ...]], addresses: tuple[str | None, ...]
) -> Iterable[Place]:
    """Return systems with an address from which the facts that no expert changes are alike, and these facts of both sides."""
    found: dict[Hashable, Place] = {}
    met: set[Hashable] = set()
    for system, address in product(kinds, addresses):
        offers = (sides[0].offers(system), sides[1].offers(system))
        through = (sides[0].through(system, address), sides[1].through(system, address))
        worlds = in_common(sides, system, address, "offer")
        if worlds == {(True, True)}:
            through = (Datum(True, through[0].reasons), Datum(True, through[1].reasons))
        if (system, worlds) in met:
            continue  # another address of which the same is so
        met.add((system, worlds))
        # What both sides say of the firewall is no reason for a difference.
        why = tuple(fact.reasons for fact in through) if through[0].reasons != through[1].reasons else ()
        known = found.get((offers, worlds, why), ((), address, offers, through, worlds))
        found[offers, worlds, why] = ((*known[0], *kinds[system]), *known[1:])
    return found.values()


_Ways = tuple[str, ...]
_ASKED: Final = ("view", "control")
_UNASKED: Final = ("view without asking", "control without asking")


def _ways(road: RoadState) -> tuple[_Ways, _Ways]:
    """Return what a road gives for certain, and what it may give; what gives control gives the view, and what asks nobody could ask."""
    perhaps = _ASKED[: 1 if road.gives == "view" else 2]
    perhaps += () if road.asks == "yes" else _UNASKED[: len(perhaps)]
    if road.open in {"no", "not stated"}:
        return (), ()
    if road.open == "cannot tell":
        return (), perhaps
    certain = _ASKED[: 2 if road.gives == "control" else 1]
    return certain + (_UNASKED[: len(certain)] if road.asks == "no" else ()), perhaps


def _roads(before: Policy, after: Policy) -> Iterator[tuple[int, Difference]]:
    """Yield what each road newly gives and no longer gives, the most that it is; a road that is not stated gives nothing by this policy.

    That it is no longer stated says not that it is closed: the computer, or another policy, decides it then.
    """
    for was, now in zip(roads_of(before)[2:], roads_of(after)[2:], strict=True):
        old, new = _ways(was), _ways(now)
        for sign, one, (had, might_have_had), (has, might_have) in ((0, now, old, new), (1, was, new, old)):
            differs = [way for way in might_have if way not in had]
            if was == now or not differs:
                continue
            most = differs[-1]
            certain = most in has and most not in might_have_had and not (sign and now.open == "not stated")
            unclear = () if certain else (*was.unclear, *now.unclear)
            difference = Difference(most, None, (), certain, None, was.because, now.because, unclear)
            yield sign, evolve(difference, road=one.road, who=one.who)


def _ports(
    sides: tuple[Side, Side], kinds: Mapping[System, tuple[str, ...]], addresses: tuple[str | None, ...]
) -> Iterator[tuple[int, Difference]]:
    met: set[Hashable] = set()
    for system, address in product(kinds, addresses):
        exposed = [in_common(sides, system, address, question) for question in EXPOSURES.values()]
        alike = (system, *exposed)
        if alike in met:
            continue  # another address of which the same is so
        met.add(alike)
        told: set[tuple[int, bool]] = set()
        for name, worlds in zip(EXPOSURES, exposed, strict=True):
            some, every = _summed([(has and not had, had and not has) for had, has in worlds])
            before, after = (side.exposed(system, address, name) for side in sides)
            for sign in (0, 1):
                # Who has it open always has it open while in use: that is not said twice.
                if not some[sign] or (name == EXPOSED_IN_USE and (sign, every[sign]) in told):
                    continue
                told |= {(sign, every[sign])} if name == EXPOSED_ALWAYS else set()
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
    relevant = ["enabled", "solicited", "listed", "through", *(["mode"] if capability == "control" else [])]
    at_fault = [name for name in relevant if _forbids(forbidding, name)] or relevant
    before, after = (tuple(r for name in at_fault for r in getattr(side, name).reasons) for side in cells)
    doubts = (doubt for name in (*relevant, "old") for side in cells for doubt in getattr(side, name).unclear)
    unclear = () if certain else tuple(dict.fromkeys(doubts))
    return Difference(capability, expert, systems, certain, address, *_unlike(before, after), unclear)


def _forbids(cell: Cell, name: str) -> bool:
    return cell.solicited.value and cell.old.value if name == "solicited" else not getattr(cell, name).value


def _unlike(before: tuple[Reason, ...], after: tuple[Reason, ...]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons that the other side does not have; all of them where that leaves none."""
    unlike = tuple(r for r in before if r not in after), tuple(r for r in after if r not in before)
    return unlike if any(unlike) else (before, after)
