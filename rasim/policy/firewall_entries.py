"""The firewall of a profile from the registry and back: policy's values, and the computer's own where policy leaves them alone."""

from collections.abc import Iterator
from typing import Any, Final

from rasim.errors import UsageError
from rasim.policy.exceptions import (
    EVERYBODY,
    FirewallException,
    PortException,
    ProgramException,
    Scope,
    Unreadable,
    parse_port,
    parse_program,
    parse_scope,
)
from rasim.policy.firewall import OWN_PORTS, OWN_PROGRAMS, Firewall, Profile, Switched
from rasim.policy.firewall_rules import Rule, parse_rule
from rasim.policy.names import fold
from rasim.policy.registry import Action, Registry, RegistryEntry, RegType, describe, dword, stored, sz
from rasim.policy.settings import (
    DCOM_LIMITS,
    FIREWALL,
    FIREWALL_RULES,
    IPSEC_BYPASS,
    LOCAL_RULES,
    FirewallSettings,
    Setting,
)
from rasim.words import printable

_SWITCHES: Final = (
    *("protection", "no_exceptions", "remote_desktop", "remote_admin", "ports_defined", "programs_defined"),
    *("ports_merge", "programs_merge", "default_inbound", "rules_merge"),
)
"""The switches, by the field of `Firewall`; its setting has the same name, without *defined*."""


def read_firewall(registry: Registry, profile: Profile = "domain", *, strict: bool = False) -> Firewall:
    """Return what the registry's live values say about the firewall of a profile. Never fails (R40; A2)."""
    settings = FIREWALL[profile]
    parts: dict[str, Any] = {name: _switch(registry, settings, name.removesuffix("_defined")) for name in _SWITCHES}
    found: list[FirewallException | Unreadable] = []
    for setting, local in _lists(settings, parts):
        parse = parse_port if setting in (settings.port_list, settings.local_port_list) else parse_program
        for entry in registry.find_all(setting):
            words = _words(entry)
            if isinstance(words, Unreadable):
                found.append(words)
            else:
                found.append(parse(words if words.strip() else entry.name, entry.where, strict=strict, local=local))
    rules = list(_rules(registry, parts["rules_merge"]))
    for name in ("remote_desktop", "remote_admin"):
        parts[f"{name}_scope"], parts[f"{name}_stored"] = _scope(registry, settings, name, parts)
    own = ((OWN_PORTS, settings.local_port_list), (OWN_PROGRAMS, settings.local_program_list))
    return Firewall(
        profile,
        **parts,
        ports=tuple(each for each in found if isinstance(each, PortException)),
        programs=tuple(each for each in found if isinstance(each, ProgramException)),
        unreadable=tuple(each for each in found if isinstance(each, Unreadable)),
        rules=tuple(each for each in rules if isinstance(each, Rule)),
        broken_rules=tuple(each for each in rules if isinstance(each, Unreadable)),
        local_rules_known=parts["rules_merge"].state == "disabled" or registry.find_emptied(LOCAL_RULES) is not None,
        own_known=frozenset(kind for kind, of in own if registry.find_emptied(of) is not None),
        bypass=next(iter(_beside(registry, IPSEC_BYPASS)), Switched()),
        limits=tuple(each for setting in DCOM_LIMITS for each in _beside(registry, setting)),
    )


def _beside(registry: Registry, setting: Setting) -> Iterator[Switched]:
    """Yield what a setting beside the firewall says, where it says anything: a blank text and a 0 do not, nor does DCOM that is on."""
    for entry in registry.find(setting)[:1]:
        words, silence = sz(entry), "Y" if setting.value == "EnableDCOM" else ""
        silent = dword(entry) == 0 or (words is not None and words.strip().upper() == silence)
        if entry.action is Action.UNTOLD or not silent:
            says = f"{setting.words} ({setting.value})"
            yield Switched("enabled", says, entry.where, (fold(setting.key), setting.value, stored(entry)))


def _rules(registry: Registry, merge: Switched) -> Iterator[Rule | Unreadable]:
    """Yield policy's rules, then the computer's own unless policy keeps them out."""
    for setting, local in ((FIREWALL_RULES, False), (LOCAL_RULES, True)):
        if local and merge.state == "disabled":
            return
        for entry in registry.find_all(setting):
            words = _words(entry)
            if isinstance(words, Unreadable):
                yield words
            else:
                yield parse_rule(entry.name, words, entry.where, local=local)


def _words(entry: RegistryEntry) -> str | Unreadable:
    """Return the string of an entry of a list; what cannot be told is one of its name that nobody can read."""
    untold = entry.action is Action.UNTOLD
    words = None if untold else sz(entry)
    why = describe(entry) if untold else "it is not stored as text"
    return Unreadable(entry.name, why, entry.where, stored(entry)) if words is None else words


