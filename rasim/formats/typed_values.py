r"""Values as LGPO text and PolicyRules write them: a type, and its data in words. `data_of` reads, `value_words` writes.

DWORD, QWORD   decimal, or 0x and hexadecimal digits
SZ, EXPAND_SZ  the text as it is, without its terminator
MULTI_SZ       texts divided by \0, which stands for a NUL; \0 alone is the empty list of one NUL
BINARY, NONE   pairs of hexadecimal digits
"""

import re
from typing import Final

from rasim.formats.decoding import utf16
from rasim.policy.registry import RegType
from rasim.words import printable

_SIZES: Final = {RegType.DWORD: 4, RegType.QWORD: 8}
_TEXTS: Final = frozenset({RegType.SZ, RegType.EXPAND_SZ})
_NUMBER: Final = re.compile(r"\s*(?:(?P<decimal>[0-9]{1,20})|0x(?P<hex>[0-9a-f]{1,16}))\s*", re.IGNORECASE)
_HEX: Final = re.compile(r"\s*(?:[0-9a-f]{2}\s*)*", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\([\\0])")
_PAIRS: Final = re.compile(r"\\[\\0]")


def data_of(kind: int, words: str, *, escaped: bool = False) -> bytes | str:
    """Return the stored bytes that the words stand for, or why they are none of this type."""
    if kind in _SIZES:
        return _number(words, _SIZES[RegType(kind)])
    if kind in _TEXTS:
        return utf16(f"{_unescaped(words) if escaped else words}\0")
    if kind == RegType.MULTI_SZ:
        return _list(_unescaped(words) if escaped else words.replace(r"\0", "\0"))
    if kind in {RegType.BINARY, RegType.NONE}:
        return bytes.fromhex(words) if _HEX.fullmatch(words) else "binary data is pairs of hexadecimal digits"
    return f"values of type {kind} cannot be written in words"


def value_words(kind: int, data: bytes, *, escaped: bool = False) -> str | None:
    """Return the words for stored bytes; None where no words would be read back as the same bytes."""
    words = _plain_words(kind, data, escaped=escaped)
    return words if words is not None and data_of(kind, words, escaped=escaped) == data else None


def lone_backslash(words: str) -> bool:
    """Tell whether escaped words hold a backslash that is neither doubled nor the begin of a NUL."""
    return "\\" in _PAIRS.sub("", words)


def _unescaped(words: str) -> str:
    return _ESCAPE.sub(lambda match: "\0" if match[1] == "0" else "\\", words)


def _plain_words(kind: int, data: bytes, *, escaped: bool) -> str | None:
    if kind in _SIZES:
        return str(int.from_bytes(data, "little"))
    if kind in {RegType.BINARY, RegType.NONE}:
        return data.hex()
    if kind not in {*_TEXTS, RegType.MULTI_SZ} or len(data) % 2:
        return None
    text = data.decode("utf-16-le", "surrogatepass")
    inner = text.rstrip("\0") if kind == RegType.MULTI_SZ else text.removesuffix("\0")
    shown = inner or (text if kind == RegType.MULTI_SZ else "")
    return (shown.replace("\\", "\\\\") if escaped else shown).replace("\0", r"\0")


def _number(words: str, size: int) -> bytes | str:
    match = _NUMBER.fullmatch(words)
    if match is None:
        return f'"{printable(words[:40])}" is no number'
    number = int(match["decimal"]) if match["decimal"] else int(match["hex"], 16)
    if number >> (8 * size):
        return f"{number} does not fit into {size} bytes"
    return number.to_bytes(size, "little")


def _list(text: str) -> bytes:
    """Return a list of texts; the terminators behind the last text are left out in words."""
    inner = text.rstrip("\0")
    return utf16(f"{inner}\0\0" if inner else text)
