"""Links in memory that fail: messages are lost, repeated, held back, delayed; links are cut and heal.

Whoever sends learns nothing of what becomes of it; whoever watches does (`Undelivered`), so that nothing lost is waited for. A link that is
cut keeps its messages, as TCP does, until it heals; a side that has heard nothing for `KEEP_ALIVE` takes the link for lost, by its own
clock. An act that was sent by a connection which is over, or before there was one, comes as what it is: somebody who comes back to an
old connection. A link takes away and makes late, and gives nothing: whatever arrives, the table decides.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Literal, assert_never

from attrs import Factory, define, evolve

from rasim.errors import RasimError
from rasim.protocol.acts import Act
from rasim.protocol.host import Record
from rasim.protocol.lines import FieldValue, Line
from rasim.runtime.faults import Again, Cut, Delay, Deliver, Direction, Fate, Heal, Hear, LinkFault, Next, Odds, Pace
from rasim.runtime.meeting import AtOnce, Way

if TYPE_CHECKING:
    from rasim.runtime.failing import MeetingWithFaults

KEEP_ALIVE: Final = 10_000_000
"""Microseconds of silence after which a side takes a link for lost; rasim's choice, source: none."""
OPENING: Final = ("asks for a ticket", "offers help")  # what an expert sends by no connection, but with a ticket


@define(eq=False)
class _Message:
    """Something on its way: an act with how it was sent and who watches what becomes of it, or a line."""

    what: Act | Line
    sent_in: tuple[FieldValue | None, ...] = ()
    done: "asyncio.Future[Record] | None" = None


@define(eq=False)
class _Wire:
    """One direction of a link."""

    delay: int = 0
    pace: int = 0
    free_at: int = 0
    fates: list[Fate] = Factory(list)
    held: list[_Message] = Factory(list)
    waiting: list[_Message] = Factory(list)  # sent while the link is cut
    last: _Message | None = None


class _Link:
    """Both directions between an expert and the computer, and what each side makes of it."""

    def __init__(self) -> None:
        self.of, self.to = _Wire(), _Wire()
        self.cut = self.crashed = False
        self.lost_here = self.lost_there = False  # the computer, and the expert, have taken it for lost
        self.alarms: list[asyncio.TimerHandle] = []

    def wire(self, direction: Direction) -> _Wire:
        return self.of if direction == "of" else self.to

    def anew(self) -> None:
        """Let nobody take it for lost any more."""
        for alarm in self.alarms:
            alarm.cancel()
        self.alarms, self.lost_here, self.lost_there = [], False, False


