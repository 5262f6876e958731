r"""What a terminal shows: cells, kept by pyte, drawn by prompt_toolkit, and sent to the expert as text.

A picture is lines of text whose colours are escape sequences of one kind (`\x1b[…m`), so that `cat` shows it. Whatever a program prints,
or a computer sends: it becomes cells, and nothing of it reaches the terminal of whoever looks on but letters and colours.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

import pyte
from pyte.screens import Char

LARGEST_PICTURE: Final = 56 << 10  # bytes; a frame of the wire may have 64 KiB with all that is around it
MOST_ROWS, MOST_COLUMNS = 200, 500
_COMBINED: Final = 8  # letters in one cell, of which all but one are accents
_COLOURS: Final = {"brown": "yellow", "brightbrown": "brightyellow", "bfightmagenta": "brightmagenta"}  # pyte's names
_ORDER: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_STYLES: Final = {"bold": 1, "italics": 3, "underscore": 4, "blink": 5, "reverse": 7, "strikethrough": 9}
_COLOURING: Final = re.compile("\x1b\\[[0-9;]*m")
_CURSOR_KEYS: Final = 1 << 5  # pyte keeps the private modes shifted by five
_BRACKETED_PASTE: Final = 2004 << 5
Cells = list[tuple[str, str]]
"""A row as prompt_toolkit has it: styles and texts."""


def _lenient(method: Callable[..., None]) -> Callable[..., None]:
    """Return a method that does nothing where it is given what it cannot take: programs print any numbers, and pyte raises."""

    def called(*given: Any, **more: Any) -> None:
        try:
            method(*given, **more)
        except Exception:  # noqa: BLE001  (a sequence that means nothing to pyte is passed over, as terminals do)
            return

    return called


class _Grid(pyte.Screen):
    """A screen of pyte that outlives what is printed, and hands on what a terminal answers."""

    def __init__(self, columns: int, rows: int, answers: Callable[[str], None]) -> None:
        self._answers = answers
        super().__init__(columns, rows)

    def write_process_input(self, data: str) -> None:
        """Answer a question about the terminal, such as where the cursor is."""
        self._answers(data)

    def select_graphic_rendition(self, *attrs: int) -> None:
        """Take colours; a part of one that is over 255 would be no colour to whoever draws it."""
        super().select_graphic_rendition(*(min(each, 255) for each in attrs))

    def draw(self, data: str) -> None:
        """Put letters where the cursor is, but no heap of accents on one of them."""
        x, y = self.cursor.x, self.cursor.y
        heap = len(self.buffer[y][x - 1].data) if x else 0
        kept = []
        for letter in data:
            heap = heap + 1 if unicodedata.combining(letter) else 1
            if heap <= _COMBINED:
                kept.append(letter)
        super().draw("".join(kept))


for _name in {*pyte.Stream.csi.values(), *pyte.Stream.escape.values(), *pyte.Stream.basic.values()}:
    setattr(_Grid, _name, _lenient(getattr(_Grid, _name)))


class TerminalScreen:
    """What a terminal of so many columns and rows shows: `feed` it what a program prints; `answers` takes what it asked for."""

    def __init__(self, columns: int = 80, rows: int = 24, answers: Callable[[str], None] = lambda _: None) -> None:
        self._grid = _Grid(columns, rows, answers)
        self._stream = pyte.ByteStream(self._grid)
        self._drawn: dict[bool, list[Cells]] = {}

    def feed(self, data: bytes) -> None:
        """Take what a program prints."""
        self._drawn.clear()
        self._stream.feed(data)

    def resize(self, columns: int, rows: int) -> None:
        """Have another size: what is above the cursor goes first, as terminals do (pyte would take away the top, whatever is there)."""
        self._drawn.clear()
        grid, cursor = self._grid, self._grid.cursor
        above = max(0, cursor.y - rows + 1)
        kept = {y - above: row for y, row in grid.buffer.items() if 0 <= y - above < rows}
        x, y = min(cursor.x, columns - 1), cursor.y - above
        grid.resize(rows, columns)
        for row in kept.values():
            for place in [place for place in row if place >= columns]:
                del row[place]
        grid.buffer.clear()
        grid.buffer.update(kept)
        grid.cursor.x, grid.cursor.y = x, y

    @property
    def size(self) -> tuple[int, int]:
        """Return columns and rows."""
        return self._grid.columns, self._grid.lines

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Return column and row of the cursor, None where it is hidden."""
        cursor = self._grid.cursor
        return None if cursor.hidden else (min(cursor.x, self._grid.columns - 1), cursor.y)

    @property
    def lines(self) -> list[str]:
        """Return the letters alone, without the blanks that end a line."""
        return [line.rstrip() for line in self._grid.display]

    def rows(self, *, cursor: bool = False) -> list[Cells]:
        """Return every row as prompt_toolkit draws it; with the cursor as a cell that stands out, if asked for."""
        if cursor not in self._drawn:
            at = self.cursor if cursor else None
            self._drawn[cursor] = [_merged(self._styled(y, at)) for y in range(self._grid.lines)]
        return self._drawn[cursor]

    def _styled(self, y: int, cursor: tuple[int, int] | None) -> Iterator[tuple[str, str]]:
        row = self._grid.buffer[y]
        for x in range(self._grid.columns):
            cell = row[x]
            if cell.data:  # the second half of a wide letter has none
                yield _style(cell._replace(data=""), turned=cursor == (x, y)), cell.data

    def picture(self) -> str:
        """Return what is sent to who looks on: with its colours, or without where it would be too long."""
        rows = [_merged(self._coloured(y)) for y in range(self._grid.lines)]
        drawn = "\n".join("".join(f"\x1b[{code}m{text}" for code, text in row) for row in rows)
        text = f"{drawn}\x1b[0m"
        if _bytes(text) <= LARGEST_PICTURE:
            return text
        lines = self.lines
        while _bytes("\n".join(lines)) > LARGEST_PICTURE:
            lines.pop()
        return "\n".join(lines)

    def _coloured(self, y: int) -> Iterator[tuple[str, str]]:
        cursor, row = self.cursor, self._grid.buffer[y]
        last = max((x for x in range(self._grid.columns) if row[x] != self._grid.default_char), default=-1)
        for x in range(max(last, cursor[0] if cursor is not None and cursor[1] == y else -1) + 1):
            if row[x].data:
                yield _codes(row[x]._replace(data=""), turned=cursor == (x, y)), row[x].data

    def typed(self, keys: str, *, pasted: bool = False) -> str:
        """Return keys as the program wants them: cursor keys in its mode, what is pasted between its marks."""
        if pasted and _BRACKETED_PASTE in self._grid.mode:
            return f"\x1b[200~{keys}\x1b[201~"
        if _CURSOR_KEYS in self._grid.mode:
            return re.sub("\x1b\\[([ABCDHF])", "\x1bO\\1", keys)
        return keys


