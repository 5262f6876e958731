"""Templates: text with `{names}` in it, which finds the names in a line of a log, or puts them into a line of a trace.

There are no regular expressions here. A template is literal text and names; a name takes the shortest text (one character at least)
up to the literal that follows, the last one what is left before the end. A line is gone through once, and nothing is tried twice. No
blank is in what a name takes: what somebody else chose, an alias or a computer's name, shall not reach over the columns beside it.
`{name...}` takes blanks too. `{{` and `}}` are the braces themselves.
"""

import re
from collections.abc import Callable
from typing import Final

from attrs import frozen

_PARTS: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


@frozen
class Template:
    """Literal texts with a name between each two of them: always one literal more than names. Those that are wide take blanks too."""

    literals: tuple[str, ...]
    names: tuple[str, ...] = ()
    wide: frozenset[str] = frozenset()

    def found_in(self, text: str) -> dict[str, str] | None:
        """Return what each name is in a text; None if the text is another."""
        first, *literals = self.literals
        if not literals:
            return {} if text == first else None
        if not text.startswith(first):
            return None
        found, at = dict[str, str](), len(first)
        for place, (name, literal) in enumerate(zip(self.names, literals, strict=True), 1):
            last = place == len(literals)
            end = text.find(literal, at + 1) if not last else len(text) - len(literal) if text.endswith(literal) else -1
            took = text[at:end]
            if end <= at or (name not in self.wide and took.split() != [took]):
                return None
            found[name], at = took, end + len(literal)
        return found

    def filled(self, value: Callable[[str], str]) -> str:
        """Return the text with what each name stands for."""
        rest = (f"{value(name)}{literal}" for name, literal in zip(self.names, self.literals[1:], strict=True))
        return "".join((self.literals[0], *rest))


def template(text: str, *, to_find: bool = False) -> Template:
    """Return the template of a text; one that is to find something has each name once, and a literal between each two.

    Raises:
        ValueError: it is none, and why.

    """
    literals, names, wide = [""], list[str](), set[str]()
    for part in _PARTS.finditer(text):
        word = part.group()
        if part[1] is not None:
            name = part[1].removesuffix("...") if to_find else part[1]
            if not name.strip():
                raise ValueError("a name is missing between `{` and `}`")
            if to_find and names and not literals[-1]:
                raise ValueError(
                    f"nothing stands between `{{{names[-1]}}}` and `{word}`: where does the first one end?"
                )
            if to_find and name in names:
                raise ValueError(f"`{word}` stands there twice")
            names.append(name)
            wide.update([name] if name != part[1] else [])
            literals.append("")
        elif word in ("{", "}"):
            raise ValueError(f"a `{word}` without its other half; the brace itself is `{word * 2}`")
        else:
            literals[-1] += word[0] if word in ("{{", "}}") else word
    return Template(tuple(literals), tuple(names), frozenset(wide))


def one_blank(text: str) -> str:
    """Return a text with one blank for blanks and tabs one after the other, and none around it."""
    return re.sub(r"[ \t]+", " ", text).strip(" ")
