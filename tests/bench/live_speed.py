"""Sessions a second without a loop, and the share of the table in a live meeting: `python tests/bench/live_speed.py [PEER]`.

The story of a session: an offer, an answer after a while or none, control asked for, granted or refused, the end. First it goes over `step`
and a heap of times alone. Then it is played by meetings on the simulated loop, and profiled. PEER is a folder whose `clocks.py` has
`sans_io_sessions(n)`, the same story over another table, to be timed in the same run.
"""

import asyncio
import gc
import heapq
import importlib
import random
import sys
import time
from collections.abc import Callable
from functools import partial

from rasim.policy import Policy
from rasim.protocol import RULES, Act, Event, Host, Record, Situation, event, start, step
from rasim.protocol.step import rules_of
from rasim.runtime import Meeting, simulate, simulated_loop

ANNA, BOB = "CORP\\anna", "CORP\\bob"
SESSIONS, MEETINGS = 50_000, 500
ENDS_AFTER = 240.0
ASKS, OFFERS = event("asks for a ticket"), event("offers help")
ACCEPTS, DENIES, SILENCE = event("accepts"), event("denies"), event("consent time passes")
WANTS, GRANTS, REFUSES = (event(f"{kind} control") for kind in ("asks for", "grants", "refuses"))
OVER = event("user ends")
Due = tuple[float, int, Event]


def situation(*, control: bool) -> Situation:
    """Return where a session begins: everything permitted, but perhaps control."""
    return start(offers="enabled", control_permitted=control, listed=True, admitted=True, logged_on=True)


def sans_io(sessions: int) -> tuple[int, int]:
    """Play so many sessions over `step` and a heap; return how many events that were, and how often control was given."""
    draw = random.Random(1)  # noqa: S311  (a seed repeats it)
    begins = (situation(control=False), situation(control=True))
    drawn, exponential, push, pop = draw.random, draw.expovariate, heapq.heappush, heapq.heappop
    events = given = 0
    now = 0.0
    for _ in range(sessions):
        so = begins[drawn() < 0.7]
        due: list[Due] = [(now, 0, ASKS)]
        while due:
            now, _, happening = pop(due)
            outcome = step(so, happening)
            events += 1
            if outcome.refusal is not None:
                continue
            so = outcome.after
            if happening is ASKS:
                push(due, (now, 1, OFFERS))
            elif happening is OFFERS:
                push(due, (now + 60, 2, SILENCE))
                push(due, (now + exponential(1 / 15), 3, DENIES if drawn() < 0.2 else ACCEPTS))
            elif happening is ACCEPTS:
                push(due, (now + exponential(1 / 60), 4, WANTS))
                push(due, (now + ENDS_AFTER, 5, OVER))
            elif happening is WANTS:
                push(due, (now + exponential(1 / 10), 6, GRANTS if drawn() < 0.5 else REFUSES))
            elif happening is GRANTS:
                given += 1
            elif happening is not REFUSES:
                break
    return events, given


async def live(sessions: int, kept: list[tuple[Act, int, Record]]) -> None:
    """Let so many sessions of the story go on in one live meeting, one after the other, and keep what reached its computer."""
    loop = simulated_loop()
    meeting = Meeting([ANNA], {"s1": BOB}, watch=lambda act, record: kept.append((act, loop.now, record)))
    async with meeting:
        anna, bob = meeting.expert(ANNA), meeting.user("s1")
        await meeting.applies(Policy.of(offer="enabled", mode="control", helpers=[ANNA]))
        await meeting.happens("refresh task runs")
        await bob.does("logs on")
        for _ in range(sessions):
            await anna.offers_help("s1")
            await asyncio.sleep(15)
            await bob.does("accepts")
            await asyncio.sleep(60)
            await anna.does("asks for control", "s1")
            await asyncio.sleep(10)
            await bob.does("grants control")
            await asyncio.sleep(60)
            await bob.does("user ends")


def again(kept: list[tuple[Act, int, Record]]) -> None:
    """Let a computer without a loop receive the same acts at the same times."""
    host = Host([ANNA], {"s1": BOB})
    for act, at, _ in kept:
        host.receive(act, at)


def steps(kept: list[tuple[Act, int, Record]]) -> None:
    """Put the same events through the table in the same situations, and nothing else."""
    put = rules_of(RULES).step
    for _, _, record in kept:
        for happening in record.outcomes:
            put(happening.outcome.before, happening.outcome.event)


def seconds(play: Callable[[], object]) -> float:
    """Return the processor seconds that something takes, the least of five."""
    found = []
    for _ in range(5):
        gc.collect()
        begins = time.process_time()
        play()
        found.append(time.process_time() - begins)
    return min(found)


def main(peer: str = "") -> None:
    """Say how fast it is, and what the share of the table is."""
    say = sys.stdout.write
    took = seconds(partial(sans_io, SESSIONS))
    events, _ = sans_io(SESSIONS)
    say(
        f"without a loop: {SESSIONS / took:,.0f} sessions a second, {events / took:,.0f} events a second, through `rasim.protocol.step`\n"
    )
    if peer:
        sys.path.insert(0, peer)
        other = importlib.import_module("clocks").sans_io_sessions
        theirs = seconds(partial(other, SESSIONS))
        events, _ = other(SESSIONS)
        say(f"the peer:       {SESSIONS / theirs:,.0f} sessions a second, {events / theirs:,.0f} events a second\n")
        say(f"ratio of sessions: {theirs / took:.2f}\n")
    kept: list[tuple[Act, int, Record]] = []
    simulate(live(MEETINGS, kept))
    whole = seconds(lambda: simulate(live(MEETINGS, [])))
    computer, table = seconds(partial(again, kept)), seconds(partial(steps, kept))
    loop = whole - computer
    say(f"live: {MEETINGS / whole:,.0f} sessions a second, {len(kept) / whole:,.0f} acts a second\n")
    for what, share in (
        ("loop, queues, people", loop),
        ("computer (names, ids, lines, alarms)", computer - table),
        ("step", table),
    ):
        say(
            f"  {what}: {share / len(kept) * 1e6:.1f} us an act, {share / whole:.1%} of the whole, {share / loop:.1%} of the loop\n"
        )


if __name__ == "__main__":
    main(*sys.argv[1:2])
