"""`rasim run PATH...`: plays scenarios; a line each, details only for what failed."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve

from rasim.cli import progress, saved_failures
from rasim.cli.advised import AdvisedCommand
from rasim.cli.complaints import Complaints
from rasim.cli.options import report_files
from rasim.cli.storms import SHARE, weathered
from rasim.errors import Exit, InputError, Problem, Where, worst
from rasim.words import printable

if TYPE_CHECKING:
    from rasim.engines.results import Watch
    from rasim.policy import Policy
    from rasim.report.run import Run
    from rasim.scenario import Played

    Work = tuple[Path, range, bool]

_MEMORY, _TCP = _TRANSPORTS = ("memory", "tcp")
YAML: Final = (".yaml", ".yml")


def collect(paths: tuple[str, ...]) -> tuple[list[Path], list[Problem]]:
    """Return the scenario files under the paths, in order, and a problem for each path that is not there or cannot be listed."""
    from rasim.inputs import files_below, is_folder, not_there

    found: dict[Path, None] = {}
    problems: list[Problem] = []
    for name in paths:
        if is_folder(name):
            below = files_below(name, YAML, lambda error: problems.extend(error.problems), InputError.at)
            found |= dict.fromkeys(below)
        elif why := not_there(name):
            problems.append(Problem(Where(name), why))
        else:
            found[Path(name)] = None
    return list(found), problems


def _play(
    work: "Work",
    watch: "Watch | None" = None,
    *,
    policy: "Policy | None",
    transport: str,
    every: int | None,
    tape: str | None,
    first: int,
) -> "Iterator[Played]":
    """Play one file with some seeds; a file that cannot be read is one *error*, with the `first` of them, one that is no scenario is none."""
    from rasim.engines.results import PartsDone
    from rasim.runtime import AtOnce, Meeting, Tape, Way
    from rasim.scenario import Played, broken_promise, load, load_found, play

    way: Callable[[Meeting], Way] = AtOnce
    if transport == _TCP:
        from rasim.runtime.wire.loopback import Loopback

        way = Loopback

    path, seeds, named = work
    try:
        scenario = load(path) if named else load_found(path)
    except InputError as error:
        if seeds.start == first:
            yield Played.unread(path, error, first)
        return
    if scenario is None:
        return
    if every is not None or tape is not None:
        from rasim.scenario.every_order import play_every_order, play_tape

        if tape is not None:
            yield play_tape(scenario, Tape.read(tape), policy=policy)
            return

        def told(runs: int) -> None:
            if watch is not None:
                watch(f"orders of {printable(path.name)}", PartsDone(runs, None))

        yield play_every_order(scenario, policy=policy, most=every or 1, progress=told)
        return
    for seed in seeds:
        yield play(scenario, seed, look=broken_promise(scenario), policy=policy, way=way)


def _listed(one: "Callable[[Work], Iterator[Played]]", work: "Work") -> "list[Played]":
    """Play in another process, from which all comes at once."""
    return list(one(work))


def _all(
    work: "list[Work]", jobs: int, one: "Callable[..., Iterator[Played]]", what: str, watch: "Watch | None"
) -> "Iterator[Played]":
    """Play everything, in several processes if asked to; the results come in the order of the files."""
    from rasim.cli.progress import told_each
    from rasim.engines.processes import processes

    done = told_each(watch, what, sum(len(seeds) for _, seeds, _ in work))
    jobs = max(1, min(jobs, len(work)))
    come = (one(each, watch) for each in work) if jobs == 1 else processes(jobs)(partial(_listed, one), work)
    for (_, seeds, _), played in zip(work, come, strict=True):
        left = len(seeds)
        for each in played:
            yield each
            done(1)
            left -= 1
        done(left)  # of what is no scenario, or cannot be read


@click.command(cls=AdvisedCommand)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(readable=False))
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="FILE",
    type=click.Path(readable=False),
    help="Play with this policy instead of each scenario's own; repeatable, lowest precedence first. Saves no failures.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    help="Order at equal deadlines: 0 is first set first, others are drawn.",
)
@click.option(
    "--seeds", type=click.IntRange(1, 1_000_000), help="Play each scenario with this many seeds, from --seed on."
)
@click.option(
    "--faults",
    is_flag=True,
    help="A storm for each seed: links, sides and clocks fail as the seed draws it, and the promises are asked, not what is expected.",
)
@click.option("--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes to play in.")
@click.option(
    "--every-order",
    is_flag=True,
    help="Play whatever can go on at one instant in every order, what is `together` at once; stop at the first that fails.",
)
@click.option(
    "--max-runs",
    type=click.IntRange(1),
    help="With --every-order: give up after so many runs of a scenario, 100,000 unless said; exit code 3.",
)
@click.option("--tape", metavar="TAPE", help="Play the one order that a failure of --every-order has told.")
@click.option(
    "--transport",
    type=click.Choice(_TRANSPORTS),
    default=_MEMORY,
    show_default=True,
    help="How experts reach the computer: in memory, or by TCP with TLS over real sockets of this machine.",
)
@click.option(
    "--coverage",
    is_flag=True,
    help="Explore what could be reached, and name the rows that were not used and the refusals not shown.",
)
@click.option("--traces", metavar="FOLDER", help="Write each trace there, as a file that `rasim judge` reads.")
@saved_failures.option
@report_files.formats("junit")
@click.pass_context
def run(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    paths: tuple[str, ...],
    policies: tuple[str, ...],
    seed: int,
    seeds: int | None,
    faults: bool,
    jobs: int,
    every_order: bool,
    max_runs: int | None,
    tape: str | None,
    transport: str,
    coverage: bool,
    traces: str | None,
    save: str,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Play the scenarios in files and folders.

    In a folder every .yaml file that begins with `rasim:` is one. Every trace is judged by the promises too. What fails is
    saved, to be played again with `rasim replay`. With --faults each seed is a storm, and the first of each file that fails is shrunk to
    few steps before it is saved. Exit code: 0 all passed, 1 one failed,
    2 one cannot be read or played, or a policy cannot be read, 3 not every order could be played, 4 there is none.
    """
    from rasim.analysis.coverage import coverage_of, reachable_refusals
    from rasim.cli.options.policy_files import policy_of
    from rasim.report.run import Run, answer, last_lines, line_of_scenario
    from rasim.runtime import Tape
    from rasim.runtime.orders import MOST_RUNS

    _go_together(
        {
            "--every-order": every_order,
            "--tape": tape is not None,
            "--faults": faults,
            "--max-runs": max_runs is not None,
            "--seed": seed,
            "--seeds": seeds is not None,
            "--transport tcp": transport == _TCP,
            "--policy": policies,
            "--traces": traces is not None,
            "--coverage": coverage,
        }
    )
    wanted = report_files.reports_of(reports, form, (*paths, *policies), ("junit", *report_files.FORMATS))
    policy = policy_of(policies, None, None, ()) if policies else None
    if tape is not None:
        Tape.read(tape)  # says so once, and not of each scenario, what is none
    if transport == _TCP:
        from rasim.runtime.wire import Authority

        Authority.made()  # says so once, and not of each scenario, where the extra is missing
    files, missing = collect(paths)
    named = {Path(p) for p in paths}
    end = seed + (seeds or 1)
    work = [
        (file, range(start, min(start + SHARE, end)), file in named)
        for file in files
        for start in range(seed, end, SHARE)
    ]
    played: list[Played] = []
    every = max_runs or MOST_RUNS if every_order else None
    how = partial(_play, policy=policy, transport=transport, every=every, tape=tape, first=seed)
    with progress.shown() as watch:
        for each in weathered(files, named, range(seed, end), jobs, save, watch) if faults else ():
            played.append(each.played)
            if form == "text":
                first, *below = line_of_scenario(each.played, seeded=each.played.verdict != "passed").split("\n")
                click.echo("\n".join((f"{first}  ({each.told})", *below)))
        for one in _all(work, jobs, how, "runs" if seeds else "scenarios", watch) if not faults else ():
            played.append(one)
            if form == "text":
                click.echo(line_of_scenario(one, seeded=bool(seeds)))
            # A failure is played again with the scenario's own policy: under another it would be another.
            _keep(one, traces, "" if policies else save)
        _say_missing(missing, nothing=not played)
        reached = coverage_of(outcome for one in played for outcome in one.outcomes)
        explores = None if watch is None else partial(watch, "what can be refused")
        possible = reachable_refusals(explores) if coverage else None
    found = Run(
        played, missing, " + ".join(policies), reached, possible, told=(len(files) > 1 and not faults) or coverage
    )
    said = answer(found)
    rest = evolve(said, others={"text": lambda: last_lines(found)}) if form == "text" and not whole else said
    report_files.show_answer(said, form, wanted, map(str, files), rest, whole=whole)
    ctx.exit(int(worst(*_codes(found))))


