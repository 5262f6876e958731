"""The schema of a trace line and the reader of traces say the same of a line."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rasim.protocol.lines import LINES, VALUES
from rasim.protocol.trace_schema import trace_schema
from rasim.protocol.trace_text import WrongLine, recorded_from
from tests.unit.protocol.test_trace_text import whole

SCHEMA = trace_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
ODD: tuple[Any, ...] = (None, "", 1, 70_000, 1.5, True, ["a"], [1], {"g": ["a"]}, {"g": "a"})


def reads(line: dict[str, Any]) -> bool:
    try:
        recorded_from(line)
    except WrongLine:
        return False
    return True


def test_it_is_a_schema() -> None:
    """It is a schema of its draft."""
    Draft202012Validator.check_schema(trace_schema())


@pytest.mark.parametrize("event", LINES)
def test_the_schema_and_the_reader_agree(event: str) -> None:
    """Of a line with any one field gone, added, or with an odd value, the schema says what the reader says."""
    names = (*LINES[event].required, *LINES[event].optional)
    part = Draft202012Validator(
        {"$ref": f"#/$defs/{event}", "$defs": SCHEMA["$defs"]}
    )  # the whole asks seventy times which it is
    lines = [whole(event), {**whole(event), "t": 1}, {**whole(event), "x_note": [1]}, {**whole(event), "strange": 1}]
    lines += [{key: value for key, value in whole(event).items() if key != name} for name in names]
    lines += [{**whole(event), name: value} for name in ("seq", "t", *names) for value in ODD]
    lines += [{**whole(event), name: word} for name in names for word in VALUES.get(name, ())]
    disagreed = [line for line in lines if part.is_valid(json.loads(json.dumps(line))) is not reads(line)]

    assert [] == disagreed


@pytest.mark.parametrize(
    "line", [{}, {"seq": 1}, {"event": "locked"}, {"seq": 1, "event": "no such event"}, [], "locked"]
)
def test_what_is_no_line_at_all_is_refused(line: Any) -> None:
    """What has no number, no event, an unknown event, or is no object is refused."""
    assert not VALIDATOR.is_valid(line)


def test_each_event_has_its_own_fields() -> None:
    """The whole schema takes a line by the part of its own event."""
    assert VALIDATOR.is_valid(whole("accepted"))
    assert not VALIDATOR.is_valid({**whole("accepted"), "event": "ended"})
