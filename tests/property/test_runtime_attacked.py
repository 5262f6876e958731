"""The runtime attacked: several experts and users act at once, on drawn policies, legally, late, repeatedly and forged.

Whatever they do: no trace breaks a promise, the trace is what `step` alone makes of the same acts in the same order, and
one seed gives one trace, byte for byte. No proof: the model tests exhaust the table; here time and ties are drawn.
"""

import asyncio
import json
from collections.abc import Callable, Sequence

import pytest
from attrs import evolve, frozen
from drawn import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from rasim.policy import Membership, Policy
from rasim.protocol import RULES, Act, Host, Line, Recorded
from rasim.protocol.lines import EVERYTHING
from rasim.runtime import Meeting, simulate
from rasim.verify.promises.judge import Judge

EXPERTS = (r"CORP\anna", r"CORP\carol", "CORP\\дора")
OWNERS = {"s1": r"CORP\bob", "s2": r"corp.example\erin"}
DESK, TIER1 = r"CORP\Helpdesk", r"CORP\Tier1"
NAMES = (*EXPERTS, DESK, TIER1, "Everyone", "anna")
MICROSECOND = 0.000001
# The times of the choices and a microsecond to either side, so that acts meet alarms.
DELAYS = (0, 0, 0, 0, 0, 1, 1, MICROSECOND, 10, 30 - MICROSECOND, 30, 60 - MICROSECOND, 60, 60 + MICROSECOND, 3600)
used: set[str] = set()
verdicts: set[tuple[str, str]] = set()


@frozen
class Deed:
    """Something somebody will do after a while: who, what, to whom, with which of the ids there are."""

    actor: int
    delay: float
    kind: str
    expert: int
    session: int
    brings: str
    origin: str
    policy: Policy
    entry: str
    group: str | None


@frozen
class Plan:
    """A meeting and what is done in it."""

    experts: int
    sessions: int
    os: str | None
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    policy: Policy
    deeds: tuple[Deed, ...]

    def meeting(self) -> Meeting:
        """Return the meeting, before anything happened."""
        return Meeting(EXPERTS[: self.experts], self.owners, membership=self.membership, os=self.os)

    @property
    def owners(self) -> dict[str, str]:
        """Return the sessions with their owners."""
        return dict(list(OWNERS.items())[: self.sessions])

    @property
    def membership(self) -> Membership:
        """Return the groups with their members."""
        return Membership.of(dict(self.groups))


states = st.sampled_from(["not configured", "disabled", "enabled", "unknown"])
modes = st.sampled_from(["view", "control", None])
FULL = Policy.of(offer="enabled", mode="control", helpers=EXPERTS)
policies = st.just(FULL) | st.builds(
    lambda offer, mode, helpers, solicited: Policy.of(offer=offer, mode=mode, helpers=helpers, solicited=solicited),
    st.just("enabled") | states,
    st.just("control") | modes,
    st.just(list(EXPERTS)) | st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
    states,
)
ONWARD = "onward"
kinds = st.just(ONWARD) | st.sampled_from(sorted(kind.name for kind in RULES.kinds))
deeds = st.builds(
    Deed,
    actor=st.integers(0, 3),
    delay=st.sampled_from(DELAYS),
    kind=kinds,
    expert=st.integers(0, 2),
    session=st.integers(0, 1),
    brings=st.sampled_from(["right", "right", "right", "old", "forged", "nothing"]),
    origin=st.sampled_from(["local", "local", "local", "injected", "policy", "timer"]),
    policy=policies,
    entry=st.sampled_from([*EXPERTS, DESK, TIER1]),
    group=st.sampled_from([None, None, DESK, TIER1]),
)
plans = st.builds(
    Plan,
    experts=st.integers(1, 3),
    sessions=st.integers(1, 2),
    os=st.sampled_from([None, "windows-xp", "windows-xp-sp2", "windows-server-2003", "windows-7"]),
    groups=st.sampled_from([(), ((DESK, EXPERTS[:2]),), ((DESK, (TIER1,)), (TIER1, EXPERTS[1:]))]),
    policy=policies,
    deeds=st.lists(deeds, min_size=30, max_size=60).map(tuple),
)


async def onward(meeting: Meeting, account: str, session: str) -> None:
    """Do what comes next in an honest course: offer, accept, ask for control, grant it, use it."""
    now = meeting.host.situation(account, session)
    expert, user = meeting.expert(account), meeting.user(session)
    if now["phase"] in ("idle", "ticketed"):
        await expert.offers_help(session)
    elif now["phase"] == "offered":
        await user.does("accepts", account)
    elif now["phase"] == "viewing" and now["control"] == "asked":
        await user.does("grants control", account)
    else:
        await expert.does("uses control" if now["control"] == "held" else "asks for control", session)


