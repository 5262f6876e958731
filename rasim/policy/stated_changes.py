"""What was changed between two policies, setting by setting, as the files say it; what follows from it is another question.

`changes` compares statements, not meanings: a mode changed while offers are disabled is a change, and means nothing.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from attrs import field, frozen

from rasim.errors import Where
from rasim.policy.firewall import Firewall, Switched
from rasim.policy.names import fold
from rasim.policy.offer import Policy
from rasim.policy.settings import OFFER_HELPERS
from rasim.policy.stated import Stated
from rasim.words import printable


@frozen
class StatedChange:
    """One setting, or one entry of a list, before and after; None where it is not stated."""

    setting: str
    before: str | None
    after: str | None
    was_at: Where | None = field(default=None, eq=False)
    is_at: Where | None = field(default=None, eq=False)


_Said = tuple[str, str | None, Where | None]
_SWITCHES: Final = (
    ("Windows Firewall: protection", "protection"),
    ("Windows Firewall: no exceptions", "no_exceptions"),
    ("Windows Firewall: Remote Desktop", "remote_desktop"),
    ("Windows Firewall: port exceptions", "ports_defined"),
    ("Windows Firewall: program exceptions", "programs_defined"),
    ("Windows Firewall: inbound by default", "default_inbound"),
    ("Windows Firewall: the computer's own rules", "rules_merge"),
    ("Windows Firewall: remote administration", "remote_admin"),
    ("Windows Firewall: IPsec bypass", "bypass"),
)


def changes(before: Policy, after: Policy) -> tuple[StatedChange, ...]:
    """Return what the two state differently, in the order of the settings; entries of lists one by one."""
    return (*_pairwise(_settings(before), _settings(after)), *_entries(_listed(before), _listed(after)))


def _settings(policy: Policy) -> Iterator[_Said]:
    offer, solicited = policy.offer, policy.solicited
    stated = (offer.stated, offer.mode_stated, solicited.stated, solicited.mode_stated, policy.logging.stated)
    yield from map(_said, (*stated, policy.local.stated))
    for title, name in _SWITCHES:
        switched: Switched = getattr(policy.firewall, name)
        yield title, None if switched.state == "not configured" else switched.says, switched.where
    firewall = policy.firewall
    for title, switched, scope in (
        ("Remote Desktop", firewall.remote_desktop, firewall.remote_desktop_scope),
        ("remote administration", firewall.remote_admin, firewall.remote_admin_scope),
    ):
        says = "what cannot be read" if scope is None else str(scope)
        yield f"Windows Firewall: {title}, from", says if switched.state == "enabled" else None, None
    yield "what may keep calls for DCOM out", "; ".join(each.says for each in firewall.limits) or None, None
    own = " and ".join(sorted(firewall.own_count))
    yield "Windows Firewall: the computer's own that count", own or None, None
    for title, name in _SWITCHES:  # the other profile decides nothing about offers
        other: Switched = getattr(policy.standard, name)
        said = None if other.state == "not configured" else other.says
        yield title.replace("Windows Firewall", "Windows Firewall, standard profile"), said, other.where
    for road in policy.roads:
        says = "; ".join(reason.says for reason in road.because)
        yield road.road, says or None, road.because[0].where if road.because else None


def _said(stated: Stated) -> _Said:
    return stated.setting, None if stated.how == "absent" else stated.says, stated.where


def _pairwise(before: Iterable[_Said], after: Iterable[_Said]) -> Iterator[StatedChange]:
    for (setting, was, was_at), (_, now, is_at) in zip(before, after, strict=True):
        if was != now:
            yield StatedChange(setting, was, now, was_at, is_at)


def _listed(policy: Policy) -> Iterator[tuple[str, str, Where | None]]:
    for helper in policy.offer.helpers:
        yield str(OFFER_HELPERS), f"{helper}{f', data {helper.stored}' if helper.stored else ''}", helper.where
    yield from _excepted(policy.firewall)


def _excepted(firewall: Firewall) -> Iterator[tuple[str, str, Where | None]]:
    for each in firewall.exceptions:
        yield "an exception of the firewall", printable(str(each)), each.where
    for rule in firewall.rules:
        yield "a rule of the firewall", f"{printable(rule.name)}: {printable(rule.text)}", rule.where
    for broken in (*firewall.unreadable, *firewall.broken_rules):
        held = "" if broken.stored is None else f", data {sha256(repr(broken.stored).encode()).hexdigest()[:8]}"
        yield "what the firewall's lists have and nobody can read", f"{printable(broken.text)}{held}", broken.where


def _entries(
    before: Iterable[tuple[str, str, Where | None]], after: Iterable[tuple[str, str, Where | None]]
) -> Iterator[StatedChange]:
    """Yield what one list has and the other has not, in any letter case and order."""
    was = {(setting, fold(text)): (text, where) for setting, text, where in before}
    now = {(setting, fold(text)): (text, where) for setting, text, where in after}
    for key, (text, where) in was.items():
        if key not in now:
            yield StatedChange(key[0], text, None, where, None)
    for key, (text, where) in now.items():
        if key not in was:
            yield StatedChange(key[0], None, text, None, where)
