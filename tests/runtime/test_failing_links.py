"""Links that fail: what is lost, repeated, late or cut off gives nothing, hangs nothing, and meets the table as what it is."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from rasim.errors import UsageError
from rasim.policy import Policy
from rasim.protocol import Outcome, Record
from rasim.protocol.lines import Recorded
from rasim.runtime import Tape, simulate
from rasim.runtime.failing import TICKET_PATIENCE, MeetingWithFaults
from rasim.runtime.faults import (
    Again,
    Crash,
    Cut,
    Delay,
    Deliver,
    Fault,
    Heal,
    Hear,
    Jump,
    Next,
    Odds,
    Pace,
    Revive,
    SideClock,
    Skew,
)
from rasim.runtime.links import KEEP_ALIVE

ANNA, CAROL, BOB, ERIN = r"CORP\anna", r"CORP\carol", r"CORP\bob", r"CORP\erin"
SECOND = 1_000_000


def meeting(**more: Any) -> MeetingWithFaults:
    """Return a meeting of two experts and a user."""
    return MeetingWithFaults([ANNA, CAROL], {"s1": BOB}, **more)


async def ready(here: MeetingWithFaults) -> None:
    """Apply a policy that lets both experts control, and let bob log on."""
    await here.applies(Policy.of(offer="enabled", mode="control", helpers=[ANNA, CAROL]))
    await here.happens("refresh task runs")
    await here.user("s1").does("logs on")


async def viewing(here: MeetingWithFaults, expert: str = ANNA) -> None:
    """Let an expert view bob's session."""
    await here.expert(expert).offers_help("s1")
    await here.user("s1").does("accepts")


async def befall(here: MeetingWithFaults, *faults: Fault) -> Outcome | None:
    """Let several things befall the meeting; return what the last of them made happen."""
    outcome = None
    for fault in faults:
        outcome = await here.befalls(fault)
    await here.settled()
    return outcome


def phase(here: MeetingWithFaults, expert: str = ANNA) -> object:
    """Return how far an expert is with bob."""
    return here.host.situation(expert, "s1")["phase"]


def told(trace: Sequence[Recorded]) -> list[str]:
    """Return the events of a trace."""
    return [recorded.line.event for recorded in trace]


# ---- messages --------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_lost_act_comes_back_as_lost_and_leaves_nothing() -> None:
    """Of an act that is lost the tester is told at once; the computer has heard nothing, and the next act arrives."""
    async with meeting() as here:
        await ready(here)
        before = len(here.trace)
        await befall(here, Next(ANNA, "of", "is lost"))
        lost = await here.expert(ANNA).does("asks for a ticket", "s1")
        heard = len(here.trace)
        again = await here.expert(ANNA).does("asks for a ticket", "s1")

    assert ("lost", "it has not reached the computer", ()) == (lost.verdict, str(lost.refusal), lost.refusal.because)  # type: ignore[union-attr]
    assert (before, "done") == (heard, again.verdict)


@pytest.mark.asyncio
async def test_an_offer_whose_ticket_is_lost_ends_after_a_while() -> None:
    """An expert who gets no ticket waits half a minute and sends no offer; the ticket runs out by itself."""
    async with meeting() as here:
        await ready(here)
        await befall(here, *[Next(ANNA, "to", "is lost")] * 3)
        outcome = await here.expert(ANNA).offers_help("s1")
        waited = here.loop.now
        held = phase(here)
        await asyncio.sleep(60)

        assert ("lost", TICKET_PATIENCE, "ticketed", "idle") == (outcome.verdict, waited, held, phase(here))


