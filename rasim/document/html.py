"""One report as one HTML file: the page, and the blocks of a document as markup.

Read `element` first: all markup is made there, and whatever is not `Html` already is escaped there, so that no block can
forget it. The others are functions from data to `Html`; `render` puts them together. A page has no script, asks nobody for
anything (its policy says so to the browser, with the hash of its one style), shows no time and no path of the machine, and is
the same bytes for the same report. Colour never says anything alone: a word and a sign stand beside it. On paper it is light,
what is folded is open, and no row is torn.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final, assert_never

from rasim.document import blocks as doc
from rasim.document import diagrams
from rasim.policy import printable

SIGNS: Final[dict[doc.Tone, str]] = {"good": "✓", "bad": "✗", "unclear": "?", "plain": "•"}
_MANY: Final = 4  # sections from which on a page has a table of contents
FOLDED: Final = 12  # entries from which on it is folded
PLANTUML: Final = "the same for PlantUML"
NOT_DRAWN: Final = "This page draws the first ones only; the same course stands here for PlantUML, and line by line."

# The comment at its top is not for the page, and no line end of it is.
PAGE_STYLE: Final = "".join(Path(__file__).with_name("page.css").read_text(encoding="utf-8").splitlines()[1:])

# What an SVG must not have to be drawn here: it could run, or ask for something.
_FOREIGN: Final = re.compile(
    r"<\s*/?\s*(?:script|foreignobject|image|use|a|iframe|animate\w*|set)\b|\s(?:on\w+|(?:xlink:)?href|src|style)\s*=|url\((?!#)|@import",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"<[^>]*>")
_STYLES: Final = re.compile(r"<style>(.*?)</style>\n?", re.DOTALL)
_DRAWN: Final = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_ID: Final = re.compile(r'(\bid="|url\(#)')


class Html(str):
    """Markup, in which everything that came from elsewhere is escaped."""

    __slots__ = ()


# ---- text ----------------------------------------------------------------------------------------------------


def safe_text(said: str) -> Html:
    """Return text as markup: escaped, and what cannot be seen as `<U+200B>`; markup stays as it is."""
    return said if isinstance(said, Html) else Html(escape(printable(said)))


def _join(*parts: str) -> Html:
    """Return texts and markup one after the other."""
    return Html("".join(map(safe_text, parts)))


def element(name: str, *parts: str, **attributes: str) -> Html:
    """Return an element with its attributes (`class_` is class, `aria_label` is aria-label) and what is in it."""
    named = (f' {key.rstrip("_").replace("_", "-")}="{safe_text(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{''.join(named)}>{_join(*parts)}</{name}>")


def _sign(sign: str) -> Html:
    return element("span", sign, class_="sign", aria_hidden="true")


def _badge(words: str, tone: doc.Tone, sign: str) -> Html:
    """Return a word or two with a sign, in the colour of a tone."""
    return element("span", _sign(sign or SIGNS[tone]), words, class_=f"badge {tone}")


# ---- drawings ------------------------------------------------------------------------------------------------


def svg(title: str, drawing: str) -> Html:
    """Return a drawing as part of the page, as wide as it is or as the page, and scrolling in its own box on a phone.

    Names in it get a prefix of their own, so that two drawings do not take each other's arrowheads.

    Raises:
        ValueError: it is no SVG, could run something or asks for something.

    """
    found = re.search(r"<svg\b[^>]*>(.*)</svg>", drawing, re.DOTALL)
    box = re.search(r'viewBox="([\d. ]+)"', drawing)
    if found is None or box is None or any(map(_FOREIGN.search, (*_TAG.findall(drawing), *_STYLES.findall(drawing)))):
        raise ValueError(f"no drawing that a report can hold: {title}")
    key = sha256(drawing.encode()).hexdigest()[:6]
    body = re.sub(r"<title\b[^>]*>.*?</title>\n?", "", found[1], flags=re.DOTALL)
    body = _TAG.sub(lambda tag: _ID.sub(rf"\g<1>d{key}-", tag[0]), body)
    width = box[1].split()[2]
    drawn = element(
        "svg", element("title", title), Html(body), viewBox=box[1], width=width, role="img", aria_label=title
    )
    return element("figure", drawn, class_="scroll", tabindex="0")


def _drawn(sequence: doc.SequenceDiagram) -> Html:
    """Return a sequence diagram as a drawing, and folded as PlantUML; nothing where nothing was said."""
    title, parties, messages = sequence.title, sequence.parties, sequence.messages
    if not messages:
        return Html()
    folded = markup(doc.Details(PLANTUML, (doc.Code(diagrams.sequence_plantuml(parties, messages)),)))
    if not sequence.drawn:
        return _join(markup(doc.Para(NOT_DRAWN)), folded)
    return _join(svg(title, diagrams.sequence_svg(sequence.head or title, parties, messages)), folded)


# ---- words and blocks ----------------------------------------------------------------------------------------


def _span(span: doc.Span) -> Html:
    said = element("a", span.says, href=f"#{span.to}") if span.to else safe_text(span.says)
    match span.role:
        case "":
            return said
        case "code":
            return element("code", said)
        case "place" | "soft":
            return element("span", said, class_=span.role)
        case "badge":
            return _badge(said, span.tone, span.sign)
        case _:
            assert_never(span.role)


def _words(said_so: doc.Wording) -> Html:
    """Return words with their roles as markup."""
    said = Html()
    for span in doc.spans(said_so):
        said = _join(said, " " if span.role == "place" and said and not said.endswith(" ") else "", _span(span))
    return said


def markup(block: doc.Block) -> Html:
    """Return a block as markup."""
    match block:
        case doc.Para(said, soft):
            return element("p", _words(said), class_="below") if soft else element("p", _words(said))
        case doc.Items(each):
            return element("ul", *(element("li", _words(item)) for item in each))
        case doc.Table():
            return _table(block)
        case doc.Pairs(rows):
            by_key = groupby((tuple(map(_words, row)) for row in rows), key=lambda row: row[0])
            return element("dl", *(_pair(key, same) for key, same in by_key))
        case doc.Part(title, blocks):
            return _join(element("h3", _words(title)), *map(markup, blocks))
        case doc.Card(title, blocks, tone, marked, sign):
            mark = _badge(marked, tone, sign) if marked else ""
            head = element("h3", mark, element("span", _words(title)))
            return element("article", head, *map(markup, blocks), class_=f"card {tone}")
        case doc.Details(summary, blocks):
            return _details(_words(summary), *map(markup, blocks))
        case doc.Code(lines):
            return element("pre", Html("\n".join(map(safe_text, lines.split("\n")))))
        case doc.SequenceDiagram():
            return _drawn(block)
        case _:
            assert_never(block)


def _table(table: doc.Table) -> Html:
    """Return a table, which scrolls in its own box; the first cell of a row is what the row is about."""
    first, *others = table.columns
    top = element("tr", *(element("th", table.head[at], scope="col") for at in (first, *others)))
    body = (
        element(
            "tr", element("th", _words(row[first]), scope="row"), *(element("td", _words(row[at])) for at in others)
        )
        for row in table.rows
    )
    parts = (element("caption", table.caption), element("thead", top), element("tbody", *body))
    whole = element("table", *parts)
    return element("div", whole, class_="scroll", role="region", aria_label=table.caption, tabindex="0")


def _pair(key: str, rows: Iterable[tuple[str, ...]]) -> Html:
    """Return what is said of one key, and below each what stands there."""
    values = (element("dd", value, *(element("div", b, class_="below") for b in below)) for _, value, *below in rows)
    return element("div", element("dt", key), *values)


def _details(summary: str, *blocks: str) -> Html:
    """Return what is folded on a screen until somebody asks, and open on paper."""
    return element("details", element("summary", summary), *blocks)


# ---- the page ------------------------------------------------------------------------------------------------


def render(document: doc.Document) -> str:
    """Return the whole file of a document, without its last line end."""
    body, style = styled("\n".join(_body(document)))
    head = _head(f"{document.title}: {document.verdict}", style)
    return "\n".join((*head, "<body>", body, "</body>", "</html>"))


def styled(body: str) -> tuple[str, str]:
    """Return a body without styles, and its style: drawings bring one of their own, and all of them become one with the page's."""
    met: Counter[str] = Counter()

    def apart(drawing: re.Match[str]) -> str:
        """Give a drawing that stands there again names that are no other's."""
        met[drawing[0]] += 1
        again = met[drawing[0]]
        return drawing[0] if again == 1 else _TAG.sub(lambda tag: _ID.sub(rf"\g<1>n{again}-", tag[0]), drawing[0])

    style = "".join((*dict.fromkeys(_STYLES.findall(body)), PAGE_STYLE))
    return _DRAWN.sub(apart, _STYLES.sub("", body)), style


