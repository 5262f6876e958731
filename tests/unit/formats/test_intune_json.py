"""Profiles of Intune in JSON: the settings catalog, custom settings, administrative templates, and what is not read of them."""

import base64
import json
from typing import Any

import pytest

from rasim.errors import PolicyFileError
from rasim.formats import FileRead, read
from rasim.policy import Mode, Policy, State, read_policy
from rasim.policy.road_states import roads_of
from rasim.words import place_in_file

HELPDESK = r"CORP\Helpdesk"
POLICY = "device_vendor_msft_policy_config_"
OFFERS = f"{POLICY}remoteassistance_unsolicitedremoteassistance"
URI = "./Device/Vendor/MSFT/Policy/Config/"
GRAPH = "#microsoft.graph."


def done(value: Any) -> FileRead:
    return read(json.dumps(value, indent=1).encode(), "x.json")


def policy(value: Any) -> Policy:
    return read_policy(done(value).registry)


def choice(id_: str, option: str, *children: Any) -> dict[str, Any]:
    return {"settingDefinitionId": id_, "choiceSettingValue": {"value": f"{id_}_{option}", "children": list(children)}}


def simple(id_: str, value: Any, kind: str = "StringSettingValue") -> dict[str, Any]:
    return {"settingDefinitionId": id_, "simpleSettingValue": {"@odata.type": f"{GRAPH}{kind}", "value": value}}


def catalog(*instances: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": "Profile",
        "platforms": "windows10",
        "settings": [{"settingInstance": each} for each in instances],
        **more,
    }


LIST = f"{OFFERS}_ra_unsolicit_dacl_edit"
MODE = choice(f"{OFFERS}_ra_unsolicit_control_list", "1")
SEVERAL = {"settingDefinitionId": LIST, "simpleSettingCollectionValue": [{"value": HELPDESK}, {"value": r"CORP\anna"}]}


def group(*children: Any) -> dict[str, Any]:
    return {"settingDefinitionId": LIST, "groupSettingCollectionValue": [{"children": list(children)}]}


# ---- the settings catalog ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("option", "state"), [("0", State.DISABLED), ("1", State.ENABLED), ("2", State.UNKNOWN)])
def test_the_option_of_a_setting_is_its_state(option: str, state: State) -> None:
    """The end of the option's id says whether a policy is enabled; another end cannot be told."""
    found = policy(catalog(choice(OFFERS, option))).offer

    assert (state, "/settings/0/settingInstance") == (found.state, getattr(found.stated.where, "pointer", ""))


def test_a_place_is_told_with_its_pointer() -> None:
    """Whoever reads an answer finds the setting by its line, and by its JSON pointer."""
    where = policy(catalog(choice(OFFERS, "0"))).offer.stated.where

    assert f"line {getattr(where, 'line', 0)}, /settings/0/settingInstance" == place_in_file(where)


def test_children_are_the_data_of_a_policy() -> None:
    """Mode and helpers of enabled offers are children, a helper each a text."""
    found = policy(catalog(choice(OFFERS.upper(), "1", MODE, SEVERAL)))

    assert (State.ENABLED, Mode.CONTROL) == (found.offer.state, found.offer.mode)
    assert [HELPDESK, r"CORP\anna"] == [each.text for each in found.offer.helpers]
    assert () == found.unclear


@pytest.mark.parametrize(
    ("child", "helpers"),
    [
        (group(simple(f"{LIST}_key", HELPDESK), simple(f"{LIST}_value", "")), [HELPDESK]),
        (group(simple(f"{LIST}_name", HELPDESK)), [HELPDESK]),
        (simple(LIST, f"{HELPDESK}\uf000{HELPDESK}"), [HELPDESK]),
    ],
)
def test_a_list_may_have_names_and_values(child: Any, helpers: list[str]) -> None:
    """Pairs of name and value, and the text that the device gets, are lists too."""
    assert helpers == [each.text for each in policy(catalog(choice(OFFERS, "1", child))).offer.helpers if not each.flaw]


