"""Every run is followed as it goes: what a runtime with a mistake does is no behaviour of the table, and is seen at once, at its line.

Each mistake is one in a computer's program around the table; the same stories at the right computer are followed to their end.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from attrs import evolve

from rasim.policy import Policy
from rasim.protocol import Act, Host, Line, Record
from rasim.protocol.host import Alarm
from rasim.report.run import Run, as_json, line_of_scenario
from rasim.runtime import Meeting, simulate, simulated_loop
from rasim.scenario import play, read_scenario
from rasim.verify.behaviours.followed import Followed, NotOfTheTable

ANNA, BOB = r"CORP\anna", r"CORP\bob"
FULL = Policy.of(offer="enabled", mode="control", helpers=[ANNA])
Story = Callable[[Meeting], Awaitable[None]]
Spoken = Iterator[tuple[Any, Line]]


class TellsTwice(Host):
    """A computer that writes down twice that it asks."""

    def _spoken(self, *what: Any) -> Spoken:
        for each in super()._spoken(*what):
            yield from (each, each) if each[1].event == "prompt_shown" else (each,)


class LeavesOut(Host):
    """A computer that does not write down that the sign is lit."""

    def _spoken(self, *what: Any) -> Spoken:
        return (each for each in super()._spoken(*what) if each[1].event != "indicator_on")


class LeavesAllOut(Host):
    """A computer that keeps what an answer did to itself."""

    def receive(self, act: Act, at: int | None = None) -> Record:
        """Drop the lines of an answer, as if there were none."""
        record = super().receive(act, at)
        if act.kind != "accepts":
            return record
        del self.trace[-len(record.lines) :]
        self._lines -= len(record.lines)
        return evolve(record, lines=(), about=())


class Swaps(Host):
    """A computer that writes down what followed from an answer before the answer."""

    def _spoken(self, *what: Any) -> Spoken:
        spoken = list(super()._spoken(*what))
        events = [line.event for _, line in spoken]
        if "accepted" in events:
            one, other = events.index("accepted"), events.index("connection_opened")
            spoken[one], spoken[other] = spoken[other], spoken[one]
        return iter(spoken)


class AnyPrompt(Host):
    """A computer that takes an answer for one to whatever is on show."""

    def receive(self, act: Act, at: int | None = None) -> Record:
        """Put the prompt on show in place of the one that was answered."""
        shown = self.ids(ANNA, "s1").get("prompt view")
        return super().receive(evolve(act, prompt=str(shown)) if act.kind == "accepts" else act, at)


class Grants(Host):
    """A computer that grants control itself where it is asked for, and writes a hand down that gave it."""

    def receive(self, act: Act, at: int | None = None) -> Record:
        """Answer the question."""
        record = super().receive(act, at)
        if act.kind != "asks for control":
            return record
        own = super().receive(Act("grants control", ANNA, "s1", BOB, carries=(("prompt", "on show"),)), at)
        return self.said(record, own)

    def said(self, record: Record, own: Record) -> Record:
        """Tell of both as of one."""
        return evolve(record, lines=record.lines + own.lines, about=record.about + own.about)


class GrantsSilently(Grants):
    """The same, and nobody is told."""

    def said(self, record: Record, own: Record) -> Record:  # noqa: ARG002  (it is kept back)
        """Tell of the first alone."""
        return record


class StopsNoTimer(Host):
    """A computer whose timers run on when what they were for is over."""

    def _time(self, *what: Any) -> tuple[tuple[Alarm, ...], tuple[int, ...]]:
        started, _ = super()._time(*what)
        return tuple(evolve(alarm, act=evolve(alarm.act, alarm=None)) for alarm in started), ()


class NoTimer(Host):
    """A computer that winds no timer of a question."""

    def _time(self, *what: Any) -> tuple[tuple[Alarm, ...], tuple[int, ...]]:
        started, stopped = super()._time(*what)
        return tuple(alarm for alarm in started if alarm.act.kind != "consent time passes"), stopped


async def accepted(meeting: Meeting) -> None:
    """Let bob be asked, and accept."""
    await meeting.expert(ANNA).offers_help("s1")
    await meeting.user("s1").does("accepts")


async def controlled(meeting: Meeting) -> None:
    """Let anna be let in, ask for control, and have the mouse after three seconds."""
    await accepted(meeting)
    await meeting.expert(ANNA).does("asks for control", "s1")
    await seconds(3)
    await meeting.user("s1").does("grants control")
    await meeting.expert(ANNA).does("uses control", "s1")


async def asked_again(meeting: Meeting) -> None:
    """Let anna withdraw, and offer again half a minute later; let bob answer the first question, and a minute pass."""
    await meeting.expert(ANNA).offers_help("s1")
    await seconds(30)
    await meeting.expert(ANNA).does("withdraws", "s1")
    await meeting.expert(ANNA).offers_help("s1")
    await meeting.user("s1").does("accepts", prompt="prompt-1")
    await seconds(100)
    await meeting.happens("refresh task runs")


async def seconds(many: int) -> None:
    """Let so many seconds pass."""
    loop = simulated_loop()
    until = loop.create_future()
    loop.call_at_microsecond(loop.now + many * 1_000_000, until.set_result, None)
    await until


def followed(make: type[Host], story: Story) -> tuple[str, list[str]]:
    """Return what is said of a story at such a computer, nothing if all is well, and the lines until then."""
    watch = Followed()
    meeting = Meeting([ANNA], {"s1": BOB}, watch=watch)
    meeting.host = make([ANNA], {"s1": BOB})

    async def told() -> None:
        async with meeting:
            await meeting.applies(FULL)
            await meeting.happens("refresh task runs")
            await meeting.user("s1").does("logs on")
            await story(meeting)
            await meeting.settled()
            watch.ended(len(meeting.trace), simulated_loop().now)

    try:
        simulate(told())
    except NotOfTheTable as wrong:
        return str(wrong), [each.line.event for each in meeting.trace]
    return "", [each.line.event for each in meeting.trace]


MISTAKES = (
    (TellsTwice, accepted, "prompt_shown", "the prompt id prompt-1 was used before"),
    (LeavesOut, accepted, "audited", "the table leaves indicator_on after it"),
    (LeavesAllOut, controlled, "control_requested", "nothing that the table does leaves control_requested here"),
    (Swaps, accepted, "connection_opened", "the table leaves accepted or audited or"),
    (AnyPrompt, asked_again, "accepted", "it was sent with prompt prompt-1, and not prompt-2"),
    (Grants, controlled, "local_input", "nothing that the table does leaves local_input here"),
    (GrantsSilently, controlled, "local_input", "line 19 should stand here"),
    (StopsNoTimer, asked_again, "offer_expired", "the time has not passed yet: consent time passes"),
    (NoTimer, asked_again, "membership_checked", "a time of the table has passed, and nothing tells it: consent time passes"),
)  # fmt: skip


@pytest.mark.parametrize(("make", "story", "event", "why"), MISTAKES, ids=lambda each: getattr(each, "__name__", each))
def test_a_mistake_is_seen_at_its_line(make: type[Host], story: Story, event: str, why: str) -> None:
    """A run of a computer with a mistake is stopped by the act that shows it, and the line and the reason are named."""
    wrong, events = followed(make, story)
    line = int(wrong.partition(":")[0].removeprefix("line ") or 0)

    assert (event, True) == (wrong.split(": ")[1:2] and wrong.split(": ")[1], why in wrong), wrong
    assert events[line - 1] == event


@pytest.mark.parametrize("story", [accepted, controlled, asked_again])
def test_the_right_computer_is_followed_to_the_end(story: Story) -> None:
    """The same stories at the computer without a mistake are behaviours of the table from the first line to the last."""
    assert followed(Host, story)[0] == ""


def test_few_beginnings_are_remembered_as_well_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no more beginnings can be remembered what was is forgotten, and the mistakes are seen as before."""
    monkeypatch.setattr("rasim.verify.behaviours.followed._beginnings", lambda *_: {})
    monkeypatch.setattr("rasim.verify.behaviours.followed._MOST", 2)

    assert followed(Host, controlled)[0] == ""
    assert "the table leaves indicator_on after it" in followed(LeavesOut, accepted)[0]


