"""What a reader accepted although it is not as it should be: a remark for people, beside the entries.

Every reader has the shape `parse(data, file, remarks) -> Iterator[RegistryEntry]`: entries come as a stream, in file
order; a file that cannot be read raises `PolicyFileError` when the stream reaches the fault, and then nothing of the
stream may be used (R27). Remarks are appended to the list given, one for each kind of thing, not one for each line.
"""

from collections.abc import Callable, Iterator

from attrs import define, field, frozen

from rasim.errors import Where
from rasim.policy.registry import RegistryEntry


@frozen
class Remark:
    """A sentence about a file that was read in spite of something, and the first place where it shows."""

    message: str
    where: Where


@define
class Remarks:
    """Remarks in the order they arose; each message is kept once, at its first place."""

    _by_message: dict[str, Remark] = field(factory=dict)

    def add(self, message: str, where: Where) -> None:
        """Keep a remark unless the same was said before."""
        self._by_message.setdefault(message, Remark(message, where))

    def __iter__(self) -> Iterator[Remark]:
        return iter(self._by_message.values())


Parse = Callable[[bytes, str, Remarks], Iterator[RegistryEntry]]
"""The shape of a reader: the bytes of a file, its name for messages, and where remarks go."""
