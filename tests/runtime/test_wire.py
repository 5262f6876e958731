"""Computers served over TLS: honest experts are served, hostile ones are sent away with the reason, and hold nobody up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from rasim.policy import Policy
from rasim.protocol import Line
from rasim.protocol.host import Record
from rasim.runtime import Meeting, User
from rasim.runtime.wire import Limits, Picture, WireError, WireServer, connect, server_context
from rasim.runtime.wire.frames import FROM_COMPUTER, Call, Deed, Ending, Farewell, Frames, StillHere, framed
from rasim.testing import assert_kept
from tests.runtime.wires import ANNA, BOB, CAROL, Here, ends, keys, refused, served

pytestmark = pytest.mark.asyncio


def events(here: Here) -> list[str]:
    """Return what the record of the computer says, word by word."""
    return [recorded.line.event for recorded in here.meeting.trace]


@asynccontextmanager
async def called(here: Here, who: str = "anna") -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Call pc1 as somebody, by hand."""
    reader, writer = await here.raw(who)
    writer.write(framed(Call("pc1")))
    yield reader, writer
    writer.transport.abort()


async def farewell(reader: asyncio.StreamReader) -> Farewell | None:
    """Read to the end, and return the farewell, if there was one."""
    frames, told = Frames(FROM_COMPUTER), []
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            told += frames.take(data)
    return told[-1] if told and isinstance(told[-1], Farewell) else None


async def test_a_course_over_the_wire() -> None:
    """Ticket, offer, acceptance, a picture, control and its end: each as at a computer that is near, and the promises are kept."""
    typed: list[tuple[str, str, str]] = []
    async with served(typed=lambda *what: typed.append(what)) as here, here.connects() as anna:
        bob = here.meeting.user("s1")
        verdicts = [(await anna.offers_help("s1")).verdict]
        await here.meeting.way.shows("s1", "before")  # type: ignore[attr-defined]
        await bob.does("accepts")
        await here.meeting.way.shows("s1", "after")  # type: ignore[attr-defined]
        verdicts.append((await anna.does("uses control", "s1", keys="early")).verdict)
        verdicts.append((await anna.does("asks for control", "s1")).verdict)
        await bob.does("grants control")
        verdicts.append((await anna.does("uses control", "s1", keys="ls\n")).verdict)
        await bob.does("user ends")
        await here.meeting.settled()
        anna.ends(WireError(Ending.GONE))
        seen = [each async for each in anna]

    assert ["done", "refused", "done", "done"] == verdicts
    assert [(ANNA, "s1", "ls\n")] == typed
    assert [Picture("s1", "after")] == [each for each in seen if isinstance(each, Picture)]
    assert "ended" in [each.event for each in seen if isinstance(each, Line)]
    assert_kept(here.meeting.trace)


async def test_lines_go_only_to_whom_they_concern() -> None:
    """An expert is told of its own assistances, and nothing of others, of the policy, or of what happens at the computer."""
    async with served() as here, here.connects() as anna, here.connects("carol") as carol:
        await anna.offers_help("s1")
        await here.meeting.user("s1").does("is locked")
        await here.meeting.settled()
        for each in (anna, carol):
            each.ends(WireError(Ending.GONE))
        told = [line.event async for line in anna if isinstance(line, Line)]
        others = [line async for line in carol]

    assert {"ticket_issued", "prompt_shown", "prompt_hidden"} <= set(told)
    assert set() == {"locked", "audited", "policy_applied"} & set(told)
    assert [] == others


async def test_an_answer_of_the_user_is_the_users_own() -> None:
    """An expert that accepts its own offer, and one that says it is the user, change nothing."""
    async with served() as here, here.connects() as anna:
        await anna.offers_help("s1")
        forged = await anna.does("accepts", "s1", prompt="prompt-1")
        carried = await anna.does("accepts", "s1", carries=(("origin", "injected"), ("prompt", "on show")))

        assert {"refused"} == {forged.verdict, carried.verdict}
        assert "connection_opened" not in events(here)


@pytest.mark.parametrize("kind", ["logs on", "policy is applied", "computer restarts", "a frame is due", "no such act"])
async def test_what_is_no_experts_to_do_ends_the_connection(kind: str) -> None:
    """Acts of the computer, the administrator and the user at it are no expert's, nor are words that are none."""
    async with served() as here, here.connects() as anna:
        before = events(here)
        with pytest.raises(WireError) as caught:
            await anna.does(kind, "s1")

        assert Ending.NOT_ITS_WORD == caught.value.reason
        assert before == events(here)


async def test_a_name_that_is_none_is_answered() -> None:
    """A logon session that the computer does not have is an answer, and no reason to end the connection."""
    async with served() as here, here.connects() as anna:
        assert "no such name" == (await anna.does("asks for a ticket", "s9")).verdict
        assert "done" == (await anna.does("asks for a ticket", "s1")).verdict


