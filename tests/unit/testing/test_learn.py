"""A product's machine is learned through its adapter, and the table's own comes back as it is."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from rasim.analysis.learned import Learned, Mealy
from rasim.cli.learn import learn
from rasim.errors import Exit, UsageError
from rasim.protocol.lines import Line
from rasim.report.learn import answer, as_json
from rasim.scenario import play, read_scenario
from rasim.testing import Adapter, CannotDo, learned
from rasim.testing.table_adapter import TheTable
from tests.conformance.planted import with_fault
from tests.conformance.small_product import Small

FEW = ("offers help", "accepts", "denies", "a frame is due", "user ends")
SEEN = ("prompt_shown", "connection_opened", "frame_shown", "ended")
CONTROL = ("asks for control", "grants control", "refuses control", "stops control", "uses control")
SIGHT = ("is locked", "is unlocked", "pauses", "resumes", "link is lost")


def brief(adapter: type[Adapter], **asked: Any) -> Learned:
    return learned(adapter, **{"acts": FEW, "lines": SEEN, "walks": 5, "extra_states": 0, **asked})


def two(first: str, then: str) -> Mealy:
    """Return a machine of three states, of which the last two answer as they are told."""
    a, b, c = ((Line(event),) for event in ("locked", first, then))
    return Mealy(("go",), (((1, a),), ((2, b),), ((1, c),)))


def test_the_table_is_learned_state_for_state() -> None:
    """Learning the table gives its minimised machine, the same states with the same transitions."""
    found = learned(TheTable, acts=("asks for a ticket", *FEW), walks=0, extra_states=0)

    assert (found.table, "equivalent", Exit.OK) == (found.machine, found.verdict, found.exit_code)
    assert 5 == len(found.table.rows)


ONE_PAIR = ("asks for a ticket", *FEW, *CONTROL, *SIGHT)
ATTACKED = ("asks for a ticket", *FEW, "policy is applied", "refresh task runs", "helper is removed", "helper is added")


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("scene", "acts", "attacked"),
    [
        ("helpers may control", ONE_PAIR, False),
        ("helpers may only view", ONE_PAIR, False),
        ("helpers may control", ATTACKED, True),
        ("two experts", ONE_PAIR[:5], False),
        ("two sessions", ONE_PAIR[:5], False),
    ],
)
def test_the_table_is_learned_with_what_happens_beside(scene: str, acts: tuple[str, ...], *, attacked: bool) -> None:
    """With locks, lost links, control, other policies, a second expert or session the table's machine is learned state for state."""
    found = learned(TheTable, acts=acts, scene=scene, all_acts=attacked, extra_states=0, walks=20)

    assert found.machine == found.table
    assert len(found.table.rows) > 5


def test_a_product_that_does_as_the_table_is_equivalent() -> None:
    """The small product differs from the table in no line that shows a question, a connection, a picture or an end."""
    found = brief(Small)

    assert (found.table, None, True) == (found.machine, found.difference, as_json(found)["equivalent"])


def test_a_planted_fault_is_the_shortest_word() -> None:
    """Who does not wait for the answer differs in one act, and the answer has the word, both readings and the story."""
    found = brief(with_fault("asks and does not wait"))
    said = as_json(found)

    assert ("differs", Exit.FAILED, False) == (found.verdict, found.exit_code, said["equivalent"])
    assert ["offers help"] == said["word"]
    assert [[{"event": "prompt_shown"}, {"event": "connection_opened"}]] == said["product"]
    assert [[{"event": "prompt_shown"}]] == said["table"]
    assert "passed" == play(read_scenario(said["scenario"])).verdict


def test_a_fault_behind_a_yes_is_found() -> None:
    """A picture after the end is found where it is: one state more than the table has, after an offer, a yes and the end."""
    found = brief(with_fault("goes on after the end"), extra_states=1)

    assert found.difference is not None
    assert ("offers help", "accepts", "user ends", "a frame is due") == found.difference.word


def test_a_difference_is_called_no_broken_promise() -> None:
    """Whoever reads of a difference reads that it breaks no promise."""
    shown = " ".join(answer(brief(with_fault("asks and does not wait"))).shown("text").split())

    assert "DIFFERS from the table" in shown
    assert "A difference from the table is no broken promise" in shown


class Moody(Small):
    """A product whose every second life refuses."""

    lives = 0

    def start(self, setting: Any) -> None:
        Moody.lives += 1
        super().start(setting)
        if Moody.lives % 2:
            self.it.helpers = []


