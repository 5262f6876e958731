"""Keys of a terminal: each reaches its side with the bytes that the terminal sent, Esc at once."""

import asyncio
import sys

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from rasim.terminals.looks import PASTED, application
from rasim.terminals.screen import Cells
from rasim.terminals.words import Bar

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pipe is no console there")


class Pressed:
    """A side that remembers its keys, and ends at F10."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, str]] = []

    def rows(self) -> list[Cells]:
        """Return nothing to be seen."""
        return []

    def cursor(self) -> None:
        """Have no cursor."""

    def bar(self) -> Bar:
        """Return a bar that says nothing."""
        return Bar("calm", "", ())

    def pressed(self, key: str, data: str) -> None:
        """Remember a key."""
        self.keys.append((key, data))
        if key == "f10":
            self.app.exit()


def keys_of(data: str) -> list[tuple[str, str]]:
    """Return what a side is given of what a terminal sends."""
    side = Pressed()

    async def main() -> None:
        with create_pipe_input() as keyboard:
            side.app = application(side, keyboard, DummyOutput())
            keyboard.send_text(data)
            await side.app.run_async()

    asyncio.run(main())
    return side.keys[:-1]


def test_keys_come_as_they_were_sent() -> None:
    """Letters, control keys, arrows and what is pasted come with their bytes, and what a terminal says of itself does not come."""
    sent = keys_of("ä\x03\x1b[A\x1b[200~two\nlines\x1b[201~\x1b[5;7R\x1bOQ\x1b[21~")

    assert sent == [
        ("ä", "ä"), ("c-c", "\x03"), ("up", "\x1b[A"), (PASTED, "two\nlines"), ("f2", "\x1bOQ"),
    ]  # fmt: skip


def test_esc_is_a_key_of_its_own() -> None:
    """Esc before another key is Esc, whatever follows."""
    assert keys_of("\x1bx\x1b[21~") == [("escape", "\x1b"), ("x", "x")]
