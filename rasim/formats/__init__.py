"""Policy files: bytes in, registry entries out, and back.

One module a format; each `parse` is a stream of `RegistryEntry` (see `remarks` for the shape). `read` is the usual
door: it recognises the format by content and applies the file to a registry, whole or not at all.
Nothing here opens files.
"""

from collections.abc import Iterable

from attrs import frozen

from rasim.formats.recognise import EXCEPTIONS, REG, REGISTRY_POL, Format, recognise
from rasim.formats.remarks import Remark, Remarks
from rasim.policy.offer import Policy, read_policy
from rasim.policy.registry import Registry

__all__ = [
    "EXCEPTIONS",
    "REG",
    "REGISTRY_POL",
    "FileRead",
    "Format",
    "Remark",
    "Remarks",
    "read",
    "read_policy_files",
    "recognise",
]


@frozen
class FileRead:
    """One file that was read to its end: its format, how many entries it holds, the reader's remarks, and the result.

    `registry` is what the file makes of the registry it was applied to.
    """

    file: str
    format: Format
    entries: int
    remarks: tuple[Remark, ...]
    registry: Registry


def read(data: bytes, file: str, onto: Registry | None = None) -> FileRead:
    """Read a file and return it with the registry that results from applying it to `onto` (default: to an empty one).

    `onto` itself stays as it is, also when the file turns out bad at its last byte.

    Raises:
        PolicyFileError: the file cannot be read; there is no partial result (R27).

    """
    known, remarks = recognise(data, file), Remarks()
    before = Registry() if onto is None else onto
    after = before.copy().apply(known.parse(data, file, remarks))
    return FileRead(file, known, after.applied - before.applied, tuple(remarks), after)


def read_policy_files(files: Iterable[tuple[str, bytes]]) -> Policy:
    """Return the policy that results from files given as (name, bytes), lowest precedence first (R29).

    Raises:
        PolicyFileError: one of them cannot be read; the rest alone would be another policy.

    """
    registry = Registry()
    for file, data in files:
        registry = read(data, file, registry).registry
    return read_policy(registry)
