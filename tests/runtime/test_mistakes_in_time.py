"""Named mistakes that the state of a model cannot hold: sessions inside a grant, ids, roles, shown names, hands, clocks.

Each is a computer with one mistake in its program; a meeting goes as an honest one does, and its trace breaks the promise.
"""

from collections.abc import Callable

import pytest
from attrs import evolve

from rasim.policy import Policy
from rasim.protocol import Act, Host, Line, Record, Recorded
from rasim.protocol.computer import Pair
from rasim.protocol.host import Alarm
from rasim.protocol.lines import EVERYTHING
from rasim.protocol.trace_writer import CountedIds
from rasim.runtime import Meeting, simulate, simulated_loop
from rasim.verify.promises.judge import Judge

ANNA, CAROL, BOB, ERIN = r"CORP\anna", r"CORP\carol", r"CORP\bob", r"CORP\erin"
Story = Callable[[Meeting], object]


class Meetings(Meeting):
    """A meeting at a computer of another make."""

    make: type[Host] = Host

    def __init__(self, make: type[Host]) -> None:
        super().__init__([ANNA, CAROL], {"s1": BOB, "s2": ERIN})
        self.host = make([ANNA, CAROL], {"s1": BOB, "s2": ERIN})


def changed(recorded: Recorded, **fields: str) -> Recorded:
    """Return a line with other values."""
    old = dict(recorded.line.fields)
    return evolve(recorded, line=Line(recorded.line.event, tuple({**old, **fields}.items())))


class FollowsTheConsole(Host):
    """M09: frames show whatever session came to the screen last."""

    console = "s1"

    def _recorded(self, spoken: Line, at: int | None) -> Recorded:
        recorded = super()._recorded(spoken, at)
        self.console = spoken["session"] if spoken.event in ("switched_to", "logged_on") else self.console
        return changed(recorded, session=self.console) if spoken.event == "frame_shown" else recorded


class Slots(CountedIds):
    """Ids that are numbers of slots."""

    def fresh(self, pair: Pair, key: str, *, stray: bool) -> str:
        """Return the number of the only slot."""
        return "-".join((super().fresh(pair, key, stray=stray).rpartition("-")[0], "1"))


class SmallPool(Host):
    """M10: ids are numbers of slots, and slots are used again."""

    def __init__(self, experts: list[str], sessions: dict[str, str]) -> None:
        super().__init__(experts, sessions)
        self._ids = Slots()


class BelievesRoles(Host):
    """M12: who answers is what the message says."""

    def _signed(self, act: Act, *_: object) -> Act:
        return act


class EmptyMatchesAll(Host):
    """M15: an empty entry of the list matches everybody."""

    def _listed(self) -> list[bool]:
        return [True for _ in self.experts]


class ShowsDisplayNames(Host):
    """M18: the question shows what the expert calls itself."""

    def _recorded(self, spoken: Line, at: int | None) -> Recorded:
        recorded = super()._recorded(spoken, at)
        return changed(recorded, names="Help Desk") if spoken.event == "prompt_shown" else recorded


class WallClock(Host):
    """M20: what has to last is measured by a clock that somebody sets, here by 50 s."""

    ahead = 50_000_000

    def _alarm(self, *what: object) -> Alarm:
        alarm = super()._alarm(*what)  # type: ignore[arg-type]  (passed on as it came)
        return evolve(alarm, microseconds=max(alarm.microseconds - self.ahead, 0))


class WallClockBack(WallClock):
    """M20 again: set back, so that everything lasts longer."""

    ahead = -50_000_000


class AnswersItself(Host):
    """M26: the page that shows the question answers it, and nobody touched anything."""

    def _recorded(self, spoken: Line, at: int | None) -> Recorded:
        return super()._recorded(Line("recorder") if spoken.event == "local_input" else spoken, at)

    def receive(self, act: Act, at: int | None = None) -> Record:
        """Leave out the input that nobody gave."""
        record = super().receive(act, at)
        self.trace = [recorded for recorded in self.trace if recorded.line.event != "recorder"]
        return record


