"""Makes the pictures of docs/tutorial/two-terminals.md, from the two programs as they run: `python -m tests.terminals.pictures docs/pictures`.

Each shows both terminals at a moment, side by side, as SVG: letters stay letters, and nothing is fetched to show them.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from html import escape
from pathlib import Path
from typing import Final

from rasim.terminals.screen import TerminalScreen
from tests.terminals.eyes import ESC, F2, F6, F8, Eyes, identities, looking

WIDE, HIGH, PAD, BAR = 7.4, 16, 10, 24
FACE, GROUND = "#d8dee9", "#161b22"
COLOURS: Final = {
    "ansiblack": "#2e3440", "ansired": "#e06c75", "ansigreen": "#98c379", "ansiyellow": "#e5c07b", "ansiblue": "#61afef",
    "ansimagenta": "#c678dd", "ansicyan": "#56b6c2", "ansigray": "#d8dee9", "ansibrightblack": "#5c6370", "ansibrightred": "#ff7b86",
    "ansibrightgreen": "#b5e890", "ansibrightyellow": "#ffd58a", "ansibrightblue": "#82c4ff", "ansibrightmagenta": "#e29bff",
    "ansibrightcyan": "#7fdbe6", "ansiwhite": "#ffffff",
}  # fmt: skip


def drawn(screens: dict[str, TerminalScreen]) -> str:
    """Return terminals side by side as SVG."""
    columns, rows = next(iter(screens.values())).size
    width, height = columns * WIDE + 2 * PAD, rows * HIGH + 2 * PAD + BAR
    whole = len(screens) * (width + PAD) - PAD
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole:g} {height:g}" width="{whole:g}" role="img">'
    ]
    parts.append(
        "<style>text{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}</style>"
    )
    for number, (title, screen) in enumerate(screens.items()):
        left = number * (width + PAD)
        parts.append(f'<rect x="{left:g}" width="{width:g}" height="{height:g}" rx="8" fill="{GROUND}"/>')
        parts.append(f'<text x="{left + PAD:g}" y="{BAR - 6}" fill="#8b949e">{escape(title)}</text>')
        for y, row in enumerate(screen.rows(cursor=True)):
            parts += _row(row, left + PAD, y * HIGH + PAD + BAR)
    return "\n".join((*parts, "</svg>\n"))


def _row(row: list[tuple[str, str]], x: float, y: float) -> Iterator[str]:
    for style, text in row:
        words = style.split()
        named = {word[:2]: word[3:] for word in words if word[2:3] == ":"}
        face, ground = (COLOURS.get(each, each) for each in (named.get("fg", FACE), named.get("bg", GROUND)))
        if "reverse" in words:
            face, ground = ground, face
        wide = len(text) * WIDE
        if ground != GROUND:
            yield f'<rect x="{x:g}" y="{y:g}" width="{wide + 0.3:g}" height="{HIGH}" fill="{ground}"/>'
        if text.strip():
            more = ' font-weight="bold"' * ("bold" in words) + ' font-style="italic"' * ("italic" in words)
            at = f'x="{x:g}" y="{y + HIGH - 4:g}" textLength="{wide:g}"'
            yield f'<text {at} fill="{face}"{more} xml:space="preserve">{escape(text)}</text>'
        x += wide


def moments() -> Iterator[tuple[str, Eyes, Eyes]]:
    """Yield each moment that is worth a picture, with both terminals as they are then."""
    with ExitStack() as stack:
        keys = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        identities(keys, r"CORP\anna")
        policy = ("--set", "offer=enabled", "--set", "mode=control", "--add-helper", r"CORP\anna")
        where = ("--keys", str(keys), "--listen", "127.0.0.1:7135", "--user", r"CORP\bob")
        shell = ("--run", "bash --norc --noprofile")
        prompt = {"PS1": r"\[\e[32m\]bob@pc1\[\e[0m\]:\[\e[34m\]~\[\e[0m\]$ "}
        host = stack.enter_context(looking("host", *where, *policy, *shell, **prompt))
        host.sees("Experts call", "bob@pc1")
        host.types("ls --color=always docs\r")
        host.sees("tutorial")
        anna = stack.enter_context(looking("expert", "127.0.0.1:7135", "--as", str(keys / "anna.pem")))
        host.sees("F2 let look")
        anna.sees("is asked whether you may look on")
        yield "question", host, anna
        host.types(F2)
        anna.sees("You look on at pc1", "tutorial")
        anna.types("rm\r")
        anna.sees("Nothing was typed there")
        host.sees("sees this terminal")
        yield "view-only", host, anna
        anna.types(F6)
        host.sees("F6 let type")
        anna.sees("is asked whether you may type")
        yield "control-asked", host, anna
        host.types(F6)
        anna.sees("What you type reaches")
        anna.types("head -3 docs/index.md\r")
        host.sees("# rasim", "TYPES here")
        anna.sees("# rasim")
        yield "control", host, anna
        host.types(ESC)
        anna.sees("Control was taken back")
        host.sees("You took control back")
        yield "taken-back", host, anna
        host.types(F8)
        host.sees("Who saw what")
        yield "record", host, anna


def main() -> None:
    """Write a picture of each moment that is named, or of all."""
    folder, *names = sys.argv[1:]
    for name, host, anna in moments():
        if not names or name in names:
            text = drawn({"rasim host": host.screen, "rasim expert": anna.screen})
            Path(folder, f"two-terminals-{name}.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
