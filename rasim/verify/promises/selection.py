"""Which promises a trace is asked: all of them, some by name or by group, or all but some, each left out with a reason.

A group is *stated* or *added* (where the promise comes from), or a kind of lines (`prompts`, `input`, ...): the promises that need
such lines. What is chosen by its own name has to be answered: where it cannot be asked the verdict is *cannot tell*.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import field, frozen

from rasim.errors import UsageError
from rasim.protocol.lines import RECORD_KINDS
from rasim.verify.promises.catalogue import KEPT
from rasim.verify.promises.kinds import Always, Traced, Within
from rasim.words import not_called

ASKABLE: Final = {each.name: each for each in KEPT if isinstance(each, Always | Within | Traced)}
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    **{source: tuple(p.name for p in ASKABLE.values() if p.source == source) for source in ("stated", "added")},
    **{kind: names for kind in RECORD_KINDS if (names := tuple(p.name for p in ASKABLE.values() if kind in p.needs))},
}


@frozen
class Selection:
    """Promises that are not asked, each with the reason; and those that were asked for by their own name."""

    left_out: Mapping[str, str] = field(factory=dict, hash=False)
    named: frozenset[str] = frozenset()


ALL: Final = Selection()


def choose(only: Iterable[str] = (), without: Mapping[str, str] | None = None) -> Selection:
    """Return what is asked: the promises of `only` (all, if there are none), but not those of `without`, which say why not.

    Raises:
        UsageError: no promise and no group is called so, a promise is checked and not judged, a reason is empty, nothing is left.

    """
    only, without = tuple(only), without or {}
    wanted = [name for each in only for name in _names(each)]
    left_out = {} if not only else dict.fromkeys((name for name in ASKABLE if name not in wanted), "not chosen")
    for each, reason in without.items():
        if not reason.strip():
            raise UsageError(f"without {each}: say why")
        left_out |= dict.fromkeys(_names(each), f"left out: {reason}")
    if left_out.keys() >= ASKABLE.keys():
        raise UsageError("no promise is left to be asked")
    return Selection(left_out, frozenset(only) & (ASKABLE.keys() - left_out.keys()))


def _names(word: str) -> tuple[str, ...]:
    if word in GROUPS:
        return GROUPS[word]
    if word in ASKABLE:
        return (word,)
    if any(promise.name == word for promise in KEPT):
        raise UsageError(f"{word} is checked over all states and cannot be asked of a trace")
    raise UsageError(not_called("no promise and no group of promises", word, (*ASKABLE, *GROUPS)))
