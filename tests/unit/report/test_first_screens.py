"""The first screens of answers: how long one is where nothing is wrong, and what none of them leaves out."""

import json
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


LOG = ("judge", "docs/examples/mappings/anydesk-at-night.txt", "--mapping", "docs/examples/mappings/anydesk.yaml")
KINDS = ("broken", "cannot_tell", "kept", "not_asked")
ANSWERS = [("check", POLICY), ("judge", GOOD), ("judge", BAD), ("judge", GOOD, BAD), LOG, ("judge", "README.md")]
ANSWERS += [("diff", POLICY, "scenarios/who-may-offer/helpdesk.pol"), ("audit", POLICY), ("show", "limits")]


@pytest.mark.parametrize("args", ANSWERS, ids=" ".join)
def test_what_an_answer_says_of_its_options_is_so(args: tuple[str, ...]) -> None:
    """`--all shows …` leaves nothing of what it counts folded; `see --verbose` and `see --format` stand where these show more."""
    first = " ".join(" ".join(lines(*args)).split())
    counted = re.findall(r"\d[\d,]* (\w+)", first.partition("more: --all shows ")[2])
    whole = [line.strip() for line in (lines(*args, "--all") if "more: --all" in first else lines(*args))]
    folded = [line for line in whole if ": see --" in line]

    assert [] == [line for line in folded if any(noun in line for noun in counted)]
    if any(line.endswith(": see --verbose") for line in folded):
        assert ": see --verbose" not in "\n".join(lines(*args, "--verbose"))
    if told := [line.partition(": see --format")[0] for line in folded if ": see --format" in line]:
        assert all(each in "\n".join(lines(*args, "--format", "markdown")) for each in told)
    if "by name" in first:
        answer = json.loads("\n".join(lines(*args, "--format", "json")))["traces"][0]
        names = [each if isinstance(each, str) else each["promise"] for kind in KINDS for each in answer[kind]]
        assert all(name in "\n".join(whole) for name in names)
