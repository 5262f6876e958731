"""Named choices: the strict value is the default, and each other value edits what it says and nothing else."""

from datetime import timedelta

import pytest
from attrs import evolve, fields

from rasim.errors import UsageError
from rasim.protocol import CONTROL, RULES, STRICT, Choices, Situation, event, further, start, step, table
from rasim.protocol.terms import Table

READY = start(offers="enabled", control_permitted=True, logged_on=True, listed=True, admitted=True)
VIEWING = READY.so(phase="viewing", agreed=True)
LENIENT = {
    "removal bites": "at refresh",
    "running view": "outlives the policy",
    "hidden question": "waits",
    "withdrawn question": "rests",
    "unasked control": "possible",
}


def under(choice: str) -> Table:
    """Return the table with one choice at its other value."""
    return table(evolve(STRICT, **{choice.replace(" ", "_"): LENIENT[choice]}))


def test_strict_is_the_default() -> None:
    """By default 60 s to use a ticket, consent and cool down, 30 s for control, 60 min in all; strict but for questions taken back."""
    assert {
        "ticket time": timedelta(seconds=60),
        "consent time": timedelta(seconds=60),
        "control time": timedelta(seconds=30),
        "cool down": timedelta(seconds=60),
        "maximum time": timedelta(minutes=60),
        "reaction time": timedelta(seconds=5),
        "frame time": timedelta(seconds=10),
        "removal bites": "at once",
        "running view": "ends with its grounds",
        "hidden question": "is withdrawn",
        "withdrawn question": "may return",
        "unasked control": "not possible",
    } == STRICT.values()
    assert (STRICT, RULES) == (Choices(), table())


def test_every_choice_has_a_sentence() -> None:
    """Each choice says in words what it chooses."""
    assert [] == [a.name for a in fields(Choices) if not a.metadata["says"].strip()]


@pytest.mark.parametrize(
    ("choice", "things", "rows"),
    [
        ("removal bites", {"admission"}, set()),
        ("running view", {"view"}, set()),
        ("hidden question", {"question"}, {"O3", "O4"}),
        ("withdrawn question", set(), {"O6", "C6"}),
        ("unasked control", set(), {"C11"}),
    ],
)
def test_a_choice_edits_only_what_it_says(choice: str, things: set[str], rows: set[str]) -> None:
    """Under another value the named things and rows of the table differ, and all others are the same."""
    other = under(choice)
    differ = {a.name for a, b in zip(RULES.things, other.things, strict=True) if a != b}
    strict, lenient = ({row.id: row for row in rules.rows} for rules in (RULES, other))

    assert (things, rows) == (differ, {i for i in lenient.keys() | strict.keys() if strict.get(i) != lenient.get(i)})
    assert (RULES.facts, RULES.kinds) == (other.facts, other.kinds)


def test_times_edit_no_rule() -> None:
    """A time that is chosen otherwise leaves the table as it is: time is an event like any other."""
    assert RULES == table(Choices(consent_time=timedelta(seconds=1), maximum_time=timedelta(days=1)))


@pytest.mark.parametrize(("rules", "admitted"), [(RULES, False), (under("removal bites"), True)])
def test_when_a_removal_bites(rules: Table, admitted: bool) -> None:
    """A helper who is taken off the list is out at once, or stays admitted until the refresh task runs."""
    removed = step(READY, event("helper is removed"), rules)

    assert (False, admitted) == (removed.after["listed"], removed.after["admitted"])
    assert step(removed.after, event("refresh task runs"), rules).after["admitted"] is False


@pytest.mark.parametrize(("rules", "phase"), [(RULES, "idle"), (under("running view"), "viewing")])
@pytest.mark.parametrize("kind", ["helper is removed", "firewall closes", "policy is applied"])
def test_what_a_running_view_outlives(rules: Table, phase: str, kind: str) -> None:
    """A view ends when list, firewall or policy no longer allow the offer, or outlives them."""
    assert phase == step(VIEWING, event(kind), rules).after["phase"]


@pytest.mark.parametrize("rules", [RULES, under("running view")])
def test_no_view_outlives_its_user(rules: Table) -> None:
    """Whatever is chosen, a view ends with its user's logoff."""
    assert "idle" == step(VIEWING, event("logs off"), rules).after["phase"]


@pytest.mark.parametrize("kind", ["is locked", "is switched away", "is covered"])
def test_a_hidden_question_may_wait(kind: str) -> None:
    """A question in a hidden session is withdrawn, or waits and cannot be answered before it is seen again."""
    rules = under("hidden question")
    waiting = step(READY.so(phase="offered"), event(kind), rules).after
    answers = [step(waiting, event(answer), rules) for answer in ("accepts", "denies")]

    assert "idle" == step(READY.so(phase="offered"), event(kind)).after["phase"]
    assert ("offered", ["refused", "refused"]) == (waiting["phase"], [answer.verdict for answer in answers])
    assert (
        "viewing"
        == step(waiting.so(locked=False, away=False, secure_desktop=False), event("accepts"), rules).after["phase"]
    )


