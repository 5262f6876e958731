"""`step` attacked by walks: a move some row would take now, or any move at all; the promises judge what each leaves.

No proof: the model tests exhaust the same machine. Here another way of choosing events is tried, once by one integer
that seeds a long walk (it comes far and shrinks badly) and once by a list of numbers (short, and shrinks well).
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

import pytest
from drawn import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from rasim.protocol import Line, Outcome, Situation
from rasim.protocol.computer import ComputerState, Happening
from rasim.protocol.terms import Value
from rasim.verify import ALWAYS, WITHIN
from rasim.verify.promises.evidence import Evidence, learn
from rasim.verify.promises.kinds import Always, EveryStep, Within
from rasim.verify.promises.questions import ends_nothing
from rasim.verify.states.model import pair_model
from rasim.verify.states.surroundings import Surroundings

Move = tuple[int, int]  # which kind of move of ten (see `among`), and which of those
STATES = 841  # of the pair model; the test of its counts pins them
WALKS, LENGTH = 200, 1_000

SURROUNDINGS = Surroundings(pair_model())
STEPS = SURROUNDINGS.steps
reached: set[tuple[tuple[Value, ...], int]] = set()


@cache
def taken(values: tuple[Value, ...]) -> tuple[int, ...]:
    """Return the steps that some row takes in a situation, each row as often as any other, what ends a view seldom."""
    now = Situation(values, SURROUNDINGS.rules.places)
    by_row: dict[tuple[str, bool], list[int]] = {}
    for number, each in enumerate(STEPS):
        outcome = SURROUNDINGS.rules.step(now, each.events[0][1])
        if outcome.row is not None:
            by_row.setdefault((outcome.row.id, "view" in outcome.ended), []).append(number)
    return tuple(each for (_, ends), of in by_row.items() for each in (of * 24)[: 1 if ends else 24])


@cache
def onward(values: tuple[Value, ...]) -> tuple[int, ...]:
    """Return the first step of an honest course that still changes something; none when the expert views."""
    now = Situation(values, SURROUNDINGS.rules.places)
    for number in COURSE:
        outcome = SURROUNDINGS.rules.step(now, STEPS[number].events[0][1])
        if outcome.changed and now["phase"] != "viewing":
            return (number,)
    return ()


def number_of(kind: str, **carries: Value) -> int:
    """Return the number of the first step of a kind that carries these facts."""
    wanted = {name.replace("_", " "): value for name, value in carries.items()}
    return next(n for n, each in enumerate(STEPS) if each.kind == kind and wanted.items() <= each.carries.items())


COURSE = (
    number_of("policy is applied", new_offers="enabled", new_control=True, new_listed=True),
    *map(number_of, ("refresh task runs", "firewall opens", "logs on", "is switched to", "asks for a ticket")),
    number_of("offers help", ticket="own"),
    number_of("accepts", origin="local", prompt="on show"),
    number_of("cool-down passes"),
)


def faults(outcome: Outcome) -> list[str]:
    """Return what is wrong with one outcome, whatever came before."""
    wrong = [why for p in ALWAYS if isinstance(p, EveryStep) if (why := p.breaks(outcome)) is not None]
    if outcome.verdict != "done" and outcome.changed:
        wrong.append(f"{outcome.verdict}, and something changed")
    if outcome.lost and not outcome.ended:
        wrong.append("something lost a need, and nothing ended")
    return wrong


JUDGES = [p for p in ALWAYS if isinstance(p, Always)]
AT_ONCE = [p for p in WITHIN if isinstance(p, Within) and p.bound == "at once"]


def breaks(seen: Evidence, line: Line) -> Iterator[str]:
    """Yield the promises that a line breaks, and those that what lasts until then breaks."""
    for p in JUDGES:
        if p.fails is not None and ends_nothing(line) and (why := p.fails(seen)) is not None:
            yield f"{p.name}: {why}"
        if p.breaks is not None and line.event in p.reads and (why := p.breaks(seen, line)) is not None:
            yield f"{p.name}: {why}"


def among(mode: int, values: tuple[Value, ...]) -> Sequence[int]:
    """Return what a move may be: in six of ten cases what some row would take, one of them onward; else anything."""
    if mode >= 6:
        return range(len(STEPS))
    return (onward(values) if mode < 1 else ()) or taken(values)


def walk(moves: Iterable[Move]) -> list[str]:
    """Walk from the start; return what went wrong, and after which events."""
    state: ComputerState = SURROUNDINGS.first
    seen = Evidence()
    went: list[str] = []
    for mode, number in moves:
        now = SURROUNDINGS.computer.situation(state, (0, 0))
        choice = among(mode, now.values)
        at = choice[number % len(choice)]
        reached.add((now.values, at))
        outcome = SURROUNDINGS.rules.step(now, STEPS[at].events[0][1])
        happenings = (Happening(0, 0, outcome),)
        wrong = faults(outcome)
        for line in SURROUNDINGS.lines(STEPS[at], happenings):
            wrong += breaks(seen, line)
            seen = learn(seen, line)
        wrong += [f"{p.name}: {key} goes on after the event" for p in AT_ONCE for key in p.open(seen)]
        state = SURROUNDINGS.computer.put(state, happenings)
        went.append(STEPS[at].kind)
        if wrong:
            return [*wrong, *went]
    return []


def drawn(seed: int, length: int = LENGTH) -> Iterable[Move]:
    """Draw the moves of a walk from one integer."""
    chance = random.Random(seed)  # noqa: S311  (a walk is no secret)
    for _ in range(length):
        yield chance.randrange(10), chance.getrandbits(32)


def said(walks: str) -> str:
    """Say how far the walks came."""
    there = STATES * len(STEPS)
    return f"step: {len(reached):,} of {there:,} (situation, event) pairs, {len(reached) / there:.0%}, {walks}"


@pytest.mark.hypothesis
def test_a_seeded_walk_breaks_nothing(record_property: Callable[[str, object], None]) -> None:
    """No walk of a thousand events, 60 % of them such as some row would take, breaks a promise; its reach is recorded."""
    reached.clear()

    @settings(max_examples=examples(WALKS))
    @given(st.integers(0, 2**64 - 1))
    def attack(seed: int) -> None:
        assert [] == walk(drawn(seed))

    attack()
    record_property("reach", said(f"{examples(WALKS)} seeded walks of {LENGTH} events"))
    assert len(reached) > 75 * examples(WALKS)


moves = st.tuples(st.integers(0, 9), st.integers(0, 2**16))


@pytest.mark.hypothesis
def test_a_drawn_walk_breaks_nothing(record_property: Callable[[str, object], None]) -> None:
    """No list of drawn events breaks a promise; its reach is recorded."""
    reached.clear()

    @settings(max_examples=examples(WALKS))
    @given(st.lists(moves, min_size=30, max_size=60))
    def attack(chosen: list[Move]) -> None:
        assert [] == walk(chosen)

    attack()
    record_property("reach", said(f"{WALKS} drawn lists of 30 to 60 events"))
    assert reached


def test_a_walk_is_repeated_by_its_seed() -> None:
    """The same integer gives the same walk."""
    assert list(drawn(7, 50)) == list(drawn(7, 50))
