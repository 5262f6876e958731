"""Machines that are wrong in ways the table could not be: their trace lines, written by hand, and the promise that notices."""

from collections.abc import Sequence

import pytest

from rasim.protocol.lines import EVERYTHING, FieldValue, Line, Recorded, line_from
from rasim.verify import promise
from rasim.verify.promises.evidence import Evidence, learn
from rasim.verify.promises.judge import Judge
from rasim.verify.promises.kinds import Always

ANNA, CAROL, BOB, ERIN = r"CORP\anna", r"CORP\carol", r"CORP\bob", r"CORP\erin"
Lines = list[Line]


def said(name: str, **fields: FieldValue) -> Line:
    return line_from(name, fields)


START = [
    said("policy_applied", version="1", offers="enabled", mode="control", helpers=(ANNA, CAROL)),
    said("logged_on", session="s1", by=BOB),
    said("logged_on", session="s2", by=ERIN),
]


def offered(n: int, expert: str = ANNA, session: str = "s1") -> Lines:
    """Return an offer at the door: contact, ticket, offer."""
    return [
        said("contact", expert=expert, session=session),
        said("ticket_issued", ticket=f"t{n}", expert=expert, session=session),
        said("offer_received", offer=f"o{n}", session=session, expert=expert, ticket=f"t{n}"),
    ]


def asked(n: int, session: str = "s1") -> Lines:
    return [said("prompt_shown", offer=f"o{n}", session=session, prompt=f"p{n}")]


def accepted(n: int, session: str = "s1", by: str = BOB) -> Lines:
    fields = {"offer": f"o{n}", "session": session, "origin": "local", "by": by, "prompt": f"p{n}"}
    return [said("local_input", session=session), said("accepted", **fields)]


def opened(n: int, expert: str = ANNA, session: str = "s1") -> Lines:
    return [
        said("prompt_hidden", offer=f"o{n}"),
        said("connection_opened", connection=f"c{n}", offer=f"o{n}", expert=expert),
        said("indicator_on", connection=f"c{n}", session=session),
        said("frame_shown", connection=f"c{n}", session=session),
    ]


def viewed(n: int, expert: str = ANNA, session: str = "s1", by: str = BOB) -> Lines:
    return [*offered(n, expert, session), *asked(n, session), *accepted(n, session, by), *opened(n, expert, session)]


def asked_for_control(n: int, session: str = "s1") -> Lines:
    return [
        said("control_requested", request=f"r{n}", connection=f"c{n}"),
        said("control_prompt_shown", request=f"r{n}", session=session, prompt=f"q{n}"),
    ]


def granted(n: int, connection: str, session: str = "s1", by: str = BOB) -> Lines:
    fields = {"connection": connection, "session": session, "origin": "local", "request": f"r{n}", "by": by}
    return [
        said("local_input", session=session),
        said("control_granted", **fields),
        said("control_prompt_hidden", request=f"r{n}", session=session),
    ]


def controlled(n: int) -> Lines:
    used = said("input_applied", connection=f"c{n}", session="s1")
    return [*asked_for_control(n), *granted(n, f"c{n}"), used]


def broken_by(trace: Sequence[Line]) -> list[str]:
    """Return the promises that a trace breaks in which everything is recorded but times and audit records."""
    judge = Judge()
    records = tuple(sorted(EVERYTHING - {"time", "audit"}))
    for seq, each in enumerate([said("recorder", records=records), *trace]):
        judge.take(Recorded(seq, each))
    return [broken.promise for broken in judge.close().broken]


