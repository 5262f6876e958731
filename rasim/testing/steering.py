"""Stories for a product: lists of acts, steered by the table so that they lead somewhere, and each written as a scenario.

The table says how far an assistance would be after each act. A `Steering` knows every situation that the acts of an adapter can lead to,
the shortest way to each, and every act that can be tried in it, the senseless ones too: what the table would turn away is just
what a product has to turn away. What the product then does is judged by its trace alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from attrs import frozen

from rasim.analysis.counterexample import CAST, act
from rasim.errors import UsageError
from rasim.policy import Policy, fold, parse_account
from rasim.policy.helper_list import HelperList
from rasim.protocol.acts import Act
from rasim.protocol.computer import ComputerState, Pair
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Event
from rasim.protocol.vocabulary import FURTHER, VIEWING, further
from rasim.protocol.world import PolicyFacts
from rasim.scenario.grammar import ORDINARY
from rasim.scenario.model import Do, Expect, Person, PolicyText, Scenario, policy_beside
from rasim.testing.adapter import Adapter, CannotDo, Scene, kinds_of
from rasim.verify.states.model import EXPERTS, OWNERS, POLICY_KINDS, SESSIONS, SIZED_VALUES, Model, Step
from rasim.verify.states.search import Search
from rasim.verify.states.surroundings import Parts, Surroundings
from rasim.words import not_called

ASKS_TICKET: Final = "asks for a ticket"
_LONG: Final = 4  # steps to a new question
PROBES: Final = ("a frame is due", "uses control")  # what shows whether somebody sees or holds what nobody should


def _scene(
    name: str,
    experts: int = 1,
    sessions: int = 1,
    offer: str = "enabled",
    mode: str = "control",
    helpers: tuple[str, ...] | None = None,
) -> Scene:
    helpers = EXPERTS[:experts] if helpers is None else helpers
    owners = dict(zip(SESSIONS[:sessions], OWNERS, strict=False))
    return Scene(name, Policy.of(offer=offer, mode=mode, helpers=helpers), EXPERTS[:experts], owners)


SCENES: Final = {
    each.name: each
    for each in (
        _scene("helpers may control"),
        _scene("helpers may only view", mode="view"),
        _scene("two experts", experts=2),
        _scene("two sessions", sessions=2),
        _scene("a stranger", helpers=(EXPERTS[1],)),
        _scene("offers are disabled", offer="disabled"),
        _scene("nothing is configured", offer="not configured", helpers=()),
    )
}
"""Where stories begin; policies change in the first alone, for there is each of the others in it then."""
FIRST_SCENE: Final = next(iter(SCENES))


@frozen(repr=False)
class Story:
    """A scene and the steps after it. `tries` says of each whether the table would turn it away; it prints as a scenario says it."""

    scene: Scene
    steps: tuple[Step, ...]
    tries: tuple[bool, ...]

    def __repr__(self) -> str:
        told = (
            f"{each.actor} {each.text or 'applies a policy'}"
            for each in self.scenario("").steps
            if isinstance(each, Do)
        )
        return f"<{self.scene.name}: {', '.join(told)}>"

    def scenario(self, name: str) -> Scenario:
        """Return the story as a scenario, which `rasim run` plays and `rasim conform` lets a product play."""
        experts = (Person(CAST.experts[e], EXPERTS[e]) for e in range(len(self.scene.experts)))
        users = (Person(CAST.users[s], OWNERS[s], SESSIONS[s]) for s in range(len(self.scene.sessions)))
        said = {"offer": self.scene.offers, "mode": self.scene.mode, "helpers": tuple(self.scene.helpers)}
        policy = PolicyText(
            {key: value for key, value in said.items() if value} if said["helpers"] else {"offer": said["offer"]}
        )
        steps = (act(step, tries=tries) for step, tries in zip(self.steps, self.tries, strict=True))
        return Scenario(name, policy, (*experts, *users), tuple(steps))


_STEERINGS: dict[tuple[type[Adapter], str], "Steering"] = {}


def steering_of(adapter: type[Adapter], scene: str) -> "Steering":
    """Return the steering of an adapter from a scene of rasim's own, worked out once. UsageError for an unknown name."""
    if scene not in SCENES:
        raise UsageError(not_called("no scene", scene, SCENES))
    known = _STEERINGS.get((adapter, scene))
    if known is None:
        known = _STEERINGS[adapter, scene] = Steering(adapter, SCENES[scene])
    return known


