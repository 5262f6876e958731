"""What comes from outside: a file opened, or one sentence why not; a YAML text as a tree of words with their places; packages.

Of YAML only what people write by hand is read: words, lists and mappings. Every word is a text (`no` is no boolean, `010` is
no eight), nothing stands for anything else (no anchors, aliases or tags), nothing is nested deeply, and nothing is evaluated.
`Reading` collects what is wrong with such a text, so that all its mistakes are told at once. JSON is YAML too.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar, cast

import yaml
from attrs import define, field, frozen

from rasim.errors import InputError, Problem, RasimError, UsageError, Where
from rasim.words import hint, printable

_LARGEST: Final = 512 << 20
"""Bytes of the largest file that is read; group policy itself never comes near it."""

E = TypeVar("E", bound=RasimError)

MOST_FILES: Final = 200_000
"""Files and folders of the largest tree of which all are opened."""

MOST_NAMES: Final = 500_000
"""And of the largest of which only names are looked at, but for a few."""

NO_FILE: Final = "not a regular file"
_DEEPEST: Final = 60
_NOTHING: Final = ("", "~", "null", "Null", "NULL")
MOST_HINTS: Final = 100  # after so many mistakes none has a hint: to look for nearest words takes time
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# ---- packages ------------------------------------------------------------------------------------------------


def lacks(extra: str, says: str) -> UsageError:
    """Return the error of who has not installed an extra: what needs it, and the command that brings it.

    It names the packages themselves, as rasim's own metadata has them: that works wherever rasim was installed from, and rasim is on
    no index.
    """
    packages = " ".join(f'"{each}"' for each in dict.fromkeys(_packages(extra)))
    return UsageError(f"{says} (the extra `{extra}`): {_installer()} {packages}")


def _installer() -> str:
    """Return what installs packages beside rasim: pipx and uv make environments without a pip, and leave a file of their own there."""
    if Path(sys.prefix, "pipx_metadata.json").is_file():
        return "pipx inject rasim"
    if Path(sys.prefix, "uv-receipt.toml").is_file():
        # `uv tool install --with` would have to be told again where rasim itself comes from.
        return f'uv pip install --python "{sys.prefix}"'
    return "python -m pip install"


def _packages(extra: str) -> Iterator[str]:
    from importlib.metadata import PackageNotFoundError, requires  # noqa: PLC0415  (for who lacks something)

    try:
        needed = requires("rasim") or []
    except PackageNotFoundError:  # a folder of sources on the path
        needed = []
    for line in needed:
        package, _, marker = (part.strip() for part in line.partition(";"))
        if f"extra == '{extra}'" in marker.replace('"', "'"):
            inside = package.removeprefix("rasim[").removesuffix("]")
            yield from _packages(inside) if inside != package else (package,)


# ---- files ---------------------------------------------------------------------------------------------------


def reason(error: Exception) -> str:
    """Return why the system, or what unpacks a file, did not do what was asked of it, in its own words."""
    if isinstance(error, ValueError):
        return "no file can have this name"
    return (getattr(error, "strerror", None) or str(error) or "for no reason that the system gives").lower()


def not_opened(error: Exception) -> str:
    """Return the one sentence for a file that cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "a directory, not a file"
    return f"cannot be opened: {reason(error)}"


def open_file(path: str | Path, error: Callable[[str, Where], RasimError] = InputError.at) -> BinaryIO:
    """Open a file to be read; what a device or a pipe would give has no end, and may never come.

    Raises:
        RasimError: what `error` makes of a message and a place: no such file, a directory, a device, a pipe, not permitted.

    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  (to Path an empty name is a folder)
        if stat.S_ISREG(mode):
            return open(path, "rb", opener=_at_once)
        # Opened, Windows would say of a directory that it is not permitted.
        says = not_opened(IsADirectoryError()) if stat.S_ISDIR(mode) else NO_FILE
    except (OSError, ValueError) as fault:
        says = not_opened(fault)
    raise error(says, Where(printable(str(path))))  # a scenario may name anything


def _at_once(path: str, flags: int) -> int:
    """Open without waiting: what says that it is a file may be none, as in /proc, or be none any more."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_file(
    path: str | Path, error: Callable[[str, Where], RasimError] = InputError.at, most: int = _LARGEST
) -> bytes:
    """Return the bytes of a file.

    Raises:
        RasimError: as `open_file` does; the file is too large.

    """
    where = Where(printable(str(path)))
    with open_file(path, error) as file:
        try:
            data: bytes | None = file.read(most + 1)
        except OSError as fault:
            raise error(not_opened(fault), where) from None
    if data is None:
        raise error(f"{NO_FILE}: nothing comes from it", where)
    if len(data) > most:
        raise error(f"larger than {most >> 20} MiB", where)
    return data