@pytest.mark.asyncio
async def test_a_message_that_arrives_twice_is_taken_once() -> None:
    """The second copy of an offer, and of an answer to it, changes nothing: the expert is asked about once."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).does("asks for a ticket", "s1")
        await befall(here, Next(ANNA, "of", "is repeated"), Next(ANNA, "to", "is repeated"))
        outcome = await here.expert(ANNA).offers_help("s1")
        await here.settled()
        copies = [record for record in here.records if record.act.kind == "offers help"]

        assert ("done", ["done", "ignored"]) == (outcome.verdict, [each.outcome.verdict for each in copies])
        assert 1 == told(here.trace).count("prompt_shown")


@pytest.mark.asyncio
async def test_a_late_offer_has_an_expired_ticket() -> None:
    """An offer that is held back until its ticket has run out finds a ticket that opens nothing."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).does("asks for a ticket", "s1")
        await here.settled()
        await befall(here, Next(ANNA, "of", "is held back"))
        held = await here.expert(ANNA).offers_help("s1")
        await asyncio.sleep(61)
        await here.expert(ANNA).does("asks for a ticket", "s1")
        late = await befall(here, Deliver(ANNA, "of"))

        assert late is not None
        assert ("under way", "refused", ("ticket",)) == (held.verdict, late.verdict, late.refusal.because)  # type: ignore[union-attr]


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["asks for control", "uses control", "expert ends", "gives back control"])
async def test_an_act_of_an_old_connection_is_no_act_of_a_new_one(kind: str) -> None:
    """What was sent in one view and arrives in the next is turned away as somebody who comes back to an old connection."""
    async with meeting() as here:
        await ready(here)
        await viewing(here)
        await befall(here, Next(ANNA, "of", "is held back"))
        await here.expert(ANNA).does(kind, "s1")
        await here.user("s1").does("user ends")
        await viewing(here)
        late = await befall(here, Deliver(ANNA, "of"))

        assert late is not None
        assert ("comes back", "viewing", "free") == (
            late.event.kind,
            phase(here),
            here.host.situation(ANNA, "s1")["control"],
        )
        assert "reconnect_refused" in told(here.trace)


@pytest.mark.asyncio
async def test_delay_and_bandwidth_are_counted_to_the_microsecond() -> None:
    """A message takes the delay of its direction, after those that keep the link busy before it."""
    async with meeting() as here:
        await ready(here)
        await befall(here, Delay(ANNA, "of", 3), Pace(ANNA, "of", 10))
        anna = here.expert(ANNA)
        await asyncio.gather(*(anna.does(kind, "s1") for kind in ("asks for a ticket", "expert ends")))
        at = [r.at for r in here.trace if r.line.event in ("ticket_issued", "ticket_expired")]

        assert [13, 23] == at


@pytest.mark.asyncio
async def test_what_is_on_its_way_to_an_expert_is_seen_late_or_never() -> None:
    """An expert sees what arrives: late where messages are delayed, not at all what is lost."""
    async with meeting() as here:
        await ready(here)
        anna = here.expert(ANNA)
        await befall(here, Delay(ANNA, "to", 2 * SECOND))
        await anna.does("asks for a ticket", "s1")
        await here.settled()
        before = dict(anna.tickets)
        await asyncio.sleep(2)
        await here.settled()

        assert ({}, {"s1": "ticket-1"}) == (before, anna.tickets)


@pytest.mark.asyncio
async def test_what_a_hanging_window_says_too_late_is_void() -> None:
    """A yes that the computer hears after the consent time opens nothing."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        await befall(here, Hear("s1", 2 * SECOND))
        await asyncio.sleep(59)
        late = await here.user("s1").does("accepts")

        assert ("ignored", "cooling", False) == (late.verdict, phase(here), "accepted" in told(here.trace))


@pytest.mark.asyncio
async def test_an_act_nobody_knows_is_refused_before_it_is_sent() -> None:
    """Over a link too, an act that the table does not have, and an expert who does not take part, are errors of the caller."""
    async with meeting() as here:
        await ready(here)
        with pytest.raises(UsageError, match="no act"):
            await here.expert(ANNA).does("connects", "s1")
        with pytest.raises(UsageError, match="no expert"):
            await here.befalls(Cut(BOB))
        with pytest.raises(UsageError, match="s9"):
            await here.expert(ANNA).does("asks for a ticket", "s9")


# ---- cuts ------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(("seconds", "after"), [(9.999999, "viewing"), (10, "idle")])
async def test_the_keep_alive_decides(seconds: float, after: str) -> None:
    """A cut that heals before ten seconds have passed costs nothing; one that lasts as long ends the assistance."""
    async with meeting() as here:
        await ready(here)
        await viewing(here)
        await befall(here, Cut(ANNA))
        sent = await here.expert(ANNA).does("asks for control", "s1")
        await asyncio.sleep(seconds)
        await befall(here, Heal(ANNA))

        assert ("under way", after) == (sent.verdict, phase(here))
        assert ("control_requested" in told(here.trace)) is (after == "viewing")


@pytest.mark.asyncio
async def test_a_cut_off_expert_forgets_its_ticket_and_asks_anew() -> None:
    """The expert's side notices too: what it sends meanwhile is lost, and once healed it asks for a new ticket."""
    async with meeting() as here:
        await ready(here)
        anna = here.expert(ANNA)
        await anna.does("asks for a ticket", "s1")
        await befall(here, Cut(ANNA))
        await asyncio.sleep(KEEP_ALIVE / SECOND)
        lost, tickets = await anna.does("asks for a ticket", "s1"), dict(anna.tickets)
        await befall(here, Heal(ANNA))
        again = await anna.offers_help("s1")

        assert ("lost", {}, "done", "offered") == (lost.verdict, tickets, again.verdict, phase(here))


