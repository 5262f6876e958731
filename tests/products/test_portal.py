"""The desktop portal: what a program must ask before it sees the screen and moves the pointer (docs/products/portal.md).

The product is xdg-desktop-portal, which stands between programs and the desktop. It is here as Debian ships it, with the real PipeWire
daemon, the real permission store, and a D-Bus session bus of its own. The desktop behind it, which puts the question to the user and takes
the input, and the programs before it are ours: each is a connection of this file to that bus.

That nothing was passed on is told without waiting: after the portal's answer to a program our desktop makes one round to the bus
(`Peer.settled`), and the bus has then handed over what the portal sent before.
"""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from stage import PATIENCE, PINNED, UnfitStage, excerpts, need, need_version, running, shows, told, tried, until

from rasim.testing import Recorder, judge

PORTAL, STORE = "/usr/libexec/xdg-desktop-portal", "/usr/libexec/xdg-permission-store"
NAME, HERE, FACE = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal"
BACKEND, IMPL = "org.freedesktop.impl.portal.desktop.rasim", "org.freedesktop.impl.portal"
BUS, BUS_AT = "org.freedesktop.DBus", "/org/freedesktop/DBus"

BUS_CONF = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={at}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""
PORTAL_FILE = f"[portal]\nDBusName={BACKEND}\nInterfaces={IMPL}.RemoteDesktop;{IMPL}.ScreenCast\nUseIn=rasim\n"

# Words of the portal's interfaces.
MONITOR, POINTER, UNTIL_REVOKED, SHARED, REFUSED = 1, 2, 2, 0, 1
STREAMS = Variant("a(ua{sv})", [[7, {"size": Variant("(ii)", [640, 480])}]])
REMEMBERED = Variant("(suv)", ["rasim", 1, Variant("s", "the whole screen")])

BOB, VIEWER, OTHER = r"DESK\bob", r"DESK\viewer", r"DESK\other"  # who sits there, and two programs
RECORDS = ["prompts", "answers", "frames", "input", "sessions", "policy"]


