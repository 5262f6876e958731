"""The slides of a lesson as one HTML file: what a teacher opens from disk, shows, and prints (decision 29).

`slides_page(lesson)` is the same bytes for the same lesson. What is drawn is drawn by rasim when the page is made: a scenario is played
and its course is the picture, a table is the catalogue's. The Markdown is read by markdown-it, with raw HTML off; the page's policy
allows its one script and its one style by their hashes, and nothing else.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from attrs import fields_dict
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rasim.document import diagrams
from rasim.document.html import Html, element, safe_text, svg
from rasim.errors import InputError, Where
from rasim.protocol.choices import Choices
from rasim.protocol.rules import table
from rasim.protocol.terms import Row
from rasim.report.table_words import event_in_words, then_in_words
from rasim.scenario import play, read_scenario
from rasim.scenario.model import Scenario
from rasim.teach.lessons import COURSE_LESSONS, Lesson, SlideText, shipped
from rasim.verify.promises.catalogue import PROMISES
from rasim.web.page import asset, browser_policy
from rasim.words import not_called, printable

EXPLORER: Final = "explorer.html"
_BESIDE: Final = ("sequence", "file", "yaml", "python")
_NARROW: Final = 66  # letters of a line that fits beside text
_EVEN: Final = 42  # and that fits into half of a slide
_TAG: Final = re.compile(r"<[^>]*>")
_LINK: Final = re.compile(r"(?:explorer\.html(?:#g=\w+)?|[\w-]+\.html|#\d+)")
_SVG_STYLE: Final = re.compile(r"<style>.*?</style>\n?", re.DOTALL)


# ---- what happened, as a picture -----------------------------------------------------------------------------


def story_picture(heading: str, scenario: Scenario, *, first: int = 1) -> str:
    """Return who sent what to whom in a scenario, played, as SVG that can be read on a phone: by the names of its people.

    Of a long one it can begin with a later message than the `first`.
    """
    people = {person.uses or person.account: person.name for person in scenario.people}
    messages = [
        diagrams.Message(each.source, each.target, each.words + (f", {more} times" if more > 1 else ""))
        for each, more in _together(diagrams.messages_of(play(scenario).trace, people))
    ][first - 1 :]
    met = {party for message in messages for party in (message.source, message.target)}
    experts = [person.name for person in scenario.people if not person.uses]
    users = [person.name for person in scenario.people if person.uses]
    parties = [party for party in (*experts, "computer", *users) if party in met]
    return diagrams.sequence_svg(heading, parties, messages, narrow=True)


def _together(messages: Sequence[diagrams.Message]) -> Iterator[tuple[diagrams.Message, int]]:
    for message, same in groupby(messages):
        yield message, len(list(same))


# ---- what a fence shows --------------------------------------------------------------------------------------


def _sequence(lesson: Lesson, said: str, caption: str, at: Where) -> Html:
    name, _, first = said.partition(" ")
    if first and not re.fullmatch(r"[1-9]\d?", first):
        raise InputError.at(f"`sequence {printable(said)}`: behind the file stands the number of its first message", at)
    scenario = read_scenario(_file(lesson, name, at), name)
    heading = caption or scenario.name
    drawn = _SVG_STYLE.sub("", svg(heading, story_picture(heading, scenario, first=int(first or 1))))
    return element("figure", element("figcaption", caption), Html(drawn)) if caption else Html(drawn)


def _shown_file(lesson: Lesson, said: str, caption: str, at: Where) -> Html:
    name, _, some = said.partition(" ")
    lines = _file(lesson, name, at).rstrip("\n").split("\n")
    if some:
        first, dash, last = some.partition("-")
        if not (dash and first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last) <= len(lines)):
            raise InputError.at(
                f"`file {printable(said)}`: behind the file stand its first and last line, as in 3-10", at
            )
        lines = lines[int(first) - 1 : int(last)]
    return element("figure", element("figcaption", caption or name.rpartition("/")[2]), _pre("\n".join(lines)))


def _choices(_lesson: Lesson, _name: str, names: str, at: Where) -> Html:
    known = {name.replace("_", " "): each for name, each in fields_dict(Choices).items()}
    asked = (_known(name, known, "choice", at) for name in names.split("\n"))
    return _table(
        ("choice", "says", "is"),
        ((name, str(known[name].metadata["says"]), _value(known[name].default)) for name in asked),
    )


def _value(default: object) -> str:
    return f"{default.total_seconds():g} s" if isinstance(default, timedelta) else str(default)


def _promises(_lesson: Lesson, _name: str, names: str, at: Where) -> Html:
    known = {each.name: each.says for each in PROMISES}
    rows = ((element("code", name), known[name]) for name in _each(names, known, "promise", at))
    return _table(("promise", "says"), rows)


def _rows(_lesson: Lesson, _name: str, names: str, at: Where) -> Html:
    known = {row.id: row for row in table().rows}
    rows = (_row(known[name]) for name in _each(names, known, "row", at))
    return _table(("row", "while", "when", "provided", "then"), rows)


def _row(row: Row) -> tuple[str, ...]:
    rules = table()
    facts = {fact.name: fact for fact in rules.facts}
    when = "; ".join(event_in_words(rules, kind).replace("**", "") for kind in row.when)
    provided = "; ".join(each.says for each in row.provided)
    then = "; ".join(then_in_words(facts, change).replace("*", "") for change in row.then)
    return row.id, row.phase or "any", when, provided, then


Show = Callable[[Lesson, str, str, Where], Html]
FENCES: Final[Mapping[str, Show]] = {
    "sequence": _sequence,
    "file": _shown_file,
    "promises": _promises,
    "rows": _rows,
    "choices": _choices,
}
"""What a fence of this word shows, of a lesson: from the name behind the word, the text in the fence, and where it stands."""


def _file(lesson: Lesson, name: str, at: Where) -> str:
    """Return a file that a lesson shows: of the course, or beside somebody's own lesson."""
    parts = name.split("/")
    if not name or ".." in parts or not all(parts):
        raise InputError.at(f"{printable(name)!r} names no file of the course", at)
    if "/" in lesson.file or Path(lesson.file).exists():
        beside = Path(lesson.file).parent / name
        if beside.is_file():
            return beside.read_text(encoding="utf-8")
    try:
        return shipped(f"files/{name}")
    except OSError:
        raise InputError.at(f"no such file of the course: {printable(name)}", at) from None


