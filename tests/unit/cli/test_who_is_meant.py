"""Who is meant by a list of helpers, asked of files that an earlier version answered with a comfort they do not give."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.errors import InputError

TOP = Path(__file__).parents[3]
WHO = TOP / "tests" / "data" / "who"
QUOTED = re.compile(r"--[a-z][\w-]*[ =]'")


def said(command: str, policy: str, *options: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(rasim, [command, str(WHO / policy), *options, "--format", "json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize(
    ("policy", "groups"),
    [
        ("nested-everybody.pol", "nested-everybody.groups.yaml"),
        ("q-everybody.reg", None),
        ("domain-users-by-sid.pol", None),
        ("helper-domain-users-upn.pol", None),
        ("ldif-domain-users.pol", "groups-only.ldif"),
    ],
)
def test_everybody_is_cannot_tell_and_high(policy: str, groups: str | None) -> None:
    """An entry that stands for everybody is a finding that is high, and nobody is out for certain."""
    told = ("--groups", str(WHO / groups), "--domain", "CORP=corp.example") if groups else ()
    code, audit = said("audit", policy, *told)

    assert (1, True) == (code, "RA004" in {each["rule"] for each in audit["findings"]})
    assert (3, "unclear") == (
        (answer := said("explain", policy, "--expert", r"CORP\zoe", *told))[0],
        answer[1]["decision"],
    )


def test_every_one_of_these_stands_for_everybody() -> None:
    """Each entry of a list of everybody in many languages is told as that."""
    audit = said("audit", "q-everybody.reg")[1]

    assert len(audit["files"][0]["policy"]["offer"]["helpers"]) == sum(e["rule"] == "RA004" for e in audit["findings"])


def test_a_part_of_a_group_is_not_the_group() -> None:
    """Of a group in parts who is told is in, and whoever is not told may be."""
    told = ("--groups", str(WHO / "g-range.ldif"))
    answers = [said("explain", "gr.pol", "--expert", rf"corp.example\{name}", *told)[1] for name in ("anna", "carl")]

    assert ["allow", "unclear"] == [each["decision"] for each in answers]


def test_an_export_without_classes_is_refused() -> None:
    """An export that lacks what says who is a group is no answer about anybody."""
    told = ("--groups", str(WHO / "g-noclass.ldif"), "--expert", r"corp.example\anna")

    assert isinstance(CliRunner().invoke(rasim, ["explain", str(WHO / "gr.pol"), *told]).exception, InputError)


def test_a_helper_in_quotes_is_of_wrong_form() -> None:
    """A helper in quotation marks is no name: a finding, and whether Windows reads over them cannot be told."""
    assert "RA005" in {each["rule"] for each in said("audit", "helper-in-quotes.pol")[1]["findings"]}
    assert 3 == said("explain", "helper-in-quotes.pol", "--expert", r"CORP\anna")[0]


@pytest.mark.parametrize(
    "page",
    sorted([TOP / "README.md", *(TOP / "docs").rglob("*.md"), *(TOP / "rasim" / "cli").rglob("*.py")]),
    ids=lambda page: page.name,
)
def test_options_are_quoted_as_every_shell_takes_it(page: Path) -> None:
    """No page and no help shows an option in single quotes, which the command line of Windows takes for a part of it."""
    assert [] == (
        [] if "decisions" in page.parts or page.name == "changelog.md" else QUOTED.findall(page.read_text("utf-8"))
    )
