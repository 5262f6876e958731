"""`rasim check [POLICY...]`: all promises over all states."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from rasim.cli.policies import options

if TYPE_CHECKING:
    from rasim.policy import Policy
    from rasim.verify import Exploration, Model
    from rasim.verify.mutants import Killed, Mutant


@click.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...", type=click.Path())
@click.option(
    "--mutants", is_flag=True, help="Also make every mistake a row or need can have, and say what notices it."
)
@click.option("--jobs", type=click.IntRange(1), help="Processes for --mutants; as many as there are processors.")
@click.option("--experts", type=click.IntRange(1, 3), help="Explore a model of this many experts too.")
@click.option("--sessions", type=click.IntRange(1, 2), help="Explore a model of this many logon sessions too.")
@click.option("--max-states", type=click.IntRange(1), help="Stop a model after this many states: not complete, exit 3.")
@click.option(
    "--max-seconds", type=click.FloatRange(0, min_open=True), help="Stop after this time: not complete, exit 3."
)
@options
@click.option("--witnesses", is_flag=True, help="Show every witness as a scenario.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def check(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    policies: tuple[str, ...],
    mutants: bool,
    jobs: int | None,
    experts: int | None,
    sessions: int | None,
    max_states: int | None,
    max_seconds: float | None,
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
    witnesses: bool,
    form: str,
) -> None:
    """Check every promise in every reachable state.

    Without POLICY over all policies, which change at any moment. With POLICY files or folders (lowest precedence first, or
    by their links) over that one policy, which stays; a witness that it makes unreachable is an answer. Exit code: 0 all
    holds, 1 something is broken or cannot be shown, 2 a file cannot be read, 3 not complete or unclear.
    """
    import gc
    from time import monotonic

    from rasim.cli.policies import policy_of
    from rasim.report.check import as_json, as_text, exit_code
    from rasim.verify import check as check_all

    gc.disable()  # nothing is thrown away while states are collected; looking for garbage costs a third of the time
    begun = monotonic()
    policy = policy_of(policies, links, at, adml) if policies else None
    sized = experts is not None or sessions is not None
    models = [*_models(policy), *([_sized(policy, experts or 1, sessions or 1)] if sized else [])]
    checked = check_all(models, enough=_enough(max_states, max_seconds, monotonic), digest=form == "json")
    killed = _kill(jobs or os.cpu_count() or 1) if mutants else None
    seconds = monotonic() - begun
    unclear = () if policy is None else policy.unclear
    if form == "json":
        result = as_json(checked, killed, seconds, policy)
        result["unclear"] = [{"setting": u.setting, "says": u.says, "readings": list(u.readings)} for u in unclear]
        click.echo(json.dumps(result, indent=2))
    else:
        click.echo(as_text(checked, killed, seconds, policy, verbose=witnesses))
    ctx.exit(int(exit_code(checked, killed, unclear)))


def _enough(states: int | None, seconds: float | None, clock: Callable[[], float]) -> Callable[[int], bool] | None:
    if states is None and seconds is None:
        return None
    begun = clock()
    return lambda found: (states is not None and found > states) or (seconds is not None and clock() - begun > seconds)


def _models(policy: "Policy | None") -> "Sequence[Model]":
    from rasim.verify import policy_models, standard_models

    return standard_models() if policy is None else policy_models(**_facts(policy))


def _sized(policy: "Policy | None", experts: int, sessions: int) -> "Model":
    from attrs import evolve

    from rasim.verify.model import FrozenPolicy, sized_model

    model = sized_model(experts, sessions)
    if policy is None:
        return model
    facts = _facts(policy)
    offers = "disabled" if facts["offers"] == "not configured" else facts["offers"]
    return evolve(model, policy=FrozenPolicy(offers, facts["control"], (facts["anybody_listed"],) * experts))


def _facts(policy: "Policy") -> "dict[str, Any]":
    """Return what of a policy matters to a model; what cannot be read is as good as disabled."""
    from rasim.policy import Mode, State

    offer = policy.offer
    state = State.DISABLED if offer.state is State.UNKNOWN else offer.state
    return {
        "offers": state.value,
        "control": offer.mode is Mode.CONTROL,
        "anybody_listed": bool(offer.helpers),
    }


def _kill(jobs: int) -> "list[Killed]":
    """Try every mutant, in several processes if asked to; each of them makes the baselines for itself."""
    from rasim.verify.mutants import mutants

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
    from rasim.verify.mutants import kill

    todo, base = _work()
    return kill(todo[at], base[todo[at].size])


@cache
def _work() -> "tuple[list[Mutant], dict[str, Exploration]]":
    import gc

    from rasim.verify.mutants import baselines, mutants

    gc.disable()  # as above
    return list(mutants()), baselines()
