"""What a scenario is: people, steps, expectations, a policy and a firewall as they were said. Plain values.

`reader.py` reads them from YAML and `writer.py` writes them; `play.py` lets them happen. Where something stood, and remarks beside
it, are no part of what a scenario says: two that say the same are equal.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats import read_policy_files
from rasim.inputs import read_file
from rasim.policy import NAMED, Firewall, Membership, Policy
from rasim.policy.firewall import FIREWALL_WORDS, PROGRAMS, SWITCHES
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.rules import CONTROL
from rasim.protocol.vocabulary import Capability, further
from rasim.scenario.grammar import Spoken

NOWHERE: Final = Where()


@frozen
class Person:
    """Somebody who takes part: an expert, or (with a session) the user of that logon session."""

    name: str
    account: str
    uses: str | None = None


@frozen
class PolicyText:
    """A policy as a scenario gives it: its words as they were said, or the files it names (lowest precedence first).

    Raises:
        UsageError: as `Policy.of` does.

    """

    said: Mapping[str, Any] = field(hash=False)
    where: Where = field(default=NOWHERE, eq=False)
    words: Policy | None = field(init=False, eq=False, repr=False)

    @words.default
    def _words(self) -> Policy | None:
        return None if "files" in self.said else Policy.of(**self.said)

    @property
    def files(self) -> tuple[str, ...]:
        """Return the files that are named."""
        return tuple(self.said.get("files", ()))


@frozen
class FirewallText:
    """A firewall as a scenario gives it: its words as they were said, the strings under `ports` and `programs`, and what all mean."""

    said: Mapping[str, str] = field(hash=False)
    ports: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    remark: str = field(default="", eq=False)
    meant: Firewall = field(init=False, eq=False, repr=False)

    @meant.default
    def _meant(self) -> Firewall:
        # A firewall that is spoken of is on unless it is said to be off.
        switches: dict[str, Any] = {"protection": "enabled"} if self.said else {}
        ports, programs = [], []
        for name, word in self.said.items():
            meant = FIREWALL_WORDS[name if name in FIREWALL_WORDS else "port"][word]
            if name in SWITCHES:
                switches[SWITCHES[name]] = meant
            elif meant and name in PROGRAMS:
                programs.append(NAMED[name].replace(":Enabled:", f":{meant}:"))
            elif meant:
                number, transport = name.split()
                ports.append(f"{number}:{transport.upper()}:*:{meant}:{name}")
        return Firewall.of(ports=(*ports, *self.ports), programs=(*programs, *self.programs), **switches)


@frozen
class Do:
    """Somebody does something: in words, or by applying a policy, a firewall, or both."""

    actor: str
    spoken: Spoken | None
    where: Where = field(default=NOWHERE, eq=False)
    policy: PolicyText | None = None
    firewall: FirewallText | None = None
    remark: str = field(default="", eq=False)

    @property
    def text(self) -> str:
        """Return what is done as a step says it, without what is applied."""
        if self.spoken is not None:
            return self.spoken.text
        applied = {"applies policy": self.policy, "applies firewall": self.firewall}
        return " and ".join(name for name, what in applied.items() if what is not None)


@frozen
class Wait:
    """Time passes."""

    microseconds: int
    where: Where = field(default=NOWHERE, eq=False)


@frozen
class Expectation:
    """What must be so of a subject: one of `words` (several after `either`)."""

    subject: str
    words: tuple[str, ...]
    where: Where = field(default=NOWHERE, eq=False)


@frozen
class Expect:
    """What must be so now; `because` is what the last refusal must name."""

    items: tuple[Expectation, ...]
    because: Expectation | None = None
    where: Where = field(default=NOWHERE, eq=False)


@frozen
class Together:
    """Steps at one moment: every order of them is played."""

    steps: tuple["ScenarioStep", ...]
    where: Where = field(default=NOWHERE, eq=False)


ScenarioStep = Do | Wait | Expect | Together


@frozen
class Replay:
    """What a failure that was saved remembers beside its scenario: how it was played, and what failed.

    `beside` is the folder in which its policy files stand, seen from the saved file; `order` which order of what is `together`,
    counted from 1; `tape` the choices of the run, as `Tape.read` reads them; `every_order` those of one played by `--every-order`.
    """

    of: str = ""
    beside: str = ""
    seed: int = 0
    failed: str = ""
    order: int | None = None
    tape: str = ""
    every_order: str | None = None


@frozen
class Scenario:
    """A scenario: what `rasim run` plays."""

    name: str
    policy: PolicyText
    people: tuple[Person, ...]
    steps: tuple[ScenarioStep, ...]
    file: str = field(default="", eq=False)
    membership: Membership = field(factory=Membership)
    os: str | None = None
    address: str | None = None  # where the experts are, for exceptions of the firewall with a scope
    firewall: FirewallText | None = None
    choices: Choices = STRICT
    replay: Replay | None = None
    lines: tuple[str, ...] = field(default=(), repr=False, eq=False)
    remark: str = field(default="", eq=False)

    @property
    def folder(self) -> Path:
        """Return the folder in which the policy files that it names stand."""
        return Path(self.file).parent / (self.replay.beside if self.replay is not None else "")

    @property
    def experts(self) -> dict[str, str]:
        """Return the experts' accounts by name."""
        return {p.name: p.account for p in self.people if p.uses is None}

    @property
    def users(self) -> dict[str, Person]:
        """Return the users by name."""
        return {p.name: p for p in self.people if p.uses is not None}

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """Return control and the further capabilities that its steps speak of."""
        spoken = [step.spoken for step in every_step(self.steps) if isinstance(step, Do) and step.spoken is not None]
        more = dict.fromkeys(each.slot("capability") for each in spoken)
        return (CONTROL, *(further(name) for name in more if name not in (None, "control")))


def every_step(steps: Iterable[ScenarioStep]) -> Iterator[ScenarioStep]:
    """Yield all steps, what is together after the step that holds it."""
    for step in steps:
        yield step
        if isinstance(step, Together):
            yield from every_step(step.steps)


def policy_beside(text: PolicyText, scenario: Scenario) -> Policy:
    """Return the policy a scenario gives; its files are opened beside it.

    Of a file that is not in its folder nothing is told but that it is no policy file: a scenario may be anybody's.

    Raises:
        PolicyFileError: one cannot be read.

    """
    if text.words is not None:
        return text.words
    read = [(path, read_file(path, PolicyFileError)) for path in (str(scenario.folder / name) for name in text.files)]
    try:
        return read_policy_files(read)
    except PolicyFileError as error:
        own = Path(scenario.file).resolve().parent
        if all(Path(path).resolve().is_relative_to(own) for path, _ in read):
            raise
        where = Where(error.where.file)
        raise PolicyFileError(
            "no policy file; as it is not in the scenario's folder, rasim audit says why", where
        ) from None
