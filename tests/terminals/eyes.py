"""A person at a terminal: a program in a pseudo-terminal of its own, whose screen is looked at, and a keyboard."""

import os
import select
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ptyprocess import PtyProcess

from rasim.terminals.screen import TerminalScreen

F2, F3, F4, F6, F8, F9, F10 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[17~", "\x1b[19~", "\x1b[20~", "\x1b[21~"
ESC = "\x1b"
PATIENCE = 60.0  # seconds until a person gives up; nothing that goes as it should takes so long


class Eyes:
    """A program that somebody looks at: `sees` waits until something is on its screen, `types` uses its keyboard."""

    def __init__(self, command: Sequence[str], columns: int = 80, rows: int = 24, **environment: str) -> None:
        surroundings = {**os.environ, "TERM": "xterm-256color", "PYTHONWARNINGS": "", **environment}
        self._process = PtyProcess.spawn(list(command), env=surroundings, dimensions=(rows, columns))
        self._keep_what_is_written()
        self.screen = TerminalScreen(columns, rows, self.types)
        self.over = False

    def _keep_what_is_written(self) -> None:
        """Let Ctrl-C not throw away what was written and not looked at yet: a person's terminal is quicker than a test's."""
        how = termios.tcgetattr(self._process.fd)
        how[3] |= termios.NOFLSH
        termios.tcsetattr(self._process.fd, termios.TCSANOW, how)

    def types(self, keys: str) -> None:
        """Use the keyboard."""
        self._process.write(keys.encode())

    def looks(self, patience: float) -> None:
        """Look for as long as that, or until something changes."""
        ready, _, _ = select.select([self._process.fd], [], [], max(0.0, patience))
        if ready:
            try:
                self.screen.feed(os.read(self._process.fd, 1 << 16))
            except OSError:
                self.over = True

    @property
    def text(self) -> str:
        """Return what is on the screen."""
        return "\n".join(self.screen.lines)

    def sees(self, *texts: str, where: Callable[[str], bool] | None = None) -> None:
        """Wait until all of these are on the screen."""
        until = time.monotonic() + PATIENCE
        while not all(text in self.text for text in texts) or (where is not None and not where(self.text)):
            assert not self.over, f"the program has ended\n{self.text}"
            assert time.monotonic() < until, f"{texts} is not to be seen\n{self.text}"
            self.looks(until - time.monotonic())

    def ends(self) -> int:
        """Wait until the program has ended, and return its exit code."""
        until = time.monotonic() + PATIENCE
        while not self.over:
            assert time.monotonic() < until, self.text
            self.looks(until - time.monotonic())
        self._process.wait()
        return int(self._process.exitstatus if self._process.exitstatus is not None else -self._process.signalstatus)

    def stop(self) -> None:
        """End the program, whatever it does."""
        self._process.close(force=True)


@contextmanager
def looking(*command: str, columns: int = 80, rows: int = 24, **environment: str) -> Iterator[Eyes]:
    """Look at a command of rasim while it runs."""
    eyes = Eyes([sys.executable, "-m", "rasim", *command], columns, rows, **environment)
    try:
        yield eyes
    finally:
        eyes.stop()


def identities(folder: Path, *accounts: str) -> None:
    """Make the files by which the sides know each other."""
    from rasim.runtime.wire import Authority

    authority = Authority.made()
    authority.save(folder)
    authority.server(folder / "server.pem")
    for account in accounts:
        authority.expert(account, folder / f"{account.partition(chr(92))[2]}.pem")
