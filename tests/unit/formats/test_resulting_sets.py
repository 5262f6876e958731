"""Resulting sets and reports: whose element counts, what failed, and what lies beside the policies in them."""

from pathlib import Path

import pytest
from evidence import OFFER_GROUP, group, targeted, value
from reports import ENGLISH, RSOP, SETTINGS, nodes, policy_node, ranked

from rasim.errors import PolicyFileError
from rasim.formats import FileRead, read
from rasim.policy import Mode, Policy, State, read_policy

DATA = Path(__file__).parents[2] / "data" / "policies"
HELPDESK = Policy.of(offer="enabled", mode="control", helpers=[r"CORP\Help"])
OFF = Policy.of(offer="disabled")
REGISTRY = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
CORE = "{00000000-0000-0000-0000-000000000000}"
USER = "<UserResults/>"


BY_SID = (
    "<GroupName><SID>S-1-5-32-544</SID><Name>x</Name></GroupName>"
    "<Member><Name>CORP-a</Name></Member><Member><SID>S-1-5-21-1-512</SID></Member>"
)
MEMBER_OF = f"<GroupName><Name>CORP-Help</Name></GroupName><Memberof><Name>{OFFER_GROUP}</Name></Memberof>"


def part(inside: str, kind: str = "RegistrySettings", name: str = "Registry") -> str:
    return (
        f'<ExtensionData><Extension xmlns="{SETTINGS}" xmlns:q3="x" xmlns:xsi="i" xsi:type="q3:{kind}">{inside}</Extension>'
        f'<Name xmlns="{SETTINGS}">{name}</Name></ExtensionData>'
    )


def status(id_: str, said: str = "Complete", error: str = "0", name: str = "A part") -> str:
    told = "".join(f"<{tag}>{text}</{tag}>" for tag, text in (("LoggingStatus", said), ("Error", error)) if text)
    return f"<ExtensionStatus><Name>{name}</Name><Identifier>{id_}</Identifier>{told}</ExtensionStatus>"


def results(*parts: str, user: str = USER, kind: str = "LoggedData") -> FileRead:
    gpos = "".join(
        f"<GPO><Name>{name}</Name><Path><Identifier>{{{name[0]}}}</Identifier></Path></GPO>"
        for name in ("Winner", "Loser")
    )
    text = f'<Rsop xmlns="{RSOP}"><DataType>{kind}</DataType>{user}<ComputerResults>{gpos}{"".join(parts)}</ComputerResults></Rsop>'
    return read(text.encode(), "set.xml")


def gpo(*parts: str, user: str = "") -> FileRead:
    text = (
        f'<GPO xmlns="{SETTINGS}"><Name>G</Name><Computer><Enabled>true</Enabled>{"".join(parts)}</Computer>'
        f"<User><Enabled>true</Enabled>{user}</User></GPO>"
    )
    return read(text.encode(), "report.xml")


def policy(done: FileRead) -> Policy:
    return read_policy(done.registry)


def switch(name: str, said: str, rank: int, by: str) -> str:
    return f"<{name}>{ranked(rank, by)}<Value>{said}</Value></{name}>"


def test_the_cases() -> None:
    """A preference in a report enables offers; a part that failed is unknown; of two switches the one of precedence 1 counts."""
    names = ("gpreport-preferences.xml", "rsop-registry-failed.xml", "rsop-firewall-switch-loser-first.xml")
    preferences, failed, switches = (policy(read((DATA / name).read_bytes(), name)) for name in names)

    assert (State.ENABLED, [r"CORP\Helpdesk"]) == (preferences.offer.state, [h.text for h in preferences.offer.helpers])
    assert (State.UNKNOWN, True) == (failed.offer.state, "unread" in {doubt.topic for doubt in failed.unclear})
    assert ("enabled", "enabled") == (switches.firewall.protection.state, switches.firewall.default_inbound.state)


@pytest.mark.parametrize("loser_first", [False, True])
def test_each_switch_has_its_precedence(loser_first: bool) -> None:
    """Each switch of the firewall has a group policy and a precedence of its own, in whatever order they stand."""
    both = [switch("EnableFirewall", "true", 1, "W"), switch("EnableFirewall", "false", 2, "L")]
    inside = "".join(reversed(both) if loser_first else both)
    done = results(part(f"<DomainProfile>{inside}</DomainProfile>", "WindowsFirewallSettings", "Windows Firewall"))
    firewall = policy(done).firewall

    assert "enabled" == firewall.protection.state


