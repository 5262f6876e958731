"""Firewalls drawn value by value, policy's and the computer's own: what only adds is never stricter, and no two answers contradict.

A firewall is a set of registry entries, as a file would hold them: switches (some unreadable), both kinds of lists with scopes and
odd paths, rules, strings that nobody can read, what stands beside the firewall. Then one entry more that only lets in, or only
keeps out. `python tests/fuzz/firewalls.py [COUNT]` tries COUNT pairs and prints how many there were of each kind.
"""

import sys
from collections import Counter
from random import Random

from rasim.analysis.audit import How, audit
from rasim.analysis.explain import explain
from rasim.formats import reg_text
from rasim.policy import Policy, Registry, RegistryEntry, RegType, fold, policy_to_entries, reach, read_policy
from rasim.policy.reach import stretches
from rasim.policy.settings import DCOM_LIMITS, FIREWALL, FIREWALL_RULES, IPSEC_BYPASS, LOCAL_RULES, Setting
from rasim.verify import compare
from rasim.verify.policies.compare import Compared

OF = FIREWALL["domain"]
OFFER = policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"]))
KINDS = ("windows-xp-sp2", "windows-server-2003-sp1", "windows-10", "windows-xp-sp1")

# ---- what is drawn -------------------------------------------------------------------------------------------

SCOPES = ("*", "*", "10.0.0.0/8", "10.1.0.0/16", "localsubnet", "10.0.0.0/8,localsubnet")
PATHS = (
    r"%WINDIR%\PCHealth\HelpCtr\Binaries\Helpsvc.exe",
    r"%WINDIR%\PCHealth\HelpCtr\Binaries\Helpctr.exe",
    r"%WINDIR%\SYSTEM32\Sessmgr.exe",
    r"%SystemDrive%\WINDOWS\SYSTEM32\Sessmgr.exe",
    r"C:\Windows\system32\svchost.exe",
    r"%SystemRoot%\system32\svchost.exe",
    r"%WINDIR%\SYSTEM32\msra.exe",
    r"%WINDIR%\system32/raserver.exe",
)
ABOUT = (
    r"LPort=135|App=%SystemRoot%\system32\svchost.exe|Svc=rpcss",
    r"LPort2_10=100-200",
    r"LPort=RPC-EPMap|RA4=10.0.0.0/8",
    r"App=%SystemRoot%\system32\raserver.exe",
    r"App=C:\Windows\system32\msra.exe",
    r"App=%SystemRoot%\system32\msra.exe|RA6=fe80::/10",
    r"LPort=3389|Security=Authenticate",
    r"LPort=3389|RA4=LocalSubnet",
)
BROKEN = ("135:TCP:*:Enable:x", "100-200:TCP:*:Enabled:x", "3389:TCP:nowhere:Disabled:x", "svchost.exe:*")
COMPLETE = ("135:TCP:*:Enabled:x", *(f"{path}:*:Enabled:x" for path in PATHS[:3]))
Entry = tuple[str, str, int | str]


def switch(setting: Setting, value: int | str) -> Entry:
    return setting.key, setting.value, value


def listed(status: str, random: Random) -> tuple[str, str]:
    """Return the kind of list and the string of one exception."""
    scope = random.choice(SCOPES)
    if random.random() < 0.4:
        return "port", f"{random.choice([135, 135, 3389])}:TCP:{scope}:{status}:x"
    return "program", f"{random.choice(PATHS)}:{scope}:{status}:x"


def in_list(kind: str, text: str, random: Random) -> Entry:
    own = random.random() < 0.25
    setting = getattr(OF, f"{'local_' if own else ''}{kind}_list")
    return setting.key, text, text


def rule(action: str, random: Random) -> Entry:
    own = random.random() < 0.3
    profile = random.choice(["Profile=Domain|", "", "Profile=Private|Profile=Domain|", "Profile=Public|"])
    active, protocol = (
        random.choice(["TRUE", "TRUE", "TRUE", "FALSE"]),
        random.choice(["Protocol=6|", "Protocol=6|", "", "Protocol=17|"]),
    )
    about = random.choice(ABOUT)
    text = f"v2.30|Action={action}|Active={active}|Dir=In|{protocol}{profile}{about}|"
    return (LOCAL_RULES if own else FIREWALL_RULES).key, f"rule {random.getrandbits(30)}", text


