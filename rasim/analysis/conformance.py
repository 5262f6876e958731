"""What was found when a product was tried: how much of what its adapter can do, which promise it broke and by which story, what failed.

*Broken*, *adapter failed* and *cannot do this* are three answers. *Kept* means as far as it was tried, and the answer says how far.
"""

from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from rasim.document.excerpt import Excerpt
from rasim.errors import Exit
from rasim.scenario import Scenario
from rasim.verify.promises.judge import Broken

_Verdict = Literal["kept", "broken", "cannot tell", "not asked"]


@frozen
class FailingStory:
    """The shortest story found in which a promise breaks: as a scenario, with what broke and the trace around it.

    `again` says whether it broke once more when the story was told again; a product that has no luck twice is still broken.
    """

    scenario: Scenario
    broken: Broken
    excerpt: Excerpt
    again: bool


@frozen
class TriedPromise:
    """A promise with its verdict over all stories; `needs` is what could not be told, or why it was not asked."""

    name: str
    verdict: _Verdict
    stories: int
    story: FailingStory | None = None
    needs: str = ""


@frozen
class AdapterFailure:
    """What the adapter, or what is around it, failed with, and in which story: no verdict on the product."""

    scenario: Scenario
    at: str
    says: str
    count: int


@frozen
class Conformance:
    """What was found.

    `situations` has of each setting each situation with how many acts are possible there and how many were tried; `cannot` what the
    adapter said it cannot do, with its reason; `seen` which events the product recorded at all.
    """

    adapter: str
    stories: int
    acts: int
    complete: bool
    seed: int
    situations: Mapping[tuple[str, str], tuple[int, int]]
    promises: tuple[TriedPromise, ...]
    failure: AdapterFailure | None
    cannot: tuple[tuple[str, str], ...]
    seen: frozenset[str]
    not_there: tuple[str, ...]

    @property
    def possible(self) -> int:
        """Return how many acts there are to try, each in each situation."""
        return sum(possible for possible, _ in self.situations.values())

    @property
    def tried(self) -> int:
        """Return how many of them were tried."""
        return sum(tried for _, tried in self.situations.values())

    @property
    def broken(self) -> tuple[TriedPromise, ...]:
        """Return the promises that the product broke."""
        return tuple(each for each in self.promises if each.verdict == "broken")

    @property
    def idle(self) -> bool:
        """Return whether nobody was ever connected: then nothing that matters was tried."""
        return "connection_opened" not in self.seen

    @property
    def verdict(self) -> Literal["kept", "broken", "adapter failed"]:
        """Return the verdict of all; of a product that never connects anybody there is none."""
        return "broken" if self.broken else "adapter failed" if self.failure is not None or self.idle else "kept"

    @property
    def exit_code(self) -> Exit:
        """Return the exit code: 1 broken; 4 nothing could be tried; 3 the adapter failed, something cannot be told, or not all was tried."""
        if self.broken:
            return Exit.FAILED
        if not self.seen and self.failure is None:  # of every story it said that it cannot do it
            return Exit.NOTHING
        open_ = any(each.verdict == "cannot tell" for each in self.promises)
        return Exit.INCONCLUSIVE if self.verdict != "kept" or open_ or not self.complete else Exit.OK
