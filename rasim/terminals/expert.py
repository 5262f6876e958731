"""The expert's side: offers help, waits, looks on, asks for control, types, and is told in plain words what was refused and why.

It decides nothing. What is typed is sent and the computer says what became of it; a picture is shown while the view goes on, and not
kept longer.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from prompt_toolkit.application import Application

from rasim.protocol.lines import Line
from rasim.protocol.vocabulary import ASKED, HELD, OFFERED, VIEWING
from rasim.runtime.wire.client import RemoteExpert, connect
from rasim.runtime.wire.frames import LONGEST_KEYS, Ending, Picture, WireError
from rasim.runtime.wire.server import told_to_stop
from rasim.terminals.background import BackgroundTasks
from rasim.terminals.looks import application
from rasim.terminals.screen import Cells, TerminalScreen, of_picture
from rasim.terminals.words import Bar, OtherSide, expert_bar, refused

_BETWEEN: Final = 0.07  # seconds between two acts that type: a computer takes twenty acts a second
_MOST_TYPED: Final = 4 * LONGEST_KEYS
_TICK: Final = 0.25


class _ExpertSide:
    def __init__(self, expert: RemoteExpert, session: str) -> None:
        self._expert, self._session = expert, session
        self._seen = OtherSide(expert.computer)
        self._picture: TerminalScreen | None = None
        self._asked = time.monotonic()
        self._keys = ""
        self._typed = asyncio.Event()
        self._work = BackgroundTasks(self._leaves)
        self._app: Application[None] = application(self)

    # ---- what is drawn ------------------------------------------------------------------------------------------

    def rows(self) -> Sequence[Cells]:
        return [] if self._picture is None else self._picture.rows()

    def cursor(self) -> tuple[int, int] | None:
        return None

    def bar(self) -> Bar:
        asked = self._seen.phase == OFFERED or self._seen.control == ASKED
        limit = self._expert.consent if self._seen.phase == OFFERED else self._expert.control
        return expert_bar(self._seen, time.monotonic() - self._asked if asked else None, limit)

    # ---- what arrives -------------------------------------------------------------------------------------------

    async def _looks(self) -> None:
        async for seen in self._expert:
            if isinstance(seen, Picture):
                self._picture = of_picture(seen.text) if self._seen.looks_on else None
            else:
                self._notices(seen)
            self._app.invalidate()
        self._leaves(self._expert.over)

    def _notices(self, line: Line) -> None:
        if line.event.endswith("prompt_shown"):
            self._asked = time.monotonic()
        self._seen = self._seen.after(line)
        if not self._seen.looks_on:
            self._picture = None
        if self._seen.control != HELD:
            self._keys = self._keys if self._seen.phase == VIEWING else ""

    # ---- keys ---------------------------------------------------------------------------------------------------

    def pressed(self, key: str, data: str) -> None:
        seen = self._seen
        match key:
            case "f10":
                self._leaves(None)
            case "f2" if seen.phase not in (OFFERED, VIEWING):
                self._does("asks for a ticket")
            case "f3" if seen.phase == OFFERED:
                self._does("withdraws")
            case "f6" if seen.phase == VIEWING:
                self._keys = ""
                acts = {HELD: "gives back control", ASKED: "takes back control"}
                self._does(acts.get(seen.control, "asks for control"))
            case "f9" if seen.phase == VIEWING:
                self._does("expert ends")
            case "f2" | "f3" | "f6" | "f9":
                pass
            case _ if seen.phase == VIEWING:
                self._keys = (self._keys + data)[:_MOST_TYPED]
                self._typed.set()
            case _:
                self._tells("Nothing was typed there: you see nothing of it.")

    def _does(self, act: str) -> None:
        async def does() -> None:
            self._tells("")
            if act == "asks for a ticket":
                reply = await self._expert.offers_help(self._session)
            else:
                reply = await self._expert.does(act, self._session)
            self._answers(act, reply.verdict, reply.because)

        self._work.begins(does())

    async def _types(self) -> None:
        """Send what is typed, a little at a time; the computer says of each whether it counted."""
        while True:
            await self._typed.wait()
            self._typed.clear()
            while self._keys:
                keys, self._keys = self._keys[:LONGEST_KEYS], self._keys[LONGEST_KEYS:]
                reply = await self._expert.does("uses control", self._session, keys=keys)
                if reply.verdict != "done":
                    self._keys = ""
                self._answers("uses control", reply.verdict, reply.because)
                await asyncio.sleep(_BETWEEN)

    def _answers(self, act: str, verdict: str, because: Sequence[str]) -> None:
        if said := refused(act, verdict, tuple(because), self._seen.phase):
            # A line that says why, in the words of the computer, has been taken in before: a reply comes after it.
            told = self._seen.told
            self._tells(told if act != "uses control" and told else said)

    def _tells(self, said: str) -> None:
        self._seen = self._seen.telling(said)
        self._app.invalidate()

    # ---- at work ------------------------------------------------------------------------------------------------

    def _leaves(self, error: BaseException | None) -> None:
        if self._app.is_running and not self._app.future.done():  # type: ignore[union-attr]
            self._app.exit() if error is None else self._app.exit(exception=error)

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            self._app.invalidate()

    async def _until_told(self) -> None:
        await told_to_stop()
        self._leaves(None)

    async def run(self) -> None:
        """Offer help, and do what is wanted, until somebody ends it. WireError when it was the other side."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, said: self._leaves(said.get("exception") or RuntimeError(said["message"])))

        def begin() -> None:
            for work in (self._looks(), self._types(), self._ticks(), self._until_told()):
                self._work.begins(work)
            self._does("asks for a ticket")

        try:
            await self._app.run_async(pre_run=begin, handle_sigint=False, set_exception_handler=False)
        finally:
            self._work.ends()


def assist(host: str, port: int, identity: str, computer: str, session: str, *, name: str | None = None) -> str:
    """Help at a computer until either side ends it; return how the computer ended it, nothing where the expert did.

    Raises:
        WireError: the computer does not take this expert, or has sent it away.
        InputError: the file is no identity's.
        OSError: nobody listens there.

    """

    async def main() -> None:
        async with connect(host, port, identity, computer, name=name) as expert:
            await _ExpertSide(expert, session).run()

    try:
        asyncio.run(main())
    except WireError as error:
        if error.reason in (Ending.GOES_DOWN, Ending.GONE):
            return str(error)
        raise
    return ""
