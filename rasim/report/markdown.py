"""An audit in Markdown, for a comment in a pull request or a job's summary: the verdict first, then files, findings, doubts.

Text from files can break no table and become no link, image or tag: it stands in code spans, and what could end one is shown
otherwise.
"""

from collections.abc import Iterator

from rasim.analysis.audit import Audit, FileAudit, file_of
from rasim.analysis.findings import Severity
from rasim.errors import Where
from rasim.policy import SYSTEMS, printable, reach
from rasim.report.audit_words import summary, verdict
from rasim.words import place_in_file


def render(report: Audit, fail_on: Severity) -> str:
    """Return the report; the first line says whether it is good, bad, incomplete or unclear."""
    return "\n".join(_lines(report, fail_on)) + "\n"


def _lines(report: Audit, fail_on: Severity) -> Iterator[str]:
    yield f"## rasim audit: {verdict(report, fail_on)}"
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
        arrives = reach(each.policy.firewall, os, address=address).offer
        verdicts[arrives] = verdicts.get(arrives, 0) + 1
    yield ", ".join(f"{arrives} ({count})" for arrives, count in verdicts.items())


def _where(each: FileAudit, where: Where | None) -> str:
    place = place_in_file(where)
    return code(f"{file_of(each, where)}{f', {place}' if place else ''}")


def code(text: str) -> str:
    """Return text as a code span that nothing in it can end: backticks become apostrophes, bars an entity of their own."""
    shown = printable(text).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown.strip() else ""


def _plain(text: str) -> str:
    return printable(text).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
