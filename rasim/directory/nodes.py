"""YAML by its nodes: every word is a text with its place, `no` is a name like any other, and nothing is evaluated.

JSON is YAML too.
"""

from typing import Any

import yaml

from rasim.errors import Problem, ScenarioError, Where


def compose(data: bytes, file: str) -> Any:
    """Return the root node of a file, None if it is empty.

    Raises:
        ScenarioError: no UTF-8 (or UTF-16 with a byte-order mark), or no YAML; with line and column.

    """
    line, column = 1, 1
    try:
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        return yaml.compose(data.decode(encoding), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        message = "these bytes are no UTF-8 text"
    except yaml.MarkedYAMLError as error:
        if mark := error.problem_mark or error.context_mark:
            line, column = mark.line + 1, mark.column + 1
        message = f"not YAML: {error.problem or error.context}"
    except (yaml.YAMLError, RecursionError):
        message = "not YAML"
    raise ScenarioError((Problem(Where(file, line=line, column=column), message),))
