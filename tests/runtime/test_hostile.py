"""What a hostile end of the wire tries that is no message of it: it is sent away, nothing fails, and nobody is kept waiting."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from rasim.protocol.host import Record
from rasim.runtime.wire import Limits, WireError
from rasim.runtime.wire.frames import (
    FROM_COMPUTER,
    FROM_EXPERT,
    LONGEST_NAME,
    Call,
    Ending,
    Farewell,
    Frames,
    StillHere,
    framed,
)
from tests.runtime.wires import ANNA, Here, ends, served


def frame(**said: Any) -> bytes:
    """Return a frame that says anything."""
    body = json.dumps(said, ensure_ascii=False).encode()
    return len(body).to_bytes(4, "big") + body


@asynccontextmanager
async def failing_nowhere(limits: Limits | None = None) -> AsyncIterator[Here]:
    """Serve pc1, where nothing may come to the loop's own handler: a program that shares something ends when it does."""
    failed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: failed.append(said))
    async with served(limits) as here:
        yield here
    assert [] == failed


@pytest.mark.asyncio
async def test_a_field_with_a_long_name_is_told_in_short() -> None:
    """What a farewell says of a message fits into one, whatever the message was; it is said to who may not come, too."""
    async with failing_nowhere() as here:
        reader, writer = await here.raw("mallory")
        writer.write(frame(**{"is": "call", "computer": "pc1", "\U000e0001" * LONGEST_NAME: 1}))
        (told,) = Frames(FROM_COMPUTER).take(await reader.read())
        writer.transport.abort()

    assert isinstance(told, Farewell)
    assert Ending.NO_MESSAGE == told.reason


@pytest.mark.parametrize("depth", [100, 950, 1_000, 3_000, 9_000, 30_000])
@pytest.mark.parametrize("side", [FROM_EXPERT, FROM_COMPUTER])
def test_lists_in_lists_are_no_message(depth: int, side: Any) -> None:
    """A message as deep as a frame is long is none, on every version of Python."""
    deep = "[" * depth + "]" * depth
    said = {
        id(FROM_EXPERT): f'{{"is":"act","number":1,"kind":"accepts","session":"s1","carries":{deep}}}',
        id(FROM_COMPUTER): f'{{"is":"line","line":{{"event":"ended","connection":{deep}}}}}',
    }[id(side)].encode()

    with pytest.raises(WireError) as caught:
        list(Frames(side).take(len(said).to_bytes(4, "big") + said))
    assert Ending.NO_MESSAGE == caught.value.reason


def test_what_the_other_side_says_does_not_reach_a_terminal_raw() -> None:
    """The reason of an end is printed; what the other side wrote in it moves no cursor and sets no title."""
    (told,) = Frames(FROM_COMPUTER).take(
        frame(**{"is": "bye", "reason": Ending.GOES_DOWN.value, "detail": "\x1b]0;x\x07"})
    )

    assert isinstance(told, Farewell)
    assert str(WireError(told.reason, told.detail)).isprintable()


@pytest.mark.asyncio
async def test_a_server_does_not_wait_for_who_never_shakes_hands() -> None:
    """A server that goes down ends half-open connections at once, and does not count them as sent away."""
    async with served() as here:
        _, silent = await asyncio.open_connection("127.0.0.1", here.port)
        await here.meeting.settled()
        assert here.server.connections
        began = asyncio.get_running_loop().time()
        await here.server.sends_away(here.server.connections, WireError(Ending.GOES_DOWN))
        waited = asyncio.get_running_loop().time() - began
        silent.transport.abort()

    assert waited < here.server.limits.handshake / 2
    assert {} == dict(here.server.turned_away)


@pytest.mark.asyncio
async def test_saying_that_one_is_there_without_end_is_a_flood() -> None:
    """Who sends that it is still there as fast as it can is sent away like who acts so fast."""
    async with failing_nowhere(Limits(acts=5, excess=10)) as here, here.connects() as anna:
        with suppress(WireError):
            for _ in range(100):
                await anna._say(StillHere())
        over = await ends(anna)

    assert over is not None
    assert Ending.FLOOD == over.reason


@pytest.mark.asyncio
async def test_who_gives_up_coming_again_cancels_nothing_of_the_first() -> None:
    """A call whose time is over while the older connection ends: the link is lost all the same, and the account can come."""
    async with failing_nowhere() as here, here.connects() as first:
        await first.offers_help("s1")
        await here.meeting.user("s1").does("accepts")
        slow = asyncio.Event()

        async def on_a_slow_disk(_: Record) -> None:
            await slow.wait()

        here.meeting.keep = on_a_slow_disk
        reader, writer = await here.raw()
        writer.write(framed(Call("pc1")))
        (told,) = Frames(FROM_COMPUTER).take(await reader.read())
        slow.set()
        await ends(first)
        await here.meeting.settled()
        phase = here.meeting.host.situation(ANNA, "s1")["phase"]
        writer.transport.abort()
        async with here.connects() as again:
            assert "done" == (await again.does("asks for a ticket", "s1")).verdict

    assert isinstance(told, Farewell)
    assert Ending.HANDSHAKE_TIME == told.reason
    assert "idle" == phase


@pytest.mark.asyncio
async def test_nobody_is_at_a_computer_that_has_failed() -> None:
    """A computer whose record cannot be written ends; who was connected to it is not kept in its place."""
    failed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: failed.append(said))

    async def full(_: Record) -> None:
        raise OSError("the disk is full")

    async def serves() -> None:
        async with served() as here, here.connects() as anna:
            here.meeting.keep = full
            with pytest.raises(WireError):
                await anna.does("asks for a ticket", "s1")
            await ends(anna)
            assert {} == here.meeting.way.here  # type: ignore[attr-defined]

    with pytest.raises(OSError, match="full"):
        await serves()
