"""Verdict words cannot lie: each is given where it is deserved and nowhere else."""

from collections.abc import Callable

import pytest
from attrs import evolve

from rasim.document.terminal import render
from rasim.engines.plan import CheckAnswer, Plan
from rasim.errors import Exit
from rasim.protocol import RULES, STRICT, Choices, table
from rasim.protocol.terms import Condition, Is, Row, Table
from rasim.report.check import document
from rasim.verify import ALWAYS, KEPT, SOMETIMES, WITHIN, Checked, check, policy_models
from rasim.verify.states.model import Model, pair_model, ports_model, two_experts_model

PORT = "port_3389_is_open_only_as_stated"
PORTS = (
    "port_3389_can_open_and_close",
    "port_3389_can_be_always_open",
    "port_3389_can_be_shut",
    "port_3389_stays_for_another_session",
)
# What only a trace can show: there are no ids, hands and clocks in a model. One presumes a choice that is not the default.
TRACED = {
    "a_yes_is_made_by_hand": "not checked",
    "ids_are_never_used_again": "not checked",
    "a_withdrawn_question_rests": "not promised",
    "no_rest_is_shortened": "not checked",
    "what_the_user_ends_is_over": "not checked",
    "the_users_screen_and_input_stay_the_users": "not checked",
    "a_view_is_never_without_a_way_out": "not checked",
}


def changed(row_id: str, change: Callable[[Row], Row] | None = None) -> Table:
    """Return the table with one row changed, or without it."""
    rows = (row if row.id != row_id else None if change is None else change(row) for row in RULES.rows)
    return evolve(RULES, rows=tuple(row for row in rows if row is not None))


def verdicts(checked: Checked) -> dict[str, str]:
    """Return the verdicts by name."""
    return {judged.promise.name: judged.verdict for judged in checked.judged}


def pair(rules: Table = RULES) -> tuple[Model, ...]:
    """Return the pair model with control alone: the smallest there is."""
    return (pair_model(rules),)


@pytest.fixture(scope="module")
def right() -> Checked:
    return check(pair())


def test_the_right_table_holds(right: Checked) -> None:
    """Over the whole pair model every promise holds or waits for the second expert, the ports or a trace; the run is complete."""
    given = verdicts(right)
    missing = {
        **TRACED,
        **dict.fromkeys(("a_busy_user_is_not_asked", "busy_spends_the_ticket"), "unreachable"),
        "one_expert_at_a_time": "vacuous",
        "busy_is_told_to_tickets_only": "vacuous",
        "nobody_is_busy_for_nothing": "vacuous",
        "port_3389_is_open_only_as_stated": "vacuous",
        **dict.fromkeys(PORTS, "unreachable"),
    }

    assert right.complete
    assert missing == {name: verdict for name, verdict in given.items() if verdict not in ("holds", "witnessed")}
    assert ("O2",) == right.unused_rows
    assert () == right.overlaps


def test_a_vacuous_promise_names_what_is_missing(right: Checked) -> None:
    """A promise that holds because the good thing never happens is vacuous, and says which witness is missing."""
    missing = {j.promise.name: j.missing for j in right.judged if j.verdict == "vacuous"}

    assert {("a_busy_user_is_not_asked",), PORTS[:2]} == set(missing.values())
    assert Exit.FAILED is CheckAnswer(Plan(), right).exit_code


def test_a_broken_promise_shows_how() -> None:
    """A table whose acceptance may come from anywhere is broken, with the shortest steps and their lines."""
    broken = check(pair(changed("O3", lambda row: evolve(row, provided=row.provided[1:]))))
    judged = next(j for j in broken.judged if j.promise.name == "only_the_sessions_own_user_consents")

    assert "broken" == judged.verdict
    assert judged.finding is not None
    assert (6, "accepts", "accepted") == (
        len(judged.finding.steps),
        judged.finding.steps[-1].kind,
        judged.finding.lines[-1][0].event,
    )
    assert Exit.FAILED is CheckAnswer(Plan(), broken).exit_code


