"""What the repository offers to others: hooks, an action, a container file; each tried as far as a machine without their services can."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import shown
import yaml

BASH = shutil.which("bash")
VIEW = 'FullControl"=dword:00000000'
CONTROL = 'FullControl"=dword:00000001'


def loosen(repository: Path) -> None:
    """Let helpers control, and commit that."""
    policy = repository / "policies" / "helpdesk.reg"
    policy.write_text(policy.read_text("utf-8").replace(VIEW, CONTROL), "utf-8")
    shown.git(repository, "commit", "--all", "--message", "control")


@pytest.mark.parametrize(("hook", "codes"), [("rasim-run", (0, 1)), ("rasim-audit", (0, 0)), ("rasim-diff", (0, 1))])
def test_a_hook_passes_and_fails(top: Path, repository: Path, hook: str, codes: tuple[int, int]) -> None:
    """Called as pre-commit would, a hook passes in a new repository, and what watches a policy fails where it permits more."""
    hooks = {each["id"]: each for each in yaml.safe_load((top / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    made = hooks[hook]
    files = ["policies/helpdesk.reg"] if made.get("pass_filenames", True) else []
    command = f"{made['entry']} {shlex.join([*made.get('args', []), *files])}"
    before = shown.run(command, repository)[0]
    loosen(repository)

    assert codes == (before, shown.run(command, repository)[0])


def action(top: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((top / ".github" / "actions" / "rasim" / "action.yml").read_text("utf-8"))
    return read


def stepped(top: Path, repository: Path, name: str, **inputs: str) -> tuple[int, str, str]:
    """Run a step of the action as GitHub would; return its exit code, what it says, and the summary."""
    read = action(top)
    given = {key: each.get("default", "") for key, each in read["inputs"].items()} | {
        key.replace("_", "-"): value for key, value in inputs.items()
    }
    step = next(each for each in read["runs"]["steps"] if each["name"] == name)
    runner = repository.parent / "runner"
    (runner / "rasim" / "bin").mkdir(parents=True, exist_ok=True)
    installed = runner / "rasim" / "bin" / "rasim"
    if not installed.exists():
        installed.symlink_to(Path(sys.executable).parent / "rasim")
    summary = repository.parent / "summary.md"
    summary.touch()
    variables = {
        key: given[value.removeprefix("${{ inputs.").removesuffix(" }}")] for key, value in step["env"].items()
    }
    places = {"RUNNER_TEMP": str(runner), "GITHUB_STEP_SUMMARY": str(summary)}
    done = subprocess.run(  # noqa: S603
        [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # the shell that GitHub documents
        cwd=repository,
        env={**os.environ, **variables, **places},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, summary.read_text("utf-8")


@pytest.mark.skipif(BASH is None, reason="no bash here")
def test_the_action_audits(top: Path, repository: Path) -> None:
    """The step of the audit writes SARIF and a summary, and fails with the code of the audit."""
    code, said, summary = stepped(top, repository, "Audit", files="policies\n\n")
    missing, _, _ = stepped(top, repository, "Audit", files="no such $(touch pwned)")

    assert (0, 2) == (code, missing), said
    assert (repository / "rasim.sarif").is_file()
    assert "helpdesk.reg" in summary
    assert not (repository / "pwned").exists()


@pytest.mark.exhaustive
@pytest.mark.skipif(BASH is None, reason="no bash here")
def test_the_action_compares(top: Path, repository: Path) -> None:
    """The step of the comparison fails where more becomes possible than on the branch that the change goes to."""
    asked = {"policy": "policies/helpdesk.reg", "base": "main"}
    same, _, _ = stepped(top, repository, "Compare", **asked)
    loosen(repository)
    looser, said, summary = stepped(top, repository, "Compare", **asked)
    nowhere, _, _ = stepped(top, repository, "Compare", **asked | {"base": "no-such-branch"})
    new, told, _ = stepped(top, repository, "Compare", **asked | {"policy": "policies/new.reg"})

    assert (0, 1, 0) == (same, looser, new), said
    assert nowhere not in (0, 1)
    assert "control for" in summary
    assert "there is no policies/new.reg on main yet" in told


def test_what_is_given_to_the_action_is_never_a_command(top: Path) -> None:
    """No script of the action holds an expression: what a person writes into an input reaches it as a variable."""
    assert [] == [step["name"] for step in action(top)["runs"]["steps"] if "${{" in step["run"]]


def instructions(top: Path) -> list[tuple[str, str]]:
    text = (top / "docs" / "examples" / "container" / "Containerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_runs_as_nobody(top: Path) -> None:
    """The container file copies what is there, runs as an account that owns nothing, and begins with rasim."""
    said = instructions(top)
    copied = [each for word, rest in said if word == "COPY" and "--from" not in rest for each in rest.split()[:-1]]

    assert [] == [each for each in copied if not (top / each).exists()]
    assert [("USER", "65534:65534")] == [each for each in said if each[0] == "USER"]
    assert ("ENTRYPOINT", '["rasim"]') in said
    assert ["RUN", "RUN"] == [word for word, _ in said if word == "RUN"]


@pytest.mark.exhaustive
def test_what_the_container_runs_installs_rasim(top: Path, tmp_path: Path) -> None:
    """From the files that it copies, and those alone, its commands install a rasim that answers; the second needs no network."""
    source, venv = tmp_path / "src", tmp_path / "venv"
    source.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)  # noqa: S603
    said = instructions(top)
    for word, rest in said:
        if word == "COPY" and "--from" not in rest:
            *names, into = rest.split()
            for name in names:
                target = source / name if into == "./" else source / into
                target.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (top / name).is_dir() else shutil.copy
                copy(top / name, target)  # type: ignore[operator]
    pip = "python -m pip"
    # One pip for both: to make another in the environment takes longer than all the rest.
    into_venv = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    for rest in (rest for word, rest in said if word == "RUN"):
        assert rest.startswith(pip)
        command = rest.removeprefix(pip).replace("/wheels", str(tmp_path / "wheels")).split()
        environment = {**os.environ, "PIP_NO_COMPILE": "1"}
        subprocess.run([*into_venv, *command], cwd=source, env=environment, check=True, capture_output=True)  # noqa: S603
    answer = [venv / "bin" / "rasim", "--version"]
    done = subprocess.run(answer, cwd=tmp_path, check=True, capture_output=True, text=True)  # noqa: S603

    assert done.stdout.startswith("rasim ")
