"""Mapping files: how lines of another product's log become trace lines. YAML text in, a `LogMapping` out, or every mistake at once.

The file is read as scenarios are (rasim.inputs): words with their places, nothing evaluated, no regular expressions. `logs.py` puts a
log through it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, cast, get_args

from attrs import define, evolve, field, frozen

from rasim.inputs import ListNode, MapNode, Node, Reading, Word, read_file, text_of
from rasim.interop.templates import Template, one_blank, template
from rasim.protocol.lines import AUDIT_KINDS, LINES, RECORD_KINDS, VALUES
from rasim.protocol.trace_text import WrongLine, recorded_from
from rasim.verify.promises.judge import JudgedTrace, Untold
from rasim.verify.promises.selection import ASKABLE

LogFormat = Literal["json lines", "csv", "text"]
Spelled = Template | tuple[Template, ...] | tuple[tuple[Template, tuple[Template, ...]], ...]

LINE_NUMBER: Final = "#"  # `{#}`: the number of the log's line
UNITS: Final = ("s", "ms", "us", "iso")
_LARGEST: Final = 1 << 20
MAPPING_PARTS: Final = {
    "rasim mapping": (True, ""), "format": (True, ""), "blanks": (False, "text"), "delimiter": (False, "csv"), "header": (False, "csv"),
    "records": (True, ""), "decides": (False, ""), "does not tell": (False, ""), "time": (False, ""), "ids": (False, ""), "begin": (False, ""),
    "lines": (True, ""), "end": (False, ""),
}  # fmt: skip
"""The parts of a mapping: whether each is needed, and the format that it goes with."""
WRITTEN_BY_ITSELF: Final = {"recorder": "records:", "recording_ended": "end: true"}
NOTHING: Final = Template(("",))
UNDECIDED: Final = "what this log does not tell (`decides` in its mapping)"


@frozen
class Written:
    """A line of a trace that is written: its event, and its fields with names in them."""

    event: str
    fields: tuple[tuple[str, Spelled], ...]

    def filled(self, value: Callable[[str], str]) -> dict[str, Any]:
        """Return the line with what each name stands for."""
        return {"event": self.event, **{name: _filled(name, each, value) for name, each in self.fields}}

    def names(self) -> frozenset[str]:
        """Return the names that stand in it."""
        found: set[str] = set()

        def note(name: str) -> str:
            found.add(name)
            return ""

        self.filled(note)
        return frozenset(found)


def _filled(name: str, told: Spelled, value: Callable[[str], str]) -> Any:
    if isinstance(told, Template):
        text = told.filled(value)
        return int(text) if name == "port" and text.isdecimal() and len(text) < 6 else text
    if name == "members":
        pairs = cast("tuple[tuple[Template, tuple[Template, ...]], ...]", told)
        return {group.filled(value): [each.filled(value) for each in members] for group, members in pairs}
    return [each.filled(value) for each in cast("tuple[Template, ...]", told)]


@frozen
class LogRule:
    """Lines of a log that fit, by their text or by fields of theirs, and what is written of each: nothing if they are ignored."""

    text: Template | None
    fields: tuple[tuple[str, tuple[Template, ...]], ...]
    writes: tuple[Written, ...]
    begins: tuple[str, ...]
    says: str = ""  # what such a line tells people

    def uses(self, ids: Mapping[str, Template], time: tuple[Template, str] | None) -> set[str]:
        """Return the names that are needed of a line that fits."""
        written = {name for each in self.writes for name in each.names()}
        made_of = {name for each in written.union(self.begins) & set(ids) for name in ids[each].names}
        return written | made_of | set(time[0].names if time is not None and self.writes else ())


@frozen
class LogMapping:
    """How the lines of a log become the lines of a trace."""

    format: LogFormat
    rules: tuple[LogRule, ...]
    records: tuple[str, ...] = ()
    begin: tuple[Written, ...] = ()
    ids: Mapping[str, Template] = field(factory=dict)
    time: tuple[Template, str] | None = None
    decides: frozenset[str] | None = None
    header: tuple[str, ...] = ()
    delimiter: str = ","
    one_blank: bool = False
    whole: bool = False
    does_not_tell: tuple[str, ...] = ()

    def settled(self, trace: JudgedTrace) -> JudgedTrace:
        """Return what a trace shows, less what its log does not decide: that cannot be told, whatever its lines seem to show."""
        if self.decides is None:
            return trace
        told = {each.promise for each in trace.cannot_tell}
        seen = (*(each.promise for each in trace.broken), *trace.kept)
        more = tuple(Untold(name, UNDECIDED) for name in seen if name not in self.decides | told)
        return evolve(
            trace,
            broken=tuple(each for each in trace.broken if each.promise in self.decides),
            cannot_tell=(*trace.cannot_tell, *more),
            kept=tuple(name for name in trace.kept if name in self.decides),
        )


def load_mapping(path: str) -> LogMapping:
    """Read a mapping file. Raises InputError: it cannot be opened, or has mistakes."""
    return read_mapping(text_of(read_file(path, most=4 * _LARGEST), path), path)


def read_mapping(text: str, file: str = "") -> LogMapping:
    """Read a mapping from its text. Raises InputError with every mistake in it."""
    reader = _Reader(text, file)
    found = reader.read()
    reader.finish()
    assert found is not None  # noqa: S101  (none without a mistake)
    return found


@define
class _Reader(Reading):
    """Turns a tree of words into a mapping and collects what is wrong on the way."""

    what: str = "mapping"
    format: LogFormat = field(default="text", init=False)
    columns: tuple[str, ...] = field(default=(), init=False)
    one_blank: bool = field(default=False, init=False)
    ids: dict[str, Template] = field(factory=dict, init=False)

    def read(self) -> LogMapping | None:
        if len(self.text) > _LARGEST:
            self.wrong(None, f"larger than {_LARGEST} characters: no mapping")
            return None
        root = self.root()
        if root is None:
            return None
        parts = self.known(root, "a mapping", tuple(MAPPING_PARTS))
        for name, (needed, _) in MAPPING_PARTS.items():
            if needed and name not in parts and isinstance(root, MapNode):
                self.wrong(root, f"a mapping needs `{name}:`")
        if "rasim mapping" in parts and self.word(parts["rasim mapping"], "the version") not in (None, "1"):
            self.wrong(parts["rasim mapping"], "this is rasim mapping: 1; another version is not known")
        form = self.one_of(parts["format"], "format", get_args(LogFormat)) if "format" in parts else None
        self.format = cast("LogFormat", form or "text")
        for name, (_, wanted) in MAPPING_PARTS.items():
            if wanted and name in parts and form not in (None, wanted):
                self.wrong(parts[name], f"`{name}` goes with format: {wanted}")
        self.columns = self._names(parts["header"]) if "header" in parts else ()
        self.one_blank = self._chosen(parts, "blanks", ("as one", "as they are"))
        self._read_ids(parts)
        time = self._time(parts["time"]) if "time" in parts else None
        rules = (
            tuple(self._rule(each, time) for each in self.items(parts["lines"], "lines")) if "lines" in parts else ()
        )
        if "lines" in parts and not rules and not self.problems:
            self.wrong(parts["lines"], "a mapping without rules reads nothing")
        begin = self._written(parts["begin"], "begin", ()) if "begin" in parts else ()
        decides = self._all_of(parts, "decides", "promise", tuple(ASKABLE))
        return LogMapping(
            self.format,
            rules,
            self._recorded(parts, [*begin, *(line for rule in rules for line in rule.writes)], timed=time is not None),
            begin,
            self.ids,
            time,
            frozenset(decides) if "decides" in parts else None,
            self.columns,
            self._delimiter(parts["delimiter"]) if "delimiter" in parts else ",",
            self.one_blank,
            self._chosen(parts, "end", ("true", "false")),
            tuple(each.text for each in self.words(parts["does not tell"], "does not tell") if each.text)
            if "does not tell" in parts
            else (),
        )

    def _recorded(self, parts: Mapping[str, Node], lines: Sequence[Written], *, timed: bool) -> tuple[str, ...]:
        """Return what is recorded; a kind of which nothing is written would keep its promises by omission."""
        records = self._all_of(parts, "records", "kind of lines", tuple(RECORD_KINDS))
        written = {each.event for each in lines}
        for kind in records if not self.problems else ():
            if not (timed if kind == "time" else written & RECORD_KINDS[kind].events):
                self.wrong(parts["records"], f"`{kind}` is not recorded: nothing in the mapping writes such a line")
        return records

    def _chosen(self, parts: Mapping[str, Node], name: str, known: Sequence[str]) -> bool:
        """Return whether the first of two words is said."""
        return name in parts and self.one_of(parts[name], name, known) == known[0]

    def _read_ids(self, parts: Mapping[str, Node]) -> None:
        for name, (key, value) in self.mapping(parts["ids"], "ids").items() if "ids" in parts else ():
            if name == LINE_NUMBER or set("{}") & set(name):
                self.wrong(key, f"`{name}` cannot be the name of an id")
            self.ids[name] = self._template(value, f"the id {name}") or NOTHING
            if set(self.ids) & set(self.ids[name].names):
                self.wrong(value, "an id is made of what a line says, and of no id")

    def _all_of(self, parts: Mapping[str, Node], name: str, what: str, known: Sequence[str]) -> tuple[str, ...]:
        for each in (words := self.words(parts[name], name) if name in parts else ()):
            if each.text not in known:
                self.unknown(each, what, each.text, known)
        return tuple(each.text for each in words)

    def _names(self, node: Node) -> tuple[str, ...]:
        words = self.words(node, "header")
        for at, each in enumerate(words):
            if not each.text or each.text in {other.text for other in words[:at]}:
                self.wrong(each, f"`{each.text}` stands twice in header" if each.text else "a column without a name")
        return tuple(each.text for each in words)

    def _delimiter(self, node: Node) -> str:
        text = self.word(node, "the delimiter") or ","
        if len(text) != 1 or text in '"\r\n':
            self.wrong(node, "the delimiter is one character", 'delimiter: ";" or "\\t"')
            return ","
        return text

    def _time(self, node: Node) -> tuple[Template, str] | None:
        parts = self.known(node, "time", ("from", "unit"))
        for name in ("from", "unit"):
            if name not in parts and isinstance(node, MapNode):
                self.wrong(node, f"time needs `{name}:`", 'time: {from: "{when}", unit: ms}')
        text = self._template(parts["from"], "time") if "from" in parts else None
        unit = self.one_of(parts["unit"], "unit", UNITS) if "unit" in parts else None
        return None if text is None or unit is None else (text, unit)

    # -- rules

    def _rule(self, node: Node, time: tuple[Template, str] | None) -> LogRule:
        parts = self.known(node, "a rule", ("when", "says", "begins", "write", "ignore"))
        if not isinstance(node, MapNode):
            return LogRule(None, (), (), ())
        if "when" not in parts:
            self.wrong(node, "a rule needs `when:`")
        if ("write" in parts) == ("ignore" in parts):
            self.wrong(node, "a rule either writes lines or ignores: `write:` or `ignore: true`")
        text, fields = self._when(parts["when"]) if "when" in parts else (None, ())
        if "ignore" in parts:
            self.one_of(parts["ignore"], "value of ignore", ("true",))
            if "begins" in parts:
                self.wrong(parts["begins"], "what is ignored begins nothing")
            return LogRule(text, fields, (), ())
        begins = self._all_of(parts, "begins", "id", tuple(self.ids))
        known: tuple[str, ...] | None = None  # the fields of each line will tell
        if self.format == "text" or self.columns:
            own = (text,) if text is not None else (each for _, several in fields for each in several)
            known = (*(name for each in own for name in each.names), *self.columns, *self.ids, LINE_NUMBER)
        writes = self._written(parts["write"], "write", known) if "write" in parts else ()
        says = (self.word(parts["says"], "what a line says") or "") if "says" in parts else ""
        rule = LogRule(text, fields, writes, begins, says)
        if known is not None:
            told = {name for each in rule.writes for name in each.names()}
            for name in sorted(rule.uses(self.ids, time) - told.union(known)):
                self.unknown(parts.get("when", node), "name", f"{{{name}}}", _braced(known))
        return rule

    def _when(self, node: Node) -> tuple[Template | None, tuple[tuple[str, tuple[Template, ...]], ...]]:
        if isinstance(node, MapNode) and self.format != "text":
            fields = []
            for name, (key, value) in self.mapping(node, "when").items():
                if self.columns and name not in self.columns:
                    self.unknown(key, "column", name, self.columns)
                several = value.nodes if isinstance(value, ListNode) else (value,)
                found = (self._template(each, f"what `{name}` has to be", to_find=True) for each in several)
                fields.append((name, tuple(each for each in found if each is not None)))
                if not several:
                    self.wrong(value, f"nothing is said of `{name}`")
            if not fields and not self.problems:
                self.wrong(node, "a rule without conditions fits everything: name what it is about")
            return None, tuple(fields)
        if self.format == "csv":
            self.wrong(node, "of a row of CSV its columns are asked: when: {column: text}")
            return None, ()
        return self._template(node, "when", to_find=True), ()

    def _template(self, node: Node, what: str, *, to_find: bool = False) -> Template | None:
        text = self.word(node, what)
        if text is None:
            return None
        try:
            return template(one_blank(text) if to_find and self.one_blank else text, to_find=to_find)
        except ValueError as error:
            self.wrong(node, str(error))
            return None

    # -- lines to be written

    def _written(self, node: Node, what: str, known: Sequence[str] | None) -> tuple[Written, ...]:
        """Return the lines that are to be written; `known` are the names that may stand in them, None where that shows later."""
        lines = []
        for each in self.items(node, what):
            entries = self.mapping(each, "a line")
            if len(entries) != 1:
                if isinstance(each, MapNode):
                    self.wrong(each, "a line has one event and its fields: `- ended: {connection: c, reason: other}`")
                continue
            ((event, (key, value)),) = entries.items()
            if event in WRITTEN_BY_ITSELF or event not in LINES:
                if event in WRITTEN_BY_ITSELF:
                    self.wrong(key, f"`{event}` is written where the mapping has `{WRITTEN_BY_ITSELF[event]}`")
                else:
                    self.unknown(key, "event", event, LINES)
                continue
            lines.append(Written(event, self._fields(event, key, value, known)))
        if not lines and not self.problems:
            self.wrong(node, f"`{what}` without lines")
        return tuple(lines)

    def _fields(
        self, event: str, key: Word, node: Node, known: Sequence[str] | None
    ) -> tuple[tuple[str, Spelled], ...]:
        before = len(self.problems)
        may = (*LINES[event].required, *LINES[event].optional)
        found: list[tuple[str, Spelled]] = []
        later: dict[str, str] = {}  # words that only a line of the log will tell
        for name, (at, value) in self.mapping(node, event).items():
            if name not in may and not name.startswith("x_"):
                self.unknown(at, f"field of {event}", name, may)
                continue
            told = self._value(name, value, known)
            words = AUDIT_KINDS if (event, name) == ("audited", "kind") else VALUES.get(name, ())
            if words and isinstance(told, Template) and told.names:
                later[name] = words[0]
            elif words and isinstance(told, Template) and told.literals[0] not in words:
                self.unknown(value, name, told.literals[0], words)
            found.append((name, told))
        if len(self.problems) == before:  # one thing at a time: what is left shows in the line as a whole
            line = {"seq": 1, **Written(event, tuple(found)).filled(lambda _: "1"), **later}
            try:
                recorded_from(line)
            except WrongLine as wrong:
                for each in wrong.mistakes:
                    self.wrong(key, each)
        return tuple(found)

    def _value(self, name: str, node: Node, known: Sequence[str] | None) -> Spelled:
        if name == "members":
            pairs = self.mapping(node, name).values()
            return tuple((self._part(key, name, known), self._list(value, name, known)) for key, value in pairs)
        return self._list(node, name, known) if isinstance(node, ListNode) else self._part(node, name, known)

    def _list(self, node: Node, what: str, known: Sequence[str] | None) -> tuple[Template, ...]:
        return tuple(self._part(each, what, known) for each in self.items(node, what))

    def _part(self, node: Node, what: str, known: Sequence[str] | None) -> Template:
        found = self._template(node, f"`{what}`") or NOTHING
        for name in found.names:
            if known == ():
                self.wrong(node, f"`{{{name}}}` before the first line of the log")
            elif known is not None and name not in known:
                self.unknown(node, "name", f"{{{name}}}", _braced(known))
        return found


def _braced(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{{{name}}}" for name in names)
