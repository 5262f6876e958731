"""The page as one file: its parts put together, with a policy that forbids the browser everything but what stands in it.

`page(given)` is the same bytes for the same input. The tables that `docs/generate/teaching` made are numbered, deflated and
written as letters; the scripts stand in it as they are in `assets/`, one after the other, so that whoever opens the source can
read them.
"""

import json
import zlib
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any, Final

from rasim.web.numbering import numbered

# In this order, for what stands above is used below: what happens and what is said of it, then the rooms of the page, one a file.
SCRIPTS: Final = (
    *("tables.js", "say.js", "draw.js", "share.js", "lessons.js", "hints.js", "explorer.js", "elements.js", "terms.js"),
    *(
        "view.js",
        "scene.js",
        "user.js",
        "expert.js",
        "wire.js",
        "policy.js",
        "acts.js",
        "story.js",
        "course.js",
        "bar.js",
    ),
    *("trace.js", "page.js"),
)
STYLES: Final = ("design.css", "page.css", "desktop.css")
LANGUAGES: Final = ("en", "de")


def asset(name: str) -> str:
    """Return a part of the page as text."""
    return files("rasim.web").joinpath("assets", name).read_text(encoding="utf-8")


def teaching() -> dict[str, Any]:
    """Return the tables as they are kept, in words."""
    found: dict[str, Any] = json.loads(asset("teaching.json"))
    return found


@cache
def tables() -> bytes:
    """Return the tables as the page looks them up."""
    return json.dumps(numbered(teaching()), separators=(",", ":")).encode()


def digest() -> str:
    """Return what tells one version's tables, and where its lessons start, from those of another: a link is only good with its own."""
    return sha256(tables() + asset("lessons.js").encode()).hexdigest()[:8]


def style() -> str:
    """Return how the page looks: its design, the places of its parts, the two desktops."""
    return "".join(map(asset, STYLES))


def script(*further: str) -> str:
    """Return the scripts of the page as one."""
    return "\n".join(['"use strict";', *map(asset, (*SCRIPTS, *further))])


def page(given: dict[str, Any], *, served: str = "") -> str:
    """Return the page; `given` is what it opens with: the version, and a name, a trace or a policy.

    One that is `served` asks its own server whether its files are still those of this sign, and nobody else for anything.
    """
    look, code = style(), script(*(["reload.js"] if served else []))
    parts = {
        "policy": browser_policy(code, look, served=bool(served)),
        "served": served,
        "style": look,
        "script": code,
        "given": as_script_data({"digest": digest(), **given}),
        "texts": as_script_data({language: json.loads(asset(f"texts.{language}.json")) for language in LANGUAGES}),
        "tables": b64encode(zlib.compress(tables(), 9)).decode("ascii"),
    }
    return fill_in(asset("page.html"), parts)


def wrong(message: str, sign: str) -> str:
    """Return the page that a server shows while a file cannot be read: what is wrong, until that changes."""
    look, code = asset("design.css"), asset("reload.js")
    return fill_in(
        WRONG,
        {
            "policy": browser_policy(code, look, served=True),
            "style": look,
            "script": code,
            "message": escape(message),
            "served": sign,
        },
    )


WRONG: Final = """<!doctype html>
<html lang="en" data-served="{served}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>rasim</title>
<link rel="icon" href="data:,"><style>{style}</style></head>
<body><main><h1>This cannot be read</h1><pre>{message}</pre><p>The page comes back when the file can be read.</p></main>
<script>{script}</script></body></html>
"""


def browser_policy(code: str, style: str, *, served: bool = False) -> str:
    """Return the policy that lets a browser run this script, use this style, and do nothing else."""
    own = "connect-src 'self'; " if served else ""
    return (
        f"default-src 'none'; {own}script-src '{source_hash(code)}'; style-src '{source_hash(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def fill_in(template: str, parts: dict[str, str]) -> str:
    """Return a template with its places filled. They are looked for in the template alone: what fills one may look like another."""
    first, *pieces = template.split("{")
    made = [first]
    for piece in pieces:
        name, _, rest = piece.partition("}")
        made += [parts[name], rest]
    return "".join(made)


def as_script_data(value: Any) -> str:
    """Return data that a page can hold without ending it: no `<` in it, and nothing that a script would not read."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def source_hash(text: str) -> str:
    """Return what a browser's policy calls a script or a style."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"
