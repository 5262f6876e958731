"""What a trace teaches: who is on the list, what is open, what is forgotten when it is over."""

import pytest

from rasim.protocol import Line
from rasim.protocol.lines import FieldValue, line_from
from rasim.verify.promises.evidence import LEARN, Evidence, Ticket, learn

ANNA, BOB, DESK, TIER1 = r"CORP\anna", r"CORP\bob", r"CORP\Helpdesk", r"CORP\Tier1"


def seen(*lines: Line) -> Evidence:
    """Return what is known after some lines."""
    known = Evidence()
    for each in lines:
        known = learn(known, each)
    return known


def policy(**fields: FieldValue) -> Line:
    """Return the line of an applied policy."""
    return line_from(
        "policy_applied", {"version": "1", "offers": "enabled", "mode": "control", "helpers": (ANNA,), **fields}
    )


def told(event: str, **fields: FieldValue) -> Line:
    """Return a line about anna, bob's session and the first of everything."""
    ordinary: dict[str, FieldValue] = {
        "expert": ANNA, "session": "s1", "by": BOB, "origin": "local", "ticket": "t1", "offer": "o1", "prompt": "p1",
        "connection": "c1", "reason": "other",
    }  # fmt: skip
    return line_from(event, {**ordinary, **fields})


def test_before_the_first_line_nothing_is_known() -> None:
    """At first nothing is configured, nobody is on the list and nobody is logged on."""
    assert ("not configured", False, None) == (Evidence().offers, Evidence().listed(ANNA), Evidence().owner("s1"))


@pytest.mark.parametrize(
    ("lines", "listed"),
    [
        ([policy()], True),
        ([policy(helpers=(ANNA.upper(),))], True),
        ([policy(helpers=(DESK,))], False),
        ([policy(helpers=(DESK,), members=((DESK, (ANNA,)),))], True),
        ([policy(helpers=(DESK,), members=((DESK, (TIER1,)), (TIER1, (DESK, ANNA))))], True),
        ([policy(helpers=(DESK,), members=((TIER1, (ANNA,)),))], False),
        ([policy(), told("helper_removed")], False),
        ([policy(helpers=()), told("helper_added")], True),
        ([policy(helpers=(DESK,)), line_from("member_added", {"group": DESK, "account": ANNA})], True),
        (
            [
                policy(helpers=(DESK,), members=((DESK, (ANNA,)),)),
                line_from("member_removed", {"group": DESK, "account": ANNA}),
            ],
            False,
        ),
        ([policy(), policy(helpers=(DESK,))], False),
        ([policy(helpers=("anna", "CORP\\"))], False),
        ([policy(helpers=()), told("helper_added", expert="anna")], False),
    ],
)
def test_who_is_on_the_list(lines: list[Line], listed: bool) -> None:
    """An expert is on the list by an own entry or through groups of groups, as the lines told it last."""
    assert listed is seen(*lines).listed(ANNA)


def test_an_entry_without_its_domain_matches_nobody() -> None:
    """A flawed entry of the list matches nobody, not even an expert of the very same name."""
    assert [False, False] == [
        seen(line).listed("anna") for line in (policy(helpers=("anna",)), told("helper_added", expert="anna"))
    ]


def test_groups_that_are_in_each_other_list_nobody() -> None:
    """Of groups that are members of each other, and of no group on the list, no member is on the list."""
    circle = ((DESK, (TIER1,)), (TIER1, (DESK, ANNA)))

    assert False is seen(policy(helpers=(r"CORP\erin",), members=circle)).listed(ANNA)


