"""The audit record read alone: who saw and who held what, from when to when, and by whose yes (A3).

Only `audited` lines are looked at. A view is told by the record of its opening (a grant without a request), what is held in it by the
record of its grant. A recorder that has no record of openings tells no views; `every_view_is_on_record` is content with the answer then.
"""

from collections.abc import Iterable, Iterator

from attrs import define, evolve, field, frozen

from rasim.protocol.lines import Recorded


@frozen
class Interval:
    """A view, or something held in it (`request` says by which request), between two records; `until` None: not over.

    `offer` and `by` are the offer and the answer's giver, None where no record tells them. Numbers are those of lines (`seq`).
    """

    connection: str
    session: str | None
    expert: str | None
    offer: str | None
    request: str | None
    by: str | None
    since: int
    until: int | None


@define
class AuditTrail:
    """The intervals of a trace: `take` each line, then ask for `intervals`. It grows with what is on record."""

    _answers: dict[str, str | None] = field(factory=dict)
    _views: dict[str, Interval] = field(factory=dict)
    _held: dict[tuple[str, str], Interval] = field(factory=dict)
    _over: list[Interval] = field(factory=list)

    def take(self, recorded: Recorded) -> None:
        """Take the next line."""
        line, seq = recorded.line, recorded.seq
        if line.event != "audited":
            return
        connection, request, offer = line["connection"], line["request"], line["offer"]
        match line["kind"]:
            case "answer" if offer is not None:
                self._answers[offer] = line["by"]
            case "grant" if connection is not None:
                by = line["by"] if request is not None else self._answers.pop(offer, None)
                interval = Interval(connection, line["session"], line["expert"], offer, request, by, seq, None)
                if request is None:
                    self._views[connection] = interval
                else:
                    self._held[connection, request] = interval
            case "revocation" if connection is not None:
                self._close(connection, request, seq)
            case "end" if connection is not None:
                self._close(connection, None, seq)
                self._end(self._views.pop(connection, None), seq)
            case "refusal" if offer is not None:
                self._answers.pop(offer, None)
            case _:
                pass

    def _close(self, connection: str, request: str | None, seq: int) -> None:
        for key in [key for key in self._held if key[0] == connection and request in (None, key[1])]:
            self._end(self._held.pop(key), seq)

    def _end(self, interval: Interval | None, seq: int) -> None:
        if interval is not None:
            self._over.append(evolve(interval, until=seq))

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Return what the record tells, in the order of its beginnings."""
        return tuple(sorted((*self._over, *self._views.values(), *self._held.values()), key=lambda each: each.since))


def intervals(trace: Iterable[Recorded]) -> tuple[Interval, ...]:
    """Return what the record of a whole trace tells."""
    record = AuditTrail()
    for recorded in trace:
        record.take(recorded)
    return record.intervals


def covering(told: Iterable[Interval], recorded: Recorded) -> Iterator[Interval]:
    """Yield the intervals that a frame or an input lies in: of its connection, begun before it and not over."""
    for each in told:
        if each.connection == recorded.line["connection"] and each.since < recorded.seq < (
            each.until or recorded.seq + 1
        ):
            yield each
