"""Lines that could have stood somewhere, in words."""

from collections.abc import Iterable

from rasim.verify.behaviours.owed import ID_FIELDS, Owed


def resolved(owed: Owed, known: dict[str, str]) -> dict[str, str]:
    """Return the fields of a line that is owed as text, where they are known."""
    said = {name: value for name, value in owed.line.fields if name not in ID_FIELDS}
    said |= {name: known[str(v)] for name, v in owed.line.fields if name in ID_FIELDS and str(v) in known}
    return {name: text(value) for name, value in said.items()}


def text(value: object) -> str:
    """Return a field in words; one that may be several, as a choice."""
    return choice_of(value) if isinstance(value, tuple) else str(value)


def choice_of(values: Iterable[object]) -> str:
    """Return several values as a choice, each once."""
    return " or ".join(dict.fromkeys(part for each in values for part in str(each).split(" or ")))


def short(owed: Owed, known: dict[str, str]) -> tuple[str, str, set[str]]:
    """Return a line that could have stood somewhere in short: its event, which it is, and by which reason or from where."""
    said = {"expert": owed.expert, "session": owed.session, **resolved(owed, known)}
    ids = [f"{name} {said[name]}" for name in ("offer", "request", "connection") if said.get(name)]
    whose = [f"{name} {said[name]}" for name in ("expert", "session") if said.get(name)]
    capability = [f"capability {said['capability']}"] if owed.line.event.startswith("capability_") else []
    how = {said.get("reason", ""), said.get("origin", "")}
    return owed.line.event, ", ".join((*(ids or whose), *capability)), how - {""}


def how_said(how: set[str]) -> str:
    """Return by which reasons or from where a line could have stood somewhere, after a colon."""
    return f": {choice_of(sorted(how))}" if how else ""
