"""`rasim diff A B`: what becomes possible or impossible, with the shortest scenario of each."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rasim.cli import progress
from rasim.cli.advised import AdvisedCommand
from rasim.cli.options import helper_groups, operating_system, policy_edits, report_files
from rasim.cli.options.policy_files import policy_of, words_option
from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.analysis.difference_scenarios import Sides
    from rasim.verify import Compared


@click.command(cls=AdvisedCommand)
@click.argument("policies", nargs=-1, required=True, metavar="BEFORE [AFTER]", type=click.Path(readable=False))
@helper_groups.options
@operating_system.option("An operating system to ask about; repeatable. Without it all.", "systems", multiple=True)
@click.option(
    "--from",
    "address",
    metavar="ADDRESS",
    help="The experts' IPv4 address; without it one of each that scopes tell apart.",
)
@policy_edits.options
@words_option
@click.option(
    "--expect",
    type=click.Choice(["stricter", "equal"]),
    help="Exit with 1 if more is possible; with equal also if less is.",
)
@click.option(
    "--write", "folder", metavar="FOLDER", type=click.Path(), help="Write the scenario of each difference there."
)
@report_files.formats()
@click.pass_context
def diff(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    policies: tuple[str, ...],
    groups: tuple[str, ...],
    domains: tuple[str, ...],
    systems: tuple[str, ...],
    address: str | None,
    settings: tuple[str, ...],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    adml: tuple[str, ...],
    expect: str | None,
    folder: str | None,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Say what becomes possible, and what no longer is, when AFTER takes the place of BEFORE.

    Each is a policy file or a folder. With --set, --add-helper or --remove-helper one is enough: AFTER is then BEFORE with that changed.
    Over all experts that either can tell apart, all systems and all traces. The verdict is equal, stricter, looser or
    incomparable; what is unclear counts as possible. `--expect stricter` passes if nothing is newly possible. Exit code: 0 answered,
    1 not as expected, 2 a file cannot be read, 3 unclear.
    """
    from rasim.engines.results import PartsDone
    from rasim.report.diff import answer, exit_code
    from rasim.verify import compare

    what_if = policy_edits.in_words(settings, added, removed)
    if len(policies) > 2 or (len(policies) == 1 and not what_if):
        raise UsageError(
            "diff compares two: BEFORE and AFTER, or one and what --set, --add-helper, --remove-helper change in it"
        )
    if folder == "":
        raise UsageError("--write needs the name of a folder")
    wanted = report_files.reports_of(reports, form, (*policies, *groups, *adml))
    before = policy_of((policies[0],), None, None, adml)
    after = policy_edits.edited(policy_of((policies[-1],), None, None, adml), settings, added, removed)
    sides = _sides(policies, what_if)
    members = helper_groups.membership_of(groups, domains)
    with progress.shown() as watch:

        def told(done: int, many: int) -> None:
            if watch is not None:
                watch("experts", PartsDone(done, many))

        compared = compare(before, after, membership=members, systems=systems or None, address=address, progress=told)
    report_files.show_answer(answer(compared, sides, expect), form, wanted, policies, whole=whole)
    if folder is not None:
        _write(folder, compared, sides, {Path(each.file) for each in wanted if each.file is not None})
    ctx.exit(int(exit_code(compared, expect)))


def _sides(policies: tuple[str, ...], what_if: str) -> "Sides":
    from rasim.analysis.difference_scenarios import Sides

    return Sides(policies[0], f"{policies[-1]} with {what_if}" if what_if else policies[-1])


def _write(folder: str, compared: "Compared", sides: "Sides", reported: set[Path]) -> None:
    """Write a scenario a difference; experts for whom the same differs have one together."""
    from rasim.analysis.difference_scenarios import Scenarios
    from rasim.cli.files import make_folder, write_whole
    from rasim.policy import printable
    from rasim.report.diff import TITLES, groups_of
    from rasim.scenario import write_scenario

    make_folder(folder)
    shown = Scenarios(compared, sides)
    for newly in (True, False):
        for number, group in enumerate(groups_of(compared, shown, newly=newly), 1):
            if group.scenario is not None:
                what = re.sub(r"\W+", "-", group.capabilities[-1])
                unclear = "" if group.certain else "unclear-"
                path = str(Path(folder, f"{unclear}{TITLES[newly].replace(' ', '-')}-{number}-{what}.yaml"))
                if Path(path) in reported:
                    raise UsageError(f"{printable(path)}: a scenario would overwrite a report")
                write_whole(path, write_scenario(group.scenario).encode())
                click.echo(f"rasim: written: {printable(path)}", err=True)
