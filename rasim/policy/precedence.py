"""Which group policies apply to a computer, and in which order: the links of its containers.

Read `order_of_links` from the top. A computer stands in a site, a domain, and organisational units inside each other; each has
links to group policies. Local policy comes first, then site, domain, units from the outermost to the innermost; what is
applied later wins. Within a container link 1 wins, so it comes last. A container that blocks inheritance lets in only what
is enforced above it; local policy cannot be blocked. Enforced links come after all others, the outermost last: among
several the highest container wins. Sources: learn.microsoft.com cc978241, cc783171, cc758898 (domain 2.6); that link 1 of
a container is the highest is remembered.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from attrs import field, frozen

from rasim.errors import Where
from rasim.policy.names import fold

LinkScope = Literal["local", "site", "domain", "ou"]
LINK_SCOPES: Final[tuple[LinkScope, ...]] = ("local", "site", "domain", "ou")


@frozen
class Gpo:
    """A group policy as a file names it: its name, its GUID with braces, its domain, whether its computer half is on.

    `links` are the containers it is linked to, where the file says that.
    """

    name: str
    id: str = field(default="", eq=fold)
    domain: str = ""
    computer: bool = True
    links: tuple["LinkTo", ...] = ()


@frozen
class LinkTo:
    """A link as a report tells it: the container's path (`corp.example/Clients/London`); its order is not told."""

    container: str
    enabled: bool = True
    enforced: bool = False
    where: Where | None = field(default=None, eq=False)


@frozen
class Link:
    """A link of a container: to which group policy, at which order (1 wins), and whether it is enabled and enforced.

    An order of None is not known.
    """

    gpo: str
    order: int | None = None
    enabled: bool = True
    enforced: bool = False
    where: Where | None = field(default=None, eq=False)


@frozen
class Container:
    """A place that a computer stands in: local policy, a site, a domain, an organisational unit; with its links."""

    scope: LinkScope
    name: str
    links: tuple[Link, ...] = ()
    blocks: bool = False
    where: Where | None = field(default=None, eq=False)


@frozen
class Applied:
    """A link with its container: that it applies, or why it does not."""

    link: Link
    container: Container
    why_not: str = ""

    def __str__(self) -> str:
        how = "enforced, " if self.link.enforced else ""
        order = "" if self.link.order is None else f", link {self.link.order}"
        return f"{how}{self.container.scope} {self.container.name}{order}".rstrip()


@frozen
class Order:
    """The links that apply, lowest precedence first, those that do not, and containers where the order is not known."""

    applied: tuple[Applied, ...]
    left_out: tuple[Applied, ...] = ()
    unknown: tuple[Container, ...] = ()


def order_of_links(containers: Sequence[Container]) -> Order:
    """Return the order of precedence for a computer in these containers, given outermost first, local policy anywhere.

    Two links of one container without an order, or with the same one, are kept in the order they are given, and the
    container is named in `unknown`.
    """
    ordered = sorted(containers, key=lambda container: LINK_SCOPES.index(container.scope))
    blocking = max((at for at, each in enumerate(ordered) if each.blocks and each.scope != "local"), default=0)
    left_out = [*_disabled(ordered), *_blocked(ordered, blocking)]
    plain = [
        Applied(link, container)
        for at, container in enumerate(ordered)
        for link in _lowest_first(container)
        if link.enabled and not _enforced(link, container) and (at >= blocking or container.scope == "local")
    ]
    enforced = [
        Applied(link, container)
        for container in reversed(ordered)
        for link in _lowest_first(container)
        if link.enabled and _enforced(link, container)
    ]
    return Order((*plain, *enforced), tuple(left_out), tuple(each for each in ordered if _unordered(each)))


def _enforced(link: Link, container: Container) -> bool:
    """Tell whether a link is enforced; local policy has no links that could be."""
    return link.enforced and container.scope != "local"


def _lowest_first(container: Container) -> Iterable[Link]:
    return sorted(container.links, key=lambda link: -(link.order or 0))


def _disabled(containers: Iterable[Container]) -> Iterator[Applied]:
    for container in containers:
        yield from (Applied(link, container, "the link is disabled") for link in container.links if not link.enabled)


def _blocked(containers: Sequence[Container], blocking: int) -> Iterator[Applied]:
    for container in containers[:blocking]:
        why = f"{containers[blocking].name} blocks inheritance"
        for link in container.links:
            if link.enabled and not link.enforced and container.scope != "local":
                yield Applied(link, container, why)


def _unordered(container: Container) -> bool:
    """Tell whether links that apply here have an order among themselves that is not known."""
    for enforced in (False, True):
        orders = [link.order for link in container.links if link.enabled and link.enforced is enforced]
        if len(orders) > 1 and (None in orders or len(set(orders)) < len(orders)):
            return True
    return False
