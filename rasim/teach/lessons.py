"""The lessons of the course as they are written: one Markdown file each, in `course/`, with the files that it shows beside it.

A lesson begins with what is said of all of it, between two rules: its title, what is learnt, the promises and rows it shows, and the
lesson of the explorer that goes with it. Then come its slides, a rule between two of them:

    ## Who may offer? (3 min)       a heading, and how long it is talked about
    > How many people are that?     a question to the class
    Notes:                          from here on to the end of the slide, what only the teacher reads

Rules and fences are those of Markdown, and raw HTML is text. Of a fence the first word says what it shows: `console` a command and
what it prints (a test holds it to that), `sequence FILE` a scenario that is played and drawn, `file FILE` a file as it is,
`promises`, `rows` and
`choices` a table of those that it names. Other words are languages. `slides.py` makes a page of it.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import accumulate
from typing import Final

from attrs import frozen

from rasim.errors import InputError, UsageError, Where
from rasim.inputs import MapNode, Reading, read_file, text_of
from rasim.words import not_called

COURSE_LESSONS: Final = (
    "1-the-policy",
    "2-two-clicks",
    "3-races-and-time",
    "4-hostile-experts",
    "5-proof-and-testing",
    "6-a-real-product",
)
"""The lessons in their order, each the name of its file."""

_LARGEST: Final = 1 << 20
_PARTS: Final = ("title", "learn", "shows", "explorer")
_HEADING: Final = re.compile(r"#{1,2} (?P<title>.+?) \((?P<minutes>\d{1,2}) min\)")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_NOTES: Final = "Notes:"


@frozen
class SlideText:
    """A part of a slide in Markdown, and the line of the file that it begins at."""

    text: str
    line: int


@frozen
class Slide:
    """A slide: its heading, the minutes it is meant to take, what is shown, and what the teacher reads."""

    title: str
    minutes: int
    shown: SlideText
    notes: SlideText


@frozen
class Lesson:
    """A lesson: what is said of all of it, and its slides. `explorer` is the lesson of the page that is shown with it."""

    file: str
    title: str
    learn: tuple[str, ...]
    shows: tuple[str, ...]
    explorer: str
    slides: tuple[Slide, ...]

    @property
    def minutes(self) -> int:
        """Return how long it is meant to take."""
        return sum(slide.minutes for slide in self.slides)

    @property
    def ends(self) -> tuple[int, ...]:
        """Return the minute at which each slide is meant to be done."""
        return tuple(accumulate(slide.minutes for slide in self.slides))


def shipped(name: str) -> str:
    """Return a file of the course as text, by its path in `course/`."""
    return files("rasim.teach").joinpath("course", *name.split("/")).read_text(encoding="utf-8")


def course_files() -> Iterator[tuple[str, bytes]]:
    """Yield the files that slides show and exercises begin with, by name."""
    folder = files("rasim.teach").joinpath("course", "files")
    for each in sorted(folder.iterdir(), key=lambda file: file.name):
        if each.is_file():
            yield each.name, each.read_bytes()


def course_lesson(name: str) -> Lesson:
    """Return a lesson of the course, by the name of its file."""
    return read_lesson(shipped(f"{name}.md"), f"{name}.md")


def load_lesson(path: str) -> Lesson:
    """Read somebody's own lesson. Raises InputError: it cannot be opened, or has mistakes."""
    return read_lesson(text_of(read_file(path, most=_LARGEST), path), path)


def read_lesson(text: str, file: str) -> Lesson:
    """Return the lesson that a text is.

    Raises:
        InputError: nothing is said of all of it; a slide without a heading, or without its minutes.

    """
    pieces = list(_divided(text))
    if len(pieces) < 3 or pieces[0][1].strip():
        raise InputError.at(f"no lesson: it begins with `---`, {', '.join(_PARTS)}, `---`", Where(file, line=1))
    # The lines before are kept empty, so that a mistake has its place in the whole file.
    reading = Reading("\n" * pieces[1][0] + pieces[1][1], file, "lesson")
    root = reading.root()
    said = {} if root is None else reading.known(root, "a lesson", _PARTS)
    words = {name: reading.word(said[name], name) or "" for name in ("title", "explorer") if name in said}
    lists = {
        name: tuple(each.text for each in reading.words(said[name], name))
        for name in ("learn", "shows")
        if name in said
    }
    for name in _PARTS:
        if name not in said and isinstance(root, MapNode):
            reading.wrong(root, f"a lesson has `{name}`")
    reading.finish()
    slides = tuple(_slide(start, piece, file) for start, piece in pieces[2:])
    return Lesson(file, words["title"], lists["learn"], lists["shows"], words["explorer"], slides)


def lesson_called(word: str) -> str | None:
    """Return the name of the lesson of the course that is meant by its number or its name; None where it is none of them.

    Raises:
        UsageError: it is a number, and no lesson has it.

    """
    numbers = {name.partition("-")[0]: name for name in COURSE_LESSONS}
    if word.isdecimal() and word not in numbers:
        raise UsageError(not_called("no lesson", word, numbers))
    return numbers.get(word, word if word in COURSE_LESSONS else None)


def _divided(text: str) -> Iterator[tuple[int, str]]:
    """Yield what stands between rules, each with the number of lines before it; a rule in a fence divides nothing."""
    lines, start, fence = text.splitlines(), 0, ""
    for at, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        if line.rstrip() == "---" and not fence:
            yield start, "\n".join(lines[start:at])
            start = at + 1
    yield start, "\n".join(lines[start:])


def _slide(start: int, piece: str, file: str) -> Slide:
    lines = piece.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    heading = _HEADING.fullmatch(lines[first].strip())
    if heading is None:
        raise InputError.at(
            "a slide begins with its heading and its minutes, `## Who may offer? (3 min)`",
            Where(file, line=start + first + 1),
        )
    begins = start + first + 2
    at = next((at for at, line in enumerate(lines[first + 1 :]) if line.rstrip() == _NOTES), len(lines))
    text, notes = lines[first + 1 : first + 1 + at], lines[first + 2 + at :]
    return Slide(
        heading["title"],
        int(heading["minutes"]),
        SlideText("\n".join(text), begins),
        SlideText("\n".join(notes), begins + at + 1),
    )
