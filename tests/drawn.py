"""How much Hypothesis draws: in the routine a quarter of what the exhaustive run draws (the profiles are in conftest.py)."""

from hypothesis import settings


def examples(many: int) -> int:
    """Return how many values are drawn in this run, where the exhaustive one draws so many."""
    return many * settings().max_examples // 100
