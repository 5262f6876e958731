"""Policy files and folders on the command line: opening them, and the options that say how they belong together.

A folder is walked: the folder of a group policy (a backup, one of SYSVOL) is one thing, any other file stands for itself. What
is met and is not a regular file is not opened, no link is followed, and of a group policy's folder only the files that say what it is
are opened.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, assert_never

import click
from attrs import frozen

from rasim.cli.options.groups import together
from rasim.errors import PolicyFileError, UsageError, Where

if TYPE_CHECKING:
    from rasim.directory.merging import Given, Merged
    from rasim.formats import Words
    from rasim.policy import Policy
    from rasim.policy.precedence import Container

words_option = click.option(
    "--adml",
    multiple=True,
    metavar="FILE",
    type=click.Path(readable=False),
    help="Texts of a report's language (ADML); repeatable.",
)
options = together(
    click.option(
        "--links",
        metavar="FILE",
        type=click.Path(readable=False),
        help="Apply group policies in the order given by this file of links.",
    ),
    click.option(
        "--at",
        metavar="PLACE",
        help="Apply what is linked at a place, such as corp.example/Clients, as recorded in the reports of backups.",
    ),
    words_option,
)


def words_of(adml: Iterable[str]) -> "Words":
    """Return the words of English and of the ADML files named.

    Raises:
        PolicyFileError: one of them cannot be read.

    """
    from rasim.formats import read_adml, words_in
    from rasim.inputs import read_file

    return words_in([read_adml(read_file(path, PolicyFileError), path) for path in adml])


def containers_of(links: str | None, at: str | None) -> "tuple[Container, ...] | None":
    """Return the containers that a file of links tells, None if none was named.

    Raises:
        ScenarioError: the file is none of links.
        UsageError: both were given.

    """
    from rasim.directory.links import read_links
    from rasim.inputs import read_file

    if links is not None and at is not None:
        raise UsageError("--links and --at both say in which order policies apply; give one of them")
    return None if links is None else read_links(read_file(links), links)


def policy_of(paths: tuple[str, ...], links: str | None, at: str | None, adml: tuple[str, ...]) -> "Policy":
    """Return the policy that files and folders result in; see `merged_of`."""
    return merged_of(paths, links, at, adml).policy


def merged_of(paths: tuple[str, ...], links: str | None, at: str | None, adml: tuple[str, ...]) -> "Merged":
    """Return what files and folders result in, lowest precedence first or by their links, with who won what.

    What is missing from it makes it unclear.

    Raises:
        PolicyFileError: something named cannot be read: the rest alone would be another policy.
        UsageError: nothing was named that says anything.

    """
    from rasim.directory.merging import merge, passes_over

    words, containers = words_of(adml), containers_of(links, at)
    items = [given for given in gather(paths) if passes_over(given) is None]
    merged = merge(items, words, containers, at)
    for source in merged.sources:
        if source.error is not None:
            raise source.error
    if not merged.sources:
        raise UsageError(f"no policy file in {', '.join(paths)}")
    return merged


def gather(paths: Iterable[str]) -> "Iterator[Given]":
    """Yield what stands at these paths: files, the folders of group policies, and what folders hold, by name."""
    from rasim.directory.merging import passes_over

    for place in places(paths):
        yield opened(place, passes_over)


@frozen
class ToOpen:
    """Where something stands that is to be read: a file that was named or `met` in a folder, or the folder of a group policy.

    `error` is why it cannot even be looked for.
    """

    path: str
    what: Literal["named", "met", "policy"] = "named"
    error: PolicyFileError | None = None


def places(paths: Iterable[str]) -> Iterator[ToOpen]:
    """Yield where something stands at these paths, in the order of `gather`; only folders are looked into."""
    from rasim.inputs import is_folder

    for path in paths:
        if is_folder(path):
            yield from _folder(path)
        else:
            yield ToOpen(path)


def opened(place: ToOpen, passes_over: "Callable[[Given], str | None]") -> "Given":
    """Return what stands at a place; `passes_over` tells by the beginning of a file whether it has to be read at all."""
    from rasim.directory.merging import Given

    if place.error is not None:
        return Given(place.path, place.error)
    match place.what:
        case "named":
            return Given(place.path, _bytes(place.path))
        case "met":
            return _met(place.path, passes_over)
        case "policy":
            return Given(place.path, dict(_all_below(place.path)), True)
        case _:
            assert_never(place.what)


def _bytes(path: str, most: int | None = None) -> bytes | PolicyFileError:
    """Return the bytes of a file, or only its first ones; an error of what cannot be opened."""
    from rasim.inputs import open_file, read_file

    try:
        if most is None:
            return read_file(path, PolicyFileError)
        with open_file(path, PolicyFileError) as file:
            return file.read(most) or b""
    except PolicyFileError as error:
        return error
    except OSError:
        return b""  # reading it whole says why


def _folder(top: str) -> Iterator[ToOpen]:
    """Yield what a folder holds; what cannot be listed is an error of its own, never an empty folder."""
    from rasim.formats.gpo_folder import is_gpo
    from rasim.inputs import walk

    failed: list[PolicyFileError] = []
    try:
        # A tree that is too large is known to be before any of it is read.
        for folder, below, files in list(_divided(walk(top, failed.append, PolicyFileError))):
            if is_gpo(below):
                yield ToOpen(folder, "policy")
            else:
                for name in files:
                    yield ToOpen(os.path.join(folder, name), "met")  # noqa: PTH118  (as it was given: Path would drop a leading ./)
    except PolicyFileError as error:
        failed = [error]
    yield from (ToOpen(fault.where.file, error=fault) for fault in failed)


def _divided(
    walked: "Iterable[tuple[str, list[str], list[str]]]",
) -> "Iterator[tuple[str, dict[str, str | PolicyFileError], list[str]]]":
    """Yield each folder with what there makes it a group policy's; of such a one nothing else is looked into."""
    from rasim.formats.gpo_folder import is_gpo

    for folder, folders, files in walked:
        below = _wanted_below(folder)
        if is_gpo(below):
            folders.clear()
        yield folder, below, files


