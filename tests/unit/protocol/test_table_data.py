"""The table as data: nothing in it is doubled, dangling or unused, and two rows alone give something to an expert."""

from collections.abc import Callable, Iterator

import pytest
from attrs import evolve

from rasim.errors import UsageError
from rasim.protocol import CONTROL, LINES, RULES, Choices, event, further, start, step, table
from rasim.protocol.step import rules_of
from rasim.protocol.terms import (
    And,
    Condition,
    Copy,
    Effect,
    Expression,
    In,
    Is,
    Not,
    Or,
    Row,
    Table,
    Thing,
    Value,
    facts_of,
)

WIDE = table(capabilities=(CONTROL, further("chat")))
TABLES = {
    "strict": RULES,
    "with chat": WIDE,
    "lenient": table(Choices(removal_bites="at refresh", running_view="outlives the policy", hidden_question="waits",
                             unasked_control="possible")),
}  # fmt: skip
EVERY = pytest.mark.parametrize("rules", TABLES.values(), ids=TABLES)


def conditions(rules: Table) -> Iterator[Condition]:
    """Yield every condition of every row and every need of every thing."""
    for row in rules.rows:
        yield from row.provided
    for thing in rules.things:
        yield from thing.needs


def effects(rules: Table) -> Iterator[Effect]:
    """Yield every effect that is named anywhere in the table."""
    for kind in rules.kinds:
        yield from (e for e in (kind.arrives, kind.taken, kind.refused) if e is not None)
    for thing in rules.things:
        yield from (*thing.begins, *thing.ends, *thing.lost)
    for row in rules.rows:
        yield from row.tells


def atoms(expression: Expression) -> Iterator[tuple[str, Value]]:
    """Yield each fact with each value that an expression compares it with."""
    match expression:
        case Is(fact, value):
            yield fact, value
        case In(fact, values):
            yield from ((fact, value) for value in values)
        case Not(part):
            yield from atoms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from atoms(part)


def values_of(rules: Table) -> dict[str, set[Value]]:
    """Return the values of every fact, those that come with events included."""
    facts = [*rules.facts, *(fact for kind in rules.kinds for fact in kind.carries)]
    return {fact.name: set(fact.values) for fact in facts}


def gives(row: Row, thing: Thing, rules: Table) -> bool:
    """Return whether a row can begin a thing: it sets the fact the thing lasts by to the value it lasts at."""
    wanted = dict(atoms(thing.lasts))
    known = values_of(rules)
    return any(
        change.fact in wanted
        and wanted[change.fact] in (known[change.to.fact] if isinstance(change.to, Copy) else {change.to})
        for change in row.then
    )


def givers(rules: Table) -> set[str]:
    """Return the rows that can begin a view or something held."""
    given = [thing for thing in rules.things if thing.name == "view" or thing.name.endswith(" held")]
    return {row.id for row in rules.rows for thing in given if gives(row, thing, rules)}


def test_two_rows_give_something_to_an_expert() -> None:
    """Only O3 begins a view and only C3 begins control: nothing else in the table gives an expert anything."""
    assert {"O3", "C3"} == givers(RULES)


def test_a_further_capability_adds_one_giving_row() -> None:
    """With a further capability there is one more row that gives, and it is the C3 of that capability."""
    assert {"O3", "C3", "C3 chat"} == givers(WIDE)


@pytest.mark.parametrize("row_id", ["O3", "C3", "C3 chat"])
def test_what_gives_asks_for_the_users_own_click(row_id: str) -> None:
    """A row that gives something is an act of the user, done at the session itself, on the prompt that is on show."""
    row = WIDE.row(row_id)

    assert {"user"} == {WIDE.kind(kind).owner for kind in row.when}
    assert {"local", "on show"} <= {condition.name for condition in row.provided}


@EVERY
def test_names_are_unique(rules: Table) -> None:
    """Every id of a row, name of a kind, of a thing and of a fact stands once."""
    for names in (
        [row.id for row in rules.rows],
        [kind.name for kind in rules.kinds],
        [thing.name for thing in rules.things],
        [fact.name for fact in rules.facts],
    ):
        assert sorted(set(names)) == sorted(names)


@EVERY
def test_one_name_is_one_condition(rules: Table) -> None:
    """Conditions of one name are one and the same condition, so that a refusal names it without doubt."""
    said: dict[str, Condition] = {}
    for condition in conditions(rules):
        assert said.setdefault(condition.name, condition) == condition


@EVERY
def test_every_row_has_its_ground(rules: Table) -> None:
    """Each row names its source; where no public source settles it, the word is choice."""
    assert [] == [row.id for row in rules.rows if not row.ground.strip()]


@EVERY
def test_every_sentence_is_there(rules: Table) -> None:
    """Facts, kinds, things and conditions each have a sentence."""
    speaking = [*rules.facts, *rules.kinds, *rules.things, *conditions(rules)]

    assert [] == [one.name for one in speaking if not one.says.strip()]


