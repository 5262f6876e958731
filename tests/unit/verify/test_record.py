"""The audit record: what the machine writes down, and the promises that notice what is missing there or made up."""

from functools import cache
from itertools import pairwise

import pytest
from attrs import evolve

from rasim.policy import Policy
from rasim.protocol import CONTROL, Act, Host, Line, Recorded, further
from rasim.protocol.lines import AUDIT_IDS, AUDITED, EVERYTHING, audit_kind
from rasim.protocol.trace_writer import capability_named
from rasim.verify.promises.judge import Judge

ANNA, BOB = r"CORP\anna", r"CORP\bob"
Trace = tuple[Recorded, ...]


def does(host: Host, *kinds: str) -> None:
    """Let anna or bob do one thing after the other, each with the ids that are right."""
    policy = Policy.of(offer="enabled", mode="control", helpers=[ANNA])
    for kind in kinds:
        ids = {name: str(value) for name, value in host.ids(ANNA, "s1").items()}
        prompt = ids.get(f"prompt {capability_named(kind)}")
        host.receive(Act(kind, ANNA, "s1", prompt=prompt, ticket=ids.get("ticket"), policy=policy))


@cache
def course() -> Trace:
    """Return a trace in which everything happens that has to be on record."""
    host = Host([ANNA], {"s1": BOB}, capabilities=(CONTROL, further("chat")))
    does(host, "asks for a ticket", "policy is applied", "refresh task runs", "logs on")
    does(host, "asks for a ticket", "offers help", "denies", "cool-down passes")
    does(host, "asks for a ticket", "offers help", "accepts", "a frame is due")
    does(host, "asks for control", "grants control", "uses control", "stops control")
    does(host, "asks for control", "grants control", "gives back control")
    does(
        host,
        "asks for control",
        "refuses control",
        "control cool-down passes",
        "asks for control",
        "control time passes",
    )
    does(host, "asks for chat", "grants chat", "uses chat", "stops chat", "asks for chat", "refuses chat")
    does(host, "user ends", "comes back", "asks for a ticket", "offers help", "withdraws")
    does(host, "asks for a ticket", "offers help", "consent time passes")
    return tuple(host.trace)


def broken(trace: Trace) -> set[str]:
    """Return the promises that a whole trace breaks in which everything is recorded but times."""
    judge = Judge()
    judge.take(Recorded(0, Line("recorder", (("records", tuple(sorted(EVERYTHING - {"time"}))),))))
    for recorded in (*trace, Recorded(len(trace) + 1, Line("recording_ended"))):
        judge.take(recorded)
    return {each.promise for each in judge.close().broken}


def records() -> list[int]:
    """Return the places of the audit records in the trace above."""
    return [at for at, recorded in enumerate(course()) if recorded.line.event == "audited"]


def without(*places: int) -> Trace:
    """Return the trace above without some of its lines."""
    return tuple(recorded for at, recorded in enumerate(course()) if at not in places)


def spoken_of(at: int) -> Line:
    """Return the line that an audit record speaks of: the one before it."""
    return course()[at - 1].line


def test_everything_that_has_to_be_on_record_happens_in_the_course() -> None:
    """The trace that is looked at here has every kind of line that has to be on record, and breaks nothing."""
    assert {"contact_refused"} == set(AUDITED) - {
        recorded.line.event for recorded in course()
    }  # rasim gives no ticket instead
    assert set() == broken(course())


def test_each_has_one_record_right_after_it() -> None:
    """After each line that has to be on record stands its one audit record, of its kind, and nowhere else one."""
    lines = [recorded.line for recorded in course()]
    expected = [audit_kind(line) for line in lines if audit_kind(line) is not None]
    found = [(audit_kind(before), after["kind"]) for before, after in pairwise(lines) if after.event == "audited"]

    assert [(kind, kind) for kind in expected] == found


def test_a_record_has_the_ids_of_what_it_speaks_of() -> None:
    """An audit record contradicts no id of its line, and says whose assistance in which session it was."""
    for at in records():
        told = course()[at].line
        assert [] == [name for name in AUDIT_IDS if spoken_of(at)[name] not in (None, told[name])]
        assert (ANNA, "s1") == (told["expert"], told["session"])


