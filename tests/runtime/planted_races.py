"""Six small products, each with a mistake that some orders show, and the same without it.

Each is a program of a few tasks; `await looks_up()` is where a product asks its database. A program raises `Broken` where a promise is broken.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define, field


class Broken(Exception):  # noqa: N818  (what happened)
    """A promise is broken; the message is its sentence."""


@define
class Product:
    """What a product knows while it runs; `mended` is whether it is the one without the mistake."""

    mended: bool
    viewing: bool = False
    control: bool = False
    may_control: bool = True
    prompt: int | None = 1
    asked_about: dict[int, str] = field(factory=lambda: {1: "anna", 2: "mallory"})
    tickets: set[str] = field(factory=lambda: {"ticket-1"})
    opened: int = 0


async def looks_up() -> None:
    """Wait for the database."""
    await asyncio.sleep(0)


async def at_once(*tasks: Coroutine[Any, Any, None]) -> None:
    """Let tasks go on at once."""
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(task)


def must(holds: bool, sentence: str) -> None:
    """Raise `Broken` unless a promise holds."""
    if not holds:
        raise Broken(sentence)


async def a_frame_after_the_end(product: Product) -> None:
    """Consent is looked at, then the frame is made, then it is sent."""
    product.viewing = True

    async def sends_a_frame() -> None:
        if product.viewing:
            await looks_up()
            if product.mended and not product.viewing:
                return
            must(product.viewing, "nothing is shown after the end")

    async def user_ends() -> None:
        await looks_up()
        await looks_up()
        product.viewing = False

    await at_once(sends_a_frame(), user_ends())


async def a_yes_to_another_question(product: Product) -> None:
    """Take a yes for the question on show, though it was said to the one before."""
    seen = product.prompt

    async def user_accepts() -> None:
        prompt = seen if product.mended else product.prompt
        await looks_up()
        if product.prompt is None or (product.mended and prompt != product.prompt):
            return
        must(product.asked_about[product.prompt] == "anna", "a yes counts for the expert it was said to")

    async def the_next_expert_offers() -> None:
        await looks_up()
        await looks_up()
        product.prompt = 2

    await at_once(user_accepts(), the_next_expert_offers())


async def a_yes_after_the_time(product: Product) -> None:
    """Let the question's time end in the moment of the yes, where whoever comes second does not look."""

    async def time_passes() -> None:
        await asyncio.sleep(60)
        if product.prompt is not None and not product.viewing:
            product.prompt = None

    async def user_accepts() -> None:
        await asyncio.sleep(60)
        if product.prompt is not None:
            await looks_up()
            if product.mended and product.prompt is None:
                return
            product.viewing = True
            must(product.prompt is not None, "silence is a no")

    await at_once(time_passes(), user_accepts())


async def a_ticket_for_two(product: Product) -> None:
    """Two connections bring the same ticket, and both look whether it lives before either uses it up."""

    async def comes() -> None:
        await looks_up()
        if "ticket-1" in product.tickets:
            if product.mended:
                product.tickets.discard("ticket-1")
            else:
                await looks_up()
                product.tickets.discard("ticket-1")
            product.opened += 1
            must(product.opened == 1, "a ticket opens one question")

    async def comes_late() -> None:
        for _ in range(2):
            await looks_up()
        await comes()

    await at_once(comes(), comes_late())


async def a_grant_beside_a_policy(product: Product) -> None:
    """Policy is tightened while a grant is written down, and the grant was decided by the old one."""

    async def user_grants() -> None:
        allowed = product.may_control
        await looks_up()
        if product.mended:
            allowed = product.may_control
        product.control = allowed
        must(product.may_control or not product.control, "a tighter policy bites at once")

    async def administrator_tightens() -> None:
        for _ in range(3):
            await looks_up()
        product.may_control, product.control = False, False

    await at_once(administrator_tightens(), user_grants())


async def input_after_escape(product: Product) -> None:
    """Press a key though the user took control back after the look at it."""
    product.control = True

    async def expert_types() -> None:
        for _ in range(2):
            if product.control:
                await looks_up()
                if product.mended and not product.control:
                    return
                must(product.control, "control is taken back at once")

    async def user_presses_escape() -> None:
        for _ in range(4):
            await looks_up()
        product.control = False

    await at_once(expert_types(), user_presses_escape())


RACES: tuple[Callable[[Product], Coroutine[Any, Any, None]], ...] = (
    a_frame_after_the_end,
    a_yes_to_another_question,
    a_yes_after_the_time,
    a_ticket_for_two,
    a_grant_beside_a_policy,
    input_after_escape,
)
