"""Expressions after assignments: what printers of the table need so that a guard is one expression, with nothing to be done first."""

from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from rasim.protocol.terms import And, Copy, Expression, In, Is, Not, Or, Value

_Known = Mapping[str, Value | Copy]
TRUE: Final = And(())
FALSE: Final = Or(())


def simplified(expression: Expression, known: _Known) -> Expression:
    """Return an expression after these assignments, without the parts that are then settled; TRUE or FALSE if all of it is."""
    match expression:
        case Is(fact, value):
            to = known.get(fact, Copy(fact))
            return Is(to.fact, value) if isinstance(to, Copy) else (TRUE if to == value else FALSE)
        case In(fact, values):
            return simplified(Or(tuple(Is(fact, value) for value in values)), known)
        case Not(part):
            match simplified(part, known):
                case Not(inner):
                    return inner
                case Is(fact, bool(value)):
                    return Is(fact, not value)
                case plain:
                    return FALSE if plain == TRUE else TRUE if plain == FALSE else Not(plain)
        case And(parts) | Or(parts):
            ends, drops = (FALSE, TRUE) if isinstance(expression, And) else (TRUE, FALSE)
            left = [part for part in (simplified(each, known) for each in parts) if part != drops]
            if ends in left:
                return ends
            return left[0] if len(left) == 1 else type(expression)(tuple(dict.fromkeys(left)))
        case _:
            assert_never(expression)


def fixed_facts(expression: Expression) -> Iterator[tuple[str, Value]]:
    """Yield the facts that have one value only where an expression holds."""
    match expression:
        case Is(fact, value):
            yield fact, value
        case And(parts):
            for part in parts:
                yield from fixed_facts(part)
        case _:
            return
