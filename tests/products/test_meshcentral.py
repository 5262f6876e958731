"""MeshCentral: a server, its Linux agent and the question that the agent asks (docs/products/meshcentral.md).

The server and the agent are those of the npm package, on the loopback; the question is zenity's own window on Xvfb. The experts are ours: web
sockets that speak as the product's web page does. Ours are also the user, who presses keys and closes windows on that display, and the word of
who is logged on, which the agent asks `loginctl` for: a program of that name stands first on its PATH.
"""

import asyncio
import base64
import json
import os
import shutil
import ssl
import struct
import subprocess
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
import websockets
from stage import (
    PATIENCE,
    PINNED,
    UnfitStage,
    excerpts,
    free_port,
    need,
    need_version,
    running,
    shows,
    told,
    tried,
    until,
)
from Xlib import XK, X, display
from Xlib.error import XError
from Xlib.ext import xtest
from Xlib.protocol import event

from rasim.testing import Recorder, judge

PACKAGE = Path(__file__).with_name("meshcentral") / "node_modules" / "meshcentral"
SOMEBODY = 65534  # whose desktop it is: an account that every Debian has (nobody)
AS_SOMEBODY = ("setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups")
PASSWORD = "Loopback-1-only"  # noqa: S105
ASK, BAR = 8, 64  # consent flags of a group of devices
VIEW_ONLY = 8 | 256  # an account's rights: the desktop, and it only to look at
CONTROL_CHANNEL, GRANTED = "102938", 0  # words of the product's tunnels

# What the server is set to for each group of people; the experts of a group reach the agent of that group.
DOMAINS: dict[str, dict[str, Any]] = {
    "": {"consentTimeout": 4, "desktopprompt": True},
    "auto": {"consentTimeout": 4, "autoAcceptOnTimeout": True, "oldStyle": True, "autoAcceptIfNoUser": True},
    "late": {"consentTimeout": 4, "autoAcceptOnTimeout": True},
}
LOGINCTL = """#!/bin/sh
# What the agent asks of the real one: who has which session, and whether it is active.
case "$1" in
  list-sessions) cat {who} ;;
  show-session) if [ $# -gt 3 ]; then echo State=active; fi ;;
esac
"""
# The agent looks for the display of whoever is logged on among all processes: those of another run on this machine are none of its.
PS = """#!/bin/sh
unset COLUMNS # pytest-xdist sets it, and lines would be cut there
{ps} "$@" | awk '!/ -auth / || index($0, "{place}/")'
"""
LOGGED_ON = f"SESSION   UID USER   SEAT  TTY\n      2 {SOMEBODY} nobody seat0 tty7\n\n1 sessions listed.\n"
LOGGED_OFF = "No sessions.\n"

BOB, HELPDESK, VIEWER, STRANGER = r"MESH\bob", r"MESH\helpdesk", r"MESH\viewer", r"MESH\stranger"
T = TypeVar("T")
RECORDS = ["prompts", "answers", "frames", "input", "sessions", "policy"]
INSECURE = ssl.create_default_context()  # the server makes its certificate itself
INSECURE.check_hostname, INSECURE.verify_mode = False, ssl.CERT_NONE


