"""What is said of a proof that fails: what the induction fails at, and a way there if it can come about."""

from typing import Any

from attrs import evolve

from rasim.document.terminal import render
from rasim.engines.plan import CheckAnswer, Plan
from rasim.engines.provers.proof import Counterexample, Proof, Proved
from rasim.engines.results import Proven
from rasim.report.check import document
from rasim.report.second_opinions import as_json
from rasim.verify import Checked, explore
from rasim.verify.states.model import sized_model

EXAMPLE = Counterexample(
    "the owner's own hand answers", "accepts", {"origin": "timer"}, {"phase": "offered", "locked": "False"}
)
PROMISE = Proved("only_the_sessions_own_user_consents", "not inductive", "accepts: it", EXAMPLE)
PROOF = Proof((PROMISE,), 1, 0.1, "z3", (), ())


def answer(proof: Proven) -> CheckAnswer:
    return CheckAnswer(Plan(prove=True), Checked((), ()), proof=proof)


def told(proof: Proven) -> tuple[str, Any]:
    """Return the document for a terminal, and the first promise in JSON."""
    return render(document(answer(proof)), width=120), as_json(answer(proof))["proof"]["promises"][0]


def test_a_counterexample_is_no_way_to_break_anything() -> None:
    """A situation that nobody found a way to is said to be one that nobody has said can come about, without steps."""
    text, promise = told(Proven(PROOF, {}))

    assert "NOT INDUCTIVE only_the_sessions_own_user_consents" in text
    assert "The induction fails here; nobody has said that this situation can come about:" in text
    assert "phase: offered" in text
    assert "then accepts (origin: timer), and not: the owner's own hand answers" in text
    assert promise["counterexample"]["steps"] is None


def test_a_way_there_is_told_as_steps() -> None:
    """Where a way was found it is told, step by step as a scenario has them, in text and in JSON."""
    finding = explore(sized_model(1, 1), digest=False).witnessed["a_user_can_let_an_expert_view"]
    text, promise = told(Proven(PROOF, {PROMISE.promise: finding.steps}))

    assert "The induction fails here; and it can come about:" in text
    assert "- bob: tries to accept anna" in text
    assert "bob: tries to accept anna" in promise["counterexample"]["steps"]


def test_a_proof_that_is_not_whole_is_inconclusive() -> None:
    """What is not proved is exit 3, what is proved 0: a counterexample to induction breaks nothing."""
    proved = evolve(PROOF, promises=(evolve(PROMISE, verdict="proved"),))

    assert 3 == int(answer(Proven(PROOF, {})).exit_code)
    assert 0 == int(answer(Proven(proved, {})).exit_code)
