"""Policies as an axis: what is reachable under which, and that the fewest words say the same as all policies."""

from itertools import combinations

import pytest

from rasim.document.terminal import render
from rasim.engines.plan import CheckAnswer, Plan
from rasim.protocol.world import PolicyFacts
from rasim.report import second_opinions
from rasim.report.check import document
from rasim.verify import Checked
from rasim.verify.policies.reachable import axis, every_policy, holds, parts, shortest

NEEDED = {"offers": True, "listed": True, "through": True}


@pytest.mark.parametrize("facts", every_policy(), ids=str)
def test_each_policy_allows_what_it_says(facts: PolicyFacts) -> None:
    """Offer and view are reachable where offers are enabled, the expert listed and the way open; control where the mode is control too."""
    said = parts(facts)
    reaches = said["offers"] and said["listed"] and said["through"]
    found = {capability: facts in ways for capability, ways in axis().ways.items()}

    assert {"offer": reaches, "view": reaches, "control": reaches and facts.control} == found


def test_the_fewest_words_say_it() -> None:
    """One condition of three facts says when an expert can offer and view, one of four when control can be had."""
    said = {capability: [dict(each) for each in conditions] for capability, conditions in axis().conditions.items()}

    assert {"offer": [NEEDED], "view": [NEEDED], "control": [{**NEEDED, "control": True}]} == said


@pytest.mark.parametrize("size", [0, 1, 2, 15, 16])
def test_conditions_hold_exactly_where_they_should(size: int) -> None:
    """Of any set of policies the conditions hold in those and in no others, and none of them can be shortened."""
    for some in list(combinations(every_policy(), size))[:60]:
        where = frozenset(some)
        conditions = shortest(where)

        assert where == {facts for facts in every_policy() if any(holds(each, facts) for each in conditions)}
        for each in conditions:
            for fact in each:
                less = tuple(other for other in each if other != fact)
                assert not all(facts in where for facts in every_policy() if holds(less, facts))


def test_it_is_said_with_the_settings() -> None:
    """The answer names the registry values behind each condition, and what it does not cover."""
    answer = CheckAnswer(Plan(by_policy=True), Checked((), ()), by_policy=axis())
    text = render(document(answer), width=250)
    (control,) = (line for line in text.splitlines() if line.strip().startswith("control"))

    assert "1 of 16" in control
    assert (
        "offers are enabled, the expert is a helper, the mode is control, the firewall lets offers through" in control
    )
    assert "fAllowUnsolicited, RAUnsolicit, fAllowUnsolicitedFullControl, Windows Firewall" in control
    assert "local Administrators" in text
    assert ["offer", "view", "control"] == [each["capability"] for each in second_opinions.as_json(answer)["by_policy"]]


def test_how_far_the_axis_is_can_be_heard() -> None:
    """Before each policy whoever listens is told how many there were, and of how many."""
    told: list[tuple[int, int]] = []
    axis(lambda done, many: told.append((done, many)))

    assert told == [(at, len(list(every_policy()))) for at in range(len(list(every_policy())))]
