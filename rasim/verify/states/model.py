"""What is explored: a computer with a few experts and sessions, and every event that anybody can cause at any moment.

Nobody is honest here: each expert may send any event at any time, each answer may come from anywhere and to any prompt,
policies, lists, sessions and the firewall change at any moment, and time passes whenever it may. What an honest
product does is a subset, so witnesses still count.

A model may leave out kinds of events or values that others stand for; `leaves_out` says which and why, and is printed.
"""

from collections.abc import Iterator, Mapping
from itertools import product

from attrs import evolve, field, frozen

from rasim.protocol.acts import Act
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.computer import Computer, Happening, Pair, State
from rasim.protocol.lines import FieldValue, Line
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Event, Interpreter, Outcome, Rules, Situation, rules_of
from rasim.protocol.terms import Kind, Table, Value
from rasim.protocol.trace_writer import Symbols, told, with_ids, world_line, written
from rasim.protocol.vocabulary import CLOSED, CONSTANT, IN_USE, capability_kinds, further
from rasim.protocol.world import PolicyFacts, said_of
from rasim.verify.promises.witnesses import SOMETIMES

EXPERTS = ("CORP\\anna", "CORP\\carol", "CORP\\dora")
OWNERS = ("CORP\\bob", "CORP\\erin", "CORP\\frank")
SESSIONS = ("s1", "s2", "s3")
SYSTEM = "windows-xp-sp2"
# What has to be stated on that system for port 3389 to be open so.
EXCEPTIONS = {CLOSED: (), IN_USE: ("sessmgr",), CONSTANT: ("remote desktop",)}


@frozen
class Step:
    """An event as a model lets it happen: what, aimed at whom. `carries` are the facts for each assistance concerned."""

    kind: str
    expert: int
    session: int
    events: tuple[tuple[Pair, Event], ...] = field(repr=False)

    @property
    def carries(self) -> dict[str, Value]:
        """Return what the event carries for the assistance it is aimed at."""
        return dict(self.events[0][1].carries)


@frozen
class Edge:
    """One step from one state: where it leads, which rows took it, which lines it leaves."""

    step: Step
    target: State
    rows: tuple[str, ...]
    lines: tuple[Line, ...]


@frozen
class Model:
    """What to explore; see the module's own words."""

    name: str
    says: str
    table: Table
    experts: int = 1
    sessions: int = 1
    without: frozenset[str] = frozenset()
    values: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    leaves_out: str = ""
    policy: PolicyFacts | None = None  # one that does not change while the model is explored
    interpreter: Interpreter = field(default=Rules, repr=False)
    shows: frozenset[str] = frozenset()  # witnesses that it is there to show, where others show the rest


_Effective = tuple[Step, tuple[Happening, ...], tuple[str, ...], tuple[Line, ...]]


