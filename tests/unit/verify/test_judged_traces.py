"""Traces that were once answered wrongly, each standing for a kind of fault: their verdicts, and those of their cousins.

The index beside the traces says of each the verdict, the promises that it breaks (those and no others: a trace is accused of
nothing that did not happen), and where it stops being readable.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from rasim.errors import TraceError
from rasim.protocol.lines import Line
from rasim.protocol.trace_text import read_trace
from rasim.verify.promises.evidence import Evidence, OpenOffer
from rasim.verify.promises.judge import Judge, JudgedTrace
from rasim.verify.promises.questions import named

FOLDER = Path(__file__).parents[2] / "data" / "judged"
INDEX: dict[str, dict[str, Any]] = json.loads((FOLDER / "judged.json").read_text(encoding="utf-8"))
READ = {name: expected for name, expected in INDEX.items() if expected["verdict"] is not None}

POLICY = {"event": "policy_applied", "version": 1, "offers": "enabled", "mode": "control", "helpers": [r"CORP\anna"]}
LOGGED_ON = {"event": "logged_on", "session": 1, "by": r"CORP\bob"}
OFFERED = {"event": "offer_received", "offer": 1, "session": 1, "expert": r"CORP\anna"}
SHOWN = {"event": "prompt_shown", "offer": 1, "session": 1}
ACCEPTED = {"event": "accepted", "offer": 1, "session": 1, "origin": "local", "by": r"CORP\bob"}
OPENED = {"event": "connection_opened", "connection": 1, "offer": 1}
FRAME = {"event": "frame_shown", "connection": 1, "session": 1}
ASKED = (POLICY, LOGGED_ON, OFFERED, SHOWN)
VIEW = (*ASKED, ACCEPTED, OPENED, FRAME)
REQUESTED = {"event": "control_requested", "connection": 1, "request": 1}
QUESTION = {"event": "control_prompt_shown", "request": 1, "session": 1}
GRANTED = {
    "event": "control_granted",
    "connection": 1,
    "session": 1,
    "origin": "local",
    "request": 1,
    "by": r"CORP\bob",
}
INPUT = {"event": "input_applied", "connection": 1, "session": 1}
HELD = (*VIEW, REQUESTED, QUESTION, GRANTED, INPUT)
OVER = {"event": "recording_ended"}


def judged(texts: list[str], name: str = "") -> JudgedTrace:
    one = Judge()
    for number, recorded in read_trace(texts, name):
        one.take(recorded, number)
    return one.close()


def said(*lines: dict[str, Any]) -> JudgedTrace:
    """Judge lines, numbered in their order."""
    return judged([json.dumps({"seq": seq, **line}) for seq, line in enumerate(lines, 1)])


def does(event: str, **fields: Any) -> dict[str, Any]:
    return {"event": event, **fields}


def test_every_trace_is_in_the_index() -> None:
    """Each trace of the folder has its verdict in the index, and each verdict its trace."""
    assert set(INDEX) == {path.name for path in FOLDER.glob("*.jsonl")}


@pytest.mark.parametrize("name", READ)
def test_the_verdict_is_the_right_one(name: str) -> None:
    """A trace has the verdict of the index, and breaks the promises that stand there and no others."""
    shown = judged((FOLDER / name).read_text(encoding="utf-8").splitlines(), name)

    assert READ[name]["verdict"] == shown.verdict
    assert READ[name].get("broken", []) == sorted(each.promise for each in shown.broken)
    if "cannot_tell" in READ[name]:
        assert READ[name]["cannot_tell"] == sorted(each.promise for each in shown.cannot_tell)


def test_a_number_that_no_machine_holds_is_an_error_of_its_line() -> None:
    """A number in a field that nobody looks at, with an exponent beyond measure, is an error that names its line."""
    name = "number-beyond-measure.jsonl"
    with pytest.raises(TraceError) as raised:
        judged((FOLDER / name).read_text(encoding="utf-8").splitlines(), name)

    assert INDEX[name]["line"] == raised.value.where.line


OFF = does("policy_applied", version=2, offers="disabled")
UNHELPED, HELPED = (does(event, expert=r"CORP\anna") for event in ("helper_removed", "helper_added"))
VIEW_ONLY = {**POLICY, "mode": "view"}
NO_MODE = {name: value for name, value in POLICY.items() if name != "mode"}
OF_DESK = {**POLICY, "helpers": [r"CORP\Helpdesk"], "members": {r"CORP\Helpdesk": [r"CORP\anna"]}}
LEFT, CAME = (does(event, group=r"CORP\Helpdesk", account=r"CORP\anna") for event in ("member_removed", "member_added"))
NO = does("control_refused", connection=1, session=1, origin="local", request=1, by=r"CORP\bob")
AGAIN = (does("control_requested", connection=1, request=2), does("control_prompt_shown", request=2, session=1))
OFFER_2 = (does("offer_received", offer=2, session=1, expert=r"CORP\anna"), does("prompt_shown", offer=2, session=1))
LATE = {"origin": "local", "by": r"CORP\bob"}


@pytest.mark.parametrize(
    ("lines", "promise"),
    [
        ((*ASKED, ACCEPTED, UNHELPED, HELPED, OPENED), "a_tighter_policy_bites_at_once"),
        ((OF_DESK, *ASKED[1:], ACCEPTED, LEFT, CAME, OPENED), "a_tighter_policy_bites_at_once"),
        ((*ASKED, ACCEPTED, does("logged_off", session=1), LOGGED_ON, OPENED), "a_logoff_ends_everything"),
        ((*VIEW, REQUESTED, QUESTION, VIEW_ONLY, POLICY), "a_tighter_policy_bites_at_once"),
        ((*ASKED, does("prompt_hidden", offer=1, reason="timeout"), *OFFER_2), "a_refusal_rests"),
        ((*ASKED, does("offer_refused", offer=1, reason="expired"), *OFFER_2), "a_refusal_rests"),
        ((*ASKED, does("denied", offer=1, session=1, origin="unknown"), *OFFER_2), "a_refusal_rests"),
        ((*VIEW, REQUESTED, QUESTION, {**NO, "origin": "unknown"}, *AGAIN), "a_refusal_rests"),
        (
            (*VIEW, REQUESTED, QUESTION, NO, does("cooldown_over", expert=r"CORP\anna", session=1, capability="chat"), *AGAIN),
            "a_refusal_rests",
        ),
        ((*VIEW, does("capability_revoked", connection=1, capability="view"), INPUT), "ended_means_ended"),
        ((*VIEW, does("capability_used", connection=1, capability="control")), "acceptance_gives_view_only"),
        ((*VIEW, does("capability_used", connection=2, capability="view")), "nothing_shown_before_acceptance"),
        ((*ASKED, does("link_lost"), ACCEPTED, OPENED), "never_connected_unannounced"),
        ((*ASKED, does("restarted", side="expert"), ACCEPTED, OPENED), "never_connected_unannounced"),
        ((*ASKED, does("prompt_changed", prompt="p7"), ACCEPTED, OPENED), "never_connected_unannounced"),
        ((*VIEW, REQUESTED, QUESTION, does("prompt_covered", prompt="p7"), GRANTED), "control_needs_its_own_click"),
        (
            ({**POLICY, "solicited": "disabled", "os": "windows-server-2003"}, *ASKED[1:]),
            "no_policy_no_offer",
        ),
        ((*HELD, does("end_asked", connection=1), INPUT), "what_the_user_ends_is_over"),
        ((*HELD, does("end_asked", connection=1, **LATE), OVER), "what_the_user_ends_is_over"),
        ((*HELD, does("stop_asked", connection=1, **LATE), INPUT), "what_the_user_ends_is_over"),
        ((*HELD, does("stop_asked", connection=1, **LATE), OVER), "what_the_user_ends_is_over"),
        ((*HELD, does("input_blocked", connection=1, session=1)), "the_users_screen_and_input_stay_the_users"),
        (
            (*HELD, does("screen_blanked", connection=1, session=1, by=r"CORP\anna")),
            "the_users_screen_and_input_stay_the_users",
        ),
        ((*VIEW, does("end_withheld", connection=1, session=1), FRAME), "a_view_is_never_without_a_way_out"),
    ],
)  # fmt: skip
def test_a_cousin_is_broken_too(lines: tuple[dict[str, Any], ...], promise: str) -> None:
    """What is wrong in the same way by other lines, fields or capabilities breaks the promise that it is about."""
    assert promise in {each.promise for each in said(*lines).broken}


ENDED = does("ended", connection=1, reason="user")


@pytest.mark.parametrize(
    "lines",
    [
        (*ASKED, ACCEPTED, POLICY, OPENED, FRAME, ENDED),
        (*VIEW, REQUESTED, QUESTION, VIEW_ONLY, {**NO, "origin": "policy", "reply": "forbidden"}, FRAME, ENDED),
        (*VIEW, REQUESTED, QUESTION, NO, does("cooldown_over", expert=r"CORP\anna", session=1, capability="control"), *AGAIN),
        (POLICY, LOGGED_ON, OFFERED, does("offer_expired", offer=1), *OFFER_2),
        (*ASKED, does("prompt_hidden", offer=1), does("offer_refused", offer=1, reason="timeout")),
        (*VIEW, does("link_lost", connection=9), FRAME, ENDED),
        (*ASKED, does("prompt_shown", offer=1, session=1, prompt="p2")),
        ({**POLICY, "solicited": "disabled", "os": "windows-10"}, *VIEW[1:], ENDED),
        ({**POLICY, "solicited": "disabled"}, *VIEW[1:], ENDED),
        (*HELD, does("end_asked", connection=1, **LATE), ENDED, OVER),
        (*HELD, does("end_asked", connection=1, origin="injected"), FRAME, ENDED, OVER),
        (*HELD, does("end_asked", connection=1, by=r"CORP\anna"), FRAME, ENDED, OVER),
        (*HELD, does("stop_asked", connection=1, **LATE), does("control_stopped", connection=1, by=r"CORP\bob"), FRAME, ENDED, OVER),
        (*HELD, does("screen_blanked", connection=1, session=1, by=r"CORP\bob"), FRAME, ENDED),
        (*HELD, does("screen_unblanked", connection=1, session=1), does("input_unblocked", connection=1, session=1), ENDED),
        (*VIEW, does("end_withheld", connection=1, session=1), does("end_offered", connection=1, session=1), FRAME, ENDED),
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not_broken(lines: tuple[dict[str, Any], ...]) -> None:
    """What is right breaks nothing, but a question that is shown twice, which is two at a time."""
    twice = lines[-1].get("prompt") == "p2"
    assert (["one_expert_at_a_time"] if twice else []) == [each.promise for each in said(*lines).broken]


@pytest.mark.parametrize(
    ("lines", "promise"),
    [
        (({**POLICY, "helpers": [r"CORP\Helpdesk"]}, {**LEFT, "account": r"CORP\carl"}, *ASKED[1:]), "unlisted_expert_never_reaches_the_user"),
        ((NO_MODE, *HELD[1:]), "a_looser_policy_gives_nothing_to_the_running"),
        ((NO_MODE, *VIEW[1:], REQUESTED, {**NO, "origin": "policy", "reply": "forbidden"}), "a_request_has_one_answer"),
        (({**POLICY, "solicited": "disabled", "os": "windows-server-2003-sp2"}, *ASKED[1:]), "no_policy_no_offer"),
        ((POLICY, LOGGED_ON, OVER), "never_connected_unannounced"),
        ((OVER,), "never_connected_unannounced"),
    ],
)  # fmt: skip
def test_what_was_never_told_cannot_be_told(lines: tuple[dict[str, Any], ...], promise: str) -> None:
    """Where something that is needed was never told the answer is cannot tell, and no accusation."""
    shown = said(*lines)

    assert ("cannot tell", ()) == (shown.verdict, shown.broken)
    assert promise in {each.promise for each in shown.cannot_tell}


def test_who_was_taken_out_of_a_group_is_no_member() -> None:
    """An account that was taken out of an untold group is a stranger, though nobody knows who else is in it."""
    shown = said({**POLICY, "helpers": [r"CORP\Helpdesk"]}, LEFT, *ASKED[1:])

    assert "unlisted_expert_never_reaches_the_user" in {each.promise for each in shown.broken}


@pytest.mark.parametrize(
    ("over", "says"),
    [
        (does("denied", offer=1, session=1, **LATE), "the expert connects by an offer that is not open"),
        (does("offer_expired", offer=1), "the expert connects by an offer that is not open"),
        (does("offer_cancelled", offer=1), "the expert connects by an offer that is not open"),
        (does("restarted", side="computer"), "the expert connects by an offer that is not open"),
        (does("prompt_hidden", offer=1), "the expert connects, and the user has not said yes"),
    ],
)
def test_an_unknown_is_not_a_never(over: dict[str, Any], says: str) -> None:
    """Of an offer that is over nobody says that the user was never asked, or that nobody is logged on."""
    because = {each.promise: each.because for each in said(*ASKED, over, LOGGED_ON, OPENED).broken}

    assert says == because["never_connected_unannounced"]
    assert not {"nobody_logged_on_nobody_connected", "a_logoff_ends_everything"} & because.keys()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"CORP\anna", True),
        (r"corp\ANNA offers help.", True),
        (r"Help from CORP\anna.", True),
        (r'"CORP\anna" (Helpdesk)', True),
        (r"(CORP\anna)", True),
        (r"Anna <CORP\anna>, 12:30", True),
        (r"CORP\anna's offer", True),
        (r"CORP\anna@evil.example", False),
        (r"CORP\anna$", False),
        (r"CORP\anna-admin", False),
        (r"CORP\anna.smith", False),
        ("CORP\\anna\u2010x", False),
        ("CORP\\anna\u200b", False),
        (r"CORP\anna+x", False),
        (r"EVIL.CORP\anna", False),
        (r"EVIL-CORP\anna", False),
        (r"x@CORP\anna", False),
        (r"\\CORP\anna", False),
        ("anna", False),
    ],
)
def test_a_question_names_an_account_whole(text: str, names: bool) -> None:
    """A question names the expert only where nothing beside the account makes another name of it."""
    seen = Evidence(received=frozenset({OpenOffer("o1", "s1", r"CORP\anna", "", fair=True)}))
    shown = Line("prompt_shown", (("offer", "o1"), ("session", "s1"), ("names", text)))

    assert names is (named(seen, shown) is None)


def test_a_recording_without_an_end_says_how_much_that_leaves_open() -> None:
    """What was not asked, and what cannot be told, only because nobody saw the end of the recording, is counted."""
    path = Path(__file__).parents[2] / "data" / "cases" / "case-03-buttons-vanish-and-access-is-there.good.jsonl"
    texts = path.read_text(encoding="utf-8").splitlines()
    whole = judged(texts)
    cut = judged([text for text in texts if "recording_ended" not in text])

    assert (0, 0) == whole.unended
    assert cut.unended > (0, 0)
    assert sum(cut.unended) == len(whole.kept) + len(whole.broken) - len(cut.kept) - len(cut.broken)
