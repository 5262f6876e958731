"""The page as one file: its parts put together, with a policy that forbids the browser everything but what stands in it.

`page(given)` is the same bytes for the same input. The tables are packed (`pack.py`), deflated and written as letters; the scripts stand in it
as they are in `assets/`, one after the other, so that whoever opens the source can read them.
"""

import json
import zlib
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

SCRIPTS: Final = ("tables.js", "say.js", "draw.js", "share.js", "lessons.js", "explorer.js", "page.js")
LANGUAGES: Final = ("en", "de")


def asset(name: str) -> str:
    """Return a part of the page as text."""
    return files("rasim.web").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def digest() -> str:
    """Return what tells the tables of one version from those of another: a link is only good with its own."""
    return sha256(asset("teaching.json").encode()).hexdigest()[:8]


def script() -> str:
    """Return the scripts of the page as one."""
    return "\n".join(['"use strict";', *map(asset, SCRIPTS)])


def page(given: dict[str, Any]) -> str:
    """Return the page; `given` is what it opens with: the version, and a name, a trace or a policy."""
    style, code = asset("page.css"), script()
    policy = (
        f"default-src 'none'; script-src '{_hash(code)}'; style-src '{_hash(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": policy,
        "style": style,
        "script": code,
        "given": _data({"digest": digest(), **given}),
        "texts": _data({language: json.loads(asset(f"texts.{language}.json")) for language in LANGUAGES}),
        "tables": b64encode(zlib.compress(asset("teaching.json").encode(), 9)).decode("ascii"),
    }
    # Each place is looked for in the template alone: what is put in one may hold what looks like another.
    pieces = asset("page.html").split("{")
    made = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}")
        made += [parts[name], rest]
    return "".join(made)


def _data(value: Any) -> str:
    """Return data that a page can hold without ending it: no `<` in it, and nothing that a script would not read."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"