class Links:
    """The way of a meeting with faults: a link for each expert, and one direction from each session to the computer.

    What a link lets through goes by `way` from there: at once, or over sockets.
    """

    def __init__(self, meeting: "MeetingWithFaults", way: Way, odds: Odds | None = None) -> None:
        self._meeting, self._way, self._odds = meeting, way, odds
        self._going: set[asyncio.Task[None]] = set()
        self._links = {account: _Link() for account in meeting.experts}
        self._hands = {session: _Wire() for session in meeting.users}

    async def open(self) -> None:
        """Open the way that links lead to."""
        await self._way.open()

    async def close(self) -> None:
        """Nobody listens any more."""
        for link in self._links.values():
            link.anew()
        await self._way.close()

    def link(self, expert: str) -> _Link:
        """Return the link of an expert; UsageError if there is none."""
        self._meeting.expert(expert)
        return self._links[expert]

    # ---- acts go up, lines go down ------------------------------------------------------------------------------

    async def up(self, act: Act) -> Record:
        """Send an expert's act, and return what it did: when it has arrived, or when it is clear that it has not."""
        link = self.link(act.by or act.expert or "")
        message = self._message(act)
        link.of.last = message
        if link.crashed or (link.cut and link.lost_there):
            return self._meeting.undelivered(act, "lost")
        return await self._sent(link, link.of, message)

    async def by_hand(self, act: Act, session: str) -> Record:
        """Let what is done at a session reach the computer."""
        return await self._sent(None, self._hands[session], self._message(act))

    def _message(self, act: Act) -> _Message:
        return _Message(act, self._meeting.named(self._meeting.known(act)), self._meeting.loop.create_future())

    async def _sent(self, link: _Link | None, wire: _Wire, message: _Message) -> Record:
        self._carry(link, wire, message)
        assert message.done is not None  # noqa: S101  (an act has somebody who watches)
        return await self._meeting.done(message.done)

    def down(self, expert: str, line: Line) -> None:
        """Send a line to an expert; a computer that is down, or has taken the link for lost, tells nothing."""
        link = self._links[expert]
        if not (self._meeting.down or (link.cut and link.lost_here)):
            self._carry(link, link.to, _Message(line))

    # ---- on the way ---------------------------------------------------------------------------------------------

    def _carry(self, link: _Link | None, wire: _Wire, message: _Message) -> None:
        fate, late = self._fate(link, wire)
        if fate == "is lost":
            self._tell(message, "lost")
            return
        if fate == "is held back":
            wire.held.append(message)
            self._tell(message, "under way")
            return
        loop = self._meeting.loop
        for each in (message, self._copy(message)) if fate == "is repeated" else (message,):
            wire.free_at = max(wire.free_at, loop.now) + wire.pace
            arrives = wire.free_at + wire.delay + late
            if arrives > loop.now:
                loop.call_at_microsecond(arrives, self._arrives, link, wire, each)
            else:
                self._arrives(link, wire, each)

    def _fate(self, link: _Link | None, wire: _Wire) -> tuple[Fate | None, int]:
        """Return what becomes of the next message, and by how much it is later than its turn."""
        if wire.fates:
            return wire.fates.pop(0), 0
        odds, tape = self._odds, self._meeting.loop.tape
        if odds is None or tape is None or link is None:
            return None, 0
        drawn = tape.choose(odds.of)  # the first is, as everywhere on a tape, that nothing happens
        if 0 < drawn <= odds.lost:
            return "is lost", 0
        if 0 < drawn - odds.lost <= odds.repeated:
            return "is repeated", 0
        delayed = 0 < drawn - odds.lost - odds.repeated <= odds.delayed
        return None, (1 + tape.choose(5)) * odds.longest // 5 if delayed else 0

    def _copy(self, message: _Message) -> _Message:
        """Return the message once more; of what it does somebody may be told, and nobody has to listen."""
        if isinstance(message.what, Line):
            return message
        done: asyncio.Future[Record] = self._meeting.loop.create_future()
        done.add_done_callback(lambda told: None if told.cancelled() else told.exception())
        return evolve(message, done=done)

    def _arrives(self, link: _Link | None, wire: _Wire, message: _Message) -> None:
        what = message.what
        if link is not None and link.cut:
            wire.waiting.append(message)
            self._tell(message, "under way")
        elif isinstance(what, Act):
            stale = link is not None and what.kind not in OPENING and message.sent_in != self._meeting.named(what)
            act = evolve(what, kind="comes back", prompt=None, ticket=None, carries=()) if stale else what
            done = message.done if message.done is None or not message.done.done() else None
            if link is None or isinstance(self._way, AtOnce):
                self._meeting.post(act, done)
            else:
                self._going.add(
                    going := self._meeting.loop.create_task(self._goes(act, done), name=f"{act.expert}: {act.kind}")
                )
                going.add_done_callback(self._going.discard)
        elif link is not None and not link.crashed:
            account = next(name for name, each in self._links.items() if each is link)
            self._way.down(account, what)

    async def _goes(self, act: Act, done: "asyncio.Future[Record] | None") -> None:
        """Let an act go the way from the link to the computer."""
        try:
            record = await self._way.up(act)
        except RasimError as error:
            if done is not None and not done.done():
                done.set_exception(error)
        else:
            if done is not None and not done.done():
                done.set_result(record)

    def only_tells(self, handle: asyncio.Handle) -> bool:
        """Tell whether this is a line that arrives over a link on which nothing is amiss, at an expert who does not wait for it."""
        callback, args = handle._callback, handle._args  # type: ignore[attr-defined]  # noqa: SLF001  (as `task_of`)
        if getattr(callback, "__func__", None) is not Links._arrives:
            return False
        link, _, message = args
        far: list[Any] = [self._meeting.experts[name] for name, each in self._links.items() if each is link]
        waits = any(expert.waits_for_a_ticket for expert in far)
        return isinstance(message.what, Line) and not (link is None or link.cut or link.crashed or waits)

    def _tell(self, message: _Message, verdict: Literal["lost", "under way"]) -> None:
        if isinstance(message.what, Act) and message.done is not None and not message.done.done():
            message.done.set_result(self._meeting.undelivered(message.what, verdict))

    # ---- what befalls a link ------------------------------------------------------------------------------------

    async def befalls(self, fault: LinkFault) -> Record | None:
        """Let a fault happen to a link; where it makes acts arrive, return what the last of them did."""
        match fault:
            case Cut(expert):
                self.cut(expert)
            case Heal(expert):
                return await self.heal(expert)
            case Deliver(expert, direction):
                return await self.deliver(expert, direction)
            case Again(expert):
                return await self.again(expert)
            case Next(expert, direction, fate):
                self.link(expert).wire(direction).fates.append(fate)
            case Delay(expert, direction, microseconds):
                self.link(expert).wire(direction).delay = microseconds
            case Pace(expert, direction, microseconds):
                self.link(expert).wire(direction).pace = microseconds
            case Hear(session, microseconds):
                self._hands[self._meeting.user(session).session].delay = microseconds
            case _:
                assert_never(fault)
        return None

    def cut(self, expert: str) -> None:
        """Carry nothing any more; both sides listen for a while."""
        link = self.link(expert)
        link.cut = True
        self._listen(expert, link)

    def _listen(self, expert: str, link: _Link) -> None:
        if not (link.alarms or link.lost_here):
            link.alarms = [
                self._after_silence(None, self._lost_here, expert),
                self._after_silence(expert, self._lost_there, expert),
            ]

    def _after_silence(self, side: str | None, notices: Callable[[str], None], expert: str) -> asyncio.TimerHandle:
        clock, now = self._meeting.clock_of(side), self._meeting.loop.now
        return self._meeting.loop.call_at_microsecond(clock.true(clock.own(now) + KEEP_ALIVE), notices, expert)

    def _lost_here(self, expert: str) -> None:
        """Let the computer take the link for lost: the table's event for each session in which something goes on with the expert."""
        link = self._links[expert]
        link.lost_here = True
        link.to.waiting.clear()
        for session in self._meeting.users:
            if self._meeting.host.situation(expert, session)["phase"] not in ("idle", "cooling"):
                self._meeting.post(Act("link is lost", expert, session))

    def _lost_there(self, expert: str) -> None:
        link = self._links[expert]
        link.lost_there = True
        link.of.waiting.clear()
        self._meeting.experts[expert].tickets.clear()

    async def heal(self, expert: str) -> Record | None:
        """Carry again, first what waited; return what the last act of it did."""
        link = self.link(expert)
        link.cut = False
        waited = [*link.of.waiting, *link.to.waiting]
        link.of.waiting, link.to.waiting = [], []
        if link.crashed:
            return None
        link.anew()
        return await self._delivered(link, waited)

    async def deliver(self, expert: str, direction: Direction) -> Record | None:
        """Let what was held back arrive, and return what the last act of it did."""
        wire = self.link(expert).wire(direction)
        held, wire.held = wire.held, []
        return await self._delivered(self.link(expert), held)

    async def again(self, expert: str) -> Record | None:
        """Let the last act of an expert arrive once more, and return what it did."""
        link = self.link(expert)
        return await self._delivered(link, [] if link.of.last is None else [link.of.last])

    async def _delivered(self, link: _Link, messages: Iterable[_Message]) -> Record | None:
        record: Record | None = None
        for each in map(self._copy, messages):
            self._arrives(link, link.to if each.done is None else link.of, each)
            record = record if each.done is None else await self._meeting.done(each.done)
        return record

    def crash(self, expert: str) -> None:
        """Let an expert stop: what is sent to it goes nowhere, and the computer hears nothing more."""
        link = self.link(expert)
        link.crashed = True
        self._listen(expert, link)
        self._meeting.experts[expert].tickets.clear()

    def revive(self, expert: str) -> None:
        """Let an expert run again; what it had before is reset, if the computer still took it for there."""
        link = self.link(expert)
        if link.crashed:
            link.crashed = False
            if not link.cut:
                self._lost_here(expert)
                link.anew()

    def computer_is_gone(self) -> None:
        """Lose what waits in a cut link; experts notice by and by."""
        for expert, link in self._links.items():
            link.of.waiting.clear()
            link.to.waiting.clear()
            self._after_silence(expert, self._forgets_a_dead_computer, expert)

    def _forgets_a_dead_computer(self, expert: str) -> None:
        if self._meeting.down:
            self._meeting.experts[expert].tickets.clear()
