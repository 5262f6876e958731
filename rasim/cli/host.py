"""`rasim host [POLICY...]`: share a terminal with an expert, as the policy and the user at the computer allow."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.options import choice_values, helper_groups, operating_system, policy_edits, policy_files
from rasim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from rasim.policy import Membership, Policy


@click.command(cls=AdvisedCommand)
@click.argument("policies", nargs=-1, metavar="[POLICY...]", type=click.Path(readable=False))
@click.option(
    "--keys",
    metavar="FOLDER",
    default="keys",
    show_default=True,
    type=click.Path(),
    help="Where the server's file is, as `rasim identities` made it.",
)
@click.option(
    "--listen",
    metavar="ADDRESS:PORT",
    default="127.0.0.1:7135",
    show_default=True,
    help="Where experts call; other computers reach it at another address than this one.",
)
@click.option("--computer", metavar="NAME", default="pc1", show_default=True, help="What experts call this computer.")
@click.option("--user", metavar="ACCOUNT", help="The account of who sits here; else this login's.")
@click.option(
    "--expert",
    "experts",
    multiple=True,
    metavar="ACCOUNT",
    help="Who may call, beside the helpers of the policy; repeatable.",
)
@click.option("--run", "command", metavar="COMMAND", help="What runs in the shared terminal; else your shell.")
@operating_system.option("The operating system, for what the policy says of its firewall.")
@click.option("--record", metavar="FILE", help="Keep the record there as it goes (SQLite); `rasim judge` reads it.")
@policy_edits.options
@helper_groups.options
@choice_values.option
@policy_files.options
@click.pass_context
def host(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    policies: tuple[str, ...],
    keys: str,
    listen: str,
    computer: str,
    user: str | None,
    experts: tuple[str, ...],
    command: str | None,
    system: str | None,
    record: str | None,
    settings: tuple[str, ...],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    groups: tuple[str, ...],
    domains: tuple[str, ...],
    choices: tuple[str, ...],
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
) -> None:
    """Share a terminal: experts may offer help, and you let them look, type, or neither.

    POLICY files and folders are applied in the order given, as for `rasim explain`; without any, --set and --add-helper say what is so. A
    question is below the shared terminal; nobody answers it but this keyboard, and no answer is a no. Exit code: 0 every promise was
    kept, 1 one was broken, 2 something cannot be read or listened at, 3 it cannot be told.
    """
    from rasim.analysis.judged_files import JudgedFile, exit_code
    from rasim.cli.options.policy_files import policy_of
    from rasim.policy import Policy
    from rasim.report.judge import line_of_trace

    chosen = choice_values.choices_of(choices)
    address, port = place_of(listen)
    members = helper_groups.membership_of(groups, domains)
    policy = policy_of(policies, links, at, adml) if policies or links or at else Policy()
    policy = policy_edits.edited(policy, settings, added, removed)
    known = _known(policy, members, experts)
    if not known:
        raise UsageError("nobody could call: the policy lists no helpers; name them with --add-helper, or --expert")
    needs_a_terminal("rasim host")
    program = terminals("host")
    plan = program.SharePlan(
        server=str(Path(keys, "server.pem")),
        experts=known,
        policy=policy,
        command=_command(command),
        user=user or _login(),
        address=address,
        port=port,
        computer=computer,
        membership=members,
        os=system,
        choices=chosen,
        record=record,
    )
    judged = program.share(plan)
    found = JudgedFile("what was recorded", judged)
    click.echo(line_of_trace(found))
    if record is not None:
        click.echo(f"rasim: again with: rasim judge --record {record}", err=True)
    ctx.exit(int(exit_code([found])))


def place_of(text: str) -> tuple[str, int]:
    """Return the address and the port of `ADDRESS:PORT`. UsageError if it is not so written."""
    from rasim.words import printable

    address, colon, port = text.rpartition(":")
    if not colon or not address or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"{printable(text)}: write ADDRESS:PORT, as 127.0.0.1:7135")
    return address.removeprefix("[").removesuffix("]"), int(port)


def needs_a_terminal(program: str) -> None:
    """Say so where input or output is no terminal. UsageError then."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(f"{program} is a full-screen program: its input and output have to be a terminal")


def terminals(module: str) -> "ModuleType":
    """Return one of the two programs. UsageError if the extra `terminal` is not installed."""
    from importlib import import_module

    from rasim.terminals.shell import missing_extra

    try:
        return import_module(f"rasim.terminals.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("rasim"):
            raise
        raise UsageError(missing_extra()) from None


def _known(policy: "Policy", members: "Membership", experts: "Sequence[str]") -> list[str]:
    """Return whom this computer knows: the helpers of the policy, who is in a group that was told, and who was named."""
    from rasim.policy import fold, parse_account

    for each in experts:
        parse_account(each)
    named = [helper.text for helper in policy.offer.helpers if helper.flaw is None]
    inside = [str(member) for _, group in members.groups for member in group]
    return list({fold(each): each for each in (*named, *inside, *experts)}.values())


def _login() -> str:
    """Return the account of this login; a name that is none in Windows' terms is `user`."""
    import getpass
    import platform

    from rasim.policy import parse_account

    try:
        account = f"{platform.node().partition('.')[0].upper() or 'PC'}\\{getpass.getuser()}"
        parse_account(account)
    except (OSError, KeyError, UsageError):
        return "PC\\user"
    return account


def _command(command: str | None) -> list[str]:
    import shlex

    if command is None:
        return [os.environ.get("SHELL") or "/bin/sh"]
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--run: {str(error).lower()}") from None
    if not words:
        raise UsageError("--run names no program")
    return words