def drawn_firewall(random: Random) -> list[Entry]:
    """Draw a firewall: most switches are stated plainly or not at all, some cannot be read."""
    found: list[Entry] = []
    for name, chance, values in (
        ("protection", 0.6, (1, 1, 1, 0, "1")),
        ("no_exceptions", 0.2, (0, 0, 1, 7)),
        ("ports", 0.7, (1, 1, 1, 0, 2)),
        ("programs", 0.7, (1, 1, 1, 0, 2)),
        ("ports_merge", 0.2, (0, 1, "1")),
        ("programs_merge", 0.2, (0, 1, 3)),
        ("default_inbound", 0.2, (0, 1, "0")),
        ("rules_merge", 0.4, (0, 0, 1, 5)),
        ("remote_desktop", 0.3, (0, 1, 1, "1")),
        ("remote_admin", 0.2, (0, 1, 1, "1")),
    ):
        if random.random() < chance:
            found.append(switch(getattr(OF, name), random.choice(values)))
        if name in OF.own and random.random() < 0.15:
            found.append(switch(OF.own[name], random.choice(values)))
        if name in {"remote_desktop", "remote_admin"} and random.random() < 0.4:
            found.append(switch(getattr(OF, f"{name}_scope"), random.choice((*SCOPES, " "))))
    whole = COMPLETE if random.random() < 0.4 else ()
    found += [in_list("port" if text[0].isdigit() else "program", text, seeded(0)) for text in whole]
    for _ in range(random.randrange(4)):
        found.append(in_list(*listed(random.choice(["Enabled", "Enabled", "Disabled"]), random), random))
    for _ in range(random.randrange(4)):
        found.append(rule(random.choice(["Allow", "Allow", "Block", "ByPass"]), random))
    if random.random() < 0.3:
        text = random.choice(BROKEN)
        found.append(in_list("port" if text[0].isdigit() else "program", text, random))
    if random.random() < 0.1:
        found.append((FIREWALL_RULES.key, "broken", random.choice(["v2.30|nonsense|", "v2.30|Action=Block|x|"])))
    found += [switch(limit, "O:BAG:BA") for limit in DCOM_LIMITS[:2] if random.random() < 0.05]
    found += [switch(IPSEC_BYPASS, "O:BAG:BA")] if random.random() < 0.05 else []
    return found


def one_more(random: Random, before: list[Entry], *, lets_in: bool) -> tuple[str, list[Entry]]:
    """Return what is added, and the entries that only let in (or only keep out) what did not stand there before."""
    has = {(key, fold(name)) for key, name, _ in before}
    absent = [
        (name, getattr(OF, name))
        for name in ("remote_desktop", "remote_admin")
        if not has
        & {(of.key, fold(of.value)) for of in (getattr(OF, name), OF.own[name], getattr(OF, f"{name}_scope"))}
    ]
    # That its own list counts brings its disabled entries too, which is no adding alone.
    disabled = any(
        "Disabled" in str(value)
        for key, _, value in before
        if key in {OF.local_port_list.key, OF.local_program_list.key}
    )
    merges = [
        of
        for of in ("ports_merge", "programs_merge")
        if not disabled and (getattr(OF, of).key, fold(getattr(OF, of).value)) not in has
    ]
    adding = [*(name for name, _ in absent), *merges, "bypass"]
    way = random.choice(["exception", "exception", "rule", "rule", *(adding if lets_in else ["limit"])])
    if way == "exception":
        return way, [in_list(*listed("Enabled" if lets_in else "Disabled", random), random)]
    if way == "rule":
        return way, [rule(random.choice(["Allow", "Allow", "ByPass"]) if lets_in else "Block", random)]
    if way == "bypass":
        return way, [switch(IPSEC_BYPASS, "O:SYG:SY")] if (
            IPSEC_BYPASS.key,
            fold(IPSEC_BYPASS.value),
        ) not in has else []
    if way == "limit":
        free = [limit for limit in DCOM_LIMITS if (limit.key, fold(limit.value)) not in has]
        return way, [switch(random.choice(free), "O:SYG:SY")]
    return way, [switch(getattr(OF, way), 1)]


def entry(key: str, name: str, value: int | str) -> RegistryEntry:
    if isinstance(value, int):
        return RegistryEntry(key, name, RegType.DWORD, value.to_bytes(4, "little"))
    return RegistryEntry(key, name, RegType.SZ, f"{value}\0".encode("utf-16-le"))


