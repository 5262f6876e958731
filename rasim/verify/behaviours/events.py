"""Which events there are to be tried, and which of them may leave a line."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product

from rasim.protocol.lines import AUDITED
from rasim.protocol.step import Event
from rasim.protocol.terms import Kind, Table, Value
from rasim.protocol.vocabulary import CLOSED, PHASES


def events_of_kind(kind: Kind, whole: bool) -> Iterator[Event]:
    """Yield the events of a kind; but in a whole trace none that can only be turned away without a line that is looked for."""
    names = [fact.name for fact in kind.carries]
    for values in product(*(fact.values for fact in kind.carries)):
        ordinary = values == tuple(fact.values[0] for fact in kind.carries)
        if ordinary or whole or len(names) == 1:
            yield Event(kind.name, tuple(sorted(zip(names, values, strict=True))))


def unseen_policies() -> Iterator[Event]:
    """Yield the policies that may come unseen, one for all that do the same."""
    for offers, control, listed in product(("disabled", "enabled"), (False, True), (False, True)):
        said: dict[str, Value] = {
            "new offers": offers,
            "new control": control,
            "new listed": listed,
            "new port 3389": CLOSED,
        }
        yield Event("policy is applied", tuple(sorted(said.items())))


@lru_cache(maxsize=64)
def leavers(rules: Table, whole: bool) -> Mapping[tuple[str, Value], tuple[Event, ...]]:
    """Return which events in an assistance may leave a line, by the line and the phase."""
    found: dict[tuple[str, Value], list[Event]] = {}
    over = [e for thing in rules.things for e in (*thing.begins, *thing.ends, *thing.lost)]
    for kind in rules.kinds:
        rows = [row for row in rules.rows if kind.name in row.when]
        for phase in PHASES if kind.scope == "assistance" else ():
            taking = [row for row in rows if row.phase in (None, phase)]
            effects = [e for e in (kind.arrives, kind.taken, kind.refused) if e is not None and taking]
            effects += [e for row in taking for e in (*row.tells, *(over if row.then else ()))]
            lines = {e.name for e in effects} | ({"local_input"} if taking and kind.owner == "user" else set())
            for line in lines | ({"audited"} if lines & {*AUDITED, "control_refused"} else set()):
                found.setdefault((line, phase), []).extend(events_of_kind(kind, whole))
    return {key: tuple(events) for key, events in found.items()}
