"""The meeting: the same rules in time, where answers come late, two things happen at one instant, and alarms ring."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rasim.errors import UsageError
from rasim.policy import Policy
from rasim.protocol import Act, Choices, Line, Recorded
from rasim.protocol.host import Host
from rasim.runtime import Deadlock, Meeting, simulate, simulated_loop

ANNA, CAROL, BOB, ERIN = r"CORP\anna", r"CORP\carol", r"CORP\bob", r"CORP\erin"


def policy(**words: Any) -> Policy:
    """Return a policy that enables offers with control for both experts, but for the words given."""
    return Policy.of(**{"offer": "enabled", "mode": "control", "helpers": [ANNA, CAROL], **words})


def meeting(experts: tuple[str, ...] = (ANNA,), sessions: dict[str, str] | None = None, **more: Any) -> Meeting:
    """Return a meeting of anna and bob, or of whom is named."""
    return Meeting(experts, sessions or {"s1": BOB}, **more)


async def ready(here: Meeting) -> None:
    """Apply the policy, run the refresh task, and let everybody log on."""
    await here.applies(policy())
    await here.happens("refresh task runs")
    for user in here.users.values():
        await user.does("logs on")


async def viewing(here: Meeting) -> None:
    """Let anna view bob's session."""
    await ready(here)
    await here.expert(ANNA).offers_help("s1")
    await here.user("s1").does("accepts")


def told(trace: list[Recorded], *events: str) -> list[tuple[str, float]]:
    """Return the lines of some kinds with their time in seconds."""
    return [(r.line.event, (r.at or 0) / 1_000_000) for r in trace if r.line.event in events]


def reasons(lines: list[Line] | Iterator[Line], event: str) -> list[Any]:
    """Return the reason of every line of one kind."""
    return [line["reason"] for line in lines if line.event == event]


@pytest.mark.asyncio
async def test_a_course_from_offer_to_end() -> None:
    """An expert offers, the user accepts, grants control and takes it back: each act is taken, and each is seen."""
    async with meeting() as here:
        await viewing(here)
        anna, bob = here.expert(ANNA), here.user("s1")
        verdicts = [
            (await anna.does("asks for control", "s1")).verdict,
            (await bob.does("grants control")).verdict,
            (await anna.does("uses control", "s1")).verdict,
            (await bob.does("stops control")).verdict,
            (await anna.does("uses control", "s1")).verdict,
            (await bob.does("user ends")).verdict,
        ]

    assert ["done", "done", "done", "done", "refused", "done"] == verdicts
    assert "ended" == next(r.line.event for r in reversed(here.trace) if r.line.event == "ended")


@pytest.mark.asyncio
async def test_silence_refuses_after_a_minute() -> None:
    """An offer that nobody answers is over after 60 s, and the cool-down after 60 s more."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        await asyncio.sleep(121)

    assert [("prompt_shown", 0), ("offer_expired", 60), ("cooldown_over", 120)] == told(
        here.trace, "prompt_shown", "offer_expired", "cooldown_over"
    )


@pytest.mark.asyncio
async def test_a_ticket_expires() -> None:
    """A ticket that is not used within 60 s is over, and the expert knows."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).does("asks for a ticket", "s1")
        await here.settled()
        held = dict(here.expert(ANNA).tickets)
        await asyncio.sleep(61)

    assert ({"s1": "ticket-1"}, {}, [("ticket_expired", 60)]) == (
        held,
        here.expert(ANNA).tickets,
        told(here.trace, "ticket_expired"),
    )


@pytest.mark.asyncio
async def test_an_hour_of_frames_ends_by_itself() -> None:
    """A view shows a frame every ten seconds and ends after sixty minutes, all in no time at all."""
    async with meeting() as here:
        await viewing(here)
        await asyncio.sleep(2 * 3600)
    frames = told(here.trace, "frame_shown")

    assert (("frame_shown", 10.0), [("ended", 3600.0)]) == (frames[0], told(here.trace, "ended"))
    assert len(frames) in (359, 360)  # the last one is due at the very instant of the end
    assert ["limit"] == reasons([r.line for r in here.trace], "ended")


@pytest.mark.asyncio
async def test_frames_stop_while_the_session_is_locked() -> None:
    """Frames that are due while the session is locked are withheld, and go on after."""
    async with meeting() as here:
        await viewing(here)
        bob = here.user("s1")
        for kind, seconds in (("is locked", 15), ("is unlocked", 10), ("user ends", 20)):
            await asyncio.sleep(seconds)
            await bob.does(kind)

    assert [("frame_shown", 10), ("frame_withheld", 20), ("frame_shown", 30), ("frame_shown", 40)] == told(
        here.trace, "frame_shown", "frame_withheld"
    )


