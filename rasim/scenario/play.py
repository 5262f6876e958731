"""Playing a scenario: the meeting it describes, on simulated time, step by step; every order of what is `together`.

A step is taken when nothing more can happen at that instant. A step that no row admits fails the scenario, unless it says
`tries to`, or the next step expects the refusal. The same scenario and seed give the same trace, byte for byte.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product
from math import factorial, prod
from pathlib import Path
from typing import Any, Literal, Self, assert_never

from attrs import evolve, field, frozen

from rasim.errors import InputError, Problem, RasimError, UsageError, Where
from rasim.policy import Firewall, Mode, Policy, State, fold
from rasim.policy.reach import is_stated
from rasim.protocol.lines import Line, Recorded
from rasim.protocol.step import Event, Outcome
from rasim.runtime import AtOnce, Deadlock, Meeting, Tape, Way, simulate, simulated_loop
from rasim.runtime.failing import MeetingWithFaults
from rasim.runtime.orders import Orders
from rasim.scenario.faults import fault_of, has_faults, is_fault
from rasim.scenario.judged import ahead_of_the_clock
from rasim.scenario.model import Do, Expect, Scenario, ScenarioStep, Together, Wait, every_step, policy_beside
from rasim.scenario.needed import needed_first
from rasim.verify.behaviours.followed import Followed, NotOfTheTable

MOST_ORDERS = 720
_Verdict = Literal["passed", "failed", "error"]
ANSWERED = ("ticket_refused", "offer_refused", "control_refused", "ticket_issued", "prompt_shown", "connection_opened")


class Failed(Exception):  # noqa: N818  (a failure, not an error)
    """An expectation was not met: where and why, and what may help."""

    def __init__(self, where: Where, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.where, self.message, self.hint = where, message, hint


@frozen
class Played:
    """How a scenario went: the verdict, what failed and where, the rows that were used, and the trace.

    `scenario` is what was played; None where the file could not be read.
    """

    name: str
    file: str
    verdict: _Verdict
    seed: int
    orders: int
    problems: tuple[Problem, ...] = ()
    order: int | None = None  # which order failed, counted from 1
    tape: str | None = None  # what repeats the run that failed, where every order was played
    every: Orders | None = field(default=None, repr=False)  # what playing in every order came to
    unfollowed: str = ""  # from where on it was not asked whether the table explains a run, and why
    trace: tuple[Recorded, ...] = field(default=(), repr=False)
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)
    scenario: Scenario | None = field(default=None, repr=False)

    @classmethod
    def unread(cls, path: Path, error: InputError, seed: int = 0) -> Self:
        """Return what to say of a file that could not be played, since it could not be read."""
        return cls(path.stem, str(path), "error", seed, 0, error.problems)


def orders_of(steps: Sequence[ScenarioStep]) -> Iterator[tuple[ScenarioStep, ...]]:
    """Yield the steps in every order that `together` leaves open; the written order first."""
    choices = [
        [tuple(order) for order in permutations(step.steps)] if isinstance(step, Together) else [(step,)]
        for step in steps
    ]
    for chosen in product(*choices):
        yield tuple(step for part in chosen for step in part)


Look = Callable[[Sequence[Recorded]], str | None]


def play(  # noqa: PLR0913  (a keyword for each thing that can be otherwise)
    scenario: Scenario,
    seed: int = 0,
    *,
    look: Look | None = None,
    only: int | None = None,
    policy: Policy | None = None,
    way: Callable[[Meeting], Way] = AtOnce,
    tape: Tape | None = None,
    made: type[Meeting] | None = None,
    followed: bool = True,
) -> Played:
    """Play a scenario in every order (or in one of them); seed 0 is the defined order at equal deadlines, others are drawn.

    `look` is shown the trace of each order that went as it should and may say what is wrong with it nevertheless.
    `policy` takes the place of the one that the scenario states; the scenario's firewall is then the computer's own, which counts
    where the policy does not tell. `way` is how the experts and the computer reach each other. `tape` makes the
    choices in place of the seed: of one order. `made` is what the meeting is made by, as for a computer with a mistake in it; what such
    a computer does is no behaviour of the table, and where that is not to be a failure by itself, it is not `followed`.

    Never raises for what a scenario can do: what cannot be played has the verdict *error*.
    """
    count = prod(factorial(len(step.steps)) for step in scenario.steps if isinstance(step, Together))

    def went(verdict: _Verdict, orders: int, *problems: Problem, **more: Any) -> Played:
        return Played(scenario.name, scenario.file, verdict, seed, orders, problems, scenario=scenario, **more)

    if count > MOST_ORDERS:
        where = next((s.where for s in scenario.steps if isinstance(s, Together)), Where(scenario.file))
        problem = problem_at(scenario, where, f"{count} orders are too many to play (at most {MOST_ORDERS})")
        return went("error", 0, problem)
    try:
        policy, own = in_force(scenario, policy)
    except RasimError as error:
        problem = problem_at(scenario, scenario.policy.where, str(error))
        return went("error", 0, problem)
    if only is not None and not 0 < only <= count:
        where = Where(scenario.file)
        problem = problem_at(scenario, where, f"there is no order {only}: what is together has {count}")
        return went("error", count, problem)
    outcomes: list[Outcome] = []
    first: tuple[Recorded, ...] = ()
    unfollowed = ""
    for number, steps in enumerate(orders_of(scenario.steps), 1):
        if only not in (None, number):
            continue
        director = Director(scenario, policy, own, way, made, followed=followed)
        try:
            director.plays(steps, tape or (Tape.drawn(seed) if seed else None), look)
        except Failed as failed:
            order = f" (order {number} of {count})" if count > 1 else ""
            problem = problem_at(scenario, failed.where, f"{failed.message}{order}", failed.hint)
            return went("failed", count, problem, order=number, trace=director.trace, outcomes=director.all_outcomes)
        except RasimError as error:
            problem = problem_at(scenario, director.where, str(error))
            return went("error", count, problem, order=number, trace=director.trace)
        outcomes += director.all_outcomes
        first = first or director.trace
        unfollowed = unfollowed or director.followed.unfollowed
    return went("passed", count, trace=first, outcomes=tuple(outcomes), unfollowed=unfollowed)


def in_force(scenario: Scenario, policy: Policy | None) -> tuple[Policy, Firewall | None]:
    """Return the policy that a scenario is played under, and the computer's own firewall where that is another one."""
    firewall = None if scenario.firewall is None else scenario.firewall.meant
    if policy is not None:
        return policy, firewall
    stated = policy_beside(scenario.policy, scenario)
    return stated if firewall is None else evolve(stated, firewall=firewall), None


