"""ADML: the texts of policy templates in one language, by their ids. They say in whose words a report is written."""

from collections.abc import Mapping

from attrs import frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats.xml_text import elements

_ROOT = "policyDefinitionResources"


@frozen
class Adml:
    """One file of texts: strings by id, and the ids of its presentations."""

    file: str
    strings: Mapping[str, str]
    presentations: tuple[str, ...] = ()


def read_adml(data: bytes, file: str = "") -> Adml:
    """Return the texts of an ADML file.

    Raises:
        PolicyFileError: no ADML, or one id with two texts; with its place.

    """
    strings: dict[str, str] = {}
    presentations: list[str] = []
    for path, node in elements(data, file, lambda path: path[-1] == "presentation"):
        if path[0] != _ROOT:
            raise PolicyFileError("not the texts of policy templates (ADML)", Where(file, 0))
        name = node.attribute("id")
        if path[-1] == "string":
            if strings.setdefault(name, node.text) != node.text:
                raise PolicyFileError(f'two texts for "{name}"', node.where)
        elif path[-1] == "presentation":
            presentations.append(name)
    return Adml(file, strings, tuple(presentations))
