"""All that the page has of the table, in one file: `python -m docs.generate.teaching.pack` makes it again, and tests ask whether it still is so.

It is kept in the repository because exploring every mistake takes a minute and `rasim explore` is to answer at once.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from docs.generate.teaching.mistakes import ASKED, SHOWN, mistake_of
from docs.generate.teaching.systems import systems
from docs.generate.teaching.tables import Machine, mistaken_model, teaching_model
from rasim.document import diagrams
from rasim.protocol.rules import table
from rasim.protocol.terms import Row
from rasim.verify.states.model import Model

_WIDTH: Final = 140  # of a line, as far as there is a place to break it


def right_machine() -> dict[str, Any]:
    """Return the right machine, with what the page says about it."""
    return {**machine_of(teaching_model()), **around()}


def around() -> dict[str, Any]:
    """Return what the page says about the rules, besides what their events do."""
    rules = table()
    phases, _ = diagrams.of_table(rules)
    return {
        "asked": sorted(promise.name for promise in ASKED),
        "rows": {row.id: _row(row) for row in rules.rows},
        "phases": [
            {"from": arrow.source, "to": arrow.target, "label": list(arrow.label), "dashed": arrow.dashed}
            for arrow in phases.arrows
        ],
        "sent": {event: way for way, events in diagrams.SENT_BY.items() for event in events},
        "quiet": sorted(diagrams.QUIET),
        "systems": systems(),
    }


def small_machine() -> dict[str, Any]:
    """Return the right machine of the smaller model, in which mistakes are shown."""
    return machine_of(mistaken_model(table()))


def machine_of(model: Model) -> dict[str, Any]:
    """Return the facts and events of a model."""
    machine = Machine(model)
    return {**machine.facts(), "events": machine.events()}


def _row(row: Row) -> dict[str, Any]:
    """Return where a row stands, and of one by which the computer says no, why: conditions with the setting behind them."""
    no = [[each.name, each.settings[0] if each.settings else None] for each in row.provided if each.name != "ticket"]
    return {"while": row.phase, "when": list(row.when), **({"no": no} if row.answers_no else {})}


def pack() -> dict[str, Any]:
    """Make all of it, with as many processes as there are processors."""
    small = small_machine()
    with ProcessPoolExecutor() as pool:
        mistakes = pool.map(partial(mistake_of, right=small["events"]), SHOWN)
        return {"right": right_machine(), "small": small, "mistakes": dict(zip(SHOWN, mistakes, strict=True))}


def laid_out(value: Any, indent: str = "") -> str:
    """Return JSON of which a difference can be read: what fits on a line stands on one, of all else each entry begins a line of its own."""
    flat = json.dumps(value)
    if len(indent) + len(flat) <= _WIDTH or not isinstance(value, dict | list):
        return flat
    deeper = f"{indent} "
    if isinstance(value, dict):
        entries = [f"{json.dumps(name)}: {laid_out(each, deeper)}" for name, each in value.items()]
    else:
        entries = [laid_out(each, deeper) for each in value]
    first, last = flat[0], flat[-1]
    return f"{first}\n{deeper}" + f",\n{deeper}".join(entries) + f"\n{indent}{last}"


if __name__ == "__main__":
    path = Path(__file__).parents[3] / "rasim" / "web" / "assets" / "teaching.json"
    path.write_text(f"{laid_out(pack())}\n", encoding="utf-8")
