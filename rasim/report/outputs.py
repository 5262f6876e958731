"""What an answer can be shown as: text, Markdown and HTML for people, JSON for programs, and what else its command has.

And the two lines that every first screen has, in one wording: what the answer does not say, and what stands under `--all`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from rasim.analysis.limits import LIMITS
from rasim.document.blocks import Block, Document, Section, Wording, code
from rasim.words import plural

NOT_SAID: Final = "what is not said"  # as the last line of a first screen names limits


def not_said(limits: Sequence[str], command: str) -> tuple[Wording, Wording]:
    """Return the line of a first screen about what an answer of a command does not say, of all that such answers may have to say."""
    of = f"{len(limits)} of " if len(limits) < len(LIMITS[command]) else ""
    return "not said", (
        f"{of}{plural(len(LIMITS[command]), 'thing')} that this does not tell: ",
        code(f"rasim show limits {command}"),
    )


def limits_section(title: str, *blocks: Block) -> Section:
    """Return the section about what an answer does not say, which a first screen has as a line."""
    return Section(title, blocks, "limits", "limits", more=NOT_SAID)


@frozen
class Answer:
    """An answer of a command: its document, its JSON, and formats of other programs by name. Each is made when asked for.

    `long` gives texts in pieces, by the names of their formats, that may be too long to be held; JSON is one of them or not.
    """

    document: Callable[[], Document]
    json: Callable[[], Any]
    others: Mapping[str, Callable[[], str]] = field(factory=dict)
    long: Mapping[str, Callable[[], Iterator[str]]] = field(factory=dict)

    def pieces(
        self, form: str, *, width: int | None = None, colour: bool = False, brief: bool = False
    ) -> Iterator[str]:
        """Yield what is `shown` in pieces; only what is `long` has more than one."""
        if form in self.long:
            yield from self.long[form]()
        else:
            yield self.shown(form, width=width, colour=colour, brief=brief)

    def shown(self, form: str, *, width: int | None = None, colour: bool = False, brief: bool = False) -> str:
        """Return the answer in a format, without its last line end; `width` and `colour` are of the terminal, if it is one.

        As text it is whole, or its first screen if `brief`.
        """
        if form in self.long:
            return "".join(self.long[form]())
        if form == "json":
            return json.dumps(self.json(), indent=2)
        if form in self.others:
            return self.others[form]()
        return render(self.document(), form, width, colour=colour, brief=brief)


def render(
    document: Document, form: str, width: int | None = None, *, colour: bool = False, brief: bool = False
) -> str:
    """Return a document as text, Markdown or HTML. What a renderer needs is imported when something is shown."""
    if form == "html":
        from rasim.document import html  # noqa: PLC0415

        return html.render(document)
    if form == "markdown":
        from rasim.document import markdown  # noqa: PLC0415

        return markdown.render(document)
    from rasim.document import terminal  # noqa: PLC0415  (rich is for who reads text)

    return terminal.render(document, width=width or terminal.WIDTH, colour=colour, brief=brief)