def _each(names: str, known: Mapping[str, Any], what: str, at: Where) -> Iterator[str]:
    return (_known(name, known, what, at) for name in names.split())


def _known(name: str, known: Mapping[str, Any], what: str, at: Where) -> str:
    if name not in known:
        raise InputError.at(not_called(f"no {what}", name, known), at)
    return name


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Html:
    top = element("tr", *(element("th", each, scope="col") for each in head))
    body = (
        element("tr", element("th", first, scope="row"), *(element("td", each) for each in others))
        for first, *others in rows
    )
    return element(
        "div",
        element("table", element("thead", top), element("tbody", *body)),
        class_="scroll",
    )


def _pre(text: str) -> Html:
    """Return lines as they are; what is typed is told from what is printed."""
    lines = (element("b", line) if line.startswith("$ ") else safe_text(line) for line in text.split("\n"))
    return element("pre", element("code", Html("\n".join(lines))), tabindex="0")


# ---- slides --------------------------------------------------------------------------------------------------


def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _blocks(lesson: Lesson, part: SlideText, explorer: str) -> Iterator[tuple[str, Html]]:
    """Yield what stands on a slide: with the first word of its fence, or as what Markdown makes of it."""
    reader = _markdown()
    tokens = reader.parse(part.text)
    for token in tokens:
        for child in token.children or ():
            _linked(child, lesson, explorer, Where(lesson.file, line=part.line + (token.map or [0])[0]))
    plain: list[Token] = []
    for token in tokens:
        if token.type != "fence":
            plain.append(token)
            if token.level or token.nesting == 1:
                continue
        if plain:
            yield "", Html(reader.renderer.render(plain, reader.options, {}))
            plain = []
        if token.type == "fence":
            word, _, name = token.info.strip().partition(" ")
            at = Where(lesson.file, line=part.line + (token.map or [0])[0])
            shows = FENCES.get(word)
            body = token.content.rstrip("\n")
            yield word, shows(lesson, name.strip(), body, at) if shows else _pre(body)


def _linked(token: Token, lesson: Lesson, explorer: str, at: Where) -> None:
    """Let a link to the explorer lead to where it stands; any other leads to a lesson or a slide, or is a mistake."""
    to = token.attrs.get("href")
    if to is None:
        return
    lessons = re.findall(r'name: "(\w+)"', asset("lessons.js"))
    page, _, place = str(to).partition("#")
    known = page in ("", EXPLORER, *(f"{name}.html" for name in COURSE_LESSONS))
    if not known or _LINK.fullmatch(str(to)) is None or (page == EXPLORER and place and place[2:] not in lessons):
        raise InputError.at(f"a slide links to the explorer, a lesson or a slide, not to {printable(str(to))}", at)
    if not page and int(place) > len(lesson.slides):
        raise InputError.at(f"there is no slide {place}", at)
    if page == EXPLORER:
        token.attrSet("href", explorer + str(to)[len(EXPLORER) :])


