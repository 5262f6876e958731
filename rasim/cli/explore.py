"""`rasim explore [FILE] -o FILE`: the explorer, one HTML page that opens from disk."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.files import must_be_writable, write_whole
from rasim.cli.options.policy_files import options
from rasim.errors import InputError, UsageError
from rasim.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rasim.protocol.choices import Choices
    from rasim.protocol.lines import Recorded


@click.command(cls=AdvisedCommand)
@click.argument("files", nargs=-1, metavar="[SCENARIO|TRACE|POLICY...]", type=click.Path(readable=False))
@click.option("-o", "--output", metavar="FILE", help="Where to write the page; - is standard output.")
@click.option(
    "--serve", is_flag=True, help="Serve it on this computer and reload it when a file changes, until Ctrl-C."
)
@click.option("--port", type=click.IntRange(1, 65535), help="The port for --serve; else any that is free.")
@click.option(
    "--with-python", is_flag=True, help="Write the page in which rasim runs: drop policy files on it, offline."
)
@click.option(
    "--pyodide", metavar="FOLDER", help="Where npm put Pyodide, for --with-python; else node_modules/pyodide."
)
@options
def explore(  # noqa: PLR0913, PLR0917  (one parameter an option)
    files: tuple[str, ...],
    output: str | None,
    serve: bool,
    port: int | None,
    with_python: bool,
    pyodide: str | None,
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
) -> None:
    """Write the explorer: both desktops in one HTML page, what each side may click, and why not.

    It opens from disk, asks nobody for anything and needs no server. It begins with nothing, with a scenario or a trace, which it follows
    as far as its rules go, or under a policy (files and folders, lowest precedence first, or by their links): then a refusal says
    where the setting behind it stands. What a file is, is told by its content. With --with-python it is another page: rasim itself
    runs in it, and audits, explains and explores what is dropped there. Exit code: 0 written, 2 a file cannot be read, 130 for the
    end of --serve.
    """
    from rasim import __version__
    from rasim.web.page import page

    if serve == (output is not None):
        raise UsageError("say where the page is to be written, -o FILE, or --serve it; not both")
    if port is not None and not serve:
        raise UsageError("--port is the port of --serve")

    if pyodide is not None and not with_python:
        raise UsageError("--pyodide is where --with-python finds Pyodide")
    if with_python and (serve or files or links or at or adml):
        raise UsageError(
            "--with-python writes a page that takes its files when it is open: name none here, and no --serve"
        )

    def made(sign: str = "") -> str:
        if with_python:
            return _with_python(pyodide)
        return page({"version": __version__, **_given(files, links, at, adml)}, served=sign)

    if not serve and output != "-":
        must_be_writable(str(output))
    text = made()
    if serve:
        _serve(made, [*files, *adml, *([links] if links else [])], port or 0)
    elif output == "-":
        click.echo(text, nl=False)
    else:
        write_whole(str(output), text.encode())
        click.echo(f"rasim: wrote {printable(str(output))}; open it in a browser", err=True)


def _with_python(folder: str | None) -> str:
    """Return the page in which rasim itself runs. UsageError if Pyodide is not there."""
    from rasim.web.python.pyodide import PYODIDE_FOLDER, needed_pyodide, parts_of_pyodide
    from rasim.web.python.whole import page_with_python

    return page_with_python(parts_of_pyodide(folder or PYODIDE_FOLDER, needed_pyodide()))


def _serve(made: "Callable[[str], str]", files: "Sequence[str]", port: int) -> None:
    """Give the page out until somebody interrupts. UsageError if the port is taken."""
    from rasim.errors import Exit
    from rasim.inputs import reason
    from rasim.web.serve import HOST, Server

    watched = [
        str(path) for file in files for path in (Path(file), *(Path(file).rglob("*") if Path(file).is_dir() else ()))
    ]
    try:
        server = Server(made, watched, port)
    except OSError as error:
        raise UsageError(f"{HOST}:{port}: cannot listen there: {reason(error)}") from None
    click.echo(f"rasim: {server.address} (Ctrl-C ends it)", err=True)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        raise SystemExit(int(Exit.INTERRUPTED)) from None
    finally:
        server.server_close()


def _given(files: "Sequence[str]", links: str | None, at: str | None, adml: tuple[str, ...]) -> dict[str, Any]:
    """Return what the page opens with: nothing, or what the one file or the policies say."""
    from rasim.cli.options.policy_files import policy_of
    from rasim.inputs import is_folder
    from rasim.web import page_input

    if len(files) == 1 and not is_folder(files[0]):
        trace = _trace(files[0])
        if trace is not None:
            return page_input.of_trace(*trace)
    if not files:
        return {}
    policy = policy_of(tuple(files), links, at, adml)
    return page_input.of_policy(policy, ", ".join(Path(file).name for file in files))


def _trace(path: str) -> "tuple[list[tuple[int, Recorded]], str, Choices] | None":
    """Return the lines of a trace, or of a scenario played, with their places, a name and by which choices; None for what is neither."""
    from rasim.cli.kinds import is_trace
    from rasim.inputs import read_file, text_of
    from rasim.protocol.choices import STRICT

    name = Path(path).name
    try:
        text = text_of(read_file(path), path)
    except InputError:
        return None  # a policy file, or the reader of policies says what is wrong with it
    if is_trace(text):
        from rasim.protocol.trace_text import read_trace

        return list(read_trace(text.splitlines(), path)), name, STRICT
    from rasim.scenario import is_scenario, play, read_scenario

    if not is_scenario(text):
        return None
    scenario = read_scenario(text, path)
    return list(enumerate(play(scenario).trace, 1)), name, scenario.choices
