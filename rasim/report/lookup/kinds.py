"""The table of the kinds of names, and how one is found; a kind's module is imported when it is read.

`all_names()` is every name there is, for completion. A name that several things have finds all of them, in the order of the table:
to ask for one, its kind stands before it (docs/decisions/0024-looking-up.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Final

from attrs import frozen

from rasim.report.lookup.entries import Entry, folded


@frozen
class NamedKind:
    """A kind of names: in the plural and as its entries say it, what it is, which function yields it, one of its names.

    A `part` is a part of another kind under a word of its own, and is not looked into for a name alone.
    """

    plural: str
    one: str
    says: str
    reader: str
    example: str
    part: bool = False
    also: tuple[str, ...] = ()


# fmt: off
KINDS: Final = (
    NamedKind("domain rules", "domain rule", "rules about Windows", "sources:domain_rules_named", "R3"),
    NamedKind("rows", "row", "rows of the table", "model:rows_named", "O3"),
    NamedKind("things", "thing", "what consent is made of, with its needs", "model:things_named", "ticket"),
    NamedKind("reasons", "reason", "conditions and needs: what stands after because", "model:reasons_named", "not paused",
              also=("conditions", "condition", "needs", "need")),
    NamedKind("events", "event", "kinds of events", "model:events_named", "offers help"),
    NamedKind("facts", "fact", "facts of the table, and what comes with events", "model:states_named", "phase"),
    NamedKind("states", "state", "values of facts: phases and the like", "model:states_named", "viewing", also=("phases", "phase")),
    NamedKind("capabilities", "capability", "what an expert can be given", "model:capabilities_named", "control"),
    NamedKind("promises", "promise", "what must hold", "promises:promises_named", "silence_refuses"),
    NamedKind("deadlines", "deadline", "promises that say by when", "promises:deadlines_named", "every_view_ends", part=True),
    NamedKind("witnesses", "witness", "what must be possible", "promises:witnesses_named", "a_user_can_end"),
    NamedKind("groups of promises", "group of promises", "what judge --only takes", "promises:groups_named", "stated",
              also=("groups", "group")),
    NamedKind("findings", "finding", "what audit points at", "policies:findings_named", "RA001"),
    NamedKind("requirements", "requirement", "what hardening guides ask for", "policies:requirements_named", "V-3470"),
    NamedKind("settings", "setting", "registry values that are read", "policies:settings_named", "fAllowUnsolicited"),
    NamedKind("systems", "system", "operating systems", "policies:systems_named", "xp-sp2"),
    NamedKind("roads", "road", "ways to see or control a screen", "policies:roads_named", "session shadowing"),
    NamedKind("exceptions", "exception", "exceptions and switches of the firewall", "policies:exceptions_named", "sessmgr"),
    NamedKind("formats", "format", "formats of policy files, and names in them", "policies:formats_named", "PolicyRules"),
    NamedKind("readings", "reading", "where the sources leave a choice (A)", "sources:readings_named", "A14",
              also=("ambiguities", "ambiguity")),
    NamedKind("privacy", "privacy", "what may leak, what users must see (A)", "sources:privacy_named", "A6"),
    NamedKind("safety", "safety", "what must never happen (S)", "sources:safety_named", "S1"),
    NamedKind("liveness", "liveness", "what must happen, or stay possible (L)", "sources:liveness_named", "L9"),
    NamedKind("faults", "fault", "faults and changes, and what is done (F)", "sources:faults_named", "F8"),
    NamedKind("cases", "case", "products in which consent went wrong", "sources:cases_named", "case-18"),
    NamedKind("grounds", "ground", "groups of facts that rows rest on", "sources:grounds_named", "1.2"),
    NamedKind("choices", "choice", "what no source settles", "model:choices_named", "consent time"),
    NamedKind("choice values", "choice value", "values of choices", "model:choice_values_named", "outlives the policy",
              also=("values", "value")),
    NamedKind("profiles", "profile", "consent models of other products", "promises:profiles_named", "silence accepts"),
    NamedKind("mistakes", "mistake", "mistakes of products, made on purpose (M)", "sources:mistakes_named", "M01"),
    NamedKind("mutants", "mutant", "every mistake that check --mutants makes", "promises:mutants_named", "O3 deleted"),
    NamedKind("models", "model", "what check explores", "promises:models_named", "two experts"),
    NamedKind("engines", "engine", "what can explore a model", "promises:engines_named", "numba"),
    NamedKind("verdicts", "verdict", "words of answers", "sources:verdicts_named", "cannot tell"),
    NamedKind("exit codes", "exit code", "what a command ends with", "sources:codes_named", "exit 3"),
    NamedKind("limits", "limit", "what each command does not say", "written:limits_named", "limits of audit"),
    NamedKind("steps", "step", "steps of scenarios", "written:steps_named", "user: presses Esc"),
    NamedKind("expectations", "expectation", "words of expect", "written:expectations_named", "view only"),
    NamedKind("lines", "line", "events of trace lines", "written:lines_named", "prompt_shown", also=("trace lines", "trace line")),
    NamedKind("reasons of trace lines", "reason of a trace line", "why, as traces say it", "model:reasons_named", "no user"),
    NamedKind("fields", "field", "fields of trace lines", "written:line_fields_named", "origin"),
    NamedKind("field values", "field value", "words of fields", "written:line_values_named", "injected"),
    NamedKind("kinds of lines", "kind of lines", "what recorders may leave out", "written:records_named", "prompts"),
    NamedKind("words", "word", "words of the house", "sources:words_named", "cool-down", also=("glossary",)),
)
# fmt: on


def kind_called(name: str) -> NamedKind | None:
    """Return the kind that a word names, in the singular or the plural."""
    return next((each for each in KINDS if folded(name) in map(folded, (each.plural, each.one, *each.also))), None)


@cache
def of_kind(kind: NamedKind) -> tuple[Entry, ...]:
    """Return all entries of a kind."""
    module, _, function = kind.reader.partition(":")
    entries: Iterable[Entry] = getattr(import_module(f"rasim.report.lookup.{module}"), function)()
    return tuple(each for each in entries if kind.part or each.kind == kind.one)


def _everything() -> Iterator[Entry]:
    return (entry for kind in KINDS if not kind.part for entry in of_kind(kind))


def find(words: Sequence[str]) -> tuple[Entry, ...]:
    """Return what these words name: with a kind before it that one, else all that are called so, by any of their names."""
    for at in range(len(words) - 1, 0, -1):
        kind = kind_called(" ".join(words[:at]))
        if kind is not None:
            name = folded(" ".join(words[at:]))
            return _best(name, of_kind(kind))
    if len(words) == 1 and " " in words[0] and (apart := find(words[0].split())):
        return apart
    return _best(folded(" ".join(words)), _everything())


def _best(name: str, among: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return those that answer to a name; of one kind those that have it as their first name, where some have."""
    found = [each for each in among if name in each.names]
    own = {each.kind for each in found if folded(each.name) == name}
    return tuple(each for each in found if each.kind not in own or folded(each.name) == name)


def all_names() -> tuple[str, ...]:
    """Return every name that can be asked for, kinds first: what a shell completes."""
    return tuple(dict.fromkeys((*(kind.plural for kind in KINDS), *(entry.name for entry in _everything()))))


@cache
def _references() -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for entry in _everything():
        for name in dict.fromkeys(entry.referred):
            found.setdefault(name, []).append(entry)
    return {name: tuple(entries) for name, entries in found.items()}


def used_by(entry: Entry) -> dict[str, list[str]]:
    """Return who refers to an entry: the names of each kind, by the kind's plural."""
    index = _references()
    plural = {kind.one: kind.plural for kind in KINDS}
    users: dict[str, list[str]] = {}
    bare = {folded(entry.name)} if entry.kind != "privacy" else set()
    for each in dict.fromkeys(
        one for name in (*bare, folded(f"{entry.kind} {entry.name}")) for one in index.get(name, ())
    ):
        if each != entry:
            users.setdefault(plural[each.kind], []).append(each.name)
    return users
