"""The schema of mapping files and their reader: what the reader accepts, the schema accepts, and it underlines what no mapping may say."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from rasim.errors import InputError
from rasim.interop.mapping import read_mapping
from rasim.interop.mapping_schema import mapping_schema

TOP = Path(__file__).parents[3]
MAPPINGS = sorted((TOP / "docs" / "examples" / "mappings").glob("*.yaml"))
VALIDATOR = Draft202012Validator(mapping_schema())
ODD: tuple[Any, ...] = (None, "", 1, True, "{who}", "local", [], ["a"], {}, {"a": "b"})


def mutants(value: Any) -> Iterator[Any]:
    """Yield the value with any one part gone, replaced by something odd, or said twice."""
    for at in range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else ():
        without = copy.copy(value)
        del without[at]
        yield without
        for part in (*ODD, *mutants(value[at])):
            other = copy.copy(value)
            other[at] = part
            yield other
    if isinstance(value, dict):
        yield {**value, "strange": "1"}


def reads(value: Any) -> bool:
    try:
        read_mapping(yaml.safe_dump(value, sort_keys=False))
    except InputError:
        return False
    return True


def test_it_is_a_schema() -> None:
    """It is a schema of its draft."""
    Draft202012Validator.check_schema(mapping_schema())


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_what_the_reader_accepts_the_schema_accepts(path: Path) -> None:
    """Of a mapping with any one part changed, the schema refuses none that the reader takes."""
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    whole["lines"] = whole["lines"][:1]
    refused = [each for each in (whole, *mutants(whole)) if not VALIDATOR.is_valid(each) and reads(each)]

    assert [] == refused


@pytest.mark.parametrize(
    "change",
    [
        {"rasim mapping": 2},
        {"format": "xml"},
        {"records": ["everything"]},
        {"decides": ["no_such_promise"]},
        {"lines": [{"when": "x", "write": [{"no_such_event": {}}]}]},
        {"lines": [{"when": "x", "write": [{"ended": {"conection": "1"}}]}]},
        {"lines": [{"when": "x", "write": [{"accepted": {"offer": "1", "session": "s", "origin": "lokal"}}]}]},
        {"lines": [{"when": "x", "write": [{"recorder": {"records": []}}]}]},
        {"lines": [{"when": "x", "write": [{"ended": {}, "locked": {}}]}]},
        {"lines": [{"when": "x"}]},
        {"lines": [{"when": "x", "ignore": True, "write": [{"locked": {"session": "s"}}]}]},
        {"strange": 1},
    ],
)
def test_what_no_mapping_may_say_is_underlined(change: dict[str, Any]) -> None:
    """A word that no mapping has, in any of its places, is refused by the schema and by the reader."""
    whole = {
        "rasim mapping": 1,
        "format": "text",
        "records": [],
        "lines": [{"when": "x", "write": [{"locked": {"session": "s"}}]}],
    }

    assert VALIDATOR.is_valid(whole)
    assert (False, False) == (VALIDATOR.is_valid({**whole, **change}), reads({**whole, **change}))
