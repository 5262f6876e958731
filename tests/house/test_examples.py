"""The policies in docs/examples are those that rasim writes, and merge as the page says."""

from pathlib import Path

import pytest

from rasim.formats import lgpo_text, registry_pol
from rasim.policy import Policy, policy_to_entries

CORP = Path(__file__).parents[2] / "docs" / "examples" / "corp"
MACHINE = "DomainSysvol/GPO/Machine/registry.pol"
POLICIES = {
    f"{{0B0A1C5E-6A5B-4C0B-9D53-6C8C0D1E2F30}}/{MACHINE}": Policy.of(
        offer="enabled", mode="view", helpers=[r"CORP\Helpdesk"]
    ),
    f"{{4D3C2B1A-0F1E-4D2C-8B3A-5A6B7C8D9E0F}}/{MACHINE}": Policy.of(
        offer="enabled", mode="control", helpers=[r"CORP\London IT"]
    ),
    "baseline.txt": Policy.of(offer="disabled", solicited="disabled", logging="enabled"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_an_example_is_what_rasim_writes(name: str) -> None:
    """A policy file of the examples holds what rasim writes for it, byte by byte."""
    write = lgpo_text.render if name.endswith(".txt") else registry_pol.render

    assert write(policy_to_entries(POLICIES[name])) == (CORP / name).read_bytes()


def test_no_other_policy_is_there() -> None:
    """There is no policy file among the examples that rasim did not write."""
    notes = {"bkupInfo.xml", "links.yaml"}
    there = {path.relative_to(CORP).as_posix() for path in CORP.rglob("*") if path.is_file() and path.name not in notes}

    assert POLICIES.keys() == there