class Peer:
    """A connection to the bus, and what arrives at it."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.arrived: list[Message] = []
        bus.add_message_handler(self.handle)

    @classmethod
    async def at(cls, address: str) -> Self:
        """Connect to the bus."""
        return cls(await MessageBus(bus_address=address, negotiate_unix_fd=True).connect())

    def handle(self, message: Message) -> Message | bool | None:
        """Keep what arrives."""
        self.arrived.append(message)
        return None

    def saw(self, member: str, at: str = "") -> list[Message]:
        """Return what arrived under a name."""
        return [
            each for each in self.arrived if each.member == member and at in {"", each.path, *map(str, each.body[:1])}
        ]

    async def call(self, to: str, at: str, interface: str, member: str, signature: str = "", *body: Any) -> Message:
        """Call a method and return its answer, which may be an error."""
        asked = Message(to, at, interface, member, signature=signature, body=list(body))
        answer = await asyncio.wait_for(self.bus.call(asked), PATIENCE)
        if answer is None:
            raise UnfitStage(f"no answer to {member}")
        return answer

    async def settled(self) -> None:
        """Return when what was sent to us before has arrived: the bus keeps the order of what it hands to one connection."""
        await self.call(BUS, BUS_AT, BUS, "GetId")


class Desk(Peer):
    """The desktop behind the portal."""

    def __init__(self, bus: MessageBus) -> None:
        super().__init__(bus)
        self.questions: asyncio.Queue[Message] = asyncio.Queue()
        self.restored: set[str] = set()

    def handle(self, message: Message) -> Message | bool | None:
        """Answer the portal at once. Only `Start` waits for the user, unless the portal hands back what a user had us remember."""
        super().handle(message)
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if message.member == "GetAll":
            can = {
                "version": 4,
                "AvailableDeviceTypes": POINTER,
                "AvailableSourceTypes": MONITOR,
                "AvailableCursorModes": 1,
            }
            return Message.new_method_return(message, "a{sv}", [{name: Variant("u", can[name]) for name in can}])
        if message.member == "SelectSources" and "restore_data" in message.body[3]:
            self.restored.add(message.body[1])
        if message.member == "Start" and message.body[1] not in self.restored:
            self.questions.put_nowait(message)
            return True
        if message.member in {"CreateSession", "SelectSources", "SelectDevices"}:
            return Message.new_method_return(message, "ua{sv}", [SHARED, {}])
        if message.member == "Start":
            return self.shares(message, remember=True)
        return Message.new_method_return(message)

    @staticmethod
    def shares(question: Message, *, devices: int = 0, remember: bool = False) -> Message:
        """Return a yes: the screen, and with it the devices that the user lets the program use."""
        given = {"streams": STREAMS, "devices": Variant("u", devices)}
        if remember:
            given |= {"persist_mode": Variant("u", UNTIL_REVOKED), "restore_data": REMEMBERED}
        return Message.new_method_return(question, "ua{sv}", [SHARED, given])

    @staticmethod
    def refuses(question: Message) -> Message:
        """Return a no."""
        return Message.new_method_return(question, "ua{sv}", [REFUSED, {}])


class Program(Peer):
    """A program before the portal: the expert's side."""

    name = ""
    session = ""
    wanted: Message  # the portal's answer to what the program wants to see
    answer: asyncio.Future[Any]
    numbers = count(1)

    def handle(self, message: Message) -> Message | bool | None:
        """Take the answer to what was asked for."""
        super().handle(message)
        if message.member == "Response" and not self.answer.done():
            self.answer.set_result(message.body)
        return None

    async def asks(self, interface: str, member: str, signature: str, *body: Any) -> Message:
        """Call a method whose answer comes later, as a signal (`answered`)."""
        self.answer = asyncio.get_running_loop().create_future()
        return await self.call(NAME, HERE, f"{FACE}.{interface}", member, signature, *body)

    async def answered(self) -> tuple[int, dict[str, Any]]:
        """Return how what was asked for ended, and with what."""
        code, results = await asyncio.wait_for(self.answer, PATIENCE)
        return code, {name: each.value for name, each in results.items()}

    async def opens(self, interface: str, *, token: str = "", persist: int = 0) -> None:
        """Make a session and say what is wanted: the screen, and of a remote desktop the pointer too."""
        match = "type='signal',sender='org.freedesktop.portal.Desktop'"
        await self.call(BUS, BUS_AT, BUS, "AddMatch", "s", match)
        number = Variant("s", f"n{next(self.numbers)}")
        await self.asks(interface, "CreateSession", "a{sv}", {"handle_token": number, "session_handle_token": number})
        self.session = (await self.answered())[1].get("session_handle", "")
        if not self.session:
            return
        if interface == "RemoteDesktop":
            await self.asks(interface, "SelectDevices", "oa{sv}", self.session, {"types": Variant("u", POINTER)})
            await self.answered()
        wanted = {"types": Variant("u", MONITOR)}
        if persist:
            wanted["persist_mode"] = Variant("u", persist)
        if token:
            wanted["restore_token"] = Variant("s", token)
        self.wanted = await self.asks("ScreenCast", "SelectSources", "oa{sv}", self.session, wanted)
        if self.wanted.message_type is not MessageType.ERROR:
            await self.answered()

    async def gets_the_picture(self, session: str = "") -> bool:
        """Ask for the way to the picture, and tell whether the portal handed it over."""
        at = session or self.session
        answer = await self.call(NAME, HERE, f"{FACE}.ScreenCast", "OpenPipeWireRemote", "oa{sv}", at, {})
        for each in answer.unix_fds:
            os.close(each)
        return bool(answer.unix_fds)

    async def moves(self, session: str = "") -> Message:
        """Ask the portal to move the pointer, and return its answer."""
        at = session or self.session
        return await self.call(NAME, HERE, f"{FACE}.RemoteDesktop", "NotifyPointerMotion", "oa{sv}dd", at, {}, 1.0, 0.0)


