"""SyncML: what a device management server orders, as an administrator keeps it in a file. `parse`.

    <SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody>
      <Replace><Item><Target><LocURI>./Device/Vendor/MSFT/Policy/Config/…</LocURI></Target><Data>&lt;enabled/&gt;</Data></Item></Replace>

Add and Replace set, in their order; Delete takes back what was set before; Get and Exec set nothing that is asked here, and so does what a
device answers. In `Atomic` and `Sequence` they are orders like others. One order alone, without the message around it, is read too: so
they are passed around. Verified on the examples of Microsoft's *Understanding ADMX policies*. What of a URI is not known and may matter is
listed; whether the device did as it was told, a file of orders does not say.
"""

from collections.abc import Iterator
from typing import Final

from rasim.errors import PolicyFileError, Where
from rasim.formats.csp_policies import (
    counted_settings,
    entries_of_value,
    firewall_untold,
    named_by,
    unread_of_mdm,
    untold_policy,
)
from rasim.formats.reader_remarks import Remarks
from rasim.formats.xml_text import XmlNode, elements
from rasim.policy.names import fold
from rasim.policy.registry import RegistryEntry
from rasim.words import printable

SYNCML_ORDERS: Final = ("Add", "Replace", "Delete", "Atomic", "Sequence")
_SETS: Final = frozenset({"ADD", "REPLACE"})


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield what the orders of a file set, each with its line.

    Raises:
        PolicyFileError: no well-formed XML, a document type, or no order in it; with its place.

    """
    said: dict[str, list[RegistryEntry]] = {}
    others: list[Where] = []
    orders = 0
    for path, item in elements(data, file, lambda path: path[-1] == "Item"):
        order = fold(path[-2]) if len(path) > 1 else ""
        if path[-1] != "Item" or order not in {*_SETS, "DELETE"}:
            continue
        orders += 1
        uri = (item.said("Target", "LocURI") or item.said("Source", "LocURI")).rstrip("/")
        if order == "DELETE":
            _take_back(said, fold(uri))
        elif (found := _ordered(file, uri, item)) is None:
            others.append(item.where)
        else:
            said[fold(uri)] = found
    if not orders:
        raise PolicyFileError("SyncML without an order that sets anything", Where(file, line=1))
    if remarks is not None:
        remarks.records = orders
    for entries in said.values():
        yield from entries
    if others:
        yield counted_settings(f"{file}: {len(others)} settings of other areas", others[0])


def _take_back(said: dict[str, list[RegistryEntry]], uri: str) -> None:
    """Forget what was set at a URI, or below it."""
    for each in [each for each in said if each == uri or each.startswith(f"{uri}/")]:
        del said[each]


def _ordered(file: str, uri: str, item: XmlNode) -> list[RegistryEntry] | None:
    """Return what an item sets; None of what sets nothing that is asked here."""
    names = named_by(uri)
    if names.policy is not None:
        inner = item.one("Data")
        if inner is not None and inner.children:
            return list(
                untold_policy(names.policy, "its value stands there as XML of its own, not as a text", item.where)
            )
        return list(entries_of_value(names.policy, "" if inner is None else inner.text, item.where))
    if names.firewall:
        return [firewall_untold(printable(uri[:120]), item.where)]
    if names.of_no_matter:
        return None
    return [unread_of_mdm(f"{file}: {printable(uri[:120]) or 'an order without a URI'}", item.where)]
