r"""LGPO text: what LGPO.exe writes and reads instead of a Registry.pol. `parse` and `render`.

    ; a comment
    Computer                                          or User
    Software\Policies\Microsoft\Windows NT\Terminal Services
    fAllowUnsolicited                                 the value name; * where a whole key is meant
    DWORD:1                                           what is done

Blocks of four lines, divided by empty lines. What is done is a type with data (`DWORD:`, `QWORD:`, `SZ:`, `EXSZ:`,
`MULTISZ:`, `BINARY:`) or an order (`DELETE`, `DELETEALLVALUES`, `DELETEKEYS`, `CREATEKEY`). Verified on real files:
comments, CR LF, DWORD, SZ with its backslashes doubled (those of names are not), MULTISZ with `\0` for a NUL, DELETE,
DELETEALLVALUES with `*`; EXSZ in tests of others. The others are from LGPO's manual as it is remembered. What has no word
of its own keeps its name with two asterisks (`instructions.py`).

Nothing is guessed: a block that is cut short, a comment inside one, a blank at the end of a name refuse the file (R27).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import decode, text_lines, utf16
from rasim.formats.instructions import entry_of, subkey_of, written_name
from rasim.formats.reader_remarks import Remarks, cannot
from rasim.formats.typed_values import data_of, lone_backslash, value_words
from rasim.policy.registry import DELETION_DATA, MACHINE, Action, RegistryEntry, RegType
from rasim.words import printable

_USER: Final = "HKEY_CURRENT_USER"
SIDES: Final = {"COMPUTER": MACHINE, "USER": _USER}

HEADER: Final = re.compile(
    r"^; *(PARSING (Computer|User) POLICY|Registry policy as LGPO text)", re.MULTILINE | re.IGNORECASE
)
"""The comment by which a text without any block is known: what LGPO.exe writes, and what `render` does."""

_TRAILER: Final = re.compile(r"; *PARSING COMPLETED", re.IGNORECASE)
_KINDS: Final = {
    "DWORD": RegType.DWORD,
    "QWORD": RegType.QWORD,
    "SZ": RegType.SZ,
    "EXSZ": RegType.EXPAND_SZ,
    "MULTISZ": RegType.MULTI_SZ,
    "BINARY": RegType.BINARY,
}
_TEXTS: Final = frozenset({RegType.SZ, RegType.EXPAND_SZ, RegType.MULTI_SZ})
_WORDS: Final = {kind: word for word, kind in _KINDS.items()}
_WHOLE_KEY: Final = "*"
_UNSPEAKABLE: Final = re.compile(r"[\r\n\0]")


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield what each block does, in file order, with the line of its value name.

    Raises:
        PolicyFileError: a block that is not four lines of these forms, or a text of LGPO.exe without its last line; with
            line and column.

    """
    block: list[str] = []
    number, remarks, began = 0, Remarks() if remarks is None else remarks, False
    for number, line in text_lines(decode(data, file, remarks)):
        if not block and (not line.strip() or line.lstrip().startswith(";")):
            began = (began or HEADER.match(line.lstrip()) is not None) and not _TRAILER.match(line.lstrip())
            continue
        _check(line, len(block), Where(file, line=number, column=1))
        block.append(line)
        if len(block) == len(_PARTS):
            yield _entry(block, file, number, remarks)
            block = []
    if block:
        raise PolicyFileError(f"the file ends before {_PARTS[len(block)]} of a block", Where(file, line=number))
    if began:
        why = 'the file begins as LGPO.exe writes it and lacks the last line, "; PARSING COMPLETED.": it was cut short'
        raise PolicyFileError(why, Where(file, line=number))


_PARTS: Final = ("Computer or User", "the key", "the value name", "what is done")


def _check(line: str, part: int, where: Where) -> None:
    """Refuse a line that cannot be this part of a block: what is read for another part is another policy."""
    if "\0" in line:
        raise PolicyFileError("a NUL character", where)
    if part == 0 and line.strip().partition(":")[0].upper() not in SIDES:
        raise PolicyFileError(f'a block begins with Computer or User, not with "{printable(line[:40])}"', where)
    if part in {1, 3} and not line.strip():
        raise PolicyFileError(f"{_PARTS[part]} should stand here, not an empty line", where)
    if part in {1, 2} and line != line.strip():
        raise PolicyFileError(f"{_PARTS[part]} begins or ends with a blank", where)
    if part and line.startswith(";"):
        raise PolicyFileError(f"{_PARTS[part]} should stand here, not a comment", where)


