"""The promises over the trace of a scenario that was played: a scenario that goes as it says may still break one."""

from collections.abc import Callable, Iterator, Sequence

from rasim.protocol.lines import RECORD_KINDS, Line, Recorded
from rasim.scenario.model import Do, Scenario, every_step
from rasim.verify.promises.judge import Judge


def ahead_of_the_clock(scenario: Scenario) -> bool:
    """Tell whether a scenario itself lets a time pass ahead of the clock; then nothing can be asked of times."""
    steps = (step for step in every_step(scenario.steps) if isinstance(step, Do))
    return any(step.spoken is not None and step.spoken.kind.endswith("passes") for step in steps)


def whole(scenario: Scenario, trace: Sequence[Recorded]) -> Iterator[Recorded]:
    """Yield the trace of a scenario between the lines that say what was recorded and that nothing was cut off.

    All was recorded, but of times only what can be asked.
    """
    ahead = ahead_of_the_clock(scenario)
    records = tuple(name for name in RECORD_KINDS if name != "time" or not ahead)
    yield Recorded(0, Line("recorder", (("records", records),)), trace[0].at if trace else 0)
    yield from trace
    last = trace[-1] if trace else Recorded(0, Line("recorder"), 0)
    yield Recorded(last.seq + 1, Line("recording_ended"), last.at)


def broken_promise(scenario: Scenario) -> Callable[[Sequence[Recorded]], str | None]:
    """Return what says which promise the trace of a scenario breaks, for `play(scenario, look=…)`."""

    def look(trace: Sequence[Recorded]) -> str | None:
        judge = Judge(scenario.choices)
        for recorded in whole(scenario, trace):
            judge.take(recorded)
        broken = judge.close().broken
        return f"{broken[0].promise} is broken (seq {broken[0].at}): {broken[0].because}" if broken else None

    return look