class Surroundings:
    """A model at work: its first state, and all edges of any state."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rules = rules_of(model.table, model.interpreter)
        self.computer = Computer(self.rules, model.experts, model.sessions)
        steps = tuple(self._steps())
        self.steps = tuple(s for s in steps if s.kind not in _staying(model.policy))
        self._aimed = {
            pair: [s for s in self.steps if self._scope(s) == "assistance" and (s.expert, s.session) == pair]
            for pair in self.computer.pairs
        }
        self._world = [s for s in self.steps if self._scope(s) != "assistance"]
        self._place_of = {id(step): at for at, step in enumerate(self._world)}
        self._heard: dict[tuple[Pair, tuple[Value, ...]], list[_Effective]] = {}
        self._heard_in: dict[tuple[Pair, Value], list[Step]] = {}
        self._ids = Symbols(EXPERTS, SESSIONS)
        self._told: dict[tuple[object, ...], tuple[tuple[Line, ...], tuple[str, ...]]] = {}
        self.outcomes: dict[int, Outcome] = {}
        self._worlds: dict[tuple[Pair, tuple[Value, ...]], list[Happening | None]] = {}
        self.first, self.opening = self._first(steps)

    def _scope(self, step: Step) -> str:
        return self.rules.table.kind(step.kind).scope

    def _first(self, steps: tuple[Step, ...]) -> tuple[State, tuple[Line, ...]]:
        """Return the state everything starts from, and the lines that led there: none, or those of the frozen policy."""
        state, policy = self.computer.start(self.rules.start()), self.model.policy
        if policy is None:
            return state, ()
        if policy.through is False:
            closing = next(step for step in steps if step.kind == "firewall closes")
            state, _ = self.computer.happen(state, dict(closing.events))
        for step in steps:
            if dict(step.events) == policy.events(self.computer.pairs):
                state, happenings = self.computer.happen(state, dict(step.events))
                return state, self.lines(step, happenings)
        raise ValueError(f"the model {self.model.name} has no such policy")

    def _carries(self, kind: Kind) -> Iterator[tuple[tuple[str, Value], ...]]:
        chosen = dict(self.model.values)
        facts = [(fact.name, chosen.get(fact.name, fact.values)) for fact in kind.carries]
        for values in product(*(values for _, values in facts)):
            yield tuple(sorted(zip((name for name, _ in facts), values, strict=True)))

    def _steps(self) -> Iterator[Step]:
        computer = self.computer
        for kind in self.model.table.kinds:
            if kind.name in self.model.without:
                continue
            if kind.name == "policy is applied":
                yield from self._policies(kind)
                continue
            for target in dict.fromkeys(computer.concerned(kind.name, pair) for pair in computer.pairs):
                for carries in self._carries(kind):
                    happening = Event(kind.name, carries)
                    yield Step(kind.name, *target[0], tuple((pair, happening) for pair in target))

    def _policies(self, kind: Kind) -> Iterator[Step]:
        """Every policy: each expert may or may not be on its list."""
        for carries in self._carries(kind):
            said = dict(carries)
            if said["new listed"]:  # the lists are drawn below, for each expert
                continue
            for listed in product((False, True), repeat=self.model.experts):
                facts = PolicyFacts(
                    str(said["new offers"]), bool(said["new control"]), listed, port_3389=str(said["new port 3389"])
                )
                yield Step(kind.name, 0, 0, tuple(facts.events(self.computer.pairs).items()))

    def edges(self, state: State) -> Iterator[Edge]:
        """Yield every step that changes something or leaves a line."""
        worlds: dict[Pair, list[Happening | None]] = {}
        for pair in self.computer.pairs:
            situation = self.computer.situation(state, pair)
            worlds[pair] = self._world_of(pair, situation)
            for effective in self._aimed_at(pair, situation):
                yield self._aimed_edge(state, situation, effective)
        for at, step in enumerate(self._world):
            edge = self._world_edge(state, step, [worlds[pair][at] for pair, _ in step.events])
            if edge is not None:
                yield edge

    def edge(self, state: State, step: Step) -> Edge | None:
        """Return what one step does, None if it changes nothing and leaves no line: the same as among all `edges`."""
        at = self._place_of.get(id(step))
        if at is not None:
            situations = ((pair, self.computer.situation(state, pair)) for pair, _ in step.events)
            return self._world_edge(state, step, [self._world_of(*each)[at] for each in situations])
        pair = (step.expert, step.session)
        situation = self.computer.situation(state, pair)
        heard = (each for each in self._aimed_at(pair, situation) if each[0] is step)
        return next((self._aimed_edge(state, situation, each) for each in heard), None)

    def _aimed_edge(self, state: State, situation: Situation, effective: "_Effective") -> Edge:
        step, one, rows, lines = effective
        if one[0].outcome.after is situation:
            return Edge(step, state, rows, lines)
        target = self.computer.put(state, one)
        return Edge(step, target, rows, lines + self._shared(state, target, one))

    def _world_edge(self, state: State, step: Step, concerned: "list[Happening | None]") -> Edge | None:
        happenings = tuple([h for h in concerned if h is not None])
        target = self.computer.put(state, happenings)
        lines, rows = self._said_by(step, happenings)
        if target is not state:
            return Edge(step, target, rows, lines + self._shared(state, target, happenings))
        return Edge(step, target, rows, lines) if lines else None

    def targets(self, state: State) -> Iterator[State]:
        """Yield the states that some step leads to, without lines: for counting where nothing else is asked."""
        worlds = []
        for pair in self.computer.pairs:
            situation = self.computer.situation(state, pair)
            worlds.append(self._world_of(pair, situation))
            for _, one, _, _ in self._aimed_at(pair, situation):
                if one[0].outcome.changed:
                    yield self.computer.put(state, one)
        for each in zip(*worlds, strict=True):
            yield self.computer.put(state, tuple([h for h in each if h is not None]))

    def _shared(self, before: State, after: State, happenings: tuple[Happening, ...]) -> tuple[Line, ...]:
        return tuple(told(self.computer.shared_effects(before, after, happenings)))

    def _aimed_at(self, pair: Pair, situation: Situation) -> "list[_Effective]":
        """Return the steps at one assistance that change something or leave a line in this situation."""
        key = (pair, situation.values)
        known = self._heard.get(key)
        if known is None:
            known = self._heard[key] = []
            for step in self._spoken_of(pair, situation["phase"]):
                outcome = self.rules.step(situation, step.events[0][1])
                self.outcomes[id(outcome)] = outcome
                one = (Happening(*pair, outcome),)
                lines = self.lines(step, one)
                if lines or outcome.changed:
                    known.append((step, one, _rows(one), lines))
        return known

    def _world_of(self, pair: Pair, situation: Situation) -> list[Happening | None]:
        """Return what each world event does to one assistance, None if it does not concern it."""
        key = (pair, situation.values)
        known = self._worlds.get(key)
        if known is None:
            known = []
            for step in self._world:
                happening = next((event for aimed, event in step.events if aimed == pair), None)
                if happening is None:
                    known.append(None)
                    continue
                outcome = self.rules.step(situation, happening)
                self.outcomes[id(outcome)] = outcome
                known.append(Happening(*pair, outcome))
            self._worlds[key] = known
        return known

    def _spoken_of(self, pair: Pair, phase: Value) -> list[Step]:
        """Return the steps at one assistance that some row speaks of in this phase; all others are ignored."""
        steps = self._heard_in.get((pair, phase))
        if steps is None:
            steps = [step for step in self._aimed[pair] if self.rules.speaks(step.kind, phase)]
            self._heard_in[pair, phase] = steps
        return steps

    def lines(self, step: Step, happenings: tuple[Happening, ...]) -> tuple[Line, ...]:
        """Return the lines that a step leaves, with ids that depend on nothing but what goes on."""
        return self._said_by(step, happenings)[0]

    def _said_by(self, step: Step, happenings: tuple[Happening, ...]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
        """Return the lines that a step leaves, and the rows that took it."""
        # Effects are shared tuples and rows are the table's own, so identity tells them apart; what is refused without an effect is
        # heard all the same, and what is ignored is not.
        key = (id(step), *[(id(h.outcome.effects), id(h.outcome.row), h.outcome.verdict) for h in happenings])
        told = self._told.get(key)
        if told is None:
            told = self._told[key] = (tuple(self._tell(step, happenings)), _rows(happenings))
        return told

    def _tell(self, step: Step, happenings: tuple[Happening, ...]) -> Iterator[Line]:
        kind, aimed = self.rules.table.kind(step.kind), (step.expert, step.session)
        yield from world_line(happenings[0].outcome, _said(step))
        act = with_ids(act_of(step, kind), kind, aimed, self._ids)
        for _, each in written(act, kind, happenings, self._ids, _names, self.computer.told_once):
            yield each


def act_of(step: Step, kind: Kind) -> Act:
    """Return a step as the act that it stands for; a policy comes with no act, but with its facts."""
    carries, expert = step.carries, EXPERTS[step.expert]
    own_hand = kind.owner == "user" and carries.get("origin", "local") == "local"
    by = OWNERS[step.session] if own_hand else expert if kind.owner in ("expert", "user") else None
    brings = (("ticket", "own"),) if step.kind == "comes back" else tuple(carries.items())
    return Act(step.kind, expert, SESSIONS[step.session], by, carries=brings)


def _names(pair: Pair) -> dict[str, FieldValue | None]:
    expert, session = pair
    return {"expert": EXPERTS[expert], "session": SESSIONS[session], "sessions": (SESSIONS[session],)}


def _said(step: Step) -> Mapping[str, FieldValue | None]:
    """Return what the line of a world event says."""
    if step.kind != "policy is applied":
        return {"session": SESSIONS[step.session], "by": OWNERS[step.session], "expert": EXPERTS[step.expert]}
    carries = step.carries
    listed = {pair[0] for pair, happening in step.events if dict(happening.carries)["new listed"]}
    return {
        **said_of(carries),
        "version": "v",
        "helpers": tuple(EXPERTS[e] for e in sorted(listed)),
        "members": (),
        "os": SYSTEM,
        "exceptions": EXCEPTIONS[str(carries["new port 3389"])],
    }


def _staying(policy: PolicyFacts | None) -> frozenset[str]:
    """Return the kinds of events that cannot happen because a policy stays as it is."""
    if policy is None:
        return frozenset()
    return POLICY_KINDS if policy.through is None else POLICY_KINDS | FIREWALL_KINDS


def _rows(happenings: tuple[Happening, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(["-" if h.outcome.row is None else h.outcome.row.id for h in happenings]))


# ---- the standard model: a chain of closed explorations ------------------------------------------------------

POLICY_KINDS = frozenset({"policy is applied", "helper is added", "helper is removed"})
FIREWALL_KINDS = frozenset({"firewall opens", "firewall closes"})
SIZED_WITHOUT = frozenset({"is switched away", "is switched to", "is covered", "is uncovered", "comes back"})


SHUT: tuple[str, tuple[Value, ...]] = ("new port 3389", (CLOSED,))
SIZED_VALUES: tuple[tuple[str, tuple[Value, ...]], ...] = (
    ("new offers", ("disabled", "enabled")),
    ("origin", ("local", "injected")),
    ("ticket", ("own", "used", "foreign")),
    SHUT,
)
PORTS_WITHOUT = (
    SIZED_WITHOUT
    | {kind.name for kind in capability_kinds(CONTROL)}
    | {"is locked", "is unlocked", "pauses", "resumes", "firewall opens", "firewall closes"}
)


def pair_model(rules: Table | None = None) -> Model:
    """Return one expert and one session, with one further capability that stands for all others."""
    return Model(
        "pair",
        "one expert, one session, one further capability representing the others",
        rules or table(capabilities=(CONTROL, further("chat"))),
        values=(("new offers", ("not configured", "disabled", "enabled")), SHUT),
        leaves_out=(
            "disabled stands for blocked by disabled invitations (R9): the two differ only in the setting that is named; "
            "port 3389 stays closed: the model ports has it"
        ),
    )


def sized_model(experts: int, sessions: int, rules: Table | None = None) -> Model:
    """Return a model with so many experts and logon sessions; some facts stand for others that the pair model has."""
    size = _size(experts, sessions)
    return Model(
        size,
        size,
        rules or table(),
        experts=experts,
        sessions=sessions,
        without=SIZED_WITHOUT,
        values=SIZED_VALUES,
        leaves_out=(
            "locked stands for switched away and secure desktop, disabled for not configured, injected for the other "
            "origins, used and foreign for other bad tickets, port 3389 stays closed: the models pair and ports have them"
        ),
    )


def _size(experts: int, sessions: int) -> str:
    count = ("no", "one", "two", "three")
    return f"{count[experts]} expert{'s' * (experts > 1)}, {count[sessions]} session{'s' * (sessions > 1)}"


def wide_model(experts: int, sessions: int, rules: Table | None = None) -> Model:
    """Return the pair model with so many experts and logon sessions: all facts, one further capability."""
    size = f"{_size(experts, sessions)}, all facts"
    return evolve(pair_model(rules), name=size, says=size, experts=experts, sessions=sessions)


def two_experts_model(rules: Table | None = None) -> Model:
    """Return two experts and one session."""
    return evolve(sized_model(2, 1, rules), name="two experts")


def two_sessions_model(rules: Table | None = None) -> Model:
    """Return one expert and two sessions."""
    return evolve(sized_model(1, 2, rules), name="two sessions")


def ports_model(rules: Table | None = None) -> Model:
    """Return one expert and two sessions under every policy about port 3389: who views, and when the port is open."""
    return Model(
        "ports",
        "one expert, two sessions, port 3389 closed, open while in use or always",
        rules or table(),
        sessions=2,
        without=PORTS_WITHOUT,
        values=(("new offers", ("disabled", "enabled")), ("new control", (False,)), ("origin", ("local",))),
        leaves_out="control, locks, pauses and the way of offers through the firewall are left out: the other models have them",
    )


def standard_models(choices: Choices = STRICT) -> tuple[Model, ...]:
    """Return the models that `rasim check` explores, of the table under these choices."""
    rules, wide = table(choices), table(choices, (CONTROL, further("chat")))
    busy, ports = (
        frozenset(s.name for s in SOMETIMES if any(field in pattern.fields for pattern in s.path))
        for field in (("reason", "busy"), ("port", "3389"))
    )
    rest = frozenset(s.name for s in SOMETIMES) - busy - ports
    return (
        evolve(pair_model(wide), shows=rest),
        evolve(two_experts_model(rules), shows=busy),
        two_sessions_model(rules),
        evolve(ports_model(rules), shows=ports),
    )


def policy_models(offers: str, *, control: bool, anybody_listed: bool, choices: Choices = STRICT) -> tuple[Model, ...]:
    """Return the models of one policy that stays as it is: an expert on its list (if it has any), one who is not, and two."""
    # The model of two experts leaves *not configured* out, for which *disabled* stands.
    two = "disabled" if offers == "not configured" else offers
    pair = pair_model(table(choices, (CONTROL, further("chat"))))
    experts = two_experts_model(table(choices))
    return (
        evolve(pair, policy=PolicyFacts(offers, control, (anybody_listed,))),
        evolve(pair, name="unlisted", policy=PolicyFacts(offers, control, (False,))),
        evolve(experts, policy=PolicyFacts(two, control, (anybody_listed, anybody_listed))),
    )
