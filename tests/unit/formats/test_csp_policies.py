"""Policies of the Policy CSP: what the value that MDM gives one of them writes, and what a URI names."""

import pytest

from rasim.errors import Where
from rasim.formats.csp_policies import (
    CSP_POLICIES,
    PART,
    CspData,
    CspPolicy,
    csp_policy,
    entries_of_state,
    entries_of_value,
    named_by,
)
from rasim.policy import Action, Mode, Policy, Registry, RegistryEntry, State, read_policy
from rasim.policy.mdm import MDM_WINS
from rasim.policy.registry import dword, sz
from rasim.policy.road_states import roads_of
from rasim.policy.settings import HELPERS_KEY

HERE = Where("a.json", line=3, pointer="/x")
HELPDESK, ANNA = r"CORP\Helpdesk", r"CORP\anna"


def row(name: str) -> CspPolicy:
    return next(each for each in CSP_POLICIES if each.name == name)


OFFERS = row("UnsolicitedRemoteAssistance")


def offers(text: str) -> Policy:
    return read_policy(Registry.of(entries_of_value(OFFERS, text, HERE)))


def data(id_: str, value: str) -> str:
    return f'<data id="{id_}" value="{value}"/>'


CONTROL = data("RA_Unsolicit_Control_List", "1")
LISTED = data("RA_Unsolicit_DACL_Edit", f"{HELPDESK}&#xF000;{HELPDESK}&#xF000;{ANNA}&#xF000;{ANNA}")


@pytest.mark.parametrize(
    "text",
    [
        f"<enabled/>{CONTROL}{LISTED}",
        f"<Enabled />\n {LISTED}\n{CONTROL}\n",
        f"<enabled></enabled>{CONTROL}{LISTED}".replace("<data", "<Data"),
        f"<enabled/>{CONTROL}{LISTED}".replace("&#xF000;", PART),
        f"<enabled/>{CONTROL}{LISTED}".replace("RA_Unsolicit", "ra_unsolicit"),
    ],
)
def test_an_enabled_policy_writes_its_data(text: str) -> None:
    """`<enabled/>` with its data writes the state, the mode and the list, in whatever letters and blanks."""
    found = offers(text).offer

    assert (State.ENABLED, Mode.CONTROL, [HELPDESK, ANNA]) == (found.state, found.mode, [h.text for h in found.helpers])
    assert HERE == found.stated.where


def test_a_disabled_policy_deletes_its_data() -> None:
    """`<disabled/>` writes 0, deletes the mode and empties the list, as the editor does."""
    found = list(entries_of_value(OFFERS, "<disabled/>", HERE))

    assert [Action.SET, Action.DELETE_VALUE, Action.DELETE_ALL_VALUES] == [each.action for each in found]
    assert (0, HELPERS_KEY) == (dword(found[0]), found[2].key)
    assert all(each.mdm for each in found)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "neither enabled nor disabled"),
        ("1", "neither enabled nor disabled"),
        ("<enabled/><disabled/>", "neither enabled nor disabled"),
        ("<enabled/><other/>", "neither enabled nor disabled"),
        ("&lt;enabled/&gt;", "neither enabled nor disabled"),
        ("<enabled/>1", "neither enabled nor disabled"),
        ("<enabled>", "no XML"),
        ("\ud800<enabled/>", "no XML"),
        ("<!DOCTYPE x><enabled/>", "no XML"),
    ],
)
def test_a_value_of_another_form_cannot_be_told(text: str, why: str) -> None:
    """What is no such XML makes offers and their mode unknown, never absent."""
    found = offers(text)

    assert (State.UNKNOWN, None) == (found.offer.state, found.offer.mode)
    assert why in found.offer.stated.says


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (data("RA_Unsolicit_Control_List", "x"), "no number"),
        (data("RA_Unsolicit_Control_List", str(1 << 32)), "no number"),
        (CONTROL + data("RA_Unsolicit_Control_List", "0"), "two values"),
    ],
)
def test_a_mode_that_is_no_number_cannot_be_told(given: str, says: str) -> None:
    """A mode that is no number, or given twice, cannot be told; the state can."""
    found = offers(f"<enabled/>{given}")

    assert (State.ENABLED, None) == (found.offer.state, found.offer.mode)
    assert says in found.offer.mode_stated.says


