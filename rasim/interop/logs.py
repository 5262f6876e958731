"""A log of another product, line by line, as trace lines: each with the number of the log's line that it was made of.

`read_log(lines, mapping)` gives what `rasim.protocol.trace_text.read_trace` gives of a trace, and refuses as it does. A line of a log of
which no rule of the mapping speaks is an error: nothing is passed over that nobody named.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from attrs import define, field

from rasim.doors import doors
from rasim.errors import TraceError, Where
from rasim.interop.mapping import LINE_NUMBER, LogMapping, LogRule, load_mapping, read_mapping
from rasim.interop.templates import one_blank
from rasim.protocol.lines import Recorded
from rasim.protocol.trace_text import LONGEST, WrongLine, read_numbered, read_object
from rasim.words import did_you_mean, printable

__all__ = ["LatestLine", "LogMapping", "load_mapping", "mapped", "read_log", "read_mapping"]

_NUMBER: Final = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
_DECIMALS: Final = {"s": 0, "ms": 3, "us": 6}
_SHOWN: Final = 80
Numbered = Iterator[tuple[int, dict[str, Any] | WrongLine]]


@define
class LatestLine:
    """The line of a log that was read last: its number, its text, and what it says by the mapping."""

    number: int = 0
    text: str = ""
    says: str = ""


def read_log(
    lines: Iterable[str], mapping: LogMapping, file: str = "", latest: LatestLine | None = None
) -> Iterator[tuple[int, Recorded]]:
    """Yield the lines of a trace that a log comes to, each with the number of the log's line that it was made of.

    `latest` is told of each line of the log before what comes of it is yielded.

    Raises:
        TraceError: a line of the log is not understood, or what comes of it is no trace line; its `more` are the mistakes after that.

    """
    return read_numbered(_Log(mapping, latest or LatestLine()).mapped(lines), file)


def mapped(lines: Iterable[str], mapping: LogMapping, file: str = "") -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects that a log comes to, before they are read as trace lines. Raises TraceError at the first mistake."""
    for number, line in _Log(mapping).mapped(lines):
        if isinstance(line, WrongLine):
            raise TraceError(str(line), Where(file, line=number))
        yield number, line


@define
class _Entry:
    """A line of a log: its text, and its fields as soon as a rule asks for them."""

    number: int
    text: str
    of_json: bool
    fields: dict[str, Any] | None = None

    def get(self, name: str) -> str | None:
        """Return a field as text, by its own name or by a way with dots; None where none is, or more than one text."""
        if self.fields is None:
            self.fields = read_object(self.text, "a line of the log") if self.of_json else {}
        found: Any = self.fields
        for part in (name,) if name in self.fields else name.split("."):
            if isinstance(found, list) and part.isdecimal() and len(part) < 6 and int(part) < len(found):
                found = found[int(part)]
            elif isinstance(found, dict) and part in found:
                found = found[part]
            else:
                return None
        if isinstance(found, bool):
            return "true" if found else "false"
        return str(found) if isinstance(found, str | int | Decimal) else None


