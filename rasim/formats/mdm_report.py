"""The report of device management on one computer: `MDMDiagReport.xml`, as `MdmDiagnosticsTool` and Settings write it. `parse`.

    <MDMEnterpriseDiagnosticsReport><PolicyManager>
      <ConfigSource><EnrollmentId>…</EnrollmentId><PolicyScope><PolicyScope>Device</PolicyScope>
        <Area><PolicyAreaName>RemoteAssistance</PolicyAreaName><UnsolicitedRemoteAssistance>&lt;disabled/&gt;</UnsolicitedRemoteAssistance>…
      <currentPolicies><PolicyScope>Device</PolicyScope>
        <CurrentPolicyValues><PolicyAreaName>…</PolicyAreaName><…_ProviderSet>1</…_ProviderSet><…_WinningProvider>…

It shows PolicyManager as the registry has it, so each value becomes the entry that stands there, and `policy_manager.py` says what it means:
who set it, who won, and that what is set and not shown cannot be told. The form is that which published scripts read; no report with Remote
Assistance in it was to be had. A report without the part PolicyManager tells nothing, and is refused as half of one.
"""

from collections.abc import Iterator
from typing import Final

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import utf16
from rasim.formats.reader_remarks import Remarks
from rasim.formats.xml_text import XmlNode, elements
from rasim.policy.mdm import POLICY_MANAGER
from rasim.policy.registry import RegistryEntry, RegType

MDM_ROOT: Final = "MDMEnterpriseDiagnosticsReport"
_PARTS: Final = frozenset({"CONFIGSOURCE", "CURRENTPOLICIES"})


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield the values of PolicyManager that a report shows, each with its line.

    Raises:
        PolicyFileError: no well-formed XML, a document type, or no such report; with its place.

    """
    found, count = False, 0
    for path, node in elements(data, file, lambda path: len(path) == 3 and path[-1].upper() in _PARTS):
        if path[0] != MDM_ROOT:
            raise PolicyFileError("no report of device management", Where(file, line=1))
        if path[1:] == ("PolicyManager",):
            found = True
        if len(path) == 3 and path[1] == "PolicyManager" and path[2].upper() in _PARTS:
            for entry in _part(node):
                count += 1
                yield entry
    if not found:
        raise PolicyFileError("a report of device management without its part PolicyManager", Where(file, line=1))
    if remarks is not None:
        remarks.records = count


def _part(node: XmlNode) -> Iterator[RegistryEntry]:
    """Yield the values of one source, or the current ones: a scope stands beside its areas, in an element of its own or not."""
    by = node.said("EnrollmentId")
    for scope in (*node.all("PolicyScope"), node):
        name = scope.said("PolicyScope") or node.said("PolicyScope")
        key = rf"{POLICY_MANAGER}\providers\{by}\default\{name}" if by else rf"{POLICY_MANAGER}\current\{name}"
        for area in (*scope.all("Area"), *scope.all("CurrentPolicyValues")):
            below = rf"{key}\{area.said('PolicyAreaName')}"
            yield from (_value(below, each) for each in area.children if each.name != "PolicyAreaName")


def _value(key: str, node: XmlNode) -> RegistryEntry:
    """Return a value as the registry has it: notes are numbers there."""
    said = node.text.strip()
    if node.name.endswith(("_ProviderSet", "_LastWrite")) and said.isdecimal() and len(said) < 10:
        return RegistryEntry(key, node.name, RegType.DWORD, int(said).to_bytes(4, "little"), node.where)
    return RegistryEntry(key, node.name, RegType.SZ, utf16(f"{said}\0"), node.where)
