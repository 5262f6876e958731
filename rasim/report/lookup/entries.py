"""One thing that has a name: what `rasim show NAME` says of it, on one screen.

Every registry of rasim is read as such entries; nothing is kept here. What refers to what is told by the entries themselves: an id
that stands in a sentence, and the names in `refers`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import field, frozen

_IDS: Final = re.compile(r"\b(?:RA\d{3}|[RASLFM]\d{1,2}b?|case-\d\d|road-\d+)\b")
_PARTED: Final = re.compile(r"[\s_-]+")


def folded(name: str) -> str:
    """Return the form in which names compare here: no letter case, no blanks, hyphens and underscores."""
    return _PARTED.sub("", name).casefold()


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


@frozen
class Entry:
    """A name of a kind, its sentence, what more there is to say, an example; `also` are further names that it answers to.

    `refers` are the names that it speaks of, a kind before them where a letter has two meanings: `privacy A6`.
    """

    kind: str
    name: str
    says: str
    facts: tuple[tuple[str, str], ...] = ()
    example: str = ""
    also: tuple[str, ...] = field(default=(), converter=_names)
    refers: tuple[str, ...] = field(default=(), converter=_names)

    @property
    def names(self) -> frozenset[str]:
        """Return all that it answers to, folded."""
        return frozenset(map(folded, (self.name, *self.also)))

    @property
    def referred(self) -> Iterator[str]:
        """Yield what it speaks of, folded; a letter A in a sentence is a reading, where `refers` says nothing else."""
        yield from map(folded, self.refers)
        told = {name.rpartition(" ")[2] for name in self.refers}
        for text in (self.says, *(says for _, says in self.facts)):
            for name in _IDS.findall(text):
                if name not in told:
                    yield folded(f"reading {name}" if name[0] == "A" else name)


def facts_told(*facts: tuple[str, str | Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """Return the facts of which something is told; several names stand one after the other."""
    joined = ((name, says if isinstance(says, str) else ", ".join(says)) for name, says in facts)
    return tuple((name, says) for name, says in joined if says)
