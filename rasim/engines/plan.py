"""A check from its plan to its answer: all that `rasim check` can be asked, for programs that ask it themselves.

    answer = run(Plan(experts=2, sessions=2, symmetry=True))

Read `run` first. The standard models (or those of one policy, or of another product) are explored state by state, with every promise.
`experts` and `sessions` ask for one model more: explored by numbers where that is quicker, or searched by a swarm. Then come the
second opinions, each of which may need something that is not installed.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from importlib.util import find_spec
from math import inf
from time import monotonic
from typing import Any, Final, Literal, get_args

from attrs import evolve, field, fields, frozen

from rasim import __version__
from rasim.doors import door
from rasim.engines.processes import counting, forks, processes, processors
from rasim.engines.provers.certificate import certificate
from rasim.engines.provers.proof import prove, solver_library, way_to
from rasim.engines.provers.spin import SpinCompared, compared, spin_and_compiler
from rasim.engines.results import Budget, Engine, LargeModel, PartsDone, Proven, Reached, Watch
from rasim.engines.swarm import LENGTH, Swarm, swarm
from rasim.errors import Exit, UsageError, worst
from rasim.policy import Policy
from rasim.protocol import table
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.rules import CONTROL
from rasim.protocol.vocabulary import further
from rasim.protocol.world import PolicyFacts
from rasim.verify.check import Checked, Judged, check
from rasim.verify.mutants.mutants import Killed, Mutant, baselines, kill, mutants
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.policies.reachable import Axis, axis
from rasim.verify.promises.catalogue import KEPT
from rasim.verify.states.explore import Exploration
from rasim.verify.states.model import Model, pair_model, policy_models, sized_model, standard_models, wide_model
from rasim.words import not_called

Chosen = Literal["auto", "python", "numpy", "numba"]
ENGINES: Final = get_args(Chosen)
MANY: Final = 100_000  # states from which numbers are quicker than readable states
HUGE: Final = 20_000_000  # and from which compiling the loops pays even if it has to be done first
MOST_JOBS: Final = 1_024
MIB: Final = 1 << 20
_Tells = Callable[[int, int | None], None]  # how many parts are done, of how many if that is known


def _number(least: float = 1, kind: type[int | float] = int, most: float = inf) -> Any:
    """Return a field for a number from `least` on, which it may be, to `most`; nan is in no range."""

    def check(_: Any, about: Any, value: Any) -> None:
        if value is not None and not (type(value) in (int, kind) and least <= value <= most):
            whole = "whole " if kind is int else ""
            raise UsageError(f"{about.name} must be a {whole}number from {least:g} to {most:g}, not {value!r}")

    return field(default=None, validator=check)


@frozen(kw_only=True)
class Plan:
    """What a check is to find out and with how much: each field is the option of `rasim check` that has its name.

    Without `policy` all policies are checked, which change at any moment; a policy stays as it is. None is what the command does
    without the option. `max_memory` is in MiB; `digest` asks for the fingerprints of the models, which take a while.

    Raises:
        UsageError: no profile or engine has this name, a number is too small or none, an option would do nothing, or would speak of
            something else than it seems to.

    """

    policy: Policy | None = None
    profile: str | None = None
    choices: Choices = STRICT
    by_policy: bool = False
    experts: int | None = _number()
    sessions: int | None = _number()
    all_facts: bool = False
    max_states: int | None = _number()
    max_seconds: float | None = _number(1e-6, float, 10**9)
    max_memory: int | None = _number()
    engine: Chosen = "auto"
    symmetry: bool = False
    swarm: int | None = _number()
    seed: int | None = _number(0)
    jobs: int | None = _number(most=MOST_JOBS)
    mutants: bool = False
    spin: bool = False
    prove: bool = False
    certificate: bool = False
    digest: bool = True

    def __attrs_post_init__(self) -> None:
        self._about_bounds()
        if self.profile is not None:
            if self.profile not in PROFILES:
                raise UsageError(not_called("no profile", self.profile, PROFILES))
            about_rasim = ("experts", "sessions", "by_policy", "spin", "prove", "certificate")
            self._refuse(about_rasim, "--profile shows another product, and {} is about rasim's own rules")
            if self.policy is not None:
                raise UsageError("a policy is checked as Windows takes it; --profile is another product, and has none")
        if not self.sized:
            of_size = ("all_facts", "symmetry", "max_memory", "engine", "swarm")
            self._refuse(of_size, "{} is about the model of --experts and --sessions: say how many")
        if self.swarm is not None:
            self._refuse(("symmetry", "max_memory", "engine"), "--swarm explores nothing whole, and {} is about that")
        elif self.seed is not None:
            raise UsageError("--seed is the first seed of --swarm")
        if self.symmetry and self.engine in {"python", "numba"}:
            raise UsageError(f"--symmetry is explored by numpy, and not by {self.engine}")
        if self.choices != STRICT:
            self._refuse(("by_policy", "certificate"), "{} knows the strict choices only")

    def _about_bounds(self) -> None:
        if self.engine not in ENGINES:
            raise UsageError(not_called("no engine", str(self.engine), ENGINES))
        bound = next((name for name in ("max_states", "max_seconds") if getattr(self, name) is not None), None)
        if bound is not None:
            unbounded = ("mutants", "spin", "prove", "certificate", "by_policy")
            self._refuse(
                unbounded, f"--{bound.replace('_', '-')} bounds what is explored, and not {{}}; give one of them"
            )

    def _refuse(self, names: Sequence[str], why: str) -> None:
        for name in names:
            if getattr(self, name) != getattr(fields(Plan), name).default:
                raise UsageError(why.format(f"--{name.replace('_', '-')}"))

    @property
    def sized(self) -> bool:
        """Return whether a model of a size is asked for, beside those that every check explores."""
        return self.experts is not None or self.sessions is not None


@frozen
class CheckAnswer:
    """What a plan came to. What was not asked for, or comes after an interrupt, is None or empty."""

    plan: Plan
    checked: Checked
    seconds: float = 0.0
    large: tuple[LargeModel, ...] = ()
    swarm: Swarm | None = None
    certificate: Mapping[str, Any] | None = None
    spin: tuple[SpinCompared, ...] = ()
    proof: Proven | None = None
    by_policy: Axis | None = None
    killed: tuple[Killed, ...] | None = None
    stopped: bool = False  # by an interrupt, in a second opinion

    @property
    def interrupted(self) -> bool:
        """Return whether somebody interrupted it, so that this is a part."""
        searched = self.swarm is not None and self.swarm.interrupted
        return (
            self.stopped
            or self.checked.interrupted
            or searched
            or any(each.found.why == "interrupted" for each in self.large)
        )

    @property
    def complete(self) -> bool:
        """Return whether every model was explored to its end and nobody interrupted; what a swarm searches never is."""
        explored = self.checked.complete and not self.stopped
        return explored and self.swarm is None and all(each.found.complete for each in self.large)

    @property
    def one_policy(self) -> bool:
        """Return whether one policy was checked, which stays, so that what is out of reach is an answer."""
        return all(e.model.policy is not None for e in self.checked.explorations)

    @property
    def trapped(self) -> bool:
        """Return whether there are states of a large model from which there is no way back."""
        return any(isinstance(each.found, Reached) and bool(each.found.trapped) for each in self.large)

    @property
    def survived(self) -> tuple[Killed, ...]:
        """Return the mutants that nothing noticed, and that are not the table itself."""
        return tuple(k for k in self.killed or () if k.by is None and k.how != "equivalent")

    @property
    def broken(self) -> Iterator[Judged]:
        """Yield what is broken: in the models that were explored, then what the swarm found."""
        yield from (judged for judged in self.checked.judged if judged.verdict == "broken")
        if self.swarm is not None:
            promises = {promise.name: promise for promise in KEPT}
            for name, finding in sorted(self.swarm.broken.items()):
                yield Judged(promises[name], "broken", finding, self.swarm.model)

    @property
    def exit_code(self) -> Exit:
        """Return the exit code: broken, missing or survived is 1, not complete or unclear 3, interrupted 130."""
        return Exit.INTERRUPTED if self.interrupted else worst(*self._codes())

    def _codes(self) -> Iterator[Exit]:
        missing = {"vacuous", "unreachable"} & {judged.verdict for judged in self.checked.judged}
        unshown = not self.one_policy and (missing or self.checked.unused_rows)
        if any(self.broken) or unshown or self.checked.overlaps or self.survived or self.trapped:
            yield Exit.FAILED
        if not self.complete or (self.plan.policy is not None and self.plan.policy.unclear):
            yield Exit.INCONCLUSIVE
        for each in self.spin:
            if each.differences:
                yield Exit.FAILED if each.opinion.complete or each.opinion.broken else Exit.INCONCLUSIVE
        if self.proof is not None and not self.proof.proof.whole:
            yield Exit.INCONCLUSIVE


@door
def run(plan: Plan, progress: Watch | None = None) -> CheckAnswer:
    """Do what the plan asks; an interrupt ends it, and what was found by then is the answer.

    Raises:
        UsageError: what an option needs is not installed, or a table is not one that it can speak of.

    """
    begun = monotonic()
    _needs(plan)
    with _no_collector():
        models = _models(plan)
        answer = CheckAnswer(plan, _checked(plan, models.readable, begun, progress))
        if not answer.interrupted:
            answer = evolve(
                answer,
                large=() if models.tables is None else (_large(plan, models, begun, progress),),
                swarm=None if plan.swarm is None else _swarm(plan, plan.swarm, begun, progress),
            )
        if not answer.interrupted:
            answer = _with_opinions(answer, progress)
    return evolve(answer, seconds=monotonic() - begun)


def _with_opinions(answer: CheckAnswer, progress: Watch | None) -> CheckAnswer:
    """Return an answer with the second opinions that are asked for; somebody who interrupts gets those that are there by then."""
    plan = answer.plan

    def tells(what: str) -> _Tells:
        return lambda done, many: None if progress is None else progress(what, PartsDone(done, many))

    try:
        if plan.certificate:
            answer = evolve(answer, certificate=_certificate(tells("situations to certify")))
        if plan.spin:
            opinions = compared(answer.checked.explorations, plan.choices, tells("searches by Spin"))
            answer = evolve(answer, spin=tuple(opinions))
        if plan.prove:
            answer = evolve(answer, proof=_proof(plan.choices, tells("events proved")))
        if plan.by_policy:
            answer = evolve(answer, by_policy=axis(tells("policies")))
        if plan.mutants:
            answer = evolve(answer, killed=tuple(_killed(plan, progress)))
    except KeyboardInterrupt:
        answer = evolve(answer, stopped=True)
    return answer


def _needs(plan: Plan) -> None:
    """Say what is not installed before anything is explored, and not minutes later."""
    if plan.engine == "numba":
        from rasim.engines.state_space import loops_of  # noqa: PLC0415  (an extra)

        loops_of(plan.engine)
    if plan.prove:
        solver_library()
    if plan.spin:
        spin_and_compiler()


@contextmanager
def _no_collector() -> Iterator[None]:
    """Throw nothing away while states are collected: looking for garbage among them costs a third of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


