"""Policy files: bytes in, registry entries out, and back.

One module a format; each `parse` is a stream of `RegistryEntry` (see `remarks` for the shape). `read` is the usual
door: it recognises the format by content and applies the file to a registry, whole or not at all.
Nothing here opens files.
"""

from collections.abc import Iterable, Iterator

from attrs import frozen

from rasim.doors import doors
from rasim.formats import gpo_report
from rasim.formats.adml import Adml, read_adml
from rasim.formats.doubtful_keys import doubted
from rasim.formats.policy_manager import managed
from rasim.formats.reader_remarks import Remark, Remarks
from rasim.formats.recognise import (
    BATCH,
    EXCEPTION_LIST,
    GPO_REPORT,
    LGPO,
    POLICY_RULES,
    REG,
    REGISTRY_POL,
    RESULTS,
    Format,
    recognise,
)
from rasim.formats.report_words import IN_ENGLISH, Words, words_in
from rasim.policy.offer import Policy, read_policy
from rasim.policy.precedence import Gpo
from rasim.policy.registry import Registry, RegistryEntry

__all__ = [
    "BATCH",
    "EXCEPTION_LIST",
    "GPO_REPORT",
    "IN_ENGLISH",
    "LGPO",
    "POLICY_RULES",
    "REG",
    "REGISTRY_POL",
    "RESULTS",
    "Adml",
    "FileRead",
    "Format",
    "Remark",
    "Remarks",
    "Words",
    "parse",
    "read",
    "read_adml",
    "read_policy_files",
    "recognise",
    "words_in",
]


@frozen
class FileRead:
    """One file that was read to its end: its format, how many entries it holds, the reader's remarks, and the result.

    `registry` is what the file makes of the registry it was applied to, `gpo` the group policy that it says it is of.
    Entries are the records of a Registry.pol, values and deletions of texts, and of a report the policies it tells.
    """

    file: str
    format: Format
    entries: int
    remarks: tuple[Remark, ...]
    registry: Registry
    gpo: Gpo | None = None


def parse(
    data: bytes, file: str, remarks: Remarks, words: Words = IN_ENGLISH
) -> tuple[Format, Iterator[RegistryEntry]]:
    """Return the format of a file and its entries as a stream; `words` are those in which a report may be written.

    Raises:
        PolicyFileError: an unknown format; later, from the stream, a file that cannot be read.

    """
    known = recognise(data, file)
    return known, gpo_report.parse(data, file, remarks, words) if known.worded else known.parse(data, file, remarks)


def read(data: bytes, file: str, onto: Registry | None = None, *, words: Words = IN_ENGLISH, gpo: str = "") -> FileRead:
    """Read a file and return it with the registry that results from applying it to `onto` (default: to an empty one).

    `onto` itself stays as it is, also when the file turns out bad at its last byte. `words` are those in which a report
    may be written, `gpo` the name of the group policy that the file belongs to.

    Raises:
        PolicyFileError: the file cannot be read; there is no partial result (R27).

    """
    remarks = Remarks()
    known, entries = parse(data, file, remarks, words)
    before = Registry() if onto is None else onto
    after = before.copy().apply(doubted(managed(entries), remarks), gpo)
    counted = after.applied - before.applied if remarks.records is None else remarks.records
    return FileRead(file, known, counted, tuple(remarks), after, remarks.gpo)


def read_policy_files(files: Iterable[tuple[str, bytes]], *, words: Words = IN_ENGLISH) -> Policy:
    """Return the policy that results from files given as (name, bytes), lowest precedence first (R29).

    Raises:
        PolicyFileError: one of them cannot be read; the rest alone would be another policy.

    """
    registry = Registry()
    for file, data in files:
        registry = read(data, file, registry, words=words).registry
    return read_policy(registry)


EXCEPTIONS = EXCEPTION_LIST  # as it was called up to 0.2; who imports it by this name still can

doors(globals())