class Steering:
    """What an adapter can be let do from a scene: every situation in reach, and how to get there."""

    def __init__(self, adapter: type[Adapter], scene: Scene, *, changes: bool = False) -> None:
        self.scene, self.methods = scene, kinds_of(adapter)
        self._sessions = tuple(scene.sessions)
        # Policies change in the first scene; the others are there for policies that stay.
        self.several = len(scene.experts) * len(scene.sessions) > 1
        left_out = frozenset() if changes or scene.name == FIRST_SCENE else POLICY_KINDS
        spoken = [name for name in FURTHER if any(kind.endswith(f" {name}") for kind in self.methods)]
        self.capabilities = (CONTROL, *map(further, spoken))
        rules = table(capabilities=self.capabilities)
        self.silent = frozenset({ASKS_TICKET} - self.methods.keys())
        claims = {"origin": adapter.origins, "prompt": adapter.prompts, "ticket": adapter.tickets}
        self._model = Model(
            scene.name,
            scene.name,
            rules,
            experts=len(scene.experts),
            sessions=len(scene.sessions),
            without=(frozenset(kind.name for kind in rules.kinds) - self.methods.keys() - {ASKS_TICKET}) | left_out,
            values=(*claims.items(), *(each for each in SIZED_VALUES if each[0] not in claims)),
        )
        self._around = Surroundings(self._model)
        self.steps = tuple(step for step in self._around.steps if step.kind not in self.silent)
        self._anew: dict[Parts, tuple[Step, ...]] = {}
        self._taken: dict[ComputerState, Sequence[Step]] = {}
        self._tickets = {step.pairs: step for step in self._around.steps if step.kind == ASKS_TICKET}

    # ---- acts ---------------------------------------------------------------------------------------------------

    def method(self, step: Step) -> str | None:
        """Return the adapter's method for a step; None for one that goes without saying."""
        return self.methods.get(step.kind)

    def act(self, step: Step) -> Act:
        """Return a step as the act that the adapter is let do, with the names of the scene."""
        expert, session = self.scene.experts[step.expert], self._sessions[step.session]
        by = {"user": self.scene.sessions[session], "expert": expert}.get(self._model.table.kind(step.kind).owner)
        carries = step.carries
        if step.kind == "policy is applied":
            listed = [self.scene.experts[pair[0]] for pair, event in step.events if dict(event.carries)["new listed"]]
            mode = "control" if carries["new control"] else "view"
            policy = Policy.of(offer=str(carries["new offers"]), mode=mode, helpers=listed)
            return Act(step.kind, policy=policy)
        origin: Any = carries.pop("origin", "local")
        entry = expert if step.kind.startswith("helper is") else None
        by = by if origin == "local" else expert if origin == "injected" else None
        return Act(step.kind, expert, session, by, origin, carries=tuple(carries.items()), entry=entry)

    def words(self, step: Step) -> str:
        """Return what a step is called in a table of what was tried."""
        who = f" ({step.carries['origin']})" if step.carries.get("origin", "local") != "local" else ""
        what = "".join(
            f" ({name}: {value})"
            for name, value in step.carries.items()
            if (name, value) in _ODD or name.startswith("new ")
        )
        whose = (
            f", expert {step.expert + 1}" if len(self.scene.experts) > 1 and step.kind != "policy is applied" else ""
        )
        where = f", session {step.session + 1}" if len(self._sessions) > 1 and self._scope(step) != "computer" else ""
        return f"{step.kind}{who}{what}{whose}{where}"

    def _scope(self, step: Step) -> str:
        return self._model.table.kind(step.kind).scope

    # ---- situations ---------------------------------------------------------------------------------------------

    @cached_property
    def start(self) -> ComputerState:
        """Return the situation of the scene: its policy in force, its helpers admitted, everybody logged on."""
        computer, rules = self._around.computer, self._around.rules
        state = computer.start(rules.start())
        for kind, events in (
            ("", self.policy_events(self.scene.policy)),
            ("refresh task runs", None),
            ("logs on", None),
        ):
            state, _ = computer.happen(state, events or dict.fromkeys(computer.pairs, Event(kind)))
        return state

    def policy_events(self, policy: Policy) -> dict[Pair, Event]:
        """Return what each assistance hears of a policy."""
        helpers = HelperList(policy, self.scene.membership)
        listed = [helpers.has(parse_account(expert)).allowed for expert in self.scene.experts]
        return PolicyFacts.of(policy, listed).events(self._around.computer.pairs)

    def after(self, state: ComputerState, step: Step) -> tuple[ComputerState, bool]:
        """Return the situation after a step, and whether the table would turn it away."""
        state, happenings = self._around.computer.happen(state, dict(step.events))
        return state, all(each.outcome.row is None for each in happenings)

    def led(self, state: ComputerState, step: Step) -> tuple[Step, ...]:
        """Return a step with what has to come before it, and goes without saying: of a product without tickets the ticket."""
        if step.kind != "offers help" or not self.silent:
            return (step,)
        ticket = self._tickets[step.pairs]
        return (ticket, step) if self.after(state, ticket)[0] != state else (step,)

    def situation(self, state: ComputerState) -> str:
        """Return in words how far the assistances are: the phase of each and what is held; of one alone, if it is paused or out of sight."""
        return "; ".join(self._phase(state, pair) for pair in self._around.computer.pairs)

    def _phase(self, state: ComputerState, pair: tuple[int, int]) -> str:
        now = self._around.computer.situation(state, pair)
        words = [str(now["phase"])]
        if now["phase"] == VIEWING:
            words += [f"{c} {now[c]}" for c in ("control", *FURTHER) if c in now.places and now[c] != "free"]
        if self.several:
            return ", ".join(words)
        words += ["paused"] if now["paused"] else []
        words += ["nobody logged on"] if not now["logged on"] else []
        words += ["out of sight"] if now["locked"] or now["away"] or now["secure desktop"] else []
        return ", ".join(words)

    @cached_property
    def ways(self) -> Mapping[str, tuple[Step, ...]]:
        """Return every situation in reach, in words, with a shortest way there."""
        around = self._around
        search: Search[Parts, Step] = Search(around.numbered(self.start))
        found: dict[str, int] = {}
        for at, parts in enumerate(search.nodes):
            found.setdefault(self.situation(around.state(parts)), at)
            for done, target in around.leads(parts):
                search.add(target, at, done.step)
        held = "ticketed" if self.silent else "-"
        return {name: tuple(search.path(at)) for name, at in found.items() if held not in name}

    # ---- stories ------------------------------------------------------------------------------------------------

    def story(self, steps: Sequence[Step]) -> Story:
        """Return a story with these steps, each with what goes without saying before it."""
        state, all_steps, tries = self.start, list[Step](), list[bool]()
        for step in steps:
            if step.kind in self.silent:
                continue
            for each in self.led(state, step):
                state, turned_away = self.after(state, each)
                all_steps.append(each)
                tries.append(turned_away)
        return Story(self.scene, tuple(all_steps), tuple(tries))

    @property
    def probes(self) -> tuple[Step, ...]:
        """Return the steps by which it shows what an expert sees or holds."""
        return tuple(step for kind in PROBES for step in self.steps if step.kind == kind)

    def each_once(self) -> Iterator[tuple[str, str, Story]]:
        """Yield a story for each act in each situation, with both in words; the nearest situations first.

        Of several assistances only the acts that concern one of them, as an honest person does them: the rest is tried with one.
        """
        plain = (step for step in self.steps if self._scope(step) == "assistance" and "(" not in self.words(step))
        steps = tuple(plain) if self.several else self.steps
        for name, way in sorted(self.ways.items(), key=lambda each: len(each[1])):
            state = self.start
            for each in way:
                state, _ = self.after(state, each)
            for step in steps:
                after = state
                for each in self.led(state, step):
                    after, _ = self.after(after, each)
                # What a product remembers of an old yes shows when it is asked anew.
                anew = (*self._asked_anew(after), *self.probes) if after != state else ()
                yield name, self.words(step), self.story((*way, step, *self.probes, *anew))

    def _asked_anew(self, state: ComputerState) -> tuple[Step, ...]:
        """Return the shortest way from a situation to a new question about an offer; none if it is long."""
        around = self._around
        first = around.numbered(state)
        if first in self._anew:
            return self._anew[first]
        search: Search[Parts, Step] = Search(first)
        found: tuple[Step, ...] = ()
        for at, parts in enumerate(search.nodes):
            path = search.path(at)
            if path and path[-1].kind == "offers help" and "offered" in self.situation(around.state(parts)):
                found = tuple(path)
                break
            if len(path) < _LONG:
                for done, target in around.leads(parts):
                    search.add(target, at, done.step)
        self._anew[first] = found
        return found

    def walk(self, acts: int, choose: Callable[[Sequence[Any]], Any]) -> Story:
        """Return a story of acts, each chosen in its situation: three of four are such as the table would take, others anything at all."""
        state, steps = self.start, list[Step]()
        for _ in range(acts):
            taken = self._taken_in(state) if choose((True, True, True, False)) else ()
            step = choose(taken or self.steps)
            for each in self.led(state, step):
                state, _ = self.after(state, each)
            steps.append(step)
        return self.story((*steps, *(self.probes if choose((False, True, True, True)) else ())))

    def _taken_in(self, state: ComputerState) -> Sequence[Step]:
        if state not in self._taken:
            self._taken[state] = self._takes(state)
        return self._taken[state]

    def _takes(self, state: ComputerState) -> list[Step]:
        """Return the steps that some row takes, those that move an assistance on thrice: a walk should get somewhere."""
        found: list[Step] = []
        for step in self.steps:
            target, turned_away = state, True
            for each in self.led(state, step):
                target, turned_away = self.after(target, each)
            if not turned_away:
                found += [step] * (3 if self.situation(target) != self.situation(state) else 1)
        return found