@pytest.mark.asyncio
async def test_alarms_stop_with_what_they_were_for() -> None:
    """After an answer no consent time rings, and after the end no frame comes."""
    async with meeting() as here:
        await viewing(here)
        await asyncio.sleep(5)
        await here.user("s1").does("user ends")
        before = len(here.trace)
        await asyncio.sleep(5 * 3600)

    assert before == len(here.trace)


@pytest.mark.asyncio
async def test_choices_set_the_times() -> None:
    """The consent time is what the choices say."""
    async with meeting(choices=Choices(consent_time=timedelta(seconds=5))) as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        await asyncio.sleep(10)

    assert [("offer_expired", 5)] == told(here.trace, "offer_expired")


# ---- ties ------------------------------------------------------------------------------------------------------


async def accept_at(seconds: float) -> tuple[str, list[tuple[str, float]]]:
    """Let the user answer so long after the question; return the verdict and what the trace says of it."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        prompt = here.user("s1").meeting.prompt(ANNA, "s1", "accepts")
        await asyncio.sleep(seconds)
        outcome = await here.user("s1").does("accepts", ANNA, prompt=prompt)
        await here.settled()
    return outcome.verdict, told(here.trace, "accepted", "offer_expired")


def test_an_answer_at_the_last_instant_goes_either_way() -> None:
    """An acceptance at the very instant of the time-out is taken under some seeds and too late under others, and the trace says so."""
    went = {simulate(accept_at(60), seed=seed)[0]: simulate(accept_at(60), seed=seed)[1] for seed in range(30)}

    assert {"done": [("accepted", 60.0)], "ignored": [("offer_expired", 60.0)]} == went


@pytest.mark.parametrize(("seconds", "verdict"), [(59.999999, "done"), (60.000001, "ignored")])
def test_a_microsecond_decides(seconds: float, verdict: str) -> None:
    """A microsecond before the time-out every seed accepts, a microsecond after none does."""
    assert {verdict} == {simulate(accept_at(seconds), seed=seed)[0] for seed in range(10)}


def test_without_a_seed_the_time_out_comes_first() -> None:
    """In the defined order the time-out, which was set first, comes before the answer of the same instant."""
    assert {"ignored"} == {simulate(accept_at(60))[0] for _ in range(3)}


async def two_at_once() -> tuple[str, str]:
    """Let two experts with tickets offer at one instant; return their phases."""
    async with meeting((ANNA, CAROL)) as here:
        await ready(here)
        for account in (ANNA, CAROL):
            await here.expert(account).does("asks for a ticket", "s1")
        await here.settled()

        async def offers(account: str) -> None:
            await asyncio.sleep(1)
            await here.expert(account).offers_help("s1")

        await asyncio.gather(offers(ANNA), offers(CAROL))
        return tuple(str(here.host.situation(account, "s1")["phase"]) for account in (ANNA, CAROL))  # type: ignore[return-value]


def test_of_two_offers_at_once_one_is_asked_about() -> None:
    """Of two offers at one instant the user is asked about one and the other is busy; which one, the seed draws."""
    assert {("offered", "idle"), ("idle", "offered")} == {simulate(two_at_once(), seed=seed) for seed in range(20)}


def test_one_seed_gives_one_trace() -> None:
    """The same seed gives the same trace, line by line with its times."""

    async def trace() -> list[dict[str, Any]]:
        async with meeting((ANNA, CAROL)) as here:
            await ready(here)
            await asyncio.gather(*(here.expert(account).offers_help("s1") for account in (ANNA, CAROL)))
            await asyncio.sleep(60)
            await asyncio.gather(here.user("s1").does("accepts"), here.applies(policy(offer="disabled")))
        return [recorded.as_json() for recorded in here.trace]

    assert simulate(trace(), seed=11) == simulate(trace(), seed=11)


# ---- who sees what ---------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_an_expert_sees_nothing_of_anothers_assistance() -> None:
    """What ends with a new policy is told to the expert it was about, and to no other."""
    async with meeting((ANNA, CAROL)) as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        await here.applies(policy(offer="disabled"))
        await here.settled()
        seen = {account: [line.event for line in here.expert(account).seen] for account in (ANNA, CAROL)}

    assert ("offer_refused" in seen[ANNA], [e for e in seen[CAROL] if e in ("offer_refused", "prompt_hidden")]) == (
        True,
        [],
    )


@pytest.mark.asyncio
async def test_everybody_sees_a_line_once() -> None:
    """However many experts a line concerns, a user and an expert each see it once."""
    async with meeting((ANNA, CAROL), {"s1": BOB, "s2": ERIN}) as here:
        await ready(here)
        await here.happens("computer restarts")
        await here.settled()
        parties = (*here.experts.values(), *here.users.values())
        counts = [sum(line.event == "restarted" for line in party.seen) for party in parties]

    assert [1, 1, 1, 1] == counts


@pytest.mark.asyncio
async def test_a_user_knows_the_questions_on_show() -> None:
    """A user sees a question come and go."""
    async with meeting() as here:
        await ready(here)
        bob = here.user("s1")
        await here.expert(ANNA).offers_help("s1")
        await here.settled()
        asked = dict(bob.questions)
        await here.expert(ANNA).does("withdraws", "s1")
        await here.settled()

    assert ({"offer-1": ("prompt_shown", "prompt-1")}, {}) == (asked, bob.questions)


@pytest.mark.asyncio
async def test_a_lost_link_needs_a_new_offer() -> None:
    """After a lost link the expert has no ticket and no view, and comes back by a new offer only."""
    async with meeting() as here:
        await viewing(here)
        await here.happens("link is lost", ANNA, "s1")
        await here.settled()
        input_after = await here.expert(ANNA).does("uses control", "s1")
        again = await here.expert(ANNA).offers_help("s1")

    assert ({}, "ignored", "offered") == (here.expert(ANNA).tickets, input_after.verdict, again.after["phase"])


@pytest.mark.asyncio
async def test_a_forged_answer_is_refused() -> None:
    """An expert who answers for the user, through the assistance, is refused, whatever prompt is named."""
    async with meeting() as here:
        await ready(here)
        await here.expert(ANNA).offers_help("s1")
        outcome = await here.expert(ANNA).answers("accepts", "s1")

    assert ("refused", ("local",)) == (outcome.verdict, outcome.refusal and outcome.refusal.because)


# ---- what goes wrong -------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_an_impossible_act_is_told_to_whoever_did_it() -> None:
    """An unknown act or expert is an error of the caller, and the meeting goes on."""
    async with meeting() as here:
        with pytest.raises(UsageError, match="no act is called 'dances'"):
            await here.send(Act("dances", ANNA, "s1"))
        with pytest.raises(UsageError, match="nobody called"):
            await here.send(Act("asks for a ticket", r"CORP\mallory", "s1"))
        await viewing(here)

    assert "viewing" == here.host.situation(ANNA, "s1")["phase"]


@pytest.mark.parametrize(("what", "name"), [("expert", r"CORP\mallory"), ("user", "s9")])
def test_nobody_else_takes_part(what: str, name: str) -> None:
    """An expert or session that does not take part is a UsageError."""
    with pytest.raises(UsageError, match="takes part in this meeting"):
        getattr(meeting(), what)(name)


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the computer fail at every logon."""
    right = Host.receive

    def receive(self: Host, act: Act, at: int | None = None) -> Any:
        if act.kind == "logs on":
            raise LookupError("the computer failed")
        return right(self, act, at)

    monkeypatch.setattr(Host, "receive", receive)


