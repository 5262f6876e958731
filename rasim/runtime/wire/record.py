"""The record of a server, on disk before anybody hears of it: SQLite, a row for each act and for each trace line.

    record = RecordFile("record.sqlite")
    server = WireServer(context, sent_away=record.sent_away)
    pc1 = Meeting(experts, sessions, way=server.way("pc1"))
    record.takes("pc1", pc1)                  # what is on record already is done again, and the computer restarts
    async with pc1, server.listening(...): ...
    record.close()

What an act did is told to nobody before it is committed, by `synchronous=FULL`, so that no crash takes away what somebody was told. All that
happens at one turn of the loop, at however many computers, is committed at once. A record that cannot be written ends its computer.

After a crash the acts are put through the table again, which gives the state and the ids of the computer as they were, and must leave the
lines that are on record; then the table's own `computer restarts` ends whatever anybody consented to. It stands on record at the time of
the last act: after that nothing is known of the computer, and nobody saw or held anything by it when its process was gone.
"""

import asyncio
import json
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Lock
from typing import Any, Final

from attrs import evolve

from rasim.errors import InputError, TraceError, UsageError, Where
from rasim.formats import registry_pol
from rasim.policy import Policy, policy_to_entries, read_policy
from rasim.policy.registry import Registry
from rasim.protocol.acts import Act
from rasim.protocol.host import Host, Record
from rasim.protocol.trace_text import WrongLine, read_object
from rasim.runtime.clock import SimulatedLoop
from rasim.runtime.meeting import Meeting
from rasim.runtime.wire.frames import Ending

