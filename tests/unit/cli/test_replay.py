"""Failures save themselves, and `rasim replay` plays them again: with the same seed, order and policy files."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from rasim.cli.main import rasim
from rasim.cli.saved_failures import save_broken
from rasim.formats import registry_pol
from rasim.policy import Policy
from rasim.policy.offer import policy_to_entries
from rasim.protocol import table
from rasim.scenario import read_scenario
from rasim.verify import check, promise
from rasim.verify.mutants.table_edits import row_without
from rasim.verify.promises.kinds import Always
from rasim.verify.states.model import pair_model

HEAD = """rasim: 1
scenario: what was promised
policy: {files: [helpdesk.pol]}
people:
  anna: {account: 'CORP\\anna'}
  bob: {account: 'CORP\\bob', uses: s1}
steps:
- anna: offers help to bob
"""
TIE = f"{HEAD}- together: [{{bob: tries to accept}}, {{anna: tries to withdraw}}]\n- expect: {{anna: view only}}\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(rasim, [str(arg) for arg in args], catch_exceptions=False, standalone_mode=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder with a scenario in a folder of its own beside the policy file that it names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lesson").mkdir()
    policy = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna"])
    (tmp_path / "lesson" / "helpdesk.pol").write_bytes(registry_pol.render(policy_to_entries(policy)))
    (tmp_path / "lesson" / "tie.yaml").write_text(TIE)
    return tmp_path


def test_a_failure_saves_itself(folder: Path) -> None:
    """What failed is saved as a scenario with its seed, the order that failed, where its files stand, and why."""
    answer = run("run", "--seed", "7", "lesson")
    saved = folder / ".rasim" / "failed" / "lesson-tie-seed-7.yaml"
    replay = read_scenario(saved.read_text(), str(saved)).replay

    assert 1 == answer.exit_code
    assert f"rasim replay {saved.relative_to(folder)}" in answer.stderr
    assert replay is not None
    assert (7, 2, "../../lesson", "lesson/tie.yaml") == (replay.seed, replay.order, replay.beside, replay.of)
    assert "order 2 of 2" in replay.failed


def test_it_fails_again_and_then_is_fixed(folder: Path) -> None:
    """FAILED with 1 while it goes as it did, FIXED with 0 once it goes as it says."""
    run("run", "lesson")
    saved = folder / ".rasim" / "failed" / "lesson-tie-seed-0.yaml"
    before = run("replay", saved)
    saved.write_text(saved.read_text().replace("expect: {anna: view only}", "expect: {anna: nothing}"))
    after = run("replay", saved)

    assert (1, 0) == (before.exit_code, after.exit_code)
    assert before.stdout.startswith("FAILED")
    assert after.stdout.startswith("FIXED")


def test_what_passes_saves_nothing(folder: Path) -> None:
    """A scenario that passes leaves no file, nor does one that cannot be read, nor an empty name."""
    (folder / "lesson" / "tie.yaml").write_text(f"{HEAD}- expect: {{bob: asked about anna}}\n")
    (folder / "lesson" / "bad.yaml").write_text("rasim: 1\n")
    run("run", "lesson")
    (folder / "lesson" / "tie.yaml").write_text(TIE)
    run("run", "--save", "", "lesson")

    assert not (folder / ".rasim").exists()


def test_a_saved_failure_that_fails_again_is_not_saved_again(folder: Path) -> None:
    """Running a saved failure leaves it as it is: nothing is saved of it."""
    run("run", "lesson")
    saved = folder / ".rasim" / "failed"
    run("run", "--save", "again", saved)

    assert not (folder / "again").exists()


def test_where_it_cannot_be_written_the_answer_stands(folder: Path) -> None:
    """A folder that cannot be made is said on stderr, and the exit code is that of the scenario."""
    (folder / "taken").write_text("")
    answer = run("run", "--save", "taken/x", "lesson")

    assert 1 == answer.exit_code
    assert "the failure is not saved" in answer.stderr


def test_the_json_of_replay(folder: Path) -> None:
    """Each file has its verdict and why; what cannot be read is an error with 2, and outranks what failed."""
    run("run", "lesson")
    (folder / "bad.yaml").write_text("rasim: 2\n")
    answer = run("replay", "--format", "json", ".rasim/failed", "bad.yaml", "nothing.yaml")
    said = json.loads(answer.stdout)["replays"]

    assert 2 == answer.exit_code
    assert ["failed", "error"] == [each["verdict"] for each in said]
    assert all(each["because"] for each in said)
    assert "nothing.yaml: there is no such file or folder" in answer.stderr


def test_nothing_to_replay(folder: Path) -> None:
    """A folder without scenarios is 4."""
    (folder / "empty").mkdir()
    alone = run("replay")

    assert 4 == run("replay", "empty").exit_code
    assert 4 == run("replay", "lesson").exit_code  # scenarios that never failed are no failures
    assert (4, "rasim: nothing was saved in .rasim/failed\n") == (alone.exit_code, alone.stderr)


def test_without_a_name_what_was_saved_is_played(folder: Path) -> None:
    """Without a file everything in the folder of failures is played again."""
    run("run", "--seeds", "2", "lesson")
    answer = run("replay")

    assert (1, 2) == (answer.exit_code, answer.stdout.count("FAILED"))
    assert (folder / ".rasim").is_dir()


def test_an_order_that_is_not_there_is_no_success(folder: Path) -> None:
    """A saved order that what is together does not have is an error, and never FIXED."""
    run("run", "lesson")
    saved = folder / ".rasim" / "failed" / "lesson-tie-seed-0.yaml"
    saved.write_text(saved.read_text().replace("order: 2", "order: 3"))
    answer = run("replay", saved)

    assert 2 == answer.exit_code
    assert "there is no order 3: what is together has 2" in answer.stdout


@pytest.mark.usefixtures("folder")
def test_a_broken_promise_saves_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortest way in which a table breaks a promise is saved as a scenario: FAILED by that table, FIXED by the right one."""
    broken = row_without(table(), "O3", "local")
    checked = check([evolve(pair_model(broken), name="broken")], digest=False)
    (judged,) = [j for j in checked.judged if j.promise.name == "only_the_sessions_own_user_consents"]
    save_broken(judged, "saved")
    fixed = run("replay", "saved")
    monkeypatch.setattr("rasim.protocol.host.table", lambda *_: broken)
    failed = run("replay", "saved")

    assert (0, "FIXED") == (fixed.exit_code, fixed.stdout.split()[0])
    assert (1, "FAILED") == (failed.exit_code, failed.stdout.split()[0])
    assert "only_the_sessions_own_user_consents is broken" in failed.stdout


