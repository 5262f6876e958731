"""XML from other people's machines: elements as a stream, with their lines, and nothing that reaches outside the file.

A document type is refused (it could name entities, which is how CVE-2018-0878 read files), nothing is fetched, and what
could grow without bound (nesting, one piece of markup, one element that is kept) has a limit. The bytes are decoded here
by their byte-order mark: what the declaration says is data, and real reports declare utf-8 in UTF-16.
"""

import codecs
from collections.abc import Callable, Iterator
from typing import Final
from xml.parsers import expat

from attrs import Factory, define, evolve, frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import told_encoding
from rasim.words import printable

XmlPath = tuple[str, ...]
"""Names of elements from the root down, without namespaces."""

_CHUNK: Final = 1 << 16  # bytes fed at once
_DEEPEST: Final = 64  # elements inside each other
_LARGEST: Final = 1 << 20  # bytes of one piece of markup, characters of one text
_MOST: Final = 100_000  # elements inside one that is kept


@frozen
class XmlNode:
    """An element: its name and namespace, its own text, where it begins, what is inside it."""

    name: str
    space: str
    text: str
    where: Where
    children: tuple["XmlNode", ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> tuple["XmlNode", ...]:
        """Return the direct children with this name."""
        return tuple(child for child in self.children if child.name == name)

    def one(self, *path: str) -> "XmlNode | None":
        """Return the first element down this path of names, None if there is none."""
        node: XmlNode | None = self
        for name in path:
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def raw(self, *path: str) -> str:
        """Return the text of the first element down this path; empty if there is none."""
        node = self.one(*path)
        return "" if node is None else node.text

    def said(self, *path: str) -> str:
        """Return the same without blanks at its edges."""
        return self.raw(*path).strip()

    def attribute(self, name: str) -> str:
        """Return an attribute by its name without namespace; empty if there is none."""
        return next((value for key, value in self.attributes if key.rpartition(" ")[2] == name), "")


@define
class _Open:
    """An element that is not closed yet."""

    node: XmlNode
    kept: bool
    text: list[str] = Factory(list)
    length: int = 0
    children: list[XmlNode] = Factory(list)


def elements(data: bytes, file: str, whole: Callable[[XmlPath], bool]) -> Iterator[tuple[XmlPath, XmlNode]]:
    """Yield each element when it ends, with its path: one that `whole` picks with all inside it, any other bare.

    What is inside a picked element is not yielded again.

    Raises:
        PolicyFileError: no well-formed XML, a document type, or more than the limits above; with line and column.

    """
    return _Reader(data, file, whole).elements()


@define
class _Reader:
    data: bytes
    file: str
    whole: Callable[[XmlPath], bool]
    _path: list[str] = Factory(list)
    _open: list[_Open] = Factory(list)
    _done: list[tuple[XmlPath, XmlNode]] = Factory(list)
    _kept: int = 0

    def elements(self) -> Iterator[tuple[XmlPath, XmlNode]]:
        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: self._start(name, attributes, self._here(parser))
        parser.EndElementHandler = lambda _: self._end()
        parser.CharacterDataHandler = lambda text: self._characters(text, parser)
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse("a document type, which no report has", parser)
        fed = 0
        for chunk in (*self._chunks(), b""):
            fed += len(chunk)
            try:
                parser.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                place = Where(self.file, line=error.lineno, column=error.offset + 1)
                raise PolicyFileError(f"not well-formed XML: {expat.ErrorString(error.code)}", place) from None
            if fed - max(parser.CurrentByteIndex, 0) > _LARGEST:
                self._refuse(f"one piece of markup of more than {_LARGEST} bytes", parser)
            yield from self._done
            self._done.clear()

    def _chunks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8, piece by piece."""
        encoding, start = told_encoding(self.data)
        decoder = codecs.getincrementaldecoder(encoding)()
        for at in range(start, len(self.data), _CHUNK):
            piece = self.data[at : at + _CHUNK]
            try:
                yield decoder.decode(piece, at + _CHUNK >= len(self.data)).encode()
            except UnicodeDecodeError as error:
                place = Where(self.file, min(at + max(error.start, 0), len(self.data)))
                raise PolicyFileError(f"these bytes are not {encoding.upper()}", place) from None

    def _here(self, parser: expat.XMLParserType) -> Where:
        return Where(self.file, line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)

    def _refuse(self, why: str, parser: expat.XMLParserType) -> None:
        raise PolicyFileError(why, self._here(parser))

    def _start(self, name: str, attributes: dict[str, str], where: Where) -> None:
        if len(self._open) >= _DEEPEST:
            raise PolicyFileError(f"more than {_DEEPEST} elements inside each other", where)
        space, _, local = name.rpartition(" ")
        self._path.append(local)
        kept = bool(self._open and self._open[-1].kept) or self.whole(tuple(self._path))
        if kept:
            self._kept += 1
            if self._kept > _MOST:
                raise PolicyFileError(f"more than {_MOST} elements inside one", where)
        self._open.append(_Open(XmlNode(local, space, "", where, (), tuple(attributes.items())), kept))

    def _characters(self, text: str, parser: expat.XMLParserType) -> None:
        element = self._open[-1]
        element.length += len(text)
        if element.length > _LARGEST:
            self._refuse(f'a text of more than {_LARGEST} characters in "{printable(element.node.name)}"', parser)
        element.text.append(text)

    def _end(self) -> None:
        element, path = self._open.pop(), tuple(self._path)
        self._path.pop()
        node = evolve(element.node, text="".join(element.text), children=tuple(element.children))
        if element.kept and self._open and self._open[-1].kept:
            self._open[-1].children.append(node)
            return
        if element.kept:
            self._kept = 0
        self._done.append((path, node))
