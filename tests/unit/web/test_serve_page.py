"""The page served: to whom, what when a file changes or cannot be read, and that it ends."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from rasim.errors import UsageError
from rasim.web import serve
from rasim.web.serve import HOST, Server, signs


@pytest.fixture
def given(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """Give out what stands in a file."""
    file = tmp_path / "file"
    file.write_text("first", encoding="ascii")

    def made(_sign: str) -> str:
        text = file.read_text(encoding="ascii")
        if text == "bad":
            raise UsageError("<b>bad</b>")
        return text

    server = Server(made, [str(file)])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server, file
    server.shutdown()
    thread.join()
    server.server_close()


def ask(server: Server, path: str, host: str = HOST) -> tuple[int, str]:
    """Ask a server for something, and return the status and what it said."""
    port = server.server_address[1]
    connection = http.client.HTTPConnection(HOST, port)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_whoever_knows_the_address_gets_the_page(given: tuple[Server, Path]) -> None:
    """At the address with its token is the page, on this computer's own address only."""
    server, _ = given

    assert server.server_address[0] == "127.0.0.1"
    assert ask(server, f"/{server.token}/") == (200, "first")


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/wrong/", "//", "/{token}", "/{token}x/", "/{token}/../", "/{token}/other"]
)
def test_nobody_else_gets_anything(given: tuple[Server, Path], path: str) -> None:
    """Without the whole token, or with more than the page, there is nothing."""
    server, _ = given
    status, said = ask(server, path.replace("{token}", server.token) if path != "/{token}" else "/x" + server.token)

    assert (status, said) == (404, "There is nothing here.\n")


def test_another_name_of_this_computer_gets_nothing(given: tuple[Server, Path]) -> None:
    """A page of another host that leads here by its name gets nothing, even with the token."""
    server, _ = given

    assert ask(server, f"/{server.token}/", host="evil.example")[0] == 404
    assert ask(server, f"/{server.token}/", host="localhost")[0] == 200


@pytest.mark.parametrize(
    ("headers", "method", "status"),
    [
        ([("Host", "{own}"), ("Origin", "http://{own}")], "GET", 200),
        ([("Host", "{own}"), ("Origin", "http://evil.example")], "GET", 404),
        ([("Host", "{own}"), ("Origin", "null")], "GET", 404),
        ([("Host", "{own}"), ("Origin", "https://{own}")], "GET", 404),
        ([("Host", "{own}"), ("Origin", "http://{own}"), ("Origin", "http://evil.example")], "GET", 404),
        ([("Host", "127.0.0.1")], "GET", 404),
        ([("Host", "127.0.0.1:1")], "GET", 404),
        ([("Host", "127.0.0.1.evil.example:80")], "GET", 404),
        ([("Host", "{own}"), ("Host", "evil.example")], "GET", 404),
        ([], "GET", 404),
        ([("Host", "{own}")], "POST", 501),
        ([("Host", "{own}")], "OPTIONS", 501),
    ],
)
def test_the_token_alone_opens_nothing(
    given: tuple[Server, Path], headers: list[tuple[str, str]], method: str, status: int
) -> None:
    """With the token too, whoever comes by another name or port, from a foreign page, or with another method gets nothing."""
    server, _ = given
    port = server.server_address[1]
    connection = http.client.HTTPConnection(HOST, port)
    connection.putrequest(method, f"/{server.token}/", skip_host=True)
    for name, value in headers:
        connection.putheader(name, value.format(own=f"{HOST}:{port}"))
    connection.endheaders()
    answer = connection.getresponse()

    assert (status, status == 200) == (answer.status, b"first" in answer.read())
    connection.close()


def test_a_change_is_told_to_everybody(given: tuple[Server, Path]) -> None:
    """Whoever has the page of the old file is told that it is another one, however many others have the new page already."""
    server, file = given
    old = signs([str(file)])
    file.write_text("second", encoding="ascii")

    assert ask(server, f"/{server.token}/changed?{old}")[0] == 205
    assert ask(server, f"/{server.token}/") == (200, "second")
    assert ask(server, f"/{server.token}/changed?{old}")[0] == 205


def test_no_change_is_told_too(given: tuple[Server, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing changes the answer is no, after a while, so that nobody waits for ever."""
    server, file = given
    monkeypatch.setattr(serve, "ANSWER", 0.0)

    assert ask(server, f"/{server.token}/changed?{signs([str(file)])}") == (204, "")


def test_a_file_that_cannot_be_read_is_said(given: tuple[Server, Path]) -> None:
    """While a file cannot be read the page says so, as words and not as markup, and what was there before is not shown."""
    server, file = given
    file.write_text("bad", encoding="ascii")
    status, said = ask(server, f"/{server.token}/")

    assert status == 200
    assert "&lt;b&gt;bad&lt;/b&gt;" in said
    assert "first" not in said


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interrupt_ends_it() -> None:
    """Ctrl-C ends the server at once, with the exit code of what was interrupted."""
    with subprocess.Popen(
        [sys.executable, "-m", "rasim", "explore", "--serve"], stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        said = run.stderr.readline()
        run.send_signal(signal.SIGINT)
        code = run.wait()

    assert said.startswith("rasim: http://127.0.0.1:")
    assert code == 130
