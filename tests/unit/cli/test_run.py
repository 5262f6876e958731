"""`rasim run`: which files it plays, what it says of each, and the JSON that programs read."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rasim.cli.run import run as command
from rasim.errors import PolicyFileError, UsageError
from rasim.formats import reg_text, registry_pol
from rasim.policy import Policy, policy_to_entries
from rasim.protocol import LINES

HEAD = """rasim: 1
scenario: {name}
policy: {{offer: enabled, mode: control, helpers: ['CORP\\anna']}}
people:
  anna: {{account: 'CORP\\anna'}}
  bob: {{account: 'CORP\\bob', uses: s1}}
steps:
- anna: offers help to bob
"""
PASSES = HEAD.format(name="it passes") + "- bob: accepts\n- expect: {anna: view only}\n"
FAILS = HEAD.format(name="it fails") + "- expect: {anna: control}\n"
TIE = (
    HEAD.format(name="either way")
    + "- together: [{bob: tries to accept}, {anna: tries to withdraw}]\n- expect: {anna: {either: [view only, nothing]}}\n"
)
REFUSED = HEAD.format(name="a tie that fails") + "- together: [{bob: accepts}, {anna: withdraws}]\n"


def run(*args: str | Path) -> Result:
    """Run it; failures are not saved here, `test_replay.py` is about that."""
    return CliRunner().invoke(command, ["--save", "", *(str(arg) for arg in args)], catch_exceptions=False)


def report(*args: str | Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run("--format", "json", *args).stdout)
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    for name, text in (("z.yaml", PASSES), ("b/a.yml", FAILS), ("b/notes.yaml", "kind: notes\n"), ("a.txt", PASSES)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_json_contract(folder: Path) -> None:
    """The JSON has the keys of the contract: scenarios with name, file, verdict, seed and trace; a summary of three counts."""
    answer = report(folder)

    assert {"scenarios", "summary", "coverage"} == set(answer)
    assert {"passed": 1, "failed": 1, "error": 0} == answer["summary"]
    for scenario in answer["scenarios"]:
        assert {"name", "file", "verdict", "seed", "trace"} <= set(scenario)
        assert {"seq", "event"} <= set(scenario["trace"][0])
        assert {line["event"] for line in scenario["trace"]} <= set(LINES)
        assert list(range(1, len(scenario["trace"]) + 1)) == [line["seq"] for line in scenario["trace"]]


def test_a_folder_is_played_in_the_order_of_its_names(folder: Path) -> None:
    """In a folder the scenarios among the .yaml and .yml files are played, others are left alone, in a fixed order."""
    assert [("it fails", str(folder / "b/a.yml"), "failed", 0), ("it passes", str(folder / "z.yaml"), "passed", 0)] == [
        (s["name"], s["file"], s["verdict"], s["seed"]) for s in report(folder)["scenarios"]
    ]


def test_a_line_each_and_details_for_failures(folder: Path) -> None:
    """Each scenario has one line; what failed has its place, the sentence, the line of the file and a caret."""
    result = run(folder)
    lines = result.stdout.splitlines()

    assert (1, "") == (result.exit_code, result.stderr)
    assert f"failed  {folder / 'b/a.yml'}" == lines[0]
    assert [f"        {folder / 'b/a.yml'}:9:12: expected anna: control; it is: asked"] == [
        line for line in lines if "expected anna" in line
    ]
    assert "- expect: {anna: control}" in result.stdout
    assert f"passed  {folder / 'z.yaml'}" == lines[-3]
    assert f"FAILED: {folder / 'b/a.yml'} (line 9); 1 passed, 1 failed" == lines[-1]
    assert lines[-2].startswith("rows used: ")


def test_a_file_named_twice_is_played_once(folder: Path) -> None:
    """A file that is named and also lies in a named folder is played once."""
    assert 2 == len(report(folder, folder / "z.yaml")["scenarios"])


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_folder_without_scenarios(tmp_path: Path, form: str) -> None:
    """Where there is no scenario the exit code is 4, and the message says what one is."""
    (tmp_path / "other.yaml").write_text("kind: notes\n")
    result = run("--format", form, tmp_path)

    assert (4, True) == (result.exit_code, "no scenario found" in result.stderr)


def test_a_missing_path(folder: Path) -> None:
    """A path that is not there is exit 2 and named; the others are still played."""
    result = run(folder / "z.yaml", folder / "missing.yaml")

    assert (2, True, True) == (result.exit_code, "missing.yaml" in result.stderr, "1 passed" in result.stdout)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"rasim: 1\nscenario: \xff\n", "UTF-8"),
        (b"rasim: 1\n", "a scenario needs `steps:`"),
        (b"kind: notes\n", "a scenario needs `rasim:`"),
        (b"", "an empty file is no scenario"),
        (b"rasim: [1\n", "not YAML"),
    ],
)
def test_a_named_file_that_is_no_scenario(tmp_path: Path, content: bytes, message: str) -> None:
    """A file that is named and cannot be read as a scenario is an error with a reason, exit 2."""
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    (scenario,) = report(path)["scenarios"]

    assert ("error", 2, []) == (scenario["verdict"], run(path).exit_code, scenario["trace"])
    assert any(message in problem["message"] for problem in scenario["problems"])


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """A misspelt word is answered with its place, the line, a caret and the nearest word; all of a file at once."""
    path = tmp_path / "bad.yaml"
    path.write_text(PASSES.replace("bob: accepts", "bob: acepts").replace("view only", "viewonly"))
    text = run(path).stdout

    assert f"{path}:9:8: " in text
    assert f"{path}:10:18: " in text
    assert ("- bob: acepts" in text, "did you mean `view only`?" in text, "accepts" in text) == (True, True, True)
    assert "^" in text


def test_every_order_of_a_tie(tmp_path: Path) -> None:
    """A tie is played in every order; one that goes wrong in one order fails, and says in which."""
    (tmp_path / "tie.yaml").write_text(TIE)
    (tmp_path / "bad.yaml").write_text(REFUSED)
    answers = {s["name"]: s for s in report(tmp_path)["scenarios"]}

    assert ("passed", 2) == (answers["either way"]["verdict"], answers["either way"]["orders"])
    assert "failed" == answers["a tie that fails"]["verdict"]
    assert "of 2)" in answers["a tie that fails"]["problems"][0]["message"]


def test_seeds(folder: Path) -> None:
    """Each scenario is played with each of the seeds, from the first on."""
    assert [7, 8, 9] == [s["seed"] for s in report("--seed", "7", "--seeds", "3", folder / "z.yaml")["scenarios"]]


def test_the_same_seed_is_the_same_output(folder: Path) -> None:
    """The same seed gives the same JSON, byte for byte."""
    assert (
        run("--format", "json", "--seed", "5", folder).stdout == run("--format", "json", "--seed", "5", folder).stdout
    )


def test_several_processes_say_the_same(folder: Path) -> None:
    """With several processes the output is that of one."""
    assert run("--jobs", "2", folder).stdout == run(folder).stdout


def test_nothing_but_results_on_stdout(folder: Path) -> None:
    """With a missing path standard output is still JSON alone."""
    result = run("--format", "json", folder / "z.yaml", folder / "missing.yaml")

    assert 1 == json.loads(result.stdout)["summary"]["passed"]
    assert "missing.yaml" in result.stderr


def test_the_coverage_names_what_is_missing(folder: Path) -> None:
    """With --coverage the rows not used and the refusals not shown are named, of all that can be reached."""
    answer = report("--coverage", folder)["coverage"]
    text = run("--coverage", folder).stdout

    assert {"T1", "O1"} <= set(answer["rows"])
    assert ["O3", "local"] in answer["refusals_missing"]
    assert "  not used: " in text
    assert "O3 by local" in text


# ---- under another policy -------------------------------------------------------------------------------------

CONTROLS = HEAD.format(name="control is asked for") + (
    "- bob: accepts\n- anna: asks for control\n- expect: {bob: asked for control}\n"
)
FILES = CONTROLS.replace("{offer: enabled, mode: control, helpers: ['CORP\\anna']}", "{files: [gone.pol]}")
ANNA = [r"CORP\anna"]


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a scenario and three policy files; return the folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "controls.yaml").write_text(CONTROLS)
    for name, policy in (
        ("control.pol", Policy.of(offer="enabled", mode="control", helpers=ANNA)),
        ("view.pol", Policy.of(offer="enabled", mode="view", helpers=ANNA)),
    ):
        (tmp_path / name).write_bytes(registry_pol.render(policy_to_entries(policy)))
    off = Policy.of(offer="disabled")
    (tmp_path / "off.reg").write_bytes(reg_text.render(policy_to_entries(off)))
    return tmp_path


def verdicts(*args: str | Path) -> list[str]:
    return [one["verdict"] for one in report(*args)["scenarios"]]


def test_a_policy_takes_the_place_of_the_scenarios_own(policies: Path) -> None:
    """A scenario passes under the policy that permits what it shows and fails under the other, whatever it states itself."""
    (policies / "controls.yaml").write_text(FILES)

    assert 2 == run("controls.yaml").exit_code
    assert (0, 1) == tuple(run("controls.yaml", "--policy", each).exit_code for each in ("control.pol", "view.pol"))
    assert "expected bob: asked for control; it is: not asked" in run("controls.yaml", "--policy", "view.pol").stdout


def test_the_last_policy_has_precedence(policies: Path) -> None:
    """Several policies are merged, the last wins, and a folder is taken as the files in it."""
    (policies / "both").mkdir()
    for name in ("control.pol", "view.pol"):
        (policies / name).rename(policies / "both" / name)

    assert ["passed"] == verdicts("controls.yaml", "--policy", "both/view.pol", "--policy", "both/control.pol")
    assert ["failed"] == verdicts("controls.yaml", "--policy", "both")
    assert ["failed"] == verdicts("controls.yaml", "--policy", "both/control.pol", "--policy", "off.reg")


def test_what_the_computer_itself_has_stays(policies: Path) -> None:
    """Under another policy a scenario's own firewall counts, and so do its steps that apply a policy."""
    firewall = "computer: {os: windows-xp-sp2}\nfirewall: {135 tcp: closed}\nsteps:"
    (policies / "firewall.yaml").write_text(CONTROLS.replace("steps:", firewall))
    step = "- administrator: {applies policy: {offer: enabled, mode: view, helpers: ['CORP\\anna']}}\n"
    (policies / "step.yaml").write_text(CONTROLS.replace("- anna: asks", f"{step}- anna: asks"))

    assert "anna offers help to bob: refused, row T1" in run("firewall.yaml", "--policy", "control.pol").stdout
    assert "expected bob: asked for control; it is: not asked" in run("step.yaml", "--policy", "control.pol").stdout


