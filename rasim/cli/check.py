"""`rasim check [POLICY...]`: all promises over all states."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from rasim.cli import further as besides
from rasim.cli import saved_failures
from rasim.cli.options import choice_values, report_files
from rasim.cli.options.policy_files import options
from rasim.errors import UsageError, worst

if TYPE_CHECKING:
    from rasim.engines.swarm import Swarm
    from rasim.engines.tables import Tables
    from rasim.policy import Policy
    from rasim.protocol import Choices
    from rasim.report.second_opinions import Further, Large
    from rasim.verify import Exploration, Model
    from rasim.verify.check import Checked, Together
    from rasim.verify.mutants.mutants import Killed, Mutant


KINDS = ("json", "html")
SEVERAL = 3  # models; fewer are explored as fast by one process


@click.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...", type=click.Path())
@click.option(
    "--mutants", is_flag=True, help="Also make every mistake a row or need can have, and say what notices it."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Processes for --mutants and --swarm, threads for numba; as many as there are processors.",
)
@click.option("--experts", type=click.IntRange(1, 3), help="Explore a model of this many experts too.")
@click.option("--sessions", type=click.IntRange(1, 3), help="Explore a model of this many logon sessions too.")
@click.option("--max-states", type=click.IntRange(1), help="Stop a model after this many states: not complete, exit 3.")
@click.option(
    "--max-seconds", type=click.FloatRange(0, min_open=True), help="Stop after this time: not complete, exit 3."
)
@besides.options
@choice_values.option
@click.option(
    "--profile", metavar="NAME", help="Check how another kind of product asks for consent: to be shown broken."
)
@options
@saved_failures.option
@click.option("--witnesses", is_flag=True, help="Show every witness as a scenario.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@report_files.option(*KINDS)
@click.pass_context
def check(  # noqa: PLR0913, PLR0917  (one parameter an option; `ctx.params` has all of them)
    ctx: click.Context,
    /,
    policies: tuple[str, ...],
    mutants: bool,
    jobs: int | None,
    max_states: int | None,
    max_seconds: float | None,
    itf: str | None,
    choices: tuple[str, ...],
    profile: str | None,
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
    save: str,
    witnesses: bool,
    form: str,
    reports: tuple[str, ...],
    **_besides: Any,
) -> None:
    """Check every promise in every reachable state.

    Without POLICY over all policies, which change at any moment. With POLICY files or folders (lowest precedence first, or
    by their links) over that one policy, which stays; a witness that it makes unreachable is an answer. Exit code: 0 all
    holds, 1 something is broken or cannot be shown, 2 a file cannot be read, 3 not complete or unclear, 130 interrupted: what
    was found by then is printed, as a part.
    """
    import gc
    from time import monotonic

    from rasim.cli.options.policy_files import policy_of
    from rasim.errors import Exit
    from rasim.report.check import as_json, as_text, exit_code, profile_text
    from rasim.report.second_opinions import Further
    from rasim.verify import check as check_all
    from rasim.verify.mutants.other_products import PROFILES

    wanted = report_files.reports_of(reports, form, (*policies, *adml, *([links] if links else [])), KINDS)
    gc.disable()  # nothing is thrown away while states are collected; looking for garbage costs a third of the time
    begun = monotonic()
    if policies and profile is not None:
        raise UsageError("a policy is checked as Windows takes it; --profile is another product, and has none")
    under = choice_values.choices_of(choices)
    besides.fit(ctx.params, under)
    policy = policy_of(policies, links, at, adml) if policies else None
    plan = _planned(ctx.params, policy, under)
    # Of a swarm --max-states is how many states it takes, and not where the standard models stop.
    enough = _enough(None if plan.swarm is not None else max_states, max_seconds, begun, monotonic)
    single = enough is not None or policy is not None or plan.sized
    with _processes(1 if single else len(plan.models)) as together:
        checked = check_all(
            plan.models,
            enough=enough,
            progress=_progress() if single else None,
            digest="json" in {form, *(report.kind for report in wanted)},
            together=together,
            choices=under,
        )
    besides.done()
    more = Further() if checked.interrupted else _more(ctx.params, checked, plan, under, begun)
    interrupted = checked.interrupted or more.interrupted
    killed = _kill(jobs or os.cpu_count() or 1) if mutants and not interrupted else None
    if itf is not None:
        besides.write_itf(checked.judged, itf)
    seconds = monotonic() - begun
    unclear = () if policy is None else policy.unclear

    def in_json() -> str:
        result = as_json(checked, killed, seconds, policy, more)
        result["unclear"] = [{"setting": u.setting, "says": u.says, "readings": list(u.readings)} for u in unclear]
        return json.dumps(result, indent=2)

    def in_html() -> str:
        from rasim.report.check_html import Asked, render

        of = None if profile is None else PROFILES[profile]
        return render(Asked(checked, policy, killed, more, of, witnesses=witnesses))

    if form == "json":
        click.echo(in_json())
    else:
        said = as_text(checked, killed, seconds, policy, more, verbose=witnesses)
        click.echo(said if profile is None else profile_text(checked, PROFILES[profile], seconds))
    if profile is None:
        for judged in checked.judged:
            if judged.verdict == "broken":
                saved_failures.save_broken(judged, save)
    report_files.write_all(wanted, {"json": in_json, "html": in_html}, policies)
    ctx.exit(int(Exit.INTERRUPTED if interrupted else worst(exit_code(checked, killed, unclear), *more.codes)))


@frozen
class _Plan:
    """What the readable engine explores; and the tables of what is explored by numbers, with the model its promises are asked in.

    Or the model that a swarm is to search.
    """

    models: "Sequence[Model]"
    sized: bool
    tables: "Tables | None" = None
    asked_in: str = ""
    swarm: "Model | None" = None


def _planned(given: Mapping[str, Any], policy: "Policy | None", choices: "Choices") -> _Plan:
    profile, experts, sessions = given["profile"], given["experts"], given["sessions"]
    models = [_foreign(profile, choices)] if profile is not None else list(_models(policy, choices))
    if experts is None and sessions is None:
        return _Plan(models, sized=False)
    size = partial(_sized, policy, experts or 1, choices=choices, all_facts=given["all_facts"])
    whole = size(sessions or 1)
    if given["swarm"]:
        return _Plan(models, sized=False, swarm=whole)
    tables = besides.tabulated(whole, engine=given["engine"], symmetry=given["symmetry"])
    asked = whole if tables is None else besides.like(size(1), models)
    return _Plan([*models, *([] if asked in models else [asked])], sized=True, tables=tables, asked_in=asked.name)


def _more(given: Mapping[str, Any], checked: "Checked", plan: _Plan, choices: "Choices", begun: float) -> "Further":
    """Do what was asked besides; after an interrupt nothing more."""
    from math import inf
    from time import monotonic

    from rasim.engines.results import Budget
    from rasim.report.second_opinions import Further
    from rasim.verify.check import Judged
    from rasim.verify.policies.axis import axis
    from rasim.verify.promises.catalogue import KEPT

    large: tuple[Large, ...] = ()
    if plan.tables is not None:
        budget = Budget(
            given["max_states"], given["max_seconds"], besides.memory(given["max_memory"]), monotonic() - begun
        )
        how = {name: given[name] for name in ("engine", "symmetry", "jobs")}
        large = (besides.large(plan.tables, budget=budget, asked_in=plan.asked_in, **how),)
    swarm: Swarm | None = None
    if plan.swarm is not None:
        swarm = besides.searched(plan.swarm, given, choices, begun + (given["max_seconds"] or inf))
        for name, finding in swarm.broken.items():
            promise = next(p for p in KEPT if p.name == name)
            saved_failures.save_broken(Judged(promise, "broken", finding, plan.swarm), given["save"])
    if Further(large, swarm=swarm).interrupted:
        return Further(large, swarm=swarm)
    if given["certificate"] is not None:
        besides.certify(given["certificate"])
    return Further(
        large,
        besides.asked_of_spin(checked.explorations, choices) if given["spin"] else (),
        besides.proved(choices) if given["prove"] else None,
        axis() if given["by_policy"] else None,
        swarm,
    )


def _progress() -> "Callable[[str, Any], None]":
    """Return what shows how far the readable engine is, each model on a line of its own."""
    shows: dict[str, Callable[[Any], None] | None] = {}

    def show(model: str, sofar: Any) -> None:
        if model not in shows:
            shows[model] = besides.shown(model)
        told = shows[model]
        if told is not None:
            told(sofar)

    return show


@contextmanager
def _processes(models: int) -> "Iterator[Together | None]":
    """Give a `map` over processes where several models and processors make one worth while; starting one must cost nothing."""
    import multiprocessing

    if models < SEVERAL or (os.cpu_count() or 1) == 1 or multiprocessing.get_start_method() != "fork":
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(models, os.cpu_count() or 1)) as pool:
        yield pool.map


def _enough(
    states: int | None, seconds: float | None, begun: float, clock: Callable[[], float]
) -> Callable[[int], bool] | None:
    if states is None and seconds is None:
        return None
    return lambda found: (states is not None and found > states) or (seconds is not None and clock() - begun > seconds)


def _models(policy: "Policy | None", choices: "Choices") -> "Sequence[Model]":
    from rasim.verify import policy_models, standard_models
    from rasim.verify.states.model import frozen_facts

    if policy is None:
        return standard_models(choices)
    offers, control, listed = frozen_facts(policy)
    return policy_models(offers, control=control, anybody_listed=listed, choices=choices)


def _foreign(name: str, choices: "Choices") -> "Model":
    """Return the model of a foreign profile. UsageError if there is none of this name."""
    from attrs import evolve

    from rasim.protocol import table
    from rasim.verify.mutants.other_products import PROFILES
    from rasim.verify.states.model import pair_model
    from rasim.words import not_called

    if name not in PROFILES:
        raise UsageError(not_called("no profile", name, PROFILES))
    model = pair_model(PROFILES[name].change(table(choices)))
    return evolve(model, name="foreign", says=f"{name}: {PROFILES[name].says} ({PROFILES[name].cases})")


def _sized(policy: "Policy | None", experts: int, sessions: int, *, choices: "Choices", all_facts: bool) -> "Model":
    from attrs import evolve

    from rasim.protocol import table
    from rasim.protocol.rules import CONTROL
    from rasim.protocol.vocabulary import further
    from rasim.verify.states.model import FrozenPolicy, frozen_facts, sized_model, wide_model

    if all_facts:
        model = wide_model(experts, sessions, table(choices, (CONTROL, further("chat"))))
    else:
        model = sized_model(experts, sessions, table(choices))
    if policy is None:
        return model
    offers, control, listed = frozen_facts(policy)
    # Not configured is left out of the model that leaves facts out.
    stated = "disabled" if offers == "not configured" and not all_facts else offers
    return evolve(model, policy=FrozenPolicy(stated, control, (listed,) * experts))


def _kill(jobs: int) -> "list[Killed]":
    """Try every mutant, in several processes if asked to; each of them makes the baselines for itself."""
    from rasim.verify.mutants.mutants import mutants

    names = [mutant.name for mutant in mutants()]
    killed: list[Killed] = []
    with click.progressbar(
        length=len(names), label="mutants", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        if jobs == 1:
            for at in range(len(names)):
                killed.append(_try(at))
                progress.update(1)
        else:
            from concurrent.futures import ProcessPoolExecutor

            with ProcessPoolExecutor(jobs) as pool:
                for each in pool.map(_try, range(len(names)), chunksize=4):
                    killed.append(each)
                    progress.update(1)
    return killed


def _try(at: int) -> "Killed":
    from rasim.verify.mutants.mutants import kill

    todo, base = _work()
    return kill(todo[at], base[todo[at].size])


@cache
def _work() -> "tuple[list[Mutant], dict[str, Exploration]]":
    import gc

    from rasim.verify.mutants.mutants import baselines, mutants

    gc.disable()  # as above
    return list(mutants()), baselines()
