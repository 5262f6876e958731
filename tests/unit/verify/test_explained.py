"""Whether the table could have left a trace: known cases, what any product may leave out or add, and where it stops being the table."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.trace_text import read_trace
from rasim.verify.behaviours.explained import Behaviours, ExplainedTrace, explained
from rasim.verify.promises.judge import Judge

FOLDER = Path(__file__).parents[2] / "data" / "cases"
NAMES = sorted(path.name.removesuffix(".good.jsonl") for path in FOLDER.glob("*.good.jsonl"))
ANNA, BOB, CAROL, ERIN = "CORP\\anna", "CORP\\bob", "CORP\\carol", "CORP\\erin"


def asked(*lines: Mapping[str, Any] | str, choices: Choices = STRICT, whole: bool = False) -> ExplainedTrace:
    """Ask of lines, each an object or, for short, its event with fields as `name=value`; `t` where it is given."""
    objects = [json.loads(each) if isinstance(each, str) and each.startswith("{") else said(each) for each in lines]
    text = [json.dumps({"seq": number, **each}) for number, each in enumerate(objects, 1)]
    return explained((recorded for _, recorded in read_trace(text)), choices, whole=whole)


def said(line: Mapping[str, Any] | str) -> Mapping[str, Any]:
    if not isinstance(line, str):
        return line
    event, *fields = line.split()
    found: dict[str, Any] = dict(field.split("=", 1) for field in fields)
    found |= {name: float(found[name]) for name in ("t",) if name in found}
    found |= {name: int(found[name]) for name in ("port",) if name in found}
    return {"event": event, **{n: v.replace("_", " ") if isinstance(v, str) else v for n, v in found.items()}}


def recorder(*less: str, also: Sequence[str] = ()) -> dict[str, Any]:
    usual = {"prompts", "answers", "frames", "input", "sessions", "policy"}
    return {"event": "recorder", "records": sorted((usual | {*also}) - {*less})}


POLICY = {"event": "policy_applied", "version": "1", "offers": "enabled", "mode": "control", "helpers": [ANNA, CAROL]}
LOGON = f"logged_on session=s1 by={BOB}"
START = (POLICY, LOGON)
OFFER = f"offer_received offer=o1 session=s1 expert={ANNA}"
SHOWN = "prompt_shown offer=o1 session=s1 prompt=p1"
YES = f"accepted offer=o1 session=s1 origin=local by={BOB} prompt=p1"
OPEN = "connection_opened connection=c1 offer=o1"
VIEW = (*START, OFFER, SHOWN, YES, OPEN)
ASKED = ("control_requested request=r1 connection=c1", "control_prompt_shown request=r1 session=s1")
GRANT = f"control_granted connection=c1 session=s1 origin=local request=r1 by={BOB}"
FRAME, INPUT = "frame_shown connection=c1 session=s1", "input_applied connection=c1 session=s1"


def in_file(name: str) -> tuple[ExplainedTrace, int]:
    """Return the answer about a file, and the line at which a promise first breaks (0: none does)."""
    behaviours, judge = Behaviours(), Judge()
    with (FOLDER / name).open(encoding="utf-8") as lines:
        for number, recorded in read_trace(lines, name):
            behaviours.take(recorded, number)
            judge.take(recorded, number)
    return behaviours.close(), min((each.number for each in judge.close().broken), default=0)


@pytest.mark.parametrize("name", NAMES)
def test_a_good_case_is_explained(name: str) -> None:
    """Some behaviour of the table leaves the lines of each trace in which consent is as it should be."""
    found, _ = in_file(f"{name}.good.jsonl")

    assert (True, None, "") == (found.explained, found.number, found.because)


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_case_is_refused_in_time(name: str) -> None:
    """Of each trace in which consent fails a line is not explained, no later than where a promise first breaks."""
    found, broken = in_file(f"{name}.bad.jsonl")

    assert found.explained is False
    assert found.number is not None
    assert found.number <= broken
    assert found.because
