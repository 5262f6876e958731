"""Does an offer get through the firewall, and when is port 3389 open: the verdict for one operating system.

Read `reach` from the top: what stands above all exceptions, then the needs of the system one after the other
(`systems.py`), then the port. The source document names three systems; what others inherit is said with the answer, and
where the files do not decide the answer is *cannot tell*, never *fine* (R42).

The firewall's verdict is apart from the policy's: an offer that is allowed may still not arrive (R30).
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from typing import Final, Literal, TypeVar

from attrs import evolve, field, frozen

from rasim.errors import Where
from rasim.policy.answer import Reason
from rasim.policy.exceptions import FirewallException, PortException, ProgramException, Scope
from rasim.policy.firewall import NAMED, REMOTE_DESKTOP, Firewall, Switched, by_variable, named_in
from rasim.policy.firewall_rules import TRAFFIC, Match, Rule, match, networks_of
from rasim.policy.settings import FIREWALL_RULES
from rasim.policy.systems import SYSTEMS, System
from rasim.policy.unclear import Unclear
from rasim.words import printable

OneException = TypeVar("OneException", PortException, ProgramException)
OfferVerdict = Literal["gets through", "blocked", "not governed", "cannot tell"]
PortVerdict = Literal["closed", "while in use", "always open", "cannot tell"]
Standing = Literal["open", "closed", "unclear"]

_RULES: Final = {
    "135 tcp": "R31",
    "helpsvc": "R32",
    "helpctr": "R32",
    "sessmgr": "R34",
    REMOTE_DESKTOP: "R35",
    "msra": "R41",
    "raserver": "R41",
    "3389 tcp": "R36",
}
SETTING: Final = "Windows Firewall"
_IN_USE: Final = "Sessmgr.exe opens port 3389 while an assistance uses it, and closes it after"


@frozen
class Reach:
    """The verdict for one system: the offer, the port, what is missing and what is not needed, and the reasons.

    `port_135` is whether TCP 135 is let in, which is one need of an offer among others. `because` has all reasons; `why` those
    of one question (`offer`, `port 3389`, `port 135`).
    """

    system: str
    offer: OfferVerdict
    port_3389: PortVerdict
    missing: tuple[str, ...] = ()
    superfluous: tuple[str, ...] = ()
    because: tuple[Reason, ...] = ()
    port_135: Standing = "unclear"
    apart: tuple[tuple[str, tuple[Reason, ...]], ...] = field(default=(), repr=False)

    @property
    def through(self) -> bool:
        """Return whether offers count as getting through: what cannot be told does not, what is not governed does (R30)."""
        return self.offer in {"gets through", "not governed"}

    def why(self, question: str) -> tuple[Reason, ...]:
        """Return the reasons for one answer; where one thing decides all of them, that."""
        return dict(self.apart).get(question, self.because)


@frozen
class Exempt:
    """How one named exception stands, and why."""

    name: str
    standing: Standing
    reason: Reason


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
    above = _above(firewall, system)
    if above is not None:
        return above
    exempt = {name: _exempt(firewall, name, address) for name in (*NAMED, REMOTE_DESKTOP, "3389 tcp")}
    if system.by_rules:
        exempt |= {name: _by_rules(firewall, name, exempt[name], address) for name in TRAFFIC}
    offer, missing, reasons = _offer(firewall, system, exempt)
    port, more = _port(firewall, system, exempt)
    all_reasons = tuple(dict.fromkeys((*_inherited(system), *reasons, *more)))
    at_135, extra = _at_135(firewall, system, exempt["135 tcp"]), _superfluous(system, exempt)
    apart = (("offer", reasons), ("port 3389", more), ("port 135", (exempt["135 tcp"].reason,)))
    return Reach(system.name, offer, port, missing, extra, all_reasons, at_135, apart)


def _at_135(firewall: Firewall, system: System, exempt: Exempt) -> Standing:
    """Return whether port 135 is let in; what the computer's own rules may let in is not told by silence (R41)."""
    own = system.by_rules and not firewall.local_rules_known and exempt.reason.rule != "R40"
    return "unclear" if exempt.standing == "closed" and own else exempt.standing


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
    excepted = [each for name in (*NAMED, "3389 tcp") for each in firewall.entries_for(name)]
    scopes = [each.scope for each in excepted]
    if firewall.remote_desktop.state == "enabled" and firewall.remote_desktop_scope is not None:
        scopes.append(firewall.remote_desktop_scope)
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


