"""What is said for and against a thing getting in, and what follows from it: on one firewall, or on several at once.

A `Plea` is a row: what part it plays, whether it is so for sure, and why. What is not sure has a key, and firewalls that have
the same key are in the same doubt: it is read alike on all of them. So a plea that only lets in can make nothing stricter, and
one that only keeps out nothing looser, whatever else is not known. `standing` is the one place where pleas are weighed.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, Literal, get_args

from attrs import field, frozen

from rasim.errors import Where
from rasim.policy.answer import Reason
from rasim.policy.firewall import OWN_PROGRAMS, PORTS, REMOTE_DESKTOP, SVCHOST, Firewall, is_surely, named_in
from rasim.policy.firewall_rules import TRAFFIC, match
from rasim.policy.names import fold
from rasim.policy.systems import System
from rasim.words import printable

Weight = Literal["off", "bypass", "shut", "block", "against", "aside", "listed", "allow", "inbound", "own"]
_ROLES: Final[tuple[Weight, ...]] = get_args(Weight)
SETTING: Final = "Windows Firewall"
AT_3389: Final = "port 3389"
"""Whether port 3389 is open to anybody at all: that is asked of the port, and `3389 tcp` of one expert."""

RULE_OF: Final = {
    "135 tcp": "R31",
    "helpsvc": "R32",
    "helpctr": "R32",
    "sessmgr": "R34",
    REMOTE_DESKTOP: "R35",
    "msra": "R41",
    "raserver": "R41",
    "3389 tcp": "R36",
    AT_3389: "R36",
}


@frozen
class Plea:
    """Something that is said about a thing getting in; `key` is what is not known where it is not sure."""

    role: Weight
    sure: bool
    reason: Reason
    key: Hashable = field(default=None, repr=False)


# ---- what follows, in every reading --------------------------------------------------------------------------

Worlds = frozenset[tuple[bool, ...]]
"""What is so on each of several firewalls together, in one reading or another of what is not known."""


@cache
def one_of(one: Worlds, other: Worlds) -> Worlds:
    """Return in which readings one of two is so."""
    return frozenset(tuple(map(bool.__or__, a, b)) for a in one for b in other)


@cache
def both(one: Worlds, other: Worlds) -> Worlds:
    """Return in which readings two are so."""
    return frozenset(tuple(map(bool.__and__, a, b)) for a in one for b in other)


@cache
def neither(one: Worlds) -> Worlds:
    """Return in which readings it is not so."""
    return frozenset(tuple(not each for each in a) for a in one)


@cache
def in_doubt(*where: bool) -> Worlds:
    """Return that something which is not known is so, or is not, on those of several firewalls that have it."""
    return frozenset({(False,) * len(where), where})


def _played(sides: Sequence[Sequence[Plea]]) -> dict[Weight, Worlds]:
    """Return where some plea of each role holds: a sure one does, and one that is not holds in some readings."""
    found: dict[Weight, Worlds] = dict.fromkeys(_ROLES, in_doubt(*(False for _ in sides)))
    for role in {plea.role for side in sides for plea in side}:
        mine = [[plea for plea in side if plea.role == role] for side in sides]
        keys = [{plea.key for plea in side if not plea.sure} for side in mine]
        worlds: Worlds = frozenset({tuple(any(plea.sure for plea in side) for side in mine)})
        for where in {tuple(key in each for each in keys) for key in set().union(*keys)}:
            worlds = one_of(worlds, in_doubt(*where))
        found[role] = worlds
    return found


def standing(sides: Sequence[Sequence[Plea]]) -> Worlds:
    """Return whether something gets in on each of several firewalls, in every reading.

    Nothing stands above a firewall that is off, and who may bypass it. What blocks beats what lets in. A disabled entry
    overrides the enabled ones of lists, and what is let in by default; beside a rule that lets in nobody can tell which counts.
    """
    of = _played(sides)
    kept, beside = neither(of["against"]), in_doubt(*(True for _ in sides))
    by_default = both(one_of(of["listed"], one_of(of["inbound"], of["own"])), kept)
    let = one_of(of["aside"], one_of(by_default, both(of["allow"], one_of(kept, beside))))
    past = both(neither(one_of(of["shut"], of["block"])), let)
    return one_of(one_of(of["off"], of["bypass"]), past)


# ---- what is said --------------------------------------------------------------------------------------------


def pleas(firewall: Firewall, system: System, name: str, address: str | None) -> Iterator[Plea]:
    """Yield what is said about one exception or port on a system, for an expert at an address."""
    yield from above(firewall)
    if name in {REMOTE_DESKTOP, AT_3389}:
        yield from _remote_desktop(firewall, name, address)
    if name != REMOTE_DESKTOP:
        yield from _listed(firewall, name, address)
        yield from _aside(firewall, name, address)
        yield from _own_lists(firewall, name)
    if system.by_rules and _need(name) in TRAFFIC:
        yield from _ruled(firewall, name, address)


def _need(name: str) -> str:
    return "3389 tcp" if name == AT_3389 else name


def _plea(
    role: Weight, name: str, says: str, where: Where | None, key: Hashable = None, *, sure: bool = False, rule: str = ""
) -> Plea:
    """Return a plea about a name, in words that begin with it; without a name about everything."""
    about = f"{_need(name)}: {says}" if name else says
    return Plea(role, sure, Reason(rule or RULE_OF[name], about, SETTING, where), key)


def above(firewall: Firewall) -> Iterator[Plea]:
    """Yield what stands above all exceptions: a switch that cannot be read may let everything in, or nothing."""
    off, none, bypass = firewall.protection, firewall.no_exceptions, firewall.bypass
    unread = next((each for each in (off, none) if each.state == "unknown"), None)
    if off.state == "disabled":
        says = "the firewall is switched off: it holds nothing back, port 3389 included"
        yield _plea("off", "", says, off.where, sure=True, rule="R30")
    elif unread is not None:
        for role in _EITHER_WAY:
            says = f"whether it is on cannot be read ({unread.says})"
            yield _plea(role, "", says, unread.where, ("switch", unread.key), rule="R30")
    if none.state == "enabled":
        says = "exceptions are not allowed, which overrides every one"
        yield _plea("shut", "", says, none.where, sure=True, rule="R40")
    if bypass.state != "not configured":
        says = "who proves by IPsec who they are may pass by all of it; whether the expert does cannot be told"
        yield _plea("bypass", "", says, bypass.where, bypass.key, rule="R40")


_EITHER_WAY: Final[tuple[Weight, Weight]] = ("off", "shut")


def _remote_desktop(firewall: Firewall, name: str, address: str | None) -> Iterator[Plea]:
    desktop, scope = firewall.remote_desktop, firewall.remote_desktop_scope
    if name == AT_3389 and desktop.state == "disabled":
        says = "a port exception opens 3389, and the Remote Desktop exception, disabled, blocks it (4.2)"
        yield _plea("against", "", says, desktop.where, "desktop", rule="R36")
    elif desktop.state == "enabled" and scope is not None:
        if name == AT_3389:
            says = f"the Remote Desktop exception keeps port 3389 open, from {scope}"
            yield _plea("aside", "", says, desktop.where, sure=True, rule="R36")
        elif (admits := scope.admits(address)) is not False:
            key = ("desktop", scope.items)
            yield _plea("aside", name, f"enabled, from {scope}", desktop.where, key, sure=bool(admits))
    elif desktop.state in {"enabled", "unknown"}:
        says = "unknown" if desktop.state == "unknown" else "enabled, its scope cannot be read"
        yield _plea("aside", REMOTE_DESKTOP, says, desktop.where, (desktop.key, firewall.remote_desktop_stored))


def _listed(firewall: Firewall, name: str, address: str | None) -> Iterator[Plea]:
    """Yield what the lists of exceptions say: enabled entries, disabled ones, and strings that nobody can read."""
    need = _need(name)
    for each in firewall.entries_for(need):
        admits = each.scope.admits(address)
        if each.enabled and admits is False:
            continue
        doubts = (
            (
                "whether the expert's address is in its scope is not known",
                each.enabled and not admits and name != AT_3389,
            ),
            ("whether this folder is that of Windows is not known", not is_surely(need, each)),
            ("whether its list counts is not known: the list's own switch does not say so", not firewall.counts(each)),
        )
        why = next((f": {says}" for says, so in doubts if so), "")
        # A name is free text and means nothing (A3): entries of other names are in the same doubt.
        key = ("entry", fold(getattr(each, "path", "")), each.scope.items, each.enabled, each.local)
        if not each.enabled:
            yield _plea("against", name, f"a disabled entry overrides{why}", each.where, key, sure=not why, rule="R40")
        elif name == AT_3389 and not why:
            yield _plea("listed", "", "a port exception keeps port 3389 open", each.where, sure=True, rule="R36")
        else:
            yield _plea("listed", name, f"{printable(str(each))}{why}", each.where, key, sure=not why)
    for broken in firewall.unreadable:
        if need in named_in(broken.text):
            says = f"{printable(broken.text)!r} cannot be read ({broken.why}); Windows may read it"
            for role in _roles(broken.text, ("listed", "ENABLED"), ("against", "DISABLED")):
                yield _plea(role, name, says, broken.where, (fold(broken.text), broken.stored))


def _roles(text: str, *said: tuple[Weight, str]) -> tuple[Weight, ...]:
    """Return what a string that nobody can read may do: what a word in it says, and everything where it has none."""
    folded = fold(text).replace(" ", "")
    return tuple(role for role, word in said if word in folded) or tuple(role for role, _ in said)


def _aside(firewall: Firewall, name: str, address: str | None) -> Iterator[Plea]:
    """Yield what opens ports beside the lists, which no entry of theirs stops: remote administration, and svchost.exe."""
    if _need(name) not in PORTS:
        return
    admin, scope = firewall.remote_admin, firewall.remote_admin_scope
    admits = None if scope is None or admin.state == "unknown" else scope.admits(address)
    if admin.state in {"enabled", "unknown"} and admits is not False:
        opens = "opens it" if name == "135 tcp" else "lets svchost.exe open what it listens on"
        whom = ", if it is enabled" if admin.state == "unknown" else f", from {scope or 'what cannot be read'}"
        says, key = (
            f"the remote administration exception {opens}{whom}",
            ("administration", admin.key, whom, firewall.remote_admin_stored),
        )
        yield _plea("aside", name, says, admin.where, key, sure=name == "135 tcp" and admits is True)
    for each in firewall.entries_for(SVCHOST):
        if each.enabled and each.scope.admits(address) is not False:
            says = f"{printable(str(each))}: whether svchost.exe listens on it then is not known"
            yield _plea("aside", name, says, each.where, (SVCHOST, each.scope.items, each.local))


def _own_lists(firewall: Firewall, name: str) -> Iterator[Plea]:
    """Yield that the computer's own exceptions count, where policy says so and they are in no file."""
    for kind in sorted(firewall.own_count):
        if kind == OWN_PROGRAMS or _need(name) in PORTS:
            says = f"policy lets the computer's own {kind} count, and they are in no file"
            yield _plea("listed", name, says, None, ("own", kind))


