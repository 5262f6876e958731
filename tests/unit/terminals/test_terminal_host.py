"""The computer's side without a terminal: which key answers what, and what reaches the program that is shared."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import DummyInput
from prompt_toolkit.output import DummyOutput

from rasim.policy import Policy
from rasim.protocol.acts import Act
from rasim.runtime.wire import Authority
from rasim.terminals import host
from rasim.terminals.host import SharePlan, _HostSide

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
ANNA, BOB = r"CORP\anna", r"CORP\bob"


class Keyboardless:
    """A program that remembers what is typed into it."""

    def __init__(self) -> None:
        self.typed, self.forgot = "", 0

    def types(self, keys: str) -> None:
        """Take keys."""
        self.typed += keys

    def forgets(self) -> None:
        """Forget what waits."""
        self.forgot += 1


class Here:
    """A computer's side, with a clock that a test sets."""

    def __init__(self, side: _HostSide, clock: SimpleNamespace) -> None:
        self.side, self.shell, self._clock = side, Keyboardless(), clock
        side._shell = self.shell  # type: ignore[assignment]

    async def expert(self, kind: str, **more: str) -> None:
        """Let the expert do something."""
        await self.side.meeting.send(Act(kind, ANNA, "s1", ANNA, "injected", **more))
        await self.quiet()

    async def offers(self) -> None:
        """Let the expert offer help."""
        await self.expert("asks for a ticket")
        ticket = self.side.meeting.host.ids(ANNA, "s1")["ticket"]
        await self.expert("offers help", ticket=str(ticket))

    async def press(self, *keys: str, drawn: bool = True, after: float = 1.0) -> None:
        """Draw the bar, let some time pass, and press keys."""
        self._clock.now += after
        if drawn:
            self.side.bar()
        for key in keys:
            self.side.pressed(key, f"<{key}>")
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing more happens."""
        while self.side._work.tasks:
            await asyncio.gather(*self.side._work.tasks)
            await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)

    def so(self, fact: str) -> object:
        """Return what is so between the two."""
        return self.side.meeting.host.situation(ANNA, "s1")[fact]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a server."""
    file = tmp_path_factory.mktemp("keys") / "server.pem"
    Authority.made().server(file)
    return file


@pytest.fixture
def plays(server: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Here], Awaitable[None]]], None]:
    """Play something at a computer's side."""
    clock = SimpleNamespace(now=100.0, time_ns=lambda: 0, strftime=lambda *_: "10:00", localtime=lambda _: None)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(host, "time", clock)
    policy = Policy.of(offer="enabled", mode="control", helpers=[ANNA])

    async def main(story: Callable[[Here], Awaitable[None]]) -> None:
        with create_app_session(input=DummyInput(), output=DummyOutput()):
            here = Here(_HostSide(SharePlan(str(server), [ANNA], policy, ["sh"], BOB)), clock)
            async with here.side.meeting as meeting:
                await meeting.applies(policy)
                await meeting.happens("refresh task runs")
                await meeting.user("s1").does("logs on")
                await story(here)

    return lambda story: asyncio.run(main(story))


Plays = Callable[[Callable[[Here], Awaitable[None]]], None]


def test_a_yes_is_to_what_was_drawn(plays: Plays) -> None:
    """F2 answers nothing that was not drawn, nor before half a second, nor a question that has come in place of the drawn one."""

    async def story(here: Here) -> None:
        await here.offers()
        await here.press("f2", drawn=False)
        assert here.so("phase") == "offered"
        await here.expert("withdraws")
        await here.offers()
        await here.press("f2", after=0.1)
        assert here.so("phase") == "offered"
        await here.press(after=1)
        await here.expert("withdraws")
        await here.offers()
        await here.press("f2", drawn=False)
        assert here.so("phase") == "offered"
        await here.press("f2")
        assert here.so("phase") == "viewing"

    plays(story)


def test_each_question_has_its_own_key(plays: Plays) -> None:
    """F2 grants no control and F6 accepts no offer, F3 is a no to either, and none of them reaches the program."""

    async def story(here: Here) -> None:
        await here.offers()
        await here.press("f6")
        assert here.so("phase") == "offered"
        await here.press("f2")
        await here.expert("asks for control")
        await here.press("f2")
        assert here.so("control") == "asked"
        await here.press("f3")
        assert here.so("control") == "cooling"
        assert not here.shell.typed

    plays(story)


