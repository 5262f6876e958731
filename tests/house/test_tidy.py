"""Habits of the house that no tool of `tests/run` looks after.

That every module opens with a docstring is one of ruff's rules, and the layers are import-linter's.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

POSIX_ONLY = {"crypt", "fcntl", "grp", "nis", "posix", "pty", "pwd", "resource", "spwd", "syslog", "termios", "tty"}

# After a letter it would be a path inside something, such as docs/tmp/.
MACHINES_PATH = re.compile(rb"(?<![\w.])/(?:work|tmp|root|home)/")
SENTENCE_ENDS_INSIDE = re.compile(r"[.!?]\s+[A-Z]")

MODULE = re.compile(r"`(?:[a-z_]+/)*([a-z][a-z_]*\.py)`")

# Names that put a test on the simulated clock, where sleeping costs nothing.
SIMULATED = re.compile(r"\b(?:simulate|simulated_loop|SimulatedLoop)\b|\bclock = \"simulated\"")


def flaw_of_docstring(docstring: str | None) -> str | None:
    """Say what is wrong with a test's docstring, if anything is."""
    if not docstring:
        return "no docstring"
    if "\n" in docstring or SENTENCE_ENDS_INSIDE.search(docstring):
        return "more than one sentence"
    return None if docstring.endswith(".") else "no full stop"


def each_test(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def imported(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Yield line, name as used here, and full name of everything a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.asname or alias.name, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name, f"{node.module}.{alias.name}"


def sleeps(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every call of a sleep; a sleep of 0 only lets others run and is none."""
    names = {here: full for _, here, full in imported(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            module, _, name = ast.unparse(node.func).rpartition(".")
            full = f"{names.get(module, module)}.{name}" if module else names.get(name, name)
            nothing = [ast.unparse(argument) for argument in node.args] in (["0"], ["0.0"])
            if full in {"time.sleep", "asyncio.sleep"} and not nothing:
                yield node.lineno, full


def on_simulated_clock(path: Path, tests: Path) -> bool:
    """Tell whether the test file, or the conftest.py of its folder, names the simulated clock.

    That of `tests` itself does not count: it is everybody's.
    """
    beside = [path.parent / "conftest.py"] if path.parent != tests else []
    return any(SIMULATED.search(each.read_text("utf-8")) for each in (path, *beside) if each.is_file())


def python_files(folder: Path, files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".py" and path.is_relative_to(folder)]


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), str(path))


def test_every_test_states_one_fact(top: Path, house_files: list[Path]) -> None:
    """The docstring of every test is one sentence on one line."""
    found = [
        f"{path.relative_to(top)}:{test.lineno}: {test.name}: {flaw}"
        for path in python_files(top / "tests", house_files)
        for test in each_test(parse(path))
        if (flaw := flaw_of_docstring(ast.get_docstring(test)))
    ]

    assert [] == found, "\n".join(found)


@pytest.mark.parametrize(
    ("docstring", "flaw"),
    [
        (None, "no docstring"),
        ("", "no docstring"),
        ("It holds", "no full stop"),
        ("It holds. It also flies.", "more than one sentence"),
        ("It holds.\n\nAnd flies.", "more than one sentence"),
        ("A .reg of version 5.00 holds (R27).", None),
    ],
)
def test_flaws_of_docstrings_are_seen(docstring: str | None, flaw: str | None) -> None:
    """A missing docstring, a second sentence and a missing full stop are told apart."""
    assert flaw == flaw_of_docstring(docstring)


def test_no_path_of_one_machine(top: Path, house_files: list[Path]) -> None:
    """No file of the repository names a path that exists on somebody's machine only."""
    found = [
        f"{path.relative_to(top)}:{number}"
        for path in house_files
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if MACHINES_PATH.search(line)
    ]

    assert [] == found, "\n".join(found)


def test_rasim_runs_on_windows_too(top: Path, house_files: list[Path]) -> None:
    """No module of rasim imports what only POSIX systems have."""
    found = [
        f"{path.relative_to(top)}:{line}: {full}"
        for path in python_files(top / "rasim", house_files)
        for line, _, full in imported(parse(path))
        if full.partition(".")[0] in POSIX_ONLY
    ]

    assert [] == found, "\n".join(found)


def test_no_test_sleeps(top: Path, house_files: list[Path]) -> None:
    """No test waits in real time but for what real products show: `time.sleep` is refused, `asyncio.sleep` is for the simulated clock."""
    tests = top / "tests"
    found = [
        f"{path.relative_to(top)}:{line}: {full}"
        for path in python_files(tests, house_files)
        if not path.is_relative_to(tests / "bench") and path != tests / "products" / "stage.py"
        for line, full in sleeps(parse(path))
        if full == "time.sleep" or not on_simulated_clock(path, tests)
    ]

    assert [] == found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time\ntime.sleep(1)", [(2, "time.sleep")]),
        ("from time import sleep as nap\nnap(seconds)", [(2, "time.sleep")]),
        ("import asyncio as aio\naio.sleep(0.1)", [(2, "asyncio.sleep")]),
        ("import asyncio\nasyncio.sleep(0)", []),
        ("def sleep(x): ...\nsleep(1)", []),
    ],
)
def test_sleeps_are_seen(source: str, found: list[tuple[int, str]]) -> None:
    """A sleep is seen under whatever name it was imported."""
    assert found == list(sleeps(ast.parse(source)))


def test_a_module_that_is_named_is_there(top: Path) -> None:
    """Every module that a page, a docstring or a comment calls by its file's name has that name, or is one that its reader saves."""
    there = {path.name for folder in ("rasim", "docs", "tests") for path in (top / folder).rglob("*.py")}
    pages = [*(top / "rasim").rglob("*.py"), *(top / "docs").rglob("*.py"), *(top / "docs").rglob("*.md")]
    called = [
        (str(page.relative_to(top)), name)
        for page in pages
        if page.name != "changelog.md"  # it tells what was so
        for text in (page.read_text(encoding="utf-8"),)
        for name in MODULE.findall(text)
        if f"Save this as `{name}`" not in text
    ]

    assert called
    assert [] == [(page, name) for page, name in called if name not in there]
