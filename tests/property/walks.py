"""Random walks of the correct machine, as fast as they can be made: everybody does anything, alarms ring when they are due.

Half of what is done comes next in an honest course, half is anything at all, forged and late. A seed makes a walk.
"""

import random
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from attrs import evolve

from rasim.policy import NAMED, Firewall, Membership, Policy
from rasim.protocol import CONTROL, Act, Host, Line, Recorded, further
from rasim.protocol.computer import Computer
from rasim.protocol.lines import EVERYTHING
from rasim.protocol.step import Rules
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
# With port 3389 open while a view goes on, always, and never, on the system where exceptions open it so.
SYSTEM = "windows-xp-sp2"
PROGRAMS = [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
PORT_POLICIES = [
    Policy.of(
        offer="enabled", mode="control", helpers=EXPERTS, firewall=Firewall.of(ports=["135:TCP:*:Enabled:x"], **more)
    )
    for more in (
        {"programs": PROGRAMS},
        {"programs": PROGRAMS, "remote_desktop": "enabled"},
        {"programs": PROGRAMS[:2]},
    )
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


class Mistaken(Host):
    """A computer whose table or interpreter has a mistake; where its table asks for what an expert claims, anything is claimed."""

    def __init__(self, rules: Rules, draw: random.Random, system: str | None, size: tuple[int, int]) -> None:
        experts, sessions = EXPERTS[: size[0]], dict(list(OWNERS.items())[: size[1]])
        super().__init__(experts, sessions, membership=GROUPS, os=system)
        self.rules, self._draw = rules, draw
        self._computer = Computer(rules, *size)
        self._state = self._computer.start(rules.start())

    def _events(self, act, kind, pair):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        events, said = super()._events(act, kind, pair)
        claims = [fact for fact in kind.carries if fact.name not in dict(next(iter(events.values())).carries)]
        if claims:
            drawn = [(fact.name, self._draw.choice(fact.values)) for fact in claims]
            events = {each: evolve(e, carries=tuple(sorted((*e.carries, *drawn)))) for each, e in events.items()}
        return events, said


def walk(
    seed: int,
    acts: int,
    rules: Rules | None = None,
    policies: Sequence[Policy] = POLICIES,
    system: str | None = None,
    size: tuple[int, int] = (2, 2),
) -> Iterator[Recorded]:
    """Yield the lines of a walk of so many acts, the recorder's first; with `rules` of a machine that has a mistake, of this size."""
    draw = random.Random(seed)  # noqa: S311  (chance for tests; a seed repeats it)
    plain = Host(EXPERTS, OWNERS, membership=GROUPS, os=system, capabilities=(CONTROL, further("chat")))
    host = plain if rules is None else Mistaken(rules, draw, system, size)
    kinds = [kind.name for kind in host.rules.table.kinds if kind.name not in ("policy is applied", *WORLD)]
    now, alarms = 0, list[tuple[int, int, Act]]()
    yield Recorded(0, RECORDER, 0)

    def receive(act: Act) -> Iterator[Recorded]:
        record = host.receive(act, now)
        for alarm in record.started:
            heappush(alarms, (now + alarm.microseconds, alarm.number, alarm.act))
        yield from record.lines

    for act in (Act("policy is applied", policy=policies[0]), Act("refresh task runs"),
                *(Act("logs on", session=session) for session in host.sessions)):  # fmt: skip
        yield from receive(act)
    for _ in range(acts):
        now += draw.choice((0, 0, 250_000, 1_000_000, 20_000_000))
        while alarms and alarms[0][0] <= now:
            then, _, alarm = heappop(alarms)
            late, now = now, then
            yield from receive(alarm)
            now = late
        yield from receive(_act(draw, host, kinds, policies))


def _act(draw: random.Random, host: Host, kinds: list[str], policies: Sequence[Policy]) -> Act:
    pairs = [(e, s) for e in host.experts for s in host.sessions]
    going_on = [(e, s) for e, s in pairs if host.situation(e, s)["phase"] != "idle"]
    expert, session = draw.choice(going_on if going_on and draw.random() < 0.7 else pairs)
    chance = draw.random()
    if chance < 0.03:
        return Act("policy is applied", policy=draw.choice(policies))
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
    capability = draw.choice([name for name in ("control", "chat", "elevation") if name in now.places])
    if now["phase"] == "viewing" and draw.random() < 0.8:
        return tuple(f"{does} {capability}" for does in GIVEN.get(str(now[capability]), ()))
    return AFTER.get(str(now["phase"]), ())
