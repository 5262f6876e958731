"""Several sessions are the product of what each can be: what one exploration tells of them is what a full run finds."""

import pytest

from rasim.verify import explore
from rasim.verify.states.model import Model, sized_model, two_experts_model, two_sessions_model
from rasim.verify.states.surroundings import Surroundings


def reachable(model: Model) -> int:
    """Count the states of a model by a full run, of which nothing but the states is kept."""
    surroundings = Surroundings(model)
    found, waiting = {surroundings.first}, [surroundings.first]
    while waiting:
        for target in {edge.target for edge in surroundings.edges(waiting.pop())}:
            if target not in found:
                found.add(target)
                waiting.append(target)
    return len(found)


def test_two_sessions_are_the_product_of_one() -> None:
    """One expert and two sessions have as many states as the product says, found by the exploration with all promises."""
    one, two = (explore(model, sometimes=(), digest=False) for model in (sized_model(1, 1), two_sessions_model()))

    assert (1_488, 1_488, True) == (one.lifted(2), two.states, two.complete)


@pytest.mark.exhaustive
def test_two_by_two_is_the_product() -> None:
    """Two experts and two sessions have 39,954 states by the product of one session's, and by the full run."""
    lifted = explore(two_experts_model(), (), (), digest=False).lifted(2)

    assert (39_954, 39_954) == (lifted, reachable(sized_model(2, 2)))


def test_what_cannot_be_lifted() -> None:
    """An exploration of two sessions, or one that is not complete, says nothing of more sessions."""
    several = explore(two_sessions_model(), (), (), digest=False)
    short = explore(two_experts_model(), (), (), enough=lambda states: states > 10, digest=False)

    for exploration in (several, short):
        with pytest.raises(ValueError, match="complete exploration of one session"):
            exploration.lifted(2)