_APPLICATION: Final = 0x7261736D  # "rasm"
_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE computers (name TEXT PRIMARY KEY, setup TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE acts (computer TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, act TEXT NOT NULL, policy BLOB,
  PRIMARY KEY (computer, number)) STRICT, WITHOUT ROWID;
CREATE TABLE lines (computer TEXT NOT NULL, seq INTEGER NOT NULL, act INTEGER NOT NULL, line TEXT NOT NULL,
  PRIMARY KEY (computer, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE sent_away (reason TEXT NOT NULL, account TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (reason, account)) STRICT;
"""
_PLAIN: Final = (
    "kind",
    "expert",
    "session",
    "by",
    "origin",
    "prompt",
    "ticket",
    "connection",
    "entry",
    "group",
    "alarm",
)
_SEEN: Final = 1_000  # lines that a person at the computer remembers
_Row = tuple[str, tuple[Any, ...]]


class RecordFile:
    """A file that computers leave their record in. InputError for a file that is none, or cannot be written."""

    def __init__(self, file: str | Path, *, wall: Callable[[], int] = time.time_ns) -> None:
        self.file, self._wall = Path(file), wall
        self._rows: list[_Row] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._due = False
        self._lock, self._thread = Lock(), ThreadPoolExecutor(1, "record")
        self.commits = 0
        self._alone = _held(self.file)
        try:
            self._base = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
            self._begin()
        except (
            sqlite3.Error,
            UnicodeDecodeError,
        ) as error:  # where SQLite names what is no text, Python fails to read its words
            raise InputError.at(f"no record: {error}", Where(str(file))) from None

    def _begin(self) -> None:
        ask = self._base.execute
        if ask("PRAGMA schema_version").fetchone()[0] == 0:
            ask("PRAGMA journal_mode = WAL")
            self._base.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}; COMMIT"
            )
        _is_ours(self._base)
        ask("PRAGMA synchronous = FULL")

    def close(self) -> None:
        """Commit what waits, and close the file."""
        self._thread.shutdown()
        self._tried(self._taken()[0])
        self._base.close()
        self._alone.close()

    def sent_away(self, reason: Ending, account: str) -> None:
        """Count somebody who was sent away."""
        says = "INSERT INTO sent_away VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1"
        self._rows.append((says, (reason.value, account)))
        self._soon()

    # ---- a computer ---------------------------------------------------------------------------------------------

    def takes(self, name: str, meeting: Meeting) -> None:
        """Keep the record of a meeting from its first act on; what is there of it already is done again, and the computer restarts.

        Raises:
            UsageError: the record is of a computer that was set up in another way.
            InputError: the record is damaged.

        """
        host = meeting.host
        setup = json.dumps({"experts": host.experts, "sessions": host.owners})
        number, last = 0, None
        try:
            known = self._base.execute("SELECT setup FROM computers WHERE name = ?", (name,)).fetchone()
            if known is not None and known[0] != setup:
                raise UsageError(f"{self.file} has the record of {name} with other experts or sessions")
            if known is None:
                self.writes([("INSERT INTO computers VALUES (?, ?)", (name, setup))])
            else:
                number, last = self._again(name, host)
            keeper = _Keeper(self, name, meeting, number)
            if last is not None:
                keeper.restarts(last)
        except (sqlite3.Error, WrongLine, KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError.at(f"the record of {name} cannot be taken up: {error}", Where(str(self.file))) from None
        keeper.goes_on(last)

    def _again(self, name: str, host: Host) -> tuple[int, int | None]:
        """Do again what is on record; return the number of the last act, and when it was."""
        number, last = 0, None
        lines = self._base.execute("SELECT line FROM lines WHERE computer = ? ORDER BY seq", (name,))
        rows = self._base.execute(
            "SELECT number, at, act, policy FROM acts WHERE computer = ? ORDER BY number", (name,)
        )
        for number, last, text, policy in rows:  # noqa: B007  (both are the last act's in the end)
            for recorded in host.receive(act_from(text, policy), last).lines:
                if lines.fetchone() != (_text(recorded.as_json()),):
                    message = f"{name} is not the computer that left this record: it does other things, from line {recorded.seq} on"
                    raise UsageError(f"{self.file}: {message}")
            host.trace.clear()
        if lines.fetchone() is not None:
            raise WrongLine("lines that no act left")
        return number, last

    # ---- rows ---------------------------------------------------------------------------------------------------

    def adds(self, rows: list[_Row]) -> Awaitable[None]:
        """Take rows to be written; what is returned is done when they are on the disk, and fails if they cannot be."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rows += rows
        self._waiting.append(written)
        self._soon()
        return written

    def _soon(self) -> None:
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._begins)

    def _begins(self) -> None:
        """Write what waits: in a thread, so that acts gather for the next time meanwhile; on simulated time here, where no thread counts."""
        loop = asyncio.get_running_loop()
        if isinstance(loop, SimulatedLoop):
            self._commit()
            return
        rows, waiting = self._taken()
        if not rows:  # closed meanwhile
            self._due = False
            return
        written = loop.run_in_executor(self._thread, self._tried, rows)
        written.add_done_callback(lambda done: self._ends(waiting, done.result()))

    def _ends(self, waiting: list["asyncio.Future[None]"], failed: InputError | None) -> None:
        self._due = False
        if self._rows:
            self._soon()
        for each in waiting:
            if each.done():
                continue
            if failed is None:
                each.set_result(None)
            else:
                each.set_exception(failed)

    def _commit(self) -> None:
        """Write what waits, at once."""
        rows, waiting = self._taken()
        self._ends(waiting, self._tried(rows))

    def _taken(self) -> tuple[list[_Row], list["asyncio.Future[None]"]]:
        taken = self._rows, self._waiting
        self._rows, self._waiting = [], []
        return taken

    def _tried(self, rows: list[_Row]) -> InputError | None:
        try:
            self.writes(rows)
        except (
            sqlite3.Error,
            ValueError,
            OverflowError,
        ) as error:  # half a character, a number too large: not of SQLite's own
            return InputError.at(f"the record cannot be written: {error}", Where(str(self.file)))
        return None

    def writes(self, rows: list[_Row]) -> None:
        """Write rows in one transaction."""
        if not rows:
            return
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                for says, values in rows:
                    self._base.execute(says, values)
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise
        self.commits += 1

    def microseconds(self) -> int:
        """Return the time of the day, in microseconds."""
        return self._wall() // 1000


class _Keeper:
    """Keeps what the acts at one computer do, and nothing of it in memory."""

    def __init__(self, record: RecordFile, name: str, meeting: Meeting, number: int) -> None:
        self._record, self._name, self._meeting, self._number = record, name, meeting, number

    def restarts(self, last: int) -> None:
        restarted = self._meeting.host.receive(Act("computer restarts"), last)
        if restarted.started:  # no thing of the table has a timer and needs nobody who is logged on
            raise UsageError("a timer goes on when the computer restarts")
        self._record.writes(self._rows(restarted, last))

    def goes_on(self, last: int | None) -> None:
        """Let the clock go on from the last act, however the computer's own clock was set meanwhile."""
        begins: list[float] = []

        def clock() -> int:
            now = asyncio.get_running_loop().time()
            if not begins:
                begins[:] = now, max(self._record.microseconds(), last or 0)
            return round(begins[1] + (now - begins[0]) * 1_000_000)

        self._meeting.clock, self._meeting.keep = clock, self.keeps
        for person in (*self._meeting.experts.values(), *self._meeting.users.values()):
            person.seen = deque(maxlen=_SEEN)

    async def keeps(self, record: Record) -> None:
        self._meeting.records.clear()
        # What is ignored leaves no line and changes nothing: a flood of it does not fill the disk.
        if record.lines or record.started or any(h.outcome.verdict != "ignored" for h in record.outcomes):
            await self._record.adds(self._rows(record, self._at(record)))

    def _at(self, record: Record) -> int:
        return next((each.at for each in record.lines if each.at is not None), None) or self._meeting.now

    def _rows(self, record: Record, at: int) -> list[_Row]:
        self._number += 1
        text, policy = act_text(record.act)
        rows: list[_Row] = [
            ("INSERT INTO acts VALUES (?, ?, ?, ?, ?)", (self._name, self._number, at, text, policy)),
        ]
        for each in record.lines:
            line = (self._name, each.seq, self._number, _text(each.as_json()))
            rows.append(("INSERT INTO lines VALUES (?, ?, ?, ?)", line))
        self._meeting.host.trace.clear()
        return rows


def _held(file: Path) -> sqlite3.Connection:
    """Hold a file beside the record for as long as this process writes there. InputError if another one does.

    To the record itself a second server would write that the first one's computers restart, while they go on. It is SQLite's own lock, which
    every system has and no crash outlives; on the record it would keep out whoever reads.
    """
    with ExitStack() as stack:
        try:
            held = stack.enter_context(closing(sqlite3.connect(f"{file}-server", timeout=0, isolation_level=None)))
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            message = "another server writes this record" if busy else f"no record: {error}"
            raise InputError.at(message, Where(str(file))) from None
        stack.pop_all()
        return held


# ---- acts as text ----------------------------------------------------------------------------------------------


def _text(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def act_text(act: Act) -> tuple[str, bytes | None]:
    """Return an act as JSON, and its policy as Registry.pol. UsageError for a policy that such a file cannot say."""
    said = {name: value for name in _PLAIN if (value := getattr(act, name)) is not None}
    if act.carries:
        said["carries"] = act.carries
    if act.policy is None:
        return _text(said), None
    policy = registry_pol.render(policy_to_entries(act.policy))
    if _policy_from(policy) != act.policy:
        raise UsageError("a policy that no file can state is not kept on record")
    return _text(said), policy


def act_from(text: str, policy: bytes | None) -> Act:
    """Return the act that was written. WrongLine, KeyError or TypeError for what is none."""
    said = read_object(text, "an act")
    carries = tuple((str(name), value) for name, value in said.pop("carries", ()))
    if unknown := set(said) - set(_PLAIN):
        raise KeyError(*sorted(unknown))
    return evolve(Act(**said), carries=carries, policy=None if policy is None else _policy_from(policy))


def _policy_from(policy: bytes) -> Policy:
    return read_policy(Registry.of(registry_pol.parse(policy)))


# ---- reading ---------------------------------------------------------------------------------------------------


def computers_of(file: str | Path) -> list[str]:
    """Return the computers whose traces a record has. TraceError if it is damaged, or none of rasim's."""
    return [name for (name,) in _asked(file, "SELECT name FROM computers ORDER BY name", ())]


def lines_of_computer(file: str | Path, computer: str) -> Generator[str, None, None]:
    """Yield the trace lines of a computer as text. TraceError if the record is damaged, or none of rasim's."""
    rows = _asked(file, "SELECT line FROM lines WHERE computer = ? ORDER BY seq", (computer,))
    for (line,) in rows:
        if not isinstance(line, str):
            raise TraceError("a line that is no text", Where(str(file)))
        yield line


def _asked(file: str | Path, says: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Ask a file that somebody may be writing, without disturbing them, and without believing it."""
    try:
        with closing(_opened_to_read(Path(file))) as base:
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA cell_size_check = ON")
            _is_ours(base)
            yield from base.execute(says, values)
    except (
        sqlite3.Error,
        UnicodeDecodeError,
        InputError,
    ) as error:  # of text that is not UTF-8, some is not SQLite's error
        message = error.problems[0].message if isinstance(error, InputError) else str(error)
        raise TraceError(f"no record that can be read: {message}", Where(str(file))) from None


def _opened_to_read(file: Path) -> sqlite3.Connection:
    """Open a file to be read. Where nothing can be written beside it, it is read as it stands if all of it is there."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    base = sqlite3.connect(address, uri=True)
    try:
        base.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        base.close()
        if Path(f"{file}-wal").exists():
            raise
        return sqlite3.connect(f"{address}&immutable=1", uri=True)
    return base


def _is_ours(base: sqlite3.Connection) -> None:
    marks = tuple(base.execute(f"PRAGMA {mark}").fetchone()[0] for mark in ("application_id", "user_version"))
    tables = {name for (name,) in base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if marks != (_APPLICATION, _VERSION) or not {"computers", "acts", "lines", "sent_away"} <= tables:
        raise InputError.at("no record of rasim, or of another version", Where())
