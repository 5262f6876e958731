"""TigerVNC's server for a real display under the promises: one dialog, two buttons, and no switch. docs/products/tigervnc.md tells it."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from stage import PINNED, UnfitStage, excerpts, free_port, need, need_version, shows, told, tried
from vnc import ANNA, CAROL, USER, Question, Scene, a_desktop

from rasim.testing import Recorder, judge

Story = Callable[[Path], Awaitable[Recorder]]
STORIES: dict[str, Story] = {}
DIALOG = Question("Accept Connection", {"yes": (34, 78), "no": (232, 78)})
BUSY = "Another connection is currently being queried."
LOOK = ("-AcceptPointerEvents=0", "-AcceptKeyEvents=0")


def story(row: str) -> Callable[[Story], Story]:
    """Enter a story under the row of the table that it tells."""
    return lambda told_by: STORIES.setdefault(row, told_by)


async def said(*command: str) -> tuple[int | None, str]:
    """Return the exit code of a program and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={**os.environ, "DISPLAY": ""}
    )
    words = (await process.communicate())[0].decode()
    return process.returncode, words


@asynccontextmanager
async def tigervnc(folder: Path, *options: str, seconds: int = 30, **scene: Any) -> AsyncIterator[Scene]:
    """Start X0tigervnc on a desktop of its own; it asks for so many seconds."""
    need("Xvfb", "xdotool", "X0tigervnc", "vncconfig", "i3lock")
    version = re.search(r"version (\S+),", (await said("X0tigervnc", "--version"))[1])
    need_version("tigervnc", version[1] if version else "unknown")
    port = free_port()
    async with a_desktop(folder) as desktop:
        where = ("-display", desktop.display, "-rfbport", str(port), "-localhost", "-SecurityTypes", "None")
        asks = ("-QueryConnect=1", f"-QueryConnectTimeout={seconds}")
        yield Scene(desktop, port, DIALOG, desktop.start("X0tigervnc", *where, *asks, *options), **scene)


@story("a yes gives the view")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK) as scene:
        await scene.is_let_in(ANNA, "yes")
        return scene.recorder


@story("a yes gives the view and nothing else")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, mode="control") as scene:
        await scene.moves(await scene.is_let_in(ANNA, "yes"), 50, 60)
        return scene.recorder


@story("silence refuses")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, seconds=2) as scene:
        await scene.says_nothing(await scene.dials(ANNA))
        return scene.recorder


@story("a no refuses")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder) as scene:
        await scene.says(await scene.dials(ANNA), "no")
        return scene.recorder


@story("a no, and again")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder) as scene:
        await scene.says(await scene.dials(ANNA), "no")
        await scene.says(await scene.dials(ANNA), "no")
        return scene.recorder


@story("input in view only is dropped")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK) as scene:
        view = await scene.is_let_in(ANNA, "yes")
        await scene.moves(view, 50, 60)
        await scene.looks(view)
        return scene.recorder


@story("the user ends the view")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK) as scene:
        view = await scene.is_let_in(ANNA, "yes")
        scene.recorder.local_input(session="s1")
        scene.recorder.end_asked(connection=view.number, session="s1", by=USER, origin="local")
        scene.server.terminate()
        await scene.is_over(view)
        return scene.recorder


@story("a second expert")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK) as scene:
        first, second = await scene.is_let_in(ANNA, "yes"), await scene.is_let_in(CAROL, "yes")
        await scene.looks(first)
        await scene.looks(second)
        return scene.recorder


@story("a second expert, -NeverShared")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK, "-NeverShared") as scene:
        first, second = await scene.is_let_in(ANNA, "yes"), await scene.dials(CAROL)
        if await scene.is_asked_about(second):
            await scene.says(second, "yes")
        else:
            scene.recorder.offer_refused(offer=second.number, reason="busy")
        if not await scene.looks(first):
            scene.lives()
            scene.recorder.ended(connection=first.number, reason="other")
        return scene.recorder


@story("a second expert, -NeverShared -DisconnectClients=0")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK, "-NeverShared", "-DisconnectClients=0") as scene:
        first, second = await scene.is_let_in(ANNA, "yes"), await scene.dials(CAROL)
        if await scene.is_asked_about(second):
            await scene.says(second, "yes")
        else:
            scene.recorder.offer_refused(offer=second.number, reason="busy")
        await scene.looks(first)
        return scene.recorder


@story("an expert with control clicks on the next question")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, mode="control") as scene:
        first = await scene.is_let_in(ANNA, "yes")
        await scene.lets_click(first, await scene.dials(CAROL), "yes")
        return scene.recorder


@story("two ask at once")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK, seconds=2) as scene:
        first = await scene.dials(ANNA)
        await scene.is_asked(first)
        second = await scene.dials(CAROL)
        assert not await scene.lets_in(second)
        assert await second.told_why() == BUSY
        scene.recorder.offer_refused(offer=second.number, reason="busy")
        await scene.gone(first)
        third = await scene.dials(CAROL)
        assert not await scene.is_asked_about(third)
        assert await third.told_why() == BUSY
        scene.recorder.offer_refused(offer=third.number, reason="busy")
        # The first expert is never answered: not in twice the time after which the server should have given up.
        assert not (await asyncio.wait([first.attempt], timeout=4))[0]
        return scene.recorder


@story("a view while locked")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK) as scene:
        view = await scene.is_let_in(ANNA, "yes")
        await scene.locks()
        await scene.looks(view)
        return scene.recorder


@story("asked while locked")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK, seconds=2) as scene:
        await scene.locks()
        await scene.says_nothing(await scene.dials(ANNA))
        return scene.recorder


@story("nobody there")
async def _(folder: Path) -> Recorder:
    async with tigervnc(folder, *LOOK, seconds=2, somebody_there=False) as scene:
        await scene.says_nothing(await scene.dials(ANNA))
        return scene.recorder


@pytest.mark.asyncio
@pytest.mark.parametrize("row", tried("tigervnc"))
async def test_tigervnc_does_what_is_pinned(row: str, tmp_path: Path) -> None:
    """Each story ends with the verdict that the table has, and the page shows lines of its trace."""
    recorder = await STORIES[row](tmp_path)
    recorder.recording_ended()
    (tmp_path / "trace.jsonl").write_text(recorder.as_text(), "utf-8")

    assert PINNED["tigervnc"]["tried"][row] == told(judge(recorder))
    trace = [each.as_json() for each in recorder]
    assert [] == [lines for heading, lines in excerpts("tigervnc.md") if heading == row and not shows(lines, trace)]


@pytest.mark.asyncio
async def test_a_running_tigervnc_cannot_be_told(tmp_path: Path) -> None:
    """The tool that changes a running TigerVNC server does not find this one: control can be neither given nor taken back."""
    async with tigervnc(tmp_path, *LOOK) as scene:
        await scene.is_let_in(ANNA, "yes")
        code, words = await said("vncconfig", "-display", scene.desktop.display, "-set", "AcceptPointerEvents=1")

    assert (1, "No VNC extension on display") == (code, words.partition(" :")[0].strip())


@pytest.mark.asyncio
async def test_a_server_that_dies_refuses_nobody(tmp_path: Path) -> None:
    """A server that dies while it asks has given no answer, and the stage says so."""
    async with tigervnc(tmp_path) as scene:
        offer = await scene.dials(ANNA)
        await scene.is_asked(offer)
        scene.server.kill()

        with pytest.raises(UnfitStage, match="the server died"):
            await scene.lets_in(offer)


def test_every_story_of_tigervnc_has_its_row() -> None:
    """No story is told that the table does not have."""
    assert set(STORIES) == set(tried("tigervnc"))