async def helped(meeting: Meeting, policy: Policy) -> None:
    """Let policy apply, both users log on, and anna be asked about."""
    await meeting.applies(policy)
    await meeting.happens("refresh task runs")
    for user in meeting.users.values():
        await user.does("logs on")
    await meeting.expert(ANNA).offers_help("s1")


FULL = Policy.of(offer="enabled", mode="control", helpers=[ANNA, CAROL])


async def accepted(meeting: Meeting) -> None:
    """Let bob accept, the other user come to the screen, and a frame be due."""
    await helped(meeting, FULL)
    await meeting.user("s1").does("accepts")
    await meeting.user("s2").does("is switched to")
    await meeting.happens("a frame is due", ANNA, "s1")


async def twice(meeting: Meeting) -> None:
    """Let bob be asked twice."""
    await helped(meeting, FULL)
    await meeting.expert(ANNA).does("withdraws", "s1")
    await meeting.expert(ANNA).offers_help("s1")


async def claimed(meeting: Meeting) -> None:
    """Let anna send an answer that says it is local."""
    await helped(meeting, FULL)
    prompt = meeting.prompt(ANNA, "s1", "accepts")
    await meeting.send(Act("accepts", ANNA, "s1", by=ANNA, origin="local", prompt=prompt))


async def unlisted(meeting: Meeting) -> None:
    """Let anna offer where the list has an empty entry and somebody else."""
    await helped(meeting, Policy.of(offer="enabled", mode="view", helpers=["", CAROL]))


async def refused(meeting: Meeting) -> None:
    """Let bob deny, and all times pass."""
    await helped(meeting, FULL)
    await meeting.user("s1").does("denies")
    await passes(meeting)


async def silent(meeting: Meeting) -> None:
    """Let nobody answer, and all times pass."""
    await helped(meeting, FULL)
    await passes(meeting)


async def passes(meeting: Meeting) -> None:
    """Let three minutes pass."""
    loop = simulated_loop()
    until = loop.create_future()
    loop.call_at_microsecond(loop.now + 180_000_000, until.set_result, None)
    await until
    await meeting.happens("refresh task runs")


async def yes(meeting: Meeting) -> None:
    """Let the question be answered with yes."""
    await helped(meeting, FULL)
    await meeting.user("s1").does("accepts")


MISTAKES = (
    (FollowsTheConsole, accepted, "nothing_shown_before_acceptance"),
    (SmallPool, twice, "ids_are_never_used_again"),
    (BelievesRoles, claimed, "only_the_sessions_own_user_consents"),
    (EmptyMatchesAll, unlisted, "unlisted_expert_never_reaches_the_user"),
    (ShowsDisplayNames, yes, "the_question_names_the_expert"),
    (WallClock, refused, "no_rest_is_shortened"),
    (WallClockBack, silent, "every_question_ends"),
    (AnswersItself, yes, "a_yes_is_made_by_hand"),
)


def broken(make: type[Host], story: Callable[[Meeting], object]) -> set[str]:
    """Return the promises that a meeting at such a computer breaks."""

    async def told() -> list[Recorded]:
        async with Meetings(make) as meeting:
            await story(meeting)  # type: ignore[misc]  (all stories are coroutines)
            await meeting.settled()
        return meeting.trace

    judge = Judge()
    judge.take(Recorded(0, Line("recorder", (("records", tuple(EVERYTHING)),)), 0))
    for recorded in simulate(told()):
        judge.take(recorded)
    return {each.promise for each in judge.close().broken}


@pytest.mark.parametrize(("make", "story", "promise"), MISTAKES, ids=lambda each: getattr(each, "__name__", each))
def test_a_mistake_in_time_is_noticed(make: type[Host], story: Callable[[Meeting], object], promise: str) -> None:
    """The trace of a meeting at a computer with the mistake breaks the promise that it is about."""
    assert promise in broken(make, story)


@pytest.mark.parametrize("story", [accepted, twice, claimed, unlisted, refused, silent, yes])
def test_the_right_computer_breaks_nothing(story: Callable[[Meeting], object]) -> None:
    """The same meetings at the computer without a mistake break no promise."""
    assert set() == broken(Host, story)
