"""How far drawn stories reach: of the situations and acts that an adapter has, how many are met by so many examples.

python -m tests.bench.reach [EXAMPLES]...
"""

import sys
from collections.abc import Iterator

from hypothesis import given, seed, settings

from rasim.testing import Adapter, stories
from rasim.testing.steering import FIRST_SCENE, Story, steering_of
from rasim.testing.table_adapter import TheTable
from tests.conformance.small_product import Small

SEEDS = 5


def reach(adapter: type[Adapter], examples: int, number: int) -> tuple[int, int]:
    """Return how many situations, and how many acts in a situation, the stories of a seed meet."""
    steering = steering_of(adapter, FIRST_SCENE)
    met: set[str] = set()
    tried: set[tuple[str, str]] = set()

    @seed(number)
    @settings(database=None, deadline=None, max_examples=examples)
    @given(stories(adapter))
    def live(story: Story) -> None:
        state = steering.start
        for step in story.steps:
            tried.add((steering.situation(state), steering.words(step)))
            state, _ = steering.after(state, step)
            met.add(steering.situation(state))

    live()
    return len(met & set(steering.ways)), len(tried)


def rows(examples: list[int]) -> Iterator[str]:
    """Yield a row for each adapter and number of examples: the least and the most of five seeds."""
    for adapter in (Small, TheTable):
        steering = steering_of(adapter, FIRST_SCENE)
        there = len(steering.ways), len(steering.ways) * len(steering.steps)
        for many in examples:
            for what, all_, of_seeds in zip(
                ("situations", "acts in situations"),
                there,
                zip(*(reach(adapter, many, number) for number in range(SEEDS)), strict=True),
                strict=True,
            ):
                yield f"{adapter.__name__:<9} {many:>5} examples: {min(of_seeds)} to {max(of_seeds)} of {all_:,} {what}"


if __name__ == "__main__":
    for row in rows([int(each) for each in sys.argv[1:]] or [100, 1000]):
        sys.stdout.write(f"{row}\n")
