r"""A meeting whose links, sides and clocks can fail.

    meeting = MeetingWithFaults(["CORP\\anna"], {"s1": "CORP\\bob"}, plan=[(5_000_000, Cut("CORP\\anna"))])

A fault is a value (`faults.py`). It comes by `plan`, at a microsecond of simulated time; by word, as `await meeting.befalls(fault)`; or to each
message as the tape of the run draws it (`odds`). A computer that crashes loses what is under way and, by the table's own event, all that was
consented to; its record stays. What it must count it counts by a clock of its own, which nobody can set.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Self

from rasim.protocol.acts import Act
from rasim.protocol.computer import Happening
from rasim.protocol.host import Alarm, Record
from rasim.protocol.lines import FieldValue, Line
from rasim.protocol.step import Event, Outcome, Undelivered
from rasim.runtime.clock import SimulatedLoop, simulated_loop
from rasim.runtime.faults import Crash, Fault, Jump, Odds, Revive, SideClock, Skew
from rasim.runtime.links import Links
from rasim.runtime.meeting import AtOnce, Expert, Meeting, User, Way

TICKET_PATIENCE: Final = 30_000_000
"""Microseconds for which an expert waits for the ticket it asked for."""


class FarExpert(Expert):
    """An expert whose answers may be late or lost: waits a while for the ticket that it asked for."""

    meeting: "MeetingWithFaults"
    _ticket: "asyncio.Future[None] | None" = None

    def notices(self, line: Line) -> None:
        """Take in one line, and go on if it is the ticket."""
        super().notices(line)
        if self._ticket is not None and not self._ticket.done() and line.event == "ticket_issued":
            self._ticket.set_result(None)

    async def offers_help(self, session: str) -> Outcome:
        """Offer as every expert does; where no ticket comes, that is as far as it gets."""
        if session not in self.tickets:
            asked = await self.does("asks for a ticket", session)
            if asked.verdict != "done":
                return asked
            await self.meeting.settled()
            if session not in self.tickets:
                await self._waits()
            if session not in self.tickets:
                return self.meeting.undelivered(Act("offers help", self.account, session), "lost").outcome
        return await self.does("offers help", session, ticket=self.tickets.get(session))

    @property
    def waits_for_a_ticket(self) -> bool:
        """Return whether it waits now for a ticket that it asked for."""
        return self._ticket is not None

    async def _waits(self) -> None:
        self._ticket = self.meeting.loop.create_future()
        until = self.meeting.loop.call_at_microsecond(self.meeting.loop.now + TICKET_PATIENCE, _give_up, self._ticket)
        await self._ticket
        until.cancel()
        self._ticket = None


def _give_up(ticket: "asyncio.Future[None]") -> None:
    if not ticket.done():
        ticket.set_result(None)


class UserAtAWindow(User):
    """A user whose hand reaches the computer through a window, which may hang."""

    meeting: "MeetingWithFaults"

    async def sends(self, act: Act) -> Record:
        """Let the window take the act to the computer."""
        return await self.meeting.links.by_hand(act, self.session)


class MeetingWithFaults(Meeting):
    """A meeting whose links, sides and clocks can fail: by `plan` (microseconds, fault), by word (`befalls`), by the tape's `odds`."""

    def __init__(
        self,
        *who: Any,
        plan: Sequence[tuple[int, Fault]] = (),
        odds: Odds | None = None,
        way: Callable[[Meeting], Way] = AtOnce,
        **more: Any,
    ) -> None:
        self.own_clock = SideClock()
        self.down = False
        self._plan = plan
        self._deadlines: dict[int, tuple[Alarm, int]] = {}
        super().__init__(*who, **{"expert": FarExpert, "user": UserAtAWindow, **more})
        self.clocks = {account: SideClock() for account in self.experts}
        self.way = self.links = Links(self, way(self), odds)

    async def __aenter__(self) -> Self:
        self._simulated = simulated_loop()
        await super().__aenter__()
        self._tasks.append(asyncio.create_task(self._as_planned(), name="the plan of faults"))
        return self

    async def _as_planned(self) -> None:
        for at, fault in sorted(self._plan, key=lambda planned: planned[0]):
            due = self.loop.create_future()
            self.loop.call_at_microsecond(at, due.set_result, None)
            await due
            await self.befalls(fault)

    @property
    def loop(self) -> SimulatedLoop:
        """Return the loop that the meeting goes by."""
        return self._simulated

    @property
    def now(self) -> int:
        """Return what the computer's own clock counts; a fast one may count several at once, and an alarm is not late for that."""
        own = self.own_clock.own(self.loop.now)
        return min((deadline for _, deadline in self._deadlines.values() if deadline < own), default=own)

    def named(self, act: Act) -> tuple[FieldValue | None, ...]:
        """Return by which offer and connection an act would come now; of what is not inside a view the offer alone counts."""
        if act.expert is None or act.session is None:
            return ()
        ids = self.host.ids(act.expert, act.session)
        inside = act.kind not in ("withdraws", "expert ends", "accepts", "denies")
        return (ids.get("offer"), ids.get("connection") if inside else None)

    def undelivered(self, act: Act, verdict: Literal["lost", "under way"]) -> Record:
        """Return what an act did that has not reached the computer: nothing."""
        aimed = act.expert is not None and act.session is not None
        before = self.host.situation(str(act.expert), str(act.session)) if aimed else self.host.rules.start()
        kind = self.host.rules.table.kind(act.kind)
        outcome = Outcome(before, Event(act.kind), kind, before, None, Undelivered(verdict), ())
        return Record(act, (Happening(0, 0, outcome),), (), (), (), ())

    def post(self, act: Act, done: "asyncio.Future[Record] | None" = None) -> None:
        """Put an act before the computer; one that is down takes only what it reads when it starts: policy, lists, firewall."""
        if not self.down or self.host.rules.table.kind(act.kind).owner == "administrator":
            super().post(act, done)
        elif done is not None:
            done.set_result(self.undelivered(act, "lost"))

    # ---- faults -------------------------------------------------------------------------------------------------

    async def befalls(self, fault: Fault) -> Outcome | None:
        """Let a fault happen; where it makes acts arrive, return what the last of them did."""
        match fault:
            case Crash(who):
                self._crash() if who is None else self.links.crash(who)
            case Revive(who):
                self._revive() if who is None else self.links.revive(who)
            case Jump(who, microseconds):
                self.clock_of(who).ahead += microseconds
            case Skew(who, percent):
                self.clock_of(who).runs(self.loop.now, percent)
                self._rewind()
            case _:
                record = await self.links.befalls(fault)
                return None if record is None else record.outcome
        return None

    def _crash(self) -> None:
        """Lose what is under way and all that was consented to; the record stays, and ids go on where they were."""
        if self.down:
            return
        self.down = True
        while not self._inbox.empty():
            act, done = self._inbox.get_nowait()
            if done is not None and not done.done():
                done.set_result(self.undelivered(act, "lost"))
        self.links.computer_is_gone()
        restart = Act("computer restarts")
        record = self.host.receive(restart, self.now)
        self.records.append(record)
        if self.watch is not None:
            self.watch(restart, record)
        self._follow(record)

    def _revive(self) -> None:
        self.down = False

    def clock_of(self, who: str | None) -> SideClock:
        """Return the clock of an expert, or of the computer; UsageError if there is no such expert."""
        if who is None:
            return self.own_clock
        self.expert(who)
        return self.clocks[who]

    def _wind(self, record: Record) -> None:
        self._moment = self.now  # what begins now counts from the microsecond that its line has
        for number in (*record.stopped, record.act.alarm):
            self._deadlines.pop(number or 0, None)
        super()._wind(record)

    def _arm(self, alarm: Alarm) -> None:
        self._deadlines[alarm.number] = alarm, self._moment + alarm.microseconds
        self._set(alarm, self._deadlines[alarm.number][1])

    def _set(self, alarm: Alarm, deadline: int) -> None:
        self._alarms[alarm.number] = self.loop.call_at_microsecond(self.own_clock.true(deadline), self._ring, alarm)

    def _rewind(self) -> None:
        """Let every alarm ring when the clock counts its microsecond, now that it runs at another speed."""
        for number, (alarm, deadline) in self._deadlines.items():
            if number in self._alarms:  # else it has rung
                self._alarms[number].cancel()
                self._set(alarm, deadline)
