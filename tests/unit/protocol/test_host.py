"""The host gives names to what goes on: ids, tickets, prompts, accounts, alarms. It decides nothing that the table decides."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from rasim.errors import UsageError
from rasim.policy import Firewall, Membership, Policy
from rasim.protocol import CONTROL, Act, Choices, Host, Line, Record, further

ANNA, CAROL, BOB, ERIN = r"CORP\anna", r"CORP\carol", r"CORP\bob", r"CORP\erin"
DESK, TIER1 = r"CORP\Helpdesk", r"CORP\Tier1"


def policy(**words: Any) -> Policy:
    """Return a policy that enables offers with control for both experts, but for the words given."""
    return Policy.of(**{"offer": "enabled", "mode": "control", "helpers": [ANNA, CAROL], **words})


def host(*, experts: tuple[str, ...] = (ANNA,), sessions: dict[str, str] | None = None, **more: Any) -> Host:
    """Return a host on which everybody is logged on and the policy above is in force."""
    made = Host(experts, {"s1": BOB} if sessions is None else sessions, **more)
    made.receive(Act("policy is applied", policy=policy()))
    made.receive(Act("refresh task runs"))
    for session in made.sessions:
        made.receive(Act("logs on", session=session))
    return made


def ticket(to: Host, expert: str = ANNA, session: str = "s1") -> str:
    """Get a ticket."""
    to.receive(Act("asks for a ticket", expert, session, by=expert))
    return str(to.ids(expert, session)["ticket"])


def offer(to: Host, expert: str = ANNA, session: str = "s1") -> Record:
    """Offer help with a fresh ticket."""
    return to.receive(Act("offers help", expert, session, by=expert, ticket=ticket(to, expert, session)))


def answer(kind: str, to: Host, about: str = "view", expert: str = ANNA, session: str = "s1", **more: Any) -> Record:
    """Let the user answer the question on show with its own hand."""
    prompt = str(to.ids(expert, session)[f"prompt {about}"])
    return to.receive(Act(kind, expert, session, **{"by": to.owners[session], "prompt": prompt, **more}))


def viewing(**more: Any) -> Host:
    """Return a host on which anna views."""
    made = host(**more)
    offer(made)
    answer("accepts", made)
    return made


def events(record: Record) -> list[str]:
    """Return the names of the lines that an act left."""
    return [recorded.line.event for recorded in record.lines]


def said(lines: Iterator[Line] | list[Line], event: str, field: str) -> list[Any]:
    """Return a field of every line of one kind."""
    return [line[field] for line in lines if line.event == event]


# ---- names -----------------------------------------------------------------------------------------------------


def test_ids_are_never_used_again() -> None:
    """However often an expert comes and is refused, no ticket, offer, prompt, connection or request has an id twice."""
    here = viewing()
    for _ in range(3):
        here.receive(Act("asks for control", ANNA, "s1", by=ANNA))
        here.receive(Act("takes back control", ANNA, "s1", by=ANNA))
        here.receive(Act("asks for control", ANNA, "s1", by=ANNA))
        here.receive(Act("user ends", ANNA, "s1", by=BOB))
        here.receive(Act("asks for a ticket", ANNA, "s1", by=ANNA))
        here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket="foreign"))
        here.receive(Act("expert ends", ANNA, "s1", by=ANNA))
        offer(here)
        answer("accepts", here)
    lines = [recorded.line for recorded in here.trace]
    for event, field in (
        ("ticket_issued", "ticket"),
        ("offer_received", "offer"),
        ("prompt_shown", "prompt"),
        ("connection_opened", "connection"),
        ("control_requested", "request"),
        ("control_prompt_shown", "prompt"),
    ):
        ids = said(lines, event, field)
        assert len(set(ids)) == len(ids) > 2


def test_lines_are_numbered_in_order() -> None:
    """The lines of a trace are numbered one after the other, and carry the clock they were given."""
    here = host()
    record = here.receive(Act("asks for a ticket", ANNA, "s1", by=ANNA), 5_000_000)

    assert list(range(1, len(here.trace) + 1)) == [recorded.seq for recorded in here.trace]
    assert {5_000_000} == {recorded.at for recorded in record.lines}


def test_an_unknown_expert_or_session_is_a_usage_error() -> None:
    """An act aimed at an expert or session that does not belong to the meeting is a UsageError and leaves nothing."""
    here = host()
    before = len(here.trace)
    with pytest.raises(UsageError, match="nobody called"):
        here.receive(Act("asks for a ticket", r"CORP\mallory", "s1"))
    with pytest.raises(UsageError, match="no logon session s9"):
        here.receive(Act("logs on", session="s9"))

    assert before == len(here.trace)


def test_an_unknown_kind_of_act_is_a_key_error() -> None:
    """An act of a kind that the table does not have is a KeyError and leaves nothing."""
    here = host()
    before = len(here.trace)
    with pytest.raises(KeyError, match="dances"):
        here.receive(Act("dances", ANNA, "s1"))

    assert before == len(here.trace)


@pytest.mark.parametrize(
    ("act", "who"),
    [
        (Act("helper is added"), r"who\? an entry or an expert"),
        (Act("helper is removed", group=DESK), r"who\? an entry or an expert"),
        (Act("logs on"), "a logon session"),
        (Act("accepts", ANNA), "a logon session"),
        (Act("accepts", session="s1"), "an expert"),
    ],
)
def test_whoever_an_act_concerns_has_to_be_named(act: Act, who: str) -> None:
    """An act that does not say whom it concerns is a UsageError that asks for the name, and nothing has changed."""
    here = viewing()
    before = (here.situation(ANNA, "s1"), len(here.trace), here.policy)
    with pytest.raises(UsageError, match=f"{act.kind}: {who}"):
        here.receive(act)

    assert before == (here.situation(ANNA, "s1"), len(here.trace), here.policy)


def test_accounts_are_found_whatever_their_case() -> None:
    """An account is the same in capitals."""
    assert "idle" == host().situation(ANNA.upper(), "s1")["phase"]


def test_a_computer_nobody_comes_to() -> None:
    """Without experts and sessions world events still happen and leave no line about an assistance."""
    here = Host([], {})

    assert ["policy_applied"] == events(here.receive(Act("policy is applied", policy=policy())))


# ---- tickets and prompts ---------------------------------------------------------------------------------------


def test_a_ticket_is_taken_once() -> None:
    """A ticket that opened a question is used up: brought again it is refused as a duplicate, and nothing changes."""
    here = host()
    first = ticket(here)
    here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=first))
    here.receive(Act("withdraws", ANNA, "s1", by=ANNA))
    second = ticket(here)
    record = here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=first))

    assert (("ticket",), "duplicate") == (record.outcome.refusal.because, record.outcome.refusal.reason)
    assert "ticketed" == here.situation(ANNA, "s1")["phase"]
    assert (first, second) == (bringing(here, "used"), here.ids(ANNA, "s1")["ticket"])


def test_an_expired_ticket_is_refused_as_expired() -> None:
    """A ticket whose time passed is refused as expired, not as a duplicate, and the expert's own stays good."""
    here = host()
    first = ticket(here)
    here.receive(Act("ticket time passes", ANNA, "s1"))
    second = ticket(here)
    record = here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=first))

    assert (("ticket",), "expired") == (record.outcome.refusal.because, record.outcome.refusal.reason)
    assert (first, "ticket-0") == tuple(bringing(here, kind) for kind in ("expired", "used"))
    assert second == here.ids(ANNA, "s1")["ticket"]


