"""`rasim conform MODULE:ADAPTER [SCENARIO...]`: a product behind its adapter, tried and judged by the promises."""

import importlib
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rasim.cli import progress
from rasim.cli.advised import AdvisedCommand
from rasim.cli.options import choice_values, completed, judged_promises, report_files
from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.analysis.conformance import Conformance
    from rasim.testing.adapter import Adapter


@click.command(cls=AdvisedCommand)
@click.argument("adapter", metavar="MODULE:ADAPTER")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--scene",
    "scenes",
    multiple=True,
    metavar="NAME",
    shell_complete=completed.a_scene,
    help="Begin stories here alone; repeatable. All are in the JSON.",
)
@judged_promises.options
@choice_values.option
@click.option(
    "--walks", type=click.IntRange(0, 1_000_000), default=200, show_default=True, help="How many walks are drawn."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="By which they are drawn.")
@click.option(
    "--max-seconds",
    type=click.FloatRange(0, 10**9, min_open=True),
    help="Tell no further story after this time: not complete, exit 3.",
)
@click.option("--first", is_flag=True, help="Tell no further story once a promise is broken.")
@click.option(
    "--save",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="Write the shortest story of each broken promise here, as a scenario and as a test for pytest.",
)
@click.option("--verbose", is_flag=True, help="Also list what was not asked, every situation, and what has no method.")
@report_files.formats("junit")
@click.pass_context
def conform(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    adapter: str,
    scenarios: tuple[str, ...],
    scenes: tuple[str, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    choices: tuple[str, ...],
    walks: int,
    seed: int,
    max_seconds: float | None,
    first: bool,
    save: str | None,
    verbose: bool,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Try a product behind its adapter: each act in each situation, scenarios, drawn walks; judge every trace.

    ADAPTER is a subclass of rasim.testing.Adapter in MODULE, which is imported, also from this folder. Exit code: 0 all kept, 1 a promise is
    broken, 2 there is no such adapter, 3 the adapter failed, something cannot be told or not all was tried, 4 nothing could be.
    """
    from rasim.cli.files import make_folder
    from rasim.report.conform import answer
    from rasim.testing.conform import conformance

    wanted = report_files.reports_of(reports, form, scenarios, (*report_files.FORMATS, "junit"))
    if save is not None:
        make_folder(save)
    with progress.shown() as watch:
        found = conformance(
            adapter_of(adapter),
            scenarios=scenarios,
            scenes=scenes,
            choices=choice_values.choices_of(choices),
            only=only,
            without=judged_promises.reasons_of(without),
            walks=walks,
            seed=seed,
            max_seconds=max_seconds,
            first=first,
            progress=watch,
        )
    report_files.show_answer(answer(found, verbose=verbose), form, wanted, scenarios, whole=whole or verbose)
    if save is not None:
        _save(found, adapter, Path(save))
    ctx.exit(int(found.exit_code))


def _save(found: "Conformance", adapter: str, folder: Path) -> None:
    from rasim.cli.files import write_whole
    from rasim.report.conform import pytest_of
    from rasim.scenario import write_scenario

    for each in found.broken:
        if each.story is not None:
            story = folder / f"{each.name}.yaml"
            write_whole(str(story), write_scenario(each.story.scenario).encode())
            test = pytest_of(each.story, adapter, story.name)
            write_whole(str(folder / f"test_{each.name}.py"), test.encode())
            click.echo(f"rasim: saved {story} and test_{each.name}.py", err=True)


def adapter_of(name: str) -> "type[Adapter]":
    """Import an adapter by `MODULE:ADAPTER`, also from the folder that is worked in.

    Raises:
        UsageError: it is not written so, cannot be imported (with the last line of why), or is no subclass of Adapter.

    """
    from rasim.testing.adapter import Adapter
    from rasim.words import not_called, printable

    module, colon, attribute = name.partition(":")
    if not re.fullmatch(r"[\w.]+", module) or not colon or not attribute.isidentifier():
        raise UsageError(f"{printable(name)}: write MODULE:ADAPTER, as in my_product.adapter:MyProduct")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        imported = importlib.import_module(module)
    except Exception as error:
        why = traceback.format_exception_only(error)[-1].strip()
        raise UsageError(f"the module {module} cannot be imported: {why}") from error
    known = [each for each, value in vars(imported).items() if isinstance(value, type) and issubclass(value, Adapter)]
    found = getattr(imported, attribute, None)
    if found is None:
        raise UsageError(
            not_called(f"no adapter in {module}", attribute, [each for each in known if each != "Adapter"])
        )
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise UsageError(f"{name} is no subclass of rasim.testing.Adapter")
    return found
