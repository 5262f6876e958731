"""The kinds of promises: what each asks, and of what. The promises themselves are `catalogue.py`, the witnesses `witnesses.py`.

`Always`: no line ever breaks it; it is broken by the line before which everything still was as promised. All of them share
one memory (`evidence.py`), so each is just a question: does this line, after what was seen, break it (`breaks`), or does
something last that should be over (`fails`)? `Within`: what begins must be over in time; the explorer asks it of every
state (the clock alone must end it), the judge of the times in a trace. `Sometimes`: a witness, the good thing that must be
possible, written as lines in their order; it keeps the promise that names it from being empty.

Some cannot be seen in a trace (`Reachable`, `EveryStep`, `Relation`): checked, not judged. Some cannot be seen in a model, in which
an id is one name and a clock is an event (`Traced`): judged, not checked.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from attrs import field, frozen

from rasim.protocol.choices import Choices
from rasim.protocol.lines import Line
from rasim.protocol.step import Outcome
from rasim.verify.promises import ongoing
from rasim.verify.promises.evidence import Evidence
from rasim.verify.promises.questions import Objection

Breaks = Callable[[Evidence, Line], Objection]
Fails = Callable[[Evidence], Objection]


def _words(words: str | frozenset[str]) -> frozenset[str]:
    return frozenset(words.split() if isinstance(words, str) else words)


@frozen
class Kept:
    """What every promise to be kept has: name, sentence, the cases it covers, its source, and its witnesses."""

    name: str
    says: str
    covers: tuple[str, ...]
    source: Literal["stated", "added"]
    witnesses: tuple[str, ...]
    presumes: Mapping[str, str] = field(factory=dict, hash=False, kw_only=True)
    needs: frozenset[str] = field(default="", kw_only=True, converter=_words)

    @property
    def kind(self) -> Literal["always", "within"]:
        """Return the kind of the promise."""
        return "always"


@frozen
class Always(Kept):
    """A promise that no line may break: `breaks(seen, line)` returns why a line breaks it, `fails(seen)` what lasts too long.

    `reads` are the events of the lines that `breaks` has to be asked about; `fails` is asked before lines: in a model before every
    one by which nothing ends, of a trace before those that give something (`questions.ends_nothing`, `questions.gives`).
    """

    breaks: Breaks | None = field(default=None, repr=False)
    reads: frozenset[str] = frozenset()
    fails: Fails | None = field(default=None, repr=False, kw_only=True)


@frozen
class Within(Kept):
    """A promise that what begins is over in time: `open(seen)` returns what goes on, each with a key of its own.

    `bound` is the choice that says how long, or *at once*: before anything else happens. The explorer asks it of every
    reachable state, in which the timers of the bound alone must end each of them.
    """

    open: ongoing.Open = field(repr=False)
    bound: str

    @property
    def kind(self) -> Literal["always", "within"]:
        """Return the kind of the promise."""
        return "within"


@frozen
class Reachable(Kept):
    """A promise that from every reachable state something can be brought about: `until(seen)` says whether it is.

    `by` are words of the kinds of events that must suffice for it; none: any.
    """

    until: Callable[[Evidence], bool] = field(repr=False)
    by: tuple[str, ...] = ()


@frozen
class Traced(Kept):
    """A promise that only a trace can show: `judge(choices)` makes what is asked about each line, after what was seen before it.

    `told_by` are events of no kind that a recorder names: of a trace without any of them it is not asked.
    """

    judge: Callable[[Choices], ongoing.Fold] = field(repr=False)
    told_by: frozenset[str] = field(default="", kw_only=True, converter=_words)


@frozen
class EveryStep(Kept):
    """A promise about each application of a row, which no trace can show: checked, not judged."""

    breaks: Callable[[Outcome], str | None] = field(repr=False)


@frozen
class Relation(Kept):
    """A promise that compares policies, which no trace of one can show: checked, not judged (`policies/reachable.py`)."""


@frozen
class Pattern:
    """A line of this event with these fields; the value `-` stands for a field that is absent."""

    event: str
    fields: tuple[tuple[str, str], ...] = ()

    def fits(self, line: Line) -> bool:
        """Return whether a line is such a line."""
        return line.event == self.event and all(str(line[name] or "-") == value for name, value in self.fields)


@frozen
class Sometimes:
    """A witness: lines that can occur in this order (others between them), without any of `never` in between."""

    name: str
    says: str
    path: tuple[Pattern, ...]
    never: tuple[Pattern, ...] = ()
    presumes: Mapping[str, str] = field(factory=dict, hash=False)
    kind: Literal["sometimes"] = "sometimes"

    def next(self, got: int, line: Line) -> int:
        """Return how many of the lines have been seen after this one."""
        if got < len(self.path) and self.path[got].fits(line):
            return got + 1
        if 0 < got < len(self.path) and any(pattern.fits(line) for pattern in self.never):
            return 0
        return got


AnyKept = Always | Within | Reachable | Traced | EveryStep | Relation
Promise = AnyKept | Sometimes


def presumes_another(promise: Kept | Sometimes, choices: Choices) -> bool:
    """Tell whether a promise presumes a choice with another value: then it is not promised."""
    values = choices.values()
    return any(values[name] != value for name, value in promise.presumes.items())
