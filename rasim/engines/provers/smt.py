"""The step of one assistance as SMT-LIB text, printed from the rows: what a solver needs to prove promises for any number of them.

How to read what is printed. A fact before the event has its own name (`|phase|`), after the row `|phase 0|`, after rule G ended the view
in its first pass `|phase 1 view|`, and at the end `|phase'|`. `|O3 takes|` says that row O3 takes the event, `|view lacks 1|` that the view
lacks a need, `|fires accepted|` that the computer does this. What an observer has seen has names too (`|seen asked|`, `|seen asked'|`).

A second assistance, where two are spoken of, has the same names with a mark: the facts that they share are the same constants.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, assert_never

from attrs import field, frozen

from rasim.engines.provers.claims import Seen, alike
from rasim.protocol.terms import (
    And,
    Condition,
    Copy,
    Effect,
    Expression,
    Fact,
    In,
    Is,
    Kind,
    Not,
    Or,
    Table,
    Thing,
    Value,
    facts_of,
)

PASSES: Final = 2  # of rule G over all things; that one more changes nothing is asked of the solver

Name = Mapping[str, str]


def quoted(name: str) -> str:
    """Return a name as a symbol."""
    return f"|{name}|"


def sexpr(expression: Expression, names: Name, sorts: "Sorts") -> str:
    """Return an expression as a term; `names` has the symbol of each fact."""
    match expression:
        case Is(fact, value):
            if isinstance(value, bool):
                return names[fact] if value else f"(not {names[fact]})"
            return f"(= {names[fact]} {sorts.value(fact, value)})"
        case In(fact, values):
            return sexpr(Or(tuple(Is(fact, value) for value in values)), names, sorts)
        case Not(part):
            return f"(not {sexpr(part, names, sorts)})"
        case And(parts):
            return _joined("and", "true", [sexpr(part, names, sorts) for part in parts])
        case Or(parts):
            return _joined("or", "false", [sexpr(part, names, sorts) for part in parts])
        case _:
            assert_never(expression)


def _joined(word: str, none: str, parts: Sequence[str]) -> str:
    return none if not parts else parts[0] if len(parts) == 1 else f"({word} {' '.join(parts)})"


@frozen
class Sorts:
    """The sorts of facts: Bool, or an enumeration for each set of words that facts have."""

    of: Mapping[str, str] = field(repr=False)
    words: Mapping[str, tuple[Value, ...]] = field(repr=False)

    @classmethod
    def of_facts(cls, facts: Sequence[Fact]) -> "Sorts":
        """Return the sorts of these facts; facts with the same words share one."""
        names: dict[tuple[Value, ...], str] = {}
        for fact in facts:
            if not isinstance(fact.values[0], bool):
                names.setdefault(fact.values, fact.name)
        of = {fact.name: names.get(fact.values, "Bool") for fact in facts}
        return cls(of, {name: words for words, name in names.items()})

    def sort(self, fact: str) -> str:
        """Return the sort of a fact."""
        return "Bool" if self.of[fact] == "Bool" else quoted(f"{self.of[fact]} word")

    def value(self, fact: str, value: Value) -> str:
        """Return a value of a fact."""
        return str(value).lower() if isinstance(value, bool) else quoted(f"{self.of[fact]}: {value}")

    def lines(self) -> Iterator[str]:
        """Yield the declarations of all sorts."""
        for name, words in self.words.items():
            values = " ".join(f"({quoted(f'{name}: {word}')})" for word in words)
            yield f"(declare-datatypes (({quoted(f'{name} word')} 0)) (({values})))"


@frozen
class Printed:
    """The step of one assistance by one kind of event: its text, and the symbols of what was and what is after it."""

    text: tuple[str, ...] = field(repr=False)
    before: Name = field(repr=False)
    after: Name = field(repr=False)
    fires: Mapping[Effect, str] = field(repr=False)
    settled: str
    taken: str


class Printer:
    """A table, and what an observer of it sees, ready to be printed for a kind of event."""

    def __init__(self, table: Table, seen: Sequence[Seen]) -> None:
        self.table, self.seen = table, seen
        self.carried = tuple({fact.name: fact for kind in table.kinds for fact in kind.carries}.values())
        self.sorts = Sorts.of_facts((*table.facts, *self.carried))
        self.scope = {fact.name: fact.scope for fact in table.facts}

    def constants(self, mark: str = "", shared: Sequence[str] = ()) -> Iterator[str]:
        """Yield the constants of an assistance before an event; facts of the scopes `shared` are those of the first one."""
        for fact in self.table.facts:
            if fact.scope not in shared:
                yield f"(declare-const {quoted(fact.name + mark)} {self.sorts.sort(fact.name)})"
        yield from (f"(declare-const {quoted(each.name + mark)} Bool)" for each in self.seen)

    def carries(self, kind: Kind, mark: str = "", shared: Sequence[str] = ()) -> Iterator[str]:
        """Yield the constants of what an event carries: any value it can."""
        for fact in kind.carries:
            if fact.name not in shared:
                yield f"(declare-const {quoted(fact.name + mark)} {self.sorts.sort(fact.name)})"

    def before(self, mark: str = "", shared: Sequence[str] = ()) -> dict[str, str]:
        """Return the symbols of all facts before an event, and of what is seen."""
        facts = {f.name: quoted(f.name + ("" if f.scope in shared else mark)) for f in self.table.facts}
        return facts | {each.name: quoted(each.name + mark) for each in self.seen}

    def step(self, kind: Kind, mark: str = "", shared: Sequence[str] = (), same: Sequence[str] = ()) -> Printed:
        """Print the step; facts of the scopes `shared` and what is carried of `same` are those of the first assistance."""
        before = self.before(mark, shared)
        given = {fact.name: quoted(fact.name + ("" if fact.name in same else mark)) for fact in kind.carries}
        return _Step(self, kind, mark, before, given).printed()


class _Step:
    def __init__(self, printer: Printer, kind: Kind, mark: str, before: dict[str, str], given: dict[str, str]) -> None:
        self.printer, self.kind, self.mark, self.before, self.given = printer, kind, mark, before, given
        self.sorts, self.text = printer.sorts, list[str]()

    def _define(self, name: str, sort: str, term: str) -> str:
        symbol = quoted(name + self.mark)
        self.text.append(f"(define-fun {symbol} () {sort} {term})")
        return symbol

    def printed(self) -> Printed:
        self.text.append(f"; {self.kind.name}: {self.kind.says}; which row takes it")
        takes = self._rows()
        taken = self._define("taken", "Bool", _joined("or", "false", list(takes.values())))
        self.text.append("; what the row changes; if that is nothing, rule G has nothing to do")
        now = self._changes(takes)
        moved = [f"(not (= {self.before[f]} {symbol}))" for f, symbol in now.items() if symbol != self.before[f]]
        self._define("moved", "Bool", _joined("or", "false", moved))
        lost: dict[str, list[str]] = {}
        for turn in range(1, PASSES + 1):
            self.text.append(f"; rule G, pass {turn}: what lacks a need is over")
            now = self._rule_g(now, turn, lost)
        settled = [f"(not {self._lacks(thing, now)})" for thing in self.printer.table.things if thing.needs]
        self.text.append("; what is so after it, what the computer does, and what is seen of that")
        after = {f: self._define(f"{f}'", self.sorts.sort(f), term) for f, term in now.items() if f in self.sorts.of}
        fires = self._effects(takes, taken, after, lost)
        after |= self._sees(fires)
        return Printed(tuple(self.text), self.before | self.given, after, fires, _joined("and", "true", settled), taken)

    def _speaks(self) -> str:
        """Return when some row speaks of the event: in its phase, or in any."""
        phases = {row.phase for row in self.printer.table.rows if self.kind.name in row.when}
        known = self.before | self.given
        if None in phases:
            return "true"
        return sexpr(Or(tuple(Is("phase", phase) for phase in sorted(filter(None, phases)))), known, self.sorts)

    # ---- rows ------------------------------------------------------------------------------------------------

    def _rows(self) -> dict[str, str]:
        """Print for each row whether it takes the event: the first that admits it."""
        takes: dict[str, str] = {}
        for row in self.printer.table.rows:
            if self.kind.name not in row.when:
                continue
            known = self.before | self.given
            parts = [] if row.phase is None else [sexpr(Is("phase", row.phase), known, self.sorts)]
            parts += [self._holds(condition, known) for condition in row.provided]
            arrival = known | {s.fact: self._to(s.fact, s.to) for s in row.then}
            for thing in self.printer.table.things:
                if thing.needs and {s.fact for s in row.then} & facts_of(thing.lasts):
                    begins = (
                        f"(and {sexpr(thing.lasts, arrival, self.sorts)} (not {sexpr(thing.lasts, known, self.sorts)}))"
                    )
                    needs = _joined("and", "true", [self._holds(need, arrival) for need in thing.needs])
                    parts.append(f"(=> {begins} {needs})")
            asks = [*([] if row.phase is None else [f"while {row.phase}"]), *(each.says for each in row.provided)]
            self.text.append(f"; {row.id}: {'; '.join(asks) or 'always'}")
            admits = self._define(f"{row.id} admits", "Bool", _joined("and", "true", parts))
            others = [f"(not {symbol})" for symbol in takes.values()]
            takes[row.id] = self._define(f"{row.id} takes", "Bool", _joined("and", "true", [admits, *others]))
        return takes

    def _holds(self, condition: Condition, names: Name) -> str:
        return sexpr(condition.holds, names, self.sorts)

    def _to(self, fact: str, to: Value | Copy) -> str:
        return self._copied(fact, to, self.before | self.given)

    def _copied(self, fact: str, to: Value | Copy, names: Name) -> str:
        return names[to.fact] if isinstance(to, Copy) else self.sorts.value(fact, to)

    def _changes(self, takes: Mapping[str, str]) -> dict[str, str]:
        """Print the facts after the row."""
        now = {fact.name: self.before[fact.name] for fact in self.printer.table.facts}
        for row_id, taking in takes.items():
            for s in self.printer.table.row(row_id).then:
                now[s.fact] = f"(ite {taking} {self._to(s.fact, s.to)} {now[s.fact]})"
        return {
            fact: self._define(f"{fact} 0", self.sorts.sort(fact), term) if term != self.before[fact] else term
            for fact, term in now.items()
        }

    # ---- rule G ----------------------------------------------------------------------------------------------

    def _lacks(self, thing: Thing, names: Name) -> str:
        needs = _joined("and", "true", [self._holds(need, names) for need in thing.needs])
        return f"(and {quoted('moved' + self.mark)} {sexpr(thing.lasts, names, self.sorts)} (not {needs}))"

    def _rule_g(self, now: dict[str, str], turn: int, lost: dict[str, list[str]]) -> dict[str, str]:
        """Print one pass of rule G: each thing that lacks a need is over."""
        for thing in self.printer.table.things:
            if thing.needs:
                lacks = self._define(f"{thing.name} lacks {turn}", "Bool", self._lacks(thing, now))
                lost.setdefault(thing.name, []).append(lacks)
                was = now
                for s in thing.over:
                    term = f"(ite {lacks} {self._copied(s.fact, s.to, was)} {now[s.fact]})"
                    now = now | {s.fact: self._define(f"{s.fact} {turn} {thing.name}", self.sorts.sort(s.fact), term)}
        return now

    # ---- effects, and what is seen by them -------------------------------------------------------------------

    def _effects(
        self, takes: Mapping[str, str], taken: str, after: Name, lost: Mapping[str, Sequence[str]]
    ) -> dict[Effect, str]:
        """Print when each effect happens: what `Rules` does, without the reasons."""
        when: dict[Effect, list[str]] = {}
        speaks = self._speaks()
        moments = (
            (self.kind.arrives, speaks),
            (self.kind.taken, taken),
            (self.kind.refused, f"(and {speaks} (not {taken}))"),
        )
        for effect, moment in moments:
            if effect is not None:
                when.setdefault(effect, []).append(moment)
        for row_id, taking in takes.items():
            for effect in self.printer.table.row(row_id).tells:
                when.setdefault(effect, []).append(taking)
        for thing in self.printer.table.things:
            was, now = (sexpr(thing.lasts, names, self.sorts) for names in (self.before, after))
            ended, gone = f"(and {was} (not {now}))", _joined("or", "false", lost.get(thing.name, ()))
            # A shared thing ends with the last assistance that has it, whatever one of them needs.
            by_need = () if thing.shared else thing.lost
            for effect in by_need:
                when.setdefault(effect, []).append(f"(and {ended} {gone})")
            for effect in thing.ends:
                when.setdefault(effect, []).append(ended)
            for effect in thing.begins:
                when.setdefault(effect, []).append(f"(and {now} (not {was}))")
        return {
            effect: self._define(f"fires {spelt(effect)}", "Bool", _joined("or", "false", terms))
            for effect, terms in when.items()
        }

    def _sees(self, fires: Mapping[Effect, str]) -> dict[str, str]:
        """Print what is seen after the event. That none both begins and ends the same is asked, so the order does not matter."""
        after = {}
        for each in self.printer.seen:
            on = [symbol for effect, symbol in fires.items() if meant(effect, each.since)]
            off = [symbol for effect, symbol in fires.items() if meant(effect, each.until)]
            was = self.before[each.name]
            begins = _joined("or", "false", on)
            if each.provided is not None:
                begins = f"(and {begins} {sexpr(each.provided, self.before, self.sorts)})"
            term = f"(or {begins} (and {was} (not {_joined('or', 'false', off)})))"
            after[each.name] = self._define(f"{each.name}'", "Bool", term)
        return after


@cache
def meant(effect: Effect, patterns: tuple[Effect, ...]) -> bool:
    """Tell whether an effect is one of those that are meant; asked again and again, of few."""
    return any(alike(effect, pattern) for pattern in patterns)


def spelt(effect: Effect) -> str:
    """Return an effect as part of a name: with its fields, which tell effects of one name apart."""
    fields = " ".join(f"{name}={value}" for name, value in effect.fields)
    return f"{effect.name} {fields}".strip()
