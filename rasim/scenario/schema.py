"""The JSON Schema of scenario files, made from their words: editors complete steps with it and underline what is unknown.

It says what can be said without the whole file: whether a name is a person's, and whether an offer makes sense, only the
reader knows (`files.py`). A file that the reader accepts, the schema accepts.
"""

import re
from typing import Any, get_args, get_type_hints

from attrs import fields

from rasim.policy import SYSTEMS
from rasim.policy.firewall import FIREWALL_WORDS
from rasim.protocol.choices import Choices
from rasim.scenario.grammar import EVERY_PHRASE, LAST_WORDS, PORT_WORDS, REASONS, RESERVED, Actor

TEXTS = {"type": "array", "items": {"type": "string"}}
TIME = {"type": "string", "pattern": r"^\d{1,9}(\.\d{1,6})?\s*(us|ms|s|min|h)$"}
PERSON = "^(?!(?:" + "|".join((*RESERVED, "last", "because")) + r")$)[^\W\d][\w-]*$"


def schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12)."""
    policy = _closed(
        {
            "offer": {"enum": ["not configured", "disabled", "enabled"]},
            "solicited": {"enum": ["not configured", "disabled", "enabled"]},
            "mode": {"enum": ["view", "control"]},
            "helpers": TEXTS,
            "files": {**TEXTS, "minItems": 1},
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rasim scenario",
        **_closed(
            {
                "rasim": {"enum": [1, "1"]},
                "scenario": {"type": "string"},
                "policy": {"$ref": "#/$defs/policy"},
                "groups": {"type": "object", "additionalProperties": TEXTS},
                "people": {
                    "type": "object",
                    "patternProperties": {
                        PERSON: _closed({"account": {"type": "string"}, "uses": {"type": "string"}}, ["account"])
                    },
                    "additionalProperties": False,
                },
                "computer": _closed(
                    {
                        "os": {"enum": [*SYSTEMS, *(name.removeprefix("windows-") for name in SYSTEMS)]},
                        "offers from": {"type": "string"},
                    }
                ),
                "firewall": {"$ref": "#/$defs/firewall"},
                "ports": TEXTS,
                "programs": TEXTS,
                "choices": _choices(),
                "replay": _closed(
                    {
                        "seed": {"type": "integer", "minimum": 0},
                        "order": {"type": "integer", "minimum": 1},
                        "beside": {"type": "string"},
                        "of": {"type": "string"},
                        "failed": {"type": "string"},
                        "tape": {"type": "string", "pattern": r"^(?:\d+:\d+(?: |$))*$"},
                        "every_order": {"type": "string", "pattern": r"^(?:\d+:\d+(?: |$))*$"},
                    }
                ),
                "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
            },
            ["rasim", "scenario", "policy", "people", "steps"],
        ),
        "$defs": {"policy": policy, "firewall": _firewall(), "step": _step(), "expectation": _expectation()},
    }


def _closed(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    said = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**said, "required": required} if required else said


def _choices() -> dict[str, Any]:
    hints = get_type_hints(Choices)
    return _closed(
        {
            a.name.replace("_", " "): {"description": a.metadata["says"], **({"enum": list(known)} if known else TIME)}
            for a in fields(Choices)
            for known in (get_args(hints[a.name]),)
        }
    )


def _firewall() -> dict[str, Any]:
    named = {name: {"enum": list(words)} for name, words in FIREWALL_WORDS.items() if name != "port"}
    ports = {r"^[1-9]\d{0,4} (tcp|udp)$": {"enum": list(FIREWALL_WORDS["port"])}}
    return {"type": "object", "properties": named, "patternProperties": ports, "additionalProperties": False}


def _step() -> dict[str, Any]:
    act = _closed({"applies policy": {"$ref": "#/$defs/policy"}, "applies firewall": {"$ref": "#/$defs/firewall"}})
    acts: dict[str, Any] = {
        actor: _spoken(kind)
        for actor, kind in (("computer", "computer"), ("link", "link"), ("network", "link"), ("firewall", "firewall"))
    }
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "expect": {"$ref": "#/$defs/expectation"},
            "wait": TIME,
            "together": {"type": "array", "maxItems": 5, "items": {"$ref": "#/$defs/step"}},
            "administrator": {"anyOf": [_spoken("administrator"), {**act, "minProperties": 1}]},
            **acts,
        },
        "patternProperties": {PERSON: {"anyOf": [_spoken("expert"), _spoken("user")]}},
        "additionalProperties": False,
    }


def _spoken(actor: Actor | str) -> dict[str, Any]:
    """Return what an actor can do: each phrase as a pattern, with the plainest of them as examples."""
    phrases = [phrase for phrase in EVERY_PHRASE if phrase.actor == actor]
    patterns = "|".join(re.sub(r"\(\?P<\w+>", "(?:", p.pattern.pattern.removesuffix("$")) for p in phrases)
    plain = [re.sub(r"\[[^]]*\]", "", phrase.text) for phrase in phrases if not phrase.carries]
    return {"type": "string", "pattern": f"^(?:tries to )?(?:{patterns})$", "examples": plain}


def _expectation() -> dict[str, Any]:
    words = {"type": "string", "pattern": r"^[\w -]+$"}
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {
            "last": _either({"enum": list(LAST_WORDS)}),
            "because": {"type": "string", "examples": list(REASONS)},
        },
        "patternProperties": {r"^port [1-9]\d{0,4}$": _either({"enum": list(PORT_WORDS)}), PERSON: _either(words)},
        "additionalProperties": False,
    }


def _either(one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, _closed({"either": {"type": "array", "minItems": 1, "items": one}}, ["either"])]}
