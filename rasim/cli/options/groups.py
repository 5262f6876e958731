"""Options in groups: a help text that is read by what somebody is after."""

from collections.abc import Callable
from typing import Any

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
