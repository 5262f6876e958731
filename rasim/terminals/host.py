"""The computer's side: a program in a terminal of its own, shared over the wire with whom its user lets look and type.

Everything that may be is put through the table first. A picture leaves when the table has shown that very frame, keys reach the program
when the table has applied that very input and the user has not pressed Esc since; else nothing does. Answers come from this terminal's
keyboard alone, and are to the question that was drawn on it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from attrs import field, frozen
from prompt_toolkit.application import Application

from rasim.errors import UsageError
from rasim.policy import Membership, Policy
from rasim.protocol.acts import Act
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.host import Record
from rasim.protocol.lines import RECORD_KINDS, Line, Recorded
from rasim.protocol.vocabulary import HELD, OFFERED, VIEWING
from rasim.runtime.meeting import Meeting, User
from rasim.runtime.wire.identity import LOOPBACK, server_context
from rasim.runtime.wire.limits import Limits
from rasim.runtime.wire.record import RecordFile
from rasim.runtime.wire.server import WireServer, told_to_stop
from rasim.terminals.background import BackgroundTasks
from rasim.terminals.looks import BAR_ROWS, PASTED, application
from rasim.terminals.screen import Cells, TerminalScreen
from rasim.terminals.shell import Shell, started, why
from rasim.terminals.words import Bar, Shared, host_bar, record_lines
from rasim.verify.promises.audit_trail import AuditTrail
from rasim.verify.promises.judge import Judge, JudgedTrace

_SESSION: Final = "s1"
_COMPUTER: Final = "pc1"
_PICTURES: Final = 0.1  # seconds between two of them
_TICK: Final = 0.25
_MOST_CALLS: Final = 64  # connections at once: far from the number of files that a process may have open
_REMEMBERED: Final = 1_000  # lines that a person of the meeting remembers
_TOLD: Final = {
    "prompt_shown": "",
    "connection_opened": "",
    "control_granted": "",
    "ended": "The view is over.",
    "control_stopped": "You took control back.",
    "control_released": "The expert gave control back.",
    "offer_expired": "Nobody answered in time: that was a no.",
    "offer_cancelled": "The offer was taken back.",
    "denied": "That was a no.",
    "control_refused": "That was a no.",
}
"""What the user is told of the last thing that happened."""


@frozen
class SharePlan:
    """What is shared with whom: who may come, under which policy, and what runs."""

    server: str  # the file of the server's identity
    experts: Sequence[str]
    policy: Policy
    command: Sequence[str]
    user: str
    address: str = "127.0.0.1"
    port: int = 0
    computer: str = _COMPUTER
    membership: Membership = field(factory=Membership)
    os: str | None = None
    choices: Choices = STRICT
    record: str | None = None  # the file that keeps what happened


class _Notes:
    """What is kept of a run in memory: the verdict so far, and who saw what, however long it goes on."""

    def __init__(self, choices: Choices) -> None:
        self.judge, self.trail = Judge(choices), AuditTrail()
        self.times: dict[int, int] = {}
        self.refusals = 0
        self._last = Recorded(0, Line("recorder", (("records", tuple(RECORD_KINDS)),)), 0)
        self.judge.take(self._last)

    def watch(self, _: Act, record: Record) -> None:
        for each in record.lines:
            self._last = each
            self.judge.take(each)
            self.trail.take(each)
            if each.line.event == "audited":
                self.times[each.seq] = each.at or 0
                self.refusals += each.line["kind"] == "refusal"

    def close(self) -> JudgedTrace:
        self.judge.take(Recorded(self._last.seq + 1, Line("recording_ended"), self._last.at))
        return self.judge.close()


@frozen
class _Question:
    """A question as it was drawn."""

    event: str
    prompt: str
    expert: str
    ready: bool


class _Owner(User):
    """The user at the computer, who has this terminal."""

    def __init__(self, side: "_HostSide", meeting: Meeting, account: str, session: str) -> None:
        super().__init__(meeting, account, session)
        self._side = side
        self.asked: dict[str, float] = {}  # when each question came, by its prompt

    def notices(self, line: Line) -> None:
        super().notices(line)
        if line.event.endswith("prompt_shown"):
            self.asked[line["prompt"]] = time.monotonic()
        self._side.noticed(line)


class _HostSide:
    def __init__(self, plan: SharePlan) -> None:
        self._plan = plan
        began, zero = time.time_ns() // 1000, time.monotonic()
        self._record = None if plan.record is None else RecordFile(plan.record)
        self._notes = _Notes(plan.choices)
        sent_away = None if self._record is None else self._record.sent_away
        self._server = WireServer(server_context(plan.server), Limits(connections=_MOST_CALLS), sent_away)
        self.meeting = Meeting(
            plan.experts,
            {_SESSION: plan.user},
            membership=plan.membership,
            os=plan.os,
            choices=plan.choices,
            user=lambda *given: _Owner(self, *given),
            way=self._server.way(plan.computer, typed=self._typed),
            clock=lambda: began + round((time.monotonic() - zero) * 1_000_000),
            keep=self._forgets,
            watch=self._notes.watch,
        )
        for person in (*self.meeting.experts.values(), *self.meeting.users.values()):
            person.seen = deque(maxlen=_REMEMBERED)
        if self._record is not None:
            self._record.takes(plan.computer, self.meeting)
        self._screen = TerminalScreen(answers=self._answers)
        self._changed = asyncio.Event()
        self._listens = False
        self._drawn: _Question | None = None
        self._hand = ""  # the account whose keys are let through: from a grant to its end, or to Esc
        self._granting = ""  # the question that a yes is on its way to
        self._page: list[str] | None = None
        self._told = ""
        self._since = self._held_since = ""
        self._work = BackgroundTasks(self._fails)
        self._app: Application[None] = application(self)
        self._shell: Shell

    def _answers(self, text: str) -> None:
        self._shell.types(text)

    # ---- what is drawn ------------------------------------------------------------------------------------------

    def rows(self) -> Sequence[Cells]:
        if self._page is not None:
            return [[("", line)] for line in self._page]
        return self._screen.rows()

    def cursor(self) -> tuple[int, int] | None:
        return None if self._page is not None else self._screen.cursor

    def bar(self) -> Bar:
        now, self._drawn = self._now()
        return host_bar(now)

    def _now(self) -> tuple[Shared, _Question | None]:
        owner: Any = self.meeting.users[_SESSION]
        expert = self.meeting.expert_here(_SESSION) or ""
        facts = self.meeting.host.situation(expert, _SESSION)
        event, prompt = next(iter(owner.questions.values()), ("", ""))
        asked_for = time.monotonic() - owner.asked[prompt] if prompt else None
        limit = self._plan.choices.consent_time if facts["phase"] == OFFERED else self._plan.choices.control_time
        now = Shared(
            phase=str(facts["phase"]),
            expert=expert,
            control=str(facts["control"]),
            paused=bool(facts["paused"]),
            asked_for=asked_for,
            time=limit.total_seconds(),
            since=self._since,
            held_since=self._held_since,
            told=self._told,
        )
        return now, _Question(event, prompt, expert, now.ready) if now.asks else None

    async def _forgets(self, _: Record) -> None:
        """Keep no trace in memory: it grows as long as somebody looks on."""
        self.meeting.records.clear()
        self.meeting.host.trace.clear()

    # ---- what is noticed ----------------------------------------------------------------------------------------

    def noticed(self, line: Line) -> None:
        """Take in a line that the user can observe."""
        self._told = _TOLD.get(line.event, self._told)
        if line.event == "connection_opened":
            self._since = time.strftime("%H:%M")
        elif line.event == "control_granted":
            self._held_since = time.strftime("%H:%M")
        elif line.event in ("control_stopped", "control_released", "ended"):
            self._hand = ""
        if self._page is not None:
            self._page = self._record_page()
        self._changed.set()
        self._app.invalidate()

    def _record_page(self) -> list[str]:
        return record_lines(self._notes.trail.intervals, self._notes.times, self._notes.refusals, _clock)

    # ---- keys ---------------------------------------------------------------------------------------------------

    def pressed(self, key: str, data: str) -> None:  # noqa: C901, PLR0912  (one case a key)
        question = self._drawn
        expert = self.meeting.expert_here(_SESSION) or ""
        facts = self.meeting.host.situation(expert, _SESSION)
        match key:
            case "escape" if self._hand or self._granting or facts["control"] == HELD:
                # Before anything else can happen: what is on its way is dropped from here on, a yes of this very moment too.
                self._hand = self._granting = ""
                self._shell.forgets()
                self._does("stops control", expert)
            case "escape" | "f8" if self._page is not None:
                self._page = None
            case "f8":
                self._page = self._record_page()
            case "f2":
                if question is not None and question.event == "prompt_shown" and question.ready:
                    self._does("accepts", question.expert, question.prompt)
            case "f6":
                if question is not None and question.event == "control_prompt_shown" and question.ready:
                    self._granting = question.prompt
                    self._does("grants control", question.expert, question.prompt)
            case "f3":
                if question is not None:
                    no = "denies" if question.event == "prompt_shown" else "refuses control"
                    self._does(no, question.expert, question.prompt)
            case "f4" if facts["phase"] == VIEWING:
                self._does("resumes" if facts["paused"] else "pauses", expert)
            case "f9" if facts["phase"] == VIEWING:
                self._hand = self._granting = ""
                self._does("user ends", expert)
            case "f10":
                self._app.exit()
            case _ if key not in ("f4", "f9") and self._page is None:
                self._shell.types(self._screen.typed(data, pasted=key == PASTED))
            case _:
                pass
        self._app.invalidate()

    def _does(self, kind: str, expert: str, prompt: str | None = None) -> None:
        async def act() -> None:
            outcome = await self.meeting.user(_SESSION).does(kind, expert, prompt=prompt)
            if kind == "grants control" and self._granting == prompt:
                self._hand, self._granting = expert if outcome.verdict == "done" else "", ""
            self._app.invalidate()

        self._work.begins(act())

    def _fails(self, error: BaseException) -> None:
        """End with an error: nothing is shared by a program that does not know what it does."""
        self._hand = ""
        if self._app.is_running and not self._app.future.done():  # type: ignore[union-attr]
            self._app.exit(exception=error)

    def _typed(self, account: str, session: str, keys: str) -> None:
        """Take what an expert typed, after the table has applied it: it counts if the user has not taken control back since."""
        if account == self._hand and self.meeting.host.situation(account, session)["control"] == HELD:
            self._shell.types(self._screen.typed(keys))

    # ---- at work ------------------------------------------------------------------------------------------------

    def _prints(self, data: bytes) -> None:
        self._screen.feed(data)
        self._changed.set()
        self._app.invalidate()

    def _fits(self, _: Any = None) -> None:
        """Have the size of this terminal, but for the bar."""
        size = self._app.output.get_size()
        columns, rows = max(1, size.columns), max(1, size.rows - BAR_ROWS)
        if (columns, rows) != self._screen.size:
            self._screen.resize(columns, rows)
            self._shell.resize(columns, rows)
            self._changed.set()

    async def _shows(self) -> None:
        """Let who looks on see what changes; nobody is shown a frame that the table does not show."""
        served: Any = self.meeting.way
        while True:
            await self._changed.wait()
            self._changed.clear()
            phases = [self.meeting.host.situation(each, _SESSION) for each in served.here]
            if any(each["phase"] == VIEWING and not each["paused"] for each in phases):
                await served.shows(_SESSION, self._screen.picture())
            await asyncio.sleep(_PICTURES)

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            if self._drawn is not None or self.meeting.users[_SESSION].questions:
                self._app.invalidate()

    async def _until_told(self, over: "Callable[[], Coroutine[Any, Any, Any]]") -> None:
        await over()
        if self._app.is_running and not self._app.future.done():  # type: ignore[union-attr]
            self._app.exit()

    async def run(self) -> JudgedTrace:
        """Share until the user ends it, or the program ends; return what the promises say of it."""
        plan, loop = self._plan, asyncio.get_running_loop()
        size = self._app.output.get_size()
        process = started(plan.command, max(1, size.columns), max(1, size.rows - BAR_ROWS))
        self._shell = Shell(process, self._prints)
        self._screen.resize(max(1, size.columns), max(1, size.rows - BAR_ROWS))
        loop.set_exception_handler(lambda _, said: self._fails(said.get("exception") or RuntimeError(said["message"])))
        try:
            async with self.meeting, self._server.listening(plan.address, plan.port) as port:
                await self.meeting.applies(plan.policy)
                await self.meeting.happens("refresh task runs")
                await self.meeting.user(_SESSION).does("logs on")
                self._listens = True
                near = "" if plan.address in LOOPBACK else ": other computers can reach this one"
                self._told = f"Experts call {plan.address}:{port}{near}"
                self._app.before_render += self._fits
                for work in (
                    self._shows(),
                    self._ticks(),
                    self._until_told(self._shell.over.wait),
                    self._until_told(told_to_stop),
                ):
                    self._work.begins(work)
                await self._app.run_async(handle_sigint=False, set_exception_handler=False)
        except OSError as error:
            if self._listens:
                raise
            raise UsageError(f"{plan.address}:{plan.port}: cannot listen there: {why(error)}") from None
        finally:
            self._work.ends()
            self._shell.ends()
            if self._record is not None:
                self._record.close()
        return self._notes.close()


def _clock(microseconds: int) -> str:
    """Return a time of the trace as a clock shows it."""
    return time.strftime("%H:%M:%S", time.localtime(microseconds / 1_000_000))


def share(plan: SharePlan) -> JudgedTrace:
    """Share a terminal until its user ends it; return what the promises say of it.

    Raises:
        UsageError: there is no pseudo-terminal here, no such program, or nothing that could listen there.
        InputError: the file of the server's identity is none.

    """

    async def main() -> JudgedTrace:
        return await _HostSide(plan).run()

    return asyncio.run(main())
