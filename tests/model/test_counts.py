"""The standard models, explored to their end: exact counts, digests, verdicts, and every refusal there is."""

import ast
import os
import subprocess
import sys

import pytest
from attrs import evolve

from rasim.protocol.terms import Expression, Is
from rasim.verify import Checked, check, explore, standard_models
from rasim.verify.promises.kinds import Sometimes
from rasim.verify.states.model import SHUT, pair_model

# states, pairs of state and memory, transitions, depth, digest of all labelled edges
PINNED = {
    "pair": (841, 841, 24_530, 15, "2158624dccee7f98c663724615a047c6"),
    "two experts": (1_146, 1_146, 35_630, 15, "dbad9ccfc879a201089361a9b6611044"),
    "two sessions": (1_488, 1_488, 41_324, 19, "ffebe7e17e799f22444520aeec34eea6"),
    "ports": (255, 255, 5_538, 12, "9743e24e72c50bf48a9c3c525ade1fdd"),
}


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check(standard_models())


def counts(checked: Checked) -> dict[str, tuple[int, int, int, int, str]]:
    """Return what is pinned of each model."""
    return {e.model.name: (e.states, e.memories, e.transitions, e.depth, e.digest) for e in checked.explorations}


def test_the_counts_are_pinned(checked: Checked) -> None:
    """Each standard model has exactly its states, memories, transitions, depth and digest, and is complete."""
    assert PINNED == counts(checked)
    assert checked.complete


def test_precise_memories_multiply_nothing(checked: Checked) -> None:
    """The evidence that the promises share is a function of the state: there are as many pairs as states."""
    assert [(e.model.name, e.states) for e in checked.explorations] == [
        (e.model.name, e.memories) for e in checked.explorations
    ]


