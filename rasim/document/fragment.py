"""A report as a part of somebody else's page: the same blocks, in one element, with a style that ends at its edge.

Read `fragment`. A page may set rules for everything on it; here each rule is made one for what is inside `NAME`, and none is left
that is not. No anchor and no name is set either, for the page around has its own. What is for paper is left to that page too.
"""

import re
from collections.abc import Iterator
from typing import Final

from rasim.document import html
from rasim.document.blocks import Document

NAME: Final = "rasim-report"
# What is another's to decide on a whole page: how wide it is, and how far from the edge.
_INSIDE: Final = f".{NAME}{{margin:0;padding:.75rem;max-width:64rem}}"
_RULE: Final = re.compile(r"\s*(?P<of>[^{}]+)\{(?P<body>(?:[^{}]|\{[^{}]*\})*)\}")
_WHOLE: Final = frozenset({":root", "body"})


def fragment(document: Document) -> str:
    """Return a document as one element: the verdict, then the evidence."""
    sections = (
        html.element("section", html.element("h2", each.title), *map(html.markup, each.blocks))
        for each in document.sections
    )
    body, style = html.styled("\n".join((html.head_of(document), *sections)))
    return f'<div class="{NAME}"><style>{scoped(style)}</style>\n{body}\n</div>'


def scoped(style: str) -> str:
    """Return a style of which every rule is about what is inside the element, and none about paper."""
    return f"{''.join(_rules(style))}{_INSIDE}"


def _rules(style: str) -> Iterator[str]:
    for rule in _RULE.finditer(style):
        of, body = rule["of"], rule["body"]
        if of.startswith("@"):
            if of.startswith("@media") and "print" not in of:
                yield f"{of}{{{''.join(_rules(body))}}}"
            continue
        # A page's root element is not inside anything.
        inside = [_inside(each.strip()) for each in of.split(",") if each.strip() != "html"]
        if inside:
            yield f"{','.join(inside)}{{{body}}}"


def _inside(selector: str) -> str:
    return f".{NAME}" if selector in _WHOLE else f".{NAME} {selector}"
