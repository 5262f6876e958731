"""Which format a file has: told by its content, because names lie (`Registry.pol` can be a Git LFS pointer).

What is not a policy file is refused by the name of what it is, where that can be told (R51).
"""

import re
from typing import Final

from attrs import frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats import exception_list, reg_text, registry_pol
from rasim.formats.remarks import Parse
from rasim.policy.exceptions import Unreadable
from rasim.policy.names import printable


@frozen
class Format:
    """A format rasim reads: its name in reports, and its reader."""

    name: str
    parse: Parse


REGISTRY_POL: Final = Format("Registry.pol", registry_pol.parse)
REG: Final = Format(".reg", reg_text.parse)
EXCEPTIONS: Final = Format("firewall exceptions", exception_list.parse)

_HEAD: Final = 1 << 16  # bytes that are looked at; a header that stands behind 64 KiB of comments is not found
_REG_LINE: Final = re.compile(r'(Windows Registry Editor|REGEDIT\d*$|\[|@\s*=|"[^"]*"\s*=)', re.IGNORECASE)

# The first bytes of things that lie about in backups of policies, or are mistaken for one.
_STRANGERS: Final = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer"),
    (b"regf", "a registry hive"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"MZ", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"ElfFile\0", "an event log"),
)
_XML: Final = (
    ("policyDefinitionResources", "the texts of policy templates (ADML), not a policy file"),
    ("policyDefinitions", "policy templates (ADMX), not a policy file"),
    ("PolicyRules", "a PolicyRules file, which this version does not read"),
    ("http://www.microsoft.com/GroupPolicy/Settings", "a group policy report (XML), which this version does not read"),
    ("http://www.microsoft.com/GroupPolicy/Rsop", "a resulting-set report (XML), which this version does not read"),
)


def recognise(data: bytes, file: str = "") -> Format:
    """Return the format of a file.

    Raises:
        PolicyFileError: an empty file, or one that is no policy file; the message names what it is if that is known.

    """
    if not data:
        raise PolicyFileError("the file is empty, which is not an empty policy", Where(file, 0))
    if registry_pol.MAGIC.startswith(data[:4]) and data[:4]:
        return REGISTRY_POL
    for begins, what in _STRANGERS:
        if data.startswith(begins):
            raise PolicyFileError(f"{what}, not a policy file", Where(file, 0))
    text = _head(data)
    if text.lstrip().startswith("<"):
        what = next((what for mark, what in _XML if mark in text), "an XML file, not a policy file")
        raise PolicyFileError(what, Where(file, 0))
    lines = [line.strip() for line in text.split("\n")]
    first = next((line for line in lines if line and not line.startswith(";")), "")
    if _REG_LINE.match(first):
        return REG
    listed = next((line for line in lines if line and not line.startswith((";", "#"))), "")
    if listed and not isinstance(exception_list.exception_of(listed), Unreadable):
        return EXCEPTIONS
    if first in {"Computer", "User"}:
        raise PolicyFileError("LGPO text, which this version does not read", Where(file, 0))
    begins_with = f'it begins with "{printable(first[:40])}"' if first else "it holds nothing but comments and blanks"
    raise PolicyFileError(f"not a policy file: neither a Registry.pol nor a .reg; {begins_with}", Where(file, 0))


def _head(data: bytes) -> str:
    """Return the beginning of a file as text, for looking only: what cannot be decoded shows as a question mark."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return head.decode("utf-8-sig", "replace")