def _lists(settings: FirewallSettings, parts: dict[str, Switched]) -> Iterator[tuple[Setting, bool]]:
    """Yield the lists that count or may, and whether each is the computer's own.

    Its own list counts where policy's is not configured: that is the switch of policy's list, whatever stands in it.
    """
    for kind, by_policy, local in (
        ("ports", settings.port_list, settings.local_port_list),
        ("programs", settings.program_list, settings.local_program_list),
    ):
        defined, merge = parts[f"{kind}_defined"].state, parts[f"{kind}_merge"].state
        if defined != "disabled":
            yield by_policy, False
        left = defined in {"not configured", "unknown"}
        if merge in {"enabled", "unknown"} or (merge == "not configured" and left):
            yield local, True


def _switch(registry: Registry, settings: FirewallSettings, name: str) -> Switched:
    """Return a switch as policy states it, else as the computer has it for itself, in all its control sets."""
    setting = getattr(settings, name)
    found = registry.find(setting)
    local = not found and name in settings.own
    found = registry.find(settings.own[name]) if local else found
    if not found:
        return Switched()
    number, entry = dword(found[0]), found[0]
    if entry.action is Action.UNTOLD:
        return Switched("unknown", describe(entry), entry.where, stored(entry), untold=True, local=local)
    if number not in {0, 1} or any(dword(other) != number for other in found):
        why = "neither a DWORD of 0 nor of 1" if number not in {0, 1} else "its control sets differ"
        return Switched("unknown", why, entry.where, stored(entry), local=local)
    return Switched("enabled" if number else "disabled", f"REG_DWORD {number}", entry.where, local=local)


def _scope(
    registry: Registry, settings: FirewallSettings, name: str, parts: dict[str, Switched]
) -> tuple[Scope | None, Any]:
    """Return the scope of an enabled exception and what is stored; not stated it lets in everybody, blank it says nothing."""
    of = f"{name}_scope"
    found = registry.find(settings.own[of] if parts[name].local else getattr(settings, of))
    if not found or parts[name].state != "enabled":
        return EVERYBODY, None
    words = sz(found[0])
    scope = parse_scope(words) if words is not None and words.strip() else ""
    return scope if isinstance(scope, Scope) else None, stored(found[0])


# ---- the way back --------------------------------------------------------------------------------------------


def firewall_to_entries(firewall: Firewall) -> tuple[RegistryEntry, ...]:
    """Return the entries that the policy editor writes for this firewall; exceptions without blanks (A2).

    The computer's own exceptions are no policy and are not written.

    Raises:
        UsageError: something of it could not be read, so that it cannot be written.

    """
    settings = FIREWALL[firewall.profile]
    for broken in (*firewall.unreadable, *firewall.broken_rules):
        raise UsageError(f"{printable(broken.text)!r} cannot be written: it was not read")
    entries: list[RegistryEntry] = []
    for name in _SWITCHES:
        setting, switched = getattr(settings, name.removesuffix("_defined")), getattr(firewall, name)
        if switched.state != "not configured" and not switched.local:
            entries += _switch_entries(firewall, name, setting, switched)
        if name in {"ports_defined", "programs_defined"}:
            listed = settings.port_list if name == "ports_defined" else settings.program_list
            excepted = firewall.ports if name == "ports_defined" else firewall.programs
            entries += [_text(listed, str(each), str(each)) for each in excepted if not each.local]
    return (*entries, *_rule_entries(firewall))


def _switch_entries(firewall: Firewall, name: str, setting: Setting, switched: Switched) -> Iterator[RegistryEntry]:
    if switched.state == "unknown":
        raise UsageError(f"{setting.words}: its state is unknown and cannot be written")
    yield RegistryEntry(setting.key, setting.value, RegType.DWORD, (switched.state == "enabled").to_bytes(4, "little"))
    if name in {"remote_desktop", "remote_admin"} and switched.state == "enabled":
        scope = getattr(firewall, f"{name}_scope")
        if scope is None:
            what = {"remote_desktop": "Remote Desktop", "remote_admin": "remote administration"}[name]
            raise UsageError(f"the scope of the {what} exception could not be read and cannot be written")
        of = getattr(FIREWALL[firewall.profile], f"{name}_scope")
        yield _text(of, of.value, str(scope))


def _text(setting: Setting, name: str, words: str) -> RegistryEntry:
    return RegistryEntry(setting.key, name, RegType.SZ, f"{words}\0".encode("utf-16-le", "surrogatepass"))


def _rule_entries(firewall: Firewall) -> Iterator[RegistryEntry]:
    """Yield policy's rules; both profiles have the same, and those of the domain profile are written."""
    for rule in (each for each in firewall.rules if not each.local and firewall.profile == "domain"):
        yield _text(FIREWALL_RULES, rule.name, rule.text)
