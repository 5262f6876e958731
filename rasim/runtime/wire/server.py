"""Computers that experts reach by TCP and TLS: each is a meeting (`rasim.runtime.meeting`), and this is the way to it.

    server = WireServer(server_context("keys/server.pem"))
    async with Meeting([anna], {"s1": bob}, way=server.way("pc1")) as pc1, server.listening("127.0.0.1", 7135) as port:
        await pc1.applies(policy)
        await pc1.user("s1").does("logs on")
        await told_to_stop()

Whom a connection is for says its certificate, and no message. Nothing that an expert sends can hold the server: what it may send, how fast,
and how much is kept for it is limited (`Limits`), and whoever goes over a limit is sent away with the reason, which is counted
(`WireServer.turned_away`). A connection that ends, however it does, is a lost link to the table. Nothing here decides who may do what.
"""

import asyncio
import signal
import ssl
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, assert_never

from rasim.errors import UsageError
from rasim.policy import fold
from rasim.protocol.acts import Act
from rasim.protocol.host import Record
from rasim.protocol.lines import Line
from rasim.protocol.vocabulary import COOLING, IDLE, VIEWING
from rasim.runtime.meeting import AtOnce, Meeting
from rasim.runtime.wire.frames import (
    FROM_EXPERT,
    LONGEST_KEYS,
    LONGEST_NAME,
    WIRE,
    Admission,
    Call,
    Deed,
    Ending,
    Farewell,
    Frames,
    FromComputer,
    FromExpert,
    Observed,
    Picture,
    Reply,
    StillHere,
    WireError,
    framed,
)
from rasim.runtime.wire.identity import account_of, handshake_reason
from rasim.runtime.wire.limits import Allowance, Limits

_MOST_WAITING: Final = 16  # messages that have arrived and wait for their turn; then nothing more is read
_LINGER: Final = 1.0  # seconds for a farewell to be taken
_UNSEEN: Final = frozenset((
    "recorder", "recording_ended", "policy_applied", "helper_added", "helper_removed", "member_added", "member_removed",
    "membership_checked", "firewall_changed", "logged_on", "logged_off", "locked", "unlocked", "switched_away", "switched_to",
    "secure_desktop_on", "secure_desktop_off", "local_input", "audited",
))  # fmt: skip
"""What concerns an expert, and what nobody can observe who is not at the computer."""

Typed = Callable[[str, str, str], None]
"""Takes what an expert typed in a session, after the table has applied it: account, session, keys."""


class WireServer:
    """Listens for experts, and takes each to the computer that it calls, if that one knows it."""

    def __init__(
        self,
        context: ssl.SSLContext,
        limits: Limits | None = None,
        sent_away: Callable[[Ending, str], None] | None = None,
    ) -> None:
        self.context, self.limits, self._sent_away = context, limits or Limits(), sent_away
        self.computers: dict[str, Served] = {}
        self.turned_away: Counter[tuple[Ending, str]] = Counter()
        self.connections: set[_Connection] = set()
        self._allowances: dict[tuple[str, bool], Allowance] = {}
        self._going_down = False

    def way(self, name: str, *, typed: Typed | None = None) -> Callable[[Meeting], "Served"]:
        """Return what makes a meeting the computer of this name."""
        return lambda meeting: Served(self, name, meeting, typed)

    @asynccontextmanager
    async def listening(self, host: str, port: int = 0) -> AsyncIterator[int]:
        """Listen, and give the port; in the end send everybody away, as the table has it."""
        loop = asyncio.get_running_loop()
        self._going_down = False
        listener = await loop.create_server(lambda: _Connection(self), host, port, backlog=1024)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
            self._going_down = True
            await self.sends_away(self.connections, WireError(Ending.GOES_DOWN))

    async def sends_away(self, connections: "set[_Connection]", error: WireError) -> None:
        """End connections, and wait until they have ended."""
        ending = [each.task for each in connections if each.task is not None]
        for each in set(connections):
            each.fail(error)
        if ending:
            await asyncio.wait(ending)  # not `gather`, which would cancel them if whoever waits here is cancelled

    def admits(self) -> bool:
        """Return whether one more connection may come."""
        return not self._going_down and len(self.connections) < self.limits.connections

    def note(self, error: WireError, account: str) -> None:
        """Count somebody who is sent away."""
        if error.reason not in (Ending.GONE, Ending.GOES_DOWN):
            self.turned_away[error.reason, account] += 1
            if self._sent_away is not None:
                self._sent_away(error.reason, account)

    def allowance(self, account: str, *, views: bool) -> "Allowance":
        """Return what an account may still do now."""
        rate, most = (self.limits.acts,) * 2 if views else (self.limits.asking, 5 * self.limits.asking)
        return self._allowances.setdefault((account, views), Allowance(rate, most, self.limits.excess))


