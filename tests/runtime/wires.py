"""What the tests of the wire share: certificates, made once, and a computer to call."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

from rasim.policy import Policy
from rasim.runtime import Meeting
from rasim.runtime.wire import (
    Authority,
    Limits,
    RemoteExpert,
    WireError,
    WireServer,
    connect,
    expert_context,
    server_context,
)

ANNA, CAROL, MALLORY, BOB = r"CORP\anna", r"CORP\carol", r"CORP\mallory", r"CORP\bob"
_FOLDER = tempfile.TemporaryDirectory()


@cache
def keys() -> Path:
    """Return a folder with a file for everybody: of one authority, but for some."""
    folder = Path(_FOLDER.name)
    authority, other = Authority.made(), Authority.made()
    authority.save(folder)
    authority.server(folder / "server")
    for account in (ANNA, CAROL, MALLORY):
        authority.expert(account, folder / account.partition("\\")[2])
    authority.expert(ANNA, folder / "expired", life=timedelta(days=-1))
    other.expert(ANNA, folder / "strange")
    # It trusts the server, so that it is the server who has to say no.
    own = (folder / "strange").read_text("ascii").rpartition("-----BEGIN CERTIFICATE")[0]
    (folder / "stranger").touch(0o600)
    (folder / "stranger").write_text(own + (folder / "authority.pem").read_text("ascii"), "ascii")
    other.server(folder / "imposter")
    return folder


@frozen
class Here:
    """A computer that is served, called pc1, with anna and carol as experts and bob at s1."""

    server: WireServer
    meeting: Meeting
    port: int

    def connects(self, who: str = "anna", computer: str = "pc1") -> Any:
        """Return the connection of somebody."""
        return connect("127.0.0.1", self.port, keys() / who, computer)

    async def raw(self, who: str = "anna") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a TLS stream of somebody, to send anything by."""
        return await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=expert_context(keys() / who), server_hostname="127.0.0.1"
        )


@asynccontextmanager
async def served(limits: Limits | None = None, **more: Any) -> AsyncIterator[Here]:
    """Serve pc1."""
    server = WireServer(server_context(keys() / "server"), limits)
    meeting = Meeting([ANNA, CAROL], {"s1": BOB}, way=server.way("pc1", **more))
    async with meeting, server.listening("127.0.0.1") as port:
        await meeting.applies(Policy.of(offer="enabled", mode="control", helpers=[ANNA, CAROL]))
        await meeting.happens("refresh task runs")
        await meeting.user("s1").does("logs on")
        yield Here(server, meeting, port)


async def ends(expert: RemoteExpert) -> WireError | None:
    """Wait until a connection is over, and return why."""
    async for _ in expert:
        pass
    return expert.over


async def refused(connecting: Any) -> WireError:
    """Return why a connection is not taken."""
    try:
        async with connecting:
            pass
    except WireError as error:
        return error
    raise AssertionError("it was taken")
