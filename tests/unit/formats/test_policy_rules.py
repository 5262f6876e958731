"""PolicyRules: the registry values that Policy Analyzer keeps, of one group policy or several."""

import pytest

from rasim.errors import PolicyFileError, Where
from rasim.formats import policy_rules, read
from rasim.policy import Action, Kind, Mode, State, reach, read_policy
from rasim.policy.settings import FIREWALL, HELPERS_KEY, POLICY_KEY


def rule(key: str, name: str, type_: str, data: str, gpo: str = "A", kind: str = "ComputerConfig") -> str:
    return (
        f"<{kind}><Key>{key}</Key><Value>{name}</Value><RegType>{type_}</RegType><RegData>{data}</RegData>"
        f"<PolicyName>{gpo}</PolicyName></{kind}>\n"
    )


def rules(*each: str) -> bytes:
    return f"<PolicyRules>\n{''.join(each)}</PolicyRules>".encode("utf-8-sig")


def offers(number: int, gpo: str) -> str:
    return rule(POLICY_KEY, "fAllowUnsolicited", "REG_DWORD", str(number), gpo)


def helper(name: str, gpo: str) -> str:
    return rule(HELPERS_KEY, name, "REG_SZ", name, gpo)


def emptied(gpo: str) -> str:
    return rule(HELPERS_KEY, "**delvals.", "REG_SZ", " ", gpo)


ENABLED = (offers(1, "A"), rule(POLICY_KEY, "fAllowUnsolicitedFullControl", "REG_DWORD", "1"), emptied("A"))


def test_rules_are_values_and_deletions() -> None:
    """A rule is a value, or what its name with two asterisks orders, in its half, from its policy."""
    data = rules(
        offers(1, "A"), rule("K", "**del.v", "REG_SZ", " "), rule("K", "v", "REG_MULTI_SZ", r"a\0b", kind="UserConfig")
    )
    found = list(policy_rules.parse(data, "x"))

    assert [Action.SET, Action.DELETE_VALUE, Action.SET] == [entry.action for entry in found]
    assert ["HKEY_LOCAL_MACHINE"] * 2 + ["HKEY_CURRENT_USER"] == [entry.hive for entry in found]
    assert ("A", Kind.MULTI_SZ, "a\0b\0\0".encode("utf-16-le")) == (found[2].gpo, found[2].kind, found[2].data)
    assert Where("x", line=2, column=1) == found[0].where


def test_a_policy() -> None:
    """Rules of one group policy mean what its Registry.pol means."""
    policy = read_policy(read(rules(*ENABLED, helper(r"CORP\a", "A")), "x").registry)

    assert (State.ENABLED, Mode.CONTROL, [r"CORP\a"], ()) == (
        policy.offer.state,
        policy.offer.mode,
        [str(each) for each in policy.offer.helpers],
        policy.unclear,
    )


def test_two_policies_that_disagree_cannot_be_told() -> None:
    """Where two group policies of a file state a value otherwise, what it is cannot be told: no order is in the file."""
    for one, other in ((0, 1), (1, 0)):
        policy = read_policy(read(rules(offers(one, "A"), offers(other, "B")), "x").registry)

        assert (State.UNKNOWN, "untold") == (policy.offer.state, policy.unclear[0].topic)


def test_two_policies_that_disagree_about_an_exception() -> None:
    """Whether an exception counts about which two group policies of a file disagree cannot be told: it is not left out."""
    exceptions, entry = FIREWALL["domain"].port_list.key, "135:TCP:*:Enabled:x"
    both = rules(
        *(rule(exceptions, entry, "REG_SZ", entry.replace("Enabled", how), how) for how in ("Enabled", "Disabled"))
    )
    policy = read_policy(read(rules(offers(1, "A")), "y", read(both, "x").registry).registry)

    assert "unclear" == reach(policy.firewall, "windows-xp-sp2").port_135
    assert ["cannot be told"] == [doubt.says.split(": ")[1] for doubt in policy.unclear if doubt.topic == "firewall"]


def test_two_policies_that_agree() -> None:
    """Where two group policies of a file state a value alike, it is known."""
    policy = read_policy(read(rules(offers(0, "A"), offers(0, "B")), "x").registry)

    assert (State.DISABLED, ()) == (policy.offer.state, policy.unclear)


