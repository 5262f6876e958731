"""The choices of a run, one after another: which of those that could go on did, what a link did to a message, what a person did.

A run that makes all its choices by one tape is a function of that tape: the same tape gives the same run, byte for byte. A tape replays
what it is given and goes on from there, with the first of what there is or with what a seed draws; what was taken it keeps.

    tape = Tape.drawn(7)
    simulate(main(), tape=tape)
    again = Tape.read(tape.text)      # 3:1 17:2 - at point 3 the second, at point 17 the third, the first everywhere else
"""

import random
from collections.abc import Callable, Sequence
from typing import Self

from rasim.errors import UsageError


class Tape:
    """Choices that are given, then those of `beyond`, which is told how many there are; the first, unless there is one."""

    __slots__ = ("_beyond", "_given", "taken")

    def __init__(self, given: Sequence[int] = (), beyond: Callable[[int], int] | None = None) -> None:
        self._given, self._beyond = given, beyond
        self.taken: list[int] = []

    @classmethod
    def drawn(cls, seed: int) -> Self:
        """Return a tape that a seed draws."""
        return cls((), random.Random(seed).randrange)  # noqa: S311  (an order of events is no secret)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the tape that `text` wrote; UsageError if this is none."""
        given: dict[int, int] = {}
        for word in text.split():
            point, colon, which = word.partition(":")
            if not (colon and point.isdecimal() and which.isdecimal() and point.isascii() and which.isascii()):
                raise UsageError(f"a tape is points and choices, as in 3:1 17:2, and not {word}")
            if given and int(point) <= max(given):
                raise UsageError(f"the points of a tape go upwards, and {word} does not")
            given[int(point)] = int(which)
        return cls([given.get(point, 0) for point in range(max(given, default=-1) + 1)])

    @property
    def text(self) -> str:
        """Return what was taken: each point where it was not the first, and which it was."""
        return " ".join(f"{point}:{which}" for point, which in enumerate(self.taken) if which)

    def ends(self) -> None:
        """Say that the run is over. UsageError if the tape was not: it is another run's."""
        if any(self._given[len(self.taken) :]):
            raise UsageError(
                f"the tape is another run's: it goes on to point {len(self._given) - 1}, and the run has {len(self.taken)}"
            )

    def choose(self, alternatives: int) -> int:
        """Return which of so many is taken, counted from 0; where there is one, that is no choice.

        Raises UsageError where the tape has one that is not there: it is another run's.
        """
        if alternatives < 2:
            return 0
        point = len(self.taken)
        which = 0
        if point < len(self._given):
            which = self._given[point]
        elif self._beyond is not None:
            which = self._beyond(alternatives)
        if not 0 <= which < alternatives:
            raise UsageError(f"the tape is another run's: at point {point} it takes {which} of {alternatives}")
        self.taken.append(which)
        return which