_ODD: Final = {("prompt", "another"), *(("ticket", kind) for kind in ("used", "expired", "foreign", "malformed"))}


# ---- a scenario as a story -------------------------------------------------------------------------------------


def story_of(scenario: Scenario, adapter: type[Adapter]) -> tuple[Steering, Story]:
    """Return a scenario as a story that an adapter can be let do; what it expects is not asked, its trace is judged.

    Raises:
        CannotDo: the adapter has no such act, or a step is one that only rasim can play (together, wait, a firewall).
        PolicyFileError: a policy file that it names cannot be read.

    """
    sessions = {str(person.uses): person.account for person in scenario.users.values()}
    if not sessions or not scenario.experts:
        raise CannotDo("it needs an expert and somebody who uses the computer")
    policy = policy_beside(scenario.policy, scenario)
    experts = tuple(scenario.experts.values())
    steering = Steering(adapter, Scene(scenario.name, policy, experts, sessions, scenario.membership), changes=True)
    steps, state = [], steering.start
    for each in scenario.steps:
        if isinstance(each, Expect):
            continue
        if not isinstance(each, Do):
            raise CannotDo("it waits, or does things together")
        step = _step_of(each, scenario, steering, state)
        for one in () if step is None else steering.led(state, step):
            state, _ = steering.after(state, one)
        steps += [] if step is None else [step]
    return steering, steering.story(steps)


