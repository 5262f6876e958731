"""What is installed from the wheel does its work: in an environment of its own, on this Python and on the others of this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WORK = (
    (" passed\n", "run", "scenarios/the-first-click"),
    ("offers are enabled", "audit", "scenarios/who-may-offer/branch.pol"),
    ("nothing is broken", "check", "scenarios/who-may-offer/branch.pol"),
)


def said_by(python: str, wheel: Path, top: Path, folder: Path) -> list[str]:
    """Install the wheel into a new environment of a Python, and return where it is and what it says at its work; a warning is an error."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)  # noqa: S603
    bin_ = folder / ("Scripts" if os.name == "nt" else "bin")
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(bin_ / "python"),
        "install",
        "-q",
        "--no-compile",
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)  # noqa: S603
    (folder / "scenarios").symlink_to(top / "scenarios")
    # Beside the scenarios and not in the checkout: what runs has to be what was installed.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    answers = []
    for arguments in (["-c", "import rasim; print(rasim.__file__)"], *(["-m", "rasim", *words] for _, *words in WORK)):
        done = subprocess.run(  # noqa: S603
            [bin_ / "python", "-W", "error", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (0, "") == (done.returncode, done.stderr), done.stdout
        answers.append(done.stdout)
    assert (folder / "share" / "man" / "man1" / "rasim.1").is_file()
    return answers


def holds(python: str, wheel: Path, top: Path, folder: Path) -> None:
    where, *answers = said_by(python, wheel, top, folder)

    assert Path(where.strip()).is_relative_to(folder)
    assert all(expected in said for (expected, *_), said in zip(WORK, answers, strict=True))


@pytest.mark.exhaustive
def test_the_wheel_does_its_work(wheel: Path, top: Path, tmp_path: Path) -> None:
    """Installed from the wheel alone, with what it needs, rasim plays a scenario, audits and checks."""
    holds(sys.executable, wheel, top, tmp_path / "here")


@pytest.mark.exhaustive
def test_the_wheel_does_its_work_on_other_pythons(
    other_pythons: tuple[str, ...], wheel: Path, top: Path, tmp_path: Path
) -> None:
    """So it does on the other Pythons of this machine."""
    for python in other_pythons:
        holds(python, wheel, top, tmp_path / Path(python).parents[1].name)
