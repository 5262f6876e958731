"""The report of an audit for people: each file in the words of the policy editor, then findings, limits, one line of all."""

from collections.abc import Iterable, Iterator
from typing import Final

from rasim.analysis.audit import Audit, FileAudit, file_of
from rasim.analysis.findings import Finding
from rasim.directory.merging import Step
from rasim.errors import Where
from rasim.policy import SYSTEMS, Policy, printable, reach
from rasim.policy.who_won import Won
from rasim.report.audit_words import (
    HALF_OFF,
    NO_FINDINGS,
    NOTHING_STATED,
    SAY_NOTHING,
    Point,
    group_policy,
    let_in,
    listed,
    place_in,
    place_of_error,
    points,
    read_as,
    says_nothing,
    source_of,
    summary,
    switches,
    together,
)
from rasim.words import place_in_file

_WIDTH: Final = 16  # of the first column
_BELOW: Final = frozenset({"offer", "mode", "helpers"})  # points whose evidence stands in a row of its own


def as_text(report: Audit) -> str:
    """Return the report as text for a terminal: the files, the findings, the limits, and one line that sums it up."""
    silent = [each for each in report.files if len(report.files) > 1 and says_nothing(each)]
    blocks = ["\n".join(_file_lines(each, report)) for each in report.files if each not in silent]
    if silent:
        lines = (f"  {printable(each.path)} ({read_as(each)})" for each in silent)
        blocks.append("\n".join((SAY_NOTHING, *lines)))
    found = [line for each in report.files for finding in each.findings for line in _finding_lines(each, finding)]
    blocks.append("\n".join(("findings", *found)) if found else f"findings        {NO_FINDINGS}")
    if report.passed_over:
        lines = (f"  {printable(path)}: {printable(why)}" for path, why in report.passed_over)
        blocks.append("\n".join(("passed over", *lines)))
    blocks.append("\n".join(("limits", *(f"  - {limit}" for limit in report.limits))))
    blocks.append(summary(report))
    return "\n\n".join(blocks)


def _file_lines(each: FileAudit, report: Audit) -> Iterator[str]:
    if len(each.paths) > 2:
        yield from (f"{printable(path)} +" for path in each.paths[:-1])
        yield printable(each.paths[-1])
    else:
        yield printable(each.path)
    if each.error is not None or each.policy is None:
        error = each.error
        yield _row("NOT READ", error.message if error else "")
        if error and (place := place_of_error(error)):
            yield _row("", place)
        return
    policy = each.policy
    yield _row("format", read_as(each))
    if each.gpo is not None:
        yield _row("group policy", group_policy(each))
    if each.gpo is not None and not each.gpo.computer:
        yield _row("", HALF_OFF)
    yield from _steps(each.steps)
    yield from _points(points(policy, each, report.membership))
    yield from _firewall(policy, report.address, each)
    yield from _decided(each.won)
    yield from _unclear(policy, each)


def _points(said: Iterable[Point]) -> Iterator[str]:
    before = ""
    for point in said:
        title, before = "" if point.title == before else point.title, point.title
        at = _brackets(point.place)
        if not point.stated:
            yield _row(title, f"{point.words}{at}{point.remark}")
        elif point.title in _BELOW:
            yield _row(title, point.words + point.remark)
            yield _row("", point.stated + at)
        else:
            yield _row(title, f"{point.words}{point.remark}; {point.stated}{at}")
        if point.note:
            yield _row("", f"  {point.note}")


def _unclear(policy: Policy, file: FileAudit) -> Iterator[str]:
    """Say what has two readings."""
    for settings, doubt, strict in together(policy):
        yield _row("UNCLEAR", f"{settings}: {doubt.says}{_at(doubt.where, file)}")
        yield _row("", f"  rasim:   {strict}")
        yield _row("", f"  or else: {doubt.readings[1]}")


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    """Say what was applied in which order, and what was not."""
    applied = [step for step in steps if not step.why_not]
    for number, step in enumerate(applied, 1):
        title = "applied" if number == 1 else ""
        how = f" ({printable(step.how)})" if step.how else ""
        last = "; wins" if number == len(applied) > 1 else ""
        yield _row(title, f"{number}. {printable(step.name)}{how}{last}")
    left = [step for step in steps if step.why_not]
    for number, step in enumerate(left):
        how = f" ({printable(step.how)})" if step.how else ""
        yield _row("" if number else "not applied", f"{printable(step.name)}{how}: {printable(step.why_not)}")


def _decided(decided: Iterable[Won]) -> Iterator[str]:
    """Say who won what was stated more than once."""
    contested = [one for one in decided if one.overrode]
    for number, one in enumerate(contested):
        by_source: dict[str, list[str]] = {}
        for said in one.overrode:
            by_source.setdefault(source_of(said), []).append(said.says)
        over = ", ".join(f"{source} ({', '.join(says)})" for source, says in by_source.items())
        yield _row("" if number else "decided by", f"{one.setting}: {source_of(one.by)} ({one.by.says}), over {over}")


def _firewall(policy: Policy, address: str | None, file: FileAudit) -> Iterator[str]:
    """Say what the firewall lets through, systems of one verdict together."""
    firewall = policy.firewall
    if not (firewall.speaks or firewall.speaks_in_rules):
        yield _row("firewall", NOTHING_STATED)
        return
    yield _row("firewall", switches(firewall))
    for whose, words, where in let_in(firewall, address):
        yield _row("", f"{whose}{words}{_at(where, file)}")
    verdicts: dict[str, list[str]] = {}
    for os in SYSTEMS:
        found = reach(firewall, os, address=address)
        title = "missing" if found.offer == "blocked" else "not stated"
        wanting = f" ({title}: {', '.join(found.missing)})" if found.missing else ""
        verdicts.setdefault(f"offer {found.offer}{wanting}; port 3389 {found.port_3389}", []).append(os)
    for verdict, systems in verdicts.items():
        yield _row("", f"{verdict}: {listed(systems)}")


def _row(title: str, words: str) -> str:
    return f"  {title:<{_WIDTH - 2}}{words}".rstrip()


def _at(where: Where | None, file: FileAudit) -> str:
    """Return a place in brackets."""
    return _brackets(place_in(where, file))


def _brackets(place: str) -> str:
    return f" ({place})" if place else ""


def _finding_lines(each: FileAudit, finding: Finding) -> Iterator[str]:
    place = place_in_file(finding.where)
    file = printable(file_of(each, finding.where))
    yield f"  {finding.kind.severity!s:<8}{finding.kind.id}  {file}{f', {place}' if place else ''}"
    yield _row("", f"     {finding.message}")
    yield _row("", f"     -> {finding.kind.remedy}")
    known = [each.id for each in finding.kind.guidance if each.mark == "verified"]
    if known:
        yield _row("", f"     asked for by STIG {', '.join(known)}")