def _above(firewall: Firewall, system: System) -> Reach | None:
    """Return the verdict where no exception matters: nothing stated, firewall off, exceptions not allowed."""
    needed = tuple(" or ".join(group) for group in system.needs)

    def verdict(
        offer: OfferVerdict, port: PortVerdict, rule: str, says: str, by: Switched | None, missing: tuple[str, ...] = ()
    ) -> Reach:
        reason = Reason(rule, says, SETTING, by.where if by else None)
        at_135: Standing = "open" if offer == "gets through" else "closed" if offer == "blocked" else "unclear"
        return Reach(system.name, offer, port, missing, (), (*_inherited(system), reason), at_135)

    off, none = firewall.protection, firewall.no_exceptions
    if not is_stated(firewall, system.name):
        says = "nothing is stated about the firewall: the computer's own settings decide"
        return verdict("cannot tell", "cannot tell", "R30", says, None, needed)
    if off.state == "unknown" or (none.state == "unknown" and off.state != "disabled"):
        by = off if off.state == "unknown" else none
        return verdict("cannot tell", "cannot tell", "R30", f"whether it is on cannot be read ({by.says})", by)
    if off.state == "disabled":
        says = "the firewall is switched off: it holds nothing back, port 3389 included"
        return verdict("gets through", "always open", "R30", says, off)
    if none.state == "enabled":
        return verdict("blocked", "closed", "R40", "exceptions are not allowed, which overrides every one", none)
    return None


def _inherited(system: System) -> tuple[Reason, ...]:
    if not system.inherits:
        return ()
    says = f"the document does not name {system.name}; its needs are taken from {system.inherits}"
    return (Reason("A14" if " " in system.inherits else "A13", says, SETTING),)


# ---- one exception -------------------------------------------------------------------------------------------


def _exempt(firewall: Firewall, name: str, address: str | None) -> Exempt:
    rule = _RULES[name]
    if name == REMOTE_DESKTOP:
        return _remote_desktop(firewall, address)
    entries = firewall.entries_for(name)
    against = [each for each in entries if not each.enabled]
    if against:
        return _against(name, against)
    admitted = [(each, each.scope.admits(address)) for each in entries]
    for each, admits in admitted:
        if admits and _surely(each):
            return _stands(name, "open", rule, printable(str(each)), each.where)
    for each, admits in admitted:
        if admits is not False:
            whom = "whether the expert's address is in its scope is not known" if admits is None else ""
            why = whom or "whether this folder is that of Windows is not known"
            return _stands(name, "unclear", rule, f"{printable(str(each))}: {why}", each.where)
    if entries:
        return _stands(name, "closed", "R40", "the expert's address is out of scope", entries[0].where)
    for broken in firewall.unreadable:
        if name in named_in(broken.text):
            says = f"{printable(broken.text)!r} cannot be read ({broken.why}); Windows may read it"
            return _stands(name, "unclear", rule, says, broken.where)
    return _stands(name, "closed", rule, "no exception")


def _stands(name: str, standing: Standing, rule: str, says: str, where: Where | None = None) -> Exempt:
    return Exempt(name, standing, Reason(rule, f"{name}: {says}", SETTING, where))