def _section(lesson: Lesson, number: int, explorer: str) -> Html:
    slide = lesson.slides[number - 1]
    blocks = list(_blocks(lesson, slide.shown, explorer))
    pictured = any(word == "sequence" for word, _ in blocks)
    words = not any(word or "<table" in made for word, made in blocks)
    aside = [made for word, made in blocks if _beside(word, made)]
    text = [made for word, made in blocks if not _beside(word, made)]
    if not (aside and text):
        text, aside = text or aside, []
    heading = element("h1" if number == 1 else "h2", *_inline(slide.title), id=f"s{number}")
    if number == 1:
        text = [element("p", "You will learn"), element("ul", *(element("li", each) for each in lesson.learn)), *text]
    parts = [heading, element("div", *_lined(text), class_="text")]
    if aside:
        parts.append(element("div", *_lined(aside), class_="shown"))
    if slide.notes.text.strip():
        said = (made for _, made in _blocks(lesson, slide.notes, explorer))
        parts.append(
            element(
                "aside",
                element("p", "For the teacher", class_="whose"),
                *said,
                class_="notes",
                aria_label=f"Notes of slide {number}",
            )
        )
    even = all(_widest(made) <= _EVEN for made in aside)
    told = {"first": number == 1, "beside": aside, "even": even, "pictured": pictured, "words": words}
    kind = " ".join(("slide", *(name for name, so in told.items() if so)))
    return element(
        "section",
        *parts,
        id=str(number),
        class_=kind,
        aria_labelledby=f"s{number}",
        data_minutes=str(slide.minutes),
        data_until=str(lesson.ends[number - 1]),
    )


def _beside(word: str, made: Html) -> bool:
    """Return whether something stands beside the text of its slide: pictures, and files whose lines are short enough."""
    return word == "sequence" or (word in _BESIDE and _widest(made) <= _NARROW)


def _widest(made: Html) -> int:
    """Return how many letters the longest line of a file or a figure has."""
    return max(map(len, unescape(_TAG.sub("", made)).split("\n")))


def _inline(title: str) -> tuple[Html]:
    """Return a heading with its code and emphasis."""
    return (Html(_markdown().renderInline(title)),)


def _lined(parts: Sequence[Html]) -> Iterator[Html]:
    for part in parts:
        yield part
        yield Html("\n")


def _overview(lesson: Lesson) -> Html:
    entries = (
        element(
            "li",
            element("a", *_inline(slide.title), href=f"#{at}"),
            element("span", f" {slide.minutes} min", class_="soft"),
        )
        for at, slide in enumerate(lesson.slides, 1)
    )
    return element("ol", *entries)


def slides_page(lesson: Lesson, *, explorer: str = EXPLORER) -> str:
    """Return the page of a lesson; `explorer` is where the explorer stands, seen from it.

    Raises:
        InputError: a slide shows a file, a promise or a row that is not there, or a link leads nowhere.

    """
    return "".join(_page(lesson, explorer))


def _page(lesson: Lesson, explorer: str) -> Iterator[str]:
    style = asset("design.css") + diagrams.SVG_STYLE + "\n" + asset("slides.css")
    code = '"use strict";\n' + asset("slides.js")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{browser_policy(code, style)}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
    yield f'{element("title", f"{lesson.title}: rasim")}\n<link rel="icon" href="data:,">\n<style>{style}</style>\n</head>\n<body>\n<main>\n'
    for number in range(1, len(lesson.slides) + 1):
        yield _section(lesson, number, explorer) + "\n"
    yield "</main>\n"
    yield _foot(lesson) + "\n"
    heading = element("h2", lesson.title, id="all-title")
    keys = element("p", KEYS, class_="soft keys")
    yield element("dialog", heading, _overview(lesson), keys, id="overview", aria_labelledby="all-title") + "\n"
    yield f"<script>{code}</script>\n</body>\n</html>\n"


KEYS: Final = "Arrows, Home and End turn the slides, n shows the notes, o this overview, t starts the clock. Printed, a slide is a page."


def _foot(lesson: Lesson) -> Html:
    button = partial(element, "button", type="button")
    parts = (
        element("span", f"rasim · {lesson.title}", class_="lesson"),
        element("span", id="clock"),
        button("Start", id="start"),
        button("Notes", id="notes", aria_pressed="false"),
        button("Overview", id="all"),
        button("‹", id="back", aria_label="Back"),
        element("span", id="place", role="status"),
        button("›", id="on", aria_label="On"),
    )
    return element("footer", *parts, class_="foot")
