"""The first line of an audit says what is so, with names, before what was found."""

from collections.abc import Mapping

import pytest

from rasim.analysis.audit import Audit, FileAudit
from rasim.analysis.findings import Severity, findings_of
from rasim.document.blocks import Tone
from rasim.errors import PolicyFileError, Where
from rasim.policy import Policy
from rasim.policy.precedence import Gpo
from rasim.report.audit import document
from rasim.report.audit_headline import first_line


def of(policies: Mapping[str, Policy | None], gpo: Gpo | None = None) -> Audit:
    """Return the audit of policies by their paths; what is None could not be read."""
    return Audit(
        tuple(
            FileAudit(path, None, None, PolicyFileError("why", Where(path)), None)
            if policy is None
            else FileAudit(path, "words", 1, None, policy, findings_of(policy), gpo=gpo)
            for path, policy in policies.items()
        )
    )


def enabled(*helpers: str, mode: str = "view") -> Policy:
    return Policy.of(offer="enabled", mode=mode, helpers=helpers, solicited="disabled")


OFF = Policy.of(offer="disabled", solicited="disabled")
MANY = [rf"CORP\h{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({}, "nothing to read"),
        ({"a.pol": OFF}, "offers are disabled; no finding"),
        ({"a.pol": Policy.of(solicited="disabled")}, "in this file, offers are not configured; another policy can still enable them; no "),
        ({"a.pol": enabled(r"CORP\a")}, r"offers are enabled for CORP\a; helpers may view only; 2 findings (2 low): RA002, RA028"),
        ({"a.pol": enabled(*MANY, mode="control")}, r"offers are enabled for CORP\h0, CORP\h1, CORP\h2 and 2 more; helpers may control"),
        ({"a.pol": Policy.of(offer="enabled", helpers=[r"CORP\a"])}, "offers are enabled for CORP\\a; whether helpers may control cannot "),
        ({"a.pol": Policy.of(offer="enabled", helpers=[r"CORP\a"]), "b.pol": enabled(r"CORP\a", mode="control")},
         "offers are enabled in 2 of 2; helpers may control in 1; whether helpers may control cannot be told in 1; "),
        ({"a.pol": enabled("Everyone")}, "offers are enabled for Everyone; helpers may view only; 3 findings (1 high, 2 low; high fails): "),
        ({"a.pol": enabled("anna")}, "offers are enabled, no helper is an account in its right form"),
        ({"a.pol": enabled()}, "offers are enabled, the list is empty"),
        ({"a.pol": Policy.of(offer="unknown")}, "whether offers are enabled cannot be told"),
        ({"x/a.pol": enabled(r"CORP\a", mode="control"), r"x\b.pol": OFF}, "offers are enabled in 1 of 2: a.pol; helpers may control in 1"),
        ({"a.pol": OFF, "b.pol": OFF}, "offers are enabled in none of 2; no finding"),
        ({"a.pol": OFF, "b.pol": Policy.of(solicited="disabled")},
         "offers are enabled in none of 2; not configured in 1, where another policy can still enable them; no finding"),
        ({"a.pol": enabled(r"CORP\a"), "b.pol": enabled(r"CORP\b")}, "offers are enabled in 2 of 2; "),
        ({"a.pol": OFF, "b.pol": Policy.of(offer="unknown")}, "offers are enabled in none of 2; cannot be told in 1: b.pol"),
        ({"a.pol": None, "b.pol": OFF}, "NOT READ: a.pol; offers are disabled"),
        ({"a.pol": None}, "NOT READ: a.pol"),
    ],
)  # fmt: skip
def test_the_first_line_says_what_is_so(policies: Mapping[str, Policy | None], expected: str) -> None:
    """What is not read, where offers are enabled and for whom, and what was found stand in the first line, by name."""
    assert first_line(of(policies), Severity.HIGH).startswith(expected)


def test_nothing_is_said_of_what_was_not_read() -> None:
    """A file that was not read is named, and nothing is said of offers or of findings."""
    assert "NOT READ: a.pol" == first_line(of({"a.pol": None}), Severity.HIGH)


def test_a_policy_is_called_by_its_name() -> None:
    """Where several policies are told, one of the directory is called by its name there."""
    report = of({"{0B0A1C5E}": enabled(r"CORP\a"), "b": enabled(r"CORP\a"), "c": OFF}, Gpo("Helpdesk"))

    assert "offers are enabled in 2 of 3: Helpdesk, Helpdesk" in first_line(report, Severity.HIGH)


@pytest.mark.parametrize(
    ("policy", "tone"),
    [
        (OFF, "good"),
        (enabled(r"CORP\a"), "good"),
        (enabled(r"CORP\a", mode="control"), "unclear"),
        (enabled("Everyone"), "bad"),
        (Policy.of(offer="unknown"), "unclear"),
    ],
)
def test_no_calm_colour_over_a_medium_finding(policy: Policy, tone: Tone) -> None:
    """The head is calm only where nothing was found that is more than low."""
    assert tone == document(of({"a.pol": policy}), Severity.HIGH).tone