def test_esc_shuts_the_hand_out_before_anything_else(plays: Plays) -> None:
    """From Esc on nothing that the table has applied reaches the program, and Esc itself does not; without control it is a key."""

    async def story(here: Here) -> None:
        await here.press("escape")
        assert here.shell.typed == "<escape>"
        await here.offers()
        await here.press("f2")
        here.side._typed(ANNA, "s1", "too early")
        here.side._hand = ANNA  # as if the program were mistaken
        here.side._typed(ANNA, "s1", "too early")
        here.side._hand = ""
        await here.expert("asks for control")
        here.side._typed(ANNA, "s1", "too early")
        await here.press("f6")
        here.side._typed(ANNA, "s1", " held")
        here.side._typed(r"CORP\carol", "s1", "another's")
        here.side.pressed("escape", "\x1b")
        assert here.so("control") == "held"  # the act is on its way
        here.side._typed(ANNA, "s1", "too late")
        await here.quiet()
        assert here.so("control") == "free"
        here.side._typed(ANNA, "s1", "too late")
        assert here.shell.typed == "<escape> held"
        assert here.shell.forgot == 1

    plays(story)


@pytest.mark.parametrize("key", ["escape", "f9"])
def test_a_yes_that_is_taken_back_at_once(plays: Plays, key: str) -> None:
    """Esc, or F9, in the same breath as F6: control is not held, and nothing is typed meanwhile; the key itself reaches no program."""

    async def story(here: Here) -> None:
        await here.offers()
        await here.press("f2")
        await here.expert("asks for control")
        await here.press("f6", key)
        assert here.so("control") == "free"
        assert not here.side._hand
        assert not here.shell.typed

    plays(story)


def test_a_yes_that_comes_too_late_leaves_the_gate_shut(plays: Plays) -> None:
    """A grant of a question that is gone opens nothing, and Esc is a key of the program again."""

    async def story(here: Here) -> None:
        await here.offers()
        await here.press("f2")
        await here.expert("asks for control")
        await here.press()
        await here.expert("takes back control")
        await here.press("f6", drawn=False)
        assert not here.side._hand
        await here.press("escape")
        assert here.shell.typed == "<escape>"

    plays(story)


def test_control_that_ends_by_itself(plays: Plays) -> None:
    """When the expert gives control back nothing more is typed at once, and Esc is a key of the program again."""

    async def story(here: Here) -> None:
        await here.offers()
        await here.press("f2")
        await here.expert("asks for control")
        await here.press("f6")
        await here.side.meeting.send(Act("gives back control", ANNA, "s1", ANNA, "injected"))
        here.side._typed(ANNA, "s1", "too late")
        await here.quiet()
        here.side._typed(ANNA, "s1", "too late")
        await here.press("escape")
        assert here.shell.typed == "<escape>"

    plays(story)


def test_pause_end_and_the_record(plays: Plays) -> None:
    """F4 pauses and goes on, F9 ends the view, and F8 shows who saw what, where keys reach nothing."""

    async def story(here: Here) -> None:
        await here.offers()
        await here.press("f2")
        await here.press("f4")
        assert here.so("paused") is True
        await here.press("f4")
        assert here.so("paused") is False
        await here.press("f8", "x")
        assert any(ANNA in text and "goes on" in text for row in here.side.rows() for _, text in row)
        await here.press("f9", "escape", "y")
        assert here.so("phase") == "idle"
        assert here.side.bar().told == "The view is over."
        assert here.shell.typed == "<y>"

    plays(story)


def test_nothing_is_kept_in_memory(plays: Plays) -> None:
    """However much happens, no trace grows, and the promises are judged all the same."""

    async def story(here: Here) -> None:
        await here.offers()
        await here.press("f2")
        for _ in range(50):
            await here.side.meeting.send(Act("a frame is due", ANNA, "s1"))
        assert not here.side.meeting.trace
        assert not here.side.meeting.records
        assert here.side._notes.close().verdict == "kept"

    plays(story)
