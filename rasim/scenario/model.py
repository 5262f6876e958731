"""What a scenario is: people, steps, expectations, a policy in words or by the files it names. Plain values.

`files.py` reads them from YAML, `play.py` lets them happen.
"""

from pathlib import Path

from attrs import field, frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats import read_policy_files
from rasim.policy import Firewall, Membership, Policy, printable
from rasim.protocol.choices import Choices
from rasim.protocol.rules import CONTROL
from rasim.protocol.vocabulary import Capability
from rasim.scenario.grammar import Spoken


@frozen
class Person:
    """Somebody who takes part: an expert, or (with a session) the user of that logon session."""

    name: str
    account: str
    uses: str | None = None


@frozen
class Do:
    """Somebody does something; `policy` comes with `applies policy`, `firewall` with `applies firewall`."""

    actor: str
    spoken: Spoken | None
    text: str
    where: Where
    policy: "PolicyText | None" = None
    firewall: Firewall | None = None


@frozen
class Wait:
    """Time passes."""

    microseconds: int
    where: Where


@frozen
class Expectation:
    """What must be so of a subject: one of `words` (several after `either`)."""

    subject: str
    words: tuple[str, ...]
    where: Where


@frozen
class Expect:
    """What must be so now; `because` is what the last refusal must name."""

    items: tuple[Expectation, ...]
    because: tuple[str, Where] | None
    where: Where


@frozen
class Together:
    """Steps at one moment: every order of them is played."""

    steps: tuple["Step", ...]
    where: Where


Step = Do | Wait | Expect | Together


@frozen
class PolicyText:
    """A policy as a scenario gives it: in words, or by the files it names (lowest precedence first)."""

    words: Policy | None
    files: tuple[str, ...]
    where: Where


@frozen
class Replay:
    """What a failure that was saved remembers beside its scenario: how it was played, and what failed.

    `beside` is the folder in which its policy files stand, seen from the saved file; `order` which order of what is `together`,
    counted from 1.
    """

    seed: int = 0
    order: int | None = None
    beside: str = ""
    of: str = ""
    failed: str = ""


@frozen
class Scenario:
    """A scenario as it was read."""

    name: str
    file: str
    policy: PolicyText
    membership: Membership
    people: tuple[Person, ...]
    os: str | None
    choices: Choices
    steps: tuple[Step, ...]
    capabilities: tuple[Capability, ...] = (CONTROL,)
    lines: tuple[str, ...] = field(default=(), repr=False)
    firewall: Firewall | None = None
    replay: Replay | None = None
    address: str | None = None  # where the experts are, for exceptions of the firewall with a scope

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


def policy_of(text: PolicyText, beside: Path) -> Policy:
    """Return the policy a scenario gives; its files are opened beside the scenario. PolicyFileError if one cannot be read."""
    if text.words is not None:
        return text.words
    contents = []
    for name in text.files:
        path = beside / name
        try:
            contents.append((str(path), path.read_bytes()))
        except (OSError, ValueError) as error:  # ValueError: a name that can be no file's
            reason = getattr(error, "strerror", None) or "cannot be opened"
            raise PolicyFileError(reason, Where(printable(str(path)))) from None
    return read_policy_files(contents)