@pytest.mark.parametrize("file", ["gone.pol", "controls.yaml", "empty"])
def test_a_policy_that_cannot_be_read(policies: Path, file: str) -> None:
    """A policy that is not there, is no policy or holds none stops the run before a scenario is played, and is named."""
    (policies / "empty").mkdir()
    result = CliRunner().invoke(command, ["controls.yaml", "--policy", file])

    assert isinstance(result.exception, PolicyFileError | UsageError)
    assert (2, "", True) == (result.exception.exit_code, result.stdout, file in str(result.exception))


def test_a_policy_goes_with_every_other_option(policies: Path) -> None:
    """Seeds, processes, traces and reports are those of the run under that policy."""
    played = ("--seed", "3", "--seeds", "2", "--policy", "view.pol", "controls.yaml")
    result = run(*played, "--traces", "traces", "--report", "junit=run.xml", "--jobs", "2")
    first = [json.loads(line) for line in (policies / "traces" / "controls-seed-3.jsonl").read_text().splitlines()]

    assert run(*played).stdout == result.stdout
    assert ["failed", "failed"] == verdicts(*played)
    assert ["view"] == [line["mode"] for line in first if line["event"] == "policy_applied"]
    assert 2 == (policies / "run.xml").read_text().count("<failure")


def test_a_report_does_not_overwrite_the_policy(policies: Path) -> None:
    """A report that would be written over the policy is a usage error, and the policy stays."""
    before = (policies / "view.pol").read_bytes()
    result = CliRunner().invoke(command, ["controls.yaml", "--policy", "view.pol", "--report", "json=view.pol"])

    assert isinstance(result.exception, UsageError)
    assert before == (policies / "view.pol").read_bytes()


