"""`rasim convert IN OUT`: one policy format into another.

What would be written is read back first, and only written if it means the same. What the other format cannot say is
an error with its place; what it says otherwise is a remark. Nothing is left out in silence.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import evolve

from rasim.cli.advised import AdvisedCommand
from rasim.cli.options.policy_files import words_option
from rasim.errors import PolicyFileError, UsageError, Where
from rasim.words import plural, printable

if TYPE_CHECKING:
    from rasim.formats import FileRead, Remarks
    from rasim.policy import RegistryEntry


@click.command(cls=AdvisedCommand)
@click.argument("source", metavar="IN", type=click.Path(readable=False))
@click.argument("target", metavar="OUT", type=click.Path(readable=False))
@click.option("--to", type=click.Choice(["pol", "reg", "lgpo"]), help="The format of OUT, if its name does not say it.")
@words_option
@click.option("--force", is_flag=True, help="Write OUT although it exists.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def convert(source: str, target: str, to: str | None, adml: tuple[str, ...], force: bool, form: str) -> None:
    """Write a policy file in another format.

    IN is any file that audit reads, told by its content (a Registry.pol is taken for the computer's half). OUT becomes what
    --to or its ending says (.pol, .reg, .txt for LGPO text); what it says otherwise than IN is a remark on stderr. Exit code:
    0 written, 2 not written: IN cannot be read, OUT exists, or its format cannot say what IN says.
    """
    from rasim.cli.files import write_whole
    from rasim.cli.options.policy_files import words_of
    from rasim.formats import REG, Remarks, parse, read, reg_text
    from rasim.inputs import read_file

    ending = _ending(target, to)
    _must_be_free(target, force)
    data, words, remarks = read_file(source, PolicyFileError), words_of(adml), Remarks()
    before = read(data, source, words=words)
    # A key without values is nothing in a .reg as rasim reads it, and a record in a Registry.pol.
    entries = (
        reg_text.parse(data, source, remarks, empty_keys=True)
        if before.format is REG
        else parse(data, source, remarks, words)[1]
    )
    written = _render(ending, _writable(before, entries, remarks), remarks)
    _say_what_is_left_out(before, remarks)
    after = read(written, target)
    if _meaning(before) != _meaning(after) and before.registry.late:
        raise UsageError(f"{source}: what is applied after a policy and says otherwise than it does cannot be written")
    if _meaning(before) != _meaning(after):
        raise AssertionError(f"{target} would not mean what {source} means; nothing was written")
    write_whole(target, written)

    if form == "json":
        click.echo(json.dumps({"read": _said(before), "wrote": _said(after), "remarks": _listed(remarks)}, indent=2))
    else:
        # A key without values is an entry of a Registry.pol and none of a .reg; it is there all the same.
        there = reg_text.parse(written, target, empty_keys=True) if ending == "reg" else ()
        keys = sum(1 for _ in there) - after.entries if ending == "reg" else 0
        beside = f" and {plural(keys, 'empty key', 'empty keys')}" if keys else ""
        entries_there = plural(after.entries, "entry", "entries")
        click.echo(f"{printable(target)}: {after.format.name} with {entries_there}{beside} written")
    for remark in remarks:
        click.echo(f"rasim: {printable(f'{remark.where}: {remark.message}')}", err=True)


_ENDINGS: Final = {"pol": "pol", "reg": "reg", "txt": "lgpo"}


def _ending(target: str, to: str | None) -> str:
    ending = to or _ENDINGS.get(Path(target).suffix.lower().removeprefix("."))
    if ending is None:
        known = "end with .pol, .reg or .txt, or say --to pol, --to reg or --to lgpo"
        raise UsageError(f"{target}: which format? Let the name {known}")
    return ending


def _must_be_free(target: str, force: bool) -> None:
    """Raise UsageError if OUT exists and may not be replaced, or cannot be written."""
    from rasim.cli.files import must_be_writable

    if not force and os.path.lexists(target):
        raise UsageError(f"{printable(target)}: exists already; --force replaces it")
    must_be_writable(target)


def _render(ending: str, entries: "Iterable[RegistryEntry]", remarks: "Remarks") -> bytes:
    from rasim.formats import lgpo_text, reg_text

    if ending == "pol":
        return _as_registry_pol(entries)
    return reg_text.render(entries, remarks) if ending == "reg" else lgpo_text.render(entries, remarks)


def _writable(file: "FileRead", entries: "Iterable[RegistryEntry]", remarks: "Remarks") -> "Iterator[RegistryEntry]":
    """Yield what a file of values can hold; of what stands beside a policy that is what matters, and certain.

    Raises:
        UsageError: members of groups, what was not read, or what counts only perhaps.

    """
    from rasim.formats.reader_remarks import cannot
    from rasim.policy import Action, read_policy
    from rasim.policy.registry import might_matter

    if not (file.registry.late or read_policy(file.registry).unread):
        yield from entries
        return
    for entry in sorted(entries, key=lambda entry: entry.late):
        if entry.key.startswith("\0"):
            if entry.action is not Action.SET or entry.late:
                cannot(entry, "it is no value of the registry")
        elif entry.late and might_matter(entry.key):
            if entry.only_if or entry.action is Action.SET_IF_ABSENT:
                cannot(entry, "it counts only perhaps")
            remarks.add(
                "a preference, or a value of a security template, is written as one of the policy's", entry.where
            )
            yield entry
        elif not entry.late:
            yield entry


def _say_what_is_left_out(file: "FileRead", remarks: "Remarks") -> None:
    """Remark on what a format tells beside registry values: nothing is left out in silence."""
    from rasim.formats import POLICY_RULES

    if file.format.worded:
        why = "a report tells policies in words: only those of Remote Assistance and of its firewall are written"
        remarks.add(f"{why}; it tells {plural(file.entries, 'policy', 'policies')}", Where(file.file, line=1))
    if file.format is POLICY_RULES:
        remarks.add(
            "only registry values are written, no security templates or audit settings", Where(file.file, line=1)
        )


def _as_registry_pol(entries: "Iterable[RegistryEntry]") -> bytes:
    """Return the Registry.pol of these entries; a deletion without data gets what the policy editor puts there."""
    from rasim.formats import registry_pol
    from rasim.policy import Action, RegType
    from rasim.policy.registry import DELETION_DATA

    def edited(entry: "RegistryEntry") -> "RegistryEntry":
        bare = entry.action is Action.DELETE_VALUE and entry.kind == RegType.NONE and not entry.data
        return evolve(entry, kind=RegType.SZ, data=DELETION_DATA) if bare else entry

    return registry_pol.render(map(edited, entries))


def _meaning(file: "FileRead") -> tuple[Any, ...]:
    """Return what a file means, without the words for it: a key deleted and made anew is not *deleted* but *absent*."""
    from rasim.policy import read_policy

    policy = read_policy(file.registry)
    doubts = [(doubt.setting, doubt.topic, doubt.readings) for doubt in policy.unclear]
    misplaced = [(stated.setting, stated.says) for stated in policy.misplaced]
    firewalls = policy.firewall, policy.standard
    return policy.offer, policy.solicited, policy.logging, policy.local, firewalls, policy.roads, doubts, misplaced


def _said(file: "FileRead") -> dict[str, Any]:
    return {"path": file.file, "format": file.format.name, "entries": file.entries}


def _listed(remarks: "Remarks") -> list[dict[str, Any]]:
    return [{"message": each.message, "file": each.where.file, **_place(each.where)} for each in remarks]


def _place(where: Where) -> dict[str, int | None]:
    return {"line": where.line} if where.offset is None else {"offset": where.offset}