def test_run_judges_every_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario that goes as it says, and whose trace breaks a promise, fails, and the promise is named."""
    (folder / "lesson" / "tie.yaml").write_text(f"{HEAD}- expect: {{bob: asked about anna}}\n")
    named = promise("the_question_names_the_expert")
    assert isinstance(named, Always)
    monkeypatch.setattr("rasim.verify.promises.judge.KEPT", (evolve(named, breaks=lambda *_: "a wrong name"),))
    answer = run("run", "lesson")

    assert 1 == answer.exit_code
    assert "the_question_names_the_expert is broken" in answer.stdout


def test_a_trace_that_was_written_is_judged(folder: Path) -> None:
    """`--traces` writes each trace as a file that `judge` reads: whole, with everything recorded, and kept."""
    (folder / "lesson" / "tie.yaml").write_text(f"{HEAD}- bob: accepts\n- wait: 30 s\n")
    run("run", "--traces", "traces", "lesson")
    lines = [json.loads(line) for line in (folder / "traces" / "lesson-tie.jsonl").read_text().splitlines()]
    answer = run("judge", "--format", "json", "traces")

    assert ("recorder", "recording_ended") == (lines[0]["event"], lines[-1]["event"])
    assert (0, "kept") == (answer.exit_code, json.loads(answer.stdout)["traces"][0]["verdict"])


def test_times_that_pass_ahead_of_the_clock_are_not_recorded(folder: Path) -> None:
    """A scenario that lets a cool-down pass at once says that it recorded no times, and its trace is kept."""
    steps = "- bob: denies\n- computer: lets the cool-down of anna pass\n- anna: offers help to bob\n"
    (folder / "lesson" / "tie.yaml").write_text(f"{HEAD}{steps}")
    answer = run("run", "--traces", "traces", "lesson")
    first = json.loads((folder / "traces" / "lesson-tie.jsonl").read_text().splitlines()[0])

    assert (0, False) == (answer.exit_code, "time" in first["records"])
    assert 0 == run("judge", "traces").exit_code


def test_a_tape_is_played_again(folder: Path) -> None:
    """What was saved with a tape is played by it: one that is no tape is a mistake with its place, one of another run cannot be played."""
    alone = HEAD.replace("steps:", "choices: {consent time: 30 s}\nsteps:")
    answers = {}
    for name, tape in (("fits", "0:1"), ("another", "0:99"), ("none", "99")):
        (folder / "lesson" / f"{name}.yaml").write_text(f"{alone}replay: {{tape: '{tape}'}}\n")
        answers[name] = run("replay", folder / "lesson" / f"{name}.yaml")

    assert {"fits": 0, "another": 2, "none": 2} == {name: answer.exit_code for name, answer in answers.items()}
    assert ("another run's" in answers["another"].stdout, "a tape is points and choices" in answers["none"].stdout) == (
        True,
        True,
    )
