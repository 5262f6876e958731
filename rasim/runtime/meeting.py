r"""The same rules in real time: a computer, its users and the experts who come, each an asyncio task, on simulated time or the real one.

    async def main():
        async with Meeting(["CORP\\anna"], {"s1": "CORP\\bob"}) as meeting:
            await meeting.applies(policy)
            anna, bob = meeting.expert("CORP\\anna"), meeting.user("s1")
            await bob.does("logs on")
            await anna.offers_help("s1")
            await bob.does("accepts")

    trace = simulate(main())

Every act travels by a queue to the computer's task, which puts it through the table (`protocol.host`) and sends what people
can observe back to them. Alarms are timers of the loop, so an answer and a time-out at one instant are a tie like any
other. Nothing here decides; if this file grows, a rule has leaked out of the table.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableSequence, Sequence
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from rasim.errors import UsageError
from rasim.policy import Firewall, Membership, Policy
from rasim.protocol.acts import Act, Origin
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.computer import Pair
from rasim.protocol.host import Alarm, Host, Record
from rasim.protocol.lines import Line, Recorded
from rasim.protocol.rules import CONTROL
from rasim.protocol.step import Outcome
from rasim.protocol.terms import Value
from rasim.protocol.trace_writer import capability_named, id_key
from rasim.protocol.vocabulary import Capability
from rasim.runtime.clock import MICROSECOND, simulated_loop
from rasim.words import not_called

_T = TypeVar("_T")
Carries = tuple[tuple[str, Value], ...]
_Message = tuple[Act, "asyncio.Future[Record] | None"]


class Way(Protocol):
    """How the experts and the computer reach each other: acts one way, what can be observed the other."""

    async def open(self) -> None:
        """Begin; the meeting is there, and its computer listens."""

    async def close(self) -> None:
        """End, whatever is under way."""

    async def up(self, act: Act) -> Record:
        """Take an expert's act to the computer, and return what it did there."""

    def down(self, expert: str, line: Line) -> None:
        """Take a line to an expert."""


class AtOnce:
    """The way that takes no time and loses nothing: for whom else is said nothing."""

    def __init__(self, meeting: "Meeting") -> None:
        self._meeting = meeting

    async def open(self) -> None:
        """There is nothing to begin."""

    async def close(self) -> None:
        """There is nothing to end."""

    async def up(self, act: Act) -> Record:
        """Send the act."""
        return await self._meeting.send(act)

    def down(self, expert: str, line: Line) -> None:
        """Put the line into the expert's inbox."""
        self._meeting.experts[expert].inbox.put_nowait(line)


class Party:
    """Somebody with an inbox of what can be observed, read by a task of its own."""

    def __init__(self, meeting: "Meeting", account: str) -> None:
        self.meeting, self.account = meeting, account
        self.inbox: asyncio.Queue[Line] = asyncio.Queue()
        self.seen: MutableSequence[Line] = []

    async def listen(self) -> None:
        """Read what arrives, for as long as the meeting lasts."""
        while True:
            line = await self.inbox.get()
            self.notices(line)
            await self.reacts(line)

    def notices(self, line: Line) -> None:
        """Take in one line."""
        self.seen.append(line)

    async def reacts(self, line: Line) -> None:
        """Do what this person does about a line: nothing; a subclass may act (`does`), or take its time first (`asyncio.sleep`)."""


class Expert(Party):
    """An expert, honest unless told otherwise: knows the tickets it was given and what it was answered."""

    def __init__(self, meeting: "Meeting", account: str) -> None:
        super().__init__(meeting, account)
        self.tickets: dict[str, str] = {}

    def notices(self, line: Line) -> None:
        """Keep a ticket, and forget it when it is used or over."""
        super().notices(line)
        if line.event == "ticket_issued":
            self.tickets[line["session"]] = line["ticket"]
        elif line.event == "ticket_expired":
            self.tickets = {s: t for s, t in self.tickets.items() if t != line["ticket"]}
        elif line.event == "prompt_shown":  # an offer that is refused leaves the ticket as it was
            self.tickets.pop(line["session"], None)

    async def does(
        self, kind: str, session: str, *, ticket: str | None = None, prompt: str | None = None, carries: Carries = ()
    ) -> Outcome:
        """Send an act of any kind; the outcome is that of the computer."""
        act = self.meeting.known(
            Act(kind, self.account, session, self.account, "injected", prompt, ticket, carries=carries)
        )
        return (await self.meeting.way.up(act)).outcome

    async def offers_help(self, session: str) -> Outcome:
        """Ask for a ticket unless there is one, then offer; the outcome of the first that is turned away, or the last."""
        if session not in self.tickets:
            asked = await self.does("asks for a ticket", session)
            if asked.verdict != "done":
                return asked
            await self.meeting.settled()
        return await self.does("offers help", session, ticket=self.tickets.get(session))

    async def answers(self, kind: str, session: str, prompt: str | None = None) -> Outcome:
        """Forge an answer of the user: it arrives through the assistance, as injected input."""
        return await self.does(kind, session, prompt=prompt or self.meeting.prompt(self.account, session, kind))


