"""What the tests of the house share: its top, and the files that belong to it."""

import subprocess
from pathlib import Path

import pytest
import shown
from hatchling.build import build_wheel


@pytest.fixture(scope="session")
def top() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def house_files(top: Path) -> list[Path]:
    """Return the files that are tracked or will be: what is ignored is somebody's own."""
    # A checkout is often another user's than the one who tests it; git refuses that unless told otherwise.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=top, check=True, stdout=subprocess.PIPE).stdout.decode()  # noqa: S603  (our own words)
    # A file that was deleted and not yet staged is still listed.
    return [path for name in listed.split("\0") if name and (path := top / name).is_file()]


@pytest.fixture(scope="session")
def wheel(top: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and return where it is."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        # A builder builds what it stands in.
        patch.chdir(top)
        return folder / build_wheel(str(folder))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make what `rasim new --repo` makes, a repository with one commit on main, and stand on a branch of it."""
    assert 0 == shown.run("rasim new guard --repo", tmp_path)[0]
    folder = tmp_path / "guard"
    shown.git(folder, "init", "--initial-branch", "main")
    shown.git(folder, "add", ".")
    shown.git(folder, "commit", "--message", "begin")
    shown.git(folder, "checkout", "-b", "change")
    return folder
