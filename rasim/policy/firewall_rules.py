r"""Rules of the Windows Firewall with Advanced Security (Windows Vista and later): one string each, read and matched.

    v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|LPort=135|App=%SystemRoot%\system32\svchost.exe|Svc=rpcss|...

The version first, then fields `key=value`, divided by bars; keys repeat, and a rule without Profile is for all. `PREDEFINED`
are the fifteen rules of the group Remote Assistance. Windows stores whatever is written, so a string that cannot be read is
`Unreadable`, kept and reported. `match` tells whether a rule is about one of the needs of an offer: surely, perhaps, or not.
What rasim does not model (users, computers, interfaces, security, packages ...) narrows a rule in a way nobody can tell
here, so it makes *perhaps* of *surely*; that a field is absent which a rule of Windows always has (Active) does too.
Sources: MS-GPFAS 4.2, registry dumps of several versions (domain 4.4, artefacts 2).
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from typing import Final, Literal

from attrs import field, frozen

from rasim.errors import Where
from rasim.policy.exceptions import Unreadable
from rasim.policy.names import fold
from rasim.words import printable

Match = Literal["surely", "perhaps", "no"]
_Action = Literal["allow", "block", "bypass"]

TCP: Final = 6
ANY_PROTOCOL: Final = 256
GROUP: Final = "@FirewallAPI.dll,-33002"
"""The text by which a rule belongs to the group Remote Assistance."""


@frozen
class Rule:
    """One rule as it stands there: the name of its value, its fields by key (folded), and whether it is the computer's own.

    `active` and `inbound` are None where the rule does not say. No profile means all of them.
    """

    name: str = field(eq=fold)
    action: _Action
    fields: tuple[tuple[str, str], ...]
    active: bool | None
    inbound: bool | None
    text: str = field(eq=False, repr=False)
    where: Where | None = field(default=None, eq=False)
    local: bool = False

    def all(self, key: str) -> tuple[str, ...]:
        """Return the values of a field, in their order."""
        return tuple(value for known, value in self.fields if known == key)

    def one(self, key: str) -> str:
        """Return the last value of a field, empty where there is none."""
        return next(reversed(self.all(key)), "")

    @property
    def profiles(self) -> frozenset[str]:
        """Return the profiles it is for, folded; empty where it is for all."""
        return frozenset(map(fold, self.all("PROFILE")))

    @property
    def bypasses(self) -> bool:
        """Return whether what it lets in has to prove who it is, and then passes every rule that blocks it."""
        return self.action == "bypass" or "TRUE" in map(fold, self.all("AUTHBYPASSOUT"))

    @property
    def shown(self) -> str:
        """Return what a person would say of it: action, direction, protocol, port, program, service, profiles."""
        said = (
            self.action
            if self.active
            else f"{self.action}, {'inactive' if self.active is False else 'perhaps active'}",
            {True: "in", False: "out", None: "direction not said"}[self.inbound],
            _PROTOCOLS.get(self.one("PROTOCOL"), self.one("PROTOCOL")),
            ", ".join(value for key, value in self.fields if _PORTS.fullmatch(key)),
            self.one("APP").replace("/", "\\").rpartition("\\")[2],
            self.one("SVC"),
            "+".join(self.all("PROFILE")) or "all profiles",
            *(f"from {each}" for each in self.all("RA4")),
        )
        return f"{printable(self.name)}: {printable(', '.join(filter(None, said)))}"


_PROTOCOLS: Final = {"6": "TCP", "17": "UDP"}
_VERSION: Final = re.compile(r"v[0-9]{1,3}\.[0-9]{1,3}", re.IGNORECASE)
_ACTIONS: Final[Mapping[str, _Action]] = {"ALLOW": "allow", "BLOCK": "block", "BYPASS": "bypass"}
_SWITCHES: Final = {"TRUE": True, "FALSE": False}
_DIRECTIONS: Final = {"IN": True, "OUT": False}
_PROFILES: Final = frozenset({"DOMAIN", "PRIVATE", "PUBLIC"})


def parse_rule(name: str, text: str, where: Where | None = None, *, local: bool = False) -> Rule | Unreadable:
    """Return the rule that a value is, or why it is none."""
    version, *parts = text.split("|")
    if _VERSION.fullmatch(version.strip()) is None:
        return Unreadable(text, "it does not begin with a version such as v2.30", where)
    fields = []
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals and part.strip():
            return Unreadable(text, f'"{printable(part[:40])}" is no field', where)
        if equals:
            fields.append((fold(key.strip()), value.strip()))
    rule = Rule(
        name,
        _ACTIONS.get(fold(_last(fields, "ACTION")), "allow"),
        tuple(fields),
        _SWITCHES.get(fold(_last(fields, "ACTIVE"))),
        _DIRECTIONS.get(fold(_last(fields, "DIR"))),
        text,
        where,
        local,
    )
    if fold(_last(fields, "ACTION")) not in _ACTIONS:
        return Unreadable(text, "it has no action Allow, Block or Bypass", where)
    strange = rule.profiles - _PROFILES
    if strange:
        return Unreadable(text, f'"{printable(min(strange))}" is no profile', where)
    return rule


def _last(fields: list[tuple[str, str]], key: str) -> str:
    return next((value for known, value in reversed(fields) if known == key), "")


# ---- what a rule is about ------------------------------------------------------------------------------------


@frozen
class Traffic:
    """Something that has to get in: TCP to a port, or to whatever port a program listens on."""

    port: int | None
    program: str
    service: str = ""


# domain 4.4: the inbound rules of the group for offers; R41. The last one is Remote Desktop's port.
TRAFFIC: Final[Mapping[str, Traffic]] = {
    "135 tcp": Traffic(135, r"\SYSTEM32\SVCHOST.EXE", "RPCSS"),
    "msra": Traffic(None, r"\SYSTEM32\MSRA.EXE"),
    "raserver": Traffic(None, r"\SYSTEM32\RASERVER.EXE"),
    "3389 tcp": Traffic(3389, r"\SYSTEM32\SVCHOST.EXE", "TERMSERVICE"),
}

OFFER_NEEDS: Final = ("135 tcp", "msra", "raserver")

ROOT: Final = re.compile(r"%(?:windir|systemroot)%(?=\\)", re.IGNORECASE)
DRIVE: Final = re.compile(r"[a-z]:\\[^\\]+(?=\\)", re.IGNORECASE)
_UNDERSTOOD: Final = frozenset(
    {"ACTION", "ACTIVE", "DIR", "PROTOCOL", "PROFILE", "LPORT", "APP", "SVC", "RA4", "RA6"}
    | {"NAME", "DESC", "EMBEDCTXT", "EDGE", "DEFER"}  # these say nothing about whom or what
)


_PORTS: Final = re.compile(r"LPORT[0-9_]*")
_SINGLE: Final = ("ACTION", "ACTIVE", "DIR", "APP", "SVC")
"""Fields of which a rule has one; a rule with two that differ may be about anything."""


def match(rule: Rule, need: str, address: str | None = None, profile: str = "DOMAIN") -> Match:
    """Tell whether a rule is about inbound traffic of one of `TRAFFIC` in a profile, from an expert at this address.

    Whatever its action: an allow rule that surely matches lets it in, a block rule keeps it out.
    """
    if any(len({fold(value) for value in rule.all(key)}) > 1 for key in _SINGLE):
        return "perhaps"  # which of them counts is not known
    if rule.active is False or rule.inbound is False or (rule.profiles and profile not in rule.profiles):
        return "no"
    traffic = TRAFFIC[need]
    answers = (
        "surely" if rule.active and rule.inbound else "perhaps",
        _protocol(rule),
        _port(rule, traffic),
        _program(rule, traffic),
        _service(rule, traffic),
        _remote(rule, address),
        "perhaps" if any(key not in _UNDERSTOOD and not _PORTS.fullmatch(key) for key, _ in rule.fields) else "surely",
    )
    return "no" if "no" in answers else "perhaps" if "perhaps" in answers else "surely"


def _protocol(rule: Rule) -> Match:
    said = rule.all("PROTOCOL")
    if not said:
        return "surely"
    if not all(each.isdecimal() for each in said):
        return "perhaps"
    if any(int(each[:4]) == ANY_PROTOCOL for each in said):
        return "perhaps"  # the firewall's own interface calls any protocol so
    return "surely" if any(int(each[:4]) == TCP for each in said) else "no"


def _port(rule: Rule, traffic: Traffic) -> Match:
    # LPort2_10, LPort2_20 and so on hold what the LPort of older versions could not: ranges and words.
    ports = tuple(value for key, value in rule.fields if _PORTS.fullmatch(key))
    if not ports:
        return "surely"
    if traffic.port is None:
        return "perhaps"  # which port a program listens on is known at run time only
    answers = [_one_port(port, traffic.port) for port in ports]
    return "surely" if "surely" in answers else "perhaps" if "perhaps" in answers else "no"


def _one_port(said: str, port: int) -> Match:
    if fold(said) in {"RPC-EPMAP", "RPC"}:  # the endpoint mapper listens on 135; RPC is its dynamic ports
        return "surely" if fold(said) == "RPC-EPMAP" and port == 135 else "no"
    first, dash, last = said.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()) or len(said) > 11:
        return "perhaps"
    return "surely" if int(first) <= port <= int(last if dash else first) else "no"


def _program(rule: Rule, traffic: Traffic) -> Match:
    said = rule.one("APP")
    return "surely" if not said or said == "*" else same_program(said, traffic.program)


_ODD: Final = re.compile(r"\.\.|~|\\\\|\\\.\\|\\SYSNATIVE\\|^\\|^[^\\]+$|[. \"]$")
"""Ways to write a path that Windows may take for another one: steps upwards, short names, devices, a name without a folder."""


def same_program(said: str, program: str) -> Match:
    """Tell whether a path is that of a program below the folder of Windows, however it is written.

    Only %WINDIR% and %SystemRoot% are that folder for sure; a drive, another variable or an odd way to write it may be.
    """
    path = fold(said.strip().replace("/", "\\"))
    below = ROOT.sub("", path, count=1)
    if below != path and below == program:
        return "surely"
    if path.rstrip('. "').rpartition("\\")[2] != program.rpartition("\\")[2]:
        return "no"
    unknown = "%" in below or _ODD.search(path) is not None
    return "perhaps" if unknown or DRIVE.sub("", path, count=1) == program else "no"


def _service(rule: Rule, traffic: Traffic) -> Match:
    said = fold(rule.one("SVC"))
    if not said:
        return "surely"
    if said == "*":
        return "surely" if traffic.service else "no"  # any service, and the programs of an offer are none
    if traffic.service == "RPCSS" and said == "RPCEPTMAPPER":
        return "perhaps"  # the endpoint mapper has a service of its own on later systems
    return "surely" if said == traffic.service else "no"


def _remote(rule: Rule, address: str | None) -> Match:
    """Tell whether the expert's address is among those of a rule; a rule without any is for all."""
    said = rule.all("RA4")
    if not said:
        return "perhaps" if rule.all("RA6") else "surely"
    answers = [_one_address(each, address) for each in said]
    return "surely" if "surely" in answers else "perhaps" if "perhaps" in answers else "no"


