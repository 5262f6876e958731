"""`rasim audit FILE...`: what real policy files mean."""

import json
from collections.abc import Iterator
from typing import Final

import click

from rasim.errors import PolicyFileError, Where

LARGEST: Final = 512 << 20
"""Bytes of the largest file that is read; group policy itself never comes near it."""


def read_file(path: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        PolicyFileError: no such file, a directory, not permitted, or more than `LARGEST` bytes.

    """
    from pathlib import Path

    where = Where(path)
    try:
        if Path(path).is_dir():
            raise PolicyFileError("a directory, not a policy file", where)
        with Path(path).open("rb") as file:
            # Asking for the size would not help with a device, which has none and never ends.
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise PolicyFileError("there is no such file", where) from None
    except OSError as error:
        raise PolicyFileError(f"cannot be opened: {(error.strerror or 'unknown reason').lower()}", where) from None
    except ValueError:
        raise PolicyFileError("no file can have this name", where) from None
    if len(data) > LARGEST:
        raise PolicyFileError(f"larger than {LARGEST >> 20} MiB", where)
    return data


def _open(paths: tuple[str, ...]) -> Iterator[tuple[str, bytes | PolicyFileError]]:
    for path in paths:
        try:
            yield path, read_file(path)
        except PolicyFileError as error:
            yield path, error


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option("--as-one", is_flag=True, help="Merge the files in the order given, lowest precedence first.")
@click.option(
    "--fail-on",
    type=click.Choice(["low", "medium", "high"]),
    default="high",
    show_default=True,
    help="Exit with 1 if there is a finding of this severity or above.",
)
@click.option("--strict", is_flag=True, help="Forgive no blanks in exceptions of the firewall.")
@click.option("--from", "address", metavar="ADDRESS", help="The expert's IPv4 address, for exceptions with a scope.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def audit(
    ctx: click.Context, files: tuple[str, ...], as_one: bool, fail_on: str, strict: bool, address: str | None, form: str
) -> None:
    """Say what policy files mean: who may offer help, and what helpers may do.

    FILE is a Registry.pol, a .reg or a list of firewall exceptions, told by its content. Exit code: 0 answered,
    1 a finding at or above --fail-on, 2 a file could not be read, 3 something can be read in two ways.
    """
    from rasim.policy import printable
    from rasim.report.audit import as_json, as_text
    from rasim.report.audit import audit as judge
    from rasim.report.findings import Severity

    report = judge(_open(files), as_one=as_one, strict=strict, address=address)
    click.echo(json.dumps(as_json(report), indent=2) if form == "json" else as_text(report))
    for each in report.files:
        if each.error is not None:
            click.echo(f"rasim: {printable(str(each.error))}", err=True)
    ctx.exit(int(report.exit_code(Severity[fail_on.upper()])))
