"""What an answer needs and is not installed is said before any work is done: exit code 2, one sentence."""

import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import rasim.cli.conform
import rasim.cli.run
from rasim.cli.check import check
from rasim.cli.identities import identities
from rasim.cli.judge import judge
from rasim.cli.learn import learn
from rasim.cli.run import run
from rasim.engines import plan
from rasim.errors import Exit, UsageError

SQLITE = b"SQLite format 3\0"


def no_work(*_: Any, **__: Any) -> Any:
    """Stand in for the work, which must not have begun."""
    raise AssertionError("the work was begun")


def refused(what: click.Command, *arguments: str) -> str:
    """Return the sentence of a command that is refused as an error of usage."""
    result = CliRunner().invoke(what, arguments)
    assert isinstance(result.exception, UsageError), result.exception
    assert Exit.USAGE is result.exception.exit_code
    return str(result.exception)


@pytest.mark.parametrize(
    ("option", "module", "extra"),
    [
        (("--prove",), "z3", "the extra `smt`"),
        (("--experts", "2", "--sessions", "3", "--engine", "numba"), "rasim.engines.compiled", "the extra `jit`"),
        (("--spin",), "", "Spin (the package spin"),
    ],
)
def test_a_second_opinion_is_missed_before_anything_is_explored(
    monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...], module: str, extra: str
) -> None:
    """Without z3, numba or Spin no model is made, and none explored."""
    pytest.importorskip("numpy", reason="numba needs numpy")
    import rasim.engines

    for work in ("_models", "check", "_large"):
        monkeypatch.setattr(plan, work, no_work)
    if module:
        monkeypatch.setitem(sys.modules, module, None)
        monkeypatch.delattr(rasim.engines, "compiled", raising=False)
    else:
        monkeypatch.setattr(shutil, "which", lambda _: None)

    assert extra in refused(check, *option)


def test_a_compiler_is_missed_as_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Spin is there and no C compiler, that is said as early."""
    monkeypatch.setattr(plan, "_models", no_work)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/spin" if name == "spin" else None)

    assert "a C compiler is not installed" in refused(check, "--spin")


def test_learning_is_refused_before_the_product_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without AALpy the adapter's module is not imported."""
    monkeypatch.setitem(sys.modules, "aalpy", None)
    monkeypatch.setattr(rasim.cli.conform, "adapter_of", no_work)

    assert "the extra `learn`" in refused(learn, "no_such_module:Adapter")


def test_no_scenario_is_looked_for_without_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without cryptography nothing is collected that would be played over sockets."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    monkeypatch.setattr(rasim.cli.run, "collect", no_work)

    assert "the extra `tcp`" in refused(run, str(tmp_path), "--transport", "tcp")


def test_no_folder_of_identities_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without cryptography no folder is made."""
    monkeypatch.setitem(sys.modules, "cryptography", None)

    assert "the extra `tcp`" in refused(identities, str(tmp_path / "keys"))
    assert not (tmp_path / "keys").exists()


def test_a_record_without_sqlite_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Python that was built without SQLite says so of a record, and judges the rest."""
    for module in [name for name in sys.modules if name.startswith("rasim.runtime.wire")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, sqlite3.__name__, None)
    (tmp_path / "record.sqlite").write_bytes(SQLITE)
    result = CliRunner().invoke(judge, [str(tmp_path)])

    assert (2, True) == (result.exit_code, "which this Python cannot read" in result.stderr)


def test_every_place_is_among_those_that_were_looked_at() -> None:
    """A new place that says an extra is missing has its own test here, or says why it needs none."""
    sources = {
        str(path.relative_to(Path(plan.__file__).parents[1])): path.read_text("utf-8").count('lacks("')
        for path in Path(plan.__file__).parents[1].rglob("*.py")
    }  # fmt: skip

    assert {
        "engines/provers/proof.py": 1,
        "engines/state_space.py": 1,
        "engines/vectors.py": 1,  # imported to make a larger model's tables, before anything is explored
        "runtime/wire/identity.py": 1,
        "terminals/shell.py": 1,  # the program does not start
        "testing/__init__.py": 1,  # imported by the test that needs it
        "testing/learn.py": 1,
    } == {path: count for path, count in sources.items() if count}