@pytest.mark.parametrize(
    ("lines", "untold"),
    [
        ([policy()], set()),
        ([policy(helpers=(DESK,))], {DESK}),
        ([policy(helpers=(r"CORP\help desk",))], {r"CORP\help desk"}),
        ([policy(helpers=(), mode="view"), told("helper_added", expert=DESK)], {DESK}),
        ([policy(helpers=(DESK,)), told("helper_removed", expert=DESK)], set()),
        ([policy(helpers=(DESK,)), line_from("member_added", {"group": DESK, "account": TIER1})], {TIER1}),
        ([policy(helpers=(DESK,)), line_from("member_added", {"group": DESK, "account": ANNA})], set()),
        ([policy(helpers=(DESK,), members=())], set()),
        ([policy(helpers=(DESK,), members=()), told("helper_added", expert=TIER1)], {TIER1}),
        ([policy(helpers=(DESK, TIER1), members=((DESK, (ANNA,)),))], {TIER1}),
        ([policy(helpers=(ANNA,)), line_from("member_added", {"group": DESK, "account": TIER1})], set()),
    ],
)
def test_which_groups_were_never_told(lines: list[Line], untold: set[str]) -> None:
    """What is listed and written like a group is one whose members nobody knows, unless they, or a policy with all groups, were told."""
    assert untold == seen(*lines).untold()


@pytest.mark.parametrize("other", ["CORP\\strasse", "CORP\\STRASSE"])
def test_names_are_compared_as_windows_does(other: str) -> None:
    """Names are one when they differ in case only: a sharp s is not two, so nobody is listed or removed by another's name."""
    helper = "CORP\\straße"

    assert (True, False) == (
        seen(policy(helpers=(helper,))).listed(helper),
        seen(policy(helpers=(helper,))).listed(other),
    )
    assert seen(policy(helpers=(helper,)), told("helper_removed", expert=other)).listed(helper)


OFFERED = (
    policy(),
    told("logged_on"),
    told("contact"),
    told("ticket_issued"),
    told("offer_received"),
    told("prompt_shown"),
)
VIEWING = (*OFFERED, told("accepted"), told("prompt_hidden"), told("connection_opened"), told("indicator_on"))


def test_an_answer_is_an_answer_of_the_owner_to_the_prompt_on_show() -> None:
    """An acceptance counts when it is local, the owner's, and to the prompt on show; else it is no yes."""
    asked = seen(*OFFERED)
    others = ({"origin": "timer"}, {"by": ANNA}, {"prompt": "p0"}, {"session": "s2"}, {"offer": "o2"})

    assert frozenset({("o1", True)}) == learn(asked, told("accepted")).accepted
    assert [frozenset()] * len(others) == [learn(asked, told("accepted", **fields)).accepted for fields in others]


@pytest.mark.parametrize("mode", ["view", "control"])
def test_a_view_is_agreed_as_it_was_accepted(mode: str) -> None:
    """Whether helpers might control counts as policy was when the offer was accepted, whatever comes before the connection."""
    before = seen(policy(mode=mode), *OFFERED[1:], told("accepted"))
    view = learn(learn(before, policy()), told("connection_opened")).view("c1")

    assert mode == ("control" if view and view.agreed else "view")


@pytest.mark.parametrize("answer", ["accepted", "denied", "offer_expired", "offer_cancelled", "offer_refused"])
def test_an_answer_ends_its_question(answer: str) -> None:
    """A question is over with its answer, whether or not a line says that it is hidden."""
    assert frozenset() == seen(*OFFERED, told(answer)).prompts


def test_what_is_over_is_forgotten() -> None:
    """After the end nothing of a view is left but what its users and policy are."""
    ended = seen(*VIEWING, told("ended"))

    assert (frozenset(), frozenset(), frozenset(), frozenset()) == (
        ended.views,
        ended.prompts,
        ended.received,
        ended.tickets,
    )
    assert ({("s1", BOB)}, "enabled") == (set(ended.owners), ended.offers)


def test_a_ticket_lives_until_its_question() -> None:
    """A ticket is live from its issue until it opens a question, expires, or is spent by the answer busy."""
    live = frozenset({Ticket("t1", ANNA, "s1")})

    assert live == seen(*OFFERED[:-1]).tickets
    assert frozenset() == seen(*OFFERED).tickets
    assert frozenset() == seen(*OFFERED[:-1], told("ticket_expired")).tickets
    assert frozenset() == seen(*OFFERED[:-1], told("offer_refused", reason="busy")).tickets
    assert live == seen(*OFFERED[:-1], told("offer_refused", reason="locked")).tickets


