"""The mistakes of real products by name, and whole products of that kind: each is noticed by the promise that it is about."""

import pytest

from rasim.protocol import CONTROL, further, table
from rasim.report.steps import as_scenario
from rasim.scenario import read_scenario
from rasim.verify import SOMETIMES, explore
from rasim.verify.model import pair_model
from rasim.verify.named import NAMED, Named
from rasim.verify.profiles import PROFILES

# Those that the state of a model cannot hold are made in tests/runtime/test_mistakes_in_time.py.
IN_TIME = {"M09", "M10", "M12", "M15", "M18", "M20", "M26"}


def noticed(mistake: Named) -> set[str]:
    """Return the promises that a mistake breaks and the witnesses that it makes impossible."""
    capabilities = (CONTROL, further(mistake.capability)) if mistake.capability else (CONTROL,)
    found = explore(pair_model(mistake.change(table(capabilities=capabilities))), digest=False)
    return set(found.broken) | {s.name for s in SOMETIMES} - set(found.witnessed)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_a_named_mistake_is_noticed_by_its_promise(name: str) -> None:
    """A promise (or witness) that is named beside the mistake notices it, before any other has a say."""
    assert set() != set(NAMED[name].by) & noticed(NAMED[name])


def test_all_named_mistakes_are_made() -> None:
    """M01 to M28 are all there, as changes of the table or in time."""
    assert {f"M{n:02}" for n in range(1, 29)} == set(NAMED) | IN_TIME


@pytest.mark.slow
@pytest.mark.parametrize("name", PROFILES)
def test_a_foreign_profile_is_shown_broken(name: str) -> None:
    """What other products do breaks the promise named, and the shortest way to it is a scenario that can be read."""
    model = pair_model(PROFILES[name].change(table()))
    found = explore(model, sometimes=(), digest=False)
    shown = [found.broken[promise] for promise in PROFILES[name].by if promise in found.broken]

    assert shown
    assert [len(finding.steps) for finding in shown] == [
        len(read_scenario(as_scenario(finding, model), "finding.yaml").steps) for finding in shown
    ]
