import struct

import pytest

from rasim.errors import PolicyFileError, UsageError, Where
from rasim.formats import registry_pol
from rasim.policy import Action, Kind, RegistryEntry

HEADER = b"PReg\1\0\0\0"


def wide(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def record(key: str, name: str, kind: int, data: bytes) -> bytes:
    """Return one record, written here from the specification and not by rasim."""
    body = wide(key) + b"\0\0;\0" + wide(name) + b"\0\0;\0" + struct.pack("<I", kind)
    return b"[\0" + body + b";\0" + struct.pack("<I", len(data)) + b";\0" + data + b"]\0"


def only(data: bytes) -> RegistryEntry:
    (entry,) = registry_pol.parse(HEADER + data)
    return entry


def fault(data: bytes) -> PolicyFileError:
    with pytest.raises(PolicyFileError) as caught:
        list(registry_pol.parse(data, "bad.pol"))
    return caught.value


def test_a_record() -> None:
    """A record is a key, a name, a type and data, at the offset of its bracket."""
    entry = only(record(r"Software\K", "n", 4, b"\1\0\0\0"))

    assert (RegistryEntry(r"Software\K", "n", Kind.DWORD, b"\1\0\0\0"), Where("", 8)) == (entry, entry.where)


def test_a_header_alone_is_a_valid_empty_file() -> None:
    """A file of a header and no records has no entries and no error."""
    assert [] == list(registry_pol.parse(HEADER))


@pytest.mark.parametrize(
    "data",
    [
        wide("];[]"),
        wide("]\0[\0K\0;\0"),
        b"\n" * 10,
        b"]\0" * 5,
        b";\0\0\0",
        b"]",
        bytes(10),
        record("K", "n", 1, b"inside"),
    ],
)
def test_data_may_hold_delimiters(data: bytes) -> None:
    """Data is measured by its size: brackets, semicolons, NULs, line feeds and whole records inside it are data."""
    after = record("K", "after", 3, b"x")
    entries = list(registry_pol.parse(HEADER + record("K", "n", 3, data) + after))

    assert [("n", data), ("after", b"x")] == [(entry.name, entry.data) for entry in entries]


def test_a_size_of_ten_is_no_line_end() -> None:
    """Ten bytes of data, whose size is the byte 0x0A, are read like any other (a known fault of another reader)."""
    ten = record("K", "n", 1, wide("four\0"))

    assert 3 == len(list(registry_pol.parse(HEADER + ten * 3)))


@pytest.mark.parametrize("name", ["]", ";", "[;]", "a;b", "\u5b00", "Ā", "\u0100\u0100", "\ud800", "CORP\\x"])
def test_names_may_hold_delimiters(name: str) -> None:
    """A name ends at its NUL character, whatever letters or bytes it holds."""
    assert (name, name) == ((entry := only(record(name, name, 1, b""))).key, entry.name)


def test_an_unknown_type_is_kept() -> None:
    """A type that nobody named is kept as its number."""
    assert 0xFFFFFFFF == only(record("K", "n", 0xFFFFFFFF, b"")).kind


def test_a_key_alone() -> None:
    """An empty name of type 0 and size 0 creates the key and is no value."""
    assert Action.CREATE_KEY == only(record("K", "", 0, b"")).action


def test_an_empty_name_with_data_is_the_default_value() -> None:
    """An empty name with a type or data is the key's default value."""
    assert [Action.SET] * 2 == [only(record("K", "", *each)).action for each in ((1, b""), (0, b"x"))]


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("**del.fAllowUnsolicited", (Action.DELETE_VALUE, "fAllowUnsolicited")),
        ("**DEL.x", (Action.DELETE_VALUE, "x")),
        ("**del.", (Action.DELETE_VALUE, "")),
        ("**delvals.", (Action.DELETE_ALL_VALUES, "")),
        ("**delvals", (Action.DELETE_ALL_VALUES, "")),
        ("**DelVals.", (Action.DELETE_ALL_VALUES, "")),
        ("**DeleteValues", (Action.DELETE_VALUES_NAMED, "")),
        ("**deletekeys", (Action.DELETE_SUBKEYS_NAMED, "")),
        ("**soft.x", (Action.SET_IF_ABSENT, "x")),
        ("**SecureKey", (Action.IGNORED, "")),
        ("**Comment:by hand", (Action.IGNORED, "by hand")),
        ("**delvals.x", (Action.UNKNOWN, "")),
        ("**what", (Action.UNKNOWN, "")),
        ("**", (Action.UNKNOWN, "")),
        ("*del.x", (Action.SET, "*del.x")),
    ],
)
def test_names_with_two_asterisks_are_instructions(name: str, meaning: tuple[Action, str]) -> None:
    """A name that begins with two asterisks is an instruction, in any case; an undocumented one is unknown."""
    entry = only(record("K", name, 1, wide(" \0")))

    assert meaning == (entry.action, entry.name)


@pytest.mark.parametrize("name", ["**del.x", "**DEL.x", "**delvals", "**delvals.", "**Comment:x", "**what", "n", ""])
def test_an_instruction_is_written_back_as_it_was(name: str) -> None:
    """Reading and writing keeps the spelling of every instruction."""
    data = HEADER + record("K", name, 1, wide(" \0"))

    assert data == registry_pol.render(registry_pol.parse(data))