@pytest.mark.parametrize("value", ["a", "a&#xF000;", "&#xF000;b", "a&#xF000;b&#xF000;c"])
def test_a_list_of_another_form_cannot_be_told(value: str) -> None:
    """A list that is not names and values in turn is an entry that names nobody for certain."""
    found = offers(f"<enabled/>{data('RA_Unsolicit_DACL_Edit', value)}")
    entries = [each for each in found.offer.helpers if each.flaw]
    expected = value == "a&#xF000;"

    assert expected == (not found.offer.helpers[0].stored.startswith("cannot be told"))
    assert len(found.offer.helpers) == len(entries) or expected


def test_an_empty_list_is_empty() -> None:
    """A list without a text, or one that is not given, empties the list."""
    assert () == offers(f"<enabled/>{CONTROL}{data('RA_Unsolicit_DACL_Edit', '')}").offer.helpers
    assert () == offers(f"<enabled/>{CONTROL}").offer.helpers


def test_data_that_the_policy_does_not_have_are_listed() -> None:
    """A `<data>` with an id that is not known makes the policy unclear."""
    assert ["unread"] == [each.topic for each in offers(f"<enabled/>{CONTROL}{data('New', '1')}").unclear]


def test_messages_are_texts() -> None:
    """The messages of *Customize warning messages* are written as they stand."""
    text = f"<enabled/>{data('RA_Options_Share_Control_Message', 'Sure?')}"
    found = {each.name: sz(each) for each in entries_of_value(row("CustomizeWarningMessages"), text, HERE) if each.data}

    assert "Sure?" == found["ShareControlMessage"]


@pytest.mark.parametrize(
    ("text", "number", "state"),
    [("<enabled/>", 0, "yes"), ("<disabled/>", 1, "no")],
)
def test_remote_desktop_is_denied_where_the_policy_is_disabled(text: str, number: int, state: str) -> None:
    """AllowUsersToConnectRemotely writes the opposite number: it denies."""
    entries = list(entries_of_value(row("AllowUsersToConnectRemotely"), text, HERE))
    roads = {road.road: road.open for road in roads_of(read_policy(Registry.of(entries)))}

    assert ([number], state) == ([dword(each) for each in entries], roads["remote desktop"])


@pytest.mark.parametrize("name", ["TS_RemoteControl_1", "TS_RemoteControl_2"])
@pytest.mark.parametrize(
    ("text", "asks"),
    [("<disabled/>", "yes"), (f"<enabled/>{data('TS_RemoteControl_Levels', '2')}", "no")],
)
def test_shadowing_is_read_in_both_scopes(name: str, text: str, asks: str) -> None:
    """Rules for remote control are read for device and user; disabled is control with the user's permission."""
    policy = read_policy(Registry.of(entries_of_value(row(name), text, HERE)))
    road = next(each for each in roads_of(policy) if each.road == "session shadowing")

    assert ("yes", asks) == (road.open, road.asks)


def test_shadowing_without_a_level_says_nothing() -> None:
    """Enabled without its number deletes what stands there: the policy alone writes nothing."""
    found = list(entries_of_value(row("TS_RemoteControl_2"), "<enabled/>", HERE))

    assert [Action.DELETE_VALUE] == [each.action for each in found]


@pytest.mark.parametrize(("text", "number"), [("1", 1), (" 0 ", 0), ("yes", None)])
def test_a_plain_policy_is_a_number(text: str, number: int | None) -> None:
    """MDMWinsOverGP and security options are numbers; another text cannot be told."""
    (found,) = entries_of_value(row("MDMWinsOverGP"), text, HERE)

    assert (number, number is None) == (dword(found), found.action is Action.UNTOLD)
    assert MDM_WINS.key == found.key


