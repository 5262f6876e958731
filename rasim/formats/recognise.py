"""Which format a file has: told by its content, because names lie (`Registry.pol` can be a Git LFS pointer).

What is not a policy file is refused by the name of what it is, where that can be told (R51).
"""

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats import batch_script, exception_list, gpo_report, lgpo_text, policy_rules, reg_text, registry_pol
from rasim.formats.decoding import told_encoding
from rasim.formats.intune_json import KNOWN_BY as OF_INTUNE
from rasim.formats.intune_json import parse as parse_intune
from rasim.formats.mdm_report import MDM_ROOT
from rasim.formats.mdm_report import parse as parse_report_of_mdm
from rasim.formats.preferences import CONTAINERS
from rasim.formats.preferences import parse as parse_preferences
from rasim.formats.reader_remarks import Parse
from rasim.formats.security_template import ALL_SECTIONS
from rasim.formats.security_template import parse as parse_template
from rasim.formats.syncml import SYNCML_ORDERS
from rasim.formats.syncml import parse as parse_syncml
from rasim.policy.exceptions import Unreadable
from rasim.words import printable


@frozen
class Format:
    """A format rasim reads: its name in reports, its reader, and whether it tells settings in the words of a language."""

    name: str
    parse: Parse
    worded: bool = False


REGISTRY_POL: Final = Format("Registry.pol", registry_pol.parse)
REG: Final = Format(".reg", reg_text.parse)
LGPO: Final = Format("LGPO text", lgpo_text.parse)
POLICY_RULES: Final = Format("PolicyRules", policy_rules.parse)
GPO_REPORT: Final = Format("GPO report", gpo_report.parse, worded=True)
PREFERENCES: Final = Format("preferences", parse_preferences)
TEMPLATE: Final = Format("security template", parse_template)
RESULTS: Final = Format("gpresult", gpo_report.parse, worded=True)
INTUNE: Final = Format("Intune profile", parse_intune)
SYNCML: Final = Format("SyncML", parse_syncml)
MDM_REPORT: Final = Format("MDM report", parse_report_of_mdm)
EXCEPTION_LIST: Final = Format("firewall exceptions", exception_list.parse)

BATCH: Final = Format("batch file", batch_script.parse)

LOOKED_AT: Final = 1 << 16  # bytes that are looked at; a header that stands behind 64 KiB of comments is not found
_CSV_LINE: Final = re.compile(r'"?[\w ]+"?(?:[,;]"?[\w ]*"?){3,}')
_REG_LINE: Final = re.compile(r'(Windows Registry Editor|REGEDIT\d*$|\[|@\s*=|"[^"]*"\s*=)', re.IGNORECASE)

