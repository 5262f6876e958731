"""Many assistances at once with hostile clients among them: small rounds of `tests/bench/load.py`."""

import asyncio
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bench.load import KINDS, Left, Load, assistances, attacks, killed, left_by, round_of, serving


def well(left: Left, load: Load) -> bool:
    """Return whether every honest expert was connected, nobody else was, nothing is open in the end, and all promises are kept."""
    return ([], 0, load.assistances, 0) == (left.broken, left.hostile, left.connections, left.alive)


@pytest.mark.asyncio
async def test_the_honest_are_served_among_the_hostile(tmp_path: Path) -> None:
    """With a hostile client of each kind at work, everybody honest views and controls, and nobody else does."""
    load = Load(tmp_path, 3, 1)
    load.prepare()
    async with serving(load) as (port, server):
        hostile = asyncio.create_task(attacks(load, port))
        got = await assistances(load, port)
        await asyncio.sleep(12)  # slow ones are sent away too
        hostile.cancel()
        with suppress(asyncio.CancelledError):
            await hostile
    reasons = {reason.name for reason, _ in server.turned_away}

    assert 3 == len(got.whole)
    assert got.applied == Counter({f"pc{number}": 10 for number in range(3)})
    assert well(left_by(load), load)
    assert {
        "FLOOD", "SLOW_SENDER", "TOO_LONG", "HANDSHAKE", "HANDSHAKE_TIME", "NOBODY_KNOWS", "SAYS_WHO",
    } <= reasons  # fmt: skip
    assert len(KINDS) > len(reasons)  # a ticket of somebody else is refused by the table, and nobody is sent away


@pytest.mark.exhaustive
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to drain at")
def test_processes_drain_and_are_killed(tmp_path: Path) -> None:
    """Over real processes: SIGTERM leaves nothing open, `kill -9` loses no acknowledged act and leaves no consent alive."""
    load = Load(tmp_path, 20, 10)
    load.prepare()
    got, seen, _, left = round_of(load, hostile=True)
    acknowledged, before, after = killed(load)

    assert 20 == len(got.whole)
    assert well(left, load)
    assert seen["prompts at a session"] <= 1
    assert 0 == seen["left"]
    assert Counter() == acknowledged.applied - before.applied
    assert (0, []) == (after.alive, after.broken)