def test_two_lists_are_not_one() -> None:
    """Of two policies' helper lists one replaces the other; which, the file does not say: both stay, in doubt."""
    policy = read_policy(
        read(rules(*ENABLED, helper(r"CORP\a", "A"), emptied("B"), helper(r"CORP\b", "B")), "x").registry
    )

    assert {(r"CORP\a", True), (r"CORP\b", True)} == {(h.text, h.flaw is not None) for h in policy.offer.helpers}
    assert {"value"} == {doubt.topic for doubt in policy.unclear}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("**delvals.", "a set value"),
        ("**DeleteValues", "fAllowToGetHelp; fallowunsolicited"),
        ("**DeleteKeys", "Terminal Services"),
        ("**del.fAllowUnsolicited", " "),
    ],
)
def test_a_deletion_disagrees_with_a_value(one: str, other: str) -> None:
    """Of policies without an order one that deletes what another sets leaves the value untold, whichever comes first."""
    key = POLICY_KEY.rpartition("\\")[0] if one == "**DeleteKeys" else POLICY_KEY
    both = (offers(1, "A"), rule(key, one, "REG_SZ", other, "B"))
    for order in (both, both[::-1]):
        policy = read_policy(read(rules(*order), "x").registry)

        assert (State.UNKNOWN, "untold") == (policy.offer.state, policy.unclear[0].topic)
        assert "otherwise, and the file does not say which" in policy.unclear[0].says


def test_a_deletion_alone_or_before_its_own_value_is_told() -> None:
    """A policy that deletes all values and sets its own agrees with one that sets the same, and with silence."""
    emptying = rule(POLICY_KEY, "**delvals.", "REG_SZ", " ", "B")
    policies = [
        read_policy(read(rules(*each), "x").registry)
        for each in ((emptying, offers(0, "B"), offers(0, "A")), (emptying, rule("K", "v", "REG_DWORD", "1", "A")))
    ]

    assert [(State.DISABLED, ()), (State.NOT_CONFIGURED, ())] == [(p.offer.state, p.unclear) for p in policies]


def test_two_empty_lists_agree() -> None:
    """Two policies that both empty the list and name nobody agree."""
    policy = read_policy(read(rules(offers(0, "A"), emptied("A"), offers(0, "B"), emptied("B")), "x").registry)

    assert ((), ()) == (policy.offer.helpers, policy.unclear)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<PolicyRules><PolicyRule/></PolicyRules>", "without rules of Policy Analyzer"),
        (b"<PolicyRules/>", "without rules"),
        (rules("<ComputerConfig><Key>K</Key></ComputerConfig>"), "a rule has one Value"),
        (rules(rule("K", "v", "REG_DWORD", "x")), "is no number"),
        (rules(rule("K", "v", "DWORD", "1")), "no type of a registry value"),
        (rules(rule("K", "v", "REG_LINK", "1")), "cannot be written in words"),
        (b"<!DOCTYPE PolicyRules><PolicyRules/>", "a document type"),
        (b"<!-- <PolicyRules> --><Others><x/></Others>", "not a PolicyRules file"),
    ],
)
def test_what_is_no_rule(data: bytes, words: str) -> None:
    """A file or a rule of another form refuses the file, with its place (R27)."""
    with pytest.raises(PolicyFileError, match=words):
        read(data, "x")


def template(section: str, line: str, gpo: str = "A") -> str:
    item = f"<LineItem>{line}</LineItem><PolicyName>{gpo}</PolicyName>"
    return f'<SecurityTemplate Section="{section}">{item}</SecurityTemplate>\n'


OF_TEMPLATE = rf"MACHINE\{POLICY_KEY}\fAllowUnsolicited=4,1"


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ((template("Registry Values", OF_TEMPLATE),), State.ENABLED),
        ((template("Registry Values", OF_TEMPLATE.replace("MACHINE", "HKLM")),), State.UNKNOWN),
        ((offers(0, "A"), template("Registry Values", OF_TEMPLATE, "B")), State.UNKNOWN),
        ((offers(1, "A"), template("Registry Values", OF_TEMPLATE, "B")), State.ENABLED),
        ((template("System Access", "MinimumPasswordLength=10"),), State.NOT_CONFIGURED),
    ],
)
def test_values_of_security_templates(given: tuple[str, ...], state: State) -> None:
    """A value of a security template counts like a rule, and where policies disagree about it nobody can tell."""
    assert state is read_policy(read(rules(*given), "x").registry).offer.state


def test_groups_of_security_templates() -> None:
    """Members of restricted groups are helpers, whichever policy names them; a section that is not known is listed."""
    members = (
        template("Group Membership", f"Offer Remote Assistance Helpers__Members = CORP\\{name}", name) for name in "ab"
    )
    done = read(rules(*members, template("Strange Things", "a=b")), "x")
    policy = read_policy(done.registry)

    assert ["CORP\\a", "CORP\\b"] == [helper.text for helper in policy.offer.helpers]
    assert (["x: [STRANGE THINGS]"], 0) == ([each.what for each in policy.unread], done.entries)
