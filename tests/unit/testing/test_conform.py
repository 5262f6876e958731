"""A product behind its adapter is tried: what it breaks is found and shrunk, what fails is told apart, what it cannot do is said."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rasim.cli.conform import adapter_of, conform
from rasim.errors import Exit, UsageError
from rasim.protocol.lines import LINES
from rasim.report.conform import as_json, document, pytest_of
from rasim.report.outputs import render
from rasim.scenario import broken_promise, play, read_scenario, write_scenario
from rasim.testing import Adapter, CannotDo, Recorder, assert_conforms, assert_story_kept, conformance
from rasim.testing.adapter import METHODS
from rasim.testing.conform import tell
from rasim.testing.judging import judge
from rasim.testing.steering import SCENES, Steering, story_of
from rasim.testing.table_adapter import TheTable
from tests.conformance.planted import FAULTS, with_fault
from tests.conformance.small_product import Product, Small

ONE = next(iter(SCENES.values()))


class Few(Small):
    """The small product with few acts, so that all of them are tried in no time."""

    is_locked = is_unlocked = control_time_passes = refuses_control = stops_control = None  # type: ignore[assignment]


SPECIAL = {
    "knows no list": ["a stranger"],
    "knows no mode": ["helpers may only view"],
    "stops only the light": ["helpers may only view", ONE.name],
    "takes a second": ["two experts"],
}


def brief(adapter: type[Adapter], **asked: Any) -> Any:
    return conformance(adapter, **{"walks": 0, "first": True, "scenes": [ONE.name], **asked})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_shrunk(fault: str) -> None:
    """Each fault breaks its promise in a story of at most five acts of the product, by which it is found again."""
    adapter, promise = with_fault(fault), FAULTS[fault][1]
    found = brief(adapter, only=[promise], scenes=SPECIAL.get(fault, [ONE.name]))
    (story,) = (each.story for each in found.broken)
    acts = [step for step in story.scenario.steps if "ticket" not in step.text]

    assert (promise, True, "broken", Exit.FAILED) == (story.broken.promise, story.again, found.verdict, found.exit_code)
    assert len(acts) <= 5
    with pytest.raises(AssertionError, match=promise):
        assert_story_kept(adapter, read_scenario(write_scenario(story.scenario)))
    assert_story_kept(Small, read_scenario(write_scenario(story.scenario)))


@pytest.mark.exhaustive
def test_the_product_as_it_should_be_keeps_all() -> None:
    """A correct product keeps every promise that it is asked, in every act and many walks."""
    found = assert_conforms(Small, walks=2000)

    assert (found.possible, True, "kept") == (found.tried, found.complete, found.verdict)


@pytest.mark.exhaustive
def test_ten_thousand_stories_of_the_table_break_nothing() -> None:
    """The table itself, attacked in every situation and by walks, gives no false alarm."""
    found = conformance(TheTable, walks=1000)

    assert found.stories > 10_000
    assert ((), None) == (found.broken, found.failure)
    # With two sessions a link that is lost, or an expert's restart, need not say which connection it was: that stays open, and nothing else.
    assert ["ended_means_ended"] == [each.name for each in found.promises if each.verdict == "cannot tell"]
    assert found.possible == found.tried


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_story_is_a_scenario(scene: Any) -> None:
    """A drawn story, written as a scenario and read again, is the same story, and the table plays it as it says."""
    steering = Steering(TheTable, scene)
    story = steering.walk(10, random.Random(len(scene.name)).choice)  # noqa: S311  (a seed repeats it)
    scenario = read_scenario(write_scenario(story.scenario("a story")))
    _, again = story_of(scenario, TheTable)

    assert [steering.words(step) for step in story.steps] == [steering.words(step) for step in again.steps]
    assert "passed" == play(scenario, look=broken_promise(scenario)).verdict
    assert () == judge(tell(TheTable, steering, story)).broken


def test_all_acts_are_tried_in_all_situations() -> None:
    """What can be tried is tried, and the answer counts it."""
    found = brief(Few, scenes=[ONE.name, "two sessions"])

    assert (found.possible, True, False) == (found.tried, found.complete, found.idle)
    assert {"idle", "offered", "viewing", "cooling", "viewing, control held"} <= {
        where for _, where in found.situations
    }
    assert {"two sessions": "the product knows one session"} == dict(found.cannot)


def test_a_product_that_never_connects_is_not_kept() -> None:
    """Where no story shows a connection nothing that matters was tried, and that is no pass."""

    class Refuses(Few):
        def offers_help(self, act: Any) -> None:
            self.recorder.offer_received(offer=1, session="s1", expert=act.expert)
            self.recorder.offer_refused(offer=1, reason="other")

    found = brief(Refuses, without={"ids_are_never_used_again": "one offer a story is enough here"})

    assert (True, "adapter failed", Exit.INCONCLUSIVE) == (found.idle, found.verdict, found.exit_code)
    assert "NOBODY WAS EVER CONNECTED" in render(document(found), "text").replace("\n", " ")


class Forgets(Few):
    """An adapter that fails at an act."""

    def denies(self, act: Any) -> None:
        raise LookupError("no such window")


class Stray(Few):
    """An adapter whose recorder writes what is no line."""

    def denies(self, act: Any) -> None:
        self.recorder.write("denied", {"offer": 1})


class Leaves(Few):
    """A product that ends the process it is in."""

    def denies(self, act: Any) -> None:
        raise SystemExit(3)


class Waits(Few):
    """A product that waits for what never comes."""

    async def denies(self, act: Any) -> None:
        await asyncio.Event().wait()


class Chats(Few):
    """An adapter that gives back what is no trace."""

    def trace(self) -> Any:
        return [*self.recorder, {"seq": 99, "event": "hello"}]


@pytest.mark.parametrize(
    ("adapter", "says"),
    [
        (Forgets, "denies: LookupError: no such window"),
        (Stray, "denied needs `session`"),
        (Leaves, "denies: SystemExit: 3"),
        (Waits, "waiting: Deadlock"),
        (Chats, 'its trace: TraceError: the trace:4: no event is called "hello"'),
    ],
)
def test_what_fails_around_a_product_is_no_verdict_on_it(adapter: type[Adapter], says: str) -> None:
    """An adapter that fails, hangs, leaves or records nonsense is told apart from a product that breaks a promise."""
    found = brief(adapter)

    assert ("adapter failed", Exit.INCONCLUSIVE) == (found.verdict, found.exit_code)
    assert says in f"{found.failure.at}: {found.failure.says}"
    with pytest.raises(AssertionError, match="ADAPTER FAILED"):
        assert_conforms(adapter, walks=0, scenes=[ONE.name])


def test_an_adapter_that_can_begin_nowhere() -> None:
    """Where the adapter can have no scene nothing was tried, and that has a code of its own."""

    class Nowhere(Few):
        def start(self, scene: Any) -> None:
            raise CannotDo("not today")

    found = brief(Nowhere)

    assert ({ONE.name: "not today"}, 0, Exit.NOTHING) == (dict(found.cannot), found.tried, found.exit_code)


def test_what_one_story_leaves_open_is_not_kept() -> None:
    """A promise that many stories keep, and one leaves open, cannot be told: the others do not speak for it."""

    class Vague(Few):
        def denies(self, act: Any) -> None:
            self.recorder.policy_applied(version=2, offers="enabled", mode="control", helpers=[r"CORP\Helpdesk"])
            self.recorder.offer_received(offer=77, session="s1", expert=act.expert)
            self.recorder.prompt_shown(offer=77, session="s1")

    found = brief(Vague, only=["unlisted_expert_never_reaches_the_user"])
    (asked,) = (each for each in found.promises if each.verdict != "not asked")

    assert ("cannot tell", Exit.INCONCLUSIVE) == (asked.verdict, found.exit_code)
    assert asked.stories > 0
    assert "CORP\\Helpdesk" in asked.needs


def test_broken_is_said_before_failed() -> None:
    """A product that breaks a promise is broken, though its adapter fails elsewhere too."""

    class Both(Forgets):
        _product = FAULTS["silence accepts"][0]

    found = brief(Both, first=False, only=["silence_refuses"])

    assert ("broken", Exit.FAILED, True) == (found.verdict, found.exit_code, found.failure is not None)


def test_an_act_that_cannot_be_done_is_neither() -> None:
    """What an adapter says it cannot do is listed with its reason, and does not count as possible."""

    class Shy(Few):
        def denies(self, act: Any) -> None:
            raise CannotDo("there is no such button")

    found = brief(Shy)

    assert "there is no such button" == dict(found.cannot)["denies"]
    assert ("kept", found.possible) == (found.verdict, found.tried)


class Threads(Adapter):
    """A product with methods that are no coroutines, on a real clock."""

    def start(self, scene: Any) -> None:
        if scene is not ONE:
            raise CannotDo("one scene is enough")
        self.recorder = Recorder()
        scene.introduce(self.recorder)
        self.it = Product(self.recorder, helpers=scene.helpers, control=True, user=r"CORP\bob")

    def offers_help(self, act: Any) -> None:
        self.it.offers(act.expert)

    def accepts(self, act: Any) -> None:
        self.it.answers(yes=True)

    def trace(self) -> Recorder:
        self.recorder.recording_ended()
        return self.recorder


def test_a_product_on_a_real_clock() -> None:
    """A product without simulated time is tried on a real clock."""
    assert "kept" == brief(Threads).verdict


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "has no act"),
        ({"acepts": lambda *_: None}, "did you mean `accepts`?"),
        ({"look_around": lambda *_: None, "accepts": lambda *_: None}, "what is yours alone begins with _"),
    ],
)
def test_a_misspelt_act_is_refused(body: dict[str, Any], says: str) -> None:
    """An adapter without an act, or with a public method that is none, is refused: it would be believed to be tried."""
    with pytest.raises(UsageError) as refused:
        conformance(type("Mine", (Adapter,), body))

    assert says in str(refused.value)


def test_every_kind_of_event_has_a_method() -> None:
    """The names of the methods are those of the kinds of events, each once and each an identifier."""
    assert all(name.isidentifier() for name in METHODS)
    assert len(METHODS) == len(set(METHODS.values())) > 100
    assert "accepts" in METHODS
    assert LINES


# ---- scenarios and saved stories -------------------------------------------------------------------------------

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def test_scenarios_that_apply_are_told() -> None:
    """Every scenario of the house is told to the table, or is said to be one that only rasim can play."""
    files = sorted(SCENARIOS.rglob("*.yaml"))[:12]
    found = conformance(TheTable, scenarios=files, walks=0, max_seconds=1e-9, scenes=[ONE.name])
    said = {what for what, _ in found.cannot}

    assert len(said) < len(files)
    assert all(what.startswith("the scenario ") for what in said)


def test_a_scenario_that_it_cannot_do_is_said() -> None:
    """A scenario with an act that the adapter lacks is listed, with the act."""
    scenario = read_scenario(
        "rasim: 1\nscenario: x\npolicy: {offer: enabled, helpers: ['CORP\\anna']}\n"
        "people: {anna: {account: 'CORP\\anna'}, bob: {account: 'CORP\\bob', uses: s1}}\nsteps: [{bob: pauses}]\n"
    )
    with pytest.raises(CannotDo, match="bob: pauses"):
        assert_story_kept(Small, scenario)


def test_a_story_goes_with_other_names() -> None:
    """The people of a scenario may have any names and accounts: the adapter is told those."""
    scenario = read_scenario(
        "rasim: 1\nscenario: x\npolicy: {offer: enabled, helpers: ['LAB\\zoe']}\n"
        "people: {z: {account: 'LAB\\zoe'}, u: {account: 'LAB\\uli', uses: '7'}}\n"
        "steps: [{z: asks for a ticket}, {z: offers help}, {u: accepts}, {computer: shows a frame}]\n"
    )
    steering, story = story_of(scenario, TheTable)
    lines = [each.line for each in tell(TheTable, steering, story)]

    assert (r"LAB\uli", "7") == next((each["by"], each["session"]) for each in lines if each.event == "accepted")
    assert "frame_shown" in {each.event for each in lines}


# ---- answers ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken() -> Any:
    """Return what is found of a product that shows a locked session."""
    return brief(with_fault("sees through the lock"))


def test_an_answer_in_every_format(broken: Any) -> None:
    """Text, Markdown and HTML show the story; JSON is that of the contract."""
    for form in ("text", "markdown", "html"):
        assert "bob: locks the session" in render(document(broken, verbose=True), form)
    found = json.loads(json.dumps(as_json(broken)))

    assert {"adapter", "verdict", "coverage", "promises", "cannot"} <= set(found)
    assert {"possible", "tried"} <= set(found["coverage"])
    assert "bob: locks the session" in next(
        each["scenario"] for each in found["promises"] if each["verdict"] == "broken"
    )


def run(*arguments: str) -> Any:
    return CliRunner().invoke(conform, arguments)


def test_the_command(tmp_path: Path) -> None:
    """The command answers, writes its reports, saves the stories with their tests, and ends with the code of the verdict."""
    report = tmp_path / "x.xml"
    done = run(
        "tests.conformance.sees_through:Sees", "--first", "--walks", "0", "--scene", ONE.name, "--report", f"junit={report}",
        "--save", str(tmp_path / "stories"),
    )  # fmt: skip
    name = "a_session_out_of_sight_answers_nothing"

    assert (1, "BROKEN by") == (done.exit_code, done.output[:9])
    assert f'name="{name}"><failure' in report.read_text(encoding="utf-8").replace("\n      ", "")
    assert "locks the session" in (tmp_path / "stories" / f"{name}.yaml").read_text(encoding="utf-8")
    compile((tmp_path / "stories" / f"test_{name}.py").read_text(encoding="utf-8"), "x", "exec")


def test_the_test_of_a_story_names_its_adapter(broken: Any) -> None:
    """The test that keeps a story imports the adapter by its own name."""
    (story, *_) = (each.story for each in broken.broken)

    assert "from shop.adapter import Mine\n" in pytest_of(story, "shop.adapter:Mine", "x.yaml")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing", "write MODULE:ADAPTER"),
        ("no_such_module:X", "cannot be imported: ModuleNotFoundError"),
        ("tests.conformance.small_product:Smal", "did you mean `Small`?"),
        ("tests.conformance.small_product:Product", "is no subclass of rasim.testing.Adapter"),
    ],
)
def test_an_adapter_that_is_not_there(name: str, says: str) -> None:
    """What is no adapter is refused with what is wrong."""
    with pytest.raises(UsageError) as refused:
        adapter_of(name)

    assert says in str(refused.value)
