"""The page served while its files change: on this computer alone, to whoever knows the address, until somebody ends it.

The address has a token drawn anew each time, so no other program and no web page can guess it; whoever asks by another name of this
computer gets nothing. A file that cannot be read just now is said in the page's place, and read again when it changes.
"""

import hmac
from collections.abc import Callable, Sequence
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic, sleep
from typing import Final

from rasim.errors import RasimError
from rasim.web.page import wrong

HOST: Final = "127.0.0.1"
LOOK: Final = 0.2  # seconds between two looks at the files
ANSWER: Final = 20.0  # seconds after which a question whether something changed is answered with no


def signs(files: Sequence[str]) -> str:
    """Return what tells whether files have changed: a digest of when each did and how large it is, or that it is not there."""

    def sign(path: str) -> tuple[int, int] | None:
        try:
            found = Path(path).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    return sha256(repr([sign(path) for path in files]).encode()).hexdigest()[:16]


class Server(ThreadingHTTPServer):
    """Gives out the page that `made` returns for a sign of its files, which the page asks with; OSError if there is no port to be had."""

    daemon_threads = True  # a question that waits for a change does not keep the program alive

    def __init__(self, made: Callable[[str], str], files: Sequence[str], port: int = 0) -> None:
        super().__init__((HOST, port), _Answer)
        self.made, self.files = made, tuple(files)
        self.token = token_urlsafe(24)

    @property
    def address(self) -> str:
        """Return where the page is."""
        return f"http://{HOST}:{self.server_address[1]}/{self.token}/"

    def page(self) -> str:
        """Return the page as the files are now; where they cannot be read, what is wrong with them."""
        sign = signs(self.files)  # before they are read: what changes while they are is a change
        try:
            return self.made(sign)
        except RasimError as error:
            return wrong(str(error), sign)

    def wait(self, sign: str) -> bool:
        """Wait until the files are others than those of this sign, and return whether they are."""
        end = monotonic() + ANSWER
        while monotonic() < end:
            if signs(self.files) != sign:
                return True
            sleep(LOOK)
        return False


class _Answer(BaseHTTPRequestHandler):
    """An answer to one question of a browser."""

    server: Server
    server_version, sys_version = "rasim", ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a question: for the page, or whether it has changed."""
        token, _, rest = self.path.removeprefix("/").partition("/")
        if not self._own() or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self._say(404, "There is nothing here.\n")
        elif rest == "":
            self._say(200, self.server.page(), "text/html; charset=utf-8")
        elif rest.startswith("changed?"):
            self._say(205 if self.server.wait(rest.removeprefix("changed?")) else 204, "")
        else:
            self._say(404, "There is nothing here.\n")

    def _own(self) -> bool:
        """Return whether a page of this address asks, or nobody's page, and by this address: no other name may lead here."""
        names = {f"{host}:{self.server.server_address[1]}" for host in (HOST, "localhost")}
        hosts, origins = (self.headers.get_all(name) or [] for name in ("Host", "Origin"))
        return len(hosts) == 1 and hosts[0] in names and set(origins) <= {f"http://{name}" for name in names}

    def _say(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the browser went away

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name that http.server gives it)
        """Say nothing: the token would stand in it."""