# ---- the models ----------------------------------------------------------------------------------------------


@frozen
class _Models:
    """What the readable engine explores; and the tables of a large model, with the name of the one its promises are asked in."""

    readable: Sequence[Model]
    tables: Any = None  # Tables, which need numpy
    asked_in: str = ""


def _models(plan: Plan) -> _Models:
    models = _standard(plan)
    if not plan.sized or plan.swarm is not None:
        return _Models(models)
    whole = _sized(plan, plan.sessions or 1)
    tables = _tabulated(plan, whole)
    asked = whole if tables is None else _like(_sized(plan, 1), models)
    return _Models([*models, *([] if asked in models else [asked])], tables, asked.name)


def _standard(plan: Plan) -> Sequence[Model]:
    if plan.profile is not None:
        other = PROFILES[plan.profile]
        says = f"{plan.profile}: {other.says} ({other.cases})"
        return [evolve(pair_model(other.change(table(plan.choices))), name="foreign", says=says)]
    if plan.policy is None:
        return standard_models(plan.choices)
    facts = PolicyFacts.of(plan.policy)
    listed = any(facts.listed)
    return policy_models(facts.offers, control=facts.control, anybody_listed=listed, choices=plan.choices)


def _sized(plan: Plan, sessions: int) -> Model:
    experts = plan.experts or 1
    if plan.all_facts:
        model = wide_model(experts, sessions, table(plan.choices, (CONTROL, further("chat"))))
    else:
        model = sized_model(experts, sessions, table(plan.choices))
    if plan.policy is None:
        return model
    facts = PolicyFacts.of(plan.policy)
    # Not configured is left out of the model that leaves facts out.
    stated = "disabled" if facts.offers == "not configured" and not plan.all_facts else facts.offers
    return evolve(model, policy=evolve(facts, offers=stated, listed=facts.listed * experts))


