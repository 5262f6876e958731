"""Load and soak of the real server side: many assistances at once over loopback TLS, with hostile clients among them.

    .venv/bin/python -m tests.bench.load                          2,000 assistances, 20 hostile clients of each kind
    .venv/bin/python -m tests.bench.load --assistances 200 --hostile 5

One process serves a computer for each assistance and answers for its user; this one is the honest experts, and a third the hostile ones. Three
rounds: the honest alone; the honest among the hostile; and a smaller one in which the server is killed. After each the whole record is judged.
What is printed is measured in this run. `tests/runtime/test_wire_load.py` runs small rounds of it.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from attrs import Factory, define, frozen

from rasim.policy import Policy
from rasim.protocol import Line
from rasim.protocol.trace_text import read_trace
from rasim.runtime import Meeting, User
from rasim.runtime.wire import (
    Authority,
    Limits,
    RecordFile,
    RemoteExpert,
    WireError,
    WireServer,
    connect,
    expert_context,
    server_context,
    told_to_stop,
)
from rasim.runtime.wire.frames import Call, Deed, framed
from rasim.runtime.wire.record import computers_of, lines_of_computer
from rasim.verify.promises.judge import Judge

HERE = "127.0.0.1"
HOSTILE = "mallory"
USES = 5  # of control, before everybody has it, and again when everybody has
PAUSE = 5  # seconds until a hostile client that was sent away comes again
AT_ONCE = 100  # who begin at once; all are there at once in the end


@frozen
class Load:
    """How much: computers with an honest expert each, and how many hostile clients of each kind; `folder` has keys and record."""

    folder: Path
    assistances: int
    hostile: int

    def expert(self, number: int) -> str:
        """Return the account of an honest expert."""
        return rf"CORP\expert{number}"

    def visitors(self, number: int) -> list[str]:
        """Return the accounts of the hostile who come to a computer; its policy has them as helpers too."""
        return [
            rf"CORP\{HOSTILE}-{kind}-{each}"
            for kind in KINDS
            for each in range(number % self.assistances, self.hostile, self.assistances)
        ]

    def keys(self, account: str) -> Path:
        """Return the file by which somebody is this account."""
        return self.folder / account.partition("\\")[2]

    def prepare(self) -> None:
        """Make a certificate for everybody, and one of another authority."""
        authority = Authority.made()
        authority.server(self.folder / "server")
        for number in range(self.assistances):
            for account in (self.expert(number), *self.visitors(number)):
                authority.expert(account, self.keys(account))
        authority.expert(rf"CORP\{HOSTILE}", self.folder / "unknown")


# ---- the server ------------------------------------------------------------------------------------------------


class Bot(User):
    """A user who says yes to the expert of this computer, and no to everybody else."""

    shown = 0

    async def reacts(self, line: Line) -> None:
        """Answer a question."""
        if not line.event.endswith("prompt_shown"):
            return
        Bot.shown = max(Bot.shown, sum(len(user.questions) for user in self.meeting.users.values()))
        asking = line["names"] or self.meeting.host.experts[0]
        kind = "grants control" if line.event.startswith("control") else "accepts"
        await self.does(kind if HOSTILE not in asking else "denies", asking)


@asynccontextmanager
async def serving(load: Load, limits: Limits | None = None):  # noqa: ANN201  (an iterator of the port and the server)
    """Serve the computers of a load, each with its user at it."""
    record = RecordFile(load.folder / "record.sqlite")
    limits = limits or Limits(connections=2 * load.assistances + 20 * load.hostile + 100)
    server = WireServer(server_context(load.folder / "server"), limits, record.sent_away)
    async with AsyncExitStack() as stack:
        stack.callback(record.close)
        meetings = []
        for number in range(load.assistances):
            experts = [load.expert(number), *load.visitors(number)]
            meeting = Meeting(experts, {"s1": rf"CORP\user{number}"}, user=Bot, way=server.way(f"pc{number}"))
            record.takes(f"pc{number}", meeting)
            meetings.append(await stack.enter_async_context(meeting))
        await asyncio.gather(*map(_begin, meetings))
        async with server.listening(HERE) as port:
            yield port, server


async def _begin(meeting: Meeting) -> None:
    await meeting.applies(Policy.of(offer="enabled", mode="control", helpers=meeting.host.experts))
    await meeting.happens("refresh task runs")
    await meeting.user("s1").does("logs on")


def resident() -> int:
    """Return the megabytes that this process has in memory; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


