r"""Port and program exceptions of the Windows Firewall: one string each, read and written.

    135:TCP:*:Enabled:Offer Remote Assistance
    %WINDIR%\SYSTEM32\Sessmgr.exe:*:Enabled:Remote Assistance

    port    := PORT ":" ("TCP" | "UDP") ":" scope ":" status ":" name
    program := PATH ":" scope ":" status ":" name
    scope   := "*" | item ("," item)*       item := IPv4 | IPv4 "/" bits | IPv4 "/" mask | "localsubnet"
    status  := "enabled" | "disabled"       in any case; the name is free text and means nothing (A3)

Windows stores whatever is typed and checks nothing, so a string that cannot be read is no error here: it is `Unreadable`,
kept and reported. The policy's own help text prints blanks after colons (`*: Enabled: Remote Assistance`): they are
read as if they were not there, and written without (A2). `strict` reads them as Windows may: such a status is no status.
"""

import re
from collections.abc import Hashable
from enum import Enum
from functools import cached_property, lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Final

from attrs import field, frozen

from rasim.errors import UsageError, Where
from rasim.policy.names import fold
from rasim.words import printable


class Transport(Enum):
    """The protocol of a port exception."""

    TCP = "TCP"
    UDP = "UDP"


@frozen
class Scope:
    """Whom an exception lets in: everybody (`*`), or the addresses, networks and the local subnet listed."""

    items: tuple[str, ...]

    @property
    def everybody(self) -> bool:
        """Return whether any address at all is let in."""
        return "*" in self.items

    @cached_property
    def networks(self) -> tuple[IPv4Network, ...]:
        """Return the networks and addresses that are let in by number; none where everybody is."""
        named = {"*", "localsubnet"}
        return () if self.everybody else tuple(_network(item) for item in self.items if item not in named)

    def admits(self, address: str | None) -> bool | None:
        """Return whether an expert at this IPv4 address is let in; None where that cannot be told.

        It cannot where the address is not known, or only the local subnet is let in, whose extent no policy says.

        Raises:
            UsageError: `address` is no IPv4 address.

        """
        place = None if address is None else parse_address(address)
        if self.everybody:
            return True
        if place is None:
            return None
        if any(place in network for network in self.networks):
            return True
        return None if "localsubnet" in self.items else False

    def __str__(self) -> str:
        return ",".join(self.items)


EVERYBODY: Final = Scope(("*",))


@frozen
class PortException:
    """A port that the firewall opens (`enabled`) or does not (`disabled`); `str` writes it without blanks."""

    port: int
    transport: Transport
    scope: Scope
    enabled: bool
    name: str = field(eq=False)
    where: Where | None = field(default=None, eq=False)
    raw: str = field(default="", eq=False)
    local: bool = False

    def __str__(self) -> str:
        return f"{self.port}:{self.transport.value}:{self.scope}:{_status(self.enabled)}:{self.name}"


@frozen
class ProgramException:
    """A program for which the firewall opens the ports it listens on, while it listens."""

    path: str = field(eq=fold)
    scope: Scope
    enabled: bool
    name: str = field(eq=False)
    where: Where | None = field(default=None, eq=False)
    raw: str = field(default="", eq=False)
    local: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.scope}:{_status(self.enabled)}:{self.name}"


FirewallException = PortException | ProgramException


@frozen
class Unreadable:
    """A string in a list of exceptions that is none: what it is, why, and where it stands."""

    text: str
    why: str
    where: Where | None = field(default=None, eq=False)
    stored: Hashable = field(default=None, repr=False)  # what stands there itself, where that is no text


_BLANKS: Final = re.compile(r"\s*:\s*")
_PORT: Final = re.compile(
    r"\s*(?P<port>[0-9]{1,5})\s*:\s*(?P<transport>tcp|udp)\s*:(?P<scope>[^:]*):(?P<status>[^:]*):(?P<name>.*)",
    re.IGNORECASE | re.DOTALL,
)
# The path may hold colons (a drive), and so may the name: the first place where scope and status fit divides them.
_PROGRAM: Final = re.compile(
    r"(?P<path>.+?):(?P<scope>[\s*0-9a-z./,]*):(?P<status>\s*(?:enabled|disabled)\s*):(?P<name>.*)",
    re.IGNORECASE | re.DOTALL,
)
_STATUS: Final = {"enabled": True, "disabled": False}