def bringing(to: Host, kind: str) -> str | None:
    """Return the ticket that anna brings with an offer that carries one of this kind."""
    return to.receive(Act("offers help", ANNA, "s1", by=ANNA, carries=(("ticket", kind),))).act.ticket


@pytest.mark.parametrize("brought", ["ticket-99", None])
def test_a_ticket_must_be_the_experts_own(brought: str | None) -> None:
    """A made-up ticket, or none, is refused as malformed, and the expert's own stays good."""
    here = host()
    own = ticket(here)
    record = here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=brought))

    assert "malformed" == record.outcome.refusal.reason
    assert "done" == here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=own)).outcome.verdict


def test_a_ticket_of_another_expert_or_session_is_foreign() -> None:
    """A ticket of somebody else, or for another session, is refused as malformed."""
    here = host(experts=(ANNA, CAROL), sessions={"s1": BOB, "s2": ERIN})
    tickets = {(e, s): ticket(here, e, s) for e in (ANNA, CAROL) for s in ("s1", "s2")}
    records = [
        here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=tickets[other]))
        for other in ((CAROL, "s1"), (ANNA, "s2"), (CAROL, "s2"))
    ]

    assert ["malformed"] * 3 == [record.outcome.refusal.reason for record in records]


def test_an_offer_is_told_with_the_ticket_it_brought() -> None:
    """The line of an offer names the ticket that was brought, and none if none was."""
    here = host()
    ticket(here)
    brought = [
        here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=one)).lines[0].line["ticket"] for one in ("x", None)
    ]

    assert ["x", None] == brought


