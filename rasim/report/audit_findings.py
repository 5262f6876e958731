"""Findings of an audit, twice: whole with every place and who asks for it, and on the first screen each kind once with three places.

`by_kind` is the one grouping of both, the most severe first. What names three places of anything that an audit found (`in_files`) is
here too; doubts are told by it as well.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from attrs import frozen

from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import FileAudit, file_of
from rasim.analysis.findings import Finding, FindingKind, Severity
from rasim.analysis.guidance import Guidance
from rasim.analysis.many_files import SameContent
from rasim.document import blocks as doc
from rasim.errors import Where
from rasim.policy import printable
from rasim.words import place_in_file, plural, some

_SIGNS: Final = {Severity.HIGH: "▲", Severity.MEDIUM: "◆", Severity.LOW: "▽"}
_NO_FINDINGS: Final = "none in what was read"
_PLACES: Final = 3  # that a first screen names


@frozen
class _Placed:
    """A finding in the files of one content: which of their findings it is."""

    content: SameContent
    number: int

    @property
    def finding(self) -> Finding:
        return self.content.first.findings[self.number]


def by_kind(report: Audit) -> list[tuple[FindingKind, list[_Placed]]]:
    """Return what was found, a content at a time, by its kind: the most severe first."""
    kinds: dict[FindingKind, list[_Placed]] = {}
    for content in report.files.alike:
        for number, finding in enumerate(content.first.findings):
            kinds.setdefault(finding.kind, []).append(_Placed(content, number))
    return sorted(kinds.items(), key=lambda found: (-found[0].severity, found[0].id))


def by_severity(severities: Iterable[Severity] | Mapping[Severity, int]) -> str:
    """Return how many there are of each severity, the most severe first: `1 medium, 2 low`."""
    counts = Counter(severities)
    return ", ".join(f"{counts[severity]:,} {severity}" for severity in reversed(Severity) if counts[severity])


def every_finding(report: Audit, fail_on: Severity) -> Iterator[doc.Block]:
    """Yield a card for each kind of finding: every place, what to do about it and who asks for that."""
    kinds = by_kind(report)
    if not kinds:
        yield doc.Para(_NO_FINDINGS)
    alone = len(report.files) == 1 and len(report.files[0].paths) == 1
    for kind, those in kinds:
        found = (
            ("found", _found(each.content.first, each.finding, len(each.content.paths) - 1, alone=alone))
            for each in those
        )
        verified = ", ".join(guide.id for guide in kind.guidance if guide.mark == "verified")
        asked = (("asked for by", f"STIG {verified}"),) if verified else ()
        blocks: tuple[doc.Block, ...] = (doc.Pairs((*found, ("what to do", kind.remedy), *asked)),)
        blocks += (_guidance(kind.guidance),) if kind.guidance else ()
        yield _card(kind, kind.says, blocks, fail_on)


def findings_once(report: Audit, fail_on: Severity) -> Iterator[doc.Block]:
    """Yield a card for each kind of finding: three places and how many more; what to do about one that fails."""
    for kind, those in by_kind(report):
        messages = {each.finding.message for each in those}
        says = messages.pop() if len(messages) == 1 else kind.says
        where = in_files(
            [(each.content, lambda file, number=each.number: file.findings[number].where) for each in those],  # type: ignore[misc]
            alone=len(report.files) == 1,
        )
        remedy = (doc.Pairs((("what to do", kind.remedy),)),) if kind.severity >= fail_on else ()
        yield _card(kind, (says, doc.place(where)), remedy, fail_on)


def _card(kind: FindingKind, says: doc.Wording, blocks: Sequence[doc.Block], fail_on: Severity) -> doc.Card:
    tone: doc.Tone = "bad" if kind.severity >= fail_on else "plain"
    return doc.Card(doc.join(doc.code(kind.id), " ", says), blocks, tone, str(kind.severity), _SIGNS[kind.severity])


def in_files(found: Sequence[tuple[SameContent, Callable[[FileAudit], Where | None]]], *, alone: bool) -> str:
    """Return where something was found: three places, each with its file unless there is one `alone`, and how many more there are."""
    each = (
        _place(file, where(file), alone=alone)
        for content, where in found
        for file in map(content.named, content.paths[:_PLACES])
    )
    known = list(islice(filter(None, dict.fromkeys(each)), _PLACES))
    many = sum(len(content.paths) for content, _ in found)
    return some(known, many=many) if known else ""


def _place(file: FileAudit, where: Where | None, *, alone: bool) -> str:
    if alone:
        return file.place_in(where)
    at, name = place_in_file(where), printable(file_of(file, where))
    return f"{name}, {at}" if at else name


def _found(each: FileAudit, finding: Finding, more: int, *, alone: bool) -> doc.Wording:
    """Return the words and the place of a finding; words that are its kind's are in the heading already."""
    at, file = place_in_file(finding.where), file_of(each, finding.where)
    twins = f" and in {plural(more, 'file')} of the same content" if more else ""
    where = doc.place((each.place_in(finding.where) if alone else f"{file}, {at}" if at else file) + twins)
    return where if finding.message == finding.kind.says and where.says else (finding.message, where)


def _guidance(asked: tuple[Guidance, ...]) -> doc.Details:
    """Return who asks for it: the guides of one requirement together, and whether anybody looked their ids up."""
    asks: dict[str, list[Guidance]] = {}
    for each in asked:
        asks.setdefault(each.asks, []).append(each)
    rows: list[tuple[doc.Wording, ...]] = [
        (words, *((f"{each.guide}: ", doc.code(each.id), doc.soft(f" {each.mark}")) for each in guides))
        for words, guides in asks.items()
    ]
    return doc.Details(f"{plural(len(asked), 'guide asks', 'guides ask')} for this", (doc.Pairs(rows),))
