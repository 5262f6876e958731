"""The roads to the screen in words: a table of what is stated of each, and in a line those that need no yes of the user."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from rasim.document import blocks as doc
from rasim.errors import Where
from rasim.policy import RoadState
from rasim.words import listed

_ASKS: Final = {"yes": "yes", "no": "NO", "cannot tell": "cannot tell", None: ""}


def without_a_yes(roads: Iterable[RoadState]) -> str:
    """Return in a line which roads let somebody in without the user's yes, for certain or perhaps; empty where none does."""
    known = tuple(roads)
    surely = dict.fromkeys(road.road for road in known if road.unasked)
    perhaps = dict.fromkeys(road.road for road in known if road.perhaps_unasked and road.road not in surely)
    says = (("asks nobody" if len(surely) == 1 else "ask nobody", surely), ("may ask nobody", perhaps))
    return "; ".join(f"{listed(names)} {how}" for how, names in says if names)


def stated(roads: Iterable[RoadState], place: Callable[[Where | None], str | doc.Span]) -> Iterator[doc.Block]:
    """Yield what is stated of each road, with its places, and the names of those of which nothing is."""
    known = tuple(roads)
    rows = tuple(_row(road, place) for road in known if road.open != "not stated")
    if rows:
        yield doc.Table("", ("road", "open", "asks the user", "gives", "to", "because"), rows)
    if silent := [road.road for road in known if road.open == "not stated"]:
        yield doc.Para(f"Not stated, and so left to other policies and to the computer: {', '.join(silent)}.")


def _row(road: RoadState, place: Callable[[Where | None], str | doc.Span]) -> tuple[doc.Wording, ...]:
    tone: doc.Tone = "bad" if road.unasked else "unclear" if road.perhaps_unasked else "plain"
    why = (part for reason in road.because for part in ("; ", reason.says, _span(place(reason.where))))
    opened = doc.badge(road.open, tone)
    return road.road, opened, _ASKS[road.asks], road.gives, ", ".join(road.who), doc.join(*tuple(why)[1:])


def _span(said: str | doc.Span) -> doc.Span:
    return doc.place(said) if isinstance(said, str) else said
