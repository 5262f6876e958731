"""The manual page rasim(1), made from the commands themselves; the wheel installs it where `man` looks."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import Final

import click

from rasim import __version__
from rasim.cli.main import rasim
from rasim.cli.menu import COMMANDS, EXAMPLES
from rasim.errors import Exit

CHANGELOG: Final = Path(__file__).parents[1] / "changelog.md"
CODES: Final = {
    Exit.OK: "As expected.",
    Exit.FAILED: "A promise, an expectation or a finding failed.",
    Exit.USAGE: "Wrong usage, or something could not be read.",
    Exit.INCONCLUSIVE: "It cannot be told.",
    Exit.NOTHING: "There was nothing to do.",
    Exit.BUG: "A bug in rasim.",
    Exit.INTERRUPTED: "Interrupted.",
}


def manual_page() -> str:
    """Return one page with every command, its arguments and its options, in the language of man(7)."""
    return "\n".join((*_page(), ""))


def _page() -> Iterator[str]:
    top = click.Context(rasim, info_name="rasim", **rasim.context_settings)
    yield r".\" Made by `python -m docs.generate`; what it is made from stands in docs/generate."
    yield f'.TH RASIM 1 "{_released()}" "rasim {__version__}" "User Commands"'
    yield ".SH NAME"
    yield r"rasim \- model of Windows Remote Assistance: who may offer help, see and control"
    yield ".SH SYNOPSIS"
    yield r"\fBrasim\fR \fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGUMENTS\fR]"
    yield ".SH DESCRIPTION"
    yield from _text(_first(rasim.help or ""))
    yield ".PP"
    yield from _text("Results go to standard output, everything else to standard error.")
    yield ".SH COMMANDS"
    for name, says in COMMANDS.items():
        yield from _entry(rf"\fB{_plain(name)}\fR", says)
    for name in COMMANDS:
        command = rasim.get_command(top, name)
        assert command is not None, name  # noqa: S101  (COMMANDS is what rasim lists)
        yield f'.SH "RASIM {name.upper()}"'
        yield from _command(command, click.Context(command, info_name=name, parent=top))
        yield ".PP"
        yield from _text(f"\b\nExample: {EXAMPLES[name]}")
    yield ".SH EXIT STATUS"
    for code, says in CODES.items():
        yield from _entry(rf"\fB{int(code)}\fR", says)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield rf"\fB{_plain(context.command_path)}\fR {_plain(' '.join(command.collect_usage_pieces(context)))}"
    yield ".PP"
    yield from _text(command.help or "")
    options = [each for each in command.get_params(context) if isinstance(each, click.Option) and not each.hidden]
    for title, group in groupby(options, key=lambda option: getattr(option, "group", "")):
        if title:
            yield ".PP"
            yield from _text(f"{title}:")
        for option in group:
            names, says = option.get_help_record(context) or ("", "")
            if "--help" in option.opts:  # click keeps it as the first context named it, whichever that was
                names = ", ".join(command.get_help_option_names(context))
            yield from _entry(rf"\fB{_plain(names)}\fR", says)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield f'.SS "{_plain(context.command_path)} {_plain(name)}"'
                yield from _command(below, click.Context(below, info_name=name, parent=context))


def _entry(head: str, says: str) -> Iterator[str]:
    yield ".TP"
    yield head
    yield from _text(says or "-")


def _text(text: str) -> Iterator[str]:
    r"""Yield paragraphs; one after click's mark `\b` keeps its lines."""
    for at, paragraph in enumerate(re.split(r"\n\s*\n", cleandoc(text))):
        if at:
            yield ".PP"
        kept = paragraph.removeprefix("\b\n")
        if kept != paragraph:
            yield from (".nf", *map(_plain, kept.splitlines()), ".fi")
        else:
            yield from map(
                _plain, wrap(" ".join(paragraph.split()), 70, break_long_words=False, break_on_hyphens=False)
            )


def _released() -> str:
    """Return the day of the newest version that the changelog tells: the page has to be the same whenever it is made."""
    found = re.search(r"^## \S+ \(([\d-]+)\)$", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


def _first(text: str) -> str:
    """Return the first paragraph; exit codes have a section of their own."""
    return text.strip().partition("\n\n")[0]


def _plain(text: str) -> str:
    r"""Return a text with nothing that the formatter would obey: `\` and `-` as they are typed, and no line a request."""
    plain = text.rstrip().replace("\\", r"\e").replace("-", r"\-").replace("…", "...").replace("\t", "    ")
    return rf"\&{plain}" if plain.startswith((".", "'")) else plain
