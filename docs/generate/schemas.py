"""The schemas as files of the package, beside the code that they are made from: an editor reads a file, and runs no command."""

import json
from typing import Any

from rasim.interop.mapping_schema import mapping_schema
from rasim.protocol.trace_schema import trace_schema
from rasim.scenario.schema import schema


def scenario_file() -> str:
    """Return the schema of scenario files, as `rasim show schema` prints it."""
    return _file(schema())


def trace_file() -> str:
    """Return the schema of trace lines, as `rasim show schema --of trace` prints it."""
    return _file(trace_schema())


def mapping_file() -> str:
    """Return the schema of mapping files, as `rasim show schema --of mapping` prints it."""
    return _file(mapping_schema())


def _file(made: dict[str, Any]) -> str:
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"
