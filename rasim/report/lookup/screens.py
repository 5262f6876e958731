"""What was looked up, printed: as text of one screen, as Markdown, as JSON; and the lists of kinds and of names."""

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from textwrap import wrap
from typing import Any, Final

from rasim.report.lookup.entries import Entry, folded
from rasim.report.lookup.kinds import KINDS, NamedKind, of_kind, used_by
from rasim.words import plural, some

SCREEN_LINES: Final = 24
"""Lines of the largest screen of one entry, at `SCREEN_WIDTH` columns; longer facts are cut, and say so with an ellipsis."""
SCREEN_WIDTH: Final = 80
_WHOLE: Final = 3  # entries of one name of which the first is shown
_NAMED: Final = 5  # names of each kind that stand under "used in"


def asked_alone(entry: Entry) -> str:
    """Return the command that shows this entry and no other."""
    return f"rasim show {entry.kind} {entry.name}"


def _facts(entry: Entry) -> tuple[tuple[str, str], ...]:
    used = "; ".join(_used(kind, names) for kind, names in used_by(entry).items())
    return (*entry.facts, *((("used in", used),) if used else ()))


def _used(kind: str, names: list[str]) -> str:
    """Return who refers to it; mutants by their number, as their names speak of the table alone."""
    if kind == "mutants":
        return f"{plural(len(names), 'mistake')} that rasim check --mutants makes in it"
    return f"{kind}: {some(names, _NAMED)}"


def entries_as_text(entries: Sequence[Entry]) -> str:
    """Return entries for people: the first of one name, and how to ask for each other; of many only how to ask for each."""
    if len(entries) > _WHOLE:
        listed = "\n".join(f"  {asked_alone(each)}" for each in entries)
        return f"{plural(len(entries), 'thing')} are called so; to see one:\n{listed}"
    first, *others = entries
    also = "\n".join(f"also {each.kind} {each.name}: {asked_alone(each)}" for each in others)
    return "\n".join(_screen(first)) + (f"\n\n{also}" if also else "")


def _screen(entry: Entry) -> list[str]:
    """Return the lines of an entry, its facts cut evenly until all fit on the screen."""
    if entry.kind == "limit":  # what nobody may conclude is never cut
        return list(_lines(entry, 99))
    screens = (list(_lines(entry, most)) for most in (12, 6, 4, 3, 2))
    return next((lines for lines in screens if len(lines) <= SCREEN_LINES), list(_lines(entry, 1)))


def _lines(entry: Entry, most: int) -> Iterator[str]:
    name = entry.name if entry.name.startswith(entry.kind) else f"{entry.kind} {entry.name}"
    yield _cut(wrap(name, SCREEN_WIDTH), 2)[0]
    yield from _cut(_wrapped(entry.says[:1].upper() + entry.says[1:], "  "), max(most, 6))
    facts = _facts(entry)
    label = max((len(name) for name, _ in facts), default=0)
    if facts:
        yield ""
    for name, says in facts:
        first, *rest = _cut(_wrapped(says, " " * (label + 4)), most)
        yield f"  {name:<{label}}  {first[label + 4 :]}"
        yield from rest
    if entry.example:
        yield ""
        yield from (f"  {line}" for line in entry.example.splitlines())


def _wrapped(text: str, indent: str) -> list[str]:
    plain = text.replace("`", "")
    return wrap(plain, SCREEN_WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False) or [
        indent
    ]


def _cut(lines: list[str], most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{lines[most - 1][: SCREEN_WIDTH - 2]} …"]


def entries_as_markdown(entries: Sequence[Entry]) -> str:
    """Return entries as Markdown, whole."""
    return "\n\n".join("\n".join(_markdown(each)) for each in entries)


def _markdown(entry: Entry) -> Iterator[str]:
    yield f"## {entry.kind} {entry.name}"
    yield ""
    yield entry.says[:1].upper() + entry.says[1:]
    if facts := _facts(entry):
        yield ""
        yield from (f"- *{name}*: {says}" for name, says in facts)
    if entry.example:
        yield from ("", "```text", *entry.example.splitlines(), "```")


def entries_as_json(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return entries as JSON."""
    return {
        "found": [
            {
                "kind": each.kind,
                "name": each.name,
                "says": each.says,
                "facts": dict(each.facts),
                "used in": used_by(each),
                "example": each.example or None,
            }
            for each in entries
        ]
    }


# ---- lists ---------------------------------------------------------------------------------------------------


def kinds_as(form: str) -> str:
    """Return the kinds, how many names each has, and one of them."""
    rows = [(kind.plural, len(of_kind(kind)), kind.says, kind.example) for kind in KINDS]
    if form == "json":
        names = ("kind", "count", "says", "example")
        return json.dumps({"kinds": [dict(zip(names, row, strict=True)) for row in rows]}, indent=2, ensure_ascii=False)
    if form == "markdown":
        table = "\n".join(f"| {name} | {count} | {says} | `rasim show {one}` |" for name, count, says, one in rows)
        return f"| kind | names | what they are | one |\n|---|---|---|---|\n{table}"
    label = max(len(name) for name, *_ in rows)
    lines = (f"  {name:<{label}} {count:>4}  {one}" for name, count, _, one in rows)
    head = "rasim show NAME looks up whatever an answer prints; rasim show KIND lists a kind."
    return "\n".join((head, "The table as a whole: rasim show rules, matrix, diagram, schema.", "", *lines))


def names_as(form: str, kind: NamedKind) -> str:
    """Return all names of a kind, each with its sentence."""
    entries = of_kind(kind)
    if kind.plural == "limits" and form == "text":
        return "\n\n".join(_every_limit(each) for each in entries)
    if form == "json":
        return json.dumps(entries_as_json(entries), indent=2, ensure_ascii=False)
    if form == "markdown":
        table = "\n".join(f"| {e.name} | {e.says.replace('|', chr(92) + '|')} |" for e in entries)
        return f"| {kind.one} | says |\n|---|---|\n{table}"
    label = min(max(len(each.name) for each in entries), 40)
    return "\n".join(line for each in entries for line in _listed(each, label))


def _every_limit(entry: Entry) -> str:
    said = (line for _, says in entry.facts for line in _item(says))
    return "\n".join((*_wrapped(entry.says[:1].upper() + entry.says[1:], ""), *said))


def _item(says: str) -> Iterator[str]:
    first, *rest = _wrapped(says, "    ")
    yield f"  - {first[4:]}"
    yield from rest


def _listed(entry: Entry, label: int) -> Iterator[str]:
    if len(entry.name) > label:
        yield entry.name
    first, *rest = _cut(_wrapped(entry.says, " " * (label + 2)), 2)
    yield f"{entry.name if len(entry.name) <= label else '':<{label}}  {first[label + 2 :]}"
    yield from rest


def nearest(name: str, names: Sequence[str]) -> list[str]:
    """Return the names that are most like one that nothing has, at most three."""
    known = {folded(each): each for each in reversed(names)}
    return [known[each] for each in get_close_matches(folded(name), known, n=3, cutoff=0.6)]