class Desktop:
    """The user's display: what stands on it, and the user's hand."""

    def __init__(self, name: str) -> None:
        self.x = display.Display(name)
        self.root = self.x.screen().root
        # As any window manager says it; without it the product draws no bar.
        self.root.change_property(self.x.intern_atom("_NET_CURRENT_DESKTOP"), self.x.intern_atom("CARDINAL"), 32, [0])
        self.x.sync()

    def windows(self, title: str) -> list[Any]:
        """Return the windows on show whose title begins so."""
        self.x.sync()
        found = []
        for window in self.root.query_tree().children:
            with suppress(XError):  # it may be gone by now
                if str(window.get_wm_name()).startswith(title) and window.get_attributes().map_state == X.IsViewable:
                    found.append(window)
        return found

    def window(self, title: str) -> Any:
        """Return the first window on show whose title begins so, or None."""
        return next(iter(self.windows(title)), None)

    def middle(self, window: Any) -> tuple[int, int]:
        """Return the middle of a window."""
        shape = window.get_geometry()
        return shape.x + shape.width // 2, shape.y + shape.height // 2

    def press(self, window: Any, key: str) -> None:
        """Press a key over a window."""
        self.root.warp_pointer(*self.middle(window))
        code = self.x.keysym_to_keycode(XK.string_to_keysym(key))
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(self.x, kind, code)
        self.x.sync()

    def close(self, window: Any) -> None:
        """Close a window as a window manager does on a click at its corner."""
        kind, delete = self.x.intern_atom("WM_PROTOCOLS"), self.x.intern_atom("WM_DELETE_WINDOW")
        window.send_event(event.ClientMessage(window=window, client_type=kind, data=(32, [delete, 0, 0, 0, 0])))
        self.x.sync()

    def pointer(self) -> tuple[int, int]:
        """Return where the pointer is."""
        at = self.root.query_pointer()
        return at.root_x, at.root_y


class AgentGone(UnfitStage):
    """The agent crashed, as it does now and then when a view ends: no word about what was tried."""


class House:
    """The server, its agents, and what the tests need to reach them."""

    def __init__(self, place: Path, port: int, screen: str) -> None:
        self.place, self.port, self.screen = place, port, screen
        self.log, self.who = place / "log", place / "who"
        self.groups: dict[str, str] = {}
        self.nodes: dict[str, str] = {}
        self.agents: dict[str, subprocess.Popen[bytes]] = {}
        self.running = ExitStack()
        self.unfit = 0

    def url(self, scheme: str, domain: str, rest: str) -> str:
        """Return an address of the server."""
        return f"{scheme}://127.0.0.1:{self.port}/{domain + '/' if domain else ''}{rest}"

    def mesh(self, *arguments: str | Path) -> list[str | Path]:
        """Return the command line of the server."""
        return ["node", PACKAGE, "--datapath", self.place / "data", "--filespath", self.place / "files", *arguments]

    def at_rest(self, domain: str) -> bool:
        """Tell whether an agent has nothing to do: each view and each question is a process of its own."""
        agent = self.agents[domain].pid
        with suppress(OSError):
            return not Path(f"/proc/{agent}/task/{agent}/children").read_text("utf-8").strip()
        return False

    async def until(self, seen: Callable[[], T | None], what: str, domain: str) -> T:
        """Wait until something is there to be seen, as long as the agent lives."""

        def seen_by_the_living() -> T | None:
            if self.agents[domain].poll() is not None:
                raise AgentGone(f"the agent is gone, before {what}")
            return seen()

        return await until(seen_by_the_living, what, log=self.log)

    async def start_agent(self, domain: str) -> None:
        """Start an agent, and wait until it is connected."""
        path = {"PATH": f"{self.place / 'bin'}:{os.environ['PATH']}"}
        agent = running(self.place / f"agent{domain}" / "meshagent", "run", log=self.log, env=path)
        self.agents[domain] = self.running.enter_context(agent)
        async with self.control(domain, "helpdesk") as control:

            async def node() -> str | None:
                groups = (await control.ask("nodes"))["nodes"]
                found = (each["_id"] for group in groups.values() for each in group if each.get("conn", 0) & 1)
                return next(found, None)

            self.nodes[domain] = await until(node, "the agent at the server", log=self.log)

    @asynccontextmanager
    async def control(self, domain: str, user: str) -> AsyncIterator["Control"]:
        """Log in to the server."""
        words = ",".join(base64.b64encode(each.encode()).decode() for each in (user, PASSWORD))
        async with websockets.connect(
            self.url("wss", domain, "control.ashx"),
            ssl=INSECURE,
            additional_headers={"x-meshauth": words},
            max_size=None,
        ) as socket:
            yield Control(socket)