def _tabulated(plan: Plan, model: Model) -> Any:
    """Return the tables of a model that is to be explored by numbers; None if it is not large, or nothing is installed that could."""
    by_name = plan.engine != "auto" or plan.symmetry
    if plan.engine == "python" or (model.sessions == 1 and not by_name):
        return None
    try:
        from rasim.engines.tables import tabulate  # noqa: PLC0415  (an extra)

        tables = tabulate(model)
    except UsageError:
        if by_name:
            raise
        return None
    return tables if by_name or tables.places >= MANY else None


def _like(model: Model, known: Iterable[Model]) -> Model:
    """Return the known model that is this one under another name, else itself."""

    def plain(one: Model) -> Model:
        return evolve(one, name="", says="", shows=frozenset())

    return next((other for other in known if plain(other) == plain(model)), model)


# ---- exploring them ------------------------------------------------------------------------------------------


def _checked(plan: Plan, models: Sequence[Model], begun: float, progress: Watch | None) -> Checked:
    # Of a swarm max_states is how many states it takes, and not where the standard models stop.
    most = inf if plan.swarm is not None or plan.max_states is None else plan.max_states
    until = begun + (plan.max_seconds or inf)
    bounded = (most, until) != (inf, inf)
    return check(
        models,
        choices=plan.choices,
        enough=(lambda found: found > most or monotonic() > until) if bounded else None,
        progress=progress,
        digest=plan.digest,
    )


