"""Rules of Windows Vista and later: read, matched, and what follows for offers (R41, R40; domain 4.4)."""

from pathlib import Path

import pytest

from rasim.errors import Where
from rasim.formats import read, registry_pol
from rasim.policy import Firewall, Policy, Reach, Registry, Unreadable, policy_to_entries, reach, read_policy
from rasim.policy.firewall_rules import PREDEFINED, TRAFFIC, Rule, match, parse_rule, unlike_predefined
from rasim.policy.settings import LOCAL_RULES

ROOT = r"%SystemRoot%\system32"
DCOM = rf"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|LPort=135|App={ROOT}\svchost.exe|Svc=rpcss|Name=x|"
SERVER = rf"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|App={ROOT}\raserver.exe|Name=x|"
MSRA = rf"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|Profile=Private|App={ROOT}\msra.exe|"
ALL = (("dcom", DCOM), ("raserver", SERVER), ("msra", MSRA))
WINDOWS_7 = "windows-7"


def rule(text: str, name: str = "x") -> Rule:
    found = parse_rule(name, text)
    assert isinstance(found, Rule), found
    return found


def verdict(*rules: tuple[str, str], os: str = WINDOWS_7, address: str | None = None, **how: str) -> Reach:
    return reach(Firewall.of(rules=rules, **how), os, address=address)  # type: ignore[arg-type]


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_rule_is_read() -> None:
    """A rule has its action, direction, profiles, and every field in its order, repeated ones too."""
    found = rule(MSRA + "RA4=10.0.0.0/8|RA4=LocalSubnet|Odd=1|")

    assert ("allow", True, True, {"DOMAIN", "PRIVATE"}) == (found.action, found.active, found.inbound, found.profiles)
    assert (("10.0.0.0/8", "LocalSubnet"), "1", "") == (found.all("RA4"), found.one("ODD"), found.one("NONE"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "begin with a version"),
        ("Action=Allow|", "begin with a version"),
        ("v2.30|", "no action"),
        ("v2.30|Action=Maybe|", "no action"),
        ("v2.30|Action=Allow|nonsense|", "is no field"),
        ("v2.30|Action=Allow|Profile=Everywhere|", "is no profile"),
    ],
)
def test_what_is_no_rule(text: str, why: str) -> None:
    """A string that is no rule is kept with the reason: Windows stores whatever is written."""
    found = parse_rule("x", text, Where("f", line=1))

    assert isinstance(found, Unreadable)
    assert (True, Where("f", line=1)) == (why in found.why, found.where)


