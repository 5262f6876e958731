"""What `rasim check` plans and what comes of it: larger models, Spin, the proof, certificates, ITF, budgets."""

import json
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from rasim.cli import progress
from rasim.cli.check import check as command
from rasim.engines import plan
from rasim.engines.plan import Plan, run
from rasim.engines.provers.spin import Opinion, SpinCompared, compared, differences
from rasim.errors import PolicyFileError, UsageError
from rasim.report.check import as_json
from rasim.verify import explore
from rasim.verify.mutants import mutants as mutants_module
from rasim.verify.mutants.mutants import mutants
from rasim.verify.policies import reachable
from rasim.verify.states.model import sized_model

pytest.importorskip("numpy", reason="larger models need numpy")


@pytest.fixture(autouse=True)
def explored(request: pytest.FixtureRequest) -> None:
    """Explore the standard models once: what is asked here is what comes after them, but for what is interrupted."""
    if "interrupted" not in request.node.name:
        request.getfixturevalue("explored_once")


def said(*arguments: str) -> tuple[int, str]:
    """Run `rasim check` and return its exit code and what it printed."""
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    return result.exit_code, result.stdout


@pytest.mark.exhaustive
def test_a_larger_model_is_explored_by_numbers() -> None:
    """Two experts and three sessions are 2,808,690 states by numpy, and the promises are asked in one of the sessions."""
    code, text = said("--experts", "2", "--sessions", "3", "--format", "json")
    answer = json.loads(text)
    large = next(model for model in answer["models"] if model.get("engine") == "numpy")

    assert (0, True, 2_808_690, 0) == (code, answer["complete"], large["states"], large["trapped"])
    assert "two experts" == large["asked_in"]
    assert "python, numpy" == answer["engine"]


def test_symmetry_stands_for_the_rest() -> None:
    """With --symmetry fewer states are kept, and they stand for as many."""
    code, text = said("--experts", "2", "--symmetry")

    assert 0 == code
    assert "1,146 states, 35,630 transitions, depth 15: complete" in text
    assert "644 of them were kept" in text


def test_what_is_too_large_is_searched_by_a_swarm() -> None:
    """A swarm in three experts and three sessions says what it covered, is exit 3 and finds the same from the same seed."""
    options = ("--experts", "3", "--sessions", "3", "--swarm", "2", "--max-states", "60", "--format", "json")
    code, text = said(*options, "--seed", "5", "--jobs", "1")
    answer = json.loads(text)
    again = json.loads(said(*options, "--seed", "5", "--jobs", "2")[1])

    assert (3, False, 60, 5) == (code, answer["complete"], answer["swarm"]["taken"], answer["swarm"]["seed"])
    assert answer["swarm"] == again["swarm"]


