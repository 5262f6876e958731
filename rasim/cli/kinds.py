"""What a file is, told by its content, and which command reads it: for who gave a file to another command than its own.

Commands and readers say what is wrong, with a place; this only looks which advice there is. It is asked when a command has ended with
nothing read, and never before.
"""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from glob import glob
from pathlib import Path
from typing import Any, Final

import click
from attrs import frozen

from rasim.words import as_typed, did_you_mean, printable


@frozen
class FileKind:
    """A kind of file: what it is called, the commands and options that read it, and one that is offered to who named it elsewhere."""

    said: str
    read_by: frozenset[str]
    offered: str


SQLITE: Final = b"SQLite format 3\0"
"""How a record begins."""

_READ_POLICIES: Final = frozenset(
    {"audit", "check", "convert", "diff", "explain", "explore", "host", "review", "run --policy"}
)
_LINKS: Final = frozenset(f"{each} --links" for each in ("audit", "check", "explain", "explore", "host"))
_GROUPS: Final = frozenset(f"{each} --groups" for each in ("audit", "diff", "explain", "host"))
_ADML: Final = frozenset(
    f"{each} --adml" for each in ("audit", "check", "convert", "diff", "explain", "explore", "host")
)

RECORD: Final = FileKind("a record in SQLite", frozenset({"judge"}), "rasim judge {}")
PACKED: Final = FileKind("a packed trace", frozenset({"judge"}), "rasim judge {}")
TRACE: Final = FileKind("a trace", frozenset({"judge", "explore", "replay"}), "rasim judge {}")
MAPPING: Final = FileKind("the mapping of a log", frozenset({"judge --mapping"}), "rasim judge --mapping {} LOG")
LINKS: Final = FileKind("a file of links", _LINKS, "rasim audit --links {} POLICY...")
SCENARIO: Final = FileKind(
    "a scenario", frozenset({"run", "conform", "explore", "replay", "show --of"}), "rasim run {}"
)
MEMBERS: Final = FileKind("a file of groups", _GROUPS, "rasim audit --groups {} POLICY...")
ADML: Final = FileKind("a file of texts of policy templates (ADML)", _ADML, "rasim audit --adml {} REPORT...")
POLICIES: Final[Mapping[str, FileKind]] = {
    name: FileKind(said, _READ_POLICIES, "rasim audit {}")
    for name, said in {
        "Registry.pol": "a Registry.pol",
        ".reg": "a .reg file",
        "LGPO text": "an LGPO text",
        "PolicyRules": "a PolicyRules file",
        "GPO report": "a GPO report",
        "preferences": "a file of preferences",
        "security template": "a security template",
        "gpresult": "a report of gpresult",
        "firewall exceptions": "a list of firewall exceptions",
        "Intune profile": "a profile of Intune",
        "SyncML": "a SyncML text",
        "MDM report": "a report of device management",
        "batch file": "a batch file",
    }.items()
}
FILE_KINDS: Final = (RECORD, PACKED, TRACE, MAPPING, LINKS, SCENARIO, MEMBERS, ADML, *POLICIES.values())
INPUTS: Final = frozenset[str]().union(*(kind.read_by for kind in FILE_KINDS))
"""Commands and options that take a file to be read; other paths are written, or are no file of these kinds."""

_XML_REPORT: Final = "save the report as XML: gpresult /x FILE, or Get-GPOReport -ReportType Xml"
_STRANGERS: Final[Mapping[str, str]] = {
    "a ZIP archive": "unpack it, and name the folder",
    "a gzip archive": "unpack it, and name what is in it",
    "a Git LFS pointer": "`git lfs pull` brings the file itself",
    "a registry hive": "`reg load` it, and name what `reg export` writes of it",
    "a PDF document": _XML_REPORT,
    "a web page": _XML_REPORT,
    "the text that gpresult shows": _XML_REPORT,
    "what reg query shows": "name what `reg export` writes of the key",
    "an event log": "save it as CSV, and judge that with a mapping: `rasim judge --mapping FILE LOG`",
    "a table (CSV)": "if it is the log of a product, `rasim judge --mapping FILE LOG` reads it",
    "a script": "name what it leaves: `reg export` of the key, or the Registry.pol",
}
"""What to do with what `formats.recognise` refuses by name."""


def advice(command: str, params: Mapping[str, Any], declared: list[click.Parameter]) -> str:
    """Return one sentence for who called a command that could read nothing of what was named; empty where there is none."""
    for param in declared:
        asked = command if isinstance(param, click.Argument) else f"{command} {param.opts[0]}"
        if isinstance(param.type, click.Path) and asked in INPUTS:
            for path in _paths(params.get(param.name or "")):
                # An export of a group may be named with its group before it.
                name = path.partition("=")[2] if asked in _GROUPS and "=" in path and not _stands(path) else path
                if said := _advice_on(name, asked):
                    return said
    return ""


