"""The outputs of an audit by name, for `--format` and `--report`: text, JSON, JUnit, SARIF, GitHub annotations, Markdown, HTML."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from rasim.analysis.audit import Audit, FileAudit, file_of
from rasim.analysis.findings import Finding, Severity
from rasim.interop import github, junit
from rasim.interop.sarif import as_sarif
from rasim.report import audit_html, markdown
from rasim.report.audit_json import as_json
from rasim.report.audit_text import as_text
from rasim.words import place_in_file

Output = Callable[[Audit, Severity], str]


def _json(report: Audit, _: Severity) -> str:
    return json.dumps(as_json(report), indent=2)


def _sarif(report: Audit, _: Severity) -> str:
    return json.dumps(as_sarif(report), indent=2)


def _text(report: Audit, _: Severity) -> str:
    return as_text(report)


def _github(report: Audit, _: Severity) -> str:
    return github.render(report)


def _junit(report: Audit, fail_on: Severity) -> str:
    return junit.render("rasim audit", (junit.Suite(each.path, tuple(_cases(each, fail_on))) for each in report.files))


OUTPUTS: Final[Mapping[str, Output]] = {
    "text": _text,
    "json": _json,
    "junit": _junit,
    "sarif": _sarif,
    "github": _github,
    "markdown": markdown.render,
    "html": audit_html.render,
}


def _cases(each: FileAudit, fail_on: Severity) -> Iterator[junit.Case]:
    """Yield a file as cases: that it was read, each finding, each doubt. What is unclear is an error, never green."""
    if each.error is not None:
        yield junit.Case("is read", "error", "not read", each.error.message, str(each.error))
        return
    yield junit.Case("is read")
    for finding in each.findings:
        failed = finding.kind.severity >= fail_on
        details = _details(each, finding)
        name = f"{finding.kind.id} {finding.message}"
        yield junit.Case(name, "failed" if failed else "passed", str(finding.kind.severity), finding.message, details)
    for doubt in each.policy.unclear if each.policy else ():
        details = f"rasim: {doubt.readings[0]}\nor else: {doubt.readings[1]}"
        yield junit.Case(f"{doubt.setting} is clear", "error", "unclear", f"{doubt.setting}: {doubt.says}", details)


def _details(each: FileAudit, finding: Finding) -> str:
    where = finding.where
    place = place_in_file(where)
    return f"{file_of(each, where)}{f', {place}' if place else ''}\n{finding.kind.severity}: {finding.message}\n{finding.kind.remedy}"
