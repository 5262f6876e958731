"""`rasim audit FILE...`: what real policy files mean."""

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.complaints import Complaints
from rasim.cli.files import told_already
from rasim.cli.options import helper_groups, report_files
from rasim.cli.options.policy_files import options
from rasim.errors import PolicyFileError, UsageError

OTHERS = ("junit", "sarif", "github")
_KINDS = (*report_files.FORMATS, *OTHERS)


@click.command(cls=AdvisedCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(readable=False))
@click.option("--as-one", is_flag=True, help="Merge the files in the order given, lowest precedence first.")
@click.option(
    "--fail-on",
    type=click.Choice(["low", "medium", "high"]),
    default="high",
    show_default=True,
    help="Exit with 1 if there is a finding of this severity or above.",
)
@options
@helper_groups.options
@click.option("--strict", is_flag=True, help="Reject white space around the parts of firewall exceptions.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes to judge in; as many as there are processors.")
@click.option("--from", "address", metavar="ADDRESS", help="The expert's IPv4 address, for exceptions with a scope.")
@click.option("--summary", is_flag=True, help="Show files by what they mean, a row for all that mean the same.")
@report_files.formats(*OTHERS)
@click.pass_context
def audit(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    files: tuple[str, ...],
    as_one: bool,
    fail_on: str,
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
    groups: tuple[str, ...],
    domains: tuple[str, ...],
    strict: bool,
    jobs: int | None,
    address: str | None,
    summary: bool,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Say what policy files mean: who may offer help, and what helpers may do.

    FILE is a Registry.pol, a .reg, LGPO text, PolicyRules, the XML of a GPO report or of gpresult /x, a list of firewall
    exceptions, all told by their content, or a folder with such files, GPO backups and SYSVOL folders included. Exit code:
    0 answered, 1 a finding at or above --fail-on, 2 a file could not be read, 3 something can be read in two ways,
    4 nothing to read.
    """
    from rasim.analysis.audit import How
    from rasim.analysis.findings import Severity
    from rasim.cli.audited import audited
    from rasim.cli.options.policy_files import containers_of, words_of
    from rasim.report.audit import answer

    if summary and form not in {"text", "markdown", "html"}:
        raise UsageError(f"--summary is for people, as text, markdown or html; --format {form} has every file")
    wanted = report_files.reports_of(reports, form, (*files, *([links] if links else []), *adml), _KINDS)
    members = helper_groups.membership_of(groups, domains) if groups or domains else None
    how = How(as_one, containers_of(links, at), at, strict, address, words_of(adml), members)
    report = audited(files, how, jobs)
    at_least = Severity[fail_on.upper()]
    # Of what a folder held only policies are safe from being written over: last time's reports stand there too.
    read = (path for alike in report.files.alike for path in (*alike.paths, *alike.first.paths))
    # Of files that are not there nothing can be told but that, which stands on the other stream.
    gone = bool(report.files) and all(_is_not_there(each.first.error) for each in report.files.alike)
    shown = not gone or form != "text" or whole or bool(wanted)
    if shown:
        report_files.show_answer(answer(report, at_least, summary=summary), form, wanted, read, whole=whole)
    complaints = Complaints()
    for alike, path in report.files.each:
        if alike.first.error is not None and not (shown and told_already(path, form)):
            complaints.add(alike.named(path).error if complaints.more_fit else None)
    complaints.end()
    ctx.exit(int(report.exit_code(at_least)))


def _is_not_there(error: PolicyFileError | None) -> bool:
    return error is not None and error.message.startswith("there is no such file")
