"""`rasim expert ADDRESS:PORT --as FILE`: offer help at a terminal that somebody shares."""

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.host import needs_a_terminal, place_of, terminals
from rasim.errors import UsageError


@click.command(cls=AdvisedCommand)
@click.argument("place", metavar="ADDRESS:PORT")
@click.option(
    "--as", "identity", required=True, metavar="FILE", type=click.Path(), help="The file that says who you are."
)
@click.option("--computer", metavar="NAME", default="pc1", show_default=True, help="The computer there.")
@click.option("--session", metavar="NAME", default="s1", show_default=True, help="The logon session there.")
@click.option("--server-name", "name", metavar="NAME", help="The server's name in its certificate, if not ADDRESS.")
def expert(place: str, identity: str, computer: str, session: str, name: str | None) -> None:
    """Offer help at a terminal that `rasim host` shares, look on when its user lets you, and type when its user lets you.

    FILE is yours from `rasim identities`. What you see is a picture of the terminal there; what you type goes there while you hold control.
    Exit code: 0 it is over, 2 nobody listens there, or you are not taken.
    """
    address, port = place_of(place)
    needs_a_terminal("rasim expert")
    program = terminals("expert")
    try:
        ended = program.assist(address, port, identity, computer, session, name=name)
    except OSError as error:
        from rasim.terminals.shell import why

        raise UsageError(f"{place}: nobody answers there: {why(error)}") from None
    if ended:
        click.echo(f"rasim: {ended}", err=True)