def _ruled(firewall: Firewall, name: str, address: str | None) -> Iterator[Plea]:
    """Yield what the rules of Windows Vista and later say, those that cannot be read, and the default."""
    unread = firewall.rules_merge.state == "unknown"
    for rule in firewall.rules:
        how = match(rule, _need(name), address)
        sure = how == "surely" and not rule.bypasses and not (rule.local and unread)
        role: Weight = "bypass" if rule.bypasses else "block" if rule.action == "block" else "allow"
        says = f"the rule {rule.shown}{'' if sure else '; whether it is about this cannot be told'}"
        ground = "R40" if sure and role == "block" else "R41"
        if how != "no":
            yield _plea(role, name, says, rule.where, ("rule", fold(rule.text)), sure=sure, rule=ground)
    for broken in firewall.broken_rules:
        for role in _roles(broken.text, ("allow", "ACTION=ALLOW"), ("block", "ACTION=BLOCK")):
            says = f"a rule cannot be read ({broken.why})"
            yield _plea(role, name, says, broken.where, (fold(broken.text), broken.stored), rule="R41")
    inbound, says = firewall.default_inbound, "what no rule blocks is let in"
    if inbound.state == "disabled":
        yield _plea("inbound", name, says, inbound.where, sure=True, rule="R41")
    elif inbound.state == "unknown":
        says = f"whether {says} cannot be read ({inbound.says})"
        yield _plea("inbound", name, says, inbound.where, ("inbound", inbound.key), rule="R41")
    if not firewall.local_rules_known:
        yield left_to_the_computer(name)


def left_to_the_computer(name: str) -> Plea:
    """Return that the computer's own settings, which are in no file, may let something in."""
    says = "what the computer's own rules let in is not in these files, and policy does not keep them out"
    if _need(name) == "3389 tcp":
        says = "Remote Assistance does not use port 3389 here; whether the computer's own rules open it is not in these files"
    return _plea("own", "", says, None, ("own rules", name), rule="R41")


def beside(firewall: Firewall) -> Mapping[Hashable, Reason]:
    """Return what may keep an offer out although the firewall lets it in, by what is not known of it."""
    says = "an offer is a call for DCOM, and {} may keep it out (KB884910)"
    return {each.key: Reason("R30", says.format(each.says), SETTING, each.where) for each in firewall.limits}
