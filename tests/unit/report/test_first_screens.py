"""The first screens of answers: how long one is where nothing is wrong, and what none of them leaves out."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim

ROOT = Path(__file__).parents[3]
POLICY = "scenarios/who-may-offer/branch.pol"
CASES = "tests/data/cases"
GOOD = f"{CASES}/case-36-a-lost-caller-keeps-the-place.good.jsonl"
BAD = f"{CASES}/case-18-the-helper-clicks-for-the-user.bad.jsonl"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def lines(*args: str) -> list[str]:
    return CliRunner().invoke(rasim, args).stdout.splitlines()


@pytest.mark.parametrize(
    ("args", "verdict"),
    [
        (("check", POLICY), 2),
        (("diff", POLICY, POLICY), 1),
        (("judge", GOOD), 1),
        (("judge", GOOD, GOOD.replace("36-a-lost-caller-keeps-the-place", "18-the-helper-clicks-for-the-user")), 1),
    ],
    ids=["check", "diff", "judge", "judge several"],
)
def test_a_good_answer_is_its_verdict_and_six_lines(args: tuple[str, ...], verdict: int) -> None:
    """Where nothing is wrong the answer is a verdict and at most six keys, and its last line names the rest."""
    said = lines(*args)

    rows = [line for line in said if re.match(r"  \S", line)]
    assert len(rows) + 1 <= 6
    assert re.match(r"  \S", said[verdict])
    assert all(len(line) <= 80 for line in said)
    assert " more: --all shows " in " ".join(["", *said])


def test_what_holds_stands_beside_what_does_not_say_anything() -> None:
    """A check says how many promises hold, how many are vacuous, how many were not asked and why, and how much it does not say."""
    keys = [line.split("  ")[1] for line in lines("check", POLICY) if re.match(r"  \S", line)]

    assert ["searched", "holds", "possible", "not asked", "not said"] == keys


def test_what_is_broken_has_its_counterexample_on_the_first_screen() -> None:
    """A promise that is broken, and the scenario in which it is, need no option."""
    said = "\n".join(lines("check", "--profile", "silence accepts", "--save", ""))

    assert "BROKEN silence_refuses" in said
    assert "- computer: lets the consent time of anna for bob pass" in said


def test_the_line_that_breaks_is_on_the_first_screen() -> None:
    """Of a trace that breaks a promise the first screen has the promise, the line and why."""
    said = " ".join(" ".join(lines("judge", BAD)).split())

    assert "BROKEN only_the_sessions_own_user_consents" in said
    assert "the yes does not come from the user's own hand (injected) (line 20, seq 20)" in said


def test_what_is_not_complete_says_so_where_it_is_counted() -> None:
    """A search that did not come to an end says so in its verdict, with its number of states, and by model."""
    said = lines("check", "--max-states", "50")

    assert said[0].startswith("NOT COMPLETE")
    assert said[1].startswith("  searched   NOT COMPLETE: ")
    assert any("pair" in line and "NOT COMPLETE" in line for line in said)


def test_of_many_differences_one_has_its_scenario() -> None:
    """The first screen of a comparison has at most three differences and one scenario, and says how many more there are."""
    said = lines("diff", POLICY, "scenarios/who-may-offer/helpdesk.pol")

    assert 1 == sum(line.strip() == "The shortest scenario" for line in said)
    assert "  and 1 difference more" in said
    assert "UNCLEAR" in said[0]


@pytest.mark.parametrize("args", [("check", POLICY), ("judge", GOOD), ("diff", POLICY, POLICY)], ids=lambda a: a[0])
def test_a_report_is_whole(args: tuple[str, ...], tmp_path: Path) -> None:
    """A report of text that is written is what `--all` shows."""
    lines(*args, "--report", f"text={tmp_path / 'said.txt'}")
    written = (tmp_path / "said.txt").read_text(encoding="utf-8").splitlines()

    assert written == lines(*args, "--all")[: len(written)]
    assert not any(line.startswith("more:") for line in written)