@pytest.mark.parametrize(
    ("need", "text", "expected"),
    [
        ("135 tcp", DCOM, "surely"),
        ("135 tcp", changed(DCOM, "LPort=135", "LPort=RPC-EPMap"), "surely"),
        ("135 tcp", changed(DCOM, "LPort=135", "LPort=130-140"), "surely"),
        ("135 tcp", changed(DCOM, "LPort=135|", "LPort=80|LPort=135|"), "surely"),
        ("135 tcp", changed(DCOM, "LPort=135|", ""), "surely"),
        ("135 tcp", changed(DCOM, "LPort=135", "LPort=445"), "no"),
        ("135 tcp", changed(DCOM, "LPort=135", "LPort=RPC"), "no"),
        ("135 tcp", changed(DCOM, "LPort=135", "LPort=Teredo"), "perhaps"),
        ("135 tcp", changed(DCOM, "Svc=rpcss", "Svc=*"), "surely"),
        ("135 tcp", changed(DCOM, "Svc=rpcss", "Svc=other"), "no"),
        ("135 tcp", changed(DCOM, "Svc=rpcss|", "").replace(rf"App={ROOT}\svchost.exe|", ""), "surely"),
        ("135 tcp", changed(DCOM, "Protocol=6", "Protocol=17"), "no"),
        ("135 tcp", changed(DCOM, "Protocol=6|", ""), "surely"),
        ("135 tcp", changed(DCOM, "Protocol=6", "Protocol=x"), "perhaps"),
        ("raserver", SERVER, "surely"),
        ("raserver", changed(SERVER, "Profile=Domain|", ""), "surely"),
        ("raserver", changed(SERVER, "Profile=Domain", "Profile=Public"), "no"),
        ("raserver", changed(SERVER, "Dir=In", "Dir=Out"), "no"),
        ("raserver", changed(SERVER, "Dir=In|", ""), "perhaps"),
        ("raserver", changed(SERVER, "Active=TRUE", "Active=FALSE"), "no"),
        ("raserver", changed(SERVER, "Active=TRUE|", ""), "perhaps"),
        ("raserver", changed(SERVER, "%SystemRoot%", "%windir%"), "surely"),
        ("raserver", changed(SERVER, "%SystemRoot%", r"C:\Windows"), "perhaps"),
        ("raserver", changed(SERVER, "system32", "elsewhere"), "no"),
        ("raserver", changed(SERVER, r"%SystemRoot%\system32", "%other%"), "perhaps"),
        ("raserver", SERVER + "LPort=5000|", "perhaps"),
        ("raserver", SERVER + "RPort=5000|", "perhaps"),
        ("raserver", SERVER + "Svc=*|", "no"),
        ("raserver", SERVER + "RA4=LocalSubnet|", "perhaps"),
        ("raserver", SERVER + "RA6=LocalSubnet|", "perhaps"),
        ("raserver", SERVER + "LUAuth=D:(A;;CC;;;S-1-1-0)|", "perhaps"),
        ("raserver", SERVER + "Edge=TRUE|Defer=App|EmbedCtxt=x|Desc=y|", "surely"),
        ("msra", MSRA, "surely"),
        ("msra", SERVER, "no"),
    ],
)
def test_whether_a_rule_is_about_it(need: str, text: str, expected: str) -> None:
    """A rule surely matches, perhaps, or not; what narrows it in a way that is not modelled makes it perhaps."""
    assert expected == match(rule(text), need)


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("RA4=10.0.0.0/8|", "surely"),
        ("RA4=10.0.0.0/255.0.0.0|", "surely"),
        ("RA4=10.1.0.0-10.1.255.255|", "surely"),
        ("RA4=192.168.0.0/16|", "no"),
        ("RA4=192.168.0.0/16|RA4=10.1.2.3|", "surely"),
        ("RA4=192.168.0.0/16|RA4=LocalSubnet|", "perhaps"),
        ("RA4=10.2-10.1|", "perhaps"),
    ],
)
def test_addresses(remote: str, expected: str) -> None:
    """With the expert's address a rule for some addresses is decided; words such as LocalSubnet are not."""
    assert expected == match(rule(SERVER + remote), "raserver", "10.1.2.3")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rf"App={ROOT}\svchost.exe", "App=svchost.exe"),
        (rf"App={ROOT}\svchost.exe", rf"App={ROOT}\..\System32\svchost.exe"),
        (rf"App={ROOT}\svchost.exe", r"App=\\?\C:\Windows\System32\svchost.exe"),
        ("Protocol=6", "Protocol=256"),
        ("Active=TRUE", "Active=TRUE|Active=FALSE"),
        ("Dir=In", "Dir=In|Dir=Out"),
        ("Svc=rpcss", "Svc=RpcEptMapper"),
    ],
)
def test_a_rule_in_an_odd_form_is_never_certainly_about_nothing(old: str, new: str) -> None:
    """Another way to write program, protocol or service, and a field twice, make *perhaps* of a rule, never *no*."""
    assert "perhaps" == match(rule(changed(DCOM, old, new)), "135 tcp")


