"""`--only NAME` and `--without NAME=REASON`: which promises a trace is asked."""

from collections.abc import Iterable

import click

from rasim.cli.options import completed
from rasim.cli.options.groups import together
from rasim.errors import UsageError
from rasim.words import printable

options = together(
    click.option(
        "--only",
        multiple=True,
        metavar="NAME",
        shell_complete=completed.a_promise,
        help="Ask this promise, or this group of promises, alone; repeatable.",
    ),
    click.option(
        "--without",
        multiple=True,
        metavar="NAME=REASON",
        shell_complete=completed.a_promise,
        help="Do not ask this promise, or group (stated, added, or a kind of lines), and say why; repeatable.",
    ),
)


def reasons_of(without: Iterable[str]) -> dict[str, str]:
    """Return what is left out, each with the reason.

    Raises:
        UsageError: one has no reason, or is given twice.

    """
    reasons: dict[str, str] = {}
    for each in without:
        name, _, reason = (part.strip() for part in each.partition("="))
        if not reason:
            raise UsageError(f"--without {printable(each)}: write NAME=REASON")
        if name in reasons:
            raise UsageError(f"--without {printable(name)} is given twice")
        reasons[name] = reason
    return reasons
