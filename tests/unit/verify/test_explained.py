"""Whether the table could have left a trace: known cases, what any product may leave out or add, and where it stops being the table."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from rasim.policy import Policy
from rasim.protocol import Act, Host, Line, Recorded
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.lines import EVERYTHING
from rasim.protocol.trace_text import read_trace
from rasim.verify.behaviours import machine
from rasim.verify.behaviours.explained import Behaviours, ExplainedTrace, explained
from rasim.verify.promises.judge import Judge

FOLDER = Path(__file__).parents[2] / "data" / "cases"
NAMES = sorted(path.name.removesuffix(".good.jsonl") for path in FOLDER.glob("*.good.jsonl"))
# The routine asks of every fourth case; all are asked in the exhaustive run.
SOME = [name if n % 4 == 0 else pytest.param(name, marks=pytest.mark.exhaustive) for n, name in enumerate(NAMES)]
ANNA, BOB, CAROL, ERIN = "CORP\\anna", "CORP\\bob", "CORP\\carol", "CORP\\erin"


def asked(*lines: Mapping[str, Any] | str, choices: Choices = STRICT, whole: bool = False) -> ExplainedTrace:
    """Ask of lines, each an object or, for short, its event with fields as `name=value`; `t` where it is given."""
    objects = [json.loads(each) if isinstance(each, str) and each.startswith("{") else said(each) for each in lines]
    text = [json.dumps({"seq": number, **each}) for number, each in enumerate(objects, 1)]
    return explained((recorded for _, recorded in read_trace(text)), choices, whole=whole)


def said(line: Mapping[str, Any] | str) -> Mapping[str, Any]:
    if not isinstance(line, str):
        return line
    event, *fields = line.split()
    found: dict[str, Any] = dict(field.split("=", 1) for field in fields)
    found |= {name: float(found[name]) for name in ("t",) if name in found}
    found |= {name: int(found[name]) for name in ("port",) if name in found}
    return {"event": event, **{n: v.replace("_", " ") if isinstance(v, str) else v for n, v in found.items()}}


def recorder(*less: str, also: Sequence[str] = ()) -> dict[str, Any]:
    usual = {"prompts", "answers", "frames", "input", "sessions", "policy"}
    return {"event": "recorder", "records": sorted((usual | {*also}) - {*less})}


POLICY = {"event": "policy_applied", "version": "1", "offers": "enabled", "mode": "control", "helpers": [ANNA, CAROL]}
LOGON = f"logged_on session=s1 by={BOB}"
START = (POLICY, LOGON)
OFFER = f"offer_received offer=o1 session=s1 expert={ANNA}"
SHOWN = "prompt_shown offer=o1 session=s1 prompt=p1"
YES = f"accepted offer=o1 session=s1 origin=local by={BOB} prompt=p1"
OPEN = "connection_opened connection=c1 offer=o1"
VIEW = (*START, OFFER, SHOWN, YES, OPEN)
ASKED = ("control_requested request=r1 connection=c1", "control_prompt_shown request=r1 session=s1")
GRANT = f"control_granted connection=c1 session=s1 origin=local request=r1 by={BOB}"
FRAME, INPUT = "frame_shown connection=c1 session=s1", "input_applied connection=c1 session=s1"


def in_file(name: str) -> tuple[ExplainedTrace, int]:
    """Return the answer about a file, and the line at which a promise first breaks (0: none does)."""
    behaviours, judge = Behaviours(), Judge()
    with (FOLDER / name).open(encoding="utf-8") as lines:
        for number, recorded in read_trace(lines, name):
            behaviours.take(recorded, number)
            judge.take(recorded, number)
    return behaviours.close(), min((each.number for each in judge.close().broken), default=0)


@pytest.mark.parametrize("name", SOME)
def test_a_good_case_is_explained(name: str) -> None:
    """Some behaviour of the table leaves the lines of each trace in which consent is as it should be."""
    found, _ = in_file(f"{name}.good.jsonl")

    assert (True, None, "") == (found.explained, found.number, found.because)


@pytest.mark.parametrize("name", SOME)
def test_a_bad_case_is_refused_in_time(name: str) -> None:
    """Of each trace in which consent fails a line is not explained, no later than where a promise first breaks."""
    found, broken = in_file(f"{name}.bad.jsonl")

    assert found.explained is False
    assert found.number is not None
    assert found.number <= broken
    assert found.because


def line_of(found: ExplainedTrace) -> tuple[bool | None, int | None]:
    return found.explained, found.number


# ---- what is given has to be as the table gives it --------------------------------------------------------------------


def test_a_view_with_control_is_explained() -> None:
    """A view, and control by a second click, with what any product leaves out, is explained."""
    assert (True, None) == line_of(asked(*VIEW, FRAME, *ASKED, GRANT, INPUT, "ended connection=c1 reason=user"))


@pytest.mark.parametrize(
    "last",
    [
        INPUT,
        "control_granted connection=c1 session=s1 origin=local",
        "frame_shown connection=c2 session=s1",
        "frame_shown connection=c1 session=s2",
        "end_withheld connection=c1 session=s1,frame_shown connection=c1 session=s1",
        "end_asked connection=c1 session=s1 origin=local,frame_shown connection=c1 session=s1",
        "screen_blanked connection=c1 session=s1",
        f"paused connection=c1 by={ANNA}",
        "control_stopped connection=c2 by=user,frame_shown connection=c2 session=s1",
        "locked session=s1,control_requested request=r1 connection=c1,control_prompt_shown request=r1 session=s1",
        "control_refused connection=c1 session=s1 origin=local reply=forbidden",
        "denied offer=o1 session=s1 origin=injected by=CORP\\anna",
        "firewall_changed port=3389 state=open",
        "offer_received offer=o1 session=s1",
    ],
)
def test_what_the_table_never_gives_is_refused(last: str) -> None:
    """In a view nothing is explained that the table gives to nobody there, and the refusal says why."""
    lines = last.split(",")
    records = recorder(also=["firewall"] if "firewall" in last else [])
    policy = {**POLICY, "exceptions": [], "os": "windows-xp-sp2"}
    found = asked(records, policy, *VIEW[1:], *lines)

    assert (False, len(VIEW) + len(lines) + 1) == line_of(found)
    assert found.because


@pytest.mark.parametrize(
    "line",
    [
        "frame_withheld connection=c1 session=s1",
        "input_dropped connection=c1 session=s1 kind=mouse",
        "control_stopped connection=c1 by=computer",
        "control_refused connection=c1 session=s1 origin=policy",
        "capability_requested request=r2 connection=c1 capability=chat",
        "firewall_changed port=3390 state=open",
        "audited kind=offer offer=o1",
        "indicator_on connection=c1 session=s1",
        "restarted side=expert",
        "cooldown_over expert=CORP\\anna session=s1",
        "end_offered connection=c1 session=s1",
        "contact expert=CORP\\carol",
        "contact_refused expert=CORP\\carol session=s1 reason=busy",
        "contact_refused expert=CORP\\anna session=s1 reason=duplicate",
        "contact_refused expert=CORP\\carol session=s1",
        "prompt_hidden offer=o9",
        "locked session=s9",
        "ended connection=c9 reason=other",
        "switched_to session=s1",
        f"logged_on session=s1 by={BOB}",
        "link_lost expert=CORP\\carol",
        "prompt_hidden",
    ],
)
def test_what_gives_nobody_anything_is_explained(line: str) -> None:
    """A line by which nobody is given anything changes nothing: the view goes on after it."""
    assert (True, None) == line_of(asked(*VIEW, line, FRAME))


def test_another_owner_ends_what_goes_on() -> None:
    """Who logs on in place of somebody ends what went on there: no frame of the old view is explained after it."""
    assert (False, len(VIEW) + 2) == line_of(asked(*VIEW, f"logged_on session=s1 by={ERIN}", FRAME))
    assert (True, None) == line_of(
        asked(*VIEW, f"logged_on session=s1 by={ERIN}", "ended connection=c1 reason=no_user")
    )


def view_of_erin(expert: str) -> tuple[str, ...]:
    """Return how an expert comes to view a second session."""
    return (f"logged_on session=s2 by={ERIN}", f"offer_received offer=o2 session=s2 expert={expert}",
            "prompt_shown offer=o2 session=s2", f"accepted offer=o2 session=s2 origin=local by={ERIN}",
            "connection_opened connection=c2 offer=o2")  # fmt: skip


def test_all_links_of_an_expert_are_lost_at_once() -> None:
    """A lost link that names the expert alone ends both views of that expert."""
    over = ("ended connection=c1 reason=transport", "ended connection=c2 reason=transport")

    assert (True, None) == line_of(asked(*VIEW, *view_of_erin(ANNA), f"link_lost expert={ANNA}", *over))


def test_the_link_of_a_view_takes_it_along() -> None:
    """The link that is lost is that of a view that goes on, and no frame of the view comes after it."""
    assert (False, len(VIEW) + 2) == line_of(asked(*VIEW, "link_lost connection=c1", FRAME))
    assert (False, len(VIEW) + 1) == line_of(asked(*VIEW, "link_lost connection=c9"))


def test_a_capability_is_used_in_the_view_that_was_granted_it() -> None:
    """Where further capabilities are recorded one is used after a yes to a question of its own, in that view and in no other."""
    recorded = (recorder(also=["capabilities"]), *VIEW, *view_of_erin(CAROL))
    of_it = "connection=c1 capability=chat"
    question = (f"capability_requested request=r2 {of_it}", f"capability_prompt_shown request=r2 {of_it} session=s1")
    granted = f"capability_granted {of_it} session=s1 origin=local request=r2 by={BOB}"
    used = f"capability_used {of_it}"

    assert (True, None) == line_of(asked(*recorded, *question, granted, used))
    assert (False, len(recorded) + 3) == line_of(asked(*recorded, *question, used))
    assert (False, len(recorded) + 4) == line_of(asked(*recorded, *question, granted, used.replace("c1", "c2")))


# ---- what follows at once ---------------------------------------------------------------------------------------------


def test_what_has_to_come_comes_first() -> None:
    """After a yes nothing else happens to these two before the view, and the refusal says what had to come."""
    found = asked(*START, OFFER, SHOWN, YES, "locked session=s1", OPEN)

    assert (False, 6) == line_of(found)
    assert "connection_opened" in found.because


def test_what_has_to_come_is_not_late() -> None:
    """With times, what follows at once comes within the reaction time, whatever else is told meanwhile."""
    found = asked(recorder(also=["time"]) | {"t": 0}, *({**said(each), "t": 1} for each in (*START, OFFER)),
                  {**said(SHOWN), "t": 2}, {**said(YES), "t": 3}, {**said("contact"), "t": 9})  # fmt: skip

    assert (False, 7) == line_of(found)
    assert "reaction time" in found.because


def test_an_offer_may_end_before_its_view_begins() -> None:
    """An accepted offer whose link is lost before the view begins is explained, and opens no view later."""
    over = "offer_refused offer=o1 reason=transport"

    assert (True, None) == line_of(asked(*START, OFFER, SHOWN, YES, over))
    assert (False, 7) == line_of(asked(*START, OFFER, SHOWN, YES, over, OPEN))


def test_a_refusal_rests_until_its_time_has_passed() -> None:
    """After a no the same question comes again where `cooldown_over` tells it, or where its time has passed by the clock."""
    no = f"denied offer=o1 session=s1 origin=local by={BOB}"
    again = (f"offer_received offer=o2 session=s1 expert={ANNA}", "prompt_shown offer=o2 session=s1")
    rested = f"cooldown_over expert={ANNA} session=s1"

    def at(last: int) -> ExplainedTrace:
        early = [{**said(each), "t": 1} for each in (*START, OFFER, SHOWN, no)]
        return asked(recorder(also=["time"]) | {"t": 0}, *early, *({**said(each), "t": last} for each in again))

    assert (False, 7) == line_of(asked(*START, OFFER, SHOWN, no, *again))
    assert (True, None) == line_of(asked(*START, OFFER, SHOWN, no, rested, *again))
    assert [(False, 8), (True, None)] == [line_of(at(last)) for last in (30, 62)]


# ---- what was not recorded, or not told -------------------------------------------------------------------------------


def test_what_was_not_recorded_may_have_been() -> None:
    """Where answers, prompts, sessions or policy were not recorded a view may have been accepted, somebody logged on, an offer allowed."""
    opened = (OFFER, OPEN, FRAME)

    assert (False, 4) == line_of(asked(*START, *opened))
    assert (True, None) == line_of(asked(recorder("answers", "prompts"), *START, *opened))
    assert (True, None) == line_of(asked(recorder("sessions"), POLICY, OFFER, SHOWN, YES, OPEN))
    assert (True, None) == line_of(asked(recorder("policy"), LOGON, OFFER, SHOWN, YES, OPEN))


def test_a_firewall_that_was_not_recorded_may_end_a_view() -> None:
    """Where ports were not recorded a view may end for the firewall's sake, and an offer be refused for it; else it may not."""
    over = "ended connection=c1 reason=firewall"

    assert (True, None) == line_of(asked(*VIEW, over))
    assert (False, len(VIEW) + 2) == line_of(asked(recorder(also=["firewall"]), *VIEW, over))


