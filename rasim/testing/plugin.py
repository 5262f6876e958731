"""The pytest plugin: every `.yaml` file that is a scenario (it has the key `rasim:`) is a test, played once for each seed.

`rasim_seeds = 5` in the pytest settings plays each with the seeds 0 to 4. A failure shows the place in the file, not a stack.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting."""
    parser.addini("rasim_seeds", "with how many seeds each rasim scenario is played", default="1")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a setting under which nothing would be played, and all would be green."""
    said = config.getini("rasim_seeds").strip()
    if not (said.isascii() and said.isdigit() and int(said[:9]) > 0 and len(said) < 7):
        raise pytest.UsageError(f"rasim_seeds must be a whole number from 1 to 999999, not {said!r}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a scenario file; below a folder `scenarios`, or where it says `rasim:`, also one that cannot be read."""
    if file_path.suffix.lower() not in (".yaml", ".yml"):
        return None
    from rasim.errors import InputError  # noqa: PLC0415  (the plugin costs nothing where there are no scenarios)
    from rasim.inputs import read_file  # noqa: PLC0415

    try:
        data = read_file(file_path)
    except InputError:
        return ScenarioFile.from_parent(parent, path=file_path) if "scenarios" in file_path.parts else None
    if data.strip() and b"rasim" not in (plain := data.replace(b"\0", b"")) and b"scenario" not in plain:
        return None
    from rasim.scenario.load import is_meant  # noqa: PLC0415  (as above)

    return ScenarioFile.from_parent(parent, path=file_path) if is_meant(file_path, data) else None


class ScenarioFailed(Exception):  # noqa: N818  (a failure, not an error)
    """A scenario did not go as it says; its text is what is shown."""


class ScenarioFile(pytest.File):
    """A scenario file: one test a seed."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Yield the tests; a file that cannot be read is an error here, one that is misspelt fails."""
        from rasim.errors import InputError, ScenarioError  # noqa: PLC0415  (as above)
        from rasim.scenario import load  # noqa: PLC0415

        try:
            load(self.path)
        except ScenarioError:
            pass
        except InputError as error:
            raise self.CollectError(str(error)) from None
        for seed in range(int(self.config.getini("rasim_seeds"))):
            name = self.path.stem if seed == 0 else f"{self.path.stem}[seed {seed}]"
            yield ScenarioItem.from_parent(self, name=name, seed=seed)


class ScenarioItem(pytest.Item):
    """A scenario played with one seed."""

    def __init__(self, *, seed: int, **more: Any) -> None:
        super().__init__(**more)
        self.seed = seed

    def runtest(self) -> None:
        """Play it."""
        from rasim.errors import InputError  # noqa: PLC0415  (as above)
        from rasim.scenario import broken_promise, load, play  # noqa: PLC0415

        try:
            scenario = load(self.path)
            played = play(scenario, self.seed, look=broken_promise(scenario))
        except InputError as error:
            raise ScenarioFailed(str(error)) from None
        if played.verdict != "passed":
            raise ScenarioFailed("\n".join(map(str, played.problems)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what failed, without a stack."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it stands."""
        return self.path, 0, f"scenario: {self.name}"
