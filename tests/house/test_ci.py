"""The rules of tests/conftest.py: a skip is a failure where CI is set, and what is long, or tries products, is left to another run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = """
import pytest

def test_call():
    pytest.skip("no spin here")

@pytest.mark.skip(reason="no browser here")
def test_mark(): ...

@pytest.mark.xfail(strict=True)
def test_known(): raise ValueError

def test_real(corpus): ...
"""
SKIPPED_FILE = 'import pytest\npytest.importorskip("no_such_module")\n'


LONG_AND_SHORT = """
import pytest

@pytest.mark.parametrize("a", [1, pytest.param(2, marks=pytest.mark.exhaustive)])
def test_either(a): ...

@pytest.mark.exhaustive
def test_long(): ...
"""


def outcome(folder: Path, top: Path, **variables: str) -> tuple[int, str]:
    """Run the files above under the conftest.py of the tests, and return the exit code and what was said."""
    (folder / "test_skips.py").write_text(SKIPS, "utf-8")
    (folder / "test_file.py").write_text(SKIPPED_FILE, "utf-8")
    return run(folder, top, **variables)


def run(folder: Path, top: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    """Run the files of a folder under the conftest.py of the tests, and return the exit code and what was said."""
    (folder / "conftest.py").write_bytes((top / "tests" / "conftest.py").read_bytes())
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "RASIM_CORPUS"}}
    done = subprocess.run(  # noqa: S603  (our own Python)
        [
            sys.executable,
            "-m",
            "pytest",
            "-rs",
            "-p",
            "no:cacheprovider",
            "--continue-on-collection-errors",
            *arguments,
            folder,
        ],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def test_a_skip_is_told(top: Path, tmp_path: Path) -> None:
    """Without CI a skip passes with its reason, and the tests of real files are left out with a sentence."""
    code, said = outcome(tmp_path, top)

    assert 0 == code
    assert "3 skipped, 1 deselected, 1 xfailed" in said
    assert "NOT RUN tests of real policy files" in said


@pytest.mark.parametrize("ci", ["1", "true"])
def test_a_skip_fails_in_ci(top: Path, tmp_path: Path, ci: str) -> None:
    """With CI every kind of skip fails with its reason, an expected failure does not, nor what is left out."""
    code, said = outcome(tmp_path, top, CI=ci)

    assert 1 == code
    assert "1 failed, 1 deselected, 1 xfailed, 2 errors" in said
    assert all(
        f"a skip is a failure where CI is set: {why}" in said for why in ("Skipped: no spin", "Skipped: no browser")
    )
    assert "could not import 'no_such_module'" in said


def test_a_corpus_that_is_not_there_fails(top: Path, tmp_path: Path) -> None:
    """A folder of real policy files that was named and is not there fails the tests that read it."""
    code, said = outcome(tmp_path, top, RASIM_CORPUS="nowhere")

    assert 1 == code
    assert "RASIM_CORPUS names no folder: 'nowhere'" in said


@pytest.mark.parametrize("processes", ["0", "1"])
def test_what_is_long_is_left_out_and_counted(top: Path, tmp_path: Path, processes: str) -> None:
    """The routine leaves out what is marked exhaustive and real products, and says what runs them, with processes beside it too."""
    (tmp_path / "test_two.py").write_text(LONG_AND_SHORT, "utf-8")
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "test_real.py").write_text("import no_such_module", "utf-8")

    code, said = run(tmp_path, top, "-n", processes)

    assert 0 == code
    assert "1 passed" in said
    assert "NOT RUN 2 tests that take minutes: bash tests/run --exhaustive runs them" in said
    assert "NOT RUN tests of real products: bash tests/run --products runs them" in said


@pytest.mark.parametrize("asked", [("--exhaustive",), ("-m", "exhaustive")])
def test_the_exhaustive_run_runs_what_is_long_alone(top: Path, tmp_path: Path, asked: tuple[str, ...]) -> None:
    """Either way of asking runs what is marked exhaustive, and not the routine again."""
    (tmp_path / "test_two.py").write_text(LONG_AND_SHORT, "utf-8")

    code, said = run(tmp_path, top, *asked)

    assert 0 == code
    assert "2 passed, 1 deselected" in said
    assert "that take minutes" not in said


def test_products_are_a_run_of_their_own(top: Path, tmp_path: Path) -> None:
    """What lies in a folder `products` is read when it is asked for, and then alone."""
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "test_real.py").write_text("def test_it(): ...", "utf-8")
    (tmp_path / "test_two.py").write_text(LONG_AND_SHORT, "utf-8")

    code, said = run(tmp_path, top, "--products")

    assert 0 == code
    assert "1 passed in" in said


def test_what_others_leave_out_is_decided_before(pytestconfig: pytest.Config, top: Path) -> None:
    """What is left out and counted is decided after -k and -m chose, and after Hypothesis marked what it draws for: last of all."""
    called = list(reversed(pytestconfig.hook.pytest_collection_modifyitems.get_hookimpls()))
    [ours] = [at for at, each in enumerate(called) if each.plugin_name == str(top / "tests" / "conftest.py")]
    others = [at for at, each in enumerate(called) if each.plugin_name in {"mark", "hypothesispytest"}]

    assert (True, 2) == (called[ours].trylast, len(others))
    assert max(others) < ours