def _policy_step(do: Do, scenario: Scenario, steering: "Steering") -> Step | None:
    if do.policy is None or do.firewall is not None:
        raise CannotDo(f"{do.actor}: {do.text}")
    events = steering.policy_events(policy_beside(do.policy, scenario))
    for step in steering.steps:
        if dict(step.events) == events:
            return step
    raise CannotDo(f"{do.actor}: {do.text}")


def _step_of(do: Do, scenario: Scenario, steering: "Steering", state: ComputerState) -> Step | None:
    """Return the step that a scenario's step stands for; None for one that goes without saying."""
    actor, spoken = do.actor, do.spoken
    if spoken is None:
        return _policy_step(do, scenario, steering)
    if spoken.kind in steering.silent:
        return None
    names, users = list(scenario.experts), list(scenario.users)
    expert, user = spoken.slot("expert") or actor, spoken.slot("user") or actor
    account = spoken.slot("account")
    if account is not None:
        expert = next((name for name, one in scenario.experts.items() if fold(one) == fold(account)), account)
    said = dict(spoken.phrase.carries)
    fits = [
        step
        for step in steering.steps
        if step.kind == spoken.kind
        and all(said.get(name, value) == value for name, value in step.carries.items() if name.startswith("new "))
        and {n: v for n, v in step.carries.items() if not n.startswith("new ") and v not in ORDINARY}
        == {n: v for n, v in said.items() if not n.startswith("new ")}
        and (expert not in names or any(pair[0] == names.index(expert) for pair in step.pairs))
        and (user not in users or any(pair[1] == users.index(user) for pair in step.pairs))
    ]
    if not fits:
        raise CannotDo(f"{actor}: {spoken.text}")
    return next((step for step in fits if not steering.after(state, step)[1]), fits[0])
