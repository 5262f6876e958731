"""A document on a terminal, or in a pipe: the verdict, the line about it, then the sections, each two columns in.

Its first screen, if somebody asked for that: the verdict, the lines under it, what no option hides, and a last line that names the rest.

`rich` lays it out. What goes into a pipe is plain and at most 80 columns wide where words allow; a word is never broken (a path or a
command can be copied), so a line with a longer word is longer. A table that would not fit is told row by row instead. Nothing
is cut off, and no text is ever taken for markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import groupby
from typing import Final, assert_never

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table as Grid
from rich.text import Text

from rasim.document import blocks as doc
from rasim.words import listed, printable

WIDTH: Final = 80  # columns where nobody looks
_ALL: Final = "--all"  # the option that shows a document whole
_INDENT: Final = 2
_ENDLESS: Final = 1_000_000  # columns, where only words count
_COLOURS: Final[dict[doc.Tone, str]] = {"good": "green", "bad": "bold red", "unclear": "bold yellow", "plain": ""}
_Piece = tuple[RenderableType | doc.Table, int]  # what is printed, and how far it is moved in
_ROLES: Final = {"": "", "code": "", "place": "dim", "soft": "dim", "badge": "bold"}


def render(document: doc.Document, *, width: int = WIDTH, colour: bool = False, brief: bool = False) -> str:
    """Return a document as text, without its last line end; with `colour` in the codes of terminals; its first screen if `brief`."""
    console = Console(
        file=StringIO(),
        width=_ENDLESS,
        color_system="standard" if colour else None,
        force_terminal=colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    return "\n".join(
        f"{' ' * indent}{line}".rstrip()
        for piece, indent in (_first_screen if brief and document.first else _pieces)(document)
        for line in _laid_out(piece, width - indent, console)
    )


def _laid_out(piece: RenderableType | doc.Table, width: int, console: Console) -> Iterator[str]:
    """Yield the lines of a piece; a table that has no room is told row by row, and a line of its own is one already."""
    if isinstance(piece, str):
        yield piece
    elif not isinstance(piece, doc.Table):
        yield from _printed(piece, width, console)
    else:
        side_by_side = list(_printed(_grid(piece), width, console))
        fits = all(cell_len(Text.from_ansi(line).plain.rstrip()) <= width for line in side_by_side)
        yield from side_by_side if fits else (line for row in _by_row(piece) for line in _printed(row, width, console))


def _printed(piece: RenderableType, width: int, console: Console) -> Iterator[str]:
    """Yield the lines of what rich can print, as wide as its longest word needs."""
    least = Measurement.get(console, console.options, piece).minimum
    with console.capture() as captured:
        console.print(piece, width=max(width, least), crop=False)
    yield from captured.get().removesuffix("\n").split("\n")


def _pieces(document: doc.Document) -> Iterator[_Piece]:
    yield _verdict(document), 0
    if summary := _text(document.summary):
        yield summary, 0
    for section in document.sections:
        yield from _section(section.title, section.blocks)


def _first_screen(document: doc.Document) -> Iterator[_Piece]:
    """Yield what is read first; nothing else of the document is left without a name."""
    yield _verdict(document), 0
    yield _pairs(document.first), _INDENT
    shown = [piece for section in document.sections for piece in _section(section.title, section.at_first)]
    yield from shown
    if document.left:
        yield from [(Text(), 0)] if shown else []
        yield Text.assemble(("more: ", "dim"), _ALL, (f" shows {listed(map(printable, document.left))}", "dim")), 0


def _verdict(document: doc.Document) -> Text:
    return Text(printable(document.verdict), style=_COLOURS[document.tone] or "bold")


def _section(title: str, blocks: Iterable[doc.Block]) -> Iterator[_Piece]:
    """Yield a section under its title, nothing of one in which nothing stands."""
    if pieces := list(_blocks(blocks, _INDENT if title else 0)):
        yield Text(), 0
        if title:
            yield Text(printable(title), style="bold"), 0
        yield from pieces


def _text(words: doc.Wording, style: str = "") -> Text:
    """Return words with their roles; a place stands in brackets behind what it is the place of."""
    text = Text(style=style)
    for at, span in enumerate(doc.spans(words)):
        said = printable(span.says)
        if span.role == "place" and at:
            said = f"({said})" if text.plain.endswith(" ") else f" ({said})"
        text.append(said, _COLOURS[span.tone] or _ROLES[span.role])
    return text


def _block(block: doc.Block, indent: int) -> Iterator[_Piece]:
    match block:
        case doc.Para(words, soft):
            yield _text(words, "dim" if soft else ""), indent
        case doc.Items(each):
            yield from ((_hanging(Text("-"), _text(words)), indent) for words in each)
        case doc.Table(caption, _, rows):
            if caption:
                yield Text(f"{printable(caption)}:"), indent
            if rows:
                yield block, indent + _INDENT if caption else indent
        case doc.Pairs(rows):
            if rows:
                yield _pairs(rows), indent
        case doc.Part(title, blocks):
            yield _text(title, "bold"), indent
            yield from _blocks(blocks, indent + _INDENT)
        case doc.Card(title, blocks, tone, badge):
            head = _text(title)
            yield (_hanging(Text(printable(badge), _COLOURS[tone] or "bold"), head) if badge else head), indent
            yield from _blocks(blocks, indent + _INDENT)
        case doc.Details(summary, blocks, verbose=True):
            yield from _block(doc.Part(summary, blocks), indent)
        case doc.Details(summary, verbose=verbose):
            hint = ": see --format markdown or html" if verbose is None else ": see --verbose"
            yield Text.assemble(_text(summary), hint, style="dim"), indent
        case doc.Code(text):
            # As it is: it may be copied, and what it means may hang on its blanks.
            yield from ((printable(line), indent) for line in text.rstrip("\n").split("\n"))
        case doc.SequenceDiagram():
            pass
        case _:
            assert_never(block)


def _blocks(blocks: Iterable[doc.Block], indent: int) -> Iterator[_Piece]:
    for block in blocks:
        yield from _block(block, indent)


def _hanging(mark: Text, text: Text) -> RenderableType:
    """Return a text beside its mark, its further lines below its first."""
    return _beside([[mark, text]], 1)


def _pairs(rows: Iterable[tuple[doc.Wording, ...]]) -> RenderableType:
    """Return keys beside what is said of them, what stands below under it."""
    cells: list[list[Text]] = []
    for key, same in groupby(rows, key=lambda row: row[0]):
        lines = [line for _, *said in same for line in said if doc.plain(line)]
        cells += [[Text() if number else _text(key), _text(line)] for number, line in enumerate(lines)]
    return _beside(cells, _INDENT)


def _grid(table: doc.Table) -> RenderableType:
    """Return a table with its columns side by side under their names."""
    names = [Text(printable(table.head[at]), style="dim") for at in table.columns]
    return _beside([names, *([_text(row[at]) for at in table.columns] for row in table.rows)], _INDENT)


def _beside(rows: Sequence[Sequence[Text]], gap: int) -> RenderableType:
    """Return cells in columns, of which none is narrower than its longest word."""
    grid = Grid.grid(padding=(0, gap, 0, 0))
    for column in zip(*rows, strict=True):
        words = [cell_len(word) for cell in column for word in cell.plain.split()]
        whole = max(cell_len(cell.plain) for cell in column)
        longest = max(words, default=0)
        grid.add_column(overflow="fold", min_width=longest, no_wrap=longest == whole)
    for row in rows:
        grid.add_row(*row)
    return grid


def _by_row(table: doc.Table) -> Iterator[RenderableType]:
    """Yield a table row by row: the second cell beside the first, and below them the others with their names."""
    first, *others = table.columns
    for row in table.rows:
        beside = [at for at in others[:1] if doc.plain(row[at])]
        yield _beside([[_text(row[at]) for at in (first, *beside)]], _INDENT)
        below = Text()
        for at in others[1:]:
            if doc.plain(row[at]):
                below.append_text(
                    Text.assemble("; " if below else "", (f"{printable(table.head[at])}: ", "dim"), _text(row[at]))
                )
        if below:
            yield _beside([[Text(), below]], _INDENT)