@pytest.mark.parametrize(
    ("rules", "rests"),
    [(RULES, ("idle", "free", "free")), (under("withdrawn question"), ("cooling", "cooling", "free"))],
)
def test_whether_a_withdrawn_question_rests(rules: Table, rests: tuple[str, ...]) -> None:
    """A question that the expert took back may return at once, or rests like a refused one; control given back never rests."""
    withdrawn = step(READY.so(phase="offered"), event("withdraws"), rules).after["phase"]
    taken = step(VIEWING.so(control="asked"), event("takes back control"), rules).after["control"]
    given = step(VIEWING.so(control="held"), event("gives back control"), rules).after["control"]

    assert rests == (withdrawn, taken, given)


def test_a_withdrawn_question_about_chat_rests_too() -> None:
    """The row that takes back a request rests the question for every capability."""
    rules = table(evolve(STRICT, withdrawn_question="rests"), capabilities=(CONTROL, further("chat")))
    asked = start(rules, offers="enabled", logged_on=True, listed=True, admitted=True, phase="viewing", chat="asked")

    assert "cooling" == step(asked, event("takes back chat"), rules).after["chat"]


@pytest.mark.parametrize(("rules", "control"), [(RULES, "free"), (under("unasked control"), "held")])
def test_whether_control_may_be_given_unasked(rules: Table, control: str) -> None:
    """Control that nobody asked for cannot be given, or is given by the user's own hand."""
    assert control == step(VIEWING, event("grants control"), rules).after["control"]


@pytest.mark.parametrize(
    ("before", "origin"),
    [
        (VIEWING, "injected"),
        (VIEWING.so(control_permitted=False), "local"),
        (VIEWING.so(agreed=False), "local"),
        (VIEWING.so(locked=True), "local"),
        (VIEWING.so(control="cooling"), "local"),
        (VIEWING.so(paused=True), "local"),
    ],
)
def test_control_given_unasked_has_the_same_needs(before: Situation, origin: str) -> None:
    """Also where control may be given unasked it takes the user's own hand and all that control needs."""
    outcome = step(before, event("grants control", origin=origin), under("unasked control"))

    assert ("refused", before.values) == (outcome.verdict, outcome.after.values)


def test_a_further_capability_needs_no_policy() -> None:
    """Chat is asked for, granted, used and stopped like control, also where policy lets helpers only view."""
    rules = table(capabilities=(CONTROL, further("chat")))
    now = start(rules, offers="enabled", logged_on=True, listed=True, admitted=True, phase="viewing")
    states = []
    for kind in (
        "asks for chat",
        "grants chat",
        "uses chat",
        "stops chat",
        "asks for chat",
        "refuses chat",
        "chat cool-down passes",
    ):
        outcome = step(now, event(kind), rules)
        now = outcome.after
        states.append((kind, now["chat"], [effect.name for effect in outcome.effects]))

    assert [
        ("asks for chat", "asked", ["capability_requested", "capability_prompt_shown"]),
        ("grants chat", "held", ["capability_granted", "capability_prompt_hidden"]),
        ("uses chat", "held", ["capability_used"]),
        ("stops chat", "free", ["capability_revoked"]),
        ("asks for chat", "asked", ["capability_requested", "capability_prompt_shown"]),
        ("refuses chat", "cooling", ["capability_refused", "capability_prompt_hidden"]),
        ("chat cool-down passes", "free", ["cooldown_over"]),
    ] == states


def test_a_further_capability_is_never_forbidden_by_policy() -> None:
    """Only control has a row that answers forbidden, because only control has a policy setting."""
    rules = table(capabilities=(CONTROL, further("chat")))

    assert {"C2"} == {row.id for row in rules.rows if row.id.startswith("C2")}


def test_one_question_at_a_time() -> None:
    """While the user is asked for control nobody can be asked for chat, and the other way round."""
    rules = table(capabilities=(CONTROL, further("chat")))
    viewing = start(rules, offers="enabled", control_permitted=True, logged_on=True, listed=True, admitted=True,
                    phase="viewing", agreed=True)  # fmt: skip
    refused = (
        step(viewing.so(control="asked"), event("asks for chat"), rules).refusal,
        step(viewing.so(chat="asked"), event("asks for control"), rules).refusal,
    )

    assert [("no question",), ("no question",)] == [r.because for r in refused if r]


@pytest.mark.parametrize("wrong", [{"removal_bites": "At once"}, {"running_view": "ends"}, {"ticket_time": 60}])
def test_a_misspelt_choice_is_an_error(wrong: dict[str, object]) -> None:
    """A value that a choice does not have is refused, and never taken for the loose one."""
    with pytest.raises(UsageError):
        Choices(**wrong)
