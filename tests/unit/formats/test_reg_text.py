import pytest

from rasim.errors import PolicyFileError
from rasim.formats import Remarks, reg_text
from rasim.policy import MACHINE, Action, Kind, RegistryEntry

FIVE = "Windows Registry Editor Version 5.00\r\n\r\n"
KEY = "[HKEY_LOCAL_MACHINE\\K]\r\n"


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def entries(text: str | bytes, remarks: Remarks | None = None) -> list[RegistryEntry]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(reg_text.parse(data, "made.reg", remarks))


def only(line: str, header: str = FIVE) -> RegistryEntry:
    (entry,) = entries(f"{header}{KEY}{line}\r\n")
    return entry


def fault(text: str | bytes) -> PolicyFileError:
    with pytest.raises(PolicyFileError) as caught:
        entries(text)
    return caught.value


@pytest.mark.parametrize(
    ("line", "name", "kind", "data"),
    [
        ('"n"="text"', "n", 1, wide("text\0")),
        ('"n"=""', "n", 1, wide("\0")),
        (r'"CORP\\a"="CORP\\a"', r"CORP\a", 1, wide("CORP\\a\0")),
        (r'"a\"b"="\"\\"', 'a"b', 1, wide('"\\\0')),
        ('"a=b;c]"="=;]"', "a=b;c]", 1, wide("=;]\0")),
        ('"n"=dword:0000000a', "n", 4, b"\n\0\0\0"),
        ('"n"=dword:0', "n", 4, bytes(4)),
        ('"n"=DWORD:FFFFFFFF', "n", 4, b"\xff" * 4),
        ('"n"=hex:01,aB,f', "n", 3, b"\x01\xab\x0f"),
        ('"n"=hex:', "n", 3, b""),
        ('"n"=hex(0):', "n", 0, b""),
        ('"n"=hex(b):01,00,00,00,00,00,00,00', "n", 11, b"\1" + bytes(7)),
        ('"n"=hex(7):61,00,00,00,00,00', "n", 7, wide("a\0\0")),
        ('"n"=hex(100):01', "n", 256, b"\1"),
        ('@="default"', "", 1, wide("default\0")),
        ('  "n" = "text" ; a comment', "n", 1, wide("text\0")),
        ('"n"=dword:1;comment', "n", 4, b"\1\0\0\0"),
        ('"n"=hex:01,02 ; comment', "n", 3, b"\1\2"),
    ],
)
def test_values(line: str, name: str, kind: int, data: bytes) -> None:
    """Each way of writing a value is read with its name, type and bytes."""
    entry = only(line)

    assert (name, kind, data, Action.SET) == (entry.name, entry.kind, entry.data, entry.action)


@pytest.mark.parametrize(("line", "name"), [('"n"=-', "n"), ("@=-", ""), ('"n"=- ; gone', "n")])
def test_deleted_values(line: str, name: str) -> None:
    """A value set to a hyphen is deleted."""
    entry = only(line)

    assert (name, Action.DELETE_VALUE) == (entry.name, entry.action)


def test_hex_goes_on_over_lines() -> None:
    """Hex data goes on after a backslash at the end of a line, also with a comment behind it."""
    assert b"\1\2\3\4" == only('"n"=hex:01,\\\r\n  02, \\ ; two\r\n  03,04').data


@pytest.mark.parametrize(
    "lines",
    [
        "hex:01,\\\r\n;comment\r\n  02,03",
        "hex:01,\\\r\n\r\n \t\r\n  02,\\ ;two\r\n;c\r\n  03",
        "hex:\\\r\n  01,02,03",
        "hex:01 , 02,\\\r\n03,",
    ],
)
def test_hex_goes_on_over_comments_and_empty_lines(lines: str) -> None:
    """Between the lines of a hex value comments and empty lines are read over, as regedit does."""
    assert b"\1\2\3" == only(f'"n"={lines}').data


@pytest.mark.parametrize(
    "lines",
    [
        'hex:01,\\\r\n;c\r\n"m"=dword:1',
        'hex:01,\\\r\n\r\n"m"=dword:1',
        "hex:01,0\\\r\n2",
        "hex:01\\\r\n,02",
        "hex:01,\\\r\n\\\r\n02",
        "hex:01,\\\r\n;c",
        "hex:0 1",
    ],
)
def test_hex_that_breaks_off_takes_nothing_along(lines: str) -> None:
    """A hex value that does not go on as one refuses the file: what follows is no value, and no byte is put together."""
    assert "hex data is pairs" in fault(f'{FIVE}{KEY}"n"={lines}\r\n').message


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_text_over_several_lines(end: str) -> None:
    """A text in quotes has the line ends that stand in it, as regedit exports it; what follows is read."""
    text = f'{FIVE}{KEY}"n"="one;{end}{end} two \\"x\\" [K]{end}" ; c{end}"m"=dword:1{end}'
    first, second = entries(text)

    assert wide(f'one;{end}{end} two "x" [K]{end}\0') == first.data
    assert ("m", 4, 8) == (second.name, first.where.line, second.where.line)


