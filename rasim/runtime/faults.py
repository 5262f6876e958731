"""What can befall a meeting, as values: links that lose, repeat, hold back, delay, are cut; sides that crash; clocks that go wrong."""

from typing import Literal

from attrs import define, frozen

Direction = Literal["of", "to"]  # messages of an expert, and messages to it
Fate = Literal["is lost", "is repeated", "is held back"]


@frozen
class Cut:
    """The link of an expert carries nothing, in either direction, until it heals."""

    expert: str


@frozen
class Heal:
    """The link of an expert carries again; what was sent meanwhile arrives, unless the link was taken for lost."""

    expert: str


@frozen
class Next:
    """What becomes of the next message in one direction."""

    expert: str
    direction: Direction
    fate: Fate


@frozen
class Deliver:
    """What was held back in one direction arrives now, the oldest first."""

    expert: str
    direction: Direction


@frozen
class Again:
    """The last message of an expert arrives once more."""

    expert: str


@frozen
class Delay:
    """Every message in one direction takes so long from now on."""

    expert: str
    direction: Direction
    microseconds: int


@frozen
class Pace:
    """The bandwidth of one direction: a message keeps it busy for so long, and the next one waits."""

    expert: str
    direction: Direction
    microseconds: int


@frozen
class Hear:
    """What is done at a session reaches the computer so much later from now on: its window hangs."""

    session: str
    microseconds: int


@frozen
class Crash:
    """A side stops and forgets; None is the computer. What was under way to it is lost."""

    expert: str | None


@frozen
class Revive:
    """A side that crashed runs again, and knows nothing of before."""

    expert: str | None


@frozen
class Jump:
    """The clock on the wall of a side is set forward, or back; None is the computer's. What counts times does not move with it."""

    expert: str | None
    microseconds: int


@frozen
class Skew:
    """The clock of a side, that which counts times too, runs at so many hundredths of the true speed."""

    expert: str | None
    percent: int


LinkFault = Cut | Heal | Next | Deliver | Again | Delay | Pace | Hear
Fault = LinkFault | Crash | Revive | Jump | Skew


@frozen
class Odds:
    """How often the tape draws that a message is lost, is repeated, or is delayed by up to `longest` and so overtaken: in `of`."""

    lost: int = 1
    repeated: int = 1
    delayed: int = 2
    of: int = 20
    longest: int = 5_000_000


@define
class SideClock:
    """The clock of a side, in microseconds: one that counts, at its own speed, and one on the wall that can be set."""

    percent: int = 100
    ahead: int = 0
    _since: tuple[int, int] = (0, 0)  # a moment of true time, and of its own

    def own(self, now: int) -> int:
        """Return what it counts at a moment of true time."""
        true, own = self._since
        return own + (now - true) * self.percent // 100

    def wall(self, now: int) -> int:
        """Return what it shows."""
        return self.own(now) + self.ahead

    def true(self, own: int) -> int:
        """Return the first moment of true time at which it counts so much."""
        true, since = self._since
        return true - (since - own) * 100 // self.percent

    def runs(self, now: int, percent: int) -> None:
        """Run at another speed from now on."""
        self._since = now, self.own(now)
        self.percent = percent
