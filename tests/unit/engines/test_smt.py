"""SMT-LIB is printed from the rows: expressions, sorts, one definition for each row, thing and effect, and a second assistance."""

import re

import pytest
from attrs import evolve

from rasim.engines.provers.claims import seen
from rasim.engines.provers.smt import Printer, Sorts, sexpr, spelt
from rasim.protocol.rules import RULES
from rasim.protocol.terms import And, Copy, Expression, In, Is, Not, Or, Set
from rasim.protocol.vocabulary import line

NAMES = {"phase": "|phase|", "locked": "|locked|"}
PRINTER = Printer(RULES, seen())
KINDS = [kind.name for kind in RULES.kinds]


@pytest.mark.parametrize(
    ("expression", "term"),
    [
        (Is("locked", True), "|locked|"),
        (Is("locked", False), "(not |locked|)"),
        (Is("phase", "idle"), "(= |phase| |phase: idle|)"),
        (In("phase", ("idle", "viewing")), "(or (= |phase| |phase: idle|) (= |phase| |phase: viewing|))"),
        (Not(Is("locked", False)), "(not (not |locked|))"),
        (And((Is("locked", True), Is("phase", "idle"))), "(and |locked| (= |phase| |phase: idle|))"),
        (Or((Is("locked", True),)), "|locked|"),
        (And(()), "true"),
        (Or(()), "false"),
    ],
)
def test_expressions_are_written_as_terms(expression: Expression, term: str) -> None:
    """An expression is a term over the symbols of its facts, and one with no parts is a constant."""
    assert term == sexpr(expression, NAMES, PRINTER.sorts)


def test_facts_with_the_same_words_share_a_sort() -> None:
    """What a policy says of offers and what a new one says can be compared: they have one sort, and facts that are so or not have Bool."""
    sorts = PRINTER.sorts

    assert "|offers word|" == sorts.sort("offers") == sorts.sort("new offers")
    assert "|phase word|" == sorts.sort("phase")
    assert "Bool" == sorts.sort("locked")
    assert "|offers: enabled|" == sorts.value("new offers", "enabled")
    (declared,) = Sorts.of_facts([fact for fact in RULES.facts if fact.name in ("paused", "control")]).lines()
    assert declared == (
        "(declare-datatypes ((|control word| 0)) "
        "(((|control: free|) (|control: asked|) (|control: held|) (|control: cooling|))))"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_defined_before_it_is_used_and_once(kind: str) -> None:
    """In the text of a step each symbol is declared or defined once, before it is used, and all parentheses are closed."""
    event = RULES.kind(kind)
    known: set[str] = set()
    lines = [*PRINTER.sorts.lines(), *PRINTER.constants(), *PRINTER.carries(event), *PRINTER.step(event).text]
    for text in lines:
        if text.startswith(";"):
            continue
        symbols = re.findall(r"\|[^|]*\|", text)
        assert text.count("(") == text.count(")")
        if text.startswith("(declare-datatypes"):
            known |= set(symbols)
            continue
        new, *used = symbols
        assert new not in known
        assert set(used) <= known, text
        known.add(new)


def test_a_row_is_told_in_words() -> None:
    """Above the definition of a row stands while what it takes the event, and what must be so, in the sentences of its conditions."""
    text = PRINTER.step(RULES.kind("accepts")).text
    at = text.index("; O3: while offered; the user's own hand did it, at this session; this prompt is on show")

    assert text[at + 1].startswith(
        "(define-fun |O3 admits| () Bool (and (= |phase| |phase: offered|) (= |origin| |origin: local|)"
    )
    assert "(define-fun |O3 takes| () Bool |O3 admits|)" == text[at + 2]


def test_a_later_row_takes_what_no_earlier_one_takes() -> None:
    """Rows are asked in order: the second takes the event only if the first does not."""
    text = PRINTER.step(RULES.kind("offers help")).text

    assert "(define-fun |O2 takes| () Bool (and |O2 admits| (not |O1 takes|)))" in text


def test_an_answer_no_is_printed_where_some_row_speaks() -> None:
    """An offer that is refused is told to have arrived, and refused, in the phase in which a row speaks of it."""
    step = PRINTER.step(RULES.kind("offers help"))
    text = "\n".join(step.text)

    assert "(define-fun |fires offer_received| () Bool (= |phase| |phase: ticketed|))" in text
    assert "(define-fun |fires offer_refused| () Bool (or (and (= |phase| |phase: ticketed|) (not |taken|))" in text
    assert "|fires offer_refused|" == step.fires[line("offer_refused")]


def test_a_copy_is_of_the_value_at_that_moment() -> None:
    """A row copies what was before the event; a thing that is over copies what is when rule G ends it."""
    copied = evolve(
        RULES,
        things=tuple(
            evolve(thing, over=(*thing.over, Set("listed", Copy("admitted")))) if thing.name == "admission" else thing
            for thing in RULES.things
        ),
    )
    text = "\n".join(Printer(copied, seen()).step(RULES.kind("refresh task runs")).text)

    assert "(define-fun |admitted 0| () Bool (ite |W4 takes| |listed| |admitted|))" in text
    assert "(define-fun |listed 1 admission| () Bool (ite |admission lacks 1| |admitted 0| |listed|))" in text


def test_a_second_assistance_has_facts_of_its_own() -> None:
    """Of a second assistance in one session the facts of computer and session are those of the first, and all others are marked."""
    one, other = PRINTER.before(), PRINTER.before(" of another", ("computer", "session"))

    assert {"|offers|", "|locked|"} <= set(one.values()) & set(other.values())
    for fact in RULES.facts:
        assert (one[fact.name] == other[fact.name]) == (fact.scope in ("computer", "session"))
    assert "|seen asked of another|" == other["seen asked"]
    assert "|taken of another|" == PRINTER.step(RULES.kind("is locked"), " of another", ("computer", "session")).taken


def test_effects_of_one_name_are_told_apart_by_their_fields() -> None:
    """The symbol of an effect has its fields in it."""
    assert "ended" == spelt(line("ended"))
    assert "firewall_changed port=3389 state=open" == spelt(line("firewall_changed", port=3389, state="open"))
