"""Files and folders as they are given to a command: each read alone, or all of them merged as one computer gets them.

`read_alone` reads one. `merge_in_order` applies several in the order given, lowest precedence first. `merge_by_links` asks
the links of a computer's containers for the order (`precedence.py`). Whatever is missing from a merge makes it unclear: a
file that cannot be read, a group policy that is linked and was not given, links whose order is not known and matters.
Opening files is the caller's; nothing here does it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from rasim.directory.links import links_at
from rasim.errors import PolicyFileError, UsageError, Where
from rasim.formats import IN_ENGLISH, Remark, Words, read, recognise
from rasim.formats.gpo_folder import read_gpo
from rasim.policy import Policy, Registry, Unclear, printable, read_policy
from rasim.policy.names import fold
from rasim.policy.precedence import Applied, Container, Gpo, Link, Order, order_of_links
from rasim.policy.who_won import Won, won

_Bytes = bytes | PolicyFileError
"""The bytes of a file, or why it could not be opened."""

GpoFiles = Mapping[str, tuple[str, _Bytes | None]]
"""The files of a group policy's folder: path below it -> (name for messages, bytes, None where it is not read)."""

GPO_FOLDER: Final = "GPO folder"
_CLAIMS: Final = (".pol", ".reg", ".policyrules")


@frozen
class Given:
    """A file, or the folder of a group policy; `found` where it was met in a folder and not named by the caller.

    What was met and is not a regular file (a link, a pipe) is not opened; `unopened` says what it is.
    """

    path: str
    data: _Bytes | GpoFiles
    found: bool = False
    unopened: str = ""

    @property
    def claims(self) -> bool:
        """Return whether its name claims that it is a policy file."""
        return self.path.lower().endswith(_CLAIMS)


@frozen
class Source:
    """A file or folder that was read, or the error: its format and records, whose it is, and the result of applying it."""

    path: str
    format: str | None = None
    entries: int | None = None
    registry: Registry | None = field(default=None, eq=False, repr=False)
    remarks: tuple[Remark, ...] = ()
    gpo: Gpo | None = None
    error: PolicyFileError | None = None


def read_alone(given: Given, words: Words = IN_ENGLISH, onto: Registry | None = None) -> Source:
    """Read what is given on top of a registry (default: an empty one); what cannot be read is a source with an error."""
    try:
        if isinstance(given.data, PolicyFileError):
            return Source(given.path, error=given.data)
        if isinstance(given.data, bytes):
            done = read(given.data, given.path, onto, words=words)
            return Source(given.path, done.format.name, done.entries, done.registry, done.remarks, done.gpo)
        gpo = read_gpo(given.path, given.data, onto, words=words)
    except PolicyFileError as error:
        return Source(given.path, error=error)
    return Source(given.path, GPO_FOLDER, gpo.entries, gpo.registry, gpo.remarks, gpo.gpo)


def passes_over(given: Given) -> str | None:
    """Return why a file that was met in a folder is no policy file and does not claim to be one; None for all others."""
    if given.unopened:
        return given.unopened
    if not given.found or not isinstance(given.data, bytes) or given.claims:
        return None
    try:
        recognise(given.data, given.path)
    except PolicyFileError as error:
        return error.message
    return None


# ---- as one --------------------------------------------------------------------------------------------------


@frozen
class Layer:
    """One step of a merge: a source that was applied, or that was not and why; by which link, if links were asked."""

    path: str
    gpo: Gpo | None = None
    how: str = ""
    why_not: str = ""

    @property
    def name(self) -> str:
        """The name of the group policy, else the path."""
        return self.gpo.name if self.gpo and self.gpo.name else self.path


@frozen
class Merged:
    """Several sources as one: the steps, lowest precedence first, what is missing, who won, and the registry."""

    registry: Registry = field(eq=False, repr=False)
    steps: tuple[Layer, ...]
    sources: tuple[Source, ...]
    missing: tuple[Unclear, ...]
    won: tuple[Won, ...]

    @property
    def policy(self) -> Policy:
        """The policy that results, with what is missing among its doubts."""
        policy = read_policy(self.registry)
        return evolve(policy, unclear=(*policy.unclear, *self.missing))


def merge(given: Iterable[Given], words: Words, containers: Sequence[Container] | None, at: str | None) -> Merged:
    """Apply what is given by the links of these containers, or those told at a place; without either in the order given."""
    if containers is not None:
        return merge_by_links(given, containers, words)
    return merge_in_order(given, words) if at is None else merge_at(given, at, words)


def merge_in_order(given: Iterable[Given], words: Words = IN_ENGLISH) -> Merged:
    """Apply what is given, lowest precedence first; what cannot be read is missing."""
    registry, sources = Registry(), list[Source]()
    for each in given:
        source = read_alone(each, words, registry)
        registry = registry if source.registry is None else source.registry
        sources.append(source)
    good = [source for source in sources if source.error is None]
    missing = tuple(_unread(source.path) for source in sources if source.error)
    return Merged(registry, tuple(Layer(s.path, s.gpo) for s in good), tuple(sources), missing, won(registry))


def merge_by_links(given: Iterable[Given], containers: Sequence[Container], words: Words = IN_ENGLISH) -> Merged:
    """Apply what the links of these containers name, in their order.

    What was given and is linked nowhere is not applied. A group policy is found by its name, its id, or its path.

    Raises:
        UsageError: a link names something that two of the sources are called.

    """
    items = [(each, read_alone(each, words)) for each in given]
    return _linked(items, containers, words)


