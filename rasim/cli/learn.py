"""`rasim learn MODULE:ADAPTER`: a product's machine, and the shortest word on which it and the table differ."""

import click

from rasim.cli import progress
from rasim.cli.advised import AdvisedCommand
from rasim.cli.options import completed, report_files


@click.command(cls=AdvisedCommand)
@click.argument("adapter", metavar="MODULE:ADAPTER")
@click.option(
    "--scene",
    metavar="NAME",
    shell_complete=completed.a_scene,
    help="Where it begins; helpers may control unless said.",
)
@click.option("--act", "acts", multiple=True, metavar="NAME", help='Do these acts alone, as "offers help"; repeatable.')
@click.option("--all-acts", is_flag=True, help="Do acts also as nobody honest does them.")
@click.option("--line", "lines", multiple=True, metavar="EVENT", help="Let these lines alone count; repeatable.")
@click.option(
    "--extra-states",
    type=click.IntRange(0, 10),
    default=1,
    show_default=True,
    help="Look for a machine with up to so many states more; each costs a multiple.",
)
@click.option(
    "--walks", type=click.IntRange(0, 1_000_000), default=200, show_default=True, help="How many walks are drawn too."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="By which they are drawn.")
@click.option(
    "--max-queries",
    type=click.IntRange(1, 10**9),
    default=100_000,
    show_default=True,
    help="Tell no more stories than these: not complete, exit 3.",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(0, 10**9, min_open=True),
    help="Tell no further story after this time: not complete, exit 3.",
)
@click.option("--verbose", is_flag=True, help="Also list the transitions.")
@report_files.formats("mermaid", "dot", "svg")
@click.pass_context
def learn(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    adapter: str,
    scene: str | None,
    acts: tuple[str, ...],
    all_acts: bool,
    lines: tuple[str, ...],
    extra_states: int,
    walks: int,
    seed: int,
    max_queries: int,
    max_seconds: float | None,
    verbose: bool,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Learn the machine of a product behind its adapter, and the shortest word on which it and the table differ.

    ADAPTER is a subclass of rasim.testing.Adapter in MODULE, which is imported, also from this folder. A difference is no broken promise.
    Exit code: 0 no difference was found, 1 they differ, 2 there is no such adapter, 3 the product is not deterministic, its adapter
    failed, or a bound was reached first.
    """
    from rasim.cli.conform import adapter_of
    from rasim.report.learn import answer
    from rasim.testing.learn import learned, learner
    from rasim.testing.steering import FIRST_SCENE

    wanted = report_files.reports_of(reports, form, (), (*report_files.FORMATS, "mermaid", "dot", "svg"))
    learner()  # says so before the adapter is imported, where the extra is missing
    with progress.shown() as watch:
        found = learned(
            adapter_of(adapter),
            scene=FIRST_SCENE if scene is None else scene,
            acts=acts,
            all_acts=all_acts,
            lines=lines,
            extra_states=extra_states,
            walks=walks,
            seed=seed,
            max_queries=max_queries,
            max_seconds=max_seconds,
            progress=watch,
        )
    report_files.show_answer(answer(found, verbose=verbose), form, wanted, whole=whole or verbose)
    ctx.exit(int(found.exit_code))
