"""What befalls links, sides and clocks, as steps of scenarios: each phrase of `grammar.FAULTS` is one fault of `runtime/faults.py`."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import frozen

from rasim.protocol.choices import microseconds, parse_time
from rasim.runtime.faults import (
    Again,
    Crash,
    Cut,
    Delay,
    Deliver,
    Direction,
    Fault,
    Heal,
    Hear,
    Jump,
    Next,
    Pace,
    Revive,
    Skew,
)
from rasim.scenario.grammar import FAULT_SAYS, Spoken
from rasim.scenario.model import Do, Scenario, ScenarioStep, every_step


def is_fault(step: ScenarioStep) -> bool:
    """Return whether a step lets something befall a link, a side or a clock."""
    return isinstance(step, Do) and step.spoken is not None and step.spoken.kind in FAULT_SAYS


def has_faults(steps: Iterable[ScenarioStep]) -> bool:
    """Return whether any of the steps does so."""
    return any(map(is_fault, every_step(steps)))


def fault_of(step: Do, scenario: Scenario) -> Fault:
    """Return the fault that a step stands for. KeyError if it stands for an event."""
    assert step.spoken is not None  # noqa: S101  (a fault is spoken)
    return _MAKES[step.spoken.kind](_Said(step, step.spoken, scenario))


@frozen
class _Said:
    """What a step says: whose side, which expert or session, how long."""

    step: Do
    spoken: Spoken
    scenario: Scenario

    @property
    def side(self) -> str | None:
        return self.scenario.experts.get(self.step.actor)

    @property
    def expert(self) -> str:
        return self.scenario.experts[self.spoken.slot("expert") or ""]

    @property
    def session(self) -> str:
        return str(self.scenario.users[self.spoken.slot("user") or ""].uses)

    @property
    def long(self) -> int:
        return microseconds(parse_time(self.spoken.slot("time") or ""))


def _both_ways() -> Iterator[tuple[str, Callable[[_Said], Fault]]]:
    """Yield what befalls the messages of an expert, and those to it."""

    def of(direction: Direction) -> Iterator[tuple[str, Callable[[_Said], Fault]]]:
        yield f"lose {direction}", lambda said: Next(said.expert, direction, "is lost")
        yield f"repeat {direction}", lambda said: Next(said.expert, direction, "is repeated")
        yield f"hold back {direction}", lambda said: Next(said.expert, direction, "is held back")
        yield f"deliver {direction}", lambda said: Deliver(said.expert, direction)
        yield f"delay {direction}", lambda said: Delay(said.expert, direction, said.long)
        yield f"pace {direction}", lambda said: Pace(said.expert, direction, said.long)

    yield from of("of")
    yield from of("to")


_MAKES: Mapping[str, Callable[[_Said], Fault]] = {
    "cut": lambda said: Cut(said.expert),
    "heal": lambda said: Heal(said.expert),
    "repeat last": lambda said: Again(said.expert),
    "hear late": lambda said: Hear(said.session, said.long),
    "crash": lambda said: Crash(said.side),
    "revive": lambda said: Revive(said.side),
    "clock forward": lambda said: Jump(said.side, said.long),
    "clock back": lambda said: Jump(said.side, -said.long),
    "clock speed": lambda said: Skew(said.side, int(said.spoken.slot("percent") or "")),
    **dict(_both_ways()),
}
