"""What the judge decides about a trace: kept, broken or cannot tell, and what it does not ask.

A trace is written as lines after one another: `accepted origin=timer` is that line with that field and with the ordinary value of
every other field it has; `prompt=-` leaves a field out, and `@1.5` is the time of the line and of all that follow.
"""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import pytest

from rasim.policy import fold
from rasim.protocol import Line, Recorded
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.lines import LINES, PRESUMED, RECORD_KINDS, FieldValue, line_from
from rasim.verify import KEPT, promise
from rasim.verify.promises import judge, ongoing
from rasim.verify.promises.deadlines import Deadlines
from rasim.verify.promises.evidence import Evidence, Ticket
from rasim.verify.promises.judge import Judge, JudgedTrace
from rasim.verify.promises.kinds import Always, Traced, Within

ANNA, CAROL, BOB = r"CORP\anna", r"CORP\carol", r"CORP\bob"
ORDINARY: dict[str, FieldValue | None] = {
    "version": "1",
    "offers": "enabled",
    "mode": "control",
    "helpers": (ANNA, CAROL),
    "expert": ANNA,
    "session": "s1",
    "sessions": ("s1",),
    "by": BOB,
    "origin": "local",
    "ticket": "t1",
    "offer": "o1",
    "prompt": "p1",
    "connection": "c1",
    "request": "r1",
    "reason": "user",
    "port": 135,
    "state": "closed",
    "side": "computer",
    "capability": "chat",
    "kind": "offer",
    "group": r"CORP\Helpdesk",
    "account": ANNA,
}
OWN: dict[str, dict[str, FieldValue | None]] = {
    "control_prompt_shown": {"prompt": "p2"},
    "control_prompt_hidden": {"prompt": "p2"},
    "control_granted": {"prompt": "p2"},
    "control_refused": {"prompt": "p2"},
    "cooldown_over": {"capability": None},
}
LISTS = ("helpers", "exceptions", "records")


def value(name: str, written: str) -> FieldValue | None:
    """Read the value of a field: `+` between the entries of a list, `group:account+account` for members, `_` for a blank."""
    if written == "-":
        return None
    text = written.replace("_", " ")
    if name == "members":
        groups = (each.split(":") for each in text.split(";"))
        return tuple((group, tuple(accounts.split("+"))) for group, accounts in groups)
    if name in LISTS:
        return tuple(each for each in text.split("+") if each)
    return int(text) if name == "port" else text


def trace(text: str) -> Iterator[Recorded]:
    """Read lines written one after the other, separated by commas."""
    at: int | None = None
    for seq, part in enumerate(text.split(","), 1):
        event, *words = part.split()
        for word in words:
            at = round(float(word[1:]) * 1_000_000) if word.startswith("@") else at
        pairs = (word.split("=", 1) for word in words if not word.startswith("@"))
        given = {name: value(name, written) for name, written in pairs}
        yield Recorded(seq, line_from(event, {**ORDINARY, **OWN.get(event, {}), **given}), at)


def judged(text: str, choices: Choices = STRICT) -> JudgedTrace:
    one = Judge(choices)
    for recorded in trace(text):
        one.take(recorded, recorded.seq)
    return one.close()


def broken(text: str, choices: Choices = STRICT) -> set[str]:
    return {each.promise for each in judged(text, choices).broken}


def untold(text: str, choices: Choices = STRICT) -> dict[str, str]:
    """Return what cannot be told, with what it needs."""
    return {each.promise: each.needs for each in judged(text, choices).cannot_tell}


def recorder(*kinds: str) -> str:
    return f"recorder records={'+'.join(kinds)}"


READY = "policy_applied, logged_on"
ASKED = f"{READY}, contact, offer_received ticket=-, prompt_shown"
VIEW = f"{ASKED}, accepted, prompt_hidden, connection_opened, frame_shown"
QUESTION = f"{VIEW}, control_requested, control_prompt_shown"
HELD = f"{QUESTION}, control_granted, control_prompt_hidden, input_applied"
WHOLE = f"{HELD}, control_stopped, frame_shown, ended"
TIMED = f"{recorder(*sorted(PRESUMED), 'time')} @0"
JUDGED = [promise for promise in KEPT if isinstance(promise, Always | Within | Traced)]