class User(Party):
    """The owner of a logon session: sees the questions on show there and answers with its own hand."""

    def __init__(self, meeting: "Meeting", account: str, session: str) -> None:
        super().__init__(meeting, account)
        self.session = session
        self.questions: dict[str, tuple[str, str]] = {}

    def notices(self, line: Line) -> None:
        """Keep which questions are on show, by what they are about: (expert's offer or request, prompt)."""
        super().notices(line)
        about = line["offer"] or line["request"]
        if line.event.endswith("prompt_shown"):
            self.questions[about] = (line.event, line["prompt"])
        elif line.event.endswith(("prompt_hidden", "prompt_covered", "prompt_changed")):
            self.questions.pop(about, None)

    async def does(
        self,
        kind: str,
        expert: str | None = None,
        *,
        prompt: str | None = None,
        origin: Origin = "local",
        carries: Carries = (),
    ) -> Outcome:
        """Do something at the session; an answer is to the prompt on show unless it names or carries another."""
        expert = expert or self.meeting.expert_here(self.session)
        prompt = prompt or self.meeting.prompt(expert, self.session, kind)
        act = Act(kind, expert, self.session, self.account, origin, prompt, carries=carries)
        return (await self.sends(act)).outcome

    async def sends(self, act: Act) -> Record:
        """Send an act of this user's: at once, since the session is at the computer."""
        return await self.meeting.send(act)