async def serve(load: Load) -> None:
    """Serve until told to stop, and say in JSON what was seen."""
    async with serving(load) as (port, server):
        before = most = resident()
        say({"port": port})
        stopping = asyncio.create_task(told_to_stop())
        while not stopping.done():
            most = max(most, resident())
            await asyncio.wait([stopping], timeout=0.5)
        there = len(server.connections)
    away = {f"{reason.value}": 0 for reason, _ in server.turned_away}
    for (reason, _), count in server.turned_away.items():
        away[reason.value] += count
    left = len(server.connections)
    say({"memory": [before, most], "prompts at a session": Bot.shown, "there": there, "left": left, "away": away})


def say(what: object) -> None:
    """Write a line of JSON."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


# ---- honest experts --------------------------------------------------------------------------------------------


@define
class Served:
    """What the honest got: the seconds of each act, the seconds of each assistance but for waiting, acts acknowledged by computer."""

    acts: list[float] = Factory(list)
    whole: list[float] = Factory(list)
    applied: Counter[str] = Factory(Counter)


async def assistances(load: Load, port: int, when_all: Callable[[], Awaitable[None]] | None = None) -> Served:
    """Let every honest expert help its user: view, control, and, once everybody has control, control again."""
    got, everybody = Served(), asyncio.Barrier(load.assistances)
    turn = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(
        *(_helps(load, port, number, got, everybody, turn, when_all) for number in range(load.assistances))
    )
    return got


async def _helps(
    load: Load,
    port: int,
    number: int,
    got: Served,
    everybody: asyncio.Barrier,
    turn: asyncio.Semaphore,
    when_all: Callable[[], Awaitable[None]] | None,
) -> None:
    clock = asyncio.get_running_loop().time
    async with AsyncExitStack() as stack:
        async with turn:
            began = clock()
            key = load.keys(load.expert(number))
            expert = await stack.enter_async_context(connect(HERE, port, key, f"pc{number}"))
            while (await _timed(expert, got, "asks for a ticket")) != "done" or not await _offered(expert, got):
                expert.tickets.clear()
                await asyncio.sleep(0.5)  # somebody else was asked about
            await _until(expert, "connection_opened")
            await _timed(expert, got, "asks for control")
            await _until(expert, "control_granted")
            await _uses(expert, got, number)
            spent = clock() - began
        if await everybody.wait() == 0 and when_all is not None:
            await when_all()
        began = clock()
        await _uses(expert, got, number)
        await _timed(expert, got, "gives back control")
        await _timed(expert, got, "expert ends")
        got.whole.append(spent + clock() - began)


async def _offered(expert: RemoteExpert, got: Served) -> bool:
    if await _timed(expert, got, "offers help", ticket=expert.tickets.get("s1")) != "done":
        return False
    # That somebody else is asked about is told by a row of the table, and no refusal.
    return await _until(expert, "prompt_shown", "offer_refused") == "prompt_shown"


async def _timed(expert: RemoteExpert, got: Served, kind: str, **more: str | None) -> str:
    clock = asyncio.get_running_loop().time
    began = clock()
    reply = await expert.does(kind, "s1", **more)  # type: ignore[arg-type]
    got.acts.append(clock() - began)
    return reply.verdict


async def _uses(expert: RemoteExpert, got: Served, number: int) -> None:
    for _ in range(USES):
        if await _timed(expert, got, "uses control", keys="x") == "done":
            got.applied[f"pc{number}"] += 1


async def _until(expert: RemoteExpert, *events: str) -> str:
    async for seen in expert:
        if isinstance(seen, Line) and seen.event in events:
            return seen.event
    raise expert.over or AssertionError


# ---- hostile clients -------------------------------------------------------------------------------------------


@frozen
class Hostile:
    """A hostile client: the load, where the server is, its own account and the computer that it comes to."""

    load: Load
    port: int
    account: str
    computer: str

    @asynccontextmanager
    async def called(self):  # noqa: ANN201  (an iterator of reader and writer)
        """Call the computer, and go on by hand."""
        context = expert_context(self.load.keys(self.account))
        reader, writer = await asyncio.open_connection(HERE, self.port, ssl=context, server_hostname=HERE)
        try:
            writer.write(framed(Call(self.computer)))
            yield reader, writer
        finally:
            writer.transport.abort()

    @asynccontextmanager
    async def plain(self):  # noqa: ANN201  (an iterator of reader and writer)
        """Connect, without TLS."""
        reader, writer = await asyncio.open_connection(HERE, self.port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    def connected(self):  # noqa: ANN201  (what `connect` returns)
        """Connect as everybody does."""
        return connect(HERE, self.port, self.load.keys(self.account), self.computer)


async def floods(who: Hostile) -> None:
    """Send acts as fast as they go out, and read the replies."""
    async with who.called() as (reader, writer):
        for number in range(100_000):
            writer.write(framed(Deed(number, "asks for a ticket", "s1")))
            if number % 50 == 0:
                await writer.drain()
                await asyncio.wait_for(reader.read(1 << 16), 5)


async def reads_nothing(who: Hostile) -> None:
    """Send acts, and never read what comes back."""
    async with who.called() as (_, writer):
        writer.transport.pause_reading()
        for number in range(2_000):
            writer.write(framed(Deed(number, "asks for a ticket", "s1")))
            await writer.drain()
        await asyncio.sleep(30)


async def sends_slowly(who: Hostile) -> None:
    """Send a frame a byte a second, and never its end."""
    async with who.called() as (_, writer):
        for byte in framed(Deed(1, "asks for a ticket", "s1")):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1)


async def sends_garbage(who: Hostile) -> None:
    """Send what is no frame."""
    async with who.called() as (reader, writer):
        writer.write(os.urandom(4096))
        await reader.read()


async def sends_too_much(who: Hostile) -> None:
    """Announce a frame of two gigabytes, and send it."""
    async with who.called() as (_, writer):
        writer.write((1 << 31).to_bytes(4, "big"))
        for _ in range(200):
            writer.write(bytes(1 << 16))
            await writer.drain()


async def stays_half_open(who: Hostile) -> None:
    """Connect, and shake no hands."""
    async with who.plain() as (reader, _):
        await reader.read()


async def speaks_no_tls(who: Hostile) -> None:
    """Speak to the server as to one of the web."""
    async with who.plain() as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.read()


async def is_unknown(who: Hostile) -> None:
    """Come with a certificate of the authority, as somebody nobody knows."""
    async with connect(HERE, who.port, who.load.folder / "unknown", who.computer):
        raise AssertionError("somebody unknown came in")


async def replays_tickets(who: Hostile) -> None:
    """Use a ticket again and again."""
    async with who.connected() as expert:
        for _ in range(20):
            await expert.does("asks for a ticket", "s1")
            ticket = expert.tickets.get("s1")
            for _ in range(5):
                await expert.does("offers help", "s1", ticket=ticket)
                await asyncio.sleep(0.1)


async def steals_tickets(who: Hostile) -> None:
    """Use the tickets of others, which are easy to guess."""
    async with who.connected() as expert:
        for number in range(1, 200):
            await expert.does("offers help", "s1", ticket=f"ticket-{number}")
            await asyncio.sleep(0.06)


async def acts_for_others(who: Hostile) -> None:
    """Answer in the user's name, use control that others hold, act in sessions that are none of its own."""
    async with who.connected() as expert:
        for number in range(1, 50):
            for kind in ("accepts", "grants control", "uses control", "gives back control", "user ends", "comes back"):
                for session in ("s1", "s2"):
                    prompt = f"prompt-{number}"
                    await expert.does(kind, session, prompt=prompt, connection="connection-1", keys="x")
                    await asyncio.sleep(0.06)


