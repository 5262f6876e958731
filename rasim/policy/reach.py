"""Does an offer get through the firewall, and when is port 3389 open: the verdict for one operating system.

Read `reach` from the top: what stands above all exceptions, then the needs of the system one after the other
(`systems.py`), then the port. The source document names three systems; what others inherit is said with the answer, and
where the files do not decide the answer is *cannot tell*, never *fine* (R42).

The firewall's verdict is apart from the policy's: an offer that is allowed may still not arrive (R30).
"""

from collections.abc import Hashable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal, TypeVar

from attrs import evolve, field, frozen

from rasim.policy.answer import Reason
from rasim.policy.exceptions import PortException, ProgramException, Scope
from rasim.policy.firewall import NAMED, REMOTE_DESKTOP, SVCHOST, Firewall, Switched
from rasim.policy.firewall_rules import TRAFFIC, Rule, match, networks_of
from rasim.policy.pleas import (
    AT_3389,
    RULE_OF,
    SETTING,
    Plea,
    Weight,
    Worlds,
    above,
    beside,
    both,
    in_doubt,
    left_to_the_computer,
    neither,
    one_of,
    pleas,
    standing,
)
from rasim.policy.settings import FIREWALL_RULES
from rasim.policy.systems import SYSTEMS, System
from rasim.policy.unclear import Unclear
from rasim.words import printable

OneException = TypeVar("OneException", PortException, ProgramException)
OfferVerdict = Literal["gets through", "blocked", "not governed", "cannot tell"]
PortVerdict = Literal["closed", "while in use", "always open", "cannot tell"]
Standing = Literal["open", "closed", "unclear"]

_IN_USE: Final = "Sessmgr.exe opens port 3389 while an assistance uses it, and closes it after"


@frozen
class Hearing:
    """What is said of each exception and port on one system, and what may keep an offer out beside the firewall.

    `stated` is whether anything is stated at all, and `left` whether what switches everything on or off is left to the computer.
    """

    pleas: Mapping[str, tuple[Plea, ...]] = MappingProxyType({})
    limits: Mapping[Hashable, Reason] = MappingProxyType({})
    stated: bool = True
    left: bool = False


@frozen
class Reach:
    """The verdict for one system: the offer, the port, what is missing and what is not needed, and the reasons.

    `port_135` is whether TCP 135 is let in, which is one need of an offer among others. `because` has all reasons; `why` those
    of one question (`offer`, `port 3389`, `port 135`). `heard` is what was said for and against each thing that was asked.
    """

    system: str
    offer: OfferVerdict
    port_3389: PortVerdict
    missing: tuple[str, ...] = ()
    superfluous: tuple[str, ...] = ()
    because: tuple[Reason, ...] = ()
    port_135: Standing = "unclear"
    apart: tuple[tuple[str, tuple[Reason, ...]], ...] = field(default=(), repr=False)
    heard: Hearing = field(factory=Hearing, eq=False, repr=False)

    @property
    def through(self) -> bool:
        """Return whether offers count as getting through: what cannot be told does not, what is not governed does (R30)."""
        return self.offer in {"gets through", "not governed"}

    def why(self, question: str) -> tuple[Reason, ...]:
        """Return the reasons for one answer; where one thing decides all of them, that."""
        return dict(self.apart).get(question, self.because)


@frozen
class Exempt:
    """How one named exception stands, and why; what is left to the computer is not counted."""

    name: str
    standing: Standing
    reason: Reason


def let_in(system: System, question: str, *heard: Hearing) -> Worlds:
    """Return what is so of `offer`, `port 135`, `port 3389` or `port 3389 in use` on each of several firewalls, in every reading.

    What nobody states on one of them is left to the computer, and so it is on the others that do not state it either.
    """
    everywhere = tuple(True for _ in heard)
    if not system.managed_firewall:
        return frozenset({everywhere}) if question == "offer" else in_doubt(*everywhere)
    unstated = not all(each.stated for each in heard)

    def stands(name: str) -> Worlds:
        own = (left_to_the_computer(name),) if unstated else ()
        return standing([(*each.pleas[name], *(own if each.left else ())) for each in heard])

    if question == "port 135":
        return stands("135 tcp")
    if question != "offer":
        used = question == "port 3389 in use" and system.sessmgr_opens_3389
        return one_of(stands(AT_3389), stands("sessmgr")) if used else stands(AT_3389)
    through: Worlds = frozenset({everywhere})
    for group in system.needs:
        some: Worlds = frozenset({tuple(False for _ in heard)})
        for name in group:
            some = one_of(some, stands(name))
        if REMOTE_DESKTOP in group:  # port 3389 by an entry of its own is no way that the document names
            some = one_of(some, both(stands("3389 tcp"), in_doubt(*everywhere)))
        through = both(through, some)
    limits = [each.limits for each in heard]
    for key in dict.fromkeys(key for each in limits for key in each):
        through = both(through, neither(in_doubt(*(key in each for each in limits))))
    return through


