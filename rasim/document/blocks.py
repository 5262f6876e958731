"""A document as a value: what an answer says, before anybody knows where it is read.

An answer (`rasim.report`) makes a `Document`: a verdict, a line about it, and sections of a few kinds of blocks. A renderer
(`terminal`, `markdown`, `html`) prints any document and computes nothing. Words are plain text, or spans of it with a role;
nobody escapes anything here: what is markup, a control character or a line's end is the renderer's business, at one place each.

A terminal shows a document's first screen unless it is asked for all: the verdict, `first`, what no option may hide (`Section.always`,
`Section.briefly`), and what else there is by name.
"""

from collections.abc import Iterable
from typing import Final, Literal

from attrs import field, frozen

from rasim.document.diagrams import Message

Tone = Literal["plain", "good", "bad", "unclear"]
Role = Literal["", "code", "place", "soft", "badge"]
MOST_FIRST: Final = 6  # lines under a verdict: who is tired reads so many


def _rows(rows: Iterable[Iterable["Wording"]]) -> tuple[tuple["Wording", ...], ...]:
    return tuple(map(tuple, rows))


def _blocks(blocks: Iterable["Block"]) -> tuple["Block", ...]:
    return tuple(blocks)


def _list(each: Iterable["Wording"]) -> tuple["Wording", ...]:
    return tuple(each)


def _parties(parties: Iterable[str]) -> tuple[str, ...]:
    return tuple(parties)


def _messages(messages: Iterable[Message]) -> tuple[Message, ...]:
    return tuple(messages)


@frozen
class Span:
    """A few words with a role; `to` makes them a link to the section of that name, `sign` stands before a badge."""

    says: str
    role: Role = ""
    tone: Tone = "plain"
    to: str = ""
    sign: str = ""


Wording = str | Span | tuple[str | Span, ...]


@frozen
class Para:
    """A paragraph; a soft one matters less."""

    words: Wording
    soft: bool = False


@frozen
class Items:
    """A list."""

    each: tuple[Wording, ...] = field(converter=_list)


@frozen
class Table:
    """Rows under a head; the first cell of a row says what the row is about. A column in which nothing stands is not shown."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Wording, ...], ...] = field(converter=_rows)

    @property
    def columns(self) -> list[int]:
        """Return the columns that are shown: the first, and those in which something stands."""
        return [
            at for at in range(len(self.head)) if at == 0 or not self.rows or any(plain(row[at]) for row in self.rows)
        ]


@frozen
class Pairs:
    """Keys with what is said of each: (key, words, what stands below it …); rows of one key come together."""

    rows: tuple[tuple[Wording, ...], ...] = field(converter=_rows)


@frozen
class Part:
    """A part of a section with a heading of its own."""

    title: Wording
    blocks: tuple["Block", ...] = field(converter=_blocks)


@frozen
class Card:
    """One thing among its like: a badge, a title, and what is said of it."""

    title: Wording
    blocks: tuple["Block", ...] = field(converter=_blocks)
    tone: Tone = "plain"
    badge: str = ""
    sign: str = ""


@frozen
class Details:
    """What is folded where something can be folded, and only named on a terminal: no part of the answer itself.

    Where `--verbose` tells it in full it says so: `verbose` is whether that was asked for, None where the command has no such option.
    """

    summary: Wording
    blocks: tuple["Block", ...] = field(converter=_blocks)
    verbose: bool | None = None


@frozen
class Code:
    """Lines as they are: a scenario, lines of a trace."""

    text: str


@frozen
class SequenceDiagram:
    """Who told whom what, in the order of time, for where a drawing can be shown; `head` stands in it if it is to be shorter.

    Drawings are large: what is not `drawn` is there as text for tools that draw.
    """

    title: str
    parties: tuple[str, ...] = field(converter=_parties)
    messages: tuple[Message, ...] = field(converter=_messages)
    head: str = ""
    drawn: bool = True


Block = Para | Items | Table | Pairs | Part | Card | Details | Code | SequenceDiagram


@frozen
class Section:
    """A part of a document: its title, its blocks, the name that links lead to, and a short title for a table of contents.

    `always`: it stands on the first screen too. What is broken, not read, unclear, incomplete, never used or not followed is never
    hidden behind an option. `briefly` is what stands there in the place of all its blocks; `more` is how the last line of the first
    screen names what it does not show, as in "67 promises".
    """

    title: str
    blocks: tuple[Block, ...] = field(converter=_blocks)
    anchor: str = ""
    short: str = ""
    always: bool = False
    briefly: tuple[Block, ...] = field(converter=_blocks, default=())
    more: str = ""

    @property
    def at_first(self) -> tuple[Block, ...]:
        """Return what of it stands on the first screen."""
        return self.briefly or (self.blocks if self.always else ())

    @property
    def left(self) -> str:
        """Return how what the first screen does not show of it is named; nothing where all of it is shown."""
        told = [block for block in self.blocks if not isinstance(block, SequenceDiagram)]  # a drawing is on no terminal
        return "" if not told or self.at_first == self.blocks else self.more or self.short or self.title


def _sections(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(sections)


def _first(lines: Iterable[tuple[Wording, Wording]]) -> tuple[tuple[Wording, Wording], ...]:
    first = tuple(lines)
    if len(first) > MOST_FIRST:
        raise ValueError(f"{len(first)} lines under a verdict: a first screen has at most {MOST_FIRST}")
    return first


@frozen
class Document:
    """What an answer says: of which command, its verdict in a few words, one line about it, and the evidence.

    `first` are the lines (key, words) under the verdict on the first screen, where they stand for `summary`; without them a document
    is always shown whole.

    Raises:
        ValueError: there are more of them than somebody reads.

    """

    title: str
    verdict: str
    tone: Tone
    summary: Wording
    sections: tuple[Section, ...] = field(converter=_sections)
    first: tuple[tuple[Wording, Wording], ...] = field(converter=_first, default=())

    @property
    def whole(self) -> tuple[Section, ...]:
        """Return the sections of all of it; some stand on the first screen alone, and in the whole somewhere else."""
        return tuple(each for each in self.sections if each.blocks or not each.briefly)

    @property
    def left(self) -> tuple[str, ...]:
        """Return what the first screen does not show, by name."""
        return tuple(dict.fromkeys(each.left for each in self.sections if each.left))


def code(says: str) -> Span:
    """Return words of a file or a command."""
    return Span(says, "code")


def place(says: str) -> Span:
    """Return where something stands: a file, an offset, a line; nothing where there is none."""
    return Span(says, "place")


def soft(says: str) -> Span:
    """Return words that matter less."""
    return Span(says, "soft")


def badge(says: str, tone: Tone = "plain", sign: str = "") -> Span:
    """Return a word or two that are to be seen first."""
    return Span(says, "badge", tone, sign=sign)


def join(*parts: Wording) -> tuple[str | Span, ...]:
    """Return words one after the other."""
    return tuple(each for part in parts for each in (part if isinstance(part, tuple) else (part,)))


def names(each: Iterable[str]) -> Wording:
    """Return names of a file or a command one after the other."""
    return join(*(part for name in each for part in (", ", code(name))))[1:]


def spans(words: Wording) -> Iterable[Span]:
    """Yield words as spans, those that say nothing left out."""
    for each in join(words):
        span = each if isinstance(each, Span) else Span(each)
        if span.says:
            yield span


def plain(words: Wording) -> str:
    """Return words without their roles."""
    return "".join(span.says for span in spans(words))
