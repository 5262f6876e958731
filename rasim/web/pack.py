"""All that the page has of the table, in one file: `python -m rasim.web.pack` makes it again, and tests ask whether it still is so.

It is kept in the repository because exploring every mistake takes a minute and `rasim explore` is to answer at once.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from rasim.document import diagrams
from rasim.protocol.rules import table
from rasim.protocol.terms import Row
from rasim.verify.promises.catalogue import KEPT
from rasim.web.mistakes import ALWAYS, MISTAKES, mistake_json
from rasim.web.systems import systems
from rasim.web.tables import Machine, mistaken_model, outcome_json, teaching_model

NAME: Final = "teaching.json"


def packed() -> dict[str, Any]:
    """Return what was packed."""
    found: dict[str, Any] = json.loads(files("rasim.web").joinpath("assets", NAME).read_text(encoding="utf-8"))
    return found


def machine_json(machine: Machine) -> dict[str, Any]:
    """Return a machine as JSON."""
    facts, events = machine.facts(), machine.events()
    return {**facts, "events": events, **_numbered(machine)}


def _numbered(machine: Machine, outcomes: int = 0, lines: int = 0) -> dict[str, Any]:
    """Return the outcomes and lines of a machine, from those numbers on."""
    return {
        "outcomes": [outcome_json(each) for each in machine.outcomes][outcomes:],
        "lines": [each.as_json() for each in machine.lines][lines:],
    }


@cache
def _small() -> tuple[Machine, dict[str, Any]]:
    """Return the right machine of the smaller model, and the same as JSON."""
    machine = Machine(mistaken_model(table()))
    return machine, machine_json(machine)


def mistake_of(name: str) -> dict[str, Any]:
    """Return one mistake as JSON: what differs from the right machine of the same model."""
    right, whole = _small()
    model = mistaken_model(MISTAKES[name].change(table()))
    machine = Machine(model, right.outcomes.again(), right.lines.again())
    found = mistake_json(name, machine, model, whole["events"])
    return {**found, **_numbered(machine, len(whole["outcomes"]), len(whole["lines"]))}


def right_json() -> dict[str, Any]:
    """Return the right machine, with what the page says about it."""
    model = teaching_model()
    phases, _ = diagrams.of_table(model.table)
    return {
        **machine_json(Machine(model)),
        "leaves_out": model.leaves_out,
        "asked": sorted(promise.name for promise in ALWAYS),
        "rows": {row.id: _row_json(row) for row in model.table.rows},
        "phases": [
            {"from": arrow.source, "to": arrow.target, "label": list(arrow.label), "dashed": arrow.dashed}
            for arrow in phases.arrows
        ],
        "sent": {event: way for way, events in diagrams.SENT_BY.items() for event in events},
        "quiet": sorted(diagrams.QUIET),
        "systems": systems(),
    }


def _row_json(row: Row) -> dict[str, Any]:
    """Return where a row stands, and of one by which the computer says no, why: conditions with the setting behind them."""
    no = [[each.name, each.settings[0] if each.settings else None] for each in row.provided if each.name != "ticket"]
    return {"while": row.phase, "when": list(row.when), "ground": row.ground, **({"no": no} if row.answers_no else {})}


def table_texts() -> dict[str, dict[str, str]]:
    """Return the sentences that the table itself has: those of its conditions, of the promises and of the mistakes."""
    rules = teaching_model().table
    conditions = {
        c.name: c.says
        for c in (*(n for t in rules.things for n in t.needs), *(c for r in rules.rows for c in r.provided))
    }
    return {
        "conditions": conditions,
        "promises": {promise.name: promise.says for promise in KEPT},
        "mistakes": {name: named.says for name, named in MISTAKES.items()},
    }


def pack() -> dict[str, Any]:
    """Make all of it, with as many processes as there are processors."""
    with ProcessPoolExecutor() as pool:
        mistakes = pool.map(mistake_of, MISTAKES)
        return {
            "right": right_json(),
            "small": _small()[1],
            "mistakes": list(mistakes),
        }


def written(whole: dict[str, Any]) -> str:
    """Return it as text, small: the page is one file."""
    return f"{json.dumps(whole, separators=(',', ':'), ensure_ascii=True)}\n"


if __name__ == "__main__":
    path = Path(__file__).parent / "assets" / NAME
    path.parent.mkdir(exist_ok=True)
    path.write_text(written(pack()), encoding="utf-8")