def not_there(path: str | Path) -> str:
    """Return why nothing stands at a path, nothing where something does."""
    try:
        os.stat(path)  # noqa: PTH116  (as above)
    except FileNotFoundError:
        return "there is no such file or folder"
    except (OSError, ValueError) as fault:
        return not_opened(fault)
    return ""


def is_folder(path: str | Path) -> bool:
    """Return whether a folder stands there; of what may not be looked at, opening it says why."""
    return os.path.isdir(path)  # noqa: PTH112  (as above, and it raises nothing)


def files_below(
    top: str | Path, endings: tuple[str, ...], failed: Callable[[E], object], error: Callable[[str, Where], E]
) -> list[Path]:
    """Return the files of a tree that end like this, in order; `failed` takes why it is not walked, or not all of it."""
    try:
        walked = [Path(folder, name) for folder, _, names in walk(top, failed, error, MOST_NAMES) for name in names]
    except RasimError as fault:
        failed(cast("E", fault))
        return []
    return sorted(path for path in walked if path.name.lower().endswith(endings) and not is_folder(path))


def walk(
    top: str | Path, failed: Callable[[E], object], error: Callable[[str, Where], E], most: int | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each folder below with its folders and files by name; who takes a folder out of them is not led into it.

    No link to a folder is followed: it stands among the files. `failed` takes what cannot be listed, which is no empty folder.

    Raises:
        RasimError: what `error` makes of the message that there is more than can be meant.

    """

    def unlisted(fault: OSError) -> None:
        failed(error(f"cannot be listed: {reason(fault)}", Where(printable(str(fault.filename)))))

    met, most = 0, most or MOST_FILES
    for folder, folders, files in os.walk(top, onerror=unlisted):
        met += len(files) + len(folders)
        if met > most:
            raise error(f"more than {most:,} files; name the folders to look into", Where(printable(str(top))))
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118
        folders[:] = sorted(set(folders).difference(links))
        yield folder, folders, sorted((*files, *links))


def text_of(data: bytes, file: str = "") -> str:
    """Return bytes as text: UTF-8, or UTF-16 where a byte-order mark says so.

    Raises:
        InputError: they are neither; with the offset of the first that is not.

    """
    try:
        return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError.at("these bytes are no UTF-8 text", Where(file, offset=error.start)) from None


# ---- YAML ----------------------------------------------------------------------------------------------------


@frozen
class Word:
    """A word or a sentence, as it was written; `escapes` where it stands in double quotes, in which a backslash begins an escape.

    `nothing` where YAML says that nothing stands there: an empty place, `~`, `null`, without quotes.
    """

    where: Where
    text: str
    escapes: bool = False
    nothing: bool = False


@frozen
class ListNode:
    """A list."""

    where: Where
    nodes: tuple["Node", ...]


@frozen
class MapNode:
    """A mapping, in the order of the file; nothing is known yet about its keys."""

    where: Where
    pairs: tuple[tuple["Node", "Node"], ...]


Node = Word | ListNode | MapNode


@define
class Reading:
    """One pass over a YAML text; what is wrong is collected on the way, each mistake with its line and a caret.

    `what` is what the text is meant to be, as in *no scenario*.
    """

    text: str
    file: str
    what: str
    problems: list[Problem] = field(factory=list, init=False)
    lines: tuple[str, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lines = tuple(self.text.splitlines())

    def finish(self, error: type[InputError] = InputError) -> None:
        """Raise all mistakes in the order of the file, if there are any."""
        if self.problems:
            raise error(tuple(sorted(self.problems, key=lambda each: (each.where.line or 0, each.where.column or 0))))

    # -- mistakes

    def wrong(self, at: Node | Where | None, message: str, help_: str = "") -> None:
        """Note a mistake at a place; without one, of the whole text."""
        where = Where(self.file, line=1, column=1) if at is None else at if isinstance(at, Where) else at.where
        line = where.line or 0
        excerpt = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        # One place for one character, so that the caret stands right; and nothing that could move a terminal's cursor.
        shown = "".join(letter if letter.isprintable() else " " for letter in excerpt)
        if sum(map(str.isprintable, excerpt)) * 4 < len(excerpt) * 3:
            shown = ""  # bytes of something else, which show nobody anything
        self.problems.append(Problem(where, printable(message), shown, printable(help_)))

    def unknown(self, at: Node | Where, what: str, word: str, known: Iterable[str]) -> None:
        """Note a word that is not known, with the nearest known one; `known` is only gone through where that is told."""
        self.wrong(at, f"unknown {what} `{word}`", hint(word, known) if len(self.problems) < MOST_HINTS else "")

    # -- the tree

    def root(self) -> Node | None:
        """Return the tree of the text; None where it is empty or no tree, which is a mistake then."""
        forbidden = yaml.reader.Reader.NON_PRINTABLE.search(self.text)
        if forbidden is not None:
            before = f"{self.text[: forbidden.start()]}x".splitlines()
            where = Where(self.file, line=len(before), column=len(before[-1]))
            self.wrong(where, f"not YAML: the character U+{ord(forbidden.group()):04X} may not stand in it")
            return None
        try:
            root = self._tree()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            deep = "nesting depth" in str(error.problem)  # PyYAML from 6.0.4 on has a limit of its own
            self.wrong(
                None if mark is None else self._where(mark),
                self._too_deep if deep else f"not YAML: {error.problem or error.context}",
            )
            return None
        except yaml.YAMLError as error:
            self.wrong(None, f"not YAML: {' '.join(str(error).split())}")
            return None
        if root is None and not self.problems:
            self.wrong(None, f"an empty file is no {self.what}")
        return root

    def _tree(self) -> Node | None:
        """Build the tree from the parser's events: without recursion, and nothing in it stands for something else."""
        root: Node | None = None
        open_: list[tuple[Where, list[Node]]] = []
        for event in yaml.parse(self.text, Loader=_LOADER):
            node: Node | None = None
            refused = self._refused(event, len(open_), root)
            if refused:
                self.wrong(self._where(event.start_mark), refused)
                return None
            match event:
                case yaml.ScalarEvent():
                    nothing = not event.style and event.value in _NOTHING
                    node = Word(self._where(event.start_mark), str(event.value), event.style == '"', nothing)
                case yaml.CollectionStartEvent():
                    open_.append((self._where(event.start_mark), []))
                case yaml.SequenceEndEvent():
                    where, nodes = open_.pop()
                    node = ListNode(where, tuple(nodes))
                case yaml.MappingEndEvent():
                    where, nodes = open_.pop()
                    node = MapNode(where, tuple(zip(nodes[::2], nodes[1::2], strict=True)))
                case _:
                    pass
            if node is not None and open_:
                open_[-1][1].append(node)
            elif node is not None:
                root = node
        return root

    def _refused(self, event: Any, depth: int, root: Node | None) -> str:
        """Return why a text with this in it is not read; nothing of what is."""
        if isinstance(event, yaml.CollectionStartEvent) and depth == _DEEPEST:
            return self._too_deep
        if getattr(event, "anchor", None) is not None:
            return f"a {self.what} has no anchors (`&`) and aliases (`*`): write it out"
        if getattr(event, "tag", None) is not None:
            return f"a {self.what} has no tags (`!`): everything in it is words"
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            return f"a {self.what} is one document: nothing is read after `---`"
        return ""

    @property
    def _too_deep(self) -> str:
        return f"nested deeper than {_DEEPEST}: no {self.what}"

    def _where(self, mark: Any) -> Where:
        return Where(self.file, line=mark.line + 1, column=mark.column + 1)

    # -- what may stand where; something else is a mistake, and then nothing stands there

    def mapping(self, node: Node, what: str) -> dict[str, tuple[Word, Node]]:
        """Return a mapping's entries as key -> (the key with its place, the value); a doubled key is a mistake."""
        if not isinstance(node, MapNode):
            self.wrong(node, f"{what} must be a mapping (`name: value`)")
            return {}
        found: dict[str, tuple[Word, Node]] = {}
        for key, value in node.pairs:
            if not isinstance(key, Word):
                self.wrong(key, f"a name in {what} must be a word or a sentence")
                continue
            if key.text in found:
                self.wrong(key, f"`{key.text}` stands twice in {what}")
            found[key.text] = (key, value)
        return found

    def known(self, node: Node, what: str, keys: Sequence[str]) -> dict[str, Node]:
        """Return the entries of a mapping that may only have these keys."""
        entries = self.mapping(node, what)
        for name, (key, _) in entries.items():
            if name not in keys:
                self.unknown(key, f"word in {what}", name, keys)
        return {name: value for name, (_, value) in entries.items() if name in keys}

    def word(self, node: Node, what: str) -> str | None:
        """Return the text of a word."""
        if isinstance(node, Word) and not node.nothing:
            return node.text
        self.wrong(
            node, f"{what} must be a word or a sentence{', and nothing stands here' if isinstance(node, Word) else ''}"
        )
        return None

    def items(self, node: Node, what: str) -> Iterator[Node]:
        """Yield what stands in a list."""
        if not isinstance(node, ListNode):
            self.wrong(node, f"{what} must be a list")
            return
        yield from node.nodes

    def words(self, node: Node, what: str) -> tuple[Word, ...]:
        """Return the words of a list."""
        nodes = list(self.items(node, what))
        for each in nodes:
            self.word(each, what)
        return tuple(each for each in nodes if isinstance(each, Word))

    def one_of(self, node: Node, what: str, known: Sequence[str]) -> str | None:
        """Return a word that is one of these."""
        text = self.word(node, what)
        if text is not None and text not in known:
            self.unknown(node, what, text, known)
            return None
        return text
