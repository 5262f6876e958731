"""What a reader says beside entries: what it accepted although it is not as it should be, and whose policy it read.

Every reader has the shape `parse(data, file, remarks) -> Iterator[RegistryEntry]`: entries come as a stream, in file
order; a file that cannot be read raises `PolicyFileError` when the stream reaches the fault, and then nothing of the
stream may be used (R27). Remarks are appended to the list given, one for each kind of thing, not one for each line.
Writers say there what they had to say otherwise; what one cannot say at all is refused by `cannot`: nothing of a policy
is left out in silence.
"""

from collections.abc import Callable, Iterator
from typing import Literal, Never

from attrs import define, field, frozen

from rasim.errors import UsageError, Where
from rasim.policy.precedence import Gpo
from rasim.policy.registry import RegistryEntry
from rasim.words import printable

Topic = Literal["as read", "half disabled", "disagree", "planned"]


@frozen
class Remark:
    """A sentence about a file that was read or written in spite of something, and the first place where it shows.

    *Half disabled* says that the computer's half of a group policy is switched off, *disagree* that two files of one group
    policy say different things, *planned* that a resulting set says what would be.
    """

    message: str
    where: Where
    topic: Topic = "as read"


@define
class Remarks:
    """Remarks in the order they arose, each message once, at its first place; and what else a reader learned.

    `gpo` is the group policy that a file says it is of. `records` is how many records it has where those are not entries:
    a report holds policies of the editor, and each is told by several values or by none that rasim knows.
    """

    gpo: Gpo | None = None
    records: int | None = None
    _by_message: dict[str, Remark] = field(factory=dict)

    def add(self, message: str, where: Where, topic: Topic = "as read") -> None:
        """Keep a remark unless the same was said before."""
        self._by_message.setdefault(message, Remark(message, where, topic))

    def __iter__(self) -> Iterator[Remark]:
        return iter(self._by_message.values())


def cannot(entry: RegistryEntry, why: str) -> Never:
    """Refuse an entry that a format cannot hold, with its place, what it does, and to what.

    Raises:
        UsageError: always.

    """
    place = f"{entry.where}: " if entry.where.known else ""
    name = entry.spelling or entry.name
    what = f'{entry.action.value} "{printable(name)}"' if name else entry.action.value
    raise UsageError(f"{place}{what} at {printable(entry.key)} cannot be written: {why}")


Parse = Callable[[bytes, str, Remarks], Iterator[RegistryEntry]]
"""The shape of a reader: the bytes of a file, its name for messages, and where remarks go."""