def problem_at(scenario: Scenario, where: Where, message: str, hint: str = "") -> Problem:
    """Return what is wrong at a place of a scenario, with the line that stands there, and what may help."""
    line = where.line or 0
    excerpt = scenario.lines[line - 1] if 0 < line <= len(scenario.lines) else ""
    return Problem(where, message, excerpt, hint)


class Director:
    """Lets the people of a scenario do what it says, and looks whether all is as it expects."""

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy,
        own: Firewall | None = None,
        way: Callable[[Meeting], Way] = AtOnce,
        made: type[Meeting] | None = None,
        *,
        followed: bool = True,
    ) -> None:
        self.scenario, self.policy, self._follows = scenario, policy, followed
        self.users = scenario.users
        self.experts = scenario.experts
        self.last: Outcome | None = None
        self.where = Where(scenario.file)
        self.followed = Followed(scenario.choices, timed=not ahead_of_the_clock(scenario))
        self.meeting = (made or (MeetingWithFaults if has_faults(scenario.steps) else Meeting))(
            list(self.experts.values()),
            {str(p.uses): p.account for p in self.users.values()},
            membership=scenario.membership,
            os=scenario.os,
            address=scenario.address,
            own=own,
            choices=scenario.choices,
            capabilities=scenario.capabilities,
            watch=self.followed if followed else None,
            way=way,
        )

    @property
    def trace(self) -> tuple[Recorded, ...]:
        """Return the lines so far."""
        return tuple(self.meeting.trace)

    @property
    def all_outcomes(self) -> tuple[Outcome, ...]:
        """Return what every act did to every assistance."""
        return tuple(h.outcome for record in self.meeting.records for h in record.outcomes)

    def plays(self, steps: Sequence[ScenarioStep], tape: Tape | None, look: Look | None) -> None:
        """Play the steps, and show the trace to whoever looks whether all is well with it.

        What no behaviour of the table explains is a failure of the step at which it is written.
        """
        strange: NotOfTheTable | None = None
        try:
            simulate(self.run(steps), tape=tape)
        except NotOfTheTable as wrong:
            strange = wrong
        except Deadlock as stuck:
            raise Failed(self.where, str(stuck)) from None
        seen = None if look is None else look(self.trace)
        if strange is not None or seen is not None:
            where = self.scenario.steps[-1].where if strange is None else self.where
            raise Failed(where, "; ".join(str(each) for each in (seen, strange) if each is not None))

    async def run(self, steps: Sequence[ScenarioStep]) -> None:
        """Let policy apply and everybody log on, then take the steps."""
        if (task := asyncio.current_task()) is not None:
            task.set_name("the scenario")  # so that what says who waits says it the same every time
        async with self.meeting as meeting:
            await meeting.applies(self.policy)
            await meeting.happens("refresh task runs")
            for name in self._at_the_start():
                await meeting.user(str(self.users[name].uses)).does("logs on")
            await meeting.settled()
            for at, step in enumerate(steps):
                following = steps[at + 1] if at + 1 < len(steps) else None
                self.where = step.where
                await self._take(step, following)
                await meeting.settled()
            if self._follows:
                self.followed.ended(len(meeting.trace), meeting.now)

    def _at_the_start(self) -> list[str]:
        """Every user is logged on when the scenario begins, unless logging on is the first the user does in it."""
        first: dict[str, bool] = {}
        for each in every_step(self.scenario.steps):
            if isinstance(each, Do) and each.actor in self.users:
                first.setdefault(each.actor, each.spoken is not None and each.spoken.kind == "logs on")
        return [name for name in self.users if not first.get(name)]

    async def _take(self, step: ScenarioStep, following: ScenarioStep | None) -> None:
        match step:
            case Wait(microseconds, _):
                loop = simulated_loop()
                until = loop.create_future()
                loop.call_at_microsecond(loop.now + microseconds, until.set_result, None)
                await until
            case Expect():
                self._expect(step)
            case Do() if is_fault(step):
                assert isinstance(self.meeting, MeetingWithFaults)  # noqa: S101  (a scenario with faults has such a one)
                self.last = await self.meeting.befalls(fault_of(step, self.scenario)) or self.last
            case Do():
                outcome = self.last = await self._do(step)
                self._accept(step, outcome, following)
            case Together():
                await self._together(step, following)
            case _:
                assert_never(step)

    def _accept(self, step: Do, outcome: Outcome, following: ScenarioStep | None) -> None:
        tolerated = step.spoken is not None and step.spoken.tries
        expected = isinstance(following, Expect) and any(i.subject == "last" for i in following.items)
        if outcome.verdict != "done" and not tolerated and not expected:
            said = f"{step.actor} {step.text}: {outcome.verdict}, {outcome.refusal}"
            raise Failed(step.where, said, self._needed_first(step, outcome))

    def _needed_first(self, step: Do, outcome: Outcome) -> str:
        """Return which steps are missing before one that a person took and no row admits; nothing where none would help."""
        if step.spoken is None or step.actor not in {*self.experts, *self.users}:
            return ""
        asked = step.actor if step.actor in self.experts else step.spoken.slot("expert")
        account = None if asked is None else self.experts[asked]
        user = step.actor if step.actor in self.users else step.spoken.slot("user")
        session = self._session(user, account)
        account = account or self.meeting.expert_here(session)
        expert = next((name for name, each in self.experts.items() if each == account), None)
        owner = next((name for name, each in self.users.items() if str(each.uses) == session), None)
        if expert is None or owner is None or outcome.verdict not in {"ignored", "refused"}:
            return ""
        wanted = Event(step.spoken.kind, step.spoken.phrase.carries)  # of the question that would be on show then
        return needed_first(self.meeting.host.rules, outcome.before, wanted, expert, owner)

    async def _together(self, step: Together, following: ScenarioStep | None) -> None:
        raise AssertionError(step, following)  # `orders_of` has taken them apart

    # ---- acts -----------------------------------------------------------------------------------------------

    async def _do(self, step: Do) -> Outcome:
        meeting, spoken = self.meeting, step.spoken
        if spoken is None:
            return await meeting.applies(self._applied(step))
        carries = spoken.phrase.carries
        if step.actor in self.experts:
            expert, session = meeting.expert(self.experts[step.actor]), self._session(spoken.slot("user"))
            if spoken.kind == "offers help" and not carries:
                return await expert.offers_help(session)
            prompt = meeting.prompt(expert.account, session, spoken.kind) if carries else None
            return await expert.does(spoken.kind, session, prompt=prompt, carries=carries)
        asked = spoken.slot("expert")
        account = None if asked is None else self.experts[asked]
        if step.actor in self.users:
            user = meeting.user(str(self.users[step.actor].uses))
            return await user.does(spoken.kind, account, carries=carries)
        return await self._from_outside(step, account)

    def _applied(self, step: Do) -> Policy:
        """Return the policy in force with what a step applies; the firewall stays unless the step, or its files, speak of it."""
        now = self.meeting.host.policy
        policy = now if step.policy is None else policy_beside(step.policy, self.scenario)
        if step.firewall is not None:
            return evolve(policy, firewall=step.firewall.meant)
        return policy if is_stated(policy.firewall, self.scenario.os) else evolve(policy, firewall=now.firewall)

    async def _from_outside(self, step: Do, account: str | None) -> Outcome:
        meeting, spoken = self.meeting, step.spoken
        assert spoken is not None  # noqa: S101  (as above)
        kind, carries = spoken.kind, spoken.phrase.carries
        if kind == "policy is applied":
            return await meeting.applies(_changed(meeting.host.policy, dict(carries)))
        if spoken.slot("account") is not None:
            return await meeting.happens(kind, entry=spoken.slot("account"), group=spoken.slot("group"))
        if meeting.host.rules.table.kind(kind).scope == "computer":
            return await meeting.happens(kind)
        session = self._session(spoken.slot("user"), account)
        expert = account or meeting.expert_here(session)
        if not carries:
            return await meeting.happens(kind, expert, session)
        prompt = meeting.prompt(expert, session, kind)
        return await meeting.happens(kind, expert, session, by=step.actor, prompt=prompt, carries=carries)

    def _session(self, user: str | None, account: str | None = None) -> str:
        """Return the session of a user; left out, it is the one where something goes on with the expert, or the only one."""
        if user is not None:
            return str(self.users[user].uses)
        sessions = [str(p.uses) for p in self.users.values()]
        for session in sessions if account is not None else ():
            if self.meeting.host.situation(account or "", session)["phase"] != "idle":
                return session
        if not sessions:
            raise UsageError("nobody uses this computer: no person has `uses`")
        return sessions[0]

    # ---- expectations -----------------------------------------------------------------------------------------

    def _expect(self, step: Expect) -> None:
        for item in step.items:
            said = self._words(item.subject)
            if not set(item.words) & set(said):
                wanted = " or ".join(item.words)
                raise Failed(item.where, f"expected {item.subject}: {wanted}; it is: {', '.join(said) or 'nothing'}")
        if step.because is not None:
            (word,), names = step.because.words, self._because()
            if fold(word) not in map(fold, names):
                raise Failed(step.because.where, f"expected because: {word}; it is: {', '.join(names) or 'no refusal'}")

    def _words(self, subject: str) -> tuple[str, ...]:
        if subject == "last":
            if self.last is None:
                return ()
            says_no = self.last.row is not None and self.last.row.answers_no
            return (self.last.verdict, "refused") if says_no else (self.last.verdict,)
        if subject.startswith("port "):
            return self._port_words(int(subject.removeprefix("port ")))
        return self._user_words(subject) if subject in self.users else self._expert_words(subject)

    def _port_words(self, port: int) -> tuple[str, ...]:
        host = self.meeting.host
        firewall, verdict = host.policy.firewall, host.reach()
        stated = host.firewall_stated
        if port == 3389:
            told = stated and verdict.port_3389 != "cannot tell"
        elif port == 135:
            told = stated and verdict.port_135 != "unclear"
        else:
            unknown = "unknown" in (firewall.protection.state, firewall.no_exceptions.state)
            told = stated and verdict.offer != "not governed" and not unknown
        if not told:
            return (f"not to be told ({verdict.because[-1].says})",)
        return ("open",) if host.open_port(port) else ("closed",)

    def _because(self) -> tuple[str, ...]:
        if self.last is None:
            return ()
        if self.last.refusal is not None:
            return self.last.refusal.because
        if self.last.row is not None and self.last.row.answers_no:
            # What a row that says no shares with its twin is not why it does.
            conditions = self.last.row.provided[-1:]
            return tuple(name for c in conditions for name in (c.name, *c.settings))
        return ()

    def _expert_words(self, name: str) -> tuple[str, ...]:
        host, account = self.meeting.host, self.experts[name]
        situations = [host.situation(account, str(p.uses)) for p in self.users.values()]
        words: list[str] = []
        for situation in situations:
            match situation["phase"]:
                case "ticketed":
                    words.append("ticket")
                case "offered":
                    words.append("asked")
                case "viewing":
                    state = {"asked": "control asked", "held": "control"}.get(str(situation["control"]), "view only")
                    words.append(state)
                case _:
                    pass
        answers = [line for line in self.meeting.expert(account).seen if line.event in ANSWERED]
        refused = _refusal(answers[-1]) if answers else None
        return (*(words or ["nothing"]), *([refused] if refused else []))

    def _user_words(self, name: str) -> tuple[str, ...]:
        host, session = self.meeting.host, str(self.users[name].uses)
        words: list[str] = []
        viewed = False
        for expert, account in self.experts.items():
            situation = host.situation(account, session)
            if situation["phase"] == "offered":
                words.append(f"asked about {expert}")
            if situation["phase"] == "viewing":
                viewed = True
                words += ["asked for control"] if situation["control"] == "asked" else []
        return (*(words or ["not asked"]), "viewed" if viewed else "not viewed")


def _refusal(line: Line) -> str | None:
    if not line.event.endswith("refused"):
        return None
    return {"busy": "busy", "firewall": "unreachable"}.get(line["reason"] or "", "refused")


def _changed(policy: Policy, carries: dict[str, bool | str]) -> Policy:
    """Return the policy with one setting changed, as the editor would write it."""
    offer = policy.offer
    state = State(carries["new offers"]) if "new offers" in carries else offer.state
    mode = offer.mode if "new control" not in carries else Mode.CONTROL if carries["new control"] else Mode.VIEW
    return evolve(policy, offer=evolve(offer, state=state, mode=mode))
