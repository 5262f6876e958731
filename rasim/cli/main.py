"""The command `rasim`. A command's module is imported when it is called, so that `rasim --help` stays fast.

Results go to stdout, everything else to stderr. Exit codes are those of `errors.Exit` and nothing moves them: what a
person can cause is a `RasimError` or a usage error (2), what nobody should see is a bug (70).
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from rasim import __version__
from rasim.cli.menu import COMMANDS, DOCUMENTATION, MENU
from rasim.errors import Exit, RasimError, worst

COMPLETING = "_RASIM_COMPLETE"
"""What a shell sets when it asks what could come next."""


class _Commands(click.Group):
    """The commands by name; each lives in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (as above)
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"rasim.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (as above)
        for title, entries in MENU.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.says) for name, entry in entries.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (as above)
        formatter.write_paragraph()
        formatter.write_text(f"rasim COMMAND --help has an example of each; more in {DOCUMENTATION}.")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> Any:
        from click.shell_completion import CompletionItem

        # By their sentences here: to list the commands none of them is imported.
        found = [CompletionItem(name, help=says) for name, says in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from rasim.words import not_called

            raise click.UsageError(not_called("no command", name, COMMANDS), ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="rasim", message="%(prog)s %(version)s")
def rasim() -> None:
    """Model of Windows Remote Assistance: who may offer help, what the user is asked, what an expert can see and do.

    Exit codes: 0 as expected, 1 a promise, expectation or finding failed, 2 usage or input error, 3 inconclusive,
    4 nothing collected, 70 a bug in rasim, 130 interrupted.
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    _keep_numbers()
    stdout, stderr = (_Outliving(stream) for stream in (sys.stdout, sys.stderr))
    sys.stdout, sys.stderr = stdout, stderr
    code = run_line()
    stdout.flush()
    if stdout.lost:
        click.echo(f"rasim: standard output cannot be written: {stdout.lost}", err=True)
        code = worst(Exit(code), Exit.USAGE)
    stderr.flush()
    sys.exit(int(code))


def _keep_numbers() -> None:
    """Let nothing that is opened later take the place of a standard stream that is closed: what is printed would go into it."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)


class _Outliving:
    """Standard output, or standard error, that outlives its reader and its disk: an answer goes on, and ends with a code.

    What nobody reads is nobody's loss, and the exit code still stands (click would end with 1 when the pipe breaks, which is *a promise
    failed*). What cannot be written is a loss: `lost` says why. A console that lacks a letter shows its number instead.
    """

    def __init__(self, stream: Any) -> None:
        self.lost = ""
        self._closed = stream is None
        self._stream = open(os.devnull, "w", encoding="utf-8") if stream is None else stream  # noqa: PTH123, SIM115
        if hasattr(stream, "reconfigure"):
            bare = "ascii" in (stream.encoding or "").replace("646", "ascii").casefold()  # no locale was set
            stream.reconfigure(errors="backslashreplace", **({"encoding": "utf-8"} if bare else {}))

    def write(self, text: str) -> int:
        """Write, or let it go."""
        if self._closed:
            self.lost = "it is closed"
        with self._let_go():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or let it go."""
        with self._let_go():
            self._stream.flush()

    @contextmanager
    def _let_go(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as fault:  # a ValueError: somebody closed it
            if not isinstance(fault, BrokenPipeError):
                self.lost = str(getattr(fault, "strerror", None) or fault).lower()
            if not self._stream.closed:
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _shown(error: RasimError) -> str:
    """Return an error's lines with what cannot be seen made visible: names of files can hold anything."""
    from rasim.policy import printable

    return "\n".join(map(printable, str(error).split("\n")))


def run_line(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, this process's own without arguments, and return its exit code; errors are told on standard error."""
    try:
        if COMPLETING in os.environ:
            import_module("rasim.cli.completion")  # which tells click how shells want their words
        code = rasim.main(arguments, standalone_mode=False, complete_var=COMPLETING)
        return code if isinstance(code, int) else Exit.OK
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("rasim: interrupted", err=True)
        return Exit.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except RasimError as error:
        click.echo(f"rasim: {_shown(error)}", err=True)
        for advice in getattr(error, "__notes__", ()):
            click.echo(f"rasim: {advice}", err=True)
        return error.exit_code
    except Exception as error:
        if os.environ.get("RASIM_DEBUG"):
            raise
        click.echo(f"rasim: this is a bug in rasim: {type(error).__name__}: {error}", err=True)
        click.echo("rasim: set RASIM_DEBUG=1 to see where, and please report it with that", err=True)
        return Exit.BUG
