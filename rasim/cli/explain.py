"""`rasim explain POLICY... --expert NAME`: why allowed or denied, and what would change it."""

from functools import cache
from typing import TYPE_CHECKING, Any

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.options import helper_groups, operating_system, policy_edits, report_files
from rasim.cli.options.policy_files import options

if TYPE_CHECKING:
    from rasim.analysis.explain import Explained
    from rasim.document.blocks import Document


@click.command(cls=AdvisedCommand)
@click.argument("policies", nargs=-1, required=True, metavar="POLICY...", type=click.Path(readable=False))
@click.option(
    "--expert", required=True, metavar="NAME", help='The expert\'s account: "DOMAIN\\name", in quotes if it has blanks.'
)
@click.option(
    "--capability",
    type=click.Choice(["offer", "view", "control"]),
    help="What is asked about; without it the offer, and for people control too.",
)
@helper_groups.options
@helper_groups.about_expert
@operating_system.option("The operating system; also asks its firewall.")
@click.option("--from", "address", metavar="ADDRESS", help="The expert's IPv4 address, for exceptions with a scope.")
@policy_edits.options
@options
@click.option("--expect", type=click.Choice(["allow", "deny"]), help="Exit with 1 if the answer is the other one.")
@report_files.formats()
@click.pass_context
def explain(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    policies: tuple[str, ...],
    expert: str,
    capability: Any,
    groups: tuple[str, ...],
    domains: tuple[str, ...],
    member_of: tuple[str, ...],
    not_member_of: tuple[str, ...],
    system: str | None,
    address: str | None,
    settings: tuple[str, ...],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
    expect: str | None,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Say why an expert may or may not, down to the value in the file.

    POLICY files and folders are applied in the order given, lowest precedence first, or by their links. With --set, --add-helper and
    --remove-helper: what if it were so; no file is touched. Where nobody told who is in a group on the list the answer is a question,
    and --member-of or --not-member-of answers it. Exit code: 0 answered, 1 not as expected, 2 a file or a name cannot be read,
    3 unclear.
    """
    from rasim.analysis.explain import as_json, explain_what_if
    from rasim.analysis.explain import explain as why
    from rasim.analysis.walkthrough import course
    from rasim.cli.options.policy_files import merged_of
    from rasim.policy import parse_account
    from rasim.report.explain import document
    from rasim.report.outputs import Answer

    wanted = report_files.reports_of(reports, form, (*policies, *groups, *adml, *([links] if links else [])))
    merged = merged_of(policies, links, at, adml)
    policy = policy_edits.edited(merged.policy, settings, added, removed)
    members = helper_groups.membership_of(groups, domains)
    helper_groups.warn_of_unnamed(member_of, policy, members)
    members = members.about(parse_account(expert), member_of, not_member_of)
    what_if = policy_edits.in_words(settings, added, removed)

    @cache
    def asked(capability: Any) -> "Explained":
        found = why(policy, expert, capability, members, os=system, address=address, won=merged.won)
        if not what_if:
            return found
        before = why(merged.policy, expert, capability, members, os=system, address=address)
        return explain_what_if(before, found, what_if)

    def in_words() -> "Document":
        answers = [asked(each) for each in ((capability,) if capability else ("offer", "control"))]
        return document(answers, f"Policy: {' + '.join(policies)}", course(policy, expert, members, system))

    first = asked(capability or "offer")
    report_files.show_answer(Answer(in_words, lambda: as_json(first)), form, wanted, policies, whole=whole)
    ctx.exit(int(first.exit_code(expect)))
