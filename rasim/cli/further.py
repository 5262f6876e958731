"""What `rasim check` can be asked for besides: larger models, Spin's opinion, the proof. Each needs something that is not always there."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click

from rasim.errors import UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rasim.engines.provers.spin import Order
    from rasim.engines.results import Budget, Engine
    from rasim.engines.swarm import Swarm
    from rasim.engines.tables import Tables
    from rasim.protocol import Choices
    from rasim.report.second_opinions import Compared, Large, Shown
    from rasim.verify import Exploration, Judged, Model

MANY: Final = 100_000  # states from which numbers are quicker than readable states
HUGE: Final = 20_000_000  # and from which compiling the loops pays even if it has to be done first
MIB: Final = 1 << 20
ENGINES: Final = ("auto", "python", "numpy", "numba")


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    added = (
        click.option(
            "--engine",
            type=click.Choice(ENGINES),
            default="auto",
            show_default=True,
            help="What explores the model of --experts and --sessions; auto takes what is quickest for its size.",
        ),
        click.option("--all-facts", is_flag=True, help="Leave no fact out of the model of --experts and --sessions."),
        click.option("--by-policy", is_flag=True, help="Say which settings make what reachable, over all policies."),
        click.option("--symmetry", is_flag=True, help="Let experts, and sessions, stand for each other in it."),
        click.option(
            "--swarm",
            type=click.IntRange(1),
            metavar="SEARCHES",
            help="Search it from so many seeds instead of exploring it whole: for what is too large. Never complete, exit 3.",
        ),
        click.option("--seed", type=click.IntRange(0), metavar="N", help="The first seed of --swarm.  [default: 0]"),
        click.option(
            "--max-memory",
            type=click.IntRange(1),
            metavar="MIB",
            help="Memory it may take; else three quarters of what there is.",
        ),
        click.option("--spin", is_flag=True, help="Ask Spin too: a second opinion on the same rows."),
        click.option(
            "--certificate",
            metavar="FILE",
            type=click.Path(),
            help="Write a closed set of situations that a small program checks again (tests/model/recheck.py).",
        ),
        click.option(
            "--itf", metavar="FOLDER", type=click.Path(), help="Write every witness and counterexample for ITF viewers."
        ),
        click.option(
            "--prove", is_flag=True, help="Prove the promises for any number of experts and sessions, with z3."
        ),
    )
    for option in reversed(added):
        command = option(command)
    return command


def fit(given: Mapping[str, Any], choices: "Choices") -> None:
    """See whether what is asked goes together. UsageError if an option would do nothing, or speak of something else than it seems to."""
    from rasim.protocol.choices import STRICT

    sized = given["experts"] is not None or given["sessions"] is not None
    asked = {**given, "engine": given["engine"] != "auto"}
    of_size = [n for n in ("all_facts", "symmetry", "max_memory", "engine", "swarm") if asked[n]]
    if of_size and not sized:
        raise UsageError(f"{_option(of_size[0])} is about the model of --experts and --sessions: say how many")
    whole = [n for n in ("symmetry", "max_memory", "engine") if asked[n]]
    if given["swarm"] and whole:
        raise UsageError(f"--swarm explores nothing whole, and {_option(whole[0])} is about that")
    if given["seed"] is not None and not given["swarm"]:
        raise UsageError("--seed is the first seed of --swarm")
    if given["symmetry"] and given["engine"] in ("python", "numba"):
        raise UsageError(f"--symmetry is explored by numpy, and not by {given['engine']}")
    about_rasim = [n for n in ("experts", "sessions", "by_policy", "spin", "prove", "certificate") if given[n]]
    if given["profile"] is not None and about_rasim:
        raise UsageError(f"--profile shows another product, and {_option(about_rasim[0])} is about rasim's own rules")
    strict = [n for n in ("by_policy", "certificate") if given[n]]
    if strict and choices != STRICT:
        raise UsageError(f"{_option(strict[0])} knows the strict choices only")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def tabulated(model: "Model", *, engine: str, symmetry: bool) -> "Tables | None":
    """Return the tables of a model that is to be explored by numbers; None if it is not large, or nothing is installed that could.

    Raises UsageError if an engine was asked for by name and is not installed, or the table is not one that it can explore.
    """
    if engine == "python" or (model.sessions == 1 and not symmetry and engine == "auto"):
        return None
    try:
        from rasim.engines.tables import tabulate

        tables = tabulate(model)
    except UsageError:
        if engine != "auto" or symmetry:
            raise
        return None
    return None if engine == "auto" and not symmetry and tables.places < MANY else tables


def like(model: "Model", known: "Iterable[Model]") -> "Model":
    """Return the known model that is this one under another name, else itself."""
    from attrs import evolve

    def plain(one: "Model") -> "Model":
        return evolve(one, name="", says="", shows=frozenset())

    return next((other for other in known if plain(other) == plain(model)), model)


def large(
    tables: "Tables", *, engine: str, symmetry: bool, budget: "Budget", asked_in: str, jobs: int | None
) -> "Large":
    """Explore a model by numbers. UsageError if numba was asked for by name and is not installed."""
    from rasim.engines.state_space import reach
    from rasim.engines.symmetry import reach_alike
    from rasim.report.second_opinions import Large

    show = shown(tables.model.name)
    try:
        if symmetry:
            return Large(reach_alike(tables, budget=budget, progress=show), asked_in)
        chosen: Engine = "numpy" if engine == "numpy" else "numba" if engine == "numba" else _quickest(tables.places)
        threads = jobs or os.cpu_count() or 1 if chosen == "numba" else 1
        found = reach(tables, chosen, budget=budget, traps=True, threads=threads, progress=show)
    finally:
        done()
    return Large(found, asked_in, "" if found.root is None else _said(tables.state(found.root)))


def searched(model: "Model", given: Mapping[str, Any], choices: "Choices", until: float) -> "Swarm":
    """Search a model from many seeds, with as many processes as there are processors, until the clock says `until`."""
    from contextlib import nullcontext
    from multiprocessing import get_start_method

    from rasim.engines.swarm import LENGTH, swarm

    searches, most = given["swarm"], given["max_states"]
    length = LENGTH if most is None else max(1, most // searches)
    jobs = min(given["jobs"] or os.cpu_count() or 1, searches) if get_start_method() == "fork" else 1
    enough = partial(_later_than, until)
    with nullcontext() if jobs == 1 else _pool(jobs) as pool:
        together = map if pool is None else pool.map
        seed = given["seed"] or 0
        return swarm(model, searches, seed=seed, length=length, enough=enough, choices=choices, together=together)


def _later_than(until: float) -> bool:
    from time import monotonic

    return monotonic() > until


@contextmanager
def _pool(jobs: int) -> "Iterator[Executor]":
    """Give processes, and leave what they have not begun when somebody interrupts."""
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _quickest(places: int) -> "Engine":
    from importlib.util import find_spec

    return "numba" if places >= HUGE and find_spec("numba") is not None else "numpy"


def _said(state: Any) -> str:
    """Return what goes on in a state, shortly: there is a trap only if something always goes on."""
    going_on = {course[0] for courses in state[3] for course in courses} - {"idle"}
    return f"one in which {', '.join(sorted(going_on))} goes on" if going_on else "one in which nothing goes on"


def memory(mib: int | None) -> int | None:
    """Return the bytes that may be taken: what was said, else three quarters of what the machine has, None where it does not tell."""
    if mib is not None:
        return mib * MIB
    if not hasattr(os, "sysconf"):
        return None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    except (ValueError, OSError):
        return None


def shown(name: str) -> Callable[[Any], None] | None:
    """Return what shows progress on a terminal, at most ten times a second; None where there is none."""
    from time import monotonic

    if not sys.stderr.isatty():
        return None
    begun, last = monotonic(), [0.0]

    def show(progress: Any) -> None:
        now = monotonic()
        if now - last[0] < 0.1:
            return
        last[0] = now
        seconds = max(now - begun, 1e-9)
        rates = f"{progress.states / seconds:,.0f} states/s, {progress.transitions / seconds:,.0f} transitions/s"
        text = f"{name}: depth {progress.depth}, {progress.states:,} states, {rates}, {progress.left}"
        click.echo(f"\r\x1b[K{text[:150]}", nl=False, err=True)

    return show


def done() -> None:
    """Take the line of progress away."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