async def do(meeting: Meeting, deed: Deed) -> None:
    """Do one thing, with whatever id there is or could be."""
    expert = meeting.host.experts[deed.expert % len(meeting.host.experts)]
    session = meeting.host.sessions[deed.session % len(meeting.host.sessions)]
    if deed.kind == ONWARD:
        await onward(meeting, expert, session)
        return
    kind = RULES.kind(deed.kind)
    said = [recorded.line for recorded in meeting.trace]
    right = meeting.prompt(expert, session, deed.kind)
    tickets = [line["ticket"] for line in said if line.event == "ticket_issued"]
    prompts = [line["prompt"] for line in said if line.event.endswith("prompt_shown")]
    connections = [line["connection"] for line in said if line.event == "connection_opened"]
    own = meeting.expert(expert).tickets.get(session)
    pick: Callable[[str | None, Sequence[str]], str | None] = lambda now, old: {  # noqa: E731
        "right": now, "old": old[0] if old else None, "forged": "forged-1", "nothing": None,
    }[deed.brings]  # fmt: skip
    owner = meeting.host.owners[session]
    act = Act(
        deed.kind,
        expert,
        session,
        by=owner if kind.owner == "user" and deed.origin == "local" else expert,
        origin=deed.origin,  # type: ignore[arg-type]
        prompt=pick(right, prompts) if kind.owner == "user" else None,
        ticket=pick(own, tickets) if kind.owner == "expert" else None,
        connection=pick(None, connections) if deed.kind == "comes back" else None,
        policy=deed.policy,
    )
    if deed.kind in ("helper is added", "helper is removed"):
        act = evolve(act, entry=deed.entry, group=deed.group if deed.group != deed.entry else None)
    await meeting.send(act)


async def played(plan: Plan) -> Meeting:
    """Let everybody do at once what the plan has for them, each after a delay."""
    async with plan.meeting() as meeting:
        await meeting.applies(plan.policy)
        await meeting.happens("refresh task runs")
        for user in meeting.users.values():
            await user.does("logs on")

        async def acts(actor: int) -> None:
            for deed in plan.deeds:
                if deed.actor == actor:
                    await asyncio.sleep(deed.delay)
                    await do(meeting, deed)

        async with asyncio.TaskGroup() as group:
            for actor in range(4):
                group.create_task(acts(actor), name=f"actor {actor}")
        await meeting.settled()
    return meeting


def broken(meeting: Meeting) -> list[tuple[int, str, str]]:
    """Return where a whole trace breaks which promise, and why: without times and, unless a deed ended a rest early, with them."""
    early = any(r.act.kind.endswith("cool-down passes") and r.act.alarm is None and r.lines for r in meeting.records)
    wrong = []
    for records in [EVERYTHING - {"time"}, EVERYTHING][: 1 if early else 2]:
        judge = Judge()
        judge.take(Recorded(0, Line("recorder", (("records", tuple(sorted(records))),)), 0))
        for recorded in meeting.trace:
            judge.take(recorded)
        judge.take(Recorded(len(meeting.trace) + 1, Line("recording_ended"), meeting.trace[-1].at))
        wrong += [(each.at, each.promise, each.because) for each in judge.close().broken]
    return wrong


def replayed(plan: Plan, meeting: Meeting) -> list[Recorded]:
    """Return the trace that the table alone makes of the acts of a meeting, in the order in which they were taken."""
    host = Host(EXPERTS[: plan.experts], plan.owners, membership=plan.membership, os=plan.os)
    for record in meeting.records:
        again = host.receive(record.act, record.lines[0].at if record.lines else None)
        assert (record.lines, record.started, record.stopped) == (again.lines, again.started, again.stopped)
    return host.trace


def written(trace: Sequence[Recorded]) -> bytes:
    """Return a trace as it is written to a file."""
    return "".join(json.dumps(recorded.as_json()) + "\n" for recorded in trace).encode()


def count(meeting: Meeting) -> None:
    """Remember which rows were used, and how events ended."""
    for outcome in (h.outcome for record in meeting.records for h in record.outcomes):
        verdicts.add((outcome.event.kind, outcome.verdict))
        if outcome.row is not None:
            used.add(outcome.row.id)


def said() -> str:
    """Say how far the attack came."""
    rows, kinds_ = len(RULES.rows), len(RULES.kinds)
    refused = sum(verdict == "refused" for _, verdict in verdicts)
    return f"runtime: {len(used)} of {rows} rows used, {refused} of {kinds_} kinds of events refused somewhere"


@pytest.mark.asyncio
@settings(max_examples=examples(60))
@given(plan=plans)
async def test_nobody_breaks_a_promise_in_time(plan: Plan) -> None:
    """Whoever acts when and how on the loop of pytest-asyncio: no promise breaks, and the table alone makes the same trace."""
    meeting = await played(plan)

    assert [] == broken(meeting)
    assert replayed(plan, meeting) == meeting.trace


@pytest.mark.hypothesis
def test_every_order_of_a_tie_keeps_the_promises(record_property: Callable[[str, object], None]) -> None:
    """Under every drawn order at one instant no promise breaks, the table alone makes the same trace, and a seed repeats it."""
    used.clear()
    verdicts.clear()

    @settings(max_examples=examples(120))
    @given(plan=plans, seed=st.none() | st.integers(0, 2**32))
    def attack(plan: Plan, seed: int | None) -> None:
        meeting = simulate(played(plan), seed=seed)
        count(meeting)

        assert [] == broken(meeting)
        assert replayed(plan, meeting) == meeting.trace
        assert written(meeting.trace) == written(simulate(played(plan), seed=seed).trace)

    attack()
    record_property("reach", f"{said()}, {examples(120)} drawn meetings")
    assert {"O3", "C3", "E1", "W1"} <= used
