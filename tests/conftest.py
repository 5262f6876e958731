"""What all tests share: which run makes a test, where the real policy files are, and what a test that does not run means."""

import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

import hypothesis
import pytest

# A slow machine breaks no test: what a test limits is work, and never time.
UNHURRIED: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("routine", max_examples=25, **UNHURRIED)
hypothesis.settings.register_profile("exhaustive", max_examples=100, **UNHURRIED)

CORPUS = os.environ.get("RASIM_CORPUS")
SYSTEM_PYTHON = "/usr/bin/python3"
CI = os.environ.get("CI", "").lower() in {"1", "true"}
for _forces in ("FORCE_COLOR", "CLICOLOR_FORCE"):
    os.environ.pop(_forces, None)  # who wants colours of pytest wants none in the answers that are compared


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real policy files, which the variable RASIM_CORPUS names; none is in the repository."""
    folder = Path(CORPUS or "").resolve()
    if not CORPUS or not folder.is_dir():
        pytest.fail(f"RASIM_CORPUS names no folder: {CORPUS!r}")
    return folder


EXPLORED: dict[Any, Any] = {}


@pytest.fixture
def explored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `check` explore each whole model once in this process, for all tests that take this fixture.

    What they ask is what comes after an exploration. One of them that is bounded is explored as it is asked for.
    """
    from rasim.verify import explore
    from rasim.verify.check import check

    def remembered(
        model: Any, kept: Any, sometimes: Any, *, enough: Any = None, progress: Any = None, digest: bool
    ) -> Any:
        if enough is not None:
            return explore(model, kept, sometimes, enough=enough, progress=progress, digest=digest)
        key = (model, tuple(each.name for each in kept), tuple(each.name for each in sometimes))
        if key not in EXPLORED:
            EXPLORED[key] = explore(model, kept, sometimes)
        return EXPLORED[key]

    monkeypatch.setattr(sys.modules[check.__module__], "explore", remembered)
    monkeypatch.setattr("rasim.engines.plan.forks", lambda: False)


