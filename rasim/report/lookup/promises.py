"""The names of what is promised: promises, deadlines, witnesses, profiles, mistakes and mutants, models, engines, verdicts."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from rasim.engines.plan import ENGINES
from rasim.protocol.lines import RECORD_KINDS
from rasim.report.lookup.entries import Entry, facts_told
from rasim.verify.mutants.faulty_interpreters import MISTAKES
from rasim.verify.mutants.mutants import mutants as every_mutant
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.promises.catalogue import KEPT
from rasim.verify.promises.kinds import Always, AnyKept, Traced, Within
from rasim.verify.promises.selection import ASKABLE, GROUPS
from rasim.verify.promises.witnesses import SOMETIMES
from rasim.verify.states.model import policy_models, standard_models

_LETTERS: Final = {"S": "safety", "R": "domain rules", "L": "liveness", "A": "privacy", "F": "faults"}


def promises_named() -> Iterator[Entry]:
    """Yield the promises to be kept."""
    return (_promise(each) for each in KEPT)


def deadlines_named() -> Iterator[Entry]:
    """Yield those promises that say by when."""
    return (_promise(each) for each in KEPT if isinstance(each, Within))


def _promise(one: AnyKept) -> Entry:
    asked = f"rasim judge TRACE --only {one.name}" if one.name in ASKABLE else "rasim check"
    kind = "within a time" if isinstance(one, Within) else "of traces alone" if isinstance(one, Traced) else "always"
    return Entry(
        "promise",
        one.name,
        f"{one.says}.",
        facts_told(
            ("kind", kind if isinstance(one, Always | Within | Traced) else "checked, not judged"),
            ("within", one.bound if isinstance(one, Within) else ""),
            ("covers", _covered(one.covers)),
            ("source", "stated by docs/reference/source.md" if one.source == "stated" else "added by rasim"),
            ("presumes", "; ".join(f"{name}: {value}" for name, value in one.presumes.items())),
            ("needs lines of", (name for name in RECORD_KINDS if name in one.needs)),
            ("witnesses", f"{', '.join(one.witnesses)} (must be possible)" if one.witnesses else ""),
        ),
        asked,
        refers=(
            *(f"privacy {name}" if name[0] == "A" else name for name in one.covers),
            *(f"witness {name}" for name in one.witnesses),
            *(f"choice {name}" for name in one.presumes),
        ),
    )


def _covered(ids: Sequence[str]) -> str:
    """Return ids of the sources, those of one letter with a word for what they are."""
    of: dict[str, list[str]] = {}
    for each in ids:
        of.setdefault(_LETTERS.get(each[0], ""), []).append(each)
    return ", ".join(f"{kind} {' '.join(those)}".strip() for kind, those in of.items())


def witnesses_named() -> Iterator[Entry]:
    """Yield what has to be possible."""
    for one in SOMETIMES:
        path = ", then ".join(" ".join((p.event, *(f"{n} {v}" for n, v in p.fields))) for p in one.path)
        yield Entry(
            "witness",
            one.name,
            f"{one.says}.",
            facts_told(("lines", path), ("without", ", ".join(p.event for p in one.never))),
            "rasim check --witnesses",
        )


def groups_named() -> Iterator[Entry]:
    """Yield the groups of promises that `rasim judge` can be asked for."""
    for name, names in GROUPS.items():
        yield Entry(
            "group of promises",
            name,
            f"promises that {'need such lines' if name in RECORD_KINDS else f'are {name}'}.",
            facts_told(("promises", names)),
            f"rasim judge TRACE --only {name}",
        )


def profiles_named() -> Iterator[Entry]:
    """Yield the consent models of other products."""
    for name, one in PROFILES.items():
        yield Entry(
            "profile",
            name,
            f"{one.says}.",
            facts_told(("cases", one.cases), ("broken", one.by)),
            f'rasim check --profile "{name}"',
            refers=tuple(f"promise {each}" for each in one.by),
        )


def mutants_named() -> Iterator[Entry]:
    """Yield every mistake that `rasim check --mutants` makes."""
    for one in every_mutant():
        yield Entry(
            "mutant",
            one.name,
            "a mistake made in the table on purpose, to see whether a promise or a witness notices.",
            facts_told(("row", one.row), ("model", one.size)),
            "rasim check --mutants",
            also=tuple(says for says in MISTAKES if one.name.endswith(says)),
            refers=(one.row,),
        )


def models_named() -> Iterator[Entry]:
    """Yield the models that are explored: those of all policies, and those of one."""
    of_one = policy_models("enabled", control=True, anybody_listed=True)
    for one in {model.name: model for model in chain(of_one, standard_models())}.values():
        policy = "an expert who is not on the list, " if one.name == "unlisted" else ""
        yield Entry(
            "model",
            one.name,
            f"{policy}{one.says}.",
            facts_told(
                ("experts", str(one.experts)),
                ("sessions", str(one.sessions)),
                ("left out", one.leaves_out),
                ("explored", "for one policy" if one.policy is not None else "over all policies"),
            ),
            "rasim check POLICY" if one.policy is not None else "rasim check",
        )


def engines_named() -> Iterator[Entry]:
    """Yield what can explore a model."""
    for name in ENGINES:
        yield Entry(
            "engine",
            name,
            "takes what is quickest for the size of the model."
            if name == "auto"
            else "explores a model; every engine gives the same answer.",
            (("documented in", "docs/decisions/0012-engines.md"),),
            f"rasim check --engine {name}",
        )
