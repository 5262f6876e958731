r"""An expert's end of the wire.

    async with connect("127.0.0.1", 7135, "keys/anna.pem", "pc1") as anna:
        await anna.offers_help("s1")
        async for seen in anna:           # a trace line, or a picture of the screen
            ...

It says nothing of who it is: its certificate does. When the computer ends the connection, `does` raises WireError with the reason, the
iteration ends, and `anna.over` has it.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self, assert_never

from rasim.protocol.lines import Line
from rasim.runtime.meeting import Carries
from rasim.runtime.wire.frames import (
    FROM_COMPUTER,
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
from rasim.runtime.wire.identity import expert_context, handshake_reason

_MOST_UNREAD: Final = 10_000
_CHUNK: Final = 64 << 10
_LINGER: Final = 1.0


class RemoteExpert:
    """An expert who is connected to a computer: `does` acts, iterates over what it may see, knows the tickets that it was given."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._frames: Frames[FromComputer] = Frames(FROM_COMPUTER)
        self._numbers = 0
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._seen: asyncio.Queue[Line | Picture | None] = asyncio.Queue()
        self._admitted: asyncio.Future[Admission] = asyncio.get_running_loop().create_future()
        self.over: WireError | None = None
        self.account = self.computer = ""
        self.consent = self.control = (
            0.0  # seconds that the user there is asked about an offer, and for control; 0: not told
        )
        self.tickets: dict[str, str] = {}

    # ---- what the expert does -----------------------------------------------------------------------------------

    async def does(
        self,
        kind: str,
        session: str,
        *,
        ticket: str | None = None,
        prompt: str | None = None,
        connection: str | None = None,
        carries: Carries = (),
        keys: str | None = None,
    ) -> Reply:
        """Send an act of any kind, and return what the computer made of it. WireError if the connection is over."""
        deed = Deed(self.next_number(), kind, session, prompt, ticket, connection, carries, keys)
        return await self.sends(deed)

    def next_number(self) -> int:
        """Return a number for an act."""
        self._numbers += 1
        return self._numbers

    async def sends(self, deed: Deed) -> Reply:
        """Send an act with a number of the caller's. WireError if the connection is over."""
        if self.over is not None:
            raise self.over
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[deed.number] = reply
        try:
            await self._say(deed)
            return await reply
        finally:
            self._waiting.pop(deed.number, None)

    async def offers_help(self, session: str) -> Reply:
        """Ask for a ticket unless there is one, then offer; return the first reply that is a no, or the last."""
        if session not in self.tickets:
            asked = await self.does("asks for a ticket", session)
            if session not in self.tickets:  # a line arrives before the reply to the act that left it
                return asked
        return await self.does("offers help", session, ticket=self.tickets.get(session))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Line | Picture:
        seen = await self._seen.get()
        if seen is None:
            self._seen.put_nowait(None)  # for whoever asks again
            raise StopAsyncIteration
        return seen

    async def _say(self, message: FromExpert) -> None:
        try:
            self._writer.write(framed(message))
            await self._writer.drain()
        except OSError:
            raise self.over or WireError(Ending.GONE) from None

    # ---- what arrives -------------------------------------------------------------------------------------------

    async def calls(self, computer: str) -> float:
        """Call a computer; return the seconds after which it takes a silent expert for gone. WireError if it does not take the call."""
        await self._say(Call(computer))
        admission = await self._admitted
        self.account, self.computer = admission.account, admission.computer
        self.consent, self.control = admission.consent / 1000, admission.control / 1000
        return admission.idle / 1000

    async def listens(self) -> None:
        """Take in what arrives, for as long as the connection lasts."""
        try:
            while data := await self._reader.read(_CHUNK):
                for message in self._frames.take(data):
                    self._notices(message)
            self._frames.end()
            error = WireError(Ending.GONE)
        except WireError as ends:
            error = ends
        except (OSError, ssl.SSLError) as ends:
            error = WireError(Ending.GONE) if self._admitted.done() else handshake_reason(ends)
        if (
            not self._admitted.done() and error.reason is Ending.GONE
        ):  # with TLS 1.3 a server says no after the client's handshake
            error = WireError(Ending.HANDSHAKE, "the computer does not take this certificate, or takes nobody now")
        self.ends(error)

    def ends(self, error: WireError) -> None:
        """Let everybody know who waits for something."""
        self.over = self.over or error
        self._seen.put_nowait(None)
        waiting: list[asyncio.Future[Any]] = [self._admitted, *self._waiting.values()]
        for each in waiting:
            if not each.done():
                each.set_exception(self.over)
        if self._admitted.done() and not self._admitted.cancelled():
            self._admitted.exception()  # somebody else may have been told, and nobody waits for this one

    def _notices(self, message: FromComputer) -> None:
        match message:
            case Admission():
                if not self._admitted.done():
                    self._admitted.set_result(message)
            case Reply():
                reply = self._waiting.get(message.number)
                if reply is not None and not reply.done():
                    reply.set_result(message)
            case Observed(line):
                self._keeps_tickets(line)
                self._sees(line)
            case Picture():
                self._sees(message)
            case Farewell(reason, detail):
                raise WireError(reason, detail)
            case _:
                assert_never(message)

    def _sees(self, seen: Line | Picture) -> None:
        if self._seen.qsize() >= _MOST_UNREAD:
            raise WireError(Ending.SLOW_READER, f"{_MOST_UNREAD} lines and pictures that nobody took")
        self._seen.put_nowait(seen)

    def _keeps_tickets(self, line: Line) -> None:
        if line.event == "ticket_issued":
            self.tickets[line["session"]] = line["ticket"]
        elif line.event == "ticket_expired":
            self.tickets = {s: t for s, t in self.tickets.items() if t != line["ticket"]}
        elif line.event == "prompt_shown":
            self.tickets.pop(line["session"], None)

    async def stays(self, seconds: float) -> None:
        """Say so now and then, while there is nothing else to say."""
        while self.over is None:
            await asyncio.sleep(seconds)
            try:
                await self._say(StillHere())
            except WireError:
                return


@asynccontextmanager
async def connect(
    host: str,
    port: int,
    identity: str | Path | ssl.SSLContext,
    computer: str,
    *,
    name: str | None = None,
    sock: socket.socket | None = None,
) -> AsyncIterator[RemoteExpert]:
    """Connect to a computer of a server as whom the file `identity` says.

    `name` is the server's in its certificate, if not `host`; `sock` is a stream that leads there already.

    Raises:
        WireError: the server is not who it should be, or does not take this expert; the reason says which.
        InputError: the file is no identity's.
        OSError: nobody listens there.

    """
    context = identity if isinstance(identity, ssl.SSLContext) else expert_context(identity)
    try:
        where: dict[str, Any] = {"host": host, "port": port} if sock is None else {"sock": sock}
        reader, writer = await asyncio.open_connection(**where, ssl=context, server_hostname=name or host)
    except (ssl.SSLError, ConnectionResetError, ConnectionAbortedError) as error:
        raise handshake_reason(error) from None
    expert = RemoteExpert(reader, writer)
    tasks = [asyncio.create_task(expert.listens(), name="the wire of an expert")]
    try:
        idle = await expert.calls(computer)
        if idle:
            tasks.append(asyncio.create_task(expert.stays(idle / 3), name="an expert stays"))
        yield expert
    finally:
        for task in tasks:
            task.cancel()
        expert.ends(WireError(Ending.GONE))
        writer.close()
        try:
            async with asyncio.timeout(_LINGER):
                await writer.wait_closed()
        except (OSError, TimeoutError):
            writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
