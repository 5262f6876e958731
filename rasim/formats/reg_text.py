r"""Registry text (.reg), version 5.00 and REGEDIT4, as regedit exports it and people write it: `parse` and `render`.

    Windows Registry Editor Version 5.00          or   REGEDIT4
    ; a comment
    [HKEY_LOCAL_MACHINE\Software\...]             [-HKEY_...] deletes the key with all below it
    "name"="text"                                 \\ and \" inside, line ends too; @= is the default value
    "name"=dword:0000000a                         1 to 8 hexadecimal digits
    "name"=hex(2):41,00,\                         any type as bytes; goes on over lines, comments and empty lines
      00,00
    "name"=-                                      deletes the value

A .reg is applied line by line, so a repeated section adds to the first. In REGEDIT4 the bytes of text types are ANSI,
in 5.00 they are UTF-16LE. A line that is none of these refuses the whole file: half a file is another policy (R27).
A single backslash inside quotes is refused for the same reason: nobody could say whether it means a name or half of it.
Sources: regedit's own exports, real files that depart from them, and another implementation's tests that run on Windows.

`render` writes version 5.00 as regedit does. A .reg says four things: set a value, delete one, delete a key with all
below it, create a key. `_sayable` says the other instructions in these where that can be done, and refuses where not.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, assert_never

from attrs import define, evolve, field

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import ANSI, decode, text_lines, utf16
from rasim.formats.reader_remarks import Remarks, cannot
from rasim.policy.registry import MACHINE, Action, RegistryEntry, RegType, dword, sz, utf16_text
from rasim.policy.settings import fold_key
from rasim.words import printable

VERSION_5: Final = "Windows Registry Editor Version 5.00"
VERSION_4: Final = "REGEDIT4"

_SHORT_ROOTS: Final = {
    "HKLM": MACHINE,
    "HKCU": "HKEY_CURRENT_USER",
    "HKU": "HKEY_USERS",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_ROOTS: Final = frozenset(_SHORT_ROOTS.values())

_SECTION: Final = re.compile(r"\s*\[(?P<delete>-?)(?P<path>.*?)\]\s*(;.*)?$")
_NAME: Final = re.compile(r'\s*(?:@|"(?P<name>(?:[^"\\]|\\.)*)")\s*=\s*')
_TEXT: Final = re.compile(r'(?P<text>(?:[^"\\\0]|\\.)*)(?P<closed>"|$)')
_DWORD: Final = re.compile(r"dword:\s*(?P<digits>[0-9a-f]{0,8})(?=\s*(;|$))", re.IGNORECASE)
_HEX: Final = re.compile(r"hex(?:\((?P<kind>[0-9a-f]{1,8})\))?:", re.IGNORECASE)
_BYTES: Final = re.compile(r"(?:[0-9a-f]{1,2}(?:,[0-9a-f]{1,2})*)?,?", re.IGNORECASE)
_END: Final = re.compile(r"\s*(;.*)?$")
_ESCAPE: Final = re.compile(r"\\(.)")

_UNSPEAKABLE: Final = re.compile(r"[\r\n\0]")  # what would end the line, or the text
_FULL: Final = 77  # columns: a line of hex is broken at the first byte that reaches this one; seen in regedit's exports
_INDENT: Final = "  "


def parse(
    data: bytes, file: str = "", remarks: Remarks | None = None, *, empty_keys: bool = False
) -> Iterator[RegistryEntry]:
    """Yield what a .reg sets and deletes, in file order, each with its line; keys that hold no value yield nothing.

    With `empty_keys` a key with no value under it is yielded too, as its creation: another format needs a record there.
    Entries of other hives than the machine's are yielded with their hive. `remarks` receives what was accepted
    although regedit would not write it so.

    Raises:
        PolicyFileError: no header, a line that cannot be read, bytes that are no text; with line and column, or with
            the offset where the bytes are at fault (R27, R51).

    """
    remarks = Remarks() if remarks is None else remarks
    return _Reader(file, decode(data, file, remarks), remarks, empty_keys).entries()


def render(entries: Iterable[RegistryEntry], remarks: Remarks | None = None) -> bytes:
    """Return the .reg that says the same as these entries; `remarks` receives what it says otherwise or not at all.

    Data of deletions means nothing and is not written.

    Raises:
        UsageError: an entry that a .reg cannot say: one that depends on what is there, one nobody knows, a key or
            name with a line break in it; with the entry's place.

    """
    said = "".join(_written(_sayable(entries, Remarks() if remarks is None else remarks)))
    return b"\xff\xfe" + utf16(f"{VERSION_5}\r\n{said}\r\n")


@define
class _Reader:
    """One pass over one file. `number` is the line being read; `ansi` is whether text bytes are ANSI (REGEDIT4)."""

    file: str
    text: str
    remarks: Remarks
    empty_keys: bool = False
    number: int = 0
    ansi: bool = False
    end: str = "\n"  # of the line being read
    _source: Iterator[tuple[int, str]] = field(factory=lambda: iter(()))

    def entries(self) -> Iterator[RegistryEntry]:
        self._source = text_lines(self.text, whole=True)
        self._read_header()
        section: RegistryEntry | None = None  # the creation or deletion of the key that stands in brackets
        empty = False  # whether no value stands under it yet
        for line in self._rest():
            stripped = line.strip()
            if not stripped or stripped.startswith(";"):
                continue
            if "\0" in line:
                raise self._error("a NUL character", line.index("\0"))
            if stripped.startswith("["):
                if section is not None and empty and self.empty_keys:
                    yield section
                section = self._section(line)
                empty = section.action is Action.CREATE_KEY
                if not empty:
                    yield section
            elif section is None or section.action is Action.DELETE_KEY:
                raise self._error("a value outside a [key] section, or inside one that is deleted", 0)
            else:
                yield self._value(line, section.hive, section.key)
                empty = False
        if section is not None and empty and self.empty_keys:
            yield section

    def _rest(self) -> Iterator[str]:
        for self.number, line in self._source:  # noqa: B020 - the number of the line being read is the reader's state
            self.end = "\r\n" if line.endswith("\r") else "\n"
            yield line.removesuffix("\r")

    def _here(self) -> Where:
        return Where(self.file, line=self.number)

    def _remark(self, message: str) -> None:
        self.remarks.add(message, self._here())

    def _error(self, message: str, index: int) -> PolicyFileError:
        return PolicyFileError(message, Where(self.file, line=self.number, column=index + 1))

    def _read_header(self) -> None:
        for line in self._rest():
            stripped = line.strip()
            if not stripped or stripped.startswith(";"):
                self._remark("comments or empty lines stand before the header; read as if they did not")
                continue
            if stripped not in {VERSION_5, VERSION_4}:
                message = f'"{VERSION_5}" or "{VERSION_4}" should stand here, not "{printable(stripped[:60])}"'
                raise self._error(message, 0)
            self.ansi = stripped == VERSION_4
            return
        raise PolicyFileError("no header and no entries: this is not a .reg file", Where(self.file, line=1, column=1))

    def _section(self, line: str) -> RegistryEntry:
        """Return the creation or deletion of the key that a section names."""
        match = _SECTION.match(line)
        if match is None:
            raise self._error("a key is not closed by ]", line.index("["))
        path, column = match["path"], match.start("path")
        if path[:1].isspace():
            raise self._error("a key does not begin with a blank: regedit leaves out what stands here", column)
        computer, _, below = path.partition("\\")
        if computer.upper() == "COMPUTER":
            self._remark("a key begins with Computer\\, as regedit's address bar shows it; read without")
            path = below
        root, _, key = path.partition("\\")
        hive = _SHORT_ROOTS.get(root.upper(), root.upper())
        if hive != root.upper():
            self._remark(f"a key begins with the short form {root.upper()}; read as {hive}")
        if hive not in _ROOTS:
            raise self._error(f'no registry hive has the name "{printable(root[:60])}"', column)
        if match["delete"] and not key.strip("\\"):
            raise self._error(f"{hive} as a whole cannot be deleted", column)
        action = Action.DELETE_KEY if match["delete"] else Action.CREATE_KEY
        return RegistryEntry(key, "", RegType.NONE, b"", self._here(), action, hive)

    def _value(self, line: str, hive: str, key: str) -> RegistryEntry:
        match = _NAME.match(line)
        if match is None:
            indent = len(line) - len(line.lstrip())
            raise self._error('not a value: "name"=..., @=... or a [key] should stand here', indent)
        where, name = self._here(), self._unescape(match, "name")
        start = match.end()
        if line.startswith("-", start):
            self._expect_end(line, start + 1)
            return RegistryEntry(key, name, RegType.NONE, b"", where, Action.DELETE_VALUE, hive)
        kind, data, action = self._stored(line, start)
        return RegistryEntry(key, name, kind, data, where, action, hive)

    def _stored(self, line: str, start: int) -> tuple[int, bytes, Action]:
        if line.startswith('"', start):
            return RegType.SZ, utf16(f"{self._text(line, start)}\0"), Action.SET
        if match := _DWORD.match(line, start):
            if not match["digits"]:
                self._remark("dword: without digits, which regedit leaves out")
                return (
                    RegType.SZ,
                    utf16("dword: without digits stands there, which regedit leaves out\0"),
                    Action.UNTOLD,
                )
            return RegType.DWORD, int(match["digits"], 16).to_bytes(4, "little"), Action.SET
        if match := _HEX.match(line, start):
            kind = RegType.BINARY if match["kind"] is None else int(match["kind"], 16)
            return kind, self._as_stored(kind, self._bytes(line, match.end()), match.end()), Action.SET
        if line[start : start + 6].lower() == "dword:":
            raise self._error("dword: is followed by 1 to 8 hexadecimal digits and nothing else", start)
        raise self._error('not data: "text", dword:, hex: or - should stand here', start)

    def _text(self, line: str, start: int) -> str:
        """Return a text in quotes, which goes on over line ends: so regedit exports one that has line ends in it."""
        parts: list[str] = []
        first, at = Where(self.file, line=self.number, column=start + 1), start + 1
        for rest in chain((line,), self._rest()):
            if (match := _TEXT.match(rest, at)) is None:
                raise self._error("a backslash inside quotes must be doubled, and no NUL stands there", at)
            parts.append(self._unescape(match, "text"))
            if match["closed"]:
                self._expect_end(rest, match.end())
                return "".join(parts)
            parts.append(self.end)
            at = 0
        raise PolicyFileError("the text is not closed by a quotation mark", first)

    def _bytes(self, line: str, start: int) -> bytes:
        """Return the bytes of a hex value, which goes on where a line ends with a comma and a backslash.

        It goes on over comments and empty lines, as in regedit, and nothing of it may stand in two lines.
        """
        parts: list[str] = []
        first, part = self.number, line[start:].partition(";")[0].strip()
        while part.endswith("\\"):
            parts.append(part[:-1].rstrip())
            part = next((each for line in self._rest() if (each := line.partition(";")[0].strip())), "")
        digits = re.sub(r"\s*,\s*", ",", "".join((*parts, part)))
        whole = (part or not parts) and all(each.endswith(",") or not (at or each) for at, each in enumerate(parts))
        if not whole or _BYTES.fullmatch(digits) is None:
            upto = "" if self.number == first else f"; this goes on to line {self.number}"
            message = f"hex data is pairs of hexadecimal digits, divided by commas{upto}"
            raise PolicyFileError(message, Where(self.file, line=first, column=start + 1))
        return bytes(int(pair, 16) for pair in digits.split(",") if pair)

    def _as_stored(self, kind: int, data: bytes, index: int) -> bytes:
        if not self.ansi or kind not in {RegType.SZ, RegType.EXPAND_SZ, RegType.MULTI_SZ}:
            return data
        try:
            return utf16(data.decode(ANSI))
        except UnicodeDecodeError:
            raise self._error("the bytes of a text in REGEDIT4 are not ANSI text", index) from None

    def _unescape(self, match: re.Match[str], group: str) -> str:
        written = match[group]
        if written is None or "\\" not in written:
            return written or ""
        for escape in _ESCAPE.finditer(written):
            if escape[1] not in '\\"':
                raise self._error("a backslash inside quotes must be doubled", match.start(group) + escape.start())
        return _ESCAPE.sub(r"\1", written)

    def _expect_end(self, line: str, index: int) -> None:
        if _END.match(line, index) is None:
            raise self._error("nothing but a comment may follow the data", index)


# ---- writing -----------------------------------------------------------------


def _sayable(entries: Iterable[RegistryEntry], remarks: Remarks) -> Iterator[RegistryEntry]:
    """Yield the entries in the four actions a .reg knows; refuse what cannot be said so, remark on what differs."""
    parents: set[tuple[str, str]] = set()  # the keys that have a subkey which was written before
    for entry in entries:
        if entry.action in {Action.SET, Action.CREATE_KEY}:
            _add_parents(entry, parents)
        yield from _in_other_words(entry, parents, remarks)


def _in_other_words(entry: RegistryEntry, parents: set[tuple[str, str]], remarks: Remarks) -> Iterator[RegistryEntry]:
    match entry.action:
        case Action.SET | Action.CREATE_KEY | Action.DELETE_VALUE | Action.DELETE_KEY:
            yield entry
        case Action.DELETE_VALUES_NAMED:
            yield from (evolve(entry, name=name, action=Action.DELETE_VALUE) for name in _listed(entry, remarks))
        case Action.DELETE_SUBKEYS_NAMED:
            subkeys = (f"{entry.key}\\{name}".strip("\\") for name in _listed(entry, remarks))
            yield from (evolve(entry, key=subkey, action=Action.DELETE_KEY) for subkey in subkeys)
        case Action.DELETE_ALL_VALUES:
            if (entry.hive, fold_key(entry.key)) in parents:
                cannot(entry, "a .reg can only delete the key with its subkeys, and the file sets some of them before")
            remarks.add(
                f"all values of {printable(entry.key)} are deleted; a .reg can only delete the key and create it anew, "
                "so subkeys that stand there go too",
                entry.where,
            )
            yield evolve(entry, action=Action.DELETE_KEY)
            yield evolve(entry, action=Action.CREATE_KEY)
        case Action.IGNORED:
            what = printable(entry.spelling or entry.name)
            remarks.add(f"{what} of {printable(entry.key)} is left out; it changes no value", entry.where)
        case Action.SET_IF_ABSENT:
            cannot(entry, "a .reg cannot ask whether a value is there")
        case Action.UNKNOWN:
            cannot(entry, "nobody knows what this instruction does")
        case Action.UNTOLD:
            cannot(entry, sz(entry) or "")
        case _:
            assert_never(entry.action)


def _add_parents(entry: RegistryEntry, parents: set[tuple[str, str]]) -> None:
    key = fold_key(entry.key)
    while (parent := (entry.hive, (key := key.rpartition("\\")[0]))) not in parents:
        parents.add(parent)


def _listed(entry: RegistryEntry, remarks: Remarks) -> list[str]:
    """Return the names that an instruction's data lists, as `Registry` reads them."""
    listed = utf16_text(entry.data)
    if listed is None:
        cannot(entry, "its data is not a list of names")
    names = [name.strip().strip("\\") for name in listed.split(";") if name.strip()]
    if not names:
        remarks.add(f"an instruction of {printable(entry.key)} is left out: it lists no names", entry.where)
    return names


