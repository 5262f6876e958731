r"""A recorder for a product in Python: one method for each event of the trace lines, which writes the line.

    recorder = Recorder(clock=time.monotonic)
    recorder.policy_applied(version=1, offers="enabled", mode="view", helpers=["CORP\\anna"])
    recorder.logged_on(session="s1", by="CORP\\bob")

The methods are made from the vocabulary (`protocol/lines.py`), and so is `events.pyi`, by which mypy checks their fields. `seq` and `t` are
filled in. A line is looked at when it is written, so the stack of the error leads to whoever wrote it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Parameter, Signature
from threading import Lock
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

from rasim.errors import UsageError
from rasim.protocol.line_words import SAYS
from rasim.protocol.lines import LINES, PRESUMED, RECORD_KINDS, Recorded
from rasim.protocol.trace_text import WrongLine, recorded_from
from rasim.words import not_called

KINDS_OF: Final = {
    event: [name for name, kind in RECORD_KINDS.items() if event in kind.events] for event in LINES
}  # a question about the clipboard is of two

if TYPE_CHECKING:
    from rasim.testing.events import Events
else:

    class Events:
        """One method for each event; each writes its line with the fields that have a value."""

    def _method(event: str) -> Callable[..., None]:
        def write(self: "Recorder", *, x: Mapping[str, object] | None = None, **fields: object) -> None:
            self.write(event, fields, x or {})

        contract = LINES[event]
        absent = dict.fromkeys((*contract.optional, "x"))
        names = (*contract.required, *contract.optional, "x")
        fields = [Parameter(name, Parameter.KEYWORD_ONLY, default=absent.get(name, Parameter.empty)) for name in names]
        write.__name__, write.__qualname__ = event, f"Recorder.{event}"
        write.__doc__ = f"Write `{event}`: {SAYS[event]}."
        write.__signature__ = Signature([Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), *fields])
        return write

    for _event in LINES:
        if _event != "recorder":
            setattr(Events, _event, _method(_event))


class Recorder(Events):
    """The lines of one trace, as they are written. Threads may share one.

    `records` are the kinds of lines that are recorded, and all of each; by default those that a trace without a recorder line is
    presumed to have. With a `clock`, in seconds and never set back (`time.monotonic`), every line has its time. With `to`, an open
    text file, each line is written there at once too. As a context it writes the last line, `recording_ended`, unless an exception
    leaves it: what was cut off does not say that it is whole.

    Raises:
        UsageError: of a kind or a line that the vocabulary does not have, with all that is wrong; of a line of a kind that is not
            among `records`, for the recorder line would not be true; of a line after the last.

    """

    def __init__(
        self,
        records: Iterable[str] = tuple(PRESUMED),
        *,
        clock: Callable[[], float] | None = None,
        to: IO[str] | None = None,
    ) -> None:
        self.records = {*records} | ({"time"} if clock else set())
        for name in self.records - RECORD_KINDS.keys():
            raise UsageError(not_called("nothing that can be recorded", name, RECORD_KINDS))
        if "time" in self.records and clock is None:
            raise UsageError("to record the time a clock is needed: Recorder(clock=time.monotonic)")
        self._clock, self._to, self._lock = clock, to, Lock()
        self._began = clock() if clock else 0.0
        self._lines: list[Recorded] = []
        self._texts: list[str] = []
        self.write("recorder", {"records": [name for name in RECORD_KINDS if name in self.records]})

    def write(self, event: str, fields: Mapping[str, object], x: Mapping[str, object] | None = None) -> None:
        """Write a line by the name of its event; `x` are your own notes, which nobody else reads: `x_` is put before their names."""
        if event not in LINES:
            raise UsageError(not_called("no event", event, LINES))
        kinds = KINDS_OF[event]
        if kinds and self.records.isdisjoint(kinds):
            kind = " or ".join(kinds)
            raise UsageError(f"{event} is a line of the kind {kind}, which this recorder does not say that it records")
        notes = {name if name.startswith("x_") else f"x_{name}": value for name, value in (x or {}).items()}
        with self._lock:
            if self._lines and self._lines[-1].line.event == "recording_ended":
                raise UsageError(f"{event} comes after recording_ended, which is the last line")
            line: dict[str, Any] = {"seq": len(self._lines) + 1, "event": event}
            if self._clock is not None:
                line["t"] = round(self._clock() - self._began, 6)
            try:
                recorded = recorded_from({**line, **fields, **notes})
            except WrongLine as wrong:
                raise UsageError("; ".join(wrong.mistakes)) from None
            self._lines.append(recorded)
            self._texts.append(f"{json.dumps({**recorded.as_json(), **notes}, default=str)}\n")
            if self._to is not None:
                self._to.write(self._texts[-1])
                self._to.flush()

    @property
    def trace(self) -> list[Recorded]:
        """Return the lines so far."""
        return list(self._lines)

    def __iter__(self) -> Iterator[Recorded]:
        return iter(self.trace)

    def __len__(self) -> int:
        return len(self._lines)

    def as_text(self) -> str:
        """Return the trace as text, a JSON object a line: what `rasim judge` reads."""
        return "".join(self._texts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        last = self._lines[-1].line.event
        if kind is None and last != "recording_ended":
            self.write("recording_ended", {})