def test_what_cannot_happen_is_unreachable() -> None:
    """Without the row that resumes, the end of a pause is unreachable and the promise about pauses vacuous."""
    checked = check(pair(changed("V3")))
    given = verdicts(checked)

    assert ("unreachable", "vacuous") == (given["a_pause_can_end"], given["a_pause_hides_everything"])


def test_a_doubled_row_is_an_overlap() -> None:
    """Two rows that would take one event are named together."""
    doubled = evolve(RULES, rows=(*RULES.rows, evolve(RULES.row("O4"), id="O4 again")))

    assert (("O4", "O4 again"),) == check(pair(doubled)).overlaps


def test_a_bounded_run_promises_no_more() -> None:
    """A run that stops early holds to its bound and no further, and what it did not see is not checked."""
    bounded = check((*pair(), two_experts_model()), enough=lambda states: states > 10)
    given = verdicts(bounded)

    assert not bounded.complete
    assert {"holds to bound"} == {given[promise.name] for promise in (*ALWAYS, *WITHIN)}
    assert ("not checked", Exit.INCONCLUSIVE) == (given["control_can_be_used"], CheckAnswer(Plan(), bounded).exit_code)


def test_a_broken_promise_is_broken_whatever_the_bound() -> None:
    """What was found broken before the bound is broken."""
    wrong = changed("T1", lambda row: evolve(row, phase=None))
    bounded = check(pair(evolve(wrong, things=tuple(evolve(t, needs=()) if t.name == "ticket" else t for t in wrong.things))),
                    enough=lambda states: states > 40)  # fmt: skip

    assert (False, "broken") == (bounded.complete, verdicts(bounded)["no_policy_no_offer"])
    assert Exit.FAILED is CheckAnswer(Plan(), bounded).exit_code


CHOSEN = {
    "removal_bites": (
        "at refresh",
        {"unlisted_expert_never_reaches_the_user", "a_tighter_policy_bites_at_once", "a_stranger_learns_nothing"},
    ),
    "running_view": (
        "outlives the policy",
        {
            "unlisted_expert_never_reaches_the_user",
            "no_policy_no_offer",
            "a_tighter_policy_bites_at_once",
            "a_closed_firewall_ends_what_it_carried",
            "a_tighter_policy_can_end_a_view",
        },
    ),
    "hidden_question": (
        "waits",
        {
            "a_tighter_policy_bites_at_once",
            "a_session_out_of_sight_answers_nothing",
            "the_user_can_end_at_any_moment",
        },
    ),
    "withdrawn_question": ("rests", {"an_offer_can_be_withdrawn", "a_request_can_be_taken_back"}),
    "unasked_control": ("possible", {"control_needs_its_own_click"}),
}


@pytest.mark.parametrize("choice", CHOSEN)
def test_what_another_choice_does_not_promise(choice: str) -> None:
    """Under another value of a choice what presumes it is not promised, and no other promise breaks."""
    value, unpromised = CHOSEN[choice]
    choices = evolve(STRICT, **{choice: value})
    given = verdicts(check(pair(table(choices)), choices=choices))

    rests = {"a_withdrawn_question_rests"} if choice != "withdrawn_question" else set()
    assert unpromised | rests == {name for name, verdict in given.items() if verdict == "not promised"}
    assert set() == {name for name, verdict in given.items() if verdict == "broken"}


def test_times_presume_nothing() -> None:
    """Times may be chosen freely: no promise presumes one."""
    times = {name for name, value in Choices().values().items() if not isinstance(value, str)}

    assert set() == {name for promise in (*KEPT, *SOMETIMES) for name in promise.presumes if name in times}


# ---- one policy that stays ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def view_only() -> Checked:
    return check(policy_models("enabled", control=False, anybody_listed=True))


