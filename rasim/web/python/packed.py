"""What Python needs in the page, packed: its standard library, rasim, and the three packages that rasim imports there.

Modules are compiled here, for a browser takes ten seconds to compile them and half a second to read them. The same input gives the same
bytes: names in order, no time, nothing compressed (the page is, as a whole), and code in the second version of `marshal`, in
which nothing hangs on how often an object is referred to.
"""

import importlib.util
import io
import marshal
import warnings
from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final
from zipfile import ZipFile, ZipInfo

PACKAGES: Final = ("attr", "attrs", "click", "yaml", "rasim")
"""By the names they are imported by; none needs a compiled module."""

_LEFT_OUT: Final = frozenset(
    {
        "__pycache__",
        "rasim/cli/template",
        "rasim/review",
        "rasim/teach",
        "rasim/terminals",
        "rasim/testing",
        "rasim/web/python/assets",
    }
)
"""What no answer of the page needs."""

_UNREAD: Final = (".so", ".pyd", ".pyc", ".pyi", ".pyx", ".pxd", "py.typed")

_MARSHAL: Final = 2
_UNCHECKED: Final = (1).to_bytes(4, "little")  # the source is not asked for: PEP 552


def as_bytecode(name: str, source: bytes) -> bytes:
    """Return a module as Python keeps it beside its source."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of another's code, which is as it is
        code = compile(source, name, "exec", dont_inherit=True)
    return importlib.util.MAGIC_NUMBER + _UNCHECKED + importlib.util.source_hash(source) + marshal.dumps(code, _MARSHAL)


def zipped(held: Iterable[tuple[str, bytes]]) -> bytes:
    """Return files as an archive from which Python imports, modules compiled."""
    whole = io.BytesIO()
    with ZipFile(whole, "w") as archive:
        for name, data in sorted(held):
            if name.endswith(".py"):
                archive.writestr(ZipInfo(f"{name}c"), as_bytecode(name, data))
            else:
                archive.writestr(ZipInfo(name), data)
    return whole.getvalue()


def library_of(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the standard library that Pyodide brings as an archive of sources."""
    with ZipFile(io.BytesIO(archive)) as sources:
        yield from ((each.filename, sources.read(each)) for each in sources.infolist() if not each.is_dir())


def packages() -> Iterator[tuple[str, bytes]]:
    """Yield the files of rasim and of what it imports, as they are installed here."""
    for name in PACKAGES:
        yield from _below(files(name), name)


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        name = f"{path}/{each.name}"
        if each.name in _LEFT_OUT or name in _LEFT_OUT:
            continue
        if each.is_dir():
            yield from _below(each, name)
        elif not name.endswith(_UNREAD):
            yield name, each.read_bytes()