# ---- verdicts --------------------------------------------------------------------------------------------------


def test_a_good_trace_is_kept() -> None:
    """A trace in which a user lets an expert view and control and ends it is kept."""
    shown = judged(f"{WHOLE}, recording_ended")

    assert ("kept", (), ()) == (shown.verdict, shown.broken, shown.cannot_tell)
    assert "nothing_shown_before_acceptance" in shown.kept


def test_what_a_broken_promise_says() -> None:
    """A broken promise tells its line by number, place and words, and why."""
    one = Judge()
    for recorded in trace(f"{READY}, contact, offer_received, frame_shown"):
        one.take(recorded, recorded.seq * 10)
    first = one.close().broken[0]

    assert (5, 50, "frame_shown") == (first.at, first.number, first.line.event)
    assert "the expert sees a screen, and no connection to it is open" == first.because


def test_how_much_was_noted_so_far() -> None:
    """A judge tells after each line how many breaks there are by then, certain ones and doubts, so that those lines can be shown."""
    one, noted = Judge(), []
    for recorded in trace(r"policy_applied helpers=CORP\Helpdesk, logged_on, contact, sessions_disclosed, frame_shown"):
        one.take(recorded, recorded.seq)
        noted.append(one.noted)

    assert ([0, 0, 0, 1], True) == (noted[:4], noted[4] > 1)


def test_which_events_were_told_so_far() -> None:
    """A judge knows of which events the lines up to here told, so that several traces can be asked what none of them shows."""
    one, told = Judge(), []
    for recorded in trace("logged_on, locked, locked"):
        one.take(recorded, recorded.seq)
        told.append(one.events)

    assert [{"logged_on"}, {"logged_on", "locked"}, {"logged_on", "locked"}] == told


def test_each_promise_is_told_once() -> None:
    """A promise that many lines break is reported once, at the first of them."""
    shown = judged(f"{VIEW}, locked, {', '.join(['frame_shown'] * 50)}")

    assert [("a_session_out_of_sight_answers_nothing", 11)] == [(each.promise, each.at) for each in shown.broken]


def test_broken_promises_stand_in_the_order_of_their_lines() -> None:
    """Promises that are broken are told in the order of the lines that break them."""
    shown = judged(f"{VIEW}, input_applied, ended, frame_shown, contact, offer_received offer=o1, recording_ended")
    places = [each.at for each in shown.broken]

    assert len(places) > 3
    assert sorted(places) == places


def test_broken_outranks_what_cannot_be_told() -> None:
    """A trace that breaks one promise and leaves another open is broken, and says both."""
    shown = judged(f"{recorder('prompts', 'answers', 'policy', 'sessions', 'frames')}, {ASKED}, denied, accepted")

    assert "broken" == shown.verdict
    assert shown.cannot_tell


def test_no_promise_has_two_answers() -> None:
    """Of each judged promise a trace says exactly one: kept, broken, cannot tell or not asked."""
    for text in (
        WHOLE,
        f"{recorder('frames')}, {WHOLE}",
        f"{TIMED}, {ASKED}, frame_shown",
        f"{recorder()}, {WHOLE}, frame_shown",
    ):
        shown = judged(text)
        groups = (shown.broken, shown.cannot_tell, shown.not_asked)
        names = [each.promise for group in groups for each in group] + list(shown.kept)
        assert sorted(promise.name for promise in JUDGED) == sorted(names)


def test_no_lines_show_nothing() -> None:
    """A trace without lines has no verdict."""
    with pytest.raises(ValueError, match="without lines"):
        Judge().close()


