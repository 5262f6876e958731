"""The page of commands, made from the commands themselves."""

from collections.abc import Iterator
from itertools import groupby

import click

from docs.generate import MADE
from rasim.cli.main import rasim
from rasim.cli.menu import COMMANDS, EXAMPLES, MENU


def commands_page() -> str:
    """Return every command with its arguments and options as Markdown."""
    return "\n".join((*_page(), ""))


def _page() -> Iterator[str]:
    top = click.Context(rasim, info_name="rasim")
    yield "# Commands"
    yield MADE
    yield ""
    for title, entries in MENU.items():
        yield f"| {title} | does |"
        yield "|---|---|"
        for name, entry in entries.items():
            yield f"| [`rasim {name}`](#rasim-{name}) | {_sentence(entry.says)} |"
        yield ""
    yield "`rasim --help` and `rasim COMMAND --help` say the same on the spot, `rasim --version` or `-V` says which version it is."
    yield "Results go to standard output, everything else to standard error. What each exit code means stands in"
    yield "[exit codes](exit-codes.md), what `--format json` prints in [formats](formats.md)."
    for name in COMMANDS:
        command = rasim.get_command(top, name)
        assert command is not None, name  # noqa: S101  (COMMANDS is what rasim lists)
        yield from _command(command, click.Context(command, info_name=name, parent=top))


def _command(command: click.Command, context: click.Context, depth: int = 2) -> Iterator[str]:
    yield ""
    yield f"{'#' * depth} {context.command_path}"
    yield ""
    yield "```text"
    yield " ".join((context.command_path, *command.collect_usage_pieces(context)))
    yield "```"
    yield ""
    yield _flowing(command.help or "")
    if depth == 2 and context.info_name in EXAMPLES:
        yield ""
        yield f"For example `{EXAMPLES[context.info_name]}`."
    options = [parameter for parameter in command.get_params(context) if isinstance(parameter, click.Option)]
    shown = [option for option in options if not option.hidden and "--help" not in option.opts]
    for title, group in groupby(shown, key=lambda option: getattr(option, "group", "")):
        yield ""
        if title:
            yield f"*{title}*"
            yield ""
        yield "| option | value | does |"
        yield "|---|---|---|"
        for option in group:
            yield f"| {_names(option)} | {_value(option, context)} | {_does(option)} |"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _command(below, click.Context(below, info_name=name, parent=context), depth + 1)


def _flowing(text: str) -> str:
    """Return a help text with one line a paragraph; click's mark against rewrapping is not for pages."""
    paragraphs = text.replace("\b\n", "").strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _names(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    return names + (" / " + ", ".join(f"`{name}`" for name in option.secondary_opts) if option.secondary_opts else "")


def _value(option: click.Option, context: click.Context) -> str:
    kind = option.type
    if option.is_flag:
        return ""
    if isinstance(kind, click.Choice):
        return ", ".join(f"`{choice}`" for choice in kind.choices)
    if isinstance(kind, click.IntRange | click.FloatRange):
        return _range(kind)
    return f"`{option.make_metavar(context)}`"


def _range(kind: click.IntRange | click.FloatRange) -> str:
    what = "a whole number" if isinstance(kind, click.IntRange) else "a number"
    least = "" if kind.min is None else f" {'above' if kind.min_open else 'from'} {kind.min}"
    most = "" if kind.max is None else f" {'below' if kind.max_open else 'to'} {kind.max}"
    return f"{what}{least}{most}" + (" on" if least and not most and not kind.min_open else "")


def _does(option: click.Option) -> str:
    says = [_sentence(option.help or "")]
    if option.required:
        says.append("Needed.")
    if option.multiple:
        says.append("May be given several times.")
    if isinstance(option.default, str | int | float) and not isinstance(option.default, bool):
        says.append(f"`{option.default}` unless said.")
    return " ".join(part for part in says if part)


def _sentence(text: str) -> str:
    """Return a help text as it stands in a cell: on one line, with nothing that would end the cell."""
    return " ".join(text.split()).replace("|", "\\|")
