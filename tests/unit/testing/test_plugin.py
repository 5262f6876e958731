"""The pytest plugin: scenario files are tests."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from rasim.testing import plugin

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


def pytest_in(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, as a user of the plugin does, without the other plugins of this house, which take longer than it."""
    without = (f"no:{name}" for name in ("cacheprovider", "asyncio", "hypothesispytest", "xdist"))
    command = [sys.executable, "-m", "pytest", "-q", *(word for each in without for word in ("-p", each)), *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_scenario_is_collected_and_passes(tmp_path: Path) -> None:
    """A file with the key `rasim:` is a test, another YAML file is none."""
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.yaml").write_text("name: something else\n", encoding="utf-8")

    ran = pytest_in(tmp_path)

    assert (0, True) == (ran.returncode, "1 passed" in ran.stdout)


def test_a_failing_scenario_shows_its_line_and_no_stack(tmp_path: Path) -> None:
    """A failure names file, line and what is, without a traceback."""
    (tmp_path / "bad.yaml").write_text(GOOD.replace("because: offers", "because: helper"), encoding="utf-8")

    ran = pytest_in(tmp_path)

    assert 1 == ran.returncode
    assert "bad.yaml:9:36: expected because: helper; it is: offers, fAllowUnsolicited" in ran.stdout
    assert "Traceback" not in ran.stdout
    assert "plugin.py" not in ran.stdout


def test_a_misspelt_scenario_fails_with_the_nearest_word(tmp_path: Path) -> None:
    """A scenario that is not understood is a failing test."""
    (tmp_path / "bad.yaml").write_text(GOOD.replace("disabled", "disabld"), encoding="utf-8")

    ran = pytest_in(tmp_path)

    assert (1, True) == (ran.returncode, "did you mean `disabled`?" in ran.stdout)


def test_a_scenario_that_is_no_text_fails(tmp_path: Path) -> None:
    """A scenario whose bytes are no text is an error of collection that says so, not one of the plugin."""
    (tmp_path / "bad.yaml").write_bytes(GOOD.encode() + b"# \xff\n")

    ran = pytest_in(tmp_path)

    assert (2, True, False) == (
        ran.returncode,
        "these bytes are no UTF-8 text" in ran.stdout,
        "Traceback" in ran.stdout,
    )


def test_a_scenario_in_utf_16_is_collected(tmp_path: Path) -> None:
    """A scenario as PowerShell writes it is a test too: none is passed over in silence."""
    (tmp_path / "good.yaml").write_bytes(GOOD.encode("utf-16"))

    assert "1 passed" in pytest_in(tmp_path).stdout


def test_seeds_are_a_setting(tmp_path: Path) -> None:
    """With `rasim_seeds = 3` each scenario is three tests."""
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")

    ran = pytest_in(tmp_path, "-o", "rasim_seeds=3")

    assert "3 passed" in ran.stdout


def test_the_plugin_costs_nothing_where_it_is_not_used() -> None:
    """Importing the plugin imports neither Hypothesis nor the explorer nor YAML."""
    code = "import sys, rasim.testing.plugin; print(sorted({'hypothesis', 'yaml', 'rasim.verify'} & set(sys.modules)))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert "[]" == ran.stdout.strip()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("scenarios/empty.yaml", b"", 1),
        ("scenarios/pointer.yaml", GOOD.encode("utf-16-le"), 1),
        ("wide.yaml", GOOD.encode("utf-16-be"), 1),
        ("UPPER.YAML", GOOD.replace("disabled", "disabld").encode(), 1),
        ("quoted.yaml", GOOD.replace("disabled", "disabld").replace("rasim:", '"rasim":').encode(), 1),
        ("late.yaml", b"#" * 70_000 + b"\n" + GOOD.replace("disabled", "disabld").encode(), 1),
        ("misspelt.yaml", GOOD.replace("rasim:", "rasmi:").encode(), 1),
        ("scenarios/groups.yaml", b"groups: 1\n", 0),
        ("empty.yaml", b"", 0),
        ("settings.yaml", b"tools:\n  rasim: 1\n", 0),
    ],
)
def test_no_scenario_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, code: int
) -> None:
    """What is meant as a scenario and cannot be read as one, in whatever encoding, is told; what is meant otherwise is not."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    monkeypatch.setattr(plugin.ScenarioFile, "from_parent", lambda _parent, path: path)

    assert (path if code else None) == plugin.pytest_collect_file(path, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("seeds", ["0", "-1", "nan", "1e3", "", "\u0661", "9" * 40])
def test_seeds_under_which_nothing_is_played(seeds: str) -> None:
    """A number of seeds that is none is refused: with none nothing would be played, and all would be green."""
    with pytest.raises(pytest.UsageError, match="rasim_seeds must be a whole number from 1 to 999999"):
        plugin.pytest_configure(SimpleNamespace(getini=lambda _name: seeds))  # type: ignore[arg-type]