# ---- what was recorded -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(PRESUMED))
def test_a_usual_kind_left_out(kind: str) -> None:
    """A usual kind that the recorder leaves out makes exactly the promises that need it impossible to tell, or not asked."""
    text = f"{recorder(*sorted(PRESUMED - {kind}))}, contact"
    needing = {promise.name for promise in JUDGED if kind in promise.needs}
    unasked = {each.promise for each in judged(text).not_asked}

    assert needing == set(untold(text)) | (needing & unasked)
    assert all(kind in needs for needs in untold(text).values())
    assert needing - unasked


@pytest.mark.parametrize("kind", sorted(RECORD_KINDS.keys() - PRESUMED))
def test_a_further_kind_left_out(kind: str) -> None:
    """Promises about a kind that is not usual are not asked where it was not recorded, and never impossible to tell."""
    text = f"{recorder(*sorted(RECORD_KINDS.keys() - {kind}))} @0, contact, recording_ended"
    needing = {promise.name for promise in JUDGED if kind in promise.needs}
    shown = judged(text)

    assert needing == {each.promise for each in shown.not_asked if kind in each.needs}
    assert () == shown.cannot_tell


def test_without_a_recorder_line() -> None:
    """Without a recorder line the usual kinds are taken as recorded and no other."""
    assert judged(f"{recorder(*sorted(PRESUMED))}, {WHOLE}").kept == judged(WHOLE).kept


@pytest.mark.parametrize("kind", ["frames", "input", "policy"])
def test_a_good_trace_without_a_kind(kind: str) -> None:
    """A good trace whose recorder leaves out a usual kind, lines and all, cannot be told and is not broken."""
    kept = [
        part
        for part in WHOLE.split(",")
        if not RECORD_KINDS[kind].events & set(part.split()) or "recorder" in part.split()
    ]
    shown = judged(f"{recorder(*sorted(PRESUMED - {kind}))},{','.join(kept)}, recording_ended")

    assert ("cannot tell", ()) == (shown.verdict, shown.broken)


def test_a_promise_of_another_choice_is_not_asked() -> None:
    """A promise that presumes a choice with another value than the one given is not asked, and says which."""
    late = f"{VIEW}, policy_applied offers=disabled, frame_shown"
    lax = Choices(running_view="outlives the policy")
    said = {each.promise: each.needs for each in judged(late, lax).not_asked}

    assert "a_tighter_policy_bites_at_once" in broken(late)
    assert "kept" == judged(late, lax).verdict
    assert "running view: ends with its grounds" in said["no_policy_no_offer"]


@pytest.mark.parametrize(
    ("text", "choices", "promise"),
    [
        (
            f"{VIEW}, control_granted request=- prompt=-",
            Choices(unasked_control="possible"),
            "control_needs_its_own_click",
        ),
        (
            f"{ASKED}, locked, unlocked, accepted, connection_opened",
            Choices(hidden_question="waits"),
            "a_session_out_of_sight_answers_nothing",
        ),
        (
            f"{READY}, contact, offer_received, helper_removed, prompt_shown, membership_checked",
            Choices(removal_bites="at refresh"),
            "unlisted_expert_never_reaches_the_user",
        ),
    ],
)
def test_a_choice_allows_what_the_strict_one_does_not(text: str, choices: Choices, promise: str) -> None:
    """What a strict choice forbids breaks its promise, and not under the value that allows it."""
    assert promise in broken(text)
    assert promise not in broken(text, choices)


RESTS = Choices(withdrawn_question="rests")
AGAIN = "contact, offer_received offer=o2 ticket=-, prompt_shown offer=o2 prompt=p3"


def test_a_withdrawn_question_rests_only_where_it_is_chosen() -> None:
    """A question that the expert took back may return at once, unless the choice says that it rests."""
    text = f"{ASKED}, offer_cancelled, offer_received offer=o2, prompt_shown offer=o2 prompt=p3"

    assert "kept" == judged(text).verdict
    assert {"a_withdrawn_question_rests"} == broken(text, RESTS)


