"""What people install: the wheel, built here without a network."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def inside(wheel: Path) -> set[str]:
    """Return the names of the files inside."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_rasim_and_nothing_else(top: Path, house_files: list[Path], inside: set[str]) -> None:
    """The wheel holds every file of rasim/, and besides them only its own description, the licence and the manual page."""
    files = {path.relative_to(top).as_posix() for path in house_files if path.is_relative_to(top / "rasim")}
    about = {name for name in inside if ".dist-info/" in name}

    [manual] = (name for name in inside if ".data/" in name)

    assert files == inside - about - {manual}
    assert "data/share/man/man1/rasim.1" == manual.partition(".data/")[2]
    assert ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"] == sorted(
        name.partition("/")[2] for name in about
    )


def test_wheel_is_typed(inside: set[str]) -> None:
    """Type checkers are told that rasim has types."""
    assert "rasim/py.typed" in inside


def test_every_folder_is_a_package(inside: set[str]) -> None:
    """Every folder with modules has an __init__.py, for without one type checkers and layers overlook it."""
    written_out = ("rasim/cli/template/", "rasim/teach/course/")
    modules = {name for name in inside if name.endswith(".py") and not name.startswith(written_out)}
    folders = {name.rpartition("/")[0] for name in modules}

    assert set() == {folder for folder in folders if f"{folder}/__init__.py" not in inside}


@pytest.mark.exhaustive
def test_three_lines_from_the_wheel(top: Path, wheel: Path, tmp_path: Path) -> None:
    """In an empty folder what the wheel installs judges the tutorial's two traces: green who asks, red who does not."""
    installed, folder = tmp_path / "installed", tmp_path / "empty"
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    page = (top / "docs" / "tutorial" / "test-your-own-product.md").read_text(encoding="utf-8")
    three_lines = page.partition("## Three lines")[2].partition("```python\n")[2].partition("```")[0]
    where = f"\n\ndef test_where():\n    import rasim\n    assert rasim.__file__.startswith(r'{installed}')\n"
    (folder / "test_three_lines.py").write_text(three_lines + where, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert "1 failed, 2 passed" in told.stdout
    assert "BROKEN" in told.stdout.partition("test_who_does_not_ask")[2]
