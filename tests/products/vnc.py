"""One desktop, its user and experts who come over RFB: what the tests of both VNC servers share.

The desktop is an Xvfb. The user's hand is xdotool, and so is the eye that tells where the pointer is; an expert is a client of asyncvnc.
A `Scene` lets them act and writes a line for what could be seen of it:

    a client has connected to the port                 offer_received
    the window of the question is on the display       prompt_shown
    that window is gone                                prompt_hidden
    xdotool has clicked, at this display               local_input
    the handshake went on after the click              accepted (local, by the user)
    a first whole picture has arrived at the client    connection_opened and frame_shown
    the server hung up after the click on No           denied and offer_refused
    the server hung up and nobody had clicked          offer_expired and offer_refused
    another whole picture has arrived                  frame_shown
    the pointer is where the client sent it            input_applied
    the pointer has not moved, and the server has
    answered what the client asked afterwards          input_dropped
    the server hung up on a running view               ended

A VNC server has no list of helpers and no accounts: everybody who reaches the port may ask. So the policy that is recorded lists the
experts of the test, and their accounts are known to the test alone.
"""

import asyncio
import itertools
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import asyncvnc
from attrs import define, field, frozen
from stage import PATIENCE, UnfitStage, ran, running, until

from rasim.testing import Recorder

USER = r"DESK\user"
ANNA, CAROL = r"VNC\anna", r"VNC\carol"
RECORDED = ("prompts", "answers", "frames", "input", "sessions", "presence", "policy")
PF_EXITING = 4  # of the flags in /proc/PID/stat
HUNG_UP = (
    ConnectionError,
    asyncio.IncompleteReadError,
    PermissionError,
    ValueError,
)  # the ways in which asyncvnc tells a refusal


@frozen
class Question:
    """The window in which a server asks, and where in it what can be clicked."""

    title: str
    buttons: Mapping[str, tuple[int, int]]


@frozen
class Desktop:
    """An X display without a window manager; what is started for it ends with it."""

    display: str
    folder: Path
    stack: ExitStack

    @property
    def env(self) -> dict[str, str]:
        """Return what leads a program to this display."""
        return {"DISPLAY": self.display}

    def start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start a program on the display."""
        log = self.folder / f"{Path(command[0]).name}.log"
        return self.stack.enter_context(running(*command, log=log, env=self.env))

    async def xdotool(self, *arguments: str) -> str:
        """Let xdotool do or look."""
        return await ran("xdotool", *arguments, env=self.env)

    async def pointer(self) -> tuple[int, int]:
        """Return where the pointer is."""
        said = dict(line.split("=") for line in (await self.xdotool("getmouselocation", "--shell")).splitlines())
        return int(said["X"]), int(said["Y"])

    async def windows(self, title: str) -> list[str]:
        """Return the windows of this title that are on the display now; xdotool fails where there is none."""
        process = await asyncio.create_subprocess_exec(
            *("xdotool", "search", "--onlyvisible", "--name", title),
            env={**os.environ, **self.env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return (await process.communicate())[0].decode().split()


@asynccontextmanager
async def a_desktop(folder: Path) -> AsyncIterator[Desktop]:
    """Start an Xvfb on a display number of its own choice, and end all that was started there.

    Without -noreset it would begin anew whenever the last client leaves, an xdotool for instance, and take along who just came.
    """
    read, write = os.pipe()
    with ExitStack() as stack, os.fdopen(read) as number:
        screen = ("-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset", "-displayfd", str(write))
        stack.enter_context(running("Xvfb", *screen, log=folder / "Xvfb.log", pass_fds=[write]))
        os.close(write)
        said = (await asyncio.wait_for(asyncio.to_thread(number.readline), PATIENCE)).strip()
        if not said:
            raise UnfitStage(f"Xvfb did not start: {folder / 'Xvfb.log'}")
        yield Desktop(f":{said}", folder, stack)


@define
class Offer:
    """One attempt of an expert to get in; once let in it is a view, with the same number."""

    number: str
    attempt: asyncio.Task[asyncvnc.Client]
    reader: asyncio.StreamReader

    @property
    def client(self) -> asyncvnc.Client:
        """Return the client, once it was let in."""
        return self.attempt.result()

    async def let_in(self) -> bool:
        """Wait for the server's answer: whether it goes on with the handshake or hangs up."""
        try:
            await asyncio.wait_for(asyncio.shield(self.attempt), PATIENCE)
        except HUNG_UP:
            return False
        except TimeoutError:
            raise UnfitStage("the server neither lets in nor hangs up") from None
        return True

    async def told_why(self) -> str:
        """Return the server's reason for a no, which in RFB 3.8 follows it; asyncvnc leaves it unread."""
        length = int.from_bytes(await asyncio.wait_for(self.reader.readexactly(4), PATIENCE), "big")
        return (await asyncio.wait_for(self.reader.readexactly(length), PATIENCE)).decode()

    async def picture(self) -> bool:
        """Ask for a whole picture and tell whether it came; it did not if the server hung up."""
        try:
            return bool((await asyncio.wait_for(self.client.screenshot(), PATIENCE)).size)
        except HUNG_UP:
            return False