async def test_stolen_and_used_tickets_are_refused() -> None:
    """A ticket of another expert, and one that was used, are refused as the table has it."""
    async with served() as here, here.connects() as anna, here.connects("carol") as carol:
        await anna.does("asks for a ticket", "s1")
        await here.meeting.settled()
        ticket = anna.tickets["s1"]
        stolen = await carol.does("offers help", "s1", ticket=ticket)
        await carol.does("asks for a ticket", "s1")
        stolen_too = await carol.does("offers help", "s1", ticket=ticket)
        assert "done" == (await anna.does("offers help", "s1", ticket=ticket)).verdict
        await here.meeting.user("s1").does("denies")
        await asyncio.sleep(120)
        replayed = await anna.does("offers help", "s1", ticket=ticket)

    assert "done" not in {stolen.verdict, stolen_too.verdict, replayed.verdict}
    assert 1 == events(here).count("prompt_shown")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff" * 100, Ending.TOO_LONG),
        ((1 << 20).to_bytes(4, "big"), Ending.TOO_LONG),
        (b"\0\0\0\4junk", Ending.NO_MESSAGE),
        (framed(Call("pc1")), Ending.NO_MESSAGE),
        (framed(Deed(1, "withdraws", "s1"))[:-1], Ending.SLOW_SENDER),
        (b"", Ending.IDLE),
    ],
    ids=["garbage", "oversized", "no message", "a second call", "a slow sender", "silence"],
)
async def test_who_sends_what_is_none_is_sent_away(data: bytes, reason: Ending) -> None:
    """Garbage, frames that are too long, that never end, and silence: each ends the connection with its reason, and is counted."""
    async with served() as here, called(here) as (reader, writer):
        writer.write(data)
        told = await farewell(reader)

    assert told is not None
    assert reason == told.reason
    assert {(reason, ANNA): 1} == dict(here.server.turned_away)


async def test_garbage_in_place_of_a_call() -> None:
    """The first message is a call; anything else ends the connection."""
    async with served() as here:
        reader, writer = await here.raw()
        writer.write(framed(StillHere()))
        told = await farewell(reader)
        writer.transport.abort()

    assert told is not None
    assert Ending.NO_MESSAGE == told.reason


async def test_half_open_connections_end() -> None:
    """Who connects and never shakes hands, or never calls, is sent away when the time for it is over."""
    async with served() as here:
        _, silent = await asyncio.open_connection("127.0.0.1", here.port)
        reader, writer = await here.raw()
        await farewell(reader)
        await asyncio.sleep(1)
        assert set() == here.server.connections
        silent.transport.abort()
        writer.transport.abort()

    assert {(Ending.HANDSHAKE_TIME, ""): 1, (Ending.HANDSHAKE_TIME, ANNA): 1} == dict(here.server.turned_away)


async def test_no_more_connections_than_there_may_be() -> None:
    """Over the limit nobody comes in, and who is in is served on."""
    async with served(Limits(connections=1)) as here, here.connects() as anna:
        told = await refused(here.connects("carol"))
        assert "done" == (await anna.does("asks for a ticket", "s1")).verdict

    assert Ending.HANDSHAKE == told.reason
    assert {(Ending.MANY, ""): 1} == dict(here.server.turned_away)


async def test_an_account_is_at_few_computers_at_once() -> None:
    """An account that is at as many computers as it may is at no further one."""
    async with (
        served(Limits(per_account=1)) as here,
        here.connects(),
        Meeting([ANNA], {"s1": BOB}, way=here.server.way("pc2")),
    ):
        told = await refused(here.connects(computer="pc2"))

    assert Ending.MANY == told.reason


async def test_a_flood_is_refused_and_then_ended() -> None:
    """Acts over the rate of an account do not reach the table; who goes on is sent away, while others are served as ever."""
    async with served(Limits(asking=1, excess=10)) as here, here.connects() as anna, here.connects("carol") as carol:
        replies = await asyncio.gather(
            *(anna.does("asks for a ticket", "s1") for _ in range(50)), return_exceptions=True
        )
        over = await ends(anna)
        assert "done" == (await carol.does("asks for a ticket", "s1")).verdict

    verdicts = [each if isinstance(each, WireError) else each.because for each in replies]  # type: ignore[union-attr]
    assert 10 == verdicts.count((Ending.FLOOD.value,))
    assert over is not None
    assert Ending.FLOOD == over.reason
    assert 5 >= sum(
        recorded.line["expert"] == ANNA and recorded.line.event == "contact" for recorded in here.meeting.trace
    )


async def test_an_account_that_waits_may_act_again() -> None:
    """After a second without acts an account may act again; one that views may do as much as a hand can type."""
    async with served(Limits(asking=1)) as here, here.connects() as anna:
        verdicts = [(await anna.does("withdraws", "s1")).because for _ in range(6)][3:]
        await asyncio.sleep(1)
        verdicts.append((await anna.does("withdraws", "s1")).because)

    assert [False, False, True, False] == [each == (Ending.FLOOD.value,) for each in verdicts]