@pytest.mark.parametrize(
    ("carried", "brought"),
    [("used", "ticket-0"), ("expired", "ticket-0"), ("foreign", "ticket-0"), ("malformed", "no ticket at all")],
)
def test_no_ticket_is_old_yet(carried: str, brought: str) -> None:
    """While the only ticket is live there is no other to bring: an act that carries one brings an id that never was, which is malformed."""
    here = host()
    ticket(here)
    record = here.receive(Act("offers help", ANNA, "s1", by=ANNA, carries=(("ticket", carried),)))

    assert (brought, "malformed") == (record.act.ticket, record.outcome.refusal.reason)


@pytest.mark.parametrize(
    ("brought", "what"),
    [
        ("ticket-99", "foreign"),
        ("ticket-", "malformed"),
        ("ticket-1 ", "malformed"),
        ("x", "malformed"),
        (None, "malformed"),
    ],
)
def test_what_a_made_up_ticket_is(brought: str | None, what: str) -> None:
    """A made-up ticket that is written as tickets are is somebody else's; any other, and none, is malformed."""
    here = host()
    ticket(here)
    record = here.receive(Act("offers help", ANNA, "s1", by=ANNA, ticket=brought))

    assert {"ticket": what} == dict(record.outcome.event.carries)


@pytest.mark.parametrize("live", [True, False])
def test_who_brings_its_own_ticket_brings_the_last(live: bool) -> None:
    """An act that carries the expert's own ticket brings the one that is live, and the last one that was where none is."""
    here = host()
    first = ticket(here)
    here.receive(Act("ticket time passes", ANNA, "s1"))
    last = ticket(here)
    if not live:
        here.receive(Act("ticket time passes", ANNA, "s1"))

    assert first != last == bringing(here, "own")


@pytest.mark.parametrize("prompt", ["prompt-99", None])
def test_an_answer_must_name_the_prompt_on_show(prompt: str | None) -> None:
    """An answer to a made-up prompt, or to none, is refused, and the user is still asked."""
    here = host()
    offer(here)
    record = here.receive(Act("accepts", ANNA, "s1", by=BOB, prompt=prompt))

    assert ("on show",) == record.outcome.refusal.because
    assert "offered" == here.situation(ANNA, "s1")["phase"]


def test_an_answer_to_an_earlier_prompt_is_refused() -> None:
    """A late click on a prompt that was withdrawn does not answer the one that is on show now."""
    here = host()
    offer(here)
    old = here.ids(ANNA, "s1")["prompt view"]
    here.receive(Act("withdraws", ANNA, "s1", by=ANNA))
    offer(here)
    record = here.receive(Act("accepts", ANNA, "s1", by=BOB, prompt=str(old)))

    assert ("on show",) == record.outcome.refusal.because


def test_an_answer_to_another_question_is_refused() -> None:
    """Control is not granted by an answer to the question about the offer or about chat."""
    here = host(capabilities=(CONTROL, further("chat")))
    offer(here)
    first = str(here.ids(ANNA, "s1")["prompt view"])
    answer("accepts", here)
    here.receive(Act("asks for chat", ANNA, "s1", by=ANNA))
    second = str(here.ids(ANNA, "s1")["prompt chat"])
    answer("refuses chat", here, "chat")
    here.receive(Act("asks for control", ANNA, "s1", by=ANNA))
    records = [here.receive(Act("grants control", ANNA, "s1", by=BOB, prompt=prompt)) for prompt in (first, second)]

    assert [("on show",)] * 2 == [record.outcome.refusal.because for record in records]
    assert "held" == answer("grants control", here, "control").outcome.after["control"]


