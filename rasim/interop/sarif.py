"""SARIF 2.1.0: findings for code scanning. `as_sarif` is an audit as one run.

A finding is a result with the place that shows it: a region of lines for texts, of bytes for binary files. Its fingerprint is made
of its rule, its file, its words and its number among equal ones, and not of its place, so that it stays when other lines move.
What can be read in two ways is a result of the kind *open*, which no viewer takes for a pass. A file that could not be read makes
the run unsuccessful and is a notification of the tool.
"""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from rasim import __version__
from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import FileAudit, file_of
from rasim.analysis.findings import FINDINGS, Severity
from rasim.errors import Where
from rasim.policy import printable

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_UNCLEAR: Final = "UNCLEAR"
_HOLE: Final = "what files say stands here"


def as_sarif(report: Audit) -> dict[str, Any]:
    """Return the report as a SARIF log with one run."""
    return _log(report, list(_notifications(report)), list(_results(report)))


def pieces(report: Audit) -> Iterator[str]:
    """Yield the log of an audit as its file has it, in pieces: what is as long as there are files is made as it is written."""
    before, between, after = json.dumps(_log(report, _HOLE, _HOLE), indent=2).split(json.dumps(_HOLE))
    yield before
    yield from _listed(_notifications(report), " " * 10)
    yield between
    yield from _listed(_results(report), " " * 6)
    yield after


def _listed(said: Iterator[dict[str, Any]], margin: str) -> Iterator[str]:
    """Yield a list as its log has it, with what is in it made one after the other; `margin` is that of the line it begins in."""
    begun = False
    for each in said:
        text = json.dumps(each, indent=2).replace("\n", f"\n{margin}  ")
        yield f"{',' if begun else '['}\n{margin}  {text}"
        begun = True
    yield f"\n{margin}]" if begun else "[]"


def _log(report: Audit, notifications: Any, results: Any) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "rasim", "version": __version__, "rules": list(_rules())}},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": report.complete,
                        "toolExecutionNotifications": notifications,
                    }
                ],
                "results": results,
                "properties": {"limits": list(report.limits)},
            }
        ],
    }


def _rules() -> Iterator[dict[str, Any]]:
    for kind in FINDINGS:
        yield {
            "id": kind.id,
            "shortDescription": {"text": kind.says},
            "help": {"text": kind.remedy},
            "defaultConfiguration": {"level": _LEVELS[kind.severity]},
            "properties": {
                "severity": str(kind.severity),
                "guidance": [f"{each.guide} {each.id} ({each.mark})" for each in kind.guidance],
            },
        }
    yield {
        "id": _UNCLEAR,
        "shortDescription": {"text": "something can be read in two ways"},
        "help": {"text": "rasim takes the strict reading; Windows may take the other one"},
        "defaultConfiguration": {"level": "warning"},
    }


def _results(report: Audit) -> Iterator[dict[str, Any]]:
    index = {kind.id: number for number, kind in enumerate((*FINDINGS,))} | {_UNCLEAR: len(FINDINGS)}
    seen: Counter[tuple[str, str, str]] = Counter()

    def result(rule: str, message: str, each: FileAudit, where: Where | None, how: dict[str, str]) -> dict[str, Any]:
        file = file_of(each, where)
        key = (rule, file, message)
        seen[key] += 1
        return {
            "ruleId": rule,
            "ruleIndex": index[rule],
            **how,
            "message": {"text": message},
            "locations": [_location(file, where)],
            "partialFingerprints": {"rasim/v1": _fingerprint(*key, seen[key])},
        }

    for each in report.files:
        for finding in each.findings:
            how = {"kind": "fail", "level": _LEVELS[finding.kind.severity]}
            yield result(finding.kind.id, printable(finding.message), each, finding.where, how)
        for doubt in each.policy.unclear if each.policy else ():
            says = f"{doubt.setting}: {doubt.says}. rasim: {doubt.readings[0]}. Or else: {doubt.readings[1]}."
            yield result(_UNCLEAR, printable(says), each, doubt.where, {"kind": "open", "level": "none"})


def _fingerprint(rule: str, file: str, message: str, number: int) -> str:
    parts = "\0".join((rule, file.replace("\\", "/"), message, str(number)))
    return sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _notifications(report: Audit) -> Iterator[dict[str, Any]]:
    for each in report.files:
        if each.error is not None:
            yield {
                "level": "error",
                "message": {"text": printable(each.error.message)},
                "locations": [_location(each.error.where.file or each.path, each.error.where)],
            }


def _location(file: str, where: Where | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri_of(file)}}
    if where is not None and where.line is not None:
        physical["region"] = {"startLine": where.line, **({"startColumn": where.column} if where.column else {})}
    elif where is not None and where.offset is not None:
        physical["region"] = {"byteOffset": where.offset}
    return {"physicalLocation": physical}


def uri_of(path: str) -> str:
    """Return a path as a URI reference: slashes, and everything else that a URI has no room for as percent codes."""
    slashed = path.replace("\\", "/")
    if len(slashed) > 1 and slashed[1] == ":":
        slashed = f"/{slashed}"
    quoted = quote(slashed.encode("utf-8", "surrogatepass"), safe="/~")
    if slashed.startswith("//"):
        return f"file:{quoted}"
    return f"file://{quoted}" if slashed.startswith("/") else quoted


def render(report: Audit) -> str:
    """Return the log of an audit as its file has it."""
    return json.dumps(as_sarif(report), indent=2)
