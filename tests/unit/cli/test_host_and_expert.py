"""`rasim host`, `rasim expert` and `rasim identities`: what is said to whoever types them wrong, or lacks something."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli import host as hosting
from rasim.cli.expert import expert
from rasim.cli.host import host, place_of, terminals
from rasim.cli.identities import identities
from rasim.cli.main import rasim
from rasim.errors import RasimError, UsageError
from rasim.runtime.wire import expert_context, server_context
from rasim.terminals.shell import started


def says(command: object, *arguments: str) -> str:
    """Return the error of a command."""
    result = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]
    assert isinstance(result.exception, RasimError | SystemExit), result.exception
    return f"{result.exception} {result.output}"


def test_identities_are_made_and_never_written_over(tmp_path: Path) -> None:
    """The folder gets an authority, a server and an expert, later ones are added, and what is there stays."""
    folder = str(tmp_path / "keys")
    made = CliRunner().invoke(identities, [folder, r"CORP\anna"], catch_exceptions=False)
    more = CliRunner().invoke(identities, [folder, r"CORP\carol"], catch_exceptions=False)

    assert [Path(each).name for each in (made.output + more.output).split()] == [
        "server.pem", "CORP-anna.pem", "CORP-carol.pem",
    ]  # fmt: skip
    server_context(tmp_path / "keys" / "server.pem")
    expert_context(tmp_path / "keys" / "CORP-carol.pem")
    assert "is there already" in says(identities, folder, r"CORP\anna")
    assert "--server-name" in says(identities, folder, "--server-name", "pc1.corp.example")
    assert "is no account" in says(identities, folder, "no\\account\\")


@pytest.mark.parametrize(
    ("text", "place"),
    [("127.0.0.1:7135", ("127.0.0.1", 7135)), ("[::1]:1", ("::1", 1)), ("pc1:0", ("pc1", 0))],
)
def test_a_place_is_an_address_and_a_port(text: str, place: tuple[str, int]) -> None:
    """An address and a port are read apart."""
    assert place == place_of(text)


@pytest.mark.parametrize("text", ["127.0.0.1", ":7135", "a:b", "a:65536", "a:-1", "a:٣"])
def test_what_is_no_place(text: str) -> None:
    """What is no address with a port is refused."""
    with pytest.raises(UsageError, match="write ADDRESS:PORT"):
        place_of(text)


def test_without_a_terminal() -> None:
    """Both programs say that they need a terminal."""
    assert "have to be a terminal" in says(host, "--add-helper", r"CORP\anna")
    assert "have to be a terminal" in says(expert, "127.0.0.1:1", "--as", "anna.pem")


def test_nobody_could_call() -> None:
    """A policy that lists nobody, and nobody named, is said before anything runs."""
    assert "nobody could call" in says(host)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not installed the extra is told its name in a sentence."""
    for module in ("prompt_toolkit", "rasim.terminals.expert", "rasim.terminals.looks"):
        monkeypatch.setitem(sys.modules, module, None) if module == "prompt_toolkit" else sys.modules.pop(module, None)
    monkeypatch.setitem(sys.modules, "prompt_toolkit.application", None)
    with pytest.raises(UsageError, match=r"\(the extra `terminal`\): python -m pip install "):
        terminals("expert")


def test_without_a_pseudo_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no pseudo-terminal that is said in a sentence, and on Windows what to use."""
    monkeypatch.setitem(sys.modules, "ptyprocess", None)
    with pytest.raises(UsageError, match=r"\(the extra `terminal`\): python -m pip install "):
        started(["sh"], 80, 24)
    monkeypatch.setattr("os.name", "nt")
    with pytest.raises(UsageError, match="on Windows: WSL"):
        started(["sh"], 80, 24)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_a_program_that_is_none() -> None:
    """A program that is not there is said by its name."""
    with pytest.raises(UsageError, match="no-such-program: cannot be run"):
        started(["no-such-program"], 80, 24)


def test_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell runs unless another program is named, and quotes that do not end are refused."""
    monkeypatch.setenv("SHELL", "/bin/some-shell")

    assert hosting._command(None) == ["/bin/some-shell"]
    assert hosting._command("vi 'a file'") == ["vi", "a file"]
    for wrong in ("", "'"):
        with pytest.raises(UsageError, match="--run"):
            hosting._command(wrong)


def test_the_commands_of_the_tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The three commands of the page are right up to the terminal that they need."""
    page = Path(__file__).parents[3] / "docs" / "tutorial" / "two-terminals.md"
    block = re.search(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert block is not None
    monkeypatch.chdir(tmp_path)
    commands = [shlex.split(each, comments=True)[1:] for each in block[1].splitlines()]
    made, hosts, helps = (CliRunner().invoke(rasim, each) for each in commands)

    assert [each[0] for each in commands] == ["identities", "host", "expert"]
    assert made.exit_code == 0
    assert commands[2][-1] in made.output.replace("\\", "/").split()
    for each in (hosts, helps):
        assert "have to be a terminal" in str(each.exception)


def test_a_name_of_a_server_that_is_none_makes_nothing(tmp_path: Path) -> None:
    """A name that no certificate can hold is an error, and the folder can be made with another one."""
    folder = str(tmp_path / "keys")
    for name in ("b\xfccher.example", "", "a b", "a\x1b[m"):
        assert "no address, and no name" in says(identities, folder, "--server-name", name)
        assert not list(Path(folder).iterdir())
    assert 0 == CliRunner().invoke(identities, [folder, "--server-name", "pc1.corp.example"]).exit_code