def merge_at(given: Iterable[Given], place: str, words: Words = IN_ENGLISH) -> Merged:
    """Apply what is linked at a place (`corp.example/Clients/London`), as the reports of the group policies tell it."""
    items = [(each, read_alone(each, words)) for each in given]
    gpos = tuple(source.gpo for _, source in items if source.gpo is not None)
    return _linked(items, links_at(place, gpos), words)


def _linked(items: list[tuple[Given, Source]], containers: Sequence[Container], words: Words) -> Merged:
    order = order_of_links(containers)
    registry, steps, missing = _apply(order.applied, items, words)
    steps += [_left(out, items) for out in order.left_out]
    named = {step.path for step in steps}
    steps += [
        Layer(s.path, s.gpo, why_not="it is linked nowhere here")
        for _, s in items
        if s.path not in named and not s.error
    ]
    told = {doubt.setting for doubt in missing}
    unread = (_unread(source.path) for _, source in items if source.error)
    missing += [doubt for doubt in unread if doubt.setting not in told]
    missing += list(_doubts_about(order, items, words))
    if items and not order.applied:
        missing.append(_nothing_linked(containers))
    sources = tuple(source for _, source in items)
    return Merged(registry, tuple(steps), sources, tuple(missing), won(registry))


def _apply(
    applied: Iterable[Applied], items: list[tuple[Given, Source]], words: Words
) -> tuple[Registry, list[Layer], list[Unclear]]:
    registry, steps, missing = Registry(), list[Layer](), list[Unclear]()
    for each in applied:
        found = _find(each.link, items)
        if found is None:
            missing.append(_not_given(each))
            continue
        source = read_alone(found[0], words, registry)
        if source.registry is None:
            missing.append(_unread(source.path))
            continue
        registry = source.registry
        steps.append(Layer(source.path, source.gpo, str(each)))
    return registry, steps, missing


def _find(link: Link, items: list[tuple[Given, Source]]) -> tuple[Given, Source] | None:
    wanted = fold(link.gpo.strip())
    found = [(given, source) for given, source in items if wanted in _names(source)]
    if len(found) > 1:
        both = " and ".join(printable(source.path) for _, source in found[:2])
        raise UsageError(
            f"{link.where or 'a link'}: {printable(link.gpo)} is the name of {both}; write the GUID or the path"
        )
    return found[0] if found else None


def _names(source: Source) -> set[str]:
    """Return what a link may call a source: name and id of its policy, its path, the last part of it."""
    path = source.path.replace("\\", "/").rstrip("/")
    names = {source.path, path, path.rpartition("/")[2]}
    if source.gpo is not None:
        names |= {source.gpo.name, source.gpo.id}
    return {fold(name) for name in names if name}


def _left(out: Applied, items: list[tuple[Given, Source]]) -> Layer:
    found = _find(out.link, items)
    if found is None:
        return Layer(out.link.gpo, None, str(out), out.why_not)
    return Layer(found[1].path, found[1].gpo, str(out), out.why_not)


def _doubts_about(order: Order, items: list[tuple[Given, Source]], words: Words) -> Iterator[Unclear]:
    """Yield the containers where links stand in an order that is not known and that makes a difference."""
    for container in order.unknown:
        speaking = [
            each
            for each in order.applied
            if each.container == container and (found := _find(each.link, items)) and _speaks(found[1])
        ]
        if len(speaking) < 2:
            continue
        turned = _turned(order.applied, speaking)
        both = [read_policy(_apply(applied, items, words)[0]) for applied in (order.applied, turned)]
        if len(speaking) == 2 and both[0] == both[1]:
            continue
        names = ", ".join(printable(each.link.gpo) for each in speaking)
        yield Unclear(
            printable(f"{container.scope} {container.name}"),
            f"the order of its links is not known, and it matters: {names}",
            ("they apply in the order given here, the last wins", "another of them wins"),
            container.where,
            "missing",
        )


def _turned(applied: Sequence[Applied], some: Sequence[Applied]) -> list[Applied]:
    """Return the same order with some of them the other way round."""
    places = [at for at, each in enumerate(applied) if each in some]
    turned = list(applied)
    for at, each in zip(places, reversed([applied[place] for place in places]), strict=True):
        turned[at] = each
    return turned


def _speaks(source: Source) -> bool:
    """Tell whether a source says anything that rasim asks for."""
    return source.registry is not None and read_policy(source.registry) != Policy()


def _unread(path: str) -> Unclear:
    return Unclear(
        printable(path),
        "could not be read and is missing from the result",
        ("the result is what the other files say", "this file changes the result"),
        None,
        "missing",
    )


def _nothing_linked(containers: Sequence[Container]) -> Unclear:
    """Return the doubt about containers at which nothing is linked: as likely as not they are written wrong."""
    return Unclear(
        printable(containers[-1].name) if containers else "the links",
        "no policy that was given is linked here; is the place written as the reports write it?",
        ("no group policy applies", "the policies that are meant apply"),
        containers[-1].where if containers else None,
        "missing",
    )


def _not_given(applied: Applied) -> Unclear:
    return Unclear(
        printable(applied.link.gpo),
        f"is linked ({applied}) and was not given",
        ("the result is what the others say", "it changes the result"),
        applied.link.where or Where(),
        "missing",
    )
