"""The JSON Schema of mapping files, made from their parts and from the vocabulary: editors complete a mapping with it.

It says what can be said of each part alone. Whether a name in braces is told by the line, by a column or by an id, and whether a line
has all the fields it needs, only the reader knows (`mapping.py`). A mapping that the reader accepts, the schema accepts.
"""

from typing import Any, Final, get_args

from rasim.interop.mapping import MAPPING_PARTS, UNITS, WRITTEN_BY_ITSELF, LogFormat
from rasim.protocol.line_words import FIELDS, SAYS
from rasim.protocol.lines import AUDIT_KINDS, LINES, RECORD_KINDS, VALUES
from rasim.protocol.trace_text import LISTS
from rasim.verify.promises.selection import ASKABLE

_WORD: Final = {"type": ["string", "number", "boolean", "null"]}  # all are words to the reader
_SEVERAL: Final = {"type": "array", "items": _WORD}


def mapping_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12)."""
    lines = {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1}
    when = {"type": "object", "additionalProperties": {"anyOf": [_WORD, {**_SEVERAL, "minItems": 1}]}}
    rule = {
        "when": {"anyOf": [_WORD, when]},
        "says": _WORD,
        "begins": _SEVERAL,
        "write": lines,
        "ignore": {"enum": [True, "true"]},
    }
    parts = {
        "rasim mapping": {"enum": [1, "1"]},
        "format": {"enum": [*get_args(LogFormat)]},
        "blanks": {"enum": ["as one", "as they are"]},
        "delimiter": _WORD,
        "header": _SEVERAL,
        "records": {"type": "array", "items": {"enum": [*RECORD_KINDS]}},
        "decides": {"type": "array", "items": {"enum": [*ASKABLE]}},
        "does not tell": _SEVERAL,
        "time": _closed({"from": _WORD, "unit": {"enum": [*UNITS]}}, ("from", "unit")),
        "ids": {"type": "object", "additionalProperties": _WORD},
        "begin": lines,
        "lines": {"type": "array", "items": {"$ref": "#/$defs/rule"}, "minItems": 1},
        "end": {"enum": [True, False, "true", "false"]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rasim mapping",
        **_closed(parts, [name for name, (needed, _) in MAPPING_PARTS.items() if needed]),
        "$defs": {
            "rule": {**_closed(rule, ("when",)), "oneOf": [{"required": ["write"]}, {"required": ["ignore"]}]},
            "line": {
                **_closed({name: _fields(name) for name in LINES if name not in WRITTEN_BY_ITSELF}, ()),
                "minProperties": 1,
                "maxProperties": 1,
            },
        },
    }


def _fields(event: str) -> dict[str, Any]:
    contract = LINES[event]
    fields = {name: _value(event, name) for name in (*contract.required, *contract.optional)}
    return {
        "description": SAYS[event],
        "type": ["object", "null"],
        "properties": fields,
        "patternProperties": {"^x_": True},
        "additionalProperties": False,
    }


def _value(event: str, name: str) -> dict[str, Any]:
    says = {"description": FIELDS[name]}
    if name == "members":
        return {**says, "type": "object", "additionalProperties": _SEVERAL}
    if name in LISTS:
        return {**says, **_SEVERAL}
    words = AUDIT_KINDS if (event, name) == ("audited", "kind") else VALUES.get(name, ())
    if words:  # one of them, or what a name in braces stands for
        return {**says, "anyOf": [{"enum": [*words]}, {"type": "string", "pattern": "[{]"}]}
    return {**says, **_WORD}


def _closed(properties: dict[str, Any], required: "list[str] | tuple[str, ...]") -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*required],
        "additionalProperties": False,
    }