def test_a_question_names_its_expert() -> None:
    """The line of a question about an offer names the account of the expert who offers."""
    here = host(experts=(ANNA, CAROL))

    assert [CAROL] == said([r.line for r in offer(here, CAROL).lines], "prompt_shown", "names")


@pytest.mark.parametrize(("named", "told"), [(None, "connection-1"), ("connection-7", "connection-7")])
def test_who_comes_back_to_an_old_connection_is_turned_away(named: str | None, told: str) -> None:
    """An expert who comes back to a connection that is over, to the last or to any, is refused, and nothing changes."""
    here = viewing()
    here.receive(Act("user ends", ANNA, "s1", by=BOB))
    before = here.situation(ANNA, "s1")
    record = here.receive(Act("comes back", ANNA, "s1", by=ANNA, connection=named))

    assert ["reconnect_attempted", "reconnect_refused", "audited"] == events(record)
    assert [told] * 3 == [recorded.line["connection"] for recorded in record.lines]
    assert before == here.situation(ANNA, "s1")


def test_who_never_viewed_has_no_connection_to_come_back_to() -> None:
    """An expert who never viewed comes back to no connection there is, and is refused."""
    record = host().receive(Act("comes back", ANNA, "s1", by=ANNA))

    assert ["no such connection"] == said([r.line for r in record.lines], "reconnect_refused", "connection")


def test_ids_of_what_is_over_are_forgotten() -> None:
    """After the end of a view its connection and prompt are no longer known as current."""
    here = viewing()
    here.receive(Act("user ends", ANNA, "s1", by=BOB))

    assert set() == {"connection", "offer", "prompt view"} & set(here.ids(ANNA, "s1"))


# ---- who did it ------------------------------------------------------------------------------------------------


def test_a_users_act_is_told_with_local_input() -> None:
    """Before a local answer stands the input at the session; an injected answer leaves none."""
    here = host()
    offer(here)
    forged = answer("accepts", here, by=ANNA, origin="injected")

    assert ([], "local_input") == (events(forged), events(answer("accepts", here))[0])


def test_the_owner_is_named_where_nobody_else_is() -> None:
    """A local act without a name is told as the act of the session's owner."""
    here = host()
    offer(here)
    accepted = next(r.line for r in answer("accepts", here, by=None).lines if r.line.event == "accepted")

    assert (BOB, "local") == (accepted["by"], accepted["origin"])


@pytest.mark.parametrize("who", [ANNA, ERIN])
def test_only_the_sessions_own_user_is_local(who: str) -> None:
    """An answer said to be local, but given by somebody who does not own the session, is refused as not local."""
    here = host(sessions={"s1": BOB, "s2": ERIN})
    offer(here)
    record = answer("accepts", here, by=who)

    assert ("refused", "offered") == (record.outcome.verdict, here.situation(ANNA, "s1")["phase"])
    assert ("local",) == record.outcome.refusal.because


# ---- policy, list and groups -----------------------------------------------------------------------------------


def applied(words: Policy, *, os: str | None = None, expert: str = ANNA, membership: Membership | None = None) -> Host:
    """Return a host with this policy, its user logged on, the refresh task run."""
    made = Host([expert], {"s1": BOB}, os=os, membership=membership)
    made.receive(Act("policy is applied", policy=words))
    made.receive(Act("refresh task runs"))
    made.receive(Act("logs on", session="s1"))
    return made


@pytest.mark.parametrize(
    ("words", "os", "reason"),
    [
        (policy(offer="unknown"), None, "disabled"),
        (policy(offer="disabled"), None, "disabled"),
        (policy(offer="not configured"), None, "not configured"),
        (policy(solicited="disabled"), "windows-xp", "disabled"),
        (policy(solicited="disabled"), "windows-xp-sp2", None),
        (policy(solicited="enabled"), "windows-xp", None),
        (policy(helpers=[]), None, "not in list"),
        (policy(helpers=["anna"]), None, "not in list"),
        (policy(helpers=[ANNA.upper()]), None, None),
        (policy(helpers=[DESK]), None, "not in list"),
        (Policy(), None, "not configured"),
    ],
)
def test_what_a_policy_lets_happen(words: Policy, os: str | None, reason: str | None) -> None:
    """What is unknown, blocked on the system (R9) or not in the list gives no ticket, and the reason says which."""
    record = applied(words, os=os).receive(Act("asks for a ticket", ANNA, "s1", by=ANNA))

    assert reason == (record.outcome.refusal.reason if record.outcome.refusal else None)