@cache
def samba_is_there() -> bool:
    """Tell whether the system's Python has Samba's reader of Registry.pol (Debian: python3-samba)."""
    try:
        tried = subprocess.run([SYSTEM_PYTHON, "-c", "import samba.dcerpc.preg"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return False
    return tried.returncode == 0


@pytest.fixture(scope="session")
def samba() -> str:
    """Return the Python that has Samba's reader; tests that need it are left out where there is none."""
    return SYSTEM_PYTHON


OTHERS = ("3.12", "3.13", "3.14")
NAMED = OTHERS[:2]  # by the classifiers of pyproject.toml: what is named and not tried is said


@cache
def pythons_there() -> dict[str, str]:
    """Return the other interpreters of this machine that rasim runs on, by version: by their names, or where pyenv keeps them."""
    kept = (Path.home() / ".pyenv" / "versions").glob("*/bin/python")
    found = {path.parents[1].name.rpartition(".")[0]: str(path) for path in sorted(kept)}
    named = {version: found.get(version) or which(f"python{version}") for version in OTHERS}
    return {version: path for version, path in named.items() if path is not None and _runs(path)}


def _runs(python: str) -> bool:
    """Tell whether an interpreter starts: one of pyenv's names may stand for none."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0  # noqa: S603


@pytest.fixture(scope="session")
def other_pythons() -> tuple[str, ...]:
    """Return other interpreters; tests that need one are left out where there is none."""
    return tuple(pythons_there().values())


TOOLS = ("mandoc", "zsh", "fish")


@pytest.fixture(scope="session")
def mandoc() -> str:
    """Return the checker of manual pages; tests that need it are left out where there is none."""
    return which("mandoc") or ""


@pytest.fixture(scope="session")
def zsh() -> str:
    """Return that shell; tests that need it are left out where there is none."""
    return which("zsh") or ""


@pytest.fixture(scope="session")
def fish() -> str:
    """Return that shell; tests that need it are left out where there is none."""
    return which("fish") or ""


def _lacks(fixtures: Sequence[str]) -> bool:
    """Tell whether a test needs what this machine does not have."""
    if "other_pythons" in fixtures and not pythons_there():
        return True
    if any(tool in fixtures and which(tool) is None for tool in TOOLS):
        return True
    return ("corpus" in fixtures and not CORPUS) or ("samba" in fixtures and not samba_is_there())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that choose another run than the routine."""
    parser.addoption("--exhaustive", action="store_true", help="run the tests that take minutes, and only those")
    parser.addoption("--products", action="store_true", help="run the tests of real products, and only those")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read the files of the run that was asked for: what tests of products import comes with a group that the others do without."""
    of_products = collection_path.parent.name == "products"
    return True if collection_path.suffix == ".py" and of_products != config.option.products else None


def pytest_configure(config: pytest.Config) -> None:
    """Choose how much Hypothesis draws, before any test is read: a test takes the number that stands when it is read."""
    hypothesis.settings.load_profile("exhaustive" if config.option.exhaustive else "routine")


def _of_the_other_run(item: pytest.Item, config: pytest.Config) -> bool:
    """Tell whether a test belongs to the run that was not asked for; whoever gives -m a word about them chooses alone.

    What Hypothesis draws for belongs to both: few values in the routine, many in the other.
    """
    if "exhaustive" in config.option.markexpr:
        return False
    if config.option.exhaustive and item.get_closest_marker("hypothesis") is not None:
        return False
    return (item.get_closest_marker("exhaustive") is not None) != config.option.exhaustive


@pytest.hookimpl(trylast=True)  # Hypothesis marks its tests in this hook too, and what it marks runs in both
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of the other run, and those of real policy files where nobody said where such files are.

    They are left out and not skipped: a checkout without them is complete, and has to pass also where a skip fails.
    A folder that was named and is not there is a failure like any other.
    """
    other = {item for item in items if _of_the_other_run(item, config)}
    left_out = [item for item in items if item in other or _lacks(getattr(item, "fixturenames", ()))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    _count(config, 0 if config.option.exhaustive else len(other))


LONG = pytest.StashKey[int]()


def _count(config: pytest.Config, long: int) -> None:
    """Remember how many long tests were left out: a process of xdist tells the one that writes the summary."""
    config.stash[LONG] = long
    if hasattr(config, "workeroutput"):
        config.workeroutput["long"] = long


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process of xdist counted; each of them collects all."""
    node.config.stash[LONG] = node.workeroutput.get("long", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say last what was left out and how far attacks came, so that green is not taken for more than it is."""
    passed = terminalreporter.stats.get("passed", [])
    reached = [str(said) for report in passed for name, said in report.user_properties if name == "reach"]
    if reached:
        terminalreporter.section("how far the attacks came (no proof)")
        for said in reached:
            terminalreporter.write_line(f"REACH {said}")
    long = terminalreporter.config.stash.get(LONG, 0)
    if long:
        terminalreporter.section("left out")
        terminalreporter.write_line(f"NOT RUN {long:,} tests that take minutes: bash tests/run --exhaustive runs them")
    if not terminalreporter.config.option.products:
        terminalreporter.section("left out")
        terminalreporter.write_line("NOT RUN tests of real products: bash tests/run --products runs them")
    if not CORPUS:
        terminalreporter.section("left out")
        terminalreporter.write_line("NOT RUN tests of real policy files: RASIM_CORPUS names no folder with such files")
    if untried := [version for version in NAMED if version not in pythons_there()]:
        terminalreporter.section("left out")
        terminalreporter.write_line("NOT RUN tapes and the wheel on Pythons that are not here: " + ", ".join(untried))
    if lacking := [tool for tool in TOOLS if which(tool) is None]:
        terminalreporter.section("left out")
        terminalreporter.write_line("NOT RUN the manual page, or completion in shells: no " + ", ".join(lacking))
    if not samba_is_there():
        terminalreporter.section("left out")
        terminalreporter.write_line("NOT RUN Samba's reading of Registry.pol: the system's Python has no python3-samba")


def _no_skip_in_ci(report: Any) -> Any:
    """Fail what was skipped, if CI is set: a machine that only reports green must have tested what it reports."""
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a skip is a failure where CI is set: {reason}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Watch a test that skips, by mark or by call."""
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Watch a whole file that skips, by `pytest.importorskip` for instance."""
    return _no_skip_in_ci((yield))
