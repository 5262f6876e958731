"""The keys of exercises, each found by asking what the command asks: nothing here knows an answer beforehand."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from attrs import evolve, frozen

from rasim.protocol.lines import RECORD_KINDS, Line, Recorded
from rasim.scenario import play, read_scenario
from rasim.scenario.judged import whole
from rasim.teach.exercises import TraceExercise
from rasim.teach.planted import Planted, meeting_with, planted
from rasim.verify.check import check
from rasim.verify.promises.judge import Judge, JudgedTrace
from rasim.verify.states.model import pair_model

_SCENE: Final = r"""
rasim: 1
scenario: what the trace of an exercise tells
policy: {offer: enabled, mode: control, helpers: ['CORP\anna']}
people:
  anna: {account: 'CORP\anna'}
  carol: {account: 'CORP\carol'}
  bob: {account: 'CORP\bob', uses: s1}
steps:
"""


@frozen
class Noticing:
    """What notices a mistake: the promises that it breaks, and the witnesses that it makes impossible."""

    broken: frozenset[str]
    lost: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """Return all of them."""
        return self.broken | self.lost


@cache
def noticing(name: str) -> Noticing:
    """Return what notices the mistake with this name, explored as `rasim check --profile` explores another product."""
    right, wrong = _verdicts(planted("")), _verdicts(planted(name))
    broken = frozenset(promise for promise, verdict in wrong.items() if verdict == "broken")
    lost = frozenset(p for p, verdict in wrong.items() if verdict != "witnessed" and right[p] == "witnessed")
    return Noticing(broken, lost)


@cache
def _verdicts(mistake: Planted) -> dict[str, str]:
    model = evolve(pair_model(mistake.table), interpreter=mistake.interpreter)
    return {each.promise.name: each.verdict for each in check([model], digest=False).judged}


def told_trace(exercise: TraceExercise) -> tuple[Recorded, ...]:
    """Return the trace of an exercise: what a computer with its mistake records of its story, but for what its recorder leaves out."""
    scenario = read_scenario(_SCENE + "".join(f"- {step}\n" for step in exercise.story))
    played = play(scenario, made=meeting_with(planted(exercise.mistake)), followed=False)
    return tuple(_recorded(whole(scenario, played.trace), exercise.unrecorded))


def _recorded(trace: Iterator[Recorded], unrecorded: tuple[str, ...]) -> Iterator[Recorded]:
    """Yield a trace without some kinds of lines, and without what only rasim knows; its first line says what is there."""
    left_out = {event for kind in unrecorded for event in RECORD_KINDS[kind].events}
    kept = tuple(kind for kind in RECORD_KINDS if kind not in unrecorded)
    for recorded in trace:
        line = recorded.line
        if line.event == "recorder":
            line = Line("recorder", (("records", tuple(k for k in kept if k in line["records"])),))
        if line.event not in left_out:
            told = tuple((field, value) for field, value in line.fields if not field.startswith("x_"))
            yield evolve(recorded, line=evolve(line, fields=told))


@cache
def judged(exercise: TraceExercise) -> JudgedTrace:
    """Return what the judge says of the trace of an exercise, its lines numbered as in a file."""
    judge = Judge()
    for number, recorded in enumerate(told_trace(exercise), 1):
        judge.take(recorded, number)
    return judge.close()
