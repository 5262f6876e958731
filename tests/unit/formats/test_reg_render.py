from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from rasim.errors import PolicyFileError, UsageError, Where
from rasim.formats import REG, Remarks, recognise, reg_text
from rasim.policy import MACHINE, Action, Kind, Policy, RegistryEntry, policy_to_entries

DELETION = " \0".encode("utf-16-le")
HEAD = "Windows Registry Editor Version 5.00\r\n"


def wide(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def value(name: str = "n", kind: int = Kind.SZ, data: bytes = b"") -> RegistryEntry:
    return RegistryEntry("K", name, kind, data)


def order(action: Action, data: bytes = DELETION, name: str = "", key: str = "K") -> RegistryEntry:
    return RegistryEntry(key, name, Kind.SZ, data, Where("IN", 8), action)


def written(*entries: RegistryEntry, remarks: Remarks | None = None) -> str:
    """Return the text behind the header, which begins with an empty line."""
    data = reg_text.render(entries, remarks)
    assert data.startswith(b"\xff\xfe" + wide(HEAD + "\r\n"))
    return data.decode("utf-16").removeprefix(HEAD)


def line(entry: RegistryEntry) -> str:
    return written(entry).removeprefix("\r\n[HKEY_LOCAL_MACHINE\\K]\r\n").removesuffix("\r\n\r\n")


def read(data: bytes, *, empty_keys: bool = False) -> list[RegistryEntry]:
    return list(reg_text.parse(data, empty_keys=empty_keys))


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (value(data=wide("text\0")), '"n"="text"'),
        (value(data=wide("\0")), '"n"=""'),
        (value("CORP\\a", data=wide('say "a\\b"\0')), r'"CORP\\a"="say \"a\\b\""'),
        (value("", data=wide("x\0")), '@="x"'),
        (value("@", data=wide("x\0")), '"@"="x"'),
        (value(data=wide("жé人\ud800\0")), '"n"="жé人\ud800"'),
        (value(kind=Kind.DWORD, data=b"\n\0\0\xab"), '"n"=dword:ab00000a'),
        (value(kind=Kind.DWORD, data=b"\1\0"), '"n"=hex(4):01,00'),
        (value(kind=Kind.BINARY, data=b"\1\xab"), '"n"=hex:01,ab'),
        (value(kind=Kind.BINARY), '"n"=hex:'),
        (value(kind=Kind.NONE), '"n"=hex(0):'),
        (value(kind=Kind.EXPAND_SZ, data=wide("a\0")), '"n"=hex(2):61,00,00,00'),
        (value(kind=Kind.MULTI_SZ, data=wide("a\0\0")), '"n"=hex(7):61,00,00,00,00,00'),
        (value(kind=Kind.QWORD, data=b"\1" + bytes(7)), '"n"=hex(b):01,00,00,00,00,00,00,00'),
        (value(kind=0xFFFFFFFF, data=b"\1"), '"n"=hex(ffffffff):01'),
        (evolve(value(data=DELETION), action=Action.DELETE_VALUE), '"n"=-'),
        (evolve(value(""), action=Action.DELETE_VALUE), "@=-"),
    ],
)
def test_a_value_is_written_as_regedit_writes_it(entry: RegistryEntry, text: str) -> None:
    """Each type has its own way of being written, and a deletion is a hyphen."""
    try:
        assert text == line(entry)
    except UnicodeDecodeError:  # half a surrogate pair, which a strict decoder refuses
        assert wide(text) in reg_text.render([entry])


@pytest.mark.parametrize(
    "data", [b"", b"a", b"a\0", wide("a"), wide("a\0b\0"), wide("a\0\0"), wide("a\r\n\0"), wide("a\nb\0"), b"a\0\0"]
)
def test_text_that_quotes_cannot_carry_is_hex(data: bytes) -> None:
    """Text with a line break, a NUL, half a character or no terminator is written as bytes and read back as it is."""
    entry = value(data=data)

    assert f'"n"=hex(1):{data.hex(",")}' == line(entry)
    assert [entry] == read(reg_text.render([entry]))


def test_hex_is_folded_like_an_export() -> None:
    """Hex is broken where regedit breaks it: 21 bytes behind a start of 15 columns, then 25 on each line."""
    lines = line(value("Settings", Kind.BINARY, bytes(range(48)))).split("\r\n")

    assert [
        '"Settings"=hex:' + bytes(range(21)).hex(",") + ",\\",
        "  " + bytes(range(21, 46)).hex(",") + ",\\",
    ] == lines[:2]
    assert ["  2e,2f"] == lines[2:]


@pytest.mark.parametrize("size", range(20, 50))
@pytest.mark.parametrize("name", ["n", "nn", "nnn", "n" * 100])
def test_no_line_of_hex_is_too_long(name: str, size: int) -> None:
    """A line of hex has at most 80 columns, unless its name alone has more, and never ends in a comma."""
    lines = line(value(name, Kind.BINARY, bytes(size))).split("\r\n")

    assert all(len(each) <= max(80, len(name) + 11) for each in lines)
    assert lines[-1].endswith("00")