class Served(AtOnce):
    """A computer of a server: the way between its meeting and the experts who are connected to it."""

    def __init__(self, server: WireServer, name: str, meeting: Meeting, typed: Typed | None = None) -> None:
        super().__init__(meeting)
        self.server, self.name, self.typed, self.choices = server, name, typed, meeting.host.choices
        self.here: dict[str, _Connection] = {}
        kinds = meeting.host.rules.table.kinds
        # Its own acts, and answers in the user's name, which the table refuses since they are injected.
        self._words = {k.name for k in kinds if k.owner == "expert" or any(f.name == "origin" for f in k.carries)}

    async def open(self) -> None:
        """Let experts come. UsageError if another computer has this name."""
        if self.server.computers.setdefault(self.name, self) is not self:
            raise UsageError(f"two computers are called {self.name}")

    async def close(self) -> None:
        """Send everybody away."""
        del self.server.computers[self.name]
        await self.server.sends_away(set(self.here.values()), WireError(Ending.GOES_DOWN))

    def down(self, expert: str, line: Line) -> None:
        """Send a line to an expert, if it is one that the expert can observe."""
        if line.event not in _UNSEEN:
            self.say(expert, Observed(line))

    def say(self, expert: str, message: FromComputer) -> None:
        """Send a message to an expert, if it is here."""
        if (connection := self.here.get(expert)) is not None:
            connection.say(message)

    def known(self, account: str) -> str | None:
        """Return how this computer spells an account that may come, None for another one."""
        return next((each for each in self._meeting.host.experts if fold(each) == fold(account)), None)

    def views(self, account: str, session: str) -> bool:
        """Return whether an account views a session."""
        host = self._meeting.host
        return session in host.sessions and host.situation(account, session)["phase"] == VIEWING

    async def takes(self, account: str, deed: Deed) -> Reply:
        """Put an act of an expert through the table. WireError for one that is no expert's to do."""
        if deed.kind not in self._words:
            raise WireError(Ending.NOT_ITS_WORD, deed.kind)
        ids = (deed.prompt, deed.ticket, deed.connection)
        act = Act(deed.kind, account, deed.session, account, "injected", *ids, carries=deed.carries)
        try:
            outcome = (await self.puts(deed, act)).outcome
        except UsageError as error:
            return Reply(deed.number, "no such name", (str(error)[:LONGEST_NAME],))
        if deed.keys is not None and outcome.verdict == "done" and self.typed is not None:
            self.typed(account, deed.session, deed.keys)
        return Reply(deed.number, outcome.verdict, () if outcome.refusal is None else tuple(outcome.refusal.because))

    async def puts(self, deed: Deed, act: Act) -> Record:  # noqa: ARG002  (for a subclass that keeps what each did)
        """Put the act of a deed through the table."""
        return await self._meeting.send(act)

    async def leaves(self, account: str) -> None:
        """Let the table know that the link to an expert is lost."""
        host = self._meeting.host
        for session in host.sessions:
            if host.situation(account, session)["phase"] not in (IDLE, COOLING):
                await self._meeting.happens("link is lost", account, session)

    async def shows(self, session: str, text: str) -> None:
        """Show the screen of a session to whoever may see it now: each frame is an act, and goes out if the table shows it."""
        for account in tuple(self.here):
            record = await self._meeting.send(Act("a frame is due", account, session))
            if any(recorded.line.event == "frame_shown" for recorded in record.lines):
                self.say(account, Picture(session, text))


