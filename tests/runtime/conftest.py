"""Tests here run on simulated time: pytest-asyncio takes its loop from this hook."""

import asyncio
from collections.abc import Callable, Mapping

from rasim.runtime import SimulatedLoop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Let pytest-asyncio run on simulated time."""
    return {"simulated": SimulatedLoop}