@pytest.mark.parametrize(
    ("lines", "hidden"),
    [
        ("locked", True),
        ("locked unlocked", False),
        ("locked secure_desktop_on secure_desktop_off", True),
        ("locked secure_desktop_on switched_away switched_to", False),
        ("switched_away unlocked", True),
        ("locked logged_off", False),
        ("switched_away logged_on", False),
    ],
)
def test_when_a_session_is_hidden(lines: str, hidden: bool) -> None:
    """A session is hidden while it is locked, switched away or covered; switching to it and logging on put it in front."""
    assert hidden is seen(told("logged_on"), *(told(event) for event in lines.split())).is_hidden("s1")


@pytest.mark.parametrize(
    ("event", "fields", "cooling"),
    [
        ("denied", {}, True),
        ("denied", {"origin": "injected"}, False),
        ("offer_expired", {}, True),
        ("offer_cancelled", {}, False),
        ("offer_refused", {}, False),
    ],
)
def test_what_begins_a_cool_down(event: str, fields: dict[str, FieldValue], cooling: bool) -> None:
    """The user's own no and silence begin a cool-down; a forged no, a withdrawal and the computer's no do not."""
    assert cooling is bool(seen(*OFFERED, told(event, **fields)).cooling)


@pytest.mark.parametrize("end", ["logged_off", "logged_on", "cooldown_over"])
def test_what_ends_a_cool_down(end: str) -> None:
    """A cool-down is over when it passed, or when another logon takes the place of the one that refused."""
    somebody_else = {"by": r"CORP\eve"} if end == "logged_on" else {}

    assert frozenset() == seen(*OFFERED, told("denied"), told(end, **somebody_else)).cooling


def test_who_is_called_by_another_case_is_the_same() -> None:
    """A contact and a cool-down are those of an expert however the account is written."""
    other = ANNA.lower()

    assert frozenset() == seen(told("contact"), told("ticket_issued", expert=other)).contacts
    assert frozenset() == seen(*OFFERED, told("denied"), told("cooldown_over", expert=other)).cooling


def test_a_lost_link_ends_what_it_carried() -> None:
    """With its link an expert's contact, offer, question and view are over, and nobody else's."""
    lost = [
        seen(*VIEWING, told("link_lost", offer="o1")),
        seen(*OFFERED, told("link_lost")),
        seen(told("contact"), told("contact", expert=TIER1), told("link_lost")),
    ]

    assert (frozenset(), frozenset(), frozenset()) == (lost[0].views, lost[1].prompts, lost[1].received)
    assert {TIER1.upper()} == {expert for expert, _ in lost[2].contacts}


def test_a_restart_forgets_all_that_goes_on() -> None:
    """After a restart of the computer only policy, list, groups, firewall, port and what is not on record yet are known."""
    before = seen(*VIEWING, told("denied"), told("ticket_issued", ticket="t2"), told("locked"))
    after = learn(before, line_from("restarted", {"side": "computer"}))

    assert seen(policy()) == after._replace(due=frozenset())
    assert before.due == after.due


def test_a_restart_of_the_only_expert_loses_its_links() -> None:
    """A restart of the expert ends the views and tickets of the only expert there is, and nothing of the computer."""
    before = seen(*VIEWING, told("ticket_issued", ticket="t2"), told("locked"))
    after = learn(before, line_from("restarted", {"side": "expert"}))

    assert before._replace(views=frozenset(), tickets=frozenset()) == after


def test_a_restart_logs_everybody_off() -> None:
    """A restart of the computer logs everybody off; a restart of an expert does not."""
    assert (None, BOB) == tuple(
        seen(told("logged_on"), line_from("restarted", {"side": side})).owner("s1") for side in ("computer", "expert")
    )


def test_another_port_is_not_the_offers() -> None:
    """Only port 135 carries offers."""
    assert [True, False] == [
        seen(line_from("firewall_changed", {"port": port, "state": "closed"})).blocked for port in (135, 3389)
    ]


def test_lines_that_teach_nothing() -> None:
    """A line that no promise needs to remember leaves the evidence as it is."""
    known = seen(line_from("recorder", {"records": ("frames", "input")}), *VIEWING)

    assert "frame_shown" not in LEARN
    assert known is learn(known, told("frame_shown"))