def test_three_rules_let_an_offer_in() -> None:
    """The three inbound rules of the group let an offer in on every system with such a firewall, and on no older one."""
    assert "gets through" == verdict(*ALL).offer
    assert {"gets through"} == {
        verdict(*ALL, os=os).offer for os in ("windows-vista", "windows-11", "windows-server-2022")
    }
    assert "cannot tell" == verdict(*ALL, os="windows-xp-sp2").offer


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_each_of_them_is_needed(left_out: int) -> None:
    """Without one of them it cannot be told, for the computer's own rules may let it in; kept out, it is blocked."""
    rules = [each for number, each in enumerate(ALL) if number != left_out]
    missing = (("135 tcp", "raserver", "msra")[left_out],)

    assert ("cannot tell", missing) == (verdict(*rules).offer, verdict(*rules).missing)
    assert ("blocked", missing) == (
        verdict(*rules, rules_merge="disabled").offer,
        verdict(*rules, rules_merge="disabled").missing,
    )


def test_block_beats_allow() -> None:
    """A block rule that surely matches beats every allow rule; one that perhaps does makes it unclear (R40)."""
    block = changed(SERVER, "Action=Allow", "Action=Block")

    assert "blocked" == verdict(*ALL, ("block", block)).offer
    assert "cannot tell" == verdict(*ALL, ("block", block + "RA4=LocalSubnet|")).offer
    assert "gets through" == verdict(*ALL, ("block", changed(block, "Profile=Domain", "Profile=Public"))).offer


def test_a_bypass_rule_is_never_certain() -> None:
    """What a bypass rule lets in has to prove who it is, so that it lets nothing in for certain."""
    bypass = ("raserver", changed(SERVER, "Action=Allow", "Action=Bypass"))

    assert "cannot tell" == verdict(ALL[0], bypass, ALL[2], rules_merge="disabled").offer


def test_what_no_rule_matches() -> None:
    """Where what no rule matches is let in, an offer gets through without a rule; a block rule still stops it."""
    block = ("block", changed(SERVER, "Action=Allow", "Action=Block"))

    assert "gets through" == verdict(default_inbound="disabled").offer
    assert "blocked" == verdict(block, default_inbound="disabled").offer


def test_no_exceptions_and_firewall_off() -> None:
    """No exceptions allowed blocks whatever rules say; a firewall that is off holds nothing back."""
    assert "blocked" == verdict(*ALL, no_exceptions="enabled").offer
    assert "gets through" == verdict(("b", changed(SERVER, "Allow", "Block")), protection="disabled").offer


def test_exceptions_of_old_count_beside_rules() -> None:
    """A legacy exception lets in what no rule does, and a block rule beats it."""
    programs = [rf"%WINDIR%\SYSTEM32\{name}.exe:*:Enabled:x" for name in ("msra", "raserver")]
    firewall = Firewall.of(rules=[ALL[0]], programs=programs)
    blocked = Firewall.of(rules=[ALL[0], ("b", changed(MSRA, "Allow", "Block"))], programs=programs)

    assert ("gets through", "blocked") == (reach(firewall, WINDOWS_7).offer, reach(blocked, WINDOWS_7).offer)


def test_a_rule_that_cannot_be_read() -> None:
    """A rule that cannot be read may be the one that is missing."""
    assert "cannot tell" == verdict(*ALL[:2], ("broken", "x"), rules_merge="disabled").offer


@pytest.mark.parametrize(
    ("rules", "how", "expected"),
    [
        ([("rdp", "v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|")], {}, "always open"),
        ([("rdp", "v2.30|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=3389|")], {}, "closed"),
        (ALL, {}, "cannot tell"),
        (ALL, {"rules_merge": "disabled"}, "closed"),
        ([], {"default_inbound": "disabled"}, "always open"),
    ],
)
def test_port_3389(rules: list[tuple[str, str]], how: dict[str, str], expected: str) -> None:
    """Port 3389 is open where a rule lets it in, closed where none can, else it cannot be told."""
    assert expected == verdict(*rules, **how).port_3389


def test_every_reason_names_its_place() -> None:
    """A verdict says which rule decided, and where it stands (R50)."""
    firewall = Firewall.of(rules=ALL, where=Where("f", offset=8))
    reasons = [reason for reason in reach(firewall, WINDOWS_7).because if reason.rule == "R41"]

    assert {Where("f", offset=8)} == {reason.where for reason in reasons if "the rule" in reason.says}
    assert 3 == len(reasons) - sum("3389" in reason.says for reason in reasons)


