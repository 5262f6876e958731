"""What decides about offers, as one policy says it, and what else it could be: facts, and every reading of two policies' facts.

`Side` is a policy, ready to be asked. A `Datum` is its answer, with what is not known about it, as keys: two policies that do
not know the same have a key in common, and `readings` reads it alike on both. docs/decisions/0011-meaning.md says why.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from attrs import field, frozen

from rasim.policy import (
    Account,
    Blocks,
    Decision,
    HelperList,
    Membership,
    Policy,
    Reach,
    Reason,
    State,
    System,
    Unclear,
    permits_control,
    reach,
)
from rasim.policy.decision import is_enabled, missing
from rasim.policy.pleas import SETTING as FIREWALL
from rasim.policy.pleas import Worlds, both, in_doubt, one_of
from rasim.policy.reach import bears_on, let_in, seen_from
from rasim.policy.settings import SOLICITED_STATE
from rasim.policy.unclear import firewall_doubts

EXPOSURES: Final = {
    "port 135": "port 135",
    "port 3389 always": "port 3389",
    "port 3389 while in use": "port 3389 in use",
}
"""Ports that may be exposed, each with the question to the firewall (`let_in`)."""
EXPOSED_135, EXPOSED_ALWAYS, EXPOSED_IN_USE = EXPOSURES


@frozen
class Datum:
    """A fact of one side: its value as rasim reads it, and what is not known about it.

    Read the other way each of `doubts` turns the value; what is `missed` may set it to anything.
    """

    value: bool
    reasons: tuple[Reason, ...] = field(eq=False, hash=False)
    doubts: frozenset[Hashable] = frozenset()
    missed: frozenset[Hashable] = frozenset()
    unclear: tuple[Unclear, ...] = field(default=(), eq=False, hash=False)


class Cell(NamedTuple):
    """What one side says about one expert on one system: all facts that decide.

    Whether offers are enabled, invitations disabled, and whether that blocks offers here (R9); whether the expert is listed; whether
    the mode is control; whether the firewall lets offers through.
    """

    enabled: Datum
    solicited: Datum
    old: Datum
    listed: Datum
    mode: Datum
    through: Datum


def _fact(value: bool, reasons: tuple[Reason, ...], unclear: tuple[Unclear, ...], missed: tuple[Unclear, ...]) -> Datum:
    doubts = frozenset(key for doubt in unclear for key in doubt.keys)
    gone = frozenset(key for doubt in missed for key in doubt.keys)
    return Datum(value, reasons, doubts, gone, tuple(dict.fromkeys((*unclear, *missed))))


class Side:
    """One policy, ready to be asked for its facts."""

    def __init__(self, policy: Policy, membership: Membership) -> None:
        self.policy, self.list = policy, HelperList(policy, membership)
        self.missed = missing(policy)
        self.mode = self._decided(permits_control(policy))
        self.enabled = self._decided(is_enabled(policy))
        self.solicited = self._solicited()
        self.doubts = tuple(firewall_doubts(policy.firewall))
        self._reached: dict[tuple[str, str | None], Reach] = {}

    def _decided(self, decision: Decision) -> Datum:
        return _fact(decision.allowed, decision.because, decision.unclear, self.missed)

    def _solicited(self) -> Datum:
        """Return whether invitations are disabled, which blocks offers on old systems (R9)."""
        state, stated = self.policy.solicited.state, self.policy.solicited.stated
        reason = Reason("R9", f"solicited {state.value} ({stated.says})", stated.setting, stated.where)
        unread = state is State.UNKNOWN
        doubts = tuple(doubt for doubt in self.policy.unclear if unread and SOLICITED_STATE.field in doubt.parts)
        # As everything that cannot be read it is taken in the strict way: as disabled.
        return _fact(state in {State.DISABLED, State.UNKNOWN}, (reason,), doubts, self.missed)

    def offers(self, system: System) -> tuple[Datum, Datum, Datum]:
        """Return whether offers are enabled, whether invitations are disabled, and whether that blocks offers here."""
        blocks = system.solicited_blocks_offers
        doubts: tuple[Unclear, ...] = ()
        if blocks is Blocks.UNCLEAR:
            readings = (f"disabled invitations block offers on {system.name}", f"{system.name} has the fix of XP SP2")
            says = f"whether disabled invitations block offers on {system.name} is not known"
            doubts = (Unclear(self.policy.solicited.stated.setting, says, readings, about=(("blocks", system.name),)),)
        return self.enabled, self.solicited, _fact(blocks is not Blocks.NO, (), doubts, ())

    def listed(self, account: Account) -> Datum:
        """Return whether an account is on the list."""
        return self._decided(self.list.has(account))

    def reached(self, system: System, address: str | None) -> Reach:
        """Return the firewall's verdict."""
        key = (system.name, address)
        if key not in self._reached:
            self._reached[key] = reach(seen_from(self.policy.firewall, address), system.name, address=address)
        return self._reached[key]

    def through(self, system: System, address: str | None) -> Datum:
        """Return whether the firewall lets offers through."""
        found = self.reached(system, address)
        return self._of_firewall(system, found, "offer", found.through, told=found.offer != "cannot tell")

    def exposed(self, system: System, address: str | None, name: str) -> Datum:
        """Return whether a port is exposed, as one of `EXPOSURES`."""
        found, question = self.reached(system, address), EXPOSURES[name]
        worlds = let_in(system, question, found.heard)
        about = question.removesuffix(" in use")
        return self._of_firewall(system, found, about, worlds == {(True,)}, told=len(worlds) == 1)

    def _of_firewall(self, system: System, found: Reach, question: str, value: bool, *, told: bool) -> Datum:
        """Return an answer of the firewall; `told` is whether every reading gives it."""
        why = found.why(question)
        missed = self.missed if system.managed_firewall else ()
        if told:
            return _fact(value, why, (), missed)
        doubts = (doubt for doubt in self.doubts if bears_on(doubt, question, self.policy.firewall, system))
        says = "; ".join(dict.fromkeys(reason.says for reason in why))
        readings = ("it lets nothing in", "it lets it in")
        doubt = Unclear(FIREWALL, says, readings, why[-1].where if why else None, about=(question, says))
        return _fact(value, why, (*doubts, doubt), missed)


def in_common(sides: tuple[Side, Side], system: System, address: str | None, question: str) -> Worlds:
    """Return what the firewalls of both sides do, in every reading: what is not known of both is read alike on both.

    Where the same firewall leaves it open on both sides, it is read as on a computer that lets it through.
    """
    before, after = (side.reached(system, address).heard for side in sides)
    worlds = let_in(system, question, before, after)
    missed = [
        frozenset(key for doubt in side.missed for key in doubt.keys) for side in sides if system.managed_firewall
    ]
    if not any(missed):
        return frozenset({(True, True)}) if worlds == in_doubt(True, True) else worlds
    for where in {(key in missed[0], key in missed[1]) for key in missed[0] | missed[1]}:
        elsewhere = (not where[0], not where[1])
        worlds = worlds | one_of(worlds, frozenset({where})) | both(worlds, frozenset({elsewhere}))
    return worlds


def readings(before: tuple[Datum, ...], after: tuple[Datum, ...]) -> Iterator[tuple[list[bool], list[bool]]]:
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
