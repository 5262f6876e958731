"""A scenario in every order: what is left out loses nothing, what fails is found and repeated, and it says whether all was played."""

import asyncio
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rasim.cli.main import rasim
from rasim.errors import UsageError
from rasim.protocol.lines import Line
from rasim.runtime import SimulatedLoop, Tape, User, every_order, simulate
from rasim.runtime.orders import Orders
from rasim.scenario import Scenario, load, read_scenario
from rasim.scenario.every_order import _InEveryOrder, play_every_order, play_tape
from rasim.scenario.play import Failed, in_force

TOP = Path(__file__).parents[2]
FILES = sorted(path.relative_to(TOP / "scenarios").as_posix() for path in (TOP / "scenarios").rglob("*.yaml"))

# Nine tenths of the time; `rasim run --every-order scenarios` plays them too.
LONG = (
    "policy-changes/the-policy-may-change-in-the-moment-of-the-yes.yaml",
    "links/an-experts-fast-clock-decides-nothing.yaml",
    "the-second-click/silence-about-control-is-a-no.yaml",
    "the-firewall/sessmgr-opens-port-3389-only-while-it-is-used.yaml",
    "time/an-hour-is-the-longest-assistance.yaml",
    "time/a-request-in-the-moment-in-which-the-rest-is-over.yaml",
    "the-second-click/silence-about-a-chat-is-a-no.yaml",
)

HEAD = """rasim: 1
scenario: a tie
policy: {offer: enabled, mode: control, helpers: ['CORP\\anna']}
people:
  anna: {account: 'CORP\\anna'}
  bob: {account: 'CORP\\bob', uses: s1}
steps:
- anna: offers help to bob
"""
WITHDRAWN = "- together: [{bob: tries to accept}, {anna: tries to withdraw}]\n"
LATE = "- together: [{bob: tries to accept}, {wait: 60 s}]\n"
TIES = {
    "a withdrawal": f"{HEAD}{WITHDRAWN}",
    "the last moment": f"{HEAD}{LATE}",
    "silence": f"{HEAD}- wait: 60 s\n- wait: 60 s\n- wait: 1 s\n",
    "a refusal": f"{HEAD}- bob: denies\n- together: [{{wait: 60 s}}, {{anna: tries to ask for a ticket}}]\n",
}
BROKEN = f"{HEAD}{LATE}- expect: {{anna: view only}}\n"


def scenario(text: str) -> Scenario:
    return read_scenario(text, "tie.yaml")


class Ends:
    """Plays a scenario again and again, and keeps how it ended."""

    def __init__(self, of: Scenario) -> None:
        self.of, self.ends = of, set[Hashable]()

    async def main(self) -> None:
        """Play it, and keep how the computer and everybody stand at the end."""
        self.director = director = _InEveryOrder(self.of, *in_force(self.of, None))
        try:
            await director.all()
        except Failed as failed:
            self.ends.add(str(failed))
            return
        meeting = director.meeting
        people = [str(sorted(who.tickets.items())) for who in meeting.experts.values()]
        asked = [str(sorted(who.questions.items())) for who in meeting.users.values()]
        self.ends.add((meeting.host._state, *people, *asked, meeting.now))


def left_out(ends: Ends) -> Orders:
    """Play every order with what shows nothing new left out."""

    def state(loop: SimulatedLoop) -> Hashable:
        return ends.director.state(loop)

    def apart(handle: asyncio.Handle) -> bool:
        return ends.director.apart(handle)

    return every_order(ends.main, state=state, apart=apart)


@pytest.mark.exhaustive
def test_what_is_left_out_loses_no_end() -> None:
    """Every end that naive playing reaches is reached with states and with what is apart left out, in less than a tenth of its runs."""
    naive, told = Ends(scenario(TIES["silence"])), Ends(scenario(TIES["silence"]))
    other = left_out(told)
    one = every_order(naive.main, most=10 * other.runs)

    assert (True, False, None, None) == (other.complete, one.complete, one.failure, other.failure)
    assert naive.ends <= told.ends


@pytest.mark.parametrize(("name", "ends"), [("silence", 1), ("a withdrawal", 2)])
def test_both_outcomes_of_a_tie_are_reached(name: str, ends: int) -> None:
    """A tie that can end in two ways ends in both."""
    played = Ends(scenario(TIES[name]))

    assert left_out(played).complete
    assert ends <= len(played.ends)


def test_what_fails_in_some_order_fails_with_the_tape_that_repeats_it() -> None:
    """An expectation that one order misses is found, and its tape misses it again with the same trace."""
    found = play_every_order(scenario(BROKEN))
    assert found.tape is not None
    again = play_tape(scenario(BROKEN), Tape.read(found.tape))

    assert ("failed", "failed") == (found.verdict, again.verdict)
    assert ([str(p) for p in found.problems], found.trace) == ([str(p) for p in again.problems], again.trace)
    assert len(found.tape.split()) <= 2


