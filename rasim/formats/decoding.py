"""Bytes to text for the text formats: the byte-order mark decides, then UTF-8 if the bytes are that, else ANSI.

PowerShell's `>` writes UTF-16 with a mark, regedit too, editors UTF-8 with or without, old tools ANSI.
"""

from collections.abc import Iterator
from typing import Final

from rasim.errors import PolicyFileError, Where
from rasim.formats.reader_remarks import Remarks

ANSI: Final = "cp1252"
"""Which code page an ANSI file has is written nowhere; this is the most usual one."""

MARKS: Final = ((b"\xef\xbb\xbf", "utf-8", 1), (b"\xff\xfe", "utf-16-le", 2), (b"\xfe\xff", "utf-16-be", 2))
"""Byte-order mark, encoding, size of a unit in bytes."""


def decode(data: bytes, file: str, remarks: Remarks) -> str:
    """Return the text by its byte-order mark; without one UTF-8 if the bytes are valid UTF-8, else ANSI.

    Raises:
        PolicyFileError: the bytes are not what the mark promises, or no text at all; with the offset.

    """
    for mark, encoding, unit in MARKS:
        if data.startswith(mark):
            body = memoryview(data)[len(mark) :]
            if len(body) % unit:
                raise PolicyFileError("the file ends inside a UTF-16 character", Where(file, len(data)))
            try:
                return str(body, encoding, "surrogatepass" if unit == 2 else "strict")
            except UnicodeDecodeError as error:
                message = f"these bytes are not {encoding.upper()}, which the byte-order mark promises"
                raise PolicyFileError(message, Where(file, len(mark) + error.start)) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as not_utf8:
        try:
            text = data.decode(ANSI)
        except UnicodeDecodeError as error:
            raise PolicyFileError("these bytes are neither UTF-8 nor ANSI text", Where(file, error.start)) from None
        remarks.add(
            f"the file has no byte-order mark and is not UTF-8; read as ANSI ({ANSI}); other letters may be meant",
            Where(file, not_utf8.start),
        )
        return text


def told_encoding(data: bytes) -> tuple[str, int]:
    """Return the encoding that a mark or the first letter of XML tells, else UTF-8, and how long the mark is."""
    for mark, encoding, _ in MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(data[:2], "utf-8"), 0


def text_lines(text: str, *, whole: bool = False) -> Iterator[tuple[int, str]]:
    """Yield (number, line) without line ends (`whole`: with the CR), one at a time; CR LF and LF end a line, nothing else."""
    start, number = 0, 0
    while start < len(text):
        number += 1
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        yield number, text[start:stop] if whole else text[start:stop].removesuffix("\r")
        start = stop + 1


def utf16(text: str) -> bytes:
    """Return text as the registry stores it, without a terminator; half a surrogate pair stays what it is."""
    return text.encode("utf-16-le", "surrogatepass")