def _entry(block: list[str], file: str, number: int, remarks: Remarks) -> RegistryEntry:
    side, key, name, action = block
    where, said = Where(file, line=number - 1), Where(file, line=number, column=1)
    hive = SIDES[side.strip().partition(":")[0].upper()]
    word, colon, words = action.partition(":")
    word = word.strip().upper()
    order = _order(word, name, words)
    if order is not None:
        named = name if order is Action.DELETE_VALUE else ""
        return RegistryEntry(key, named, *_stored(order, words), where, order, hive)
    if word not in _KINDS or not colon:
        known = ", ".join((*(f"{each}:" for each in _KINDS), *_ORDERS))
        raise PolicyFileError(f'"{printable(action[:40])}" is none of {known}', said)
    stored = data_of(_KINDS[word], words, escaped=True)
    if _KINDS[word] in _TEXTS and lone_backslash(words):
        remarks.add("a backslash in a text is not doubled, as LGPO.exe would write it; read as it stands", said)
    if isinstance(stored, str):
        raise PolicyFileError(stored, said)
    return entry_of(key, name, _KINDS[word], stored, where, hive)


_ORDERS: Final = {
    "DELETE": Action.DELETE_VALUE,
    "DELETEALLVALUES": Action.DELETE_ALL_VALUES,
    "DELETEKEYS": Action.DELETE_SUBKEYS_NAMED,
    "CREATEKEY": Action.CREATE_KEY,
}
_ORDER_WORDS: Final = {action: word for word, action in _ORDERS.items()}


def _order(word: str, name: str, words: str) -> Action | None:
    """Return the order that a line is; an order for a whole key with the name of one value is none."""
    action = _ORDERS.get(word)
    if action is None or (action is not Action.DELETE_VALUE and name not in {_WHOLE_KEY, ""}):
        return None
    return None if words and action is not Action.DELETE_SUBKEYS_NAMED else action


def _stored(order: Action, words: str) -> tuple[int, bytes]:
    """Return type and data that an order has in a Registry.pol."""
    if order is Action.CREATE_KEY:
        return RegType.NONE, b""
    return RegType.SZ, utf16(f"{words}\0") if order is Action.DELETE_SUBKEYS_NAMED else DELETION_DATA


# ---- writing -------------------------------------------------------------------------------------------------


def render(entries: Iterable[RegistryEntry], remarks: Remarks | None = None) -> bytes:
    """Return the LGPO text that says the same as these entries, as UTF-8 with CR LF; data of deletions is not written.

    Raises:
        UsageError: an entry that four lines cannot say; with its place.

    """
    del remarks  # what it cannot say as it is it refuses
    blocks = ("\r\n".join(_lines_of(entry)) + "\r\n\r\n" for entry in entries)
    return "".join(("; Registry policy as LGPO text\r\n\r\n", *blocks, "; PARSING COMPLETED.\r\n")).encode()


def _lines_of(entry: RegistryEntry) -> tuple[str, str, str, str]:
    side = {MACHINE: "Computer", _USER: "User"}.get(entry.hive)
    if side is None:
        cannot(entry, f"LGPO text knows Computer and User, and this is {entry.hive}")
    if entry.action is Action.DELETE_KEY:
        key, subkey = subkey_of(entry)
        name, said = _WHOLE_KEY, f"{_ORDER_WORDS[Action.DELETE_SUBKEYS_NAMED]}:{subkey}"
    else:
        key, name, said = entry.key, *_said(entry)
    for part, line in enumerate((side, key, name, said)):
        try:
            line.encode()
            _check(line, part, Where())
        except (PolicyFileError, UnicodeEncodeError):
            cannot(entry, "it has an empty line, a NUL, half a character, or a blank or semicolon at an edge")
        if _UNSPEAKABLE.search(line):
            cannot(entry, "it does not fit on a line")
    return side, key, name, said


def _said(entry: RegistryEntry) -> tuple[str, str]:
    """Return the value name and what is done."""
    match entry.action:
        case Action.DELETE_VALUE:
            return entry.name, _ORDER_WORDS[entry.action]
        case Action.DELETE_ALL_VALUES | Action.CREATE_KEY:
            return _WHOLE_KEY, _ORDER_WORDS[entry.action]
        case Action.DELETE_SUBKEYS_NAMED:
            return _WHOLE_KEY, f"{_ORDER_WORDS[entry.action]}:{_text(entry)}"
        case _:
            return written_name(entry), _typed(entry)


def _text(entry: RegistryEntry) -> str:
    words = value_words(RegType.SZ, entry.data)
    if words is None:
        cannot(entry, "its list of keys is no text")
    return words


def _typed(entry: RegistryEntry) -> str:
    words = value_words(entry.kind, entry.data, escaped=True) if entry.kind in _WORDS else None
    if words is None:
        cannot(entry, f"LGPO text has no words for its type ({int(entry.kind)}) with this data")
    return f"{_WORDS[RegType(entry.kind)]}:{words}"
