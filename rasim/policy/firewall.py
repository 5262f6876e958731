r"""What policy says about the Windows Firewall in one profile, read from the registry and written back.

Read `Firewall` first: a few switches, and two lists of exceptions. `NAMED` are the exceptions that the source document
asks for, by the short names that scenarios and reports use (`135 tcp`, `helpsvc`, ...). What follows for an offer on an
operating system stands in `reach.py`.

Lists of policy add up over policies (R29). The computer's own lists count where policy leaves them alone: its list is not
configured and local exceptions are not forbidden, or local exceptions are allowed explicitly (WindowsFirewall.adml).
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, Literal, Self

from attrs import field, frozen

from rasim.errors import UsageError, Where
from rasim.policy.exceptions import (
    EVERYBODY,
    FirewallException,
    PortException,
    ProgramException,
    Scope,
    Transport,
    Unreadable,
    is_loose,
    parse_port,
    parse_program,
    parse_scope,
)
from rasim.policy.firewall_rules import DRIVE, ROOT, Rule, parse_rule
from rasim.policy.names import fold
from rasim.policy.registry import Action, Registry, RegistryEntry, RegType, describe, dword, stored, sz
from rasim.policy.settings import FIREWALL, FIREWALL_RULES, LOCAL_RULES, FirewallSettings, Setting
from rasim.words import printable

Profile = Literal["domain", "standard"]
Switch = Literal["not configured", "disabled", "enabled", "unknown"]

NAMED: Final[Mapping[str, str]] = {
    "135 tcp": "135:TCP:*:Enabled:Offer Remote Assistance",
    "helpsvc": r"%WINDIR%\PCHealth\HelpCtr\Binaries\Helpsvc.exe:*:Enabled:Offer Remote Assistance",
    "helpctr": r"%WINDIR%\PCHealth\HelpCtr\Binaries\Helpctr.exe:*:Enabled:Remote Assistance – Windows Messenger and Voice",
    "sessmgr": r"%WINDIR%\SYSTEM32\Sessmgr.exe:*:Enabled:Remote Assistance",
    "msra": r"%WINDIR%\SYSTEM32\msra.exe:*:Enabled:Remote Assistance",
    "raserver": r"%WINDIR%\SYSTEM32\raserver.exe:*:Enabled:Offer Remote Assistance",
}
"""The exceptions by name, written without the document's blanks; the last two are from the help text of later editions."""

REMOTE_DESKTOP: Final = "remote desktop"
PORTS: Final = ("135 tcp", "3389 tcp")

PROGRAMS: Final[Mapping[str, str]] = {
    name: str(found.path) for name, raw in NAMED.items() if isinstance(found := parse_program(raw), ProgramException)
    and name != "135 tcp"
}  # fmt: skip

_PROGRAM_WORDS: Final = {"allowed": "Enabled", "disabled": "Disabled", "not allowed": "", "not configured": ""}
FIREWALL_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "port": {"open": "Enabled", "disabled": "Disabled", "closed": "", "not configured": ""},
    **dict.fromkeys(PROGRAMS, _PROGRAM_WORDS),
    REMOTE_DESKTOP: {word: word for word in ("enabled", "disabled", "not configured")},
    "windows firewall": {"on": "enabled", "off": "disabled"},
    "exceptions": {"allowed": "disabled", "not allowed": "enabled"},
}
"""What can be said of each exception and switch in a word, and the status or state that it stands for; none: no such string."""

SWITCHES: Final[Mapping[str, str]] = {
    REMOTE_DESKTOP: "remote_desktop",
    "windows firewall": "protection",
    "exceptions": "no_exceptions",
}
"""The switches that have a word: the part of `Firewall` that each is."""


@frozen
class Switched:
    """A switch as found: its state, what stands there in words, where, and what is stored itself.

    `untold` is whether a file says that it cannot say; the state is then unknown.
    """

    state: Switch = "not configured"
    says: str = field(default="absent", eq=False)
    where: Where | None = field(default=None, eq=False)
    stored: Hashable = field(default=None, eq=False, repr=False)
    untold: bool = field(default=False, eq=False, repr=False)


