"""What people install: the wheel, built here without a network."""

import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel


@pytest.fixture(scope="module")
def inside(top: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel and return the names of the files inside."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        # A builder builds what it stands in.
        patch.chdir(top)
        wheel = folder / build_wheel(str(folder))
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_rasim_and_nothing_else(top: Path, house_files: list[Path], inside: set[str]) -> None:
    """The wheel holds every file of rasim/, and besides them only its own description and the licence."""
    files = {path.relative_to(top).as_posix() for path in house_files if path.is_relative_to(top / "rasim")}
    about = {name for name in inside if ".dist-info/" in name}

    assert files == inside - about
    assert ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"] == sorted(
        name.partition("/")[2] for name in about
    )


def test_wheel_is_typed(inside: set[str]) -> None:
    """Type checkers are told that rasim has types."""
    assert "rasim/py.typed" in inside


def test_every_folder_is_a_package(inside: set[str]) -> None:
    """Every folder with modules has an __init__.py, for without one type checkers and layers overlook it."""
    modules = {name for name in inside if name.endswith(".py") and not name.startswith("rasim/cli/template/")}
    folders = {name.rpartition("/")[0] for name in modules}

    assert set() == {folder for folder in folders if f"{folder}/__init__.py" not in inside}
