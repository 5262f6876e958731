"""A routine share of the attack on what is answered; `python tests/fuzz/answers.py 1000` prints what the whole of it reaches."""

from typing import Any

import answers
import pytest
from answers import WAYS, DisagreedError, attack, once

from rasim.analysis.findings import FINDINGS
from rasim.policy.roads import ROADS


def test_a_share_of_the_attack() -> None:
    """Every way of saying the same gets the same answers, and one thing more is told by all of them."""
    assert {f"way: {way}" for way in WAYS} <= set(attack(len(WAYS), 4))


@pytest.mark.exhaustive
def test_the_attack() -> None:
    """Five hundred policies are answered alike in every way, and among them are all roads in every state and most findings."""
    reached = attack(500, 1)
    found = {what for what in reached if what.startswith("finding: ")}

    assert 25 <= len(found) <= len(FINDINGS)
    assert {f"explain: {answer}" for answer in ("allow", "deny", "unclear")} <= set(reached)
    assert {f"firewall: {answer}" for answer in ("gets through", "blocked", "cannot tell")} <= set(reached)
    assert {(road.name, state) for road in ROADS for state in ("yes", "no", "not stated", "cannot tell")} <= {
        (road, state) for what in reached for road, state in [_road(what)]
    }


def _road(what: str) -> tuple[str, str]:
    road, _, state = what.removeprefix("road: ").partition(", open ")
    return road, state.partition(", ")[0]


def _in(way: str, times: int) -> None:
    for at in range(times):
        once(3, WAYS.index(way) + at * len(WAYS))


def test_an_answer_that_hangs_on_the_order_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit whose answer depends on which helper stands first is caught: the attack can fail."""
    plain = answers.as_audited

    def first_only(report: Any) -> Any:
        said = plain(report)
        for each in said["files"]:
            each["policy"]["offer"]["helpers"][1:] = []
        return said

    monkeypatch.setattr(answers, "as_audited", first_only)
    with pytest.raises(AssertionError) as caught:
        _in("in another order", 8)

    assert isinstance(caught.value.__cause__, DisagreedError)


def test_a_first_line_without_the_road_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first line that does not name a road that asks nobody is caught."""
    monkeypatch.setattr(answers, "first_line", lambda *_: "offers are disabled; no finding")
    with pytest.raises(AssertionError, match="with a road more"):
        _in("with a road more", 1)
