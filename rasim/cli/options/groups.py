"""Options in groups: a help text that is read by what somebody is after."""

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return what adds these options to a command, in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def group(title: str, *options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return what adds these options to a command, under a title of their own in its help."""

    def add(command: Command) -> Command:
        known = len(getattr(command, "__click_params__", ()))
        command = together(*options)(command)
        for param in getattr(command, "__click_params__", ())[known:]:
            param.group = title
        return command

    return add


class GroupedCommand(click.Command):
    """A command whose help shows each group of options for itself."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the groups in the order in which they were added; what was added to none is with the last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        title = ""
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                title = getattr(param, "group", title)
                groups.setdefault(title, []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)