class Stage:
    """A desktop, the portal, programs, and the recorder that writes down what each side sees."""

    def __init__(self, address: str, desk: Desk) -> None:
        self.address, self.desk = address, desk
        self.programs: list[Program] = []
        self.saw = Recorder(records=RECORDS)
        self.saw.policy_applied(version="1", offers="enabled", mode="control", helpers=[VIEWER, OTHER])
        self.saw.logged_on(session="seat", by=BOB)

    async def program(self, name: str) -> Program:
        """Start a program."""
        self.programs.append(program := await Program.at(self.address))
        program.name = name
        return program

    async def offer(self, program: Program, offer: str, interface: str = "RemoteDesktop", **wanted: Any) -> None:
        """Let a program ask to share the desktop."""
        await program.opens(interface, **wanted)
        self.saw.offer_received(offer=offer, session="seat", expert=program.name)
        await program.asks(interface, "Start", "osa{sv}", program.session, "", {})

    async def question(self, program: Program, offer: str, *, names: bool = False) -> Message | None:
        """Wait until the portal has the desktop put the question to the user; it is None if the portal answers without one."""
        asked = asyncio.ensure_future(self.desk.questions.get())
        await asyncio.wait({asked, program.answer}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            asked.cancel()
            if not program.answer.done():
                raise UnfitStage("neither a question nor an answer")
            return None
        text = {"names": asked.result().body[2]} if names else {}
        self.saw.prompt_shown(offer=offer, session="seat", **text)
        return asked.result()

    async def yes(self, program: Program, offer: str, question: Message | None, **given: Any) -> dict[str, Any]:
        """Let the user share what was asked for, and the program have the answer."""
        if question:
            self.saw.accepted(offer=offer, session="seat", origin="local", by=BOB)
            await self.desk.bus.send(self.desk.shares(question, **given))
        return await self.connects(program, offer)

    async def connects(self, program: Program, offer: str) -> dict[str, Any]:
        """Take the portal's answer to a program: with streams in it the picture is a call away."""
        code, results = await program.answered()
        if code == SHARED and results.get("streams"):
            self.saw.connection_opened(connection=offer, offer=offer, expert=program.name)
        return results

    async def viewed_by(self, name: str, offer: str, **given: Any) -> Program:
        """Let a program ask, and the user share the picture with it, and more if so said."""
        program = await self.program(name)
        await self.offer(program, offer)
        await self.yes(program, offer, await self.question(program, offer), **given)
        assert await self.picture(program, offer)
        return program

    async def no(self, program: Program, offer: str, question: Message | None) -> None:
        """Let the user refuse what was asked for."""
        if question:
            self.saw.denied(offer=offer, session="seat", origin="local", by=BOB)
            await self.desk.bus.send(self.desk.refuses(question))
        await self.connects(program, offer)

    async def picture(self, program: Program, connection: str, session: str = "") -> bool:
        """Let a program reach for the picture, and tell whether it was handed over."""
        got = await program.gets_the_picture(session)
        (self.saw.frame_shown if got else self.saw.frame_withheld)(connection=connection, session="seat")
        return got

    async def input(self, program: Program, connection: str, session: str = "") -> None:
        """Let a program move the pointer: what arrives at the desktop is applied, and nothing else is."""
        at = session or program.session
        before = len(self.desk.saw("NotifyPointerMotion", at))
        await program.moves(session)
        await self.desk.settled()
        applied = len(self.desk.saw("NotifyPointerMotion", at)) > before
        (self.saw.input_applied if applied else self.saw.input_dropped)(
            connection=connection, session="seat", kind="pointer"
        )

    async def ends(self, program: Program, connection: str) -> None:
        """Let the user end what a program has."""
        self.saw.end_asked(connection=connection, session="seat", by=BOB, origin="local")
        await self.closes(program)
        self.saw.ended(connection=connection, reason="user", by=BOB, origin="local")

    async def closes(self, program: Program) -> None:
        """Let the desktop close a program's session, and wait until the program was told."""
        await self.desk.bus.send(
            Message(path=program.session, interface=f"{IMPL}.Session", member="Closed", message_type=MessageType.SIGNAL)
        )
        await until(lambda: program.saw("Closed", program.session), "the portal tells the program that it is over")


House = tuple[Path, dict[str, str], Path]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a bus and PipeWire, and give the folder, the environment and the log of what runs beside them."""
    need("dbus-daemon", "pipewire", PORTAL, STORE)
    need_version("portal", subprocess.check_output([PORTAL, "--version"], text=True).split()[-1])  # noqa: S603
    place = tmp_path_factory.mktemp("portal")
    (place / "bus.conf").write_text(BUS_CONF.format(at=place / "bus"), "utf-8")
    (place / "rasim.portal").write_text(PORTAL_FILE, "utf-8")
    log = place / "log"
    env = {
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={place / 'bus'}",
        "XDG_CURRENT_DESKTOP": "rasim",
        **dict.fromkeys(("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_DESKTOP_PORTAL_DIR"), str(place)),
    }
    bus = ("dbus-daemon", f"--config-file={place / 'bus.conf'}", "--nofork")
    with running(*bus, log=log), running("pipewire", log=log, env=env):
        yield place, env, log


@asynccontextmanager
async def on_stage(house: House) -> AsyncIterator[Stage]:
    """Give a story its desktop and its portal, both anew."""
    place, env, log = house
    await until((place / "bus").exists, "the bus", log=log)
    await until((place / "pipewire-0").exists, "PipeWire", log=log)
    desk = await Desk.at(env["DBUS_SESSION_BUS_ADDRESS"])
    await desk.bus.request_name(BACKEND)

    async def there() -> bool:
        names = await desk.call(BUS, BUS_AT, BUS, "ListNames")
        return {NAME, f"{IMPL}.PermissionStore"} <= set(names.body[0])

    with running(STORE, log=log, env=env), running(PORTAL, log=log, env=env):
        await until(there, "the portal on its bus", log=log)
        stage = Stage(env["DBUS_SESSION_BUS_ADDRESS"], desk)
        try:
            yield stage
        finally:
            for each in (*stage.programs, desk):
                each.bus.disconnect()


# ---- what is tried ---------------------------------------------------------


async def a_yes_gives_the_view(stage: Stage) -> None:
    """Have the program reach for picture and input before the user answered, and for the picture after the yes."""
    viewer = await stage.program(VIEWER)
    await stage.offer(viewer, "1")
    question = await stage.question(viewer, "1")
    await stage.picture(viewer, "1")
    await stage.input(viewer, "1")
    await stage.yes(viewer, "1", question)
    assert await stage.picture(viewer, "1")


async def input_in_view_only(stage: Stage) -> None:
    """Have the user share the picture alone: the pointer does not move, and no more is to be had in that session."""
    viewer = await stage.viewed_by(VIEWER, "1")
    await stage.input(viewer, "1")
    more = await viewer.asks(
        "RemoteDesktop", "SelectDevices", "oa{sv}", viewer.session, {"types": Variant("u", POINTER)}
    )
    assert MessageType.ERROR is more.message_type
    await stage.input(viewer, "1")


async def a_no_refuses(stage: Stage) -> None:
    """Have the user refuse: the program has nothing."""
    viewer = await stage.program(VIEWER)
    await stage.offer(viewer, "1")
    await stage.no(viewer, "1", await stage.question(viewer, "1"))
    await stage.picture(viewer, "1")
    await stage.input(viewer, "1")


async def a_no_and_again(stage: Stage) -> None:
    """Have the user refuse, and the program ask again at once."""
    await a_no_refuses(stage)
    await stage.offer(stage.programs[0], "2")
    await stage.question(stage.programs[0], "2")


async def silence_refuses(stage: Stage) -> None:
    """Have nobody answer, and the program reach for both, then take its request back: a yes that comes after is none."""
    viewer = await stage.program(VIEWER)
    await stage.offer(viewer, "1")
    question = await stage.question(viewer, "1")
    assert question
    await stage.picture(viewer, "1")
    await stage.input(viewer, "1")
    await viewer.call(NAME, question.body[0], f"{FACE}.Request", "Close")
    await until(lambda: stage.desk.saw("Close", question.body[0]), "the portal takes the question back")
    stage.saw.offer_cancelled(offer="1", by=VIEWER)
    stage.saw.prompt_hidden(offer="1", session="seat", reason="cancelled")
    await stage.desk.bus.send(stage.desk.shares(question, devices=POINTER))
    await stage.picture(viewer, "1")
    await stage.input(viewer, "1")


async def a_yes_gives_nothing_else(stage: Stage) -> None:
    """Have the user share picture and pointer in the one question that there is, and end both: they are over at once."""
    viewer = await stage.viewed_by(VIEWER, "1", devices=POINTER)
    await stage.input(viewer, "1")
    await stage.ends(viewer, "1")
    await stage.input(viewer, "1")


async def the_user_ends(stage: Stage) -> None:
    """Have the user end the view: the program is told, and the picture is no longer to be had."""
    viewer = await stage.viewed_by(VIEWER, "1")
    await stage.ends(viewer, "1")
    await stage.picture(viewer, "1")


async def the_program_dies(stage: Stage) -> None:
    """Let the program be gone from the bus: the portal ends its session at the desktop."""
    viewer = await stage.viewed_by(VIEWER, "1")
    viewer.bus.disconnect()
    await until(lambda: stage.desk.saw("Close", viewer.session), "the portal ends the session")
    stage.saw.ended(connection="1", reason="transport")


async def a_second_expert(stage: Stage) -> None:
    """Have another program reach for the session of the first, and then ask for one of its own while that one views."""
    viewer = await stage.viewed_by(VIEWER, "1")
    other = await stage.program(OTHER)
    await stage.picture(other, "2", viewer.session)
    await stage.input(other, "2", viewer.session)
    await stage.offer(other, "2")
    await stage.yes(other, "2", await stage.question(other, "2"))
    await stage.picture(other, "2")


async def a_view_while_locked(stage: Stage) -> None:
    """Lock the session, where the desktop leaves what that means to the portal."""
    viewer = await stage.viewed_by(VIEWER, "1")
    stage.saw.locked(session="seat")
    await stage.picture(viewer, "1")


async def a_view_that_a_lock_ends(stage: Stage) -> None:
    """Lock the session, where the desktop ends what runs, through the portal."""
    viewer = await stage.viewed_by(VIEWER, "1")
    stage.saw.locked(session="seat")
    await stage.closes(viewer)
    stage.saw.ended(connection="1", reason="locked")
    await stage.picture(viewer, "1")


async def asked_while_locked(stage: Stage) -> None:
    """Lock the session, and have a program ask."""
    stage.saw.locked(session="seat")
    viewer = await stage.program(VIEWER)
    await stage.offer(viewer, "1")
    await stage.question(viewer, "1")


async def nobody_there(stage: Stage) -> None:
    """Leave the portal without a desktop: the program gets no session."""
    stage.saw.logged_off(session="seat")
    await stage.desk.bus.release_name(BACKEND)
    viewer = await stage.program(VIEWER)
    stage.saw.offer_received(offer="1", session="seat", expert=VIEWER)
    await viewer.opens("RemoteDesktop")
    assert not viewer.session
    stage.saw.offer_refused(offer="1", reason="other")


async def the_question_names_the_expert(stage: Stage) -> None:
    """Look at the name that the portal gives the desktop for the question (issue 579)."""
    viewer = await stage.program(VIEWER)
    await stage.offer(viewer, "1")
    await stage.question(viewer, "1", names=True)


async def remembered(stage: Stage, first: str, then: str) -> None:
    """Have the user share and let it be remembered; later a program comes with the token that the portal gave for it."""
    viewer = await stage.program(first)
    await stage.offer(viewer, "1", "ScreenCast", persist=UNTIL_REVOKED)
    token = (await stage.yes(viewer, "1", await stage.question(viewer, "1"), remember=True))["restore_token"]
    await stage.picture(viewer, "1")
    await stage.ends(viewer, "1")
    viewer.bus.disconnect()
    later = await stage.program(then)
    await stage.offer(later, "2", "ScreenCast", persist=UNTIL_REVOKED, token=token)
    assert token == (await stage.connects(later, "2"))["restore_token"]
    await stage.picture(later, "2")
    assert stage.desk.questions.empty()


async def a_remembered_yes(stage: Stage) -> None:
    """Let the program that was let in come again: the user is not asked."""
    await remembered(stage, VIEWER, VIEWER)


async def a_remembered_yes_of_another(stage: Stage) -> None:
    """Let another program come with the token: the portal has no name for either (pull request 1600)."""
    await remembered(stage, VIEWER, OTHER)


async def control_that_is_to_be_remembered(stage: Stage) -> None:
    """Have a program want control for good: this version cannot (issue 850), says so, and the user is asked."""
    viewer = await stage.program(VIEWER)
    await stage.offer(viewer, "1", persist=UNTIL_REVOKED)
    assert ["Remote desktop sessions cannot persist"] == viewer.wanted.body
    await stage.yes(viewer, "1", await stage.question(viewer, "1"))


TRIALS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "a yes gives the view": a_yes_gives_the_view,
    "a yes gives the view and nothing else": a_yes_gives_nothing_else,
    "silence refuses": silence_refuses,
    "a no refuses": a_no_refuses,
    "a no, and again": a_no_and_again,
    "input in view only is dropped": input_in_view_only,
    "the user ends the view": the_user_ends,
    "the program dies": the_program_dies,
    "a second expert": a_second_expert,
    "a view while locked": a_view_while_locked,
    "a view while locked, a desktop that ends it": a_view_that_a_lock_ends,
    "asked while locked": asked_while_locked,
    "nobody there": nobody_there,
    "the question names the expert": the_question_names_the_expert,
    "a remembered yes": a_remembered_yes,
    "a remembered yes of another": a_remembered_yes_of_another,
    "control that is to be remembered": control_that_is_to_be_remembered,
}
SHOWN = dict(excerpts("portal.md"))


@pytest.mark.parametrize("what", tried("portal"))
def test_the_portal_does_what_is_pinned(house: House, what: str) -> None:
    """Each thing that was tried ends as it is pinned, and the lines that the page shows of it were recorded."""

    async def play() -> Recorder:
        async with on_stage(house) as stage:
            await TRIALS[what](stage)
            stage.saw.recording_ended()
            return stage.saw

    recorded = asyncio.run(play())

    assert PINNED["portal"]["tried"][what] == told(judge(recorded))
    assert shows(SHOWN.get(what, []), [json.loads(line) for line in recorded.as_text().splitlines()])


def test_all_that_is_written_is_tried() -> None:
    """No trial is left out of what is pinned."""
    assert set(TRIALS) == set(tried("portal"))
