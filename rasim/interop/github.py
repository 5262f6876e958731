"""Annotations of GitHub's workflows: one line a finding, at its file and line, and never more than GitHub shows.

GitHub shows ten annotations of each kind for a step and drops the rest in silence, so the last line says what was left out.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import file_of
from rasim.analysis.findings import Severity
from rasim.errors import Where
from rasim.words import plural, printable

MOST: Final = 10
_KINDS: Final = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice"}


@frozen
class _Note:
    kind: str
    title: str
    message: str
    file: str
    where: Where | None


def render(report: Audit) -> str:
    """Return the annotations of an audit, one a line, the most severe first in their file."""
    shown: list[str] = []
    counts: Counter[str] = Counter()
    for note in _notes(report):
        counts[note.kind] += 1
        # One place is kept for the line that counts what is left out.
        if counts[note.kind] < MOST or (counts[note.kind] == MOST and note.kind != "notice"):
            shown.append(_line(note))
    left = {kind: count - sum(line.startswith(f"::{kind} ") for line in shown) for kind, count in counts.items()}
    if any(left.values()):
        said = ", ".join(plural(count, kind) for kind, count in left.items() if count)
        shown.append(f"::notice title=rasim::{_escaped(f'left out here: {said}; the whole report has all of them')}")
    return "\n".join(shown)


def _notes(report: Audit) -> Iterator[_Note]:
    for each in report.files:
        if each.error is not None:
            where = each.error.where
            yield _Note("error", "not read", each.error.message, where.file or each.path, where)
        for finding in each.findings:
            message = f"{finding.message}. {finding.kind.remedy}"
            yield _Note(
                _KINDS[finding.kind.severity], finding.kind.id, message, file_of(each, finding.where), finding.where
            )
        for doubt in each.policy.unclear if each.policy else ():
            message = f"{doubt.setting}: {doubt.says}. rasim: {doubt.readings[0]}. Or else: {doubt.readings[1]}"
            yield _Note("warning", "unclear", message, file_of(each, doubt.where), doubt.where)


def _line(note: _Note) -> str:
    where = note.where
    place = {"file": note.file.replace("\\", "/")}
    message = note.message
    if where is not None and where.line is not None:
        place["line"] = str(where.line)
        if where.column is not None:
            place["col"] = str(where.column)
    elif where is not None and where.offset is not None:
        message = f"{message} (offset {where.offset})"
    properties = ",".join(
        f"{key}={_property(value)}" for key, value in {**place, "title": f"rasim {note.title}"}.items()
    )
    return f"::{note.kind} {properties}::{_escaped(message)}"


def _escaped(text: str) -> str:
    """Return text as GitHub's commands carry it: what ends a line or begins an escape is written as a code."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