class Control:
    """An account's connection to the server."""

    numbers = count(1)

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def answer(self, tells: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        """Return the first message that answers."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not tells(message := json.loads(await self.socket.recv())):
                    pass
        except (TimeoutError, websockets.ConnectionClosed) as error:
            raise UnfitStage(f"the server does not answer to {what}: {error!r}") from None
        return message

    async def ask(self, action: str, **command: Any) -> dict[str, Any]:
        """Send a command and return its answer."""
        number = f"n{next(self.numbers)}"
        await self.socket.send(json.dumps({"action": action, "responseid": number, **command}))
        return await self.answer(lambda message: message.get("responseid") == number, action)

    async def cookies(self) -> dict[str, Any]:
        """Return what a tunnel needs."""
        await self.socket.send(json.dumps({"action": "authcookie"}))
        return await self.answer(lambda message: message["action"] == "authcookie", "authcookie")


def free_display() -> str:
    """Return a display that nobody has."""
    sockets = Path("/proc/net/unix").read_text("utf-8").splitlines()
    return next(f":{n}" for n in range(90, 200) if not any(line.endswith(f".X11-unix/X{n}") for line in sockets))


def xvfb(screen: str, auth: Path) -> list[str | Path]:
    """Return the command line of a display; the agent looks for one by `-auth` and the number right after the name."""
    return ["Xvfb", screen, "-screen", "0", "640x480x24", "-auth", auth]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Run a display that belongs to somebody, the server, and for each of its domains an agent."""
    need("node", "Xvfb", "zenity", "i3lock", "setpriv", "ps")
    if not PACKAGE.is_dir():
        pytest.skip("MeshCentral is not on this machine: bash tests/run --products installs it where npm is")
    if os.geteuid():
        pytest.skip("MeshCentral's agent serves a desktop that is not its own only as root")
    need_version("meshcentral", json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"])
    with TemporaryDirectory(prefix="rasim-meshcentral-", ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)  # the agent shows itself to the desktop's owner, who must be able to reach it
        yield from lived_in(House(Path(place), free_port(), free_display()))


def lived_in(home: House) -> Iterator[House]:
    """Furnish a house, and hand it over with all that runs in it."""
    place = home.place
    for each in ("data", "files", "bin"):
        (place / each).mkdir()
    (place / "auth").touch()
    for name, script in (
        ("loginctl", LOGINCTL.format(who=home.who)),
        ("ps", PS.format(ps=shutil.which("ps"), place=place)),
    ):
        (place / "bin" / name).write_text(script, "utf-8")
        (place / "bin" / name).chmod(0o755)
    home.who.write_text(LOGGED_ON, "utf-8")
    settings = {
        "cert": "127.0.0.1",
        "port": home.port,
        "portBind": "127.0.0.1",
        "exactPorts": True,
        "redirPort": 0,
        "mpsPort": 0,
        "WANonly": True,
        "fastCert": True,
        "selfUpdate": False,
        "noAgentUpdate": 1,
        "agentTimeStampServer": False,
        "autoBackup": False,
        "publicPushNotifications": False,
    }
    domains = {name: {"newAccounts": False, "consentMessages": how} for name, how in DOMAINS.items()}
    (place / "data" / "config.json").write_text(json.dumps({"settings": settings, "domains": domains}), "utf-8")
    for domain, user, *more in (
        ("", "helpdesk", "--name", "The bank"),
        ("", "viewer"),
        ("", "stranger"),
        ("auto", "helpdesk"),
        ("late", "helpdesk"),
    ):
        account = home.mesh("--createaccount", user, "--pass", PASSWORD, "--domain", domain, *more)
        subprocess.run(account, check=True, capture_output=True, timeout=PATIENCE)  # noqa: S603
    with (
        home.running,
        running(*AS_SOMEBODY, *xvfb(home.screen, place / "auth"), log=home.log),
        running(*home.mesh(), log=home.log),
    ):
        asyncio.run(furnish(home))
        yield home


def fetched(address: str) -> str:
    """Return what the server has at an address."""
    with urllib.request.urlopen(address, context=INSECURE, timeout=PATIENCE) as answer:  # noqa: S310
        return str(answer.read().decode())


async def furnish(home: House) -> None:
    """Wait for the server, make a group of devices in each domain, and set up an agent that belongs to it."""

    async def up() -> bool:
        with suppress(OSError, websockets.WebSocketException):
            async with home.control("", "helpdesk"):
                return True
        return False

    await until(up, "the server", log=home.log)
    for domain in DOMAINS:
        async with home.control(domain, "helpdesk") as control:
            made = await control.ask("createmesh", meshname="desks", meshtype=2, consent=ASK)
            home.groups[domain] = made["meshid"]
            if not domain:
                await control.ask(
                    "addmeshuser", meshid=made["meshid"], meshname="desks", usernames=["viewer"], meshadmin=VIEW_ONLY
                )
        query = urllib.parse.quote(made["meshid"].rsplit("/", 1)[1])
        address = home.url("https", domain, f"meshsettings?id={query}")
        told_by_server = await asyncio.to_thread(fetched, address)
        agent = home.place / f"agent{domain}"
        agent.mkdir()
        shutil.copy(PACKAGE / "agents" / "meshagent_x86-64", agent / "meshagent")
        (agent / "meshagent").chmod(0o755)
        own = f"LocalConsent={ASK}\r\n" if domain == "late" else ""
        (agent / "meshagent.msh").write_text(told_by_server + own, "utf-8")
        await home.start_agent(domain)


class Expert:
    """An account that has the server make a tunnel to the agent, as the product's web page does."""

    def __init__(self, stage: "Stage", name: str, offer: str, tunnel: Any) -> None:
        self.stage, self.name, self.offer, self.tunnel = stage, name, offer, tunnel
        self.opened, self.by_hand, self.pictures = False, False, 0
        self.said: list[dict[str, Any]] = []
        self.reading = asyncio.create_task(self.read())

    async def read(self) -> None:
        """Take what comes through the tunnel, and write down the first sign of a view and the first picture."""
        with suppress(websockets.ConnectionClosed):
            async for message in self.tunnel:
                if isinstance(message, str):
                    if message in {"c", "cr"}:
                        await self.tunnel.send("2")  # the desktop, of all that an agent has
                        continue
                    self.said.append(json.loads(message))
                    if self.said[-1].get("msgid") == GRANTED and not self.by_hand:
                        self.stage.saw.accepted(offer=self.offer, session="desk", origin="timer")
                    continue
                if not self.opened:
                    self.opened = True
                    self.stage.saw.connection_opened(connection=self.offer, offer=self.offer, expert=self.name)
                if message[:2] == b"\0\3" and message[8:10] == b"\xff\xd8":  # a tile, and it is a JPEG
                    self.pictures += 1
                    if self.pictures == 1:
                        self.stage.saw.frame_shown(connection=self.offer, session="desk")

    async def sees(self, after: int = 0) -> None:
        """Wait for a picture, or for one more than there were."""
        await self.stage.until(lambda: self.pictures > after or self.reading.done(), f"a picture for {self.name}")
        if self.pictures <= after:
            raise UnfitStage(f"the tunnel was closed before a picture; the agent said {self.said}")

    async def turned_away(self) -> bool:
        """Wait until the tunnel is closed, or there is a view, and tell which."""
        await self.stage.until(lambda: self.opened or self.reading.done(), "an answer")
        if not self.opened:
            await self.stage.rests()
        return not self.opened

    async def over(self) -> None:
        """Wait until the tunnel is closed."""
        await self.stage.until(self.reading.done, "the end of the tunnel")
        await self.stage.rests()

    async def press_return(self) -> None:
        """Press the key that says yes to a question."""
        for up in (0, 1):
            await self.tunnel.send(struct.pack(">HHBB", 1, 6, up, 13))

    async def moves(self, x: int, y: int) -> None:
        """Move the pointer, and wait until the agent has read that."""
        await self.tunnel.send(struct.pack(">HHBBHH", 2, 10, 0, 0, x, y))
        time = next(Control.numbers)
        await self.tunnel.send(json.dumps({"ctrlChannel": CONTROL_CHANNEL, "type": "rtt", "time": time}))
        await self.stage.until(lambda: any(each.get("time") == time for each in self.said), "the agent's answer")


class Stage:
    """The user's desktop, experts, and the recorder."""

    def __init__(self, home: House, domain: str) -> None:
        self.home, self.domain = home, domain
        self.desk = Desktop(home.screen)
        self.tunnels = AsyncExitStack()
        self.saw = Recorder(records=RECORDS)
        self.saw.policy_applied(version="1", offers="enabled", mode="control", helpers=[HELPDESK, VIEWER])
        self.saw.logged_on(session="desk", by=BOB)

    async def until(self, seen: Callable[[], T | None], what: str) -> T:
        """Wait until something is there to be seen."""
        return await self.home.until(seen, what, self.domain)

    async def rests(self) -> None:
        """Wait until the agent has put away what it had to do: a tunnel that comes too early may make it crash."""
        await self.until(lambda: self.home.at_rest(self.domain), "the agent at rest")

    async def consent(self, flags: int) -> None:
        """Have the administrator say what the agent does before a view."""
        group = self.home.groups[self.domain]
        async with self.home.control(self.domain, "helpdesk") as control:
            await control.socket.send(json.dumps({"action": "editmesh", "meshid": group, "consent": flags}))
            await control.socket.send(json.dumps({"action": "meshes", "tag": "set"}))
            said = await control.answer(lambda message: message.get("tag") == "set", "meshes")
        if [flags] != [each.get("consent") for each in said["meshes"] if each["_id"] == group]:
            raise UnfitStage("the consent flags are not set")

    async def asks(self, name: str, offer: str) -> tuple["Control", str]:
        """Have an account ask the server for a tunnel to the agent; return its connection, and where the tunnel begins."""
        node, number = self.home.nodes[self.domain], f"t{next(Control.numbers)}"
        control = await self.tunnels.enter_async_context(self.home.control(self.domain, name.rpartition("\\")[2]))
        cookies = await control.cookies()
        self.saw.offer_received(offer=offer, session="desk", expert=name)
        there = f"*/meshrelay.ashx?p=2&nodeid={node}&id={number}&rauth={cookies['rcookie']}"
        tunnel = {"action": "msg", "type": "tunnel", "nodeid": node, "value": there, "usage": 2, "responseid": number}
        await control.socket.send(json.dumps(tunnel))
        return control, f"meshrelay.ashx?browser=1&p=2&nodeid={node}&id={number}&auth={cookies['cookie']}"

    async def offer(self, name: str, offer: str) -> Expert:
        """Have an account ask for the desktop, and go into the tunnel."""
        _, here = await self.asks(name, offer)
        address = self.home.url("wss", self.domain, here)
        tunnel = await self.tunnels.enter_async_context(websockets.connect(address, ssl=INSECURE, max_size=None))
        return Expert(self, name, offer, tunnel)

    async def question(self, expert: Expert, *, names: bool = False) -> Any:
        """Wait for the question on the user's display; it is None if there is none, and a view or a refusal instead."""
        await self.until(
            lambda: self.desk.window("MeshCentral") or expert.opened or expert.reading.done(), "a question, or none"
        )
        if window := self.desk.window("MeshCentral"):
            text = {"names": question_text(self.home.screen)} if names else {}
            self.saw.prompt_shown(offer=expert.offer, session="desk", **text)
        return window

    async def yes(self, expert: Expert, window: Any) -> None:
        """Let the user say yes to what was asked, and wait for a picture."""
        if window:
            self.saw.accepted(offer=expert.offer, session="desk", origin="local", by=BOB)
            expert.by_hand = True
            await self.presses(window, "Return")
        await expert.sees()

    async def presses(self, window: Any, key: str) -> None:
        """Press a key over a question, and again as long as it stands there: a window that is still being placed hears none."""
        looks = count()

        def gone() -> bool:
            if window not in self.desk.windows("MeshCentral"):
                return True
            if not next(looks) % 25:
                with suppress(XError):
                    self.desk.press(window, key)
            return False

        await self.until(gone, "the question goes")

    async def no(self, expert: Expert, window: Any) -> None:
        """Let the user say no to what was asked."""
        if window:
            self.saw.denied(offer=expert.offer, session="desk", origin="local", by=BOB)
            await self.presses(window, "Escape")
        await expert.turned_away()

    async def viewed_by(self, name: str, offer: str) -> Expert:
        """Have an account ask, the user say yes, and a picture come."""
        expert = await self.offer(name, offer)
        await self.yes(expert, await self.question(expert))
        return expert

    async def locks(self) -> None:
        """Lock the display as its owner does, and wait until the lock lies over it."""
        lock = running(
            *AS_SOMEBODY, "i3lock", "--nofork", "--color=203040", log=self.home.log, env={"DISPLAY": self.home.screen}
        )
        self.tunnels.enter_context(lock)
        await self.until(lambda: self.desk.window("i3lock"), "the lock")
        self.saw.locked(session="desk")

    async def nobody_answers(self, expert: Expert) -> None:
        """Wait until the question goes by itself, and see whether the expert goes too."""
        await self.question(expert)
        await self.until(lambda: expert.opened or not self.desk.window("MeshCentral"), "the question goes")
        if not expert.opened:
            self.saw.prompt_hidden(offer=expert.offer, session="desk", reason="timeout")
        if await expert.turned_away():
            self.saw.offer_expired(offer=expert.offer)


def question_text(screen: str) -> str:
    """Return what the question that is on show says: zenity has it on its command line."""
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (each / "cmdline").read_text("utf-8").split("\0")
            if words[0] == "zenity" and f"DISPLAY={screen}" in (each / "environ").read_text("utf-8").split("\0"):
                return next(word.removeprefix("--text=") for word in words if word.startswith("--text="))
    raise UnfitStage("no zenity on that display")


@asynccontextmanager
async def on_stage(home: House, domain: str) -> AsyncIterator[Stage]:
    """Give a story its stage, on which nothing is left of the one before."""
    home.who.write_text(LOGGED_ON, "utf-8")
    if home.agents[domain].poll() is not None:
        await home.start_agent(domain)
    stage = Stage(home, domain)
    try:
        await stage.rests()
        await stage.until(lambda: not stage.desk.window(""), "an empty desktop")
        await stage.consent(ASK)
        async with stage.tunnels:
            yield stage
    finally:
        stage.desk.x.close()


# ---- what is tried ---------------------------------------------------------


async def a_yes_gives_the_view(stage: Stage) -> None:
    """Have an account that may only look ask, and the user say yes."""
    viewer = await stage.offer(VIEWER, "1")
    window = await stage.question(viewer)
    await stage.yes(viewer, window)
    assert not stage.desk.window("")


async def a_yes_gives_nothing_else(stage: Stage) -> None:
    """Have an account with all rights ask, the user say yes to the one question, and the expert move the pointer."""
    await control_at_once(stage, await stage.viewed_by(HELPDESK, "1"))


async def control_at_once(stage: Stage, expert: Expert) -> None:
    """Let an expert move the pointer, where it arrives."""
    await expert.moves(111, 122)
    await stage.until(lambda: stage.desk.pointer() == (111, 122), "the pointer moves")
    stage.saw.input_applied(connection=expert.offer, session="desk", kind="pointer")


async def input_in_view_only(stage: Stage) -> None:
    """Have an account that may only look move the pointer; then one that may do more, whose move alone arrives."""
    viewer = await stage.viewed_by(VIEWER, "1")
    before = stage.desk.pointer()
    await viewer.moves(222, 133)
    if stage.desk.pointer() == before:
        stage.saw.input_dropped(connection="1", session="desk", kind="pointer")
    else:
        stage.saw.input_applied(connection="1", session="desk", kind="pointer")


async def silence_refuses(stage: Stage) -> None:
    """Have nobody answer."""
    viewer = await stage.offer(VIEWER if not stage.domain else HELPDESK, "1")
    await stage.nobody_answers(viewer)


async def silence_that_accepts(stage: Stage) -> None:
    """Have nobody answer, where the administrator set that silence accepts."""
    expert = await stage.offer(HELPDESK, "1")
    await stage.question(expert)
    await expert.sees()


async def a_no_refuses(stage: Stage) -> None:
    """Have the user say no."""
    viewer = await stage.offer(VIEWER, "1")
    await stage.no(viewer, await stage.question(viewer))


async def a_no_and_again(stage: Stage) -> None:
    """Have the user say no, and the expert ask again at once."""
    await a_no_refuses(stage)
    viewer = await stage.offer(VIEWER, "2")
    await stage.no(viewer, await stage.question(viewer))


async def the_user_ends(stage: Stage) -> None:
    """Have the user close the bar that says who looks on."""
    await stage.consent(ASK | BAR)
    viewer = await stage.viewed_by(VIEWER, "1")
    bar = await stage.until(lambda: stage.desk.window("Sharing desktop with"), "the bar")
    stage.saw.end_asked(connection="1", session="desk", by=BOB, origin="local")
    stage.desk.close(bar)
    await viewer.over()
    stage.saw.ended(connection="1", reason="user", by=BOB, origin="local")


async def a_second_expert(stage: Stage) -> None:
    """Have another account ask while one views: it has its own question, and nothing before the answer."""
    await stage.viewed_by(VIEWER, "1")
    other = await stage.offer(HELPDESK, "2")
    window = await stage.question(other)
    await stage.yes(other, window)


async def an_expert_clicks(stage: Stage) -> None:
    """Have another account ask while one has control, and this one say yes in the user's place."""
    helpdesk = await stage.viewed_by(HELPDESK, "1")
    viewer = await stage.offer(VIEWER, "2")
    window = await stage.question(viewer)
    middle = stage.desk.middle(window)
    await helpdesk.moves(*middle)
    await stage.until(lambda: stage.desk.pointer() == middle, "the pointer on the question")
    stage.saw.input_applied(connection="1", session="desk", kind="pointer")
    stage.saw.accepted(offer="2", session="desk", origin="injected", by=HELPDESK)
    viewer.by_hand = True
    while window in stage.desk.windows("MeshCentral"):
        await helpdesk.press_return()
        await helpdesk.moves(*middle)
    await viewer.sees()


async def two_ask_at_once(stage: Stage) -> None:
    """Have two accounts ask, and nobody answer: there are two questions."""
    experts = [await stage.offer(VIEWER, "1"), await stage.offer(HELPDESK, "2")]
    await stage.until(lambda: len(stage.desk.windows("MeshCentral")) == len(experts), "both questions")
    for expert in experts:
        stage.saw.prompt_shown(offer=expert.offer, session="desk")
    for expert in experts:
        await stage.until(expert.reading.done, "the end of the tunnel")
        stage.saw.offer_expired(offer=expert.offer)


async def a_view_while_locked(stage: Stage) -> None:
    """Lock the display while an account views it: what changes goes on to come."""
    viewer = await stage.viewed_by(VIEWER, "1")
    before = viewer.pictures
    await stage.locks()
    await viewer.sees(before)
    stage.saw.frame_shown(connection="1", session="desk")


async def asked_while_locked(stage: Stage) -> None:
    """Lock the display, and have an account ask: the question is there, and nobody can answer it."""
    await stage.locks()
    viewer = await stage.offer(VIEWER, "1")
    await stage.nobody_answers(viewer)


async def nobody_there(stage: Stage) -> None:
    """Have an account ask where nobody is logged on."""
    stage.home.who.write_text(LOGGED_OFF, "utf-8")
    stage.saw.logged_off(session="desk")
    viewer = await stage.offer(VIEWER, "1")
    await stage.question(viewer)
    if await viewer.turned_away():
        stage.saw.offer_refused(offer="1", reason="no user")


async def nobody_there_and_accepted(stage: Stage) -> None:
    """Have an account ask where nobody is logged on, and the administrator set that this accepts."""
    stage.home.who.write_text(LOGGED_OFF, "utf-8")
    stage.saw.logged_off(session="desk")
    with running(*xvfb(free_display(), stage.home.place / "auth"), log=stage.home.log):
        expert = await stage.offer(HELPDESK, "1")
        await expert.sees()


async def the_question_names_the_expert(stage: Stage) -> None:
    """Read the question, where the account has been given another name to show."""
    expert = await stage.offer(HELPDESK, "1")
    window = await stage.question(expert, names=True)
    await stage.no(expert, window)


async def consent_switched_off(stage: Stage) -> None:
    """Have the group no longer ask, though `consentMessages` has `desktopprompt`; nothing tells the user."""
    await stage.consent(0)
    expert = await stage.offer(HELPDESK, "1")
    await stage.yes(expert, await stage.question(expert))
    assert not stage.desk.window("")


async def consent_kept_by_the_agent(stage: Stage) -> None:
    """Have the administrator no longer want it, where the agent's own settings do."""
    await stage.consent(0)
    await stage.viewed_by(HELPDESK, "1")


async def a_stranger(stage: Stage) -> None:
    """Have an account without rights to the computer ask."""
    control, _ = await stage.asks(STRANGER, "1")
    refusal = control.answer(lambda message: message.get("result") == "Unable to route", "a tunnel")
    refused = asyncio.create_task(refusal)
    await stage.until(lambda: refused.done() or stage.desk.window("MeshCentral"), "a refusal, or a question")
    if stage.desk.window("MeshCentral"):
        stage.saw.prompt_shown(offer="1", session="desk")
    await refused
    stage.saw.offer_refused(offer="1", reason="not in list")


TRIALS: dict[str, tuple[str, Callable[[Stage], Awaitable[None]]]] = {
    "a yes gives the view": ("", a_yes_gives_the_view),
    "a yes gives the view and nothing else": ("", a_yes_gives_nothing_else),
    "silence refuses": ("", silence_refuses),
    "silence, autoAcceptOnTimeout": ("late", silence_refuses),
    "silence, autoAcceptOnTimeout and oldStyle": ("auto", silence_that_accepts),
    "a no refuses": ("", a_no_refuses),
    "a no, and again": ("", a_no_and_again),
    "input in view only is dropped": ("", input_in_view_only),
    "the user ends the view": ("", the_user_ends),
    "a second expert": ("", a_second_expert),
    "an expert with control clicks on the next question": ("", an_expert_clicks),
    "two ask at once": ("", two_ask_at_once),
    "a view while locked": ("", a_view_while_locked),
    "asked while locked": ("", asked_while_locked),
    "nobody there": ("", nobody_there),
    "nobody there, autoAcceptIfNoUser": ("auto", nobody_there_and_accepted),
    "the question names the expert": ("", the_question_names_the_expert),
    "consent switched off by the administrator": ("", consent_switched_off),
    "consent switched off, LocalConsent": ("late", consent_kept_by_the_agent),
    "a stranger": ("", a_stranger),
}
SHOWN = dict(excerpts("meshcentral.md"))


async def played(play: Callable[[], Awaitable[Recorder]], times: int = 3) -> Recorder:
    """Play a story; if the agent crashed in the middle, the story begins anew with another agent."""
    for _ in range(times - 1):
        with suppress(AgentGone):
            return await play()
    return await play()


@pytest.mark.parametrize("what", tried("meshcentral"))
def test_meshcentral_does_what_is_pinned(house: House, what: str) -> None:
    """Each thing that was tried ends as it is pinned, and the lines that the page shows of it were recorded."""

    async def play() -> Recorder:
        domain, story = TRIALS[what]
        async with on_stage(house, domain) as stage:
            await story(stage)
            stage.saw.recording_ended()
            return stage.saw

    if house.unfit > 1:
        raise UnfitStage("two trials failed for the stage's sake already; the others would wait for nothing")
    try:
        recorded = asyncio.run(played(play))
    except UnfitStage:
        house.unfit += 1
        raise

    assert PINNED["meshcentral"]["tried"][what] == told(judge(recorded))
    assert shows(SHOWN.get(what, []), [json.loads(line) for line in recorded.as_text().splitlines()])


def test_all_that_is_written_of_meshcentral_is_tried() -> None:
    """No trial is left out of what is pinned."""
    assert set(TRIALS) == set(tried("meshcentral"))
