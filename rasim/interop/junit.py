"""JUnit's XML: what build servers show of tests. `render` writes suites; what they mean is the caller's.

There is no schema that all servers share; this keeps to what is common to them: suites, cases, failure, error, system-out. An
outcome that is neither good nor bad is an *error* with a type, since a skipped case is shown green.
"""

from collections.abc import Iterable
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from rasim.policy import printable

Outcome = Literal["passed", "failed", "error"]


@frozen
class Case:
    """One case: its name, outcome, the kind of failure or error, a sentence, and more about it."""

    name: str
    outcome: Outcome = "passed"
    type: str = ""
    message: str = ""
    details: str = ""


@frozen
class Suite:
    """Cases of one file."""

    name: str
    cases: tuple[Case, ...]

    def count(self, outcome: Outcome) -> int:
        """Return how many cases came out so."""
        return sum(case.outcome == outcome for case in self.cases)


def render(name: str, suites: Iterable[Suite]) -> str:
    """Return the XML; characters that XML cannot carry are shown as `<U+0007>`."""
    suites = tuple(suites)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites name={_quoted(name)} {_counts(suites)}>"]
    for suite in suites:
        lines.append(f"  <testsuite name={_quoted(suite.name)} {_counts((suite,))}>")
        for case in suite.cases:
            lines += _case(case, suite.name)
        lines.append("  </testsuite>")
    return "\n".join((*lines, "</testsuites>", ""))


def _counts(suites: Iterable[Suite]) -> str:
    suites = tuple(suites)
    tests = sum(len(suite.cases) for suite in suites)
    failed, errors = (sum(suite.count(outcome) for suite in suites) for outcome in ("failed", "error"))
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
