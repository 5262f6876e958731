"""What happened, as blocks of a page: the sequence diagram, the same for PlantUML, and the lines of the trace as a table.

Read `diagram` first. Drawings are large, so a page draws so many and says the others in words: `draws` is decided by the page.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from rasim.document import diagrams, html
from rasim.document.diagrams import Message
from rasim.document.html import Html
from rasim.protocol.lines import Recorded

PLANTUML: Final = "the same for PlantUML"
NOT_DRAWN: Final = "This page draws the first ones only; the same course stands here for PlantUML, and line by line."
_NAMED: Final = 12  # entries of a list that are named in a cell


def diagram(
    title: str, parties: Sequence[str], messages: Sequence[Message], *, draws: bool = True, head: str = ""
) -> Iterator[Html]:
    """Yield the sequence diagram as a picture, and folded as PlantUML; nothing where nothing was said.

    `title` is for who cannot see the picture, `head` stands in it, where it is to be shorter.
    """
    if not messages:
        return
    drawing = diagrams.sequence_svg(head or title, parties, messages) if draws else ""
    yield html.svg(title, drawing) if drawing else html.para(NOT_DRAWN)
    yield html.details(PLANTUML, html.pre(diagrams.sequence_plantuml(parties, messages)))


def of_trace(title: str, messages: Sequence[Message], *, draws: bool = True) -> Iterator[Html]:
    """Yield the diagram of messages between parties that are called as the trace has it."""
    return diagram(title, diagrams.parties_of(messages), messages, draws=draws)


def lines(caption: str, trace: Iterable[Recorded], marked: Collection[int] = (), why: str = "") -> Html:
    """Return lines of a trace as a table; those whose `seq` is marked have a badge that says why."""
    rows = (
        (
            str(each.seq),
            "" if each.at is None else f"{each.at / 1_000_000:g}",
            html.join(html.code(each.line.event), " ", html.badge(why, "bad") if each.seq in marked else Html()),
            fields(each),
        )
        for each in trace
    )
    return html.table(caption, ("seq", "seconds", "event", "what it says"), rows)


def fields(recorded: Recorded) -> str:
    """Return what a line says beside its event, in words."""
    said = recorded.line.as_json()
    return ", ".join(f"{name}: {_value(value)}" for name, value in said.items() if name != "event")


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_value(each)}" for name, each in value.items()) or "nobody"
    if not isinstance(value, list):
        return str(value)
    more = f" and {len(value) - _NAMED} more" if len(value) > _NAMED else ""
    return f"{' + '.join(map(str, value[:_NAMED])) or 'nobody'}{more}"
