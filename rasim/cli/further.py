"""What `rasim check` can be asked for besides: larger models, Spin's opinion, the proof. Each needs something that is not always there."""

import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import click

from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.engines.reach import Budget
    from rasim.protocol import Choices
    from rasim.report.further import Compared, Large
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
        click.option("--max-memory", type=click.IntRange(1), metavar="MIB", help="Memory for it: else three quarters."),
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


def large(
    model: "Model", *, engine: str, symmetry: bool, budget: "Budget", asked_in: str, jobs: int | None
) -> "Large | None":
    """Explore a large model by numbers; None if it is not large, or nothing was installed that could: then the readable engine does.

    Raises UsageError if an engine was asked for by name and is not installed, or the table is not one that it can explore.
    """
    from rasim.engines.reach import reach
    from rasim.engines.symmetry import reach_alike
    from rasim.engines.tables import NotTabulableError, need_numpy, tabulate
    from rasim.report.further import Large

    if engine == "python" or (model.sessions == 1 and not symmetry and engine == "auto"):
        return None
    try:
        need_numpy()
        tables = tabulate(model)
    except (UsageError, NotTabulableError):
        if engine != "auto" or symmetry:
            raise
        return None
    if engine == "auto" and not symmetry and tables.places < MANY:
        return None
    show = shown(model.name)
    try:
        if symmetry:
            return Large(reach_alike(tables, budget=budget, progress=show), asked_in)
        chosen = engine if engine in ("numpy", "numba") else _quickest(tables.places)
        threads = jobs or os.cpu_count() or 1 if chosen == "numba" else 1
        found = reach(tables, chosen, budget=budget, traps=True, threads=threads, progress=show)  # type: ignore[arg-type]  # one of the two
    finally:
        done()
    return Large(found, asked_in, "" if found.root is None else _said(tables.state(found.root)))


def _quickest(places: int) -> str:
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
        text = f"{name}: depth {progress.depth}, {progress.states:,} states, {rates}, {progress.frontier:,} left to look at"
        click.echo(f"\r\x1b[K{text[:150]}", nl=False, err=True)

    return show


def done() -> None:
    """Take the line of progress away."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


def asked_of_spin(explorations: "Iterable[Exploration]") -> "tuple[Compared, ...]":
    """Ask Spin about every model that was explored whole, in both orders. UsageError without Spin."""
    from rasim.engines.spin import ask, differences
    from rasim.report.further import Compared

    compared = []
    for e in explorations:
        if not e.complete and not e.broken:
            continue
        orders = ("depth", "breadth")
        for order in orders:
            opinion = ask(e.model, order, expected=e.states)  # type: ignore[arg-type]  # one of the two
            said = differences(opinion, e.states, e.transitions, e.depth, tuple(e.broken))
            compared.append(Compared(opinion, tuple(said)))
    return tuple(compared)


def larger(
    model: "Model", known: "Iterable[Model]", *, engine: str, symmetry: bool, budget: "Budget", jobs: int | None
) -> "tuple[tuple[Large, ...], list[Model]]":
    """Explore a larger model by numbers if that is worth while; return what was found, and the models left to the readable engine.

    Those are the model itself, or one of its sessions, in which its promises are asked, unless that is among those known.
    """
    known = list(known)
    alone = one_session(model, known)
    asked_in = alone.name if alone is not None else same_as(model, known)
    found = large(model, engine=engine, symmetry=symmetry, budget=budget, asked_in=asked_in, jobs=jobs)
    if found is None:
        return (), [model]
    return (found,), [] if alone is None else [alone]


def one_session(model: "Model", known: "Iterable[Model]") -> "Model | None":
    """Return the model of one session, in which the promises of a larger one are asked; None if it is among those known."""
    from attrs import evolve

    alone = evolve(model, sessions=1, name=f"{model.name}: one of them", says=f"{model.says}, of which one is explored")
    for other in known:
        if evolve(other, name="", says="", shows=frozenset()) == evolve(alone, name="", says="", shows=frozenset()):
            return None
    return alone


def same_as(model: "Model", known: "Iterable[Model]") -> str:
    """Return the name of the known model that is one session of this one."""
    from attrs import evolve

    alone = evolve(model, sessions=1, name="", says="", shows=frozenset())
    return next((m.name for m in known if evolve(m, name="", says="", shows=frozenset()) == alone), model.name)


def write(judged: "Iterable[Judged]", itf: str | None, certificate: str | None, choices: "Choices") -> None:
    """Write what was asked to be written."""
    if certificate is not None:
        certify(certificate, choices)
    if itf is not None:
        write_itf(judged, itf)


def certify(path: str, choices: "Choices") -> None:
    """Write the certificate of the table. UsageError if something claimed is not so, or the file cannot be written."""
    import json

    from rasim import __version__
    from rasim.cli.files import write_whole
    from rasim.protocol import table
    from rasim.verify.certificate import certificate

    try:
        made = certificate(__version__, table(choices))
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
    from rasim.report.one_trace import as_itf

    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: no folder can be made there: {(error.strerror or 'unknown').lower()}") from None
    for each in judged:
        if each.finding is not None and each.finding.steps and each.model is not None:
            text = json.dumps(as_itf(each.finding, each.model), indent=1)
            write_whole(str(Path(folder, f"{each.promise.name}.itf.json")), f"{text}\n".encode())


def grouped(choices: "Choices") -> Any:
    """Group what is reachable by policy. UsageError for other choices than the strict ones, under which nobody has explored them."""
    from rasim.protocol.choices import STRICT
    from rasim.verify.axis import axis

    if choices != STRICT:
        raise UsageError("--by-policy knows the strict choices only")
    return axis()


def proved(choices: "Choices") -> Any:
    """Prove what is claimed of the table under these choices. UsageError without z3."""
    from rasim.engines.proof import prove
    from rasim.protocol import table

    return prove(table(choices), choices=choices)
