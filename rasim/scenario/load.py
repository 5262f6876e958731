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


def is_meant(path: str | Path, data: bytes) -> bool:
    """Return whether a file that was met is meant as a scenario, in whatever encoding: what its bytes are not is said when it is read.

    An empty one is where scenarios are kept: that is what a full disk leaves.
    """
    plain = data.replace(b"\0", b"")  # in UTF-16 there is one beside each letter
    return is_scenario(plain.decode("utf-8", "ignore")) if plain.strip() else "scenarios" in Path(path).parts


def load_found(path: str | Path) -> Scenario | None:
    """Return the scenario in a file that was met in a folder; None for one that is meant as something else.

    Raises:
        InputError: as `load` does.

    """
    data = read_file(path)
    text = text_of(data, str(path))
    return read_scenario(text, str(path)) if is_meant(path, data) else None