@pytest.mark.parametrize(
    ("lines", "line"),
    [('"n"="a', 4), ('"n"="a\r\n\r\nb', 4), ('"n"="a\r\nb" c', 5), ('"n"="a\\\r\nb"', 4), ('"n"="a\r\n\0"', 5)],
)
def test_a_text_that_does_not_end(lines: str, line: int) -> None:
    """A text without its mark at the end, with something behind it or a single backslash refuses the file."""
    assert line == fault(f"{FIVE}{KEY}{lines}\r\n").where.line


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_blanks_inside_the_brackets(blank: str) -> None:
    """A blank before the hive makes no key, and the file is refused; one behind the key is part of its name."""
    for begin in (f"[{blank}", f"[-{blank}", f"[{blank}-"):
        assert "a key does not begin with a blank" in fault(f"{FIVE}{begin}HKEY_LOCAL_MACHINE\\K]\r\n").message
    (entry,) = entries(f'{FIVE}[HKEY_LOCAL_MACHINE\\K{blank}]\r\n"n"=""\r\n')

    assert f"K{blank}" == entry.key


@pytest.mark.parametrize(("line", "number"), [('"n"=dword:  0000000a', 10), ('"n"=dword:\t1 ;c', 1)])
def test_blanks_before_the_digits(line: str, number: int) -> None:
    """Blanks between dword: and its digits are read over, as regedit does."""
    assert number.to_bytes(4, "little") == only(line).data


@pytest.mark.parametrize("line", ['"n"=dword:', '"n"=dword: ; c'])
def test_a_dword_without_digits(line: str) -> None:
    """Of a dword without digits, which regedit leaves out, the value cannot be told; a remark says so, and the rest is read."""
    remarks = Remarks()
    read = entries(f'{FIVE}{KEY}{line}\r\n"m"=""\r\n', remarks)

    assert [Action.UNTOLD, Action.SET] == [entry.action for entry in read]
    assert ["dword: without digits, which regedit leaves out"] == [remark.message for remark in remarks]


@pytest.mark.parametrize("digits", ["x", "0x1", "123456789", "1 2"])
def test_a_dword_of_other_digits(digits: str) -> None:
    """A dword of anything else refuses the file, with what it should be."""
    assert "dword: is followed by 1 to 8 hexadecimal digits" in fault(f'{FIVE}{KEY}"n"=dword:{digits}\r\n').message


def test_the_line_of_a_value_is_its_first() -> None:
    """A value over several lines stands at its first line, and the next one at its own."""
    read = entries(f'{FIVE}{KEY}"a"=hex:01,\\\r\n  02\r\n"b"="x"\r\n')

    assert [4, 6] == [entry.where.line for entry in read]


def test_a_deleted_key() -> None:
    """A key with a hyphen is deleted."""
    (entry,) = entries(f"{FIVE}[-HKEY_LOCAL_MACHINE\\A\\B]\r\n")

    assert (r"A\B", Action.DELETE_KEY, MACHINE) == (entry.key, entry.action, entry.hive)


def test_repeated_sections_add_up() -> None:
    """A section of a key that was there before adds to it."""
    assert ["a", "b"] == [entry.name for entry in entries(f'{FIVE}{KEY}"a"=""\n{KEY}"b"=""\n')]


def test_a_key_alone_is_no_entry() -> None:
    """A section without values yields nothing."""
    assert [] == entries(FIVE + KEY)


