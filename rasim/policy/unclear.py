"""What can be read in two ways: an `Unclear` with both readings; the machine takes the strict one, a report shows both."""

from collections.abc import Hashable, Iterator
from typing import Final, Literal

from attrs import evolve, field, frozen

from rasim.errors import Where
from rasim.policy import settings
from rasim.policy.accounts import Flaw
from rasim.policy.firewall import PORTS, PROGRAMS, REMOTE_DESKTOP, Firewall, named_in
from rasim.policy.names import fold
from rasim.policy.stated import Local, Logging, Offer, Preference, Solicited, State, Stated
from rasim.words import printable

_Topic = Literal["value", "no mode", "instruction", "control sets", "firewall", "untold", "missing", "unread"]
OF_ANYTHING: Final = frozenset({"missing", "instruction", "unread"})
"""What such a doubt is about could turn anything."""


@frozen
class Unclear:
    """Something that can be read in two ways: which setting, where, what stands there, and both readings.

    The first of `readings` is the strict one, which the machine takes. `about` is what is not known: two doubts about one
    and the same are read alike, whatever the words (`keys`). `parts` are what of a policy it can turn: the `field` of a
    setting, names of the firewall's exceptions; none where it may be anything.
    """

    setting: str
    says: str
    readings: tuple[str, str]
    where: Where | None = field(default=None, eq=False)
    topic: _Topic = "value"
    about: tuple[Hashable, ...] = field(default=(), eq=False, repr=False)
    parts: frozenset[str] = field(default=frozenset(), eq=False, repr=False)

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """Return what is not known, as keys."""
        return self.about or ((self.setting, self.says, self.readings),)


def offer_doubts(offer: Offer, *, matters: bool) -> Iterator[Unclear]:
    """Yield what of offers can be read in two ways; mode and helpers only where anything hangs on them (`matters`)."""
    if offer.state is State.UNKNOWN:
        yield _unclear(settings.OFFER_STATE, offer.stated)
    if not matters:
        return
    if offer.stated.untold:  # who cannot tell whether offers are enabled tells neither mode nor list
        for setting, stated in (
            (settings.OFFER_MODE, offer.mode_stated),
            (settings.OFFER_HELPERS, offer.helpers_stated),
        ):
            if stated.how == "absent":
                yield _unclear(setting, evolve(offer.stated, setting=str(setting)))
    mode = offer.mode_stated
    if offer.mode is None and not mode.gone:
        yield _unclear(settings.OFFER_MODE, mode)
    elif offer.mode is None and not offer.stated.untold:
        yield Unclear(
            mode.setting,
            f"{mode.says} while offers are {'enabled' if offer.state is State.ENABLED else 'perhaps enabled'}",
            ("view only: nothing permits control (R3)", "control: it is where the policy editor's choice begins"),
            mode.where or offer.stated.where,
            "no mode",
            ("no mode",),
            frozenset({settings.OFFER_MODE.field}),
        )
    for helper in offer.helpers:
        if helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
            says = f'value name "{helper}", data {helper.stored}'
            about, parts = (("entry", fold(helper.text), helper.raw),), frozenset({settings.OFFER_HELPERS.field})
            yield Unclear(
                str(settings.OFFER_HELPERS), says, settings.OFFER_HELPERS.readings, helper.where, "value", about, parts
            )


def other_doubts(solicited: Solicited, logging: Logging, local: Local) -> Iterator[Unclear]:
    """Yield what of the other settings can be read in two ways."""
    if solicited.state is State.UNKNOWN:
        yield _unclear(settings.SOLICITED_STATE, solicited.stated)
    unreadable = solicited.mode is None and not solicited.mode_stated.gone
    if unreadable and solicited.state in {State.ENABLED, State.UNKNOWN}:
        yield _unclear(settings.SOLICITED_MODE, solicited.mode_stated)
    if logging.state is State.UNKNOWN:
        yield _unclear(settings.LOGGING, logging.stated)
    if local.solicited is Preference.UNKNOWN:
        differ = local.stated.how == "differs between control sets"
        yield _unclear(settings.LOCAL_SOLICITED, local.stated, "control sets" if differ else "value")


def _unclear(setting: settings.Setting, stated: Stated, topic: _Topic = "value") -> Unclear:
    about: tuple[Hashable, ...] = ((stated.setting, stated.says, stated.stored),)
    parts = frozenset({setting.field})
    if stated.untold:
        readings = (setting.readings[0].partition(":")[0], "as the policy says it where this file cannot")
        # What this file does not tell, another one with the same words need not.
        about = ((stated.setting, stated.says, stated.where),)
        return Unclear(stated.setting, stated.says, readings, stated.where, "untold", about, parts)
    return Unclear(stated.setting, stated.says, setting.readings, stated.where, topic, about, parts)


_ANYTHING: Final[frozenset[str]] = frozenset()
_RULES: Final = frozenset({settings.FIREWALL_RULES.field})
_SWITCHES: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    ("EnableFirewall", "protection", _ANYTHING),
    ("DoNotAllowExceptions", "no_exceptions", _ANYTHING),
    ("RemoteDesktop, Enabled", "remote_desktop", frozenset({REMOTE_DESKTOP})),
    ("GloballyOpenPorts, Enabled", "ports_defined", frozenset(PORTS)),
    ("AuthorizedApplications, Enabled", "programs_defined", frozenset(PROGRAMS)),
    ("DefaultInboundAction", "default_inbound", _RULES),
    ("AllowLocalPolicyMerge", "rules_merge", _RULES),
    ("RemoteAdminSettings, Enabled", "remote_admin", frozenset(PORTS)),
    ("GloballyOpenPorts, AllowUserPrefMerge", "ports_merge", frozenset(PORTS)),
    ("AuthorizedApplications, AllowUserPrefMerge", "programs_merge", frozenset((*PORTS, *PROGRAMS))),
)
"""The switches of the firewall that may be unknown: name, part of `Firewall`, and what of it hangs on them."""


def firewall_doubts(firewall: Firewall) -> Iterator[Unclear]:
    """Yield what of the firewall can be read in two ways and matters to an offer."""
    readings = ("nothing relies on it", "it counts, if Windows reads it nevertheless")
    for name, attribute, parts in _SWITCHES:
        switched = getattr(firewall, attribute)
        if switched.state == "unknown":
            topic: _Topic = "untold" if switched.untold else "firewall"
            not_known = (name, switched.stored, switched.where if switched.untold else None)
            yield Unclear(name, switched.says, readings, switched.where, topic, (not_known,), parts)
    for key, of, parts in (
        ("RemoteDesktop", "remote_desktop", frozenset({REMOTE_DESKTOP})),
        ("RemoteAdminSettings", "remote_admin", frozenset(PORTS)),
    ):
        if getattr(firewall, f"{of}_scope") is None:
            name, readings = f"{key}, RemoteAddresses", ("nobody is let in", "everybody is let in")
            where, about = getattr(firewall, of).where, ((name, getattr(firewall, f"{of}_stored")),)
            yield Unclear(name, "the scope is blank or none", readings, where, "firewall", about, parts)
    strings = (
        *(("a rule of the firewall", "rule", broken, broken.text[:80], _RULES) for broken in firewall.broken_rules),
        *(
            ("an exception of the firewall", "exception", broken, broken.text, names)
            for broken in firewall.unreadable
            if (names := named_in(broken.text))
        ),
    )
    for setting, what, broken, text, parts in strings:
        says = f'"{printable(text)}": {broken.why}'
        not_read = (what, broken.text, broken.stored)
        yield Unclear(setting, says, readings, broken.where, "firewall", (not_read,), parts)
