"""JSON from other people's machines: a tree whose nodes know their place, as a JSON pointer and as a line.

`nodes_of` reads a text with Python's own decoder, which has no places: its scanner is given an object and an array that note where they
begin and how deep they are. A text that breaks off, a name that stands twice in one object (each reader takes another one), what is nested
deeper than any export, and NaN refuse the file. Numbers stay the texts they are. No library that is kept gives places and refuses names that
stand twice.
"""

import json.decoder
import json.scanner
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import define, field, frozen

from rasim.errors import PolicyFileError, Where
from rasim.words import printable

_LARGEST: Final = 64 << 20  # characters of a text; an export of a tenant has a few million
_DEEPEST: Final = 64  # objects and arrays inside each other


class JsonNumber(str):
    """A number as it is written."""

    __slots__ = ()


@frozen
class _Object:
    at: int
    members: Mapping[str, Any]


@frozen
class _Array:
    at: int
    items: list[Any]


@define
class _Text:
    """The text, whose it is, and where its lines begin."""

    file: str
    text: str
    _starts: list[int] = field(factory=list)

    def where(self, at: int, pointer: str = "") -> Where:
        if not self._starts:
            self._starts = [0, *(place + 1 for place, letter in enumerate(self.text) if letter == "\n")]
        line = bisect_right(self._starts, at)
        return Where(self.file, line=line, column=at - self._starts[line - 1] + 1, pointer=pointer)


@frozen(eq=False)
class JsonNode:
    """A value with its place: that of the object or list it is, or stands in, and its own pointer."""

    value: Any
    pointer: str
    at: int
    text: _Text = field(repr=False)

    @property
    def where(self) -> Where:
        """Its place."""
        return self.text.where(self.at, self.pointer or "/")

    def get(self, name: str) -> "JsonNode | None":
        """Return a member of an object; None where there is none, or null, or this is no object."""
        value = self.value.members.get(name) if isinstance(self.value, _Object) else None
        return None if value is None else self._below(name, value)

    def members(self) -> Iterator[tuple[str, "JsonNode"]]:
        """Yield what an object has, by name."""
        if isinstance(self.value, _Object):
            yield from ((name, self._below(name, value)) for name, value in self.value.members.items())

    def items(self) -> Iterator["JsonNode"]:
        """Yield what a list has."""
        if isinstance(self.value, _Array):
            yield from (self._below(str(at), value) for at, value in enumerate(self.value.items))

    @property
    def said(self) -> str | None:
        """What a text, a number or a truth says; None of all else."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return str(self.value) if isinstance(self.value, str) else None

    def says(self, name: str) -> str:
        """Return what a member says, nothing where there is none."""
        node = self.get(name)
        return "" if node is None else node.said or ""

    def _below(self, name: str, value: Any) -> "JsonNode":
        at = value.at if isinstance(value, _Object | _Array) else self.at
        return JsonNode(value, f"{self.pointer}/{name.replace('~', '~0').replace('/', '~1')}", at, self.text)


def nodes_of(text: str, file: str) -> JsonNode:
    """Return the root of a JSON text.

    Raises:
        PolicyFileError: no JSON, a name that stands twice, or more than the limits; with line and column.

    """
    whole = _Text(file, text)
    if len(text) > _LARGEST:
        raise PolicyFileError(f"a JSON text of more than {_LARGEST >> 20} million characters", Where(file, line=1))
    try:
        value = _Decoder(whole).decode(text)
    except json.JSONDecodeError as error:
        raise PolicyFileError(f"not JSON: {error.msg}", whole.where(error.pos)) from None
    return JsonNode(value, "", getattr(value, "at", 0), whole)


class _Decoder(json.JSONDecoder):
    """Python's decoder, with objects and arrays that know where they begin; its scanner in Python asks for these by name."""

    def __init__(self, text: _Text) -> None:
        super().__init__(parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=self._constant)
        self._text, self._depth = text, 0
        ours: Any = self
        ours.parse_object, ours.parse_array = self._object, self._array
        ours.scan_once = json.scanner.py_make_scanner(ours)  # type: ignore[attr-defined]

    def _object(self, begins: tuple[str, int], strict: bool, scan: Any, *rest: Any) -> tuple[_Object, int]:
        at, memo = begins[1] - 1, rest[-1]
        self._enter(at)
        made = json.decoder.JSONObject(begins, strict, scan, None, list, memo)  # type: ignore[attr-defined]
        self._depth -= 1
        members: dict[str, Any] = {}
        for name, value in made[0]:
            if name in members:
                raise PolicyFileError(f'"{printable(name[:60])}" stands twice in one object', self._text.where(at))
            members[name] = value
        return _Object(at, members), made[1]

    def _array(self, begins: tuple[str, int], scan: Any, *rest: Any) -> tuple[_Array, int]:
        at = begins[1] - 1
        self._enter(at)
        items, end = json.decoder.JSONArray(begins, scan, *rest)  # type: ignore[attr-defined]
        self._depth -= 1
        return _Array(at, items), end

    def _enter(self, at: int) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PolicyFileError(f"more than {_DEEPEST} objects and lists inside each other", self._text.where(at))

    def _constant(self, name: str) -> Any:
        raise PolicyFileError(f"not JSON: {name}", Where(self._text.file, line=1))
