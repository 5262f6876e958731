"""`--choice NAME=VALUE`: what no public source settles, with another value than the strict one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from rasim.cli.options import completed
from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.protocol.choices import Choices


option = click.option(
    "--choice",
    "choices",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=completed.a_choice,
    help="Give a choice another value (`rasim show choices`); repeatable.",
)


def choices_of(asked: Iterable[str]) -> "Choices":
    """Return the choices that the option gives, the others strict.

    Raises:
        UsageError: no `=`, an unknown name or value, a choice that is given twice.

    """
    from rasim.protocol.choices import NAMES, Choices, parse_time, values_of
    from rasim.words import not_called, printable

    chosen: dict[str, Any] = {}
    for each in asked:
        name, equals, text = (part.strip() for part in each.partition("="))
        if not equals:
            raise UsageError(f"--choice {printable(each)}: write NAME=VALUE")
        if name not in NAMES:
            raise UsageError(not_called("no choice", name, NAMES))
        if NAMES[name] in chosen:
            raise UsageError(f"--choice {name} is given twice")
        known = values_of(name)
        if known and text not in known:
            raise UsageError(f"{name} is one of {', '.join(known)}, not {printable(text)!r}")
        try:
            chosen[NAMES[name]] = text if known else parse_time(text)
        except UsageError as error:
            raise UsageError(f"{name}: {error}; write it as `60 s` or `1.5 min` (us, ms, s, min, h)") from None
    return Choices(**chosen)
