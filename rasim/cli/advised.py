"""The commands of rasim as click has them: options in groups in their help, and one line of advice where nothing could be read."""

from typing import Any

import click

from rasim.cli.menu import DOCUMENTATION, EXAMPLES
from rasim.errors import Exit, RasimError

_UNREAD = (Exit.USAGE, Exit.NOTHING)


class AdvisedCommand(click.Command):
    """A command that says, where it could read nothing, which other command reads what was named, or what may have been meant.

    What it raises and its exit code stay as they are.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command."""
        try:
            return super().invoke(ctx)
        except RasimError as error:
            if error.exit_code in _UNREAD and (said := self._advice(ctx)):
                error.add_note(said)  # which stands below the error
            raise
        except click.exceptions.Exit as leaving:
            if leaving.exit_code in _UNREAD and (said := self._advice(ctx)):
                click.echo(f"rasim: {said}", err=True)
            raise

    def _advice(self, ctx: click.Context) -> str:
        from rasim.cli.kinds import advice

        return advice(self.name or "", ctx.params, self.params)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's signature)
        """Write the example, and where to read on."""
        example = EXAMPLES.get(self.name or "")
        if example:
            formatter.write_paragraph()
            formatter.write(f"Example: {example}\nMore: {DOCUMENTATION}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the groups in the order in which they were added; what was added to none is with the last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        title = "Options"
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                title = getattr(param, "group", title)
                groups.setdefault(title, []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)
