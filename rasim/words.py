"""What every answer puts into words in the same way: a name from outside, a count, the nearest known word, a place.

These are the house's only words for them. A message is made where it is raised and an answer where it is given; both ask here,
so that the same place is never `offset 8` on one page and `line 8` on another.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from shlex import quote

from rasim.errors import Where


def printable(text: str) -> str:
    """Return `text` with everything that has no picture of its own as `<U+200B>`.

    Control characters, lone halves of surrogate pairs, and the invisible marks that turn or hide text (R51): a name from a file
    that is printed raw can move the cursor or hide a letter.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in text)


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return a count with its noun, in the plural but for one: `1 file`, `1,200 entries`."""
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"


def some(names: Iterable[str], most: int = 3, many: int | None = None) -> str:
    """Return names one after the other, the first of many and how many more there are: `a, b, c and 2 more`.

    `many` is how many there are, where they are not all to be made for that.
    """
    known = tuple(names if many is None else islice(names, most))
    shown = known[:most]
    more = (len(known) if many is None else many) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def by_verdict(blamed: Mapping[str, Iterable[str]], rest: str) -> str:
    """Return what is so: of each verdict that is not good whose it is, and then the rest; never a count alone."""
    return "; ".join((*(f"{verdict}: {some(names)}" for verdict, names in blamed.items()), *filter(None, (rest,))))


def listed(names: Iterable[str]) -> str:
    """Return all names one after the other: `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def as_typed(word: str) -> str:
    """Return a word of a command line as it is typed: in quotes that every shell knows, in a POSIX shell's for what could do something there."""
    quiet = re.fullmatch(r"[\w .,:=/@&()'*+-]*(\\[\w .,:=/@&()'*+-]+)*", word)
    return word if word and word == quote(word) else f'"{word}"' if quiet else quote(word)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the question whether the known word is meant that is most like it, in any letter case; nothing where none is near."""
    folded = {each.casefold(): each for each in reversed(tuple(known))}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return f"did you mean `{folded[close[0]]}`?" if close else ""


def hint(word: str, known: Iterable[str]) -> str:
    """Return what may help whoever wrote an unknown word: the nearest known one, else all of them, else that there is none."""
    known = tuple(known)
    return did_you_mean(word, known) or (f"known: {', '.join(known)}" if known else "there is none")


def not_called(what: str, name: str, known: Iterable[str]) -> str:
    """Return the message about a name that is not known: no profile is called 'x'; did you mean `y`?."""
    return f"{what} is called {printable(name)!r}; {hint(name, known)}"


def placed(where: Where | None) -> str:
    """Return a place with its file: `a.pol: offset 8`, `a.reg:3:1`; nothing where none is known."""
    return printable(str(where)) if where is not None and where.known else ""


def place_in_file(where: Where | None) -> str:
    """Return a place for a reader who knows the file: `offset 8`, `line 3`, in JSON `line 3, /a/0`, or nothing."""
    if where is None:
        return ""
    if where.offset is not None:
        return f"offset {where.offset}"
    pointer = f", {printable(where.pointer)}" if where.pointer else ""
    return "" if where.line is None else f"line {where.line}{pointer}"
