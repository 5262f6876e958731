"""Parts of the table in words, for every reading that prints them."""

from rasim.protocol.terms import Copy, Effect, Fact, Set, Table, Thing, Value


def event_in_words(rules: Table, name: str) -> str:
    """Return a kind of event in words, who causes it in bold."""
    kind = rules.kind(name)
    words = kind.says
    return words.replace(f"the {kind.owner}", f"the **{kind.owner}**", 1)


def then_in_words(facts: dict[str, Fact], change: Set) -> str:
    """Return what a change does, in words."""
    if isinstance(change.to, Copy):
        return f"{change.fact} := what *{change.to.fact}* is now"
    return f"{_value(change.to)} {change.fact}" if change.to is False else _set(facts[change.fact], change.to)


def _set(fact: Fact, value: Value) -> str:
    return fact.name if value is True else f"{fact.name}: {value}"


def _value(value: Value) -> str:
    return {True: "", False: "not"}[value] if isinstance(value, bool) else value


def effects_in_words(effects: tuple[Effect, ...]) -> str:
    """Return trace lines with the fields that tell them apart."""
    shown = ("origin", "reply", "reason", "state", "by")
    words = []
    for effect in effects:
        said = ", ".join(f"{name} {value}" for name, value in effect.fields if name in shown)
        words.append(f"`{effect.name}`" + (f" ({said})" if said else ""))
    return ", ".join(words)


def endings_in_words(thing: Thing) -> str:
    """Return what the end of a thing makes the computer do, the lost need included."""
    return "; ".join(part for part in (effects_in_words(thing.ends), effects_in_words(thing.lost)) if part)
