"""What all tests share: where the real policy files are."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real policy files, which the variable RASIM_CORPUS names; none is in the repository."""
    named = os.environ.get("RASIM_CORPUS")
    if named:
        return Path(named)
    why = "RASIM_CORPUS does not name the folder of real policy files"
    # A machine that only reports green must not do so because nothing was tested.
    if os.environ.get("CI") == "1":
        pytest.fail(why)
    pytest.skip(why)