@define
class Scene:
    """A desktop with a server, a user and experts; what they do is done, looked at and recorded."""

    desktop: Desktop
    port: int
    question: Question
    server: subprocess.Popen[bytes]
    mode: str = "view"
    somebody_there: bool = True
    recorder: Recorder = field(init=False)
    _numbers: "itertools.count[int]" = field(init=False, factory=lambda: itertools.count(1))

    def __attrs_post_init__(self) -> None:
        """Write what stands before the first offer."""
        self.recorder = Recorder(RECORDED)
        self.recorder.policy_applied(version=1, offers="enabled", mode=self.mode, helpers=[ANNA, CAROL])
        if self.somebody_there:
            self.recorder.logged_on(session="s1", by=USER)

    async def dials(self, expert: str) -> Offer:
        """Let an expert connect to the port."""
        reader, writer = await until(self._connected, f"a server on port {self.port}")
        offer = Offer(f"o{next(self._numbers)}", asyncio.create_task(asyncvnc.Client.create(reader, writer)), reader)
        self.desktop.stack.callback(writer.close)
        self.recorder.offer_received(offer=offer.number, session="s1", expert=expert)
        return offer

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            return await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionRefusedError:
            return None

    async def is_asked(self, offer: Offer) -> str:
        """Wait until the question is on the display, and return its window."""
        window = (await until(lambda: self.desktop.windows(self.question.title), "the question"))[0]
        self.recorder.prompt_shown(offer=offer.number, session="s1")
        return window

    async def is_asked_about(self, offer: Offer) -> bool:
        """Wait for what comes first: a question, and True; or an answer without one, which has to be a no."""

        async def either() -> str | None:
            return (
                "asked" if await self.desktop.windows(self.question.title) else "over" if offer.attempt.done() else None
            )

        if await until(either, "a question, or the end") == "asked":
            return True
        assert not await self.lets_in(offer), "let in without a question"
        return False

    async def clicks(self, window: str, button: str) -> None:
        """Let the user's hand click on a button of the question."""
        x, y = self.question.buttons[button]
        self.recorder.local_input(session="s1")
        await self.desktop.xdotool("mousemove", "--window", window, str(x), str(y), "click", "1")

    async def says(self, offer: Offer, button: str) -> None:
        """Let the user answer the question, and wait for what comes of it."""
        await self.clicks(await self.is_asked(offer), button)
        let_in = await self.lets_in(offer)
        answered = self.recorder.accepted if let_in else self.recorder.denied
        answered(offer=offer.number, session="s1", origin="local", by=USER)
        await self.gone(offer)
        if let_in:
            await self._begins(offer)
        else:
            self.recorder.offer_refused(offer=offer.number, reason="denied")

    async def lets_in(self, offer: Offer) -> bool:
        """Wait for the server's answer. Only a server that lives can say no: one that died says nothing."""
        let_in = await offer.let_in()
        self.lives()
        return let_in

    def lives(self) -> None:
        """Have Linux say that the server is not on its way out: the mark stands before its connections close."""
        fields = Path(f"/proc/{self.server.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        if int(fields[6]) & PF_EXITING:
            raise UnfitStage("the server died")

    async def _begins(self, offer: Offer) -> None:
        """Look whether the view begins, now that the server let the expert in: it may hang up before the first picture."""
        if await offer.picture():
            self.recorder.connection_opened(connection=offer.number, offer=offer.number)
            self.recorder.frame_shown(connection=offer.number, session="s1")
        else:
            self.lives()
            self.recorder.offer_refused(offer=offer.number, reason="other")

    async def says_nothing(self, offer: Offer) -> None:
        """Let the question stand until the server has had enough."""
        await self.is_asked(offer)
        if await self.lets_in(offer):
            await self._begins(offer)
            return
        await self.gone(offer)
        self.recorder.offer_expired(offer=offer.number)
        self.recorder.offer_refused(offer=offer.number, reason="timeout")

    async def gone(self, offer: Offer) -> None:
        """Wait until the question is no longer on the display."""

        async def none_left() -> bool:
            return not await self.desktop.windows(self.question.title)

        await until(none_left, "the question is gone")
        self.recorder.prompt_hidden(offer=offer.number)

    async def is_let_in(self, expert: str, button: str = "view") -> Offer:
        """Let an expert offer and the user accept, until the first picture."""
        offer = await self.dials(expert)
        await self.says(offer, button)
        return offer

    async def looks(self, view: Offer) -> bool:
        """Let an expert ask for a picture."""
        came = await view.picture()
        if came:
            self.recorder.frame_shown(connection=view.number, session="s1")
        return came

    async def moves(self, view: Offer, x: int, y: int) -> bool:
        """Let an expert move the pointer, and tell whether it did."""
        before = await self.desktop.pointer()
        view.client.mouse.move(x, y)
        for _ in range(5):  # a server reads in order: what comes after an answer is no longer on its way
            if not await view.picture():
                raise UnfitStage("the server hung up before it answered")
            if (now := await self.desktop.pointer()) == (x, y):
                self.recorder.input_applied(connection=view.number, session="s1")
                return True
            if now != before:
                raise UnfitStage(f"the pointer went from {before} to {now} and was sent to {(x, y)}")
        self.recorder.input_dropped(connection=view.number, session="s1")
        return False

    async def lets_click(self, view: Offer, offer: Offer, button: str) -> None:
        """Let an expert, who has control, click into the question about another expert; then see what comes of it."""
        window = await self.is_asked(offer)
        x, y = self.question.buttons[button]
        at = dict(
            line.split("=")
            for line in (await self.desktop.xdotool("getwindowgeometry", "--shell", window)).splitlines()
        )
        view.client.mouse.move(int(at["X"]) + x, int(at["Y"]) + y)
        view.client.mouse.click()
        let_in = await self.lets_in(offer)
        if let_in:
            self.recorder.input_applied(connection=view.number, session="s1")
            self.recorder.accepted(offer=offer.number, session="s1", origin="injected", by=USER)
            await self.gone(offer)
            await self._begins(offer)
        else:
            await self.gone(offer)
            self.recorder.offer_expired(offer=offer.number)
            self.recorder.offer_refused(offer=offer.number, reason="timeout")

    async def locks(self) -> None:
        """Lock the display with i3lock, and wait until it lies over everything."""
        self.desktop.start("i3lock", "--nofork", "--color=203040")
        await until(lambda: self.desktop.windows("i3lock"), "the lock")
        self.recorder.locked(session="s1")

    async def is_over(self, view: Offer, *, reason: str = "user") -> None:
        """Wait until the server hangs up on a view: the client asks for pictures until none comes."""

        async def hung_up() -> bool:
            return not await view.picture()

        await until(hung_up, "the server hangs up")
        self.recorder.ended(
            connection=view.number,
            reason=reason,
            by=USER if reason == "user" else None,
            origin="local" if reason == "user" else None,
        )
