"""The stub by which mypy checks the lines that a recorder writes: one method for each event, with the fields of the vocabulary."""

from typing import Final

from rasim.protocol.line_words import SAYS
from rasim.protocol.lines import AUDIT_KINDS, LINES, VALUES
from rasim.protocol.trace_text import IDS

HEAD: Final = """\
# Made by `python -m docs.generate` from rasim/protocol/lines.py: what a Recorder writes, for mypy and for editors.
from collections.abc import Mapping
from typing import Literal

_Id = str | int
_Texts = list[str] | tuple[str, ...]
"""
TYPES: Final = {
    "port": "int",
    "helpers": "_Texts",
    "exceptions": "_Texts",
    "sessions": "list[_Id] | tuple[_Id, ...] | _Texts",
    "members": "Mapping[str, _Texts]",
    **dict.fromkeys(IDS, "_Id"),
}


def recorder_stub() -> str:
    """Return the stub `rasim/testing/events.pyi`."""
    words = {name: f"_{name.title()}" for name in VALUES} | {"audited": "_Audited"}
    said = [f"{words[name]} = Literal[{', '.join(map(repr, each))}]" for name, each in VALUES.items()]
    said.append(f"_Audited = Literal[{', '.join(map(repr, AUDIT_KINDS))}]")
    text = "\n".join((HEAD + "\n".join(said), "", "class Events:", *_methods(words), ""))
    return text.replace("'", '"')


def _methods(words: dict[str, str]) -> list[str]:
    return [
        f"    def {event}(self, {_fields(event, words)}) -> None: ...  # {SAYS[event]}"
        for event in LINES
        if event != "recorder"
    ]


def _fields(event: str, words: dict[str, str]) -> str:
    contract = LINES[event]
    kind = {name: _type(event, name, words) for name in (*contract.required, *contract.optional)}
    must = [f"{name}: {kind[name]}" for name in contract.required]
    may = [f"{name}: {kind[name]} | None = None" for name in contract.optional]
    return ", ".join(("*", *must, *may, "x: Mapping[str, object] | None = None"))


def _type(event: str, name: str, words: dict[str, str]) -> str:
    return words["audited"] if (event, name) == ("audited", "kind") else TYPES.get(name) or words.get(name, "str")