def parse_port(
    text: str, where: Where | None = None, *, strict: bool = False, local: bool = False
) -> PortException | Unreadable:
    """Return the port exception that a string is, or why it is none."""
    match = _PORT.fullmatch(text)
    if match is None:
        return Unreadable(text, "it is not PORT:TCP or UDP:SCOPE:STATUS:NAME", where)
    port, common = int(match["port"]), _common(match, strict=strict)
    if not 0 < port < 1 << 16:
        return Unreadable(text, f"{port} is no port", where)
    if isinstance(common, str):
        return Unreadable(text, common, where)
    scope, enabled, name = common
    return PortException(port, Transport(match["transport"].upper()), scope, enabled, name, where, text, local)


def parse_program(
    text: str, where: Where | None = None, *, strict: bool = False, local: bool = False
) -> ProgramException | Unreadable:
    """Return the program exception that a string is, or why it is none."""
    match = _PROGRAM.fullmatch(text)
    if match is None or not match["path"].strip():
        return Unreadable(text, "it is not PATH:SCOPE:STATUS:NAME", where)
    common = _common(match, strict=strict)
    if isinstance(common, str):
        return Unreadable(text, common, where)
    scope, enabled, name = common
    return ProgramException(match["path"].strip(), scope, enabled, name, where, text, local)


def is_loose(exception: FirewallException) -> bool:
    """Tell whether an exception was read in spite of blanks around its colons (A2)."""
    return bool(exception.raw) and any(found.group() != ":" for found in _BLANKS.finditer(_head(exception)))


def _head(exception: FirewallException) -> str:
    """Return the raw text up to the first letter of its name: colons inside the name are its own."""
    end = len(exception.raw) - len(exception.name) if exception.raw.rstrip().endswith(exception.name) else None
    return exception.raw[:end]


def _common(match: "re.Match[str]", *, strict: bool) -> tuple[Scope, bool, str] | str:
    """Return scope, status and name, or why they are none."""
    if strict and (match["status"] != match["status"].strip() or match["scope"] != match["scope"].strip()):
        return "a blank stands beside its scope or status, which Windows may not accept"
    status = _STATUS.get(match["status"].strip().lower())
    if status is None:
        return f'"{printable(match["status"].strip())}" is neither enabled nor disabled'
    scope = parse_scope(match["scope"])
    if isinstance(scope, str):
        return scope
    return scope, status, match["name"].strip()


@lru_cache(maxsize=1024)
def parse_address(text: str) -> IPv4Address:
    """Return the address that a text is.

    Raises:
        UsageError: it is no IPv4 address.

    """
    try:
        return IPv4Address(text)
    except AddressValueError:
        raise UsageError(f"{printable(text)!r} is no IPv4 address") from None


def parse_scope(text: str) -> Scope | str:
    """Return the scope that a text is, or why it is none; an empty text is none."""
    items = tuple(item.strip().lower() for item in text.split(","))
    for item in items:
        if item in {"*", "localsubnet"}:
            continue
        try:
            _network(item)
        except ValueError:
            return f'"{printable(item)}" is no IPv4 address, no network, not * and not localsubnet'
    return Scope(items)


def _network(item: str) -> IPv4Network:
    if not re.fullmatch(r"[0-9./]+", item):
        raise AddressValueError(item)
    network, mask = IPv4Network(item, strict=False), item.partition("/")[2]
    if "." in mask and str(network.netmask) != mask:  # Python also takes the mask turned inside out, 0.255.255.255
        raise AddressValueError(item)
    return network


def _status(enabled: bool) -> str:
    return "Enabled" if enabled else "Disabled"
