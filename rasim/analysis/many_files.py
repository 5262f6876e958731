"""Many files of few contents: what a content means is found once, and told again for each file that has it, under its own name.

A fleet's exports are alike: fifty thousand files may have two hundred contents. A reader knows the name of a file only to say where
something stands, so a content is judged under a stand-in for the name, which no file can hold since it is made of the content's own
digest, and what comes of it is kept as a `Stencil`: pickled and packed, with a hole wherever the stand-in stood. `Files` is then a record a file
and a stencil a content; each `FileAudit` is made when it is asked for.
"""

import copyreg
import io
import pickle
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from sys import intern
from types import MappingProxyType
from typing import Any, Final, overload

from attrs import define, evolve, field, frozen

from rasim.analysis.file_audit import FileAudit
from rasim.directory.merging import Given
from rasim.policy.reach import Hearing

_DIGEST: Final = 16  # bytes: twice as many as two contents would need to meet by chance in any number of files


def digest_of(data: bytes) -> str:
    """Return what tells one content from another."""
    return blake2b(data, digest_size=_DIGEST, person=b"rasim audit").hexdigest()


OWN_NAME: Final = "rasim-file:"
"""Stands for no name: what was judged under its own."""


def stand_in_for(digest: str) -> str:
    """Return what stands for the name of a file of this content: it would have to hold its own digest to have it itself."""
    return f"{OWN_NAME}{digest}"


def stands_as_it_is(path: str) -> bool:
    """Tell whether a name is printed everywhere as it is: only then can it take the place of another."""
    return bool(path) and path.isprintable()


def _proxy(known: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(known)  # by its own name it cannot be found again


class _Holes(pickle.Pickler):
    """Pickles with holes: every text is kept aside, those with the stand-in to be filled in, the others to be shared by all contents."""

    dispatch_table = copyreg.dispatch_table.copy()
    dispatch_table[MappingProxyType] = lambda proxy: (_proxy, (dict(proxy),))

    def __init__(self, file: Any) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)

    def persistent_id(self, obj: Any) -> str | None:
        return (
            obj if type(obj) is str else None
        )  # the members of an enumeration are texts too, and are found by their names


class _Filled(pickle.Unpickler):
    """Unpickles, and writes a name into the holes."""

    def __init__(self, file: Any, stand_in: str, path: str) -> None:
        super().__init__(file)
        self._stand_in, self._path = stand_in, path

    def persistent_load(self, pid: str) -> str:
        return pid.replace(self._stand_in, self._path) if self._stand_in in pid else intern(pid)


@frozen
class Stencil:
    """What one content means, to be filled in with the name of a file; nothing but `of` made it, so it can be unpickled."""

    packed: bytes = field(repr=False)
    stand_in: str

    @classmethod
    def of(cls, audit: FileAudit, stand_in: str) -> "Stencil":
        """Return the stencil of what was judged under a stand-in; how each verdict about the firewall was heard is left out."""
        file = io.BytesIO()
        unheard = Hearing()
        _Holes(file).dump(evolve(audit, reach=tuple(evolve(each, heard=unheard) for each in audit.reach)))
        return cls(zlib.compress(file.getvalue(), 1), stand_in)

    def filled(self, path: str) -> FileAudit:
        """Return what a file of this name means."""
        audit: FileAudit = _Filled(io.BytesIO(zlib.decompress(self.packed)), self.stand_in, path).load()
        return audit


@frozen
class SameContent:
    """Files of one content: what the first of them means, their paths in order, and the stencil; None where there is one alone."""

    first: FileAudit
    paths: Sequence[str]
    stencil: Stencil | None = None

    def named(self, path: str) -> FileAudit:
        """Return what the file of this name means."""
        return self.first if self.stencil is None or path == self.first.path else self.stencil.filled(path)


class Files(Sequence[FileAudit]):
    """Files in the order in which they were given, those of one content kept as one."""

    def __init__(self, alike: Sequence[SameContent], of: Sequence[int], paths: Sequence[str]) -> None:
        """Take the contents, and of each file the number of its content and its path."""
        self.alike = tuple(alike)
        self.of = of
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, at: int) -> FileAudit: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[FileAudit]: ...
    def __getitem__(self, at: int | slice) -> FileAudit | Sequence[FileAudit]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(*at.indices(len(self))))
        return self.alike[self.of[at]].named(self.paths[at])

    @property
    def each(self) -> Iterator[tuple[SameContent, str]]:
        """Yield each file as its content and its path."""
        return ((self.alike[of], path) for of, path in zip(self.of, self.paths, strict=True))


def files_together(files: Iterable[FileAudit]) -> Files:
    """Return files with what tells those of one content; where nobody compared them each stands for itself."""
    if isinstance(files, Files):
        return files
    known = tuple(files)
    return Files([SameContent(each, (each.path,)) for each in known], range(len(known)), [each.path for each in known])


Answered = Callable[[], Stencil]
"""What a content means, perhaps still being found out by another process: calling it waits."""


@define
class Sorted:
    """Files on their way in, sorted by content; `judged` is asked once for each, and answers when it can."""

    judged: Callable[[Given, str], Answered]
    _of: "array[int]" = field(factory=lambda: array("L"))
    _paths: list[str] = field(factory=list)
    _kinds: list[tuple[Answered, list[str]]] = field(factory=list)
    _known: dict[str, int] = field(factory=dict)

    def add(self, given: Given) -> None:
        """Add what was given; what stands beside it decides what the folder of a group policy means, so it is like no other."""
        digest = digest_of(given.data) if isinstance(given.data, bytes) and stands_as_it_is(given.path) else ""
        number = self._known.get(digest, len(self._kinds))
        if number == len(self._kinds):
            self._kinds.append((self.judged(given, stand_in_for(digest)), []))
            if digest:
                self._known[digest] = number
        self._kinds[number][1].append(given.path)
        self._of.append(number)
        self._paths.append(given.path)

    def files(self) -> Files:
        """Return them all, once everything is answered."""
        alike = []
        for answered, paths in self._kinds:
            stencil = answered()
            name = (
                paths[0] if stencil.stand_in != OWN_NAME else OWN_NAME
            )  # what was judged under its own name is filled in with nothing
            alike.append(SameContent(stencil.filled(name), paths, stencil if len(paths) > 1 else None))
        return Files(alike, self._of, self._paths)
