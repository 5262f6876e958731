"""A recorder writes lines that are lines of a trace, and no others."""

import inspect
import io
import json
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from rasim.errors import UsageError
from rasim.protocol.lines import LINES, RECORD_KINDS
from rasim.testing import Recorder, judge
from tests.unit.protocol.test_trace_text import whole

EVERYTHING = tuple(name for name in RECORD_KINDS if name != "time")


def fields_of(event: str) -> dict[str, Any]:
    """Return every field that a line of this event may have."""
    return {name: value for name, value in whole(event).items() if name not in ("seq", "event")}


@pytest.mark.parametrize("event", [event for event in LINES if event != "recorder"])
def test_every_event_has_its_method(event: str) -> None:
    """The method of an event writes its line with every field of the contract, and its signature names them."""
    recorder = Recorder(EVERYTHING)
    method = getattr(recorder, event)
    method(**fields_of(event))

    assert whole(event) | {"seq": 2} == recorder.trace[-1].as_json()
    assert [*fields_of(event), "x"] == list(inspect.signature(method).parameters)


def test_the_first_line_says_what_is_recorded() -> None:
    """The recorder line names the kinds that were told, and the time where there is a clock."""
    first = {"seq": 1, "t": 0.0, "event": "recorder", "records": ["prompts", "tickets", "time"]}

    assert first == Recorder(["tickets", "prompts"], clock=iter([7.25, 7.25]).__next__).trace[0].as_json()


def test_time_is_told_since_the_recorder_began() -> None:
    """Times are seconds since the recorder began, with six decimals."""
    clock = iter([100.0, 100.0, 100.123456789])
    recorder = Recorder(clock=clock.__next__)
    recorder.locked(session="s1")

    assert 123_457 == recorder.trace[1].at


def test_a_context_says_that_it_is_whole() -> None:
    """The last line is written at the end of the block, once."""
    with Recorder() as recorder:
        recorder.locked(session="s1")
    with recorder:
        pass

    assert ["recorder", "locked", "recording_ended"] == [each.line.event for each in recorder]


def test_what_was_cut_off_does_not_say_that_it_is_whole() -> None:
    """An exception that leaves the block leaves the recording without its end."""
    recorder = Recorder()
    with pytest.raises(ZeroDivisionError), recorder:
        _ = 1 / 0

    assert ["recorder"] == [each.line.event for each in recorder]


def test_notes_are_written_and_not_read() -> None:
    """Notes stand in the text with `x_` before their names, and are no part of the line."""
    recorder = Recorder(to=(text := io.StringIO()))
    recorder.locked(session="s1", x={"why": "Win+L", "x_at": 3})

    assert {"x_why": "Win+L", "x_at": 3} == {
        k: v for k, v in json.loads(text.getvalue().splitlines()[1]).items() if k[0] == "x"
    }
    assert text.getvalue() == recorder.as_text()
    assert {"seq": 2, "event": "locked", "session": "s1"} == recorder.trace[1].as_json()


def test_threads_share_one() -> None:
    """However many threads write, the numbers grow by one."""
    recorder = Recorder()
    threads = [Thread(target=lambda: [recorder.locked(session="s1") for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [*range(1, 402)] == [each.seq for each in recorder]
    assert 401 == len(recorder)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Recorder(["prompt"]), "did you mean `prompts`?"),
        (lambda: Recorder(["time"]), "a clock is needed"),
        (lambda: Recorder().local_input(session="s1"), "of the kind presence, which this recorder does not say"),
        (lambda: Recorder().write("lokced", {}), "did you mean `locked`?"),
        (lambda: Recorder().write("locked", {"sesion": "s1"}), "locked needs `session`; locked has no field"),
        (lambda: Recorder().ended(connection="c", reason="bored"), '`reason` is never "bored"'),
        (lambda: Recorder().accepted(offer=1, session=1, origin="local"), "origin local needs `by`"),
    ],
)
def test_what_is_no_line_is_refused(wrong: Any, says: str) -> None:
    """A kind, an event, a field or a value that the vocabulary does not have is refused where it is written."""
    with pytest.raises(UsageError) as refused:
        wrong()

    assert says in str(refused.value)


def test_nothing_is_written_after_the_end_or_half() -> None:
    """A line that is refused leaves no trace of itself, and after the last line none is taken."""
    recorder = Recorder()
    with pytest.raises(UsageError):
        recorder.write("locked", {"session": ""})
    recorder.recording_ended()
    with pytest.raises(UsageError, match="comes after recording_ended"):
        recorder.locked(session="s1")

    assert [1, 2] == [each.seq for each in recorder]


def test_a_line_of_two_kinds_may_be_written_for_either() -> None:
    """A question about a capability is a question, and may be written by whoever records questions or capabilities."""
    for records in (["prompts"], ["capabilities"]):
        Recorder(records).capability_prompt_shown(request=1, connection=1, capability="chat")
    with pytest.raises(UsageError, match="of the kind prompts or capabilities"):
        Recorder(["answers"]).capability_prompt_shown(request=1, connection=1, capability="chat")


@pytest.mark.exhaustive
def test_mypy_checks_the_fields_of_a_line(tmp_path: Path) -> None:
    """A type checker takes a right call and refuses a missing field, an unknown one, and a word that a field never has."""
    file = tmp_path / "product.py"
    calls = ('session="s1"', "", 'session="s1", sesion=1', "session=b''")
    file.write_text(
        "from rasim.testing import Recorder\nr = Recorder()\n"
        + "".join(f"r.locked({call})\n" for call in calls)
        + 'r.ended(connection=1, reason="bored")\n',
        encoding="utf-8",
    )
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert [4, 5, 6, 7] == sorted({int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line})


def test_a_recorder_is_judged_as_it_is() -> None:
    """What a recorder holds is a trace, before its end too."""
    recorder = Recorder()
    recorder.offer_received(offer=1, session=1, expert=r"CORP\anna")

    assert 2 == judge(recorder).lines
