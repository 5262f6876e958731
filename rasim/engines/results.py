"""What an engine may take, how far it is, and what it found: words that reports know without what the engines need."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import field, frozen

from rasim.engines.provers.proof import Proof
from rasim.verify.states.explore import Sofar
from rasim.verify.states.model import Model, Step

Engine = Literal["numpy", "numba"]


@frozen
class Budget:
    """How much may be taken, other work before included; None: as much as is needed. `memory` is in bytes."""

    states: int | None = None
    seconds: float | None = None
    memory: int | None = None
    spent: float = 0.0  # seconds that went before

    def over(self, states: int, seconds: float, memory: int = 0) -> str:
        """Return what of it is used up, in words; empty if nothing is."""
        if self.states is not None and states > self.states:
            return f"more than {self.states:,} states"
        if self.seconds is not None and seconds + self.spent > self.seconds:
            return f"more than {self.seconds:g} s"
        if self.memory is not None and memory > self.memory:
            return f"more than {self.memory:,} bytes"
        return ""


@frozen
class PartsDone:
    """How far work is that consists of parts: how many are done, of how many; None where nobody can say that before the end."""

    done: int
    many: int | None


Watch = Callable[[str, Sofar | PartsDone], None]
"""What is told now and then how far a model, or another part of a check, has come."""


@frozen
class Reached:
    """What a search found. `levels` has the number of states at each depth; `why` says why it is not complete.

    `states` and `transitions` are of the states that were taken one step further; `seen` counts also those that were only found.
    `trapped` is how many of them have no way to the state `root`, None if that was not asked.
    """

    model: Model = field(repr=False)
    engine: Engine
    complete: bool
    why: str
    states: int
    seen: int
    transitions: int
    levels: tuple[int, ...]
    seconds: float
    places: int
    trapped: int | None
    root: int | None
    depths: Any = field(repr=False, eq=False)  # an array of numpy's, which is not known here

    @property
    def depth(self) -> int:
        """Return the depth of the deepest state."""
        return max(len(self.levels) - 1, 0)


@frozen
class Alike:
    """What a search by symmetry found: how many states stand for all, and how many states and transitions that is in full."""

    model: Model = field(repr=False)
    complete: bool
    why: str
    kept: int
    states: int
    transitions: int
    depth: int
    seconds: float


@frozen
class LargeModel:
    """A large model as it was found, the name of the model in which its promises were asked, and what every way can lead to."""

    found: Reached | Alike
    asked_in: str
    root: str = ""


@frozen
class Proven:
    """The proof, and by promise the ways to counterexamples to it that can come about."""

    proof: Proof
    ways: Mapping[str, tuple[Step, ...]]
