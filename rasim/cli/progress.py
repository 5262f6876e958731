"""How far a check is, on a terminal: a line for each part of it on standard error, taken away at the end; nothing in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rasim.engines.results import PartsDone, Watch
    from rasim.verify.states.explore import Sofar

OFTEN: Final = 0.1  # seconds from one look to the next: who explores is not to wait for the screen


@contextmanager
def shown() -> "Iterator[Watch | None]":
    """Give what shows progress, None where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn
    from rich.table import Column

    says = TextColumn("{task.description}: {task.fields[says]}", table_column=Column(no_wrap=True))
    # Refreshed by hand: beside the thread that would do it no process can be forked.
    bars = Progress(says, BarColumn(12), console=Console(stderr=True), auto_refresh=False, transient=True)
    begun: dict[str, tuple[TaskID, float]] = {}
    looked = 0.0

    def watch(part: str, sofar: "Sofar | PartsDone") -> None:
        nonlocal looked
        now = monotonic()
        if part not in begun:
            begun[part] = bars.add_task(part, **_said(sofar, 0.0)), now
        elif now - looked >= OFTEN:
            looked = now
            task, since = begun[part]
            bars.update(task, refresh=True, **_said(sofar, now - since))

    with bars:
        yield watch


@contextmanager
def counting_up(what: str, many: int) -> "Iterator[Callable[[int], None]]":
    """Give what takes in how many more of `what` are done; a terminal shows how many, how fast, and how long it will take."""
    if not sys.stderr.isatty():
        yield lambda _more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    says = TextColumn("{task.completed:,.0f} of {task.total:,.0f} {task.description}{task.fields[rate]}")
    bars = Progress(says, BarColumn(12), console=Console(stderr=True), auto_refresh=False, transient=True)
    since = looked = monotonic()
    done = 0

    def more(number: int) -> None:
        nonlocal looked, done
        done += number
        if (now := monotonic()) - looked >= OFTEN:
            looked = now
            rate = done / (now - since)
            left = timedelta(seconds=round((many - done) / rate)) if rate else "?"
            bars.update(task, completed=done, rate=f", {rate:,.0f}/s, {left} left", refresh=True)

    with bars:
        task = bars.add_task(what, total=many, rate="")
        yield more


def _said(sofar: "Sofar | PartsDone", seconds: float) -> dict[str, Any]:
    from rasim.engines.results import PartsDone

    if isinstance(sofar, PartsDone):
        return {"completed": sofar.done, "total": sofar.many, "says": f"{sofar.done:,} of {sofar.many:,}"}
    found = f"{sofar.states:,} states, depth {sofar.depth}, {sofar.left}"
    per = max(seconds, 0.1)
    return {
        "total": None,
        "says": f"{found}, {sofar.states / per:,.0f} states/s, {sofar.transitions / per:,.0f} transitions/s",
    }
