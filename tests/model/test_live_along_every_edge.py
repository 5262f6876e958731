"""Every transition of a model is taken in a live meeting, and does there what the model says (`live_tour`).

`python tests/bench/live_transitions.py` counts them for all standard models.
"""

from collections.abc import Callable

import live_tour
import pytest
from attrs import evolve
from live_tour import toured

from rasim.protocol import Line, Record
from rasim.protocol.computer import Pair
from rasim.runtime import Meeting
from rasim.verify.states.model import PORTS_WITHOUT, SHUT, Model, pair_model, ports_model

SMALL = evolve(
    ports_model(),
    sessions=1,
    without=PORTS_WITHOUT | {"helper is added", "helper is removed", "computer restarts", "user ends", "expert ends"},
    values=(*(each for each in ports_model().values if each[0] != SHUT[0]), SHUT),
)


@pytest.mark.parametrize(
    ("model", "transitions"),
    [
        pytest.param(SMALL, 166, id="small"),
        pytest.param(pair_model(), 24_530, id="pair", marks=pytest.mark.exhaustive),
    ],
)
def test_every_transition_is_taken_live(
    model: Model, transitions: int, record_property: Callable[[str, object], None]
) -> None:
    """Each transition is taken at least once, those of timers by the clock but where two ring in one order only."""
    tour = toured(model)
    timed, by_clock = tour.by_clock()
    record_property(
        "reach", f"live: {tour.taken:,} of {tour.transitions:,} transitions, {by_clock} of {timed} by the clock"
    )

    assert {} == tour.wrong
    assert (transitions, transitions) == (tour.transitions, tour.taken)
    assert by_clock >= timed * 0.95


class Forgets(Meeting):
    """A meeting in which nobody hears that a question is over."""

    def _tell(self, record: Record, pair: Pair | None, line: Line) -> None:
        if line.event != "prompt_hidden":
            super()._tell(record, pair, line)


class Hastens(Meeting):
    """A meeting whose timers that ring take everything back."""

    def _wind(self, record: Record) -> None:
        super()._wind(record)
        if record.act.kind == "cool-down passes":
            self.host._state = self.host._computer.start(self.host.rules.start())


@pytest.mark.parametrize(
    ("make", "differs"),
    [pytest.param(Forgets, "was told something else", marks=pytest.mark.exhaustive), (Hastens, "it leads elsewhere")],
)
def test_a_mistake_in_a_meeting_is_met(make: type[Meeting], differs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A meeting that does something else anywhere is met on the way."""
    monkeypatch.setattr(live_tour, "Meeting", make)

    assert any(differs in each for each in toured(SMALL).wrong)