def _say_missing(missing: list[Problem], *, nothing: bool) -> None:
    complaints = Complaints()
    for problem in missing:
        complaints.add(problem)
    complaints.end("--all")
    if nothing and not missing:
        click.echo("rasim: no scenario found; a scenario is a .yaml file with the key `rasim: 1`", err=True)


_NOT_WITH: Final = {
    "--every-order": ("--tape", "--faults", "--seed", "--seeds", "--transport tcp"),
    "--tape": ("--faults", "--seed", "--seeds", "--transport tcp"),
    "--faults": ("--policy", "--traces", "--coverage", "--transport tcp"),
}
_WHY_NOT: Final = {
    "--every-order": "nothing is left to be chosen, and it is played in memory",
    "--tape": "nothing is left to be drawn, and it is played in memory",
    "--faults": "a storm has its scenario's own policy, is played in memory, leaves no trace and counts no rows",
}


def _go_together(given: Mapping[str, object]) -> None:
    """Refuse options that would be passed over beside another one."""
    for one, others in _NOT_WITH.items():
        for other in others:
            if given[one] and given[other]:
                raise click.UsageError(f"{one} does not go with {other}: {_WHY_NOT[one]}")
    if given["--max-runs"] and not given["--every-order"]:
        raise click.UsageError("--max-runs goes with --every-order")


def _codes(found: "Run") -> "Iterator[Exit]":
    if found.missing or found.counts["error"]:
        yield Exit.USAGE
    if found.counts["failed"]:
        yield Exit.FAILED
    if any(one.every is not None and not one.every.complete for one in found.played):
        yield Exit.INCONCLUSIVE
    if not found.played:
        yield Exit.NOTHING


def _keep(played: "Played", traces: str | None, save: str) -> None:
    """Write the trace where that was asked for, and save what failed."""
    if traces is not None and played.verdict != "error":
        saved_failures.write_trace(played, traces)
    if played.verdict == "failed":
        saved_failures.save_played(played, save)
