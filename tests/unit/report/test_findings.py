"""The list of findings: the page and the data say the same, and what is absent is told of whole policies only."""

import re
from pathlib import Path

import pytest

from rasim.analysis.findings import FINDINGS, findings_of
from rasim.policy import Firewall, Kind, Policy, Registry, RegistryEntry, read_policy
from rasim.policy.settings import HELPERS_KEY

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "policy-files.md"
ROW = re.compile(r"^\| (RA\d{3}) \| (\w+) \| (.+?) \| (.+) \|$", re.MULTILINE)


def test_the_page_lists_every_kind() -> None:
    """Every kind of finding has a row on the page, with its severity and what it says, and no id stands twice."""
    rows = [(id_, severity, says) for id_, severity, says, _ in ROW.findall(PAGE.read_text("utf-8"))]

    assert sorted((kind.id, str(kind.severity), kind.says) for kind in FINDINGS) == sorted(rows)
    assert len(FINDINGS) == len({kind.id for kind in FINDINGS})


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
    marks = [each.mark for kind in FINDINGS for each in kind.guidance]

    assert {"verified", "remembered"} == set(marks)


def ids(policy: Policy) -> set[str]:
    return {finding.kind.id for finding in findings_of(policy)}


def test_an_entry_that_stands_twice() -> None:
    """Two entries of one list that differ in case only are told once."""
    entries = [RegistryEntry(HELPERS_KEY, name, Kind.SZ, b"\0\0") for name in (r"CORP\anna", r"corp\ANNA")]
    registry = Registry.of(entries)
    found = findings_of(read_policy(registry), (), registry.repeated)

    assert [(r'"corp\ANNA" stands twice in its list', "RA027")] == [
        (each.message, each.kind.id) for each in found if each.kind.id == "RA027"
    ]


def test_disabled_invitations_beside_offers() -> None:
    """Disabled invitations beside enabled offers are told, for they block offers on old systems (R9)."""
    beside = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\a"], solicited="disabled")

    assert "RA028" in ids(beside)
    assert "RA028" not in ids(Policy.of(offer="disabled", solicited="disabled"))


SERVER = r"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|App=%SystemRoot%\system32\raserver.exe|"


@pytest.mark.parametrize(
    ("name", "rule", "expected"),
    [
        ("x", SERVER, set()),
        ("x", SERVER.replace("Allow", "Block"), {"RA030"}),
        ("RemoteAssistance-RAServer-In-TCP-NoScope-Active", SERVER.replace("raserver", "evil"), {"RA031"}),
        ("x", SERVER.replace("Profile=Domain|", ""), {"RA032"}),
        ("x", "nonsense", {"RA033"}),
    ],
)
def test_rules_to_look_at(name: str, rule: str, expected: set[str]) -> None:
    """Rules that block enabled offers, bear a known name, let offers in elsewhere or cannot be read are told."""
    policy = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\a"], firewall=Firewall.of(rules=[(name, rule)]))

    assert expected == {id_ for id_ in ids(policy) if id_.startswith("RA03")}