def test_what_is_given_as_pairs_is_a_list() -> None:
    """A list given as pairs is written; a number given so, or one that cannot be told, is not."""
    pairs = {"RA_UNSOLICIT_DACL_EDIT": CspData(pairs=((HELPDESK, ""),)), "RA_UNSOLICIT_CONTROL_LIST": CspData(pairs=())}
    found = read_policy(Registry.of(entries_of_state(OFFERS, enabled=True, given=pairs, where=HERE))).offer
    why = {"RA_UNSOLICIT_DACL_EDIT": CspData(why="hidden")}
    other = read_policy(Registry.of(entries_of_state(OFFERS, enabled=True, given=why, where=HERE))).offer

    assert ([HELPDESK], None) == ([each.text for each in found.helpers], found.mode)
    assert "hidden" in other.helpers[0].stored


@pytest.mark.parametrize("uri", ["./Device/Vendor/MSFT", "./Vendor/MSFT", "./vendor/msft", "Device/Vendor/MSFT"])
def test_a_uri_names_a_policy_of_the_device(uri: str) -> None:
    """Without a scope a URI is one of the device; letter case does not matter."""
    assert OFFERS is named_by(f"{uri}/Policy/Config/RemoteAssistance/UnsolicitedRemoteAssistance").policy


@pytest.mark.parametrize(
    ("uri", "harmless"),
    [
        ("./Device/Vendor/MSFT/Policy/Config/Defender/AllowCloudProtection", True),
        ("./Device/Vendor/MSFT/Policy/Config/RemoteDesktopServices/DoNotAllowPasswordSaving", True),
        ("./Device/Vendor/MSFT/Policy/Config/RemoteDesktopServices/SomethingNew", False),
        ("./Device/Vendor/MSFT/Policy/Config/ADMX_TerminalServer/TS_CLIENT_AUDIO", True),
        ("./Device/Vendor/MSFT/Policy/Config/ADMX_TerminalServer/TS_RemoteControl_1", False),
        ("./Device/Vendor/MSFT/Policy/Config/RemoteAssistance/New", False),
        ("./User/Vendor/MSFT/Policy/Config/RemoteAssistance/SessionLogging", False),
        ("./Device/Vendor/MSFT/Policy/Config/LocalUsersAndGroups/Configure", False),
        ("./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/X/Policy/X", True),
        ("./Device/Vendor/MSFT/BitLocker/RequireDeviceEncryption", True),
        ("./Device/Vendor/MSFT/Accounts/Users/x/LocalUserGroup", False),
        ("./Vendor/MSFT/Firewall/MdmStore/FirewallRules/x", False),
        ("nonsense", False),
    ],
)
def test_what_a_uri_names_besides_is_harmless_or_not(uri: str, harmless: bool) -> None:
    """Policies of other areas and known providers set nothing that is asked here; the rest may."""
    found = named_by(uri)

    assert (None, harmless, "Firewall" in uri) == (found.policy, found.of_no_matter, found.firewall)


def test_chromes_policies_are_known_by_the_table_of_roads() -> None:
    """A policy that came with Chrome's templates is known by its name, whatever the area is called there."""
    area = "chromeintunev1~Policy~googlechrome~RemoteAccess"
    policy = csp_policy(area, "remoteaccesshostallowremotesupportconnections")
    assert policy is not None
    entries: list[RegistryEntry] = list(entries_of_value(policy, "<disabled/>", HERE))
    roads = {road.road: road.open for road in roads_of(read_policy(Registry.of(entries)))}

    assert (f"{area}/remoteaccesshostallowremotesupportconnections", "no") == (
        str(policy),
        roads["Chrome remote support"],
    )
    assert None is csp_policy(area, "Other")
