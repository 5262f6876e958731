"""An audit in Markdown, for a comment in a pull request or a job's summary: the verdict first, then files, findings, doubts.

Text from files can break no table and become no link, image or tag: it stands in code spans, and what could end one is shown
otherwise.
"""

from collections.abc import Iterator

from rasim.errors import Where
from rasim.policy import SYSTEMS, printable, reach
from rasim.report.audit import Audit, FileAudit, file_of, place_of
from rasim.report.audit_text import summary
from rasim.report.findings import Severity


def render(report: Audit, fail_on: Severity) -> str:
    """Return the report; the first line says whether it is good, bad, incomplete or unclear."""
    return "\n".join(_lines(report, fail_on)) + "\n"


def _lines(report: Audit, fail_on: Severity) -> Iterator[str]:
    yield f"## rasim audit: {_verdict(report, fail_on)}"
    yield ""
    yield printable(summary(report))
    yield ""
    yield "| file | offers | mode | helpers | an offer gets through the firewall |"
    yield "|---|---|---|---|---|"
    for each in report.files:
        yield f"| {code(each.path)} | {' | '.join(_cells(each, report.address))} |"
    findings = [(each, finding) for each in report.files for finding in each.findings]
    if findings:
        yield from ("", "| severity | finding | where | what to do |", "|---|---|---|---|")
        for each, finding in findings:
            kind = finding.kind
            where = _where(each, finding.where)
            yield f"| {kind.severity} | {kind.id}: {code(finding.message)} | {where} | {_plain(kind.remedy)} |"
    if report.unclear:
        yield from ("", "| unclear | says | rasim | or else |", "|---|---|---|---|")
        for doubt in report.unclear:
            cells = (code(doubt.setting), code(doubt.says), *map(code, doubt.readings))
            yield f"| {' | '.join(cells)} |"
    yield from ("", "<details><summary>What no policy file shows</summary>", "")
    yield from (f"- {_plain(limit)}" for limit in report.limits)
    yield from ("", "</details>")


def _verdict(report: Audit, fail_on: Severity) -> str:
    failed = sum(finding.kind.severity >= fail_on for finding in report.findings)
    said = (
        *(["incomplete, a file could not be read"] if not report.complete else []),
        *([f"{failed} at or above {fail_on}"] if failed else []),
        *([f"{len(report.unclear)} unclear"] if report.unclear else []),
    )
    return ", ".join(said) or f"nothing at or above {fail_on}"


def _cells(each: FileAudit, address: str | None) -> Iterator[str]:
    if each.policy is None:
        yield f"**NOT READ**: {code(each.error.message if each.error else '')}"
        yield from ("", "", "")
        return
    offer = each.policy.offer
    yield offer.state.value
    yield offer.mode.value if offer.mode else ""
    yield str(len(offer.helpers))
    verdicts: dict[str, int] = {}
    for os in SYSTEMS:
        verdict = reach(each.policy.firewall, os, address=address).offer
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    yield ", ".join(f"{verdict} ({count})" for verdict, count in verdicts.items())


def _where(each: FileAudit, where: Where | None) -> str:
    place = place_of(where)
    return code(f"{file_of(each, where)}{f', {place}' if place else ''}")


def code(text: str) -> str:
    """Return text as a code span that nothing in it can end: backticks become apostrophes, bars an entity of their own."""
    shown = printable(text).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown.strip() else ""


def _plain(text: str) -> str:
    return printable(text).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