@pytest.mark.asyncio
async def test_one_experts_cut_is_not_anothers() -> None:
    """While one expert is cut off, another is answered as ever."""
    async with meeting() as here:
        await ready(here)
        await befall(here, Cut(ANNA))
        await viewing(here, CAROL)
        await asyncio.sleep(11)

        assert "viewing" == phase(here, CAROL)


# ---- crashes ---------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_no_consent_outlives_a_crash_of_the_computer() -> None:
    """A computer that crashed has ended the view, hears nobody, and after it runs again knows no consent; its record stays."""
    async with meeting() as here:
        await ready(here)
        await viewing(here)
        before = len(here.trace)
        await befall(here, Crash(None), Crash(None))
        down = await here.expert(ANNA).does("uses control", "s1"), await here.user("s1").does("logs on")
        await befall(here, Revive(None))
        up = await here.user("s1").does("logs on"), await here.expert(ANNA).does("uses control", "s1")

        assert (["lost", "lost"], ["done", "ignored"]) == ([e.verdict for e in down], [e.verdict for e in up])
        assert ("idle", 1) == (phase(here), told(here.trace[before:]).count("restarted"))


@pytest.mark.asyncio
async def test_policy_that_is_tightened_while_the_computer_is_down_bites_when_it_is_back() -> None:
    """What the administrator sets while a computer is down is there when it runs again."""
    async with meeting() as here:
        await ready(here)
        await befall(here, Crash(None))
        await here.applies(Policy.of(offer="disabled"))
        await befall(here, Revive(None))
        await here.user("s1").does("logs on")

        assert "refused" == (await here.expert(ANNA).offers_help("s1")).verdict


@pytest.mark.asyncio
async def test_what_was_under_way_to_a_computer_that_crashes_is_lost() -> None:
    """An act that waits before the computer, or is on its way to it, is lost in the crash; nobody waits for it for ever."""
    async with meeting() as here:
        await ready(here)
        await befall(here, Delay(ANNA, "of", SECOND))
        acts = [here.expert(ANNA).does("asks for a ticket", "s1"), here.expert(CAROL).does("asks for a ticket", "s1")]
        tasks = [asyncio.ensure_future(each) for each in acts]
        await asyncio.sleep(0)
        await here.befalls(Crash(None))
        done: list[Outcome] = await asyncio.gather(*tasks)

        assert ["lost", "lost"] == [each.verdict for each in done]


