"""A run of rasim's own, followed as it goes: what every act leaves has to be a behaviour of the table, and it is stopped where it is not.

A judge of a trace asks what may have left its lines. Here the act is there too, so more is asked: its lines are those of one event, none
is missing and none comes twice, no time passes early or late, and the act's own line says what was sent. What has no line is not seen:
that somebody acts in another's name, or that nothing happens where something should and nothing later shows it.

    async with Meeting(experts, sessions, watch=Followed()) as meeting: ...
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Final

from rasim.errors import Exit, RasimError
from rasim.policy import fold
from rasim.protocol.acts import Act
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.host import Record
from rasim.protocol.lines import RECORD_KINDS, Line, Recorded
from rasim.verify.behaviours.explained import Behaviours, ExplainedTrace

_Beginnings = dict[tuple[object, tuple[Recorded, ...]], object]
_MOST: Final = 100_000  # beginnings that are remembered
_SENT: Final = ("expert", "session", "prompt", "ticket", "connection")
_OPENED: Final = (
    "firewall_changed"  # a policy that is applied may open and close what it speaks of: events of their own
)


class NotOfTheTable(RasimError):  # noqa: N818  (what the run is, not an error of anybody's)
    """A run did what no behaviour of the table explains: in which line, and why."""

    exit_code: ClassVar[Exit] = Exit.FAILED


@lru_cache(maxsize=16)
def _beginnings(_choices: Choices, _timed: bool) -> _Beginnings:
    return {}


class Followed:
    """A run on its way: called with each act as it was sent, and with what it did. Raises NotOfTheTable at the first that is none.

    `timed` unless the clock of the run is not the one that its times pass by. Of more experts and sessions than a trace can be asked for
    (24 assistances) it asks nothing more, and `unfollowed` says why.
    """

    unfollowed = ""

    def __init__(self, choices: Choices = STRICT, *, timed: bool = True) -> None:
        records = tuple(name for name in RECORD_KINDS if timed or name != "time")
        self._behaviours = Behaviours(choices, whole=True)
        self._behaviours.take(Recorded(0, Line("recorder", (("records", records),)), 0))
        # Runs of one story begin alike: what was found of a beginning is remembered by a mark of it, and asked once.
        self._known = _beginnings(choices, timed)
        self._beginning = self._known.setdefault((None, ()), object())
        self._unasked: list[tuple[Recorded, ...]] = []
        self._last = 0

    def __call__(self, act: Act, record: Record) -> None:
        """Take what an act did."""
        for recorded in record.lines:
            if recorded.seq != self._last + 1:
                raise _none(recorded, f"line {self._last + 1} should stand here")
            self._last = recorded.seq
        if record.lines:
            self._as_sent(act, record)
            self._take(record.lines)

    def ended(self, lines: int, at: int | None) -> None:
        """Take in that the run is over, with so many lines, and when: what should have come by then has to be there."""
        over = Recorded(self._last + 1, Line("recording_ended"), at)
        if lines != self._last:
            raise _none(over, f"{lines - self._last} further lines were left by no act")
        self._take((over,))

    def _take(self, lines: tuple[Recorded, ...]) -> None:
        self._unasked.append(lines)
        following = self._known.get((self._beginning, lines))
        if following is None:
            for each in self._unasked:
                self._ask(each)
            self._unasked.clear()
            following = object()
            if not self.unfollowed:  # else it was not found good
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[self._beginning, lines] = following
        self._beginning = following

    def _ask(self, lines: Sequence[Recorded]) -> None:
        behaviours = self._behaviours
        for n, recorded in enumerate(lines):
            behaviours.take(recorded, also=n > 0 and recorded.line.event != _OPENED)
            self._refused(recorded)
        behaviours.rest(lines[-1])
        self._refused(lines[-1])

    def _refused(self, recorded: Recorded) -> None:
        if self._behaviours.decided:
            found: ExplainedTrace = self._behaviours.close()
            if found.explained is False:
                raise _none(recorded, found.because)
            self.unfollowed = self.unfollowed or f"from line {recorded.seq} on {found.because}"

    def _as_sent(self, act: Act, record: Record) -> None:
        """See that the act's own line says what was sent."""
        kind = record.outcome.kind
        own = {
            effect.name for effect in (kind.arrives, kind.taken) if effect is not None and kind.scope == "assistance"
        }
        for recorded in record.lines:
            if recorded.line.event in own:
                for name in _SENT:
                    sent, said = getattr(act, name), recorded.line[name]
                    if sent is not None and said is not None and fold(sent) != fold(str(said)):
                        raise _none(recorded, f"it was sent with {name} {sent}, and not {said}")


def _none(recorded: Recorded, because: str) -> NotOfTheTable:
    return NotOfTheTable(
        f"line {recorded.seq}: {recorded.line.event}: no behaviour of the table explains it ({because})"
    )
