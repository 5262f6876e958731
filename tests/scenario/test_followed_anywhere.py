"""Whatever the system, the policy and the computer's own firewall are, what the runtime does is a behaviour of the table."""

import random
from pathlib import Path

import pytest
from attrs import evolve

from rasim.policy import SYSTEMS
from rasim.scenario import broken_promise, load, play
from tests.model.test_differences import policies

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("plays", [60, pytest.param(1_000, marks=pytest.mark.exhaustive)])
def test_every_scenario_is_followed_under_every_policy(plays: int) -> None:
    """Of drawn scenarios, systems, policies and seeds none shows what the table does not explain, and none breaks a promise."""
    chance = random.Random(plays)  # noqa: S311  (a sample is no secret)
    scenarios, rules = [load(path) for path in sorted(SCENARIOS.rglob("*.yaml"))], policies()
    for _ in range(plays):
        scenario = evolve(chance.choice(scenarios), os=chance.choice([None, *SYSTEMS]))
        policy, seed = chance.choice([None, *rules]), chance.choice([0, chance.randrange(1, 1_000)])
        played = play(scenario, seed, policy=policy, look=broken_promise(scenario))
        said = " ".join(each.message for each in played.problems)

        assert "no behaviour of the table" not in said, (scenario.file, scenario.os, policy, seed)
        assert "is broken" not in said, (scenario.file, scenario.os, policy, seed)