@pytest.mark.parametrize(
    "child",
    [
        group(simple(f"{LIST}_value", "x")),
        group(simple(f"{LIST}_key", "x", "SecretSettingValue")),
        group(simple(f"{LIST}_key", "x"), simple(f"{LIST}_value", None)),
        group({**SEVERAL, "settingDefinitionId": f"{LIST}_key"}),
        simple(LIST, HELPDESK),
        {"settingDefinitionId": LIST},
        {"settingDefinitionId": LIST, "simpleSettingCollectionValue": [{"value": None}]},
    ],
)
def test_a_list_of_another_form_names_nobody_for_certain(child: Any) -> None:
    """What is no list that is known leaves an entry that can be read in two ways."""
    found = policy(catalog(choice(OFFERS, "1", MODE, child)))

    assert [True] == [each.flaw is not None for each in found.offer.helpers]
    assert ["RAUnsolicit"] == [each.setting for each in found.unclear]


@pytest.mark.parametrize(
    "child",
    [
        {"settingDefinitionId": MODE["settingDefinitionId"], "choiceSettingValue": {"value": "other_1"}},
        simple(MODE["settingDefinitionId"], [1]),
        simple(MODE["settingDefinitionId"], "x", "SecretSettingValue"),
    ],
)
def test_a_mode_in_another_form_cannot_be_told(child: Any) -> None:
    """A choice that is not of this setting, a list and a secret make the mode unclear."""
    found = policy(catalog(choice(OFFERS, "1", child)))

    assert "cannot be told" == found.offer.mode_stated.how


def test_a_child_twice_cannot_be_told() -> None:
    """Two values of one child leave it open which counts."""
    assert "two values" in policy(catalog(choice(OFFERS, "1", MODE, MODE))).offer.mode_stated.says


def test_an_enabled_policy_without_children_has_no_mode() -> None:
    """A choice without a list of children is one without children."""
    instance = {"settingDefinitionId": OFFERS, "choiceSettingValue": {"value": f"{OFFERS}_1"}}

    assert ["no mode"] == [each.topic for each in policy(catalog(instance)).unclear]


def test_a_setting_without_a_choice_cannot_be_told() -> None:
    """A policy whose value has another form is unknown."""
    assert State.UNKNOWN is policy(catalog(simple(OFFERS, "<enabled/>"))).offer.state


def test_a_setting_that_stands_twice_cannot_be_told() -> None:
    """Nobody can say which of two values of one profile counts; two profiles in one file each have their own."""
    twice = policy(catalog(choice(OFFERS, "0"), choice(OFFERS, "0")))
    two = [catalog(choice(OFFERS, "0")), {**catalog(choice(OFFERS, "0")), "name": "Another"}]

    assert (State.UNKNOWN, State.DISABLED) == (twice.offer.state, policy(two).offer.state)


def test_security_options_are_numbers() -> None:
    """The secure desktop stands as a choice or as a number."""
    id_ = f"{POLICY}localpoliciessecurityoptions_useraccountcontrol_switchtothesecuredesktopwhenpromptingforelevation"
    roads = [
        {road.road: road.open for road in roads_of(policy(catalog(each)))}["questions for elevation"]
        for each in (choice(id_, "0"), simple(id_, 0, "IntegerSettingValue"), {"settingDefinitionId": id_})
    ]

    assert ["yes", "yes", "cannot tell"] == roads


@pytest.mark.parametrize(
    ("id_", "unread"),
    [
        (f"{POLICY}defender_allowcloudprotection", "1 settings of other areas"),
        (f"{POLICY}admx_terminalserver_ts_client_audio", "1 settings of other areas"),
        ("device_vendor_msft_bitlocker_requiredeviceencryption", "1 settings of other areas"),
        (f"{POLICY}remoteassistance_new", "remoteassistance_new"),
        (f"{POLICY}localusersandgroups_configure", "localusersandgroups_configure"),
        ("user_vendor_msft_policy_config_remoteassistance_sessionlogging", "sessionlogging"),
        (f"{POLICY}nounderline", "nounderline"),
        ("device_vendor_msft_accounts_users", "accounts_users"),
        ("com.apple.screensaver", "com.apple.screensaver"),
        ("", "a setting without an id"),
    ],
)
def test_settings_that_are_not_read_are_counted_or_listed(id_: str, unread: str) -> None:
    """Settings of other areas are counted; what may matter is listed and makes the policy unclear."""
    (found,) = policy(catalog(choice(id_, "1"))).unread

    assert found.what.endswith(unread)
    assert unread.startswith("1 ") == found.harmless


def test_chrome_is_read_in_the_catalog() -> None:
    """The settings for Chrome are known by the end of their ids."""
    id_ = f"{POLICY}chromeintunev1~policy~googlechrome~remoteaccess_remoteaccesshostallowremotesupportconnections"

    assert (
        "no" == {road.road: road.open for road in roads_of(policy(catalog(choice(id_, "0"))))}["Chrome remote support"]
    )


