"""Who is in which group, on the command line: the options, and the files they name."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rasim.cli.options.groups import together
from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.policy import Membership, Policy

options = together(
    click.option(
        "--groups",
        multiple=True,
        metavar="FILE",
        type=click.Path(readable=False),
        help="Who is in which group: YAML, CSV, JSON, LDIF; GROUP=FILE for an export that does not name its group.",
    ),
    click.option(
        "--domain", "domains", multiple=True, metavar="SHORT=DNS", help="The two names of a domain: CORP=corp.example."
    ),
)


about_expert = together(
    click.option("--member-of", multiple=True, metavar="GROUP", help="A group that the expert is in; repeatable."),
    click.option(
        "--not-member-of", multiple=True, metavar="GROUP", help="A group that the expert is not in; repeatable."
    ),
)


def membership_of(groups: Iterable[str], domains: Iterable[str]) -> "Membership":
    """Return what all these files and options tell together.

    Raises:
        ScenarioError: a file tells no members.
        UsageError: SHORT=DNS is not of that form.

    """
    from rasim.directory.members import read_members
    from rasim.inputs import read_file
    from rasim.policy import Membership

    membership = Membership.of({}, dict(map(_domain, domains)))
    for asked in groups:
        group, path = _group_and_file(asked)
        membership |= read_members(read_file(path), path, group)
    return membership


def warn_of_unnamed(groups: Iterable[str], policy: "Policy", membership: "Membership") -> None:
    """Say on standard error which of these groups neither the policy nor a file names: who is in such a one changes nothing."""
    from rasim.policy import parse_account
    from rasim.words import did_you_mean, printable

    helpers = [helper.text for helper in policy.offer.helpers if helper.flaw is None]
    listed = {membership.same(parse_account(each)) for each in helpers}
    told = [str(group) for group, _ in membership.groups]
    for each in groups:
        group = membership.same(parse_account(each))
        if group not in listed and not membership.mentions(group):
            meant = did_you_mean(each, [*helpers, *told])
            says = f"{printable(each)}: neither the policy nor a file names this group, so to be in it changes nothing"
            click.echo(f"rasim: {says}{'; ' if meant else ''}{printable(meant)}", err=True)


def _domain(asked: str) -> tuple[str, str]:
    from rasim.policy import flaw_of

    short, equals, dns = asked.partition("=")
    if not (equals and short.strip() and "." in dns and "." not in short) or flaw_of(f"{dns.strip()}\\{short.strip()}"):
        raise UsageError(f"--domain {asked}: write the short name and the DNS name, as CORP=corp.example")
    return short.strip(), dns.strip()


def _group_and_file(asked: str) -> tuple[str | None, str]:
    r"""Return group and file of `DOMAIN\name=FILE`, or the file alone; a file of the whole name comes first."""
    from rasim.policy import flaw_of

    group, equals, path = asked.partition("=")
    if not equals or _exists(asked) or flaw_of(group) is not None:
        return None, asked
    return group, path


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False
