import pytest

from rasim.errors import PolicyFileError
from rasim.formats import EXCEPTION_LIST, read, read_policy_files, recognise
from rasim.formats.exception_list import render

DOCUMENT = """# what the document asks for
135:TCP:*:Enabled: Offer Remote Assistance
; a comment of another kind

%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe:*:Enabled:Remote Assistance – Windows Messenger and Voice
%WINDIR%\\SYSTEM32\\Sessmgr.exe:*: Enabled: Remote Assistance
"""
TIGHT = """135:TCP:*:Enabled:Offer Remote Assistance
%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe:*:Enabled:Remote Assistance – Windows Messenger and Voice
%WINDIR%\\SYSTEM32\\Sessmgr.exe:*:Enabled:Remote Assistance
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_is_read_whatever_its_encoding(encoding: str) -> None:
    """A list of exceptions is read as UTF-8 with or without its mark and as PowerShell's UTF-16."""
    done = read(DOCUMENT.replace("\n", "\r\n").encode(encoding), "list.txt")

    assert (EXCEPTION_LIST, 3) == (done.format, done.entries)


def test_a_list_is_written_without_blanks() -> None:
    """The document's strings are read with their odd blanks and written without them, the en dash kept."""
    firewall = read_policy_files([("list.txt", DOCUMENT.encode())]).firewall

    assert TIGHT == render(firewall.exceptions).decode()
    assert [2, 6] == [each.where.line for each in firewall.loose if each.where]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("135:TCP:*:Enabeld:x", "neither enabled nor disabled"),
        ("70000:TCP:*:Enabled:x", "70000 is no port"),
        ("135:SCTP:*:Enabled:x", "PORT:TCP or UDP"),
        ("135:TCP:10.0.0.300:Enabled:x", "no IPv4 address"),
        ("Sessmgr.exe", "PATH:SCOPE:STATUS:NAME"),
    ],
)
def test_a_line_that_is_no_exception_refuses_the_list(line: str, why: str) -> None:
    """A list with one line that is no exception is refused whole, with the line and the reason."""
    with pytest.raises(PolicyFileError, match=why) as caught:
        read(f"{TIGHT}{line}\n".encode(), "list.txt")

    assert ("list.txt", 4) == (caught.value.where.file, caught.value.where.line)


def test_a_list_in_ansi_is_read_with_a_remark() -> None:
    """A list of an old editor is read as ANSI, and a remark says so, as of every text without a mark that is not UTF-8."""
    done = read(TIGHT.encode("cp1252"), "list.txt")

    assert (3, 1) == (done.entries, len(done.remarks))
    assert "read as ANSI" in done.remarks[0].message


def test_bytes_that_are_no_text_refuse_the_list() -> None:
    """A byte that no encoding knows refuses the list, with its place."""
    with pytest.raises(PolicyFileError, match="neither UTF-8 nor ANSI") as caught:
        read(TIGHT.encode() + b"\x81", "list.txt")

    assert len(TIGHT.encode()) == caught.value.where.offset


def test_a_text_that_is_no_list_is_none() -> None:
    """A text whose first line is no exception is not taken for a list."""
    with pytest.raises(PolicyFileError, match="not a policy file"):
        recognise(b"hello: world\n", "x.txt")
