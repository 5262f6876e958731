"""The mistakes of real products by name, and whole products of that kind: each is noticed by the promise that it is about."""

import pytest

from rasim.analysis.counterexample import scenario_of
from rasim.protocol import CONTROL, further, table
from rasim.scenario import read_scenario, write_scenario
from rasim.verify import Model, explore, promise
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES
from rasim.verify.promises.kinds import Sometimes
from rasim.verify.states.model import pair_model

# Those that the state of a model cannot hold are made in tests/runtime/test_mistakes_in_time.py.
IN_TIME = {"M09", "M10", "M12", "M15", "M18", "M20", "M26"}


def notices(name: str, model: Model) -> bool:
    """Return whether one promise, asked alone, is broken in a model, or one witness cannot be shown in it."""
    one = promise(name)
    if isinstance(one, Sometimes):
        return name not in explore(model, (), (one,), digest=False).witnessed
    return name in explore(model, (one,), (), stop_at_first=True, digest=False).broken


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", PRODUCT_MISTAKES)
def test_a_named_mistake_is_noticed_by_its_promise(name: str) -> None:
    """Each promise (or witness) that is named beside the mistake notices it, whatever the others do."""
    mistake = PRODUCT_MISTAKES[name]
    capabilities = (CONTROL, further(mistake.capability)) if mistake.capability else (CONTROL,)
    model = pair_model(mistake.change(table(capabilities=capabilities)))

    assert dict.fromkeys(mistake.by, True) == {by: notices(by, model) for by in mistake.by}


def test_all_named_mistakes_are_made() -> None:
    """M01 to M28 are all there, as changes of the table or in time."""
    assert {f"M{n:02}" for n in range(1, 29)} == set(PRODUCT_MISTAKES) | IN_TIME


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", PROFILES)
def test_a_foreign_profile_is_shown_broken(name: str) -> None:
    """What other products do breaks the promise named, and the shortest way to it is a scenario that can be read."""
    model = pair_model(PROFILES[name].change(table()))
    shown = [
        explore(model, (promise(by),), (), stop_at_first=True, digest=False).broken[by] for by in PROFILES[name].by
    ]

    assert [len(finding.steps) for finding in shown] == [
        len(read_scenario(write_scenario(scenario_of(finding, model))).steps) for finding in shown
    ]