def _large(plan: Plan, models: _Models, begun: float, progress: Watch | None) -> LargeModel:
    """Explore a model by numbers."""
    from rasim.engines.state_space import explore_numbers  # noqa: PLC0415  (an extra)
    from rasim.engines.symmetry import reach_alike  # noqa: PLC0415  (as above)

    tables = models.tables
    show = None if progress is None else partial(progress, tables.model.name)
    budget = Budget(plan.max_states, plan.max_seconds, _memory(plan.max_memory), monotonic() - begun)
    if plan.symmetry:
        return LargeModel(reach_alike(tables, budget=budget, progress=show), models.asked_in)
    engine = plan.engine if plan.engine in ("numpy", "numba") else _quickest(tables.places)
    threads = plan.jobs or processors() if engine == "numba" else 1
    found = explore_numbers(tables, engine, budget=budget, traps=True, threads=threads, progress=show)
    return LargeModel(found, models.asked_in, "" if found.root is None else _said(tables.state(found.root)))


def _quickest(places: int) -> Engine:
    return "numba" if places >= HUGE and find_spec("numba") is not None else "numpy"


def _memory(mib: int | None) -> int | None:
    """Return the bytes that may be taken: what was said, else three quarters of what the machine has, None where it does not tell."""
    if mib is not None:
        return mib * MIB
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None


def _said(state: Any) -> str:
    """Return what goes on in a state, shortly: there is a trap only if something always goes on."""
    going_on = {course[0] for courses in state[3] for course in courses} - {"idle"}
    return f"one in which {', '.join(sorted(going_on))} goes on" if going_on else "one in which nothing goes on"


def _swarm(plan: Plan, searches: int, begun: float, progress: Watch | None) -> Swarm:
    """Search a model from many seeds, with as many processes as there are processors."""
    mapped = processes(min(plan.jobs or processors(), searches) if forks() else 1)
    return swarm(
        _sized(plan, plan.sessions or 1),
        searches,
        seed=plan.seed or 0,
        length=LENGTH if plan.max_states is None else max(1, plan.max_states // searches),
        enough=partial(_later_than, begun + (plan.max_seconds or inf)),
        choices=plan.choices,
        together=partial(counting, "searches", searches, progress, mapped),
    )


def _later_than(until: float) -> bool:
    return monotonic() > until


def _killed(plan: Plan, progress: Watch | None) -> Iterator[Killed]:
    """Try every mutant, in as many processes as there are processors."""
    many = len(_mutants())
    if progress is not None:
        progress("mutants", PartsDone(0, many))
    if forks():
        _baselines()  # once for all processes
    yield from counting("mutants", many, progress, processes(plan.jobs or processors()), _kill, range(many))


def _kill(at: int) -> Killed:
    mutant = _mutants()[at]
    return kill(mutant, _baselines()[mutant.size])


@cache
def _mutants() -> tuple[Mutant, ...]:
    return tuple(mutants())


@cache
def _baselines() -> Mapping[str, Exploration]:
    gc.disable()  # as above, and this may be a process of its own
    return baselines()


# ---- second opinions -----------------------------------------------------------------------------------------


def _certificate(tells: _Tells) -> Mapping[str, Any]:
    try:
        return certificate(__version__, tells)
    except ValueError as error:
        raise UsageError(f"nothing to certify: {error}") from None


def _proof(choices: Choices, tells: _Tells) -> Proven:
    """Prove what is claimed of the table under these choices, and look for ways to what the induction fails at."""
    rules = table(choices)
    proof = prove(rules, choices=choices, progress=tells)
    failing = {each.promise: each.counterexample for each in proof.promises if each.counterexample is not None}
    ways = {promise: way_to(example, rules) for promise, example in failing.items()}
    return Proven(proof, {promise: way for promise, way in ways.items() if way is not None})
