"""Rules of the firewall: drawn ones against a plain second reading, and strings that are almost rules."""

from hypothesis import given
from hypothesis import strategies as st

from rasim.policy import Firewall, Unreadable, reach
from rasim.policy.firewall_rules import Rule, match, parse_rule

PROGRAMS = {"135 tcp": "svchost.exe", "msra": "msra.exe", "raserver": "raserver.exe"}
NEEDS = tuple(PROGRAMS)


@st.composite
def plain_rules(draw: st.DrawFn) -> dict[str, str]:
    """Draw a rule of fields that leave no doubt."""
    need = draw(st.sampled_from(NEEDS))
    return {
        "Action": draw(st.sampled_from(["Allow", "Block"])),
        "Active": draw(st.sampled_from(["TRUE", "FALSE"])),
        "Dir": draw(st.sampled_from(["In", "Out"])),
        "Protocol": draw(st.sampled_from(["6", "17"])),
        "Profile": draw(st.sampled_from(["Domain", "Public"])),
        "LPort": draw(st.sampled_from(["135", "445"])) if need == "135 tcp" else "",
        "App": rf"%SystemRoot%\system32\{PROGRAMS[need]}",
        "Svc": "rpcss" if need == "135 tcp" else "",
        "Need": need,
    }


def written(rule: dict[str, str]) -> str:
    return "v2.30|" + "".join(f"{key}={value}|" for key, value in rule.items() if value and key != "Need")


def plainly(rules: list[dict[str, str]], need: str) -> str:
    """Say in plain words whether something gets in: the second reading."""
    verdict = "nothing"
    for rule in rules:
        if rule["Active"] != "TRUE" or rule["Dir"] != "In" or rule["Protocol"] != "6" or rule["Profile"] != "Domain":
            continue
        if rule["Need"] != need or (need == "135 tcp" and rule["LPort"] != "135"):
            continue
        if rule["Action"] == "Block":
            return "blocked"
        verdict = "allowed"
    return verdict


@given(st.lists(plain_rules(), max_size=8), st.booleans())
def test_a_plain_second_reading_agrees(rules: list[dict[str, str]], kept_out: bool) -> None:
    """Whatever rules without doubt there are, a plain reading of them gives the same verdict and the same gaps."""
    strings = [(str(number), written(rule)) for number, rule in enumerate(rules)]
    found = reach(Firewall.of(rules=strings, rules_merge="disabled" if kept_out else "not configured"), "windows-10")
    plain = {need: plainly(rules, need) for need in NEEDS}
    missing = [need for need in NEEDS if plain[need] != "allowed"]
    if not missing:
        expected = "gets through"
    elif kept_out or "blocked" in plain.values():
        expected = "blocked"
    else:
        expected = "cannot tell"

    assert expected == found.offer
    assert tuple(missing) == found.missing or not rules


SIGNS = [
    *"|=,;:-%\\*. x0",
    "v2.30",
    "Action",
    "Allow",
    "Block",
    "Active",
    "TRUE",
    "Dir",
    "In",
    "Profile",
    "Domain",
    "LPort",
]
SIGNS += [
    "135",
    "RPC-EPMap",
    "RA4",
    "LocalSubnet",
    "10.0.0.0/8",
    "1.2.3.4-1.2.3.9",
    "App",
    "%SystemRoot%",
    "Svc",
    "é",
    "\0",
]
strings = st.text(max_size=60) | st.lists(st.sampled_from(SIGNS), max_size=30).map("".join)


@given(strings, strings.map("v2.30|Action=Allow|".__add__) | strings, st.sampled_from(["10.1.2.3", None]))
def test_any_string_at_all(name: str, text: str, address: str | None) -> None:
    """Any string is a rule or unreadable, can be matched and shown, and nothing else happens."""
    found = parse_rule(name, text)
    if isinstance(found, Unreadable):
        assert found.why
        return
    assert isinstance(found, Rule)
    assert {"surely", "perhaps", "no"} >= {match(found, need, address) for need in (*NEEDS, "3389 tcp")}
    assert found.shown.isprintable()
