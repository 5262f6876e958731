"""`rasim explain POLICY... --expert NAME`: why allowed or denied, and what would turn it."""

import json
from typing import Any

import click

from rasim.cli import people
from rasim.cli.policies import options


@click.command()
@click.argument("policies", nargs=-1, required=True, metavar="POLICY...", type=click.Path())
@click.option("--expert", required=True, metavar="NAME", help="The expert's account, DOMAIN\\name.")
@click.option(
    "--capability",
    type=click.Choice(["offer", "view", "control"]),
    help="What is asked about; without it the offer, and in text control too.",
)
@people.options
@click.option(
    "--member-of", "member_of", multiple=True, metavar="GROUP", help="A group that the expert is in; repeatable."
)
@click.option("--os", "system", metavar="NAME", help="The operating system; also asks its firewall.")
@click.option("--from", "address", metavar="ADDRESS", help="The expert's IPv4 address, for exceptions with a scope.")
@options
@click.option("--expect", type=click.Choice(["allow", "deny"]), help="Exit with 1 if the answer is the other one.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def explain(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    policies: tuple[str, ...],
    expert: str,
    capability: Any,
    groups: tuple[str, ...],
    domains: tuple[str, ...],
    member_of: tuple[str, ...],
    system: str | None,
    address: str | None,
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
    expect: str | None,
    form: str,
) -> None:
    """Say why an expert may or may not, down to the value in the file.

    POLICY files and folders are applied in the order given, lowest precedence first, or by their links. Exit code:
    0 answered, 1 not as expected, 2 a file or a name cannot be read, 3 unclear.
    """
    from rasim.cli.policies import policy_of
    from rasim.policy import parse_account
    from rasim.report.explain import as_json, as_text
    from rasim.report.explain import explain as why

    policy = policy_of(policies, links, at, adml)
    members = people.membership_of(groups, domains)
    members = members.with_member(parse_account(expert), map(parse_account, member_of)) if member_of else members
    asked: tuple[Any, ...] = (capability,) if capability else ("offer", "control") if form == "text" else ("offer",)
    answers = [why(policy, expert, each, members, os=system, address=address) for each in asked]
    if form == "json":
        click.echo(json.dumps(as_json(answers[0]), indent=2))
    else:
        click.echo(as_text(answers))
    ctx.exit(int(answers[0].exit_code(expect)))
