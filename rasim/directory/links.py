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

The file is read by its nodes: every word is a text, nothing is evaluated, and all mistakes are told at once.
"""

from collections.abc import Iterator
from typing import Any, Final

import yaml
from attrs import define, field, frozen

from rasim.directory.nodes import compose
from rasim.errors import Problem, ScenarioError, Where
from rasim.policy.precedence import SCOPES, Container, Gpo, Link, Scope
from rasim.words import printable

_SWITCH: Final = {"yes": True, "true": True, "no": False, "false": False}
_LINK_KEYS: Final = ("gpo", "enforced", "enabled")
_CONTAINER_KEYS: Final = (*SCOPES, "gpos", "blocks inheritance")


def read_links(data: bytes, file: str = "") -> tuple[Container, ...]:
    """Return the containers that a file of links tells, in its order.

    Raises:
        ScenarioError: no YAML, or words that are not these; all mistakes at once, with line and column.

    """
    reader = _Reader(file)
    containers = tuple(reader.containers(compose(data, file)))
    if reader.problems:
        raise ScenarioError(
            tuple(sorted(reader.problems, key=lambda each: (each.where.line or 0, each.where.column or 0)))
        )
    return containers


@define
class _Reader:
    """One pass over the nodes of a file; mistakes are collected."""

    file: str
    problems: list[Problem] = field(factory=list)

    def containers(self, root: Any) -> Iterator[Container]:
        parts = self._parts(root, ("links", "computer", "containers"), "a file of links")
        if "links" not in parts or self._text(parts["links"]) != "1":
            self._wrong(parts.get("links", root), "a file of links begins with `links: 1`")
        listed = parts.get("containers")
        if not isinstance(listed, yaml.SequenceNode):
            self._wrong(listed or root, "`containers:` is the list of containers from the outside to the inside")
            return
        outermost = 0
        for node in listed.value:
            container = self._container(node)
            if container is None:
                continue
            rank = SCOPES.index(container.scope)
            if rank < outermost:
                self._wrong(
                    node,
                    f"a {container.scope} stands after a {SCOPES[outermost]}; write from the outside to the inside",
                )
            outermost = max(rank, outermost)
            yield container

    def _container(self, node: Any) -> Container | None:
        parts = self._parts(node, _CONTAINER_KEYS, "a container")
        scopes = [scope for scope in SCOPES if scope in parts]
        if len(scopes) != 1:
            self._wrong(node, f"a container is one of {', '.join(SCOPES)}")
            return None
        scope = scopes[0]
        gpos = parts.get("gpos")
        if gpos is not None and not isinstance(gpos, yaml.SequenceNode):
            self._wrong(gpos, "`gpos:` is a list, link 1 first")
            gpos = None
        blocks = "blocks inheritance" in parts and self._switch(parts["blocks inheritance"])
        if blocks and scope in {"local", "site"}:
            self._wrong(parts["blocks inheritance"], f"a {scope} cannot block inheritance")
        links = tuple(self._link(each, order) for order, each in enumerate(gpos.value if gpos else (), 1))
        return Container(scope, self._text(parts[scope]), links, blocks, self._where(node))

    def _link(self, node: Any, order: int) -> Link:
        if isinstance(node, yaml.ScalarNode):
            return Link(self._named(node), order, where=self._where(node))
        parts = self._parts(node, _LINK_KEYS, "a link")
        if "gpo" not in parts:
            self._wrong(node, "a link names its group policy: `gpo: NAME`")
        enabled, enforced = (
            self._switch(parts[key]) if key in parts else key == "enabled" for key in ("enabled", "enforced")
        )
        return Link(self._named(parts["gpo"]) if "gpo" in parts else "", order, enabled, enforced, self._where(node))

    def _named(self, node: Any) -> str:
        name = self._text(node)
        if not name.strip():
            self._wrong(node, "a group policy has a name")
        return name

    def _parts(self, node: Any, known: tuple[str, ...], what: str) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f"{what} is written as `{known[0]}: …`")
            return parts
        for key, value in node.value:
            name = self._text(key)
            if name not in known:
                self._wrong(key, f'"{printable(name[:40])}" is no part of {what}; known: {", ".join(known)}')
            elif name in parts:
                self._wrong(key, f"{name} stands twice")
            parts.setdefault(name, value)
        return parts

    def _switch(self, node: Any) -> bool:
        said = self._text(node).lower()
        if said not in _SWITCH:
            self._wrong(node, "yes or no should stand here")
        return _SWITCH.get(said, False)

    def _text(self, node: Any) -> str:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._wrong(node, "a word should stand here")
        return ""

    def _where(self, node: Any) -> Where:
        if node is None:
            return Where(self.file, line=1, column=1)
        return Where(self.file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)

    def _wrong(self, node: Any, message: str) -> None:
        self.problems.append(Problem(self._where(node), message))


# ---- from backups themselves ---------------------------------------------------------------------------------


@frozen
class _Place:
    """One container of a path `corp.example/Clients/London`."""

    scope: Scope
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