def test_a_product_that_answers_in_two_ways_has_no_machine() -> None:
    """What answers the same acts in two ways is said with both answers, and no machine is shown, nor one drawn."""
    found = brief(Moody)
    said = as_json(found)

    assert ("not deterministic", Exit.INCONCLUSIVE) == (found.verdict, found.exit_code)
    assert (None, [], None) == (said["states"], said["transitions"], said["equivalent"])
    assert said["unsteady"]["once"] != said["unsteady"]["again"]
    assert answer(found).shown("mermaid").startswith("%% NOT DETERMINISTIC")
    assert "NOT DETERMINISTIC" in answer(found).shown("svg")
    assert "another time" in answer(found).shown("text")


def test_a_bound_gives_no_machine() -> None:
    """Where a bound is reached no machine is shown and nothing is called equivalent."""
    found = brief(Small, max_queries=10)

    assert (None, "not complete", Exit.INCONCLUSIVE) == (found.machine, found.verdict, found.exit_code)
    assert as_json(found)["equivalent"] is None
    assert "not complete" == brief(Small, max_seconds=1e-9).verdict


def test_a_difference_that_was_seen_counts_before_a_bound() -> None:
    """A difference that was seen is one, though a bound was reached after it."""
    found = brief(with_fault("asks and does not wait"), max_queries=5)

    assert ("differs", Exit.FAILED, None) == (found.verdict, found.exit_code, found.machine)
    assert as_json(found)["complete"] is False


class Rewrites(Small):
    """An adapter whose trace loses lines."""

    def trace(self) -> Any:
        return self.recorder.trace[:1] if self.it.offer else self.recorder.trace


class NoTrace(Small):
    """An adapter whose trace is none."""

    def trace(self) -> Any:
        return [{"event": "nonsense"}]


class Elsewhere(Small):
    """A product that cannot be in any scene."""

    def start(self, setting: Any) -> None:
        raise CannotDo("it is not installed")


class AsText(Small):
    """The small product, its trace as text."""

    def trace(self) -> Any:
        return self.recorder.as_text().splitlines()


@pytest.mark.parametrize(
    ("adapter", "says"),
    [(Rewrites, "not what it was"), (NoTrace, "its trace"), (Elsewhere, "cannot do: it is not installed")],
)
def test_an_adapter_that_fails_is_no_word_about_the_product(adapter: type[Adapter], says: str) -> None:
    """A trace that loses lines or is none, and a scene that cannot be, are told as the adapter's."""
    found = brief(adapter)

    assert ("adapter failed", Exit.INCONCLUSIVE, None) == (found.verdict, found.exit_code, found.machine)
    assert says in found.why


def test_a_trace_may_be_text() -> None:
    """What `judge` takes as a trace is taken here too."""
    assert brief(Small).machine == brief(AsText).machine


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"scene": "two expert"}, "no scene.*two experts"),
        ({"acts": ["ofers help"]}, "no act of the adapter.*offers help"),
        ({"lines": ["frame_show"]}, "no event.*frame_shown"),
        ({"lines": ["audited"]}, "does not say that it records audited"),
    ],
)
def test_what_is_misspelt_is_named(asked: Any, says: str) -> None:
    """A scene, act or line that is not there is a usage error, with what it may be."""
    with pytest.raises(UsageError, match=says):
        brief(Small, **asked)


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without AALpy the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "aalpy", None)

    with pytest.raises(UsageError, match=r"\(the extra `learn`\): python -m pip install \"aalpy"):
        learned(Small)


def test_states_that_nothing_tells_apart_are_one() -> None:
    """A minimised machine has one state for those that answer every word alike, and differs where the first does."""
    same, other = two("locked", "locked"), two("locked", "unlocked")

    assert (1, 3) == (len(same.minimised().rows), len(other.minimised().rows))
    assert ("go", "go", "go") == same.difference(other)
    assert same.difference(same.minimised()) is None
    assert {other.answers(word)[-1] for word in other.telling_apart()} != set()


@pytest.mark.parametrize(
    ("form", "start"), [("json", "{"), ("mermaid", "stateDiagram-v2"), ("dot", "digraph"), ("svg", "<svg")]
)
def test_the_command_answers_in_its_formats(form: str, start: str) -> None:
    """The command shows the machine in each format, and exits by the answer."""
    asked = [f"--act={act}" for act in FEW[:2]] + [f"--line={line}" for line in SEEN[:2]]
    done = CliRunner().invoke(
        learn,
        ["tests.conformance.small_product:Small", *asked, "--extra-states=0", "--walks=0", f"--format={form}"],
        standalone_mode=False,
    )

    assert done.output.startswith(start)
    assert "offers help" in done.output
    if form == "json":
        assert (True, 3) == (json.loads(done.output)["equivalent"], json.loads(done.output)["states"])