def _by_rules(firewall: Firewall, name: str, legacy: Exempt, address: str | None) -> Exempt:
    """Return how something stands where rules decide too: what blocks it beats what lets it in (R41)."""
    matched = [(rule, match(rule, name, address)) for rule in firewall.rules]
    block, perhaps_block = _first(matched, blocking=True)
    allow, perhaps_allow = _first(matched, blocking=False)
    inbound = firewall.default_inbound

    def by(rule: Rule | None, standing: Standing, why: str = "", ground: str = "R41") -> Exempt | None:
        return None if rule is None else _stands(name, standing, ground, f"the rule {rule.shown}{why}", rule.where)

    doubt = "; whether it is about this cannot be told"
    otherwise = ", beside an exception that says otherwise"
    unread = [f"a rule cannot be read ({broken.why})" for broken in firewall.broken_rules]
    # The first that holds decides; an exception of old counts beside the rules.
    candidates = (
        by(block, "closed", ground="R40"),
        by(perhaps_block, "unclear", doubt),
        by(allow, "unclear", otherwise) if legacy.reason.rule == "R40" else None,
        legacy if legacy.standing == "open" or legacy.reason.rule == "R40" else None,
        by(allow, "open"),
        _stands(name, "open", "R41", "what no rule blocks is let in", inbound.where)
        if inbound.state == "disabled"
        else None,
        by(perhaps_allow, "unclear", doubt),
        _stands(name, "unclear", "R41", unread[0], firewall.broken_rules[0].where) if unread else None,
    )
    return next(filter(None, candidates), legacy)


def _first(matched: Sequence[tuple[Rule, Match]], *, blocking: bool) -> tuple[Rule | None, Rule | None]:
    """Return the first rule of this kind that surely matches, and the first that perhaps does.

    What a bypass rule lets in has to prove who it is, which nobody can tell here.
    """
    kind = [(rule, how) for rule, how in matched if (rule.action == "block") is blocking]
    surely = next((rule for rule, how in kind if how == "surely" and rule.action != "bypass"), None)
    perhaps = next((rule for rule, how in kind if how == "perhaps" or (how != "no" and rule.action == "bypass")), None)
    return surely, perhaps


def _kept_out(exempt: dict[str, Exempt], missing: list[str]) -> bool:
    """Tell whether something that is missing is kept out for certain, whatever other rules there are (R40)."""
    return any(exempt[name].reason.rule == "R40" for group in missing for name in group.split(" or "))


def _against(name: str, against: list[FirewallException]) -> Exempt:
    """Return that a disabled entry overrides (R40), or that nobody can tell whether it is for this program."""
    sure = any(map(_surely, against))
    says = f"a disabled entry overrides{'' if sure else ', if its folder is that of Windows'}"
    return _stands(name, "closed" if sure else "unclear", "R40", says, against[0].where)


def _surely(exception: FirewallException) -> bool:
    """Tell whether an exception is for what its name says on every computer: a path by its drive letter may be another."""
    return isinstance(exception, PortException) or by_variable(exception.path)


def _remote_desktop(firewall: Firewall, address: str | None) -> Exempt:
    desktop, scope = firewall.remote_desktop, firewall.remote_desktop_scope
    name, rule = REMOTE_DESKTOP, _RULES[REMOTE_DESKTOP]
    if desktop.state == "enabled":
        admits = None if scope is None else scope.admits(address)
        standing: Standing = "unclear" if admits is None else "open" if admits else "closed"
        says = f"enabled, from {scope}" if scope is not None else "enabled, its scope cannot be read"
        return _stands(name, standing, rule, says, desktop.where)
    standing = "unclear" if desktop.state == "unknown" else "closed"
    return _stands(name, standing, rule, desktop.state, desktop.where)


# ---- the two verdicts ----------------------------------------------------------------------------------------


def _offer(
    firewall: Firewall, system: System, exempt: dict[str, Exempt]
) -> tuple[OfferVerdict, tuple[str, ...], tuple[Reason, ...]]:
    missing: list[str] = []
    reasons: list[Reason] = []
    doubtful = False
    for group in system.needs:
        standings = {name: exempt[name].standing for name in group}
        good = [name for name in group if standings[name] == "open"]
        unclear = [name for name in group if standings[name] == "unclear"]
        reasons += [exempt[name].reason for name in good or group]
        if not good and not unclear:
            missing.append(" or ".join(group))
            rule = "R33" if group == (REMOTE_DESKTOP,) else _RULES[group[0]]
            reasons.append(Reason(rule, f"{system.name}: {missing[-1]} is missing", SETTING))
        doubtful = doubtful or (not good and bool(unclear))
    if not any("sessmgr" in group for group in system.needs) and exempt["sessmgr"].standing == "open":
        where = exempt["sessmgr"].reason.where
        reasons.append(Reason("R38", f"sessmgr does nothing for an offer on {system.name}", SETTING, where))
    if system.by_rules and missing and not firewall.local_rules_known and not _kept_out(exempt, missing):
        says = "what the computer's own rules let in is not in these files, and policy does not keep them out"
        return "cannot tell", tuple(missing), (*reasons, Reason("R41", says, SETTING))
    # Port 3389 may stand open by an entry of its own, which the document does not name as a way.
    if missing == ["sessmgr or remote desktop"] and exempt["3389 tcp"].standing != "closed":
        says = "port 3389 is opened by a port exception, which the document does not name as a way for offers"
        return "cannot tell", tuple(missing), (*reasons, Reason("R34", says, SETTING, exempt["3389 tcp"].reason.where))
    verdict: OfferVerdict = "blocked" if missing else "cannot tell" if doubtful else "gets through"
    return verdict, tuple(missing), tuple(reasons)


