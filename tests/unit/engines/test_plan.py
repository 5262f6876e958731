"""A plan refuses what does not go together, in the words of the command's options, before anything is explored."""

from typing import Any, get_args

import pytest

from rasim.cli.check import check as command
from rasim.engines.plan import Chosen, Plan
from rasim.errors import UsageError
from rasim.policy import Policy
from rasim.protocol.choices import Choices

ANOTHER = Choices(hidden_question="waits")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"symmetry": True}, "--symmetry is about the model of --experts and --sessions"),
        ({"swarm": 2}, "--swarm is about the model of --experts and --sessions"),
        ({"experts": 3, "swarm": 2, "symmetry": True}, "--swarm explores nothing whole"),
        ({"experts": 3, "swarm": 2, "engine": "numpy"}, "--swarm explores nothing whole"),
        ({"experts": 3, "seed": 2}, "--seed is the first seed of --swarm"),
        ({"experts": 3, "seed": 0}, "--seed is the first seed of --swarm"),
        ({"engine": "numba"}, "--engine is about the model"),
        ({"max_memory": 10}, "--max-memory is about the model"),
        ({"all_facts": True}, "--all-facts is about the model"),
        ({"experts": 2, "symmetry": True, "engine": "numba"}, "by numpy, and not by numba"),
        ({"profile": "silence accepts", "prove": True}, "--profile shows another product, and --prove"),
        ({"profile": "silence accepts", "experts": 2}, "--profile shows another product, and --experts"),
        ({"profile": "silence accepts", "policy": Policy.of()}, "--profile is another product, and has none"),
        ({"profile": "silence acepts"}, "did you mean `silence accepts`"),
        ({"certificate": True, "choices": ANOTHER}, "--certificate knows the strict choices"),
        ({"by_policy": True, "choices": ANOTHER}, "--by-policy knows the strict choices"),
    ],
)
def test_what_does_not_go_together_is_said(asked: dict[str, Any], why: str) -> None:
    """An option that would do nothing, or speak of something else than it seems to, is a usage error."""
    with pytest.raises(UsageError, match=why):
        Plan(**asked)


@pytest.mark.parametrize(
    "asked", [{"experts": 0}, {"max_seconds": 0}, {"jobs": -1}, {"engine": "abacus"}, {"max_seconds": float("nan")}]
)
def test_what_no_option_would_take_no_plan_takes(asked: dict[str, Any]) -> None:
    """A number that is too small, or an engine that is none, is a usage error."""
    with pytest.raises(UsageError, match=next(iter(asked))):
        Plan(**asked)


def test_the_command_knows_every_engine() -> None:
    """The engines that the command names are those that a plan can ask for."""
    (option,) = (each for each in command.params if each.name == "engine")

    assert get_args(Chosen) == tuple(option.type.to_info_dict()["choices"])