def test_an_empty_file_is_no_policy() -> None:
    """A file of no bytes is refused: even an empty policy has a header."""
    assert ("the file is empty", 0) == ((error := fault(b"")).message.partition(";")[0], error.where.offset)


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"PReg", 4),
        (b"PReg\1\0\0", 7),
        (b"PReh\1\0\0\0", 0),
        (b"gerP\1\0\0\0", 0),
        (b"PReg\2\0\0\0", 4),
        (b"PReg\0\0\0\1", 4),
        (HEADER + b"x", 9),
        (HEADER + b"xx", 8),
        (HEADER + b"[", 9),
        (HEADER + b"[\0K\0\0\0", 14),
        (HEADER + b"[\0K\0\0\0:\0", 14),
        (HEADER + b"[\0K\0", 12),
        *(
            (HEADER + record("K", "n", 1, b"")[:at] + b":" + record("K", "n", 1, b"")[at + 1 :], 8 + at)
            for at in (12, 18, 24)
        ),
        (HEADER + record("K", "n", 1, b"") + b"\0\0", 8 + len(record("K", "n", 1, b""))),
    ],
)
def test_faults_have_their_offset(data: bytes, offset: int) -> None:
    """A bad header, a missing mark and a file cut short are refused with the offset of the fault (R51)."""
    assert Where("bad.pol", offset) == fault(data).where


@pytest.mark.parametrize("size", [3, 5, 6, 0x7FFFFFFF, 0xFFFFFFFF])
def test_sizes_that_lie(size: int) -> None:
    """A record whose size is not that of its data is refused, also when it claims four gigabytes."""
    honest = record("K", "n", 4, b"\1\0\0\0")
    lying = honest[:-10] + struct.pack("<I", size) + honest[-6 - 2 + 0 :]

    assert fault(HEADER + lying).where.offset is not None


def test_four_gigabytes_are_refused_by_number() -> None:
    """A record that claims 4 GB says how much it claims and how much is there."""
    lying = record("K", "n", 4, b"")[:-8] + struct.pack("<I", 0xFFFFFFFF) + b";\0]\0"

    assert "the record claims 4294967295 bytes of data, but only 2 bytes follow" == fault(HEADER + lying).message


@pytest.mark.parametrize(("field", "longest"), [("key", 32_767), ("name", 16_383)])
def test_names_have_the_registrys_limits(field: str, longest: int) -> None:
    """A key or name as long as the registry allows is read, one character more is refused."""
    sizes = [{"key": "K", "name": "n", field: "x" * (longest + more)} for more in (0, 1)]
    fits, too_long = (record(size["key"], size["name"], 1, b"") for size in sizes)

    assert longest == len(getattr(only(fits), field))
    assert f"more than {longest} characters" in fault(HEADER + too_long).message


def test_a_missing_terminator_is_refused() -> None:
    """A key without a NUL character ends the file inside a key."""
    assert "the file ends inside a key" == fault(HEADER + b"[\0" + wide("K" * 50)).message


def test_nothing_is_yielded_before_a_bad_header() -> None:
    """A reader of a bad file fails before its first entry when the header is bad."""
    with pytest.raises(PolicyFileError):
        next(registry_pol.parse(b"PReg\2\0\0\0" + record("K", "n", 1, b"")))


def test_a_deleted_key_is_written_as_a_deleted_subkey() -> None:
    """The deletion of a key, which a .reg can state, is written as the deletion of its parent's subkey."""
    (entry,) = registry_pol.parse(registry_pol.render([RegistryEntry(r"A\B", "", 0, b"", action=Action.DELETE_KEY)]))

    assert ("A", Action.DELETE_SUBKEYS_NAMED, wide("B\0")) == (entry.key, entry.action, entry.data)


@pytest.mark.parametrize(
    "entry",
    [
        RegistryEntry("K", "**del.x", 1, b""),
        RegistryEntry("K", "a\0b", 1, b""),
        RegistryEntry("K\0", "n", 1, b""),
        RegistryEntry("K" * 32_768, "n", 1, b""),
        RegistryEntry("K", "n" * 16_384, 1, b""),
        RegistryEntry("K", "", 0, b""),
        RegistryEntry("K", "", 1, b"", action=Action.UNKNOWN),
        RegistryEntry("K", "", 1, b"", action=Action.IGNORED, spelling="**delvals."),
        RegistryEntry("K", "n", 1, b"", hive="HKEY_CURRENT_USER"),
    ],
)
def test_what_the_format_cannot_hold_is_not_written(entry: RegistryEntry) -> None:
    """A value that would be read back as something else is refused."""
    with pytest.raises(UsageError):
        registry_pol.render([entry])


def test_many_records_are_a_stream() -> None:
    """A file of five megabytes yields its first entry before its last byte was looked at."""
    one = record(r"Software\K", "n", 4, b"\1\0\0\0")
    data = HEADER + one * (5 * (1 << 20) // len(one)) + b"garbage"

    assert "n" == next(registry_pol.parse(data)).name
