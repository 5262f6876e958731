"""The record on disk: nothing is told before it is there, a crash loses nothing of it, and no consent outlives one."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from rasim.cli.judge import judge
from rasim.errors import InputError, TraceError, UsageError
from rasim.policy import Policy
from rasim.protocol import Act, Choices
from rasim.protocol.vocabulary import COOLING, IDLE
from rasim.runtime import Meeting
from rasim.runtime.wire import RecordFile, WireServer, connect, server_context
from rasim.runtime.wire.record import act_from, act_text, computers_of, lines_of_computer
from tests.runtime.wires import ANNA, BOB, keys

POLICY = Policy.of(offer="enabled", mode="control", helpers=[ANNA])


def judged(file: Path, *more: str) -> Result:
    """Judge a record by the command."""
    return CliRunner().invoke(judge, [str(file), *more])


@asynccontextmanager
async def at_work(file: Path, **more: Any) -> AsyncIterator[Meeting]:
    """Let a computer work that keeps its record in a file."""
    with closing(RecordFile(file)) as record:
        async with keeping(record, **more) as meeting:
            yield meeting


def keeping(record: RecordFile, name: str = "pc1", **more: Any) -> Meeting:
    """Return a computer that keeps its record there."""
    meeting = Meeting([ANNA], {"s1": BOB}, **more)
    record.takes(name, meeting)
    return meeting


async def ready(meeting: Meeting) -> None:
    """Let anna offer help to bob."""
    await meeting.applies(POLICY)
    await meeting.happens("refresh task runs")
    await meeting.user("s1").does("logs on")
    await meeting.expert(ANNA).does("asks for a ticket", "s1")
    await meeting.expert(ANNA).does("offers help", "s1", carries=(("ticket", "own"),))


@pytest.mark.asyncio
async def test_what_is_on_record_is_judged(tmp_path: Path) -> None:
    """`rasim judge` reads the record, a trace for each computer, and of one that is being written too."""
    file = tmp_path / "record.sqlite"
    with closing(RecordFile(file)) as record:
        async with keeping(record) as pc1, keeping(record, "pc2") as pc2:
            await ready(pc1)
            await ready(pc2)
            await pc1.user("s1").does("accepts")
            live = judged(file, "--explain")
            assert [] == pc1.trace

    assert ["pc1", "pc2"] == computers_of(file)
    assert 0 == live.exit_code, live.output
    said = json.loads(judged(file, "--format", "json").stdout)
    assert [(f"{file}#pc1", "kept"), (f"{file}#pc2", "kept")] == [(t["file"], t["verdict"]) for t in said["traces"]]
    assert 0 == judged(tmp_path).exit_code


@pytest.mark.asyncio
async def test_nothing_is_told_before_it_is_on_disk(tmp_path: Path) -> None:
    """An act whose record cannot be written is not acknowledged, nobody is told of it, and its computer ends."""
    file = tmp_path / "record.sqlite"

    async def full() -> None:
        async with at_work(file) as pc1:
            await ready(pc1)
            before, seen = list(lines_of_computer(file, "pc1")), len(pc1.expert(ANNA).seen)
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON acts BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
                )
            with pytest.raises(InputError, match="the disk is full"):
                await pc1.user("s1").does("accepts")
            assert (before, seen) == (list(lines_of_computer(file, "pc1")), len(pc1.expert(ANNA).seen))

    with pytest.raises(InputError, match="cannot be written"):
        await full()


@pytest.mark.asyncio
@pytest.mark.parametrize("held", ["offered", "viewing", "control"])
async def test_no_consent_outlives_a_restart(held: str, tmp_path: Path) -> None:
    """Whatever was asked or consented to is over when a record is taken up again, ids go on, and the whole is kept and explained."""
    file = tmp_path / "record.sqlite"
    async with at_work(file) as pc1:
        await ready(pc1)
        if held != "offered":
            await pc1.user("s1").does("accepts")
        if held == "control":
            await pc1.expert(ANNA).does("asks for control", "s1")
            await pc1.user("s1").does("grants control")
    async with at_work(file) as pc1:
        assert pc1.host.situation(ANNA, "s1")["phase"] in (IDLE, COOLING)
        assert not pc1.host.situation(ANNA, "s1")["logged on"]
        await pc1.user("s1").does("logs on")
        assert "done" == (await pc1.expert(ANNA).offers_help("s1")).verdict

    events = [json.loads(line)["event"] for line in lines_of_computer(file, "pc1")]
    assert 1 == events.count("restarted")
    assert "ticket-2" in {json.loads(line).get("ticket") for line in lines_of_computer(file, "pc1")}
    done = judged(file, "--explain")
    assert 0 == done.exit_code, done.output


@pytest.mark.asyncio
async def test_a_record_is_its_computers(tmp_path: Path) -> None:
    """A record is taken up by the computer that left it: with other people, or other choices, it is refused."""
    file = tmp_path / "record.sqlite"
    async with at_work(file) as pc1:
        await ready(pc1)
        await pc1.expert(ANNA).does("withdraws", "s1")
    with closing_record(file) as record:
        with pytest.raises(UsageError, match="other experts or sessions"):
            record.takes("pc1", Meeting([ANNA], {"s2": BOB}))
        with pytest.raises(UsageError, match="not the computer that left this record"):
            record.takes("pc1", Meeting([ANNA], {"s1": BOB}, os="windows-xp-sp2"))
        record.takes("pc1", Meeting([ANNA], {"s1": BOB}, choices=Choices()))


def closing_record(file: Path) -> Any:
    """Return a record that is closed in the end."""
    return closing(RecordFile(file))


@pytest.mark.asyncio
async def test_what_is_ignored_fills_no_disk(tmp_path: Path) -> None:
    """An act that no row takes leaves nothing on record."""
    file = tmp_path / "record.sqlite"
    async with at_work(file) as pc1:
        await ready(pc1)
        before = rows(file)
        for _ in range(20):
            assert "ignored" == (await pc1.expert(ANNA).does("gives back control", "s1")).verdict
        assert before == rows(file)


def rows(file: Path) -> int:
    """Return how many acts are on record."""
    with closing(sqlite3.connect(file)) as base:
        count: int = base.execute("SELECT count(*) FROM acts").fetchone()[0]
    return count


@pytest.mark.asyncio
async def test_who_was_sent_away_is_on_record(tmp_path: Path) -> None:
    """Who is sent away is counted on record, by reason and account."""
    file = tmp_path / "record.sqlite"
    record = RecordFile(file)
    server = WireServer(server_context(keys() / "server"), sent_away=record.sent_away)
    async with Meeting([ANNA], {"s1": BOB}, way=server.way("pc1")), server.listening("127.0.0.1") as port:
        for _ in range(2):
            with pytest.raises(Exception, match="may not come"):
                await connect("127.0.0.1", port, keys() / "mallory", "pc1").__aenter__()
    record.close()
    with closing(sqlite3.connect(file)) as base:
        told = base.execute("SELECT * FROM sent_away").fetchall()

    assert [("an account that may not come to this computer", r"CORP\mallory", 2)] == told


KILLED = """
import asyncio, os, signal, sys
from tests.runtime.test_wire_record import ANNA, at_work, ready
from pathlib import Path

