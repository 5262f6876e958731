r"""The same parties over TCP with TLS: identities, frames, a server of computers, and an expert's end.

    authority = Authority.made()                                   # once; needs the extra `tcp`
    authority.expert("CORP\\anna", "anna.pem")                     # a file for each person, and one for the server
    authority.server("server.pem")

    server = WireServer(server_context("server.pem"))                  # on any loop, simulated or real
    async with Meeting([anna], {"s1": bob}, way=server.way("pc1")) as pc1, server.listening("127.0.0.1") as port:
        await pc1.applies(policy)                                  # who is at the computer acts there, as in any meeting
        await pc1.user("s1").does("logs on")
        async with connect("127.0.0.1", port, "anna.pem", "pc1") as expert:
            await expert.offers_help("s1")                         # or expert.does("offers help", "s1", ticket="ticket-1")
            await pc1.user("s1").does("accepts")
            await pc1.way.shows("s1", "what is on the screen")     # a frame for each expert, if the table shows it
            async for seen in expert:                              # trace lines, and pictures
                ...

    record = RecordFile("record.sqlite")                           # before `pc1` is entered: record.takes("pc1", pc1)

A person at the computer is a `User` of the meeting: a subclass has `reacts(line)`, and answers by `does`. What is typed comes to
`server.way("pc1", typed=...)`, after the table has applied it. What goes over the wire is a contract (docs/reference/wire.md).
"""

from rasim.runtime.wire.client import RemoteExpert, connect
from rasim.runtime.wire.frames import Ending, Picture, Reply, WireError
from rasim.runtime.wire.identity import Authority, expert_context, server_context
from rasim.runtime.wire.limits import Limits
from rasim.runtime.wire.record import RecordFile
from rasim.runtime.wire.server import Served, WireServer, told_to_stop

__all__ = [
    "Authority",
    "Ending",
    "Limits",
    "Picture",
    "RecordFile",
    "RemoteExpert",
    "Reply",
    "Served",
    "WireError",
    "WireServer",
    "connect",
    "expert_context",
    "server_context",
    "told_to_stop",
]
