"""A file of links: in which containers a computer stands, and which group policies are linked there, and how.

    links: 1
    containers:
    - local: this computer
      gpos: [local.pol]
    - site: London
      gpos: [Site London]
    - domain: corp.example
      gpos: [{gpo: Baseline, enforced: yes}, Default Domain Policy]      # the first is link 1, which wins
    - ou: Clients
      blocks inheritance: yes
      gpos: [Helpdesk, {gpo: Old helpdesk, enabled: no}]

Containers stand from the outside to the inside, as the computer stands in them. A group policy is named by its display name,
its GUID, or the file or folder it is in. What follows from it: `rasim.policy.precedence`.

Every word is a text, nothing is evaluated, and all mistakes are told at once.
"""

from collections.abc import Iterator
from typing import Final

from attrs import define, frozen

from rasim.inputs import ListNode, Node, Reading, Word, text_of
from rasim.policy.precedence import LINK_SCOPES, Container, Gpo, Link, LinkScope

_SWITCH: Final = {"yes": True, "true": True, "no": False, "false": False}
_LINK_KEYS: Final = ("gpo", "enforced", "enabled")
_CONTAINER_KEYS: Final = (*LINK_SCOPES, "gpos", "blocks inheritance")


def read_links(data: bytes, file: str = "") -> tuple[Container, ...]:
    """Return the containers that a file of links tells, in its order.

    Raises:
        InputError: no YAML, or words that are not these; all mistakes at once, with line and column.

    """
    reader = _Reader(text_of(data, file), file, "file of links")
    root = reader.root()
    containers = () if root is None else tuple(reader.containers(root))
    reader.finish()
    return containers


@define
class _Reader(Reading):
    """One pass over a file of links."""

    def containers(self, root: Node) -> Iterator[Container]:
        parts = self.known(root, "a file of links", ("links", "computer", "containers"))
        if "links" not in parts or self.word(parts["links"], "the version") != "1":
            self.wrong(parts.get("links", root), "a file of links begins with `links: 1`")
        listed = parts.get("containers")
        if not isinstance(listed, ListNode):
            self.wrong(listed or root, "`containers:` is the list of containers from the outside to the inside")
            return
        outermost = 0
        for node in listed.nodes:
            container = self._container(node)
            if container is None:
                continue
            rank = LINK_SCOPES.index(container.scope)
            if rank < outermost:
                self.wrong(
                    node,
                    f"a {container.scope} stands after a {LINK_SCOPES[outermost]}; write from the outside to the inside",
                )
            outermost = max(rank, outermost)
            yield container

    def _container(self, node: Node) -> Container | None:
        parts = self.known(node, "a container", _CONTAINER_KEYS)
        scopes = [scope for scope in LINK_SCOPES if scope in parts]
        if len(scopes) != 1:
            self.wrong(node, f"a container is one of {', '.join(LINK_SCOPES)}")
            return None
        scope = scopes[0]
        blocks = "blocks inheritance" in parts and self._switch(parts["blocks inheritance"])
        if blocks and scope in {"local", "site"}:
            self.wrong(parts["blocks inheritance"], f"a {scope} cannot block inheritance")
        gpos = self.items(parts["gpos"], "`gpos:`, link 1 first,") if "gpos" in parts else ()
        links = tuple(self._link(each, order) for order, each in enumerate(gpos, 1))
        name = self.word(parts[scope], f"the name of the {scope}") or ""
        return Container(scope, name, links, blocks, node.where)

    def _link(self, node: Node, order: int) -> Link:
        if isinstance(node, Word):
            return Link(self._named(node), order, where=node.where)
        parts = self.known(node, "a link", _LINK_KEYS)
        if "gpo" not in parts:
            self.wrong(node, "a link names its group policy: `gpo: NAME`")
        enabled, enforced = (
            self._switch(parts[key]) if key in parts else key == "enabled" for key in ("enabled", "enforced")
        )
        return Link(self._named(parts["gpo"]) if "gpo" in parts else "", order, enabled, enforced, node.where)

    def _named(self, node: Node) -> str:
        name = self.word(node, "the name of a group policy")
        if name is not None and not name.strip():
            self.wrong(node, "a group policy has a name")
        return name or ""

    def _switch(self, node: Node) -> bool:
        said = self.word(node, "yes or no")
        if said is not None and said.lower() not in _SWITCH:
            self.wrong(node, "yes or no should stand here")
        return _SWITCH.get((said or "").lower(), False)


# ---- from backups themselves ---------------------------------------------------------------------------------


@frozen
class _Place:
    """One container of a path `corp.example/Clients/London`."""

    scope: LinkScope
    path: str


def links_at(place: str, gpos: tuple[Gpo, ...]) -> tuple[Container, ...]:
    """Return the containers of a computer at this path, with the links that the reports of group policies tell.

    A path is the domain's DNS name and the organisational units below it, divided by slashes. Reports tell neither the
    order of links, nor sites, nor whether a container blocks inheritance.
    """
    parts = [part.strip() for part in place.strip("/").split("/")]
    places = [_Place("ou" if at else "domain", "/".join(parts[: at + 1])) for at in range(len(parts))]
    return tuple(
        Container(
            each.scope,
            each.path,
            tuple(
                Link(gpo.id or gpo.name, None, link.enabled, link.enforced, link.where)
                for gpo in gpos
                for link in gpo.links
                if link.container.strip("/").casefold() == each.path.casefold()
            ),
        )
        for each in places
    )
