"""`rasim check` and what it can be asked for besides: larger models, Spin, the proof, certificates, ITF, budgets."""

import json
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from rasim.cli import further
from rasim.cli.check import check as command
from rasim.engines.provers.spin import Opinion, differences
from rasim.errors import UsageError
from rasim.protocol.choices import STRICT
from rasim.report.second_opinions import Compared
from rasim.verify import Exploration, explore
from rasim.verify.mutants.mutants import mutants
from rasim.verify.states.explore import Sofar
from rasim.verify.states.model import sized_model

pytest.importorskip("numpy", reason="larger models need numpy")
pytestmark = pytest.mark.slow


KNOWN: dict[Any, Exploration] = {}


@pytest.fixture(autouse=True)
def explored_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Explore the standard models once for all of these tests, in this process: what is asked here is what comes besides."""
    if "interrupted" in request.node.name:
        return

    def remembered(model: Any, kept: Any, sometimes: Any, *, enough: Any, progress: Any, digest: bool) -> Exploration:
        if enough is not None:
            return explore(model, kept, sometimes, enough=enough, progress=progress, digest=digest)
        key = (model, tuple(each.name for each in sometimes), digest)
        if key not in KNOWN:
            KNOWN[key] = explore(model, kept, sometimes, digest=digest)
        return KNOWN[key]

    monkeypatch.setattr(sys.modules["rasim.verify.check"], "explore", remembered)
    monkeypatch.setattr(sys.modules["rasim.cli.check"], "_processes", lambda _: nullcontext(None))


def said(*arguments: str) -> tuple[int, str]:
    """Run `rasim check` and return its exit code and what it printed."""
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    return result.exit_code, result.stdout


def test_a_larger_model_is_explored_by_numbers() -> None:
    """Three experts and two sessions are 1,092,240 states by numpy, and the promises are asked in one of the sessions."""
    code, text = said("--experts", "2", "--sessions", "3", "--format", "json")
    answer = json.loads(text)
    large = next(model for model in answer["models"] if model.get("engine") == "numpy")

    assert (0, True, 2_808_690, 0) == (code, answer["complete"], large["states"], large["trapped"])
    assert "two experts" == large["asked_in"]
    assert "python, numpy" == answer["engine"]


def test_symmetry_stands_for_the_rest() -> None:
    """With --symmetry fewer states are kept, and they stand for as many."""
    code, text = said("--experts", "2", "--sessions", "2", "--symmetry")

    assert 0 == code
    assert "39,954 states, 1,791,564 transitions, depth 26: complete" in text
    assert "10,556 of them were kept" in text


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
    monkeypatch.setattr(sys.modules["rasim.cli.check"], "_sized", lambda *_, **__: model)
    code, text = said("--experts", "2", "--swarm", "1", "--save", str(tmp_path))

    assert 1 == code
    assert "broken in the swarm" in text
    assert (tmp_path / "only_the_sessions_own_user_consents.yaml").exists()


@pytest.mark.parametrize(
    ("option", "why"), [(("--max-states", "5000"), "more than 5,000 states"), (("--max-memory", "1"), "bytes")]
)
def test_a_budget_is_said(option: tuple[str, str], why: str) -> None:
    """A budget that ends the search of a larger model is exit 3, not complete, and said."""
    code, text = said("--experts", "2", "--sessions", "3", "--engine", "numpy", *option)

    assert 3 == code
    assert f"NOT COMPLETE: {'it needs ' if why == 'bytes' else ''}" in text
    assert why in text


def test_an_engine_by_name_is_that_engine() -> None:
    """The readable engine explores what it is asked to, and its model is among the others."""
    code, text = said("--experts", "1", "--sessions", "2", "--engine", "python")

    assert 0 == code
    assert "one expert, two sessions" in text
    assert " by numpy" not in text


def test_an_engine_that_is_missing_costs_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without numpy an engine asked for by name is a usage error that names the extra."""
    for name in [name for name in sys.modules if name.startswith("rasim.engines.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(UsageError, match=r"pip install 'rasim\[fast\]'"):
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
    compared = further.asked_of_spin([explore(sized_model(1, 1), sometimes=(), digest=False)], STRICT)

    assert [("depth", False, ()), ("breadth", False, ()), ("breadth", True, ())] == [
        (each.opinion.order, each.opinion.asserted, each.differences) for each in compared
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
        compared = (Compared(asked, words),)
        monkeypatch.setattr(further, "asked_of_spin", lambda *_, those=compared: those)
        text, answer = said("--spin"), said("--spin", "--format", "json")

        assert (code, code) == (text[0], answer[0])
        assert words[0] in text[1]
        assert list(words) == json.loads(answer[1])["spin"][0]["differences"]


def test_files_are_written(tmp_path: Path) -> None:
    """A certificate and an ITF file for each witness are written where they were asked for."""
    code, _ = said("--certificate", str(tmp_path / "c.json"), "--itf", str(tmp_path / "itf"))

    assert 0 == code
    assert 5_592 == json.loads((tmp_path / "c.json").read_text(encoding="ascii"))["count"]
    assert 54 == len(list((tmp_path / "itf").glob("*.itf.json")))


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A certificate in a folder that is not there, and ITF below a file, are one sentence each."""
    (tmp_path / "file").write_text("", encoding="ascii")

    with pytest.raises(UsageError, match="no folder can be made there"):
        said("--itf", str(tmp_path / "file" / "itf"))
    with pytest.raises(UsageError):
        said("--certificate", str(tmp_path / "none" / "c.json"))


def test_the_answer_is_grouped_by_policy() -> None:
    """With --by-policy control is reachable under one of sixteen policies; under another choice that is not answered."""
    code, text = said("--by-policy", "--format", "json")
    control = json.loads(text)["by_policy"][-1]

    assert (0, "control", 1, 4) == (code, control["capability"], control["policies"], len(control["conditions"][0]))
    with pytest.raises(UsageError, match="strict choices only"):
        said("--by-policy", "--choice", "hidden question=waits")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--symmetry",), "--symmetry is about the model of --experts and --sessions"),
        (("--swarm", "2"), "--swarm is about the model of --experts and --sessions"),
        (("--experts", "3", "--swarm", "2", "--symmetry"), "--swarm explores nothing whole"),
        (("--experts", "3", "--swarm", "2", "--engine", "numpy"), "--swarm explores nothing whole"),
        (("--experts", "3", "--seed", "2"), "--seed is the first seed of --swarm"),
        (("--engine", "numba"), "--engine is about the model"),
        (("--max-memory", "10"), "--max-memory is about the model"),
        (("--all-facts",), "--all-facts is about the model"),
        (("--experts", "2", "--symmetry", "--engine", "numba"), "by numpy, and not by numba"),
        (("--profile", "silence accepts", "--prove"), "--profile shows another product, and --prove"),
        (("--profile", "silence accepts", "--experts", "2"), "--profile shows another product, and --experts"),
        (("--certificate", "c.json", "--choice", "hidden question=waits"), "--certificate knows the strict choices"),
    ],
)
def test_what_does_not_go_together_is_said(options: tuple[str, ...], why: str) -> None:
    """An option that would do nothing, or speak of something else than it seems to, is a usage error before anything is explored."""
    with pytest.raises(UsageError, match=why):
        said(*options)


def test_memory_is_what_was_said() -> None:
    """Memory is what was said in MiB, else a part of what the machine has."""
    assert 1 << 20 == further.memory(1)
    assert (further.memory(None) or 1 << 30) > 1 << 20


@pytest.mark.parametrize(
    "sized", [("--experts", "1", "--sessions", "2", "--engine", "python"), ("--experts", "2", "--sessions", "3")]
)
def test_what_is_interrupted_is_a_part(sized: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in the middle, either engine's part is printed as not complete, and the exit code is 130."""

    def interrupt(progress: Any) -> None:
        if progress.states > 300:
            raise KeyboardInterrupt

    monkeypatch.setattr(further, "shown", lambda _: interrupt)
    code, text = said(*sized)

    assert 130 == code
    assert "NOT COMPLETE" in text
    assert "holds to bound" in text


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal one line says depth, states and transitions and their rates, and what is left; else nothing is shown."""
    assert further.shown("a model") is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr("time.monotonic", iter([0.0, 1.0, 1.05, 3.0]).__next__)
    show = further.shown("a model")
    assert show is not None
    for states in (10, 20, 30):
        show(Sofar(depth=3, frontier=7, states=states, transitions=100))
    shown = capsys.readouterr().err

    assert "a model: depth 3, 10 states, 10 states/s, 100 transitions/s, 7 left to look at" in shown
    assert "20 states" not in shown
    assert "30 states" in shown