WRONG: dict[str, tuple[str, Lines]] = {
    "the user of another session is asked": (
        "nothing_shown_before_acceptance",
        [*offered(1), *asked(1, "s2"), *accepted(1, "s2", ERIN), *opened(1)],
    ),
    "a click in one session grants control of another": (
        "control_needs_its_own_click",
        [*viewed(1), *viewed(2, CAROL, "s2", ERIN), *asked_for_control(1), *granted(1, "c2")],
    ),
    "a click grants control of another view in the session than the one that asked": (
        "control_needs_its_own_click",
        [*viewed(1), *viewed(2, CAROL), *asked_for_control(1), *granted(1, "c2")],
    ),
    "the user of another session is asked for control": (
        "nobody_is_asked_unasked",
        [*viewed(1), *asked_for_control(1)[:1], said("control_prompt_shown", request="r1", session="s2", prompt="q1")],
    ),
    "input reaches another session": (
        "acceptance_gives_view_only",
        [*viewed(1), *controlled(1), said("input_applied", connection="c1", session="s2")],
    ),
    "another expert connects with the yes that one was given": (
        "never_connected_unannounced",
        [*offered(1), *asked(1), *accepted(1), *opened(1, CAROL)],
    ),
    "a second view opens beside the first": (
        "one_expert_at_a_time",
        [
            *(*offered(1), *asked(1), *accepted(1), said("prompt_hidden", offer="o1")),
            *(*offered(2, CAROL), *asked(2), *accepted(2)),
            *(*opened(1)[1:], *opened(2, CAROL)),
        ],
    ),
    "a frame after the link was lost": (
        "ended_means_ended",
        [*viewed(1), said("link_lost", connection="c1"), said("frame_shown", connection="c1", session="s1")],
    ),
    "control is granted after the link was lost": (
        "ended_means_ended",
        [*viewed(1), *asked_for_control(1), said("link_lost", connection="c1"), *granted(1, "c1")],
    ),
    "a view goes on after the computer restarted": (
        "ended_means_ended",
        [*viewed(1), said("restarted", side="computer"), said("frame_shown", connection="c1", session="s1")],
    ),
    "a yes from before the restart opens a view after it": (
        "nothing_shown_before_acceptance",
        [
            *(*offered(1), *asked(1), *accepted(1), said("restarted", side="computer")),
            *(said("logged_on", session="s1", by=BOB), *opened(1)),
        ],
    ),
    "one click answers two questions": (
        "a_yes_is_made_by_hand",
        [*viewed(1), *asked_for_control(1), *granted(1, "c1")[1:]],
    ),
    "an offer is accepted after it was withdrawn": (
        "consent_is_used_once",
        [*offered(1), *asked(1), said("offer_cancelled", offer="o1"), *accepted(1)],
    ),
    "an offer is accepted twice": ("consent_is_used_once", [*offered(1), *asked(1), *accepted(1), *accepted(1)]),
    "a live connection's id is given again": (
        "consent_is_used_once",
        [
            *viewed(1),
            *offered(2, CAROL, "s2"),
            *asked(2, "s2"),
            *accepted(2, "s2", ERIN),
            said("connection_opened", connection="c1", offer="o2", expert=CAROL),
        ],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_machine_is_noticed(name: str) -> None:
    """What a wrong machine leaves in its trace breaks the promise it should."""
    noticed_by, lines = WRONG[name]

    assert noticed_by in broken_by([*START, *lines])


def test_two_who_hold_control_are_noticed_beside_all_else() -> None:
    """That two experts hold control in one session breaks one_expert_at_a_time, also where nobody looked at their views before."""
    seen = Evidence()
    for each in [*START, *viewed(1), *controlled(1), *viewed(2, CAROL), *asked_for_control(2)]:
        seen = learn(seen, each)
    at_a_time = promise("one_expert_at_a_time")
    assert isinstance(at_a_time, Always)
    assert at_a_time.breaks is not None

    assert ["two experts hold control in one session", None] == [
        at_a_time.breaks(seen, granted(2, connection)[1]) for connection in ("c2", "c1")
    ]


def test_a_question_of_nobody_known_outlives_no_policy() -> None:
    """Whose question about an unknown offer is nobody can tell, so that it is not said to outlive the policy; a ticket is."""
    bites = promise("a_tighter_policy_bites_at_once")
    assert isinstance(bites, Always)
    assert bites.fails is not None
    seen, lasting = Evidence(), []
    for each in [*START, *asked(1), said("policy_applied", version="2", offers="disabled"), *offered(2)[:2]]:
        seen = learn(seen, each)
        lasting.append(bites.fails(seen))

    assert ([None] * 6, rf"{ANNA} still holds a ticket, and policy no longer allows it") == (lasting[:-1], lasting[-1])


def test_the_right_machine_is_not_suspected() -> None:
    """Two experts in two sessions, both with control, break nothing."""
    both = [*viewed(1), *viewed(2, CAROL, "s2", ERIN), *controlled(1), *asked_for_control(2, "s2")]

    assert [] == broken_by([*START, *both, *granted(2, "c2", "s2", ERIN)])