@pytest.mark.asyncio
async def test_an_expert_that_crashes_frees_the_place() -> None:
    """A question about an expert that crashed is withdrawn after the keep-alive, and another expert is asked about."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        await befall(here, Crash(ANNA))
        busy = await here.expert(CAROL).offers_help("s1")
        await asyncio.sleep(KEEP_ALIVE / SECOND)
        free = await here.expert(CAROL).offers_help("s1")
        await befall(here, Revive(ANNA), Revive(ANNA), Cut(ANNA), Crash(ANNA), Heal(ANNA), Cut(ANNA), Revive(ANNA))

        assert ("O2", "done", "offered") == (busy.row and busy.row.id, free.verdict, phase(here, CAROL))


# ---- clocks ----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_clock_that_jumps_moves_no_deadline() -> None:
    """The consent time is a minute by what counts, however far the clock on the wall is set."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        await befall(here, Jump(None, 3600 * SECOND), Jump(ANNA, -3600 * SECOND))
        wall = here.own_clock.wall(here.loop.now)
        await asyncio.sleep(59.999999)
        asked = phase(here)
        await asyncio.sleep(0.000001)
        await here.settled()

        assert (3600 * SECOND, "offered", "cooling") == (wall, asked, phase(here))


@pytest.mark.asyncio
async def test_deadlines_go_by_the_speed_of_the_computers_own_clock() -> None:
    """Where the computer's clock runs twice as fast, a minute of its own is half a true one, also for what was wound before."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        await asyncio.sleep(30)
        await befall(here, Skew(None, 200), Skew(ANNA, 1))
        await asyncio.sleep(15)
        await here.settled()
        expired = next(r.at for r in here.trace if r.line.event == "offer_expired")

        assert (60 * SECOND, "cooling") == (expired, phase(here))


@pytest.mark.parametrize("percent", [1, 33, 99, 100, 101, 333, 999])
def test_an_alarm_never_rings_before_its_microsecond(percent: int) -> None:
    """The moment at which a clock counts a microsecond is the first at which it counts as much."""
    clock = SideClock()
    clock.runs(12_345, percent)

    assert [] == [
        own
        for own in range(12_345, 12_445)
        if not clock.own(clock.true(own) - 1) < own <= clock.own(clock.true(own)) and own > 12_345
    ]


# ---- by plan, and drawn ----------------------------------------------------------------------------------------


def trace_of(tape: Tape) -> list[str]:
    """Return the trace of a meeting whose messages fare as a tape has it."""

    async def main() -> list[str]:
        async with meeting(odds=Odds(lost=3, repeated=3, delayed=6)) as here:
            await ready(here)
            await viewing(here)
            for kind in ("asks for control", "uses control", "gives back control", "expert ends"):
                await here.expert(ANNA).does(kind, "s1")
            await asyncio.sleep(200)
        return [str(recorded.as_json()) for recorded in here.trace]

    return simulate(main(), tape=tape)


@pytest.mark.parametrize("seed", range(8))
def test_a_tape_repeats_what_it_drew(seed: int) -> None:
    """What becomes of each message is on the tape: the tape that was taken gives the same run."""
    tape = Tape.drawn(seed)
    trace = trace_of(tape)

    assert trace == trace_of(Tape.read(tape.text))


def test_seeds_draw_different_fates() -> None:
    """Different seeds let messages fare differently; without a tape all of them arrive."""
    assert len({tuple(trace_of(Tape.drawn(seed))) for seed in range(8)}) > 4
    assert any("prompt_shown" in line for line in trace_of(Tape()))


def test_a_plan_is_kept_to_the_microsecond() -> None:
    """Faults that are planned befall the meeting at their microsecond, in the order of time."""

    async def main() -> list[tuple[str, int | None]]:
        plan = [(30 * SECOND, Crash(None)), (5 * SECOND, Cut(ANNA))]
        async with meeting(plan=plan) as here:
            await ready(here)
            await viewing(here)
            await asyncio.sleep(60)
        return [(r.line.event, r.at) for r in here.trace if r.line.event in ("link_lost", "restarted")]

    assert [("link_lost", 15 * SECOND), ("restarted", 30 * SECOND)] == simulate(main())


def test_a_message_again_before_there_was_one_is_nothing() -> None:
    """Of an expert who has sent nothing there is nothing to repeat, and what is repeated counts as what it is by then."""

    async def main() -> list[Record | Outcome | None]:
        async with meeting() as here:
            await ready(here)
            return [await here.befalls(Again(ANNA)), await here.befalls(Deliver(ANNA, "to"))]

    assert [None, None] == simulate(main())