def _told(worlds: Worlds) -> Standing:
    if len(worlds) > 1:
        return "unclear"
    return "open" if (True,) in worlds else "closed"


_OFFERS: Final[Mapping[Standing, OfferVerdict]] = {
    "open": "gets through",
    "closed": "blocked",
    "unclear": "cannot tell",
}


def reach(firewall: Firewall, os: str | None, *, address: str | None = None) -> Reach:
    """Return whether an offer gets through on an operating system, and when port 3389 is open there.

    `address` is the expert's IPv4 address; without it an exception that lets in some addresses only is *cannot tell*.
    A system that rasim does not know is answered *cannot tell* (R42).

    Raises:
        UsageError: `address` is no IPv4 address.

    """
    system = SYSTEMS.get(os or "")
    if system is None:
        why = "which operating system it is, is not known" if os is None else f"no system is called {printable(os)}"
        return Reach(os or "unknown", "cannot tell", "cannot tell", because=(Reason("R42", why, SETTING),))
    if not system.managed_firewall:
        why = f"{system.name} has no firewall that policy governs: the host's own decides (4.3)"
        return Reach(system.name, "not governed", "cannot tell", because=(Reason("R30", why, SETTING),))
    heard = _heard(firewall, system, address)
    offer = _OFFERS[_told(let_in(system, "offer", heard))]
    port = _when(system, heard)
    at_135 = _told(let_in(system, "port 135", heard))
    exempt = {name: _exempt(firewall, name, heard.pleas[name], address) for name in heard.pleas}
    missing, reasons, more = _above(firewall, system)
    if not reasons:
        missing, reasons = _offer(system, exempt, offer)
        more = _of_port(firewall, system, exempt, heard)
    reasons = (*reasons, *(() if offer == "blocked" else heard.limits.values()))
    all_reasons = tuple(dict.fromkeys((*_inherited(system), *reasons, *more)))
    apart = (
        ("offer", reasons),
        ("port 3389", more or reasons),
        ("port 135", (exempt["135 tcp"].reason,) if more else reasons),
    )
    extra = _superfluous(system, exempt) if more else ()
    return Reach(system.name, offer, port, missing, extra, all_reasons, at_135, apart, heard)


def _heard(firewall: Firewall, system: System, address: str | None) -> Hearing:
    stated = is_stated(firewall, system.name)
    of = {name: tuple(pleas(firewall, system, name, address)) for name in (*NAMED, REMOTE_DESKTOP, "3389 tcp", AT_3389)}
    # Where policy only lets in more, what the computer's own settings let in by themselves stays; rules have that as a plea.
    desktop, rest = firewall.remote_desktop, (firewall.ports_defined, firewall.programs_defined, firewall.protection)
    forbids = (desktop.by_policy and desktop.state == "disabled") or firewall.no_exceptions.state == "enabled"
    left = not (system.by_rules or forbids or any(each.by_policy for each in rest))
    return Hearing(of, beside(firewall), stated, left or not stated)


def _when(system: System, heard: Hearing) -> PortVerdict:
    """Return when port 3389 is open: what opens it constantly wins over what opens it while in use (R36, R37, R39)."""
    always, used = (_told(let_in(system, f"port 3389{more}", heard)) for more in ("", " in use"))
    if always == "open":
        return "always open"
    if used == "closed":
        return "closed"
    return "while in use" if (always, used) == ("closed", "open") else "cannot tell"


def seen_from(firewall: Firewall, address: str | None) -> Firewall:
    """Return the firewall as it is for one address, where its scopes are for some addresses only.

    Without the Remote Desktop exception where that is for others: the verdict about port 3389 is about everybody. Of a scope
    that perhaps has the address (its local subnet) what surely has not is left out.
    """
    if address is None:
        return firewall
    scope = firewall.remote_desktop_scope
    seen = evolve(
        firewall,
        ports=tuple(_narrowed(each, address) for each in firewall.ports),
        programs=tuple(_narrowed(each, address) for each in firewall.programs),
    )
    if firewall.remote_desktop.state != "enabled" or scope is None or scope.admits(address) is not False:
        return seen
    stated = firewall.ports_defined if firewall.ports_defined.state != "not configured" else firewall.remote_desktop
    return evolve(seen, remote_desktop=Switched(), ports_defined=stated)  # something is stated still