@pytest.mark.parametrize(
    "value",
    [
        catalog(choice("vendor_msft_firewall_mdmstore_domainprofile_enablefirewall", "true")),
        {"omaSettings": [{"omaUri": "./Vendor/MSFT/Firewall/MdmStore/DomainProfile/EnableFirewall", "value": "true"}]},
        {
            "settingsDelta": [
                {"definitionId": "deviceConfiguration--windows10EndpointProtectionConfiguration_firewallRules"}
            ]
        },
    ],
)
def test_the_firewall_of_mdm_is_not_read(value: Any) -> None:
    """What the Firewall CSP sets leaves open what the firewall lets in."""
    assert 1 == len(policy(value).firewall.broken_rules)


def test_a_profile_for_another_system_is_counted() -> None:
    """A profile for macOS sets nothing on Windows."""
    found = policy([catalog(choice(OFFERS, "1"), platforms="macOS"), catalog(choice(OFFERS, "0"))])

    assert (State.DISABLED, ["x.json: 1 a profile for another system"]) == (
        found.offer.state,
        [each.what for each in found.unread],
    )


# ---- custom settings -----------------------------------------------------------------------------------------


def custom(
    value: Any, name: str = "RemoteAssistance/UnsolicitedRemoteAssistance", kind: str = "omaSettingString"
) -> Any:
    return {"displayName": "P", "omaSettings": [{"@odata.type": GRAPH + kind, "omaUri": URI + name, "value": value}]}


@pytest.mark.parametrize(
    ("value", "kind", "state"),
    [
        ("<disabled/>", "omaSettingString", State.DISABLED),
        ("<Enabled/>", "omaSettingString", State.ENABLED),
        (base64.b64encode(b"<disabled/>").decode(), "omaSettingStringXml", State.DISABLED),
        ("<disabled/>", "omaSettingStringXml", State.DISABLED),
        ("!", "omaSettingBase64", State.UNKNOWN),
        (base64.b64encode(b"\xff\xfe").decode(), "omaSettingBase64", State.UNKNOWN),
        ("****", "omaSettingString", State.UNKNOWN),
        (None, "omaSettingString", State.UNKNOWN),
        ([], "omaSettingString", State.UNKNOWN),
        (1, "omaSettingInteger", State.UNKNOWN),
    ],
)
def test_a_custom_setting_is_what_the_device_gets(value: Any, kind: str, state: State) -> None:
    """The value of a custom setting is read; one that the export hides, or in another form, cannot be told."""
    assert state is policy(custom(value, kind=kind)).offer.state


@pytest.mark.parametrize(
    ("name", "unread"),
    [("Defender/X", "1 settings of other areas"), ("LocalUsersAndGroups/Configure", "LocalUsersAndGroups/Configure")],
)
def test_custom_settings_that_are_not_read(name: str, unread: str) -> None:
    """They are counted, or listed by their URI."""
    assert [unread] == [each.what[-len(unread) :] for each in policy(custom("<x/>", name)).unread]


def test_a_custom_setting_without_a_uri_is_listed() -> None:
    """A setting that names nothing may be anything."""
    assert ["x.json: a setting without a URI"] == [
        each.what for each in policy({"omaSettings": [{"omaUri": ""}]}).unread
    ]


# ---- administrative templates --------------------------------------------------------------------------------


def template(
    *values: Any, enabled: Any = True, name: str = "Configure Offer Remote Assistance", **more: Any
) -> dict[str, Any]:
    definition = {"displayName": name, "categoryPath": r"\System\Remote Assistance", "classType": "machine", **more}
    return {
        "displayName": "T",
        "definitionValues": [{"enabled": enabled, "definition": definition, "presentationValues": list(values)}],
    }


def control(label: str, **value: Any) -> dict[str, Any]:
    return {"@odata.type": f"{GRAPH}groupPolicyPresentationValueText", "presentation": {"label": label}, **value}


HELPERS = control("Helpers:", values=[{"name": HELPDESK, "value": None}])


def test_a_template_is_known_by_its_english_name() -> None:
    """State, mode and helpers of a template are known by the labels of the editor."""
    found = policy(template(control("Permit remote control of this computer:", value="1"), HELPERS))

    assert (State.ENABLED, Mode.CONTROL, [HELPDESK]) == (
        found.offer.state,
        found.offer.mode,
        [each.text for each in found.offer.helpers],
    )
    assert () == found.unclear