def test_rules_are_read_with_their_policy() -> None:
    """A rule of a set is read without the group policy and the precedence that stand in it, and is of that policy."""
    rule = "<Version>2.10</Version><Name>a</Name><Action>Allow</Action><Active>true</Active><Dir>In</Dir><LPort>135</LPort>"
    done = results(
        part(f"<InboundFirewallRules>{ranked(1, 'W')}{rule}</InboundFirewallRules>", "WindowsFirewallSettings")
    )
    [found] = policy(done).firewall.rules

    assert ("v2.10|Name=a|Action=Allow|Active=TRUE|Dir=In|LPort=135|", ()) == (
        found.text,
        policy(done).firewall.broken_rules,
    )


def test_a_precedence_that_is_no_number() -> None:
    """A precedence that is no number refuses the set: nobody knows who wins."""
    with pytest.raises(PolicyFileError, match='"first" is no precedence'):
        results(part(nodes(OFF, rank="<Precedence>first</Precedence>").replace("q3:", "")))


@pytest.mark.parametrize(
    ("told", "state", "unread"),
    [
        (status(REGISTRY), State.DISABLED, []),
        (status(REGISTRY, "Failed", "5"), State.UNKNOWN, [False]),
        (status(REGISTRY, "Complete", "5"), State.UNKNOWN, [False]),
        (status(REGISTRY, "Warning"), State.UNKNOWN, [False]),
        (status(REGISTRY, "Pending"), State.UNKNOWN, [False]),
        (status(REGISTRY, "", ""), State.UNKNOWN, [False]),
        (status(CORE, "Failed", "5"), State.UNKNOWN, [False]),
        (status("", "Failed", "5"), State.UNKNOWN, [False]),
        (status("{17D89FEC-5C44-4972-B12D-241CAEF74509}", "Failed"), State.DISABLED, [False]),
        (status("{25537BA6-77A8-11D2-9B6C-0000F8080861}", "Failed"), State.DISABLED, [True]),
        ("<SlowLink>true</SlowLink>", State.DISABLED, [False]),
        ("<SlowLink>false</SlowLink>", State.DISABLED, []),
        ("<ExtensionData><Error><Details>x</Details></Error></ExtensionData>", State.DISABLED, [False]),
    ],
)
def test_a_part_of_windows_that_failed(told: str, state: State, unread: list[bool]) -> None:
    """What failed, was left out or did not end leaves its part unknown; one that can set nothing here is only listed."""
    found = policy(results(told, part(nodes(OFF).replace("q3:", ""))))

    assert (state, unread) == (found.offer.state, [each.harmless for each in found.unread])


@pytest.mark.parametrize(
    ("kind", "inside", "unread"),
    [
        ("RegistrySettings", "", []),
        ("Scripts", "<Script/>", [("Scripts", False)]),
        ("SoftwareInstallationSettings", "", [("SoftwareInstallationSettings", False)]),
        ("PublicKeySettings", "", [("PublicKeySettings", True)]),
        ("", "", [("a part without a type", False)]),
        ("LugsSettings", "<LocalUsersAndGroups/>", []),
    ],
)
def test_parts_that_are_not_read(kind: str, inside: str, unread: list[tuple[str, bool]]) -> None:
    """A part of a report that no reader takes is listed, by the type of its extension."""
    found = policy(gpo(part(inside, kind)))

    assert [(f"report.xml: {what}", harmless) for what, harmless in unread] == [
        (e.what, e.harmless) for e in found.unread
    ]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("", State.UNKNOWN),
        (status(CORE), State.NOT_CONFIGURED),
        (status(REGISTRY), State.NOT_CONFIGURED),
        (part(""), State.NOT_CONFIGURED),
    ],
)
def test_a_set_that_does_not_say_whether_it_was_applied(told: str, state: State) -> None:
    """A set without a registry value says that there is none by the status of what sets them, or by an empty part."""
    done = results(told, part("<RestrictedGroups/>", "SecuritySettings", "Security"))

    assert state is policy(done).offer.state


def test_a_plan_says_that_it_is_one() -> None:
    """A planned set is read, and a remark says that it is a plan."""
    planned = [
        remark
        for remark in results(part(nodes(OFF).replace("q3:", "")), kind="PlannedData").remarks
        if remark.topic == "planned"
    ]
    unnamed = results(part(nodes(OFF).replace("q3:", "")), kind="").remarks

    assert ["this set is a plan (PlannedData): what would be applied, not what was"] == [
        each.message for each in planned
    ]
    assert ["planned"] == [each.topic for each in unnamed]


def test_a_set_without_the_users_half_says_so() -> None:
    """A set made for the computer alone lists that the user's results are not in it, and stays clear."""
    found = policy(results(part(nodes(OFF).replace("q3:", "")), user=""))

    assert [("set.xml: the user's results", True)] == [(each.what, each.harmless) for each in found.unread]
    assert (State.DISABLED, ()) == (found.offer.state, found.unclear)