def _narrowed(exception: OneException, address: str) -> OneException:
    if exception.scope.admits(address) is not None:
        return exception
    return evolve(exception, scope=Scope(("localsubnet",)))


def is_about_offers(rule: Rule) -> bool:
    """Tell whether a rule is, or may be, about something that `reach` asks for, from whatever address."""
    return any(match(rule, need) != "no" for need in TRAFFIC)


def bears_on(doubt: Unclear, question: str, firewall: Firewall, system: System) -> bool:
    """Tell whether a doubt about the firewall (`firewall_doubts`) can turn an answer: `offer`, `port 135`, `port 3389`.

    Nothing does where the firewall is off or no exceptions are allowed.
    """
    shut = firewall.no_exceptions.state == "enabled" and firewall.protection.state != "unknown"
    if not system.managed_firewall or firewall.protection.state == "disabled" or shut:
        return False
    needs = {name for group in system.needs for name in group}
    asked = {
        "offer": needs,
        "port 135": {"135 tcp"},
        "port 3389": {"3389 tcp", REMOTE_DESKTOP} | ({"sessmgr"} if system.sessmgr_opens_3389 else set()),
    }[question]
    return not doubt.parts or not doubt.parts.isdisjoint(asked | ({FIREWALL_RULES.field} if system.by_rules else set()))


def stretches(*firewalls: Firewall) -> tuple[str | None, ...]:
    """Return one address from each stretch of addresses that the scopes of exceptions and rules tell apart.

    None alone where all of them are for everybody, or for what only the computer itself knows (its local subnet).
    """
    begin: set[int] = set()
    for network in (network for firewall in firewalls for network in _networks(firewall)):
        begin |= {int(network.network_address), int(network.broadcast_address) + 1}
    if not begin:
        return (None,)
    ends = sorted(begin | {0, 1 << 32})
    # The second address of a stretch reads better than the name of its network.
    return tuple(str(IPv4Address(at + (end - at > 1))) for at, end in pairwise(ends))


def _networks(firewall: Firewall) -> Iterator[IPv4Network]:
    excepted = [each for name in (*NAMED, "3389 tcp", SVCHOST) for each in firewall.entries_for(name)]
    scopes = [each.scope for each in excepted]
    for switched, scope in (
        (firewall.remote_desktop, firewall.remote_desktop_scope),
        (firewall.remote_admin, firewall.remote_admin_scope),
    ):
        scopes += [scope] if switched.state == "enabled" and scope is not None else []
    for scope in scopes:
        yield from scope.networks
    for rule in firewall.rules:
        if is_about_offers(rule):
            yield from (network for said in rule.all("RA4") for network in networks_of(said) or ())


def stated_exceptions(firewall: Firewall) -> tuple[str, ...] | None:
    """Return the names of what the firewall lets in, whatever its scope; None where nothing is stated about it."""
    if not firewall.speaks:
        return None
    if firewall.protection.state == "disabled":
        return ("everything",)
    if firewall.no_exceptions.state == "enabled":
        return ()
    stated = [
        name for name in (*NAMED, "3389 tcp") if (found := firewall.entries_for(name)) and all(e.enabled for e in found)
    ]
    return (*stated, *([REMOTE_DESKTOP] if firewall.remote_desktop.state == "enabled" else []))


def is_stated(firewall: Firewall, os: str | None) -> bool:
    """Tell whether anything is stated that a system's firewall listens to; else its own settings decide alone."""
    system = SYSTEMS.get(os or "")
    return firewall.speaks or (system is not None and system.by_rules and firewall.speaks_in_rules)


# ---- what stands above all exceptions ------------------------------------------------------------------------


def _above(firewall: Firewall, system: System) -> tuple[tuple[str, ...], tuple[Reason, ...], tuple[Reason, ...]]:
    """Return what is missing and why where no exception matters: nothing stated, firewall off, exceptions not allowed."""
    if not is_stated(firewall, system.name):
        says = "nothing is stated about the firewall: the computer's own settings decide"
        return tuple(" or ".join(group) for group in system.needs), (Reason("R30", says, SETTING),), ()
    said = tuple(above(firewall))
    off = tuple(each.reason for each in said if each.role == "off" and each.sure)
    decided = any(each.role in {"off", "shut"} for each in said)
    return (), off or (tuple(dict.fromkeys(each.reason for each in said)) if decided else ()), ()


def _inherited(system: System) -> tuple[Reason, ...]:
    if not system.inherits:
        return ()
    says = f"the document does not name {system.name}; its needs are taken from {system.inherits}"
    return (Reason("A14" if " " in system.inherits else "A13", says, SETTING),)


# ---- one exception -------------------------------------------------------------------------------------------


