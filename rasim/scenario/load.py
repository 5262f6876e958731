"""Scenarios from files."""

from pathlib import Path

from rasim.inputs import read_file, text_of
from rasim.scenario.model import Scenario
from rasim.scenario.reader import is_scenario, read_scenario


def load(path: str | Path) -> Scenario:
    """Return the scenario in a file.

    Raises:
        InputError: it cannot be opened, or is no text; a `ScenarioError` where its words are not understood.

    """
    return read_scenario(text_of(read_file(path), str(path)), str(path))


def load_found(path: str | Path) -> Scenario | None:
    """Return the scenario in a file that was met in a folder; None for one that is meant as something else.

    Raises:
        InputError: as `load` does.

    """
    text = text_of(read_file(path), str(path))
    return read_scenario(text, str(path)) if is_scenario(text) else None