def asked_of_spin(explorations: "Iterable[Exploration]", choices: "Choices") -> "tuple[Compared, ...]":
    """Ask Spin about every model that was explored whole, in both orders. UsageError without Spin."""
    from rasim.engines.provers.spin import ORDERS, ask, differences
    from rasim.report.second_opinions import Compared

    compared = []
    for e in explorations:
        # Both orders for the counts, and what is claimed once more: a broken claim ends a search.
        asked: list[tuple[Order, Choices | None]] = [*((order, None) for order in ORDERS), ("breadth", choices)]
        for order, asserted in asked if e.complete and not e.broken else asked[-1:] if e.broken else ():
            opinion = ask(e.model, order, asserted=asserted, expected=e.states)
            broken = tuple(e.broken) if asserted is not None else ()
            compared.append(Compared(opinion, tuple(differences(opinion, e.states, e.transitions, e.depth, broken))))
    return tuple(compared)


def certify(path: str) -> None:
    """Write the certificate of the table. UsageError if something claimed is not so, or the file cannot be written."""
    import json

    from rasim import __version__
    from rasim.cli.files import write_whole
    from rasim.engines.provers.certificate import certificate

    try:
        made = certificate(__version__)
    except ValueError as error:
        raise UsageError(f"nothing to certify: {error}") from None
    write_whole(path, f"{json.dumps(made, separators=(',', ':'))}\n".encode())
    click.echo(
        f"rasim: {made['count']:,} situations certified; again with: python tests/model/recheck.py {path}", err=True
    )


def write_itf(judged: "Iterable[Judged]", folder: str) -> None:
    """Write every way that was found, for viewers of ITF. UsageError if that cannot be done."""
    import json
    from pathlib import Path

    from rasim.cli.files import write_whole
    from rasim.interop.exports import as_itf

    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: no folder can be made there: {(error.strerror or 'unknown').lower()}") from None
    for each in judged:
        if each.finding is not None and each.finding.steps and each.model is not None:
            text = json.dumps(as_itf(each.finding, each.model), indent=1)
            write_whole(str(Path(folder, f"{each.promise.name}.itf.json")), f"{text}\n".encode())


def proved(choices: "Choices") -> "Shown":
    """Prove what is claimed of the table under these choices, and look for ways to what the induction fails at. UsageError without z3."""
    from rasim.engines.provers.proof import prove, way_to
    from rasim.protocol import table
    from rasim.report.second_opinions import Shown

    rules = table(choices)
    proof = prove(rules, choices=choices)
    failing = {each.promise: each.counterexample for each in proof.promises if each.counterexample is not None}
    ways = {promise: way_to(example, rules) for promise, example in failing.items()}
    return Shown(proof, {promise: way for promise, way in ways.items() if way is not None})