@EVERY
def test_every_fact_that_is_named_exists(rules: Table) -> None:
    """Each condition, need, change and copy speaks of a fact of the table, with a value that the fact has."""
    known = values_of(rules)
    for condition in conditions(rules):
        assert all(value in known[fact] for fact, value in atoms(condition.holds))
    for thing in rules.things:
        assert all(value in known[fact] for fact, value in atoms(thing.lasts))
    changes = [change for owner in rules.rows for change in owner.then]
    changes += [change for owner in rules.things for change in owner.over]
    for change in changes:
        assert (known[change.to.fact] if isinstance(change.to, Copy) else {change.to}) <= known[change.fact]


@EVERY
def test_a_row_reads_only_what_its_events_carry(rules: Table) -> None:
    """A row that speaks of a fact that comes with an event is for events that carry it."""
    own = {fact.name for fact in rules.facts}
    for row in rules.rows:
        read = {name for c in row.provided for name in facts_of(c.holds)}
        read |= {change.to.fact for change in row.then if isinstance(change.to, Copy)}
        for kind in row.when:
            assert read - own <= {fact.name for fact in rules.kind(kind).carries}


@EVERY
def test_every_kind_of_event_has_a_row(rules: Table) -> None:
    """Each event of a row is a kind of the table, and each kind has a row that could take it."""
    assert {kind.name for kind in rules.kinds} == {kind for row in rules.rows for kind in row.when}


@EVERY
def test_every_effect_is_a_trace_line(rules: Table) -> None:
    """Each effect is a line of the contract, and fixes no field that the line does not have."""
    for effect in effects(rules):
        contract = LINES[effect.name]
        fields = {name for name, _ in effect.fields}
        assert fields - {"capability"} <= {*contract.required, *contract.optional}


@EVERY
def test_every_value_of_a_fact_occurs(rules: Table) -> None:
    """Each value of each fact is how it starts or what a row or an event sets it to."""
    known = values_of(rules)
    occurs = {fact.name: {fact.values[0]} for fact in rules.facts}
    for owner in (*(r.then for r in rules.rows), *(t.over for t in rules.things)):
        for change in owner:
            occurs[change.fact] |= known[change.to.fact] if isinstance(change.to, Copy) else {change.to}
    occurs["busy"] |= {True}  # seen from other assistances

    assert {fact.name: set(fact.values) for fact in rules.facts} == occurs


@EVERY
def test_every_fact_is_read(rules: Table) -> None:
    """Each fact is read by a condition, a need, a thing or a copy: none is there for nothing."""
    read = {name for condition in conditions(rules) for name in facts_of(condition.holds)}
    read |= {name for thing in rules.things for name in facts_of(thing.lasts)}
    read |= {change.to.fact for row in rules.rows for change in row.then if isinstance(change.to, Copy)}

    assert set(values_of(rules)) == read | {row_fact for row_fact in ("phase",) if any(r.phase for r in rules.rows)}


@EVERY
def test_rule_g_can_end_every_thing(rules: Table) -> None:
    """What rule G does to a thing makes it not last any more; what needs nothing is never ended by it."""
    for thing in (thing for thing in rules.things if thing.needs or thing.over):
        lasting = dict(atoms(thing.lasts))
        assert any(change.fact in lasting and change.to != lasting[change.fact] for change in thing.over)


@EVERY
def test_timers_name_kinds_and_times(rules: Table) -> None:
    """Each timer of a thing rings with a kind of event of the table after a time that is a choice."""
    for timer in (timer for thing in rules.things for timer in thing.timers):
        assert "computer" == rules.kind(timer.kind).owner
        assert timer.choice in Choices().values()


def test_a_name_that_is_not_there_is_an_error() -> None:
    """A row or kind that the table does not have is a KeyError."""
    with pytest.raises(KeyError, match="O99"):
        RULES.row("O99")
    with pytest.raises(KeyError, match="dances"):
        RULES.kind("dances")


def test_a_doubled_row_is_admitted_beside_its_twin() -> None:
    """Of the rows that speak of an event in a phase all are told that would take it, and none that refuses it."""
    rules = rules_of(evolve(RULES, rows=(*RULES.rows, evolve(RULES.row("O3"), id="O3 again"))))
    offered = start(offers="enabled", logged_on=True, listed=True, admitted=True, phase="offered")

    assert [2, 0] == [rules.speaks("accepts", phase) for phase in ("offered", "viewing")]
    assert [("O3", "O3 again"), ()] == [
        rules.admitted(offered, event("accepts", origin=origin)) for origin in ("local", "injected")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: start(phase="flying"),
        lambda: step(start(), event("policy is applied", new_offers="perhaps")),
        lambda: further("bogus"),
        lambda: further("control"),
        lambda: table(capabilities=(CONTROL, CONTROL)),
    ],
)
def test_what_the_table_does_not_know_is_an_error(wrong: Callable[[], object]) -> None:
    """A value that a fact cannot have, an unknown capability and one given twice are refused, never taken for something."""
    with pytest.raises(UsageError):
        wrong()