def test_of_more_than_can_be_asked_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more might have happened than can be followed at once nothing more is said against a run, but that it was not asked."""
    begun: dict[Any, Any] = {}
    monkeypatch.setattr("rasim.verify.behaviours.followed._beginnings", lambda *_: begun)
    monkeypatch.setattr("rasim.verify.behaviours.explained.MOST_READINGS", 0)
    played = [play(read_scenario(SCENARIO, "it.yaml")) for _ in range(2)]

    assert followed(LeavesOut, accepted)[0] == ""
    assert [("passed", "from line 1 on cannot tell: more than 0 readings at once")] * 2 == [
        (each.verdict, each.unfollowed) for each in played
    ]


def test_what_nobody_is_told_is_missed_at_the_end() -> None:
    """Where a run ends with lines that no act left, that is said."""

    async def asks(meeting: Meeting) -> None:
        await accepted(meeting)
        await meeting.expert(ANNA).does("asks for control", "s1")

    assert "4 further lines were left by no act" in followed(GrantsSilently, asks)[0]


SCENARIO = r"""
rasim: 1
scenario: somebody is asked and accepts
policy: {offer: enabled, mode: view, helpers: ['CORP\anna']}
people: {anna: {account: 'CORP\anna'}, bob: {account: 'CORP\bob', uses: s1}}
steps:
- anna: offers help
- bob: accepts
- expect: {anna: view only}
"""


def test_what_was_not_followed_is_told() -> None:
    """Of a scenario with more experts and sessions than are asked of, the answers say that it was not followed, as text and as JSON."""
    people = "".join(f", e{n}: {{account: 'CORP\\e{n}'}}" for n in range(25))
    steps = "".join(f"- e{n}: tries to offer help\n" for n in range(25))
    text = SCENARIO.replace("'CORP\\anna'}, bob", f"'CORP\\anna'}}{people}, bob")
    many = Run([play(read_scenario(text + steps, "it.yaml"))])
    few = Run([play(read_scenario(SCENARIO, "it.yaml"))])

    assert "not followed: from line" in line_of_scenario(many.played[0], seeded=False)
    assert "more than 24 experts times sessions" in as_json(many)["scenarios"][0]["unfollowed"]
    assert "not followed" not in line_of_scenario(few.played[0], seeded=False)
    assert "unfollowed" not in as_json(few)["scenarios"][0]


def test_a_scenario_fails_at_the_step_that_shows_the_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario fails at the step whose lines no behaviour of the table explains, before anything is expected of it."""
    scenario = read_scenario(SCENARIO, "it.yaml")
    right = play(scenario)
    monkeypatch.setattr("rasim.runtime.meeting.Host", LeavesOut)
    wrong = play(scenario)

    assert ("passed", "failed") == (right.verdict, wrong.verdict)
    assert ["- bob: accepts"] == [each.excerpt for each in wrong.problems]
    assert "no behaviour of the table explains it" in wrong.problems[0].message
