"""The leaves of a review's argument: commands of rasim, what they answer, and the hash of that.

A leaf is a command line over the copied inputs, by paths relative to the review's folder, so that it says the same wherever the folder
stands. Its evidence is one file: the command, its exit code and its answer as JSON with sorted keys. `VARYING` is all that two runs of one
command may say differently; it is left out, here and nowhere else.

Commands are made from the inputs alone. One that a manifest names is compared with them and never run.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from attrs import field, frozen

from rasim.errors import Exit, UsageError
from rasim.words import as_typed, printable

VARYING: Final = ("seconds", "engine")
"""Keys of answers that are about the run and not about what was asked: how long it took, and what it took for it."""

SOMEBODY: Final = "REVIEW\\somebody"
"""An account that stands for everyone who is neither listed nor in a listed group."""

_ANSWERS: Final = (Exit.OK, Exit.FAILED, Exit.INCONCLUSIVE)


@frozen
class CommandOutput:
    """What a command left: its exit code, standard output, and standard error."""

    exit: int
    out: str
    err: str


Ask = Callable[[Sequence[str]], CommandOutput]


@frozen
class Leaf:
    """A command whose answer is evidence; `may_refuse` where it is about a name that may be none."""

    name: str
    arguments: tuple[str, ...]
    may_refuse: bool = False

    @property
    def command(self) -> str:
        """Return it as somebody types it in the folder of the review."""
        return " ".join(map(as_typed, ("rasim", *self.arguments)))

    @property
    def file(self) -> str:
        """Return where its evidence stands."""
        return f"evidence/{self.name}.json"


@frozen
class LeafEvidence:
    """The answer of a leaf, and the bytes of its file, which are made once."""

    leaf: Leaf
    exit: int
    answer: Any
    data: bytes = field(init=False, repr=False)
    digest: str = field(init=False)
    """The hash of its file, which `sha256sum` gives too."""

    @data.default
    def _made(self) -> bytes:
        said = {"command": self.leaf.command, "exit": self.exit, "answer": self.answer}
        return f"{json.dumps(said, indent=1, sort_keys=True)}\n".encode()

    @digest.default
    def _hashed(self) -> str:
        return sha256(self.data).hexdigest()


def gather_evidence(policies: Sequence[str], ask: Ask) -> dict[str, LeafEvidence]:
    """Ask every leaf there is for these policies, by name; who is asked about is known from what the audit answers.

    Raises:
        UsageError: one of them has no answer: an input cannot be read.

    """
    found = {leaf.name: _asked(leaf, ask) for leaf in _first_leaves(policies)}
    helpers = found["audit"].answer["files"][0]["policy"]["offer"]["helpers"]
    found.update((leaf.name, _asked(leaf, ask)) for leaf in _leaves_about(policies, helpers))
    return found


def _first_leaves(policies: Sequence[str]) -> Iterator[Leaf]:
    yield Leaf("audit", ("audit", "--as-one", *policies, "--format", "json"))
    yield Leaf("check", ("check", *policies, "--save", "", "--format", "json"))
    yield Leaf("choices", ("show", "choices", "--format", "json"))


def _leaves_about(policies: Sequence[str], helpers: Sequence[str]) -> Iterator[Leaf]:
    """Yield who may do what: everybody on the list, and somebody who is not."""
    for at, helper in enumerate(helpers, 1):
        for capability in ("offer", "control"):
            asked = ("--expert", helper, "--capability", capability, "--format", "json")
            yield Leaf(f"who-{at}-{capability}", ("explain", *policies, *asked), may_refuse=True)
    nowhere = tuple(word for helper in helpers for word in ("--not-member-of", helper))
    yield Leaf(
        "who-else", ("explain", *policies, "--expert", SOMEBODY, *nowhere, "--format", "json"), may_refuse=bool(helpers)
    )


def _asked(leaf: Leaf, ask: Ask) -> LeafEvidence:
    answered = ask(leaf.arguments)
    if answered.exit == Exit.INTERRUPTED:
        raise KeyboardInterrupt
    said = answered.err.strip().removeprefix("rasim: ")
    if answered.exit in _ANSWERS:
        return LeafEvidence(leaf, answered.exit, steady(json.loads(answered.out)))
    if answered.exit == Exit.USAGE and leaf.may_refuse:
        return LeafEvidence(leaf, answered.exit, {"error": said})
    if answered.exit in {Exit.USAGE, Exit.NOTHING}:
        raise UsageError(f"`{printable(leaf.command)}` has no answer: {said or 'nothing was read'}")
    raise RuntimeError(f"{leaf.command}: exit {answered.exit}: {said}")


def steady(answer: Any) -> Any:
    """Return an answer without what may differ from run to run."""
    if isinstance(answer, Mapping):
        return {key: steady(value) for key, value in answer.items() if key not in VARYING}
    return [steady(each) for each in answer] if isinstance(answer, list) else answer