def test_an_error_of_the_computer_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the computer's task is raised where the act was sent, not swallowed and not a deadlock."""
    broken(monkeypatch)

    async def main() -> None:
        async with meeting() as here:
            await ready(here)

    with pytest.raises(LookupError, match="the computer failed"):
        simulate(main())


def test_after_an_error_of_the_computer_acts_do_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """An act that is sent to a computer that has failed gets the same error, and not a deadlock."""
    broken(monkeypatch)

    async def main() -> None:
        async with meeting() as here:
            with pytest.raises(LookupError, match="the computer failed"):
                await ready(here)
            await here.applies(policy())

    with pytest.raises(LookupError, match="the computer failed"):
        simulate(main())


def test_who_waits_for_ever_is_named() -> None:
    """A meeting in which somebody waits for what never comes is a deadlock that names the parties."""

    async def main() -> None:
        async with meeting():
            await asyncio.Event().wait()

    with pytest.raises(Deadlock, match=r"waiting: .*CORP.anna, CORP.bob.*the computer"):
        simulate(main())


def test_only_to_settle_needs_simulated_time() -> None:
    """On an ordinary loop a meeting goes on in real time; when nothing more can happen at this instant is not to be known there."""

    async def main() -> None:
        async with meeting() as here:
            await ready(here)
            assert "done" == (await here.expert(ANNA).does("asks for a ticket", "s1")).verdict
            await here.settled()

    with (
        asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner,
        pytest.raises(TypeError, match="simulated time"),
    ):
        runner.run(main())


@pytest.mark.asyncio
async def test_settling_takes_no_time() -> None:
    """To wait until all is settled takes no time."""
    async with meeting() as here:
        await viewing(here)
        await here.settled()

    assert 0 == simulated_loop().now