def content_security_policy(style: str) -> str:
    """Return the content security policy of a page: nothing is loaded, nothing runs, and only this style applies."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _head(title: str, style: str) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    # Quotes of the policy stay: in double quotes they need no escape, and tools that look for the hash find it.
    yield f'<meta http-equiv="Content-Security-Policy" content="{content_security_policy(style)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield element("title", title)
    yield f"<style>{style}</style>"
    yield "</head>"


def head_of(document: doc.Document) -> Html:
    """Return what comes first: the verdict."""
    says = element("h1", _sign(SIGNS[document.tone]), " ", document.verdict)
    parts = (element("p", document.title, class_="what"), says, element("p", _words(document.summary)))
    return element("header", *parts, class_=f"head {document.tone}")


def _body(document: doc.Document) -> Iterator[str]:
    yield head_of(document)
    if len(document.whole) >= _MANY:
        yield _contents(document.whole)
    yield "<main>"
    for section in document.whole:
        yield f'<section id="{safe_text(section.anchor)}">'
        yield element("h2", section.title)
        yield from map(markup, section.blocks)
        yield "</section>"
    yield "</main>"


def _contents(sections: tuple[doc.Section, ...]) -> Html:
    names = element(
        "ol", *(element("li", _span(doc.Span(each.short or each.title, to=each.anchor))) for each in sections)
    )
    few = len(sections) < FOLDED
    return element("nav", names if few else _details("Contents", names), aria_label="Contents")