_DECIDES: Final[Mapping[Standing, tuple[Weight, ...]]] = {
    "open": ("off", "aside", "listed", "allow", "inbound"),
    "closed": ("shut", "block", "against"),
    "unclear": ("off", "block", "bypass", "against", "aside", "listed", "inbound", "allow"),
}
"""Whose word is the reason for how an exception stands: the first role that has a plea, sure where that is sure."""


def _exempt(firewall: Firewall, name: str, said: tuple[Plea, ...], address: str | None) -> Exempt:
    """Return how one exception stands by what is stated, and the plea that decides it."""
    stated = tuple(plea for plea in said if plea.role != "own")
    how = _told(standing([stated]))
    for role in _DECIDES[how]:
        for plea in stated:
            if plea.role == role and plea.sure is (how != "unclear"):
                return Exempt(name, how, plea.reason)
    if how == "unclear":
        rule = next(plea.reason for plea in stated if plea.role == "allow")
        return Exempt(name, how, evolve(rule, says=f"{rule.says}, beside an exception that says otherwise"))
    out = next((each for each in firewall.entries_for(name) if each.scope.admits(address) is False), None)
    if out is not None:
        return Exempt(name, how, Reason("R40", f"{name}: the expert's address is out of scope", SETTING, out.where))
    desktop, scope = firewall.remote_desktop, firewall.remote_desktop_scope
    says, where = "no exception", None
    if name == REMOTE_DESKTOP:
        says, where = f"enabled, from {scope}" if desktop.state == "enabled" else desktop.state, desktop.where
    return Exempt(name, how, Reason(RULE_OF[name], f"{name}: {says}", SETTING, where))


# ---- the two verdicts ----------------------------------------------------------------------------------------


def _offer(
    system: System, exempt: Mapping[str, Exempt], offer: OfferVerdict
) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """Return what is missing for an offer, and the reasons for the verdict on it."""
    missing: list[str] = []
    reasons: list[Reason] = []
    for group in system.needs:
        good = [name for name in group if exempt[name].standing == "open"]
        reasons += [exempt[name].reason for name in good or group]
        if all(exempt[name].standing == "closed" for name in group):
            missing.append(" or ".join(group))
            rule = "R33" if group == (REMOTE_DESKTOP,) else RULE_OF[group[0]]
            reasons.append(Reason(rule, f"{system.name}: {missing[-1]} is missing", SETTING))
    if not any("sessmgr" in group for group in system.needs) and exempt["sessmgr"].standing == "open":
        where = exempt["sessmgr"].reason.where
        reasons.append(Reason("R38", f"sessmgr does nothing for an offer on {system.name}", SETTING, where))
    if missing and offer == "cannot tell":
        says = "port 3389 is open by something else, or may be, which the document does not name as a way for offers"
        way = Reason("R34", says, SETTING, exempt["3389 tcp"].reason.where)
        reasons.append(left_to_the_computer("").reason if system.by_rules else way)
    return tuple(missing), tuple(reasons)


def _of_port(firewall: Firewall, system: System, exempt: Mapping[str, Exempt], heard: Hearing) -> tuple[Reason, ...]:
    """Return why port 3389 is open when it is."""
    port, sessmgr, desktop = exempt[AT_3389], exempt["sessmgr"], firewall.remote_desktop
    how = sessmgr.standing if system.sessmgr_opens_3389 else "closed"
    used = [Reason("R37", _IN_USE, SETTING, sessmgr.reason.where)] if how == "open" else []
    if port.standing != "closed":
        return (port.reason, *(used if port.standing == "unclear" else ()))
    if used and desktop.state == "disabled":
        says = "the Remote Desktop exception is disabled, which does not stop the program (A22)"
        used.append(Reason("A22", says, SETTING, desktop.where))
    if how != "closed":
        return tuple(used) or (sessmgr.reason,)
    if any(plea.role == "own" for plea in heard.pleas[AT_3389]):
        return (left_to_the_computer(AT_3389).reason,)
    says = "nothing that is stated opens port 3389"
    return (port.reason if system.by_rules else Reason("R37", says, SETTING),)


def _superfluous(system: System, exempt: dict[str, Exempt]) -> tuple[str, ...]:
    """Return what is stated and not needed here; where either of two suffices, the one that is open all the time."""
    needed = {name for group in system.needs for name in group}
    extra = [n for n in (*NAMED, REMOTE_DESKTOP) if n not in needed and exempt[n].standing != "closed"]
    both = all(exempt[name].standing == "open" for name in ("sessmgr", REMOTE_DESKTOP))
    return (*extra, *([REMOTE_DESKTOP] if both and {"sessmgr", REMOTE_DESKTOP} <= needed else []))