@pytest.mark.parametrize(("origin", "kind"), [("local", "answer"), ("timer", "refusal"), ("policy", "refusal")])
def test_a_no_of_the_users_own_hand_is_an_answer(origin: str, kind: str) -> None:
    """A refusal of control is on record as an answer if the user gave it, and as a refusal if not."""
    assert kind == audit_kind(Line("control_refused", (("origin", origin),)))


def test_a_missing_record_is_noticed() -> None:
    """Without any one record every_event_is_on_record breaks; only what follows from another record needs none of its own."""
    unnoticed = {spoken_of(at).event for at in records() if "every_event_is_on_record" not in broken(without(at))}
    twice_told = {spoken_of(at)["reason"] for at in records() if spoken_of(at).event == "offer_refused"}

    assert {"connection_opened", "offer_refused", "offer_expired", "offer_cancelled"} == unnoticed
    assert {"denied", "timeout"} == twice_told


def test_a_doubled_record_is_noticed() -> None:
    """Each record that stands twice breaks the_record_tells_what_happened, and no other promise."""
    doubled = [tuple(r for n, each in enumerate(course()) for r in [each] * (1 + (n == at))) for at in records()]

    assert [{"the_record_tells_what_happened"}] * len(doubled) == [broken(trace) for trace in doubled]


@pytest.mark.parametrize("kind", ["offer", "refusal", "answer", "grant", "revocation", "end"])
def test_a_made_up_record_is_noticed(kind: str) -> None:
    """A record of what did not happen breaks the_record_tells_what_happened, and no other promise."""
    ids = (("kind", kind), ("offer", "offer-99"), ("connection", "connection-99"))

    assert {"the_record_tells_what_happened"} == broken((*course(), Recorded(999, Line("audited", ids))))


def test_a_record_of_another_kind_is_noticed() -> None:
    """Each record that says another kind than it should breaks the_record_tells_what_happened, if there is but one kind for it."""
    for at in (at for at in records() if spoken_of(at).event not in ("offer_expired", "offer_cancelled")):
        fields = tuple((name, "end" if value != "end" else "grant") if name == "kind" else (name, value)
                       for name, value in course()[at].line.fields)  # fmt: skip
        wrong = evolve(course()[at], line=Line("audited", fields))
        assert "the_record_tells_what_happened" in broken((*course()[:at], wrong, *course()[at + 1 :]))


@pytest.mark.parametrize(
    ("left_out", "noticed"),
    [
        ({"accepted"}, False),
        ({"connection_opened"}, False),
        ({"accepted", "connection_opened"}, True),
        ({"control_granted"}, True),
        ({"capability_granted"}, True),
        ({"denied", "control_stopped", "ended"}, False),
    ],
)
def test_a_view_that_is_not_on_record_is_noticed(left_out: set[str], noticed: bool) -> None:
    """A frame needs the record of the answer or of the view, input that of its grant; else every_view_is_on_record breaks."""
    trace = without(*(at for at in records() if spoken_of(at).event in left_out))

    assert noticed is ("every_view_is_on_record" in broken(trace))


def test_a_grant_that_was_taken_back_is_no_longer_on_record() -> None:
    """Input after control was given a second time needs the record of the second grant: that of the first is over."""
    host = Host([ANNA], {"s1": BOB})
    does(host, "policy is applied", "refresh task runs", "logs on", "asks for a ticket", "offers help", "accepts")
    does(
        host,
        "asks for control",
        "grants control",
        "stops control",
        "asks for control",
        "grants control",
        "uses control",
    )
    grants = [n for n, r in enumerate(host.trace) if r.line["kind"] == "grant" and r.line["request"] is not None]
    silent = [[r for n, r in enumerate(host.trace) if n != at] for at in grants]

    assert [False, True] == ["every_view_is_on_record" in broken(tuple(trace)) for trace in silent]