def of_picture(text: str) -> TerminalScreen:
    """Return a screen that shows a picture, whatever is in it."""
    lines = text.split("\n")[:MOST_ROWS]
    # No letter is wider than two cells.
    wide = 2 * max(len(_COLOURING.sub("", line)) for line in lines)
    screen = TerminalScreen(max(1, min(wide, MOST_COLUMNS)), len(lines))
    screen.feed(b"\x1b[?7l\x1b[?25l" + "\r\n".join(lines).encode(errors="replace"))
    return screen


def _merged(cells: Iterator[tuple[str, str]]) -> Cells:
    """Return cells with neighbours of one style as one."""
    merged: Cells = []
    for style, text in cells:
        if merged and merged[-1][0] == style:
            merged[-1] = (style, merged[-1][1] + text)
        else:
            merged.append((style, text))
    return merged


def _bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))


@lru_cache(4096)
def _style(cell: Char, *, turned: bool) -> str:
    words = [
        f"{ground}:{_name_of(colour)}" for ground, colour in (("fg", cell.fg), ("bg", cell.bg)) if colour != "default"
    ]
    names = {"italics": "italic", "underscore": "underline", "strikethrough": "strike"}
    words += [names.get(each, each) for each in _STYLES if each != "reverse" and getattr(cell, each)]
    return " ".join((*words, *(["reverse"] if cell.reverse != turned else [])))


def _name_of(colour: str) -> str:
    name = _COLOURS.get(colour, colour)
    bare = name.removeprefix("bright")
    if bare not in _ORDER:
        return f"#{colour}"
    # What other terminals call white is the grey that prompt_toolkit names by its brightness.
    special = {"white": "gray", "brightwhite": "white", "brightblack": "brightblack"}
    return f"ansi{special.get(name, name)}"


@lru_cache(4096)
def _codes(cell: Char, *, turned: bool) -> str:
    codes = [0] + [code for each, code in _STYLES.items() if each != "reverse" and getattr(cell, each)]
    codes += [7] if cell.reverse != turned else []
    for base, colour in ((30, cell.fg), (40, cell.bg)):
        name = _COLOURS.get(colour, colour)
        bare = name.removeprefix("bright")
        if bare in _ORDER:
            codes.append(base + _ORDER.index(bare) + (60 if bare != name else 0))
        elif colour != "default":
            codes += [base + 8, 2, *bytes.fromhex(colour)]
    return ";".join(map(str, codes))
