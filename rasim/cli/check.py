"""`rasim check [POLICY...]`: all promises over all states."""

import json
from typing import Any, Final

import click

from rasim.cli import progress, saved_failures
from rasim.cli.advised import AdvisedCommand
from rasim.cli.files import make_folder, must_be_writable, write_whole
from rasim.cli.options import choice_values, completed, policy_files, report_files
from rasim.cli.options.groups import group

COUNT: Final = click.IntRange(1)
FEW: Final = click.IntRange(1, 3)


@click.command(cls=AdvisedCommand)
@click.argument("policies", nargs=-1, metavar="[POLICY]...", type=click.Path(readable=False))
@group(
    "What is checked",
    policy_files.options,
    choice_values.option,
    click.option(
        "--profile",
        metavar="NAME",
        shell_complete=completed.a_profile,
        help="Check another product's consent model; its violations are expected.",
    ),
    click.option("--by-policy", is_flag=True, help="Show which settings enable which capability, over all policies."),
)
@group(
    "Size",
    click.option("--experts", type=FEW, help="Explore a model of this many experts too."),
    click.option("--sessions", type=FEW, help="Explore a model of this many logon sessions too."),
    click.option("--all-facts", is_flag=True, help="Model every fact in that model (slower)."),
    click.option("--max-states", type=COUNT, help="Stop a model after this many states: not complete, exit 3."),
    click.option(
        "--max-seconds",
        type=click.FloatRange(0, 10**9, min_open=True),
        help="Stop after this time: not complete, exit 3.",
    ),
    click.option(
        "--max-memory",
        type=COUNT,
        metavar="MIB",
        help="Memory that model may take; else three quarters of what there is.",
    ),
)
@group(
    "Engine",
    click.option(
        "--engine",
        type=click.Choice(["auto", "python", "numpy", "numba"]),
        default="auto",
        show_default=True,
        help="What explores that model; auto takes what is quickest for its size.",
    ),
    click.option("--symmetry", is_flag=True, help="Explore it with symmetry reduction over experts and sessions."),
    click.option(
        "--swarm",
        type=COUNT,
        metavar="SEARCHES",
        help="Search that model from this many seeds: for what is too large to be explored whole. Never complete, exit 3.",
    ),
    click.option("--seed", type=click.IntRange(0), metavar="N", help="The first seed of --swarm.  [default: 0]"),
    click.option(
        "--jobs",
        type=click.IntRange(1, 1024),
        help="Processes for --mutants and --swarm, threads for numba; as many as there are processors.",
    ),
)
@group(
    "Second opinions",
    click.option(
        "--mutants", is_flag=True, help="Also make every mistake a row or need can have, and say what notices it."
    ),
    click.option("--spin", is_flag=True, help="Explore the same rows with Spin, and compare."),
    click.option("--prove", is_flag=True, help="Prove the promises for any number of experts and sessions, with z3."),
    click.option(
        "--certificate",
        metavar="FILE",
        type=click.Path(readable=False),
        help="Write a closed set of situations that a small program checks again (tests/model/recheck.py).",
    ),
)
@group(
    "Output",
    click.option(
        "--witnesses",
        "--verbose",
        "verbose",
        is_flag=True,
        help="Show every witness as a scenario, and what each promise says.",
    ),
    click.option(
        "--itf",
        metavar="FOLDER",
        type=click.Path(readable=False),
        help="Write every witness and counterexample for ITF viewers.",
    ),
    saved_failures.option,
    report_files.formats(),
)
@click.pass_context
def check(  # noqa: PLR0913, PLR0917  (one parameter an option; those of the plan are `asked`)
    ctx: click.Context,
    /,
    policies: tuple[str, ...],
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
    choices: tuple[str, ...],
    certificate: str | None,
    verbose: bool,
    itf: str | None,
    save: str,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
    **asked: Any,
) -> None:
    """Check every promise in every reachable state.

    Without POLICY over all policies, which change at any moment. With POLICY files or folders (lowest precedence first, or
    by their links) over that one policy, which stays; a witness that it makes unreachable is an answer. Exit code: 0 all
    holds, 1 something is broken or cannot be shown, 2 a file cannot be read, 3 not complete or unclear, 130 interrupted: what
    was found by then is printed, as a part.
    """
    from rasim.engines.plan import Plan, run
    from rasim.report.check import as_json, document, seconds
    from rasim.report.outputs import Answer

    wanted = report_files.reports_of(reports, form, filter(None, (*policies, *adml, links, certificate)))
    asked |= {"choices": choice_values.choices_of(choices), "certificate": certificate is not None}
    asked["digest"] = "json" in {form, *(report.kind for report in wanted)}
    policy = policy_files.policy_of(policies, links, at, adml) if policies else None
    if certificate is not None:
        must_be_writable(certificate)
    if itf is not None:
        make_folder(itf)
    with progress.shown() as watch:
        answer = run(Plan(policy=policy, **asked), watch)
    shown = Answer(lambda: document(answer, verbose=verbose), lambda: as_json(answer))
    report_files.show_answer(shown, form, wanted, policies, whole=whole or verbose)
    if form == "text" and (whole or verbose or answer.large or answer.spin or answer.proof is not None):
        click.echo(f"\n{seconds(answer)}")
    if answer.certificate is not None and certificate is not None:
        write_whole(certificate, f"{json.dumps(answer.certificate, separators=(',', ':'))}\n".encode())
        again = f"again with: python tests/model/recheck.py {certificate}"
        click.echo(f"rasim: {answer.certificate['count']:,} situations certified; {again}", err=True)
    if itf is not None:
        saved_failures.write_itf(answer.checked.judged, itf)
    if answer.plan.profile is None:
        for judged in answer.broken:
            saved_failures.save_broken(judged, save)
    ctx.exit(int(answer.exit_code))
