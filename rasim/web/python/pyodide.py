"""Pyodide, the Python that runs in a browser: which version a page needs, and its files, checked.

rasim fetches nothing: the files are those of the package `pyodide` of npm, in a folder that somebody put there. Of each version that is
known to work the digest stands here. Which one is needed follows from the Python that runs rasim, since what is compiled by one
minor version of Python is read by the same alone (`packed.py`), and since both then read, sort and print alike.
"""

import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from attrs import frozen

from rasim.errors import UsageError, Where
from rasim.inputs import read_file
from rasim.words import printable

PYODIDE_FOLDER: Final = "node_modules/pyodide"
"""Where npm puts it."""

PYODIDE_FILES: Final = ("pyodide.asm.js", "pyodide.asm.wasm", "pyodide.js", "pyodide-lock.json", "python_stdlib.zip")


@frozen
class Pyodide:
    """A version of Pyodide that is known to work, and the digest of its files one after the other."""

    version: str
    digest: str


PYODIDES: Final[Mapping[tuple[int, int], Pyodide]] = {
    (3, 11): Pyodide("0.25.1", "ce19f58031d3771af300be6b5745e1963290fc1f90505c2acc063a684f66268e"),
    (3, 12): Pyodide("0.27.7", "45ddc6c2bdd9fed56e83929229d5a8e0577d6df0a982be33aad54e4aae3f1990"),
    (3, 13): Pyodide("0.29.5", "0a598d6526c8cef3383391dad477b084f3594bdf30922b11fd2a8532be283fe5"),
}
"""By the minor version of its Python; each was tried with every file of the corpus."""


def needed_pyodide(python: tuple[int, int] = sys.version_info[:2]) -> Pyodide:
    """Return which version a page of this Python needs.

    Raises:
        UsageError: none is known.

    """
    if python not in PYODIDES:
        known = ", ".join(f"{major}.{minor}" for major, minor in PYODIDES)
        raise UsageError(
            f"no Pyodide is known to work with Python {python[0]}.{python[1]}: run rasim with one of Python {known}"
        )
    return PYODIDES[python]


def parts_of_pyodide(folder: str, needed: Pyodide) -> dict[str, bytes]:
    """Return the files of Pyodide by their names.

    Raises:
        UsageError: they are not there, are of another version, or are not those that are known.

    """
    get = f"npm install pyodide@{needed.version}, and name its folder with --pyodide if it is not {PYODIDE_FOLDER}"

    def failed(says: str, where: Where) -> UsageError:
        return UsageError(f"{where}: {says}: {get}")

    found = {name: read_file(Path(folder, name), failed) for name in PYODIDE_FILES}
    if sha256(b"".join(found.values())).hexdigest() != needed.digest:
        raise UsageError(f"{printable(folder)}: these are not the files of Pyodide {needed.version}: {get}")
    return found