@pytest.mark.parametrize(("enabled", "state"), [(False, State.DISABLED), ("no", State.UNKNOWN)])
def test_a_template_is_disabled_or_unknown(enabled: Any, state: State) -> None:
    """Disabled is disabled, and what is no truth cannot be told."""
    assert state is policy(template(enabled=enabled)).offer.state


def test_what_is_enabled_and_names_no_definition_is_no_template() -> None:
    """A profile may have a name *enabled* of its own; what is inside it is read."""
    assert State.DISABLED is policy({"enabled": True, **custom("<disabled/>")}).offer.state


def test_labels_may_stand_beside() -> None:
    """IntuneManagement writes name, path and label beside the value."""
    value = {
        "enabled": True,
        "#Definition_displayName": "Configure Offer Remote Assistance",
        "#Definition_categoryPath": r"\System\Remote Assistance",
        "definition@odata.bind": "https://graph.microsoft.com/beta/deviceManagement/groupPolicyDefinitions('1')",
        "presentationValues": [{"#Presentation_Label": "Permit remote control of this computer:", "value": "0"}],
    }

    assert Mode.VIEW is policy({"definitionValues": [value]}).offer.mode


def test_a_control_without_a_label_is_known_by_its_kind() -> None:
    """The one list of a policy, and its one choice, are known without labels; of several none is."""
    listed = {
        "@odata.type": f"{GRAPH}groupPolicyPresentationValueList",
        "values": [{"name": HELPDESK, "value": HELPDESK}],
    }
    chosen = {"@odata.type": f"{GRAPH}groupPolicyPresentationValueText", "value": "1"}
    offers = policy(template(listed, chosen))
    invitations = policy(template(chosen, name="Configure Solicited Remote Assistance"))
    none = policy(template(chosen, name="Turn on session logging"))

    assert (Mode.CONTROL, [HELPDESK], ()) == (offers.offer.mode, [h.text for h in offers.offer.helpers], offers.unclear)
    assert ["unread"] == [each.topic for each in invitations.unclear]
    assert ["unread"] == [each.topic for each in none.unclear]


@pytest.mark.parametrize(
    ("value", "topics"),
    [
        (control("Helpers:", values=[{"value": None}]), ["value", "no mode"]),
        (control("Helpers:", values=["a"]), ["no mode"]),
        (control("Permit remote control of this computer:"), ["untold"]),
        (control("Another:", value="1"), ["no mode", "unread"]),
    ],
)
def test_controls_of_another_form_are_unclear(value: Any, topics: list[str]) -> None:
    """What a control says in another form, and a control that is not known, make the policy unclear."""
    assert sorted(topics) == sorted(each.topic for each in policy(template(value)).unclear)


def test_a_control_twice_cannot_be_told() -> None:
    """Two values of one control leave it open which counts."""
    one = control("Permit remote control of this computer:", value="1")

    assert "two values" in policy(template(one, one)).offer.mode_stated.says


@pytest.mark.parametrize(
    ("value", "unread"),
    [
        ({"enabled": True, "definition@odata.bind": "…('1')"}, "a policy that only an id of the server names"),
        (
            template(name="Turn off", categoryPath=r"\System\Power Management\Sleep Settings")["definitionValues"][0],
            "1 settings of other areas",
        ),
        (template(name="New")["definitionValues"][0], '"New"'),
        (template(name="Anbieten", categoryPath=r"\System\Remoteunterst")["definitionValues"][0], '"Anbieten"'),
        (template(name="Etwas", categoryPath=r"\Netzwerk")["definitionValues"][0], '"Etwas"'),
        (template(classType="user")["definitionValues"][0], '"Configure Offer Remote Assistance"'),
    ],
)
def test_templates_that_are_not_read(value: Any, unread: str) -> None:
    """They are counted where their path in English says that they do not matter, else listed."""
    assert [True] == [each.what.endswith(unread) for each in policy({"definitionValues": [value]}).unread]


def test_shadowing_of_a_user_is_a_template_too() -> None:
    """Rules for remote control are told apart by the class of the template."""
    name = "Set rules for remote control of Remote Desktop Services user sessions"
    found = policy(template(control("Options:", value="2"), name=name, classType="user"))
    road = next(each for each in roads_of(found) if each.road == "session shadowing")

    assert ("yes", "no") == (road.open, road.asks)


