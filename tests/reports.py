"""Writes reports as GPMC and gpresult write them, from a policy: the tests' own way back, in words of any language."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from rasim.policy import Firewall, Mode, Policy, State

SETTINGS = "http://www.microsoft.com/GroupPolicy/Settings"
REGISTRY = f"{SETTINGS}/Registry"
RSOP = "http://www.microsoft.com/GroupPolicy/Rsop"
TYPED = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="q3:RegistrySettings"'
TYPES = "http://www.microsoft.com/GroupPolicy/Types"

ENGLISH = {
    "RA_Unsolicit": "Configure Offer Remote Assistance",
    "RA_Solicit": "Configure Solicited Remote Assistance",
    "RA_Logging": "Turn on session logging",
    "control": "Allow helpers to remotely control the computer",
    "view": "Allow helpers to only view the computer",
    "help": "This policy setting lets you do something.",
    "registry": "Registry",
    "category": "System/Remote Assistance",
}
GERMAN = {
    "RA_Unsolicit": '"Remoteunterstützung anbieten" konfigurieren',
    "RA_Solicit": '"Angeforderte Remoteunterstützung" konfigurieren',
    "RA_Logging": "Sitzungsprotokollierung aktivieren",
    "control": "Helfer dürfen den Computer remote steuern",
    "view": "Helfer dürfen den Computer nur ansehen",
    "help": "Mit dieser Richtlinieneinstellung können Sie etwas.",
    "registry": "Registrierung",
    "category": "System/Remoteunterstützung",
}
WORDS = {State.ENABLED: "Enabled", State.DISABLED: "Disabled"}
OTHER = "Some other policy"


def policy_node(
    name: str, state: str, inside: str = "", *, category: str = "System/X", help_: str = "", rank: str = ""
) -> str:
    return (
        f"<q3:Policy>{rank}<q3:Name>{escape(name)}</q3:Name><q3:State>{state}</q3:State>"
        f"<q3:Explain>{escape(help_)}</q3:Explain><q3:Category>{escape(category)}</q3:Category>{inside}</q3:Policy>"
    )


def drop_down(text: str) -> str:
    value = f"<q3:Value><q3:Name>{escape(text)}</q3:Name></q3:Value>"
    return f"<q3:DropDownList><q3:Name>x</q3:Name><q3:State>Enabled</q3:State>{value}</q3:DropDownList>"


def list_box(texts: Iterable[str], *, additive: bool = False) -> str:
    elements = "".join(f"<q3:Element><q3:Data>{escape(text)}</q3:Data></q3:Element>" for text in texts)
    return (
        "<q3:ListBox><q3:Name>x</q3:Name><q3:State>Enabled</q3:State><q3:ExplicitValue>false</q3:ExplicitValue>"
        f"<q3:Additive>{str(additive).lower()}</q3:Additive><q3:ValuePrefix /><q3:Value>{elements}</q3:Value></q3:ListBox>"
    )


def text_box(text: str) -> str:
    return f"<q3:EditText><q3:Name>x</q3:Name><q3:State>Enabled</q3:State><q3:Value>{escape(text)}</q3:Value></q3:EditText>"


def nodes(policy: Policy, words: Mapping[str, str] = ENGLISH, rank: str = "") -> str:
    """Return the policies of the editor that say what a policy says about Remote Assistance."""

    def node(id_: str, state: State, inside: str = "") -> str:
        if state not in WORDS:
            return ""
        return policy_node(words[id_], WORDS[state], inside, category=words["category"], help_=words["help"], rank=rank)

    def mode(chosen: Mode | None) -> str:
        return "" if chosen is None else drop_down(words[chosen.value])

    offer, solicited = policy.offer, policy.solicited
    helpers = list_box(helper.text for helper in offer.helpers)
    return (
        node("RA_Unsolicit", offer.state, mode(offer.mode) + helpers if offer.state is State.ENABLED else "")
        + node("RA_Solicit", solicited.state, mode(solicited.mode) if solicited.state is State.ENABLED else "")
        + node("RA_Logging", policy.logging.state)
    )


def firewall_nodes(firewall: Firewall) -> str:
    """Return the policies of the editor that say what the firewall of a profile says."""
    category = f"Network/Network Connections/Windows Firewall/{firewall.profile.title()} Profile"

    def node(name: str, state: str, inside: str = "") -> str:
        if state == "not configured":
            return ""
        return policy_node(f"Windows Firewall: {name}", state.title(), inside, category=category, help_=ENGLISH["help"])

    desktop = firewall.remote_desktop.state
    return (
        node("Protect all network connections", firewall.protection.state)
        + node("Do not allow exceptions", firewall.no_exceptions.state)
        + node(
            "Allow inbound Remote Desktop exceptions",
            desktop,
            text_box(str(firewall.remote_desktop_scope)) if desktop == "enabled" else "",
        )
        + node(
            "Define inbound port exceptions",
            firewall.ports_defined.state,
            list_box(map(str, firewall.ports), additive=True),
        )
        + node(
            "Define inbound program exceptions",
            firewall.programs_defined.state,
            list_box(map(str, firewall.programs), additive=True),
        )
    )


def extension(inside: str, words: Mapping[str, str] = ENGLISH) -> str:
    return (
        f'<ExtensionData><Extension xmlns:q3="{REGISTRY}" {TYPED}>{inside}</Extension>'
        f"<Name>{words['registry']}</Name></ExtensionData>"
    )


def report(
    inside: str, words: Mapping[str, str] = ENGLISH, *, enabled: str = "true", name: str = "Helpdesk", links: str = ""
) -> bytes:
    """Return GPMC's report of one group policy, in UTF-16 with a declaration of UTF-8 as real ones have it."""
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\r\n'
        f'<GPO xmlns="{SETTINGS}">\r\n<Identifier><Identifier xmlns="{TYPES}">{{{escape(name)}}}</Identifier>'
        f'<Domain xmlns="{TYPES}">corp.example</Domain></Identifier><Name>{escape(name)}</Name>\r\n{links}'
        f"<Computer><Enabled>{enabled}</Enabled>\r\n{extension(inside, words) if inside else ''}</Computer>"
        "<User><Enabled>true</Enabled></User></GPO>"
    )
    return text.encode("utf-16")


def ranked(number: int, gpo: str) -> str:
    """Return what stands before a setting of a resulting set: its group policy and its precedence."""
    base = f"{SETTINGS}/Base"
    return (
        f'<GPO xmlns="{base}"><Identifier xmlns="{TYPES}">{{{gpo}}}</Identifier></GPO>'
        f'<Precedence xmlns="{base}">{number}</Precedence>'
    )


def results(inside: str, *, computer: bool = True, gpos: Mapping[str, str] | None = None) -> bytes:
    """Return a resulting set as `gpresult /x` writes it, with the computer's results or without."""
    names = "".join(
        f'<GPO><Name>{escape(name)}</Name><Path><Identifier xmlns="{TYPES}">{{{id_}}}</Identifier></Path></GPO>'
        for id_, name in (gpos or {}).items()
    )
    settings = (
        f'<ExtensionData><Extension xmlns="{SETTINGS}" xmlns:q3="{REGISTRY}" {TYPED}>{inside}</Extension>'
        f'<Name xmlns="{SETTINGS}">Registry</Name></ExtensionData>'
    )
    half = f"<ComputerResults>{names}{settings}</ComputerResults>" if computer else ""
    return (
        f'<?xml version="1.0" encoding="utf-16"?><Rsop xmlns="{RSOP}"><ReadTime>2026-01-01</ReadTime>'
        f"<UserResults></UserResults>{half}</Rsop>"
    ).encode("utf-16")