def read(entries: list[Entry]) -> Policy:
    return read_policy(Registry.of((*OFFER, *(entry(*each) for each in entries))))


def pair(random: Random, *, lets_in: bool) -> tuple[str, Policy, Policy]:
    before = drawn_firewall(random) if random.random() > 0.03 else []
    way, more = one_more(random, before, lets_in=lets_in)
    return way, read(before), read([*before, *more])


# ---- what only adds ------------------------------------------------------------------------------------------


def wrong(random: Random, counted: "Counter[str] | None" = None) -> list[str]:
    """Try one entry more that lets in and one that keeps out, on every kind of system, from every stretch of addresses."""
    found = []
    for lets_in, goes in ((True, "no_longer_possible"), (False, "newly_possible")):
        way, before, after = pair(random, lets_in=lets_in)
        there, back = (compare(*sides, systems=KINDS) for sides in ((before, after), (after, before)))
        other = "newly_possible" if lets_in else "no_longer_possible"
        found += [f"{way}: {each}" for each in (*getattr(there, goes), *getattr(back, other))]
        if counted is not None:
            counted[f"{way} that {'lets in' if lets_in else 'keeps out'}: {there.verdict}"] += 1
    return found


# ---- no two answers contradict -------------------------------------------------------------------------------


def said_by_diff(found: Compared, capability: str) -> tuple[set[bool], set[bool]]:
    """Return whether something came, and went, and for each whether that is certain."""
    both = (found.newly_possible, found.no_longer_possible)
    came, went = ({each.certain for each in side if each.capability == capability} for side in both)
    return came, went


EXPECTED = {  # (before, after): may come, must come, may go, must go
    ("gets through", "gets through"): ((), ()),
    ("blocked", "blocked"): ((), ()),
    ("blocked", "gets through"): ((True,), ()),
    ("gets through", "blocked"): ((), (True,)),
    ("cannot tell", "gets through"): ((False,), ()),
    ("gets through", "cannot tell"): ((), (False,)),
    ("cannot tell", "blocked"): ((), (False,)),
    ("blocked", "cannot tell"): ((False,), ()),
}


def contradictions(random: Random) -> list[str]:
    """Return where audit, explain and diff say different things of the same two firewalls."""
    sides = [drawn_firewall(random), drawn_firewall(random)]
    policies = [read(side) for side in sides]
    files = [reg_text.render([*OFFER, *(entry(*each) for each in side)]) for side in sides]
    address = random.choice([*filter(None, stretches(*(policy.firewall for policy in policies))), "10.1.2.3"])
    found = []
    for system in KINDS[:3]:
        verdicts = []
        for policy, file in zip(policies, files, strict=True):
            audited = next(
                each for each in audit([("a.reg", file)], How(address=address)).files[0].reach if each.system == system
            )
            explained = explain(policy, "CORP\\anna", "view", os=system, address=address).firewall
            alone = reach(policy.firewall, system, address=address)
            verdicts.append(audited.offer)
            found += [f"{system}: {audited} {explained}"] if not (audited == explained == alone) else []
        said = said_by_diff(compare(*policies, systems=[system], address=address), "offer")
        if tuple(verdicts) in EXPECTED:
            came, went = EXPECTED[verdicts[0], verdicts[1]]
            found += [f"{system}: {verdicts} {said}"] if said != (set(came), set(went)) else []
        else:
            found += [f"{system}: {verdicts} {said}"] if True in said[0] | said[1] else []
    return found


def seeded(seed: int) -> Random:
    """Return what draws the firewalls of a number."""
    return Random(seed)  # noqa: S311  (no secrets)


def main(many: int) -> int:
    """Try so many pairs, and say what came of each kind."""
    tried: Counter[str] = Counter()
    wrongs = [each for seed in range(many // 2) for each in wrong(seeded(seed), tried)]
    crossed = [each for seed in range(many // 10) for each in contradictions(seeded(seed))]
    lines = [f"{count:6} {kind}" for kind, count in sorted(tried.items())]
    lines.append(f"{tried.total()} pairs of firewalls, both ways: {len(wrongs)} in the wrong direction")
    lines.append(f"{many // 10} pairs asked of audit, explain and diff: {len(crossed)} contradictions")
    sys.stdout.write("\n".join([*lines, *wrongs[:10], *crossed[:10], ""]))
    return int(bool(wrongs or crossed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
