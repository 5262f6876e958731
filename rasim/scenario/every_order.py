"""A scenario in every order: what is `together` goes on at once, and whatever can go on at one instant does so in every order.

What is together are tasks beside the computer's and everybody else's; a `wait` among them lets its time pass, and each of the others
comes either before it or in the moment when it is over, together with all that is due then. Nothing is drawn: all is played, and what
cannot show anything new is left out (`runtime/orders.py`).

The state of a moment is its picture (`runtime/moment.py`) from the director on: the meeting with its computer, its ids, alarms, people and
inboxes, where each task stands, and what the judge of the promises remembers of the lines so far. Left out of it is, beside what is only
written:

- of what a person has seen, all but the last answer: nobody asks for more. People of one's own have no picture, so nothing is left out then;
- what follows the run past the table (`Followed`): as long as a computer goes by the table, its own state is one of the readings that are
  followed, and explains all that comes from there.

Apart from everything is a user who takes in a line, and an expert who does so where nobody acts beside the director: what they then know is
asked for by their own acts alone, of which the director begins none before all is calm.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Sequence
from itertools import count, permutations
from typing import Any, Literal

from attrs import evolve

from rasim.errors import Problem, RasimError
from rasim.policy import Policy
from rasim.protocol.choices import Choices
from rasim.protocol.computer import Computer
from rasim.protocol.host import Host
from rasim.protocol.step import Outcome, Rules
from rasim.runtime import Meeting, SimulatedLoop, Tape, simulate, simulated_loop
from rasim.runtime.clock import task_of
from rasim.runtime.failing import FarExpert
from rasim.runtime.links import Links
from rasim.runtime.meeting import Expert, Party, User
from rasim.runtime.moment import Moments
from rasim.runtime.orders import MOST_RUNS, Orders, every_order
from rasim.scenario.faults import is_fault
from rasim.scenario.judged import whole
from rasim.scenario.model import Do, Scenario, ScenarioStep, Together, Wait
from rasim.scenario.play import ANSWERED, Director, Failed, Played, in_force, problem_at
from rasim.verify.behaviours.followed import NotOfTheTable
from rasim.verify.promises.judge import Judge

MOMENTS = Moments(
    {
        Host: {"trace", "_lines", "rules", "_computer"},
        Meeting: {"records", "watch", "_words", "_waiting"},
        Party: {"seen"},
        Judge: {"lines", "_again", "_last", "_asked", "_standing", "_names", "_asked_of"},
        Director: {"followed", "where", "judge", "main"},
    },
    (Scenario, Rules, Computer, Choices, Policy),
)


class _InEveryOrder(Director):
    """A director who lets what is together go on at once."""

    def __init__(self, *what: Any) -> None:
        super().__init__(*what)
        self.judge = Judge(self.scenario.choices)
        self.beside: list[asyncio.Task[None]] = []
        self.ended: list[tuple[Do, Outcome]] = []
        self.judged = 0

    async def all(self) -> None:
        """Take all steps, and judge the trace by the promises."""
        self.main = asyncio.current_task()
        await self.run(self.scenario.steps)
        self._judge()
        for recorded in [*whole(self.scenario, self.trace)][-1:]:
            self.judge.take(recorded)
        broken = self.judge.close().broken
        if broken:
            because = f"{broken[0].promise} is broken (seq {broken[0].at}): {broken[0].because}"
            raise Failed(self.scenario.steps[-1].where, because)

    def _judge(self) -> None:
        """Let the judge take the lines that are new."""
        trace = self.meeting.trace
        if not self.judged:
            self.judge.take(next(whole(self.scenario, trace)))
        for recorded in trace[self.judged :]:
            self.judge.take(recorded)
        self.judged = len(trace)

    # ---- what is together -------------------------------------------------------------------------------------------

    async def _together(self, step: Together, following: ScenarioStep | None) -> None:
        waits = [each for each in step.steps if isinstance(each, Wait)]
        passing = _chosen([*permutations(waits)])
        begins: list[list[Do]] = [[] for _ in range(len(waits) + 1)]
        written = 0
        for each in step.steps:
            if isinstance(each, Do):
                moments = [*range(len(begins))]
                begins[_chosen([written, *(n for n in moments if n != written)])].append(each)
            written += isinstance(each, Wait)
        self.ended.clear()
        for those, wait in zip(begins, [*passing, None], strict=True):
            for each in those:
                name = f"{each.actor} {each.text}"
                self.beside.append(asyncio.create_task(self._takes_part(each), name=name))
            if wait is not None:
                await self._take(wait, None)
        for task in self.beside:
            await task
        self.beside.clear()
        for at, (each, outcome) in enumerate(self.ended, 1):
            self._accept(each, outcome, following if at == len(self.ended) else None)

    async def _takes_part(self, step: Do) -> None:
        if is_fault(step):
            await self._take(step, None)
        else:
            self.last = await self._do(step)
            self.ended.append((step, self.last))

    # ---- where it stands --------------------------------------------------------------------------------------------

    def state(self, loop: SimulatedLoop) -> Hashable | None:
        """Return all that what is to come depends on."""
        self._judge()
        answers = [
            [line for line in each.seen if line.event in ANSWERED][-1:] for each in self.meeting.experts.values()
        ]
        last = self.meeting.trace[-1].at if self.meeting.trace else None
        return MOMENTS.picture(loop, self, self.main, answers, self.judge, last)

    def apart(self, handle: asyncio.Handle) -> bool:
        """Tell whether only a line arrives, or somebody goes on who only takes one in, of which nobody else knows or asks."""
        task = task_of(handle)
        if task is None:
            return not self.beside and isinstance(self.meeting.way, Links) and self.meeting.way.only_tells(handle)
        for person, listens in self.meeting.listening:
            if listens is task:
                takes_in = type(person).notices
                if type(person).reacts is not Party.reacts or (self.beside and takes_in is not User.notices):
                    return False
                waits = isinstance(person, FarExpert) and person.waits_for_a_ticket
                return takes_in in (User.notices, Expert.notices, FarExpert.notices) and not waits
        return False


def _chosen(those: Sequence[Any]) -> Any:
    """Return which of those the tape takes."""
    tape = simulated_loop().tape
    return those[tape.choose(len(those))] if tape is not None and len(those) > 1 else those[0]


def play_every_order(
    scenario: Scenario,
    *,
    policy: Policy | None = None,
    most: int = MOST_RUNS,
    progress: Callable[[int], object] | None = None,
) -> Played:
    """Play a scenario in every order; at the first that does not go as it says, *failed*, with the tape that repeats it.

    Before each run `progress` is told how many there were. Never raises for what a scenario can do.
    """
    played: list[_InEveryOrder] = []
    runs = count()

    def begin() -> Coroutine[Any, Any, None]:
        if progress is not None:
            progress(next(runs))
        played[1:] = [_InEveryOrder(scenario, stated, own)]  # the first, and the one that plays
        return played[-1].all()

    def state(loop: SimulatedLoop) -> Hashable | None:
        return played[-1].state(loop)

    def apart(handle: asyncio.Handle) -> bool:
        return played[-1].apart(handle)

    try:
        stated, own = in_force(scenario, policy)
        found = every_order(begin, state=state, apart=apart, most=most)
    except RasimError as error:
        return _went(scenario, None, error)
    return _went(scenario, played[0] if found.failure is None else played[-1], found.failure, found, found.tape)


def play_tape(scenario: Scenario, tape: Tape, *, policy: Policy | None = None) -> Played:
    """Play a scenario in the order that a tape of `play_every_order` has."""
    director: _InEveryOrder | None = None
    try:
        director = _InEveryOrder(scenario, *in_force(scenario, policy))
        simulate(director.all(), tape=tape)
        tape.ends()
    except (RasimError, Failed) as error:
        return _went(scenario, director, error, tape=tape.text)
    return _went(scenario, director, tape=tape.text)


def _went(
    scenario: Scenario,
    director: _InEveryOrder | None,
    wrong: Exception | None = None,
    found: Orders | None = None,
    tape: str | None = None,
) -> Played:
    problems: tuple[Problem, ...] = ()
    verdict: Literal["passed", "failed", "error"] = "passed"
    if wrong is not None:
        if not isinstance(wrong, RasimError | Failed):
            raise wrong
        at = wrong.where if isinstance(wrong, Failed) else scenario.policy.where if director is None else director.where
        verdict = "failed" if isinstance(wrong, Failed | NotOfTheTable) else "error"
        problems = (problem_at(scenario, at, str(wrong), getattr(wrong, "hint", "")),)
    return Played(
        scenario.name,
        scenario.file,
        verdict,
        0,
        1,
        problems,
        tape=tape,
        every=None if found is None else evolve(found, failure=None),  # an exception does not travel between processes
        trace=() if director is None else director.trace,
        outcomes=() if director is None else director.all_outcomes,
        unfollowed="" if director is None else director.followed.unfollowed,
        scenario=scenario,
    )
