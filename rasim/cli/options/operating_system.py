"""`--os`: an operating system, by the name that an answer prints, short or whole."""

from collections.abc import Callable
from typing import Any

import click

from rasim.cli.options import completed
from rasim.cli.options.groups import Command
from rasim.errors import UsageError


def _meant(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
    """Return the whole name of each system that was named.

    Raises:
        UsageError: no system is called so.

    """
    if value is None or value == ():
        return value
    from rasim.policy.systems import system_called, unknown_system

    named = [(each, system_called(each)) for each in ([value] if isinstance(value, str) else value)]
    for each, system in named:
        if system is None:
            raise UsageError(unknown_system(each))
    whole = tuple(system for _, system in named)
    return whole[0] if isinstance(value, str) else whole


def option(says: str, name: str = "system", *, multiple: bool = False) -> Callable[[Command], Command]:
    """Return what adds `--os` to a command; `name` is the parameter that has it."""
    return click.option(
        "--os", name, metavar="NAME", multiple=multiple, callback=_meant, shell_complete=completed.a_system, help=says
    )
