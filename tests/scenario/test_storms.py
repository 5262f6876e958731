"""Storms: with the right table none breaks a promise; with a mistake one does, shrunk to few steps that repeat it byte for byte."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from rasim.protocol.computer import Computer
from rasim.protocol.step import rules_of
from rasim.protocol.terms import Is, Row, Set, Table
from rasim.protocol.vocabulary import IDLE, OFFERED
from rasim.runtime import AtOnce, MeetingWithFaults, Tape
from rasim.runtime.faults import Fault, Jump
from rasim.runtime.links import Links
from rasim.scenario import Scenario, load, read_scenario, write_scenario
from rasim.scenario.faults import is_fault
from rasim.scenario.model import Do, Expect, Replay
from rasim.scenario.play import Played
from rasim.scenario.storms import blown, storm_of, storms_over
from rasim.verify.mutants import table_edits
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES

TOP = Path(__file__).parents[2]
FILES = [path.relative_to(TOP).as_posix() for path in sorted((TOP / "scenarios").rglob("*.yaml"))]
MOST = 20  # events of a failure


def scenario_of(name: str) -> Scenario:
    """Return a scenario of the repository."""
    return load(TOP / "scenarios" / name)


ESC = "the-second-click/esc-takes-control-back.yaml"
SILENCE = "the-first-click/silence-is-a-no.yaml"
TICKET = "forged-and-late/a-ticket-opens-one-question.yaml"


# ---- with the right table ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES[:: len(FILES) // 12])
def test_no_storm_breaks_a_promise(name: str) -> None:
    """Whatever befalls the links, sides and clocks of a scenario, every promise is kept and in the end nobody has anything left."""
    stormy = storms_over(load(TOP / name), range(1, 4))

    assert (3, None) == (stormy.storms, stormy.failed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", FILES)
def test_no_storm_over_any_scenario_breaks_a_promise(name: str) -> None:
    """The same over every scenario of the repository."""
    stormy = storms_over(load(TOP / name), range(10, 16))

    assert (6, None) == (stormy.storms, stormy.failed)


def test_a_seed_is_a_storm() -> None:
    """The same seed draws the same storm, other seeds draw others; each kind of fault is drawn."""
    scenario = scenario_of(ESC)
    storms = [storm_of(scenario, Tape.drawn(seed)) for seed in range(200)]
    kinds = {
        step.spoken.kind
        for storm in storms
        for step in storm.steps
        if isinstance(step, Do) and is_fault(step) and step.spoken
    }

    assert storms == [storm_of(scenario, Tape.drawn(seed)) for seed in range(200)]
    assert (True, True) == (len({write_scenario(storm) for storm in storms}) > 150, len(kinds) >= 20)


def test_where_nothing_is_drawn_the_scenario_is_asked_what_it_expects() -> None:
    """A storm without a fault is the scenario itself; one with faults expects only that nobody has anything left."""
    scenario = scenario_of(SILENCE)
    storms = [storm_of(scenario, Tape.drawn(seed)) for seed in range(60)]
    calm = [storm for storm in storms if storm.steps == scenario.steps]
    asked = [
        [step for step in storm.steps if isinstance(step, Expect)] for storm in storms if storm.steps != scenario.steps
    ]

    assert calm
    assert {2} == set(map(len, asked))


def test_a_storm_is_a_scenario_file() -> None:
    """What a storm does can be written, and what is written is the same storm."""
    for seed in range(20):
        storm = storm_of(scenario_of(ESC), Tape.drawn(seed))

        assert storm == read_scenario(write_scenario(storm))


# ---- with mistakes -------------------------------------------------------------------------------------------


class Mistaken(MeetingWithFaults):
    """A meeting at a computer whose table has a mistake in it."""

    change: Callable[[Table], Table]

    def __init__(self, *who: Any, **more: Any) -> None:
        super().__init__(*who, **more)
        host = self.host
        host.rules = rules_of(type(self).change(host.rules.table))
        host._computer = Computer(host.rules, len(host.experts), len(host.sessions))
        host._state = host._computer.start(host.rules.start())


def mistaken(says: str, changes: Callable[[Table], Table]) -> type[MeetingWithFaults]:
    """Return such a meeting, by the name of its mistake."""
    return type(says, (Mistaken,), {"change": staticmethod(changes)})


def used_again(rules: Table) -> Table:
    """Let a ticket that was used ask once more."""
    own = next(c for c in rules.row("O1").provided if c.name == "ticket")
    again = evolve(own, name="used ticket", holds=Is("ticket", "used"))
    return table_edits.more_rows(
        rules, Row("X1", IDLE, ("offers help",), (again,), (Set("phase", OFFERED),), "mistake")
    )


def late_yes(rules: Table) -> Table:
    """Let the question stay when its time has passed, though the expert is told no."""
    return table_edits.row_with(rules, "O5", then=())


def kept_connection(rules: Table) -> Table:
    """Let a view outlive its link, and its time."""
    row = rules.row("E1")
    return table_edits.row_changed(
        rules, row, evolve(row, when=tuple(w for w in row.when if w not in ("link is lost", "maximum time passes")))
    )


class ByTheWall(MeetingWithFaults):
    """A computer that measures time by the clock on its wall."""

    async def befalls(self, fault: Fault) -> Any:
        """Move every deadline with the clock."""
        if isinstance(fault, Jump) and fault.expert is None:
            for number, (alarm, deadline) in self._deadlines.items():
                self._deadlines[number] = alarm, max(deadline - fault.microseconds, self.now)
            self._rewind()
        return await super().befalls(fault)


class Waits(Links):
    """Links after which whoever sent what is lost waits for ever."""

    def _tell(self, *_: Any) -> None:
        """Tell nobody."""


class ForEver(MeetingWithFaults):
    """A meeting that waits for what is lost."""

    def __init__(self, *who: Any, **more: Any) -> None:
        super().__init__(*who, **more)
        self.way = self.links = Waits(self, AtOnce(self))


PLANTED = {
    "a ticket is taken twice": (mistaken("UsedAgain", used_again), TICKET),
    "a late yes counts": (mistaken("LateYes", late_yes), SILENCE),
    "consent survives a restart": (mistaken("M17", PRODUCT_MISTAKES["M17"].change), ESC),
    "a lost link leaves the question": (mistaken("M11", PRODUCT_MISTAKES["M11"].change), SILENCE),
    "a lost link keeps the connection": (mistaken("Kept", kept_connection), ESC),
    "times are read off the wall": (ByTheWall, SILENCE),
    "what is lost is waited for": (ForEver, ESC),
}


@cache
def failure(name: str) -> tuple[Played, str, type[MeetingWithFaults]]:
    """Return how the storms over a scenario find a planted mistake, with the tape of the run."""
    made, file = PLANTED[name]
    stormy = storms_over(scenario_of(file), range(1, 200), lambda storm, tape: blown(storm, tape, made))

    assert stormy.failed is not None
    return stormy.failed, stormy.tape, made


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_and_shrunk(name: str) -> None:
    """A mistake is found within two hundred seeds, shrunk to at most twenty steps, and its file fails again byte for byte."""
    found, tape, made = failure(name)
    scenario = found.scenario

    assert scenario is not None
    assert ("failed", True) == (found.verdict, len(scenario.steps) <= MOST)
    text = write_scenario(evolve(scenario, replay=Replay(tape=tape, failed=found.problems[0].message)))
    again = read_scenario(text)
    played = blown(again, Tape.read(again.replay.tape) if again.replay and again.replay.tape else None, made)
    assert (found.trace, found.problems[0].message) == (played.trace, played.problems[0].message)


@pytest.mark.parametrize("name", PLANTED)
def test_the_right_computer_passes_what_a_mistake_fails(name: str) -> None:
    """What a mistake was shrunk to passes at the computer without it."""
    found, tape, _ = failure(name)

    assert found.scenario is not None
    assert "passed" == blown(found.scenario, Tape.read(tape) if tape else None).verdict
