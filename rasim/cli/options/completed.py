"""What a Tab offers for an option that takes a name: the names that its table has, looked up when a shell asks for them.

Each of these is a `shell_complete` of click's; the table is imported by then and not before.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def completes(names: Callable[[], Iterable[str]]) -> Completer:
    """Return what offers those of the names that begin as what was typed does, in any letter case."""

    def offered(_context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in names() if name.casefold().startswith(typed.casefold())]

    return offered


def _systems() -> Iterable[str]:
    from rasim.policy import SYSTEMS

    return SYSTEMS


def _settings() -> Iterable[str]:
    from rasim.policy import settable

    return [f"{name}={word}" for name, words in settable().items() for word in words]


def _choices() -> Iterable[str]:
    from attrs import fields

    from rasim.protocol.choices import NAMES, STRICT, Choices, values_of

    strict = {a.name: getattr(STRICT, a.name) for a in fields(Choices)}
    for name, field in NAMES.items():
        # A time can be any: the strict one shows how it is written.
        yield from (f"{name}={value}" for value in values_of(name) or [f"{strict[field].total_seconds():g} s"])


def _profiles() -> Iterable[str]:
    from rasim.verify.mutants.other_products import PROFILES

    return PROFILES


def _promises() -> Iterable[str]:
    from rasim.verify.promises.selection import ASKABLE, GROUPS

    return (*GROUPS, *ASKABLE)


def _scenes() -> Iterable[str]:
    from rasim.testing.steering import SCENES

    return SCENES


def _names() -> Iterable[str]:
    from rasim.report.lookup import all_names

    return all_names()


a_system = completes(_systems)
a_setting = completes(_settings)
a_choice = completes(_choices)
a_profile = completes(_profiles)
a_promise = completes(_promises)
a_scene = completes(_scenes)
a_name = completes(_names)


def a_report(kinds: Iterable[str]) -> Completer:
    """Return what offers the kinds of reports, and files behind the `=` of the last one."""

    def offered(_context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        before, comma, last = typed.rpartition(",")
        if "=" in last:
            return [CompletionItem(last.partition("=")[2], type="file")]
        words = (kind if kind == "github" else f"{kind}=" for kind in kinds)
        return [CompletionItem(f"{before}{comma}{word}") for word in words if word.startswith(last)]

    return offered
