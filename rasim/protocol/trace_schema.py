"""The JSON Schema of one trace line, made from the vocabulary: for editors, for validators of other languages, for code generators.

It says what can be said of a line alone, but for the decimals of a time. That `seq` grows, that the recorder comes first and the end
last, and that every line has its time where times are recorded, only the reader of the whole trace knows (`trace_text.py`).
"""

from typing import Any

from rasim.protocol.line_words import FIELDS, SAYS
from rasim.protocol.lines import AUDIT_KINDS, LINES, RECORD_KINDS, VALUES
from rasim.protocol.trace_text import BY_A_HAND, IDS, LISTS, SECONDS

_TEXT = {"type": "string"}
_ID = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]}
_LIST = {"type": "array", "items": _TEXT}
_NEAR = {"minimum": -SECONDS, "maximum": SECONDS}


def trace_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a line: each event and each field has its own part under `$defs`."""
    fields = {name: {"description": says, **_value(name)} for name, says in FIELDS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rasim trace line",
        "type": "object",
        "required": ["seq", "event"],
        "properties": {"event": {"enum": list(LINES)}},
        "allOf": [
            {"if": {"properties": {"event": {"const": event}}}, "then": {"$ref": f"#/$defs/{event}"}} for event in LINES
        ],
        "$defs": {
            **{event: _line(event) for event in LINES},
            **{f"field {name}": said for name, said in fields.items()},
            "field t": {"description": "seconds, at most six decimals", "type": ["number", "null"], **_NEAR},
        },
    }


def _line(event: str) -> dict[str, Any]:
    contract = LINES[event]
    must = {name: _field(event, name) for name in contract.required}
    may = {name: {"anyOf": [_field(event, name), {"type": "null"}]} for name in contract.optional}
    said: dict[str, Any] = {
        "description": SAYS[event],
        "required": list(contract.required),
        "properties": {"seq": {"type": "integer"}, "event": {}, "t": {"$ref": "#/$defs/field t"}, **must, **may},
        "patternProperties": {"^x_": {}},
        "additionalProperties": False,
    }
    if event in ("accepted", "denied"):
        hand = {"properties": {"origin": {"enum": sorted(BY_A_HAND)}}}
        said |= {"if": hand, "then": {"required": ["by"], "properties": {"by": _TEXT}}}
    return said


def _field(event: str, name: str) -> dict[str, Any]:
    return {"enum": list(AUDIT_KINDS)} if (event, name) == ("audited", "kind") else {"$ref": f"#/$defs/field {name}"}


def _value(name: str) -> dict[str, Any]:
    if name == "port":
        return {"type": "integer", "minimum": 1, "maximum": 65_535}
    if name == "members":
        return {"type": "object", "additionalProperties": _LIST}
    if name == "records":
        return {"type": "array", "items": {"enum": list(RECORD_KINDS)}}
    if name == "sessions":
        return {"type": "array", "items": {"type": ["string", "integer"]}}
    if name in LISTS:
        return _LIST
    if name in IDS:
        return _ID
    return {"enum": list(VALUES[name])} if name in VALUES else _TEXT