async def says_who_it_is(who: Hostile) -> None:
    """Say that it is somebody else."""
    body = b'{"is":"act","number":1,"kind":"accepts","session":"s1","by":"CORP\\\\user0","origin":"local"}'
    async with who.called() as (reader, writer):
        writer.write(len(body).to_bytes(4, "big") + body)
        await reader.read()


KINDS: dict[str, Callable[[Hostile], Awaitable[None]]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        floods,
        reads_nothing,
        sends_slowly,
        sends_garbage,
        sends_too_much,
        stays_half_open,
        speaks_no_tls,
        is_unknown,
        replays_tickets,
        steals_tickets,
        acts_for_others,
        says_who_it_is,
    )
}


async def attacks(load: Load, port: int) -> None:
    """Let every hostile client do what it does, again and again, until this is cancelled."""
    await asyncio.gather(*_attackers(load, port))


def _attackers(load: Load, port: int) -> Iterator[Awaitable[None]]:
    for kind, does in KINDS.items():
        for each in range(load.hostile):
            number = each % load.assistances
            yield _again(does, Hostile(load, port, rf"CORP\{HOSTILE}-{kind}-{each}", f"pc{number}"))


async def _again(does: Callable[[Hostile], Awaitable[None]], who: Hostile) -> None:
    while True:
        with suppress(WireError, OSError, asyncio.IncompleteReadError, TimeoutError):
            await does(who)
        await asyncio.sleep(PAUSE)


