"""Scenarios in which nothing stands where something should, and those that name what is not theirs."""

from pathlib import Path

import pytest

from rasim.document.diagrams import sequence_svg
from rasim.errors import ScenarioError
from rasim.scenario import load, play, read_scenario
from rasim.scenario.load import load_found

DATA = Path(__file__).parents[2] / "data" / "streams"
GOOD = r"""rasim: 1
scenario: nobody may offer
policy: {offer: disabled}
people:
  anna: {account: 'CORP\anna'}
  bob: {account: 'CORP\bob', uses: s1}
steps:
- anna: tries to offer help to bob
- expect: {last: refused, because: offers}
"""


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("nobody may offer", "null", "<text>:2:11: the scenario's sentence must be a word or a sentence, and nothing"),
        ("nobody may offer", "", "<text>:2:10: the scenario's sentence"),
        ("nobody may offer", "~", "<text>:2:11: the scenario's sentence"),
        (r"'CORP\anna'", "null", "<text>:5:19: an account must be"),
        ("uses: s1", "uses: ", "<text>:6:36: a logon session must be"),
        ("tries to offer help to bob", "", "<text>:8:"),
        ("- anna: tries", "- null\n- anna: tries", "<text>:8:3: a step must be a mapping"),
        ("- anna: tries", "- together: []\n- anna: tries", "<text>:8:13: nothing is together"),
        ("- anna: tries", "- together: null\n- anna: tries", "<text>:8:13: steps must be a list"),
        ("- anna: tries", "- wait: null\n- anna: tries", "<text>:8:9: a time must be"),
        ("last: refused", "last: null", "<text>:9:18: what is expected of last must be"),
        (GOOD, "", "<text>:1:1: an empty file is no scenario"),
        (GOOD, "# nothing\n", "<text>:1:1: an empty file is no scenario"),
    ],
)
def test_nothing_is_an_error_with_its_line(old: str, new: str, where: str) -> None:
    """Where nothing stands, or `null`, the place is told."""
    with pytest.raises(ScenarioError) as error:
        read_scenario(GOOD.replace(old, new))

    assert where in str(error.value)


def test_in_quotes_it_is_a_word() -> None:
    """What stands in quotes is a word, whatever it says."""
    assert "null" == read_scenario(GOOD.replace("nobody may offer", "'null'")).name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("scenario-utf16", "passed"),
        ("scenario-null", "2:11: the scenario's sentence must be a word or a sentence, and nothing stands here"),
        ("policy-dev-zero", "/dev/zero: not a regular file"),
    ],
)
def test_the_cases(name: str, says: str) -> None:
    """UTF-16 is read, a `null` is an error with its line, a device is refused."""
    try:
        played = play(load(DATA / f"{name}.scenario"))
        told = "\n".join((played.verdict, *(each.message for each in played.problems)))
    except ScenarioError as error:
        told = str(error)

    assert says in told


def test_an_empty_file_where_scenarios_are_kept(tmp_path: Path) -> None:
    """An empty file below a folder `scenarios` is an error, and elsewhere meant as something else."""
    path = tmp_path / "scenarios" / "empty.yaml"
    path.parent.mkdir()
    for each in (path, tmp_path / "empty.yaml"):
        each.touch()

    with pytest.raises(ScenarioError, match="an empty file is no scenario"):
        load_found(path)
    assert load_found(tmp_path / "empty.yaml") is None


@pytest.mark.parametrize(("where", "told"), [("inside", True), ("outside", False), ("link", False)])
def test_what_stands_elsewhere_is_not_told(tmp_path: Path, where: str, told: bool) -> None:
    """Of a file outside the scenario's folder, by a path or by a link, no message says what stands in it."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    name = {"inside": "secret", "outside": "../secret", "link": "link"}[where]
    (folder / ("secret" if told else "../secret")).write_text("root:x:0:0 and a password\n")
    (folder / "link").symlink_to("../secret")
    path = folder / "a.yaml"
    path.write_text(GOOD.replace("{offer: disabled}", f"{{files: [{name}]}}"))
    played = play(load(path))
    message = played.problems[0].message

    assert ("error", told, not told) == (played.verdict, "root:x:0:0" in message, "is not in the scenario's" in message)


def test_a_drawing_shows_nothing_raw() -> None:
    """What cannot be seen stands in a drawing by its number, in the title too."""
    drawn = sequence_svg("evil\x1b[31m\u202e", ["an\x1bna"], [])

    assert (True, False) == ("evil&lt;U+001B&gt;[31m&lt;U+202E&gt;" in drawn, "\x1b" in drawn)