def test_a_block_by_invitations_names_their_setting() -> None:
    """Where disabled invitations block offers (R9) the refusal names the setting of invitations, and the trace says disabled."""
    here = applied(policy(solicited="disabled"), os="windows-xp")
    refusal = here.receive(Act("asks for a ticket", ANNA, "s1", by=ANNA)).outcome.refusal

    assert ("offers", "fAllowToGetHelp") == refusal.because
    assert "disabled" == here.trace[0].line["offers"]


@pytest.mark.parametrize(("mode", "permitted"), [("control", True), ("view", False), (None, False)])
def test_an_absent_mode_is_view_only(mode: str | None, permitted: bool) -> None:
    """Control is permitted by the mode control and by nothing else; an absent mode is view only."""
    assert permitted is applied(policy(mode=mode)).situation(ANNA, "s1")["control permitted"]


def test_the_line_of_a_policy_says_what_the_machine_takes() -> None:
    """A policy that cannot be read is told as disabled, its usable helpers and the members of groups by name."""
    here = Host([ANNA], {"s1": BOB}, membership=Membership.of({DESK: [ANNA]}), os="windows-7")
    (recorded,) = here.receive(Act("policy is applied", policy=policy(offer="unknown", helpers=[DESK, "bare"]))).lines

    assert {
        "version": "1",
        "offers": "disabled",
        "mode": "control",
        "helpers": [DESK],
        "members": {DESK: [ANNA]},
        "solicited": "not configured",
        "os": "windows-7",
    }.items() <= recorded.line.as_json().items()


def test_the_line_of_a_policy_tells_of_groups_and_leaves_out_what_is_unknown() -> None:
    """A policy is told with the members of its groups even if there is no group, and without a setting that cannot be read."""
    here = Host([ANNA], {"s1": BOB})
    (recorded,) = here.receive(Act("policy is applied", policy=policy(solicited="unknown"))).lines

    assert ((), None) == (recorded.line["members"], recorded.line["solicited"])


def test_a_helper_in_nested_groups() -> None:
    """An expert in a group of a group on the list is a helper, until the inner group loses the expert."""
    groups = Membership.of({DESK: [TIER1], TIER1: [ANNA]})
    here = applied(policy(helpers=[DESK]), membership=groups)
    admitted = here.situation(ANNA, "s1")["admitted"]
    record = here.receive(Act("helper is removed", entry=ANNA, group=TIER1))

    assert (True, ["member_removed"]) == (admitted, events(record))
    assert (False, False) == (here.situation(ANNA, "s1")["listed"], here.situation(ANNA, "s1")["admitted"])


def test_an_added_member_is_admitted_at_the_next_refresh() -> None:
    """An expert who joins a group on the list is listed at once and admitted when the refresh task has run."""
    here = applied(policy(helpers=[DESK]), membership=Membership.of({DESK: []}))
    here.receive(Act("helper is added", entry=ANNA, group=DESK))
    before = here.situation(ANNA, "s1")
    here.receive(Act("refresh task runs"))

    assert (True, False, True) == (before["listed"], before["admitted"], here.situation(ANNA, "s1")["admitted"])


def test_removing_a_helper_ends_a_view() -> None:
    """A helper who is taken off the list loses the view at once."""
    here = viewing()
    record = here.receive(Act("helper is removed", entry=ANNA))

    assert ["helper_removed", "ended", "audited", "indicator_off"] == events(record)
    assert "idle" == here.situation(ANNA, "s1")["phase"]


