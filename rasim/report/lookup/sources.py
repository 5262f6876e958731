"""The ids of the sources: what R1, A14, S1, L9, F8, case-18, M01 and road-3 stand for, and what the words of the house mean.

`sources.json` is made from the pages for people (`python -m docs.generate`), which are the one place where these are written.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from rasim.report.lookup.entries import Entry, facts_told
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES
from rasim.verify.promises.catalogue import LEFT_OUT

_PAGE: Final = "docs/reference/sources.md"


@cache
def _lists() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = json.loads(files(__package__).joinpath("sources.json").read_text("utf-8"))
    return found


def rows_listed(name: str) -> list[list[str]]:
    """Return the rows of a list; the first word of a row is its id or name."""
    return _lists()[name]


def _of(kind: str, name: str) -> Callable[[], Iterator[Entry]]:
    def entries() -> Iterator[Entry]:
        for id_, says, mark, source in rows_listed(name):
            promised = LEFT_OUT.get(id_, "") if kind != "reading" else ""
            yield Entry(
                kind,
                id_,
                says,
                facts_told(("mark", mark), ("source", source), ("no promise", promised), ("page", _PAGE)),
            )

    return entries


domain_rules_named = _of("domain rule", "R")
privacy_named = _of("privacy", "A privacy")
readings_named = _of("reading", "A reading")
safety_named = _of("safety", "S")
liveness_named = _of("liveness", "L")
faults_named = _of("fault", "F")
grounds_named = _of("ground", "facts")


def cases_named() -> Iterator[Entry]:
    """Yield the public cases; a number alone is one of them too."""
    for id_, says, mark, source in rows_listed("case"):
        number = int(id_.removeprefix("case-"))
        yield Entry(
            "case",
            id_,
            says,
            facts_told(("mark", mark), ("source", source), ("no promise", LEFT_OUT.get(id_, "")), ("page", _PAGE)),
            "rasim judge TRACE",
            also=(f"case {number}", f"C{number}", str(number)),
        )


def mistakes_named() -> Iterator[Entry]:
    """Yield the mistakes that are made on purpose, with what has to notice each."""
    for id_, says, made_in, source in rows_listed("M"):
        known = PRODUCT_MISTAKES.get(id_)
        yield Entry(
            "mistake",
            id_,
            f"{says}.",
            facts_told(
                ("made in", "a row of the table" if made_in == "row" else "a computer that is played"),
                ("noticed by", known.by if known else ()),
                ("from", source),
            ),
            "rasim check --mutants",
            also=(f"M{int(id_[1:])}",),
            refers=tuple(f"promise {name}" for name in known.by) if known else (),
        )


def words_named() -> Iterator[Entry]:
    """Yield the words of the house."""
    for name, says in rows_listed("words"):
        parts = [part.strip("` ") for part in name.split(",")]
        yield Entry("word", parts[0], f"{says}.", (("page", "docs/glossary.md"),), also=tuple(parts[1:]))


def verdicts_named() -> Iterator[Entry]:
    """Yield the words of verdicts."""
    for name, by, says in rows_listed("verdicts"):
        for one in name.split(", "):
            yield Entry("verdict", one, f"{says}.", (("said by", by),), f"rasim {by.partition(',')[0]}")


def codes_named() -> Iterator[Entry]:
    """Yield the exit codes."""
    for number, name, says in rows_listed("codes"):
        yield Entry(
            "exit code", f"exit {number}", f"{name}. {says}", (("page", "docs/reference/exit-codes.md"),), "echo $?",
            also=(number, f"exit code {number}", f"code {number}"),
        )  # fmt: skip