def test_who_may_be_listed_is_read_both_ways() -> None:
    """A group whose members nobody told, a policy without its list or its mode, and an expert without a name may be as needed."""
    group = {**POLICY, "helpers": ["CORP\\Help Desk"]}
    bare = {name: value for name, value in POLICY.items() if name not in ("helpers", "mode")}
    nameless = "offer_received offer=o1 session=s1"
    course = (SHOWN, YES, OPEN, *ASKED, GRANT)

    assert (True, None) == line_of(asked(group, LOGON, OFFER, SHOWN, YES, OPEN))
    assert (True, None) == line_of(
        asked(LOGON, OFFER.replace("o1", "o0"), "offer_refused offer=o0 reason=not_configured", bare, OFFER, *course)
    )
    assert (True, None) == line_of(asked(*START, nameless, *course))
    assert (False, 4) == line_of(asked({**POLICY, "helpers": []}, LOGON, OFFER, SHOWN))


def test_a_list_that_changes_is_followed() -> None:
    """Who leaves the list, or a group on it, is out at once; who comes on it may offer after the next check."""
    group = {**POLICY, "helpers": ["CORP\\desk"], "members": {"CORP\\desk": [ANNA]}}
    left, came = (f"member_{how} group=CORP\\desk account={ANNA}" for how in ("removed", "added"))

    assert (True, None) == line_of(asked(group, *VIEW[1:], left, "ended connection=c1 reason=helper_removed"))
    assert (False, len(VIEW) + 2) == line_of(asked(group, *VIEW[1:], left, FRAME))
    assert (True, None) == line_of(
        asked(group, LOGON, f"contact expert={ANNA}", left, came, f"helper_added expert={CAROL}", *VIEW[2:])
    )