def _paths(value: Any) -> Iterator[str]:
    yield from (
        str(each) for each in (value if isinstance(value, tuple | list) else (value,)) if each not in {None, "-"}
    )


def _advice_on(path: str, asked: str) -> str:
    if not _stands(path):
        return _missing(path)
    if not Path(path).is_file():
        return ""
    found = kind_of(path)
    if isinstance(found, FileKind):
        return (
            ""
            if asked in found.read_by
            else f"this is {found.said}: did you mean `{found.offered.format(as_typed(printable(path)))}`?"
        )
    stranger = next((each for each in _STRANGERS if found.startswith(each)), "") if asked != "judge --mapping" else ""
    return f"{printable(path)} is {stranger}: {_STRANGERS[stranger]}" if stranger else ""


def _missing(path: str) -> str:
    """Return what may have been meant by a path where nothing is: another name in its folder, or what a shell makes of a pattern."""
    if re.search(r"[*?\[]", path):
        told = "nothing matches it" if not glob(path) else "in quotes a shell leaves it as it is"  # noqa: PTH207  (as the shell would)
        return f"`{printable(path)}` is a pattern, and {told}; name the files, or their folder"
    try:
        beside = sorted(str(each) for each in Path(path).parent.iterdir())
    except (OSError, ValueError):
        return ""
    meant = did_you_mean(str(Path(path)), beside)
    return meant and f"{printable(path)}: {meant}"


def _stands(path: str) -> bool:
    """Return whether anything stands at a path, be it a link that leads nowhere."""
    try:
        return Path(path).exists() or Path(path).is_symlink()
    except (OSError, ValueError):
        return False


def kind_of(path: str) -> FileKind | str:
    """Return the kind of a file; as a text what the readers of policies call it that is of none of them, or cannot be read."""
    from rasim.formats.recognise import LOOKED_AT

    try:
        with Path(path).open("rb") as file:
            return kind_of_content(file.read(LOOKED_AT))
    except (OSError, ValueError):
        return ""


def kind_of_content(head: bytes) -> FileKind | str:
    """Return the kind by the beginning of a file, as `kind_of`."""
    from rasim.errors import PolicyFileError
    from rasim.formats.recognise import recognise

    if head.startswith(SQLITE):
        return RECORD
    if head.startswith(b"\x1f\x8b") and is_trace(_unpacked(head).decode("utf-8", "replace")):
        return PACKED
    text = _text(head)
    if text is not None and (found := _kind_of_text(text)):
        return found
    try:
        return POLICIES[recognise(head).name]
    except PolicyFileError as error:
        return ADML if "(ADML)" in error.message else error.message


def is_trace(text: str) -> bool:
    """Return whether a text is meant as a trace: its first line is JSON and has an event, or the number of one."""
    first = text.lstrip().partition("\n")[0]
    return first.startswith("{") and ('"event"' in first or first.startswith('{"seq"'))


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 1 << 16)
    except zlib.error:
        return b""


def _text(head: bytes) -> str | None:
    """Return the beginning of a file as text; what ends in the middle of a letter is one too."""
    try:
        encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        return head.decode(encoding, "ignore" if len(head) > 1 << 15 else "strict")
    except UnicodeDecodeError:
        return None


def _kind_of_text(text: str) -> FileKind | None:
    from rasim.scenario import is_scenario

    if is_trace(text):
        return TRACE
    for word, kind in (("rasim mapping", MAPPING), ("links", LINKS)):
        if re.search(rf"""^["']?{word}["']?\s*:""", text, re.MULTILINE):
            return kind
    if is_scenario(text):
        return SCENARIO
    return MEMBERS if _tells_groups(text) else None


def _tells_groups(text: str) -> bool:
    r"""Return whether a text tells members: LDIF, an export with a SamAccountName, or `DOMAIN\group:` with a list."""
    begin = next((line for line in text.split("\n", 50) if line.strip() and not line.startswith("#")), "").strip()
    if begin.startswith(("[", "{")):
        try:
            return "samaccountname" in text.lower() and bool(json.loads(text))
        except ValueError:
            return False
    ldif = re.match(r"(?:version|dn):", begin, re.IGNORECASE)
    table = "samaccountname" in begin.lower() and re.search(r"[,;]|^\"", begin)
    written = re.match(r"""["']?[^"':\s\\]+\\[^:]+:(?:\s*\[.*)?$""", begin)
    return bool(ldif or table or written)
