r"""Registry.pol (PReg): the file in which group policy stores registry values. `parse` and `render`.

    bytes 0-3  50 52 65 67   "PReg"
    bytes 4-7  01 00 00 00   version 1
    then records to the end of the file, without count or padding:
      '[' key\0 ';' value\0 ';' type (u32) ';' size (u32) ';' data[size] ']'

Brackets, semicolons and names are UTF-16LE; numbers are little endian. Data may hold any byte, delimiters included, so
a record is measured by its size and never by looking for its end. Sources: MS-GPREG 2.2.1, "Registry Policy File
Format" of the Windows SDK, and real files where those are stricter than reality (type 0, empty value names).

Value names that begin with two asterisks are instructions (`instructions.py`).
Names with half a surrogate pair are kept as they are: they can be written back, and are printed as `<U+D800>`.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Final, Never

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import utf16
from rasim.formats.instructions import DELETE_SUBKEYS, entry_of, subkey_of, written_name
from rasim.formats.reader_remarks import Remarks, cannot
from rasim.policy.registry import MACHINE, Action, RegistryEntry, RegType
from rasim.words import printable

MAGIC: Final = b"PReg"
VERSION: Final = 1
_HEADER: Final = MAGIC + VERSION.to_bytes(4, "little")

_OPEN, _DIVIDE, _CLOSE, _NUL = (mark.encode("utf-16-le") for mark in "[;]\0")
_MIDDLE: Final = struct.Struct("<2sI2sI2s")  # ';' type ';' size ';'
_LONGEST_KEY: Final = 32_767  # characters: the longest string the registry's own interface can carry
_LONGEST_NAME: Final = 16_383  # characters: the registry's limit for value names


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield the records of a Registry.pol in file order, each with the byte offset of its opening bracket.

    `file` is named in messages; `remarks` is there for the common shape of readers: this format leaves nothing to
    remark on. A file that ends after its header is valid and empty. Memory is that of one record.

    Raises:
        PolicyFileError: anything else than a whole file of whole records, with offset and reason (R27, R51).

    """
    del remarks
    _check_header(data, file)
    position, end = len(_HEADER), len(data)
    unpack, middle_size = _MIDDLE.unpack_from, _MIDDLE.size
    key_bytes, key = b"", ""
    while position < end:
        start = position
        if data[position : position + 2] != _OPEN:
            _refuse(data, position, _OPEN, file)
        position += 2
        stop = _find_nul(data, position, _LONGEST_KEY, "key", file)
        # Values of one key stand together: most keys need not be decoded again.
        if data[position:stop] != key_bytes:
            key_bytes = data[position:stop]
            key = _decode(key_bytes)
        position = stop + 2
        if data[position : position + 2] != _DIVIDE:
            _refuse(data, position, _DIVIDE, file)
        position += 2
        stop = _find_nul(data, position, _LONGEST_NAME, "value name", file)
        written = _decode(data[position:stop])
        position = stop + 2
        if end - position < middle_size:
            raise PolicyFileError("the file ends inside a record, before its data", Where(file, end))
        before_kind, kind, before_size, size, before_data = unpack(data, position)
        if not before_kind == before_size == before_data == _DIVIDE:
            missing = 0 if before_kind != _DIVIDE else 6 if before_size != _DIVIDE else 12
            _refuse(data, position + missing, _DIVIDE, file)
        position += middle_size
        if size > end - position:
            raise PolicyFileError(
                f"the record claims {size} bytes of data, but only {end - position} bytes follow",
                Where(file, position - 6),
            )
        content = data[position : position + size]
        position += size
        if data[position : position + 2] != _CLOSE:
            _refuse(data, position, _CLOSE, file)
        position += 2
        yield entry_of(key, written, kind, content, Where(file, start))


def render(entries: Iterable[RegistryEntry]) -> bytes:
    """Return the Registry.pol that holds these entries; `render(parse(data))` is `data`.

    Raises:
        UsageError: an entry that the format cannot hold: another hive, a NUL in a name, a name that is too long, a
            real value that would be read as an instruction, a key to be deleted whose name would be read as several.

    """
    return _HEADER + b"".join(map(_record, entries))


def _check_header(data: bytes, file: str) -> None:
    if not data:
        raise PolicyFileError("the file is empty; even a Registry.pol without entries has a header", Where(file, 0))
    if not data.startswith(MAGIC[: len(data)]):
        begins = printable(data[:4].decode("latin-1"))
        raise PolicyFileError(f'not a Registry.pol: it begins with "{begins}" instead of "PReg"', Where(file, 0))
    if len(data) < len(_HEADER):
        raise PolicyFileError(f"the file ends inside its header of {len(_HEADER)} bytes", Where(file, len(data)))
    version = int.from_bytes(data[4:8], "little")
    if version != VERSION:
        raise PolicyFileError(f"version {version} of Registry.pol is not known; only version 1 is", Where(file, 4))


def _find_nul(data: bytes, start: int, longest: int, what: str, file: str) -> int:
    """Return where the first NUL character at or after `start` stands; characters are pairs of bytes from `start`."""
    limit = start + 2 * longest + 2
    found = data.find(_NUL, start, limit)
    # Two zero bytes may be the halves of two characters; then the next byte decides.
    while found >= 0 and (found - start) % 2:
        found = data.find(_NUL, found + 1, limit)
    if found >= 0:
        return found
    if limit <= len(data):
        raise PolicyFileError(f"a {what} of more than {longest} characters", Where(file, start))
    raise PolicyFileError(f"the file ends inside a {what}", Where(file, len(data)))


def _refuse(data: bytes, offset: int, expected: bytes, file: str) -> Never:
    """Raise the error for a missing mark."""
    found = data[offset : offset + 2]
    mark = expected.decode("utf-16-le")
    if len(found) < len(expected):
        raise PolicyFileError(f"the file ends where '{mark}' of a record should stand", Where(file, len(data)))
    raise PolicyFileError(
        f"'{mark}' of a record should stand here, not the bytes {found.hex(' ')}", Where(file, offset)
    )


def _decode(raw: bytes) -> str:
    return raw.decode("utf-16-le", "surrogatepass")


def _record(entry: RegistryEntry) -> bytes:
    if entry.hive != MACHINE:
        cannot(entry, f"a Registry.pol holds one hive, and this is {entry.hive}")
    key, name, kind, data = entry.key, written_name(entry), int(entry.kind), entry.data
    if entry.action is Action.DELETE_KEY:
        key, subkey = subkey_of(entry)
        name, kind, data = DELETE_SUBKEYS, RegType.SZ, utf16(f"{subkey}\0")
    if "\0" in entry.key or "\0" in name:
        cannot(entry, "a NUL ends a name")
    raw_key, raw_name = utf16(key), utf16(name)
    if len(raw_key) > 2 * _LONGEST_KEY or len(raw_name) > 2 * _LONGEST_NAME:
        cannot(entry, f"a key has at most {_LONGEST_KEY} characters, a value name {_LONGEST_NAME}")
    middle = _MIDDLE.pack(_DIVIDE, kind, _DIVIDE, len(data), _DIVIDE)
    return b"".join((_OPEN, raw_key, _NUL, _DIVIDE, raw_name, _NUL, middle, data, _CLOSE))