# ---- whole traces of the table, and limits ----------------------------------------------------------------------------


def host_trace(*acts: Act, choices: Choices = STRICT) -> list[Recorded]:
    """Return what a computer of rasim records of acts, a second apart, after policy, check and logon."""
    host = Host([ANNA, CAROL], {"s1": BOB}, choices=choices)
    policy = Policy.of(offer="enabled", mode="control", helpers=[ANNA])
    begin = (Act("policy is applied", policy=policy), Act("refresh task runs"), Act("logs on", session="s1"))
    lines = [Recorded(0, Line("recorder", (("records", tuple(sorted(EVERYTHING))),)), 0)]
    for second, act in enumerate((*begin, *acts)):
        lines += host.receive(act, second * 1_000_000).lines
    return [*lines, Recorded(len(lines), Line("recording_ended"), lines[-1].at)]


CALL = Act("asks for a ticket", ANNA, "s1")
OFFERS = Act("offers help", ANNA, "s1", ticket="ticket-1")


@pytest.mark.parametrize("removal", ["at once", "at refresh"])
def test_a_whole_trace_is_explained(removal: Any) -> None:
    """What a computer of rasim records is explained, by its own reading and as any product's, an expert it names late too."""
    choices = Choices(removal_bites=removal)
    late = (Act("helper is added", CAROL, entry=CAROL), Act("refresh task runs"), Act("helper is removed", ANNA, entry=ANNA),
            Act("asks for a ticket", CAROL, "s1"), Act("offers help", CAROL, "s1", ticket="ticket-2"))  # fmt: skip
    trace = host_trace(CALL, OFFERS, Act("withdraws", ANNA, "s1"), *late, choices=choices)

    assert [True, True] == [explained(trace, choices, whole=whole).explained for whole in (True, False)]


