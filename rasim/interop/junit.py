"""JUnit's XML: what build servers show of tests. `render` writes suites; what they mean is the caller's.

There is no schema that all servers share; this keeps to what is common to them: suites, cases, failure, error, system-out. An
outcome that is neither good nor bad is an *error* with a type, since a skipped case is shown green.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from rasim.analysis.audit import Audit
from rasim.analysis.conformance import Conformance
from rasim.analysis.file_audit import FileAudit, file_of
from rasim.analysis.findings import Finding, Severity
from rasim.analysis.judged_files import JudgedFile
from rasim.protocol.lines import Recorded
from rasim.scenario import Played, write_scenario
from rasim.words import place_in_file, printable

_Outcome = Literal["passed", "failed", "error"]


@frozen
class Case:
    """One case: its name, outcome, the kind of failure or error, a sentence, and more about it."""

    name: str
    outcome: _Outcome = "passed"
    type: str = ""
    message: str = ""
    details: str = ""


@frozen
class Suite:
    """Cases of one file."""

    name: str
    cases: tuple[Case, ...]

    def count(self, outcome: _Outcome) -> int:
        """Return how many cases came out so."""
        return sum(case.outcome == outcome for case in self.cases)


def render(name: str, suites: Iterable[Suite]) -> str:
    """Return the XML; characters that XML cannot carry are shown as `<U+0007>`."""
    suites = tuple(suites)
    return "".join(_written(name, suites, [(suite, 1) for suite in suites]))


def _written(name: str, suites: Iterable[Suite], counted: Iterable[tuple[Suite, int]]) -> Iterator[str]:
    """Yield the XML a suite at a time; how many cases there are stands before them, so it is told by suites and how many are alike."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={_quoted(name)} {_counts(counted)}>\n'
    for suite in suites:
        lines = [f"  <testsuite name={_quoted(suite.name)} {_counts([(suite, 1)])}>"]
        for case in suite.cases:
            lines += _case(case, suite.name)
        yield "\n".join((*lines, "  </testsuite>", ""))
    yield "</testsuites>\n"


def _counts(counted: Iterable[tuple[Suite, int]]) -> str:
    counted = tuple(counted)
    tests = sum(len(suite.cases) * many for suite, many in counted)
    failed, errors = (sum(suite.count(outcome) * many for suite, many in counted) for outcome in ("failed", "error"))
    return f'tests="{tests}" failures="{failed}" errors="{errors}" skipped="0"'


def _case(case: Case, suite: str) -> Iterable[str]:
    head = f"    <testcase classname={_quoted(suite)} name={_quoted(case.name)}"
    if case.outcome == "passed" and not case.details:
        return [f"{head} />"]
    details = escape(_lines(case.details))
    if case.outcome == "passed":
        return [f"{head}>", f"      <system-out>{details}</system-out>", "    </testcase>"]
    element = "failure" if case.outcome == "failed" else "error"
    said = f"<{element} type={_quoted(case.type)} message={_quoted(case.message)}>{details}</{element}>"
    return [f"{head}>", f"      {said}", "    </testcase>"]


def _lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _quoted(text: str) -> str:
    return quoteattr(printable(text))


def of_audit(report: Audit, fail_on: Severity) -> Iterator[str]:
    """Yield an audit in pieces: a suite for each file, a case for each finding and each doubt."""

    def suite(each: FileAudit) -> Suite:
        return Suite(each.path, tuple(_cases(each, fail_on)))

    counted = ((suite(each), many) for each, many in report.counted)
    yield from _written("rasim audit", map(suite, report.files), counted)


