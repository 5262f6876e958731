r"""`rasim identities FOLDER [ACCOUNT...]`: who is who on the wire, as files: an authority, a server, and one for each expert."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.files import make_folder
from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.runtime.wire.identity import Authority

SERVER = "server.pem"


@click.command(cls=AdvisedCommand)
@click.argument("folder", metavar="FOLDER", type=click.Path())
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT...]")
@click.option(
    "--server-name",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name or address by which the server is reached, beside this computer's own; repeatable.",
)
def identities(folder: str, accounts: tuple[str, ...], names: tuple[str, ...]) -> None:
    r"""Make the files by which the two sides of `rasim host` and `rasim expert` know each other.

    The first time FOLDER gets an authority and the server's file; for each ACCOUNT, as "CORP\anna", an expert's file is added. Who has such
    a file is that expert: hand it over as you would a key. Exit code: 0 made, 2 a file is there already, or a name is none.
    """
    from rasim.policy import parse_account
    from rasim.runtime.wire.identity import LOOPBACK, Authority

    for account in accounts:
        parse_account(account)
    made: list[Path] = []
    if Path(folder, "authority.key").exists():
        if names:
            raise UsageError("--server-name is said when the folder is made")
        authority = Authority.load(folder)
    else:
        authority = Authority.made()  # before the folder: where the extra is missing none is left
        make_folder(folder)
        made.append(Path(folder, SERVER))
        authority.server(made[0], (*LOOPBACK, *names))  # first: a name that is none leaves no folder that is half made
        authority.save(folder)
    made += [_expert(authority, account, folder) for account in accounts]
    for file in made:
        click.echo(str(file))


def _expert(authority: "Authority", account: str, folder: str) -> Path:
    """Write an expert's file, named after the account."""
    file = Path(folder, f"{re.sub(r'[^A-Za-z0-9_.-]', '-', account)}.pem")
    authority.expert(account, file)
    return file