# ---- old baselines, and things of other kinds ----------------------------------------------------------------


def baseline(end: str, how: Any, value: Any = "null") -> dict[str, Any]:
    id_ = f"deviceConfiguration--windows10EndpointProtectionConfiguration_{end}"
    return {"displayName": "B", "settingsDelta": [{"definitionId": id_, "implementationId": how, "valueJson": value}]}


@pytest.mark.parametrize(
    ("end", "how", "value", "state", "unread"),
    [
        ("remoteAssistanceSolicitedSetting", "x--remoteAssistanceSolicitedSettingDisabled", "{}", State.DISABLED, 0),
        ("remoteAssistanceSolicitedSetting", None, "null", State.NOT_CONFIGURED, 0),
        (
            "remoteAssistanceSolicitedSetting",
            "x--remoteAssistanceSolicitedSettingEnabled",
            "{}",
            State.NOT_CONFIGURED,
            1,
        ),
        ("remoteAssistanceSolicitedPermission", None, "true", State.NOT_CONFIGURED, 1),
        ("restrictedGroups", None, "[]", State.NOT_CONFIGURED, 1),
        ("smartScreen", None, "true", State.NOT_CONFIGURED, 1),
    ],
)
def test_a_baseline_tells_invitations(end: str, how: Any, value: Any, state: State, unread: int) -> None:
    """Invitations of an old baseline are disabled or not configured; what else it says of them is not read."""
    found = policy(baseline(end, how, value))

    assert (state, unread) == (found.solicited.state, len(found.unread))


@pytest.mark.parametrize(
    ("kind", "harmless"),
    [("windows10CompliancePolicy", True), ("deviceManagementScript", False), ("win32LobApp", False)],
)
def test_a_thing_of_another_kind_is_listed(kind: str, harmless: bool) -> None:
    """A script or an app may set what is asked here; a compliance policy does not."""
    (found,) = policy({"@odata.type": GRAPH + kind, "displayName": "X"}).unread

    assert harmless == found.harmless


# ---- where profiles stand ------------------------------------------------------------------------------------


def test_profiles_stand_anywhere() -> None:
    """In a list, in what Graph answers, and in texts inside, the same is read, and its place says where."""
    profile = catalog(choice(OFFERS, "0"))
    inner = json.dumps({"RAWJson": json.dumps(profile)})
    places = [
        getattr(policy(each).offer.stated.where, "pointer", "")
        for each in ([profile], {"value": [profile]}, {"PartitionKey": "x", "JSON": inner})
    ]

    assert [
        "/0/settings/0/settingInstance",
        "/value/0/settings/0/settingInstance",
        "/JSON#/RAWJson#/settings/0/settingInstance",
    ] == places


def test_texts_are_not_looked_into_without_end() -> None:
    """A text in a text in a text is not read, nor what is no whole JSON: the first says nothing, the second is listed."""
    deep = json.dumps(catalog(choice(OFFERS, "1")))
    for _ in range(4):
        deep = json.dumps({"JSON": deep, 'omaUri":': ""})
    broken = {"JSON": '{"settingInstance": {', "settings": catalog(choice(OFFERS, "0"))["settings"]}

    assert [True] == [each.what.endswith("that is no whole JSON") for each in policy(broken).unread]
    assert State.DISABLED is policy(broken).offer.state
    with pytest.raises(PolicyFileError, match="without a setting"):
        done(json.loads(deep))


def test_settings_are_counted() -> None:
    """The entries of a profile are its settings."""
    found = done(catalog(choice(OFFERS, "0"), choice(f"{POLICY}defender_x", "1")))

    assert ("Intune profile", 2) == (found.format.name, found.entries)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1}', "a JSON text, not a policy file"),
        ('{"omaSettings": []}', "without a setting of Intune"),
        ('{"omaSettings": [', "not JSON"),
        ('{"omaUri": 1, "omaUri": 2}', "stands twice"),
    ],
)
def test_what_is_none_of_these_is_refused(text: str, says: str) -> None:
    """A JSON of another kind, one without settings, and half of one are refused by name."""
    with pytest.raises(PolicyFileError, match=says):
        read(text.encode(), "x.json")


def test_a_profile_has_a_name_in_who_wins() -> None:
    """The profile's name is that of the source, as a group policy's is."""
    registry = done(catalog(choice(OFFERS, "0"))).registry

    assert {"Profile"} == {each.gpo for each in registry.mdm}