class _Connection(asyncio.Protocol):
    """One connection of an expert, from its first byte; a task of its own reads what arrives, a message at a time."""

    def __init__(self, server: WireServer) -> None:
        self._server, self._loop = server, asyncio.get_running_loop()
        self._frames: Frames[FromExpert] = Frames(FROM_EXPERT)
        self._waiting: deque[FromExpert] = deque()
        self._arrived, self._gone = asyncio.Event(), asyncio.Event()
        self._error: WireError | None = None
        self._transport: asyncio.Transport | None = None
        self._begun: asyncio.TimerHandle | None = None  # rings if the frame that has begun does not end
        self._paused = False
        self._account = ""
        self._served: Served | None = None
        self.task: asyncio.Task[None] | None = None

    # ---- what the loop tells ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, if there is room: first TLS, so that nothing is read that is not encrypted."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (a listener of TCP makes no other)
        self._raw = transport
        if not self._server.admits():
            self._server.note(WireError(Ending.MANY), "")
            transport.abort()
            return
        transport.pause_reading()
        self._server.connections.add(self)
        self.task = self._loop.create_task(self._run(), name="a connection")
        self.task.add_done_callback(self._ended)

    def data_received(self, data: bytes) -> None:
        """Take in what arrives, and stop reading while much of it waits."""
        if self._error is not None:
            return
        try:
            for message in self._frames.take(data):
                self._waiting.append(message)
                self._stop_clock()
        except WireError as error:
            self._error = error
        self._arrived.set()
        if self._error is not None or not self._frames.partial:
            self._stop_clock()
        elif self._begun is None and self._server.limits.frame is not None:
            self._begun = self._loop.call_later(self._server.limits.frame, self.fail, WireError(Ending.SLOW_SENDER))
        if len(self._waiting) > _MOST_WAITING and self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _stop_clock(self) -> None:
        if self._begun is not None:
            self._begun.cancel()
            self._begun = None

    def connection_lost(self, _error: Exception | None) -> None:
        """Know that the connection is gone."""
        self.eof_received()
        self._gone.set()

    def eof_received(self) -> None:
        """Take the end of the stream for the end of the connection."""
        if self._error is None:
            try:
                self._frames.end()
                self._error = WireError(Ending.GONE)
            except WireError as error:
                self._error = error
        self._stop_clock()
        self._arrived.set()

    # ---- what the server does -----------------------------------------------------------------------------------

    def fail(self, error: WireError) -> None:
        """End the connection, whatever waits."""
        if self._error is None:
            self._error = error
        self._waiting.clear()
        self._arrived.set()
        if self._transport is None:  # it shakes hands, and would be waited for
            self._raw.abort()

    def say(self, message: FromComputer) -> None:
        """Send a message; whoever does not read what is sent is not sent any more."""
        if self._error is not None or self._transport is None or self._transport.is_closing():
            return
        try:
            self._transport.write(framed(message))
        except WireError as error:  # longer than a frame
            self.fail(error)
        waits = self._transport.get_write_buffer_size() + self._raw.get_write_buffer_size()
        if waits > self._server.limits.outgoing:
            self.fail(WireError(Ending.SLOW_READER, f"{waits} bytes wait"))
            self._raw.abort()

    async def _run(self) -> None:
        error = WireError(Ending.GONE)
        try:
            async with asyncio.timeout(self._server.limits.handshake):
                await self._shakes_hands()
                await self._is_called(await self._next())
            while True:
                await self._take(await self._next_in_time())
        except WireError as ends:
            error = ends
        except TimeoutError:
            error = WireError(Ending.HANDSHAKE_TIME)
        finally:
            self._error = error
            self._stop_clock()
            self._server.note(error, self._account)
            if self._served is not None:
                try:
                    await self._served.leaves(self._account)
                finally:  # a computer that has failed takes no act any more, and nobody is at it
                    del self._served.here[self._account]
            await self._says_farewell(error)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._server.connections.discard(self)
        self._raw.abort()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._loop.call_exception_handler({"message": "a connection failed", "exception": error})

    async def _shakes_hands(self) -> None:
        try:
            transport = await self._loop.start_tls(
                self._raw,
                self,
                self._server.context,
                server_side=True,
                ssl_handshake_timeout=2 * self._server.limits.handshake,  # the other one rings first
                ssl_shutdown_timeout=_LINGER,
            )
        except (OSError, ssl.CertificateError) as error:
            raise self._error or handshake_reason(error) from None
        if transport is None:
            raise self._error or WireError(Ending.HANDSHAKE, "the other side is gone")
        self._transport = transport
        self._account = account_of(transport.get_extra_info("peercert"))

    async def _is_called(self, call: FromExpert) -> None:
        if not isinstance(call, Call):
            raise WireError(Ending.NO_MESSAGE, "the first message is a call")
        if call.wire != WIRE:
            raise WireError(Ending.NO_MESSAGE, f"this side speaks version {WIRE}")
        served = self._server.computers.get(call.computer)
        if served is None:
            raise WireError(Ending.NO_SUCH_COMPUTER)
        account = served.known(self._account)
        if account is None:
            raise WireError(Ending.NOBODY_KNOWS)
        self._account = account
        while (before := served.here.get(account)) is not None:
            await self._server.sends_away({before}, WireError(Ending.CAME_AGAIN))
        at = sum(account in computer.here for computer in self._server.computers.values())
        if at >= self._server.limits.per_account:
            raise WireError(Ending.MANY, f"of {account}")
        self._served = served
        served.here[account] = self
        idle, choices = self._server.limits.idle or 0, served.choices
        times = (idle, choices.consent_time.total_seconds(), choices.control_time.total_seconds())
        self.say(Admission(served.name, account, *(round(each * 1000) for each in times)))

    async def _next(self) -> FromExpert:
        while not self._waiting:
            if self._error is not None:
                raise self._error
            self._arrived.clear()
            await self._arrived.wait()
        message = self._waiting.popleft()
        if self._paused and self._transport is not None and not self._waiting:
            self._paused = False
            self._transport.resume_reading()
        return message

    async def _next_in_time(self) -> FromExpert:
        try:
            async with asyncio.timeout(self._server.limits.idle):
                return await self._next()
        except TimeoutError:
            raise WireError(Ending.IDLE) from None

    async def _take(self, message: FromExpert) -> None:
        match message:
            case Deed():
                self.say(await self._does(message))
            case StillHere():
                self._server.allowance(self._account, views=True).takes(self._loop.time())
            case Call():
                raise WireError(Ending.NO_MESSAGE, "a second call")
            case _:
                assert_never(message)

    async def _does(self, deed: Deed) -> Reply:
        assert self._served is not None  # noqa: S101  (there was a call before)
        allowance = self._server.allowance(self._account, views=self._served.views(self._account, deed.session))
        if allowance.takes(self._loop.time()):
            return await self._served.takes(self._account, deed)
        return Reply(deed.number, "refused", (Ending.FLOOD.value,))

    async def _says_farewell(self, error: WireError) -> None:
        """Say why, and give the other side a moment to take it."""
        if self._transport is None or self._transport.is_closing() or error.reason is Ending.SLOW_READER:
            return
        with suppress(TimeoutError):
            self._transport.write(framed(Farewell(error.reason, error.detail[:LONGEST_KEYS])))
            self._transport.close()
            async with asyncio.timeout(_LINGER):
                await self._gone.wait()


async def told_to_stop() -> None:
    """Wait until this process is told to end: SIGTERM, or SIGINT; where there are no such signals for a loop, SIGINT interrupts as ever."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    signals = (signal.SIGTERM, signal.SIGINT)
    try:
        for each in signals:
            loop.add_signal_handler(each, told.set)
    except NotImplementedError:  # Windows
        await told.wait()
        return
    try:
        await told.wait()
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
