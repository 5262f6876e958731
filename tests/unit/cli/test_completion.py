"""What a Tab offers, asked as the shells' own scripts ask."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim

BIN = str(Path(sys.executable).parent)
SLOW = {"asyncio", "hypothesis", "pytest", "rasim.policy", "rasim.protocol", "yaml"}


def asked(shell: str, words: list[str], at: int) -> subprocess.CompletedProcess[str]:
    """Ask rasim as a script does, and see what it imports for the answer."""
    typed = "\n".join(words) if shell == "bash" else " ".join(words)
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rasim"],
        env={"_RASIM_COMPLETE": f"{shell}_complete", "COMP_WORDS": typed, "COMP_CWORD": str(at), "PATH": BIN},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["rasim", "au"], "plain,audit"),
        (["rasim", "audit", "--fail-on", "m"], "plain,medium"),
        (["rasim", "audit", "--report", "junit=a.xml,s"], "plain,a.xml,sarif="),
        (["rasim", "audit", ""], "file,"),
    ],
)
def test_what_is_typed_is_gone_on_with(words: list[str], offered: str) -> None:
    """Commands, words of an option, kinds of reports and files are offered, and nothing heavy is imported for it."""
    said = asked("bash", words, len(words) - 1)
    loaded = {line.rpartition("|")[2].strip() for line in said.stderr.splitlines()}

    assert offered == said.stdout.strip()
    assert set() == SLOW & loaded


def test_powershell_gets_a_name_with_blanks_in_quotes() -> None:
    """What PowerShell inserts is one word, and each answer has the three lines that its script reads."""
    said = asked("powershell", ["rasim", "check", "--profile", "silence"], 3).stdout.splitlines()

    assert ["plain", "'silence accepts'", "_"] == said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_has_a_script(shell: str) -> None:
    """The script of each shell calls rasim by the variable that it answers to."""
    done = CliRunner().invoke(rasim, ["completion", shell])

    assert 0 == done.exit_code
    assert "_RASIM_COMPLETE" in done.stdout


@pytest.mark.exhaustive
def test_whatever_can_be_looked_up_is_offered() -> None:
    """Behind `rasim show` the names of findings, promises and all others are offered."""
    offered = asked("bash", ["rasim", "show", "never_con"], 2).stdout.split()

    assert "plain,never_connected_unannounced" in offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "replies"),
    [
        (("check", "--profile", r"silence\ "), [r"silence\ accepts"]),
        (("check", "--choice", r"hidden\ question", "=", "w"), ["waits"]),
        (("explain", "--os", "windows-1"), ["windows-10", "windows-11"]),
    ],
)
def test_bash_is_given_one_word(words: tuple[str, ...], replies: list[str]) -> None:
    """In a real bash a name with blanks comes quoted, and after a `=` only what follows it."""
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        f'PATH="{BIN}:$PATH"; eval "$(rasim completion bash)"; COMP_WORDS=(rasim {quoted}); COMP_CWORD={len(words)}; '
        "_rasim_completion rasim; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603, S607

    assert replies == done.stdout.splitlines()


TYPED = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$(rasim completion zsh)"; echo RE""ADY'
zpty -r -m shell out '*READY*'
zpty -w -n shell $'rasim check --profile silence\t; echo EN""D\n'
zpty -r -m shell out '*END*'
print -r -- "$out"
"""


@pytest.mark.exhaustive
def test_zsh_is_given_one_word(zsh: str) -> None:
    """In a real zsh that somebody types into, a Tab completes a name with blanks and quotes it."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "TERM": "xterm"}
    done = subprocess.run([zsh, "-f", "-c", TYPED], env=environment, capture_output=True, text=True, check=True)  # noqa: S603

    assert r"silence\ accepts" in done.stdout


@pytest.mark.exhaustive
def test_fish_is_given_one_word(fish: str) -> None:
    """A real fish offers commands with their sentences, and a name with blanks as one."""
    script = """
        rasim completion fish | source
        complete --do-complete "rasim aud"; complete --do-complete "rasim check --profile silence"
    """
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([fish, "-N", "-c", script], env=environment, capture_output=True, text=True, check=True)  # noqa: S603

    assert ["audit\tSay what policy files mean.", "silence accepts"] == done.stdout.splitlines()