class Meeting:
    r"""A computer with its users and experts. `experts` are accounts, `sessions` maps session ids to owners.

    Whoever behaves in a way of their own is made by a subclass: `expert` and `user` are what makes the people, `Expert` and `User` unless
    said otherwise. What they can see comes to `reacts`, and what they do about it is what everybody can do (`does`). `way` makes how the
    experts and the computer reach each other. `clock` is the computer's own, in microseconds; else it is the loop's. What an act did is
    kept by `keep` before anybody hears of it. `watch` is shown every act, as it was sent, with what it did, before that; what it raises ends the
    meeting.
    """

    def __init__(  # noqa: PLR0913  (as `Host`)
        self,
        experts: Sequence[str],
        sessions: Mapping[str, str],
        *,
        membership: Membership | None = None,
        os: str | None = None,
        address: str | None = None,
        own: Firewall | None = None,
        choices: Choices = STRICT,
        capabilities: Sequence[Capability] = (CONTROL,),
        expert: Callable[["Meeting", str], Expert] = Expert,
        user: Callable[["Meeting", str, str], User] = User,
        way: Callable[["Meeting"], Way] = AtOnce,
        clock: Callable[[], int] | None = None,
        keep: Callable[[Record], Awaitable[None]] | None = None,
        watch: Callable[[Act, Record], None] | None = None,
    ) -> None:
        self.host = Host(
            experts,
            sessions,
            membership=membership,
            os=os,
            address=address,
            own=own,
            choices=choices,
            capabilities=capabilities,
        )
        self.experts = {account: expert(self, account) for account in experts}
        self.users = {session: user(self, owner, session) for session, owner in sessions.items()}
        self._words = tuple(kind.name for kind in self.host.rules.table.kinds)
        self._inbox: asyncio.Queue[_Message] = asyncio.Queue()
        self._alarms: dict[int, asyncio.TimerHandle] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: set[asyncio.Future[Record]] = set()
        self.records: list[Record] = []
        self.clock, self.keep, self.watch = clock, keep, watch
        self.way = way(self)

    @property
    def now(self) -> int:
        """Return the time at the computer, in microseconds."""
        return round(self._loop.time() * MICROSECOND) if self.clock is None else self.clock()

    @property
    def trace(self) -> list[Recorded]:
        """Return the lines so far."""
        return self.host.trace

    def expert(self, account: str) -> Expert:
        """Return an expert by account; UsageError if there is none."""
        return _named(self.experts, account, "expert")

    def user(self, session: str) -> User:
        """Return a user by session; UsageError if there is none."""
        return _named(self.users, session, "session")

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        work = [("the computer", self._serve())]
        work += [(p.account, p.listen()) for p in (*self.experts.values(), *self.users.values())]
        self._tasks = [asyncio.create_task(todo, name=name) for name, todo in work]
        self._tasks[0].add_done_callback(self._gone)
        await self.way.open()
        return self

    def _gone(self, computer: "asyncio.Task[None]") -> None:
        """Tell everybody who waits for the computer that it has failed."""
        error = None if computer.cancelled() else computer.exception()
        for done in self._waiting if error is not None else ():
            if not done.done():
                done.set_exception(error or RuntimeError())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.way.close()
        for handle in self._alarms.values():
            handle.cancel()
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        for result in ended:
            if isinstance(result, Exception) and kind is None:
                raise result

    @property
    def listening(self) -> "list[tuple[Party, asyncio.Task[None]]]":
        """Return everybody with the task in which they take in what arrives."""
        return [*zip((*self.experts.values(), *self.users.values()), self._tasks[1:], strict=False)]

    # ---- acts ---------------------------------------------------------------------------------------------------

    @property
    def words(self) -> tuple[str, ...]:
        """Return what can be done, in the words of the table: what `does` and `happens` take."""
        return self._words

    def known(self, act: Act) -> Act:
        """Return the act; UsageError if the table does not have it."""
        if act.kind not in self._words:
            raise UsageError(not_called("no act", act.kind, self._words))
        return act

    async def send(self, act: Act) -> Record:
        """Send an act to the computer and wait for what it did. UsageError for an act that the table does not have, and as `Host`."""
        self.known(act)
        self._listens()
        done: asyncio.Future[Record] = asyncio.get_running_loop().create_future()
        self.post(act, done)
        return await self.done(done)

    def post(self, act: Act, done: "asyncio.Future[Record] | None" = None) -> None:
        """Put an act before the computer; who waits for what it does, waits by `done`."""
        self._inbox.put_nowait((act, done))

    async def done(self, record: "asyncio.Future[Record]") -> Record:
        """Wait for what an act did; a computer that fails fails it too."""
        self._waiting.add(record)
        try:
            return await record
        finally:
            self._waiting.discard(record)

    async def applies(self, policy: Policy) -> Outcome:
        """Let the administrator apply a policy."""
        return (await self.send(Act("policy is applied", policy=policy))).outcome

    async def happens(self, kind: str, expert: str | None = None, session: str | None = None, **more: Any) -> Outcome:
        """Let something happen that is nobody's act at the session: administrator, computer, link, firewall."""
        return (await self.send(Act(kind, expert, session, **more))).outcome

    async def settled(self) -> None:
        """Wait until nothing more can happen at this instant; raises what the computer failed with."""
        await simulated_loop().calm()
        self._listens()

    def _listens(self) -> None:
        if self._tasks and self._tasks[0].done():
            self._tasks[0].result()

    def prompt(self, expert: str | None, session: str, kind: str) -> str | None:
        """Return the id of the prompt on show that an answer of this kind would be to, if there is one."""
        if expert is None:
            return None
        shown = self.host.ids(expert, session).get(id_key("prompt", capability_named(kind)))
        return None if shown is None else str(shown)

    def expert_here(self, session: str) -> str | None:
        """Return the expert who is asked about or served in a session, or the only one there is."""
        for expert in self.host.experts:
            if self.host.situation(expert, session)["phase"] in ("offered", "viewing"):
                return expert
        return self.host.experts[0] if self.host.experts else None

    # ---- the computer -------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        while True:
            act, done = await self._inbox.get()
            try:
                record = self.host.receive(act, self.now)
            except (UsageError, KeyError) as error:
                if done is None or done.cancelled():
                    raise
                done.set_exception(error)
                continue
            self.records.append(record)
            if self.watch is not None:
                self.watch(act, record)
            if self.keep is not None:
                await self.keep(record)
            self._follow(record)
            if done is not None and not done.cancelled():
                done.set_result(record)

    def _follow(self, record: Record) -> None:
        """Stop and wind the alarms that an act stopped and started, and tell everybody what they can observe of it."""
        self._wind(record)
        for pair, recorded in zip(record.about, record.lines, strict=True):
            self._tell(record, pair, recorded.line)

    def _wind(self, record: Record) -> None:
        for number in record.stopped:
            if number in self._alarms:  # else it has rung, and its act waits in the inbox to be dropped
                self._alarms.pop(number).cancel()
        for alarm in record.started:
            self._arm(alarm)

    def _arm(self, alarm: Alarm) -> None:
        self._alarms[alarm.number] = self._loop.call_later(alarm.microseconds / MICROSECOND, self._ring, alarm)

    def _ring(self, alarm: Alarm) -> None:
        self._alarms.pop(alarm.number, None)
        # As many turns of the loop as a task needs that slept until now, so that the two are a tie.
        self._loop.call_soon(self._inbox.put_nowait, (alarm.act, None))

    def _tell(self, record: Record, pair: Pair | None, line: Line) -> None:
        """Send a line to those who can observe it: the expert and the session it is about, or all whom it concerns."""
        concerned = [(h.expert, h.session) for h in record.outcomes] if pair is None else [pair]
        for expert in sorted({e for e, _ in concerned if e < len(self.host.experts)}):
            self.way.down(self.host.experts[expert], line)
        for session in sorted({s for _, s in concerned if s < len(self.host.sessions)}):
            self.users[self.host.sessions[session]].inbox.put_nowait(line)


def _named(known: Mapping[str, _T], name: str, what: str) -> _T:
    if name not in known:
        raise UsageError(f"no {what} {name} takes part in this meeting")
    return known[name]
