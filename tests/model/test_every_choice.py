"""Each value of each choice, over all states: what presumes another value says so, all else holds, nothing is broken."""

import pytest

from rasim.protocol import Choices, table
from rasim.protocol.choices import NAMES, values_of
from rasim.verify import check, explore, promise
from rasim.verify.promises.kinds import Sometimes
from rasim.verify.states.model import pair_model, standard_models

VALUES = [(name, value) for name in NAMES for value in values_of(name)[1:]]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "value"), VALUES, ids=lambda each: each.replace(" ", "_"))
def test_another_value_breaks_nothing_that_is_promised(name: str, value: str) -> None:
    """Under the value every promise holds or is *not promised*, and it is so exactly where the value is presumed otherwise."""
    choices = Choices(**{NAMES[name]: value})
    models = [model for model in standard_models(choices) if model.name != "two sessions"]
    checked = check(models, choices=choices)
    verdicts = {j.promise.name: j.verdict for j in checked.judged}
    kept = [j.promise for j in checked.judged if not isinstance(j.promise, Sometimes)]
    others = {promise.name for promise in kept if promise.presumes.get(name, value) != value}
    rest = {promise.name for promise in kept if verdicts[promise.name] == "not promised"} - others

    assert {"holds", "witnessed", "not promised", "not checked"} == set(verdicts.values())
    assert {"not promised"} >= {verdicts[name] for name in others}
    assert rest <= {"a_withdrawn_question_rests"}
    assert checked.complete


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "value", "broken"),
    [
        ("removal bites", "at refresh", "unlisted_expert_never_reaches_the_user"),
        ("running view", "outlives the policy", "a_tighter_policy_bites_at_once"),
        ("hidden question", "waits", "a_session_out_of_sight_answers_nothing"),
        ("unasked control", "possible", "control_needs_its_own_click"),
    ],
)
def test_what_is_not_promised_would_be_broken(name: str, value: str, broken: str) -> None:
    """A promise that presumes the strict value is broken under the other one: it does not presume it for nothing."""
    found = explore(pair_model(table(Choices(**{NAMES[name]: value}))), (promise(broken),), (), digest=False)

    assert {broken} == set(found.broken)
