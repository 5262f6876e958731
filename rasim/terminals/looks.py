"""How both sides look: the picture, and below it a bar of three rows whose colour says how far things are."""

import os
from collections.abc import Sequence
from typing import Any, Final, Protocol

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, UIContent, UIControl, Window
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from rasim.terminals.screen import Cells
from rasim.terminals.words import Bar

BAR_ROWS: Final = 3
PASTED: Final = Keys.BracketedPaste.value
_ESCAPE_WAIT: Final = 0.05  # seconds after which an Esc is a key of its own, and no beginning of another
_COLOURED: Final = {
    "calm": "bg:#3c4450 #e6e6e6",
    "asked": "bg:#e0af3c #000000 bold",
    "seen": "bg:#2b6cb0 #ffffff",
    "held": "bg:#b3261e #ffffff bold",
    "key": "bold",
    "does": "#9aa4b2",
    "told": "italic",
}
_PLAIN: Final = dict.fromkeys(("calm", "asked", "seen", "held"), "reverse") | {
    "key": "bold",
    "does": "",
    "told": "",
}


class Drawn(Protocol):
    """One of the two sides: what is drawn, and what takes keys."""

    def rows(self) -> Sequence[Cells]:
        """Return what is shown above the bar."""

    def cursor(self) -> tuple[int, int] | None:
        """Return where the cursor stands in it, None if it is not to be seen."""

    def bar(self) -> Bar:
        """Return the bar; what it offers is what the next key answers."""

    def pressed(self, key: str, data: str) -> None:
        """Take a key of this terminal's own keyboard: its name, and what the terminal sent for it."""


class _Picture(UIControl):
    def __init__(self, side: Drawn) -> None:
        self._side = side

    def is_focusable(self) -> bool:
        return True

    def create_content(self, width: int, height: int) -> UIContent:  # noqa: ARG002  (prompt_toolkit's signature)
        rows, cursor = list(self._side.rows()) or [[("", "")]], self._side.cursor()
        # Where there is less room than rows, the last ones that say something are shown.
        last = max((y for y, row in enumerate(rows) if "".join(text for _, text in row).strip()), default=0)
        at = Point(0, last) if cursor is None else Point(*cursor)
        return UIContent(
            get_line=lambda y: list(rows[y]), line_count=len(rows), cursor_position=at, show_cursor=cursor is not None
        )


def application(side: Drawn, keyboard: Input | None = None, output: Output | None = None) -> "Application[None]":
    """Return what draws a side and gives it its keys."""
    bindings = KeyBindings()

    @bindings.add(Keys.Any, eager=True)
    def _(event: KeyPressEvent) -> None:
        press = event.key_sequence[0]
        key = press.key.value if isinstance(press.key, Keys) else press.key
        if len(key) == 1 or key == PASTED or not key.startswith("<"):  # what a terminal says of itself is no key
            side.pressed(key, press.data)

    app: Application[None]
    layout = Layout(
        HSplit(
            [
                Window(_Picture(side)),
                Window(
                    FormattedTextControl(lambda: bar_text(side.bar(), app.output.get_size().columns)), height=BAR_ROWS
                ),
            ]
        )
    )
    style = Style.from_dict(_PLAIN if os.environ.get("NO_COLOR") else _COLOURED)
    app = Application(
        layout=layout,
        key_bindings=bindings,
        style=style,
        full_screen=True,
        min_redraw_interval=0.03,
        include_default_pygments_style=False,
        input=keyboard,
        output=output,
    )
    app.ttimeoutlen = _ESCAPE_WAIT
    return app


def bar_text(bar: Bar, columns: int) -> StyleAndTextTuples:
    """Return the three rows: what is so with what runs down, what was last told, and the keys."""
    flow = f"  {bar.flow} " if bar.flow else " "
    room = max(0, columns - len(flow) - 1)
    keys: StyleAndTextTuples = [("", " ")]
    for key, does in bar.keys:
        keys += [("class:key", key), ("class:does", f" {does}   ")]
    top: Any = (f"class:{bar.tone}", f" {_fitted(bar.says, room)}{flow}\n")
    return [top, ("class:told", f" {_fitted(bar.told, columns - 1)}\n"), *keys]


def _fitted(text: str, room: int) -> str:
    """Return a text in exactly so many cells; it is cut in its middle: who asks stands at its beginning, for what at its end."""
    head, tail = text[: room // 3], text[room // 3 :]
    if get_cwidth(text) > room:
        while tail and get_cwidth(f"{head}…{tail}") > room:
            tail = tail[1:]
        text = f"{head}…{tail}"
    return f"{text}{' ' * (room - get_cwidth(text))}"