def _written(entries: Iterable[RegistryEntry]) -> Iterator[str]:
    """Yield the text of each entry, with the section it stands in where that is another than before."""
    section: tuple[str, str] | None = None
    for entry in entries:
        here = entry.hive, entry.key
        if entry.action in {Action.DELETE_KEY, Action.CREATE_KEY}:
            yield f"\r\n{_section_line(entry)}\r\n"
            section = None if entry.action is Action.DELETE_KEY else here
            continue
        if here != section:
            yield f"\r\n{_section_line(entry)}\r\n"
            section = here
        yield f"{_value_line(entry)}\r\n"


def _section_line(entry: RegistryEntry) -> str:
    deleted = entry.action is Action.DELETE_KEY
    path = f"{entry.hive}\\{entry.key}" if entry.key else entry.hive
    line = f"[{'-' if deleted else ''}{path}]"
    if entry.hive not in _ROOTS:
        cannot(entry, f'no registry hive has the name "{printable(entry.hive)}"')
    if deleted and not entry.key.strip("\\"):
        cannot(entry, "a hive as a whole cannot be deleted")
    # A key can hold what ends it: "]" and a semicolon.
    match = _SECTION.fullmatch(line)
    if match is None or match["path"] != path or _UNSPEAKABLE.search(path):
        cannot(entry, "its key cannot stand between brackets")
    return line


