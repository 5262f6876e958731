"""`--report html=FILE` of `run`, `check` and `judge`: written beside the answer, which stays what it is."""

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from rasim.cli.check import check
from rasim.cli.judge import judge
from rasim.cli.run import run
from rasim.errors import UsageError
from rasim.formats import registry_pol
from rasim.policy import Policy, policy_to_entries

TOP = Path(__file__).parents[3]
CASES = TOP / "tests" / "data" / "cases"
BAD = CASES / "case-15-capture-below-the-desktop.bad.jsonl"
GOOD = CASES / "case-15-capture-below-the-desktop.good.jsonl"
FAILS = """rasim: 1
scenario: it fails
policy: {offer: enabled, mode: view, helpers: ['CORP\\anna']}
people:
  anna: {account: 'CORP\\anna'}
  bob: {account: 'CORP\\bob', uses: s1}
steps:
- anna: offers help to bob
- expect: {anna: control}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fails.yaml").write_text(FAILS)
    (tmp_path / "passes.yaml").write_text(FAILS.replace("{anna: control}", "{bob: asked about anna}"))
    for name, state in (("view.pol", "enabled"), ("doubt.pol", "unknown")):
        entries = policy_to_entries(Policy.of(offer=state, mode="view", helpers=["CORP\\anna"]))
        (tmp_path / name).write_bytes(registry_pol.render(entries))
    (tmp_path / "bad.jsonl").write_bytes(BAD.read_bytes())
    (tmp_path / "good.jsonl").write_bytes(GOOD.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(command: click.Command, *args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, args, input=stdin, catch_exceptions=False)


CALLS = pytest.mark.parametrize(
    ("command", "args", "code", "words"),
    [
        (run, ("passes.yaml", "--save", ""), 0, "all 1 passed"),
        (run, ("fails.yaml", "passes.yaml", "--save", ""), 1, "FAILED: fails.yaml (line 9); 1 passed"),
        (run, ("fails.yaml", "nowhere", "--save", ""), 2, "NOT READ: nowhere"),
        (check, ("view.pol",), 0, "nothing is broken"),
        (check, ("doubt.pol",), 3, "UNCLEAR in the policy: "),
        pytest.param(check, ("--profile", "silence accepts"), 1, "BROKEN: silence_refuses, "),
        (check, ("--max-states", "10"), 3, "NOT COMPLETE"),
        (judge, ("good.jsonl",), 0, "kept, as far as it was asked"),
        (judge, ("good.jsonl", "bad.jsonl", "--jobs", "2"), 1, "BROKEN: bad.jsonl by "),
    ],
)


@CALLS
def test_a_page_stands_beside_the_answer(
    here: Path, command: click.Command, args: tuple[str, ...], code: int, words: str
) -> None:
    """The page is written with the verdict, and neither what is printed (but for seconds) nor the exit code is another."""
    plain, told = called(command, *args), called(command, *args, "--report", "html=page.html")
    page = (here / "page.html").read_text("utf-8")

    assert (code, code) == (plain.exit_code, told.exit_code)
    assert re.sub(r"\n[\d.]+ s\n$", "", plain.stdout) == re.sub(r"\n[\d.]+ s\n$", "", told.stdout)
    assert page.startswith("<!DOCTYPE html>")
    assert words in page.partition("<main>")[0]


def test_a_check_writes_its_json_too(here: Path) -> None:
    """A check writes its JSON as a report, which says what it says as an answer, seconds apart."""
    asked = json.loads(called(check, "view.pol", "--format", "json", "--report", "json=check.json").stdout)
    written = json.loads((here / "check.json").read_text("utf-8"))

    assert {**asked, "seconds": 0} == {**written, "seconds": 0}
    assert all(model["digest"] for model in written["models"])


def test_second_opinions_are_in_the_page(here: Path) -> None:
    """What a check was asked beside the standard models stands in its page too."""
    called(check, "--by-policy", "--report", "html=page.html")
    page = (here / "page.html").read_text("utf-8")

    said = page.rpartition("Which settings enable which capability")[2]

    assert all(words in said for words in ("fAllowUnsolicited", "control"))


@pytest.mark.parametrize(
    ("command", "args"),
    [
        (run, ("passes.yaml", "--report", "html=passes.yaml")),
        (run, (".", "--report", "html=fails.yaml")),
        (check, ("view.pol", "--report", "html=view.pol")),
        (judge, (".", "--report", "html=good.jsonl")),
    ],
)
def test_no_page_overwrites_what_was_read(here: Path, command: click.Command, args: tuple[str, ...]) -> None:
    """A page that would be written over a file that is read, named or met in a folder, is refused, and the file stays."""
    before = {path.name: path.read_bytes() for path in here.iterdir()}

    with pytest.raises(UsageError, match="would overwrite"):
        called(command, *args, *(("--save", "") if command is run else ()))
    assert before == {path.name: path.read_bytes() for path in here.iterdir()}


def test_of_a_long_trace_the_lines_around_what_broke_are_shown(here: Path) -> None:
    """Of a long trace the lines around what broke stand in the page, whether it comes from a file or from standard input."""
    lines = [json.loads(line) for line in BAD.read_text("utf-8").splitlines()]
    quiet = {"event": "local_input", "session": next(line["session"] for line in lines if "session" in line)}
    text = "".join(
        f"{json.dumps({**line, 'seq': seq})}\n" for seq, line in enumerate([lines[0], *[quiet] * 400, *lines[1:]], 1)
    )
    (here / "long.jsonl").write_text(text, "utf-8")
    called(judge, "long.jsonl", "--report", "html=file.html")
    called(judge, "-", "--report", "html=stdin.html", stdin=text)
    pages = [(here / name).read_text("utf-8") for name in ("file.html", "stdin.html")]

    assert [True, True] == ["The lines around it" in page for page in pages]


def test_the_scenario_need_not_be_there_any_more(here: Path) -> None:
    """What cannot be read has a card in the page that says why."""
    (here / "broken.yaml").write_text("rasim: 1\nscenario: x\n")

    assert 2 == called(run, "broken.yaml", "--report", "html=page.html").exit_code
    assert "CANNOT BE PLAYED" in (here / "page.html").read_text("utf-8")