async def test_who_does_not_read_is_not_written_to() -> None:
    """What waits for a slow reader is bounded; over it the connection ends, and others are served as ever."""
    async with served(Limits(outgoing=200_000)) as here, called(here) as (_, writer), here.connects("carol") as carol:
        writer.transport.pause_reading()
        await here.meeting.settled()
        while ANNA in here.meeting.way.here:  # type: ignore[attr-defined]
            here.meeting.way.say(ANNA, Picture("s1", "x" * 60_000))  # type: ignore[attr-defined]
            await here.meeting.settled()
        assert "done" == (await carol.does("asks for a ticket", "s1")).verdict
        assert [CAROL] == list(here.meeting.way.here)  # type: ignore[attr-defined]

    assert {(Ending.SLOW_READER, ANNA): 1} == dict(here.server.turned_away)


async def test_what_waits_to_be_read_is_bounded() -> None:
    """Where acts are done more slowly than they are sent, nothing more is read meanwhile."""
    async with served() as here, called(here) as (_, writer):
        await here.meeting.settled()
        (connection,) = here.server.connections
        done = asyncio.Event()

        async def slowly(_: Record) -> None:
            await done.wait()

        here.meeting.keep = slowly
        flood = framed(Deed(1, "asks for a ticket", "s1", ticket="t" * 200)) * 100
        sent = 0
        while not writer.transport.get_write_buffer_size():
            writer.write(flood)
            sent += 100
            await here.meeting.settled()
        assert len(connection._waiting) < (1 << 19) / (len(flood) / 100) < sent
        done.set()


async def test_a_connection_that_ends_is_a_lost_link() -> None:
    """When the connection ends, so does what went on by it, on the record too."""
    async with served() as here:
        async with here.connects() as anna:
            await anna.offers_help("s1")
            await here.meeting.user("s1").does("accepts")
        await here.meeting.settled()

        assert "idle" == here.meeting.host.situation(ANNA, "s1")["phase"]
        assert ["link_lost", "ended"] == [event for event in events(here) if event in ("link_lost", "ended")]


async def test_who_comes_again_takes_the_place_of_the_first() -> None:
    """An account has one connection to a computer: the newer one, and what went on by the older is over."""
    async with served() as here, here.connects() as first:
        await first.offers_help("s1")
        async with here.connects() as second:
            over = await ends(first)
            assert 1 == events(here).count("link_lost")
            assert "done" == (await second.does("asks for a ticket", "s1")).verdict

    assert over is not None
    assert Ending.CAME_AGAIN == over.reason


async def test_a_server_that_goes_down_ends_what_goes_on() -> None:
    """When the server ends, everybody is told, nobody comes any more, and what went on is over on the record."""
    async with served() as here, here.connects() as anna:
        await anna.offers_help("s1")
        await here.meeting.user("s1").does("accepts")
        await here.server.sends_away(here.server.connections, WireError(Ending.GOES_DOWN))
        over = await ends(anna)
        with pytest.raises(WireError, match="goes down"):
            await anna.does("asks for control", "s1")

    assert over is not None
    assert Ending.GOES_DOWN == over.reason
    assert "ended" in events(here)
    assert_kept(here.meeting.trace)


async def test_a_quiet_expert_stays() -> None:
    """An expert that does nothing for long is not taken for gone, since its end says that it is there."""
    async with served() as here, here.connects() as anna:
        await asyncio.sleep(1000)
        assert "done" == (await anna.does("asks for a ticket", "s1")).verdict


async def test_nobody_listens() -> None:
    """Where nobody listens the system says so."""
    async with served() as here:
        pass
    with pytest.raises(ConnectionRefusedError):
        await connect("127.0.0.1", here.port, keys() / "anna", "pc1").__aenter__()


async def test_a_user_who_answers_by_itself() -> None:
    """Who is at the computer is a user of the meeting, and may be of its own kind."""

    class Yes(User):
        async def reacts(self, line: Line) -> None:
            if line.event == "prompt_shown":
                await self.does("accepts")

    server = WireServer(server_context(keys() / "server"))
    meeting = Meeting([ANNA], {"s1": BOB}, user=Yes, way=server.way("pc1"))
    async with meeting, server.listening("127.0.0.1") as port:
        await meeting.applies(Policy.of(offer="enabled", mode="view", helpers=[ANNA]))
        await meeting.happens("refresh task runs")
        await meeting.user("s1").does("logs on")
        async with connect("127.0.0.1", port, keys() / "anna", "pc1") as anna:
            await anna.offers_help("s1")
            async for seen in anna:
                if isinstance(seen, Line) and seen.event == "connection_opened":
                    break
    assert_kept(meeting.trace)
