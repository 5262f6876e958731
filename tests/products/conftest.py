"""A stage that was not fit is no verdict on a product: the test says that it did not run and why, which fails where CI is set."""

from collections.abc import Generator
from typing import Any

import pytest
from stage import UnfitStage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Report a test whose stage failed as one that did not run."""
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, UnfitStage):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, f"the stage was not fit: {call.excinfo.value}")
    return report
