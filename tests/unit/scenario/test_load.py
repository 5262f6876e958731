"""Scenarios from files, and the promises over what was played."""

from pathlib import Path

import pytest

from rasim.errors import InputError, ScenarioError
from rasim.scenario import broken_promise, load, load_found, play, read_scenario
from rasim.scenario.judged import whole

GOOD = r"""rasim: 1
scenario: nobody may offer
policy: {offer: disabled}
people:
  anna: {account: 'CORP\anna'}
  bob: {account: 'CORP\bob', uses: s1}
steps:
- anna: tries to offer help to bob
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_scenario_from_a_file(tmp_path: Path, encoding: str) -> None:
    """A scenario is read from its file, whatever mark its text begins with, and knows the file."""
    (tmp_path / "a.yaml").write_bytes(GOOD.encode(encoding))
    scenario = load(tmp_path / "a.yaml")

    assert ("nobody may offer", str(tmp_path / "a.yaml")) == (scenario.name, scenario.file)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "a.yaml: there is no such file"),
        (b"rasim: 1\n\xff", "a.yaml: offset 9: these bytes are no UTF-8 text"),
        (b"rasim: [", "not YAML"),
    ],
)
def test_a_file_that_is_no_scenario(tmp_path: Path, data: bytes | None, says: str) -> None:
    """A file that cannot be opened, is no text or no scenario is one kind of error, with what is wrong."""
    if data is not None:
        (tmp_path / "a.yaml").write_bytes(data)
    with pytest.raises(InputError) as caught:
        load(tmp_path / "a.yaml")

    assert says in str(caught.value)


def test_what_is_met_may_be_something_else(tmp_path: Path) -> None:
    """A YAML file without the key of scenarios is passed over where it was met, and an error where it was named."""
    (tmp_path / "a.yaml").write_text("name: something else\n", "utf-8")

    assert load_found(tmp_path / "a.yaml") is None
    with pytest.raises(ScenarioError):
        load(tmp_path / "a.yaml")


def test_what_was_played_is_known(tmp_path: Path) -> None:
    """How a scenario went holds the scenario, so that nobody has to read it again; of one unread there is none."""
    (tmp_path / "a.yaml").write_text(GOOD, "utf-8")
    scenario = load(tmp_path / "a.yaml")

    assert play(scenario).scenario is scenario


def test_a_trace_is_whole() -> None:
    """The trace of a scenario stands between a recorder's line and the end of the recording, numbered on."""
    assert ["recorder", "recording_ended"] == [each.line.event for each in whole(read_scenario(GOOD), ())]


def test_the_old_path_of_generated_tests_forwards() -> None:
    """Tests that rasim 0.1 made import `broken_promise` from where it stood then, and it is the same."""
    from rasim.report import judge

    assert judge.broken_promise is broken_promise