def test_rules_survive_a_file() -> None:
    """Rules and switches that are written into a Registry.pol and read back are the same."""
    policy = Policy.of(firewall=Firewall.of(rules=ALL, rules_merge="disabled", default_inbound="enabled"))
    done = read(registry_pol.render(policy_to_entries(policy)), "x")

    assert policy.firewall == read_policy(done.registry).firewall


def test_the_own_rules_of_a_computer() -> None:
    """The computer's own rules count unless policy keeps them out; a store that is emptied first is known whole."""
    lines = "".join(f'"{name}"="{text}"\r\n'.replace("\\", "\\\\") for name, text in ALL)
    head = "Windows Registry Editor Version 5.00\r\n\r\n"
    key = rf"HKEY_LOCAL_MACHINE\{LOCAL_RULES.key}"
    own = f"[{key}]\r\n{lines}"
    keep_out = '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile]\r\n"AllowLocalPolicyMerge"=dword:0\r\n'
    whole = f"[-{key}]\r\n[{key}]\r\n"

    def found(text: str) -> str:
        return reach(read_policy(read((head + text).encode(), "x").registry).firewall, WINDOWS_7).offer

    assert ["gets through", "blocked", "blocked", "gets through"] == [
        found(own),
        found(keep_out + own),
        found(whole),
        found(whole + own),
    ]


def test_the_fifteen_rules() -> None:
    """The group has fifteen rules; three of them let offers in."""
    assert 15 == len(PREDEFINED)
    assert {"135 tcp", "msra", "raserver", "3389 tcp"} == set(TRAFFIC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SERVER, None),
        (changed(SERVER, "Action=Allow", "Action=Block"), None),
        (changed(SERVER, "raserver", "evil"), "program"),
        (changed(SERVER, "Dir=In", "Dir=Out"), "direction"),
        (SERVER + "LPort=80|", "port"),
        (SERVER + "Svc=x|", "service"),
    ],
)
def test_a_rule_under_a_known_name(text: str, expected: str | None) -> None:
    """A rule with the name of one of Windows' own says what that one says, or it is said what differs."""
    assert expected == unlike_predefined(rule(text, "RemoteAssistance-RAServer-In-TCP-NoScope-Active"))
    assert None is unlike_predefined(rule(text, "mine"))


def test_a_real_computer(corpus: Path) -> None:
    """The rules of a real computer are the fifteen, as predefined; offers get through, in the domain profile only."""
    name = "DERIVED-win7era-hive-remote-assistance.reg"
    firewall = read_policy(read((corpus / name).read_bytes(), name).registry).firewall

    assert (15, ()) == (len(firewall.rules), firewall.broken_rules)
    assert {None} == {unlike_predefined(each) for each in firewall.rules}
    assert set(PREDEFINED) == {each.name.upper() for each in firewall.rules}
    assert {"gets through"} == {reach(firewall, os).offer for os in (WINDOWS_7, "windows-10", "windows-11")}
    assert {"no"} == {match(each, "raserver", None, "PUBLIC") for each in firewall.rules}


def test_a_real_list_without_remote_assistance(corpus: Path) -> None:
    """A real .reg that empties the rules and sets 48 others blocks offers: two sections of one key add up."""
    name = "firewall-core-only.reg"
    firewall = read_policy(read((corpus / name).read_bytes(), name).registry).firewall

    assert (48, True) == (len(firewall.rules) + len(firewall.broken_rules), firewall.local_rules_known)
    assert ("blocked", ("135 tcp", "msra", "raserver")) == (
        reach(firewall, "windows-10").offer,
        reach(firewall, "windows-10").missing,
    )


def test_an_empty_registry_has_no_rules() -> None:
    """Where nothing is stated about rules nothing is known of them."""
    assert (False, ()) == (read_policy(Registry()).firewall.speaks_in_rules, read_policy(Registry()).firewall.rules)