def test_a_section_holds_what_stands_together() -> None:
    """Values of one key stand under one section, and another key or hive begins a new one behind an empty line."""
    a, user = value("a", data=wide("\0")), evolve(value("b", data=wide("\0")), hive="HKEY_CURRENT_USER")

    assert (
        '\r\n[HKEY_LOCAL_MACHINE\\K]\r\n"a"=""\r\n"a"=""\r\n'
        '\r\n[HKEY_CURRENT_USER\\K]\r\n"b"=""\r\n'
        '\r\n[HKEY_LOCAL_MACHINE]\r\n"a"=""\r\n\r\n'
    ) == written(a, a, user, evolve(a, key=""))


def test_no_entries_are_a_header() -> None:
    """No entries are a file that is recognised as a .reg and holds nothing."""
    data = reg_text.render([])

    assert (REG, []) == (recognise(data), read(data))


def test_keys_are_created_and_deleted() -> None:
    """The deletion of a key stands in a section of its own, and so does the creation of a key."""
    entries = [order(Action.DELETE_KEY, b""), order(Action.CREATE_KEY, b"", key="L"), value("n", data=wide("\0"))]

    assert (
        '\r\n[-HKEY_LOCAL_MACHINE\\K]\r\n\r\n[HKEY_LOCAL_MACHINE\\L]\r\n\r\n[HKEY_LOCAL_MACHINE\\K]\r\n"n"=""\r\n\r\n'
    ) == written(*entries)


def test_empty_keys_are_read_if_asked_for() -> None:
    """A key without values is read as its creation where that is asked for, and a key with values is not."""
    text = (
        '[HKEY_LOCAL_MACHINE\\A]\n\n[HKEY_LOCAL_MACHINE\\B]\n"n"=-\n[-HKEY_LOCAL_MACHINE\\C]\n[HKEY_LOCAL_MACHINE\\D]\n'
    )
    entries = read((HEAD + text).encode(), empty_keys=True)

    assert [
        ("A", Action.CREATE_KEY, 2),
        ("B", Action.DELETE_VALUE, 5),
        ("C", Action.DELETE_KEY, 6),
        ("D", Action.CREATE_KEY, 7),
    ] == [(entry.key, entry.action, entry.where.line) for entry in entries]


def test_all_values_deleted() -> None:
    """The deletion of all values deletes the key and creates it anew, with a remark because subkeys go too."""
    remarks = Remarks()
    text = written(order(Action.DELETE_ALL_VALUES), value("n", data=wide("\0")), remarks=remarks)
    (remark,) = remarks

    assert '\r\n[-HKEY_LOCAL_MACHINE\\K]\r\n\r\n[HKEY_LOCAL_MACHINE\\K]\r\n"n"=""\r\n\r\n' == text
    assert ("all values of K are deleted", True, Where("IN", 8)) == (
        remark.message.partition(";")[0],
        "subkeys" in remark.message,
        remark.where,
    )


def test_a_subkey_set_before_would_be_lost() -> None:
    """The deletion of all values of a key is refused when the file sets a value of a subkey before."""
    below = RegistryEntry("k\\a\\b", "n", Kind.SZ, b"")

    with pytest.raises(UsageError, match="subkeys, and the file sets some of them before"):
        reg_text.render([below, order(Action.DELETE_ALL_VALUES)])
    assert reg_text.render([order(Action.DELETE_ALL_VALUES), below])


