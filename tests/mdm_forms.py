"""A policy as device management says it: the same words in every form that is read, for tests."""

import json
from html import escape

from rasim.formats import reg_text
from rasim.formats.decoding import utf16
from rasim.policy import Mode, Policy, RegistryEntry, RegType, State
from rasim.policy.mdm import POLICY_MANAGER

AREA = "RemoteAssistance"
BY = "11111111-1111-1111-1111-111111111111"
CONFIG = f"./Device/Vendor/MSFT/Policy/Config/{AREA}"


def _data(id_: str, value: str) -> str:
    return f'<data id="{id_}" value="{escape(value)}"/>'


def _value(state: State, *data: str) -> str:
    return "<disabled/>" if state is State.DISABLED else "".join(("<enabled/>", *data))


def _mode(mode: Mode | None, id_: str) -> tuple[str, ...]:
    return () if mode is None else (_data(id_, str(int(mode is Mode.CONTROL))),)


def values(policy: Policy) -> dict[str, str]:
    """Return what a server sends for each policy that is configured."""
    offer, solicited = policy.offer, policy.solicited
    listed = "\uf000".join(name for helper in offer.helpers for name in (helper.text, helper.text))
    said = {
        "UnsolicitedRemoteAssistance": (
            offer.state,
            *_mode(offer.mode, "RA_Unsolicit_Control_List"),
            _data("RA_Unsolicit_DACL_Edit", listed),
        ),
        "SolicitedRemoteAssistance": (solicited.state, *_mode(solicited.mode, "RA_Solicit_Control_List")),
        "SessionLogging": (policy.logging.state,),
    }
    return {name: _value(*told) for name, told in said.items() if told[0] is not State.NOT_CONFIGURED}


def _catalog(policy: Policy) -> bytes:
    begin = f"device_vendor_msft_policy_config_{AREA.lower()}_"

    def choice(id_: str, option: int, *children: object) -> dict[str, object]:
        return {
            "settingDefinitionId": id_,
            "choiceSettingValue": {"value": f"{id_}_{option}", "children": list(children)},
        }

    def mode(id_: str, mode: Mode | None) -> list[object]:
        return [] if mode is None else [choice(id_, int(mode is Mode.CONTROL))]

    offers, invitations = f"{begin}unsolicitedremoteassistance", f"{begin}solicitedremoteassistance"
    helpers = [{"value": helper.text} for helper in policy.offer.helpers]
    listed = {"settingDefinitionId": f"{offers}_ra_unsolicit_dacl_edit", "simpleSettingCollectionValue": helpers}
    settings = [
        (policy.offer.state, offers, [*mode(f"{offers}_ra_unsolicit_control_list", policy.offer.mode), listed]),
        (policy.solicited.state, invitations, mode(f"{invitations}_ra_solicit_control_list", policy.solicited.mode)),
        (policy.logging.state, f"{begin}sessionlogging", []),
    ]
    told = [
        {"settingInstance": choice(id_, int(state is State.ENABLED), *(children if state is State.ENABLED else ()))}
        for state, id_, children in settings
        if state is not State.NOT_CONFIGURED
    ]
    other = {"settingInstance": choice("device_vendor_msft_policy_config_defender_x", 1)}
    return json.dumps({"name": "P", "platforms": "windows10", "settings": [*told, other]}, indent=1).encode()


def in_mdm_forms(policy: Policy) -> dict[str, bytes]:
    """Return a policy in every form of device management, by the names of the formats; a profile of Intune in two."""
    said = values(policy)
    oma = [{"omaUri": f"{CONFIG}/{name}", "value": value} for name, value in said.items()]
    oma.append({"omaUri": "./Device/Vendor/MSFT/Policy/Config/Defender/X", "value": "1"})
    orders = "".join(
        f"<Replace><Item><Target><LocURI>{uri}</LocURI></Target><Data>{escape(value)}</Data></Item></Replace>\n"
        for uri, value in [(f"{CONFIG}/{name}", value) for name, value in said.items()]
        + [("./Vendor/MSFT/Reboot/X", "")]
    )
    inside = "".join(f"<{name}>{escape(value)}</{name}>\n" for name, value in said.items())
    source = (
        f"<ConfigSource><EnrollmentId>{BY}</EnrollmentId><PolicyScope><PolicyScope>Device</PolicyScope>"
        f"<Area><PolicyAreaName>{AREA}</PolicyAreaName>\n{inside}</Area></PolicyScope></ConfigSource>"
    )
    key = rf"{POLICY_MANAGER}\providers\{BY}\default\Device\{AREA}"
    entries = [RegistryEntry(key, name, RegType.SZ, utf16(f"{value}\0")) for name, value in said.items()]
    return {
        "Intune profile": _catalog(policy),
        "Intune profile, custom": json.dumps({"displayName": "P", "omaSettings": oma}).encode(),
        "SyncML": f'<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody>\n{orders}</SyncBody></SyncML>'.encode(),
        "MDM report": f"<MDMEnterpriseDiagnosticsReport><PolicyManager>{source}</PolicyManager></MDMEnterpriseDiagnosticsReport>".encode(),
        ".reg": reg_text.render(entries),
    }
