"""Exploring is quicker without the collector: nothing is thrown away while states are collected."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_looking_for_garbage() -> Iterator[None]:
    """Switch the collector off for a test."""
    gc.disable()
    yield
    gc.enable()
