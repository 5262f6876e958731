"""x11vnc under the promises: a popup asks, *View* lets look, and the user switches input on for one client. docs/products/x11vnc.md tells it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from stage import PINNED, UnfitStage, excerpts, free_port, need, need_version, ran, shows, told, tried, until
from vnc import ANNA, CAROL, USER, Offer, Question, Scene, a_desktop

from rasim.protocol import Choices
from rasim.testing import Recorder, judge

Story = Callable[[Path], Awaitable[Recorder]]
STORIES: dict[str, Story] = {}
POPUP = Question("new x11vnc client", {"yes": (42, 140), "no": (97, 140), "view": (152, 140)})
VIEWONLY_POPUP = Question("new x11vnc client", {"yes": (42, 120), "no": (97, 120)})
# RFB has no word by which a client asks for control: whoever gives it gives it unasked.
CHOICES = Choices(unasked_control="possible")


def story(row: str) -> Callable[[Story], Story]:
    """Enter a story under the row of the table that it tells."""
    return lambda told_by: STORIES.setdefault(row, told_by)


class X11vnc(Scene):
    """A desktop with x11vnc, and what the user can tell the running server on that display."""

    async def tells(self, *said: str) -> str:
        """Let the user tell the server something, or ask it; said again until it was heard, for the server may be busy."""

        async def heard() -> str | None:
            with suppress(UnfitStage):
                return await ran("x11vnc", "-display", self.desktop.display, "-sync", *said)
            return None

        return await until(heard, f"x11vnc hears {said}")

    async def id_of_newest(self) -> str:
        """Return what x11vnc calls the client that came last; its list begins with that one."""
        said = re.search(r"clients:(0x[0-9a-f]+):", await self.tells("-Q", "clients"))
        assert said
        return said[1]

    async def grants(self, view: Offer, *how: str) -> None:
        """Let the user switch input on, for this view as the user sees it."""
        self.recorder.local_input(session="s1")
        self.recorder.control_granted(connection=view.number, session="s1", origin="local", by=USER)
        await self.tells("-R", *how)


@asynccontextmanager
async def x11vnc(folder: Path, *options: str, accept: str = "popup:30", **scene: Any) -> AsyncIterator[X11vnc]:
    """Start x11vnc on a desktop of its own."""
    need("Xvfb", "xdotool", "x11vnc", "i3lock")
    need_version("x11vnc", (await ran("x11vnc", "-version")).split()[1])
    port = free_port()
    async with a_desktop(folder) as desktop:
        where = ("-display", desktop.display, "-rfbport", str(port), "-localhost", "-noipv6")
        popup = VIEWONLY_POPUP if "-viewonly" in options else POPUP
        server = desktop.start("x11vnc", *where, "-forever", "-nopw", "-noxdamage", "-accept", accept, *options)
        yield X11vnc(desktop, port, popup, server, **scene)


@story("a yes gives the view")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder) as scene:
        await scene.is_let_in(ANNA)
        return scene.recorder


@story("a yes gives the view and nothing else")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, mode="control") as scene:
        await scene.moves(await scene.is_let_in(ANNA, "yes"), 50, 60)
        return scene.recorder


@story("silence refuses")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, accept="popup:2") as scene:
        await scene.says_nothing(await scene.dials(ANNA))
        return scene.recorder


@story("a no refuses")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder) as scene:
        await scene.says(await scene.dials(ANNA), "no")
        return scene.recorder


@story("a no, and again")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder) as scene:
        await scene.says(await scene.dials(ANNA), "no")
        await scene.says(await scene.dials(ANNA), "no")
        return scene.recorder


@story("input in view only is dropped")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder) as scene:
        view = await scene.is_let_in(ANNA)
        await scene.moves(view, 50, 60)
        await scene.looks(view)
        return scene.recorder


@story("control after a second click")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, mode="control") as scene:
        view = await scene.is_let_in(ANNA)
        await scene.moves(view, 50, 60)
        await scene.grants(view, f"client_input:{await scene.id_of_newest()}:KMB")
        await scene.moves(view, 70, 80)
        return scene.recorder


@story("control is taken back")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, mode="control") as scene:
        view, newest = await scene.is_let_in(ANNA), await scene.id_of_newest()
        await scene.grants(view, f"client_input:{newest}:KMB")
        await scene.moves(view, 70, 80)
        scene.recorder.local_input(session="s1")
        scene.recorder.stop_asked(connection=view.number, session="s1", by=USER, origin="local")
        await scene.tells("-R", f"client_input:{newest}:")
        scene.recorder.control_stopped(connection=view.number, by=USER, origin="local")
        await scene.moves(view, 90, 100)
        await scene.looks(view)
        return scene.recorder


@story("the user ends the view")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder) as scene:
        view = await scene.is_let_in(ANNA)
        scene.recorder.local_input(session="s1")
        scene.recorder.end_asked(connection=view.number, session="s1", by=USER, origin="local")
        await scene.tells("-R", "disconnect:all")
        await scene.is_over(view)
        scene.lives()
        return scene.recorder


@story("a second expert")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder) as scene:
        view = await scene.is_let_in(ANNA)
        second = await scene.dials(CAROL)
        if await scene.is_asked_about(second):
            await scene.says(second, "view")
        else:
            scene.recorder.offer_refused(offer=second.number, reason="busy")
        await scene.looks(view)
        return scene.recorder


@story("a second expert, -shared")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, "-shared") as scene:
        first, second = await scene.is_let_in(ANNA), await scene.is_let_in(CAROL)
        await scene.looks(first)
        await scene.looks(second)
        return scene.recorder


@story("control for one of two, -shared, -R noviewonly")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, "-shared", "-viewonly", mode="control") as scene:
        first, second = await scene.is_let_in(ANNA, "yes"), await scene.is_let_in(CAROL, "yes")
        assert not await scene.moves(first, 50, 60)
        assert not await scene.moves(second, 50, 60)
        await scene.grants(first, "noviewonly")
        await scene.moves(first, 70, 80)
        await scene.moves(second, 90, 100)
        return scene.recorder


@story("control for one of two, -shared, -R client_input")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, "-shared", mode="control") as scene:
        first, newest = await scene.is_let_in(ANNA), await scene.id_of_newest()
        second = await scene.is_let_in(CAROL)
        await scene.grants(first, f"client_input:{newest}:KMB")
        await scene.moves(first, 70, 80)
        await scene.moves(second, 90, 100)
        return scene.recorder


@story("an expert with control clicks on the next question")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, "-shared", accept="popup:6", mode="control") as scene:
        first = await scene.is_let_in(ANNA)
        await scene.grants(first, f"client_input:{await scene.id_of_newest()}:KMB")
        await scene.moves(first, 70, 80)
        await scene.lets_click(first, await scene.dials(CAROL), "yes")
        return scene.recorder


@story("a view while locked")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder) as scene:
        view = await scene.is_let_in(ANNA)
        await scene.locks()
        await scene.looks(view)
        return scene.recorder


@story("asked while locked")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, accept="popup:2") as scene:
        await scene.locks()
        await scene.says_nothing(await scene.dials(ANNA))
        return scene.recorder


@story("nobody there")
async def _(folder: Path) -> Recorder:
    async with x11vnc(folder, accept="popup:2", somebody_there=False) as scene:
        await scene.says_nothing(await scene.dials(ANNA))
        return scene.recorder


@story("the question names the expert")
async def _(folder: Path) -> Recorder:
    asked = folder / "asked"
    script = folder / "ask.sh"
    script.write_text(
        f'#!/bin/sh\nprintf %s "$RFB_USERNAME at $RFB_CLIENT_IP" >{asked}.part\nmv {asked}.part {asked}\nexit 1\n'
    )
    script.chmod(0o700)
    async with x11vnc(folder, accept=str(script)) as scene:
        offer = await scene.dials(ANNA)
        await until(asked.exists, "the script is asked")
        scene.recorder.prompt_shown(offer=offer.number, session="s1", names=asked.read_text())
        assert not await scene.lets_in(offer)
        scene.recorder.prompt_hidden(offer=offer.number)
        scene.recorder.denied(offer=offer.number, session="s1", origin="unknown")
        scene.recorder.offer_refused(offer=offer.number, reason="denied")
        return scene.recorder


@pytest.mark.asyncio
@pytest.mark.parametrize("row", tried("x11vnc"))
async def test_x11vnc_does_what_is_pinned(row: str, tmp_path: Path) -> None:
    """Each story ends with the verdict that the table has, and the page shows lines of its trace."""
    recorder = await STORIES[row](tmp_path)
    recorder.recording_ended()
    (tmp_path / "trace.jsonl").write_text(recorder.as_text(), "utf-8")

    assert PINNED["x11vnc"]["tried"][row] == told(judge(recorder, choices=CHOICES))
    trace = [each.as_json() for each in recorder]
    assert [] == [lines for heading, lines in excerpts("x11vnc.md") if heading == row and not shows(lines, trace)]


def test_every_story_of_x11vnc_has_its_row() -> None:
    """No story is told that the table does not have."""
    assert set(STORIES) == set(tried("x11vnc"))