def test_sessions_are_disclosed_in_any_order() -> None:
    """A whole trace is explained whoever logs on first: in which order a computer has its sessions is told by no line."""
    host = Host([ANNA], {"s1": BOB, "s2": ERIN})
    acts = (*(Act("logs on", session=session) for session in ("s2", "s1")), CALL)
    begin = (
        Act("policy is applied", policy=Policy.of(offer="enabled", mode="control", helpers=[ANNA])),
        Act("refresh task runs"),
    )
    lines = [Recorded(0, Line("recorder", (("records", tuple(sorted(EVERYTHING))),)), 0)]
    for act in (*begin, *acts):
        lines += host.receive(act, 0).lines

    assert "sessions_disclosed" in {each.line.event for each in lines}
    assert explained(lines, whole=True).explained


@pytest.mark.parametrize("event", ["contact", "membership_checked", "sessions_disclosed", "prompt_hidden", "audited"])
def test_a_whole_trace_lacks_no_line(event: str) -> None:
    """Read as the table's own, a trace from which one line was taken is refused, and as any product's it is explained."""
    trace = host_trace(CALL, OFFERS, Act("withdraws", ANNA, "s1"))
    gone = next(n for n, each in enumerate(trace) if each.line.event == event)
    less = [*trace[:gone], *trace[gone + 1 :]]
    found = explained(less, whole=True)

    assert (False, True) == (found.explained, explained(less).explained)
    assert found.because


