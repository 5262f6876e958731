"""What can be read in two ways: an `Unclear` with both readings; the machine takes the strict one, a report shows both."""

from collections.abc import Hashable, Iterator
from typing import Final, Literal

from attrs import evolve, field, frozen

from rasim.errors import Where
from rasim.policy.accounts import Flaw
from rasim.policy.firewall import PROGRAMS, Firewall
from rasim.policy.names import fold
from rasim.policy.registry import CANNOT_BE_TOLD
from rasim.policy.settings import (
    LOCAL_SOLICITED,
    LOGGING,
    OFFER_HELPERS,
    OFFER_MODE,
    OFFER_STATE,
    SOLICITED_MODE,
    SOLICITED_STATE,
    Setting,
)
from rasim.policy.stated import Local, Logging, Offer, Preference, Solicited, State, Stated
from rasim.words import printable

Topic = Literal["value", "no mode", "instruction", "control sets", "firewall", "untold", "missing"]


@frozen
class Unclear:
    """Something that can be read in two ways: which setting, where, what stands there, and both readings.

    The first of `readings` is the strict one, which the machine takes. `about` is what is not known: two doubts about one
    and the same are read alike, whatever the words (`keys`).
    """

    setting: str
    says: str
    readings: tuple[str, str]
    where: Where | None = field(default=None, eq=False)
    topic: Topic = "value"
    about: tuple[Hashable, ...] = field(default=(), eq=False, repr=False)

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """Return what is not known, as keys."""
        return self.about or ((self.setting, self.says, self.readings),)


def offer_doubts(offer: Offer, *, matters: bool) -> Iterator[Unclear]:
    """Yield what of offers can be read in two ways; mode and helpers only where anything hangs on them (`matters`)."""
    if offer.state is State.UNKNOWN:
        yield _unclear(OFFER_STATE, offer.stated)
    if not matters:
        return
    if offer.stated.untold:  # who cannot tell whether offers are enabled tells neither mode nor list
        for setting, stated in ((OFFER_MODE, offer.mode_stated), (OFFER_HELPERS, offer.helpers_stated)):
            if stated.says == "absent":
                yield _unclear(setting, evolve(offer.stated, setting=str(setting)))
    mode = offer.mode_stated
    if offer.mode is None and mode.says not in _NOT_THERE:
        yield _unclear(OFFER_MODE, mode)
    elif offer.mode is None and not offer.stated.untold:
        yield Unclear(
            mode.setting,
            f"{mode.says} while offers are {'enabled' if offer.state is State.ENABLED else 'perhaps enabled'}",
            ("view only: nothing permits control (R3)", "control: it is where the policy editor's choice begins"),
            mode.where or offer.stated.where,
            "no mode",
            ("no mode",),
        )
    for helper in offer.helpers:
        if helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
            says = f'value name "{helper}", data {helper.stored}'
            about = (("entry", fold(helper.text), helper.raw),)
            yield Unclear(str(OFFER_HELPERS), says, OFFER_HELPERS.readings, helper.where, about=about)


def other_doubts(solicited: Solicited, logging: Logging, local: Local) -> Iterator[Unclear]:
    """Yield what of the other settings can be read in two ways."""
    if solicited.state is State.UNKNOWN:
        yield _unclear(SOLICITED_STATE, solicited.stated)
    unreadable = solicited.mode is None and solicited.mode_stated.says not in _NOT_THERE
    if unreadable and solicited.state in {State.ENABLED, State.UNKNOWN}:
        yield _unclear(SOLICITED_MODE, solicited.mode_stated)
    if logging.state is State.UNKNOWN:
        yield _unclear(LOGGING, logging.stated)
    if local.solicited is Preference.UNKNOWN:
        doubt = _unclear(LOCAL_SOLICITED, local.stated)
        yield evolve(doubt, topic="control sets") if local.stated.says == DIFFER else doubt


_NOT_THERE: Final = frozenset({"absent", "deleted"})
DIFFER: Final = "differs between control sets"


def _untold(stated: Stated) -> Hashable:
    """Return what is not known where a file does not tell: what that file says, which another one with the same words need not."""
    return stated.setting, stated.says, stated.where


def _unclear(setting: Setting, stated: Stated) -> Unclear:
    if stated.untold:
        readings = (setting.readings[0].partition(":")[0], "as the policy says it where this file cannot")
        return Unclear(stated.setting, stated.says, readings, stated.where, "untold", (_untold(stated),))
    about = ((stated.setting, stated.says, stated.stored),)
    return Unclear(stated.setting, stated.says, setting.readings, stated.where, about=about)


def firewall_doubts(firewall: Firewall) -> Iterator[Unclear]:
    """Yield what of the firewall can be read in two ways and matters to an offer."""
    readings = ("nothing relies on it", "it counts, if Windows reads it nevertheless")
    for name, switched in (
        ("EnableFirewall", firewall.protection),
        ("DoNotAllowExceptions", firewall.no_exceptions),
        ("RemoteDesktop, Enabled", firewall.remote_desktop),
        ("GloballyOpenPorts, Enabled", firewall.ports_defined),
        ("AuthorizedApplications, Enabled", firewall.programs_defined),
    ):
        if switched.state == "unknown":
            untold = switched.says.startswith(CANNOT_BE_TOLD)
            topic: Topic = "untold" if untold else "firewall"
            not_known = (name, switched.stored, switched.where if untold else None)
            yield Unclear(name, switched.says, readings, switched.where, topic, (not_known,))
    if firewall.remote_desktop_scope is None:
        readings_of_scope = ("nobody is let in", "everybody is let in")
        where = firewall.remote_desktop.where
        about = (("scope", firewall.scope_stored),)
        name = "RemoteDesktop, RemoteAddresses"
        yield Unclear(name, "the scope is blank or none", readings_of_scope, where, "firewall", about)
    for name, switched in (
        ("DefaultInboundAction", firewall.default_inbound),
        ("AllowLocalPolicyMerge", firewall.rules_merge),
    ):
        if switched.state == "unknown":
            yield Unclear(name, switched.says, readings, switched.where, "firewall", ((name, switched.stored),))
    for broken in firewall.broken_rules:
        says = f'"{printable(broken.text[:80])}": {broken.why}'
        yield Unclear(
            "a rule of the firewall", says, readings, broken.where, "firewall", (("rule", broken.text, broken.stored),)
        )
    names = ("135", "3389", *(f"{name}.exe" for name in PROGRAMS))
    for broken in firewall.unreadable:
        if any(name in broken.text.lower() for name in names):
            says = f'"{printable(broken.text)}": {broken.why}'
            string = (("exception", broken.text, broken.stored),)
            yield Unclear("an exception of the firewall", says, readings, broken.where, "firewall", string)
