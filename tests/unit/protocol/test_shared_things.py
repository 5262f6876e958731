"""A computer with several assistances: what each sees of it, and what all of them share."""

from attrs import evolve

from rasim.protocol import RULES, event, start
from rasim.protocol.computer import Computer
from rasim.protocol.step import rules_of
from rasim.protocol.terms import Is, Thing
from rasim.protocol.vocabulary import line

LIGHT = Thing(
    "light",
    "a light is on where somebody is logged on",
    Is("logged on", value=True),
    (),
    (),
    begins=(line("restarted"),),
    shared=True,
)
TWO_SHARED = evolve(RULES, things=(*RULES.things, LIGHT))


def test_what_was_in_no_order_is_put_right_in_every_part() -> None:
    """Where control is held in no view, the first event that changes anything ends it for each expert, and each sees its own outcome."""
    computer = Computer(rules_of(RULES), experts=2, sessions=1)
    before = computer.start(start(control="held"))
    pairs = computer.concerned("logs on", (0, 0))
    after, happenings = computer.happen(before, dict.fromkeys(pairs, event("logs on")))

    assert ((0, 0), (1, 0)) == pairs
    assert [("free", True)] * 2 == [
        (now["control"], now["logged on"]) for now in (computer.situation(after, pair) for pair in pairs)
    ]
    assert [h.outcome.after for h in happenings] == [computer.situation(after, pair) for pair in pairs]


def test_what_is_shared_begins_and_ends_apart() -> None:
    """Of two things that assistances share only the one that begins is told, once, and the other stays as it is."""
    computer = Computer(rules_of(TWO_SHARED), experts=2, sessions=2)
    before = computer.start(start(TWO_SHARED))
    told = []
    for session in (0, 1):
        pairs = computer.concerned("logs on", (0, session))
        after, happenings = computer.happen(before, dict.fromkeys(pairs, event("logs on")))
        told.append(computer.shared_effects(before, after, happenings))
        before = after

    assert [(line("restarted"),), ()] == told


def test_an_event_concerns_who_sees_its_owner() -> None:
    """An event concerns its assistance, those of its session or its expert, or all, as its kind says whose it is."""
    computer = Computer(rules_of(RULES), experts=2, sessions=2)

    assert {
        "offers help": ((1, 0),),
        "logs on": ((0, 0), (1, 0)),
        "helper is added": ((1, 0), (1, 1)),
        "computer restarts": ((0, 0), (0, 1), (1, 0), (1, 1)),
    } == {
        kind: computer.concerned(kind, (1, 0))
        for kind in ("offers help", "logs on", "helper is added", "computer restarts")
    }
