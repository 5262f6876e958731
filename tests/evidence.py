"""Writes what lies beside a policy as Windows' editors write it: preferences and security templates, for the tests."""

from xml.sax.saxutils import quoteattr

KEY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
OFFERS = "fAllowUnsolicited"
OFFER_GROUP = "Offer Remote Assistance Helpers"
TARGETED = '<Filters><FilterComputer bool="AND" not="0" name="PC1"/></Filters>'

REGISTRY_XML = "Machine/Preferences/Registry/Registry.xml"
GROUPS_XML = "Machine/Preferences/Groups/Groups.xml"
TEMPLATE = "Machine/Microsoft/Windows NT/SecEdit/GptTmpl.inf"


def attributes(given: dict[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in given.items())


def value(name: str = OFFERS, said: str = "00000001", inside: str = "", outside: str = "", **given: str) -> str:
    """Return a preference for a value of the registry; `given` are other attributes of its properties."""
    usual = {"action": "U", "default": "0", "hive": "HKEY_LOCAL_MACHINE", "key": KEY, "name": name, "type": "REG_DWORD"}
    return f"<Registry {outside}><Properties {attributes({**usual, 'value': said, **given})}>{inside}</Properties></Registry>"


def targeted(item: str, by: str = TARGETED) -> str:
    """Return an item, or a collection, with item-level targeting."""
    at = item.rindex("</")
    return f"{item[:at]}{by}{item[at:]}"


def registry_xml(*items: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\r\n<RegistrySettings clsid="x">{"".join(items)}</RegistrySettings>'.encode()


def group(*members: str, name: str = OFFER_GROUP, **given: str) -> str:
    """Return a preference for a local group; a member that begins with a minus goes out of it."""
    inside = "".join(
        f"<Member {attributes({'name': m.removeprefix('-'), 'action': 'REMOVE' if m[0] == '-' else 'ADD', 'sid': ''})}/>"
        for m in members
    )
    given = {"action": "U", "groupName": name, "groupSid": "", "newName": "", **given}
    return f"<Group><Properties {attributes(given)}><Members>{inside}</Members></Properties></Group>"


def groups_xml(*items: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><Groups clsid="x">{"".join(items)}</Groups>'.encode()


def template(*lines: str, encoding: str = "utf-16") -> bytes:
    """Return a security template; `lines` begin with a section."""
    head = ("[Unicode]", "Unicode=yes", "[Version]", 'signature="$CHICAGO$"', "Revision=1")
    return "".join(f"{line}\r\n" for line in (*head, *lines)).encode(encoding)
