"""A proof that somebody else can check: a closed set of situations of one assistance, and what is claimed of every step from them.

What an assistance sees of others is whether somebody is *busy* in its session; here that may change at any moment. So a set of situations
that holds the start, and that no event leaves whatever it carries, holds every situation of any assistance, however many experts and
sessions there are. Whoever reads the certificate need not believe how it was found: `tests/model/recheck.py` puts every event of
the table through `step` once more, and states the promises in its own words.

Situations are numbers: the facts' values in their order, as digits of mixed radix, most significant first; written as differences.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from itertools import count, product
from typing import Any, Final

from rasim.engines.provers.claims import Observer, claims
from rasim.protocol.rules import CONTROL, RULES
from rasim.protocol.step import Event, Rules, Situation, rules_of
from rasim.protocol.terms import Table
from rasim.protocol.vocabulary import Capability
from rasim.verify.states.search import closed

FORMAT: Final = 1


def table_digest(table: Table) -> str:
    """Return the digest of a table: of everything in it, as it is written."""
    return blake2b(repr(table).encode(), digest_size=16).hexdigest()


def certificate(version: str, progress: Callable[[int, None], object] | None = None) -> dict[str, Any]:
    """Return the certificate of the table. ValueError if something that is claimed is not so: then there is nothing to certify."""
    rules = rules_of(RULES)
    situations = closed_set(rules, (CONTROL,), progress)
    numbers = sorted(number(rules, situation) for situation in situations)
    return {
        "rasim certificate": FORMAT,
        "version": version,
        "table": table_digest(RULES),
        "facts": [[fact.name, list(fact.values)] for fact in rules.facts],
        "promises": sorted({claim.promise for claim in claims()} | {"words_of_the_expert_change_no_need"}),
        "count": len(numbers),
        "situations": [b - a for a, b in zip([0, *numbers], numbers, strict=False)],
    }


def closed_set(
    rules: Rules, capabilities: Sequence[Capability], progress: Callable[[int, None], object] | None = None
) -> set[Situation]:
    """Return the smallest set that holds the start and that no event leaves, somebody else being busy or not.

    ValueError if an event breaks what is claimed.
    """
    observer = Observer(capabilities, [fact.name for fact in rules.facts])
    start = (rules.start(), frozenset[str]())
    events = list(everything(rules.table))
    looked = count(1)

    def leads(node: tuple[Situation, frozenset[str]]) -> Iterator[tuple[Situation, frozenset[str]]]:
        situation, seen = node
        if progress is not None:
            progress(next(looked), None)
        for happening in events:
            outcome = rules.step(situation, happening)
            after, broken = observer.look(seen, outcome)
            if broken:
                raise ValueError(f"{broken[0].promise}: not so after {happening.kind}: {broken[0].says}")
            yield from ((outcome.after.so(busy=busy), after) for busy in (False, True))

    return {situation for situation, _ in closed([start], leads)}


def everything(table: Table) -> Iterator[Event]:
    """Yield every event that a table has, with everything it can carry."""
    for kind in table.kinds:
        names = [fact.name for fact in kind.carries]
        for values in product(*(fact.values for fact in kind.carries)):
            yield Event(kind.name, tuple(sorted(zip(names, values, strict=True))))


def number(rules: Rules, situation: Situation) -> int:
    """Return a situation as a number."""
    at = 0
    for fact, value in zip(rules.facts, situation.values, strict=True):
        at = at * len(fact.values) + fact.values.index(value)
    return at
