"""The names of the table: rows, things, events, conditions and reasons, facts and their values, choices, capabilities."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import get_args

from attrs import fields

from rasim.policy.settings import SETTINGS
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.lines import VALUES
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.terms import Condition, Fact, Is, Row, Table
from rasim.protocol.vocabulary import CAPABILITIES, FURTHER, further
from rasim.report.lookup.entries import Entry, facts_told
from rasim.report.table_words import effects_in_words, endings_in_words, event_in_words, then_in_words
from rasim.scenario.grammar import PHRASES, REASONS

_SETTINGS = frozenset(map(str, SETTINGS))  # have a kind of their own


@cache
def _rules() -> Table:
    return table(Choices(unasked_control="possible"), capabilities=(CONTROL, *map(further, FURTHER)))


def rows_named() -> Iterator[Entry]:
    """Yield every row, those of every capability, and that which a choice adds."""
    rules = _rules()
    facts = {fact.name: fact for fact in rules.facts}
    strict = {row.id for row in table(capabilities=(CONTROL, *map(further, FURTHER))).rows}
    for row in rules.rows:
        when = "; ".join(event_in_words(rules, kind).replace("**", "") for kind in row.when)
        then = "; ".join(then_in_words(facts, change).replace("*", "") for change in row.then) or "nothing changes"
        yield Entry(
            "row",
            row.id,
            f"{'In any phase' if row.phase is None else f'While {row.phase}'}, when {when}: {then}.",
            facts_told(
                ("provided", "; ".join(condition.says for condition in row.provided)),
                ("tells", effects_in_words(row.tells).replace("`", "")),
                ("ground", row.ground),
                ("is there", "" if row.id in strict else "where the choice unasked control is possible"),
            ),
            step_for(row.when[0]),
            refers=(
                *(f"privacy {name}" if row.id == "T1" and name[0] == "A" else name for name in row.ground.split()),
                *(f"event {kind}" for kind in row.when),
                *(f"reason {condition.name}" for condition in row.provided),
            ),
        )


def step_for(kind: str) -> str:
    """Return a step of a scenario by which an event of this kind comes; nothing where only time does."""
    names = {"expert": "anna", "user": "bob", "account": r"CORP\anna", "group": r"CORP\Helpdesk"}
    for phrase in PHRASES:
        for capability in CAPABILITIES if "{capability}" in phrase.kind else ("",):
            if phrase.kind.replace("{capability}", capability) == kind:
                actor = names.get(phrase.actor, phrase.actor)
                slots = {name: text for name, text in names.items() if text != actor}
                return f"- {actor}: {phrase.written({**slots, 'capability': capability})}"
    return ""


def things_named() -> Iterator[Entry]:
    """Yield the things that consent is made of."""
    rules = _rules()
    for thing in rules.things:
        yield Entry(
            "thing",
            thing.name,
            f"{thing.says}.",
            facts_told(
                ("needs", "; ".join(need.says for need in thing.needs) or "nothing"),
                ("begins", effects_in_words(thing.begins).replace("`", "")),
                ("ends", endings_in_words(thing).replace("`", "")),
                ("begun by", (row.id for row in rules.rows if _begins(row, thing.lasts))),
                ("times", (f"{timer.kind}: {timer.choice}" for timer in thing.timers)),
            ),
            f"rasim show rule {thing.name!r}",
            refers=(
                *(f"reason {need.name}" for need in thing.needs),
                *(f"choice {timer.choice}" for timer in thing.timers),
            ),
        )


def _begins(row: Row, lasts: object) -> bool:
    return isinstance(lasts, Is) and any(change.fact == lasts.fact and change.to == lasts.value for change in row.then)


def events_named() -> Iterator[Entry]:
    """Yield the kinds of events."""
    for kind in _rules().kinds:
        leaves = (effect.name for effect in (kind.arrives, kind.taken, kind.refused) if effect is not None)
        yield Entry(
            "event",
            kind.name,
            f"{kind.says}.",
            facts_told(
                ("owner", kind.owner),
                ("carries", (fact.name for fact in kind.carries)),
                ("trace lines", leaves),
                ("rows", (row.id for row in _rules().rows if kind.name in row.when)),
            ),
            step_for(kind.name),
            refers=tuple(f"line {effect.name}" for effect in (kind.arrives, kind.taken, kind.refused) if effect),
        )


def reasons_named() -> Iterator[Entry]:
    """Yield the names that can stand after `because`, and the words that a trace has for why."""
    rules = _rules()
    used: dict[str, tuple[Condition, list[str]]] = {}
    for row in rules.rows:
        for condition in row.provided:
            used.setdefault(condition.name, (condition, []))[1].append(row.id)
    for thing in rules.things:
        for condition in thing.needs:
            used.setdefault(condition.name, (condition, []))[1].append(thing.name)
    for name, (condition, where) in used.items():
        refused = condition.refused if isinstance(condition.refused, str) else ", ".join(condition.refused.values())
        yield Entry(
            "reason",
            name,
            f"{condition.says}: what fails to hold is the reason.",
            facts_told(
                ("refused as", refused),
                ("lost as", condition.lost),
                ("setting", condition.settings),
                ("rows, things", where),
            ),
            f"- expect: {{last: refused, because: {name}}}",
            refers=tuple(f"setting {name}" for name in condition.settings),
        )
    for name in REASONS:
        if name not in used and name not in _SETTINGS:
            says = (
                "no row of the table speaks of the event." if name == "no row" else "what lets offers through, or not."
            )
            yield Entry("reason", name, says, example=f"- expect: {{last: ignored, because: {name}}}")
    for name in VALUES["reason"]:
        by = [each for each, (c, _) in used.items() if name in (c.lost, c.refused) or name in _several(c)]
        yield Entry(
            "reason of a trace line",
            name,
            "why something was refused or ended, as trace lines say it.",
            facts_told(("conditions", by), ("events", (kind.name for kind in rules.kinds if kind.reason == name))),
            f'{{"seq": 9, "event": "ended", "connection": "c1", "reason": "{name}"}}',
            refers=tuple(f"reason {each}" for each in by),
        )


def _several(condition: Condition) -> tuple[str, ...]:
    return () if isinstance(condition.refused, str) else tuple(condition.refused.values())


def states_named() -> Iterator[Entry]:
    """Yield the facts of the table and their values: phases, states of a capability, what comes with an event."""
    rules = _rules()
    carried = {fact.name: fact for kind in rules.kinds for fact in kind.carries}
    values: dict[str, list[Fact]] = {}
    for fact in (*rules.facts, *carried.values()):
        yield Entry(
            "fact",
            fact.name,
            f"{fact.says}.",
            facts_told(
                ("of", f"each {fact.scope}" if fact.scope != "derived" else "what comes with an event, or others do"),
                ("values", ", ".join(map(_value, fact.values))),
                ("starts as", _value(fact.values[0])),
                ("set by", (row.id for row in rules.rows if any(change.fact == fact.name for change in row.then))),
            ),
            "rasim show diagram" if fact.name == "phase" else "",
        )
        for value in fact.values:
            if isinstance(value, str):
                values.setdefault(value, []).append(fact)
    lasting = {(t.lasts.fact, t.lasts.value): t for t in rules.things if isinstance(t.lasts, Is)}
    for name, facts in values.items():
        found = [thing for fact in facts if (thing := lasting.get((fact.name, name)))]
        yield Entry(
            "state",
            name,
            f"{found[0].says if found else f'a value of {facts[0].name}: {facts[0].says}'}.",
            facts_told(
                ("value of", (fact.name for fact in facts)),
                ("thing", (thing.name for thing in found)),
                ("rows while", (row.id for row in rules.rows if row.phase == name)),
            ),
            "rasim show diagram",
        )


def _value(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def choices_named() -> Iterator[Entry]:
    """Yield the choices."""
    for attribute in fields(Choices):
        name = attribute.name.replace("_", " ")
        default, known = getattr(STRICT, attribute.name), get_args(attribute.type)
        value = f"{default.total_seconds():g} s" if isinstance(default, timedelta) else default
        other = next((each for each in known if each != default), "90 s")
        yield Entry(
            "choice",
            name,
            f"{attribute.metadata['says']}.",
            facts_told(
                ("default", value),
                ("values", known or "a time: us, ms, s, min, h"),
                ("source", "none: rasim's own choice (docs/decisions/0004-choices.md)"),
            ),
            f'rasim check --choice "{name}={other}"\nchoices: {{{name}: {other}}}',
        )


def choice_values_named() -> Iterator[Entry]:
    """Yield the values that choices can have."""
    for attribute in fields(Choices):
        name = attribute.name.replace("_", " ")
        for value in get_args(attribute.type):
            default = " (the default)" if getattr(STRICT, attribute.name) == value else ""
            yield Entry(
                "choice value",
                value,
                f"a value of the choice {name}{default}: {attribute.metadata['says']}.",
                example=f'rasim check --choice "{name}={value}"',
                refers=(f"choice {name}",),
            )


def capabilities_named() -> Iterator[Entry]:
    """Yield what an expert can be given."""
    for name in ("view", *CAPABILITIES):
        rows_of = [row.id for row in _rules().rows if any(kind.endswith(f" {name}") for kind in row.when)]
        more = "" if name in ("view", "control") else "; no policy setting speaks of it"
        says = "what acceptance gives: the screen" if name == "view" else "given inside a view, by a click of its own"
        yield Entry(
            "capability",
            name,
            f"{says}{more}.",
            facts_told(("rows", rows_of)),
            step_for(f"asks for {name}") or step_for("accepts"),
        )
