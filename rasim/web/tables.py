"""What the page steps through: what every event does, asked of `step` and written down by the facts that it depends on.

`Machine(model)` puts every event to `step` in every situation that one assistance can be in, and then forgets every fact that makes no
difference to what the event does: of thousands of situations a few lines are left. The page has nothing else to go by; it only puts
together what happens to two experts at once, as `Computer` does. So there is no second engine in it, and tests ask `step` again.

Everything is numbers here: a fact by its place, a value by its place among the fact's values, lines and outcomes by their places in lists.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import asdict, define, evolve, field, frozen

from rasim.analysis.counterexample import written
from rasim.engines.swarm import possible
from rasim.protocol.computer import Happening
from rasim.protocol.lines import Line
from rasim.protocol.rules import table
from rasim.protocol.step import Event, Outcome, Refused, Rules, Situation
from rasim.protocol.terms import Table, Thing
from rasim.protocol.vocabulary import BUSY_PHASES
from rasim.verify.states.model import EXPERTS, OWNERS, SESSIONS, SHUT, Model, Step, Surroundings, sized_model

Key = tuple[int, ...]
Changes = tuple[tuple[int, int], ...]

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


@frozen
class _Told:
    """An outcome: what changes, the lines, whether the first of them tells of the world, the row, why not, what was lost, began and ended."""

    sets: Changes
    lines: tuple[int, ...]
    world: bool
    row: str | None
    why: tuple[str | None, ...] | None
    lost: tuple[tuple[str, str], ...]
    began: tuple[str, ...]
    ended: tuple[str, ...]


@define
class Numbered:
    """A list of distinct things, each known by its place."""

    places: dict[Any, int] = field(factory=dict)

    def place(self, thing: Any) -> int:
        """Return the place of a thing; a new one comes last."""
        return self.places.setdefault(thing, len(self.places))

    def again(self) -> "Numbered":
        """Return a list that begins as this one."""
        return Numbered(dict(self.places))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.places)


def relevant(rows: Mapping[Key, int], width: int) -> tuple[tuple[int, ...], dict[Key, int]]:
    """Return the places of a key that what it leads to depends on, and where keys of these alone lead.

    Places are tried from the first to the last; one is left out if no two keys that differ in it alone lead to different things.
    """
    kept, now = list(range(width)), dict(rows)
    for place in range(width):
        at = kept.index(place)
        shorter: dict[Key, int] = {}
        if all(shorter.setdefault(key[:at] + key[at + 1 :], to) == to for key, to in now.items()):
            now = shorter
            kept.remove(place)
    return tuple(kept), now


class Machine:
    """What a model's events do to one assistance; several machines can share their numbered outcomes and lines."""

    def __init__(self, model: Model, outcomes: Numbered | None = None, lines: Numbered | None = None) -> None:
        self._surroundings = Surroundings(evolve(model, experts=1))
        self.outcomes, self.lines = (Numbered() if each is None else each for each in (outcomes, lines))
        self._rules: Rules = self._surroundings.rules
        self._places = [{value: at for at, value in enumerate(fact.values)} for fact in self._rules.facts]
        self._situations = sorted((self.key(s), s) for s in possible(model))

    def events(self) -> list[dict[str, Any]]:
        """Return every event with what it carries and what it does."""
        kinds = {kind.name: kind for kind in self._rules.table.kinds}
        steps = {step.events[0][1]: step for step in self._surroundings.steps}
        return [
            {
                "kind": event.kind,
                "carries": dict(event.carries),
                "owner": kinds[event.kind].owner,
                "scope": kinds[event.kind].scope,
                **_in_a_scenario(step),
                **self._event(event, step),
            }
            for event, step in steps.items()
        ]

    def facts(self) -> dict[str, Any]:
        """Return the facts, how they start, who is called what, and what assistances see of each other and share."""
        first = self._surroundings.computer.situation(self._surroundings.first, (0, 0))
        return {
            "facts": [{"name": f.name, "scope": f.scope, "values": list(f.values)} for f in self._rules.facts],
            "start": list(self.key(first)),
            "experts": list(EXPERTS[:2]),
            "owner": OWNERS[0],
            "session": SESSIONS[0],
            "busy": [self._rules.places["phase"], [self._places_of("phase", phase) for phase in BUSY_PHASES]],
            "shared": [self._shared(thing) for thing in self._rules.table.things if thing.shared],
        }

    def key(self, situation: Situation) -> Key:
        """Return a situation as the places of its values."""
        return tuple(places[value] for places, value in zip(self._places, situation.values, strict=True))

    def _places_of(self, fact: str, value: Any) -> int:
        return self._places[self._rules.places[fact]][value]

    def _event(self, event: Event, step: Step) -> dict[str, Any]:
        """Return what an event does: what it sets wherever it comes, the facts all else depends on, and by these the outcome."""
        found = [(key, self._rules.step(situation, event)) for key, situation in self._situations]
        after = [self.key(outcome.after) for _, outcome in found]
        always = {at: values.pop() for at, values in enumerate(map(set, zip(*after, strict=True))) if len(values) == 1}
        rows: dict[Key, int] = {}
        for (key, outcome), to in zip(found, after, strict=True):
            sets = tuple(
                (at, new) for at, (old, new) in enumerate(zip(key, to, strict=True)) if new != old and at not in always
            )
            rows[key] = self.outcomes.place(self._told(step, outcome, sets))
        places, by = relevant(rows, len(self._places))
        return {
            "sets": sorted(always.items()),
            "on": list(places),
            "by": rows_of(by),
        }

    def _told(self, step: Step, outcome: Outcome, sets: Changes) -> _Told:
        lines = self._surroundings.lines(step, (Happening(0, 0, outcome),))
        world = outcome.kind.scope != "assistance" and outcome.verdict == "done" and outcome.kind.taken is not None
        return _Told(
            sets,
            tuple(self.lines.place(line) for line in lines),
            world,
            None if outcome.row is None else outcome.row.id,
            _why(outcome),
            tuple((each.thing, each.need.name) for each in outcome.lost),
            outcome.began,
            outcome.ended,
        )

    def _shared(self, thing: Thing) -> dict[str, Any]:
        """Return when something that all assistances share lasts in one of them, and the lines of its beginning and its end."""
        lasts = {key: int(thing in self._rules.things(situation)) for key, situation in self._situations}
        places, by = relevant(lasts, len(self._places))
        begins, ends = (
            [self.lines.place(Line(effect.name, effect.fields)) for effect in effects]
            for effects in (thing.begins, thing.ends)
        )
        return {
            "name": thing.name,
            "on": list(places),
            "by": rows_of(by),
            "begins": begins,
            "ends": ends,
        }


def _in_a_scenario(step: Step) -> dict[str, str]:
    """Return a step as a scenario has it, and a policy once more with what the firewall lets through."""
    plain = written(step, tries=True)
    if step.kind != "policy is applied":
        return {"scenario": plain}
    # Where one policy of a way speaks of the firewall, all of them do.
    return {"scenario": plain, "scenario_ports": written(step, tries=True, ports=True)}


def _why(outcome: Outcome) -> tuple[str | None, ...] | None:
    """Return why nothing happened: the row and thing, what failed, the reason given and the setting; nothing of it if nothing was refused."""
    refusal = outcome.refusal
    if refusal is None:
        return None
    if isinstance(refusal, Refused):
        return refusal.row, refusal.thing, refusal.condition.name, refusal.reason, refusal.setting
    return ()


def rows_of(by: Mapping[Key, int]) -> list[list[Any]]:
    """Return a table by keys as JSON, in the order of its keys."""
    return [[list(key), to] for key, to in sorted(by.items())]


def outcome_json(told: _Told) -> dict[str, Any]:
    """Return an outcome as JSON; what is empty is left out, for almost everything is almost everywhere."""
    return {name: value for name, value in asdict(told).items() if value or (name == "why" and value is not None)}
