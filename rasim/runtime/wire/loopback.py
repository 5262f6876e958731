"""The way of a meeting over real sockets of this machine, with TLS: what is sent in memory is sent there, and the rest stays as it is.

    Meeting(experts, sessions, way=Loopback)

Each expert has a connection of its own, as whom its certificate says. Certificates are made once in a process, and kept in memory.
"""

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rasim.errors import RasimError
from rasim.policy import fold
from rasim.protocol.acts import Act
from rasim.protocol.host import Record
from rasim.protocol.lines import Line
from rasim.runtime.meeting import Meeting
from rasim.runtime.wire.client import RemoteExpert, connect
from rasim.runtime.wire.frames import Deed
from rasim.runtime.wire.identity import Authority, expert_context, server_context
from rasim.runtime.wire.limits import Limits
from rasim.runtime.wire.server import Served, WireServer

_HERE: Final = "127.0.0.1"
_NAME: Final = "computer"
# A scenario may do anything at one instant, and let hours pass in the next.
_NO_LIMITS: Final = Limits(acts=1 << 30, asking=1 << 30, per_account=1 << 30, frame=None, idle=None)


class Loopback:
    """Takes acts and lines between a meeting and its experts by TCP and TLS."""

    def __init__(self, meeting: Meeting) -> None:
        self._meeting = meeting
        self._stack = AsyncExitStack()
        self._experts: dict[str, RemoteExpert] = {}

    async def open(self) -> None:
        """Listen, and let each expert connect. UsageError if the extra `tcp` is not installed."""
        server = WireServer(_server(), _NO_LIMITS)
        self._served = _Remembering(server, _NAME, self._meeting)
        await self._served.open()
        self._stack.push_async_callback(self._served.close)
        port = await self._stack.enter_async_context(server.listening(_HERE))
        for account in self._meeting.experts:
            # Connected here and not by asyncio, which counts on an order of its callbacks and tasks that a tape may not keep.
            (sock := socket.create_connection((_HERE, port))).setblocking(False)
            connection = connect(_HERE, port, _expert(account), _NAME, sock=sock)
            expert = await self._stack.enter_async_context(connection)
            self._experts[fold(account)] = expert
            task = asyncio.create_task(self._hears(expert, account), name=f"the wire of {account}")
            self._stack.callback(task.cancel)

    async def _hears(self, expert: RemoteExpert, account: str) -> None:
        inbox = self._meeting.experts[account].inbox
        async for seen in expert:
            if isinstance(seen, Line):
                inbox.put_nowait(seen)

    async def close(self) -> None:
        """End the connections; that the meeting ends is no lost link."""
        await self._stack.aclose()

    async def up(self, act: Act) -> Record:
        """Send an act, and return what came of it once the reply is there."""
        account = fold(act.expert or "")
        expert = self._experts[account]
        deed = Deed(
            expert.next_number(), act.kind, act.session or "", act.prompt, act.ticket, act.connection, act.carries
        )
        await expert.sends(deed)
        did = self._served.did.pop((account, deed.number))
        if isinstance(did, RasimError):
            raise did
        return did

    def down(self, expert: str, line: Line) -> None:
        """Send a line."""
        self._served.down(expert, line)


class _Remembering(Served):
    """A computer that keeps what each act did for whoever sent it, since all of them are here, and whose end is no lost link."""

    def __init__(self, server: WireServer, name: str, meeting: Meeting) -> None:
        super().__init__(server, name, meeting)
        self.did: dict[tuple[str, int], Record | RasimError] = {}

    async def puts(self, deed: Deed, act: Act) -> Record:
        who = fold(act.expert or ""), deed.number
        try:
            record = self.did[who] = await super().puts(deed, act)
        except RasimError as error:
            self.did[who] = error
            raise
        return record

    async def leaves(self, account: str) -> None:
        """Leave the table alone."""


# ---- certificates, once in a process ---------------------------------------------------------------------------


@cache
def _authority() -> Authority:
    return Authority.made()


@cache
def _server() -> ssl.SSLContext:
    with TemporaryDirectory() as folder:
        _authority().server(file := Path(folder, "server"), [_HERE])
        return server_context(file)


@cache
def _expert(account: str) -> ssl.SSLContext:
    with TemporaryDirectory() as folder:
        _authority().expert(account, file := Path(folder, "expert"))
        return expert_context(file)