_OURS: Final = r"Computer|User|Windows Reg|REGEDIT|(?:[^\n]*[,;]){3}"
_ORDER: Final = r"-ItemProperty|GPRegistryValue|PolicyFileEntry|\.RegWrite|\breg(?:\.exe)?\"? +(?:add|delete|import)"
_SECTIONS: Final = "|".join(sorted(ALL_SECTIONS - {"VERSION"}))
_TEMPLATE: Final = rf"(?:\s*;[^\n]*\n)*\s*\[(?:(?:{_SECTIONS})\]|Version\][^\[]*\$CHICAGO\$)"
_SCRIPT: Final = rf"\s*(?:<#|param\s*\(|#!|(?!{_OURS})(?=[$A-Z#'])(?s:.*?)(?:{_ORDER})\b)"
_WORDS_OF_CMD: Final = """echo|setlocal|set|title|color|cls|mode|pushd|cd|chdir|if|for|goto|call|start|net|sc|reg|chcp|ver|cmd|pause|del
taskkill|schtasks|copy|md|mkdir|netsh|timeout|powershell|regedit""".replace("\n", "|")
# A batch file begins with a word of cmd, and where PowerShell has that word too, nothing in it is PowerShell alone.
_BATCH: Final = rf"""\s*(?:@(?!\s*[=({{\"'])|::|rem(?=\s)|:\w+\s*$|[0-9]?>\s*nul|(?:{_WORDS_OF_CMD})(?:\.exe)?(?=[\s/"(%>.:\[]|$)
(?!(?s:.*)^\s*(?:\$[\w:]+\s*[+.]?=|\}}|function\s|(?:Set|New|Get|Remove|Write|Test|Import|Add|Invoke|Start|Out)-[A-Z]\w+\s)))""".replace(
    "\n", ""
)
# How things begin, as text, that are told by it, or lie about in backups of policies, or are kept as one or mistaken for one.
_STRANGERS: Final[tuple[tuple[str, str | Format], ...]] = (
    (r"version https://git-lfs\.github\.com/spec/", "a Git LFS pointer"),
    ("regf", "a registry hive"),
    ("PK\x03\x04", "a ZIP archive"),
    ("(?-i:MZ)", "a program"),
    ("\x1f\ufffd", "a gzip archive"),
    ("%PDF", "a PDF document"),
    ("ElfFile\0", "an event log"),
    (r"\0+\Z", "nothing but zeros, which a crash or a full disk leaves of a file"),
    (r"P\0?R\0?e\0?g|RPge|剐来|偒敧", "a Registry.pol that was opened as text and saved again, which destroys it"),
    (_TEMPLATE, TEMPLATE),
    (r"\s*\[(?:General|Version|Startup|Shutdown|Logon|Logoff)\]", "a settings text (.inf, .ini)"),
    (rf"\s*[{{\[](?s:.*?)(?:{OF_INTUNE.pattern})", INTUNE),
    (r"\s*(?:\{|\[\s*[{\"\]])", "a JSON text"),
    (r"\s*(?:HKEY_\w+|HK[A-Z]{1,2}:?)\\", "what reg query shows; reg export writes a .reg"),
    (r"\s*Microsoft \(R\) Windows", "the text that gpresult shows; gpresult /x writes XML"),
    (_BATCH, BATCH),
    (_SCRIPT, "a script, which only says what it would do"),
)
# The roots of XML files that lie about beside policies; the namespace tells which report it is.
_XML: Final[Mapping[tuple[str, str], Format | str]] = {
    ("GPO", gpo_report.SETTINGS_NAMESPACE): GPO_REPORT,
    ("Rsop", gpo_report.RESULTS_NAMESPACE): RESULTS,
    ("PolicyRules", ""): POLICY_RULES,
    **dict.fromkeys(((root, "clsid") for root in CONTAINERS), PREFERENCES),
    ("policyDefinitionResources", ""): "the texts of policy templates (ADML), not a policy file; give them with --adml",
    ("policyDefinitions", ""): "policy templates (ADMX), not a policy file",
    ("BackupInst", ""): "the note beside a backup of a group policy, not the policy; give its folder",
    ("GroupPolicyBackupScheme", ""): "the list of files of a backup of a group policy; give its folder",
    ("Backups", ""): "the list of backups of group policies; give the folder",
    ("report", ""): "a report, but not one of group policy in XML",
    ("html", ""): "a web page, not a policy file; GPMC, gpresult and MdmDiagnosticsTool write reports in XML too",
    **dict.fromkeys(((root, "") for root in ("SyncML", *SYNCML_ORDERS)), SYNCML),
    (MDM_ROOT, ""): MDM_REPORT,
}
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?(?P<name>[A-Za-z][\w.-]*)(?P<rest>[^>]*)")


def recognise(data: bytes, file: str = "") -> Format:
    """Return the format of a file.

    Raises:
        PolicyFileError: an empty file, or one that is no policy file; the message names what it is if that is known.

    """
    if not data:
        raise PolicyFileError("the file is empty, which is not an empty policy", Where(file, 0))
    if registry_pol.MAGIC.startswith(data[:4]) and data[:4]:
        return REGISTRY_POL
    text = _head(data)
    begins = next((what for pattern, what in _STRANGERS if re.match(pattern, text, re.IGNORECASE | re.MULTILINE)), None)
    if begins is not None or text.lstrip().startswith("<"):
        return begins if isinstance(begins, Format) else _by_root(text, file, begins)
    lines = [line.strip() for line in text.split("\n")]
    first = next((line for line in lines if line and not line.startswith(";")), "")
    if _REG_LINE.match(first):
        return REG
    listed = next((line for line in lines if line and not line.startswith((";", "#"))), "")
    if listed and not isinstance(exception_list.exception_of(listed), Unreadable):
        return EXCEPTION_LIST
    if first.partition(":")[0].upper() in lgpo_text.SIDES or (not first and lgpo_text.HEADER.search(text)):
        return LGPO
    if _CSV_LINE.match(first):
        raise PolicyFileError("a table (CSV), not a policy file", Where(file, 0))
    begins_with = f'it begins with "{printable(first[:40])}"' if first else "it holds nothing but comments and blanks"
    raise PolicyFileError(f"not a policy file: none of the formats that rasim reads; {begins_with}", Where(file, 0))


def _by_root(text: str, file: str, stranger: str | None) -> Format:
    """Return the format of an XML file by the name of its root and the namespace that it declares."""
    if stranger is not None:
        raise PolicyFileError(f"{stranger}, not a policy file", Where(file, 0))
    root = next((match for match in _ROOT.finditer(text) if match["name"].lower() != "xml"), None)
    name = "" if root is None else root["name"]
    known = next(
        (
            found
            for (wanted, space), found in _XML.items()
            if wanted.lower() == name.lower() and (not space or (root is not None and space in root["rest"]))
        ),
        None,
    )
    if isinstance(known, Format):
        return known
    raise PolicyFileError(known or "an XML file, not a policy file", Where(file, 0))


def _head(data: bytes) -> str:
    """Return the beginning of a file as text, for looking only: what cannot be decoded shows as a question mark."""
    encoding, start = told_encoding(data)
    return data[start:LOOKED_AT].decode(encoding, "replace")