@pytest.mark.parametrize(
    ("root", "hive", "remarked"),
    [
        ("HKEY_LOCAL_MACHINE", MACHINE, False),
        ("hkey_local_machine", MACHINE, False),
        ("Computer\\HKEY_LOCAL_MACHINE", MACHINE, True),
        ("HKLM", MACHINE, True),
        ("HKEY_CURRENT_USER", "HKEY_CURRENT_USER", False),
        ("HKCU", "HKEY_CURRENT_USER", True),
    ],
)
def test_roots(root: str, hive: str, remarked: bool) -> None:
    """Each hive is known by its name; short forms and the address bar's form are read with a remark."""
    remarks = Remarks()
    (entry,) = entries(f'{FIVE}[{root}\\K]\n"n"=""\n', remarks)

    assert ("K", hive, remarked) == (entry.key, entry.hive, bool(list(remarks)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_encodings(encoding: str, end: str) -> None:
    """UTF-8 with and without mark and UTF-16 of both orders with mark are read, with either line end."""
    text = f'{FIVE}{KEY}"CORP\\\\Jürgen"=""\r\n'.replace("\r\n", end)
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    (entry,) = entries((mark + text).encode(encoding))

    assert r"CORP\Jürgen" == entry.name


def test_ansi_is_read_with_a_remark() -> None:
    """Bytes that are not UTF-8 are read as ANSI, and a remark says so."""
    remarks = Remarks()
    (entry,) = entries(f'{FIVE}{KEY}"Jürgen"=""\r\n'.encode("cp1252"), remarks)

    assert ("Jürgen", 1) == (entry.name, len(list(remarks)))


def test_text_bytes_in_regedit4_are_ansi() -> None:
    """In REGEDIT4 the bytes of a text are ANSI, in version 5.00 they are UTF-16."""
    line = '"n"=hex(2):61,00'

    assert [wide("a\0"), wide("a")] == [only(line, header).data for header in ("REGEDIT4\r\n\r\n", FIVE)]


def test_a_comment_before_the_header_is_remarked() -> None:
    """Comments and empty lines before the header are read with one remark."""
    remarks = Remarks()
    read = entries(f'; mine\n\n{FIVE}{KEY}"n"=""\n', remarks)

    assert (1, [1]) == (len(read), [remark.where.line for remark in remarks])


def test_an_ordinary_file_has_no_remark() -> None:
    """A file as regedit writes it gives no remark."""
    remarks = Remarks()
    entries(("\ufeff" + FIVE + KEY + '"n"="x"\r\n').encode("utf-16-le"), remarks)

    assert [] == list(remarks)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("; only a comment\n", 1, 1),
        (KEY, 1, 1),
        ("Windows Registry Editor Version 6.00\n", 1, 1),
        ("REGEDIT5\n", 1, 1),
        ("“REGEDIT4”\n", 1, 1),
        (f'{FIVE}"n"="x"\n', 3, 1),
        (f'{FIVE}[-HKEY_LOCAL_MACHINE\\K]\n"n"="x"\n', 4, 1),
        (f"{FIVE}[HKEY_LOCAL_MACHINE\\K\n", 3, 1),
        (f"{FIVE}[HKEY_NOBODY\\K]\n", 3, 2),
        (f"{FIVE}[-HKEY_LOCAL_MACHINE]\n", 3, 3),
        (f'{FIVE}{KEY}"n="x"\n', 4, 1),
        (f"{FIVE}{KEY}n=1\n", 4, 1),
        (f'{FIVE}{KEY}"n"=\n', 4, 5),
        (f'{FIVE}{KEY}"n"="x\n', 4, 5),
        (f'{FIVE}{KEY}"n"="x" y\n', 4, 8),
        (f'{FIVE}{KEY}"n"=dword:1 2\n', 4, 5),
        (f'{FIVE}{KEY}"n"=dword:000000001\n', 4, 5),
        (f'{FIVE}{KEY}"n"=dword:0x1\n', 4, 5),
        (f'{FIVE}{KEY}"n"=hex:0g\n', 4, 9),
        (f'{FIVE}{KEY}"n"=hex:01,,02\n', 4, 9),
        (f'{FIVE}{KEY}"n"=hex:01,\\\n', 4, 9),
        (f'{FIVE}{KEY}"n"=hex:01,\\\n"m"="x"\n', 4, 9),
        (f'{FIVE}{KEY}"CORP\\a"=""\n', 4, 6),
        (f'{FIVE}{KEY}"n"="C:\\x"\n', 4, 8),
        (f'{FIVE}{KEY}"n"="a\0b"\n', 4, 7),
    ],
)
def test_bad_lines_refuse_the_file(text: str, line: int, column: int) -> None:
    """A line that cannot be read refuses the whole file, with line and column."""
    where = fault(text).where

    assert ("made.reg", line, column) == (where.file, where.line, where.column)


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"\xff\xfeR", 3),
        (b"\xef\xbb\xbfREGEDIT4\n\xff", 12),
        (b"REGEDIT4\n\x81", 9),
    ],
)
def test_bytes_that_are_no_text(data: bytes, offset: int) -> None:
    """Bytes that are no text of the promised encoding are refused with their offset."""
    assert offset == fault(data).where.offset


def test_a_text_in_hex_that_is_no_text() -> None:
    """Bytes of a text that no ANSI letter has refuse the file in REGEDIT4; in 5.00, where they are kept, they do not."""
    line = '"n"=hex(2):41,81,00'

    assert b"A\x81\0" == only(line).data
    assert "not ANSI text" in fault(f"REGEDIT4\r\n{KEY}{line}\r\n").message


def test_half_a_surrogate_pair_is_kept() -> None:
    """A name with half a surrogate pair is read: the registry can hold it."""
    text = f'\ufeff{FIVE}{KEY}"\ud800"=""\r\n'
    (entry,) = entries(text.encode("utf-16-le", "surrogatepass"))

    assert ("\ud800", Kind.SZ) == (entry.name, entry.kind)


def test_only_line_feeds_end_lines() -> None:
    """Characters that other texts take for line ends are part of a name here."""
    assert "a\u2028b\x85c\x0cd" == only('"a\u2028b\x85c\x0cd"=""').name