@pytest.mark.parametrize(
    ("between", "kept"),
    [
        ("offer_cancelled", False),
        ("offer_cancelled, logged_off, logged_on", True),
        ("offer_cancelled, restarted, logged_on", True),
        ("offer_cancelled, logged_off session=s2", False),
    ],
)
def test_a_withdrawn_question_rests_while_its_user_stays(between: str, kept: bool) -> None:
    """A question that was taken back rests until its user logs off or the computer restarts; another user's logoff is none of it."""
    assert kept is ("a_withdrawn_question_rests" not in broken(f"{ASKED}, {between}, {AGAIN}", RESTS))


def test_what_was_taken_back_unasked_does_not_rest() -> None:
    """An offer that was taken back before the user was asked about it may come again, where what was asked would rest."""
    assert set() == broken(f"{READY}, contact, offer_received ticket=-, offer_cancelled, {AGAIN}", RESTS)


# ---- helpers who may be groups ---------------------------------------------------------------------------------

GROUP = r"CORP\Helpdesk"
ASKED_BY = "logged_on, contact, offer_received, prompt_shown, accepted, connection_opened, ended"


@pytest.mark.parametrize("entry", [r"CORP\Helpdesk", r"CORP\HELPDESK", r"CORP\help_desk"])
def test_a_group_without_members_cannot_be_told(entry: str) -> None:
    """Whether an expert is in a group whose members were never told cannot be told, and the group is named."""
    needs = untold(f"policy_applied helpers={entry}, {ASKED_BY}")

    assert {"unlisted_expert_never_reaches_the_user", "a_tighter_policy_bites_at_once"} == set(needs)
    assert all(fold(entry.replace("_", " ")) in fold(each) for each in needs.values())


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        (r"CORP\Helpdesk:CORP\anna", "kept"),
        (r"CORP\Helpdesk:CORP\carol+CORP\anna", "kept"),
        (r"corp\HELPDESK:CORP\ANNA", "kept"),
        (r"CORP\Helpdesk:CORP\Tier1;CORP\Tier1:CORP\anna", "kept"),
        (r"CORP\Helpdesk:CORP\a;CORP\a:CORP\b;CORP\b:CORP\c+CORP\a;CORP\c:CORP\anna", "kept"),
        (r"CORP\Helpdesk:CORP\carol", "broken"),
        (r"CORP\Helpdesk:CORP\carol;CORP\Other:CORP\anna", "broken"),
        (r"CORP\Helpdesk:CORP\Tier1;CORP\Tier1:CORP\carol+CORP\Helpdesk", "broken"),
    ],
)
def test_a_group_with_members(members: str, verdict: str) -> None:
    """A policy that tells members, directly or in groups in groups, makes it kept or broken."""
    assert verdict == judged(f"policy_applied helpers={GROUP} members={members}, {ASKED_BY}").verdict


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ("member_added", "kept"),
        (r"member_added group=corp\helpdesk account=corp\ANNA", "kept"),
        (r"member_added account=CORP\carol", "broken"),
        (r"member_added account=CORP\Tier1, member_added group=CORP\Tier1", "kept"),
        (r"member_added account=CORP\Tier1, member_added group=CORP\Tier1 account=CORP\carol", "broken"),
        (r"member_added account=CORP\Tier1", "cannot tell"),
        (r"member_added group=CORP\Other", "cannot tell"),
        ("member_added account=-", "cannot tell"),
        ("membership_checked", "cannot tell"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_members_told_one_by_one(lines: str, verdict: str, first: bool) -> None:
    """Members that are told one by one, before the policy or after it, make it kept or broken; other lines tell nothing."""
    policy = f"policy_applied helpers={GROUP}"
    text = f"{lines}, {policy}, {ASKED_BY}" if first else f"{policy}, {lines}, {ASKED_BY}"

    assert verdict == judged(text).verdict


def test_who_leaves_a_group_is_out() -> None:
    """An expert who leaves the group while viewing breaks the promise, unless the view ends next."""
    text = (
        rf"policy_applied helpers={GROUP} members={GROUP}:CORP\anna+CORP\carol, logged_on, contact, offer_received,"
        "prompt_shown, accepted, connection_opened, member_removed"
    )

    assert "kept" == judged(f"{text}, ended, contact").verdict
    assert {"a_tighter_policy_bites_at_once"} == broken(f"{text}, contact")


@pytest.mark.parametrize(
    "entry", [r"CORP\carol", r"CORP\carol.smith-2", r"dns.corp\carol", r"*", r"CORP\*", "Everyone"]
)
def test_a_person_is_no_group(entry: str) -> None:
    """An entry that is written like a logon name, or matches nobody, is no group, and another expert breaks the promise."""
    assert "unlisted_expert_never_reaches_the_user" in broken(f"policy_applied helpers={entry}, {ASKED_BY}")


@pytest.mark.parametrize(
    "act",
    [
        r"contact expert=CORP\Karl",
        r"logged_on session=s9 by=corp\KARL",
        r"offer_received offer=o9 expert=CORP\Karl, offer_refused offer=o9 reason=other",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_who_acts_is_a_person(act: str, first: bool) -> None:
    """An entry whose name turns up as somebody who acts, sooner or later, is a person and has no members."""
    rest = f"{act}, {ASKED_BY}" if first else f"{ASKED_BY}, {act}"
    shown = judged(rf"policy_applied helpers=CORP\Karl, {rest}")

    assert "broken" == shown.verdict
    assert {"unlisted_expert_never_reaches_the_user"} <= {each.promise for each in shown.broken}


def test_a_person_and_a_group() -> None:
    """Where one entry is a person and another an untold group, it cannot be told."""
    assert (
        "cannot tell"
        == judged(rf"policy_applied helpers=CORP\Karl+{GROUP}, {ASKED_BY}, contact expert=CORP\Karl").verdict
    )


def test_a_doubt_ends_with_the_list() -> None:
    """A group that is no longer on the list when the expert comes leaves nothing open."""
    text = rf"policy_applied helpers={GROUP}, policy_applied helpers=CORP\carol, {ASKED_BY}"

    assert "broken" == judged(text).verdict


def test_a_policy_without_its_list() -> None:
    """An enabled policy without its list leaves open who is on it; a stranger's question cannot be told."""
    text = f"policy_applied helpers=-, {ASKED_BY}"

    assert all("the helper list" in needs for needs in untold(text).values())
    assert "cannot tell" == judged(text).verdict
    assert "kept" == judged(f"policy_applied helpers=-, helper_added, {ASKED_BY}").verdict


def test_an_empty_list_is_told() -> None:
    """A policy with an empty list tells that nobody is on it."""
    assert "unlisted_expert_never_reaches_the_user" in broken(f"policy_applied helpers=, {ASKED_BY}")


def test_an_expert_who_is_not_named() -> None:
    """An offer of which no line says whose it is leaves open whether its expert is listed."""
    text = f"{READY}, offer_received expert=- ticket=-, prompt_shown names=-, denied"

    assert "which expert" in untold(text)["unlisted_expert_never_reaches_the_user"]


# ---- deadlines -------------------------------------------------------------------------------------------------

ON = f"{TIMED}, policy_applied, logged_on, contact"
OFFERED = f"{ON}, offer_received ticket=- @100"
SHOWN = f"{OFFERED}, prompt_shown"
OPENED = f"{SHOWN}, accepted, connection_opened"
TICKETS = f"{recorder(*sorted(PRESUMED), 'time', 'tickets')} @0, policy_applied, logged_on, contact, ticket_issued @100"
LATE = 5  # the reaction time: no timer of a real computer rings on time
# Each with the trace until it begins at 100 s, how long it may last, and the line that ends it.
DEADLINES = [
    ("every_offer_is_asked_about_or_answered", OFFERED, 5, "offer_refused reason=other"),
    ("every_answer_takes_effect", f"{SHOWN}, accepted", 5, "offer_refused reason=transport"),
    ("every_request_is_answered", f"{OPENED}, control_requested", 5, "control_refused origin=policy"),
    ("every_question_ends", SHOWN, 60 + LATE, "offer_expired"),
    (
        "every_question_about_control_ends",
        f"{OPENED}, control_requested, control_prompt_shown",
        30 + LATE,
        "control_refused origin=timer",
    ),
    ("every_view_ends", OPENED, 3600 + LATE, "ended"),
    ("every_ticket_ends", TICKETS, 60 + LATE, "ticket_expired"),
]


@pytest.mark.parametrize(("promise", "begins", "seconds", "over"), DEADLINES)
def test_a_deadline_to_the_microsecond(promise: str, begins: str, seconds: int, over: str) -> None:
    """What is over at the exact instant of its deadline is in time, a microsecond later it is late."""
    assert promise not in broken(f"{begins}, {over} @{100 + seconds}, contact @9999, recording_ended")
    assert promise in broken(f"{begins}, {over} @{100 + seconds}.000001")


@pytest.mark.parametrize(("promise", "begins", "seconds", "over"), DEADLINES)
def test_a_deadline_at_the_end(promise: str, begins: str, seconds: int, over: str) -> None:
    """What is open at the end is kept if the recording is whole and it is not late, broken if late, and else cannot be told."""
    del over
    instant = f"{begins}, secure_desktop_off session=s9 @{100 + seconds}"
    late = f"{begins}, secure_desktop_off session=s9 @{100 + seconds}.000001"

    assert promise in judged(f"{instant}, recording_ended").kept
    assert promise in untold(instant)
    assert promise in broken(late)
    assert promise in broken(f"{begins}, recording_ended @{100 + seconds}.000001")


@pytest.mark.parametrize(
    ("promise", "begins"),
    [(promise, begins) for promise, begins, seconds, _ in DEADLINES if seconds == 5],
)
def test_at_once_without_times(promise: str, begins: str) -> None:
    """Without times what is due at once counts only if the recording ends and it never came."""
    plain = begins.replace(f"{TIMED}, ", "").replace(" @100", "")

    for open_ in (plain, f"{plain}, {', '.join(['contact'] * 30)}"):
        assert promise not in broken(open_) | set(untold(open_))
    assert promise in broken(f"{plain}, recording_ended")


@pytest.mark.parametrize("choice", ["consent_time", "reaction_time"])
def test_a_deadline_by_choice(choice: str) -> None:
    """How long something may last is what the choice says."""
    begins, over = {
        "consent_time": (SHOWN, "offer_expired"),
        "reaction_time": (OFFERED, "offer_refused reason=other"),
    }[choice]
    choices = Choices(**{choice: timedelta(seconds=90)})

    late = LATE if choice == "consent_time" else 0

    assert set() == broken(f"{begins}, {over} @{190 + late}", choices)
    assert 1 == len(broken(f"{begins}, {over} @{190 + late}.000001", choices))


@pytest.mark.parametrize(
    ("choice", "promises"),
    [
        ("cool_down", {"a_refusal_rests", "no_rest_is_shortened"}),
        ("consent_time", {"every_question_ends"}),
        ("control_time", {"every_question_about_control_ends"}),
        ("maximum_time", {"every_view_ends"}),
        ("ticket_time", {"every_ticket_ends"}),
    ],
)
def test_a_time_of_nothing_promises_nothing(choice: str, promises: set[str]) -> None:
    """A rest or a deadline of 0 is none: what would be promised about it is not asked, and the trace says so."""
    again = f"{ASKED}, denied, {AGAIN}"
    shown = judged(again, Choices(**{choice: timedelta(0)}))
    silent = {
        each.promise for each in shown.not_asked if each.needs == f"{choice.replace('_', ' ')}: 0 s promises nothing"
    }

    assert promises == silent
    assert {"a_refusal_rests"} - promises == {each.promise for each in shown.broken}


def test_an_indicator_goes_off() -> None:
    """An indicator that is on after its view is late after the reaction time, or if the recording ends."""
    kinds = (*sorted(PRESUMED), "indicators")
    opened = (
        "policy_applied, logged_on, contact, offer_received, prompt_shown, accepted, connection_opened, indicator_on"
    )
    timed = f"{recorder(*kinds, 'time')} @0, {opened}, ended @100"

    assert "kept" == judged(f"{timed}, indicator_off @105, recording_ended").verdict
    assert {"every_indicator_goes_off"} == broken(f"{timed}, indicator_off @105.000001")
    assert {"every_indicator_goes_off"} == broken(f"{recorder(*kinds)}, {opened}, ended, recording_ended")


def test_a_clock_that_goes_back() -> None:
    """After a clock went back everything about times cannot be told, and the rest is judged on."""
    back = f"{SHOWN}, contact @99, denied @500"
    timed = {promise.name for promise in JUDGED if "time" in promise.needs or isinstance(promise, Within)}
    unasked = {each.promise for each in judged(back).not_asked}

    assert timed - unasked == set(untold(back))
    assert all("a clock that does not go back" in needs for needs in untold(back).values())
    assert {"never_connected_unannounced", "consent_is_used_once"} <= broken(f"{back}, accepted @501")


def test_what_was_late_before_the_clock_went_back() -> None:
    """What was late before a clock went back stays broken."""
    assert {"every_question_ends"} == broken(f"{SHOWN}, contact @166, contact @1")


def test_a_clock_that_stands_still() -> None:
    """Lines of one instant are in their order, and no clock went back."""
    assert {} == untold(f"{SHOWN}, denied, recording_ended")


def test_times_count_only_where_time_is_recorded() -> None:
    """Times that a recorder does not promise set no deadline."""
    text = f"{SHOWN}, contact @9999".replace(TIMED, f"{recorder(*sorted(PRESUMED))} @0")

    assert "kept" == judged(text).verdict


def test_a_refusal_rests_by_the_clock() -> None:
    """After a refusal the same expert may ask again when the cool-down has passed by the lines' times, and not before."""
    again = "offer_received offer=o2 ticket=-, prompt_shown offer=o2 prompt=p2, denied offer=o2 prompt=p2"

    assert {"a_refusal_rests"} == broken(f"{SHOWN}, denied, contact @159.999999, {again}")
    assert "kept" == judged(f"{SHOWN}, denied, contact @160, {again}, recording_ended").verdict
    assert {"no_rest_is_shortened"} == broken(f"{SHOWN}, denied, cooldown_over @159.999999, {again}")
    assert "kept" == judged(f"{SHOWN}, denied, cooldown_over @160, {again}, recording_ended").verdict


def test_a_line_without_its_time_shortens_no_rest() -> None:
    """Where times are recorded and lines have none, nobody can tell that a cool-down was too short."""
    timeless = f"{SHOWN}, denied, cooldown_over".replace(" @0", "").replace(" @100", "")

    assert set() == broken(timeless)
    assert {"no_rest_is_shortened"} == broken(f"{SHOWN}, denied, cooldown_over")


def test_what_was_over_in_time_is_forgotten() -> None:
    """However many tickets are over in time, the deadlines keep some thousand of them, and what lasts is late all the same."""
    ticket_ends = promise("every_ticket_ends")
    assert isinstance(ticket_ends, Within)
    deadlines, lasts = Deadlines.of([ticket_ends], STRICT, timed=True), Ticket("lasts", ANNA, "s1")
    kept = []
    for at in range(3000):
        deadlines.look(Evidence(tickets=frozenset({lasts, Ticket(f"t{at}", ANNA, "s1")})), at)
        kept.append(len(deadlines._due))

    assert 1000 < max(kept) < 1010
    assert ["lasts is not over"] == [because[:17] for _, because in deadlines.late(65_000_001)]


# ---- hands and ids ---------------------------------------------------------------------------------------------


def test_a_yes_needs_a_hand() -> None:
    """Where presence is recorded a yes comes after input at that session since its question was shown."""
    begins = f"{recorder(*sorted(PRESUMED), 'presence')}, {READY}, contact, offer_received"

    assert "kept" == judged(f"{begins}, prompt_shown, local_input, accepted").verdict
    for text in (
        "prompt_shown, accepted",
        "local_input, prompt_shown, accepted",
        "prompt_shown, local_input session=s2, accepted",
    ):
        assert {"a_yes_is_made_by_hand"} == broken(f"{begins}, {text}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("offer", f"{ASKED}, offer_cancelled, offer_received"),
        ("prompt", f"{ASKED}, offer_cancelled, offer_received offer=o2, prompt_shown offer=o2"),
        ("request", f"{VIEW}, control_requested, control_withdrawn, control_requested"),
    ],
)
def test_an_id_is_used_once(name: str, text: str) -> None:
    """An id that was used for something that is over breaks the promise that ids are fresh, and the reason names it."""
    [found] = [each for each in judged(text).broken if each.promise == "ids_are_never_used_again"]

    assert f"the {name} id " in found.because


# ---- memory ----------------------------------------------------------------------------------------------------


COURSE = tuple(
    word
    for part in (
        "contact ticket_issued offer_received prompt_shown local_input accepted prompt_hidden connection_opened",
        "indicator_on frame_shown control_requested control_prompt_shown local_input control_granted",
        "control_prompt_hidden input_applied control_stopped ended indicator_off",
    )
    for word in part.split()
)


def much(count: int) -> Iterator[Recorded]:
    """Yield a long trace of offers that are accepted, controlled and ended, each with ids of its own."""
    everything = tuple(kind for kind in RECORD_KINDS if kind not in ("time", "audit"))
    policy = {**ORDINARY, "helpers": (ANNA,)}
    start = [("recorder", {"records": everything}), ("policy_applied", policy), ("logged_on", ORDINARY)]
    lines = [line_from(name, known) for name, known in start]
    for seq in range(1, count + 1):
        number, at = divmod(seq - 4, len(COURSE))
        if seq <= 3:
            yield Recorded(seq, lines[seq - 1])
            continue
        ids = {name: f"{name}-{number}" for name in ("offer", "ticket", "connection", "request")}
        question = "second" if COURSE[at].startswith("control") else "first"
        yield Recorded(seq, line_from(COURSE[at], {**ORDINARY, **ids, "prompt": f"{question}-{number}"}))


def judge_much(count: int) -> tuple[Judge, int]:
    """Return a judge that has seen so many lines, and how many bytes it keeps."""
    tracemalloc.start()
    try:
        one = Judge()
        for recorded in much(count):
            one.take(recorded, recorded.seq)
        return one, tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def sizes(one: Judge) -> dict[str, int]:
    """Return how many things a judge remembers, of each kind."""
    known = {name: each for name, each in vars(one).items() if isinstance(each, dict | set | list)}
    known |= {name: each for name, each in one._seen._asdict().items() if isinstance(each, frozenset)}
    return {name: len(each) for name, each in known.items()} | {"deadlines": len(one._deadlines._numbers)}


def test_a_long_trace_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a trace is, the judge remembers what goes on and the last ids, and no more."""
    monkeypatch.setattr(ongoing, "REMEMBERED", 20)
    short, few = judge_much(3 + 100 * len(COURSE))
    long, many = judge_much(3 + 300 * len(COURSE))

    assert sizes(short) == sizes(long)
    assert many < few + 20_000
    assert "kept" == long.close().verdict


def test_doubts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many lists leave something open, the judge remembers only so many doubts, and the verdict stays."""
    monkeypatch.setattr(judge, "MOST_DOUBTS", 10)
    text = ", ".join(rf"policy_applied helpers=CORP\Group{number}, sessions_disclosed" for number in range(50))
    one = Judge()
    for recorded in trace(f"logged_on, {text}"):
        one.take(recorded)

    assert 10 == len(one._unsure)
    assert "cannot tell" == one.close().verdict


def test_events_of_the_contract_are_all_judged() -> None:
    """The judge takes every line of the contract, in any order and with nothing before it."""
    one = Judge()
    known = {**ORDINARY, "records": (), "kind": "offer"}
    for seq, event in enumerate((*LINES, *reversed(LINES)), 1):
        one.take(Recorded(seq, line_from(event, known)), seq)
        Judge().take(Recorded(1, Line(event, line_from(event, known).fields)))

    assert 2 * len(LINES) == one.close().lines
