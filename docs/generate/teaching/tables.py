"""What the page steps through: what every event does, asked of `step` and written down by the facts that it depends on.

`Machine(model)` puts every event to `step` in every situation that one assistance can be in, and then forgets every fact that makes no
difference to what the event does: of thousands of situations a few lines are left. The page has nothing else to go by; it only puts
together what happens to two experts at once, as `Computer` does. So there is no second engine in it, and tests ask `step` again.

All is said in words here, facts and values by name and each line as a trace has it, so that a change can be read.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from attrs import evolve

from rasim.analysis.counterexample import act
from rasim.engines.swarm import possible
from rasim.protocol.computer import Happening
from rasim.protocol.lines import Line
from rasim.protocol.rules import table
from rasim.protocol.step import Event, Outcome, Refused, Rules, Situation
from rasim.protocol.terms import Table, Thing, Value
from rasim.protocol.vocabulary import BUSY_PHASES
from rasim.scenario.writer import write_step
from rasim.verify.states.model import EXPERTS, OWNERS, SESSIONS, SHUT, Model, Step, sized_model
from rasim.verify.states.surroundings import Surroundings

Places = tuple[int, ...]  # the values of facts, each by its place among the fact's values
_Answer = TypeVar("_Answer")

ORIGINS: Final = ("origin", ("local", "injected", "timer"))
TICKETS: Final = ("ticket", ("own", "used", "foreign"))


def teaching_model() -> Model:
    """Return the model of the page: two experts, one session, all facts of the world."""
    return Model(
        "teaching",
        "two experts, one session",
        table(),
        experts=2,
        values=(("new offers", ("not configured", "disabled", "enabled")), ORIGINS, TICKETS),
        leaves_out=(
            "disabled stands for blocked by disabled invitations, injected and timer for the other origins, "
            "used and foreign for other bad tickets"
        ),
    )


def mistaken_model(rules: Table) -> Model:
    """Return the smaller model in which a table with a mistake is explored whole, and shown."""
    return evolve(sized_model(2, 1, rules), values=(("new offers", ("disabled", "enabled")), ORIGINS, TICKETS, SHUT))


def relevant(rows: Mapping[Places, int], width: int) -> tuple[Places, dict[Places, int]]:
    """Return the places of a key that what it leads to depends on, and where keys of these alone lead.

    Places are tried from the first to the last; one is left out if no two keys that differ in it alone lead to different things.
    """
    kept, now = list(range(width)), dict(rows)
    for place in range(width):
        at = kept.index(place)
        shorter: dict[Places, int] = {}
        if all(shorter.setdefault(key[:at] + key[at + 1 :], to) == to for key, to in now.items()):
            now = shorter
            kept.remove(place)
    return tuple(kept), now


def by_answer(rows: Mapping[Places, _Answer]) -> tuple[Places, list[tuple[_Answer, list[Places]]]]:
    """Return the places of a key that its answer depends on, and each answer with the keys, of these places alone, that lead to it."""
    answers = list(dict.fromkeys(rows.values()))
    numbers = {answer: number for number, answer in enumerate(answers)}
    on, by = relevant({key: numbers[answer] for key, answer in rows.items()}, len(next(iter(rows))))
    found: dict[int, list[Places]] = {}
    for key, number in sorted(by.items()):
        found.setdefault(number, []).append(key)
    return on, [(answers[number], keys) for number, keys in found.items()]


def name_of(event: Event) -> str:
    """Return what an event is called: its kind, and what it carries."""
    carries = ", ".join(f"{name}={json.dumps(value).strip(chr(34))}" for name, value in event.carries)
    return f"{event.kind} ({carries})" if carries else event.kind


class Machine:
    """What a model's events do to one assistance."""

    def __init__(self, model: Model) -> None:
        self._surroundings = Surroundings(evolve(model, experts=1))
        self._rules: Rules = self._surroundings.rules
        self._places = [{value: at for at, value in enumerate(fact.values)} for fact in self._rules.facts]
        self._situations = sorted((self.key(s), s) for s in possible(model))

    def events(self) -> dict[str, Any]:
        """Return every event by its name, with what it carries and what it does."""
        kinds = {kind.name: kind for kind in self._rules.table.kinds}
        return {
            name_of(event): {
                "kind": event.kind,
                "carries": dict(event.carries),
                "owner": kinds[event.kind].owner,
                "scope": kinds[event.kind].scope,
                **_in_a_scenario(step),
                **self._event(event, step),
            }
            for event, step in {step.events[0][1]: step for step in self._surroundings.steps}.items()
        }

    def facts(self) -> dict[str, Any]:
        """Return the facts, how they start, who is called what, and what assistances see of each other and share."""
        first = self._surroundings.computer.situation(self._surroundings.first, (0, 0))
        return {
            "facts": [{"name": f.name, "scope": f.scope, "values": list(f.values)} for f in self._rules.facts],
            "start": list(first.values),
            "experts": list(EXPERTS[:2]),
            "owner": OWNERS[0],
            "session": SESSIONS[0],
            "busy": list(BUSY_PHASES),
            "shared": [self._shared(thing) for thing in self._rules.table.things if thing.shared],
        }

    def key(self, situation: Situation) -> Places:
        """Return a situation as the places of its values."""
        return tuple(places[value] for places, value in zip(self._places, situation.values, strict=True))

    def names(self, on: Sequence[int]) -> list[str]:
        """Return what facts are called; those after the last are the first ones again, of the other expert."""
        facts = [fact.name for fact in self._rules.facts]
        both = [*facts, *(f"other's {name}" for name in facts)]
        return [both[at] for at in on]

    def values(self, on: Sequence[int], keys: Sequence[Places]) -> list[list[Value]]:
        """Return keys of these facts as values."""
        values = [self._rules.facts[at % len(self._places)].values for at in on]
        return [[each[at] for each, at in zip(values, key, strict=True)] for key in keys]

    def _event(self, event: Event, step: Step) -> dict[str, Any]:
        """Return what an event does: what it sets wherever it comes, the facts all else depends on, and by these the outcome."""
        found = [(key, situation, self._rules.step(situation, event)) for key, situation in self._situations]
        after = [key if outcome.after is before else self.key(outcome.after) for key, before, outcome in found]
        always = {at: values.pop() for at, values in enumerate(map(set, zip(*after, strict=True))) if len(values) == 1}
        told: dict[tuple[Any, ...], str] = {}  # most situations share what is told of them
        rows: dict[Places, str] = {}
        for (key, _, outcome), to in zip(found, after, strict=True):
            changes = () if to is key else tuple(c for c in enumerate(to) if c[1] != key[c[0]] and c[0] not in always)
            same = (changes, id(outcome.row), id(outcome.refusal), id(outcome.effects), id(outcome.lost))
            if same not in told:
                told[same] = json.dumps(self._outcome(step, outcome, changes))
            rows[key] = told[same]
        on, answers = by_answer(rows)
        return {
            "sets": self._sets(sorted(always.items())),
            "on": self.names(on),
            "by": [{"when": self.values(on, keys), **json.loads(answer)} for answer, keys in answers],
        }

    def _sets(self, changes: Iterable[tuple[int, int]]) -> dict[str, Value]:
        return {self._rules.facts[at].name: self._rules.facts[at].values[value] for at, value in changes}

    def _outcome(self, step: Step, outcome: Outcome, changes: Iterable[tuple[int, int]]) -> dict[str, Any]:
        """Return an outcome: the row, what changes, the lines, whether the first of them tells of the world, what was lost, and why not.

        What is empty is left out, for almost everything is almost everywhere; but where no row speaks of an event `why` says nothing.
        """
        kind, refusal = outcome.kind, outcome.refusal
        found = {
            "row": outcome.row and outcome.row.id,
            "sets": self._sets(changes),
            "lines": [line.as_json() for line in self._surroundings.lines(step, (Happening(0, 0, outcome),))],
            "world": kind.scope != "assistance" and outcome.verdict == "done" and kind.taken is not None,
            "lost": [[each.thing, each.need.name] for each in outcome.lost],
        }
        why = [refusal.condition.name, refusal.setting] if isinstance(refusal, Refused) else []
        return {name: value for name, value in found.items() if value} | ({"why": why} if refusal else {})

    def _shared(self, thing: Thing) -> dict[str, Any]:
        """Return when something that all assistances share lasts in one of them, and the lines of its beginning and its end."""
        on, answers = by_answer({key: thing in self._rules.things(situation) for key, situation in self._situations})
        begins, ends = (
            [Line(effect.name, effect.fields).as_json() for effect in effects] for effects in (thing.begins, thing.ends)
        )
        lasts = dict(answers).get(True, [])
        return {
            "name": thing.name,
            "begins": begins,
            "ends": ends,
            "on": self.names(on),
            "when": self.values(on, lasts),
        }


def _in_a_scenario(step: Step) -> dict[str, str]:
    """Return a step as a scenario has it, and a policy once more with what the firewall lets through."""
    plain = write_step(act(step, tries=True))
    if step.kind != "policy is applied":
        return {"scenario": plain}
    # Where one policy of a way speaks of the firewall, all of them do.
    return {"scenario": plain, "scenario_ports": write_step(act(step, tries=True, ports=True))}
