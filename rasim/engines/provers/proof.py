"""The safety promises proved for any number of experts and sessions, by induction over events, with z3.

What an assistance can see is the computer, its expert, its session, itself, and whether somebody else is busy there. The argument, each
part of which is asked of the solver:

    frame    an event aimed at one assistance changes no fact of the computer, of a session or of an expert; one aimed at a session or
             an expert changes no fact but theirs and their assistances'; what becomes of a shared fact hangs on shared facts, so
             that all assistances that see it see the same; and nothing that the invariant says of an assistance hangs on *busy*,
             the one fact that an event elsewhere can change for it
    base     at the start the invariant holds
    step     if it holds, it holds after any event with anything the event can carry; *busy* is left free, so nothing is presumed
             of how many others there are
    apart    two experts in one session: if not both are served, not both are after any event that concerns one, the other or both
    claims   whenever the computer does what a claim is about, what it claims was so

The invariant is what is claimed of every moment, that things have what they need, and that what is seen goes with what is so (`claims.links`).
It is for all assistances at once; each query needs it of one or two of them, which is all that an event at one of them can hang on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any, Final, Literal

from attrs import field, frozen

from rasim.engines.provers.claims import APART, NO_CLAIM, Claim, Observer, claims, links, needs_hold, promised, seen
from rasim.engines.provers.expressions import simplified
from rasim.engines.provers.smt import Printer, meant, sexpr
from rasim.inputs import lacks
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.rules import CONTROL
from rasim.protocol.step import Situation, rules_of
from rasim.protocol.terms import And, Expression, In, Is, Kind, Not, Or, Table, Value, compiled, facts_of
from rasim.protocol.vocabulary import BUSY_PHASES, Capability
from rasim.verify.promises.catalogue import ALWAYS
from rasim.verify.promises.kinds import Kept, presumes_another
from rasim.verify.states.model import Model, Step
from rasim.verify.states.search import Search
from rasim.verify.states.surroundings import Surroundings

_Answer = Literal["sat", "unsat", "unknown"]
ONE_WAY: Final = (
    "resting"  # what was seen to be refused rests, but not all that rests was seen to be refused (a choice)
)
SECOND: Final = " of another"
IN_ONE_SESSION: Final = ("computer", "session")
OF_ONE_EXPERT: Final = ("computer", "expert")
# What two assistances share that one event concerns, by whom it is aimed at.
CONCERNED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "assistance": (),
    "session": (IN_ONE_SESSION,),
    "expert": (OF_ONE_EXPERT,),
    "computer": (("computer",), IN_ONE_SESSION, OF_ONE_EXPERT),
}
_WORDS: Final = "words_of_the_expert_change_no_need"


@frozen
class Clause:
    """A part of the invariant, of one assistance."""

    says: str
    so: Expression
    promise: str = ""


@frozen
class Query:
    """Something that must not be possible (or must be, `wanted`), asked about one kind of event.

    `about` is the promise that it is about, or what of the argument; nothing for a clause that is added to what is claimed.
    """

    about: str
    kind: str
    says: str
    negation: str = field(repr=False)
    wanted: _Answer = "unsat"


@frozen
class Counterexample:
    """A counterexample to induction: a situation as the invariant allows it, and the event after which something is not as claimed.

    Facts that do not matter are left out: it is one whatever they are.
    It is no way to break a promise: nobody has said that the situation can come about. `way_to` looks for a way there. Where two
    assistances are asked about, what is the other one's is marked *of another*.
    """

    says: str
    event: str
    carries: Mapping[str, str]
    before: Mapping[str, str]


@frozen
class Proved:
    """What became of a promise: proved for any number, or why not."""

    promise: str
    verdict: Literal["proved", "not inductive", "vacuous", "not shown", "not promised", "not asked"]
    because: str = ""
    counterexample: Counterexample | None = None


@frozen
class Proof:
    """All promises, how many questions were asked and how long they took, the clauses that were added, and what could not be shown."""

    promises: tuple[Proved, ...]
    queries: int
    seconds: float
    solver: str
    strengthening: tuple[str, ...]
    failed: tuple[tuple[Query, _Answer], ...] = field(repr=False)

    @property
    def whole(self) -> bool:
        """Return whether every promise that was asked is proved."""
        return all(each.verdict in ("proved", "not promised", "not asked") for each in self.promises)


def invariant(
    table: Table, capabilities: Sequence[Capability] = (CONTROL,), asked: Sequence[Claim] | None = None
) -> tuple[Clause, ...]:
    """Return the invariant of one assistance: what is claimed of every moment, and what makes it inductive."""
    goes_with = links(capabilities)
    standing = [c for c in (claims(capabilities) if asked is None else asked) if not c.at]
    clauses = [Clause(c.says, c.so, c.promise) for c in standing]
    clauses += [Clause(says, so) for says, so in needs_hold(table)]
    for each in seen(capabilities):
        fact = goes_with[each.name]
        so: Expression = Or((Not(_seen(each.name)), fact))
        if ONE_WAY not in each.name:
            so = And((so, Or((Not(fact), _seen(each.name)))))
        clauses.append(Clause(f"{each.name} goes with what is so", so))
    return tuple(clauses)


def _seen(name: str) -> Expression:
    return Is(name, value=True)


class Script:
    """One kind of event as SMT-LIB text: the step, the invariant before it, and questions."""

    def __init__(self, printer: Printer, kind: Kind, clauses: Sequence[Clause], asked: Sequence[Claim]) -> None:
        self.printer, self.kind, self.clauses, self.asked = printer, kind, clauses, asked
        self.one = printer.step(kind)
        ordinary = {fact.name: fact.values[0] for fact in printer.carried}
        carried = {fact.name for fact in kind.carries}
        self.known: dict[str, Value] = {n: v for n, v in ordinary.items() if n not in carried} | {"event": kind.name}
        self.queries = (*self._steps(), *self._claims())

    def _term(self, expression: Expression, names: Mapping[str, str]) -> str:
        return sexpr(simplified(expression, self.known), names, self.printer.sorts)

    def _all(self, names: Mapping[str, str]) -> str:
        return f"(and true {' '.join(sexpr(clause.so, names, self.printer.sorts) for clause in self.clauses)})"

    def lines(self) -> Iterator[str]:
        """Yield the text up to the questions."""
        yield f"; {self.kind.name}: {self.kind.says}"
        yield from self.printer.sorts.lines()
        yield from self.printer.constants()
        yield from self.printer.carries(self.kind)
        yield from self.one.text
        yield "; the invariant, before"
        yield f"(assert {self._all(self.one.before)})"

    def _steps(self) -> Iterator[Query]:
        name = self.kind.name
        yield Query("rule G", name, "one more pass of rule G changes nothing", f"(not {self.one.settled})")
        for each in self.printer.seen:
            both = [
                [s for effect, s in self.one.fires.items() if meant(effect, many)] for many in (each.since, each.until)
            ]
            if all(both):
                at_once = " ".join(f"(or {' '.join(symbols)} false)" for symbols in both)
                yield Query("rule G", name, f"nothing both begins and ends what is {each.name}", f"(and {at_once})")
        for clause in self.clauses:
            negation = f"(not {sexpr(clause.so, self.one.after, self.printer.sorts)})"
            yield Query(clause.promise, name, clause.says, negation)
        yield from self._frame()

    def _frame(self) -> Iterator[Query]:
        """Ask that facts change only which may: those of the scope that the event is aimed at, and what is inside it."""
        may = {"computer": ("computer", "session", "expert"), "session": ("session",), "expert": ("expert",)}
        changed = [
            f"(not (= {self.one.before[fact.name]} {self.one.after[fact.name]}))"
            for fact in self.printer.table.facts
            if fact.scope in ("computer", "session", "expert") and fact.scope not in may.get(self.kind.scope, ())
        ]
        if changed:
            about = _WORDS if self.kind.scope == "assistance" else "frame"
            says = "no fact of others changes"
            yield Query(about, self.kind.name, says, f"(or {' '.join(changed)} false)")
        # Others come and go by this event, or by one that does not concern this assistance: its invariant must not care.
        other = dict(self.one.before) | {"busy": f"(not {self.one.before['busy']})"}
        says = "the invariant does not hang on whether others are served"
        yield Query("frame", self.kind.name, says, f"(not {self._all(other)})")

    def _claims(self) -> Iterator[Query]:
        for claim in self.asked:
            for effect, symbol in self.one.fires.items():
                if meant(effect, claim.at):
                    so = self._term(claim.so, self.one.before)
                    yield Query(claim.promise, self.kind.name, claim.says, f"(and {symbol} (not {so}))")
                    yield Query(claim.promise, self.kind.name, claim.says, symbol, "sat")


class _Pairs:
    """One kind of event and two assistances: what they share stays shared, and two experts are not both served in a session."""

    def __init__(self, printer: Printer, kind: Kind, clauses: Sequence[Clause], shared: tuple[str, ...]) -> None:
        self.printer, self.kind, self.shared = printer, kind, shared
        same = [fact.name for fact in kind.carries if fact.name != "new listed" or "expert" in shared]
        self.one = printer.step(kind)
        self.other = printer.step(kind, SECOND, (*shared,), same)
        self.clauses = clauses

    def lines(self) -> Iterator[str]:
        """Yield the text up to the questions."""
        sorts, printer = self.printer.sorts, self.printer
        yield f"; {self.kind.name}, and two assistances with the same {' and '.join(self.shared)}"
        yield from sorts.lines()
        yield from printer.constants()
        yield from printer.constants(SECOND, self.shared)
        yield from printer.carries(self.kind)
        yield from printer.carries(self.kind, SECOND, [f.name for f in self.kind.carries if not self._own(f.name)])
        yield from self.one.text
        yield from self.other.text
        for step in (self.one, self.other):
            parts = " ".join(sexpr(clause.so, step.before, sorts) for clause in self.clauses)
            yield f"(assert (and true {parts}))"

    def _own(self, carried: str) -> bool:
        return carried == "new listed" and "expert" not in self.shared

    def agree(self) -> Iterator[Query]:
        """Ask that what they share is the same for both after the event."""
        differ = [
            f"(not (= {self.one.after[fact.name]} {self.other.after[fact.name]}))"
            for fact in self.printer.table.facts
            if fact.scope in self.shared
        ]
        says = f"both see the same {' and '.join(self.shared)} after it"
        yield Query("frame", self.kind.name, says, f"(or {' '.join(differ)} false)")

    def apart(self) -> Iterator[Query]:
        """Ask that not both are served after it, if not both were before: the event concerns one of them, or both."""
        (was, other_was), (now, other_now) = (
            [sexpr(APART[2], names, self.printer.sorts) for names in each]
            for each in ((self.one.before, self.other.before), (self.one.after, self.other.after))
        )
        # Busy is what one sees of the other, by its phase; there may be more of them, so it can be true all the same.
        in_way = In("phase", BUSY_PHASES)
        sees = " ".join(
            f"(=> {sexpr(in_way, there.before, self.printer.sorts)} {here.before['busy']})"
            for here, there in ((self.one, self.other), (self.other, self.one))
        )
        both = self.kind.scope in ("computer", "session")
        says = f"{APART[1]}, if {'both are' if both else 'one is'} concerned"
        after = other_now if both else other_was
        yield Query(APART[0], self.kind.name, says, f"(and (not (and {was} {other_was})) {sees} {now} {after})")


def prove(
    table: Table,
    capabilities: Sequence[Capability] = (CONTROL,),
    *,
    choices: Choices = STRICT,
    strengthened: bool = True,
    progress: Callable[[int, int], object] | None = None,
) -> Proof:
    """Prove what is claimed of a table, for any number of experts and sessions; promises that presume another choice are left out.

    Not `strengthened` it is tried with what is claimed alone. Raises UsageError without z3.
    """
    begun = monotonic()
    solver = _Solver()
    asked, apart = promised(choices, capabilities)
    clauses = invariant(table, capabilities, asked)
    if not strengthened:
        clauses = tuple(clause for clause in clauses if clause.promise)
    printer = Printer(table, seen(capabilities))
    answers: list[tuple[Query, _Answer]] = [_base(table, clauses)]
    examples: dict[str, Counterexample] = {}
    for done, kind in enumerate(table.kinds):
        if progress is not None:
            progress(done, len(table.kinds))
        for part, queries in _parts(printer, kind, clauses, asked, apart=apart):
            for query, answer, model in solver.ask(list(part.lines()), queries):
                answers.append((query, answer))
                if model:
                    examples[query.about] = _example(printer, query, model)
    judged = tuple(_judged(promise, answers, examples, asked, choices) for promise in ALWAYS)
    return Proof(
        judged, len(answers), monotonic() - begun, solver.version,
        tuple(clause.says for clause in clauses if not clause.promise),
        tuple((q, a) for q, a in answers if q.wanted == "unsat" and a != "unsat"),
    )  # fmt: skip


def _parts(
    printer: Printer, kind: Kind, clauses: Sequence[Clause], asked: Sequence[Claim], *, apart: bool
) -> Iterator[tuple[Any, Sequence[Query]]]:
    alone = Script(printer, kind, clauses, asked)
    yield alone, alone.queries
    concerned = CONCERNED[kind.scope]
    for shared in dict.fromkeys((*concerned, *([IN_ONE_SESSION] if apart else []))):
        pairs = _Pairs(printer, kind, clauses, shared)
        agree = pairs.agree() if shared in concerned else ()
        yield pairs, (*agree, *(pairs.apart() if apart and shared == IN_ONE_SESSION else ()))


def _base(table: Table, clauses: Sequence[Clause]) -> tuple[Query, _Answer]:
    """Ask whether the invariant holds at the start; there is one start, so nothing has to be solved."""
    start = rules_of(table).start()
    names = (*start.places, *{fact for clause in clauses for fact in _seen_in(clause.so)})
    places = {name: at for at, name in enumerate(names)}
    values = (*start.values, *([False] * (len(names) - len(start.values))))
    holds = all(compiled(clause.so, places)(values) for clause in clauses)
    query = Query("base", "the start", "the invariant holds at the start", "")
    return query, "unsat" if holds else "sat"


def _seen_in(expression: Expression) -> frozenset[str]:
    return frozenset(name for name in facts_of(expression) if name.startswith("seen "))


def _judged(
    promise: Kept,
    answers: Sequence[tuple[Query, _Answer]],
    examples: Mapping[str, Counterexample],
    asked: Sequence[Claim],
    choices: Choices,
) -> Proved:
    name = promise.name
    if presumes_another(promise, choices):
        return Proved(name, "not promised", "it presumes another choice")
    if name in NO_CLAIM and name != _WORDS:
        return Proved(name, "not asked", NO_CLAIM[name])
    own = [(q, a) for q, a in answers if q.about == name]
    wrong = [(q, a) for said in ("sat", "unknown") for q, a in own if q.wanted == "unsat" and a == said]
    # The argument is one: the frame, the start and each clause carry all of it, and a promise can mean more than its own
    # claims where those of others see to the rest. So where anything fails, nothing is called proved.
    others = [(q, a) for q, a in answers if q.wanted == "unsat" and a != "unsat" and q.about != name]
    for q, a in (*wrong, *others):
        said = f"{q.kind}: {q.says}"
        if a == "unknown":
            return Proved(name, "not shown", f"the solver does not know: {said}")
        if (q, a) in wrong:
            return Proved(name, "not inductive", said, examples.get(q.about))
        return Proved(name, "not shown", f"it rests on what is not inductive: {said}")
    happens = {q.says: a for q, a in own if q.wanted == "sat" and a != "unsat"}
    happens |= {q.says: a for q, a in own if q.wanted == "sat" and a == "sat"}
    never = [claim.says for claim in asked if claim.promise == name and claim.at and happens.get(claim.says) != "sat"]
    if any(says in happens for says in never):
        return Proved(name, "not shown", f"the solver does not know whether it comes to this: {', '.join(never)}")
    if never:
        return Proved(name, "vacuous", f"it never comes to this: {', '.join(never)}")
    return Proved(name, "proved")


def _example(printer: Printer, query: Query, model: Mapping[str, str]) -> Counterexample:
    facts = (*(f.name for f in printer.table.facts), *(each.name for each in printer.seen))
    carried = [fact.name for fact in printer.carried]
    both = [
        [name + mark for mark in ("", SECOND) for name in names if name + mark in model] for names in (facts, carried)
    ]
    before, with_it = ({name: model[name] for name in names} for names in both)
    return Counterexample(query.says, query.kind, with_it, before)


def way_to(
    example: Counterexample, table: Table, capabilities: Sequence[Capability] = (CONTROL,)
) -> tuple[Step, ...] | None:
    """Return the steps of one expert and one session that lead to the situation of a counterexample; None if none do.

    Then it can come about, and the last step, its event, breaks what it says. None says nothing: where somebody else is busy, or
    two assistances are spoken of, one expert and one session are too few.
    """
    if any(name.endswith(SECOND) for name in example.before):
        return None
    surroundings = Surroundings(Model("way", "one expert, one session, every value", table))
    rules, observer = surroundings.rules, Observer(capabilities, surroundings.rules.places)
    pair = (0, 0)

    def told(situation: Situation, known: frozenset[str]) -> dict[str, str]:
        watched = {each.name: str(each.name in known) for each in observer.seen}
        return {name: str(value) for name, value in situation.as_dict().items()} | watched

    def leads_on(step: Step) -> bool:
        carried = rules.carried(step.events[0][1])
        return step.kind == example.event and all(
            str(carried[name]) == value for name, value in example.carries.items()
        )

    first = (surroundings.computer.situation(surroundings.first, pair), frozenset[str]())
    search: Search[tuple[Situation, frozenset[str]], Step] = Search(first)
    for at, (situation, known) in enumerate(search.nodes):
        if example.before.items() <= told(situation, known).items():
            last = next((step for step in surroundings.steps if leads_on(step)), None)
            return None if last is None else (*search.path(at), last)
        for step in surroundings.steps:
            outcome = rules.step(situation, step.events[0][1])
            search.add((outcome.after, observer.look(known, outcome)[0]), at, step)
    return None


def solver_library() -> Any:
    """Return z3. UsageError if it is not installed."""
    try:
        import z3  # type: ignore[import-untyped]  # noqa: PLC0415  (an extra)
    except ImportError:
        raise lacks("smt", "the proof needs z3") from None
    return z3


class _Solver:
    """z3, fed with text: any other solver could be."""

    def __init__(self) -> None:
        z3 = self._z3 = solver_library()
        self.shown: set[str] = (
            set()
        )  # of one thing that is not inductive one counterexample is enough, and each costs time
        self.version = f"z3 {z3.get_version_string()}"

    def ask(self, lines: Sequence[str], queries: Sequence[Query]) -> Iterator[tuple[Query, _Answer, Mapping[str, str]]]:
        """Ask questions about one text; a question that is answered *sat* comes with what makes it so.

        What must not be possible is asked all at once; what is possible all the same is left out, and the rest asked again.
        """
        z3, solver = self._z3, self._z3.Solver()
        names = [f"q{n}" for n in range(len(queries))]
        stated = [
            f"(declare-const {name} Bool) (assert (= {name} {query.negation}))"
            for name, query in zip(names, queries, strict=True)
        ]
        solver.from_string("\n".join([*lines, *stated]))
        answers: dict[str, tuple[_Answer, Mapping[str, str]]] = {}
        left = [name for name, query in zip(names, queries, strict=True) if query.wanted == "unsat"]
        about = dict(zip(names, (query.about for query in queries), strict=True))
        while left:
            solver.push()
            solver.add(z3.Or([z3.Bool(name) for name in left]))
            said = str(solver.check())
            possible = [name for name in left if z3.is_true(solver.model()[z3.Bool(name)])] if said == "sat" else []
            for name in possible:
                answers[name] = ("sat", self._model(solver) if about[name] not in self.shown else {})
                self.shown.add(about[name])
            solver.pop()
            left = [name for name in left if name not in possible]
            if said == "unsat":
                answers |= dict.fromkeys(left, ("unsat", {}))
            if not possible:
                break
        for name, query in zip(names, queries, strict=True):
            if name not in answers:
                said = str(solver.check(z3.Bool(name)))
                answers[name] = ("sat" if said == "sat" else "unsat" if said == "unsat" else "unknown", {})
            yield query, *answers[name]

    @staticmethod
    def _model(solver: Any) -> dict[str, str]:
        """Return the values of all facts, each as rasim's own word: *True* and *False*, or a word of the table."""
        found = solver.model()
        values = {each.name(): found[each].decl().name() for each in found.decls() if each.arity() == 0}
        words = {"true": "True", "false": "False"}
        return {name: words.get(value, value.rpartition(": ")[2]) for name, value in values.items()}