def test_what_a_swarm_finds_broken_is_saved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a swarm finds broken is exit 1, and saved as a scenario that can be replayed."""
    mistaken = next(mutant.table for mutant in mutants() if mutant.name == "O3 without `local`")
    model = sized_model(2, 1, mistaken)
    monkeypatch.setattr(plan, "_sized", lambda *_: model)
    code, text = said("--experts", "2", "--swarm", "1", "--save", str(tmp_path))

    assert 1 == code
    assert "3 BROKEN" in text
    assert (tmp_path / "only_the_sessions_own_user_consents.yaml").exists()


@pytest.mark.parametrize(
    ("option", "why"),
    [
        pytest.param(("--max-states", "5000"), "more than 5,000 states", marks=pytest.mark.exhaustive),
        (("--max-memory", "1"), "bytes"),
    ],
)
def test_a_budget_is_said(option: tuple[str, str], why: str) -> None:
    """A budget that ends the search of a larger model is exit 3, not complete, and said."""
    code, text = said("--experts", "2", "--sessions", "3", "--engine", "numpy", *option)
    text = " ".join(text.split())

    assert 3 == code
    assert f"NOT COMPLETE: {'it needs ' if why == 'bytes' else ''}" in text
    assert why in text


def test_an_engine_by_name_is_that_engine() -> None:
    """The readable engine explores what it is asked to, and its model is among the others."""
    code, text = said("--experts", "1", "--sessions", "2", "--engine", "python", "--all")

    assert 0 == code
    assert "one expert, two sessions" in text
    assert " by numpy" not in text


def test_an_engine_that_is_missing_costs_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without numpy an engine asked for by name is a usage error that names the extra."""
    for name in [name for name in sys.modules if name.startswith("rasim.engines.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(UsageError, match=r"\(the extra `fast`\): python -m pip install \"numpy"):
        said("--experts", "2", "--engine", "numpy")


def test_a_proof_is_asked_for() -> None:
    """With --prove each promise that has a claim is proved, and the rest is not asked."""
    pytest.importorskip("z3", reason="the proof needs z3")
    code, text = said("--prove", "--format", "json")
    verdicts = [each["verdict"] for each in json.loads(text)["proof"]["promises"]]

    assert (0, 27, 8) == (code, verdicts.count("proved"), verdicts.count("not asked"))


@pytest.mark.skipif(
    shutil.which("spin") is None or shutil.which("cc") is None, reason="Spin or a C compiler is missing"
)
def test_spin_is_asked() -> None:
    """Spin is asked about a model in both orders, and once more for what is claimed, and nothing differs."""
    opinions = compared([explore(sized_model(1, 1), sometimes=(), digest=False)])

    assert [("depth", False, ()), ("breadth", False, ()), ("breadth", True, ())] == [
        (each.opinion.order, each.opinion.asserted, each.differences) for each in opinions
    ]


def test_what_spin_says_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Spin says otherwise is said in text and in JSON, and is exit 1; a search that was cut short is exit 3."""
    opinion = Opinion(
        complete=True, why="", states=840, transitions=1, depth=2, vector=3, memory=4.0, broken=(), model="pair",
        order="depth", asserted=False, version="Spin", generated=0.1, compiled=0.2, ran=0.3,
    )  # fmt: skip
    cut = evolve(opinion, complete=False, why="out of memory")
    for asked, code in ((opinion, 1), (cut, 3)):
        words = tuple(differences(asked, 841, 24_530, 15))
        those = (SpinCompared(asked, words),)
        monkeypatch.setattr(plan, "compared", lambda *_, those=those: those)
        text, answer = said("--spin"), said("--spin", "--format", "json")

        assert (code, code) == (text[0], answer[0])
        assert words[0] in text[1]
        assert list(words) == json.loads(answer[1])["spin"][0]["differences"]


@pytest.mark.exhaustive
def test_files_are_written(tmp_path: Path) -> None:
    """A certificate and an ITF file for each witness are written where they were asked for."""
    code, _ = said("--certificate", str(tmp_path / "c.json"), "--itf", str(tmp_path / "itf"))

    assert 0 == code
    assert 5_592 == json.loads((tmp_path / "c.json").read_text(encoding="ascii"))["count"]
    assert 54 == len(list((tmp_path / "itf").glob("*.itf.json")))


def test_what_cannot_be_written_is_said_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate in a folder that is not there, ITF below a file and a report that is a folder are one sentence each, before any work."""
    (tmp_path / "file").write_text("", encoding="ascii")
    monkeypatch.setattr(plan, "run", lambda *_: pytest.fail("it was worked out first"))

    with pytest.raises(UsageError, match="no folder can be made there"):
        said("--itf", str(tmp_path / "file" / "itf"))
    with pytest.raises(UsageError):
        said("--certificate", str(tmp_path / "none" / "c.json"))
    with pytest.raises(UsageError, match="cannot be written: is a directory"):
        said("--report", f"html={tmp_path}")
    certificate = str(tmp_path / "c.json")
    with pytest.raises(UsageError, match="would overwrite a file that is read or written here"):
        said("--certificate", certificate, "--report", f"json={certificate}")
    with pytest.raises(PolicyFileError):
        said(str(tmp_path / "none.pol"), "--itf", str(tmp_path / "itf"))
    assert ["file"] == [path.name for path in tmp_path.iterdir()]


def test_the_answer_is_grouped_by_policy() -> None:
    """With --by-policy control is reachable under one of sixteen policies; under another choice that is not answered."""
    code, text = said("--by-policy", "--format", "json")
    control = json.loads(text)["by_policy"][-1]

    assert (0, "control", 1, 4) == (code, control["capability"], control["policies"], len(control["conditions"][0]))
    with pytest.raises(UsageError, match="strict choices only"):
        said("--by-policy", "--choice", "hidden question=waits")


def test_a_program_is_answered_as_the_command_is() -> None:
    """The plan with an option's value is answered as the command is with that option, number by number."""
    answer = as_json(run(Plan(experts=2, sessions=2, engine="numpy")))
    printed = json.loads(said("--experts", "2", "--sessions", "2", "--engine", "numpy", "--format", "json")[1])
    for each in (answer, printed):
        each["seconds"] = each["models"][-1]["seconds"] = 0

    assert printed == answer


@pytest.mark.parametrize(
    "sized", [(), ("--experts", "1", "--sessions", "2", "--engine", "python"), ("--experts", "2", "--sessions", "3")]
)
def test_what_is_interrupted_is_a_part(sized: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in the middle, the part of the standard check or of either engine is printed as not complete, and the exit code is 130."""

    def interrupt(model: str, sofar: Any) -> None:
        assert "expert" in model or "pair" == model
        if sofar.states > 300:
            raise KeyboardInterrupt

    monkeypatch.setattr(progress, "shown", lambda: nullcontext(interrupt))
    code, text = said(*sized)

    assert 130 == code
    assert "NOT COMPLETE" in text
    assert "as far as it was looked" in text


def test_a_second_opinion_that_is_broken_off_leaves_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted while Spin searches, what was explored and proved by then is the answer: not complete, a part, exit code 130."""

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(plan, "spin_and_compiler", lambda: None)
    monkeypatch.setattr(plan, "compared", interrupted)
    answer = run(Plan(spin=True, digest=False))

    assert (True, False, 130) == (answer.interrupted, answer.complete, answer.exit_code)
    assert ((), True) == (answer.spin, answer.checked.complete)


def test_what_is_not_found_for_an_interrupt_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted exploration tells nobody that something cannot happen: who asks that is interrupted too."""
    part = evolve(explore(sized_model(1, 1), (), (), digest=False), complete=False, interrupted=True)
    for module in (reachable, mutants_module):
        monkeypatch.setattr(module, "explore", lambda *_, **__: part)
    reachable.powers.cache_clear()
    for asks in (reachable.axis, mutants_module.baselines):
        with pytest.raises(KeyboardInterrupt):
            asks()