def test_a_whole_trace_has_its_fields() -> None:
    """Read as the table's own, a line lacks no field that the table writes, and has none that it does not."""
    trace = host_trace(CALL, OFFERS)
    at = next(n for n, each in enumerate(trace) if each.line.event == "prompt_shown")
    line = trace[at].line
    less = evolve(trace[at], line=Line(line.event, tuple(f for f in line.fields if f[0] != "names")))
    more = evolve(trace[at + 1], line=Line(trace[at + 1].line.event, (*trace[at + 1].line.fields, ("request", "r"))))

    assert (False, at + 1) == line_of(explained([*trace[:at], less, *trace[at + 1 :]], whole=True))
    assert explained([*trace[: at + 1], more], whole=True).explained is not None


def test_a_timer_of_the_table_rings() -> None:
    """In a whole trace a question that outlives its time is refused; as any product's it may have another time."""
    trace = [each for each in host_trace(CALL, OFFERS) if each.line.event != "recording_ended"]
    last = Recorded(99, Line("locked", (("session", "s1"),)), 90_000_000)
    found = explained([*trace, last], whole=True)

    assert (False, True) == (found.explained, explained([*trace, last]).explained)
    assert "consent time passes" in found.because


def test_the_table_takes_what_is_told_around() -> None:
    """In a whole trace nobody logs on where somebody is: the table would not have told it."""
    trace = [each for each in host_trace() if each.line.event != "recording_ended"]
    again = Recorded(99, Line("logged_on", (("session", "s1"), ("by", ERIN))), trace[-1].at)

    assert explained([*trace, again], whole=True).explained is False


def test_a_record_may_come_late() -> None:
    """An audit record is explained after later lines too, with the ids that things had; one of what never was is not."""
    lines = (recorder(also=["audit"]), *START, OFFER, SHOWN, YES, OPEN, "ended connection=c1 reason=user")
    again = (*lines, "offer_received offer=o2 session=s1 expert=CORP\\anna", "prompt_shown offer=o2 session=s1")

    assert (True, None) == line_of(asked(*again, "audited kind=answer offer=o1"))
    assert (False, 11) == line_of(asked(*again, "audited kind=answer offer=o7"))


def test_a_request_may_be_turned_away_on_record() -> None:
    """A request that the computer turns away before the user is asked is explained, with the record of the refusal."""
    lines = (recorder(also=["audit"]), *VIEW, "control_requested request=r1 connection=c1",
             "control_refused connection=c1 session=s1 origin=policy request=r1", "audited kind=refusal request=r1")  # fmt: skip

    assert (True, None) == line_of(asked(*lines))


def test_a_request_that_was_turned_away_gives_no_control() -> None:
    """Also beside an expert who views nothing, a request is turned away in the view that there is, and a yes to it is none."""
    called = (*VIEW, f"contact expert={CAROL}", f"contact_refused expert={CAROL} reason=busy")
    no = (ASKED[0], "control_refused connection=c1 session=s1 origin=policy request=r1")

    assert (True, None) == line_of(asked(*called, *no, FRAME))
    assert (False, len(called) + 3) == line_of(asked(*called, *no, GRANT))


def test_too_much_to_follow_is_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond each limit the answer is that it cannot be told, and which limit it was."""
    crowd = [f"contact expert=CORP\\e{n} session=s{n}" for n in range(6)]
    assert (None, 5) == line_of(asked(*crowd))
    with monkeypatch.context() as less:
        less.setattr("rasim.verify.behaviours.explained.MOST_READINGS", 1)
        assert "readings" in asked(*VIEW, *ASKED, FRAME).because
    with monkeypatch.context() as less:
        less.setattr("rasim.verify.behaviours.machine.MOST_UNSEEN", 0)
        machine._memory.cache_clear()
        assert asked(POLICY, OFFER, SHOWN).explained is None
        machine._memory.cache_clear()


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was worked out is forgotten before it becomes too much, and worked out again."""
    machine._memory.cache_clear()
    monkeypatch.setattr("rasim.verify.behaviours.machine.KNOWN", 2)

    assert (True, None) == line_of(asked(*VIEW, FRAME))


def test_nothing_is_decided_before_it_is() -> None:
    """A trace on its way says when further lines change nothing, and one without lines shows nothing."""
    behaviours = Behaviours()
    with pytest.raises(ValueError, match="without lines"):
        behaviours.close()
    for number, event in enumerate(("contact", "frame_shown", "contact")):
        behaviours.take(Recorded(number, Line(event, (("connection", "c"), ("session", "s")) if number == 1 else ())))

    assert (True, 3, 1) == (behaviours.decided, behaviours.close().lines, behaviours.close().at)
