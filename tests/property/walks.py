"""Random walks of the correct machine, as fast as they can be made: everybody does anything, alarms ring when they are due.

Half of what is done comes next in an honest course, half is anything at all, forged and late. A seed makes a walk.
"""

import random
from collections.abc import Iterator
from heapq import heappop, heappush

from rasim.policy import Membership, Policy
from rasim.protocol import CONTROL, Act, Host, Line, Recorded, further
from rasim.protocol.lines import EVERYTHING
from rasim.protocol.trace_writer import capability_named, id_key

EXPERTS = (r"CORP\anna", r"CORP\carol")
OWNERS = {"s1": r"CORP\bob", "s2": r"CORP\erin"}
DESK = r"CORP\Helpdesk"
GROUPS = Membership.of({DESK: [EXPERTS[0], r"CORP\Tier1"], r"CORP\Tier1": [EXPERTS[1]]})
POLICIES = [
    Policy.of(offer="enabled", mode="control", helpers=[DESK]),
    Policy.of(offer="enabled", mode="control", helpers=EXPERTS),
    Policy.of(offer="enabled", mode="view", helpers=[EXPERTS[0]]),
    Policy.of(offer="disabled"),
    Policy(),
]
RECORDER = Line("recorder", (("records", tuple(sorted(EVERYTHING))),))
WORLD = (
    "is locked", "is unlocked", "is switched away", "is switched to", "is covered", "is uncovered", "logs off", "logs on",
    "refresh task runs", "firewall closes", "firewall opens", "computer restarts",
)  # fmt: skip
AFTER = {  # what comes next in an honest course, by the phase
    "idle": ("asks for a ticket",),
    "ticketed": ("offers help",),
    "offered": ("accepts", "accepts", "accepts", "denies", "withdraws"),
    "viewing": ("pauses", "resumes", "resumes", "user ends", "link is lost"),
}  # fmt: skip
GIVEN = {  # and of a capability, by its state
    "free": ("asks for",),
    "asked": ("grants", "grants", "grants", "refuses", "takes back"),
    "held": ("uses", "uses", "stops", "gives back"),
}


def walk(seed: int, acts: int) -> Iterator[Recorded]:
    """Yield the lines of a walk of so many acts, the recorder's first."""
    draw = random.Random(seed)  # noqa: S311  (chance for tests; a seed repeats it)
    host = Host(EXPERTS, OWNERS, membership=GROUPS, capabilities=(CONTROL, further("chat")))
    kinds = [kind.name for kind in host.rules.table.kinds if kind.name not in ("policy is applied", *WORLD)]
    now, alarms = 0, list[tuple[int, int, Act]]()
    yield Recorded(0, RECORDER, 0)

    def receive(act: Act) -> Iterator[Recorded]:
        record = host.receive(act, now)
        for alarm in record.started:
            heappush(alarms, (now + alarm.microseconds, alarm.number, alarm.act))
        yield from record.lines

    for act in (Act("policy is applied", policy=POLICIES[0]), Act("refresh task runs"),
                Act("logs on", session="s1"), Act("logs on", session="s2")):  # fmt: skip
        yield from receive(act)
    for _ in range(acts):
        now += draw.choice((0, 0, 250_000, 1_000_000, 20_000_000))
        while alarms and alarms[0][0] <= now:
            then, _, alarm = heappop(alarms)
            late, now = now, then
            yield from receive(alarm)
            now = late
        yield from receive(_act(draw, host, kinds))


def _act(draw: random.Random, host: Host, kinds: list[str]) -> Act:
    going_on = [(e, s) for e in EXPERTS for s in OWNERS if host.situation(e, s)["phase"] != "idle"]
    expert, session = draw.choice(
        going_on if going_on and draw.random() < 0.7 else [(e, s) for e in EXPERTS for s in OWNERS]
    )
    chance = draw.random()
    if chance < 0.03:
        return Act("policy is applied", policy=draw.choice(POLICIES))
    if chance < 0.1:
        return Act(draw.choice(WORLD), expert, session)
    onward = _onward(draw, host, expert, session)
    kind = draw.choice(onward) if onward and chance < 0.75 else draw.choice(kinds)
    if kind.endswith("passes"):  # time is the clock's
        kind = "offers help"
    ids = host.ids(expert, session)
    prompt = ids.get(id_key("prompt", capability_named(kind)))
    honest = chance < 0.92
    return Act(
        kind,
        expert,
        session,
        origin="local" if honest else draw.choice(("injected", "policy", "timer")),
        prompt=str(prompt) if prompt is not None and honest else "prompt-1",
        ticket=str(ids.get("ticket", "ticket-1")) if honest else draw.choice(("ticket-1", "ticket-99", "x")),
        entry=draw.choice((*EXPERTS, DESK)) if kind.startswith("helper") else None,
    )


def _onward(draw: random.Random, host: Host, expert: str, session: str) -> tuple[str, ...]:
    now = host.situation(expert, session)
    capability = draw.choice(("control", "chat"))
    if now["phase"] == "viewing" and draw.random() < 0.8:
        return tuple(f"{does} {capability}" for does in GIVEN.get(str(now[capability]), ()))
    return AFTER.get(str(now["phase"]), ())