@define
class _Log:
    """A log on its way through a mapping, and what has to be remembered of it: its clock's first time, and where ids began."""

    mapping: LogMapping
    latest: LatestLine = field(factory=LatestLine)
    seq: int = field(default=0, init=False)
    begun: dict[tuple[str, str], int] = field(factory=dict, init=False)
    first: Any = field(default=None, init=False)
    now: Decimal | None = field(default=None, init=False)

    def mapped(self, lines: Iterable[str]) -> Numbered:
        number = 0
        for number, entry in self._entries(lines):
            self.latest.number = number
            try:
                if isinstance(entry, WrongLine):
                    raise entry
                written = list(self._written(entry))
            except WrongLine as wrong:
                yield number, wrong
                continue
            if written and not self.seq:
                yield from self._begin(number)
            for each in written:
                yield number, self._line(each)
        if number and not self.seq:
            yield from self._begin(number)
        if number and self.mapping.whole:
            yield number, self._line({"event": "recording_ended"})

    def _begin(self, number: int) -> Numbered:
        if self.now is None and self.mapping.time is not None:
            self.now = Decimal(0)
        yield number, self._line({"event": "recorder", "records": list(self.mapping.records)})
        for each in self.mapping.begin:
            yield number, self._line(each.filled(str))

    def _line(self, written: dict[str, Any]) -> dict[str, Any]:
        self.seq += 1
        return {"seq": self.seq, **({} if self.now is None else {"t": self.now}), **written}

    # -- one line

    def _written(self, entry: _Entry) -> Iterator[dict[str, Any]]:
        rule, found = self._rule(entry)
        self.latest.text, self.latest.says = _short(entry.text), rule.says
        if not rule.writes:
            return

        def value(name: str) -> str:
            if name in found:
                return found[name]
            if name == LINE_NUMBER:
                return str(entry.number)
            if name in self.mapping.ids:
                return str(self.begun.setdefault((name, self.mapping.ids[name].filled(value)), entry.number))
            told = entry.get(name)
            if told is None:
                raise WrongLine(f"`{{{_short(name)}}}` is needed, and is not in this line")
            return told

        for name in rule.begins:
            self.begun[name, self.mapping.ids[name].filled(value)] = entry.number
        if self.mapping.time is not None:
            template, unit = self.mapping.time
            self.now = self._since_first(template.filled(value), unit)
        for each in rule.writes:
            yield each.filled(value)

    def _rule(self, entry: _Entry) -> tuple[LogRule, dict[str, str]]:
        """Return the first rule that fits, and what its names are."""
        for rule in self.mapping.rules:
            found = _fits(rule, entry)
            if found is not None:
                return rule, found
        raise WrongLine(f"no rule of the mapping speaks of this line: {_short(entry.text)}")

    def _since_first(self, text: str, unit: str) -> Decimal:
        """Return the seconds since the first line that was written."""
        if unit != "iso":
            if not _NUMBER.fullmatch(text):
                raise WrongLine(f"{_short(text)} is no number, and no time in {unit}")
            moment = Decimal(text)
            self.first = moment if self.first is None else self.first
            return Decimal(round((moment - self.first).scaleb(-_DECIMALS[unit]), 6))
        try:
            when = datetime.fromisoformat(text)
            self.first = when if self.first is None else self.first
            passed = when - self.first
        except (ValueError, TypeError, OverflowError):  # a TypeError: only one of the two says its zone
            raise WrongLine(
                f"{_short(text)} is no time as in 2026-11-29T10:00:00Z, or not as the first one is"
            ) from None
        return (Decimal(passed.days * 86_400 + passed.seconds) + Decimal(passed.microseconds).scaleb(-6)).normalize()

    # -- the lines of a log

    def _entries(self, lines: Iterable[str]) -> Iterator[tuple[int, _Entry | WrongLine]]:
        if self.mapping.format == "csv":
            yield from self._rows(lines)
            return
        of_json = self.mapping.format == "json lines"
        for number, line in enumerate(lines, 1):
            text = line.rstrip("\r\n")
            if len(text) > LONGEST:
                yield number, WrongLine(f"longer than {LONGEST} characters")
                continue
            if self.mapping.one_blank:
                text = one_blank(text)
            if text and not text.isspace():
                yield number, _Entry(number, text, of_json)

    def _rows(self, lines: Iterable[str]) -> Iterator[tuple[int, _Entry | WrongLine]]:
        """Yield the rows of CSV; each has the number of the line that it begins in. After what is no CSV none can be told any more."""
        rows = csv.reader(map(_bounded, lines), delimiter=self.mapping.delimiter, strict=True)
        header, number = self.mapping.header, 1
        try:
            for row in rows:
                if row and not header:
                    header = tuple(row)
                    self._look_at(header)
                elif row and len(row) != len(header):
                    yield number, WrongLine(f"a row of {len(row)} where there are {len(header)} columns")
                elif row:
                    fields = dict(zip(header, row, strict=True))
                    yield number, _Entry(number, self.mapping.delimiter.join(row), of_json=False, fields=fields)
                number = rows.line_num + 1
        except csv.Error as error:
            yield number, WrongLine(f"no CSV: {error}")
        except WrongLine as wrong:
            yield number, wrong

    def _look_at(self, header: tuple[str, ...]) -> None:
        """Refuse a header in which a column stands twice, or one is missing that the mapping asks."""
        twice = [f"the column {_short(name)} stands twice" for at, name in enumerate(header) if name in header[:at]]
        missing = [name for name in dict.fromkeys(self._asked()) if name not in header]
        meant = [f"no column is called `{_short(name)}`{_like(name, header)}" for name in missing]
        if twice or missing:
            raise WrongLine(*twice, *meant)

    def _asked(self) -> Iterator[str]:
        """Yield the columns that the mapping asks."""
        for rule in self.mapping.rules:
            own = {LINE_NUMBER, *self.mapping.ids, *(name for _, each in rule.fields for t in each for name in t.names)}
            yield from (name for name, _ in rule.fields)
            yield from sorted(rule.uses(self.mapping.ids, self.mapping.time) - own)


def _fits(rule: LogRule, entry: _Entry) -> dict[str, str] | None:
    """Return what a rule's names are in a line; None if the line is none of the rule's."""
    if rule.text is not None:
        return rule.text.found_in(entry.text)
    found: dict[str, str] = {}
    for name, templates in rule.fields:
        told = entry.get(name)
        fits = None if told is None else next((f for t in templates if (f := t.found_in(told)) is not None), None)
        if fits is None:
            return None
        found.update(fits)
    return found


def _bounded(line: str) -> str:
    if len(line) > LONGEST:
        raise WrongLine(f"longer than {LONGEST} characters")
    return line


def _like(name: str, known: Iterable[str]) -> str:
    meant = did_you_mean(name, known)
    return meant and f"; {meant}"


def _short(text: str) -> str:
    return printable(text if len(text) < _SHOWN else f"{text[:_SHOWN]}…")


doors(globals())
