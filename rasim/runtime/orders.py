"""Every order of what can go on at one instant: a program is played from its start by one tape after another, until none is left.

    found = every_order(main, state=state)
    assert found.complete and found.failure is None, found.tape

The first tape takes the first each time: the defined order. Of every choice that a run meets, the others are played later, those with
fewer deviations from the defined order first. So the first failure that is found has the shortest schedule: no tape with fewer
choices that are not the first fails.

Two things make it end sooner, and neither loses an order that matters:

`state` returns, when the next turn is to be chosen, what all that is to come depends on. Where it was returned before, the run ends: all
that can come from there is played already, or will be. Two moments with equal states must have equal futures, else orders are lost;
None says that this moment cannot be told, and the run goes on.

`apart` tells of something ready that nothing else has to do with, whatever goes on before it: then it makes no difference when it goes on,
and it does so when it is its turn.

Without them every order is played, which ends for small programs only: 10 tasks of one turn each have 3,628,800.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Hashable, Sequence
from typing import Any

from attrs import frozen

from rasim.runtime.clock import SimulatedLoop
from rasim.runtime.tape import Tape

MOST_RUNS = 100_000
_State = Callable[[SimulatedLoop], Hashable | None]
_Apart = Callable[[asyncio.Handle], bool]


@frozen
class Orders:
    """What playing in every order came to.

    `complete` if every order was played, or none that is left could show anything new; `states` are the distinct states at choices
    (0 where nobody tells them). `failure` is what the first run that failed raised, and `tape` repeats that run.
    """

    complete: bool
    runs: int
    states: int
    failure: Exception | None = None
    tape: str | None = None


class _Seen(Exception):  # noqa: N818  (no error)
    """From here on nothing new can come."""


class _Course(Tape):
    """A tape that keeps what else could have been taken, behind what it was given."""

    __slots__ = ("_told", "others")

    def __init__(self, given: Sequence[int], told: set[Hashable]) -> None:
        super().__init__(given)
        self._told = told
        self.others: list[tuple[int, int]] = []  # at which point, which

    def choose(self, alternatives: int) -> int:
        """Return which of so many is taken; the others are taken another time."""
        if alternatives < 2:
            return 0
        return self.meet(range(alternatives), alternatives, None)

    def meet(self, which: Sequence[int], alternatives: int, state: Callable[[], Hashable | None] | None) -> int:
        """Return what is taken of these: the first of them, where the tape was not given anything else."""
        point = len(self.taken)
        if point >= len(self._given) and len(which) > 1:
            key = None if state is None else state()
            if key is not None:
                if key in self._told:
                    raise _Seen
                self._told.add(key)
            self.others += [(point, each) for each in which[1:]]
        return super().choose(alternatives)


class _EveryOrderLoop(SimulatedLoop):
    """A loop that leaves out what is no choice, and tells its course where it is."""

    def __init__(self, course: _Course, state: _State | None, apart: _Apart | None) -> None:
        super().__init__(tape=course)
        self._course, self._state, self._apart = course, state, apart

    def choose(self, ready: Sequence[asyncio.Handle], alternatives: int) -> int:
        course, self.tape = (
            self._course,
            None,
        )  # where this ends the run, what is left is cleaned up in the defined order
        apart, state = self._apart, self._state
        which: Sequence[int] = range(alternatives)
        if apart is not None:
            which = (0,) if apart(ready[0]) else [0, *(n for n in which[1:] if not apart(ready[n]))]
        try:
            taken = course.meet(which, alternatives, None if state is None else lambda: state(self))
        except _Seen:
            self.set_exception_handler(lambda *_: None)  # who is cancelled now may find it strange
            raise
        self.tape = course
        return taken


def every_order(
    main: Callable[[], Coroutine[Any, Any, Any]],
    *,
    state: _State | None = None,
    apart: _Apart | None = None,
    most: int = MOST_RUNS,
) -> Orders:
    """Play `main` in every order until one fails, none is left, or `most` runs were played.

    `main` is called for each run, and must be the same program each time. What is left to do when it has returned is no choice.
    """
    told: set[Hashable] = set()
    left: deque[tuple[Sequence[int], int, int]] = deque([((), 0, 0)])  # what was taken, to where, and what instead
    runs = 0
    while left:
        if runs == most:
            return Orders(False, runs, len(told))
        taken, point, which = left.popleft()
        course = _Course([*taken[:point], which] if which else (), told)
        runs += 1
        try:
            _play(main, course, state, apart)
        except _Seen:
            pass
        except Exception as error:  # noqa: BLE001  (whatever the program raises is its failure)
            return Orders(False, runs, len(told), error, course.text)
        left += [(course.taken, *other) for other in course.others]
    return Orders(True, runs, len(told))


def _play(
    main: Callable[[], Coroutine[Any, Any, Any]], course: _Course, state: _State | None, apart: _Apart | None
) -> None:
    loop = _EveryOrderLoop(course, state, apart)

    async def whole(course: Coroutine[Any, Any, Any]) -> None:
        try:
            await course
        finally:
            loop.tape = None

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(whole(main()))
