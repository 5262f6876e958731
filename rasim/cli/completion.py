"""`rasim completion SHELL`: the script by which a shell completes rasim's commands, options and names.

The scripts are click's. At a Tab they call rasim with the variable `_RASIM_COMPLETE`, and click answers from the commands themselves
(`main.py` imports this module then). What is added here is quoting: names like `silence accepts` have blanks, and bash takes a word
apart at `=` and `:`.
"""

import os
import re
from typing import Any, Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from rasim.cli.advised import AdvisedCommand
from rasim.cli.main import COMPLETING
from rasim.errors import UsageError

SHELLS: Final = ("bash", "zsh", "fish", "powershell")

_BREAKS: Final = re.compile(r"([^\w@%+=:,./-])")
_ESCAPED: Final = r"\\\\\1"  # twice: click's script reads its answer with `read`, which takes one of them


class _Bash(BashComplete):
    """Bash as it hands words over: taken apart at `=` and `:`, and what it is given replaces the last part alone."""

    def get_completion_args(self) -> tuple[list[str], str]:
        at = int(os.environ["COMP_CWORD"])
        words = [*os.environ["COMP_WORDS"].split("\n"), ""][: at + 1]
        typed: list[str] = []
        for word in words:
            if typed[1:] and (set(word) <= set("=:") or typed[-1].endswith(("=", ":"))) and word:
                typed[-1] += word
            else:
                typed.append(word)
        self._quoted = words[-1][:1] in {"'", '"'}
        *args, incomplete = (" ".join(split_arg_string(word)) for word in typed)
        self._left = incomplete[: max(incomplete.rfind("="), incomplete.rfind(":")) + 1]
        return args[1:], incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        value = item.value.removeprefix(self._left)
        return f"{item.type},{value if self._quoted else _BREAKS.sub(_ESCAPED, value)}"


def _for_powershell(item: CompletionItem[str]) -> CompletionItem[str]:
    """Return a name as PowerShell takes it for one word."""
    if item.type != "plain" or re.fullmatch(r"[\w./\\:=-]+", item.value):
        return item
    return CompletionItem("'" + item.value.replace("'", "''") + "'", help=item.help)


def _with_quotes(base: Any) -> type[ShellComplete]:
    class _PowerShell(base):  # type: ignore[misc]  # click has it since 8.5, and not before
        def format_completion(self, item: CompletionItem[Any]) -> str:
            said: str = super().format_completion(_for_powershell(item))
            return said

    return _PowerShell


add_completion_class(_Bash)
if (_found := get_completion_class("powershell")) is not None:
    add_completion_class(_with_quotes(_found), "powershell")


@click.command(cls=AdvisedCommand)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    r"""Print the script by which a shell completes rasim's commands, options and names.

    \b
    bash        eval "$(rasim completion bash)"           in ~/.bashrc
    zsh         eval "$(rasim completion zsh)"            in ~/.zshrc, after compinit
    fish        rasim completion fish > ~/.config/fish/completions/rasim.fish
    powershell  rasim completion powershell | Out-String | Invoke-Expression    in $PROFILE

    \b
    Examples:
      rasim completion bash

    Exit code: 0 printed, 2 a shell that is not known here.
    """
    made = get_completion_class(shell)
    if made is None:
        raise UsageError(f'completion for {shell} comes with click 8.5: pip install --upgrade "click>=8.5"')
    script = made(context.find_root().command, {}, "rasim", COMPLETING).source()
    click.echo(script.rstrip("\n"))