def test_an_expert_who_is_taken_off_the_list_by_name_is_off_it() -> None:
    """Where no entry is named the entry of the expert is meant: the list is without it, and the line names it."""
    here = viewing()
    record = here.receive(Act("helper is removed", ANNA))

    assert [CAROL] == [helper.text for helper in here.policy.offer.helpers]
    assert (ANNA, "idle") == (record.lines[0].line["expert"], here.situation(ANNA, "s1")["phase"])


def test_an_entry_beside_a_group_keeps_the_helper() -> None:
    """An expert who stays on the list through a group loses nothing with an own entry."""
    here = applied(policy(helpers=[ANNA, DESK]), membership=Membership.of({DESK: [ANNA]}))
    offer(here)
    answer("accepts", here)
    record = here.receive(Act("helper is removed", entry=ANNA))

    assert (["helper_removed"], "viewing") == (events(record), here.situation(ANNA, "s1")["phase"])


def test_a_change_of_the_list_is_told_once() -> None:
    """However many experts and sessions there are, a change of the list, a policy and a restart leave one line each."""
    here = host(experts=(ANNA, CAROL), sessions={"s1": BOB, "s2": ERIN})

    assert ["helper_added"] == events(here.receive(Act("helper is added", entry=DESK)))
    assert ["policy_applied"] == events(here.receive(Act("policy is applied", policy=policy())))
    assert ["restarted"] == events(here.receive(Act("computer restarts")))


def test_what_is_given_unasked_answers_no_request() -> None:
    """A request that policy refused is over: control given unasked later, and taken back, is on record without it."""
    here = Host([ANNA], {"s1": BOB}, choices=Choices(unasked_control="possible"))
    for act in (Act("policy is applied", policy=policy()), Act("refresh task runs"), Act("logs on", session="s1")):
        here.receive(act)
    offer(here)
    answer("accepts", here)
    for mode, kind in (("view", "asks for control"), ("control", "grants control"), ("control", "stops control")):
        here.receive(Act("policy is applied", policy=policy(mode=mode)))
        record = here.receive(Act(kind, ANNA, "s1"))

    assert ["local_input", "control_stopped", "audited"] == events(record)
    assert None is record.lines[-1].line["request"]


# ---- the firewall ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("firewall", "ports"),
    [
        (Firewall(), {135: False, 3389: False, 4000: False}),
        (Firewall.of(ports=["4000:TCP:*:Enabled:x"]), {135: False, 4000: True}),
        (Firewall.of(ports=["4000:TCP:*:Enabled:x", "4000:TCP:*:Disabled:y"]), {4000: False}),
        (Firewall.of(ports=["4000:UDP:*:Enabled:x"]), {4000: False}),
        (Firewall.of(ports=["4000:TCP:*:Enabled:x"], no_exceptions="enabled"), {4000: False}),
        (Firewall.of(ports=["135:TCP:*:Enabled:x"]), {135: True, 4000: False}),
        (Firewall.of(ports=["3389:TCP:*:Enabled:x"]), {3389: True, 4000: False}),
        (Firewall.of(protection="disabled"), {135: True, 3389: True, 4000: True}),
    ],
)
def test_which_ports_are_open(firewall: Firewall, ports: dict[int, bool]) -> None:
    """A port is open where an exception says so and none denies it, unless no exception counts, or nothing is guarded."""
    here = Host([ANNA], {"s1": BOB}, os="windows-xp-sp2")
    here.receive(Act("policy is applied", policy=evolve(policy(), firewall=firewall)))

    assert ports == {port: here.open_port(port) for port in ports}


# ---- several experts and sessions ------------------------------------------------------------------------------


def test_a_second_expert_is_told_busy() -> None:
    """While the user is asked about one expert, another with a good ticket is told busy and loses the ticket."""
    here = host(experts=(ANNA, CAROL))
    offer(here)
    record = offer(here, CAROL)

    assert ["offer_received", "audited", "offer_refused", "audited", "ticket_expired"] == events(record)
    assert ("busy", "idle", "offered") == (
        record.lines[2].line["reason"],
        here.situation(CAROL, "s1")["phase"],
        here.situation(ANNA, "s1")["phase"],
    )


