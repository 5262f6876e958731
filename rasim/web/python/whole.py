"""The page with Python in it, as one file: what its browser may do, its parts, and what runs in a worker of its own.

`page_with_python(parts)` is the same bytes for the same input. The policy has no `connect-src`, and nothing else by which a page could
reach anybody: scripts and styles are these by their hashes, and WebAssembly may be compiled. A worker and a frame may be made of
what stands in the page (`blob:`); in the frame is the explorer, so its script and its style are allowed here too.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from rasim import __version__
from rasim.web.page import LANGUAGES, as_script_data, asset, fill_in, script, source_hash, style
from rasim.web.python.packed import library_of, packages, zipped

_SCRIPTS: Final = ("dropped.js", "worker_client.js", "lines.js", "shown.js", "desk.js")


def python_asset(name: str) -> str:
    """Return a part of the page as text."""
    return files("rasim.web.python").joinpath("assets", name).read_text(encoding="utf-8")


def page_with_python(parts: Mapping[str, bytes]) -> str:
    """Return the page; `parts` are the files of Pyodide by their names."""
    look = asset("design.css") + python_asset("desk.css")
    code = "\n".join(['"use strict";', asset("elements.js"), *map(python_asset, _SCRIPTS)])
    lock = json.loads(parts["pyodide-lock.json"])["info"]
    worker = b"\n".join([parts["pyodide.asm.js"], parts["pyodide.js"], python_asset("worker.js").encode()])
    return fill_in(
        python_asset("desk.html"),
        {
            "policy": content_policy(code, look),
            "style": look,
            "script": code,
            "given": as_script_data(
                {"version": __version__, "python": lock["python"], "lock": {"info": lock, "packages": {}}}
            ),
            "texts": as_script_data({language: python_texts(language) for language in LANGUAGES}),
            "worker": _deflated(worker),
            "wasm": _deflated(parts["pyodide.asm.wasm"]),
            "library": _deflated(zipped(library_of(parts["python_stdlib.zip"]))),
            "packages": _deflated(zipped(packages())),
        },
    )


def python_texts(language: str) -> dict[str, Any]:
    """Return what the page says in a language."""
    found: dict[str, Any] = json.loads(python_asset(f"texts.{language}.json"))
    return found


def content_policy(code: str, look: str) -> str:
    """Return the policy: this script and style, the explorer's in a frame, WebAssembly, and nobody to be asked for anything."""
    scripts = " ".join(f"'{source_hash(each)}'" for each in (code, script()))
    styles = " ".join(f"'{source_hash(each)}'" for each in (look, style()))
    return (
        f"default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; style-src {styles}; worker-src blob:; frame-src blob:; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _deflated(data: bytes) -> str:
    return b64encode(zlib.compress(data)).decode("ascii")
