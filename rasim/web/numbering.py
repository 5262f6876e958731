"""The tables as the page looks them up: what `teaching.json` says in words, said in numbers.

A fact is its place, a value its place among the fact's values, an event its place in a list, and so are lines and outcomes, which many entries
share. The words are kept so that a change can be read; the numbers are a quarter of their size and found at once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_Entry = Mapping[str, Any]


class Numbering:
    """The numbers of one model: those of its facts are given, those of its outcomes and lines as they come."""

    def __init__(self, facts: Sequence[_Entry]) -> None:
        self._names = [fact["name"] for fact in facts]
        self._names += [f"other's {name}" for name in self._names]
        self._values = [fact["values"] for fact in (*facts, *facts)]
        self._outcomes: dict[str, int] = {}
        self._lines: dict[str, int] = {}

    def event(self, event: _Entry) -> dict[str, Any]:
        """Return an event: what it sets, and by the facts it depends on the number of its outcome."""
        outcomes = [(entry["when"], self._outcome(entry)) for entry in event["by"]]
        by = sorted([key, outcome] for when, outcome in outcomes for key in self.keys(event["on"], when))
        return {**event, "sets": self._changes(event["sets"]), "on": self.on(event["on"]), "by": by}

    def on(self, names: Iterable[str]) -> list[int]:
        """Return the places of facts."""
        return [self._names.index(name) for name in names]

    def keys(self, names: Sequence[str], when: Iterable[Sequence[Any]]) -> list[list[int]]:
        """Return values of facts as their places."""
        values = [self._values[place] for place in self.on(names)]
        return [[each.index(value) for each, value in zip(values, key, strict=True)] for key in when]

    def machine(self, machine: _Entry) -> dict[str, Any]:
        """Return what is said of a model besides its outcomes and lines."""
        (busy,) = self.on(["phase"])
        return {
            **machine,
            "start": self.keys(self._names[: len(machine["start"])], [machine["start"]])[0],
            "busy": [busy, [self._values[busy].index(phase) for phase in machine["busy"]]],
            "shared": [self._shared(each) for each in machine["shared"]],
            "events": [self.event(each) for each in machine["events"].values()],
        }

    def so_far(self) -> dict[str, list[Any]]:
        """Return the outcomes and lines that have numbers by now, in their order."""
        return {"outcomes": [*map(json.loads, self._outcomes)], "lines": [*map(json.loads, self._lines)]}

    def _shared(self, thing: _Entry) -> dict[str, Any]:
        begins, ends = (self._lines_of(thing[name]) for name in ("begins", "ends"))
        when = self.keys(thing["on"], thing["when"])
        return {"name": thing["name"], "on": self.on(thing["on"]), "when": when, "begins": begins, "ends": ends}

    def _outcome(self, entry: _Entry) -> int:
        outcome = {name: value for name, value in entry.items() if name != "when"}
        if "sets" in outcome:
            outcome["sets"] = self._changes(outcome["sets"])
        if "lines" in outcome:
            outcome["lines"] = self._lines_of(outcome["lines"])
        return _number(self._outcomes, outcome)

    def _changes(self, sets: _Entry) -> list[list[int]]:
        return [[place, self.keys([name], [[to]])[0][0]] for name, to in sets.items() for place in self.on([name])]

    def _lines_of(self, lines: Iterable[_Entry]) -> list[int]:
        return [_number(self._lines, line) for line in lines]


def _number(known: dict[str, int], thing: Any) -> int:
    """Return the number of a thing; a new one is the next."""
    return known.setdefault(json.dumps(thing), len(known))


def numbered(teaching: _Entry) -> dict[str, Any]:
    """Return all that the page has: the right machine, the smaller one, and the mistakes, whose outcomes and lines stand with its own."""
    right, small = teaching["right"], teaching["small"]
    of_right, of_small = Numbering(right["facts"]), Numbering(small["facts"])
    machines = of_right.machine(right), of_small.machine(small)
    mistakes = [_mistake(name, each, small["events"], of_small) for name, each in teaching["mistakes"].items()]
    return {
        "right": {**machines[0], **of_right.so_far()},
        "small": {**machines[1], **of_small.so_far()},
        "mistakes": mistakes,
    }


def _mistake(name: str, mistake: _Entry, right: _Entry, numbering: Numbering) -> dict[str, Any]:
    """Return a mistake: each of its events is the number of a right one or what it does, and its breaks and ways name them by their places."""
    does = {event: each for event, each in {**right, **mistake["events"]}.items() if event not in mistake["without"]}
    kinds = [event["kind"] for event in right.values()]
    does = dict(sorted(does.items(), key=lambda each: kinds.index(each[1]["kind"])))  # new ones stand with their kind
    places, known = ({event: at for at, event in enumerate(events)} for events in (does, right))
    return {
        "name": name,
        "cases": mistake["cases"],
        "by": mistake["by"],
        "events": [
            numbering.event(each) if event in mistake["events"] else known[event] for event, each in does.items()
        ],
        "breaks": [
            {
                "events": [places[event] for event in breaks["step"]],
                "on": numbering.on(breaks["on"]),
                "by": sorted(
                    [key, entry["surely"], entry["perhaps"]]
                    for entry in breaks["by"]
                    for key in numbering.keys(breaks["on"], entry["when"])
                ),
            }
            for breaks in mistake["breaks"]
        ],
        "ways": {
            promise: [[expert, *(places[event] for event in step)] for expert, *step in way]
            for promise, way in mistake["ways"].items()
        },
    }