def test_sessions_do_not_disturb_each_other() -> None:
    """One expert may be asked about in one session and view another; a logoff ends what is in its session only."""
    here = host(sessions={"s1": BOB, "s2": ERIN})
    offer(here)
    answer("accepts", here)
    offer(here, session="s2")
    here.receive(Act("logs off", session="s1"))

    assert ("idle", "offered") == (here.situation(ANNA, "s1")["phase"], here.situation(ANNA, "s2")["phase"])


def test_one_policy_ends_everything_everywhere() -> None:
    """Disabled offers end the view in one session and the question in another, each with its own ids."""
    here = host(experts=(ANNA, CAROL), sessions={"s1": BOB, "s2": ERIN})
    offer(here)
    answer("accepts", here)
    offer(here, CAROL, "s2")
    lines = [r.line for r in here.receive(Act("policy is applied", policy=policy(offer="disabled"))).lines]

    assert (["connection-1"], ["offer-2"]) == (
        said(lines, "ended", "connection"),
        said(lines, "offer_refused", "offer"),
    )


def test_the_list_of_sessions_has_those_with_a_user() -> None:
    """With a ticket an expert is told the sessions in which somebody is logged on, and no other."""
    here = host(sessions={"s1": BOB, "s2": ERIN})
    here.receive(Act("logs off", session="s2"))
    record = here.receive(Act("asks for a ticket", ANNA, "s1", by=ANNA))

    assert [("s1",)] == said([r.line for r in record.lines], "sessions_disclosed", "sessions")


# ---- alarms ----------------------------------------------------------------------------------------------------


def test_alarms_start_and_stop_with_their_things() -> None:
    """A question starts the consent time, 60 s; its answer stops that and starts the frames and the maximum time."""
    here = host()
    (consent,) = offer(here).started
    accepted = answer("accepts", here)

    assert ("consent time passes", 60_000_000) == (consent.act.kind, consent.microseconds)
    assert (consent.number,) == accepted.stopped
    assert [("a frame is due", 10_000_000), ("maximum time passes", 3_600_000_000)] == [
        (alarm.act.kind, alarm.microseconds) for alarm in accepted.started
    ]


def test_an_alarm_that_was_stopped_is_dropped() -> None:
    """An alarm that was on its way when its thing ended does nothing and leaves no line."""
    here = host()
    (consent,) = offer(here).started
    answer("accepts", here)
    before = len(here.trace)
    record = here.receive(consent.act)

    assert ((), (), before, "viewing") == (
        record.outcomes,
        record.lines,
        len(here.trace),
        here.situation(ANNA, "s1")["phase"],
    )


def test_an_old_alarm_does_not_ring_for_a_new_question() -> None:
    """The consent time of a withdrawn offer does not refuse the next one."""
    here = host()
    (old,) = offer(here).started
    here.receive(Act("withdraws", ANNA, "s1", by=ANNA))
    offer(here)
    here.receive(old.act)

    assert "offered" == here.situation(ANNA, "s1")["phase"]


def test_frames_come_again_and_again() -> None:
    """Each frame winds its alarm up for the next, also when the frame is withheld."""
    here = host()
    offer(here)
    frame = answer("accepts", here).started[0]
    shown = here.receive(frame.act)
    here.receive(Act("is locked", session="s1"))
    withheld = here.receive(shown.started[0].act)

    assert ["frame_shown", "frame_withheld"] == [*events(shown), *events(withheld)]
    assert ["a frame is due"] == [alarm.act.kind for alarm in withheld.started]


def test_an_alarm_rings_once() -> None:
    """The same alarm brought twice counts once."""
    here = host()
    (consent,) = offer(here).started

    assert (["offer_expired", "audited", "offer_refused", "audited", "prompt_hidden"], []) == (
        events(here.receive(consent.act)),
        events(here.receive(consent.act)),
    )


def test_an_answered_question_leaves_no_id() -> None:
    """Once a question about control is answered, its prompt and request are forgotten, so that nothing can name them."""
    here = host()
    offer(here)
    answer("accepts", here)
    here.receive(Act("asks for control", ANNA, "s1", by=ANNA, origin="injected"))
    before = set(here.ids(ANNA, "s1"))
    here.receive(Act("refuses control", ANNA, "s1", by=BOB, prompt=str(here.ids(ANNA, "s1")["prompt control"])))

    assert {"prompt control", "request control"} == before - set(here.ids(ANNA, "s1"))
