"""What is explored: a computer with a few experts and sessions, and every event that anybody can cause at any moment.

Every expert is adversarial: each may send any event at any time, each answer may come from anywhere and to any prompt,
policies, lists, sessions and the firewall change at any moment, and time passes whenever it may. What an honest
product does is a subset, so witnesses still count.

A model may leave out kinds of events or values that others stand for; `leaves_out` says which and why, and is printed.
"""

from attrs import evolve, field, frozen

from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.computer import Pair
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Event, Interpreter, Rules
from rasim.protocol.terms import Table, Value
from rasim.protocol.vocabulary import CLOSED, CONSTANT, IN_USE, capability_kinds, further
from rasim.protocol.world import PolicyFacts
from rasim.verify.promises.witnesses import SOMETIMES

EXPERTS = ("CORP\\anna", "CORP\\carol", "CORP\\dora")
OWNERS = ("CORP\\bob", "CORP\\erin", "CORP\\frank")
SESSIONS = ("s1", "s2", "s3")
SYSTEM = "windows-xp-sp2"
# What has to be stated on that system for port 3389 to be open so.
OPENED_BY = {CLOSED: (), IN_USE: ("sessmgr",), CONSTANT: ("remote desktop",)}


@frozen
class Step:
    """An event as a model lets it happen: what, aimed at whom. `carries` are the facts for each assistance concerned."""

    kind: str
    expert: int
    session: int
    events: tuple[tuple[Pair, Event], ...] = field(repr=False)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Return the assistances concerned."""
        return tuple(pair for pair, _ in self.events)

    @property
    def carries(self) -> dict[str, Value]:
        """Return what the event carries for the assistance it is aimed at."""
        return dict(self.events[0][1].carries)


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