# ---- what is left ----------------------------------------------------------------------------------------------


@frozen
class Left:
    """What the record says: broken promises, connections and grants of the hostile, and what was applied, by computer."""

    broken: list[str]
    hostile: int
    connections: int
    lines: int
    applied: Counter[str]
    alive: int


def left_by(load: Load) -> Left:
    """Judge the whole record, and look for ourselves at whom connections were opened for, and what is open in the end."""
    file = load.folder / "record.sqlite"
    broken, hostile, connections, lines, alive = [], 0, 0, 0, 0
    applied: Counter[str] = Counter()
    for computer in computers_of(file):
        judge, opened = Judge(), set()
        for number, recorded in read_trace(lines_of_computer(file, computer), computer):
            judge.take(recorded, number)
            lines += 1
            line = recorded.line
            if line.event == "connection_opened":
                connections += 1
                opened.add(line["connection"])
                hostile += HOSTILE in line["expert"]
            elif line.event == "ended":
                opened.discard(line["connection"])
            elif line.event == "input_applied":
                applied[computer] += 1
        broken += [f"{computer}: {each.promise}" for each in judge.close().broken]
        alive += len(opened)
    return Left(broken, hostile, connections, lines, applied, alive)


# ---- the rounds ------------------------------------------------------------------------------------------------


