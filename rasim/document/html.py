"""One report as one HTML file: the page, and the few blocks that it is made of.

Read `element` first: all markup is made there, and whatever is not `Html` already is escaped there, so that no block can
forget it. The others are functions from data to `Html`; `page` puts them together. A page has no script, asks nobody for
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
from typing import Final, Literal

from attrs import frozen

from rasim.policy import printable

Tone = Literal["good", "bad", "unclear", "plain"]

SIGNS: Final[dict[Tone, str]] = {"good": "✓", "bad": "✗", "unclear": "?", "plain": "•"}
MANY: Final = 4  # sections from which on a page has a table of contents
FOLDED: Final = 12  # entries from which on it is folded

# One rule a line. Blue, vermilion and yellow differ for every kind of colour blindness, and in brightness too.
STYLE: Final = "".join(
    """
:root{color-scheme:light;--paper:#fff;--ink:#1b2026;--soft:#57616b;--line:#d3dae1;--panel:#f5f7f9;--link:#0a5594;
--good:#0a5594;--on-good:#e9f3fc;--bad:#a5300a;--on-bad:#fdeee8;--unclear:#6b5000;--on-unclear:#fff5cf}
@media screen and (prefers-color-scheme:dark){
:root{color-scheme:dark;--paper:#14171b;--ink:#e4e8ec;--soft:#9ca6b0;--line:#353c44;--panel:#1c2025;--link:#86c0f6;
--good:#86c0f6;--on-good:#152838;--bad:#ffa07a;--on-bad:#37201a;--unclear:#f2d36b;--on-unclear:#302910}
}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:auto}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:64rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,pre,figure{margin:0;padding:0}
h1{font-size:1.7rem;line-height:1.2;text-wrap:balance}
h2{margin:2.75rem 0 .9rem;padding-bottom:.35rem;border-bottom:1px solid var(--line);font-size:1.25rem;line-height:1.3}
h3{margin:1.6rem 0 .6rem;font-size:1rem}
a{color:var(--link);text-underline-offset:.15em}
code,pre{font:.875em/1.5 ui-monospace,"Cascadia Mono",Consolas,Menlo,"DejaVu Sans Mono",monospace;white-space:pre-wrap;unicode-bidi:isolate}
pre{margin:.4rem 0;padding:.7rem .9rem;background:var(--panel);border-radius:.4rem}
p+p,p+ul,.below{margin-top:.3rem}
td,dd,li{white-space:pre-wrap}
.soft,.below{color:var(--soft);font-size:.9375em}
.place{color:var(--soft);font-size:.875rem}
.place:not(:first-child){margin-left:.6em}
.head{padding:1.1rem 1.3rem 1.2rem;border-left:.5rem solid;border-radius:.5rem}
.head p{color:var(--ink)}
.head .what{margin-bottom:.35rem;color:inherit;font-size:.8125rem;font-weight:600;letter-spacing:.06em;text-transform:uppercase}
.head h1+p{margin-top:.55rem}
.sign{display:inline-block;min-width:1.1em;font-weight:700}
.good{color:var(--good);background:var(--on-good)}
.bad{color:var(--bad);background:var(--on-bad)}
.unclear{color:var(--unclear);background:var(--on-unclear)}
.plain{color:var(--soft);background:var(--panel)}
.badge{display:inline-block;padding:.05em .55em;border:1px solid;border-radius:1em;
font-size:.8125rem;font-weight:600;line-height:1.5;white-space:nowrap}
.badge .sign{min-width:0;margin-right:.35em}
h2 code,h3 code{font-size:.92em}
nav{margin-top:1.25rem;font-size:.9375rem}
nav li+li{margin:0}
nav ol{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;list-style:none}
.card{margin:0 0 .9rem;padding:.8rem 1rem .85rem;background:none;border:1px solid var(--line);border-left:.3rem solid;border-radius:.4rem}
.card>*{color:var(--ink)}
.card>.below{color:var(--soft)}
.card h3{display:flex;flex-wrap:wrap;align-items:baseline;gap:.3rem .6rem;margin:0 0 .35rem}
.card h3>:last-child{flex:1;min-width:12rem}
ul{padding-left:1.15rem}
li+li{margin-top:.15rem}
dl>div{display:grid;grid-template-columns:8.5rem 1fr;gap:0 1rem;padding:.4rem 0;border-bottom:1px solid var(--line)}
.card dl>div{padding:.15rem 0;border:0}
dt{color:var(--soft)}
dd{grid-column:2}
dd+dd{margin-top:.4rem}
.scroll{overflow-x:auto;margin:.2rem 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{padding:1.2rem 0 .4rem;font-size:1rem;font-weight:600;text-align:left}
details caption{padding:.2rem 0 .3rem;color:var(--soft);font-size:.875rem;font-weight:400}
th,td{padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;
min-width:7.25rem;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-size:.8125rem;font-weight:600;vertical-align:bottom}
tbody th{min-width:9rem;font-weight:600}
th .below{font-weight:400}
details{margin-top:.45rem}
summary{color:var(--soft);font-size:.9375em;cursor:pointer}
details>:not(summary){margin-top:.4rem}
svg{display:block;height:auto;max-width:max(100%,44rem)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:40rem){
body{padding:.9rem .9rem 3rem}
h1{font-size:1.4rem}
dl>div{display:block}
dt{font-size:.875rem}
}
@media print{
@page{size:A4;margin:16mm 15mm}
html{font-size:9.5pt}
body{max-width:none;padding:0}
h2{margin-top:1.8rem}
nav{display:none}
a{color:inherit;text-decoration:none}
.head,.badge{-webkit-print-color-adjust:exact;print-color-adjust:exact}
h2,h3,caption,thead,summary{break-after:avoid}
tr,li,dl>div,.head,.card,figure{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}
svg{max-width:100%}
summary{list-style:none}
details>*{display:block}
}
@media print{
details::details-content{display:block;content-visibility:visible;block-size:auto}
}
""".strip().split("\n")
)

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


@frozen
class Section:
    """A part of a page: its title, its blocks, and the name for anchors to it; `short` is its title among the contents."""

    title: str
    blocks: tuple[Html, ...]
    id: str
    short: str = ""


@frozen
class Report:
    """What a page says: which kind of report it is, its verdict in a few words, one line about it, and the evidence."""

    title: str
    verdict: str
    tone: Tone
    summary: str
    sections: tuple[Section, ...]


# ---- text ----------------------------------------------------------------------------------------------------


def text(said: str) -> Html:
    """Return text as markup: escaped, and what cannot be seen as `<U+200B>`; markup stays as it is."""
    return said if isinstance(said, Html) else Html(escape(printable(said)))


def join(*parts: str) -> Html:
    """Return texts and markup one after the other."""
    return Html("".join(map(text, parts)))


def element(name: str, *parts: str, **attributes: str) -> Html:
    """Return an element with its attributes (`class_` is class, `aria_label` is aria-label) and what is in it."""
    named = (f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{''.join(named)}>{join(*parts)}</{name}>")


def code(said: str) -> Html:
    """Return words of a file or a command, blanks kept."""
    return element("code", said)


def pre(said: str) -> Html:
    """Return lines as they are."""
    return element("pre", Html("\n".join(map(text, said.split("\n")))))


def para(*parts: str) -> Html:
    """Return a paragraph."""
    return element("p", *parts)


def soft(*parts: str) -> Html:
    """Return a paragraph that matters less."""
    return element("p", *parts, class_="below")


def place(where: str) -> Html:
    """Return a place: a file, an offset, a line; nothing where there is none."""
    return element("span", where, class_="place") if where else Html()


def link(words: str, to: str) -> Html:
    """Return an anchor to a section of the same page."""
    return element("a", words, href=f"#{to}")


def badge(words: str, tone: Tone = "plain", sign: str = "") -> Html:
    """Return a word or two with a sign, in the colour of a tone."""
    return element("span", _sign(sign or SIGNS[tone]), words, class_=f"badge {tone}")


def _sign(sign: str) -> Html:
    return element("span", sign, class_="sign", aria_hidden="true")


# ---- blocks --------------------------------------------------------------------------------------------------


def heading(*parts: str) -> Html:
    """Return a heading inside a section."""
    return element("h3", *parts)


def card(title: str, *blocks: str, tone: Tone = "plain", mark: str = "") -> Html:
    """Return a frame with a heading, and a mark (a badge) before it; its edge has the colour of the tone."""
    return element("article", element("h3", mark, element("span", title)), *blocks, class_=f"card {tone}")


def pairs(rows: Iterable[tuple[str, ...]]) -> Html:
    """Return rows as (key, value, what stands below the value …); rows of one key come together."""
    return element("dl", *(_pair(key, tuple(same)) for key, same in groupby(rows, key=lambda row: row[0])))


def _pair(key: str, rows: tuple[tuple[str, ...], ...]) -> Html:
    values = (element("dd", value, *(element("div", b, class_="below") for b in below)) for _, value, *below in rows)
    return element("div", element("dt", key), *values)


def table(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> Html:
    """Return a table, which scrolls in its own box; the first cell of a row is what the row is about.

    A column in which nothing stands is left out.
    """
    names, whole = tuple(head), tuple(map(tuple, rows))
    kept = [at for at in range(len(names)) if at == 0 or not whole or any(row[at] for row in whole)]
    top = element("tr", *(element("th", names[at], scope="col") for at in kept))
    body = (element("tr", *(_cell(row[at], first=at == 0) for at in kept)) for row in whole)
    parts = (element("caption", caption), element("thead", top), element("tbody", *body))
    return element("div", element("table", *parts), class_="scroll", role="region", aria_label=caption, tabindex="0")


def _cell(said: str, *, first: bool) -> Html:
    return element("th", said, scope="row") if first else element("td", said)


def items(each: Iterable[str]) -> Html:
    """Return a list."""
    return element("ul", *(element("li", item) for item in each))


def reasons(each: Iterable[tuple[str, str]]) -> Html:
    """Return a list of reasons, each as (words, place); either may be empty."""
    return items(join(words, " " if words and where else "", place(where)) for words, where in each)


def details(summary: str, *blocks: str) -> Html:
    """Return what is folded on a screen until somebody asks, and open on paper."""
    return element("details", element("summary", summary), *blocks)


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


# ---- the page ------------------------------------------------------------------------------------------------


def page(title: str, verdict: str, tone: Tone, summary: str, sections: Iterable[Section]) -> str:
    """Return the whole file, without its last line end; what is what stands with `Report`."""
    return page_of(Report(title, verdict, tone, summary, tuple(sections)))


def page_of(report: Report) -> str:
    """Return the whole file of a report, without its last line end."""
    body, style = styled("\n".join(_body(report)))
    head = _head(f"{report.title}: {report.verdict}", style)
    return "\n".join((*head, "<body>", body, "</body>", "</html>"))


def styled(body: str) -> tuple[str, str]:
    """Return a body without styles, and its style: drawings bring one of their own, and all of them become one with the page's."""
    met: Counter[str] = Counter()

    def apart(drawing: re.Match[str]) -> str:
        """Give a drawing that stands there again names that are no other's."""
        met[drawing[0]] += 1
        again = met[drawing[0]]
        return drawing[0] if again == 1 else _TAG.sub(lambda tag: _ID.sub(rf"\g<1>n{again}-", tag[0]), drawing[0])

    style = "".join((*dict.fromkeys(_STYLES.findall(body)), STYLE))
    return _DRAWN.sub(apart, _STYLES.sub("", body)), style


def policy_of(style: str) -> str:
    """Return the content security policy of a page: nothing is loaded, nothing runs, and only this style applies."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _head(title: str, style: str) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    # Quotes of the policy stay: in double quotes they need no escape, and tools that look for the hash find it.
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy_of(style)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield element("title", title)
    yield f"<style>{style}</style>"
    yield "</head>"


def head_of(report: Report) -> Html:
    """Return what comes first: the verdict."""
    says = element("h1", _sign(SIGNS[report.tone]), " ", report.verdict)
    parts = (element("p", report.title, class_="what"), says, element("p", report.summary))
    return element("header", *parts, class_=f"head {report.tone}")


def _body(report: Report) -> Iterator[str]:
    yield head_of(report)
    if len(report.sections) >= MANY:
        yield _contents(report.sections)
    yield "<main>"
    for section in report.sections:
        yield f'<section id="{text(section.id)}">'
        yield element("h2", section.title)
        yield from section.blocks
        yield "</section>"
    yield "</main>"


def _contents(sections: tuple[Section, ...]) -> Html:
    names = element("ol", *(element("li", link(each.short or each.title, each.id)) for each in sections))
    few = len(sections) < FOLDED
    return element("nav", names if few else details("Contents", names), aria_label="Contents")