def _cases(each: FileAudit, fail_on: Severity) -> Iterator[Case]:
    """Yield a file as cases: that it was read, each finding, each doubt. What is unclear is an error, never green."""
    if each.error is not None:
        yield Case("is read", "error", "not read", each.error.message, str(each.error))
        return
    yield Case("is read")
    for finding in each.findings:
        failed = finding.kind.severity >= fail_on
        details = _details(each, finding)
        name = f"{finding.kind.id} {finding.message}"
        yield Case(name, "failed" if failed else "passed", str(finding.kind.severity), finding.message, details)
    for doubt in each.policy.unclear if each.policy else ():
        details = f"rasim: {doubt.readings[0]}\nor else: {doubt.readings[1]}"
        yield Case(f"{doubt.setting} is clear", "error", "unclear", f"{doubt.setting}: {doubt.says}", details)


def _details(each: FileAudit, finding: Finding) -> str:
    where = finding.where
    place = place_in_file(where)
    return f"{file_of(each, where)}{f', {place}' if place else ''}\n{finding.kind.severity}: {finding.message}\n{finding.kind.remedy}"


def of_traces(judged: Iterable[JudgedFile]) -> str:
    """Return judged traces: a suite for each, a case for each promise that was asked; what cannot be told is an error, never green."""
    return render("rasim judge", (Suite(one.file, tuple(_promises(one))) for one in judged))


def _promises(judged: JudgedFile) -> Iterator[Case]:
    if judged.trace is None:
        yield Case("is read", "error", "not read", str(judged.error), str(judged.error))
        return
    not_asked = "".join(f"not asked: {each.promise} ({each.needs})\n" for each in judged.trace.not_asked)
    yield Case("is read", details=not_asked)
    for broken in judged.trace.broken:
        line = json.dumps(Recorded(broken.at, broken.line).as_json(), ensure_ascii=False)
        details = f"line {broken.number}, seq {broken.at}: {broken.because}\n{line}"
        yield Case(broken.promise, "failed", "broken", broken.because, details)
    for untold in judged.trace.cannot_tell:
        yield Case(untold.promise, "error", "cannot tell", f"needs {untold.needs}")
    yield from map(Case, judged.trace.kept)
    if (table := judged.explained) is not None:
        found: _Outcome = "passed" if table.explained else "error" if table.explained is None else "failed"
        yield Case("the table explains it", found, judged.unexplained, table.because, "\n".join(table.possible))


def of_conformance(found: Conformance) -> str:
    """Return a product that was tried: a case for each promise that was asked; what failed, and what nobody could tell, is an error."""
    not_asked = "".join(
        f"not asked: {each.name} ({each.needs})\n" for each in found.promises if each.verdict == "not asked"
    )
    return render("rasim conform", (Suite(found.adapter, (Case("is tried", details=not_asked), *_tried(found))),))


def _tried(found: Conformance) -> Iterator[Case]:
    for each in found.promises:
        if each.story is not None:
            yield Case(each.name, "failed", "broken", each.story.broken.because, write_scenario(each.story.scenario))
        elif each.verdict != "not asked":
            kept = each.verdict == "kept"
            yield Case(each.name) if kept else Case(each.name, "error", "cannot tell", f"needs {each.needs}")
    if found.failure is not None:
        details = write_scenario(found.failure.scenario)
        yield Case("the adapter works", "error", "adapter failed", f"{found.failure.at}: {found.failure.says}", details)
    if found.idle:
        yield Case("somebody is connected", "error", "adapter failed", "no story shows a connection")
    if not found.complete:
        yield Case("all is tried", "error", "not complete", f"{found.tried} of {found.possible} acts were tried")


def of_scenarios(played: Iterable[Played]) -> str:
    """Return scenarios that were played: a suite for each file, a case for each seed; one that cannot be played is an error."""
    by_file: dict[str, list[Case]] = {}
    for one in played:
        outcomes: dict[str, _Outcome] = {"passed": "passed", "failed": "failed"}
        message = one.problems[0].message if one.problems else ""
        details = "\n".join(str(problem) for problem in one.problems)
        case = Case(f"{one.name} (seed {one.seed})", outcomes.get(one.verdict, "error"), one.verdict, message, details)
        by_file.setdefault(one.file, []).append(case)
    return render("rasim run", (Suite(file, tuple(cases)) for file, cases in by_file.items()))