@frozen
class Firewall:
    """The firewall of one profile as policy sets it; nothing of it is stated unless some file states it.

    `remote_desktop_scope` is None where the exception is enabled and its scope is blank or cannot be read.

    `own_count` is which exceptions of the computer's own policy lets count explicitly (ports, programs): they are in no file.

    `rules` are those of Windows Vista and later that count: policy's, and the computer's own where the files hold them and
    policy does not keep them out. `local_rules_known` is whether no other rule of the computer's own can count: policy
    keeps them out, or the files empty their store before they fill it.
    """

    profile: Profile = "domain"
    protection: Switched = field(factory=Switched)
    no_exceptions: Switched = field(factory=Switched)
    remote_desktop: Switched = field(factory=Switched)
    remote_desktop_scope: Scope | None = EVERYBODY
    ports_defined: Switched = field(factory=Switched)
    programs_defined: Switched = field(factory=Switched)
    ports: tuple[PortException, ...] = ()
    programs: tuple[ProgramException, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    default_inbound: Switched = field(factory=Switched)
    rules_merge: Switched = field(factory=Switched)
    rules: tuple[Rule, ...] = ()
    broken_rules: tuple[Unreadable, ...] = ()
    local_rules_known: bool = False
    scope_stored: Hashable = field(default=None, eq=False, repr=False)
    own_count: frozenset[str] = field(default=frozenset(), eq=False, repr=False)

    @classmethod
    def of(  # noqa: PLR0913  (one keyword for each part)
        cls,
        *,
        ports: Iterable[str] = (),
        programs: Iterable[str] = (),
        remote_desktop: Switch = "not configured",
        remote_desktop_scope: str = "*",
        protection: Switch = "not configured",
        no_exceptions: Switch = "not configured",
        rules: Iterable[tuple[str, str]] = (),
        default_inbound: Switch = "not configured",
        rules_merge: Switch = "not configured",
        profile: Profile = "domain",
        strict: bool = False,
        where: Where | None = None,
    ) -> Self:
        """Return the firewall with these exception strings, switches, and rules as (name of the value, string).

        `default_inbound` is *enabled* where what no rule matches is blocked, *disabled* where it is let in.

        Raises:
            UsageError: the scope of the Remote Desktop exception is none.

        """
        scope = parse_scope(remote_desktop_scope)
        if isinstance(scope, str):
            raise UsageError(f"the scope of the Remote Desktop exception: {scope}")
        read_ports = [parse_port(each, where, strict=strict) for each in ports]
        read_programs = [parse_program(each, where, strict=strict) for each in programs]
        read_rules = [parse_rule(name, text, where) for name, text in rules]

        def switched(state: Switch) -> Switched:
            return Switched(state, state, where)

        return cls(
            profile,
            switched(protection),
            switched(no_exceptions),
            switched(remote_desktop),
            scope,
            switched("enabled" if read_ports else "not configured"),
            switched("enabled" if read_programs else "not configured"),
            tuple(each for each in read_ports if isinstance(each, PortException)),
            tuple(each for each in read_programs if isinstance(each, ProgramException)),
            tuple(each for each in (*read_ports, *read_programs) if isinstance(each, Unreadable)),
            switched(default_inbound),
            switched(rules_merge),
            tuple(each for each in read_rules if isinstance(each, Rule)),
            tuple(each for each in read_rules if isinstance(each, Unreadable)),
            rules_merge == "disabled",
        )

    @property
    def speaks_in_rules(self) -> bool:
        """Return whether anything is stated about rules of Windows Vista and later."""
        switches = (self.default_inbound, self.rules_merge)
        return bool(self.rules or self.broken_rules or self.local_rules_known) or any(
            s.state != "not configured" for s in switches
        )

    @property
    def speaks(self) -> bool:
        """Return whether anything at all is stated; else the computer's own settings decide alone."""
        switches = (
            self.protection,
            self.no_exceptions,
            self.remote_desktop,
            self.ports_defined,
            self.programs_defined,
        )
        return any(s.state != "not configured" for s in switches) or bool(
            self.ports or self.programs or self.unreadable
        )

    @property
    def exceptions(self) -> tuple[FirewallException, ...]:
        """Return all exceptions that were read."""
        return (*self.ports, *self.programs)

    @property
    def loose(self) -> tuple[FirewallException, ...]:
        """Return the exceptions that were read in spite of blanks (A2)."""
        return tuple(each for each in self.exceptions if is_loose(each))

    def entries_for(self, name: str) -> tuple[FirewallException, ...]:
        """Return the exceptions for one of the names of `NAMED`, the enabled and the disabled; also for `3389 tcp`."""
        return self._named.get(name, ())

    @cached_property
    def _named(self) -> Mapping[str, tuple[FirewallException, ...]]:
        found: dict[str, list[FirewallException]] = {}
        for port in self.ports:
            if port.transport is Transport.TCP:
                found.setdefault(f"{port.port} tcp", []).append(port)
        names = {_tail(path): name for name, path in PROGRAMS.items()}
        for program in self.programs:
            found.setdefault(names.get(_tail(program.path), ""), []).append(program)
        return {name: tuple(each) for name, each in found.items()}


def by_variable(path: str) -> bool:
    """Tell whether a program's path begins with %WINDIR% or %SystemRoot%, so that it is the same on every computer."""
    return ROOT.match(path) is not None


def named_in(text: str) -> frozenset[str]:
    """Return the names of the exceptions that a string which cannot be read may be about: `135 tcp`, `sessmgr`."""
    return frozenset(name for name, needle in _NEEDLES.items() if needle in text.lower())


_NEEDLES: Final = {name: name.removesuffix(" tcp") for name in PORTS} | {name: f"{name}.exe" for name in PROGRAMS}


def _tail(path: str) -> str:
    """Return a path below the folder of Windows, however that is written."""
    return fold(DRIVE.sub("", ROOT.sub("", path, count=1), count=1))


# ---- from the registry ---------------------------------------------------------------------------------------


def read_firewall(registry: Registry, profile: Profile = "domain", *, strict: bool = False) -> Firewall:
    """Return what the registry's live values say about the firewall of a profile. Never fails (R40; A2)."""
    settings = FIREWALL[profile]
    ports, programs = _switch(registry, settings.ports), _switch(registry, settings.programs)
    found: list[FirewallException | Unreadable] = []
    for setting, local in _lists(registry, settings, ports, programs):
        parse = parse_port if setting in (settings.port_list, settings.local_port_list) else parse_program
        for entry in registry.find_all(setting):
            words = _words(entry)
            if isinstance(words, Unreadable):
                found.append(words)
            else:
                found.append(parse(words if words.strip() else entry.name, entry.where, strict=strict, local=local))
    desktop, merge = _switch(registry, settings.remote_desktop), _switch(registry, settings.rules_merge)
    rules = list(_rules(registry, merge))
    return Firewall(
        profile,
        _switch(registry, settings.protection),
        _switch(registry, settings.no_exceptions),
        desktop,
        _scope(registry, settings.remote_desktop_scope) if desktop.state == "enabled" else EVERYBODY,
        ports,
        programs,
        tuple(each for each in found if isinstance(each, PortException)),
        tuple(each for each in found if isinstance(each, ProgramException)),
        tuple(each for each in found if isinstance(each, Unreadable)),
        _switch(registry, settings.default_inbound),
        merge,
        tuple(each for each in rules if isinstance(each, Rule)),
        tuple(each for each in rules if isinstance(each, Unreadable)),
        merge.state == "disabled" or registry.find_emptied(LOCAL_RULES) is not None,
        next((stored(entry) for entry in registry.find(settings.remote_desktop_scope)), None),
        frozenset(
            name
            for name, merged in (
                ("port exceptions", settings.ports_merge),
                ("program exceptions", settings.programs_merge),
            )
            if _switch(registry, merged).state in {"enabled", "unknown"}
        ),
    )


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


def _lists(
    registry: Registry, settings: FirewallSettings, ports: Switched, programs: Switched
) -> Iterator[tuple[Setting, bool]]:
    """Yield the lists that count, and whether each is the computer's own."""
    for switched, merge, by_policy, local in (
        (ports, settings.ports_merge, settings.port_list, settings.local_port_list),
        (programs, settings.programs_merge, settings.program_list, settings.local_program_list),
    ):
        stated = registry.find_all(by_policy)
        if switched.state != "disabled":
            yield by_policy, False
        merged = _switch(registry, merge).state
        if merged == "enabled" or (merged == switched.state == "not configured" and not stated):
            yield local, True


def _switch(registry: Registry, setting: Setting) -> Switched:
    found = registry.find(setting)
    if not found:
        return Switched()
    number, entry = dword(found[0]), found[0]
    if entry.action is Action.UNTOLD:
        return Switched("unknown", describe(entry), entry.where, stored(entry), untold=True)
    if number not in {0, 1}:
        return Switched("unknown", "neither a DWORD of 0 nor of 1", entry.where, stored(entry))
    return Switched("enabled" if number else "disabled", f"REG_DWORD {number}", entry.where)


def _scope(registry: Registry, setting: Setting) -> Scope | None:
    """Return the scope of the Remote Desktop exception; not stated it lets in everybody, blank it says nothing."""
    found = registry.find(setting)
    if not found:
        return EVERYBODY
    words = sz(found[0])
    scope = parse_scope(words) if words is not None and words.strip() else ""
    return scope if isinstance(scope, Scope) else None


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

    def switch(setting: Setting, switched: Switched) -> None:
        if switched.state == "unknown":
            raise UsageError(f"{setting.words}: its state is unknown and cannot be written")
        if switched.state != "not configured":
            data = int(switched.state == "enabled").to_bytes(4, "little")
            entries.append(RegistryEntry(setting.key, setting.value, RegType.DWORD, data))

    def write(setting: Setting, name: str, words: str) -> None:
        entries.append(RegistryEntry(setting.key, name, RegType.SZ, f"{words}\0".encode("utf-16-le", "surrogatepass")))

    switch(settings.protection, firewall.protection)
    switch(settings.no_exceptions, firewall.no_exceptions)
    switch(settings.remote_desktop, firewall.remote_desktop)
    if firewall.remote_desktop.state == "enabled":
        if firewall.remote_desktop_scope is None:
            raise UsageError("the scope of the Remote Desktop exception could not be read and cannot be written")
        write(settings.remote_desktop_scope, settings.remote_desktop_scope.value, str(firewall.remote_desktop_scope))
    switch(settings.ports, firewall.ports_defined)
    for port in (each for each in firewall.ports if not each.local):
        write(settings.port_list, str(port), str(port))
    switch(settings.programs, firewall.programs_defined)
    for program in (each for each in firewall.programs if not each.local):
        write(settings.program_list, str(program), str(program))
    switch(settings.default_inbound, firewall.default_inbound)
    switch(settings.rules_merge, firewall.rules_merge)
    return (*entries, *_rule_entries(firewall))


def _rule_entries(firewall: Firewall) -> Iterator[RegistryEntry]:
    """Yield policy's rules; both profiles have the same, and those of the domain profile are written."""
    for rule in (each for each in firewall.rules if not each.local and firewall.profile == "domain"):
        data = f"{rule.text}\0".encode("utf-16-le", "surrogatepass")
        yield RegistryEntry(FIREWALL_RULES.key, rule.name, RegType.SZ, data)
