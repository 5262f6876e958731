"""The list of findings: the page and the data say the same, and what is absent is told of whole policies only."""

import re
from pathlib import Path

import pytest

from rasim.policy import Policy
from rasim.report.findings import KINDS, findings_of

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "policy-files.md"
ROW = re.compile(r"^\| (RA\d{3}) \| (\w+) \| (.+?) \| (.+) \|$", re.MULTILINE)


def test_the_page_lists_every_kind() -> None:
    """Every kind of finding has a row on the page, with its severity and what it says, and no id stands twice."""
    rows = [(id_, severity, says) for id_, severity, says, _ in ROW.findall(PAGE.read_text("utf-8"))]

    assert sorted((kind.id, str(kind.severity), kind.says) for kind in KINDS) == sorted(rows)
    assert len(KINDS) == len({kind.id for kind in KINDS})


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(), {"RA050", "RA051"}),
        (Policy.of(offer="disabled"), {"RA051"}),
        (Policy.of(solicited="disabled"), {"RA050"}),
        (Policy.of(offer="disabled", solicited="disabled"), set()),
    ],
)
def test_what_is_absent(policy: Policy, expected: set[str]) -> None:
    """What guides ask for and a computer's whole policy leaves out is a finding; of one file of several it is none."""
    assert expected == {finding.kind.id for finding in findings_of(policy, whole=True)}
    assert set() == {finding.kind.id for finding in findings_of(policy)}


def test_guidance_has_marks() -> None:
    """Every requirement that a finding names says whether anybody read it, and some were read."""
    marks = [each.mark for kind in KINDS for each in kind.guidance]

    assert {"verified", "remembered"} == set(marks)
