r"""What policy says about the Windows Firewall in one profile; `firewall_entries.py` reads it from the registry.

Read `Firewall` first: a few switches, and two lists of exceptions. `NAMED` are the exceptions that the source document
asks for, by the short names that scenarios and reports use (`135 tcp`, `helpsvc`, ...). What follows for an offer on an
operating system stands in `reach.py`.

Lists of policy add up over policies (R29). The computer's own lists count where policy leaves them alone: its list is not
configured and local exceptions are not forbidden, or local exceptions are allowed explicitly (WindowsFirewall.adml).
"""

import re
from collections.abc import Hashable, Iterable, Mapping
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
from rasim.policy.firewall_rules import ROOT, Rule, parse_rule, same_program
from rasim.policy.names import fold

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

SVCHOST: Final = "svchost"
"""What hosts the services that listen on both ports, excepted as a program."""
OWN_PORTS, OWN_PROGRAMS = "port exceptions", "program exceptions"

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

    `untold` is whether a file says that it cannot say; the state is then unknown. `local` is whether it is the computer's own,
    which counts where policy is silent.
    """

    state: Switch = "not configured"
    says: str = field(default="absent", eq=False)
    where: Where | None = field(default=None, eq=False)
    stored: Hashable = field(default=None, eq=False, repr=False)
    untold: bool = field(default=False, eq=False, repr=False)
    local: bool = field(default=False, eq=False, repr=False)

    @property
    def by_policy(self) -> bool:
        """Return whether policy states it; what the computer has for itself says nothing of what else it has."""
        return self.state != "not configured" and not self.local

    @property
    def key(self) -> Hashable:
        """Return what is not known where it is unknown: what this file does not tell, another one need not."""
        return self.stored, self.where if self.untold else None


@frozen
class Firewall:
    """The firewall of one profile as policy sets it; nothing of it is stated unless some file states it.

    `remote_desktop_scope` is None where the exception is enabled and its scope is blank or cannot be read.

    `own_known` are the kinds of the computer's own exceptions of which the files hold the whole list, for they empty it first.
    `remote_admin` opens ports 135 and 445, and what svchost.exe and lsass.exe listen on. `bypass` is whether who proves who
    they are by IPsec passes by all of it; `limits` are what keeps calls for DCOM out, whatever the firewall lets in.

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
    remote_desktop_stored: Hashable = field(default=None, eq=False, repr=False)
    own_known: frozenset[str] = field(default=frozenset(), eq=False, repr=False)
    ports_merge: Switched = field(factory=Switched)
    programs_merge: Switched = field(factory=Switched)
    remote_admin: Switched = field(factory=Switched)
    remote_admin_scope: Scope | None = EVERYBODY
    remote_admin_stored: Hashable = field(default=None, eq=False, repr=False)
    bypass: Switched = field(factory=Switched)
    limits: tuple[Switched, ...] = ()

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
            self.remote_admin,
            self.ports_defined,
            self.programs_defined,
        )
        shut = self.protection.state == "disabled" or self.no_exceptions.state == "enabled"  # by whomever
        return shut or any(s.by_policy for s in switches) or bool(self.ports or self.programs or self.unreadable)

    @property
    def own_count(self) -> frozenset[str]:
        """Return which exceptions of the computer's own policy lets count explicitly, or may, that are in no file."""
        merges = ((OWN_PORTS, self.ports_merge), (OWN_PROGRAMS, self.programs_merge))
        return frozenset(kind for kind, merge in merges if merge.state in {"enabled", "unknown"}) - self.own_known

    def counts(self, exception: FirewallException) -> bool:
        """Return whether the list that an exception stands in counts for sure: its switch is stated, or leaves it alone."""
        is_port = isinstance(exception, PortException)
        defined = self.ports_defined if is_port else self.programs_defined
        merge = self.ports_merge if is_port else self.programs_merge
        if exception.local:
            return merge.state == "enabled" or (merge.state == defined.state == "not configured")
        return defined.state == "enabled"

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
        for program in self.programs:
            for name, path in _BELOW.items():
                if same_program(program.path, path) != "no":
                    found.setdefault(name, []).append(program)
        return {name: tuple(each) for name, each in found.items()}


def is_surely(name: str, exception: FirewallException) -> bool:
    """Tell whether an exception is for what a name says on every computer: a path by its drive letter may be another."""
    return isinstance(exception, PortException) or same_program(exception.path, _BELOW[name]) == "surely"


def named_in(text: str) -> frozenset[str]:
    """Return the names of the exceptions that a string which cannot be read may be about: `135 tcp`, `sessmgr`."""
    ranges = [(int(first), int(last)) for first, last in _RANGE.findall(text)]
    inside = {name for name in PORTS for first, last in ranges if first <= int(name.removesuffix(" tcp")) <= last}
    inside |= set(PORTS) if f"{SVCHOST}.exe" in text.lower() else set()
    return frozenset(name for name, needle in _NEEDLES.items() if needle in text.lower()) | inside


_RANGE: Final = re.compile(r"\b([0-9]{1,5})\s*-\s*([0-9]{1,5})\b")
_NEEDLES: Final = {name: name.removesuffix(" tcp") for name in PORTS} | {name: f"{name}.exe" for name in PROGRAMS}
_BELOW: Final[Mapping[str, str]] = {name: fold(ROOT.sub("", path, count=1)) for name, path in PROGRAMS.items()} | {
    SVCHOST: r"\SYSTEM32\SVCHOST.EXE"
}
"""The programs by name, each with its path below the folder of Windows."""
