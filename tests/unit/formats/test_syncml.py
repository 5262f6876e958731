"""SyncML: orders of a device management server."""

import pytest

from rasim.errors import PolicyFileError
from rasim.formats import Remarks, read
from rasim.formats.syncml import parse
from rasim.policy import Mode, Policy, State, read_policy

CONFIG = "./Device/Vendor/MSFT/Policy/Config"
URI = f"{CONFIG}/RemoteAssistance/UnsolicitedRemoteAssistance"
ENABLED = '<![CDATA[<enabled/><data id="RA_Unsolicit_Control_List" value="1"/>]]>'


def order(data: str = "&lt;disabled/&gt;", uri: str = URI, name: str = "Replace", place: str = "Target") -> str:
    inner = "" if name == "Delete" else f"<Meta><Format>chr</Format></Meta><Data>{data}</Data>"
    return f"<{name}><CmdID>1</CmdID><Item><{place}><LocURI>{uri}</LocURI></{place}>{inner}</Item></{name}>"


def message(*orders: str) -> bytes:
    return f'<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody>{"".join(orders)}<Final/></SyncBody></SyncML>'.encode()


def policy(*orders: str) -> Policy:
    return read_policy(read(message(*orders), "x.xml").registry)


@pytest.mark.parametrize("name", ["Add", "Replace"])
@pytest.mark.parametrize(
    ("data", "state", "mode"),
    [("&lt;disabled/&gt;", State.DISABLED, None), (ENABLED, State.ENABLED, Mode.CONTROL), ("", State.UNKNOWN, None)],
)
def test_an_order_sets_what_its_data_say(name: str, data: str, state: State, mode: Mode | None) -> None:
    """Data as a text, encoded or as CDATA, is the value of the policy."""
    found = policy(order(data, name=name)).offer

    assert (state, mode, 1) == (found.state, found.mode, getattr(found.stated.where, "line", 0))


def test_xml_of_its_own_in_the_data_cannot_be_told() -> None:
    """A value that was not encoded is another message, which no server sends so."""
    assert State.UNKNOWN is policy(order("<enabled/>")).offer.state


def test_an_order_without_data_cannot_be_told() -> None:
    """An order for a policy that gives nothing makes it unknown."""
    assert State.UNKNOWN is policy(f"<Add><Item><Target><LocURI>{URI}</LocURI></Target></Item></Add>").offer.state


def test_the_last_order_counts() -> None:
    """A later order for the same URI replaces what an earlier one set; Delete takes it back, also from above."""
    two = policy(order(ENABLED), order())
    gone = [
        policy(order(ENABLED), order(uri=uri, name="Delete"))
        for uri in (URI, URI.lower(), f"{CONFIG}/RemoteAssistance/")
    ]
    kept = policy(order(ENABLED), order(uri=f"{CONFIG}/RemoteAssistance/Unsolicited", name="Delete"))

    assert State.DISABLED is two.offer.state
    assert [Policy()] * 3 == gone
    assert State.ENABLED is kept.offer.state


@pytest.mark.parametrize("wrapper", ["Atomic", "Sequence"])
def test_orders_inside_others_count(wrapper: str) -> None:
    """What is to be done at once, or in turn, is done."""
    assert State.DISABLED is policy(f"<{wrapper}><CmdID>2</CmdID>{order()}</{wrapper}>").offer.state


def test_an_order_alone_is_read() -> None:
    """Orders are passed around without the message about them; a source names the place too."""
    assert State.DISABLED is read_policy(read(order(place="Source").encode(), "x.xml").registry).offer.state


@pytest.mark.parametrize(
    ("uri", "unread", "harmless"),
    [
        (f"{CONFIG}/Defender/X", "x.xml: 1 settings of other areas", True),
        (f"{CONFIG}/LocalUsersAndGroups/Configure", f"x.xml: {CONFIG}/LocalUsersAndGroups/Configure", False),
        ("", "x.xml: an order without a URI", False),
    ],
)
def test_other_orders_are_counted_or_listed(uri: str, unread: str, harmless: bool) -> None:
    """What may matter is listed by its URI."""
    assert [(unread, harmless)] == [(each.what, each.harmless) for each in policy(order(uri=uri)).unread]


def test_the_firewall_of_mdm_is_not_read() -> None:
    """An order for the Firewall CSP leaves open what the firewall lets in."""
    assert 1 == len(policy(order(uri="./Vendor/MSFT/Firewall/MdmStore/Global")).firewall.broken_rules)


def test_orders_are_counted() -> None:
    """The entries of a file are its orders."""
    assert ("SyncML", 2) == ((done := read(message(order(), order(name="Delete")), "x.xml")).format.name, done.entries)
    assert 3 == len(list(parse(message(order()), "x.xml", Remarks())))
    assert 3 == len(list(parse(message(order()))))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (message("<Get><Item><Target><LocURI>x</LocURI></Target></Item></Get>"), "without an order"),
        (message("<Status><Data>200</Data></Status>"), "without an order"),
        (b"<SyncML><SyncBody>", "not well-formed"),
        (b"<!DOCTYPE x><SyncML/>", "a document type"),
    ],
)
def test_what_orders_nothing_is_refused(data: bytes, says: str) -> None:
    """Questions, answers and half a message refuse the file."""
    with pytest.raises(PolicyFileError, match=says):
        read(data, "x.xml")


def test_an_item_that_stands_alone_orders_nothing() -> None:
    """An item needs an order around it."""
    with pytest.raises(PolicyFileError, match="without an order"):
        list(parse(b"<Item/>", "x.xml"))
