"""The words of what is written: steps and expectations of scenarios, trace lines with their fields, and what is not said."""

import re
from collections.abc import Iterator

from rasim.analysis.limits import LIMITS, ONLY_WHERE
from rasim.protocol.line_words import FIELDS, SAYS
from rasim.protocol.lines import LINES, RECORD_KINDS, VALUES
from rasim.report.lookup.entries import Entry, facts_told
from rasim.scenario.grammar import (
    EVERY_PHRASE,
    EXPERT_WORDS,
    FAULT_SAYS,
    LAST_WORDS,
    PORT_WORDS,
    RESERVED,
    USER_WORDS,
    Phrase,
)


def steps_named() -> Iterator[Entry]:
    """Yield every step that a scenario can have; two phrases with one text are one."""
    for (actor, text), phrase in {(each.actor, each.text): each for each in EVERY_PHRASE}.items():
        plain = text.replace("[", "").replace("]", "")
        yield Entry(
            "step",
            f"{actor}: {text}",
            f"{_says(phrase)}.",
            facts_told(
                ("event", "" if phrase.kind in FAULT_SAYS else phrase.kind),
                ("carries", (f"{n} {v}" for n, v in phrase.carries)),
            ),
            _example(phrase),
            also=(
                text,
                plain,
                f"{actor}: {plain}",
                re.sub(r"\[[^]]*\]", "", text),
                _example(phrase).removeprefix("- "),
            ),
        )
    for name in RESERVED:
        yield Entry("step", name, "a word that no person of a scenario can be called.", example=f"- {name}: …")


def _says(phrase: Phrase) -> str:
    return FAULT_SAYS.get(phrase.kind) or f"a step of {phrase.actor}: {phrase.kind}"


def _example(phrase: Phrase) -> str:
    names = {
        "expert": "anna", "user": "bob", "capability": "control", "account": r"CORP\anna", "group": r"CORP\Helpdesk",
        "time": "30 s", "percent": "50",
    }  # fmt: skip
    return f"- {names.get(phrase.actor, phrase.actor)}: {phrase.written(names)}"


def expectations_named() -> Iterator[Entry]:
    """Yield the words of `expect`."""
    of = (
        ("an expert", EXPERT_WORDS, "anna: {}"),
        ("a user", tuple(word.replace("{expert}", "anna") for word in USER_WORDS), "bob: {}"),
        ("the last step", LAST_WORDS, "last: {}"),
        ("a port", PORT_WORDS, "port 3389: {}"),
    )
    for whom, words, shown in of:
        for word in words:
            yield Entry(
                "expectation",
                word,
                f"what `expect` may say of {whom}.",
                (("also", ", ".join(each for each in words if each != word)),),
                f"- expect: {{{shown.format(word)}}}",
                also=(word.removesuffix(" anna"),),
            )


def lines_named() -> Iterator[Entry]:
    """Yield the events of trace lines."""
    for name, contract in LINES.items():
        kinds = [kind for kind, each in RECORD_KINDS.items() if name in each.events]
        fields = ", ".join(f'"{each}": "…"' for each in contract.required)
        yield Entry(
            "line",
            name,
            f"{SAYS[name]}.",
            facts_told(("fields", contract.required), ("may have", contract.optional), ("kind of lines", kinds)),
            f'{{"seq": 1, "event": "{name}"{", " if fields else ""}{fields}}}',
            refers=tuple(f"kind of lines {kind}" for kind in kinds),
        )


def line_fields_named() -> Iterator[Entry]:
    """Yield the fields of trace lines."""
    for name, says in FIELDS.items():
        events = (event for event, contract in LINES.items() if name in (*contract.required, *contract.optional))
        yield Entry("field", name, f"{says}.", facts_told(("lines", events)))


def line_values_named() -> Iterator[Entry]:
    """Yield the words that fields of trace lines have."""
    of: dict[str, list[str]] = {}
    for field, words in VALUES.items():
        if field not in ("capability", "reason"):  # these are kinds of their own
            for word in words:
                of.setdefault(word, []).append(field)
    for word, fields in of.items():
        says = f"a value of {' and '.join(fields)}: {FIELDS[fields[0]]}."
        yield Entry("field value", word, says, refers=tuple(f"field {each}" for each in fields))


def records_named() -> Iterator[Entry]:
    """Yield the kinds of lines that a recorder may leave out."""
    for name, kind in RECORD_KINDS.items():
        yield Entry(
            "kind of lines",
            name,
            f"{kind.says}.",
            facts_told(("presumed", "recorded, where nothing is said" if kind.presumed else "not recorded, where nothing is said"),
                 ("events", sorted(kind.events))),
            f'{{"seq": 1, "event": "recorder", "records": ["{name}"]}}',
        )  # fmt: skip


def limits_named() -> Iterator[Entry]:
    """Yield what each command does not say."""
    for command, says in LIMITS.items():
        only = ONLY_WHERE.get(command, {})
        marked = "; a mark says where one is told, all others always are" if only else ""
        yield Entry(
            "limit",
            f"limits of {command}",
            f"what `rasim {command}` does not say, however good its answer is{marked}.",
            tuple(
                (str(number), f"(where {only[each]}) {each}" if each in only else each)
                for number, each in enumerate(says, 1)
            ),
            f"rasim {command} --help",
            also=(command, f"limits {command}"),
        )