def _value_line(entry: RegistryEntry) -> str:
    if _UNSPEAKABLE.search(entry.name):
        cannot(entry, "its name cannot stand on one line")
    name = _quoted(entry.name) if entry.name else "@"
    if entry.action is Action.DELETE_VALUE:
        return f"{name}=-"
    if (number := dword(entry)) is not None:
        return f"{name}=dword:{number:08x}"
    if (words := _words(entry)) is not None:
        return f"{name}={_quoted(words)}"
    return _folded(f"{name}=hex:" if entry.kind == RegType.BINARY else f"{name}=hex({entry.kind:x}):", entry.data)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', r"\"")
    return f'"{escaped}"'


def _words(entry: RegistryEntry) -> str | None:
    """Return the text that a quoted string can carry: with its terminator, and nothing that ends a line."""
    if entry.kind != RegType.SZ or not entry.data.endswith(b"\0\0"):
        return None
    words = utf16_text(entry.data)
    return None if words is None or _UNSPEAKABLE.search(words) else words


def _folded(begin: str, data: bytes) -> str:
    """Return a value as hex over as many lines as regedit takes; a byte and its comma are three columns."""
    digits = data.hex(",")
    first, other = (3 * max(1, -((width - _FULL) // 3)) for width in (len(begin), len(_INDENT)))
    parts = [digits[:first], *(digits[at : at + other] for at in range(first, len(digits), other))]
    return begin + f"\\\r\n{_INDENT}".join(parts)
