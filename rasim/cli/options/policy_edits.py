"""What if: `--set NAME=VALUE`, `--add-helper`, `--remove-helper`; a policy is changed in memory, and no file is touched."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from rasim.cli.options import completed
from rasim.cli.options.groups import together
from rasim.errors import UsageError

if TYPE_CHECKING:
    from rasim.policy import Policy

options = together(
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        shell_complete=completed.a_setting,
        help='What if: offer=enabled, mode=control, solicited=disabled, sessmgr=allowed, "135 tcp=open" …; repeatable.',
    ),
    click.option("--add-helper", "added", multiple=True, metavar="NAME", help="What if NAME were listed too."),
    click.option("--remove-helper", "removed", multiple=True, metavar="NAME", help="What if NAME were not listed."),
)


def edited(policy: "Policy", settings: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> "Policy":
    """Return the policy as the options change it; the same where there is none.

    Raises:
        UsageError: no `=`, an unknown name or value, a setting that is given twice, a helper to remove that is not listed.

    """
    from rasim.policy import Flaw, flaw_of, printable, what_if

    if quoted := [printable(name) for name in added if flaw_of(name) is Flaw.QUOTES]:
        raise UsageError(f'--add-helper {quoted[0]}: these quotation marks are part of the name; write "DOMAIN\\name"')
    chosen: dict[str, str] = {}
    for each in settings:
        name, equals, word = (part.strip() for part in each.partition("="))
        if not equals:
            raise UsageError(f"--set {printable(each)}: write NAME=VALUE, as offer=enabled")
        if name in chosen:
            raise UsageError(f"--set {printable(name)} is given twice")
        chosen[name] = word
    return what_if(policy, chosen, add_helpers=added, remove_helpers=removed) if chosen or added or removed else policy


def in_words(settings: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> str:
    """Return what is changed, in a line; empty where nothing is."""
    from rasim.policy import printable

    said = (*settings, *(f"+ {name}" for name in added), *(f"- {name}" for name in removed))
    return ", ".join(map(printable, said))
