import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasim.errors import UsageError
from rasim.policy import PortException, ProgramException, Scope, Unreadable, parse_port, parse_program
from rasim.policy.exceptions import Transport, is_loose, parse_scope

SESSMGR = r"%WINDIR%\SYSTEM32\Sessmgr.exe"


@pytest.mark.parametrize(
    ("text", "written", "loose"),
    [
        ("135:TCP:*:Enabled: Offer Remote Assistance", "135:TCP:*:Enabled:Offer Remote Assistance", True),
        ("135:tcp:*:ENABLED:x: y", "135:TCP:*:Enabled:x: y", False),
        (
            "135:UDP:10.0.0.0/255.0.0.0,LocalSubnet:disabled:x",
            "135:UDP:10.0.0.0/255.0.0.0,localsubnet:Disabled:x",
            False,
        ),
        (" 135 : TCP : * : enabled : x ", "135:TCP:*:Enabled:x", True),
        ("135:TCP:*:enabled:", "135:TCP:*:Enabled:", False),
    ],
)
def test_a_port_exception_is_read_and_written_tight(text: str, written: str, loose: bool) -> None:
    """A port exception is read whatever its case and blanks, and written in one way without them."""
    found = parse_port(text)

    assert isinstance(found, PortException)
    assert (written, loose) == (str(found), is_loose(found))


@pytest.mark.parametrize(
    ("text", "path", "name", "loose"),
    [
        (f"{SESSMGR}:*: Enabled: Remote Assistance", SESSMGR, "Remote Assistance", True),
        (f"{SESSMGR}:*:enabled:@xpsp2res.dll,-22019", SESSMGR, "@xpsp2res.dll,-22019", False),
        (r"C:\x y\z.exe:10.1.1.1:Enabled:a:b", r"C:\x y\z.exe", "a:b", False),
        (r"\\server\share\z.exe:*:Disabled:Voice – long dash", r"\\server\share\z.exe", "Voice – long dash", False),
    ],
)
def test_a_program_exception_is_read(text: str, path: str, name: str, loose: bool) -> None:
    """A program exception is divided rightly, colons of drive and name included."""
    found = parse_program(text)

    assert isinstance(found, ProgramException)
    assert (path, name, loose) == (found.path, found.name, is_loose(found))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("135:TCP:*:Enabled", "PORT:TCP or UDP"),
        ("0:TCP:*:Enabled:x", "0 is no port"),
        ("65536:TCP:*:Enabled:x", "65536 is no port"),
        ("135:TCP:*:on:x", '"on" is neither'),
        ("135:TCP::Enabled:x", '"" is no IPv4'),
        ("135:TCP:fe80;;1:Enabled:x", "no IPv4 address"),
        ("135:TCP:10.0.0.0/33:Enabled:x", "no IPv4 address"),
        ("135:TCP:10.0.0.0/0.255.255.255:Enabled:x", "no IPv4 address"),
        ("١٣٥:TCP:*:Enabled:x", "PORT:TCP or UDP"),
    ],
)
def test_what_is_no_port_exception_says_why(text: str, why: str) -> None:
    """A string that is no port exception is kept with the reason, and is no error."""
    found = parse_port(text)

    assert isinstance(found, Unreadable)
    assert (text, True) == (found.text, why in found.why)


def test_strictly_a_blank_spoils_the_status() -> None:
    """Read strictly, a blank beside the status or the scope makes a string unreadable, and one in the name does not."""
    assert isinstance(parse_program(f"{SESSMGR}:*: Enabled: x", strict=True), Unreadable)
    assert isinstance(parse_port("135:TCP:*:Enabled: x", strict=True), PortException)


@pytest.mark.parametrize(
    ("scope", "address", "admits"),
    [
        ("*", None, True),
        ("10.0.0.0/8", "10.9.9.9", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("10.0.0.0/255.0.0.0,11.0.0.1", "11.0.0.1", True),
        ("10.0.0.0/8", None, None),
        ("localsubnet", "10.0.0.1", None),
        ("localsubnet,10.0.0.1", "10.0.0.1", True),
    ],
)
def test_a_scope_admits(scope: str, address: str | None, admits: bool | None) -> None:
    """A scope admits an address, does not, or cannot tell."""
    found = parse_scope(scope)

    assert isinstance(found, Scope)
    assert admits is found.admits(address)


def test_an_address_that_is_none_is_an_error() -> None:
    """An expert's address that is no IPv4 address is an error, not an answer."""
    with pytest.raises(UsageError, match="no IPv4 address"):
        Scope(("10.0.0.0/8",)).admits("anna")


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20).map(str.strip)
SCOPES = st.sampled_from([("*",), ("localsubnet",), ("10.0.0.0/8", "192.168.1.1"), ("10.0.0.0/255.255.0.0",)]).map(
    Scope
)


@given(st.integers(1, 65_535), st.sampled_from(Transport), SCOPES, st.booleans(), NAMES)
def test_a_port_exception_comes_back(port: int, transport: Transport, scope: Scope, enabled: bool, name: str) -> None:
    """A port exception that is written reads as the same."""
    exception = PortException(port, transport, scope, enabled, name)
    found = parse_port(str(exception))

    assert isinstance(found, PortException)
    assert (exception, name) == (found, found.name)


@given(st.sampled_from([SESSMGR, r"C:\a b\c.exe", "x"]), SCOPES, st.booleans(), NAMES)
def test_a_program_exception_comes_back(path: str, scope: Scope, enabled: bool, name: str) -> None:
    """A program exception that is written reads as the same."""
    exception = ProgramException(path, scope, enabled, name)

    assert exception == parse_program(str(exception))


@given(st.text(max_size=60))
def test_reading_never_fails(text: str) -> None:
    """Whatever text is in a list of exceptions, reading it gives an exception or a reason."""
    assert isinstance(parse_port(text), PortException | Unreadable)
    assert isinstance(parse_program(text), ProgramException | Unreadable)