def _port(firewall: Firewall, system: System, exempt: dict[str, Exempt]) -> tuple[PortVerdict, tuple[Reason, ...]]:
    """Return when port 3389 is open: what opens it constantly wins over what opens it while in use (R36, R37, R39)."""
    desktop, port, sessmgr = firewall.remote_desktop, exempt["3389 tcp"], exempt["sessmgr"]
    if desktop.state == "enabled" and firewall.remote_desktop_scope is not None:
        says = f"the Remote Desktop exception keeps port 3389 open, from {firewall.remote_desktop_scope}"
        return "always open", (Reason("R36", says, SETTING, desktop.where),)
    if desktop.state in {"enabled", "unknown"}:
        return "cannot tell", (exempt[REMOTE_DESKTOP].reason,)
    if any(entry.enabled for entry in firewall.entries_for("3389 tcp")) and port.reason.rule != "R40":
        if desktop.state == "disabled":
            says = "a port exception opens 3389, and the Remote Desktop exception, disabled, blocks it (4.2)"
            in_use = system.sessmgr_opens_3389 and sessmgr.standing == "open"
            more = (Reason("R37", _IN_USE, SETTING, sessmgr.reason.where),) if in_use else ()
            return "cannot tell", (Reason("R36", says, SETTING, port.reason.where), *more)
        return "always open", (Reason("R36", "a port exception keeps port 3389 open", SETTING, port.reason.where),)
    unclear = [e for e in (port, *([sessmgr] if system.sessmgr_opens_3389 else [])) if e.standing == "unclear"]
    if unclear:
        return "cannot tell", tuple(each.reason for each in unclear)
    if system.sessmgr_opens_3389 and sessmgr.standing == "open":
        reasons = [Reason("R37", _IN_USE, SETTING, sessmgr.reason.where)]
        if desktop.state == "disabled":
            says = "the Remote Desktop exception is disabled, which does not stop the program (A22)"
            reasons.append(Reason("A22", says, SETTING, desktop.where))
        return "while in use", tuple(reasons)
    if system.by_rules:
        return _port_by_rules(firewall, port)
    return "closed", (Reason("R37", "nothing that is stated opens port 3389", SETTING),)


def _port_by_rules(firewall: Firewall, port: Exempt) -> tuple[PortVerdict, tuple[Reason, ...]]:
    """Return when port 3389 is open where rules decide: Remote Assistance does not use it there."""
    if port.standing == "open":
        return "always open", (port.reason,)
    if port.standing == "closed" and (firewall.local_rules_known or port.reason.rule == "R40"):
        return "closed", (port.reason,)
    says = (
        "Remote Assistance does not use port 3389 here; whether the computer's own rules open it is not in these files"
    )
    return "cannot tell", (Reason("R41", says, SETTING),)


def _superfluous(system: System, exempt: dict[str, Exempt]) -> tuple[str, ...]:
    """Return what is stated and not needed here; where either of two suffices, the one that is open all the time."""
    needed = {name for group in system.needs for name in group}
    extra = [n for n in (*NAMED, REMOTE_DESKTOP) if n not in needed and exempt[n].standing != "closed"]
    both = all(exempt[name].standing == "open" for name in ("sessmgr", REMOTE_DESKTOP))
    return (*extra, *([REMOTE_DESKTOP] if both and {"sessmgr", REMOTE_DESKTOP} <= needed else []))