def _one_address(said: str, address: str | None) -> Match:
    networks = networks_of(said)
    if networks is None or address is None:
        return "perhaps"
    return "surely" if any(IPv4Address(address) in network for network in networks) else "no"


def networks_of(said: str) -> list[IPv4Network] | None:
    """Return the networks that an address, a network or a range is; None for words such as LocalSubnet."""
    first, dash, last = said.partition("-")
    try:
        if dash:
            return list(summarize_address_range(IPv4Address(first), IPv4Address(last)))
        return [IPv4Network(said, strict=False)]
    except (ValueError, TypeError):
        return None


# ---- the fifteen rules of the group --------------------------------------------------------------------------


@frozen
class Predefined:
    """A rule of the group Remote Assistance as Windows comes with it, by the fields that say what it is about."""

    inbound: bool
    protocol: int
    program: str
    service: str = ""
    local_port: str = ""


_SVCHOST: Final = r"\SYSTEM32\SVCHOST.EXE"
_MSRA, _RASERVER = TRAFFIC["msra"].program, TRAFFIC["raserver"].program
PREDEFINED: Final[Mapping[str, Predefined]] = {
    f"REMOTEASSISTANCE-{name}": rule
    for names, rule in (
        (("DCOM-IN-TCP-NOSCOPE-ACTIVE",), Predefined(True, 6, _SVCHOST, "RPCSS", "135")),
        (("RASERVER-IN-TCP-NOSCOPE-ACTIVE",), Predefined(True, 6, _RASERVER)),
        (("RASERVER-OUT-TCP-NOSCOPE-ACTIVE",), Predefined(False, 6, _RASERVER)),
        (("IN-TCP-EDGESCOPE", "IN-TCP-EDGESCOPE-ACTIVE"), Predefined(True, 6, _MSRA)),
        (("OUT-TCP", "OUT-TCP-ACTIVE"), Predefined(False, 6, _MSRA)),
        (
            ("PNRPSVC-UDP-IN-EDGESCOPE", "PNRPSVC-UDP-IN-EDGESCOPE-ACTIVE"),
            Predefined(True, 17, _SVCHOST, "PNRPSVC", "3540"),
        ),
        (("PNRPSVC-UDP-OUT", "PNRPSVC-UDP-OUT-ACTIVE"), Predefined(False, 17, _SVCHOST, "PNRPSVC")),
        (("SSDPSRV-IN-TCP-ACTIVE",), Predefined(True, 6, "SYSTEM", "", "2869")),
        (("SSDPSRV-IN-UDP-ACTIVE",), Predefined(True, 17, _SVCHOST, "SSDPSRV", "1900")),
        (("SSDPSRV-OUT-TCP-ACTIVE",), Predefined(False, 6, "SYSTEM")),
        (("SSDPSRV-OUT-UDP-ACTIVE",), Predefined(False, 17, _SVCHOST, "SSDPSRV")),
    )
    for name in names
}
"""By value name, folded. Profiles and addresses vary over versions; the program of SSDPSrv over TCP does too."""

_VARIES: Final = frozenset({"SYSTEM"})


def unlike_predefined(rule: Rule) -> str | None:
    """Return what a rule with a predefined name says otherwise than Windows' own rule of that name; None if nothing."""
    own = PREDEFINED.get(fold(rule.name))
    if own is None:
        return None
    path = ROOT.sub("", fold(rule.one("APP").replace("/", "\\")), count=1)
    differs = (
        ("direction", rule.inbound is own.inbound),
        ("protocol", rule.one("PROTOCOL") == str(own.protocol)),
        ("program", own.program in _VARIES or path == own.program),
        ("service", own.program in _VARIES or fold(rule.one("SVC")) == own.service),
        ("port", ",".join(rule.all("LPORT")) == own.local_port),
    )
    return next((what for what, same in differs if not same), None)
