"""Where in the table a setting decides: which things need it, and which rows can begin those things.

Read from the rows, like everything: `grounds("RAUnsolicit", "view")` finds each thing on the way to a view that has a need with
that setting behind it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from attrs import frozen

from rasim.protocol.rules import RULES
from rasim.protocol.terms import Is, Row, Thing

ON_THE_WAY: Final[Mapping[str, tuple[str, ...]]] = {
    "offer": ("ticket", "question"),
    "view": ("ticket", "question", "view"),
    "control": ("ticket", "question", "view", "control asked", "control held"),
}
"""The things that an expert must come to have, one after the other, for each capability."""


@frozen
class Ground:
    """A need of a thing: its name and sentence, and the rows by which the thing can begin."""

    thing: str
    need: str
    says: str
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.thing} ({', '.join(self.rows)}) needs: {self.says}"


@lru_cache(maxsize=64)
def grounds(setting: str, capability: str) -> tuple[Ground, ...]:
    """Return the needs on the way to a capability that a setting is behind."""
    things = {thing.name: thing for thing in RULES.things}
    return tuple(
        Ground(name, need.name, need.says, tuple(row.id for row in RULES.rows if _begins(row, things[name])))
        for name in ON_THE_WAY[capability]
        for need in things[name].needs
        if setting in need.settings
    )


def _begins(row: Row, thing: Thing) -> bool:
    lasts = thing.lasts
    return isinstance(lasts, Is) and any(change.fact == lasts.fact and change.to == lasts.value for change in row.then)