class Hasty(User):
    """Somebody of one's own."""

    async def reacts(self, line: Line) -> None:
        """Accept at once."""
        if line.event == "prompt_shown":
            await self.does("accepts")


def test_with_people_of_ones_own_nothing_is_left_out() -> None:
    """Where a person is none of rasim's its state cannot be told: there is no picture, and its going on is a choice."""
    director = _InEveryOrder(scenario(TIES["silence"]), *in_force(scenario(TIES["silence"]), None))
    told: list[Any] = []

    async def main() -> None:
        async with director.meeting as meeting:
            user = meeting.users["s1"]
            listens = next(task for who, task in meeting.listening if who is user)
            director.main = listens
            for kind in (User, Hasty):
                user.__class__ = kind
                told.append(director.state(meeting._loop) is not None)
                told.append(director.apart(next(h for h in meeting._loop._ready if _goes_on(h, listens))))

    simulate(main())

    assert [True, True, False, False] == told


def _goes_on(handle: Any, task: Any) -> bool:
    return getattr(handle._callback, "__self__", None) is task


# ---- the command -----------------------------------------------------------------------------------------------------


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(rasim, ["run", *map(str, args)], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a tie that one order loses, and one that none does."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.yaml").write_text(BROKEN)
    (tmp_path / "tie.yaml").write_text(TIES["a withdrawal"])
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_it_says_that_all_was_played() -> None:
    """A scenario that goes as it says in every order is complete, with how many runs and states that took."""
    answer = run("--every-order", "tie.yaml", "--format", "json")
    said = json.loads(answer.output)["scenarios"][0]

    assert (0, "passed", True, True) == (
        answer.exit_code,
        said["verdict"],
        said["every_order"]["complete"],
        said["every_order"]["states"] > 20,
    )


@pytest.mark.usefixtures("folder")
def test_it_says_that_not_all_was_played() -> None:
    """Where more runs would be needed than may be, it is bounded, and the exit code is 3."""
    answer = run("--every-order", "--max-runs", "4", "tie.yaml")

    assert 3 == answer.exit_code
    assert "(bounded: 4 runs, " in answer.output


def test_a_failure_is_saved_with_its_tape_and_replayed(folder: Path) -> None:
    """The order that fails is saved, `rasim replay` repeats it, and so does `rasim run --tape`."""
    answer = run("--every-order", "broken.yaml")
    saved = folder / ".rasim" / "failed" / "broken-every-order.yaml"
    replay = load(saved).replay
    again = CliRunner().invoke(rasim, ["replay", str(saved)])

    assert (1, 1) == (answer.exit_code, again.exit_code)
    assert replay is not None
    assert replay.every_order
    assert replay.failed in again.output
    assert (1, 0) == (
        run("--tape", replay.every_order, "--save", "", "broken.yaml").exit_code,
        run("--tape", "", "--save", "", "tie.yaml").exit_code,
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "more", [("--seed", "7"), ("--seeds", "2"), ("--transport", "tcp"), ("--faults",), ("--tape", "")]
)
def test_every_order_leaves_nothing_to_a_seed(more: tuple[str, ...]) -> None:
    """Every order beside a seed, beside one order, or over real sockets, is a mistake of the caller, and names both options."""
    answer = run("--every-order", *more, "tie.yaml")

    assert 2 == answer.exit_code
    assert f"--every-order does not go with {more[0]}" in answer.stderr


@pytest.mark.usefixtures("folder")
def test_runs_are_counted_where_every_order_is_played() -> None:
    """A number of runs without --every-order would bound nothing, and is refused."""
    assert 2 == run("--max-runs", "4", "tie.yaml").exit_code


def test_a_tape_that_is_none_is_refused(folder: Path) -> None:
    """A tape that nothing wrote, on the command line or in a file, is an error with its place."""
    (folder / "old.yaml").write_text(f"{BROKEN}replay: {{every_order: 'x'}}\n")

    with pytest.raises(UsageError, match="a tape is points and choices"):
        run("--tape", "x", "tie.yaml")
    assert 2 == run("old.yaml").exit_code


@pytest.mark.usefixtures("folder")
def test_a_tape_of_another_scenario_is_an_error() -> None:
    """A tape that takes what is not there cannot be played, and neither can one that goes on when the run is over."""
    assert 2 == run("--tape", "0:77", "tie.yaml").exit_code
    assert 2 == run("--tape", "9999:1", "tie.yaml").exit_code


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [name for name in FILES if name not in LONG])
def test_every_order_of_a_scenario_goes_as_it_says(name: str) -> None:
    """Every scenario of the repository is played in every order, completely, and passes."""
    played = play_every_order(load(TOP / "scenarios" / name))

    assert ("passed", True, ()) == (played.verdict, played.every is not None and played.every.complete, played.problems)