async def main():
    async with at_work(Path(sys.argv[1])) as pc1:
        await ready(pc1)
        await pc1.user("s1").does("accepts")
        await pc1.expert(ANNA).does("asks for control", "s1")
        await pc1.user("s1").does("grants control")
        for number in range(1000):
            outcome = await pc1.expert(ANNA).does("uses control", "s1")
            print(number, outcome.verdict, flush=True)
            if number == 20:
                os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.asyncio
async def test_a_process_that_is_killed_loses_nothing_it_said(tmp_path: Path) -> None:
    """After `kill -9` every act that was acknowledged is on record, no consent is alive, and the judge says kept."""
    file = tmp_path / "record.sqlite"
    done = subprocess.run(  # noqa: ASYNC221, S603  (our own Python; nothing else goes on meanwhile)
        [sys.executable, "-c", KILLED, str(file)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    applied = [json.loads(line)["event"] for line in lines_of_computer(file, "pc1")].count("input_applied")

    assert -9 == done.returncode, done.stderr
    assert 21 == done.stdout.count("done") <= applied
    async with at_work(file) as pc1:
        assert pc1.host.situation(ANNA, "s1")["phase"] == IDLE
    assert 0 == judged(file).exit_code


# ---- damage ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a record."""
    from rasim.runtime import simulate

    file = tmp_path_factory.mktemp("whole") / "record.sqlite"

    async def main() -> None:
        async with at_work(file) as pc1:
            await ready(pc1)

    simulate(main())
    return file.read_bytes()


@given(st.data())
def test_a_damaged_record_is_an_error(
    whole: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bytes that are changed or missing: the record is read, or is an error of its own, and nothing else comes of it."""
    file = tmp_path_factory.mktemp("damaged") / "record.sqlite"
    cut = data.draw(st.integers(16, len(whole)))
    damaged = bytearray(whole[:cut])
    for _ in range(data.draw(st.integers(0, 5))):
        damaged[data.draw(st.integers(16, cut - 1)) if cut > 16 else 0] = data.draw(st.integers(0, 255))
    file.write_bytes(damaged)
    done = judged(file)

    assert done.exit_code in (0, 1, 2, 3), (done.output, done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.asyncio
async def test_a_record_has_one_server(tmp_path: Path) -> None:
    """While a server writes a record no other one does, nor says that its computers restart; when it is gone, the next one may."""
    file = tmp_path / "record.sqlite"
    async with at_work(file) as pc1:
        await ready(pc1)
        with pytest.raises(InputError, match="another server"):
            RecordFile(file)
        assert "done" == (await pc1.user("s1").does("accepts")).verdict
        before = len(list(lines_of_computer(file, "pc1")))
    async with at_work(file):
        assert before < len(list(lines_of_computer(file, "pc1")))


@pytest.mark.asyncio
async def test_what_cannot_be_written_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Text that no database takes is an error for who waits for it to be written, and the next one is written."""
    with closing(RecordFile(tmp_path / "record.sqlite")) as record:
        for text in ("half a character: \ud800", 1 << 70):
            with pytest.raises(InputError, match="cannot be written"):
                await record.adds([("INSERT INTO computers VALUES (?, ?)", ("pc1", text))])
        await record.adds([("INSERT INTO computers VALUES (?, ?)", ("pc1", "whole"))])


@pytest.mark.parametrize(
    "said",
    [
        '{"kind":"no such act"}',
        '{"kind":1}',
        '{"kind":"refresh task runs","carries":[[1]]}',
        '{"kind":"refresh task runs","carries":1}',
        '{"kind":"asks for a ticket","expert":{},"session":[]}',
        '{"kind":"asks for a ticket","expert":"nobody","session":"s1"}',
        '{"kind":"ticket time passes","expert":"CORP\\\\anna","session":"s1","alarm":"x"}',
        "[]",
        "[" * 100_000,
    ],
)
@pytest.mark.asyncio
async def test_an_act_that_is_none_is_an_error(said: str, whole: bytes, tmp_path: Path) -> None:
    """An act on record that nobody can have done, or that is no act: the computer does not begin, and it is told why."""
    file = tmp_path / "record.sqlite"
    file.write_bytes(whole)
    with closing(sqlite3.connect(file)) as base:
        base.execute("UPDATE acts SET act = ?, policy = NULL WHERE number = 2", (said,))
        base.commit()

    with pytest.raises((InputError, UsageError)):
        async with at_work(file):
            pass


@pytest.mark.asyncio
async def test_letters_that_are_none_are_damage(whole: bytes, tmp_path: Path) -> None:
    """A byte that no text has, in a line, an act or a name of a table: the record is damaged, for who reads it and for who goes on with it."""
    file = tmp_path / "record.sqlite"
    for text in (b'{"seq"', b'{"kind"', b'{"experts"', b'"event":"logged_on"', b"computers"):
        assert text in whole
        file.write_bytes(whole.replace(text, b"\xe9" + text[1:]))
        with pytest.raises((InputError, UsageError)):
            async with at_work(file):
                pass
        assert judged(file).exit_code in (0, 2)


def test_another_database_is_no_record(tmp_path: Path) -> None:
    """A database of something else is an error, for who reads and who writes."""
    file = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(file)) as base:
        base.execute("CREATE TABLE lines (computer TEXT)")
        base.commit()

    with pytest.raises(TraceError, match="no record of rasim"):
        computers_of(file)
    with pytest.raises(InputError, match="no record of rasim"):
        RecordFile(file)
    done = judged(file)
    assert 2 == done.exit_code
    assert "no record of rasim" in done.stderr


def test_a_record_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file in a folder that is not there is an error with its name."""
    with pytest.raises(InputError, match="no record"):
        RecordFile(tmp_path / "nowhere" / "record.sqlite")


@pytest.mark.parametrize(
    "act",
    [
        Act("refresh task runs"),
        Act("offers help", ANNA, "s1", ANNA, "injected", ticket="ticket-1", carries=(("ticket", "used"), ("x", True))),
        Act("helper is added", entry="CORP\\Ärzte", group="CORP\\ops"),
        Act("ticket time passes", ANNA, "s1", alarm=3),
        Act("policy is applied", policy=POLICY),
    ],
)
def test_an_act_is_read_as_it_was_written(act: Act) -> None:
    """An act, and the policy that it applies, come back from the record as they were."""
    assert act == act_from(*act_text(act))
