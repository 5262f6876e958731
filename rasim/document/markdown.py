"""A document in Markdown, for a comment in a pull request, a ticket or a job's summary: the verdict first.

Words from files can break no table and become no link, image or tag: each character that could is escaped, or stands in a
code span that nothing in it can end. So does a word that whoever shows Markdown may make a link or a mention of by itself.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Final, assert_never

from rasim.document import blocks as doc
from rasim.document.diagrams import sequence_plantuml
from rasim.policy import printable

_LINKED: Final = re.compile(r"(\S*(?:@|://|www\.)\S*)", re.IGNORECASE)
# An underscore inside a word is none to Markdown, and stays readable.
_SPECIAL: Final = re.compile(r"([\\*\[\]#|~])|(?<!\w)(_)|(_)(?!\w)")


def render(document: doc.Document) -> str:
    """Return a document as Markdown, without its last line end."""
    return "\n".join(_lines(document)).rstrip()


def escaped(said: str) -> str:
    """Return text as Markdown that shows it and does nothing else."""
    parts = _LINKED.split(said)  # every second one is a word that could become a link
    return "".join(code_span(part) if at % 2 else _plain(part) for at, part in enumerate(parts))


def _plain(said: str) -> str:
    return _SPECIAL.sub(lambda special: f"\\{special[0]}", escape(printable(said), quote=False).replace("`", "&#96;"))


def code_span(said: str) -> str:
    """Return text as a code span: backticks become apostrophes, and a bar, which would end a cell, is escaped."""
    shown = printable(said).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown.strip() else ""


def _lines(document: doc.Document) -> Iterator[str]:
    yield f"## {escaped(document.title)}: {escaped(document.verdict)}"
    yield ""
    if summary := _words(document.summary):
        yield summary
        yield ""
    for section in document.whole:
        if section.title:
            yield f"### {escaped(section.title)}"
            yield ""
        yield from _blocks(section.blocks)


def _span(span: doc.Span) -> str:
    match span.role:
        case "code" | "place":
            return code_span(span.says)
        case "badge":
            return f"**{escaped(span.says)}**"
        case "" | "soft":
            return escaped(span.says)
        case _:
            assert_never(span.role)


def _words(words: doc.Wording) -> str:
    said = ""
    for span in doc.spans(words):
        behind = said and span.role == "place" and not said.endswith((" ", "("))
        said += f"{' ' if behind else ''}{_span(span)}"
    return said


def _blocks(blocks: Iterable[doc.Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)
        yield ""


def _block(block: doc.Block) -> Iterator[str]:
    match block:
        case doc.Para(words):
            yield _words(words)
        case doc.Items(each):
            yield from (f"- {_words(words)}" for words in each)
        case doc.Table(caption, head, rows):
            if caption:
                yield f"**{escaped(caption)}**"
                yield ""
            yield f"| {' | '.join(escaped(head[at]) for at in block.columns)} |"
            yield f"|{'---|' * len(block.columns)}"
            yield from (f"| {' | '.join(_words(row[at]) for at in block.columns)} |" for row in rows)
        case doc.Pairs(rows):
            for key, same in groupby(rows, key=lambda row: row[0]):
                yield f"- **{_words(key)}**: {'; '.join(said for _, *each in same for w in each if (said := _words(w)))}"
        case doc.Part(title, blocks):
            yield f"#### {_words(title)}"
            yield ""
            yield from _blocks(blocks)
        case doc.Card(title, blocks, _, badge):
            yield f"**{escaped(badge)}** {_words(title)}" if badge else _words(title)
            yield ""
            yield from _blocks(blocks)
        case doc.Details(summary, blocks):
            # To Markdown this line is HTML as it is: a backslash would be seen.
            yield f"<details><summary>{escape(printable(doc.plain(summary)), quote=False)}</summary>"
            yield ""
            yield from _blocks(blocks)
            yield "</details>"
        case doc.Code(text):
            fence = max((run for run in re.findall(r"`+", text)), key=len, default="``")
            fence = "`" * max(3, len(fence) + 1)
            yield from (fence, *map(printable, text.rstrip("\n").split("\n")), fence)
        case doc.SequenceDiagram(title, parties, messages):
            yield from _block(doc.Details(f"{title}, for PlantUML", (doc.Code(sequence_plantuml(parties, messages)),)))
        case _:
            assert_never(block)