@pytest.mark.parametrize(
    "models", ["two_experts_model(), ports_model()", pytest.param("*standard_models(),", marks=pytest.mark.exhaustive)]
)
def test_the_counts_do_not_hang_on_the_hash_seed(models: str) -> None:
    """Another hash seed gives the same counts, digests and shortest ways."""
    code = (
        "from rasim.verify import check, standard_models\n"
        "from rasim.verify.states.model import ports_model, two_experts_model\n"
        f"checked = check([{models}])\n"
        "print({e.model.name: (e.states, e.memories, e.transitions, e.depth, e.digest) for e in checked.explorations})\n"
        "print([[s.kind for s in j.finding.steps] for j in checked.judged if j.finding])\n"
    )
    answers = [
        subprocess.run(  # noqa: S603  (our own words)
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4711")
    ]

    pinned = ast.literal_eval(answers[0].splitlines()[0])
    assert pinned == {name: counted for name, counted in PINNED.items() if name in pinned}
    assert len(pinned) > 1
    assert answers[0] == answers[1]


def test_every_row_is_used_and_none_twice(checked: Checked) -> None:
    """Every row takes an event somewhere, and no event is ever taken by two rows."""
    assert ((), ()) == (checked.unused_rows, checked.overlaps)


def test_every_promise_holds(checked: Checked) -> None:
    """Every promise holds over all states, but for those that only a trace can show and the one that presumes another choice."""
    given = {j.promise.name: j.verdict for j in checked.judged if not isinstance(j.promise, Sometimes)}
    traced = {
        "what_the_user_ends_is_over", "the_users_screen_and_input_stay_the_users", "a_view_is_never_without_a_way_out",
        "a_yes_is_made_by_hand", "ids_are_never_used_again", "no_rest_is_shortened",
    }  # fmt: skip

    assert traced == {name for name, verdict in given.items() if verdict == "not checked"}
    assert {"a_withdrawn_question_rests"} == {name for name, verdict in given.items() if verdict == "not promised"}
    assert {"holds", "not checked", "not promised"} == set(given.values())


def test_every_witness_is_witnessed(checked: Checked) -> None:
    """Every good thing that keeps a promise from being empty can happen, and it is shown how."""
    given = [(j.promise.name, j.verdict, bool(j.finding)) for j in checked.judged if j.promise.kind == "sometimes"]

    assert [(name, "witnessed", True) for name, *_ in given] == given


# ---- refusals --------------------------------------------------------------------------------------------------

IN_FRONT = "unlocked present uncovered"
REFUSED = {
    "T1": "firewall offers helper logged_on",
    "O1": f"ticket {IN_FRONT}",
    "O3": "local on_show",
    "O4": "local on_show",
    "V1": f"not_paused {IN_FRONT}",
    "V2": "local",
    "V3": "local",
    "C1": f"C_free no_question not_paused {IN_FRONT}",
    "C3": "C_asked local on_show",
    "C4": "C_asked local on_show",
    "C5": "C_asked",
    "C6": "C_asked",
    "C7": "C_asked",
    "C8": "C",
    "C9": "C",
    "C10": "C_cooling",
    "W7": "logged_off",
    "W9": "logged_on",
    "W11": "logged_on",
    "W13": "logged_on",
}
# Pairs of a row and a condition or need that are never the first to refuse, each with the reason.
NEVER = {
    ("O1", "alone"): "O2 takes the event where O1 fails by it",
    ("O2", "ticket"): "O1 asks first, and refuses",
    ("O2", "busy"): "O1 takes the event where nobody is busy",
    ("O1", "firewall"): "a ticket has the same need, and is over without it",
    ("O1", "offers"): "a ticket has the same need, and is over without it",
    ("O1", "helper"): "a ticket has the same need, and is over without it",
    ("O1", "logged on"): "a ticket has the same need, and is over without it",
    ("O3", "firewall"): "the question has the same need, and is over without it",
    ("O3", "offers"): "the question has the same need, and is over without it",
    ("O3", "helper"): "the question has the same need, and is over without it",
    ("O3", "logged on"): "the question has the same need, and is over without it",
    ("O4", "logged on"): "the question has the same need, and is over without it",
    ("O5", "logged on"): "the question has the same need, and is over without it",
    ("C1", "control permitted"): "C2 answers where policy forbids control",
    ("C1", "agreed"): "C2 answers where policy forbade control at acceptance",
    ("C2", "control forbidden"): "C1 asks first: it takes the event, or refuses it by another condition",
    ("V2", "view"): "the row is for views",
    ("O3", "view"): "the row begins the view that the agreement needs",
    ("W4", "listed"): "it admits who is listed, and nobody else",
}  # fmt: skip


def inside(capability: str) -> dict[tuple[str, str], str]:
    """Return the refusals of a capability that never come first: what is asked has the needs of what is held."""
    rows = (
        ["C1", "C3", "C4", "C5"]
        if capability == "control"
        else [f"{row} {capability}" for row in ("C1", "C3", "C4", "C5")]
    )
    reasons = {(row, "view"): "the row is for views" for row in rows}
    needs = ["unlocked", "present", "uncovered", "not paused"]
    needs += ["control permitted", "agreed"] if capability == "control" else []
    reasons |= {(rows[1], need): "the question has the same need, and is over without it" for need in needs}
    return reasons


def pairs(row: str, words: str) -> set[tuple[str, str]]:
    """Return the pairs of a row with the conditions that its words name; the rows of capabilities stand for two."""
    names = [word.replace("_", " ") for word in words.split()]
    if row[0] != "C":
        return {(row, name) for name in names}
    chat = {(f"{row} chat", f"chat{name[1:]}" if name[0] == "C" else name) for name in names}
    return chat | {(row, f"control{name[1:]}" if name[0] == "C" else name) for name in names}


def reached(checked: Checked) -> set[tuple[str, str]]:
    """Return every pair of a row and the condition or need by which it refused something in some model."""
    return {pair for e in checked.explorations for pair in e.refusals}


def test_every_refusal_is_pinned(checked: Checked) -> None:
    """The refusals that occur are these, by row and by condition or need, and there is no other."""
    assert set().union(*(pairs(row, words) for row, words in REFUSED.items())) == reached(checked)


def test_every_refusal_that_never_comes_has_a_reason(checked: Checked) -> None:
    """Each condition of a row, and each need of what it begins, refuses somewhere or has a reason why it never does."""
    possible = set()
    for table in {e.model.name: e.model.table for e in checked.explorations}.values():
        for row in table.rows:
            possible |= {(row.id, condition.name) for condition in row.provided}
            for thing in table.things:
                begins = any(vars_of(thing.lasts) == (change.fact, change.to) or
                             (vars_of(thing.lasts)[0] == change.fact and not isinstance(change.to, (str, bool)))
                             for change in row.then)  # fmt: skip
                possible |= {(row.id, need.name) for need in thing.needs} if begins else set()
    explained = {**NEVER, **inside("control"), **inside("chat")}

    assert set(explained) == possible - reached(checked)


def vars_of(lasts: Expression) -> tuple[str, object]:
    """Return fact and value of the plain comparison by which a thing with needs lasts; nothing for another one."""
    return (lasts.fact, lasts.value) if isinstance(lasts, Is) else ("", None)


def test_nothing_hides_behind_blocked() -> None:
    """With offers that disabled invitations block (R9) as a value of its own, the pair model has more states and no new harm."""
    full = explore(evolve(pair_model(), values=(SHUT,)), sometimes=(), digest=False)

    assert (True, 1_045, 1_045, {}) == (full.complete, full.states, full.memories, full.broken)


@pytest.mark.exhaustive
def test_the_port_multiplies_and_changes_nothing() -> None:
    """With every policy about port 3389 as well the pair model has three times the states, and nothing else is different."""
    full = explore(evolve(pair_model(), values=()), sometimes=(), digest=False)

    assert (True, 3 * 1_045, 3 * 1_045, {}) == (full.complete, full.states, full.memories, full.broken)