class Process:
    """This program in another process."""

    def __init__(self, role: str, load: Load, *more: str) -> None:
        sizes = (str(load.folder), str(load.assistances), str(load.hostile))
        self.process = subprocess.Popen(  # noqa: S603  (our own Python)
            [sys.executable, "-m", "tests.bench.load", "--role", role, *sizes, *more], stdout=subprocess.PIPE, text=True
        )

    said = ""

    def line(self) -> dict:
        """Return the next line that it says."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def ends(self, how: int) -> float:
        """Send it a signal, wait until it is gone, and return the seconds that it took."""
        began = time.perf_counter()
        self.process.send_signal(how)
        assert self.process.stdout is not None
        with self.process.stdout as rest:
            self.said = rest.read()
        self.process.wait()
        return time.perf_counter() - began


def round_of(load: Load, *, hostile: bool) -> tuple[Served, dict, float, Left]:
    """Let the honest be served, with the hostile or without; return what they got, what the server saw, how long it took to drain."""
    (load.folder / "record.sqlite").unlink(missing_ok=True)
    server = Process("serve", load)
    port = server.line()["port"]
    others = Process("attack", load, "--port", str(port)) if hostile else None
    if others is not None:
        others.line()
    try:
        got = asyncio.run(assistances(load, port))
    finally:
        if others is not None:
            others.ends(signal.SIGKILL)
        drained = server.ends(signal.SIGTERM)
    return got, json.loads(server.said), drained, left_by(load)


def killed(load: Load) -> tuple[Served, Left, Left]:
    """Kill the server when everybody has control; return what was acknowledged, and the record before and after it is taken up again."""
    (load.folder / "record.sqlite").unlink(missing_ok=True)
    server = Process("serve", load)
    port = server.line()["port"]
    served: list[Served] = []

    async def main() -> None:
        async def kill() -> None:
            await asyncio.sleep(0.05)
            server.ends(signal.SIGKILL)

        got = Served()
        served.append(got)
        everybody, turn = asyncio.Barrier(load.assistances), asyncio.Semaphore(AT_ONCE)
        helping = (_helps(load, port, n, got, everybody, turn, kill) for n in range(load.assistances))
        await asyncio.gather(*helping, return_exceptions=True)

    asyncio.run(main())
    before = left_by(load)
    again = Process("serve", load)
    again.line()
    again.ends(signal.SIGTERM)
    return served[0], before, left_by(load)


def told_of(name: str, got: Served) -> str:
    """Return what the honest got, in words."""
    ms = sorted(1000 * each for each in got.acts)
    return (
        f"{name:24} an assistance {statistics.mean(got.whole):7.2f} s (mean), {max(got.whole):7.2f} s (longest); "
        f"an act {statistics.median(ms):6.1f} ms (median), {ms[int(len(ms) * 0.95)]:7.1f} ms (95 of 100)"
    )


def main() -> int:
    """Run the rounds, print what was measured, and return 1 if anything was not as it has to be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assistances", type=int, default=2000)
    parser.add_argument("--hostile", type=int, default=20, help="of each kind")
    parser.add_argument("--role", nargs=4, metavar=("ROLE", "FOLDER", "ASSISTANCES", "HOSTILE"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role:
        role, folder, *sizes = asked.role
        load = Load(Path(folder), *map(int, sizes))
        logging.getLogger("asyncio").setLevel(
            logging.ERROR
        )  # that somebody writes to who is gone is what this is about
        if role == "attack":
            say({})
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(load) if role == "serve" else attacks(load, asked.port))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        load = Load(Path(folder), asked.assistances, asked.hostile)
        load.prepare()
        return report(load)


def report(load: Load) -> int:
    """Print the rounds."""
    wrong: list[str] = []
    print(f"{load.assistances} assistances at once; {load.hostile} hostile clients of each of {len(KINDS)} kinds")  # noqa: T201
    rounds = {}
    for name in ("alone", "among the hostile"):
        got, seen, drained, left = round_of(load, hostile=name != "alone")
        rounds[name] = got
        print(told_of(name, got))  # noqa: T201
        before, most = seen["memory"]
        print(  # noqa: T201
            f"  server: {before} MB before, {most} MB at most; {seen['prompts at a session']} prompt at a session at most; "
            f"SIGTERM with {seen['there']} connections: gone after {drained:.2f} s, {seen['left']} left\n"
            f"  record: {left.lines} lines, {left.connections} connections, {left.hostile} of the hostile, "
            f"{left.alive} open in the end, {len(left.broken)} promises broken"
        )
        for reason, count in sorted(seen["away"].items()):
            print(f"  sent away: {count:6} {reason}")  # noqa: T201
        wrong += left.broken[:5]
        wrong += ["a hostile client was connected"] if left.hostile else []
        wrong += ["not everybody was connected"] if left.connections < load.assistances else []
        wrong += ["something is open in the end"] if left.alive else []
        wrong += ["more than one prompt at a session"] if seen["prompts at a session"] > 1 else []
    ratio = statistics.mean(rounds["among the hostile"].whole) / statistics.mean(rounds["alone"].whole)
    print(f"among the hostile an assistance takes {ratio:.2f} times what it takes alone")  # noqa: T201
    wrong += ["the honest took more than twice their time"] if ratio > 2 else []
    got, before, after = killed(Load(load.folder, max(load.assistances // 10, 1), load.hostile))
    lost = sum((got.applied - before.applied).values())
    print(  # noqa: T201
        f"kill -9: {sum(got.applied.values())} acts of control acknowledged, {sum(before.applied.values())} on record, {lost} lost; "
        f"{before.alive} views open when it died, {after.alive} after the restart; {len(after.broken)} promises broken"
    )
    wrong += [f"{lost} acknowledged acts are lost"] if lost else []
    wrong += ["consent outlived the server"] if after.alive else []
    wrong += after.broken[:5]
    for each in wrong:
        print(f"WRONG: {each}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