def test_a_view_only_policy_makes_control_unreachable(view_only: Checked) -> None:
    """Under a frozen view-only policy nothing breaks, view is witnessed, and control is unreachable: an answer, exit 0."""
    given = verdicts(view_only)

    assert ("holds", "witnessed") == (
        given["view_only_policy_never_yields_control"],
        given["a_user_can_let_an_expert_view"],
    )
    assert ("unreachable", "witnessed") == (given["control_can_be_used"], given["the_computer_can_say_forbidden"])
    assert {"holds", "vacuous"} == {given[promise.name] for promise in ALWAYS if promise.name != PORT}
    assert "not checked" == given[PORT]
    assert "vacuous" == given["control_needs_its_own_click"]
    assert (True, Exit.OK) == (view_only.complete, CheckAnswer(Plan(), view_only).exit_code)


def test_a_policy_that_stays_has_no_changes_to_show(view_only: Checked) -> None:
    """Witnesses that tell of a change of policy are not checked where policy does not change."""
    given = verdicts(view_only)

    assert {"not checked"} == {
        given[name]
        for name in ("an_offer_can_follow_enabling", "an_added_helper_can_offer", "a_tighter_policy_can_end_a_view")
    }


@pytest.mark.parametrize(
    ("offers", "control", "listed"),
    [("not configured", False, False), ("disabled", True, True), ("enabled", True, False)],
)
def test_a_policy_that_lets_nobody_offer(offers: str, control: bool, listed: bool) -> None:
    """Not configured, disabled or with an empty list: nothing can be offered, most promises are vacuous, exit 0."""
    checked = check(policy_models(offers, control=control, anybody_listed=listed))
    given = verdicts(checked)

    assert ("unreachable", "unreachable") == (given["an_offer_can_be_made"], given["a_user_can_let_an_expert_view"])
    holding = {promise.name for promise in ALWAYS if given[promise.name] != "vacuous"} - {PORT}
    strangers = {"unlisted_expert_never_reaches_the_user", "a_refusal_says_why", "a_stranger_learns_nothing"}
    assert (strangers if offers == "enabled" else set()) == holding
    assert Exit.OK is CheckAnswer(Plan(), checked).exit_code


def test_an_unlisted_expert_is_never_reached() -> None:
    """One of the models of a policy has an expert who is not on its list, and nothing reaches the user there."""
    pair, unlisted, two = policy_models("enabled", control=True, anybody_listed=True)
    given = verdicts(check([unlisted]))

    assert [(True,), (False,), (True, True)] == [model.policy.listed for model in (pair, unlisted, two) if model.policy]
    assert ("holds", "unreachable") == (given["unlisted_expert_never_reaches_the_user"], given["an_offer_can_be_made"])


def test_control_is_reached_where_policy_permits() -> None:
    """Under a frozen policy that permits control, control is witnessed."""
    given = verdicts(check(policy_models("enabled", control=True, anybody_listed=True)))

    assert ("witnessed", "unreachable") == (given["control_can_be_used"], given["the_computer_can_say_forbidden"])


def test_a_policy_the_model_does_not_have() -> None:
    """A frozen policy that the model leaves out is an error, not an empty answer."""
    *_, two = policy_models("disabled", control=False, anybody_listed=False)
    assert two.policy is not None
    with pytest.raises(ValueError, match="two experts has no such policy"):
        check([evolve(two, policy=evolve(two.policy, offers="not configured"))])


def test_a_row_that_nothing_uses_is_said() -> None:
    """A row that no model ever uses makes a complete check over all policies fail, and is named."""
    never = Condition("never", "the assistance is in two phases at once", Is("phase", "viewing"))
    idle = evolve(RULES, rows=(*RULES.rows, Row("X1", "idle", ("withdraws",), (never,), (), "none")))
    checked = check([pair_model(idle), two_experts_model(idle), ports_model(idle)])

    assert {"holds", "witnessed"} == {verdict for name, verdict in verdicts(checked).items() if name not in TRACED}
    assert (("X1",), Exit.FAILED) == (checked.unused_rows, CheckAnswer(Plan(), checked).exit_code)
    assert "Rows that nothing ever used\n  X1" in render(document(CheckAnswer(Plan(), checked)))