@pytest.mark.usefixtures("policies")
def test_a_failure_under_another_policy_is_not_saved() -> None:
    """What fails under another policy saves nothing, for a replay would play it under its own."""
    result = CliRunner().invoke(command, ["controls.yaml", "--policy", "view.pol", "--save", "failed"])

    assert (1, False) == (result.exit_code, Path("failed").exists())


@pytest.mark.parametrize("form", ["json", "markdown", "html", "junit"])
def test_every_format_is_the_report(folder: Path, form: str) -> None:
    """What --format prints is what --report writes, and neither moves the exit code."""
    file = folder / "report"
    shown, written = run(folder, "--format", form), run(folder, "--report", f"{form}={file}")

    assert shown.stdout.rstrip("\n") == file.read_text("utf-8").rstrip("\n")
    assert (1, 1) == (shown.exit_code, written.exit_code)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_report_says_what_failed(folder: Path, form: str) -> None:
    """In words too a report has the verdict, each step of what failed with the one that did, its trace, and what passed."""
    run(folder, "--report", f"{form}={folder / 'report'}")
    said = (folder / "report").read_text("utf-8")

    assert all(words in said for words in ("FAILED:", "expected anna: control", "failed here", "offer_received"))
    assert said.index("it fails") < said.index("it passes")
