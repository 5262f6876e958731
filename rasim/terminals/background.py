"""What goes on beside a screen: tasks, none of which fails unheard."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class BackgroundTasks:
    """The tasks of a program; what one of them fails with comes to `fails`."""

    def __init__(self, fails: Callable[[BaseException], None]) -> None:
        self._fails = fails
        self.tasks: set[asyncio.Task[Any]] = set()

    def begins(self, work: Coroutine[Any, Any, None]) -> None:
        """Let a task go on by itself."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fails(error)

    def ends(self) -> None:
        """End all tasks that still go on."""
        for task in tuple(self.tasks):
            task.cancel()
