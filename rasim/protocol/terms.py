"""The few kinds of words that the table of rules is written in. All of them are data.

Read `rules.py` first; come here for what a word means. A *fact* is something finite that is so or not so
(the session is locked, the phase is offered). An *expression* is a small sentence about facts. A *condition*
is an expression with a name, a sentence, and what to answer when it fails. A *thing* is a piece of consent with
needs; a *row* is a line of the table; a *kind* is a kind of event. Nothing here is a callable, so every reader of
the table (step, checker, printers, mutants) sees the whole of it.
"""

from collections.abc import Callable, Mapping
from typing import Literal, assert_never

from attrs import field, frozen

Value = bool | str
_Scope = Literal["computer", "session", "expert", "assistance", "derived"]
Owner = Literal["expert", "user", "computer", "link", "administrator"]


@frozen
class Fact:
    """Something finite that is so or not so; `values[0]` is how it starts.

    `scope` says whose it is: of the whole computer, of a logon session, of an expert, of one assistance
    (expert and session), or *derived*: seen from other assistances and never set by a row.
    """

    name: str
    scope: _Scope
    values: tuple[Value, ...]
    says: str


# ---- expressions ---------------------------------------------------------------------------------------------


@frozen
class Is:
    """The fact has this value."""

    fact: str
    value: Value


@frozen
class In:
    """The fact has one of these values."""

    fact: str
    values: tuple[Value, ...]


@frozen
class Not:
    """The expression does not hold."""

    part: "Expression"


@frozen
class And:
    """All parts hold."""

    parts: tuple["Expression", ...]


@frozen
class Or:
    """At least one part holds."""

    parts: tuple["Expression", ...]


Expression = Is | In | Not | And | Or
Read = Callable[[tuple[Value, ...]], bool]


def compiled(expression: Expression, place: Mapping[str, int]) -> Read:
    """Return the expression as a test of a tuple of values, `place` saying where each fact stands in it.

    Raises KeyError if the expression names a fact that does not exist.
    """
    match expression:
        case Is(fact, value):
            at = place[fact]
            return lambda values: values[at] == value
        case In(fact, allowed):
            at = place[fact]
            return lambda values: values[at] in allowed
        case Not(part):
            inner = compiled(part, place)
            return lambda values: not inner(values)
        case And(parts):
            alls = [compiled(part, place) for part in parts]
            return lambda values: all(test(values) for test in alls)
        case Or(parts):
            anys = [compiled(part, place) for part in parts]
            return lambda values: any(test(values) for test in anys)
        case _:
            assert_never(expression)


def facts_of(expression: Expression) -> frozenset[str]:
    """Return the names of the facts that an expression speaks of."""
    match expression:
        case Is(fact, _) | In(fact, _):
            return frozenset({fact})
        case Not(part):
            return facts_of(part)
        case And(parts) | Or(parts):
            return frozenset().union(*map(facts_of, parts))
        case _:
            assert_never(expression)


def spoken(expression: Expression) -> str:
    """Return an expression in words: `port 3389 is while in use and phase is viewing`."""
    match expression:
        case Is(fact, value):
            return {True: fact, False: f"not {fact}"}[value] if isinstance(value, bool) else f"{fact} is {value}"
        case In(fact, values):
            return f"{fact} is one of {', '.join(map(str, values))}"
        case Not(part):
            return f"not ({spoken(part)})"
        case And(parts):
            return " and ".join(map(spoken, parts))
        case Or(parts):
            return " or ".join(f"({spoken(part)})" if isinstance(part, And) else spoken(part) for part in parts)
        case _:
            assert_never(expression)


# ---- what rows are made of -----------------------------------------------------------------------------------


@frozen
class Condition:
    """An expression with a name, its sentence, and what is answered when it fails.

    `refused` is the reason given to whoever asked (trace-lines.md), and `setting` the policy setting behind it, if there is
    one: each as one word, or by the value of the only fact the expression speaks of. `lost` is the reason when it stops
    holding under something that needs it.
    """

    name: str
    says: str
    holds: Expression
    refused: str | Mapping[Value, str] = field(default="other", hash=False)
    lost: str = "other"
    setting: str | Mapping[Value, str] | None = field(default=None, hash=False)

    @property
    def settings(self) -> tuple[str, ...]:
        """Return the names of all settings that can be behind it."""
        if self.setting is None:
            return ()
        return (self.setting,) if isinstance(self.setting, str) else tuple(dict.fromkeys(self.setting.values()))


@frozen
class Copy:
    """In an assignment: the value that another fact has at that moment."""

    fact: str


@frozen
class Set:
    """What a row changes: the fact gets a value, or the value of another fact."""

    fact: str
    to: Value | Copy


@frozen(cache_hash=True)
class Effect:
    """What the computer then does, by its name in trace-lines.md, with the fields that are always the same."""

    name: str
    fields: tuple[tuple[str, str | int], ...] = ()


@frozen
class Timer:
    """While a thing lasts: an event of this kind comes after the time that the choice names, once or again and again."""

    kind: str
    choice: str
    again: bool = False


@frozen
class Thing:
    """A piece of consent with needs.

    Rule G: *whatever loses a need is over, at once, and with it all inside it.*

    It lasts while `lasts` holds. Its `needs` are tested when it would begin (else the row is refused) and at every
    moment after. To be inside another thing is to need it. `over` is how rule G ends it. `begins` and `ends` are what
    the computer does at those moments however they come about, `lost` only when rule G ends it. A `shared` thing is one
    for the whole computer: it begins with the first assistance that has it and ends with the last.
    """

    name: str
    says: str
    lasts: Expression
    needs: tuple[Condition, ...]
    over: tuple[Set, ...]
    begins: tuple[Effect, ...] = ()
    ends: tuple[Effect, ...] = ()
    lost: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()
    shared: bool = False


@frozen
class Kind:
    """A kind of event: who causes it, whom it concerns, and which trace lines tell of it.

    `scope` is whom it concerns. `carries` are the facts that come with the event; their first value is the ordinary one.
    `arrives` is recorded whenever some row could take it, `taken` only when one does, `refused` when none does.
    `reason` is why things end that it ends.
    """

    name: str
    owner: Owner
    says: str
    scope: _Scope = "assistance"
    carries: tuple[Fact, ...] = ()
    arrives: Effect | None = None
    taken: Effect | None = None
    refused: Effect | None = None
    reason: str = "other"


@frozen
class Row:
    """A line of the table: while the assistance is in a phase, when an event comes, provided conditions hold, then.

    `phase` None means any phase. `tells` is what the computer answers besides what beginnings and endings make it do.
    `answers_no` marks the rows by which the computer itself says no. `ground` is the source of the row.
    """

    id: str
    phase: str | None
    when: tuple[str, ...]
    provided: tuple[Condition, ...]
    then: tuple[Set, ...]
    ground: str
    tells: tuple[Effect, ...] = ()
    answers_no: bool = False


@frozen(cache_hash=True)
class Table:
    """The whole of the rules: facts, kinds of events, things with needs, rows."""

    facts: tuple[Fact, ...]
    kinds: tuple[Kind, ...]
    things: tuple[Thing, ...]
    rows: tuple[Row, ...]

    def kind(self, name: str) -> Kind:
        """Return the kind of event with this name; KeyError if there is none."""
        for kind in self.kinds:
            if kind.name == name:
                return kind
        raise KeyError(name)

    def row(self, row_id: str) -> Row:
        """Return the row with this id; KeyError if there is none."""
        for row in self.rows:
            if row.id == row_id:
                return row
        raise KeyError(row_id)