def _met(path: str, passes_over: "Callable[[Given], str | None]") -> "Given":
    """Return a file that was met in a folder; one that is no policy file by its beginning is not read whole."""
    from rasim.directory.merging import Given
    from rasim.formats.recognise import LOOKED_AT

    unopened = _no_plain_file(path)
    head = b"" if unopened else _bytes(path, LOOKED_AT)
    begun = Given(path, head, True, unopened)
    if unopened or passes_over(begun) is not None:
        return begun
    whole = isinstance(head, bytes) and 0 < len(head) < LOOKED_AT
    return begun if whole else Given(path, _bytes(path), True)


def _no_plain_file(path: str) -> str:
    """Return what a name in a folder is if it is not a regular file: opening a pipe could wait for ever, a link leads elsewhere."""
    from rasim.inputs import NO_FILE

    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return ""  # opening it will say why
    if stat.S_ISLNK(mode):
        return "a link, which is not followed; name what it leads to"
    return "" if stat.S_ISREG(mode) else NO_FILE


def _wanted_below(folder: str) -> "dict[str, str | PolicyFileError]":
    """Return the files of a group policy's folder that say what it is: path below it, divided by slashes, -> name.

    A folder inside that cannot be listed may hold such a file: it stands for the file as an error.
    """
    from rasim.formats.gpo_folder import FILES
    from rasim.inputs import reason
    from rasim.policy import fold

    found: dict[str, str | PolicyFileError] = {}

    def look(inside: str, below: str) -> None:
        try:
            entries = sorted(os.scandir(inside), key=lambda entry: entry.name)
        except OSError as error:
            why = f"cannot be listed: {reason(error)}"
            hidden = [path for path in FILES if path.startswith(fold(below))] if below else []
            found.update((path, PolicyFileError(why, Where(inside))) for path in hidden)
            return
        for entry in entries:
            path = f"{below}{entry.name}"
            if fold(path) in FILES:
                unopened = _no_plain_file(entry.path)
                found.setdefault(path, PolicyFileError(unopened, Where(entry.path)) if unopened else entry.path)
            elif any(wanted.startswith(f"{fold(path)}/") for wanted in FILES) and entry.is_dir(follow_symlinks=False):
                look(entry.path, f"{path}/")

    look(folder, "")
    return found


def _all_below(folder: str) -> "Iterator[tuple[str, tuple[str, bytes | PolicyFileError | None]]]":
    """Yield all files of a group policy's folder; only those that say what it is are opened, and what hides one is an error."""
    from rasim.formats.gpo_folder import FILES
    from rasim.inputs import walk
    from rasim.policy import fold

    failed: list[PolicyFileError] = []
    try:
        for inside, folders, files in walk(folder, failed.append, PolicyFileError):
            for name in sorted((*files, *folders)):
                path = os.path.join(inside, name)  # noqa: PTH118  (as above)
                below, plain = os.path.relpath(path, folder).replace(os.sep, "/"), _no_plain_file(path)
                hides = fold(below) in FILES or any(wanted.startswith(f"{fold(below)}/") for wanted in FILES)
                if name in folders and fold(below) not in FILES:
                    continue
                data = PolicyFileError(plain, Where(path)) if hides and plain else _bytes(path) if hides else None
                yield below, (path, data)
    except PolicyFileError as error:
        failed.append(error)
    yield from ((fault.where.file, (fault.where.file, fault)) for fault in failed)
