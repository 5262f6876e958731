"""Looking up: names of every kind are found, told on one screen, and told apart where one letter stands for several things."""

import json
import re

import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.report.lookup import KINDS, NamedKind, all_names, find, of_kind, screens
from rasim.verify.check import Verdict


def show(*words: str) -> str:
    result = CliRunner().invoke(rasim, ["show", *words])
    assert 0 == result.exit_code, result.exception
    return result.stdout


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
def test_every_name_is_found_and_fits_a_screen(kind: NamedKind) -> None:
    """Every name of a kind is found behind its kind, is told with a sentence, and fits on 24 lines of 80 columns; limits are never cut."""
    for entry in of_kind(kind):
        assert entry in find([*entry.kind.split(), entry.name]), entry.name
        assert entry.says.strip(". ")
        lines = screens.entries_as_text([entry]).split("\n")
        assert len(lines) <= 24 or kind.plural == "limits", entry.name
        wide = [line for line in lines if len(line) > 80 and not line.startswith("  {") and "\\" not in line]
        assert [] == wide


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
def test_the_example_of_a_kind_is_one_of_it(kind: NamedKind) -> None:
    """The name that stands beside a kind in the list of kinds is found, and is of it."""
    assert any(entry in of_kind(kind) for entry in find([kind.example]))


@pytest.mark.parametrize(
    "words", [["xp-sp2"], ["XP SP2"], ["Windows_XP_SP2"], ["windows", "xp", "sp2"], ["WINDOWS-XP-SP2"]]
)
def test_names_compare_without_case_and_blanks(words: list[str]) -> None:
    """Letter case, blanks, hyphens and underscores make no difference, and several words need no quotes."""
    assert ["windows-xp-sp2"] == [entry.name for entry in find(words)]


def test_a_letter_of_two_lists_shows_both() -> None:
    """A1 is a reading and a rule of privacy, C1 a row and a case: the first is told, and how to ask for the other."""
    assert {"reading", "privacy"} == {entry.kind for entry in find(["a1"])}
    assert {"row", "case"} == {entry.kind for entry in find(["C1"])}
    assert "also case case-01: rasim show case case-01" in show("C1")
    assert ["case-01"] == [entry.name for entry in find(["case", "C1"])]
    assert ["row"] == [entry.kind for entry in find(["row", "C1"])]


def test_where_a_name_is_used_is_told() -> None:
    """Who refers to an id, or names it in a sentence, stands with it; a letter of two lists is not mixed up."""
    rows = json.loads(show("--format", "json", "R3"))["found"][0]["used in"]["rows"]
    privacy, reading = (json.loads(show("--format", "json", kind, "A6"))["found"] for kind in ("privacy", "privacy"))

    assert ["W1"] == rows
    assert privacy == reading
    assert {"rows": ["T1"], "promises": ["a_stranger_learns_nothing"]} == privacy[0]["used in"]
    assert "promises" not in json.loads(show("--format", "json", "reading", "A10"))["found"][0]["used in"]


def test_an_unknown_name_has_the_nearest_and_ends_with_two() -> None:
    """What nothing is called is refused with the nearest names, of the kind that was named, if one was."""
    result = CliRunner().invoke(rasim, ["show", "silence_refusse"])
    assert "did you mean `silence_refuses`" in str(result.exception)
    assert 2 == result.exception.exit_code  # type: ignore[union-attr]

    assert "no finding is called" in str(CliRunner().invoke(rasim, ["show", "finding", "R3"]).exception)


def test_a_kind_is_listed() -> None:
    """A kind alone lists all its names; the limits are listed in full."""
    assert "RA001" in show("findings")
    assert "who is a member of a listed group is not looked up" in " ".join(show("limits").split())
    assert "| RA001 |" in show("findings", "--format", "markdown")
    assert any("xp-sp2" in each["name"] for each in json.loads(show("systems", "--format", "json"))["found"])


def test_without_a_word_the_kinds_are_listed() -> None:
    """`rasim show` alone lists every kind with its count and one of its names."""
    text = show()

    for kind in KINDS:
        assert re.search(rf"^  {kind.plural} +{len(of_kind(kind))}  {re.escape(kind.example)}$", text, re.MULTILINE)


def test_a_name_has_three_forms() -> None:
    """What is found is the same as text, Markdown and JSON."""
    assert "finding RA001" in show("RA001")
    assert "## finding RA001" in show("RA001", "--format", "markdown")
    assert "RA001" == json.loads(show("RA001", "--format", "json"))["found"][0]["name"]


def test_a_step_is_found_as_it_is_written() -> None:
    """A step is found by what a scenario has, with or without its actor."""
    assert any("user: presses Esc" == entry.name for entry in find(["presses Esc"]))
    assert any("step" == entry.kind for entry in find(["anna:", "offers", "help", "to", "bob"]))


def test_every_verdict_has_a_sentence() -> None:
    """Each word that `rasim check` can say of a promise is told."""
    verdict = next(kind for kind in KINDS if kind.plural == "verdicts")

    assert set() == set(Verdict.__args__) - {entry.name for entry in of_kind(verdict)}


def test_all_names_are_there_once() -> None:
    """Completion has every name once, and the kinds first."""
    names = all_names()

    assert len(names) == len(set(names))
    assert tuple(kind.plural for kind in KINDS) == names[: len(KINDS)]
    assert {"R3", "RA001", "case-18", "windows-xp-sp2", "silence_refuses"} <= set(names)
