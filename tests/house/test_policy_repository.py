"""What `rasim new --repo` makes, as a repository: what a change of its policy has to pass, as ci.sh asks it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import shown

VIEW = 'FullControl"=dword:00000000'
CONTROL = 'FullControl"=dword:00000001'

RECORDS = """#!/usr/bin/env bash
echo "asked: $(basename "$0") $*"
"""

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="no bash here")


def ci(folder: Path, *words: str, tools: Path = Path(sys.executable).parent, **variables: str) -> tuple[int, str]:
    """Run ci.sh with the tools in a folder; return its exit code and all it says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTEST_", "COV_"))}
    path = os.pathsep.join((str(tools), os.environ["PATH"]))
    done = subprocess.run(  # noqa: S603  (our own script)
        [str(BASH), "ci.sh", *words],
        cwd=folder,
        env=kept | {"PATH": path, "PYTHONUTF8": "1"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def change(folder: Path, *names: str, old: str = VIEW, new: str = CONTROL) -> None:
    """Change policy files and commit that."""
    for name in names:
        path = folder / "policies" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    shown.git(folder, "commit", "--all", "--message", "a change")


@pytest.fixture
def recorders(tmp_path: Path) -> Path:
    """Return a folder with a rasim and a pytest that only say how they were called."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("rasim", "pytest"):
        (folder / name).write_text(RECORDS, "utf-8", newline="\n")
        (folder / name).chmod(0o755)
    return folder


def asked(said: str) -> list[str]:
    return [line.removeprefix("asked: ") for line in said.splitlines() if line.startswith("asked: ")]


DIFF = "rasim diff base.reg policies/helpdesk.reg --groups groups.yaml --report markdown=change.md"
OTHERS = [
    "rasim audit policies --groups groups.yaml --report markdown=audit.md",
    "rasim run scenarios",
    "pytest tests",
]


def test_a_change_is_compared_with_where_it_began(repository: Path, recorders: Path) -> None:
    """Each step is asked, and the policy is compared with that of the commit where the branch left main."""
    shown.git(repository, "checkout", "main")
    change(repository, "helpdesk.reg", old="Helpdesk", new="Somebody")
    shown.git(repository, "checkout", "change")
    change(repository, "helpdesk.reg")
    code, said = ci(repository, "main", tools=recorders)

    assert (0, [*OTHERS, f"{DIFF} --expect stricter"]) == (code, asked(said))
    assert VIEW in (repository / "base.reg").read_text("utf-8")
    assert "Helpdesk" in (repository / "base.reg").read_text("utf-8")


def test_what_is_approved_is_shown_and_does_not_fail(repository: Path, recorders: Path) -> None:
    """With the baseline changed too the comparison is shown, and expects nothing."""
    change(repository, "helpdesk.reg", "baseline.reg")
    code, said = ci(repository, "main", tools=recorders)

    assert (0, [*OTHERS, DIFF]) == (code, asked(said))
    assert "policies/baseline.reg is changed" in said


def test_a_first_policy_has_nothing_to_be_compared_with(repository: Path, recorders: Path) -> None:
    """Where the branch that the change goes to has no policy, that is said, and the other steps decide."""
    shown.git(repository, "mv", "policies/helpdesk.reg", "policies/other.reg")
    shown.git(repository, "commit", "--message", "no policy")
    shown.git(repository, "checkout", "-b", "again")
    shown.git(repository, "mv", "policies/other.reg", "policies/helpdesk.reg")
    shown.git(repository, "commit", "--message", "a policy")
    code, said = ci(repository, "change", tools=recorders)

    assert (0, OTHERS) == (code, asked(said))
    assert "there is no policy on change yet" in said


def test_a_branch_that_is_not_there_fails(repository: Path, recorders: Path) -> None:
    """Where there is nothing to compare with by mistake, the comparison fails and says which branch was meant."""
    code, said = ci(repository, tools=recorders)

    assert (1, OTHERS) == (code, asked(said))
    assert "nothing in common with origin/main" in said
    assert "FAILED (exit code 2): compare" in said


def test_the_summary_has_both_reports(repository: Path, recorders: Path) -> None:
    """Where GitHub asks for a summary the reports of the audit and of the comparison are put behind what is there."""
    writes = 'for each; do case $each in markdown=*) echo "report of $1" >"${each#markdown=}" ;; esac; done\n'
    (recorders / "rasim").write_text(RECORDS + writes, "utf-8", newline="\n")
    summary = repository.parent / "summary.md"
    summary.write_text("before\n", "utf-8")

    assert 0 == ci(repository, "main", tools=recorders, GITHUB_STEP_SUMMARY=str(summary))[0]
    assert "before\nreport of audit\nreport of diff\n" == summary.read_text("utf-8")


def test_a_repository_passes_as_it_is_made(repository: Path) -> None:
    """As it is made a repository passes, and git is left with nothing to add."""
    code, said = ci(repository, "main")
    left = subprocess.run(
        ["git", "status", "--porcelain"],  # noqa: S607  (git is where the system has it)
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
    )

    assert 0 == code, said
    assert "FAILED" not in said
    assert "" == left.stdout


def test_control_for_helpers_does_not_pass(repository: Path) -> None:
    """A policy that lets helpers control fails scenarios, tests and comparison, and what becomes possible is said."""
    change(repository, "helpdesk.reg")
    code, said = ci(repository, "main")

    assert 1 == code
    for failed in ("rasim run scenarios", "pytest tests", "compare"):
        assert f"FAILED (exit code 1): {failed}" in said
    assert "test_helpers_only_view" in said
    assert "test_nothing_is_possible_that_was_not_approved" in said
    # The comparison says it, and so does the test of the baseline (where CI is set in its summary too).
    assert 2 <= said.count("control for CORP\\anna, CORP\\dora\n")
    assert "anna" in (repository / "change.md").read_text("utf-8")
