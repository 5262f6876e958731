"""Mistakes by name, and what goes by them: a computer, a meeting, a product. Exercises are set on these.

A name is that of a mistake of real products (`M13`), of another product's way to ask (`one click for both`), of an interpreter's
mistake, or of a mutant of a row or need as `rasim check --mutants` prints it (``O3 without `local` ``).
"""

from functools import cache
from typing import Any, Final

from attrs import frozen

from rasim.errors import UsageError
from rasim.protocol.computer import Computer
from rasim.protocol.host import Host
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Interpreter, Rules, rules_of
from rasim.protocol.terms import Table
from rasim.runtime import Meeting
from rasim.verify.mutants.mutants import mutants
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES
from rasim.words import not_called

BY_NAME: Final = {**{name: each for name, each in PRODUCT_MISTAKES.items() if not each.capability}, **PROFILES}


@frozen
class Planted:
    """A table or an interpreter with one mistake in it: its name, what it does in words, and what notices it, where that is listed."""

    name: str
    says: str
    table: Table
    interpreter: Interpreter = Rules

    @property
    def rules(self) -> Rules:
        """Return the table made ready to be stepped through."""
        return rules_of(self.table, self.interpreter)


@cache
def planted(name: str) -> Planted:
    """Return the mistake with this name; the empty name is the table without one.

    Raises:
        UsageError: no mistake of control is called so.

    """
    if not name:
        return Planted("", "the table as it is", table())
    if name in BY_NAME:
        return Planted(name, BY_NAME[name].says, BY_NAME[name].change(table()))
    small = {each.name: each for each in _mutants()}
    if name not in small:
        raise UsageError(not_called("no mistake", name, [*BY_NAME, *small]))
    return Planted(name, name, small[name].table, small[name].interpreter)


@cache
def _mutants() -> tuple[Planted, ...]:
    """Return the mutants that need no further capability: those of rows, needs and lines."""
    names = {kind.name for kind in table().kinds}
    return tuple(
        Planted(each.name, each.name, each.table, each.interpreter)
        for each in mutants()
        if {kind.name for kind in each.table.kinds} <= names
    )


class MistakenHost(Host):
    """A computer that goes by a mistaken table; what is around the table is that of every other computer."""

    def __init__(self, mistake: Planted, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.rules = mistake.rules
        self._computer = Computer(self.rules, max(len(self.experts), 1), max(len(self.sessions), 1))
        self._state = self._computer.start(self.rules.start())


def meeting_with(mistake: Planted, base: type[Meeting] = Meeting) -> type[Meeting]:
    """Return what meetings at a computer with this mistake are made by, for `play(scenario, made=…)`."""

    def begun(self: Meeting, *given: Any, **more: Any) -> None:
        base.__init__(self, *given, **more)
        about = {name: more[name] for name in ("membership", "os", "address", "own", "choices") if name in more}
        self.host = MistakenHost(mistake, *given, capabilities=(CONTROL,), **about)

    return type("Mistaken", (base,), {"__init__": begun})
