"""How the documentation is built: `.venv/bin/sphinx-build -W docs build/docs`.

Everything comes from this checkout: no page asks another machine for a script, a font or a style, and none is fetched
while building. A warning is an error, and so is a name that leads nowhere (`nitpicky`).
"""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import attrs

from rasim import __version__
from rasim.teach.lessons import COURSE_LESSONS, course_lesson
from rasim.web.page import page
from rasim.web.slides import slides_page

project = "rasim"
author = "The rasim authors"
project_copyright = "the rasim authors, MIT licence"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["changelog.d"]  # parts of the next changelog entry, no pages
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!rasim\.).*"),  # what Python and other packages define is described by them
    (r"py:.*", r"rasim\.\w+\.\w+\..*"),  # what stands in a signature and is not exported by its package is not public
]

myst_heading_anchors = 3
smartquotes = False  # what is quoted is often typed

autodoc_default_options = {"members": True, "no-value": True}
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"rasim {__version__}"
html_static_path = ["_static"]
html_css_files = ["narrow.css"]
html_copy_source = False
html_show_sphinx = False


def as_written(lines: list[str]) -> Iterator[str]:
    """Yield a docstring as reStructuredText.

    Here `code` stands in single backticks, a backslash is one, what is indented is an example, or an error after `Raises:`.
    """
    inside, before = "", ""
    for line in lines:
        indented = line.startswith("    ")
        if indented and not inside:
            inside = "raises" if before == "Raises:" else "example"
            if inside == "example":
                yield from ("", ".. code-block:: text", "")
        elif line and not indented:
            inside = ""
        before = line or before
        if line == "Raises:":
            continue
        if inside == "raises" and (error := re.match(r"    (\w+): ", line)):
            yield f":raises {error[1]}: {_inline(line[error.end() :])}"
        else:
            yield line if inside else _inline(line)


def _inline(line: str) -> str:
    parts = re.split(r"(?<!`)`([^`]+)`(?!`)", line)  # every second one is code
    return "".join(f"``{part}``" if at % 2 else part.replace("\\", r"\\") for at, part in enumerate(parts))


def _default(value: object) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return repr(value) if isinstance(value, str | int | tuple | None) and len(repr(value)) < 30 else "..."


def setup(app: Any) -> None:
    """Let docstrings be read as written and defaults of attrs' classes be what they are; put explorer and slides among the pages."""

    def rewrite(*event: Any) -> None:
        lines: list[str] = event[-1]
        lines[:] = list(as_written(lines))

    def defaults(_app: Any, what: str, _name: str, of: Any, _options: Any, said: str | None, back: str | None) -> Any:
        if what not in {"class", "exception"} or said is None or not attrs.has(of):
            return None
        known = {field.name: _default(field.default) for field in attrs.fields(of)}
        said = re.sub(r"attr_dict\['(\w+)'\]\.default", lambda match: known[match[1]], said)
        return said.replace("NOTHING", "..."), back

    def explorer(app: Any, failed: Exception | None) -> None:
        if failed is None and app.builder.format == "html":
            (Path(app.outdir) / "explorer.html").write_text(page({"version": __version__}), encoding="utf-8")
            for name in COURSE_LESSONS:
                slides = slides_page(course_lesson(name), explorer="../explorer.html")
                (Path(app.outdir) / "course" / f"{name}.html").write_text(slides, encoding="utf-8")

    app.connect("build-finished", explorer)
    app.connect("autodoc-process-docstring", rewrite)
    app.connect("autodoc-process-signature", defaults)
