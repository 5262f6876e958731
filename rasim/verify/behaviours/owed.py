"""A line that the table leaves, beside a line that a trace shows: whether the one explains the other, and which ids are the same.

The table's lines come with symbols in place of ids (`Symbols`): a symbol is *bound* to the id that the trace has for it, by the first
line that names both. An optional field that a trace leaves out contradicts nothing.
"""

from collections.abc import Mapping
from typing import Final

from attrs import evolve, frozen

from rasim.policy import fold
from rasim.protocol.computer import Pair
from rasim.protocol.lines import RECORD_KINDS, FieldValue, Line

Bound = frozenset[tuple[str, str]]  # symbols with the ids that a trace has for them
ID_FIELDS: Final = frozenset({"offer", "connection", "request", "ticket", "prompt"})
KIND_OF: Final[Mapping[str, str]] = {event: kind for kind, each in RECORD_KINDS.items() for event in each.events}
MAY_LACK: Final = frozenset({"contact", "sessions_disclosed", "membership_checked", "local_input"})
"""Lines that any product may leave out: by what they tell nobody is shown or given anything."""
ANY_KIND: Final = frozenset({"offer_cancelled", "offer_expired"})
"""Lines that are on record as different things in different products."""
ALSO: Final[Mapping[object, frozenset[str]]] = {
    "denied": frozenset({"user"}),
    "user": frozenset({"denied"}),
    "timeout": frozenset({"expired"}),
    "cancelled": frozenset({"expert"}),
}  # other words for the table's reason
UNCOMPARED: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("input_applied", "input_dropped"), frozenset({"kind"})),
    **dict.fromkeys(("reconnect_attempted", "reconnect_refused"), frozenset({"ticket", "connection"})),
    **dict.fromkeys(
        ("capability_requested", "capability_withdrawn", "prompt_covered", "prompt_changed"), frozenset({"prompt"})
    ),
    "contact": frozenset({"reason"}),
    "firewall_changed": frozenset({"because"}),
}  # fields in which no line contradicts the table's
FOREIGN: Final = frozenset(f"{kind} ticket" for kind in ("used", "expired", "foreign", "malformed"))
ANY_HAND: Final = "somebody"  # who did what any hand may do


@frozen
class Owed:
    """A line that an event left, and that the trace has not shown yet: about whom, and since when.

    `shown` if it is of a kind that was recorded, `needed` if it has to come before anything else happens to them.
    """

    line: Line
    pair: Pair | None
    shown: bool
    needed: bool
    expert: str = ""
    session: str = ""
    since: int | None = None
    of: Line | None = None  # of an audit record: the line that it is of, which comes first


def with_its_ids(owed: Owed, known: dict[str, str]) -> Owed:
    """Return a line that is owed with ids in place of symbols, for these will soon name something else."""
    fields = (
        (name, f"={known[value]}" if name in ID_FIELDS and isinstance(value, str) and value in known else value)
        for name, value in owed.line.fields
        if name not in ID_FIELDS or value in known or str(value).startswith("=")
    )
    return evolve(owed, line=Line(owed.line.event, tuple(fields)))


@frozen
class Reader:
    """How lines of a trace are read beside the table's: as lines of the table itself (`whole`), or as those of any product.

    `records` are the kinds that were recorded, `owners` the accounts that last logged on, by their sessions.
    """

    whole: bool
    records: frozenset[str]
    owners: Mapping[str, str]

    def shows(self, event: str) -> bool:
        """Tell whether a line of this event would stand in the trace."""
        kind = KIND_OF.get(event)
        if not self.whole and event in MAY_LACK:
            return False
        return (kind is None or kind in self.records) and (
            "capabilities" in self.records or not event.startswith("capability_")
        )

    def compared(self, owed: Owed, shown: Line, bound: Bound) -> tuple[tuple[str, ...], Bound]:
        """Return the fields in which two lines of one event differ, and what is bound where they do not."""
        known = dict(bound)
        free = UNCOMPARED.get(shown.event if owed.of is None else owed.of.event, frozenset())
        wrong = [
            name
            for name, value in shown.fields
            if name not in free
            and not name.startswith("x_")
            and not (self._same_id(owed, name, value, known) if name in ID_FIELDS else self._same(owed, name, value))
        ]
        if self.whole:
            wrong += [n for n, _ in owed.line.fields if shown[n] is None and n not in free and not n.startswith("x_")]
        return tuple(wrong), bound if len(known) == len(bound) else frozenset(known.items())

    def _same_id(self, owed: Owed, name: str, value: FieldValue, known: dict[str, str]) -> bool:
        symbol = owed.line[name]
        if symbol is not None and symbol.startswith("="):  # the id itself
            return bool(symbol[1:] == value)
        if symbol is None:
            return not self.whole and value not in known.values()
        return symbol in FOREIGN or known.setdefault(symbol, str(value)) == value

    def _same(self, owed: Owed, name: str, value: FieldValue) -> bool:  # noqa: PLR0911  (one case for each kind of field)
        its = owed.line[name]
        match name:
            case "names":
                return True  # a guard of its own looks at it
            case _ if its is None:
                return not self.whole
            case "expert":
                return not owed.expert or fold(str(its)) == fold(str(value))
            case "by":
                return self._same_person(owed, str(its), str(value))
            case "reason" if not self.whole:
                allowed = {*its} if isinstance(its, tuple) else {its}
                return value in {"other"}.union(allowed, *(ALSO.get(each, ()) for each in allowed))
            case "origin" if not self.whole and owed.line.event.endswith(("denied", "_refused")):
                return value in (its, "unknown")  # a no that nobody says was another's
            case "sessions":
                told, there = str_tuple(value), str_tuple(its)  # in an order that no line tells
                return sorted(told) == sorted(there) if self.whole else {*told} <= {*there}
            case "kind" if owed.of is not None and owed.of.event in ANY_KIND:
                return True
            case _:
                return bool(its == value)

    def _same_person(self, owed: Owed, role: str, who: str) -> bool:
        if role == "user":
            owner = self.owners.get(owed.session)
            return who == role or owner is None or fold(who) == fold(owner)
        return role != "expert" or who == role or fold(who) == fold(owed.expert) or not owed.expert


def str_tuple(value: object) -> tuple[str, ...]:
    """Return a field of several texts as such."""
    return value if isinstance(value, tuple) else ()
