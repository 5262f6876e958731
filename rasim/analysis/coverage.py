"""What scenarios reach of the table: which rows were used, and what turned events away (row and condition or need).

Which refusals there can be at all is not to be read off the table, since an earlier condition may imply a later one: it
is found by exploring every state, with control and a chat that stands for the further capabilities.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Outcome, Refused
from rasim.protocol.vocabulary import further

if TYPE_CHECKING:
    from rasim.verify.states.explore import Sofar

Refusals = frozenset[tuple[str, str]]
TABLE = table(capabilities=(CONTROL, further("chat")))


@frozen
class Coverage:
    """The rows that were used and the refusals that were shown."""

    rows: frozenset[str]
    refusals: Refusals

    @property
    def unused(self) -> tuple[str, ...]:
        """Return the rows that were not used, in the order of the table."""
        return tuple(row.id for row in TABLE.rows if row.id not in self.rows)


def coverage_of(outcomes: Iterable[Outcome]) -> Coverage:
    """Return what these outcomes reach."""
    rows, refusals = set[str](), set[tuple[str, str]]()
    for outcome in outcomes:
        if outcome.row is not None:
            rows.add(outcome.row.id)
        if isinstance(outcome.refusal, Refused):
            refusals.add((outcome.refusal.row, outcome.refusal.condition.name))
    return Coverage(frozenset(rows), frozenset(refusals))


def reachable_refusals(progress: "Callable[[Sofar], None] | None" = None) -> Refusals:
    """Return every refusal that some state of the pair model shows; about a second."""
    from rasim.verify.states.explore import explore, uninterrupted  # noqa: PLC0415  (only who asks waits for it)
    from rasim.verify.states.model import pair_model  # noqa: PLC0415

    return frozenset(uninterrupted(explore(pair_model(), progress=progress)).refusals)


def as_lines(reached: Coverage, possible: Refusals | None) -> Iterator[str]:
    """Yield the coverage in words; with all `possible` refusals what is missing is named."""
    used = len(TABLE.rows) - len(reached.unused)
    of = "" if possible is None else f" of {len(possible)}"
    yield f"rows used: {used} of {len(TABLE.rows)}; refusals shown: {len(reached.refusals)}{of}"
    if possible is None:
        return
    yield from _missing("not used", reached.unused)
    yield from _missing(
        "not shown", [f"{row} by {condition}" for row, condition in sorted(possible - reached.refusals)]
    )


def _missing(title: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"  {title}: {', '.join(names)}"


def as_json(reached: Coverage, possible: Refusals | None) -> dict[str, Any]:
    """Return the coverage as JSON; `refusals_missing` only where all possible ones are known."""
    missing = None if possible is None else [list(each) for each in sorted(possible - reached.refusals)]
    return {
        "rows": sorted(reached.rows),
        "rows_unused": list(reached.unused),
        "refusals": [list(each) for each in sorted(reached.refusals)],
        "refusals_missing": missing,
    }