def test_preferences_and_their_precedence() -> None:
    """Of two preferences of a set the one of precedence 1 is applied last; targeting makes one perhaps."""
    both = value(said="00000000").replace("<Properties", f"{ranked(2, 'L')}<Properties") + value().replace(
        "<Properties", f"{ranked(1, 'W')}<Properties"
    )
    turned = policy(results(part(f"<RegistrySettings>{both}</RegistrySettings>")))
    perhaps = policy(gpo(part(f"<RegistrySettings>{targeted(value())}</RegistrySettings>")))

    assert (State.ENABLED, State.UNKNOWN) == (turned.offer.state, perhaps.offer.state)


def test_preferences_of_the_users_half() -> None:
    """A preference of the user's half that writes the computer's hive is applied; one for the user's says the user's roads."""
    of_computer = policy(gpo(user=part(f"<RegistrySettings>{value()}</RegistrySettings>")))
    shadow = value("Shadow", "00000004", hive="HKEY_CURRENT_USER")
    of_user = policy(gpo(user=part(f"<RegistrySettings>{shadow}</RegistrySettings>")))

    assert State.ENABLED is of_computer.offer.state
    assert ["session shadowing"] == [road.road for road in of_user.roads if road.unasked]


@pytest.mark.parametrize(
    ("inside", "helpers"),
    [
        (f"<LocalUsersAndGroups>{group('CORP-a')}</LocalUsersAndGroups>", ["CORP-a"]),
        (f"<RestrictedGroups>{BY_SID}</RestrictedGroups>", ["CORP-a", "S-1-5-21-1-512"]),
        (f"<RestrictedGroups>{MEMBER_OF}</RestrictedGroups>", ["CORP-Help"]),
        (
            "<RestrictedGroups><GroupName>BUILTIN\\Administrators</GroupName><Member>CORP-a</Member></RestrictedGroups>",
            ["CORP-a"],
        ),
        ("<RestrictedGroups><GroupName><Name>Administrators</Name></GroupName></RestrictedGroups>", []),
    ],
)
def test_members_in_a_report(inside: str, helpers: list[str]) -> None:
    """Local groups and restricted groups of a report tell who may offer beside the list."""
    assert helpers == [helper.text for helper in policy(gpo(part(inside, "SecuritySettings"))).offer.helpers]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("<SettingNumber>1</SettingNumber>", State.ENABLED),
        ('<SettingString>"1"</SettingString>', State.UNKNOWN),
        ("<SettingStrings><Value>1</Value></SettingStrings>", State.UNKNOWN),
    ],
)
def test_security_options_in_a_report(said: str, state: State) -> None:
    """A security option that names a key is a value of the registry; one without a key sets none."""
    key = r"MACHINE\Software\Policies\Microsoft\Windows NT\Terminal Services\fAllowUnsolicited"
    option = f"<SecurityOptions><KeyName>{key}</KeyName>{said}</SecurityOptions>"
    other = f"<SecurityOptions><SystemAccessPolicyName>a</SystemAccessPolicyName>{said}</SecurityOptions>"

    assert state is policy(gpo(part(option, "SecuritySettings"))).offer.state
    assert State.NOT_CONFIGURED is policy(gpo(part(other, "SecuritySettings"))).offer.state


def test_a_filter_in_a_report() -> None:
    """A WMI filter decides where a group policy applies: it is listed, and makes the policy unclear."""
    text = f'<GPO xmlns="{SETTINGS}"><FilterName>laptops</FilterName><Computer><Enabled>true</Enabled></Computer></GPO>'
    found = policy(read(text.encode(), "report.xml"))

    assert [('report.xml: WMI filter "laptops"', False)] == [(each.what, each.harmless) for each in found.unread]


def test_a_foreign_report_is_not_english_by_the_name_of_a_part() -> None:
    """A report whose explanations are foreign is not English because a part is called Registry, or one name is English."""
    foreign = policy_node("Store", "Enabled", help_="Mit dieser Einstellung kann man einen Dienst aktivieren. " * 4)
    named = foreign + policy_node(ENGLISH["RA_Logging"], "Enabled")

    assert [State.UNKNOWN, State.UNKNOWN] == [
        policy(gpo(part(inside.replace("q3:", "")))).offer.state for inside in (foreign, named)
    ]


def test_the_mode_of_a_winner() -> None:
    """The policy of precedence 1 says who may offer and what helpers may do."""
    lost = nodes(Policy.of(offer="enabled", mode="view", helpers=[r"CORP\x"]), rank=ranked(2, "L"))
    found = policy(results(part((nodes(HELPDESK, rank=ranked(1, "W")) + lost).replace("q3:", ""))))

    assert (Mode.CONTROL, [r"CORP\Help"]) == (found.offer.mode, [helper.text for helper in found.offer.helpers])