@pytest.mark.parametrize(
    ("action", "lines"),
    [
        (Action.DELETE_VALUES_NAMED, '[HKEY_LOCAL_MACHINE\\K]\r\n"a"=-\r\n"B c"=-\r\n'),
        (Action.DELETE_SUBKEYS_NAMED, "[-HKEY_LOCAL_MACHINE\\K\\a]\r\n\r\n[-HKEY_LOCAL_MACHINE\\K\\B c]\r\n"),
    ],
)
def test_lists_of_names_are_single_deletions(action: Action, lines: str) -> None:
    """A list of values or subkeys to be deleted is one deletion each, of the names as a registry reads them."""
    assert f"\r\n{lines}\r\n" == written(order(action, wide("a; B c\\ ;;\0")))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (evolve(order(Action.IGNORED), spelling="**SecureKey"), "**SecureKey of K is left out"),
        (order(Action.DELETE_VALUES_NAMED, wide(" ; \0")), "left out: it lists no names"),
    ],
)
def test_what_changes_nothing_is_left_out_with_a_remark(entry: RegistryEntry, words: str) -> None:
    """An instruction that changes no value is left out, and a remark says so with its place."""
    remarks = Remarks()

    assert "\r\n" == written(entry, remarks=remarks)
    assert [(True, Where("IN", 8))] == [(words in remark.message, remark.where) for remark in remarks]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (order(Action.SET_IF_ABSENT, name="soft"), 'set if absent "soft" at K cannot be written'),
        (evolve(order(Action.UNKNOWN), spelling="**odd"), 'unknown "**odd" at K cannot be written'),
        (order(Action.UNTOLD, wide("in unknown words\0")), "cannot be told at K cannot be written: in unknown words"),
        (order(Action.DELETE_VALUES_NAMED, b"odd"), "not a list of names"),
        (order(Action.DELETE_SUBKEYS_NAMED, wide("a\0b")), "not a list of names"),
        (order(Action.SET, name="a\nb"), "its name cannot stand on one line"),
        (order(Action.DELETE_VALUE, name="a\rb"), "its name cannot stand on one line"),
        (order(Action.SET, name="a\0b"), "its name cannot stand on one line"),
        (order(Action.SET, key="a\nb"), "between brackets"),
        (order(Action.SET, key="a\rb"), "between brackets"),
        (order(Action.SET, key="a] ; b"), "between brackets"),
        (order(Action.DELETE_KEY, key=""), "as a whole"),
        (order(Action.DELETE_KEY, key="\\"), "as a whole"),
        (order(Action.DELETE_ALL_VALUES, key=""), "as a whole"),
        (evolve(order(Action.SET), hive="HKEY_X"), 'no registry hive has the name "HKEY_X"'),
    ],
)
def test_what_a_reg_cannot_say_is_refused(entry: RegistryEntry, words: str) -> None:
    """What a .reg cannot say, or would say as something else, is refused with the entry and its place."""
    with pytest.raises(UsageError) as caught:
        reg_text.render([entry])

    assert str(caught.value).startswith("IN: offset 8: ")
    assert words in str(caught.value)


@pytest.mark.parametrize("key", ["a]b", "[a]", "a;b", "a]", "\\a", "a\\", "-a", "Computer\\a", "a\u2028\x0bb"])
def test_keys_that_look_like_something_else(key: str) -> None:
    """A key with brackets, semicolons, hyphens or other line ends in it is read back as it is."""
    entry = evolve(value(data=wide("\0")), key=key)

    assert [entry] == read(reg_text.render([entry]))


def test_a_policy_is_readable_text() -> None:
    """A policy with a helper is written as people know it from the registry editor."""
    policy = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\Helpdesk"])
    key = r"[HKEY_LOCAL_MACHINE\Software\policies\Microsoft\Windows NT\Terminal Services"

    assert written(*policy_to_entries(policy)).split("\r\n") == [
        "",
        f"{key}]",
        '"fAllowUnsolicited"=dword:00000001',
        '"fAllowUnsolicitedFullControl"=dword:00000000',
        "",
        f"[-{key[1:]}\\RAUnsolicit]",
        "",
        f"{key}\\RAUnsolicit]",
        r'"CORP\\Helpdesk"="CORP\\Helpdesk"',
        "",
        "",
    ]


def real(corpus: Path) -> Iterator[tuple[str, list[RegistryEntry]]]:
    """Yield the name of each real file that can be read, with its entries."""
    for path in sorted(corpus.iterdir()):
        if path.suffix in {".pol", ".reg"}:
            data = path.read_bytes()
            try:
                yield path.name, list(recognise(data).parse(data, path.name, Remarks()))
            except PolicyFileError:
                continue


def bare(entry: RegistryEntry) -> RegistryEntry:
    """Return a deletion without the data that means nothing."""
    return entry if entry.action is Action.SET else evolve(entry, kind=Kind.NONE, data=b"", spelling="")


def test_every_real_file_is_written_and_read_back(corpus: Path) -> None:
    """Every real file written as a .reg reads back as the same entries in the same order."""
    names = []
    for name, entries in real(corpus):
        names.append(name)
        expected = [
            evolve(bare(entry), action=Action.DELETE_KEY) if entry.action is Action.DELETE_ALL_VALUES else bare(entry)
            for entry in entries
            if entry.action is not Action.CREATE_KEY
        ]
        assert expected == read(reg_text.render(entries)), name

    assert len(names) > 20


def test_every_real_file_is_written_the_same_twice(corpus: Path) -> None:
    """What was written from a real file is written again byte for byte, its empty keys included."""
    for name, entries in real(corpus):
        data = reg_text.render(entries)
        assert data == reg_text.render(read(data, empty_keys=True)), name


def test_empty_keys_of_a_real_file_stay(corpus: Path) -> None:
    """The keys that a real Registry.pol creates without values are read back from its .reg."""
    entries = dict(real(corpus))["fdcc-xp-firewall-machine.pol"]
    back = read(reg_text.render(entries), empty_keys=True)

    assert [(MACHINE, entry.key) for entry in entries if entry.action is Action.CREATE_KEY] == [
        (entry.hive, entry.key) for entry in back if entry.action is Action.CREATE_KEY
    ]
